//! Writing.

use super::coder::{Writer, Writing};
use super::frame::{self, Chain, Type};
use super::ops::{self, Item, Model};
use super::shadow::{self, Place};
use super::{Header, Label, SIMULATION, VERSION, state};
use crate::world::state::{Block, Match, MatchState};
use crate::world::{MatchId, Op, PLAYERS, PlayerId, World, save, slot_of};
use crate::{Error, Result};

/// What a recording is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDef {
    /// Seconds of match time from one keyframe to the next, 1 to 3,600. More often: quicker seeks, a larger file.
    pub keyframe_seconds: u32,
    /// Bytes that may wait to be drained, 64 KiB to 1 GiB. A recording that would exceed them stops.
    pub limit: u32,
    /// What the host knows at the beginning; at most 128.
    pub labels: Vec<Label>,
}

impl Default for RecordDef {
    /// A keyframe every five minutes, 256 KiB, no labels.
    fn default() -> Self {
        RecordDef { keyframe_seconds: 300, limit: 256 << 10, labels: Vec::new() }
    }
}

impl RecordDef {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        if !(1..=3600).contains(&self.keyframe_seconds) {
            return Err(Error::invalid("keyframe_seconds", self.keyframe_seconds, "1 to 3600"));
        }
        if !(64 << 10..=1 << 30).contains(&self.limit) {
            return Err(Error::invalid("limit", self.limit, "65536 to 1073741824 bytes"));
        }
        if self.labels.len() > Label::MOST / 2 {
            return Err(Error::invalid("labels", self.labels.len(), format!("at most {}", Label::MOST / 2)));
        }
        self.labels.iter().try_for_each(Label::check)
    }
}

/// What [`World::drain_replay`] has handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drained {
    /// Bytes appended now.
    pub bytes: usize,
    /// Bytes of the file so far, those appended now included.
    pub total: u64,
    /// The recording has stopped by itself: more than [`RecordDef::limit`] bytes waited, or more than 16,384 operations
    /// were done between two ticks, or more than 1,024 that are neither inputs nor taps. What was handed over until now is a file that lacks its end mark.
    pub stopped: bool,
}

/// What a recording has done and takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordStats {
    /// Ticks written down.
    pub ticks: u32,
    /// Operations written down, inputs included.
    pub ops: u64,
    /// Of them, inputs.
    pub inputs: u64,
    /// Bytes of whole parts so far, drained or waiting.
    pub total: u64,
    /// Bytes that wait to be drained.
    pub waiting: usize,
    /// Bytes that it takes, those that wait included.
    pub memory: usize,
    /// See [`Drained::stopped`].
    pub stopped: bool,
}

/// Writes down one match.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// Whole parts, and behind them the second that is being written, its head and flags left free.
    out: Vec<u8>,
    /// Where that second begins.
    start: usize,
    /// Of the whole parts, drained ones included.
    total: u64,
    chain: Chain,
    writer: Writer,
    model: Box<Model>,
    /// A keyframe that nothing has followed yet. It waits until something does: at the end of a file it is of no use.
    kept_back: Option<KeptBack>,
    /// Since the last tick.
    items: Vec<Item>,
    /// Of those, such as are neither inputs nor taps.
    rare: usize,
    /// Room for the slices of a keyframe.
    blocks: Box<[Block]>,
    /// Where the players are.
    places: [Place; PLAYERS],
    limit: usize,
    tick_rate: u32,
    keyframe_ticks: u32,
    /// Tick of the recording.
    tick: u32,
    /// Ticks of the second that is being written, and the weight of its operations.
    ticks: u32,
    ops: usize,
    /// Since the last keyframe.
    since: u32,
    labels: usize,
    all_ticks: u32,
    all_ops: u64,
    all_inputs: u64,
    stopped: bool,
}

/// Where a keyframe begins in what waits, and the sum of the parts before it.
#[derive(Debug, Clone, Copy)]
struct KeptBack {
    start: usize,
    chain: Chain,
}

/// Bytes left free for a second: head, ticks, hash.
const SECOND_ROOM: usize = frame::LONG_HEAD + 2 + 8;
/// Operations that a recorder has room for at first.
const ITEMS: usize = 64;
/// Room for what waits at first: half a minute of a fight.
const ROOM: usize = 12 << 10;

