//! Section 8: what makes a sound, how it travels, and what a listener is told, against the naive reference and by what
//! must hold of any sound.
#![allow(missing_docs, clippy::unwrap_used, unreachable_pub)]
#![cfg(feature = "scenes")]

#[path = "reference/sound.rs"]
mod reference;
mod support;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use support::*;
use trespasser::rules::{Material, SoundKind};
use trespasser::scenes::{FIGHTS, Scene};
use trespasser::sound::{attenuation, cutoff_hz, own};
use trespasser::world::MatchView;
use trespasser::*;

fn heard(rig: &mut Rig) -> Vec<Heard> {
    let mut all = Vec::new();
    assert_eq!(rig.world.drain_sounds(rig.game, |entry| all.push(*entry)).unwrap(), 0);
    all
}

fn of(all: &[Heard], listener: usize, kind: SoundKind) -> Vec<Heard> {
    all.iter().filter(|h| h.listener as usize == listener && h.kind == kind as u8).copied().collect()
}

fn match_on(walls: &[WallDef]) -> Option<(World, MatchId)> {
    let map = GameMap::from_rects(walls, &[]).ok()?;
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    Some((world, game))
}

fn any_wall() -> impl Strategy<Value = WallDef> {
    // On the grid, long and thin like walls are, of any material; some off the grid.
    let grid = (0..48u32, 0..27u32, 1..14u32, any::<bool>()).prop_map(|(x, y, length, upright)| {
        let (w, h) = if upright { (1, length) } else { (length, 1) };
        (x as f32 * 10.0, y as f32 * 10.0, (w * 10) as f32, (h * 10) as f32)
    });
    let free = (0.0..470.0f32, 0.0..260.0f32, 4.0..80.0f32, 4.0..40.0f32);
    (prop_oneof![4 => grid, 1 => free], 0..5u8).prop_map(|((x, y, w, h), m)| WallDef {
        x,
        y,
        width: w.min(480.0 - x),
        height: h.min(270.0 - y),
        material: Material::from_number(m).unwrap(),
    })
}

fn any_place() -> impl Strategy<Value = Vec2> {
    (1.0..479.0f32, 1.0..269.0f32).prop_map(|(x, y)| Vec2::new(x, y))
}

fn any_kind() -> impl Strategy<Value = SoundKind> {
    (0..SoundKind::COUNT as u8).prop_map(|n| SoundKind::from_number(n).unwrap())
}

/// Gains and cutoffs of the naive reference; `false` where a hundredth of a pixel decides.
fn agrees(view: &MatchView<'_>, kind: SoundKind, a: Vec2, b: Vec2, worst: &mut f64) -> bool {
    let got = view.sound_between(kind, a, b);
    let flat = |v: Vec2| (f64::from(v.x), f64::from(v.y));
    // A line that grazes a slice: which it is, rounding decides.
    let through = reference::through(view, flat(a), flat(b));
    let nudges = [(0.01, 0.0), (-0.01, 0.0), (0.0, 0.01), (0.0, -0.01)];
    if nudges
        .iter()
        .any(|n| (reference::through(view, flat(a), (flat(b).0 + n.0, flat(b).1 + n.1)) - through).abs() > 1e-6)
    {
        return false;
    }
    let want = reference::arrival(view, kind, a, b);
    // What nobody hears is not followed to its end.
    let least = 1.0 / 255.0;
    if want.gain < least {
        assert!(f64::from(got.gain) < least, "{} {a} to {b}: {got:?}, not {want:?}", kind.name());
        return true;
    }
    assert!(
        (f64::from(got.gain) - want.gain).abs() <= 1e-4 * want.gain + 1e-6,
        "{} {a} to {b}: {got:?}, not {want:?}",
        kind.name()
    );
    // Where both ways are as loud, either will do.
    let tie = (want.gain - reference::attenuation(view, kind, f64::from(a.distance(b))) * through).abs() < 1e-5;
    if want.round.is_some() != got.round.is_some() {
        assert!(tie, "{} {a} to {b}: {got:?}, not {want:?}", kind.name());
        return true;
    }
    assert!(
        (f64::from(got.cutoff_hz) - want.cutoff_hz).abs() <= 1e-3 * want.cutoff_hz,
        "{} {a} to {b}: {got:?}, not {want:?}",
        kind.name()
    );
    assert_eq!(got.round.map(|r| (f64::from(r.0), r.1)), want.round, "{} {a} to {b}", kind.name());
    let bearing = |from: (f64, f64)| libm::atan2(from.1 - flat(b).1, from.0 - flat(b).0);
    let off = |from: &(f64, f64)| {
        let off = (bearing(flat(got.from)) - bearing(*from)).to_degrees().abs();
        off.min(360.0 - off)
    };
    let least = want.from.iter().map(off).fold(360.0, f64::min);
    if least > 6.0 {
        let mut way = Vec::new();
        view.sound_way(kind, a, b, &mut way);
        println!("{} {a} to {b}: {got:?}, not {want:?}; {way:?}", kind.name());
    }
    *worst = worst.max(least);
    true
}

