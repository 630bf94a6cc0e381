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

/// Whether the body at `target` is seen: its centre or a point where a tangent from the viewer touches it. `None`
/// where a hundredth of a pixel decides.
pub fn sees(slices: &[Slice], clouds: &[Cloud], viewer: &Viewer, target: (f64, f64), legacy: bool) -> Option<bool> {
    if viewer.blind {
        return Some(false);
    }
    let (dx, dy) = (target.0 - viewer.at.0, target.1 - viewer.at.1);
    let d = dx.hypot(dy);
    let mut answers = vec![point_seen(slices, clouds, viewer, legacy, target)];
    // The tangent points a little inside the body: as near to its edge as rounding allows, and a tenth further in.
    let mut sides = [[None; 2]; 2];
    for (i, radius) in [BODY - 0.02, BODY - 0.1].into_iter().enumerate() {
        if d <= radius {
            sides[i] = [Some(false); 2];
            continue;
        }
        let (towards, side) = (radius * radius / d, radius * (1.0 - radius * radius / d / d).sqrt());
        for (j, sign) in [1.0, -1.0].into_iter().enumerate() {
            let x = target.0 - dx / d * towards - dy / d * side * sign;
            let y = target.1 - dy / d * towards + dx / d * side * sign;
            let point = (x.clamp(0.0, WIDTH), y.clamp(0.0, HEIGHT));
            sides[i][j] = point_seen(slices, clouds, viewer, legacy, point);
        }
    }
    for (outer, inner) in sides[0].into_iter().zip(sides[1]) {
        answers.push(if outer == inner { outer } else { None });
    }
    if answers.contains(&Some(true)) {
        Some(true)
    } else if answers.contains(&None) {
        None
    } else {
        Some(false)
    }
}
