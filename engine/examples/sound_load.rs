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
    // What is heard must stay the same when only its cost should change.
    let (mut made, mut heard, mut digest) = (0, 0, 0xcbf2_9ce4_8422_2325u64);
    'all: for _ in 0..8 {
        scene.advance(307);
        let view = scene.world.view(scene.game)?;
        for _ in 0..count.div_ceil(64) {
            for player in view.players().filter(|player| player.alive) {
                if made == count {
                    break 'all;
                }
                view.listeners(kind, player.position, Some(player.id), |entry| {
                    heard += 1;
                    for byte in [entry.listener, entry.gain, entry.bearing, entry.cutoff] {
                        digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
                    }
                });
                made += 1;
            }
        }
    }
    println!("{made} sounds, {heard} times heard, digest {digest:016x}");
    Ok(())
}
