//! Aim at those who are in sight: reactions, turns and pursuit beyond the human.
//!
//! Time is the client's own: sequence numbers, 1/60 s each, from the first input that acknowledges the tick in which an
//! enemy came into view. A client that acknowledges too much makes its reactions look longer by as much as its delay and
//! no more, for no tick can be acknowledged before it is played; one that acknowledges too little makes them look
//! shorter. Where a host passes no acknowledged ticks, time counts from the tick itself, and only the quickest are found.

use super::Kind;
use super::watch::{Each, Findings, Place};
use crate::map::BODY_RADIUS;
use crate::world::NONE;
use crate::world::state::{Match, MatchState, PLAYERS};

/// Places kept of each player.
const PAST: usize = 32;
/// Seconds out of sight after which an enemy comes into view anew.
const AWAY_S: f32 = 1.0;
/// Cosine of the 15 degrees beyond which an enemy is turned to.
const ASIDE_COS: f32 = 0.965_925_8;
/// Inputs from being shown to being aimed at, and to the trigger: 150 and 100 ms.
const REACTION: u32 = 9;
const TRIGGER: u32 = 6;
/// Inputs in which a turn to an enemy who came into view is waited for.
const WAIT: u32 = 60;
/// Inputs without a shot after which the next one is a new pull.
const PULL: u32 = 20;
/// Radians a tick, fading, below which an aim is at rest before an enemy comes into view.
const REST: f32 = 0.05;
/// Cosine of 2 degrees and 1 degree an input: from more on it turns, from less on it rests.
const TURNS_COS: f32 = 0.999_390_8;
const RESTS_COS: f32 = 0.999_847_7;
/// Cosine of the 30 degrees that a snap takes at least, and its inputs at most.
const SNAP_COS: f32 = 0.866_025_4;
const SNAP: u32 = 3;
/// px off the middle within which a snap ends, and px of distance that it takes.
const SNAP_OFF: f32 = 1.5;
const SNAP_FAR: f32 = 40.0;
/// A pursuit: inputs, px across the line that the enemy goes in them, px off the middle, and px within which an enemy is
/// pursued.
const LOCK: u32 = 30;
const LOCK_WAY: f32 = 40.0;
const LOCK_OFF: f32 = 1.0;
const LOCK_NEAR: f32 = 12.0;

/// An enemy who has come into view.
#[derive(Debug, Clone, Copy)]
struct Sighting {
    /// Slot, or `NONE`.
    target: u8,
    /// Shown to the client.
    shown: bool,
    /// To be turned to, from rest; else under the crosshair.
    aside: bool,
    under: bool,
    /// Tick in which it came into view.
    tick: u32,
    /// Sequence number of the first input with it on screen.
    sequence: u32,
}

/// One player's aim.
#[derive(Debug, Clone, Copy)]
struct Eye {
    sequence: u32,
    aim: (f32, f32),
    /// Radians a tick, fading.
    motion: f32,
    sighting: Sighting,
    /// Sequence number of the last shot or refused one, and of the last that began a pull.
    fired: u32,
    pulled: u32,
    /// Where a turn began; `turning`: it goes on.
    turn_from: (f32, f32),
    turn_sequence: u32,
    turning: bool,
    /// Slot of who is pursued.
    pursued: u8,
    inputs: u8,
    pursued_at: (f32, f32),
    way: f32,
    /// Sums of squares off the body as shown, and as it was.
    off: [f32; 2],
    /// More than chance, by kind: reaction, trigger, snap, lock.
    counts: [f32; 4],
}

impl Eye {
    const NEW: Eye = Eye {
        sequence: 0,
        aim: (0.0, 0.0),
        motion: 0.0,
        sighting: Sighting { target: NONE, shown: false, aside: false, under: false, tick: 0, sequence: 0 },
        fired: 0,
        pulled: 0,
        turn_from: (0.0, 0.0),
        turn_sequence: 0,
        turning: false,
        pursued: NONE,
        inputs: 0,
        pursued_at: (0.0, 0.0),
        way: 0.0,
        off: [0.0; 2],
        counts: [0.0; 4],
    };
}

