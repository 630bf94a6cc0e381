//! Eight bots for ten minutes, as golden hashes each half minute: what a short scene is too short for (counters that
//! grow, rings that wrap, a map shot to pieces) and any slow drift between levels, threads and builds.
#![cfg(feature = "scenes")]
// Helpers outside the test functions: a failure is a failure there too.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use trespasser::World;
use trespasser::scenes::Scene;
use trespasser::simd::Level;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/long_scenes.txt");
/// Guns alone, and all arms.
const SCENES: [&str; 2] = ["brawl", "arsenal"];
/// Ten minutes.
const TICKS: u32 = 36_000;
/// Half a minute.
const EVERY: u32 = 1_800;

/// Lines of the golden file up to a tick.
fn lines(name: &str, level: Option<Level>, ticks: u32, mut step: impl FnMut(&mut World)) -> String {
    let mut scene = Scene::at_level(name, level).unwrap();
    let mut text = String::new();
    for _ in 0..ticks / EVERY {
        scene.advance_with(EVERY, &mut step);
        let tick = scene.world.view(scene.game).unwrap().tick();
        writeln!(text, "{name} {tick} {:016x}", scene.hash()).unwrap();
    }
    text
}

fn golden(name: &str, ticks: u32) -> String {
    let all = std::fs::read_to_string(GOLDEN).unwrap();
    let mine = |line: &&str| {
        let mut words = line.split(' ');
        words.next() == Some(name) && words.next().unwrap().parse::<u32>().unwrap() <= ticks
    };
    all.lines().filter(mine).map(|line| format!("{line}\n")).collect()
}

/// First line that differs: the half minute in which a scene went another way. `cargo xtask replay` traces it.
fn compare(got: &str, want: &str, what: &str) {
    for (got, want) in got.lines().zip(want.lines()) {
        assert_eq!(got, want, "{what}");
    }
    assert_eq!(got, want, "{what}");
}

fn all_levels(ticks: u32) {
    let pools = [2, 3, 4].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build());
    for name in SCENES {
        let want = golden(name, ticks);
        assert_eq!(want.lines().count(), (ticks / EVERY) as usize);
        for (&level, pool) in Level::available().iter().zip(pools.iter().cycle()) {
            // Where a target has no threads, the calling one does it all.
            let step = |world: &mut World| match pool {
                Ok(pool) => pool.install(|| world.step_parallel()),
                Err(_) => world.step(),
            };
            compare(&lines(name, Some(level), ticks, step), &want, level.name());
        }
    }
}

/// The first minute, wherever tests are run: unoptimised, and on other instruction sets.
#[test]
fn the_first_minute_at_every_level() {
    all_levels(TICKS / 10);
}

/// All of it where that is a matter of seconds: an optimised build.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes a minute without optimisation; the golden stage runs it")]
fn ten_minutes_at_every_level() {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let rule = "UPDATE_GOLDEN=1 cargo test --release -p trespasser-engine --features scenes --test long_scenes";
        let table: String = SCENES.map(|name| lines(name, None, TICKS, World::step)).concat();
        std::fs::write(GOLDEN, format!("# scene tick hash; {rule}\n{table}")).unwrap();
        return;
    }
    all_levels(TICKS);
}
