//! The engine against a naive reference of the rule book: scalar, in f64, by trying everything and by tiny steps,
//! written from the rule book and not from the engine. Cases that a hundredth of a pixel decides are left out, and
//! counted.
#![allow(missing_docs, clippy::unwrap_used, unreachable_pub)]

#[path = "reference/arena.rs"]
mod arena;
#[path = "reference/blast.rs"]
mod blast;
#[path = "reference/book.rs"]
#[allow(dead_code)]
mod book;
#[path = "reference/bullet.rs"]
mod bullet;
#[path = "reference/flight.rs"]
mod flight;
#[path = "reference/sight.rs"]
mod sight;
#[path = "reference/walk.rs"]
mod walk;
#[path = "reference/walls.rs"]
mod walls;

use arena::*;
use bullet::Thing;
use flight::{Flight, Manner};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use trespasser::world::flag;
use trespasser::*;

const FIRE: Buttons = Buttons::FIRE;
const SLOTS: [Buttons; 5] = [Buttons::SLOT1, Buttons::SLOT2, Buttons::SLOT3, Buttons::SLOT4, Buttons::SLOT5];
/// Points, for what the engine counts in 1/64.
const POINT: f64 = 1.0 / 64.0;

fn rules(legacy: bool) -> RuleSet {
    if legacy { RuleSet::legacy() } else { RuleSet::standard() }
}

fn loadout(primary: Weapon, secondary: Weapon, support: &[Weapon]) -> Loadout {
    Loadout::new(primary, secondary, support).unwrap()
}

/// Sections 2 and 11: every input of a random walk moves the body as the rule book says. Position within 0.02 px.
#[test]
fn walking_is_sliding_along_x_then_y() {
    let input = (0..64u8, any_place(), 0..12u8);
    let strategy = (any_walls(40), vec(any_place(), 8), any::<bool>(), vec(input, 24));
    check(150, 2000, strategy, |(walls, places, legacy, inputs), tally| {
        let spots = free_spots(&walls, &places, 2);
        let Some(mut arena) = Arena::new(&walls, &spots, &rules(legacy), 60, &[Loadout::default()]) else {
            return Ok(());
        };
        for (bits, mouse, rest) in inputs {
            // Four ticks with the same keys, so that walls are reached and pressed against.
            for repeat in 0..4 {
                let before = arena.player(0);
                let taps = if rest == 0 && repeat == 0 { Buttons::AIM } else { NONE };
                // Now and then no keys: the body coasts.
                let held = if rest > 9 { NONE } else { Buttons(bits.into()) };
                arena.next_input();
                arena.input(0, held, taps, mouse);
                arena.tick();
                let after = arena.player(0);

                let axis = |plus, minus| f64::from(u8::from(held.has(plus))) - f64::from(u8::from(held.has(minus)));
                let keys = walk::Keys {
                    right: axis(Buttons::RIGHT, Buttons::LEFT),
                    down: axis(Buttons::DOWN, Buttons::UP),
                    run: held.has(Buttons::RUN),
                    sneak: held.has(Buttons::SNEAK),
                };
                let (x, y) = point(before.position);
                let cursor = ((mouse.0 * 16.0).round() / 16.0, (mouse.1 * 16.0).round() / 16.0);
                let to_mouse = (f64::from(cursor.0) - x, f64::from(cursor.1) - y);
                let far = to_mouse.0.hypot(to_mouse.1);
                if far < 0.01 {
                    return Ok(());
                }
                let facing = (to_mouse.0 / far, to_mouse.1 / far);
                // After the step, towards the mouse from the new place.
                let (ax, ay) = point(after.position);
                let ahead = (f64::from(cursor.0) - ax, f64::from(cursor.1) - ay);
                let span = ahead.0.hypot(ahead.1);
                let turned =
                    (ahead.0 / span - f64::from(after.facing.x)).hypot(ahead.1 / span - f64::from(after.facing.y));
                prop_assert!(span < 0.01 || turned < 1e-3);
                let moving = keys.right != 0.0 || keys.down != 0.0;
                if moving && (keys.right * facing.0 + keys.down * facing.1).abs() < 1e-3 {
                    tally.skip();
                    continue;
                }
                let (vx, vy) = point(before.velocity);
                let walker = walk::Walker { x, y, vx, vy };
                // The body may seem to stand in a wall by rounding. Where a little more of that leads elsewhere, a
                // corner is brushed and rounding decides.
                let go = |slack| walk::one_input(&arena.slices, walker, keys, facing, after.aiming, legacy, slack);
                let (want, other) = (go(0.0004), go(0.004));
                if (want.x - other.x).abs() + (want.y - other.y).abs() > 0.01 {
                    tally.skip();
                    continue;
                }
                let got = point(after.position);
                prop_assert!(
                    (got.0 - want.x).abs() < 0.02 && (got.1 - want.y).abs() < 0.02,
                    "{:?} by {:?} (aiming {}, facing {:?}) is at {:?}, not at {:?}",
                    walker,
                    keys,
                    after.aiming,
                    facing,
                    got,
                    want
                );
                let covered = ((got.0 - x) * 60.0, (got.1 - y) * 60.0);
                let v = point(after.velocity);
                prop_assert!((v.0 - covered.0).abs() < 0.1 && (v.1 - covered.1).abs() < 0.1, "{:?} {:?}", v, covered);
                let gait = if !moving {
                    let speed = vx.hypot(vy) * 0.8;
                    if (speed - 10.0).abs() < 0.01 {
                        continue;
                    }
                    (speed < 10.0).then_some(Gait::Idle)
                } else if keys.sneak {
                    Some(Gait::Sneaking)
                } else {
                    let length = keys.right.hypot(keys.down);
                    let way = (keys.right / length, keys.down / length);
                    let full = if after.aiming && !legacy { 0.5 } else { 1.0 };
                    let speed = walk::speed(keys, way, facing, after.aiming, legacy) / full;
                    Some(if speed > 100.0 { Gait::Running } else { Gait::Walking })
                };
                prop_assert!(gait.is_none_or(|gait| gait == after.gait), "{:?} is not {:?}", after.gait, gait);
                tally.one();
            }
        }
        Ok(())
    });
}

/// What six players carry so that every gun is in use.
fn guns() -> Vec<Loadout> {
    use Weapon::*;
    vec![
        loadout(Rifle, Pistol, &[AntiMaterialRifle]),
        loadout(Shotgun, Revolver, &[MachineGun]),
        loadout(SniperRifle, SuppressedPistol, &[AntiMaterialRifle]),
        loadout(BattleRifle, Pistol, &[AntiMaterialRifle]),
        loadout(Smg, Revolver, &[MachineGun]),
        loadout(Shotgun, SuppressedPistol, &[AntiMaterialRifle]),
    ]
}

type Volley = Vec<((u8, f32, f32), u8)>;

fn any_volleys(players: usize, rounds: usize) -> impl Strategy<Value = Vec<Volley>> {
    vec(vec(((0..3u8, -20.0..500.0f32, -20.0..290.0f32), 0..8u8), players), rounds)
}

