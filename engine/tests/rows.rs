//! Rows of the rule book that no scenario elsewhere covers: the tables as they are printed, against the rule sets, and
//! the sentences between them.
#![allow(missing_docs, clippy::unwrap_used, unreachable_pub)]

#[path = "reference/book.rs"]
#[allow(dead_code)]
mod book;
mod support;

use support::*;
use trespasser::rules::{Fire, Material, Payload, Slot};
use trespasser::*;

fn close(a: f32, b: f64, what: &str) {
    assert!((f64::from(a) - b).abs() < 1e-5, "{what} is {a} and not {b}");
}

/// Section 5, the whole weapon table, row by row, in both rule sets.
#[test]
fn s5_weapon_table() {
    for rules in [RuleSet::standard(), RuleSet::legacy()] {
        for row in &book::WEAPONS {
            let rule = &rules.weapons[row.weapon as usize];
            let what = |field: &str| format!("{} {} of {}", rules.name, field, row.name);
            assert_eq!(row.weapon.name(), row.name);
            assert_eq!(row.name.parse::<Weapon>().unwrap(), row.weapon);
            let slot = match row.slots {
                0 => Slot::Primary,
                -1 => Slot::Secondary,
                n => Slot::Support(n as u8),
            };
            assert_eq!(rule.slot, slot, "{}", what("slot"));
            assert_eq!(f64::from(rule.damage), row.damage, "{}", what("damage"));
            assert_eq!((rule.magazine, rule.reserve), (row.magazine, row.reserve), "{}", what("rounds"));
            assert_eq!(u32::from(rule.rate), row.rate, "{}", what("rate"));
            assert_eq!(u32::from(rule.reload_ms), row.reload, "{}", what("reload"));
            close(rule.accuracy, row.accuracy, &what("accuracy"));
            close(rule.range, row.range, &what("range"));
            let automatic = [Weapon::Rifle, Weapon::Smg, Weapon::MachineGun].contains(&row.weapon);
            let thrown = [Weapon::Grenade, Weapon::SmokeGrenade, Weapon::Flashbang].contains(&row.weapon);
            let fire = if automatic {
                Fire::Automatic
            } else if thrown {
                Fire::Thrown
            } else {
                Fire::Single
            };
            assert_eq!(rule.fire, fire, "{}", what("trigger"));
            assert_eq!(rule.pellets, if row.weapon == Weapon::Shotgun { 8 } else { 1 }, "{}", what("pellets"));
            assert_eq!(rule.heats, row.weapon == Weapon::MachineGun, "{}", what("heat"));
            let through = if row.weapon == Weapon::AntiMaterialRifle { 3 } else { 0 };
            assert_eq!(rule.penetrations, through, "{}", what("penetrations"));
            let flies = thrown || [Weapon::Rocket, Weapon::GrenadeLauncher].contains(&row.weapon);
            assert_eq!(rule.projectile.is_some(), flies, "{}", what("projectile"));
        }
        let flight = |w: Weapon| rules.weapons[w as usize].projectile.unwrap();
        let shell = flight(Weapon::GrenadeLauncher);
        assert_eq!((shell.speed, shell.blast, shell.fuse_ms, shell.bounce), (150.0, 40.0, Some(3000), Some(0.4)));
        let rocket = flight(Weapon::Rocket);
        assert_eq!((rocket.speed, rocket.blast, rocket.fuse_ms, rocket.bounce), (200.0, 50.0, None, None));
        assert!(shell.ends_at_range && rocket.ends_at_range);
        for (weapon, payload, fuse) in [
            (Weapon::Grenade, Payload::Blast, 3000),
            (Weapon::SmokeGrenade, Payload::Smoke, 2000),
            (Weapon::Flashbang, Payload::Flash, 1500),
        ] {
            let rule = flight(weapon);
            assert_eq!((rule.payload, rule.fuse_ms, rule.bounce), (payload, Some(fuse), Some(0.7)));
        }
        assert_eq!(flight(Weapon::Grenade).blast, 40.0);
    }
}

