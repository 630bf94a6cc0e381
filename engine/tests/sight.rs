//! What is kept between ticks about sight is what would be found out anew: over all scenes, and for hosts who save,
//! restore, repair and reset in between.
#![cfg(feature = "scenes")]
// Helpers outside the test functions: a failure is a failure there too.
#![allow(clippy::unwrap_used)]

use trespasser::rules::Material;
use trespasser::scenes::{SCENES, Scene};
use trespasser::{
    Buttons, GameMap, InputCmd, Loadout, MatchDef, MatchId, MatchView, PlayerDef, PlayerId, PolygonCache, Spawn, Team,
    Vec2, WallDef, Weapon, World, WorldDef,
};

const TICKS: u32 = 900;

/// Restoring forgets all that is no part of the state.
fn forget(scene: &mut Scene, saved: &mut Vec<u8>) {
    scene.world.save(scene.game, saved).unwrap();
    scene.world.restore(scene.game, saved).unwrap();
}

#[test]
fn who_sees_whom_is_the_same_when_all_is_forgotten_every_tick() {
    for name in SCENES {
        let [mut kept, mut fresh] = [(); 2].map(|()| Scene::new(name).unwrap());
        let mut saved = Vec::new();
        for tick in 0..TICKS {
            kept.advance(1);
            forget(&mut fresh, &mut saved);
            fresh.advance(1);
            assert_eq!(kept.hash(), fresh.hash(), "{name}, tick {tick}");
            // What a host does now and then.
            for scene in [&mut kept, &mut fresh] {
                match tick % 300 {
                    97 => _ = scene.world.repair_walls(scene.game),
                    203 => {
                        let id = scene.world.view(scene.game).unwrap().id_of((tick / 300) as usize % 2).unwrap();
                        _ = scene.world.kill_player(scene.game, id);
                    }
                    290 if tick > 600 => scene.world.reset_match(scene.game, u64::from(tick)).unwrap(),
                    _ => {}
                }
            }
        }
    }
}

/// A player leaves, and another one takes the lane at the very place: nothing is left of what was known of the first.
#[test]
fn lanes_change_hands() {
    let walls = [WallDef { x: 200.0, y: 60.0, width: 10.0, height: 150.0, material: Material::Concrete }];
    let spawns = [(160.0, Team::Red), (280.0, Team::Blue)].map(|(x, team)| Spawn { at: Vec2::new(x, 135.0), team });
    let map = GameMap::from_rects(&walls, &spawns).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let def = |team| PlayerDef { team: Some(team), ..PlayerDef::default() };
    let red = world.add_player(game, def(Team::Red)).unwrap();
    let blue = world.add_player(game, def(Team::Blue)).unwrap();
    let mut saved = Vec::new();
    let mut check = |world: &mut World, what: &str| {
        world.save(game, &mut saved).unwrap();
        world.step();
        let kept = world.hash(game).unwrap();
        world.restore(game, &saved).unwrap();
        world.step();
        assert_eq!(world.hash(game).unwrap(), kept, "{what}");
        world.view(game).unwrap().sight_matrix()
    };
    assert_eq!(check(&mut world, "a wall between"), 0);
    world.remove_player(game, blue).unwrap();
    assert_eq!(check(&mut world, "alone"), 0);
    let late = world.add_player(game, def(Team::Red)).unwrap();
    assert_eq!(late.slot(), blue.slot());
    check(&mut world, "a friend in the enemy's lane");
    world.remove_player(game, late).unwrap();
    let again = world.add_player(game, def(Team::Blue)).unwrap();
    assert_eq!(again.slot(), blue.slot());
    check(&mut world, "an enemy again");
    world.kill_player(game, red).unwrap();
    assert_eq!(check(&mut world, "the dead see nobody") & 0xFF, 0);
}

/// Two who stand and look at each other, in two worlds: one keeps what it finds out, one forgets it every tick.
struct Stare {
    worlds: [World; 2],
    game: MatchId,
    red: PlayerId,
    blue: PlayerId,
    sequence: u32,
    saved: Vec<u8>,
}

impl Stare {
    fn new(walls: &[WallDef]) -> Stare {
        let spawns = [(150.0, Team::Red), (250.0, Team::Blue)].map(|(x, team)| Spawn { at: Vec2::new(x, 135.0), team });
        let map = GameMap::from_rects(walls, &spawns).unwrap();
        let loadout = Loadout::new(Weapon::Rifle, Weapon::Pistol, &[Weapon::SmokeGrenade]).unwrap();
        let mut made = [(); 2].map(|()| {
            let mut world = World::new(WorldDef::default()).unwrap();
            let game = world.create_match(&map, MatchDef::default()).unwrap();
            let [red, blue] = [Team::Red, Team::Blue]
                .map(|team| world.add_player(game, PlayerDef { team: Some(team), loadout, spawn: true }).unwrap());
            (Some(world), game, red, blue)
        });
        let (_, game, red, blue) = made[0];
        let worlds = [0, 1].map(|i: usize| made[i].0.take().unwrap());
        Stare { worlds, game, red, blue, sequence: 0, saved: Vec::new() }
    }

