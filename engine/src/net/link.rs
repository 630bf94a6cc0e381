//! The host's end of one client's connection: what it has, what it is still to be told, in what order, how often.
//!
//! Everything here is a function of what the player knows and of what the player's client has sent.

use super::bits::{Bits, Put, Writer};
use super::entry::{MOST, predicted, q16, strides, turn8};
use super::format::{
    Ack, Before, ClientRules, Message, Motion, NO_ARM, NO_SLOT, NOWHERE, Record, Spot, Welcome, entry_bits, event,
    nearest_frame, write_header, write_slices,
};
use super::{Decoy, Entry, History, Knowledge, Memories, NetDef, Told, at_first, hidden};
use crate::map::{GameMap, Geometry};
use crate::rules::{INVENTORY, POINT, Tuned};
use crate::sound::{Heard, own};
use crate::world::EventKind;
use crate::world::state::{Block, CLOUDS, MatchState, NO_WEAPON, PLAYERS, PROJECTILES};
use std::borrow::Cow;

/// All that a link may look at when it writes. Of other players it reads the history's entries under `knowledge.knows`
/// and what is told; of the state its own player's lane, the scores, the projectiles under `knowledge.flights`, and
/// the clouds.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) viewer: usize,
    pub(crate) frame: u32,
    pub(crate) state: &'a MatchState,
    /// Of it.
    pub(crate) scores: &'a Scores,
    /// Ticks a frame.
    pub(crate) step: u32,
    /// Inputs of a player's time in one frame, and [`strides_of`] them.
    pub(crate) lived: u32,
    pub(crate) strides: &'a [(i32, i32); 4],
    pub(crate) blocks: &'a [Block],
    pub(crate) rules: &'a Tuned,
    pub(crate) map: &'a GameMap,
    pub(crate) history: &'a History,
    pub(crate) knowledge: &'a Knowledge,
    /// Entries as most links write them, if there are any.
    pub(crate) shared: Option<&'a Shared>,
    /// The viewer's decoy, if there is or was one of late.
    pub(crate) decoy: Option<&'a Decoy>,
}

impl Scope<'_> {
    /// Ticks since one of the match; at most those since tick 0 of the wire.
    #[inline]
    fn age(&self, tick: u32) -> u32 {
        self.state.tick.saturating_sub(tick).min(self.frame * self.step)
    }

    /// A frame's entries as the viewer was told them, of those whom the viewer knew.
    #[inline]
    fn entries(&self, frame: u32) -> Option<Cow<'_, [Entry; PLAYERS]>> {
        let entries = self.history.get(frame)?;
        match self.decoy.and_then(|decoy| decoy.entry(frame)) {
            None => Some(Cow::Borrowed(entries)),
            Some((slot, entry)) => {
                let mut entries = *entries;
                entries[slot] = entry;
                Some(Cow::Owned(entries))
            }
        }
    }
}

/// What all links write of another player whom they have told of in the last two frames, the first against the second: the
/// entries' bits, worked out once for a match and frame.
pub(crate) struct Shared([Bits; PLAYERS]);

impl Shared {
    /// `None` until there are three frames.
    pub(crate) fn of(history: &History, frame: u32, joined: u8, strides: &[(i32, i32); 4]) -> Option<Shared> {
        let [is, was, old] = [0, 1, 2].map(|back| history.get(frame.checked_sub(back)?));
        let (is, was, old) = (is?, was?, old?);
        let mut bits = [Bits::default(); PLAYERS];
        for slot in MatchState::slots(joined) {
            let predicted = if was[slot].alive() && old[slot].alive() {
                predicted(was[slot], old[slot], 1, 1)
            } else {
                (was[slot].x(), was[slot].y())
            };
            bits[slot] = entry_bits(false, is[slot], Some(Before { was: was[slot], predicted }), strides);
        }
        Some(Shared(bits))
    }
}

/// Frames that a link remembers, one of them being written.
const RING: u32 = 32;
/// Records sent and not acknowledged.
const ON_WAY: usize = 512;
/// Messages that wait or are not acknowledged.
const MESSAGES: usize = 48;
/// Bytes of a snapshot at most, as far as there is a choice.
const CAP: i32 = 1200;
/// Frames after a loss in which a base must have been acknowledged.
const DISTRUST: u32 = 100;
/// Frames without an acknowledgement after which the same holds.
const SILENCE: u32 = 16;
/// Frames without a word after which frame numbers, of which the lowest 12 bits are sent, could be mistaken.
const LONGEST_SILENCE: u32 = 1024;
/// No frame.
const NEVER: u32 = u32::MAX;
/// Level of a slice of which it is not certain what the client has; of one that the client has as the map began.
const UNCERTAIN: u8 = 7;
const AT_FIRST: u8 = 6;
/// Records that may wait until slices among them are told by bits instead of being looked through.
const CROWD: usize = 64;

/// Keys of records: slices by their numbers, then these.
mod key {
    pub(super) const SMALL: u16 = 8192;
    pub(super) const SCORE: u16 = SMALL;
    pub(super) const TEAMS: u16 = SCORE + 8;
    pub(super) const PLACE: u16 = TEAMS + 1;
    pub(super) const ROUNDS: u16 = PLACE + 5;
    pub(super) const HANDS: u16 = ROUNDS + 5;
    pub(super) const LIFE: u16 = HANDS + 1;
    pub(super) const FLASH: u16 = LIFE + 1;
    pub(super) const ANSWER: u16 = FLASH + 1;
    pub(super) const EXACT: u16 = ANSWER + 1;
    pub(super) const PROJECTILE: u16 = EXACT + 1;
    pub(super) const CLOUD: u16 = PROJECTILE + 64;
    pub(super) const END: u16 = CLOUD + 32;
}
const _: () = assert!(key::END - key::SMALL <= 128);

/// What was sent in a frame.
#[derive(Debug, Clone, Copy, Default)]
struct Sent {
    /// Frames back to its base; 0: full.
    base: u8,
    /// Slots with an entry.
    mask: u8,
    /// Lowest bits of the number of the last input applied.
    input: u8,
}

/// What was sent in the last [`RING`] frames; words have a bit for each place, which is a frame's lowest bits.
#[derive(Debug, Clone, Copy, Default)]
struct Past {
    frames: [Sent; RING as usize],
    /// Something was sent; it was a welcome; nothing has been heard of it yet; the client has it.
    sent: u32,
    welcomes: u32,
    open: u32,
    taken: u32,
}

impl Past {
    #[inline]
    fn bit(frame: u32) -> u32 {
        1 << (frame % RING)
    }

    /// Frames up to `now` have passed since `before`: nothing has been sent in them yet.
    #[inline]
    fn pass(&mut self, before: u32, now: u32) {
        let by = now.wrapping_sub(before);
        let passed = if by < RING { ((1u32 << by) - 1).rotate_left((before + 1) % RING) } else { u32::MAX };
        for word in [&mut self.sent, &mut self.welcomes, &mut self.open, &mut self.taken] {
            *word &= !passed;
        }
    }

    fn put(&mut self, frame: u32, sent: Sent, welcome: bool) {
        self.frames[(frame % RING) as usize] = sent;
        let bit = Past::bit(frame);
        self.sent |= bit;
        self.open |= bit;
        self.welcomes |= if welcome { bit } else { 0 };
    }

    /// The snapshot of one of the last frames, if one was sent in it.
    #[inline]
    fn snapshot(&self, frame: u32) -> Option<Sent> {
        (self.sent & !self.welcomes & Past::bit(frame) != 0).then(|| self.frames[(frame % RING) as usize])
    }
}

