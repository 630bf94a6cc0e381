//! The scenes as golden hashes, whatever the threads and instruction sets; matches that are rolled back; and whether
//! the load that all measurements rest on is a fight.
#![cfg(feature = "scenes")]
// Helpers outside the test functions: a failure is a failure there too.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use trespasser::rules::Material;
use trespasser::scenes::{Bots, FightStats, SCENES, Scene, loadout, run};
use trespasser::simd::Level;
use trespasser::{
    Buttons, Error, EventKind, GameMap, InputCmd, MatchDef, MatchId, Op, PastInput, PlayerDef, PlayerId, Reading,
    Snapshot, Team, Vec2, WallDef, Weapon, World, WorldDef,
};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/scenes.txt");
const TICKS: u32 = 600;

fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

/// Hashes every so many ticks: on failure the first line that differs says when a scene went another way.
fn table() -> String {
    let mut text = String::from(
        "# scene tick hash; UPDATE_GOLDEN=1 cargo test -p trespasser-engine --features scenes --test scenes\n",
    );
    for name in SCENES {
        let mut scene = Scene::new(name).unwrap();
        for _ in 0..TICKS / 60 {
            scene.advance(60);
            let tick = scene.world.view(scene.game).unwrap().tick();
            writeln!(text, "{name} {tick} {:016x}", scene.hash()).unwrap();
        }
    }
    text
}

#[test]
fn scenes_end_as_they_always_have() {
    let table = table();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &table).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    for (got, want) in table.lines().zip(golden.lines()) {
        assert_eq!(got, want, "if that was meant: UPDATE_GOLDEN=1, and say why in the commit");
    }
    assert_eq!(table, golden);
}

#[test]
fn every_level_and_any_number_of_threads_give_the_same_bits() {
    let pools = [1, 2, 3, 4].map(pool);
    for name in SCENES {
        let want = run(name, TICKS).unwrap();
        for &level in Level::available() {
            let mut scene = Scene::at_level(name, Some(level)).unwrap();
            scene.advance(TICKS);
            assert_eq!(scene.hash(), want, "{name} with {}", level.name());
            for pool in &pools {
                let mut scene = Scene::at_level(name, Some(level)).unwrap();
                scene.advance_with(TICKS, |world| pool.install(|| world.step_parallel()));
                let threads = pool.current_num_threads();
                assert_eq!(scene.hash(), want, "{name} with {} on {threads} threads", level.name());
            }
        }
    }
}

/// What this machine must be able to run is told by whoever starts the tests on a strange one: a level that is silently
/// missing would prove nothing.
#[test]
fn the_levels_that_should_be_there_are_there() {
    let names: Vec<_> = Level::available().iter().map(|level| level.name()).collect();
    if let Ok(want) = std::env::var("EXPECT_LEVELS") {
        assert_eq!(names.join(","), want);
    }
    assert_eq!(names[0], "scalar");
}

/// A match among others, in any place, at any number of threads, plays as it does alone.
#[test]
fn neighbours_change_nothing() {
    let map = GameMap::builtin("yard", Reading::Fine).unwrap();
    let pool = pool(4);
    let mut world = World::new(WorldDef::default()).unwrap();
    let mut bots = Bots::new();
    let games: Vec<MatchId> = (0..70).map(|seed| fight(&mut world, &mut bots, &map, seed % 7, 4)).collect();
    for _ in 0..240 {
        bots.think(&mut world);
        pool.install(|| world.step_parallel());
    }
    for (i, &game) in games.iter().enumerate() {
        assert_eq!(world.hash(game).unwrap(), world.hash(games[i % 7]).unwrap(), "match {i}");
    }
    assert_ne!(world.hash(games[0]).unwrap(), world.hash(games[1]).unwrap());
}

fn fight(world: &mut World, bots: &mut Bots, map: &std::sync::Arc<GameMap>, seed: u64, players: usize) -> MatchId {
    let game = world.create_match(map, MatchDef { seed, kill_target: Some(10_000) }).unwrap();
    for i in 0..players {
        let def = PlayerDef { loadout: loadout(i).unwrap(), ..PlayerDef::default() };
        bots.add(world, game, def, 0.3 + 0.4 * i as f32 / 7.0).unwrap();
    }
    game
}

fn players(scene: &Scene) -> Vec<PlayerId> {
    scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect()
}

