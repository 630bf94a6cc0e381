//! Matches written down and played again.
//!
//! A recording is what a match's state depends on: how it began, and every [`Op`] with its tick; and a hash of the
//! state each second, to be sure, and the state itself now and then, to begin there. `FORMAT.md` beside this file says
//! how it is written, to the byte.
//!
//! Writing: [`World::record`], then [`World::drain_replay`] as often as the host likes, and [`World::end_recording`].
//! The engine does no I/O: what is drained, one after the other, is the file. A file that ends early, for its host
//! died, can be read up to its last whole second.
//!
//! Reading: [`Replay::open`] finds every part and checks it; [`Replay::begin`] makes a match of it, in any world of the
//! same rules and tick rate, that [`Playback`] plays tick by tick; [`Replay::verify`] plays all of it and compares.
//!
//! # Ticks of a recording
//!
//! They count on from the match's tick when the recording began, one for each tick played, whatever becomes of the
//! match. They are the match's own until it is restored to another moment ([`World::restore`], [`World::rollback`]):
//! then the match's differ and the recording's go on. An operation's tick is the first that can see it: one more than
//! the recording's when it was done.
//!
//! [`Op`]: crate::Op

mod aim;
mod coder;
mod frame;
mod ops;
mod play;
mod priors;
mod read;
mod record;
mod shadow;
mod state;
mod turn;

use ops::Item;
pub use play::{Compared, Divergence, Playback, Verified};
pub use read::{Entries, Entry, Header, Keyframe, Parts, Replay, Second, Tail, What};
pub(crate) use record::Recorder;
pub use record::{Drained, RecordDef, RecordStats};

#[cfg(doc)]
use crate::World;
use crate::{Error, Result};

/// The first four bytes of a recording.
pub const MAGIC: [u8; 4] = *b"TPRP";
/// Version of the format that is written. Those from 1 on are read.
pub const VERSION: u32 = 1;
/// Number of the simulation: grows whenever the same operations no longer give the same state. Hashes and states of a
/// recording mean something only to the same simulation; its operations can always be read.
pub const SIMULATION: u32 = 1;

/// What the host knows of a match or a player and wants to find in the file again: `map`, `match`, `name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Whom it is about, 0 to 7; `None`: the match.
    pub slot: Option<u8>,
    /// 1 to [`Label::KEY`] bytes.
    pub key: String,
    /// At most [`Label::VALUE`] bytes.
    pub value: String,
}

impl Label {
    /// Bytes of a key at most.
    pub const KEY: usize = 32;
    /// Bytes of a value at most.
    pub const VALUE: usize = 256;
    /// Labels of a recording at most, those of [`RecordDef`] included.
    pub const MOST: usize = 256;

    fn check(&self) -> Result<()> {
        if self.slot.is_some_and(|slot| slot > 7) {
            return Err(Error::invalid("label.slot", self.slot.unwrap_or_default(), "0 to 7"));
        }
        Label::check_texts(&self.key, &self.value)
    }

    fn check_texts(key: &str, value: &str) -> Result<()> {
        if !(1..=Label::KEY).contains(&key.len()) {
            return Err(Error::invalid("label.key", format!("{} bytes", key.len()), "1 to 32 bytes"));
        }
        if value.len() > Label::VALUE {
            return Err(Error::invalid("label.value", format!("{} bytes", value.len()), "at most 256 bytes"));
        }
        Ok(())
    }
}
