//! What inputs and messages tell by themselves: time, floods, patterns, and the trigger finger.

use super::Kind;
use super::watch::{Each, Findings, Pace};
use crate::world::state::{MatchState, PLAYERS};
use crate::world::{Buttons, CURSOR, InputCmd};

/// Seconds in which a client's lead is learnt before it can be too large.
const LEARN_S: u32 = 5;
/// Seconds of a lead below what has been before, after which that is forgotten: a client that has truly lost time.
const LOST_S: u32 = 60;
/// Ticks after a match was turned back in which patterns are let pass.
const RESTORED_TICKS: u32 = 300;
/// Seconds that a single sequence number may be ahead.
const JUMP_S: f32 = 2.0;
/// Seconds' worth of a flood that is let pass, for what waits behind a stall comes at once.
const BURST_S: f32 = 3.0;
const BYTES_BURST_S: f32 = 4.0;
/// Seconds of silence that are a stalled line, after which as much may come at once as would have come in them, of so many
/// at most.
const SILENT_S: u32 = 1;
const STALL_S: u32 = 60;
/// A tick rate for what no silence excuses.
const NEVER_SILENT: u32 = i32::MAX as u32 / STALL_S;
/// Part of a second in which the others' inputs are waited for before one who is ahead is blamed: if all are, the host has
/// stood still.
const TOGETHER: u32 = 2;
/// Pieces of evidence that wait so long at most, of each kind.
const PIECES: u8 = 16;
/// Share beyond the rate of inputs that is no flood.
const INPUT_ROOM: f32 = 1.25;
/// Messages that cannot be read: limit, and how many are forgiven a second.
const BAD: f32 = 3.0;
const BAD_PER_S: f32 = 0.1;
/// Keys of the inventory in one input.
const CHORD: u32 = 3;
/// px beyond which no cursor gets by honest ways.
const CURSOR_MOST: f32 = 2000.0;
/// Presses that a rhythm is taken from.
const BEATS: usize = 8;
/// Inputs between two presses beyond which a new run begins.
const PAUSE: u32 = 40;
/// Inputs, root mean square off even spacing; what no hand comes near; and runs, less uneven ones, that say something.
const EVEN: f32 = 0.34;
const EXACT: f32 = 0.08;
const RUNS: f32 = 4.0;
/// Presses in quick succession, less [`SLOWER`] for each in slower.
const QUICK: f32 = 6.0;
const SLOWER: f32 = 2.5;
const SLOTS: u16 = Buttons::SLOT1.0 | Buttons::SLOT2.0 | Buttons::SLOT3.0 | Buttons::SLOT4.0 | Buttons::SLOT5.0;

/// A bucket that leaks: what comes in beyond its rate piles up.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    level: f32,
    /// Tick of the last drop.
    at: u32,
}

/// Evidence that is given unless all players give it together.
#[derive(Debug, Clone, Copy, Default)]
struct Pending {
    pieces: u8,
    /// Of the last piece.
    value: f32,
    limit: f32,
}

/// Kinds of which evidence waits: what a host that stood still finds with everybody.
const TIMED: [Kind; 5] = [Kind::Speed, Kind::Jump, Kind::InputFlood, Kind::MessageFlood, Kind::ByteFlood];

impl Bucket {
    /// Adds `drops` at tick `now`, after `rate` for each tick has run out; returns what is too much.
    fn add(&mut self, now: u32, drops: f32, rate: f32, tick_rate: u32) -> f32 {
        let gone = (now.wrapping_sub(self.at) as i32).max(0);
        self.at = now;
        if gone as u32 > SILENT_S * tick_rate {
            self.level = -rate * gone.min((STALL_S * tick_rate) as i32) as f32;
        } else if self.level < 0.0 {
            // What waited comes within two seconds.
            self.level = (self.level + gone as f32 * rate * (STALL_S / 2) as f32).min(0.0);
        } else {
            self.level = (self.level - gone as f32 * rate).max(0.0);
        }
        self.level += drops;
        self.level
    }
}