    /// Ticks until what red sees of blue is `wanted`; how many it took.
    fn until(&mut self, wanted: bool, held: Buttons, limit: u32) -> u32 {
        for ticks in 1..=limit {
            self.sequence += 1;
            for (i, world) in self.worlds.iter_mut().enumerate() {
                for (id, x, held) in [(self.red, 250.0, held), (self.blue, 150.0, Buttons::NONE)] {
                    let input = InputCmd::new(self.sequence, held, Buttons::NONE, Vec2::new(x, 135.0)).unwrap();
                    world.push_input(self.game, id, input).unwrap();
                }
                if i == 1 {
                    world.save(self.game, &mut self.saved).unwrap();
                    world.restore(self.game, &self.saved).unwrap();
                }
                world.step();
            }
            let [kept, fresh] = [0, 1].map(|i: usize| self.worlds[i].hash(self.game).unwrap());
            assert_eq!(kept, fresh, "tick {}", self.sequence);
            if (self.worlds[0].view(self.game).unwrap().sees(self.red.slot()) != 0) == wanted {
                return ticks;
            }
        }
        panic!("red's sight of blue is not {wanted} within {limit} ticks");
    }

    fn both(&mut self, act: impl Fn(&mut World, MatchId, PlayerId)) {
        self.worlds.iter_mut().for_each(|world| act(world, self.game, self.red));
    }
}

#[test]
fn who_stands_still_notices_walls_that_break_and_come_back() {
    let glass = WallDef { x: 200.0, y: 110.0, width: 10.0, height: 50.0, material: Material::Glass };
    let mut stare = Stare::new(&[glass]);
    stare.until(false, Buttons::NONE, 1);
    stare.until(false, Buttons::NONE, 1);
    let mut closed = Vec::new();
    stare.worlds[0].save(stare.game, &mut closed).unwrap();
    let closed_at = stare.sequence;
    assert!(stare.until(true, Buttons::FIRE, 60) > 0);
    // Back to when the glass was whole, everybody where they are.
    stare.both(|world, game, _| world.restore(game, &closed).unwrap());
    stare.sequence = closed_at;
    assert_eq!(stare.until(false, Buttons::NONE, 1), 1);
    stare.until(true, Buttons::FIRE, 60);
    stare.until(true, Buttons::NONE, 1);
    stare.both(|world, game, _| world.repair_walls(game).unwrap());
    assert_eq!(stare.until(false, Buttons::NONE, 1), 1);
}

#[test]
fn who_stands_still_notices_smoke_that_comes_and_goes() {
    let mut stare = Stare::new(&[]);
    stare.until(true, Buttons::NONE, 1);
    stare.both(|world, game, red| world.tap(game, red, Buttons::SLOT3).unwrap());
    stare.until(true, Buttons::NONE, 1);
    stare.both(|world, game, red| world.throw(game, red, 1).unwrap());
    let hidden = stare.until(false, Buttons::NONE, 240);
    assert!(hidden > 60, "smoke after {hidden} ticks");
    let clear = stare.until(true, Buttons::NONE, 1200);
    assert!(clear > 600, "clear after {clear} ticks");
}

/// Two enemies either side of a wall whose hole is 2 px wide: who stands in its wedge is seen, who stands beside it is
/// not. Worked out by hand.
#[test]
fn a_hole_of_two_pixels_shows_its_wedge() {
    // The hole is (200..210) x (134..136), the viewer at (150, 133): past (200, 134) and under (210, 136) the wedge at
    // x = 300 reaches from y = 136 to y = 140.5 (slopes 1/50 below the upper near corner, 3/60 above the lower far one).
    let hole = (134.0, 136.0);
    let walls = [(40.0, hole.0), (hole.1, 240.0)].map(|(top, bottom)| WallDef {
        x: 200.0,
        y: top,
        width: 10.0,
        height: bottom - top,
        material: Material::Concrete,
    });
    // A circle of 6 px touches a line of slope m through (150, 133) where its centre is 6 sqrt(1 + m^2) px off it.
    let touches = |slope: f64, side: f64| 133.0 + 150.0 * slope + side * 6.0 * (1.0 + slope * slope).sqrt();
    let (upper, lower) = (touches(1.0 / 50.0, -1.0), touches(3.0 / 60.0, 1.0));
    let seen = |y: f64| {
        let spawns = [
            Spawn { at: Vec2::new(150.0, 133.0), team: Team::Red },
            Spawn { at: Vec2::new(300.0, y as f32), team: Team::Blue },
        ];
        let map = GameMap::from_rects(&walls, &spawns).unwrap();
        let mut world = World::new(WorldDef::default()).unwrap();
        let game = world.create_match(&map, MatchDef::default()).unwrap();
        for team in [Team::Red, Team::Blue] {
            world.add_player(game, PlayerDef { team: Some(team), ..PlayerDef::default() }).unwrap();
        }
        // Both look at the hole, from less than 160 px.
        for tick in 1..4 {
            let view = world.view(game).unwrap();
            let ids: Vec<_> = view.players().map(|p| p.id).collect();
            for id in ids {
                let cursor = Vec2::new(220.0, 135.0);
                world.push_input(game, id, InputCmd::new(tick, Buttons::NONE, Buttons::NONE, cursor).unwrap()).unwrap();
            }
            world.step();
        }
        world.view(game).unwrap().sees(0) != 0
    };
    for inside in [0.02, 0.5, 3.0] {
        assert!(seen(upper + inside), "{inside} px of the wedge's upper edge");
        assert!(seen(lower - inside), "{inside} px of the wedge's lower edge");
        assert!(!seen(upper - inside), "{inside} px above the wedge");
        assert!(!seen(lower + inside), "{inside} px under the wedge");
    }
}

