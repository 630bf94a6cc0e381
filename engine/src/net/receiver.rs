//! The client's end, for reference, tests and tools: what a client knows after any messages, and what it sends.

use super::Entry;
use super::bits::{Read, Reader, bad};
use super::entry::{MOST, predicted, state_bit};
use super::format::{
    Ack, Farewell, INPUTS, Message, Motion, NO_ARM, NO_SLOT, NOWHERE, Record, Spot, Up, UpInput, Welcome, Wish, down,
    event, nearest_frame, read_spot,
};
use crate::rules::{Loadout, SoundKind, Team, Weapon};
use crate::world::state::MatchState;
use crate::world::{Buttons, Gait, InputCmd, PLAYERS};
use crate::{Result, Vec2};

/// Bytes of a host's message at most.
const DOWN_MOST: usize = 2048;
/// Frames kept for bases.
const FRAMES: u32 = 64;
/// Level of a slice that is as the map has it.
pub const AS_ON_MAP: u8 = 255;

/// What a message turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// A new epoch has begun.
    Welcome,
    /// [`Receiver::seen`] is up to this snapshot.
    Snapshot,
    /// The host has ended the link.
    Farewell(Farewell),
    /// Another epoch's, repeated, overtaken, or against a base that is not there: nothing has changed.
    Ignored,
}

/// A player whom one knows in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeenPlayer {
    /// px, exact to 1/16.
    pub position: Vec2,
    /// 1/256 turn clockwise from +x; 0 for oneself, who knows better.
    pub facing: u8,
    /// Percent of full health, rounded up.
    pub health: u8,
    /// In hand.
    pub weapon: Option<Weapon>,
    /// How the player moves.
    pub gait: Gait,
    /// Aims down sights.
    pub aiming: bool,
    /// Lives.
    pub alive: bool,
    /// Reloads.
    pub reloading: bool,
    /// Cannot be hurt.
    pub protected: bool,
}

/// A line of the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenScore {
    /// Side.
    pub team: Team,
    /// Lives.
    pub alive: bool,
    /// Kills of enemies.
    pub kills: u32,
    /// Deaths.
    pub deaths: u32,
}

/// A place of the own inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenItem {
    /// What is there.
    pub weapon: Weapon,
    /// In the magazine.
    pub rounds: u32,
    /// In reserve.
    pub reserve: u32,
}

/// The own hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeenHands {
    /// Place of the weapon in hand, 0 to 4.
    pub place: u8,
    /// Level of charge; 0: not held.
    pub charge: u8,
    /// Tick in which the reload ends; 0: none.
    pub reload_end: u32,
    /// Percent, in `heat_tick`; it falls by 10 a second but in the silence.
    pub heat: u8,
    /// See `heat`.
    pub heat_tick: u32,
    /// Tick in which the silence ends; 0: none.
    pub silence_end: u32,
}

/// The own life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeenLife {
    /// Tick from which one can be hurt; 0: already.
    pub protected_until: u32,
    /// Dead, and from which tick on a respawn is granted.
    pub respawn_at: Option<u32>,
    /// Slot of the killer.
    pub killer: Option<u8>,
}

/// A projectile as recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeenProjectile {
    /// What flies.
    pub weapon: Weapon,
    /// Of the own team.
    pub own_team: bool,
    /// px, in `tick`.
    pub position: Vec2,
    /// px/s, in `tick`.
    pub velocity: Vec2,
    /// Of the record.
    pub tick: u32,
    motion: Motion,
}

impl SeenProjectile {
    /// Where it is taken to be at a tick that is no earlier than the record's, px.
    pub fn at(&self, tick: u32, welcome: &Welcome) -> Vec2 {
        let seconds = tick.saturating_sub(self.tick) as f32 / welcome.tick_rate as f32;
        self.motion.after(seconds, welcome.rules.friction).into()
    }
}

/// A cloud.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeenCloud {
    /// px.
    pub position: Vec2,
    /// Tick in which it rose; it goes by the rules of the welcome.
    pub born: u32,
}

