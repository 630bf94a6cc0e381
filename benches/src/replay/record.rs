//! `record`: a scene of bots into a file.

use super::show::{Origin, bar, table};
use anyhow::{Result, ensure};
use clap::Args;
use serde::Serialize;
use std::io::Write as _;
use std::path::PathBuf;
use trespasser::replay::{Label, RecordDef, Replay, What};
use trespasser::scenes::{Bots, Scene};
use trespasser::{GameMap, InputCmd, MatchDef, Op, Reading, World, WorldDef};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Scene of bots
    #[arg(long, default_value = "brawl")]
    scene: String,
    /// Minutes of play
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    minutes: u32,
    /// Seconds from one keyframe to the next
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=3600))]
    keyframes: u32,
    /// The file
    #[arg(long)]
    out: PathBuf,
    /// Compresses the same inputs with deflate and zstd, too
    #[arg(long)]
    peers: bool,
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
    /// Bytes that others make of all inputs at once, without hashes and keyframes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    peers: Vec<Peer>,
    players: usize,
    minutes: u32,
    scene: String,
    #[serde(flatten)]
    origin: Origin,
}

#[derive(Debug, Serialize)]
struct Peer {
    name: &'static str,
    bytes: usize,
    /// Of theirs to the bytes of our operations.
    ratio: f64,
}

/// Sixteen bytes an input, as they lie in memory; and differences to the input before of the same player, second ones of
/// the cursor, each field in a column of its own: what compressors of bytes like best.
fn plain(inputs: &[(u8, u32, InputCmd)]) -> [Vec<u8>; 2] {
    let mut rows = Vec::new();
    let mut columns: [Vec<u8>; 10] = Default::default();
    let mut last = [[InputCmd::default(); 2]; 8];
    for &(slot, tick, input) in inputs {
        rows.push(slot);
        rows.extend(input.sequence.to_le_bytes());
        rows.extend(input.ack_tick.to_le_bytes());
        for half in [input.held.0, input.taps.0, input.cursor_x as u16, input.cursor_y as u16] {
            rows.extend(half.to_le_bytes());
        }
        let [one, two] = last[usize::from(slot)];
        let second = |a: i16, b: i16, c: i16| a.wrapping_sub(b).wrapping_sub(b.wrapping_sub(c));
        let halves = [
            input.sequence.wrapping_sub(one.sequence) as u16,
            tick.wrapping_sub(input.ack_tick) as u16,
            input.held.0 ^ one.held.0,
            input.taps.0,
            second(input.cursor_x, one.cursor_x, two.cursor_x) as u16,
            second(input.cursor_y, one.cursor_y, two.cursor_y) as u16,
        ];
        columns[0].push(slot);
        for (i, half) in halves.into_iter().enumerate() {
            // Sequence and acknowledgement are the same nearly always: both bytes stand together.
            let (low, high) = if i < 2 { (1 + i, 1 + i) } else { (i * 2 - 1, i * 2) };
            columns[low.min(9)].push(half as u8);
            columns[high.min(9)].push((half >> 8) as u8);
        }
        last[usize::from(slot)] = [input, one];
    }
    [rows, columns.concat()]
}

fn peers(inputs: &[(u8, u32, InputCmd)], ours: u64) -> Result<Vec<Peer>> {
    let [rows, columns] = plain(inputs);
    let deflate = |bytes: &[u8]| -> Result<usize> {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes)?;
        Ok(encoder.finish()?.len())
    };
    let zstd = |bytes: &[u8]| -> Result<usize> { Ok(zstd::bulk::compress(bytes, 19)?.len()) };
    let sizes = [
        ("deflate 9, as they are", deflate(&rows)?),
        ("zstd 19, as they are", zstd(&rows)?),
        ("deflate 9, differences in columns", deflate(&columns)?),
        ("zstd 19, differences in columns", zstd(&columns)?),
    ];
    Ok(sizes.into_iter().map(|(name, bytes)| Peer { name, bytes, ratio: bytes as f64 / ours as f64 }).collect())
}

pub(super) fn run(options: &Options) -> Result<()> {
    let label = |slot, key: &str, value: String| Label { slot, key: key.to_owned(), value };
    let script = trespasser::scenes::script(&options.scene)?;
    let players = script.roles.len();
    let mut labels = vec![label(None, "scene", options.scene.clone()), label(None, "map", script.map.to_owned())];
    labels.extend((0..players).map(|slot| label(Some(slot as u8), "name", format!("bot {}", slot + 1))));
    let def = RecordDef { keyframe_seconds: options.keyframes, labels, ..RecordDef::default() };
    // As `Scene::new` does, but recorded from before anybody joins.
    let map = GameMap::builtin(script.map, Reading::Fine)?;
    let mut world = World::new(WorldDef::default())?;
    let game = world.create_match(&map, MatchDef { seed: script.seed, kill_target: Some(script.kill_target) })?;
    world.record(game, &def)?;
    let mut bots = Bots::new();
    for role in &script.roles {
        if role.wrecks {
            bots.add_wrecker(&mut world, game, role.def, role.skill)?;
        } else {
            bots.add(&mut world, game, role.def, role.skill)?;
        }
    }
    let mut scene = Scene { world, game, bots };
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
    let mut all = Vec::new();
    for entry in replay.entries() {
        let entry = entry?;
        if let What::Op(Op::Input { slot, input }) = entry.what {
            all.push((slot, entry.tick, input));
        }
    }
    let inputs = all.len() as u64;
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
        peers: if options.peers { peers(&all, parts.ops)? } else { Vec::new() },
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
    if options.peers {
        let mut lines = vec![vec!["the same inputs alone".to_owned(), "bytes".to_owned(), "of ours".to_owned()]];
        lines.extend(
            report.peers.iter().map(|p| vec![p.name.to_owned(), p.bytes.to_string(), format!("{:.2}", p.ratio)]),
        );
        table(&lines);
    }
    println!("{}", report.origin);
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}
