//! `info`: what a recording says of itself.

use super::show::table;
use anyhow::Result;
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use trespasser::replay::{Entry, Replay, Tail, What};
use trespasser::{Loadout, Op};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The recording
    file: PathBuf,
    /// One JSON object on the last line besides the tables
    #[arg(long)]
    json: bool,
}

/// The JSON object.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    simulation: u32,
    engine: String,
    tick_rate: u32,
    seed: String,
    kill_target: u16,
    rules: String,
    rules_hash: String,
    map_hash: String,
    first_tick: u32,
    last_tick: u32,
    seconds: usize,
    keyframes: usize,
    complete: bool,
    lost_bytes: u64,
    bytes: u64,
    inputs: u64,
    timeline: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    tick: u32,
    slot: Option<u8>,
    what: String,
}

/// Bytes by what they are.
pub(super) fn parts(replay: &Replay) -> Vec<Vec<String>> {
    let parts = replay.parts();
    let all = replay.bytes().len() as u64;
    let mut lines = vec![vec!["bytes".to_owned(), String::new(), "%".to_owned()]];
    let rows = [
        ("header", parts.header),
        ("operations", parts.ops),
        ("frames and hashes of seconds", parts.seconds),
        ("keyframes", parts.keyframes),
        ("end", parts.end),
        ("in all", all),
    ];
    for (name, bytes) in rows {
        lines.push(vec![name.to_owned(), bytes.to_string(), format!("{:.1}", bytes as f64 * 100.0 / all as f64)]);
    }
    lines
}

fn carried(loadout: &Loadout) -> String {
    loadout.weapons().iter().flatten().map(|weapon| weapon.name()).collect::<Vec<_>>().join(", ")
}

/// An entry in words; `None` for inputs.
pub(super) fn words(entry: &Entry) -> Option<(Option<u8>, String)> {
    let slot = match &entry.what {
        What::Op(op) => op.slot(),
        What::Label(label) => label.slot,
        What::Restored => None,
    };
    let text = match &entry.what {
        What::Op(Op::Input { .. }) => return None,
        What::Op(Op::Join { team, loadout, spawn, .. }) => {
            let placed = if *spawn { "" } else { ", not placed" };
            format!("joins {}: {}{placed}", team.name(), carried(loadout))
        }
        What::Op(Op::Leave { .. }) => "leaves".to_owned(),
        What::Op(Op::SetTeam { team, .. }) => format!("changes to {}", team.name()),
        What::Op(Op::SetLoadout { loadout, .. }) => format!("takes {}", carried(loadout)),
        What::Op(Op::Give { weapon, .. }) => format!("is given {}", weapon.name()),
        What::Op(Op::Kill { .. }) => "is killed by the host".to_owned(),
        What::Op(Op::Tap { buttons, .. }) => format!("host presses {:#06x}", buttons.0),
        What::Op(Op::Throw { level, .. }) => format!("host throws at level {level}"),
        What::Op(Op::Edit { edit, .. }) => format!("is edited by the host: {edit:?}"),
        What::Op(Op::Repair) => "walls repaired".to_owned(),
        What::Op(Op::Clear) => "projectiles cleared".to_owned(),
        What::Op(Op::Reset { seed }) => format!("begins anew with seed {seed}"),
        What::Label(label) => format!("{} = {:?}", label.key, label.value),
        What::Restored => "state replaced".to_owned(),
    };
    Some((slot, text))
}

pub(super) fn run(options: &Options) -> Result<()> {
    let replay = super::open(&options.file)?;
    let header = replay.header();
    let mut timeline = Vec::new();
    let mut inputs = 0;
    for entry in replay.entries() {
        let entry = entry?;
        match words(&entry) {
            Some((slot, what)) => timeline.push(Line { tick: entry.tick, slot, what }),
            None => inputs += 1,
        }
    }
    let lost = if let Tail::Unfinished { lost } = replay.tail() { lost } else { 0 };
    let complete = replay.tail() == Tail::Complete;
    let ticks = replay.last_tick() - header.first_tick;
    println!("{}", options.file.display());
    let line = |name: &str, value: String| vec![name.to_owned(), value];
    let mut lines = vec![
        line("format", header.version.to_string()),
        line("engine", format!("{}, simulation {}", header.engine, header.simulation)),
        line("rules", format!("{} ({:016x})", header.rules_name, header.rules)),
        line("map", format!("{:016x}", header.map)),
        line("seed", header.seed.to_string()),
        line("kill target", header.kill_target.to_string()),
        line("ticks", format!("{} to {}, {} a second", header.first_tick, replay.last_tick(), header.tick_rate)),
        line("time", format!("{:.1} s", f64::from(ticks) / f64::from(header.tick_rate))),
        line("inputs", inputs.to_string()),
        line("keyframes", replay.keyframes().len().to_string()),
        line("end", if complete { "complete".to_owned() } else { format!("unfinished, {lost} bytes of no use") }),
    ];
    for label in &header.labels {
        let whose = label.slot.map_or_else(String::new, |slot| format!("player {slot} "));
        lines.push(line(&format!("{whose}{}", label.key), label.value.clone()));
    }
    table(&lines);
    println!();
    let mut lines = vec![vec!["tick".to_owned(), "time".to_owned(), "player".to_owned(), "what".to_owned()]];
    for entry in &timeline {
        let time = f64::from(entry.tick - header.first_tick) / f64::from(header.tick_rate);
        let slot = entry.slot.map_or_else(String::new, |slot| slot.to_string());
        lines.push(vec![entry.tick.to_string(), format!("{time:.2}"), slot, entry.what.clone()]);
    }
    table(&lines);
    println!();
    table(&parts(&replay));
    if options.json {
        let report = Report {
            version: header.version,
            simulation: header.simulation,
            engine: header.engine.clone(),
            tick_rate: header.tick_rate,
            seed: header.seed.to_string(),
            kill_target: header.kill_target,
            rules: header.rules_name.clone(),
            rules_hash: format!("{:016x}", header.rules),
            map_hash: format!("{:016x}", header.map),
            first_tick: header.first_tick,
            last_tick: replay.last_tick(),
            seconds: replay.seconds().len(),
            keyframes: replay.keyframes().len(),
            complete,
            lost_bytes: lost,
            bytes: replay.bytes().len() as u64,
            inputs,
            timeline,
        };
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}
