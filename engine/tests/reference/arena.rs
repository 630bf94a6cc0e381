//! Matches on random maps, and random but repeatable cases.

use crate::book::BODY;
use crate::walls::{Slice, cut};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseResult, TestError, TestRunner};
use std::cell::Cell;
use trespasser::rules::Material;
use trespasser::*;

pub const NONE: Buttons = Buttons::NONE;
const FIRST_SEED: u64 = 0x7265_6665_7265_6e63;

/// Runs `test` over `cases` of a strategy, the same ones every time unless PROPTEST_RNG_SEED or PROPTEST_CASES say
/// otherwise, and asserts that at least `wanted` comparisons were not left out as decided by rounding.
pub fn check<S: Strategy>(cases: u32, wanted: u64, strategy: S, test: impl Fn(S::Value, &Tally) -> TestCaseResult) {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let by_default = config.cases == ProptestConfig { ..ProptestConfig::default() }.cases
        && std::env::var_os("PROPTEST_CASES").is_none();
    if by_default {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(FIRST_SEED);
    }
    config.max_shrink_iters = 300;
    config.max_global_rejects = 100_000;
    let tally = Tally::default();
    let outcome = TestRunner::new(config).run(&strategy, |value| test(value, &tally));
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, value)) => panic!("{reason}\nminimal case: {value:?}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
    if by_default {
        let (done, left_out) = (tally.done.get(), tally.left_out.get());
        println!("{done} compared, {left_out} left out");
        assert!(done >= wanted, "only {done} comparisons, {left_out} left out");
        assert!(left_out * 4 <= done, "{left_out} of {done} comparisons were left out");
    }
}

/// Comparisons made, and those left out because rounding decides them.
#[derive(Default)]
pub struct Tally {
    pub done: Cell<u64>,
    pub left_out: Cell<u64>,
}

impl Tally {
    pub fn one(&self) {
        self.done.set(self.done.get() + 1);
    }

    pub fn skip(&self) {
        self.left_out.set(self.left_out.get() + 1);
    }
}

/// Walls, most of them on a lattice so that gaps near the body's width are common; they may touch, not overlap.
pub fn any_walls(most: usize) -> impl Strategy<Value = Vec<WallDef>> {
    let wall = (0..47u32, 0..26u32, 1..6u32, 1..6u32, 0..10u8, 0..4u8).prop_map(|(x, y, w, h, m, off)| {
        let shift = if off == 0 { 3.7 } else { 0.0 };
        let (x, y) = (x as f32 * 10.0 + shift, y as f32 * 10.0 + shift);
        // Mostly 10 px thick, as maps are.
        let (w, h) = if off == 1 {
            (w, h)
        } else if w > h {
            (w, 1)
        } else {
            (1, h)
        };
        WallDef {
            x,
            y,
            width: (w as f32 * 10.0).min(480.0 - x),
            height: (h as f32 * 10.0).min(270.0 - y),
            // Few borders: they hide everything else.
            material: Material::from_number(if m == 9 { 4 } else { m % 4 }).unwrap(),
        }
    });
    proptest::collection::vec(wall, 0..most).prop_map(|walls| {
        let mut kept: Vec<WallDef> = Vec::new();
        for w in walls {
            let apart = |o: &WallDef| {
                w.x + w.width <= o.x || o.x + o.width <= w.x || w.y + w.height <= o.y || o.y + o.height <= w.y
            };
            if kept.iter().all(apart) {
                kept.push(w);
            }
        }
        kept
    })
}

pub fn any_place() -> impl Strategy<Value = (f32, f32)> {
    (6.0..474.0f32, 6.0..264.0f32)
}

pub fn point(v: Vec2) -> (f64, f64) {
    (f64::from(v.x), f64::from(v.y))
}