/// One player's inputs so far.
#[derive(Debug, Clone, Copy)]
struct Hand {
    /// An input has come.
    begun: bool,
    /// Of the newest input: sequence number, acknowledged tick, buttons.
    sequence: u32,
    ack: u32,
    held: Buttons,
    /// Where lead is counted from.
    origin: u32,
    origin_tick: u32,
    /// Greatest lead that is granted, inputs, as of `base_tick`; learnt until `learn_until`.
    base: f32,
    base_tick: u32,
    learn_until: u32,
    /// Greatest lead since `peak_tick`.
    peak: f32,
    peak_tick: u32,
    /// Patterns are told again from this tick on.
    patterns_from: u32,
    inputs: Bucket,
    messages: Bucket,
    bytes: Bucket,
    bad: Bucket,
    /// Quick presses more than a hand does, and even runs.
    quick: f32,
    even: f32,
    pace: Pace,
    /// Sequence number of the last press.
    press: u32,
    /// Sequence numbers of the last presses in a row, oldest first.
    beats: [u32; BEATS],
    beat: u8,
    /// Of [`TIMED`], and the tick of the first piece that waits; `u32::MAX`: none does.
    pending: [Pending; TIMED.len()],
    since: u32,
    /// Ticks of the last input, and of the last such piece; 0: none.
    heard: u32,
    ahead: u32,
}

impl Hand {
    fn new() -> Hand {
        Hand {
            begun: false,
            sequence: 0,
            ack: 0,
            held: Buttons::NONE,
            origin: 0,
            origin_tick: 0,
            base: 0.0,
            base_tick: 0,
            learn_until: 0,
            peak: 0.0,
            peak_tick: 0,
            patterns_from: 0,
            inputs: Bucket::default(),
            messages: Bucket::default(),
            bytes: Bucket::default(),
            bad: Bucket::default(),
            quick: 0.0,
            even: 0.0,
            pace: Pace::NEW,
            press: 0,
            beats: [0; BEATS],
            beat: 0,
            pending: [Pending::default(); TIMED.len()],
            since: u32::MAX,
            heard: 0,
            ahead: 0,
        }
    }

    /// A piece of evidence of a kind that waits.
    fn suspect(&mut self, kind: Kind, value: f32, limit: f32, tick: u32) {
        if let Some(at) = TIMED.iter().position(|timed| *timed == kind) {
            let pending = &mut self.pending[at];
            *pending = Pending { pieces: (pending.pieces + 1).min(PIECES), value, limit };
            (self.since, self.ahead) = (self.since.min(tick), tick);
        }
    }

    /// Counts the lead from here.
    fn anew(&mut self, sequence: u32, tick: u32, tick_rate: u32) {
        (self.origin, self.origin_tick) = (sequence, tick);
        (self.base, self.base_tick, self.learn_until) = (0.0, tick, tick + LEARN_S * tick_rate);
        (self.peak, self.peak_tick) = (0.0, tick);
    }
}

/// All players' inputs so far.
#[derive(Debug)]
pub(super) struct Hands {
    hands: Each<Hand>,
}

impl Hands {
    pub(super) fn new(_state: &MatchState) -> Hands {
        Hands { hands: [Hand::new(); PLAYERS] }
    }

    pub(super) fn forget(&mut self, slot: usize) {
        self.hands[slot] = Hand::new();
    }

    /// Ticks may have gone back: leads and acknowledgements begin anew.
    pub(super) fn restored(&mut self, state: &MatchState) {
        for hand in &mut self.hands {
            hand.begun = false;
            hand.ack = 0;
            (hand.pending, hand.since, hand.ahead, hand.heard) = ([Pending::default(); TIMED.len()], u32::MAX, 0, 0);
            // Those that count by ticks.
            for bucket in [&mut hand.inputs, &mut hand.messages, &mut hand.bytes, &mut hand.bad] {
                bucket.at = state.tick;
            }
            // What is under way acknowledges ticks that are no more.
            hand.patterns_from = state.tick + RESTORED_TICKS;
        }
    }

    /// After a tick: gives what has waited long enough. Not where every player of whom anything has come is ahead: then
    /// it was the host that stood still, and time that has not been played was everybody's.
    pub(super) fn settle(&mut self, state: &MatchState, found: &mut Findings) {
        if self.hands.iter().all(|hand| hand.since == u32::MAX) {
            return;
        }
        let (tick, wait) = (state.tick, (found.tick_rate() / TOGETHER).max(1));
        let (mut active, mut together) = (0, true);
        let oldest = self.hands.iter().map(|hand| hand.since).min().unwrap_or(tick);
        for hand in self.hands.iter().filter(|hand| hand.begun && tick - hand.heard.min(tick) <= 2 * wait) {
            active += 1;
            together &= hand.ahead != 0 && hand.ahead + wait >= oldest;
        }
        for (slot, hand) in self.hands.iter_mut().enumerate() {
            if hand.since == u32::MAX || tick < hand.since + wait {
                continue;
            }
            hand.since = u32::MAX;
            for (kind, pending) in TIMED.into_iter().zip(core::mem::take(&mut hand.pending)) {
                let pieces = if active > 1 && together { 0 } else { pending.pieces };
                (0..pieces).for_each(|_| found.tell(state, slot, kind, pending.value, pending.limit, 1.0));
            }
        }
    }

