//! Bots: drivers of players, apart from the simulation, as a client would be.

use crate::gate::{Gate, Reading, Writing};
use crate::pointer::{self, Out};
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{tp_bot_def, tp_loadout, tp_match_id, tp_player_id, tp_team};
use crate::world::tp_world;
use trespasser::scenes::Bots;

/// The bots of one world. Calls that change it must be alone, and get or give BUSY if they are not.
pub struct tp_bots {
    gate: Gate<Bots>,
}

impl tp_bots {
    /// # Safety
    /// `bots` is null or came from `tp_bots_create` and is not destroyed during `'a`.
    unsafe fn gate<'a>(bots: *const tp_bots) -> Outcome<&'a Gate<Bots>> {
        // SAFETY: this function's contract.
        let bots = unsafe { bots.as_ref() };
        Ok(&bots.ok_or_else(|| Fail::new(tp_result::NullPointer, "bots is null; create them first"))?.gate)
    }

    /// # Safety
    /// As [`tp_bots::gate`].
    unsafe fn read<'a>(bots: *const tp_bots) -> Outcome<Reading<'a, Bots>> {
        // SAFETY: this function's contract.
        unsafe { Self::gate(bots)? }.read("bots")
    }

    /// # Safety
    /// As [`tp_bots::gate`].
    unsafe fn write<'a>(bots: *const tp_bots) -> Outcome<Writing<'a, Bots>> {
        // SAFETY: this function's contract.
        unsafe { Self::gate(bots)? }.write("bots")
    }
}

/// Skill 0.5, the smaller team, rifle and pistol, placed at once. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_bot_default_def() -> tp_bot_def {
    let def = tp_bot_def {
        size: size_of::<tp_bot_def>() as u32,
        skill: 0.5,
        team: tp_team::None as u8,
        spawn: 1,
        wrecks: 0,
        rough: 0,
        loadout: tp_loadout::DEFAULT,
    };
    guarded!(or def, { Ok(def) })
}

/// No bots yet, for one world. The caller owns them and ends them with tp_bots_destroy. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_create(out_bots: *mut *mut tp_bots) -> tp_result {
    guarded!({
        let out = Out::new(out_bots, "out_bots")?;
        out.set(Box::into_raw(Box::new(tp_bots { gate: Gate::new(Bots::new()) })));
        Ok(())
    })
}

/// Ends bots; null is nothing. Their players stay where they are, and stand. The caller gives up ownership: no other
/// call on these bots at the same time or later. Any thread. BUSY if a call is inside; then they live on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_destroy(bots: *mut tp_bots) -> tp_result {
    guarded!({
        if !bots.is_null() {
            tp_bots::gate(bots)?.check_unused("bots")?;
            drop(Box::from_raw(bots));
        }
        Ok(())
    })
}

/// Lets a bot into a match. Borrows `def` for the call. Changes bots and world: any thread, no other call on either at
/// the same time. STALE_ID, MATCH_FULL, UNKNOWN_WEAPON, ILLEGAL_LOADOUT as tp_player_add; INVALID_ARGUMENT for a skill
/// outside 0 to 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_add(
    bots: *mut tp_bots,
    world: *mut tp_world,
    match_id: tp_match_id,
    def: *const tp_bot_def,
    out_player: *mut tp_player_id,
) -> tp_result {
    guarded!({
        let mut bots = tp_bots::write(bots)?;
        let mut world = tp_world::write(world)?;
        let def = pointer::definition(def, tp_bot_default_def(), &[20], "def")?;
        let out = Out::new(out_player, "out_player")?;
        let id = bots.add_role(&mut world, match_id.engine(), &def.role()?)?;
        out.set(id.into());
        Ok(())
    })
}

/// Takes a bot out of its match. Changes bots and world: any thread, no other call on either at the same time.
/// STALE_ID if there is no such match or player, or if the player is no bot of these.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_remove(
    bots: *mut tp_bots,
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
) -> tp_result {
    guarded!({
        let mut bots = tp_bots::write(bots)?;
        let mut world = tp_world::write(world)?;
        Ok(bots.remove(&mut world, match_id.engine(), player_id.engine()?)?)
    })
}

/// Once before each step: pushes the inputs of every bot for one tick. Bots whose match or player is gone are
/// forgotten. Changes bots and world: any thread, no other call on either at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_think(bots: *mut tp_bots, world: *mut tp_world) -> tp_result {
    guarded!({
        let mut bots = tp_bots::write(bots)?;
        bots.think(&mut *tp_world::write(world)?);
        Ok(())
    })
}

/// Bots in a match; 0 for a match that these bots do not know. Reads the bots: any thread, no changing call on them at
/// the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_count(
    bots: *const tp_bots,
    match_id: tp_match_id,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let bots = tp_bots::read(bots)?;
        let out = Out::new(out_count, "out_count")?;
        out.set(bots.count(match_id.engine()));
        Ok(())
    })
}

const _: () = {
    const fn shareable<T: Send + Sync>() {}
    shareable::<tp_bots>();
};
