//! Everybody's entries in the last frames: one for the match, for all links' baselines.

use super::Entry;
use crate::world::PLAYERS;

/// Frames kept.
pub(crate) const FRAMES: usize = 32;

/// 2.1 KB. A link remembers only which slots a frame of its own held; how they were is here.
#[derive(Debug)]
pub(crate) struct History {
    entries: [[Entry; PLAYERS]; FRAMES],
    frame: [u32; FRAMES],
}

impl History {
    pub(crate) fn new() -> History {
        History { entries: [[Entry(0); PLAYERS]; FRAMES], frame: [u32::MAX; FRAMES] }
    }

    /// Nothing is kept any more.
    pub(crate) fn clear(&mut self) {
        self.frame = [u32::MAX; FRAMES];
    }

    pub(crate) fn put(&mut self, frame: u32, entries: [Entry; PLAYERS]) {
        let at = frame as usize % FRAMES;
        self.entries[at] = entries;
        self.frame[at] = frame;
    }

    /// Asks for the last entries and for room for a frame's.
    pub(crate) fn ask(&self, frame: u32) {
        for back in 0..3 {
            crate::simd::ask(&self.entries[frame.wrapping_sub(back) as usize % FRAMES], 0..1);
        }
        crate::simd::ask(&self.frame, 0..size_of_val(&self.frame));
    }

    /// A frame's entries, unless they are gone.
    pub(crate) fn get(&self, frame: u32) -> Option<&[Entry; PLAYERS]> {
        let at = frame as usize % FRAMES;
        (self.frame[at] == frame).then(|| &self.entries[at])
    }
}
