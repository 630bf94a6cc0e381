//! Recording: matches written down, read, verified and played again.

use crate::gate::{Gate, gated};
use crate::map::tp_map;
use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{TP_NONE, rules, tp_match_id, tp_player_id};
use crate::world::tp_world;
use std::ffi::{CString, c_char};
use std::ptr::null;
use trespasser::replay::{Drained, Label, Playback, RecordDef, Replay, Tail};

/// What the host knows of a match or a player and wants to find in the file again. 24 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_label {
    /// 1 to 32 bytes.
    pub key: *const c_char,
    /// At most 256 bytes.
    pub value: *const c_char,
    /// Whom it is about, slot, or TP_NONE: the match.
    pub slot: u8,
    /// Unused.
    pub reserved: [u8; 7],
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<tp_label>() == 24);

/// What a recording is made with. 24 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_record_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// Seconds of match time from one keyframe to the next, 1 to 3600. More often: quicker seeks, a larger file.
    pub keyframe_seconds: u32,
    /// Bytes that may wait to be drained, 65536 to 1073741824. A recording that would exceed them stops.
    pub limit: u32,
    /// Elements of `labels`, at most 128.
    pub label_count: u32,
    /// What the host knows at the beginning; borrowed for the call.
    pub labels: *const tp_label,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<tp_record_def>() == 24);

/// What a recording has done and takes. 48 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_record_stats {
    /// Operations written down, inputs included.
    pub ops: u64,
    /// Of them, inputs.
    pub inputs: u64,
    /// Bytes of whole parts so far, drained or waiting.
    pub total: u64,
    /// Bytes that wait: room that tp_match_drain_replay needs.
    pub waiting: u64,
    /// Bytes of memory that it takes, those that wait included.
    pub memory: u64,
    /// Ticks written down.
    pub ticks: u32,
    /// 1: it has stopped by itself, for more than the limit waited, or for too many operations between two ticks.
    pub stopped: u8,
    /// 0.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_record_stats>() == 48);

/// What has been handed over of a recording. 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_drained {
    /// Bytes handed over now.
    pub bytes: u64,
    /// Bytes of the file so far, these included.
    pub total: u64,
    /// As in tp_record_stats. What was handed over until now is a file that lacks its end mark.
    pub stopped: u8,
    /// 0.
    pub reserved: [u8; 7],
}

const _: () = assert!(size_of::<tp_drained>() == 24);

impl From<Drained> for tp_drained {
    fn from(d: Drained) -> Self {
        tp_drained { bytes: d.bytes as u64, total: d.total, stopped: d.stopped.into(), reserved: [0; 7] }
    }
}

/// Bytes that the library hands over because nobody could know before how many there would be. Immutable: any number of
/// threads may use them at once.
pub struct tp_bytes {
    bytes: Vec<u8>,
}

impl tp_bytes {
    /// # Safety
    /// `bytes` is null or came from a call that handed it over, and is not destroyed during `'a`.
    unsafe fn read<'a>(bytes: *const tp_bytes) -> Outcome<&'a [u8]> {
        // SAFETY: this function's contract.
        let bytes = unsafe { bytes.as_ref() };
        Ok(&bytes.ok_or_else(|| Fail::new(tp_result::NullPointer, "bytes is null; a call hands them over"))?.bytes)
    }
}

/// How many bytes there are. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bytes_get_length(bytes: *const tp_bytes, out_length: *mut usize) -> tp_result {
    guarded!({
        let length = tp_bytes::read(bytes)?.len();
        Out::new(out_length, "out_length")?.set(length);
        Ok(())
    })
}

/// All of them, into the caller's `capacity` bytes. Any thread. SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bytes_copy(
    bytes: *const tp_bytes,
    out_bytes: *mut u8,
    capacity: usize,
    out_length: *mut usize,
) -> tp_result {
    guarded!({
        let bytes = tp_bytes::read(bytes)?;
        let mut out = OutArray::new(out_bytes, capacity, out_length, "out_bytes")?;
        out.check(bytes.len())?;
        out.push_all(bytes);
        out.finish();
        Ok(())
    })
}

/// Ends them; null is nothing. The caller gives up ownership: no other call on them at the same time or later. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_bytes_destroy(bytes: *mut tp_bytes) -> tp_result {
    guarded!({
        if !bytes.is_null() {
            drop(Box::from_raw(bytes));
        }
        Ok(())
    })
}

