//! Aim and shots at those of whom a player can know nothing: see the module's head for what counts as hidden, and for
//! ghosts.

use super::Kind;
use super::aim::Eyes;
use super::watch::{Each, Findings, Place};
use crate::map::BODY_RADIUS;
use crate::vision::Grid;
use crate::world::state::{Match, MatchState, PLAYERS};

/// Looks a second at each player.
const LOOKS: u32 = 15;
/// Looks between two places kept of everybody, and places kept: 8 s.
const KEEP: u32 = 7;
const KEPT: usize = 16;
/// Places kept that the ghosts are behind: 2.8 and 5.6 s.
const GHOSTS: [u32; 2] = [6, 12];
/// Seconds: unseen by the team, unheard, alive.
const UNSEEN_S: f32 = 2.5;
const UNHEARD_S: f32 = 3.0;
const ALIVE_S: f32 = 3.0;
/// Directions of sound that are told apart.
const SECTORS: usize = 16;
/// px within which nobody is hidden.
const NEAR: f32 = 30.0;
/// px across the line of aim within which it is on a body: so much, and so much for each px of distance.
const ON: f32 = BODY_RADIUS;
const ON_PER_PX: f32 = 0.03;
/// Cosine of the 8 degrees that an aim turns at most between two looks while it dwells.
const DWELL_COS: f32 = 0.990_268;
/// Cosine of the 6 degrees by which the next direction that counts differs from the last.
const ANEW_COS: f32 = 0.994_521_9;
/// Log likelihoods of an aim on the enemy and not the ghosts, and on the ghosts and not the enemy.
const FOR: f32 = 0.45;
const AGAINST: f32 = 0.8;
/// The odds, as a logarithm, from which on evidence is given; it then begins from nothing.
const ENOUGH: f32 = 6.0;
/// The same for shots, of which there are fewer and which mean more.
const SHOT_FOR: f32 = 1.0;
const SHOT_AGAINST: f32 = 1.5;
/// Ticks, as a share of a second, within which shots are one.
const BURST_S: f32 = 0.4;
/// Looks with the aim on the nearest unseen enemy and not on a ghost of it, less those on a ghost alone, less a share of
/// all others: from so many on evidence is given.
const DUTY: f32 = 25.0;
const DUTY_ELSE: f32 = 0.25;
const DUTY_GRADE: f32 = 0.5;
/// Looks of one direction, give or take 6 degrees, that count for it at most: whoever steps into a resting line of aim and
/// stays there has done that, not who aims.
const DUTY_HELD: u8 = 5;
/// Seconds out of the player's own sight for that.
const AWAY_S: f32 = 1.0;
/// px that an enemy comes across the line, to one side, while it stays on the body, and what that adds to the odds: more
/// than a resting line is wide at any distance where it is common.
const TRACK: f32 = 40.0;
const TRACK_FOR: f32 = 1.0;
/// Degrees about the viewer by which a decoy's ghosts are turned, as cosine and sine.
const TURNS: [(f32, f32); 4] = [
    (0.642_787_6, 0.766_044_4),
    (0.642_787_6, -0.766_044_4),
    (-0.173_648_2, 0.984_807_8),
    (-0.173_648_2, -0.984_807_8),
];

/// One player's odds.
#[derive(Debug, Clone, Copy)]
struct Odds {
    aim: f32,
    duty: f32,
    shot: f32,
    decoy: f32,
    /// Aim at the last look.
    was: (f32, f32),
    /// Aim that has been held, about, for so many looks that counted for the duty.
    held: (f32, f32),
    held_looks: u8,
    /// Directions that counted last: enemy's, ghost's, decoy's.
    last: [(f32, f32); 3],
    /// Tick of the last shot that counted.
    shot_tick: u32,
    /// px that the decoy has come across the line, to one side, while on it, and where it was at the last look.
    decoy_way: f32,
    decoy_was: Place,
}

