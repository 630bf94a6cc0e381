//! The committed counts, and what a new count is beside them. Numbers in, words out; nothing here runs or reads anything.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A stage may take this much more, in percent, ...
pub(crate) const MOST_MORE: f64 = 3.0;
/// ... or this many instructions a match-tick, for stages that mostly find nothing to do: a compiler that keeps a register
/// elsewhere moves them by as much.
pub(crate) const LEAST: f64 = 10.0;

const HEAD: &str = "\
# Instructions that a stage takes a match-tick, a polygon `polygon` each; counted and written by `cargo xtask counts`, which
# fails where a stage takes over 3% more. `cargo xtask counts --accept \"why\"` takes new counts over. After a merge that
# touches this file, take either side and accept anew.
";

/// A stage of a case at a level of SIMD.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) level: String,
    pub(crate) case: String,
    pub(crate) stage: String,
}

impl Key {
    pub(crate) fn new(level: &str, case: &str, stage: &str) -> Key {
        Key { level: level.to_owned(), case: case.to_owned(), stage: stage.to_owned() }
    }

    /// As in a sentence.
    fn text(&self) -> String {
        format!("{} ({}, {})", self.stage, self.case, self.level)
    }
}

/// Counts in the order in which they were taken, which is that of the stages.
pub(crate) type Counts = Vec<(Key, f64)>;

/// Why counts are what they are.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepted {
    pub(crate) date: String,
    /// That they were counted on.
    pub(crate) commit: String,
    pub(crate) reason: String,
    /// What moved by over 3%.
    pub(crate) changes: Vec<String>,
}

/// `benches/counts.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    pub(crate) compiler: String,
    pub(crate) target: String,
    /// Level, case, stage.
    counts: BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>,
    /// Case, stage: heap allocations in the ticks that are counted, where there are any. There may be less, never more.
    #[serde(default)]
    allocations: BTreeMap<String, BTreeMap<String, u64>>,
    #[serde(default)]
    history: Vec<Accepted>,
}

impl Book {
    pub(crate) fn parse(text: &str) -> Result<Book> {
        let book: Book = toml::from_str(text)?;
        for (level, cases) in &book.counts {
            for (case, stages) in cases {
                for (stage, count) in stages {
                    ensure!(
                        count.is_finite() && *count >= 0.0,
                        "counts.{level}.{case}.{stage} is {count}, not 0 or more"
                    );
                }
            }
        }
        Ok(book)
    }

    fn get(&self, key: &Key) -> Option<f64> {
        self.counts.get(&key.level)?.get(&key.case)?.get(&key.stage).copied()
    }

    fn keys(&self) -> impl Iterator<Item = Key> {
        self.counts.iter().flat_map(|(level, cases)| {
            cases.iter().flat_map(move |(case, stages)| stages.keys().map(move |stage| Key::new(level, case, stage)))
        })
    }

    /// Fails unless both are of one compiler for one target: another compiler makes other instructions of the same code.
    pub(crate) fn fits(&self, compiler: &str, target: &str) -> Result<()> {
        if self.compiler != compiler || self.target != target {
            bail!(
                "benches/counts.toml was counted with {} for {}, and this is {compiler} for {target}: the counts cannot be compared. \
                 Count with the compiler of .github/workflows/ci.yml (rustup override set VERSION), or, if the project moves on \
                 to this one, cargo xtask counts --accept \"why\"",
                self.compiler,
                self.target
            );
        }
        Ok(())
    }
}

/// What a count is beside the committed one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    /// Within the limit, or nearly so small that nothing can be said.
    Same,
    /// Over the limit.
    More,
    /// As much under it.
    Less,
    /// Not in the file.
    New,
}

pub(crate) fn judge(was: Option<f64>, is: f64) -> Verdict {
    let Some(was) = was else { return Verdict::New };
    if (is - was).abs() <= LEAST || (is - was).abs() * 100.0 <= was * MOST_MORE {
        return Verdict::Same;
    }
    if is > was { Verdict::More } else { Verdict::Less }
}

fn percent(was: f64, is: f64) -> f64 {
    (is - was) * 100.0 / was.max(1.0)
}

/// Whole numbers with commas.
pub(crate) fn commas(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What a count came to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    /// For people: every stage measured beside what is committed.
    pub(crate) table: String,
    /// One sentence each; the run fails with any.
    pub(crate) failures: Vec<String>,
    /// One sentence each, which fail nothing.
    pub(crate) gains: Vec<String>,
    /// All that moved over the limit, for the history.
    pub(crate) changes: Vec<String>,
}

