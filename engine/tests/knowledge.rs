//! What each player may know, row by row (rule book, section 9; the table of `Knowledge::witness`).

// Helpers outside the test functions: a failure is a failure there too.
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use support::{NONE, Rig, Setup, at};
use trespasser::net::hidden;
use trespasser::rules::Material;
use trespasser::world::flag;
use trespasser::*;

/// A match in which everybody is listened for, with what they were told since the last look.
struct Watched {
    rig: Rig,
    told: Vec<Told>,
}

impl Watched {
    fn new(setup: Setup) -> Watched {
        let mut rig = setup.build();
        for &player in &rig.players {
            rig.world.listen(rig.game, player, true).unwrap();
        }
        rig.tick();
        rig.wait_out_invulnerability();
        let mut watched = Watched { rig, told: Vec::new() };
        watched.drain();
        watched.told.clear();
        watched
    }

    fn drain(&mut self) {
        let told = &mut self.told;
        assert_eq!(self.rig.world.drain_told(self.rig.game, |t| told.push(*t)).unwrap(), 0);
    }

    fn tick(&mut self) {
        self.rig.tick();
        self.drain();
    }

    fn ticks(&mut self, n: u32) {
        (0..n).for_each(|_| self.tick());
    }

    fn press(&mut self, i: usize, held: Buttons, taps: Buttons, mouse: Vec2) {
        assert!(self.rig.input(i, held, taps, mouse));
        self.tick();
    }

    /// What a player has been told of a kind.
    fn to(&self, i: usize, kind: EventKind) -> Vec<Told> {
        let slot = self.rig.players[i].slot();
        self.told.iter().filter(|t| t.to >> slot & 1 == 1 && t.event.kind == kind as u8).copied().collect()
    }

    fn view(&self) -> MatchView<'_> {
        self.rig.world.view(self.rig.game).unwrap()
    }

    fn knows(&self, i: usize) -> u8 {
        self.view().knows(self.rig.players[i].slot())
    }

    fn known(&self, i: usize, slice: usize) -> u16 {
        self.view().known_slice_health(self.rig.players[i].slot(), slice)
    }
}

const RED: usize = 0;
const BLUE: usize = 1;

/// Red at 100, blue at `x`, both on the middle line; red looks right, blue looks left.
fn duel(x: f32) -> Setup {
    Setup::default().players(&[(Team::Red, at(100.0, 135.0)), (Team::Blue, at(x, 135.0))])
}

/// The same with concrete from top to bottom at 190, and two more behind their mates.
fn divided() -> Setup {
    let mut setup = Setup::default().players(&[
        (Team::Red, at(100.0, 135.0)),
        (Team::Blue, at(300.0, 135.0)),
        (Team::Red, at(60.0, 135.0)),
        (Team::Blue, at(340.0, 135.0)),
    ]);
    for row in 0..27 {
        setup = setup.wall(190.0, row as f32 * 10.0, 10.0, 10.0, Material::Concrete);
    }
    setup
}