/// The own motion to the bit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeenExact {
    /// As of this tick.
    pub tick: u32,
    /// px.
    pub position: Vec2,
    /// px/s.
    pub velocity: Vec2,
}

/// Something that has happened, in which tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeenMessage {
    /// When.
    pub tick: u32,
    /// What.
    pub what: Happening,
}

/// What a message tells. Slots are 0 to 7, places px, directions 1/256 turn clockwise from +x.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Happening {
    /// `gain` in 1/255; `direction` in 1/64 turn, 0 for own ones; `cutoff` 0 to 63 (not muffled).
    Sound {
        own: bool,
        kind: SoundKind,
        gain: u8,
        direction: u8,
        cutoff: u8,
    },
    Fired {
        shooter: u8,
        weapon: Option<Weapon>,
        at: Vec2,
        direction: u8,
    },
    /// `what`: 0 nothing, 1 wall, 2 body, 3 a body that is not told.
    Impact {
        shooter: Option<u8>,
        weapon: Option<Weapon>,
        what: u8,
        at: Option<Vec2>,
        whose: Option<u8>,
    },
    Hurt {
        whose: u8,
        by: Option<u8>,
        weapon: Option<Weapon>,
        points: u16,
    },
    Died {
        who: u8,
        by: Option<u8>,
        weapon: Option<Weapon>,
        at: Option<Vec2>,
    },
    Exploded {
        weapon: Option<Weapon>,
        at: Vec2,
        thrower: Option<u8>,
    },
    Bounced {
        weapon: Option<Weapon>,
        at: Vec2,
    },
    Thrown {
        who: u8,
        weapon: Option<Weapon>,
    },
    /// `what`: 0 an empty click, 1 too soon to fire, 2 too soon to respawn, 3 overheated.
    Denied {
        what: u8,
    },
}

/// All that a client knows.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// How the epoch began.
    pub welcome: Welcome,
    /// Newest frame taken, and its tick.
    pub frame: u32,
    /// `frame` times the ticks a frame.
    pub tick: u32,
    /// Lowest bits of the number of the last input applied.
    pub input: u8,
    /// Inputs that held keys have stood in for.
    pub ahead: u8,
    /// By slot.
    pub players: [Option<SeenPlayer>; PLAYERS],
    /// By slice: 0 whole, 1 light, 2 medium, 3 heavy, 4 gone, or [`AS_ON_MAP`].
    pub levels: Vec<u8>,
    /// By slot.
    pub scores: [Option<SeenScore>; PLAYERS],
    /// Red's, blue's.
    pub team_kills: [u32; 2],
    /// The match is over: 0 red has won, 1 blue, 2 nobody.
    pub winner: Option<u8>,
    /// The own inventory.
    pub items: [Option<SeenItem>; 5],
    /// The own hands.
    pub hands: SeenHands,
    /// The own life.
    pub life: SeenLife,
    /// Tick and intensity, above 0 to 1, of the flash that dazzles, or dazzled.
    pub flash: Option<(u32, f32)>,
    /// By number.
    pub projectiles: [Option<SeenProjectile>; 64],
    /// By number.
    pub clouds: [Option<SeenCloud>; 32],
    /// Number of the last request answered, and how: 0 done, 1 not now, 2 not allowed.
    pub answer: Option<(u8, u8)>,
    /// Last one that came.
    pub exact: Option<SeenExact>,
    /// Of the newest snapshot, oldest first.
    pub messages: Vec<SeenMessage>,
}

/// How many bits of a snapshot went where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SnapshotParts {
    /// All before the players, and the flags of sections.
    pub header: u32,
    /// Entries.
    pub players: u32,
    /// By type of record.
    pub records: [u32; 12],
    /// Sounds.
    pub sounds: u32,
    /// By type of event.
    pub events: [u32; 8],
}

/// A frame taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) frame: u32,
    /// 0: full.
    pub(super) base: u8,
    pub(super) mask: u8,
    pub(super) entries: [Entry; PLAYERS],
}

