//! The JavaScript side: versions, dependencies, the addon.

use crate::run;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::time::SystemTime;

/// Oldest major version of Node.js that everything runs on.
const OLDEST: u32 = 20;
/// Written by npm at the end of every installation.
const INSTALLED: &str = "node_modules/.package-lock.json";

/// Node.js in a version that will do, and npm.
///
/// # Errors
/// What is missing or too old, and what to install.
pub(crate) fn versions() -> Result<String> {
    let node = run::program("node").arg("--version").output(None)?;
    let node = node.trim();
    let major = node.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST => {}
        Some(_) => bail!("node is {node}; it must be {OLDEST} or newer: {}", run::how_to_get("node")),
        None => bail!("`node --version` says {node:?}, which is no version"),
    }
    let npm = run::program("npm").arg("--version").output(None)?;
    Ok(format!("node {node}, npm {}", npm.trim()))
}

/// Installs a folder's locked dependencies unless they are as new as the lock.
pub(crate) fn install(folder: &str, log: Option<&File>) -> Result<()> {
    let path = crate::root().join(folder);
    let changed = |file: &str| -> Option<SystemTime> { path.join(file).metadata().ok()?.modified().ok() };
    let lock = changed("package-lock.json")
        .with_context(|| format!("{folder}/package-lock.json is missing; the checkout is not whole"))?;
    let manifest = changed("package.json").unwrap_or(lock);
    if changed(INSTALLED).is_some_and(|installed| installed >= lock && installed >= manifest) {
        return Ok(());
    }
    let npm = run::program("npm").args(["ci", "--no-audit", "--no-fund"]).folder(folder);
    match log {
        Some(log) => npm.check_into(log)?,
        None => npm.check()?,
    }
    // npm leaves the file's time alone when nothing changed.
    let installed = File::options().append(true).open(path.join(INSTALLED));
    installed.and_then(|file| file.set_modified(SystemTime::now())).with_context(|| format!("{folder}/{INSTALLED}"))
}
