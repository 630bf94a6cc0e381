//! The wire: who may know what, and how it is told.
//!
//! ```text
//! state, sight, events, sounds ──> Knowledge (the gate) ──> Told, masks, known slices ──┬─> Link (one a client) ──> bytes
//!                                                                                        └─> host (today's protocol)
//! ```
//!
//! `Knowledge` decides, tick by tick, what each player may know (rule book, section 9). It is the only source of what
//! leaves the engine for a player: a `Link` reads nothing but what knowledge hands it and its own player's columns.
//! The protocol is in `PROTOCOL.md` beside this file.

mod bits;
mod decoy;
mod entry;
mod format;
#[cfg(test)]
mod golden;
mod history;
mod knowledge;
mod link;
mod memory;
mod outbox;
mod publish;
mod receiver;
mod shadows;
mod told;

pub(crate) use decoy::Decoy;
pub(crate) use entry::Entry;
pub use format::{ClientRules, Farewell, Welcome};
pub(crate) use format::{NO_ARM, Up, Wish};
pub(crate) use history::History;
pub(crate) use knowledge::{Knowledge, at_first, columns};
pub use link::LinkStats;
pub(crate) use link::{Link, Scope};
pub(crate) use memory::Memories;
pub(crate) use outbox::Outbox;
pub use outbox::Packet;
pub(crate) use publish::{Change, Net, after, before, expect, newest_input, run, watch};
pub use receiver::{
    AS_ON_MAP, Happening, Receiver, Seen, SeenCloud, SeenExact, SeenHands, SeenItem, SeenLife, SeenMessage, SeenPlayer,
    SeenProjectile, SeenScore, SnapshotParts, Taken,
};
pub use told::{Told, hidden};

/// How often and how much is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetDef {
    /// Snapshots a second in action, 1 to 60; a frame is the whole number of ticks nearest to that.
    pub rate: u32,
    /// Snapshots a second when nothing changes for a player, 1 to `rate`.
    pub idle_rate: u32,
    /// Bytes of payload a snapshot, averaged over a second, 20 to 1,000.
    pub budget: u32,
}

impl Default for NetDef {
    /// 20 snapshots of 60 bytes a second, 4 at rest.
    fn default() -> Self {
        NetDef { rate: 20, idle_rate: 4, budget: 60 }
    }
}

impl NetDef {
    /// # Errors
    /// [`crate::Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> crate::Result<()> {
        let whole = |field, value: u32, low: u32, high: u32| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(crate::Error::invalid(field, value, format!("a whole number from {low} to {high}")))
        };
        whole("net.rate", self.rate, 1, 60)?;
        whole("net.idle_rate", self.idle_rate, 1, self.rate)?;
        whole("net.budget", self.budget, 20, 1000)
    }

    /// Ticks a frame.
    pub fn step(&self, tick_rate: u32) -> u32 {
        ((2 * tick_rate + self.rate) / (2 * self.rate)).max(1)
    }
}
