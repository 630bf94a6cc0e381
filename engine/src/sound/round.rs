//! The way round: wavefronts over the sound grid.
//!
//! A way leads from cell to cell, along the axes or diagonally between two open cells, through open cells alone; the
//! cells of source and listener count as open for it. It heads into one of four quarters at a time (east: the three
//! steps with x + 1; and so on), and pays where it leaves one for the next: a quarter turn. So turning is exact for ways
//! along walls; over the ways of the bots' scenes it is 0.25 dB too quiet on the average, 2 dB root mean square, beside
//! the same ways pulled taut (`s8_quarter_turns_are_right_on_the_average`). Of all ways the loudest counts, so that more open cells
//! never make a sound quieter; and a way is as long and as winding from either end.
//!
//! # How
//!
//! ```text
//! reach[0][quarter] = 0 everywhere but at the source
//! for turns = 0, 1, 2 ..:                                  a layer: what is reached with so many quarter turns
//!     for each quarter q:
//!         reach[turns][q] = max(reach[turns - 1][q], of its two neighbours too)        the turn
//!         for each line of cells in the direction of q, in order:                      the front
//!             reach[line] = max(reach[line], reach[line before] - 5, its neighbours' - 7), 0 where closed
//! ```
//!
//! It ends where no front comes nearer to any cell: to turn back on the spot never pays.
//!
//! `reach` is what is left of the way that the sound may go, in 2 px: bytes, a line of cells in one or two registers,
//! subtraction that saturates at 0. Lengths are exact over the grid (a step 10 px, a diagonal one 14), integers, and so
//! the same at every SIMD level. Lines of the east and west quarters are columns, those of north and south rows:
//! between layers each is turned over to the other by [`crate::simd`]'s transposition.
//!
//! Choices not made: Dijkstra's algorithm with a heap is the naive reference (`tests.rs`), hundreds of times slower;
//! fields kept by source cell cost 6 KB each and a match makes some 70 sounds a second while its walls change; a graph of the
//! walls' corners gives exact angles, but grows with every hole and had to be kept up to date for each match.

use super::walk::{ONE, fixed, fixed_middle, walk};
use crate::map::{CELL, COLS, ROWS, cell_index};
use crate::simd::Kernels;
use bytemuck::{Pod, Zeroable};
use wide::i16x8;

#[cfg(test)]
mod tests;

/// Cost of a step along an axis, 2 px each.
pub const UNIT: u8 = 5;
/// Cost of a diagonal step.
pub const DIAGONAL: u8 = 7;
/// px of one unit of cost.
pub(crate) const UNIT_PX: f32 = CELL / UNIT as f32;
/// Longest way that is followed, px; what is heard farther goes straight.
pub const LONGEST: f32 = 254.0 * UNIT_PX;
/// Layers: a way turns by at most one quarter less.
pub const LAYERS: usize = 6;

/// A column of cells, lane = row less [`Window::floor`]; lanes beyond the window hold 0.
pub type Column = [u8; 32];
/// A row of cells, lane = column less [`Window::base`]; lanes beyond the window hold 0.
pub type Row = [u8; 64];

/// Way left by cell and heading, after one number of quarter turns. 6,528 bytes.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C, align(32))]
pub struct Layer {
    /// Heading +x.
    pub east: [Column; COLS],
    /// Heading -x.
    pub west: [Column; COLS],
    /// Heading -y.
    pub north: [Row; ROWS],
    /// Heading +y.
    pub south: [Row; ROWS],
}

const _: () = assert!(size_of::<Layer>() == 6528);

impl Layer {
    pub(crate) const EMPTY: Layer =
        Layer { east: [[0; 32]; COLS], west: [[0; 32]; COLS], north: [[0; 64]; ROWS], south: [[0; 64]; ROWS] };

