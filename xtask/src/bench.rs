//! `cargo xtask bench`: runs the benches one after another, then makes the report of what they have measured.

use crate::{node, run};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::ffi::OsString;
use std::fs;
use std::process::ExitCode;
use std::time::Instant;

/// In the order of the report.
const BENCHES: [&str; 6] = ["stages", "sight", "sound", "kernels", "rollback", "services"];
/// Those with peers from npm.
const WITH_NODE: [&str; 2] = ["stages", "sight"];
/// As in `benches/src/suite/mod.rs`.
const QUICK: &str = "TRESPASSER_BENCH_QUICK";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Runs this bench alone, or these, with commas between: stages, sight, sound, kernels, rollback, services
    #[arg(long, value_name = "BENCH", value_parser = BENCHES, value_delimiter = ',')]
    only: Vec<String>,
    /// Fewer and shorter samples: to see whether all runs, not for figures to be kept
    #[arg(long)]
    quick: bool,
    /// Leaves the README alone, also after a whole run
    #[arg(long)]
    no_readme: bool,
    /// Makes the report of what there is, and writes the README's table if all is there; runs nothing
    #[arg(long, conflicts_with_all = ["only", "quick"])]
    report: bool,
    /// Prints all figures as one JSON object, as the last line
    #[arg(long)]
    json: bool,
    /// Options of criterion, among them a part of the names of what is measured
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

/// A whole run of a clean checkout writes the README's table: everything was measured, and for figures to be kept.
pub(crate) fn bench(options: &Options) -> Result<ExitCode> {
    let chosen: Vec<&str> = BENCHES
        .into_iter()
        .filter(|bench| options.only.is_empty() || options.only.iter().any(|o| o == bench))
        .collect();
    let whole = chosen.len() == BENCHES.len() && !options.quick && options.options.is_empty();
    let folder = crate::target().join("bench");
    if !options.report {
        if chosen.iter().any(|bench| WITH_NODE.contains(bench)) {
            node::versions()?;
            node::install("benches/peers", None)?;
        }
        println!("building");
        let build = run::cargo(["bench", "--quiet", "--package", "trespasser-benches", "--no-run"]);
        chosen.iter().fold(build, |build, bench| build.arg("--bench").arg(bench)).check()?;
        let began = Instant::now();
        for (n, bench) in chosen.iter().enumerate() {
            println!("\n[{}/{}] {bench}, {:.0} s so far", n + 1, chosen.len(), began.elapsed().as_secs_f64());
            if whole {
                forget(&folder.join(format!("{bench}.json")))?;
            }
            let mut cargo =
                run::cargo(["bench", "--quiet", "--package", "trespasser-benches"]).arg("--bench").arg(bench);
            if options.quick {
                cargo = cargo.env(QUICK, "1");
            }
            cargo.arg("--").args(&options.options).check().with_context(|| format!("bench {bench}"))?;
        }
        println!("\n{} benches took {:.0} s", chosen.len(), began.elapsed().as_secs_f64());
        if !chosen.iter().any(|bench| folder.join(format!("{bench}.json")).exists()) {
            println!("nothing was measured whole: no report");
            return Ok(ExitCode::SUCCESS);
        }
    }
    let mut report =
        run::cargo(["run", "--quiet", "--release", "--package", "trespasser-benches", "--bin", "bench-report"]);
    report = report.arg("--").arg("--benches").arg(BENCHES.join(","));
    let all = BENCHES.iter().all(|bench| folder.join(format!("{bench}.json")).exists());
    let readme = (whole || options.report) && all && !options.no_readme;
    if !all {
        report = report.arg("--partly");
    }
    if readme {
        report = report.arg("--readme").arg(crate::root().join("README.md"));
    } else {
        println!("README.md stays as it is: only a whole run, neither quick nor in part, writes its table");
    }
    if options.json {
        report = report.arg("--json");
    }
    report.status_code()
}

/// What an earlier run has left: should this one fail, none of it passes for its result.
fn forget(path: &std::path::Path) -> Result<()> {
    let gone = fs::remove_file(path);
    ensure!(!path.exists(), "{}: {gone:?}", path.display());
    Ok(())
}