/// One round of a fight in which nobody moves: switch, then fire at a place or at somebody. Returns the living before
/// the shots, with their centres.
fn volley(arena: &mut Arena, round: &Volley) -> Vec<(usize, (f64, f64))> {
    arena.next_input();
    for (i, ((hand, ..), _)) in round.iter().enumerate().take(arena.players.len()) {
        arena.input(i, NONE, SLOTS[*hand as usize], (240.0, 135.0));
    }
    arena.tick();
    let places: Vec<Vec2> = arena.all_players().iter().map(|p| p.position).collect();
    arena.next_input();
    for (i, ((_, x, y), at)) in round.iter().enumerate().take(arena.players.len()) {
        let somebody = places.get(*at as usize).map(|p| (p.x + x % 9.0 - 4.5, p.y + y % 9.0 - 4.5));
        arena.input(i, NONE, FIRE, somebody.unwrap_or((*x, *y)));
    }
    arena.sync();
    let players = arena.all_players().into_iter().enumerate().filter(|(_, p)| p.alive);
    let living = players.map(|(i, p)| (i, point(p.position))).collect();
    arena.tick();
    living
}

/// Lets cooldowns and reloads pass and brings back the dead.
fn recover(arena: &mut Arena, ticks: u32) {
    arena.next_input();
    for i in 0..arena.players.len() {
        arena.input(i, NONE, Buttons::RELOAD, (240.0, 135.0));
    }
    arena.ticks(ticks);
    arena.next_input();
    for i in 0..arena.players.len() {
        arena.input(i, NONE, Buttons::RESPAWN, (240.0, 135.0));
    }
    arena.ticks(1);
}

/// Section 5: for the direction that a bullet took, the slices and bodies that it meets, their order and the damage,
/// with soft walls, falloff, pellets and the anti-material rifle's penetration. Damage within 3/64 points.
#[test]
fn bullets_meet_what_the_rule_book_says() {
    let strategy = (any_walls(30), vec(any_place(), 16), any::<bool>(), any_volleys(6, 8));
    check(150, 3000, strategy, |(walls, places, legacy, rounds), tally| {
        let spots = free_spots(&walls, &places, 6);
        let mut book = rules(legacy);
        // Lives long enough for many hits; the rules have no say in it.
        book.life.health = 500;
        let Some(mut arena) = Arena::new(&walls, &spots, &book, 60, &guns()) else { return Ok(()) };
        arena.ticks(125);
        for round in &rounds {
            let living = volley(&mut arena, round);
            for fired in arena.of(EventKind::Fired) {
                let shooter = fired.actor as usize;
                let weapon = Weapon::from_number(fired.weapon).unwrap();
                let row = book::row_of(weapon);
                let from = (f64::from(fired.x), f64::from(fired.y));
                let bodies: Vec<_> = living.iter().copied().filter(|(i, _)| *i != shooter).collect();
                let pellets = if weapon == Weapon::Shotgun { 8 } else { 1 };
                for pellet in 0..pellets {
                    let kinds = [EventKind::HitPlayer, EventKind::HitWall, EventKind::Miss].map(|k| k as u8);
                    let told: Vec<&Event> = arena
                        .events
                        .iter()
                        .filter(|e| kinds.contains(&e.kind) && e.actor as usize == shooter && e.aux == pellet)
                        .collect();
                    prop_assert!(!told.is_empty(), "a bullet ends somewhere");
                    let exact = told.iter().find(|e| e.kind != EventKind::HitPlayer as u8);
                    let dir = match exact {
                        Some(e) => (f64::from(e.dx), f64::from(e.dy)),
                        None => (f64::from(told[0].x) - from.0, f64::from(told[0].y) - from.1),
                    };
                    let length = dir.0.hypot(dir.1);
                    if length < 1e-9 {
                        tally.skip();
                        continue;
                    }
                    let dir = (dir.0 / length, dir.1 / length);
                    // Standing still, not aiming.
                    let half = if pellets > 1 { 0.075 } else { (1.0 - row.accuracy) * 0.1 };
                    let off = (f64::from(fired.dx) * dir.1 - f64::from(fired.dy) * dir.0).abs();
                    if exact.is_some() {
                        prop_assert!(off <= half + 1e-4, "{} is spread by {}", row.name, off);
                    }
                    let Some(want) = bullet::fly(&arena.slices, &bodies, from, dir, weapon, legacy) else {
                        tally.skip();
                        continue;
                    };
                    let hits: Vec<&&Event> = told.iter().filter(|e| e.kind != EventKind::Miss as u8).collect();
                    prop_assert_eq!(
                        hits.len(),
                        want.len(),
                        "{} from {:?} by {:?}: {:?} is not {:?}",
                        row.name,
                        from,
                        dir,
                        told,
                        want
                    );
                    for (i, (hit, want)) in hits.iter().zip(&want).enumerate() {
                        let (thing, damage) = if hit.kind == EventKind::HitPlayer as u8 {
                            (Thing::Body(hit.target as usize), f64::from(hit.value) * POINT)
                        } else {
                            (Thing::Slice(hit.slice as usize), f64::from(hit.value) * POINT)
                        };
                        prop_assert_eq!(thing, want.thing, "{}: {:?} is not {:?}", row.name, told, want);
                        prop_assert!(
                            (damage - want.damage).abs() < 0.047,
                            "{} deals {} and not {:?}, {:?}",
                            row.name,
                            damage,
                            want,
                            told
                        );
                        let at = (f64::from(hit.x) - from.0).hypot(f64::from(hit.y) - from.1);
                        prop_assert!((at - want.at).abs() < 0.02, "{} is not {}", at, want.at);
                        prop_assert_eq!(usize::from(hit.part), i);
                    }
                    tally.one();
                }
            }
            recover(&mut arena, 300);
        }
        Ok(())
    });
}

/// Sections 3 and 4: a slice loses what the hits of the tick dealt, never below 0; it lets sight pass at half health if
/// soft, else when destroyed. Exact in 1/64 points.
#[test]
fn slices_lose_what_was_dealt_and_open_when_the_book_says() {
    let strategy = (any_walls(30), vec(any_place(), 16), any_volleys(6, 12), vec((any_place(), any_place()), 6));
    check(60, 3500, strategy, |(walls, places, rounds, lines), tally| {
        let spots = free_spots(&walls, &places, 6);
        let Some(mut arena) = Arena::new(&walls, &spots, &RuleSet::standard(), 60, &guns()) else { return Ok(()) };
        for (own, slice) in arena.slices.iter().enumerate() {
            let g = arena.view().map().geometry();
            let theirs = [g.x0[own], g.y0[own], g.x1[own], g.y1[own]].map(f64::from);
            let ours = [slice.x0, slice.y0, slice.x1, slice.y1];
            prop_assert!(theirs.iter().zip(ours).all(|(a, b)| (a - b).abs() < 1e-3), "slice {}", own);
        }
        let mut expected: Vec<i64> = arena.slices.iter().map(|s| (s.health * 64.0) as i64).collect();
        for round in &rounds {
            volley(&mut arena, round);
            let mut dealt: BTreeMap<u16, i64> = BTreeMap::new();
            for hit in arena.of(EventKind::HitWall) {
                *dealt.entry(hit.slice).or_default() += i64::from(hit.value);
            }
            let mut told: BTreeMap<u16, (i64, u32)> = BTreeMap::new();
            for e in &arena.events {
                if e.kind == EventKind::WallDamaged as u8 || e.kind == EventKind::SliceDestroyed as u8 {
                    let entry = told.entry(e.slice).or_default();
                    entry.0 += i64::from(e.value);
                    entry.1 += u32::from(e.kind == EventKind::SliceDestroyed as u8);
                    prop_assert_eq!(e.flags & flag::DESTROYED != 0, e.aux == 0);
                }
            }
            let mut really: BTreeMap<u16, (i64, u32)> = BTreeMap::new();
            for (&slice, &points) in &dealt {
                let before = expected[slice as usize];
                let lost = points.min(before);
                expected[slice as usize] -= lost;
                if lost > 0 {
                    really.insert(slice, (lost, u32::from(lost == before)));
                }
            }
            prop_assert_eq!(told, really, "what is told is what was dealt, and a slice breaks once");
            arena.sync();
            for (i, slice) in arena.slices.iter().enumerate().filter(|(_, s)| s.health.is_finite()) {
                prop_assert_eq!((slice.health * 64.0) as i64, expected[i], "slice {}", i);
            }
            for &(a, b) in &lines {
                let (from, to) = ((a.0.into(), a.1.into()), (b.0.into(), b.1.into()));
                match walls::line_passes(&arena.slices, from, to, 0.02, |s| !s.lets_sight_pass()) {
                    None => tally.skip(),
                    Some(want) => {
                        let got = arena.view().line_is_clear(Vec2::new(a.0, a.1), Vec2::new(b.0, b.1));
                        prop_assert_eq!(got, want, "{:?} to {:?}", a, b);
                        tally.one();
                    }
                }
            }
            recover(&mut arena, 100);
        }
        Ok(())
    });
}

