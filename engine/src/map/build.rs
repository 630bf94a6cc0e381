//! Walls in, columns out.

use super::WallDef;
use super::geometry::{CELL, CELLS, COLS, EMPTY_LANE, Geometry, MAX_WALLS, PLAYFIELD, ROWS, SLICES_PER_WALL, WallInfo};
use crate::rules::POINT;
use crate::{Error, Result};

/// All five slices stand when the match begins.
pub(super) const WHOLE: u8 = 0b1_1111;

/// A wall as the readings hand it to [`Geometry::build`].
///
/// May reach over the playfield's edge: a short coarse run keeps its 50 px rectangle wherever it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Piece {
    pub(crate) def: WallDef,
    /// Slices lie side by side along x; false: one under another along y.
    pub(crate) along_x: bool,
    /// Bit i: slice i stands when the match begins. Only the low 5 bits count.
    pub(crate) present: u8,
}

impl Piece {
    /// A whole wall cut along its long side; a square one along x.
    pub(super) fn whole(def: WallDef) -> Piece {
        Piece { def, along_x: def.width >= def.height, present: WHOLE }
    }
}

/// Edge `i` of the six edges of a wall cut into five: the one formula behind all slices, so that neighbours share
/// the very bits, and the outer edges are those of the wall.
fn edge(start: f32, extent: f32, i: usize) -> f32 {
    match i {
        0 => start,
        SLICES_PER_WALL => start + extent,
        _ => start + extent * i as f32 / SLICES_PER_WALL as f32,
    }
}

/// Cells `first..end` along one axis that share more than an edge with `low..high`, clipped to the field.
///
/// In f64, where the quotient of an f32 by 10 never rounds up to a whole number that it is not.
fn cells_between(low: f32, high: f32, count: usize) -> core::ops::Range<usize> {
    let first = libm::floor(f64::from(low) / f64::from(CELL)).max(0.0);
    let end = libm::ceil(f64::from(high) / f64::from(CELL)).min(count as f64);
    if first < end { first as usize..end as usize } else { 0..0 }
}

impl Geometry {
    /// Fills all columns from walls in creation order.
    ///
    /// Coordinates must be finite and extents at least 1 px, which the readings and `from_rects` see to.
    /// [`Error::BadMap`] beyond [`MAX_WALLS`].
    pub(crate) fn build(pieces: &[Piece]) -> Result<Geometry> {
        if pieces.len() > MAX_WALLS {
            return Err(Error::BadMap { reason: format!("{} walls; a map has at most {MAX_WALLS}", pieces.len()) });
        }
        let slice_count = pieces.len() * SLICES_PER_WALL;
        let lanes = slice_count.next_multiple_of(64);
        let mut g = Geometry {
            slice_count,
            x0: vec![EMPTY_LANE; lanes],
            y0: vec![EMPTY_LANE; lanes],
            x1: vec![-EMPTY_LANE; lanes],
            y1: vec![-EMPTY_LANE; lanes],
            max_health: vec![0; lanes],
            see_through: vec![0; lanes],
            material: vec![0; lanes],
            wall: vec![u16::MAX; lanes],
            missing: vec![u64::MAX; lanes / 64],
            walls: Vec::with_capacity(pieces.len()),
            cell_start: Vec::new(),
            cell_slices: Vec::new(),
            cell_shares: Vec::new(),
            slice_cell_start: Vec::new(),
            slice_cells: Vec::new(),
            in_several: vec![0; lanes / 64],
            tiled: [0; ROWS],
        };
        for (w, piece) in pieces.iter().enumerate() {
            let Piece { def, along_x, present } = *piece;
            let first = w * SLICES_PER_WALL;
            let max_health = def.material.slice_health().map_or(u16::MAX, |points| points * POINT as u16);
            for i in 0..SLICES_PER_WALL {
                let s = first + i;
                if along_x {
                    (g.x0[s], g.x1[s]) = (edge(def.x, def.width, i), edge(def.x, def.width, i + 1));
                    (g.y0[s], g.y1[s]) = (def.y, def.y + def.height);
                } else {
                    (g.x0[s], g.x1[s]) = (def.x, def.x + def.width);
                    (g.y0[s], g.y1[s]) = (edge(def.y, def.height, i), edge(def.y, def.height, i + 1));
                }
                g.max_health[s] = max_health;
                g.see_through[s] = if def.material.is_soft() { max_health / 2 } else { 0 };
                g.material[s] = def.material as u8;
                g.wall[s] = w as u16;
                if present >> i & 1 == 1 {
                    g.missing[s / 64] &= !(1 << (s % 64));
                }
            }
            g.walls.push(WallInfo {
                x: def.x,
                y: def.y,
                width: def.width,
                height: def.height,
                material: def.material,
                along_x,
                first_slice: first as u16,
            });
        }
        g.fill_grid();
        g.fill_shares();
        for row in 0..ROWS {
            for col in 0..COLS {
                if g.is_tiled(row, col) {
                    g.tiled[row] |= 1 << col;
                }
            }
        }
        Ok(g)
    }