    /// What is left at a cell of the window, heading to a quarter.
    #[inline]
    fn at(&self, window: &Window, quarter: usize, x: usize, y: usize) -> u8 {
        let bytes: &[u8; size_of::<Layer>()] = bytemuck::cast_ref(self);
        let (origin, sx, sy) = window.strides(quarter);
        bytes[origin.wrapping_add(x * sx + y * sy)]
    }
}

/// Steps of each quarter, clockwise from east: straight on, then the two diagonals.
const STEPS: [[(isize, isize); 3]; 4] =
    [[(1, 0), (1, -1), (1, 1)], [(0, 1), (-1, 1), (1, 1)], [(-1, 0), (-1, -1), (-1, 1)], [(0, -1), (-1, -1), (1, -1)]];

/// How many lanes of a line a wave needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 16: at most 16 columns and rows.
    Tiny,
    /// 32: at most 32 columns.
    Narrow,
    /// All.
    Wide,
}

/// The part of the grid that a sound can reach: nothing outside of it is written, and nothing there may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First and last column.
    pub x: (usize, usize),
    /// First and last row.
    pub y: (usize, usize),
    /// Column of lane 0 of a row.
    pub base: usize,
    /// Row of lane 0 of a column.
    pub floor: usize,
    /// How many lanes.
    pub width: Width,
}

/// Columns and rows, first and last each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// First and last column.
    pub x: (usize, usize),
    /// First and last row.
    pub y: (usize, usize),
}

impl Part {
    /// The whole grid.
    pub const ALL: Part = Part { x: (0, COLS - 1), y: (0, ROWS - 1) };

    /// The least part that holds all cells on ways between a cell and each of eight (x, y), no longer than so many units
    /// each, where `asked` is -1; where it is 0, the lane says nothing. Without a branch, for it is asked for before each
    /// layer.
    ///
    /// A way that goes `e` columns beyond its ends goes sideways by 2 e more than between them, and a way over the open
    /// grid takes 5 units for each of the longer side's cells and 2 for each of the shorter's.
    #[inline]
    pub(crate) fn about(from: Cell, (x, y): (i16x8, i16x8), units: i16x8, asked: i16x8) -> Part {
        let all = i16x8::splat;
        let positive = |v: i16x8| v.max(i16x8::ZERO);
        // Above all lengths on the grid, and so few that a fifth is a multiplication.
        let units = units.min(all(4096));
        let beyond = |along: i16x8, across: i16x8| {
            let fifth = positive(units - across - across).mul_keep_high(all(13_108));
            let half = positive(units - all(5) * across) >> 1u32;
            let most = across.simd_gt(fifth).bitselect(half, fifth);
            positive(most - along) >> 1u32
        };
        let (from_x, from_y) = (all(from.0 as i16), all(from.1 as i16));
        let ((left, right), (top, bottom)) = ((x.min(from_x), x.max(from_x)), (y.min(from_y), y.max(from_y)));
        let (wide, high) = (right - left, bottom - top);
        let span = |low: i16x8, high: i16x8, beyond: i16x8, count: usize| {
            let low = (positive(low - beyond) | (!asked & all(i16::MAX))).reduce_min();
            let high = ((high + beyond) & asked).reduce_max();
            (low as usize, (high as usize).min(count - 1))
        };
        Part { x: span(left, right, beyond(wide, high), COLS), y: span(top, bottom, beyond(high, wide), ROWS) }
    }

    fn within(self, other: Part) -> Part {
        let meet = |a: (usize, usize), b: (usize, usize)| (a.0.max(b.0), a.1.min(b.1));
        Part { x: meet(self.x, other.x), y: meet(self.y, other.y) }
    }
}

impl Window {
    fn new(Part { x, y }: Part) -> Window {
        let (columns, rows) = (x.1 - x.0, y.1 - y.0);
        let (width, base, floor) = if columns < 16 && rows < 16 {
            (Width::Tiny, x.0.min(COLS - 16), y.0.min(ROWS - 16))
        } else if columns < 32 {
            (Width::Narrow, x.0.min(COLS - 32), 0)
        } else {
            (Width::Wide, 0, 0)
        };
        Window { x, y, base, floor, width }
    }

