//! Playing again.

use super::Replay;
use crate::rules::RuleSet;
use crate::world::{MatchId, World};
use crate::{GameMap, Result};
use std::sync::Arc;

#[cfg(doc)]
use crate::Error;

/// Where a recording and what became of it part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Divergence {
    /// Tick of the recording at the end of the first second whose hash differs.
    pub tick: u32,
    /// Tick at which both were last the same.
    pub good: u32,
    /// Hash in the file.
    pub expected: u64,
    /// Hash that was computed.
    pub found: u64,
}

/// What [`Replay::verify`] has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Ticks played.
    pub ticks: u32,
    /// Hashes compared, those of keyframes included.
    pub hashes: u32,
    /// The first second that differs.
    pub divergence: Option<Divergence>,
}

/// A recording being played in a match of its own, which the host may look at, guard and link as any other.
#[derive(Debug)]
pub struct Playback {}

impl Replay {
    /// Makes a match of the recording's beginning in a world of the same rules and tick rate.
    ///
    /// # Errors
    /// [`Error::BadReplay`] for another map, rule set, tick rate or [`super::SIMULATION`], and for a state that is
    /// damaged; those of [`World::create_match`].
    pub fn begin(&self, _world: &mut World, _map: &Arc<GameMap>) -> Result<Playback> {
        unimplemented!()
    }

    /// Plays all of it, a piece from keyframe to keyframe at a time, on the threads of the rayon pool in which it is
    /// called, and compares every hash. `progress` is told ticks as they are played, from any thread.
    ///
    /// # Errors
    /// As [`Replay::begin`], and [`Error::BadReplay`] for operations that are damaged.
    pub fn verify(&self, _rules: &RuleSet, _map: &Arc<GameMap>, _progress: impl Fn(u32) + Sync) -> Result<Verified> {
        unimplemented!()
    }
}

impl Playback {
    /// The match that it plays in.
    pub fn game(&self) -> MatchId {
        unimplemented!()
    }

    /// What it plays.
    pub fn replay(&self) -> &Replay {
        unimplemented!()
    }

    /// Tick of the recording that was played last.
    pub fn tick(&self) -> u32 {
        unimplemented!()
    }

    /// Does what was done before the next tick; to be followed by a step of the world, and by [`Playback::check`]. For
    /// many recordings in one world: feed all, step once, check all. False: the recording has ended, and nothing was
    /// done.
    ///
    /// # Errors
    /// [`Error::BadReplay`] for operations that are damaged or not to be done; [`Error::StaleId`] if the match is gone.
    pub fn feed(&mut self, _world: &mut World) -> Result<bool> {
        unimplemented!()
    }

    /// After the step that follows [`Playback::feed`]: compares the hash where the recording has one.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn check(&mut self, _world: &World) -> Result<()> {
        unimplemented!()
    }

    /// Feeds, plays one tick of this match alone, and checks. False: the recording has ended, and nothing was done.
    ///
    /// # Errors
    /// Those of [`Playback::feed`].
    pub fn step(&mut self, _world: &mut World) -> Result<bool> {
        unimplemented!()
    }

    /// Goes to a tick of the recording, forwards or back: from the last keyframe before it, or from where it is, if that
    /// is nearer.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a tick that is not in the recording; those of [`Playback::feed`].
    pub fn seek(&mut self, _world: &mut World, _tick: u32) -> Result<()> {
        unimplemented!()
    }

    /// The first second played whose hash differs.
    pub fn divergence(&self) -> Option<Divergence> {
        unimplemented!()
    }
}
