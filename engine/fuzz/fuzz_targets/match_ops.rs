//! A match under arbitrary inputs and host calls, up to 10,000 ticks at a time.
#![no_main]

#[path = "../driver.rs"]
mod driver;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    driver::drive(data, 10_000);
});
