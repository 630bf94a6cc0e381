//! The rule book, row by row: each test names its section and row.
#![allow(missing_docs, clippy::unwrap_used)]

mod support;

use support::*;
use trespasser::rules::Material;
use trespasser::*;

const SHIFT: Buttons = Buttons::RUN;
const RIGHT: Buttons = Buttons::RIGHT;

fn near(a: f32, b: f32, tolerance: f32, what: &str) {
    assert!((a - b).abs() <= tolerance, "{what}: {a} is not {b} +- {tolerance}");
}

/// Section 2, sneak / walk / run: px covered in one second of held keys.
#[test]
fn s2_speeds() {
    let east = at(400.0, 135.0);
    let west = at(0.0, 135.0);
    let cases: &[(&str, RuleSet, Buttons, Vec2, f32)] = &[
        ("walk", RuleSet::standard(), RIGHT, east, 100.0),
        ("sneak", RuleSet::standard(), RIGHT | Buttons::SNEAK, east, 50.0),
        ("run", RuleSet::standard(), RIGHT | SHIFT, east, 150.0),
        ("ctrl wins over shift", RuleSet::standard(), RIGHT | SHIFT | Buttons::SNEAK, east, 50.0),
        ("running away from the aim is walked", RuleSet::standard(), RIGHT | SHIFT, west, 100.0),
        ("legacy runs any way", RuleSet::legacy(), RIGHT | SHIFT, west, 150.0),
        ("opposite keys cancel", RuleSet::standard(), RIGHT | Buttons::LEFT, east, 0.0),
        ("running across the aim", RuleSet::standard(), RIGHT | SHIFT, at(100.0, 20.0), 150.0),
    ];
    for (what, rules, keys, mouse, want) in cases {
        let mut rig = Setup::default().rules(rules.clone()).build();
        let mut mouse = *mouse;
        for _ in 0..60 {
            if *what == "running across the aim" {
                mouse.x = rig.player(0).position.x;
            }
            rig.hold(0, *keys, mouse, 1);
        }
        near(rig.player(0).position.x - 100.0, *want, 0.01, what);
    }
}

/// Section 2, direction: diagonals are normalised.
#[test]
fn s2_diagonal() {
    let mut rig = Setup::default().build();
    rig.hold(0, RIGHT | Buttons::DOWN, at(400.0, 135.0), 60);
    let moved = rig.player(0).position - at(100.0, 135.0);
    near(moved.length(), 100.0, 0.01, "diagonal way");
    near(moved.x, moved.y, 0.001, "both axes");
}

/// Section 2, aiming down sights: halves the speed and stops running; legacy: no effect.
#[test]
fn s2_aiming_speed() {
    for (rules, keys, want) in [
        (RuleSet::standard(), RIGHT, 50.0),
        (RuleSet::standard(), RIGHT | SHIFT, 50.0),
        (RuleSet::legacy(), RIGHT | SHIFT, 150.0),
    ] {
        let mut rig = Setup::default().rules(rules).build();
        rig.world.tap(rig.game, rig.players[0], Buttons::AIM).unwrap();
        rig.hold(0, keys, at(450.0, 135.0), 60);
        near(rig.player(0).position.x - 100.0, want, 0.01, "aimed way");
        assert!(rig.player(0).aiming);
    }
}

/// Section 2, stopping: velocity x 0.8 a tick without input, idle below 10 px/s.
#[test]
fn s2_stopping() {
    let mut rig = Setup::default().build();
    rig.hold(0, RIGHT, at(400.0, 135.0), 10);
    let mut speed = rig.player(0).velocity.x;
    near(speed, 100.0, 0.01, "walking");
    assert_eq!(rig.player(0).gait, Gait::Walking);
    for _ in 0..8 {
        rig.hold(0, NONE, at(400.0, 135.0), 1);
        near(rig.player(0).velocity.x, speed * 0.8, 0.01, "coasting");
        speed = rig.player(0).velocity.x;
        assert_eq!(rig.player(0).gait == Gait::Idle, speed / 0.8 * 0.8 < 10.0, "idle at {speed}");
    }
    rig.hold(0, NONE, at(400.0, 135.0), 60);
    assert_eq!(rig.player(0).velocity, Vec2::ZERO);
}

/// Section 2, edges: the centre stays within [6, 474] x [6, 264].
#[test]
fn s2_edges() {
    for (keys, want) in
        [(Buttons::LEFT | Buttons::UP, at(6.0, 6.0)), (Buttons::RIGHT | Buttons::DOWN, at(474.0, 264.0))]
    {
        let mut rig = Setup::default().build();
        rig.hold(0, keys, at(200.0, 135.0), 600);
        assert_eq!(rig.player(0).position, want);
    }
}

/// Section 2, walls: contact is exact, the body slides along x, then y.
#[test]
fn s2_contact_and_slide() {
    let mut rig = Setup::default().wall(150.0, 100.0, 10.0, 70.0, Material::Concrete).build();
    rig.hold(0, RIGHT, at(400.0, 135.0), 60);
    assert_eq!(rig.player(0).position, at(144.0, 135.0), "flush with the wall");
    assert_eq!(rig.player(0).velocity, Vec2::ZERO);
    rig.hold(0, RIGHT | Buttons::DOWN, at(400.0, 135.0), 12);
    let p = rig.player(0).position;
    assert_eq!(p.x, 144.0, "slides along the wall");
    near(p.y, 135.0 + 12.0 * 100.0 / 60.0 * core::f32::consts::FRAC_1_SQRT_2, 0.01, "slid way");
}

