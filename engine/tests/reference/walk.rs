//! Section 2: one input of 1/60 s, by tiny steps.

use crate::book::{BODY, HEIGHT, TICK, WIDTH};
use crate::walls::Slice;

#[derive(Debug, Clone, Copy)]
pub struct Walker {
    pub x: f64,
    pub y: f64,
    pub vx: f64,
    pub vy: f64,
}

#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// -1, 0 or 1.
    pub right: f64,
    /// -1, 0 or 1.
    pub down: f64,
    pub run: bool,
    pub sneak: bool,
}

/// px/s of keys held towards (dx, dy), a unit vector.
pub fn speed(keys: Keys, (dx, dy): (f64, f64), facing: (f64, f64), aiming: bool, legacy: bool) -> f64 {
    let within_a_right_angle = dx * facing.0 + dy * facing.1 >= 0.0;
    let mut may_run = keys.run;
    if !legacy && (aiming || !within_a_right_angle) {
        may_run = false;
    }
    let speed = match (keys.sneak, may_run) {
        (true, _) => 50.0,
        (false, true) => 150.0,
        (false, false) => 100.0,
    };
    if aiming && !legacy { speed * 0.5 } else { speed }
}

/// How far along an axis a body comes: forward by thousandths of a pixel until it would be deeper than `slack` in a
/// slice or beyond the edge.
fn march(slices: &[Slice], x: f64, y: f64, step: (f64, f64), slack: f64) -> (f64, f64) {
    let way = step.0.abs() + step.1.abs();
    let parts = (way * 1000.0).ceil().max(1.0);
    let near: Vec<&Slice> = slices.iter().filter(|s| s.stands() && s.distance(x, y) < BODY + way + 1.0).collect();
    let (mut px, mut py) = (x, y);
    let mut part = 1.0;
    while part <= parts {
        let (nx, ny) = (x + step.0 * part / parts, y + step.1 * part / parts);
        let inside_field = (BODY..=WIDTH - BODY).contains(&nx) && (BODY..=HEIGHT - BODY).contains(&ny);
        if !inside_field || near.iter().any(|s| s.distance(nx, ny) < BODY - slack) {
            break;
        }
        (px, py) = (nx, ny);
        part += 1.0;
    }
    (px, py)
}

/// One input; the velocity afterwards is what was really covered.
pub fn one_input(
    slices: &[Slice],
    walker: Walker,
    keys: Keys,
    facing: (f64, f64),
    aiming: bool,
    legacy: bool,
    slack: f64,
) -> Walker {
    let length = keys.right.hypot(keys.down);
    let (vx, vy) = if length > 0.0 {
        let direction = (keys.right / length, keys.down / length);
        let speed = speed(keys, direction, facing, aiming, legacy);
        (direction.0 * speed, direction.1 * speed)
    } else {
        (walker.vx * 0.8, walker.vy * 0.8)
    };
    let (x, y) = march(slices, walker.x, walker.y, (vx * TICK, 0.0), slack);
    let (x, y) = march(slices, x, y, (0.0, vy * TICK), slack);
    Walker { x, y, vx: (x - walker.x) / TICK, vy: (y - walker.y) / TICK }
}
