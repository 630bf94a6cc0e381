//! Inputs become motion, 1/60 s each (rule book, section 11).
//!
//! Every tick gives a player time, and every input takes 1/60 s of it, so nobody lives faster than the match. Time
//! not used is saved up to a limit. Where an input is missing, the keys held last stand in for it and take its time;
//! when it comes late, it brings its view and its presses but not its time again (`debt`). So a client on a late
//! network ends where it would have ended, and one that floods gains nothing.

use super::movement;
use crate::world::state::{Match, MatchState, PLAYERS, QUEUE};
use crate::world::{Buttons, InputCmd};

/// Puts an input into a player's queue, ordered by sequence number. False: it is older than one applied already, or
/// is waiting already.
pub(crate) fn enqueue(state: &mut MatchState, slot: usize, waiting: usize, input: InputCmd) -> bool {
    let newer = |a: u32, b: u32| a.wrapping_sub(b) as i32 > 0;
    let len = state.queue_len[slot] as usize;
    let queue = &mut state.queue[slot];
    if state.heard >> slot & 1 == 1 && !newer(input.sequence, state.last_sequence[slot]) {
        state.ignored[slot] = state.ignored[slot].wrapping_add(1);
        return false;
    }
    let mut at = len;
    while at > 0 && newer(queue[at - 1].sequence, input.sequence) {
        at -= 1;
    }
    if at > 0 && queue[at - 1].sequence == input.sequence {
        state.ignored[slot] = state.ignored[slot].wrapping_add(1);
        return false;
    }
    if len < waiting.min(QUEUE) {
        queue.copy_within(at..len, at + 1);
        queue[at] = input;
        state.queue_len[slot] += 1;
        return true;
    }
    // Full: the oldest goes.
    state.dropped[slot] = state.dropped[slot].wrapping_add(1);
    if at > 0 {
        queue.copy_within(1..at, 0);
        queue[at - 1] = input;
    }
    true
}

pub(super) fn run(game: &mut Match) {
    let state = &mut game.state;
    let rules = &*game.rules;
    let unit = rules.tick_rate as i16;
    let most = rules.rules.input.saved as i16 * unit;
    let repeats = rules.rules.input.repeats as u8;

    // Whole inputs of time that this tick has brought: 1 at 60 Hz, 3 at 20 Hz, now and then 1 at 240 Hz.
    let mut due = [0u8; PLAYERS];
    if state.host_taps != [Buttons::NONE; PLAYERS] {
        for slot in MatchState::slots(state.joined) {
            let taps = core::mem::take(&mut state.host_taps[slot]);
            press(state, slot, taps);
        }
    }
    for slot in MatchState::slots(state.joined) {
        // Divisions for those alone who have saved time.
        let credit = state.credit[slot];
        let gained = if credit < unit { credit } else { credit % unit } + rules.rules.input.per_second as i16;
        due[slot] = if gained < 2 * unit { u8::from(gained >= unit) } else { (gained / unit) as u8 };
        state.credit[slot] = (state.credit[slot] + rules.rules.input.per_second as i16).min(most);
    }

    // Late inputs whose time is spent: view and presses only.
    let mut turn = 0u8;
    let late = if state.debt == [0; PLAYERS] { 0 } else { state.joined };
    for slot in MatchState::slots(late) {
        while state.debt[slot] > 0 && state.queue_len[slot] > 0 {
            let input = take(state, slot);
            state.debt[slot] = state.debt[slot].saturating_sub(1);
            apply(state, slot, input, &mut turn);
            state.repeats[slot] = 0;
        }
    }

    // Rounds of at most one input a player, so that bodies move in step when a tick brings several.
    let mut applied = [0u8; PLAYERS];
    loop {
        let mut moving = 0u8;
        for slot in MatchState::slots(state.joined) {
            if state.credit[slot] < unit {
                continue;
            }
            if state.queue_len[slot] > 0 {
                let input = take(state, slot);
                apply(state, slot, input, &mut turn);
                state.repeats[slot] = 0;
            } else if applied[slot] < due[slot] {
                if !stand_in(state, slot, repeats) {
                    continue;
                }
            } else {
                continue;
            }
            applied[slot] += 1;
            state.credit[slot] -= unit;
            moving |= 1 << slot;
        }
        if moving == 0 {
            break;
        }
        face(state, turn);
        turn = 0;
        movement::run(state, &game.blocks, game.map.geometry(), rules, moving);
        // Mostly nobody has time for another.
        if state.credit.iter().all(|credit| *credit < unit) {
            break;
        }
    }
    face(state, turn);
    // Whoever lived no time this tick but had some due coasts to a stop; a trigger stays pulled as long as keys would.
    let idle = MatchState::slots(state.joined)
        .filter(|&slot| applied[slot] == 0 && due[slot] > 0)
        .fold(0u8, |mask, slot| mask | 1 << slot);
    if idle != 0 {
        for slot in MatchState::slots(idle) {
            if state.repeats[slot] < repeats {
                state.repeats[slot] += 1;
            } else {
                state.held[slot] = Buttons::NONE;
            }
            // Coasting is motion, and motion takes time.
            if state.vx[slot] != 0.0 || state.vy[slot] != 0.0 {
                state.credit[slot] = (state.credit[slot] - unit).max(0);
            }
        }
        movement::run(state, &game.blocks, game.map.geometry(), rules, idle);
    }
    // From where a body stands now, for shots leave from there.
    face(state, state.alive & state.heard);
    movement::remember(state, rules);
}

