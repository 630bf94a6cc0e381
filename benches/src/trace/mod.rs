//! Traces: what every stage of every tick has changed in a match, column by column and lane by lane, in a file that can be
//! compared with another of another host, build or instruction set, without the engine that made either.
//!
//! # Format, version 1
//!
//! Little-endian; a text is its length in 2 bytes and UTF-8.
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | `TPTR` |
//! | 4 | version |
//! | 4 | length of the header that follows |
//! | | texts: what was played, SIMD level, engine version, target |
//! | 4, 8, 8 | tick rate, hash of the rules, hash of the map |
//! | 4 | tick of the image: the first record is of the next one |
//! | 1 | names of looks, then as many texts: `host` (what was done to the match since the last tick), then the stages |
//! | 2 | columns, then for each: text (its name), 1 (kind of its lanes), 2 (lanes in a row), 4 (lanes) |
//! | | the image: all columns' bytes in that order |
//! | | records, then the end |
//!
//! A record is 1 byte of 1, 4 the tick, 8 the match's hash after it, 4 the length of the rest; for each look, in order, 2
//! bytes how many columns changed, and for each of them 2 its number, 4 the lower half of the xxh3 of its bytes
//! afterwards, 2 how many lanes changed, and for each of those 2 its number and its value. The end is 1 byte of 0, 4 the
//! number of records, 8 the xxh3 of all bytes before these 8.

mod verbs;

pub use verbs::{Live, Runs, TraceOptions, diff, level, trace};

use anyhow::{Context, Result, bail, ensure};
use std::io::{Read, Write};
use trespasser::sim::{Stage, StageProbe};
use trespasser::world::columns::{LaneKind, first_lane, lane_text};
use trespasser::{Columns, MatchId, World};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

const MAGIC: [u8; 4] = *b"TPTR";
const VERSION: u32 = 1;
/// Bounds of what is read before anything is allocated for it.
const HEADER_MOST: u32 = 1 << 20;
const RECORD_MOST: u32 = 1 << 22;
const LANES_MOST: u32 = 1 << 16;
const COLUMNS_MOST: u16 = 1024;

/// A column of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As [`Columns::all`] calls it.
    pub name: String,
    /// What its lanes are.
    pub kind: LaneKind,
    /// Lanes of the innermost array.
    pub row: u16,
    /// All lanes, at most 65,536.
    pub lanes: u32,
}

impl Column {
    fn bytes(&self) -> usize {
        self.lanes as usize * self.kind.bytes()
    }
}

/// What a trace begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// A scene or a recording.
    pub played: String,
    /// Lower-case name.
    pub simd: String,
    /// Version.
    pub engine: String,
    /// Architecture and system.
    pub target: String,
    /// Ticks a second.
    pub tick_rate: u32,
    /// Hash.
    pub rules: u64,
    /// Hash.
    pub map: u64,
    /// Tick of `image`.
    pub tick: u32,
    /// `host` and the stages.
    pub looks: Vec<String>,
    /// In the order in which differences are looked for.
    pub columns: Vec<Column>,
    /// Bytes of each column.
    pub image: Vec<Vec<u8>>,
}