/// Section 2, walls: a gap is passable when the circle fits it, exactly.
#[test]
fn s2_gap() {
    for (gap, passes) in [(12.0, true), (11.5, false)] {
        let half = gap / 2.0;
        let mut rig = Setup::default()
            .wall(150.0, 10.0, 20.0, 125.0 - half, Material::Concrete)
            .wall(150.0, 135.0 + half, 20.0, 120.0, Material::Concrete)
            .build();
        rig.hold(0, RIGHT, at(400.0, 135.0), 120);
        assert_eq!(rig.player(0).position.x > 180.0, passes, "gap of {gap} px, now at {}", rig.player(0).position);
    }
}

/// Section 2, tunnelling: none at any allowed speed and tick rate, through a wall as thin as a fine slice.
#[test]
fn s2_no_tunnelling() {
    for rate in [20, 33, 60, 144, 240] {
        let mut rules = RuleSet::standard();
        rules.movement.run = 600.0;
        let mut rig = Setup::default().rules(rules).rate(rate).wall(150.0, 0.0, 2.0, 270.0, Material::Glass).build();
        for _ in 0..rate * 2 {
            for _ in 0..3 {
                rig.input(0, RIGHT | SHIFT, NONE, at(400.0, 135.0));
            }
            rig.tick();
        }
        assert_eq!(rig.player(0).position.x, 144.0, "at {rate} Hz");
    }
}

/// Section 11: 60 inputs a second walk at exactly 100 px/s, whatever way they come.
#[test]
fn s11_time_is_the_same_for_all() {
    let east = at(470.0, 135.0);
    // (what, inputs that arrive in tick t)
    type Arrival = fn(u32) -> u32;
    let cases: &[(&str, Arrival, f32, f32)] = &[
        ("one a tick", |_| 1, 200.0, 0.02),
        ("three every third tick", |t| if t % 3 == 0 { 3 } else { 0 }, 200.0, 5.1),
        ("five every fifth tick", |t| if t % 5 == 0 { 5 } else { 0 }, 200.0, 8.4),
        ("a flood of ten a tick", |_| 10, 200.0, 10.1),
        (
            "a tick late now and then",
            |t| {
                if t % 10 == 8 {
                    0
                } else if t % 10 == 9 {
                    2
                } else {
                    1
                }
            },
            200.0,
            0.02,
        ),
    ];
    for (what, arrival, want, tolerance) in cases {
        let mut rig = Setup::default().build();
        for t in 0..120 {
            for _ in 0..arrival(t) {
                rig.input(0, RIGHT, NONE, east);
            }
            rig.tick();
        }
        let way = rig.player(0).position.x - 100.0;
        near(way, *want, *tolerance, what);
        assert!(way <= 200.0 + 10.01, "{what}: nobody gains more than the six saved ticks: {way}");
    }
}

/// Section 11: a flood waits at most 12 inputs, then the oldest are dropped and counted.
#[test]
fn s11_flood_is_dropped_and_counted() {
    let mut rig = Setup::default().build();
    for _ in 0..30 {
        assert!(rig.input(0, RIGHT, NONE, at(400.0, 135.0)));
    }
    assert_eq!(rig.player(0).dropped_inputs, 18);
    rig.tick();
    assert_eq!(rig.player(0).last_sequence, 19, "the oldest are gone");
}

/// Section 11: a tick without an input repeats the held keys for up to 15 ticks, then the player stands.
#[test]
fn s11_missing_inputs_repeat_then_stand() {
    let mut rig = Setup::default().build();
    rig.hold(0, RIGHT, at(400.0, 135.0), 1);
    rig.ticks(15);
    near(rig.player(0).position.x, 100.0 + 16.0 * 100.0 / 60.0, 0.001, "repeated");
    rig.ticks(60);
    let coast = 100.0 / 60.0 * 0.8 / 0.2;
    near(rig.player(0).position.x, 100.0 + 16.0 * 100.0 / 60.0 + coast, 0.05, "stands");
    assert_eq!(rig.player(0).gait, Gait::Idle);
}

/// Section 11: late inputs bring their presses, but not the time that was stood in for.
#[test]
fn s11_late_inputs_lose_nothing_and_gain_nothing() {
    let mut rig = Setup::default().build();
    rig.hold(0, RIGHT, at(400.0, 135.0), 10);
    rig.ticks(6);
    for i in 0..6 {
        let taps = if i == 2 { Buttons::RELOAD } else { NONE };
        rig.input(0, RIGHT, taps, at(400.0, 135.0));
    }
    rig.hold(0, RIGHT, at(400.0, 135.0), 10);
    near(rig.player(0).position.x, 100.0 + 26.0 * 100.0 / 60.0, 0.01, "26 ticks, 26 steps");
    assert_eq!(rig.player(0).last_sequence, 26);
}

