//! Matches paced at 60 Hz: how late ticks begin.

use super::load::{Load, Tally};
use super::options::Options;
use super::{TICK_NS, TICK_RATE, progress, row};
use crate::{map_label, origin};
use anyhow::Result;
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use trespasser::GameMap;
use trespasser::scenes::FightStats;
use trespasser::world::PLAYERS;

/// Ticks run back to back at most in real time, as the server has it.
const CATCH_UP: u32 = 6;

/// The JSON object of `--realtime`. Lateness: from when a tick was due to when it began.
#[derive(Debug, Serialize)]
pub(super) struct RealTime {
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

pub(super) fn measure(options: &Options, map: &Arc<GameMap>) -> Result<RealTime> {
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

pub(super) fn print(report: &RealTime) {
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