impl Header {
    /// Of a match as it is now.
    ///
    /// # Errors
    /// A stale id.
    pub fn of(world: &World, game: MatchId, played: &str) -> Result<Header> {
        let columns = world.columns(game)?;
        let view = world.view(game)?;
        let of = |(number, column): (usize, &trespasser::world::columns::Column)| Column {
            name: column.name.to_owned(),
            kind: column.kind,
            row: column.row,
            lanes: columns.lanes(number) as u32,
        };
        let mut image = vec![Vec::new(); Columns::all().len()];
        image.iter_mut().enumerate().for_each(|(number, bytes)| columns.read(number, bytes));
        Ok(Header {
            played: played.to_owned(),
            simd: world.simd().name().to_owned(),
            engine: trespasser::VERSION.to_owned(),
            target: format!("{} {}", std::env::consts::ARCH, std::env::consts::OS),
            tick_rate: world.tick_rate(),
            rules: world.rules().hash(),
            map: view.map().hash(),
            tick: view.tick(),
            looks: core::iter::once("host").chain(Stage::ALL.iter().map(|s| s.name())).map(str::to_owned).collect(),
            columns: Columns::all().iter().enumerate().map(of).collect(),
            image,
        })
    }

    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for text in [&self.played, &self.simd, &self.engine, &self.target] {
            put_text(&mut out, text);
        }
        out.extend_from_slice(&self.tick_rate.to_le_bytes());
        out.extend_from_slice(&self.rules.to_le_bytes());
        out.extend_from_slice(&self.map.to_le_bytes());
        out.extend_from_slice(&self.tick.to_le_bytes());
        out.push(self.looks.len() as u8);
        self.looks.iter().for_each(|look| put_text(&mut out, look));
        out.extend_from_slice(&(self.columns.len() as u16).to_le_bytes());
        for column in &self.columns {
            put_text(&mut out, &column.name);
            out.push(column.kind as u8);
            out.extend_from_slice(&column.row.to_le_bytes());
            out.extend_from_slice(&column.lanes.to_le_bytes());
        }
        self.image.iter().for_each(|bytes| out.extend_from_slice(bytes));
        out
    }

    fn read(bytes: &[u8]) -> Result<Header> {
        let mut from = Bytes { bytes, at: 0 };
        let [played, simd, engine, target] = [from.text()?, from.text()?, from.text()?, from.text()?];
        let (tick_rate, rules, map, tick) = (from.u32()?, from.u64()?, from.u64()?, from.u32()?);
        let looks = (0..from.u8()?).map(|_| from.text()).collect::<Result<Vec<_>>>()?;
        let count = from.u16()?;
        ensure!(count <= COLUMNS_MOST, "{count} columns; at most {COLUMNS_MOST}");
        let mut columns = Vec::new();
        for _ in 0..count {
            let name = from.text()?;
            let kind = from.u8()?;
            let kind = LaneKind::from_number(kind).with_context(|| format!("column {name}: kind {kind} is unknown"))?;
            let (row, lanes) = (from.u16()?, from.u32()?);
            ensure!(lanes <= LANES_MOST, "column {name}: {lanes} lanes; at most {LANES_MOST}");
            columns.push(Column { name, kind, row, lanes });
        }
        let image = columns.iter().map(|c| Ok(from.take(c.bytes())?.to_vec())).collect::<Result<Vec<_>>>()?;
        ensure!(from.at == bytes.len(), "{} bytes too many", bytes.len() - from.at);
        Ok(Header { played, simd, engine, target, tick_rate, rules, map, tick, looks, columns, image })
    }
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    let mut end = text.len().min(1000);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    out.extend_from_slice(&(end as u16).to_le_bytes());
    out.extend_from_slice(&text.as_bytes()[..end]);
}

/// What is left to be read of a piece whose length is known.
struct Bytes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let Some(bytes) = self.bytes.get(self.at..self.at.saturating_add(count)) else {
            bail!("byte {} of it: {count} more are needed, {} are left", self.at, self.bytes.len() - self.at);
        };
        self.at += count;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        Ok(self.take(N)?.try_into()?)
    }

    fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn text(&mut self) -> Result<String> {
        let length = self.u16()?;
        Ok(std::str::from_utf8(self.take(length.into())?).context("a text is not UTF-8")?.to_owned())
    }
}

/// A column that a stage has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Its number.
    pub column: u16,
    /// Lower half of the xxh3 of its bytes afterwards.
    pub hash: u32,
    /// Lanes that changed, ascending, and their values one after the other.
    pub lanes: Vec<u16>,
    /// As many times the bytes of a lane.
    pub values: Vec<u8>,
}

/// One tick of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tick {
    /// Its number.
    pub tick: u32,
    /// Of the match, after it.
    pub hash: u64,
    /// By look: before the first stage, then after each.
    pub looks: Vec<Vec<Change>>,
}

