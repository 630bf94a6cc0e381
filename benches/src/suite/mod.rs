//! How the benches measure, and what they hand on: contenders for one question, each sample of another beside one of
//! ours, and a [`Sheet`] that `cargo xtask bench` makes its report of.
//!
//! A bench checks that all contenders answer alike before it calls [`Suite::compare`], and panics where they do not.
//! Criterion takes the samples; within each sample of another a short one of ours follows at once, so that what disturbs
//! the machine for longer disturbs both, and their ratio less than either.

pub mod fight;
pub mod html;
pub mod plot;
pub mod readme;
pub mod sheet;

use crate::origin;
use criterion::{Criterion, SamplingMode, Throughput};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use sheet::{Answered, Check, Figure, Kind, Sheet};

/// ns that the short sample of ours beside another's takes at least, if it takes more than one round.
const BESIDE_NS: f64 = 2.0e6;
/// Set by `cargo xtask bench --quick`.
pub const QUICK: &str = "TRESPASSER_BENCH_QUICK";

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// A stage's or a kernel's name.
    pub name: &'a str,
    /// On what.
    pub scene: &'a str,
    /// What the figures are of one of.
    pub unit: &'a str,
    /// How many of them a round is.
    pub count: usize,
    /// Whether it stands in the README's table.
    pub headline: bool,
    /// See [`Answered::goal_ns`].
    pub goal_ns: Option<f64>,
    /// See [`Answered::goal_ratio`].
    pub goal_ratio: Option<f64>,
}

impl<'a> Question<'a> {
    /// One without goals that is not in the README.
    pub fn new(name: &'a str, scene: &'a str, unit: &'a str, count: usize) -> Self {
        Question { name, scene, unit, count, headline: false, goal_ns: None, goal_ratio: None }
    }

    /// In the README.
    #[must_use]
    pub fn headline(mut self) -> Self {
        self.headline = true;
        self
    }
}

/// Somebody who answers.
pub struct Contender<'a> {
    name: String,
    kind: Kind,
    /// How many of the question's units a round of it is; `None`: all.
    units: Option<usize>,
    /// Answers the whole question so many times; how long that took.
    work: Box<dyn FnMut(u64) -> Duration + 'a>,
}

impl std::fmt::Debug for Contender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {}", self.kind, self.name)
    }
}

impl<'a> Contender<'a> {
    /// Timed from the first round to the last, by processor time.
    pub fn new(kind: Kind, name: impl Into<String>, mut work: impl FnMut() + 'a) -> Self {
        Contender::timing_itself(kind, name, move |rounds| {
            let began = origin::cpu_time();
            for _ in 0..rounds {
                work();
            }
            origin::cpu_time() - began
        })
    }

    /// Says itself how long so many rounds took, for what is set up between them.
    pub fn timing_itself(kind: Kind, name: impl Into<String>, work: impl FnMut(u64) -> Duration + 'a) -> Self {
        Contender { name: name.into(), kind, units: None, work: Box::new(work) }
    }

    /// A round of it answers only so many of the question's units: it is too slow for all.
    #[must_use]
    pub fn of(mut self, units: usize) -> Self {
        self.units = Some(units.max(1));
        self
    }

    /// Runs so many rounds; their time, and how long a unit took, ns.
    fn run(&mut self, rounds: u64, all: usize) -> (Duration, f64) {
        let spent = (self.work)(rounds);
        let units = self.units.unwrap_or(all);
        (spent, spent.as_secs_f64() * 1e9 / (rounds as f64 * units as f64))
    }
}

/// How long is measured.
#[derive(Debug, Clone, Copy)]
struct Pace {
    samples: usize,
    warm_up: Duration,
    measuring: Duration,
}

/// A run of a bench.
pub struct Suite {
    /// `None`: nothing is timed, everything runs once.
    criterion: Option<Criterion>,
    pace: Pace,
    sheet: Sheet,
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite")
            .field("checking", &self.is_checking())
            .field("sheet", &self.sheet)
            .finish_non_exhaustive()
    }
}

impl Suite {
    /// As the command line says: criterion's options, among them a part of the names to run, and `--test`.
    pub fn from_args(bench: &str) -> Suite {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let tests = arguments.iter().any(|argument| argument == "--test");
        let mut suite = Suite::checking(bench);
        suite.sheet.quick = std::env::var_os(QUICK).is_some();
        suite.sheet.part = arguments.iter().any(|argument| !argument.starts_with('-'));
        if suite.sheet.quick {
            let (warm_up, measuring) = (Duration::from_millis(20), Duration::from_millis(60));
            suite.pace = Pace { samples: 10, warm_up, measuring };
        }
        if !tests {
            suite.criterion = Some(Criterion::default().configure_from_args());
        }
        suite
    }