#[test]
fn oneself_the_team_once_placed_and_enemies_in_sight() {
    let mut w = Watched::new(divided());
    assert_eq!([0, 1, 2, 3].map(|i| w.knows(i)), [0b0101, 0b1010, 0b0101, 0b1010]);
    let def = PlayerDef { team: Some(Team::Red), spawn: false, ..PlayerDef::default() };
    let late = w.rig.world.add_player(w.rig.game, def).unwrap();
    assert_eq!(late.slot(), 4);
    w.tick();
    assert_eq!(w.knows(0), 0b0101, "who was never placed is nowhere");
    assert_eq!(w.view().knows(4), 0b1_0000, "nor has a team to know of: one could look at both");
    w.rig.world.set_team(w.rig.game, late, Team::Blue).unwrap();
    assert_eq!((w.view().knows(4), w.knows(0)), (0b1_0000, 0b0101));
    w.rig.world.tap(w.rig.game, late, Buttons::RESPAWN).unwrap();
    w.tick();
    assert_eq!((w.view().knows(4) & 0b1010, w.knows(1), w.knows(0)), (0b1010, 0b1_1010, 0b0101));
    w.rig.world.kill_player(w.rig.game, late).unwrap();
    w.rig.world.set_team(w.rig.game, late, Team::Red).unwrap();
    assert_eq!((w.view().knows(4), w.knows(1)), (0b1_0101, 0b1010), "at once, and nothing of the former mates");

    let mut w = Watched::new(duel(200.0));
    w.press(1, NONE, NONE, at(10.0, 135.0));
    assert_eq!([w.knows(0), w.knows(1)], [0b11, 0b11]);
    w.press(1, NONE, NONE, at(470.0, 135.0));
    assert_eq!([w.knows(0), w.knows(1)], [0b11, 0b10], "seeing is not being seen");
    assert_eq!(w.view().knew(1), 0b11);
    w.rig.world.kill_player(w.rig.game, w.rig.players[0]).unwrap();
    w.tick();
    assert_eq!(w.knows(0), 0b01, "the dead see nobody");
}

#[test]
fn who_comes_and_goes() {
    let mut w = Watched::new(divided());
    let leaver = w.rig.players[3];
    w.rig.world.remove_player(w.rig.game, leaver).unwrap();
    let again =
        w.rig.world.add_player(w.rig.game, PlayerDef { team: Some(Team::Red), ..PlayerDef::default() }).unwrap();
    assert_eq!(again.slot(), leaver.slot(), "the lane has another's team before the next tick");
    w.tick();
    let [mate, enemy] = [BLUE, RED].map(|i| w.to(i, EventKind::Left));
    assert_eq!((mate[0].hidden, mate[0].event.x), (0, 340.0));
    assert_eq!((enemy[0].hidden, enemy[0].event.x), (hidden::PLACE, 0.0));
    assert_eq!(w.to(RED, EventKind::Joined).len(), 1);
    assert!(w.told.iter().all(|t| t.to >> 3 & 1 == 0), "whoever has the slot next is not listened for");
}

#[test]
fn refusals_are_between_the_host_and_the_one_refused() {
    let mut w = Watched::new(duel(200.0));
    w.press(RED, NONE, Buttons::AIM, at(200.0, 135.0));
    w.press(RED, NONE, Buttons::FIRE, at(200.0, 135.0));
    w.press(RED, NONE, Buttons::FIRE, at(200.0, 135.0));
    for kind in [EventKind::AimToggled, EventKind::FireRefused] {
        assert_eq!((w.to(RED, kind).len(), w.to(BLUE, kind).len()), (1, 0), "{kind:?}");
    }
    w.rig.world.kill_player(w.rig.game, w.rig.players[RED]).unwrap();
    w.press(RED, NONE, Buttons::RESPAWN, at(200.0, 135.0));
    assert_eq!((w.to(RED, EventKind::RespawnDenied).len(), w.to(BLUE, EventKind::RespawnDenied).len()), (1, 0));
}

#[test]
fn what_an_enemy_does_reaches_those_who_see_it_without_the_rounds() {
    let mut w = Watched::new(divided());
    w.press(BLUE, NONE, Buttons::FIRE, at(100.0, 135.0));
    w.press(BLUE, NONE, Buttons::SLOT2, at(100.0, 135.0));
    for kind in [EventKind::Fired, EventKind::HitWall, EventKind::Switched] {
        let mate = w.to(3, kind);
        assert_eq!((mate.len(), mate[0].hidden), (1, 0), "{kind:?}");
        assert_eq!(w.to(RED, kind), [], "{kind:?}");
    }
    assert_eq!(w.to(3, EventKind::Fired)[0].event.value, 29);

    let mut w = Watched::new(duel(200.0).wall(210.0, 130.0, 10.0, 10.0, Material::Wood));
    w.press(BLUE, NONE, Buttons::FIRE, at(470.0, 135.0));
    w.press(BLUE, NONE, Buttons::RELOAD, at(470.0, 135.0));
    w.ticks(151);
    let fired = w.to(RED, EventKind::Fired);
    assert_eq!((fired[0].hidden, fired[0].event.value, fired[0].event.actor), (hidden::ROUNDS, 0, 1));
    assert_eq!(w.to(RED, EventKind::HitWall)[0].hidden, hidden::DAMAGE);
    assert_eq!(w.to(RED, EventKind::HitWall)[0].event.value, 0);
    let reloaded = w.to(RED, EventKind::Reloaded);
    assert_eq!((reloaded[0].hidden, reloaded[0].event.value, reloaded[0].event.aux), (hidden::ROUNDS, 0, 0));
    assert_eq!(w.to(BLUE, EventKind::Reloaded)[0].event.value, 30);
    assert_eq!(w.to(RED, EventKind::ReloadStarted)[0].hidden, 0);
}

