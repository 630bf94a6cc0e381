//! What the tick sounds like, and who hears it (rule book, section 8).
//!
//! Every sound is an event of the tick or a footstep; walls are as the tick leaves them, so that a hole is heard through
//! at once. A tick without a sound costs nothing, and no wave is started for sounds that nobody waits for.

use super::Scratch;
use crate::map::Geometry;
use crate::rules::{Material, SoundKind, Tuned};
use crate::sound::{Heard, Wave, Way, attenuation, cell_of, cutoff_of, direction_of, least_length, muffling, own};
use crate::vision::Grid;
use crate::world::event::NO_SLICE;
use crate::world::state::{Gait, Match, MatchState, PLAYERS};
use crate::world::{Event, EventKind};

/// Sounds of one tick that are heard; more of them would be one noise.
pub(super) const SOUNDS: usize = 64;
/// px within which a sound comes from the listener's own body and has no bearing.
const WITHIN: f32 = 6.0;

/// A sound as the tick makes it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sound {
    kind: SoundKind,
    /// Slot, or `NONE`.
    source: u8,
    /// Slice that it comes from, which does not muffle it, or `NO_SLICE`.
    slice: u16,
    /// px; rounded to the lattice, but for what merges.
    x: f32,
    y: f32,
}

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    scratch.sounds.clear();
    footsteps(&mut game.state, &game.rules, &mut scratch.sounds);
    // One that the host's calls between ticks pushed out of the ring is lost, as it is for the host.
    for n in scratch.first_event.max(game.events.oldest())..game.events.written() {
        let event = game.events.at(n);
        if let Some(sound) = of_event(&game.state, game.map.geometry(), &game.rules, &event) {
            add(&mut scratch.sounds, &game.rules, sound);
        }
    }
    for i in 0..scratch.sounds.len() {
        let sound = scratch.sounds[i];
        spread(game, scratch, sound);
    }
}

fn footsteps(state: &mut MatchState, rules: &Tuned, sounds: &mut Vec<Sound>) {
    let step = rules.rules.sound.step;
    for slot in MatchState::slots(state.alive) {
        if state.stride[slot] < step {
            continue;
        }
        // Faster than a step a tick it is one noise.
        while state.stride[slot] >= step {
            state.stride[slot] -= step;
        }
        let kind = match Gait::from_number(state.stride_gait[slot]) {
            Gait::Running => SoundKind::FootstepRun,
            Gait::Walking => SoundKind::FootstepWalk,
            Gait::Sneaking | Gait::Idle => SoundKind::FootstepSneak,
        };
        // What is left of the way was walked as now.
        state.stride_gait[slot] = state.gait[slot];
        sounds.push(Sound { kind, source: slot as u8, slice: NO_SLICE, x: state.x[slot], y: state.y[slot] });
    }
}

/// The sound of an event, if it makes one.
fn of_event(state: &MatchState, geometry: &Geometry, rules: &Tuned, event: &Event) -> Option<Sound> {
    let by_actor = |kind| {
        let slot = event.actor as usize;
        (slot < PLAYERS).then(|| Sound {
            kind,
            source: event.actor,
            slice: NO_SLICE,
            x: state.x[slot],
            y: state.y[slot],
        })
    };
    let there = |kind, source| Some(Sound { kind, source, slice: NO_SLICE, x: event.x, y: event.y });
    let material = || Material::from_number(geometry.material[event.slice as usize]).unwrap_or(Material::Border);
    match EventKind::from_number(event.kind)? {
        EventKind::Fired | EventKind::Launched => by_actor(SoundKind::of_weapon(event.weapon)),
        EventKind::FireRefused if event.aux == 0 => by_actor(SoundKind::Empty),
        EventKind::ReloadStarted => by_actor(SoundKind::Reload),
        EventKind::Switched => by_actor(SoundKind::Switch),
        EventKind::HitWall => {
            let sound = there(SoundKind::impact(material()), event.actor)?;
            Some(Sound { slice: event.slice, ..sound })
        }
        EventKind::SliceDestroyed => there(SoundKind::of_break(material()), event.actor),
        EventKind::Bounced => there(SoundKind::Bounce, event.actor),
        EventKind::Exploded => {
            let payload = rules.weapons[event.weapon as usize].projectile?.payload;
            there(SoundKind::of_payload(payload)?, event.actor)
        }
        EventKind::PlayerDamaged if event.flags & crate::world::flag::KILLED == 0 => {
            there(SoundKind::Hurt, event.target)
        }
        EventKind::Died => there(SoundKind::Death, event.target),
        _ => None,
    }
}

