//! Straight lines through slices.
//!
//! Rectangles are closed: a line that touches an edge or a corner is stopped, so seams between neighbours let nothing
//! through. The grid only proposes cells, always more than the line touches; [`slab`] alone decides, with the same
//! arithmetic for a slice and for a whole cell, so that a cell filled by five slices gives the same answer as the five.

use crate::map::{COLS, Geometry, ROWS};
use crate::world::Block;

/// px by which proposals reach beyond the line; far above the rounding of coordinates up to 480.
const MARGIN: f32 = 0.01;
/// Shorter components count as this long, so that no division yields infinities.
const TINY: f32 = 1.0e-6;

/// A line prepared for many [`slab`] tests: start and reciprocal of the way.
#[derive(Debug, Clone, Copy)]
pub struct Slab {
    /// Start, px.
    pub x: f32,
    /// Start, px.
    pub y: f32,
    /// 1 / way along x.
    pub ix: f32,
    /// 1 / way along y.
    pub iy: f32,
}

impl Slab {
    /// A line from (x, y) by (dx, dy).
    #[inline]
    pub fn new(x: f32, y: f32, dx: f32, dy: f32) -> Slab {
        let safe = |d: f32| if d.abs() < TINY { TINY } else { d };
        Slab { x, y, ix: 1.0 / safe(dx), iy: 1.0 / safe(dy) }
    }
}

/// Where a line enters a closed rectangle, as a share of its way in [0, 1]; `None` if it misses.
///
/// Kay and Kajiya's slabs: the part of the way within the columns meets the part within the rows.
#[inline]
pub fn slab(line: &Slab, x0: f32, y0: f32, x1: f32, y1: f32) -> Option<f32> {
    let (ax, bx) = ((x0 - line.x) * line.ix, (x1 - line.x) * line.ix);
    let (ay, by) = ((y0 - line.y) * line.iy, (y1 - line.y) * line.iy);
    let (x_in, x_out) = if ax < bx { (ax, bx) } else { (bx, ax) };
    let (y_in, y_out) = if ay < by { (ay, by) } else { (by, ay) };
    let mut enter = if x_in > y_in { x_in } else { y_in };
    if enter < 0.0 {
        enter = 0.0;
    }
    let mut leave = if x_out < y_out { x_out } else { y_out };
    if leave > 1.0 {
        leave = 1.0;
    }
    if enter <= leave { Some(enter) } else { None }
}

/// Cell row or column of a coordinate, clamped to the grid.
#[inline]
fn cell_index(v: f32, count: usize) -> usize {
    let scaled = v * 0.1;
    if scaled <= 0.0 { 0 } else { (scaled as usize).min(count - 1) }
}

/// A mask of columns `first..=last`, both below 48.
#[inline]
fn columns(first: usize, last: usize) -> u64 {
    (u64::MAX >> (63 - (last - first))) << first
}

/// Rows of the grid that a line touches, each with a mask of the columns, in the line's order.
#[inline]
fn walk(ax: f32, ay: f32, bx: f32, by: f32, mut visit: impl FnMut(usize, u64) -> bool) {
    let (dx, dy) = (bx - ax, by - ay);
    let (top, bottom) = if ay < by { (ay, by) } else { (by, ay) };
    let first = cell_index(top - MARGIN, ROWS);
    let last = cell_index(bottom + MARGIN, ROWS);
    let slope = dx / if dy.abs() < TINY { TINY } else { dy };
    let row = |r: usize| {
        let (xa, xb) = if bottom - top < 2.0 * MARGIN {
            (ax, bx)
        } else {
            let upper = (r as f32 * 10.0 - MARGIN).max(top).min(bottom);
            let lower = (r as f32 * 10.0 + 10.0 + MARGIN).min(bottom).max(top);
            (ax + (upper - ay) * slope, ax + (lower - ay) * slope)
        };
        let (left, right) = if xa < xb { (xa, xb) } else { (xb, xa) };
        columns(cell_index(left - MARGIN, COLS), cell_index(right + MARGIN, COLS))
    };
    if dy >= 0.0 {
        for r in first..=last {
            if visit(r, row(r)) {
                return;
            }
        }
    } else {
        for r in (first..=last).rev() {
            if visit(r, row(r)) {
                return;
            }
        }
    }
}

/// Slices of a match as lines meet them.
#[derive(Debug, Clone, Copy)]
pub struct Grid<'a> {
    pub(crate) geometry: &'a Geometry,
    pub(crate) blocks: &'a [Block],
    /// Cells that hold a slice which stops the line, and cells which stop it everywhere.
    pub(crate) any: &'a [u64; ROWS],
    pub(crate) full: &'a [u64; ROWS],
}

impl<'a> Grid<'a> {
    #[inline]
    fn rect(&self, slice: usize) -> (f32, f32, f32, f32) {
        let g = self.geometry;
        (g.x0[slice], g.y0[slice], g.x1[slice], g.y1[slice])
    }

    /// Whether a slice stops sight and touches the line.
    #[inline]
    pub fn stops(&self, line: &Slab, slice: u16) -> bool {
        let s = slice as usize;
        if self.blocks[s / 64].clear >> (s % 64) & 1 == 1 {
            return false;
        }
        let (x0, y0, x1, y1) = self.rect(s);
        slab(line, x0, y0, x1, y1).is_some()
    }

    /// A slice that stops sight between two points of the playfield, any of them; `None`: the line is clear.
    #[inline]
    pub fn sight_stop(&self, ax: f32, ay: f32, bx: f32, by: f32) -> Option<u16> {
        let line = Slab::new(ax, ay, bx - ax, by - ay);
        let mut found = None;
        walk(ax, ay, bx, by, |row, mask| {
            let mut left = self.any[row] & mask;
            while left != 0 {
                let column = left.trailing_zeros() as usize;
                let bit = left & left.wrapping_neg();
                left ^= bit;
                let slices = self.geometry.cell(row * COLS + column);
                if self.full[row] & bit != 0 {
                    let (x, y) = (column as f32 * 10.0, row as f32 * 10.0);
                    if slab(&line, x, y, x + 10.0, y + 10.0).is_some() {
                        // Which of the five it is costs more than it tells; the hint is checked before it is used.
                        found = Some(slices.iter().copied().find(|&s| self.stops(&line, s)).unwrap_or(slices[0]));
                        return true;
                    }
                    continue;
                }
                for &slice in slices {
                    if self.stops(&line, slice) {
                        found = Some(slice);
                        return true;
                    }
                }
            }
            false
        });
        found
    }

    /// The slices with health that a line crosses, as (share of the way, slice), nearest first; ties by slice number.
    /// `any` must be the rows of standing slices.
    pub(crate) fn crossings(&self, ax: f32, ay: f32, bx: f32, by: f32, out: &mut Vec<(f32, u16)>) {
        out.clear();
        let line = Slab::new(ax, ay, bx - ax, by - ay);
        walk(ax, ay, bx, by, |row, mask| {
            let mut left = self.any[row] & mask;
            while left != 0 {
                let column = left.trailing_zeros() as usize;
                left &= left - 1;
                for &slice in self.geometry.cell(row * COLS + column) {
                    let s = slice as usize;
                    if self.blocks[s / 64].gone >> (s % 64) & 1 == 1 {
                        continue;
                    }
                    let (x0, y0, x1, y1) = self.rect(s);
                    if let Some(at) = slab(&line, x0, y0, x1, y1)
                        && out.len() < out.capacity()
                    {
                        out.push((at, slice));
                    }
                }
            }
            false
        });
        out.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        out.dedup();
    }
}