impl Recorder {
    fn new(game: &Match, def: &RecordDef) -> Recorder {
        let rules = &game.rules;
        let created = is_new(game);
        let header = Header {
            version: VERSION,
            simulation: SIMULATION,
            engine: crate::VERSION.to_owned(),
            tick_rate: rules.tick_rate,
            seed: game.state.seed,
            kill_target: game.state.kill_target,
            rules: rules.hash,
            rules_name: rules.rules.name.to_owned(),
            map: game.map.hash(),
            first_tick: game.state.tick,
            keyframe_ticks: def.keyframe_seconds * rules.tick_rate,
            labels: def.labels.clone(),
        };
        let mut chain = Chain::new();
        let mut out = Vec::with_capacity(ROOM);
        out.extend_from_slice(&frame::prefix());
        let start = frame::open(&mut out, Type::Header);
        frame::write_header(&mut out, &header, created);
        frame::close(&mut out, start, &mut chain);
        let mut recorder = Recorder {
            total: out.len() as u64,
            out,
            start: 0,
            chain,
            writer: Writer::NEW,
            model: Model::boxed(),
            kept_back: None,
            items: Vec::with_capacity(ITEMS),
            blocks: game.blocks.clone(),
            places: places(&game.state),
            limit: def.limit as usize,
            tick_rate: rules.tick_rate,
            keyframe_ticks: header.keyframe_ticks,
            tick: header.first_tick,
            ticks: 0,
            ops: 0,
            rare: 0,
            since: 0,
            labels: header.labels.len(),
            all_ticks: 0,
            all_ops: 0,
            all_inputs: 0,
            stopped: false,
        };
        if !created {
            recorder.keyframe(game, false);
        }
        recorder.begin_second();
        recorder
    }

    /// Before an operation is done. [`Op::Join`] carries the slot; every other is legal.
    pub(crate) fn op(&mut self, op: &Op) {
        self.all_inputs += u64::from(matches!(op, Op::Input { .. }) && !self.stopped);
        self.push(Item::Op(*op));
    }

    fn push(&mut self, item: Item) {
        if self.stopped {
            return;
        }
        self.rare += usize::from(ops::is_rare(&item));
        if self.items.len() >= ops::MOST_OPS || self.rare > ops::MOST_RARE {
            self.stop();
            return;
        }
        self.all_ops += 1;
        self.items.push(item);
    }

    /// After a tick.
    pub(crate) fn tick(&mut self, game: &Match) {
        if self.stopped {
            return;
        }
        self.tick += 1;
        self.write_items();
        self.places = places(&game.state);
        self.ticks += 1;
        self.since += 1;
        self.all_ticks += 1;
        if self.out.len() > self.limit {
            self.stop();
            return;
        }
        if self.ticks == self.tick_rate {
            let whole = (self.start, self.total);
            self.close_second(Some(save::hash(game)), false);
            if self.since >= self.keyframe_ticks && !self.stopped {
                self.kept_back = Some(KeptBack { start: self.out.len(), chain: self.chain });
                self.keyframe(game, false);
            }
            self.keep_limit(whole);
            self.begin_second();
        }
    }

    /// Takes back what was written after `whole` and stops, if more than the limit waits.
    fn keep_limit(&mut self, whole: (usize, u64)) {
        if self.out.len() > self.limit && !self.stopped {
            (self.start, self.total) = whole;
            self.stop();
        }
    }

    /// The whole state has been replaced.
    pub(crate) fn restored(&mut self, game: &Match) {
        if self.stopped {
            return;
        }
        let whole = (self.start, self.total);
        self.close_second(None, true);
        self.kept_back = None;
        self.places = places(&game.state);
        self.keyframe(game, true);
        self.keep_limit(whole);
        self.begin_second();
    }

    fn write_items(&mut self) {
        self.ops += ops::weight(&self.items);
        let mut coder = Writing { writer: &mut self.writer, out: &mut self.out };
        let written = self.model.tick(&mut coder, self.tick, &self.places, &mut self.items);
        debug_assert!(written.is_ok());
        self.items.clear();
        self.rare = 0;
        if self.items.capacity() > 4 * ITEMS {
            self.items.shrink_to(ITEMS);
        }
    }

    fn begin_second(&mut self) {
        if self.stopped {
            return;
        }
        self.start = self.out.len();
        self.out.extend_from_slice(&[0; SECOND_ROOM]);
        (self.ticks, self.ops) = (0, 0);
    }

