//! The hot kernels, each checked before its time counts, with the naive version beside it.
//!
//! BIAS: lines and polygons are asked for on an undamaged map of our own, in the order of a random list; bots' lines
//! are shorter and hit the last blocker first, so a match pays less for each.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::{Duration, Instant};
use trespasser::scenes::Scene;
use trespasser::simd::{Kernels, Level};
use trespasser::vision::{Slab, slab};
use trespasser::world::MatchView;
use trespasser::{Vec2, World, rng};

const LINES: usize = 1024;
/// Ticks of the scene before anything is measured: everybody is on the way, the first walls are damaged.
const WARMUP: u32 = 600;

fn scene() -> Scene {
    let mut scene = Scene::new("brawl").expect("the scene is there");
    scene.advance(WARMUP);
    scene
}

/// Points spread over the playfield, the same ones in every run.
fn points(count: usize) -> Vec<Vec2> {
    (0..count as u32)
        .map(|n| {
            let word = rng::draw(1, n, rng::Purpose::Spread, 0);
            let unit = |w: u32| (w >> 8) as f32 / (1 << 24) as f32;
            Vec2::new(unit(word[0]) * 480.0, unit(word[1]) * 270.0)
        })
        .collect()
}

/// Every slice that stops sight, one after another.
fn naive_line_is_clear(view: &MatchView<'_>, from: Vec2, to: Vec2) -> bool {
    let geometry = view.map().geometry();
    let line = Slab::new(from.x, from.y, to.x - from.x, to.y - from.y);
    (0..geometry.slice_count).all(|s| {
        view.blocks()[s / 64].clear >> (s % 64) & 1 == 1
            || slab(&line, geometry.x0[s], geometry.y0[s], geometry.x1[s], geometry.y1[s]).is_none()
    })
}

fn lines(c: &mut Criterion) {
    let scene = scene();
    let view = scene.world.view(scene.game).expect("the match is there");
    let points = points(2 * LINES);
    let pairs: Vec<(Vec2, Vec2)> = points.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    for &(a, b) in &pairs {
        assert_eq!(view.line_is_clear(a, b), naive_line_is_clear(&view, a, b), "{a} to {b}");
    }
    let mut group = c.benchmark_group("line of sight");
    group.throughput(Throughput::Elements(LINES as u64));
    let all = |is_clear: &dyn Fn(Vec2, Vec2) -> bool| pairs.iter().filter(|&&(a, b)| is_clear(a, b)).count();
    group.bench_function("grid", |b| b.iter(|| all(black_box(&|a, b| view.line_is_clear(a, b)))));
    group.bench_function("naive", |b| b.iter(|| all(black_box(&|a, b| naive_line_is_clear(&view, a, b)))));
    group.finish();
}

fn polygons(c: &mut Criterion) {
    let scene = scene();
    let view = scene.world.view(scene.game).expect("the match is there");
    let slots: Vec<usize> = view.players().filter(|player| player.alive).map(|player| player.id.slot()).collect();
    let mut out = Vec::new();
    for &slot in &slots {
        view.polygon(slot, &mut out);
        let viewer = out.first().copied().expect("a living player sees something");
        // The middles of its triangles are in sight; slivers lead past corners, which lines touch.
        for edge in out[1..].windows(2) {
            let (a, b) = (edge[0] - viewer, edge[1] - viewer);
            if a.perp_dot(b).abs() > 0.02 * a.length() * b.length() {
                let middle = viewer + (a + b) / 3.0;
                assert!(
                    view.line_is_clear(viewer, middle),
                    "slot {slot}: {middle} is in the polygon, but not in sight"
                );
            }
        }
    }
    let mut group = c.benchmark_group("polygon");
    group.throughput(Throughput::Elements(slots.len() as u64));
    group.bench_function("all living players", |b| {
        b.iter(|| {
            for &slot in &slots {
                view.polygon(black_box(slot), &mut out);
            }
            out.len()
        });
    });
    group.finish();
}

fn damage(c: &mut Criterion) {
    let health: [u16; 64] = core::array::from_fn(|i| (i as u16 * 677) % 5120);
    let blow: [u16; 64] = core::array::from_fn(|i| (i as u16 * 331) % 1600);
    let see: [u16; 64] = core::array::from_fn(|i| if i % 2 == 0 { 2560 } else { 0 });
    let want: [u16; 64] = core::array::from_fn(|i| health[i].saturating_sub(blow[i]));
    let mut group = c.benchmark_group("damage to 64 slices");
    group.throughput(Throughput::Elements(64));
    for &level in Level::available() {
        let kernel = Kernels::for_level(level).damage_block;
        let (mut h, mut d) = (health, blow);
        let (gone, clear) = kernel(&mut h, &mut d, &see);
        assert_eq!(h, want, "{}", level.name());
        for i in 0..64 {
            assert_eq!((gone >> i & 1 == 1, clear >> i & 1 == 1), (want[i] == 0, want[i] <= see[i]), "lane {i}");
        }
        group.bench_function(level.name(), |b| {
            b.iter_batched_ref(
                || (health, blow),
                |(h, d)| kernel(black_box(h), black_box(d), &see),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn step(c: &mut Criterion) {
    let mut scene = scene();
    let mut beside = self::scene();
    scene.advance(60);
    beside.advance_with(60, World::step_parallel);
    assert_eq!(scene.hash(), beside.hash(), "one thread and many");
    c.bench_function("step of a match of eight bots", |b| {
        b.iter_custom(|ticks| {
            let mut clock = Duration::ZERO;
            for _ in 0..ticks {
                scene.advance_with(1, |world| {
                    let began = Instant::now();
                    world.step();
                    clock += began.elapsed();
                });
            }
            clock
        });
    });
}

criterion_group!(kernels, lines, polygons, damage, step);
criterion_main!(kernels);
