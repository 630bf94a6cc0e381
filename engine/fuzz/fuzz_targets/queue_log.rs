//! A queue's log made of arbitrary bytes, and of arbitrary records with right sums.
#![no_main]

#[path = "../matchmaking.rs"]
#[allow(dead_code)]
mod matchmaking;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    matchmaking::log(bytes);
});