fn check_polygons(view: &MatchView, caches: &mut [PolygonCache], what: &str) {
    let mut fresh = Vec::new();
    for (slot, cache) in caches.iter_mut().enumerate() {
        view.polygon(slot, &mut fresh);
        assert_eq!(view.polygon_cached(slot, cache), fresh, "{what}, slot {slot}");
        assert_eq!(view.tiles_cached(slot, cache), view.tiles(slot), "{what}, slot {slot}");
    }
}

#[test]
fn cached_polygons_are_fresh_ones_in_every_tick_for_every_player() {
    for name in SCENES {
        let mut scene = Scene::new(name).unwrap();
        let mut caches: [PolygonCache; 9] = core::array::from_fn(|_| PolygonCache::new());
        let mut saved = Vec::new();
        for tick in 0..TICKS {
            scene.advance(1);
            check_polygons(&scene.world.view(scene.game).unwrap(), &mut caches, name);
            match tick % 300 {
                97 => _ = scene.world.repair_walls(scene.game),
                150 => scene.world.save(scene.game, &mut saved).unwrap(),
                200 => scene.world.restore(scene.game, &saved).unwrap(),
                _ => continue,
            }
            check_polygons(&scene.world.view(scene.game).unwrap(), &mut caches, name);
        }
        let (asked, computed) = (u64::from(TICKS) * 9, caches.iter().map(PolygonCache::computed).sum::<u64>());
        println!("{name}: {computed} polygons computed for {asked} asked for");
    }
}

/// Nobody moves: one polygon each, however far away walls break, until one breaks within sight.
#[test]
fn a_still_viewer_costs_nothing() {
    let walls = [
        WallDef { x: 60.0, y: 30.0, width: 10.0, height: 50.0, material: Material::Glass },
        WallDef { x: 400.0, y: 30.0, width: 10.0, height: 50.0, material: Material::Glass },
    ];
    let spawns =
        [Spawn { at: Vec2::new(30.0, 55.0), team: Team::Red }, Spawn { at: Vec2::new(370.0, 55.0), team: Team::Blue }];
    let map = GameMap::from_rects(&walls, &spawns).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let players = [Team::Red, Team::Blue]
        .map(|team| world.add_player(game, PlayerDef { team: Some(team), ..PlayerDef::default() }).unwrap());
    let mut caches = [(); 2].map(|()| PolygonCache::new());
    let mut sequence = 0;
    let mut play = |world: &mut World, caches: &mut [PolygonCache; 2], fires: Option<usize>| {
        let mut computed = [0; 2];
        for _ in 0..60 {
            sequence += 1;
            for (i, &player) in players.iter().enumerate() {
                let held = if fires == Some(i) { Buttons::FIRE } else { Buttons::NONE };
                let cursor = Vec2::new([100.0, 440.0][i], 55.0);
                world.push_input(game, player, InputCmd::new(sequence, held, Buttons::NONE, cursor).unwrap()).unwrap();
            }
            world.step();
            let before = [0, 1].map(|i: usize| caches[i].computed());
            check_polygons(&world.view(game).unwrap(), caches, "still");
            (0..2).for_each(|i| computed[i] += caches[i].computed() - before[i]);
        }
        computed
    };
    // The first tick turns both to their cursors.
    assert_eq!(play(&mut world, &mut caches, None), [1, 1]);
    assert_eq!(play(&mut world, &mut caches, None), [0, 0]);
    let [red, blue] = play(&mut world, &mut caches, Some(1));
    assert!(red == 0 && blue > 0 && blue < 10, "{blue} polygons while the blue one breaks glass; red's: {red}");
    let [red, blue] = play(&mut world, &mut caches, Some(0));
    assert!(blue == 0 && red > 0 && red < 10, "{red} polygons while the red one breaks glass; blue's: {blue}");
}
