//! What can go wrong at the engine's border. Nothing inside a tick fails.

use thiserror::Error;

/// Result of every fallible call.
pub type Result<T> = core::result::Result<T, Error>;

/// A refused call. Whatever the variant, nothing has changed.
///
/// Messages name the field and its limit and say what to do; [`Error::code`] is stable for programs.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// An id that was never given out, or whose match or player is gone.
    #[error("{what} id {id:#x} is stale: its {what} has been removed or never existed; ask again for the current id")]
    StaleId {
        /// `match`, `player` or `ticket`.
        what: &'static str,
        /// The id as given.
        id: u64,
    },
    /// A ninth player.
    #[error("the match is full: it has {limit} players, the limit; create another match or remove a player")]
    MatchFull {
        /// Players a match can hold.
        limit: u32,
    },
    /// More matches than the world was defined for.
    #[error(
        "the world is full: max_matches is {limit}; destroy a match or define the world with a higher max_matches (at most {ceiling})"
    )]
    WorldFull {
        /// `WorldDef::max_matches`.
        limit: u32,
        /// The highest value `max_matches` may have.
        ceiling: u32,
    },
    /// A value outside its range.
    #[error("{field} is {value}; it must be {limit}")]
    InvalidArgument {
        /// Name of the field or argument.
        field: &'static str,
        /// The value as given.
        value: String,
        /// The range or shape that is accepted.
        limit: String,
    },
    /// A name that is no weapon.
    #[error("unknown weapon {name:?}; the weapons are {}", crate::rules::Weapon::names())]
    UnknownWeapon {
        /// The name as given, cut at 32 characters.
        name: String,
    },
    /// A loadout that breaks the rules of section 5.
    #[error("illegal loadout: {reason}")]
    IllegalLoadout {
        /// Which limit is broken, and by what.
        reason: String,
    },
    /// An action that the present state of the player or match does not allow.
    #[error("{action} is refused: {reason}")]
    NotAllowed {
        /// What was asked for.
        action: &'static str,
        /// Why not now, and when it is.
        reason: &'static str,
    },
    /// A map that cannot be played.
    #[error("bad map: {reason}")]
    BadMap {
        /// The field, pixel or wall at fault and its limit.
        reason: String,
    },
    /// Bytes that are no saved match of this world.
    #[error("bad saved match: {field}: {reason}")]
    BadSnapshot {
        /// Part of the format at fault.
        field: &'static str,
        /// What was found and what was expected.
        reason: String,
    },
    /// A name that no scene or built-in map has.
    #[error("unknown {what} {name:?}; there are {known}")]
    UnknownName {
        /// `scene` or `map`.
        what: &'static str,
        /// The name as given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Bytes of a client, or for one, that are no message of the protocol.
    #[error("bad message: {field}: it must be {reason}")]
    BadMessage {
        /// Field of the protocol at fault.
        field: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// Bytes that are no recording or no log of a queue, a damaged one, or one of another map, rule set or simulation.
    #[error("bad replay: {field}: {reason} (byte {at}{})", TickText(*tick))]
    BadReplay {
        /// Part of the format at fault.
        field: &'static str,
        /// What was found and what was expected.
        reason: String,
        /// Where in the file, in bytes from its beginning.
        at: u64,
        /// Tick of the recording at which it stands; `None`: before the first.
        tick: Option<u32>,
    },
    /// A ticket's id, or one of its players, that waits already.
    #[error("{what} {id} waits already, with ticket {ticket}; cancel that one first, or wait for its match")]
    AlreadyQueued {
        /// `ticket` or `player`.
        what: &'static str,
        /// The ticket's or player's id.
        id: u64,
        /// The ticket that waits.
        ticket: u64,
    },
    /// More tickets or offers than the queue was defined for.
    #[error("the queue is full: {what} is {limit}; form matches, or define the queue with more")]
    QueueFull {
        /// `max_tickets` or `max_offers`.
        what: &'static str,
        /// How many it was defined for.
        limit: u32,
    },
}

/// A tick for a message, or nothing.
struct TickText(Option<u32>);

impl core::fmt::Display for TickText {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.map_or(Ok(()), |tick| write!(f, ", tick {tick}"))
    }
}

impl Error {
    /// Stable upper-case code, the same in every binding.
    pub fn code(&self) -> &'static str {
        match self {
            Error::StaleId { .. } => "STALE_ID",
            Error::MatchFull { .. } => "MATCH_FULL",
            Error::WorldFull { .. } => "WORLD_FULL",
            Error::InvalidArgument { .. } => "INVALID_ARGUMENT",
            Error::UnknownWeapon { .. } => "UNKNOWN_WEAPON",
            Error::IllegalLoadout { .. } => "ILLEGAL_LOADOUT",
            Error::NotAllowed { .. } => "NOT_ALLOWED",
            Error::BadMap { .. } => "BAD_MAP",
            Error::BadSnapshot { .. } => "BAD_SNAPSHOT",
            Error::UnknownName { .. } => "UNKNOWN_NAME",
            Error::BadMessage { .. } => "BAD_MESSAGE",
            Error::BadReplay { .. } => "BAD_REPLAY",
            Error::AlreadyQueued { .. } => "ALREADY_QUEUED",
            Error::QueueFull { .. } => "QUEUE_FULL",
        }
    }

    /// Stable number of the code, for the C ABI; numbers are never reused.
    pub fn number(&self) -> u32 {
        match self {
            Error::StaleId { .. } => 1,
            Error::MatchFull { .. } => 2,
            Error::WorldFull { .. } => 3,
            Error::InvalidArgument { .. } => 4,
            Error::UnknownWeapon { .. } => 5,
            Error::IllegalLoadout { .. } => 6,
            Error::NotAllowed { .. } => 7,
            Error::BadMap { .. } => 8,
            Error::BadSnapshot { .. } => 9,
            Error::UnknownName { .. } => 10,
            Error::BadMessage { .. } => 11,
            Error::BadReplay { .. } => 12,
            Error::AlreadyQueued { .. } => 13,
            Error::QueueFull { .. } => 14,
        }
    }

    pub(crate) fn invalid(field: &'static str, value: impl core::fmt::Display, limit: impl Into<String>) -> Self {
        Error::InvalidArgument { field, value: value.to_string(), limit: limit.into() }
    }
}
