//! Matchmaking: tickets and open slots in, matches of two fair teams out.

use crate::gate::{Gate, gated};
use crate::pointer::{self, Out, OutArray};
use crate::rating::{tp_rating, tp_rating_def, tp_rating_default_def};
use crate::replay::tp_drained;
use crate::result::{Fail, Outcome, guarded, tp_result};
use std::ffi::c_char;
use std::ptr::null;
use trespasser::matchmaking::{
    BLOCKS, Formed, MODES, Member, Mode, Offer, PARTY, Policy, Queue, QueueDef, REGIONS, Seat, Ticket, replay,
};
use trespasser::world::PLAYERS;

/// Regions of a queue at most: elements of a ticket's pings.
pub const TP_QUEUE_REGIONS: usize = 8;
/// Modes of a queue at most.
pub const TP_QUEUE_MODES: u32 = 64;
/// Players of a party at most: elements of a ticket's players.
pub const TP_QUEUE_PARTY: usize = 4;
/// Players whom a ticket may block: elements of its blocks.
pub const TP_QUEUE_BLOCKS: usize = 8;

const _: () = {
    assert!(TP_QUEUE_REGIONS == REGIONS && TP_QUEUE_MODES as usize == MODES);
    assert!(TP_QUEUE_PARTY == PARTY && TP_QUEUE_BLOCKS == BLOCKS && PLAYERS == 8);
};

/// A way to play: how many in two teams. 16 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_queue_mode {
    /// 1 to 32 bytes, no other mode's.
    pub name: *const c_char,
    /// Players of a match at least, 2 to `most`.
    pub least: u8,
    /// Players of a full match: 2, 4, 6 or 8.
    pub most: u8,
    /// Unused.
    pub reserved: [u8; 6],
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<tp_queue_mode>() == 16);

/// What a queue is made with. What a match must be like depends on how long the ticket has waited that it is made for; w is
/// that in seconds. From patience_ms on, and for a ticket with priority at once, everybody of its mode in any region that
/// both reach will do, the nearest by rating first. 192 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_queue_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// Elements of `modes`, at most TP_QUEUE_MODES; 0: one mode "standard" of 2 to 8.
    pub mode_count: u32,
    /// Elements of `regions`, at most TP_QUEUE_REGIONS; 0: one region "local".
    pub region_count: u32,
    /// Tickets at most, 1 to 65536.
    pub max_tickets: u32,
    /// Running matches with open slots at most, 0 to 16384.
    pub max_offers: u32,
    /// Bytes of the log that may wait to be drained, at least 4096; 0: no log. A log that would exceed it stops.
    pub log_limit: u32,
    /// Borrowed for the call; tickets name them by place.
    pub modes: *const tp_queue_mode,
    /// Names, 1 to 32 bytes each; borrowed for the call; pings and matches name them by place.
    pub regions: *const *const c_char,
    /// How ratings predict results.
    pub rating: tp_rating_def,
    /// Points that ratings may be apart at once, 0 to 20000: spread + doubt x deviation + spread_per_s x w.
    pub spread: f64,
    /// Points more for each second of waiting, 0 to 20000.
    pub spread_per_s: f64,
    /// How many deviations of the ticket's own rating come on top, 0 to 10.
    pub doubt: f64,
    /// Predicted chance of the likelier team at most, at once, 0.5 to 1: favourite + favourite_per_s x w.
    pub favourite: f64,
    /// The same for each second of waiting, 0 to 1.
    pub favourite_per_s: f64,
    /// Milliseconds of ping more for each second of waiting, 0 to 10000.
    pub ping_per_s: f64,
    /// Milliseconds of ping above the own best region's at once, 0 to 10000: ping_ms + ping_per_s x w.
    pub ping_ms: u32,
    /// Milliseconds of waiting until which only a full match will do, 0 to small_ms.
    pub full_ms: u32,
    /// Milliseconds of waiting from which on the mode's least will do, to patience_ms.
    pub small_ms: u32,
    /// Milliseconds of waiting from which on everybody will do, 0 to 30000.
    pub patience_ms: u32,
    /// Players by which teams may differ for who has no patience left, 0 to 3.
    pub uneven: u8,
    /// Unused.
    pub reserved: [u8; 7],
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<tp_queue_def>() == 192);

