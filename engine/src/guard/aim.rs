//! Aim at those who are in sight: reactions, jumps and pursuit beyond the human.
//!
//! Time is the client's own: sequence numbers, 1/60 s each, or more where they come more slowly. What it had on screen follows from the tick that an input
//! acknowledges: who was in sight then, and where. A client that acknowledges too much makes its reactions look longer,
//! by as much as its delay and no more, for no tick can be acknowledged before it is played; one that acknowledges too
//! little makes them look shorter. Where a host passes no acknowledged ticks, the present is taken, and only the quickest
//! are found.
//!
//! The wire gives each input of a message the tick of the newest frame, less the inputs that came after it; what was on
//! screen is that tick or the frame's, whichever fits.

use super::Kind;
use super::watch::{Each, Findings, Pace, Place};
use crate::map::BODY_RADIUS;
use crate::world::NONE;
use crate::world::state::{Match, MatchState, PLAYERS};

/// Places kept of each player, every 1/30 s; and who saw whom, every 1/60 s.
const PAST: usize = 32;
const VIEWS: usize = 64;
/// Inputs off the screen after which an enemy comes on it anew.
const AWAY: u32 = 60;
/// Cosine of the 10 degrees beyond which an enemy is turned to, and of the 6 that the turn takes at least.
const ASIDE_COS: f32 = 0.984_807_8;
const TURN_COS: f32 = 0.994_521_9;
/// An aim whose cosine to an enemy grows by more in an input was on its way there before.
const ON_ITS_WAY: f32 = 0.004;
/// Inputs from being shown to being aimed at, and to the trigger: 150 and 100 ms.
const REACTION: u32 = 9;
const TRIGGER: u32 = 6;
/// Inputs within which a person may be lucky, and within which a shot can hardly be an answer: 200 and 50 ms.
const LATE: f32 = 12.0;
const AT_ONCE: f32 = 3.0;
/// px off the middle of a body, and inputs in a row, that make a turn to it ended.
const REACHED: f32 = 3.0;
const REACHED_FOR: u32 = 4;
/// Inputs in which a turn to an enemy who has come on screen is waited for.
const WAIT: u32 = 60;
/// Inputs without a shot after which the next one is a new pull.
const PULL: u32 = 20;
/// px that the cursor jumps in one input at least, goes in the inputs about it at most, and is off a body's middle then.
const JUMP: f32 = 10.0;
const CALM: f32 = 2.0;
const LANDED: f32 = 4.0;
const JUMP_OFF: f32 = 1.5;
/// px within which no jump or pursuit is looked at.
const NEAR: f32 = 30.0;
/// px within which an enemy is pursued, and px a tick that nobody outruns.
const LOCK_NEAR: f32 = 12.0;
const FASTEST: f32 = 3.5;
/// A pursuit: what it takes to be judged, and the same looser and longer.
/// 18 and 45 px/s: a hand that is 100 ms late is as close to one who is slower, and anybody can creep before another's eyes.
const LOCK: Goal = Goal { spread: 4.0, moves: 0.3, moving: 6, inputs: 60, off: 0.8, share: 0.7 };
const HOLD: Goal = Goal { spread: 5.0, moves: 0.75, moving: 8, inputs: 60, off: 3.5, share: 0.85 };
/// Share of the inputs below which a looser pursuit is a person's.
const HOLD_MISSED: f32 = 0.7;

