//! Whether any part of a body is seen (rule book, section 4).
//!
//! Whoever sees a part of a body sees the nearest point of the body in some direction: all other points of that
//! direction lie behind it, farther away and in no less smoke. So the question is one of directions, between the two
//! tangents and within the cone, and lines are drawn where they tell most:
//!
//! ```text
//! wedge = directions in which the body's near side lies within sight
//! draw a line along the middle of the wedge; clear: the body is seen
//! to either side:
//!     until the wedge ends:
//!         stopped by a rectangle: the next line passes just outside of the rectangle's corner
//!         stopped by smoke:       the next line is an eighth of the wedge further on
//!         clear:                  the body is seen
//! ```
//!
//! A rectangle that stands before the body in one direction stands before it in every direction in which both lie:
//! they are convex and do not overlap, so neither can change from before to behind. Nothing within its shadow needs
//! a line. A wall right between the two costs one line; tangents and centre are covered by a line or by a shadow.
//!
//! What is missed is narrower than [`PAST`] on the body, or lies behind more than [`LINES`] separate rectangles, or
//! shows between two lines through smoke; and a body that a repaired wall has buried is seen only by luck. Against dense
//! sampling, of 63,342 pairs within distance and cone 8 are missed, 0.013%; by centre and tangents alone it would be
//! 3,880, 6.1%: `cargo test -p trespasser-engine --features scenes --lib vision::body -- --nocapture`.
//!
//! Tried and worse, by that table: 5, 9 or 17 lines spread evenly over the wedge. They miss holes between lines, and a
//! body behind a wall, the common case, costs all of them.

use super::{Grid, Slab, Smoke, Stop};
use crate::map::{BODY_RADIUS, PLAYFIELD};
use wide::f32x8;

#[cfg(test)]
mod tests;

/// px that the outline which is looked for lies inside the body's edge, so that a body flush with a wall is not hidden
/// by touching it; far above the rounding with which bodies are put beside walls.
const INSET: f32 = 0.005;
/// px on the body by which a line passes a corner; far above the rounding of lines that pass corners 6 px away.
const PAST: f32 = 0.005;
/// Lines to either side of the middle.
const LINES: usize = 24;
/// Part of the wedge between lines that smoke stops.
const THROUGH_SMOKE: f32 = 0.125;

/// Who looks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Eye {
    /// px.
    pub(crate) x: f32,
    pub(crate) y: f32,
    /// Unit vector, the middle of the cone.
    pub(crate) aim_x: f32,
    pub(crate) aim_y: f32,
    /// px.
    pub(crate) sight: f32,
    /// Cosine of half the cone.
    pub(crate) cone_cos: f32,
    /// px within which things are seen whatever the facing.
    pub(crate) close: f32,
}

/// What stopped the first lines from a viewer to a target; tried before the grid is walked, and checked whenever used,
/// so that no hint changes an answer.
pub(crate) type Hints = [Stop; 4];
pub(crate) const NO_HINTS: Hints = [Stop::NONE; 4];

type V = (f32, f32);

#[inline]
fn cross(a: V, b: V) -> f32 {
    a.0 * b.1 - a.1 * b.0
}

#[inline]
fn dot(a: V, b: V) -> f32 {
    a.0 * b.0 + a.1 * b.1
}

/// Turned clockwise on screen by an angle with this cosine and sine.
#[inline]
fn turned(v: V, cos: f32, sin: f32) -> V {
    (v.0 * cos - v.1 * sin, v.1 * cos + v.0 * sin)
}

/// Turned clockwise by a small angle, its tangent given; a little longer for it.
#[inline]
fn nudged(v: V, by: f32) -> V {
    (v.0 - v.1 * by, v.1 + v.0 * by)
}

/// What became of a line.
enum Line {
    /// To this point.
    Clear(V),
    /// Stopped by something that covers the directions between two vectors, left and right on the way.
    Shadow(V, V),
    /// Stopped, but nothing is known of its neighbours.
    Murk,
}

