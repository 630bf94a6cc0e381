//! What a player remembers of slices otherwise than they are.

use crate::map::{MAX_WALLS, SLICES_PER_WALL};
use core::ops::Range;

/// Words for which a memory grows at once: most players remember few.
const GROWTH: usize = 16;
const PARTS: u16 = (1 << SLICES_PER_WALL) - 1;

// A wall and a mask of its slices fit one word.
const _: () = assert!(MAX_WALLS << SLICES_PER_WALL <= 1 << 16);

/// How many bits are set.
const COUNT: [u8; 1 << SLICES_PER_WALL] = {
    let mut count = [0; 1 << SLICES_PER_WALL];
    let mut mask = 0usize;
    while mask < count.len() {
        count[mask] = mask.count_ones() as u8;
        mask += 1;
    }
    count
};

/// By wall, ascending, none without a slice: a word with the wall and a mask of the slices remembered, then the health of
/// each, 1/64 points. 2 bytes a wall and 2 a slice.
#[derive(Debug, Default)]
pub(crate) struct Memories {
    words: Vec<u16>,
    /// Where a wall begins, or the end: of the slice that changed last, for the next one is often near.
    last: usize,
}

/// Up to four walls of a memory.
pub(crate) struct Four {
    /// Those that there are not are the last one.
    pub(crate) walls: [usize; 4],
    /// Where each begins, and after the last where it ends.
    pub(crate) places: [usize; 5],
    /// How many there are, at least one.
    pub(crate) count: usize,
}

impl Memories {
    pub(crate) const EMPTY: Memories = Memories { words: Vec::new(), last: 0 };

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Asks for all of it.
    pub(crate) fn ask(&self) {
        if let Some(first) = self.words.first() {
            crate::simd::ask(first, 0..self.words.len() * size_of::<u16>());
        }
    }

