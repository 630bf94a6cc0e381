//! What flies: rockets, shells and thrown things (rule book, section 5).
//!
//! A projectile is a circle swept along its way, so nothing tunnels at any speed and tick rate. It meets the standing
//! slices, the field's edges and the bodies as the tick found them; a hole lets it through where the circle fits.

use super::{Blast, Scratch, Shot};
use crate::map::{BODY_RADIUS, COLS, Geometry, PLAYFIELD, ROWS, cell_index};
use crate::rng::{self, Purpose};
use crate::rules::{Fire, Tuned, Weapon};
use crate::world::event::{EventRing, NO_SLICE, NONE};
use crate::world::state::{Block, Match, MatchState, PROJECTILES};
use crate::world::{Event, EventKind};

/// px kept from what was bounced off.
const SKIN: f32 = 0.01;
/// px of overlap up to which something still is bounced off: what bounces between two corners overlaps one by the skin
/// of the other. Deeper, it came to be there some other way (a body that walked over it), and may leave.
const TOUCH: f32 = 0.1;
/// Bounces of one tick; a projectile wedged into a corner stops there until the next.
const BOUNCES: usize = 4;
/// px/s below which nothing moves.
const REST: f32 = 0.25;

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    scratch.blasts.clear();
    for i in 0..scratch.shots.len() {
        let shot = scratch.shots[i];
        if game.rules.weapons[shot.weapon as usize].projectile.is_some() {
            launch(game, shot);
        }
    }
    let Match { state, blocks, events, map, rules, .. } = game;
    let mut order = [0; PROJECTILES];
    let count = by_number(state, &mut order);
    for &lane in &order[..count] {
        let lane = usize::from(lane);
        if let Some((x, y)) = fly(state, blocks, map.geometry(), rules, events, lane) {
            scratch.blasts.push(Blast {
                x,
                y,
                weapon: state.pweapon[lane],
                owner: state.owner[lane],
                number: state.number[lane],
                born: state.born[lane],
            });
            clear_lane(state, lane);
        }
    }
}

/// Lanes of what flies, in the order in which it was launched; returns how many. Lanes themselves are taken as they are
/// free: the order of two that a player knows would tell of a third.
pub(crate) fn by_number(state: &MatchState, order: &mut [u8; PROJECTILES]) -> usize {
    let mut count = 0;
    let mut left = state.flying;
    while left != 0 {
        let lane = left.trailing_zeros() as u8;
        left &= left - 1;
        let number = |lane: u8| state.number[usize::from(lane)];
        let mut at = count;
        while at > 0 && number(order[at - 1]).wrapping_sub(number(lane)) as i32 > 0 {
            order[at] = order[at - 1];
            at -= 1;
        }
        order[at] = lane;
        count += 1;
    }
    count
}

