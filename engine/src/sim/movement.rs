//! Bodies move by one input's time, slide along slices and never overlap one (rule book, section 2).
//!
//! An axis at a time, x before y, and exactly: how far a circle can go along an axis before it touches a rectangle is
//! a closed formula, so no speed and no tick rate tunnels.

use crate::map::{COLS, Geometry, PLAYFIELD, ROWS, cell_index, cell_indices};
use crate::rules::Tuned;
use crate::world::Buttons;
use crate::world::state::{Block, Gait, HISTORY, Lanes, MatchState, PLAYERS};
use wide::f32x8;

/// px kept from a corner, above the rounding of the square root; flat faces are touched exactly.
const CORNER_GAP: f32 = 1.0 / 1024.0;
/// px by which a body may seem to stand inside a slice through rounding and is still held back by it.
const CONTACT: f32 = 0.02;
/// px/s below which coasting ends.
const REST: f32 = 0.5;

/// Ways by the keys held, the four lowest bits of [`Buttons`]: of length 1, or none where two keys undo each other.
const WAYS: [(f32, f32); 16] = {
    let mut ways = [(0.0, 0.0); 16];
    let mut keys = 0u16;
    while keys < 16 {
        let held = Buttons(keys);
        let (right, left) = (held.has(Buttons::RIGHT), held.has(Buttons::LEFT));
        let (down, up) = (held.has(Buttons::DOWN), held.has(Buttons::UP));
        let length = if right != left && down != up { core::f32::consts::FRAC_1_SQRT_2 } else { 1.0 };
        ways[keys as usize].0 = (right as u8 as f32 - left as u8 as f32) * length;
        ways[keys as usize].1 = (down as u8 as f32 - up as u8 as f32) * length;
        keys += 1;
    }
    ways
};

/// Moves the players of `mask` by 1/60 s of their held keys.
///
/// What each wants is found out one by one, and then all go at once: whose way is free is told by masks for eight.
pub(super) fn run(state: &mut MatchState, blocks: &[Block], geometry: &Geometry, rules: &Tuned, mask: u8) {
    let per_second = rules.rules.input.per_second as f32;
    let lives = if state.over == 0 { mask & state.alive } else { 0 };
    for slot in MatchState::slots(mask & !lives) {
        (state.vx[slot], state.vy[slot]) = (0.0, 0.0);
        state.gait[slot] = Gait::Idle as u8;
    }
    let (mut step_x, mut step_y) = ([0.0; PLAYERS], [0.0; PLAYERS]);
    let mut goes = 0u8;
    for slot in MatchState::slots(lives) {
        let held = state.held[slot];
        let (dx, dy) = WAYS[usize::from(held.0 & 15)];
        if dx != 0.0 || dy != 0.0 {
            // Keys change often: what depends on them is chosen, not branched to.
            let aiming = state.aiming >> slot & 1 == 1;
            let may_run = !(aiming & rules.rules.movement.aim_stops_run)
                & (dx * state.aim_x[slot] + dy * state.aim_y[slot] >= rules.run_cos);
            let runs = u8::from(held.has(Buttons::RUN) & may_run);
            let gait = [Gait::Walking as u8 + runs, Gait::Sneaking as u8][usize::from(held.has(Buttons::SNEAK))];
            state.gait[slot] = gait;
            let slowed = [1.0, rules.rules.movement.aim_speed][usize::from(aiming)];
            let mut reach = rules.step[usize::from(gait) - 1] * slowed;
            reach *= 1.0 - super::impairment(state, rules, slot).movement;
            (step_x[slot], step_y[slot]) = (dx * reach, dy * reach);
        } else {
            let (mut vx, mut vy) =
                (state.vx[slot] * rules.rules.movement.stop, state.vy[slot] * rules.rules.movement.stop);
            let speed2 = vx * vx + vy * vy;
            if speed2 < REST * REST {
                (vx, vy) = (0.0, 0.0);
            }
            if speed2 < rules.rules.movement.idle * rules.rules.movement.idle {
                state.gait[slot] = Gait::Idle as u8;
            }
            if vx == 0.0 && vy == 0.0 {
                (state.vx[slot], state.vy[slot]) = (0.0, 0.0);
                continue;
            }
            (step_x[slot], step_y[slot]) = (vx / per_second, vy / per_second);
        }
        goes |= 1 << slot;
    }
    if goes == 0 {
        return;
    }
    let new_x = slide_all::<false>(state, blocks, geometry, &state.x, &state.y, &step_x, goes);
    let new_y = slide_all::<true>(state, blocks, geometry, &state.y, &new_x, &step_y, goes);
    let moves = MatchState::lanes(goes);
    let (way_x, way_y) = (f32x8::from(new_x) - f32x8::from(state.x), f32x8::from(new_y) - f32x8::from(state.y));
    let velocity = |way: f32x8, step: &Lanes, before: &Lanes| {
        let step = f32x8::from(*step);
        // A way that was free gives the speed that was wanted, whatever rounding has made of the way.
        let way = way.simd_eq(step).bitselect(step, way);
        moves.bitselect(way * f32x8::splat(per_second), f32x8::from(*before)).to_array()
    };
    (state.vx, state.vy) = (velocity(way_x, &step_x, &state.vx), velocity(way_y, &step_y, &state.vy));
    state.x = moves.bitselect(new_x.into(), state.x.into()).to_array();
    state.y = moves.bitselect(new_y.into(), state.y.into()).to_array();
    // What is heard is the way that was gone, not the one that was wanted.
    let way = (way_x * way_x + way_y * way_y).sqrt();
    let stride = f32x8::from(state.stride);
    state.stride = moves.bitselect(stride + way, stride).to_array();
    for slot in 0..PLAYERS {
        let gait = state.gait[slot] & (goes >> slot & 1).wrapping_neg();
        state.stride_gait[slot] = state.stride_gait[slot].max(gait);
    }
}

