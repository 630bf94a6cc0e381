//! Damage to bodies, kills, respawns and the match's end (rule book, section 1).

use super::{ATTACKERS, Scratch};
use crate::map::GameMap;
use crate::rng::{self, Purpose};
use crate::rules::{INVENTORY, POINT, Slot, Team, Tuned, Weapon};
use crate::world::event::{EventRing, NONE, flag};
use crate::world::state::{Gait, Match, MatchState, NO_WEAPON, NOBODY, PLAYERS, restore_walls};
use crate::world::{Buttons, Event, EventKind, InputCmd};

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    let hit = core::mem::take(&mut scratch.body_hit);
    for victim in MatchState::slots(hit) {
        let damage = core::mem::take(&mut scratch.body_damage[victim]);
        scratch.body_worst[victim] = [0; ATTACKERS];
        if game.state.over == 0 {
            hurt(game, victim, &damage, &scratch.body_weapon[victim]);
        }
    }
    finish(game);
    respawn(game);
}

/// Takes the tick's damage off a body. The credit goes to the attackers from the heaviest down, ties by slot.
fn hurt(game: &mut Match, victim: usize, damage: &[i32; ATTACKERS], weapons: &[u8; ATTACKERS]) {
    let Match { state, events, .. } = game;
    if state.alive >> victim & 1 == 0 || state.tick < state.invulnerable_until[victim] {
        return;
    }
    let mut order: [usize; ATTACKERS] = core::array::from_fn(|i| i);
    order.sort_unstable_by_key(|&slot| (-damage[slot], slot));
    state.damage_tick[victim] = state.tick;
    let (x, y) = (state.x[victim], state.y[victim]);
    for attacker in order {
        if damage[attacker] <= 0 {
            break;
        }
        let dealt = damage[attacker].min(state.health[victim]);
        if dealt == 0 {
            break;
        }
        state.health[victim] -= dealt;
        let by = if attacker < PLAYERS { attacker as u8 } else { NONE };
        if attacker < PLAYERS && state.enemies(attacker) >> victim & 1 == 1 {
            state.damage_dealt[attacker] = state.damage_dealt[attacker].saturating_add(dealt);
        }
        let left = state.health[victim];
        let event = Event::new(EventKind::PlayerDamaged, state.tick, by as usize).target(victim).at(x, y);
        let event = event.weapon(weapons[attacker]).value(dealt).aux(((left + POINT - 1) / POINT) as u16);
        events.push(event.flag(flag::KILLED, left == 0));
        if left == 0 {
            kill(state, events, victim, by, weapons[attacker]);
        }
    }
}

/// Lays a body down. `killer` may be the victim, or `NONE`.
pub(crate) fn fell(state: &mut MatchState, victim: usize, killer: u8) {
    state.health[victim] = 0;
    state.alive &= !(1 << victim);
    state.aiming &= !(1 << victim);
    state.asks &= !(1 << victim);
    state.pressed[victim] = Buttons::NONE;
    state.reload[victim] = 0;
    state.charge[victim] = 0;
    (state.flash_tick[victim], state.flash[victim]) = (0, 0.0);
    (state.vx[victim], state.vy[victim]) = (0.0, 0.0);
    state.gait[victim] = Gait::Idle as u8;
    state.death_tick[victim] = state.tick;
    state.killer[victim] = killer;
}

/// Ends a life. `killer` may be the victim, or `NONE`.
pub(crate) fn kill(state: &mut MatchState, events: &mut EventRing, victim: usize, killer: u8, weapon: u8) {
    fell(state, victim, killer);
    state.deaths[victim] = state.deaths[victim].saturating_add(1);
    let enemy = killer != NONE && state.enemies(killer as usize) >> victim & 1 == 1;
    if enemy {
        let killer = killer as usize;
        state.kills[killer] = state.kills[killer].saturating_add(1);
        let team = (state.blue >> killer & 1) as usize;
        state.team_kills[team] = state.team_kills[team].saturating_add(1);
    }
    let event = Event::new(EventKind::Died, state.tick, killer as usize).target(victim).weapon(weapon);
    let team_kill = killer != NONE && !enemy && killer as usize != victim;
    events.push(event.at(state.x[victim], state.y[victim]).flag(flag::TEAM_KILL, team_kill));
}