/// A record that is on its way, and the lowest bits of the frame since which it is.
#[derive(Debug, Clone, Copy)]
struct Tag {
    key: u16,
    frame: u16,
}

/// A record that waits, and since when.
#[derive(Debug, Clone, Copy)]
struct Wait {
    key: u16,
    frame: u16,
    /// Of a slice: the level that the client has. Of one that does not wait the client has, or is about to have, the level
    /// that the player knows.
    told: u8,
}

/// A projectile that the client was told of; its place in the list is its number on the wire.
#[derive(Debug, Clone, Copy)]
struct Flight {
    /// Serial number in the match; 0: the number is free.
    serial: u32,
    /// Tick of the record.
    tick: u32,
    motion: Motion,
    lane: u8,
    /// The client has been told something under this number at some time.
    said: bool,
}

/// Own records as told.
#[derive(Debug, Clone, Copy)]
struct OwnTold {
    scores: Scores,
    teams: u64,
    places: [u64; INVENTORY],
    hands: Hands,
    heat_tick: u32,
    life: u64,
    flash: (u32, u32),
    spawn_tick: u32,
}

const NOTHING_TOLD: OwnTold = OwnTold {
    scores: Scores { kills: [0; PLAYERS], deaths: [0; PLAYERS], joined: 0, blue: 0, alive: 0 },
    teams: 0,
    places: [NO_WEAPON as u64; INVENTORY],
    hands: Hands { place: u8::MAX, charge: 0, heat: 0, reload_end: 0, silence_end: 0 },
    heat_tick: 0,
    life: u64::MAX,
    flash: (0, 0),
    spawn_tick: u32::MAX,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hands {
    place: u8,
    charge: u8,
    /// Percent.
    heat: u8,
    /// Ticks; 0: none.
    reload_end: u32,
    silence_end: u32,
}

/// What a link counts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    bytes: u64,
    frames: u32,
    acked: u32,
    lost: u32,
    pub(crate) false_acks: u32,
    pub(crate) bad_messages: u32,
    pub(crate) stale: u32,
}

/// What a link has done so far, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LinkStats {
    /// Bytes sent.
    pub bytes: u64,
    /// Messages of them.
    pub frames: u32,
    /// Frames acknowledged.
    pub acked: u32,
    /// Frames that the client has not taken.
    pub lost: u32,
    /// Messages of the client with an acknowledgement of what was never sent.
    pub false_acks: u32,
    /// Messages of the client that were none.
    pub bad_messages: u32,
    /// Messages from an older epoch, or older than what was known.
    pub stale: u32,
    /// Bytes that may be sent at once; below 0 after more was due.
    pub level: i32,
    /// Bytes that the link takes in memory.
    pub memory: usize,
}

/// 576 bytes, 16 for each of up to 48 messages, 6 for each record that waits and 4 for each that is on its way: 1.1 KB in a
/// fight, and on no account more than 60 KB, on a map of 8,000 slices.
///
/// In this order, so that what is needed to be told something is one line of the cache.
#[derive(Debug)]
#[repr(C, align(64))]
pub(crate) struct Link {
    messages: Vec<Message>,
    waiting: Vec<Wait>,
    /// Newest frame of the match.
    now: u32,
    welcomed: bool,
    /// Slices have been compared with the map's beginning.
    compared: bool,
    pub(crate) held: bool,
    pub(crate) epoch: u8,
    /// Of the player.
    pub(crate) generation: u32,
    /// There is a `crowd`.
    crowded: bool,
    /// Newest frame sent, and newest acknowledged one.
    newest: u32,
    acked: u32,
    /// Frame from which on nothing is known to get lost any more, so that what was sent may be taken to arrive.
    trusted: u32,
    opened: u32,
    /// Bytes; whole frames a second; frames between snapshots at rest.
    bucket: i32,
    most: i32,
    idle: u32,
    budget: i32,
    /// Number in the match of the input that has number 0 on the wire, and of the newest one taken.
    pub(crate) origin: u32,
    pub(crate) latest: u32,
    on_way: Vec<Tag>,
    /// Last request answered.
    request: Option<u8>,
    answer: u8,
    /// Which records wait but slices.
    small: u128,
    past: Past,
    told: OwnTold,
    flights: Vec<Flight>,
    /// Serial numbers of the clouds, by their numbers on the wire.
    clouds: Vec<u32>,
    /// Which slices wait, once there are more than [`CROWD`] records; empty while there are fewer.
    crowd: Vec<u64>,
    pub(crate) stats: Counts,
}

const _: () = assert!(size_of::<usize>() != 8 || core::mem::offset_of!(Link, crowded) < 64);

/// What an acknowledgement turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Acked {
    pub(crate) stale: bool,
    pub(crate) lied: bool,
    /// Newest frame that the client has, as far as it can be believed.
    pub(crate) newest: Option<u32>,
}

impl Link {
    /// `origin` is the number in the match of the newest input that the player has sent so far.
    pub(crate) fn new(epoch: u8, generation: u32, def: &NetDef, tick_rate: u32, origin: u32) -> Link {
        let frames = (tick_rate / def.step(tick_rate)).max(1) as i32;
        let budget = def.budget as i32;
        let mut link = Link {
            epoch,
            generation,
            held: false,
            welcomed: false,
            compared: false,
            request: None,
            answer: 0,
            budget,
            bucket: 0,
            most: budget * frames,
            idle: (frames as u32 / def.idle_rate).clamp(1, RING - 2),
            now: 0,
            opened: NEVER,
            newest: NEVER,
            acked: NEVER,
            trusted: 0,
            origin,
            latest: origin,
            past: Past::default(),
            small: 0,
            crowd: Vec::new(),
            crowded: false,
            waiting: Vec::new(),
            on_way: Vec::new(),
            messages: Vec::new(),
            told: NOTHING_TOLD,
            flights: Vec::new(),
            clouds: Vec::new(),
            stats: Counts::default(),
        };
        link.begin(epoch, origin);
        link
    }

    /// Begins a new epoch: nothing has been told.
    pub(crate) fn begin(&mut self, epoch: u8, origin: u32) {
        self.epoch = epoch & 3;
        (self.welcomed, self.compared) = (false, false);
        (self.request, self.answer) = (None, 0);
        self.bucket = self.most;
        (self.opened, self.newest, self.acked) = (NEVER, NEVER, NEVER);
        self.trusted = 0;
        (self.origin, self.latest) = (origin, origin);
        self.past = Past::default();
        self.small = 0;
        self.disperse();
        self.waiting.clear();
        self.on_way.clear();
        self.messages.clear();
        self.told = NOTHING_TOLD;
        self.flights.clear();
        self.clouds.clear();
    }

    /// Bytes in memory.
    pub(crate) fn memory(&self) -> usize {
        size_of::<Link>()
            + self.crowd.capacity() * size_of::<u64>()
            + self.waiting.capacity() * size_of::<Wait>()
            + self.on_way.capacity() * size_of::<Tag>()
            + self.messages.capacity() * size_of::<Message>()
            + self.flights.capacity() * size_of::<Flight>()
            + self.clouds.capacity() * size_of::<u32>()
    }

    pub(crate) fn stats(&self) -> LinkStats {
        let Counts { bytes, frames, acked, lost, false_acks, bad_messages, stale } = self.stats;
        let (level, memory) = (self.bucket, self.memory());
        LinkStats { bytes, frames, acked, lost, false_acks, bad_messages, stale, level, memory }
    }