    /// Completes the second that is being written, with what was done after its last tick, or drops it if there is
    /// nothing in it.
    fn close_second(&mut self, hash: Option<u64>, last: bool) {
        if last && self.ticks == 0 && self.items.is_empty() {
            self.out.truncate(self.start);
            return;
        }
        let mut flags = 0;
        if last && !self.items.is_empty() {
            flags |= frame::TRAILING;
            self.tick += 1;
            self.write_items();
            self.tick -= 1;
        }
        let from = self.start + SECOND_ROOM;
        self.writer.finish(&mut self.out, from);
        while (self.out.len() - from) * ops::OPS_A_BYTE < self.ops {
            self.out.push(0);
        }
        let mut head = [0; SECOND_ROOM];
        let mut length = frame::LONG_HEAD;
        if self.ticks == self.tick_rate {
            flags |= frame::WHOLE;
        } else {
            head[length..length + 2].copy_from_slice(&(self.ticks as u16).to_le_bytes());
            length += 2;
        }
        if let Some(hash) = hash {
            flags |= frame::HASHED;
            head[length..length + 8].copy_from_slice(&hash.to_le_bytes());
            length += 8;
        }
        frame::set_flags(&mut head, 0, flags);
        // The head was given the most room it can need.
        self.out[self.start..self.start + length].copy_from_slice(&head[..length]);
        self.out.copy_within(from.., self.start + length);
        let spare = SECOND_ROOM - length;
        self.out.truncate(self.out.len() - spare);
        if self.out.len() - self.start - frame::LONG_HEAD > frame::LONGEST {
            self.stop();
            return;
        }
        frame::close(&mut self.out, self.start, &mut self.chain);
        self.kept_back = None;
        self.total += (self.out.len() - self.start) as u64;
        self.start = self.out.len();
    }

    fn keyframe(&mut self, game: &Match, restored: bool) {
        if self.stopped {
            return;
        }
        let start = frame::open(&mut self.out, Type::Keyframe);
        self.out.push(if restored { frame::RESTORED } else { 0 });
        self.out.extend_from_slice(&save::hash(game).to_le_bytes());
        let from = self.out.len();
        state::write(game, &mut self.blocks, &mut self.out);
        debug_assert!(self.out.len() - from < frame::LONGEST);
        frame::close(&mut self.out, start, &mut self.chain);
        self.total += (self.out.len() - start) as u64;
        self.model.reset();
        self.since = 0;
    }

    /// Gives up what is not whole.
    #[cold]
    fn stop(&mut self) {
        self.stopped = true;
        self.out.truncate(self.start);
        self.drop_kept_back();
        self.items = Vec::new();
    }

    /// Takes back a keyframe that nothing has followed.
    fn drop_kept_back(&mut self) {
        let Some(kept) = self.kept_back.take() else { return };
        if kept.start < self.out.len() {
            self.total -= (self.out.len() - kept.start) as u64;
            self.out.truncate(kept.start);
            self.start = kept.start;
            self.chain = kept.chain;
        }
    }

    /// Hands over whole parts, but for a keyframe that nothing has followed.
    /// Bytes of whole parts that wait, and of those the ones that can be handed over.
    fn waiting(&self) -> (usize, usize) {
        let whole = self.start.min(self.out.len());
        (whole, self.kept_back.map_or(whole, |kept| kept.start))
    }

    fn drain(&mut self, out: &mut Vec<u8>) -> Drained {
        let (whole, bytes) = self.waiting();
        let drained = Drained { bytes, total: self.total - (whole - bytes) as u64, stopped: self.stopped };
        if bytes == 0 {
            return drained;
        }
        out.extend_from_slice(&self.out[..bytes]);
        self.out.copy_within(bytes.., 0);
        self.out.truncate(self.out.len() - bytes);
        self.start -= bytes.min(self.start);
        if let Some(kept) = &mut self.kept_back {
            kept.start = 0;
        }
        if self.out.capacity() > 4 * ROOM && self.out.len() < ROOM {
            self.out.shrink_to(ROOM);
        }
        drained
    }

    fn end(&mut self, game: &Match, out: &mut Vec<u8>) -> Drained {
        if !self.stopped {
            self.close_second(Some(save::hash(game)), true);
        }
        if !self.stopped {
            self.drop_kept_back();
            let start = frame::open(&mut self.out, Type::End);
            self.out.extend_from_slice(&self.all_ticks.to_le_bytes());
            self.out.extend_from_slice(&(self.total + END as u64).to_le_bytes());
            frame::close(&mut self.out, start, &mut self.chain);
            self.total += END as u64;
            self.start = self.out.len();
        }
        self.drain(out)
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Recorder>()
            + self.out.capacity()
            + self.items.capacity() * size_of::<Item>()
            + size_of::<Model>()
            + size_of_val::<[Block]>(&self.blocks)
    }