const UNKNOWN: Known = Known { frame: u32::MAX, base: 0, mask: 0, entries: [Entry(0); PLAYERS] };

/// A client of one link. About 8 KB, and a byte a slice of the map; hostile messages may make it 300 KB, no more.
#[derive(Debug, Clone)]
pub struct Receiver {
    seen: Option<Seen>,
    ring: [Known; FRAMES as usize],
    /// Bit i: the frame newest - 1 - i was taken.
    taken: u32,
    /// Sequence number of the newest input, and the inputs up to it, oldest first.
    sequence: u32,
    inputs: [UpInput; INPUTS],
    count: usize,
    /// The newest input that a snapshot has confirmed.
    confirmed: u32,
    request: Option<(u8, Wish)>,
    requests: u8,
    wants_exact: bool,
    written: u32,
    parts: SnapshotParts,
    records: Vec<Record>,
    messages: Vec<Message>,
}

impl Default for Receiver {
    fn default() -> Self {
        Receiver::new()
    }
}

impl Receiver {
    /// One that knows nothing.
    pub fn new() -> Receiver {
        Receiver {
            seen: None,
            ring: [UNKNOWN; FRAMES as usize],
            taken: 0,
            sequence: 0,
            inputs: [UpInput::default(); INPUTS],
            count: 0,
            confirmed: 0,
            request: None,
            requests: 0,
            wants_exact: false,
            written: 0,
            parts: SnapshotParts::default(),
            records: Vec::new(),
            messages: Vec::new(),
        }
    }

    /// What is known; `None` before the first welcome.
    pub fn seen(&self) -> Option<&Seen> {
        self.seen.as_ref()
    }

    /// Where the bits of the last snapshot went.
    pub fn parts(&self) -> &SnapshotParts {
        &self.parts
    }

    /// Bytes that this receiver takes in memory.
    pub fn memory(&self) -> usize {
        let levels =
            self.seen.as_ref().map_or(0, |s| s.levels.capacity() + s.messages.capacity() * size_of::<SeenMessage>());
        size_of::<Receiver>()
            + levels
            + self.records.capacity() * size_of::<Record>()
            + self.messages.capacity() * size_of::<Message>()
    }

    #[cfg(test)]
    pub(super) fn known(&self, frame: u32) -> Option<Known> {
        Some(self.ring[(frame % FRAMES) as usize]).filter(|known| known.frame == frame)
    }

    #[cfg(test)]
    pub(super) fn newest(&self) -> (&[Record], &[Message]) {
        (&self.records, &self.messages)
    }

