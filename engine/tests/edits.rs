//! What a host makes of a player past the rules: each edit does what it says and no more, is refused with a reason
//! otherwise, and tells nobody what they may not know. That recordings have them is in `replay.rs`.

// Helpers outside the test functions: a failure is a failure there too.
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use proptest::prelude::*;
use support::{NONE, Rig, Setup, at};
use trespasser::rules::Material;
use trespasser::*;

const RED: usize = 0;
const BLUE: usize = 1;

impl Rig {
    fn edit(&mut self, i: usize, edit: Edit) -> Result<()> {
        let player = self.players[i];
        let done = self.world.edit_player(self.game, player, edit);
        self.collect();
        done
    }
}

fn sees(rig: &Rig, viewer: usize, target: usize) -> bool {
    rig.world.view(rig.game).unwrap().sees(rig.players[viewer].slot()) >> rig.players[target].slot() & 1 == 1
}

fn known(rig: &Rig, viewer: usize) -> usize {
    let mut out = Vec::new();
    rig.world.view(rig.game).unwrap().known_projectiles(viewer, &mut out);
    out.len()
}

#[test]
fn a_body_goes_where_it_is_put_and_walks_from_there() {
    let mut rig = Setup::default().build();
    rig.hold(RED, Buttons::RIGHT, at(300.0, 135.0), 10);
    rig.edit(RED, Edit::place(at(200.25, 60.5))).unwrap();
    let player = rig.player(RED);
    assert_eq!((player.position, player.velocity), (at(200.25, 60.5), at(0.0, 0.0)));
    rig.hold(RED, Buttons::RIGHT, at(300.0, 60.5), 30);
    assert!((rig.player(RED).position.x - 250.25).abs() < 0.5, "{:?}", rig.player(RED).position);
}

#[test]
fn a_body_is_put_beside_a_wall_and_not_into_it_and_into_a_hole() {
    let mut rig = Setup::default().wall(200.0, 100.0, 10.0, 50.0, Material::Glass).build();
    rig.edit(RED, Edit::place(at(205.0, 125.0))).unwrap();
    let beside = rig.player(RED).position;
    assert_eq!((beside.x - 205.0).abs(), 11.0, "{beside}");
    rig.edit(RED, Edit::place(at(-50.0, 1e9))).unwrap();
    assert_eq!(rig.player(RED).position, at(6.0, 264.0));
    // A blast opens all of the wall.
    rig.edit(BLUE, Edit::Loadout(Loadout::new(Weapon::Rifle, Weapon::Pistol, &[Weapon::Rocket]).unwrap())).unwrap();
    rig.edit(BLUE, Edit::Hold { place: 2 }).unwrap();
    rig.press(BLUE, Buttons::FIRE, at(205.0, 125.0));
    rig.ticks(90);
    assert!((0..5).all(|slice| rig.slice(slice) == 0.0));
    rig.edit(RED, Edit::place(at(205.0, 125.0))).unwrap();
    assert_eq!(rig.player(RED).position, at(205.0, 125.0));
}

#[test]
fn health_life_and_scores_are_what_the_host_says() {
    let mut rig = Setup::default().build();
    rig.wait_out_invulnerability();
    rig.edit(RED, Edit::Health { points: 30 * 64 + 1 }).unwrap();
    assert_eq!(rig.player(RED).health, 30.0 + 1.0 / 64.0);
    rig.edit(RED, Edit::Fell).unwrap();
    let fallen = rig.player(RED);
    assert!(!fallen.alive && fallen.health == 0.0 && fallen.deaths == 0, "{fallen:?}");
    assert_eq!(rig.count(EventKind::Died), 0);
    let place = fallen.position;
    rig.edit(RED, Edit::Revive).unwrap();
    let risen = rig.player(RED);
    assert!(risen.alive && risen.health == 100.0 && risen.position == place, "{risen:?}");
    rig.edit(RED, Edit::Score { kills: 7, deaths: 65_535 }).unwrap();
    assert_eq!((rig.player(RED).kills, rig.player(RED).deaths), (7, 65_535));
    assert_eq!(rig.world.view(rig.game).unwrap().score(), [0, 0]);
}

