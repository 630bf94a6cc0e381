//! What is recorded is read again and plays to the same bits, whatever is done to a match; damage is found and placed;
//! recordings of this version are read for ever.
#![cfg(feature = "scenes")]
#![allow(missing_docs, clippy::unwrap_used)]

use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use trespasser::net::Receiver;
use trespasser::replay::{Entry, Label, RecordDef, Replay, SIMULATION, Tail, What};
use trespasser::rules::Material;
use trespasser::scenes::{SCENES, Scene};
use trespasser::*;

fn map_of(world: &World, game: MatchId) -> Arc<GameMap> {
    Arc::clone(world.view(game).unwrap().map())
}

fn saved(world: &World, game: MatchId) -> Vec<u8> {
    let mut out = Vec::new();
    world.save(game, &mut out).unwrap();
    out
}

fn often() -> RecordDef {
    RecordDef { keyframe_seconds: 2, ..RecordDef::default() }
}

/// A scene from tick `from` on, recorded for `ticks`; the file, and the match at its end.
fn record(name: &str, from: u32, ticks: u32, def: &RecordDef) -> (Vec<u8>, Vec<u8>, Arc<GameMap>) {
    let mut scene = Scene::new(name).unwrap();
    scene.advance(from);
    scene.world.record(scene.game, def).unwrap();
    let mut file = Vec::new();
    for _ in 0..ticks {
        scene.advance(1);
        scene.world.drain_replay(scene.game, &mut file).unwrap();
    }
    let drained = scene.world.end_recording(scene.game, &mut file).unwrap();
    assert_eq!((drained.total, drained.stopped), (file.len() as u64, false));
    (file, saved(&scene.world, scene.game), map_of(&scene.world, scene.game))
}

fn where_bad(error: &Error) -> (&'static str, u64, Option<u32>) {
    match error {
        Error::BadReplay { field, at, tick, .. } => (field, *at, *tick),
        other => panic!("{other}"),
    }
}

#[test]
fn scenes_play_again_to_the_same_bytes() {
    for name in SCENES {
        for from in [0, 200] {
            let (file, end, map) = record(name, from, 400, &often());
            let replay = Replay::open(file.clone()).unwrap();
            assert_eq!(replay.tail(), Tail::Complete);
            assert_eq!((replay.header().first_tick, replay.last_tick()), (from, from + 400));
            let parts = replay.parts();
            let sum = parts.header + parts.ops + parts.seconds + parts.keyframes + parts.end;
            assert_eq!(sum, file.len() as u64);
            let rules = RuleSet::by_name(&replay.header().rules_name).unwrap();
            let tick_rate = replay.header().tick_rate;
            let mut world = World::new(WorldDef { rules, tick_rate, ..WorldDef::default() }).unwrap();
            let mut playback = replay.begin(&mut world, &map).unwrap();
            while playback.step(&mut world).unwrap() {}
            assert_eq!(playback.divergence(), None);
            assert!(saved(&world, playback.game()) == end, "{name} from {from}");
            let verified = replay.verify(world.rules(), &map, |_| {}).unwrap();
            assert_eq!((verified.ticks, verified.divergence), (400, None));
            for tick in [0, 399, 150, 151, 120, 400, 60] {
                playback.seek(&mut world, from + tick).unwrap();
                assert_eq!(playback.divergence(), None);
                assert_eq!(world.view(playback.game()).unwrap().tick(), from + tick);
            }
            playback.seek(&mut world, from + 400).unwrap();
            assert!(saved(&world, playback.game()) == end, "{name} from {from}");
            assert!(playback.seek(&mut world, from + 401).is_err());
        }
    }
}

