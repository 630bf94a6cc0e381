//! Recording allocates nothing once a fight runs, keyframes and hashes included. Alone in its file: the allocator counts
//! for the whole program.
#![cfg(feature = "scenes")]

#[path = "support/counting.rs"]
mod counting;

use counting::CALLS;
use std::sync::atomic::Ordering;
use trespasser::replay::RecordDef;
use trespasser::scenes::Scene;

#[test]
fn recording_allocates_nothing() {
    let mut scene = Scene::new("brawl").unwrap();
    scene.world.record(scene.game, &RecordDef { keyframe_seconds: 1, ..RecordDef::default() }).unwrap();
    let mut file = Vec::with_capacity(4 << 20);
    let mut play = |ticks: u32| {
        let before = CALLS.load(Ordering::Relaxed);
        for _ in 0..ticks {
            scene.advance(1);
            scene.world.drain_events(scene.game, |_| {}).unwrap();
            scene.world.drain_sounds(scene.game, |_| {}).unwrap();
            scene.world.drain_replay(scene.game, &mut file).unwrap();
        }
        CALLS.load(Ordering::Relaxed) - before
    };
    let warm = play(1200);
    let calls = play(1200);
    assert_eq!(calls, 0, "allocations in 1200 recorded ticks");
    assert!(warm > 0, "the allocator does not count");
    let stats = scene.world.recording(scene.game).unwrap().unwrap();
    assert!(stats.memory <= 96 << 10, "{} bytes a recorded match", stats.memory);
}
