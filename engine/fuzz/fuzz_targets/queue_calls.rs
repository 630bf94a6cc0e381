//! A queue under arbitrary calls, beside a model of what must hold.
#![no_main]

#[path = "../matchmaking.rs"]
#[allow(dead_code)]
mod matchmaking;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    matchmaking::calls(bytes);
});
