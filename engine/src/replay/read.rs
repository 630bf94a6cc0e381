//! Reading.

use super::Label;
use crate::world::Op;
use crate::{Error, Result};

/// What stands at the beginning of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Of the format.
    pub version: u32,
    /// [`super::SIMULATION`] of the engine that wrote it.
    pub simulation: u32,
    /// Version of the engine that wrote it.
    pub engine: String,
    /// Ticks a second.
    pub tick_rate: u32,
    /// Of the match when it was created, or at the first keyframe if the recording began later.
    pub seed: u64,
    /// Kills that win.
    pub kill_target: u16,
    /// [`crate::RuleSet::hash`].
    pub rules: u64,
    /// [`crate::RuleSet::name`].
    pub rules_name: String,
    /// [`crate::GameMap::hash`].
    pub map: u64,
    /// The match's tick when the recording began; it counts on from there.
    pub first_tick: u32,
    /// Ticks from one keyframe to the next.
    pub keyframe_ticks: u32,
    /// Given at the beginning.
    pub labels: Vec<Label>,
}

/// A second of match time, or what there was of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Second {
    /// Tick of the recording at its end.
    pub tick: u32,
    /// Ticks that it holds: the tick rate, or fewer where the recording ends or the match was restored.
    pub ticks: u32,
    /// [`crate::World::hash`] at its end; `None` where the match was restored before it could be taken.
    pub hash: Option<u64>,
    /// Where it stands in the file, and how many bytes it takes there.
    pub at: u64,
    /// Bytes.
    pub bytes: u32,
}

/// A moment that playing can begin at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyframe {
    /// Tick of the recording.
    pub tick: u32,
    /// [`crate::World::hash`] of it; `None`: the match as it is created, which the file does not spell out.
    pub hash: Option<u64>,
    /// The match was turned into this: [`crate::World::restore`], [`crate::World::rollback`].
    pub restored: bool,
    /// Where it stands in the file.
    pub at: u64,
    /// Bytes.
    pub bytes: u32,
}

/// How a recording ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// With its end mark.
    Complete,
    /// Without: its host died, or is still writing. All before is whole.
    Unfinished {
        /// Bytes of a part that was not finished.
        lost: u64,
    },
}

/// Bytes of a file by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Header and its labels.
    pub header: u64,
    /// Operations of the seconds.
    pub ops: u64,
    /// Frames and hashes of the seconds.
    pub seconds: u64,
    /// Keyframes, their frames included.
    pub keyframes: u64,
    /// End mark, and what stands after the last whole part.
    pub end: u64,
}

/// What has been done to a match, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The first tick of the recording that can see it.
    pub tick: u32,
    /// What.
    pub what: What,
}

/// See [`Entry`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An operation.
    Op(Op),
    /// Something that the host wanted written down.
    Label(Label),
    /// The whole state was replaced.
    Restored,
}

/// A recording that has been read: every part is whole, and its frame is in order. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Replay {}

impl Replay {
    /// Finds all parts of a recording and checks their sums; operations and states are looked into as they are played.
    ///
    /// # Errors
    /// [`Error::BadReplay`] naming part, place and tick. A file that ends in the middle of a part is not damaged but
    /// unfinished: [`Replay::tail`].
    pub fn open(bytes: impl Into<Vec<u8>>) -> Result<Replay> {
        let _ = bytes.into();
        Err(Error::BadReplay { field: "magic", reason: String::new(), at: 0, tick: None })
    }

    /// What stands at the beginning.
    pub fn header(&self) -> &Header {
        unimplemented!()
    }

    /// How it ends.
    pub fn tail(&self) -> Tail {
        unimplemented!()
    }

    /// Tick of the recording at its end; [`Header::first_tick`] is that at its beginning.
    pub fn last_tick(&self) -> u32 {
        unimplemented!()
    }

    /// Its seconds, in their order.
    pub fn seconds(&self) -> &[Second] {
        unimplemented!()
    }

    /// Its keyframes, in their order; the first is where it begins.
    pub fn keyframes(&self) -> &[Keyframe] {
        unimplemented!()
    }

    /// Where its bytes are.
    pub fn parts(&self) -> Parts {
        unimplemented!()
    }

    /// All that has been done to the match, in its order, inputs included.
    pub fn entries(&self) -> Entries {
        unimplemented!()
    }

    /// All that has been done to the match but for inputs: who came and went, what the host did, labels.
    ///
    /// # Errors
    /// [`Error::BadReplay`].
    pub fn timeline(&self) -> Result<Vec<Entry>> {
        unimplemented!()
    }
}

/// See [`Replay::entries`]. After an error there is nothing more.
#[derive(Debug, Clone)]
pub struct Entries {}

impl Iterator for Entries {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        None
    }
}
