//! The wire: what a client gets and sends (`engine/src/net/PROTOCOL.md`).

use crate::gate::{Gate, gated};
use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, guarded, tp_result};
use crate::types::{TP_NONE, tp_match_id, tp_player_id, tp_point};
use crate::world::tp_world;
use trespasser::net::{Receiver, Seen, SeenPlayer, Taken};
use trespasser::world::Received;
use trespasser::{Buttons, Vec2};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

/// What a link has done and takes. 48 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_link_stats {
    /// Bytes sent.
    pub bytes: u64,
    /// Bytes that the link takes in memory.
    pub memory: u64,
    /// Messages sent.
    pub frames: u32,
    /// Of them, acknowledged.
    pub acked: u32,
    /// Of them, not taken by the client.
    pub lost: u32,
    /// Messages of the client with an acknowledgement of what was never sent.
    pub false_acks: u32,
    /// Messages of the client that were none.
    pub bad_messages: u32,
    /// Messages from an older epoch, or older than what was known.
    pub stale: u32,
    /// Bytes that may be sent at once; below 0 after more was due.
    pub level: i32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<tp_link_stats>() == 48);

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

/// Whether a player's client is sent decoys (1; 0 ends it): enemies who are not there, where the player cannot see them,
/// whom an honest client never draws. For players under suspicion. Nothing happens if no link is open; it ends with the
/// player's leaving.
/// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT if bait is neither.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_bait(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    bait: u8,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        if bait > 1 {
            return Err(Fail::invalid("bait", bait, "0 or 1"));
        }
        Ok(world.bait(match_id.engine(), player_id.engine()?, bait == 1)?)
    })
}

/// The decoy that a player's client is shown in the newest frame: out_slot is the slot of the enemy whom it passes for, or
/// TP_NONE if there is none, and out_place where it is, px, or zeros.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_decoy(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_slot: *mut u8,
    out_place: *mut tp_point,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let (out_slot, out_place) = (Out::new(out_slot, "out_slot")?, Out::new(out_place, "out_place")?);
        let decoy = world.decoy(match_id.engine(), player_id.engine()?)?;
        out_slot.set(decoy.map_or(TP_NONE, |(slot, _)| slot as u8));
        out_place.set(decoy.map_or(tp_point { x: 0.0, y: 0.0 }, |(_, at)| tp_point { x: at.x, y: at.y }));
        Ok(())
    })
}

/// What a player's link has done and takes.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; NOT_ALLOWED if no link is open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_world_link_stats(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_stats: *mut tp_link_stats,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_stats, "out_stats")?;
        let stats = world.link_stats(match_id.engine(), player_id.engine()?)?.ok_or_else(|| {
            Fail::new(tp_result::NotAllowed, "looking at a link is refused: the player has no open link")
        })?;
        out.set(tp_link_stats {
            bytes: stats.bytes,
            memory: stats.memory as u64,
            frames: stats.frames,
            acked: stats.acked,
            lost: stats.lost,
            false_acks: stats.false_acks,
            bad_messages: stats.bad_messages,
            stale: stats.stale,
            level: stats.level,
            reserved: 0,
        });
        Ok(())
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

/// Bytes of a client's message at most.
pub const TP_MAX_CLIENT_MESSAGE: u32 = 256;

/// What a host's message turned out to be.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_taken {
    /// Of another epoch, repeated, overtaken, or against a base that is not there: nothing has changed.
    Ignored = 0,
    /// A new epoch has begun.
    Welcome = 1,
    /// What is known is up to this snapshot.
    Snapshot = 2,
    /// The host has ended the link.
    Farewell = 3,
}

/// Bits of tp_seen_player.flags.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_seen_flag {
    /// Aims down sights.
    Aiming = 1,
    /// Lives.
    Alive = 2,
    /// Reloads.
    Reloading = 4,
    /// Cannot be hurt.
    Protected = 8,
}

/// A player as a client knows one. 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C)]
pub struct tp_seen_player {
    /// px, exact to 1/16.
    pub x: f32,
    /// px, exact to 1/16.
    pub y: f32,
    /// 1/256 turn clockwise from +x; 0 for oneself.
    pub facing: u8,
    /// Percent of full health, rounded up.
    pub health: u8,
    /// tp_weapon in hand, or TP_NONE.
    pub weapon: u8,
    /// tp_gait.
    pub gait: u8,
    /// tp_seen_flag bits.
    pub flags: u8,
    /// 0.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_seen_player>() == 16);

/// Where a client is and whom it knows. 144 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_seen {
    /// Newest frame taken.
    pub frame: u32,
    /// The tick of that frame.
    pub tick: u32,
    /// 0 to 3.
    pub epoch: u8,
    /// The player's own, 0 to 7.
    pub slot: u8,
    /// Bit s: the player in slot s is known.
    pub known: u8,
    /// Low bits of the number of the last input applied.
    pub input: u8,
    /// Ticks a frame.
    pub step: u32,
    /// By slot; zeros for those not known.
    pub players: [tp_seen_player; 8],
}

const _: () = assert!(size_of::<tp_seen>() == 144);

/// The reference client of the wire, for bots, load tests and tests of other clients. About 8 KB, and a byte for each
/// slice of the map, whatever comes. Calls that change it must be alone, and get or give BUSY if they are not.
pub struct tp_receiver {
    gate: Gate<Receiver>,
}

