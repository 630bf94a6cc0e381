//! What each player of a match may know: the one gate (rule book, section 9).
//!
//! | what | who knows of it |
//! | --- | --- |
//! | a player | oneself; the team, once both are placed; enemies in sight ([`Knowledge::knows`]) |
//! | a projectile | the team that launched it; others while its place is in view ([`Knowledge::flights`]) |
//! | a slice's damage | who sees the slice, whose team dealt it, who hears it break; all others remember what they knew |
//! | an event | see [`Knowledge::witness`] |
//! | smoke | everybody |
//!
//! A place is in view of a living player who is not blind, within the cone and the distance of sight or within
//! `vision.close` px, if the line to it is clear and the smoke on it thinner than `smoke.depth`. A slice is in view if a
//! point just off one of its faces turned to the eye is: the middle of the face, or an eighth of it from either end
//! ([`OFF`], [`FROM_END`]); or the middle of a slice that sight passes. So of a face of which less than three eighths
//! show, it may be missed that it shows; what is found in view is in view.
//!
//! What one player knows never depends on what another one, unseen and unheard, does: nothing here is counted, ordered
//! or numbered across players (`engine/tests/non_interference.rs`).
//!
//! Instructions with all eight watched, 1,800 ticks of `engine/examples/knowledge_load.rs`: a tick costs 250 to 280
//! ([`Knowledge::look`]), 4,550 in arsenal, where something is always in the air; an event 860 in duel, 1,830 in brawl,
//! 4,110 in arsenal, where blasts break walls by the dozen, the telling included ([`Knowledge::witness`]); looking round the
//! corner 10 times a second, by the tick and for all eight together, 200 in duel, 4,550 in brawl, 30,300 in arsenal
//! ([`Knowledge::look_around`]), and next to nothing for one who stands where no wall changes.

use super::memory::{Place, TOGETHER};
use super::shadows::{SHADOWS, Shadows};
use super::{Memories, Told, hidden};
use crate::map::{COLS, Geometry, PLAYFIELD, ROWS, SLICES_PER_WALL, cell_index};
use crate::rules::{Payload, Tuned};
use crate::vision::{Grid, SmokeDisc, Stop, regions};
use crate::world::state::{Block, CLOUDS, Match, MatchState, PLAYERS, PROJECTILES};
use crate::world::{Event, EventKind, NONE};
use std::cell::Cell;
use wide::f32x4;

/// px before a face at which it is looked at: a standing slice's own face stops every line.
const OFF: f32 = 1.0 / 32.0;
/// Share of a face's length from its ends at which it is looked at, besides its middle.
const FROM_END: f32 = 0.125;

/// A projectile, or the cloud that rose from it, by the names that players have for it.
#[derive(Debug, Clone, Copy)]
struct Named {
    serial: u32,
    /// 1: launched by blue.
    blue: u8,
    /// Mask of who has learnt of it, and of who knows its launch.
    met: u8,
    saw: u8,
    /// By viewer: number, from 1; 0: not met.
    own: [u16; PLAYERS],
    /// By viewer: tick in which it was met.
    since: [u32; PLAYERS],
}

/// How a viewer looked when stale slices were last looked at; the bits of position, aim, distance and cone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Glance {
    eye: [u32; 6],
    epoch: u64,
    serial: u32,
}

/// What knowledge is handed over to.
pub(crate) trait Ear {
    /// How an event is told, at most once to each player.
    fn tell(&mut self, told: Told);
    /// A player knows otherwise of a slice than before: the health known so far, 1/64 points.
    fn learn(&mut self, viewer: usize, slice: u16, knew: u16);
}

/// Columns by viewer. 1,072 bytes, 56 for each projectile in the air, and for each viewer 2 bytes for each wall of which some
/// is remembered otherwise than it is, and 2 for each such slice.
#[derive(Debug)]
pub(crate) struct Knowledge {
    /// Bit t of v: v knows where t is and how t does: oneself; placed team mates, once placed oneself; enemies seen.
    pub(crate) knows: [u8; PLAYERS],
    /// The same of the tick before.
    pub(crate) knew: [u8; PLAYERS],
    /// Bit l of v: v knows the projectile in lane l.
    pub(crate) flights: [u64; PLAYERS],
    /// Those for whom all this is kept: who has a link, or had one, or is listened for.
    watched: u8,
    /// Team of each slot's player, or of the last one who had it.
    blue: u8,
    /// Who has ever been on the field: those alone share what their team knows, or one could look at both sides before
    /// choosing.
    placed: u8,
    /// Generations of those who are in the match; 0: nobody.
    who: [u32; PLAYERS],
    /// Slices that have changed out of sight and hearing, ascending.
    stale: [Memories; PLAYERS],
    /// Grows with every change of what a viewer knows of slices.
    serial: [u32; PLAYERS],
    glance: [Option<Glance>; PLAYERS],
    /// What has hidden walls from each viewer of late.
    stops: [[Stop; SHADOWS]; PLAYERS],
    /// Health of all slices as the events told so far leave it, 1/64 points: only while slices change in a way of which
    /// not all events may be told. Otherwise an event says by itself what it leaves, and what was there.
    before: Option<Vec<u16>>,
    named: Vec<Named>,
    /// Names given so far.
    names: [u16; PLAYERS],
    /// Flashes of this tick: place, serial number.
    flashes: Vec<([f32; 2], u32)>,
}

