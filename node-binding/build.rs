//! Linker settings of a Node addon.

fn main() {
    napi_build::setup();
    // Node unloads an addon when the last worker that loaded it ends; rayon's threads and thread-local scratch outlive
    // the worker and would run code that is gone.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