/// What reactions, triggers and pursuits in sight tell together: the logarithm of how much likelier they are of a program
/// than of a person, never below 0 (a CUSUM test). The figures are log ratios of how often `cargo xtask guard` sees each of
/// cheats and of honest players, drawn in towards 0 so that no single sort of chance decides.
///
/// Share of a looser pursuit on the body: below `HOLD_MISSED`, below the goal's share, below 1, all of it.
const HOLD_ODDS: [f32; 4] = [-0.6, 0.75, 2.0, 2.5];
/// A strict pursuit with so large a share of its inputs on the middle; what is between that and a lock says little.
const LOCK_SURE: f32 = 0.85;
const LOCK_ODDS: f32 = 2.5;
/// Turned to within 110 ms or `REACTION`, by less than 15, 25, 40 degrees, or more: small turns are often luck. Within 200
/// ms, and later.
const QUICK: f32 = 6.6;
const TURN_COSINES: [f32; 3] = [0.965_925_8, 0.906_307_8, 0.766_044_4];
const REACTION_ODDS: [[f32; 4]; 2] = [[1.2, 2.2, 3.0, 4.0], [0.3, 0.8, 1.2, 1.8]];
const LATE_ODDS: [f32; 2] = [-0.5, -2.0];
/// Trigger pulled within 50 ms, `TRIGGER`, 200 ms, or later.
const TRIGGER_ODDS: [f32; 4] = [2.5, 0.5, -0.5, -1.5];
/// Inputs within which another of one sort adds nothing: it is the same luck.
const SAME: u32 = 20;
/// Odds from which a piece makes its player a suspect, and from which one is enough to flag: of aim in sight, where honest
/// players came to 8.8 in 213 player-hours of tuning, and of the hidden, where they came to 4.5.
const SEEN: [f32; 2] = [5.0, 9.2];
const UNSEEN: [f32; 2] = [3.4, 5.0];
/// Odds of a pursuit of the hidden, by the share of its inputs on the middle: below the first of `TRACK_SHARES`, and from
/// each on.
const TRACK_SHARES: [f32; 4] = [0.35, 0.5, 0.7, 0.85];
const TRACK_ODDS: [f32; 5] = [-1.5, 0.3, 1.0, 2.5, 3.5];
/// Grades of a piece below and from each of the two.
const GRADES: [f32; 3] = [0.02, 0.35, 1.0];

/// When a pursuit is judged, and how.
struct Goal {
    /// px, standard deviation of where the enemy is across the line, from which on it is judged.
    spread: f32,
    /// px across the line in an input from which on it moves.
    moves: f32,
    /// Inputs in which it moves, at least, and inputs after which it begins anew.
    moving: u8,
    inputs: u8,
    /// px off the middle of the body, and share of the inputs in which it moves, that make a lock.
    off: f32,
    share: f32,
}

/// An enemy pursued so far.
#[derive(Debug, Clone, Copy)]
struct Pursuit {
    inputs: u8,
    moving: u8,
    /// Of those, the ones close to the middle, by the ways to say where it was.
    close: [u8; VIEWED],
    /// px across the line that it has come, to one side, and the sums of that and its square.
    way: f32,
    sum: f32,
    squares: f32,
}

impl Pursuit {
    const NEW: Pursuit = Pursuit { inputs: 0, moving: 0, close: [0; VIEWED], way: 0.0, sum: 0.0, squares: 0.0 };

    /// An input more; the share of inputs on the middle, once there is enough to judge.
    fn goes_on(&mut self, goal: &Goal, across: f32, offs: &[(f32, f32); VIEWED]) -> Option<f32> {
        self.inputs += 1;
        self.way += across;
        self.sum += self.way;
        self.squares += self.way * self.way;
        if across.abs() >= goal.moves {
            self.moving += 1;
            for (close, (off, _)) in self.close.iter_mut().zip(offs) {
                *close += u8::from(off.abs() < goal.off);
            }
        }
        let n = f32::from(self.inputs);
        let variance = (self.squares - self.sum * self.sum / n) / n;
        let enough = self.moving >= goal.moving && variance >= goal.spread * goal.spread;
        let share = f32::from(self.close.into_iter().max().unwrap_or(0)) / f32::from(self.moving.max(1));
        if enough || self.inputs >= goal.inputs {
            *self = Pursuit::NEW;
        }
        enough.then_some(share)
    }
}

/// An enemy who has come on a client's screen.
#[derive(Debug, Clone, Copy)]
struct Sighting {
    /// Slot, or `NONE`.
    target: u8,
    /// To be turned to; or under the crosshair already.
    aside: bool,
    under: bool,
    /// Inputs in a row on the middle.
    reached: u8,
    /// Sequence number of the first input with it on screen, and the aim before.
    sequence: u32,
    from: (f32, f32),
}

/// One player's aim.
#[derive(Debug, Clone, Copy)]
struct Eye {
    sequence: u32,
    /// Tick in which the last input was applied, and how seldom they come.
    tick: u32,
    pace: Pace,
    aim: (f32, f32),
    aim_before: (f32, f32),
    cursor: (f32, f32),
    /// Inputs in a row in which the cursor has hardly moved.
    calm: u8,
    /// px off a body's middle that a jump in the last input landed; negative: there was none.
    landed: f32,
    sighting: Sighting,
    /// Sequence number of the last shot or refused one, and of the last that began a pull; 0: none.
    fired: u32,
    pulled: u32,
    /// Slot of who is pursued.
    pursued: u8,
    /// Where it was last. One who goes to and fro within a resting aim is not on the middle while it moves.
    pursued_at: (f32, f32),
    lock: Pursuit,
    hold: Pursuit,
    /// Of aim in sight, see `HOLD_ODDS`, and of the hidden; sequence numbers of the last that added to them, by sort.
    seen: Odds,
    unseen: Odds,
    added: [u32; 4],
    /// Snaps more than chance.
    snaps: f32,
}

