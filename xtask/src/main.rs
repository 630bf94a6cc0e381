//! All chores of the project, the same ones that CI runs: `cargo xtask --help`.

mod bench;
mod check;
mod counts;
mod deploy;
mod hash;
mod install;
mod machines;
mod node;
mod run;
mod start;
mod test;
mod viewer;

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
    /// Builds the engine for the client's replay viewer and map editor, as WebAssembly
    Viewer,
    /// Runs every check there is, the same ones as CI
    Test(test::Options),
    /// Measures how many matches of eight fighting bots a core holds
    #[command(disable_help_flag = true)]
    Capacity(Forwarded),
    /// Counts instructions and heap allocations of each stage of a tick, and compares them with benches/counts.toml
    Counts(counts::Options),
    /// Measures what is sent to eight fighting bots, beside JSON, msgpackr, Colyseus and today's protocol
    #[command(disable_help_flag = true)]
    Bandwidth(Forwarded),
    /// Compares rating systems on populations of known skill: log-loss, and matches until a newcomer is placed
    #[command(disable_help_flag = true)]
    Rating(Forwarded),
    /// Simulates matchmaking: fairness, waiting and starvation for steady and peak arrivals, and what a form call costs
    #[command(disable_help_flag = true)]
    Matchmaking(Forwarded),
    /// Measures how many honest players the anti-cheat flags, and how many cheats
    #[command(disable_help_flag = true)]
    Guard(Forwarded),
    /// Computes servers and dollars per concurrent player from measured capacity
    #[command(disable_help_flag = true)]
    Cost(Forwarded),
    /// Plays scenes through the Rust, C and Node examples and compares their hashes
    Hash(hash::Options),
    /// Draws a match as a PNG: who sees whom, smoke, sound, and what else --show names
    #[command(disable_help_flag = true)]
    Draw(Forwarded),
    /// Records matches; looks into, verifies, seeks in, traces and compares recordings
    #[command(disable_help_flag = true)]
    Replay(Forwarded),
    /// Runs the benches, each with its naive version and peers, and makes their report; a whole run writes the README's table
    Bench(bench::Options),
    /// Writes include/trespasser.h anew from the C ABI's source
    Header,
    /// Installs the C library: header, static and shared library, pkg-config and CMake files
    Install(install::Options),
    /// Fuzzes the engine with libFuzzer; wants nightly Rust and cargo-fuzz
    Fuzz(Fuzz),
}

#[derive(Debug, Args)]
struct Fuzz {
    /// What is fuzzed: a match under arbitrary calls, a map made of arbitrary bytes, either end of the wire, a recording,
    /// forged saved matches, calls of the C interface, or a queue's calls or log
    #[arg(
        value_parser = [
            "match_ops", "map_png", "wire_up", "wire_down", "replay", "restore", "c_calls", "queue_calls", "queue_log",
        ],
        default_value = "match_ops"
    )]
    target: String,
    /// Seconds
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
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
        Verb::Viewer => viewer::build(None).map(|()| ExitCode::SUCCESS),
        Verb::Test(options) => test::test(&options),
        Verb::Capacity(forwarded) => capacity(forwarded.options),
        Verb::Counts(options) => counts::counts(&options),
        Verb::Bandwidth(forwarded) => bandwidth(forwarded.options),
        Verb::Rating(forwarded) => report("rating", forwarded.options),
        Verb::Matchmaking(forwarded) => report("matchmaking", forwarded.options),
        Verb::Guard(forwarded) => report("guard", forwarded.options),
        Verb::Cost(forwarded) => deploy::cost(forwarded.options),
        Verb::Hash(options) => hash::hash(&options),
        Verb::Draw(forwarded) => report("draw", forwarded.options),
        Verb::Replay(forwarded) => report("replay", forwarded.options),
        Verb::Bench(options) => bench::bench(&options),
        Verb::Install(options) => install::install(&options),
        Verb::Fuzz(fuzz) => self::fuzz(&fuzz),
        Verb::Header => {
            // The test that compares the header writes it when asked to, so that both use the same generator.
            run::cargo(["test", "--package", "trespasser-ffi", "--test", "header"])
                .env("UPDATE_HEADER", "1")
                .status_code()
        }
    }
}

