//! The fuzz target's driver on bytes that are the same in every run, so that the ordinary tests pass through it.

#[path = "../../engine/fuzz/c_calls.rs"]
mod c_calls;

use trespasser::rng::{self, Purpose};

/// A match, eight players, links for some; then noise.
fn script(seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    // Create a match: its world, two ids that do not matter, its seed and kill target.
    bytes.extend([8, 1, 0, 0, 7, 50, 0]);
    for player in 0..8 {
        // Join: team, placed at once, a legal loadout. Then a link.
        bytes.extend([10, 1, 0, 0, 2, 1, 1]);
        bytes.extend([37, 1, 0, player]);
    }
    for i in 0..400 {
        for word in rng::draw(seed, i, Purpose::Bot, 1) {
            bytes.extend(word.to_le_bytes());
        }
    }
    bytes
}

#[test]
fn arbitrary_calls_break_nothing() {
    for seed in 0..150 {
        c_calls::drive(&script(seed));
    }
}