impl tp_queue_def {
    /// # Safety
    /// `modes`, `regions` and the names are null or can be read for as many elements as the counts say, to their ends.
    unsafe fn engine(&self) -> Outcome<QueueDef> {
        let mut def = QueueDef {
            policy: Policy {
                // SAFETY: the definition is a part of this one.
                system: unsafe { pointer::definition(&self.rating, tp_rating_default_def(), &[80], "def->rating")? }
                    .engine()?,
                spread: self.spread,
                spread_per_s: self.spread_per_s,
                doubt: self.doubt,
                favourite: self.favourite,
                favourite_per_s: self.favourite_per_s,
                ping_ms: self.ping_ms,
                ping_per_s: self.ping_per_s,
                full_ms: self.full_ms,
                small_ms: self.small_ms,
                patience_ms: self.patience_ms,
                uneven: self.uneven,
            },
            max_tickets: self.max_tickets,
            max_offers: self.max_offers,
            log_limit: self.log_limit,
            ..QueueDef::default()
        };
        if self.mode_count > TP_QUEUE_MODES {
            return Err(Fail::invalid("def->mode_count", self.mode_count, format_args!("at most {TP_QUEUE_MODES}")));
        }
        if self.region_count as usize > TP_QUEUE_REGIONS {
            let limit = format_args!("at most {TP_QUEUE_REGIONS}");
            return Err(Fail::invalid("def->region_count", self.region_count, limit));
        }
        if self.mode_count > 0 {
            // SAFETY: this function's contract.
            let modes = unsafe { pointer::array(self.modes, self.mode_count as usize, "def->modes")? };
            let mode = |(n, mode): (usize, &tp_queue_mode)| {
                // SAFETY: this function's contract.
                let name = unsafe { pointer::text(mode.name, &format!("def->modes[{n}].name"))? };
                Ok(Mode { name: name.to_owned(), least: mode.least, most: mode.most })
            };
            def.modes = modes.iter().enumerate().map(mode).collect::<Outcome<_>>()?;
        }
        if self.region_count > 0 {
            // SAFETY: this function's contract.
            let regions = unsafe { pointer::array(self.regions, self.region_count as usize, "def->regions")? };
            let region = |(n, name): (usize, &*const c_char)| {
                // SAFETY: this function's contract.
                Ok(unsafe { pointer::text(*name, &format!("def->regions[{n}]"))? }.to_owned())
            };
            def.regions = regions.iter().enumerate().map(region).collect::<Outcome<_>>()?;
        }
        Ok(def)
    }
}

/// A player and what is thought of them; the rating's value is kept to 1/256 point. 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_queue_member {
    /// The host's number for the player.
    pub player: u64,
    /// As the queue's rating system has it.
    pub rating: tp_rating,
}

const _: () = assert!(size_of::<tp_queue_member>() == 24);

impl From<&tp_queue_member> for Member {
    fn from(m: &tp_queue_member) -> Member {
        Member { player: m.player, rating: (&m.rating).into() }
    }
}

/// A party that wants to play. 200 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_ticket {
    /// The host's number for it, of no other ticket that waits. Among tickets of the same time the lowest comes first.
    pub id: u64,
    /// When it began to wait, ms, by the clock that tp_queue_form is given; at most 2^53 - 1.
    pub enqueued_ms: u64,
    /// The first player_count of them play on one team.
    pub players: [tp_queue_member; TP_QUEUE_PARTY],
    /// The first block_count of them play neither with nor against the party.
    pub blocks: [u64; TP_QUEUE_BLOCKS],
    /// By region the ping of the party's worst off, ms, 1 to 9999; 0: out of reach. One at least is not; those beyond the
    /// queue's regions are 0.
    pub pings: [u16; TP_QUEUE_REGIONS],
    /// Place among the queue's modes.
    pub mode: u8,
    /// 1 to 4, at most a team of the mode.
    pub player_count: u8,
    /// 0 to 8.
    pub block_count: u8,
    /// 1: to the front, and in a match by the next form call if anybody is there: for those whose server was lost.
    pub priority: u8,
    /// 1: would join a match that is running.
    pub backfill: u8,
    /// Unused.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_ticket>() == 200);

