//! What the command line asks for.

use super::load::SKILL;
use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};
use std::cell::Cell;
use std::path::PathBuf;
use trespasser::scenes::{armed_loadout, loadout};
use trespasser::world::PLAYERS;
use trespasser::{Loadout, Reading, RuleSet};

/// Matches of the measurement in Rust, unless others are asked for.
const MATCHES: u32 = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Rules {
    Standard,
    Legacy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Arms {
    /// Every gun that hits at once.
    Guns,
    /// Half of the matches with the guns, half with all that is thrown or launched.
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Host {
    Rust,
    Node,
}

/// Steps matches of eight fighting bots and prints what a match-tick costs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask capacity", version)]
pub struct Options {
    /// One JSON object on the last line besides the table.
    #[arg(long)]
    pub(super) json: bool,
    /// Matches stepped together; 256 unless given, and 1,000 for --node.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(super) matches: Option<u32>,
    /// Seconds of play that a run measures, 60 ticks each; 10 unless given, 60 with --realtime, 2 with --scaling and --measure.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_000))]
    seconds: Option<u32>,
    /// Runs, one after another on the same matches; the figure is their median.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(super) runs: u32,
    /// Seconds of play before the first measurement.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=36_000))]
    pub(super) warmup: u32,
    /// Threads that step.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(super) threads: u32,
    /// PNG of a map, or the name of one of the project's own.
    #[arg(long, default_value = "citadel")]
    pub(super) map: String,
    /// Rule set; `legacy` reads the map coarsely, as today's backend does.
    #[arg(long, value_enum, default_value = "standard")]
    pub(super) rules: Rules,
    /// What the bots carry.
    #[arg(long, value_enum, default_value = "guns")]
    pub(super) arms: Arms,
    /// Computes every living player's visibility polygon at 20 Hz within the clock.
    #[arg(long)]
    pub(super) polygons: bool,
    /// Keeps what every player knows and writes a snapshot for each at 20 Hz, as bytes on the wire, within the clock; the
    /// clients, who acknowledge them a frame later, are outside.
    #[arg(long)]
    pub(super) snapshots: bool,
    /// Afterwards steps matches and fetches all outgoing bytes, snapshots for every player at 20 Hz, in Rust and through the
    /// Node addon in turns, compares the bytes, and reports what the addon costs.
    #[arg(long)]
    pub(super) node: bool,
    /// Paces the matches at 60 Hz for the seconds asked for, bots' thinking and draining in between, and reports how late
    /// ticks begin instead of what they cost. Without --matches it looks for the largest number of matches whose ticks
    /// begin less than 1 ms late at p99, none given up.
    #[arg(long, conflicts_with = "node")]
    pub(super) realtime: bool,
    /// With --realtime: who steps, this program or Node through the addon.
    #[arg(long, value_enum, default_value = "rust", requires = "realtime")]
    pub(super) host: Host,
    /// Compares 5,000 matches with 64, and two threads with one, in turns: how the cost of a match-tick grows, and how many times
    /// faster two threads are.
    #[arg(long, conflicts_with_all = ["node", "realtime", "matches", "threads", "polygons", "plan"])]
    pub(super) scaling: bool,
    /// Predicts servers, dollars and the first bottleneck for so many players, separated by commas; 10,000, 100,000 and 1,000,000
    /// unless given. Computes with benches/capacity.json.
    #[arg(long, value_name = "PLAYERS", value_delimiter = ',', num_args = 0..=1, default_missing_values = ["10000", "100000", "1000000"],
        value_parser = clap::value_parser!(u64).range(8..=100_000_000), conflicts_with_all = ["node", "realtime", "matches", "threads", "polygons"])]
    pub(super) plan: Option<Vec<u64>>,
    /// With --plan: measures this machine first, and writes what comes out into benches/capacity.json. Takes minutes.
    #[arg(long, requires_all = ["plan", "snapshots"])]
    pub(super) measure: bool,
    /// With --plan: a table of deploy/prices.json.
    #[arg(long, default_value = "on-demand", requires = "plan")]
    pub(super) prices: String,
    /// With --plan: draws servers, dollars and bottlenecks into a PNG.
    #[arg(long, value_name = "FILE.png", requires = "plan")]
    pub(super) plot: Option<PathBuf>,
    /// Seed of the first match; the others count up from it.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
}

impl Options {
    /// Of a run.
    pub(super) fn seconds(&self) -> u32 {
        let usual = if self.realtime {
            60
        } else if self.scaling || self.measure {
            2
        } else {
            10
        };
        self.seconds.unwrap_or(usual)
    }

    /// The threads that step; `None`: the calling one alone.
    pub(super) fn pool(&self) -> Result<Option<Pool>> {
        pool_of(self.threads)
    }

    pub(super) fn matches(&self) -> u32 {
        self.matches.unwrap_or(MATCHES)
    }

    /// How the rules have a map read.
    pub(super) fn reading(&self) -> Reading {
        match self.rules {
            Rules::Standard => Reading::Fine,
            Rules::Legacy => Reading::Coarse,
        }
    }

    pub(super) fn rules(&self) -> RuleSet {
        match self.rules {
            Rules::Standard => RuleSet::standard(),
            Rules::Legacy => RuleSet::legacy(),
        }
    }

    /// What a match's bots carry, and how good they are.
    pub(super) fn roles(&self, seed: u64) -> Result<[(Loadout, f32); PLAYERS]> {
        let mut roles = [(loadout(0)?, SKILL[0]); PLAYERS];
        for (n, role) in roles.iter_mut().enumerate() {
            let loadout = if self.arms == Arms::All && seed % 2 == 1 { armed_loadout(n)? } else { loadout(n)? };
            *role = (loadout, SKILL[0] + (SKILL[1] - SKILL[0]) * n as f32 / (PLAYERS - 1) as f32);
        }
        Ok(roles)
    }
}

/// Threads that step, of which the calling one is the first; kept as long as the program runs, for a thread is of one pool
/// and stays there.
pub(super) type Pool = &'static rayon::ThreadPool;

/// So many threads; `None`: the calling one alone.
pub(super) fn pool_of(threads: u32) -> Result<Option<Pool>> {
    thread_local! {
        static POOL: Cell<Option<(u32, Pool)>> = const { Cell::new(None) };
    }
    if threads == 1 {
        return Ok(None);
    }
    if let Some((of, pool)) = POOL.get() {
        ensure!(
            of == threads,
            "this thread is the first of {of} already, and cannot be that of {threads}: one number a program"
        );
        return Ok(Some(pool));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).use_current_thread().build()?;
    let pool: Pool = Box::leak(Box::new(pool));
    POOL.set(Some((threads, pool)));
    Ok(Some(pool))
}