    /// Words in use.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Slices remembered, with their health, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, u16)> {
        let mut at = 0;
        let mut left = 0;
        let mut first = 0;
        core::iter::from_fn(move || {
            if left == 0 {
                let head = *self.words.get(at)?;
                (left, first) = (head & PARTS, (head >> SLICES_PER_WALL) * SLICES_PER_WALL as u16);
                at += 1;
            }
            let part = left.trailing_zeros() as u16;
            left &= left - 1;
            at += 1;
            Some((first + part, self.words[at - 1]))
        })
    }

    pub(crate) fn clear(&mut self) {
        self.last = 0;
        self.words.clear();
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u16>()
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        at + 1 + usize::from(COUNT[usize::from(self.words[at] & PARTS)])
    }

    /// Where a slice's wall begins, or would.
    #[inline]
    fn find(&self, wall: u16) -> Result<usize, usize> {
        let is_before = |head: &u16| head >> SLICES_PER_WALL <= wall;
        let mut at = if self.words.get(self.last).is_some_and(is_before) { self.last } else { 0 };
        while let Some(&head) = self.words.get(at) {
            // Those before it are smaller, whatever their masks.
            if head >= wall << SLICES_PER_WALL {
                return if head >> SLICES_PER_WALL == wall { Ok(at) } else { Err(at) };
            }
            at += 1 + usize::from(COUNT[usize::from(head & PARTS)]);
        }
        Err(at)
    }

    /// Where a slice's health stands, as far from its wall's word; `None`: it is not remembered.
    #[inline]
    fn offset(head: u16, part: usize) -> Option<usize> {
        let before = usize::from(head) & ((1 << part) - 1);
        (head >> part & 1 == 1).then(|| 1 + usize::from(COUNT[before]))
    }

    /// Wall of a slice, and its place in the wall.
    #[inline]
    fn split(slice: u16) -> (u16, usize) {
        (slice / SLICES_PER_WALL as u16, usize::from(slice) % SLICES_PER_WALL)
    }

    /// Health of a slice as remembered; `None`: as it is.
    pub(crate) fn get(&self, slice: u16) -> Option<u16> {
        let (wall, part) = Memories::split(slice);
        let at = self.find(wall).ok()?;
        Memories::offset(self.words[at], part).map(|offset| self.words[at + offset])
    }

    /// Remembers a slice.
    pub(crate) fn set(&mut self, slice: u16, knew: u16) {
        let (wall, part) = Memories::split(slice);
        let place = self.find(wall);
        self.last = place.unwrap_or_else(|at| at);
        match place.ok().and_then(|at| Some(at + Memories::offset(self.words[at], part)?)) {
            Some(at) => self.words[at] = knew,
            None => self.insert(place, wall, part, knew),
        }
    }

    /// A slice has changed unseen from `before` to `left`: it is remembered, unless it is now as it was remembered.
    pub(crate) fn miss(&mut self, slice: u16, before: u16, left: u16) {
        let (wall, part) = Memories::split(slice);
        let place = self.find(wall);
        self.last = place.unwrap_or_else(|at| at);
        match place.ok().and_then(|at| Some((at, at + Memories::offset(self.words[at], part)?))) {
            Some((wall_at, at)) if self.words[at] == left => self.remove(wall_at, at, part),
            None if before != left => self.insert(place, wall, part, before),
            _ => {}
        }
    }

    /// Inserts a slice that is not remembered, by the place of its wall.
    fn insert(&mut self, place: Result<usize, usize>, wall: u16, part: usize, knew: u16) {
        if self.words.len() + 2 > self.words.capacity() {
            self.words.reserve_exact(GROWTH + self.words.len() / 8);
        }
        let at = place.unwrap_or_else(|at| {
            self.words.insert(at, wall << SLICES_PER_WALL);
            at
        });
        self.words[at] |= 1 << part;
        let offset = Memories::offset(self.words[at], part).unwrap_or(1);
        self.words.insert(at + offset, knew);
    }

    /// Removes a slice by its wall's place and its own.
    fn remove(&mut self, wall_at: usize, at: usize, part: usize) {
        self.words.remove(at);
        self.words[wall_at] &= !(1 << part);
        if self.words[wall_at] & PARTS == 0 {
            self.words.remove(wall_at);
        }
    }

    /// Forgets a slice; returns its health as it was remembered.
    pub(crate) fn take(&mut self, slice: u16) -> Option<u16> {
        let (wall, part) = Memories::split(slice);
        let place = self.find(wall);
        self.last = place.unwrap_or_else(|at| at);
        let wall_at = place.ok()?;
        let at = wall_at + Memories::offset(self.words[wall_at], part)?;
        let knew = self.words[at];
        self.remove(wall_at, at, part);
        Some(knew)
    }

    /// Remembers what another memory does and no more, in as little room.
    pub(crate) fn copy(&mut self, other: &Memories) {
        self.clear();
        self.words.reserve_exact(other.words.len());
        self.words.extend_from_slice(&other.words);
    }

    /// Four walls from a place on, which must be one's beginning.
    #[inline]
    pub(crate) fn four(&self, mut at: usize) -> Four {
        let (mut walls, mut places, mut count) = ([0; 4], [at; 5], 0);
        while count < 4 && at < self.words.len() {
            walls[count] = usize::from(self.words[at] >> SLICES_PER_WALL);
            at = self.next(at);
            count += 1;
            places[count] = at;
        }
        (1..4).for_each(|i| walls[i] = walls[if i < count { i } else { i - 1 }]);
        Four { walls, places, count }
    }

    /// What is at `from` moves to `to`, which is not behind it; returns where it ends there.
    #[inline]
    pub(crate) fn keep(&mut self, from: Range<usize>, to: usize) -> usize {
        let end = to + from.len();
        if from.start != to {
            self.words.copy_within(from, to);
        }
        end
    }

    /// The same for one wall, without the slices for which `forget` is true, which gets their health; nothing is left of a
    /// wall without slices.
    #[inline]
    pub(crate) fn keep_unless(&mut self, from: usize, to: usize, mut forget: impl FnMut(u16, u16) -> bool) -> usize {
        let head = self.words[from];
        let first = (head >> SLICES_PER_WALL) * SLICES_PER_WALL as u16;
        let (mut left, mut kept, mut at, mut end) = (head & PARTS, head, from, to);
        while left != 0 {
            let part = left.trailing_zeros() as u16;
            left &= left - 1;
            at += 1;
            let knew = self.words[at];
            if forget(first + part, knew) {
                kept &= !(1 << part);
            } else {
                end += 1;
                self.words[end] = knew;
            }
        }
        if kept & PARTS == 0 {
            return to;
        }
        self.words[to] = kept;
        end + 1
    }

    #[inline]
    pub(crate) fn truncate(&mut self, words: usize) {
        self.last = 0;
        self.words.truncate(words);
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
        fn a_memory_is_a_map(steps in proptest::collection::vec((0u16..60, 0u16..4, proptest::bool::weighted(0.3)), 0..200)) {
            let (mut memory, mut map) = (Memories::EMPTY, BTreeMap::new());
            for (slice, knew, forget) in steps {
                if forget {
                    prop_assert_eq!(memory.take(slice), map.remove(&slice));
                } else if slice % 2 == 0 {
                    memory.set(slice, knew);
                    map.insert(slice, knew);
                } else {
                    // What it was matters only if it is not remembered.
                    memory.miss(slice, 2, knew);
                    match map.get(&slice) {
                        Some(&was) if was == knew => drop(map.remove(&slice)),
                        None if knew != 2 => drop(map.insert(slice, 2)),
                        _ => {}
                    }
                }
                prop_assert_eq!(memory.get(slice), map.get(&slice).copied());
                prop_assert_eq!(memory.iter().collect::<Vec<_>>(), map.iter().map(|(&slice, &knew)| (slice, knew)).collect::<Vec<_>>());
            }
            prop_assert_eq!(memory.is_empty(), map.is_empty());
            let mut copy = Memories::EMPTY;
            copy.copy(&memory);
            prop_assert_eq!(copy.bytes(), memory.len() * size_of::<u16>());
            prop_assert_eq!(copy.iter().collect::<Vec<_>>(), memory.iter().collect::<Vec<_>>());

            // Gone through as looks do: every other wall is looked at, every third slice of it forgotten.
            let (mut at, mut kept, mut wall) = (0, 0, 0);
            while at < copy.len() {
                let Four { walls, places, count } = copy.four(at);
                prop_assert!(walls[count - 1..].iter().all(|last| *last == walls[count - 1]));
                for i in 0..count {
                    kept = if wall % 2 == 0 {
                        copy.keep_unless(places[i], kept, |slice, knew| {
                            assert_eq!(map.get(&slice), Some(&knew));
                            slice % 3 == 0 && map.remove(&slice).is_some()
                        })
                    } else {
                        copy.keep(places[i]..places[i + 1], kept)
                    };
                    wall += 1;
                }
                at = places[count];
            }
            copy.truncate(kept);
            prop_assert_eq!(copy.iter().collect::<Vec<_>>(), map.into_iter().collect::<Vec<_>>());
        }
    }
}