/// Who has seen whom, where everybody was, and how everybody aims.
#[derive(Debug)]
pub(super) struct Eyes {
    /// Of every `stride`th tick; nowhere: dead, or not there.
    past: [Each<Place>; PAST],
    stride: u32,
    /// The first tick of which something is kept.
    from: u32,
    tick_rate: u32,
    /// [viewer][enemy]: tick; 0: never.
    seen: Each<Each<u32>>,
    eyes: Each<Eye>,
    events: u64,
    /// Mask of those who fired, or tried to, in this tick.
    fired: u8,
}

impl Eyes {
    pub(super) fn new(tick_rate: u32) -> Eyes {
        Eyes {
            past: [[Place::NOWHERE; PLAYERS]; PAST],
            stride: (tick_rate / 30).max(1),
            from: u32::MAX,
            tick_rate,
            seen: [[0; PLAYERS]; PLAYERS],
            eyes: [Eye::NEW; PLAYERS],
            events: u64::MAX,
            fired: 0,
        }
    }

    pub(super) fn forget(&mut self, slot: usize) {
        self.eyes[slot] = Eye::NEW;
        self.seen[slot] = [0; PLAYERS];
        self.seen.iter_mut().for_each(|row| row[slot] = 0);
        self.past.iter_mut().for_each(|row| row[slot] = Place::NOWHERE);
        self.eyes.iter_mut().filter(|eye| usize::from(eye.sighting.target) == slot).for_each(|eye| {
            eye.sighting.target = NONE;
        });
    }

    /// Counts stay, all else begins anew.
    pub(super) fn forget_all(&mut self) {
        let counts = self.eyes.map(|eye| eye.counts);
        *self = Eyes::new(self.tick_rate);
        self.eyes.iter_mut().zip(counts).for_each(|(eye, counts)| eye.counts = counts);
    }

    /// Tick in which a player last saw an enemy; 0: never.
    pub(super) fn seen(&self, viewer: usize, enemy: usize) -> u32 {
        self.seen[viewer][enemy]
    }

    pub(super) fn fired(&self) -> u8 {
        self.fired
    }

    /// Where a player was at the end of a tick, between the places kept; the nearest one kept before or after that.
    fn place(&self, slot: usize, tick: u32, now: u32) -> Option<(f32, f32)> {
        let newest = now / self.stride;
        let oldest = (newest.saturating_sub(PAST as u32 - 1)).max(self.from.div_ceil(self.stride));
        let k = (tick / self.stride).clamp(oldest.min(newest), newest);
        let at = |k: u32| self.past[k as usize % PAST][slot].get();
        let here = at(k)?;
        let rest = tick.saturating_sub(k * self.stride);
        if rest == 0 || rest >= self.stride || k == newest {
            return Some(here);
        }
        let next = at(k + 1)?;
        let share = rest as f32 / self.stride as f32;
        Some((here.0 + (next.0 - here.0) * share, here.1 + (next.1 - here.1) * share))
    }

    pub(super) fn tick(&mut self, game: &Match, watched: u8, found: &mut Findings) {
        let state = &game.state;
        self.note(state);
        self.read_events(game);
        for slot in MatchState::slots(state.joined) {
            let eye = &mut self.eyes[slot];
            let sees = state.sees[slot] & state.alive;
            let inputs = state.last_sequence[slot].wrapping_sub(eye.sequence);
            let lives = state.alive & state.heard & watched & (1 << slot) != 0;
            if !lives {
                eye.sighting.target = NONE;
                eye.pursued = NONE;
                eye.sequence = state.last_sequence[slot];
                continue;
            }
            self.sight(state, slot, sees);
            if inputs == 0 {
                continue;
            }
            self.look(state, slot, sees, inputs, found);
        }
        for viewer in MatchState::slots(state.alive) {
            for enemy in MatchState::slots(state.sees[viewer] & state.alive) {
                self.seen[viewer][enemy] = state.tick;
            }
        }
    }

    fn note(&mut self, state: &MatchState) {
        self.from = self.from.min(state.tick);
        if state.tick.is_multiple_of(self.stride) {
            let row = &mut self.past[(state.tick / self.stride) as usize % PAST];
            for (slot, place) in row.iter_mut().enumerate() {
                let lives = state.alive >> slot & 1 == 1;
                *place = if lives { Place::new(state.x[slot], state.y[slot]) } else { Place::NOWHERE };
            }
        }
    }