/// Counts beside the committed ones; without a file everything is new.
pub(crate) fn compare(book: Option<&Book>, counts: &Counts) -> Outcome {
    let mut out = Outcome::default();
    let mut section = String::new();
    for (key, is) in counts {
        let title = format!("{} {}", key.level, key.case);
        if section != title {
            // Writing to a String cannot fail.
            let _ = writeln!(out.table, "\n{title:22} {:>12} {:>12} {:>8}", "committed", "measured", "%");
            section = title;
        }
        let was = book.and_then(|book| book.get(key));
        let verdict = judge(was, *is);
        let moved = was.map_or_else(String::new, |was| format!("{:+.1}", percent(was, *is)));
        let mark = match verdict {
            Verdict::Same => "",
            Verdict::More => "  MORE",
            Verdict::Less => "  less",
            Verdict::New => "  new",
        };
        let committed = was.map_or_else(|| "-".to_owned(), commas);
        let _ = writeln!(out.table, "  {:20} {committed:>12} {:>12} {moved:>8}{mark}", key.stage, commas(*is));
        let what = if key.stage == "polygon" { "instructions" } else { "instructions a match-tick" };
        match (verdict, was) {
            (Verdict::More, Some(was)) => out.failures.push(format!(
                "{}: {} {what}, {:.1}% over the {} of benches/counts.toml",
                key.text(),
                commas(*is),
                percent(was, *is),
                commas(was)
            )),
            (Verdict::Less, Some(was)) => out.gains.push(format!(
                "{}: {} {what}, {:.1}% under the {} of benches/counts.toml",
                key.text(),
                commas(*is),
                -percent(was, *is),
                commas(was)
            )),
            (Verdict::New, _) => out.failures.push(format!(
                "{}: {} {what}, of which benches/counts.toml says nothing",
                key.text(),
                commas(*is)
            )),
            _ => {}
        }
        if let (Verdict::More | Verdict::Less, Some(was)) = (verdict, was) {
            out.changes.push(format!(
                "{}: {} to {} ({:+.1}%)",
                key.text(),
                commas(was),
                commas(*is),
                percent(was, *is)
            ));
        }
    }
    if let Some(book) = book {
        for key in book.keys().filter(|key| counts.iter().all(|(counted, _)| counted != key)) {
            out.failures.push(format!("{}: in benches/counts.toml and not counted any more", key.text()));
        }
    }
    out
}

/// Case, stage, calls that allocated.
pub(crate) type Calls = Vec<(String, String, u64)>;

/// What allocates more than the file says, which is nothing but where it names a debt. No reason makes up for it: such a
/// count is not accepted.
pub(crate) fn allocating(book: Option<&Book>, calls: &Calls) -> Vec<String> {
    let owed =
        |case: &str, stage: &str| book.and_then(|book| book.allocations.get(case)?.get(stage).copied()).unwrap_or(0);
    calls
        .iter()
        .filter(|(case, stage, calls)| *calls > owed(case, stage))
        .map(|(case, stage, calls)| {
            let most = match owed(case, stage) {
                0 => "there may be none".to_owned(),
                most => format!("there may be {most} at most"),
            };
            format!("{stage} ({case}): {calls} heap allocations in ticks whose lists have grown already; {most}")
        })
        .collect()
}

