//! Reading.

use super::coder::{Reader, ReaderState};
use super::frame::{self, Chain, Head, Type};
use super::ops::{self, Item, Model};
use super::record::END;
use super::{Label, MAGIC, VERSION};
use crate::world::{Op, PLAYERS};
use crate::{Error, Result};
use std::sync::Arc;

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
    /// Of the match when the recording began.
    pub seed: u64,
    /// Kills that win.
    pub kill_target: u16,
    /// [`crate::RuleSet::hash`].
    pub rules: u64,
    /// Name of the rule set.
    pub rules_name: String,
    /// [`crate::GameMap::hash`].
    pub map: u64,
    /// The match's tick when the recording began; the recording's count on from there.
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
    /// Where it stands in the file.
    pub at: u64,
    /// Bytes.
    pub bytes: u32,
    /// Something was done after its last tick.
    pub(super) trailing: bool,
    /// Bytes of it before the operations.
    pub(super) head: u8,
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
    /// The first of its seconds.
    pub(super) second: u32,
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
    /// Magic, version and header with its labels.
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

#[derive(Debug)]
struct Whole {
    bytes: Vec<u8>,
    header: Header,
    seconds: Vec<Second>,
    keyframes: Vec<Keyframe>,
    parts: Parts,
    tail: Tail,
    last_tick: u32,
}

/// A recording that has been read: every part is whole, and its frame is in order. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Replay {
    whole: Arc<Whole>,
}

/// Ticks of a recording at most; a match's own end there.
const LAST_TICK: u64 = (u32::MAX / 2) as u64;

impl Replay {
    /// Finds all parts of a recording and checks their sums; operations and states are looked into as they are played.
    ///
    /// # Errors
    /// [`Error::BadReplay`] naming part, place and tick. A file that ends in the middle of a part is not damaged but
    /// unfinished: [`Replay::tail`].
    pub fn open(bytes: impl Into<Vec<u8>>) -> Result<Replay> {
        Ok(Replay { whole: Arc::new(Whole::read(bytes.into())?) })
    }

    /// What stands at the beginning.
    pub fn header(&self) -> &Header {
        &self.whole.header
    }

    /// How it ends.
    pub fn tail(&self) -> Tail {
        self.whole.tail
    }

    /// Tick of the recording at its end; [`Header::first_tick`] is that at its beginning.
    pub fn last_tick(&self) -> u32 {
        self.whole.last_tick
    }

    /// Its seconds, in their order.
    pub fn seconds(&self) -> &[Second] {
        &self.whole.seconds
    }

    /// Its keyframes, in their order; the first is where it begins.
    pub fn keyframes(&self) -> &[Keyframe] {
        &self.whole.keyframes
    }

    /// Where its bytes are.
    pub fn parts(&self) -> Parts {
        self.whole.parts
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.whole.bytes
    }

    /// All that has been done to the match, in its order, inputs included: those between two ticks slot by slot if they
    /// are all there is.
    pub fn entries(&self) -> Entries {
        Entries { tape: Tape::new(self, 0), at: 0, tick: 0, ended: false }
    }

    /// All that has been done to the match but for inputs: who came and went, what the host did, labels.
    ///
    /// # Errors
    /// [`Error::BadReplay`].
    pub fn timeline(&self) -> Result<Vec<Entry>> {
        let input = |entry: &Result<Entry>| matches!(entry, Ok(Entry { what: What::Op(Op::Input { .. }), .. }));
        self.entries().filter(|entry| !input(entry)).collect()
    }

    /// What stands in the keyframe: range-coded columns.
    pub(super) fn state_of(&self, keyframe: &Keyframe) -> &[u8] {
        let from = keyframe.at as usize;
        let head = Head::read(&self.whole.bytes[from..]).map_or(0, |head| head.bytes);
        &self.whole.bytes[from + head + 1 + 8..keyframe.at as usize + keyframe.bytes as usize - frame::SUM]
    }

    /// Seconds of a keyframe.
    pub(super) fn seconds_of(&self, segment: usize) -> core::ops::Range<usize> {
        let next = self.whole.keyframes.get(segment + 1).map_or(self.whole.seconds.len(), |next| next.second as usize);
        self.whole.keyframes[segment].second as usize..next
    }
}

