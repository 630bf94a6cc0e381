//! Parts of a file: a type, a length, and a sum that depends on all parts before, so that none can be lost, doubled or
//! moved unnoticed.

use super::{Header, Label, MAGIC, VERSION};
use crate::{Error, Result};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Type and length before a part of less than 64 KiB, and before a longer one; its sum after.
pub(super) const HEAD: usize = 3;
pub(super) const LONG_HEAD: usize = 4;
pub(super) const SUM: usize = 4;
/// In a part's first byte: its length has three bytes.
const LONG: u8 = 0x80;
/// Where a second's flags are in its first byte.
const FLAGS: u32 = 3;
/// Bytes between head and sum at most.
pub(super) const LONGEST: usize = (1 << 24) - 1;
/// Magic and version.
pub(super) const PREFIX: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Type {
    Header = 1,
    Keyframe = 2,
    Second = 3,
    End = 4,
}

impl Type {
    fn of(number: u8) -> Option<Type> {
        [Type::Header, Type::Keyframe, Type::Second, Type::End].into_iter().find(|t| *t as u8 == number)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Type::Header => "header",
            Type::Keyframe => "keyframe",
            Type::Second => "second",
            Type::End => "end mark",
        }
    }
}

/// A keyframe's flags.
pub(super) const RESTORED: u8 = 1;
/// A second's flags: as many ticks as the rate says; a hash; operations after the last tick.
pub(super) const WHOLE: u8 = 1;
pub(super) const HASHED: u8 = 2;
pub(super) const TRAILING: u8 = 4;

/// The sum of the parts before, which the next one's depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chain(u64);

impl Chain {
    pub(super) fn new() -> Chain {
        Chain(xxh3_64(&prefix()))
    }

    /// The sum of a part, head included, as it stands after it.
    pub(super) fn add(&mut self, part: &[u8]) -> u32 {
        self.0 = xxh3_64_with_seed(part, self.0);
        self.0 as u32
    }
}

pub(super) fn prefix() -> [u8; PREFIX] {
    let mut prefix = [0; PREFIX];
    prefix[..4].copy_from_slice(&MAGIC);
    prefix[4..].copy_from_slice(&VERSION.to_le_bytes());
    prefix
}

/// What stands before a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) kind: Type,
    /// Of a second.
    pub(super) flags: u8,
    /// Bytes of the head itself.
    pub(super) bytes: usize,
    /// Bytes of the payload; 0 where `rest` ends before it.
    pub(super) length: usize,
}

impl Head {
    /// Of the part that `rest` begins with; `None`: its first byte is none of a part.
    pub(super) fn read(rest: &[u8]) -> Option<Head> {
        let first = *rest.first()?;
        let kind = Type::of(first & ((1 << FLAGS) - 1))?;
        let flags = (first & !LONG) >> FLAGS;
        if flags & !(if kind == Type::Second { WHOLE | HASHED | TRAILING } else { 0 }) != 0 {
            return None;
        }
        let bytes = if first & LONG == 0 { HEAD } else { LONG_HEAD };
        let mut length = [0; 4];
        if let Some(of_head) = rest.get(1..bytes) {
            length[..bytes - 1].copy_from_slice(of_head);
        }
        Some(Head { kind, flags, bytes, length: u32::from_le_bytes(length) as usize })
    }
}

/// Begins a part; [`close`] completes it.
pub(super) fn open(out: &mut Vec<u8>, kind: Type) -> usize {
    let start = out.len();
    out.extend_from_slice(&[0; LONG_HEAD]);
    out[start] = kind as u8;
    start
}

/// The flags of the second that was begun at `start`.
pub(super) fn set_flags(out: &mut [u8], start: usize, flags: u8) {
    out[start] = Type::Second as u8 | flags << FLAGS;
}

