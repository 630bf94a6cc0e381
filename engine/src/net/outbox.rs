//! What a step has to send: bytes, and whose they are.

use crate::{MatchId, PlayerId};

/// Bytes for one player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Whose match.
    pub game: MatchId,
    /// To whom.
    pub player: PlayerId,
    /// One message.
    pub bytes: &'a [u8],
}

/// Filled by one thread for a block of matches; kept from step to step.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) bytes: Vec<u8>,
    /// Place of the match in the world, player, end of the bytes.
    pub(crate) index: Vec<(u32, PlayerId, u32)>,
}

impl Outbox {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.index.clear();
    }

    /// Place, player, bytes.
    pub(crate) fn packets(&self) -> impl Iterator<Item = (u32, PlayerId, &[u8])> + '_ {
        let mut start = 0;
        self.index.iter().map(move |&(place, player, end)| {
            let bytes = &self.bytes[start..end as usize];
            start = end as usize;
            (place, player, bytes)
        })
    }

    /// Nothing of a match is sent any more.
    pub(crate) fn forget(&mut self, place: u32) {
        for entry in self.index.iter_mut().filter(|entry| entry.0 == place) {
            entry.0 = u32::MAX;
        }
    }
}
