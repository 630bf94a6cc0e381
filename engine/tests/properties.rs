//! What must hold whatever players do.
#![allow(missing_docs, clippy::unwrap_used)]

use proptest::prelude::*;
use trespasser::rules::Material;
use trespasser::world::flag;
use trespasser::*;

/// Walls on a coarse lattice, so that gaps near the body's width and touching corners are common.
fn any_walls() -> impl Strategy<Value = Vec<WallDef>> {
    let wall = (0..47u32, 0..26u32, 1..6u32, 1..6u32, 0..5u8, any::<bool>()).prop_map(|(x, y, w, h, m, off)| {
        let shift = if off { 3.7 } else { 0.0 };
        let (x, y) = (x as f32 * 10.0 + shift, y as f32 * 10.0 + shift);
        WallDef {
            x,
            y,
            width: (w as f32 * 10.0).min(480.0 - x),
            height: (h as f32 * 10.0).min(270.0 - y),
            material: Material::from_number(m).unwrap(),
        }
    });
    proptest::collection::vec(wall, 0..45)
}

fn overlap(view: &MatchView<'_>, at: Vec2) -> f32 {
    overlap_by(view, at, 6.0)
}

fn overlap_by(view: &MatchView<'_>, at: Vec2, radius: f32) -> f32 {
    let g = view.map().geometry();
    let mut deepest: f32 = 0.0;
    for s in 0..g.slice_count {
        if view.slice_health(s) == 0 {
            continue;
        }
        let nearest = Vec2::new(at.x.clamp(g.x0[s], g.x1[s]), at.y.clamp(g.y0[s], g.y1[s]));
        deepest = deepest.max(radius - at.distance(nearest));
    }
    deepest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// No body ever overlaps a standing slice, ammunition and health conserve, no rate of fire is exceeded, total
    /// slice damage is what was dealt: random walks and fire in random maps at random tick rates.
    #[test]
    fn a_match_keeps_its_promises(
        walls in any_walls(),
        seed in any::<u64>(),
        rate in prop_oneof![Just(20u32), Just(60), Just(77), Just(240)],
        legacy in any::<bool>(),
        script in proptest::collection::vec((any::<u16>(), 0.0..480.0f32, 0.0..270.0f32, 1..12u8), 60),
    ) {
        let Ok(map) = GameMap::from_rects(&walls, &[]) else { return Ok(()) };
        let rules = if legacy { RuleSet::legacy() } else { RuleSet::standard() };
        let mut world = World::new(WorldDef { tick_rate: rate, rules: rules.clone(), ..WorldDef::default() }).unwrap();
        let game = world.create_match(&map, MatchDef { seed, kill_target: Some(10_000) }).unwrap();
        let guns = [Weapon::Rifle, Weapon::Smg, Weapon::Shotgun, Weapon::BattleRifle, Weapon::SniperRifle];
        let players: Vec<PlayerId> = (0..8)
            .map(|i| {
                let items: &[Weapon] = match i % 5 {
                    0 => &[Weapon::MachineGun],
                    1 => &[Weapon::AntiMaterialRifle],
                    2 => &[Weapon::GrenadeLauncher, Weapon::Grenade],
                    3 => &[Weapon::Rocket, Weapon::Flashbang],
                    _ => &[Weapon::Grenade, Weapon::SmokeGrenade, Weapon::Flashbang],
                };
                let loadout = Loadout::new(guns[i % 5], Weapon::Revolver, items).unwrap();
                world.add_player(game, PlayerDef { team: None, loadout, spawn: true }).unwrap()
            })
            .collect();
        let g = map.geometry();
        let start: u64 = (0..g.slice_count).map(|s| u64::from(world.view(game).unwrap().slice_health(s))).sum();
        let mut dealt = 0u64;
        let mut last_shot = [[0u32; 15]; 8];
        let mut shots = [[0u32; 15]; 8];
        let mut before: Vec<Vec2> = players.iter().map(|&p| world.view(game).unwrap().player(p).unwrap().position).collect();
        let mut sequence = 0;
        for (i, &(bits, x, y, ticks)) in script.iter().enumerate() {
            for _ in 0..ticks {
                sequence += 1;
                for (slot, &p) in players.iter().enumerate() {
                    // Each player gets other bits of the same number; RESPAWN always.
                    let held = Buttons(bits.rotate_left((slot * 5 + i) as u32) & 0x01FF | (0x8000 * (sequence as u16 & 1)));
                    let taps = Buttons(bits.rotate_left(slot as u32 * 3) & 0x7E40);
                    let input = InputCmd::new(sequence, held, taps, Vec2::new(x, y)).unwrap();
                    world.push_input(game, p, input).unwrap();
                }
                world.step();
                let mut events = Vec::new();
                world.drain_events(game, |e| events.push(*e)).unwrap();
                let view = world.view(game).unwrap();
                let mut placed = [false; 8];
                for e in &events {
                    match EventKind::from_number(e.kind).unwrap() {
                        EventKind::WallDamaged | EventKind::SliceDestroyed => dealt += e.value as u64,
                        EventKind::Spawned => {
                            placed[e.actor as usize] = true;
                            last_shot[e.actor as usize] = [0; 15];
                        }
                        EventKind::Fired | EventKind::Launched => {
                            let (slot, w) = (e.actor as usize, e.weapon as usize);
                            // Shot n of a burst is never early: at least the whole ticks of the interval but one.
                            let apart = 60 * rate / u32::from(rules.weapons[w].rate);
                            let last = last_shot[slot][w];
                            prop_assert!(last == 0 || e.tick - last >= apart, "{} after {}", e.tick, last);
                            last_shot[slot][w] = e.tick;
                            shots[slot][w] += 1;
                        }
                        EventKind::PlayerDamaged => {
                            prop_assert!(e.value > 0 && (e.aux == 0) == (e.flags & flag::KILLED != 0));
                        }
                        _ => {}
                    }
                }
                for p in view.projectiles() {
                    prop_assert!(p.position.is_finite() && p.velocity.is_finite());
                    prop_assert!((0.0..=480.0).contains(&p.position.x) && (0.0..=270.0).contains(&p.position.y));
                    prop_assert!(overlap_by(&view, p.position, 2.0) < 0.25, "a projectile in a wall: {:?}", p);
                }
                for (slot, &p) in players.iter().enumerate() {
                    let v = view.player(p).unwrap();
                    prop_assert!(v.position.is_finite() && v.velocity.is_finite() && v.facing.is_finite());
                    prop_assert!((6.0..=474.0).contains(&v.position.x) && (6.0..=264.0).contains(&v.position.y));
                    prop_assert!(overlap(&view, v.position) < 1e-3, "{} is {} px deep", v.position, overlap(&view, v.position));
                    prop_assert!((0.0..=100.0).contains(&v.health) && v.alive == (v.health > 0.0));
                    let fastest = 150.0 * (1.0 / rate as f32 + 6.0 / 60.0) + 0.01;
                    prop_assert!(placed[slot] || v.position.distance(before[slot]) <= fastest);
                    before[slot] = v.position;
                    for weapon in view.weapons(p).unwrap().into_iter().flatten() {
                        let rule = &rules.weapons[weapon.weapon as usize];
                        prop_assert!(weapon.ammo <= rule.magazine && weapon.reserve <= rule.reserve);
                    }
                }
            }
        }
        let end: u64 = (0..g.slice_count).map(|s| u64::from(world.view(game).unwrap().slice_health(s))).sum();
        prop_assert_eq!(start - end, dealt, "slice damage is what the events say");
    }

    /// Saving, restoring and stepping again gives the same bits; damaged bytes are refused and change nothing.
    #[test]
    fn saved_matches_come_back(seed in any::<u64>(), at in any::<proptest::sample::Index>(), bit in 0..8u32) {
        let map = GameMap::builtin("yard", Reading::Fine).unwrap();
        let mut world = World::new(WorldDef::default()).unwrap();
        let game = world.create_match(&map, MatchDef { seed, kill_target: None }).unwrap();
        let p = world.add_player(game, PlayerDef::default()).unwrap();
        let drive = |world: &mut World, from: u32, to: u32| {
            for t in from..to {
                let keys = Buttons((seed as u16).rotate_left(t / 8) & 0x7F);
                let mouse = Vec2::new((t * 7 % 480) as f32, (t * 3 % 270) as f32);
                world.push_input(game, p, InputCmd::new(t, keys, Buttons::NONE, mouse).unwrap()).unwrap();
                world.step();
            }
        };
        drive(&mut world, 1, 60);
        let mut bytes = Vec::new();
        world.save(game, &mut bytes).unwrap();
        let saved = world.hash(game).unwrap();
        drive(&mut world, 60, 90);
        let later = world.hash(game).unwrap();
        prop_assert_ne!(saved, later);
        world.restore(game, &bytes).unwrap();
        prop_assert_eq!(world.hash(game).unwrap(), saved);
        drive(&mut world, 60, 90);
        prop_assert_eq!(world.hash(game).unwrap(), later);

        let mut damaged = bytes.clone();
        let i = at.index(damaged.len());
        damaged[i] ^= 1 << bit;
        let refused = world.restore(game, &damaged);
        prop_assert!(matches!(refused, Err(Error::BadSnapshot { .. })), "byte {} bit {}: {:?}", i, bit, refused);
        let refused = world.restore(game, &bytes[..i]);
        prop_assert!(matches!(refused, Err(Error::BadSnapshot { .. })), "cut at {}", i);
        prop_assert_eq!(world.hash(game).unwrap(), later, "a refused restore changes nothing");
    }
}