/// Section 11: repeated and reordered packets change nothing; a press counts once.
#[test]
fn s11_presses_count_once() {
    let mut rig = Setup::default().secondary(Weapon::Pistol).build();
    rig.hold(0, NONE, at(300.0, 20.0), 1);
    rig.press(0, Buttons::SLOT2, at(300.0, 20.0));
    let shot = InputCmd::new(100, NONE, Buttons::FIRE, at(300.0, 20.0)).unwrap();
    for _ in 0..30 {
        rig.world.push_input(rig.game, rig.players[0], shot).unwrap();
        rig.tick();
    }
    assert_eq!(rig.count(EventKind::Fired), 1);
    assert_eq!(rig.player(0).ignored_inputs, 29);
    for sequence in [103, 102, 104, 102] {
        let input = InputCmd::new(sequence, NONE, NONE, at(300.0, 20.0)).unwrap();
        rig.world.push_input(rig.game, rig.players[0], input).unwrap();
    }
    rig.ticks(4);
    assert_eq!(rig.player(0).last_sequence, 104);
    assert_eq!(rig.player(0).ignored_inputs, 30);
}

/// Section 11: the dead may turn their view and ask for respawn, nothing else.
#[test]
fn s11_the_dead() {
    let mut rig = Setup::default().build();
    rig.hold(0, NONE, at(400.0, 135.0), 1);
    rig.world.kill_player(rig.game, rig.players[0]).unwrap();
    let place = rig.player(0).position;
    rig.hold(0, RIGHT | Buttons::FIRE, at(100.0, 20.0), 30);
    let p = rig.player(0);
    assert_eq!(p.position, place);
    near(p.facing.y, -1.0, 0.001, "the view turns");
    assert_eq!(rig.count(EventKind::Fired), 0);
}

/// Section 5, rate: long-run rates are exact. Shots of a full magazine of held fire, against the rate.
#[test]
fn s5_rate_of_fire_is_exact() {
    let cases = [
        (Weapon::Rifle, Setup::default().primary(Weapon::Rifle)),
        (Weapon::Smg, Setup::default().primary(Weapon::Smg)),
        (Weapon::MachineGun, Setup::default().support(&[Weapon::MachineGun]).rules(RuleSet::legacy())),
    ];
    for rate in [20, 60, 144, 240] {
        for (weapon, setup) in &cases {
            let rule = &RuleSet::standard().weapons[*weapon as usize];
            let mut rig =
                Setup { rules: setup.rules.clone(), loadout: setup.loadout, ..Setup::default() }.rate(rate).build();
            let place = if *weapon == Weapon::MachineGun { Buttons::SLOT3 } else { Buttons::SLOT1 };
            rig.press(0, place, at(100.0, 20.0));
            rig.events.clear();
            for t in 0..rate * 20 {
                if t % (rate / 20).max(1) == 0 {
                    rig.input(0, Buttons::FIRE, NONE, at(100.0, 20.0));
                }
                rig.tick();
            }
            let shots = rig.all(EventKind::Fired);
            assert_eq!(shots.len(), rule.magazine as usize, "{} at {rate} Hz", weapon.name());
            let first = shots[0].tick;
            for (i, shot) in shots.iter().enumerate() {
                // Shot i is due i intervals after the first; it comes in the first tick at or after that.
                let due = first + (i as u32 * 60 * rate).div_ceil(rule.rate.into());
                assert_eq!(shot.tick, due, "{} shot {i} at {rate} Hz", weapon.name());
            }
        }
    }
}

/// Section 5: single-fire weapons fire once a press, and say when the next is due.
#[test]
fn s5_single_fire() {
    let mut rig = Setup::default().build();
    rig.press(0, Buttons::SLOT2, at(100.0, 20.0));
    rig.hold(0, Buttons::FIRE, at(100.0, 20.0), 60);
    assert_eq!(rig.count(EventKind::Fired), 1, "held fire of a pistol is one shot");
    rig.hold(0, NONE, at(100.0, 20.0), 1);
    rig.press(0, Buttons::FIRE, at(100.0, 20.0));
    rig.press(0, Buttons::FIRE, at(100.0, 20.0));
    assert_eq!(rig.count(EventKind::Fired), 2);
    let refused = rig.all(EventKind::FireRefused);
    assert_eq!((refused.len(), refused[0].value), (1, 7), "450 a minute are 8 ticks apart");
}

/// Section 5, magazine, reserve and reload: cancelled by a switch and by death.
#[test]
fn s5_reload() {
    let mut rig = Setup::default().build();
    let up = at(100.0, 20.0);
    rig.hold(0, Buttons::FIRE, up, 400);
    assert_eq!(rig.count(EventKind::Fired), 30, "a magazine");
    rig.press(0, Buttons::FIRE, up);
    assert_eq!(rig.all(EventKind::FireRefused).last().unwrap().aux, 0, "an empty click");
    rig.press(0, Buttons::RELOAD, up);
    assert_eq!(rig.count(EventKind::ReloadStarted), 1);
    rig.hold(0, NONE, up, 149);
    assert_eq!(rig.count(EventKind::Reloaded), 0);
    rig.hold(0, NONE, up, 1);
    let reloaded = rig.all(EventKind::Reloaded);
    assert_eq!((reloaded[0].value, reloaded[0].aux), (30, 150), "2500 ms are 150 ticks; 180 - 30 are left");
    rig.press(0, Buttons::RELOAD, up);
    assert_eq!(rig.count(EventKind::ReloadStarted), 1, "a full magazine is not reloaded");

    rig.hold(0, Buttons::FIRE, up, 2);
    rig.hold(0, NONE, up, 1);
    rig.press(0, Buttons::RELOAD, up);
    rig.press(0, Buttons::SLOT2, up);
    rig.press(0, Buttons::SLOT1, up);
    rig.hold(0, NONE, up, 200);
    assert_eq!(rig.count(EventKind::Reloaded), 1, "switching cancels");
    rig.press(0, Buttons::RELOAD, up);
    rig.world.kill_player(rig.game, rig.players[0]).unwrap();
    rig.hold(0, NONE, up, 200);
    assert_eq!(rig.count(EventKind::Reloaded), 1, "death cancels");
}