/// A sum of log likelihoods, 0 and more.
#[derive(Debug, Clone, Copy)]
struct Odds {
    sum: f32,
    /// Has made a suspect since it was last 0.
    told: bool,
}

impl Odds {
    const NONE: Odds = Odds { sum: 0.0, told: false };

    /// The grade of a piece that adds to it.
    fn weigh(&mut self, odds: f32, [suspect, enough]: [f32; 2]) -> f32 {
        self.sum = (self.sum + odds).max(0.0);
        self.told &= self.sum > 0.0;
        if self.sum >= enough {
            // Half-way to the next.
            *self = Odds { sum: suspect, told: true };
            return GRADES[2];
        }
        let tells = self.sum >= suspect && !self.told;
        self.told |= tells;
        GRADES[usize::from(tells)]
    }
}

/// Of what sort a piece of evidence is: those that come together are the same luck.
const PURSUIT: usize = 0;
const TURN: usize = 1;
const PULLED: usize = 2;
const TRACK: usize = 3;

/// Ways to say where an enemy was on screen: at the tick acknowledged, in the frame, and as it is.
const VIEWED: usize = 3;

impl Eye {
    const NEW: Eye = Eye {
        sequence: 0,
        tick: 0,
        pace: Pace::NEW,
        aim: (0.0, 0.0),
        aim_before: (0.0, 0.0),
        cursor: (0.0, 0.0),
        calm: 0,
        landed: -1.0,
        sighting: Sighting { target: NONE, aside: false, under: false, reached: 0, sequence: 0, from: (0.0, 0.0) },
        fired: 0,
        pulled: 0,
        pursued: NONE,
        pursued_at: (0.0, 0.0),
        lock: Pursuit::NEW,
        hold: Pursuit::NEW,
        seen: Odds::NONE,
        unseen: Odds::NONE,
        added: [0; 4],
        snaps: 0.0,
    };
}