/// The keyframes and the limit of the engine, no labels. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_record_default_def() -> tp_record_def {
    let def = tp_record_def {
        size: size_of::<tp_record_def>() as u32,
        keyframe_seconds: 0,
        limit: 0,
        label_count: 0,
        labels: null(),
    };
    guarded!(or def, {
        let RecordDef { keyframe_seconds, limit, .. } = RecordDef::default();
        Ok(tp_record_def { keyframe_seconds, limit, ..def })
    })
}

/// Begins to write a match down: everything that is done to it from now on, so that it can be played again to the bit. A
/// recording that begins before the first tick takes less. Borrows `def` and its labels for the call.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is being recorded;
/// INVALID_ARGUMENT names the field and its limit; NULL_POINTER and BAD_UTF8 also for the texts of labels.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_record(
    world: *mut tp_world,
    match_id: tp_match_id,
    def: *const tp_record_def,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let def = pointer::definition(def, tp_record_default_def(), &[size_of::<tp_record_def>() as u32], "def")?;
        if def.label_count > 128 {
            return Err(Fail::invalid("def->label_count", def.label_count, "at most 128"));
        }
        let given = pointer::array(def.labels, def.label_count as usize, "def->labels")?;
        let mut labels = Vec::with_capacity(given.len());
        for (i, label) in given.iter().enumerate() {
            labels.push(Label {
                slot: (label.slot != TP_NONE).then_some(label.slot),
                key: pointer::text(label.key, &format!("def->labels[{i}].key"))?.to_owned(),
                value: pointer::text(label.value, &format!("def->labels[{i}].value"))?.to_owned(),
            });
        }
        let tp_record_def { keyframe_seconds, limit, .. } = def;
        Ok(world.record(match_id.engine(), &RecordDef { keyframe_seconds, limit, labels })?)
    })
}

/// What the recording of a match has done so far.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; NOT_ALLOWED if the match is not being
/// recorded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_recording(
    world: *const tp_world,
    match_id: tp_match_id,
    out_stats: *mut tp_record_stats,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_stats, "out_stats")?;
        let stats = world.recording(match_id.engine())?.ok_or_else(|| {
            Fail::new(tp_result::NotAllowed, "looking at a recording is refused: the match is not being recorded")
        })?;
        out.set(tp_record_stats {
            ops: stats.ops,
            inputs: stats.inputs,
            total: stats.total,
            waiting: stats.waiting as u64,
            memory: stats.memory as u64,
            ticks: stats.ticks,
            stopped: stats.stopped.into(),
            reserved: [0; 3],
        });
        Ok(())
    })
}

/// Writes down what the host knows of a match (null player) or of a player, with the present tick: a key of 1 to 32 bytes
/// and a value of at most 256. Borrows both for the call.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not being recorded;
/// INVALID_ARGUMENT for a text that is too long or empty, and for the 257th label.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_replay_label(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    key: *const c_char,
    value: *const c_char,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let (key, value) = (pointer::text(key, "key")?, pointer::text(value, "value")?);
        let player = if player_id.raw == 0 { None } else { Some(player_id.engine()?) };
        Ok(world.replay_label(match_id.engine(), player, key, value)?)
    })
}

/// Moves what has been finished of a recording since the last drain into the caller's `capacity` bytes: whole parts of the
/// file, a second of match time each. All that is drained, in this order, and what tp_match_end_recording hands over, is
/// the file. tp_record_stats.waiting says how much room it needs.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not being recorded;
/// SHORT_BUFFER, and all goes on waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_drain_replay(
    world: *mut tp_world,
    match_id: tp_match_id,
    out_bytes: *mut u8,
    capacity: usize,
    out_length: *mut usize,
    out_drained: *mut tp_drained,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let mut out = OutArray::new(out_bytes, capacity, out_length, "out_bytes")?;
        let out_drained = Out::new(out_drained, "out_drained")?;
        let waiting = world.recording(match_id.engine())?.map_or(0, |stats| stats.waiting);
        out.check(waiting)?;
        let mut bytes = Vec::with_capacity(waiting);
        let drained = world.drain_replay(match_id.engine(), &mut bytes)?;
        out.push_all(&bytes);
        out.finish();
        out_drained.set(drained.into());
        Ok(())
    })
}

