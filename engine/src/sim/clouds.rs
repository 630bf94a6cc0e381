//! Smoke and flash (rule book, section 7).

use super::{Blast, Scratch};
use crate::rules::{Payload, Tuned};
use crate::vision::{Grid, SmokeDisc};
use crate::world::event::flag;
use crate::world::state::{CLOUDS, Match, MatchState};
use crate::world::{Event, EventKind};

/// A cloud as it is in a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cloud {
    pub(crate) disc: SmokeDisc,
    pub(crate) born: u32,
    pub(crate) number: u32,
}

/// What a flash takes from a player, 0 to 1 each.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Impairment {
    /// Sees nobody.
    pub(crate) blind: bool,
    pub(crate) visual: f32,
    pub(crate) audio: f32,
    pub(crate) movement: f32,
}

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    for i in 0..scratch.blasts.len() {
        let blast = scratch.blasts[i];
        let payload = game.rules.weapons[blast.weapon as usize].projectile.map(|p| p.payload);
        match payload {
            Some(Payload::Smoke) => rise(&mut game.state, blast),
            Some(Payload::Flash) => dazzle(game, blast),
            _ => {}
        }
    }
    let (state, life) = (&mut game.state, game.rules.smoke_life);
    let mut left = state.clouds;
    while left != 0 {
        let lane = left.trailing_zeros() as usize;
        left &= left - 1;
        if state.tick - state.cloud_born[lane] >= life {
            drop_cloud(state, lane);
        }
    }
}

fn rise(state: &mut MatchState, blast: Blast) {
    let free = (!state.clouds).trailing_zeros() as usize;
    let lane = if free < CLOUDS {
        free
    } else {
        // By serial number: two may be born in one tick.
        (0..CLOUDS).min_by_key(|&i| state.cloud_number[i]).unwrap_or(0)
    };
    state.clouds |= 1 << lane;
    (state.cloud_x[lane], state.cloud_y[lane]) = (blast.x, blast.y);
    state.cloud_born[lane] = state.tick;
    state.cloud_number[lane] = blast.number;
}

fn drop_cloud(state: &mut MatchState, lane: usize) {
    state.clouds &= !(1 << lane);
    (state.cloud_x[lane], state.cloud_y[lane]) = (0.0, 0.0);
    (state.cloud_born[lane], state.cloud_number[lane]) = (0, 0);
}

/// Takes all clouds away.
pub(crate) fn clear(state: &mut MatchState) {
    for lane in 0..CLOUDS {
        drop_cloud(state, lane);
    }
}

/// The cloud in a lane, as it is in this tick; `None` for a dead lane and one that is not there yet or any more.
pub(crate) fn cloud(state: &MatchState, rules: &Tuned, lane: usize) -> Option<Cloud> {
    if state.clouds >> lane & 1 == 0 {
        return None;
    }
    let rule = &rules.rules.smoke;
    let ms = (state.tick - state.cloud_born[lane]) as f32 * (1000.0 / rules.tick_rate as f32);
    let grown = (ms / rule.expand_ms as f32).min(1.0);
    let rest = 1.0 - grown;
    let fading = ((rule.life_ms as f32 - ms) / rule.fade_ms as f32).clamp(0.0, 1.0);
    let disc = SmokeDisc {
        x: state.cloud_x[lane],
        y: state.cloud_y[lane],
        radius: rule.radius * (1.0 - rest * rest * rest),
        density: rule.density * grown * grown * fading,
    };
    (disc.radius > 0.0 && disc.density > 0.0).then_some(Cloud {
        disc,
        born: state.cloud_born[lane],
        number: state.cloud_number[lane],
    })
}

/// The clouds that there are in this tick, in a fixed array; the first so many are in use.
#[inline]
pub(crate) fn discs(state: &MatchState, rules: &Tuned) -> ([SmokeDisc; CLOUDS], usize) {
    let mut discs = [SmokeDisc { x: 0.0, y: 0.0, radius: 0.0, density: 0.0 }; CLOUDS];
    let mut count = 0;
    if state.clouds != 0 {
        for cloud in (0..CLOUDS).filter_map(|lane| cloud(state, rules, lane)) {
            discs[count] = cloud.disc;
            count += 1;
        }
    }
    (discs, count)
}

/// Dazzles everybody near a flash. A weaker flash does not shorten a stronger one that still works.
fn dazzle(game: &mut Match, blast: Blast) {
    let Match { state, blocks, events, map, rules, .. } = game;
    let rule = &rules.rules.flash;
    for slot in MatchState::slots(state.alive) {
        let (dx, dy) = (blast.x - state.x[slot], blast.y - state.y[slot]);
        let distance = (dx * dx + dy * dy).sqrt();
        if distance >= rule.radius {
            continue;
        }
        let grid =
            Grid { geometry: map.geometry(), blocks, any: &state.sight_any, full: &state.sight_full, columns: None };
        let clear = grid.sight_stop(state.x[slot], state.y[slot], blast.x, blast.y).is_none();
        let along = dx * state.aim_x[slot] + dy * state.aim_y[slot];
        let across = dx * state.aim_y[slot] - dy * state.aim_x[slot];
        let angle = if distance > 0.0 { libm::atan2f(across.abs(), along) } else { 0.0 };
        let turned = angle / core::f32::consts::PI;
        let mut intensity = 1.0 - libm::powf(distance / rule.radius, rule.power);
        if !clear {
            intensity *= rule.hidden;
        }
        intensity *= 1.0 - rule.turn * turned;
        if turned > 0.5 {
            intensity *= (1.0 - turned) * rule.behind;
        }
        if intensity < rule.least {
            continue;
        }
        let present = impairment(state, rules, slot).visual;
        if intensity > present {
            state.flash_tick[slot] = state.tick;
            state.flash[slot] = intensity;
        }
        let blind = rules.flash_phases[0] * intensity;
        let all = rules.flash_phases.iter().sum::<f32>() * intensity;
        let event = Event::new(EventKind::Dazzled, state.tick, blast.owner as usize).target(slot).weapon(blast.weapon);
        let event = event.at(blast.x, blast.y).toward(distance, angle).value((intensity * 1000.0 + 0.5) as i32);
        events.push(event.aux(blind as u16).slice(all as u16).flag(flag::AIMING, clear));
    }
}

/// What the flash that dazzles a player takes in this tick: all while blind, fading through the other two phases.
pub(crate) fn impairment(state: &MatchState, rules: &Tuned, slot: usize) -> Impairment {
    let intensity = state.flash[slot];
    if intensity <= 0.0 {
        return Impairment::default();
    }
    let since = (state.tick - state.flash_tick[slot]) as f32;
    let [blind, disoriented, recovering] = rules.flash_phases.map(|ticks| ticks * intensity);
    let is_blind = since < blind;
    let share = if is_blind { 1.0 } else { (1.0 - (since - blind) / (disoriented + recovering)).max(0.0) };
    let [visual, audio, movement] = rules.rules.flash.impair.map(|i| i * intensity * share);
    Impairment { blind: is_blind, visual, audio, movement }
}
