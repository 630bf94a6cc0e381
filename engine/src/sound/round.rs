//! The way round: wavefronts over the sound grid.
//!
//! A way leads from cell to cell, along the axes or diagonally between two open cells, through open cells alone; the
//! cells of source and listener count as open for it. It heads into one of four quarters at a time (east: the three
//! steps with x + 1; and so on), and pays where it leaves one for the next: a quarter turn. So turning is exact for ways
//! along walls, and on the average over directions otherwise. Of all ways the loudest counts, so that more open cells
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
//! `reach` is what is left of the way that the sound may go, in 2 px: bytes, a line of cells in one or two registers,
//! subtraction that saturates at 0. Lengths are exact over the grid (a step 10 px, a diagonal one 14), integers, and so
//! the same at every SIMD level. Lines of the east and west quarters are columns, those of north and south rows:
//! between layers each is turned over to the other by [`crate::simd`]'s transposition.
//!
//! Choices not made: Dijkstra's algorithm with a heap is the naive reference (`tests.rs`), hundreds of times slower;
//! fields kept by source cell cost 6 KB each and a match makes sounds in a new cell 130 times a second; a graph of the
//! walls' corners gives exact angles, but grows with every hole and had to be kept up to date for each match.

use crate::map::{CELL, COLS, ROWS};
use crate::simd::Kernels;

#[cfg(test)]
mod tests;

/// Cost of a step along an axis, 2 px each.
pub const UNIT: u8 = 5;
/// Cost of a diagonal step.
pub const DIAGONAL: u8 = 7;
/// px of one unit of cost.
const UNIT_PX: f32 = CELL / UNIT as f32;
/// Longest way that is followed, px; what is heard farther goes straight.
pub const LONGEST: f32 = 254.0 * UNIT_PX;
/// Layers: a way turns by at most one quarter less.
pub const LAYERS: usize = 6;

/// A column of cells, lane = row; lanes from 27 on hold 0.
pub type Column = [u8; 32];
/// A row of cells, lane = column; lanes from 48 on hold 0.
pub type Row = [u8; 64];

/// Way left by cell and heading, after one number of quarter turns. 6,528 bytes.
#[derive(Debug, Clone)]
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

impl Layer {
    pub(crate) const EMPTY: Layer =
        Layer { east: [[0; 32]; COLS], west: [[0; 32]; COLS], north: [[0; 64]; ROWS], south: [[0; 64]; ROWS] };

    #[inline]
    fn at(&self, quarter: usize, x: usize, y: usize) -> u8 {
        match quarter {
            0 => self.east[x][y],
            1 => self.south[y][x],
            2 => self.west[x][y],
            _ => self.north[y][x],
        }
    }
}

/// Steps of each quarter, clockwise from east: straight on, then the two diagonals.
const STEPS: [[(i32, i32); 3]; 4] =
    [[(1, 0), (1, -1), (1, 1)], [(0, 1), (-1, 1), (1, 1)], [(-1, 0), (-1, -1), (-1, 1)], [(0, -1), (-1, -1), (1, -1)]];

