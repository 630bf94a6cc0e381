//! The kernels that are written for instruction sets, and what a host calls by itself, each checked before its time
//! counts, with the naive version beside it.

use serde_json::json;
use std::hint::black_box;
use std::sync::Arc;
use trespasser::map::{COLS, ROWS};
use trespasser::rules::SoundKind;
use trespasser::scenes::Scene;
use trespasser::simd::{DamageBlock, Kernels, Level};
use trespasser::sound::{LAYERS, Part, Wave};
use trespasser::vision::{Slab, slab};
use trespasser::world::{MatchView, Snapshot};
use trespasser::{GameMap, Reading, Vec2, World, rng};
use trespasser_benches::suite::fight::Fight;
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

#[path = "../../engine/tests/reference/sound.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod sound;

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

/// Every level, the best one first.
fn best_first() -> impl Iterator<Item = (Kind, String, Kernels)> {
    Level::available().iter().rev().enumerate().map(|(n, &level)| {
        let kind = if n == 0 { Kind::Ours } else { Kind::Level };
        (kind, format!("ours, {}", level.name()), Kernels::for_level(level))
    })
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

fn lines(suite: &mut Suite) {
    let scene = scene();
    let view = scene.world.view(scene.game).expect("the match is there");
    let points = points(2 * LINES);
    let pairs: Vec<(Vec2, Vec2)> = points.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    for &(a, b) in &pairs {
        assert_eq!(view.line_is_clear(a, b), naive_line_is_clear(&view, a, b), "{a} to {b}");
    }
    suite.check(format!("lines: {LINES} as by every slice"), json!({ "what": "line of sight", "lines": LINES }));
    let question = Question::new("line of sight", "1,024 random lines on citadel", "line", LINES);
    suite.compare(
        &question,
        vec![
            Contender::new(Kind::Ours, "ours", || {
                black_box(pairs.iter().filter(|&&(a, b)| view.line_is_clear(black_box(a), b)).count());
            }),
            Contender::new(Kind::Naive, "naive, every slice", || {
                black_box(pairs.iter().filter(|&&(a, b)| naive_line_is_clear(&view, black_box(a), b)).count());
            }),
        ],
    );
}

/// Lane by lane, as one would first.
fn naive_damage(health: &mut [u16; 64], damage: &mut [u16; 64], see_through: &[u16; 64]) -> (u64, u64) {
    let (mut gone, mut clear) = (0, 0);
    let lanes = health.iter_mut().zip(damage.iter_mut()).zip(see_through);
    for (lane, ((health, damage), see_through)) in lanes.enumerate() {
        *health = (i32::from(*health) - i32::from(*damage)).max(0) as u16;
        *damage = 0;
        if *health == 0 {
            gone |= 1 << lane;
        }
        if *health <= *see_through {
            clear |= 1 << lane;
        }
    }
    (gone, clear)
}

fn damage(suite: &mut Suite) {
    /// Blocks of a round: one takes less time than a look at the clock.
    const BLOCKS: usize = 64;
    let health: [u16; 64] = core::array::from_fn(|i| (i as u16 * 677) % 5120);
    let blow: [u16; 64] = core::array::from_fn(|i| (i as u16 * 331) % 1600);
    let see: [u16; 64] = core::array::from_fn(|i| if i % 2 == 0 { 2560 } else { 0 });
    let want: [u16; 64] = core::array::from_fn(|i| health[i].saturating_sub(blow[i]));
    let check = |name: &str, kernel: DamageBlock| {
        let (mut h, mut d) = (health, blow);
        let (gone, clear) = kernel(&mut h, &mut d, &see);
        assert_eq!(h, want, "{name}");
        for i in 0..64 {
            assert_eq!(
                (gone >> i & 1 == 1, clear >> i & 1 == 1),
                (want[i] == 0, want[i] <= see[i]),
                "{name}, lane {i}"
            );
        }
    };
    let mut contenders = Vec::new();
    for (kind, name, kernels) in best_first() {
        check(&name, kernels.damage_block);
        let mut blocks = vec![(health, blow); BLOCKS];
        contenders.push(Contender::new(kind, name, move || {
            for (h, d) in &mut blocks {
                // As much again, so that there is something to take off.
                (*h, *d) = (health, blow);
                black_box((kernels.damage_block)(black_box(h), black_box(d), &see));
            }
        }));
    }
    check("naive", naive_damage);
    let mut blocks = vec![(health, blow); BLOCKS];
    contenders.push(Contender::new(Kind::Naive, "naive, lane by lane", move || {
        for (h, d) in &mut blocks {
            (*h, *d) = (health, blow);
            black_box(naive_damage(black_box(h), black_box(d), &see));
        }
    }));
    suite.check("damage: 64 slices as by the definition, at every level", json!({ "what": "damage" }));
    suite.compare(
        &Question::new("damage to 64 slices", "256 bytes copied first", "block", BLOCKS).headline(),
        contenders,
    );
}

/// What is left in each cell by layers: of the wave's debug text, for layers are nobody's business outside.
fn layers(wave: &Wave) -> String {
    let text = format!("{wave:?}");
    let begin = text.find("layers: [").expect("a field of that name");
    let end = text.find("turned_columns: ").expect("a field of that name");
    text[begin..end].to_owned()
}

fn waves(suite: &mut Suite) {
    let scene = scene();
    let view = scene.world.view(scene.game).expect("the match is there");
    let rows: [u64; ROWS] = *view.open_cells();
    let columns: [u32; COLS] = core::array::from_fn(|x| (0..ROWS).fold(0, |c, y| c | ((rows[y] >> x & 1) as u32) << y));
    let limit = view.rules().sound.kinds[SoundKind::FireRifle as usize].limit;
    let sources: Vec<(usize, usize)> =
        view.players().map(|p| ((p.position.x / 10.0) as usize, (p.position.y / 10.0) as usize)).collect();
    let play = |wave: &mut Wave, kernels: &Kernels, source: (usize, usize)| {
        wave.begin(&rows, &columns, source, limit, Part::ALL);
        wave.first(kernels);
        (1..LAYERS).take_while(|_| wave.turn(kernels, Part::ALL)).count()
    };
    for &source in &sources {
        let mut found: Vec<(usize, String)> = Vec::new();
        for (_, _, kernels) in best_first() {
            let mut wave = Wave::new();
            let turns = play(&mut wave, &kernels, source);
            found.push((turns, layers(&wave)));
        }
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "waves from {source:?} at every level");
    }
    // The field that the engine makes of such waves, beside ways found one cell after another.
    let open = sound::open_cells(&view);
    let most = sound::most(&view, SoundKind::FireRifle);
    let number = |source: (usize, usize)| source.1 * COLS + source.0;
    suite.check(
        format!("waves: {} of a rifle's shot, all layers the same at every level", sources.len()),
        json!({ "what": "waves", "sources": sources.len() }),
    );
    let mut contenders = Vec::new();
    for (kind, name, kernels) in best_first() {
        let mut wave = Wave::new();
        let (play, sources) = (&play, &sources);
        contenders.push(Contender::new(kind, name, move || {
            for &source in sources {
                black_box(play(&mut wave, &kernels, black_box(source)));
            }
        }));
    }
    contenders.push(Contender::new(Kind::Naive, "naive, Dijkstra's algorithm", || {
        for &source in &sources {
            black_box(sound::Ways::new(&open, black_box(number(source)), number(source), most));
        }
    }));
    let question = Question::new("sound waves, all layers", "a rifle's shot on citadel", "wave", sources.len());
    suite.compare(&question.headline(), contenders);
}