/// Section 5, heat: 5 a shot, 10 a second lost, silent for 3000 ms at 100, then 50; legacy never overheats.
#[test]
fn s5_heat() {
    for (rules, overheats) in [(RuleSet::standard(), true), (RuleSet::legacy(), false)] {
        let mut rig = Setup::default().support(&[Weapon::MachineGun]).rules(rules).build();
        rig.press(0, Buttons::SLOT3, at(100.0, 20.0));
        rig.events.clear();
        rig.hold(0, Buttons::FIRE, at(100.0, 20.0), 400);
        let shots = rig.all(EventKind::Fired);
        let longest = shots.windows(2).map(|w| (w[1].tick - w[0].tick, w[0].tick)).max().unwrap();
        if overheats {
            let before = shots.iter().filter(|s| s.tick <= longest.1).count() as f32;
            let cooled = (longest.1 - shots[0].tick) as f32 / 6.0;
            assert!(before * 5.0 - cooled >= 99.9, "{before} shots less {cooled} reach 100");
            assert!((before - 1.0) * 5.0 - cooled < 100.0, "and no shot earlier");
            assert_eq!(longest.0, 180, "3000 ms of silence");
        } else {
            assert!(longest.0 <= 4);
        }
    }
}

/// Section 5, accuracy by stance: spread is uniform in +-(1 - accuracy) x 0.1 rad, the whole width is used and no more.
#[test]
fn s5_spread_by_stance() {
    let east = at(470.0, 135.0);
    for (what, keys, aim, accuracy) in [
        ("idle", NONE, false, 0.9),
        ("aiming", NONE, true, 1.0),
        ("walking", Buttons::UP, false, 0.6),
        ("running", Buttons::UP | SHIFT, false, 0.4),
    ] {
        let mut widest: f32 = 0.0;
        for round in 0..6 {
            let mut rig = Setup::default()
                .players(&[(Team::Red, at(100.0, 250.0 - round as f32)), (Team::Blue, at(300.0, 20.0))])
                .build();
            if aim {
                rig.world.tap(rig.game, rig.players[0], Buttons::AIM).unwrap();
            }
            for _ in 0..90 {
                // Aim along x from wherever the player is, so that running is within 90 degrees of the aim.
                let y = rig.player(0).position.y;
                rig.hold(0, keys | Buttons::FIRE, at(east.x, y - 0.5), 1);
            }
            for e in rig.events.iter().filter(|e| e.kind == EventKind::HitWall as u8 || e.kind == EventKind::Miss as u8)
            {
                let fired = rig.events.iter().find(|f| f.kind == EventKind::Fired as u8 && f.tick == e.tick).unwrap();
                let off = fired.dx * e.dy - fired.dy * e.dx;
                widest = widest.max(off.abs());
            }
        }
        let half = (1.0 - accuracy) * 0.1;
        assert!(widest <= half + 1e-4, "{what}: {widest} is over {half}");
        assert!(widest >= half * 0.85, "{what}: {widest} is far under {half}");
    }
}

fn face_off(weapon: Weapon, distance: f32, walls: &[WallDef], rules: RuleSet) -> Rig {
    let loadout = match RuleSet::standard().weapons[weapon as usize].slot {
        rules::Slot::Primary => Loadout::new(weapon, Weapon::Pistol, &[]),
        rules::Slot::Secondary => Loadout::new(Weapon::Rifle, weapon, &[]),
        rules::Slot::Support(_) => Loadout::new(Weapon::Rifle, Weapon::Pistol, &[weapon]),
    };
    let mut rig = Setup {
        loadout: loadout.unwrap(),
        walls: walls.to_vec(),
        rules,
        players: vec![(Team::Red, at(40.0, 135.0)), (Team::Blue, at(40.0 + distance, 135.0))],
        ..Setup::default()
    }
    .build();
    let place = match RuleSet::standard().weapons[weapon as usize].slot {
        rules::Slot::Primary => Buttons::SLOT1,
        rules::Slot::Secondary => Buttons::SLOT2,
        rules::Slot::Support(_) => Buttons::SLOT3,
    };
    let target = at(40.0 + distance, 135.0);
    rig.press(0, place, target);
    rig.world.tap(rig.game, rig.players[0], Buttons::AIM).unwrap();
    rig.wait_out_invulnerability();
    rig
}

/// Fires single shots until one meets something that `wanted` accepts.
fn shoot(rig: &mut Rig, target: Vec2, wanted: EventKind) -> Event {
    for _ in 0..40 {
        rig.events.clear();
        rig.press(0, Buttons::FIRE, target);
        if let Some(event) = rig.all(wanted).first() {
            return *event;
        }
        rig.hold(0, NONE, target, 130);
    }
    panic!("no shot met a {wanted:?}");
}