fn flag(number: u8, field: &str) -> Outcome<bool> {
    match number {
        0 | 1 => Ok(number == 1),
        other => Err(Fail::invalid(field, other, "0 or 1")),
    }
}

fn first<'a, T>(all: &'a [T], count: u8, field: &str) -> Outcome<&'a [T]> {
    all.get(..usize::from(count)).ok_or_else(|| Fail::invalid(field, count, format_args!("at most {}", all.len())))
}

/// As many pings as the queue has regions; what stands beyond must be 0.
fn pings(queue: &Queue, pings: &[u16], field: &str) -> Outcome<Vec<u16>> {
    let regions = queue.def().regions.len();
    if let Some(ping) = pings.iter().skip(regions).find(|ping| **ping != 0) {
        return Err(Fail::invalid(field, ping, format_args!("0 beyond the queue's {regions} regions")));
    }
    Ok(pings[..regions.min(pings.len())].to_vec())
}

impl tp_ticket {
    fn engine(&self, queue: &Queue) -> Outcome<Ticket> {
        Ok(Ticket {
            id: self.id,
            mode: self.mode,
            pings: pings(queue, &self.pings, "ticket->pings")?,
            players: first(&self.players, self.player_count, "ticket->player_count")?.iter().map(Into::into).collect(),
            enqueued_ms: self.enqueued_ms,
            priority: flag(self.priority, "ticket->priority")?,
            backfill: flag(self.backfill, "ticket->backfill")?,
            blocks: first(&self.blocks, self.block_count, "ticket->block_count")?.to_vec(),
        })
    }
}

/// Open slots of a running match. 208 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_offer {
    /// The host's number for the match. A second offer of the same match takes the place of the first.
    pub id: u64,
    /// Who plays: red_count of red, then blue_count of blue; one at least.
    pub players: [tp_queue_member; 8],
    /// Place among the queue's modes.
    pub mode: u8,
    /// Place among the queue's regions.
    pub region: u8,
    /// Open slots of red; with its players at most a team of the mode.
    pub free_red: u8,
    /// Open slots of blue. One slot at least is open.
    pub free_blue: u8,
    /// Players of red.
    pub red_count: u8,
    /// Players of blue.
    pub blue_count: u8,
    /// Unused.
    pub reserved: [u8; 2],
}

const _: () = assert!(size_of::<tp_offer>() == 208);

impl tp_offer {
    fn engine(&self) -> Outcome<Offer> {
        let count = self.red_count.saturating_add(self.blue_count);
        let players = first(&self.players, count, "offer->red_count + blue_count")?;
        let (red, blue) = players.split_at(self.red_count.into());
        let members = |team: &[tp_queue_member]| team.iter().map(Into::into).collect();
        Ok(Offer {
            id: self.id,
            mode: self.mode,
            region: self.region,
            free: [self.free_red, self.free_blue],
            teams: [members(red), members(blue)],
        })
    }
}

/// A player's place in a match. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct tp_formed_seat {
    /// The ticket that brought the player.
    pub ticket: u64,
    /// Who.
    pub player: u64,
    /// How long the ticket waited, ms.
    pub waited_ms: u64,
    /// tp_team.
    pub team: u8,
    /// 0.
    pub reserved: [u8; 7],
}

const _: () = assert!(size_of::<tp_formed_seat>() == 32);

impl From<&Seat> for tp_formed_seat {
    fn from(s: &Seat) -> Self {
        tp_formed_seat {
            ticket: s.ticket,
            player: s.player,
            waited_ms: s.waited_ms,
            team: s.team as u8,
            reserved: [0; 7],
        }
    }
}

