//! What a host pays for being written in JavaScript: the same matches are stepped, and all outgoing bytes fetched, in Rust
//! and through the addon, block by block in turns.
//!
//! Within the clock: the step, and copying every packet into a host's buffer with an index beside it. Outside, and the same on
//! both sides: the bots' thinking, the clients, who take each packet and answer, draining, starting ended matches anew. All
//! packets of both sides are compared, so that it is the same work.
//!
//! BIAS: for Rust, the addon is a library of its own, compiled with the same profile but not together with its host; for
//! the addon, its collector is asked to collect between blocks what the clients outside the clock threw away, and has no
//! threads of its own, whose time would count as the host's.

use crate::origin;
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trespasser::net::Receiver;
use trespasser::scenes::Bots;
use trespasser::world::PLAYERS;
use trespasser::{GameMap, Loadout, MatchDef, MatchId, PlayerDef, PlayerId, RuleSet, Weapon, World, WorldDef};

/// Numbers of a row of the index, as the addon's.
const COLUMNS: usize = 5;
/// Ticks of a block: several frames, and short beside what disturbs a machine for longer.
const BLOCK: u32 = 12;

/// What both sides play.
#[derive(Debug)]
pub struct Load<'a> {
    /// Shared by all matches.
    pub map: &'a Arc<GameMap>,
    /// A built-in map's name or a PNG's path, of the same map.
    pub map_name: &'a str,
    /// Of the world.
    pub rules: RuleSet,
    /// Of the world, ticks a second.
    pub tick_rate: u32,
    /// Matches of [`PLAYERS`] bots.
    pub matches: u32,
    /// Of the first match; the others count up from it.
    pub seed: u64,
    /// What the bots carry, and their skill: of each match in its turn.
    pub roles: Vec<[(Loadout, f32); PLAYERS]>,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Overhead {
    /// Processor's time through the addon over that in Rust: median over pairs of blocks.
    pub node_overhead_ratio: f64,
    /// The same of wall time, which other programs disturb.
    pub node_overhead_wall_ratio: f64,
    /// Processor's time to step a match once and fetch what it sends, through the addon: median over blocks.
    pub node_ns_per_match_tick: f64,
    /// The same in Rust.
    pub node_rust_ns_per_match_tick: f64,
    /// Matches stepped.
    pub node_matches: u32,
    /// Pairs of blocks.
    pub node_blocks: u32,
    /// Packets of all blocks, warming up included; equal on both sides, as are their bytes.
    pub node_packets: u64,
    /// Their bytes.
    pub node_packet_bytes: u64,
    /// `xxh3` of all packets with their index, which is the same of both sides.
    pub node_packets_hash: String,
    /// Of Node.js.
    pub node_version: String,
}

/// Time within the clock.
#[derive(Debug, Clone, Copy)]
struct Spent {
    wall: Duration,
    cpu: Duration,
}

struct Game {
    id: MatchId,
    seed: u64,
    clients: HashMap<PlayerId, Receiver>,
}

struct RustHost {
    world: World,
    bots: Bots,
    games: Vec<Game>,
    /// What a host hands to its sockets.
    bytes: Vec<u8>,
    index: Vec<u32>,
}

impl RustHost {
    fn new(load: &Load<'_>) -> Result<RustHost> {
        let rules = load.rules.clone();
        let mut world = World::new(WorldDef { tick_rate: load.tick_rate, rules, ..WorldDef::default() })?;
        let mut bots = Bots::new();
        let mut games = Vec::new();
        for i in 0..load.matches as usize {
            let seed = load.seed + i as u64;
            let id = world.create_match(load.map, MatchDef { seed, kill_target: None })?;
            let mut clients = HashMap::new();
            for &(loadout, skill) in &load.roles[i % load.roles.len()] {
                let def = PlayerDef { loadout, ..PlayerDef::default() };
                clients.insert(bots.add(&mut world, id, def, skill)?, Receiver::new());
            }
            let players: Vec<PlayerId> = world.view(id)?.players().map(|player| player.id).collect();
            for player in players {
                world.open_link(id, player)?;
            }
            games.push(Game { id, seed, clients });
        }
        Ok(RustHost { world, bots, games, bytes: Vec::new(), index: Vec::new() })
    }