fn launch(game: &mut Match, shot: Shot) {
    let Match { state, events, rules, .. } = game;
    let rule = &rules.weapons[shot.weapon as usize];
    let Some(flight) = rule.projectile else { return };
    let slot = shot.slot as usize;
    let throws = &rules.rules.throws;
    let (mut ax, mut ay) = (state.aim_x[slot], state.aim_y[slot]);
    let (mut speed, mut reach) = (flight.speed, rule.range);
    if rule.fire == Fire::Thrown {
        let level = f32::from(shot.level.max(1));
        if shot.weapon == Weapon::Grenade as u8 {
            speed = throws.speed + throws.speed_per_charge * level;
            reach *= 1.0 + throws.range_per_charge * (level - 1.0);
        } else {
            speed = throws.item_speed;
        }
    } else {
        let half = (1.0 - shot.accuracy) * rules.rules.spread;
        let word = rng::draw(state.seed, state.tick, Purpose::Spread, u32::from(shot.slot) * 8)[0];
        let (sin, cos) = libm::sincosf((rng::unit(word) * 2.0 - 1.0) * half);
        (ax, ay) = (ax * cos - ay * sin, ax * sin + ay * cos);
    }
    let lane = (!state.flying).trailing_zeros() as usize;
    if lane >= PROJECTILES {
        return;
    }
    state.serial = state.serial.wrapping_add(1);
    state.flying |= 1 << lane;
    state.left_owner &= !(1 << lane);
    (state.px[lane], state.py[lane]) = (state.x[slot], state.y[slot]);
    (state.pvx[lane], state.pvy[lane]) = (ax * speed, ay * speed);
    (state.flown[lane], state.reach[lane]) = (0.0, reach);
    state.fuse[lane] = if rule.fuse == 0 { u32::MAX } else { state.tick + rule.fuse };
    state.born[lane] = state.tick;
    state.number[lane] = state.serial;
    state.pweapon[lane] = shot.weapon;
    state.owner[lane] = shot.slot;
    state.pteam[lane] = state.blue >> slot & 1;
    state.level[lane] = shot.level;
    let event = Event::new(EventKind::Launched, state.tick, slot).weapon(shot.weapon);
    let event = event.at(state.x[slot], state.y[slot]).toward(ax * speed, ay * speed);
    let ammo = state.ammo[state.hand[slot] as usize][slot];
    events.push(event.value(state.serial as i32).aux(shot.level.into()).slice(ammo));
}

/// What a projectile meets, with the outward normal.
#[derive(Clone, Copy)]
struct Contact {
    /// Share of the way.
    at: f32,
    nx: f32,
    ny: f32,
    slice: u16,
    body: u8,
}

/// Moves one projectile by a tick; the place where it goes off, if it does.
fn fly(
    state: &mut MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    rules: &Tuned,
    events: &mut EventRing,
    lane: usize,
) -> Option<(f32, f32)> {
    let rule = &rules.weapons[state.pweapon[lane] as usize];
    let flight = rule.projectile?;
    let throws = &rules.rules.throws;
    let thrown = rule.fire == Fire::Thrown;
    let (mut x, mut y) = (state.px[lane], state.py[lane]);
    let (mut vx, mut vy) = (state.pvx[lane], state.pvy[lane]);
    if thrown {
        vx *= rules.friction;
        vy *= rules.friction;
    }
    let mut time = 1.0 / rules.tick_rate as f32;
    let mut ends = false;
    for _ in 0..=BOUNCES {
        let speed = (vx * vx + vy * vy).sqrt();
        if speed < REST || time <= 0.0 {
            break;
        }
        let mut way = speed * time;
        let room = state.reach[lane] - state.flown[lane];
        let at_range = way >= room;
        if at_range {
            way = room.max(0.0);
        }
        let (dx, dy) = (vx / speed * way, vy / speed * way);
        note_owner(state, lane, x, y);
        let contact = meet(state, blocks, geometry, throws.radius, lane, x, y, dx, dy);
        let share = contact.map_or(1.0, |c| c.at);
        x += dx * share;
        y += dy * share;
        state.flown[lane] += way * share;
        time -= way * share / speed;
        match contact {
            Some(contact) => {
                let Some(keep) = flight.bounce else {
                    ends = true;
                    break;
                };
                let across = vx * contact.nx + vy * contact.ny;
                let (tx, ty) = (vx - across * contact.nx, vy - across * contact.ny);
                vx = tx * throws.tangent - contact.nx * across * keep;
                vy = ty * throws.tangent - contact.ny * across * keep;
                x += contact.nx * SKIN;
                y += contact.ny * SKIN;
                let mut event = Event::new(EventKind::Bounced, state.tick, state.owner[lane] as usize);
                event.target = contact.body;
                let event = event.weapon(state.pweapon[lane]).at(x, y).toward(vx, vy);
                events.push(event.value(state.number[lane] as i32).slice(contact.slice));
            }
            None if at_range => {
                (vx, vy) = (0.0, 0.0);
                ends = flight.ends_at_range;
                break;
            }
            None => break,
        }
    }
    let (w, h) = PLAYFIELD;
    (x, y) = (x.clamp(throws.radius, w - throws.radius), y.clamp(throws.radius, h - throws.radius));
    (state.px[lane], state.py[lane]) = (x, y);
    (state.pvx[lane], state.pvy[lane]) = (vx, vy);
    note_owner(state, lane, x, y);
    let slow = thrown && throws.rest.is_some_and(|rest| vx * vx + vy * vy < rest * rest);
    (ends || slow || state.tick >= state.fuse[lane]).then_some((x, y))
}

