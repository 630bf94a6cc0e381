//! What is sent to eight fighting bots: they play at the far end of an emulated network, through the wire alone, and
//! what they receive is counted. The same traffic is then encoded as JSON, with msgpackr and with @colyseus/schema, and
//! today's protocol is counted on a fight of its own.

use anyhow::{Context, Result, ensure};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use trespasser::net::{Happening, Receiver, Seen, Taken};
use trespasser::scenes::Scene;
use trespasser::sim::{Stage, StageProbe};
use trespasser::world::PLAYERS;
use trespasser::{PlayerId, Vec2, Weapon};
use trespasser_benches::canvas::Canvas;
use trespasser_benches::{exit, origin};

/// Bytes beside a message's payload: a WebSocket frame's header, TCP with time stamps, IPv4.
const DOWN_HEADERS: u64 = 2 + 32 + 20;
/// The same from a client, whose frames are masked.
const UP_HEADERS: u64 = 6 + 32 + 20;
/// Types of records and events, as PROTOCOL.md numbers them.
const RECORDS: [&str; 12] =
    ["slices", "score", "teams", "place", "rounds", "hands", "life", "flash", "projectile", "cloud", "answer", "exact"];
const EVENTS: [&str; 8] = ["fired", "impact", "hurt", "died", "exploded", "bounced", "thrown", "denied"];

/// Measures what eight fighting bots are sent.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bandwidth", version)]
struct Options {
    /// One JSON object on the last line besides the table.
    #[arg(long)]
    json: bool,
    /// Seconds of play that are measured.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: u32,
    /// Seconds of play before.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=3600))]
    warmup: u32,
    /// Whose map and loadouts; a scene of eight.
    #[arg(long, default_value = "brawl")]
    scene: String,
    /// Milliseconds that a message takes either way.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=500))]
    delay: u32,
    /// Of a hundred messages, this many are lost, either way.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=50))]
    loss: u32,
    /// The wire alone, without peers and today's protocol.
    #[arg(long)]
    ours: bool,
    /// Draws the sizes into this PNG.
    #[arg(long)]
    plot: Option<PathBuf>,
}

/// The JSON object. Bytes a second are of one player, means over all, payload unless it says otherwise.
#[derive(Debug, Serialize)]
struct Report {
    payload_bytes_per_s_mean: f64,
    /// 99th percentile over players, which of eight is the busiest.
    payload_bytes_per_s_p99_player: f64,
    /// Busiest single second of any player.
    payload_bytes_worst_second: u64,
    /// With headers of WebSocket, TCP and IP for each message.
    wire_bytes_per_s_mean: f64,
    snapshot_bytes_mean: f64,
    snapshots_per_s_mean: f64,
    input_bytes_per_s: f64,
    input_wire_bytes_per_s: f64,
    /// Processor time of a snapshot, of those of a frame together, median over frames.
    encode_ns_per_snapshot: f64,
    /// Mean bits of a snapshot by what they are.
    bits: BTreeMap<String, f64>,
    #[serde(flatten)]
    peers: Option<Peers>,
    players: usize,
    scene: String,
    seconds: u32,
    delay_ms: u32,
    loss_percent: u32,
    commit: String,
    compiler: &'static str,
    cpu: String,
}

#[derive(Debug, Serialize)]
struct Peers {
    legacy_bytes_per_s_mean: f64,
    json_bytes_per_s_mean: f64,
    json_delta_bytes_per_s_mean: f64,
    msgpackr_bytes_per_s_mean: f64,
    msgpackr_delta_bytes_per_s_mean: f64,
    colyseus_bytes_per_s_mean: f64,
    colyseus_tight_bytes_per_s_mean: f64,
    json_ratio: f64,
    colyseus_ratio: f64,
    colyseus_tight_ratio: f64,
    versions: BTreeMap<String, String>,
    node: String,
}

/// What `peers/wire.mjs` prints.
#[derive(Debug, Deserialize)]
struct Encoded {
    node: String,
    versions: BTreeMap<String, String>,
    players: usize,
    checked: usize,
    json: f64,
    json_delta: f64,
    msgpackr: f64,
    msgpackr_delta: f64,
    colyseus: f64,
    colyseus_tight: f64,
}

/// What `server/bench/bandwidth.ts` prints.
#[derive(Debug, Deserialize)]
struct Legacy {
    legacy_bytes_per_s_mean: f64,
}

