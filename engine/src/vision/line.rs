//! Straight lines through slices.
//!
//! Rectangles are closed: a line that touches an edge or a corner is stopped, so seams between neighbours let nothing
//! through. The grid only proposes cells, always more than the line touches; [`slab`] alone decides, with the same
//! arithmetic for a slice and for a whole cell, so that a cell filled by five slices gives the same answer as the five.

use crate::map::{CELL, COLS, Geometry, MAX_SLICES, ROWS, SLICES_PER_WALL, cell_index};
use crate::world::Block;
use wide::i64x2;

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

/// Fixed point of [`sweep`]: cells, 32 bits of them fraction.
const ONE: i64 = 1 << 32;
/// Margin of [`sweep`] in cells, as a shift: 2^-10 of a cell, 0.0098 px.
const MARGIN_SHIFT: u32 = 10;
/// Columns a row beyond which lines are too flat for [`sweep`].
const FLAT: f64 = 512.0;

/// Cells to fixed point, to nearest; for less than 2^18 either way.
///
/// The sum has 32 bits of fraction in the last bits of its mantissa: a cast that need not saturate.
#[inline]
fn fixed(cells: f64) -> i64 {
    /// 1.5 x 2^20: sums stay within 2^20 to 2^21, where the last bit is worth 2^-32.
    const MAGIC: f64 = 1_572_864.0;
    (cells + MAGIC).to_bits().wrapping_sub(MAGIC.to_bits()) as i64
}

/// Rows of the grid that a line between two points of the playfield touches, from its left end on, each with two masks
/// of columns: cells that it may touch, and cells that it surely touches. Ends when `visit` is true. False: nothing has
/// been visited, the line is one of the few that need the care of [`walk`].
///
/// ```text
/// x = left end
/// for each row from the left end's to the right end's:
///     y = where the line leaves the row, or the right end
///     may touch:     columns of x - m ..= y + m
///     surely touch:  columns of x + m ..= y - m
///     x = y
/// ```
///
/// so that a column's bit is computed once, when the line leaves a row, and serves the next row as well: a run of bits
/// is the difference of two powers of two.
///
/// Why it is sound: with s columns a row, m = 2^-10 (1 + s) cells. Let e be what all roundings together move a line or
/// an edge by: in [`slab`] four of f32 at up to 480 px and the least length of a component, here a few of 2^-32 cells,
/// in all less than 2e-4 px or 2e-5 cells. What [`slab`] says of a rectangle is then true of the exact line and of that
/// rectangle with edges moved by no more than e.
///
/// - It touches nothing in a cell that is not proposed: within a row grown by e, the line's x lies within e s of what it
///   is in the row itself, and e (1 + s) < m. Rows beyond those of the ends are not touched, for the ends are 2^-10
///   cells away from them, or else the line is left to [`walk`].
/// - It touches every sure cell, even with all four edges moved inwards: the line has points in the row shrunk by e, and
///   there its x covers x + e s ..= y - e s. A column from that of x + m to that of y - m ends beyond x + m and begins
///   before y - m, so that even shrunk by e it shares an x with them.
///
/// No difference of bits is negative. That of y + m and x - m is not, for y is at least x. x + m is beyond y - m by less
/// than a cell, so by one column at most: by 2^-9 (1 + s) - (y - x), where y - x is at least 2^-10 s (an end is that far
/// from its row's edge) and s at most [`FLAT`].
#[inline]
fn sweep(a: (f32, f32), b: (f32, f32), mut visit: impl FnMut(usize, u64, u64) -> bool) -> bool {
    let [ax, ay, bx, by] = [a.0, a.1, b.0, b.1].map(f64::from);
    let [xa, ya, xb, yb] = [ax, ay, bx, by].map(|v| fixed(v * (1.0 / f64::from(CELL))));
    // Swapped without a branch, which would be mispredicted half the time.
    let swap = -i64::from(xa > xb);
    let (dx, dy) = ((xa ^ xb) & swap, (ya ^ yb) & swap);
    let (mut x, end, y, y_end) = (xa ^ dx, xb ^ dx, ya ^ dy, yb ^ dy);
    let least = ONE >> MARGIN_SHIFT;
    let aside = |y: i64| ((y & (ONE - 1)) - least) as u64 <= (ONE - 2 * least) as u64;
    if !aside(y) || !aside(y_end) {
        return false;
    }
    // The bit after that of x's column: of two such the difference is the run of columns from one to the other. Halved
    // when it begins a run, so that one shift by a variable serves for both.
    let after = |x: i64| 2u64 << (x >> 32 & 63);
    let run = |first: u64, last: u64| last - (first >> 1);
    let (mut row, last) = (y >> 32, y_end >> 32);
    let mut margin = least;
    let mut step = 0;
    if row != last {
        let slope = (bx - ax).abs() / (by - ay).abs();
        if slope > FLAT {
            return false;
        }
        step = fixed(slope);
        margin += step >> MARGIN_SHIFT;
    }
    if x < margin {
        return false;
    }
    let (mut low, mut high) = (after(x - margin), after(x + margin));
    let (part, turn) = if last > row { (ONE - (y & (ONE - 1)), 1) } else { (y & (ONE - 1), -1) };
    x += ((i128::from(part) * i128::from(step)) >> 32) as i64;
    while row != last {
        let (next_low, next_high) = (after(x - margin), after(x + margin));
        if visit(row as usize, run(low, next_high), run(high, next_low)) {
            return true;
        }
        (low, high) = (next_low, next_high);
        x += step;
        row += turn;
    }
    visit(row as usize, run(low, after(end + margin)), run(high, after(end - margin)));
    true
}

