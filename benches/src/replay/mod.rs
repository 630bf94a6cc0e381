//! `cargo xtask replay`: one file a verb.

mod diff;
mod info;
mod record;
mod seek;
mod show;
mod verify;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trespasser::replay::Replay;
use trespasser::{GameMap, Reading, RuleSet};

/// Recordings of matches.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask replay", version, subcommand_required = true)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Records a scene of bots into a file, and says where its bytes go
    Record(record::Options),
    /// Header, players, timeline and bytes of a recording
    Info(info::Options),
    /// Plays a recording and compares the hash of every second
    Verify(verify::Options),
    /// Goes to a tick of a recording, and draws it
    Seek(seek::Options),
    /// The first difference of two recordings
    Diff(diff::Options),
}

/// Runs what the command line asks for.
///
/// # Errors
/// Files that cannot be read or written, or are no recordings; recordings that differ or do not verify.
pub fn run() -> Result<()> {
    match Cli::parse().verb {
        Verb::Record(options) => record::run(&options),
        Verb::Info(options) => info::run(&options),
        Verb::Verify(options) => verify::run(&options),
        Verb::Seek(options) => seek::run(&options),
        Verb::Diff(options) => diff::run(&options),
    }
}

/// A recording from a file.
///
/// # Errors
/// An unreadable file, and all that [`Replay::open`] refuses.
pub fn open(path: &Path) -> Result<Replay> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    Replay::open(bytes).with_context(|| path.display().to_string())
}

/// Map and rules of a recording: the map by name or file, by default that of the project's own which has its hash; the
/// rules by their recorded name.
///
/// # Errors
/// No own map has the hash; an unknown rule set; a map that cannot be read.
pub fn ground(replay: &Replay, map: Option<&str>, reading: Option<Reading>) -> Result<(Arc<GameMap>, RuleSet)> {
    let header = replay.header();
    let rules = RuleSet::by_name(&header.rules_name).context("the recording's rules")?;
    if let Some(name) = map {
        return Ok((crate::load_map(name, reading.unwrap_or(Reading::Fine))?, rules));
    }
    for (name, _) in GameMap::BUILTIN {
        for reading in [Reading::Fine, Reading::Coarse] {
            let map = GameMap::builtin(name, reading)?;
            if map.hash() == header.map {
                return Ok((map, rules));
            }
        }
    }
    anyhow::bail!("no map of the project's own has the recording's hash {:016x}: give --map FILE.png", header.map)
}

/// `--map` and `--reading`, for recordings on other maps than the project's own.
#[derive(Debug, Clone, clap::Args)]
pub struct Ground {
    /// Name of a map of the project's own or path of a PNG; by default the own one with the recording's hash
    #[arg(long)]
    pub map: Option<String>,
    /// Reads the PNG coarsely, as legacy servers do
    #[arg(long)]
    pub coarse: bool,
}

impl Ground {
    /// See [`ground`].
    ///
    /// # Errors
    /// Those of [`ground`].
    pub fn of(&self, replay: &Replay) -> Result<(Arc<GameMap>, RuleSet)> {
        ground(replay, self.map.as_deref(), self.coarse.then_some(Reading::Coarse))
    }
}

/// A path that does not exist yet may lie in a folder that does not.
fn write(path: &PathBuf, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}
