//! What a match-tick costs when ticks follow each other at once.

use super::clock::{Clock, STAGES};
use super::load::{Load, Tally};
use super::options::{Arms, Options};
use super::{TICK_NS, TICK_RATE, progress, round, row};
use crate::overhead::Overhead;
use crate::{map_label, origin};
use anyhow::{Result, ensure};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use trespasser::GameMap;
use trespasser::scenes::FightStats;
use trespasser::sim::Stage;
use trespasser::world::PLAYERS;

/// Ticks over which one figure is taken; the report is the median of these.
const BLOCK: u32 = 60;
/// One tick in this many is spent on the stages' shares and not counted.
pub(super) const PROBED: u32 = 16;
/// Ticks between polygons: 20 Hz.
const POLYGON_EVERY: u32 = 3;
/// The report warns from this ratio of wall time to processor time on.
const BUSY: f64 = 1.1;
/// A load is a fight from here on: shots and deaths a minute and match.
const FIGHT: (f64, f64) = (600.0, 20.0);

/// The JSON object. Times are wall time.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    matches: u32,
    /// Ticks within the clock.
    ticks: u32,
    /// A match.
    players: usize,
    map: String,
    rules: &'static str,
    arms: &'static str,
    threads: u32,
    /// Median over the runs, of each of which the median over blocks of ticks counts.
    ns_per_match_tick: f64,
    ns_per_match_tick_of_runs: Vec<f64>,
    /// Over the blocks of all runs.
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
    /// The processors that the program was compiled for.
    built_for: &'static str,
    /// Memory in pages of 2 MB where the system has them, as the server's image asks for.
    huge_pages: bool,
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
    pub(super) node: Option<Overhead>,
}

/// The middle one; 0 of none.
pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

pub(super) fn measure(options: &Options, map: &Arc<GameMap>) -> Result<Report> {
    let pool = options.pool()?;
    let mut load = Load::new(options, map, options.seed..options.seed + u64::from(options.matches()))?;
    let warmup = options.warmup * TICK_RATE;
    let wanted = options.seconds() * TICK_RATE * options.runs;
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
            match pool {
                None => load.world.step(),
                Some(pool) => pool.install(|| load.world.step_parallel()),
            }
            let stepped = began.elapsed();
            let mut extra = Duration::ZERO;
            if options.polygons && tick % POLYGON_EVERY == 0 {
                let began = Instant::now();
                let made = load.polygons(pool, &mut scratch)?;
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
            let (made, bytes) = load.answer(pool)?;
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

    let runs = options.runs as usize;
    let a_run = blocks.len() / runs;
    let mut by_run: Vec<f64> = blocks.chunks_exact_mut(a_run).map(median).collect();
    let ns_of_runs: Vec<f64> = by_run.iter().map(|ns| round(*ns)).collect();
    let ns = median(&mut by_run);
    blocks.sort_by(f64::total_cmp);
    let quantile = |share: f64| blocks[((blocks.len() - 1) as f64 * share).round() as usize];
    let per_core = TICK_NS / (ns * f64::from(options.threads));
    let own = Clock::own_cost();
    // What happens in every third tick has no median worth the name.
    let sending: f64 = probed[Stage::Send as usize].iter().sum();
    let sending = sending / probed[Stage::Send as usize].len().max(1) as f64;
    let mut costs = probed.map(|mut ticks| (median(&mut ticks) - own).max(0.0));
    costs[Stage::Send as usize] = (sending - own).max(0.0);
    let whole: f64 = costs.iter().sum::<f64>().max(1.0);
    let parts = load.bytes_by_part()?;
    Ok(Report {
        matches: options.matches(),
        ticks,
        players: PLAYERS,
        map: map_label(&options.map),
        rules: load.world.rules().name,
        arms: if options.arms == Arms::All { "all" } else { "guns" },
        threads: options.threads,
        ns_per_match_tick: round(ns),
        ns_per_match_tick_of_runs: ns_of_runs,
        ns_per_match_tick_p10: round(quantile(0.1)),
        ns_per_match_tick_p90: round(quantile(0.9)),
        cpu_ns_per_match_tick: round(cpu_time.as_nanos() as f64 / f64::from(ticks) / f64::from(options.matches())),
        matches_per_core_60hz: round(per_core),
        agent_steps_per_s_per_core: (per_core * f64::from(TICK_RATE) * PLAYERS as f64).round(),
        bytes_per_match: parts.iter().map(|(_, bytes)| bytes).sum(),
        bytes_by_part: parts,
        simd: load.world.simd().name(),
        built_for: built_for(),
        huge_pages: huge_pages(),
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
        seconds: options.seconds(),
        warmup_seconds: options.warmup,
        seed: options.seed,
        replay_is_equal,
        commit: origin::commit(),
        compiler: origin::compiler(),
        cpu: origin::cpu(),
        node: None,
    })
}

/// As the addon's `builtFor`.
fn built_for() -> &'static str {
    if cfg!(all(target_feature = "avx2", target_feature = "bmi2", target_feature = "fma")) {
        "x86-64-v3"
    } else {
        std::env::consts::ARCH
    }
}

/// Whether the C library is told to ask for huge pages: its tunables are read when a program starts.
fn huge_pages() -> bool {
    cfg!(target_os = "linux") && std::env::var("GLIBC_TUNABLES").is_ok_and(|is| is.contains("glibc.malloc.hugetlb=1"))
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

pub(super) fn print(report: &Report) {
    println!(
        "{} matches of {} fighting bots on {}, {} rules",
        report.matches, report.players, report.map, report.rules
    );
    row("thread(s), instruction set", format!("{}, {}", report.threads, report.simd));
    row("compiled for", report.built_for.into());
    row(
        "pages of memory",
        if report.huge_pages { "huge, where the system has them" } else { "as the system gives them" }.into(),
    );
    row("ticks within the clock", format!("{} of 1/{} s", report.ticks, report.tick_rate));
    row(
        "a match-tick",
        format!(
            "{:.0} ns (p10 {:.0}, p90 {:.0})",
            report.ns_per_match_tick, report.ns_per_match_tick_p10, report.ns_per_match_tick_p90
        ),
    );
    let runs: Vec<String> = report.ns_per_match_tick_of_runs.iter().map(|ns| format!("{ns:.0}")).collect();
    row("  median of runs", runs.join(", "));
    row("  of the processor's time", format!("{:.0} ns", report.cpu_ns_per_match_tick));
    row("matches a core at 60 Hz", format!("{:.0}", report.matches_per_core_60hz));
    row("player-steps a second and core", format!("{:.0}", report.agent_steps_per_s_per_core));
    row("a match", format!("{} bytes", report.bytes_per_match));
    for (name, bytes) in &report.bytes_by_part {
        row(&format!("  {name}"), bytes.to_string());
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
