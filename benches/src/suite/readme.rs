//! The summary in the README, between two markers; nothing else of the file is touched.

use super::sheet::{Answered, Figure, Kind, Sheet, write_whole};
use super::{time, times};
use anyhow::{Context, Result, ensure};
use std::fmt::Write;
use std::path::Path;

/// First line of the part that is ours to write.
pub const BEGIN: &str = "<!-- bench:begin -->";
/// Its last.
pub const END: &str = "<!-- bench:end -->";

/// What stands between the markers: a table of the headline questions, and where it comes from.
pub fn summary(sheets: &[Sheet]) -> String {
    let mut text = String::from(
        "| what, checked first | time | without SIMD | written naively | fastest peer |\n| --- | --- | --- | --- | --- |\n",
    );
    let asked = sheets.iter().flat_map(|sheet| &sheet.answered).filter(|asked| asked.headline);
    for asked in asked {
        row(&mut text, asked);
    }
    let mut conditions: Vec<String> = Vec::new();
    for sheet in sheets {
        let origin = format!("commit {}, {}, {}, {}", sheet.commit, sheet.compiler, sheet.cpu, sheet.level);
        if !conditions.contains(&origin) {
            conditions.push(origin);
        }
    }
    let dates: Vec<&str> = sheets.iter().map(|sheet| sheet.date.as_str()).collect();
    let (first, last) = (dates.iter().min().unwrap_or(&""), dates.iter().max().unwrap_or(&""));
    let when = if first == last { (*first).to_owned() } else { format!("{first} to {last}") };
    let loads = sheets.iter().filter_map(|sheet| sheet.load).flatten();
    let (low, high) = loads.fold((f64::INFINITY, 0.0_f64), |(low, high), load| (low.min(load), high.max(load)));
    let load = if high > 0.0 { format!(", a load of {low:.1} to {high:.1}") } else { String::new() };
    let _ = write!(
        text,
        "\nWritten by `cargo xtask bench` on {when}: {}{load}. Times are medians of ours at the best level, of one of what they are of; the others are how many times as long they take, medians over pairs of samples taken side by side. What favours whom is in [benches/NOTES.md](benches/NOTES.md); plots are in the report that the command makes.\n",
        conditions.join("; ")
    );
    text
}

fn row(text: &mut String, asked: &Answered) {
    let ours = asked.ours().map_or("-".to_owned(), |figure| format!("{} a {}", time(figure.ns[1]), asked.unit));
    let ratio = |figure: Option<&Figure>| figure.map_or("-".to_owned(), |figure| times(figure.ratio[1]));
    let peer = asked.fastest(Kind::Peer);
    let peer = peer.map_or("-".to_owned(), |figure| format!("{}, {}", times(figure.ratio[1]), figure.name));
    let _ = writeln!(
        text,
        "| {}; {} | {ours} | {} | {} | {} |",
        cell(&asked.question),
        cell(&asked.scene),
        ratio(asked.scalar()),
        ratio(asked.fastest(Kind::Naive)),
        cell(&peer)
    );
}

/// Text that cannot end its cell, its row or its part of the file.
fn cell(text: &str) -> String {
    text.replace('|', "/").replace(['\n', '\r'], " ").replace('<', "&lt;")
}

/// The text with what stands between the markers replaced.
///
/// # Errors
/// A marker that is missing or there twice, or the end before the beginning.
pub fn replaced(text: &str, between: &str) -> Result<String> {
    for marker in [BEGIN, END] {
        let count = text.matches(marker).count();
        ensure!(count == 1, "`{marker}` is there {count} times; it must stand once, on a line of its own");
    }
    let (before, rest) = text.split_once(BEGIN).context(BEGIN)?;
    let (_, after) = rest
        .split_once(END)
        .with_context(|| format!("`{END}` stands before `{BEGIN}`; put it after the part that is written"))?;
    Ok(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", between.trim()))
}

/// Writes the summary into a file.
///
/// # Errors
/// As [`replaced`], and those of the file system; the file is as it was then.
pub fn write(path: &Path, sheets: &[Sheet]) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    let new = replaced(&text, &summary(sheets)).with_context(|| format!("{}", path.display()))?;
    write_whole(path, new.as_bytes())
}
