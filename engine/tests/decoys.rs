//! Decoys: told to one client alone, never in sight, gone in time, and never what a base is mistaken for. That they tell
//! nothing about whom they pass for is in `non_interference.rs`.
#![cfg(feature = "scenes")]
// Helpers outside the test functions: a failure is a failure there too.
#![allow(clippy::unwrap_used)]

use trespasser::guard::{GuardDef, Kind, Verdict};
use trespasser::net::{Receiver, SeenPlayer, Taken};
use trespasser::scenes::Scene;
use trespasser::{Buttons, InputCmd, PlayerId, Vec2, World};

/// xorshift, seeded.
struct Dice(u64);

impl Dice {
    fn percent(&mut self, share: u64) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % 100 < share
    }
}

fn ids(scene: &Scene) -> Vec<PlayerId> {
    scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect()
}

/// As the wire has it.
fn q16(at: Vec2) -> (u16, u16) {
    ((at.x * 16.0).round() as u16, (at.y * 16.0).round() as u16)
}

/// Plays a scene with slot 0 baited all the time but for every fourth span of 5 s; `each` looks on after each exchange
/// that brought slot 0 a snapshot.
fn play(name: &str, ticks: u32, loss: u64, mut each: impl FnMut(&World, &Scene, &Receiver)) {
    let mut scene = Scene::new(name).unwrap();
    let ids = ids(&scene);
    let mut dice = Dice(0x5EED ^ loss << 7);
    let mut receivers: Vec<Receiver> = ids.iter().map(|_| Receiver::new()).collect();
    for &id in &ids {
        scene.world.open_link(scene.game, id).unwrap();
    }
    for tick in 0..ticks {
        scene.world.bait(scene.game, ids[0], tick / 300 % 4 != 3).unwrap();
        scene.advance(1);
        let packets: Vec<(PlayerId, Vec<u8>)> =
            scene.world.packets().map(|packet| (packet.player, packet.bytes.to_vec())).collect();
        for (player, bytes) in packets {
            if dice.percent(loss) {
                continue;
            }
            let receiver = &mut receivers[player.slot()];
            let taken = receiver.receive(&bytes).unwrap();
            let mut up = Vec::new();
            receiver.write(6, &mut up);
            if !dice.percent(loss) {
                scene.world.receive(scene.game, player, &up).unwrap();
            }
            if taken == Taken::Snapshot && player.slot() == 0 {
                each(&scene.world, &scene, &receivers[0]);
            }
        }
    }
}

#[test]
fn a_decoy_is_told_as_it_is_and_out_of_sight() {
    for loss in [0, 10, 30] {
        let (mut shown, mut moved, mut spans, mut before) = (0, 0.0, 0, None::<(usize, Vec2)>);
        play("brawl", 60 * 90, loss, |world, scene, receiver| {
            let view = world.view(scene.game).unwrap();
            let me = view.players().find(|p| p.id.slot() == 0).unwrap();
            let seen = receiver.seen().unwrap();
            let known = view.knows(0);
            let decoy = world.decoy(scene.game, me.id).unwrap();
            let mask = (0..8).filter(|slot| seen.players[*slot].is_some()).fold(0u8, |mask, slot| mask | 1 << slot);
            let Some((slot, at)) = decoy else {
                assert_eq!(mask, known, "tick {}", view.tick());
                before = None;
                return;
            };
            assert_eq!(mask, known | 1 << slot);
            assert_eq!(known >> slot & 1, 0, "who is seen has no decoy");
            let enemy = view.player(view.id_of(slot).unwrap()).unwrap();
            assert!(enemy.alive && me.alive && enemy.team != me.team);
            let told = seen.players[slot].unwrap();
            assert_eq!(q16(told.position), q16(at), "tick {}", view.tick());
            assert!(view.map().geometry().is_free(at));
            // Not in sight, by another way: no ray of the polygon's and no tile of it.
            let tiles = view.tiles(0);
            for by in [Vec2::ZERO, Vec2::new(6.0, 0.0), Vec2::new(-6.0, 0.0), Vec2::new(0.0, 6.0), Vec2::new(0.0, -6.0)]
            {
                let clear = view.line_is_clear(me.position, at + by);
                let along = (at + by - me.position).normalize().dot(me.facing);
                assert!(!clear || along < 0.4 || (at + by - me.position).length() > 225.0, "seen at {at}");
            }
            let tile = (at.x as usize / 8, at.y as usize / 8);
            let index = tile.1 * 60 + tile.0;
            assert_eq!(tiles[index / 64] >> (index % 64) & 1, 0, "its tile is in view");
            shown += 1;
            match before {
                Some((last, place)) if last == slot => moved += (at - place).length(),
                _ => spans += 1,
            }
            before = Some((slot, at));
        });
        assert!(shown > 150 && moved > 300.0 && spans > 5, "{shown} snapshots, {moved} px, {spans} times; loss {loss}");
    }
}

