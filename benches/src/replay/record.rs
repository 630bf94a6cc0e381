//! `record`: a scene of bots into a file.

use super::show::{Origin, bar, table};
use anyhow::{Result, ensure};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use trespasser::Op;
use trespasser::replay::{Label, RecordDef, Replay, What};
use trespasser::scenes::Scene;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Scene of bots
    #[arg(long, default_value = "brawl")]
    scene: String,
    /// Minutes of play
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    minutes: u32,
    /// Seconds from one keyframe to the next
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=3600))]
    keyframes: u32,
    /// The file
    #[arg(long)]
    out: PathBuf,
    /// One JSON object on the last line besides the table
    #[arg(long)]
    json: bool,
}

/// The JSON object; bytes.
#[derive(Debug, Serialize)]
struct Report {
    bytes: u64,
    header_bytes: u64,
    ops_bytes: u64,
    seconds_bytes: u64,
    keyframes_bytes: u64,
    inputs: u64,
    bits_an_input: f64,
    /// Of 16 bytes an input to the whole file.
    raw_ratio: f64,
    /// What a match takes more while it is recorded.
    memory: usize,
    players: usize,
    minutes: u32,
    scene: String,
    #[serde(flatten)]
    origin: Origin,
}

pub(super) fn run(options: &Options) -> Result<()> {
    let mut scene = Scene::new(&options.scene)?;
    let label = |slot, key: &str, value: String| Label { slot, key: key.to_owned(), value };
    let map = trespasser::scenes::script(&options.scene)?.map;
    let mut labels = vec![label(None, "scene", options.scene.clone()), label(None, "map", map.to_owned())];
    let players = scene.world.view(scene.game)?.players().count();
    for slot in 0..players {
        labels.push(label(Some(slot as u8), "name", format!("bot {}", slot + 1)));
    }
    scene
        .world
        .record(scene.game, &RecordDef { keyframe_seconds: options.keyframes, labels, ..RecordDef::default() })?;
    let mut file = Vec::new();
    let mut memory = 0;
    let seconds = options.minutes * 60;
    let bar = bar(seconds.into(), "recording", "s");
    for _ in 0..seconds {
        scene.advance(scene.world.tick_rate());
        memory = memory.max(scene.world.recording(scene.game)?.map_or(0, |stats| stats.memory));
        scene.world.drain_replay(scene.game, &mut file)?;
        bar.inc(1);
    }
    let drained = scene.world.end_recording(scene.game, &mut file)?;
    bar.finish_and_clear();
    ensure!(!drained.stopped, "the recording stopped by itself");
    super::write(&options.out, &file)?;
    let replay = Replay::open(file)?;
    let mut inputs = 0;
    for entry in replay.entries() {
        inputs += u64::from(matches!(entry?.what, What::Op(Op::Input { .. })));
    }
    let (parts, bytes) = (replay.parts(), replay.bytes().len() as u64);
    let report = Report {
        bytes,
        header_bytes: parts.header,
        ops_bytes: parts.ops,
        seconds_bytes: parts.seconds,
        keyframes_bytes: parts.keyframes,
        inputs,
        bits_an_input: parts.ops as f64 * 8.0 / inputs.max(1) as f64,
        raw_ratio: inputs as f64 * 16.0 / bytes as f64,
        memory,
        players,
        minutes: options.minutes,
        scene: options.scene.clone(),
        origin: Origin::now(),
    };
    println!("{}: {} of {} minutes, {players} players", options.out.display(), options.scene, options.minutes);
    table(&super::info::parts(&replay));
    println!(
        "{inputs} inputs, {:.2} bits each, {:.1} times smaller than at 16 bytes each",
        report.bits_an_input, report.raw_ratio
    );
    println!("{memory} bytes more a match while it is recorded");
    println!("{}", report.origin);
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}