    pub(super) fn message(&mut self, state: &MatchState, slot: usize, bytes: usize, good: bool, found: &mut Findings) {
        let (hand, tick, limits) = (&mut self.hands[slot], state.tick, found.def.limits);
        let per_tick = 1.0 / found.tick_rate() as f32;
        let rate = limits.messages_per_s;
        if hand.messages.add(tick, 1.0, rate * per_tick, found.tick_rate()) > rate * BURST_S {
            hand.suspect(Kind::MessageFlood, hand.messages.level, rate * BURST_S, tick);
            hand.messages.level *= 0.5;
        }
        let rate = limits.bytes_per_s;
        if hand.bytes.add(tick, bytes as f32, rate * per_tick, found.tick_rate()) > rate * BYTES_BURST_S {
            hand.suspect(Kind::ByteFlood, hand.bytes.level, rate * BYTES_BURST_S, tick);
            hand.bytes.level *= 0.5;
        }
        if !good && hand.bad.add(tick, 1.0, BAD_PER_S * per_tick, NEVER_SILENT) > BAD {
            found.tell(state, slot, Kind::BadMessages, hand.bad.level, BAD, 1.0);
            hand.bad.level = 0.0;
        }
    }

    pub(super) fn input(&mut self, state: &MatchState, slot: usize, input: &InputCmd, found: &mut Findings) {
        let (hand, tick, limits) = (&mut self.hands[slot], state.tick, found.def.limits);
        let (tick_rate, per_second) = (found.tick_rate(), found.per_second());
        let ticks = tick.saturating_sub(core::mem::replace(&mut hand.heard, tick));
        let rate = per_second * limits.repeats * INPUT_ROOM;
        if hand.inputs.add(tick, 1.0, rate / tick_rate as f32, tick_rate) > rate * BURST_S {
            hand.suspect(Kind::InputFlood, hand.inputs.level, rate * BURST_S, tick);
            hand.inputs.level *= 0.5;
        }
        if !hand.begun {
            hand.begun = true;
            (hand.sequence, hand.ack, hand.held) = (input.sequence, input.ack_tick, input.held);
            hand.press = input.sequence;
            hand.beat = 0;
            hand.anew(input.sequence, tick, tick_rate);
            hand.patterns(state, slot, input, found);
            return;
        }
        let step = input.sequence.wrapping_sub(hand.sequence) as i32;
        if step <= 0 {
            // Late or repeated: it has been counted.
            return;
        }
        hand.pace.take(ticks as f32 * per_second / tick_rate as f32, step as u32);
        hand.patterns(state, slot, input, found);
        hand.time(state, input.sequence, found);
        hand.trigger(state, slot, input, found);
        (hand.sequence, hand.held) = (input.sequence, input.held);
        if input.ack_tick <= tick {
            hand.ack = hand.ack.max(input.ack_tick);
        }
    }
}

impl Hand {
    /// More game time than real time.
    fn time(&mut self, state: &MatchState, sequence: u32, found: &Findings) {
        let (tick, tick_rate, per_second) = (state.tick, found.tick_rate(), found.per_second());
        let limits = found.def.limits;
        let inputs = |ticks: u32| ticks as f32 * per_second / tick_rate as f32;
        let made = i64::from(sequence.wrapping_sub(self.origin) as i32);
        let due = i64::from(tick.wrapping_sub(self.origin_tick) as i32) * per_second as i64;
        let lead = (made * i64::from(tick_rate) - due) as f32 / tick_rate as f32;
        let granted = self.base + limits.drift * inputs(tick.saturating_sub(self.base_tick));
        let (excess, slack) = (lead - granted, limits.slack_s * per_second);
        if lead - self.peak.max(self.base) > JUMP_S * per_second {
            self.suspect(Kind::Jump, excess, JUMP_S * per_second, tick);
            self.anew(sequence, tick, tick_rate);
            return;
        }
        self.peak = self.peak.max(lead);
        if tick < self.learn_until {
            if lead > self.base {
                (self.base, self.base_tick) = (lead, tick);
            }
            (self.peak, self.peak_tick) = (lead, tick);
        } else if excess > slack {
            self.suspect(Kind::Speed, excess, slack, tick);
            (self.base, self.base_tick) = (lead, tick);
        } else if tick.saturating_sub(self.peak_tick) > LOST_S * tick_rate {
            if self.peak < granted {
                (self.base, self.base_tick) = (self.peak, tick);
            }
            (self.peak, self.peak_tick) = (lead, tick);
        }
    }

