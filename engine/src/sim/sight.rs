//! Who sees whom (rule book, section 4), every tick, by exact lines.
//!
//! Team mates are known anyway, so at most 16 x 2 ordered pairs are asked for. Of those, a pair is looked at only if
//! something has changed that its answer depends on: where the two are, how the viewer looks, slices or smoke between
//! them. What is kept is no part of the state, and changes no answer.
//!
//! Instructions a tick of eight who stand 1,004, who look round 3,203: see `engine/examples/sight_load.rs`.

use crate::map::{BODY_RADIUS, COLS};
use crate::rules::Tuned;
use crate::simd::Kernels;
use crate::vision::{
    Eye, Grid, Hints, LANES, MOST_LEEWAY, NO_HINTS, Pairs, Seen, Smoke, SmokeDisc, columns_of, regions, within_reach,
};
use crate::world::state::{Lanes, Match, MatchState, PLAYERS};
use wide::{f32x8, i32x8};

/// What the last ticks found out. 1,120 bytes.
///
/// Lanes hold what `known` answers rest on, to the bit; NaN equals nothing, not even itself.
#[derive(Debug, Clone)]
pub(crate) struct SightCache {
    x: Lanes,
    y: Lanes,
    aim_x: Lanes,
    aim_y: Lanes,
    sight: Lanes,
    cone_cos: Lanes,
    /// Offset of the cursor, and the distance and cone that mouse look makes of it.
    cursor_x: Lanes,
    cursor_y: Lanes,
    stretched: Lanes,
    stretched_cos: Lanes,
    /// By viewer: for which targets `seen` holds.
    known: [u8; PLAYERS],
    seen: [u8; PLAYERS],
    /// By viewer and target: how far the two may move, together, before the one could see the other, in [`STEPS`] of a px;
    /// 0: not known.
    leeway: [[u8; PLAYERS]; PLAYERS],
    /// Regions that smoke touched in the last tick.
    smoky: u64,
    hints: [[Hints; PLAYERS]; PLAYERS],
    /// [`MatchState::sight_full`] by column, once a tick has found it out.
    full: [u32; COLS],
    has_full: bool,
}

const _: () = assert!(size_of::<SightCache>() == 1120);

/// Of a px, in which leeways are counted.
const STEPS: f32 = 4.0;
const _: () = assert!(STEPS * MOST_LEEWAY > u8::MAX as f32);

/// Bits in which a lane is another; NaN may be the same as NaN.
#[inline]
fn differ(a: &Lanes, b: &Lanes, i: usize) -> u32 {
    a[i].to_bits() ^ b[i].to_bits()
}

impl SightCache {
    /// Nothing is known.
    pub(crate) const EMPTY: SightCache = SightCache {
        x: [f32::NAN; PLAYERS],
        y: [f32::NAN; PLAYERS],
        aim_x: [f32::NAN; PLAYERS],
        aim_y: [f32::NAN; PLAYERS],
        sight: [f32::NAN; PLAYERS],
        cone_cos: [f32::NAN; PLAYERS],
        cursor_x: [f32::NAN; PLAYERS],
        cursor_y: [f32::NAN; PLAYERS],
        stretched: [0.0; PLAYERS],
        stretched_cos: [0.0; PLAYERS],
        known: [0; PLAYERS],
        seen: [0; PLAYERS],
        leeway: [[0; PLAYERS]; PLAYERS],
        smoky: 0,
        hints: [[NO_HINTS; PLAYERS]; PLAYERS],
        full: [0; COLS],
        has_full: false,
    };

    /// [`Match::full_columns`], unless walls have changed since.
    #[inline]
    pub(crate) fn full_columns(&self) -> Option<&[u32; COLS]> {
        self.has_full.then_some(&self.full)
    }

    /// Forgets the answers that rest on lanes which differ from the state's, and takes the state's over.
    fn follow(&mut self, state: &MatchState) {
        let (mut moved, mut turned) = ([0; PLAYERS], [0; PLAYERS]);
        for i in 0..PLAYERS {
            moved[i] = differ(&self.x, &state.x, i) | differ(&self.y, &state.y, i);
            turned[i] = differ(&self.aim_x, &state.aim_x, i)
                | differ(&self.aim_y, &state.aim_y, i)
                | differ(&self.sight, &state.sight, i)
                | differ(&self.cone_cos, &state.cone_cos, i);
        }
        if (0..PLAYERS).fold(0, |any, i| any | moved[i] | turned[i]) == 0 {
            return;
        }
        let moved = MatchState::mask(&moved);
        self.approach(state, moved);
        let changed = moved | MatchState::mask(&turned);
        for (viewer, known) in self.known.iter_mut().enumerate() {
            *known &= if changed >> viewer & 1 == 1 { 0 } else { !moved };
        }
        (self.x, self.y, self.aim_x, self.aim_y) = (state.x, state.y, state.aim_x, state.aim_y);
        (self.sight, self.cone_cos) = (state.sight, state.cone_cos);
    }

