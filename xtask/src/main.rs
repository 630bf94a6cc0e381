//! All chores of the project, the same ones that CI runs: `cargo xtask --help`.

mod check;
mod hash;
mod node;
mod run;
mod start;
mod test;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(
    name = "xtask",
    bin_name = "cargo xtask",
    version,
    about = "All chores of Trespasser.",
    subcommand_required = true
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Builds everything and serves the game; Ctrl-C ends it
    #[command(after_help = start::HELP)]
    Start,
    /// Runs every check there is, the same ones as CI
    Test(test::Options),
    /// Measures how many matches of eight fighting bots a core holds
    #[command(disable_help_flag = true)]
    Capacity(Forwarded),
    /// Plays a scene through the Rust, C and Node examples and compares their hashes
    Hash(hash::Options),
    /// Draws a match between bots as a PNG
    #[command(disable_help_flag = true)]
    Draw(Forwarded),
    /// Runs the criterion benches
    Bench(Forwarded),
    /// Writes include/trespasser.h anew from the C ABI's source
    Header,
}

/// Options of another program, which checks them itself.
#[derive(Debug, Args)]
struct Forwarded {
    /// Options of the program; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<ExitCode> {
    run::forward_signals()?;
    match verb {
        Verb::Start => start::start(),
        Verb::Test(options) => test::test(&options),
        Verb::Capacity(forwarded) => report("capacity", forwarded.options),
        Verb::Hash(options) => hash::hash(&options),
        Verb::Draw(forwarded) => report("draw", forwarded.options),
        Verb::Bench(forwarded) => {
            run::cargo(["bench", "--package", "trespasser-benches", "--"]).args(forwarded.options).status_code()
        }
        Verb::Header => {
            // The test that compares the header writes it when asked to, so that both use the same generator.
            run::cargo(["test", "--package", "trespasser-ffi", "--test", "header"])
                .env("UPDATE_HEADER", "1")
                .status_code()
        }
    }
}

/// A report program of `benches/`, in the caller's folder, so that relative paths mean what they say.
fn report(program: &str, options: Vec<OsString>) -> Result<ExitCode> {
    run::cargo(["run", "--quiet", "--release", "--package", "trespasser-benches", "--bin", program])
        .in_callers_folder()
        .arg("--")
        .args(options)
        .status_code()
}

/// The checkout that this program was built in.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