/// Ends the match once. Both teams at the target in one tick: the one with more, or nobody.
fn finish(game: &mut Match) {
    let Match { state, events, .. } = game;
    let [red, blue] = state.team_kills;
    if state.over != 0 || red.max(blue) < state.kill_target {
        return;
    }
    state.over = 1;
    state.winner = match red.cmp(&blue) {
        core::cmp::Ordering::Greater => Team::Red as u8,
        core::cmp::Ordering::Less => Team::Blue as u8,
        core::cmp::Ordering::Equal => NOBODY,
    };
    state.aiming = 0;
    let mut event = Event::new(EventKind::MatchEnded, state.tick, 0).value(state.winner.into());
    event.actor = NONE;
    events.push(event);
}

fn respawn(game: &mut Match) {
    let Match { state, events, map, rules, .. } = game;
    let asks = core::mem::take(&mut state.asks) & state.joined & !state.alive;
    if state.over != 0 {
        return;
    }
    for slot in MatchState::slots(asks) {
        let earliest = state.death_tick[slot] + rules.respawn_ticks;
        if state.placed >> slot & 1 == 1 && state.tick < earliest {
            let event = Event::new(EventKind::RespawnDenied, state.tick, slot);
            events.push(event.value((earliest - state.tick) as i32));
            continue;
        }
        let late = is_late(state, rules, slot);
        spawn(state, events, map, rules, slot, late);
    }
}

/// A first appearance after the match's first second is a late joiner's.
fn is_late(state: &MatchState, rules: &Tuned, slot: usize) -> bool {
    state.placed >> slot & 1 == 0 && state.tick > rules.tick_rate
}

/// Puts a player on the field with a full loadout.
///
/// At a random spawn of the own team; a late joiner at the one farthest from the nearest living enemy.
fn spawn(state: &mut MatchState, events: &mut EventRing, map: &GameMap, rules: &Tuned, slot: usize, late: bool) {
    let team = if state.blue >> slot & 1 == 1 { Team::Blue } else { Team::Red };
    let spawns = || map.spawns_of(team);
    let enemies = state.enemies(slot) & state.alive;
    let at = if late && enemies != 0 {
        let distance = |at: glam::Vec2| {
            MatchState::slots(enemies)
                .map(|e| at.distance_squared(glam::Vec2::new(state.x[e], state.y[e])))
                .fold(f32::MAX, f32::min)
        };
        spawns().fold(None, |best, at| match best {
            Some(best) if distance(best) >= distance(at) => Some(best),
            _ => Some(at),
        })
    } else {
        let word = rng::draw(state.seed, state.tick, Purpose::Spawn, slot as u32)[0];
        spawns().nth(rng::below(word, spawns().count().max(1) as u32) as usize)
    };
    // A map has at least one spawn a team.
    let Some(at) = at else { return };
    let bit = 1u8 << slot;
    (state.x[slot], state.y[slot]) = (at.x, at.y);
    (state.vx[slot], state.vy[slot]) = (0.0, 0.0);
    // Towards the middle of the field, so that nobody appears facing the own wall.
    let to = glam::Vec2::new(crate::map::PLAYFIELD.0 * 0.5, crate::map::PLAYFIELD.1 * 0.5) - at;
    let length = (to.x * to.x + to.y * to.y).sqrt();
    (state.aim_x[slot], state.aim_y[slot]) = if length > 1.0 { (to.x / length, to.y / length) } else { (1.0, 0.0) };
    if state.heard >> slot & 1 == 0 {
        // No cursor yet: a short way ahead, where mouse look stretches nothing.
        state.cursor_x[slot] = at.x + state.aim_x[slot] * 40.0;
        state.cursor_y[slot] = at.y + state.aim_y[slot] * 40.0;
    }
    state.gait[slot] = Gait::Idle as u8;
    state.health[slot] = rules.health;
    state.alive |= bit;
    state.placed |= bit;
    state.aiming &= !bit;
    state.asks &= !bit;
    state.pressed[slot] = Buttons::NONE;
    state.killer[slot] = NONE;
    state.heat[slot] = 0;
    state.silence[slot] = 0;
    state.charge[slot] = 0;
    state.host_throw[slot] = 0;
    (state.stride[slot], state.stride_gait[slot]) = (0.0, 0);
    state.spawn_tick[slot] = state.tick;
    (state.flash_tick[slot], state.flash[slot]) = (0, 0.0);
    equip(state, rules, slot);
    let ticks = if late { rules.late_invulnerable_ticks } else { rules.invulnerable_ticks };
    state.invulnerable_until[slot] = state.tick + ticks;
    let event = Event::new(EventKind::Spawned, state.tick, slot).at(at.x, at.y);
    events.push(event.value(state.invulnerable_until[slot] as i32));
}

