//! What a player remembers of slices otherwise than they are.

use crate::map::SLICES_PER_WALL;

/// Walls for which a memory grows at once: most players remember few.
const GROWTH: usize = 4;

/// The slices of a wall as a player remembers them, of those that are otherwise; health in 1/64 points.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WallMemory {
    pub(crate) wall: u16,
    /// [`AS_IT_IS`]: known.
    pub(crate) knew: [u16; SLICES_PER_WALL],
}

const _: () = assert!(size_of::<WallMemory>() == 12);

/// Health that no slice has which can change.
pub(crate) const AS_IT_IS: u16 = u16::MAX;

impl WallMemory {
    /// Slices remembered, with their health, ascending.
    #[inline]
    pub(crate) fn slices(self) -> impl Iterator<Item = (u16, u16)> {
        let first = self.wall * SLICES_PER_WALL as u16;
        (first..).zip(self.knew).filter(|(_, knew)| *knew != AS_IT_IS)
    }
}

/// By wall, ascending, none without a slice: 12 bytes each, of 2 to 3 slices in a fight.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memories(Vec<WallMemory>);

impl Memories {
    pub(crate) const EMPTY: Memories = Memories(Vec::new());

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    pub(crate) fn walls(&self) -> usize {
        self.0.len()
    }

    /// Slices remembered, with their health, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, u16)> {
        self.0.iter().flat_map(|wall| wall.slices())
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<WallMemory>()
    }

    /// Place of a slice's wall, or where it would be, and of the slice in it.
    #[inline]
    fn find(&self, slice: u16) -> (Result<usize, usize>, usize) {
        let slice = usize::from(slice);
        let (wall, part) = ((slice / SLICES_PER_WALL) as u16, slice % SLICES_PER_WALL);
        (self.0.binary_search_by_key(&wall, |memory| memory.wall), part)
    }

    /// Health of a slice as remembered; `None`: as it is.
    #[inline]
    pub(crate) fn get(&self, slice: u16) -> Option<u16> {
        let (Ok(at), part) = self.find(slice) else { return None };
        Some(self.0[at].knew[part]).filter(|knew| *knew != AS_IT_IS)
    }

    /// Remembers a slice.
    pub(crate) fn set(&mut self, slice: u16, knew: u16) {
        let (at, part) = self.find(slice);
        let at = at.unwrap_or_else(|at| {
            if self.0.len() == self.0.capacity() {
                self.0.reserve_exact(GROWTH + self.0.len() / 8);
            }
            self.0.insert(at, WallMemory { wall: slice / SLICES_PER_WALL as u16, knew: [AS_IT_IS; SLICES_PER_WALL] });
            at
        });
        self.0[at].knew[part] = knew;
    }

    /// Forgets a slice; returns its health as it was remembered.
    pub(crate) fn take(&mut self, slice: u16) -> Option<u16> {
        let (Ok(at), part) = self.find(slice) else { return None };
        let knew = core::mem::replace(&mut self.0[at].knew[part], AS_IT_IS);
        if self.0[at].knew == [AS_IT_IS; SLICES_PER_WALL] {
            self.0.remove(at);
        }
        Some(knew).filter(|knew| *knew != AS_IT_IS)
    }

    /// Remembers what another memory does and no more, in as little room.
    pub(crate) fn copy(&mut self, other: &Memories) {
        self.0.clear();
        self.0.reserve_exact(other.0.len());
        self.0.extend_from_slice(&other.0);
    }

    /// Places of four walls from `at` on; those that there are not are the last one, and the second value says how many
    /// there are.
    #[inline]
    pub(crate) fn four(&self, at: usize) -> ([usize; 4], usize) {
        let left = &self.0[at..];
        let four = match left.first_chunk::<4>() {
            Some(four) => *four,
            None => core::array::from_fn(|i| left[i.min(left.len() - 1)]),
        };
        (four.map(|memory| usize::from(memory.wall)), left.len().min(4))
    }

    /// What is remembered of the walls at `from` moves to `to`, which is not behind it.
    #[inline]
    pub(crate) fn keep(&mut self, from: core::ops::Range<usize>, to: usize) {
        if from.start != to {
            self.0.copy_within(from, to);
        }
    }

    /// Changes what is remembered of the wall at a place; false: nothing is left of it.
    #[inline]
    pub(crate) fn change(&mut self, at: usize, change: impl FnOnce(&mut WallMemory)) -> bool {
        change(&mut self.0[at]);
        self.0[at].knew != [AS_IT_IS; SLICES_PER_WALL]
    }

    #[inline]
    pub(crate) fn truncate(&mut self, walls: usize) {
        self.0.truncate(walls);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        /// Against a map by slice.
        #[test]
        fn a_memory_is_a_map(steps in proptest::collection::vec((0u16..60, 0u16..4, any::<bool>()), 0..200)) {
            let (mut memory, mut map) = (Memories::EMPTY, BTreeMap::new());
            for (slice, knew, forget) in steps {
                if forget {
                    prop_assert_eq!(memory.take(slice), map.remove(&slice));
                } else {
                    memory.set(slice, knew);
                    map.insert(slice, knew);
                }
                prop_assert_eq!(memory.get(slice), map.get(&slice).copied());
                prop_assert_eq!(memory.iter().collect::<Vec<_>>(), map.iter().map(|(&slice, &knew)| (slice, knew)).collect::<Vec<_>>());
            }
            prop_assert_eq!(memory.is_empty(), map.is_empty());
            let mut copy = Memories::EMPTY;
            copy.copy(&memory);
            prop_assert_eq!(copy.bytes(), memory.walls() * size_of::<WallMemory>());
        }
    }
}