/// Marks a projectile that has left the body it came from: from then on it can meet it.
fn note_owner(state: &mut MatchState, lane: usize, x: f32, y: f32) {
    let owner = state.owner[lane] as usize;
    if owner >= 8 || state.alive >> owner & 1 == 0 {
        state.left_owner |= 1 << lane;
        return;
    }
    let (dx, dy) = (x - state.x[owner], y - state.y[owner]);
    // Wider than the circles touch, or a thrower who walks after the throw would meet it at once.
    let out = BODY_RADIUS * 2.0;
    if dx * dx + dy * dy > out * out {
        state.left_owner |= 1 << lane;
    }
}

/// The first thing on the way of a circle from (x, y) by (dx, dy).
#[allow(clippy::too_many_arguments)]
fn meet(
    state: &MatchState,
    blocks: &[Block],
    geometry: &Geometry,
    radius: f32,
    lane: usize,
    x: f32,
    y: f32,
    dx: f32,
    dy: f32,
) -> Option<Contact> {
    let mut first: Option<Contact> = None;
    let mut offer = |contact: Contact| {
        if first.is_none_or(|best| contact.at < best.at) {
            first = Some(contact);
        }
    };
    let plane = |at: f32, nx: f32, ny: f32| Contact { at: at.clamp(0.0, 1.0), nx, ny, slice: NO_SLICE, body: NONE };
    let (w, h) = PLAYFIELD;
    if x + dx > w - radius {
        offer(plane((w - radius - x) / dx, -1.0, 0.0));
    } else if x + dx < radius {
        offer(plane((radius - x) / dx, 1.0, 0.0));
    }
    if y + dy > h - radius {
        offer(plane((h - radius - y) / dy, 0.0, -1.0));
    } else if y + dy < radius {
        offer(plane((radius - y) / dy, 0.0, 1.0));
    }
    let span = |a: f32, d: f32, count| {
        let (low, high) = if d < 0.0 { (a + d, a) } else { (a, a + d) };
        (cell_index(low - radius - SKIN, count), cell_index(high + radius + SKIN, count))
    };
    let ((c0, c1), (r0, r1)) = (span(x, dx, COLS), span(y, dy, ROWS));
    let mask = (u64::MAX >> (63 - (c1 - c0))) << c0;
    for row in r0..=r1 {
        let mut left = state.solid_any[row] & mask;
        while left != 0 {
            let column = left.trailing_zeros() as usize;
            left &= left - 1;
            for &slice in geometry.cell(row * COLS + column) {
                let s = slice as usize;
                if blocks[s / 64].gone >> (s % 64) & 1 == 1 {
                    continue;
                }
                let rect = (geometry.x0[s], geometry.y0[s], geometry.x1[s], geometry.y1[s]);
                if let Some((at, nx, ny)) = circle_meets_rect(x, y, dx, dy, radius, rect) {
                    offer(Contact { at, nx, ny, slice, body: NONE });
                }
            }
        }
    }
    for body in MatchState::slots(state.alive) {
        if body as u8 == state.owner[lane] && state.left_owner >> lane & 1 == 0 {
            continue;
        }
        let (cx, cy) = (state.x[body], state.y[body]);
        if let Some((at, nx, ny)) = circle_meets_point(x, y, dx, dy, radius + BODY_RADIUS, cx, cy) {
            offer(Contact { at, nx, ny, slice: NO_SLICE, body: body as u8 });
        }
    }
    first
}