impl Whole {
    fn read(bytes: Vec<u8>) -> Result<Whole> {
        let bad = |field: &'static str, reason: String, at: usize, tick: Option<u32>| {
            Err(Error::BadReplay { field, reason, at: at as u64, tick })
        };
        if bytes.len() < frame::PREFIX || bytes[..4] != MAGIC {
            return bad("magic", format!("{} bytes that do not begin with TPRP", bytes.len()), 0, None);
        }
        let version = u32::from_le_bytes(bytes[4..8].try_into().unwrap_or_default());
        if version != VERSION {
            return bad("version", format!("{version}; this engine reads 1 to {VERSION}"), 4, None);
        }
        let mut chain = Chain::new();
        let mut header: Option<(Header, bool)> = None;
        let mut seconds: Vec<Second> = Vec::new();
        let mut keyframes: Vec<Keyframe> = Vec::new();
        let mut parts = Parts::default();
        let mut at = frame::PREFIX;
        let mut tick = 0;
        let tail = loop {
            let rest = &bytes[at..];
            let told = header.as_ref().map(|_| tick);
            let unfinished = Tail::Unfinished { lost: rest.len() as u64 };
            let Some((&number, _)) = rest.split_first() else { break unfinished };
            let Some(head) = Head::read(rest) else {
                // Files that a machine died over may end in zeros.
                if rest.iter().all(|byte| *byte == 0) {
                    break unfinished;
                }
                return bad("part", format!("its type is {number}; 1 to 4, with a second's flags"), at, told);
            };
            if rest.len() < head.bytes {
                break unfinished;
            }
            let Head { kind, length, .. } = head;
            let size = head.bytes + length + frame::SUM;
            if size > rest.len() {
                if has_end(&bytes) {
                    return bad(kind.name(), format!("it is {length} bytes long, more than the file has"), at, told);
                }
                break unfinished;
            }
            let (part, sum) = rest[..size].split_at(size - frame::SUM);
            if chain.add(part).to_le_bytes() != *sum {
                if size == rest.len() {
                    break unfinished;
                }
                return bad(kind.name(), "its bytes are damaged: the sum is not theirs".to_owned(), at, told);
            }
            let payload = &part[head.bytes..];
            let within = at + head.bytes;
            match (kind, &header) {
                (Type::Header, None) => {
                    let (read, created) = frame::read_header(payload, within as u64, version)?;
                    tick = read.first_tick;
                    parts.header = (at + size) as u64;
                    if created {
                        let at = (at + size) as u64;
                        keyframes.push(Keyframe { tick, hash: None, restored: false, at, bytes: 0, second: 0 });
                    }
                    header = Some((read, created));
                }
                (Type::Keyframe, Some(_)) => {
                    let Some((&flags, hash)) =
                        payload.split_first().and_then(|(f, rest)| Some((f, rest.first_chunk()?)))
                    else {
                        return bad("keyframe", format!("{length} bytes; at least 9"), within, told);
                    };
                    if flags & !frame::RESTORED != 0 {
                        return bad("keyframe", format!("flags {flags}; 0 or 1"), within, told);
                    }
                    let restored = flags == frame::RESTORED;
                    let hash = Some(u64::from_le_bytes(*hash));
                    if restored && keyframes.is_empty() {
                        return bad("keyframe", "the first, yet restored".to_owned(), within, told);
                    }
                    if !restored && seconds.last().is_some_and(|second| second.hash != hash) {
                        return bad("keyframe", "its hash is not that of the second before".to_owned(), within, told);
                    }
                    let second = seconds.len() as u32;
                    keyframes.push(Keyframe { tick, hash, restored, at: at as u64, bytes: size as u32, second });
                    parts.keyframes += size as u64;
                }
                (Type::Second, Some((header, _))) => {
                    if keyframes.is_empty() {
                        return bad("second", "it stands before the first keyframe".to_owned(), within, told);
                    }
                    let second = match Second::read(payload, &head, header.tick_rate) {
                        Ok(second) => Second { at: at as u64, bytes: size as u32, ..second },
                        Err((field, reason)) => return bad(field, reason, within, told),
                    };
                    if u64::from(tick) + u64::from(second.ticks) > LAST_TICK {
                        return bad("second", format!("it goes beyond tick {LAST_TICK}"), within, told);
                    }
                    tick += second.ticks;
                    seconds.push(Second { tick, ..second });
                    let ops = (head.bytes + length - usize::from(second.head)) as u64;
                    parts.ops += ops;
                    parts.seconds += size as u64 - ops;
                }
                (Type::End, Some((header, _))) => {
                    let ticks = payload.first_chunk::<4>().map(|ticks| u32::from_le_bytes(*ticks));
                    if size != END || at + size != bytes.len() || ticks != Some(tick - header.first_tick) {
                        return bad(
                            "end mark",
                            "it is not that of this file, or bytes follow".to_owned(),
                            within,
                            told,
                        );
                    }
                    parts.end += size as u64;
                    break Tail::Complete;
                }
                (Type::Header, Some(_)) => return bad("header", "there is a second one".to_owned(), at, told),
                (_, None) => return bad(kind.name(), "it stands before the header".to_owned(), at, told),
            }
            at += size;
        };
        if let Tail::Unfinished { lost } = tail {
            parts.end = lost;
        }
        let Some((header, _)) = header else {
            return bad("header", "the file ends before its header does".to_owned(), at, None);
        };
        if keyframes.is_empty() {
            return bad("keyframe", "the file ends before its first one does".to_owned(), at, Some(tick));
        }
        Ok(Whole { bytes, header, seconds, keyframes, parts, tail, last_tick: tick })
    }
}