/// Completes the part that was begun at `start`; it must not be longer than [`LONGEST`].
pub(super) fn close(out: &mut Vec<u8>, start: usize, chain: &mut Chain) {
    let length = out.len() - start - LONG_HEAD;
    let bytes = (length as u32).to_le_bytes();
    if length >> 16 == 0 {
        out.copy_within(start + LONG_HEAD.., start + HEAD);
        out.truncate(start + HEAD + length);
        out[start + 1..start + HEAD].copy_from_slice(&bytes[..2]);
    } else {
        out[start] |= LONG;
        out[start + 1..start + LONG_HEAD].copy_from_slice(&bytes[..3]);
    }
    let sum = chain.add(&out[start..]);
    out.extend_from_slice(&sum.to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    // Checked by whoever made it to be at most 256 bytes long.
    out.extend_from_slice(&(text.len() as u16).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Flag of a header: the match is as it was created, and no keyframe follows.
const CREATED: u8 = 1;

pub(super) fn write_header(out: &mut Vec<u8>, header: &Header, created: bool) {
    out.extend_from_slice(&header.simulation.to_le_bytes());
    out.extend_from_slice(&header.tick_rate.to_le_bytes());
    out.extend_from_slice(&header.seed.to_le_bytes());
    out.extend_from_slice(&header.rules.to_le_bytes());
    out.extend_from_slice(&header.map.to_le_bytes());
    out.extend_from_slice(&header.first_tick.to_le_bytes());
    out.extend_from_slice(&header.keyframe_ticks.to_le_bytes());
    out.extend_from_slice(&header.kill_target.to_le_bytes());
    out.push(if created { CREATED } else { 0 });
    out.push(header.labels.len() as u8);
    put_text(out, &header.engine);
    put_text(out, &header.rules_name);
    for label in &header.labels {
        out.push(label.slot.unwrap_or(0xFF));
        put_text(out, &label.key);
        put_text(out, &label.value);
    }
}

/// Bytes of a part that are taken one field after the other; each error names the field.
struct Fields<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Fields<'_> {
    fn bad<T>(&self, field: &'static str, reason: impl Into<String>) -> Result<T> {
        Err(Error::BadReplay { field, reason: reason.into(), at: self.at, tick: None })
    }

    fn take<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N]> {
        let Some((first, rest)) = self.bytes.split_first_chunk::<N>() else {
            return self.bad(field, "the header ends before it");
        };
        self.bytes = rest;
        self.at += N as u64;
        Ok(*first)
    }

    fn text(&mut self, field: &'static str, most: usize) -> Result<String> {
        let length = usize::from(u16::from_le_bytes(self.take(field)?));
        if length > most || length > self.bytes.len() {
            return self.bad(field, format!("{length} bytes; at most {most} that are there"));
        }
        let (text, rest) = self.bytes.split_at(length);
        let Ok(text) = core::str::from_utf8(text) else { return self.bad(field, "it is no UTF-8") };
        self.bytes = rest;
        self.at += length as u64;
        Ok(text.to_owned())
    }
}

/// The header, and whether the match is as it was created.
pub(super) fn read_header(bytes: &[u8], at: u64, version: u32) -> Result<(Header, bool)> {
    let mut fields = Fields { bytes, at };
    let simulation = u32::from_le_bytes(fields.take("simulation")?);
    let tick_rate = u32::from_le_bytes(fields.take("tick_rate")?);
    if !(20..=240).contains(&tick_rate) {
        return fields.bad("tick_rate", format!("{tick_rate}; 20 to 240"));
    }
    let seed = u64::from_le_bytes(fields.take("seed")?);
    let rules = u64::from_le_bytes(fields.take("rules")?);
    let map = u64::from_le_bytes(fields.take("map")?);
    let first_tick = u32::from_le_bytes(fields.take("first_tick")?);
    if first_tick > i32::MAX as u32 {
        return fields.bad("first_tick", format!("{first_tick}; at most 2^31 - 1"));
    }
    let keyframe_ticks = u32::from_le_bytes(fields.take("keyframe_ticks")?);
    if keyframe_ticks == 0 || keyframe_ticks > 3600 * 240 || !keyframe_ticks.is_multiple_of(tick_rate) {
        return fields.bad("keyframe_ticks", format!("{keyframe_ticks}; whole seconds, 1 to 3600"));
    }
    let kill_target = u16::from_le_bytes(fields.take("kill_target")?);
    if !(1..=10_000).contains(&kill_target) {
        return fields.bad("kill_target", format!("{kill_target}; 1 to 10000"));
    }
    let [flags, count] = fields.take("flags")?;
    if flags & !CREATED != 0 || (flags == CREATED && first_tick != 0) {
        return fields.bad("flags", format!("{flags}; 0, or 1 where first_tick is 0"));
    }
    let engine = fields.text("engine", Label::VALUE)?;
    let rules_name = fields.text("rules_name", Label::VALUE)?;
    let mut labels = Vec::new();
    for _ in 0..count {
        let [slot] = fields.take("label")?;
        let slot = match slot {
            0xFF => None,
            0..=7 => Some(slot),
            _ => return fields.bad("label", format!("slot {slot}; 0 to 7, or 255")),
        };
        let label = Label { slot, key: fields.text("label", Label::KEY)?, value: fields.text("label", Label::VALUE)? };
        if label.check().is_err() {
            return fields.bad("label", "a key of 0 bytes");
        }
        labels.push(label);
    }
    if !fields.bytes.is_empty() {
        return fields.bad("header", format!("{} bytes too long", fields.bytes.len()));
    }
    let header = Header {
        version,
        simulation,
        engine,
        tick_rate,
        seed,
        kill_target,
        rules,
        rules_name,
        map,
        first_tick,
        keyframe_ticks,
        labels,
    };
    Ok((header, flags == CREATED))
}