/// Adds a sound, unless one like it is near in the same tick: a blast breaks a hundred slices, a shotgun hits with
/// eight pellets.
fn add(sounds: &mut Vec<Sound>, rules: &Tuned, sound: Sound) {
    let merge = rules.rules.sound.merge;
    let like = |other: &Sound| {
        let (dx, dy) = (other.x - sound.x, other.y - sound.y);
        other.kind == sound.kind && other.source == sound.source && dx * dx + dy * dy <= merge * merge
    };
    if sounds.len() < SOUNDS && !sounds.iter().any(like) {
        sounds.push(sound);
    }
}

/// The middle of the square of the lattice that holds a coordinate.
#[inline]
fn snap(v: f32, lattice: f32) -> f32 {
    ((v / lattice) as u32 as f32 + 0.5) * lattice
}

/// A listener whom the straight line does not give all.
#[derive(Clone, Copy)]
struct Waiting {
    slot: usize,
    /// px, straight.
    distance: f32,
    /// No way round is shorter, px.
    least: f32,
    cell: (usize, usize),
    /// Loudest so far, and its cutoff share.
    gain: f32,
    cutoff: f32,
    way: Option<Way>,
}

const NOBODY_WAITS: Waiting =
    Waiting { slot: 0, distance: 0.0, least: 0.0, cell: (0, 0), gain: 0.0, cutoff: 1.0, way: None };

fn spread(game: &mut Match, scratch: &mut Scratch, sound: Sound) {
    let Match { state, blocks, heard, map, rules, .. } = game;
    let book = &rules.rules.sound;
    let rule = &book.kinds[sound.kind as usize];
    let place = (snap(sound.x, book.lattice), snap(sound.y, book.lattice));
    let grid = Grid { geometry: map.geometry(), blocks, any: &state.solid_any, full: &state.solid_any };
    // Who dies in this tick hears it.
    let mut ears = state.alive;
    for slot in MatchState::slots(state.placed & !state.alive) {
        ears |= u8::from(state.death_tick[slot] == state.tick && state.deaths[slot] > 0) << slot;
    }
    let cell = cell_of(place.0, place.1);
    let mut waiting = [NOBODY_WAITS; PLAYERS];
    let mut count = 0;
    for slot in MatchState::slots(ears) {
        let (x, y) = (state.x[slot], state.y[slot]);
        let (dx, dy) = (place.0 - x, place.1 - y);
        let d2 = dx * dx + dy * dy;
        if d2 >= rule.limit * rule.limit {
            continue;
        }
        let distance = d2.sqrt();
        let most = attenuation(rule, distance);
        let audible = 1.0 - super::impairment(state, rules, slot).audio;
        if most * audible < book.least {
            continue;
        }
        // What comes from within the own body passes no wall.
        let through = if distance <= WITHIN && sound.source as usize == slot {
            1.0
        } else {
            muffling(&grid, &rules.absorption, (x, y), place, sound.slice)
        };
        let listener = cell_of(x, y);
        let least = least_length(cell, listener).max(distance);
        let one = Waiting { slot, distance, least, cell: listener, gain: most * through, cutoff: through, way: None };
        // No way round can be louder than a straight line that nothing muffles.
        if attenuation(rule, least) > one.gain {
            waiting[count] = one;
            count += 1;
        } else {
            heard.push_if_audible(state, rules, &sound, place, &one, None);
        }
    }
    if count == 0 {
        return;
    }
    let waiting = &mut waiting[..count];
    let kernels = scratch.kernels;
    round(state, rules, &kernels, &mut scratch.wave, waiting, cell, rule);
    for one in waiting {
        heard.push_if_audible(state, rules, &sound, place, one, Some(&scratch.wave));
    }
}

/// Finds the loudest way round for those who wait, a quarter turn more at a time, until no more turns can help anybody.
fn round(
    state: &MatchState,
    rules: &Tuned,
    kernels: &crate::simd::Kernels,
    wave: &mut Wave,
    waiting: &mut [Waiting],
    cell: (usize, usize),
    rule: &crate::rules::SoundKindRule,
) {
    wave.begin(kernels, &state.open, &state.open_columns, cell, rule.limit);
    let mut turns = 0;
    loop {
        for one in waiting.iter_mut() {
            let Some(way) = wave.way_to(one.cell) else { continue };
            let gain = attenuation(rule, way.length().max(one.distance)) * rules.turn_gain[turns];
            if gain > one.gain {
                (one.gain, one.cutoff, one.way) = (gain, rules.turn_cutoff[turns], Some(way));
            }
        }
        turns += 1;
        let hopeful = |one: &Waiting| {
            turns < crate::sound::LAYERS
                && (attenuation(rule, one.least) * rules.turn_gain[turns]).max(0.0)
                    > one.gain.max(rules.rules.sound.least)
        };
        if !waiting.iter().any(hopeful) || !wave.turn(kernels) {
            return;
        }
    }
}

