//! Worlds: created, stepped, fed with inputs.

use crate::gate::{Gate, gated};
use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, Outcome, guarded, remember, tp_result};
use crate::types::{TP_CUTOFF_OPEN, rules, simd, simd_number, tp_input, tp_match_id, tp_world_def, tp_world_info};
use trespasser::{Buttons, InputCmd, NetDef, Vec2, World, WorldDef};

/// Matches of one rule set and tick rate, with their players. Calls that read it (const) may meet on several threads;
/// a call that changes it must be alone, and gets or gives BUSY if it is not.
pub struct tp_world {
    gate: Gate<World>,
}

gated!(tp_world, World, "world");

/// 60 ticks a second, standard rules, 65536 matches, the best instruction set, 20 snapshots of 60 bytes a second, 4 at
/// rest. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_world_default_def() -> tp_world_def {
    let def = tp_world_def {
        size: size_of::<tp_world_def>() as u32,
        tick_rate: 0,
        rules: 0,
        max_matches: 0,
        simd: 0,
        net_rate: 0,
        net_idle_rate: 0,
        net_budget: 0,
    };
    guarded!(or def, {
        let WorldDef { tick_rate, max_matches, net, .. } = WorldDef::default();
        let NetDef { rate: net_rate, idle_rate: net_idle_rate, budget: net_budget } = net;
        Ok(tp_world_def { tick_rate, max_matches, net_rate, net_idle_rate, net_budget, ..def })
    })
}

/// An empty world. The caller owns it and ends it with tp_world_destroy; `def` is borrowed for the call. Any thread.
/// INVALID_ARGUMENT names the field and its limit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_create(def: *const tp_world_def, out_world: *mut *mut tp_world) -> tp_result {
    guarded!({
        let def = pointer::definition(def, tp_world_default_def(), &[20, 32], "def")?;
        let out = Out::new(out_world, "out_world")?;
        let world = World::new(WorldDef {
            tick_rate: def.tick_rate,
            rules: rules(def.rules)?,
            max_matches: def.max_matches,
            simd: simd(def.simd)?,
            net: NetDef { rate: def.net_rate, idle_rate: def.net_idle_rate, budget: def.net_budget },
        })?;
        tp_world::hand_over(world, out);
        Ok(())
    })
}

/// Ends a world with all its matches; null is nothing. The caller gives up ownership: no other call on this world at
/// the same time or later. Any thread. BUSY if a call is inside; then the world lives on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_destroy(world: *mut tp_world) -> tp_result {
    guarded!({ tp_world::take_back(world) })
}

/// What a world is. Reads the world: any thread, no changing call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_get_info(world: *const tp_world, out_info: *mut tp_world_info) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_info, "out_info")?;
        out.set(tp_world_info {
            tick_rate: world.tick_rate(),
            simd: simd_number(world.simd()),
            match_count: world.match_count() as u32,
            reserved: 0,
        });
        Ok(())
    })
}

/// The ids of all matches into the caller's array of `capacity` elements. Reads the world: any thread, no changing
/// call at the same time. SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_get_matches(
    world: *const tp_world,
    out_ids: *mut tp_match_id,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_ids, capacity, out_count, "out_ids")?;
        out.check(world.match_count())?;
        world.match_ids().for_each(|id| out.push(id.into()));
        out.finish();
        Ok(())
    })
}

/// One tick of every match, on the calling thread. Changes the world: any thread, no other call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_step(world: *mut tp_world) -> tp_result {
    guarded!({
        tp_world::write(world)?.step();
        Ok(())
    })
}

/// One tick of every match, on the calling thread and those of a pool that the first such call of the process starts: as many
/// in all as there are cores, or RAYON_NUM_THREADS. The same bits as tp_world_step. Changes the world: any thread, no
/// other call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_step_parallel(world: *mut tp_world) -> tp_result {
    guarded!({
        tp_world::write(world)?.step_parallel();
        Ok(())
    })
}

/// Hz that the cutoff of a tp_heard stands for, by the rules of the world it is from: 0 the lowest, TP_CUTOFF_OPEN what
/// nothing muffles, steps between in equal ratios. Reads the world: any thread, no changing call at the same time.
/// INVALID_ARGUMENT for a cutoff above TP_CUTOFF_OPEN.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_sound_cutoff_hz(world: *const tp_world, cutoff: u8, out_hz: *mut f32) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_hz, "out_hz")?;
        if cutoff > TP_CUTOFF_OPEN {
            return Err(Fail::invalid("cutoff", cutoff, format!("0 to {TP_CUTOFF_OPEN}")));
        }
        let rule = &world.rules().sound;
        out.set(trespasser::sound::cutoff_hz(cutoff, rule.least_hz, rule.open_hz));
        Ok(())
    })
}

/// Queues inputs of any players of any matches. Both arrays are the caller's and have `count` elements.
/// Changes the world: any thread, no other call at the same time.
///
/// Each input is judged for itself. Its place in out_results tells: OK; IGNORED_INPUT, its sequence number is old or
/// waiting already; STALE_ID, the match or player is gone; INVALID_ARGUMENT, mouse_x or mouse_y is not finite. The call
/// is OK all the same. tp_last_error_message() tells of the last refused one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_push_inputs(
    world: *mut tp_world,
    inputs: *const tp_input,
    count: usize,
    out_results: *mut u32,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let inputs = pointer::array(inputs, count, "inputs")?;
        let mut queued = 0;
        let out = OutArray::new(out_results, count, &raw mut queued, "out_results")?;
        out.fill(inputs.iter().enumerate().map(|(i, input)| match push(&mut world, input) {
            Ok(true) => tp_result::Ok as u32,
            Ok(false) => tp_result::IgnoredInput as u32,
            Err(fail) => {
                remember(&format!("inputs[{i}]: {}", fail.message));
                fail.code as u32
            }
        }))
    })
}

fn push(world: &mut World, input: &tp_input) -> Outcome<bool> {
    let mouse = Vec2::new(input.mouse_x, input.mouse_y);
    let command = InputCmd {
        ack_tick: input.ack_tick,
        ..InputCmd::new(input.sequence, Buttons(input.held), Buttons(input.taps), mouse)?
    };
    Ok(world.push_input(input.match_id.engine(), input.player_id.engine()?, command)?)
}
