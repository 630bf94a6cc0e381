//! What the tick sounds like, and who hears it (rule book, section 8).
//!
//! Every sound is an event of the tick or a footstep; walls are as the tick leaves them, so that a hole is heard through
//! at once. A tick without a sound costs nothing, and no wave is started for sounds that nobody waits for.

use super::Scratch;
use crate::map::{CELL, Geometry};
use crate::rules::{Material, SoundKind, SoundKindRule, Tuned};
use crate::simd::Kernels;
use crate::sound::{
    Heard, LAYERS, Part, UNIT, Wave, Way, attenuation, cell_of, cutoff_of, direction_of, least_length, muffling, own,
};
use crate::vision::Grid;
use crate::world::event::NO_SLICE;
use crate::world::state::{Block, Gait, Lanes, Match, MatchState, PLAYERS};
use crate::world::{EVENT_RING, Event, EventKind};

/// Sounds of one tick at most: each is an event that the ring still holds, or a footstep. None is dropped for another,
/// or what nobody hears would show in what somebody does.
pub(super) const SOUNDS: usize = EVENT_RING + PLAYERS;
/// Share let through under which [`arrival`] takes walls to let nothing through.
const NOTHING: f32 = 1.0e-6;
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
    /// px; on the lattice, and nothing is computed from anything finer.
    x: f32,
    y: f32,
    /// Slots that hear it.
    heard_by: u8,
}

impl Sound {
    fn new(kind: SoundKind, source: u8, (x, y): (f32, f32), rules: &Tuned) -> Sound {
        let lattice = rules.rules.sound.lattice;
        Sound { kind, source, slice: NO_SLICE, x: snap(x, lattice), y: snap(y, lattice), heard_by: 0 }
    }
}

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    scratch.sounds.clear();
    scratch.breaks.clear();
    scratch.heard.clear();
    footsteps(&mut game.state, &game.rules, &mut scratch.sounds);
    // What the host did between ticks sounds too, unless it has drained the event already.
    for n in game.sounded.max(game.events.oldest())..game.events.written() {
        let event = game.events.at(n);
        if let Some(sound) = of_event(&game.state, game.map.geometry(), &game.rules, &event) {
            let place = add(&mut scratch.sounds, &game.rules, sound);
            if event.kind == EventKind::SliceDestroyed as u8 {
                scratch.breaks.push((n, place));
            }
        }
    }
    game.sounded = game.events.written();
    let Match { state, blocks, events, heard, map, rules, guard, .. } = game;
    let Scratch { kernels, sounds, breaks, heard: told, wave, .. } = scratch;
    let air = Air { state, blocks, geometry: map.geometry(), rules };
    for sound in sounds.iter_mut() {
        let (mut heard_by, source) = (0, sound.source);
        spread(&air, kernels, wave, sound, &mut |entry| {
            heard_by |= 1 << entry.listener;
            if let Some(guard) = guard {
                guard.heard(air.state, source, &entry);
            }
            told.push(entry);
        });
        sound.heard_by = heard_by;
    }
    for (event, place) in breaks.drain(..) {
        events.at_mut(event).part = sounds[place].heard_by;
    }
    // In an order of its own: that of the slots and events would tell who made which.
    told.sort_unstable_by_key(|h| (h.listener, h.kind, h.gain, h.bearing, h.cutoff, h.flags));
    told.drain(..).for_each(|entry| heard.push(entry));
}

/// What sound travels through.
#[derive(Clone, Copy)]
struct Air<'a> {
    state: &'a MatchState,
    blocks: &'a [Block],
    geometry: &'a Geometry,
    rules: &'a Tuned,
}

impl<'a> Air<'a> {
    fn of(game: &'a Match) -> Air<'a> {
        Air { state: &game.state, blocks: &game.blocks, geometry: game.map.geometry(), rules: &game.rules }
    }

    fn grid(&self) -> Grid<'a> {
        let any = &self.state.solid_any;
        Grid { geometry: self.geometry, blocks: self.blocks, any, full: any }
    }
}

/// What everybody would hear of a sound made now at a place, by the player in a slot or by nobody.
pub(crate) fn listeners(
    game: &Match,
    wave: &mut Wave,
    kernels: &Kernels,
    kind: SoundKind,
    (x, y): (f32, f32),
    source: u8,
    mut each: impl FnMut(Heard),
) {
    spread(&Air::of(game), kernels, wave, &Sound::new(kind, source, (x, y), &game.rules), &mut each);
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
        sounds.push(Sound::new(kind, slot as u8, (state.x[slot], state.y[slot]), rules));
    }
}