/// Everything that flies, two for each player.
fn things_to_throw() -> Vec<Loadout> {
    use Weapon::*;
    vec![
        loadout(Rifle, Pistol, &[Grenade, Rocket]),
        loadout(Rifle, Pistol, &[Grenade, GrenadeLauncher]),
        loadout(Rifle, Pistol, &[SmokeGrenade, Rocket]),
        loadout(Rifle, Pistol, &[Flashbang, GrenadeLauncher]),
        loadout(Rifle, Pistol, &[Grenade, Rocket]),
        loadout(Rifle, Pistol, &[Grenade, GrenadeLauncher]),
    ]
}

type Throw = ((bool, u8), (f32, f32), u8);

fn any_throws(players: usize, rounds: usize) -> impl Strategy<Value = Vec<Vec<Throw>>> {
    vec(vec(((any::<bool>(), 1..6u8), any_place(), 0..3u8), players), rounds)
}

/// Everybody takes something in hand and throws or launches it.
fn throw_all(arena: &mut Arena, round: &[Throw]) {
    arena.next_input();
    for (i, ((first, _), mouse, _)) in round.iter().enumerate().take(arena.players.len()) {
        arena.input(i, NONE, if *first { Buttons::SLOT3 } else { Buttons::SLOT4 }, *mouse);
    }
    arena.tick();
    arena.next_input();
    for (i, ((first, level), mouse, _)) in round.iter().enumerate().take(arena.players.len()) {
        if *first {
            arena.world.throw(arena.game, arena.players[i], *level).unwrap();
            arena.input(i, NONE, NONE, *mouse);
        } else {
            arena.input(i, NONE, FIRE, *mouse);
        }
    }
}

fn is_thrown(weapon: Weapon) -> bool {
    matches!(weapon, Weapon::Grenade | Weapon::SmokeGrenade | Weapon::Flashbang)
}

/// Speed at the start and range.
fn launch(weapon: Weapon, level: u8, legacy: bool) -> (f64, f64) {
    match weapon {
        Weapon::Grenade => (12.0 + 18.0 * f64::from(level), 150.0 * (1.0 + 0.5 * (f64::from(level) - 1.0))),
        Weapon::SmokeGrenade | Weapon::Flashbang => (if legacy { 20.0 } else { 120.0 }, 150.0),
        Weapon::GrenadeLauncher => (150.0, 300.0),
        _ => (200.0, 400.0),
    }
}

/// Ticks until it goes off by itself.
fn fuse(weapon: Weapon) -> Option<u32> {
    match weapon {
        Weapon::SmokeGrenade => Some(120),
        Weapon::Flashbang => Some(90),
        Weapon::Rocket => None,
        _ => Some(180),
    }
}

/// Section 5: every tick of every flight: way, friction, bounces, range, fuse. Within 0.05 px and 1% of the speed, of
/// some flight that begins within 0.03 px; off round things within 0.3 px.
#[test]
fn projectiles_fly_as_the_rule_book_says() {
    let strategy = (any_walls(30), vec(any_place(), 16), any::<bool>(), any_throws(6, 3));
    check(60, 20_000, strategy, |(walls, places, legacy, rounds), tally| {
        let spots = free_spots(&walls, &places, 6);
        let mut book = rules(legacy);
        book.life.health = 500;
        book.blast.rays = 0;
        let Some(mut arena) = Arena::new(&walls, &spots, &book, 60, &things_to_throw()) else { return Ok(()) };
        for round in &rounds {
            throw_all(&mut arena, round);
            for _ in 0..185 {
                let before: Vec<ProjectileView> = arena.view().projectiles().collect();
                let living: Vec<(usize, (f64, f64))> = arena
                    .all_players()
                    .iter()
                    .enumerate()
                    .filter(|(_, p)| p.alive)
                    .map(|(i, p)| (i, point(p.position)))
                    .collect();
                arena.sync();
                arena.tick();
                let mut flights: Vec<(u32, Weapon, usize, u8, u32, Flight)> = before
                    .iter()
                    .map(|p| {
                        let ((x, y), (vx, vy)) = (point(p.position), point(p.velocity));
                        let flight = Flight { x, y, vx, vy, flown: p.flown.into() };
                        (p.number, p.weapon, p.owner.unwrap().slot(), p.charge, p.born, flight)
                    })
                    .collect();
                for e in arena.of(EventKind::Launched) {
                    let weapon = Weapon::from_number(e.weapon).unwrap();
                    let (vx, vy) = (f64::from(e.dx), f64::from(e.dy));
                    let (speed, _) = launch(weapon, e.aux as u8, legacy);
                    prop_assert!((vx.hypot(vy) - speed).abs() < 0.01);
                    let thrower = point(arena.player(e.actor as usize).position);
                    prop_assert_eq!(thrower, (e.x.into(), e.y.into()), "from the server's own position");
                    let flight = Flight { x: thrower.0, y: thrower.1, vx, vy, flown: 0.0 };
                    flights.push((e.value as u32, weapon, e.actor as usize, e.aux as u8, e.tick, flight));
                }
                let now = arena.view().tick();
                for (number, weapon, owner, level, born, start) in flights {
                    let (_, range) = launch(weapon, level, legacy);
                    let bounce = match weapon {
                        Weapon::Rocket => None,
                        Weapon::GrenadeLauncher => Some(0.4),
                        _ => Some(0.7),
                    };
                    let manner = Manner { friction: is_thrown(weapon), bounce, range };
                    let from_owner = living
                        .iter()
                        .find(|(i, _)| *i == owner)
                        .map_or(f64::MAX, |(_, at)| (at.0 - start.x).hypot(at.1 - start.y));
                    // Whoever threw it is not in its way at first; the rule book leaves open when that ends.
                    if from_owner < 14.0 && start.flown > 5.0 {
                        tally.skip();
                        continue;
                    }
                    // A body that it begins inside of, because bodies may overlap, lets it out.
                    let inside = |at: (f64, f64)| (at.0 - start.x).hypot(at.1 - start.y) < 8.0 - 0.1;
                    let bodies: Vec<(f64, f64)> = living
                        .iter()
                        .filter(|(i, at)| (*i != owner || from_owner > 14.0) && !inside(*at))
                        .map(|b| b.1)
                        .collect();
                    let after = arena.view().projectiles().find(|p| p.number == number);
                    let went = arena.of(EventKind::Exploded).find(|e| e.value as u32 == number).copied();
                    prop_assert!(after.is_some() != went.is_some(), "it flies on or goes off");
                    let mut wanted = Vec::new();
                    let mut matched = false;
                    for (ox, oy) in [(0.0, 0.0), (0.03, 0.0), (-0.03, 0.0), (0.0, 0.03), (0.0, -0.03)] {
                        let shifted = Flight { x: start.x + ox, y: start.y + oy, ..start };
                        let want = flight::tick(&arena.slices, &bodies, shifted, manner);
                        let speed = want.flight.vx.hypot(want.flight.vy);
                        let slow = legacy && manner.friction && speed < 10.0;
                        let burnt = fuse(weapon).is_some_and(|fuse| now >= born + fuse);
                        let ends = want.struck || burnt || slow || (want.spent && !manner.friction);
                        let near = if want.round || want.bounces > 1 { 0.3 } else { 0.05 };
                        let (x, y) =
                            went.map_or_else(|| point(after.unwrap().position), |e| (f64::from(e.x), f64::from(e.y)));
                        let there = (x - want.flight.x).hypot(y - want.flight.y) < near + ox.abs() + oy.abs();
                        let fast = after.is_none_or(|p| {
                            let (vx, vy) = point(p.velocity);
                            let off = (vx - want.flight.vx).hypot(vy - want.flight.vy);
                            off < 0.05 + speed * if want.round { 0.1 } else { 0.01 }
                        });
                        matched |= there && fast && ends == went.is_some();
                        wanted.push((want, ends));
                        if matched {
                            break;
                        }
                    }
                    // More than two bounces in a tick: wedged in, where every hundredth counts.
                    if !matched && wanted.iter().any(|w| w.0.bounces > 2) {
                        tally.skip();
                        continue;
                    }
                    prop_assert!(
                        matched,
                        "{} {:?} is {:?} / {:?} and not {:?}",
                        weapon.name(),
                        start,
                        after,
                        went,
                        wanted[0]
                    );
                    tally.one();
                }
            }
            recover(&mut arena, 240);
        }
        Ok(())
    });
}

