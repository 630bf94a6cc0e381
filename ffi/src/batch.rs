//! One call for all matches of a world: what many of them need every tick, into and out of the caller's own buffers.

use crate::matches::match_info;
use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, Outcome, guarded, remember, tp_result};
use crate::types::{tp_event, tp_heard, tp_match_id, tp_match_info, tp_player_view};
use crate::wire::{tp_packet, tp_received};
use crate::world::tp_world;
use std::cell::Cell;
use trespasser::{MatchId, World};

/// Where the elements of one match lie in an array of many matches' elements. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_match_span {
    /// Whose they are.
    pub match_id: tp_match_id,
    /// Index of the first.
    pub first: u64,
    /// Elements lost before these because too many waited; 0 of what does not wait.
    pub lost: u64,
    /// How many.
    pub count: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<tp_match_span>() == 32);

thread_local! {
    /// Kept by each thread, so that a batch allocates nothing once it has been as large.
    static IDS: Cell<Vec<MatchId>> = const { Cell::new(Vec::new()) };
}

/// Hands on the matches for which something waits, after both arrays have been found large enough.
fn drain<T: Copy>(
    world: &mut World,
    mut out: OutArray<T>,
    mut spans: OutArray<tp_match_span>,
    pending: impl Fn(&World, MatchId) -> trespasser::Result<usize>,
    mut each: impl FnMut(&mut World, MatchId, &mut OutArray<T>) -> trespasser::Result<u64>,
) -> Outcome {
    let mut ids = IDS.take();
    ids.clear();
    let mut need = 0;
    for id in world.match_ids() {
        let waits = pending(world, id)?;
        if waits > 0 {
            ids.push(id);
            need += waits;
        }
    }
    out.check(need)?;
    spans.check(ids.len())?;
    for &id in &ids {
        let first = out.written();
        let lost = each(world, id, &mut out)?;
        let count = (out.written() - first) as u32;
        spans.push(tp_match_span { match_id: id.into(), first: first as u64, lost, count, reserved: 0 });
    }
    IDS.set(ids);
    out.finish();
    spans.finish();
    Ok(())
}

/// Matches for which something waits, and all that does.
fn pending(
    world: &World,
    count: Out<usize>,
    span_count: Out<usize>,
    of: impl Fn(&World, MatchId) -> trespasser::Result<usize>,
) -> Outcome {
    let (mut elements, mut matches) = (0, 0);
    for id in world.match_ids() {
        let waits = of(world, id)?;
        elements += waits;
        matches += usize::from(waits > 0);
    }
    count.set(elements);
    span_count.set(matches);
    Ok(())
}

/// What all matches are, in the order of tp_world_get_matches, into the caller's array of `capacity` elements.
/// Reads the world: any thread, no changing call at the same time. SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_get_match_infos(
    world: *const tp_world,
    out_infos: *mut tp_match_info,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_infos, capacity, out_count, "out_infos")?;
        out.check(world.match_count())?;
        for id in world.match_ids() {
            out.push(match_info(&world, id)?);
        }
        out.finish();
        Ok(())
    })
}

/// tp_match_hash of all matches, in the order of tp_world_get_matches, into the caller's array of `capacity` elements.
/// Reads the world: any thread, no changing call at the same time. SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_hashes(
    world: *const tp_world,
    out_hashes: *mut u64,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_hashes, capacity, out_count, "out_hashes")?;
        out.check(world.match_count())?;
        for id in world.match_ids() {
            out.push(world.hash(id)?);
        }
        out.finish();
        Ok(())
    })
}

/// All players of all matches, match by match and slot by slot, into the caller's array of `capacity` elements, and a
/// span for each match, also for those without players, in the order of tp_world_get_matches, into out_spans of
/// `span_capacity` elements. TP_MAX_PLAYERS for each match are always enough. The two must not overlap.
/// Reads the world: any thread, no changing call at the same time. SHORT_BUFFER if either is too small.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_players(
    world: *const tp_world,
    out_players: *mut tp_player_view,
    capacity: usize,
    out_spans: *mut tp_match_span,
    span_capacity: usize,
    out_count: *mut usize,
    out_span_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_players, capacity, out_count, "out_players")?;
        let mut spans = OutArray::new(out_spans, span_capacity, out_span_count, "out_spans")?;
        let mut need = 0;
        for id in world.match_ids() {
            need += world.view(id)?.joined().count_ones() as usize;
        }
        out.check(need)?;
        spans.check(world.match_count())?;
        for id in world.match_ids() {
            let first = out.written();
            world.view(id)?.players().for_each(|player| out.push(player.into()));
            let count = (out.written() - first) as u32;
            spans.push(tp_match_span { match_id: id.into(), first: first as u64, lost: 0, count, reserved: 0 });
        }
        out.finish();
        spans.finish();
        Ok(())
    })
}

