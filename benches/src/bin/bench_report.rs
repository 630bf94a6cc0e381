//! Makes the report of what the benches have measured: `target/bench/report.html`, and the summary in the README.
//! `cargo xtask bench` runs it at its end.

use anyhow::{Context, Result, ensure};
use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trespasser_benches::suite::{self, Sheet, html, readme, sheet::FORMAT};

#[derive(Debug, Parser)]
#[command(about = "Makes the report of the benches' sheets in target/bench.")]
struct Options {
    /// Benches whose sheets there must be, in the order of the report, with commas between
    #[arg(long, value_delimiter = ',', required = true)]
    benches: Vec<String>,
    /// Goes without those that are not there
    #[arg(long)]
    partly: bool,
    /// Writes the summary into this file, between its markers
    #[arg(long, value_name = "FILE")]
    readme: Option<PathBuf>,
    /// Prints one JSON object as the last line
    #[arg(long)]
    json: bool,
}

fn run() -> Result<()> {
    let options = Options::parse();
    let folder = suite::folder();
    let mut sheets: Vec<Sheet> = Vec::new();
    for bench in &options.benches {
        let path = folder.join(format!("{bench}.json"));
        if options.partly && !path.exists() {
            continue;
        }
        sheets.push(Sheet::read(&path)?);
    }
    ensure!(!sheets.is_empty(), "no bench has been measured; run `cargo xtask bench`");
    let report = folder.join("report.html");
    std::fs::write(&report, html::page(&sheets)).with_context(|| format!("{}", report.display()))?;
    println!("report: {}", report.display());
    if let Some(path) = &options.readme {
        write_readme(path, &sheets)?;
        println!("summary: {}", path.display());
    }
    if options.json {
        println!("{}", serde_json::json!({ "format": FORMAT, "report": report, "sheets": sheets }));
    }
    Ok(())
}

/// Figures to be kept: whole runs of one commit.
fn write_readme(path: &Path, sheets: &[Sheet]) -> Result<()> {
    for sheet in sheets {
        ensure!(
            !sheet.quick && !sheet.part,
            "{} was run quickly or in part; its figures are not to be kept",
            sheet.bench
        );
        ensure!(
            sheet.commit == sheets[0].commit,
            "{} is of commit {}, {} of {}; run `cargo xtask bench` whole",
            sheet.bench,
            sheet.commit,
            sheets[0].bench,
            sheets[0].commit
        );
    }
    readme::write(path, sheets)
}

fn main() -> ExitCode {
    trespasser_benches::exit(run())
}
