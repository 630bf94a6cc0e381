//! Hands and triggers: switching, reload, heat, rate of fire (rule book, section 5).
//!
//! A cooldown counts in ticks x rounds a minute: a shot adds a minute of ticks, every tick takes the rate off. What is
//! left below zero when the next shot goes off is carried over, so that held fire keeps its rate exactly over any
//! long time; a weapon at rest saves nothing.

use super::{Scratch, Shot};
use crate::rules::{Fire, INVENTORY, Tuned};
use crate::world::event::{EventRing, flag};
use crate::world::state::{Gait, Match, MatchState, NO_WEAPON, PLAYERS, PROJECTILES};
use crate::world::{Buttons, Event, EventKind};

const SLOTS: [Buttons; INVENTORY] = [Buttons::SLOT1, Buttons::SLOT2, Buttons::SLOT3, Buttons::SLOT4, Buttons::SLOT5];
const ANY_SLOT: Buttons = SLOTS[0].with(SLOTS[1]).with(SLOTS[2]).with(SLOTS[3]).with(SLOTS[4]);

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    scratch.shots.clear();
    let Match { state, events, rules, .. } = game;
    cool(state, rules);
    if state.over != 0 {
        state.pressed = [Buttons::NONE; PLAYERS];
        state.host_throw = [0; PLAYERS];
        return;
    }
    for slot in MatchState::slots(state.alive & busy(state)) {
        let pressed = core::mem::take(&mut state.pressed[slot]);
        let bit = 1u8 << slot;
        if pressed.has(Buttons::AIM) {
            let on = state.aiming & bit != 0;
            events.push(Event::new(EventKind::AimToggled, state.tick, slot).flag(flag::AIMING, on));
        }
        if pressed.has(ANY_SLOT)
            && let Some(place) = (0..INVENTORY).find(|&i| pressed.has(SLOTS[i]))
        {
            switch(state, events, slot, place);
        }
        let weapon = state.in_hand(slot);
        if weapon == NO_WEAPON {
            continue;
        }
        reload(state, events, rules, slot, weapon, pressed.has(Buttons::RELOAD));
        let host_throw = core::mem::take(&mut state.host_throw[slot]);
        if rules.weapons[weapon as usize].fire == Fire::Thrown {
            if let Some(level) = charge(state, rules, slot, pressed, host_throw) {
                pull(state, events, rules, scratch, slot, weapon, level, true);
            }
            continue;
        }
        trigger(state, events, rules, scratch, slot, weapon, pressed);
    }
}

/// Slots whose hands have something to do: in those of the others nothing is pressed, charged, thrown by the host or
/// reloading, and no trigger held.
fn busy(state: &MatchState) -> u8 {
    let something: [u16; PLAYERS] = core::array::from_fn(|slot| {
        let keys = state.pressed[slot].0 | state.held[slot].0 & Buttons::FIRE.0;
        keys | state.reload[slot] | state.charge[slot] | u16::from(state.host_throw[slot])
    });
    (0..PLAYERS).fold(0, |mask, slot| mask | u8::from(something[slot] != 0) << slot)
}

/// Cooldowns, heat and silence of all lanes, dead ones too: they hold zeros and stay so.
fn cool(state: &mut MatchState, rules: &Tuned) {
    for place in 0..INVENTORY {
        // Mostly of what is in hand alone.
        if state.cooldown[place] == [0; PLAYERS] {
            continue;
        }
        for slot in 0..PLAYERS {
            let left = state.cooldown[place][slot];
            let rate = rules.weapons.get(state.weapon[place][slot] as usize).map_or(0, |w| w.rate);
            state.cooldown[place][slot] = if left > 0 { left - rate } else { 0 };
        }
    }
    for heat in &mut state.heat {
        *heat = (*heat - rules.heat_per_tick).max(0);
    }
    if state.silence == [0; PLAYERS] {
        return;
    }
    for slot in 0..PLAYERS {
        if state.silence[slot] > 0 {
            state.silence[slot] -= 1;
            state.heat[slot] = if state.silence[slot] == 0 { rules.heat_after } else { rules.heat_limit };
        }
    }
}

fn switch(state: &mut MatchState, events: &mut EventRing, slot: usize, place: usize) {
    let (old, new) = (state.in_hand(slot), state.weapon[place][slot]);
    if new == NO_WEAPON || place == state.hand[slot] as usize {
        return;
    }
    state.hand[slot] = place as u8;
    state.reload[slot] = 0;
    state.charge[slot] = 0;
    events.push(Event::new(EventKind::Switched, state.tick, slot).weapon(new).part(old));
}

