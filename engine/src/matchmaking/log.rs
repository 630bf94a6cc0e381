//! The log of a queue: every call that changed it, so that the same matches can be formed again.
//!
//! All numbers are little-endian. A file is a head and records:
//!
//! | part | bytes |
//! | --- | --- |
//! | magic | `TPMQ` |
//! | version | 4: 1 |
//! | definition | 4 for its length, then what [`QueueDef`] holds |
//! | sum | 4 |
//! | each record | 2 for its length, then that many: the kind and what belongs to it; sum: 4 |
//!
//! A sum is the low half of XXH3 of the part, keyed by the sum before it, so that a damaged, missing or moved record is
//! found where it stands. A form call is written with [`Queue::hash`] after it, and [`replay`] compares. A file that ends in
//! the middle of a record is one whose host died: it is read up to there.

use super::{BLOCKS, Formed, MODES, Member, Mode, NAME, Offer, PARTY, Policy, Queue, QueueDef, REGIONS, Ticket};
use crate::rating::{EloDef, Rating, System, WengLinDef};
use crate::world::PLAYERS;
use crate::{Error, Result, Team};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The first four bytes of a log.
pub const MAGIC: [u8; 4] = *b"TPMQ";
/// Version of the format that is written and read. Grows also when the same calls no longer form the same matches.
pub const VERSION: u32 = 1;

const ADD: u8 = 1;
const CANCEL: u8 = 2;
const PINGS: u8 = 3;
const OFFER: u8 = 4;
const WITHDRAW: u8 = 5;
const FORM: u8 = 6;

/// What has been handed over of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Bytes handed over now.
    pub bytes: usize,
    /// Bytes of the log so far, these included.
    pub total: u64,
    /// More than the limit would have waited: the log has ended before that call. What was written is whole.
    pub stopped: bool,
}

/// A log played again.
#[derive(Debug)]
pub struct Replayed {
    /// As it was after the last call; it keeps no log.
    pub queue: Queue,
    /// Calls in the log.
    pub calls: u64,
    /// Bytes at its end that are no whole record, for its host died or still writes.
    pub lost: u64,
}

/// Plays a log again.
///
/// # Errors
/// [`Error::BadReplay`] naming part and byte: no log, another version, a damaged record, a call that the queue refuses, or
/// matches that are not those of the log.
pub fn replay(log: &[u8]) -> Result<Replayed> {
    replay_with(log, |_, _| {})
}

/// As [`replay`], and hands over each match with the time of its form call.
///
/// # Errors
/// As [`replay`].
pub fn replay_with(log: &[u8], mut each: impl FnMut(u64, &Formed)) -> Result<Replayed> {
    let mut file = Reader { bytes: log, at: 0, end: log.len() };
    if file.array("magic")? != MAGIC {
        return Err(bad("magic", "the file does not begin with TPMQ; it is no log of a queue", 0));
    }
    let version = file.u32("version")?;
    if version != VERSION {
        return Err(bad("version", format!("{version}; this engine reads {VERSION}"), 4));
    }
    let length = file.u32("definition")? as usize;
    let mut part = file.part("definition", length)?;
    let mut sum = sum(0, &log[part.at..part.end]);
    file.sum("definition", sum)?;
    let def = part.definition()?;
    part.finish("definition")?;
    let mut queue = Queue::new(def).map_err(|error| bad("definition", error.to_string(), 12))?;
    let mut calls = 0;
    while file.at < file.end {
        let start = file.at;
        let unfinished = |queue, calls| Replayed { queue, calls, lost: (log.len() - start) as u64 };
        let rest = file.end - start;
        if rest < 2 {
            return Ok(unfinished(queue, calls));
        }
        let length = usize::from(file.u16("record")?);
        if rest < 2 + length + 4 {
            return Ok(unfinished(queue, calls));
        }
        let mut part = file.part("record", length)?;
        sum = self::sum(sum, &log[part.at..part.end]);
        file.sum("record", sum)?;
        part.call(&mut queue, &mut each)?;
        calls += 1;
    }
    Ok(Replayed { queue, calls, lost: 0 })
}

fn sum(before: u32, bytes: &[u8]) -> u32 {
    xxh3_64_with_seed(bytes, before.into()) as u32
}

fn bad(field: &'static str, reason: impl Into<String>, at: usize) -> Error {
    Error::BadReplay { field, reason: reason.into(), at: at as u64, tick: None }
}

/// A part of a log; places count from the log's beginning.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

