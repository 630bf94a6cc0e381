//! An adaptive binary range coder: 32 bits of range, carries kept back as LZMA does, probabilities of 16 bits.
//!
//! [`Coder`] is one interface for both directions, so that a model is written once: each call takes what is to be
//! written and returns what stands there. A writer returns what it was given; a reader ignores it.

use super::priors::Chances;

/// How likely a bit is 1: the mean of a quick and a slow estimate, each in 1/65536.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bit {
    quick: u16,
    slow: u16,
}

/// Shifts by which the estimates follow.
const QUICK: u32 = 4;
const SLOW: u32 = 8;
/// No probability is nearer to 0 or 1, in 1/65536.
const LEAST: u32 = 24;

impl Bit {
    pub(super) const EVEN: Bit = Bit { quick: 1 << 15, slow: 1 << 15 };

    /// A chance of the table of [`super::priors`].
    pub(super) fn of(byte: u8) -> Bit {
        let chance = u16::from(byte) << 8 | 0x80;
        Bit { quick: chance, slow: chance }
    }

    #[inline(always)]
    fn chance(self) -> u32 {
        ((u32::from(self.quick) + u32::from(self.slow)) >> 1).clamp(LEAST, 65_536 - LEAST)
    }

    #[inline(always)]
    fn learn(&mut self, bit: bool) {
        if bit {
            self.quick += (u16::MAX - self.quick) >> QUICK;
            self.slow += (u16::MAX - self.slow) >> SLOW;
        } else {
            self.quick -= self.quick >> QUICK;
            self.slow -= self.slow >> SLOW;
        }
    }
}

/// 65536 / (1 + e^(-x / 256)) for x from -2048 to 2048 in steps of 32.
#[rustfmt::skip]
const SQUASH: [u16; 129] = [
    22, 25, 28, 32, 36, 41, 47, 53, 60, 68, 77, 87,
    98, 111, 126, 143, 162, 184, 208, 236, 267, 302, 342, 387,
    439, 497, 562, 636, 720, 815, 922, 1042, 1179, 1333, 1506, 1701,
    1921, 2168, 2446, 2758, 3108, 3500, 3938, 4427, 4971, 5577, 6249, 6992,
    7812, 8714, 9702, 10782, 11955, 13226, 14595, 16062, 17625, 19282, 21025, 22849,
    24743, 26695, 28693, 30723, 32768, 34813, 36843, 38841, 40793, 42687, 44511, 46254,
    47911, 49474, 50941, 52310, 53581, 54754, 55834, 56822, 57724, 58544, 59287, 59959,
    60565, 61109, 61598, 62036, 62428, 62778, 63090, 63368, 63615, 63835, 64030, 64203,
    64357, 64494, 64614, 64721, 64816, 64900, 64974, 65039, 65097, 65149, 65194, 65234,
    65269, 65300, 65328, 65352, 65374, 65393, 65410, 65425, 65438, 65449, 65459, 65468,
    65476, 65483, 65489, 65495, 65500, 65504, 65508, 65511, 65514,
];

/// The chance, in 1/65536, of a number of the logistic domain, -2047 to 2047.
#[inline(always)]
const fn squash(x: i32) -> u32 {
    let at = (x + 2048) as u32;
    let (low, part) = (SQUASH[(at >> 5) as usize] as u32, at & 31);
    let high = SQUASH[(at >> 5) as usize + 1] as u32;
    low + (((high - low) * part) >> 5)
}

/// The inverse of [`squash`], by the upper 12 bits of a chance.
static STRETCH: [i16; 4096] = {
    let mut table = [0; 4096];
    let mut x = -2047;
    let mut i = 0;
    while i < 4096 {
        while x < 2047 && squash(x) < i * 16 + 8 {
            x += 1;
        }
        table[i as usize] = x as i16;
        i += 1;
    }
    table
};

/// How much each of `N` chances of a bit counts, in 1/65536.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights<const N: usize>([i32; N]);

/// What the weights add up to at first.
const AT_FIRST: i32 = 70_000;
/// Bounds of a weight.
const MOST_WEIGHT: i32 = 1 << 18;

