//! The loaded map: from bytes, cells or walls, and what its author wants to know of it.

use crate::answer::{Answer, Fault, hex, point};
use crate::arena::sound_field;
use serde::Deserialize;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use trespasser::map::picture::{Cell, Picture};
use trespasser::map::{CELL, CELLS, COLS, MAX_SPAWNS, MAX_WALLS, PLAYFIELD, ROWS};
use trespasser::rules::Material;
use trespasser::{
    GameMap, MatchDef, MatchId, Reading, RuleSet, SoundKind, Spawn, Team, Vec2, WallDef, Weapon, World, WorldDef,
};

/// Cells by their number in calls: the colours of a map's PNG, and their names.
const PALETTE: [(Cell, &str, [u8; 3]); 8] = [
    (Cell::Empty, "empty", [0xFF, 0xFF, 0xFF]),
    (Cell::Wall(Material::Concrete), "concrete", [0x80, 0x80, 0x80]),
    (Cell::Wall(Material::Wood), "wood", [0x8B, 0x45, 0x13]),
    (Cell::Wall(Material::Metal), "metal", [0x40, 0x40, 0x40]),
    (Cell::Wall(Material::Glass), "glass", [0x87, 0xCE, 0xEB]),
    (Cell::Spawn(Team::Red), "red", [0xFF, 0x00, 0x00]),
    (Cell::Spawn(Team::Blue), "blue", [0x00, 0x00, 0xFF]),
    (Cell::Light, "light", [0xFF, 0xFF, 0x00]),
];

/// px between the points of the net that ways are looked for on.
const STEP: usize = 5;
const NET_COLS: usize = PLAYFIELD.0 as usize / STEP + 1;
const NET_ROWS: usize = PLAYFIELD.1 as usize / STEP + 1;
/// Lengths of a step along an axis and across, 1/100 px: whole numbers order a heap.
const STRAIGHT: u32 = 500;
const ACROSS: u32 = 707;
/// px within which two teams' ways count as equally long.
const EQUAL: f32 = 10.0;
/// px between a red and a blue spawn with a clear line from which on it is told: the distance of sight of a player who
/// looks ahead (rule book, section 6).
const FAR: f32 = 220.0;

pub(crate) fn about() -> Answer {
    json!({
        "version": trespasser::VERSION,
        "cells": PALETTE.map(|(_, name, rgb)| json!({ "name": name, "rgb": rgb })),
        "maps": GameMap::BUILTIN.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        "materials": Material::ALL.map(Material::name),
        "weapons": Weapon::ALL.map(Weapon::name),
        "sounds": SoundKind::ALL.map(SoundKind::name).as_slice(),
        "rules": RuleSet::NAMES,
    })
    .into()
}

fn reading_of(number: u32) -> Result<Reading, Fault> {
    match number {
        0 => Ok(Reading::Fine),
        1 => Ok(Reading::Coarse),
        other => Err(Fault::argument("reading", other, "0, fine, or 1, coarse")),
    }
}

fn picture_of(cells: &[u8]) -> Result<Picture, Fault> {
    if cells.len() != CELLS {
        return Err(Fault::argument("cells", format!("{} bytes", cells.len()), format!("{CELLS} bytes, one a cell")));
    }
    let mut picture = Picture::default();
    for (at, &number) in cells.iter().enumerate() {
        let Some((cell, ..)) = PALETTE.get(usize::from(number)) else {
            return Err(Fault::argument(&format!("cells[{at}]"), number, format!("0 to {}", PALETTE.len() - 1)));
        };
        picture.set(at % COLS, at / COLS, *cell)?;
    }
    Ok(picture)
}

fn cells_of(picture: &Picture) -> Vec<usize> {
    (0..CELLS)
        .map(|at| {
            let cell = picture.get(at % COLS, at / COLS).unwrap_or_default();
            PALETTE.iter().position(|(known, ..)| *known == cell).unwrap_or(0)
        })
        .collect()
}

pub(crate) fn png_of_cells(cells: &[u8]) -> Result<Answer, Fault> {
    Ok(Answer::Bytes(picture_of(cells)?.to_png()?))
}

#[derive(Deserialize)]
struct Walls {
    walls: Vec<Wall>,
    #[serde(default)]
    spawns: Vec<At>,
}

#[derive(Deserialize)]
struct Wall {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
    material: String,
}

#[derive(Deserialize)]
struct At {
    x: f32,
    y: f32,
    team: String,
}