impl Tick {
    fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        out.push(1);
        out.extend_from_slice(&self.tick.to_le_bytes());
        out.extend_from_slice(&self.hash.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        let begin = out.len();
        for changes in &self.looks {
            out.extend_from_slice(&(changes.len() as u16).to_le_bytes());
            for change in changes {
                out.extend_from_slice(&change.column.to_le_bytes());
                out.extend_from_slice(&change.hash.to_le_bytes());
                out.extend_from_slice(&(change.lanes.len() as u16).to_le_bytes());
                if change.lanes.is_empty() {
                    continue;
                }
                let width = change.values.len() / change.lanes.len();
                for (lane, value) in change.lanes.iter().zip(change.values.chunks_exact(width)) {
                    out.extend_from_slice(&lane.to_le_bytes());
                    out.extend_from_slice(value);
                }
            }
        }
        let length = (out.len() - begin) as u32;
        out[begin - 4..begin].copy_from_slice(&length.to_le_bytes());
    }

    fn read(tick: u32, hash: u64, bytes: &[u8], header: &Header) -> Result<Tick> {
        let mut from = Bytes { bytes, at: 0 };
        let mut looks = Vec::with_capacity(header.looks.len());
        for _ in &header.looks {
            let mut changes = Vec::new();
            for _ in 0..from.u16()? {
                let (column, hash) = (from.u16()?, from.u32()?);
                let Some(of) = header.columns.get(usize::from(column)) else { bail!("column {column} is not there") };
                let mut change = Change { column, hash, ..Change::default() };
                for _ in 0..from.u16()? {
                    let lane = from.u16()?;
                    ensure!(u32::from(lane) < of.lanes, "column {}: lane {lane} of {}", of.name, of.lanes);
                    change.lanes.push(lane);
                    change.values.extend_from_slice(from.take(of.kind.bytes())?);
                }
                changes.push(change);
            }
            looks.push(changes);
        }
        ensure!(from.at == bytes.len(), "{} bytes too many", bytes.len() - from.at);
        Ok(Tick { tick, hash, looks })
    }
}

/// Where a trace comes from: a file, or a match that is played now.
pub trait Source {
    /// What it begins with.
    fn header(&self) -> &Header;
    /// The next tick; `None` after the last.
    ///
    /// # Errors
    /// A damaged file, with the place of the damage.
    fn tick(&mut self) -> Result<Option<Tick>>;
}

/// Writes down what a match's stages change: a probe for [`World::step_with`], of a world with one match.
#[derive(Debug)]
pub struct Probe {
    image: Vec<Vec<u8>>,
    looks: Vec<Vec<Change>>,
    now: Vec<u8>,
}

impl Probe {
    /// From the state in a header on.
    pub fn new(header: &Header) -> Probe {
        Probe { image: header.image.clone(), looks: Vec::new(), now: Vec::new() }
    }

    /// What the tick that has just been stepped has changed.
    ///
    /// # Errors
    /// A stale id.
    pub fn take(&mut self, world: &World, game: MatchId) -> Result<Tick> {
        let tick = world.view(game)?.tick();
        Ok(Tick { tick, hash: world.hash(game)?, looks: core::mem::take(&mut self.looks) })
    }
}

impl StageProbe for Probe {
    fn begin(&mut self) {}

    fn end(&mut self, _: Stage) {}

    fn look(&mut self, _: Option<Stage>, columns: &Columns<'_>) {
        let mut changes = Vec::new();
        for (number, image) in self.image.iter_mut().enumerate() {
            columns.read(number, &mut self.now);
            if *image == self.now {
                continue;
            }
            let width = Columns::all()[number].kind.bytes();
            let mut change = Change { column: number as u16, hash: xxh3_64(&self.now) as u32, ..Change::default() };
            for (lane, (old, new)) in image.chunks_exact(width).zip(self.now.chunks_exact(width)).enumerate() {
                if old != new {
                    change.lanes.push(lane as u16);
                    change.values.extend_from_slice(new);
                }
            }
            image.copy_from_slice(&self.now);
            changes.push(change);
        }
        self.looks.push(changes);
    }
}