const NOBODY: Odds = Odds {
    aim: 0.0,
    duty: 0.0,
    shot: 0.0,
    decoy: 0.0,
    was: (0.0, 0.0),
    held: (0.0, 0.0),
    held_looks: 0,
    last: [(0.0, 0.0); 3],
    shot_tick: 0,
    decoy_way: 0.0,
    decoy_was: Place::NOWHERE,
};

/// Who can know nothing of whom, and who aims there all the same.
#[derive(Debug)]
pub(super) struct Hidden {
    /// Place everybody had, every `KEEP` looks.
    kept: [Each<Place>; KEPT],
    /// Looks so far.
    looks: u32,
    /// [listener][sector]: tick of the last sound of an enemy's making from there, or next to it; 0: none.
    heard: Each<[u32; SECTORS]>,
    /// Quarter px that enemies, and ghosts, have come across a viewer's line, to one side, while on it: [viewer][enemy].
    way: Each<Each<i16>>,
    ghost_way: Each<Each<i16>>,
    odds: Each<Odds>,
    decoys: Each<Place>,
    look_ticks: u32,
}

/// What lies in a line of aim.
#[derive(Clone, Copy, PartialEq)]
struct Line {
    me: (f32, f32),
    aim: (f32, f32),
}

impl Line {
    /// Direction to a place that the aim is on, if it is.
    #[inline]
    fn on(&self, at: (f32, f32)) -> Option<(f32, f32)> {
        let (dx, dy) = (at.0 - self.me.0, at.1 - self.me.1);
        let along = dx * self.aim.0 + dy * self.aim.1;
        let across = dx * self.aim.1 - dy * self.aim.0;
        if along < NEAR || across.abs() > ON + ON_PER_PX * along {
            return None;
        }
        let far = (along * along + across * across).sqrt();
        Some((dx / far, dy / far))
    }
}

fn turned(a: (f32, f32), b: (f32, f32), cos: f32) -> bool {
    a.0 * b.0 + a.1 * b.1 < cos
}

impl Hidden {
    pub(super) fn new(game: &Match) -> Hidden {
        Hidden {
            kept: [[Place::NOWHERE; PLAYERS]; KEPT],
            looks: 0,
            heard: [[0; SECTORS]; PLAYERS],
            way: [[0; PLAYERS]; PLAYERS],
            ghost_way: [[0; PLAYERS]; PLAYERS],
            odds: [NOBODY; PLAYERS],
            decoys: [Place::NOWHERE; PLAYERS],
            look_ticks: (game.rules.tick_rate / LOOKS).max(1),
        }
    }

    pub(super) fn forget(&mut self, slot: usize) {
        self.odds[slot] = NOBODY;
        self.heard[slot] = [0; SECTORS];
        self.decoys[slot] = Place::NOWHERE;
        self.lose(slot);
    }

    /// Nobody can be said to have followed a player from here on.
    fn lose(&mut self, slot: usize) {
        (self.way[slot], self.ghost_way[slot]) = ([0; PLAYERS], [0; PLAYERS]);
        self.way.iter_mut().chain(&mut self.ghost_way).for_each(|row| row[slot] = 0);
        self.kept.iter_mut().for_each(|row| row[slot] = Place::NOWHERE);
    }

    /// The odds stay, all else begins anew.
    pub(super) fn forget_all(&mut self) {
        self.kept = [[Place::NOWHERE; PLAYERS]; KEPT];
        self.heard = [[0; SECTORS]; PLAYERS];
        (self.way, self.ghost_way) = ([[0; PLAYERS]; PLAYERS], [[0; PLAYERS]; PLAYERS]);
    }

    pub(super) fn decoy(&mut self, slot: usize, at: Option<(f32, f32)>) {
        self.decoys[slot] = at.map_or(Place::NOWHERE, |at| Place::new(at.0, at.1));
    }

    /// A tick in which nothing counts.
    pub(super) fn skip(&mut self) {
        self.decoys = [Place::NOWHERE; PLAYERS];
    }

