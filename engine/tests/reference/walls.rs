//! Section 3: walls, slices, what passes them.

use crate::book;
use trespasser::WallDef;
use trespasser::rules::Material;

#[derive(Debug, Clone, Copy)]
pub struct Slice {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
    pub material: Material,
    pub wall: usize,
    /// Points; infinite for the border.
    pub health: f64,
}

impl Slice {
    pub fn stands(&self) -> bool {
        self.health > 0.0
    }

    pub fn is_soft(&self) -> bool {
        book::is_soft(self.material)
    }

    pub fn lets_sight_pass(&self) -> bool {
        let limit = if self.is_soft() { book::slice_health(self.material) / 2.0 } else { 0.0 };
        self.health <= limit
    }

    pub fn hurt(&mut self, points: f64) {
        self.health = (self.health - points).max(0.0);
    }

    /// The point of the slice nearest to (x, y).
    pub fn nearest(&self, x: f64, y: f64) -> (f64, f64) {
        (x.clamp(self.x0, self.x1), y.clamp(self.y0, self.y1))
    }

    pub fn distance(&self, x: f64, y: f64) -> f64 {
        let (nx, ny) = self.nearest(x, y);
        (x - nx).hypot(y - ny)
    }

    /// px of the line's way inside the slice and px from its start to where it enters. Negative: it misses, by
    /// about that much.
    pub fn crossed(&self, from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let (mut enter, mut leave) = (0.0f64, length);
        for (p, d, low, high) in [(from.0, to.0 - from.0, self.x0, self.x1), (from.1, to.1 - from.1, self.y0, self.y1)]
        {
            let d = d / length;
            if d.abs() < 1e-12 {
                // Parallel: as far outside as it lies beside.
                if p < low || p > high {
                    return (-(low - p).max(p - high), 0.0);
                }
                continue;
            }
            let (a, b) = ((low - p) / d, (high - p) / d);
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
        (leave - enter, enter)
    }
}

/// Every wall in exactly five slices along its long side, a square one along x; numbered wall by wall.
pub fn cut(walls: &[WallDef]) -> Vec<Slice> {
    let mut slices = Vec::new();
    for (wall, def) in walls.iter().enumerate() {
        let (x, y) = (f64::from(def.x), f64::from(def.y));
        let (w, h) = (f64::from(def.width), f64::from(def.height));
        for i in 0..5 {
            let (a, b) = (f64::from(i) / 5.0, f64::from(i + 1) / 5.0);
            let (x0, y0, x1, y1) =
                if w >= h { (x + w * a, y, x + w * b, y + h) } else { (x, y + h * a, x + w, y + h * b) };
            slices.push(Slice {
                x0,
                y0,
                x1,
                y1,
                material: def.material,
                wall,
                health: book::slice_health(def.material),
            });
        }
    }
    slices
}

/// Whether a line may pass: `Some(answer)`, or `None` where it comes within `doubt` px of merely touching a slice.
pub fn line_passes(
    slices: &[Slice],
    from: (f64, f64),
    to: (f64, f64),
    doubt: f64,
    stops: impl Fn(&Slice) -> bool,
) -> Option<bool> {
    let mut doubtful = false;
    for slice in slices.iter().filter(|s| stops(s)) {
        let (inside, _) = slice.crossed(from, to);
        if inside > doubt {
            return Some(false);
        }
        doubtful |= inside > -doubt;
    }
    if doubtful { None } else { Some(true) }
}