    /// What no client sends, told twice a second at most.
    fn patterns(&mut self, state: &MatchState, slot: usize, input: &InputCmd, found: &mut Findings) {
        if state.tick < self.patterns_from {
            return;
        }
        let second = found.tick_rate();
        let pressed = input.taps.0 | (input.held.0 & !self.held.0);
        let keys = (pressed & SLOTS).count_ones();
        let farthest = input.cursor_x.unsigned_abs().max(input.cursor_y.unsigned_abs());
        let farthest = f32::from(farthest) / CURSOR;
        let back = if input.ack_tick == 0 { 0 } else { self.ack.saturating_sub(input.ack_tick) };
        let (kind, value, limit) = if input.ack_tick > state.tick {
            (Kind::FutureAck, (input.ack_tick - state.tick) as f32, 0.0)
        } else if back > second {
            (Kind::BackwardAck, back as f32, second as f32)
        } else if keys > CHORD {
            (Kind::Chord, keys as f32, CHORD as f32)
        } else if farthest > CURSOR_MOST {
            (Kind::Cursor, farthest, CURSOR_MOST)
        } else {
            return;
        };
        found.tell(state, slot, kind, value, limit, 1.0);
        self.patterns_from = state.tick + second.div_ceil(2);
    }

    /// Rate and rhythm of presses.
    fn trigger(&mut self, state: &MatchState, slot: usize, input: &InputCmd, found: &mut Findings) {
        let pressed = Buttons(input.taps.0 | (input.held.0 & !self.held.0));
        if !pressed.has(Buttons::FIRE) {
            return;
        }
        let quickest = found.per_second() / found.def.limits.clicks_per_s;
        let since = input.sequence.wrapping_sub(self.press);
        self.press = input.sequence;
        let pace = self.pace.get();
        if since as f32 * pace <= quickest {
            self.quick += 1.0;
            if self.quick >= QUICK {
                found.tell(state, slot, Kind::ClickRate, self.quick, QUICK, 1.0);
                self.quick = QUICK * 0.5;
            }
        } else {
            self.quick = (self.quick - SLOWER).max(0.0);
        }
        if since > PAUSE {
            self.beat = 0;
        }
        self.beats[usize::from(self.beat)] = input.sequence;
        self.beat += 1;
        if usize::from(self.beat) < BEATS {
            return;
        }
        self.beat = 0;
        let off = unevenness(&self.beats) * pace;
        if off < EXACT {
            self.even += 2.0;
        } else if off < EVEN {
            self.even += 1.0;
        } else {
            self.even = (self.even - 1.0).max(0.0);
        }
        if self.even >= RUNS && off < EVEN {
            self.even = self.even.min(2.0 * RUNS);
            found.tell(state, slot, Kind::ClickRhythm, off, EVEN, 0.4 + 0.15 * (self.even - RUNS));
        }
    }
}

/// Root mean square by which presses miss the even spacing that fits them best, inputs.
fn unevenness(beats: &[u32; BEATS]) -> f32 {
    let n = BEATS as f32;
    let at = |i: usize| beats[i].wrapping_sub(beats[0]) as f32;
    let mean = (0..BEATS).map(at).sum::<f32>() / n;
    let middle = (n - 1.0) * 0.5;
    let (mut across, mut along) = (0.0, 0.0);
    for i in 0..BEATS {
        across += (i as f32 - middle) * (at(i) - mean);
        along += (i as f32 - middle) * (i as f32 - middle);
    }
    let slope = across / along;
    let square = |i: usize| {
        let off = at(i) - mean - slope * (i as f32 - middle);
        off * off
    };
    ((0..BEATS).map(square).sum::<f32>() / n).sqrt()
}
