//! What each player of a match may know: the one gate (rule book, section 9).

use super::Told;
use crate::world::PLAYERS;
use crate::world::state::Match;

/// A slice that a player remembers otherwise than it is: number, health as remembered in 1/64 points.
type Memory = (u16, u16);

/// Columns by viewer.
#[derive(Debug)]
pub(crate) struct Knowledge {
    /// Bit t of v: v knows where t is and how t does: oneself, placed team mates, enemies seen.
    pub(crate) knows: [u8; PLAYERS],
    /// The same of the tick before.
    pub(crate) knew: [u8; PLAYERS],
    /// Bit l of v: v knows the projectile in lane l.
    pub(crate) flights: [u64; PLAYERS],
    /// Slices that have changed out of sight and hearing, ascending.
    stale: [Vec<Memory>; PLAYERS],
}

impl Knowledge {
    /// What the players of a running match know of it, if nobody has told them anything yet.
    pub(crate) fn new(_game: &Match) -> Knowledge {
        Knowledge { knows: [0; PLAYERS], knew: [0; PLAYERS], flights: [0; PLAYERS], stale: Default::default() }
    }

    /// Health of a slice as a player knows it, 1/64 points, `actual` being what it has.
    pub(crate) fn health(&self, viewer: usize, slice: u16, actual: u16) -> u16 {
        let memory = &self.stale[viewer];
        memory.binary_search_by_key(&slice, |m| m.0).map_or(actual, |at| memory[at].1)
    }

    /// Brings the columns up to the tick just played, before its events are looked at.
    pub(crate) fn look(&mut self, _game: &Match) {}

    /// Takes an event of the tick just played: hands over how it is told, at most once to each player, and the slices
    /// whose known health has changed: viewer, slice.
    pub(crate) fn witness(
        &mut self,
        _game: &Match,
        _event: &crate::world::Event,
        _tell: impl FnMut(Told),
        _learn: impl FnMut(usize, u16),
    ) {
    }

    /// Looks again at slices that changed unseen, for one viewer; hands over those whose known health has changed.
    pub(crate) fn look_around(&mut self, _game: &Match, _viewer: usize, _learn: impl FnMut(u16)) {}
}
