//! What a step has to send: bytes, and whose they are.

/// Bytes for one player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Whose match.
    pub game: crate::MatchId,
    /// To whom.
    pub player: crate::PlayerId,
    /// One message.
    pub bytes: &'a [u8],
}

/// Filled by one thread for a block of matches; kept from step to step.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) bytes: Vec<u8>,
    /// Place of the match in the world, slot, end of the bytes.
    pub(crate) index: Vec<(u32, u8, u32)>,
}
