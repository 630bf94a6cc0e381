//! What the tick sounds like, and who hears it (rule book, section 8).
//!
//! Every sound is an event of the tick or a footstep; walls are as the tick leaves them, so that a hole is heard through
//! at once. A tick without a sound costs nothing, and no wave is started for sounds that nobody waits for.

use super::Scratch;
use crate::map::{CELL, COLS, Geometry, ROWS, cell_indices};
use crate::rules::{Material, SoundKind, SoundKindRule, Tuned};
use crate::simd::Kernels;
use crate::sound::{
    Cell, DIAGONAL, Heard, LAYERS, Part, UNIT, UNIT_PX, Wave, Way, attenuation, attenuation_all, cell_of, cutoff_of,
    direction_of, least_length, muffling, own,
};
use crate::vision::Grid;
use crate::world::event::NO_SLICE;
use crate::world::state::{Block, Gait, Lanes, Match, MatchState, PLAYERS};
use crate::world::{EVENT_RING, Event, EventKind};
use bytemuck::Zeroable;
use wide::{f32x8, i16x8, i32x8};

/// Sounds of one tick at most: each is an event that the ring still holds, or a footstep. None is dropped for another,
/// or what nobody hears would show in what somebody does.
pub(super) const SOUNDS: usize = EVENT_RING + PLAYERS;
/// Share let through under which [`arrival`] takes walls to let nothing through.
const NOTHING: f32 = 1.0e-6;
/// Units of no way: all have fewer, for at least one unit of [`Wave`]'s bytes is left of them.
const NOWHERE: u8 = u8::MAX;
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
    if scratch.sounds.is_empty() {
        return;
    }
    let Match { state, blocks, events, heard, map, rules, guard, .. } = game;
    let Scratch { kernels, sounds, breaks, heard: told, wave, .. } = scratch;
    let air = Air::new(state, blocks, map.geometry(), rules);
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
    sort(told);
    told.drain(..).for_each(|entry| heard.push(entry));
}

/// What entries are told in the order of.
#[inline]
fn key(h: &Heard) -> u64 {
    u64::from_be_bytes([0, 0, h.listener, h.kind, h.gain, h.bearing, h.cutoff, h.flags])
}

/// Sorts by [`key`]; a few, as most ticks have, by counting those before each: no branch depends on what they are.
fn sort(told: &mut [Heard]) {
    const FEW: usize = 16;
    if told.len() > FEW {
        told.sort_unstable_by_key(key);
        return;
    }
    let (mut keys, mut sorted) = ([u64::MAX; FEW], [Heard::zeroed(); FEW]);
    for (key_of, entry) in keys.iter_mut().zip(&*told) {
        *key_of = key(entry);
    }
    let eights = if told.len() > FEW / 2 { &keys[..] } else { &keys[..FEW / 2] };
    for (n, entry) in told.iter().enumerate() {
        // Of those alike the first stays first; they are the same to the byte.
        let before = eights.iter().filter(|other| **other < keys[n]).count();
        let alike = keys[..n].iter().filter(|other| **other == keys[n]).count();
        sorted[(before + alike) % FEW] = *entry;
    }
    told.copy_from_slice(&sorted[..told.len()]);
}

/// What sound travels through, and who may hear it.
#[derive(Clone, Copy)]
struct Air<'a> {
    state: &'a MatchState,
    blocks: &'a [Block],
    geometry: &'a Geometry,
    rules: &'a Tuned,
    /// Slots with ears.
    ears: u8,
    /// Share of a sound that a flash leaves to each.
    audible: Lanes,
}

