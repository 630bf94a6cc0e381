//! Turning a match back: copies of its columns in memory, for hosts that predict and correct.
//!
//! A [`Snapshot`] is what a match is, byte for byte, without the checks that a saved match from outside needs: it never
//! leaves the process. Taking one and turning back to it copies 9 KB and 144 bytes for every 64 slices.

use super::state::{Block, Match, MatchState};
use super::{InputCmd, MatchId, NoProbe, Op, PlayerId, World, op, slot_of, with_scratch};
use crate::sim::{self, SightCache};
use crate::vision::SightChanges;
use crate::{Error, Result};
use bytemuck::Zeroable;
use core::sync::atomic::{AtomicU64, Ordering};

/// A number for a match that no other has.
pub(super) fn next_serial() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // The order between threads does not matter: a serial is only ever compared.
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A match as it was between two ticks, to be turned back to: [`World::snapshot`], [`World::rollback`].
///
/// Used again and again it allocates once for each size of map.
#[derive(Debug, Clone)]
pub struct Snapshot {
    state: Box<MatchState>,
    blocks: Vec<Block>,
    sight: SightCache,
    /// Regions of the sight cache that were still to be looked at.
    fresh: u64,
    /// [`Match::serial`] of the match it is of.
    of: u64,
    /// Events written and made into sounds, and sounds heard, so far.
    events: u64,
    sounded: u64,
    heard: u64,
    /// Hashes of rules and map, and the tick rate; 0: nothing has been taken yet.
    rules: u64,
    map: u64,
    tick_rate: u32,
}

impl Default for Snapshot {
    fn default() -> Self {
        Snapshot::new()
    }
}

impl Snapshot {
    /// Of nothing yet: to be filled by [`World::snapshot`].
    pub fn new() -> Snapshot {
        Snapshot {
            state: Box::new(MatchState::zeroed()),
            blocks: Vec::new(),
            sight: SightCache::EMPTY,
            fresh: 0,
            of: 0,
            events: 0,
            sounded: 0,
            heard: 0,
            rules: 0,
            map: 0,
            tick_rate: 0,
        }
    }

    /// Tick of the match it is of; 0 for one of nothing.
    pub fn tick(&self) -> u32 {
        self.state.tick
    }

    /// Bytes it takes, those of its heap included.
    pub fn bytes(&self) -> usize {
        size_of::<Snapshot>() + size_of::<MatchState>() + self.blocks.capacity() * size_of::<Block>()
    }

    fn take(&mut self, game: &Match) {
        *self.state = game.state;
        self.blocks.clear();
        self.blocks.extend_from_slice(&game.blocks);
        self.sight.clone_from(&game.sight);
        self.fresh = game.changes.fresh();
        self.of = game.serial;
        (self.events, self.sounded, self.heard) = (game.events.written(), game.sounded, game.heard.written());
        (self.rules, self.map, self.tick_rate) = (game.rules.hash, game.map.hash(), game.rules.tick_rate);
    }

    /// Of this match's rules and map.
    fn check(&self, game: &Match) -> Result<()> {
        let bad = |field: &'static str, reason: &str| Err(Error::BadSnapshot { field, reason: reason.to_owned() });
        if self.tick_rate == 0 {
            return bad("snapshot", "nothing has been taken yet; take one of the match first");
        }
        if self.rules != game.rules.hash || self.tick_rate != game.rules.tick_rate {
            return bad("rules", "taken in a world of other rules or tick rate");
        }
        if self.map != game.map.hash() {
            return bad("map", "taken of a match on another map");
        }
        Ok(())
    }

    fn put(&self, game: &mut Match) {
        crate::net::before(game);
        game.state = *self.state;
        game.blocks.copy_from_slice(&self.blocks);
        game.sight.clone_from(&self.sight);
        // What others have kept about the walls does not hold any more; what the match itself keeps is of this moment.
        game.changes = SightChanges::new();
        game.changes.begin(self.fresh);
        let (events, heard, sounded) =
            if self.of == game.serial { (self.events, self.heard, self.sounded) } else { (0, 0, u64::MAX) };
        game.events.take_back(events);
        game.heard.take_back(heard);
        game.sounded = sounded.min(game.events.written());
        if let Some(net) = &mut game.net {
            net.take_back(events, game.events.written(), game.heard.written());
        }
        crate::net::after(game, crate::net::Change::Restored);
    }
}

