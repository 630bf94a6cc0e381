//! Checks of the text of the project itself.

use crate::run;
use crate::test::Machine;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::io::Write;

/// Pages whose paths must exist.
const PAGES: [&str; 2] = ["README.md", "ARCHITECTURE.md"];

/// Every path that a page names, in backticks or as a link's target, exists.
pub(crate) fn paths(_: &Machine, mut log: &File) -> Result<()> {
    let root = crate::root();
    let top: Vec<String> =
        fs::read_dir(&root)?.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    let mut missing = Vec::new();
    for page in PAGES {
        let text = fs::read_to_string(root.join(page)).with_context(|| page.to_owned())?;
        for path in named_paths(&text, &top) {
            writeln!(log, "{page}: {path}")?;
            if !root.join(&path).exists() {
                missing.push(format!("{page} names {path}, which does not exist"));
            }
        }
    }
    if !missing.is_empty() {
        bail!("{}", missing.join("\n"));
    }
    Ok(())
}

/// Targets of relative links; and in backticks, what starts with the name of something in the root.
fn named_paths(text: &str, top: &[String]) -> Vec<String> {
    let mut paths = Vec::new();
    for piece in text.split("](").skip(1) {
        let target = piece.split([')', ' ', '#']).next().unwrap_or_default();
        if !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:") {
            paths.push(target.to_owned());
        }
    }
    // Odd pieces stand between backticks; a fence's three leave them odd.
    for piece in text.split('`').skip(1).step_by(2) {
        for word in piece.split_whitespace() {
            let word = word.trim_end_matches([',', '.', ';', ':']);
            let first = word.split('/').next().unwrap_or_default();
            let looks_like_one = word.contains('/') || word.contains('.');
            if looks_like_one && top.iter().any(|name| name == first) {
                paths.push(word.to_owned());
            }
        }
    }
    paths
}

/// Starts of paths that exist on one machine only, and hosts that packages came from here. Put together, so that this
/// file does not find itself.
const PLACES: &[&str] = &[
    concat!("/", "root/"),
    concat!("/", "home/"),
    concat!("/", "Users/"),
    concat!("/", "work/"),
    concat!("C:", "\\Users"),
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("artifact", "ory"),
    concat!("\"resolved\": \"", "http"),
];

/// No file of the project names a path of a machine or the host of a package registry.
pub(crate) fn places(_: &Machine, log: &File) -> Result<()> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let files = run::program("git").args(list).output(Some(log))?;
    let mut found = Vec::new();
    for file in files.lines() {
        // Removed but not yet committed, or a link to elsewhere; pictures and the like are not text.
        let Ok(text) = fs::read_to_string(crate::root().join(file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if let Some(place) = named_place(line) {
                found.push(format!("{file}:{}: names {place}", number + 1));
            }
        }
    }
    if !found.is_empty() {
        bail!("{}", found.join("\n"));
    }
    Ok(())
}

fn named_place(line: &str) -> Option<&'static str> {
    PLACES.iter().copied().find(|place| {
        line.match_indices(place).any(|(at, _)| {
            // "network/" or "framework/" is no place: a path starts at a boundary.
            let before = line[..at].chars().next_back();
            !place.starts_with('/') || !before.is_some_and(|c| c.is_alphanumeric() || "._-~}$/".contains(c))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_links_and_backticks_that_start_in_the_root() {
        let top = ["engine".to_owned(), "README.md".to_owned()];
        let text = "[a](examples/pictures/x.png) `engine/src/lib.rs`, `cargo xtask`, `world/mod.rs` [b](https://c.d) `engine`\n\
                    ```\ncat engine/gone.txt\n``` `README.md`";
        assert_eq!(
            named_paths(text, &top),
            ["examples/pictures/x.png", "engine/src/lib.rs", "engine/gone.txt", "README.md"]
        );
    }

    #[test]
    fn places_start_at_a_boundary() {
        assert_eq!(named_place(&format!("see {}x", concat!("/", "work/"))), Some(concat!("/", "work/")));
        assert_eq!(named_place(concat!("a network", "/", "work/x")), None);
        assert_eq!(
            named_place(concat!("\"https://registry.", "npmjs.org/ws\"")),
            Some(concat!("registry.", "npmjs.org"))
        );
        assert_eq!(named_place("nothing of the kind"), None);
    }
}
