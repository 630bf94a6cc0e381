//! The tickets and offers that wait, by columns, and the calls that change them.

use super::chance::{Odds, Side};
use super::form::Round;
use super::log::{Drained, Recorder};
use super::shapes::{Shape, shapes};
use super::{Formed, Member, Offer, PARTY, QueueDef, REGIONS, Ticket, UNIT, check_pings, check_time};
use crate::{Error, Result};
use std::collections::{BTreeMap, HashMap};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Flags of a ticket.
pub(super) const PRIORITY: u8 = 1;
pub(super) const BACKFILL: u8 = 2;

/// What is kept of a ticket apart from what forming reads of all of them.
#[derive(Debug, Clone)]
pub(super) struct Cold {
    pub(super) members: [Member; PARTY],
    /// Almost always empty, which takes no memory.
    pub(super) blocks: Box<[u64]>,
}

/// The tickets, a column each; a slot is free when its size is 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Tickets {
    pub(super) id: Vec<u64>,
    pub(super) enqueued: Vec<u64>,
    pub(super) mode: Vec<u8>,
    pub(super) size: Vec<u8>,
    pub(super) flags: Vec<u8>,
    /// Sum of the members' ratings and mean of them, rounded down, in [`UNIT`]s of a point.
    pub(super) sum: Vec<i32>,
    pub(super) mean: Vec<i32>,
    /// Sum of the members' squared deviations.
    pub(super) variance: Vec<f64>,
    pub(super) pings: Vec<[u16; REGIONS]>,
    pub(super) cold: Vec<Cold>,
    free: Vec<u32>,
}

impl Tickets {
    pub(super) fn members(&self, slot: usize) -> &[Member] {
        &self.cold[slot].members[..usize::from(self.size[slot])]
    }

    pub(super) fn side(&self, slot: usize) -> Side {
        Side { players: self.size[slot], sum: self.sum[slot], variance: self.variance[slot] }
    }

    fn insert(&mut self, ticket: &Ticket) -> usize {
        let side = side(&ticket.players);
        let mut members = [ticket.players[0]; PARTY];
        members[..ticket.players.len()].copy_from_slice(&ticket.players);
        let mut pings = [0; REGIONS];
        pings[..ticket.pings.len()].copy_from_slice(&ticket.pings);
        let flags = if ticket.priority { PRIORITY } else { 0 } | if ticket.backfill { BACKFILL } else { 0 };
        let cold = Cold { members, blocks: ticket.blocks.as_slice().into() };
        let mean = side.sum.div_euclid(i32::from(side.players));
        macro_rules! place {
            ($($column:ident = $value:expr),*) => {
                if let Some(slot) = self.free.pop() {
                    let slot = slot as usize;
                    $(self.$column[slot] = $value;)*
                    slot
                } else {
                    $(self.$column.push($value);)*
                    self.id.len() - 1
                }
            };
        }
        place!(
            id = ticket.id,
            enqueued = ticket.enqueued_ms,
            mode = ticket.mode,
            size = side.players,
            flags = flags,
            sum = side.sum,
            mean = mean,
            variance = side.variance,
            pings = pings,
            cold = cold
        )
    }

    fn remove(&mut self, slot: usize) {
        self.size[slot] = 0;
        self.cold[slot].blocks = Box::default();
        self.free.push(slot as u32);
    }
}

/// A rating's value in [`UNIT`]s.
pub(super) fn units(value: f64) -> i32 {
    libm::round(value * f64::from(UNIT)) as i32
}

/// Sums over members, each in the order given.
pub(super) fn side(members: &[Member]) -> Side {
    Side {
        players: members.len() as u8,
        sum: members.iter().map(|member| units(member.rating.value)).sum(),
        variance: members.iter().map(|member| member.rating.deviation * member.rating.deviation).sum(),
    }
}

/// How much of a queue is taken. All counts are since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Tickets that wait.
    pub tickets: u32,
    /// Their players.
    pub players: u32,
    /// Offers with an open slot.
    pub offers: u32,
    /// Form calls.
    pub forms: u64,
    /// New matches.
    pub matches: u64,
    /// Tickets that joined a running match.
    pub backfills: u64,
    /// Bytes of the log that wait to be drained.
    pub log_waiting: u64,
}

/// Tickets that wait, and open slots that wait for them. See the module for what is promised.
///
/// Memory: about 250 bytes for a ticket and 300 for an offer, and for a form call, kept from one to the next, 70 more for a
/// ticket.
#[derive(Debug)]
pub struct Queue {
    pub(super) def: QueueDef,
    pub(super) tickets: Tickets,
    /// By match id, whose order is the only one.
    pub(super) offers: BTreeMap<u64, Offer>,
    /// Slots by ticket, tickets by player. Looked up, never walked: their order does not matter.
    by_id: HashMap<u64, u32>,
    by_player: HashMap<u64, u64>,
    pub(super) shapes: Vec<Vec<Shape>>,
    pub(super) odds: Odds,
    round: Round,
    recorder: Recorder,
    stats: Stats,
    hash: u64,
}