/// A match to be held, or players for one that is being held. 288 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_formed {
    /// The running match whose open slots these players take, if `joins` is 1.
    pub running: u64,
    /// Predicted chance that red wins, 0 to 1, of everybody in the match.
    pub chance: f64,
    /// Highest less lowest rating of everybody in the match, points.
    pub spread: f64,
    /// The new players in the order of their slots, seat_count of them: red's first, parties side by side.
    pub seats: [tp_formed_seat; 8],
    /// Place among the queue's modes.
    pub mode: u8,
    /// Place among the queue's regions: where the worst ping is lowest.
    pub region: u8,
    /// Elements of `seats`.
    pub seat_count: u8,
    /// 1: the players join a running match; 0: a new one.
    pub joins: u8,
    /// 0.
    pub reserved: [u8; 4],
}

const _: () = assert!(size_of::<tp_formed>() == 288);

impl From<&Formed> for tp_formed {
    fn from(f: &Formed) -> Self {
        let mut seats = [tp_formed_seat::default(); PLAYERS];
        for (to, seat) in seats.iter_mut().zip(&f.seats) {
            *to = seat.into();
        }
        tp_formed {
            running: f.running.unwrap_or_default(),
            chance: f.chance,
            spread: f.spread,
            seats,
            mode: f.mode,
            region: f.region,
            seat_count: f.seats.len() as u8,
            joins: f.running.is_some().into(),
            reserved: [0; 4],
        }
    }
}

/// How much of a queue is taken, and what it has done since it was made. 56 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_queue_stats {
    /// Of all matches formed so far, in order: queues with the same hash have formed the same.
    pub hash: u64,
    /// Form calls.
    pub forms: u64,
    /// New matches.
    pub matches: u64,
    /// Tickets that joined a running match.
    pub backfills: u64,
    /// Bytes of the log that wait: room that tp_queue_drain_log needs.
    pub log_waiting: u64,
    /// Tickets that wait: room that tp_queue_form needs.
    pub tickets: u32,
    /// Their players.
    pub players: u32,
    /// Offers with an open slot.
    pub offers: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<tp_queue_stats>() == 56);

/// What tp_queue_replay has read. 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_queue_replayed {
    /// Calls in the log.
    pub calls: u64,
    /// Bytes at its end that are no whole record, for its host died or still writes.
    pub lost: u64,
}

const _: () = assert!(size_of::<tp_queue_replayed>() == 16);

/// Tickets that wait, and open slots that wait for them. It reads no clock: the same calls form the same matches.
pub struct tp_queue {
    gate: Gate<Queue>,
}

gated!(tp_queue, Queue, "queue");

/// One mode of 2 to 8, one region, and the policy of the engine; no log. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_queue_default_def() -> tp_queue_def {
    let def = tp_queue_def {
        size: size_of::<tp_queue_def>() as u32,
        mode_count: 0,
        region_count: 0,
        max_tickets: 0,
        max_offers: 0,
        log_limit: 0,
        modes: null(),
        regions: null(),
        rating: tp_rating_default_def(),
        spread: 0.0,
        spread_per_s: 0.0,
        doubt: 0.0,
        favourite: 0.0,
        favourite_per_s: 0.0,
        ping_per_s: 0.0,
        ping_ms: 0,
        full_ms: 0,
        small_ms: 0,
        patience_ms: 0,
        uneven: 0,
        reserved: [0; 7],
    };
    guarded!(or def, {
        let QueueDef { policy, max_tickets, max_offers, log_limit, .. } = QueueDef::default();
        Ok(tp_queue_def {
            max_tickets,
            max_offers,
            log_limit,
            spread: policy.spread,
            spread_per_s: policy.spread_per_s,
            doubt: policy.doubt,
            favourite: policy.favourite,
            favourite_per_s: policy.favourite_per_s,
            ping_per_s: policy.ping_per_s,
            ping_ms: policy.ping_ms,
            full_ms: policy.full_ms,
            small_ms: policy.small_ms,
            patience_ms: policy.patience_ms,
            uneven: policy.uneven,
            ..def
        })
    })
}

