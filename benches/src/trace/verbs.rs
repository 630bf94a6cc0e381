//! `cargo xtask replay trace` and `cargo xtask replay diff`.

use super::{Compared, Header, Probe, Reader, Source, Tick, Writer, compare};
use crate::replay::{Ground, bar};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use trespasser::replay::Playback;
use trespasser::scenes::Scene;
use trespasser::simd::Level;
use trespasser::{World, WorldDef};

/// Options of `trace`.
#[derive(Debug, Args)]
pub struct TraceOptions {
    /// A recording
    #[arg(value_name = "FILE.tprp", required_unless_present = "scene", conflicts_with = "scene")]
    file: Option<PathBuf>,
    /// A scene to play in its place
    #[arg(long)]
    scene: Option<String>,
    /// Ticks that are played of a scene
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    ticks: u32,
    /// First tick that is traced
    #[arg(long)]
    from: Option<u32>,
    /// Last tick that is traced; all there are otherwise
    #[arg(long)]
    to: Option<u32>,
    /// SIMD level; the best there is otherwise
    #[arg(long, value_parser = level)]
    simd: Option<Level>,
    /// The trace
    #[arg(short, long, value_name = "FILE.tptr")]
    output: PathBuf,
    #[command(flatten)]
    ground: Ground,
    /// Prints one JSON object as the last line
    #[arg(long)]
    json: bool,
}

/// What `diff` plays itself.
#[derive(Debug, Clone, Args)]
pub struct Runs {
    /// A scene to play where a file is missing; alone, it is compared with itself at two levels, as a recording is
    #[arg(long)]
    scene: Option<String>,
    /// Ticks that are played of a scene
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    ticks: u32,
    /// SIMD level of the first that is played; scalar otherwise
    #[arg(long, value_parser = level)]
    simd_a: Option<Level>,
    /// SIMD level of the second that is played; the best there is otherwise
    #[arg(long, value_parser = level)]
    simd_b: Option<Level>,
    /// Prints one JSON object as the last line, where it is traces or runs that are compared
    #[arg(long)]
    json: bool,
}

impl Runs {
    /// Whether anything is asked to be played.
    pub fn given(&self) -> bool {
        self.scene.is_some() || self.simd_a.is_some() || self.simd_b.is_some()
    }
}

/// A SIMD level by its name.
///
/// # Errors
/// A name that is none, and a level that this processor has not: a lower one in its place would prove nothing.
pub fn level(name: &str) -> Result<Level, String> {
    let there = Level::available();
    there.iter().copied().find(|level| level.name() == name).ok_or_else(|| {
        let names: Vec<_> = there.iter().map(|level| level.name()).collect();
        format!("this processor has {}", names.join(", "))
    })
}

/// A match that is played and traced at once.
#[derive(Debug)]
pub struct Live {
    play: Play,
    header: Header,
    probe: Probe,
    left: u32,
}

#[derive(Debug)]
enum Play {
    Scene(Box<Scene>),
    Recording(Box<(World, Playback)>),
}

impl Live {
    /// A scene from tick `from` (1: its beginning) to tick `to`.
    ///
    /// # Errors
    /// An unknown scene, and ticks that are none.
    pub fn scene(name: &str, level: Option<Level>, from: u32, to: u32) -> Result<Live> {
        ensure!(from >= 1 && from <= to, "from tick {from} to tick {to}: there is none between them");
        let mut scene = Scene::at_level(name, level)?;
        scene.advance(from - 1);
        let header = Header::of(&scene.world, scene.game, &format!("scene {name}"))?;
        let probe = Probe::new(&header);
        Ok(Live { play: Play::Scene(Box::new(scene)), header, probe, left: to - from + 1 })
    }

    /// A recording from tick `from` to tick `to`, by the recording's count; by default all of it.
    ///
    /// # Errors
    /// Those of [`trespasser::replay::Replay::begin`], and ticks that are none.
    pub fn recording(
        path: &Path,
        ground: &Ground,
        level: Option<Level>,
        from: Option<u32>,
        to: Option<u32>,
    ) -> Result<Live> {
        let replay = crate::replay::open(path)?;
        let (map, rules) = ground.of(&replay)?;
        let tick_rate = replay.header().tick_rate;
        let mut world = World::new(WorldDef { rules, tick_rate, simd: level, max_matches: 1, ..WorldDef::default() })?;
        let mut playback = replay.begin(&mut world, &map)?;
        let first = replay.header().first_tick + 1;
        let (from, to) = (from.unwrap_or(first).max(first), to.unwrap_or(u32::MAX).min(replay.last_tick()));
        ensure!(from <= to, "from tick {from} to tick {to}: the recording has none between them");
        playback.seek(&mut world, from - 1)?;
        let name = crate::map_label(&path.display().to_string());
        let mut header = Header::of(&world, playback.game(), &format!("recording {name}"))?;
        header.tick = playback.tick();
        let probe = Probe::new(&header);
        Ok(Live { play: Play::Recording(Box::new((world, playback))), header, probe, left: to - from + 1 })
    }

    /// Ticks that are left.
    pub fn left(&self) -> u32 {
        self.left
    }
}

impl Source for Live {
    fn header(&self) -> &Header {
        &self.header
    }

