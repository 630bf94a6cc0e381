//! The library itself: version, names of numbers, the proof of the border.

use crate::pointer::{self, Out};
use crate::result::{Fail, guarded, tp_result};
use crate::world::tp_world;
use std::ffi::{CString, c_char};
use std::ptr::null;
use std::sync::LazyLock;
use trespasser::rules::Material;
use trespasser::{GameMap, SoundKind, Weapon};

const fn number(text: &str) -> u32 {
    let (bytes, mut value, mut i) = (text.as_bytes(), 0, 0);
    while i < bytes.len() {
        value = value * 10 + (bytes[i] - b'0') as u32;
        i += 1;
    }
    value
}

const MAJOR: u32 = number(env!("CARGO_PKG_VERSION_MAJOR"));
const MINOR: u32 = number(env!("CARGO_PKG_VERSION_MINOR"));
const PATCH: u32 = number(env!("CARGO_PKG_VERSION_PATCH"));

/// Whether a library of one version has all that a header of another promises, with the same layouts.
fn serves(library: (u32, u32, u32), header: (u32, u32, u32)) -> bool {
    library.0 == header.0 && (library.0 > 0 || library.1 == header.1) && library >= header
}

/// Names with a zero at the end, made once.
pub(crate) fn terminated(names: impl Iterator<Item = &'static str>) -> Vec<CString> {
    names.map(|name| CString::new(name).unwrap_or_default()).collect()
}

/// The name with this index, or null.
pub(crate) fn name_at(names: &[CString], index: usize) -> *const c_char {
    names.get(index).map_or(null(), |name| name.as_ptr())
}

static WEAPONS: LazyLock<Vec<CString>> = LazyLock::new(|| terminated(Weapon::ALL.into_iter().map(Weapon::name)));
static MATERIALS: LazyLock<Vec<CString>> = LazyLock::new(|| terminated(Material::ALL.into_iter().map(Material::name)));
static SOUNDS: LazyLock<Vec<CString>> = LazyLock::new(|| terminated(SoundKind::ALL.into_iter().map(SoundKind::name)));
pub(crate) static MAPS: LazyLock<Vec<CString>> =
    LazyLock::new(|| terminated(GameMap::BUILTIN.iter().map(|(name, _)| *name)));

/// Version of the library at run time: major << 16 | minor << 8 | patch, like TP_VERSION of the header. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_version() -> u32 {
    guarded!(or 0, { Ok(MAJOR << 16 | MINOR << 8 | PATCH) })
}

/// Whether a program compiled with a header of this version can use this library: pass TP_VERSION. The same major
/// and, while that is 0, the same minor; the library no older than the header. Any thread.
/// INVALID_ARGUMENT names both versions.
#[unsafe(no_mangle)]
pub extern "C" fn tp_check_version(header_version: u32) -> tp_result {
    guarded!({
        let (major, minor, patch) = (header_version >> 16, header_version >> 8 & 0xFF, header_version & 0xFF);
        if serves((MAJOR, MINOR, PATCH), (major, minor, patch)) {
            return Ok(());
        }
        Err(Fail::invalid(
            "header_version",
            format!("{major}.{minor}.{patch}"),
            format!("one that the library's {MAJOR}.{MINOR}.{PATCH} serves; compile against its own header"),
        ))
    })
}

/// Lower-case name of a tp_weapon, null for other numbers. Owned by the library, valid forever. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_weapon_name(weapon: u8) -> *const c_char {
    guarded!(or null(), { Ok(name_at(&WEAPONS, weapon.into())) })
}

/// The tp_weapon with this lower-case name. Borrows `name` for the call. Any thread. UNKNOWN_WEAPON lists the names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_weapon_from_name(name: *const c_char, out_weapon: *mut u8) -> tp_result {
    guarded!({
        let name = pointer::text(name, "name")?;
        let out = Out::new(out_weapon, "out_weapon")?;
        out.set(name.parse::<Weapon>()? as u8);
        Ok(())
    })
}

/// Lower-case name of a tp_material, null for other numbers. Owned by the library, valid forever. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_material_name(material: u8) -> *const c_char {
    guarded!(or null(), { Ok(name_at(&MATERIALS, material.into())) })
}

/// Lower-case name of a tp_sound_kind, null for other numbers. Owned by the library, valid forever. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_sound_kind_name(kind: u8) -> *const c_char {
    guarded!(or null(), { Ok(name_at(&SOUNDS, kind.into())) })
}

/// Name of one of the project's own maps, by index from 0; null beyond the last. Owned by the library, valid forever.
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_map_builtin_name(index: usize) -> *const c_char {
    guarded!(or null(), { Ok(name_at(&MAPS, index)) })
}

/// Panics inside, to prove that no panic leaves the library: PANIC. Null, or a world, which is being changed when it
/// happens and from then on refuses every call but tp_world_destroy with PANIC. The default panic hook writes a line
/// to stderr. No other call on that world at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_test_panic(world: *mut tp_world) -> tp_result {
    guarded!({
        let _changing = if world.is_null() { None } else { Some(tp_world::write(world)?) };
        panic!("tp_test_panic was called")
    })
}

#[cfg(test)]
mod tests {
    use super::serves;

    #[test]
    fn a_library_serves_older_headers_of_its_own_line() {
        for (library, header, want) in [
            ((0, 3, 2), (0, 3, 2), true),
            ((0, 3, 2), (0, 3, 0), true),
            ((0, 3, 2), (0, 3, 3), false),
            ((0, 3, 2), (0, 2, 0), false),
            ((0, 3, 2), (0, 4, 0), false),
            ((1, 3, 2), (1, 3, 2), true),
            ((1, 3, 2), (1, 2, 9), true),
            ((1, 3, 2), (1, 3, 3), false),
            ((1, 3, 2), (1, 4, 0), false),
            ((1, 3, 2), (0, 3, 2), false),
            ((1, 3, 2), (2, 0, 0), false),
        ] {
            assert_eq!(serves(library, header), want, "{library:?} for {header:?}");
        }
    }
}