const _: () = assert!(size_of::<Named>() == 56);
const _: () = assert!(size_of::<usize>() != 8 || size_of::<Knowledge>() == 1072);

/// Who looks.
#[derive(Clone, Copy)]
struct Eye {
    x: f32,
    y: f32,
    aim_x: f32,
    aim_y: f32,
    sight: f32,
    cone_cos: f32,
    close: f32,
}

/// What is looked through.
struct Scene<'a> {
    state: &'a MatchState,
    rules: &'a Tuned,
    geometry: &'a Geometry,
    grid: Grid<'a>,
    /// `None`: clear air, as most often; half a kilobyte that need not be written.
    discs: Option<([SmokeDisc; CLOUDS], usize)>,
}

impl<'a> Scene<'a> {
    #[inline]
    fn of(game: &'a Match) -> Scene<'a> {
        let (state, geometry) = (&game.state, game.map.geometry());
        let grid = Grid {
            geometry,
            blocks: &game.blocks,
            any: &state.sight_any,
            full: &state.sight_full,
            columns: game.full_columns(),
        };
        let discs = (state.clouds != 0).then(|| crate::sim::discs(state, &game.rules));
        Scene { state, rules: &game.rules, geometry, grid, discs }
    }

    /// `None`: the dead and the blind see nothing.
    #[inline]
    fn eye(&self, viewer: usize) -> Option<Eye> {
        let s = self.state;
        let open = s.alive >> viewer & 1 == 1 && !crate::sim::impairment(s, self.rules, viewer).blind;
        open.then(|| Eye {
            x: s.x[viewer],
            y: s.y[viewer],
            aim_x: s.aim_x[viewer],
            aim_y: s.aim_y[viewer],
            sight: s.sight[viewer],
            cone_cos: s.cone_cos[viewer],
            close: self.rules.rules.vision.close,
        })
    }

    /// Whether a place is in view.
    #[inline]
    fn shows(&self, eye: &Eye, x: f32, y: f32) -> bool {
        let (dx, dy) = (x - eye.x, y - eye.y);
        let d2 = dx * dx + dy * dy;
        if d2 > eye.close * eye.close {
            let along = dx * eye.aim_x + dy * eye.aim_y;
            if d2 > eye.sight * eye.sight || along < eye.cone_cos * d2.sqrt() {
                return false;
            }
        }
        let (from, to) = ((eye.x, eye.y), (x, y));
        let smokes = |(discs, count): &([SmokeDisc; CLOUDS], usize)| self.rules.smoke(&discs[..*count]).stops(from, to);
        self.grid.is_clear(from, to) && !self.discs.as_ref().is_some_and(smokes)
    }

    /// [`Scene::shows`] for a point that may well lie in the wall next door.
    #[inline]
    fn shows_off(&self, eye: &Eye, x: f32, y: f32) -> bool {
        self.grid.full[cell_index(y, ROWS)] >> cell_index(x, COLS) & 1 == 0 && self.shows(eye, x, y)
    }

    /// Which of four walls of the map may be in view, bit i for `walls[i]`: those within reach and the cone.
    #[inline]
    fn in_reach(&self, eye: &Eye, walls: [usize; 4]) -> u32 {
        let all = &self.geometry.walls;
        let rects = walls.map(|wall| {
            let info = &all[wall];
            f32x4::new([info.x, info.y, info.width, info.height])
        });
        let [x, y, width, height] = f32x4::transpose(rects);
        let off = f32x4::splat(OFF);
        let (x0, x1) = (x - off - f32x4::splat(eye.x), x + width + off - f32x4::splat(eye.x));
        let (y0, y1) = (y - off - f32x4::splat(eye.y), y + height + off - f32x4::splat(eye.y));
        let away = |low: f32x4, high: f32x4| low.fast_max(-high).fast_max(f32x4::ZERO);
        let (nx, ny) = (away(x0, x1), away(y0, y1));
        let d2 = nx * nx + ny * ny;
        let reach = larger(eye.sight, eye.close);
        let reached = d2.simd_le(f32x4::splat(reach * reach));
        // As `Eye::is_aside` has it, by squares: a root is long to wait for.
        let far = |low: f32x4, high: f32x4, aim: f32x4| (low * aim).fast_max(high * aim);
        let along = far(x0, x1, f32x4::splat(eye.aim_x)) + far(y0, y1, f32x4::splat(eye.aim_y));
        let near = eye.close + OFF;
        let (cos, along) = (f32x4::splat(eye.cone_cos), along + off + f32x4::splat(eye.cone_cos * OFF));
        let less = along.simd_lt(f32x4::ZERO) | (along * along).simd_lt(cos * cos * d2);
        let aside = d2.simd_gt(f32x4::splat(near * near)) & less;
        let aside = if eye.cone_cos > 0.0 { aside.to_bitmask() } else { 0 };
        reached.to_bitmask() & !aside
    }

    /// Whether a wall within reach is easily told to be hidden: behind a single rectangle. Most walls that have changed
    /// unseen are, and cost a line at most instead of one for each point that is looked at.
    #[inline]
    fn hides_wall(&self, eye: &Eye, wall: usize, shadows: &mut Shadows<'_>) -> bool {
        let Some(info) = self.geometry.walls.get(wall) else { return true };
        let (x0, y0) = (info.x - OFF, info.y - OFF);
        let (x1, y1) = (info.x + info.width + OFF, info.y + info.height + OFF);
        let there = (x0, y0, x1, y1);
        if shadows.cover(&self.grid, there) {
            return true;
        }
        let to = (eye.x.clamp(x0, x1).clamp(0.0, PLAYFIELD.0), eye.y.clamp(y0, y1).clamp(0.0, PLAYFIELD.1));
        // In the wall itself nothing is hidden.
        to != (eye.x, eye.y)
            && self.grid.near_stop((eye.x, eye.y), to).is_some_and(|stop| shadows.add(&self.grid, stop, there))
    }

    /// Whether a slice is in view; see the module's head. Behind a rectangle that hid something else just now it is not.
    fn shows_slice(&self, eye: &Eye, slice: usize, shadows: &mut Shadows<'_>) -> bool {
        let g = self.geometry;
        let (x0, y0, x1, y1) = (g.x0[slice], g.y0[slice], g.x1[slice], g.y1[slice]);
        // From the eye to the nearest point.
        let (nx, ny) = (eye.x.clamp(x0, x1) - eye.x, eye.y.clamp(y0, y1) - eye.y);
        let d2 = nx * nx + ny * ny;
        let reach = larger(eye.sight, eye.close) + OFF;
        if d2 > reach * reach || eye.is_aside(x0, y0, x1, y1, d2) {
            return false;
        }
        if d2 <= 0.0 {
            // The eye is in the gap.
            return true;
        }
        if shadows.cover(&self.grid, (x0 - OFF, y0 - OFF, x1 + OFF, y1 + OFF)) {
            return false;
        }
        // A neighbour in the wall that stops sight covers the face between the two.
        let (along_x, part) = (g.walls[slice / SLICES_PER_WALL].along_x, slice % SLICES_PER_WALL);
        let opaque = |s: usize| self.grid.blocks[s / 64].clear >> (s % 64) & 1 == 0;
        let covered = |along: bool, before: bool| {
            along == along_x
                && if before { part > 0 && opaque(slice - 1) } else { part + 1 < SLICES_PER_WALL && opaque(slice + 1) }
        };
        let shares = [0.5, FROM_END, 1.0 - FROM_END];
        if nx != 0.0 && !covered(true, nx > 0.0) {
            let x = if nx > 0.0 { (x0 - OFF).max(0.0) } else { (x1 + OFF).min(PLAYFIELD.0) };
            if shares.iter().any(|share| self.shows_off(eye, x, y0 + (y1 - y0) * share)) {
                return true;
            }
        }
        if ny != 0.0 && !covered(false, ny > 0.0) {
            let y = if ny > 0.0 { (y0 - OFF).max(0.0) } else { (y1 + OFF).min(PLAYFIELD.1) };
            if shares.iter().any(|share| self.shows_off(eye, x0 + (x1 - x0) * share, y)) {
                return true;
            }
        }
        let clear = self.grid.blocks[slice / 64].clear >> (slice % 64) & 1 == 1;
        clear && self.shows(eye, (x0 + x1) * 0.5, (y0 + y1) * 0.5)
    }
}

/// Of two numbers, both of which are some: an instruction, where `f32::max` takes five.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

impl Eye {
    /// Whether a rectangle, `d2` px^2 away at least, is surely out of the cone and not close by.
    #[inline]
    fn is_aside(&self, x0: f32, y0: f32, x1: f32, y1: f32, d2: f32) -> bool {
        // The farthest that any of it lies along the aim, against the least that the cone asks of its nearest point.
        let far = |low: f32, high: f32, aim: f32| larger(low * aim, high * aim);
        let along = far(x0 - self.x, x1 - self.x, self.aim_x) + far(y0 - self.y, y1 - self.y, self.aim_y);
        // All that is looked at lies at most so far outside.
        let near = self.close + OFF;
        self.cone_cos > 0.0 && d2 > near * near && along + OFF < self.cone_cos * (d2.sqrt() - OFF)
    }