    pub(super) fn tick(&mut self, game: &Match, watched: u8, eyes: &Eyes, found: &mut Findings) {
        let state = &game.state;
        let phase = state.tick % self.look_ticks;
        if phase == 0 {
            self.keep(state);
        }
        let live = state.alive & state.heard & watched;
        for viewer in MatchState::slots(live) {
            let shoots = eyes.fired() >> viewer & 1 == 1;
            if viewer as u32 % self.look_ticks == phase || shoots {
                self.look(game, eyes, viewer, viewer as u32 % self.look_ticks == phase, shoots, found);
            }
        }
        // Told anew every tick.
        self.decoys = [Place::NOWHERE; PLAYERS];
    }

    /// A sound of an enemy's making comes to a player from a direction, in 1/64 turns.
    pub(super) fn heard(&mut self, tick: u32, listener: usize, direction: u8) {
        let sector = usize::from((direction & 63) + 2) / 4;
        for near in [SECTORS - 1, 0, 1] {
            let last = &mut self.heard[listener][(sector + near) % SECTORS];
            // Ticks may be played anew.
            *last = tick.max(*last);
        }
    }

    fn keep(&mut self, state: &MatchState) {
        self.looks += 1;
        if self.looks.is_multiple_of(KEEP) {
            let row = &mut self.kept[(self.looks / KEEP) as usize % KEPT];
            for (slot, place) in row.iter_mut().enumerate() {
                let lives = state.alive >> slot & 1 == 1;
                *place = if lives { Place::new(state.x[slot], state.y[slot]) } else { Place::NOWHERE };
            }
        }
    }

    /// Where an enemy's ghost stands, if it lived then, and lives still.
    fn ghost(&self, state: &MatchState, enemy: usize, back: u32) -> Option<(f32, f32)> {
        let at = self.looks / KEEP;
        let then = at.checked_sub(back)?;
        let ticks = (self.looks - then * KEEP) * self.look_ticks;
        if state.spawn_tick[enemy] > state.tick.saturating_sub(ticks) {
            return None;
        }
        self.kept[then as usize % KEPT][enemy].get()
    }

    /// The nearest living enemy whom a player has not seen for a while: whom one who sees through walls fears most.
    fn nearest(&self, state: &MatchState, eyes: &Eyes, viewer: usize, tick_rate: u32) -> Option<usize> {
        let far = |enemy: usize| {
            let (dx, dy) = (state.x[enemy] - state.x[viewer], state.y[enemy] - state.y[viewer]);
            dx * dx + dy * dy
        };
        let hidden = state.enemies(viewer) & state.alive & !state.sees[viewer];
        MatchState::slots(hidden).min_by(|&a, &b| far(a).total_cmp(&far(b))).filter(|&enemy| {
            let gone = state.tick.saturating_sub(eyes.seen(viewer, enemy)) as f32;
            far(enemy) > NEAR * NEAR && gone > AWAY_S * tick_rate as f32
        })
    }

    /// Whether a player can know nothing of an enemy.
    fn is_dark(&self, state: &MatchState, eyes: &Eyes, tick_rate: u32, viewer: usize, enemy: usize) -> bool {
        let gone = |tick: u32, seconds: f32| state.tick.saturating_sub(tick) as f32 > seconds * tick_rate as f32;
        if !gone(state.spawn_tick[enemy], ALIVE_S) {
            return false;
        }
        let team = state.joined & !state.enemies(viewer);
        if MatchState::slots(team).any(|mate| {
            let seen = eyes.seen(mate, enemy);
            seen != 0 && !gone(seen, UNSEEN_S)
        }) {
            return false;
        }
        let (dx, dy) = (state.x[enemy] - state.x[viewer], state.y[enemy] - state.y[viewer]);
        if dx * dx + dy * dy < NEAR * NEAR {
            return false;
        }
        let sector = usize::from(crate::sound::direction_of(dx, dy) + 2) / 4 % SECTORS;
        let heard = self.heard[viewer][sector];
        heard == 0 || gone(heard, UNHEARD_S)
    }