/// Section 5, falloff: full to 70% of the range, then linear to 30%; the shotgun's steps; legacy has none.
#[test]
fn s5_falloff() {
    let cases = [
        (Weapon::Rifle, 200.0, 1.0),
        (Weapon::Rifle, 350.0 + 6.0, 0.3),
        (Weapon::Rifle, 297.5 + 6.0, 0.65),
        (Weapon::Pistol, 130.0, 1.0),
        (Weapon::Pistol, 170.0 + 6.0, 0.65),
        (Weapon::SniperRifle, 400.0, 1.0),
        (Weapon::SuppressedPistol, 150.0 + 6.0, 0.3),
    ];
    for (weapon, distance, share) in cases {
        let damage = f32::from(RuleSet::standard().weapons[weapon as usize].damage);
        for (rules, share) in [(RuleSet::standard(), share), (RuleSet::legacy(), 1.0)] {
            let mut rig = face_off(weapon, distance, &[], rules);
            let hit = shoot(&mut rig, at(40.0 + distance, 135.0), EventKind::HitPlayer);
            // Off the body's middle the impact lies deeper, by a fraction of a pixel.
            near(hit.value as f32 / 64.0, damage * share, damage * 0.04, weapon.name());
        }
    }
}

/// Section 5, shotgun: 8 pellets of 15, within +-0.075 rad, falling 1.0 / 0.5 / 0.25 at 10 and 20 px.
#[test]
fn s5_shotgun() {
    // The body's edge is 6 px nearer than its centre, and the flight begins 8 px ahead of the shooter's.
    for (distance, share) in [(20.0, 1.0), (30.0, 0.5), (60.0, 0.25)] {
        let mut rig = face_off(Weapon::Shotgun, distance, &[], RuleSet::standard());
        rig.press(0, Buttons::FIRE, at(40.0 + distance, 135.0));
        let hits = rig.all(EventKind::HitPlayer);
        assert!(hits.len() >= 4, "{} pellets at {distance} px", hits.len());
        assert!(hits.iter().all(|h| h.value == (15.0 * share * 64.0) as i32), "at {distance}: {hits:?}");
        let pellets: std::collections::BTreeSet<u16> =
            rig.events.iter().filter(|e| [7, 8, 9].contains(&e.kind)).map(|e| e.aux).collect();
        assert_eq!(pellets.len(), 8, "every pellet ends somewhere");
        for miss in rig.all(EventKind::Miss) {
            assert!(miss.dy.abs() <= 0.0751);
        }
    }
    // Section 12: pellets never start beyond a wall that the muzzle touches.
    let wall = [wall(46.0, 100.0, 2.0, 70.0, Material::Concrete)];
    let mut rig = face_off(Weapon::Shotgun, 60.0, &wall, RuleSet::standard());
    rig.press(0, Buttons::FIRE, at(100.0, 135.0));
    assert_eq!(rig.count(EventKind::HitPlayer), 0);
    assert_eq!(rig.count(EventKind::HitWall), 8);
}

/// Sections 3 and 5, soft walls: cost min(15, health), dealt to the slice; the rest flies on. Hard ones take all.
#[test]
fn s5_soft_walls_and_hard() {
    let across = |x: f32, m| wall(x, 100.0, 10.0, 70.0, m);
    // One wood slice (walls along y are cut along y: one slice in the way).
    let mut rig = face_off(Weapon::Rifle, 100.0, &[across(80.0, Material::Wood)], RuleSet::standard());
    let hit = shoot(&mut rig, at(140.0, 135.0), EventKind::HitPlayer);
    assert_eq!(hit.value, (25 - 15) * 64);
    assert_eq!(hit.part, 1, "one thing passed before");
    let walls = rig.all(EventKind::WallDamaged);
    assert_eq!((walls[0].value, i32::from(walls[0].aux)), (15 * 64, (80 - 15) * 64));
    near(rig.slice(2), 65.0, 0.0, "wood after one shot");

    // Two wood walls stop a pistol's 25: 15, then the 10 that are left.
    let two = [across(80.0, Material::Wood), across(100.0, Material::Wood)];
    let mut rig = face_off(Weapon::Pistol, 100.0, &two, RuleSet::standard());
    rig.press(0, Buttons::FIRE, at(140.0, 135.0));
    assert_eq!(rig.count(EventKind::HitPlayer), 0);
    let dealt: i32 = rig.all(EventKind::WallDamaged).iter().map(|e| e.value).sum();
    assert_eq!((dealt, rig.count(EventKind::SliceDestroyed)), (25 * 64, 0));

    // Hard: all of it, once.
    let mut rig = face_off(Weapon::Rifle, 100.0, &[across(80.0, Material::Concrete)], RuleSet::standard());
    rig.press(0, Buttons::FIRE, at(140.0, 135.0));
    assert_eq!(rig.count(EventKind::HitPlayer), 0);
    near(rig.slice(2), 650.0, 0.0, "concrete");

    // Border: nothing.
    let mut rig = face_off(Weapon::Rifle, 100.0, &[across(80.0, Material::Border)], RuleSet::standard());
    rig.press(0, Buttons::FIRE, at(140.0, 135.0));
    assert_eq!((rig.count(EventKind::HitPlayer), rig.count(EventKind::WallDamaged)), (0, 0));
}