#[test]
fn others_are_told_the_same_and_the_match_is_the_same() {
    let (mut with, mut without) = (Scene::new("arsenal").unwrap(), Scene::new("arsenal").unwrap());
    let ids = ids(&with);
    let mut shown = 0;
    for scene in [&mut with, &mut without] {
        for &id in &ids {
            scene.world.open_link(scene.game, id).unwrap();
        }
    }
    with.world.bait(with.game, ids[2], true).unwrap();
    let mut receivers: Vec<[Receiver; 2]> = ids.iter().map(|_| [Receiver::new(), Receiver::new()]).collect();
    for tick in 0..60 * 30 {
        for (side, scene) in [&mut with, &mut without].into_iter().enumerate() {
            scene.advance(1);
            let packets: Vec<(PlayerId, Vec<u8>)> =
                scene.world.packets().map(|p| (p.player, p.bytes.to_vec())).collect();
            for (player, bytes) in packets {
                let receiver = &mut receivers[player.slot()][side];
                receiver.receive(&bytes).unwrap();
                let mut up = Vec::new();
                receiver.write(6, &mut up);
                scene.world.receive(scene.game, player, &up).unwrap();
            }
        }
        let mut a: Vec<_> = with.world.packets().filter(|p| p.player != ids[2]).collect();
        let mut b: Vec<_> = without.world.packets().filter(|p| p.player != ids[2]).collect();
        a.retain(|p| !p.bytes.is_empty());
        b.retain(|p| !p.bytes.is_empty());
        assert!(a.iter().map(|p| p.bytes).eq(b.iter().map(|p| p.bytes)), "tick {tick}");
        assert_eq!(with.hash(), without.hash(), "tick {tick}");
        shown += u32::from(with.world.decoy(with.game, ids[2]).unwrap().is_some());
    }
    assert!(shown > 100, "{shown}");
}

#[test]
fn a_decoy_goes_with_its_link_its_player_and_the_epoch() {
    let mut scene = Scene::new("duel").unwrap();
    let ids = ids(&scene);
    let game = scene.game;
    // Without a link nothing happens.
    scene.world.bait(game, ids[0], true).unwrap();
    scene.advance(300);
    assert_eq!(scene.world.decoy(game, ids[0]).unwrap(), None);
    scene.world.open_link(game, ids[0]).unwrap();
    scene.world.bait(game, ids[0], true).unwrap();
    let until_shown = |scene: &mut Scene| {
        for _ in 0..3600 {
            scene.advance(1);
            if scene.world.decoy(game, ids[0]).unwrap().is_some() {
                return;
            }
        }
        panic!("no decoy in a minute");
    };
    until_shown(&mut scene);
    scene.world.reset_match(game, 7).unwrap();
    assert_eq!(scene.world.decoy(game, ids[0]).unwrap(), None);
    until_shown(&mut scene);
    scene.world.bait(game, ids[0], false).unwrap();
    scene.advance(3);
    assert_eq!(scene.world.decoy(game, ids[0]).unwrap(), None);
    scene.advance(120);
    scene.world.bait(game, ids[0], true).unwrap();
    until_shown(&mut scene);
    scene.world.close_link(game, ids[0]).unwrap();
    scene.advance(3);
    assert_eq!(scene.world.decoy(game, ids[0]).unwrap(), None);
}

/// Plays a minute in which slot 0 is sent decoys: aims at the nearest enemy's entry, if `cheats`; pieces of evidence of
/// kind [`Kind::Decoy`] against slot 0, and whether it stands flagged.
fn guarded(cheats: bool, seconds: u32) -> (usize, bool) {
    let mut scene = Scene::new("brawl").unwrap();
    let ids = ids(&scene);
    let game = scene.game;
    scene.world.guard(game, GuardDef::default()).unwrap();
    scene.world.open_link(game, ids[0]).unwrap();
    scene.world.bait(game, ids[0], true).unwrap();
    if cheats {
        scene.bots.release(game, ids[0]);
    }
    let (mut receiver, mut up, mut found) = (Receiver::new(), Vec::new(), 0);
    for tick in 1..=seconds * 60 {
        if cheats {
            let mut aim = Vec2::new(240.0, 135.0);
            let mut taps = Buttons::RESPAWN;
            if let Some(seen) = receiver.seen()
                && let Some(me) = seen.players[0]
            {
                let enemies = seen.players.iter().skip(1).step_by(2).flatten().filter(|p| p.alive);
                let distance = |p: &&SeenPlayer| p.position.distance_squared(me.position);
                if let Some(nearest) = enemies.min_by(|a, b| distance(a).total_cmp(&distance(b))) {
                    aim = nearest.position;
                    taps |= Buttons::FIRE;
                }
            }
            let way = [Buttons::UP, Buttons::RIGHT, Buttons::DOWN, Buttons::LEFT][(tick / 50 % 4) as usize];
            let mut input = InputCmd::new(tick, way, taps, aim).unwrap();
            input.ack_tick = tick.saturating_sub(2);
            scene.world.push_input(game, ids[0], input).unwrap();
        }
        scene.advance(1);
        for packet in scene.world.packets().filter(|p| p.player == ids[0]) {
            receiver.receive(packet.bytes).unwrap();
        }
        if tick % 3 == 0 {
            up.clear();
            receiver.write(6, &mut up);
            scene.world.receive(game, ids[0], &up).unwrap();
        }
        scene
            .world
            .drain_evidence(game, |e| found += usize::from(e.player() == ids[0] && e.kind() == Some(Kind::Decoy)))
            .unwrap();
    }
    (found, scene.world.standing(game, ids[0]).unwrap().verdict >= Verdict::Flag)
}

#[test]
fn who_aims_by_entries_aims_at_decoys_and_nobody_else_does() {
    let (found, flagged) = guarded(true, 60);
    assert!(found > 0 && flagged, "{found} pieces of evidence");
    assert_eq!(guarded(false, 300).0, 0);
}