    fn part(&self) -> Part {
        Part { x: self.x, y: self.y }
    }

    #[inline]
    fn holds(&self, x: usize, y: usize) -> bool {
        x.wrapping_sub(self.x.0) <= self.x.1 - self.x.0 && y.wrapping_sub(self.y.0) <= self.y.1 - self.y.0
    }

    /// Where the bytes of a heading lie in a [`Layer`]: cell (x, y) at `origin + x * sx + y * sy`, wrapping.
    #[inline]
    fn strides(&self, quarter: usize) -> (usize, usize, usize) {
        match quarter {
            0 => (0usize.wrapping_sub(self.floor), 32, 1),
            1 => ((COLS * 64 + ROWS * 64).wrapping_sub(self.base), 1, 64),
            2 => ((COLS * 32).wrapping_sub(self.floor), 32, 1),
            _ => ((COLS * 64).wrapping_sub(self.base), 1, 64),
        }
    }

    /// Open cells of a row that lie in the window, bit = lane.
    #[inline]
    pub(crate) fn row(&self, word: u64) -> u64 {
        (word & (u64::MAX >> (63 - self.x.1))) >> self.x.0 << (self.x.0 - self.base)
    }

    /// Open cells of a column that lie in the window, bit = lane.
    #[inline]
    pub(crate) fn column(&self, word: u32) -> u32 {
        (word & (u32::MAX >> (31 - self.y.1))) >> self.y.0 << (self.y.0 - self.floor)
    }
}

/// How far a sound comes round the corners from one cell: layers, computed as far as they are asked for.
///
/// 47 KB, one for each thread.
#[derive(Debug)]
#[repr(C, align(32))]
pub struct Wave {
    /// 255 where a cell of the window is open, by column and by row.
    pub(crate) open_columns: [Column; COLS],
    pub(crate) open_rows: [Row; ROWS],
    pub(crate) layers: [Layer; LAYERS],
    /// A layer turned into columns and rows on its way to the next, for kernels that need room for it; stale outside of
    /// the window.
    pub(crate) turned_columns: [Column; COLS],
    pub(crate) turned_rows: [Row; 32],
    /// Of the newest layer: each lies within the one before, in the same lanes.
    pub(crate) window: Window,
    windows: [Window; LAYERS],
    /// Open cells, the source's among them.
    pub(crate) rows: [u64; ROWS],
    pub(crate) columns: [u32; COLS],
    /// What is left at most in a row, lane = row less [`Window::floor`], where the newest layer came nearer to a cell by a
    /// front to the east or west; 0 where it came nearer to none.
    pub(crate) nearer_rows: Column,
    /// The same by columns, of the fronts to the north and south.
    pub(crate) nearer_columns: Row,
    source: (usize, usize),
    /// Way that the sound may go, in units, more by 1.
    start: u8,
    done: usize,
    /// Another turn brings no cell nearer.
    settled: bool,
}

/// A way to a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    /// Quarter turns.
    pub(crate) turns: usize,
    /// 2 px.
    pub(crate) units: u8,
    /// Heading of its last leg, 0 east and on clockwise.
    quarter: u8,
}

impl Way {
    /// Length, px.
    #[inline]
    pub(crate) fn length(self) -> f32 {
        f32::from(self.units) * UNIT_PX
    }
}

/// The cell of a place, px.
#[inline]
pub(crate) fn cell_of(x: f32, y: f32) -> (usize, usize) {
    (cell_index(x, COLS), cell_index(y, ROWS))
}

