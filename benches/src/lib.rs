//! What the report programs share: where a figure comes from, and which map it was taken on.

pub mod canvas;
pub mod capacity;
pub mod draw;
pub mod matchmaking;
pub mod origin;
pub mod overhead;
pub mod rating;
pub mod replay;
pub mod suite;
pub mod trace;

use anyhow::{Context, Result};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use trespasser::{GameMap, Reading};

/// Ends a program: an error is told in one line, whatever the environment says about backtraces.
pub fn exit(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A map by the name of a built-in one or the path of a PNG.
///
/// # Errors
/// An unknown name that is no file either, an unreadable file, and all that [`GameMap::from_png`] refuses.
pub fn load_map(name: &str, reading: Reading) -> Result<Arc<GameMap>> {
    if GameMap::BUILTIN.iter().any(|(known, _)| *known == name) {
        return Ok(GameMap::builtin(name, reading)?);
    }
    let known: Vec<_> = GameMap::BUILTIN.iter().map(|(known, _)| *known).collect();
    let path = Path::new(name);
    let bytes = std::fs::read(path).with_context(|| {
        format!("--map {name}: no such file, and no map of the project's own ({})", known.join(", "))
    })?;
    let map = GameMap::from_png(&bytes, reading).with_context(|| format!("--map {name}"))?;
    for warning in map.warnings() {
        eprintln!("warning: {name}: {warning}");
    }
    Ok(map)
}

/// What a report calls a map: the file's name without its folder, for reports travel.
pub fn map_label(name: &str) -> String {
    Path::new(name).file_name().map_or_else(|| name.to_owned(), |file| file.to_string_lossy().into_owned())
}