/// Sections 1, 2, 4 to 7 and 11: every number of the tables and sentences that is a field of a rule set.
#[test]
fn numbers_of_the_rule_sets() {
    let s = RuleSet::standard();
    let right_angle = std::f64::consts::FRAC_PI_2;
    close(s.movement.body_radius, 6.0, "body");
    assert_eq!([s.movement.sneak, s.movement.walk, s.movement.run], [50.0, 100.0, 150.0]);
    close(s.movement.run_arc.unwrap(), right_angle, "running arc");
    assert_eq!((s.movement.aim_speed, s.movement.aim_stops_run), (0.5, true));
    assert_eq!((s.movement.stop, s.movement.idle), (0.8, 10.0));
    close(s.vision.cone, right_angle * 4.0 / 3.0, "cone");
    assert_eq!((s.vision.distance, s.vision.close), (160.0, 12.0));
    let look = s.vision.look.as_ref().unwrap();
    assert_eq!((look.near, look.far, look.distance), (80.0, 220.0, 220.0));
    close(look.cone, right_angle, "cone at full stretch");
    close(s.spread, 0.1, "spread");
    close(s.pellet_spread, 0.075, "pellets");
    close(s.pellet_start, 8.0, "pellets' start");
    assert_eq!([s.accuracy_aiming, s.accuracy_moving, s.accuracy_running], [0.2, -0.3, -0.2]);
    assert_eq!(s.accuracy_range, (0.1, 1.0));
    let falloff = s.falloff.as_ref().unwrap();
    assert_eq!((falloff.full_to, falloff.floor), (0.7, 0.3));
    assert_eq!(falloff.pellet_steps.map(|p| p.1), [1.0, 0.5, 0.25]);
    assert_eq!((falloff.pellet_steps[0].0, falloff.pellet_steps[1].0), (10.0, 20.0));
    assert_eq!((s.soft_cost, s.penetration_loss), (15, [0.2, 0.4, 0.6]));
    let heat = &s.heat;
    assert_eq!((heat.per_shot, heat.per_second, heat.limit, heat.silence_ms, heat.after), (5, 10, Some(100), 3000, 50));
    let t = &s.throws;
    assert_eq!((t.speed, t.speed_per_charge, t.range_per_charge, t.item_speed, t.levels), (12.0, 18.0, 0.5, 120.0, 5));
    assert_eq!((t.radius, t.friction, t.tangent, t.rest), (2.0, 0.85, 0.85, None));
    let b = &s.blast;
    assert_eq!((b.shielded, b.rays, b.ray_damage, b.ray_reach), (true, 16, 15, 2.0));
    let m = &s.smoke;
    assert_eq!((m.radius, m.life_ms, m.expand_ms, m.fade_ms), (60.0, 15_000, 1500, 2000));
    assert_eq!((m.density, m.edge, m.depth), (0.95, 0.5, 0.5));
    let f = &s.flash;
    assert_eq!((f.radius, f.power, f.hidden, f.turn, f.behind, f.least), (120.0, 0.8, 0.1, 0.9, 0.5, 0.15));
    assert_eq!((f.phases_ms, f.impair), ([1500, 2000, 1000], [1.0, 0.8, 0.6]));
    assert_eq!(s.rewind_ms, 200);
    let l = &s.life;
    assert_eq!((l.health, l.kill_target, l.respawn_ms, l.respawn_shown_ms), (100, 50, 3000, 5000));
    assert_eq!((l.invulnerable_ms, l.late_invulnerable_ms), (2000, 3000));
    assert_eq!((s.input.per_second, s.input.saved, s.input.waiting, s.input.repeats), (60, 6, 12, 15));
}

