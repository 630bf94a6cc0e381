//! `cargo xtask counts`: instructions and heap allocations of each stage of a tick, beside `benches/counts.toml`.
//!
//! The load is `engine/examples/counts_load.rs`, whose head says what is counted. Callgrind counts the same on every x86-64 to
//! within a percent: what the system's own memcpy takes is counted along.

mod book;

use crate::machines;
use crate::run;
use crate::test::{Machine, NotHere, note};
use anyhow::{Context, Result, bail, ensure};
use book::{Accepted, Book, Calls, Counts, Key};
use clap::Args;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const FILE: &str = "benches/counts.toml";
/// The level of nearly every server, and the one that every other must be right by.
const LEVELS: [&str; 2] = ["avx2", "scalar"];
const PACKAGES: &[(&str, &str)] = &[("valgrind", "valgrind")];

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Writes the counts into benches/counts.toml, with the reason in its history
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
}

/// # Errors
/// Valgrind or the compiler missing, a load that does not run, a file that is none.
pub(crate) fn counts(options: &Options) -> Result<ExitCode> {
    machines::packages(&Machine { install: false }, PACKAGES, &quiet()?)?;
    let counted = count(None)?;
    let path = crate::root().join(FILE);
    let book = read(&path)?;
    let outcome = book::compare(book.as_ref(), &counted.counts);
    println!("instructions a match-tick, {}{}", counted.compiler, outcome.table);
    let allocating = book::allocating(book.as_ref(), &counted.allocations);
    match &options.accept {
        Some(reason) => {
            // What the first file says is owed.
            ensure!(
                book.is_none() || allocating.is_empty(),
                "allocations are not for accepting:\n  {}",
                allocating.join("\n  ")
            );
            let commit =
                run::program("git").args(["describe", "--always", "--dirty", "--exclude", "*"]).output(None)?;
            let date = run::program("date").args(["-u", "+%F"]).output(None)?;
            let accepted = Accepted {
                date: date.trim().to_owned(),
                commit: commit.trim().to_owned(),
                reason: reason.trim().to_owned(),
                changes: outcome.changes,
            };
            let text = book::write(
                book.as_ref(),
                &counted.counts,
                &counted.allocations,
                &counted.compiler,
                &counted.target,
                accepted,
            )?;
            fs::write(&path, text).with_context(|| format!("writing {FILE}"))?;
            println!("\nwritten into {FILE}");
        }
        None => {
            println!();
            for gain in &outcome.gains {
                println!("{gain}; cargo xtask counts --accept \"why\" keeps the gain");
            }
            verdict(book.as_ref(), &counted, &outcome, &allocating)?;
            println!("within {}% of {FILE}", book::MOST_MORE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The stage of the test run.
pub(crate) fn stage(machine: &Machine, log: &File) -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err(NotHere("valgrind counts instructions on x86-64 with Linux").into());
    }
    machines::packages(machine, PACKAGES, log)?;
    let counted = count(Some(log))?;
    let book = read(&crate::root().join(FILE))?;
    let outcome = book::compare(book.as_ref(), &counted.counts);
    note(log, &outcome.table)?;
    for gain in &outcome.gains {
        println!("         {gain}; cargo xtask counts --accept \"why\" keeps the gain");
    }
    verdict(book.as_ref(), &counted, &outcome, &book::allocating(book.as_ref(), &counted.allocations))
}

fn verdict(book: Option<&Book>, counted: &Counted, outcome: &book::Outcome, allocating: &[String]) -> Result<()> {
    let book = book.with_context(|| format!("{FILE} is missing: cargo xtask counts --accept \"the first count\""))?;
    ensure!(allocating.is_empty(), "{}", allocating.join("\n    "));
    book.fits(&counted.compiler, &counted.target)?;
    if !outcome.failures.is_empty() {
        bail!("{}\n    if that is meant, cargo xtask counts --accept \"why\"", outcome.failures.join("\n    "));
    }
    Ok(())
}

fn read(path: &Path) -> Result<Option<Book>> {
    match fs::read_to_string(path) {
        Ok(text) => Book::parse(&text).map(Some).context(FILE),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(FILE),
    }
}

fn quiet() -> Result<File> {
    let logs = crate::target().join("xtask/logs");
    fs::create_dir_all(&logs)?;
    File::create(logs.join("counts.log")).context("making the log")
}

/// What a run came to.
struct Counted {
    counts: Counts,
    allocations: Calls,
    compiler: String,
    target: String,
}

fn count(log: Option<&File>) -> Result<Counted> {
    let own;
    let log = match log {
        Some(log) => log,
        None => {
            own = quiet()?;
            &own
        }
    };
    let about = run::program("rustc").args(["--version", "--verbose"]).output(Some(log))?;
    let field =
        |name: &str| about.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown").trim().to_owned();
    let (compiler, target) = (about.lines().next().unwrap_or("unknown").to_owned(), field("host:"));
    let build = ["build", "--release", "--locked", "-p", "trespasser-engine", "--features", "scenes"];
    run::cargo(build).args(["--example", "counts_load"]).check_into(log)?;
    let load = crate::target().join("release/examples/counts_load");

    let text = run::program(&load).args(["allocations", LEVELS[0]]).output(Some(log))?;
    let allocations = text.lines().map(allocation).collect::<Result<_>>()?;

    let folder = crate::target().join("xtask/counts");
    // Levels beside each other: what else runs does not change a count.
    let results = std::thread::scope(|scope| {
        let levels = LEVELS.map(|level| {
            let (folder, load) = (folder.join(level), &load);
            scope.spawn(move || instructions(level, load, &folder, log))
        });
        levels.map(|level| level.join().unwrap_or_else(|_| bail!("counting panicked")))
    });
    let mut counts = Counts::new();
    for level in results {
        counts.append(&mut level?);
    }
    Ok(Counted { counts, allocations, compiler, target })
}

/// `CASE STAGE CALLS`.
fn allocation(line: &str) -> Result<(String, String, u64)> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [case, stage, calls] = words[..] else {
        bail!("counts_load prints case, stage and calls, and printed {line:?}")
    };
    Ok((case.to_owned(), stage.to_owned(), calls.parse().with_context(|| format!("counts_load printed {line:?}"))?))
}

/// Runs callgrind over the load at one level; each pass of it leaves a file in `folder`.
fn instructions(level: &str, load: &Path, folder: &PathBuf, log: &File) -> Result<Counts> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(folder)?;
    let out = format!("--callgrind-out-file={}", folder.join("pass").display());
    let text = run::program("valgrind")
        .args(["--tool=callgrind", "--quiet", "--instr-atstart=no", "--collect-atstart=no", &out])
        .arg(load)
        .args(["instructions", level])
        .output(Some(log))?;
    let mut passes = Vec::new();
    for number in 1.. {
        let path = folder.join(format!("pass.{number}"));
        if !path.is_file() {
            break;
        }
        let pass = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        passes.push(sum(&pass).with_context(|| format!("{} is no count of callgrind's", path.display()))?);
    }
    fs::remove_dir_all(folder)?;
    divide(level, &text, &passes)
}

