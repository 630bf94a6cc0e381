//! Where the wire's numbers come to their ends: silences, epochs, numbers of projectiles, requests out of order, sides.
// Helpers outside the test functions: a failure is a failure there too.
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use support::{Setup, at};
use trespasser::net::{Receiver, Taken};
use trespasser::rules::{Fire, Material};
use trespasser::{Buttons, InputCmd, Loadout, MatchId, PlayerDef, PlayerId, RuleSet, Team, Vec2, Weapon, World};

/// A wall of border across the middle.
fn divided(mut setup: Setup) -> Setup {
    for row in 0..27 {
        setup = setup.wall(190.0, row as f32 * 10.0, 10.0, 10.0, Material::Border);
    }
    setup
}

struct Client {
    game: MatchId,
    id: PlayerId,
    receiver: Receiver,
    /// Snapshots taken.
    taken: u32,
}

impl Client {
    fn open(world: &mut World, game: MatchId, id: PlayerId) -> Client {
        world.open_link(game, id).unwrap();
        Client { game, id, receiver: Receiver::new(), taken: 0 }
    }

    fn answer(&mut self, world: &mut World) -> Vec<u8> {
        let mut up = Vec::new();
        self.receiver.write(0, &mut up);
        world.receive(self.game, self.id, &up).unwrap();
        up
    }

    /// Over a channel that loses nothing.
    fn play(&mut self, world: &mut World, ticks: u32) {
        for _ in 0..ticks {
            world.step();
            let all: Vec<Vec<u8>> = world.packets().filter(|p| p.player == self.id).map(|p| p.bytes.to_vec()).collect();
            for bytes in all {
                self.taken += u32::from(self.receiver.receive(&bytes).unwrap() == Taken::Snapshot);
                self.answer(world);
            }
        }
    }

    fn known(&self) -> usize {
        self.receiver.seen().unwrap().players.iter().flatten().count()
    }
}

#[test]
fn after_a_long_silence_time_is_told_anew() {
    for frames in [900, 1100, 2100, 4200] {
        let mut rig = Setup::default().build();
        let mut client = Client::open(&mut rig.world, rig.game, rig.players[0]);
        client.play(&mut rig.world, 60);
        rig.world.hold_link(rig.game, client.id, true).unwrap();
        for _ in 0..frames * 3 {
            rig.world.step();
        }
        rig.world.hold_link(rig.game, client.id, false).unwrap();
        let before = client.taken;
        client.play(&mut rig.world, 60);
        assert!(client.taken > before, "after {frames} frames");
        let now = rig.world.view(rig.game).unwrap().tick();
        let shown = client.receiver.seen().unwrap().tick;
        assert!(now - shown <= 15, "after {frames} frames: {shown} of {now}");
        assert_eq!(rig.world.link_stats(rig.game, client.id).unwrap().unwrap().false_acks, 0);
    }
}

#[test]
fn epochs_that_nobody_heard_of_are_not_counted() {
    let mut rig = Setup::default().build();
    let mut client = Client::open(&mut rig.world, rig.game, rig.players[0]);
    client.play(&mut rig.world, 60);
    for resets in 1..6 {
        rig.world.hold_link(rig.game, client.id, true).unwrap();
        for seed in 0..resets {
            rig.world.reset_match(rig.game, seed).unwrap();
            rig.world.step();
        }
        rig.world.hold_link(rig.game, client.id, false).unwrap();
        let before = client.taken;
        client.play(&mut rig.world, 30);
        assert!(client.taken > before, "{resets} resets at once");
    }
}

