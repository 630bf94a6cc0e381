//! From the cells of a picture to walls: the two readings of the rule book, sections 3 and 10.

use super::WallDef;
use super::build::{Piece, WHOLE};
use super::geometry::{CELL, CELLS, COLS, ROWS, SLICES_PER_WALL};
use super::picture::Picture;
use crate::rules::Material;

fn piece(col: usize, row: usize, cells: (usize, usize), material: Material, along_x: bool, present: u8) -> Piece {
    let def = WallDef {
        x: col as f32 * CELL,
        y: row as f32 * CELL,
        width: cells.0 as f32 * CELL,
        height: cells.1 as f32 * CELL,
        material,
    };
    Piece { def, along_x, present }
}

/// Every wall cell a wall of its own, row by row.
///
/// Slices lie across the way the wall runs, so that a shot square at it opens one slice and not five in a row.
pub(super) fn fine(picture: &Picture) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for row in 0..ROWS {
        for col in 0..COLS {
            let Some(material) = picture.wall(col, row) else { continue };
            let is_wall = |c, r| picture.wall(c, r).is_some();
            // Column or row -1 wraps to a huge index, which is outside like any other.
            let beside = is_wall(col.wrapping_sub(1), row) || is_wall(col + 1, row);
            let stacked = is_wall(col, row.wrapping_sub(1)) || is_wall(col, row + 1);
            pieces.push(piece(col, row, (1, 1), material, beside || !stacked, WHOLE));
        }
    }
    pieces
}

/// Which way a coarse run goes from its first cell.
#[derive(Clone, Copy)]
enum Way {
    Right,
    Down,
}

struct Coarse<'a> {
    picture: &'a Picture,
    taken: [bool; CELLS],
    pieces: Vec<Piece>,
}

impl Coarse<'_> {
    fn is_free(&self, col: usize, row: usize, material: Material) -> bool {
        self.picture.wall(col, row) == Some(material) && !self.taken[row * COLS + col]
    }

    fn cell(col: usize, row: usize, way: Way, i: usize) -> (usize, usize) {
        match way {
            Way::Right => (col + i, row),
            Way::Down => (col, row + i),
        }
    }

    /// Untaken cells of the material in a row from here on, 5 at most.
    fn length(&self, col: usize, row: usize, way: Way, material: Material) -> usize {
        (0..SLICES_PER_WALL)
            .take_while(|&i| {
                let (c, r) = Self::cell(col, row, way, i);
                self.is_free(c, r, material)
            })
            .count()
    }

    fn take(&mut self, col: usize, row: usize, way: Way, length: usize, material: Material) {
        for i in 0..length {
            let (c, r) = Self::cell(col, row, way, i);
            self.taken[r * COLS + c] = true;
        }
        let (cells, along_x) = match way {
            Way::Right => ((SLICES_PER_WALL, 1), true),
            Way::Down => ((1, SLICES_PER_WALL), false),
        };
        let present = WHOLE >> (SLICES_PER_WALL - length);
        self.pieces.push(piece(col, row, cells, material, along_x, present));
    }
}

/// Runs of up to 5 cells, as today's backend cuts them, including that the further cells of a solid block's second
/// arm become runs of one cell each: it is what yields the 79 walls of the map in use.
pub(super) fn coarse(picture: &Picture) -> Vec<Piece> {
    let mut cut = Coarse { picture, taken: [false; CELLS], pieces: Vec::new() };
    for row in 0..ROWS {
        for col in 0..COLS {
            let Some(material) = picture.wall(col, row) else { continue };
            if cut.taken[row * COLS + col] {
                continue;
            }
            let right = cut.length(col, row, Way::Right, material);
            let down = cut.length(col, row, Way::Down, material);
            let middle = col + right / 2;
            if right >= 2 && down >= 2 && cut.is_free(col + 1, row + 1, material) {
                if right > down {
                    cut.take(col, row, Way::Right, right, material);
                    for i in 1..down {
                        cut.take(col, row + i, Way::Right, 1, material);
                    }
                } else {
                    cut.take(col, row, Way::Down, down, material);
                    for i in 1..right {
                        cut.take(col + i, row, Way::Down, 1, material);
                    }
                }
            } else if right >= 3 && down >= 2 && cut.is_free(middle, row + 1, material) {
                cut.take(col, row, Way::Right, right, material);
                let stem = cut.length(middle, row + 1, Way::Down, material);
                cut.take(middle, row + 1, Way::Down, stem, material);
            } else if right >= 2 && right > down {
                cut.take(col, row, Way::Right, right, material);
            } else {
                cut.take(col, row, Way::Down, down, material);
            }
        }
    }
    cut.pieces
}
