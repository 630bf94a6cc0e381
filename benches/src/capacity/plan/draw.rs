//! The picture of a plan: how full each part is, and dollars, by players.

use super::{Line, Plan};
use crate::canvas::{Canvas, Ink};
use anyhow::{Context, Result};
use std::path::Path;
use trespasser::Vec2;

const PAPER: Ink = [255, 255, 255, 255];
const BLACK: Ink = [40, 40, 40, 255];
const GREY: Ink = [220, 220, 220, 255];
const RED: Ink = [190, 30, 30, 255];
const INKS: [Ink; 6] = [
    [76, 120, 168, 255],
    [245, 133, 24, 255],
    [84, 162, 75, 255],
    [178, 121, 162, 255],
    [114, 183, 178, 255],
    [158, 118, 95, 255],
];
const SIZE: Vec2 = Vec2::new(760.0, 300.0);
/// Fullness that the axis begins and ends with.
const AXIS: (f32, f32) = (0.001, 20.0);
/// Parts drawn of a host: those that are fullest anywhere.
const PARTS: usize = 6;

/// One panel a host: fullness over players, both by powers of ten, and dollars a player under each size.
pub(super) fn draw(plan: &Plan, file: &Path) -> Result<()> {
    let mut hosts: Vec<&str> = plan.lines.iter().map(|line| line.host).collect();
    hosts.dedup();
    let mut canvas = Canvas::new(Vec2::new(SIZE.x, SIZE.y * hosts.len() as f32), Vec2::ZERO, 2.0, PAPER)?;
    for (at, host) in hosts.iter().enumerate() {
        let lines: Vec<&Line> = plan.lines.iter().filter(|line| line.host == *host).collect();
        panel(&mut canvas, Vec2::new(0.0, SIZE.y * at as f32), host, &plan.prices, &lines);
    }
    canvas.save(file).with_context(|| format!("--plot {}", file.display()))
}

fn panel(canvas: &mut Canvas, origin: Vec2, host: &str, prices: &str, lines: &[&Line]) {
    let (from, to) = (origin + Vec2::new(60.0, 34.0), origin + Vec2::new(SIZE.x - 200.0, SIZE.y - 56.0));
    let title = format!("{host} host: how full each part is at so many players (100%: it gives out)");
    canvas.text(origin + Vec2::new(10.0, 10.0), 1.0, BLACK, &title);
    let height = |used: f64| {
        let share = libm::logf((used as f32).max(AXIS.0) / AXIS.0) / libm::logf(AXIS.1 / AXIS.0);
        to.y - (to.y - from.y) * share.min(1.0)
    };
    for (used, label) in [(0.001, "0.1%"), (0.01, "1%"), (0.1, "10%"), (1.0, "100%"), (10.0, "1000%")] {
        let y = height(used);
        let ink = if used == 1.0 { RED } else { GREY };
        canvas.line(&[Vec2::new(from.x, y), Vec2::new(to.x, y)], 1.0, ink);
        canvas.text(Vec2::new(from.x - 8.0 - canvas.text_width(1.0, label), y - 4.0), 1.0, BLACK, label);
    }
    let (least, most) = match (lines.first(), lines.last()) {
        (Some(first), Some(last)) => (libm::logf(first.players as f32), libm::logf(last.players as f32)),
        _ => return,
    };
    let place = |line: &Line| {
        let share = if most > least { (libm::logf(line.players as f32) - least) / (most - least) } else { 0.5 };
        from.x + 20.0 + (to.x - from.x - 40.0) * share
    };
    for line in lines {
        let x = place(line);
        for (row, text) in [
            format!("{} players", line.players),
            format!("{:.0} machines", line.nodes),
            format!("${:.2} a player", line.dollars_per_player),
        ]
        .iter()
        .enumerate()
        {
            let half = canvas.text_width(1.0, text) / 2.0;
            let x = (x - half).clamp(origin.x + 4.0, origin.x + SIZE.x - 2.0 * half - 4.0);
            canvas.text(Vec2::new(x, to.y + 10.0 + 14.0 * row as f32), 1.0, BLACK, text);
        }
    }
    let used =
        |line: &Line, part: &str| line.limits.iter().find(|limit| limit.part == part).map_or(0.0, |limit| limit.used);
    let mut parts: Vec<(&str, f64)> = lines
        .first()
        .into_iter()
        .flat_map(|line| &line.limits)
        .map(|limit| (limit.part, lines.iter().map(|line| used(line, limit.part)).fold(0.0, f64::max)))
        .collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    for ((part, _), (at, ink)) in parts.iter().zip(INKS.iter().enumerate()).take(PARTS) {
        let points: Vec<Vec2> = lines.iter().map(|line| Vec2::new(place(line), height(used(line, part)))).collect();
        canvas.line(&points, 2.0, *ink);
        for point in &points {
            canvas.disc(*point, 3.0, *ink);
        }
        let at = Vec2::new(to.x + 14.0, from.y + 18.0 * at as f32);
        canvas.rect(at, Vec2::new(10.0, 10.0), *ink);
        canvas.text(at + Vec2::new(16.0, 1.0), 1.0, BLACK, part);
    }
    canvas.text(Vec2::new(to.x + 14.0, to.y - 10.0), 1.0, BLACK, &format!("prices: {prices}"));
}