/// The same cases every time, unless PROPTEST_RNG_SEED says otherwise: where a line passes a corner by a hair, the
/// reference's steps may miss it, once in some hundred thousand pairs.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(0x736f_756e_6421);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    /// Swap listener and source: the same gain, cutoff and length, to the bit.
    #[test]
    fn sound_is_as_loud_from_either_end(
        walls in proptest::collection::vec(any_wall(), 0..40),
        pairs in proptest::collection::vec((any_kind(), any_place(), any_place()), 40),
    ) {
        let Some((world, game)) = match_on(&walls) else { return Ok(()) };
        let view = world.view(game).unwrap();
        for (kind, a, b) in pairs {
            let (there, back) = (view.sound_between(kind, a, b), view.sound_between(kind, b, a));
            prop_assert_eq!(there.gain.to_bits(), back.gain.to_bits());
            prop_assert_eq!((there.cutoff_hz, there.round, there.through), (back.cutoff_hz, back.round, back.through));
        }
    }

    /// Never louder with a wall added, never quieter with one removed.
    #[test]
    fn walls_only_take_away(
        walls in proptest::collection::vec(any_wall(), 0..40),
        more in any_wall(),
        pairs in proptest::collection::vec((any_kind(), any_place(), any_place()), 60),
    ) {
        let Some((world, game)) = match_on(&walls) else { return Ok(()) };
        let mut with = walls.clone();
        with.push(more);
        let Some((other, there)) = match_on(&with) else { return Ok(()) };
        let (without, with) = (world.view(game).unwrap(), other.view(there).unwrap());
        for (kind, a, b) in pairs {
            let (more, less) = (without.sound_between(kind, a, b).gain, with.sound_between(kind, a, b).gain);
            // One more factor rounds once more.
            prop_assert!(less <= more * (1.0 + 1e-6), "{} {} to {}: {} with the wall, {} without", kind.name(), a, b, less, more);
        }
    }

    /// Gain and cutoff as the naive reference has them, on any map.
    #[test]
    fn sound_is_the_naive_reference(
        walls in proptest::collection::vec(any_wall(), 0..40),
        pairs in proptest::collection::vec((any_kind(), any_place(), any_place()), 12),
    ) {
        let Some((world, game)) = match_on(&walls) else { return Ok(()) };
        let view = world.view(game).unwrap();
        let mut worst = 0.0;
        for (kind, a, b) in pairs {
            agrees(&view, kind, a, b, &mut worst);
        }
        prop_assert!(worst <= 6.0, "a bearing is off by {} degrees", worst);
    }
}

/// Found by the property above: a way too faint to be heard was found from one end and not from the other.
#[test]
fn faint_ways_are_the_same_from_either_end() {
    let walls = [
        wall(80.0, 90.0, 110.0, 10.0, Material::Border),
        wall(200.0, 0.0, 10.0, 10.0, Material::Concrete),
        wall(180.0, 120.0, 70.0, 10.0, Material::Concrete),
    ];
    let (world, game) = match_on(&walls).unwrap();
    let view = world.view(game).unwrap();
    for n in 0..3000 {
        let word = rng::draw(77, n, rng::Purpose::Bot, 0);
        let place = |a: u32, b: u32| at(rng::unit(a) * 480.0, rng::unit(b) * 270.0);
        let (a, b) = (place(word[0], word[1]), place(word[2], word[3]));
        for kind in [SoundKind::BreakConcrete, SoundKind::FireSmg, SoundKind::FootstepRun, SoundKind::Hurt] {
            let (there, back) = (view.sound_between(kind, a, b), view.sound_between(kind, b, a));
            assert_eq!(
                (there.gain.to_bits(), there.round),
                (back.gain.to_bits(), back.round),
                "{} {a} {b}",
                kind.name()
            );
        }
    }
}

/// The same at real moments: damaged walls, players where they stand.
#[test]
fn sound_is_the_naive_reference_in_a_fight() {
    let (mut compared, mut left_out, mut worst) = (0, 0, 0.0f64);
    for name in FIGHTS {
        let mut scene = Scene::new(name).unwrap();
        for _ in 0..6 {
            scene.advance(300);
            let view = scene.world.view(scene.game).unwrap();
            let places: Vec<Vec2> = view.players().map(|p| p.position).collect();
            for (i, &a) in places.iter().enumerate() {
                for (j, &b) in places.iter().enumerate().filter(|&(j, _)| j != i) {
                    let kind = SoundKind::ALL[(i * 8 + j * 5) % SoundKind::COUNT];
                    if agrees(&view, kind, a, b, &mut worst) { compared += 1 } else { left_out += 1 }
                }
            }
        }
    }
    println!("{compared} compared, {left_out} left out, bearings within {worst:.2} degrees");
    assert!(worst <= 6.0, "a bearing is off by {worst} degrees");
    assert!(compared > 1000 && left_out * 20 < compared, "{compared} compared, {left_out} left out");
}

