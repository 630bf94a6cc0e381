//! Traces of runs that really differ: the tool names the tick, the stage, the column and the lane, from files alone.
#![allow(clippy::unwrap_used)]

use trespasser::replay::RecordDef;
use trespasser::rules::RuleSet;
use trespasser::scenes::{SCENES, Scene};
use trespasser::simd::Level;
use trespasser::world::Op;
use trespasser::{Columns, EventKind, World, WorldDef};
use trespasser_benches::replay::Ground;
use trespasser_benches::trace::{Compared, Difference, Header, Live, Probe, Reader, Source, Writer, compare};

/// A scene traced into memory; `change` may do something to the match before a tick.
fn traced(mut scene: Scene, ticks: u32, mut change: impl FnMut(u32, &mut Scene)) -> Vec<u8> {
    let header = Header::of(&scene.world, scene.game, "a test").unwrap();
    let (mut probe, mut writer) = (Probe::new(&header), Writer::new(Vec::new(), &header).unwrap());
    for tick in 1..=ticks {
        change(tick, &mut scene);
        scene.tick(|_| {}, |world| world.step_with(&mut probe));
        writer.tick(&probe.take(&scene.world, scene.game).unwrap()).unwrap();
    }
    writer.end().unwrap()
}

fn compared(a: &[u8], b: &[u8]) -> Compared {
    let mut sides = [a, b].map(|bytes| Reader::new(bytes, "a trace").unwrap());
    let [a, b] = &mut sides;
    compare(a, b, |_| {}).unwrap()
}

fn first(a: &[u8], b: &[u8]) -> Difference {
    compared(a, b).first.unwrap()
}

fn scene(name: &str) -> Scene {
    Scene::new(name).unwrap()
}

#[test]
fn levels_play_the_same_after_every_stage_in_every_scene() {
    for name in SCENES {
        for &level in Level::available() {
            let mut a = Live::scene(name, Some(Level::Scalar), 1, 240).unwrap();
            let mut b = Live::scene(name, Some(level), 1, 240).unwrap();
            let found = compare(&mut a, &mut b, |_| {}).unwrap();
            assert_eq!((found.ticks, found.first, found.notes), (240, None, vec![]), "{name} at {}", level.name());
        }
    }
}

#[test]
fn one_input_that_differs_is_named() {
    let a = traced(scene("brawl"), 150, |_, _| {});
    let b = traced(scene("brawl"), 150, |tick, scene| {
        if tick == 97 {
            // One more input in the queue of slot 5, of a number that the bot comes to later.
            let input = trespasser::InputCmd { sequence: 1_000_000, ..Default::default() };
            scene.world.apply(scene.game, &Op::Input { slot: 5, input }).unwrap();
        }
    });
    let found = first(&a, &b);
    assert_eq!((found.tick, found.stage.as_str(), found.column.as_str()), (97, "host", "queue_len"), "{found}");
    assert_eq!((found.lane, found.lane_text.as_str()), (5, "[5]"));
    assert!(found.others.contains(&"queue".to_owned()), "{found}");
    assert_eq!(compared(&a, &b).ticks, 96);
}

/// Saves, changes a lane of a column, restores: as a fault in memory would.
fn perturb(scene: &mut Scene, column: &str, byte: usize, value: u8) {
    let mut bytes = Vec::new();
    scene.world.save(scene.game, &mut bytes).unwrap();
    let place = Columns::place_in_save(Columns::find(column).unwrap()).unwrap();
    bytes[place.start + byte] ^= value;
    let sum = xxhash_rust::xxh3::xxh3_64(&bytes[40..]).to_le_bytes();
    bytes[32..40].copy_from_slice(&sum);
    scene.world.restore(scene.game, &bytes).unwrap();
}

#[test]
fn one_column_that_is_perturbed_is_named() {
    for (column, byte, value, lane) in [
        ("health", 3 * 4 + 1, 1u8, "[3]"),
        ("cooldown", (8 + 6) * 4, 2, "[1][6]"),
        ("kills", 2 * 2, 1, "[2]"),
        ("seed", 7, 1, ""),
    ] {
        let a = traced(scene("arsenal"), 90, |_, _| {});
        let b = traced(scene("arsenal"), 90, |tick, scene| {
            if tick == 60 {
                perturb(scene, column, byte, value);
            }
        });
        let found = first(&a, &b);
        assert_eq!((found.tick, found.stage.as_str(), found.column.as_str()), (60, "host", column), "{found}");
        assert_eq!(found.lane_text, lane, "{found}");
    }
}