/// Wood between the two: bullets pass, sight does not.
#[test]
fn a_shot_through_a_wall_hits_nobody_whom_the_shooter_knows() {
    let mut w = Watched::new(duel(140.0).wall(115.0, 100.0, 10.0, 70.0, Material::Wood));
    assert_eq!([w.knows(RED), w.knows(BLUE)], [0b01, 0b10]);
    w.press(RED, NONE, Buttons::FIRE, at(140.0, 135.0));
    let all = hidden::TARGET | hidden::PLACE | hidden::DIRECTION | hidden::DAMAGE;
    let hit = w.to(RED, EventKind::HitPlayer)[0];
    assert_eq!((hit.hidden, hit.event.target, hit.event.x, hit.event.dx, hit.event.value), (all, 255, 0.0, 0.0, 0));
    assert_eq!(w.to(BLUE, EventKind::HitPlayer), []);
    assert_eq!(w.to(RED, EventKind::PlayerDamaged), []);
    let hurt = w.to(BLUE, EventKind::PlayerDamaged)[0];
    assert_eq!((hurt.hidden, hurt.event.actor, hurt.event.weapon), (hidden::ACTOR | hidden::WEAPON, 255, 255));
    assert_eq!((hurt.event.x, hurt.event.value > 0), (140.0, true));
    // Until dead; all are told, and those who did not see it not where.
    for _ in 0..200 {
        w.press(RED, NONE, Buttons::FIRE, at(140.0, 135.0));
        if !w.to(RED, EventKind::Died).is_empty() {
            break;
        }
        // The holes are new every time.
        if w.knows(RED) == 0b01 {
            w.rig.world.repair_walls(w.rig.game).unwrap();
        }
    }
    let [red, blue] = [RED, BLUE].map(|i| w.to(i, EventKind::Died)[0]);
    assert_eq!((blue.hidden, blue.event.x, blue.event.actor), (0, 140.0, 0));
    if w.view().knew(0) & 2 == 0 && w.knows(RED) & 2 == 0 {
        assert_eq!((red.hidden, red.event.x, red.event.actor, red.event.target), (hidden::PLACE, 0.0, 0, 1));
    }
}

#[test]
fn a_death_in_sight_shows_where() {
    let mut w = Watched::new(duel(200.0));
    w.rig.world.kill_player(w.rig.game, w.rig.players[BLUE]).unwrap();
    w.tick();
    assert_eq!((w.to(RED, EventKind::Died)[0].hidden, w.to(RED, EventKind::Died)[0].event.x), (0, 200.0));
    let mut w = Watched::new(divided());
    w.rig.world.kill_player(w.rig.game, w.rig.players[BLUE]).unwrap();
    w.tick();
    assert_eq!((w.to(RED, EventKind::Died)[0].hidden, w.to(RED, EventKind::Died)[0].event.x), (hidden::PLACE, 0.0));
    assert_eq!(w.to(3, EventKind::Died)[0].hidden, 0);
}