/// Louder nearer, nothing from the limit on, full at the reference; every row of the table.
#[test]
fn s8_distance() {
    let (world, game) = match_on(&[]).unwrap();
    let view = world.view(game).unwrap();
    use SoundKind::*;
    let table: &[(&[SoundKind], f32, f32)] = &[
        (&[FootstepSneak], 40.0, 4.0),
        (&[FootstepWalk], 80.0, 8.0),
        (&[FootstepRun], 160.0, 16.0),
        (&[FireRifle, FireBattleRifle, FireMachineGun, FireShotgun], 400.0, 20.0),
        (&[FireSmg, FirePistol, FireRevolver], 300.0, 20.0),
        (&[FireSniperRifle, FireAntiMaterialRifle, FireRocket, FireGrenadeLauncher], 500.0, 25.0),
        (&[FireSuppressedPistol], 100.0, 8.0),
        (&[Reload, Switch, Empty, Throw], 60.0, 6.0),
        (&[ImpactConcrete, ImpactMetal, ImpactWood, ImpactGlass, ImpactBorder], 150.0, 10.0),
        (&[BreakConcrete, BreakMetal, BreakWood, BreakGlass], 250.0, 15.0),
        (&[Bounce], 120.0, 8.0),
        (&[Explosion], 600.0, 30.0),
        (&[Flash], 500.0, 30.0),
        (&[Hurt], 150.0, 10.0),
        (&[Death], 200.0, 12.0),
    ];
    assert_eq!(table.iter().map(|row| row.0.len()).sum::<usize>(), SoundKind::COUNT);
    for &(kinds, limit, reference) in table {
        for &kind in kinds {
            let rule = view.rules().sound.kinds[kind as usize];
            assert_eq!((rule.limit, rule.reference), (limit, reference), "{}", kind.name());
            let mut before = f32::MAX;
            for step in 0..=470 {
                let distance = step as f32;
                let gain = view.sound_between(kind, at(5.0, 135.0), at(5.0 + distance, 135.0)).gain;
                assert_eq!(gain, attenuation(&rule, distance), "{} at {distance}", kind.name());
                let still = distance <= reference || distance >= limit;
                assert!(gain < before || (still && gain <= before), "{} at {distance}", kind.name());
                assert_eq!(gain > 0.0, distance < limit, "{} at {distance}", kind.name());
                before = gain;
            }
            let near = attenuation(&rule, reference);
            assert!((near - 1.0).abs() < 0.01, "{}: {near} at its reference distance", kind.name());
        }
    }
}

/// Every material keeps back its share of the remaining health, on the straight line; a destroyed slice nothing.
#[test]
fn s8_straight_through() {
    for (material, absorption) in [
        (Material::Concrete, 0.90f32),
        (Material::Metal, 0.95),
        (Material::Wood, 0.60),
        (Material::Glass, 0.30),
        (Material::Border, 1.0),
    ] {
        // A wall from edge to edge, so that there is no way round.
        let walls: Vec<WallDef> = (0..27).map(|y| wall(200.0, y as f32 * 10.0, 10.0, 10.0, material)).collect();
        let (world, game) = match_on(&walls).unwrap();
        let view = world.view(game).unwrap();
        let arrival = view.sound_between(SoundKind::FireRifle, at(150.0, 135.0), at(250.0, 135.0));
        // The five slices lie side by side along x: the line crosses them all.
        let share = libm::powf(1.0 - absorption, 5.0);
        let want = attenuation(&view.rules().sound.kinds[SoundKind::FireRifle as usize], 100.0) * share;
        assert!((arrival.gain - want).abs() < 1e-6, "{}: {arrival:?}, not {want}", material.name());
        assert!((arrival.cutoff_hz - (22_000.0 * share).max(300.0)).abs() < 1.0, "{}: {arrival:?}", material.name());
    }
}

/// One slice in the way, shot away bit by bit: muffled by its remaining health, by nothing once it is gone, in the very
/// tick in which it goes.
#[test]
fn s8_a_hole_is_heard_through_at_once() {
    // 50 x 10 px upright: slices 10 px high, one of which the line crosses.
    let mut setup = Setup::default().primary(Weapon::Rifle).wall(200.0, 110.0, 10.0, 50.0, Material::Wood);
    for y in [0.0, 50.0, 100.0] {
        if y < 100.0 {
            setup = setup.wall(200.0, y, 10.0, 50.0, Material::Border);
        }
    }
    setup = setup.wall(200.0, 100.0, 10.0, 10.0, Material::Border).wall(200.0, 160.0, 10.0, 110.0, Material::Border);
    let mut rig = setup.players(&[(Team::Red, at(170.0, 135.0)), (Team::Blue, at(300.0, 139.0))]).build();
    rig.wait_out_invulnerability();
    heard(&mut rig);
    let (mut last, mut open_tick) = (0u8, None);
    for tick in 0..240 {
        rig.input(0, if tick % 8 < 4 { Buttons::FIRE } else { NONE }, NONE, at(300.0, 135.0));
        rig.tick();
        let broken = rig.count(EventKind::SliceDestroyed) > 0;
        let all = heard(&mut rig);
        if let Some(shot) = of(&all, 1, SoundKind::FireRifle).first() {
            assert!(shot.gain >= last, "quieter at tick {tick}, though the wall only gets weaker");
            last = shot.gain;
            if broken {
                open_tick.get_or_insert((tick, shot.gain, shot.cutoff));
                break;
            }
        }
    }
    let (_, gain, cutoff) = open_tick.expect("the slice breaks and a shot is heard in that tick or after");
    let rule = rig.world.rules().sound.kinds[SoundKind::FireRifle as usize];
    assert!((f32::from(gain) / 255.0 - attenuation(&rule, 130.0)).abs() < 0.02, "{gain}");
    assert_eq!(cutoff, 63, "nothing muffles it");
    // A match that starts anew has its walls back.
    rig.world.reset_match(rig.game, 1).unwrap();
    let view = rig.world.view(rig.game).unwrap();
    assert!(view.sound_between(SoundKind::FireRifle, at(170.0, 135.0), at(300.0, 135.0)).through < 0.5);
}

