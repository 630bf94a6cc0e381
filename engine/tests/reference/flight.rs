//! Section 5: what flies, by steps of a few thousandths of a pixel.

use crate::book::{BODY, HEIGHT, PROJECTILE, TICK, WIDTH};
use crate::walls::Slice;

#[derive(Debug, Clone, Copy)]
pub struct Flight {
    pub x: f64,
    pub y: f64,
    pub vx: f64,
    pub vy: f64,
    pub flown: f64,
}

/// How a projectile answers contact and its range.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Friction acts on what is thrown.
    pub friction: bool,
    /// Share kept across a surface; `None`: contact ends the flight.
    pub bounce: Option<f64>,
    pub range: f64,
}

#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    pub flight: Flight,
    pub bounces: u32,
    /// Touched something that ends it.
    pub struck: bool,
    /// Has come to its range.
    pub spent: bool,
    /// A bounce off a corner or a body: directions depend on hundredths of a pixel.
    pub round: bool,
}

/// One tick of 1/60 s. `bodies`: those that can be met.
pub fn tick(slices: &[Slice], bodies: &[(f64, f64)], mut f: Flight, manner: Manner) -> Outcome {
    if manner.friction {
        let share = libm::pow(0.85, TICK);
        f.vx *= share;
        f.vy *= share;
    }
    let parts = ((f.vx.hypot(f.vy) * TICK) / 0.004).ceil().max(1.0) as u32;
    let dt = TICK / f64::from(parts);
    let (mut bounces, mut round) = (0, false);
    for _ in 0..parts {
        let step = f.vx.hypot(f.vy) * dt;
        if f.flown + step >= manner.range {
            (f.vx, f.vy) = (0.0, 0.0);
            return Outcome { flight: f, bounces, struck: false, spent: true, round };
        }
        let (nx, ny) = (f.x + f.vx * dt, f.y + f.vy * dt);
        // The deepest contact that it moves into, as an outward normal.
        let mut worst: Option<(f64, f64, f64)> = None;
        let mut offer = |depth: f64, normal: (f64, f64)| {
            if depth > 0.0 && f.vx * normal.0 + f.vy * normal.1 < 0.0 && worst.is_none_or(|w| depth > w.0) {
                worst = Some((depth, normal.0, normal.1));
            }
        };
        offer(PROJECTILE - nx, (1.0, 0.0));
        offer(nx - (WIDTH - PROJECTILE), (-1.0, 0.0));
        offer(PROJECTILE - ny, (0.0, 1.0));
        offer(ny - (HEIGHT - PROJECTILE), (0.0, -1.0));
        let mut off_a_corner = false;
        for slice in slices.iter().filter(|s| s.stands()) {
            let (px, py) = slice.nearest(nx, ny);
            let d = (nx - px).hypot(ny - py);
            if d > 0.0 && d < PROJECTILE {
                off_a_corner |= nx != px && ny != py;
                offer(PROJECTILE - d, ((nx - px) / d, (ny - py) / d));
            }
        }
        for body in bodies {
            let d = (nx - body.0).hypot(ny - body.1);
            if d < PROJECTILE + BODY {
                off_a_corner = true;
                offer(PROJECTILE + BODY - d, ((nx - body.0) / d, (ny - body.1) / d));
            }
        }
        let Some((_, nx_, ny_)) = worst else {
            (f.x, f.y) = (nx, ny);
            f.flown += step;
            continue;
        };
        let Some(keep) = manner.bounce else {
            return Outcome { flight: f, bounces, struck: true, spent: false, round };
        };
        let across = f.vx * nx_ + f.vy * ny_;
        let (tx, ty) = (f.vx - across * nx_, f.vy - across * ny_);
        f.vx = tx * 0.85 - across * keep * nx_;
        f.vy = ty * 0.85 - across * keep * ny_;
        bounces += 1;
        round |= off_a_corner;
    }
    Outcome { flight: f, bounces, struck: false, spent: false, round }
}