/// Blue throws behind the wall, then in sight.
#[test]
fn projectiles_by_each_ones_own_numbers() {
    let mut w = Watched::new(divided().support(&[Weapon::Grenade, Weapon::SmokeGrenade, Weapon::Flashbang]));
    w.press(BLUE, NONE, Buttons::SLOT3, at(330.0, 200.0));
    w.press(BLUE, NONE, Buttons::THROW, at(330.0, 200.0));
    assert_eq!(w.to(RED, EventKind::Launched), []);
    assert_eq!(w.to(3, EventKind::Launched)[0].hidden, 0, "a mate");
    let known = |w: &Watched, i: usize| {
        let mut out = Vec::new();
        w.view().known_projectiles(w.rig.players[i].slot(), &mut out);
        out
    };
    assert_eq!((known(&w, RED).len(), known(&w, 3).len()), (0, 1));
    w.press(RED, NONE, Buttons::SLOT3, at(100.0, 30.0));
    w.press(RED, NONE, Buttons::THROW, at(100.0, 30.0));
    let mine = known(&w, RED)[0];
    assert_eq!(
        (mine.number, mine.own_team, mine.owner),
        (1, true, Some(w.rig.players[RED])),
        "the first that red knows"
    );
    assert!(mine.launch.is_some());
    assert_eq!(w.to(RED, EventKind::Launched)[0].event.value, 1);
    w.ticks(200);
    let (red, blue) = (w.to(RED, EventKind::Exploded), w.to(BLUE, EventKind::Exploded));
    assert_eq!((red.len(), red[0].event.actor, red[0].event.value), (1, 0, 1));
    assert_eq!((blue.len(), blue[0].event.actor), (1, 1), "each team has heard of its own");
    // Smoke is for all, its thrower is not.
    w.told.clear();
    w.press(BLUE, NONE, Buttons::SLOT4, at(330.0, 200.0));
    w.press(BLUE, NONE, Buttons::THROW, at(330.0, 200.0));
    w.ticks(130);
    let smoke = w.to(RED, EventKind::Exploded)[0];
    assert_eq!((smoke.hidden, smoke.event.actor, smoke.event.value), (hidden::ACTOR, 255, 2));
    assert_eq!(w.view().known_clouds(0).map(|c| c.number).collect::<Vec<_>>(), [2]);
    assert_eq!(w.view().known_clouds(7).count(), 0, "nothing is kept for an empty slot");
}

#[test]
fn a_throw_in_sight_and_what_it_does() {
    let mut w = Watched::new(duel(230.0).support(&[Weapon::Grenade, Weapon::Flashbang]));
    w.press(BLUE, NONE, Buttons::SLOT4, at(100.0, 120.0));
    w.press(BLUE, NONE, Buttons::THROW, at(100.0, 120.0));
    let launched = w.to(RED, EventKind::Launched)[0];
    assert_eq!((launched.hidden, launched.event.slice, launched.event.value), (hidden::ROUNDS, 0, 1));
    let mut known = Vec::new();
    w.view().known_projectiles(0, &mut known);
    assert_eq!((known.len(), known[0].own_team, known[0].owner), (1, false, Some(w.rig.players[BLUE])));
    assert!(known[0].launch.is_some(), "red saw it leave the hand");
    // It flies past red, who turns to it.
    w.press(RED, NONE, NONE, at(10.0, 110.0));
    assert_eq!(w.knows(RED), 0b01);
    w.ticks(88);
    w.view().known_projectiles(0, &mut known);
    assert_eq!((known.len(), known[0].number, known[0].owner), (1, 1, None), "in view, its thrower no more");
    w.ticks(4);
    assert_eq!(w.to(RED, EventKind::Exploded), [], "who is dazzled sees no more of it");
    let dazzled = w.to(RED, EventKind::Dazzled);
    assert_eq!(dazzled.len(), 1);
    assert_eq!((dazzled[0].event.target, dazzled[0].hidden, dazzled[0].event.actor), (0, hidden::ACTOR, 255));
    assert_eq!(dazzled[0].event.reserved, 1, "by the flash that red knew");
    assert!(w.to(BLUE, EventKind::Dazzled).iter().all(|t| t.event.target == 1), "each for themselves");
    assert!(w.rig.player(RED).blind);
    w.press(RED, NONE, NONE, at(230.0, 135.0));
    assert_eq!(w.knows(RED), 0b01, "the blind see nobody");
}