/// Round the corner: length over the grid, 0.7 gain and half the cutoff for a quarter turn, and heard from the corner.
#[test]
fn s8_round_the_corner() {
    // A corridor to the right and down; everything else is border.
    let open = |x: i32, y: i32| (y == 3 && (3..=20).contains(&x)) || (x == 20 && (3..=13).contains(&y));
    let mut walls = Vec::new();
    for y in 0..27 {
        for x in 0..48 {
            if !open(x, y) {
                walls.push(wall(x as f32 * 10.0, y as f32 * 10.0, 10.0, 10.0, Material::Border));
            }
        }
    }
    let spawns = [Spawn { at: at(35.0, 35.0), team: Team::Red }, Spawn { at: at(205.0, 135.0), team: Team::Blue }];
    // Bodies do not fit into a corridor of one cell; sound does.
    assert!(GameMap::from_rects(&walls, &spawns).is_err());
    let walls: Vec<WallDef> = walls.into_iter().filter(|w| !(w.x > 220.0 && w.y > 150.0)).collect();
    let (world, game) = match_on(&walls).unwrap();
    let view = world.view(game).unwrap();
    let arrival = view.sound_between(SoundKind::FireRifle, at(35.0, 35.0), at(205.0, 135.0));
    assert_eq!(arrival.round, Some((270.0, 1)));
    let rule = view.rules().sound.kinds[SoundKind::FireRifle as usize];
    assert!((arrival.gain - attenuation(&rule, 270.0) * 0.7).abs() < 1e-6, "{arrival:?}");
    assert!((arrival.cutoff_hz - 11_000.0).abs() < 1.0, "{arrival:?}");
    assert_eq!(arrival.from, at(205.0, 35.0), "from the corner");
    let mut way = Vec::new();
    view.sound_way(SoundKind::FireRifle, at(35.0, 35.0), at(205.0, 135.0), &mut way);
    assert_eq!((way.first(), way.last(), way.len()), (Some(&at(205.0, 135.0)), Some(&at(35.0, 35.0)), 28));
    assert_eq!(view.open_cells()[3] >> 3 & 0x3_FFFF, 0x3_FFFF);
}

/// A cell is open when standing slices cover less than half of it.
#[test]
fn s8_half_a_cell_is_open() {
    let mut rig = Setup::default().wall(200.0, 100.0, 50.0, 10.0, Material::Glass).build();
    let view = rig.world.view(rig.game).unwrap();
    assert_eq!(view.open_cells()[10] >> 20 & 0b1_1111, 0, "standing");
    // Slices 2 px wide of a single cell: three of five must go.
    rig = Setup::default().wall(200.0, 130.0, 10.0, 10.0, Material::Glass).build();
    let at_cell = |rig: &Rig| rig.world.view(rig.game).unwrap().open_cells()[13] >> 20 & 1;
    let mut saved = Vec::new();
    rig.world.save(rig.game, &mut saved).unwrap();
    assert_eq!(at_cell(&rig), 0);
    let slice = |rig: &Rig| (0..5).filter(|&s| rig.slice(s) > 0.0).count();
    assert_eq!(slice(&rig), 5);
    // 6 x 10 px of rectangles in a cell close it, 4 x 10 do not.
    for (width, open) in [(4.0, 1), (5.0, 0), (6.0, 0)] {
        let (world, game) = match_on(&[wall(200.0, 130.0, width, 10.0, Material::Wood)]).unwrap();
        assert_eq!(world.view(game).unwrap().open_cells()[13] >> 20 & 1, open, "{width} px");
    }
}

/// One footstep each 16 px of way, by gait; none on the spot, none against a wall.
#[test]
fn s8_footsteps() {
    let right = at(470.0, 135.0);
    for (held, kind, speed) in [
        (NONE, SoundKind::FootstepWalk, 100.0f32),
        (Buttons::SNEAK, SoundKind::FootstepSneak, 50.0),
        (Buttons::RUN, SoundKind::FootstepRun, 150.0),
    ] {
        let mut rig = Setup::default().players(&[(Team::Red, at(20.0, 135.0)), (Team::Blue, at(30.0, 160.0))]).build();
        heard(&mut rig);
        rig.ticks(30);
        assert!(heard(&mut rig).is_empty(), "nobody moves");
        let ticks = 96;
        rig.hold(0, held.with(Buttons::RIGHT), right, ticks);
        let all = heard(&mut rig);
        let way = speed * ticks as f32 / 60.0;
        assert_eq!(of(&all, 0, kind).len(), (way / 16.0 + 1e-3) as usize, "{}", kind.name());
        assert!(of(&all, 0, kind).iter().all(|h| h.flags & own::OWN != 0 && h.gain == 255 && h.bearing == 0));
        assert!(all.iter().all(|h| h.kind == kind as u8), "no other kind");
    }
    // Against a wall nothing is walked.
    let mut rig = Setup::default().wall(120.0, 100.0, 10.0, 70.0, Material::Concrete).build();
    rig.hold(0, Buttons::RIGHT, right, 30);
    heard(&mut rig);
    rig.hold(0, Buttons::RIGHT, right, 60);
    assert!(heard(&mut rig).is_empty(), "pressed against a wall");
}

