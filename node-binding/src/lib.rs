//! The Node addon of the engine: reads JavaScript values, checks them, calls [`trespasser`], and shapes what comes
//! back. No rule of the game is here.
//!
//! What callers see is documented in `index.d.ts`, which a test compares with what the addon exports.

// The exported items are JavaScript's; their documentation is in `index.d.ts`, once.
#![allow(missing_docs)]

mod batch;
mod edit;
mod fail;
mod guard;
mod held;
mod map;
mod matchmaking;
mod rating;
mod read;
mod replay;
pub mod rows;
mod shape;
mod snapshot;
mod sound;
mod told;
mod wire;
mod wire_client;
mod world;

use napi::bindgen_prelude::{ClassInstance, Uint8ArraySlice, Unknown};
use napi_derive::napi;
use shape::SceneScript;
use trespasser::scenes;

/// Version of the engine.
#[napi]
pub const VERSION: &str = trespasser::VERSION;

/// The processors that this binary was compiled for: `x86-64-v3` and the like, or any of an architecture.
#[napi]
pub const BUILT_FOR: &str = if cfg!(all(target_feature = "avx2", target_feature = "bmi2", target_feature = "fma")) {
    "x86-64-v3"
} else {
    std::env::consts::ARCH
};

/// Whether this processor, and its system, have all of x86-64-v3 (System V ABI, AMD64 supplement, section 3.1.1).
#[napi(catch_unwind)]
pub fn has_v3() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::is_x86_feature_detected as has;
        let vectors = has!("avx2") && has!("fma") && has!("f16c");
        vectors && has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("movbe") && has!("popcnt")
    }
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// Bytes of one record of `pushInputs`.
#[napi]
pub const INPUT_BYTES: u32 = 40;
/// Bytes of one record of `readSounds`.
#[napi]
pub const SOUND_BYTES: u32 = 12;
/// Numbers of `soundField`.
#[napi]
pub const SOUND_CELLS: u32 = trespasser::map::CELLS as u32;
/// Bytes of `tiles`.
#[napi]
pub const TILE_BYTES: u32 = 255;
/// Numbers of one row of `readPlayers`.
#[napi]
pub const PLAYER_COLUMNS: u32 = 28;
/// Numbers of one row of the index of `wirePackets`.
#[napi]
pub const WIRE_COLUMNS: u32 = 5;

/// Tells the collector of memory that an object of ours takes outside its heap, or gives back, so that it collects in
/// time.
pub(crate) fn external(env: &napi::Env, bytes: i64) -> napi::Result<()> {
    env.adjust_external_memory(bytes).map(drop)
}

/// Hash of a scene after some ticks, on the calling thread.
#[napi(catch_unwind)]
pub fn run_scene(name: Unknown<'_>, ticks: Unknown<'_>) -> fail::Result<String> {
    fail::guard(|| {
        let name = read::string("name", &name, "a scene's name")?;
        let ticks = read::uint32("ticks", &ticks)?;
        Ok(format!("{:016x}", scenes::run(&name, ticks)?))
    })
}

/// A scene as data.
#[napi(catch_unwind)]
pub fn scene_script(name: Unknown<'_>) -> fail::Result<SceneScript> {
    fail::guard(|| Ok(scenes::script(&read::string("name", &name, "a scene's name")?)?.into()))
}

/// Names of the scenes.
#[napi(catch_unwind)]
pub fn scene_names() -> Vec<&'static str> {
    scenes::SCENES.to_vec()
}

/// The recording of a scene from its first tick on, made without a call of JavaScript, for the test that compares one
/// made by calls; `index.js` does not hand it on.
#[napi(catch_unwind)]
pub fn record_scene_for_test<'env>(
    env: &'env napi::Env,
    name: Unknown<'_>,
    ticks: Unknown<'_>,
) -> fail::Result<Uint8ArraySlice<'env>> {
    fail::guard(|| {
        let name = read::string("name", &name, "a scene's name")?;
        let ticks = read::uint32("ticks", &ticks)?;
        let mut scene = scenes::Scene::new(&name)?;
        let mut file = Vec::new();
        scene.world.record(scene.game, &trespasser::replay::RecordDef::default())?;
        for _ in 0..ticks {
            scene.advance(1);
            scene.world.drain_replay(scene.game, &mut file)?;
        }
        scene.world.end_recording(scene.game, &mut file)?;
        Ok(Uint8ArraySlice::copy_from(env, file)?)
    })
}

/// Panics, within a call on a world if one is given, so that tests can see what becomes of it; `index.js` does not
/// hand it on.
#[napi(catch_unwind)]
pub fn panic_for_test(world: Unknown<'_>) -> fail::Result<()> {
    fail::guard(|| match read::given(world)? {
        Some(world) => {
            let world: ClassInstance<'_, world::World> = read::instance("world", &world, "a World")?;
            world.with(|_| panic!("on purpose"))
        }
        None => panic!("on purpose"),
    })
}
