//! Recordings made of arbitrary bytes, and true ones with arbitrary changes.
#![no_main]

#[path = "../replay.rs"]
mod driver;

libfuzzer_sys::fuzz_target!(|data: &[u8]| driver::drive(data));
