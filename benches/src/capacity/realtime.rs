//! Matches paced at 60 Hz: how late ticks begin, and how many matches there may be until they begin too late.
//!
//! The host is this program, or Node with the addon (`node-binding/bench/realtime.mjs`): both play the same load and measure the
//! same. The bots' thinking, the clients and draining are done in between, by the same threads.

use super::load::{Load, Tally};
use super::options::{Host, Options};
use super::{TICK_NS, TICK_RATE, progress, row};
use crate::overhead::{self, NodeScript};
use crate::{map_label, origin};
use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trespasser::GameMap;
use trespasser::scenes::FightStats;
use trespasser::world::PLAYERS;

/// Ticks run back to back at most in real time, as the server has it.
const CATCH_UP: u32 = 6;

/// The largest number of matches is one whose ticks begin less than this late at p99, ms, with none given up.
const LATE_MS: f64 = 1.0;
/// The search begins with this many matches, and ends when what holds and what does not are within this factor.
const FIRST: u32 = 128;
const NEAR: f64 = 1.06;

/// What was measured of a paced run, by either host: milliseconds and shares of a period, in order.
struct Paced {
    lateness: Vec<f64>,
    steps: Vec<f64>,
    /// Of bots, clients and draining, seconds.
    load: f64,
    skipped: u64,
}

/// The JSON object of `--realtime` with so many matches. Lateness: from when a tick was due to when it began.
#[derive(Debug, Serialize)]
pub(super) struct RealTime {
    host: &'static str,
    matches: u32,
    players: u32,
    map: String,
    threads: u32,
    snapshots: bool,
    ticks: u32,
    /// p99 of lateness is under 1 ms, and no tick was given up.
    in_time: bool,
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

/// The JSON object of a search.
#[derive(Debug, Serialize)]
pub(super) struct Largest {
    host: &'static str,
    threads: u32,
    snapshots: bool,
    seconds: u32,
    /// Matches whose ticks all begin in time; 0: not even the fewest tried.
    matches: u32,
    players: u32,
    /// The fewest tried that do not hold.
    too_many: Option<u32>,
    tried: Vec<RealTime>,
}

/// Doubles the matches until they do not hold, then halves what is between.
pub(super) fn search(options: &Options, map: &Arc<GameMap>) -> Result<Largest> {
    let mut tried = Vec::new();
    let (holds, too_many) = largest(|matches| {
        let one = measure(options, map, matches)?;
        println!(
            "{matches:>6} matches: p99 {:.3} ms late, {} ticks given up, {:.0}% in steps: {}",
            one.lateness_ms_p99,
            one.skipped,
            one.step_share_p50 * 100.0,
            if one.in_time { "in time" } else { "too late" }
        );
        let in_time = one.in_time;
        tried.push(one);
        Ok(in_time)
    })?;
    Ok(Largest {
        host: host_name(options),
        threads: options.threads,
        snapshots: options.snapshots,
        seconds: options.seconds(),
        matches: holds,
        players: holds * PLAYERS as u32,
        too_many,
        tried,
    })
}

/// The largest number that holds, to within [`NEAR`], and the least tried that does not.
fn largest(mut holds: impl FnMut(u32) -> Result<bool>) -> Result<(u32, Option<u32>)> {
    /// As many as a world may hold by its default.
    const MOST: u32 = 65_536;
    let (mut low, mut high) = (0, None);
    let mut at = FIRST;
    while high.is_none() && low < MOST {
        if holds(at)? {
            low = at;
            at = (at * 2).min(MOST);
        } else {
            high = Some(at);
        }
    }
    while let Some(above) = high {
        if f64::from(above) <= f64::from(low.max(1)) * NEAR || above - low <= 1 {
            break;
        }
        let middle = low + (above - low) / 2;
        if holds(middle)? {
            low = middle;
        } else {
            high = Some(middle);
        }
    }
    Ok((low, high))
}

fn host_name(options: &Options) -> &'static str {
    match options.host {
        Host::Rust => "Rust",
        Host::Node => "Node",
    }
}