/// Built as what is published is: optimised as one piece, for this processor's level. Where Node steps, the addon is built
/// first, the same way; the report starts Node itself.
fn capacity(options: Vec<OsString>) -> Result<ExitCode> {
    let host = |at: usize| options.get(at).is_some_and(|option| option == "--host");
    let steps = (0..options.len()).any(|at| {
        options[at] == "--node" || options[at] == "--host=node" || (options[at] == "node" && at > 0 && host(at - 1))
    });
    if steps {
        node::versions()?;
        eprintln!("xtask: engine and addon, as published: takes minutes the first time");
        run::program("node").args(["node-binding/scripts/build.mjs", "--dist", "--v3"]).check()?;
    }
    let program =
        run::cargo(["run", "--quiet", "--profile", "dist", "--package", "trespasser-benches", "--bin", "capacity"]);
    let mut program = program.in_callers_folder();
    if has_v3() {
        // Other flags build all anew: in a folder of their own neither throws the other's work away.
        let target = target().join("x86-64-v3");
        let flags = format!("{} -Ctarget-cpu=x86-64-v3", std::env::var("RUSTFLAGS").unwrap_or_default());
        program = program.arg("--target-dir").arg(target).env("RUSTFLAGS", flags.trim());
    }
    // As the server's image has it (deploy/Containerfile); what the caller says counts.
    if std::env::var_os(TUNABLES).is_none() {
        program = program.env(TUNABLES, "glibc.malloc.hugetlb=1");
    }
    program.arg("--").args(options).status_code()
}

/// Whether this processor has all of x86-64-v3, as the addon asks (`node-binding/src/lib.rs`).
fn has_v3() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        let vectors = has!("avx2") && has!("fma") && has!("f16c");
        vectors && has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("movbe") && has!("popcnt")
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// The peers come from npm, today's protocol from our server: both are made ready first, the report starts them itself.
fn bandwidth(options: Vec<OsString>) -> Result<ExitCode> {
    if !options.iter().any(|option| option == "--help" || option == "--ours") {
        node::versions()?;
        node::install("benches/peers", None)?;
        start::build(&["server"])?;
    }
    report("bandwidth", options)
}

/// Found inputs land in engine/fuzz/artifacts/; each becomes a test of its own when it is mended.
fn fuzz(options: &Fuzz) -> Result<ExitCode> {
    let there = run::cargo(["fuzz", "--version"]).output(None);
    anyhow::ensure!(
        there.is_ok(),
        "cargo-fuzz is missing; `cargo install cargo-fuzz`, and `rustup toolchain install nightly` if there is none"
    );
    let corpus = format!("fuzz/corpus/{}", options.target);
    std::fs::create_dir_all(root().join("engine").join(&corpus))?;
    // Found inputs go to the first folder; our own maps are where to begin with maps.
    let begin: &[&str] = if options.target == "map_png" { &["maps"] } else { &[] };
    // The rustup proxy chooses the toolchain; the cargo that runs this program is the stable one.
    run::program("cargo")
        .args(["+nightly", "fuzz", "run", "--release", &options.target, &corpus])
        .args(begin)
        .arg("--")
        .arg(format!("-max_total_time={}", options.seconds))
        .args(["-max_len=4096", "-timeout=60", "-rss_limit_mb=2048"])
        .folder("engine")
        .status_code()
}

/// A report program of `benches/`, in the caller's folder, so that relative paths mean what they say.
fn report(program: &str, options: Vec<OsString>) -> Result<ExitCode> {
    run::cargo(["run", "--quiet", "--release", "--package", "trespasser-benches", "--bin", program])
        .in_callers_folder()
        .arg("--")
        .args(options)
        .status_code()
}

/// Read by glibc when a program starts; nothing elsewhere.
const TUNABLES: &str = "GLIBC_TUNABLES";

/// The checkout that this program was built in.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