/// The sound of an event, if it makes one.
fn of_event(state: &MatchState, geometry: &Geometry, rules: &Tuned, event: &Event) -> Option<Sound> {
    let by_actor = |kind| {
        let slot = event.actor as usize;
        (slot < PLAYERS).then(|| Sound::new(kind, event.actor, (state.x[slot], state.y[slot]), rules))
    };
    let there = |kind, source| Some(Sound::new(kind, source, (event.x, event.y), rules));
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
/// eight pellets. Returns the place of the one that is heard.
fn add(sounds: &mut Vec<Sound>, rules: &Tuned, sound: Sound) -> usize {
    let merge = rules.rules.sound.merge;
    let like = |other: &Sound| {
        let (dx, dy) = (other.x - sound.x, other.y - sound.y);
        other.kind == sound.kind && other.source == sound.source && dx * dx + dy * dy <= merge * merge
    };
    sounds.iter().position(like).unwrap_or_else(|| {
        sounds.push(sound);
        sounds.len() - 1
    })
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
    /// No way round that is still to be found is shorter, px.
    least: f32,
    /// Gain at that length, without turns.
    most: f32,
    cell: (usize, usize),
    /// Loudest so far, and its cutoff share.
    gain: f32,
    cutoff: f32,
    way: Option<Way>,
    /// Share of a sound that a flash leaves to the listener.
    audible: f32,
}

const NOBODY_WAITS: Waiting = Waiting {
    slot: 0,
    distance: 0.0,
    least: 0.0,
    most: 0.0,
    cell: (0, 0),
    gain: 0.0,
    cutoff: 1.0,
    way: None,
    audible: 1.0,
};

fn spread(air: &Air<'_>, kernels: &Kernels, wave: &mut Wave, sound: &Sound, each: &mut impl FnMut(Heard)) {
    let Air { state, rules, .. } = *air;
    let book = &rules.rules.sound;
    let rule = &book.kinds[sound.kind as usize];
    let place = (sound.x, sound.y);
    let grid = air.grid();
    // Who dies in this tick hears it.
    let mut ears = state.alive;
    for slot in MatchState::slots(state.placed & !state.alive) {
        ears |= u8::from(state.death_tick[slot] == state.tick && state.deaths[slot] > 0) << slot;
    }
    // One's own death in any case: a host may have ended the life before this tick.
    if sound.kind == SoundKind::Death {
        ears |= 1u8.checked_shl(sound.source.into()).unwrap_or(0) & state.placed;
    }
    let cell = cell_of(place.0, place.1);
    let mut waiting = [NOBODY_WAITS; PLAYERS];
    let mut count = 0;
    let d2: Lanes = core::array::from_fn(|slot| {
        let (dx, dy) = (place.0 - state.x[slot], place.1 - state.y[slot]);
        dx * dx + dy * dy
    });
    let reach2 = rule.limit * rule.limit;
    let within = d2.iter().enumerate().fold(0u8, |mask, (slot, &d2)| mask | u8::from(d2 < reach2) << slot);
    for slot in MatchState::slots(ears & within) {
        let (x, y) = (state.x[slot], state.y[slot]);
        let distance = d2[slot].sqrt();
        let most = attenuation(rule, distance);
        let audible = 1.0 - super::impairment(state, rules, slot).audio;
        if most * audible < book.least {
            continue;
        }
        // What comes from within the own body passes no wall.
        let through = if distance <= WITHIN && sound.source as usize == slot {
            1.0
        } else {
            muffling(&grid, &rules.absorption, (x, y), place, sound.slice, book.least / (most * audible))
        };
        let listener = cell_of(x, y);
        let least = least_length(cell, listener).max(distance);
        let (gain, cutoff) = (most * through, through);
        // No way round can be louder than a straight line that nothing muffles.
        let most = if least > distance { attenuation(rule, least) } else { most };
        let one = Waiting { slot, distance, least, most, cell: listener, gain, cutoff, way: None, audible };
        if most > one.gain && most * audible >= book.least {
            waiting[count] = one;
            count += 1;
        } else {
            tell(air, sound, place, &one, None).into_iter().for_each(&mut *each);
        }
    }
    if count == 0 {
        return;
    }
    let waiting = &mut waiting[..count];
    round(air, kernels, wave, waiting, cell, rule);
    for one in waiting {
        tell(air, sound, place, one, Some(wave)).into_iter().for_each(&mut *each);
    }
}

/// Finds the loudest way round for those who wait, a quarter turn more at a time, until no more turns can help anybody.
#[inline(never)]
fn round(
    air: &Air<'_>,
    kernels: &Kernels,
    wave: &mut Wave,
    waiting: &mut [Waiting],
    cell: (usize, usize),
    rule: &SoundKindRule,
) {
    let Air { state, rules, .. } = *air;
    // By turns, what a way needs before them to be heard at all; and all that a way may need for one listener.
    // A millionth less: rounding must not keep from one end what is found from the other.
    let turned = rules.turn_gain.map(|gain| (1.0 - 1.0e-6) / gain);
    let enough = |one: &Waiting, turns: usize| one.gain.max(rules.rules.sound.least) * turned[turns];
    // Where ways lie that could help those with hope.
    let part = |waiting: &[Waiting], turns: usize| {
        let mut part: Option<Part> = None;
        for one in waiting {
            let enough = enough(one, turns);
            if one.most > enough {
                // Beyond the reference distance, loudness falls at least as fast as 1 / length.
                let longest = (one.least.max(rule.reference) * one.most / enough).min(rule.limit);
                let this = Part::between(cell, one.cell, (longest * (UNIT as f32 / CELL)) as usize + 1);
                part = Some(part.map_or(this, |part| part.with(this)));
            }
        }
        part
    };
    let Some(all) = part(waiting, 0) else { return };
    wave.begin(&state.open, &state.open_columns, cell, rule.limit, all);
    wave.first(kernels);
    for turns in 0..LAYERS {
        if turns > 0 {
            match part(waiting, turns) {
                Some(part) if wave.turn(kernels, part) => {}
                _ => return,
            }
        }
        for one in waiting.iter_mut().filter(|one| one.most > enough(one, turns)) {
            if let Some(way) = wave.way_to(one.cell) {
                let gain = attenuation(rule, way.length().max(one.distance)) * rules.turn_gain[turns];
                // What nobody hears is found or not as bounds will have it, which are others from the other end.
                if gain > one.gain && gain >= rules.rules.sound.least {
                    (one.gain, one.cutoff, one.way) = (gain, rules.turn_cutoff[turns], Some(way));
                }
            }
            // A way that turns more is as long as it takes from where the newest layer came nearer.
            if turns > 0 && turns + 1 < LAYERS && one.most > enough(one, turns + 1) {
                let least = wave.least_left(one.cell).unwrap_or(f32::INFINITY);
                if least > one.least {
                    (one.least, one.most) = (least, attenuation(rule, least));
                }
            }
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
    kernels: &Kernels,
    kind: SoundKind,
    from: (f32, f32),
    to: (f32, f32),
    visit: impl FnMut(usize, usize) -> bool,
) -> Arrival {
    let rules = &*game.rules;
    let book = &rules.rules.sound;
    let rule = &book.kinds[kind as usize];
    let (dx, dy) = (from.0 - to.0, from.1 - to.1);
    let distance = (dx * dx + dy * dy).sqrt();
    let air = Air::of(game);
    let through = muffling(&air.grid(), &rules.absorption, from, to, NO_SLICE, NOTHING);
    let (cell, listener) = (cell_of(from.0, from.1), cell_of(to.0, to.1));
    let least = least_length(cell, listener).max(distance);
    let gain = attenuation(rule, distance) * through;
    let most = attenuation(rule, least);
    let mut one = [Waiting { distance, least, most, cell: listener, gain, cutoff: through, ..NOBODY_WAITS }];
    if most > gain {
        round(&air, kernels, wave, &mut one, cell, rule);
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

/// What a listener is told of a sound, rounded as [`crate::sound`] says; nothing if it is too faint.
#[inline(never)]
fn tell(air: &Air<'_>, sound: &Sound, place: (f32, f32), one: &Waiting, wave: Option<&Wave>) -> Option<Heard> {
    let Air { state, rules, .. } = *air;
    let book = &rules.rules.sound;
    let slot = one.slot;
    let gain = one.gain * one.audible;
    if gain < book.least {
        return None;
    }
    let (x, y) = (state.x[slot], state.y[slot]);
    let from = match (one.way, wave) {
        (Some(way), Some(wave)) => wave.last_leg(way, (x, y)),
        _ => place,
    };
    let aim = direction_of(state.aim_x[slot], state.aim_y[slot]);
    let is_own = sound.source as usize == slot;
    let bearing =
        if is_own && one.distance <= WITHIN { 0 } else { direction_of(from.0 - x, from.1 - y).wrapping_sub(aim) & 63 };
    let hz = book.open_hz * one.cutoff;
    let hz = if hz > book.least_hz { hz } else { book.least_hz };
    Some(Heard {
        tick: state.tick,
        listener: slot as u8,
        kind: sound.kind as u8,
        gain: (gain.min(1.0) * 255.0 + 0.5) as u8,
        bearing,
        cutoff: cutoff_of(hz, &rules.cutoff_edges),
        aim,
        flags: if is_own { own::OWN } else { 0 },
        reserved: 0,
    })
}