/// Who has seen whom, where everybody was, and how everybody aims.
#[derive(Debug)]
pub(super) struct Eyes {
    /// Of every `stride`th tick; nowhere: dead, or not there.
    past: [Each<Place>; PAST],
    stride: u32,
    /// Rows of who sees which living enemies, of every `view_stride`th tick.
    views: [Each<u8>; VIEWS],
    view_stride: u32,
    /// The first tick of which something is kept.
    from: u32,
    tick_rate: u32,
    /// [viewer][enemy]: tick in which the player last saw the enemy; 0: never.
    seen: Each<Each<u32>>,
    /// [viewer][enemy]: sequence number of the last input with the enemy on screen; 0: never.
    shown: Each<Each<u32>>,
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
            views: [[0; PLAYERS]; VIEWS],
            view_stride: (tick_rate / 60).max(1),
            from: u32::MAX,
            tick_rate,
            seen: [[0; PLAYERS]; PLAYERS],
            shown: [[0; PLAYERS]; PLAYERS],
            eyes: [Eye::NEW; PLAYERS],
            events: u64::MAX,
            fired: 0,
        }
    }

    pub(super) fn forget(&mut self, slot: usize) {
        let bit = 1u8 << slot;
        self.eyes[slot] = Eye::NEW;
        (self.seen[slot], self.shown[slot]) = ([0; PLAYERS], [0; PLAYERS]);
        self.seen.iter_mut().chain(&mut self.shown).for_each(|row| row[slot] = 0);
        self.past.iter_mut().for_each(|row| row[slot] = Place::NOWHERE);
        for row in &mut self.views {
            row[slot] = 0;
            row.iter_mut().for_each(|mask| *mask &= !bit);
        }
        for eye in &mut self.eyes {
            if usize::from(eye.sighting.target) == slot {
                eye.sighting.target = NONE;
            }
            if usize::from(eye.pursued) == slot {
                eye.pursued = NONE;
            }
        }
    }

    /// Odds and counts stay, all else begins anew.
    pub(super) fn forget_all(&mut self) {
        let eyes = self.eyes;
        *self = Eyes::new(self.tick_rate);
        for (eye, was) in self.eyes.iter_mut().zip(eyes) {
            (eye.seen, eye.unseen, eye.snaps) = (was.seen, was.unseen, was.snaps);
        }
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
        let net = game.net.as_deref();
        for slot in MatchState::slots(state.joined) {
            let eye = &mut self.eyes[slot];
            let inputs = state.last_sequence[slot].wrapping_sub(eye.sequence);
            if state.alive & state.heard & watched & (1 << slot) == 0 {
                (eye.sighting.target, eye.pursued) = (NONE, NONE);
                (eye.sequence, eye.tick) = (state.last_sequence[slot], state.tick);
            } else if inputs != 0 {
                let frame = net.filter(|net| net.links[slot].is_some()).map_or(1, |net| net.def.step(self.tick_rate));
                self.look(state, slot, inputs, frame, found);
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
        if state.tick.is_multiple_of(self.view_stride) {
            let row = &mut self.views[(state.tick / self.view_stride) as usize % VIEWS];
            for (mask, sees) in row.iter_mut().zip(&state.sees) {
                *mask = sees & state.alive;
            }
        }
        for viewer in MatchState::slots(state.alive) {
            for enemy in MatchState::slots(state.sees[viewer] & state.alive) {
                self.seen[viewer][enemy] = state.tick;
            }
        }
    }

    /// Whom a player saw at a tick; nobody if that is too long ago.
    fn view(&self, slot: usize, tick: u32, now: u32) -> u8 {
        let (at, newest) = (tick / self.view_stride, now / self.view_stride);
        let kept = tick >= self.from && at + (VIEWS as u32) > newest;
        if kept { self.views[at as usize % VIEWS][slot] } else { 0 }
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

    /// A new input has been applied; `frame`: ticks between two that the client may have on screen.
    fn look(&mut self, state: &MatchState, slot: usize, inputs: u32, frame: u32, found: &mut Findings) {
        let (now, sequence, ack) = (state.tick, state.last_sequence[slot], state.ack_tick[slot]);
        let aim = (state.aim_x[slot], state.aim_y[slot]);
        let me = (state.x[slot], state.y[slot]);
        let cursor = (state.cursor_x[slot], state.cursor_y[slot]);
        let mut eye = self.eyes[slot];
        let was = core::mem::replace(&mut eye.aim, aim);
        let before = core::mem::replace(&mut eye.aim_before, was);
        let cursor_was = core::mem::replace(&mut eye.cursor, cursor);
        let first = core::mem::replace(&mut eye.sequence, sequence) == 0;
        let ticks = now.saturating_sub(core::mem::replace(&mut eye.tick, now));
        if !first {
            eye.pace.take(ticks as f32 * (60.0 / self.tick_rate as f32), inputs);
        }
        let pace = eye.pace.get();
        let fires = self.fired >> slot & 1 == 1;
        let pulls = fires && sequence.wrapping_sub(eye.fired) > PULL;
        if fires {
            eye.fired = sequence;
        }
        if first {
            self.eyes[slot] = eye;
            return;
        }
        let then = if ack == 0 || ack > now { now } else { ack };
        let in_frame = then.next_multiple_of(frame).min(now);
        let sees = self.view(slot, then, now) | self.view(slot, in_frame, now);
        // Enemies in the line of aim, as they were on screen, who had been out of sight for a second and more.
        let second = self.tick_rate;
        let slack = LOCK_NEAR + FASTEST * (now - then) as f32;
        let mut hidden = 0u8;
        for enemy in MatchState::slots(state.enemies(slot) & state.alive & !sees) {
            let to = |at: (f32, f32)| {
                let (dx, dy) = (at.0 - me.0, at.1 - me.1);
                ((dx * aim.1 - dy * aim.0).abs(), dx * aim.0 + dy * aim.1)
            };
            // Most are nowhere near it.
            let (off, far) = to((state.x[enemy], state.y[enemy]));
            if off > slack || far < NEAR - slack || then.saturating_sub(self.seen[slot][enemy]) <= second {
                continue;
            }
            let on = |tick: u32| {
                let (off, far) = self.place(enemy, tick, now).map_or((f32::INFINITY, 0.0), to);
                off <= LOCK_NEAR && far > NEAR
            };
            if on(then) || on(in_frame) {
                hidden |= 1 << enemy;
            }
        }
        if sees | hidden == 0 && eye.sighting.target == NONE && eye.pursued == NONE {
            // Most inputs of most players.
            eye.jump(cursor_was, inputs);
            eye.landed = -1.0;
            if pulls {
                eye.pulled = sequence;
            }
            self.eyes[slot] = eye;
            return;
        }
        // Of a body as it was on screen: px across the line of aim, and along it.
        let off = |at: (f32, f32)| {
            let (dx, dy) = (at.0 - me.0, at.1 - me.1);
            (dx * aim.1 - dy * aim.0, dx * aim.0 + dy * aim.1)
        };
        let offs = |enemy: usize| -> [(f32, f32); VIEWED] {
            let present = (state.x[enemy], state.y[enemy]);
            let shown = |tick: u32| self.place(enemy, tick, now).unwrap_or(present);
            [off(shown(then)), off(shown(in_frame)), off(present)]
        };
        let least = |offs: &[(f32, f32); VIEWED]| {
            let ahead = offs.iter().filter(|(_, far)| *far > 0.0).map(|(off, _)| off.abs());
            ahead.fold(f32::INFINITY, f32::min)
        };

        // Who comes on screen, and what is done about it.
        if eye.sighting.target == NONE {
            let fresh = |enemy: &usize| {
                let last = self.shown[slot][*enemy];
                last == 0 || sequence.wrapping_sub(last) > AWAY
            };
            if let Some(enemy) = MatchState::slots(sees).find(fresh) {
                let (dx, dy) = self.place(enemy, in_frame, now).map_or((0.0, 0.0), |at| (at.0 - me.0, at.1 - me.1));
                let far = (dx * dx + dy * dy).sqrt();
                // As the aim was before: this input is the first that could answer.
                let cos = was.0 * dx + was.1 * dy;
                let on_its_way = cos > before.0 * dx + before.1 * dy + ON_ITS_WAY * far;
                let aside = cos < ASIDE_COS * far && !on_its_way;
                let under = cos >= ASIDE_COS * far && (dx * was.1 - dy * was.0).abs() < BODY_RADIUS;
                eye.sighting = Sighting { target: enemy as u8, aside, under, reached: 0, sequence, from: was };
                if under && eye.pulled != 0 && sequence.wrapping_sub(eye.pulled) <= TRIGGER {
                    // Too early by a guess, as others are too late by one.
                    eye.weigh(PULLED, sequence, TRIGGER_ODDS[3]);
                }
            }
        }
        if eye.sighting.target != NONE {
            let enemy = usize::from(eye.sighting.target);
            let gone = sequence.wrapping_sub(eye.sighting.sequence);
            let mut done = gone > WAIT || sees >> enemy & 1 == 0;
            if eye.sighting.aside && !done {
                let from = eye.sighting.from;
                let turn_cos = from.0 * aim.0 + from.1 * aim.1;
                let on = turn_cos < TURN_COS && least(&offs(enemy)) <= REACHED;
                let reached = &mut eye.sighting.reached;
                *reached = if on { reached.saturating_add(inputs.min(8) as u8) } else { 0 };
                if u32::from(*reached) >= REACHED_FOR {
                    done = true;
                    let took = (gone + 1).saturating_sub((*reached).into()) as f32 * pace;
                    let odds = if took <= REACTION as f32 {
                        let turn = TURN_COSINES.into_iter().filter(|cos| turn_cos < *cos).count();
                        REACTION_ODDS[usize::from(took > QUICK)][turn]
                    } else {
                        LATE_ODDS[usize::from(took > LATE)]
                    };
                    if let Some(grade) = eye.weigh(TURN, sequence, odds) {
                        found.tell(state, slot, Kind::Reaction, ms(took), ms(REACTION as f32), grade);
                    }
                }
            } else if eye.sighting.under && pulls && !done {
                done = true;
                let took = gone as f32 * pace;
                let late = [took > AT_ONCE, took >= TRIGGER as f32, took > LATE];
                let of = late.into_iter().filter(|late| *late).count();
                if let Some(grade) = eye.weigh(PULLED, sequence, TRIGGER_ODDS[of]) {
                    found.tell(state, slot, Kind::Trigger, ms(took), ms(TRIGGER as f32), grade);
                }
            }
            if done {
                eye.sighting.target = NONE;
            }
        }
        if pulls {
            eye.pulled = sequence;
        }

        // From rest to rest in one input.
        let landed = core::mem::replace(&mut eye.landed, -1.0);
        let (way, jumps) = eye.jump(cursor_was, inputs);
        if landed >= 0.0 && way <= LANDED && inputs == 1 {
            weigh(&mut eye.snaps, landed <= JUMP_OFF, 0.3, |count| {
                let grade = [0.3, 0.6, 0.8, 1.0][(count as usize).min(3)];
                found.tell(state, slot, Kind::Snap, landed, JUMP_OFF, grade);
            });
        }
        if jumps {
            let far = MatchState::slots(sees).map(offs).filter(|offs| offs[1].1 > NEAR);
            let nearest = far.map(|offs| least(&offs)).fold(f32::INFINITY, f32::min);
            eye.landed = if nearest < f32::INFINITY { nearest } else { -1.0 };
        }

        // Pursuit.
        let kept = (eye.pursued != NONE && (sees | hidden) >> eye.pursued & 1 == 1).then_some(usize::from(eye.pursued));
        let near = |enemy: &usize| {
            let offs = offs(*enemy);
            least(&offs) <= LOCK_NEAR && offs[1].1 > NEAR
        };
        let target = kept.filter(near).or_else(|| MatchState::slots(sees).chain(MatchState::slots(hidden)).find(near));
        match target.and_then(|enemy| Some((enemy, self.place(enemy, then, now)?))) {
            None => eye.pursued = NONE,
            Some((enemy, at)) if eye.pursued != enemy as u8 || inputs > 4 => {
                (eye.pursued, eye.pursued_at) = (enemy as u8, at);
                (eye.lock, eye.hold) = (Pursuit::NEW, Pursuit::NEW);
            }
            Some((enemy, at)) => {
                let (dx, dy) = (at.0 - eye.pursued_at.0, at.1 - eye.pursued_at.1);
                let across = dx * aim.1 - dy * aim.0;
                eye.pursued_at = at;
                let offs = offs(enemy);
                let in_sight = sees >> enemy & 1 == 1;
                if let Some(share) = eye.hold.goes_on(&HOLD, across, &offs)
                    && in_sight
                {
                    let of = [HOLD_MISSED, HOLD.share, 1.0].into_iter().position(|limit| share < limit).unwrap_or(3);
                    if let Some(grade) = eye.weigh(PURSUIT, sequence, HOLD_ODDS[of])
                        && of >= 2
                    {
                        found.tell(state, slot, Kind::Lock, share, HOLD.share, grade);
                    }
                }
                if let Some(share) = eye.lock.goes_on(&LOCK, across, &offs) {
                    if in_sight && share >= LOCK_SURE {
                        if let Some(grade) = eye.weigh(PURSUIT, sequence, LOCK_ODDS) {
                            found.tell(state, slot, Kind::Lock, share, LOCK_SURE, grade);
                        }
                    } else if !in_sight {
                        let of = TRACK_SHARES.into_iter().filter(|limit| share >= *limit).count();
                        if let Some(grade) = eye.weigh(TRACK, sequence, TRACK_ODDS[of])
                            && (share >= LOCK.share || grade > GRADES[0])
                        {
                            found.tell(state, slot, Kind::HiddenTrack, share, LOCK.share, grade);
                        }
                    }
                }
            }
        }
        for enemy in MatchState::slots(sees) {
            self.shown[slot][enemy] = sequence;
        }
        self.eyes[slot] = eye;
    }
}

impl Eye {
    /// Adds to the odds, or takes from them; the grade of a piece that has added.
    fn weigh(&mut self, sort: usize, sequence: u32, odds: f32) -> Option<f32> {
        let last = self.added[sort];
        if odds > 0.0 && last != 0 && sequence.wrapping_sub(last) < SAME {
            return None;
        }
        let grade = if sort == TRACK { self.unseen.weigh(odds, UNSEEN) } else { self.seen.weigh(odds, SEEN) };
        if odds <= 0.0 {
            return None;
        }
        self.added[sort] = sequence;
        Some(grade)
    }

    /// px that the cursor has gone in the last input, and whether that was a jump from rest.
    fn jump(&mut self, from: (f32, f32), inputs: u32) -> (f32, bool) {
        let (dx, dy) = (self.cursor.0 - from.0, self.cursor.1 - from.1);
        let way = (dx * dx + dy * dy).sqrt();
        let jumps = way >= JUMP && self.calm >= 2 && inputs == 1;
        self.calm = if way <= CALM * inputs as f32 { self.calm.saturating_add(1) } else { 0 };
        (way, jumps)
    }
}

/// Counts for or against; tells what is for.
fn weigh(count: &mut f32, hit: bool, against: f32, tell: impl FnOnce(f32)) {
    if hit {
        *count = (*count + 1.0).min(8.0);
        tell(*count);
    } else {
        *count = (*count - against).max(0.0);
    }
}

/// Inputs in ms.
fn ms(inputs: f32) -> f32 {
    inputs * (1000.0 / 60.0)
}