/// Ends the recording of a match: out_rest is the rest of the file, with its end mark. The caller owns it and ends it with
/// tp_bytes_destroy.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not being recorded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_end_recording(
    world: *mut tp_world,
    match_id: tp_match_id,
    out_rest: *mut *mut tp_bytes,
    out_drained: *mut tp_drained,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let out_rest = Out::new(out_rest, "out_rest")?;
        let out_drained = Out::new(out_drained, "out_drained")?;
        let mut bytes = Vec::new();
        let drained = world.end_recording(match_id.engine(), &mut bytes)?;
        out_rest.set(Box::into_raw(Box::new(tp_bytes { bytes })));
        out_drained.set(drained.into());
        Ok(())
    })
}

/// A recording that has been read: every part is whole. Immutable: any number of threads may use it at once.
pub struct tp_replay {
    replay: Replay,
    engine: CString,
    rules_name: CString,
    labels: Vec<(CString, CString, u8)>,
}

impl tp_replay {
    /// # Safety
    /// `replay` is null or came from `tp_replay_open` and is not destroyed during `'a`.
    unsafe fn read<'a>(replay: *const tp_replay) -> Outcome<&'a tp_replay> {
        // SAFETY: this function's contract.
        unsafe { replay.as_ref() }.ok_or_else(|| Fail::new(tp_result::NullPointer, "replay is null; open one first"))
    }
}

/// What a recording is. 80 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_replay_info {
    /// Seed of the match when the recording began.
    pub seed: u64,
    /// Hash of the rule set.
    pub rules_hash: u64,
    /// tp_map_info.hash of the map.
    pub map_hash: u64,
    /// Bytes of the file.
    pub length: u64,
    /// Bytes at its end that are no whole part, for its host died or still writes.
    pub lost: u64,
    /// Of the format.
    pub version: u32,
    /// Number of the simulation that wrote it; only the same plays it.
    pub simulation: u32,
    /// Ticks a second.
    pub tick_rate: u32,
    /// The match's tick when it began; its own count on from there.
    pub first_tick: u32,
    /// Its tick at the end.
    pub last_tick: u32,
    /// Ticks from one keyframe to the next.
    pub keyframe_ticks: u32,
    /// Keyframes.
    pub keyframe_count: u32,
    /// tp_replay_label has this many.
    pub label_count: u32,
    /// Kills that win.
    pub kill_target: u16,
    /// 1: it has its end mark.
    pub complete: u8,
    /// 0.
    pub reserved: [u8; 5],
}

const _: () = assert!(size_of::<tp_replay_info>() == 80);

/// What tp_replay_verify has found. 40 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_verified {
    /// Hash in the file where the two part; 0 unless diverged.
    pub expected: u64,
    /// Hash that was computed there; 0 unless diverged.
    pub found: u64,
    /// Ticks played.
    pub ticks: u32,
    /// Hashes compared.
    pub hashes: u32,
    /// Tick at the end of the first second whose hash differs; 0 unless diverged.
    pub tick: u32,
    /// Tick at which both were last the same; 0 unless diverged.
    pub good: u32,
    /// 1: the recording and what became of it part.
    pub diverged: u8,
    /// 0.
    pub reserved: [u8; 7],
}

const _: () = assert!(size_of::<tp_verified>() == 40);

/// Finds all parts of a recording and checks their sums; operations and states are looked into as they are played. Copies
/// `bytes`, which the caller may free. The caller owns the replay and ends it with tp_replay_destroy. Any thread.
/// BAD_REPLAY names part, place and tick. A file that ends in the middle of a part is not damaged but incomplete.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_replay_open(bytes: *const u8, length: usize, out_replay: *mut *mut tp_replay) -> tp_result {
    guarded!({
        let bytes = pointer::array(bytes, length, "bytes")?;
        let out = Out::new(out_replay, "out_replay")?;
        let replay = Replay::open(bytes)?;
        let text = |text: &str| CString::new(text.replace('\0', " ")).unwrap_or_default();
        let header = replay.header();
        let label = |l: &Label| (text(&l.key), text(&l.value), l.slot.unwrap_or(TP_NONE));
        let (engine, rules_name) = (text(&header.engine), text(&header.rules_name));
        let labels = header.labels.iter().map(label).collect();
        out.set(Box::into_raw(Box::new(tp_replay { engine, rules_name, labels, replay })));
        Ok(())
    })
}

/// Ends a recording that has been read; null is nothing. The caller gives up ownership: no other call on it at the same
/// time or later. Playbacks of it live on. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_replay_destroy(replay: *mut tp_replay) -> tp_result {
    guarded!({
        if !replay.is_null() {
            drop(Box::from_raw(replay));
        }
        Ok(())
    })
}