/// How a sound made at a point arrives at another, exactly: what [`Heard`] rounds. For reports, pictures and hosts that
/// need no secrets kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    /// Loudness, 0 to 1; 0 beyond the kind's limit.
    pub gain: f32,
    /// Low-pass cutoff, Hz.
    pub cutoff_hz: f32,
    /// Where it comes from: the source, or where the last leg of the way round begins, px.
    pub from: crate::Vec2,
    /// Length of the way round, px, and its quarter turns, if that is the louder way.
    pub round: Option<(f32, usize)>,
    /// Share that the walls on the straight line let through.
    pub through: f32,
}

/// See [`Arrival`]. `visit` gets the cells of the way round, from the listener's to the source's, if it is the louder one.
pub(crate) fn arrival(
    game: &Match,
    wave: &mut Wave,
    kernels: &crate::simd::Kernels,
    kind: SoundKind,
    from: (f32, f32),
    to: (f32, f32),
    visit: impl FnMut(usize, usize) -> bool,
) -> Arrival {
    let (state, rules) = (&game.state, &*game.rules);
    let book = &rules.rules.sound;
    let rule = &book.kinds[kind as usize];
    let (dx, dy) = (from.0 - to.0, from.1 - to.1);
    let distance = (dx * dx + dy * dy).sqrt();
    let grid =
        Grid { geometry: game.map.geometry(), blocks: &game.blocks, any: &state.solid_any, full: &state.solid_any };
    let through = muffling(&grid, &rules.absorption, from, to, NO_SLICE);
    let (cell, listener) = (cell_of(from.0, from.1), cell_of(to.0, to.1));
    let least = least_length(cell, listener).max(distance);
    let gain = attenuation(rule, distance) * through;
    let mut one = [Waiting { slot: 0, distance, least, cell: listener, gain, cutoff: through, way: None }];
    if attenuation(rule, least) > gain {
        round(state, rules, kernels, wave, &mut one, cell, rule);
    }
    let [one] = one;
    if let Some(way) = one.way {
        wave.trace(way, listener, visit);
    }
    let hz = book.open_hz * one.cutoff;
    Arrival {
        gain: one.gain,
        cutoff_hz: if hz > book.least_hz { hz } else { book.least_hz },
        from: one.way.map_or(from, |way| wave.last_leg(way, to)).into(),
        round: one.way.map(|way| (way.length(), way.turns)),
        through,
    }
}

impl crate::world::HeardRing {
    /// Tells a listener of a sound, rounded as [`crate::sound`] says.
    fn push_if_audible(
        &mut self,
        state: &MatchState,
        rules: &Tuned,
        sound: &Sound,
        place: (f32, f32),
        one: &Waiting,
        wave: Option<&Wave>,
    ) {
        let slot = one.slot;
        let gain = one.gain * (1.0 - super::impairment(state, rules, slot).audio);
        if gain < rules.rules.sound.least {
            return;
        }
        let (x, y) = (state.x[slot], state.y[slot]);
        let from = match (one.way, wave) {
            (Some(way), Some(wave)) => wave.last_leg(way, (x, y)),
            _ => place,
        };
        let aim = direction_of(state.aim_x[slot], state.aim_y[slot]);
        let is_own = sound.source as usize == slot;
        let bearing = if is_own && one.distance <= WITHIN {
            0
        } else {
            direction_of(from.0 - x, from.1 - y).wrapping_sub(aim) & 63
        };
        let book = &rules.rules.sound;
        let hz = book.open_hz * one.cutoff;
        let hz = if hz > book.least_hz { hz } else { book.least_hz };
        self.push(Heard {
            tick: state.tick,
            listener: slot as u8,
            kind: sound.kind as u8,
            gain: (gain.min(1.0) * 255.0 + 0.5) as u8,
            bearing,
            cutoff: cutoff_of(hz, &rules.cutoff_edges),
            aim,
            flags: if is_own { own::OWN } else { 0 },
            reserved: 0,
        });
    }
}