/// Red shoots at the wall from one side; blue, far away on the other, sees nothing.
#[test]
fn damage_is_known_where_it_is_seen_dealt_or_heard_and_remembered_otherwise() {
    let setup = Setup::default()
        .players(&[(Team::Red, at(150.0, 135.0)), (Team::Blue, at(450.0, 135.0)), (Team::Red, at(20.0, 20.0))])
        .wall(190.0, 130.0, 10.0, 10.0, Material::Metal)
        .wall(230.0, 0.0, 10.0, 270.0, Material::Concrete);
    let mut w = Watched::new(setup);
    let pristine = w.known(BLUE, 2);
    w.press(RED, NONE, Buttons::FIRE, at(195.0, 135.0));
    let told = w.to(RED, EventKind::WallDamaged)[0];
    let slice = usize::from(told.event.slice);
    assert_eq!(told.hidden, 0);
    assert_eq!(w.to(2, EventKind::WallDamaged)[0].hidden, 0, "what the team does");
    assert_eq!(w.to(BLUE, EventKind::WallDamaged), []);
    let actual = w.view().slice_health(slice);
    assert!(actual < pristine);
    assert_eq!([RED, BLUE, 2].map(|i| w.known(i, slice)), [actual, pristine, actual]);
    let versions = [0, 1, 2].map(|v| w.view().known_slices_version(v));
    w.ticks(60);
    assert_eq!([RED, BLUE, 2].map(|i| w.known(i, slice)), [actual, pristine, actual]);
    assert_eq!([0, 1, 2].map(|v| w.view().known_slices_version(v)), versions);

    // Until it breaks, 300 px from blue: out of earshot, for the limit is 250.
    for _ in 0..200 {
        w.press(RED, NONE, Buttons::FIRE, at(195.0, 135.0));
        if w.view().slice_health(slice) == 0 {
            break;
        }
    }
    let broke = w.to(RED, EventKind::SliceDestroyed);
    assert!(broke.iter().all(|t| t.event.part == 0), "who else heard it is not told");
    assert_eq!([RED, BLUE, 2].map(|i| w.known(i, slice)), [0, pristine, 0]);

    // One who comes late knows the map alone, and what is seen.
    let def = PlayerDef { team: Some(Team::Blue), spawn: false, ..PlayerDef::default() };
    let late = w.rig.world.add_player(w.rig.game, def).unwrap();
    assert_eq!(w.view().known_slice_health(late.slot(), slice), pristine, "nothing is kept yet");
    w.rig.world.listen(w.rig.game, late, true).unwrap();
    w.ticks(5);
    assert_eq!(w.view().known_slice_health(late.slot(), slice), pristine);
    let mut all = Vec::new();
    w.view().known_health(late.slot(), &mut all);
    assert_eq!((all[slice], all.len()), (pristine, 10));

    // Turned back, what was told stays told: red remembers a hole.
    let mut saved = Vec::new();
    let broken = w.view().slice_health(slice);
    assert_eq!(broken, 0);
    w.rig.world.save(w.rig.game, &mut saved).unwrap();
    w.rig.world.repair_walls(w.rig.game).unwrap();
    assert_eq!([RED, BLUE, 2].map(|i| w.known(i, slice)), [pristine; 3], "repairs are known");
    w.rig.world.restore(w.rig.game, &saved).unwrap();
    assert_eq!([RED, BLUE, 2].map(|i| w.known(i, slice)), [pristine; 3], "nobody has looked yet");
    w.ticks(6);
    assert_eq!([RED, BLUE, 2].map(|i| w.known(i, slice)), [0, pristine, pristine], "red looks at it");
    w.rig.world.reset_match(w.rig.game, 3).unwrap();
    assert_eq!([RED, BLUE, 2].map(|i| w.known(i, slice)), [pristine; 3]);
}

