//! How many matches a core holds: steps matches of eight fighting bots and reports what a match-tick costs.
//!
//! The clock covers stepping alone, and polygons where they are asked for. Outside it stand the bots' thinking,
//! draining events, starting ended matches anew, and every [`PROBED`]th tick, on which the stages are measured: a
//! probe costs about as much as a cheap stage.

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use trespasser::net::{Packet, Receiver, Taken};
use trespasser::scenes::{Bots, FightStats, armed_loadout, loadout};
use trespasser::sim::{Stage, StageProbe};
use trespasser::world::PLAYERS;
use trespasser::{
    EventKind, GameMap, Loadout, MatchDef, MatchId, PlayerDef, PlayerId, Reading, RuleSet, Vec2, World, WorldDef,
};
use trespasser_benches::overhead::{self, Overhead};
use trespasser_benches::{exit, load_map, map_label, origin};

/// Matches by which the addon is compared with Rust, unless others are asked for.
const NODE_MATCHES: u32 = 1000;
/// Matches of the measurement in Rust, unless others are asked for.
const MATCHES: u32 = 256;
/// Ticks a second of every measurement.
const TICK_RATE: u32 = 60;
/// Ticks over which one figure is taken; the report is the median of these.
const BLOCK: u32 = 60;
/// One tick in this many is spent on the stages' shares and not counted.
const PROBED: u32 = 16;
/// Ticks between polygons: 20 Hz.
const POLYGON_EVERY: u32 = 3;
/// Nanoseconds of a tick at 60 Hz.
const TICK_NS: f64 = 1e9 / TICK_RATE as f64;
const STAGES: usize = Stage::ALL.len();
/// Ticks run back to back at most in real time, as the server has it.
const CATCH_UP: u32 = 6;
/// The report warns from this ratio of wall time to processor time on.
const BUSY: f64 = 1.1;
/// Of the first bot and the last, as in the scene `brawl`.
const SKILL: [f32; 2] = [0.3, 0.7];
/// A load is a fight from here on: shots and deaths a minute and match.
const FIGHT: (f64, f64) = (600.0, 20.0);

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rules {
    Standard,
    Legacy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Arms {
    /// Every gun that hits at once.
    Guns,
    /// Half of the matches with the guns, half with all that is thrown or launched.
    All,
}

/// Steps matches of eight fighting bots and prints what a match-tick costs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask capacity", version)]
struct Options {
    /// One JSON object on the last line besides the table.
    #[arg(long)]
    json: bool,
    /// Matches stepped together; 256 unless given, and 1,000 for --node.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    matches: Option<u32>,
    /// Seconds of play that are measured, 60 ticks each.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=36_000))]
    seconds: u32,
    /// Seconds of play before the first measurement.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=36_000))]
    warmup: u32,
    /// Threads that step.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: u32,
    /// PNG of a map, or the name of one of the project's own.
    #[arg(long, default_value = "citadel")]
    map: String,
    /// Rule set; `legacy` reads the map coarsely, as today's backend does.
    #[arg(long, value_enum, default_value = "standard")]
    rules: Rules,
    /// What the bots carry.
    #[arg(long, value_enum, default_value = "guns")]
    arms: Arms,
    /// Computes every living player's visibility polygon at 20 Hz within the clock.
    #[arg(long)]
    polygons: bool,
    /// Keeps what every player knows and writes a snapshot for each at 20 Hz, as bytes on the wire, within the clock; the
    /// clients, who acknowledge them a frame later, are outside.
    #[arg(long)]
    snapshots: bool,
    /// Afterwards steps matches and fetches all outgoing bytes, snapshots for every player at 20 Hz, in Rust and through the
    /// Node addon in turns, compares the bytes, and reports what the addon costs.
    #[arg(long)]
    node: bool,
    /// Paces the matches at 60 Hz for the seconds asked for, bots' thinking and draining in between, and reports how late
    /// ticks begin instead of what they cost.
    #[arg(long, conflicts_with = "node")]
    realtime: bool,
    /// Seed of the first match; the others count up from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Options {
    fn matches(&self) -> u32 {
        self.matches.unwrap_or(MATCHES)
    }

    fn rules(&self) -> RuleSet {
        match self.rules {
            Rules::Standard => RuleSet::standard(),
            Rules::Legacy => RuleSet::legacy(),
        }
    }

    /// What a match's bots carry, and how good they are.
    fn roles(&self, seed: u64) -> Result<[(Loadout, f32); PLAYERS]> {
        let mut roles = [(loadout(0)?, SKILL[0]); PLAYERS];
        for (n, role) in roles.iter_mut().enumerate() {
            let loadout = if self.arms == Arms::All && seed % 2 == 1 { armed_loadout(n)? } else { loadout(n)? };
            *role = (loadout, SKILL[0] + (SKILL[1] - SKILL[0]) * n as f32 / (PLAYERS - 1) as f32);
        }
        Ok(roles)
    }
}

/// The JSON object. Times are wall time.
#[derive(Debug, Serialize)]
struct Report {
    matches: u32,
    /// Ticks within the clock.
    ticks: u32,
    /// A match.
    players: usize,
    map: String,
    rules: &'static str,
    arms: &'static str,
    threads: u32,
    /// Median over blocks of ticks.
    ns_per_match_tick: f64,
    ns_per_match_tick_p10: f64,
    ns_per_match_tick_p90: f64,
    /// Mean of the processor's time; with one thread less than wall time where other programs run beside.
    cpu_ns_per_match_tick: f64,
    /// 16,666,667 / (ns_per_match_tick x threads): with several threads a core is a thread.
    matches_per_core_60hz: f64,
    agent_steps_per_s_per_core: f64,
    /// Mean, and by what they are for.
    bytes_per_match: usize,
    bytes_by_part: Vec<(&'static str, usize)>,
    simd: &'static str,
    /// Share of each stage in a match-tick on one thread, by a probe on ticks of their own.
    stages: BTreeMap<&'static str, f64>,
    polygons: bool,
    /// With `polygons`: of one polygon.
    polygon_ns: Option<f64>,
    snapshots: bool,
    /// With `snapshots`: to write one, and what a player is sent a second.
    snapshot_ns: Option<f64>,
    snapshot_bytes_per_s: Option<f64>,
    shots_per_min_per_match: f64,
    deaths_per_min_per_match: f64,
    slices_destroyed_per_min_per_match: f64,
    /// Sounds times those who hear them.
    heard_per_min_per_match: f64,
    matches_ended: u64,
    /// Living players that are not idle, of all living players.
    moving_share: f64,
    bot_ns_per_match_tick: f64,
    tick_rate: u32,
    seconds: u32,
    warmup_seconds: u32,
    seed: u64,
    /// A match of the load played alone again ended in the same hash.
    replay_is_equal: bool,
    commit: String,
    compiler: &'static str,
    cpu: String,
    /// With `node`.
    #[serde(flatten)]
    node: Option<Overhead>,
}

/// The JSON object of `--realtime`. Lateness: from when a tick was due to when it began.
#[derive(Debug, Serialize)]
struct RealTime {
    matches: u32,
    players: u32,
    map: String,
    threads: u32,
    snapshots: bool,
    ticks: u32,
    /// Ticks given up because more than `CATCH_UP` were due at once.
    skipped: u64,
    lateness_ms_p50: f64,
    lateness_ms_p99: f64,
    lateness_ms_most: f64,
    /// Of a period: in the step, and in bots and draining, which a server does not have or does elsewhere.
    step_share_p50: f64,
    step_share_p99: f64,
    load_share: f64,
    commit: String,
    compiler: &'static str,
    cpu: String,
}

/// Nanoseconds by stage within a tick of the world.
struct Clock {
    last: Instant,
    sums: [u64; STAGES],
}

impl StageProbe for Clock {
    #[inline]
    fn begin(&mut self) {
        self.last = Instant::now();
    }

    #[inline]
    fn end(&mut self, stage: Stage) {
        let now = Instant::now();
        self.sums[stage as usize] += (now - self.last).as_nanos() as u64;
        self.last = now;
    }
}

impl Clock {
    fn new() -> Clock {
        Clock { last: Instant::now(), sums: [0; STAGES] }
    }

    /// Nanoseconds between two readings with nothing in between, to be taken off each stage. The least of many means:
    /// other programs only ever add to it.
    fn own_cost() -> f64 {
        const READINGS: u32 = 1000;
        let mean = |_| {
            let mut clock = Clock::new();
            for _ in 0..READINGS {
                clock.end(Stage::Movement);
            }
            clock.sums[0] as f64 / f64::from(READINGS)
        };
        (0..200).map(mean).fold(f64::MAX, f64::min)
    }
}

/// The middle one; 0 of none.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// What happened in the matches besides the fighting.
#[derive(Debug, Default)]
struct Tally {
    ended: u64,
    /// Events that the ring overwrote before they were drained.
    lost: u64,
    heard: u64,
}

/// A match that restarts itself when it is over, with the seed after the last one.
struct Game {
    id: MatchId,
    seed: u64,
    /// By slot; nobody without `--snapshots`.
    clients: Vec<(PlayerId, Receiver)>,
    /// What the clients say to the newest snapshots, one after the other, and where each one's ends.
    answers: Vec<u8>,
    ends: Vec<(PlayerId, usize)>,
}

impl Game {
    /// The clients take what has been sent to this match, and answer; returns snapshots and their bytes.
    fn take(&mut self, packets: &[Packet<'_>]) -> Result<(u64, u64)> {
        self.answers.clear();
        self.ends.clear();
        let (mut made, mut sent) = (0, 0);
        for packet in packets {
            let Some((player, client)) = self.clients.get_mut(packet.player.slot()) else { continue };
            if client.receive(packet.bytes)? == Taken::Snapshot {
                made += 1;
                sent += packet.bytes.len() as u64;
            }
            client.write(0, &mut self.answers);
            self.ends.push((*player, self.answers.len()));
        }
        Ok((made, sent))
    }
}

/// The matches of a measurement with their bots.
struct Load {
    world: World,
    games: Vec<Game>,
    bots: Bots,
}

impl Load {
    fn new(options: &Options, map: &Arc<GameMap>, seeds: std::ops::Range<u64>) -> Result<Load> {
        let rules = options.rules();
        let mut world = World::new(WorldDef { tick_rate: TICK_RATE, rules, ..WorldDef::default() })?;
        let mut bots = Bots::new();
        let mut games = Vec::new();
        for seed in seeds {
            let id = world.create_match(map, MatchDef { seed, kill_target: None })?;
            for (loadout, skill) in options.roles(seed)? {
                bots.add(&mut world, id, PlayerDef { loadout, ..PlayerDef::default() }, skill)?;
            }
            let mut clients = Vec::new();
            if options.snapshots {
                let ids: Vec<PlayerId> = world.view(id)?.players().map(|player| player.id).collect();
                for player in ids {
                    world.open_link(id, player)?;
                    clients.push((player, Receiver::new()));
                }
            }
            games.push(Game { id, seed, clients, answers: Vec::new(), ends: Vec::new() });
        }
        Ok(Load { world, games, bots })
    }

    /// Drains, counts, restarts what is over.
    fn after_tick(&mut self, stats: &mut FightStats, tally: &mut Tally) -> Result<()> {
        for game in &mut self.games {
            stats.watch(&self.world.view(game.id)?);
            let mut over = false;
            tally.lost += self.world.drain_events(game.id, |event| {
                stats.count(event);
                over |= EventKind::from_number(event.kind) == Some(EventKind::MatchEnded);
            })?;
            tally.lost += self.world.drain_sounds(game.id, |_| tally.heard += 1)?;
            if over {
                tally.ended += 1;
                game.seed += 1;
                self.world.reset_match(game.id, game.seed)?;
            }
        }
        Ok(())
    }

    /// The clients take what the step has sent, on the threads that step, and answer; returns snapshots and their bytes.
    fn answer(&mut self, pool: Option<&rayon::ThreadPool>) -> Result<(u64, u64)> {
        let packets: Vec<Packet<'_>> = self.world.packets().collect();
        // Both are in the order of the matches.
        let mut of_games = packets.chunk_by(|a, b| a.game == b.game).peekable();
        let mut busy: Vec<(&mut Game, &[Packet<'_>])> = Vec::new();
        for game in &mut self.games {
            if let Some(packets) = of_games.next_if(|packets| packets[0].game == game.id) {
                busy.push((game, packets));
            }
        }
        ensure!(of_games.next().is_none(), "packets of a match that is not in the load, or out of order");
        let add = |a: (u64, u64), b: (u64, u64)| (a.0 + b.0, a.1 + b.1);
        let sums = match pool {
            None => {
                busy.iter_mut().try_fold((0, 0), |sums, (game, packets)| anyhow::Ok(add(sums, game.take(packets)?)))?
            }
            Some(pool) => pool.install(|| {
                busy.par_iter_mut()
                    .with_min_len(32)
                    .map(|(game, packets)| game.take(packets))
                    .try_reduce(|| (0, 0), |a, b| Ok(add(a, b)))
            })?,
        };
        for game in &mut self.games {
            let mut start = 0;
            for (player, end) in game.ends.drain(..) {
                self.world.receive(game.id, player, &game.answers[start..end])?;
                start = end;
            }
        }
        Ok(sums)
    }

    /// Polygons of everybody who lives; returns how many.
    fn polygons(&self, pool: Option<&rayon::ThreadPool>, scratch: &mut Vec<Vec2>) -> Result<u64> {
        let of_match = |id: MatchId, out: &mut Vec<Vec2>| -> Result<u64> {
            let view = self.world.view(id)?;
            let mut made = 0;
            for player in view.players().filter(|player| player.alive) {
                view.polygon(player.id.slot(), out);
                made += 1;
            }
            Ok(made)
        };
        match pool {
            None => self.games.iter().map(|game| of_match(game.id, scratch)).sum(),
            Some(pool) => pool.install(|| {
                self.games
                    .par_chunks(32)
                    .map_init(Vec::new, |out, games| {
                        games.iter().map(|game| of_match(game.id, out)).sum::<Result<u64>>()
                    })
                    .sum()
            }),
        }
    }
}

fn main() -> ExitCode {
    exit(run(&Options::parse()))
}

fn run(options: &Options) -> Result<()> {
    let reading = match options.rules {
        Rules::Standard => Reading::Fine,
        Rules::Legacy => Reading::Coarse,
    };
    let map = load_map(&options.map, reading)?;
    if origin::profile() != "release" {
        eprintln!("warning: this is a debug build; its figures say nothing. Use cargo xtask capacity");
    }
    if options.realtime {
        let report = in_real_time(options, &map)?;
        print_real_time(&report);
        if options.json {
            println!("{}", serde_json::to_string(&report)?);
        }
        return Ok(());
    }
    let mut report = measure(options, &map)?;
    print(&report);
    if options.node {
        let overhead = against_node(options, &map)?;
        print_overhead(&overhead);
        report.node = Some(overhead);
    }
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

fn progress(ticks: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:10} {wide_bar} {pos}/{len} ticks, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(ticks).with_style(style)
}

fn measure(options: &Options, map: &Arc<GameMap>) -> Result<Report> {
    let pool = match options.threads {
        1 => None,
        threads => Some(rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build()?),
    };
    let mut load = Load::new(options, map, options.seed..options.seed + u64::from(options.matches()))?;
    let warmup = options.warmup * TICK_RATE;
    let wanted = options.seconds * TICK_RATE;
    let bar = progress((warmup + wanted).into());

    let (mut stats, mut tally) = (FightStats::new(TICK_RATE), Tally::default());
    let mut blocks = Vec::new();
    let (mut block_time, mut block_ticks, mut ticks) = (Duration::ZERO, 0, 0);
    let mut bot_time = Duration::ZERO;
    let (mut polygon_time, mut polygons) = (Duration::ZERO, 0u64);
    let (mut snapshots, mut snapshot_bytes) = (0u64, 0u64);
    let mut probed: [Vec<f64>; STAGES] = Default::default();
    let mut cpu_time = Duration::ZERO;
    let mut scratch = Vec::new();

    bar.set_message("warming up");
    let mut tick = 0;
    while ticks < wanted {
        let measured = tick >= warmup;
        if tick == warmup {
            bar.set_message("measuring");
            (stats, tally) = (FightStats::new(TICK_RATE), Tally::default());
        }
        let began = Instant::now();
        load.bots.think(&mut load.world);
        if measured {
            bot_time += began.elapsed();
        }
        if measured && tick % PROBED == 0 {
            let mut probe = Clock::new();
            load.world.step_with(&mut probe);
            for (ticks, sum) in probed.iter_mut().zip(probe.sums) {
                ticks.push(sum as f64 / f64::from(options.matches()));
            }
        } else {
            let cpu_began = origin::cpu_time();
            let began = Instant::now();
            match &pool {
                None => load.world.step(),
                Some(pool) => pool.install(|| load.world.step_parallel()),
            }
            let stepped = began.elapsed();
            let mut extra = Duration::ZERO;
            if options.polygons && tick % POLYGON_EVERY == 0 {
                let began = Instant::now();
                let made = load.polygons(pool.as_ref(), &mut scratch)?;
                extra = began.elapsed();
                if measured {
                    polygons += made;
                    polygon_time += extra;
                }
            }
            if measured {
                cpu_time += origin::cpu_time().saturating_sub(cpu_began);
                block_time += stepped + extra;
                block_ticks += 1;
                ticks += 1;
                if block_ticks == BLOCK {
                    blocks.push(block_time.as_nanos() as f64 / f64::from(block_ticks) / f64::from(options.matches()));
                    (block_time, block_ticks) = (Duration::ZERO, 0);
                }
            }
        }
        if options.snapshots {
            let (made, bytes) = load.answer(pool.as_ref())?;
            if measured {
                snapshots += made;
                snapshot_bytes += bytes;
            }
        }
        load.after_tick(&mut stats, &mut tally)?;
        tick += 1;
        bar.set_position((warmup.min(tick) + ticks).into());
    }
    bar.finish_and_clear();
    let played = tick - warmup;
    ensure!(
        tally.lost == 0,
        "{} events were lost between two drains; the fight's figures would be too low",
        tally.lost
    );

    let replay_is_equal = replay_is_equal(options, map, &load, tick)?;
    ensure!(replay_is_equal, "a match played alone again does not end in the hash it had among the others");

    blocks.sort_by(f64::total_cmp);
    let quantile = |share: f64| blocks[((blocks.len() - 1) as f64 * share).round() as usize];
    let ns = quantile(0.5);
    let per_core = TICK_NS / (ns * f64::from(options.threads));
    let own = Clock::own_cost();
    // What happens in every third tick has no median worth the name.
    let sending: f64 = probed[Stage::Send as usize].iter().sum();
    let sending = sending / probed[Stage::Send as usize].len().max(1) as f64;
    let mut costs = probed.map(|mut ticks| (median(&mut ticks) - own).max(0.0));
    costs[Stage::Send as usize] = (sending - own).max(0.0);
    let whole: f64 = costs.iter().sum::<f64>().max(1.0);
    let mut parts: Vec<(&'static str, usize)> = Vec::new();
    for game in &load.games {
        let of_match = load.world.view(game.id)?.bytes_by_part();
        parts.resize(of_match.len(), ("", 0));
        parts.iter_mut().zip(of_match).for_each(|(sum, (name, bytes))| *sum = (name, sum.1 + bytes));
    }
    parts.iter_mut().for_each(|(_, bytes)| *bytes /= load.games.len());
    parts.retain(|(_, bytes)| *bytes > 0);
    Ok(Report {
        matches: options.matches(),
        ticks,
        players: PLAYERS,
        map: map_label(&options.map),
        rules: load.world.rules().name,
        arms: if options.arms == Arms::All { "all" } else { "guns" },
        threads: options.threads,
        ns_per_match_tick: round(ns),
        ns_per_match_tick_p10: round(quantile(0.1)),
        ns_per_match_tick_p90: round(quantile(0.9)),
        cpu_ns_per_match_tick: round(cpu_time.as_nanos() as f64 / f64::from(ticks) / f64::from(options.matches())),
        matches_per_core_60hz: round(per_core),
        agent_steps_per_s_per_core: (per_core * f64::from(TICK_RATE) * PLAYERS as f64).round(),
        bytes_per_match: parts.iter().map(|(_, bytes)| bytes).sum(),
        bytes_by_part: parts,
        simd: load.world.simd().name(),
        stages: Stage::ALL.iter().map(|&s| (s.name(), (costs[s as usize] / whole * 1e4).round() / 1e4)).collect(),
        polygons: options.polygons,
        polygon_ns: options.polygons.then(|| round(polygon_time.as_nanos() as f64 / polygons.max(1) as f64)),
        snapshots: options.snapshots,
        snapshot_ns: options.snapshots.then(|| {
            round(
                costs[Stage::Send as usize] * f64::from(played) * f64::from(options.matches())
                    / snapshots.max(1) as f64,
            )
        }),
        snapshot_bytes_per_s: options.snapshots.then(|| {
            let seconds = f64::from(played) / f64::from(TICK_RATE);
            round(snapshot_bytes as f64 / seconds / f64::from(options.matches()) / PLAYERS as f64)
        }),
        shots_per_min_per_match: round(stats.shots_per_minute()),
        deaths_per_min_per_match: round(stats.deaths_per_minute()),
        slices_destroyed_per_min_per_match: round(stats.slices_destroyed_per_minute()),
        heard_per_min_per_match: round(tally.heard as f64 * 3600.0 / (played as f64 * options.matches() as f64)),
        matches_ended: tally.ended,
        moving_share: (stats.moving_share() * 1e4).round() / 1e4,
        bot_ns_per_match_tick: round(bot_time.as_nanos() as f64 / f64::from(played) / f64::from(options.matches())),
        tick_rate: TICK_RATE,
        seconds: options.seconds,
        warmup_seconds: options.warmup,
        seed: options.seed,
        replay_is_equal,
        commit: origin::commit(),
        compiler: origin::compiler(),
        cpu: origin::cpu(),
        node: None,
    })
}

/// The time until a moment: slept through but for the last stretch, since sleeping ends up to a millisecond late.
fn wait_until(due: Instant) {
    const SPIN: Duration = Duration::from_micros(300);
    loop {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        if left > SPIN {
            std::thread::sleep(left - SPIN);
        } else {
            std::hint::spin_loop();
        }
    }
}

fn in_real_time(options: &Options, map: &Arc<GameMap>) -> Result<RealTime> {
    let pool = match options.threads {
        1 => None,
        threads => Some(rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build()?),
    };
    let mut load = Load::new(options, map, options.seed..options.seed + u64::from(options.matches()))?;
    let (mut stats, mut tally) = (FightStats::new(TICK_RATE), Tally::default());
    let (warmup, wanted) = (options.warmup * TICK_RATE, options.seconds * TICK_RATE);
    let period = Duration::from_nanos(TICK_NS as u64);
    let (mut lateness, mut steps) = (Vec::with_capacity(wanted as usize), Vec::with_capacity(wanted as usize));
    let (mut load_time, mut skipped) = (Duration::ZERO, 0u64);
    let bar = progress((warmup + wanted).into());
    bar.set_message("warming up");
    let mut due = Instant::now();
    for tick in 0..warmup + wanted {
        let paced = tick >= warmup;
        if tick == warmup {
            bar.set_message("real time");
            due = Instant::now();
        }
        let loaded = Instant::now();
        load.bots.think(&mut load.world);
        if paced {
            load_time += loaded.elapsed();
            wait_until(due);
            let late = due.elapsed();
            let behind = (late.as_nanos() / period.as_nanos()) as u32;
            if behind > CATCH_UP {
                skipped += u64::from(behind - CATCH_UP);
                due += period * (behind - CATCH_UP);
            }
            due += period;
            lateness.push(late.as_secs_f64() * 1e3);
        }
        let began = Instant::now();
        match &pool {
            None => load.world.step(),
            Some(pool) => pool.install(|| load.world.step_parallel()),
        }
        let stepped = began.elapsed();
        if options.snapshots {
            load.answer(pool.as_ref())?;
        }
        load.after_tick(&mut stats, &mut tally)?;
        if paced {
            steps.push(stepped.as_secs_f64() / period.as_secs_f64());
            load_time += began.elapsed() - stepped;
        }
        if tick % TICK_RATE == 0 {
            bar.set_position(tick.into());
        }
    }
    bar.finish_and_clear();
    lateness.sort_by(f64::total_cmp);
    steps.sort_by(f64::total_cmp);
    let at = |sorted: &[f64], share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
    let thousandths = |v: f64| (v * 1e3).round() / 1e3;
    Ok(RealTime {
        matches: options.matches(),
        players: options.matches() * PLAYERS as u32,
        map: map_label(&options.map),
        threads: options.threads,
        snapshots: options.snapshots,
        ticks: wanted,
        skipped,
        lateness_ms_p50: thousandths(at(&lateness, 0.5)),
        lateness_ms_p99: thousandths(at(&lateness, 0.99)),
        lateness_ms_most: thousandths(at(&lateness, 1.0)),
        step_share_p50: thousandths(at(&steps, 0.5)),
        step_share_p99: thousandths(at(&steps, 0.99)),
        load_share: thousandths(load_time.as_secs_f64() / (f64::from(wanted) * period.as_secs_f64())),
        commit: origin::commit(),
        compiler: origin::compiler(),
        cpu: origin::cpu(),
    })
}

fn print_real_time(report: &RealTime) {
    println!(
        "{} matches, {} players, on {} in real time, {} thread(s), {} ticks{}",
        report.matches,
        report.players,
        report.map,
        report.threads,
        report.ticks,
        if report.snapshots { ", a snapshot for each player at 20 Hz" } else { "" }
    );
    row(
        "a tick begins late by",
        format!(
            "{:.3} ms (p99 {:.3}, most {:.3})",
            report.lateness_ms_p50, report.lateness_ms_p99, report.lateness_ms_most
        ),
    );
    row("ticks given up", report.skipped.to_string());
    let percent = |share: f64| format!("{:.0} % of the time", share * 100.0);
    row("stepping", format!("{} (p99 {})", percent(report.step_share_p50), percent(report.step_share_p99)));
    row("bots, clients and draining", percent(report.load_share));
    row("commit, compiler", format!("{}, {}", report.commit, report.compiler));
    row("processor", report.cpu.clone());
}

fn against_node(options: &Options, map: &Arc<GameMap>) -> Result<Overhead> {
    let (warmup, measured) = (options.warmup * TICK_RATE, options.seconds * TICK_RATE);
    let load = overhead::Load {
        map,
        map_name: &options.map,
        rules: options.rules(),
        tick_rate: TICK_RATE,
        matches: options.matches.unwrap_or(NODE_MATCHES),
        seed: options.seed,
        roles: vec![options.roles(options.seed)?, options.roles(options.seed + 1)?],
    };
    let bar = progress((warmup + measured).into());
    bar.set_message("Rust, Node");
    let overhead = overhead::measure(&load, warmup, measured, |ticks| bar.inc(ticks.into()))?;
    bar.finish_and_clear();
    Ok(overhead)
}

fn round(v: f64) -> f64 {
    (v * 10.0).round() / 10.0
}

/// Plays the last match again, alone and without threads or probe, and compares hashes.
fn replay_is_equal(options: &Options, map: &Arc<GameMap>, load: &Load, ticks: u32) -> Result<bool> {
    let last = options.seed + u64::from(options.matches()) - 1;
    let mut alone = Load::new(options, map, last..last + 1)?;
    let (mut stats, mut tally) = (FightStats::new(TICK_RATE), Tally::default());
    for _ in 0..ticks {
        alone.bots.think(&mut alone.world);
        alone.world.step();
        alone.after_tick(&mut stats, &mut tally)?;
    }
    let among = &load.games[load.games.len() - 1];
    Ok(alone.world.hash(alone.games[0].id)? == load.world.hash(among.id)?)
}

fn row(name: &str, value: String) {
    println!("{name:<34} {value}");
}

fn print_overhead(overhead: &Overhead) {
    println!(
        "\n{} matches stepped and all outgoing bytes fetched, {} blocks in turns",
        overhead.node_matches, overhead.node_blocks
    );
    let ns = |ns: f64| format!("{ns:.0} ns a match-tick of the processor's time");
    row("in Rust", ns(overhead.node_rust_ns_per_match_tick));
    row("through the addon", format!("{}, Node {}", ns(overhead.node_ns_per_match_tick), overhead.node_version));
    row(
        "addon over Rust",
        format!("{:.3} (of wall time {:.3})", overhead.node_overhead_ratio, overhead.node_overhead_wall_ratio),
    );
    row(
        "packets, the same on both sides",
        format!("{}, {} bytes, hash {}", overhead.node_packets, overhead.node_packet_bytes, overhead.node_packets_hash),
    );
}

fn print(report: &Report) {
    println!(
        "{} matches of {} fighting bots on {}, {} rules",
        report.matches, report.players, report.map, report.rules
    );
    row("thread(s), instruction set", format!("{}, {}", report.threads, report.simd));
    row("ticks within the clock", format!("{} of 1/{} s", report.ticks, report.tick_rate));
    row(
        "a match-tick",
        format!(
            "{:.0} ns (p10 {:.0}, p90 {:.0})",
            report.ns_per_match_tick, report.ns_per_match_tick_p10, report.ns_per_match_tick_p90
        ),
    );
    row("  of the processor's time", format!("{:.0} ns", report.cpu_ns_per_match_tick));
    row("matches a core at 60 Hz", format!("{:.0}", report.matches_per_core_60hz));
    row("player-steps a second and core", format!("{:.0}", report.agent_steps_per_s_per_core));
    row("a match", format!("{} bytes", report.bytes_per_match));
    for (name, bytes) in &report.bytes_by_part {
        row(&format!("  {name}"), format!("{bytes}"));
    }
    for stage in Stage::ALL {
        let share = report.stages.get(stage.name()).copied().unwrap_or(0.0);
        row(&format!("  {}", stage.name()), format!("{:5.1} %", share * 100.0));
    }
    if let Some(ns) = report.snapshot_ns {
        row("writing a snapshot (20 Hz, in the clock)", format!("{ns:.0} ns"));
        if let Some(bytes) = report.snapshot_bytes_per_s {
            row("sent to a player", format!("{bytes:.0} bytes/s"));
        }
    }
    if let Some(ns) = report.polygon_ns {
        row("a polygon (20 Hz, in the clock)", format!("{ns:.0} ns"));
    }
    row("shots a minute and match", format!("{:.0}", report.shots_per_min_per_match));
    row("deaths a minute and match", format!("{:.1}", report.deaths_per_min_per_match));
    row("slices destroyed a minute, match", format!("{:.0}", report.slices_destroyed_per_min_per_match));
    row("sounds heard a minute, match", format!("{:.0}", report.heard_per_min_per_match));
    row("players on the move", format!("{:.0} %", report.moving_share * 100.0));
    row("bots' thinking, not in the clock", format!("{:.0} ns a match-tick", report.bot_ns_per_match_tick));
    row("commit, compiler", format!("{}, {}", report.commit, report.compiler));
    row("processor", report.cpu.clone());
    let wall = report.ns_per_match_tick * f64::from(report.threads);
    if wall > report.cpu_ns_per_match_tick * BUSY {
        eprintln!(
            "warning: {wall:.0} ns of wall time took {:.0} ns of the processor's: other programs run beside; measure again",
            report.cpu_ns_per_match_tick
        );
    }
    if report.shots_per_min_per_match < FIGHT.0 || report.deaths_per_min_per_match < FIGHT.1 {
        eprintln!(
            "warning: this is no fight: a load takes at least {} shots and {} deaths a minute and match",
            FIGHT.0, FIGHT.1
        );
    }
}
