//! Handles: an index with a generation. Zero is null, and a stale one is an error, never somebody else's match.

/// A match of a [`super::World`]: index in the low 32 bits, generation in the next 20, so that the whole fits in a
/// double exactly. Generations start at 1; a place whose generations are used up is retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MatchId(u64);

/// Generations of a place in the pool.
pub(crate) const LAST_GENERATION: u32 = (1 << 20) - 1;

impl MatchId {
    pub(crate) fn new(index: u32, generation: u32) -> Self {
        MatchId(u64::from(generation) << 32 | u64::from(index))
    }

    /// The id as a number, never 0.
    pub fn raw(self) -> u64 {
        self.0
    }

    /// An id from a number that [`MatchId::raw`] gave; any other number is a stale id.
    pub fn from_raw(raw: u64) -> Self {
        MatchId(raw)
    }

    pub(crate) fn index(self) -> usize {
        (self.0 & 0xFFFF_FFFF) as usize
    }

    pub(crate) fn generation(self) -> u64 {
        self.0 >> 32
    }
}

/// A player of a match: slot 0 to 7 in the low 3 bits, generation above. Generations start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlayerId(u32);

impl PlayerId {
    pub(crate) fn new(slot: usize, generation: u32) -> Self {
        PlayerId(generation << 3 | slot as u32)
    }

    /// The id as a number, never 0.
    pub fn raw(self) -> u32 {
        self.0
    }

    /// An id from a number that [`PlayerId::raw`] gave; any other number is a stale id.
    pub fn from_raw(raw: u32) -> Self {
        PlayerId(raw)
    }

    /// The lane of this player in every column, 0 to 7.
    pub fn slot(self) -> usize {
        (self.0 & 7) as usize
    }

    pub(crate) fn generation(self) -> u32 {
        self.0 >> 3
    }
}
