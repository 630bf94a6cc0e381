//! Decoys: enemies that are not there, told to one client alone (a honeypot).
//!
//! A decoy passes for an enemy whom the viewer does not see, and walks where the viewer can't see it: an honest client
//! draws nobody outside what its own player sees (PROTOCOL.md, section 2.5), and a decoy makes no sound. A program that
//! reads the entries and aims by them aims at it, and the guard is told.
//!
//! Nothing that the viewer does not know goes into it: it walks where the map has room at the match's beginning, behind
//! walls as the viewer remembers them, and is gone when the enemy whom it passes for is seen, dies or leaves, which the
//! viewer is told anyway. Its way is drawn from the match's seed by tick and viewer.

use super::entry::{MOST, q16, state_bit, turn8};
use super::history::FRAMES;
use super::{Entry, Knowledge, Memories};
use crate::map::{GameMap, ROWS};
use crate::rng::{Purpose, below, draw, unit};
use crate::vision::{Eye, Grid, NO_HINTS, Smoke, visible_point};
use crate::world::Gait;
use crate::world::state::{Block, Match, MatchState, PLAYERS, derive_walls};
use crate::{Vec2, Weapon};
use bytemuck::Zeroable;

/// px from the viewer at which one appears.
const NEAREST: f32 = 40.0;
const FARTHEST: f32 = 180.0;
/// px at which nobody sees anybody, whatever the mouse look: the longest sight and a body.
const OUT_OF_SIGHT: f32 = 240.0;
/// From a body's centre, px: bodies there cover all within 9.8 px of it.
const ROUND: [Vec2; 9] = [
    Vec2::ZERO,
    Vec2::new(4.5, 0.0),
    Vec2::new(-4.5, 0.0),
    Vec2::new(0.0, 4.5),
    Vec2::new(0.0, -4.5),
    Vec2::new(3.2, 3.2),
    Vec2::new(-3.2, 3.2),
    Vec2::new(3.2, -3.2),
    Vec2::new(-3.2, -3.2),
];
/// px within which one sees all round.
const CLOSE: f32 = 12.0;
/// Places, and then ways, that are tried in a frame.
const TRIES: u32 = 6;
/// Seconds after the enemy was last seen, and after the decoy before, until one appears.
const PAUSE_S: u32 = 1;

/// The walls as a viewer knows them, for what is nobody's knowledge must not move a decoy. 432 bytes and 144 for every 64
/// slices.
#[derive(Debug)]
struct Remembered {
    blocks: Box<[Block]>,
    any: [u64; ROWS],
    full: [u64; ROWS],
    /// The version of what is known that this is of.
    serial: Option<u32>,
}

impl Remembered {
    fn new(game: &Match) -> Remembered {
        Remembered { blocks: game.blocks.clone(), any: [0; ROWS], full: [0; ROWS], serial: None }
    }

    fn recall(&mut self, game: &Match, knowledge: &Knowledge, viewer: usize) {
        let serial = Some(knowledge.slices_serial(viewer));
        if self.serial == serial {
            return;
        }
        self.serial = serial;
        self.blocks.copy_from_slice(&game.blocks);
        for (slice, health) in knowledge.memories(viewer).into_iter().flat_map(Memories::iter) {
            self.blocks[usize::from(slice / 64)].health[usize::from(slice % 64)] = health;
        }
        let mut state = MatchState::zeroed();
        derive_walls(&mut state, &mut self.blocks, game.map.geometry());
        (self.any, self.full) = (state.sight_any, state.sight_full);
    }

    /// Whether no part of a body, nor of 3 px about it, is to be seen from a place, however one turns.
    fn hides(&self, map: &GameMap, from: Vec2, body: Vec2) -> bool {
        let grid =
            Grid { geometry: map.geometry(), blocks: &self.blocks, any: &self.any, full: &self.full, columns: None };
        // Smoke may go any moment. Two halves of the circle: a cone of 360 degrees has no edges to reckon with.
        let air = Smoke { discs: &[], edge: 0.0, unit: 1.0, enough: 1.0 };
        let sees = |at: Vec2, aim_x: f32| {
            let eye = Eye { x: from.x, y: from.y, aim_x, aim_y: 0.0, sight: OUT_OF_SIGHT, cone_cos: 0.0, close: CLOSE };
            visible_point(&grid, &air, &eye, at.x, at.y, &mut NO_HINTS.clone()).is_some()
        };
        ROUND.iter().all(|by| [1.0, -1.0].into_iter().all(|aim_x| !sees(body + *by, aim_x)))
    }
}

/// One viewer's decoy, and how it was in the last frames. 900 bytes, and 144 for every 64 slices.
#[derive(Debug)]
pub(crate) struct Decoy {
    /// The enemy it passes for; `None`: none is shown.
    slot: Option<u8>,
    at: Vec2,
    way: Vec2,
    weapon: u8,
    /// Tick in which it was last shown.
    shown: u32,
    /// Tick in which the viewer last saw the enemy in each slot, or was first looked after.
    seen: [u32; PLAYERS],
    frames: [u32; FRAMES],
    entries: [Entry; FRAMES],
    slots: [u8; FRAMES],
    walls: Remembered,
}