/// What a recording is. Any thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_replay_get_info(replay: *const tp_replay, out_info: *mut tp_replay_info) -> tp_result {
    guarded!({
        let of = tp_replay::read(replay)?;
        let out = Out::new(out_info, "out_info")?;
        let (replay, header) = (&of.replay, of.replay.header());
        let (complete, lost) = match replay.tail() {
            Tail::Complete => (true, 0),
            Tail::Unfinished { lost } => (false, lost),
        };
        out.set(tp_replay_info {
            seed: header.seed,
            rules_hash: header.rules,
            map_hash: header.map,
            length: replay.bytes().len() as u64,
            lost,
            version: header.version,
            simulation: header.simulation,
            tick_rate: header.tick_rate,
            first_tick: header.first_tick,
            last_tick: replay.last_tick(),
            keyframe_ticks: header.keyframe_ticks,
            keyframe_count: replay.keyframes().len() as u32,
            label_count: of.labels.len() as u32,
            kill_target: header.kill_target,
            complete: complete.into(),
            reserved: [0; 5],
        });
        Ok(())
    })
}

/// Version of the engine that wrote a recording. Owned by the replay, valid until it is destroyed. Any thread. A null
/// replay gives null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_replay_engine(replay: *const tp_replay) -> *const c_char {
    guarded!(or null(), { Ok(tp_replay::read(replay)?.engine.as_ptr()) })
}

/// Name of the rule set of a recording. Owned by the replay, valid until it is destroyed. Any thread. A null replay gives
/// null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_replay_rules_name(replay: *const tp_replay) -> *const c_char {
    guarded!(or null(), { Ok(tp_replay::read(replay)?.rules_name.as_ptr()) })
}

/// A label that was given at the beginning, by index from 0. Its texts are owned by the replay, valid until it is
/// destroyed. Any thread. INVALID_ARGUMENT beyond the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_replay_label(
    replay: *const tp_replay,
    index: usize,
    out_label: *mut tp_label,
) -> tp_result {
    guarded!({
        let of = tp_replay::read(replay)?;
        let out = Out::new(out_label, "out_label")?;
        let (key, value, slot) =
            of.labels.get(index).ok_or_else(|| Fail::invalid("index", index, format!("below {}", of.labels.len())))?;
        out.set(tp_label { key: key.as_ptr(), value: value.as_ptr(), slot: *slot, reserved: [0; 7] });
        Ok(())
    })
}

/// Plays all of a recording on a map under a tp_rules, a piece from keyframe to keyframe at a time, on the threads of the
/// pool of tp_world_step_parallel, and compares every hash. That hashes differ is OK, and told. Borrows the map for the
/// call. Any thread. INVALID_ARGUMENT for unknown rules; BAD_REPLAY for another map, rule set or simulation, and for
/// operations that are damaged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_replay_verify(
    replay: *const tp_replay,
    map: *const tp_map,
    rules: u32,
    out_verified: *mut tp_verified,
) -> tp_result {
    guarded!({
        let of = tp_replay::read(replay)?;
        let map = tp_map::read(map)?;
        let out = Out::new(out_verified, "out_verified")?;
        let verified = of.replay.verify(&self::rules(rules)?, &map.map, |_| {})?;
        let at = verified.divergence;
        out.set(tp_verified {
            expected: at.map_or(0, |d| d.expected),
            found: at.map_or(0, |d| d.found),
            ticks: verified.ticks,
            hashes: verified.hashes,
            tick: at.map_or(0, |d| d.tick),
            good: at.map_or(0, |d| d.good),
            diverged: at.is_some().into(),
            reserved: [0; 7],
        });
        Ok(())
    })
}

/// A recording being played in a match of its own, which the host may look at, guard and link as any other. Calls that
/// change it must be alone, and get or give BUSY if they are not.
pub struct tp_playback {
    gate: Gate<Playback>,
}

gated!(tp_playback, Playback, "playback");

/// Where a playback is. 40 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_playback_info {
    /// The match that it plays in.
    pub match_id: tp_match_id,
    /// As in tp_verified.
    pub expected: u64,
    /// As in tp_verified.
    pub found: u64,
    /// Tick of the recording that was played last.
    pub tick: u32,
    /// As tick in tp_verified.
    pub diverged_tick: u32,
    /// As in tp_verified.
    pub good: u32,
    /// As in tp_verified, of what has been played.
    pub diverged: u8,
    /// 0.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_playback_info>() == 40);

