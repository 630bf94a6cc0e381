//! Load for counting the instructions of the wire's gate:
//!
//! ```sh
//! cargo build --release -p trespasser-engine --features scenes --example knowledge_load
//! valgrind --tool=callgrind --toggle-collect='*Knowledge::witness*' \
//!     target/release/examples/knowledge_load arsenal 1800
//! ```
//!
//! Instead of `witness`: `look`, `look_around`. Instead of a scene: `still`, eight who stand on citadel after the last
//! 200 slices have broken unseen by four of them. Prints how long the stage took by the clock, and for how many events.

use std::time::Instant;
use trespasser::scenes::{SCENES, Scene};
use trespasser::sim::{Stage, StageProbe};
use trespasser::{GameMap, MatchDef, PlayerDef, Reading, Result, World, WorldDef};

/// Time of the stage.
struct Clock {
    last: Instant,
    ns: u128,
}

impl StageProbe for Clock {
    fn begin(&mut self) {
        self.last = Instant::now();
    }

    fn end(&mut self, stage: Stage) {
        let now = Instant::now();
        if stage == Stage::Send {
            self.ns += (now - self.last).as_nanos();
        }
        self.last = now;
    }
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_else(|| "brawl".to_owned());
    let ticks: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(600);
    let mut clock = Clock { last: Instant::now(), ns: 0 };
    let (mut told, mut events) = (0u64, 0u64);
    if SCENES.contains(&what.as_str()) {
        let mut scene = Scene::new(&what)?;
        let ids: Vec<_> = scene.world.view(scene.game)?.players().map(|p| p.id).collect();
        for id in ids {
            scene.world.listen(scene.game, id, true)?;
        }
        for _ in 0..ticks {
            scene.advance_with(1, |world| world.step_with(&mut clock));
            scene.world.drain_told(scene.game, |_| told += 1)?;
            scene.world.drain_events(scene.game, |_| events += 1)?;
        }
    } else {
        stand(ticks, &mut clock)?;
    }
    println!("{what}: {} ns a tick, {told} entries told of {events} events", clock.ns / u128::from(ticks.max(1)));
    Ok(())
}

fn stand(ticks: u32, clock: &mut Clock) -> Result<()> {
    // Damage from another match of the map, restored into this one: nobody has seen it.
    let mut scene = Scene::new("demolition")?;
    scene.advance(3600);
    let mut saved = Vec::new();
    scene.world.save(scene.game, &mut saved)?;
    let map = GameMap::builtin("depot", Reading::Fine)?;
    let mut world = World::new(WorldDef::default())?;
    let game = world.create_match(&map, MatchDef::default())?;
    for _ in 0..8 {
        let id = world.add_player(game, PlayerDef::default())?;
        world.listen(game, id, true)?;
    }
    world.restore(game, &saved)?;
    let view = world.view(game)?;
    let count = view.map().geometry().slice_count;
    let unknown = |slot| (0..count).filter(|&s| view.known_slice_health(slot, s) != view.slice_health(s)).count();
    println!("slices that have changed unseen: {:?}", (0..8).map(unknown).collect::<Vec<_>>());
    for _ in 0..ticks {
        world.step_with(clock);
    }
    Ok(())
}