/// Section 6: what explosions do to bodies and slices, many in one tick summed. Bodies exactly, in whole points;
/// slices within 1/32 point a blast.
#[test]
fn blasts_hurt_bodies_and_slices_as_the_rule_book_says() {
    let strategy = (any_walls(30), vec(any_place(), 16), any::<bool>(), any_throws(6, 2), any_place());
    check(100, 2000, strategy, |(walls, places, legacy, rounds, middle), tally| {
        // Spots close together, so that blasts meet several bodies.
        let places: Vec<(f32, f32)> = places
            .iter()
            .map(|p| {
                ((middle.0 + p.0 % 110.0 - 55.0).clamp(6.0, 474.0), (middle.1 + p.1 % 110.0 - 55.0).clamp(6.0, 264.0))
            })
            .collect();
        let spots = free_spots(&walls, &places, 6);
        let mut book = rules(legacy);
        book.blast.rays = 0;
        let Some(mut arena) = Arena::new(&walls, &spots, &book, 60, &things_to_throw()) else { return Ok(()) };
        arena.ticks(125);
        for round in &rounds {
            throw_all(&mut arena, round);
            for _ in 0..185 {
                let before = arena.all_players();
                arena.sync();
                arena.tick();
                let blasts: Vec<(Weapon, (f64, f64), u8)> = arena
                    .of(EventKind::Exploded)
                    .map(|e| (Weapon::from_number(e.weapon).unwrap(), (e.x.into(), e.y.into()), e.actor))
                    .filter(|(weapon, ..)| book::row_of(*weapon).damage > 0.0)
                    .collect();
                if blasts.is_empty() {
                    prop_assert_eq!(arena.of(EventKind::PlayerDamaged).count(), 0);
                    continue;
                }
                for (victim, was) in before.iter().enumerate() {
                    if !was.alive {
                        continue;
                    }
                    let mut by: BTreeMap<u8, f64> = BTreeMap::new();
                    let mut doubt = false;
                    for &(weapon, at, owner) in &blasts {
                        let (damage, radius) = (book::row_of(weapon).damage, book::blast_radius(weapon));
                        match blast::body(&arena.slices, at, point(was.position), damage, radius, legacy) {
                            Some(points) => *by.entry(owner).or_default() += points,
                            None => doubt = true,
                        }
                    }
                    if doubt {
                        tally.skip();
                        continue;
                    }
                    if arena.view().tick() < was.invulnerable_until {
                        by.clear();
                    }
                    let sum: f64 = by.values().sum();
                    let left = (f64::from(was.health) - sum).max(0.0);
                    let now = arena.player(victim);
                    prop_assert_eq!(f64::from(now.health), left, "{} by {:?} from {:?}", victim, by, blasts);
                    prop_assert_eq!(now.alive, left > 0.0);
                    let mut told: BTreeMap<u8, f64> = BTreeMap::new();
                    for e in arena.of(EventKind::PlayerDamaged).filter(|e| e.target as usize == victim) {
                        *told.entry(e.actor).or_default() += f64::from(e.value) * POINT;
                    }
                    prop_assert_eq!(told.values().sum::<f64>(), f64::from(was.health) - left);
                    prop_assert!(told.iter().all(|(by_whom, points)| *points <= by[by_whom]));
                    tally.one();
                }
                let was = arena.slices.clone();
                arena.sync();
                for (i, (was, now)) in was.iter().zip(&arena.slices).enumerate() {
                    if !was.stands() || was.health.is_infinite() {
                        continue;
                    }
                    let points = blasts.iter().map(|&(weapon, at, _)| {
                        blast::slice(was, at, book::row_of(weapon).damage, book::blast_radius(weapon))
                    });
                    let mut want = *was;
                    want.hurt(points.sum());
                    let off = (want.health - now.health).abs();
                    prop_assert!(
                        off < 0.032 * blasts.len() as f64,
                        "slice {} has {} and not {}",
                        i,
                        now.health,
                        want.health
                    );
                }
            }
            recover(&mut arena, 240);
        }
        Ok(())
    });
}

/// Section 6: shrapnel is 16 rays at most of 15 points each, on slices within twice the radius that the blast's place
/// has a clear line to.
#[test]
fn shrapnel_hits_first_slices_within_twice_the_radius() {
    let strategy = (any_walls(30), vec(any_place(), 8), any_place());
    check(150, 200, strategy, |(walls, places, mouse), tally| {
        let spots = free_spots(&walls, &places, 2);
        let Some(mut arena) = Arena::new(&walls, &spots, &RuleSet::standard(), 60, &things_to_throw()) else {
            return Ok(());
        };
        throw_all(&mut arena, &[((false, 1), mouse, 0)]);
        for _ in 0..130 {
            arena.sync();
            arena.tick();
            let Some(went) = arena.of(EventKind::Exploded).next().copied() else { continue };
            let at = (f64::from(went.x), f64::from(went.y));
            let before = arena.slices.clone();
            arena.sync();
            let mut rays = 0.0;
            for (i, (was, now)) in before.iter().zip(&arena.slices).enumerate() {
                if was.health.is_infinite() {
                    continue;
                }
                let mut blasted = *was;
                blasted.hurt(blast::slice(was, at, 200.0, 50.0));
                if !now.stands() {
                    continue;
                }
                let extra = (blasted.health - now.health) / 15.0;
                prop_assert!((extra - extra.round()).abs() < 0.003 && extra > -0.01, "slice {}: {}", i, extra);
                if extra > 0.5 {
                    rays += extra.round();
                    prop_assert!(was.distance(at.0, at.1) <= 100.01, "within twice the radius");
                    // Some point of it is in sight of the blast: tried along its outline.
                    let clear = (0..=400).any(|k| {
                        let t = f64::from(k % 101) / 100.0;
                        let (w, h) = (was.x1 - was.x0, was.y1 - was.y0);
                        let p = match k / 101 {
                            0 => (was.x0 + w * t, was.y0),
                            1 => (was.x0 + w * t, was.y1),
                            2 => (was.x0, was.y0 + h * t),
                            _ => (was.x1, was.y0 + h * t),
                        };
                        others_let_pass(i, &before, at, p)
                    });
                    if clear { tally.one() } else { tally.skip() }
                }
            }
            prop_assert!(rays <= 16.0, "{} rays", rays);
            break;
        }
        Ok(())
    });
}