/// A stride that was run and ends in a sneak sounds as it was run.
#[test]
fn s8_a_stride_is_as_loud_as_its_loudest_gait() {
    let mut rig = Setup::default().players(&[(Team::Red, at(20.0, 135.0)), (Team::Blue, at(400.0, 20.0))]).build();
    let right = at(470.0, 135.0);
    heard(&mut rig);
    // 15 px at a run, then 1 px at a sneak, again and again.
    for _ in 0..10 {
        rig.hold(0, Buttons::RUN.with(Buttons::RIGHT), right, 6);
        rig.hold(0, Buttons::SNEAK.with(Buttons::RIGHT), right, 2);
    }
    let all = heard(&mut rig);
    assert!(of(&all, 0, SoundKind::FootstepSneak).is_empty());
    assert!(of(&all, 0, SoundKind::FootstepRun).len() >= 9, "{all:?}");
}

/// Every other source of sounds, with its owner.
#[test]
fn s8_what_makes_a_sound() {
    let near = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(140.0, 135.0))];
    for weapon in Weapon::ALL {
        let setup = Setup::default().players(&[(Team::Red, at(100.0, 135.0)), (Team::Blue, at(130.0, 200.0))]);
        let mut rig = setup.build();
        rig.wait_out_invulnerability();
        rig.world.give_weapon(rig.game, rig.players[0], weapon).unwrap();
        heard(&mut rig);
        rig.press(0, Buttons::FIRE, at(300.0, 135.0));
        rig.ticks(2);
        let kind = match weapon {
            Weapon::Grenade | Weapon::SmokeGrenade | Weapon::Flashbang => SoundKind::Throw,
            other => SoundKind::ALL[SoundKind::FireRifle as usize + other as usize],
        };
        assert!(kind.name().ends_with(weapon.name()) || kind == SoundKind::Throw, "{}", kind.name());
        let all = heard(&mut rig);
        let (mine, theirs) = (of(&all, 0, kind), of(&all, 1, kind));
        assert_eq!(mine.len(), 1, "{}: {all:?}", weapon.name());
        assert!(mine[0].flags & own::OWN != 0 && mine[0].gain == 255);
        if view_distance(&rig) < rig.world.rules().sound.kinds[kind as usize].limit {
            assert_eq!(theirs.len(), 1, "{}", weapon.name());
            assert_eq!(theirs[0].flags & own::OWN, 0);
        }
    }
    // Reload, switch, an empty magazine.
    let mut rig = Setup::default().players(&near).build();
    rig.wait_out_invulnerability();
    heard(&mut rig);
    rig.press(0, Buttons::FIRE, at(100.0, 20.0));
    rig.press(0, Buttons::RELOAD, at(100.0, 20.0));
    rig.press(0, Buttons::SLOT2, at(100.0, 20.0));
    let all = heard(&mut rig);
    for kind in [SoundKind::Reload, SoundKind::Switch] {
        assert_eq!((of(&all, 0, kind).len(), of(&all, 1, kind).len()), (1, 1), "{}", kind.name());
    }
    for _ in 0..12 {
        rig.press(0, Buttons::FIRE, at(100.0, 20.0));
        rig.ticks(10);
    }
    heard(&mut rig);
    rig.press(0, Buttons::FIRE, at(100.0, 20.0));
    assert_eq!(of(&heard(&mut rig), 1, SoundKind::Empty).len(), 1, "an empty click");

    // Hurt and death are the victim's.
    let mut rig = Setup::default().players(&near).build();
    rig.wait_out_invulnerability();
    heard(&mut rig);
    let mut all = Vec::new();
    for _ in 0..60 {
        rig.input(0, Buttons::FIRE, NONE, at(140.0, 135.0));
        rig.tick();
        all.extend(heard(&mut rig));
    }
    for kind in [SoundKind::Hurt, SoundKind::Death] {
        let (shooter, victim) = (of(&all, 0, kind), of(&all, 1, kind));
        assert!(!shooter.is_empty() && shooter.iter().all(|h| h.flags & own::OWN == 0), "{}", kind.name());
        assert!(!victim.is_empty() && victim.iter().all(|h| h.flags & own::OWN != 0), "{}", kind.name());
    }
    // The dead hear nothing more.
    rig.ticks(20);
    heard(&mut rig);
    rig.hold(0, Buttons::FIRE, at(300.0, 135.0), 60);
    let all = heard(&mut rig);
    assert!(all.iter().any(|h| h.listener == 0) && all.iter().all(|h| h.listener != 1));

    // Impacts and breaks by material.
    for (material, impact, broken) in [
        (Material::Concrete, SoundKind::ImpactConcrete, SoundKind::BreakConcrete),
        (Material::Metal, SoundKind::ImpactMetal, SoundKind::BreakMetal),
        (Material::Wood, SoundKind::ImpactWood, SoundKind::BreakWood),
        (Material::Glass, SoundKind::ImpactGlass, SoundKind::BreakGlass),
        (Material::Border, SoundKind::ImpactBorder, SoundKind::BreakConcrete),
    ] {
        let setup = Setup::default()
            .wall(150.0, 110.0, 10.0, 50.0, material)
            .players(&[(Team::Red, at(100.0, 135.0)), (Team::Blue, at(100.0, 160.0))]);
        let mut rig = setup.build();
        rig.wait_out_invulnerability();
        let weapon = if material.is_soft() { Weapon::MachineGun } else { Weapon::AntiMaterialRifle };
        rig.world.give_weapon(rig.game, rig.players[0], weapon).unwrap();
        heard(&mut rig);
        let mut all = Vec::new();
        for tick in 0..1000 {
            let held = if tick % 4 < 2 || material.is_soft() { Buttons::FIRE } else { NONE };
            rig.input(0, held, NONE, at(300.0, 135.0));
            rig.tick();
            all.extend(heard(&mut rig));
        }
        assert!(!of(&all, 1, impact).is_empty(), "{}", impact.name());
        assert_eq!(of(&all, 1, broken).is_empty(), material == Material::Border, "{}", broken.name());
    }

    // Bounce, explosion, flash; smoke is silent.
    for (weapon, kind) in [
        (Weapon::Grenade, Some(SoundKind::Explosion)),
        (Weapon::Flashbang, Some(SoundKind::Flash)),
        (Weapon::SmokeGrenade, None),
    ] {
        let setup = Setup::default()
            .wall(130.0, 110.0, 10.0, 50.0, Material::Concrete)
            .support(&[weapon])
            .players(&[(Team::Red, at(100.0, 135.0)), (Team::Blue, at(60.0, 135.0))]);
        let mut rig = setup.build();
        rig.wait_out_invulnerability();
        rig.press(0, Buttons::SLOT3, at(300.0, 135.0));
        heard(&mut rig);
        rig.world.throw(rig.game, rig.players[0], 5).unwrap();
        let mut all = Vec::new();
        for _ in 0..240 {
            rig.tick();
            all.extend(heard(&mut rig));
        }
        assert!(!of(&all, 1, SoundKind::Bounce).is_empty(), "{}", weapon.name());
        for other in [SoundKind::Explosion, SoundKind::Flash] {
            assert_eq!(!of(&all, 1, other).is_empty(), kind == Some(other), "{}", weapon.name());
        }
    }
}

