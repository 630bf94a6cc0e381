//! What hides walls from an eye: solid rectangles, and all that stands behind one of them. Four at a time.

use crate::vision::{Grid, Slab, Stop, slab};
use wide::f32x4;

/// How many that have hidden something are kept to be tried again, in the next look, too: a register's lanes.
pub(super) const SHADOWS: usize = 4;

/// Left, top, right and bottom edge, px.
pub(super) type Rect = (f32, f32, f32, f32);

/// What has hidden walls from an eye: most likely it hides the next ones, too.
pub(super) struct Shadows<'a> {
    /// Whatever stood there may be gone by now: what stands is asked for when shadows are cast.
    stops: &'a mut [Stop; SHADOWS],
    eye: (f32, f32),
    /// The rectangles as they stand, by edge; all zero where nothing does.
    rects: [[f32; SHADOWS]; 4],
    /// From the eye, the ways to the two corners of each between which all of it lies. What is gone, or holds the eye, hides
    /// nothing: its two ways are one.
    left: [f32x4; 2],
    right: [f32x4; 2],
    /// Bit i: the shadow in lane i has hidden something in this look, and is not the next to make room.
    used: u8,
    cast: bool,
}

impl<'a> Shadows<'a> {
    #[inline]
    pub(super) fn of(stops: &'a mut [Stop; SHADOWS], eye: (f32, f32)) -> Shadows<'a> {
        let ways = [f32x4::ZERO; 2];
        Shadows { stops, eye, rects: [[0.0; SHADOWS]; 4], left: ways, right: ways, used: 0, cast: false }
    }

    /// Whether one of the rectangles that hid something of late hides all of `there`.
    #[inline]
    pub(super) fn cover(&mut self, grid: &Grid, there: Rect) -> bool {
        if !self.cast {
            self.cast = true;
            (0..SHADOWS).for_each(|lane| self.stand(grid, lane));
            self.cast();
        }
        let lanes = self.about(there);
        lanes != 0 && self.hides(lanes, there)
    }

    /// Whether the rectangle about a stop hides all of `there`; either way it takes the place of one that has hidden
    /// nothing in this look, for it may hide a part.
    pub(super) fn add(&mut self, grid: &Grid, stop: Stop, there: Rect) -> bool {
        let free = (!self.used).trailing_zeros() as usize;
        let lane = if free < SHADOWS { free } else { SHADOWS - 1 };
        self.used = if free < SHADOWS { self.used } else { 0 };
        self.stops[lane] = stop;
        self.stand(grid, lane);
        self.cast();
        let lanes = self.about(there) & 1 << lane;
        lanes != 0 && self.hides(lanes, there)
    }

    /// Takes the rectangle that stands about a stop.
    #[inline]
    fn stand(&mut self, grid: &Grid, lane: usize) {
        let (x0, y0, x1, y1) = grid.solid_about(self.stops[lane]).unwrap_or_default();
        for (edge, at) in self.rects.iter_mut().zip([x0, y0, x1, y1]) {
            edge[lane] = at;
        }
    }

    /// Works out the ways to the corners.
    #[inline(never)]
    fn cast(&mut self) {
        let (x, y) = (f32x4::splat(self.eye.0), f32x4::splat(self.eye.1));
        let [x0, y0, x1, y1] = self.rects.map(f32x4::new);
        let (x0, y0, x1, y1) = (x0 - x, y0 - y, x1 - x, y1 - y);
        let zero = f32x4::ZERO;
        let holds = x0.simd_le(zero) & x1.simd_ge(zero) & y0.simd_le(zero) & y1.simd_ge(zero);
        // All corners the same, where the eye is in the rectangle or on its edge.
        let (x1, y1) = (holds.select(x0, x1), holds.select(y0, y1));
        let (mut left, mut right) = ([x0, y0], [x0, y0]);
        for corner in [[x1, y0], [x0, y1], [x1, y1]] {
            let cross = |way: [f32x4; 2]| way[0] * corner[1] - way[1] * corner[0];
            let (past_right, past_left) = (cross(right).simd_gt(zero), cross(left).simd_lt(zero));
            right = core::array::from_fn(|i| past_right.select(corner[i], right[i]));
            left = core::array::from_fn(|i| past_left.select(corner[i], left[i]));
        }
        (self.left, self.right) = (left, right);
    }

    /// Mask of the rectangles within whose directions all of `there` lies.
    ///
    /// ```text
    /// for each corner of there: left x corner > 0 and corner x right > 0
    /// ```
    ///
    /// The least of four differences of products is that of the least and the greatest product: rounding keeps the order.
    #[inline]
    fn about(&self, there: Rect) -> u32 {
        let (x0, x1) = (f32x4::splat(there.0 - self.eye.0), f32x4::splat(there.2 - self.eye.0));
        let (y0, y1) = (f32x4::splat(there.1 - self.eye.1), f32x4::splat(there.3 - self.eye.1));
        let ([left_x, left_y], [right_x, right_y]) = (self.left, self.right);
        let least = |way: f32x4, low: f32x4, high: f32x4| (way * low).fast_min(way * high);
        let most = |way: f32x4, low: f32x4, high: f32x4| (way * low).fast_max(way * high);
        let past_left = least(left_x, y0, y1) - most(left_y, x0, x1);
        let past_right = least(right_y, x0, x1) - most(right_x, y0, y1);
        (past_left.simd_gt(f32x4::ZERO) & past_right.simd_gt(f32x4::ZERO)).to_bitmask()
    }

    /// Whether one of these rectangles, within whose directions all of `there` lies, stands before it.
    ///
    /// It does if the two do not overlap and the line to the middle of `there` meets it: both are convex, so that neither
    /// can change from before to behind.
    fn hides(&mut self, mut lanes: u32, there: Rect) -> bool {
        let middle = ((there.0 + there.2) * 0.5 - self.eye.0, (there.1 + there.3) * 0.5 - self.eye.1);
        let line = Slab::new(self.eye.0, self.eye.1, middle.0, middle.1);
        while lanes != 0 {
            let lane = lanes.trailing_zeros() as usize;
            let [x0, y0, x1, y1] = self.rects.map(|edge| edge[lane]);
            let apart = x1 < there.0 || x0 > there.2 || y1 < there.1 || y0 > there.3;
            if apart && slab(&line, x0, y0, x1, y1).is_some() {
                self.used |= 1 << lane;
                return true;
            }
            lanes &= lanes - 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{COLS, GameMap, ROWS, WallDef};
    use crate::rules::Material;
    use crate::world::Block;
    use crate::world::state::{MatchState, restore_walls};
    use bytemuck::Zeroable;
    use proptest::prelude::*;
    use std::cell::Cell;

    /// What is said to be hidden is: no line to any point of it is clear. And something is hidden often enough for this
    /// to mean something.
    #[test]
    fn what_is_covered_is_hidden() {
        let (asked, hidden) = (Cell::new(0u32), Cell::new(0u32));
        let wall = (0..47u32, 0..26u32, 1..6u32, 1..6u32);
        let place = (1..4799u32, 1..2699u32);
        let case = (
            proptest::collection::vec(wall, 1..30),
            place.clone(),
            proptest::collection::vec((place, 1..200u32, 1..200u32), 20),
        );
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
        let outcome = runner.run(&case, |(walls, (ex, ey), places)| {
            let walls = walls.iter().map(|&(x, y, w, h)| WallDef {
                x: x as f32 * 10.0,
                y: y as f32 * 10.0,
                width: (w.min(48 - x) * 10) as f32,
                height: (h.min(27 - y) * 10) as f32,
                material: Material::Concrete,
            });
            let walls: Vec<_> = walls.collect();
            let map = GameMap::from_rects(&walls, &[]);
            prop_assume!(map.is_ok());
            let map = map.map_err(|e| TestCaseError::fail(e.to_string()))?;
            let geometry = map.geometry();
            let mut state = MatchState::zeroed();
            let mut blocks = vec![Block::zeroed(); geometry.blocks()];
            restore_walls(&mut state, &mut blocks, geometry);
            let grid =
                Grid { geometry, blocks: &blocks, any: &state.sight_any, full: &state.sight_full, columns: None };
            let eye = (ex as f32 * 0.1, ey as f32 * 0.1);
            let full = (0..ROWS).flat_map(|row| (0..COLS).map(move |column| (row, column)));
            let full: Vec<_> = full.filter(|&(row, column)| grid.full[row] >> column & 1 == 1).collect();
            let mut stops = core::array::from_fn(|i| match full.get((i * 7919 + ex as usize) % full.len().max(1)) {
                Some(&(row, column)) if i > 0 => Stop::cell(row, column),
                _ => Stop::NONE,
            });
            let mut shadows = Shadows::of(&mut stops, eye);
            for ((x, y), width, height) in places {
                let (x, y) = (x as f32 * 0.1, y as f32 * 0.1);
                let there = (x, y, (x + width as f32 * 0.1).min(480.0), (y + height as f32 * 0.1).min(270.0));
                let to = (eye.0.clamp(there.0, there.2), eye.1.clamp(there.1, there.3));
                let covered = shadows.cover(&grid, there)
                    || grid.near_stop(eye, to).is_some_and(|stop| shadows.add(&grid, stop, there));
                asked.set(asked.get() + 1);
                if !covered {
                    continue;
                }
                hidden.set(hidden.get() + 1);
                for i in 0..=4u8 {
                    for j in 0..=4u8 {
                        let share = |low: f32, high: f32, n: u8| low + (high - low) * f32::from(n) * 0.25;
                        let point = (share(there.0, there.2, i), share(there.1, there.3, j));
                        prop_assert!(!grid.is_clear(eye, point), "{eye:?} sees {point:?} of {there:?}");
                    }
                }
            }
            Ok(())
        });
        assert!(outcome.is_ok(), "{}", outcome.err().map(|e| e.to_string()).unwrap_or_default());
        let (asked, hidden) = (asked.get(), hidden.get());
        assert!(hidden * 20 > asked, "only {hidden} of {asked} were hidden");
    }
}
