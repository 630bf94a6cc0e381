//! Bodies move by one input's time, slide along slices and never overlap one (rule book, section 2).
//!
//! An axis at a time, x before y, and exactly: how far a circle can go along an axis before it touches a rectangle is
//! a closed formula, so no speed and no tick rate tunnels.

use crate::map::{COLS, Geometry, PLAYFIELD, ROWS, cell_index};
use crate::rules::Tuned;
use crate::world::Buttons;
use crate::world::state::{Block, Gait, HISTORY, MatchState};

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

/// One of two numbers, without a branch.
#[inline(always)]
fn either(first: bool, a: f32, b: f32) -> f32 {
    let mask = u32::from(first).wrapping_neg();
    f32::from_bits(a.to_bits() & mask | b.to_bits() & !mask)
}

/// Moves the players of `mask` by 1/60 s of their held keys.
pub(super) fn run(state: &mut MatchState, blocks: &[Block], geometry: &Geometry, rules: &Tuned, mask: u8) {
    let per_second = rules.rules.input.per_second as f32;
    for slot in MatchState::slots(mask) {
        if state.alive >> slot & 1 == 0 || state.over != 0 {
            (state.vx[slot], state.vy[slot]) = (0.0, 0.0);
            state.gait[slot] = Gait::Idle as u8;
            continue;
        }
        let held = state.held[slot];
        let (dx, dy) = WAYS[usize::from(held.0 & 15)];
        let (step_x, step_y);
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
            (step_x, step_y) = (dx * reach, dy * reach);
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
            (step_x, step_y) = (vx / per_second, vy / per_second);
        }
        let (x, y) = (state.x[slot], state.y[slot]);
        let nx = slide::<false>(state, blocks, geometry, x, y, step_x);
        let ny = slide::<true>(state, blocks, geometry, y, nx, step_y);
        // What rounding makes of a step is nothing that a processor guesses.
        state.vx[slot] = either(nx - x == step_x, step_x * per_second, (nx - x) * per_second);
        state.vy[slot] = either(ny - y == step_y, step_y * per_second, (ny - y) * per_second);
        (state.x[slot], state.y[slot]) = (nx, ny);
        // What is heard is the way that was gone, not the one that was wanted.
        state.stride[slot] += ((nx - x) * (nx - x) + (ny - y) * (ny - y)).sqrt();
        state.stride_gait[slot] = state.stride_gait[slot].max(state.gait[slot]);
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
    let radius = crate::map::BODY_RADIUS;
    let size = if VERTICAL { PLAYFIELD.1 } else { PLAYFIELD.0 };
    let mut end = either(step == 0.0, along, (along + step).clamp(radius, size - radius));
    let (count_along, count_across) = if VERTICAL { (ROWS, COLS) } else { (COLS, ROWS) };
    let (low, high) = (either(step > 0.0, along, end), either(step > 0.0, end, along));
    let a0 = cell_index(low - radius - CONTACT, count_along);
    let a1 = cell_index(high + radius + CONTACT, count_along);
    let c0 = cell_index(across - radius, count_across);
    let c1 = cell_index(across + radius, count_across);
    let (rows, columns) = if VERTICAL { (a0..=a1, (c0, c1)) } else { (c0..=c1, (a0, a1)) };
    let mask = (u64::MAX >> (63 - (columns.1 - columns.0))) << columns.0;
    let (first, last) = (*rows.start(), *rows.end());
    // Mostly nothing is near: one look at the rows of a step instead of a loop over two or three.
    if last - first <= 2
        && (state.solid_any[first] | state.solid_any[(first + last) / 2] | state.solid_any[last]) & mask == 0
    {
        return end;
    }
    if step == 0.0 {
        return along;
    }
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