/// Times the stage that writes.
struct Encoding {
    last: Instant,
    ns: u64,
}

impl StageProbe for Encoding {
    fn begin(&mut self) {}

    fn end(&mut self, stage: Stage) {
        let now = Instant::now();
        if stage == Stage::Send {
            self.ns = (now - self.last).as_nanos() as u64;
        }
        self.last = now;
    }
}

/// Messages under way, with the tick in which they arrive, player by slot.
#[derive(Default)]
struct Way {
    waiting: VecDeque<(u32, usize, Vec<u8>)>,
}

impl Way {
    fn due(&mut self, tick: u32) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
        let count = self.waiting.iter().take_while(|(due, ..)| *due <= tick).count();
        self.waiting.drain(..count).map(|(_, slot, bytes)| (slot, bytes))
    }
}

struct Client {
    id: PlayerId,
    receiver: Receiver,
    levels: Vec<u8>,
    payload: u64,
    second: u64,
    worst: u64,
    snapshots: u64,
    up: u64,
    ups: u64,
}

#[derive(Default)]
struct Sums {
    header: u64,
    players: u64,
    records: [u64; 12],
    sounds: u64,
    events: [u64; 8],
    snapshots: u64,
}

struct Game {
    scene: Scene,
    clients: Vec<Client>,
    down: Way,
    up: Way,
    delay: u32,
    loss: u32,
    draw: u64,
    tick: u32,
    step: u32,
    encoding: Vec<f64>,
    sums: Sums,
}

impl Game {
    fn new(options: &Options) -> Result<Game> {
        let mut scene = Scene::new(&options.scene)?;
        let ids: Vec<PlayerId> = scene.world.view(scene.game)?.players().map(|player| player.id).collect();
        ensure!(ids.len() == PLAYERS, "--scene {}: {} play in it, not {PLAYERS}", options.scene, ids.len());
        for &id in &ids {
            scene.world.open_link(scene.game, id)?;
        }
        let client = |id| Client {
            id,
            receiver: Receiver::new(),
            levels: Vec::new(),
            payload: 0,
            second: 0,
            worst: 0,
            snapshots: 0,
            up: 0,
            ups: 0,
        };
        let tick_rate = scene.world.tick_rate();
        Ok(Game {
            clients: ids.into_iter().map(client).collect(),
            down: Way::default(),
            up: Way::default(),
            delay: (options.delay * tick_rate).div_ceil(1000),
            loss: options.loss,
            draw: 0x9E37_79B9_7F4A_7C15,
            tick: 0,
            step: trespasser::NetDef::default().step(tick_rate),
            encoding: Vec::new(),
            sums: Sums::default(),
            scene,
        })
    }

    /// xorshift: only to lose messages by.
    fn loses(&mut self) -> bool {
        self.draw ^= self.draw << 13;
        self.draw ^= self.draw >> 7;
        self.draw ^= self.draw << 17;
        self.draw % 100 < u64::from(self.loss)
    }