fn maps(suite: &mut Suite) {
    let bytes = GameMap::BUILTIN.iter().find(|(name, _)| *name == "citadel").expect("one of ours").1;
    let map = GameMap::from_png(bytes, Reading::Fine).expect("one of ours");
    let again = GameMap::from_png(bytes, Reading::Fine).expect("one of ours");
    assert_eq!(map.hash(), again.hash());
    let decode = || {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a picture");
        let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
        reader.next_frame(&mut pixels).expect("a picture");
        pixels
    };
    assert!(!decode().is_empty());
    let question = Question::new("map from a PNG", "citadel, fine walls", "map", 1).headline();
    suite.compare(
        &question,
        vec![
            Contender::new(Kind::Ours, "ours", || {
                black_box::<Arc<GameMap>>(GameMap::from_png(black_box(bytes), Reading::Fine).expect("one of ours"));
            }),
            Contender::new(Kind::Beside, "the crate png, decoding alone", || {
                black_box(decode());
            }),
        ],
    );
}

fn hashes(suite: &mut Suite) {
    let mut scene = scene();
    let game = scene.game;
    let mut saved = Vec::new();
    scene.world.save(game, &mut saved).expect("the match is there");
    // Byte by byte, as one would first: FNV-1a.
    let fnv = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let (before, text) = (scene.world.hash(game).expect("the match is there"), fnv(&saved));
    let mut at = Snapshot::new();
    scene.world.snapshot(game, &mut at).expect("the match is there");
    scene.advance(1);
    let mut later = Vec::new();
    scene.world.save(game, &mut later).expect("the match is there");
    assert!(scene.world.hash(game).expect("it is there") != before && fnv(&later) != text, "a tick changes either");
    scene.world.rollback(game, &at).expect("its own");
    assert_eq!(scene.world.hash(game).expect("it is there"), before, "the same state, the same hash");
    suite.check("hash: changes with a tick, and comes back with the state", json!({ "what": "hash" }));
    let question = Question::new("hash of a match", "brawl", "match", 1).headline();
    let world = &scene.world;
    suite.compare(
        &question,
        vec![
            Contender::new(Kind::Ours, "ours", || {
                black_box(world.hash(black_box(game)).expect("it is there"));
            }),
            Contender::new(Kind::Naive, "naive, FNV-1a byte by byte", || {
                black_box(fnv(black_box(&saved)));
            }),
        ],
    );
}

