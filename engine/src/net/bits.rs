//! Bits in and out, the lowest first (PROTOCOL.md, section 1).

use crate::Error;

/// The fields of PROTOCOL.md, section 1, for whatever takes bits.
pub(crate) trait Put {
    /// The lowest `bits` of `value`, at most 32; the rest of it must be 0.
    fn u(&mut self, bits: u32, value: u32);

    #[inline]
    fn flag(&mut self, on: bool) -> bool {
        self.u(1, on.into());
        on
    }

    /// Two's complement; `value` must fit.
    #[inline]
    fn s(&mut self, bits: u32, value: i32) {
        self.u(bits, value as u32 & (u32::MAX >> (32 - bits)));
    }

    #[inline]
    fn uv(&mut self, group: u32, mut value: u32) {
        loop {
            let more = value >> group != 0;
            self.u(group + 1, (value & ((1 << group) - 1)) | u32::from(more) << group);
            value >>= group;
            if !more {
                return;
            }
        }
    }
}

/// Appends bits to bytes.
pub(crate) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    word: u64,
    /// Bits in `word`, below 64 between calls.
    held: u32,
}

impl Put for Writer<'_> {
    #[inline]
    fn u(&mut self, bits: u32, value: u32) {
        debug_assert!(bits <= 32 && (bits == 32 || value >> bits == 0), "{value} in {bits} bits");
        self.bits64(Bits { word: value.into(), held: bits });
    }
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Writer<'a> {
        let start = out.len();
        Writer { out, start, word: 0, held: 0 }
    }

    /// What has been put together.
    #[inline]
    pub(crate) fn bits64(&mut self, bits: Bits) {
        let held = self.held;
        self.word |= bits.word << held;
        self.held = held + bits.held;
        if self.held >= 64 {
            // In two shifts, for there may be no bit left over.
            self.flush(bits.word >> 1 >> (63 - held));
        }
    }

    /// Writes a whole word; `rest`: what did not fit. A call, for fields are written in a hundred places, and the vector's
    /// growth in each of them is more code than the cache holds.
    #[inline(never)]
    fn flush(&mut self, rest: u64) {
        self.out.extend_from_slice(&self.word.to_le_bytes());
        self.word = rest;
        self.held -= 64;
    }

    pub(crate) fn f(&mut self, value: f32) {
        self.u(32, value.to_bits());
    }

    pub(crate) fn fs(&mut self, values: &[f32]) {
        values.iter().for_each(|value| self.f(*value));
    }

    /// Bits written so far.
    pub(crate) fn bits(&self) -> usize {
        (self.out.len() - self.start) * 8 + self.held as usize
    }

    /// Whole bytes, the rest of the last one 0.
    pub(crate) fn finish(self) {
        let bytes = self.held.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.word.to_le_bytes()[..bytes]);
    }
}

/// Up to 64 bits put together in a register, for [`Writer::bits64`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bits {
    word: u64,
    held: u32,
}

impl Put for Bits {
    #[inline]
    fn u(&mut self, bits: u32, value: u32) {
        debug_assert!(self.held + bits <= 64 && (bits == 32 || value >> bits == 0), "{value} in {bits} bits");
        self.word |= u64::from(value) << self.held;
        self.held += bits;
    }
}

/// A message that is none: the field at fault and its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bad {
    pub(crate) field: &'static str,
    pub(crate) limit: &'static str,
}

impl From<Bad> for Error {
    fn from(bad: Bad) -> Error {
        Error::BadMessage { field: bad.field, reason: bad.limit }
    }
}

pub(crate) type Read<T> = core::result::Result<T, Bad>;

pub(crate) fn bad<T>(field: &'static str, limit: &'static str) -> Read<T> {
    Err(Bad { field, limit })
}