fn view_distance(rig: &Rig) -> f32 {
    rig.player(0).position.distance(rig.player(1).position)
}

/// A flash takes its share of the hearing.
#[test]
fn s8_a_flash_deafens() {
    let setup = Setup::default().support(&[Weapon::Flashbang]);
    let mut rig = setup.players(&[(Team::Red, at(100.0, 135.0)), (Team::Blue, at(160.0, 135.0))]).build();
    rig.wait_out_invulnerability();
    // Blue looks at it.
    rig.input(1, NONE, NONE, at(100.0, 135.0));
    rig.press(0, Buttons::SLOT3, at(160.0, 135.0));
    rig.world.throw(rig.game, rig.players[0], 1).unwrap();
    rig.ticks(95);
    assert!(rig.player(1).blind);
    heard(&mut rig);
    rig.press(0, Buttons::SLOT1, at(160.0, 135.0));
    let switch = of(&heard(&mut rig), 1, SoundKind::Switch);
    let impairment = rig.player(1).impairment[1];
    assert!(impairment > 0.3, "{impairment}");
    let rule = rig.world.rules().sound.kinds[SoundKind::Switch as usize];
    let want = attenuation(&rule, view_distance(&rig)) * (1.0 - impairment) * 255.0;
    match switch.first() {
        Some(switch) => assert!((f32::from(switch.gain) - want).abs() <= 1.5, "{} is not {want}", switch.gain),
        None => assert!(want < 1.5, "not heard, though {want}"),
    }
}

/// What is told: every field within its range, nothing else in the bytes, and what is told of two places of one 4 px
/// square is the same, for every listener, whatever the listener does.
#[test]
fn s8_a_place_is_told_no_better_than_its_square() {
    let mut scene = Scene::new("brawl").unwrap();
    let mut told = 0;
    for round in 0..12 {
        scene.advance(150);
        let view = scene.world.view(scene.game).unwrap();
        for player in view.players().filter(|p| p.alive) {
            for kind in SoundKind::ALL {
                let p = player.position;
                let square = Vec2::new((p.x / 4.0).floor(), (p.y / 4.0).floor()) * 4.0;
                let entries = |at: Vec2| {
                    let mut all = Vec::new();
                    view.listeners(kind, at, None, |h| all.push(h));
                    all
                };
                let want = entries(p);
                for n in 0..6u32 {
                    let word = rng::draw(round, n, rng::Purpose::Bot, player.id.slot() as u32);
                    let at = square + Vec2::new(rng::unit(word[0]), rng::unit(word[1])) * 3.999;
                    assert_eq!(entries(at), want, "{} at {at} and {p}", kind.name());
                }
                for h in &want {
                    assert!(h.gain >= 1 && h.bearing < 64 && h.cutoff < 64 && h.aim < 64 && h.reserved == 0);
                    assert_eq!(h.flags, 0);
                    told += 1;
                }
            }
        }
    }
    assert!(told > 2000, "{told}");
}

/// Turning on the spot tells nothing more: aim and bearing together are always the same direction of the playfield.
#[test]
fn s8_turning_tells_no_more() {
    let mut rig = Setup::default().players(&[(Team::Red, at(100.0, 135.0)), (Team::Blue, at(163.0, 171.0))]).build();
    rig.ticks(2);
    let mut directions = std::collections::BTreeSet::new();
    for degree in 0..360 {
        let angle = f64::from(degree).to_radians();
        let aim = Vec2::new(libm::cos(angle) as f32, libm::sin(angle) as f32);
        rig.input(0, NONE, NONE, rig.player(0).position + aim * 60.0);
        rig.tick();
        let view = rig.world.view(rig.game).unwrap();
        view.listeners(SoundKind::FireRifle, view.players().nth(1).unwrap().position, None, |h| {
            if h.listener == 0 {
                directions.insert(((h.aim + h.bearing) & 63, h.gain, h.cutoff));
            }
        });
    }
    assert_eq!(directions.len(), 1, "{directions:?}");
}