/// Of the places those where a body stands free, alternately red and blue.
pub fn free_spots(walls: &[WallDef], places: &[(f32, f32)], most: usize) -> Vec<Spawn> {
    let slices = cut(walls);
    let free = |&&(x, y): &&(f32, f32)| slices.iter().all(|s| s.distance(x.into(), y.into()) > BODY + 0.001);
    places
        .iter()
        .filter(free)
        .take(most)
        .enumerate()
        .map(|(i, &(x, y))| Spawn { at: Vec2::new(x, y), team: if i % 2 == 0 { Team::Red } else { Team::Blue } })
        .collect()
}

pub struct Arena {
    pub world: World,
    pub game: MatchId,
    pub players: Vec<PlayerId>,
    pub slices: Vec<Slice>,
    /// Of the last tick.
    pub events: Vec<Event>,
    sequence: u32,
}

impl Arena {
    /// One player for each spot, where possible each on a spot of its own. `None` for fewer than two spots.
    pub fn new(
        walls: &[WallDef],
        spots: &[Spawn],
        rules: &RuleSet,
        tick_rate: u32,
        loadouts: &[Loadout],
    ) -> Option<Self> {
        if spots.len() < 2 {
            return None;
        }
        let map = GameMap::from_rects(walls, spots).unwrap();
        let mut last = None;
        for seed in 0..500 {
            let def = WorldDef { rules: rules.clone(), tick_rate, ..WorldDef::default() };
            let mut world = World::new(def).unwrap();
            let game = world.create_match(&map, MatchDef { seed, kill_target: Some(10_000) }).unwrap();
            let players: Vec<PlayerId> = (0..spots.len())
                .map(|i| {
                    let loadout = loadouts[i % loadouts.len()];
                    world.add_player(game, PlayerDef { team: Some(spots[i].team), loadout, spawn: true }).unwrap()
                })
                .collect();
            let view = world.view(game).unwrap();
            let places: Vec<Vec2> = players.iter().map(|&p| view.player(p).unwrap().position).collect();
            let own_spots = (1..places.len()).all(|i| !places[..i].contains(&places[i]));
            last = Some((world, game, players));
            if own_spots {
                break;
            }
        }
        let (world, game, players) = last?;
        let slices = cut(walls);
        let mut arena = Arena { world, game, players, slices, events: Vec::new(), sequence: 0 };
        arena.collect();
        Some(arena)
    }

    pub fn view(&self) -> MatchView<'_> {
        self.world.view(self.game).unwrap()
    }

    pub fn player(&self, i: usize) -> PlayerView {
        self.view().player(self.players[i]).unwrap()
    }

    pub fn all_players(&self) -> Vec<PlayerView> {
        (0..self.players.len()).map(|i| self.player(i)).collect()
    }

    fn collect(&mut self) {
        self.events.clear();
        let events = &mut self.events;
        let lost = self.world.drain_events(self.game, |e| events.push(*e)).unwrap();
        assert_eq!(lost, 0);
    }

    /// Call once a tick before the inputs.
    pub fn next_input(&mut self) {
        self.sequence += 1;
    }

    pub fn input(&mut self, i: usize, held: Buttons, taps: Buttons, mouse: (f32, f32)) {
        let input = InputCmd::new(self.sequence, held, taps, Vec2::new(mouse.0, mouse.1)).unwrap();
        self.world.push_input(self.game, self.players[i], input).unwrap();
    }

    pub fn tick(&mut self) {
        self.world.step();
        self.collect();
    }

    pub fn ticks(&mut self, n: u32) {
        for _ in 0..n {
            self.tick();
        }
    }

    /// Takes the health of all slices over from the engine.
    pub fn sync(&mut self) {
        let view = self.world.view(self.game).unwrap();
        for (i, slice) in self.slices.iter_mut().enumerate() {
            if slice.health.is_finite() {
                slice.health = f64::from(view.slice_health(i)) / 64.0;
            }
        }
    }

    pub fn of(&self, kind: EventKind) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |e| e.kind == kind as u8)
    }
}
