//! The fuzz targets' drivers on bytes that are the same in every run, so that the ordinary tests pass through it.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../fuzz/driver.rs"]
mod driver;
#[path = "../fuzz/replay.rs"]
mod replay;
#[path = "../fuzz/restore.rs"]
mod restore;
#[path = "../fuzz/wire.rs"]
mod wire;

use trespasser::rng::{self, Purpose};

/// Bytes whose first hundred or so let players in, so that the rest has somebody to act on.
fn script(seed: u64) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..16).map(|i| rng::draw(seed, i, Purpose::Bot, 0)[0] as u8).collect();
    for i in 0..8u8 {
        // Join: no support, rifle, pistol.
        bytes.extend([7, i, 0, 0, 5]);
    }
    for i in 0..700 {
        for word in rng::draw(seed, i, Purpose::Bot, 1) {
            bytes.extend(word.to_le_bytes());
        }
    }
    bytes
}

#[test]
fn arbitrary_calls_break_nothing() {
    for seed in 0..60 {
        driver::drive(&script(seed), 1500);
    }
}

#[test]
fn arbitrary_messages_break_nothing() {
    for seed in 1000..1040 {
        wire::up(&script(seed));
        wire::down(&script(seed));
    }
}

/// Built-in maps, all eight players, one to three values written over: some of these are taken, some refused.
#[test]
fn forged_matches_break_nothing() {
    let mut taken = 0;
    for seed in 2000..2100 {
        let random = script(seed);
        let mut bytes = vec![random[0], random[1], random[2] & 5, 8, random[3], random[4], 0, 1 + random[5] % 3];
        bytes.extend(&random[56..]);
        taken += u32::from(restore::restore(&bytes));
    }
    assert!((20..=80).contains(&taken), "{taken} of 100 were taken");
}

#[test]
fn arbitrary_recordings_break_nothing() {
    for seed in 2000..2400 {
        let mut bytes = script(seed);
        // A few changes in a true recording, with its sums put right.
        bytes[0] = bytes[0] & !2 | 1;
        replay::drive(&bytes[..1 + 3 * (1 + seed as usize % 6)]);
        bytes[0] &= !1;
        replay::drive(&bytes);
    }
}