    fn advance(&mut self, counts: bool, mut line: impl FnMut(usize, &Seen, &mut Vec<u8>)) -> Result<()> {
        self.tick += 1;
        let Game { scene, clients, .. } = self;
        let mut inputs = Vec::with_capacity(PLAYERS);
        scene.bots.think_with(&scene.world, |_, player, input| inputs.push((player.slot(), input)));
        for (slot, input) in inputs {
            let cursor = Vec2::new(f32::from(input.cursor_x) / 16.0, f32::from(input.cursor_y) / 16.0);
            clients[slot].receiver.input(input.held, input.taps, cursor)?;
        }
        // Clients keep no common time.
        for slot in 0..PLAYERS {
            if self.tick % self.step == slot as u32 % self.step {
                let mut bytes = Vec::new();
                self.clients[slot].receiver.write(0, &mut bytes);
                if counts {
                    self.clients[slot].up += bytes.len() as u64;
                    self.clients[slot].ups += u64::from(!bytes.is_empty());
                }
                if !bytes.is_empty() && !self.loses() {
                    self.up.waiting.push_back((self.tick + self.delay, slot, bytes));
                }
            }
        }
        for (slot, bytes) in self.up.due(self.tick) {
            self.scene.world.receive(self.scene.game, self.clients[slot].id, &bytes)?;
        }
        let mut encoding = Encoding { last: Instant::now(), ns: 0 };
        self.scene.world.step_with(&mut encoding);
        let sent: Vec<(usize, Vec<u8>)> =
            self.scene.world.packets().map(|packet| (packet.player.slot(), packet.bytes.to_vec())).collect();
        if counts && !sent.is_empty() {
            self.encoding.push(encoding.ns as f64 / sent.len() as f64);
        }
        for (slot, bytes) in sent {
            if counts {
                let client = &mut self.clients[slot];
                client.payload += bytes.len() as u64;
                client.second += bytes.len() as u64;
                client.snapshots += 1;
            }
            if !self.loses() {
                self.down.waiting.push_back((self.tick + self.delay, slot, bytes));
            }
        }
        if self.tick.is_multiple_of(self.scene.world.tick_rate()) {
            for client in &mut self.clients {
                client.worst = client.worst.max(core::mem::take(&mut client.second));
            }
        }
        for (slot, bytes) in self.down.due(self.tick) {
            let client = &mut self.clients[slot];
            if client.receiver.receive(&bytes)? != Taken::Snapshot {
                continue;
            }
            let parts = client.receiver.parts();
            if counts {
                let sums = &mut self.sums;
                sums.header += u64::from(parts.header);
                sums.players += u64::from(parts.players);
                sums.sounds += u64::from(parts.sounds);
                sums.records.iter_mut().zip(parts.records).for_each(|(sum, bits)| *sum += u64::from(bits));
                sums.events.iter_mut().zip(parts.events).for_each(|(sum, bits)| *sum += u64::from(bits));
                sums.snapshots += 1;
            }
            if let Some(seen) = client.receiver.seen() {
                line(slot, seen, &mut client.levels);
            }
        }
        Ok(())
    }
}

fn number(weapon: Option<Weapon>) -> u8 {
    weapon.map_or(15, |weapon| weapon as u8)
}

fn fixed(at: Vec2) -> (u16, u16) {
    ((at.x * 16.0).round() as u16, (at.y * 16.0).round() as u16)
}

/// A slot, or null.
fn maybe(slot: Option<u8>) -> String {
    slot.map_or_else(|| "null".into(), |slot| slot.to_string())
}

fn place(at: Option<Vec2>) -> String {
    at.map_or_else(|| "null,null".into(), |at| format!("{},{}", fixed(at).0, fixed(at).1))
}

