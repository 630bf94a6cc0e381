//! Tables, bars, and where figures come from.

use crate::origin;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::IsTerminal;

/// Commit, compiler and processor.
#[derive(Debug, Serialize)]
pub(super) struct Origin {
    commit: String,
    compiler: &'static str,
    profile: &'static str,
    cpu: String,
}

impl Origin {
    pub(super) fn now() -> Origin {
        Origin {
            commit: origin::commit(),
            compiler: origin::compiler(),
            profile: origin::profile(),
            cpu: origin::cpu(),
        }
    }
}

impl core::fmt::Display for Origin {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "commit {}, {} ({}), {}", self.commit, self.compiler, self.profile, self.cpu)
    }
}

/// A progress bar on a terminal, nothing elsewhere.
pub(super) fn bar(length: u64, what: &'static str, unit: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = format!("{{msg}} {{bar:40}} {{pos}}/{{len}} {unit}, {{eta}} left");
    let style = ProgressStyle::with_template(&style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style).with_message(what)
}

/// Lines of cells; the first cell of a line stands left, the others right.
pub(super) fn table(lines: &[Vec<String>]) {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for line in lines {
        let cell = |(column, cell): (usize, &String)| {
            let width = widths[column];
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        };
        println!("  {}", line.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end());
    }
}
