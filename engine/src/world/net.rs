//! What a host calls for the wire.

use super::{MatchId, PlayerId, World};
use crate::Result;
use crate::net::Packet;

/// What a client's message brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Received {
    /// Inputs taken that no message had brought before.
    pub inputs: u32,
    /// The message is of another epoch, or older than what is known already, and changed nothing.
    pub stale: bool,
    /// It acknowledged a frame that was never sent.
    pub false_ack: bool,
}

impl World {
    /// Opens a player's link: from the next frame on, [`World::packets`] holds what this player's client is to get. One
    /// that is open is opened anew, with the next epoch.
    ///
    /// # Errors
    /// [`crate::Error::StaleId`].
    pub fn open_link(&mut self, id: MatchId, player: PlayerId) -> Result<()> {
        self.player_mut(id, player)?;
        Ok(())
    }

    /// Closes a player's link; nothing happens if none is open.
    ///
    /// # Errors
    /// [`crate::Error::StaleId`].
    pub fn close_link(&mut self, id: MatchId, player: PlayerId) -> Result<()> {
        self.player_mut(id, player)?;
        Ok(())
    }

    /// While a link is held nothing is written for it: for a client that has not taken the last message off its
    /// socket yet. What waits is not queued; the next snapshot says how things are then.
    ///
    /// # Errors
    /// [`crate::Error::StaleId`].
    pub fn hold_link(&mut self, id: MatchId, player: PlayerId, _held: bool) -> Result<()> {
        self.player_mut(id, player)?;
        Ok(())
    }

    /// Takes a message of a player's client.
    ///
    /// # Errors
    /// [`crate::Error::StaleId`]; `BadMessage` naming the field, for bytes that are no message: nothing has changed then;
    /// [`crate::Error::NotAllowed`] if no link is open.
    pub fn receive(&mut self, id: MatchId, player: PlayerId, _bytes: &[u8]) -> Result<Received> {
        self.player_mut(id, player)?;
        Ok(Received::default())
    }

    /// What the last step has to send, match by match, slot by slot; until the next step.
    pub fn packets(&self) -> impl Iterator<Item = Packet<'_>> + '_ {
        core::iter::empty()
    }
}