/// Case, stage and instructions of a file of callgrind's.
fn sum(file: &str) -> Option<(String, String, f64)> {
    let field = |name: &str| file.lines().find_map(|line| line.strip_prefix(name));
    let (case, stage) = field("desc: Trigger: Client Request: ")?.trim().split_once(' ')?;
    let total: u64 = field("totals: ")?.trim().parse().ok()?;
    Some((case.to_owned(), stage.to_owned(), total as f64))
}

/// Takes the probe off each stage, and divides by what was printed: `CASE match-ticks N`, `CASE polygons N`, `CASE probes N`.
fn divide(level: &str, printed: &str, passes: &[(String, String, f64)]) -> Result<Counts> {
    let mut numbers = BTreeMap::new();
    for line in printed.lines() {
        let (case, of, number) = allocation(line)?;
        ensure!(number > 0, "counts_load counted no {of}");
        numbers.insert((case, of), number as f64);
    }
    let number = |case: &str, of: &str| {
        let key = (case.to_owned(), of.to_owned());
        numbers.get(&key).copied().with_context(|| format!("counts_load printed no {of} of {case}"))
    };
    let probe = match passes.iter().find(|(_, stage, _)| stage == "probe") {
        Some((case, _, total)) => total / number(case, "probes")?,
        None => bail!("counts_load left no count of its probe"),
    };
    let mut counts = Counts::new();
    for (case, stage, total) in passes {
        let count = match stage.as_str() {
            "probe" => continue,
            "polygon" => total / number(case, "polygons")?,
            "step" => total / number(case, "match-ticks")?,
            _ => (total / number(case, "match-ticks")? - probe).max(0.0),
        };
        counts.push((Key::new(level, case, stage), (count * 10.0).round() / 10.0));
    }
    ensure!(counts.len() > 1, "counts_load left no counts");
    // The file has one table a case; within it the order stays.
    let cases: Vec<String> = counts.iter().map(|(key, _)| key.case.clone()).collect();
    counts.sort_by_key(|(key, _)| cases.iter().position(|case| *case == key.case));
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_callgrind_is_read() {
        let file = "# callgrind format\nversion: 1\ndesc: Trigger: Client Request: guns sight\nevents: Ir\nsummary: 7\n\ntotals: 1200\n";
        assert_eq!(sum(file), Some(("guns".into(), "sight".into(), 1200.0)));
        for broken in [
            "",
            "totals: 12\n",
            "desc: Trigger: Program termination\ntotals: 12\n",
            "desc: Trigger: Client Request: a b\ntotals: x",
        ] {
            assert_eq!(sum(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn the_probe_is_taken_off() {
        let pass = |stage: &str, total: f64| ("guns".to_owned(), stage.to_owned(), total);
        let passes = [pass("sight", 1000.0), pass("step", 3000.0), pass("polygon", 600.0), pass("probe", 40.0)];
        let printed = "guns match-ticks 10\nguns polygons 3\nguns probes 8\n";
        let counts = divide("avx2", printed, &passes).unwrap();
        let want = [("sight", 95.0), ("step", 300.0), ("polygon", 200.0)];
        assert_eq!(counts, want.map(|(stage, count)| (Key::new("avx2", "guns", stage), count)));
        // A case that comes back later joins its own.
        let mut mixed = passes.to_vec();
        mixed.insert(2, ("armed".to_owned(), "step".to_owned(), 20.0));
        let counts = divide("avx2", &format!("{printed}armed match-ticks 2\n"), &mixed).unwrap();
        assert_eq!(
            counts.iter().map(|(key, _)| key.case.as_str()).collect::<Vec<_>>(),
            ["guns", "guns", "guns", "armed"]
        );
        assert!(divide("avx2", "guns match-ticks 10\n", &passes).is_err());
        assert!(divide("avx2", "guns match-ticks 0\n", &passes).is_err());
        assert!(divide("avx2", printed, &passes[..3]).is_err());
        assert!(allocation("guns sight").is_err() && allocation("guns sight x").is_err());
    }
}