    /// Asks for what is needed to be told something, or for all that is looked at to write.
    #[inline]
    pub(crate) fn ask(&self, writes: bool) {
        crate::simd::ask(self, 0..if writes { size_of::<Link>() } else { 1 });
    }

    /// Asks for where the next message goes; if the link is to write, or may learn of a slice, for what waits; and if it is to
    /// write, for what is on its way.
    #[inline]
    pub(crate) fn ask_lists(&self, writes: bool, learns: bool) {
        crate::simd::ask_at(self.messages.as_ptr().wrapping_add(self.messages.len()));
        if writes || learns {
            crate::simd::ask_at(self.waiting.as_ptr());
        }
        if writes {
            crate::simd::ask_at(self.messages.as_ptr());
            crate::simd::ask_at(self.on_way.as_ptr());
        }
    }

    /// Something of this tick that the player learns: [`message_of`] it.
    #[inline]
    pub(crate) fn tell(&mut self, message: Message) {
        if self.welcomed {
            self.push(message);
        }
    }

    /// Something of this tick that the player hears.
    pub(crate) fn hear(&mut self, heard: &Heard) {
        if !self.welcomed || heard.gain == 0 {
            return;
        }
        let own = heard.flags & own::OWN != 0;
        let direction = if own { 0 } else { heard.aim.wrapping_add(heard.bearing) & 63 };
        self.push(Message {
            slots: own.into(),
            at: (direction.into(), heard.cutoff.min(63).into()),
            value: heard.gain.into(),
            what: heard.kind,
            ..Message::new(event::SOUND, heard.tick)
        });
    }

    /// The player knows otherwise of a slice than before: `knew` is the health known so far, 1/64 points.
    pub(crate) fn learn(&mut self, geometry: &Geometry, slice: u16, knew: u16) {
        if self.welcomed {
            let told = if self.compared { level_of(knew, geometry.max_health[usize::from(slice)]) } else { AT_FIRST };
            self.mark_slice(slice, told, self.now);
        }
    }

    fn push(&mut self, message: Message) {
        if self.messages.len() >= MESSAGES {
            let first = self.messages.iter().position(|m| m.kind & 128 != 0).unwrap_or(0);
            self.messages.remove(first);
        }
        if self.messages.len() == self.messages.capacity() {
            self.messages.reserve_exact(MESSAGES / 12);
        }
        self.messages.push(message);
    }

    /// The client could take a frame for an older one: after so long a silence an epoch must begin.
    pub(crate) fn is_lost_in_time(&self, frame: u32) -> bool {
        !self.held && self.welcomed && frame.wrapping_sub(self.newest) > LONGEST_SILENCE
    }

    /// Whether a welcome of this epoch has gone out.
    pub(crate) fn is_opened(&self) -> bool {
        self.opened != NEVER
    }

    /// Lets a record wait that is none of slices, unless it does.
    #[inline(never)]
    fn mark(&mut self, key: u16, since: u32) {
        let bit = 1 << (key - key::SMALL);
        if self.small & bit == 0 {
            self.small |= bit;
            self.await_turn(Wait { key, frame: since as u16, told: 0 });
        }
    }

    /// Lets a slice wait of which the client has a level, unless it does.
    fn mark_slice(&mut self, slice: u16, told: u8, since: u32) {
        if !self.slice_waits(slice) {
            self.await_turn(Wait { key: slice, frame: since as u16, told });
        }
    }

    #[inline]
    fn slice_waits(&self, slice: u16) -> bool {
        if !self.crowded {
            return self.waiting.iter().any(|wait| wait.key == slice);
        }
        self.crowd.get(usize::from(slice / 64)).is_some_and(|word| word >> (slice % 64) & 1 == 1)
    }

    #[inline(never)]
    fn await_turn(&mut self, wait: Wait) {
        grow(&mut self.waiting, 8);
        self.waiting.push(wait);
        if self.waiting.len() > CROWD || self.crowded {
            self.crowd_in();
        }
    }

    /// Slices that wait are told by bits from now on.
    #[cold]
    fn crowd_in(&mut self) {
        let all = if self.crowded { &self.waiting[self.waiting.len() - 1..] } else { &self.waiting[..] };
        for slice in all.iter().map(|wait| wait.key).filter(|key| *key < key::SMALL) {
            let at = usize::from(slice / 64);
            if self.crowd.len() <= at {
                self.crowd.resize(at + 1, 0);
            }
            self.crowd[at] |= 1 << (slice % 64);
        }
        self.crowded = !self.crowd.is_empty();
    }

    /// No slice waits any more.
    fn disperse(&mut self) {
        self.crowd.clear();
        self.crowded = false;
    }

    fn waits(&self, key: u16) -> bool {
        self.small >> (key - key::SMALL) & 1 == 1
    }

    /// Takes an acknowledgement of the current epoch.
    pub(crate) fn acknowledge(&mut self, ack: Ack) -> Acked {
        if self.newest == NEVER {
            return Acked { lied: true, ..Acked::default() };
        }
        let newest = nearest_frame(ack.newest.into(), self.newest);
        let mut result = Acked::default();
        if newest > self.newest || newest < self.opened {
            // Ahead of what was sent, or 4,096 frames old.
            result.lied = true;
            return result;
        }
        result.newest = Some(newest);
        if !self.welcomed {
            self.welcomed = true;
            self.bucket = self.most;
        }
        if self.now - newest >= RING {
            result.stale = true;
            return result;
        }
        if self.acked != NEVER && newest < self.acked {
            result.stale = true;
            return result;
        }
        // Of the frames up to the newest: bit i is that of i frames before.
        let beyond = (if ack.long { 31 } else { 8 }).min(newest - self.opened).min(RING - 1 - (self.now - newest));
        let asked = u32::MAX >> (RING - 1 - beyond);
        let place = |frames: u32| frames.reverse_bits().rotate_left((newest + 1) % RING);
        let (yes, no) = (place(asked & (ack.mask << 1 | 1)), place(asked & !(ack.mask << 1 | 1)));
        let past = &mut self.past;
        // A welcome is answered once, however many came.
        let lost = past.open & no & !past.welcomes;
        let taken = past.open & yes;
        let given_up = past.sent & !past.open & !past.taken & !past.welcomes;
        result.lied = yes & (!past.sent | given_up) != 0;
        past.open &= !(yes | no);
        past.taken |= taken;
        if past.taken & Past::bit(newest) != 0 {
            self.acked = newest;
        }
        self.stats.acked += taken.count_ones();
        self.stats.lost += lost.count_ones();
        if lost != 0 {
            self.trusted = self.now + DISTRUST;
        }
        self.settle(taken, lost);
        result
    }

    /// What went out in the frames of these ring places has arrived, or has not.
    fn settle(&mut self, taken: u32, lost: u32) {
        if taken | lost == 0 {
            return;
        }
        let bit = |frame: u16| 1u32 << (u32::from(frame) % RING);
        let mut i = 0;
        while i < self.on_way.len() {
            let tag = self.on_way[i];
            if (taken | lost) & bit(tag.frame) == 0 {
                i += 1;
                continue;
            }
            self.on_way.swap_remove(i);
            if lost & bit(tag.frame) != 0 {
                self.lose(tag);
            }
        }
        self.messages.retain_mut(|m| {
            if m.kind & 128 == 0 {
                return true;
            }
            if lost & bit(m.sent) != 0 {
                m.kind &= 127;
            }
            taken & bit(m.sent) == 0 || m.kind & 128 == 0
        });
    }

