//! The engine as the client's replay viewer and map editor load it.

use crate::run::{self, Run};
use anyhow::{Context, Result};
use std::fs::{self, File};

const TARGET: &str = "wasm32-unknown-unknown";
const PACKAGE: &str = "trespasser-browser";
/// Where vite.config.ts looks for it.
const MODULE: &str = "client/wasm/dist/engine.wasm";

/// Whether the toolchain has the target, after having been asked for it.
///
/// # Errors
/// Why not, and what to do.
fn target(log: Option<&File>) -> Result<()> {
    let list = run::program("rustup").args(["target", "list", "--installed"]).output(log);
    if list.is_ok_and(|list| list.lines().any(|line| line == TARGET)) {
        return Ok(());
    }
    into(run::program("rustup").args(["target", "add", TARGET]), log)
        .with_context(|| format!("Rust's target {TARGET} is missing, and rustup could not add it"))
}

fn into(run: Run, log: Option<&File>) -> Result<()> {
    match log {
        Some(log) => run.check_into(log),
        None => run.check(),
    }
}

/// Builds the module and puts it where the client's build finds it.
///
/// # Errors
/// What is missing or does not build.
pub(crate) fn build(log: Option<&File>) -> Result<()> {
    target(log)?;
    into(run::cargo(["build", "--profile", "browser", "--locked", "--target", TARGET, "-p", PACKAGE]), log)?;
    let built = crate::target().join(TARGET).join("browser/trespasser_browser.wasm");
    let place = crate::root().join(MODULE);
    let bytes = fs::read(&built).with_context(|| format!("reading {}", built.display()))?;
    // An unchanged file keeps its time, so that nothing that stands on it is built again.
    if fs::read(&place).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&place, bytes).with_context(|| format!("writing {}", place.display()))
}

/// [`build`], but the game goes without the two pages on a machine that can't make them.
pub(crate) fn build_if_possible() {
    if let Err(error) = build(None) {
        eprintln!("xtask: the replay viewer and the map editor are left out: {error:#}");
        // One of another engine would play recordings otherwise.
        let _ = fs::remove_file(crate::root().join(MODULE));
    }
}

/// What the client's build depends on besides its own folder's sources: the module's size and time.
pub(crate) fn fingerprint() -> String {
    let meta = crate::root().join(MODULE).metadata();
    meta.map_or_else(|_| "none".to_owned(), |meta| format!("{} {:?}", meta.len(), meta.modified().ok()))
}
