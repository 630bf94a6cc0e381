//! Telling eight players what they may know allocates no more than lists that still grow. Alone in its file: the
//! allocator counts for the whole program.
#![cfg(feature = "scenes")]

#[path = "support/counting.rs"]
mod counting;

use counting::CALLS;
use std::sync::atomic::Ordering;
use trespasser::scenes::Scene;

/// Lists of slices remembered otherwise than they are may double, eight of them, twice each; nothing else may.
const MOST: u64 = 16;

#[test]
fn telling_allocates_little() {
    for name in ["brawl", "arsenal"] {
        let mut scene = Scene::new(name).unwrap();
        let ids: Vec<_> = scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect();
        for id in ids {
            scene.world.listen(scene.game, id, true).unwrap();
        }
        let mut told = 0;
        let mut play = |ticks: u32| {
            for _ in 0..ticks {
                scene.advance(1);
                scene.world.drain_events(scene.game, |_| {}).unwrap();
                scene.world.drain_told(scene.game, |_| told += 1).unwrap();
            }
        };
        play(2400);
        let before = CALLS.load(Ordering::Relaxed);
        play(2400);
        let calls = CALLS.load(Ordering::Relaxed) - before;
        assert!(calls <= MOST, "{calls} allocations in 2400 ticks of {name}");
        assert!(before > 0 && told > 2000, "{told} told");
    }
}
