//! Bots' thinking allocates nothing once a match runs. Alone in its file: the allocator counts for the whole program.
#![cfg(feature = "scenes")]

#[path = "support/counting.rs"]
mod counting;

use counting::CALLS;
use std::sync::atomic::Ordering;
use trespasser::scenes::Scene;

#[test]
fn thinking_and_stepping_allocate_nothing() {
    let mut scene = Scene::new("brawl").unwrap();
    // A host drains events every tick; the ring has grown to a busy tick's worth by then.
    let mut play = |ticks: u32| {
        for _ in 0..ticks {
            scene.advance(1);
            scene.world.drain_events(scene.game, |_| {}).unwrap();
        }
    };
    play(1200);
    let before = CALLS.load(Ordering::Relaxed);
    play(1200);
    let calls = CALLS.load(Ordering::Relaxed) - before;
    assert_eq!(calls, 0, "allocations in 1200 ticks of 8 bots");
    assert!(before > 0, "the allocator does not count");
}
