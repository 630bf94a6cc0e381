//! `cargo xtask replay trace` and `cargo xtask replay diff`.

use super::{Compared, Header, Probe, Reader, Source, Tick, Writer, compare};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trespasser::scenes::Scene;
use trespasser::simd::Level;

/// Options of `trace`.
#[derive(Debug, Args)]
pub struct TraceOptions {
    /// A scene to play
    #[arg(long, required = true)]
    pub scene: Option<String>,
    /// Ticks that are played of a scene
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub ticks: u32,
    /// First tick that is traced
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub from: u32,
    /// Last tick that is traced; all there are otherwise
    #[arg(long)]
    pub to: Option<u32>,
    /// SIMD level; the best there is otherwise
    #[arg(long, value_parser = level)]
    pub simd: Option<Level>,
    /// The trace
    #[arg(short, long, value_name = "FILE.tptr")]
    pub output: PathBuf,
    /// Prints one JSON object as the last line
    #[arg(long)]
    pub json: bool,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct DiffOptions {
    /// Two traces; or one, to be compared with --scene; or none, and --scene is compared with itself at two levels
    #[arg(num_args = 0..=2, value_name = "FILE.tptr")]
    pub files: Vec<PathBuf>,
    /// A scene to play where a trace is missing
    #[arg(long)]
    pub scene: Option<String>,
    /// Ticks that are played of a scene
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub ticks: u32,
    /// SIMD level of the first that is played; the best there is otherwise
    #[arg(long, value_parser = level)]
    pub simd_a: Option<Level>,
    /// SIMD level of the second that is played
    #[arg(long, value_parser = level)]
    pub simd_b: Option<Level>,
    /// Prints one JSON object as the last line
    #[arg(long)]
    pub json: bool,
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
    scene: Scene,
    header: Header,
    probe: Probe,
    left: u32,
}

impl Live {
    /// A scene from tick `from` (1: its beginning) to tick `to`.
    ///
    /// # Errors
    /// An unknown scene, and ticks that are none.
    pub fn scene(name: &str, level: Option<Level>, from: u32, to: u32) -> Result<Live> {
        ensure!(from >= 1 && from <= to, "--from {from}, --to {to}: there is no tick between them");
        let mut scene = Scene::at_level(name, level)?;
        scene.advance(from - 1);
        let header = Header::of(&scene.world, scene.game, &format!("scene {name}"))?;
        let probe = Probe::new(&header);
        Ok(Live { scene, header, probe, left: to - from + 1 })
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
        self.scene.tick(|_| {}, |world| world.step_with(probe));
        self.probe.take(&self.scene.world, self.scene.game).map(Some)
    }
}

fn bar(length: Option<u64>) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let style = ProgressStyle::with_template("{bar:30} {pos} ticks {elapsed}");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

/// Writes a trace.
///
/// # Errors
/// Unknown scenes, and files that can't be written.
pub fn trace(options: &TraceOptions) -> Result<ExitCode> {
    let Some(name) = &options.scene else { bail!("--scene is missing") };
    let to = options.to.unwrap_or(options.ticks).min(options.ticks);
    let mut live = Live::scene(name, options.simd, options.from, to)?;
    let path = &options.output;
    let file = File::create(path).with_context(|| format!("writing {}", path.display()))?;
    let mut writer = Writer::new(BufWriter::new(file), live.header())?;
    let bar = bar(Some(live.left().into()));
    let mut hash = 0;
    let mut ticks = 0u32;
    while let Some(tick) = live.tick()? {
        writer.tick(&tick).with_context(|| format!("writing {}", path.display()))?;
        (hash, ticks) = (tick.hash, ticks + 1);
        bar.inc(1);
    }
    writer.end().with_context(|| format!("writing {}", path.display()))?;
    bar.finish_and_clear();
    let bytes = std::fs::metadata(path)?.len();
    let simd = &live.header.simd;
    println!("{}: {ticks} ticks of scene {name} at level {simd}, {bytes} bytes", path.display());
    println!("hash {hash:016x}");
    if options.json {
        let hash = format!("{hash:016x}");
        println!("{}", serde_json::json!({ "ticks": ticks, "bytes": bytes, "hash": hash, "simd": simd }));
    }
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> Result<Reader<Box<dyn Read>>> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("reading {name}"))?;
    Reader::new(Box::new(BufReader::new(file)), &name)
}

/// Compares, and says where the two part. Succeeds where they do not.
///
/// # Errors
/// What can't be read or compared.
pub fn diff(options: &DiffOptions) -> Result<ExitCode> {
    let live = |level: Option<Level>, from: u32, to: u32| -> Result<Box<dyn Source>> {
        let Some(name) = &options.scene else {
            bail!("two traces are compared, or --scene stands in for those that are missing");
        };
        Ok(Box::new(Live::scene(name, level, from, to)?))
    };
    let mut sides: Vec<Box<dyn Source>> = Vec::new();
    match options.files.as_slice() {
        [a, b] => {
            ensure!(options.scene.is_none(), "--scene stands in for a trace that is missing; two are given");
            sides.push(Box::new(open(a)?));
            sides.push(Box::new(open(b)?));
        }
        [a] => {
            let a = open(a)?;
            let begin = a.header().tick;
            sides.push(Box::new(a));
            sides.push(live(options.simd_b, begin + 1, options.ticks.max(begin + 1))?);
        }
        _ => {
            let levels = Level::available();
            let best = levels[levels.len() - 1];
            let (a, b) = (options.simd_a.unwrap_or(levels[0]), options.simd_b.unwrap_or(best));
            sides.push(live(Some(a), 1, options.ticks)?);
            sides.push(live(Some(b), 1, options.ticks)?);
        }
    }
    let [a, b] = sides.as_mut_slice() else { bail!("two are compared") };
    let told = |h: &Header| {
        format!("{}, level {}, {}, engine {}, from tick {}", h.played, h.simd, h.target, h.engine, h.tick + 1)
    };
    println!("A: {}\nB: {}", told(a.header()), told(b.header()));
    let bar = bar(None);
    let Compared { ticks, first, notes } = compare(a.as_mut(), b.as_mut(), |ticks| bar.set_position(ticks.into()))?;
    bar.finish_and_clear();
    notes.iter().for_each(|note| println!("note: {note}"));
    match &first {
        Some(first) => println!("{first}"),
        None => println!("the same in all {ticks} ticks that both have, after every stage and in every column"),
    }
    if options.json {
        let first = first.as_ref().map(|d| {
            serde_json::json!({
                "tick": d.tick, "stage": d.stage, "column": d.column, "lane": d.lane,
                "a": d.values[0], "b": d.values[1], "others": d.others,
            })
        });
        println!("{}", serde_json::json!({ "equal": first.is_none(), "ticks": ticks, "first": first, "notes": notes }));
    }
    Ok(if first.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