/// Asks for where [`remember`] will write in the next tick.
#[inline]
pub(super) fn ask(state: &MatchState, rules: &Tuned) {
    let place = (state.tick + 1) / rules.rewind_stride.max(1);
    let place = place as usize % HISTORY;
    crate::simd::ask(&state.past_x[place], 0..1);
    crate::simd::ask(&state.past_y[place], 0..1);
    crate::simd::ask(&state.past_tick[place], 0..1);
}

/// Keeps the positions at the end of a tick for lag compensation.
pub(super) fn remember(state: &mut MatchState, rules: &Tuned) {
    if rules.rewind == 0 || !state.tick.is_multiple_of(rules.rewind_stride) {
        return;
    }
    let place = (state.tick / rules.rewind_stride) as usize % HISTORY;
    state.past_x[place] = state.x;
    state.past_y[place] = state.y;
    state.past_tick[place] = state.tick;
}

/// Where the body of `victim` was at the tick that `shooter` has acknowledged: at most `rewind` ticks ago, not before
/// its present life, and now if nothing newer is known.
pub(super) fn rewound(state: &MatchState, rules: &Tuned, shooter: usize, victim: usize) -> (f32, f32) {
    let now = (state.x[victim], state.y[victim]);
    let ack = state.ack_tick[shooter];
    if rules.rewind == 0 || ack == 0 || ack >= state.tick {
        return now;
    }
    let ack = ack.max(state.tick.saturating_sub(rules.rewind));
    let kept = ack / rules.rewind_stride * rules.rewind_stride;
    let place = (kept / rules.rewind_stride) as usize % HISTORY;
    if kept == 0 || state.past_tick[place] != kept || kept < state.spawn_tick[victim] {
        return now;
    }
    (state.past_x[place][victim], state.past_y[place][victim])
}

/// Where a body ends that goes from one place towards another in steps of 1 px at most, sliding as bodies do.
pub(crate) fn slid(
    state: &MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    from: (f32, f32),
    to: (f32, f32),
) -> (f32, f32) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let steps = (dx * dx + dy * dy).sqrt().ceil().max(1.0);
    let (step_x, step_y) = (dx / steps, dy / steps);
    let (mut x, mut y) = from;
    for _ in 0..steps as u32 {
        x = slide::<false>(state, blocks, geometry, x, y, step_x);
        y = slide::<true>(state, blocks, geometry, y, x, step_y);
    }
    (x, y)
}

/// [`slide`] for the players of `mask`; of the others nothing is said. Most ways are free, which is told for all at once.
#[inline]
fn slide_all<const VERTICAL: bool>(
    state: &MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    along: &Lanes,
    across: &Lanes,
    step: &Lanes,
    mask: u8,
) -> Lanes {
    let all = f32x8::splat;
    let radius = crate::map::BODY_RADIUS;
    let size = if VERTICAL { PLAYFIELD.1 } else { PLAYFIELD.0 };
    let (count_along, count_across) = if VERTICAL { (ROWS, COLS) } else { (COLS, ROWS) };
    let (from, aside, by) = (f32x8::from(*along), f32x8::from(*across), f32x8::from(*step));
    let end = (from + by).fast_max(all(radius)).fast_min(all(size - radius));
    let end = by.simd_eq(f32x8::ZERO).bitselect(from, end);
    let up = by.simd_gt(f32x8::ZERO);
    let (low, high) = (up.bitselect(from, end), up.bitselect(end, from));
    let (near_side, far_side) = (low - all(radius) - all(CONTACT), high + all(radius) + all(CONTACT));
    let (a0, a1) = (cell_indices(near_side, count_along), cell_indices(far_side, count_along));
    let c0 = cell_indices(aside - all(radius), count_across);
    let c1 = cell_indices(aside + all(radius), count_across);
    let (first, last, left, right) = if VERTICAL { (a0, a1, c0, c1) } else { (c0, c1, a0, a1) };
    let mut near = 0u8;
    for slot in MatchState::slots(mask) {
        let (first, last) = (first[slot] as usize, last[slot] as usize);
        let (left, right) = (left[slot] as u32, right[slot] as u32);
        let columns = u64::MAX >> (63 - (right - left)) << left;
        let any = state.solid_any[first] | state.solid_any[(first + last) / 2] | state.solid_any[last];
        near |= u8::from((any & columns != 0) | (last - first > 2)) << slot;
    }
    let mut ends = end.to_array();
    for slot in MatchState::slots(near) {
        ends[slot] = slide::<VERTICAL>(state, blocks, geometry, along[slot], across[slot], step[slot]);
    }
    ends
}

