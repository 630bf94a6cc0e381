//! The wire: what a client gets and sends (`engine/src/net/PROTOCOL.md`).

use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, guarded, tp_result};
use crate::types::{tp_match_id, tp_player_id};
use crate::world::tp_world;
use trespasser::world::Received;

/// One message of tp_world_packets.
/// 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_packet {
    /// Whose match.
    pub match_id: tp_match_id,
    /// To whom.
    pub player_id: tp_player_id,
    /// Where it begins, bytes.
    pub offset: u32,
    /// Bytes.
    pub length: u32,
}

const _: () = assert!(size_of::<tp_packet>() == 24);

/// What a client's message brought.
/// 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_received {
    /// Inputs taken that no message had brought before.
    pub inputs: u32,
    /// 1: of another epoch, or older than what is known already; it changed nothing.
    pub stale: u8,
    /// 1: it acknowledged a frame that was never sent.
    pub false_ack: u8,
    /// 0.
    pub reserved: [u8; 2],
}

const _: () = assert!(size_of::<tp_received>() == 8);

impl From<Received> for tp_received {
    fn from(received: Received) -> Self {
        let Received { inputs, stale, false_ack } = received;
        tp_received { inputs, stale: stale.into(), false_ack: false_ack.into(), reserved: [0; 2] }
    }
}

/// Opens a player's link: from the next frame on, tp_world_packets has what this player's client is to get. One that is
/// open is opened anew, with the next epoch.
/// Changes the world: any thread, no other call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_open_link(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.open_link(match_id.engine(), player_id.engine()?)?) })
}

/// Closes a player's link; nothing happens if none is open.
/// Changes the world: any thread, no other call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_close_link(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.close_link(match_id.engine(), player_id.engine()?)?) })
}

/// While a link is held (1; 0 lets it go) nothing is written for it: for a client that has not taken the last message
/// yet. Nothing queues up; the next snapshot says how things are then.
/// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT if held is neither.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_hold_link(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    held: u8,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        if held > 1 {
            return Err(Fail::invalid("held", held, "0 or 1"));
        }
        Ok(world.hold_link(match_id.engine(), player_id.engine()?, held == 1)?)
    })
}

/// Takes one message of a player's client. Borrows `bytes` for the call.
/// Changes the world: any thread, no other call at the same time. STALE_ID; BAD_MESSAGE naming the field, for bytes
/// that are no message; NOT_ALLOWED if no link is open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_receive(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    bytes: *const u8,
    length: usize,
    out_received: *mut tp_received,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let bytes = pointer::array(bytes, length, "bytes")?;
        let out = Out::new(out_received, "out_received")?;
        out.set(world.receive(match_id.engine(), player_id.engine()?, bytes)?.into());
        Ok(())
    })
}

/// Room that tp_world_packets needs after the last step: messages, and their bytes together.
/// Reads the world: any thread, no changing call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_pending_packets(
    world: *const tp_world,
    out_count: *mut usize,
    out_length: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let (count, length) = (Out::new(out_count, "out_count")?, Out::new(out_length, "out_length")?);
        count.set(world.packets().count());
        length.set(world.packets().map(|packet| packet.bytes.len()).sum());
        Ok(())
    })
}

/// All that the last step has to send, of all matches, for all clients: match by match, slot by slot; until the next
/// step. The messages go one behind the other into the caller's out_bytes, of `bytes_capacity` bytes, and what is whose
/// into out_packets, of `packets_capacity` elements. The two must not overlap.
/// Reads the world: any thread, no changing call at the same time. SHORT_BUFFER if either is too small; nothing is lost
/// then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_packets(
    world: *const tp_world,
    out_bytes: *mut u8,
    bytes_capacity: usize,
    out_packets: *mut tp_packet,
    packets_capacity: usize,
    out_count: *mut usize,
    out_length: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut bytes = OutArray::new(out_bytes, bytes_capacity, out_length, "out_bytes")?;
        let mut packets = OutArray::new(out_packets, packets_capacity, out_count, "out_packets")?;
        bytes.check(world.packets().map(|packet| packet.bytes.len()).sum())?;
        packets.check(world.packets().count())?;
        let mut offset = 0;
        for packet in world.packets() {
            let length = packet.bytes.len() as u32;
            bytes.push_all(packet.bytes);
            packets.push(tp_packet { match_id: packet.game.into(), player_id: packet.player.into(), offset, length });
            offset += length;
        }
        bytes.finish();
        packets.finish();
        Ok(())
    })
}
