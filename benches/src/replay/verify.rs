//! `verify`: every second's hash.

use super::Ground;
use super::show::{Origin, bar};
use crate::origin;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;
use trespasser::replay::Tail;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The recording
    file: PathBuf,
    /// Threads, each of which plays from one keyframe to the next
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=256))]
    threads: u32,
    /// Times it is done, for the median of the time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    #[command(flatten)]
    ground: Ground,
    /// One JSON object on the last line besides the text
    #[arg(long)]
    json: bool,
}

/// The JSON object.
#[derive(Debug, Serialize)]
struct Report {
    ticks: u32,
    hashes: u32,
    /// Of match time to wall time, median over rounds.
    real_time: f64,
    /// Of match time to the processor time of all threads: what a machine without other work does on one.
    real_time_cpu: f64,
    us_per_tick: f64,
    cpu_us_per_tick: f64,
    threads: u32,
    complete: bool,
    first_bad_tick: Option<u32>,
    last_good_tick: Option<u32>,
    #[serde(flatten)]
    origin: Origin,
}

pub(super) fn run(options: &Options) -> Result<()> {
    let replay = super::open(&options.file)?;
    let (map, rules) = options.ground.of(&replay)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads as usize).build()?;
    let ticks = replay.last_tick() - replay.header().first_tick;
    let bar = bar(u64::from(ticks) * u64::from(options.rounds), "verifying", "ticks");
    let (mut times, mut cpu_times) = (Vec::new(), Vec::new());
    let mut verified = None;
    for _ in 0..options.rounds {
        let (begun, cpu) = (Instant::now(), origin::cpu_time());
        let found = pool.install(|| replay.verify(&rules, &map, |ticks| bar.inc(ticks.into())))?;
        times.push(begun.elapsed().as_secs_f64());
        cpu_times.push((origin::cpu_time() - cpu).as_secs_f64());
        verified = Some(found);
    }
    bar.finish_and_clear();
    let verified = verified.context("no round")?;
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2].max(1e-9)
    };
    let (time, cpu_time) = (median(times), median(cpu_times));
    let match_time = f64::from(ticks) / f64::from(replay.header().tick_rate);
    let complete = replay.tail() == Tail::Complete;
    let report = Report {
        ticks: verified.ticks,
        hashes: verified.hashes,
        real_time: match_time / time,
        real_time_cpu: match_time / cpu_time,
        cpu_us_per_tick: cpu_time * 1e6 / f64::from(ticks.max(1)),
        us_per_tick: time * 1e6 / f64::from(ticks.max(1)),
        threads: options.threads,
        complete,
        first_bad_tick: verified.divergence.map(|d| d.tick),
        last_good_tick: verified.divergence.map(|d| d.good),
        origin: Origin::now(),
    };
    println!(
        "{}: {} ticks, {} hashes, {:.0} times real time on {} threads ({:.2} us a tick), {:.0} by processor time ({:.2} us){}",
        options.file.display(),
        report.ticks,
        report.hashes,
        report.real_time,
        report.threads,
        report.us_per_tick,
        report.real_time_cpu,
        report.cpu_us_per_tick,
        if complete { "" } else { "; the file has no end mark" }
    );
    println!("{}", report.origin);
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    if let Some(bad) = verified.divergence {
        bail!(
            "tick {}: the file has hash {:016x}, this engine computes {:016x}; they agree up to tick {}",
            bad.tick,
            bad.expected,
            bad.found,
            bad.good
        );
    }
    Ok(())
}