/// Where a row names `legacy`, and nowhere else, the two rule sets differ.
#[test]
fn legacy_differs_where_the_book_says_so() {
    let mut rules = RuleSet::standard();
    rules.name = "legacy";
    // Section 2: runs any way; aiming changes no speed.
    (rules.movement.run_arc, rules.movement.aim_speed, rules.movement.aim_stops_run) = (None, 1.0, false);
    // Section 4: 160 px always.
    rules.vision.look = None;
    // Section 5: no falloff, no overheating, smoke and flash at 20 px/s, off below 10 px/s, no rewinding.
    rules.falloff = None;
    rules.heat.limit = None;
    (rules.throws.item_speed, rules.throws.rest) = (20.0, Some(10.0));
    rules.rewind_ms = 0;
    // Section 6: no shield, no shrapnel.
    (rules.blast.shielded, rules.blast.rays) = (false, 0);
    assert_eq!(RuleSet::legacy(), rules);
    assert_ne!(RuleSet::legacy().hash(), RuleSet::standard().hash());
}

/// Section 3, materials: class, health and sound; section 8's absorption.
#[test]
fn s3_material_table() {
    let rows = [
        (Material::Concrete, "concrete", false, Some(675), 0.90),
        (Material::Metal, "metal", false, Some(200), 0.95),
        (Material::Wood, "wood", true, Some(80), 0.60),
        (Material::Glass, "glass", true, Some(30), 0.30),
        (Material::Border, "border", false, None, 1.0),
    ];
    for (material, name, soft, health, absorption) in rows {
        assert_eq!((material.name(), material.is_soft(), material.slice_health()), (name, soft, health));
        assert_eq!(name.parse::<Material>().unwrap(), material);
        for rules in [RuleSet::standard(), RuleSet::legacy()] {
            close(rules.materials[material as usize].absorption, absorption, name);
        }
        // On the map: 1/64 points, and from when sight passes.
        let map = GameMap::from_rects(&[wall(200.0, 100.0, 50.0, 10.0, material)], &[]).unwrap();
        let g = map.geometry();
        for s in 0..5 {
            assert_eq!(g.max_health[s], health.map_or(u16::MAX, |h| h * 64), "{name}");
            let half = if soft { health.unwrap() * 32 } else { 0 };
            assert_eq!(g.see_through[s], half, "{name}");
        }
    }
}

/// Section 1, playfield and players: 480 x 270 px, up to eight, the smaller team first, red where they are equal.
#[test]
fn s1_players_and_teams() {
    let map = GameMap::from_rects(&[], &[]).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    assert_eq!(world.tick_rate(), 60);
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let teams: Vec<Team> = (0..8)
        .map(|_| {
            let p = world.add_player(game, PlayerDef::default()).unwrap();
            world.view(game).unwrap().player(p).unwrap().team
        })
        .collect();
    let turns = [Team::Red, Team::Blue];
    assert!(teams.iter().enumerate().all(|(i, &t)| t == turns[i % 2]), "{teams:?}");
    assert_eq!(world.add_player(game, PlayerDef::default()), Err(Error::MatchFull { limit: 8 }));
    assert_eq!(world.view(game).unwrap().kill_target(), 50);
    for rate in [20, 240] {
        assert!(World::new(WorldDef { tick_rate: rate, ..WorldDef::default() }).is_ok());
    }
    assert_eq!(trespasser::map::PLAYFIELD, (480.0, 270.0));
}

/// Section 1, fallback spawns: red (50, 135), blue (430, 135), moved to the nearest free spot.
#[test]
fn s1_fallback_spawns() {
    let spot = |walls: &[WallDef], team| GameMap::from_rects(walls, &[]).unwrap().spawns_of(team).next().unwrap();
    assert_eq!(spot(&[], Team::Red), at(50.0, 135.0));
    assert_eq!(spot(&[], Team::Blue), at(430.0, 135.0));
    // A wall over it: the nearest spot is 6 px off its nearest face, here the right one.
    let block = [wall(20.0, 100.0, 40.0, 70.0, Material::Concrete)];
    let moved = spot(&block, Team::Red);
    assert_eq!(moved, at(66.0, 135.0));
    assert_eq!(spot(&block, Team::Blue), at(430.0, 135.0));
    let mut rig = Setup { walls: block.to_vec(), ..Setup::default() }.players(&[(Team::Red, moved)]).build();
    rig.ticks(1);
    assert_eq!(rig.player(0).position, moved);
    // A given spawn wins over the fallback.
    let given = [Spawn { at: at(200.0, 200.0), team: Team::Red }];
    assert_eq!(GameMap::from_rects(&[], &given).unwrap().spawns_of(Team::Red).collect::<Vec<_>>(), [at(200.0, 200.0)]);
}

