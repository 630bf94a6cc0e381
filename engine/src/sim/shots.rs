//! Hitscan: straight lines through soft walls, into hard ones and bodies (rule book, section 5).
//!
//! All shots of a tick meet the walls and bodies as the tick found them; damage is only booked here, so the order of
//! the shooters changes nothing.

use super::movement::rewound;
use super::{Scratch, Shot, WallHit};
use crate::map::{BODY_RADIUS, PLAYFIELD};
use crate::rng::{self, Purpose};
use crate::rules::{Material, Tuned};
use crate::vision::Grid;
use crate::world::event::{EventRing, flag};
use crate::world::state::{Match, MatchState, PLAYERS};
use crate::world::{Event, EventKind};

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    for i in 0..scratch.shots.len() {
        let shot = scratch.shots[i];
        if game.rules.weapons[shot.weapon as usize].projectile.is_none() {
            fire(game, scratch, shot);
        }
    }
}

fn fire(game: &mut Match, scratch: &mut Scratch, shot: Shot) {
    let slot = shot.slot as usize;
    let Match { state, blocks, events, map, rules, .. } = game;
    let rule = &rules.weapons[shot.weapon as usize];
    let (x, y) = (state.x[slot], state.y[slot]);
    let (ax, ay) = (state.aim_x[slot], state.aim_y[slot]);
    let aiming = state.aiming >> slot & 1 == 1;
    let left = state.ammo[state.hand[slot] as usize][slot];
    let fired = Event::new(EventKind::Fired, state.tick, slot).weapon(shot.weapon).at(x, y).toward(ax, ay);
    events.push(fired.value(left.into()).flag(flag::AIMING, aiming));

    let half = if rule.pellets > 1 { rules.rules.pellet_spread } else { (1.0 - shot.accuracy) * rules.rules.spread };
    let start = if rule.pellets > 1 { rules.rules.pellet_start } else { 0.0 };
    for pellet in 0..rule.pellets {
        let word = rng::draw(state.seed, state.tick, Purpose::Spread, shot.slot as u32 * 8 + u32::from(pellet))[0];
        let (sin, cos) = libm::sincosf((rng::unit(word) * 2.0 - 1.0) * half);
        let bullet =
            Bullet { slot, weapon: shot.weapon, pellet, x, y, dx: ax * cos - ay * sin, dy: ax * sin + ay * cos, start };
        bullet.fly(state, blocks, map.geometry(), rules, events, scratch);
    }
}

struct Bullet {
    slot: usize,
    weapon: u8,
    pellet: u8,
    /// The shooter's centre.
    x: f32,
    y: f32,
    dx: f32,
    dy: f32,
    /// px ahead of the centre at which the flight begins; a wall before that still stops it.
    start: f32,
}

/// What a bullet meets next.
#[derive(Clone, Copy)]
enum Thing {
    Slice(u16),
    Body(usize),
}

