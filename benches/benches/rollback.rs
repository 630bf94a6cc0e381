//! Turning a match back: snapshots in memory and saved matches, beside a bare copy of as many bytes, and ticks played
//! again beside ticks played.
//!
//! The match is `brawl` after 20 s, eight fighting on citadel. BIAS: one match again and again is in the first-level cache,
//! as for a client that predicts; a host of thousands turns back from memory.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use trespasser::scenes::Scene;
use trespasser::world::{PastInput, Snapshot};

const TICKS: u32 = 8;

fn rollback(c: &mut Criterion) {
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

    let mut group = c.benchmark_group(format!("rollback, {} bytes", saved.len()));
    let mut copy = saved.clone();
    group.bench_function("copy of the bytes alone", |b| b.iter(|| copy.copy_from_slice(black_box(&saved))));
    group.bench_function("snapshot", |b| b.iter(|| world.snapshot(game, black_box(&mut at)).expect("it lives")));
    group.bench_function("rollback", |b| b.iter(|| world.rollback(game, black_box(&at)).expect("its own")));
    group.bench_function("save", |b| b.iter(|| world.save(game, black_box(&mut again)).expect("it lives")));
    group.bench_function("restore, all checked", |b| {
        b.iter(|| world.restore(game, black_box(&saved)).expect("its own"))
    });
    world.restore(game, &saved).expect("its own");
    world.snapshot(game, &mut at).expect("it lives");
    group.bench_function("rollback and 8 ticks again", |b| {
        b.iter(|| world.resimulate(game, black_box(&at), TICKS, &inputs).expect("its own"));
    });
    group.bench_function("8 ticks", |b| {
        b.iter_batched(
            || (),
            |()| {
                for tick in inputs.chunks(ids.len()) {
                    for past in tick {
                        black_box(world.push_input(game, past.player, past.input)).expect("it lives");
                    }
                    world.step();
                }
            },
            criterion::BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, rollback);
criterion_main!(benches);