    fn read_events(&mut self, game: &Match) {
        use crate::world::EventKind;
        let written = game.events.written();
        let from = self.events.min(written).max(game.events.oldest_kept());
        self.fired = 0;
        for n in from..written {
            let event = game.events.at(n);
            let shot = event.kind == EventKind::Fired as u8 || event.kind == EventKind::FireRefused as u8;
            if shot && event.tick == game.state.tick {
                self.fired |= 1u8.checked_shl(event.actor.into()).unwrap_or(0);
            }
        }
        self.events = written;
    }

    /// An enemy comes into view, or goes.
    fn sight(&mut self, state: &MatchState, slot: usize, sees: u8) {
        let away = (AWAY_S * self.tick_rate as f32) as u32;
        let sighting = &mut self.eyes[slot].sighting;
        if sighting.target != NONE && sees >> sighting.target & 1 == 0 {
            sighting.target = NONE;
        }
        if sighting.target == NONE {
            let fresh = |enemy: &usize| state.tick - self.seen[slot][*enemy] > away;
            if let Some(enemy) = MatchState::slots(sees).find(fresh) {
                *sighting = Sighting {
                    target: enemy as u8,
                    shown: false,
                    aside: false,
                    under: false,
                    tick: state.tick,
                    sequence: 0,
                };
            }
        }
    }

