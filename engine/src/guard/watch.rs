//! The watch over one match: what the engine tells, and where what is found goes.

use super::aim::Eyes;
use super::hidden::Hidden;
use super::input::Hands;
use super::policy::Scores;
use super::{EVIDENCE_RING, Evidence, GuardDef, Kind, Standing, Verdict};
use crate::map::PLAYFIELD;
use crate::world::state::{Match, MatchState, PLAYERS};
use crate::world::{Op, PlayerId, next_generation};
use bytemuck::Zeroable;

/// What is found while the rest of the guard is borrowed.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) def: GuardDef,
    scores: Scores,
    ring: [Evidence; EVIDENCE_RING],
    written: u64,
    drained: u64,
    tick_rate: u32,
    per_second: f32,
}

impl Findings {
    pub(super) fn tick_rate(&self) -> u32 {
        self.tick_rate
    }

    /// Inputs a second.
    pub(super) fn per_second(&self) -> f32 {
        self.per_second
    }

    pub(super) fn tell(&mut self, state: &MatchState, slot: usize, kind: Kind, value: f32, limit: f32, grade: f32) {
        let player = PlayerId::new(slot, state.generation[slot]);
        let evidence = Evidence::new(player, state.tick, kind, value, limit, grade);
        self.scores.add(slot, &evidence, self.tick_rate, &self.def.policy);
        self.ring[self.written as usize % EVIDENCE_RING] = evidence;
        self.written += 1;
    }
}

/// Watches the players of one match.
#[derive(Debug)]
pub(crate) struct Guard {
    found: Findings,
    hands: Hands,
    eyes: Eyes,
    hidden: Hidden,
    /// Mask of those who are watched.
    watched: u8,
    /// Tick after which it last looked.
    tick: u32,
    /// Whose standings these are, by slot.
    generation: Each<u32>,
    /// Ticks are being played anew: what was judged the first time is not judged again.
    anew: bool,
}

impl Guard {
    pub(crate) fn new(def: GuardDef, game: &Match) -> Guard {
        let tick_rate = game.rules.tick_rate;
        let found = Findings {
            def,
            scores: Scores::new(),
            ring: [Evidence::zeroed(); EVIDENCE_RING],
            written: 0,
            drained: 0,
            tick_rate,
            per_second: game.rules.rules.input.per_second as f32,
        };
        let (hands, eyes, hidden) = (Hands::new(&game.state), Eyes::new(tick_rate), Hidden::new(game));
        let generation = game.state.generation;
        Guard { found, hands, eyes, hidden, watched: u8::MAX, tick: game.state.tick, generation, anew: false }
    }

    fn is_watched(&self, slot: usize) -> bool {
        self.watched >> slot & 1 == 1
    }

    pub(crate) fn set_watched(&mut self, slot: usize, on: bool) {
        let bit = 1u8 << slot;
        self.watched = if on { self.watched | bit } else { self.watched & !bit };
    }

    /// Before an operation is done.
    pub(crate) fn op(&mut self, state: &MatchState, op: &Op) {
        match *op {
            Op::Input { slot, ref input } if self.is_watched(slot.into()) && !self.anew => {
                self.hands.input(state, slot.into(), input, &mut self.found);
            }
            Op::Join { slot, .. } | Op::Leave { slot } => {
                let slot = usize::from(slot);
                if matches!(op, Op::Join { .. }) {
                    self.generation[slot] = next_generation(state.generation[slot]);
                }
                self.forget(slot);
            }
            // Whoever is put somewhere else has not walked there, nor turned there.
            Op::Reset { .. } | Op::Edit { .. } => self.look_anew(),
            _ => {}
        }
    }

    /// The slot has another player.
    fn forget(&mut self, slot: usize) {
        self.watched |= 1 << slot;
        self.found.scores.forget(slot);
        self.hands.forget(slot);
        self.eyes.forget(slot);
        self.hidden.forget(slot);
    }

    /// A client's message has come, of so many bytes; whether it could be read.
    pub(crate) fn message(&mut self, state: &MatchState, slot: usize, bytes: usize, good: bool) {
        if self.is_watched(slot) {
            self.hands.message(state, slot, bytes, good, &mut self.found);
        }
    }

    /// A player has heard a sound that another has made, or whose shot has.
    pub(crate) fn heard(&mut self, state: &MatchState, source: u8, heard: &crate::sound::Heard) {
        let listener = usize::from(heard.listener);
        if listener < PLAYERS && state.enemies(listener).checked_shr(source.into()).unwrap_or(0) & 1 == 1 {
            self.hidden.heard(state.tick, listener, heard.aim.wrapping_add(heard.bearing));
        }
    }

