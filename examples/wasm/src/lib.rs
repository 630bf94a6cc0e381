//! The engine as a WebAssembly module: `examples/wasm/index.mjs` plays the scenes in it.
//!
//! `cargo build --release --target wasm32-unknown-unknown -p trespasser-example-wasm`
//!
//! One scene at a time, on the one thread there is; no memory is shared with the host but the name that it writes.

use std::cell::RefCell;
use trespasser::scenes::{SCENES, Scene};

thread_local! {
    static SCENE: RefCell<Option<Scene>> = const { RefCell::new(None) };
}

/// Scenes there are.
#[unsafe(no_mangle)]
pub extern "C" fn scene_count() -> u32 {
    SCENES.len() as u32
}

/// Where the name of a scene lies in the module's memory; 0 beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn scene_name(index: u32) -> *const u8 {
    SCENES.get(index as usize).map_or(std::ptr::null(), |name| name.as_ptr())
}

/// Bytes of the name of a scene; 0 beyond the last.
#[unsafe(no_mangle)]
pub extern "C" fn scene_name_length(index: u32) -> u32 {
    SCENES.get(index as usize).map_or(0, |name| name.len() as u32)
}

/// Puts a scene at its beginning in the place of the one before. 0: there is none of that number.
#[unsafe(no_mangle)]
pub extern "C" fn scene_begin(index: u32) -> u32 {
    let scene = SCENES.get(index as usize).and_then(|name| Scene::new(name).ok());
    let there = scene.is_some();
    SCENE.set(scene);
    there.into()
}

/// Plays the scene on and returns the hash of its match; 0 if none has begun.
#[unsafe(no_mangle)]
pub extern "C" fn scene_advance(ticks: u32) -> u64 {
    SCENE.with_borrow_mut(|scene| {
        scene.as_mut().map_or(0, |scene| {
            scene.advance(ticks);
            scene.hash()
        })
    })
}
