//! matter-js under Node: a process that plays the same ticks when it is asked to.

use super::ground::Rect;
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A tick: walls, and each body's place and step, px.
#[derive(Debug, Serialize)]
pub(crate) struct Scene {
    pub(crate) walls: Vec<Rect>,
    pub(crate) bodies: Vec<[f32; 4]>,
}

/// What it says first.
#[derive(Debug, Deserialize)]
pub(crate) struct Hello {
    pub(crate) version: String,
    pub(crate) node: String,
    /// Where the bodies of each scene end.
    pub(crate) ends: Vec<Vec<[f32; 2]>>,
}

/// The process; it ends with its standard input.
#[derive(Debug)]
pub(crate) struct Matter {
    child: Child,
    ask: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pub(crate) hello: Hello,
}

impl Matter {
    /// Starts it on these ticks.
    ///
    /// # Errors
    /// Its packages are not installed, Node is missing, or it says something else than it should.
    pub(crate) fn start(scenes: &[Scene]) -> Result<Matter> {
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        ensure!(peers.join("node_modules/matter-js").exists(), "not installed; `cargo xtask bench` does it");
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("movement-scenes.json");
        std::fs::write(&file, serde_json::to_vec(scenes)?)?;
        let mut command = Command::new("node");
        command.arg(peers.join("matter.mjs")).arg(&file).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("node")?;
        let ask = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().context("node has no output")?);
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let hello = serde_json::from_str(&line).context("what matter.mjs says first");
        match hello {
            Ok(hello) => Ok(Matter { child, ask, answers, hello }),
            Err(error) => {
                drop(ask);
                child.wait()?;
                Err(error)
            }
        }
    }

    /// Plays all ticks so many times.
    pub(crate) fn play(&mut self, rounds: u64) -> Result<Duration> {
        writeln!(self.ask.as_mut().context("it has ended")?, "{rounds}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let ns: f64 = line.trim().parse().with_context(|| format!("{line:?} is not a time in ns"))?;
        Ok(Duration::from_secs_f64(ns * 1e-9))
    }
}

impl Drop for Matter {
    fn drop(&mut self) {
        // It ends when nobody can ask any more; how it ended changes nothing.
        drop(self.ask.take());
        let _ = self.child.wait();
    }
}