/// A tick of a scene as it was played.
#[derive(Default)]
struct Played {
    /// Done to the match before the tick.
    before: Vec<Op>,
    /// The match was over, and began anew with this.
    after: Option<Op>,
}

fn play(scene: &mut Scene) -> Played {
    let mut played = Played::default();
    let told = |op: &Op| match op {
        Op::Reset { .. } => played.after = Some(*op),
        _ => played.before.push(*op),
    };
    scene.tick(told, World::step);
    played
}

fn play_again(world: &mut World, game: MatchId, played: &Played) {
    for op in &played.before {
        world.apply(game, op).unwrap();
    }
    world.step();
    if let Some(op) = &played.after {
        world.apply(game, op).unwrap();
    }
}

/// Saves, plays 1 to 8 ticks, rolls back, plays what was done again, all through every scene; compares bytes.
#[test]
fn rolled_back_matches_go_the_same_way_again() {
    for name in SCENES {
        let mut scene = Scene::new(name).unwrap();
        let (mut saved, mut want, mut got) = (Vec::new(), Vec::new(), Vec::new());
        let mut back = Scene::new(name).unwrap();
        for round in 0..90u32 {
            scene.world.save(scene.game, &mut saved).unwrap();
            let ticks = 1 + round % 8;
            let played: Vec<Played> = (0..ticks).map(|_| play(&mut scene)).collect();
            scene.world.save(scene.game, &mut want).unwrap();
            // In its own world, and in one that has never seen this match.
            scene.world.restore(scene.game, &saved).unwrap();
            back.world.restore(back.game, &saved).unwrap();
            for (world, game) in [(&mut scene.world, scene.game), (&mut back.world, back.game)] {
                played.iter().for_each(|played| play_again(world, game, played));
                world.save(game, &mut got).unwrap();
                assert!(got == want, "{name}, round {round}, {ticks} ticks");
            }
        }
    }
}

/// The load of all measurements: bounds far below what is measured, far above a walk in the park.
#[test]
fn the_fight_is_a_fight() {
    for map in ["citadel", "depot"] {
        let map = GameMap::builtin(map, Reading::Fine).unwrap();
        let mut world = World::new(WorldDef::default()).unwrap();
        let mut bots = Bots::new();
        let game = fight(&mut world, &mut bots, &map, 7, 8);
        let mut stats = FightStats::new(world.tick_rate());
        for _ in 0..3 * 60 * 60 {
            bots.think(&mut world);
            world.step();
            let mut events = Vec::new();
            assert_eq!(world.drain_events(game, |event| events.push(*event)).unwrap(), 0);
            stats.absorb(&world.view(game).unwrap(), &events);
        }
        assert!(stats.shots_per_minute() >= 600.0, "{stats:?}");
        assert!(stats.deaths_per_minute() >= 20.0, "{stats:?}");
        assert!(stats.slices_destroyed_per_minute() >= 20.0, "{stats:?}");
        assert!(stats.moving_share() >= 0.6, "{stats:?}");
    }
}

#[test]
fn nobody_ever_stands_in_a_slice() {
    for name in SCENES {
        let mut scene = Scene::new(name).unwrap();
        for _ in 0..TICKS {
            scene.advance(1);
            let view = scene.world.view(scene.game).unwrap();
            let g = view.map().geometry();
            for player in view.players().filter(|p| p.alive) {
                for slice in (0..g.slice_count).filter(|&s| view.slice_health(s) > 0) {
                    let low = Vec2::new(g.x0[slice], g.y0[slice]);
                    let nearest = player.position.clamp(low, Vec2::new(g.x1[slice], g.y1[slice]));
                    let distance = (player.position - nearest).length();
                    // Coordinates up to 480 px are rounded by 1/32768 px.
                    assert!(distance >= 6.0 - 1e-3, "{name}, tick {}: {player:?} and slice {slice}", view.tick());
                }
            }
        }
    }
}