gated!(tp_receiver, Receiver, "receiver");

/// A client that knows nothing yet. The caller owns it and ends it with tp_receiver_destroy. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_create(out_receiver: *mut *mut tp_receiver) -> tp_result {
    guarded!({
        let out = Out::new(out_receiver, "out_receiver")?;
        tp_receiver::hand_over(Receiver::new(), out);
        Ok(())
    })
}

/// Ends a client; null is nothing. The caller gives up ownership: no other call on it at the same time or later. Any
/// thread. BUSY if a call is inside; then it lives on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_destroy(receiver: *mut tp_receiver) -> tp_result {
    guarded!({ tp_receiver::take_back(receiver) })
}

/// Takes one message of the host; out_taken is a tp_taken. Borrows `bytes` for the call.
/// Changes the receiver: any thread, no other call at the same time. BAD_MESSAGE naming the field.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_take(
    receiver: *mut tp_receiver,
    bytes: *const u8,
    length: usize,
    out_taken: *mut u8,
) -> tp_result {
    guarded!({
        let mut receiver = tp_receiver::write(receiver)?;
        let bytes = pointer::array(bytes, length, "bytes")?;
        let out = Out::new(out_taken, "out_taken")?;
        out.set(match receiver.receive(bytes)? {
            Taken::Ignored => tp_taken::Ignored,
            Taken::Welcome => tp_taken::Welcome,
            Taken::Snapshot => tp_taken::Snapshot,
            Taken::Farewell(_) => tp_taken::Farewell,
        } as u8);
        Ok(())
    })
}

/// Makes an input of tp_button bits and a cursor, px; out_number: its number, from 1 in every epoch.
/// Changes the receiver: any thread, no other call at the same time. INVALID_ARGUMENT if the cursor is not finite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_input(
    receiver: *mut tp_receiver,
    held: u16,
    taps: u16,
    mouse_x: f32,
    mouse_y: f32,
    out_number: *mut u32,
) -> tp_result {
    guarded!({
        let mut receiver = tp_receiver::write(receiver)?;
        let out = Out::new(out_number, "out_number")?;
        out.set(receiver.input(Buttons(held), Buttons(taps), Vec2::new(mouse_x, mouse_y))?);
        Ok(())
    })
}

/// Asks for a respawn until an answer comes.
/// Changes the receiver: any thread, no other call at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_request_respawn(receiver: *mut tp_receiver) -> tp_result {
    guarded!({
        tp_receiver::write(receiver)?.request_respawn();
        Ok(())
    })
}

/// Writes the message that is to be sent now into the caller's `capacity` bytes, TP_MAX_CLIENT_MESSAGE at least; none
/// before the first welcome. `view`: ticks between the newest frame and what the player saw at the last input.
/// Changes the receiver: any thread, no other call at the same time. SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_write(
    receiver: *mut tp_receiver,
    view: u32,
    out_bytes: *mut u8,
    capacity: usize,
    out_length: *mut usize,
) -> tp_result {
    guarded!({
        let mut receiver = tp_receiver::write(receiver)?;
        let mut out = OutArray::new(out_bytes, capacity, out_length, "out_bytes")?;
        out.check(TP_MAX_CLIENT_MESSAGE as usize)?;
        let mut bytes = Vec::with_capacity(TP_MAX_CLIENT_MESSAGE as usize);
        receiver.write(view, &mut bytes);
        out.push_all(&bytes);
        out.finish();
        Ok(())
    })
}

/// Where a client is and whom it knows.
/// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_receiver_get(receiver: *const tp_receiver, out_seen: *mut tp_seen) -> tp_result {
    guarded!({
        let receiver = tp_receiver::read(receiver)?;
        let out = Out::new(out_seen, "out_seen")?;
        let seen = receiver.seen().ok_or_else(|| {
            Fail::new(tp_result::NotAllowed, "looking at a receiver is refused: no welcome has come yet")
        })?;
        out.set(seen.into());
        Ok(())
    })
}

impl From<&Seen> for tp_seen {
    fn from(seen: &Seen) -> Self {
        let known = seen.players.iter().enumerate().fold(0, |mask, (s, p)| mask | u8::from(p.is_some()) << s);
        tp_seen {
            frame: seen.frame,
            tick: seen.tick,
            epoch: seen.welcome.epoch,
            slot: seen.welcome.slot,
            known,
            input: seen.input,
            step: seen.welcome.step,
            players: seen.players.map(|player| player.as_ref().map(Into::into).unwrap_or_default()),
        }
    }
}

impl From<&SeenPlayer> for tp_seen_player {
    fn from(p: &SeenPlayer) -> Self {
        let flag = |on: bool, flag: tp_seen_flag| if on { flag as u8 } else { 0 };
        tp_seen_player {
            x: p.position.x,
            y: p.position.y,
            facing: p.facing,
            health: p.health,
            weapon: p.weapon.map_or(TP_NONE, |weapon| weapon as u8),
            gait: p.gait as u8,
            flags: flag(p.aiming, tp_seen_flag::Aiming)
                | flag(p.alive, tp_seen_flag::Alive)
                | flag(p.reloading, tp_seen_flag::Reloading)
                | flag(p.protected, tp_seen_flag::Protected),
            reserved: [0; 3],
        }
    }
}