impl Decoy {
    pub(crate) fn new(game: &Match) -> Decoy {
        Decoy {
            slot: None,
            at: Vec2::ZERO,
            way: Vec2::X,
            weapon: Weapon::Rifle as u8,
            shown: game.state.tick,
            seen: [game.state.tick; PLAYERS],
            frames: [u32::MAX; FRAMES],
            entries: [Entry::default(); FRAMES],
            slots: [0; FRAMES],
            walls: Remembered::new(game),
        }
    }

    /// In memory.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Decoy>() + size_of_val::<[Block]>(&self.walls.blocks)
    }

    /// Where it is, while it is shown.
    pub(crate) fn place(&self) -> Option<(u8, Vec2)> {
        self.slot.map(|slot| (slot, self.at))
    }

    /// The slot it passed for in a frame and how it looked, if it was shown.
    pub(crate) fn entry(&self, frame: u32) -> Option<(usize, Entry)> {
        let at = frame as usize % FRAMES;
        (self.frames[at] == frame).then(|| (usize::from(self.slots[at]), self.entries[at]))
    }

    /// Whether no frame is remembered in which it was shown.
    pub(crate) fn is_forgotten(&self, frame: u32) -> bool {
        self.frames.iter().all(|shown| *shown == u32::MAX || frame - shown >= FRAMES as u32)
    }

    /// Lives through a frame of `ticks` ticks. `wanted`: it is to be shown where it can be.
    pub(crate) fn live(
        &mut self,
        game: &Match,
        knowledge: &Knowledge,
        viewer: usize,
        (frame, ticks): (u32, u32),
        wanted: bool,
    ) {
        let state = &game.state;
        let knows = knowledge.knows[viewer];
        for slot in MatchState::slots(knows) {
            self.seen[slot] = state.tick;
        }
        // What the viewer is told of these, the scores' sign of life among it, is all that this depends on.
        let candidates = state.enemies(viewer) & state.alive & !knows;
        let lives = state.alive >> viewer & 1 == 1 && state.over == 0;
        if !wanted || !lives || self.slot.is_some_and(|slot| candidates >> slot & 1 == 0) {
            self.slot = None;
        }
        if !wanted || !lives {
            return;
        }
        self.walls.recall(game, knowledge, viewer);
        let dice = |n: u32| draw(state.seed, state.tick, Purpose::Decoy, n * 8 + viewer as u32);
        if self.slot.is_some() {
            self.shown = state.tick;
            self.walk(game, viewer, ticks, dice);
        } else if state.tick.saturating_sub(self.shown) >= PAUSE_S * game.rules.tick_rate {
            self.appear(game, viewer, candidates, dice);
        }
        if let Some(slot) = self.slot {
            let at = frame as usize % FRAMES;
            let state = Gait::Walking as u8 | state_bit::ALIVE;
            let facing = turn8(self.way.x, self.way.y);
            self.frames[at] = frame;
            self.slots[at] = slot;
            self.entries[at] =
                Entry::new(q16(self.at.x, MOST.0), q16(self.at.y, MOST.1), facing, 100, self.weapon, state);
        }
    }

    fn appear(&mut self, game: &Match, viewer: usize, candidates: u8, dice: impl Fn(u32) -> [u32; 4]) {
        let from = Vec2::new(game.state.x[viewer], game.state.y[viewer]);
        let pause = PAUSE_S * game.rules.tick_rate;
        let ready = |slot: &usize| game.state.tick.saturating_sub(self.seen[*slot]) >= pause;
        let count = MatchState::slots(candidates).filter(ready).count();
        if count == 0 {
            return;
        }
        let [which, what, ..] = dice(0);
        let slot = MatchState::slots(candidates).filter(ready).nth(below(which, count as u32) as usize);
        for n in 1..=TRIES {
            let [far, angle, ..] = dice(n);
            let distance = NEAREST + (FARTHEST - NEAREST) * unit(far);
            let at = from + direction(angle) * distance;
            if self.stands(game, from, at) {
                self.slot = slot.map(|slot| slot as u8);
                self.at = at;
                self.way = direction(what);
                self.weapon = below(what.rotate_left(16), 5) as u8;
                return;
            }
        }
    }

    /// On, or another way; one who can go nowhere, or could be seen now, is gone.
    fn walk(&mut self, game: &Match, viewer: usize, ticks: u32, dice: impl Fn(u32) -> [u32; 4]) {
        let from = Vec2::new(game.state.x[viewer], game.state.y[viewer]);
        let stride = game.rules.rules.movement.walk * ticks as f32 / game.rules.tick_rate as f32;
        for n in 0..TRIES {
            if n > 0 {
                self.way = direction(dice(n)[0]);
            }
            let at = self.at + self.way * stride;
            let near = (at - from).length_squared() < FARTHEST * FARTHEST * 1.5;
            if near && self.stands(game, from, at) {
                self.at = at;
                return;
            }
        }
        self.slot = None;
    }
}

impl Decoy {
    fn stands(&self, game: &Match, from: Vec2, at: Vec2) -> bool {
        // From where the viewer's client takes it to be, too: by a corner close by, 1/32 px beside is pixels farther on.
        let told = Vec2::new(f32::from(q16(from.x, MOST.0)), f32::from(q16(from.y, MOST.1))) / 16.0;
        game.map.geometry().is_free(at) && [from, told].iter().all(|from| self.walls.hides(&game.map, *from, at))
    }
}

fn direction(word: u32) -> Vec2 {
    let angle = unit(word) * core::f32::consts::TAU;
    Vec2::new(libm::cosf(angle), libm::sinf(angle))
}
