//! The outline where smoke ends sight before walls do.
//!
//! Each edge of the clear outline, with the viewer, spans a wedge. Where a cloud touches it, rays are drawn at
//! directions that stay where they are while the viewer turns (every 10 degrees), at the clouds' tangents and middles,
//! and between them until the outline is straight enough:
//!
//! ```text
//! between two rays:
//!     both end at the wall:          halved while wider than 2.5 degrees
//!     both end in smoke:             the same, and while the middle ray is off the chord by more than TOLERANCE
//!     one here, one there:           halved until the direction is known where smoke begins to win;
//!                                    a corner on the wall, a corner in the smoke
//! ```
//!
//! so that walls' corners which smoke does not hide are the clear outline's to the bit, and the outline stays
//! star-shaped. Where no cloud is within sight nothing is touched.
//!
//! What is missed: a ray between two of 2.5 degrees or less that ends otherwise than both of them, which takes gaps or
//! overlaps between clouds narrower than that and far from any cloud's tangent.

use super::CUTS;
use crate::vision::{Smoke, SmokeDisc, smoke::Ray};
use glam::Vec2;

/// px by which the outline in smoke may be off, halfway between its corners.
const TOLERANCE: f64 = 0.05;
/// Times that a wedge of up to 10 degrees is halved in any case, and at most.
const ALWAYS: u32 = 2;
const AT_MOST: u32 = 10;
/// Radians to which the direction is found where smoke begins to win: f32 corners 220 px away are known to this.
const SHARP: f64 = 1.0e-7;

type V = (f64, f64);

fn cross(a: V, b: V) -> f64 {
    a.0 * b.1 - a.1 * b.0
}

fn length(a: V) -> f64 {
    (a.0 * a.0 + a.1 * a.1).sqrt()
}

/// A ray from the viewer.
#[derive(Debug, Clone, Copy)]
struct Look {
    /// Where it meets the clear outline, px from the viewer, and how far away that is.
    to: V,
    length: f64,
    /// Where it ends, as a share of that.
    share: f64,
    /// Smoke ends it.
    hidden: bool,
}

impl Look {
    fn end(&self) -> V {
        (self.to.0 * self.share, self.to.1 * self.share)
    }
}

/// Memory of [`Veil::draw`].
#[derive(Debug, Default)]
pub(super) struct Veil {
    clear: Vec<Vec2>,
    discs: Vec<SmokeDisc>,
    /// By share of the present edge.
    cuts: Vec<(f64, V)>,
    ray: Ray,
}

impl Veil {
    /// Shortens a clear outline.
    pub(super) fn draw(&mut self, smoke: &Smoke, distance: f32, out: &mut Vec<Vec2>) {
        if out.len() < 3 {
            return;
        }
        let at = out[0];
        let within = |d: &&SmokeDisc| {
            let reach = d.radius + distance;
            d.density > 0.0 && d.radius > 0.0 && Vec2::new(d.x, d.y).distance_squared(at) < reach * reach
        };
        self.discs.clear();
        self.discs.extend(smoke.discs.iter().filter(within));
        if self.discs.is_empty() {
            return;
        }
        core::mem::swap(&mut self.clear, out);
        out.clear();
        out.push(at);
        let discs = core::mem::take(&mut self.discs);
        let mut pen = Pen { smoke: Smoke { discs: &discs, ..*smoke }, at, ray: &mut self.ray, out };
        let first = pen.look(pen.relative(self.clear[1]));
        pen.corner(&first, self.clear[1]);
        for pair in self.clear[1..].windows(2) {
            pen.edge(pair[0], pair[1], &mut self.cuts);
        }
        self.discs = discs;
    }
}

struct Pen<'a> {
    smoke: Smoke<'a>,
    at: Vec2,
    ray: &'a mut Ray,
    out: &'a mut Vec<Vec2>,
}