/// Length over the open grid between two cells with no wall anywhere, px: no way round is shorter.
#[inline]
pub(crate) fn least_length(a: (usize, usize), b: (usize, usize)) -> f32 {
    let (dx, dy) = (a.0.abs_diff(b.0), a.1.abs_diff(b.1));
    let (long, short) = if dx > dy { (dx, dy) } else { (dy, dx) };
    ((long - short) * UNIT as usize + short * DIAGONAL as usize) as f32 * UNIT_PX
}

impl Default for Wave {
    fn default() -> Self {
        Wave::new()
    }
}

impl Wave {
    /// With nothing in it.
    pub fn new() -> Wave {
        Wave {
            open_columns: [[0; 32]; COLS],
            open_rows: [[0; 64]; ROWS],
            layers: [Layer::EMPTY; LAYERS],
            turned_columns: [[0; 32]; COLS],
            turned_rows: [[0; 64]; 32],
            window: Window::new(Part::ALL),
            windows: [Window::new(Part::ALL); LAYERS],
            rows: [0; ROWS],
            columns: [0; COLS],
            nearer_rows: [0; 32],
            nearer_columns: [0; 64],
            source: (0, 0),
            start: 0,
            done: 0,
            settled: false,
        }
    }

    /// A sound from a cell that carries for `limit` px. `rows` and `columns` are the open cells, the same ones twice;
    /// only ways within `part`, which must hold the source, are followed.
    pub fn begin(&mut self, rows: &[u64; ROWS], columns: &[u32; COLS], source: (usize, usize), limit: f32, part: Part) {
        let (x, y) = source;
        // A sound leaves the cell it is made in, be it closed.
        self.rows = *rows;
        self.rows[y] |= 1 << x;
        self.source = source;
        // At the limit itself nothing is left to hear.
        let most = libm::ceilf(limit.min(LONGEST + UNIT_PX) / UNIT_PX) as u8 - 1;
        self.start = most + 1;
        let reach = (most / UNIT) as usize;
        let about = Part {
            x: (x.saturating_sub(reach), (x + reach).min(COLS - 1)),
            y: (y.saturating_sub(reach), (y + reach).min(ROWS - 1)),
        };
        self.window = Window::new(about.within(part));
        self.settled = false;
        self.columns = *columns;
        self.columns[x] |= 1 << y;
        self.done = 0;
    }

    /// Computes the first layer.
    pub fn first(&mut self, kernels: &Kernels) {
        (kernels.open_lanes)(self);
        (kernels.first_layer)(self, self.source, self.start);
        self.windows[0] = self.window;
        self.done = 1;
    }

    /// Closes the cells about a window that has shrunk.
    #[inline(never)]
    fn shut(&mut self) {
        let Window { x: (x0, x1), y: (y0, y1), base, floor, .. } = self.window;
        let mut column = [0; 32];
        column[y0 - floor..=y1 - floor].fill(255);
        for line in &mut self.open_columns[x0..=x1] {
            line.iter_mut().zip(&column).for_each(|(open, within)| *open &= within);
        }
        let mut row = [0; 64];
        row[x0 - base..=x1 - base].fill(255);
        for line in &mut self.open_rows[y0..=y1] {
            line.iter_mut().zip(&row).for_each(|(open, within)| *open &= within);
        }
    }

    /// Computes one more layer, of the ways within `part`; false: another turn comes nearer to no cell, or there are no
    /// more layers.
    pub fn turn(&mut self, kernels: &Kernels, part: Part) -> bool {
        if self.settled || self.done == 0 || self.done >= LAYERS {
            return false;
        }
        let part = self.window.part().within(part);
        // Anew only where it pays: what lies about the new part must be closed.
        let lines = |part: Part| part.x.1 - part.x.0 + part.y.1 - part.y.0;
        if lines(part) + 6 < lines(self.window.part()) {
            (self.window.x, self.window.y) = (part.x, part.y);
            if kernels.reads_lanes(self.window.width) {
                self.shut();
            }
            let (x, y) = self.source;
            debug_assert!(self.window.holds(x, y));
        }
        self.windows[self.done] = self.window;
        // The layer that comes nearer to no cell still counts: it may have turned towards a listener's closed one.
        self.settled = !(kernels.next_layer)(self, self.done);
        self.done += 1;
        true
    }