    /// Takes a host's message.
    ///
    /// # Errors
    /// [`crate::Error::BadMessage`] for bytes that are none; nothing has changed then.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<Taken> {
        Ok(self.take(bytes)?)
    }

    fn take(&mut self, bytes: &[u8]) -> Read<Taken> {
        if bytes.len() > DOWN_MOST {
            return bad("length", "at most 2048 bytes");
        }
        let mut r = Reader::new(bytes);
        match r.u(2, "kind")? {
            down::SNAPSHOT => self.take_snapshot(r),
            down::WELCOME => {
                let welcome = Welcome::read(&mut r)?;
                r.end()?;
                let ahead = self.seen.as_ref().map_or(1, |s| welcome.epoch.wrapping_sub(s.welcome.epoch) & 3);
                if ahead == 0 || ahead == 3 {
                    return Ok(Taken::Ignored);
                }
                self.begin(welcome);
                Ok(Taken::Welcome)
            }
            down::FAREWELL => {
                let epoch = r.u(2, "epoch")? as u8;
                let reason = Farewell::from_number(r.u(4, "reason")?)?;
                r.end()?;
                let current = self.seen.as_ref().is_none_or(|s| s.welcome.epoch == epoch);
                Ok(if current { Taken::Farewell(reason) } else { Taken::Ignored })
            }
            _ => bad("kind", "0 to 2"),
        }
    }

    fn begin(&mut self, welcome: Welcome) {
        let mut levels = self.seen.take().map(|s| s.levels).unwrap_or_default();
        levels.clear();
        levels.resize(welcome.slices as usize, AS_ON_MAP);
        self.ring = [UNKNOWN; FRAMES as usize];
        (self.taken, self.sequence, self.count, self.confirmed) = (0, 0, 0, 0);
        self.seen = Some(Seen {
            frame: welcome.frame,
            tick: welcome.frame * welcome.step,
            welcome,
            input: 0,
            ahead: 0,
            players: [None; PLAYERS],
            levels,
            scores: [None; PLAYERS],
            team_kills: [0; 2],
            winner: None,
            items: [None; 5],
            hands: SeenHands::default(),
            life: SeenLife::default(),
            flash: None,
            projectiles: [None; 64],
            clouds: [None; 32],
            answer: None,
            exact: None,
            messages: Vec::new(),
        });
    }

    fn take_snapshot(&mut self, mut r: Reader<'_>) -> Read<Taken> {
        let epoch = r.u(2, "epoch")? as u8;
        let low = r.u(12, "frame")?;
        let back = r.u(5, "base")?;
        let Some(seen) = self.seen.as_mut().filter(|s| s.welcome.epoch == epoch) else { return Ok(Taken::Ignored) };
        let frame = nearest_frame(low, seen.frame);
        if frame <= seen.frame || frame - seen.frame > 0x800 {
            return Ok(Taken::Ignored);
        }
        let at = |frame: u32| (frame % FRAMES) as usize;
        let base = match back {
            0 => None,
            _ => match frame.checked_sub(back).map(|b| self.ring[at(b)]).filter(|b| b.frame == frame - back) {
                Some(base) => Some(base),
                None => return Ok(Taken::Ignored),
            },
        };
        let Some(tick) = frame.checked_mul(seen.welcome.step) else {
            return bad("frame", "one of the first 2^32 ticks");
        };
        let mut parts = SnapshotParts::default();
        let own = usize::from(seen.welcome.slot);
        let input = r.u(8, "input")? as u8;
        let ahead = if r.flag("ahead")? { r.u(4, "ahead")? as u8 } else { 0 };
        parts.header = r.bits() as u32;
        let known = base.map_or(0, |b| b.mask);
        let mask = if r.flag("slots")? { r.u(8, "slots")? as u8 } else { known };
        let past = base.filter(|b| b.base > 0).and_then(|b| {
            let then = b.frame - u32::from(b.base);
            let old = self.ring[at(then)];
            (frame - then < 32 && old.frame == then).then_some(old)
        });
        let mut entries = [Entry(0); PLAYERS];
        for slot in MatchState::slots(mask) {
            let before = base.filter(|b| b.mask >> slot & 1 == 1);
            let past = past.filter(|p| p.mask >> slot & 1 == 1);
            entries[slot] = read_entry(&mut r, slot == own, slot, before.as_ref(), past.as_ref(), back)?;
        }
        parts.players = r.bits() as u32 - parts.header;
        self.records.clear();
        self.messages.clear();
        if r.flag("records")? {
            loop {
                let (start, first) = (r.bits(), self.records.len());
                let records = &mut self.records;
                Record::read(&mut r, seen.welcome.slices, &mut |record| records.push(record))?;
                let more = r.flag("more records")?;
                let type_ = record_type(&self.records[first]);
                parts.records[type_] += (r.bits() - start) as u32;
                if !more {
                    break;
                }
            }
        }
        let near = |slot: u8| -> Option<Spot> {
            (slot < 8 && mask >> slot & 1 == 1).then(|| {
                let entry = entries[usize::from(slot)];
                (entry.x(), entry.y())
            })
        };
        if r.flag("messages")? {
            loop {
                let start = r.bits();
                let message = Message::read(&mut r, tick, near)?;
                if self.messages.last().is_some_and(|before| before.tick > message.tick) {
                    return bad("age", "no more than that of the message before");
                }
                self.messages.push(message);
                let more = r.flag("more messages")?;
                let bits = (r.bits() - start) as u32;
                match message.kind {
                    event::SOUND => parts.sounds += bits,
                    kind => parts.events[usize::from(kind)] += bits,
                }
                if !more {
                    break;
                }
            }
        }
        r.end()?;
        parts.header += 2;
        // From here on nothing is refused.
        self.parts = parts;
        let passed = frame - seen.frame;
        self.taken = if passed > 31 { 0 } else { self.taken << passed | 1 << (passed - 1) };
        self.ring[at(frame)] = Known { frame, base: back as u8, mask, entries };
        (seen.frame, seen.tick, seen.input, seen.ahead) = (frame, tick, input, ahead);
        for (slot, (player, entry)) in seen.players.iter_mut().zip(entries).enumerate() {
            *player = (mask >> slot & 1 == 1).then(|| seen_player(entry, slot == own));
        }
        for record in &self.records {
            apply(seen, record, &mut self.wants_exact, &mut self.request);
        }
        seen.messages.clear();
        seen.messages.extend(self.messages.iter().map(seen_message));
        // Numbers of inputs grow; the newest with these bits that has been made.
        let by = (self.sequence as u8).wrapping_sub(input);
        self.confirmed = self.confirmed.max(self.sequence.saturating_sub(by.into()));
        Ok(Taken::Snapshot)
    }

    /// Makes an input: its number, from 1 in every epoch. A cursor beyond +-2000 px is clamped.
    ///
    /// # Errors
    /// [`crate::Error::InvalidArgument`] if a coordinate of the cursor is NaN or infinite.
    pub fn input(&mut self, held: Buttons, taps: Buttons, cursor: Vec2) -> Result<u32> {
        let input = InputCmd::new(0, held, taps, cursor)?;
        if self.count == INPUTS {
            self.inputs.copy_within(1.., 0);
            self.count -= 1;
        }
        self.inputs[self.count] = UpInput { held, taps, cursor: (input.cursor_x, input.cursor_y) };
        self.count += 1;
        self.sequence = self.sequence.wrapping_add(1);
        Ok(self.sequence)
    }

    /// Asks for a loadout, and another team if one is named, until an answer comes: the number of the request.
    pub fn request_loadout(&mut self, loadout: &Loadout, team: Option<Team>) -> u8 {
        let weapons = loadout.weapons().map(|weapon| weapon.map_or(NO_ARM, |w| w as u8));
        self.request(Wish::Loadout { weapons, team: team.map_or(2, |t| t as u8) })
    }

    /// Asks for a respawn until an answer comes: the number of the request.
    pub fn request_respawn(&mut self) -> u8 {
        self.request(Wish::Respawn)
    }

    fn request(&mut self, wish: Wish) -> u8 {
        self.requests = self.requests.wrapping_add(1);
        self.request = Some((self.requests, wish));
        self.requests
    }

    /// Asks for the own motion to the bit until it comes.
    pub fn request_exact(&mut self) {
        self.wants_exact = true;
    }

    /// Appends the message that is to be sent now; nothing before the first welcome. `view`: ticks between the newest
    /// frame and what the player saw at the last input.
    pub fn write(&mut self, view: u32, out: &mut Vec<u8>) {
        let Some(seen) = &self.seen else { return };
        let mut up = Up::new(seen.welcome.epoch);
        self.written = self.written.wrapping_add(1);
        // The long mask now and then, for acknowledgements that were lost.
        let long = self.written.is_multiple_of(4);
        let mask = self.taken & if long { u32::MAX >> 1 } else { 0xFF };
        up.ack = Some(Ack { newest: (seen.frame & 0xFFF) as u16, mask, long });
        up.exact = self.wants_exact;
        up.request = self.request;
        let open = self.sequence.saturating_sub(self.confirmed) as usize;
        up.count = open.max(3).min(self.count);
        up.inputs[..up.count].copy_from_slice(&self.inputs[self.count - up.count..self.count]);
        up.sequence = self.sequence as u16;
        up.view = view;
        up.write(out);
    }
}