struct Look<'a> {
    grid: &'a Grid<'a>,
    smoke: &'a Smoke<'a>,
    eye: &'a Eye,
    hints: &'a mut Hints,
    lines: usize,
    /// From the viewer to the body's centre, px.
    to: V,
    /// Square of the way to where tangents touch.
    tangent2: f32,
    /// [`PAST`], as the tangent of an angle.
    past: f32,
    /// px to the nearest point of the body.
    least: f32,
    /// Within the close circle the facing does not matter, and sight ends with it.
    close: bool,
}

/// A point that a viewer sees of the body whose centre is at (x, y), px; `None`: the body is not seen.
#[inline]
pub(crate) fn visible_point(grid: &Grid, smoke: &Smoke, eye: &Eye, x: f32, y: f32, hints: &mut Hints) -> Option<V> {
    let to = (x - eye.x, y - eye.y);
    let d2 = dot(to, to);
    let far = eye.sight.max(eye.close) + BODY_RADIUS;
    if d2 > far * far {
        return None;
    }
    let close = eye.close + BODY_RADIUS;
    let near = d2 <= close * close;
    // A point of the body is at most its radius from the centre, so its way along the aim is at most that much longer,
    // and its distance at most that much shorter: out of the cone is along + radius < cos (d - radius), or + radius where
    // the cosine is negative.
    let (cos, margin) = (eye.cone_cos, BODY_RADIUS + eye.cone_cos.abs() * BODY_RADIUS);
    let along = dot(to, (eye.aim_x, eye.aim_y)) + margin;
    let (behind, square, cone) = (along < 0.0, along * along, cos * cos * d2);
    let outside = if cos < 0.0 { behind && square > cone } else { behind || square < cone };
    if outside && !near {
        return None;
    }
    let d = d2.sqrt();
    search(grid, smoke, eye, to, d2, d, hints)
}

/// Bodies at a time.
pub(crate) const LANES: usize = 8;
pub(crate) type Lanes = [f32; LANES];

/// Which of eight bodies at (x, y), px, [`visible_point`] would look for at all: those within distance and cone.
#[inline]
pub(crate) fn within_reach(eye: &Eye, x: &Lanes, y: &Lanes) -> u8 {
    let all = f32x8::splat;
    let far = eye.sight.max(eye.close) + BODY_RADIUS;
    let (x, y) = (f32x8::from(*x) - all(eye.x), f32x8::from(*y) - all(eye.y));
    let d2 = x * x + y * y;
    let close = eye.close + BODY_RADIUS;
    let near = d2.simd_le(all(close * close));
    // By squares: a root is long to wait for.
    let (cos, margin) = (eye.cone_cos, BODY_RADIUS + eye.cone_cos.abs() * BODY_RADIUS);
    let along = x * all(eye.aim_x) + y * all(eye.aim_y) + all(margin);
    let (behind, square, cone) = (along.simd_lt(f32x8::ZERO), along * along, all(cos * cos) * d2);
    let outside = if cos < 0.0 { behind & square.simd_gt(cone) } else { behind | square.simd_lt(cone) };
    let within = d2.simd_le(all(far * far));
    (within.to_bitmask() & (!outside.to_bitmask() | near.to_bitmask())) as u8
}

/// Pairs of viewer and body, both px, with the first line that [`search`] draws for each: eight at once, for it is
/// roots and quotients that wait for one another.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    pub(crate) eye_x: Lanes,
    pub(crate) eye_y: Lanes,
    pub(crate) aim_x: Lanes,
    pub(crate) aim_y: Lanes,
    pub(crate) sight: Lanes,
    pub(crate) cone_cos: Lanes,
    pub(crate) x: Lanes,
    pub(crate) y: Lanes,
    left: (Lanes, Lanes),
    right: (Lanes, Lanes),
    /// Where the line along the middle ends, and its reciprocals.
    end: (Lanes, Lanes),
    inverse: (Lanes, Lanes),
    /// Nothing cuts the wedge, and the line keeps within sight: all above holds.
    plain: [u32; LANES],
}