/// Section 11: a leaver's kills stay in the team's score, but not with whoever comes in the same place.
#[test]
fn s11_leavers_kills_stay() {
    let players = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(160.0, 135.0))];
    let mut rig = Setup::default().players(&players).primary(Weapon::SniperRifle).build();
    rig.wait_out_invulnerability();
    for _ in 0..2 {
        rig.press(0, Buttons::FIRE, players[1].1);
        rig.hold(0, NONE, players[1].1, 95);
    }
    assert_eq!((rig.player(0).kills, rig.player(1).alive), (1, false));
    rig.world.remove_player(rig.game, rig.players[0]).unwrap();
    assert_eq!(rig.world.view(rig.game).unwrap().score(), [1, 0]);
    let def = PlayerDef { team: Some(Team::Red), ..PlayerDef::default() };
    rig.players[0] = rig.world.add_player(rig.game, def).unwrap();
    rig.tick();
    assert_eq!((rig.player(0).kills, rig.player(0).damage_dealt), (0, 0.0));
    assert_eq!(rig.world.view(rig.game).unwrap().score(), [1, 0]);
    assert_eq!(rig.player(1).killer, None, "the killer is gone");
}

/// Sections 11 and 12: no refill while alive; before the first spawn and while dead it is allowed; a respawn restores
/// the loadout in full.
#[test]
fn s12_no_free_refills() {
    let mut rig = Setup::default().build();
    let up = at(100.0, 20.0);
    rig.hold(0, Buttons::FIRE, up, 20);
    let ammo = |rig: &Rig, place: usize| {
        let weapon = rig.world.view(rig.game).unwrap().weapons(rig.players[0]).unwrap()[place].unwrap();
        (weapon.weapon, weapon.ammo, weapon.reserve)
    };
    let spent = ammo(&rig, 0);
    assert!(spent.1 < 30);
    let other = Loadout::new(Weapon::Smg, Weapon::Revolver, &[Weapon::Grenade]).unwrap();
    for loadout in [Loadout::default(), other] {
        let refused = rig.world.set_loadout(rig.game, rig.players[0], &loadout).unwrap_err();
        assert!(matches!(refused, Error::NotAllowed { .. }), "{refused}");
    }
    assert_eq!(ammo(&rig, 0), spent, "nothing has changed");
    rig.world.kill_player(rig.game, rig.players[0]).unwrap();
    rig.world.set_loadout(rig.game, rig.players[0], &other).unwrap();
    rig.ticks(181);
    rig.press(0, Buttons::RESPAWN, up);
    assert_eq!(ammo(&rig, 0), (Weapon::Smg, 35, 210));
    assert_eq!(ammo(&rig, 1), (Weapon::Revolver, 6, 36));
    assert_eq!(ammo(&rig, 2), (Weapon::Grenade, 2, 0));
    // Before the first spawn.
    let def = PlayerDef { spawn: false, ..PlayerDef::default() };
    let waiting = rig.world.add_player(rig.game, def).unwrap();
    rig.world.set_loadout(rig.game, waiting, &other).unwrap();
    let weapons = rig.world.view(rig.game).unwrap().weapons(waiting).unwrap();
    assert_eq!(weapons[0].unwrap().weapon, Weapon::Smg);
}

