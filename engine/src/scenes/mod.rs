//! The project's own load: bots that play and named scenes, for tests, benches, examples and lone players.
//!
//! ```
//! use trespasser::scenes::Scene;
//!
//! let mut scene = Scene::new("duel")?;
//! scene.advance(60);
//! assert_eq!(scene.hash(), trespasser::scenes::run("duel", 60)?);
//! # Ok::<(), trespasser::Error>(())
//! ```

mod bots;
mod line;
mod mind;
mod nav;
mod people;
mod scene;
mod stats;
pub mod tickets;

pub use bots::Bots;
pub use people::{Cheat, Line, Style, Table, TableDef};
pub use scene::{FIGHTS, Role, SCENES, Scene, Script, armed_loadout, loadout, run, script};
pub use stats::FightStats;