/// Puts a player on the field at once, as a respawn that is granted does.
pub(crate) fn spawn_now(game: &mut Match, slot: usize) {
    let Match { state, events, map, rules, .. } = game;
    let late = is_late(state, rules, slot);
    spawn(state, events, map, rules, slot, late);
}

/// A body lives again where it lies, with what is in its hands.
pub(crate) fn revive(state: &mut MatchState, rules: &Tuned, slot: usize) {
    state.health[slot] = rules.health;
    state.alive |= 1 << slot;
    state.asks &= !(1 << slot);
    state.pressed[slot] = Buttons::NONE;
    state.killer[slot] = NONE;
    state.spawn_tick[slot] = state.tick;
}

/// Fills hands and magazines from the loadout.
pub(crate) fn equip(state: &mut MatchState, rules: &Tuned, slot: usize) {
    for place in 0..INVENTORY {
        let weapon = state.loadout[slot][place];
        let rule = rules.weapons.get(weapon as usize);
        state.weapon[place][slot] = weapon;
        state.ammo[place][slot] = rule.map_or(0, |r| r.magazine);
        state.reserve[place][slot] = rule.map_or(0, |r| r.reserve);
        state.cooldown[place][slot] = 0;
    }
    state.hand[slot] = 0;
    state.reload[slot] = 0;
}

/// Puts a full weapon into a living player's hand.
pub(crate) fn give(state: &mut MatchState, rules: &Tuned, slot: usize, weapon: Weapon) {
    let place = match rules.rules.weapons[weapon as usize].slot {
        Slot::Primary => 0,
        Slot::Secondary => 1,
        Slot::Support(_) => {
            (2..INVENTORY).find(|&place| state.weapon[place][slot] == NO_WEAPON).unwrap_or(INVENTORY - 1)
        }
    };
    let rule = &rules.weapons[weapon as usize];
    state.weapon[place][slot] = weapon as u8;
    state.ammo[place][slot] = rule.magazine;
    state.reserve[place][slot] = rule.reserve;
    state.cooldown[place][slot] = 0;
    state.hand[slot] = place as u8;
    state.reload[slot] = 0;
    state.charge[slot] = 0;
}

/// Lets a player into a lane. `spawned`: placed at once; else on asking for respawn.
pub(crate) fn join(
    game: &mut Match,
    slot: usize,
    generation: u32,
    team: Team,
    loadout: [u8; INVENTORY],
    spawned: bool,
) {
    clear_lane(&mut game.state, slot);
    let Match { state, events, map, rules, .. } = game;
    state.generation[slot] = generation;
    state.joined |= 1 << slot;
    state.blue |= (team as u8) << slot;
    state.loadout[slot] = loadout;
    events.push(Event::new(EventKind::Joined, state.tick, slot));
    equip(state, rules, slot);
    if spawned && state.over == 0 {
        let late = is_late(state, rules, slot);
        spawn(state, events, map, rules, slot, late);
    }
}