    fn bits(&self) -> [u32; 6] {
        [self.x, self.y, self.aim_x, self.aim_y, self.sight, self.cone_cos].map(f32::to_bits)
    }
}

/// Health of a slice when the map begins, 1/64 points.
#[inline]
pub(crate) fn at_first(geometry: &Geometry, slice: usize) -> u16 {
    if geometry.missing[slice / 64] >> (slice % 64) & 1 == 1 { 0 } else { geometry.max_health[slice] }
}

impl Knowledge {
    /// What the players of a running match know of it, if nobody has told them anything yet: the map as it was at the
    /// beginning.
    pub(crate) fn new(game: &Match) -> Knowledge {
        let mut new = Knowledge {
            knows: [0; PLAYERS],
            knew: [0; PLAYERS],
            flights: [0; PLAYERS],
            watched: 0,
            blue: 0,
            placed: 0,
            who: [0; PLAYERS],
            stale: Default::default(),
            serial: [0; PLAYERS],
            glance: [None; PLAYERS],
            stops: [[Stop::NONE; SHADOWS]; PLAYERS],
            before: None,
            named: Vec::new(),
            names: [0; PLAYERS],
            flashes: Vec::new(),
        };
        new.follow(&game.state);
        new.knew = new.knows;
        new
    }

    /// Health of a slice as a player knows it, 1/64 points, `actual` being what it has.
    pub(crate) fn health(&self, viewer: usize, slice: u16, actual: u16) -> u16 {
        self.stale[viewer].get(slice).unwrap_or(actual)
    }

