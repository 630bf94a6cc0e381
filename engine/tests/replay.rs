//! What is recorded is read again and plays to the same bits, whatever is done to a match; damage is found and placed.
#![cfg(feature = "scenes")]
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::Arc;
use trespasser::replay::{RecordDef, Replay, Tail, What};
use trespasser::scenes::{SCENES, Scene};
use trespasser::world::WorldDef;
use trespasser::{GameMap, MatchId, Op, World};

fn map_of(world: &World, game: MatchId) -> Arc<GameMap> {
    Arc::clone(world.view(game).unwrap().map())
}

fn saved(world: &World, game: MatchId) -> Vec<u8> {
    let mut out = Vec::new();
    world.save(game, &mut out).unwrap();
    out
}

/// A scene from tick `from` on, recorded for `ticks`; the file, and the match at its end.
fn record(name: &str, from: u32, ticks: u32, def: &RecordDef) -> (Vec<u8>, Vec<u8>, Arc<GameMap>) {
    let mut scene = Scene::new(name).unwrap();
    scene.advance(from);
    scene.world.record(scene.game, def).unwrap();
    let mut file = Vec::new();
    for _ in 0..ticks {
        scene.advance(1);
        scene.world.drain_replay(scene.game, &mut file).unwrap();
    }
    let drained = scene.world.end_recording(scene.game, &mut file).unwrap();
    assert_eq!((drained.total, drained.stopped), (file.len() as u64, false));
    (file, saved(&scene.world, scene.game), map_of(&scene.world, scene.game))
}

#[test]
fn scenes_play_again_to_the_same_bytes() {
    for name in SCENES {
        for from in [0, 200] {
            let (file, end, map) = record(name, from, 400, &RecordDef { keyframe_seconds: 2, ..RecordDef::default() });
            let replay = Replay::open(file.clone()).unwrap();
            assert_eq!(replay.tail(), Tail::Complete);
            assert_eq!((replay.header().first_tick, replay.last_tick()), (from, from + 400));
            let mut world = World::new(WorldDef::default()).unwrap();
            let mut playback = replay.begin(&mut world, &map).unwrap();
            while playback.step(&mut world).unwrap() {}
            assert_eq!(playback.divergence(), None);
            assert!(saved(&world, playback.game()) == end, "{name} from {from}");
            let verified = replay.verify(world.rules(), &map, |_| {}).unwrap();
            assert_eq!((verified.ticks, verified.divergence), (400, None));
            let inputs =
                replay.entries().filter(|e| matches!(e.as_ref().unwrap().what, What::Op(Op::Input { .. }))).count();
            println!("{name} {from}: {} bytes {:?} {inputs}", file.len(), replay.parts());
            for tick in [0, 399, 150, 151, 120, 400, 60] {
                playback.seek(&mut world, from + tick).unwrap();
                assert_eq!(playback.divergence(), None);
                assert_eq!(world.view(playback.game()).unwrap().tick(), from + tick);
            }
            playback.seek(&mut world, from + 400).unwrap();
            assert!(saved(&world, playback.game()) == end, "{name} from {from}");
        }
    }
}
