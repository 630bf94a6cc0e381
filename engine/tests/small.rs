//! A few ticks of a small match through every call that touches memory in ways of its own: small enough for Miri, which
//! checks every access (`cargo xtask test --only miri`), and cheap everywhere else.
#![allow(clippy::unwrap_used)]

use trespasser::rules::Material;
use trespasser::simd::Level;
use trespasser::world::columns::Column;
use trespasser::*;

fn arena() -> std::sync::Arc<GameMap> {
    let wall = |x, y, material| WallDef { x, y, width: 10.0, height: 10.0, material };
    let walls =
        [wall(150.0, 130.0, Material::Wood), wall(170.0, 120.0, Material::Glass), wall(160.0, 150.0, Material::Metal)];
    let spawn = |x, team| Spawn { at: Vec2::new(x, 135.0), team };
    GameMap::from_rects(&walls, &[spawn(130.0, Team::Red), spawn(210.0, Team::Blue)]).unwrap()
}

fn duel(simd: Option<Level>) -> (World, MatchId, [PlayerId; 2]) {
    let mut world = World::new(WorldDef { simd, ..WorldDef::default() }).unwrap();
    let game = world.create_match(&arena(), MatchDef { seed: 3, kill_target: None }).unwrap();
    let support = [&[Weapon::Rocket, Weapon::Flashbang][..], &[Weapon::SmokeGrenade, Weapon::Grenade]];
    let players = [Team::Red, Team::Blue].map(|team| {
        let loadout = Loadout::new(Weapon::Shotgun, Weapon::Pistol, support[team as usize]).unwrap();
        world.add_player(game, PlayerDef { team: Some(team), loadout, spawn: true }).unwrap()
    });
    (world, game, players)
}

/// One tick: both walk, fire, throw and launch.
fn tick(world: &mut World, game: MatchId, players: [PlayerId; 2], tick: u32) {
    for (i, player) in players.into_iter().enumerate() {
        let taps = [Buttons::SLOT1, Buttons::SLOT3, Buttons::THROW, Buttons::FIRE][(tick as usize + i) % 4];
        let at = Vec2::new([210.0, 130.0][i], 130.0 + (tick % 8) as f32);
        let held = if tick.is_multiple_of(2) { Buttons::UP } else { Buttons::DOWN | Buttons::RUN };
        world.push_input(game, player, InputCmd::new(tick, held, taps, at).unwrap()).unwrap();
    }
    world.step();
}

fn ticks() -> u32 {
    if cfg!(miri) { 4 } else { 200 }
}

#[test]
fn a_match_is_saved_restored_rolled_back_and_looked_at() {
    let (mut world, game, players) = duel(Some(Level::Scalar));
    let (mut other, twin, _) = duel(Some(Level::Scalar));
    let (mut saved, mut again, mut snapshot) = (Vec::new(), Vec::new(), Snapshot::new());
    for at in 1..=ticks() {
        tick(&mut world, game, players, at);
    }
    world.save(game, &mut saved).unwrap();
    world.snapshot(game, &mut snapshot).unwrap();
    for at in 1..=3 {
        tick(&mut world, game, players, ticks() + at);
    }
    let want = world.hash(game).unwrap();
    other.restore(twin, &saved).unwrap();
    other.save(twin, &mut again).unwrap();
    assert!(saved == again);
    for at in 1..=3 {
        tick(&mut other, twin, players, ticks() + at);
    }
    assert_eq!(other.hash(twin).unwrap(), want);
    world.rollback(game, &snapshot).unwrap();
    for at in 1..=3 {
        tick(&mut world, game, players, ticks() + at);
    }
    assert_eq!(world.hash(game).unwrap(), want);
    let (a, b) = (world.columns(game).unwrap(), other.columns(twin).unwrap());
    assert_eq!(a.first_difference(&b), None);
    let mut bytes = Vec::new();
    for (number, Column { kind, .. }) in Columns::all().iter().enumerate() {
        a.read(number, &mut bytes);
        assert_eq!(bytes.len(), a.lanes(number) * kind.bytes());
    }
    let mut corners = Vec::new();
    world.view(game).unwrap().polygon(0, &mut corners);
    assert!(corners.len() > 3);
    let mut heard = 0;
    world.drain_events(game, |_| heard += 1).unwrap();
    world.drain_sounds(game, |_| heard += 1).unwrap();
    assert!(heard > 0);
}

#[test]
fn links_tell_what_is_known() {
    let (mut world, game, players) = duel(Some(Level::Scalar));
    players.iter().for_each(|&player| world.open_link(game, player).unwrap());
    let mut packets = 0;
    for at in 1..=ticks() {
        tick(&mut world, game, players, at);
        packets += world.packets().map(|packet| packet.bytes.len().min(1)).sum::<usize>();
    }
    assert!(packets > 0);
    world.close_link(game, players[0]).unwrap();
    world.remove_player(game, players[1]).unwrap();
    world.step();
}

/// Under Miri two blocks of matches take many minutes; threads are what ThreadSanitizer looks at (`cargo xtask test --only
/// tsan`).
#[cfg(not(miri))]
#[test]
fn threads_share_a_world() {
    let (mut world, game, players) = duel(None);
    let map = arena();
    // More than one block of matches.
    let (matches, ticks) = (40, 3);
    for seed in 0..matches {
        let game = world.create_match(&map, MatchDef { seed, kill_target: None }).unwrap();
        if seed % 8 == 0 {
            world.add_player(game, PlayerDef::default()).unwrap();
        }
    }
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(2).build() else { return };
    for at in 1..=ticks {
        for (i, &player) in players.iter().enumerate() {
            let input = InputCmd::new(at, Buttons::FIRE, Buttons::NONE, Vec2::new(170.0, 135.0 + i as f32)).unwrap();
            world.push_input(game, player, input).unwrap();
        }
        pool.install(|| world.step_parallel());
    }
    assert_eq!(world.view(game).unwrap().tick(), ticks);
}

#[test]
fn bytes_from_outside_are_refused_or_taken() {
    let (mut world, game, _) = duel(Some(Level::Scalar));
    world.step();
    let mut saved = Vec::new();
    world.save(game, &mut saved).unwrap();
    let want = world.hash(game).unwrap();
    // Miri takes a second for each pass over all bytes.
    let places = [0, 5, 9, 17, 25, 29, 33, 41, saved.len() - 1];
    for &at in if cfg!(miri) { &places[..7] } else { &places[..] } {
        let mut bad = saved.clone();
        bad[at] ^= 1;
        assert!(world.restore(game, &bad).is_err());
        assert!(world.restore(game, &saved[..at]).is_err());
    }
    assert_eq!(world.hash(game).unwrap(), want);
    world.restore(game, &saved).unwrap();
    assert!(GameMap::from_png(b"\x89PNG\r\n\x1a\n????", Reading::Fine).is_err());
}
