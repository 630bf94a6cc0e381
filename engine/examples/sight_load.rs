//! Load for counting the instructions of the sight stage and of polygons:
//!
//! ```sh
//! cargo build --release -p trespasser-engine --features scenes --example sight_load
//! valgrind --tool=callgrind --toggle-collect='trespasser::sim::sight::run' \
//!     target/release/examples/sight_load brawl 600
//! ```
//!
//! Instead of a scene: `still` (eight who stand on citadel, four against four) or `turning` (the same, looking round).

use trespasser::scenes::{SCENES, Scene};
use trespasser::{Buttons, GameMap, InputCmd, MatchDef, PlayerDef, Reading, Result, Vec2, World, WorldDef};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_else(|| "brawl".to_owned());
    let ticks: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(600);
    if SCENES.contains(&what.as_str()) {
        let mut scene = Scene::new(&what)?;
        scene.advance(ticks);
        println!("{what}: {ticks} ticks, {:016x}", scene.hash());
        return Ok(());
    }
    let map = GameMap::builtin("citadel", Reading::Fine)?;
    let mut world = World::new(WorldDef::default())?;
    let game = world.create_match(&map, MatchDef { seed: 1, kill_target: None })?;
    let players = (0..8).map(|_| world.add_player(game, PlayerDef::default())).collect::<Result<Vec<_>>>()?;
    for tick in 1..=ticks {
        for &player in &players {
            let turn = if what == "turning" { tick % 60 } else { 0 };
            let cursor = Vec2::new(200.0 + turn as f32, 135.0);
            world.push_input(game, player, InputCmd::new(tick, Buttons::NONE, Buttons::NONE, cursor)?)?;
        }
        world.step();
    }
    println!("{what}: {ticks} ticks, {:016x}", world.hash(game)?);
    Ok(())
}