fn reload(state: &mut MatchState, events: &mut EventRing, rules: &Tuned, slot: usize, weapon: u8, asked: bool) {
    let rule = &rules.weapons[weapon as usize];
    let place = state.hand[slot] as usize;
    if state.reload[slot] > 0 {
        state.reload[slot] -= 1;
        if state.reload[slot] == 0 {
            let moved = rule.magazine.saturating_sub(state.ammo[place][slot]).min(state.reserve[place][slot]);
            state.ammo[place][slot] += moved;
            state.reserve[place][slot] -= moved;
            let event = Event::new(EventKind::Reloaded, state.tick, slot).weapon(weapon);
            events.push(event.value(state.ammo[place][slot].into()).aux(state.reserve[place][slot]));
        }
        return;
    }
    if !asked {
        return;
    }
    if rule.reload_ticks > 0 && state.ammo[place][slot] < rule.magazine && state.reserve[place][slot] > 0 {
        state.reload[slot] = rule.reload_ticks;
        let event = Event::new(EventKind::ReloadStarted, state.tick, slot).weapon(weapon);
        events.push(event.value(rule.reload_ticks.into()));
    }
}

fn trigger(
    state: &mut MatchState,
    events: &mut EventRing,
    rules: &Tuned,
    scratch: &mut Scratch,
    slot: usize,
    weapon: u8,
    pressed: Buttons,
) {
    let rule = &rules.weapons[weapon as usize];
    let press = pressed.has(Buttons::FIRE);
    let pulled = press || (rule.fire == Fire::Automatic && state.held[slot].has(Buttons::FIRE));
    if !pulled {
        return;
    }
    pull(state, events, rules, scratch, slot, weapon, 0, press);
}

/// The level of charge with which a thrown weapon leaves the hand in this tick: the trigger charges while it is held
/// and throws when let go; a tap and the throw button throw at once.
fn charge(state: &mut MatchState, rules: &Tuned, slot: usize, pressed: Buttons, host_throw: u8) -> Option<u8> {
    let levels = rules.rules.throws.levels;
    let held = state.held[slot].has(Buttons::FIRE);
    let ticks = state.charge[slot];
    let level = if host_throw > 0 {
        Some(host_throw.min(levels))
    } else if pressed.has(Buttons::THROW) || (ticks > 0 && !held) {
        Some(rules.charge_level(ticks.max(1)))
    } else if pressed.has(Buttons::FIRE) && !held {
        Some(1)
    } else {
        None
    };
    // After a throw the trigger must be let go before it charges again.
    state.charge[slot] = match level {
        Some(_) => 0,
        None if held && (ticks > 0 || pressed.has(Buttons::FIRE)) => {
            ticks.saturating_add(1).min((rules.charge_ticks * u32::from(levels)).min(u16::MAX.into()) as u16)
        }
        None => 0,
    };
    level
}

/// Fires, or says why not if `tell`.
#[allow(clippy::too_many_arguments)]
fn pull(
    state: &mut MatchState,
    events: &mut EventRing,
    rules: &Tuned,
    scratch: &mut Scratch,
    slot: usize,
    weapon: u8,
    level: u8,
    tell: bool,
) {
    let rule = &rules.weapons[weapon as usize];
    let place = state.hand[slot] as usize;
    let left = state.cooldown[place][slot];
    let silent = if rule.heats { state.silence[slot] } else { 0 };
    let launched = scratch.shots.iter().filter(|s| rules.weapons[s.weapon as usize].projectile.is_some()).count();
    let full = rule.projectile.is_some() && state.flying.count_ones() as usize + launched >= PROJECTILES;
    if left > 0 || silent > 0 || state.reload[slot] > 0 || state.ammo[place][slot] == 0 || full {
        if tell {
            let wait = (left.max(0) as u32).div_ceil(rule.rate as u32);
            let wait = wait.max(silent.into()).max(state.reload[slot].into());
            let event = Event::new(EventKind::FireRefused, state.tick, slot).weapon(weapon);
            events.push(event.value(wait as i32).aux(state.ammo[place][slot]));
        }
        return;
    }
    state.ammo[place][slot] -= 1;
    state.cooldown[place][slot] += rules.cooldown;
    if rule.heats {
        state.heat[slot] += rules.heat_per_shot;
        if state.heat[slot] >= rules.heat_limit {
            state.heat[slot] = rules.heat_limit;
            state.silence[slot] = rules.heat_silence;
            let event = Event::new(EventKind::Overheated, state.tick, slot).weapon(weapon);
            events.push(event.value(rules.heat_silence.into()));
        }
    }
    let accuracy = accuracy(state, rules, slot, rule.accuracy);
    scratch.shots.push(Shot { slot: slot as u8, weapon, accuracy, level });
}

/// Accuracy in use (rule book, section 5).
fn accuracy(state: &MatchState, rules: &Tuned, slot: usize, base: f32) -> f32 {
    let book = &rules.rules;
    let gait = Gait::from_number(state.gait[slot]);
    let mut accuracy = base;
    if state.aiming >> slot & 1 == 1 {
        accuracy += book.accuracy_aiming;
    }
    if gait != Gait::Idle {
        accuracy += book.accuracy_moving;
    }
    if gait == Gait::Running {
        accuracy += book.accuracy_running;
    }
    accuracy.clamp(book.accuracy_range.0, book.accuracy_range.1)
}