    /// Plays a block and appends its packets to `sent` as the addon's host does: by tick, the index, then the bytes.
    fn block(&mut self, ticks: u32, sent: &mut Vec<u8>) -> Result<Spent> {
        let mut spent = Spent { wall: Duration::ZERO, cpu: Duration::ZERO };
        for _ in 0..ticks {
            self.bots.think(&mut self.world);
            let cpu = origin::cpu_time();
            let began = Instant::now();
            self.world.step();
            self.fetch();
            spent.wall += began.elapsed();
            spent.cpu += origin::cpu_time().saturating_sub(cpu);
            if !self.index.is_empty() {
                sent.extend(self.index.iter().flat_map(|number| number.to_le_bytes()));
                sent.extend_from_slice(&self.bytes);
                self.answer()?;
            }
        }
        for game in &mut self.games {
            self.world.drain_events(game.id, |_| {})?;
            self.world.drain_sounds(game.id, |_| {})?;
            if self.world.view(game.id)?.is_over() {
                game.seed += 1;
                self.world.reset_match(game.id, game.seed)?;
            }
        }
        Ok(spent)
    }

    fn fetch(&mut self) {
        self.bytes.clear();
        self.index.clear();
        for packet in self.world.packets() {
            let game = packet.game.raw();
            self.index.extend_from_slice(&[
                game as u32,
                (game >> 32) as u32,
                packet.player.raw(),
                self.bytes.len() as u32,
                packet.bytes.len() as u32,
            ]);
            self.bytes.extend_from_slice(packet.bytes);
        }
    }

    fn answer(&mut self) -> Result<()> {
        let mut at = 0;
        for row in self.index.chunks_exact(COLUMNS) {
            let id = MatchId::from_raw(u64::from(row[1]) << 32 | u64::from(row[0]));
            while self.games[at].id != id {
                at += 1;
            }
            let client = self.games[at].clients.get_mut(&PlayerId::from_raw(row[2])).context("a packet for nobody")?;
            let (begin, length) = (row[3] as usize, row[4] as usize);
            client.receive(&self.bytes[begin..begin + length])?;
        }
        let mut message = Vec::new();
        for game in &mut self.games {
            for (player, client) in &mut game.clients {
                message.clear();
                client.write(0, &mut message);
                if !message.is_empty() {
                    self.world.receive(game.id, *player, &message)?;
                }
            }
        }
        Ok(())
    }
}

/// What the load is for the Node half.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeLoad<'a> {
    map: &'a str,
    rules: &'a str,
    tick_rate: u32,
    matches: u32,
    seed: u64,
    roles: Vec<Vec<Role>>,
}

#[derive(Serialize)]
struct Role {
    loadout: Carried,
    skill: f32,
}

#[derive(Serialize)]
struct Carried {
    primary: &'static str,
    secondary: &'static str,
    support: Vec<&'static str>,
}

#[derive(Deserialize)]
struct Hello {
    node: String,
    simd: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    wall_ms: f64,
    cpu_us: f64,
    packets: u64,
    bytes: usize,
}

/// A script of the package's under Node, that is told lines of JSON and answers with such.
pub(crate) struct NodeScript {
    name: &'static str,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl NodeScript {
    /// `script` as seen from the checkout's root.
    pub(crate) fn start(script: &'static str, options: &[&str], variables: &[(&str, u32)]) -> Result<NodeScript> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(script);
        let mut child = Command::new("node")
            .args(options)
            .arg(path)
            .envs(variables.iter().map(|(name, value)| (name, value.to_string())))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting node for {script}; install Node.js 20 or newer"))?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("node was started without pipes");
        };
        Ok(NodeScript { name: script, child, to, from: BufReader::new(from) })
    }

    pub(crate) fn tell(&mut self, what: &impl Serialize) -> Result<()> {
        writeln!(self.to, "{}", serde_json::to_string(what)?).context("writing to node")
    }

    pub(crate) fn hear<T: for<'de> Deserialize<'de>>(&mut self) -> Result<T> {
        let mut line = String::new();
        self.from.read_line(&mut line).context("reading from node")?;
        ensure!(!line.is_empty(), "{} ended early; what it says stands above", self.name);
        serde_json::from_str(&line).with_context(|| format!("{} said {line:?}", self.name))
    }
}

