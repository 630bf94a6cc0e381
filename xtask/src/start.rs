//! `cargo xtask start`: from a checkout to a game in the browser.

use crate::{node, run, viewer};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Instant, UNIX_EPOCH};

pub(crate) const HELP: &str = "Settings, as environment variables:
  PORT   where it listens, 3000
  MAP    name of one of the project's own maps or path of a PNG, citadel
  BOTS   bots that keep a lone player company, 0 to 7, 5
The server's other settings (RULES, KILL_TARGET, LOG_LEVEL, ...) are passed on.";

/// Before the address in the line that the server prints once it listens.
const READY: &str = "Trespasser is ready: ";
const SERVER: &str = "server/dist/src/main.js";

/// A setting from the environment; empty counts as unset.
fn setting(name: &str, default: &str) -> String {
    std::env::var(name).ok().map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).unwrap_or_else(|| default.into())
}

/// # Errors
/// What is missing on the machine, a setting out of range, a taken port, a failed build; the server's own failure is
/// the exit code.
pub(crate) fn start() -> Result<ExitCode> {
    let port = setting("PORT", "3000");
    let port: u16 = port.parse().ok().with_context(|| {
        format!("PORT is {port:?}; it must be a whole number from 0 to 65535 (0: the system chooses a free one)")
    })?;
    let map = map_setting(&setting("MAP", "citadel"));
    let bots = setting("BOTS", "5");
    if !bots.parse::<u8>().is_ok_and(|bots| bots <= 7) {
        bail!("BOTS is {bots:?}; it must be a whole number from 0 to 7");
    }
    node::versions()?;
    port_is_free(port)?;

    let began = Instant::now();
    build(&["client", "server"])?;
    step(&format!("built in {:.1} s", began.elapsed().as_secs_f32()));

    // The operator's port is nobody's business here, and its default may be taken.
    let admin = setting("ADMIN_PORT", "0");
    let server = run::program("node").arg(SERVER).env("PORT", port.to_string()).env("MAP", map).env("BOTS", bots);
    let server = server.env("ADMIN_PORT", admin);
    let status = server.lines(|line| {
        println!("{line}");
        if let Some(url) = line.strip_prefix(READY) {
            let bar = "=".repeat(url.len() + 24);
            println!("\n  {bar}\n    Play in a browser: {url}\n  {bar}\n    Ctrl-C ends it.\n");
        }
    })?;
    Ok(ExitCode::from(status.code().map_or(1, |code| code.clamp(0, 255) as u8)))
}

/// The addon, and what stands on it in these folders.
pub(crate) fn build(folders: &[&str]) -> Result<()> {
    step("engine and addon");
    run::program("node").arg("node-binding/scripts/build.mjs").check()?;
    for folder in folders {
        if *folder == "client" {
            step("engine for the browser");
            viewer::build_if_possible();
        }
        step(&format!("{folder}: dependencies"));
        node::install(folder, None)?;
        build_folder(folder)?;
    }
    Ok(())
}

fn step(what: &str) {
    eprintln!("xtask: {what}");
}

/// A path is the caller's, but the server runs in the root of the checkout.
fn map_setting(map: &str) -> String {
    match fs::canonicalize(map) {
        Ok(path) if path.is_file() => path.to_string_lossy().into_owned(),
        _ => map.to_owned(),
    }
}

/// Asked before anything is built: an error after a minute of building helps nobody.
fn port_is_free(port: u16) -> Result<()> {
    let host = setting("HOST", "0.0.0.0");
    match TcpListener::bind((host.as_str(), port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "port {port} is taken: stop the program that listens there, or choose another port: \
             PORT={} cargo xtask start",
            port.checked_add(1).unwrap_or(3000)
        ),
        Err(error) => Err(error).with_context(|| format!("listening on {host}:{port}")),
    }
}

/// `npm run build` in a folder, unless nothing changed since the last time.
fn build_folder(folder: &str) -> Result<()> {
    let stamp = crate::target().join("xtask").join(format!("{folder}.built"));
    let now = fingerprint(folder)?;
    let dist = crate::root().join(folder).join("dist");
    if dist.is_dir() && fs::read_to_string(&stamp).is_ok_and(|then| then == now) {
        step(&format!("{folder}: unchanged"));
        return Ok(());
    }
    step(&format!("{folder}: build"));
    run::program("npm").args(["run", "--silent", "build"]).folder(folder).check()?;
    fs::create_dir_all(crate::target().join("xtask"))?;
    fs::write(&stamp, now).with_context(|| format!("writing {}", stamp.display()))
}

/// Names, sizes and times of all that a folder is built from, the addon's types among it.
fn fingerprint(folder: &str) -> Result<String> {
    let mut files = BTreeMap::new();
    for top in [folder, "node-binding"] {
        collect(&crate::root().join(top), &mut files)?;
    }
    files.insert("the engine for browsers".to_owned(), viewer::fingerprint());
    Ok(files.into_iter().map(|(name, what)| format!("{name} {what}\n")).collect())
}

fn collect(folder: &Path, files: &mut BTreeMap<String, String>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || ["node_modules", "dist", "target"].contains(&name.as_str()) {
            continue;
        }
        let meta = entry.metadata()?;
        if meta.is_dir() {
            collect(&entry.path(), files)?;
        } else if !name.ends_with(".node") && !name.ends_with(".rs") {
            let time = meta.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
            files.insert(entry.path().to_string_lossy().into_owned(), format!("{} {time}", meta.len()));
        }
    }
    Ok(())
}