/// A player's frame as `peers/wire.mjs` reads it.
fn write_line(out: &mut String, slot: usize, seen: &Seen, levels: &mut Vec<u8>) {
    // Writing to a string does not fail.
    let mut list = |name: &str, items: Vec<String>| {
        let _ = write!(out, ",\"{name}\":[{}]", items.join(","));
    };
    let players = seen.players.iter().enumerate().filter_map(|(slot, player)| {
        let p = player.as_ref()?;
        let ((x, y), bit) = (fixed(p.position), |set: bool, bit: u8| if set { bit } else { 0 });
        let state = p.gait as u8 | bit(p.aiming, 4) | bit(p.alive, 8) | bit(p.reloading, 16) | bit(p.protected, 32);
        Some(format!("[{slot},{x},{y},{},{},{},{state}]", p.facing, p.health, number(p.weapon)))
    });
    list("players", players.collect());
    let scores = seen.scores.iter().enumerate().filter_map(|(slot, score)| {
        let s = score.as_ref()?;
        Some(format!("[{slot},{},{},{},{}]", s.team as u8, u8::from(s.alive), s.kills, s.deaths))
    });
    list("scores", scores.collect());
    list("teams", seen.team_kills.map(|kills| kills.to_string()).to_vec());
    levels.resize(seen.levels.len(), trespasser::net::AS_ON_MAP);
    let changed = levels.iter_mut().zip(&seen.levels).enumerate().filter(|(_, (old, new))| **old != **new);
    let slices = changed.map(|(slice, (old, new))| {
        *old = *new;
        format!("[{slice},{new}]")
    });
    list("slices", slices.collect());
    let projectiles = seen.projectiles.iter().enumerate().filter_map(|(id, projectile)| {
        let p = projectile.as_ref()?;
        let (x, y) = fixed(p.at(seen.tick, &seen.welcome).clamp(Vec2::ZERO, Vec2::new(480.0, 270.0)));
        Some(format!("[{id},{},{},{x},{y}]", p.weapon as u8, u8::from(p.own_team)))
    });
    list("projectiles", projectiles.collect());
    let clouds = seen.clouds.iter().enumerate().filter_map(|(id, cloud)| {
        let c = cloud.as_ref()?;
        Some(format!("[{id},{},{},{}]", fixed(c.position).0, fixed(c.position).1, c.born))
    });
    list("clouds", clouds.collect());
    let messages = seen.messages.iter().map(|message| match message.what {
        Happening::Sound { own, kind, gain, direction, cutoff } => {
            format!("[\"sound\",{},{gain},{direction},{cutoff},{}]", kind as u8, u8::from(own))
        }
        Happening::Fired { shooter, weapon, at, direction } => {
            format!("[\"fired\",{shooter},{},{},{direction}]", number(weapon), place(Some(at)))
        }
        Happening::Impact { shooter, weapon, what, at, whose } => {
            format!("[\"impact\",{},{},{what},{},{}]", maybe(shooter), number(weapon), place(at), maybe(whose))
        }
        Happening::Hurt { whose, by, weapon, points } => {
            format!("[\"hurt\",{whose},{},{},{points}]", maybe(by), number(weapon))
        }
        Happening::Died { who, by, weapon, at } => {
            format!("[\"died\",{who},{},{},{}]", maybe(by), number(weapon), place(at))
        }
        Happening::Exploded { weapon, at, thrower } => {
            format!("[\"exploded\",{},{},{}]", number(weapon), place(Some(at)), maybe(thrower))
        }
        Happening::Bounced { weapon, at } => format!("[\"bounced\",{},{}]", number(weapon), place(Some(at))),
        Happening::Thrown { who, weapon } => format!("[\"thrown\",{who},{}]", number(weapon)),
        Happening::Denied { what } => format!("[\"denied\",{what}]"),
    });
    list("messages", messages.collect());
    let items: Vec<String> = seen
        .items
        .iter()
        .flatten()
        .map(|item| format!("[{},{},{}]", item.weapon as u8, item.rounds, item.reserve))
        .collect();
    let hands = &seen.hands;
    let _ = writeln!(
        out,
        ",\"own\":{{\"places\":[{}],\"hand\":{},\"charge\":{},\"reload\":{},\"heat\":{},\"protected\":{}}},\"p\":{slot},\"f\":{}}}",
        items.join(","),
        hands.place,
        hands.charge,
        hands.reload_end.saturating_sub(seen.tick),
        hands.heat,
        seen.life.protected_until.saturating_sub(seen.tick),
        seen.frame
    );
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `peers/wire.mjs` on the lines.
fn encode_by_peers(lines: &BTreeMap<u32, Vec<String>>, seconds: u32) -> Result<Encoded> {
    let peers = root().join("peers");
    ensure!(peers.join("node_modules").exists(), "the peers are not installed; `cargo xtask bandwidth` does it");
    let mut child = Command::new("node")
        .arg(peers.join("wire.mjs"))
        .arg(seconds.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting node")?;
    if let Some(mut stdin) = child.stdin.take() {
        for line in lines.values().flatten() {
            stdin.write_all(line.as_bytes()).context("writing to benches/peers/wire.mjs")?;
        }
    }
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "benches/peers/wire.mjs failed: {}", output.status);
    serde_json::from_slice(&output.stdout).context("what benches/peers/wire.mjs printed")
}

fn today(scene: &str, seconds: u32) -> Result<Legacy> {
    let script = root().join("../server/dist/bench/bandwidth.js");
    ensure!(script.exists(), "the server is not built; `cargo xtask bandwidth` does it");
    let output = Command::new("node")
        .arg(script)
        .env("BANDWIDTH_SECONDS", seconds.to_string())
        .env("BANDWIDTH_SCENE", scene)
        .stderr(Stdio::inherit())
        .output()
        .context("starting node")?;
    ensure!(output.status.success(), "server/bench/bandwidth.ts failed: {}", output.status);
    serde_json::from_slice(&output.stdout).context("what server/bench/bandwidth.ts printed")
}

fn run() -> Result<()> {
    let options = Options::parse();
    let mut game = Game::new(&options)?;
    let rate = game.scene.world.tick_rate();
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(u64::from((options.warmup + options.seconds) * rate))
    } else {
        ProgressBar::hidden()
    };
    bar.set_style(ProgressStyle::with_template("{msg} {bar:40} {percent}% {eta}")?);
    bar.set_message("playing");
    for _ in 0..options.warmup * rate {
        // What is known so far is where the peers begin, too.
        game.advance(false, |_, _, _| {})?;
        bar.inc(1);
    }
    let mut lines: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let keeps = !options.ours;
    for _ in 0..options.seconds * rate {
        game.advance(true, |slot, seen, levels| {
            if keeps {
                let mut line = String::with_capacity(1024);
                write_line(&mut line, slot, seen, levels);
                line.replace_range(..1, "{");
                lines.entry(seen.frame).or_default().push(line);
            }
        })?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let report = report(&options, &mut game, &lines)?;
    print(&report);
    if let Some(file) = &options.plot {
        plot(&report, file)?;
    }
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

fn report(options: &Options, game: &mut Game, lines: &BTreeMap<u32, Vec<String>>) -> Result<Report> {
    let seconds = f64::from(options.seconds);
    let all = |of: fn(&Client) -> u64| game.clients.iter().map(of).sum::<u64>() as f64 / PLAYERS as f64;
    let payload = all(|client| client.payload) / seconds;
    let snapshots = all(|client| client.snapshots) / seconds;
    let (up, ups) = (all(|client| client.up) / seconds, all(|client| client.ups) / seconds);
    let mut rates: Vec<f64> = game.clients.iter().map(|client| client.payload as f64 / seconds).collect();
    rates.sort_by(f64::total_cmp);
    let p99 = rates[((rates.len() as f64 * 0.99).ceil() as usize).clamp(1, rates.len()) - 1];
    let worst = game.clients.iter().map(|client| client.worst).max().unwrap_or(0);
    game.encoding.sort_by(f64::total_cmp);
    let encode = game.encoding.get(game.encoding.len() / 2).copied().unwrap_or(0.0);
    let sums = &game.sums;
    let mean = |bits: u64| bits as f64 / sums.snapshots.max(1) as f64;
    let mut bits = BTreeMap::from([
        ("header".to_owned(), mean(sums.header)),
        ("players".to_owned(), mean(sums.players)),
        ("sounds".to_owned(), mean(sums.sounds)),
    ]);
    bits.extend(RECORDS.iter().zip(sums.records).map(|(name, sum)| (format!("record {name}"), mean(sum))));
    bits.extend(EVENTS.iter().zip(sums.events).map(|(name, sum)| (format!("event {name}"), mean(sum))));
    let peers = if options.ours {
        None
    } else {
        let encoded = encode_by_peers(lines, options.seconds)?;
        let count = lines.values().map(Vec::len).sum::<usize>();
        ensure!(
            encoded.players == PLAYERS && encoded.checked == count,
            "the peers took {} of {count} lines of {} players",
            encoded.checked,
            encoded.players
        );
        Some(Peers {
            legacy_bytes_per_s_mean: today(&options.scene, options.seconds)?.legacy_bytes_per_s_mean,
            json_bytes_per_s_mean: encoded.json,
            json_delta_bytes_per_s_mean: encoded.json_delta,
            msgpackr_bytes_per_s_mean: encoded.msgpackr,
            msgpackr_delta_bytes_per_s_mean: encoded.msgpackr_delta,
            colyseus_bytes_per_s_mean: encoded.colyseus,
            colyseus_tight_bytes_per_s_mean: encoded.colyseus_tight,
            json_ratio: encoded.json / payload,
            colyseus_ratio: encoded.colyseus / payload,
            colyseus_tight_ratio: encoded.colyseus_tight / payload,
            versions: encoded.versions,
            node: encoded.node,
        })
    };
    Ok(Report {
        payload_bytes_per_s_mean: payload,
        payload_bytes_per_s_p99_player: p99,
        payload_bytes_worst_second: worst,
        wire_bytes_per_s_mean: payload + snapshots * DOWN_HEADERS as f64,
        snapshot_bytes_mean: payload / snapshots,
        snapshots_per_s_mean: snapshots,
        input_bytes_per_s: up,
        input_wire_bytes_per_s: up + ups * UP_HEADERS as f64,
        encode_ns_per_snapshot: encode,
        bits,
        peers,
        players: PLAYERS,
        scene: options.scene.clone(),
        seconds: options.seconds,
        delay_ms: options.delay,
        loss_percent: options.loss,
        commit: origin::commit(),
        compiler: origin::compiler(),
        cpu: origin::cpu(),
    })
}

/// What is compared, bytes a player and second.
fn rows(report: &Report) -> Vec<(&'static str, f64)> {
    let mut rows = vec![("ours", report.payload_bytes_per_s_mean)];
    if let Some(peers) = &report.peers {
        rows.extend([
            ("@colyseus/schema, tightest types", peers.colyseus_tight_bytes_per_s_mean),
            ("@colyseus/schema, as documented", peers.colyseus_bytes_per_s_mean),
            ("msgpackr, what changed", peers.msgpackr_delta_bytes_per_s_mean),
            ("JSON, what changed", peers.json_delta_bytes_per_s_mean),
            ("msgpackr, all that is known", peers.msgpackr_bytes_per_s_mean),
            ("JSON, all that is known", peers.json_bytes_per_s_mean),
            ("today's protocol", peers.legacy_bytes_per_s_mean),
        ]);
    }
    rows
}

fn print(report: &Report) {
    println!(
        "{} for {} s, {} ms either way, {}% lost\n",
        report.scene, report.seconds, report.delay_ms, report.loss_percent
    );
    println!("  bytes a player and second, payload");
    for (name, bytes) in rows(report) {
        let times = bytes / report.payload_bytes_per_s_mean;
        println!("    {name:<34} {bytes:>10.0}  {times:>6.1} x");
    }
    println!(
        "\n  busiest player {:.0} bytes/s, busiest second {} bytes",
        report.payload_bytes_per_s_p99_player, report.payload_bytes_worst_second
    );
    println!(
        "  a snapshot: {:.1} bytes, {:.0} ns; {:.1} a second; with all headers {:.0} bytes/s",
        report.snapshot_bytes_mean,
        report.encode_ns_per_snapshot,
        report.snapshots_per_s_mean,
        report.wire_bytes_per_s_mean
    );
    println!("  inputs: {:.0} bytes/s, with headers {:.0}", report.input_bytes_per_s, report.input_wire_bytes_per_s);
    println!("\n  bits of a snapshot");
    let mut bits: Vec<_> = report.bits.iter().filter(|(_, bits)| **bits >= 0.05).collect();
    bits.sort_by(|a, b| b.1.total_cmp(a.1));
    for (name, bits) in bits {
        println!("    {name:<34} {bits:>8.1}");
    }
    println!("\n  {}, {}, {}", report.commit, report.compiler, report.cpu);
}

/// Bars, each ten times the one before on the axis.
fn plot(report: &Report, file: &Path) -> Result<()> {
    let rows = rows(report);
    let (left, top, row, decade) = (214.0, 30.0, 16.0, 48.0);
    let size = Vec2::new(480.0, top + row * rows.len() as f32 + 26.0);
    let mut canvas = Canvas::new(size, Vec2::ZERO, 2.0, [24, 26, 32, 255])?;
    let (ink, faint) = ([230, 230, 230, 255], [110, 115, 125, 255]);
    canvas.text(Vec2::new(8.0, 8.0), 1.0, ink, "Bytes a player and second, eight fighting bots");
    let place = |bytes: f64| left + decade * (bytes.max(100.0).log10() - 2.0) as f32;
    for (power, name) in [(2, "100"), (3, "1 KB"), (4, "10 KB"), (5, "100 KB"), (6, "1 MB")] {
        let x = place(10f64.powi(power));
        canvas.line(&[Vec2::new(x, top - 4.0), Vec2::new(x, size.y - 18.0)], 0.5, faint);
        canvas.text(Vec2::new(x - 8.0, size.y - 14.0), 0.5, faint, name);
    }
    for (i, (name, bytes)) in rows.iter().enumerate() {
        let y = top + row * i as f32;
        let bar = if i == 0 { [95, 200, 130, 255] } else { [90, 140, 210, 255] };
        canvas.text(Vec2::new(8.0, y + 3.0), 0.5, ink, name);
        canvas.rect(Vec2::new(left, y), Vec2::new((place(*bytes) - left).max(1.0), row - 4.0), bar);
        canvas.text(Vec2::new(place(*bytes) + 3.0, y + 3.0), 0.5, ink, &format!("{bytes:.0}"));
    }
    canvas.save(file)
}

fn main() -> ExitCode {
    exit(run())
}