    /// A record that was sent is not there.
    fn lose(&mut self, tag: Tag) {
        let age = (self.now as u16).wrapping_sub(tag.frame);
        let since = self.now.wrapping_sub(age.into());
        if tag.key >= key::SMALL {
            self.mark(tag.key, since);
        } else if self.slice_waits(tag.key) {
            let waits = self.waiting.iter_mut().find(|wait| wait.key == tag.key);
            waits.into_iter().for_each(|wait| wait.told = UNCERTAIN);
        } else {
            self.mark_slice(tag.key, UNCERTAIN, since);
        }
    }

    /// Whether a request is a new one, and not one that was overtaken.
    pub(crate) fn is_new_request(&self, number: u8) -> bool {
        self.request.is_none_or(|last| number.wrapping_sub(last) as i8 > 0)
    }

    /// 0 done, 1 not now, 2 not allowed.
    pub(crate) fn answer_request(&mut self, number: u8, result: u8) {
        (self.request, self.answer) = (Some(number), result);
        self.mark(key::ANSWER, self.now);
    }

    /// The client wants its place to the bit.
    pub(crate) fn want_exact(&mut self) {
        if self.welcomed {
            self.mark(key::EXACT, self.now);
        }
    }

    /// Writes what is due in this frame, if anything is: whole bytes at the end of `out`.
    pub(crate) fn write(&mut self, scope: &Scope<'_>, out: &mut Vec<u8>) {
        let frame = scope.frame;
        self.past.pass(self.now, frame);
        self.now = frame;
        self.bucket = (self.bucket + self.budget).min(self.most);
        self.expire(scope);
        if self.held {
            return;
        }
        if !self.welcomed {
            self.write_welcome(scope, out);
            return;
        }
        if !self.compared {
            self.compare(scope);
        }
        self.note_own(scope);
        self.note_flights(scope);
        self.note_clouds(scope);
        self.sift(scope);
        let Some(entries) = scope.entries(frame) else { return };
        let entries = &*entries;
        let own = 1u8 << scope.viewer;
        let decoy = scope.decoy.and_then(|decoy| decoy.entry(frame)).map_or(0, |(slot, _)| 1u8 << slot);
        let mask = (scope.knowledge.knows[scope.viewer] | own | decoy) & scope.state.joined;
        let (all, need) = self.unsent();
        if all == 0 && !self.is_due(scope, entries, mask) {
            return;
        }
        let start = out.len();
        let mut w = Writer::new(out);
        let input = scope.state.last_sequence[scope.viewer].wrapping_sub(self.origin) as u8;
        let base = self.write_players(scope, entries, mask, input, &mut w);
        let (records, messages) = self.choose(scope, w.bits(), all, need);
        self.write_records(scope, records, &mut w);
        self.write_messages(scope, entries, mask, messages, &mut w);
        w.finish();
        self.sent(frame, Sent { base, mask, input }, false, out.len() - start);
    }

    fn sent(&mut self, frame: u32, sent: Sent, welcome: bool, bytes: usize) {
        self.past.put(frame, sent, welcome);
        self.newest = frame;
        self.bucket = (self.bucket - bytes as i32).max(-self.most);
        self.stats.frames += 1;
        self.stats.bytes += bytes as u64;
    }

    #[cold]
    fn write_welcome(&mut self, scope: &Scope<'_>, out: &mut Vec<u8>) {
        let start = out.len();
        let state = scope.state;
        let welcome = Welcome {
            epoch: self.epoch,
            map: scope.map.hash(),
            rules_hash: scope.rules.hash,
            frame: scope.frame,
            tick_rate: scope.rules.tick_rate,
            step: scope.step,
            slot: scope.viewer as u8,
            slices: scope.map.geometry().slice_count.max(1) as u32,
            kill_target: state.kill_target.into(),
            rules: ClientRules::of(&scope.rules.rules),
        };
        let mut w = Writer::new(out);
        welcome.write(&mut w);
        w.finish();
        if self.opened == NEVER {
            self.opened = scope.frame;
        }
        self.sent(scope.frame, Sent::default(), true, out.len() - start);
    }

    /// Gives up what is too old to be acknowledged, and messages that nobody needs any more.
    fn expire(&mut self, scope: &Scope<'_>) {
        let old = |frame: u16| u32::from((scope.frame as u16).wrapping_sub(frame)) >= RING;
        let mut i = 0;
        while i < self.on_way.len() {
            if old(self.on_way[i].frame) {
                let tag = self.on_way.swap_remove(i);
                self.lose(tag);
            } else {
                i += 1;
            }
        }
        let (tick, most) = (scope.state.tick, scope.rules.tick_rate / 2);
        self.messages.retain(|m| if m.kind & 128 != 0 { !old(m.sent) } else { tick.saturating_sub(m.tick) < most });
    }

    /// Every slice that the player knows otherwise than as the map's beginning.
    #[cold]
    fn compare(&mut self, scope: &Scope<'_>) {
        self.compared = true;
        let geometry = scope.map.geometry();
        let mut memory = scope.knowledge.memories(scope.viewer).into_iter().flat_map(Memories::iter).peekable();
        for s in 0..geometry.slice_count {
            let slice = s as u16;
            let health = match memory.next_if(|(of, _)| *of == slice) {
                Some((_, health)) => health,
                None => scope.blocks[s / 64].health[s % 64],
            };
            if health != at_first(geometry, s)
                && level_of(health, geometry.max_health[s]) != level_at_first(geometry, slice)
            {
                self.mark_slice(slice, AT_FIRST, scope.frame);
            }
        }
    }

    /// Marks the player's own records, and the scores, that are otherwise than told.
    fn note_own(&mut self, scope: &Scope<'_>) {
        let (s, v) = (scope.state, scope.viewer % PLAYERS);
        if *scope.scores != self.told.scores {
            for slot in MatchState::slots(scope.scores.differ(&self.told.scores)) {
                self.mark(key::SCORE + slot as u16, scope.frame);
            }
        }
        if teams(s) != self.told.teams {
            self.mark(key::TEAMS, scope.frame);
        }
        for place in 0..INVENTORY {
            let (is, told) = (item(s, v, place), self.told.places[place]);
            if is == told {
                continue;
            }
            let place = place as u16;
            let only_rounds = (is ^ told) & !0xFFFF00 == 0;
            if only_rounds && !self.waits(key::PLACE + place) {
                self.mark(key::ROUNDS + place, scope.frame);
            } else {
                self.mark(key::PLACE + place, scope.frame);
            }
        }
        let hands = hands(scope);
        if self.differ(scope, hands) {
            self.mark(key::HANDS, scope.frame);
        }
        if life(scope) != self.told.life {
            self.mark(key::LIFE, scope.frame);
        }
        if s.flash[v] > 0.0 && (s.flash_tick[v], s.flash[v].to_bits()) != self.told.flash && is_dazzled(scope) {
            self.mark(key::FLASH, scope.frame);
        }
        if s.alive >> v & 1 == 1 && s.spawn_tick[v] != self.told.spawn_tick {
            self.mark(key::EXACT, scope.frame);
        }
    }

    /// Whether hands are otherwise than the client takes them to be.
    fn differ(&self, scope: &Scope<'_>, is: Hands) -> bool {
        let told = self.told.hands;
        if (Hands { heat: told.heat, ..is }) != told {
            return true;
        }
        let rate = scope.rules.tick_rate as i32;
        let fallen =
            if told.silence_end > scope.state.tick { 0 } else { (scope.state.tick - self.told.heat_tick) as i32 };
        let taken = (i32::from(told.heat) * rate - fallen.saturating_mul(10)).max(0);
        let heat = i32::from(is.heat) * rate;
        (heat - taken).abs() > rate
    }