    /// A place that the player sees lies in view like any other: there is nothing hidden about it.
    fn is_in_view(game: &Match, line: &Line, viewer: usize, at: (f32, f32)) -> bool {
        let state = &game.state;
        let (dx, dy) = (at.0 - line.me.0, at.1 - line.me.1);
        let sight = state.sight[viewer];
        if dx * dx + dy * dy > sight * sight {
            return false;
        }
        let grid = Grid {
            geometry: game.map.geometry(),
            blocks: &game.blocks,
            any: &state.sight_any,
            full: &state.sight_full,
            columns: None,
        };
        grid.is_clear(line.me, at)
    }

    fn look(&mut self, game: &Match, eyes: &Eyes, viewer: usize, looks: bool, shoots: bool, found: &mut Findings) {
        let state = &game.state;
        let tick_rate = game.rules.tick_rate;
        let line = Line { me: (state.x[viewer], state.y[viewer]), aim: (state.aim_x[viewer], state.aim_y[viewer]) };
        let was = self.odds[viewer].was;
        let dwells = !turned(was, line.aim, DWELL_COS);
        let burst = (BURST_S * tick_rate as f32) as u32;
        let counts = shoots && state.tick.saturating_sub(self.odds[viewer].shot_tick) > burst;
        let (mut hit, mut ghosts, mut missed) = (None, None, 0.0f32);
        if let Some(enemy) = self.nearest(state, eyes, viewer, tick_rate) {
            let on = line.on((state.x[enemy], state.y[enemy]));
            let (mut there, mut ghost_hits, mut on_ghost) = (0, 0, None);
            for back in GHOSTS {
                let Some(ghost) = self.ghost(state, enemy, back) else { continue };
                there += 1;
                if let Some(direction) = line.on(ghost)
                    && !Hidden::is_in_view(game, &line, viewer, ghost)
                {
                    ghost_hits += 1;
                    on_ghost = Some(direction);
                }
            }
            if looks && there > 0 {
                let Odds { duty, held, held_looks, .. } = &mut self.odds[viewer];
                if turned(*held, line.aim, ANEW_COS) {
                    (*held, *held_looks) = (line.aim, 0);
                }
                *duty += match (on.is_some(), ghost_hits > 0) {
                    (true, false) if *held_looks >= DUTY_HELD => 0.0,
                    (true, false) => {
                        *held_looks += 1;
                        1.0
                    }
                    (true, true) => 0.0,
                    (false, true) => -1.0,
                    (false, false) => -DUTY_ELSE,
                };
                *duty = duty.max(0.0);
                if *duty >= DUTY {
                    *duty = 0.0;
                    found.tell(state, viewer, Kind::HiddenAim, DUTY, DUTY, DUTY_GRADE);
                }
            }
            let dark = self.is_dark(state, eyes, tick_rate, viewer, enemy);
            if looks && dark {
                self.follow(state, viewer, enemy, &line, on.is_some(), tick_rate);
            } else if looks {
                (self.way[viewer][enemy], self.ghost_way[viewer][enemy]) = (0, 0);
            }
            if there > 0 && dark {
                match (on, on_ghost) {
                    (Some(direction), None) => hit = Some(direction),
                    (None, Some(direction)) => {
                        ghosts = Some(direction);
                        missed = ghost_hits as f32 / there as f32;
                    }
                    _ => {}
                }
            }
        }
        let odds = &mut self.odds[viewer];
        if looks && dwells {
            if let Some(direction) = hit
                && turned(direction, odds.last[0], ANEW_COS)
            {
                odds.last[0] = direction;
                odds.aim += FOR;
            }
            if let Some(direction) = ghosts
                && turned(direction, odds.last[1], ANEW_COS)
            {
                odds.last[1] = direction;
                odds.aim = (odds.aim - AGAINST * missed).max(0.0);
            }
            if odds.aim >= ENOUGH {
                found.tell(state, viewer, Kind::HiddenAim, odds.aim, ENOUGH, 1.0);
                odds.aim = 0.0;
            }
        }
        if counts {
            if hit.is_some() {
                odds.shot += SHOT_FOR;
                odds.shot_tick = state.tick;
            } else if ghosts.is_some() {
                odds.shot = (odds.shot - SHOT_AGAINST * missed).max(0.0);
                odds.shot_tick = state.tick;
            }
            if odds.shot >= ENOUGH {
                found.tell(state, viewer, Kind::HiddenShot, odds.shot, ENOUGH, 1.0);
                odds.shot = 0.0;
            }
        }
        if looks {
            self.bait(state, viewer, &line, dwells, found);
            self.odds[viewer].was = line.aim;
        }
    }