/// Makes a match of a recording's beginning in a world of the same rules and tick rate. The caller owns the playback and
/// ends it with tp_playback_destroy; the match goes on living until it is destroyed itself. Borrows the map for the call.
/// Changes the world: any thread, no other call at the same time. BAD_REPLAY for another map, rule set, tick rate or
/// simulation, and for a state that is damaged; WORLD_FULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_playback_create(
    replay: *const tp_replay,
    world: *mut tp_world,
    map: *const tp_map,
    out_playback: *mut *mut tp_playback,
) -> tp_result {
    guarded!({
        let of = tp_replay::read(replay)?;
        let mut world = tp_world::write(world)?;
        let map = tp_map::read(map)?;
        let out = Out::new(out_playback, "out_playback")?;
        tp_playback::hand_over(of.replay.begin(&mut world, &map.map)?, out);
        Ok(())
    })
}

/// Ends a playback, not its match; null is nothing. The caller gives up ownership: no other call on it at the same time or
/// later. Any thread. BUSY if a call is inside; then it lives on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_playback_destroy(playback: *mut tp_playback) -> tp_result {
    guarded!({ tp_playback::take_back(playback) })
}

/// Where a playback is. Reads the playback: any thread, no changing call on it at the same time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_playback_get_info(
    playback: *const tp_playback,
    out_info: *mut tp_playback_info,
) -> tp_result {
    guarded!({
        let playback = tp_playback::read(playback)?;
        let out = Out::new(out_info, "out_info")?;
        let at = playback.divergence();
        out.set(tp_playback_info {
            match_id: playback.game().into(),
            expected: at.map_or(0, |d| d.expected),
            found: at.map_or(0, |d| d.found),
            tick: playback.tick(),
            diverged_tick: at.map_or(0, |d| d.tick),
            good: at.map_or(0, |d| d.good),
            diverged: at.is_some().into(),
            reserved: [0; 3],
        });
        Ok(())
    })
}

/// Plays one tick of this match alone; out_going: 1, or 0 if the recording has ended. What the match sends to its links
/// replaces what others in the world have sent in their last step.
/// Changes playback and world: any thread, no other call on either at the same time. BAD_REPLAY for operations that are
/// damaged or not to be done; STALE_ID if the match is gone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_playback_step(
    playback: *mut tp_playback,
    world: *mut tp_world,
    out_going: *mut u8,
) -> tp_result {
    guarded!({
        let mut playback = tp_playback::write(playback)?;
        let mut world = tp_world::write(world)?;
        let out = Out::new(out_going, "out_going")?;
        out.set(playback.step(&mut world)?.into());
        Ok(())
    })
}

/// Does what was done before the next tick, to be followed by a step of the world and by tp_playback_check: for many
/// recordings in one world, feed all, step once, check all. out_going as of tp_playback_step.
/// Changes playback and world: any thread, no other call on either at the same time. As tp_playback_step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_playback_feed(
    playback: *mut tp_playback,
    world: *mut tp_world,
    out_going: *mut u8,
) -> tp_result {
    guarded!({
        let mut playback = tp_playback::write(playback)?;
        let mut world = tp_world::write(world)?;
        let out = Out::new(out_going, "out_going")?;
        out.set(playback.feed(&mut world)?.into());
        Ok(())
    })
}

/// After the step that follows tp_playback_feed: compares the hash where the recording has one.
/// Changes the playback and reads the world: any thread, no other call on the playback and no changing call on the world
/// at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_playback_check(playback: *mut tp_playback, world: *const tp_world) -> tp_result {
    guarded!({
        let mut playback = tp_playback::write(playback)?;
        Ok(playback.check(&*tp_world::read(world)?)?)
    })
}

/// Goes to a tick of the recording, forwards or back. The match is as it was after that tick, or as it was turned into
/// then.
/// Changes playback and world: any thread, no other call on either at the same time. INVALID_ARGUMENT for a tick that is
/// not in the recording; else as tp_playback_step.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_playback_seek(playback: *mut tp_playback, world: *mut tp_world, tick: u32) -> tp_result {
    guarded!({
        let mut playback = tp_playback::write(playback)?;
        let mut world = tp_world::write(world)?;
        Ok(playback.seek(&mut world, tick)?)
    })
}

const _: () = {
    const fn shareable<T: Send + Sync>() {}
    shareable::<tp_replay>();
};