/// Two matches that differ only in what an unseen enemy does: the bot presses the same.
#[test]
fn bots_know_nothing_of_the_unseen() {
    let map = GameMap::builtin("citadel", Reading::Fine).unwrap();
    let mut compared = 0;
    for seed in 0..12 {
        let mut sides = [0, 1].map(|_| {
            let mut world = World::new(WorldDef::default()).unwrap();
            let mut bots = Bots::new();
            let game = world.create_match(&map, MatchDef { seed, kill_target: None }).unwrap();
            let red = PlayerDef { team: Some(Team::Red), ..PlayerDef::default() };
            let bot = bots.add(&mut world, game, red, 0.8).unwrap();
            let enemy = world.add_player(game, PlayerDef { team: Some(Team::Blue), ..red }).unwrap();
            (world, bots, game, bot, enemy)
        });
        'ticks: for sequence in 1..1200u32 {
            let mut inputs = [InputCmd::default(); 2];
            for (side, (world, bots, game, bot, enemy)) in sides.iter_mut().enumerate() {
                if world.view(*game).unwrap().sees(bot.slot()) != 0 {
                    break 'ticks;
                }
                bots.think(world);
                inputs[side] = bots.last_input(*game, *bot).unwrap();
                // One walks about and looks around, the other stands still.
                let (held, x) = match side {
                    0 => (Buttons::NONE, 0.0),
                    _ if sequence / 40 % 2 == 0 => (Buttons::LEFT | Buttons::RUN, 0.0),
                    _ => (Buttons::UP, 480.0),
                };
                world
                    .push_input(*game, *enemy, InputCmd::new(sequence, held, Buttons::NONE, Vec2::new(x, 0.0)).unwrap())
                    .unwrap();
                world.step();
            }
            assert_eq!(inputs[0], inputs[1], "seed {seed}, input {sequence}");
            compared += u32::from(inputs[0].held != Buttons::NONE);
        }
    }
    assert!(compared > 1000, "{compared} inputs compared");
}

#[test]
fn bots_come_and_go() {
    let map = GameMap::builtin("yard", Reading::Fine).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let mut bots = Bots::new();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    for skill in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
        let refused = bots.add(&mut world, game, PlayerDef::default(), skill).unwrap_err();
        assert_eq!(refused.code(), "INVALID_ARGUMENT");
    }
    assert_eq!((bots.count(game), world.view(game).unwrap().joined()), (0, 0));
    let ids: Vec<_> = (0..8).map(|_| bots.add(&mut world, game, PlayerDef::default(), 1.0).unwrap()).collect();
    assert!(matches!(bots.add(&mut world, game, PlayerDef::default(), 1.0), Err(Error::MatchFull { .. })));
    assert_eq!(bots.count(game), 8);

    bots.remove(&mut world, game, ids[2]).unwrap();
    assert!(matches!(bots.remove(&mut world, game, ids[2]), Err(Error::StaleId { what: "player", .. })));
    let human = world.add_player(game, PlayerDef::default()).unwrap();
    assert_eq!(human.slot(), ids[2].slot());
    assert!(!bots.is_bot(game, human) && bots.is_bot(game, ids[3]));
    assert!(bots.remove(&mut world, game, human).is_err());

    world.remove_player(game, ids[3]).unwrap();
    bots.think(&mut world);
    assert_eq!(bots.count(game), 6);
    assert_eq!(world.view(game).unwrap().player(human).unwrap().last_sequence, 0);
    world.step();

    world.destroy_match(game).unwrap();
    bots.think(&mut world);
    assert_eq!(bots.count(game), 0);
    assert!(matches!(bots.remove(&mut world, game, ids[0]), Err(Error::StaleId { what: "match", .. })));
}

/// Two teams with a wall of wood between them, from edge to edge: the bots shoot a hole and go through.
#[test]
fn bots_shoot_their_way_through_wood() {
    let wall = |y| WallDef { x: 235.0, y, width: 10.0, height: 54.0, material: Material::Wood };
    let walls: Vec<_> = (0..5).map(|i| wall(i as f32 * 54.0)).collect();
    let map = GameMap::from_rects(&walls, &[]).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let mut bots = Bots::new();
    let game = fight(&mut world, &mut bots, &map, 1, 4);
    for _ in 0..60 * 60 {
        bots.think(&mut world);
        world.step();
        let through = |p: trespasser::PlayerView| match p.team {
            Team::Red => p.position.x > 251.0,
            Team::Blue => p.position.x < 229.0,
        };
        if world.view(game).unwrap().players().any(through) {
            return;
        }
    }
    panic!("a minute, and nobody is through");
}