/// How far a sound comes round the corners from one cell: layers, computed as far as they are asked for.
///
/// 42 KB, one for each thread.
#[derive(Debug)]
#[repr(C, align(32))]
pub struct Wave {
    /// 255 where a cell is open, by column and by row.
    pub(crate) open_columns: [Column; COLS],
    pub(crate) open_rows: [Row; ROWS],
    pub(crate) layers: [Layer; LAYERS],
    rows: [u64; ROWS],
    source: (usize, usize),
    /// Way that the sound may go, in units, more by 1.
    start: u8,
    done: usize,
    /// The last layer reached nothing that the one before did not.
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
    let index = |v: f32, count: usize| if v <= 0.0 { 0 } else { ((v * 0.1) as usize).min(count - 1) };
    (index(x, COLS), index(y, ROWS))
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
            rows: [0; ROWS],
            source: (0, 0),
            start: 0,
            done: 0,
            settled: false,
        }
    }

    /// A sound from a cell that carries for `limit` px. `rows` and `columns` are the open cells, the same ones twice.
    pub fn begin(
        &mut self,
        kernels: &Kernels,
        rows: &[u64; ROWS],
        columns: &[u32; COLS],
        source: (usize, usize),
        limit: f32,
    ) {
        let (x, y) = source;
        self.rows = *rows;
        self.rows[y] |= 1 << x;
        self.source = source;
        self.start = ((limit.min(LONGEST) / UNIT_PX) as u8).saturating_add(1);
        self.done = 1;
        self.settled = false;
        (kernels.open_lanes)(rows, columns, &mut self.open_rows, &mut self.open_columns);
        // A sound leaves the cell it is made in, be it closed.
        self.open_rows[y][x] = 255;
        self.open_columns[x][y] = 255;
        (kernels.first_layer)(self, source, self.start);
    }

    /// Computes one more layer; false: nothing new is reached, or there are no more.
    pub fn turn(&mut self, kernels: &Kernels) -> bool {
        if self.settled || self.done >= LAYERS {
            return false;
        }
        self.settled = !(kernels.next_layer)(self, self.done);
        if !self.settled {
            self.done += 1;
        }
        !self.settled
    }

    /// The shortest way to a cell with the turns of the newest layer at most.
    pub(crate) fn way_to(&self, cell: (usize, usize)) -> Option<Way> {
        let turns = self.done - 1;
        let (x, y) = cell;
        let layer = &self.layers[turns];
        let mut best = (0, 0);
        let open = self.rows[y] >> x & 1 == 1;
        for quarter in 0..4 {
            let reach = if open { layer.at(quarter, x, y) } else { self.into_closed(layer, quarter, x, y) };
            if reach > best.0 {
                best = (reach, quarter);
            }
        }
        (best.0 > 0).then(|| Way { turns, units: self.start - best.0, quarter: best.1 as u8 })
    }

    /// What a listener in a closed cell gets: the last step leads into it.
    fn into_closed(&self, layer: &Layer, quarter: usize, x: usize, y: usize) -> u8 {
        STEPS[quarter].iter().filter_map(|&step| Some(self.before(layer, quarter, x, y, step)?.0)).max().unwrap_or(0)
    }

    fn is_open(&self, x: i32, y: i32) -> bool {
        x >= 0 && y >= 0 && (x as usize) < COLS && (y as usize) < ROWS && self.rows[y as usize] >> x & 1 == 1
    }

    /// The cell from which a step comes, with what would be left after it.
    #[inline]
    fn before(
        &self,
        layer: &Layer,
        quarter: usize,
        x: usize,
        y: usize,
        (dx, dy): (i32, i32),
    ) -> Option<(u8, (usize, usize))> {
        let (px, py) = (x as i32 - dx, y as i32 - dy);
        if !self.is_open(px, py) {
            return None;
        }
        let diagonal = dx != 0 && dy != 0;
        if diagonal && !(self.is_open(px, y as i32) && self.is_open(x as i32, py)) {
            return None;
        }
        let from = (px as usize, py as usize);
        let cost = if diagonal { DIAGONAL } else { UNIT };
        Some((layer.at(quarter, from.0, from.1).saturating_sub(cost), from))
    }

    /// The cells of a way, from the listener's back to the source's. Where several are as good: straight on before
    /// diagonally, a step before a turn.
    pub(crate) fn trace(&self, way: Way, to: (usize, usize), mut visit: impl FnMut(usize, usize) -> bool) {
        let (mut x, mut y) = to;
        let (mut turns, mut quarter) = (way.turns, way.quarter as usize);
        let mut left = self.start - way.units;
        if !visit(x, y) {
            return;
        }
        // A way has fewer cells than the grid.
        for _ in 0..COLS * ROWS {
            if (x, y) == self.source && left == self.start {
                return;
            }
            let layer = &self.layers[turns];
            let step = STEPS[quarter].iter().find_map(|&step| {
                self.before(layer, quarter, x, y, step)
                    .filter(|(reach, _)| *reach == left)
                    .map(|(_, from)| (step, from))
            });
            if let Some(((dx, dy), from)) = step {
                left += if dx != 0 && dy != 0 { DIAGONAL } else { UNIT };
                (x, y) = from;
                if !visit(x, y) {
                    return;
                }
                continue;
            }
            if turns == 0 {
                return;
            }
            turns -= 1;
            let below = &self.layers[turns];
            match [quarter, (quarter + 1) & 3, (quarter + 3) & 3].iter().find(|&&q| below.at(q, x, y) == left) {
                Some(&q) => quarter = q,
                None => return,
            }
        }
    }

    /// Whether the straight line from a point to the listener goes through open cells alone, source's and listener's
    /// own among them.
    fn is_straight(&self, from: (f32, f32), listener: (f32, f32)) -> bool {
        let (x, y) = cell_of(listener.0, listener.1);
        let mut clear = true;
        crate::vision::walk(from.0, from.1, listener.0, listener.1, |row, mask| {
            let open = self.rows[row] | if row == y { 1 << x } else { 0 };
            clear = !open & mask == 0;
            !clear
        });
        clear
    }

    /// Where the last leg of a way begins: the farthest cell's middle from which the listener is reached in a straight
    /// line through open cells, px.
    pub(crate) fn last_leg(&self, way: Way, listener: (f32, f32)) -> (f32, f32) {
        let to = cell_of(listener.0, listener.1);
        let middle = |x: usize, y: usize| ((x as f32 + 0.5) * CELL, (y as f32 + 0.5) * CELL);
        let mut cells = [(0u8, 0u8); COLS * 2];
        let mut count = 0;
        let mut last = middle(to.0, to.1);
        let mut step = (0, 0);
        let mut since = 0;
        let mut done = false;
        self.trace(way, to, |x, y| {
            let cell = (x as u8, y as u8);
            if count > 0 {
                let before = cells[count - 1];
                let now = (i32::from(cell.0) - i32::from(before.0), i32::from(cell.1) - i32::from(before.1));
                if count > 1 && now != step {
                    // A bend of the way at the cell before.
                    done = !self.reaches(&cells[since..count], listener, &mut last);
                    since = count - 1;
                }
                step = now;
            }
            if done || count == cells.len() {
                return false;
            }
            cells[count] = cell;
            count += 1;
            true
        });
        if !done {
            self.reaches(&cells[since..count], listener, &mut last);
        }
        last
    }

    /// Moves `last` to the farthest cell of a straight run of a way from which the listener is reached; false: not all
    /// of the run.
    fn reaches(&self, run: &[(u8, u8)], listener: (f32, f32), last: &mut (f32, f32)) -> bool {
        let middle = |cell: (u8, u8)| ((f32::from(cell.0) + 0.5) * CELL, (f32::from(cell.1) + 0.5) * CELL);
        let clear = |i: usize| i == 0 || self.is_straight(middle(run[i]), listener);
        let end = run.len() - 1;
        if clear(end) {
            *last = middle(run[end]);
            return true;
        }
        let (mut low, mut high) = (0, end);
        while high - low > 1 {
            let half = (low + high) / 2;
            if clear(half) {
                low = half;
            } else {
                high = half;
            }
        }
        // The first step of all, however near to a wall the listener stands.
        let own = (run[0].0 as usize, run[0].1 as usize) == cell_of(listener.0, listener.1);
        if low > 0 || own {
            *last = middle(run[low.max(1)]);
        }
        false
    }
}