/// Where a body ends that moves by `step` along an axis: `along` is its place on that axis, `across` on the other.
/// `VERTICAL`: the axis is y.
fn slide<const VERTICAL: bool>(
    state: &MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    along: f32,
    across: f32,
    step: f32,
) -> f32 {
    if step == 0.0 {
        return along;
    }
    let radius = crate::map::BODY_RADIUS;
    let size = if VERTICAL { PLAYFIELD.1 } else { PLAYFIELD.0 };
    let mut end = (along + step).clamp(radius, size - radius);
    let (count_along, count_across) = if VERTICAL { (ROWS, COLS) } else { (COLS, ROWS) };
    let (low, high) = if step > 0.0 { (along, end) } else { (end, along) };
    let a0 = cell_index(low - radius - CONTACT, count_along);
    let a1 = cell_index(high + radius + CONTACT, count_along);
    let c0 = cell_index(across - radius, count_across);
    let c1 = cell_index(across + radius, count_across);
    let (rows, columns) = if VERTICAL { (a0..=a1, (c0, c1)) } else { (c0..=c1, (a0, a1)) };
    let mask = (u64::MAX >> (63 - (columns.1 - columns.0))) << columns.0;
    for row in rows {
        let mut left = state.solid_any[row] & mask;
        while left != 0 {
            let column = left.trailing_zeros() as usize;
            left &= left - 1;
            for &slice in geometry.cell(row * COLS + column) {
                let s = slice as usize;
                if blocks[s / 64].gone >> (s % 64) & 1 == 1 {
                    continue;
                }
                let (near, far, side0, side1) = if VERTICAL {
                    (geometry.y0[s], geometry.y1[s], geometry.x0[s], geometry.x1[s])
                } else {
                    (geometry.x0[s], geometry.x1[s], geometry.y0[s], geometry.y1[s])
                };
                let off = if across < side0 {
                    side0 - across
                } else if across > side1 {
                    across - side1
                } else {
                    0.0
                };
                if off >= radius {
                    continue;
                }
                let reach = if off == 0.0 { radius } else { (radius * radius - off * off).sqrt() + CORNER_GAP };
                if step > 0.0 {
                    let contact = near - reach;
                    if along <= contact + CONTACT {
                        end = end.min(contact.max(along));
                    }
                } else {
                    let contact = far + reach;
                    if along >= contact - CONTACT {
                        end = end.max(contact.min(along));
                    }
                }
            }
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::GameMap;
    use crate::world::state::restore_walls;
    use bytemuck::Zeroable;
    use proptest::prelude::*;

    proptest! {
        /// Anywhere, also where a host or a restored match has put a body outside of the field or into a wall, and some do
        /// not go.
        #[test]
        fn eight_slides_are_each_as_one(
            x in proptest::array::uniform8(0.0..480.0f32),
            y in proptest::array::uniform8(0.0..270.0f32),
            step in proptest::array::uniform8(prop_oneof![Just(0.0), -4.0..4.0f32, -40.0..40.0f32]),
            mask: u8,
        ) {
            let map = GameMap::builtin("citadel", crate::map::Reading::Fine).expect("one of the project's own");
            let geometry = map.geometry();
            let mut state = MatchState::zeroed();
            let mut blocks = vec![Block::zeroed(); geometry.blocks()];
            restore_walls(&mut state, &mut blocks, geometry);
            let across = slide_all::<false>(&state, &blocks, geometry, &x, &y, &step, mask);
            let down = slide_all::<true>(&state, &blocks, geometry, &y, &x, &step, mask);
            for slot in MatchState::slots(mask) {
                let one = slide::<false>(&state, &blocks, geometry, x[slot], y[slot], step[slot]);
                prop_assert_eq!(across[slot], one);
                let one = slide::<true>(&state, &blocks, geometry, y[slot], x[slot], step[slot]);
                prop_assert_eq!(down[slot], one);
            }
        }
    }
}
