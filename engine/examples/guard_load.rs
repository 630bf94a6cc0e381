//! A fight of a scene, watched or not: the difference under callgrind is what the guard costs.
//! `valgrind --tool=callgrind target/release/examples/guard_load brawl 3600 1`
//!
//! `cargo build --release -p trespasser-engine --features scenes --example guard_load` builds it. Arguments: scene, ticks, 1
//! to watch or 0.

use trespasser::GuardDef;
use trespasser::scenes::Scene;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "brawl".to_owned());
    let ticks: u32 = arguments.next().map_or(Ok(3600), |text| text.parse())?;
    let watched = arguments.next().is_none_or(|text| text == "1");
    let mut scene = Scene::new(&name)?;
    let before = scene.world.view(scene.game)?.bytes();
    if watched {
        scene.world.guard(scene.game, GuardDef::default())?;
    }
    let bytes = scene.world.view(scene.game)?.bytes() - before;
    let mut evidence = 0;
    for _ in 0..ticks {
        scene.advance(1);
        scene.world.drain_events(scene.game, |_| {})?;
        scene.world.drain_sounds(scene.game, |_| {})?;
        scene.world.drain_evidence(scene.game, |_| evidence += 1)?;
    }
    println!("{name}, {ticks} ticks, hash {:016x}, {bytes} bytes, {evidence} pieces of evidence", scene.hash());
    Ok(())
}