    /// Takes off the leeways what players have moved; the others have not moved at all.
    #[inline]
    fn approach(&mut self, state: &MatchState, moved: u8) {
        let away = |now: &Lanes, then: &Lanes| f32x8::from(*now) - f32x8::from(*then);
        let (dx, dy) = (away(&state.x, &self.x), away(&state.y, &self.y));
        // Rather more than less, and for a step that is lost in rounding, one too.
        let steps = (dx * dx + dy * dy).sqrt() * f32x8::splat(STEPS);
        let steps = (steps.fast_min(f32x8::splat(254.0)).fast_trunc_int() + i32x8::splat(1)).to_array();
        let by: [u8; PLAYERS] = core::array::from_fn(|slot| if moved >> slot & 1 == 1 { steps[slot] as u8 } else { 0 });
        for (row, viewer) in self.leeway.iter_mut().zip(by) {
            for (left, target) in row.iter_mut().zip(by) {
                *left = left.saturating_sub(viewer.saturating_add(target));
            }
        }
    }

    /// Mask of those who cannot be seen by a viewer, wherever it looks.
    #[inline]
    fn hidden(&self, viewer: usize) -> u8 {
        MatchState::mask(&self.leeway[viewer].map(u32::from))
    }

    /// Forgets the answers of pairs between whom one of these regions lies.
    fn forget(&mut self, changed: u64, state: &MatchState) {
        if changed == 0 {
            return;
        }
        for viewer in 0..PLAYERS {
            let (x, y) = (state.x[viewer], state.y[viewer]);
            for target in MatchState::slots(self.known[viewer]) {
                let (tx, ty) = (state.x[target], state.y[target]);
                let (x0, x1) = if x < tx { (x, tx) } else { (tx, x) };
                let (y0, y1) = if y < ty { (y, ty) } else { (ty, y) };
                let between = regions(x0 - BODY_RADIUS, y0 - BODY_RADIUS, x1 + BODY_RADIUS, y1 + BODY_RADIUS);
                if between & changed != 0 {
                    self.known[viewer] &= !(1 << target);
                }
            }
        }
    }
}

pub(super) fn run(game: &mut Match, kernels: &Kernels) {
    let Match { state, blocks, map, rules, sight: cache, changes, .. } = game;
    // Half a kilobyte that most ticks need not write.
    let clouds;
    let discs: &[SmokeDisc] = if state.clouds == 0 {
        &[]
    } else {
        clouds = super::discs(state, rules);
        &clouds.0[..clouds.1]
    };
    let smoky = discs.iter().fold(0, |all, d| {
        let (low, high) = ((d.x - d.radius, d.y - d.radius), (d.x + d.radius, d.y + d.radius));
        all | regions(low.0, low.1, high.0, high.1)
    });
    let smoke = rules.smoke(discs);
    let blind = look(state, cache, rules);
    let fresh = changes.settle();
    if fresh != 0 || !cache.has_full {
        (cache.full, cache.has_full) = (columns_of(&state.sight_full), true);
        cache.leeway = [[0; PLAYERS]; PLAYERS];
    }
    cache.follow(state);
    cache.forget(fresh | smoky | cache.smoky, state);
    cache.smoky = smoky;
    // A copy, for what is found out is written beside it.
    let columns = cache.full;
    let grid = Grid {
        geometry: map.geometry(),
        blocks,
        any: &state.sight_any,
        full: &state.sight_full,
        columns: Some(&columns),
    };
    let looking = state.alive & !blind;
    let mut unknown = [0; PLAYERS];
    let mut any = 0;
    for viewer in MatchState::slots(looking) {
        // Who was hidden by more than the two have moved by is hidden still: told not to be seen the last time.
        unknown[viewer] = state.enemies(viewer) & state.placed & !(cache.known[viewer] | cache.hidden(viewer));
        any |= unknown[viewer];
    }
    if any != 0 {
        find_out(state, cache, &grid, &smoke, &unknown, rules.rules.vision.close, kernels);
    }
    let mut sees = [0; PLAYERS];
    for viewer in MatchState::slots(looking) {
        sees[viewer] = cache.seen[viewer] & state.enemies(viewer) & state.placed;
    }
    state.sees = sees;
}

