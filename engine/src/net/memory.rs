//! What a player remembers of slices otherwise than they are.

use crate::map::{MAX_WALLS, SLICES_PER_WALL};
use wide::u16x8;

/// Slices, and walls, for which a memory grows at once: most players remember few.
const GROWTH: usize = 12;
/// Eights of words that are counted without a search.
const MANY: usize = 6;
const PARTS: u16 = (1 << SLICES_PER_WALL) - 1;

// A wall and a mask of its slices fit one word.
const _: () = assert!(MAX_WALLS << SLICES_PER_WALL <= 1 << 16);

/// How many bits of a mask are set.
const COUNT: [u8; 1 << SLICES_PER_WALL] = {
    let mut count = [0; 1 << SLICES_PER_WALL];
    let mut mask = 0usize;
    while mask < count.len() {
        count[mask] = mask.count_ones() as u8;
        mask += 1;
    }
    count
};

/// How many slices a word has: of one, and as instruction sets do it for many words at once.
#[inline]
fn count(head: u16) -> usize {
    COUNT[usize::from(head & PARTS)].into()
}

/// The same of eight.
#[inline]
fn counts(heads: u16x8) -> u16x8 {
    let all = u16x8::splat;
    let pairs = (heads & all(0b10101)) + ((heads >> 1u32) & all(0b00101));
    (pairs & all(3)) + ((pairs >> 2u32) & all(3)) + (pairs >> 4u32)
}

/// Where a slice stands in a memory, or would.
#[derive(Debug, Clone, Copy)]
struct Spot {
    /// Of its wall's word, and of its health.
    head: usize,
    health: usize,
    /// Of the word, this slice's.
    bit: u16,
    has_wall: bool,
    has_slice: bool,
}

/// By wall, ascending, none without a slice: words with the wall and a mask of the slices remembered, and the health of
/// these, 1/64 points. 2 bytes a wall and 2 a slice.
///
/// Apart, so that a wall is found by counting the words before it, and its healths by counting their bits: many words at a
/// time, for halves of a list are nothing that a processor guesses.
#[derive(Debug, Default)]
pub(crate) struct Memories {
    heads: Vec<u16>,
    healths: Vec<u16>,
}

/// Between two walls of a memory: how many words, and healths, are before it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    pub(crate) head: usize,
    health: usize,
}

/// Walls that are looked at together at most: bits of a mask.
pub(crate) const TOGETHER: usize = 32;

/// Some walls of a memory, one after another.
pub(crate) struct Stretch {
    /// Where they begin.
    from: Place,
    /// How many there are, at least one.
    count: usize,
    /// The three beyond are the last one.
    walls: [u16; TOGETHER],
    /// Healths before each, from `from` on, and before what follows them.
    healths: [u16; TOGETHER + 1],
}

impl Stretch {
    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The wall at a place of the stretch.
    #[inline]
    pub(crate) fn wall(&self, n: usize) -> usize {
        self.walls[n].into()
    }

    /// Four walls from one of them on.
    #[inline]
    pub(crate) fn four(&self, n: usize) -> [usize; 4] {
        core::array::from_fn(|i| self.walls[n + i].into())
    }

    /// Where one of them begins in the memory, or after the last what follows.
    #[inline]
    pub(crate) fn place(&self, n: usize) -> Place {
        Place { head: self.from.head + n, health: self.from.health + usize::from(self.healths[n]) }
    }
}

impl Memories {
    pub(crate) const EMPTY: Memories = Memories { heads: Vec::new(), healths: Vec::new() };

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Asks for all of it.
    pub(crate) fn ask(&self) {
        for list in [&self.heads, &self.healths] {
            list.first().inspect(|first| crate::simd::ask(*first, 0..list.len() * size_of::<u16>()));
        }
    }

    /// Walls of which a slice is remembered.
    #[inline]
    pub(crate) fn walls(&self) -> usize {
        self.heads.len()
    }