    /// Times nothing: checks, and every contender once.
    pub fn checking(bench: &str) -> Suite {
        let (warm_up, measuring) = (Duration::from_millis(120), Duration::from_millis(360));
        Suite { criterion: None, pace: Pace { samples: 20, warm_up, measuring }, sheet: Sheet::new(bench) }
    }

    /// Whether nothing is timed, so that less to check will do.
    pub fn is_checking(&self) -> bool {
        self.criterion.is_none()
    }

    /// What favours us, and what favours the others.
    pub fn bias(&mut self, for_us: &[&str], against_us: &[&str]) {
        self.sheet.bias_for.extend(for_us.iter().map(|text| (*text).to_owned()));
        self.sheet.bias_against.extend(against_us.iter().map(|text| (*text).to_owned()));
    }

    /// How well answers agreed. A bench whose answers do not agree panics.
    pub fn check(&mut self, text: impl Into<String>, data: Value) {
        let text = text.into();
        eprintln!("agreed: {text}");
        self.sheet.checks.push(Check { text, data });
    }

    /// Whether a check names it.
    pub fn checked(&self, what: &str) -> bool {
        self.sheet.checks.iter().any(|check| check.text.split([':', ',']).any(|part| part.trim() == what))
    }

    /// Whatever else is to be known.
    pub fn note(&mut self, text: impl Into<String>) {
        self.sheet.notes.push(text.into());
    }

    /// Whether this question has been measured in this run.
    pub fn has(&self, question: &str) -> bool {
        self.sheet.answered.iter().any(|answered| answered.question == question)
    }

    /// Measures contenders, ours first, unless the command line leaves them out.
    pub fn compare(&mut self, question: &Question<'_>, mut contenders: Vec<Contender<'_>>) {
        assert!(contenders.first().is_some_and(|first| first.kind == Kind::Ours), "ours is the first");
        let Some(criterion) = &mut self.criterion else {
            for contender in &mut contenders {
                (contender.work)(1);
            }
            return;
        };
        let count = question.count.max(1);
        let pace = self.pace;
        let mut group = criterion.benchmark_group(question.name);
        group.throughput(Throughput::Elements(count as u64)).nresamples(2000).sampling_mode(SamplingMode::Flat);
        group.warm_up_time(pace.warm_up).measurement_time(pace.measuring);
        let (ours, others) = contenders.split_at_mut(1);
        let ours = &mut ours[0];
        let mut figures = Vec::new();
        let mut samples = Vec::new();
        group.sample_size(pace.samples).bench_function(format!("{}/{}", question.scene, ours.name), |b| {
            b.iter_custom(|rounds| {
                let (spent, ns) = ours.run(rounds, count);
                samples.push(ns);
                spent
            });
        });
        // The last ones are criterion's samples, those before them its warm-up.
        if let Some(ns) = last_quartiles(samples, pace.samples) {
            figures.push(Figure { name: ours.name.clone(), kind: ours.kind, ns, ratio: [1.0; 3] });
        }
        for other in others {
            let wanted = if other.kind == Kind::Naive { 10 } else { pace.samples };
            let (mut samples, mut ratios) = (Vec::new(), Vec::new());
            group.sample_size(wanted).bench_function(format!("{}/{}", question.scene, other.name), |b| {
                b.iter_custom(|rounds| {
                    let (spent, ns) = other.run(rounds, count);
                    let once = figures.first().map_or_else(|| ours.run(1, count).1, |figure| figure.ns[1]);
                    let beside = (BESIDE_NS / (once.max(0.1) * count as f64)).clamp(1.0, 1e7) as u64;
                    samples.push(ns);
                    ratios.push(ns / ours.run(beside, count).1.max(f64::MIN_POSITIVE));
                    spent
                });
            });
            let quartiles = (last_quartiles(samples, wanted), last_quartiles(ratios, wanted));
            if let (Some(ns), Some(ratio)) = quartiles {
                figures.push(Figure { name: other.name.clone(), kind: other.kind, ns, ratio });
            }
        }
        group.finish();
        self.answer(question, figures);
    }

    fn answer(&mut self, question: &Question<'_>, figures: Vec<Figure>) {
        if !figures.is_empty() {
            self.sheet.answered.push(Answered {
                question: question.name.to_owned(),
                scene: question.scene.to_owned(),
                unit: question.unit.to_owned(),
                headline: question.headline,
                goal_ns: question.goal_ns,
                goal_ratio: question.goal_ratio,
                figures,
            });
        }
    }

    /// Adds what another process has measured itself for a question that has been asked here; its ratio is of quartiles
    /// over our median, not of pairs. Nothing where that question was left out.
    pub fn add(&mut self, question: &str, scene: &str, kind: Kind, name: &str, ns: [f64; 3]) {
        let asked = self.sheet.answered.iter_mut().find(|asked| asked.question == question && asked.scene == scene);
        let Some(asked) = asked else { return };
        if let Some(ours) = asked.ours().map(|figure| figure.ns[1]) {
            asked.figures.push(Figure { name: name.to_owned(), kind, ns, ratio: ns.map(|ns| ns / ours) });
        }
    }