/// The map, and a match on it without players, which sight and sound are asked of.
struct Loaded {
    map: Arc<GameMap>,
    world: World,
    game: MatchId,
}

#[derive(Default)]
pub(crate) struct Ground {
    loaded: Option<Loaded>,
    /// The picture's other reading, for recordings made on it.
    other: Option<Arc<GameMap>>,
}

impl Ground {
    fn take(&mut self, map: Arc<GameMap>, other: Option<Arc<GameMap>>) -> Result<(), Fault> {
        let mut world = World::new(WorldDef { max_matches: 1, ..WorldDef::default() })?;
        let game = world.create_match(&map, MatchDef::default())?;
        (self.loaded, self.other) = (Some(Loaded { map, world, game }), other);
        Ok(())
    }

    fn loaded(&self) -> Result<&Loaded, Fault> {
        self.loaded.as_ref().ok_or_else(|| Fault::not_yet("no map is loaded; load one first"))
    }

    /// The map that is played on.
    pub(crate) fn map(&self) -> Result<Arc<GameMap>, Fault> {
        Ok(Arc::clone(&self.loaded()?.map))
    }

    /// The map with a hash among those at hand: the loaded one in both readings, and the engine's own.
    pub(crate) fn find(&self, hash: u64) -> Option<Arc<GameMap>> {
        let loaded = self.loaded.iter().map(|loaded| Arc::clone(&loaded.map)).chain(self.other.clone());
        let own = GameMap::BUILTIN.iter().flat_map(|(name, _)| {
            [Reading::Fine, Reading::Coarse].into_iter().filter_map(|reading| GameMap::builtin(name, reading).ok())
        });
        loaded.chain(own).find(|map| map.hash() == hash)
    }

    fn picture(&mut self, picture: &Picture, reading: u32, warnings: &[String]) -> Result<Answer, Fault> {
        let reading = reading_of(reading)?;
        let map = GameMap::from_picture(picture, reading)?;
        let other = match reading {
            Reading::Fine => Reading::Coarse,
            Reading::Coarse => Reading::Fine,
        };
        let mut answer = map_of(&map, warnings);
        answer["cells"] = json!(cells_of(picture));
        self.take(map, GameMap::from_picture(picture, other).ok())?;
        Ok(answer.into())
    }

    pub(crate) fn png(&mut self, bytes: &[u8], reading: u32) -> Result<Answer, Fault> {
        let (picture, warnings) = Picture::from_png(bytes)?;
        self.picture(&picture, reading, &warnings)
    }

    pub(crate) fn cells(&mut self, cells: &[u8], reading: u32) -> Result<Answer, Fault> {
        self.picture(&picture_of(cells)?, reading, &[])
    }

    pub(crate) fn builtin(&mut self, name: &[u8], reading: u32) -> Result<Answer, Fault> {
        let name = String::from_utf8_lossy(name);
        let found = GameMap::BUILTIN.iter().find(|(known, _)| *known == name);
        let Some((_, png)) = found else {
            // For its words.
            GameMap::builtin(&name, Reading::Fine)?;
            return Err(Fault::argument("map", name, "one of the engine's own"));
        };
        self.png(png, reading)
    }

    pub(crate) fn walls(&mut self, text: &[u8]) -> Result<Answer, Fault> {
        let walls: Walls = serde_json::from_slice(text).map_err(|error| {
            Fault::argument("walls", format!("no list of walls ({error})"), "{walls: [...], spawns: [...]}")
        })?;
        if walls.walls.len() > MAX_WALLS || walls.spawns.len() > MAX_SPAWNS {
            let found = format!("{} and {}", walls.walls.len(), walls.spawns.len());
            return Err(Fault::argument("walls and spawns", found, format!("at most {MAX_WALLS} and {MAX_SPAWNS}")));
        }
        let defs: Vec<WallDef> = walls
            .walls
            .iter()
            .map(|&Wall { x, y, width, height, ref material }| {
                Ok(WallDef { x, y, width, height, material: material.parse()? })
            })
            .collect::<Result<_, trespasser::Error>>()?;
        let spawns: Vec<Spawn> = walls
            .spawns
            .iter()
            .map(|at| Ok(Spawn { at: Vec2::new(at.x, at.y), team: at.team.parse()? }))
            .collect::<Result<_, trespasser::Error>>()?;
        let map = GameMap::from_rects(&defs, &spawns)?;
        let answer = map_of(&map, &[]);
        self.take(map, None)?;
        Ok(answer.into())
    }