/// What the set of scenes is for: every weapon is used and works, every kind of event happens, and what a scene is named
/// for is in it.
#[test]
fn the_scenes_have_everything_in_them() {
    let mut used = [0u32; Weapon::COUNT];
    let mut worked = [0u32; Weapon::COUNT];
    let mut kinds = [0u32; 256];
    for name in SCENES {
        let mut scene = Scene::new(name).unwrap();
        let mut own = [0u32; 256];
        let (mut dazzled, mut in_smoke, mut ignored) = (0u32, 0u32, 0u32);
        for _ in 0..TICKS * 3 {
            scene.advance(1);
            let (world, game) = (&mut scene.world, scene.game);
            let lost = world.drain_events(game, |event| {
                own[usize::from(event.kind)] += 1;
                let Some(weapon) = used.get_mut(usize::from(event.weapon)) else { return };
                let worked = &mut worked[usize::from(event.weapon)];
                match EventKind::from_number(event.kind).unwrap() {
                    EventKind::Fired | EventKind::Launched => *weapon += 1,
                    EventKind::HitPlayer | EventKind::Exploded => *worked += 1,
                    _ => {}
                }
            });
            assert_eq!(lost.unwrap(), 0);
            let view = world.view(game).unwrap();
            for player in view.players().filter(|player| player.alive) {
                dazzled += u32::from(player.impairment[0] > 0.0);
                let at = player.position;
                let near = |c: trespasser::CloudView| {
                    Vec2::new(c.disc.x, c.disc.y).distance(at) < c.disc.radius && c.disc.density > 0.3
                };
                in_smoke += u32::from(view.clouds().any(near));
                ignored = ignored.max(player.ignored_inputs + player.dropped_inputs);
            }
        }
        let of = |kind: EventKind| own[kind as usize];
        match *name {
            "haze" => assert!(dazzled >= 300 && in_smoke >= 300, "{dazzled} and {in_smoke} ticks of players"),
            "siege" => assert!(of(EventKind::SliceDestroyed) >= 200, "{} slices", of(EventKind::SliceDestroyed)),
            "rematch" => assert!(of(EventKind::MatchEnded) >= 2, "{} ends", of(EventKind::MatchEnded)),
            "rough" => {
                assert!(of(EventKind::Left) >= 8 && of(EventKind::Joined) >= 14, "{} left", of(EventKind::Left));
                assert!(ignored >= 50, "{ignored} inputs");
            }
            _ => assert_eq!(of(EventKind::Left), 0),
        }
        kinds.iter_mut().zip(own).for_each(|(all, own)| *all += own);
    }
    for weapon in Weapon::ALL {
        let (used, worked) = (used[weapon as usize], worked[weapon as usize]);
        assert!(used > 0 && worked > 0, "{}: used {used} times, worked {worked} times", weapon.name());
    }
    for kind in (1..).map_while(EventKind::from_number) {
        assert!(kinds[kind as usize] > 0, "{kind:?} never happens");
    }
}

/// Links, listeners and drains look on: the match goes the same way.
#[test]
fn who_looks_on_changes_nothing() {
    for name in SCENES {
        let mut scene = Scene::new(name).unwrap();
        let (mut packets, mut linked) = (0, Vec::new());
        for _ in 0..TICKS {
            // Whoever joins is linked at once.
            for player in players(&scene) {
                if !linked.contains(&player) {
                    scene.world.open_link(scene.game, player).unwrap();
                    scene.world.listen(scene.game, player, player.slot() % 2 == 0).unwrap();
                    linked.push(player);
                }
            }
            scene.advance(1);
            packets += scene.world.packets().count();
            scene.world.drain_told(scene.game, |_| {}).unwrap();
            let view = scene.world.view(scene.game).unwrap();
            let mut corners = Vec::new();
            view.players().filter(|p| p.alive).for_each(|p| view.polygon(p.id.slot(), &mut corners));
        }
        assert_eq!(scene.hash(), run(name, TICKS).unwrap(), "{name}");
        assert!(packets >= 200, "{name}: {packets} packets");
    }
}

/// At any tick rate a bot makes 60 inputs a second.
#[test]
fn inputs_keep_their_rate() {
    for tick_rate in [20, 30, 60, 144, 240] {
        let mut scene = Scene::with_def("duel", WorldDef { tick_rate, ..WorldDef::default() }).unwrap();
        scene.advance(tick_rate * 3);
        for player in scene.world.view(scene.game).unwrap().players() {
            assert_eq!(player.last_sequence, 180, "at {tick_rate} Hz");
            assert_eq!(player.dropped_inputs + player.ignored_inputs, 0, "at {tick_rate} Hz");
        }
    }
}

