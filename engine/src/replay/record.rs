//! Writing.

use super::Label;
#[cfg(doc)]
use crate::Error;
use crate::Result;
use crate::world::state::Match;
use crate::world::{MatchId, Op, PlayerId, World};

/// What a recording is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDef {
    /// Seconds of match time from one keyframe to the next, 1 to 3,600. More often: quicker seeks, a larger file.
    pub keyframe_seconds: u32,
    /// Bytes that may wait to be drained, 64 KiB to 1 GiB. A recording that would exceed them stops.
    pub limit: u32,
    /// What the host knows at the beginning.
    pub labels: Vec<Label>,
}

impl Default for RecordDef {
    /// A keyframe a minute, 256 KiB, no labels.
    fn default() -> Self {
        RecordDef { keyframe_seconds: 60, limit: 256 << 10, labels: Vec::new() }
    }
}

impl RecordDef {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        unimplemented!()
    }
}

/// What [`World::drain_replay`] has handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drained {
    /// Bytes appended now.
    pub bytes: usize,
    /// Bytes of the file so far, those appended now included.
    pub total: u64,
    /// The recording has stopped by itself: more than [`RecordDef::limit`] bytes waited, and what was handed over is the
    /// last of it. What came before is a whole file that lacks its end mark.
    pub stopped: bool,
}

/// What a recording has done and takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordStats {
    /// Ticks written down.
    pub ticks: u32,
    /// Operations written down, inputs included.
    pub ops: u64,
    /// Of them, inputs.
    pub inputs: u64,
    /// Bytes of whole parts so far, drained or waiting.
    pub total: u64,
    /// Bytes that wait to be drained.
    pub waiting: usize,
    /// Bytes that it takes, those that wait included.
    pub memory: usize,
    /// See [`Drained::stopped`].
    pub stopped: bool,
}

/// Writes down one match.
#[derive(Debug)]
pub(crate) struct Recorder;

impl Recorder {
    /// Before an operation is done. [`Op::Join`] carries the slot; every other is legal.
    pub(crate) fn op(&mut self, _op: &Op) {}

    /// After a tick.
    pub(crate) fn tick(&mut self, _game: &Match) {}

    /// The whole state has been replaced.
    pub(crate) fn restored(&mut self, _game: &Match) {}
}

impl World {
    /// Begins to write a match down. A recording that begins before the first tick and before anything has been done to
    /// the match takes less; any other begins with the whole state.
    ///
    /// # Errors
    /// [`Error::StaleId`]; those of [`RecordDef::validate`]; [`Error::NotAllowed`] if the match is being recorded.
    pub fn record(&mut self, _id: MatchId, _def: &RecordDef) -> Result<()> {
        unimplemented!()
    }

    /// What the recording of a match has done so far; `None`: there is none.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn recording(&self, _id: MatchId) -> Result<Option<RecordStats>> {
        unimplemented!()
    }

    /// Writes down what the host knows of a match or of a player who is in it, with the present tick.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::InvalidArgument`] for a key or value that is too long or empty, and for one label
    /// more than [`Label::MOST`]; [`Error::NotAllowed`] if the match is not being recorded.
    pub fn replay_label(&mut self, _id: MatchId, _player: Option<PlayerId>, _key: &str, _value: &str) -> Result<()> {
        unimplemented!()
    }

    /// Appends to `out` what has been finished since the last drain: whole parts of the file, a second of match time
    /// each. All that is drained, in this order, is the file.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::NotAllowed`] if the match is not being recorded.
    pub fn drain_replay(&mut self, _id: MatchId, _out: &mut Vec<u8>) -> Result<Drained> {
        unimplemented!()
    }

    /// Ends the recording of a match and appends the rest of the file to `out`: what is left of the last second, and
    /// the end mark.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::NotAllowed`] if the match is not being recorded.
    pub fn end_recording(&mut self, _id: MatchId, _out: &mut Vec<u8>) -> Result<Drained> {
        unimplemented!()
    }
}
