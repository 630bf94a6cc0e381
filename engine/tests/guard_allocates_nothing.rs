//! Watching a fight allocates nothing and takes little room. Alone in its file: the allocator counts for the whole program.
#![cfg(feature = "scenes")]

#[path = "support/counting.rs"]
mod counting;

use counting::CALLS;
use std::sync::atomic::Ordering;
use trespasser::GuardDef;
use trespasser::scenes::Scene;

#[test]
fn a_guarded_step_allocates_nothing() {
    let mut scene = Scene::new("brawl").unwrap();
    let before = scene.world.view(scene.game).unwrap().bytes();
    scene.world.guard(scene.game, GuardDef::default()).unwrap();
    let bytes = scene.world.view(scene.game).unwrap().bytes() - before;
    assert!((1000..=10_240).contains(&bytes), "{bytes} bytes a guarded match");
    let mut play = |ticks: u32| {
        let mut calls = 0;
        for _ in 0..ticks {
            let before = CALLS.load(Ordering::Relaxed);
            scene.advance(1);
            scene.world.drain_events(scene.game, |_| {}).unwrap();
            scene.world.drain_sounds(scene.game, |_| {}).unwrap();
            scene.world.drain_evidence(scene.game, |_| {}).unwrap();
            calls += CALLS.load(Ordering::Relaxed) - before;
        }
        calls
    };
    let warm = play(600);
    assert_eq!(play(1200), 0, "{warm} before");
}