    /// Both directions of the grid, from the rectangles.
    fn fill_grid(&mut self) {
        let mut count = [0u32; CELLS];
        self.slice_cell_start.push(0);
        for s in 0..self.slice_count {
            for row in cells_between(self.y0[s], self.y1[s], ROWS) {
                for col in cells_between(self.x0[s], self.x1[s], COLS) {
                    let cell = row * COLS + col;
                    count[cell] += 1;
                    self.slice_cells.push(cell as u16);
                }
            }
            let before = self.slice_cell_start[s] as usize;
            self.in_several[s / 64] |= u64::from(self.slice_cells.len() - before > 1) << (s % 64);
            self.slice_cell_start.push(self.slice_cells.len() as u32);
        }
        let mut total = 0;
        self.cell_start = Vec::with_capacity(CELLS + 1);
        for n in count {
            self.cell_start.push(total);
            total += n;
        }
        self.cell_start.push(total);
        let mut next = self.cell_start.clone();
        self.cell_slices = vec![0; self.slice_cells.len()];
        for s in 0..self.slice_count {
            let cells = self.slice_cell_start[s] as usize..self.slice_cell_start[s + 1] as usize;
            for &cell in &self.slice_cells[cells] {
                let slot = &mut next[cell as usize];
                self.cell_slices[*slot as usize] = s as u16;
                *slot += 1;
            }
        }
    }

    /// How much of its cell each entry of the grid covers.
    fn fill_shares(&mut self) {
        for cell in 0..CELLS {
            let (left, top) = ((cell % COLS) as f32 * CELL, (cell / COLS) as f32 * CELL);
            for at in self.cell_start[cell] as usize..self.cell_start[cell + 1] as usize {
                let s = self.cell_slices[at] as usize;
                let along =
                    |low: f32, high: f32, from: f32| f64::from(high.min(from + CELL)) - f64::from(low.max(from));
                let area = along(self.x0[s], self.x1[s], left) * along(self.y0[s], self.y1[s], top);
                self.cell_shares.push(libm::round(area * 64.0) as u16);
            }
        }
    }

    /// Whether the slices of a cell, clipped to it, fill it with no gap and no overlap.
    ///
    /// Areas are sums of products of f32 differences in f64, far finer than the 1e-9 allowed for their rounding.
    fn is_tiled(&self, row: usize, col: usize) -> bool {
        let (left, top) = (col as f32 * CELL, row as f32 * CELL);
        let clipped = |&s: &u16| {
            let s = s as usize;
            [
                f64::from(self.x0[s].max(left)),
                f64::from(self.y0[s].max(top)),
                f64::from(self.x1[s].min(left + CELL)),
                f64::from(self.y1[s].min(top + CELL)),
            ]
        };
        let slices = self.cell(row * COLS + col);
        let area: f64 = slices.iter().map(clipped).map(|[x0, y0, x1, y1]| (x1 - x0) * (y1 - y0)).sum();
        if (area - f64::from(CELL * CELL)).abs() > 1e-9 {
            return false;
        }
        slices.iter().map(clipped).enumerate().all(|(i, a)| {
            slices[..i].iter().map(clipped).all(|b| a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3])
        })
    }

    /// Whether a slice stands when the match begins.
    #[inline]
    pub(crate) fn stands_at_start(&self, slice: usize) -> bool {
        self.missing[slice / 64] >> (slice % 64) & 1 == 0
    }

    /// Slices that share area with a cell that `at`, grown by `reach` px, touches. A slice in several of these cells comes
    /// once for each.
    pub(super) fn slices_near(&self, at: glam::Vec2, reach: f32) -> impl Iterator<Item = usize> + '_ {
        let cols = cells_between((at.x - reach).max(0.0), (at.x + reach).min(PLAYFIELD.0), COLS);
        let rows = cells_between((at.y - reach).max(0.0), (at.y + reach).min(PLAYFIELD.1), ROWS);
        rows.flat_map(move |row| cols.clone().flat_map(move |col| self.cell(row * COLS + col))).map(|&s| s as usize)
    }
}