/// Section 5, anti-material rifle: through up to 3 walls, losing 20%, 40%, 60%.
#[test]
fn s5_anti_material_rifle() {
    let walls: Vec<WallDef> =
        (0..4).map(|i| wall(70.0 + 20.0 * i as f32, 100.0, 10.0, 70.0, Material::Concrete)).collect();
    let mut rig = face_off(Weapon::AntiMaterialRifle, 140.0, &walls, RuleSet::standard());
    rig.press(0, Buttons::FIRE, at(180.0, 135.0));
    let dealt: Vec<i32> = rig.all(EventKind::WallDamaged).iter().map(|e| e.value / 64).collect();
    assert_eq!(dealt, [250, 200, 150, 100]);
    assert_eq!(rig.count(EventKind::HitPlayer), 0, "the fourth wall stops it");
    let mut rig = face_off(Weapon::AntiMaterialRifle, 140.0, &walls[..3], RuleSet::standard());
    rig.press(0, Buttons::FIRE, at(180.0, 135.0));
    let hit = rig.all(EventKind::HitPlayer);
    assert_eq!((hit.len(), hit[0].value / 64), (1, 100));
}

/// Section 3, damage: a slice breaks at 0, once, opens exactly itself, and never stands again before a reset.
#[test]
fn s3_slice_breaks_once() {
    let glass = [wall(80.0, 100.0, 10.0, 70.0, Material::Glass)];
    let mut rig = face_off(Weapon::Rifle, 100.0, &glass, RuleSet::standard());
    let mut all = Vec::new();
    for _ in 0..6 {
        rig.events.clear();
        rig.press(0, Buttons::FIRE, at(140.0, 135.0));
        all.extend(rig.events.clone());
        rig.hold(0, NONE, at(140.0, 135.0), 10);
    }
    let broken: Vec<&Event> = all.iter().filter(|e| e.kind == EventKind::SliceDestroyed as u8).collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].slice, 2);
    assert_eq!(rig.slice(2), 0.0);
    assert!([0, 1, 3, 4].iter().all(|&s| rig.slice(s) == 30.0));
    let seed = 9;
    rig.world.reset_match(rig.game, seed).unwrap();
    assert_eq!(rig.slice(2), 30.0, "a reset restores the map");
}

/// Section 1, death: the body stays; respawn only when asked, earliest 3.0 s after death; full loadout; 2.0 s
/// invulnerable.
#[test]
fn s1_death_and_respawn() {
    let mut rig = face_off(Weapon::SniperRifle, 60.0, &[], RuleSet::standard());
    let target = at(100.0, 135.0);
    rig.press(0, Buttons::FIRE, target);
    assert_eq!(rig.player(1).health, 10.0);
    rig.hold(0, NONE, target, 91);
    rig.events.clear();
    rig.press(0, Buttons::FIRE, target);
    let died = rig.all(EventKind::Died);
    assert_eq!((died.len(), died[0].actor, died[0].target), (1, 0, 1));
    let dead = rig.player(1);
    assert!(!dead.alive && dead.position == target && dead.deaths == 1);
    assert_eq!((rig.player(0).kills, rig.player(0).damage_dealt), (1, 100.0));
    let death = dead.death_tick;
    rig.ticks(60);
    rig.press(1, Buttons::RESPAWN, target);
    let denied = rig.all(EventKind::RespawnDenied);
    assert_eq!((denied.len(), denied[0].value as u32), (1, death + 180 - denied[0].tick));
    rig.ticks(300);
    assert!(!rig.player(1).alive, "nobody respawns unasked");
    rig.press(1, Buttons::RESPAWN, target);
    let back = rig.player(1);
    assert!(back.alive && back.health == 100.0);
    assert_eq!(back.invulnerable_until, rig.world.view(rig.game).unwrap().tick() + 120);
    // Invulnerable: the bullet stops and does nothing.
    rig.events.clear();
    rig.press(0, Buttons::FIRE, target);
    assert_eq!((rig.count(EventKind::HitPlayer), rig.count(EventKind::PlayerDamaged)), (1, 0));
    assert_eq!(rig.player(1).health, 100.0);
}

/// Section 1, win: first to the kill target, exactly one end; team kills count for nobody.
#[test]
fn s1_match_end_and_team_kills() {
    let mut rig = Setup {
        players: vec![(Team::Red, at(40.0, 135.0)), (Team::Red, at(100.0, 135.0)), (Team::Blue, at(40.0, 235.0))],
        loadout: Loadout::new(Weapon::SniperRifle, Weapon::Pistol, &[]).unwrap(),
        def: MatchDef { seed: 0, kill_target: Some(1) },
        ..Setup::default()
    }
    .build();
    rig.hold(0, NONE, at(100.0, 135.0), 1);
    rig.wait_out_invulnerability();
    for target in [at(100.0, 135.0), at(40.0, 235.0)] {
        for _ in 0..2 {
            rig.press(0, Buttons::FIRE, target);
            rig.hold(0, NONE, target, 91);
        }
    }
    let died = rig.all(EventKind::Died);
    assert_eq!(died.len(), 2);
    assert_eq!(died[0].flags & trespasser::world::flag::TEAM_KILL, trespasser::world::flag::TEAM_KILL);
    assert_eq!((rig.player(0).kills, rig.player(0).damage_dealt), (1, 100.0));
    let view = rig.world.view(rig.game).unwrap();
    assert_eq!((view.score(), view.winner(), view.is_over()), ([1, 0], Some(Team::Red), true));
    assert_eq!(rig.count(EventKind::MatchEnded), 1);
    let before = rig.player(0).position;
    rig.hold(0, RIGHT | Buttons::FIRE, at(100.0, 135.0), 30);
    assert_eq!(rig.player(0).position, before, "after the end nobody acts");
    assert_eq!(rig.count(EventKind::MatchEnded), 1);
}