/// Takes bits off bytes; nothing is read beyond them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    /// Bits read.
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    /// Bits read so far.
    pub(crate) fn bits(&self) -> usize {
        self.at
    }

    /// Up to 32 bits.
    #[inline]
    pub(crate) fn u(&mut self, bits: u32, field: &'static str) -> Read<u32> {
        let end = self.at + bits as usize;
        if end > self.bytes.len() * 8 {
            return bad(field, "within the message, which ends before it");
        }
        let first = self.at / 8;
        let mut window = [0; 8];
        let there = (self.bytes.len() - first).min(8);
        window[..there].copy_from_slice(&self.bytes[first..first + there]);
        let word = u64::from_le_bytes(window) >> (self.at % 8);
        self.at = end;
        Ok((word & ((1u64 << bits) - 1)) as u32)
    }

    #[inline]
    pub(crate) fn flag(&mut self, field: &'static str) -> Read<bool> {
        Ok(self.u(1, field)? == 1)
    }

    pub(crate) fn s(&mut self, bits: u32, field: &'static str) -> Read<i32> {
        let value = self.u(bits, field)?;
        Ok((value << (32 - bits)) as i32 >> (32 - bits))
    }

    pub(crate) fn uv(&mut self, group: u32, field: &'static str) -> Read<u32> {
        let mut value = 0u64;
        let mut shift = 0;
        loop {
            let part = self.u(group, field)?;
            let more = self.flag(field)?;
            if part == 0 && shift > 0 && !more {
                return bad(field, "written in as few groups as it needs");
            }
            value |= u64::from(part) << shift;
            if value > u64::from(u32::MAX) {
                return bad(field, "below 2^32");
            }
            if !more {
                return Ok(value as u32);
            }
            shift += group;
            if shift >= 32 {
                return bad(field, "below 2^32");
            }
        }
    }

    pub(crate) fn f(&mut self, field: &'static str) -> Read<f32> {
        let value = f32::from_bits(self.u(32, field)?);
        if value.is_finite() { Ok(value) } else { bad(field, "a finite number") }
    }

    /// A value of at most `most`.
    pub(crate) fn most(&mut self, bits: u32, most: u32, field: &'static str, limit: &'static str) -> Read<u32> {
        let value = self.u(bits, field)?;
        if value <= most { Ok(value) } else { bad(field, limit) }
    }

    /// All has been read: no byte is left over, and the rest of the last one is 0.
    pub(crate) fn end(mut self) -> Read<()> {
        let left = self.bytes.len() * 8 - self.at;
        if left >= 8 {
            return bad("end", "the message's; whole bytes are left over");
        }
        if self.u(left as u32, "end")? != 0 { bad("end", "filled up with bits that are 0") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut word = 0x9E37_79B9u32;
        for round in 0..200 {
            let mut out = vec![7; round % 3];
            let (skip, mut values) = (out.len(), Vec::new());
            let mut w = Writer::new(&mut out);
            for i in 0..round {
                word = word.wrapping_mul(0x0019_660D).wrapping_add(0x3C6E_F35F);
                let bits = 1 + (word >> 8) % 32;
                let value = word.rotate_left(7) & (u32::MAX >> (32 - bits));
                match i % 4 {
                    0 => w.u(bits, value),
                    1 => w.uv(1 + bits % 8, value),
                    2 => w.s(bits, (value << (32 - bits)) as i32 >> (32 - bits)),
                    _ => w.u(1, value & 1),
                }
                values.push((i % 4, bits, value));
            }
            let bits = w.bits();
            w.finish();
            assert_eq!((out.len() - skip) * 8, bits.next_multiple_of(8));
            let mut r = Reader::new(&out[skip..]);
            for (kind, bits, value) in values {
                match kind {
                    0 => assert_eq!(r.u(bits, "").unwrap(), value),
                    1 => assert_eq!(r.uv(1 + bits % 8, "").unwrap(), value),
                    2 => assert_eq!(r.s(bits, "").unwrap() as u32 & (u32::MAX >> (32 - bits)), value),
                    _ => assert_eq!(r.flag("").unwrap(), value & 1 == 1),
                }
            }
            assert_eq!(r.bits(), bits);
            r.end().unwrap();
        }
    }

    #[test]
    fn what_is_not_canonical_is_refused() {
        // 5 in a second group that is 0; and 33 bits.
        assert_eq!(Reader::new(&[0b0000_1101]).uv(3, "n").unwrap_err().field, "n");
        assert!(Reader::new(&[0xFF; 8]).uv(8, "n").is_err());
        assert!(Reader::new(&[0xFF; 8]).uv(6, "n").is_err());
        assert!(Reader::new(&[0, 0, 0xC0, 0x7F]).f("n").is_err());
        assert!(Reader::new(&[1]).u(9, "n").is_err());
        assert!(Reader::new(&[0, 0]).end().is_err());
        let mut r = Reader::new(&[0b1000_0000]);
        r.u(4, "n").unwrap();
        assert!(r.end().is_err());
    }
}
