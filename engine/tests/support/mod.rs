//! A match for tests: players stand where the test says, and are steered by hand.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::unwrap_used)]

use std::sync::Arc;
use trespasser::rules::Material;
use trespasser::*;

pub const NONE: Buttons = Buttons::NONE;

pub fn at(x: f32, y: f32) -> Vec2 {
    Vec2::new(x, y)
}

pub fn wall(x: f32, y: f32, width: f32, height: f32, material: Material) -> WallDef {
    WallDef { x, y, width, height, material }
}

pub struct Rig {
    pub world: World,
    pub game: MatchId,
    pub players: Vec<PlayerId>,
    pub sequence: Vec<u32>,
    pub events: Vec<Event>,
}

pub struct Setup {
    pub walls: Vec<WallDef>,
    pub rules: RuleSet,
    pub tick_rate: u32,
    pub players: Vec<(Team, Vec2)>,
    pub loadout: Loadout,
    pub def: MatchDef,
}

impl Default for Setup {
    fn default() -> Self {
        Setup {
            walls: Vec::new(),
            rules: RuleSet::standard(),
            tick_rate: 60,
            players: vec![(Team::Red, at(100.0, 135.0)), (Team::Blue, at(300.0, 135.0))],
            loadout: Loadout::default(),
            def: MatchDef { seed: 7, kill_target: None },
        }
    }
}

impl Setup {
    pub fn wall(mut self, x: f32, y: f32, width: f32, height: f32, material: Material) -> Self {
        self.walls.push(wall(x, y, width, height, material));
        self
    }

    pub fn rules(mut self, rules: RuleSet) -> Self {
        self.rules = rules;
        self
    }

    pub fn rate(mut self, tick_rate: u32) -> Self {
        self.tick_rate = tick_rate;
        self
    }

    pub fn players(mut self, players: &[(Team, Vec2)]) -> Self {
        self.players = players.to_vec();
        self
    }

    pub fn primary(mut self, primary: Weapon) -> Self {
        self.loadout = Loadout::new(primary, Weapon::Pistol, &[]).unwrap();
        self
    }

    pub fn secondary(mut self, secondary: Weapon) -> Self {
        self.loadout = Loadout::new(Weapon::Rifle, secondary, &[]).unwrap();
        self
    }

    pub fn support(mut self, support: &[Weapon]) -> Self {
        self.loadout = Loadout::new(Weapon::Rifle, Weapon::Pistol, support).unwrap();
        self
    }

    /// Each player gets a map of their own making: one spawn a team is enough for two, more are placed by saving a
    /// match with other spawns. Here every team has the spawns of its players and lanes are filled until they fit.
    pub fn build(self) -> Rig {
        let spawns: Vec<Spawn> = self.players.iter().map(|&(team, at)| Spawn { at, team }).collect();
        let map: Arc<GameMap> = GameMap::from_rects(&self.walls, &spawns).unwrap();
        // A random spawn of the own team: the seed is chosen so that everybody stands where the test says.
        for seed in 0..200_000 {
            let mut world =
                World::new(WorldDef { rules: self.rules.clone(), tick_rate: self.tick_rate, ..WorldDef::default() })
                    .unwrap();
            let game = world.create_match(&map, MatchDef { seed, ..self.def }).unwrap();
            let players: Vec<PlayerId> = self
                .players
                .iter()
                .map(|&(team, _)| {
                    let def = PlayerDef { team: Some(team), loadout: self.loadout, spawn: true };
                    world.add_player(game, def).unwrap()
                })
                .collect();
            let placed = players
                .iter()
                .zip(&self.players)
                .all(|(&p, &(_, at))| world.view(game).unwrap().player(p).unwrap().position.distance(at) < 0.001);
            if placed {
                let sequence = vec![0; players.len()];
                let mut rig = Rig { world, game, players, sequence, events: Vec::new() };
                rig.collect();
                return rig;
            }
        }
        panic!("no seed puts the players where the test wants them");
    }
}

impl Rig {
    pub fn player(&self, i: usize) -> PlayerView {
        self.world.view(self.game).unwrap().player(self.players[i]).unwrap()
    }

    pub fn collect(&mut self) {
        let events = &mut self.events;
        let lost = self.world.drain_events(self.game, |e| events.push(*e)).unwrap();
        assert_eq!(lost, 0, "events were lost");
    }

    /// Queues an input of a player.
    pub fn input(&mut self, i: usize, held: Buttons, taps: Buttons, mouse: Vec2) -> bool {
        self.sequence[i] += 1;
        let input = InputCmd::new(self.sequence[i], held, taps, mouse).unwrap();
        self.world.push_input(self.game, self.players[i], input).unwrap()
    }

    pub fn tick(&mut self) {
        self.world.step();
        self.collect();
    }

    /// Ticks with one player holding keys; the others send nothing.
    pub fn hold(&mut self, i: usize, held: Buttons, mouse: Vec2, ticks: u32) {
        for _ in 0..ticks {
            self.input(i, held, NONE, mouse);
            self.tick();
        }
    }

    pub fn ticks(&mut self, n: u32) {
        for _ in 0..n {
            self.tick();
        }
    }

    /// One press, then a tick.
    pub fn press(&mut self, i: usize, taps: Buttons, mouse: Vec2) {
        self.input(i, NONE, taps, mouse);
        self.tick();
    }

    pub fn count(&self, kind: EventKind) -> usize {
        self.events.iter().filter(|e| e.kind == kind as u8).count()
    }

    pub fn all(&self, kind: EventKind) -> Vec<Event> {
        self.events.iter().filter(|e| e.kind == kind as u8).copied().collect()
    }

    pub fn slice(&self, slice: usize) -> f32 {
        f32::from(self.world.view(self.game).unwrap().slice_health(slice)) / 64.0
    }

    pub fn wait_out_invulnerability(&mut self) {
        let last = (0..self.players.len()).map(|i| self.player(i).invulnerable_until).max().unwrap();
        while self.world.view(self.game).unwrap().tick() < last {
            self.tick();
        }
        self.events.clear();
    }
}
