//! Turning a match back: snapshots in memory and saved matches, beside a bare copy of as many bytes, and ticks played
//! again beside ticks played.
//!
//! The match is `brawl` after 20 s, eight fighting on citadel.

use serde_json::json;
use std::cell::RefCell;
use std::hint::black_box;
use trespasser::scenes::Scene;
use trespasser::world::{PastInput, Snapshot};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

const TICKS: u32 = 8;

fn rollback(suite: &mut Suite) {
    let mut scene = Scene::new("brawl").expect("a scene of the project's");
    scene.advance(1200);
    let ids: Vec<_> = scene.world.view(scene.game).expect("it lives").players().map(|p| p.id).collect();
    let game = scene.game;
    let drain = |scene: &mut Scene| {
        scene.world.drain_events(game, |_| {}).expect("it lives");
        scene.world.drain_sounds(game, |_| {}).expect("it lives");
    };
    let (mut at, mut saved, mut after, mut again) = (Snapshot::new(), Vec::new(), Vec::new(), Vec::new());
    drain(&mut scene);
    scene.world.snapshot(game, &mut at).expect("it lives");
    scene.world.save(game, &mut saved).expect("it lives");
    let mut inputs = Vec::new();
    for _ in 0..TICKS {
        scene.advance(1);
        let tick = scene.world.view(game).expect("it lives").tick();
        let of = |&player| PastInput { tick, player, input: scene.bots.last_input(game, player).expect("a bot") };
        inputs.extend(ids.iter().map(of));
    }
    scene.world.save(game, &mut after).expect("it lives");
    let world = &mut scene.world;

    // What is timed does what it says.
    world.rollback(game, &at).expect("its own");
    world.save(game, &mut again).expect("it lives");
    assert!(again == saved, "turned back");
    world.resimulate(game, &at, TICKS, &inputs).expect("its own");
    world.save(game, &mut again).expect("it lives");
    assert!(again == after, "played again");
    world.restore(game, &saved).expect("its own");
    world.save(game, &mut again).expect("it lives");
    assert!(again == saved, "restored");
    suite.check(
        format!("rollback: {} bytes turned back, played again and restored to the byte", saved.len()),
        json!({ "what": "rollback", "bytes": saved.len() }),
    );

    let scene_name = format!("brawl, {} bytes saved", saved.len());
    world.restore(game, &saved).expect("its own");
    world.snapshot(game, &mut at).expect("it lives");
    let world = RefCell::new(world);
    // Half a page apart: stores a little before loads, whole pages away, would slow a copy down several times.
    let mut rooms = [vec![0; saved.len() + 4096], vec![0; saved.len() + 4096]];
    let [to, back] = rooms.each_mut().map(|room| {
        let begin = (saved.as_ptr() as usize + 2048).wrapping_sub(room.as_ptr() as usize) % 4096;
        &mut room[begin..begin + saved.len()]
    });
    let mut into = Snapshot::new();
    let contenders = vec![
        Contender::new(Kind::Ours, "ours, snapshot", || {
            world.borrow().snapshot(game, black_box(&mut into)).expect("it lives")
        }),
        Contender::new(Kind::Naive, "naive, saved as bytes", || {
            world.borrow().save(game, black_box(&mut again)).expect("it lives")
        }),
        Contender::new(Kind::Beside, "a copy of the bytes alone", || to.copy_from_slice(black_box(&saved))),
    ];
    suite.compare(&Question::new("taking a snapshot", &scene_name, "snapshot", 1).headline(), contenders);
    let contenders = vec![
        Contender::new(Kind::Ours, "ours, rollback", || {
            world.borrow_mut().rollback(game, black_box(&at)).expect("its own")
        }),
        Contender::new(Kind::Naive, "naive, restored from bytes, all checked", || {
            world.borrow_mut().restore(game, black_box(&saved)).expect("its own");
        }),
        Contender::new(Kind::Beside, "a copy of the bytes alone", || back.copy_from_slice(black_box(&saved))),
    ];
    suite.compare(&Question::new("turning back", &scene_name, "rollback", 1).headline(), contenders);
    let contenders = vec![
        Contender::new(Kind::Ours, "ours, rollback and 8 ticks again", || {
            world.borrow_mut().resimulate(game, black_box(&at), TICKS, &inputs).expect("its own");
        }),
        Contender::new(Kind::Beside, "8 ticks", || {
            let mut world = world.borrow_mut();
            for tick in inputs.chunks(ids.len()) {
                for past in tick {
                    black_box(world.push_input(game, past.player, past.input)).expect("it lives");
                }
                world.step();
            }
        }),
    ];
    suite.compare(&Question::new("8 ticks again", &scene_name, "rollback", 1), contenders);
}

fn main() {
    let mut suite = Suite::from_args("rollback");
    suite.bias(
        &["one match again and again is in the first-level cache, as for a client that predicts; a host of thousands turns back from memory"],
        &["what restores from bytes checks every field, for they may come from anywhere"],
    );
    rollback(&mut suite);
    suite.finish();
}