/// Section 12: the dead do not fire, throw, reload, switch or aim, neither by input nor through the host.
#[test]
fn s12_the_dead_do_nothing() {
    for support in [Weapon::Grenade, Weapon::Rocket, Weapon::MachineGun] {
        let mut rig = Setup::default().support(&[support]).build();
        rig.press(0, Buttons::SLOT3, at(300.0, 135.0));
        // Charged or pulled at the moment of death.
        rig.hold(0, Buttons::FIRE, at(300.0, 135.0), 5);
        rig.world.kill_player(rig.game, rig.players[0]).unwrap();
        rig.tick();
        rig.events.clear();
        let before = rig.player(0);
        for t in 0..200u16 {
            let all = Buttons::FIRE | Buttons::THROW | Buttons::RELOAD | Buttons::AIM | Buttons::SLOT1;
            rig.world.tap(rig.game, rig.players[0], all).unwrap();
            rig.world.throw(rig.game, rig.players[0], 5).unwrap();
            rig.input(0, Buttons(t & 0x03FF), all, at(300.0, 135.0));
            rig.tick();
        }
        // What was in the air flies on.
        let alone = [EventKind::Exploded as u8, EventKind::Bounced as u8];
        let done: Vec<&Event> = rig.events.iter().filter(|e| e.actor == 0 && !alone.contains(&e.kind)).collect();
        assert!(done.is_empty(), "{done:?}");
        let p = rig.player(0);
        assert_eq!((p.position, p.hand, p.aiming, p.alive), (before.position, before.hand, false, false));
        // Nothing was saved up for the next life.
        rig.press(0, Buttons::RESPAWN, at(300.0, 135.0));
        assert!(rig.player(0).alive);
        rig.events.clear();
        rig.ticks(30);
        assert_eq!(rig.count(EventKind::Fired) + rig.count(EventKind::Launched), 0);
    }
}

/// Sections 2 and 12: aiming is toggled by the press, not by every input while the button is down; death ends it.
#[test]
fn s2_aiming_is_toggled_by_the_press() {
    let mut rig = Setup::default().build();
    let east = at(300.0, 20.0);
    rig.hold(0, Buttons::AIM, east, 30);
    assert!(rig.player(0).aiming);
    assert_eq!(rig.count(EventKind::AimToggled), 1);
    rig.hold(0, NONE, east, 5);
    assert!(rig.player(0).aiming);
    rig.hold(0, Buttons::AIM, east, 30);
    assert!(!rig.player(0).aiming);
    rig.hold(0, NONE, east, 1);
    rig.press(0, Buttons::AIM, east);
    assert!(rig.player(0).aiming);
    rig.world.kill_player(rig.game, rig.players[0]).unwrap();
    assert!(!rig.player(0).aiming);
}

/// Section 2, facing: towards the mouse, in playfield pixels.
#[test]
fn s2_facing() {
    let mut rig = Setup::default().build();
    for mouse in [at(0.0, 0.0), at(480.0, 0.0), at(123.5, 260.25), at(100.0, 270.0), at(-50.0, 135.0)] {
        rig.hold(0, NONE, mouse, 1);
        let want = (mouse - rig.player(0).position).normalize();
        assert!(rig.player(0).facing.distance(want) < 1e-4, "{:?} towards {mouse}", rig.player(0).facing);
    }
}

/// Section 5, loadout: an illegal one is refused with the reason; the limits are three support slots.
#[test]
fn s5_loadouts() {
    use Weapon::*;
    let all = |slot: fn(&Slot) -> bool| {
        Weapon::ALL.into_iter().filter(move |w| slot(&RuleSet::standard().weapons[*w as usize].slot))
    };
    for primary in Weapon::ALL {
        let fits = book::row_of(primary).slots == 0;
        assert_eq!(Loadout::new(primary, Pistol, &[]).is_ok(), fits, "{}", primary.name());
    }
    for secondary in Weapon::ALL {
        let fits = book::row_of(secondary).slots == -1;
        assert_eq!(Loadout::new(Rifle, secondary, &[]).is_ok(), fits, "{}", secondary.name());
    }
    let support: Vec<Weapon> = all(|slot| matches!(slot, Slot::Support(_))).collect();
    assert_eq!(support.len(), 7);
    for &a in &support {
        for &b in &support {
            for &c in &support {
                let cost = |list: &[Weapon]| list.iter().map(|w| book::row_of(*w).slots).sum::<i32>();
                for list in [&[a][..], &[a, b], &[a, b, c]] {
                    assert_eq!(Loadout::new(Rifle, Pistol, list).is_ok(), cost(list) <= 3, "{list:?}");
                }
            }
        }
    }
    assert!(Loadout::new(Rifle, Pistol, &[Rifle]).is_err());
}