/// A refused call names the field and the limit, and changes nothing.
#[test]
fn bad_calls_are_refused() {
    let map = GameMap::builtin("yard", Reading::Fine).unwrap();
    let mut world = World::new(WorldDef { max_matches: 1, ..WorldDef::default() }).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let p = world.add_player(game, PlayerDef::default()).unwrap();
    let before = world.hash(game).unwrap();
    let message = |e: Error| e.to_string();

    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let refused = message(InputCmd::new(1, Buttons::NONE, Buttons::NONE, Vec2::new(bad, 0.0)).unwrap_err());
        assert!(refused.contains("mouse.x") && refused.contains("finite"), "{refused}");
        assert!(InputCmd::new(1, Buttons::NONE, Buttons::NONE, Vec2::new(0.0, bad)).is_err());
    }
    let refused = message("bfg".parse::<Weapon>().unwrap_err());
    assert!(refused.contains("\"bfg\"") && refused.contains("flashbang"), "{refused}");
    for (primary, secondary, support, what) in [
        ("pistol", "pistol", &[][..], "primary"),
        ("rifle", "smg", &[], "secondary"),
        ("rifle", "pistol", &["rifle"], "support"),
        ("rifle", "pistol", &["rocket", "grenadelauncher"], "limit is 3"),
        ("rifle", "pistol", &["machinegun", "grenade"], "limit is 3"),
        ("rifle", "pistol", &["grenade", "grenade", "grenade", "grenade"], "limit is 3"),
    ] {
        let refused = Loadout::from_names(primary, secondary, support).unwrap_err();
        assert!(matches!(refused, Error::IllegalLoadout { .. }));
        assert!(message(refused.clone()).contains(what), "{refused}");
    }
    let loadout = Loadout::default();
    assert!(matches!(world.set_loadout(game, p, &loadout), Err(Error::NotAllowed { .. })));
    assert!(matches!(world.set_team(game, p, Team::Blue), Err(Error::NotAllowed { .. })));
    assert!(matches!(world.create_match(&map, MatchDef::default()), Err(Error::WorldFull { limit: 1, .. })));
    let target = MatchDef { kill_target: Some(0), ..MatchDef::default() };
    assert!(message(world.create_match(&map, target).unwrap_err()).contains("kill_target"));
    for raw in [0, 1, u64::MAX, game.raw() + 1, game.raw() ^ 1 << 32] {
        let stale = MatchId::from_raw(raw);
        assert!(matches!(world.hash(stale), Err(Error::StaleId { what: "match", .. })), "{raw:#x}");
    }
    for raw in [0, 1, u32::MAX, p.raw() + 8, p.raw() ^ 1] {
        let stale = PlayerId::from_raw(raw);
        assert!(matches!(world.tap(game, stale, Buttons::FIRE), Err(Error::StaleId { what: "player", .. })));
    }
    assert_eq!(world.hash(game).unwrap(), before, "nothing has changed");
    world.destroy_match(game).unwrap();
    assert!(world.destroy_match(game).is_err());
    let again = world.create_match(&map, MatchDef::default()).unwrap();
    assert_ne!(again, game, "a place is never handed out under an old id");

    for (def, field) in [
        (WorldDef { tick_rate: 19, ..WorldDef::default() }, "tick_rate"),
        (WorldDef { tick_rate: 241, ..WorldDef::default() }, "tick_rate"),
        (WorldDef { max_matches: 0, ..WorldDef::default() }, "max_matches"),
    ] {
        assert!(message(World::new(def).unwrap_err()).contains(field));
    }
    let mut rules = RuleSet::standard();
    rules.movement.walk = f32::NAN;
    assert!(message(rules.validate().unwrap_err()).contains("movement.walk"));
}