impl<'a> Air<'a> {
    fn new(state: &'a MatchState, blocks: &'a [Block], geometry: &'a Geometry, rules: &'a Tuned) -> Air<'a> {
        // Who dies in this tick hears it.
        let mut ears = state.alive;
        for slot in MatchState::slots(state.placed & !state.alive) {
            ears |= u8::from(state.death_tick[slot] == state.tick && state.deaths[slot] > 0) << slot;
        }
        let audible = if state.flash == [0.0; PLAYERS] {
            [1.0; PLAYERS]
        } else {
            core::array::from_fn(|slot| 1.0 - super::impairment(state, rules, slot).audio)
        };
        Air { state, blocks, geometry, rules, ears, audible }
    }

    fn of(game: &'a Match) -> Air<'a> {
        Air::new(&game.state, &game.blocks, game.map.geometry(), &game.rules)
    }

    fn grid(&self) -> Grid<'a> {
        let any = &self.state.solid_any;
        Grid { geometry: self.geometry, blocks: self.blocks, any, full: any, columns: None }
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

/// What reaches each listener of a sound, by slot.
struct Arrivals {
    /// px, straight.
    distance: Lanes,
    /// No way round that is still to be found is shorter, px.
    least: Lanes,
    /// Gain at that length, without turns.
    most: Lanes,
    /// Loudest so far, and its cutoff share.
    gain: Lanes,
    cutoff: Lanes,
    ways: [Option<Way>; PLAYERS],
    cells: Cells,
}

/// The cells of all slots.
#[derive(Debug, Clone, Copy)]
struct Cells {
    x: [i32; PLAYERS],
    y: [i32; PLAYERS],
}

impl Cells {
    fn of(x: &Lanes, y: &Lanes) -> Cells {
        Cells { x: cell_indices((*x).into(), COLS), y: cell_indices((*y).into(), ROWS) }
    }

    fn at(&self, slot: usize) -> Cell {
        (self.x[slot] as usize, self.y[slot] as usize)
    }

    /// As [`least_length`] says, from each of them.
    fn least_lengths(&self, (x, y): Cell) -> f32x8 {
        let apart = |cells: &[i32; PLAYERS], from: usize| (i32x8::from(*cells) - i32x8::splat(from as i32)).abs();
        let (dx, dy) = (apart(&self.x, x).round_float(), apart(&self.y, y).round_float());
        let (long, short) = (dx.fast_max(dy), dx.fast_min(dy));
        ((long - short) * f32x8::splat(UNIT.into()) + short * f32x8::splat(DIAGONAL.into())) * f32x8::splat(UNIT_PX)
    }
}

fn spread(air: &Air<'_>, kernels: &Kernels, wave: &mut Wave, sound: &Sound, each: &mut impl FnMut(Heard)) {
    let Air { state, rules, ref audible, .. } = *air;
    let book = &rules.rules.sound;
    let rule = &book.kinds[sound.kind as usize];
    let place = (sound.x, sound.y);
    let grid = air.grid();
    let mut ears = air.ears;
    // One's own death in any case: a host may have ended the life before this tick.
    if sound.kind == SoundKind::Death {
        ears |= 1u8.checked_shl(sound.source.into()).unwrap_or(0) & state.placed;
    }
    // All at once: who hears a sound is nothing that a processor guesses.
    let (dx, dy) = (f32x8::splat(place.0) - f32x8::from(state.x), f32x8::splat(place.1) - f32x8::from(state.y));
    let d2 = dx * dx + dy * dy;
    let distance = d2.sqrt();
    let straight = attenuation_all(rule, distance);
    let loudest = straight * f32x8::from(*audible);
    let least = f32x8::splat(book.least);
    let within = d2.simd_lt(f32x8::splat(rule.limit * rule.limit)) & loudest.simd_ge(least);
    ears &= within.to_bitmask() as u8;
    if ears == 0 {
        return;
    }
    let (distances, enough) = (distance.to_array(), (least / loudest).to_array());
    let mut through = [0.0; PLAYERS];
    for slot in MatchState::slots(ears) {
        // What comes from within the own body passes no wall.
        through[slot] = if distances[slot] <= WITHIN && sound.source as usize == slot {
            1.0
        } else {
            let ear = (state.x[slot], state.y[slot]);
            muffling(&grid, &rules.absorption, ear, place, sound.slice, enough[slot])
        };
    }
    let cell = cell_of(place.0, place.1);
    let cells = Cells::of(&state.x, &state.y);
    // No way round can be louder than a straight line that nothing muffles.
    let shortest = cells.least_lengths(cell).fast_max(distance);
    let most = attenuation_all(rule, shortest);
    let gain = straight * f32x8::from(through);
    let hopeful = most.simd_gt(gain) & (most * f32x8::from(*audible)).simd_ge(least);
    let mut arrivals = Arrivals {
        distance: distances,
        least: shortest.to_array(),
        most: most.to_array(),
        gain: gain.to_array(),
        cutoff: through,
        ways: [None; PLAYERS],
        cells,
    };
    let waiting = ears & hopeful.to_bitmask() as u8;
    if waiting != 0 {
        round(air, kernels, wave, &mut arrivals, waiting, cell, rule);
    }
    for slot in MatchState::slots(ears) {
        tell(air, sound, place, &arrivals, slot, wave).into_iter().for_each(&mut *each);
    }
}

/// Finds the loudest way round for those who wait, a quarter turn more at a time, until no more turns can help anybody.
#[inline(never)]
fn round(
    air: &Air<'_>,
    kernels: &Kernels,
    wave: &mut Wave,
    arrivals: &mut Arrivals,
    waiting: u8,
    cell: Cell,
    rule: &SoundKindRule,
) {
    let Air { state, rules, .. } = *air;
    let all = f32x8::splat;
    let faintest = all(rules.rules.sound.least);
    // By turns, what a way needs before them to be heard at all; and all that a way may need for one listener.
    // A millionth less: rounding must not keep from one end what is found from the other.
    let turned = rules.turn_gain.map(|gain| (1.0 - 1.0e-6) / gain);
    let Arrivals { distance, least: shortest, most, gain, cutoff, ways, cells } = arrivals;
    let (x, y) = (i16x8::from_i32x8_saturate(cells.x.into()), i16x8::from_i32x8_saturate(cells.y.into()));
    let waits = MatchState::lanes(waiting);
    // Those with hope, and where ways lie that could help them.
    let hopeful = |most: &Lanes, gain: &Lanes, turns: usize| {
        let (most, enough) = (f32x8::from(*most), f32x8::from(*gain).fast_max(faintest) * all(turned[turns]));
        (most.simd_gt(enough) & waits, enough)
    };
    let part = |(hopeful, enough): (f32x8, f32x8), least: &Lanes, most: &Lanes| {
        // Beyond the reference distance, loudness falls at least as fast as 1 / length.
        let longest = f32x8::from(*least).fast_max(all(rule.reference)) * f32x8::from(*most) / enough;
        let units = (longest.fast_min(all(rule.limit)) * all(UNIT as f32 / CELL)).fast_trunc_int();
        let (units, asked): (_, i32x8) = (units + i32x8::splat(1), bytemuck::cast(hopeful));
        Part::about(cell, (x, y), i16x8::from_i32x8_saturate(units), i16x8::from_i32x8_saturate(asked))
    };
    let mut hope = hopeful(most, gain, 0);
    if hope.0.to_bitmask() == 0 {
        return;
    }
    wave.begin(&state.open, &state.open_columns, cell, rule.limit, part(hope, shortest, most));
    wave.first(kernels);
    for turns in 0..LAYERS {
        if turns > 0 && (hope.0.to_bitmask() == 0 || !wave.turn(kernels, part(hope, shortest, most))) {
            return;
        }
        let mut found = [None; PLAYERS];
        // A byte a slot, in one register: lanes written one by one and read together would be waited for.
        let mut units = u64::MAX;
        for slot in MatchState::slots(hope.0.to_bitmask() as u8) {
            if let Some(way) = wave.way_to(cells.at(slot)) {
                found[slot] = Some(way);
                units ^= u64::from(way.units ^ NOWHERE) << (8 * slot);
            }
        }
        let units = i32x8::new(core::array::from_fn(|slot| i32::from((units >> (8 * slot)) as u8)));
        let nowhere: f32x8 = bytemuck::cast(units.simd_eq(i32x8::splat(NOWHERE.into())));
        let lengths = nowhere.bitselect(all(f32::INFINITY), units.round_float() * all(UNIT_PX));
        let louder = attenuation_all(rule, lengths.fast_max(f32x8::from(*distance))) * all(rules.turn_gain[turns]);
        // What nobody hears is found or not as bounds will have it, which are others from the other end.
        let better = louder.simd_gt(f32x8::from(*gain)) & louder.simd_ge(faintest);
        *gain = better.bitselect(louder, f32x8::from(*gain)).to_array();
        for slot in MatchState::slots(better.to_bitmask() as u8) {
            (cutoff[slot], ways[slot]) = (rules.turn_cutoff[turns], found[slot]);
        }
        if turns + 1 == LAYERS {
            return;
        }
        // A way that turns more is as long as it takes from where the newest layer came nearer.
        let had = hope.0;
        hope = hopeful(most, gain, turns + 1);
        if turns > 0 {
            let mut left = *shortest;
            for slot in MatchState::slots((had & hope.0).to_bitmask() as u8) {
                left[slot] = left[slot].max(wave.least_left(cells.at(slot)).unwrap_or(f32::INFINITY));
            }
            let longer = f32x8::from(left).simd_gt(f32x8::from(*shortest));
            let fainter = attenuation_all(rule, f32x8::from(left));
            *most = longer.bitselect(fainter, f32x8::from(*most)).to_array();
            *shortest = left;
            hope = hopeful(most, gain, turns + 1);
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
    let mut one = Arrivals {
        distance: [distance; PLAYERS],
        least: [least; PLAYERS],
        most: [most; PLAYERS],
        gain: [gain; PLAYERS],
        cutoff: [through; PLAYERS],
        ways: [None; PLAYERS],
        cells: Cells { x: [listener.0 as i32; PLAYERS], y: [listener.1 as i32; PLAYERS] },
    };
    if most > gain {
        round(&air, kernels, wave, &mut one, 1, cell, rule);
    }
    let (gain, cutoff, way) = (one.gain[0], one.cutoff[0], one.ways[0]);
    if let Some(way) = way {
        wave.trace(way, listener, visit);
    }
    let hz = book.open_hz * cutoff;
    Arrival {
        gain,
        cutoff_hz: if hz > book.least_hz { hz } else { book.least_hz },
        from: way.map_or(from, |way| wave.last_leg(way, to)).into(),
        round: way.map(|way| (way.length(), way.turns)),
        through,
    }
}

/// What a listener is told of a sound, rounded as [`crate::sound`] says; nothing if it is too faint.
#[inline(never)]
fn tell(
    air: &Air<'_>,
    sound: &Sound,
    place: (f32, f32),
    arrivals: &Arrivals,
    slot: usize,
    wave: &Wave,
) -> Option<Heard> {
    let Air { state, rules, .. } = *air;
    let book = &rules.rules.sound;
    let gain = arrivals.gain[slot] * air.audible[slot];
    if gain < book.least {
        return None;
    }
    let (x, y) = (state.x[slot], state.y[slot]);
    let from = arrivals.ways[slot].map_or(place, |way| wave.last_leg(way, (x, y)));
    let aim = direction_of(state.aim_x[slot], state.aim_y[slot]);
    let is_own = sound.source as usize == slot;
    let inside = is_own && arrivals.distance[slot] <= WITHIN;
    let bearing = if inside { 0 } else { direction_of(from.0 - x, from.1 - y).wrapping_sub(aim) & 63 };
    let hz = book.open_hz * arrivals.cutoff[slot];
    let hz = if hz > book.least_hz { hz } else { book.least_hz };
    Some(Heard::new(
        state.tick,
        [slot as u8, sound.kind as u8, (gain.min(1.0) * 255.0 + 0.5) as u8, bearing],
        [cutoff_of(hz, &rules.cutoff_edges), aim, if is_own { own::OWN } else { 0 }],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// As the library sorts, of any number, with entries that are alike.
        #[test]
        fn few_are_sorted_as_many_are(parts in proptest::collection::vec((0..8u8, 0..3u8, 0..3u8), 0..=18)) {
            let told: Vec<_> = parts
                .iter()
                .map(|&(listener, kind, gain)| Heard { listener, kind, gain, ..Heard::zeroed() })
                .collect();
            let (mut ours, mut theirs) = (told.clone(), told);
            sort(&mut ours);
            theirs.sort_by_key(key);
            prop_assert_eq!(ours, theirs);
        }

        /// From every cell to eight places anywhere.
        #[test]
        fn eight_least_lengths_are_each_as_one(
            x in proptest::array::uniform8(-20.0..500.0f32),
            y in proptest::array::uniform8(-20.0..290.0f32),
        ) {
            let cells = Cells::of(&x, &y);
            for from in (0..COLS).flat_map(|x| (0..ROWS).map(move |y| (x, y))) {
                let want: Lanes = core::array::from_fn(|slot| least_length(from, cell_of(x[slot], y[slot])));
                prop_assert_eq!(cells.least_lengths(from).to_array(), want);
            }
        }
    }
}
