//! Bots: drivers of players, apart from the simulation, as a client would be.

use crate::gate::{Gate, gated};
use crate::pointer::{self, Out, OutArray};
use crate::result::{guarded, tp_result};
use crate::types::{tp_bot_def, tp_input, tp_loadout, tp_match_id, tp_player_id, tp_team};
use crate::world::tp_world;
use trespasser::scenes::Bots;

/// The bots of one world. Calls that change it must be alone, and get or give BUSY if they are not.
pub struct tp_bots {
    gate: Gate<Bots>,
}

gated!(tp_bots, Bots, "bots");

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
        tp_bots::hand_over(Bots::new(), out);
        Ok(())
    })
}

/// Ends bots; null is nothing. Their players stay where they are, and stand. The caller gives up ownership: no other
/// call on these bots at the same time or later. Any thread. BUSY if a call is inside; then they live on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_destroy(bots: *mut tp_bots) -> tp_result {
    guarded!({ tp_bots::take_back(bots) })
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

/// Drives a player who is in the match already, with a skill of 0 to 1, until tp_bots_remove takes the player out or
/// tp_bots_release lets go: for somebody who is away.
/// Changes the bots and reads the world: any thread, no other call on the bots and no changing call on the world at the
/// same time. STALE_ID; INVALID_ARGUMENT for another skill.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_adopt(
    bots: *mut tp_bots,
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    skill: f32,
) -> tp_result {
    guarded!({
        let mut bots = tp_bots::write(bots)?;
        let world = tp_world::read(world)?;
        Ok(bots.adopt(&world, match_id.engine(), player_id.engine()?, skill)?)
    })
}

/// Lets go of a player, who stays in the match.
/// Changes the bots: any thread, no other call on them at the same time. STALE_ID if the player is no bot of these.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_release(
    bots: *mut tp_bots,
    match_id: tp_match_id,
    player_id: tp_player_id,
) -> tp_result {
    guarded!({
        if tp_bots::write(bots)?.release(match_id.engine(), player_id.engine()?) {
            return Ok(());
        }
        Err(trespasser::Error::StaleId { what: "player", id: player_id.raw }.into())
    })
}

/// Whether these bots drive a player: 1 or 0.
/// Reads the bots: any thread, no changing call on them at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_contain(
    bots: *const tp_bots,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_contain: *mut u8,
) -> tp_result {
    guarded!({
        let bots = tp_bots::read(bots)?;
        let out = Out::new(out_contain, "out_contain")?;
        out.set(player_id.engine().is_ok_and(|player| bots.is_bot(match_id.engine(), player)).into());
        Ok(())
    })
}

/// tp_bots_think with the inputs handed to the caller, into an array of `capacity` elements, instead of pushed: for bots
/// at the other end of a wire. Room for 3 inputs of each bot is always enough.
/// Changes the bots and reads the world: any thread, no other call on the bots and no changing call on the world at the
/// same time. SHORT_BUFFER if there might be more than `capacity`; then nobody has thought.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bots_think_into(
    bots: *mut tp_bots,
    world: *const tp_world,
    out_inputs: *mut tp_input,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let mut bots = tp_bots::write(bots)?;
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_inputs, capacity, out_count, "out_inputs")?;
        let most = world.rules().input.per_second.div_ceil(world.tick_rate()) as usize;
        out.check(world.match_ids().map(|id| bots.count(id) * most).sum())?;
        bots.think_with(&world, |game, player, input| out.push(tp_input::new(game, player, &input)));
        out.finish();
        Ok(())
    })
}