/// Section 12: a left click throws one grenade and costs one; two throws cost both, a third is refused.
#[test]
fn s12_a_click_costs_one_grenade() {
    let mut rig = Setup::default().support(&[Weapon::Grenade]).build();
    let away = at(300.0, 20.0);
    rig.press(0, Buttons::SLOT3, away);
    for (thrown, left) in [(1, 1), (2, 0), (2, 0)] {
        rig.hold(0, Buttons::FIRE, away, 3);
        rig.hold(0, NONE, away, 70);
        assert_eq!(rig.count(EventKind::Launched), thrown);
        let weapons = rig.world.view(rig.game).unwrap().weapons(rig.players[0]).unwrap();
        assert_eq!(weapons[2].unwrap().ammo, left);
    }
    assert_eq!(rig.all(EventKind::FireRefused).len(), 1);
}

/// Section 12: launcher shells fly the way they are aimed, and go off at their range, where they are.
#[test]
fn s12_shells_fly_straight_and_go_off_at_their_range() {
    let mut rules = RuleSet::standard();
    rules.spread = 0.0;
    for (mouse, range, ticks) in [(at(300.0, 135.0), 120.0, 48), (at(100.0, 20.0), 60.0, 24)] {
        rules.weapons[Weapon::GrenadeLauncher as usize].range = range;
        let players = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(450.0, 250.0))];
        let mut rig =
            Setup::default().rules(rules.clone()).players(&players).support(&[Weapon::GrenadeLauncher]).build();
        rig.press(0, Buttons::SLOT3, mouse);
        rig.press(0, Buttons::FIRE, mouse);
        let start = rig.all(EventKind::Launched)[0];
        rig.ticks(ticks + 5);
        let went = rig.all(EventKind::Exploded)[0];
        let want = at(100.0, 135.0) + (mouse - at(100.0, 135.0)).normalize() * range;
        assert!(at(went.x, went.y).distance(want) < 0.1, "{went:?} is not at {want}");
        assert!(went.tick - start.tick <= ticks + 1);
    }
}

/// Section 12: a rocket's blast on who it hits counts once, by the blast alone: 200 x (1 - 8 / 50), less than 200.
#[test]
fn s12_a_direct_hit_counts_once() {
    let mut rules = RuleSet::standard();
    rules.spread = 0.0;
    rules.life.health = 500;
    let players = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(250.0, 135.0))];
    let mut rig = Setup::default().rules(rules).players(&players).support(&[Weapon::Rocket]).build();
    rig.press(0, Buttons::SLOT3, players[1].1);
    rig.wait_out_invulnerability();
    rig.press(0, Buttons::FIRE, players[1].1);
    rig.ticks(60);
    let hurt = rig.all(EventKind::PlayerDamaged);
    assert_eq!(hurt.len(), 1);
    // The centres are 8 px apart; the skin takes at most a point.
    let points = hurt[0].value / 64;
    assert!((167..=168).contains(&points), "{points}");
    assert_eq!(rig.count(EventKind::HitPlayer), 0);
}