/// An input of the past, for [`World::resimulate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastInput {
    /// The first tick that can apply it: one more than the match's tick when it was pushed.
    pub tick: u32,
    /// Whose.
    pub player: PlayerId,
    /// As it was pushed.
    pub input: InputCmd,
}

impl World {
    /// Takes a snapshot of a match, replacing what `into` holds.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn snapshot(&self, id: MatchId, into: &mut Snapshot) -> Result<()> {
        into.take(self.game(id)?);
        Ok(())
    }

    /// Turns a match back, or on, to a snapshot of it or of another match on the same map. Events and sounds that wait and
    /// are of later ticks, or of another match's life, are taken back; what has been drained is the host's to take back. Open links begin a new epoch, as
    /// after [`World::restore`]; a recording goes on from there with a keyframe.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::BadSnapshot`] for one of nothing, of other rules, tick rate or map.
    pub fn rollback(&mut self, id: MatchId, to: &Snapshot) -> Result<()> {
        let game = self.game_mut(id)?;
        to.check(game)?;
        to.put(game);
        op::restored(game);
        Ok(())
    }

    /// Turns a match back and plays `ticks` ticks anew, with these inputs. The caller's other matches stay where they
    /// are.
    ///
    /// `inputs` are in the order in which they are pushed, ticks ascending, each after the snapshot's tick and at most
    /// `ticks` later. Events and sounds of the new ticks wait to be drained, each with its tick. A guard does not judge what
    /// is played anew: it has judged these inputs when they were pushed.
    ///
    /// # Errors
    /// Those of [`World::rollback`]; [`Error::NotAllowed`] while clients are linked or the match is recorded, for what
    /// they were sent, or was written, cannot be taken back; [`Error::InvalidArgument`] naming the first input that is out
    /// of order or range; [`Error::StaleId`] for a player who is not in the snapshot. Nothing has changed then.
    pub fn resimulate(&mut self, id: MatchId, from: &Snapshot, ticks: u32, inputs: &[PastInput]) -> Result<()> {
        let kernels = self.kernels;
        let game = self.game_mut(id)?;
        from.check(game)?;
        if game.net.as_ref().is_some_and(|net| net.links.iter().any(Option::is_some)) {
            return Err(Error::NotAllowed {
                action: "playing ticks anew",
                reason: "clients are linked to the match; close their links, or predict in a match of your own",
            });
        }
        if game.recorder.is_some() {
            return Err(Error::NotAllowed {
                action: "playing ticks anew",
                reason: "the match is being recorded; end the recording, or predict in a match of your own",
            });
        }
        let mut last = from.tick() + 1;
        for past in inputs {
            if past.tick < last || past.tick - from.tick() > ticks {
                let limit = format!("ascending, from {last} to {}", u64::from(from.tick()) + u64::from(ticks));
                return Err(Error::invalid("inputs.tick", past.tick, limit));
            }
            last = past.tick;
            slot_of(&from.state, past.player)?;
        }
        from.put(game);
        if let Some(guard) = &mut game.guard {
            guard.begin_anew();
        }
        with_scratch(kernels, |scratch| {
            let mut waiting = inputs.iter().peekable();
            for _ in 0..ticks {
                while let Some(past) = waiting.next_if(|past| past.tick == game.state.tick + 1) {
                    op::apply(game, &Op::Input { slot: past.player.slot() as u8, input: past.input });
                }
                sim::step(game, id.index() as u32, scratch, &mut NoProbe, None);
            }
            scratch.out.clear();
        });
        if let Some(guard) = &mut game.guard {
            guard.end_anew(&game.state);
        }
        Ok(())
    }
}
