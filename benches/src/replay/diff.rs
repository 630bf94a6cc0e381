//! `diff`: where two recordings part.

use super::Ground;
use super::info::words;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;
use trespasser::replay::{Entry, Header, Replay, What};
use trespasser::{InputCmd, Op};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// A recording
    a: PathBuf,
    /// Another of the same match, from another host
    b: PathBuf,
    #[command(flatten)]
    ground: Ground,
}

/// Compares what two files of the same kind hold; which kind, their first four bytes say.
pub(super) fn run(options: &Options) -> Result<()> {
    let magic = |path: &PathBuf| -> Result<[u8; 4]> {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        Ok(bytes.first_chunk().copied().unwrap_or_default())
    };
    match (magic(&options.a)?, magic(&options.b)?) {
        (trespasser::replay::MAGIC, trespasser::replay::MAGIC) => replays(options),
        (a, b) => bail!("two recordings are compared; these files begin with {a:?} and {b:?}"),
    }
}

/// Fields of the headers that differ, with both values.
fn headers(a: &Header, b: &Header) -> Vec<String> {
    let mut lines = Vec::new();
    let mut field = |name: &str, a: String, b: String| {
        if a != b {
            lines.push(format!("{name}: {a} and {b}"));
        }
    };
    let hex = |v: u64| format!("{v:016x}");
    field("version", a.version.to_string(), b.version.to_string());
    field("simulation", a.simulation.to_string(), b.simulation.to_string());
    field("engine", a.engine.clone(), b.engine.clone());
    field("tick_rate", a.tick_rate.to_string(), b.tick_rate.to_string());
    field("seed", a.seed.to_string(), b.seed.to_string());
    field("kill_target", a.kill_target.to_string(), b.kill_target.to_string());
    field("rules_name", a.rules_name.clone(), b.rules_name.clone());
    field("rules", hex(a.rules), hex(b.rules));
    field("map", hex(a.map), hex(b.map));
    field("first_tick", a.first_tick.to_string(), b.first_tick.to_string());
    lines
}

/// What of two entries differs first.
fn entries(a: &Entry, b: &Entry) -> String {
    if a.tick != b.tick {
        return format!("tick: {} and {}", a.tick, b.tick);
    }
    let text = |entry: &Entry| match &entry.what {
        What::Op(Op::Input { slot, input }) => format!("an input of player {slot} ({input:?})"),
        _ => words(entry).map_or_else(String::new, |(slot, what)| {
            slot.map_or_else(|| what.clone(), |slot| format!("player {slot} {what}"))
        }),
    };
    if let (What::Op(Op::Input { slot: x, input: i }), What::Op(Op::Input { slot: y, input: j })) = (&a.what, &b.what)
        && x == y
    {
        let field = |name: &str, x: i64, y: i64| (x != y).then(|| format!("{name}: {x} and {y}"));
        let InputCmd { sequence, ack_tick, held, taps, cursor_x, cursor_y } = *i;
        let fields = [
            field("sequence", sequence.into(), j.sequence.into()),
            field("ack_tick", ack_tick.into(), j.ack_tick.into()),
            field("held", held.0.into(), j.held.0.into()),
            field("taps", taps.0.into(), j.taps.0.into()),
            field("cursor_x", cursor_x.into(), j.cursor_x.into()),
            field("cursor_y", cursor_y.into(), j.cursor_y.into()),
        ];
        let first = fields.into_iter().flatten().next().unwrap_or_default();
        return format!("input of player {x}: {first}");
    }
    format!("{} and {}", text(a), text(b))
}

fn replays(options: &Options) -> Result<()> {
    let (a, b) = (super::open(&options.a)?, super::open(&options.b)?);
    let differ = headers(a.header(), b.header());
    for line in &differ {
        println!("header: {line}");
    }
    let (mut left, mut right) = (a.entries(), b.entries());
    let mut same = 0u64;
    let parted = loop {
        match (left.next().transpose()?, right.next().transpose()?) {
            (None, None) => break None,
            (Some(x), Some(y)) if x == y => same += 1,
            (Some(x), Some(y)) => break Some(format!("tick {}: {}", x.tick.min(y.tick), entries(&x, &y))),
            (Some(x), None) => break Some(format!("tick {}: only the first file goes on", x.tick)),
            (None, Some(y)) => break Some(format!("tick {}: only the second file goes on", y.tick)),
        }
    };
    if let Some(parted) = &parted {
        println!("operations: the same {same}, then {parted}");
    } else {
        println!("operations: the same {same}");
    }
    let seconds = a.seconds().iter().zip(b.seconds());
    let hashes = seconds.clone().take_while(|(x, y)| (x.tick, x.hash) == (y.tick, y.hash)).count();
    let bad = a.seconds().get(hashes).zip(b.seconds().get(hashes));
    match bad {
        Some((x, y)) if x.tick == y.tick => {
            println!("hashes: {hashes} seconds are the same; the first that differs ends with tick {}", x.tick);
        }
        _ => println!("hashes: {hashes} seconds are the same; {} and {} in all", a.seconds().len(), b.seconds().len()),
    }
    if differ.is_empty() && parted.is_none() && bad.is_some() {
        blame(options, &a, &b)?;
    }
    if !differ.is_empty() || parted.is_some() || bad.is_some() || a.seconds().len() != b.seconds().len() {
        bail!("the recordings differ");
    }
    println!("the recordings are the same match");
    Ok(())
}

/// Both say that the same was done, and not what came of it.
fn blame(options: &Options, a: &Replay, b: &Replay) -> Result<()> {
    let (map, rules) = options.ground.of(a)?;
    for (path, replay) in [(&options.a, a), (&options.b, b)] {
        match replay.verify(&rules, &map, |_| {}) {
            Ok(found) => match found.divergence {
                None => println!("{}: this engine agrees with it", path.display()),
                Some(bad) => println!(
                    "{}: this engine disagrees first at tick {} (the same up to {})",
                    path.display(),
                    bad.tick,
                    bad.good
                ),
            },
            Err(error) => println!("{}: this engine cannot play it: {error}", path.display()),
        }
    }
    println!(
        "tick, stage and column: `cargo xtask replay trace FILE -o TRACE` on both hosts, then `diff` of the traces"
    );
    Ok(())
}