/// A mask of columns `first..=last`, both below 48.
#[inline]
fn columns(first: usize, last: usize) -> u64 {
    (u64::MAX >> (63 - (last - first))) << first
}

/// Rows of the grid that a line touches, each with a mask of the columns, in the line's order; ends when `visit` is
/// true.
///
/// From row to row only the place where the line leaves it is new. `reach` covers the rounding of that place and the
/// margin about the rows, which a flat line crosses far to the side.
#[inline]
fn walk(ax: f32, ay: f32, bx: f32, by: f32, mut visit: impl FnMut(usize, u64) -> bool) {
    let (dx, dy) = (bx - ax, by - ay);
    let down = dy >= 0.0;
    let (top, bottom) = if down { (ay, by) } else { (by, ay) };
    let (left, right) = if dx >= 0.0 { (ax, bx) } else { (bx, ax) };
    let first = cell_index(top - MARGIN, ROWS);
    let last = cell_index(bottom + MARGIN, ROWS);
    if first == last {
        visit(first, columns(cell_index(left - MARGIN, COLS), cell_index(right + MARGIN, COLS)));
        return;
    }
    let slope = dx / if dy.abs() < TINY { TINY } else { dy };
    let reach = MARGIN + MARGIN * slope.abs();
    let (low, high) = (left - MARGIN, right + MARGIN);
    let mut entered = ax;
    let mut row = if down { first } else { last };
    loop {
        let edge = if down { row * 10 + 10 } else { row * 10 } as f32;
        let over = if down { row == last } else { row == first };
        let leaves = if over { bx } else { ax + (edge - ay) * slope };
        let (a, b) = if entered < leaves { (entered, leaves) } else { (leaves, entered) };
        let from = cell_index((a - reach).max(low), COLS);
        let to = cell_index((b + reach).min(high), COLS);
        if from <= to && visit(row, columns(from, to)) {
            return;
        }
        if over {
            return;
        }
        entered = leaves;
        row = if down { row + 1 } else { row - 1 };
    }
}

/// A column of a mask of cells, bit = row.
#[inline]
fn column_of(rows: &[u64; ROWS], column: usize) -> u32 {
    // The column's bit becomes the sign, of two rows at a time.
    let mut pairs = rows.chunks_exact(2);
    let mut bits = 0;
    for (i, pair) in pairs.by_ref().enumerate() {
        let signs = i64x2::new([pair[0] as i64, pair[1] as i64]) << (63 - column as u32);
        bits |= signs.to_bitmask() << (2 * i);
    }
    let last = pairs.remainder().first().map_or(0, |row| (row >> column & 1) as u32);
    bits | last << (ROWS - 1)
}

/// All columns of a mask of cells.
pub(crate) fn columns_of(rows: &[u64; ROWS]) -> [u32; COLS] {
    core::array::from_fn(|column| column_of(rows, column))
}

