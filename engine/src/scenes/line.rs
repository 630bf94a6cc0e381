//! A client on a bad line: inputs get lost, come late, out of order, twice, or by the dozen; now and then the line
//! breaks, and whoever was there joins anew.
//!
//! All of it is drawn from (seed of the match, the line's own count of inputs, slot), as bots are, so that it is the same
//! on every host.

use crate::rng::{self, Purpose};
use crate::world::{Buttons, InputCmd, PlayerDef};

/// Inputs that can be under way; more come at once.
const UNDER_WAY: usize = 24;
/// Of 256: lost, late, repeated.
const LOST: u32 = 26;
const LATE: u32 = 90;
const TWICE: u32 = 40;
/// Inputs (1/60 s each) that a late one is late at most.
const DELAY: u32 = 12;
/// In 1 of so many seconds a client floods, and sends each input so often, with new numbers; its trigger sticks meanwhile.
const FLOOD_EVERY: u32 = 5;
const FLOOD: u32 = 3;
/// Inputs after which a line breaks, at least and more at most, and for how many.
const BREAK_FROM: u32 = 150;
const BREAK_MORE: u32 = 240;
const AWAY: u32 = 60;

/// One client's line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// What to join with again.
    pub(super) def: PlayerDef,
    pub(super) skill: f32,
    pub(super) wrecks: bool,
    /// Inputs so far.
    now: u32,
    /// At which it breaks.
    breaks: u32,
    waiting: Vec<(u32, InputCmd)>,
}

/// One who is away, until that many inputs of the match's time.
#[derive(Debug, Clone)]
pub(super) struct Away {
    pub(super) line: Line,
    pub(super) until: u64,
}

impl Line {
    pub(super) fn new(def: PlayerDef, skill: f32, wrecks: bool, seed: u64, slot: usize) -> Line {
        let word = rng::draw(seed, 0, Purpose::Bot, slot as u32 + 8 * 15)[0];
        let breaks = BREAK_FROM + rng::below(word, BREAK_MORE);
        Line { def, skill, wrecks, now: 0, breaks, waiting: Vec::with_capacity(UNDER_WAY) }
    }

    /// Whether it has broken; then the inputs for which it stays so.
    pub(super) fn broken(&self, seed: u64, slot: usize) -> Option<u32> {
        (self.now >= self.breaks)
            .then(|| 1 + rng::below(rng::draw(seed, self.now, Purpose::Bot, slot as u32 + 8 * 14)[0], AWAY))
    }

    /// The same one, joining anew: later and later breaks.
    pub(super) fn again(mut self) -> Line {
        self.waiting.clear();
        self.breaks += self.now;
        self
    }

    /// Takes an input under way; `each` gets what arrives now. Returns the highest sequence number used.
    pub(super) fn send(
        &mut self,
        seed: u64,
        slot: usize,
        alive: bool,
        mut input: InputCmd,
        mut each: impl FnMut(InputCmd),
    ) -> u32 {
        self.now = self.now.wrapping_add(1);
        let words = rng::draw(seed, self.now, Purpose::Bot, slot as u32 + 8 * 13);
        // Somebody who cannot wait to be back.
        if !alive {
            input.taps |= Buttons::RESPAWN;
        }
        let floods = (self.now / 60 + slot as u32).is_multiple_of(FLOOD_EVERY);
        if floods {
            input.held |= Buttons::FIRE;
        }
        let mut last = input.sequence;
        if words[0] & 0xFF >= LOST {
            let late = words[0] >> 8 & 0xFF < LATE;
            let due = self.now + if late { 1 + rng::below(words[1], DELAY) } else { 0 };
            let times = if words[0] >> 16 & 0xFF < TWICE { 2 } else { 1 };
            for again in 0..times {
                if self.waiting.len() == UNDER_WAY {
                    each(self.waiting.remove(0).1);
                }
                self.waiting.push((due + again * 2, input));
            }
        }
        if floods {
            for _ in 1..FLOOD {
                last = last.wrapping_add(1);
                each(InputCmd { sequence: last, ..input });
            }
        }
        let now = self.now;
        self.waiting.retain(|&(due, input)| {
            if due <= now {
                each(input);
            }
            due > now
        });
        last
    }
}