impl Drop for NodeScript {
    fn drop(&mut self) {
        // Gone already, if it ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Load<'_> {
    /// As a script reads it.
    pub(crate) fn for_node(&self) -> Result<impl Serialize> {
        let role = |&(loadout, skill): &(Loadout, f32)| {
            let [primary, secondary, support @ ..] = loadout.weapons().map(|weapon| weapon.map(Weapon::name));
            let support = support.into_iter().flatten().collect();
            Some(Role { loadout: Carried { primary: primary?, secondary: secondary?, support }, skill })
        };
        let roles: Option<Vec<Vec<Role>>> = self.roles.iter().map(|roles| roles.iter().map(role).collect()).collect();
        Ok(NodeLoad {
            map: self.map_name,
            rules: self.rules.name,
            tick_rate: self.tick_rate,
            matches: self.matches,
            seed: self.seed,
            roles: roles.context("a loadout without a primary or secondary weapon")?,
        })
    }
}

struct NodeHost {
    script: NodeScript,
    hello: Hello,
}

impl NodeHost {
    fn new(load: &Load<'_>) -> Result<NodeHost> {
        let options = ["--expose-gc", "--single-threaded-gc"];
        let mut script = NodeScript::start("node-binding/bench/overhead.mjs", &options, &[])?;
        script.tell(&load.for_node()?)?;
        let hello = script.hear()?;
        Ok(NodeHost { script, hello })
    }

    fn block(&mut self, ticks: u32, sent: &mut Vec<u8>) -> Result<(Spent, u64)> {
        self.script.tell(&ticks)?;
        let answer: Answer = self.script.hear()?;
        let begin = sent.len();
        sent.resize(begin + answer.bytes, 0);
        self.script.from.read_exact(&mut sent[begin..]).context("reading node's packets")?;
        let wall = Duration::from_secs_f64(answer.wall_ms / 1e3);
        Ok((Spent { wall, cpu: Duration::from_secs_f64(answer.cpu_us / 1e6) }, answer.packets))
    }
}

/// Plays `warmup` and then `measured` ticks of the load on both sides in turns; `progress` is told of each block's ticks.
///
/// # Errors
/// Node or the addon is not there, and what the addon sends differs from what Rust sends.
pub fn measure(load: &Load<'_>, warmup: u32, measured: u32, mut progress: impl FnMut(u32)) -> Result<Overhead> {
    let mut node = NodeHost::new(load)?;
    let mut rust = RustHost::new(load)?;
    let level = rust.world.simd().name();
    ensure!(node.hello.simd == level, "the addon runs on {}, Rust on {level}: not the same work", node.hello.simd);
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    let (mut packets, mut bytes) = (0, 0);
    let mut pairs: Vec<(Spent, Spent)> = Vec::new();
    let (mut by_rust, mut by_node) = (Vec::new(), Vec::new());
    let mut ticks = 0;
    while ticks < warmup || pairs.len() < measured.div_ceil(BLOCK) as usize {
        by_rust.clear();
        by_node.clear();
        // Whoever comes second finds the other's data in the caches: in turns.
        let rust_first = (ticks / BLOCK).is_multiple_of(2);
        let early = if rust_first { Some(rust.block(BLOCK, &mut by_rust)?) } else { None };
        let (in_node, count) = node.block(BLOCK, &mut by_node)?;
        let in_rust = match early {
            Some(spent) => spent,
            None => rust.block(BLOCK, &mut by_rust)?,
        };
        if by_rust != by_node {
            let at = by_rust.iter().zip(&by_node).take_while(|(a, b)| a == b).count();
            bail!(
                "the addon's packets differ from Rust's within ticks {ticks} to {}, at byte {at} of {} and {}",
                ticks + BLOCK,
                by_rust.len(),
                by_node.len()
            );
        }
        hash.update(&by_rust);
        packets += count;
        bytes += by_rust.len() as u64 - count * (COLUMNS * 4) as u64;
        if ticks >= warmup {
            pairs.push((in_rust, in_node));
        }
        ticks += BLOCK;
        progress(BLOCK);
    }
    let median = |of: &dyn Fn(&(Spent, Spent)) -> f64| {
        let mut values: Vec<f64> = pairs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let per_tick = f64::from(BLOCK) * f64::from(load.matches);
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64().max(1e-9);
    let round = |value: f64, digits: f64| (value * digits).round() / digits;
    Ok(Overhead {
        node_overhead_ratio: round(median(&|(rust, node)| ratio(node.cpu, rust.cpu)), 1e4),
        node_overhead_wall_ratio: round(median(&|(rust, node)| ratio(node.wall, rust.wall)), 1e4),
        node_ns_per_match_tick: round(median(&|(_, node)| node.cpu.as_nanos() as f64 / per_tick), 10.0),
        node_rust_ns_per_match_tick: round(median(&|(rust, _)| rust.cpu.as_nanos() as f64 / per_tick), 10.0),
        node_matches: load.matches,
        node_blocks: pairs.len() as u32,
        node_packets: packets,
        node_packet_bytes: bytes,
        node_packets_hash: format!("{:016x}", hash.digest()),
        node_version: std::mem::take(&mut node.hello.node),
    })
}
