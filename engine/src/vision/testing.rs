//! Walls without a match, and dice, for the tests of this folder.

use super::Grid;
use crate::map::picture::{Cell, Picture};
use crate::map::{COLS, GameMap, ROWS, Reading, WallDef};
use crate::rng::{philox4x32, unit};
use crate::rules::Material;
use crate::world::Block;
use crate::world::state::{MatchState, derive_walls, restore_walls};
use glam::Vec2;
use std::sync::Arc;

/// Walls of a match without the match.
pub(crate) struct Walls {
    pub(crate) map: Arc<GameMap>,
    pub(crate) state: Box<MatchState>,
    pub(crate) blocks: Vec<Block>,
}

impl Walls {
    pub(crate) fn new(map: Arc<GameMap>) -> Walls {
        let mut state: Box<MatchState> = Box::new(bytemuck::Zeroable::zeroed());
        let mut blocks = vec![bytemuck::Zeroable::zeroed(); map.geometry().blocks()];
        restore_walls(&mut state, &mut blocks, map.geometry());
        Walls { map, state, blocks }
    }

    pub(crate) fn rects(rects: &[(f32, f32, f32, f32)]) -> Walls {
        let defs: Vec<WallDef> = rects
            .iter()
            .map(|&(x, y, width, height)| WallDef { x, y, width, height, material: Material::Concrete })
            .collect();
        Walls::new(GameMap::from_rects(&defs, &[]).unwrap())
    }

    /// Takes the slices away for which `gone` says so.
    pub(crate) fn open(&mut self, mut gone: impl FnMut(usize) -> bool) {
        for s in 0..self.map.geometry().slice_count {
            if gone(s) {
                self.blocks[s / 64].health[s % 64] = 0;
            }
        }
        derive_walls(&mut self.state, &mut self.blocks, self.map.geometry());
    }

    pub(crate) fn grid(&self) -> Grid<'_> {
        Grid {
            geometry: self.map.geometry(),
            blocks: &self.blocks,
            any: &self.state.sight_any,
            full: &self.state.sight_full,
            columns: None,
        }
    }

    pub(crate) fn is_free(&self, p: Vec2, clearance: f32) -> bool {
        let g = self.map.geometry();
        (0..g.slice_count).all(|s| {
            self.blocks[s / 64].clear >> (s % 64) & 1 == 1
                || p.x < g.x0[s] - clearance
                || p.x > g.x1[s] + clearance
                || p.y < g.y0[s] - clearance
                || p.y > g.y1[s] + clearance
        })
    }
}

pub(crate) struct Dice(u32, u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(0, seed)
    }

    pub(crate) fn word(&mut self) -> u32 {
        self.0 += 1;
        philox4x32([self.0, 0x9017, 0, 0], [self.1 as u32, (self.1 >> 32) as u32])[0]
    }

    pub(crate) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * unit(self.word())
    }

    pub(crate) fn below(&mut self, n: u32) -> u32 {
        crate::rng::below(self.word(), n)
    }
}

pub(crate) fn random_picture(dice: &mut Dice, density: f32) -> Arc<GameMap> {
    let mut picture = Picture::default();
    let materials = [Material::Concrete, Material::Wood, Material::Metal, Material::Glass];
    for row in 0..ROWS {
        for col in 0..COLS {
            if dice.within(0.0, 1.0) < density {
                picture.set(col, row, Cell::Wall(materials[dice.below(4) as usize])).unwrap();
            }
        }
    }
    for (col, row, cell) in [(1, 1, Cell::Empty), (2, 1, Cell::Empty), (1, 2, Cell::Empty), (2, 2, Cell::Empty)] {
        picture.set(col, row, cell).unwrap();
        picture.set(COLS - 1 - col, row, cell).unwrap();
    }
    GameMap::from_picture(&picture, if dice.below(3) == 0 { Reading::Coarse } else { Reading::Fine }).unwrap()
}

/// Rectangles anywhere, overlapping or touching at fractions of a pixel.
pub(crate) fn random_rects(dice: &mut Dice) -> Arc<GameMap> {
    let mut defs = Vec::new();
    for _ in 0..60 {
        let (width, height) = (dice.within(1.0, 50.0), dice.within(1.0, 30.0));
        let (x, y) = (dice.within(40.0, 479.0 - width), dice.within(0.0, 269.0 - height));
        defs.push(WallDef { x, y, width, height, material: Material::Wood });
        if dice.below(2) == 0 && x + width + 20.0 < 479.0 {
            defs.push(WallDef { x: x + width, width: 20.0, ..defs[defs.len() - 1] });
        }
    }
    GameMap::from_rects(&defs, &[]).unwrap()
}