/// Lets the held keys stand in for a missing input. Keys that move nobody need no stand-in: their time is saved.
fn stand_in(state: &mut MatchState, slot: usize, repeats: u8) -> bool {
    let keys = Buttons::UP | Buttons::LEFT | Buttons::DOWN | Buttons::RIGHT;
    let coasts = state.vx[slot] != 0.0 || state.vy[slot] != 0.0;
    if !(state.held[slot].has(keys) || coasts) || state.repeats[slot] >= repeats {
        return false;
    }
    state.repeats[slot] += 1;
    state.debt[slot] = (state.debt[slot] + 1).min(repeats);
    true
}

fn take(state: &mut MatchState, slot: usize) -> InputCmd {
    let input = state.queue[slot][0];
    // What lies beyond the waiting ones is zeros, and mostly one waits: the other lines of the queue are not touched.
    let len = state.queue_len[slot] as usize;
    if len > 1 {
        state.queue[slot].copy_within(1..len, 0);
    }
    state.queue[slot][len - 1] = InputCmd::default();
    state.queue_len[slot] -= 1;
    // Inputs that never came were stood in for, and will not come late.
    if state.heard >> slot & 1 == 1 {
        let missing = input.sequence.wrapping_sub(state.last_sequence[slot]).wrapping_sub(1);
        state.debt[slot] = state.debt[slot].saturating_sub(missing.min(255) as u8);
    }
    input
}

/// View and presses of an input; motion is another matter. `turn`: who is yet to face the cursor.
fn apply(state: &mut MatchState, slot: usize, input: InputCmd, turn: &mut u8) {
    if *turn >> slot & 1 == 1 {
        // An input before this one has turned the player, and this one may not.
        face(state, 1 << slot);
    }
    *turn |= 1 << slot;
    let went_down = Buttons(input.held.0 & !state.held[slot].0);
    state.held[slot] = input.held;
    state.heard |= 1 << slot;
    state.last_sequence[slot] = input.sequence;
    state.ack_tick[slot] = input.ack_tick;
    state.cursor_x[slot] = f32::from(input.cursor_x) * (1.0 / crate::world::CURSOR);
    state.cursor_y[slot] = f32::from(input.cursor_y) * (1.0 / crate::world::CURSOR);
    press(state, slot, went_down | input.taps);
}

/// Turns the players of `mask` towards their cursors; within 1/1000 px of it the facing stays.
///
/// All lanes at once: two roots and four divisions of four lanes cost what one player's do.
fn face(state: &mut MatchState, mask: u8) {
    if mask == 0 {
        return;
    }
    let (mut aim_x, mut aim_y) = (state.aim_x, state.aim_y);
    for i in 0..PLAYERS {
        let (dx, dy) = (state.cursor_x[i] - state.x[i], state.cursor_y[i] - state.y[i]);
        let length = (dx * dx + dy * dy).sqrt();
        let turns = length > 1.0e-3 && mask >> i & 1 == 1;
        let (x, y) = (dx / length, dy / length);
        aim_x[i] = if turns { x } else { aim_x[i] };
        aim_y[i] = if turns { y } else { aim_y[i] };
    }
    (state.aim_x, state.aim_y) = (aim_x, aim_y);
}

/// Books presses. The dead may ask for respawn, nothing else; after the match nobody may do anything.
fn press(state: &mut MatchState, slot: usize, buttons: Buttons) {
    let bit = 1u8 << slot;
    if buttons == Buttons::NONE || state.over != 0 {
        return;
    }
    if state.alive & bit == 0 {
        if buttons.has(Buttons::RESPAWN) {
            state.asks |= bit;
        }
        return;
    }
    if buttons.has(Buttons::AIM) {
        state.aiming ^= bit;
    }
    state.pressed[slot] |= buttons;
}
