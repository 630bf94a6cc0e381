//! The matches of a measurement: their bots, their clients, and what is done to them between two ticks.

use super::TICK_RATE;
use super::options::{Options, Pool};
use anyhow::{Result, ensure};
use rayon::prelude::*;
use std::sync::Arc;
use trespasser::net::{Packet, Receiver, Taken};
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
    /// What the clients say to the newest snapshots, one after the other, and where each one's ends.
    answers: Vec<u8>,
    ends: Vec<(PlayerId, usize)>,
}

impl Game {
    /// The clients take what has been sent to this match, and answer; returns snapshots and their bytes.
    fn take(&mut self, packets: &[Packet<'_>]) -> Result<(u64, u64)> {
        self.answers.clear();
        self.ends.clear();
        let (mut made, mut sent) = (0, 0);
        for packet in packets {
            let Some((player, client)) = self.clients.get_mut(packet.player.slot()) else { continue };
            if client.receive(packet.bytes)? == Taken::Snapshot {
                made += 1;
                sent += packet.bytes.len() as u64;
            }
            client.write(0, &mut self.answers);
            self.ends.push((*player, self.answers.len()));
        }
        Ok((made, sent))
    }
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
            games.push(Game { id, seed, clients, answers: Vec::new(), ends: Vec::new() });
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

    /// The clients take what the step has sent, on the threads that step, and answer; returns snapshots and their bytes.
    pub(super) fn answer(&mut self, pool: Option<Pool>) -> Result<(u64, u64)> {
        let packets: Vec<Packet<'_>> = self.world.packets().collect();
        // Both are in the order of the matches.
        let mut of_games = packets.chunk_by(|a, b| a.game == b.game).peekable();
        let mut busy: Vec<(&mut Game, &[Packet<'_>])> = Vec::new();
        for game in &mut self.games {
            if let Some(packets) = of_games.next_if(|packets| packets[0].game == game.id) {
                busy.push((game, packets));
            }
        }
        ensure!(of_games.next().is_none(), "packets of a match that is not in the load, or out of order");
        let add = |a: (u64, u64), b: (u64, u64)| (a.0 + b.0, a.1 + b.1);
        let sums = match pool {
            None => {
                busy.iter_mut().try_fold((0, 0), |sums, (game, packets)| anyhow::Ok(add(sums, game.take(packets)?)))?
            }
            Some(pool) => pool.install(|| {
                busy.par_iter_mut()
                    .with_min_len(32)
                    .map(|(game, packets)| game.take(packets))
                    .try_reduce(|| (0, 0), |a, b| Ok(add(a, b)))
            })?,
        };
        for game in &mut self.games {
            let mut start = 0;
            for (player, end) in game.ends.drain(..) {
                self.world.receive(game.id, player, &game.answers[start..end])?;
                start = end;
            }
        }
        Ok(sums)
    }

    /// Bytes of a match by what they are for, on the average.
    pub(super) fn bytes_by_part(&self) -> Result<Vec<(&'static str, usize)>> {
        let mut parts: Vec<(&'static str, usize)> = Vec::new();
        for game in &self.games {
            let of_match = self.world.view(game.id)?.bytes_by_part();
            parts.resize(of_match.len(), ("", 0));
            parts.iter_mut().zip(of_match).for_each(|(sum, (name, bytes))| *sum = (name, sum.1 + bytes));
        }
        parts.iter_mut().for_each(|(_, bytes)| *bytes /= self.games.len().max(1));
        parts.retain(|(_, bytes)| *bytes > 0);
        Ok(parts)
    }

    /// Polygons of everybody who lives; returns how many.
    pub(super) fn polygons(&self, pool: Option<Pool>, scratch: &mut Vec<Vec2>) -> Result<u64> {
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