impl Pairs {
    /// Draws the first lines. The same operations in the same order as in [`search`] and [`Look::line`].
    ///
    /// Inlined into [`crate::simd::Kernels::draw`], whose instruction set it is compiled for.
    #[inline(always)]
    pub(crate) fn draw(&mut self) {
        let radius = BODY_RADIUS - INSET;
        for i in 0..LANES {
            let eye = (self.eye_x[i], self.eye_y[i]);
            let aim = (self.aim_x[i], self.aim_y[i]);
            let to = (self.x[i] - eye.0, self.y[i] - eye.1);
            let d2 = dot(to, to);
            let d = d2.sqrt();
            let tangent2 = d2 - radius * radius;
            let reach2 = self.sight[i] * self.sight[i];
            let (cos, sin) = (tangent2.sqrt() / d, radius / d);
            let middle = (to.0 / d, to.1 / d);
            let (left, right) = (turned(middle, cos, -sin), turned(middle, cos, sin));
            let cone = self.cone_cos[i];
            let back = (-aim.0, -aim.1);
            let holds_back = (cross(left, back) > 0.0) & (cross(back, right) > 0.0);
            let whole = (dot(left, aim) >= cone) & (dot(right, aim) >= cone) & !((cone > -1.0) & holds_back);
            let along = (left.0 + right.0, left.1 + right.1);
            let ((px, py), (dx, dy)) = end_on(eye, to, along, tangent2);
            let length2 = dx * dx + dy * dy;
            let faced = dx * aim.0 + dy * aim.1 >= cone * length2.sqrt();
            let plain = (d2 > radius * radius) & (reach2 >= tangent2) & whole & faced & (length2 <= reach2);
            let slab = Slab::new(eye.0, eye.1, dx, dy);
            (self.left.0[i], self.left.1[i]) = left;
            (self.right.0[i], self.right.1[i]) = right;
            (self.end.0[i], self.end.1[i]) = (px, py);
            (self.inverse.0[i], self.inverse.1[i]) = (slab.ix, slab.iy);
            self.plain[i] = u32::from(plain);
        }
    }

    /// Whether the body in a lane is seen, which is [`within_reach`]: what [`visible_point`] says of it. `was`: it was
    /// seen the last time, so that its first line is most likely clear.
    #[inline]
    pub(crate) fn look(&self, i: usize, grid: &Grid, smoke: &Smoke, eye: &Eye, hints: &mut Hints, was: bool) -> Seen {
        let end = (self.end.0[i], self.end.1[i]);
        if was && self.plain[i] != 0 && smoke.discs.is_empty() && grid.is_clear((eye.x, eye.y), end) {
            return Seen::Yes;
        }
        let to = (self.x[i] - eye.x, self.y[i] - eye.y);
        let d2 = dot(to, to);
        let d = d2.sqrt();
        if self.plain[i] == 0 {
            return if search(grid, smoke, eye, to, d2, d, hints).is_some() { Seen::Yes } else { Seen::No(0.0) };
        }
        let mut look = Look::new(grid, smoke, eye, to, d2, d, hints);
        let (left, right) = ((self.left.0[i], self.left.1[i]), (self.right.0[i], self.right.1[i]));
        let slab = Slab { x: eye.x, y: eye.y, ix: self.inverse.0[i], iy: self.inverse.1[i] };
        let middle = (left.0 + right.0, left.1 + right.1);
        let first = look.meet(middle, &slab, end);
        // A wall right between: most often so, and told here at once.
        let hides_all = match first {
            Line::Shadow(a, b) if cross(b, right) <= 0.0 && cross(a, left) >= 0.0 => Some((a, b)),
            _ => None,
        };
        let seen = hides_all.is_none() && look.spread(first, left, right).is_some();
        if seen || look.search_close(d).is_some() {
            return Seen::Yes;
        }
        Seen::No(hides_all.map_or(0.0, |(a, b)| leeway(to, a, b)))
    }
}

/// Whether a body is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Seen {
    Yes,
    /// Nor will it be until viewer and body together have moved by more than so many px, or walls have changed.
    No(f32),
}

