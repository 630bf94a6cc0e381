//! How many matches a core holds: steps matches of eight fighting bots and reports what a match-tick costs.
//!
//! The clock covers stepping alone, and polygons where they are asked for. Outside it stand the bots' thinking,
//! draining events, starting ended matches anew, and every 16th tick, on which the stages are measured: a
//! probe costs about as much as a cheap stage.

mod addon;
mod clock;
mod load;
mod options;
mod plan;
mod points;
mod realtime;
mod throughput;

pub use options::Options;

use crate::{load_map, origin};
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::IsTerminal;

/// Ticks a second of every measurement.
const TICK_RATE: u32 = 60;
/// Nanoseconds of a tick at 60 Hz.
const TICK_NS: f64 = 1e9 / TICK_RATE as f64;

/// Measures what the options ask for, and prints it.
///
/// # Errors
/// A map that cannot be read, Node or the addon missing where they are asked for, and a load that does not play as it should.
pub fn run(options: &Options) -> Result<()> {
    let map = load_map(&options.map, options.reading())?;
    if origin::profile() != "release" {
        eprintln!("warning: this is a debug build; its figures say nothing. Use cargo xtask capacity");
    }
    if options.realtime {
        return match options.matches {
            Some(matches) => {
                let report = realtime::measure(options, &map, matches)?;
                realtime::print(&report);
                end(options, &report)
            }
            None => {
                let report = realtime::search(options, &map)?;
                realtime::print_largest(&report);
                end(options, &report)
            }
        };
    }
    if options.scaling {
        let report = points::scaling(options, &map)?;
        points::print(&report);
        return end(options, &report);
    }
    if options.plan.is_some() {
        return end(options, &plan::plan(options, &map)?);
    }
    let mut report = throughput::measure(options, &map)?;
    throughput::print(&report);
    if options.node {
        let overhead = addon::measure(options, &map)?;
        addon::print(&overhead);
        report.node = Some(overhead);
    }
    end(options, &report)
}

/// With `--json` the last line.
fn end(options: &Options, report: &impl Serialize) -> Result<()> {
    if options.json {
        println!("{}", serde_json::to_string(report)?);
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

fn round(v: f64) -> f64 {
    (v * 10.0).round() / 10.0
}

fn row(name: &str, value: String) {
    println!("{name:<34} {value}");
}
