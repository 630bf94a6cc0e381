//! `seek`: to a tick.

use super::Ground;
use super::show::{Origin, bar};
use crate::draw;
use anyhow::Result;
use clap::{Args, Parser};
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;
use trespasser::rng::{self, Purpose};
use trespasser::{World, WorldDef};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The recording
    file: PathBuf,
    /// Tick of the recording
    #[arg(long)]
    tick: u32,
    /// Random seeks that are timed besides
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    random: u32,
    /// Draws the match at that tick into this PNG
    #[arg(long)]
    draw: Option<PathBuf>,
    #[command(flatten)]
    ground: Ground,
    /// One JSON object on the last line besides the text
    #[arg(long)]
    json: bool,
}

/// The JSON object.
#[derive(Debug, Serialize)]
struct Report {
    tick: u32,
    hash: String,
    seek_ms: f64,
    /// Of random seeks.
    median_ms: f64,
    worst_ms: f64,
    random: u32,
    keyframe_seconds: u32,
    #[serde(flatten)]
    origin: Origin,
}

pub(super) fn run(options: &Options) -> Result<()> {
    let replay = super::open(&options.file)?;
    let (map, rules) = options.ground.of(&replay)?;
    let header = replay.header();
    let def = WorldDef { rules, tick_rate: header.tick_rate, max_matches: 1, ..WorldDef::default() };
    let mut world = World::new(def)?;
    let mut playback = replay.begin(&mut world, &map)?;
    let first = header.first_tick;
    let length = replay.last_tick() - first + 1;
    let bar = bar(options.random.into(), "seeking", "seeks");
    let mut times = Vec::new();
    for i in 0..options.random {
        let tick = first + rng::below(rng::draw(0x5EEC, i, Purpose::Bot, 0)[0], length);
        let begun = Instant::now();
        playback.seek(&mut world, tick)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        bar.inc(1);
    }
    bar.finish_and_clear();
    times.sort_by(f64::total_cmp);
    let begun = Instant::now();
    playback.seek(&mut world, options.tick)?;
    let report = Report {
        tick: options.tick,
        seek_ms: begun.elapsed().as_secs_f64() * 1e3,
        hash: format!("{:016x}", world.hash(playback.game())?),
        median_ms: times[times.len() / 2],
        worst_ms: times[times.len() - 1],
        random: options.random,
        keyframe_seconds: header.keyframe_ticks / header.tick_rate,
        origin: Origin::now(),
    };
    println!(
        "tick {}: hash {}, {:.2} ms; {} random seeks: median {:.2} ms, worst {:.2} ms, a keyframe every {} s",
        report.tick,
        report.hash,
        report.seek_ms,
        report.random,
        report.median_ms,
        report.worst_ms,
        report.keyframe_seconds
    );
    println!("{}", report.origin);
    if let Some(out) = &options.draw {
        // Shots are drawn for some ticks after they were fired.
        playback.seek(&mut world, options.tick.saturating_sub(draw::TRACE).max(first))?;
        world.drain_events(playback.game(), |_| {})?;
        let mut recent = Vec::new();
        while playback.tick() < options.tick && playback.step(&mut world)? {}
        world.drain_events(playback.game(), |event| recent.push(*event))?;
        let title = options.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let words = ["cargo xtask draw".into(), "--out".into(), out.clone().into_os_string()];
        let drawn = draw::picture_of(world, playback.game(), recent, title, &draw::Options::try_parse_from(words)?)?;
        drawn.canvas.save(out)?;
        println!("{}: {}", out.display(), drawn.about);
    }
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}