/// How far a viewer and a body may move, both together, px, for a rectangle to hide all of the body still, whatever the
/// facing: 0 or less if it does not. `to` leads from the viewer to the body's centre, `a` and `b` to the corners of the
/// rectangle that are leftmost and rightmost.
///
/// The line from one corner to the other lies in the rectangle, which is convex. It hides the body while the viewer is on
/// its one side, all of the body on the other, and between the two rays through the corners. The viewer moves by e and the
/// body by t, s px together. Of the left ray, with w from corner to body and r the radius, the body stays to the right while
///
/// ```text
/// cross(a - e, w + t) >= r |a - e|            for which it is enough that
/// cross(a, w) - |a| |t| - |w| |e| - |e| |t| >= r (|a| + |e|)
/// cross(a, w) - r |a| >= s max(|a|, |w| + r) + s s / 4
/// ```
///
/// where s s / 4 is at most s times a quarter of what s is without it. The same of the right ray; the two sides are
/// distances. All is told to be less by far more than rounding, and than lines are told apart from corners by.
#[inline]
fn leeway(to: V, a: V, b: V) -> f32 {
    const ROUNDING: f32 = 0.1;
    let length = |v: V| dot(v, v).sqrt();
    let beyond = |corner: V| length((to.0 - corner.0, to.1 - corner.1)) + BODY_RADIUS;
    let past = |inside: f32, corner: V| {
        let way = length(corner);
        let (spare, lever) = (inside - BODY_RADIUS * way, way.max(beyond(corner)));
        spare / (lever + spare / lever * 0.25)
    };
    let (left, right) = (past(cross(a, to), a), past(cross(to, b), b));
    let across = (b.0 - a.0, b.1 - a.1);
    let per_length = 1.0 / length(across).max(0.01);
    let before = cross(a, b) * per_length;
    let behind = cross((to.0 - a.0, to.1 - a.1), across) * per_length - BODY_RADIUS;
    left.min(right).min(before.min(behind)) - ROUNDING
}

/// px of [`leeway`] that are ever made use of.
pub(crate) const MOST_LEEWAY: f32 = 64.0;

/// Where a line from `eye` along a direction comes to the body's near side, and the way there.
#[inline]
fn end_on(eye: V, to: V, along: V, tangent2: f32) -> (V, V) {
    let length = dot(along, along).sqrt();
    let middle = dot(to, along) / length;
    // Rounding may lead a tangent past the body: then to where it comes closest.
    let way = middle - (middle * middle - tangent2).max(0.0).sqrt();
    let share = way / length;
    // A body on the border has its far side outside the field, where nothing is.
    let px = (eye.0 + along.0 * share).clamp(0.0, PLAYFIELD.0);
    let py = (eye.1 + along.1 * share).clamp(0.0, PLAYFIELD.1);
    ((px, py), (px - eye.0, py - eye.1))
}

/// Those out of reach are told by few instructions in the caller; the rest comes here.
#[inline(never)]
fn search(grid: &Grid, smoke: &Smoke, eye: &Eye, to: V, d2: f32, d: f32, hints: &mut Hints) -> Option<V> {
    let radius = BODY_RADIUS - INSET;
    if d2 <= radius * radius {
        // The viewer stands in it.
        return Some((eye.x, eye.y));
    }
    let mut look = Look::new(grid, smoke, eye, to, d2, d, hints);
    if let Some((left, right)) = look.wedge(d, radius, eye.sight) {
        for (left, right) in look.within_cone(left, right).into_iter().flatten() {
            if let Some(point) = look.sweep(left, right) {
                return Some(point);
            }
        }
    }
    look.search_close(d)
}