    /// No way to a cell of the window with more turns than the newest layer has, and shorter than all with no more, is
    /// shorter than this, px. Not for the first layer. `None`: there is none at all.
    ///
    /// Such a way takes its last turn in a cell that the newest layer came nearer to than the one before, whatever the
    /// heading: if not, a way as good came there with a turn less. Should that one head the opposite way, then the two
    /// columns (or rows) before the cell are open beside each other, and to cross over there is shorter.
    ///
    /// Tried and slower (instructions of `sound_load`): the same in blocks of 8 columns and rows, which saves 4% of the
    /// layers and costs an eighth more for each. By every cell it would save 33% of them for `footstep_run` and 20% for
    /// `fire_rifle`, and take by estimate as much.
    pub(crate) fn least_left(&self, (x, y): Cell) -> Option<f32> {
        /// Cost of a line for each that lane 63 is away.
        const AWAY: [u8; 128] = {
            let mut away = [0; 128];
            let mut i = 0usize;
            while i < 128 {
                let lines = i.abs_diff(63);
                away[i] = if lines > 51 { 255 } else { lines as u8 * UNIT };
                i += 1;
            }
            away
        };
        fn most<const N: usize>(nearer: &[u8; N], lane: usize) -> u8 {
            let away = &AWAY[63 - lane.min(63)..][..N];
            nearer.iter().zip(away).fold(0, |most, (left, away)| most.max(left.saturating_sub(*away)))
        }
        let rows = most(&self.nearer_rows, y.wrapping_sub(self.window.floor));
        let best = rows.max(most(&self.nearer_columns, x.wrapping_sub(self.window.base)));
        (best > 0).then(|| f32::from(self.start - best) * UNIT_PX)
    }

    /// The shortest way to a cell with the turns of the newest layer at most.
    pub(crate) fn way_to(&self, cell: (usize, usize)) -> Option<Way> {
        let turns = self.done.checked_sub(1)?;
        let (x, y) = cell;
        if !self.window.holds(x, y) {
            return None;
        }
        let layer = &self.layers[turns];
        let mut best = (0, 0);
        let open = self.rows[y] >> x & 1 == 1;
        for quarter in 0..4 {
            let reach = if open { layer.at(&self.window, quarter, x, y) } else { self.step_into(layer, quarter, x, y) };
            if reach > best.0 {
                best = (reach, quarter);
            }
        }
        (best.0 > 0).then(|| Way { turns, units: self.start - best.0, quarter: best.1 as u8 })
    }

    /// What a listener in a closed cell gets: the last step leads into it.
    fn step_into(&self, layer: &Layer, quarter: usize, x: usize, y: usize) -> u8 {
        STEPS[quarter].iter().filter_map(|&step| Some(self.before(layer, quarter, x, y, step)?.0)).max().unwrap_or(0)
    }

    /// Open and on the grid; wrapped coordinates are not.
    #[inline]
    fn is_open(&self, x: usize, y: usize) -> bool {
        x < COLS && self.rows.get(y).is_some_and(|row| row >> x & 1 == 1)
    }

    /// The cell from which a step comes, with what would be left after it.
    #[inline]
    fn before(
        &self,
        layer: &Layer,
        quarter: usize,
        x: usize,
        y: usize,
        (dx, dy): (isize, isize),
    ) -> Option<(u8, (usize, usize))> {
        let (px, py) = (x.wrapping_sub(dx as usize), y.wrapping_sub(dy as usize));
        if !(self.window.holds(px, py) && self.is_open(px, py)) {
            return None;
        }
        let diagonal = dx != 0 && dy != 0;
        // The listener's own cell may be closed; the two beside a diagonal step must not.
        if diagonal && !(self.is_open(px, y) && self.is_open(x, py)) {
            return None;
        }
        let cost = if diagonal { DIAGONAL } else { UNIT };
        Some((layer.at(&self.window, quarter, px, py).saturating_sub(cost), (px, py)))
    }

