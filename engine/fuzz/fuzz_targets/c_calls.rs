//! Arbitrary calls of the C interface.
#![no_main]

#[path = "../c_calls.rs"]
mod c_calls;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    c_calls::drive(data);
});