/// Makes an empty queue. Borrows `def`, its modes, regions and names for the call. The caller owns the queue and ends it with
/// tp_queue_destroy. Any thread. INVALID_ARGUMENT names the field and its limit; NULL_POINTER and BAD_UTF8 also for names.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_create(def: *const tp_queue_def, out_queue: *mut *mut tp_queue) -> tp_result {
    guarded!({
        let size = size_of::<tp_queue_def>() as u32;
        let def = pointer::definition(def, tp_queue_default_def(), &[size], "def")?;
        let out = Out::new(out_queue, "out_queue")?;
        tp_queue::hand_over(Queue::new(def.engine()?)?, out);
        Ok(())
    })
}

/// Ends a queue; null is nothing. The caller gives up ownership: no other call on it at the same time or later. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_destroy(queue: *mut tp_queue) -> tp_result {
    guarded!({ tp_queue::take_back(queue) })
}

/// A ticket begins to wait. Borrows `ticket` for the call.
/// Changes the queue: any thread, no other call on it at the same time. INVALID_ARGUMENT names the field and its limit;
/// ALREADY_QUEUED if its id or one of its players waits, and the message names the other ticket; QUEUE_FULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_add(queue: *mut tp_queue, ticket: *const tp_ticket) -> tp_result {
    guarded!({
        let mut queue = tp_queue::write(queue)?;
        let ticket = pointer::value(ticket, "ticket")?.engine(&queue)?;
        Ok(queue.add(&ticket)?)
    })
}

/// A ticket waits no more. out_waited: 0, it did not wait, or is in a match already.
/// Changes the queue: any thread, no other call on it at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_cancel(queue: *mut tp_queue, ticket: u64, out_waited: *mut u8) -> tp_result {
    guarded!({
        let mut queue = tp_queue::write(queue)?;
        Out::new(out_waited, "out_waited")?.set(queue.cancel(ticket).into());
        Ok(())
    })
}

/// New pings of a ticket: `count` of them, one for each region. Borrows `pings` for the call.
/// Changes the queue: any thread, no other call on it at the same time. STALE_ID for a ticket that does not wait;
/// INVALID_ARGUMENT as tp_queue_add.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_update_pings(
    queue: *mut tp_queue,
    ticket: u64,
    pings: *const u16,
    count: usize,
) -> tp_result {
    guarded!({
        let mut queue = tp_queue::write(queue)?;
        if count != queue.def().regions.len() {
            return Err(Fail::invalid("count", count, format_args!("{}, one a region", queue.def().regions.len())));
        }
        let pings = pointer::array(pings, count, "pings")?;
        Ok(queue.update_pings(ticket, pings)?)
    })
}

/// Open slots of a running match, or what has become of them: say so again whenever somebody leaves or has joined. Slots that
/// form calls have given away are no longer in it. Borrows `offer` for the call.
/// Changes the queue: any thread, no other call on it at the same time. INVALID_ARGUMENT names the field and its limit;
/// QUEUE_FULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_offer(queue: *mut tp_queue, offer: *const tp_offer) -> tp_result {
    guarded!({
        let mut queue = tp_queue::write(queue)?;
        let offer = pointer::value(offer, "offer")?.engine()?;
        Ok(queue.offer(&offer)?)
    })
}

/// No more open slots of this match. out_there: 0, there was no offer, or it has been filled.
/// Changes the queue: any thread, no other call on it at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_withdraw(queue: *mut tp_queue, running: u64, out_there: *mut u8) -> tp_result {
    guarded!({
        let mut queue = tp_queue::write(queue)?;
        Out::new(out_there, "out_there")?.set(queue.withdraw(running).into());
        Ok(())
    })
}