/// Whether the file ends in something that only a finished one ends in.
fn has_end(bytes: &[u8]) -> bool {
    let Some(end) = bytes.last_chunk::<END>() else { return false };
    let length = (END - frame::HEAD - frame::SUM) as u32;
    end[0] == Type::End as u8
        && end[1..frame::HEAD] == length.to_le_bytes()[..2]
        && end[frame::HEAD + 4..END - frame::SUM] == (bytes.len() as u64).to_le_bytes()
}

impl Second {
    fn read(payload: &[u8], of: &Head, tick_rate: u32) -> core::result::Result<Second, (&'static str, String)> {
        let short = || ("second", format!("{} bytes; too few", payload.len()));
        let (flags, mut rest) = (of.flags, payload);
        let mut ticks = tick_rate;
        if flags & frame::WHOLE == 0 {
            let (count, after) = rest.split_first_chunk::<2>().ok_or_else(short)?;
            (ticks, rest) = (u16::from_le_bytes(*count).into(), after);
            if ticks >= tick_rate {
                return Err(("second", format!("{ticks} ticks; fewer than {tick_rate}, the tick rate")));
            }
        }
        let mut hash = None;
        if flags & frame::HASHED != 0 {
            let (bytes, after) = rest.split_first_chunk::<8>().ok_or_else(short)?;
            (hash, rest) = (Some(u64::from_le_bytes(*bytes)), after);
        }
        let head = (of.bytes + payload.len() - rest.len()) as u8;
        let trailing = flags & frame::TRAILING != 0;
        Ok(Second { tick: 0, ticks, hash, at: 0, bytes: 0, trailing, head })
    }
}

/// What a tape comes to next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// A tick: items are what was done before it. `hash`: that after it.
    Tick { hash: Option<u64> },
    /// Items are what was done after the last tick of a recording, or of the match before it was restored.
    Trailing { hash: Option<u64> },
    /// The next keyframe, with its number.
    Keyframe(usize),
    /// The end.
    End,
}

/// Runs over a recording and decodes it, tick by tick, without playing.
#[derive(Debug, Clone)]
pub(super) struct Tape {
    replay: Replay,
    segment: usize,
    /// The second that is being read, or the next.
    second: usize,
    /// Ticks of it that have been read; `None`: not begun.
    reader: Option<(ReaderState, u32)>,
    /// Operations of it so far.
    ops: usize,
    model: Box<Model>,
    /// Tick of the recording.
    pub(super) tick: u32,
    /// What was done before the tick, or after the last.
    pub(super) items: Vec<Item>,
}