#[test]
fn a_full_sky_is_told_by_sixty_four_numbers() {
    let mut rules = RuleSet::standard();
    let launcher = &mut rules.weapons[Weapon::GrenadeLauncher as usize];
    (launcher.rate, launcher.magazine, launcher.reserve, launcher.damage) = (1200, 1000, 1000, 1);
    (launcher.range, launcher.fire) = (250.0, Fire::Automatic);
    if let Some(flight) = &mut launcher.projectile {
        (flight.speed, flight.fuse_ms, flight.ends_at_range, flight.blast, flight.bounce) =
            (60.0, None, true, 1.0, None);
    }
    let players: Vec<(Team, Vec2)> = (0..2).map(|i| (Team::Red, at(30.0, 60.0 + 140.0 * i as f32))).collect();
    let mut rig = Setup::default().players(&players).rules(rules).build();
    for &player in &rig.players {
        rig.world.give_weapon(rig.game, player, Weapon::GrenadeLauncher).unwrap();
    }
    let mut client = Client::open(&mut rig.world, rig.game, rig.players[0]);
    let mut most = 0;
    for tick in 0..60 * 24u32 {
        for (i, &player) in rig.players.iter().enumerate() {
            let taps = if tick == 5 { Buttons::SLOT3 } else { Buttons::NONE };
            let cursor = Vec2::new(470.0, 60.0 + 140.0 * i as f32);
            let input = InputCmd::new(tick + 1, Buttons::FIRE, taps, cursor).unwrap();
            rig.world.push_input(rig.game, player, input).unwrap();
        }
        if tick == 600 || tick == 1200 {
            rig.world.hold_link(rig.game, client.id, tick == 600).unwrap();
        }
        client.play(&mut rig.world, 1);
        most = most.max(rig.world.view(rig.game).unwrap().projectiles().count());
    }
    assert_eq!(most, 64, "the sky is full");
    // Let it come to rest: both agree on what flies.
    for tick in 1440..1440 + 600u32 {
        for &player in &rig.players {
            let input = InputCmd::new(tick + 1, Buttons::NONE, Buttons::NONE, Vec2::new(470.0, 60.0)).unwrap();
            rig.world.push_input(rig.game, player, input).unwrap();
        }
        client.play(&mut rig.world, 1);
    }
    let flying = rig.world.view(rig.game).unwrap().projectiles().count();
    assert_eq!(client.receiver.seen().unwrap().projectiles.iter().flatten().count(), flying);
}

#[test]
fn an_old_request_is_not_granted_again() {
    let mut rig = Setup::default().players(&[(Team::Red, at(60.0, 135.0)), (Team::Blue, at(400.0, 60.0))]).build();
    let mut client = Client::open(&mut rig.world, rig.game, rig.players[0]);
    client.play(&mut rig.world, 30);
    rig.world.kill_player(rig.game, client.id).unwrap();
    client.play(&mut rig.world, 3);
    let mut first = Vec::new();
    for primary in [Weapon::Smg, Weapon::Shotgun] {
        client.receiver.request_loadout(&Loadout::new(primary, Weapon::Pistol, &[]).unwrap(), None);
        let up = client.answer(&mut rig.world);
        if primary == Weapon::Smg {
            first = up;
        }
        client.play(&mut rig.world, 9);
    }
    rig.world.receive(rig.game, client.id, &first).unwrap();
    let weapons = rig.world.view(rig.game).unwrap().weapons(client.id).unwrap();
    assert_eq!(weapons[0].unwrap().weapon, Weapon::Shotgun);
}

#[test]
fn nobody_looks_at_both_sides() {
    let players = [(Team::Red, at(60.0, 135.0)), (Team::Blue, at(400.0, 60.0)), (Team::Blue, at(400.0, 200.0))];
    let mut rig = divided(Setup::default().players(&players)).build();
    // The dead stay on their side.
    let mut dead = Client::open(&mut rig.world, rig.game, rig.players[0]);
    dead.play(&mut rig.world, 30);
    rig.world.kill_player(rig.game, dead.id).unwrap();
    dead.play(&mut rig.world, 3);
    dead.receiver.request_loadout(&Loadout::default(), Some(Team::Blue));
    dead.answer(&mut rig.world);
    dead.play(&mut rig.world, 9);
    assert_eq!((dead.known(), dead.receiver.seen().unwrap().answer.unwrap().1), (1, 2));
    // Who has not been on the field may choose, and sees neither side before.
    let late = PlayerDef { team: Some(Team::Red), spawn: false, ..PlayerDef::default() };
    let late = rig.world.add_player(rig.game, late).unwrap();
    let mut late = Client::open(&mut rig.world, rig.game, late);
    late.play(&mut rig.world, 30);
    for team in [Team::Blue, Team::Red, Team::Blue] {
        late.receiver.request_loadout(&Loadout::default(), Some(team));
        late.answer(&mut rig.world);
        late.play(&mut rig.world, 9);
        assert_eq!((late.known(), late.receiver.seen().unwrap().answer.unwrap().1), (1, 0));
    }
    late.receiver.request_respawn();
    late.answer(&mut rig.world);
    late.play(&mut rig.world, 9);
    assert_eq!(late.known(), 3, "now of the team");
}