fn record_type(record: &Record) -> usize {
    match record {
        Record::Slice { .. } => 0,
        Record::Score { .. } => 1,
        Record::Teams { .. } => 2,
        Record::Place { .. } => 3,
        Record::Rounds { .. } => 4,
        Record::Hands { .. } => 5,
        Record::Life { .. } => 6,
        Record::Flash { .. } => 7,
        Record::Projectile { .. } => 8,
        Record::Cloud { .. } => 9,
        Record::Answer { .. } => 10,
        Record::Exact { .. } => 11,
    }
}

fn read_entry(
    r: &mut Reader<'_>,
    own: bool,
    slot: usize,
    base: Option<&Known>,
    past: Option<&Known>,
    ahead: u32,
) -> Read<Entry> {
    let Some(base) = base else {
        let (x, y) = read_spot(r)?;
        let facing = if own { 0 } else { r.u(8, "facing")? as u8 };
        let health = r.most(7, 100, "health", "0 to 100")? as u8;
        return Ok(Entry::new(x, y, facing, health, r.u(4, "weapon")? as u8, r.u(6, "state")? as u8));
    };
    let was = base.entries[slot];
    let (x, y) = match past {
        Some(past) if was.alive() && past.entries[slot].alive() => {
            predicted(was, past.entries[slot], ahead, base.base.into())
        }
        _ => (was.x(), was.y()),
    };
    let (mut facing, mut health, mut weapon, mut state) = (was.facing(), was.health(), was.weapon(), was.state());
    if !r.flag("changed")? {
        return Ok(Entry::new(x, y, facing, health, weapon, state));
    }
    let by = |r: &mut Reader<'_>, bits: u32| -> Read<Spot> {
        let (x, y) = (i32::from(x) + r.s(bits, "x")?, i32::from(y) + r.s(bits, "y")?);
        if !(0..=MOST.0.into()).contains(&x) || !(0..=MOST.1.into()).contains(&y) {
            return bad("position", "on the playfield");
        }
        Ok((x as u16, y as u16))
    };
    let (x, y) = match r.u(2, "way")? {
        0 => (x, y),
        1 => by(r, 4)?,
        2 => by(r, 7)?,
        _ => read_spot(r)?,
    };
    if !own && r.flag("facing")? {
        facing = if r.flag("facing")? {
            r.u(8, "facing")? as u8
        } else {
            facing.wrapping_add_signed(r.s(5, "facing")? as i8)
        };
    }
    if r.flag("rest")? {
        if r.flag("health")? {
            health = r.most(7, 100, "health", "0 to 100")? as u8;
        }
        if r.flag("weapon")? {
            weapon = r.u(4, "weapon")? as u8;
        }
        if r.flag("state")? {
            state = r.u(6, "state")? as u8;
        }
    }
    Ok(Entry::new(x, y, facing, health, weapon, state))
}

