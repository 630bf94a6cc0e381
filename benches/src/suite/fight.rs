//! A fight taken down: its inputs, to be played again without bots, at any level.

use std::sync::Arc;
use std::time::Duration;
use trespasser::scenes::Scene;
use trespasser::simd::Level;
use trespasser::world::{PastInput, Snapshot};
use trespasser::{GameMap, MatchDef, MatchId, World, WorldDef};

/// Some ticks of a scene.
#[derive(Debug)]
pub struct Fight {
    map: Arc<GameMap>,
    before: Snapshot,
    inputs: Vec<Vec<PastInput>>,
    /// Of the match after the last tick.
    pub hash: u64,
}

impl Fight {
    /// Takes down `ticks` ticks of a scene after the first `after`.
    ///
    /// # Panics
    /// If there is no such scene.
    pub fn of(scene: &str, after: u32, ticks: u32) -> Fight {
        let mut scene = Scene::new(scene).expect("one of the project's");
        scene.advance(after);
        let game = scene.game;
        let view = scene.world.view(game).expect("the match is there");
        let map = view.map().clone();
        let ids: Vec<_> = view.players().map(|p| p.id).collect();
        let mut before = Snapshot::new();
        scene.world.snapshot(game, &mut before).expect("the match is there");
        // Whoever is dead may send nothing: an input that is there already is not pushed again.
        let mut newest: Vec<Option<u32>> =
            ids.iter().map(|&id| Some(scene.bots.last_input(game, id)?.sequence)).collect();
        let mut inputs = Vec::new();
        for _ in 0..ticks {
            scene.advance(1);
            let tick = scene.world.view(game).expect("the match is there").tick();
            let mut now = Vec::new();
            for (&player, newest) in ids.iter().zip(&mut newest) {
                let input = scene.bots.last_input(game, player).filter(|input| Some(input.sequence) != *newest);
                if let Some(input) = input {
                    *newest = Some(input.sequence);
                    now.push(PastInput { tick, player, input });
                }
            }
            inputs.push(now);
        }
        Fight { map, before, inputs, hash: scene.hash() }
    }

    /// Ticks taken down.
    pub fn ticks(&self) -> usize {
        self.inputs.len()
    }

    /// A world to play it in.
    ///
    /// # Panics
    /// Never: the rules are the standard ones.
    pub fn world(&self, level: Level) -> World {
        World::new(WorldDef { simd: Some(level), ..WorldDef::default() }).expect("standard rules")
    }

    /// Plays it in a match of its own, which `begin` prepares; processor time of the ticks, and their inputs, alone.
    ///
    /// # Panics
    /// If the world has other rules, or no room.
    pub fn play(
        &self,
        world: &mut World,
        begin: impl FnOnce(&mut World, MatchId),
        end: impl FnOnce(&mut World, MatchId),
    ) -> Duration {
        let game = world.create_match(&self.map, MatchDef::default()).expect("there is room");
        world.rollback(game, &self.before).expect("the same map and rules");
        begin(world, game);
        let began = crate::origin::cpu_time();
        for tick in &self.inputs {
            for past in tick {
                world.push_input(game, past.player, past.input).expect("the player is there");
            }
            world.step();
        }
        let spent = crate::origin::cpu_time() - began;
        end(world, game);
        world.destroy_match(game).expect("the match is there");
        spent
    }
}