    /// A new input has been applied.
    fn look(&mut self, state: &MatchState, slot: usize, sees: u8, inputs: u32, found: &mut Findings) {
        let (tick, sequence, ack) = (state.tick, state.last_sequence[slot], state.ack_tick[slot]);
        let aim = (state.aim_x[slot], state.aim_y[slot]);
        let me = (state.x[slot], state.y[slot]);
        let mut eye = self.eyes[slot];
        let was = core::mem::replace(&mut eye.aim, aim);
        let turned = was.0 * aim.0 + was.1 * aim.1;
        let first = eye.sequence == 0;
        let before = core::mem::replace(&mut eye.sequence, sequence);
        // The sine serves for small angles, which are what rest is about.
        let step = if turned > 0.0 { (was.0 * aim.1 - was.1 * aim.0).abs() } else { 1.0 };
        let motion = eye.motion;
        eye.motion = eye.motion * 0.7 + step / inputs.min(8) as f32;
        let fires = self.fired >> slot & 1 == 1;
        let pulls = fires && sequence.wrapping_sub(eye.fired) > PULL;
        if fires {
            eye.fired = sequence;
        }
        // Of a body as it is and as it was shown: px across the line of aim, and along it.
        let offs = |enemy: usize| {
            let off = |at: (f32, f32)| {
                let (dx, dy) = (at.0 - me.0, at.1 - me.1);
                (dx * aim.1 - dy * aim.0, dx * aim.0 + dy * aim.1)
            };
            let now = (state.x[enemy], state.y[enemy]);
            let shown = if ack == 0 || ack >= tick { None } else { self.place(enemy, ack, tick) };
            [off(shown.unwrap_or(now)), off(now)]
        };
        let within = |offs: &[(f32, f32); 2], px: f32| offs.iter().any(|(off, far)| off.abs() <= px && *far > 0.0);

        if first {
            self.eyes[slot] = eye;
            return;
        }
        let sighting = &mut eye.sighting;
        if sighting.target != NONE {
            let enemy = usize::from(sighting.target);
            let offs = offs(enemy);
            let on = within(&offs, BODY_RADIUS);
            if !sighting.shown {
                if ack == 0 || ack >= sighting.tick {
                    sighting.shown = true;
                    sighting.sequence = sequence;
                    // As the aim was before: this input is the first that could answer.
                    let (dx, dy) = (state.x[enemy] - me.0, state.y[enemy] - me.1);
                    let far = (dx * dx + dy * dy).sqrt();
                    let aside = was.0 * dx + was.1 * dy < ASIDE_COS * far;
                    sighting.aside = aside && motion < REST;
                    sighting.under = !aside && on && motion < REST;
                    if sighting.under && sequence.wrapping_sub(eye.pulled) <= TRIGGER {
                        eye.counts[1] = (eye.counts[1] - 1.0).max(-3.0);
                    }
                }
            } else {
                let gone = sequence.wrapping_sub(sighting.sequence);
                let mut done = gone > WAIT;
                if sighting.aside && on {
                    done = true;
                    let quick = gone < REACTION;
                    weigh(&mut eye.counts[0], quick, 0.25, |count| {
                        let grade = if count >= 2.0 { 0.25 + 0.1 * count } else { 0.1 };
                        found.tell(state, slot, Kind::Reaction, ms(gone), ms(REACTION), grade);
                    });
                } else if sighting.under && pulls {
                    done = true;
                    let quick = gone < TRIGGER;
                    weigh(&mut eye.counts[1], quick, 0.25, |count| {
                        let grade = if count >= 3.0 { 0.2 + 0.1 * count } else { 0.05 };
                        found.tell(state, slot, Kind::Trigger, ms(gone), ms(TRIGGER), grade);
                    });
                }
                if done {
                    sighting.target = NONE;
                }
            }
        }
        if pulls {
            eye.pulled = sequence;
        }

        // Turns from rest to rest.
        if turned < TURNS_COS {
            if !eye.turning {
                (eye.turning, eye.turn_from, eye.turn_sequence) = (true, was, before);
            }
        } else if eye.turning && turned > RESTS_COS {
            eye.turning = false;
            let took = before.wrapping_sub(eye.turn_sequence);
            let far = was.0 * eye.turn_from.0 + was.1 * eye.turn_from.1 < SNAP_COS;
            if far && took <= SNAP && sees != 0 {
                let best = MatchState::slots(sees)
                    .map(offs)
                    .filter(|offs| offs[1].1 > SNAP_FAR)
                    .map(|offs| offs[0].0.abs().min(offs[1].0.abs()))
                    .fold(f32::INFINITY, f32::min);
                weigh(&mut eye.counts[2], best <= SNAP_OFF, 0.2, |count| {
                    let grade = if count >= 2.0 { 0.2 + 0.1 * count } else { 0.1 };
                    found.tell(state, slot, Kind::Snap, best, SNAP_OFF, grade);
                });
            }
        }

        // Pursuit.
        if sees == 0 {
            eye.pursued = NONE;
        } else {
            let near = |offs: &[(f32, f32); 2]| offs[0].0.abs().min(offs[1].0.abs());
            let kept = (eye.pursued != NONE && sees >> eye.pursued & 1 == 1).then_some(usize::from(eye.pursued));
            let target = kept.map(|enemy| (enemy, offs(enemy))).filter(|(_, o)| within(o, LOCK_NEAR)).or_else(|| {
                MatchState::slots(sees)
                    .map(|enemy| (enemy, offs(enemy)))
                    .filter(|(_, o)| within(o, LOCK_NEAR))
                    .min_by(|a, b| near(&a.1).total_cmp(&near(&b.1)))
            });
            match target {
                None => eye.pursued = NONE,
                Some((enemy, offs)) => {
                    let at = (state.x[enemy], state.y[enemy]);
                    if eye.pursued != enemy as u8 {
                        (eye.pursued, eye.inputs, eye.way, eye.off) = (enemy as u8, 0, 0.0, [0.0; 2]);
                    } else {
                        let (dx, dy) = (at.0 - eye.pursued_at.0, at.1 - eye.pursued_at.1);
                        eye.way += (dx * aim.1 - dy * aim.0).abs();
                        eye.off[0] += offs[0].0 * offs[0].0;
                        eye.off[1] += offs[1].0 * offs[1].0;
                        eye.inputs += 1;
                    }
                    eye.pursued_at = at;
                    if u32::from(eye.inputs) == LOCK {
                        if eye.way >= LOCK_WAY {
                            let off = (eye.off[0].min(eye.off[1]) / LOCK as f32).sqrt();
                            weigh(&mut eye.counts[3], off < LOCK_OFF, 0.5, |count| {
                                let grade = if count >= 2.0 { 0.2 + 0.1 * count } else { 0.1 };
                                found.tell(state, slot, Kind::Lock, off, LOCK_OFF, grade);
                            });
                        }
                        (eye.inputs, eye.way, eye.off) = (0, 0.0, [0.0; 2]);
                    }
                }
            }
        }
        self.eyes[slot] = eye;
    }
}

/// Counts for or against; tells what is for.
fn weigh(count: &mut f32, hit: bool, against: f32, tell: impl FnOnce(f32)) {
    if hit {
        *count = (*count + 1.0).min(8.0);
        if *count > 0.0 {
            tell(*count);
        }
    } else {
        *count = (*count - against).max(0.0_f32.min(*count));
    }
}

/// Inputs in ms.
fn ms(inputs: u32) -> f32 {
    inputs as f32 * (1000.0 / 60.0)
}
