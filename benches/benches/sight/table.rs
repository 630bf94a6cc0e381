//! What was measured in this run, as a table and as one line of JSON.

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use trespasser_benches::origin;

/// Samples of each figure.
pub(crate) const SAMPLES: usize = 20;
/// Ours must be this many times faster than the fastest peer.
const GOAL_RATIO: f64 = 5.0;

/// Who is measured; the rest are peers by name.
pub(crate) const OURS: &str = "ours";
pub(crate) const NAIVE: &str = "naive";
/// A peer's tree with our own kernel in it: shown, but no peer.
pub(crate) const LENT: &str = "parry2d's tree, our slab";

struct Cell {
    question: &'static str,
    stage: String,
    contender: &'static str,
    /// Lower quartile, median, upper quartile, ns.
    ns: [f64; 3],
}

/// Figures in the order in which they were taken.
pub(crate) struct Ledger {
    /// Everything runs once and nothing is timed: `--test`.
    tests: bool,
    cells: Vec<Cell>,
    goals: Vec<(&'static str, f64)>,
    /// How well the answers agree, in words and as data.
    checks: Vec<(String, Value)>,
    notes: Vec<String>,
}

impl Ledger {
    pub(crate) fn new() -> Ledger {
        let tests = std::env::args().any(|arg| arg == "--test");
        Ledger { tests, cells: Vec::new(), goals: Vec::new(), checks: Vec::new(), notes: Vec::new() }
    }

    /// ns that our answer to a question may take.
    pub(crate) fn goal(&mut self, question: &'static str, ns: f64) {
        self.goals.push((question, ns));
    }

    pub(crate) fn check(&mut self, text: String, data: Value) {
        println!("{text}");
        self.checks.push((text, data));
    }

    pub(crate) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    pub(crate) fn add(&mut self, question: &'static str, stage: &str, contender: &'static str, ns: [f64; 3]) {
        self.cells.push(Cell { question, stage: stage.to_owned(), contender, ns });
    }

    pub(crate) fn holds(&self, question: &str) -> bool {
        self.cells.iter().any(|c| c.question == question)
    }

    /// Measures `work`, which answers `count` questions, unless the command line leaves it out.
    pub(crate) fn time(
        &mut self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        (question, stage, contender): (&'static str, &str, &'static str),
        count: usize,
        mut work: impl FnMut(),
    ) {
        let mut samples = Vec::new();
        group.bench_function(format!("{stage}/{contender}"), |b| {
            b.iter_custom(|rounds| {
                // Processor time: the machine may have other work. None in a mere test, for valgrind does not survive
                // how that clock is read.
                let now = || if self.tests { Duration::ZERO } else { origin::cpu_time() };
                let began = now();
                for _ in 0..rounds {
                    work();
                }
                let spent = now() - began;
                samples.push(spent.as_secs_f64() * 1e9 / (rounds as f64 * count as f64));
                spent
            });
        });
        // The last ones are criterion's samples, those before them its warm-up; a mere test has one.
        if !self.tests && samples.len() > SAMPLES {
            let mut samples = samples.split_off(samples.len() - SAMPLES);
            samples.sort_unstable_by(f64::total_cmp);
            let middle = (samples[SAMPLES / 2 - 1] + samples[SAMPLES / 2]) * 0.5;
            self.add(question, stage, contender, [samples[SAMPLES / 4], middle, samples[SAMPLES * 3 / 4]]);
        }
    }

    /// Prints all there is; nothing if nothing was measured.
    pub(crate) fn print(&self) {
        if self.cells.is_empty() {
            return;
        }
        let mut rows = Vec::new();
        let mut questions: Vec<&str> = Vec::new();
        for cell in &self.cells {
            if !questions.contains(&cell.question) {
                questions.push(cell.question);
            }
        }
        for question in questions {
            rows.extend(self.print_question(question));
        }
        println!();
        for text in self.notes.iter().chain(self.checks.iter().map(|(text, _)| text)) {
            println!("{text}");
        }
        let (date, commit, compiler, cpu) = (today(), origin::commit(), origin::compiler(), origin::cpu());
        println!("{date}, commit {commit}, {compiler}, {cpu}; medians of {SAMPLES} samples of processor time");
        let checks: Vec<&Value> = self.checks.iter().map(|(_, data)| data).collect();
        println!(
            "{}",
            json!({
                "bench": "sight", "date": date, "commit": commit, "compiler": compiler, "cpu": cpu,
                "rows": rows, "checks": checks, "notes": self.notes,
            })
        );
    }

