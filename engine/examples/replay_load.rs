//! A fight of a scene, recorded or not, or played again; for callgrind:
//! `valgrind --tool=callgrind target/release/examples/replay_load brawl 3600 record`
//!
//! `cargo build --release -p trespasser-engine --features scenes --example replay_load` builds it. Arguments: scene, ticks,
//! and `plain`, `record`, or `read` (records, then decodes without playing, twenty times). Instructions of recording are
//! the difference of the first two.

use trespasser::replay::{RecordDef, Replay};
use trespasser::scenes::Scene;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_else(|| "brawl".into());
    let ticks: u32 = args.next().map_or(Ok(3600), |text| text.parse())?;
    let mode = args.next().unwrap_or_else(|| "record".into());
    let mut scene = Scene::new(&name)?;
    if mode != "plain" {
        scene.world.record(scene.game, &RecordDef::default())?;
    }
    let mut file = Vec::with_capacity(1 << 20);
    for _ in 0..ticks {
        scene.advance(1);
        if mode != "plain" {
            scene.world.drain_replay(scene.game, &mut file)?;
        }
    }
    if mode == "plain" {
        println!("{:016x}", scene.hash());
        return Ok(());
    }
    let stats = scene.world.recording(scene.game)?;
    scene.world.end_recording(scene.game, &mut file)?;
    println!("{:016x}, {} bytes, {stats:?}", scene.hash(), file.len());
    if mode == "read" {
        let replay = Replay::open(file)?;
        let count: usize = (0..20).map(|_| replay.entries().count()).sum();
        println!("{count} entries");
    }
    Ok(())
}