#[test]
fn hands_and_rounds_are_what_the_host_says() {
    let mut rig = Setup::default().build();
    rig.edit(RED, Edit::Loadout(Loadout::new(Weapon::Smg, Weapon::Revolver, &[Weapon::Grenade]).unwrap())).unwrap();
    assert_eq!(rig.player(RED).weapon, Some(Weapon::Smg));
    rig.edit(RED, Edit::Hold { place: 1 }).unwrap();
    assert_eq!(rig.player(RED).weapon, Some(Weapon::Revolver));
    rig.edit(RED, Edit::Rounds { place: 1, ammo: 1, reserve: 0 }).unwrap();
    rig.press(RED, Buttons::FIRE, at(300.0, 135.0));
    assert_eq!(rig.all(EventKind::Fired).len(), 1);
    rig.ticks(60);
    rig.press(RED, Buttons::FIRE, at(300.0, 135.0));
    assert_eq!(rig.all(EventKind::Fired).len(), 1, "the magazine was empty");
}

#[test]
fn a_spawn_is_granted_at_once_to_the_dead_and_the_living() {
    let mut rig = Setup::default().build();
    rig.edit(RED, Edit::place(at(240.0, 200.0))).unwrap();
    rig.edit(RED, Edit::Fell).unwrap();
    rig.edit(RED, Edit::Spawn).unwrap();
    let player = rig.player(RED);
    assert!(player.alive && player.position == at(100.0, 135.0), "{player:?}");
    rig.edit(RED, Edit::place(at(240.0, 200.0))).unwrap();
    rig.edit(RED, Edit::Spawn).unwrap();
    assert_eq!(rig.player(RED).position, at(100.0, 135.0));
}

/// Who stood in sight and is put behind a wall is not known there before anybody has looked.
#[test]
fn nobody_knows_a_body_where_it_is_put_out_of_sight() {
    let apart = [(Team::Red, at(100.0, 135.0)), (Team::Blue, at(430.0, 135.0))];
    let mut rig = Setup::default().players(&apart).wall(200.0, 0.0, 10.0, 60.0, Material::Concrete).build();
    for &player in &rig.players {
        rig.world.listen(rig.game, player, true).unwrap();
    }
    rig.edit(BLUE, Edit::place(at(180.0, 135.0))).unwrap();
    rig.hold(RED, NONE, at(300.0, 135.0), 3);
    assert!(sees(&rig, RED, BLUE));
    let knows = |rig: &Rig| rig.world.view(rig.game).unwrap().knows(rig.players[RED].slot());
    assert_eq!(knows(&rig), 0b11);
    for edit in [Edit::place(at(230.0, 30.0)), Edit::Spawn] {
        rig.edit(BLUE, Edit::place(at(180.0, 135.0))).unwrap();
        rig.hold(RED, NONE, at(300.0, 135.0), 3);
        assert_eq!(knows(&rig), 0b11);
        rig.edit(BLUE, edit).unwrap();
        assert!(!sees(&rig, RED, BLUE) && knows(&rig) == 0b01);
        rig.hold(RED, NONE, at(300.0, 135.0), 1);
        assert_eq!(knows(&rig), 0b01);
    }
}

#[test]
fn a_shot_that_is_rewound_does_not_find_a_body_where_it_was() {
    let mut rig = Setup::default().players(&[(Team::Red, at(100.0, 135.0)), (Team::Blue, at(240.0, 135.0))]).build();
    rig.wait_out_invulnerability();
    let seen = rig.world.view(rig.game).unwrap().tick();
    rig.edit(BLUE, Edit::place(at(240.0, 220.0))).unwrap();
    rig.sequence[RED] += 1;
    let mut input = InputCmd::new(rig.sequence[RED], NONE, Buttons::FIRE, at(240.0, 135.0)).unwrap();
    input.ack_tick = seen;
    assert!(rig.world.push_input(rig.game, rig.players[RED], input).unwrap());
    rig.tick();
    assert_eq!(rig.count(EventKind::Fired), 1);
    assert_eq!(rig.count(EventKind::HitPlayer), 0);
}

#[test]
fn the_living_change_sides_at_the_hosts_word() {
    let mut rig = Setup::default().build();
    for &player in &rig.players {
        rig.world.listen(rig.game, player, true).unwrap();
    }
    rig.edit(BLUE, Edit::Team(Team::Red)).unwrap();
    assert_eq!(rig.player(BLUE).team, Team::Red);
    assert_eq!(rig.world.view(rig.game).unwrap().knows(rig.players[RED].slot()), 0b11, "mates know one another");
}

