//! `cargo xtask hash`: one scene through all three hosts.

use crate::run::{self, Run};
use anyhow::{Result, bail};
use clap::Args;
use std::fs::File;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Which scene
    #[arg(long, default_value = "brawl")]
    scene: String,
    /// Ticks of 1/60 s
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    ticks: u32,
}

/// # Errors
/// An example that fails or prints no hash, and hashes that differ.
pub(crate) fn hash(options: &Options) -> Result<ExitCode> {
    let hashes = play(&options.scene, options.ticks, None)?;
    for (host, hash) in &hashes {
        println!("{host} {hash}");
    }
    compare(&hashes, options)?;
    Ok(ExitCode::SUCCESS)
}

/// For the test run: like the verb, told into a log.
pub(crate) fn hash_into(scene: &str, ticks: u32, log: &File) -> Result<()> {
    let hashes = play(scene, ticks, Some(log))?;
    for (host, hash) in &hashes {
        std::io::Write::write_all(&mut &*log, format!("{host} {hash}\n").as_bytes())?;
    }
    compare(&hashes, &Options { scene: scene.into(), ticks })
}

fn compare(hashes: &[(&str, String)], options: &Options) -> Result<()> {
    if hashes.iter().any(|(_, hash)| *hash != hashes[0].1) {
        bail!("the hosts differ in scene {} after {} ticks", options.scene, options.ticks);
    }
    Ok(())
}

fn play(scene: &str, ticks: u32, log: Option<&File>) -> Result<Vec<(&'static str, String)>> {
    let step = |run: Run| run.output(log).map(|text| eprint_all(&text, log));
    step(run::cargo(["build", "--quiet", "--release", "-p", "trespasser-example-rust", "-p", "trespasser-ffi"]))?;
    let build = crate::target().join("xtask/c");
    let make = run::program("make").args(["--silent", "-C", "examples/c"]);
    let library = crate::target().join("release/libtrespasser_ffi.a");
    let program = build.join("trespasser-example");
    step(make.arg(format!("BUILD={}", build.display())).arg(format!("LIB={}", library.display())).arg(&program))?;
    step(run::program("node").arg("node-binding/scripts/build.mjs"))?;

    let hosts: [(&'static str, Run); 3] = [
        ("rust", run::cargo(["run", "--quiet", "--release", "-p", "trespasser-example-rust", "--"])),
        ("c", run::program(program)),
        ("node", run::program("node").arg("examples/node/index.mjs")),
    ];
    let mut hashes = Vec::new();
    for (host, run) in hosts {
        let run = run.arg(scene).arg(ticks.to_string());
        let text = run.output(log)?;
        eprint_all(&text, log);
        match text.lines().last().and_then(|line| line.strip_prefix("hash ")) {
            Some(hash) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
                hashes.push((host, hash.to_ascii_lowercase()));
            }
            _ => bail!("the {host} example's last line is no `hash` with 16 hex digits"),
        }
    }
    Ok(hashes)
}

/// What the examples print goes beside the three lines, not between them.
fn eprint_all(text: &str, log: Option<&File>) {
    match log {
        // A log that cannot be written loses words, not the verdict.
        Some(mut log) => drop(std::io::Write::write_all(&mut log, text.as_bytes())),
        None => eprint!("{text}"),
    }
}