    #[inline]
    fn note_flights(&mut self, scope: &Scope<'_>) {
        let known = scope.knowledge.flights[scope.viewer % PLAYERS] & scope.state.flying;
        if known != 0 || self.flights.iter().any(|f| f.serial != 0) {
            self.follow_flights(scope, known);
        }
    }

    #[inline(never)]
    fn follow_flights(&mut self, scope: &Scope<'_>, known: u64) {
        let s = scope.state;
        let mut met = 0u64;
        // New ones in the order of their launches: lanes are taken as they are free, and would tell of others.
        let mut fresh = 0u64;
        let mut left = known;
        while left != 0 {
            let lane = left.trailing_zeros() as usize;
            left &= left - 1;
            let Some(number) = self.flights.iter().position(|f| f.serial == s.number[lane]) else {
                fresh |= 1 << lane;
                continue;
            };
            met |= 1 << number;
            let key = key::PROJECTILE + number as u16;
            let flight = &mut self.flights[number];
            flight.lane = lane as u8;
            let seconds = (s.tick - flight.tick) as f32 / scope.rules.tick_rate as f32;
            let (x, y) = flight.motion.after(seconds, scope.rules.rules.throws.friction);
            let (dx, dy) = (x - s.px[lane], y - s.py[lane]);
            if dx * dx + dy * dy > 0.25 {
                self.mark(key, scope.frame);
            }
        }
        while fresh != 0 {
            let lanes = (0..PROJECTILES).filter(|lane| fresh >> lane & 1 == 1);
            let Some(lane) = lanes.min_by_key(|lane| s.number[*lane]) else { break };
            fresh &= !(1 << lane);
            let mut free = (0..self.flights.len()).filter(|i| met >> i & 1 == 0);
            // At worst the number of one that has ended just now: the record says what flies under it.
            let number = match free.clone().find(|i| self.flights[*i].serial == 0) {
                Some(number) => number,
                None if self.flights.len() < PROJECTILES => self.flights.len(),
                None => match free.next() {
                    Some(number) => number,
                    None => break,
                },
            };
            let said = self.flights.get(number).is_some_and(|f| f.said);
            let (serial, motion) = (s.number[lane], Motion::default());
            let flight = Flight { serial, tick: 0, motion, lane: lane as u8, said };
            if number == self.flights.len() {
                self.flights.push(flight);
            } else {
                self.flights[number] = flight;
            }
            met |= 1 << number;
            self.mark(key::PROJECTILE + number as u16, scope.frame);
        }
        for number in 0..self.flights.len() {
            if met >> number & 1 == 0 && self.flights[number].serial != 0 {
                self.flights[number].serial = 0;
                self.mark(key::PROJECTILE + number as u16, scope.frame);
            }
        }
    }

    #[inline]
    fn note_clouds(&mut self, scope: &Scope<'_>) {
        if scope.state.clouds == 0 {
            self.clouds.clear();
        } else {
            self.follow_clouds(scope);
        }
    }

    #[inline(never)]
    fn follow_clouds(&mut self, scope: &Scope<'_>) {
        let s = scope.state;
        let lanes = || (0..CLOUDS).filter(|lane| s.clouds >> lane & 1 == 1);
        // New ones in the order in which they rose.
        let mut last = 0;
        loop {
            let unknown = lanes().map(|lane| s.cloud_number[lane]).filter(|serial| !self.clouds.contains(serial));
            let Some(serial) = unknown.filter(|serial| *serial > last).min() else { return };
            last = serial;
            let free = self.clouds.iter().position(|known| !lanes().any(|l| s.cloud_number[l] == *known));
            let number = free.unwrap_or(self.clouds.len());
            if number == self.clouds.len() {
                self.clouds.push(serial);
            } else {
                self.clouds[number] = serial;
            }
            self.mark(key::CLOUD + number as u16, scope.frame);
        }
    }

    /// Takes out of the list what is as the client has it, or is no more.
    fn sift(&mut self, scope: &Scope<'_>) {
        if self.waiting.is_empty() {
            return;
        }
        let Link { waiting, crowd, small, flights, clouds, .. } = self;
        let (s, geometry) = (scope.state, scope.map.geometry());
        waiting.retain(|tag| {
            if tag.key < key::SMALL {
                let told = if tag.told == AT_FIRST { level_at_first(geometry, tag.key) } else { tag.told };
                let keep = level(scope, tag.key) != told;
                if !keep {
                    leave(crowd, tag.key);
                }
                return keep;
            }
            let keep = match tag.key {
                key::ROUNDS..key::HANDS => *small >> (tag.key - key::ROUNDS + key::PLACE - key::SMALL) & 1 == 0,
                key::FLASH => is_dazzled(scope),
                key::EXACT => s.alive >> scope.viewer & 1 == 1,
                key::PROJECTILE..key::CLOUD => {
                    flights.get(usize::from(tag.key - key::PROJECTILE)).is_some_and(|f| f.serial != 0 || f.said)
                }
                key::CLOUD..key::END => {
                    clouds.get(usize::from(tag.key - key::CLOUD)).is_some_and(|serial| cloud_lane(s, *serial).is_some())
                }
                _ => true,
            };
            if !keep {
                *small &= !(1 << (tag.key - key::SMALL));
            }
            keep
        });
        if waiting.is_empty() {
            self.disperse();
        }
    }

    fn is_due(&self, scope: &Scope<'_>, entries: &[Entry; PLAYERS], mask: u8) -> bool {
        if !self.waiting.is_empty() {
            return true;
        }
        let back = scope.frame.wrapping_sub(self.newest);
        let Some(last) = self.past.snapshot(self.newest).filter(|_| back < self.idle) else { return true };
        if last.mask != mask {
            return true;
        }
        let Some(before) = scope.entries(self.newest) else { return true };
        MatchState::slots(mask).any(|slot| {
            let (is, was) = (entries[slot], before[slot]);
            if slot == scope.viewer { is.faceless() != was.faceless() } else { is != was }
        })
    }

    /// The frame to write against: the newest acknowledged one; or, where nothing has got lost for a while, the newest
    /// one sent, which is on its way. Should it get lost after all, the client drops what stands on it, and says so.
    fn base_frame(&self, frame: u32) -> u32 {
        let trusts = self.acked != NEVER && frame >= self.trusted && frame - self.acked < SILENCE;
        if trusts { self.newest } else { self.acked }
    }