/// What a line crosses, as (share of the way, slice), nearest first; ties by slice number. Reused from line to line:
/// it holds every slice a map can have, so that no line allocates.
pub(crate) struct Crossings {
    pub(crate) hits: Vec<(f32, u16)>,
    /// The last line that met a slice: one that lies in several cells is met several times.
    met: Box<[u32]>,
    line: u32,
}

impl Crossings {
    pub(crate) fn new() -> Self {
        Crossings { hits: Vec::with_capacity(MAX_SLICES), met: vec![0; MAX_SLICES].into_boxed_slice(), line: 0 }
    }

    pub(crate) fn begin(&mut self) {
        self.hits.clear();
        self.line = self.line.wrapping_add(1);
        if self.line == 0 {
            self.met.fill(0);
            self.line = 1;
        }
    }

    #[inline]
    /// Whether a slice has been met since `begin`; it has from now on.
    pub(crate) fn is_known(&mut self, slice: u16) -> bool {
        core::mem::replace(&mut self.met[slice as usize], self.line) == self.line
    }
}

/// What stops a line of sight: a slice, or a cell that is opaque everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop(u16);

impl Stop {
    /// Marks a cell `row * 48 + column`; a slice's number is smaller.
    const CELL: u16 = 0x8000;
    /// Nothing: a cell beyond the grid.
    pub(crate) const NONE: Stop = Stop(u16::MAX);

    pub(crate) fn cell(row: usize, column: usize) -> Stop {
        Stop(Stop::CELL | (row * COLS + column) as u16)
    }

    pub(crate) fn slice(slice: u16) -> Stop {
        Stop(slice)
    }
}

const _: () = assert!(MAX_SLICES < Stop::CELL as usize);

/// Slices of a match as lines meet them.
#[derive(Debug, Clone, Copy)]
pub struct Grid<'a> {
    pub(crate) geometry: &'a Geometry,
    pub(crate) blocks: &'a [Block],
    /// Cells that hold a slice which stops the line, and cells which stop it everywhere.
    pub(crate) any: &'a [u64; ROWS],
    pub(crate) full: &'a [u64; ROWS],
    /// The latter by column, where somebody keeps them.
    pub(crate) columns: Option<&'a [u32; COLS]>,
}

impl<'a> Grid<'a> {
    #[inline]
    fn rect(&self, slice: usize) -> (f32, f32, f32, f32) {
        let g = self.geometry;
        (g.x0[slice], g.y0[slice], g.x1[slice], g.y1[slice])
    }

    /// Whether sight between two points of the playfield is clear: whether [`Grid::sight_stop`] finds nothing.
    ///
    /// Most lines are told by masks alone: stopped by a full cell that they surely touch, or clear of all cells that
    /// hold anything. Only other cells are looked at slice by slice.
    #[inline]
    pub(crate) fn is_clear(&self, a: (f32, f32), b: (f32, f32)) -> bool {
        let mut clear = true;
        let told = sweep(a, b, |row, may, sure| {
            let doubtful = self.any[row] & may;
            clear = self.full[row] & sure == 0 && (doubtful == 0 || self.passes(a, b, row, doubtful));
            !clear
        });
        if told { clear } else { self.passes_carefully(a, b) }
    }

    /// Whether a line touches nothing that stops it in some cells of a row.
    #[inline(never)]
    fn passes(&self, a: (f32, f32), b: (f32, f32), row: usize, cells: u64) -> bool {
        self.stop_in(&Slab::new(a.0, a.1, b.0 - a.0, b.1 - a.1), row, cells).is_none()
    }

    #[cold]
    fn passes_carefully(&self, a: (f32, f32), b: (f32, f32)) -> bool {
        self.sight_stop(a.0, a.1, b.0, b.1).is_none()
    }

    /// What stops sight between two points of the playfield, any of it; `None`: the line is clear.
    #[inline]
    pub fn sight_stop(&self, ax: f32, ay: f32, bx: f32, by: f32) -> Option<Stop> {
        self.stop_on(&Slab::new(ax, ay, bx - ax, by - ay), (ax, ay), (bx, by))
    }