/// Section 1: a leaver's kills stay in the team's score; ids go stale; a late joiner stands far from enemies.
#[test]
fn s1_leaving_and_late_joining() {
    let spawns = [
        Spawn { at: at(40.0, 40.0), team: Team::Blue },
        Spawn { at: at(440.0, 240.0), team: Team::Blue },
        Spawn { at: at(60.0, 60.0), team: Team::Red },
    ];
    let map = GameMap::from_rects(&[], &spawns).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let red = world.add_player(game, PlayerDef { team: Some(Team::Red), ..PlayerDef::default() }).unwrap();
    for _ in 0..61 {
        world.step();
    }
    for _ in 0..7 {
        let late = world.add_player(game, PlayerDef { team: Some(Team::Blue), ..PlayerDef::default() }).unwrap();
        let view = world.view(game).unwrap().player(late).unwrap();
        assert_eq!(view.position, at(440.0, 240.0), "the spawn farthest from the enemy");
        assert_eq!(view.invulnerable_until, 61 + 180, "3.0 s");
    }
    let ninth = world.add_player(game, PlayerDef::default());
    assert_eq!(ninth, Err(Error::MatchFull { limit: 8 }));
    world.remove_player(game, red).unwrap();
    assert!(matches!(world.view(game).unwrap().player(red), Err(Error::StaleId { what: "player", .. })));
    let again = world.add_player(game, PlayerDef { team: Some(Team::Red), ..PlayerDef::default() }).unwrap();
    assert_eq!(again.slot(), red.slot());
    assert_ne!(again, red);
}

/// Section 4: cone, distance, close by, mouse look, and what blocks.
#[test]
fn s4_sight() {
    let sees = |rig: &Rig| rig.world.view(rig.game).unwrap().sees(0) >> 1 & 1 == 1;
    let look = |target: Vec2, mouse: Vec2, walls: &[WallDef], rules: RuleSet| {
        let mut rig = Setup {
            walls: walls.to_vec(),
            rules,
            players: vec![(Team::Red, at(200.0, 135.0)), (Team::Blue, target)],
            ..Setup::default()
        }
        .build();
        rig.hold(0, NONE, mouse, 1);
        sees(&rig)
    };
    let (std, leg) = (RuleSet::standard, RuleSet::legacy);
    let ahead = at(240.0, 135.0);
    // Distances: a body is seen by its nearest points, at most 6 px nearer than its centre.
    assert!(look(at(355.0, 135.0), ahead, &[], std()));
    assert!(!look(at(368.0, 135.0), ahead, &[], std()));
    assert!(look(at(415.0, 135.0), at(430.0, 135.0), &[], std()), "mouse look reaches 220");
    assert!(!look(at(415.0, 135.0), at(430.0, 135.0), &[], leg()), "legacy does not");
    // The cone: 60 degrees to either side, 45 at full stretch.
    let at_angle = |degrees: f32, d: f32| at(200.0, 135.0) + Vec2::from_angle(degrees.to_radians()) * d;
    assert!(look(at_angle(58.0, 100.0), ahead, &[], std()));
    assert!(!look(at_angle(66.0, 100.0), ahead, &[], std()));
    assert!(look(at_angle(-58.0, 100.0), ahead, &[], std()));
    assert!(!look(at_angle(58.0, 100.0), at(430.0, 135.0), &[], std()), "stretched, it narrows");
    assert!(look(at_angle(180.0, 12.0), ahead, &[], std()), "close by, whatever the facing");
    assert!(!look(at_angle(180.0, 25.0), ahead, &[], std()));
    // What blocks.
    let block = |m| [wall(230.0, 100.0, 10.0, 70.0, m)];
    for m in [Material::Concrete, Material::Metal, Material::Wood, Material::Glass, Material::Border] {
        assert!(!look(at(300.0, 135.0), ahead, &block(m), std()), "{} hides", m.name());
    }
    // Half hidden: the upper tangent point looks over the wall's end.
    let half = [wall(250.0, 135.0, 10.0, 60.0, Material::Concrete)];
    assert!(look(at(300.0, 135.0), ahead, &half, std()));
}

/// Sections 3 and 4, holes: soft slices let sight pass at 50% health or less, hard ones when destroyed.
#[test]
fn s4_holes() {
    for (material, needed) in [(Material::Wood, 40.0), (Material::Glass, 15.0), (Material::Metal, 0.0)] {
        let walls = [wall(80.0, 100.0, 10.0, 70.0, material)];
        let mut rig = face_off(Weapon::AntiMaterialRifle, 100.0, &walls, RuleSet::standard());
        let target = at(140.0, 135.0);
        rig.hold(0, NONE, target, 1);
        let mut seen_at = None;
        for _ in 0..12 {
            let seen = rig.world.view(rig.game).unwrap().sees(0) >> 1 & 1 == 1;
            assert_eq!(seen, rig.slice(2) <= needed, "{} at {}", material.name(), rig.slice(2));
            if seen {
                seen_at = Some(rig.slice(2));
                break;
            }
            rig.press(0, Buttons::FIRE, target);
            rig.hold(0, NONE, target, 125);
            if rig.player(0).health > 0.0 && !rig.player(1).alive {
                break;
            }
            rig.press(0, Buttons::RELOAD, target);
            rig.hold(0, NONE, target, 275);
        }
        assert!(seen_at.is_some() || !rig.player(1).alive, "{} never opened", material.name());
    }
}