/// Where a circle that moves by (dx, dy) first touches a point or, with the radii added, another circle: share of the way and outward normal.
fn circle_meets_point(x: f32, y: f32, dx: f32, dy: f32, radius: f32, cx: f32, cy: f32) -> Option<(f32, f32, f32)> {
    let (ox, oy) = (x - cx, y - cy);
    let a = dx * dx + dy * dy;
    let b = ox * dx + oy * dy;
    let c = ox * ox + oy * oy - radius * radius;
    if b >= 0.0 || a <= 0.0 {
        return None;
    }
    if c < 0.0 {
        let distance = (ox * ox + oy * oy).sqrt();
        return (distance > radius - TOUCH).then(|| (0.0, ox / distance, oy / distance));
    }
    let root = b * b - a * c;
    if root < 0.0 {
        return None;
    }
    let at = (-b - root.sqrt()) / a;
    if at > 1.0 {
        return None;
    }
    let at = at.max(0.0);
    Some((at, (ox + dx * at) / radius, (oy + dy * at) / radius))
}

/// The same for a rectangle: its faces moved out by the radius, its corners rounded.
fn circle_meets_rect(
    x: f32,
    y: f32,
    dx: f32,
    dy: f32,
    radius: f32,
    (x0, y0, x1, y1): (f32, f32, f32, f32),
) -> Option<(f32, f32, f32)> {
    // The part of the way within the columns and within the rows of the grown rectangle, and the faces they begin at.
    let axis = |p: f32, d: f32, low: f32, high: f32| {
        if d > 0.0 {
            ((low - radius - p) / d, (high + radius - p) / d, -1.0)
        } else if d < 0.0 {
            ((high + radius - p) / d, (low - radius - p) / d, 1.0)
        } else if p > low - radius && p < high + radius {
            (f32::MIN, f32::MAX, 0.0)
        } else {
            (f32::MAX, f32::MIN, 0.0)
        }
    };
    let (x_in, x_out, nx) = axis(x, dx, x0, x1);
    let (y_in, y_out, ny) = axis(y, dy, y0, y1);
    let enter = x_in.max(y_in);
    if enter > 1.0 || enter >= x_out.min(y_out) {
        return None;
    }
    let at = enter.max(0.0);
    let (px, py) = (x + dx * at, y + dy * at);
    let corner_x = if px < x0 {
        Some(x0)
    } else if px > x1 {
        Some(x1)
    } else {
        None
    };
    let corner_y = if py < y0 {
        Some(y0)
    } else if py > y1 {
        Some(y1)
    } else {
        None
    };
    if let (Some(cx), Some(cy)) = (corner_x, corner_y) {
        return circle_meets_point(x, y, dx, dy, radius, cx, cy);
    }
    let depth = if x_in > y_in { -enter * dx.abs() } else { -enter * dy.abs() };
    if enter < 0.0 && depth > TOUCH {
        return None;
    }
    Some(if x_in > y_in { (at, nx, 0.0) } else { (at, 0.0, ny) })
}

fn clear_lane(state: &mut MatchState, lane: usize) {
    state.flying &= !(1 << lane);
    state.left_owner &= !(1 << lane);
    for lanes in [&mut state.px, &mut state.py, &mut state.pvx, &mut state.pvy, &mut state.flown, &mut state.reach] {
        lanes[lane] = 0.0;
    }
    for lanes in [&mut state.fuse, &mut state.born, &mut state.number] {
        lanes[lane] = 0;
    }
    for lanes in [&mut state.pweapon, &mut state.owner, &mut state.pteam, &mut state.level] {
        lanes[lane] = 0;
    }
}

/// Takes everything out of the air.
pub(crate) fn clear(state: &mut MatchState) {
    for lane in 0..PROJECTILES {
        clear_lane(state, lane);
    }
}