/// Writes a trace as it comes, in memory that does not grow.
pub struct Writer<W> {
    out: W,
    sum: Xxh3,
    ticks: u32,
    record: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a trace.
    ///
    /// # Errors
    /// Of the writer.
    pub fn new(out: W, header: &Header) -> Result<Self> {
        let mut writer = Writer { out, sum: Xxh3::new(), ticks: 0, record: Vec::new() };
        let bytes = header.write();
        ensure!(bytes.len() <= HEADER_MOST as usize, "a header of {} bytes", bytes.len());
        writer.put(&MAGIC)?;
        writer.put(&VERSION.to_le_bytes())?;
        writer.put(&(bytes.len() as u32).to_le_bytes())?;
        writer.put(&bytes)?;
        Ok(writer)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.sum.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }

    /// Adds a tick.
    ///
    /// # Errors
    /// Of the writer.
    pub fn tick(&mut self, tick: &Tick) -> Result<()> {
        let mut record = core::mem::take(&mut self.record);
        tick.write(&mut record);
        let put = self.put(&record);
        self.record = record;
        self.ticks += 1;
        put
    }

    /// Ends the trace.
    ///
    /// # Errors
    /// Of the writer.
    pub fn end(mut self) -> Result<W> {
        self.put(&[0])?;
        let ticks = self.ticks;
        self.put(&ticks.to_le_bytes())?;
        let sum = self.sum.digest();
        self.out.write_all(&sum.to_le_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Reads a trace, a tick at a time, and checks all of it.
pub struct Reader<R> {
    from: R,
    name: String,
    sum: Xxh3,
    at: u64,
    header: Header,
    image: Vec<Vec<u8>>,
    ticks: u32,
    ended: bool,
}

impl<R: Read> Reader<R> {
    /// Opens a trace; `name` is what messages call it.
    ///
    /// # Errors
    /// What is no trace, of another version, or damaged, with the place.
    pub fn new(from: R, name: &str) -> Result<Self> {
        let header = Header {
            played: String::new(),
            simd: String::new(),
            engine: String::new(),
            target: String::new(),
            tick_rate: 0,
            rules: 0,
            map: 0,
            tick: 0,
            looks: Vec::new(),
            columns: Vec::new(),
            image: Vec::new(),
        };
        let mut reader = Reader {
            from,
            name: name.to_owned(),
            sum: Xxh3::new(),
            at: 0,
            header,
            image: Vec::new(),
            ticks: 0,
            ended: false,
        };
        let magic = reader.get(4)?;
        ensure!(magic == MAGIC, "{name}: is no trace: it does not begin with TPTR");
        let version = reader.u32()?;
        ensure!(version == VERSION, "{name}: is a trace of version {version}; this program reads {VERSION}");
        let length = reader.u32()?;
        ensure!(length <= HEADER_MOST, "{name}, byte 8: a header of {length} bytes; at most {HEADER_MOST}");
        let bytes = reader.get(length as usize)?;
        reader.header = Header::read(&bytes).with_context(|| format!("{name}, header at byte 12"))?;
        reader.image = reader.header.image.clone();
        Ok(reader)
    }

    fn get(&mut self, count: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.from.read_exact(&mut bytes).with_context(|| {
            format!("{}, byte {}: cut off: {count} bytes should follow, and the end of the trace", self.name, self.at)
        })?;
        self.sum.update(&bytes);
        self.at += count as u64;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.get(4)?.as_slice().try_into()?))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.get(8)?.as_slice().try_into()?))
    }

    fn record(&mut self) -> Result<Tick> {
        let (tick, hash, length) = (self.u32()?, self.u64()?, self.u32()?);
        let want = self.header.tick.wrapping_add(self.ticks).wrapping_add(1);
        ensure!(tick == want, "tick {tick} where {want} is due");
        ensure!(length <= RECORD_MOST, "a record of {length} bytes; at most {RECORD_MOST}");
        let bytes = self.get(length as usize)?;
        let tick = Tick::read(tick, hash, &bytes, &self.header)?;
        for change in tick.looks.iter().flatten() {
            let image = &mut self.image[usize::from(change.column)];
            put(image, change);
            let column = &self.header.columns[usize::from(change.column)].name;
            ensure!(xxh3_64(image) as u32 == change.hash, "column {column} is not what its hash says");
        }
        self.ticks += 1;
        Ok(tick)
    }
}

