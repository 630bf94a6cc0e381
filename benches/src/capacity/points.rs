//! The cost of a match-tick for several numbers of matches and threads, measured in turns, and what else the model of
//! [`super::plan`] computes with.

use super::load::{Load, Tally};
use super::options::{Options, Pool, pool_of};
use super::throughput::median;
use super::{TICK_RATE, progress, round, row};
use crate::origin;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trespasser::GameMap;
use trespasser::scenes::FightStats;

/// Ticks after a change of load that are not counted: the caches hold another load's matches.
const SETTLING: u32 = 12;

/// A measured cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Point {
    pub(super) matches: u32,
    pub(super) threads: u32,
    /// Wall time times threads, a match-tick: median over runs.
    pub(super) wall_ns: f64,
    /// Processor's time of all threads, a match-tick: median over runs. Other programs disturb it less.
    pub(super) cpu_ns: f64,
}

/// The points in their order, and the mean bytes of a match.
pub(super) fn measure(
    options: &Options,
    map: &Arc<GameMap>,
    matches: &[u32],
    threads: &[u32],
) -> Result<(Vec<Point>, usize)> {
    let pools: Vec<Option<Pool>> = threads.iter().map(|&threads| pool_of(threads)).collect::<Result<_>>()?;
    let (warmup, ticks) = (options.warmup * TICK_RATE, options.seconds() * TICK_RATE);
    let all: u64 = matches.iter().map(|&n| u64::from(n)).sum();
    let turns = u64::from(options.runs) * threads.len() as u64;
    let bar = progress(all * (u64::from(warmup) + turns * u64::from(ticks + SETTLING)));
    bar.set_message("warming up");
    let (mut stats, mut tally) = (FightStats::new(TICK_RATE), Tally::default());
    let mut loads = Vec::new();
    for &n in matches {
        let mut load = Load::new(options, map, options.seed..options.seed + u64::from(n))?;
        for _ in 0..warmup {
            tick(&mut load, options, None, &mut stats, &mut tally)?;
            bar.inc(n.into());
        }
        loads.push(load);
    }
    let mut measured = vec![Vec::new(); matches.len() * threads.len()];
    for run in 1..=options.runs {
        bar.set_message(format!("run {run}"));
        for (of_matches, load) in loads.iter_mut().enumerate() {
            let n = matches[of_matches];
            for (of_threads, &pool) in pools.iter().enumerate() {
                let (mut wall, mut cpu) = (Duration::ZERO, Duration::ZERO);
                for at in 0..SETTLING + ticks {
                    let spent = tick(load, options, pool, &mut stats, &mut tally)?;
                    if at >= SETTLING {
                        (wall, cpu) = (wall + spent.0, cpu + spent.1);
                    }
                    bar.inc(n.into());
                }
                let each = |time: Duration| time.as_nanos() as f64 / f64::from(ticks) / f64::from(n);
                let wall = each(wall) * f64::from(threads[of_threads]);
                measured[of_matches * threads.len() + of_threads].push((wall, each(cpu)));
            }
        }
    }
    bar.finish_and_clear();
    let mut points = Vec::new();
    for (at, runs) in measured.iter().enumerate() {
        let middle = |of: fn(&(f64, f64)) -> f64| round(median(&mut runs.iter().map(of).collect::<Vec<_>>()));
        points.push(Point {
            matches: matches[at / threads.len()],
            threads: threads[at % threads.len()],
            wall_ns: middle(|run| run.0),
            cpu_ns: middle(|run| run.1),
        });
    }
    let bytes = match loads.last() {
        Some(load) => load.bytes_by_part()?.iter().map(|(_, bytes)| bytes).sum(),
        None => 0,
    };
    Ok((points, bytes))
}

/// A tick with all that stands outside the clock; wall time and processor's time of the step.
fn tick(
    load: &mut Load,
    options: &Options,
    pool: Option<Pool>,
    stats: &mut FightStats,
    tally: &mut Tally,
) -> Result<(Duration, Duration)> {
    load.bots.think(&mut load.world);
    let cpu = origin::cpu_time();
    let began = Instant::now();
    match pool {
        None => load.world.step(),
        Some(pool) => pool.install(|| load.world.step_parallel()),
    }
    let spent = (began.elapsed(), origin::cpu_time().saturating_sub(cpu));
    if options.snapshots {
        load.answer(pool)?;
    }
    load.after_tick(stats, tally)?;
    Ok(spent)
}

