//! Explosions (rule book, section 6).
//!
//! Every blast of a tick meets walls and bodies as the tick found them, and damage is only summed here: many at once
//! give the same in any order.

use super::shots::edge;
use super::{Blast, Scratch, WallHit};
use crate::map::{COLS, Geometry, PLAYFIELD, ROWS, cell_index};
use crate::rng::{self, Purpose};
use crate::rules::{Material, POINT, Payload, Tuned};
use crate::vision::Grid;
use crate::world::state::{Block, Match, MatchState};
use crate::world::{Event, EventKind};

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    for i in 0..scratch.blasts.len() {
        let blast = scratch.blasts[i];
        let Match { state, blocks, events, map, rules, .. } = game;
        let Some(flight) = rules.weapons[blast.weapon as usize].projectile else { continue };
        let radius = match flight.payload {
            Payload::Blast => flight.blast,
            Payload::Smoke => rules.rules.smoke.radius,
            Payload::Flash => rules.rules.flash.radius,
        };
        let event = Event::new(EventKind::Exploded, state.tick, blast.owner as usize).weapon(blast.weapon);
        events.push(event.at(blast.x, blast.y).value(blast.number as i32).aux(radius as u16));
        if flight.payload == Payload::Blast && state.over == 0 {
            let damage = rules.weapons[blast.weapon as usize].damage;
            hurt_bodies(state, blocks, map.geometry(), rules, scratch, blast, damage, radius);
            break_slices(state, blocks, map.geometry(), scratch, blast, damage, radius);
            shrapnel(state, blocks, map.geometry(), rules, scratch, blast, radius);
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn hurt_bodies(
    state: &MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    rules: &Tuned,
    scratch: &mut Scratch,
    blast: Blast,
    damage: f32,
    radius: f32,
) {
    for victim in MatchState::slots(state.alive) {
        let (dx, dy) = (state.x[victim] - blast.x, state.y[victim] - blast.y);
        let d2 = dx * dx + dy * dy;
        if d2 >= radius * radius {
            continue;
        }
        if rules.rules.blast.shielded
            && shielded(state, blocks, geometry, scratch, blast, state.x[victim], state.y[victim])
        {
            continue;
        }
        // Whole points, rounded down.
        let points = (damage / POINT as f32 * (1.0 - d2.sqrt() / radius)) as i32;
        if points > 0 {
            scratch.damage_body(victim, blast.owner as usize, blast.weapon, points * POINT);
        }
    }
}

/// Whether a standing hard slice lies between a blast and a point.
fn shielded(
    state: &MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    scratch: &mut Scratch,
    blast: Blast,
    x: f32,
    y: f32,
) -> bool {
    let grid = Grid { geometry, blocks, any: &state.solid_any, full: &state.solid_any, columns: None };
    grid.crossings(blast.x, blast.y, x, y, &mut scratch.crossings);
    let hard = |slice: u16| Material::from_number(geometry.material[slice as usize]).is_none_or(|m| !m.is_soft());
    scratch.crossings.hits.iter().any(|&(_, slice)| hard(slice))
}

fn break_slices(
    state: &MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    scratch: &mut Scratch,
    blast: Blast,
    damage: f32,
    radius: f32,
) {
    let (c0, c1) = (cell_index(blast.x - radius, COLS), cell_index(blast.x + radius, COLS));
    let mask = (u64::MAX >> (63 - (c1 - c0))) << c0;
    scratch.crossings.begin();
    for row in cell_index(blast.y - radius, ROWS)..=cell_index(blast.y + radius, ROWS) {
        let mut left = state.solid_any[row] & mask;
        while left != 0 {
            let column = left.trailing_zeros() as usize;
            left &= left - 1;
            for &slice in geometry.cell(row * COLS + column) {
                let s = slice as usize;
                if blocks[s / 64].gone >> (s % 64) & 1 == 1
                    || geometry.max_health[s] == u16::MAX
                    || scratch.crossings.is_known(slice)
                {
                    continue;
                }
                let x = blast.x.clamp(geometry.x0[s], geometry.x1[s]);
                let y = blast.y.clamp(geometry.y0[s], geometry.y1[s]);
                let (dx, dy) = (x - blast.x, y - blast.y);
                let d2 = dx * dx + dy * dy;
                if d2 >= radius * radius {
                    continue;
                }
                // To the nearest 1/64 point.
                let dealt = (damage * (1.0 - d2.sqrt() / radius) + 0.5) as u16;
                if dealt > 0 {
                    scratch.damage_slice(WallHit {
                        slice,
                        slot: blast.owner,
                        weapon: blast.weapon,
                        damage: dealt,
                        x,
                        y,
                    });
                }
            }
        }
    }
}

/// Rays at seeded angles, each into the first slice it meets.
fn shrapnel(
    state: &MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    rules: &Tuned,
    scratch: &mut Scratch,
    blast: Blast,
    radius: f32,
) {
    let rule = &rules.rules.blast;
    let reach = radius * rule.ray_reach;
    let grid = Grid { geometry, blocks, any: &state.solid_any, full: &state.solid_any, columns: None };
    for ray in 0..u32::from(rule.rays) {
        // By who launched it and when, not by serial number: that would tell of what others launch out of sight.
        let launch = blast.born.wrapping_mul(8).wrapping_add(u32::from(blast.owner & 7));
        let index = launch.wrapping_mul(64).wrapping_add(ray);
        let word = rng::draw(state.seed, state.tick, Purpose::Shrapnel, index)[0];
        let (sin, cos) = libm::sincosf(rng::unit(word) * core::f32::consts::TAU);
        // Cut short at the border, not bent.
        let reach = reach.min(edge(blast.x, cos, PLAYFIELD.0)).min(edge(blast.y, sin, PLAYFIELD.1));
        let (end_x, end_y) = (blast.x + cos * reach, blast.y + sin * reach);
        grid.crossings(blast.x, blast.y, end_x, end_y, &mut scratch.crossings);
        let Some(&(at, slice)) = scratch.crossings.hits.first() else { continue };
        if geometry.max_health[slice as usize] == u16::MAX {
            continue;
        }
        scratch.damage_slice(WallHit {
            slice,
            slot: blast.owner,
            weapon: blast.weapon,
            damage: rule.ray_damage * POINT as u16,
            x: blast.x + (end_x - blast.x) * at,
            y: blast.y + (end_y - blast.y) * at,
        });
    }
}