    /// The way that an enemy, and its ghost, goes across the line while on it.
    fn follow(&mut self, state: &MatchState, viewer: usize, enemy: usize, line: &Line, on: bool, tick_rate: u32) {
        let seconds = self.look_ticks as f32 / tick_rate as f32;
        let across = (state.vx[enemy] * line.aim.1 - state.vy[enemy] * line.aim.0) * seconds;
        let add = |way: i16| f32::from(way) + across * 4.0;
        let now = if on { add(self.way[viewer][enemy]) } else { 0.0 };
        // The ghost follows the same way some seconds later, at the speed that the enemy has now: near enough.
        let ghost = self.ghost(state, enemy, GHOSTS[0]).and_then(|at| line.on(at));
        let after = if ghost.is_some() { add(self.ghost_way[viewer][enemy]) } else { 0.0 };
        let odds = &mut self.odds[viewer];
        let mut full = |way: f32, by: f32| {
            if way.abs() < TRACK * 4.0 {
                return way as i16;
            }
            odds.aim = (odds.aim + by).max(0.0);
            0
        };
        self.way[viewer][enemy] = full(now, TRACK_FOR);
        self.ghost_way[viewer][enemy] = full(after, -TRACK_FOR);
    }

    /// The decoy, and directions beside it.
    fn bait(&mut self, state: &MatchState, viewer: usize, line: &Line, dwells: bool, found: &mut Findings) {
        let odds = &mut self.odds[viewer];
        let Some(at) = self.decoys[viewer].get() else {
            odds.decoy_was = Place::NOWHERE;
            odds.decoy_way = 0.0;
            return;
        };
        let on = line.on(at);
        let way = odds.decoy_was.get().map_or(0.0, |was| (at.0 - was.0) * line.aim.1 - (at.1 - was.1) * line.aim.0);
        odds.decoy_was = self.decoys[viewer];
        odds.decoy_way = if on.is_some() { odds.decoy_way + way } else { 0.0 };
        if odds.decoy_way.abs() >= TRACK {
            found.tell(state, viewer, Kind::Decoy, odds.decoy_way.abs(), TRACK, 1.0);
            odds.decoy_way = 0.0;
        }
        if !dwells {
            return;
        }
        if let Some(direction) = on
            && turned(direction, odds.last[2], ANEW_COS)
        {
            odds.last[2] = direction;
            odds.decoy += FOR * 2.0;
        } else if on.is_none() {
            let (dx, dy) = (at.0 - line.me.0, at.1 - line.me.1);
            let beside = TURNS.iter().any(|(cos, sin)| {
                line.on((line.me.0 + dx * cos - dy * sin, line.me.1 + dx * sin + dy * cos)).is_some()
            });
            if beside && turned(line.aim, odds.last[2], ANEW_COS) {
                odds.last[2] = line.aim;
                odds.decoy = (odds.decoy - AGAINST).max(0.0);
            }
        }
        if odds.decoy >= ENOUGH {
            found.tell(state, viewer, Kind::Decoy, odds.decoy, ENOUGH, 1.0);
            odds.decoy = 0.0;
        }
    }
}