/// The wire's inputs go through the same door.
#[test]
fn what_comes_over_links_is_recorded() {
    let mut scene = Scene::new("duel").unwrap();
    let ids: Vec<PlayerId> = scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect();
    let mut clients: Vec<Receiver> = ids.iter().map(|_| Receiver::new()).collect();
    for &id in &ids {
        scene.world.open_link(scene.game, id).unwrap();
    }
    scene.world.record(scene.game, &often()).unwrap();
    let mut pushed = 0;
    for tick in 0..300u32 {
        let mut inputs = Vec::new();
        scene.bots.think_with(&scene.world, |_, player, input| inputs.push((player.slot(), input)));
        for (slot, input) in inputs {
            let cursor = Vec2::new(f32::from(input.cursor_x) / 16.0, f32::from(input.cursor_y) / 16.0);
            clients[slot].input(input.held, input.taps, cursor).unwrap();
        }
        for (client, &id) in clients.iter_mut().zip(&ids) {
            let mut up = Vec::new();
            client.write(0, &mut up);
            // Every seventh message is lost; the next one repeats its inputs.
            if !up.is_empty() && tick % 7 != 0 {
                pushed += scene.world.receive(scene.game, id, &up).unwrap().inputs;
            }
        }
        scene.world.step();
        for packet in scene.world.packets() {
            clients[packet.player.slot()].receive(packet.bytes).unwrap();
        }
    }
    let mut file = Vec::new();
    scene.world.end_recording(scene.game, &mut file).unwrap();
    let replay = Replay::open(file).unwrap();
    let inputs = replay.entries().filter(|e| matches!(e.as_ref().unwrap().what, What::Op(Op::Input { .. }))).count();
    assert_eq!(inputs, pushed as usize);
    assert!(pushed > 500, "{pushed}");
    let found = replay.verify(scene.world.rules(), &map_of(&scene.world, scene.game), |_| {}).unwrap();
    assert_eq!((found.ticks, found.divergence), (300, None));
}

/// What is done to a match in the property test.
#[derive(Debug, Clone)]
enum Act {
    Ticks(u8),
    Op(Op),
    Label(String),
    /// Saved now, or turned back to what was saved last.
    Save,
    Restore,
}

fn an_input() -> impl Strategy<Value = InputCmd> {
    let sequence = prop_oneof![4 => 0u32..40, 1 => any::<u32>()];
    let ack = prop_oneof![4 => 0u32..300, 1 => any::<u32>()];
    (sequence, ack, any::<u16>(), prop_oneof![Just(0u16), any::<u16>()], any::<(i16, i16)>()).prop_map(
        |(sequence, ack_tick, held, taps, (cursor_x, cursor_y))| InputCmd {
            sequence,
            ack_tick,
            held: Buttons(held & 0x7F),
            taps: Buttons(taps),
            // Every second one in the field, where people's are.
            cursor_x: if held & 0x80 == 0 { cursor_x.rem_euclid(7680) } else { cursor_x },
            cursor_y: if held & 0x80 == 0 { cursor_y.rem_euclid(4320) } else { cursor_y },
        },
    )
}

fn an_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => (0.0..480f32, 0.0..270f32).prop_map(|(x, y)| Edit::place(Vec2::new(x, y))),
        1 => any::<[u32; 2]>().prop_map(|[x, y]| Edit::Place { x, y }),
        2 => (1u16..=6400).prop_map(|points| Edit::Health { points }),
        2 => Just(Edit::Revive),
        1 => Just(Edit::Fell),
        1 => any::<[u16; 2]>().prop_map(|[kills, deaths]| Edit::Score { kills, deaths }),
        1 => prop::sample::select(vec![Team::Red, Team::Blue]).prop_map(Edit::Team),
        1 => Just(Edit::Loadout(Loadout::new(Weapon::Smg, Weapon::Pistol, &[Weapon::Rocket]).unwrap())),
        1 => (0u8..6).prop_map(|place| Edit::Hold { place }),
        1 => (0u8..6, 0u16..40, 0u16..80).prop_map(|(place, ammo, reserve)| Edit::Rounds { place, ammo, reserve }),
        1 => Just(Edit::Spawn),
    ]
}