    /// Asks for what a player remembers.
    pub(crate) fn ask(&self, viewer: usize) {
        self.stale[viewer].ask();
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        let stale: usize = self.stale.iter().map(Memories::bytes).sum();
        let before = self.before.as_ref().map_or(0, |before| before.capacity() * size_of::<u16>());
        before + stale + self.named.capacity() * size_of::<Named>()
    }

    /// Slices that a player remembers otherwise than they are; `None` for one who is not watched.
    pub(crate) fn memories(&self, viewer: usize) -> Option<&Memories> {
        (self.watched >> viewer & 1 == 1).then(|| &self.stale[viewer])
    }

    /// Grows with every change of what a player knows of slices.
    pub(crate) fn slices_serial(&self, viewer: usize) -> u32 {
        self.serial[viewer]
    }

    /// What a player calls the projectile, or the cloud, with a serial number: number, tick in which they learnt of it,
    /// whether they know its launch.
    pub(crate) fn name_of(&self, viewer: usize, serial: u32) -> Option<(u16, u32, bool)> {
        let named = self.named.iter().find(|n| n.serial == serial)?;
        (named.met >> viewer & 1 == 1).then(|| (named.own[viewer], named.since[viewer], named.saw >> viewer & 1 == 1))
    }

    /// Knowledge is kept for these players from now on; those who are new to it know the map as it was at the beginning.
    pub(crate) fn watch(&mut self, game: &Match, mask: u8) {
        for viewer in MatchState::slots(mask & game.state.joined & !self.watched) {
            self.watched |= 1 << viewer;
            self.begin(game, viewer);
        }
    }

    /// The player knows the map as it was at the beginning.
    fn begin(&mut self, game: &Match, viewer: usize) {
        let geometry = game.map.geometry();
        let stale = &mut self.stale[viewer];
        stale.clear();
        for s in 0..geometry.slice_count {
            if at_first(geometry, s) != game.blocks[s / 64].health[s % 64] {
                stale.set(s as u16, at_first(geometry, s));
            }
        }
        self.serial[viewer] = self.serial[viewer].wrapping_add(1);
        self.glance[viewer] = None;
    }

    /// A player has joined: whatever was kept about the slot is another's.
    pub(crate) fn join(&mut self, game: &Match, slot: usize) {
        self.leave(slot);
        self.blue = self.blue & !(1 << slot) | game.state.blue & (1 << slot);
        self.placed = self.placed & !(1 << slot) | game.state.placed & (1 << slot);
        self.who[slot] = game.state.generation[slot];
        self.knows = columns(&game.state);
    }

    /// A player has left.
    pub(crate) fn leave(&mut self, slot: usize) {
        let keep = !(1u8 << slot);
        self.watched &= keep;
        self.who[slot] = 0;
        (self.knows[slot], self.knew[slot], self.flights[slot]) = (0, 0, 0);
        for rows in [&mut self.knows, &mut self.knew] {
            rows.iter_mut().for_each(|row| *row &= keep);
        }
        for named in &mut self.named {
            named.met &= keep;
            named.saw &= keep;
            named.own[slot] = 0;
        }
        self.names[slot] = 0;
        self.stale[slot].clear();
        self.serial[slot] = self.serial[slot].wrapping_add(1);
        self.glance[slot] = None;
    }

    /// Between two ticks a team or a life has changed by the host's hand.
    pub(crate) fn follow(&mut self, state: &MatchState) {
        self.blue = self.blue & !state.joined | state.blue & state.joined;
        self.placed = self.placed & !state.joined | state.placed & state.joined;
        for slot in 0..PLAYERS {
            self.who[slot] = if state.joined >> slot & 1 == 1 { state.generation[slot] } else { 0 };
        }
        self.knows = columns(state);
    }

    /// Slices may change in a way of which not all events are told: they are as they have been told of until now. To be
    /// followed by [`Knowledge::settle`] in a tick, and between two by what the host does.
    pub(crate) fn remember(&mut self, blocks: &[Block], slices: usize) {
        self.forget();
        let mut spare = SPARE.take();
        let mut list = spare.truths.pop().unwrap_or_default();
        SPARE.set(spare);
        list.extend((0..slices).map(|s| blocks[s / 64].health[s % 64]));
        self.before = Some(list);
    }

    /// What was remembered is not needed.
    pub(crate) fn forget(&mut self) {
        if let Some(before) = self.before.take() {
            give_back(before);
        }
    }

    /// The walls are as at the beginning, and everybody knows: hands over viewer, slice, health known so far.
    pub(crate) fn repair(&mut self, game: &Match, mut learn: impl FnMut(usize, u16, u16)) {
        self.glance = [None; PLAYERS];
        if let Some(before) = self.before.take() {
            for viewer in MatchState::slots(self.watched) {
                for (s, was) in before.iter().enumerate() {
                    let knew = self.health(viewer, s as u16, *was);
                    if knew != game.blocks[s / 64].health[s % 64] {
                        learn(viewer, s as u16, knew);
                    }
                }
            }
            give_back(before);
        }
        for viewer in 0..PLAYERS {
            self.stale[viewer].clear();
            self.serial[viewer] = self.serial[viewer].wrapping_add(1);
        }
    }