impl Pen<'_> {
    fn relative(&self, p: Vec2) -> V {
        (f64::from(p.x) - f64::from(self.at.x), f64::from(p.y) - f64::from(self.at.y))
    }

    fn centre(&self, disc: &SmokeDisc) -> V {
        self.relative(Vec2::new(disc.x, disc.y))
    }

    fn look(&mut self, to: V) -> Look {
        let length = length(to);
        let from = (f64::from(self.at.x), f64::from(self.at.y));
        let end =
            if length > 0.0 { self.ray.end(&self.smoke, from, (to.0 / length, to.1 / length), length) } else { None };
        Look { to, length, share: end.map_or(1.0, |end| end / length), hidden: end.is_some() }
    }

    fn push(&mut self, p: Vec2) {
        if self.out.last() != Some(&p) {
            self.out.push(p);
        }
    }

    fn mark(&mut self, look: &Look) {
        let (x, y) = look.end();
        let snap = |v: f64| if v < 1.0e-9 { 0.0 } else { v as f32 };
        self.push(Vec2::new(snap(f64::from(self.at.x) + x), snap(f64::from(self.at.y) + y)));
    }

    /// Marks a corner of the clear outline: itself if it shows.
    fn corner(&mut self, look: &Look, corner: Vec2) {
        if look.hidden { self.mark(look) } else { self.push(corner) }
    }

    /// Whether a cloud may touch the triangle of the viewer and two points, the second one clockwise of the first.
    fn is_touched(&self, a: V, b: V) -> bool {
        let (la, lb) = (length(a), length(b));
        let far = if la > lb { la } else { lb };
        self.smoke.discs.iter().any(|disc| {
            let (c, r) = (self.centre(disc), f64::from(disc.radius));
            cross(a, c) >= -r * la && cross(c, b) >= -r * lb && length(c) - r <= far
        })
    }

    /// The outline from after a clear corner to the next one, `b`.
    fn edge(&mut self, a: Vec2, b: Vec2, cuts: &mut Vec<(f64, V)>) {
        let (va, vb) = (self.relative(a), self.relative(b));
        let last = self.look(vb);
        // Two corners in one direction have nothing between them.
        if cross(va, vb) > SHARP * length(va) * length(vb) && self.is_touched(va, vb) {
            cuts.clear();
            let mut cut = |d: V| {
                let (past, left) = (cross(va, d), cross(d, vb));
                if past > 0.0 && left > 0.0 {
                    cuts.push((past / (past + left), d));
                }
            };
            for disc in self.smoke.discs {
                let c = self.centre(disc);
                let share = f64::from(disc.radius) / length(c);
                cut(c);
                if share < 1.0 {
                    let cos = (1.0 - share * share).sqrt();
                    cut((c.0 * cos - c.1 * share, c.1 * cos + c.0 * share));
                    cut((c.0 * cos + c.1 * share, c.1 * cos - c.0 * share));
                }
            }
            for slope in CUTS {
                [(slope, 1.0), (-slope, 1.0), (slope, -1.0), (-slope, -1.0)].into_iter().for_each(&mut cut);
            }
            [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)].into_iter().for_each(&mut cut);
            cuts.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let way = (vb.0 - va.0, vb.1 - va.1);
            let mut before = self.look(va);
            for &(_, d) in cuts.iter() {
                let next = self.look(meet(d, va, way));
                self.between(&before, &next, 0);
                before = next;
            }
            self.between(&before, &last, 0);
        }
        self.corner(&last, b);
    }

    /// Marks what lies between two rays to one edge; ends with the second if it is hidden.
    fn between(&mut self, a: &Look, b: &Look, level: u32) {
        if !a.hidden && !b.hidden && !self.is_touched(a.to, b.to) {
            return;
        }
        let angle = cross(a.to, b.to) / (a.length * b.length);
        if a.hidden != b.hidden {
            return self.change(a, b, level);
        }
        let mut halve = level < ALWAYS;
        if angle > SHARP && level < AT_MOST && (halve || a.hidden) {
            let middle = self.middle(a, b);
            if !halve && middle.hidden {
                let (from, to) = (a.end(), b.end());
                let on_chord = meet(middle.to, from, (to.0 - from.0, to.1 - from.1));
                halve = (length(on_chord) - middle.length * middle.share).abs() > TOLERANCE;
            }
            if halve || !middle.hidden {
                self.between(a, &middle, level + 1);
                return self.between(&middle, b, level + 1);
            }
        }
        if b.hidden {
            self.mark(b);
        }
    }

    /// The same where one ray ends at the wall and the other in smoke.
    fn change(&mut self, a: &Look, b: &Look, level: u32) {
        let (mut before, mut after) = (*a, *b);
        while cross(before.to, after.to) > SHARP * before.length * after.length {
            let middle = self.middle(&before, &after);
            // Rounding: the two have met.
            if cross(before.to, middle.to) <= 0.0 || cross(middle.to, after.to) <= 0.0 {
                break;
            }
            *(if middle.hidden == a.hidden { &mut before } else { &mut after }) = middle;
        }
        if a.hidden {
            self.between(a, &before, level);
        }
        self.mark(&before);
        self.mark(&after);
        if b.hidden {
            self.between(&after, b, level);
        }
    }

    /// A ray halfway between two to one edge.
    fn middle(&mut self, a: &Look, b: &Look) -> Look {
        let along = (a.to.0 / a.length + b.to.0 / b.length, a.to.1 / a.length + b.to.1 / b.length);
        self.look(meet(along, a.to, (b.to.0 - a.to.0, b.to.1 - a.to.1)))
    }
}

/// Where a direction meets the line through `a` along `way`.
fn meet(d: V, a: V, way: V) -> V {
    let share = cross(a, way) / cross(d, way);
    (d.0 * share, d.1 * share)
}