    /// After a tick.
    pub(crate) fn tick(&mut self, game: &Match) {
        if self.anew {
            return;
        }
        self.tick = game.state.tick;
        self.hands.settle(&game.state, &mut self.found);
        if game.state.over != 0 {
            self.hidden.skip();
            return;
        }
        self.eyes.tick(game, self.watched, &mut self.found);
        self.hidden.tick(game, self.watched, &self.eyes, &mut self.found);
    }

    /// The whole state has been replaced.
    pub(crate) fn restored(&mut self, state: &MatchState) {
        self.tick = state.tick;
        self.look_anew();
        self.hands.restored(state);
        for slot in 0..PLAYERS {
            // What one player has done is not laid at another's door.
            if self.generation[slot] != state.generation[slot] {
                self.generation[slot] = state.generation[slot];
                self.forget(slot);
            }
        }
    }

    /// Ticks are going to be played anew, with inputs that were judged when they came, or came too late.
    pub(crate) fn begin_anew(&mut self) {
        self.anew = true;
    }

    /// They have been played. Where they have led to the present, what was under way goes on.
    pub(crate) fn end_anew(&mut self, state: &MatchState) {
        self.anew = false;
        if self.tick != state.tick || self.generation != state.generation {
            self.restored(state);
        }
    }

    fn look_anew(&mut self) {
        self.eyes.forget_all();
        self.hidden.forget_all();
    }

    pub(crate) fn drain(&mut self, mut each: impl FnMut(&Evidence)) -> u64 {
        let found = &mut self.found;
        let oldest = found.written.saturating_sub(EVIDENCE_RING as u64).max(found.drained);
        let lost = oldest - found.drained;
        (oldest..found.written).for_each(|n| each(&found.ring[n as usize % EVIDENCE_RING]));
        found.drained = found.written;
        lost
    }

    pub(crate) fn standing(&self, slot: usize, tick: u32) -> Standing {
        self.found.scores.standing(slot, tick, self.found.tick_rate, &self.found.def.policy)
    }

    /// Whether a decoy should be sent to a player's client: suspected and not flagged yet.
    ///
    /// A decoy is an enemy who is not there: sent to that client alone, unseen (never within the player's cone and clear
    /// line, so that an honest client draws nothing) and unheard. Best it moves as players do; one that stands still tells
    /// less, for nobody can be seen to follow it.
    pub(crate) fn wants_decoy(&self, slot: usize) -> bool {
        self.is_watched(slot) && self.found.scores.verdict(slot) == Verdict::Suspect
    }

    /// Where the decoy stands that a player's client is sent, px; `None`: there is none. To be called once a tick while
    /// there is one, before the guard's own tick.
    pub(crate) fn decoy(&mut self, slot: usize, at: Option<(f32, f32)>) {
        let within = |v: f32, size: f32| (0.0..=size).contains(&v);
        self.hidden.decoy(slot, at.filter(|at| within(at.0, PLAYFIELD.0) && within(at.1, PLAYFIELD.1)));
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Guard>()
    }
}

/// A place as the guard keeps it, 1/64 px; `u16::MAX` is nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    x: u16,
    y: u16,
}

impl Place {
    pub(super) const NOWHERE: Place = Place { x: u16::MAX, y: u16::MAX };

    #[inline]
    pub(super) fn new(x: f32, y: f32) -> Place {
        Place { x: (x * 64.0) as u16, y: (y * 64.0) as u16 }
    }

    #[inline]
    pub(super) fn get(self) -> Option<(f32, f32)> {
        (self != Place::NOWHERE).then(|| (f32::from(self.x) * (1.0 / 64.0), f32::from(self.y) * (1.0 / 64.0)))
    }
}

/// How many sixtieths of a second pass from one of a player's inputs to the next: a client that draws 30 frames a second may
/// send one with each. Never under 1, for who sends more lives no faster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace(f32);

impl Pace {
    pub(super) const NEW: Pace = Pace(1.0);
    /// More than uneven arrival makes of a true 60 a second.
    const SLOW: f32 = 1.3;

    /// So many inputs have come, so many sixtieths after the one before.
    pub(super) fn take(&mut self, sixtieths: f32, inputs: u32) {
        let inputs = inputs.clamp(1, 8) as f32;
        // A mean over about a second; pauses say nothing about hands.
        self.0 += ((sixtieths / inputs).min(4.0) - self.0) * (inputs / 64.0);
    }

    pub(super) fn get(self) -> f32 {
        if self.0 < Pace::SLOW { 1.0 } else { self.0 }
    }
}

/// A lane for each player.
pub(super) type Each<T> = [T; PLAYERS];