fn an_act() -> impl Strategy<Value = Act> {
    let slot = 0u8..5;
    let loadout = prop::sample::select(vec![
        Loadout::default(),
        Loadout::new(Weapon::Smg, Weapon::Revolver, &[Weapon::Grenade, Weapon::Flashbang, Weapon::SmokeGrenade])
            .unwrap(),
        Loadout::new(Weapon::Shotgun, Weapon::Pistol, &[Weapon::MachineGun]).unwrap(),
    ]);
    let team = prop::sample::select(vec![Team::Red, Team::Blue]);
    let op = prop_oneof![
        20 => (slot.clone(), an_input()).prop_map(|(slot, input)| Op::Input { slot, input }),
        2 => (slot.clone(), team.clone(), loadout.clone(), any::<bool>())
            .prop_map(|(slot, team, loadout, spawn)| Op::Join { slot, team, loadout, spawn }),
        1 => slot.clone().prop_map(|slot| Op::Leave { slot }),
        1 => (slot.clone(), any::<u16>()).prop_map(|(slot, b)| Op::Tap { slot, buttons: Buttons(b) }),
        1 => (slot.clone(), 1u8..6).prop_map(|(slot, level)| Op::Throw { slot, level }),
        1 => (slot.clone(), team).prop_map(|(slot, team)| Op::SetTeam { slot, team }),
        1 => (slot.clone(), loadout).prop_map(|(slot, loadout)| Op::SetLoadout { slot, loadout }),
        1 => (slot.clone(), 0u8..15).prop_map(|(slot, w)| Op::Give { slot, weapon: Weapon::from_number(w).unwrap() }),
        1 => slot.clone().prop_map(|slot| Op::Kill { slot }),
        3 => (slot, an_edit()).prop_map(|(slot, edit)| Op::Edit { slot, edit }),
        1 => Just(Op::Repair),
        1 => Just(Op::Clear),
        1 => any::<u64>().prop_map(|seed| Op::Reset { seed }),
    ];
    prop_oneof![
        20 => op.prop_map(Act::Op),
        12 => prop_oneof![Just(1u8), Just(1u8), 0u8..30].prop_map(Act::Ticks),
        1 => "[a-z]{1,9}".prop_map(Act::Label),
        1 => Just(Act::Save),
        1 => Just(Act::Restore),
    ]
}

fn small_map() -> Arc<GameMap> {
    let walls = [(100.0, 100.0, Material::Wood), (220.0, 90.0, Material::Glass), (300.0, 150.0, Material::Concrete)]
        .map(|(x, y, material)| WallDef { x, y, width: 10.0, height: 60.0, material });
    GameMap::from_rects(&walls, &[]).unwrap()
}