/// Section 12: blasts hurt slices of upright walls by where they are, not by x alone.
#[test]
fn s12_blasts_on_upright_walls() {
    // Five slices of 10 px one under another; the rocket strikes the middle one's face.
    let upright = wall(200.0, 110.0, 10.0, 50.0, Material::Concrete);
    let mut rules = RuleSet::legacy();
    rules.spread = 0.0;
    let players = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(450.0, 250.0))];
    let mut rig = Setup { walls: vec![upright], ..Setup::default() }
        .rules(rules)
        .players(&players)
        .support(&[Weapon::Rocket])
        .build();
    rig.press(0, Buttons::SLOT3, at(200.0, 135.0));
    rig.press(0, Buttons::FIRE, at(200.0, 135.0));
    rig.ticks(60);
    // 2 px before the face: slices begin 2 px away, then by the hypotenuse.
    for (slice, down) in [(0, 15.0f32), (1, 5.0), (2, 0.0), (3, 5.0), (4, 15.0)] {
        let d = (4.0 + down * down).sqrt();
        let want = 675.0 - 200.0 * (1.0 - d / 50.0);
        assert!((rig.slice(slice) - want).abs() < 0.3, "slice {slice} has {} and not {want}", rig.slice(slice));
    }
}

/// Section 12: a short coarse run keeps its 50 px rectangle, and its missing slices stop nothing.
#[test]
fn s12_no_phantom_slices() {
    use trespasser::map::picture::{Cell, Picture};
    let mut picture = Picture::default();
    for col in 20..22 {
        picture.set(col, 13, Cell::Wall(Material::Concrete)).unwrap();
    }
    let map = GameMap::from_picture(&picture, Reading::Coarse).unwrap();
    let g = map.geometry();
    let first = g.walls[0];
    assert_eq!((first.x, first.y, first.width, first.height), (200.0, 130.0, 50.0, 10.0));
    let mut world = World::new(WorldDef { rules: RuleSet::legacy(), ..WorldDef::default() }).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let view = world.view(game).unwrap();
    let standing: Vec<bool> = (0..5).map(|s| view.slice_health(s) > 0).collect();
    assert_eq!(standing, [true, true, false, false, false]);
    assert!(!view.line_is_clear(at(210.0, 100.0), at(210.0, 170.0)));
    assert!(view.line_is_clear(at(235.0, 100.0), at(235.0, 170.0)));
}

/// Section 12: a flash sees through destroyed slices.
#[test]
fn s12_flashes_pass_destroyed_slices() {
    let players = [(Team::Red, at(60.0, 135.0)), (Team::Blue, at(240.0, 135.0))];
    let glass = [wall(220.0, 100.0, 10.0, 70.0, Material::Glass)];
    for broken in [false, true] {
        let mut rig =
            Setup { walls: glass.to_vec(), ..Setup::default() }.players(&players).support(&[Weapon::Flashbang]).build();
        if broken {
            // From the other side, through the middle slice.
            for _ in 0..8 {
                rig.press(1, Buttons::FIRE, at(100.0, 135.0));
                rig.hold(1, NONE, at(100.0, 135.0), 10);
            }
            assert_eq!(rig.slice(2), 0.0);
        }
        rig.input(1, NONE, NONE, at(0.0, 135.0));
        rig.press(0, Buttons::SLOT3, at(150.0, 135.0));
        rig.press(0, Buttons::THROW, at(150.0, 135.0));
        rig.ticks(95);
        let dazzled = rig.all(EventKind::Dazzled).iter().any(|d| d.target == 1);
        assert_eq!(dazzled, broken);
    }
}

/// Section 12: two flashes or smokes that touch a body do not vanish: each goes off at its fuse.
#[test]
fn s12_smoke_and_flash_survive_a_body() {
    for weapon in [Weapon::SmokeGrenade, Weapon::Flashbang] {
        let players = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(140.0, 135.0))];
        let mut rig = Setup::default().players(&players).support(&[weapon]).build();
        rig.press(0, Buttons::SLOT3, players[1].1);
        rig.press(0, Buttons::THROW, players[1].1);
        rig.ticks(125);
        assert!(rig.all(EventKind::Bounced).iter().any(|b| b.target == 1));
        assert_eq!(rig.count(EventKind::Exploded), 1);
    }
}

/// Section 12: who throws cannot name the origin, and an unknown weapon is refused, not made a rifle.
#[test]
fn s12_unknown_weapons_are_refused() {
    for name in ["", "Rifle", "rifle ", "ak47", "grenade2"] {
        assert!(matches!(name.parse::<Weapon>(), Err(Error::UnknownWeapon { .. })), "{name:?}");
        assert!(matches!(Loadout::from_names(name, "pistol", &[]), Err(Error::UnknownWeapon { .. })));
    }
    assert_eq!(Weapon::from_number(15), None);
}