#[test]
fn what_flies_can_be_taken_out_of_the_air() {
    let mut rig = Setup::default().support(&[Weapon::Grenade, Weapon::SmokeGrenade]).build();
    for &player in &rig.players {
        rig.world.listen(rig.game, player, true).unwrap();
    }
    rig.edit(RED, Edit::Hold { place: 2 }).unwrap();
    rig.world.throw(rig.game, rig.players[RED], 3).unwrap();
    rig.ticks(5);
    let slot = rig.players[RED].slot();
    assert_eq!(rig.world.view(rig.game).unwrap().projectiles().count(), 1);
    assert_eq!(known(&rig, slot), 1);
    rig.world.clear_projectiles(rig.game).unwrap();
    assert_eq!(rig.world.view(rig.game).unwrap().projectiles().count(), 0);
    assert_eq!(known(&rig, slot), 0);
    rig.ticks(240);
    assert_eq!(rig.count(EventKind::Exploded), 0);
}

#[test]
fn edits_out_of_range_are_refused_and_change_nothing() {
    let mut rig = Setup::default().build();
    let watcher = rig.world.add_player(rig.game, PlayerDef { spawn: false, ..PlayerDef::default() }).unwrap();
    rig.players.push(watcher);
    rig.collect();
    let before = rig.world.hash(rig.game).unwrap();
    let bits = |v: f32| v.to_bits();
    let refused = [
        (RED, Edit::Place { x: bits(f32::NAN), y: 0 }, "x"),
        (RED, Edit::Place { x: 0, y: bits(f32::INFINITY) }, "y"),
        (RED, Edit::Health { points: 0 }, "points"),
        (RED, Edit::Health { points: 100 * 64 + 1 }, "points"),
        (RED, Edit::Hold { place: 2 }, "place"),
        (RED, Edit::Hold { place: 255 }, "place"),
        (RED, Edit::Rounds { place: 3, ammo: 1, reserve: 1 }, "place"),
        (RED, Edit::Rounds { place: 0, ammo: 31, reserve: 1 }, "ammo"),
        (RED, Edit::Rounds { place: 0, ammo: 1, reserve: 181 }, "reserve"),
    ];
    for (who, edit, field) in refused {
        match rig.edit(who, edit) {
            Err(Error::InvalidArgument { field: named, .. }) => assert_eq!(named, field, "{edit:?}"),
            other => panic!("{edit:?}: {other:?}"),
        }
    }
    for (who, edit) in [
        (RED, Edit::Revive),
        (2, Edit::Revive),
        (2, Edit::Fell),
        (2, Edit::Health { points: 64 }),
        (2, Edit::place(at(50.0, 50.0))),
    ] {
        assert!(matches!(rig.edit(who, edit), Err(Error::NotAllowed { .. })), "{edit:?}");
    }
    assert_eq!(rig.world.hash(rig.game).unwrap(), before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Wherever bodies are put, in whatever walls stand, they never overlap one, and saved matches stay restorable.
    #[test]
    fn bodies_are_put_only_where_they_fit(
        places in proptest::collection::vec((0..2usize, -50.0..550f32, -50.0..350f32, 0..4u32), 1..30),
        lumps in proptest::collection::vec((0..44u32, 0..24u32), 0..40),
    ) {
        let walls: Vec<WallDef> = lumps
            .iter()
            .map(|&(x, y)| support::wall(x as f32 * 10.0, y as f32 * 10.0, 30.0, 20.0, Material::Wood))
            .collect();
        let Ok(map) = GameMap::from_rects(&walls, &[]) else { return Ok(()) };
        let mut world = World::new(WorldDef::default()).unwrap();
        let game = world.create_match(&map, MatchDef::default()).unwrap();
        let players = [(); 2].map(|()| world.add_player(game, PlayerDef::default()).unwrap());
        for (who, x, y, ticks) in places {
            world.edit_player(game, players[who], Edit::place(at(x, y))).unwrap();
            let view = world.view(game).unwrap();
            prop_assert!(map.geometry().is_free(view.player(players[who]).unwrap().position));
            (0..ticks).for_each(|_| world.step());
        }
        let mut bytes = Vec::new();
        world.save(game, &mut bytes).unwrap();
        world.restore(game, &bytes).unwrap();
    }
}