impl<const N: usize> Weights<N> {
    pub(super) const NEW: Weights<N> = Weights([AT_FIRST / N as i32; N]);
}

/// Writes or reads bits. Nothing fails: a reader beyond its bytes reads zeros.
pub(super) trait Coder {
    /// Whether this writes.
    const WRITES: bool;

    /// One bit that is 1 with a chance in 1/65536, [`LEAST`] to 65536 - [`LEAST`].
    fn with(&mut self, chance: u32, bit: bool) -> bool;

    /// One bit, and learns it.
    #[inline(always)]
    fn bit(&mut self, chance: &mut Bit, bit: bool) -> bool {
        let bit = self.with(chance.chance(), bit);
        chance.learn(bit);
        bit
    }

    /// One bit by several chances that were learnt in different contexts: the weighted sum of what they say in the
    /// logistic domain. Learns them and the weights.
    #[inline(always)]
    fn mixed<const N: usize>(&mut self, chances: [&mut Bit; N], weights: &mut Weights<N>, bit: bool) -> bool {
        let said: [i32; N] = core::array::from_fn(|i| STRETCH[(chances[i].chance() >> 4) as usize].into());
        // Within 2^29 for four chances.
        let sum: i32 = said.iter().zip(&weights.0).map(|(said, weight)| said * (weight >> 2)).sum();
        let chance = squash((sum >> 14).clamp(-2047, 2047)).clamp(LEAST, 65_536 - LEAST);
        let bit = self.with(chance, bit);
        let off = if bit { 65_536 } else { 0 } - chance as i32;
        for (weight, said) in weights.0.iter_mut().zip(said) {
            *weight = (*weight + ((said * (off >> 2)) >> 14)).clamp(-MOST_WEIGHT, MOST_WEIGHT);
        }
        for chance in chances {
            chance.learn(bit);
        }
        bit
    }

    /// `count` bits that are as likely 0 as 1, at most 16.
    fn plain(&mut self, count: u32, value: u32) -> u32;

    /// A number of `count` bits, most significant first, by a tree of `1 << count` chances.
    #[inline]
    fn tree(&mut self, chances: &mut [Bit], count: u32, value: u32) -> u32 {
        let mut node = 1;
        for i in (0..count).rev() {
            let bit = self.bit(&mut chances[node], value >> i & 1 == 1);
            node = node << 1 | usize::from(bit);
        }
        node as u32 - (1 << count)
    }

    /// A number of 32 bits, 16 at a time.
    #[inline]
    fn word(&mut self, value: u32) -> u32 {
        self.plain(16, value >> 16) << 16 | self.plain(16, value & 0xFFFF)
    }
}

const TOP: u32 = 1 << 24;

/// Appends to a list of bytes.
#[derive(Debug)]
pub(super) struct Writer {
    low: u64,
    range: u32,
    cache: u8,
    /// Bytes that a carry may still change: the cache and 0xFF after it. 0: nothing has been written yet.
    kept: u32,
    first: bool,
}

impl Writer {
    pub(super) const NEW: Writer = Writer { low: 0, range: u32::MAX, cache: 0, kept: 0, first: true };

    #[inline]
    fn shift(&mut self, out: &mut Vec<u8>) {
        if (self.low as u32) < 0xFF00_0000 || self.low >> 32 != 0 {
            let carry = (self.low >> 32) as u8;
            // The very first byte would always be 0.
            if !self.first {
                out.push(self.cache.wrapping_add(carry));
            }
            self.first = false;
            for _ in 0..self.kept {
                out.push(0xFF_u8.wrapping_add(carry));
            }
            self.kept = 0;
            self.cache = (self.low >> 24) as u8;
        } else {
            self.kept += 1;
        }
        self.low = (self.low & 0x00FF_FFFF) << 8;
    }

    /// Ends the bytes that were begun at `start`. Zeros at the end are left out: a reader makes them up.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>, start: usize) {
        // Of the numbers that say the same, the one with the most zeros at its end.
        let high = self.low + u64::from(self.range) - 1;
        let mut keep = u64::MAX;
        for bits in (0..32).rev() {
            let rounded = (self.low + (1 << bits) - 1) >> bits << bits;
            if rounded <= high {
                keep = rounded;
                break;
            }
        }
        self.low = keep;
        for _ in 0..5 {
            self.shift(out);
        }
        while out.len() > start && out[out.len() - 1] == 0 {
            out.pop();
        }
        *self = Writer::NEW;
    }
}