/// Entries as the file gives them back: inputs alone are sorted by slot.
fn flush(tick: u32, waiting: &mut Vec<What>, out: &mut Vec<Entry>) {
    let slot = |what: &What| match what {
        What::Op(Op::Input { slot, .. }) => Some(*slot),
        _ => None,
    };
    if waiting.iter().all(|what| slot(what).is_some()) {
        waiting.sort_by_key(slot);
    }
    out.extend(waiting.drain(..).map(|what| Entry { tick, what }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_comes_back(
        acts in prop::collection::vec(an_act(), 0..150),
        before in prop::collection::vec(an_act(), 0..12),
        rate in prop::sample::select(vec![60u32, 20, 240]),
    ) {
        let map = small_map();
        let def = WorldDef { tick_rate: rate, ..WorldDef::default() };
        let mut world = World::new(def.clone()).unwrap();
        let game = world.create_match(&map, MatchDef { seed: 5, kill_target: Some(3) }).unwrap();
        let mut tick = 0;
        for act in &before {
            match act {
                Act::Ticks(n) => (0..*n).for_each(|_| { world.step(); tick += 1; }),
                Act::Op(op) => drop(world.apply(game, op)),
                _ => {}
            }
        }
        world.record(game, &RecordDef { keyframe_seconds: 1, ..RecordDef::default() }).unwrap();
        let mut kept = saved(&world, game);
        let (mut expected, mut waiting, mut file) = (Vec::new(), Vec::new(), Vec::new());
        for act in &acts {
            match act {
                Act::Ticks(n) => for _ in 0..*n {
                    world.step();
                    tick += 1;
                    flush(tick, &mut waiting, &mut expected);
                    world.drain_replay(game, &mut file).unwrap();
                },
                Act::Op(op) => if world.apply(game, op).is_ok() {
                    waiting.push(What::Op(*op));
                },
                Act::Label(key) => {
                    world.replay_label(game, None, key, "value").unwrap();
                    waiting.push(What::Label(Label { slot: None, key: key.clone(), value: "value".to_owned() }));
                }
                Act::Save => kept = saved(&world, game),
                Act::Restore => {
                    world.restore(game, &kept).unwrap();
                    flush(tick + 1, &mut waiting, &mut expected);
                    expected.push(Entry { tick: tick + 1, what: What::Restored });
                }
            }
        }
        world.end_recording(game, &mut file).unwrap();
        flush(tick + 1, &mut waiting, &mut expected);
        let replay = Replay::open(file).unwrap();
        let found: Vec<Entry> = replay.entries().map(|entry| entry.unwrap()).collect();
        prop_assert_eq!(found, expected);

        let mut again = World::new(def).unwrap();
        let mut playback = replay.begin(&mut again, &map).unwrap();
        while playback.step(&mut again).unwrap() {}
        prop_assert_eq!(playback.divergence(), None);
        prop_assert!(saved(&again, playback.game()) == saved(&world, game));
        let verified = replay.verify(world.rules(), &map, |_| {}).unwrap();
        prop_assert_eq!(verified.divergence, None);
        let (first, last) = (replay.header().first_tick, replay.last_tick());
        for tick in [last, first, first + (last - first) / 2] {
            playback.seek(&mut again, tick).unwrap();
            prop_assert_eq!(playback.tick(), tick);
        }
    }
}

/// A short match with all that can be done to one, inputs late, lost and doubled, and one that joins late.
fn sample() -> (Vec<u8>, Arc<GameMap>) {
    let map = small_map();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef { seed: 77, kill_target: Some(9) }).unwrap();
    let labels = vec![
        Label { slot: None, key: "map".to_owned(), value: "three walls".to_owned() },
        Label { slot: Some(0), key: "name".to_owned(), value: "Ada".to_owned() },
    ];
    world.record(game, &RecordDef { keyframe_seconds: 1, labels, ..RecordDef::default() }).unwrap();
    let mut file = Vec::new();
    let armed = Loadout::new(Weapon::Smg, Weapon::Pistol, &[Weapon::Grenade, Weapon::SmokeGrenade]).unwrap();
    let join = |team, spawn| PlayerDef { team: Some(team), loadout: Loadout::default(), spawn };
    let mut players = vec![
        world.add_player(game, join(Team::Red, true)).unwrap(),
        world.add_player(game, PlayerDef { loadout: armed, ..join(Team::Blue, false) }).unwrap(),
    ];
    world.set_team(game, players[1], Team::Red).unwrap();
    world.set_team(game, players[1], Team::Blue).unwrap();
    world.set_loadout(game, players[1], &armed).unwrap();
    world.tap(game, players[1], Buttons::RESPAWN).unwrap();
    let mut kept = Vec::new();
    for tick in 0..170u32 {
        match tick {
            40 => world.save(game, &mut kept).unwrap(),
            70 => {
                players.push(world.add_player(game, join(Team::Red, true)).unwrap());
                world.replay_label(game, Some(players[2]), "name", "Grace").unwrap();
            }
            80 => world.give_weapon(game, players[0], Weapon::Rocket).unwrap(),
            90 => world.throw(game, players[1], 3).unwrap(),
            100 => world.kill_player(game, players[0]).unwrap(),
            110 => drop(world.repair_walls(game)),
            120 => {
                let leaver = players.pop().unwrap();
                world.remove_player(game, leaver).unwrap();
            }
            130 => world.restore(game, &kept).unwrap(),
            150 => world.reset_match(game, 78).unwrap(),
            _ => {}
        }
        for (i, &player) in players.iter().enumerate() {
            let angle = (tick as f32 * 0.05 + i as f32).rem_euclid(3.0);
            let cursor = Vec2::new(200.0 + 60.0 * angle, 120.0 + 40.0 * (angle - 1.5) * (angle - 1.5));
            let held =
                Buttons([1, 9, 8, 12, 4, 6, 2, 3][(tick / 11 + i as u32) as usize % 8] | ((tick as u16 / 17 % 2) << 6));
            let input = |sequence| InputCmd {
                ack_tick: tick / 3 * 3,
                ..InputCmd::new(sequence, held, Buttons::NONE, cursor).unwrap()
            };
            match (tick + i as u32) % 13 {
                // Lost, then late together with the next; doubled; out of order.
                4 => {}
                5 => (0..2).for_each(|n| {
                    world.push_input(game, player, input(tick + n)).unwrap();
                }),
                8 => (0..2).for_each(|_| {
                    world.push_input(game, player, input(tick + 1)).unwrap();
                }),
                10 => [2, 1].into_iter().for_each(|n| {
                    world.push_input(game, player, input(tick + n)).unwrap();
                }),
                11 => {}
                _ => {
                    world.push_input(game, player, input(tick + 1)).unwrap();
                }
            }
        }
        world.step();
    }
    world.kill_player(game, players[1]).unwrap();
    world.end_recording(game, &mut file).unwrap();
    (file, map)
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/replay").join(name)
}

/// A recording in words: what must come out of the same bytes for ever.
fn words(replay: &Replay) -> String {
    let mut text = String::new();
    let header = replay.header();
    writeln!(text, "{header:?}").unwrap();
    writeln!(text, "{:?} {:?}", replay.tail(), replay.parts()).unwrap();
    for keyframe in replay.keyframes() {
        writeln!(text, "keyframe {} {:016x} {}", keyframe.tick, keyframe.hash.unwrap_or(0), keyframe.restored).unwrap();
    }
    for second in replay.seconds() {
        writeln!(text, "second {} {} {:016x}", second.tick, second.ticks, second.hash.unwrap_or(0)).unwrap();
    }
    for entry in replay.entries() {
        let entry = entry.unwrap();
        match entry.what {
            What::Op(Op::Input { slot, input: i }) => writeln!(
                text,
                "{} {slot} {} {} {} {} {} {}",
                entry.tick, i.sequence, i.ack_tick, i.held.0, i.taps.0, i.cursor_x, i.cursor_y
            ),
            what => writeln!(text, "{} {what:?}", entry.tick),
        }
        .unwrap();
    }
    text
}

/// Version 1 as it was first written. These two files never change: `UPDATE_GOLDEN=1` makes them only where there are
/// none.
#[test]
fn version_1_is_read_for_ever() {
    let (file, text) = (golden("v1.tprp"), golden("v1.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() && !file.exists() {
        std::fs::create_dir_all(golden("")).unwrap();
        let (bytes, _) = sample();
        std::fs::write(&text, words(&Replay::open(bytes.clone()).unwrap())).unwrap();
        std::fs::write(&file, bytes).unwrap();
    }
    let replay = Replay::open(std::fs::read(file).unwrap()).unwrap();
    assert_eq!(words(&replay), std::fs::read_to_string(text).unwrap());
    let found = replay.verify(&RuleSet::standard(), &small_map(), |_| {});
    if replay.header().simulation == SIMULATION {
        assert_eq!(found.unwrap().divergence, None);
    } else {
        assert_eq!(where_bad(&found.unwrap_err()).0, "simulation");
    }
}

/// Golden hashes that change without a new [`SIMULATION`] would make recordings diverge that say they fit.
#[test]
fn the_number_of_the_simulation_grows_with_the_golden_hashes() {
    let scenes = std::fs::read_to_string(golden("../scenes.txt")).unwrap();
    let now: Vec<&str> = scenes.lines().filter(|line| !line.starts_with('#')).collect();
    let path = golden("simulation.txt");
    let title = format!("# simulation {SIMULATION}: golden hashes that go with it; UPDATE_GOLDEN=1 after it has grown");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    std::fs::create_dir_all(golden("")).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() && kept.lines().next() != Some(&title) {
        std::fs::write(&path, format!("{title}\n{}\n", now.join("\n"))).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(kept.lines().next(), Some(title.as_str()));
    let key = |line: &str| line.rsplit_once(' ').map(|(key, _)| key.to_owned());
    let mut common = 0;
    for line in kept.lines().skip(1) {
        if let Some(other) = now.iter().find(|other| key(other) == key(line)) {
            common += 1;
            assert_eq!(
                line, *other,
                "the simulation has changed: add 1 to replay::SIMULATION and say why in the commit"
            );
        }
    }
    assert!(common >= 20, "{common} hashes in common with scenes.txt");
}

#[test]
fn other_grounds_are_refused_by_name() {
    let (file, map) = sample();
    let replay = Replay::open(file).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let other = GameMap::builtin("yard", Reading::Fine).unwrap();
    let field = |error: Error| where_bad(&error).0;
    assert_eq!(field(replay.begin(&mut world, &other).unwrap_err()), "map");
    assert_eq!(field(replay.verify(&RuleSet::legacy(), &map, |_| {}).unwrap_err()), "rules");
    let mut legacy = World::new(WorldDef { rules: RuleSet::legacy(), ..WorldDef::default() }).unwrap();
    assert_eq!(field(replay.begin(&mut legacy, &map).unwrap_err()), "rules");
    let mut slow = World::new(WorldDef { tick_rate: 30, ..WorldDef::default() }).unwrap();
    assert_eq!(field(replay.begin(&mut slow, &map).unwrap_err()), "tick_rate");
    assert_eq!(world.match_count() + legacy.match_count() + slow.match_count(), 0);
}

/// Wherever a file is cut, all whole seconds before are there, and nothing else.
#[test]
fn a_file_cut_anywhere_is_unfinished() {
    let (file, map) = sample();
    let whole = Replay::open(file.clone()).unwrap();
    let entries: Vec<Entry> = whole.entries().map(Result::unwrap).collect();
    let first = whole.parts().header as usize;
    for cut in 0..file.len() {
        let opened = Replay::open(&file[..cut]);
        if cut < first {
            let (field, at, tick) = where_bad(&opened.unwrap_err());
            assert!(["magic", "header"].contains(&field) && at <= cut as u64 && tick.is_none(), "{cut}: {field} {at}");
            continue;
        }
        let replay = opened.unwrap();
        let Tail::Unfinished { lost } = replay.tail() else { panic!("{cut} is complete") };
        let seconds = replay.seconds();
        assert_eq!(seconds, &whole.seconds()[..seconds.len()]);
        let end = seconds.last().map_or(first as u64, |second| second.at + u64::from(second.bytes));
        assert!(end + lost <= cut as u64, "{cut}");
        let next = whole.seconds().get(seconds.len()).map_or(u64::MAX, |next| next.at + u64::from(next.bytes));
        assert!(next > cut as u64, "{cut}: a whole second is missing");
        let found: Vec<Entry> = replay.entries().map(Result::unwrap).collect();
        assert_eq!(found, entries[..found.len()]);
        if cut % 97 == 0 {
            let verified = replay.verify(&RuleSet::standard(), &map, |_| {}).unwrap();
            assert_eq!((verified.ticks, verified.divergence), (replay.last_tick(), None));
        }
    }
    // A machine that died may leave zeros behind.
    let mut zeros = file[..whole.seconds()[1].at as usize].to_vec();
    zeros.resize(zeros.len() + 4096, 0);
    assert_eq!(Replay::open(zeros).unwrap().tail(), Tail::Unfinished { lost: 4096 });
}

/// No changed byte goes unnoticed: it is named with its place, or what it stands in is the torn end of the file.
#[test]
fn every_flipped_byte_is_found() {
    let (file, _) = sample();
    let whole = Replay::open(file.clone()).unwrap();
    let last = file.len() as u64 - whole.parts().end;
    for at in 0..file.len() {
        for bit in [1u8, 0x10, 0x80] {
            let mut bytes = file.clone();
            bytes[at] ^= bit;
            match Replay::open(bytes) {
                Err(error) => {
                    let (field, found, _) = where_bad(&error);
                    assert!(found <= at as u64 + 8, "{at}: {field} at {found}");
                }
                // The end mark is the last part: a damaged one is none.
                Ok(replay) => {
                    assert!(at as u64 >= last, "byte {at} of {}", file.len());
                    assert!(matches!(replay.tail(), Tail::Unfinished { .. }), "{at}");
                    assert_eq!(replay.seconds(), whole.seconds());
                }
            }
        }
    }
}

#[test]
fn parts_that_are_moved_lost_or_doubled_are_found() {
    let (file, _) = sample();
    let whole = Replay::open(file.clone()).unwrap();
    let part = |i: usize| {
        let second = whole.seconds()[i];
        second.at as usize..second.at as usize + second.bytes as usize
    };
    let (a, b) = (part(0), part(1));
    let without = [&file[..a.start], &file[a.end..]].concat();
    let doubled = [&file[..a.end], &file[a.clone()], &file[a.end..]].concat();
    let swapped =
        [&file[..a.start], &file[b.clone()], &file[a.end..b.start], &file[a.clone()], &file[b.end..]].concat();
    for bytes in [without, doubled, swapped, [&file[..], &[3]].concat()] {
        where_bad(&Replay::open(bytes).unwrap_err());
    }
    let mut older = file.clone();
    older[4] = 0;
    assert_eq!(where_bad(&Replay::open(older).unwrap_err()).0, "version");
}

/// A file whose hash is wrong in one place says so there, and from which second on.
#[test]
fn a_divergence_is_placed() {
    let (file, _, map) = record("duel", 0, 300, &RecordDef::default());
    let mut other = Scene::new("duel").unwrap();
    // The same inputs in a match of another seed: hashes differ from the first second.
    let mut world = World::new(WorldDef::default()).unwrap();
    let replay = Replay::open(file).unwrap();
    let mut playback = replay.begin(&mut world, &map).unwrap();
    for _ in 0..150 {
        playback.step(&mut world).unwrap();
    }
    let player = world.view(playback.game()).unwrap().players().next().unwrap().id;
    world.tap(playback.game(), player, Buttons::RELOAD).unwrap();
    world.kill_player(playback.game(), player).unwrap();
    while playback.step(&mut world).unwrap() {}
    let bad = playback.divergence().unwrap();
    assert_eq!((bad.good, bad.tick), (120, 180));
    assert_eq!(bad.expected, replay.seconds()[2].hash.unwrap());
    other.advance(180);
    assert_eq!(bad.expected, other.hash());
    // Back before it, all is as recorded.
    playback.seek(&mut world, 180).unwrap();
    assert_eq!(world.hash(playback.game()).unwrap(), bad.expected);
}

#[test]
fn calls_are_checked() {
    let mut scene = Scene::new("duel").unwrap();
    let (world, game) = (&mut scene.world, scene.game);
    let mut out = Vec::new();
    assert_eq!(world.drain_replay(game, &mut out).unwrap_err().code(), "NOT_ALLOWED");
    assert_eq!(world.end_recording(game, &mut out).unwrap_err().code(), "NOT_ALLOWED");
    assert_eq!(world.replay_label(game, None, "a", "b").unwrap_err().code(), "NOT_ALLOWED");
    for (def, field) in [
        (RecordDef { keyframe_seconds: 0, ..RecordDef::default() }, "keyframe_seconds"),
        (RecordDef { limit: 100, ..RecordDef::default() }, "limit"),
        (
            RecordDef {
                labels: vec![Label { slot: None, key: String::new(), value: String::new() }],
                ..RecordDef::default()
            },
            "label.key",
        ),
        (
            RecordDef {
                labels: vec![Label { slot: Some(8), key: "a".to_owned(), value: String::new() }],
                ..RecordDef::default()
            },
            "label.slot",
        ),
    ] {
        match world.record(game, &def).unwrap_err() {
            Error::InvalidArgument { field: found, .. } => assert_eq!(found, field),
            other => panic!("{other}"),
        }
    }
    assert_eq!(world.recording(game).unwrap(), None);
    world.record(game, &RecordDef::default()).unwrap();
    assert_eq!(world.record(game, &RecordDef::default()).unwrap_err().code(), "NOT_ALLOWED");
    assert!(world.replay_label(game, None, &"k".repeat(33), "").is_err());
    assert!(world.replay_label(game, None, "k", &"v".repeat(257)).is_err());
    for _ in 0..Label::MOST {
        world.replay_label(game, None, "k", "v").unwrap();
    }
    assert!(world.replay_label(game, None, "k", "v").is_err());
    world.step();
    world.end_recording(game, &mut out).unwrap();
    assert_eq!(Replay::open(out).unwrap().timeline().unwrap().len(), Label::MOST);
}

/// A host that never drains gets a file that ends early, and is told; its match goes on.
#[test]
fn a_recording_that_nobody_drains_stops() {
    let mut scene = Scene::new("brawl").unwrap();
    let def = RecordDef { limit: 64 << 10, keyframe_seconds: 1, ..RecordDef::default() };
    scene.world.record(scene.game, &def).unwrap();
    scene.advance(60 * 60);
    let stats = scene.world.recording(scene.game).unwrap().unwrap();
    assert!(stats.stopped && stats.waiting <= 64 << 10 && stats.memory < 256 << 10, "{stats:?}");
    let mut file = Vec::new();
    let drained = scene.world.drain_replay(scene.game, &mut file).unwrap();
    assert!(drained.stopped && drained.bytes == file.len() && drained.bytes > 32 << 10, "{drained:?}");
    assert!(scene.world.end_recording(scene.game, &mut file).unwrap().stopped);
    let replay = Replay::open(file).unwrap();
    assert_eq!(replay.tail(), Tail::Unfinished { lost: 0 });
    let map = map_of(&scene.world, scene.game);
    assert_eq!(replay.verify(scene.world.rules(), &map, |_| {}).unwrap().divergence, None);
}

/// Many recordings in one world, fed before one step for all.
#[test]
fn several_play_side_by_side() {
    let (a, end_a, map_a) = record("duel", 50, 200, &often());
    let (b, end_b, map_b) = record("skirmish", 0, 200, &often());
    let mut world = World::new(WorldDef::default()).unwrap();
    let mut plays = [
        Replay::open(a).unwrap().begin(&mut world, &map_a).unwrap(),
        Replay::open(b).unwrap().begin(&mut world, &map_b).unwrap(),
    ];
    // Both have as many ticks; each must be fed, so that this must not stop at the first that has ended.
    while plays.iter_mut().filter(|play| play.tick() < play.replay().last_tick()).count() == 2 {
        assert!(plays.each_mut().map(|play| play.feed(&mut world).unwrap()).into_iter().all(|fed| fed));
        world.step();
        plays.iter_mut().for_each(|play| play.check(&world).unwrap());
    }
    for (play, end) in plays.iter().zip([end_a, end_b]) {
        assert_eq!(play.divergence(), None);
        assert!(saved(&world, play.game()) == end);
    }
}

/// A keyframe waits until something follows it, and is left out where nothing does.
#[test]
fn no_keyframe_stands_at_the_end() {
    for (ticks, keyframes) in [(240, 2), (241, 3), (239, 2)] {
        let mut scene = Scene::new("brawl").unwrap();
        scene.world.record(scene.game, &often()).unwrap();
        let mut file = Vec::new();
        for _ in 0..ticks {
            scene.advance(1);
            let drained = scene.world.drain_replay(scene.game, &mut file).unwrap();
            assert_eq!(drained.total, file.len() as u64);
        }
        let drained = scene.world.end_recording(scene.game, &mut file).unwrap();
        assert_eq!(drained.total, file.len() as u64);
        let replay = Replay::open(file).unwrap();
        assert_eq!(replay.tail(), Tail::Complete);
        assert_eq!(replay.keyframes().len(), keyframes, "{ticks} ticks");
    }
}

/// What a fight of eight takes: a minute of `brawl` without keyframes is a tenth of ten minutes.
#[test]
fn a_fight_of_eight_is_small() {
    let (file, _, _) = record("brawl", 0, 3600, &RecordDef { keyframe_seconds: 3600, ..RecordDef::default() });
    assert!(file.len() < 17_500, "{} bytes a minute", file.len());
}

/// `seek` to the last tick is the same wherever the playback has been.
#[test]
fn the_last_tick_is_the_same_from_wherever_one_comes() {
    let map = small_map();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let player = world.add_player(game, PlayerDef::default()).unwrap();
    world.record(game, &RecordDef::default()).unwrap();
    (0..90).for_each(|_| world.step());
    world.kill_player(game, player).unwrap();
    let mut file = Vec::new();
    world.end_recording(game, &mut file).unwrap();
    let replay = Replay::open(file).unwrap();
    let mut playback = replay.begin(&mut world, &map).unwrap();
    playback.seek(&mut world, replay.last_tick()).unwrap();
    let straight = world.hash(playback.game()).unwrap();
    while playback.step(&mut world).unwrap() {}
    playback.seek(&mut world, replay.last_tick()).unwrap();
    assert_eq!(world.hash(playback.game()).unwrap(), straight);
}

/// What a playback could not do it does not leave out and go on.
#[test]
fn a_playback_that_has_failed_goes_no_further() {
    let map = small_map();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let player = world.add_player(game, PlayerDef::default()).unwrap();
    world.record(game, &RecordDef::default()).unwrap();
    for n in 0..90 {
        let input = InputCmd::new(n + 1, Buttons::RIGHT, Buttons::NONE, Vec2::new(1.0, 2.0)).unwrap();
        world.push_input(game, player, input).unwrap();
        world.step();
    }
    let mut file = Vec::new();
    world.end_recording(game, &mut file).unwrap();
    let replay = Replay::open(file).unwrap();
    let mut playback = replay.begin(&mut world, &map).unwrap();
    playback.step(&mut world).unwrap();
    let own = world.view(playback.game()).unwrap().id_of(0).unwrap();
    let mut now = Snapshot::new();
    world.snapshot(playback.game(), &mut now).unwrap();
    world.remove_player(playback.game(), own).unwrap();
    assert!(playback.step(&mut world).is_err());
    world.rollback(playback.game(), &now).unwrap();
    // Either it tries that tick again, or it fails for good: match and tape stay together.
    let _ = playback.step(&mut world);
    assert_eq!(playback.tick(), world.view(playback.game()).unwrap().tick());
}

/// What a timeline takes is in proportion to the file: a few hundred KB from anybody are no GB.
#[test]
fn a_small_file_has_no_large_timeline() {
    let map = small_map();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    world.record(game, &RecordDef::default()).unwrap();
    for _ in 0..60 {
        (0..16_384).for_each(|_| world.repair_walls(game).unwrap());
        world.step();
    }
    let mut file = Vec::new();
    world.end_recording(game, &mut file).unwrap();
    let bytes = file.len();
    let timeline = Replay::open(file).unwrap().timeline();
    let takes = timeline.map_or(0, |all| all.len() * size_of::<Entry>());
    assert!(takes <= 256 * bytes, "{takes} bytes of timeline from {bytes} of file");
}