/// Bytes a second that a thread reads and writes in memory, by copies of far more than the caches hold: best of several.
pub(super) fn bandwidth() -> f64 {
    const BYTES: usize = 64 << 20;
    let (from, mut to) = (vec![1u8; BYTES], vec![0u8; BYTES]);
    let copy = |_| {
        let began = Instant::now();
        to.copy_from_slice(std::hint::black_box(&from));
        std::hint::black_box(&mut to);
        2.0 * BYTES as f64 / began.elapsed().as_secs_f64()
    };
    (0..12).map(copy).fold(0.0, f64::max)
}

/// Nanoseconds of a thread's processor time to send a snapshot's worth of bytes by a TCP socket of this machine.
///
/// # Errors
/// No loopback interface.
pub(super) fn send_ns() -> Result<f64> {
    const SENDS: u32 = 20_000;
    let listener = TcpListener::bind("127.0.0.1:0").context("opening a port of this machine")?;
    let mut to = TcpStream::connect(listener.local_addr()?)?;
    to.set_nodelay(true)?;
    let (mut from, _) = listener.accept()?;
    let taking = std::thread::spawn(move || {
        let mut room = [0; 65_536];
        while from.read(&mut room).is_ok_and(|bytes| bytes > 0) {}
    });
    let began = origin::thread_time();
    for _ in 0..SENDS {
        to.write_all(&[0; 40])?;
    }
    let spent = origin::thread_time().saturating_sub(began);
    drop(to);
    // It ends with the connection, and has nothing to say.
    let _ = taking.join();
    Ok(round(spent.as_nanos() as f64 / f64::from(SENDS)))
}

/// The JSON object of `--scaling`.
#[derive(Debug, Serialize)]
pub(super) struct Scaling {
    runs: u32,
    snapshots: bool,
    points: Vec<Point>,
    bytes_per_match: usize,
    /// A match-tick among the most matches over one among the fewest, on one thread, by the processor's time.
    cost_ratio: f64,
    /// Match-ticks a second of two threads over those of one, by wall time, among the most matches.
    two_threads_ratio: f64,
    commit: String,
    compiler: &'static str,
    cpu: String,
}

/// Numbers of matches that `--scaling` compares.
const FEW_AND_MANY: [u32; 2] = [64, 5000];

pub(super) fn scaling(options: &Options, map: &Arc<GameMap>) -> Result<Scaling> {
    let (points, bytes_per_match) = measure(options, map, &FEW_AND_MANY, &[1, 2])?;
    let [few, _, many, many_by_two] = points[..] else { anyhow::bail!("four points were to be measured") };
    Ok(Scaling {
        runs: options.runs,
        snapshots: options.snapshots,
        bytes_per_match,
        cost_ratio: (many.cpu_ns / few.cpu_ns * 1e3).round() / 1e3,
        two_threads_ratio: (2.0 * many.wall_ns / many_by_two.wall_ns * 1e3).round() / 1e3,
        points,
        commit: origin::commit(),
        compiler: origin::compiler(),
        cpu: origin::cpu(),
    })
}

pub(super) fn print_points(points: &[Point]) {
    println!("{:>8} {:>8} {:>22} {:>16}", "matches", "threads", "wall ns x threads", "processor's ns");
    for point in points {
        println!("{:>8} {:>8} {:>22.0} {:>16.0}", point.matches, point.threads, point.wall_ns, point.cpu_ns);
    }
}

pub(super) fn print(scaling: &Scaling) {
    println!(
        "a match-tick, medians of {} runs in turns{}",
        scaling.runs,
        if scaling.snapshots { ", a snapshot for each player at 20 Hz" } else { "" }
    );
    print_points(&scaling.points);
    row(
        &format!("{} matches over {}", FEW_AND_MANY[1], FEW_AND_MANY[0]),
        format!("{:.3} times the processor's time", scaling.cost_ratio),
    );
    row("two threads over one", format!("{:.3} times as fast", scaling.two_threads_ratio));
    row("a match", format!("{} bytes", scaling.bytes_per_match));
    row("commit, compiler", format!("{}, {}", scaling.commit, scaling.compiler));
    row("processor", scaling.cpu.clone());
}