    /// Nothing flies any more.
    pub(crate) fn land(&mut self, state: &MatchState) {
        self.flights = [0; PLAYERS];
        self.tidy(state);
    }

    /// The match begins anew.
    pub(crate) fn reset(&mut self, game: &Match) {
        self.repair(game, |_, _, _| {});
        self.named.clear();
        self.names = [0; PLAYERS];
        self.flights = [0; PLAYERS];
        self.follow(&game.state);
        self.knew = self.knows;
    }

    /// The match has been turned back to another moment: what players were told stays remembered. Returns the slots
    /// whose player is not who it was.
    pub(crate) fn restore(&mut self, game: &Match) -> u8 {
        let state = &game.state;
        let mut gone = 0;
        for slot in 0..PLAYERS {
            let is = if state.joined >> slot & 1 == 1 { state.generation[slot] } else { 0 };
            if is != self.who[slot] {
                self.leave(slot);
                gone |= 1 << slot;
            }
        }
        self.compare(game);
        self.follow(state);
        self.knew = self.knows;
        self.glance = [None; PLAYERS];
        self.tidy(state);
        self.fly(game);
        gone
    }

    /// Takes the slices as they are, for all that has changed without an event since [`Knowledge::remember`]: nobody has
    /// learnt of it.
    fn compare(&mut self, game: &Match) {
        let Some(before) = self.before.take() else { return };
        let is = |s: usize| game.blocks[s / 64].health[s % 64];
        if before.iter().enumerate().any(|(s, was)| *was != is(s)) {
            let mut spare = SPARE.take();
            for viewer in MatchState::slots(self.watched) {
                let known = |s: usize| self.health(viewer, s as u16, before[s]);
                spare.memory.clear();
                for s in (0..before.len()).filter(|&s| known(s) != is(s)) {
                    spare.memory.set(s as u16, known(s));
                }
                self.stale[viewer].copy(&spare.memory);
                // Some may be in view.
                self.glance[viewer] = None;
            }
            SPARE.set(spare);
        }
        give_back(before);
    }

    /// Brings the columns up to the tick just played, before its events are looked at.
    #[inline(never)]
    pub(crate) fn look(&mut self, game: &Match) {
        let state = &game.state;
        self.knew = self.knows;
        self.follow(state);
        let things = (state.flying.count_ones() + state.clouds.count_ones()) as usize;
        if things > 0 || self.flights != [0; PLAYERS] {
            self.fly(game);
        }
    }

    /// Forgets the names of what neither flies nor hides anything any more.
    fn tidy(&mut self, state: &MatchState) {
        let flies = |n: &Named| (0..PROJECTILES).any(|l| state.flying >> l & 1 == 1 && state.number[l] == n.serial);
        let smokes = |n: &Named| (0..CLOUDS).any(|l| state.clouds >> l & 1 == 1 && state.cloud_number[l] == n.serial);
        self.named.retain(|n| flies(n) || smokes(n));
    }

    /// Who knows which projectile and cloud now.
    fn fly(&mut self, game: &Match) {
        let state = &game.state;
        self.flights = [0; PLAYERS];
        let watched = self.watched & state.joined;
        if watched == 0 {
            return;
        }
        let scene = Scene::of(game);
        // Filled when an enemy's projectile is about.
        let mut eyes: [Option<Option<Eye>>; PLAYERS] = [None; PLAYERS];
        let mut order = [0u8; PROJECTILES];
        let count = crate::sim::by_number(state, &mut order);
        for &lane in &order[..count] {
            let lane = usize::from(lane);
            let blue = state.pteam[lane];
            let mates = self.team(blue) & watched;
            let mut knowers = mates;
            for viewer in MatchState::slots(watched & !mates) {
                let eye = eyes[viewer].get_or_insert_with(|| scene.eye(viewer));
                let seen = eye.as_ref().is_some_and(|eye| scene.shows(eye, state.px[lane], state.py[lane]));
                knowers |= u8::from(seen) << viewer;
            }
            for viewer in MatchState::slots(knowers) {
                self.flights[viewer] |= 1 << lane;
            }
            self.meet(state.tick, state.number[lane], blue, knowers, mates);
        }
        // All that hides is known to all, in the order in which it went off.
        for lane in (0..CLOUDS).filter(|lane| state.clouds >> lane & 1 == 1) {
            self.meet(state.tick, state.cloud_number[lane], NONE, watched, 0);
        }
    }

    /// These players learn of a projectile, unless they have met it before; `saw`: and of its launch.
    fn meet(&mut self, tick: u32, serial: u32, blue: u8, viewers: u8, saw: u8) -> usize {
        let at = self.named.iter().position(|n| n.serial == serial).unwrap_or_else(|| {
            self.named.push(Named { serial, blue, met: 0, saw: 0, own: [0; PLAYERS], since: [0; PLAYERS] });
            self.named.len() - 1
        });
        let named = &mut self.named[at];
        for viewer in MatchState::slots(viewers & !named.met) {
            let next = self.names[viewer].wrapping_add(1).max(1);
            self.names[viewer] = next;
            (named.own[viewer], named.since[viewer]) = (next, tick);
        }
        named.saw |= saw & viewers;
        named.met |= viewers;
        at
    }