/// Debugging hosts: repaired walls bury nobody, a given weapon is full and in hand, and the next life has the loadout.
#[test]
fn debug_repair_and_give() {
    let glass = [wall(80.0, 129.0, 10.0, 12.0, Material::Glass)];
    let mut rig = face_off(Weapon::Rifle, 100.0, &glass, RuleSet::standard());
    let target = at(140.0, 135.0);
    rig.hold(0, Buttons::FIRE, target, 60);
    rig.hold(0, NONE, target, 1);
    assert!((0..5).any(|s| rig.slice(s) < 30.0));
    rig.world.repair_walls(rig.game).unwrap();
    assert!((0..5).all(|s| rig.slice(s) == 30.0));
    rig.world.give_weapon(rig.game, rig.players[0], Weapon::Rocket).unwrap();
    let held = rig.player(0);
    assert_eq!((held.weapon, held.hand), (Some(Weapon::Rocket), 2));
    rig.world.kill_player(rig.game, rig.players[0]).unwrap();
    assert!(rig.world.give_weapon(rig.game, rig.players[0], Weapon::Rocket).is_err());
    rig.ticks(181);
    rig.press(0, Buttons::RESPAWN, target);
    assert_eq!(rig.player(0).weapon, Some(Weapon::Rifle));
}

fn no_spread() -> RuleSet {
    let mut rules = RuleSet::standard();
    rules.spread = 0.0;
    rules
}

/// Section 5: pellets do not penetrate. A wood slice with 5 points left must stop each of 8 pellets of 15.
#[test]
fn s5_pellets_do_not_penetrate_weak_slices() {
    let players = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(125.0, 135.0)), (Team::Red, at(60.0, 135.0))];
    let wood = [wall(112.0, 110.0, 4.0, 50.0, Material::Wood)];
    let mut rig = Setup { walls: wood.to_vec(), ..Setup::default() }
        .players(&players[..2])
        .primary(Weapon::Shotgun)
        .rules(no_spread())
        .build();
    rig.wait_out_invulnerability();
    // Five pistol shots leave the middle slice 80 - 75 = 5.
    rig.press(0, Buttons::SLOT2, players[1].1);
    for _ in 0..5 {
        rig.press(0, Buttons::FIRE, players[1].1);
        rig.hold(0, NONE, players[1].1, 10);
    }
    assert_eq!(rig.slice(2), 5.0);
    rig.press(0, Buttons::SLOT1, players[1].1);
    rig.events.clear();
    rig.press(0, Buttons::FIRE, players[1].1);
    assert_eq!(rig.count(EventKind::HitPlayer), 0, "{:?}", rig.events);
}

/// Section 11: a burst of six whose last one lets go of the keys, every six ticks: coasting costs no time.
#[test]
fn s11_coasting_gains_no_speed() {
    let mut rig = Setup::default().players(&[(Team::Red, at(10.0, 135.0)), (Team::Blue, at(300.0, 20.0))]).build();
    rig.ticks(6);
    let start = rig.player(0).position.x;
    for _ in 0..10 {
        for i in 0..6 {
            let held = if i < 5 { Buttons::RIGHT | Buttons::RUN } else { NONE };
            rig.input(0, held, NONE, at(479.0, 135.0));
        }
        rig.ticks(6);
    }
    let way = rig.player(0).position.x - start;
    assert!(way <= (60.0 + 6.0) * 2.5 + 0.1, "{way} px in 60 ticks; 150 px and 15 saved are allowed");
}

/// Section 11: every packet one tick late, in order. 16 stand-ins in a row are counted though no two ticks went
/// without an input.
#[test]
fn s11_a_tick_late_all_the_time_loses_and_gains_nothing() {
    let mut rig = Setup::default().build();
    rig.input(0, Buttons::RIGHT, NONE, at(470.0, 135.0));
    rig.tick();
    // Tick 2 has none; from then on each tick gets the input of the tick before.
    rig.tick();
    for i in 0..60 {
        rig.input(0, Buttons::RIGHT, NONE, at(470.0, 135.0));
        let x = rig.player(0).position.x;
        rig.tick();
        let step = rig.player(0).position.x - x;
        assert!((step - 100.0 / 60.0).abs() < 1e-3, "input {i} of a steady stream walks {step}");
    }
}

/// Section 5, falloff never under 30%, soft walls cost min(15, health): what is left of a bullet must not vanish.
#[test]
fn s5_a_bullet_past_a_soft_wall_keeps_something() {
    let players = [(Team::Red, at(20.0, 135.0)), (Team::Blue, at(360.0, 135.0))];
    let wood = [wall(60.0, 110.0, 10.0, 50.0, Material::Wood)];
    let mut rig = Setup { walls: wood.to_vec(), ..Setup::default() }.players(&players).rules(no_spread()).build();
    rig.wait_out_invulnerability();
    rig.press(0, Buttons::FIRE, players[1].1);
    let hit = rig.all(EventKind::HitPlayer);
    assert!(hit.is_empty() || hit[0].value > 0, "a hit without damage: {hit:?}");
}

/// Section 2, facing towards the mouse: also after the step of the same tick, from where the shot starts.
#[test]
fn s2_facing_after_a_step() {
    let mut rig = Setup::default().build();
    let mouse = at(110.0, 150.0);
    rig.hold(0, Buttons::RIGHT, mouse, 3);
    let p = rig.player(0);
    let want = (mouse - p.position).normalize();
    assert!(p.facing.distance(want) < 1e-3, "{} is not {want}", p.facing);
}
