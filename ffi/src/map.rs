//! Maps: made from pictures, names or rectangles; immutable from then on.

use crate::library::name_at;
use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{reading, side, tp_map_info, tp_point, tp_spawn, tp_wall, tp_wall_def};
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::sync::Arc;
use trespasser::map::{MAX_SPAWNS, MAX_WALLS};
use trespasser::rules::Material;
use trespasser::{GameMap, Spawn, Vec2, WallDef};

/// A playable map. Immutable: any number of threads may use it at once. Matches keep what they need of it, so that it
/// may be destroyed as soon as they are created.
pub struct tp_map {
    pub(crate) map: Arc<GameMap>,
    warnings: Vec<CString>,
}

impl tp_map {
    fn hand_over(map: Arc<GameMap>, out: Out<*mut tp_map>) {
        let warnings =
            map.warnings().iter().map(|text| CString::new(text.replace('\0', " ")).unwrap_or_default()).collect();
        out.set(Box::into_raw(Box::new(tp_map { map, warnings })));
    }

    /// # Safety
    /// `map` is null or came from a `tp_map_*` creator and is not destroyed during `'a`.
    pub(crate) unsafe fn read<'a>(map: *const tp_map) -> Outcome<&'a tp_map> {
        // SAFETY: this function's contract.
        unsafe { map.as_ref() }.ok_or_else(|| Fail::new(tp_result::NullPointer, "map is null; create one first"))
    }
}

/// Reads a PNG of 48 x 27 or 480 x 270 pixels in the palette of the rule book. `reading` is a tp_reading.
/// The caller owns the map and ends it with tp_map_destroy; `bytes` is borrowed for the call. Any thread.
/// BAD_MAP gives the reason and the pixel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_from_png(
    bytes: *const u8,
    length: usize,
    reading: u32,
    out_map: *mut *mut tp_map,
) -> tp_result {
    guarded!({
        let bytes = pointer::array(bytes, length, "bytes")?;
        let out = Out::new(out_map, "out_map")?;
        tp_map::hand_over(GameMap::from_png(bytes, self::reading(reading)?)?, out);
        Ok(())
    })
}

/// One of the project's own maps, by name. `reading` is a tp_reading.
/// The caller owns the map and ends it with tp_map_destroy; `name` is borrowed for the call. Any thread.
/// UNKNOWN_NAME lists the names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_from_builtin(
    name: *const c_char,
    reading: u32,
    out_map: *mut *mut tp_map,
) -> tp_result {
    guarded!({
        let name = pointer::text(name, "name")?;
        let out = Out::new(out_map, "out_map")?;
        tp_map::hand_over(GameMap::builtin(name, self::reading(reading)?)?, out);
        Ok(())
    })
}

/// A map of the host's own: at most 1600 walls and 64 spawns; a team without a spawn gets one.
/// The caller owns the map and ends it with tp_map_destroy; both arrays are borrowed for the call. Any thread.
/// BAD_MAP or INVALID_ARGUMENT names the wall or spawn, the field and the limit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_from_rects(
    walls: *const tp_wall_def,
    wall_count: usize,
    spawns: *const tp_spawn,
    spawn_count: usize,
    out_map: *mut *mut tp_map,
) -> tp_result {
    guarded!({
        let too_many = |count: usize, what: &str, limit: usize| {
            Fail::new(tp_result::BadMap, format!("bad map: {count} {what}; a map has at most {limit}"))
        };
        if wall_count > MAX_WALLS {
            return Err(too_many(wall_count, "walls", MAX_WALLS));
        }
        if spawn_count > MAX_SPAWNS {
            return Err(too_many(spawn_count, "spawns", MAX_SPAWNS));
        }
        let walls = pointer::array(walls, wall_count, "walls")?;
        let spawns = pointer::array(spawns, spawn_count, "spawns")?;
        let out = Out::new(out_map, "out_map")?;
        let wall = |(i, wall): (usize, &tp_wall_def)| {
            let tp_wall_def { x, y, width, height, .. } = *wall;
            let material = Material::from_number(wall.material).ok_or_else(|| {
                Fail::invalid(&format!("walls[{i}].material"), wall.material, "a tp_material, 0 to 4")
            })?;
            Ok(WallDef { x, y, width, height, material })
        };
        let spawn = |(i, spawn): (usize, &tp_spawn)| {
            let team = side(spawn.team, &format!("spawns[{i}].team"))?;
            Ok(Spawn { at: Vec2::new(spawn.x, spawn.y), team })
        };
        let walls = walls.iter().enumerate().map(wall).collect::<Outcome<Vec<_>>>()?;
        let spawns = spawns.iter().enumerate().map(spawn).collect::<Outcome<Vec<_>>>()?;
        tp_map::hand_over(GameMap::from_rects(&walls, &spawns)?, out);
        Ok(())
    })
}