    /// Mask of the slots whose player shares, or shared, what a team knows.
    #[inline]
    fn team(&self, blue: u8) -> u8 {
        self.placed & if blue == 1 { self.blue } else { !self.blue }
    }

    /// Mask of who is told what a slot's player does for being of the same team, the player included; nobody is of
    /// nobody's.
    #[inline]
    fn friends(&self, slot: u8) -> u8 {
        if usize::from(slot) < PLAYERS { self.team(self.blue >> slot & 1) | 1 << slot } else { 0 }
    }

    /// Mask of who knows a slot's player, placed or not.
    #[inline]
    fn acquainted(&self, slot: u8) -> u8 {
        self.friends(slot) | column(&self.knows, slot)
    }

    /// Takes an event of the tick just played: hands over how it is told, and the slices whose known health has changed.
    ///
    /// | event | told to | without |
    /// | --- | --- | --- |
    /// | joined, match ended | all | |
    /// | left | all | place, for those who did not know the leaver |
    /// | respawn denied, fire refused, aim toggled, overheated | the actor | |
    /// | spawned, fired, launched, hit wall, miss, reload started, reloaded, switched | the actor's team; who knows the actor | rounds left and the damage to walls, for enemies: being seen does not show what is left in a magazine |
    /// | hit player | the same, if they know the target; the actor's team in any case | target, places and damage, if the target is unknown |
    /// | player damaged | who knows the target | actor and weapon, if the actor is unknown |
    /// | died | all | place, unless the body is known, or was a tick ago |
    /// | wall damaged, slice destroyed | the actor's team; who sees the slice | actor and weapon, if the actor is unknown |
    /// | bounced | the launching team; in whose view the place is | actor or target, if unknown |
    /// | exploded | the same; smoke: all | actor, if unknown |
    /// | dazzled | the target | actor, if unknown |
    ///
    /// Who learns of damage to a slice knows its health; who hears a slice break knows that it is gone, and is told
    /// nothing more; all others remember what they knew.
    #[inline(never)]
    pub(crate) fn witness(&mut self, game: &Match, event: &Event, ear: &mut impl Ear) {
        use EventKind::*;
        let all = self.watched & game.state.joined;
        let Some(kind) = EventKind::from_number(event.kind) else { return };
        if all == 0 {
            return;
        }
        let mut tell = |to: u8, hidden: u8| {
            if to & all != 0 {
                ear.tell(blank(event, to & all, hidden));
            }
        };
        match kind {
            Joined | MatchEnded => tell(all, 0),
            Left => {
                let known = self.acquainted(event.actor);
                tell(known, 0);
                tell(!known, hidden::PLACE);
            }
            RespawnDenied | FireRefused | AimToggled | Overheated => tell(bit(event.actor), 0),
            Spawned | Miss | ReloadStarted | Switched => tell(self.acquainted(event.actor), 0),
            Fired | Reloaded | HitWall => {
                let friends = self.friends(event.actor);
                tell(friends, 0);
                let hidden = if kind == HitWall { hidden::DAMAGE } else { hidden::ROUNDS };
                tell(self.acquainted(event.actor) & !friends, hidden);
            }
            HitPlayer => {
                let target = self.acquainted(event.target);
                tell(self.acquainted(event.actor) & target, 0);
                let nobody = hidden::TARGET | hidden::PLACE | hidden::DIRECTION | hidden::DAMAGE;
                tell(self.friends(event.actor) & !target, nobody);
            }
            PlayerDamaged => {
                let (actor, target) = (self.acquainted(event.actor), self.acquainted(event.target));
                tell(target & actor, 0);
                tell(target & !actor, hidden::ACTOR | hidden::WEAPON);
            }
            Died => {
                let known = self.acquainted(event.target) | column(&self.knew, event.target);
                tell(known, 0);
                tell(!known, hidden::PLACE);
            }
            Dazzled => {
                let target = bit(event.target) & all;
                let hidden = if target & self.acquainted(event.actor) != 0 { 0 } else { hidden::ACTOR };
                let mut told = blank(event, target, hidden);
                let flash = self.flashes.iter().find(|(place, _)| *place == [event.x, event.y]);
                if let (Some(&(_, serial)), true) = (flash, target != 0) {
                    // Who is dazzled sees nothing any more, not even the flash go off; but it is known which it was.
                    let at = self.meet(event.tick, serial, NONE, target, 0);
                    told.event.reserved = self.named[at].own[usize::from(event.target)];
                }
                if target != 0 {
                    ear.tell(told);
                }
            }
            WallDamaged | SliceDestroyed => {
                let knowers = self.damage(game, event, all, ear);
                let actor = self.acquainted(event.actor);
                for (to, hidden) in [(knowers & actor, 0), (knowers & !actor, hidden::ACTOR | hidden::WEAPON)] {
                    if to != 0 {
                        ear.tell(blank(event, to, hidden));
                    }
                }
            }
            Launched | Bounced | Exploded => {
                let (knowers, at) = self.flight(game, event, kind, all);
                let (friends, actor) = (self.friends(event.actor), self.acquainted(event.actor));
                let target = self.acquainted(event.target);
                let unless = |known: u8, viewer: usize, hidden: u8| if known >> viewer & 1 == 1 { 0 } else { hidden };
                for viewer in MatchState::slots(knowers) {
                    let hidden = match kind {
                        Launched => unless(friends, viewer, hidden::ROUNDS),
                        Bounced => unless(actor, viewer, hidden::ACTOR) | unless(target, viewer, hidden::TARGET),
                        _ => unless(actor, viewer, hidden::ACTOR),
                    };
                    let mut told = blank(event, 1 << viewer, hidden);
                    told.event.value = self.named[at].own[viewer].into();
                    ear.tell(told);
                }
            }
        }
    }