#[test]
fn a_scene_that_is_over_begins_anew() {
    let mut scene = Scene::new("duel").unwrap();
    let map = GameMap::builtin("yard", Reading::Fine).unwrap();
    scene.world.destroy_match(scene.game).unwrap();
    scene.game = scene.world.create_match(&map, MatchDef { seed: 5, kill_target: Some(1) }).unwrap();
    for _ in 0..8 {
        scene.bots.add(&mut scene.world, scene.game, PlayerDef::default(), 1.0).unwrap();
    }
    for _ in 0..7200 {
        scene.advance(1);
        let view = scene.world.view(scene.game).unwrap();
        assert!(!view.is_over());
        if view.seed() > 6 {
            return;
        }
    }
    panic!("two minutes without two kills");
}

#[test]
fn unknown_scenes_are_refused_with_the_known_ones() {
    let refused = run("picnic", 1).unwrap_err();
    assert_eq!(refused.code(), "UNKNOWN_NAME");
    let text = refused.to_string();
    assert!(SCENES.iter().all(|name| text.contains(name)), "{text}");
}

/// The same by snapshots in memory, inputs and all; the match's own snapshot goes on as the match did that was never
/// turned back, caches and events too. Where somebody comes or goes or the match begins anew, the host plays that itself.
#[test]
fn snapshots_turn_back_and_play_the_same_again() {
    for name in SCENES {
        let mut scene = Scene::new(name).unwrap();
        let mut other = Scene::new(name).unwrap();
        let mut resimulated = 0;
        let (mut snapshot, mut inputs, mut bytes, mut again) =
            (Snapshot::new(), Vec::<PastInput>::new(), Vec::new(), Vec::new());
        for round in 0..90u32 {
            scene.world.drain_events(scene.game, |_| {}).unwrap();
            scene.world.drain_sounds(scene.game, |_| {}).unwrap();
            scene.world.snapshot(scene.game, &mut snapshot).unwrap();
            let ids = players(&scene);
            let ticks = 1 + round % 8;
            let played: Vec<Played> = (0..ticks).map(|_| play(&mut scene)).collect();
            // Ids of those who join on the way are not the snapshot's to know.
            inputs.clear();
            let mut inputs_alone = played.iter().all(|played| played.after.is_none());
            for (played, tick) in played.iter().zip(snapshot.tick() + 1..) {
                for op in &played.before {
                    match *op {
                        Op::Input { slot, input } if inputs_alone => {
                            let player = *ids.iter().find(|id| id.slot() == usize::from(slot)).unwrap();
                            inputs.push(PastInput { tick, player, input });
                        }
                        _ => inputs_alone = false,
                    }
                }
            }
            scene.world.save(scene.game, &mut bytes).unwrap();
            let told = [scene.world.pending_events(scene.game), scene.world.pending_sounds(scene.game)];
            for (world, game) in [(&mut scene.world, scene.game), (&mut other.world, other.game)] {
                world.drain_events(game, |_| {}).unwrap();
                world.drain_sounds(game, |_| {}).unwrap();
                // Drained ones stay drained, so that the second time they are told once more.
                for _ in 0..2 {
                    if inputs_alone {
                        world.resimulate(game, &snapshot, ticks, &inputs).unwrap();
                        resimulated += 1;
                    } else {
                        world.rollback(game, &snapshot).unwrap();
                        played.iter().for_each(|played| play_again(world, game, played));
                    }
                }
                world.save(game, &mut again).unwrap();
                assert!(bytes == again, "{name}, round {round}, {ticks} ticks");
                assert_eq!([world.pending_events(game), world.pending_sounds(game)], told, "{name}, round {round}");
            }
        }
        assert!(resimulated >= 200, "{name}: {resimulated} of 360");
    }
}

