//! Named scenes: the project's own load, ready to play or as a list of who plays it.

use crate::gate::{Gate, gated};
use crate::library::{MAPS, name_at, terminated};
use crate::pointer::{self, Out, OutArray};
use crate::result::{guarded, tp_result};
use crate::types::{tp_bot_def, tp_rules, tp_scene_info};
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::sync::LazyLock;
use trespasser::GameMap;
use trespasser::scenes::{SCENES, Scene, script};

/// A scene being played: a world with one match of bots. Calls that change it must be alone, and get or give BUSY if
/// they are not.
pub struct tp_scene {
    gate: Gate<Scene>,
}

gated!(tp_scene, Scene, "scene");

static NAMES: LazyLock<Vec<CString>> = LazyLock::new(|| terminated(SCENES.iter().copied()));

/// Name of a scene, by index from 0; null beyond the last. Owned by the library, valid forever. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_scene_name(index: usize) -> *const c_char {
    guarded!(or null(), { Ok(name_at(&NAMES, index)) })
}

/// What a scene is played on and by how many, for hosts that build it themselves: a world of tp_world_default_def()
/// with tick rate and rules of the scene, the map read fine, the match, then the bots of tp_scene_get_bots in their order.
/// Borrows `name` for the call. Any thread. UNKNOWN_NAME lists the names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_scene_get_info(name: *const c_char, out_info: *mut tp_scene_info) -> tp_result {
    guarded!({
        let script = script(pointer::text(name, "name")?)?;
        let out = Out::new(out_info, "out_info")?;
        let map = GameMap::BUILTIN.iter().position(|(name, _)| *name == script.map);
        out.set(tp_scene_info {
            map: name_at(&MAPS, map.unwrap_or(usize::MAX)),
            seed: script.seed,
            kill_target: script.kill_target.into(),
            bot_count: script.roles.len() as u32,
            tick_rate: script.tick_rate,
            rules: tp_rules::named(script.rules) as u32,
        });
        Ok(())
    })
}

/// The bots of a scene in the order in which they join, into the caller's array of `capacity` elements.
/// Borrows `name` for the call. Any thread. UNKNOWN_NAME lists the names; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_scene_get_bots(
    name: *const c_char,
    out_bots: *mut tp_bot_def,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let script = script(pointer::text(name, "name")?)?;
        let out = OutArray::new(out_bots, capacity, out_count, "out_bots")?;
        out.fill(script.roles.iter().map(tp_bot_def::new))
    })
}

/// A scene at its beginning. The caller owns it and ends it with tp_scene_destroy; `name` is borrowed for the call.
/// Any thread. UNKNOWN_NAME lists the names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_scene_create(name: *const c_char, out_scene: *mut *mut tp_scene) -> tp_result {
    guarded!({
        let name = pointer::text(name, "name")?;
        let out = Out::new(out_scene, "out_scene")?;
        let scene = Scene::new(name)?;
        tp_scene::hand_over(scene, out);
        Ok(())
    })
}

/// Ends a scene; null is nothing. The caller gives up ownership: no other call on this scene at the same time or
/// later. Any thread. BUSY if a call is inside; then the scene lives on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_scene_destroy(scene: *mut tp_scene) -> tp_result {
    guarded!({ tp_scene::take_back(scene) })
}

/// Plays on: bots think, the world steps, `ticks` times. Changes the scene: any thread, no other call at the same
/// time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_scene_advance(scene: *mut tp_scene, ticks: u32) -> tp_result {
    guarded!({
        tp_scene::write(scene)?.advance(ticks);
        Ok(())
    })
}

/// tp_match_hash of the scene's match. Reads the scene: any thread, no changing call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_scene_hash(scene: *const tp_scene, out_hash: *mut u64) -> tp_result {
    guarded!({
        let scene = tp_scene::read(scene)?;
        let out = Out::new(out_hash, "out_hash")?;
        out.set(scene.hash());
        Ok(())
    })
}