    /// Who learns of an event of a projectile, and its place among the named.
    fn flight(&mut self, game: &Match, event: &Event, kind: EventKind, all: u8) -> (u8, usize) {
        let serial = event.value as u32;
        if kind == EventKind::Launched {
            let knowers = self.acquainted(event.actor) & all;
            let blue = self.blue.checked_shr(event.actor.into()).unwrap_or(0) & 1;
            return (knowers, self.meet(event.tick, serial, blue, knowers, knowers));
        }
        let rule = game.rules.weapons.get(usize::from(event.weapon)).and_then(|w| w.projectile);
        let goes_off_as = |payload| kind == EventKind::Exploded && rule.is_some_and(|p| p.payload == payload);
        let smokes = goes_off_as(Payload::Smoke);
        if goes_off_as(Payload::Flash) {
            self.flashes.push(([event.x, event.y], serial));
        }
        let launched_by = self.named.iter().find(|n| n.serial == serial).map(|n| n.blue);
        let mates = match launched_by {
            Some(blue @ 0..=1) => self.team(blue),
            // In the air since before anybody was watched.
            _ => self.friends(event.actor),
        };
        let mut knowers = if smokes { all } else { mates & all };
        if knowers != all {
            let scene = Scene::of(game);
            for viewer in MatchState::slots(all & !knowers) {
                let seen = scene.eye(viewer).is_some_and(|eye| scene.shows(&eye, event.x, event.y));
                knowers |= u8::from(seen) << viewer;
            }
        }
        (knowers, self.meet(event.tick, serial, launched_by.unwrap_or(NONE), knowers, 0))
    }

    /// A slice has less health: who is to be told of it.
    fn damage(&mut self, game: &Match, event: &Event, all: u8, ear: &mut impl Ear) -> u8 {
        let (slice, left) = (event.slice, event.aux);
        if usize::from(slice) >= game.map.geometry().slice_count {
            return 0;
        }
        let before = (i32::from(left) + event.value).clamp(0, i32::from(u16::MAX)) as u16;
        if let Some(truth) = &mut self.before {
            truth[usize::from(slice)] = left;
        }
        let mut told = self.friends(event.actor) & all;
        let heard = if event.kind == EventKind::SliceDestroyed as u8 { event.part & all } else { 0 };
        let scene = Scene::of(game);
        for viewer in MatchState::slots(all & !told) {
            let eye = scene.eye(viewer);
            let wall = usize::from(slice) / SLICES_PER_WALL;
            let stops = &mut self.stops[viewer];
            let shows = |eye: &Eye| {
                let shadows = &mut Shadows::of(stops, (eye.x, eye.y));
                scene.in_reach(eye, [wall; 4]) & 1 == 1
                    && !scene.hides_wall(eye, wall, shadows)
                    && scene.shows_slice(eye, usize::from(slice), shadows)
            };
            if eye.as_ref().is_some_and(shows) {
                told |= 1 << viewer;
            } else if heard >> viewer & 1 == 0 {
                self.stale[viewer].miss(slice, before, left);
                // It was not in view from here; from where the last glance was cast it may be.
                let here = eye.map(|eye| eye.bits());
                if self.glance[viewer].is_some_and(|glance| Some(glance.eye) != here) {
                    self.glance[viewer] = None;
                }
            }
        }
        for viewer in MatchState::slots(told | heard) {
            let known = self.stale[viewer].take(slice).unwrap_or(before);
            if known != left {
                self.serial[viewer] = self.serial[viewer].wrapping_add(1);
                ear.learn(viewer, slice, known);
            }
        }
        told
    }

    /// After the events of a tick, which may name what is gone. If some were lost, or may never have been written, slices
    /// are taken as they are.
    pub(crate) fn settle(&mut self, game: &Match) {
        let things = game.state.flying.count_ones() + game.state.clouds.count_ones();
        if self.named.len() > things as usize {
            self.tidy(&game.state);
        }
        self.flashes.clear();
        self.compare(game);
    }

