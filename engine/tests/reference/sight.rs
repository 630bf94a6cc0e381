//! Sections 4 and 7: smoke by sampling, flash, and who sees whom by trying everything.

use crate::book::{BODY, HEIGHT, WIDTH};
use crate::walls::{Slice, line_passes};
use core::f64::consts::PI;

/// A cloud by its age, s.
#[derive(Debug, Clone, Copy)]
pub struct Cloud {
    pub x: f64,
    pub y: f64,
    pub radius: f64,
    pub density: f64,
}

pub fn cloud(x: f64, y: f64, age: f64) -> Cloud {
    let grown = (age / 1.5).min(1.0);
    let fade = ((15.0 - age) / 2.0).clamp(0.0, 1.0);
    Cloud { x, y, radius: 60.0 * (1.0 - (1.0 - grown).powi(3)), density: 0.95 * grown * grown * fade }
}

fn opacity(clouds: &[Cloud], x: f64, y: f64) -> f64 {
    let mut sum = 0.0;
    for c in clouds {
        let d = (x - c.x).hypot(y - c.y);
        if d < c.radius {
            sum += c.density * (1.0 - 0.5 * d / c.radius);
        }
    }
    sum.min(1.0)
}

/// Optical depth: opacity counts for 5 px of way, the distance at which today's backend samples it.
pub fn depth(clouds: &[Cloud], from: (f64, f64), to: (f64, f64)) -> f64 {
    let length = (to.0 - from.0).hypot(to.1 - from.1);
    let parts = (length * 20.0).ceil().max(1.0);
    let mut sum = 0.0;
    let mut i = 0.5;
    while i < parts {
        let t = i / parts;
        sum += opacity(clouds, from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t);
        i += 1.0;
    }
    sum * length / parts / 5.0
}

/// Intensity of a flash at `flash` for a player, `None` where rounding decides.
pub fn flash(slices: &[Slice], flash: (f64, f64), player: (f64, f64), facing: (f64, f64)) -> Option<f64> {
    let (dx, dy) = (flash.0 - player.0, flash.1 - player.1);
    let d = dx.hypot(dy);
    if d >= 120.0 {
        return Some(0.0);
    }
    let mut intensity = 1.0 - libm::pow(d / 120.0, 0.8);
    if !line_passes(slices, player, flash, 0.02, |s| !s.lets_sight_pass())? {
        intensity *= 0.1;
    }
    let cos = ((dx * facing.0 + dy * facing.1) / d).clamp(-1.0, 1.0);
    let a = if d > 0.0 { cos.acos() / PI } else { 0.0 };
    if (a - 0.5).abs() < 1e-3 {
        return None;
    }
    intensity *= 1.0 - 0.9 * a;
    if a > 0.5 {
        intensity *= (1.0 - a) * 0.5;
    }
    if (intensity - 0.15).abs() < 1e-3 {
        return None;
    }
    Some(if intensity < 0.15 { 0.0 } else { intensity })
}

/// What is left of a flash of that intensity `since` seconds after it: blind?, and the visual impairment.
pub fn dazed(intensity: f64, since: f64) -> (bool, f64) {
    let blind = 1.5 * intensity;
    if since < blind {
        return (true, intensity);
    }
    (false, intensity * (1.0 - (since - blind) / (3.0 * intensity)).max(0.0))
}

#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub at: (f64, f64),
    pub facing: (f64, f64),
    pub cursor: (f64, f64),
    pub blind: bool,
    /// Visual impairment, 0 to 1.
    pub impaired: f64,
}

/// Sight distance and full cone angle.
pub fn reach(viewer: &Viewer, legacy: bool) -> (f64, f64) {
    let cursor = (viewer.cursor.0 - viewer.at.0).hypot(viewer.cursor.1 - viewer.at.1);
    let share = if legacy { 0.0 } else { ((cursor - 80.0) / 140.0).clamp(0.0, 1.0) };
    ((160.0 + 60.0 * share) * (1.0 - viewer.impaired), (120.0 - 30.0 * share) * PI / 180.0)
}

fn point_seen(slices: &[Slice], clouds: &[Cloud], viewer: &Viewer, legacy: bool, point: (f64, f64)) -> Option<bool> {
    let (distance, cone) = reach(viewer, legacy);
    let (dx, dy) = (point.0 - viewer.at.0, point.1 - viewer.at.1);
    let d = dx.hypot(dy);
    let angle = ((dx * viewer.facing.0 + dy * viewer.facing.1) / d).clamp(-1.0, 1.0).acos();
    let doubt = (d - 12.0).abs() < 0.01 || (d - distance).abs() < 0.02 || (angle - cone / 2.0).abs() < 1e-3;
    let within = d <= 12.0 || (d <= distance && angle <= cone / 2.0);
    if !within {
        return if doubt { None } else { Some(false) };
    }
    if !line_passes(slices, viewer.at, point, 0.02, |s| !s.lets_sight_pass())? {
        return Some(false);
    }
    let smoke = depth(clouds, viewer.at, point);
    if (smoke - 0.5).abs() < 0.01 {
        return None;
    }
    if smoke >= 0.5 {
        return Some(false);
    }
    if doubt { None } else { Some(true) }
}

/// Lines to a body, across it: 0.02 px apart.
const ACROSS: usize = 600;
/// A part of a body that so many lines in a row find is seen for certain.
const WIDE: usize = 3;

/// Whether any part of the body at `target` is seen, by lines to its near side, one beside the other. `None` where a
/// hundredth of a pixel decides.
pub fn sees(slices: &[Slice], clouds: &[Cloud], viewer: &Viewer, target: (f64, f64), legacy: bool) -> Option<bool> {
    if viewer.blind {
        return Some(false);
    }
    let (dx, dy) = (target.0 - viewer.at.0, target.1 - viewer.at.1);
    let d = dx.hypot(dy);
    if (d - BODY).abs() < 0.1 {
        return None;
    }
    if d < BODY {
        return Some(true);
    }
    let seen =
        |p: (f64, f64)| point_seen(slices, clouds, viewer, legacy, (p.0.clamp(0.0, WIDTH), p.1.clamp(0.0, HEIGHT)));
    if seen(target) == Some(true) {
        return Some(true);
    }
    let most = BODY * (1.0 - BODY * BODY / d / d).sqrt();
    let (mut in_a_row, mut doubt) = (0, false);
    for i in 0..=ACROSS {
        let across = most * (2.0 * i as f64 / ACROSS as f64 - 1.0);
        let back = (BODY * BODY - across * across).sqrt();
        let place = |inside: f64| {
            let share = 1.0 - inside / BODY;
            (target.0 - (dx * back + dy * across) / d * share, target.1 - (dy * back - dx * across) / d * share)
        };
        match seen(place(0.0)) {
            Some(false) => in_a_row = 0,
            // On the edge itself: a little further in it must be seen as well.
            _ => {
                doubt = true;
                in_a_row = if seen(place(0.02)) == Some(true) { in_a_row + 1 } else { 0 };
            }
        }
        if in_a_row >= WIDE {
            return Some(true);
        }
    }
    if doubt { None } else { Some(false) }
}