    fn print_question(&self, question: &str) -> Vec<Value> {
        let cells: Vec<&Cell> = self.cells.iter().filter(|c| c.question == question).collect();
        let mut contenders: Vec<&str> = Vec::new();
        let mut stages: Vec<&str> = Vec::new();
        for cell in &cells {
            if !contenders.contains(&cell.contender) {
                contenders.push(cell.contender);
            }
            if !stages.contains(&cell.stage.as_str()) {
                stages.push(&cell.stage);
            }
        }
        let goal = self.goals.iter().find(|(q, _)| *q == question).map(|&(_, ns)| ns);
        let mut head = vec![format!("{question}, ns"), "the scene".into()];
        head.extend(contenders.iter().map(|c| (*c).to_owned()));
        head.extend(["fastest peer", "ratio", "goal"].map(String::from));
        let mut table = vec![head];
        let mut rows = Vec::new();
        for stage in stages {
            let of = |name: &str| cells.iter().find(|c| c.stage == stage && c.contender == name);
            let figures: Vec<Option<f64>> = contenders.iter().map(|c| of(c).map(|cell| cell.ns[1])).collect();
            let peers = cells.iter().filter(|c| c.stage == stage && ![OURS, NAIVE, LENT].contains(&c.contender));
            let fastest = peers.min_by(|a, b| a.ns[1].total_cmp(&b.ns[1]));
            let ratio = of(OURS).zip(fastest).map(|(ours, peer)| peer.ns[1] / ours.ns[1]);
            let met = goal.zip(of(OURS)).map(|(limit, ours)| ours.ns[1] <= limit);
            let faster = goal.and(ratio).map(|r| r >= GOAL_RATIO);
            let word = |ok: bool| if ok { "met" } else { "missed" };
            let goals: Vec<String> = [
                goal.zip(met).map(|(limit, ok)| format!("{limit} ns {}", word(ok))),
                faster.map(|ok| format!("{GOAL_RATIO} x {}", word(ok))),
            ]
            .into_iter()
            .flatten()
            .collect();
            let mut line = vec![String::new(), stage.to_owned()];
            line.extend(figures.iter().map(|f| f.map_or_else(|| "-".into(), figure)));
            line.push(fastest.map_or("-", |f| f.contender).to_owned());
            line.push(ratio.map_or_else(|| "-".into(), |r| format!("{r:.1}")));
            line.push(goals.join(", "));
            table.push(line);
            let all: serde_json::Map<String, Value> =
                cells.iter().filter(|c| c.stage == stage).map(|c| (c.contender.to_owned(), json!(c.ns))).collect();
            rows.push(json!({
                "what": question, "scene": stage, "quartiles_ns": all, "fastest_peer": fastest.map(|f| f.contender),
                "ratio": ratio, "goal_ns": goal, "goal_ns_met": met, "goal_ratio": goal.map(|_| GOAL_RATIO), "goal_ratio_met": faster,
            }));
        }
        println!();
        let width = |i: usize| table.iter().map(|line| line[i].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..table[0].len()).map(width).collect();
        for line in &table {
            let padded: Vec<String> = line.iter().zip(&widths).map(|(text, &w)| format!("{text:w$}")).collect();
            println!("{}", padded.join(" | ").trim_end());
        }
        rows
    }
}

fn figure(ns: f64) -> String {
    if ns < 100.0 { format!("{ns:.1}") } else { format!("{ns:.0}") }
}

/// Today in UTC, as 2026-11-24.
fn today() -> String {
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