    /// Looks again at slices that changed unseen, for one viewer; hands over those whose known health has changed, and the
    /// health known so far.
    ///
    /// One who stands still where no wall has changed costs nothing but the comparison that tells so.
    #[inline(never)]
    pub(crate) fn look_around(&mut self, game: &Match, viewer: usize, mut learn: impl FnMut(u16, u16)) {
        if self.stale[viewer].is_empty() {
            return;
        }
        let scene = Scene::of(game);
        let Some(eye) = scene.eye(viewer) else {
            self.glance[viewer] = None;
            return;
        };
        let changes = &game.changes;
        let glance = Glance { eye: eye.bits(), epoch: changes.epoch, serial: changes.serial };
        if let Some(last) = self.glance[viewer] {
            let reach = eye.sight.max(eye.close);
            let around = regions(eye.x - reach, eye.y - reach, eye.x + reach, eye.y + reach);
            let same = last.eye == glance.eye && last.epoch == glance.epoch && game.state.clouds == 0;
            if same && !changes.have_changed(around, last.serial) {
                self.glance[viewer] = Some(glance);
                return;
            }
        }
        // Smoke moves by itself.
        self.glance[viewer] = (game.state.clouds == 0).then_some(glance);
        let Knowledge { serial, stops, stale, .. } = self;
        let (serial, stale) = (&mut serial[viewer], &mut stale[viewer]);
        let mut shadows = Shadows::of(&mut stops[viewer], (eye.x, eye.y));
        // What is before `kept` stays, what is from `at` on has not been looked at.
        let (mut kept, mut at) = (Place::default(), Place::default());
        while at.head < stale.walls() {
            let stretch = stale.stretch(at);
            let count = stretch.count();
            // All before any is looked at: what is within reach is nothing that a processor guesses.
            let reached = |n: usize| scene.in_reach(&eye, stretch.four(n)) << n;
            let mut reached =
                (0..count).step_by(4).fold(0, |mask, n| mask | reached(n)) & (u32::MAX >> (TOGETHER - count));
            while reached != 0 {
                let i = reached.trailing_zeros() as usize;
                reached &= reached - 1;
                if scene.hides_wall(&eye, stretch.wall(i), &mut shadows) {
                    continue;
                }
                let place = stretch.place(i);
                kept = stale.keep(at, place, kept);
                at = stretch.place(i + 1);
                kept = stale.keep_unless(place, kept, |slice, knew| {
                    let shows = scene.shows_slice(&eye, usize::from(slice), &mut shadows);
                    if shows {
                        *serial = serial.wrapping_add(1);
                        learn(slice, knew);
                    }
                    shows
                });
            }
            kept = stale.keep(at, stretch.place(count), kept);
            at = stretch.place(count);
        }
        stale.truncate(kept);
    }
}

/// Lists that matches need now and then and not for long; each thread keeps some, so that a step allocates nothing.
#[derive(Debug, Default)]
struct Spare {
    /// Empty, for [`Knowledge::remember`]; at most [`TRUTHS`].
    truths: Vec<Vec<u16>>,
    /// What a viewer remembers, while it is made.
    memory: Memories,
}

/// Lists of health that a thread keeps, up to 16 KB each.
const TRUTHS: usize = 32;

thread_local! {
    static SPARE: Cell<Spare> = const { Cell::new(Spare { truths: Vec::new(), memory: Memories::EMPTY }) };
}

/// Keeps a list of health for the next match that needs one.
fn give_back(mut list: Vec<u16>) {
    let mut spare = SPARE.take();
    if spare.truths.len() < TRUTHS {
        list.clear();
        spare.truths.push(list);
    }
    SPARE.set(spare);
}

/// Mask of a slot; 0 for nobody.
#[inline]
fn bit(slot: u8) -> u8 {
    1u8.checked_shl(slot.into()).unwrap_or(0)
}

/// Mask of the rows that have a slot's bit.
#[inline]
fn column(rows: &[u8; PLAYERS], slot: u8) -> u8 {
    let bit = bit(slot);
    (0..PLAYERS).fold(0, |mask, v| mask | u8::from(rows[v] & bit != 0) << v)
}

/// Whom everybody knows, as the state has it.
#[inline]
pub(crate) fn columns(state: &MatchState) -> [u8; PLAYERS] {
    let mut knows = [0; PLAYERS];
    let (placed, joined) = (state.joined & state.placed, state.joined);
    let teams = [placed & !state.blue, placed & state.blue];
    for (viewer, row) in knows.iter_mut().enumerate() {
        let team = if placed >> viewer & 1 == 1 { teams[usize::from(state.blue >> viewer & 1)] } else { 0 };
        let all = 1 << viewer | team | state.sees[viewer] & joined;
        *row = if joined >> viewer & 1 == 1 { all } else { 0 };
    }
    knows
}

/// An event without what is hidden.
fn blank(event: &Event, to: u8, hidden: u8) -> Told {
    let mut event = *event;
    let kind = EventKind::from_number(event.kind);
    if hidden & hidden::ACTOR != 0 {
        event.actor = NONE;
    }
    if hidden & hidden::TARGET != 0 {
        event.target = NONE;
    }
    if hidden & hidden::PLACE != 0 {
        (event.x, event.y) = (0.0, 0.0);
    }
    if hidden & hidden::WEAPON != 0 {
        event.weapon = NONE;
    }
    if hidden & hidden::DIRECTION != 0 {
        (event.dx, event.dy) = (0.0, 0.0);
    }
    if hidden & hidden::DAMAGE != 0 {
        event.value = 0;
    }
    if hidden & hidden::ROUNDS != 0 {
        match kind {
            Some(EventKind::Launched) => event.slice = 0,
            Some(EventKind::Reloaded) => (event.value, event.aux) = (0, 0),
            _ => event.value = 0,
        }
    }
    if kind == Some(EventKind::SliceDestroyed) {
        event.part = 0;
    }
    Told { event, to, hidden }
}