    /// [`Grid::sight_stop`], and of full cells that the line surely touches the one nearest to `a`: most stopped lines are
    /// told by that alone.
    pub(crate) fn near_stop(&self, a: (f32, f32), b: (f32, f32)) -> Option<Stop> {
        let from_right = a.0 > b.0;
        let (mut found, mut doubtful) = (None, 0);
        let told = sweep(a, b, |row, may, sure| {
            let full = self.full[row] & sure;
            doubtful |= self.any[row] & may;
            if full == 0 {
                return false;
            }
            let column = if from_right { full.leading_zeros() ^ 63 } else { full.trailing_zeros() };
            found = Some(Stop::cell(row, column as usize));
            // Rows come from the left end on.
            !from_right
        });
        if told && (found.is_some() || doubtful == 0) { found } else { self.sight_stop(a.0, a.1, b.0, b.1) }
    }

    /// [`Grid::sight_stop`] with the line from `a` to `b` prepared.
    #[inline]
    pub(crate) fn stop_on(&self, line: &Slab, a: (f32, f32), b: (f32, f32)) -> Option<Stop> {
        let mut found = None;
        walk(a.0, a.1, b.0, b.1, |row, mask| {
            found = self.stop_in(line, row, mask);
            found.is_some()
        });
        found
    }

    /// The first thing in some cells of a row that stops a line: by cell, then by slice.
    #[inline]
    fn stop_in(&self, line: &Slab, row: usize, mask: u64) -> Option<Stop> {
        let mut left = self.any[row] & mask;
        while left != 0 {
            let column = left.trailing_zeros() as usize;
            let bit = left & left.wrapping_neg();
            left ^= bit;
            if self.full[row] & bit != 0 {
                let (x, y) = (column as f32 * CELL, row as f32 * CELL);
                if slab(line, x, y, x + CELL, y + CELL).is_some() {
                    return Some(Stop::cell(row, column));
                }
            } else if let Some(slice) = self.slice_in(line, row * COLS + column) {
                return Some(Stop::slice(slice));
            }
        }
        None
    }

    /// The first slice of a cell that stops a line.
    #[inline]
    fn slice_in(&self, line: &Slab, cell: usize) -> Option<u16> {
        let touches = |first: usize, last: usize| {
            let g = self.geometry;
            slab(line, g.x0[first], g.y0[first], g.x1[last], g.y1[last]).is_some()
        };
        let Some((first, mut opaque)) = self.wall_in(cell) else {
            let stops = |s: &usize| self.blocks[s / 64].clear >> (s % 64) & 1 == 0 && touches(*s, *s);
            return self.geometry.cell(cell).iter().find(|&&s| stops(&(s as usize))).copied();
        };
        // Neighbours share an edge: what touches none of them misses them as one.
        while opaque != 0 {
            let from = first + opaque.trailing_zeros() as usize;
            let run = (!(opaque >> (from - first))).trailing_zeros() as usize;
            if touches(from, from + run - 1) {
                return (from..from + run).find(|&s| touches(s, s)).map(|s| s as u16);
            }
            opaque &= !(((1 << run) - 1) << (from - first));
        }
        None
    }

    /// Of a cell that the five slices of one wall fill: the first of them, and which are opaque, bit i for slice
    /// `first + i`.
    #[inline]
    pub(crate) fn wall_in(&self, cell: usize) -> Option<(usize, u32)> {
        let slices = self.geometry.cell(cell);
        let (&[first, .., last], SLICES_PER_WALL) = (slices, slices.len()) else { return None };
        let first = first as usize;
        let tiled = self.geometry.tiled[cell / COLS] >> (cell % COLS) & 1 == 1;
        if !tiled || !first.is_multiple_of(SLICES_PER_WALL) || last as usize - first != SLICES_PER_WALL - 1 {
            return None;
        }
        Some((first, self.opaque_from(first)))
    }

