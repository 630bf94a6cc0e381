//! Linker settings of a Node addon.

fn main() {
    // On Linux this also keeps Node from unloading the addon when the last worker that loaded it ends: rayon's threads
    // outlive the worker and would run code that is gone.
    napi_build::setup();
}