/// Section 12: spawn points inside walls are refused.
#[test]
fn s12_spawns_inside_walls_are_refused() {
    let walls = [wall(100.0, 100.0, 50.0, 50.0, Material::Wood)];
    let inside = [Spawn { at: at(125.0, 125.0), team: Team::Red }];
    let refused = GameMap::from_rects(&walls, &inside).unwrap_err();
    assert!(matches!(refused, Error::BadMap { .. }) && refused.to_string().contains("spawns[0]"), "{refused}");
}

/// Section 12: every hit on a standing slice is told, and so is every damage to a player.
#[test]
fn s12_all_damage_is_told() {
    let mut rules = RuleSet::standard();
    rules.spread = 0.0;
    let players = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(160.0, 135.0))];
    let wood = [wall(125.0, 100.0, 10.0, 70.0, Material::Wood)];
    let mut rig = Setup { walls: wood.to_vec(), ..Setup::default() }.rules(rules).players(&players).build();
    rig.wait_out_invulnerability();
    for shot in 1..=4 {
        rig.press(0, Buttons::FIRE, players[1].1);
        rig.hold(0, NONE, players[1].1, 8);
        assert_eq!(rig.count(EventKind::WallDamaged), shot);
        assert_eq!(rig.count(EventKind::PlayerDamaged), shot);
        assert_eq!((rig.slice(2), rig.player(1).health), (80.0 - 15.0 * shot as f32, 100.0 - 10.0 * shot as f32));
    }
}

/// Section 5: the switch and the reload keep the rate; switching back and forth gains nothing.
#[test]
fn s5_switching_gains_no_rate() {
    let mut rig = Setup::default().primary(Weapon::SniperRifle).build();
    let up = at(100.0, 20.0);
    rig.hold(0, NONE, up, 1);
    for _ in 0..100 {
        rig.press(0, Buttons::SLOT1, up);
        rig.press(0, Buttons::FIRE, up);
        rig.press(0, Buttons::SLOT2, up);
    }
    let shots = rig.all(EventKind::Fired);
    // 40 a minute are 90 ticks apart.
    assert!(shots.windows(2).all(|w| w[1].tick - w[0].tick >= 90) && shots.len() == 4, "{}", shots.len());
}

/// Section 5, heat: after the silence 50 is left, so that ten more shots' heat overheats again.
#[test]
fn s5_heat_after_the_silence() {
    let mut rig = Setup::default().support(&[Weapon::MachineGun]).build();
    rig.press(0, Buttons::SLOT3, at(100.0, 20.0));
    let mut heat = Vec::new();
    for _ in 0..500 {
        rig.hold(0, Buttons::FIRE, at(100.0, 20.0), 1);
        heat.push(rig.player(0).heat);
    }
    let hot = heat.iter().position(|&h| h >= 100.0).unwrap();
    assert!(heat[hot..hot + 180].iter().all(|&h| h == 100.0), "3000 ms of silence");
    // 50, and the first shot of the same tick.
    assert!((heat[hot + 180] - 55.0).abs() < 0.01, "{}", heat[hot + 180]);
}

/// Section 5: thrown from where the server has the thrower, towards the own facing.
#[test]
fn s5_thrown_from_the_own_place() {
    let mut rig = Setup::default().support(&[Weapon::Grenade]).build();
    let mouse = at(300.0, 35.0);
    rig.press(0, Buttons::SLOT3, mouse);
    rig.press(0, Buttons::THROW, mouse);
    let thrown = rig.all(EventKind::Launched)[0];
    assert_eq!(at(thrown.x, thrown.y), rig.player(0).position);
    let facing = rig.player(0).facing;
    assert!(at(thrown.dx, thrown.dy).normalize().distance(facing) < 1e-4);
}