impl<'a> Look<'a> {
    #[inline]
    fn new(
        grid: &'a Grid<'a>,
        smoke: &'a Smoke<'a>,
        eye: &'a Eye,
        to: V,
        d2: f32,
        d: f32,
        hints: &'a mut Hints,
    ) -> Look<'a> {
        let radius = BODY_RADIUS - INSET;
        Look {
            grid,
            smoke,
            eye,
            hints,
            lines: 0,
            to,
            tangent2: d2 - radius * radius,
            past: PAST / d,
            least: d - BODY_RADIUS,
            close: false,
        }
    }

    /// Within the close circle, whatever the facing.
    #[inline]
    fn search_close(&mut self, d: f32) -> Option<V> {
        if d > self.eye.close + BODY_RADIUS {
            return None;
        }
        let (left, right) = self.wedge(d, BODY_RADIUS - INSET, self.eye.close)?;
        self.close = true;
        self.sweep(left, right)
    }
}

impl Look<'_> {
    /// The leftmost and rightmost directions in which the body is no farther away than `reach`, as unit vectors.
    #[inline]
    fn wedge(&self, d: f32, radius: f32, reach: f32) -> Option<(V, V)> {
        let (cos, sin) = if reach * reach >= self.tangent2 {
            ((self.tangent2).sqrt() / d, radius / d)
        } else {
            // Where the circle of sight cuts the body.
            let cos = (d * d + reach * reach - radius * radius) / (2.0 * d * reach);
            if reach <= 0.0 || cos >= 1.0 {
                return None;
            }
            (cos, (1.0 - cos * cos).sqrt())
        };
        let middle = (self.to.0 / d, self.to.1 / d);
        Some((turned(middle, cos, -sin), turned(middle, cos, sin)))
    }

    /// The parts of a wedge of less than 180 degrees that lie in the cone.
    #[inline]
    fn within_cone(&self, left: V, right: V) -> [Option<(V, V)>; 2] {
        let aim = (self.eye.aim_x, self.eye.aim_y);
        let cos = self.eye.cone_cos;
        let (has_left, has_right) = (dot(left, aim) >= cos, dot(right, aim) >= cos);
        let holds = |v: V| cross(left, v) > 0.0 && cross(v, right) > 0.0;
        let back = (-aim.0, -aim.1);
        if has_left && has_right && !(cos > -1.0 && holds(back)) {
            return [Some((left, right)), None];
        }
        let sin = (1.0 - cos * cos).max(0.0).sqrt();
        // Inside by far more than rounding.
        let (first, last) = (nudged(turned(aim, cos, -sin), self.past), nudged(turned(aim, cos, sin), -self.past));
        match (has_left, has_right) {
            (true, true) => [Some((left, last)), Some((first, right))],
            (true, false) => [Some((left, last)), None],
            (false, true) => [Some((first, right)), None],
            (false, false) if holds(aim) => [Some((first, last)), None],
            (false, false) => [None, None],
        }
    }

    #[inline]
    fn sweep(&mut self, left: V, right: V) -> Option<V> {
        let first = self.line((left.0 + right.0, left.1 + right.1));
        self.spread(first, left, right)
    }

    /// On from what became of the line along the middle.
    #[inline]
    fn spread(&mut self, first: Line, left: V, right: V) -> Option<V> {
        let (to_left, to_right) = match first {
            Line::Clear(point) => return Some(point),
            Line::Shadow(a, b) if cross(b, right) <= 0.0 && cross(a, left) >= 0.0 => return None,
            Line::Shadow(a, b) => (Some(a), Some(b)),
            Line::Murk => (None, None),
        };
        let middle = (left.0 + right.0, left.1 + right.1);
        let step = ((right.0 - left.0).abs() + (right.1 - left.1).abs()) * THROUGH_SMOKE;
        self.onwards(middle, to_right, right, step, 1.0).or_else(|| self.onwards(middle, to_left, left, step, -1.0))
    }

    /// Lines from a stopped one on to `limit`, clockwise for a `sign` of 1, the other way for -1.
    fn onwards(&mut self, mut at: V, mut corner: Option<V>, limit: V, step: f32, sign: f32) -> Option<V> {
        for _ in 0..LINES {
            let next = match corner {
                Some(corner) => {
                    // Rounding alone stops a line at a corner that has been passed.
                    let from = if sign * cross(at, corner) > 0.0 { corner } else { at };
                    let next = nudged(from, sign * self.past);
                    if sign * cross(next, limit) <= 0.0 {
                        return None;
                    }
                    next
                }
                None => {
                    if sign * cross(at, limit) <= 0.0 || self.is_veiled(at, limit) {
                        return None;
                    }
                    let next = nudged(at, sign * step);
                    if sign * cross(next, limit) > 0.0 { next } else { limit }
                }
            };
            corner = match self.line(next) {
                Line::Clear(point) => return Some(point),
                Line::Shadow(a, b) => Some(if sign > 0.0 { b } else { a }),
                Line::Murk => None,
            };
            at = next;
        }
        None
    }

    /// Whether some cloud alone hides the body in all directions between two; false if that is not easily told.
    ///
    /// The part of a ray within a convex set, here the cloud as far as the body's nearest point, is in no direction
    /// shorter than in both directions to either side of it, times the cosine of the angle between those: its ends lie
    /// beyond the harmonic means, which grow at least as fast as what they are taken of.
    fn is_veiled(&self, a: V, b: V) -> bool {
        let (la, lb) = (dot(a, a).sqrt(), dot(b, b).sqrt());
        let (ua, ub) = ((a.0 / la, a.1 / la), (b.0 / lb, b.1 / lb));
        let end = |u: V| (self.eye.x + u.0 * self.least, self.eye.y + u.1 * self.least);
        let from = (self.eye.x, self.eye.y);
        self.smoke.discs.iter().any(|disc| {
            let within = disc.chord(from, end(ua)).min(disc.chord(from, end(ub))) * dot(ua, ub);
            disc.density * within * (1.0 - self.smoke.edge) > self.smoke.enough * self.smoke.unit
        })
    }

    /// A line to the body's near side.
    #[inline]
    fn line(&mut self, along: V) -> Line {
        let eye = self.eye;
        let (end, (dx, dy)) = end_on((eye.x, eye.y), self.to, along, self.tangent2);
        let d2 = dx * dx + dy * dy;
        let reach = if self.close { eye.close } else { eye.sight };
        let faced = self.close || dx * eye.aim_x + dy * eye.aim_y >= eye.cone_cos * d2.sqrt();
        if d2 > reach * reach || !faced {
            return Line::Murk;
        }
        self.meet(along, &Slab::new(eye.x, eye.y, dx, dy), end)
    }

    /// What a line along a direction meets before its end.
    #[inline]
    fn meet(&mut self, along: V, slab: &Slab, (px, py): V) -> Line {
        let eye = self.eye;
        let place = self.lines;
        self.lines += 1;
        if let Some(&hint) = self.hints.get(place)
            && let Some(rect) = self.grid.solid_about(hint)
            && super::slab(slab, rect.0, rect.1, rect.2, rect.3).is_some()
        {
            return self.shadow(along, rect);
        }
        // Most lines that no hint stops are clear, which is told by masks for a quarter of the walk.
        if self.grid.is_clear((eye.x, eye.y), (px, py)) {
            return if self.smoke.stops((eye.x, eye.y), (px, py)) { Line::Murk } else { Line::Clear((px, py)) };
        }
        let Some(stop) = self.grid.stop_on(slab, (eye.x, eye.y), (px, py)) else { return Line::Murk };
        if let Some(hint) = self.hints.get_mut(place) {
            *hint = stop;
        }
        self.grid.solid_about(stop).map_or(Line::Murk, |rect| self.shadow(along, rect))
    }

    /// The directions that a rectangle covers which `along` meets.
    #[inline]
    fn shadow(&self, along: V, (x0, y0, x1, y1): (f32, f32, f32, f32)) -> Line {
        let (x0, y0, x1, y1) = (x0 - self.eye.x, y0 - self.eye.y, x1 - self.eye.x, y1 - self.eye.y);
        let (mut left, mut right) = (along, along);
        for corner in [(x0, y0), (x1, y0), (x0, y1), (x1, y1)] {
            if cross(right, corner) > 0.0 {
                right = corner;
            }
            if cross(left, corner) < 0.0 {
                left = corner;
            }
        }
        Line::Shadow(left, right)
    }
}
