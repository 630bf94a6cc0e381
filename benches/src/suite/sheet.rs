//! What a bench has measured, as a file that reports read: `target/bench/BENCH.json`.

use crate::origin;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Of [`Sheet::format`]; another one is refused.
pub const FORMAT: u32 = 1;
/// Bytes of a file that is read; ours are a hundredth of it.
const MOST_BYTES: u64 = 16 << 20;

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The engine at the best level of this processor; the first of each question.
    Ours,
    /// The engine at another level: `scalar`, `sse2`.
    Level,
    /// The same, written as one would first.
    Naive,
    /// Somebody else's.
    Peer,
    /// Shown, but no peer: a bare copy of as many bytes, another's structure with a kernel of ours in it.
    Beside,
}

/// A contender's figures.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// With its version, if it is a peer.
    pub name: String,
    /// Who it is.
    pub kind: Kind,
    /// Lower quartile, median and upper quartile over samples, ns a unit.
    pub ns: [f64; 3],
    /// Time over ours: quartiles over pairs of samples taken side by side. 1 for ours itself.
    pub ratio: [f64; 3],
}

/// What all contenders were asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answered {
    /// What it is about: a stage's or a kernel's name.
    pub question: String,
    /// On what: scene, moments, sizes.
    pub scene: String,
    /// What the figures are of one of: `tick`, `line`, `snapshot`.
    pub unit: String,
    /// Whether it stands in the README's table.
    pub headline: bool,
    /// ns a unit that ours may take, where there is a goal.
    pub goal_ns: Option<f64>,
    /// Times that ours is to be faster than the fastest peer, where there is a goal.
    pub goal_ratio: Option<f64>,
    /// Ours first.
    pub figures: Vec<Figure>,
}

impl Answered {
    /// Ours at the best level.
    pub fn ours(&self) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.kind == Kind::Ours)
    }

    /// Of a kind, by the least median.
    pub fn fastest(&self, kind: Kind) -> Option<&Figure> {
        let of_kind = self.figures.iter().filter(|figure| figure.kind == kind);
        of_kind.min_by(|a, b| a.ns[1].total_cmp(&b.ns[1]))
    }

    /// The engine without any instruction set's own code; ours itself where this processor has no better.
    pub fn scalar(&self) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.kind == Kind::Level && figure.name.ends_with("scalar"))
    }
}

/// How well the contenders' answers agreed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    /// In words.
    pub text: String,
    /// The same for programs.
    pub data: Value,
}

/// All that a run of a bench has found out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sheet {
    /// [`FORMAT`].
    pub format: u32,
    /// Its name.
    pub bench: String,
    /// UTC, as 2026-11-24.
    pub date: String,
    /// Of the checkout.
    pub commit: String,
    /// That built it.
    pub compiler: String,
    /// It ran on.
    pub cpu: String,
    /// The best instruction set of it that kernels are written for.
    pub level: String,
    /// Programs that wanted the processor, mean of the last minute before and after; none where the system does not tell.
    pub load: Option<[f64; 2]>,
    /// Fewer and shorter samples: nothing to be kept.
    pub quick: bool,
    /// Only a part was asked for.
    pub part: bool,
    /// What favours us in these figures.
    pub bias_for: Vec<String>,
    /// What favours the others.
    pub bias_against: Vec<String>,
    /// Of the answers.
    pub checks: Vec<Check>,
    /// Whatever else is to be known.
    pub notes: Vec<String>,
    /// In the order in which it was asked.
    pub answered: Vec<Answered>,
}

impl Sheet {
    /// An empty one with this run's conditions.
    pub fn new(bench: &str) -> Sheet {
        Sheet {
            format: FORMAT,
            bench: bench.to_owned(),
            date: today(),
            commit: origin::commit(),
            compiler: origin::compiler().to_owned(),
            cpu: origin::cpu(),
            level: trespasser::simd::Level::detect().name().to_owned(),
            load: load().map(|load| [load; 2]),
            quick: false,
            part: false,
            bias_for: Vec::new(),
            bias_against: Vec::new(),
            checks: Vec::new(),
            notes: Vec::new(),
            answered: Vec::new(),
        }
    }

    /// Writes it into a folder, which is made if it is not there. A file that is there is replaced whole.
    ///
    /// # Errors
    /// Those of the file system, with the path.
    pub fn write(&self, folder: &Path) -> Result<PathBuf> {
        let path = folder.join(format!("{}.json", self.bench));
        write_whole(&path, &serde_json::to_vec_pretty(self)?)?;
        Ok(path)
    }

    /// Reads one.
    ///
    /// # Errors
    /// Those of the file system; not a sheet, or one of another format: what to do is said.
    pub fn read(path: &Path) -> Result<Sheet> {
        let shown = path.display();
        let bytes = path.metadata().with_context(|| format!("{shown}"))?.len();
        ensure!(bytes <= MOST_BYTES, "{shown} has {bytes} bytes; a bench's has at most {MOST_BYTES}");
        let text = std::fs::read(path).with_context(|| format!("{shown}"))?;
        let sheet: Sheet = serde_json::from_slice(&text)
            .with_context(|| format!("{shown} is not what a bench writes; run `cargo xtask bench` anew"))?;
        ensure!(
            sheet.format == FORMAT,
            "{shown} has format {}, this program reads {FORMAT}; run `cargo xtask bench` anew",
            sheet.format
        );
        Ok(sheet)
    }

    /// Conditions in one line.
    pub fn origin(&self) -> String {
        format!("{}, commit {}, {}, {}, {}", self.date, self.commit, self.compiler, self.cpu, self.level)
    }
}

/// Writes beside a file first, so that whoever reads it meanwhile finds the old one or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    }
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes).with_context(|| format!("{}", beside.display()))?;
    std::fs::rename(&beside, path).with_context(|| format!("{}", path.display()))
}

/// Mean of the last minute.
pub(crate) fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// Today in UTC, as 2026-11-24.
pub fn today() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs() / 86_400);
    // Civil from days, for years after 1970; eras of 400 years begin on the first of March.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{of_month:02}", era * 400 + year + carry)
}
