//! The host's end of one client's connection: what it has, what it is still to be told, in what order, how often.

use super::{History, Knowledge, Told};
use crate::map::Geometry;
use crate::rules::Tuned;
use crate::sound::Heard;
use crate::world::state::{Block, MatchState};

/// All that a link may look at when it writes. Of other players it reads the history's entries under `knowledge.knows`
/// and what is told; of the state its own player's lane, the scores, the projectiles under `knowledge.flights`, and
/// the clouds.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) viewer: usize,
    pub(crate) frame: u32,
    pub(crate) state: &'a MatchState,
    pub(crate) blocks: &'a [Block],
    pub(crate) rules: &'a Tuned,
    pub(crate) geometry: &'a Geometry,
    pub(crate) history: &'a History,
    pub(crate) knowledge: &'a Knowledge,
}

#[derive(Debug)]
pub(crate) struct Link {}

impl Link {
    /// Something of this tick that the player learns.
    pub(crate) fn tell(&mut self, _told: &Told) {}

    /// Something of this tick that the player hears.
    pub(crate) fn hear(&mut self, _heard: &Heard) {}

    /// The player knows otherwise of a slice than before.
    pub(crate) fn learn(&mut self, _slice: u16) {}

    /// Writes what is due in this frame, if anything is: whole bytes at the end of `out`.
    pub(crate) fn write(&mut self, _scope: &Scope<'_>, _out: &mut Vec<u8>) {}
}