/// Applies a change to a column's bytes.
fn put(image: &mut [u8], change: &Change) {
    if change.lanes.is_empty() {
        return;
    }
    let width = change.values.len() / change.lanes.len();
    for (&lane, value) in change.lanes.iter().zip(change.values.chunks_exact(width)) {
        image[usize::from(lane) * width..][..width].copy_from_slice(value);
    }
}

impl<R: Read> Source for Reader<R> {
    fn header(&self) -> &Header {
        &self.header
    }

    fn tick(&mut self) -> Result<Option<Tick>> {
        if self.ended {
            return Ok(None);
        }
        let (name, at) = (self.name.clone(), self.at);
        match self.get(1)?[0] {
            1 => self.record().map(Some).with_context(|| format!("{name}, record at byte {at}")),
            0 => {
                let ticks = self.u32()?;
                let sum = self.sum.digest();
                let want = self.u64()?;
                ensure!(
                    ticks == self.ticks,
                    "{name}, byte {at}: {ticks} records are told of, {} are there",
                    self.ticks
                );
                ensure!(sum == want, "{name}: is damaged: its checksum is {sum:016x} and should be {want:016x}");
                ensure!(self.from.read(&mut [0])? == 0, "{name}, byte {}: something follows the end", self.at);
                self.ended = true;
                Ok(None)
            }
            other => bail!("{name}, byte {at}: {other} begins neither a record nor the end"),
        }
    }
}

/// The first point at which two traces part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// In which tick.
    pub tick: u32,
    /// `host` (what was done to the match before the tick), a stage, or `before` where the states at the beginning of what
    /// was traced differ already.
    pub stage: String,
    /// First column that differs.
    pub column: String,
    /// Its first lane that differs.
    pub lane: usize,
    /// The lane as it is written, `[3]`; empty where there is one.
    pub lane_text: String,
    /// The lane's value in either.
    pub values: [String; 2],
    /// Other columns that differ at this point.
    pub others: Vec<String>,
}

impl core::fmt::Display for Difference {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Difference { tick, stage, column, lane_text, values: [a, b], others, .. } = self;
        let lane = if lane_text.is_empty() { String::new() } else { format!(", lane {lane_text}") };
        write!(f, "first difference: tick {tick}, stage {stage}, column {column}{lane}: {a} against {b}")?;
        match others.as_slice() {
            [] => Ok(()),
            some if some.len() <= 6 => write!(f, " (and in {})", some.join(", ")),
            some => write!(f, " (and in {} and {} other columns)", some[..5].join(", "), some.len() - 5),
        }
    }
}

/// What a comparison has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Ticks in both.
    pub ticks: u32,
    /// Nothing: they are the same as far as both reach.
    pub first: Option<Difference>,
    /// What is no difference of states, but should be known: other rules, other lengths.
    pub notes: Vec<String>,
}