impl Bullet {
    fn fly(
        &self,
        state: &MatchState,
        blocks: &[crate::world::Block],
        geometry: &crate::map::Geometry,
        rules: &Tuned,
        events: &mut EventRing,
        scratch: &mut Scratch,
    ) {
        let rule = &rules.weapons[self.weapon as usize];
        // The border ends a flight like the range does.
        let end = self.start + rule.range;
        let end = end.min(edge(self.x, self.dx, PLAYFIELD.0)).min(edge(self.y, self.dy, PLAYFIELD.1));
        let (ex, ey) = (self.x + self.dx * end, self.y + self.dy * end);

        // `full` is not read by crossings.
        let grid = Grid { geometry, blocks, any: &state.solid_any, full: &state.solid_any, columns: None };
        grid.crossings(self.x, self.y, ex, ey, &mut scratch.crossings);
        let mut bodies = [(0.0f32, 0usize); PLAYERS];
        let count = self.bodies(state, rules, end, &mut bodies);

        let (mut next_slice, mut next_body) = (0, 0);
        // What soft walls took, 1/64 points before falloff: what is left of a bullet falls, too, and never below 0.
        let mut lost = 0.0f32;
        let (mut through, mut through_bodies, mut passed) = (0u8, 0u8, 0u8);
        let mut last_wall = u16::MAX;
        loop {
            let slice_at = scratch.crossings.hits.get(next_slice).map(|c| c.0 * end);
            let body_at = (next_body < count).then(|| bodies[next_body].0);
            let (at, thing) = match (slice_at, body_at) {
                (Some(s), Some(b)) if b < s => (b, Thing::Body(bodies[next_body].1)),
                (Some(s), _) => (s, Thing::Slice(scratch.crossings.hits[next_slice].1)),
                (None, Some(b)) => (b, Thing::Body(bodies[next_body].1)),
                (None, None) => {
                    events.push(self.event(EventKind::Miss, state, end, passed).toward(self.dx, self.dy));
                    break;
                }
            };
            let loss = if through == 0 { 0.0 } else { rules.rules.penetration_loss[through as usize - 1] };
            let flown = (at - self.start).max(0.0);
            let fallen = falloff(rules, rule.range, rule.pellets, flown);
            // To the nearest 1/64 point.
            let carried = ((rule.pellet_damage * (1.0 - loss) - lost).max(0.0) * fallen + 0.5) as i32;
            match thing {
                Thing::Slice(slice) => {
                    next_slice += 1;
                    let s = slice as usize;
                    let health = i32::from(blocks[s / 64].health[s % 64]);
                    let material = Material::from_number(geometry.material[s]).unwrap_or(Material::Border);
                    let (dealt, stopped) = if material == Material::Border {
                        (0, true)
                    } else if material.is_soft() {
                        let cost = rules.soft_cost.min(health);
                        lost += if fallen > 0.0 { cost as f32 / fallen } else { 0.0 };
                        // Pellets do not penetrate.
                        (cost.min(carried), carried <= cost || rule.pellets > 1)
                    } else {
                        // One wall is one penetration, however many of its slices are crossed.
                        let new_wall = geometry.wall[s] != last_wall;
                        if new_wall && through < rule.penetrations { (carried, false) } else { (carried, new_wall) }
                    };
                    if !material.is_soft() && geometry.wall[s] != last_wall && !stopped {
                        through += 1;
                        last_wall = geometry.wall[s];
                    }
                    let event = self.event(EventKind::HitWall, state, at, passed).toward(self.dx, self.dy);
                    events.push(event.slice(slice).value(dealt).flag(flag::STOPPED, stopped));
                    if dealt > 0 {
                        scratch.damage_slice(WallHit {
                            slice,
                            slot: self.slot as u8,
                            weapon: self.weapon,
                            damage: dealt as u16,
                            x: self.x + self.dx * at,
                            y: self.y + self.dy * at,
                        });
                    }
                    if stopped {
                        break;
                    }
                }
                Thing::Body(victim) => {
                    next_body += 1;
                    let dealt = carried;
                    let event = self.event(EventKind::HitPlayer, state, at, passed).target(victim);
                    let (px, py) = rewound(state, rules, self.slot, victim);
                    events.push(event.toward(px, py).value(dealt));
                    if dealt > 0 {
                        scratch.damage_body(victim, self.slot, self.weapon, dealt);
                    }
                    if through >= rule.penetrations || through_bodies + 1 >= rule.penetrations {
                        break;
                    }
                    through += 1;
                    through_bodies += 1;
                }
            }
            passed = passed.saturating_add(1);
        }
    }

    fn event(&self, kind: EventKind, state: &MatchState, at: f32, passed: u8) -> Event {
        let event = Event::new(kind, state.tick, self.slot).weapon(self.weapon);
        event.at(self.x + self.dx * at, self.y + self.dy * at).aux(self.pellet.into()).part(passed)
    }

    /// Living bodies on the way, where the shooter saw them, nearest first, ties by slot; returns how many.
    fn bodies(&self, state: &MatchState, rules: &Tuned, end: f32, out: &mut [(f32, usize); PLAYERS]) -> usize {
        let mut count = 0;
        for victim in MatchState::slots(state.alive & !(1 << self.slot)) {
            let (px, py) = rewound(state, rules, self.slot, victim);
            let (cx, cy) = (px - self.x, py - self.y);
            let along = cx * self.dx + cy * self.dy;
            let across = cx * self.dy - cy * self.dx;
            let inside = BODY_RADIUS * BODY_RADIUS - across * across;
            if inside < 0.0 {
                continue;
            }
            let half = inside.sqrt();
            if along + half < 0.0 || along - half > end {
                continue;
            }
            out[count] = ((along - half).max(0.0), victim);
            count += 1;
        }
        out[..count].sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        count
    }
}

/// px along a unit direction until a coordinate leaves `0 ..= size`.
pub(super) fn edge(from: f32, direction: f32, size: f32) -> f32 {
    if direction > 1.0e-6 {
        (size - from) / direction
    } else if direction < -1.0e-6 {
        from / -direction
    } else {
        f32::MAX
    }
}

/// Share of the damage left after `flown` px.
fn falloff(rules: &Tuned, range: f32, pellets: u8, flown: f32) -> f32 {
    let Some(rule) = &rules.rules.falloff else { return 1.0 };
    if pellets > 1 {
        return rule.pellet_steps.iter().find(|(to, _)| flown <= *to).map_or(rule.pellet_steps[2].1, |s| s.1);
    }
    let full = rule.full_to * range;
    if flown <= full {
        return 1.0;
    }
    let share = (flown - full) / (range - full);
    (1.0 - share * (1.0 - rule.floor)).max(rule.floor)
}