    pub(crate) fn slices(&self) -> Result<Answer, Fault> {
        Ok(slices_of(&self.loaded()?.map))
    }

    pub(crate) fn sight(&self, x: f32, y: f32) -> Result<Answer, Fault> {
        let at = point(x, y)?;
        let Loaded { world, game, .. } = self.loaded()?;
        let view = world.view(*game)?;
        Ok(Answer::Bytes((0..CELLS).map(|cell| u8::from(view.line_is_clear(at, middle(cell)))).collect()))
    }

    pub(crate) fn sound(&self, kind: u32, x: f32, y: f32) -> Result<Answer, Fault> {
        let Loaded { world, game, .. } = self.loaded()?;
        sound_field(&world.view(*game)?, kind, x, y)
    }

    pub(crate) fn checks(&self) -> Result<Answer, Fault> {
        let Loaded { map, world, game } = self.loaded()?;
        let view = world.view(*game)?;
        let free = free_points(map);
        let ways = [Team::Red, Team::Blue].map(|team| ways_from(&free, map.spawns_of(team)));
        let mut problems = Vec::new();
        let mut tell = |kind: &str, text: String, at: Vec<Vec2>| {
            let at: Vec<[f32; 2]> = at.iter().map(|at| [at.x, at.y]).collect();
            problems.push(json!({ "kind": kind, "text": text, "at": at }));
        };
        let mut spawns = Vec::new();
        for spawn in map.spawns() {
            let from = ways_from(&free, std::iter::once(spawn.at));
            let other = spawn.team.other();
            let nearest = map.spawns_of(other).filter_map(|at| at_of(&from, at)).min_by(f32::total_cmp);
            let name = format!("{} spawn at ({}, {})", spawn.team.name(), spawn.at.x, spawn.at.y);
            if nearest.is_none() {
                tell(
                    "unreachable",
                    format!("The {name} has no way to any {} spawn unless walls are shot open.", other.name()),
                    vec![spawn.at],
                );
            }
            let seen: Vec<Vec2> = map.spawns_of(other).filter(|at| view.line_is_clear(spawn.at, *at)).collect();
            if spawn.team == Team::Red {
                for at in &seen {
                    let apart = (spawn.at - *at).length();
                    let reach = if apart <= FAR { "within sight" } else { "beyond sight, not beyond bullets" };
                    tell(
                        "sight",
                        format!(
                            "The {name} has a clear line to the blue spawn at ({}, {}): {apart:.0} px, {reach}.",
                            at.x, at.y
                        ),
                        vec![spawn.at, *at],
                    );
                }
            }
            spawns.push(json!({
                "x": spawn.at.x, "y": spawn.at.y, "team": spawn.team.name(), "way": nearest,
                "sees": seen.iter().map(|at| [at.x, at.y]).collect::<Vec<_>>(),
            }));
        }
        let mut first = [0u32; 3];
        let mut unreached = 0u32;
        for cell in 0..CELLS {
            if !map.geometry().is_free(middle(cell)) {
                continue;
            }
            match ways.each_ref().map(|ways| at_of(ways, middle(cell))) {
                [Some(red), Some(blue)] if (red - blue).abs() <= EQUAL => first[2] += 1,
                [Some(red), Some(blue)] => first[usize::from(blue < red)] += 1,
                [Some(_), None] => first[0] += 1,
                [None, Some(_)] => first[1] += 1,
                [None, None] => unreached += 1,
            }
        }
        if unreached > 0 {
            let text = format!("{unreached} open cells have no way from any spawn unless walls are shot open.");
            tell("enclosed", text, Vec::new());
        }
        let centre = Vec2::new(PLAYFIELD.0 / 2.0, PLAYFIELD.1 / 2.0);
        let to_centre = ways.each_ref().map(|ways| map.nearest_free(centre).and_then(|at| at_of(ways, at)));
        if let [Some(red), Some(blue)] = to_centre
            && (red - blue).abs() > 0.15 * red.max(blue)
        {
            let (nearer, text) = if red < blue { ("Red", [red, blue]) } else { ("Blue", [blue, red]) };
            tell(
                "distance",
                format!("{nearer} is much nearer to the middle: {:.0} px against {:.0} px.", text[0], text[1]),
                Vec::new(),
            );
        }
        let by_cell = |ways: &[u32]| (0..CELLS).map(|cell| at_of(ways, middle(cell))).collect::<Vec<_>>();
        Ok(json!({
            "problems": problems,
            "spawns": spawns,
            "first": { "red": first[0], "blue": first[1], "equal": first[2] },
            "unreached": unreached,
            "toCentre": { "red": to_centre[0], "blue": to_centre[1] },
            "ways": { "red": by_cell(&ways[0]), "blue": by_cell(&ways[1]) },
        })
        .into())
    }
}