/// Whether no other slice lies on a line.
fn others_let_pass(but: usize, slices: &[walls::Slice], from: (f64, f64), to: (f64, f64)) -> bool {
    slices.iter().enumerate().all(|(i, s)| i == but || !s.stands() || s.crossed(from, to).0 < 0.02)
}

/// Section 7: intensity of every flash for everybody, and who is too little dazzled to notice. Within 2/1000.
#[test]
fn flashes_dazzle_as_the_rule_book_says() {
    let strategy = (any_walls(30), vec(any_place(), 16), vec(any_place(), 6), vec(any_place(), 6), any_place());
    check(150, 500, strategy, |(walls, places, targets, looks, middle), tally| {
        // Spots close together, so that a flash meets several players.
        let near = |p: &(f32, f32)| {
            ((middle.0 + p.0 % 140.0 - 70.0).clamp(6.0, 474.0), (middle.1 + p.1 % 140.0 - 70.0).clamp(6.0, 264.0))
        };
        let spots = free_spots(&walls, &places.iter().map(near).collect::<Vec<_>>(), 6);
        let carried = [loadout(Weapon::Rifle, Weapon::Pistol, &[Weapon::Flashbang])];
        let Some(mut arena) = Arena::new(&walls, &spots, &RuleSet::standard(), 60, &carried) else { return Ok(()) };
        throw_all(&mut arena, &targets.iter().map(|t| ((true, 1), near(t), 0)).collect::<Vec<_>>());
        arena.tick();
        arena.next_input();
        for (i, look) in looks.iter().enumerate().take(spots.len()) {
            arena.input(i, NONE, NONE, *look);
        }
        for _ in 0..95 {
            arena.tick();
            for went in arena.of(EventKind::Exploded) {
                let at = (f64::from(went.x), f64::from(went.y));
                for (i, player) in arena.all_players().iter().enumerate() {
                    let want = sight::flash(&arena.slices, at, point(player.position), point(player.facing));
                    let Some(want) = want else {
                        tally.skip();
                        continue;
                    };
                    let told = arena
                        .of(EventKind::Dazzled)
                        .filter(|d| d.target as usize == i && d.x == went.x && d.y == went.y && d.actor == went.actor)
                        .map(|d| (d.value, d.aux, d.slice))
                        .next();
                    let Some((value, blind, all)) = told else {
                        prop_assert!(want == 0.0, "{} should be dazzled by {}", i, want);
                        tally.one();
                        continue;
                    };
                    prop_assert!(
                        (f64::from(value) / 1000.0 - want).abs() < 0.002,
                        "{} is dazzled by {} and not {}",
                        i,
                        value,
                        want
                    );
                    // Ticks of the phases: 1.5 and 4.5 s x intensity.
                    prop_assert!(
                        (f64::from(blind) - want * 90.0).abs() < 1.2 && (f64::from(all) - want * 270.0).abs() < 1.5
                    );
                    tally.one();
                }
            }
        }
        Ok(())
    });
}

/// Sections 4 and 7: who sees whom, by trying points all across every body against every slice and through sampled
/// smoke, while walls are shot to pieces, smoke drifts up and flashes go off; and the depth of smoke along lines,
/// within 1% + 0.02.
#[test]
fn who_sees_whom_and_through_how_much_smoke() {
    use Weapon::*;
    let script = vec((vec((0..16u8, any_place()), 6), 1..14u32), 24);
    let lines = vec((any_place(), any_place()), 3);
    let strategy = (any_walls(26), vec(any_place(), 16), any::<bool>(), script, lines, any_place());
    check(40, 4000, strategy, |(walls, places, legacy, script, lines, middle), tally| {
        let near = |p: &(f32, f32)| {
            ((middle.0 + p.0 % 260.0 - 130.0).clamp(6.0, 474.0), (middle.1 + p.1 % 180.0 - 90.0).clamp(6.0, 264.0))
        };
        let spots = free_spots(&walls, &places.iter().map(near).collect::<Vec<_>>(), 6);
        let mut book = rules(legacy);
        book.life.health = 500;
        let carried = [
            loadout(Rifle, Pistol, &[SmokeGrenade, Flashbang]),
            loadout(BattleRifle, Pistol, &[AntiMaterialRifle]),
            loadout(SniperRifle, Pistol, &[Flashbang, SmokeGrenade]),
        ];
        let Some(mut arena) = Arena::new(&walls, &spots, &book, 60, &carried) else { return Ok(()) };
        let count = spots.len();
        let mut dazzled: Vec<Option<(f64, u32)>> = vec![None; count];
        for (round, (players, ticks)) in script.iter().enumerate() {
            for _ in 0..*ticks {
                arena.next_input();
                for (i, (keys, mouse)) in players.iter().enumerate().take(count) {
                    // Walks, and fires or throws in turn.
                    let taps = match (round + i) % 3 {
                        0 => SLOTS[(round / 3 + i) % 4],
                        1 => FIRE,
                        _ => NONE,
                    };
                    let mouse = if round % 3 == 2 { *mouse } else { near(mouse) };
                    arena.input(i, Buttons(u16::from(*keys)), taps, mouse);
                }
                arena.tick();
                let tick = arena.view().tick();
                for e in arena.events.iter().filter(|e| e.kind == EventKind::Dazzled as u8) {
                    let now = dazzled[e.target as usize];
                    let present = now.map_or(0.0, |(i, t)| sight::dazed(i, f64::from(tick - t) / 60.0).1);
                    // A weaker flash does not shorten a stronger one.
                    if f64::from(e.value) / 1000.0 > present {
                        dazzled[e.target as usize] = Some((f64::from(e.value) / 1000.0, tick));
                    }
                }
                if arena.of(EventKind::Died).next().is_some() {
                    return Ok(());
                }
            }
            arena.sync();
            let tick = arena.view().tick();
            let clouds: Vec<sight::Cloud> = arena
                .view()
                .clouds()
                .map(|c| sight::cloud(c.disc.x.into(), c.disc.y.into(), f64::from(tick - c.born) / 60.0))
                .collect();
            for (ours, theirs) in clouds.iter().zip(arena.view().clouds()) {
                prop_assert!((ours.radius - f64::from(theirs.disc.radius)).abs() < 0.01, "{:?} {:?}", ours, theirs);
                prop_assert!((ours.density - f64::from(theirs.disc.density)).abs() < 0.001, "{:?} {:?}", ours, theirs);
            }
            for &(a, b) in lines.iter().filter(|_| !clouds.is_empty()) {
                let want = sight::depth(&clouds, (a.0.into(), a.1.into()), (b.0.into(), b.1.into()));
                let got = f64::from(arena.view().smoke_between(Vec2::new(a.0, a.1), Vec2::new(b.0, b.1)));
                prop_assert!((got - want).abs() < 0.02 + want * 0.01, "smoke of {} and not {}", got, want);
            }
            let players = arena.all_players();
            for (i, viewer) in players.iter().enumerate() {
                let (blind, impaired) = dazzled[i]
                    .map_or((false, 0.0), |(intensity, t)| sight::dazed(intensity, f64::from(tick - t) / 60.0));
                let doubt =
                    dazzled[i].is_some_and(|(intensity, t)| (f64::from(tick - t) - 90.0 * intensity).abs() < 0.1);
                let eyes = sight::Viewer {
                    at: point(viewer.position),
                    facing: point(viewer.facing),
                    cursor: point(viewer.cursor),
                    blind,
                    impaired,
                };
                if doubt {
                    continue;
                }
                prop_assert_eq!(viewer.blind, blind);
                // Intensities are told in 1/1000.
                prop_assert!((f64::from(viewer.impairment[0]) - impaired).abs() < 0.004);
                let (distance, cone) = sight::reach(&eyes, legacy);
                prop_assert!((f64::from(viewer.sight) - distance).abs() < 0.9, "{} is not {}", viewer.sight, distance);
                prop_assert!((f64::from(viewer.cone) - cone).abs() < 0.002);
                // As exactly as it is known.
                let eyes = sight::Viewer { impaired: viewer.impairment[0].into(), ..eyes };
                for (j, target) in players.iter().enumerate() {
                    let got = arena.view().sees(i) >> j & 1 == 1;
                    if viewer.team == target.team {
                        prop_assert!(!got, "team mates are known anyway");
                        continue;
                    }
                    match sight::sees(&arena.slices, &clouds, &eyes, point(target.position), legacy) {
                        None => tally.skip(),
                        Some(want) => {
                            prop_assert_eq!(got, want, "{:?} sees {:?} through {:?}", eyes, target.position, clouds);
                            tally.one();
                        }
                    }
                }
            }
        }
        Ok(())
    });
}