/// Compares two traces, in bounded memory.
///
/// # Errors
/// Damaged traces, and those that can't be compared: of columns of different names or kinds, or with no tick in common.
pub fn compare(a: &mut dyn Source, b: &mut dyn Source, mut progress: impl FnMut(u32)) -> Result<Compared> {
    let (ha, hb) = (a.header().clone(), b.header().clone());
    let mut notes = Vec::new();
    let mut note = |what: &str, a: String, b: String| {
        if a != b {
            notes.push(format!("{what}: {a} against {b}"));
        }
    };
    note("tick rate", ha.tick_rate.to_string(), hb.tick_rate.to_string());
    note("rules", format!("{:016x}", ha.rules), format!("{:016x}", hb.rules));
    note("map", format!("{:016x}", ha.map), format!("{:016x}", hb.map));
    ensure!(ha.looks == hb.looks, "the traces are of engines with other stages: {:?} and {:?}", ha.looks, hb.looks);
    let shape =
        |h: &Header| h.columns.iter().map(|c| (c.name.clone(), c.kind as u8, c.row, c.lanes)).collect::<Vec<_>>();
    if let Some((x, y)) = shape(&ha).iter().zip(&shape(&hb)).find(|(x, y)| x != y) {
        bail!(
            "the traces are of engines or maps with other columns: {} ({} lanes) and {} ({} lanes)",
            x.0,
            x.3,
            y.0,
            y.3
        );
    }
    ensure!(ha.columns.len() == hb.columns.len(), "{} columns and {}", ha.columns.len(), hb.columns.len());

    let mut images = [ha.image, hb.image];
    let begin = ha.tick.max(hb.tick);
    let looks = &ha.looks;
    let columns = &ha.columns;
    let differ = |images: &[Vec<Vec<u8>>; 2], touched: &[u16]| -> Option<(usize, Vec<String>)> {
        let all = touched.iter().map(|&c| usize::from(c)).filter(|&c| images[0][c] != images[1][c]);
        let mut all: Vec<usize> = all.collect();
        all.sort_unstable();
        all.dedup();
        let first = *all.first()?;
        Some((first, all[1..].iter().map(|&c| columns[c].name.clone()).collect()))
    };
    let tell = |images: &[Vec<Vec<u8>>; 2], tick, stage: &str, (number, others): (usize, Vec<String>)| {
        let column = &columns[number];
        let width = column.kind.bytes();
        let lane = first_lane(column.kind, &images[0][number], &images[1][number]).unwrap_or(0);
        Difference {
            tick,
            stage: stage.to_owned(),
            column: column.name.clone(),
            lane,
            lane_text: lane_text(lane, column.lanes as usize, column.row.into()),
            values: [0, 1].map(|i| column.kind.text(&images[i][number][lane * width..][..width])),
            others,
        }
    };
    // The one that begins earlier is played up to where the other begins.
    for (side, from) in [(0, ha.tick), (1, hb.tick)] {
        for _ in from..begin {
            let source: &mut dyn Source = if side == 0 { a } else { b };
            let Some(tick) = source.tick()? else {
                bail!("the traces have no tick in common: one ends before tick {begin}, where the other begins");
            };
            tick.looks.iter().flatten().for_each(|change| put(&mut images[side][usize::from(change.column)], change));
        }
    }
    let every: Vec<u16> = (0..columns.len() as u16).collect();
    if let Some(found) = differ(&images, &every) {
        let first = Some(tell(&images, begin, "before", found));
        return Ok(Compared { ticks: 0, first, notes });
    }
    let mut ticks = 0;
    loop {
        let pair = [a.tick()?, b.tick()?];
        let [Some(ta), Some(tb)] = pair else {
            if let [Some(_), None] | [None, Some(_)] = pair {
                let longer = if pair[0].is_some() { "first" } else { "second" };
                notes.push(format!("the {longer} one goes on after tick {}", begin + ticks));
            }
            return Ok(Compared { ticks, first: None, notes });
        };
        for (look, (ca, cb)) in ta.looks.iter().zip(&tb.looks).enumerate() {
            for (image, changes) in images.iter_mut().zip([ca, cb]) {
                changes.iter().for_each(|change| put(&mut image[usize::from(change.column)], change));
            }
            let touched: Vec<u16> = ca.iter().chain(cb).map(|change| change.column).collect();
            if let Some(found) = differ(&images, &touched) {
                let first = Some(tell(&images, ta.tick, &looks[look], found));
                return Ok(Compared { ticks, first, notes });
            }
        }
        ticks += 1;
        progress(ticks);
        let other_world = ha.rules != hb.rules || ha.map != hb.map || ha.tick_rate != hb.tick_rate;
        if ta.hash != tb.hash && !other_world {
            bail!(
                "tick {}: hashes {:016x} and {:016x} differ while every column is the same: one of them was not made of these columns",
                ta.tick,
                ta.hash,
                tb.hash
            );
        }
    }
}