fn steps(suite: &mut Suite) {
    let mut scene = scene();
    let mut beside = self::scene();
    scene.advance(60);
    beside.advance_with(60, World::step_parallel);
    assert_eq!(scene.hash(), beside.hash(), "one thread and many");
    let fight = Fight::of("brawl", WARMUP, 240);
    let mut contenders = Vec::new();
    for (kind, name, kernels) in best_first() {
        let mut world = fight.world(kernels.level);
        let mut hash = 0;
        fight.play(&mut world, |_, _| {}, |world, game| hash = world.hash(game).expect("it is there"));
        assert_eq!(hash, fight.hash, "{name}");
        let fight = &fight;
        contenders.push(Contender::timing_itself(kind, name, move |rounds| {
            (0..rounds).map(|_| fight.play(&mut world, |_, _| {}, |_, _| {})).sum()
        }));
    }
    suite.check("a whole step: one thread and many end alike, and so does every level", json!({ "what": "step" }));
    suite.compare(
        &Question::new("a whole step", "brawl, 240 ticks of eight bots", "tick", fight.ticks()).headline(),
        contenders,
    );
}

fn main() {
    let mut suite = Suite::from_args("kernels");
    suite.bias(
        &[
            "one match again and again is in the first-level cache",
            "the naive hash goes byte by byte where eight at a time would do; Dijkstra's algorithm uses a heap and allocates",
        ],
        &[
            "lines are asked for on a map hardly damaged, in the order of a random list; bots' lines are shorter and hit the last blocker first",
            "waves are computed over the whole map and to their last layer; a sound stops where nobody listens",
            "reading a map is a decoder's work and then cutting, checking and indexing; beside it stands decoding alone",
        ],
    );
    lines(&mut suite);
    damage(&mut suite);
    waves(&mut suite);
    maps(&mut suite);
    hashes(&mut suite);
    steps(&mut suite);
    suite.finish();
}