/// A sound is heard from where it comes, rounded: within half a step and what the square hides.
#[test]
fn s8_bearings_are_right() {
    let mut rig = Setup::default().players(&[(Team::Red, at(240.0, 135.0)), (Team::Blue, at(20.0, 20.0))]).build();
    rig.ticks(2);
    let view = rig.world.view(rig.game).unwrap();
    let ear = rig.player(0).position;
    for degree in 0..360 {
        let angle = f64::from(degree).to_radians();
        let from = ear + Vec2::new(libm::cos(angle) as f32, libm::sin(angle) as f32) * 100.0;
        let mut count = 0;
        view.listeners(SoundKind::FireRifle, from, None, |h| {
            if h.listener == 0 {
                count += 1;
                let told = f64::from((h.aim + h.bearing) & 63) * 360.0 / 64.0;
                let off = (told - f64::from(degree)).abs();
                let bound = 360.0 / 128.0 + libm::atan2(2.0 * core::f64::consts::SQRT_2, 100.0).to_degrees();
                assert!(off.min(360.0 - off) <= bound + 1e-3, "{told} is not {degree}");
            }
        });
        assert_eq!(count, 1);
    }
    assert!((cutoff_hz(63, 300.0, 22_000.0) - 22_000.0).abs() < 1.0);
}

/// Many breaks of one blast are few sounds, and rings stay bounded whatever a host forgets.
#[test]
fn s8_a_blast_is_no_flood() {
    let mut scene = Scene::new("arsenal").unwrap();
    scene.advance_with(1800, World::step);
    let pending = scene.world.pending_sounds(scene.game).unwrap();
    assert!(pending <= world::HEARD_RING && pending > 100, "{pending}");
    let (mut by_tick, mut lost) = (std::collections::BTreeMap::new(), 0);
    lost += scene
        .world
        .drain_sounds(scene.game, |h| *by_tick.entry((h.tick, h.listener, h.kind)).or_insert(0u32) += 1)
        .unwrap();
    assert!(lost > 0, "half a minute of a fight is more than a ring");
    assert!(by_tick.values().all(|&n| n <= 24), "{:?}", by_tick.iter().max_by_key(|(_, n)| **n));
}

/// Snapshots bring the strides back: a rolled-back match sounds the same again.
#[test]
fn s8_rolled_back_matches_sound_the_same() {
    let mut scene = Scene::new("brawl").unwrap();
    scene.advance(400);
    scene.world.drain_sounds(scene.game, |_| {}).unwrap();
    let mut saved = Vec::new();
    scene.world.save(scene.game, &mut saved).unwrap();
    let (world, game) = (&mut scene.world, scene.game);
    let mut play = || {
        let mut all = Vec::new();
        for _ in 0..120 {
            world.step();
            world.drain_sounds(game, |h| all.push(*h)).unwrap();
        }
        all
    };
    let first = play();
    scene.world.restore(scene.game, &saved).unwrap();
    let (world, game) = (&mut scene.world, scene.game);
    let mut second = Vec::new();
    for _ in 0..120 {
        world.step();
        world.drain_sounds(game, |h| second.push(*h)).unwrap();
    }
    assert!(!first.is_empty());
    assert_eq!(first, second);
}

/// The same entries at every SIMD level.
#[test]
fn s8_every_level_hears_the_same() {
    let play = |level| {
        let def = WorldDef { simd: Some(level), ..WorldDef::default() };
        let mut scene = Scene::with_def("brawl", def).unwrap();
        let mut all = Vec::new();
        for _ in 0..600 {
            scene.advance(1);
            scene.world.drain_sounds(scene.game, |h| all.push(*h)).unwrap();
        }
        all
    };
    let want = play(simd::Level::Scalar);
    assert!(want.len() > 300);
    for &level in simd::Level::available() {
        assert_eq!(play(level), want, "{}", level.name());
    }
}

