//! Load for counting the instructions of the sight stage and of polygons:
//!
//! ```sh
//! cargo build --release -p trespasser-engine --features scenes --example sight_load
//! valgrind --tool=callgrind --toggle-collect='trespasser::sim::sight::run' \
//!     target/release/examples/sight_load brawl 600
//! valgrind --tool=callgrind --toggle-collect='*MatchView::polygon*' \
//!     target/release/examples/sight_load arsenal 600 cached
//! ```
//!
//! Instead of a scene: `still` (eight who stand on citadel, four against four) or `turning` (the same, looking round).
//! With `polygons` everybody's polygon is asked for 20 times a second, with `cached` through caches.

use trespasser::scenes::{SCENES, Scene};
use trespasser::{
    Buttons, GameMap, InputCmd, MatchDef, MatchView, PlayerDef, PolygonCache, Reading, Result, Vec2, World, WorldDef,
};

/// Who asks for polygons, and how.
#[derive(Default)]
struct Host {
    how: Option<String>,
    caches: [PolygonCache; 8],
    corners: Vec<Vec2>,
    asked: u64,
}

impl Host {
    fn ask(&mut self, view: &MatchView) {
        if self.how.is_none() || !view.tick().is_multiple_of(3) {
            return;
        }
        let cached = self.how.as_deref() == Some("cached");
        for slot in view.players().filter(|p| p.alive).map(|p| p.id.slot()) {
            self.asked += 1;
            if cached {
                view.polygon_cached(slot, &mut self.caches[slot]);
            } else {
                view.polygon(slot, &mut self.corners);
            }
        }
    }
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_else(|| "brawl".to_owned());
    let ticks: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(600);
    let mut host = Host { how: args.next(), ..Host::default() };
    let hash = if SCENES.contains(&what.as_str()) {
        let mut scene = Scene::new(&what)?;
        for _ in 0..ticks {
            scene.advance(1);
            host.ask(&scene.world.view(scene.game)?);
        }
        scene.hash()
    } else {
        stand(what == "turning", ticks, &mut host)?
    };
    let computed: u64 = host.caches.iter().map(PolygonCache::computed).sum();
    println!("{what}: {ticks} ticks, {hash:016x}, {} polygons asked for, {computed} computed for caches", host.asked);
    Ok(())
}

fn stand(turning: bool, ticks: u32, host: &mut Host) -> Result<u64> {
    let map = GameMap::builtin("citadel", Reading::Fine)?;
    let mut world = World::new(WorldDef::default())?;
    let game = world.create_match(&map, MatchDef { seed: 1, kill_target: None })?;
    let players = (0..8).map(|_| world.add_player(game, PlayerDef::default())).collect::<Result<Vec<_>>>()?;
    for tick in 1..=ticks {
        let turn = if turning { (tick % 60) as f32 } else { 0.0 };
        for &player in &players {
            let cursor = Vec2::new(200.0 + turn, 135.0);
            world.push_input(game, player, InputCmd::new(tick, Buttons::NONE, Buttons::NONE, cursor)?)?;
        }
        world.step();
        host.ask(&world.view(game)?);
    }
    world.hash(game)
}