/// Middle of a cell, px.
fn middle(cell: usize) -> Vec2 {
    Vec2::new((cell % COLS) as f32 + 0.5, (cell / COLS) as f32 + 0.5) * CELL
}

pub(crate) fn slices_of(map: &GameMap) -> Answer {
    let g = map.geometry();
    Answer::floats((0..g.slice_count).flat_map(|s| {
        let stands = g.missing[s / 64] >> (s % 64) & 1 == 0;
        [
            g.x0[s],
            g.y0[s],
            g.x1[s],
            g.y1[s],
            f32::from(g.material[s]),
            f32::from(g.max_health[s]),
            f32::from(u8::from(stands)),
        ]
    }))
}

pub(crate) fn map_of(map: &GameMap, warnings: &[String]) -> Value {
    let g = map.geometry();
    let spawns =
        map.spawns().iter().map(|spawn| json!({ "x": spawn.at.x, "y": spawn.at.y, "team": spawn.team.name() }));
    json!({
        "hash": hex(map.hash()),
        "rows": ROWS,
        "cols": COLS,
        "walls": g.walls.len(),
        "slices": g.slice_count,
        "materials": Material::ALL.map(|material| {
            json!({ "name": material.name(), "walls": g.walls.iter().filter(|wall| wall.material == material).count() })
        }),
        "spawns": spawns.collect::<Vec<_>>(),
        "lights": map.lights().iter().map(|at| [at.x, at.y]).collect::<Vec<_>>(),
        "warnings": map.warnings().iter().chain(warnings).collect::<Vec<_>>(),
    })
}

/// Points of the net where a body has room, walls as they stand at the beginning.
fn free_points(map: &GameMap) -> Vec<bool> {
    (0..NET_COLS * NET_ROWS)
        .map(|at| map.geometry().is_free(Vec2::new((at % NET_COLS * STEP) as f32, (at / NET_COLS * STEP) as f32)))
        .collect()
}

/// Shortest ways from some places to each point of the net, 1/100 px; `u32::MAX`: none. Dijkstra's, eight neighbours, never
/// across the corner of what is not free.
fn ways_from(free: &[bool], places: impl Iterator<Item = Vec2>) -> Vec<u32> {
    let mut ways = vec![u32::MAX; free.len()];
    let mut heap = BinaryHeap::new();
    for at in places.filter_map(|place| near(place).find(|&at| free[at])) {
        ways[at] = 0;
        heap.push(Reverse((0, at)));
    }
    while let Some(Reverse((way, at))) = heap.pop() {
        if way > ways[at] {
            continue;
        }
        let (x, y) = ((at % NET_COLS) as isize, (at / NET_COLS) as isize);
        let is_free = |x: isize, y: isize| {
            let inside = (0..NET_COLS as isize).contains(&x) && (0..NET_ROWS as isize).contains(&y);
            inside && free[y as usize * NET_COLS + x as usize]
        };
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)] {
            if !is_free(x + dx, y + dy) || !is_free(x + dx, y) || !is_free(x, y + dy) {
                continue;
            }
            let next = (y + dy) as usize * NET_COLS + (x + dx) as usize;
            let longer = way + if dx != 0 && dy != 0 { ACROSS } else { STRAIGHT };
            if longer < ways[next] {
                ways[next] = longer;
                heap.push(Reverse((longer, next)));
            }
        }
    }
    ways
}

/// The points of the net around a place, its own first.
fn near(at: Vec2) -> impl Iterator<Item = usize> {
    let (x, y) = (rounded(at.x / STEP as f32), rounded(at.y / STEP as f32));
    [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)].into_iter().filter_map(move |(dx, dy)| {
        let (x, y) = (x + dx, y + dy);
        let inside = (0..NET_COLS as i32).contains(&x) && (0..NET_ROWS as i32).contains(&y);
        inside.then_some(y as usize * NET_COLS + x as usize)
    })
}

fn rounded(value: f32) -> i32 {
    (value + 0.5) as i32
}

/// px to a place, if there is a way.
fn at_of(ways: &[u32], at: Vec2) -> Option<f32> {
    near(at).map(|point| ways[point]).find(|way| *way != u32::MAX).map(|way| way as f32 / 100.0)
}