/// Looks for those of whom nothing is known, by viewer; within `close` px whatever the facing.
#[inline(never)]
fn find_out(
    state: &MatchState,
    cache: &mut SightCache,
    grid: &Grid,
    smoke: &Smoke,
    unknown: &[u8; PLAYERS],
    close: f32,
    kernels: &Kernels,
) {
    let eye = |viewer: usize| Eye {
        x: state.x[viewer],
        y: state.y[viewer],
        aim_x: state.aim_x[viewer],
        aim_y: state.aim_y[viewer],
        sight: state.sight[viewer],
        cone_cos: state.cone_cos[viewer],
        close,
    };
    let mut pairs = Pairs::default();
    let mut ends = [End::default(); LANES];
    let mut count = 0;
    for (viewer, &unknown) in unknown.iter().enumerate().filter(|(_, unknown)| **unknown != 0) {
        let eye_of = eye(viewer);
        let was = cache.seen[viewer];
        cache.known[viewer] |= unknown;
        cache.seen[viewer] &= !unknown;
        for target in MatchState::slots(unknown & within_reach(&eye_of, &state.x, &state.y)) {
            (pairs.eye_x[count], pairs.eye_y[count]) = (eye_of.x, eye_of.y);
            (pairs.aim_x[count], pairs.aim_y[count]) = (eye_of.aim_x, eye_of.aim_y);
            (pairs.sight[count], pairs.cone_cos[count]) = (eye_of.sight, eye_of.cone_cos);
            (pairs.x[count], pairs.y[count]) = (state.x[target], state.y[target]);
            ends[count] = End { eye: eye_of, viewer, target, was: was >> target & 1 == 1 };
            count += 1;
            if count == LANES {
                settle(&mut pairs, &ends, grid, smoke, cache, kernels);
                count = 0;
            }
        }
    }
    settle(&mut pairs, &ends[..count], grid, smoke, cache, kernels);
}

/// Of a pair in reach, what its lanes do not say.
#[derive(Debug, Clone, Copy, Default)]
struct End {
    /// In one piece, as it is used: gathered from the columns once more it would be waited for.
    eye: Eye,
    viewer: usize,
    target: usize,
    /// The one saw the other before.
    was: bool,
}

/// Finds out who is seen of pairs in reach.
fn settle(pairs: &mut Pairs, ends: &[End], grid: &Grid, smoke: &Smoke, cache: &mut SightCache, kernels: &Kernels) {
    if ends.is_empty() {
        return;
    }
    (kernels.draw)(pairs);
    for (lane, &End { ref eye, viewer, target, was }) in ends.iter().enumerate() {
        match pairs.look(lane, grid, smoke, eye, &mut cache.hints[viewer][target], was) {
            Seen::Yes => cache.seen[viewer] |= 1 << target,
            // Cut to what a byte holds, rounded down.
            Seen::No(leeway) => cache.leeway[viewer][target] = (leeway * STEPS) as u8,
        }
    }
}

/// Sight distance and cone of those who live, stretched by mouse look and shortened by a flash; returns who of them is blind.
fn look(state: &mut MatchState, cache: &mut SightCache, rules: &Tuned) -> u8 {
    let away = |cursor: &Lanes, at: &Lanes| f32x8::from(*cursor) - f32x8::from(*at);
    let (dx, dy) = (away(&state.cursor_x, &state.x), away(&state.cursor_y, &state.y));
    let (x, y) = (dx.to_array(), dy.to_array());
    let other =
        MatchState::mask(&core::array::from_fn(|i| differ(&x, &cache.cursor_x, i) | differ(&y, &cache.cursor_y, i)));
    if other & state.alive != 0 {
        (cache.cursor_x, cache.cursor_y) = (x, y);
        stretch(cache, rules, (dx * dx + dy * dy).sqrt(), other);
    }
    let mut blind = 0;
    for slot in MatchState::slots(state.alive) {
        (state.sight[slot], state.cone_cos[slot]) = (cache.stretched[slot], cache.stretched_cos[slot]);
    }
    if state.flash != [0.0; PLAYERS] {
        for slot in MatchState::slots(state.alive) {
            let flash = super::impairment(state, rules, slot);
            state.sight[slot] = cache.stretched[slot] * (1.0 - flash.visual);
            blind |= u8::from(flash.blind) << slot;
        }
    }
    blind
}

/// Sight distance and cosine of half the cone for cursors that far away, px; the cosine of those alone whose cursor is
/// another than before.
fn stretch(cache: &mut SightCache, rules: &Tuned, cursor: f32x8, other: u8) {
    let vision = &rules.rules.vision;
    let all = f32x8::splat;
    let Some(rule) = &vision.look else {
        (cache.stretched, cache.stretched_cos) = ([vision.distance; PLAYERS], [rules.cone_cos; PLAYERS]);
        return;
    };
    let looks = cursor.simd_gt(all(rule.near));
    let share = ((cursor - all(rule.near)) / all(rule.far - rule.near)).fast_min(all(1.0));
    let distance = all(vision.distance) + all(rule.distance - vision.distance) * share;
    cache.stretched = looks.bitselect(distance, all(vision.distance)).to_array();
    let looks = looks.to_bitmask() as u8;
    for slot in MatchState::slots(other & !looks) {
        cache.stretched_cos[slot] = rules.cone_cos;
    }
    let half = ((all(vision.cone) + all(rule.cone - vision.cone) * share) * all(0.5)).to_array();
    for slot in MatchState::slots(other & looks) {
        cache.stretched_cos[slot] = libm::cosf(half[slot]);
    }
}
