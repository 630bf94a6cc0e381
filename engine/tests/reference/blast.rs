//! Section 6: explosions.

use crate::walls::{Slice, line_passes};

/// Points to a body at `body`, and whether rounding could make it a point more or less. `None`: a hard slice is
/// merely touched by the line.
pub fn body(
    slices: &[Slice],
    blast: (f64, f64),
    body: (f64, f64),
    damage: f64,
    radius: f64,
    legacy: bool,
) -> Option<f64> {
    let d = (body.0 - blast.0).hypot(body.1 - blast.1);
    if d >= radius {
        return Some(0.0);
    }
    let exact = damage * (1.0 - d / radius);
    if (exact - exact.round()).abs() < 0.001 {
        return None;
    }
    if !legacy {
        let hard = |s: &Slice| s.stands() && !s.is_soft();
        if !line_passes(slices, blast, body, 0.02, hard)? {
            return Some(0.0);
        }
    }
    Some(exact.floor())
}

/// Points to a slice.
pub fn slice(slice: &Slice, blast: (f64, f64), damage: f64, radius: f64) -> f64 {
    let d = slice.distance(blast.0, blast.1);
    if d >= radius || slice.health.is_infinite() { 0.0 } else { damage * (1.0 - d / radius) }
}