    /// Header and entries; returns the frames back to the base.
    fn write_players(
        &self,
        scope: &Scope<'_>,
        entries: &[Entry; PLAYERS],
        mask: u8,
        input: u8,
        w: &mut Writer<'_>,
    ) -> u8 {
        let (frame, s, v) = (scope.frame, scope.state, scope.viewer % PLAYERS);
        let at = |at: u32| self.past.snapshot(at).filter(|_| at != NEVER && frame.wrapping_sub(at) < RING);
        // The base, its entries, the frames to it.
        let newest = self.base_frame(frame);
        let base = at(newest).and_then(|sent| scope.entries(newest).map(|known| (sent, known)));
        let base = base.as_ref().map(|(sent, known)| (*sent, &**known));
        let back = base.map_or(0, |_| frame - newest);
        let (per_second, tick_rate) = (scope.rules.rules.input.per_second, scope.rules.tick_rate);
        let lived = if back == 1 { scope.lived } else { inputs_of(back, scope.step, per_second, tick_rate) };
        let expected = base.map(|(sent, _)| sent.input.wrapping_add(lived as u8));
        let known = base.map_or(0, |(sent, _)| sent.mask);
        let slots = (mask != known).then_some(mask);
        write_header(w, self.epoch, frame, back, input, expected, s.debt[v].min(15), slots);
        // The base's base.
        let past = base.filter(|(sent, _)| sent.base > 0).and_then(|(sent, _)| {
            let frame_then = newest - u32::from(sent.base);
            at(frame_then).and_then(|then| scope.entries(frame_then).map(|old| (then.mask, old)))
        });
        let past = past.as_ref().map(|(mask, old)| (*mask, &**old));
        // Those whose entries are as everybody's: a decoy's are not.
        let shared = match (scope.shared, base, past) {
            (Some(shared), Some((sent, _)), Some((then, _)))
                if back == 1 && sent.base == 1 && scope.decoy.is_none() =>
            {
                Some((shared, known & then & !(1u8 << v)))
            }
            _ => None,
        };
        let strides = if back == 1 { *scope.strides } else { strides_of(scope.rules, lived) };
        for slot in MatchState::slots(mask) {
            if let Some((Shared(bits), _)) = shared.filter(|(_, with)| with >> slot & 1 == 1) {
                w.bits64(bits[slot]);
                continue;
            }
            let is = entries[slot];
            let before = base.filter(|_| known >> slot & 1 == 1).map(|(sent, before)| {
                let was = before[slot];
                let predicted = match past {
                    Some((mask, old)) if mask >> slot & 1 == 1 && was.alive() && old[slot].alive() => {
                        predicted(was, old[slot], back, sent.base.into())
                    }
                    _ => (was.x(), was.y()),
                };
                Before { was, predicted }
            });
            w.bits64(entry_bits(slot == v, is, before, &strides));
        }
        back as u8
    }

    /// Messages that are not on their way, as a mask, and their bits.
    fn unsent(&self) -> (u64, i32) {
        let (mut all, mut need) = (0, 0);
        for (i, message) in self.messages.iter().enumerate() {
            if message.kind & 128 == 0 {
                all |= 1 << i;
                need += message_bits(message);
            }
        }
        (all, need)
    }

    /// What goes with this snapshot: the first so many of the waiting records, and a mask of messages.
    /// `all`, `need`: as [`Link::unsent`] has them.
    fn choose(&mut self, scope: &Scope<'_>, used: usize, all: u64, mut need: i32) -> (usize, u64) {
        let room = (ON_WAY - self.on_way.len().min(ON_WAY)).min(self.waiting.len());
        let used = used as i32;
        let free = (self.bucket * 8 - used).min(CAP * 8 - used);
        for tag in &self.waiting {
            need += record_bits(tag.key);
        }
        if need <= free && room == self.waiting.len() {
            self.waiting.sort_unstable_by_key(|tag| tag.key);
            return (room, all);
        }
        self.ration(scope, free, CAP * 8 - used, room, all)
    }

    /// The most urgent: what has waited for 200 ms up to `cap`, the rest up to `free`, bits.
    #[cold]
    fn ration(&mut self, scope: &Scope<'_>, free: i32, cap: i32, room: usize, all: u64) -> (usize, u64) {
        let step = scope.step;
        // One frame earlier, for the next is too late.
        let overdue = scope.rules.tick_rate / 5;
        let urgency = |weight: f32, at: Option<(f32, f32)>, age: u32| {
            let (x, y) = (scope.state.x[scope.viewer], scope.state.y[scope.viewer]);
            let near = at.map_or(1.0, |(px, py)| {
                let (dx, dy) = (px - x, py - y);
                1.0 / (1.0 + (dx * dx + dy * dy).sqrt() * (1.0 / 100.0))
            });
            let due = if age + step > overdue { 1.0e6 } else { 0.0 };
            due + weight * near * (1 + age) as f32
        };
        let geometry = scope.map.geometry();
        let of_record = |tag: &Wait| {
            let age = u32::from((scope.frame as u16).wrapping_sub(tag.frame)) * step;
            let at = (tag.key < key::SMALL).then(|| {
                let slice = usize::from(tag.key);
                (geometry.x0[slice], geometry.y0[slice])
            });
            urgency(record_weight(tag.key), at, age)
        };
        let of_message = |m: &Message| {
            let at = (m.kind != event::SOUND && m.at != NOWHERE)
                .then(|| (f32::from(m.at.0) / 16.0, f32::from(m.at.1) / 16.0));
            urgency(message_weight(m), at, scope.state.tick - m.tick)
        };
        self.waiting.sort_unstable_by(|a, b| of_record(b).total_cmp(&of_record(a)).then(a.key.cmp(&b.key)));
        let (mut records, mut chosen, mut spent) = (0, 0u64, 0);
        loop {
            let record = self.waiting.get(records).filter(|_| records < room).map(of_record);
            let mut best: Option<(f32, usize)> = None;
            for (i, m) in self.messages.iter().enumerate().filter(|(i, _)| (all & !chosen) >> i & 1 == 1) {
                let value = of_message(m);
                if best.is_none_or(|(most, _)| value > most) {
                    best = Some((value, i));
                }
            }
            let (value, bits, message) = match (record, best) {
                (Some(value), Some((other, i))) if other > value => (other, message_bits(&self.messages[i]), Some(i)),
                (Some(value), _) => (value, record_bits(self.waiting[records].key), None),
                (None, Some((other, i))) => (other, message_bits(&self.messages[i]), Some(i)),
                (None, None) => break,
            };
            if spent + bits > if value >= 1.0e6 { cap } else { free } {
                break;
            }
            spent += bits;
            match message {
                Some(i) => chosen |= 1 << i,
                None => records += 1,
            }
        }
        self.waiting[..records].sort_unstable_by_key(|tag| tag.key);
        (records, chosen)
    }

    /// Writes the first so many of the waiting records, which are in the order of their keys.
    fn write_records(&mut self, scope: &Scope<'_>, count: usize, w: &mut Writer<'_>) {
        if !w.flag(count > 0) {
            return;
        }
        let slices = self.waiting[..count].partition_point(|tag| tag.key < key::SMALL);
        let on_way_before = self.on_way.len();
        if slices > 0 {
            let crowd = &mut self.crowd;
            let said = self.waiting[..slices].iter().map(|tag| {
                leave(crowd, tag.key);
                (tag.key, level(scope, tag.key))
            });
            write_slices(w, said);
            w.flag(slices < count);
        }
        for i in slices..count {
            let key = self.waiting[i].key;
            self.small &= !(1 << (key - key::SMALL));
            self.record(scope, key).write(w);
            w.flag(i + 1 < count);
        }
        // What is said now stands for what was said before under the same key.
        for i in 0..count {
            let key = self.waiting[i].key;
            let rounds = if (key::PLACE..key::ROUNDS).contains(&key) { key - key::PLACE + key::ROUNDS } else { key };
            let mut old = 0;
            while old < self.on_way.len().min(on_way_before) {
                if self.on_way[old].key == key || self.on_way[old].key == rounds {
                    self.on_way[old].key = u16::MAX;
                }
                old += 1;
            }
            grow(&mut self.on_way, 8);
            self.on_way.push(Tag { key, frame: scope.frame as u16 });
        }
        self.on_way.retain(|tag| tag.key != u16::MAX);
        self.waiting.drain(..count);
        if self.waiting.is_empty() {
            self.disperse();
        }
    }