/// Room that tp_world_drain_events needs now: events, and spans of matches that have any.
/// Reads the world: any thread, no changing call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_pending_events(
    world: *const tp_world,
    out_count: *mut usize,
    out_span_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let (count, spans) = (Out::new(out_count, "out_count")?, Out::new(out_span_count, "out_span_count")?);
        pending(&world, count, spans, World::pending_events)
    })
}

/// tp_match_drain_events of all matches: their events one match behind the other into the caller's array of `capacity`
/// elements, and a span for each match that has any into out_spans of `span_capacity` elements. The two must not overlap.
/// Changes the world: any thread, no other call at the same time. SHORT_BUFFER if either is too small, and all go on
/// waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_drain_events(
    world: *mut tp_world,
    out_events: *mut tp_event,
    capacity: usize,
    out_spans: *mut tp_match_span,
    span_capacity: usize,
    out_count: *mut usize,
    out_span_count: *mut usize,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let out = OutArray::new(out_events, capacity, out_count, "out_events")?;
        let spans = OutArray::new(out_spans, span_capacity, out_span_count, "out_spans")?;
        drain(&mut world, out, spans, World::pending_events, |world, id, out| {
            world.drain_events(id, |event| out.push(event.into()))
        })
    })
}

/// Room that tp_world_drain_sounds needs now: sounds, and spans of matches that have any. It may write fewer sounds: what
/// a leaver would have heard counts here.
/// Reads the world: any thread, no changing call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_pending_sounds(
    world: *const tp_world,
    out_count: *mut usize,
    out_span_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let (count, spans) = (Out::new(out_count, "out_count")?, Out::new(out_span_count, "out_span_count")?);
        pending(&world, count, spans, World::pending_sounds)
    })
}

/// tp_match_drain_sounds of all matches: their sounds one match behind the other into the caller's array of `capacity`
/// elements, and a span for each match that has any into out_spans of `span_capacity` elements. The two must not overlap.
/// Changes the world: any thread, no other call at the same time. SHORT_BUFFER if either is too small, and all go on
/// waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_drain_sounds(
    world: *mut tp_world,
    out_sounds: *mut tp_heard,
    capacity: usize,
    out_spans: *mut tp_match_span,
    span_capacity: usize,
    out_count: *mut usize,
    out_span_count: *mut usize,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let out = OutArray::new(out_sounds, capacity, out_count, "out_sounds")?;
        let spans = OutArray::new(out_spans, span_capacity, out_span_count, "out_spans")?;
        drain(&mut world, out, spans, World::pending_sounds, |world, id, out| {
            world.drain_sounds(id, |heard| out.push(heard.into()))
        })
    })
}

/// tp_world_receive for many messages of any players of any matches, the counterpart of tp_world_packets: `packets`, of
/// `count` elements, say whose they are and where they lie in `bytes`, of `length` bytes. Borrows both for the call. Both
/// outputs are the caller's and have `count` elements; they and the inputs must not overlap.
/// Changes the world: any thread, no other call at the same time.
///
/// Each message is judged for itself. Its place in out_results tells: OK, and out_received at that place what it brought;
/// or what tp_world_receive returns; INVALID_ARGUMENT also for one that does not lie in `bytes`. The place in out_received
/// is zeros then. The call is OK all the same. tp_last_error_message() tells of the last refused one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_receive_all(
    world: *mut tp_world,
    bytes: *const u8,
    length: usize,
    packets: *const tp_packet,
    count: usize,
    out_results: *mut u32,
    out_received: *mut tp_received,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let bytes = pointer::array(bytes, length, "bytes")?;
        let packets = pointer::array(packets, count, "packets")?;
        let (mut told, mut taken) = (0, 0);
        let mut results = OutArray::new(out_results, count, &raw mut told, "out_results")?;
        let mut received = OutArray::new(out_received, count, &raw mut taken, "out_received")?;
        for (i, packet) in packets.iter().enumerate() {
            match receive(&mut world, bytes, packet) {
                Ok(brought) => {
                    results.push(tp_result::Ok as u32);
                    received.push(brought);
                }
                Err(fail) => {
                    remember(&format!("packets[{i}]: {}", fail.message));
                    results.push(fail.code as u32);
                    received.push(tp_received::default());
                }
            }
        }
        Ok(())
    })
}

fn receive(world: &mut World, bytes: &[u8], packet: &tp_packet) -> Outcome<tp_received> {
    let (from, length) = (packet.offset as usize, packet.length as usize);
    let message = from.checked_add(length).and_then(|to| bytes.get(from..to)).ok_or_else(|| {
        Fail::invalid("offset and length", format!("{from} and {length}"), format!("within {} bytes", bytes.len()))
    })?;
    Ok(world.receive(packet.match_id.engine(), packet.player_id.engine()?, message)?.into())
}