impl Queue {
    /// An empty queue.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn new(def: QueueDef) -> Result<Queue> {
        def.validate()?;
        Ok(Queue {
            shapes: def.modes.iter().map(shapes).collect(),
            odds: Odds::new(def.policy.system),
            recorder: Recorder::new(&def),
            tickets: Tickets::default(),
            offers: BTreeMap::new(),
            by_id: HashMap::new(),
            by_player: HashMap::new(),
            round: Round::default(),
            stats: Stats::default(),
            hash: 0,
            def,
        })
    }

    /// What it was made with.
    pub fn def(&self) -> &QueueDef {
        &self.def
    }

    /// Tickets that wait.
    pub fn waiting(&self) -> usize {
        self.by_id.len()
    }

    /// Whether this ticket waits.
    pub fn waits(&self, ticket: u64) -> bool {
        self.by_id.contains_key(&ticket)
    }

    /// The ticket with which a player waits.
    pub fn ticket_of(&self, player: u64) -> Option<u64> {
        self.by_player.get(&player).copied()
    }

    /// The open slots that are left of an offer, red's and blue's.
    pub fn free(&self, running: u64) -> Option<[u8; 2]> {
        self.offers.get(&running).map(|offer| offer.free)
    }

    /// How much is taken, and what has been done.
    pub fn stats(&self) -> Stats {
        Stats {
            tickets: self.by_id.len() as u32,
            players: self.by_player.len() as u32,
            offers: self.offers.len() as u32,
            log_waiting: self.recorder.waiting() as u64,
            ..self.stats
        }
    }

    /// Of all matches formed so far, in order: two queues with the same hash have formed the same.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// A ticket begins to wait.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] naming field and limit; [`Error::AlreadyQueued`] if its id or one of its players
    /// waits; [`Error::QueueFull`].
    pub fn add(&mut self, ticket: &Ticket) -> Result<()> {
        ticket.check(&self.def)?;
        if self.by_id.contains_key(&ticket.id) {
            return Err(Error::AlreadyQueued { what: "ticket", id: ticket.id, ticket: ticket.id });
        }
        for member in &ticket.players {
            if let Some(other) = self.by_player.get(&member.player) {
                return Err(Error::AlreadyQueued { what: "player", id: member.player, ticket: *other });
            }
        }
        if self.by_id.len() >= self.def.max_tickets as usize {
            return Err(Error::QueueFull { what: "max_tickets", limit: self.def.max_tickets });
        }
        let slot = self.tickets.insert(ticket);
        self.by_id.insert(ticket.id, slot as u32);
        for member in &ticket.players {
            self.by_player.insert(member.player, ticket.id);
        }
        self.recorder.add(ticket);
        Ok(())
    }

    /// A ticket waits no more. `false`: it did not wait, or is in a match already.
    pub fn cancel(&mut self, ticket: u64) -> bool {
        let Ok(slot) = self.slot(ticket) else { return false };
        self.remove(slot);
        self.recorder.cancel(ticket);
        true
    }

    /// New pings of a ticket, as [`Ticket::pings`].
    ///
    /// # Errors
    /// [`Error::StaleId`] for one that does not wait, [`Error::InvalidArgument`] as in [`Queue::add`].
    pub fn update_pings(&mut self, ticket: u64, pings: &[u16]) -> Result<()> {
        let slot = self.slot(ticket)?;
        check_pings(&self.def, pings)?;
        self.tickets.pings[slot][..pings.len()].copy_from_slice(pings);
        self.recorder.pings(ticket, pings);
        Ok(())
    }

    /// Open slots of a running match, or what has become of them: say so again whenever somebody leaves or has joined.
    /// Slots that form calls have given away are no longer in it.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] naming field and limit; [`Error::QueueFull`] for one more than the queue was defined for.
    pub fn offer(&mut self, offer: &Offer) -> Result<()> {
        offer.check(&self.def)?;
        if !self.offers.contains_key(&offer.id) && self.offers.len() >= self.def.max_offers as usize {
            return Err(Error::QueueFull { what: "max_offers", limit: self.def.max_offers });
        }
        self.offers.insert(offer.id, offer.clone());
        self.recorder.offer(offer);
        Ok(())
    }

    /// No more open slots of this match. `false`: there was no offer, or it has been filled.
    pub fn withdraw(&mut self, running: u64) -> bool {
        let there = self.offers.remove(&running).is_some();
        if there {
            self.recorder.withdraw(running);
        }
        there
    }

    /// The matches that can be made now; `now_ms` is the host's clock, by which tickets were enqueued. Their tickets wait
    /// no more. A ticket from later than now has not waited yet. In the order in which they were made, the longest waiting
    /// first.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a time beyond [`super::TIME_MAX`].
    pub fn form(&mut self, now_ms: u64) -> Result<Vec<Formed>> {
        check_time("now_ms", now_ms)?;
        let mut round = core::mem::take(&mut self.round);
        let formed = round.form(self, now_ms);
        for slot in round.taken() {
            self.remove(slot);
        }
        self.offers.retain(|_, offer| offer.free != [0, 0]);
        self.round = round;
        self.stats.forms += 1;
        let backfills = formed.iter().filter(|formed| formed.running.is_some()).count() as u64;
        self.stats.backfills += backfills;
        self.stats.matches += formed.len() as u64 - backfills;
        let mut bytes = Vec::with_capacity(320);
        for formed in &formed {
            bytes.clear();
            formed.write(&mut bytes);
            self.hash = xxh3_64_with_seed(&bytes, self.hash);
        }
        self.recorder.form(now_ms, self.hash);
        Ok(formed)
    }

    /// Appends what has been written of the log since the last drain. All that is drained, one after the other, is the log.
    /// Nothing if the queue was defined without one.
    pub fn drain_log(&mut self, out: &mut Vec<u8>) -> Drained {
        self.recorder.drain(out)
    }

    fn slot(&self, ticket: u64) -> Result<usize> {
        let slot = self.by_id.get(&ticket).ok_or(Error::StaleId { what: "ticket", id: ticket })?;
        Ok(*slot as usize)
    }

    fn remove(&mut self, slot: usize) {
        self.by_id.remove(&self.tickets.id[slot]);
        for member in self.tickets.members(slot) {
            self.by_player.remove(&member.player);
        }
        self.tickets.remove(slot);
    }
}