/// What the reference knows of a life.
#[derive(Debug, Clone, Copy, Default)]
struct Ledger {
    health: i64,
    alive: bool,
    kills: u16,
    deaths: u16,
    damage_dealt: i64,
    death_tick: u32,
    safe_until: u32,
}

/// Section 1: health, damage credit, kills, team kills, deaths, respawns, invulnerability, scores and the match's end,
/// kept in a ledger of their own from the bullets' hits alone, exactly.
#[test]
fn lives_are_kept_as_the_rule_book_says() {
    let act = (0..5u8, any::<bool>(), any_place());
    let strategy = (vec(any_place(), 16), any::<bool>(), vec(vec(act, 6), 90), 3..9u16);
    check(100, 20_000, strategy, |(places, legacy, script, target), tally| {
        // All within 60 px, in the open: everybody is hit all the time.
        let near = |p: &(f32, f32)| (210.0 + p.0 % 60.0, 105.0 + p.1 % 60.0);
        let spots = free_spots(&[], &places.iter().map(near).collect::<Vec<_>>(), 6);
        let map = GameMap::from_rects(&[], &spots).unwrap();
        let mut world = World::new(WorldDef { rules: rules(legacy), ..WorldDef::default() }).unwrap();
        let game = world.create_match(&map, MatchDef { seed: 3, kill_target: Some(target) }).unwrap();
        let arms = [
            loadout(Weapon::Rifle, Weapon::Revolver, &[]),
            loadout(Weapon::BattleRifle, Weapon::Pistol, &[]),
            loadout(Weapon::SniperRifle, Weapon::Revolver, &[]),
        ];
        let join = |world: &mut World, i: usize| {
            let def = PlayerDef { team: Some(spots[i].team), loadout: arms[i % 3], spawn: true };
            world.add_player(game, def).unwrap()
        };
        let mut players: Vec<PlayerId> = (0..6).map(|i| join(&mut world, i)).collect();
        let team = |i: usize| spots[i].team;
        let fresh = |safe| Ledger { health: 6400, alive: true, safe_until: safe, ..Ledger::default() };
        let mut books = [fresh(120); 6];
        let mut score = [0u16; 2];
        let mut over = false;
        world.drain_events(game, |_| {}).unwrap();
        for round in &script {
            for turn in 0..8u32 {
                for (i, &(action, held, mouse)) in round.iter().enumerate() {
                    let aim =
                        world.view(game).unwrap().player(players[(i + 1 + action as usize) % 6]).unwrap().position;
                    let at = if held { aim } else { Vec2::new(mouse.0, mouse.1) };
                    let taps = match (turn, action) {
                        (0, 0) => Buttons::SLOT2,
                        (0, 1) => Buttons::SLOT1,
                        (1, 2) => Buttons::RELOAD,
                        (2, 3 | 4) => Buttons::RESPAWN,
                        _ if turn % 2 == 1 => FIRE,
                        _ => NONE,
                    };
                    world.tap(game, players[i], taps).unwrap();
                    let sequence = world.view(game).unwrap().player(players[i]).unwrap().last_sequence + 1;
                    world.push_input(game, players[i], InputCmd::new(sequence, NONE, NONE, at).unwrap()).unwrap();
                }
                // Now and then somebody leaves and another comes in the same place.
                let first = round[0].2;
                if turn == 7 && first.0 < 20.0 && !over {
                    world.remove_player(game, players[2]).unwrap();
                    players[2] = join(&mut world, 2);
                    // Within the match's first second nobody is a late joiner.
                    let tick = world.view(game).unwrap().tick();
                    books[2] = fresh(tick + if tick > 60 { 180 } else { 120 });
                    world.drain_events(game, |_| {}).unwrap();
                }
                world.step();
                let mut events = Vec::new();
                world.drain_events(game, |e| events.push(*e)).unwrap();
                let view = world.view(game).unwrap();
                let tick = view.tick();
                let of = |kind: EventKind| events.iter().filter(move |e| e.kind == kind as u8);

                // Hits of the tick, by victim and attacker.
                let mut hits = [[0i64; 6]; 6];
                for e in of(EventKind::HitPlayer) {
                    prop_assert!(books[e.actor as usize].alive, "the dead do not fire");
                    prop_assert!(books[e.target as usize].alive, "nor are they hit");
                    hits[e.target as usize][e.actor as usize] += i64::from(e.value);
                }
                let was_over = over;
                for victim in 0..6 {
                    let sum: i64 = hits[victim].iter().sum();
                    let book = books[victim];
                    let told: Vec<&Event> =
                        of(EventKind::PlayerDamaged).filter(|e| e.target as usize == victim).collect();
                    let died: Vec<&Event> = of(EventKind::Died).filter(|e| e.target as usize == victim).collect();
                    if sum == 0 || tick < book.safe_until || over {
                        let unhurt = told.is_empty() && died.is_empty();
                        prop_assert!(unhurt, "{} of {:?} at {}: {:?} {:?}", victim, book, tick, told, died);
                        continue;
                    }
                    let lost = sum.min(book.health);
                    prop_assert_eq!(told.iter().map(|e| i64::from(e.value)).sum::<i64>(), lost);
                    for e in &told {
                        let dealt = i64::from(e.value);
                        let by = e.actor as usize;
                        prop_assert!(dealt > 0 && dealt <= hits[victim][by]);
                        if lost < book.health {
                            prop_assert_eq!(dealt, hits[victim][by]);
                        }
                        if team(by) != team(victim) {
                            books[by].damage_dealt += dealt;
                        }
                    }
                    books[victim].health -= lost;
                    prop_assert_eq!(died.len(), usize::from(lost == book.health));
                    if let Some(e) = died.first() {
                        let killer = e.actor as usize;
                        prop_assert!(hits[victim][killer] > 0, "the killer is one who hit");
                        prop_assert_eq!(e.flags & flag::TEAM_KILL != 0, team(killer) == team(victim));
                        books[victim] = Ledger {
                            alive: false,
                            deaths: books[victim].deaths + 1,
                            death_tick: tick,
                            ..books[victim]
                        };
                        if team(killer) != team(victim) {
                            books[killer].kills += 1;
                            score[team(killer) as usize] += 1;
                        }
                    }
                }
                over = over || score[0].max(score[1]) >= target;
                prop_assert_eq!(of(EventKind::MatchEnded).count(), usize::from(over && !was_over), "exactly one end");

                for (i, act) in round.iter().enumerate() {
                    let book = books[i];
                    let asked = turn == 2 && act.0 >= 3 && !book.alive && book.death_tick < tick && !over;
                    let spawned = of(EventKind::Spawned).find(|e| e.actor as usize == i);
                    let denied = of(EventKind::RespawnDenied).find(|e| e.actor as usize == i);
                    let earliest = book.death_tick + 180;
                    prop_assert_eq!(spawned.is_some(), asked && tick >= earliest, "at {} of {}", tick, earliest);
                    prop_assert_eq!(
                        denied.map(|e| e.value as u32),
                        (asked && tick < earliest).then(|| earliest - tick)
                    );
                    if spawned.is_some() {
                        books[i] = Ledger { health: 6400, alive: true, safe_until: tick + 120, ..book };
                        for weapon in view.weapons(players[i]).unwrap().into_iter().flatten() {
                            let row = book::row_of(weapon.weapon);
                            prop_assert_eq!((weapon.ammo, weapon.reserve), (row.magazine, row.reserve), "in full");
                        }
                        let at = view.player(players[i]).unwrap().position;
                        prop_assert!(spots.iter().any(|s| s.team == team(i) && s.at == at), "a spawn of the own team");
                    }
                    let (p, book) = (view.player(players[i]).unwrap(), books[i]);
                    prop_assert_eq!((p.health * 64.0) as i64, book.health);
                    prop_assert_eq!((p.alive, p.kills, p.deaths), (book.alive, book.kills, book.deaths));
                    prop_assert_eq!((p.damage_dealt * 64.0) as i64, book.damage_dealt);
                    if !book.alive {
                        prop_assert_eq!((p.respawn_tick, p.respawn_shown_tick), (earliest, book.death_tick + 300));
                    }
                    tally.one();
                }
                prop_assert_eq!(view.score(), score, "leavers' kills stay");
                prop_assert_eq!(view.is_over(), over);
                if over {
                    let winner = match score[0].cmp(&score[1]) {
                        core::cmp::Ordering::Greater => Some(Team::Red),
                        core::cmp::Ordering::Less => Some(Team::Blue),
                        core::cmp::Ordering::Equal => None,
                    };
                    prop_assert_eq!(view.winner(), winner);
                }
            }
        }
        Ok(())
    });
}