#[test]
fn what_cannot_be_turned_back_is_refused_and_changes_nothing() {
    let mut scene = Scene::new("duel").unwrap();
    scene.advance(60);
    let ids = players(&scene);
    let (game, mut snapshot) = (scene.game, Snapshot::new());
    let want = scene.hash();
    assert!(matches!(scene.world.rollback(game, &snapshot), Err(Error::BadSnapshot { field: "snapshot", .. })));
    let other = Scene::new("brawl").unwrap();
    other.world.snapshot(other.game, &mut snapshot).unwrap();
    assert!(matches!(scene.world.rollback(game, &snapshot), Err(Error::BadSnapshot { field: "map", .. })));
    let slow = Scene::with_def("duel", WorldDef { tick_rate: 30, ..WorldDef::default() }).unwrap();
    slow.world.snapshot(slow.game, &mut snapshot).unwrap();
    assert!(matches!(scene.world.rollback(game, &snapshot), Err(Error::BadSnapshot { field: "rules", .. })));

    scene.world.snapshot(game, &mut snapshot).unwrap();
    let at = |tick, player| PastInput { tick, player, input: InputCmd::default() };
    let stranger = PlayerId::from_raw(ids[0].raw() + (1 << 3));
    for (inputs, field) in [
        (vec![at(60, ids[0])], "inputs.tick"),
        (vec![at(64, ids[0])], "inputs.tick"),
        (vec![at(62, ids[0]), at(61, ids[0])], "inputs.tick"),
    ] {
        let error = scene.world.resimulate(game, &snapshot, 3, &inputs).unwrap_err();
        assert!(error.to_string().contains(field), "{error}");
    }
    let error = scene.world.resimulate(game, &snapshot, 3, &[at(61, stranger)]).unwrap_err();
    assert!(matches!(error, Error::StaleId { what: "player", .. }), "{error}");
    scene.world.open_link(game, ids[0]).unwrap();
    let error = scene.world.resimulate(game, &snapshot, 3, &[]).unwrap_err();
    assert!(matches!(error, Error::NotAllowed { .. }), "{error}");
    assert_eq!(scene.hash(), want);
    scene.world.close_link(game, ids[0]).unwrap();
    scene.world.resimulate(game, &snapshot, 0, &[]).unwrap();
    assert_eq!(scene.hash(), want);
}

/// The wire looks at events at once, and a host drains them when it likes: neither keeps what a match that was turned back
/// has not come to yet.
#[test]
fn a_future_that_is_no_more_makes_no_sound() {
    use trespasser::rules::Material;
    use trespasser::world::EventKind;
    use trespasser::*;
    let wall = WallDef { x: 470.0, y: 0.0, width: 10.0, height: 10.0, material: Material::Concrete };
    for watched in [false, true] {
        let map = GameMap::from_rects(&[wall], &[]).unwrap();
        let mut world = World::new(WorldDef::default()).unwrap();
        let game = world.create_match(&map, MatchDef::default()).unwrap();
        let ids = [0, 1].map(|_| world.add_player(game, PlayerDef::default()).unwrap());
        if watched {
            ids.iter().for_each(|id| world.listen(game, *id, true).unwrap());
            world.open_link(game, ids[0]).unwrap();
        }
        let mut sequence = 0;
        let mut play = |world: &mut World, ticks: u32, held: Buttons| {
            for _ in 0..ticks {
                sequence += 1;
                let input = InputCmd::new(sequence, held, Buttons::NONE, Vec2::new(240.0, 135.0)).unwrap();
                world.push_input(game, ids[0], input).unwrap();
                world.step();
            }
        };
        let drain = |world: &mut World| {
            let (mut shots, mut bangs, mut told) = (0, 0, 0);
            world.drain_events(game, |event| shots += u32::from(event.kind == EventKind::Fired as u8)).unwrap();
            let step = |kind: u8| kind <= SoundKind::FootstepRun as u8;
            world.drain_sounds(game, |heard| bangs += u32::from(!step(heard.kind))).unwrap();
            world.drain_told(game, |entry| told += u32::from(entry.event.kind == EventKind::Fired as u8)).unwrap();
            (shots, bangs, told)
        };
        play(&mut world, 240, Buttons::NONE);
        drain(&mut world);
        let mut snapshot = Snapshot::new();
        world.snapshot(game, &mut snapshot).unwrap();
        play(&mut world, 20, Buttons::FIRE);
        world.rollback(game, &snapshot).unwrap();
        assert_eq!((world.pending_events(game).unwrap(), world.pending_sounds(game).unwrap()), (0, 0), "{watched}");
        play(&mut world, 20, Buttons::NONE);
        assert_eq!(drain(&mut world), (0, 0, 0), "{watched}");
        // What comes then is told as ever.
        world.snapshot(game, &mut snapshot).unwrap();
        play(&mut world, 20, Buttons::FIRE);
        world.rollback(game, &snapshot).unwrap();
        play(&mut world, 20, Buttons::FIRE);
        let (shots, bangs, told) = drain(&mut world);
        assert!(shots > 0 && bangs >= shots, "{shots} {bangs}");
        assert_eq!(told, if watched { shots } else { 0 });
    }
}