    /// The cells of a way, from the listener's back to the source's; ends when `visit` is false.
    pub(crate) fn trace(&self, way: Way, to: (usize, usize), mut visit: impl FnMut(usize, usize) -> bool) {
        if !visit(to.0, to.1) {
            return;
        }
        self.runs(way, to, |start, step, count| {
            (1..=count).all(|n| {
                let (x, y) = along(start, step, n);
                visit(x, y)
            })
        });
    }

    /// The straight runs of a way, from the listener's back to the source's: the cell where each begins, its step, and how
    /// many it takes; ends when `visit` is false. Where several ways are as good: straight on before diagonally, the
    /// first of the two diagonals before the second, a step before a turn.
    fn runs(&self, way: Way, to: (usize, usize), mut visit: impl FnMut(Cell, Step, usize) -> bool) {
        let ((mut x, mut y), mut quarter) = (to, way.quarter as usize);
        let mut left = self.start - way.units;
        let (mut start, mut step, mut count) = (to, (0, 0), 0usize);
        for turns in (0..=way.turns).rev() {
            let bytes: &[u8; size_of::<Layer>()] = bytemuck::cast_ref(&self.layers[turns]);
            let window = &self.windows[turns];
            let (origin, sx, sy) = window.strides(quarter);
            let steps = &STEPS[quarter];
            let (dx, dy) = steps[0];
            let back = (sx as isize * -dx + sy as isize * -dy) as usize;
            let mut at = origin.wrapping_add(x * sx + y * sy);
            // Every step leaves one line for the one before: so many are in the window, and lanes at its edges.
            let ((mut lines, mut lane), lanes) = match quarter {
                0 => ((x - window.x.0, y - window.y.0), window.y.1 - window.y.0),
                1 => ((y - window.y.0, x - window.x.0), window.x.1 - window.x.0),
                2 => ((window.x.1 - x, y - window.y.0), window.y.1 - window.y.0),
                _ => ((window.y.1 - y, x - window.x.0), window.x.1 - window.x.0),
            };
            let mut kind = 3;
            // What is left only grows towards the source, and is 0 in closed cells: a step that fits is from an open one.
            while left != self.start && lines > 0 {
                let line = at.wrapping_add(back);
                let (straight, diagonal) = (left.saturating_add(UNIT), left.saturating_add(DIAGONAL));
                let beside = |(dx, dy): Step| {
                    let (px, py) = (x.wrapping_sub_signed(dx), y.wrapping_sub_signed(dy));
                    self.rows[y] >> px & self.rows[py] >> x & 1 == 1
                };
                // Of all quarters, the first diagonal comes from the lane after, the second from the lane before.
                let next = if bytes[line] == straight {
                    (at, left) = (line, straight);
                    0
                } else if lane < lanes && bytes[line + 1] == diagonal && beside(steps[1]) {
                    (at, left, lane) = (line + 1, diagonal, lane + 1);
                    1
                } else if lane > 0 && bytes[line - 1] == diagonal && beside(steps[2]) {
                    (at, left, lane) = (line - 1, diagonal, lane - 1);
                    2
                } else {
                    break;
                };
                if next != kind {
                    if steps[next] != step && count > 0 {
                        if !visit(start, step, count) {
                            return;
                        }
                        (start, count) = ((x, y), 0);
                    }
                    (kind, step) = (next, steps[next]);
                }
                count += 1;
                lines -= 1;
                (x, y) = (x.wrapping_sub_signed(step.0), y.wrapping_sub_signed(step.1));
            }
            if left == self.start || turns == 0 {
                break;
            }
            let below = &self.layers[turns - 1];
            let from = [quarter, (quarter + 1) & 3, (quarter + 3) & 3];
            match from.iter().find(|&&q| below.at(window, q, x, y) == left) {
                Some(&q) => quarter = q,
                None => break,
            }
        }
        if count > 0 {
            visit(start, step, count);
        }
    }