    /// Slices remembered, with their health, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u16, u16)> {
        let slices = self.heads.iter().flat_map(|head| {
            let first = (head >> SLICES_PER_WALL) * SLICES_PER_WALL as u16;
            (0..SLICES_PER_WALL as u16).filter(move |part| head >> part & 1 == 1).map(move |part| first + part)
        });
        slices.zip(self.healths.iter().copied())
    }

    pub(crate) fn clear(&mut self) {
        self.heads.clear();
        self.healths.clear();
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        (self.heads.capacity() + self.healths.capacity()) * size_of::<u16>()
    }

    #[inline]
    fn find(&self, slice: u16) -> Spot {
        let (wall, bit) = (slice / SLICES_PER_WALL as u16, 1 << (slice % SLICES_PER_WALL as u16));
        // Words of walls before it are smaller, whatever their masks.
        let least = wall << SLICES_PER_WALL;
        let (mut eights, mut rest) = self.heads.as_chunks::<8>();
        // Of many, as blasts leave them, half are passed over: by halves after all.
        if eights.len() > MANY {
            let before = eights.partition_point(|eight| eight[0] < least);
            if before < eights.len() {
                (eights, rest) = (&eights[..before], &[]);
            }
        }
        let (mut walls, mut slices) = (u16x8::ZERO, u16x8::ZERO);
        for eight in eights {
            let heads = u16x8::new(*eight);
            let before = heads.simd_lt(u16x8::splat(least));
            walls -= before;
            slices += counts(heads) & before;
        }
        let (mut head, mut health) = (usize::from(walls.reduce_add()), usize::from(slices.reduce_add()));
        for word in rest {
            let before = usize::from(*word < least);
            head += before;
            health += count(*word) & before.wrapping_neg();
        }
        let word = self.heads.get(head).copied().filter(|word| word >> SLICES_PER_WALL == wall);
        let mask = word.unwrap_or(0);
        health += count(mask & (bit - 1));
        Spot { head, health, bit, has_wall: word.is_some(), has_slice: mask & bit != 0 }
    }

    /// Health of a slice as remembered; `None`: as it is.
    pub(crate) fn get(&self, slice: u16) -> Option<u16> {
        if self.is_empty() {
            return None;
        }
        let spot = self.find(slice);
        spot.has_slice.then(|| self.healths[spot.health])
    }

    /// Remembers a slice.
    pub(crate) fn set(&mut self, slice: u16, knew: u16) {
        let spot = self.find(slice);
        if spot.has_slice {
            self.healths[spot.health] = knew;
        } else {
            self.insert(spot, slice, knew);
        }
    }

    /// A slice has changed unseen from `before` to `left`: it is remembered, unless it is now as it was remembered.
    pub(crate) fn miss(&mut self, slice: u16, before: u16, left: u16) {
        let spot = self.find(slice);
        if !spot.has_slice {
            if before != left {
                self.insert(spot, slice, before);
            }
        } else if self.healths[spot.health] == left {
            self.remove(spot);
        }
    }

    /// Inserts a slice that is not remembered.
    fn insert(&mut self, spot: Spot, slice: u16, knew: u16) {
        for list in [&mut self.heads, &mut self.healths] {
            if list.len() == list.capacity() {
                list.reserve_exact(GROWTH + list.len() / 8);
            }
        }
        if !spot.has_wall {
            self.heads.insert(spot.head, (slice / SLICES_PER_WALL as u16) << SLICES_PER_WALL);
        }
        self.heads[spot.head] |= spot.bit;
        self.healths.insert(spot.health, knew);
    }

    fn remove(&mut self, spot: Spot) {
        self.healths.remove(spot.health);
        self.heads[spot.head] &= !spot.bit;
        if self.heads[spot.head] & PARTS == 0 {
            self.heads.remove(spot.head);
        }
    }

    /// Forgets a slice; returns its health as it was remembered.
    pub(crate) fn take(&mut self, slice: u16) -> Option<u16> {
        if self.is_empty() {
            return None;
        }
        let spot = self.find(slice);
        spot.has_slice.then(|| {
            let knew = self.healths[spot.health];
            self.remove(spot);
            knew
        })
    }

    /// Remembers what another memory does and no more, in as little room.
    pub(crate) fn copy(&mut self, other: &Memories) {
        self.clear();
        for (list, of) in [(&mut self.heads, &other.heads), (&mut self.healths, &other.healths)] {
            list.reserve_exact(of.len());
            list.extend_from_slice(of);
        }
    }

    /// Walls from a place on, which must not be the end.
    #[inline]
    pub(crate) fn stretch(&self, from: Place) -> Stretch {
        let heads = &self.heads[from.head..];
        let heads = &heads[..heads.len().min(TOGETHER)];
        let count_all = heads.len();
        let mut stretch = Stretch { from, count: count_all, walls: [0; TOGETHER], healths: [0; TOGETHER + 1] };
        let mut sum = 0;
        for (n, head) in heads.iter().enumerate() {
            stretch.walls[n] = head >> SLICES_PER_WALL;
            sum += count(*head) as u16;
            stretch.healths[n + 1] = sum;
        }
        // A group of four may reach beyond the last.
        let last = stretch.walls[count_all - 1];
        stretch.walls[count_all..].iter_mut().take(3).for_each(|wall| *wall = last);
        stretch
    }

    /// What is from one place to another moves to a third, which is not behind them; returns where it ends there.
    #[inline]
    pub(crate) fn keep(&mut self, from: Place, until: Place, to: Place) -> Place {
        if from.head != to.head {
            self.heads.copy_within(from.head..until.head, to.head);
        }
        if from.health != to.health {
            self.healths.copy_within(from.health..until.health, to.health);
        }
        Place { head: to.head + until.head - from.head, health: to.health + until.health - from.health }
    }

    /// The same for one wall, without the slices for which `forget` is true, which gets their health; nothing is left of a
    /// wall without slices.
    #[inline]
    pub(crate) fn keep_unless(&mut self, from: Place, to: Place, mut forget: impl FnMut(u16, u16) -> bool) -> Place {
        let head = self.heads[from.head];
        let first = (head >> SLICES_PER_WALL) * SLICES_PER_WALL as u16;
        let (mut left, mut kept, mut at, mut end) = (head & PARTS, head, from.health, to.health);
        while left != 0 {
            let part = left.trailing_zeros() as u16;
            left &= left - 1;
            let knew = self.healths[at];
            at += 1;
            if forget(first + part, knew) {
                kept &= !(1 << part);
            } else {
                self.healths[end] = knew;
                end += 1;
            }
        }
        if kept & PARTS == 0 {
            return to;
        }
        self.heads[to.head] = kept;
        Place { head: to.head + 1, health: end }
    }

    /// What is from a place on is forgotten.
    #[inline]
    pub(crate) fn truncate(&mut self, at: Place) {
        self.heads.truncate(at.head);
        self.healths.truncate(at.health);
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
        fn a_memory_is_a_map(steps in proptest::collection::vec((prop_oneof![4 => 0u16..400, 1 => 7_600u16..8_000], 0u16..4, proptest::bool::weighted(0.2)), 0..900)) {
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
            prop_assert_eq!(copy.bytes(), (map.len() + memory.walls()) * size_of::<u16>());
            prop_assert_eq!(copy.iter().collect::<Vec<_>>(), memory.iter().collect::<Vec<_>>());

            // Gone through as looks do: every other wall is looked at, every third slice of it forgotten.
            let (mut at, mut kept, mut wall) = (Place::default(), Place::default(), 0);
            while at.head < copy.walls() {
                let stretch = copy.stretch(at);
                let count = stretch.count();
                let last = count / 4 * 4;
                prop_assert!(count.is_multiple_of(4) || stretch.four(last)[count % 4..].iter().all(|wall| *wall == stretch.wall(count - 1)));
                for i in 0..count {
                    kept = if wall % 2 == 0 {
                        copy.keep_unless(stretch.place(i), kept, |slice, knew| {
                            assert_eq!(map.get(&slice), Some(&knew));
                            slice % 3 == 0 && map.remove(&slice).is_some()
                        })
                    } else {
                        copy.keep(stretch.place(i), stretch.place(i + 1), kept)
                    };
                    wall += 1;
                }
                at = stretch.place(count);
            }
            copy.truncate(kept);
            prop_assert_eq!(copy.iter().collect::<Vec<_>>(), map.into_iter().collect::<Vec<_>>());
        }
    }
}