/// A [`Writer`] and where it writes to.
pub(super) struct Writing<'a> {
    pub(super) writer: &'a mut Writer,
    pub(super) out: &'a mut Vec<u8>,
}

impl Coder for Writing<'_> {
    const WRITES: bool = true;

    #[inline]
    fn with(&mut self, chance: u32, bit: bool) -> bool {
        let writer = &mut *self.writer;
        let bound = (writer.range >> 16) * chance;
        if bit {
            writer.range = bound;
        } else {
            writer.low += u64::from(bound);
            writer.range -= bound;
        }
        while writer.range < TOP {
            writer.range <<= 8;
            writer.shift(self.out);
        }
        bit
    }

    #[inline]
    fn plain(&mut self, count: u32, value: u32) -> u32 {
        let writer = &mut *self.writer;
        writer.range >>= count;
        writer.low += u64::from(writer.range) * u64::from(value);
        while writer.range < TOP {
            writer.range <<= 8;
            writer.shift(self.out);
        }
        value
    }
}

/// Reads what a [`Writer`] wrote; beyond its bytes there are zeros.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    state: ReaderState,
}

/// Where a reader is, without its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReaderState {
    range: u32,
    code: u32,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        let mut reader = Reader { bytes, state: ReaderState { range: u32::MAX, code: 0, at: 0 } };
        for _ in 0..4 {
            reader.state.code = reader.state.code << 8 | reader.next();
        }
        reader
    }

    /// Goes on where another of the same bytes has been.
    pub(super) fn resume(bytes: &'a [u8], state: ReaderState) -> Reader<'a> {
        Reader { bytes, state }
    }

    pub(super) fn state(&self) -> ReaderState {
        self.state
    }

    #[inline(always)]
    fn next(&mut self) -> u32 {
        let byte = self.bytes.get(self.state.at).copied().unwrap_or(0);
        self.state.at += 1;
        byte.into()
    }

    #[inline(always)]
    fn normalize(&mut self) {
        while self.state.range < TOP {
            self.state.range <<= 8;
            self.state.code = self.state.code << 8 | self.next();
        }
    }
}

impl Coder for Reader<'_> {
    const WRITES: bool = false;

    #[inline(always)]
    fn with(&mut self, chance: u32, _: bool) -> bool {
        let bound = (self.state.range >> 16) * chance;
        let bit = self.state.code < bound;
        if bit {
            self.state.range = bound;
        } else {
            self.state.code -= bound;
            self.state.range -= bound;
        }
        self.normalize();
        bit
    }

    #[inline]
    fn plain(&mut self, count: u32, _: u32) -> u32 {
        self.state.range >>= count;
        // A liar's code may lie beyond the range; the value stays within its bits.
        let value = (self.state.code / self.state.range).min((1 << count) - 1);
        self.state.code = self.state.code.wrapping_sub(value.wrapping_mul(self.state.range));
        self.normalize();
        value
    }
}

/// Chances of whole numbers in `N` contexts: none, sign, and as many bits as the number has, of which the upper two are
/// learnt.
#[derive(Debug, Clone)]
pub(super) struct Numbers<const N: usize> {
    zero: [Bit; N],
    sign: [Bit; N],
    length: [[Bit; 16]; N],
    upper: [[[Bit; 4]; 17]; N],
}

impl<const N: usize> Chances for Numbers<N> {
    fn each(&mut self, f: &mut impl FnMut(&mut Bit)) {
        self.zero.each(f);
        self.sign.each(f);
        self.length.each(f);
        self.upper.each(f);
    }
}

impl<const N: usize> Numbers<N> {
    pub(super) const NEW: Numbers<N> = Numbers {
        zero: [Bit::EVEN; N],
        sign: [Bit::EVEN; N],
        length: [[Bit::EVEN; 16]; N],
        upper: [[[Bit::EVEN; 4]; 17]; N],
    };