/// Lets a player go.
///
/// What the leaver threw flies on and belongs to nobody.
pub(crate) fn leave(game: &mut Match, slot: usize) {
    let state = &mut game.state;
    for owner in state.owner.iter_mut() {
        if *owner as usize == slot {
            *owner = NONE;
        }
    }
    for killer in state.killer.iter_mut() {
        if *killer as usize == slot {
            *killer = NONE;
        }
    }
    clear_lane(state, slot);
}

/// Empties a lane, all but its generation.
fn clear_lane(state: &mut MatchState, slot: usize) {
    let keep = !(1u8 << slot);
    for mask in [
        &mut state.joined,
        &mut state.alive,
        &mut state.blue,
        &mut state.aiming,
        &mut state.placed,
        &mut state.heard,
        &mut state.asks,
    ] {
        *mask &= keep;
    }
    for lanes in [
        &mut state.x,
        &mut state.y,
        &mut state.vx,
        &mut state.vy,
        &mut state.aim_x,
        &mut state.aim_y,
        &mut state.cursor_x,
        &mut state.cursor_y,
        &mut state.sight,
        &mut state.cone_cos,
        &mut state.flash,
        &mut state.stride,
    ] {
        lanes[slot] = 0.0;
    }
    for lanes in [
        &mut state.last_sequence,
        &mut state.ack_tick,
        &mut state.death_tick,
        &mut state.damage_tick,
        &mut state.invulnerable_until,
        &mut state.dropped,
        &mut state.ignored,
        &mut state.spawn_tick,
        &mut state.flash_tick,
    ] {
        lanes[slot] = 0;
    }
    for lanes in [&mut state.health, &mut state.heat, &mut state.damage_dealt] {
        lanes[slot] = 0;
    }
    for lanes in [&mut state.reload, &mut state.silence, &mut state.kills, &mut state.deaths, &mut state.charge] {
        lanes[slot] = 0;
    }
    for lanes in [
        &mut state.gait,
        &mut state.hand,
        &mut state.queue_len,
        &mut state.repeats,
        &mut state.debt,
        &mut state.killer,
        &mut state.sees,
        &mut state.host_throw,
        &mut state.stride_gait,
    ] {
        lanes[slot] = 0;
    }
    for lanes in [&mut state.held, &mut state.pressed, &mut state.host_taps] {
        lanes[slot] = Buttons::NONE;
    }
    for place in 0..INVENTORY {
        state.weapon[place][slot] = NO_WEAPON;
        state.ammo[place][slot] = 0;
        state.reserve[place][slot] = 0;
        state.cooldown[place][slot] = 0;
    }
    state.credit[slot] = 0;
    state.loadout[slot] = [NO_WEAPON; INVENTORY];
    state.queue[slot] = [InputCmd::default(); crate::world::state::QUEUE];
    for row in &mut state.sees {
        *row &= keep;
    }
}

/// Restores every slice to the map's beginning, in the middle of a match.
pub(crate) fn repair(game: &mut Match) {
    game.forget_sight();
    let Match { state, blocks, map, .. } = game;
    restore_walls(state, blocks, map.geometry());
    state.walls_version = state.walls_version.wrapping_add(1);
}

/// Starts the match anew with the same players: walls restored, scores 0, everybody placed.
pub(crate) fn reset(game: &mut Match, seed: u64) {
    game.forget_sight();
    let Match { state, blocks, events, map, rules, .. } = game;
    let version = state.walls_version;
    restore_walls(state, blocks, map.geometry());
    state.walls_version = version.wrapping_add(1);
    state.seed = seed;
    (state.over, state.winner) = (0, NOBODY);
    state.team_kills = [0; 2];
    state.sees = [0; PLAYERS];
    (state.alive, state.aiming, state.asks) = (0, 0, 0);
    super::projectiles::clear(state);
    super::clouds::clear(state);
    for slot in MatchState::slots(state.joined) {
        state.kills[slot] = 0;
        state.deaths[slot] = 0;
        state.damage_dealt[slot] = 0;
        state.death_tick[slot] = 0;
        state.damage_tick[slot] = 0;
        if state.placed >> slot & 1 == 1 {
            spawn(state, events, map, rules, slot, false);
        }
    }
}