#[test]
fn a_slice_heard_breaking_is_known_to_be_gone_and_nothing_is_told() {
    // Glass behind concrete: blue hears it break 100 px away, and does not see it.
    let setup =
        duel(280.0).wall(150.0, 130.0, 10.0, 10.0, Material::Glass).wall(200.0, 90.0, 10.0, 90.0, Material::Wood);
    let mut w = Watched::new(setup);
    w.press(RED, NONE, Buttons::FIRE, at(155.0, 135.0));
    w.press(RED, NONE, NONE, at(155.0, 135.0));
    for _ in 0..100 {
        if w.rig.count(EventKind::SliceDestroyed) > 0 {
            break;
        }
        w.press(RED, NONE, Buttons::FIRE, at(155.0, 135.0));
    }
    let raw = w.rig.all(EventKind::SliceDestroyed)[0];
    assert_eq!(raw.part >> 1 & 1, 1, "blue hears it");
    assert_eq!(w.known(BLUE, raw.slice.into()), 0);
    assert!(w.to(BLUE, EventKind::SliceDestroyed).iter().all(|t| t.event.slice != raw.slice));
    assert_eq!(w.to(RED, EventKind::SliceDestroyed)[0].event.flags & flag::DESTROYED, flag::DESTROYED);
}

#[test]
fn more_is_told_than_a_host_drains() {
    let mut w = Watched::new(duel(200.0));
    for _ in 0..5000 {
        let def = PlayerDef { team: Some(Team::Red), spawn: false, ..PlayerDef::default() };
        let id = w.rig.world.add_player(w.rig.game, def).unwrap();
        w.rig.world.remove_player(w.rig.game, id).unwrap();
    }
    assert_eq!(w.rig.world.pending_told(w.rig.game).unwrap(), 4096);
    let mut count = 0;
    let lost = w.rig.world.drain_told(w.rig.game, |_| count += 1).unwrap();
    assert_eq!(count + lost, 15_000, "joined; left, to mates and to the others");
}

#[test]
fn nobody_watched_costs_and_knows_nothing() {
    let mut rig = duel(200.0).build();
    let bytes = rig.world.view(rig.game).unwrap().bytes();
    rig.ticks(10);
    assert_eq!(rig.world.drain_told(rig.game, |_| panic!("told")).unwrap(), 0);
    assert_eq!(rig.world.view(rig.game).unwrap().bytes(), bytes);
    rig.world.listen(rig.game, rig.players[0], false).unwrap();
    assert_eq!(rig.world.view(rig.game).unwrap().bytes(), bytes);
    rig.world.listen(rig.game, rig.players[0], true).unwrap();
    rig.press(0, Buttons::FIRE, at(200.0, 30.0));
    let mut told = Vec::new();
    rig.world.drain_told(rig.game, |t| told.push(*t)).unwrap();
    assert!(!told.is_empty() && told.iter().all(|t| t.to == 1), "those listened for alone");
    rig.world.listen(rig.game, rig.players[0], false).unwrap();
    rig.press(0, Buttons::SLOT2, at(200.0, 30.0));
    assert_eq!(rig.world.pending_told(rig.game).unwrap(), 0);
}