impl Tape {
    pub(super) fn new(replay: &Replay, segment: usize) -> Tape {
        let mut tape = Tape {
            replay: replay.clone(),
            segment: 0,
            second: 0,
            reader: None,
            ops: 0,
            model: Model::boxed(),
            tick: 0,
            items: Vec::new(),
        };
        tape.begin(segment);
        tape
    }

    pub(super) fn replay(&self) -> &Replay {
        &self.replay
    }

    pub(super) fn segment(&self) -> usize {
        self.segment
    }

    /// Goes to a keyframe.
    pub(super) fn begin(&mut self, segment: usize) {
        let keyframe = self.replay.keyframes()[segment];
        self.segment = segment;
        (self.second, self.tick) = (keyframe.second as usize, keyframe.tick);
        self.reader = None;
        self.model.reset();
        self.items.clear();
    }

    /// Where the second that is being read stands in the file.
    pub(super) fn place(&self) -> u64 {
        self.replay.seconds().get(self.second).map_or(self.replay.bytes().len() as u64, |second| second.at)
    }

    /// Goes on.
    pub(super) fn next(&mut self) -> Result<Came> {
        self.items.clear();
        let seconds = self.replay.seconds_of(self.segment);
        loop {
            if self.second >= seconds.end {
                if self.segment + 1 >= self.replay.keyframes().len() {
                    return Ok(Came::End);
                }
                self.begin(self.segment + 1);
                return Ok(Came::Keyframe(self.segment));
            }
            let second = self.replay.seconds()[self.second];
            let from = second.at as usize + usize::from(second.head);
            let bytes = &self.replay.whole.bytes[from..second.at as usize + second.bytes as usize - frame::SUM];
            let (mut reader, done) = match self.reader {
                Some((state, done)) => (Reader::resume(bytes, state), done),
                None => {
                    self.ops = 0;
                    (Reader::new(bytes), 0)
                }
            };
            let groups = second.ticks + u32::from(second.trailing);
            if done == groups {
                self.second += 1;
                self.reader = None;
                continue;
            }
            let read = self.model.tick(&mut reader, self.tick + 1, &[[0; 2]; PLAYERS], &mut self.items);
            self.ops += ops::weight(&self.items);
            let bad = |(field, reason): (&'static str, &str)| {
                Err(Error::BadReplay {
                    field,
                    reason: format!("it must be {reason}"),
                    at: second.at,
                    tick: Some(self.tick + 1),
                })
            };
            if let Err(what) = read {
                return bad(what);
            }
            if self.ops > bytes.len() * ops::OPS_A_BYTE {
                return bad(("operations", "at most 64 inputs and taps, or one other, for each byte of a second"));
            }
            let state = reader.state();
            self.reader = Some((state, done + 1));
            if done == second.ticks {
                return Ok(Came::Trailing { hash: second.hash });
            }
            self.tick += 1;
            let last = done + 1 == groups;
            return Ok(Came::Tick { hash: if last { second.hash } else { None } });
        }
    }
}

/// See [`Replay::entries`]. After an error there is nothing more.
#[derive(Debug, Clone)]
pub struct Entries {
    tape: Tape,
    /// The next of the tape's items.
    at: usize,
    /// Of those items.
    tick: u32,
    ended: bool,
}

impl Iterator for Entries {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Result<Entry>> {
        while !self.ended {
            if let Some(item) = self.tape.items.get(self.at) {
                self.at += 1;
                let what = match item {
                    Item::Op(op) => What::Op(*op),
                    Item::Label(label) => What::Label(label.clone()),
                };
                return Some(Ok(Entry { tick: self.tick, what }));
            }
            self.at = 0;
            match self.tape.next() {
                Ok(Came::Tick { .. }) => self.tick = self.tape.tick,
                Ok(Came::Trailing { .. }) => self.tick = self.tape.tick + 1,
                Ok(Came::Keyframe(segment)) => {
                    if self.tape.replay().keyframes()[segment].restored {
                        return Some(Ok(Entry { tick: self.tape.tick + 1, what: What::Restored }));
                    }
                }
                Ok(Came::End) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}