    /// Whether the straight line from the middle of a cell to the listener, at `ear` in cell (x, y), goes through open cells
    /// alone, source's and listener's own among them.
    fn is_straight(&self, from: Cell, ear: (i32, i32), (x, y): Cell) -> bool {
        let from = (fixed_middle(from.0), fixed_middle(from.1));
        let mut clear = true;
        // The fewer lines, the fewer words.
        if (from.0 - ear.0).abs() > (from.1 - ear.1).abs() {
            walk::<ROWS, COLS>(from, ear, |row, mask| {
                let open = self.rows[row] | if row == y { 1 << x } else { 0 };
                clear = !open & mask == 0;
                !clear
            });
        } else {
            walk::<COLS, ROWS>((from.1, from.0), (ear.1, ear.0), |column, mask| {
                let open = self.columns[column] | if column == x { 1 << y } else { 0 };
                clear = !open & mask as u32 == 0;
                !clear
            });
        }
        clear
    }

    /// Where the last leg of a way begins: the farthest cell's middle from which the listener is reached in a straight
    /// line through open cells, px. Bends of the way are tried from the listener on, then the run between the last that
    /// does and the first that does not.
    #[inline(never)]
    pub(crate) fn last_leg(&self, way: Way, listener: (f32, f32)) -> (f32, f32) {
        let to = cell_of(listener.0, listener.1);
        let ear = (fixed(listener.0), fixed(listener.1));
        let mut last = to;
        let is_inside = is_inside(ear, to);
        self.runs(way, to, |start, step, count| {
            let clear = |n: usize| self.is_straight(along(start, step, n), ear, to);
            // The first run's cells, and those beside its diagonal steps, are all that a line to its end can touch.
            let is_known = start == to && is_inside;
            debug_assert!(!is_known || clear(count), "{ear:?} in {to:?}, {count} by {step:?}");
            if is_known || clear(count) {
                last = along(start, step, count);
                return true;
            }
            let (mut low, mut high) = (0, count);
            while high - low > 1 {
                let half = (low + high) / 2;
                if clear(half) {
                    low = half;
                } else {
                    high = half;
                }
            }
            // The first step of all counts, however near to a wall the listener stands.
            if low > 0 || start == to {
                last = along(start, step, low.max(1));
            }
            false
        });
        ((last.0 as f32 + 0.5) * CELL, (last.1 as f32 + 0.5) * CELL)
    }
}

/// Whether a listener is so far within a cell that a line to the middle of another, along an axis or diagonally from this
/// one, is told to touch no cells but those on that way and those that two diagonal neighbours have in common.
///
/// Of a diagonal run the line keeps as near to the diagonal as the listener is, less than a cell by twice what is asked
/// here; [`walk`] tells of cells at most an eighth of that away from the line.
#[inline]
fn is_inside((x, y): (i32, i32), cell: Cell) -> bool {
    /// 2^-16 cells.
    const NEAR: i32 = ONE / 64;
    let is_within = |at: i32, cell: usize| (NEAR..ONE - NEAR).contains(&(at - cell as i32 * ONE));
    is_within(x, cell.0) && is_within(y, cell.1)
}

pub(crate) type Cell = (usize, usize);
/// The way a heading goes; traced ways go against it.
type Step = (isize, isize);

/// The cell `n` steps back from another.
#[inline]
fn along(start: Cell, step: Step, n: usize) -> Cell {
    (start.0.wrapping_sub_signed(step.0 * n as isize), start.1.wrapping_sub_signed(step.1 * n as isize))
}
