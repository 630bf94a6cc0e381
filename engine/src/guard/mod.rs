//! Anti-cheat: evidence of what no honest player does.

use crate::world::Op;
use crate::world::state::{Match, MatchState};

/// Watches the players of one match.
#[derive(Debug)]
pub(crate) struct Guard;

impl Guard {
    /// Before an operation is done.
    pub(crate) fn op(&mut self, _state: &MatchState, _op: &Op) {}

    /// A client's message has come, of so many bytes; whether it could be read.
    pub(crate) fn message(&mut self, _slot: usize, _bytes: usize, _good: bool) {}

    /// After a tick.
    pub(crate) fn tick(&mut self, _game: &Match) {}

    /// The whole state has been replaced.
    pub(crate) fn restored(&mut self, _state: &MatchState) {}
}