    /// A small record as it is now, which is what has been told from now on.
    #[inline(never)]
    fn record(&mut self, scope: &Scope<'_>, key: u16) -> Record {
        let (s, v) = (scope.state, scope.viewer % PLAYERS);
        let until = |end: u32| end.saturating_sub(s.tick);
        match key {
            key::SCORE..key::TEAMS => {
                let slot = usize::from(key - key::SCORE);
                self.told.scores.take(scope.scores, slot);
                let bit = |mask: u8| mask >> slot & 1 == 1;
                let there = (bit(s.blue), bit(s.alive), s.kills[slot].into(), s.deaths[slot].into());
                Record::Score { slot: slot as u8, there: bit(s.joined).then_some(there) }
            }
            key::TEAMS => {
                self.told.teams = teams(s);
                let winner = (s.over != 0).then_some(s.winner);
                Record::Teams { red: s.team_kills[0].into(), blue: s.team_kills[1].into(), winner }
            }
            key::PLACE..key::ROUNDS => {
                let place = usize::from(key - key::PLACE);
                self.told.places[place] = item(s, v, place);
                let weapon = s.weapon[place][v];
                let item = (weapon, s.ammo[place][v].into(), s.reserve[place][v].into());
                Record::Place { place: place as u8, item: (weapon < NO_ARM).then_some(item) }
            }
            key::ROUNDS..key::HANDS => {
                let place = usize::from(key - key::ROUNDS);
                self.told.places[place] = item(s, v, place);
                Record::Rounds { place: place as u8, rounds: s.ammo[place][v].into() }
            }
            key::HANDS => {
                let hands = hands(scope);
                (self.told.hands, self.told.heat_tick) = (hands, s.tick);
                Record::Hands {
                    place: hands.place,
                    charge: hands.charge,
                    reload: until(hands.reload_end),
                    heat: hands.heat,
                    silence: until(hands.silence_end),
                }
            }
            key::LIFE => {
                self.told.life = life(scope);
                if s.alive >> v & 1 == 1 {
                    Record::Life { protected: until(s.invulnerable_until[v]), dead: None }
                } else {
                    let (respawn, killer) = death(scope);
                    Record::Life { protected: 0, dead: Some((until(respawn), killer)) }
                }
            }
            key::FLASH => {
                self.told.flash = (s.flash_tick[v], s.flash[v].to_bits());
                Record::Flash { age: scope.age(s.flash_tick[v]), intensity: s.flash[v] }
            }
            key::ANSWER => Record::Answer { number: self.request.unwrap_or(0), result: self.answer },
            key::EXACT => {
                self.told.spawn_tick = s.spawn_tick[v];
                Record::Exact { values: [s.x[v], s.y[v], s.vx[v], s.vy[v]] }
            }
            key::PROJECTILE..key::CLOUD => {
                let number = key - key::PROJECTILE;
                let flight = &mut self.flights[usize::from(number)];
                if flight.serial == 0 {
                    return Record::Projectile { number: number as u8, motion: None };
                }
                let lane = usize::from(flight.lane);
                let speed = |v: f32| libm::roundf(v * 16.0).clamp(-8192.0, 8191.0) as i16;
                flight.motion = Motion {
                    weapon: s.pweapon[lane],
                    own_team: s.pteam[lane] == s.blue >> v & 1,
                    at: (q16(s.px[lane], MOST.0), q16(s.py[lane], MOST.1)),
                    velocity: (speed(s.pvx[lane]), speed(s.pvy[lane])),
                };
                (flight.tick, flight.said) = (s.tick, true);
                Record::Projectile { number: number as u8, motion: Some(flight.motion) }
            }
            _ => {
                let number = key - key::CLOUD;
                let lane = cloud_lane(s, self.clouds[usize::from(number)]).unwrap_or(0);
                let at = (q16(s.cloud_x[lane], MOST.0), q16(s.cloud_y[lane], MOST.1));
                Record::Cloud { number: number as u8, at, age: scope.age(s.cloud_born[lane]) }
            }
        }
    }

    fn write_messages(
        &mut self,
        scope: &Scope<'_>,
        entries: &[Entry; PLAYERS],
        mask: u8,
        chosen: u64,
        w: &mut Writer<'_>,
    ) {
        w.flag(chosen != 0);
        let near = |slot: u8| (slot < 8 && mask >> slot & 1 == 1).then(|| entries[usize::from(slot)]);
        let (mut left, mut before) = (chosen, 0);
        while left != 0 {
            let message = &mut self.messages[left.trailing_zeros() as usize];
            left &= left - 1;
            let age = scope.age(message.tick);
            let mut bits = Bits::default();
            message.write(&mut bits, age, before, near);
            bits.flag(left != 0);
            w.bits64(bits);
            before = age;
            message.kind |= 128;
            message.sent = scope.frame as u16;
        }
    }
}

/// What keys move a player by in so many inputs.
pub(crate) fn strides_of(rules: &Tuned, inputs: u32) -> [(i32, i32); 4] {
    let movement = &rules.rules.movement;
    strides([movement.sneak, movement.walk, movement.run], inputs, rules.rules.input.per_second)
}

/// Inputs of a player's time that so many frames hold.
pub(crate) fn inputs_of(frames: u32, step: u32, per_second: u32, tick_rate: u32) -> u32 {
    frames * step * per_second / tick_rate.max(1)
}

/// Makes room for one more, in small steps: most links never need much, and in a storm there is time.
fn grow<T>(list: &mut Vec<T>, step: usize) {
    if list.len() == list.capacity() {
        list.reserve_exact(step + list.len() / 4);
    }
}

/// The level of a slice as the player knows it: 0 whole, 1 light, 2 medium, 3 heavy, 4 gone.
fn level(scope: &Scope<'_>, slice: u16) -> u8 {
    let s = usize::from(slice);
    let health = scope.knowledge.health(scope.viewer, slice, scope.blocks[s / 64].health[s % 64]);
    level_of(health, scope.map.geometry().max_health[s])
}

/// The level of a slice when the map begins.
fn level_at_first(geometry: &Geometry, slice: u16) -> u8 {
    let s = usize::from(slice);
    level_of(at_first(geometry, s), geometry.max_health[s])
}

fn level_of(health: u16, most: u16) -> u8 {
    let (health, most) = (u32::from(health) * 4, u32::from(most));
    u8::from(health <= most * 3) + u8::from(health <= most * 2) + u8::from(health <= most) + u8::from(health == 0)
}

/// Lines of the score: the same for all links of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scores {
    kills: [u16; PLAYERS],
    deaths: [u16; PLAYERS],
    joined: u8,
    blue: u8,
    alive: u8,
}

impl Scores {
    pub(crate) fn of(s: &MatchState) -> Scores {
        Scores { kills: s.kills, deaths: s.deaths, joined: s.joined, blue: s.blue & s.joined, alive: s.alive }
    }

    /// Slots whose lines differ.
    fn differ(&self, other: &Scores) -> u8 {
        let masks = (self.joined ^ other.joined) | (self.blue ^ other.blue) | (self.alive ^ other.alive);
        let differs = |slot: usize| self.kills[slot] != other.kills[slot] || self.deaths[slot] != other.deaths[slot];
        (0..PLAYERS).fold(masks, |mask, slot| mask | u8::from(differs(slot)) << slot)
    }

    /// Takes over a slot's line.
    fn take(&mut self, other: &Scores, slot: usize) {
        (self.kills[slot], self.deaths[slot]) = (other.kills[slot], other.deaths[slot]);
        let keep = !(1u8 << slot);
        self.joined = self.joined & keep | other.joined & !keep;
        self.blue = self.blue & keep | other.blue & !keep;
        self.alive = self.alive & keep | other.alive & !keep;
    }
}

fn teams(s: &MatchState) -> u64 {
    let winner = if s.over != 0 { 1 | u64::from(s.winner) << 1 } else { 0 };
    u64::from(s.team_kills[0]) | u64::from(s.team_kills[1]) << 16 | winner << 32
}