    /// Prints the table and, if anything was measured, writes the sheet for the report. A part of a bench leaves the
    /// sheet of the whole alone.
    ///
    /// # Panics
    /// Where the sheet cannot be written.
    pub fn finish(mut self) {
        if let Some(criterion) = self.criterion.take() {
            criterion.final_summary();
        }
        if self.sheet.answered.is_empty() {
            println!("{}: all contenders agree; nothing was timed", self.sheet.bench);
            return;
        }
        if let (Some(load), Some(now)) = (&mut self.sheet.load, sheet::load()) {
            load[1] = now;
        }
        print(&self.sheet);
        if self.sheet.part {
            println!("a part of the bench alone: the report's sheet stays as it was");
            return;
        }
        let path = self.sheet.write(&folder()).expect("the sheet is written");
        println!("written: {}", path.display());
    }
}

/// Where sheets and the report are: `bench` in cargo's target folder.
pub fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir)).join("bench")
}

/// Quartiles of the last `count`; nothing if there are not so many.
fn last_quartiles(mut all: Vec<f64>, count: usize) -> Option<[f64; 3]> {
    let first = all.len().checked_sub(count)?;
    quartiles(all.split_off(first))
}

/// Lower quartile, median, upper quartile, between the two nearest where none lies there; nothing of nothing.
pub fn quartiles(mut all: Vec<f64>) -> Option<[f64; 3]> {
    all.sort_unstable_by(f64::total_cmp);
    let last = all.len().checked_sub(1)?;
    Some([0.25, 0.5, 0.75].map(|share| {
        let place = share * last as f64;
        let (below, above) = (all[place as usize], all[(place.ceil() as usize).min(last)]);
        below + (above - below) * place.fract()
    }))
}

/// ns as people read them: three figures, in the unit that fits.
pub fn time(ns: f64) -> String {
    let (value, unit) = match ns {
        ..1e3 => (ns, "ns"),
        ..1e6 => (ns / 1e3, "us"),
        ..1e9 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    format!("{} {unit}", three(value))
}

/// How many times ours: two or three figures.
pub fn times(ratio: f64) -> String {
    match ratio {
        ..9.95 => format!("{ratio:.2}"),
        ..99.5 => format!("{ratio:.1}"),
        _ => grouped(ratio.round() as u64),
    }
}

fn three(value: f64) -> String {
    match value {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn print(sheet: &Sheet) {
    println!("\n{}: {}", sheet.bench, sheet.origin());
    for asked in &sheet.answered {
        println!("\n{}, {}; a {}", asked.question, asked.scene, asked.unit);
        let width = asked.figures.iter().map(|figure| figure.name.chars().count()).max().unwrap_or(0);
        for figure in &asked.figures {
            let [low, middle, high] = figure.ns.map(time);
            let of_ours = if figure.kind == Kind::Ours { String::new() } else { times(figure.ratio[1]) + " x ours" };
            println!("  {:width$}  {middle:>9}  ({low} to {high})  {of_ours}", figure.name);
        }
        if let (Some(goal), Some(ours)) = (asked.goal_ns, asked.ours()) {
            let met = if ours.ns[1] <= goal { "met" } else { "missed" };
            println!("  goal {}: {met}", time(goal));
        }
        if let (Some(goal), Some(peer)) = (asked.goal_ratio, asked.fastest(Kind::Peer)) {
            let met = if peer.ratio[1] >= goal { "met" } else { "missed" };
            println!("  goal {goal} times the fastest peer: {met}");
        }
    }
    println!();
    for note in &sheet.notes {
        println!("{note}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_between() {
        assert_eq!(quartiles(vec![]), None);
        assert_eq!(quartiles(vec![3.0]), Some([3.0; 3]));
        assert_eq!(quartiles(vec![5.0, 1.0, 3.0, 2.0, 4.0]), Some([2.0, 3.0, 4.0]));
        assert_eq!(quartiles(vec![1.0, 2.0]), Some([1.25, 1.5, 1.75]));
        assert_eq!(last_quartiles(vec![9.0, 9.0, 1.0], 1), Some([1.0; 3]));
        assert_eq!(last_quartiles(vec![1.0], 2), None);
    }

    #[test]
    fn figures_as_people_read_them() {
        let shown: Vec<String> = [0.5, 12.34, 99.96, 999.4, 1234.0, 2.5e6, 3e9].map(time).into();
        assert_eq!(shown, ["0.50 ns", "12.3 ns", "100 ns", "999 ns", "1.23 us", "2.50 ms", "3.00 s"]);
        let shown: Vec<String> = [0.987, 5.0, 12.34, 1234.5, 1_234_567.0].map(times).into();
        assert_eq!(shown, ["0.99", "5.00", "12.3", "1,235", "1,234,567"]);
    }
}