/// The matches that can be made now, the longest waiting first, into the caller's array of `capacity` elements: as many as
/// tickets wait (tp_queue_stats.tickets) always do. Their tickets wait no more. now_ms is the host's clock, by which tickets
/// were enqueued.
/// Changes the queue: any thread, no other call on it at the same time. SHORT_BUFFER, and nothing is formed;
/// INVALID_ARGUMENT for a time beyond 2^53 - 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_form(
    queue: *mut tp_queue,
    now_ms: u64,
    out_formed: *mut tp_formed,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let mut queue = tp_queue::write(queue)?;
        let out = OutArray::new(out_formed, capacity, out_count, "out_formed")?;
        out.check(queue.waiting())?;
        out.fill(queue.form(now_ms)?.iter().map(Into::into))
    })
}

/// The ticket with which a player waits. out_waits: 0, with none, and out_ticket is 0.
/// Reads the queue: any thread, no changing call on it at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_ticket_of(
    queue: *const tp_queue,
    player: u64,
    out_ticket: *mut u64,
    out_waits: *mut u8,
) -> tp_result {
    guarded!({
        let queue = tp_queue::read(queue)?;
        let out_ticket = Out::new(out_ticket, "out_ticket")?;
        let out_waits = Out::new(out_waits, "out_waits")?;
        let ticket = queue.ticket_of(player);
        out_ticket.set(ticket.unwrap_or_default());
        out_waits.set(ticket.is_some().into());
        Ok(())
    })
}

/// How much is taken, and what has been done.
/// Reads the queue: any thread, no changing call on it at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_get_stats(queue: *const tp_queue, out_stats: *mut tp_queue_stats) -> tp_result {
    guarded!({
        let queue = tp_queue::read(queue)?;
        let out = Out::new(out_stats, "out_stats")?;
        let stats = queue.stats();
        out.set(tp_queue_stats {
            hash: queue.hash(),
            forms: stats.forms,
            matches: stats.matches,
            backfills: stats.backfills,
            log_waiting: stats.log_waiting,
            tickets: stats.tickets,
            players: stats.players,
            offers: stats.offers,
            reserved: 0,
        });
        Ok(())
    })
}

/// Moves what has been written of the log since the last drain into the caller's `capacity` bytes. All that is drained, one
/// after the other, is the log. tp_queue_stats.log_waiting says how much room it needs.
/// Changes the queue: any thread, no other call on it at the same time. SHORT_BUFFER, and all goes on waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_drain_log(
    queue: *mut tp_queue,
    out_bytes: *mut u8,
    capacity: usize,
    out_length: *mut usize,
    out_drained: *mut tp_drained,
) -> tp_result {
    guarded!({
        let mut queue = tp_queue::write(queue)?;
        let mut out = OutArray::new(out_bytes, capacity, out_length, "out_bytes")?;
        let out_drained = Out::new(out_drained, "out_drained")?;
        out.check(queue.stats().log_waiting as usize)?;
        let mut bytes = Vec::new();
        let drained = queue.drain_log(&mut bytes);
        out.push_all(&bytes);
        out.finish();
        out_drained.set(tp_drained {
            bytes: drained.bytes as u64,
            total: drained.total,
            stopped: drained.stopped.into(),
            reserved: [0; 7],
        });
        Ok(())
    })
}

/// Plays a log again and compares every form call. out_queue is the queue as it was after the last call; it keeps no log, and
/// the caller owns it and ends it with tp_queue_destroy. Borrows `bytes` for the call. Any thread. BAD_REPLAY names part and
/// byte: no log, another version, damage, or matches that are not those of the log.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_queue_replay(
    bytes: *const u8,
    length: usize,
    out_queue: *mut *mut tp_queue,
    out_replayed: *mut tp_queue_replayed,
) -> tp_result {
    guarded!({
        let bytes = pointer::array(bytes, length, "bytes")?;
        let out_queue = Out::new(out_queue, "out_queue")?;
        let out_replayed = Out::new(out_replayed, "out_replayed")?;
        let played = replay(bytes)?;
        out_replayed.set(tp_queue_replayed { calls: played.calls, lost: played.lost });
        tp_queue::hand_over(played.queue, out_queue);
        Ok(())
    })
}