    /// The rectangle (x0, y0, x1, y1) that stops sight everywhere about a stop, as far as it is known at once: a cell
    /// with its row, or else with its column; a slice with its neighbours in the wall. `None`: sight passes by now.
    ///
    /// Always inlined: four numbers written one by one and read two at a time are waited for.
    #[inline(always)]
    pub(crate) fn solid_about(&self, stop: Stop) -> Option<(f32, f32, f32, f32)> {
        if stop.0 & Stop::CELL == 0 {
            return self.solid_about_slice(stop.0 as usize);
        }
        let cell = (stop.0 & !Stop::CELL) as usize;
        let (row, column) = (cell / COLS, cell % COLS);
        if row >= ROWS || self.full[row] >> column & 1 == 0 {
            return None;
        }
        let word = self.full[row];
        let (mut left, mut right) =
            ((!(word << (63 - column))).leading_zeros() as usize, (!(word >> column)).trailing_zeros() as usize);
        (left, right) = (column + 1 - left, column + right);
        let (mut top, mut bottom) = (row, row + 1);
        if right - left == 1 {
            // Of the whole column at once: a loop from cell to cell would end where no processor guesses it.
            let word = self.columns.map_or_else(|| column_of(self.full, column), |columns| columns[column]);
            top = row + 1 - (!(word << (31 - row))).leading_zeros() as usize;
            bottom = row + (!(word >> row)).trailing_zeros() as usize;
        }
        Some((left as f32 * CELL, top as f32 * CELL, right as f32 * CELL, bottom as f32 * CELL))
    }

    #[inline]
    fn solid_about_slice(&self, slice: usize) -> Option<(f32, f32, f32, f32)> {
        if slice >= self.geometry.slice_count {
            return None;
        }
        let (wall, part) = (slice / SLICES_PER_WALL * SLICES_PER_WALL, slice % SLICES_PER_WALL);
        let opaque = self.opaque_from(wall);
        if opaque >> part & 1 == 0 {
            return None;
        }
        let first = slice + 1 - (!(opaque << (31 - part))).leading_zeros() as usize;
        let last = slice + (!(opaque >> part)).trailing_zeros() as usize - 1;
        let g = self.geometry;
        Some((g.x0[first], g.y0[first], g.x1[last], g.y1[last]))
    }

    /// Which slices of a wall, whose first is given, stop sight; bit i for slice `first + i`.
    #[inline]
    fn opaque_from(&self, first: usize) -> u32 {
        let (block, lane) = (first / 64, first % 64);
        let mut clear = self.blocks[block].clear >> lane;
        if lane > 64 - SLICES_PER_WALL {
            clear |= self.blocks[block + 1].clear << (64 - lane);
        }
        !clear as u32 & ((1 << SLICES_PER_WALL) - 1)
    }