/// Two engines that part inside a tick: by rules in which one number differs, the first hit is where they do.
#[test]
fn the_stage_is_named_in_which_two_engines_part() {
    let world = |change: fn(&mut RuleSet)| {
        let mut rules = RuleSet::standard();
        change(&mut rules);
        Scene::with_def("brawl", WorldDef { rules, ..WorldDef::default() }).unwrap()
    };
    let a = traced(scene("brawl"), 900, |_, _| {});
    // Who is hit first, and when; what is launched first.
    let mut play = scene("brawl");
    let mut hit = None;
    while hit.is_none() {
        play.tick(|_| {}, World::step);
        play.world
            .drain_events(play.game, |event| {
                if event.kind == EventKind::PlayerDamaged as u8 && hit.is_none() {
                    hit = Some((event.tick, usize::from(event.target)));
                }
            })
            .unwrap();
    }
    let (tick, victim) = hit.unwrap();
    // A little more damage by every weapon, to bodies alone: walls' costs are other numbers.
    let b = traced(
        world(|rules| rules.weapons.iter_mut().for_each(|w| w.damage += u16::from(w.damage > 0))),
        900,
        |_, _| {},
    );
    let found = compared(&a, &b);
    assert!(found.notes.iter().any(|note| note.starts_with("rules: ")), "{:?}", found.notes);
    let found = found.first.unwrap();
    // A hard wall takes a bullet's whole damage: it may come before the body.
    assert!(found.tick <= tick, "{found}, and the first body is hit in tick {tick}");
    match found.stage.as_str() {
        "life" => assert_eq!((found.tick, found.column.as_str(), found.lane), (tick, "health", victim), "{found}"),
        stage => assert_eq!((stage, found.column.as_str()), ("walls", "walls.health"), "{found}"),
    }
    // Reloading that takes longer shows in the stage of the weapons.
    let c = traced(world(|rules| rules.weapons.iter_mut().for_each(|w| w.reload_ms += 100)), 900, |_, _| {});
    let found = first(&a, &c);
    assert_eq!((found.stage.as_str(), found.column.as_str()), ("weapons", "reload"), "{found}");
    // Faster legs, in the first stage.
    let d = traced(world(|rules| rules.movement.walk += 1.0), 200, |_, _| {});
    let found = first(&a, &d);
    assert_eq!(found.stage, "movement", "{found}");
}

/// Knowing and sending come after the tick's outcome: they change no column, linked or not.
#[test]
fn the_last_two_stages_change_nothing() {
    let mut scene = scene("arsenal");
    let ids: Vec<_> = scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect();
    ids.iter().for_each(|&id| scene.world.open_link(scene.game, id).unwrap());
    let header = Header::of(&scene.world, scene.game, "").unwrap();
    let mut probe = Probe::new(&header);
    let names: Vec<_> = header.looks.iter().map(String::as_str).collect();
    assert_eq!(names[11..], ["knowledge", "send"]);
    let mut changed = [0; 13];
    for _ in 0..300 {
        scene.tick(|_| {}, |world| world.step_with(&mut probe));
        let tick = probe.take(&scene.world, scene.game).unwrap();
        assert_eq!(tick.looks.len(), 13);
        changed.iter_mut().zip(&tick.looks).for_each(|(all, look)| *all += look.len());
    }
    assert_eq!(changed[11..], [0, 0]);
    // Shots and blasts only book what walls and bodies take in stages of their own.
    for (look, changes) in names.iter().zip(changed) {
        let books = matches!(*look, "shots" | "blasts" | "knowledge" | "send");
        // No smoke goes off so early.
        assert!(*look == "clouds" || (changes == 0) == books, "{look}: {changed:?}");
    }
}

#[test]
fn traces_that_begin_later_are_compared_where_both_are() {
    let all = traced(scene("duel"), 120, |_, _| {});
    let mut a = Reader::new(all.as_slice(), "all").unwrap();
    let mut b = Live::scene("duel", None, 50, 200).unwrap();
    let found = compare(&mut a, &mut b, |_| {}).unwrap();
    assert_eq!((found.ticks, found.first), (71, None));
    assert_eq!(found.notes, ["the second one goes on after tick 120"]);
    let mut a = Reader::new(all.as_slice(), "all").unwrap();
    let mut b = Live::scene("duel", None, 150, 200).unwrap();
    assert!(compare(&mut a, &mut b, |_| {}).unwrap_err().to_string().contains("no tick in common"));
    let other = traced(scene("brawl"), 3, |_, _| {});
    let mut sides = [&all, &other].map(|bytes| Reader::new(bytes.as_slice(), "").unwrap());
    let [a, b] = &mut sides;
    assert!(compare(a, b, |_| {}).unwrap_err().to_string().contains("other columns"));
}