/// Section 5: between any two shots of a weapon lie as many intervals of its rate as shots, less one tick of rounding,
/// whatever is held, tapped, switched and reloaded; and held fire is late by a tick at most.
#[test]
fn no_window_holds_more_shots_than_the_rate() {
    let script = vec((0..8u8, 0..3u8, 1..40u32), 40);
    let strategy = (any::<proptest::sample::Index>(), prop_oneof![Just(20u32), Just(60), Just(97), Just(240)], script);
    check(120, 2000, strategy, |(carried, rate, script), tally| {
        let everything = [guns(), things_to_throw()].concat();
        let carried = everything[carried.index(everything.len())];
        let places = [(40.0, 135.0), (440.0, 20.0)];
        let spots = free_spots(&[], &places, 2);
        let mut book = RuleSet::standard();
        for weapon in &mut book.weapons {
            // Magazines that last, so that the rate alone limits.
            weapon.magazine = 1000;
        }
        book.heat.limit = None;
        book.life.health = 500;
        let mut arena = Arena::new(&[], &spots, &book, rate, &[carried]).unwrap();
        let mut shots: BTreeMap<u8, Vec<u32>> = BTreeMap::new();
        for (action, place, ticks) in script {
            for t in 0..ticks {
                arena.next_input();
                let (held, taps) = match action {
                    0 | 1 => (FIRE, NONE),
                    2 | 3 => (NONE, FIRE | Buttons::THROW),
                    4 => (if t % 2 == 0 { FIRE } else { NONE }, FIRE),
                    5 if t == 0 => (FIRE, SLOTS[place as usize]),
                    6 if t % 3 == 0 => (FIRE, SLOTS[place as usize] | FIRE),
                    7 if t == 0 => (FIRE, Buttons::RELOAD),
                    _ => (FIRE, NONE),
                };
                arena.input(0, held, taps, (470.0, 250.0));
                arena.tick();
                for e in &arena.events {
                    if e.actor == 0 && (e.kind == EventKind::Fired as u8 || e.kind == EventKind::Launched as u8) {
                        shots.entry(e.weapon).or_default().push(e.tick);
                    }
                }
            }
        }
        for (weapon, ticks) in shots {
            let row = book::row_of(Weapon::from_number(weapon).unwrap());
            let interval = 60.0 * f64::from(rate) / f64::from(row.rate);
            for (i, &a) in ticks.iter().enumerate() {
                for (j, &b) in ticks.iter().enumerate().skip(i + 1) {
                    let least = (j - i) as f64 * interval - 1.0;
                    prop_assert!(
                        f64::from(b - a) > least - 1e-6,
                        "{}: {} shots within {} ticks",
                        row.name,
                        j - i + 1,
                        b - a
                    );
                    tally.one();
                }
            }
        }
        Ok(())
    });
}

/// Section 11: however inputs arrive, over any window nobody walks further than game time allows and six saved inputs
/// more. The player runs, and lets go now and then; arrival is random: nothing, bursts, floods, gaps in the
/// sequence, repeated and late packets.
#[test]
fn no_arrival_of_inputs_gains_speed() {
    let arrival = prop_oneof![4 => Just(1u32), 3 => Just(0), 2 => 2..8u32, 1 => 8..30u32];
    let packet = (arrival, 0..20u32, 1..9u8, 0..4u32);
    let strategy = (prop_oneof![Just(20u32), Just(60), Just(144)], vec(packet, 200));
    check(150, 100_000, strategy, |(rate, packets), tally| {
        let places = [(240.0, 135.0), (440.0, 20.0)];
        let mut arena =
            Arena::new(&[], &free_spots(&[], &places, 2), &RuleSet::legacy(), rate, &[Loadout::default()]).unwrap();
        // Back and forth in the middle, so that no edge is reached.
        let directions = [Buttons::LEFT, Buttons::RIGHT, Buttons::UP, Buttons::DOWN];
        let mut sequence = 0u32;
        let mut ways = vec![0.0f64];
        for (arrived, lost, pace, turn) in packets {
            sequence += if lost == 0 { 3 } else { 0 };
            for _ in 0..arrived {
                sequence += 1;
                let p = arena.player(0).position - Vec2::new(240.0, 135.0);
                let home = match turn {
                    0 | 1 if p.x > 0.0 => directions[0],
                    0 | 1 => directions[1],
                    _ if p.y > 0.0 => directions[2],
                    _ => directions[3],
                };
                // A late packet now and then.
                let number = if lost == 1 { sequence.saturating_sub(u32::from(pace)) } else { sequence };
                let keys = if pace == 1 || pace == 2 { NONE } else { home | Buttons::RUN };
                let input = InputCmd::new(number, keys, NONE, Vec2::new(470.0, 135.0)).unwrap();
                arena.world.push_input(arena.game, arena.players[0], input).unwrap();
            }
            let before = arena.player(0).position;
            arena.tick();
            ways.push(ways.last().unwrap() + f64::from(before.distance(arena.player(0).position)));
        }
        // px an input: 150 / 60.
        for from in 0..ways.len() {
            for to in from + 1..ways.len() {
                let inputs = (to - from) as f64 * 60.0 / f64::from(rate) + 6.0;
                let way = ways[to] - ways[from];
                prop_assert!(way <= inputs * 2.5 + 0.1, "{} px in {} ticks at {} Hz", way, to - from, rate);
                tally.one();
            }
        }
        Ok(())
    });
}

