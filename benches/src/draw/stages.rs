//! Stages: small maps made by hand, where the players stand, and what they do, each to show one thing.

use anyhow::{Context, Result, bail};
use std::ops::Range;
use trespasser::map::picture::{Cell, Picture};
use trespasser::rules::Material;
use trespasser::{
    Buttons, Event, GameMap, InputCmd, Loadout, MatchDef, MatchId, PlayerDef, PlayerId, Reading, Team, Vec2, Weapon,
    World, WorldDef,
};

/// Somebody on a stage.
#[derive(Debug)]
struct Actor {
    team: Team,
    /// Column and row of the cell in whose middle they stand.
    cell: (usize, usize),
    /// Cursor, px.
    looks: (f32, f32),
    support: &'static [Weapon],
}

/// What the first actor does for some ticks.
#[derive(Debug)]
struct Act {
    ticks: Range<u32>,
    held: Buttons,
    /// Pressed in the first of the ticks.
    taps: Buttons,
    cursor: (f32, f32),
}

/// A stage.
#[derive(Debug)]
pub struct Stage {
    /// Name on the command line.
    pub name: &'static str,
    /// What it shows.
    pub about: &'static str,
    /// Tick that is drawn unless another is asked for.
    pub(crate) moment: u32,
    /// Column, row, columns, rows; later ones replace earlier ones.
    walls: &'static [(Option<Material>, [usize; 4])],
    actors: &'static [Actor],
    acts: &'static [Act],
    /// Ticks in which the first actor throws what is in hand, at the lowest charge.
    throws: &'static [u32],
}

const CONCRETE: Option<Material> = Some(Material::Concrete);
const WOOD: Option<Material> = Some(Material::Wood);
const METAL: Option<Material> = Some(Material::Metal);
const DOOR: Option<Material> = None;

const fn red(cell: (usize, usize), looks: (f32, f32)) -> Actor {
    Actor { team: Team::Red, cell, looks, support: &[] }
}

const fn blue(cell: (usize, usize), looks: (f32, f32)) -> Actor {
    Actor { team: Team::Blue, cell, looks, support: &[] }
}

/// All stages.
pub const STAGES: &[Stage] = &[
    Stage {
        name: "hole",
        about: "27 rifle bullets have opened one slice of a concrete wall",
        moment: 220,
        walls: &[
            (CONCRETE, [6, 5, 25, 1]),
            (CONCRETE, [6, 25, 25, 1]),
            (CONCRETE, [6, 5, 1, 21]),
            (CONCRETE, [30, 5, 1, 21]),
            (CONCRETE, [16, 6, 1, 19]),
            (DOOR, [16, 18, 1, 3]),
        ],
        actors: &[
            red((12, 13), (185.0, 135.0)),
            blue((26, 13), (135.0, 135.0)),
            blue((24, 9), (135.0, 135.0)),
            blue((20, 23), (135.0, 135.0)),
            blue((9, 8), (135.0, 135.0)),
        ],
        // The rifle's 25 points, ten times a second: the 27th ends the slice's 675. A rifle that is aimed has no spread.
        acts: &[
            Act { ticks: 2..3, held: Buttons::NONE, taps: Buttons::AIM, cursor: (185.0, 135.0) },
            Act { ticks: 10..168, held: Buttons::FIRE, taps: Buttons::NONE, cursor: (185.0, 135.0) },
            Act { ticks: 175..176, held: Buttons::NONE, taps: Buttons::AIM, cursor: (185.0, 135.0) },
        ],
        throws: &[],
    },
    Stage {
        name: "smoke",
        about: "a cloud that fades and one that is dense",
        moment: 1024,
        walls: &[
            (CONCRETE, [4, 2, 28, 1]),
            (CONCRETE, [4, 25, 28, 1]),
            (CONCRETE, [4, 2, 1, 24]),
            (CONCRETE, [31, 2, 1, 24]),
            (WOOD, [12, 19, 1, 3]),
        ],
        actors: &[
            Actor { team: Team::Red, cell: (8, 13), looks: (305.0, 135.0), support: &[Weapon::SmokeGrenade] },
            blue((28, 6), (135.0, 135.0)),
            blue((28, 13), (135.0, 135.0)),
            blue((18, 14), (135.0, 135.0)),
            blue((24, 23), (135.0, 135.0)),
        ],
        acts: &[
            Act { ticks: 2..12, held: Buttons::NONE, taps: Buttons::SLOT3, cursor: (226.0, 84.0) },
            Act { ticks: 600..660, held: Buttons::NONE, taps: Buttons::SLOT3, cursor: (212.0, 214.0) },
            Act { ticks: 700..701, held: Buttons::NONE, taps: Buttons::SLOT1, cursor: (305.0, 135.0) },
        ],
        throws: &[10, 650],
    },
    Stage {
        name: "shot",
        about: "three rooms: behind concrete with a door, behind concrete, and behind wood",
        moment: 150,
        walls: &[
            (CONCRETE, [7, 2, 33, 1]),
            (CONCRETE, [7, 24, 33, 1]),
            (CONCRETE, [7, 2, 1, 23]),
            (CONCRETE, [39, 2, 1, 23]),
            (CONCRETE, [22, 3, 1, 10]),
            (DOOR, [22, 4, 1, 2]),
            (WOOD, [22, 14, 1, 10]),
            (CONCRETE, [22, 8, 17, 1]),
            (CONCRETE, [22, 13, 17, 1]),
        ],
        actors: &[
            red((14, 12), (300.0, 125.0)),
            blue((28, 11), (135.0, 135.0)),
            blue((28, 15), (135.0, 135.0)),
            blue((35, 5), (135.0, 135.0)),
        ],
        acts: &[],
        throws: &[],
    },
    Stage {
        name: "round",
        about: "a listener behind concrete and wood, whose doors lie far apart",
        moment: 150,
        walls: &[
            (CONCRETE, [8, 5, 28, 1]),
            (CONCRETE, [8, 22, 28, 1]),
            (CONCRETE, [8, 5, 1, 18]),
            (CONCRETE, [35, 5, 1, 18]),
            (CONCRETE, [19, 6, 1, 16]),
            (DOOR, [19, 6, 1, 2]),
            (WOOD, [25, 6, 1, 16]),
            (DOOR, [25, 12, 1, 2]),
            (WOOD, [12, 9, 3, 2]),
            (METAL, [29, 8, 2, 2]),
        ],
        actors: &[red((15, 16), (300.0, 165.0)), blue((30, 16), (155.0, 165.0))],
        acts: &[],
        throws: &[],
    },
];