fn px((x, y): Spot) -> Vec2 {
    Vec2::new(f32::from(x) / 16.0, f32::from(y) / 16.0)
}

fn weapon(number: u8) -> Option<Weapon> {
    Weapon::from_number(number)
}

fn seen_player(entry: Entry, own: bool) -> SeenPlayer {
    let bit = |bit: u8| entry.state() & bit != 0;
    SeenPlayer {
        position: px((entry.x(), entry.y())),
        facing: if own { 0 } else { entry.facing() },
        health: entry.health(),
        weapon: weapon(entry.weapon()),
        gait: Gait::from_number(entry.state() & 3),
        aiming: bit(state_bit::AIMING),
        alive: bit(state_bit::ALIVE),
        reloading: bit(state_bit::RELOADING),
        protected: bit(state_bit::PROTECTED),
    }
}

fn apply(seen: &mut Seen, record: &Record, wants_exact: &mut bool, request: &mut Option<(u8, Wish)>) {
    let tick = seen.tick;
    let end = |ticks: u32| if ticks > 0 { tick.saturating_add(ticks) } else { 0 };
    match *record {
        Record::Slice { slice, level } => {
            if let Some(known) = seen.levels.get_mut(usize::from(slice)) {
                *known = level;
            }
        }
        Record::Score { slot, there } => {
            seen.scores[usize::from(slot & 7)] = there.map(|(blue, alive, kills, deaths)| SeenScore {
                team: if blue { Team::Blue } else { Team::Red },
                alive,
                kills,
                deaths,
            });
        }
        Record::Teams { red, blue, winner } => {
            seen.team_kills = [red, blue];
            seen.winner = winner;
        }
        Record::Place { place, item } => {
            seen.items[usize::from(place.min(4))] =
                item.and_then(|(number, rounds, reserve)| Some(SeenItem { weapon: weapon(number)?, rounds, reserve }));
        }
        Record::Rounds { place, rounds } => {
            if let Some(item) = &mut seen.items[usize::from(place.min(4))] {
                item.rounds = rounds;
            }
        }
        Record::Hands { place, charge, reload, heat, silence } => {
            let (reload_end, silence_end) = (end(reload), end(silence));
            seen.hands = SeenHands { place, charge, reload_end, heat, heat_tick: tick, silence_end };
        }
        Record::Life { protected, dead } => {
            seen.life = SeenLife {
                protected_until: end(protected),
                respawn_at: dead.map(|(ticks, _)| tick.saturating_add(ticks)),
                killer: dead.map(|(_, killer)| killer).filter(|killer| *killer < 8),
            };
            if dead.is_some() {
                seen.flash = None;
            }
        }
        Record::Flash { age, intensity } => seen.flash = Some((tick.saturating_sub(age), intensity)),
        Record::Projectile { number, motion } => {
            seen.projectiles[usize::from(number & 63)] = motion.and_then(|motion| {
                let velocity = (f32::from(motion.velocity.0) / 16.0, f32::from(motion.velocity.1) / 16.0);
                Some(SeenProjectile {
                    weapon: weapon(motion.weapon)?,
                    own_team: motion.own_team,
                    position: px(motion.at),
                    velocity: velocity.into(),
                    tick,
                    motion,
                })
            });
        }
        Record::Cloud { number, at, age } => {
            seen.clouds[usize::from(number & 31)] =
                Some(SeenCloud { position: px(at), born: tick.saturating_sub(age) });
        }
        Record::Answer { number, result } => {
            seen.answer = Some((number, result));
            if request.is_some_and(|(asked, _)| asked == number) {
                *request = None;
            }
        }
        Record::Exact { values: [x, y, vx, vy] } => {
            seen.exact = Some(SeenExact { tick, position: Vec2::new(x, y), velocity: Vec2::new(vx, vy) });
            *wants_exact = false;
        }
    }
}