    fn stats(&self) -> RecordStats {
        RecordStats {
            ticks: self.all_ticks,
            ops: self.all_ops,
            inputs: self.all_inputs,
            total: self.total,
            waiting: self.waiting().1,
            memory: self.bytes(),
            stopped: self.stopped,
        }
    }
}

fn places(state: &MatchState) -> [Place; PLAYERS] {
    core::array::from_fn(|slot| shadow::place(state.x[slot], state.y[slot]))
}

/// Bytes of an end mark: its ticks and the file's length.
pub(super) const END: usize = frame::HEAD + 4 + 8 + frame::SUM;

/// Nothing has been done to the match yet: seed, kill target and map say all about it.
fn is_new(game: &Match) -> bool {
    let mut state = MatchState::created(game.state.seed, game.state.kill_target);
    let mut blocks = game.blocks.clone();
    crate::world::state::restore_walls(&mut state, &mut blocks, game.map.geometry());
    bytemuck::bytes_of(&state) == bytemuck::bytes_of(&game.state)
        && bytemuck::cast_slice::<_, u8>(&blocks) == bytemuck::cast_slice::<_, u8>(&game.blocks)
}

const NOT_RECORDED: &str = "the match is not being recorded; begin a recording first";

impl World {
    /// Begins to write a match down. A recording that begins before the first tick and before anything has been done to
    /// the match takes less; any other begins with the whole state.
    ///
    /// # Errors
    /// [`Error::StaleId`]; those of [`RecordDef::validate`]; [`Error::NotAllowed`] if the match is being recorded.
    pub fn record(&mut self, id: MatchId, def: &RecordDef) -> Result<()> {
        let game = self.game_mut(id)?;
        def.validate()?;
        if game.recorder.is_some() {
            return Err(Error::NotAllowed {
                action: "recording the match",
                reason: "it is being recorded; end that recording first",
            });
        }
        game.recorder = Some(Box::new(Recorder::new(game, def)));
        Ok(())
    }

    /// What the recording of a match has done so far; `None`: there is none.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn recording(&self, id: MatchId) -> Result<Option<RecordStats>> {
        Ok(self.game(id)?.recorder.as_ref().map(|recorder| recorder.stats()))
    }

    /// Writes down what the host knows of a match or of a player who is in it, with the present tick.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::InvalidArgument`] for a key or value that is too long or empty, and for one label
    /// more than [`Label::MOST`]; [`Error::NotAllowed`] if the match is not being recorded.
    pub fn replay_label(&mut self, id: MatchId, player: Option<PlayerId>, key: &str, value: &str) -> Result<()> {
        let game = self.game_mut(id)?;
        let slot = match player {
            Some(player) => Some(slot_of(&game.state, player)? as u8),
            None => None,
        };
        Label::check_texts(key, value)?;
        let Some(recorder) = &mut game.recorder else {
            return Err(Error::NotAllowed { action: "writing a label", reason: NOT_RECORDED });
        };
        if recorder.labels >= Label::MOST {
            return Err(Error::invalid("labels", recorder.labels + 1, format!("at most {}", Label::MOST)));
        }
        recorder.labels += 1;
        recorder.push(Item::Label(Label { slot, key: key.to_owned(), value: value.to_owned() }));
        Ok(())
    }

    /// Appends to `out` what has been finished since the last drain: whole parts of the file, a second of match time
    /// each. All that is drained, in this order, is the file.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::NotAllowed`] if the match is not being recorded.
    pub fn drain_replay(&mut self, id: MatchId, out: &mut Vec<u8>) -> Result<Drained> {
        match &mut self.game_mut(id)?.recorder {
            Some(recorder) => Ok(recorder.drain(out)),
            None => Err(Error::NotAllowed { action: "draining the recording", reason: NOT_RECORDED }),
        }
    }

    /// Ends the recording of a match and appends the rest of the file to `out`: what is left of the last second, and
    /// the end mark.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::NotAllowed`] if the match is not being recorded.
    pub fn end_recording(&mut self, id: MatchId, out: &mut Vec<u8>) -> Result<Drained> {
        let game = self.game_mut(id)?;
        match game.recorder.take() {
            Some(mut recorder) => Ok(recorder.end(game, out)),
            None => Err(Error::NotAllowed { action: "ending the recording", reason: NOT_RECORDED }),
        }
    }
}
