//! Maps: PNG pictures or lists of rectangles in, immutable shared [`Geometry`] out.

mod build;
mod cut;
mod geometry;
pub mod picture;
mod spawn;
#[cfg(test)]
mod tests;

pub use geometry::{
    CELL, CELLS, COLS, EMPTY_LANE, Geometry, HALF_CELL, MAX_SLICES, MAX_WALLS, PLAYFIELD, ROWS, SLICES_PER_WALL,
    WallInfo,
};
pub(crate) use geometry::{cell_index, cell_indices};

use crate::rules::{Material, Team, short};
use crate::{Error, Result};
use build::Piece;
use glam::Vec2;
use picture::{Cell, Picture};
use std::sync::Arc;

/// Radius of a body, px (rule book, section 2). Here because a map without room for a body is refused; the rule
/// sets' body radius is this one.
pub const BODY_RADIUS: f32 = 6.0;
/// Spawns a map may have at most, both teams together.
pub const MAX_SPAWNS: usize = 64;

/// How the cells of a picture become walls (rule book, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// Every 10 x 10 px cell is a wall of its own with 5 slices 2 px wide.
    #[default]
    Fine,
    /// Runs of up to 5 cells make one 50 x 10 (or 10 x 50) px wall with one slice a cell, as today's backend does.
    Coarse,
}

/// A wall given by a host: an axis-aligned rectangle of one material, in playfield pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WallDef {
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
}

/// A place where a team's players appear: the centre of the body, px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spawn {
    /// Centre of the body, px.
    pub at: Vec2,
    /// Whose spawn it is.
    pub team: Team,
}

/// A playable map: geometry, spawns, lights and a content hash. Shared by all matches played on it.
#[derive(Debug)]
pub struct GameMap {
    geometry: Geometry,
    spawns: Vec<Spawn>,
    lights: Vec<Vec2>,
    warnings: Vec<String>,
    hash: u64,
}

impl GameMap {
    /// The project's own maps as (name, PNG), drawn in `engine/maps/`.
    pub const BUILTIN: &[(&str, &[u8])] = &[
        ("yard", include_bytes!("../../maps/yard.png")),
        ("depot", include_bytes!("../../maps/depot.png")),
        ("citadel", include_bytes!("../../maps/citadel.png")),
    ];