fn seen_message(m: &Message) -> SeenMessage {
    let slot = |slot: u8| (slot != NO_SLOT).then_some(slot);
    let place = (m.at != NOWHERE).then(|| px(m.at));
    let (at, arm) = (place.unwrap_or_default(), weapon(m.weapon));
    let what = match m.kind {
        event::SOUND => Happening::Sound {
            own: m.slots == 1,
            kind: SoundKind::ALL[usize::from(m.what) % SoundKind::COUNT],
            gain: m.value as u8,
            direction: m.at.0 as u8,
            cutoff: m.at.1 as u8,
        },
        event::FIRED => Happening::Fired { shooter: m.first(), weapon: arm, at, direction: m.value as u8 },
        event::IMPACT => Happening::Impact {
            shooter: slot(m.first()),
            weapon: arm,
            what: m.what,
            at: place,
            whose: slot(m.second()),
        },
        event::HURT => Happening::Hurt { whose: m.first(), by: slot(m.second()), weapon: arm, points: m.value },
        event::DIED => Happening::Died { who: m.first(), by: slot(m.second()), weapon: arm, at: place },
        event::EXPLODED => Happening::Exploded { weapon: arm, at, thrower: slot(m.first()) },
        event::BOUNCED => Happening::Bounced { weapon: arm, at },
        event::THROWN => Happening::Thrown { who: m.first(), weapon: arm },
        _ => Happening::Denied { what: m.what },
    };
    SeenMessage { tick: m.tick, what }
}