macro_rules! numbers {
    ($($name:ident),*) => {
        $(fn $name(&mut self, field: &'static str) -> Result<$name> {
            Ok($name::from_le_bytes(self.array(field)?))
        })*
    };
}

impl<'a> Reader<'a> {
    numbers!(u8, u16, u32, u64, f64);

    fn slice(&mut self, field: &'static str, length: usize) -> Result<&'a [u8]> {
        if length > self.end - self.at {
            let reason = format!("{length} bytes are wanted and {} are there", self.end - self.at);
            return Err(bad(field, reason, self.at));
        }
        self.at += length;
        Ok(&self.bytes[self.at - length..self.at])
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(field, N)?);
        Ok(array)
    }

    fn part(&mut self, field: &'static str, length: usize) -> Result<Reader<'a>> {
        let start = self.at;
        self.slice(field, length)?;
        Ok(Reader { bytes: self.bytes, at: start, end: self.at })
    }

    fn sum(&mut self, field: &'static str, wanted: u32) -> Result<()> {
        let at = self.at;
        let found = self.u32(field)?;
        if found != wanted {
            return Err(bad(field, format!("its sum is {wanted:#010x} and {found:#010x} is written: damaged"), at));
        }
        Ok(())
    }

    fn finish(&self, field: &'static str) -> Result<()> {
        if self.at < self.end {
            return Err(bad(field, format!("{} bytes too many", self.end - self.at), self.at));
        }
        Ok(())
    }

    fn count(&mut self, field: &'static str, most: usize) -> Result<usize> {
        let at = self.at;
        let count = usize::from(self.u8(field)?);
        if count > most {
            return Err(bad(field, format!("{count}; at most {most} are possible"), at));
        }
        Ok(count)
    }

    fn flag(&mut self, field: &'static str) -> Result<bool> {
        let at = self.at;
        match self.u8(field)? {
            flag @ (0 | 1) => Ok(flag == 1),
            other => Err(bad(field, format!("{other}; it must be 0 or 1"), at)),
        }
    }

    fn name(&mut self, field: &'static str) -> Result<String> {
        let length = self.count(field, NAME)?;
        let at = self.at;
        let bytes = self.slice(field, length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| bad(field, "it is not UTF-8", at))
    }

    fn system(&mut self) -> Result<System> {
        const FIELD: &str = "policy.system";
        let at = self.at;
        match self.u8(FIELD)? {
            0 => Ok(System::WengLin(WengLinDef {
                newcomer: self.f64(FIELD)?,
                deviation: self.f64(FIELD)?,
                beta: self.f64(FIELD)?,
                growth: self.f64(FIELD)?,
                crowd: self.f64(FIELD)?,
                drift: self.f64(FIELD)?,
                rest: self.f64(FIELD)?,
            })),
            1 => Ok(System::Elo(EloDef { k: self.f64(FIELD)?, newcomer: self.f64(FIELD)? })),
            other => Err(bad(FIELD, format!("{other}; 0 is Weng-Lin and 1 is Elo"), at)),
        }
    }

    fn definition(&mut self) -> Result<QueueDef> {
        const FIELD: &str = "policy";
        let policy = Policy {
            system: self.system()?,
            spread: self.f64(FIELD)?,
            spread_per_s: self.f64(FIELD)?,
            doubt: self.f64(FIELD)?,
            favourite: self.f64(FIELD)?,
            favourite_per_s: self.f64(FIELD)?,
            ping_ms: self.u32(FIELD)?,
            ping_per_s: self.f64(FIELD)?,
            full_ms: self.u32(FIELD)?,
            small_ms: self.u32(FIELD)?,
            patience_ms: self.u32(FIELD)?,
            uneven: self.u8(FIELD)?,
        };
        let modes = (0..self.count("modes", MODES)?)
            .map(|_| Ok(Mode { name: self.name("modes")?, least: self.u8("modes")?, most: self.u8("modes")? }))
            .collect::<Result<_>>()?;
        let regions = (0..self.count("regions", REGIONS)?).map(|_| self.name("regions")).collect::<Result<_>>()?;
        let (max_tickets, max_offers) = (self.u32("max_tickets")?, self.u32("max_offers")?);
        Ok(QueueDef { policy, modes, regions, max_tickets, max_offers, log_limit: 0 })
    }

    fn members(&mut self, field: &'static str, most: usize) -> Result<Vec<Member>> {
        (0..self.count(field, most)?)
            .map(|_| {
                let player = self.u64(field)?;
                Ok(Member { player, rating: Rating { value: self.f64(field)?, deviation: self.f64(field)? } })
            })
            .collect()
    }

    fn pings(&mut self) -> Result<Vec<u16>> {
        (0..self.count("pings", REGIONS)?).map(|_| self.u16("pings")).collect()
    }

    fn call(&mut self, queue: &mut Queue, each: &mut impl FnMut(u64, &Formed)) -> Result<()> {
        let start = self.at;
        let refused = |field: &'static str| move |error: Error| bad(field, format!("refused: {error}"), start);
        match self.u8("record")? {
            ADD => {
                let ticket = Ticket {
                    id: self.u64("ticket")?,
                    mode: self.u8("ticket")?,
                    pings: self.pings()?,
                    players: self.members("ticket", PARTY)?,
                    enqueued_ms: self.u64("ticket")?,
                    priority: self.flag("ticket")?,
                    backfill: self.flag("ticket")?,
                    blocks: (0..self.count("ticket", BLOCKS)?).map(|_| self.u64("ticket")).collect::<Result<_>>()?,
                };
                self.finish("ticket")?;
                queue.add(&ticket).map_err(refused("ticket"))
            }
            CANCEL => {
                let ticket = self.u64("cancel")?;
                self.finish("cancel")?;
                if queue.cancel(ticket) {
                    return Ok(());
                }
                Err(bad("cancel", format!("ticket {ticket} does not wait"), start))
            }
            PINGS => {
                let (ticket, pings) = (self.u64("pings")?, self.pings()?);
                self.finish("pings")?;
                queue.update_pings(ticket, &pings).map_err(refused("pings"))
            }
            OFFER => {
                let offer = Offer {
                    id: self.u64("offer")?,
                    mode: self.u8("offer")?,
                    region: self.u8("offer")?,
                    free: [self.u8("offer")?, self.u8("offer")?],
                    teams: [self.members("offer", PLAYERS)?, self.members("offer", PLAYERS)?],
                };
                self.finish("offer")?;
                queue.offer(&offer).map_err(refused("offer"))
            }
            WITHDRAW => {
                let running = self.u64("withdraw")?;
                self.finish("withdraw")?;
                if queue.withdraw(running) {
                    return Ok(());
                }
                Err(bad("withdraw", format!("match {running} has no offer"), start))
            }
            FORM => {
                let (now, wanted) = (self.u64("form")?, self.u64("form")?);
                self.finish("form")?;
                let formed = queue.form(now).map_err(refused("form"))?;
                if queue.hash() != wanted {
                    let reason = format!("the log has hash {wanted:016x}, played again it is {:016x}", queue.hash());
                    return Err(bad("form", reason, start));
                }
                formed.iter().for_each(|formed| each(now, formed));
                Ok(())
            }
            other => Err(bad("record", format!("kind {other}; 1 to {FORM} are known"), start)),
        }
    }
}

fn put_members(out: &mut Vec<u8>, members: &[Member]) {
    out.push(members.len() as u8);
    for member in members {
        out.extend(member.player.to_le_bytes());
        out.extend(member.rating.value.to_le_bytes());
        out.extend(member.rating.deviation.to_le_bytes());
    }
}

fn put_pings(out: &mut Vec<u8>, pings: &[u16]) {
    out.push(pings.len() as u8);
    pings.iter().for_each(|ping| out.extend(ping.to_le_bytes()));
}

fn put_name(out: &mut Vec<u8>, name: &str) {
    out.push(name.len() as u8);
    out.extend(name.as_bytes());
}

fn put_definition(out: &mut Vec<u8>, def: &QueueDef) {
    let policy = &def.policy;
    let f64s = |out: &mut Vec<u8>, values: &[f64]| values.iter().for_each(|value| out.extend(value.to_le_bytes()));
    match policy.system {
        System::WengLin(d) => {
            out.push(0);
            f64s(out, &[d.newcomer, d.deviation, d.beta, d.growth, d.crowd, d.drift, d.rest]);
        }
        System::Elo(d) => {
            out.push(1);
            f64s(out, &[d.k, d.newcomer]);
        }
    }
    f64s(out, &[policy.spread, policy.spread_per_s, policy.doubt, policy.favourite, policy.favourite_per_s]);
    out.extend(policy.ping_ms.to_le_bytes());
    f64s(out, &[policy.ping_per_s]);
    for ms in [policy.full_ms, policy.small_ms, policy.patience_ms] {
        out.extend(ms.to_le_bytes());
    }
    out.push(policy.uneven);
    out.push(def.modes.len() as u8);
    for mode in &def.modes {
        put_name(out, &mode.name);
        out.extend([mode.least, mode.most]);
    }
    out.push(def.regions.len() as u8);
    def.regions.iter().for_each(|name| put_name(out, name));
    out.extend(def.max_tickets.to_le_bytes());
    out.extend(def.max_offers.to_le_bytes());
}

impl Formed {
    /// What [`Queue::hash`] is of.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend([self.mode, self.region, u8::from(self.running.is_some())]);
        out.extend(self.running.unwrap_or_default().to_le_bytes());
        out.extend(self.chance.to_le_bytes());
        out.extend(self.spread.to_le_bytes());
        for seat in &self.seats {
            out.extend(seat.ticket.to_le_bytes());
            out.extend(seat.player.to_le_bytes());
            out.extend(seat.waited_ms.to_le_bytes());
            out.push((seat.team == Team::Blue).into());
        }
    }
}