    fn tick(&mut self) -> Result<Option<Tick>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let probe = &mut self.probe;
        match &mut self.play {
            Play::Scene(scene) => {
                scene.tick(|_| {}, |world| world.step_with(probe));
                probe.take(&scene.world, scene.game).map(Some)
            }
            Play::Recording(play) => {
                let (world, playback) = &mut **play;
                if !playback.feed(world)? {
                    self.left = 0;
                    return Ok(None);
                }
                world.step_with(probe);
                playback.check(world)?;
                // A match that was turned back while it was recorded counts its ticks otherwise.
                let tick = probe.take(world, playback.game())?;
                Ok(Some(Tick { tick: playback.tick(), ..tick }))
            }
        }
    }
}

/// Writes a trace.
///
/// # Errors
/// Unknown scenes, recordings that can't be played, and files that can't be written.
pub fn trace(options: &TraceOptions) -> Result<()> {
    let mut live = match (&options.file, &options.scene) {
        (Some(path), _) => Live::recording(path, &options.ground, options.simd, options.from, options.to)?,
        (None, Some(name)) => {
            let to = options.to.unwrap_or(options.ticks).min(options.ticks);
            Live::scene(name, options.simd, options.from.unwrap_or(1), to)?
        }
        (None, None) => bail!("a recording or --scene is missing"),
    };
    let path = &options.output;
    let file = File::create(path).with_context(|| format!("writing {}", path.display()))?;
    let mut writer = Writer::new(BufWriter::new(file), live.header())?;
    let bar = bar(live.left().into(), "tracing", "ticks");
    let (mut hash, mut ticks) = (0, 0u32);
    while let Some(tick) = live.tick()? {
        writer.tick(&tick).with_context(|| format!("writing {}", path.display()))?;
        (hash, ticks) = (tick.hash, ticks + 1);
        bar.inc(1);
    }
    writer.end().with_context(|| format!("writing {}", path.display()))?;
    bar.finish_and_clear();
    let bytes = std::fs::metadata(path)?.len();
    let (played, simd) = (&live.header.played, &live.header.simd);
    println!("{}: {ticks} ticks of {played} at level {simd}, {bytes} bytes", path.display());
    println!("hash {hash:016x}");
    if options.json {
        let hash = format!("{hash:016x}");
        println!("{}", serde_json::json!({ "ticks": ticks, "bytes": bytes, "hash": hash, "simd": simd }));
    }
    Ok(())
}

fn open(path: &Path) -> Result<Reader<Box<dyn Read>>> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("reading {name}"))?;
    Reader::new(Box::new(BufReader::new(file)), &name)
}

/// Compares traces, and runs of recordings and scenes; says where the two part. `recordings` tells which of the files are
/// recordings; the others are traces.
///
/// # Errors
/// What can't be read or compared; and that the two differ.
pub fn diff(files: &[PathBuf], recordings: &[bool], runs: &Runs, ground: &Ground) -> Result<()> {
    let levels = Level::available();
    let levels = [runs.simd_a.unwrap_or(levels[0]), runs.simd_b.unwrap_or(levels[levels.len() - 1])];
    // Two of the same at two levels: where one file is given and it is a recording, or none.
    let count = if files.len() + usize::from(runs.scene.is_some()) == 1 { 2 } else { 1 };
    let mut sides: Vec<Box<dyn Source>> = Vec::new();
    for (path, is_recording) in files.iter().zip(recordings) {
        if *is_recording {
            for _ in 0..count {
                sides.push(Box::new(Live::recording(path, ground, Some(levels[sides.len().min(1)]), None, None)?));
            }
        } else {
            sides.push(Box::new(open(path)?));
        }
    }
    if let Some(name) = &runs.scene {
        let begin = sides.first().map_or(0, |side| side.header().tick);
        for _ in 0..count {
            let level = Some(levels[sides.len().min(1)]);
            sides.push(Box::new(Live::scene(name, level, begin + 1, runs.ticks.max(begin + 1))?));
        }
    }
    let [a, b] = sides.as_mut_slice() else {
        bail!("two are compared: two files, a file and --scene, or a recording or --scene alone at two levels");
    };
    let told = |h: &Header| {
        format!("{}, level {}, {}, engine {}, from tick {}", h.played, h.simd, h.target, h.engine, h.tick + 1)
    };
    println!("A: {}\nB: {}", told(a.header()), told(b.header()));
    let bar = bar(0, "comparing", "ticks");
    let Compared { ticks, first, notes } = compare(a.as_mut(), b.as_mut(), |ticks| bar.set_position(ticks.into()))?;
    bar.finish_and_clear();
    notes.iter().for_each(|note| println!("note: {note}"));
    match &first {
        Some(first) => println!("{first}"),
        None => println!("the same in all {ticks} ticks that both have, after every stage and in every column"),
    }
    if runs.json {
        let first = first.as_ref().map(|d| {
            serde_json::json!({
                "tick": d.tick, "stage": d.stage, "column": d.column, "lane": d.lane,
                "a": d.values[0], "b": d.values[1], "others": d.others,
            })
        });
        println!("{}", serde_json::json!({ "equal": first.is_none(), "ticks": ticks, "first": first, "notes": notes }));
    }
    ensure!(first.is_none(), "the two differ");
    Ok(())
}