/// Found by fuzzing: a saved charge far beyond the highest level overflowed the level shown.
#[test]
fn a_saved_charge_beyond_the_last_level_is_the_last_level() {
    let map = GameMap::builtin("yard", Reading::Fine).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let loadout = Loadout::new(Weapon::Rifle, Weapon::Pistol, &[Weapon::Grenade]).unwrap();
    let p = world.add_player(game, PlayerDef { loadout, ..PlayerDef::default() }).unwrap();
    let input = InputCmd::new(1, Buttons::FIRE, Buttons::SLOT3, Vec2::new(240.0, 135.0)).unwrap();
    world.push_input(game, p, input).unwrap();
    world.step();
    assert_eq!(world.view(game).unwrap().player(p).unwrap().charge, 1);
    let mut bytes = Vec::new();
    world.save(game, &mut bytes).unwrap();
    // The charge of slot 0 is the only place whose 1 turned into anything higher shows as a higher level.
    let mut levels = std::collections::BTreeSet::new();
    for at in 40..bytes.len() - 1 {
        if bytes[at..at + 2] != [1, 0] {
            continue;
        }
        let mut forged = bytes.clone();
        forged[at..at + 2].copy_from_slice(&[0xFF, 0xFF]);
        let sum = xxhash_rust::xxh3::xxh3_64(&forged[40..]).to_le_bytes();
        forged[32..40].copy_from_slice(&sum);
        if world.restore(game, &forged).is_ok() {
            levels.extend(world.view(game).unwrap().player(p).map(|v| v.charge));
            world.step();
        }
    }
    assert!(levels.contains(&5), "{levels:?}");
    assert!(levels.iter().all(|&l| l <= 5));
}