/// Section 11: a client that sends 60 a second walks exactly its inputs, whatever late network of up to 5 ticks lies
/// between, as long as its packets come in order.
#[test]
fn a_late_network_loses_nothing() {
    let strategy = (vec(0..6u32, 150), 0..4u32);
    check(300, 300, strategy, |(mut delays, calm), tally| {
        let places = [(100.0, 135.0), (440.0, 20.0)];
        let mut arena =
            Arena::new(&[], &free_spots(&[], &places, 2), &RuleSet::standard(), 60, &[Loadout::default()]).unwrap();
        // At the end the network is on time, and so is the account.
        let last = delays.len() - calm as usize - 8;
        delays[last..].fill(0);
        let mut due = 0;
        let arrives: Vec<u32> = delays
            .iter()
            .enumerate()
            .map(|(sent, delay)| {
                due = due.max(sent as u32 + delay);
                due
            })
            .collect();
        for t in 0..delays.len() as u32 {
            for (sent, _) in arrives.iter().enumerate().filter(|(_, at)| **at == t) {
                let input = InputCmd::new(sent as u32 + 1, Buttons::RIGHT, NONE, Vec2::new(470.0, 135.0)).unwrap();
                arena.world.push_input(arena.game, arena.players[0], input).unwrap();
            }
            arena.tick();
        }
        let way = f64::from(arena.player(0).position.x) - 100.0;
        let want = delays.len() as f64 * 100.0 / 60.0;
        prop_assert!((way - want).abs() < 0.02, "{} px and not {}", way, want);
        prop_assert_eq!(arena.player(0).dropped_inputs, 0);
        tally.one();
        Ok(())
    });
}

/// Sections 5 and 6: the shots and blasts of a tick have the same outcome in any order of slots. Accuracy 1 and no
/// shrapnel, for randomness is keyed by slots and serial numbers.
#[test]
fn slots_in_another_order_give_the_same_outcome() {
    use Weapon::*;
    let strategy =
        (any_walls(30), vec(any_place(), 16), vec((0..6usize, any_place(), 0..3u8), 6), any_place(), 0..24usize);
    check(60, 200, strategy, |(walls, places, targets, middle, order), tally| {
        let near = |p: &(f32, f32)| {
            ((middle.0 + p.0 % 120.0 - 60.0).clamp(6.0, 474.0), (middle.1 + p.1 % 120.0 - 60.0).clamp(6.0, 264.0))
        };
        let spots = free_spots(&walls, &places.iter().map(near).collect::<Vec<_>>(), 4);
        if spots.len() < 4 {
            return Ok(());
        }
        let carried = [
            loadout(SniperRifle, Pistol, &[Grenade]),
            loadout(BattleRifle, Pistol, &[Grenade]),
            loadout(Smg, Pistol, &[Grenade]),
            loadout(Rifle, Pistol, &[Grenade]),
        ];
        let mut book = RuleSet::standard();
        book.spread = 0.0;
        book.blast.rays = 0;
        book.life.health = 90;
        let outcome = |order: [usize; 4]| {
            let spots: Vec<Spawn> = order.iter().map(|&i| spots[i]).collect();
            let carried = order.map(|i| carried[i]);
            // Everybody on the own spot: the lane of spot i is where order holds i.
            let map = GameMap::from_rects(&walls, &spots).unwrap();
            for seed in 0..4000 {
                let mut world = World::new(WorldDef { rules: book.clone(), ..WorldDef::default() }).unwrap();
                let game = world.create_match(&map, MatchDef { seed, kill_target: None }).unwrap();
                let players: Vec<PlayerId> = (0..4)
                    .map(|i| {
                        let def = PlayerDef { team: Some(spots[i].team), loadout: carried[i], spawn: true };
                        world.add_player(game, def).unwrap()
                    })
                    .collect();
                let placed = |world: &World, i: usize| world.view(game).unwrap().player(players[i]).unwrap();
                if (0..4).any(|i| placed(&world, i).position != spots[i].at) {
                    continue;
                }
                // A grenade each, all going off in one tick, then a volley of shots in one tick.
                for (i, &who) in order.iter().enumerate() {
                    let (_, mouse, level) = targets[who];
                    let input = InputCmd::new(1, NONE, Buttons::SLOT3, Vec2::new(mouse.0, mouse.1)).unwrap();
                    world.push_input(game, players[i], input).unwrap();
                    world.throw(game, players[i], level + 1).unwrap();
                }
                for _ in 0..190 {
                    world.step();
                }
                let mut number = 1;
                for hand in [Buttons::SLOT1, FIRE] {
                    number += 1;
                    for (i, &who) in order.iter().enumerate() {
                        let lane = order.iter().position(|&o| o == targets[who].0 % 4).unwrap();
                        let at = placed(&world, lane).position;
                        let input = InputCmd::new(number, NONE, hand, at).unwrap();
                        world.push_input(game, players[i], input).unwrap();
                    }
                    world.step();
                }
                let view = world.view(game).unwrap();
                let mut lives: Vec<(usize, u32, bool, u16, u32, u8)> = (0..4)
                    .map(|i| {
                        let p = placed(&world, i);
                        // Who is seen, by person and not by slot.
                        let sees = (0..4).filter(|&l| view.sees(i) >> l & 1 == 1).fold(0, |m, l| m | 1u8 << order[l]);
                        (order[i], p.health.to_bits(), p.alive, p.deaths, p.damage_dealt.to_bits(), sees)
                    })
                    .collect();
                lives.sort_unstable();
                let slices: Vec<u16> = (0..map.geometry().slice_count).map(|s| view.slice_health(s)).collect();
                return Some((lives, slices, view.score()));
            }
            None
        };
        let orders = [[1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0], [0, 3, 2, 1], [2, 1, 0, 3]];
        let (Some(a), Some(b)) = (outcome([0, 1, 2, 3]), outcome(orders[order % 5])) else {
            tally.skip();
            return Ok(());
        };
        prop_assert_eq!(&a.0, &b.0, "lives in {:?}", orders[order % 5]);
        prop_assert_eq!(&a.1, &b.1, "slices in {:?}", orders[order % 5]);
        prop_assert_eq!(a.2, b.2, "the score in {:?}", orders[order % 5]);
        for _ in 0..4 {
            tally.one();
        }
        Ok(())
    });
}
