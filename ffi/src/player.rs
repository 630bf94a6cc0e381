//! Players of a match: let in, equipped, looked at, let go.

use crate::pointer::{self, Out, OutArray};
use crate::result::{guarded, tp_result};
use crate::types::{
    self, side, tp_loadout, tp_match_id, tp_player_def, tp_player_id, tp_player_view, tp_point, tp_team, tp_weapon_view,
};
use crate::world::tp_world;
use trespasser::Buttons;

/// The smaller team, rifle and pistol, placed at once. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_player_default_def() -> tp_player_def {
    let def = tp_player_def {
        size: size_of::<tp_player_def>() as u32,
        team: tp_team::None as u8,
        spawn: 1,
        reserved: [0; 2],
        loadout: tp_loadout::DEFAULT,
    };
    guarded!(or def, { Ok(def) })
}

/// Lets a player in. One who first appears after the first second is a late joiner. Borrows `def` for the call.
/// Changes the world: any thread, no other call at the same time. STALE_ID; MATCH_FULL for a ninth; UNKNOWN_WEAPON or
/// ILLEGAL_LOADOUT with the reason.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_add(
    world: *mut tp_world,
    match_id: tp_match_id,
    def: *const tp_player_def,
    out_player: *mut tp_player_id,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let def = pointer::definition(def, tp_player_default_def(), &[16], "def")?;
        let out = Out::new(out_player, "out_player")?;
        out.set(world.add_player(match_id.engine(), def.engine()?)?.into());
        Ok(())
    })
}

/// Lets a player go. Kills stay in the team's score.
/// Changes the world: any thread, no other call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_remove(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.remove_player(match_id.engine(), player_id.engine()?)?) })
}

/// Changes sides, before the first spawn or while dead. `team` is TP_TEAM_RED or TP_TEAM_BLUE.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_set_team(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    team: u8,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        Ok(world.set_team(match_id.engine(), player_id.engine()?, side(team, "team")?)?)
    })
}

/// Changes what a player carries, before the first spawn or while dead. Borrows `loadout` for the call.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while alive; UNKNOWN_WEAPON or
/// ILLEGAL_LOADOUT with the reason.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_set_loadout(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    loadout: *const tp_loadout,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let loadout = pointer::value(loadout, "loadout")?.engine()?;
        Ok(world.set_loadout(match_id.engine(), player_id.engine()?, &loadout)?)
    })
}

/// Puts a tp_weapon with full magazines into a living player's hands, in the place where a loadout would have it. For
/// debugging: no loadout rule is checked, and the next respawn restores the loadout.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while dead; UNKNOWN_WEAPON.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_give_weapon(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    weapon: u8,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        Ok(world.give_weapon(match_id.engine(), player_id.engine()?, types::weapon(weapon)?)?)
    })
}

/// Presses buttons (tp_button bits) on a player's behalf outside of the input stream, for the next tick.
/// Changes the world: any thread, no other call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_tap(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    buttons: u16,
) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.tap(match_id.engine(), player_id.engine()?, Buttons(buttons))?) })
}

/// Throws the thrown weapon in a player's hand in the next tick with a level of charge, 1 to 5, as if the trigger had
/// been held that long. Nothing happens if something else is in hand.
/// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT for another level.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_throw(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    level: u8,
) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.throw(match_id.engine(), player_id.engine()?, level)?) })
}

/// Kills a player at once, credited to nobody.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while dead.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_kill(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.kill_player(match_id.engine(), player_id.engine()?)?) })
}

/// One player. Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_get(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_player: *mut tp_player_view,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_player, "out_player")?;
        out.set(world.view(match_id.engine())?.player(player_id.engine()?)?.into());
        Ok(())
    })
}

/// The weapons of a player, at most TP_MAX_WEAPONS, into the caller's array of `capacity` elements.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_weapons(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_weapons: *mut tp_weapon_view,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_weapons, capacity, out_count, "out_weapons")?;
        let places = world.view(match_id.engine())?.weapons(player_id.engine()?)?;
        out.check(places.iter().flatten().count())?;
        for (place, weapon) in places.iter().enumerate() {
            let Some(w) = weapon else { continue };
            out.push(tp_weapon_view {
                ready_in: w.ready_in,
                ammo: w.ammo,
                reserve: w.reserve,
                weapon: w.weapon as u8,
                place: place as u8,
                reloading: w.reloading.into(),
                reserved: 0,
            });
        }
        out.finish();
        Ok(())
    })
}

/// The outline of what a living player sees, px, into the caller's array of `capacity` elements: the player first, then
/// clockwise on screen, arcs cut every 10 degrees at most. No points for the dead; one before the player's first tick.
/// There is no most: fields full of rubble and smoke have several times the hundred that play on the built-in maps has.
/// Begin with 512, and on SHORT_BUFFER ask again with twice the room.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`, and the message says how many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_polygon(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_points: *mut tp_point,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = OutArray::new(out_points, capacity, out_count, "out_points")?;
        let view = world.view(match_id.engine())?;
        let slot = view.player(player_id.engine()?)?.id.slot();
        let mut points = Vec::new();
        view.polygon(slot, &mut points);
        out.fill(points.iter().map(|point| tp_point { x: point.x, y: point.y }))
    })
}

/// The tiles of 8 x 8 px whose centres a living player sees, bit y * 60 + x of 60 columns and 34 rows, bit 0 the lowest
/// of word 0, into the caller's array of `capacity` elements, TP_TILE_WORDS of which are written. No bits for the dead.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_tiles(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_words: *mut u64,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = OutArray::new(out_words, capacity, out_count, "out_words")?;
        let view = world.view(match_id.engine())?;
        let slot = view.player(player_id.engine()?)?.id.slot();
        out.fill(view.tiles(slot).into_iter())
    })
}