/// The file with new counts, and why; `book` is the one before.
pub(crate) fn write(
    book: Option<&Book>,
    counts: &Counts,
    calls: &Calls,
    compiler: &str,
    target: &str,
    accepted: Accepted,
) -> Result<String> {
    let reason = accepted.reason.trim();
    ensure!(
        (8..=400).contains(&reason.chars().count()) && !reason.contains('\n'),
        "--accept takes the reason, in one line of 8 to 400 characters"
    );
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let mut out = format!("{HEAD}\ncompiler = {}\ntarget = {}\n", quoted(compiler), quoted(target));
    let mut section = String::new();
    for (Key { level, case, stage }, count) in counts {
        let now = format!("{level}.{case}");
        if section != now {
            write!(out, "\n[counts.{now}]\n")?;
            section = now;
        }
        writeln!(out, "{stage} = {count:.1}")?;
    }
    let mut section = "";
    for (case, stage, calls) in calls.iter().filter(|(.., calls)| *calls > 0) {
        if section != case {
            write!(out, "\n[allocations.{case}]\n")?;
            section = case;
        }
        writeln!(out, "{stage} = {calls}")?;
    }
    let history = book.map(|book| book.history.clone()).unwrap_or_default();
    for Accepted { date, commit, reason, changes } in history.iter().chain([&accepted]) {
        write!(
            out,
            "\n[[history]]\ndate = {}\ncommit = {}\nreason = {}\n",
            quoted(date),
            quoted(commit),
            quoted(reason.trim())
        )?;
        writeln!(out, "changes = [{}", if changes.is_empty() { "]" } else { "" })?;
        for change in changes {
            writeln!(out, "  {},", quoted(change))?;
        }
        if !changes.is_empty() {
            out.push_str("]\n");
        }
    }
    // What could not be read again is not written.
    Book::parse(&out).context("the new counts make no file")?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(reason: &str) -> Accepted {
        Accepted {
            date: "2026-11-28".into(),
            commit: "abc1234".into(),
            reason: reason.into(),
            changes: vec!["a \"b\"".into()],
        }
    }

    fn counts(sight: f64, blasts: f64) -> Counts {
        vec![(Key::new("avx2", "guns", "sight"), sight), (Key::new("avx2", "guns", "blasts"), blasts)]
    }

    fn calls(of_send: u64) -> Calls {
        vec![("guns".into(), "sight".into(), 0), ("armed".into(), "send".into(), of_send)]
    }

    fn book() -> Book {
        let text = write(None, &counts(8760.0, 30.0), &calls(3), "rustc 1", "x", accepted("the first count")).unwrap();
        Book::parse(&text).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let book = book();
        assert_eq!(book.get(&Key::new("avx2", "guns", "sight")), Some(8760.0));
        assert_eq!(book.history, [accepted("the first count")]);
        let next =
            write(Some(&book), &counts(9000.0, 30.0), &calls(0), "rustc 2", "x", accepted("a \\ and \"quotes\""))
                .unwrap();
        let next = Book::parse(&next).unwrap();
        assert_eq!((next.compiler.as_str(), next.history.len()), ("rustc 2", 2));
        assert_eq!(next.history[1].reason, "a \\ and \"quotes\"");
    }

    #[test]
    fn over_three_percent_fails_with_the_stage_named() {
        assert_eq!(compare(Some(&book()), &counts(8760.0 * 1.029, 30.0)).failures, [""; 0]);
        let slower = compare(Some(&book()), &counts(8760.0 * 1.041, 30.0));
        assert_eq!(
            slower.failures,
            ["sight (guns, avx2): 9,119 instructions a match-tick, 4.1% over the 8,760 of benches/counts.toml"]
        );
        assert_eq!(slower.changes, ["sight (guns, avx2): 8,760 to 9,119 (+4.1%)"]);
        assert!(slower.table.contains("MORE"), "{}", slower.table);
    }

    #[test]
    fn gains_are_told_and_fail_nothing() {
        let faster = compare(Some(&book()), &counts(8000.0, 30.0));
        assert_eq!((faster.failures.len(), faster.gains.len(), faster.changes.len()), (0, 1, 1));
        assert!(faster.gains[0].contains("8.7% under"), "{}", faster.gains[0]);
    }

    #[test]
    fn a_stage_that_does_nothing_may_move_by_a_few_instructions() {
        assert_eq!(judge(Some(30.0), 40.0), Verdict::Same);
        assert_eq!(judge(Some(30.0), 40.1), Verdict::More);
        assert_eq!(judge(Some(0.0), 0.0), Verdict::Same);
        assert_eq!(judge(Some(1000.0), 1030.0), Verdict::Same);
        assert_eq!(judge(Some(1000.0), 1030.1), Verdict::More);
    }

    #[test]
    fn stages_that_come_and_go_fail() {
        let mut other = counts(8760.0, 30.0);
        other[1].0.stage = "bursts".into();
        let failures = compare(Some(&book()), &other).failures;
        assert_eq!(failures.len(), 2, "{failures:?}");
        assert!(failures[0].contains("bursts") && failures[1].contains("not counted any more"), "{failures:?}");
        assert_eq!(compare(None, &other).failures.len(), 2);
    }

    #[test]
    fn another_compiler_is_told() {
        let told = book().fits("rustc 2", "x").unwrap_err().to_string();
        assert!(told.contains("rustc 1") && told.contains("rustc 2") && told.contains("--accept"), "{told}");
        book().fits("rustc 1", "x").unwrap();
    }

    #[test]
    fn reasons_are_reasons() {
        for reason in ["", "  short ", "two\nlines of it", &"x".repeat(401)] {
            assert!(write(None, &counts(1.0, 1.0), &calls(0), "r", "x", accepted(reason)).is_err(), "{reason:?}");
        }
    }

    #[test]
    fn broken_files_are_refused() {
        for text in [
            "",
            "compiler = 1",
            "compiler = \"r\"\ntarget = \"x\"\nmore = 1\n[counts]",
            "compiler = \"r\"\ntarget = \"x\"\n[counts.a.b]\nc = -1.0",
        ] {
            assert!(Book::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn any_allocation_fails_that_is_not_owed() {
        let told = |most| [format!("send (armed): 4 heap allocations in ticks whose lists have grown already; {most}")];
        assert_eq!(allocating(None, &calls(4)), told("there may be none"));
        assert_eq!(allocating(Some(&book()), &calls(4)), told("there may be 3 at most"));
        assert_eq!(allocating(Some(&book()), &calls(3)), [""; 0]);
        assert_eq!(allocating(None, &calls(0)), [""; 0]);
    }
}
