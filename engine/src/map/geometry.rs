//! Immutable geometry of a map, in columns: what every match on the map shares.

use crate::rules::Material;
use wide::f32x8;

/// Size of the playfield, px.
pub const PLAYFIELD: (f32, f32) = (480.0, 270.0);
/// Edge of a grid cell, px.
pub const CELL: f32 = 10.0;

/// Column or row of a coordinate, px, among `count`; what lies outside of the grid, or is no number, is in the cells at its
/// edge.
#[inline(always)]
pub(crate) fn cell_index(v: f32, count: usize) -> usize {
    debug_assert!(count > 0 && count <= 1 << 16);
    let (scaled, last) = (v * (1.0 / CELL), (count - 1) as f32);
    let scaled = if scaled > 0.0 { scaled } else { 0.0 };
    let scaled = if scaled < last { scaled } else { last };
    // SAFETY: from 0 to `last`, whose whole parts an i32 holds; not a number has become 0.
    unsafe { scaled.to_int_unchecked::<i32>() as u32 as usize }
}
/// [`cell_index`] of eight coordinates at once.
#[inline(always)]
pub(crate) fn cell_indices(v: f32x8, count: usize) -> [i32; 8] {
    let scaled = v * f32x8::splat(1.0 / CELL);
    scaled.fast_max(f32x8::ZERO).fast_min(f32x8::splat((count - 1) as f32)).fast_trunc_int().to_array()
}
/// Grid cells along x.
pub const COLS: usize = 48;
/// Grid cells along y.
pub const ROWS: usize = 27;
/// Half of a cell's area, in the unit of [`Geometry::cell_shares`]: from this on standing slices close a cell to sound.
/// Where slices overlap, the overlap counts for each.
pub const HALF_CELL: u32 = 50 * 64;
/// Cells of the grid.
pub const CELLS: usize = COLS * ROWS;
/// Every wall is cut into this many slices along its long side.
pub const SLICES_PER_WALL: usize = 5;
/// Walls a map may have at most: more than one for each cell.
pub const MAX_WALLS: usize = 1600;
/// Slices a map may have at most, a multiple of 64.
pub const MAX_SLICES: usize = MAX_WALLS * SLICES_PER_WALL;
/// Coordinate of a padding lane's edges: left and top edges hold `EMPTY_LANE`, right and bottom ones `-EMPTY_LANE`,
/// an inside-out rectangle that no ray and no circle on the playfield can touch.
pub const EMPTY_LANE: f32 = 1.0e6;

/// One wall as a host or renderer sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WallInfo {
    /// Left edge, px.
    pub x: f32,
    /// Top edge, px.
    pub y: f32,
    /// Extent along x, px.
    pub width: f32,
    /// Extent along y, px.
    pub height: f32,
    /// What it is made of.
    pub material: Material,
    /// True: the slices lie side by side along x; false: one under another along y.
    pub along_x: bool,
    /// Index of its first slice; its slices are `first_slice .. first_slice + 5`.
    pub first_slice: u16,
}

/// Slice rectangles in columns padded to whole blocks of 64 lanes, and the 10 px grid over them.
///
/// A typical fine map (312 wall cells) has 1,560 slices: 25 KB of rectangles, 5 KB of thresholds, 5 KB of grid.
#[derive(Debug)]
pub struct Geometry {
    /// Slices in use; lanes from here on are padding.
    pub slice_count: usize,
    /// Left edges, px. Length of this and all slice columns: `slice_count` rounded up to a multiple of 64.
    pub x0: Vec<f32>,
    /// Top edges, px.
    pub y0: Vec<f32>,
    /// Right edges, px.
    pub x1: Vec<f32>,
    /// Bottom edges, px.
    pub y1: Vec<f32>,
    /// Health of an intact slice, in 1/64 points; `u16::MAX` for border slices, which nothing damages; 0 in padding.
    pub max_health: Vec<u16>,
    /// Sight passes at this health or less, in 1/64 points: half of the health for soft walls, 0 for hard ones and
    /// for the border.
    pub see_through: Vec<u16>,
    /// Material of each slice, as `Material as u8`; 0 in padding.
    pub material: Vec<u8>,
    /// Wall of each slice; `u16::MAX` in padding. Always `slice / 5`.
    pub wall: Vec<u16>,
    /// Slices that do not stand when the match begins (the missing ones of short coarse runs), and padding lanes.
    pub missing: Vec<u64>,
    /// The walls, in creation order.
    pub walls: Vec<WallInfo>,
    /// `cell_start[c] .. cell_start[c + 1]` indexes `cell_slices` for cell `c = row * 48 + column`.
    pub cell_start: Vec<u32>,
    /// Slices that share area with a cell, in ascending order.
    pub cell_slices: Vec<u16>,
    /// Area that each entry of `cell_slices` has in its cell, in 1/64 px^2, at most 6,400.
    pub cell_shares: Vec<u16>,
    /// `slice_cell_start[s] .. slice_cell_start[s + 1]` indexes `slice_cells` for slice `s`.
    pub slice_cell_start: Vec<u32>,
    /// Cells that share area with a slice, in ascending order.
    pub slice_cells: Vec<u16>,
    /// Slices that share area with more than one cell, bit = slice.
    pub in_several: Vec<u64>,
    /// One word a row, bit = column: cells which their slices, all standing, fill without gap or overlap.
    pub tiled: [u64; ROWS],
}

impl Geometry {
    /// Lanes of a slice column: `slice_count` rounded up to a multiple of 64.
    #[inline]
    pub fn lanes(&self) -> usize {
        self.x0.len()
    }

    /// Blocks of 64 slices: words of a slice bitset.
    #[inline]
    pub fn blocks(&self) -> usize {
        self.x0.len() / 64
    }

    /// Slices that share area with cell `row * 48 + column`.
    #[inline]
    pub fn cell(&self, cell: usize) -> &[u16] {
        &self.cell_slices[self.cell_start[cell] as usize..self.cell_start[cell + 1] as usize]
    }

    /// Area of each slice of [`Geometry::cell`] in the cell, 1/64 px^2.
    #[inline]
    pub fn shares(&self, cell: usize) -> &[u16] {
        &self.cell_shares[self.cell_start[cell] as usize..self.cell_start[cell + 1] as usize]
    }

    /// Cells that share area with a slice.
    #[inline]
    pub fn cells_of(&self, slice: usize) -> &[u16] {
        &self.slice_cells[self.slice_cell_start[slice] as usize..self.slice_cell_start[slice + 1] as usize]
    }
}