    /// One of the project's own maps. [`Error::UnknownName`] lists them.
    pub fn builtin(name: &str, reading: Reading) -> Result<Arc<GameMap>> {
        match Self::BUILTIN.iter().find(|(known, _)| *known == name) {
            Some((_, png)) => Self::from_png(png, reading),
            None => Err(Error::UnknownName {
                what: "map",
                name: short(name),
                known: Self::BUILTIN.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// Reads a PNG of 48 x 27 or 480 x 270 pixels in the palette of the rule book, section 10.
    ///
    /// [`Error::BadMap`] for other sizes, damaged or truncated files, more than [`MAX_SPAWNS`] spawns, and a spawn
    /// inside a wall or without room. See [`Picture::from_png`] for what becomes a warning.
    pub fn from_png(bytes: &[u8], reading: Reading) -> Result<Arc<GameMap>> {
        let (picture, warnings) = Picture::from_png(bytes)?;
        Self::read(&picture, reading, warnings)
    }

    /// Reads a picture already in memory; errors as for [`GameMap::from_png`].
    pub fn from_picture(picture: &Picture, reading: Reading) -> Result<Arc<GameMap>> {
        Self::read(picture, reading, Vec::new())
    }

    fn read(picture: &Picture, reading: Reading, warnings: Vec<String>) -> Result<Arc<GameMap>> {
        let geometry = Geometry::build(&match reading {
            Reading::Fine => cut::fine(picture),
            Reading::Coarse => cut::coarse(picture),
        })?;
        let mut spawns = Vec::new();
        let mut lights = Vec::new();
        for (col, row, cell) in picture.drawn() {
            let at = Vec2::new((col as f32 + 0.5) * CELL, (row as f32 + 0.5) * CELL);
            match cell {
                Cell::Spawn(team) => spawns.push(Spawn { at, team }),
                Cell::Light => lights.push(at),
                Cell::Empty | Cell::Wall(_) => {}
            }
        }
        let name = |i: usize| {
            let Spawn { at, team } = spawns[i];
            format!(
                "the {} spawn at pixel ({}, {}) of 48 x 27, ({}, {}) of 480 x 270,",
                team.name(),
                (at.x / CELL) as usize,
                (at.y / CELL) as usize,
                at.x,
                at.y
            )
        };
        Self::assemble(geometry, &spawns, lights, warnings, name)
    }

    /// Takes walls and spawns as they are given. A wall is cut along its long side, a square one along x.
    ///
    /// [`Error::BadMap`] names the wall or spawn, the field and the limit: at most [`MAX_WALLS`] walls at least 1 px
    /// wide and high within the playfield; at most [`MAX_SPAWNS`] spawns at least [`BODY_RADIUS`] from its edges, not
    /// inside a wall, and with a free spot within 12 px, to which they are moved. A team without spawns gets one.
    pub fn from_rects(walls: &[WallDef], spawns: &[Spawn]) -> Result<Arc<GameMap>> {
        // Before the walls are looked at one by one, and before anything is allocated.
        if walls.len() > MAX_WALLS {
            return Err(Error::BadMap { reason: format!("{} walls; a map has at most {MAX_WALLS}", walls.len()) });
        }
        let mut pieces = Vec::with_capacity(walls.len());
        for (i, wall) in walls.iter().enumerate() {
            pieces.push(Piece::whole(checked(i, wall)?));
        }
        for (i, spawn) in spawns.iter().enumerate().take(MAX_SPAWNS) {
            if !spawn::within_field(spawn.at) {
                return Err(Error::BadMap {
                    reason: format!(
                        "spawns[{i}] is at ({}, {}); x must be {BODY_RADIUS} to {} and y {BODY_RADIUS} to {}",
                        spawn.at.x,
                        spawn.at.y,
                        PLAYFIELD.0 - BODY_RADIUS,
                        PLAYFIELD.1 - BODY_RADIUS
                    ),
                });
            }
        }
        let name = |i: usize| format!("spawns[{i}] at ({}, {})", spawns[i].at.x, spawns[i].at.y);
        Self::assemble(Geometry::build(&pieces)?, spawns, Vec::new(), Vec::new(), name)
    }

    fn assemble(
        geometry: Geometry,
        spawns: &[Spawn],
        lights: Vec<Vec2>,
        warnings: Vec<String>,
        name: impl Fn(usize) -> String,
    ) -> Result<Arc<GameMap>> {
        if spawns.len() > MAX_SPAWNS {
            return Err(Error::BadMap { reason: format!("{} spawns; a map has at most {MAX_SPAWNS}", spawns.len()) });
        }
        let spawns = spawn::place(&geometry, spawns, name)?;
        let hash = content_hash(&geometry, &spawns, &lights);
        Ok(Arc::new(GameMap { geometry, spawns, lights, warnings, hash }))
    }

    /// The columns that matches on this map share.
    #[inline]
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// All spawns, each with room for a body; at least one a team.
    pub fn spawns(&self) -> &[Spawn] {
        &self.spawns
    }

    /// The spawns of a team, in the order of [`GameMap::spawns`].
    pub fn spawns_of(&self, team: Team) -> impl Iterator<Item = Vec2> + '_ {
        self.spawns.iter().filter(move |spawn| spawn.team == team).map(|spawn| spawn.at)
    }

    /// Centres of the lamps, px; for renderers, the simulation does not know light.
    pub fn lights(&self) -> &[Vec2] {
        &self.lights
    }

    /// What was read but probably not meant: unknown colours, stray spawn pixels.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Hash of all that a match can tell apart: walls with their materials, cuts and missing slices, spawns, lights.
    /// The same picture at both sizes has the same hash, its two readings have different ones.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// The free spot nearest to `at`; see [`Geometry::nearest_free`].
    pub fn nearest_free(&self, at: Vec2) -> Option<Vec2> {
        self.geometry.nearest_free(at)
    }
}

/// A host's wall with its numbers in range; negative zero becomes zero, so that equal maps have equal bytes.
fn checked(i: usize, wall: &WallDef) -> Result<WallDef> {
    let refuse = |field: &str, value: f32, limit: String| {
        Err(Error::BadMap { reason: format!("walls[{i}].{field} is {value}; it must be {limit}") })
    };
    let axes = [("x", wall.x, "width", wall.width, PLAYFIELD.0), ("y", wall.y, "height", wall.height, PLAYFIELD.1)];
    for (start_field, start, extent_field, extent, limit) in axes {
        if !(1.0..=limit).contains(&extent) {
            return refuse(extent_field, extent, format!("1 to {limit}"));
        }
        if !(start >= 0.0 && start + extent <= limit) {
            return refuse(
                start_field,
                start,
                format!("0 to {} for a {extent_field} of {extent} within the playfield", limit - extent),
            );
        }
    }
    Ok(WallDef { x: wall.x + 0.0, y: wall.y + 0.0, ..*wall })
}

fn content_hash(geometry: &Geometry, spawns: &[Spawn], lights: &[Vec2]) -> u64 {
    let mut bytes = Vec::new();
    for count in [geometry.walls.len(), spawns.len(), lights.len()] {
        bytes.extend((count as u32).to_le_bytes());
    }
    for wall in &geometry.walls {
        for number in [wall.x, wall.y, wall.width, wall.height] {
            bytes.extend(number.to_le_bytes());
        }
        let first = wall.first_slice as usize;
        let present = (0..SLICES_PER_WALL).fold(0, |mask, i| mask | u8::from(geometry.stands_at_start(first + i)) << i);
        bytes.extend([wall.material as u8, u8::from(wall.along_x), present]);
    }
    for spawn in spawns {
        bytes.extend(spawn.at.x.to_le_bytes());
        bytes.extend(spawn.at.y.to_le_bytes());
        bytes.push(spawn.team as u8);
    }
    for light in lights {
        bytes.extend(light.x.to_le_bytes());
        bytes.extend(light.y.to_le_bytes());
    }
    xxhash_rust::xxh3::xxh3_64(&bytes)
}