/// The stage of a name.
pub fn stage(name: &str) -> Option<&'static Stage> {
    STAGES.iter().find(|stage| stage.name == name)
}

impl Stage {
    fn map(&self) -> Result<Picture> {
        let mut picture = Picture::default();
        for &(material, [column, row, columns, rows]) in self.walls {
            let cell = material.map_or(Cell::Empty, Cell::Wall);
            for (x, y) in (row..row + rows).flat_map(|y| (column..column + columns).map(move |x| (x, y))) {
                picture.set(x, y, cell)?;
            }
        }
        for actor in self.actors {
            picture.set(actor.cell.0, actor.cell.1, Cell::Spawn(actor.team))?;
        }
        Ok(picture)
    }

    /// Plays up to a tick; `each` is told every event.
    ///
    /// # Errors
    /// A stage whose walls, places or weapons are not possible.
    pub fn play(&self, ticks: u32, mut each: impl FnMut(&Event)) -> Result<(World, MatchId)> {
        let map = GameMap::from_picture(&self.map()?, Reading::Fine).with_context(|| self.name)?;
        let mut world = World::new(WorldDef::default())?;
        // Spawns are drawn by lot: the first match in which everybody stands in their place.
        for seed in 0..100_000 {
            let game = world.create_match(&map, MatchDef { seed, kill_target: None })?;
            let ids = self.actors.iter().map(|actor| {
                let loadout = Loadout::new(Weapon::Rifle, Weapon::Pistol, actor.support)?;
                Ok(world.add_player(game, PlayerDef { team: Some(actor.team), loadout, spawn: true })?)
            });
            let ids = ids.collect::<Result<Vec<PlayerId>>>()?;
            let view = world.view(game)?;
            let stands = |actor: &Actor, id: PlayerId| {
                let middle = Vec2::new(actor.cell.0 as f32 + 0.5, actor.cell.1 as f32 + 0.5) * trespasser::map::CELL;
                view.player(id).is_ok_and(|player| player.position == middle)
            };
            if self.actors.iter().zip(&ids).all(|(actor, &id)| stands(actor, id)) {
                for tick in 0..ticks {
                    self.push(&mut world, game, &ids, tick)?;
                    world.step();
                    world.drain_events(game, &mut each)?;
                }
                return Ok((world, game));
            }
            world.destroy_match(game)?;
        }
        bail!("stage {}: somebody's place is not free", self.name)
    }

    fn push(&self, world: &mut World, game: MatchId, ids: &[PlayerId], tick: u32) -> Result<()> {
        for (n, (actor, &id)) in self.actors.iter().zip(ids).enumerate() {
            let act = self.acts.iter().find(|act| n == 0 && act.ticks.contains(&tick));
            let (held, taps, (x, y)) = act.map_or((Buttons::NONE, Buttons::NONE, actor.looks), |act| {
                (act.held, if act.ticks.start == tick { act.taps } else { Buttons::NONE }, act.cursor)
            });
            world.push_input(game, id, InputCmd::new(tick + 1, held, taps, Vec2::new(x, y))?)?;
            if n == 0 && self.throws.contains(&tick) {
                world.throw(game, id, 1)?;
            }
        }
        Ok(())
    }
}
