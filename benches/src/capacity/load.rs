//! The matches of a measurement: their bots, their clients, and what is done to them between two ticks.

use super::TICK_RATE;
use super::options::Options;
use anyhow::Result;
use rayon::prelude::*;
use std::sync::Arc;
use trespasser::net::{Receiver, Taken};
use trespasser::scenes::{Bots, FightStats};
use trespasser::{EventKind, GameMap, MatchDef, MatchId, PlayerDef, PlayerId, Vec2, World, WorldDef};

/// Of the first bot and the last, as in the scene `brawl`.
pub(super) const SKILL: [f32; 2] = [0.3, 0.7];

/// What happened in the matches besides the fighting.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) ended: u64,
    /// Events that the ring overwrote before they were drained.
    pub(super) lost: u64,
    pub(super) heard: u64,
}

/// A match that restarts itself when it is over, with the seed after the last one.
pub(super) struct Game {
    pub(super) id: MatchId,
    seed: u64,
    /// By slot; nobody without `--snapshots`.
    clients: Vec<(PlayerId, Receiver)>,
}

/// The matches of a measurement with their bots.
pub(super) struct Load {
    pub(super) world: World,
    pub(super) games: Vec<Game>,
    pub(super) bots: Bots,
}

impl Load {
    pub(super) fn new(options: &Options, map: &Arc<GameMap>, seeds: std::ops::Range<u64>) -> Result<Load> {
        let rules = options.rules();
        let mut world = World::new(WorldDef { tick_rate: TICK_RATE, rules, ..WorldDef::default() })?;
        let mut bots = Bots::new();
        let mut games = Vec::new();
        for seed in seeds {
            let id = world.create_match(map, MatchDef { seed, kill_target: None })?;
            for (loadout, skill) in options.roles(seed)? {
                bots.add(&mut world, id, PlayerDef { loadout, ..PlayerDef::default() }, skill)?;
            }
            let mut clients = Vec::new();
            if options.snapshots {
                let ids: Vec<PlayerId> = world.view(id)?.players().map(|player| player.id).collect();
                for player in ids {
                    world.open_link(id, player)?;
                    clients.push((player, Receiver::new()));
                }
            }
            games.push(Game { id, seed, clients });
        }
        Ok(Load { world, games, bots })
    }

    /// Drains, counts, restarts what is over.
    pub(super) fn after_tick(&mut self, stats: &mut FightStats, tally: &mut Tally) -> Result<()> {
        for game in &mut self.games {
            stats.watch(&self.world.view(game.id)?);
            let mut over = false;
            tally.lost += self.world.drain_events(game.id, |event| {
                stats.count(event);
                over |= EventKind::from_number(event.kind) == Some(EventKind::MatchEnded);
            })?;
            tally.lost += self.world.drain_sounds(game.id, |_| tally.heard += 1)?;
            if over {
                tally.ended += 1;
                game.seed += 1;
                self.world.reset_match(game.id, game.seed)?;
            }
        }
        Ok(())
    }

    /// The clients take what the step has sent, and answer; returns snapshots and their bytes.
    pub(super) fn answer(&mut self, bytes: &mut Vec<u8>) -> Result<(u64, u64)> {
        let (mut made, mut sent, mut any) = (0, 0, false);
        let mut at = 0;
        for packet in self.world.packets() {
            any = true;
            while self.games[at].id != packet.game {
                at += 1;
            }
            let Some((_, client)) = self.games[at].clients.get_mut(packet.player.slot()) else { continue };
            if client.receive(packet.bytes)? == Taken::Snapshot {
                made += 1;
                sent += packet.bytes.len() as u64;
            }
        }
        if any {
            for game in &mut self.games {
                for (player, client) in &mut game.clients {
                    bytes.clear();
                    client.write(0, bytes);
                    if !bytes.is_empty() {
                        self.world.receive(game.id, *player, bytes)?;
                    }
                }
            }
        }
        Ok((made, sent))
    }

    /// Polygons of everybody who lives; returns how many.
    pub(super) fn polygons(&self, pool: Option<&rayon::ThreadPool>, scratch: &mut Vec<Vec2>) -> Result<u64> {
        let of_match = |id: MatchId, out: &mut Vec<Vec2>| -> Result<u64> {
            let view = self.world.view(id)?;
            let mut made = 0;
            for player in view.players().filter(|player| player.alive) {
                view.polygon(player.id.slot(), out);
                made += 1;
            }
            Ok(made)
        };
        match pool {
            None => self.games.iter().map(|game| of_match(game.id, scratch)).sum(),
            Some(pool) => pool.install(|| {
                self.games
                    .par_chunks(32)
                    .map_init(Vec::new, |out, games| {
                        games.iter().map(|game| of_match(game.id, out)).sum::<Result<u64>>()
                    })
                    .sum()
            }),
        }
    }
}
