//! Trespasser's simulation: data-oriented, deterministic, thousands of matches a core.
//!
//! A [`World`] holds matches of up to eight players and steps them all at once; a [`GameMap`] is the immutable
//! geometry they are played on; a [`RuleSet`] is the rule book as data. The engine does no I/O, reads no clock and
//! has no threads of its own beyond rayon's.
//!
//! # A tick, in the order of its stages
//!
//! 1. [`sim`]`::inputs` and `::movement`: queued inputs become motion, 1/60 s each
//! 2. `::weapons`: switching, reload, heat, triggers
//! 3. `::shots`: hitscan through soft walls and bodies
//! 4. `::projectiles`: flight, bounces, fuses
//! 5. `::blasts`: explosions
//! 6. `::walls`: all damage to slices at once
//! 7. `::clouds`: smoke and flash
//! 8. `::life`: damage to bodies, kills, respawns, the match's end
//! 9. `::sight`: who sees whom
//! 10. `::sounds`: who hears what
//! 11. [`net`]: what each player may know, and what is sent
//!
//! ```
//! use trespasser::{GameMap, MatchDef, PlayerDef, World, WorldDef, WallDef, rules::Material};
//!
//! let wall = WallDef { x: 200.0, y: 100.0, width: 10.0, height: 50.0, material: Material::Wood };
//! let map = GameMap::from_rects(&[wall], &[])?;
//! let mut world = World::new(WorldDef::default())?;
//! let game = world.create_match(&map, MatchDef::default())?;
//! let player = world.add_player(game, PlayerDef::default())?;
//! world.step();
//! assert_eq!(world.view(game)?.player(player)?.health, 100.0);
//! # Ok::<(), trespasser::Error>(())
//! ```

mod error;
pub mod guard;
pub mod map;
pub mod matchmaking;
pub mod net;
pub mod rating;
pub mod replay;
pub mod rng;
pub mod rules;
#[cfg(feature = "scenes")]
pub mod scenes;
pub mod sim;
pub mod simd;
pub mod sound;
pub mod vision;
pub mod world;

pub use error::{Error, Result};
pub use glam::Vec2;
pub use guard::{Evidence, GuardDef, Standing, Verdict};
pub use map::{GameMap, Reading, Spawn, WallDef};
pub use net::{NetDef, Packet, Told};
pub use rules::{Loadout, RuleSet, SoundKind, Team, Weapon};
pub use sim::Arrival;
pub use sound::Heard;
pub use world::{
    Buttons, CloudView, Columns, Edit, Event, EventKind, Gait, InputCmd, KnownProjectile, Launch, MatchDef, MatchId,
    MatchView, Op, PastInput, PlayerDef, PlayerId, PlayerView, PolygonCache, ProjectileView, Snapshot, World, WorldDef,
};

/// Version of this crate, the same in every binding.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
