//! What a match tells until its host asks: a ring that grows to what a host leaves undrained, and no further.

use bytemuck::Pod;

/// Events that a match keeps at most until they are drained; older ones are lost and counted.
pub const EVENT_RING: usize = 4096;
/// The same for entries of what was heard: four seconds of a fight of eight.
pub const HEARD_RING: usize = 1024;
/// Room that a ring begins with; it doubles when entries pile up, and stays.
const FIRST: usize = 32;

/// The entries since the last drain; the newest `MOST`, a power of two, survive.
#[derive(Debug)]
pub(crate) struct Ring<T, const MOST: usize> {
    /// A power of two long.
    ring: Box<[T]>,
    /// Entries ever written; the next goes to `written % ring.len()`.
    written: u64,
    drained: u64,
    /// The first entry that the wire has not looked at yet, whether drained or not; `u64::MAX`: it looks at none.
    held: u64,
}

impl<T: Pod, const MOST: usize> Ring<T, MOST> {
    pub(crate) fn new() -> Self {
        Ring { ring: vec![T::zeroed(); FIRST].into_boxed_slice(), written: 0, drained: 0, held: u64::MAX }
    }

    #[inline]
    pub(crate) fn push(&mut self, entry: T) {
        if self.written - self.drained.min(self.held) >= self.ring.len() as u64 {
            self.grow();
        }
        let at = self.written as usize & (self.ring.len() - 1);
        self.ring[at] = entry;
        self.written += 1;
    }

    /// Asks for where the next entry goes.
    #[inline]
    pub(crate) fn ask(&self) {
        let at = self.written as usize & (self.ring.len() - 1);
        crate::simd::ask(&self.ring[at], 0..size_of::<T>());
    }

    #[cold]
    fn grow(&mut self) {
        let old = self.ring.len();
        if old >= MOST {
            return;
        }
        let mut ring = vec![T::zeroed(); old * 2].into_boxed_slice();
        for i in self.written - old as u64..self.written {
            ring[i as usize & (old * 2 - 1)] = self.ring[i as usize & (old - 1)];
        }
        self.ring = ring;
    }

    /// Entries ever written.
    #[inline]
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// The number of the oldest entry that is still there.
    #[inline]
    pub(crate) fn oldest(&self) -> u64 {
        self.written.saturating_sub(self.ring.len() as u64).max(self.drained)
    }

    /// Keeps the entries from number `n` on for the wire, even those that the host has drained, as far as
    /// [`Ring::oldest_held`] says.
    pub(crate) fn hold(&mut self, n: u64) {
        self.held = n;
    }

    /// The number of the oldest entry that is still there for the wire: beyond what it holds if more than `MOST` have
    /// piled up since.
    pub(crate) fn oldest_held(&self) -> u64 {
        self.written.saturating_sub(self.ring.len() as u64).max(self.held.min(self.written))
    }

    /// The number of the oldest entry whose bytes are still there, drained or not.
    #[inline]
    pub(crate) fn oldest_kept(&self) -> u64 {
        self.written.saturating_sub(self.ring.len() as u64)
    }

    /// Entry number `n`, from [`Ring::oldest`] to below [`Ring::written`].
    #[inline]
    pub(crate) fn at(&self, n: u64) -> T {
        self.ring[n as usize & (self.ring.len() - 1)]
    }

    /// The same, to be completed.
    #[inline]
    pub(crate) fn at_mut(&mut self, n: u64) -> &mut T {
        let last = self.ring.len() - 1;
        &mut self.ring[n as usize & last]
    }

    /// Marks entries in place.
    pub(crate) fn for_each_mut(&mut self, each: impl FnMut(&mut T)) {
        self.ring.iter_mut().for_each(each);
    }

    /// Hands over what is there, oldest first, and returns how many were lost before.
    pub(crate) fn drain(&mut self, mut each: impl FnMut(&T)) -> u64 {
        let oldest = self.oldest();
        let lost = oldest - self.drained;
        for i in oldest..self.written {
            each(&self.ring[i as usize & (self.ring.len() - 1)]);
        }
        self.drained = self.written;
        lost
    }

    /// Takes back what was written after entry number `written`, but for what has been drained. The wire is to be told, for
    /// it may have looked at some of it.
    pub(crate) fn take_back(&mut self, written: u64) {
        self.written = self.written.min(written.max(self.drained));
        if self.held != u64::MAX {
            self.held = self.held.min(self.written);
        }
    }

    /// Entries waiting.
    pub(crate) fn len(&self) -> usize {
        (self.written - self.drained).min(MOST as u64) as usize
    }

    /// Bytes of the ring.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val::<[T]>(&self.ring)
    }
}

/// What the players of a match have heard.
pub(crate) type HeardRing = Ring<crate::sound::Heard, HEARD_RING>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_entries_survive_and_the_lost_are_counted() {
        let mut ring = Ring::<u32, EVENT_RING>::new();
        let total = EVENT_RING as u32 + 100;
        for tick in 0..total {
            ring.push(tick);
        }
        let mut ticks = Vec::new();
        assert_eq!(ring.drain(|e| ticks.push(*e)), 100);
        assert_eq!(ticks, (100..total).collect::<Vec<_>>());
        ring.push(7);
        assert_eq!((ring.oldest(), ring.at(ring.oldest())), (u64::from(total), 7));
        ticks.clear();
        assert_eq!((ring.drain(|e| ticks.push(*e)), ticks.as_slice()), (0, &[7][..]));
    }

    #[test]
    fn what_is_held_outlives_a_drain() {
        let mut ring = Ring::<u32, EVENT_RING>::new();
        ring.hold(0);
        for entry in 0..70 {
            ring.push(entry);
            ring.drain(|_| {});
        }
        let held =
            |ring: &Ring<u32, EVENT_RING>| (ring.oldest_held()..ring.written()).map(|n| ring.at(n)).collect::<Vec<_>>();
        assert_eq!(held(&ring), (0..70).collect::<Vec<_>>());
        assert_eq!(ring.len(), 0);
        let total = EVENT_RING as u32 + 100;
        for entry in 70..total {
            ring.push(entry);
        }
        assert_eq!(held(&ring), (100..total).collect::<Vec<_>>());
        ring.hold(ring.written());
        assert_eq!(held(&ring), []);
    }
}