/// Turning is counted in quarters: beside the same way pulled taut, with every degree counted, it is right on the average
/// and seldom far off.
#[test]
fn s8_quarter_turns_are_right_on_the_average() {
    let (mut sum, mut squares, mut count, mut far) = (0.0f64, 0.0f64, 0u32, 0u32);
    for name in FIGHTS {
        let mut scene = Scene::new(name).unwrap();
        for round in 0..8 {
            scene.advance(200);
            let view = scene.world.view(scene.game).unwrap();
            let open = view.open_cells();
            let is_open = |p: Vec2| open[(p.y / 10.0) as usize] >> ((p.x / 10.0) as usize) & 1 == 1;
            let clear = |a: Vec2, b: Vec2| {
                let steps = (a.distance(b) * 4.0).ceil().max(1.0) as u32;
                (0..=steps).all(|i| is_open(a + (b - a) * (i as f32 / steps as f32)))
            };
            let places: Vec<Vec2> = view.players().map(|p| p.position).collect();
            let mut way = Vec::new();
            for (i, &a) in places.iter().enumerate() {
                // To other players, and to some places about the field.
                let more = (0..12u32).map(|n| {
                    let word = rng::draw(round, n, rng::Purpose::Bot, i as u32);
                    at(rng::unit(word[0]) * 479.0, rng::unit(word[1]) * 269.0)
                });
                for b in places.iter().copied().chain(more).filter(|&b| is_open(b) && is_open(a) && b != a) {
                    let arrival = view.sound_way(SoundKind::FireRifle, a, b, &mut way);
                    let Some((_, turns)) = arrival.round else { continue };
                    // Pulled taut: from each bend straight to the farthest cell of the way in sight.
                    let mut points = vec![b];
                    let mut at = 0;
                    while at + 1 < way.len() {
                        let from = points[points.len() - 1];
                        at = (at + 1..way.len()).rev().find(|&j| clear(from, way[j])).unwrap_or(at + 1);
                        points.push(way[at]);
                    }
                    let legs: Vec<Vec2> = points.windows(2).map(|pair| pair[1] - pair[0]).collect();
                    let turned: f32 = legs.windows(2).map(|pair| pair[0].angle_to(pair[1]).abs()).sum();
                    let off = (turns as f64 - f64::from(turned) / core::f64::consts::FRAC_PI_2) * 20.0 * 0.7f64.log10();
                    sum += off;
                    squares += off * off;
                    count += 1;
                    far += u32::from(off.abs() > 3.1);
                }
            }
        }
    }
    let (mean, rms) = (sum / f64::from(count), (squares / f64::from(count)).sqrt());
    println!(
        "{count} ways: {mean:+.2} dB on the average, {rms:.2} dB root mean square, {far} off by more than a quarter"
    );
    assert!(count > 1000 && mean.abs() < 1.0 && rms < 2.5 && far * 7 < count, "{count} {mean} {rms} {far}");
}

/// A slice that breaks names who hears it break, near or far, seen or not.
#[test]
fn s9_who_hears_a_slice_break_is_told() {
    let setup = Setup::default().wall(150.0, 110.0, 10.0, 50.0, Material::Glass).players(&[
        (Team::Red, at(100.0, 135.0)),
        // In earshot with the back to it, and beyond: 250 px are a break's.
        (Team::Blue, at(200.0, 135.0)),
        (Team::Blue, at(440.0, 135.0)),
    ]);
    let mut rig = setup.build();
    rig.wait_out_invulnerability();
    rig.input(1, NONE, NONE, at(300.0, 135.0));
    for _ in 0..60 {
        rig.input(0, Buttons::FIRE, NONE, at(300.0, 133.0));
        rig.tick();
    }
    let breaks = rig.all(EventKind::SliceDestroyed);
    assert!(!breaks.is_empty());
    assert!(breaks.iter().all(|e| e.part == 0b011), "{breaks:?}");
    let all = heard(&mut rig);
    assert!(!of(&all, 1, SoundKind::BreakGlass).is_empty() && of(&all, 2, SoundKind::BreakGlass).is_empty());
}

/// A life that the host ends is heard to end.
#[test]
fn s8_a_hosts_kill_is_heard() {
    let mut rig = Setup::default().players(&[(Team::Red, at(100.0, 135.0)), (Team::Blue, at(160.0, 135.0))]).build();
    rig.ticks(2);
    heard(&mut rig);
    rig.world.kill_player(rig.game, rig.players[1]).unwrap();
    rig.tick();
    let all = heard(&mut rig);
    assert_eq!((of(&all, 0, SoundKind::Death).len(), of(&all, 1, SoundKind::Death).len()), (1, 1));
    rig.ticks(5);
    assert!(heard(&mut rig).is_empty(), "once");
}

/// Whoever takes a slot over gets nothing of what the last one heard.
#[test]
fn s8_a_leavers_sounds_are_gone() {
    let mut rig = Setup::default().build();
    rig.hold(0, Buttons::RIGHT, at(470.0, 135.0), 60);
    assert!(rig.world.pending_sounds(rig.game).unwrap() > 0);
    rig.world.remove_player(rig.game, rig.players[0]).unwrap();
    let next = rig.world.add_player(rig.game, PlayerDef::default()).unwrap();
    assert_eq!(next.slot(), 0);
    assert!(of(&heard(&mut rig), 0, SoundKind::FootstepWalk).is_empty());
}

/// The order of a tick's entries says nothing of slots and events: players who change places sound the same.
#[test]
fn s8_the_order_tells_nothing() {
    let listen = |places: [Vec2; 2]| {
        let players = [(Team::Red, at(240.0, 135.0)), (Team::Blue, places[0]), (Team::Blue, places[1])];
        let mut rig = Setup::default().players(&players).build();
        rig.ticks(5);
        heard(&mut rig);
        // Both walk off at once, in the same direction.
        for _ in 0..30 {
            rig.input(1, Buttons::DOWN, NONE, at(240.0, 260.0));
            rig.input(2, Buttons::DOWN, NONE, at(240.0, 260.0));
            rig.tick();
        }
        let all = heard(&mut rig);
        all.into_iter().filter(|h| h.listener == 0).map(|h| (h.tick, h.kind, h.gain, h.bearing)).collect::<Vec<_>>()
    };
    let (one, other) = (at(216.0, 100.0), at(272.0, 100.0));
    let (first, second) = (listen([one, other]), listen([other, one]));
    assert!(first.len() >= 4, "{first:?}");
    let since = |all: &[(u32, u8, u8, u8)]| {
        let start = all[0].0;
        all.iter().map(|h| (h.0 - start, h.1, h.2, h.3)).collect::<Vec<_>>()
    };
    assert_eq!(since(&first), since(&second));
}
