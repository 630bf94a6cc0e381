//! Matches written down and played again.

use crate::world::Op;
use crate::world::state::Match;

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