/// Whatever a host calls in whatever order: nobody knows whom they may not, nobody is told who is not listened for, and
/// what is known of slices is either what they are or what they have been.
#[test]
fn any_calls_in_any_order() {
    let mut dice = 0x2545_F491_4F6C_DD1Du64;
    let mut roll = move |n: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        (dice >> 11) % n
    };
    for case in 0..60 {
        let mut setup = Setup::default();
        for i in 0..40 {
            let (x, y) = (100.0 + 10.0 * (i % 20) as f32, 60.0 + 40.0 * (i / 20) as f32);
            setup = setup.wall(x, y, 10.0, 10.0, [Material::Wood, Material::Glass, Material::Metal][i % 3]);
        }
        let Rig { mut world, game, players, .. } = setup.support(&[Weapon::Grenade, Weapon::Flashbang]).build();
        let mut players: Vec<(PlayerId, u32)> = players.into_iter().map(|id| (id, 0)).collect();
        let (mut listened, mut saved, mut slices) = (0u8, Vec::new(), Vec::new());
        let pristine = world.view(game).unwrap().map().geometry().max_health.clone();
        for _ in 0..600 {
            let pick = roll(players.len().max(1) as u64) as usize;
            match (roll(40), players.get(pick).map(|p| p.0)) {
                (0 | 1, _) if players.len() < 8 => {
                    let team = [Team::Red, Team::Blue][roll(2) as usize];
                    let def = PlayerDef { team: Some(team), spawn: roll(2) == 0, ..PlayerDef::default() };
                    let id = world.add_player(game, def).unwrap();
                    assert_eq!(listened >> id.slot() & 1, 0);
                    players.push((id, 0));
                }
                (2, Some(id)) => {
                    world.remove_player(game, id).unwrap();
                    listened &= !(1 << id.slot());
                    players.remove(pick);
                }
                (3..=6, Some(id)) => {
                    let on = roll(4) != 0;
                    world.listen(game, id, on).unwrap();
                    listened = listened & !(1 << id.slot()) | u8::from(on) << id.slot();
                }
                (7, Some(id)) => _ = world.kill_player(game, id),
                (8, Some(id)) => _ = world.set_team(game, id, [Team::Red, Team::Blue][roll(2) as usize]),
                (9, Some(id)) => _ = world.give_weapon(game, id, Weapon::ALL[roll(15) as usize]),
                (10, Some(id)) => _ = world.throw(game, id, 1),
                (11, _) => _ = world.repair_walls(game),
                (12, _) if roll(4) == 0 => world.reset_match(game, roll(99)).unwrap(),
                (13, _) => world.save(game, &mut saved).unwrap(),
                (14, _) if roll(3) == 0 && !saved.is_empty() => {
                    world.restore(game, &saved).unwrap();
                    let view = world.view(game).unwrap();
                    let back: Vec<PlayerId> = view.players().map(|p| p.id).collect();
                    // Who is back in the match is listened for only if it was so all along.
                    let kept = |p: &&(PlayerId, u32)| back.contains(&p.0);
                    listened &= players.iter().filter(kept).fold(0, |mask, p| mask | 1 << p.0.slot());
                    players = back.into_iter().map(|id| (id, 1_000_000)).collect();
                }
                (15, _) => _ = world.drain_events(game, |_| {}).unwrap(),
                _ => {
                    for (id, sequence) in &mut players {
                        *sequence += 1;
                        let held = Buttons([0, 1, 2, 4, 8, 1 << 6, 1 << 6, 1 << 4 | 8][roll(8) as usize]);
                        let taps = Buttons([0, 0, 1 << 15, 1 << 12, 1 << 13, 1 << 9, 1 << 8][roll(7) as usize]);
                        let mouse = at(roll(480) as f32, roll(270) as f32);
                        world.push_input(game, *id, InputCmd::new(*sequence, held, taps, mouse).unwrap()).unwrap();
                    }
                    world.step();
                }
            }
            let view = world.view(game).unwrap();
            for me in view.players() {
                let viewer = me.id.slot();
                let mates = view.players().filter(|p| me.placed && p.team == me.team && p.placed);
                let known = mates.fold(1u8 << viewer, |mask, p| mask | 1 << p.id.slot()) | view.sees(viewer);
                assert_eq!(view.knows(viewer), known, "case {case}");
                view.known_health(viewer, &mut slices);
                for (s, &health) in slices.iter().enumerate() {
                    assert!(health >= view.slice_health(s) || health <= pristine[s], "case {case}, slice {s}");
                    assert_eq!(health, view.known_slice_health(viewer, s));
                }
            }
            world.drain_told(game, |told| assert_eq!((told.to & !listened, told.to != 0), (0, true))).unwrap();
        }
    }
}