    /// -131071 to 131071.
    #[inline]
    pub(super) fn code<C: Coder>(&mut self, coder: &mut C, context: usize, value: i32) -> i32 {
        if !coder.bit(&mut self.zero[context], value != 0) {
            return 0;
        }
        let negative = coder.bit(&mut self.sign[context], value < 0);
        let size = value.unsigned_abs();
        let number = Self::size(coder, &mut self.length[context], &mut self.upper[context], size) as i32;
        if negative { -number } else { number }
    }

    /// A number from 1 to 131071: how many bits follow its first, then those.
    #[inline]
    pub(super) fn size<C: Coder>(
        coder: &mut C,
        length_chances: &mut [Bit; 16],
        upper: &mut [[Bit; 4]; 17],
        size: u32,
    ) -> u32 {
        let bits = if C::WRITES { size.ilog2() } else { 0 };
        let mut length = 0;
        while length < 16 && coder.bit(&mut length_chances[length as usize], length < bits) {
            length += 1;
        }
        Self::rest(coder, length, upper, size)
    }

    /// The bits of a size after its first, of which there are `length`.
    #[inline]
    pub(super) fn rest<C: Coder>(coder: &mut C, length: u32, upper: &mut [[Bit; 4]; 17], size: u32) -> u32 {
        let mut number = 1;
        for i in (0..length).rev() {
            let done = length - 1 - i;
            let bit = size >> i & 1;
            let bit = if done < 2 {
                // The first bit has a chance of its own, the second one for each value of the first.
                let node = if done == 0 { 1 } else { 2 + (number & 1) as usize };
                u32::from(coder.bit(&mut upper[length as usize][node], bit == 1))
            } else {
                coder.plain(1, bit)
            };
            number = number << 1 | bit;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers in prop::collection::vec((-131_071i32..=131_071, 0usize..3), 0..400), bits in any::<bool>()) {
            let mut out = vec![7];
            let mut writer = Writer::NEW;
            let (mut chances, mut one, mut tree) = (Numbers::<3>::NEW, Bit::EVEN, [Bit::EVEN; 8]);
            let (mut three, mut weights) = ([Bit::EVEN; 3], Weights::NEW);
            for &(number, context) in &numbers {
                let mut coder = Writing { writer: &mut writer, out: &mut out };
                chances.code(&mut coder, context, number);
                coder.bit(&mut one, bits);
                coder.word(number as u32);
                coder.tree(&mut tree, 3, number as u32 & 7);
                let [a, b, c] = &mut three;
                coder.mixed([a, b, c], &mut weights, number & 3 == 0);
            }
            writer.finish(&mut out, 1);
            let mut reader = Reader::new(&out[1..]);
            let (mut chances, mut one, mut tree) = (Numbers::<3>::NEW, Bit::EVEN, [Bit::EVEN; 8]);
            let (mut three, mut weights) = ([Bit::EVEN; 3], Weights::NEW);
            for &(number, context) in &numbers {
                prop_assert_eq!(chances.code(&mut reader, context, 0), number);
                prop_assert_eq!(reader.bit(&mut one, false), bits);
                prop_assert_eq!(reader.word(0), number as u32);
                prop_assert_eq!(reader.tree(&mut tree, 3, 0), number as u32 & 7);
                let [a, b, c] = &mut three;
                prop_assert_eq!(reader.mixed([a, b, c], &mut weights, false), number & 3 == 0);
            }
        }

        #[test]
        fn odds_are_squashed_back(chance in 0usize..4096) {
            let back = squash(STRETCH[chance].into()) as i32;
            let there = chance as i32 * 16 + 8;
            // A step of the logistic domain is 1/256 of odds, which is 64 at an even chance; the ends are cut off.
            prop_assert!((back - there).abs() <= 64, "{there} {back}");
        }

        #[test]
        fn any_bytes_read_as_something(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&bytes);
            let mut chances = Numbers::<1>::NEW;
            for _ in 0..200 {
                let number = chances.code(&mut reader, 0, 0);
                prop_assert!(number.abs() <= 131_071);
                prop_assert!(reader.plain(16, 0) <= 0xFFFF);
            }
        }
    }
}
