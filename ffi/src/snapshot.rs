//! Matches turned back in memory: snapshots, rollback, ticks played anew.

use crate::gate::{Gate, gated};
use crate::pointer::{self, Out};
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{tp_match_id, tp_player_id};
use crate::world::tp_world;
use trespasser::world::{PastInput, Snapshot};
use trespasser::{Buttons, InputCmd, Vec2};

/// A match as it was between two ticks, to be turned back to. It never leaves the process, unlike what tp_match_save
/// writes, and costs two copies of some 9 KB. Used again and again it allocates once for each size of map. Calls that
/// change it must be alone, and get or give BUSY if they are not.
pub struct tp_snapshot {
    gate: Gate<Snapshot>,
}

gated!(tp_snapshot, Snapshot, "snapshot");

/// What a snapshot is. 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_snapshot_info {
    /// Bytes of memory that it takes.
    pub bytes: u64,
    /// Tick of the match it is of; 0 before the first.
    pub tick: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<tp_snapshot_info>() == 16);

/// An input of the past, for tp_match_resimulate. 32 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_past_input {
    /// Whose.
    pub player_id: tp_player_id,
    /// The first tick that can apply it: one more than the match's tick when it was pushed.
    pub tick: u32,
    /// As in tp_input.
    pub sequence: u32,
    /// As in tp_input.
    pub ack_tick: u32,
    /// tp_button bits held.
    pub held: u16,
    /// tp_button bits pressed.
    pub taps: u16,
    /// Cursor, px; finite, clamped to +-2000.
    pub mouse_x: f32,
    /// Cursor, px; finite, clamped to +-2000.
    pub mouse_y: f32,
}

const _: () = assert!(size_of::<tp_past_input>() == 32);

impl tp_past_input {
    fn engine(&self, index: usize) -> Outcome<PastInput> {
        let named = |fail: Fail| Fail::new(fail.code, format!("inputs[{index}]: {}", fail.message));
        let mouse = Vec2::new(self.mouse_x, self.mouse_y);
        let input = InputCmd::new(self.sequence, Buttons(self.held), Buttons(self.taps), mouse)
            .map_err(|error| named(error.into()))?;
        Ok(PastInput {
            tick: self.tick,
            player: self.player_id.engine().map_err(named)?,
            input: InputCmd { ack_tick: self.ack_tick, ..input },
        })
    }
}

/// A snapshot of nothing yet, to be filled by tp_match_snapshot. The caller owns it and ends it with
/// tp_snapshot_destroy. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_snapshot_create(out_snapshot: *mut *mut tp_snapshot) -> tp_result {
    guarded!({
        let out = Out::new(out_snapshot, "out_snapshot")?;
        tp_snapshot::hand_over(Snapshot::new(), out);
        Ok(())
    })
}

/// Ends a snapshot; null is nothing. The caller gives up ownership: no other call on it at the same time or later. Any
/// thread. BUSY if a call is inside; then it lives on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_snapshot_destroy(snapshot: *mut tp_snapshot) -> tp_result {
    guarded!({ tp_snapshot::take_back(snapshot) })
}

/// What a snapshot is. Reads the snapshot: any thread, no changing call on it at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_snapshot_get_info(
    snapshot: *const tp_snapshot,
    out_info: *mut tp_snapshot_info,
) -> tp_result {
    guarded!({
        let snapshot = tp_snapshot::read(snapshot)?;
        let out = Out::new(out_info, "out_info")?;
        out.set(tp_snapshot_info { bytes: snapshot.bytes() as u64, tick: snapshot.tick(), reserved: 0 });
        Ok(())
    })
}

/// Takes a snapshot of a match, in place of what the snapshot holds.
/// Reads the world and changes the snapshot: any thread, no changing call on the world and no other call on the snapshot
/// at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_snapshot(
    world: *const tp_world,
    match_id: tp_match_id,
    snapshot: *mut tp_snapshot,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut snapshot = tp_snapshot::write(snapshot)?;
        Ok(world.snapshot(match_id.engine(), &mut snapshot)?)
    })
}

/// Turns a match back, or on, to a snapshot of it or of another match on the same map. Events and sounds that wait and
/// are of later ticks are taken back; those that were drained are the host's to take back. Open links begin a new epoch.
/// Changes the world and reads the snapshot: any thread, no other call on the world and no changing call on the snapshot
/// at the same time. STALE_ID; BAD_SNAPSHOT for a snapshot of nothing, of other rules, tick rate or map.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_rollback(
    world: *mut tp_world,
    match_id: tp_match_id,
    snapshot: *const tp_snapshot,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let snapshot = tp_snapshot::read(snapshot)?;
        Ok(world.rollback(match_id.engine(), &snapshot)?)
    })
}

/// Turns a match back to a snapshot and plays `ticks` ticks anew, with these inputs, in the order in which they were
/// pushed: ticks ascending, each after the snapshot's and at most `ticks` later. Other matches of the world stay where
/// they are. Events and sounds of the new ticks wait to be drained. Borrows `inputs`, of `count` elements, for the call.
/// Changes the world and reads the snapshot: any thread, no other call on the world and no changing call on the snapshot
/// at the same time. STALE_ID for the match, or a player who is not in the snapshot; BAD_SNAPSHOT as tp_match_rollback;
/// NOT_ALLOWED while clients are linked to the match or it is recorded; INVALID_ARGUMENT naming the first input that is
/// out of order, out of range or not finite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_resimulate(
    world: *mut tp_world,
    match_id: tp_match_id,
    snapshot: *const tp_snapshot,
    ticks: u32,
    inputs: *const tp_past_input,
    count: usize,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let snapshot = tp_snapshot::read(snapshot)?;
        let inputs = pointer::array(inputs, count, "inputs")?;
        let past = inputs.iter().enumerate().map(|(i, input)| input.engine(i)).collect::<Outcome<Vec<_>>>()?;
        Ok(world.resimulate(match_id.engine(), &snapshot, ticks, &past)?)
    })
}