/// Weapon, rounds, reserve.
fn item(s: &MatchState, v: usize, place: usize) -> u64 {
    let (rounds, reserve) = (s.ammo[place][v], s.reserve[place][v]);
    u64::from(s.weapon[place][v]) | u64::from(rounds) << 8 | u64::from(reserve) << 24
}

/// Always inlined: compared with what was told, its bytes would be read four at a time just after they were written.
#[inline(always)]
fn hands(scope: &Scope<'_>) -> Hands {
    let (s, v, rules) = (scope.state, scope.viewer % PLAYERS, scope.rules);
    let end = |ticks: u16| if ticks > 0 { s.tick + u32::from(ticks) } else { 0 };
    let rate = rules.tick_rate as i32;
    let cold = s.heat[v] == 0 || rules.heat_limit == i32::MAX;
    let heat = if cold { 0 } else { ((s.heat[v] + rate / 2) / rate).clamp(0, 100) };
    Hands {
        place: s.hand[v],
        charge: if s.charge[v] == 0 { 0 } else { rules.charge_level(s.charge[v]).min(7) },
        heat: heat as u8,
        // After the end nothing is reloaded any more.
        reload_end: if s.over != 0 { 0 } else { end(s.reload[v]) },
        silence_end: end(s.silence[v]),
    }
}

/// Tick in which a respawn is granted, killer or 255.
fn death(scope: &Scope<'_>) -> (u32, u8) {
    let (s, v) = (scope.state, scope.viewer % PLAYERS);
    if s.placed >> v & 1 == 0 {
        return (0, u8::MAX);
    }
    (s.death_tick[v] + scope.rules.respawn_ticks, s.killer[v])
}

fn life(scope: &Scope<'_>) -> u64 {
    let (s, v) = (scope.state, scope.viewer % PLAYERS);
    if s.alive >> v & 1 == 1 {
        return s.invulnerable_until[v].into();
    }
    let (respawn, killer) = death(scope);
    u64::from(respawn) | u64::from(killer) << 32 | 1 << 62
}

fn is_dazzled(scope: &Scope<'_>) -> bool {
    crate::sim::impairment(scope.state, scope.rules, scope.viewer).visual > 0.0
}

/// A slice that waits no more.
#[inline]
fn leave(crowd: &mut [u64], slice: u16) {
    if let Some(word) = crowd.get_mut(usize::from(slice / 64)) {
        *word &= !(1 << (slice % 64));
    }
}

fn cloud_lane(s: &MatchState, serial: u32) -> Option<usize> {
    (0..CLOUDS).find(|lane| s.clouds >> lane & 1 == 1 && s.cloud_number[*lane] == serial)
}

/// About so many bits, rather more.
fn record_bits(key: u16) -> i32 {
    match key {
        0..key::SMALL => 14,
        key::SCORE..key::TEAMS => 26,
        key::TEAMS => 24,
        key::PLACE..key::ROUNDS => 35,
        key::ROUNDS..key::HANDS => 21,
        key::HANDS => 40,
        key::LIFE => 28,
        key::FLASH => 52,
        key::ANSWER => 16,
        key::EXACT => 133,
        key::PROJECTILE..key::CLOUD => 71,
        _ => 55,
    }
}

fn record_weight(key: u16) -> f32 {
    match key {
        0..key::SMALL => 1.0,
        key::SCORE..key::PLACE => 0.5,
        key::PLACE..key::FLASH | key::PROJECTILE..key::CLOUD => 2.0,
        _ => 4.0,
    }
}

fn message_bits(m: &Message) -> i32 {
    match m.kind & 127 {
        event::SOUND => 32,
        event::FIRED | event::IMPACT | event::EXPLODED => 48,
        event::DIED | event::BOUNCED => 46,
        event::HURT => 28,
        _ => 16,
    }
}

fn message_weight(m: &Message) -> f32 {
    match m.kind & 127 {
        event::HURT | event::DIED => 4.0,
        event::FIRED | event::EXPLODED | event::DENIED => 2.0,
        event::SOUND => 1.5,
        _ => 1.0,
    }
}

/// What is told, as it goes over the wire; `None` for what entries and records say already, and for what is told too
/// little of to say it.
pub(crate) fn message_of(told: &Told) -> Option<Message> {
    let Told { event: e, hidden: h, .. } = told;
    let kind = EventKind::from_number(e.kind)?;
    let slot = |slot: u8, bit: u8| if h & bit == 0 && slot < 8 { slot } else { NO_SLOT };
    let (actor, target) = (slot(e.actor, hidden::ACTOR), slot(e.target, hidden::TARGET));
    let weapon = if h & hidden::WEAPON == 0 && e.weapon < NO_ARM { e.weapon } else { NO_ARM };
    let at = if h & hidden::PLACE == 0 { (q16(e.x, MOST.0), q16(e.y, MOST.1)) } else { NOWHERE };
    let message = |kind: u8, first: u8, second: u8, at: Spot| Message {
        slots: first | second << 4,
        at,
        weapon,
        ..Message::new(kind, e.tick)
    };
    let denied = |what: u8| Some(Message { what, ..message(event::DENIED, NO_SLOT, NO_SLOT, NOWHERE) });
    match kind {
        EventKind::Fired if actor < 8 && at != NOWHERE && h & hidden::DIRECTION == 0 => {
            Some(Message { value: turn8(e.dx, e.dy).into(), ..message(event::FIRED, actor, NO_SLOT, at) })
        }
        EventKind::HitWall if at != NOWHERE => Some(Message { what: 1, ..message(event::IMPACT, actor, NO_SLOT, at) }),
        EventKind::Miss if at != NOWHERE => Some(message(event::IMPACT, actor, NO_SLOT, at)),
        EventKind::HitPlayer => {
            let (what, second) = if at == NOWHERE { (3, NO_SLOT) } else { (2, target) };
            Some(Message { what, ..message(event::IMPACT, actor, second, at) })
        }
        EventKind::PlayerDamaged if target < 8 => {
            let points = if h & hidden::DAMAGE == 0 { (e.value + POINT - 1) / POINT } else { 0 };
            let value = points.clamp(0, i32::from(u16::MAX)) as u16;
            Some(Message { value, ..message(event::HURT, target, actor, NOWHERE) })
        }
        EventKind::Died if target < 8 => Some(message(event::DIED, target, actor, at)),
        EventKind::Exploded if at != NOWHERE => Some(message(event::EXPLODED, actor, NO_SLOT, at)),
        EventKind::Bounced if at != NOWHERE => Some(message(event::BOUNCED, NO_SLOT, NO_SLOT, at)),
        EventKind::Launched if actor < 8 => Some(message(event::THROWN, actor, NO_SLOT, NOWHERE)),
        EventKind::FireRefused => denied(u8::from(e.aux != 0)),
        EventKind::RespawnDenied => denied(2),
        EventKind::Overheated => denied(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_small() {
        assert!(size_of::<Link>() <= 576, "{}", size_of::<Link>());
        assert_eq!((size_of::<Sent>(), size_of::<Flight>(), size_of::<Tag>(), size_of::<Wait>()), (3, 20, 4, 6));
    }

    #[test]
    fn levels_are_shares_of_full_health() {
        for (health, want) in [(400, 0), (301, 0), (300, 1), (201, 1), (200, 2), (101, 2), (100, 3), (1, 3), (0, 4)] {
            assert_eq!(level_of(health, 400), want, "{health}");
        }
        assert_eq!(level_of(u16::MAX, u16::MAX), 0);
    }
}