pub(super) fn measure(options: &Options, map: &Arc<GameMap>, matches: u32) -> Result<RealTime> {
    let mut paced = match options.host {
        Host::Rust => in_rust(options, map, matches)?,
        Host::Node => in_node(options, map, matches)?,
    };
    let wanted = options.seconds() * TICK_RATE;
    ensure!(
        paced.lateness.len() == wanted as usize && paced.steps.len() == paced.lateness.len(),
        "{} ticks were to be measured, and {} were",
        wanted,
        paced.lateness.len()
    );
    paced.lateness.sort_by(f64::total_cmp);
    paced.steps.sort_by(f64::total_cmp);
    let at = |sorted: &[f64], share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
    let thousandths = |v: f64| (v * 1e3).round() / 1e3;
    let p99 = at(&paced.lateness, 0.99);
    Ok(RealTime {
        host: host_name(options),
        matches,
        players: matches * PLAYERS as u32,
        map: map_label(&options.map),
        threads: options.threads,
        snapshots: options.snapshots,
        ticks: wanted,
        in_time: p99 < LATE_MS && paced.skipped == 0,
        skipped: paced.skipped,
        lateness_ms_p50: thousandths(at(&paced.lateness, 0.5)),
        lateness_ms_p99: thousandths(p99),
        lateness_ms_most: thousandths(at(&paced.lateness, 1.0)),
        step_share_p50: thousandths(at(&paced.steps, 0.5)),
        step_share_p99: thousandths(at(&paced.steps, 0.99)),
        load_share: thousandths(paced.load * 1e9 / (f64::from(wanted) * TICK_NS)),
        commit: origin::commit(),
        compiler: origin::compiler(),
        cpu: origin::cpu(),
    })
}

/// What the script answers with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    lateness_ms: Vec<f64>,
    step_ms: Vec<f64>,
    load_ms: f64,
    skipped: u64,
}

/// What the script is told besides the load.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pace {
    warmup: u32,
    ticks: u32,
    catch_up: u32,
    threads: u32,
}

fn in_node(options: &Options, map: &Arc<GameMap>, matches: u32) -> Result<Paced> {
    ensure!(
        options.snapshots,
        "--host node sends a snapshot to every player at 20 Hz, as a server does: say --snapshots"
    );
    let load = overhead::Load {
        map,
        map_name: &options.map,
        rules: options.rules(),
        tick_rate: TICK_RATE,
        matches,
        seed: options.seed,
        roles: vec![options.roles(options.seed)?, options.roles(options.seed + 1)?],
    };
    let mut node =
        NodeScript::start("node-binding/bench/realtime.mjs", &[], &[("RAYON_NUM_THREADS", options.threads)])?;
    node.tell(&load.for_node()?)?;
    let (warmup, ticks) = (options.warmup * TICK_RATE, options.seconds() * TICK_RATE);
    node.tell(&Pace { warmup, ticks, catch_up: CATCH_UP, threads: options.threads })?;
    let answer: Answer = node.hear()?;
    let period = TICK_NS / 1e6;
    Ok(Paced {
        lateness: answer.lateness_ms,
        steps: answer.step_ms.iter().map(|ms| ms / period).collect(),
        load: answer.load_ms / 1e3,
        skipped: answer.skipped,
    })
}

fn in_rust(options: &Options, map: &Arc<GameMap>, matches: u32) -> Result<Paced> {
    let pool = options.pool()?;
    let mut load = Load::new(options, map, options.seed..options.seed + u64::from(matches))?;
    let (mut stats, mut tally) = (FightStats::new(TICK_RATE), Tally::default());
    let (warmup, wanted) = (options.warmup * TICK_RATE, options.seconds() * TICK_RATE);
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
        match pool {
            None => load.world.step(),
            Some(pool) => pool.install(|| load.world.step_parallel()),
        }
        let stepped = began.elapsed();
        if options.snapshots {
            load.answer(pool)?;
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
    Ok(Paced { lateness, steps, load: load_time.as_secs_f64(), skipped })
}

pub(super) fn print_largest(largest: &Largest) {
    println!();
    row(
        &format!("largest number in time, {} host", largest.host),
        match largest.too_many {
            Some(too_many) => {
                format!("{} matches, {} players; {too_many} were too many", largest.matches, largest.players)
            }
            None => format!("{} matches, {} players, and none were too many", largest.matches, largest.players),
        },
    );
    row("paced at 60 Hz for", format!("{} s each, {} thread(s)", largest.seconds, largest.threads));
    if let Some(one) = largest.tried.first() {
        row("commit, compiler", format!("{}, {}", one.commit, one.compiler));
        row("processor", one.cpu.clone());
    }
}

pub(super) fn print(report: &RealTime) {
    println!(
        "{} matches, {} players, on {} in real time, {} host, {} thread(s), {} ticks{}",
        report.matches,
        report.players,
        report.map,
        report.host,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_ends_near_the_largest_that_holds() {
        for edge in [1, 127, 128, 129, 700, 1000, 5000, 70_000] {
            let mut tries = 0;
            let (holds, too_many) = largest(|matches| {
                tries += 1;
                Ok(matches <= edge)
            })
            .unwrap();
            assert!(holds <= edge && tries < 20, "{edge}: {holds} after {tries}");
            match too_many {
                Some(too_many) => {
                    assert!(
                        too_many > edge && (f64::from(too_many) <= f64::from(holds) * NEAR || too_many - holds <= 1)
                    )
                }
                None => assert_eq!(holds, 65_536),
            }
        }
        assert_eq!(largest(|_| Ok(false)).unwrap(), (0, Some(1)));
    }
}