    /// Finds the slices with health that a line crosses. `any` must be the rows of standing slices.
    pub(crate) fn crossings(&self, ax: f32, ay: f32, bx: f32, by: f32, out: &mut Crossings) {
        out.begin();
        let line = Slab::new(ax, ay, bx - ax, by - ay);
        walk(ax, ay, bx, by, |row, mask| {
            let mut left = self.any[row] & mask;
            while left != 0 {
                let column = left.trailing_zeros() as usize;
                left &= left - 1;
                for &slice in self.geometry.cell(row * COLS + column) {
                    let s = slice as usize;
                    if self.blocks[s / 64].gone >> (s % 64) & 1 == 1 || out.is_known(slice) {
                        continue;
                    }
                    let (x0, y0, x1, y1) = self.rect(s);
                    if let Some(at) = slab(&line, x0, y0, x1, y1) {
                        out.hits.push((at, slice));
                    }
                }
            }
            false
        });
        out.hits.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{GameMap, WallDef};
    use crate::rules::Material;
    use crate::world::state::{MatchState, derive_walls, restore_walls};
    use bytemuck::Zeroable;
    use proptest::prelude::*;

    fn any_wall() -> impl Strategy<Value = WallDef> {
        // Half of them on the 10 px grid, where edges, corners and cells coincide with lines.
        let grid = (0..48u32, 0..27u32, 1..5u32, 1..5u32).prop_map(|(x, y, w, h)| {
            let (x, y) = (x as f32 * 10.0, y as f32 * 10.0);
            (x, y, (w as f32 * 10.0).min(480.0 - x), (h as f32 * 10.0).min(270.0 - y))
        });
        let free = (0.0..470.0f32, 0.0..260.0f32, 1.0..60.0f32, 1.0..60.0f32)
            .prop_map(|(x, y, w, h)| (x, y, w.min(480.0 - x), h.min(270.0 - y)));
        (prop_oneof![grid, free], 0..5u8).prop_filter_map("too thin", |((x, y, width, height), m)| {
            let material = Material::from_number(m)?;
            (width >= 1.0 && height >= 1.0).then_some(WallDef { x, y, width, height, material })
        })
    }

    /// Points on quarter pixels meet edges and corners exactly.
    fn any_point() -> impl Strategy<Value = (f32, f32)> {
        prop_oneof![
            (0..=48u32, 0..=27u32).prop_map(|(x, y)| (x as f32 * 10.0, y as f32 * 10.0)),
            (0..=1920u32, 0..=1080u32).prop_map(|(x, y)| (x as f32 * 0.25, y as f32 * 0.25)),
            // About the margins within which lines are told apart from the edges of cells.
            (0..=48u32, 0..=27u32, -20..=20i32, -20..=20i32).prop_map(|(x, y, dx, dy)| {
                let near = |cell: u32, off: i32, end: f32| (cell as f32 * CELL + off as f32 * 0.001).clamp(0.0, end);
                (near(x, dx, 480.0), near(y, dy, 270.0))
            }),
            // Rows all but level with one another.
            (0.0..=480.0f32, 0..=27u32, -20..=20i32)
                .prop_map(|(x, y, dy)| { (x, (y as f32 * CELL + dy as f32 * 0.02).clamp(0.0, 270.0)) }),
            (0.0..=480.0f32, 0.0..=270.0f32),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        /// The grid against the naive reference that tests every slice: same answer, always.
        #[test]
        fn lines_are_the_naive_reference(
            walls in proptest::collection::vec(any_wall(), 0..40),
            damage in proptest::collection::vec((0usize..200, 0.0..1.0f32), 0..120),
            lines in proptest::collection::vec((any_point(), any_point()), 60),
        ) {
            let map = GameMap::from_rects(&walls, &[]);
            prop_assume!(map.is_ok());
            let map = map.map_err(|e| TestCaseError::fail(e.to_string()))?;
            let geometry = map.geometry();
            let mut state = MatchState::zeroed();
            let mut blocks = vec![crate::world::Block::zeroed(); geometry.blocks()];
            restore_walls(&mut state, &mut blocks, geometry);
            for (slice, share) in damage {
                if slice < geometry.slice_count && geometry.max_health[slice] != u16::MAX {
                    let health = &mut blocks[slice / 64].health[slice % 64];
                    *health = (f32::from(*health) * share) as u16;
                }
            }
            derive_walls(&mut state, &mut blocks, geometry);
            let grid = Grid { geometry, blocks: &blocks, any: &state.sight_any, full: &state.sight_full, columns: None };
            let solid = Grid { geometry, blocks: &blocks, any: &state.solid_any, full: &state.sight_full, columns: None };
            let mut crossings = Crossings::new();
            for ((ax, ay), (bx, by)) in lines {
                let line = Slab::new(ax, ay, bx - ax, by - ay);
                let touched = |s: usize| {
                    slab(&line, geometry.x0[s], geometry.y0[s], geometry.x1[s], geometry.y1[s])
                };
                let bit = |word: u64, s: usize| word >> (s % 64) & 1 == 1;
                let blocked = (0..geometry.slice_count)
                    .any(|s| !bit(blocks[s / 64].clear, s) && touched(s).is_some());
                prop_assert_eq!(grid.sight_stop(ax, ay, bx, by).is_some(), blocked, "({},{})-({},{})", ax, ay, bx, by);
                prop_assert_eq!(grid.is_clear((ax, ay), (bx, by)), !blocked, "({},{})-({},{})", ax, ay, bx, by);
                let mut wrong = None;
                sweep((ax, ay), (bx, by), |row, may, sure| {
                    for column in 0..COLS {
                        let (x, y) = (column as f32 * CELL, row as f32 * CELL);
                        let touched = slab(&line, x, y, x + CELL, y + CELL).is_some();
                        if touched && may >> column & 1 == 0 || !touched && sure >> column & 1 == 1 {
                            wrong = Some((row, column));
                        }
                    }
                    false
                });
                prop_assert_eq!(wrong, None, "({},{})-({},{})", ax, ay, bx, by);
                let mut naive: Vec<(f32, u16)> = (0..geometry.slice_count)
                    .filter(|&s| !bit(blocks[s / 64].gone, s))
                    .filter_map(|s| touched(s).map(|t| (t, s as u16)))
                    .collect();
                naive.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                solid.crossings(ax, ay, bx, by, &mut crossings);
                prop_assert_eq!(&crossings.hits, &naive);
            }
        }
    }
}
