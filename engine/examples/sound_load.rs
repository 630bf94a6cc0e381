//! Sounds of one kind in a fight and nothing else, to be counted:
//! `valgrind --tool=callgrind target/release/examples/sound_load footstep_run 2000`
//!
//! `cargo build --release -p trespasser-engine --features scenes --example sound_load` builds it. Two runs with different
//! counts tell what one sound costs: the difference of their instructions over that of the counts.

use trespasser::SoundKind;
use trespasser::scenes::Scene;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "footstep_run".to_owned());
    let count: usize = arguments.next().map_or(Ok(1000), |text| text.parse())?;
    let kind = SoundKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or(format!("no kind is named {name}"))?;
    let mut scene = Scene::new("brawl")?;
    let (mut made, mut heard) = (0, 0);
    'all: for _ in 0..8 {
        scene.advance(307);
        let view = scene.world.view(scene.game)?;
        for _ in 0..count.div_ceil(64) {
            for player in view.players().filter(|player| player.alive) {
                if made == count {
                    break 'all;
                }
                view.listeners(kind, player.position, Some(player.id), |_| heard += 1);
                made += 1;
            }
        }
    }
    println!("{made} sounds, {heard} times heard");
    Ok(())
}
