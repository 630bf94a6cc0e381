//! `cargo xtask hash`: scenes through all three hosts.

use crate::run::{self, Run};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::ExitCode;

/// Names every scene, and says what hash comes out.
const GOLDEN: &str = "engine/tests/golden/scenes.txt";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Which scene; `all` for every one there is
    #[arg(long, default_value = "brawl")]
    scene: String,
    /// Ticks
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    ticks: u32,
}

/// # Errors
/// An example that fails or prints no hash, and hashes that differ.
pub(crate) fn hash(options: &Options) -> Result<ExitCode> {
    let hosts = build(None)?;
    let all = options.scene == "all";
    let scenes = if all { scenes()? } else { vec![options.scene.clone()] };
    for scene in scenes {
        if all {
            println!("{scene}");
        }
        let hashes = play(&hosts, &scene, options.ticks, None)?;
        for (host, hash) in &hashes {
            println!("{host} {hash}");
        }
        compare(&hashes, &scene, options.ticks)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// For the test run: every scene, told into a log, and compared with the golden hashes too where they have the tick.
pub(crate) fn all_scenes(ticks: u32, log: &File) -> Result<()> {
    let golden = fs::read_to_string(crate::root().join(GOLDEN)).context(GOLDEN)?;
    let hosts = build(Some(log))?;
    for scene in scenes()? {
        let hashes = play(&hosts, &scene, ticks, Some(log))?;
        compare(&hashes, &scene, ticks)?;
        let begin = format!("{scene} {ticks} ");
        if let Some(want) = golden.lines().find_map(|line| line.strip_prefix(&begin)) {
            ensure!(hashes[0].1 == want, "scene {scene} after {ticks} ticks: {}, and {want} in {GOLDEN}", hashes[0].1);
        }
    }
    Ok(())
}

/// Every scene that has a golden hash.
fn scenes() -> Result<Vec<String>> {
    let golden = fs::read_to_string(crate::root().join(GOLDEN)).context(GOLDEN)?;
    let lines = golden.lines().filter(|line| !line.starts_with('#'));
    let names: BTreeSet<_> = lines.filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect();
    Ok(names.into_iter().collect())
}

fn compare(hashes: &[(&str, String)], scene: &str, ticks: u32) -> Result<()> {
    if hashes.iter().any(|(_, hash)| *hash != hashes[0].1) {
        let told: Vec<_> = hashes.iter().map(|(host, hash)| format!("{host} {hash}")).collect();
        bail!("the hosts differ in scene {scene} after {ticks} ticks: {}", told.join(", "));
    }
    Ok(())
}

/// A host, and how it is run.
type Host = (&'static str, Box<dyn Fn() -> Run>);

fn build(log: Option<&File>) -> Result<[Host; 3]> {
    let step = |run: Run| run.output(log).map(|text| eprint_all(&text, log));
    step(run::cargo(["build", "--quiet", "--release", "-p", "trespasser-example-rust", "-p", "trespasser-ffi"]))?;
    let build = crate::target().join("xtask/c");
    let make = run::program("make").args(["--silent", "-C", "examples/c"]);
    let library = crate::target().join("release/libtrespasser_ffi.a");
    let program = build.join("trespasser-example");
    step(make.arg(format!("BUILD={}", build.display())).arg(format!("LIB={}", library.display())).arg(&program))?;
    step(run::program("node").arg("node-binding/scripts/build.mjs"))?;
    let rust = crate::target().join("release").join(format!("trespasser-example-rust{}", std::env::consts::EXE_SUFFIX));
    Ok([
        ("rust", Box::new(move || run::program(&rust))),
        ("c", Box::new(move || run::program(&program))),
        ("node", Box::new(|| run::program("node").arg("examples/node/index.mjs"))),
    ])
}

fn play(hosts: &[Host], scene: &str, ticks: u32, log: Option<&File>) -> Result<Vec<(&'static str, String)>> {
    let mut hashes = Vec::new();
    for (host, run) in hosts {
        let text = run().arg(scene).arg(ticks.to_string()).output(log)?;
        eprint_all(&text, log);
        match text.lines().last().and_then(|line| line.strip_prefix("hash ")) {
            Some(hash) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
                hashes.push((*host, hash.to_ascii_lowercase()));
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
