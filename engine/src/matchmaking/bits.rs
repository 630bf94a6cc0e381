//! A set of positions that answers "the nearest member from here" in a few words: 64 positions a word, and above them a
//! word's bit for each word that is not empty. 10,000 positions are 1.3 KB, so that the sets of all regions stay in the
//! first-level cache while a form call runs.

/// Positions 0 to a length; see the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
    /// Bit w of the whole: `words[w]` is not 0.
    summary: Vec<u64>,
}

impl Bits {
    /// Empty, for positions below `length`.
    pub(super) fn reset(&mut self, length: usize) {
        self.words.clear();
        self.words.resize(length.div_ceil(64), 0);
        self.summary.clear();
        self.summary.resize(self.words.len().div_ceil(64), 0);
    }

    pub(super) fn insert(&mut self, at: usize) {
        self.words[at / 64] |= 1 << (at % 64);
        self.summary[at / 4096] |= 1 << (at / 64 % 64);
    }

    pub(super) fn remove(&mut self, at: usize) {
        self.words[at / 64] &= !(1 << (at % 64));
        if self.words[at / 64] == 0 {
            self.summary[at / 4096] &= !(1 << (at / 64 % 64));
        }
    }

    /// The first member from `from` on that is below `end`.
    pub(super) fn next(&self, from: usize, end: usize) -> Option<usize> {
        if from >= end {
            return None;
        }
        let word = from / 64;
        let rest = self.words[word] & (!0 << (from % 64));
        let found = if rest != 0 {
            word * 64 + rest.trailing_zeros() as usize
        } else {
            let word = first_from(&self.summary, word + 1)?;
            word * 64 + self.words[word].trailing_zeros() as usize
        };
        (found < end).then_some(found)
    }

    /// The last member before `to` that is not below `start`.
    pub(super) fn previous(&self, to: usize, start: usize) -> Option<usize> {
        if to <= start {
            return None;
        }
        let word = (to - 1) / 64;
        let rest = self.words[word] & (!0 >> (63 - (to - 1) % 64));
        let found = if rest != 0 {
            word * 64 + 63 - rest.leading_zeros() as usize
        } else {
            let word = last_before(&self.summary, word)?;
            word * 64 + 63 - self.words[word].leading_zeros() as usize
        };
        (found >= start).then_some(found)
    }
}

fn first_from(words: &[u64], from: usize) -> Option<usize> {
    let first = words.get(from / 64)? & (!0 << (from % 64));
    if first != 0 {
        return Some(from / 64 * 64 + first.trailing_zeros() as usize);
    }
    let found = (from / 64 + 1..words.len()).find(|word| words[*word] != 0)?;
    Some(found * 64 + words[found].trailing_zeros() as usize)
}

fn last_before(words: &[u64], to: usize) -> Option<usize> {
    let word = to.checked_sub(1)? / 64;
    let last = words[word] & (!0 >> (63 - (to - 1) % 64));
    if last != 0 {
        return Some(word * 64 + 63 - last.leading_zeros() as usize);
    }
    let found = (0..word).rev().find(|word| words[*word] != 0)?;
    Some(found * 64 + 63 - words[found].leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{below, philox4x32};
    use std::collections::BTreeSet;

    #[test]
    fn finds_what_an_ordered_set_finds() {
        for (length, members) in [(1, 1), (64, 3), (65, 64), (4096, 5), (9000, 40), (70_000, 9), (70_000, 3000)] {
            let (mut bits, mut set) = (Bits::default(), BTreeSet::new());
            bits.reset(length);
            for i in 0..members {
                let at = below(philox4x32([i, 1, 0, 0], [7, length as u32])[0], length as u32) as usize;
                bits.insert(at);
                set.insert(at);
            }
            for i in 0..2000 {
                let [a, b, c, d] = philox4x32([i, 2, 0, 0], [7, length as u32]);
                let (from, end) = (below(a, length as u32 + 1) as usize, below(b, length as u32 + 1) as usize);
                let (low, high) = (from.min(end), from.max(end));
                assert_eq!(bits.next(low, high), set.range(low..high).next().copied());
                assert_eq!(bits.previous(high, low), set.range(low..high).next_back().copied());
                if c % 4 == 0 {
                    let gone = below(d, length as u32) as usize;
                    bits.remove(gone);
                    set.remove(&gone);
                }
            }
        }
    }
}
