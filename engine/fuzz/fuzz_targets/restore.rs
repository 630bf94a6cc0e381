//! A liar's saved matches, restored and played.
#![no_main]
#![allow(dead_code)]

#[path = "../driver.rs"]
mod driver;
#[path = "../restore.rs"]
mod restore;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = restore::restore(data);
});