/// The log as it is written.
#[derive(Debug)]
pub(super) struct Recorder {
    waiting: Vec<u8>,
    scratch: Vec<u8>,
    limit: usize,
    total: u64,
    sum: u32,
    stopped: bool,
}

impl Recorder {
    pub(super) fn new(def: &QueueDef) -> Recorder {
        let limit = def.log_limit as usize;
        let (mut waiting, mut head) = (Vec::new(), Vec::new());
        put_definition(&mut head, def);
        let sum = sum(0, &head);
        if limit > 0 {
            waiting.extend(MAGIC);
            waiting.extend(VERSION.to_le_bytes());
            waiting.extend((head.len() as u32).to_le_bytes());
            waiting.extend(&head);
            waiting.extend(sum.to_le_bytes());
        }
        Recorder { total: waiting.len() as u64, waiting, scratch: head, limit, sum, stopped: false }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn drain(&mut self, out: &mut Vec<u8>) -> Drained {
        let bytes = self.waiting.len();
        out.append(&mut self.waiting);
        Drained { bytes, total: self.total, stopped: self.stopped }
    }

    pub(super) fn add(&mut self, ticket: &Ticket) {
        self.record(ADD, |out| {
            out.extend(ticket.id.to_le_bytes());
            out.push(ticket.mode);
            put_pings(out, &ticket.pings);
            put_members(out, &ticket.players);
            out.extend(ticket.enqueued_ms.to_le_bytes());
            out.extend([u8::from(ticket.priority), u8::from(ticket.backfill)]);
            out.push(ticket.blocks.len() as u8);
            ticket.blocks.iter().for_each(|block| out.extend(block.to_le_bytes()));
        });
    }

    pub(super) fn cancel(&mut self, ticket: u64) {
        self.record(CANCEL, |out| out.extend(ticket.to_le_bytes()));
    }

    pub(super) fn pings(&mut self, ticket: u64, pings: &[u16]) {
        self.record(PINGS, |out| {
            out.extend(ticket.to_le_bytes());
            put_pings(out, pings);
        });
    }

    pub(super) fn offer(&mut self, offer: &Offer) {
        self.record(OFFER, |out| {
            out.extend(offer.id.to_le_bytes());
            out.extend([offer.mode, offer.region, offer.free[0], offer.free[1]]);
            offer.teams.iter().for_each(|team| put_members(out, team));
        });
    }

    pub(super) fn withdraw(&mut self, running: u64) {
        self.record(WITHDRAW, |out| out.extend(running.to_le_bytes()));
    }

    pub(super) fn form(&mut self, now: u64, hash: u64) {
        self.record(FORM, |out| {
            out.extend(now.to_le_bytes());
            out.extend(hash.to_le_bytes());
        });
    }

    fn record(&mut self, kind: u8, put: impl FnOnce(&mut Vec<u8>)) {
        if self.limit == 0 || self.stopped {
            return;
        }
        let record = &mut self.scratch;
        record.clear();
        record.push(kind);
        put(record);
        let bytes = record.len() + 6;
        if self.waiting.len() + bytes > self.limit {
            self.stopped = true;
            return;
        }
        self.sum = sum(self.sum, record);
        self.waiting.extend((record.len() as u16).to_le_bytes());
        self.waiting.extend(&*record);
        self.waiting.extend(self.sum.to_le_bytes());
        self.total += bytes as u64;
    }
}