/// A recording of a match is traced as the match itself is, and its own ticks count.
#[test]
fn a_recording_is_traced_as_the_match_is() {
    let mut scene = scene("siege");
    scene.world.record(scene.game, &RecordDef { keyframe_seconds: 1, ..RecordDef::default() }).unwrap();
    let mut file = Vec::new();
    for _ in 0..200 {
        scene.advance(1);
        scene.world.drain_replay(scene.game, &mut file).unwrap();
    }
    scene.world.end_recording(scene.game, &mut file).unwrap();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("siege.tprp");
    std::fs::write(&path, &file).unwrap();
    let ground = Ground { map: None, coarse: false };
    for from in [None, Some(120)] {
        let mut a = Live::recording(&path, &ground, Some(Level::Scalar), from, None).unwrap();
        let mut b = Live::scene("siege", None, 1, 200).unwrap();
        let found = compare(&mut a, &mut b, |_| {}).unwrap();
        assert_eq!((found.ticks, found.first, found.notes), (from.map_or(200, |from| 201 - from), None, vec![]));
    }
    let none = Live::recording(&path, &ground, None, Some(300), None).unwrap_err().to_string();
    assert!(none.contains("from tick 300 to tick 200"), "{none}");
}

/// The program itself: traces, compares, and says by its exit code whether they differ.
#[test]
fn the_verbs_write_and_compare() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let run = |arguments: &str| {
        let program = env!("CARGO_BIN_EXE_replay");
        let arguments = arguments.replace('@', &folder.display().to_string());
        let output = std::process::Command::new(program).args(arguments.split(' ')).output().unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.success(), text)
    };
    assert!(run("trace --scene duel --ticks 90 -o @/a.tptr").0);
    assert!(run("trace --scene duel --ticks 60 --from 20 --simd scalar -o @/b.tptr").0);
    let (good, text) = run("diff @/a.tptr @/b.tptr --json");
    assert!(good && text.contains("the same in all 41 ticks"), "{text}");
    let last: serde_json::Value = serde_json::from_str(text.trim().lines().last().unwrap()).unwrap();
    assert_eq!((&last["equal"], &last["ticks"]), (&true.into(), &41.into()));
    // Another map: other columns. Another match on the same map: another seed.
    assert!(run("trace --scene arsenal --ticks 40 -o @/c.tptr").0);
    let (good, text) = run("diff @/a.tptr @/c.tptr");
    assert!(!good && text.contains("other columns"), "{text}");
    let (good, text) = run("diff @/c.tptr --scene brawl --ticks 40 --json");
    assert!(!good && text.contains("first difference: tick 0, stage before, column"), "{text}");
    let (good, text) = run("diff --scene arsenal --ticks 40 --simd-a scalar");
    assert!(good && text.contains("level scalar"), "{text}");
    let (good, text) = run("diff @/a.tptr");
    assert!(!good && text.contains("two are compared"), "{text}");
    let (good, text) = run("diff --scene arsenal --simd-b avx1024");
    assert!(!good && text.contains("this processor has scalar"), "{text}");
    let (good, text) = run("diff @/a.tptr @/nothing.tptr");
    assert!(!good && text.contains("nothing.tptr"), "{text}");
}

/// Reads all of it.
fn read(bytes: &[u8]) -> anyhow::Result<u32> {
    let mut reader = Reader::new(bytes, "T")?;
    let mut ticks = 0;
    while reader.tick()?.is_some() {
        ticks += 1;
    }
    Ok(ticks)
}

#[test]
fn damaged_traces_are_refused_with_the_place() {
    let good = traced(scene("duel"), 4, |_, _| {});
    assert_eq!(read(&good).unwrap(), 4);
    for end in 0..good.len() {
        let text = format!("{:#}", read(&good[..end]).unwrap_err());
        assert!(text.contains("byte") && text.contains("T"), "{end}: {text}");
    }
    for at in (0..good.len()).step_by(7).chain(good.len() - 20..good.len()) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        assert!(read(&bad).is_err(), "byte {at}");
    }
    let mut more = good.clone();
    more.push(0);
    assert!(read(&more).unwrap_err().to_string().contains("follows the end"));
    let mut newer = good;
    newer[4] = 2;
    assert!(read(&newer).unwrap_err().to_string().contains("version 2"));
    assert!(read(b"PNG!").unwrap_err().to_string().contains("TPTR"));
}