/// Ends a map; null is nothing. The caller gives up ownership: no other call on this map at the same time or later.
/// Matches on it live on. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_destroy(map: *mut tp_map) -> tp_result {
    guarded!({
        if !map.is_null() {
            drop(Box::from_raw(map));
        }
        Ok(())
    })
}

/// What a map holds. Borrows the map for the call. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_get_info(map: *const tp_map, out_info: *mut tp_map_info) -> tp_result {
    guarded!({
        let of = tp_map::read(map)?;
        let out = Out::new(out_info, "out_info")?;
        out.set(tp_map_info {
            hash: of.map.hash(),
            wall_count: of.map.geometry().walls.len() as u32,
            slice_count: of.map.geometry().slice_count as u32,
            spawn_count: of.map.spawns().len() as u32,
            light_count: of.map.lights().len() as u32,
            warning_count: of.warnings.len() as u32,
            reserved: 0,
        });
        Ok(())
    })
}

/// The walls, in order of their slices, into the caller's array of `capacity` elements. Borrows the map for the call.
/// Any thread. SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_get_walls(
    map: *const tp_map,
    out_walls: *mut tp_wall,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let of = tp_map::read(map)?;
        let out = OutArray::new(out_walls, capacity, out_count, "out_walls")?;
        out.fill(of.map.geometry().walls.iter().map(|wall| tp_wall {
            x: wall.x,
            y: wall.y,
            width: wall.width,
            height: wall.height,
            first_slice: wall.first_slice,
            material: wall.material as u8,
            along_x: wall.along_x.into(),
        }))
    })
}

/// The spawns of both teams into the caller's array of `capacity` elements. Borrows the map for the call. Any thread.
/// SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_get_spawns(
    map: *const tp_map,
    out_spawns: *mut tp_spawn,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let of = tp_map::read(map)?;
        let out = OutArray::new(out_spawns, capacity, out_count, "out_spawns")?;
        out.fill(of.map.spawns().iter().map(|spawn| tp_spawn {
            x: spawn.at.x,
            y: spawn.at.y,
            team: spawn.team as u8,
            reserved: [0; 3],
        }))
    })
}

/// Centres of the lamps into the caller's array of `capacity` elements; for renderers, the simulation knows no light.
/// Borrows the map for the call. Any thread. SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_get_lights(
    map: *const tp_map,
    out_lights: *mut tp_point,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let of = tp_map::read(map)?;
        let out = OutArray::new(out_lights, capacity, out_count, "out_lights")?;
        out.fill(of.map.lights().iter().map(|at| tp_point { x: at.x, y: at.y }))
    })
}

/// Health of each slice when intact, in 1/64 points, TP_INDESTRUCTIBLE for the border, into the caller's array of
/// `capacity` elements. Borrows the map for the call. Any thread. SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_get_max_health(
    map: *const tp_map,
    out_health: *mut u16,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let geometry = tp_map::read(map)?.map.geometry();
        let out = OutArray::new(out_health, capacity, out_count, "out_health")?;
        out.fill(geometry.max_health[..geometry.slice_count].iter().copied())
    })
}

/// What was read but probably not meant, such as unknown colours, by index from 0; null beyond the last.
/// Owned by the map, valid until it is destroyed. Any thread. A null map gives null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_map_warning(map: *const tp_map, index: usize) -> *const c_char {
    guarded!(or null(), { Ok(name_at(&tp_map::read(map)?.warnings, index)) })
}

const _: () = {
    const fn shareable<T: Send + Sync>() {}
    shareable::<tp_map>();
};
