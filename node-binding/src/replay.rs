//! Recordings: writing them while matches run, and `Replay` and `Playback` to read and play them.

use crate::external;
use crate::fail::{Fail, Inner, Result, guard};
use crate::held::Held;
use crate::map::JsGameMap;
use crate::read::{self, Fields};
use crate::shape::{LoadoutShape, loadout};
use crate::world::World;
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, ObjectFinalize, Uint8ArraySlice, Unknown};
use napi_derive::napi;
use std::cell::Cell;
use std::sync::mpsc;
use trespasser::replay::{Divergence as Found, Label, RecordDef, Second, Tail, What};
use trespasser::{Op, RuleSet, Team, Weapon};

#[napi(object, object_from_js = false)]
pub struct RecordingStats {
    pub ticks: u32,
    pub ops: f64,
    pub inputs: f64,
    pub total: f64,
    pub waiting: f64,
    pub memory: f64,
    pub stopped: bool,
}

#[napi]
impl World {
    #[napi(catch_unwind)]
    pub fn record(&self, game: Unknown<'_>, options: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            let fields = Fields::optional("options", options)?;
            let mut def = RecordDef::default();
            if let Some(seconds) = fields.get("keyframeSeconds")? {
                def.keyframe_seconds = read::uint32("keyframeSeconds", &seconds)?;
            }
            if let Some(limit) = fields.get("limit")? {
                def.limit = read::uint32("limit", &limit)?;
            }
            if let Some(labels) = fields.get("labels")? {
                let most = Label::MOST / 2;
                let labels = read::elements("labels", &labels, most, |length| {
                    Fail::invalid("labels", length, format_args!("at most {most}"))
                })?;
                def.labels = labels.into_iter().map(label).collect::<Inner<_>>()?;
            }
            self.with(|pool| Ok(pool.world.record(game, &def)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn recording(&self, game: Unknown<'_>) -> Result<Option<RecordingStats>> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| {
                Ok(pool.world.recording(game)?.map(|stats| RecordingStats {
                    ticks: stats.ticks,
                    ops: stats.ops as f64,
                    inputs: stats.inputs as f64,
                    total: stats.total as f64,
                    waiting: stats.waiting as f64,
                    memory: stats.memory as f64,
                    stopped: stats.stopped,
                }))
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn replay_label(
        &self,
        game: Unknown<'_>,
        player: Unknown<'_>,
        key: Unknown<'_>,
        value: Unknown<'_>,
    ) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            let player = read::given(player)?.map(|player| read::player_id("player", &player)).transpose()?;
            let key = read::string("key", &key, "a string of 1 to 32 bytes")?;
            let value = read::string("value", &value, "a string of at most 256 bytes")?;
            self.with(|pool| Ok(pool.world.replay_label(game, player, &key, &value)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn drain_replay(&self, game: Unknown<'_>, buffer: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            let mut buffer: Uint8ArraySlice<'_> = read::typed("buffer", &buffer, "a Uint8Array")?;
            self.with(|pool| {
                // Too short a buffer must not cost what waits.
                let need = pool.world.recording(game)?.map_or(0, |stats| stats.waiting);
                if buffer.len() < need {
                    let limit = format!("at least {need} bytes, those that wait");
                    return Err(Fail::invalid("buffer", format_args!("of {} bytes", buffer.len()), limit));
                }
                pool.bytes.clear();
                pool.world.drain_replay(game, &mut pool.bytes)?;
                // SAFETY: the call holds the only view of the bytes, and no JavaScript runs while they are written.
                let out = unsafe { buffer.as_mut() };
                // What is drained is what waited.
                out[..pool.bytes.len()].copy_from_slice(&pool.bytes);
                Ok(pool.bytes.len() as u32)
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn end_recording<'env>(&self, env: &'env Env, game: Unknown<'_>) -> Result<Uint8ArraySlice<'env>> {
        guard(|| {
            let game = read::match_id(&game)?;
            let mut bytes = Vec::new();
            self.with(|pool| Ok(pool.world.end_recording(game, &mut bytes)?))?;
            Ok(Uint8ArraySlice::copy_from(env, bytes)?)
        })
    }
}

/// `{ key, value, slot? }`.
fn label(value: Unknown<'_>) -> Inner<Label> {
    let fields = Fields::required("labels[]", value)?;
    let text = |field: &'static str, limit: &str| read::string(field, &fields.need(field, limit)?, limit);
    let slot = match fields.get("slot")? {
        Some(slot) => Some(read::whole("labels[].slot", &slot, 0, 7)? as u8),
        None => None,
    };
    Ok(Label {
        slot,
        key: text("key", "a string of 1 to 32 bytes")?,
        value: text("value", "a string of at most 256 bytes")?,
    })
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct ReplayLabel {
    pub slot: Option<u32>,
    pub key: String,
    pub value: String,
}

impl From<&Label> for ReplayLabel {
    fn from(label: &Label) -> Self {
        ReplayLabel { slot: label.slot.map(u32::from), key: label.key.clone(), value: label.value.clone() }
    }
}

#[napi(object, object_from_js = false)]
pub struct ReplayInfo {
    pub version: u32,
    pub simulation: u32,
    pub engine: String,
    pub tick_rate: u32,
    pub seed: f64,
    pub kill_target: u32,
    pub rules: String,
    pub rules_hash: String,
    pub map_hash: String,
    pub first_tick: u32,
    pub last_tick: u32,
    pub keyframe_ticks: u32,
    pub keyframes: Vec<u32>,
    pub labels: Vec<ReplayLabel>,
    pub complete: bool,
    pub lost_bytes: f64,
    pub bytes: f64,
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct ReplaySecond {
    pub tick: u32,
    pub hash: Option<String>,
}

/// What is not of the entry's kind is left out.
#[napi(object, object_from_js = false)]
pub struct ReplayEntry {
    pub tick: u32,
    #[napi(js_name = "type")]
    pub kind: &'static str,
    pub slot: Option<u32>,
    pub team: Option<&'static str>,
    pub loadout: Option<LoadoutShape>,
    pub spawn: Option<bool>,
    pub weapon: Option<&'static str>,
    pub buttons: Option<u32>,
    pub level: Option<u32>,
    pub edit: Option<&'static str>,
    pub seed: Option<f64>,
    pub key: Option<String>,
    pub value: Option<String>,
}

#[napi(object, object_from_js = false)]
pub struct Divergence {
    pub tick: u32,
    pub good: u32,
    pub expected: String,
    pub found: String,
}

impl From<Found> for Divergence {
    fn from(found: Found) -> Self {
        Divergence { tick: found.tick, good: found.good, expected: hex(found.expected), found: hex(found.found) }
    }
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct Verified {
    pub ticks: u32,
    pub hashes: u32,
    pub divergence: Option<Divergence>,
}

fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

fn entry(tick: u32, what: &What) -> ReplayEntry {
    let mut out = ReplayEntry {
        tick,
        kind: "restored",
        slot: None,
        team: None,
        loadout: None,
        spawn: None,
        weapon: None,
        buttons: None,
        level: None,
        edit: None,
        seed: None,
        key: None,
        value: None,
    };
    match what {
        What::Restored => {}
        What::Label(label) => {
            out.kind = "label";
            out.slot = label.slot.map(u32::from);
            out.key = Some(label.key.clone());
            out.value = Some(label.value.clone());
        }
        What::Op(op) => {
            out.slot = op.slot().map(u32::from);
            out.kind = match op {
                // The timeline leaves them out.
                Op::Input { .. } => "input",
                Op::Tap { buttons, .. } => {
                    out.buttons = Some(buttons.0.into());
                    "tap"
                }
                Op::Throw { level, .. } => {
                    out.level = Some((*level).into());
                    "throw"
                }
                Op::Join { team, loadout: carried, spawn, .. } => {
                    (out.team, out.loadout, out.spawn) =
                        (Some(Team::name(*team)), Some(loadout(carried)), Some(*spawn));
                    "join"
                }
                Op::Leave { .. } => "leave",
                Op::SetTeam { team, .. } => {
                    out.team = Some(Team::name(*team));
                    "team"
                }
                Op::SetLoadout { loadout: carried, .. } => {
                    out.loadout = Some(loadout(carried));
                    "loadout"
                }
                Op::Give { weapon, .. } => {
                    out.weapon = Some(Weapon::name(*weapon));
                    "give"
                }
                Op::Kill { .. } => "kill",
                Op::Edit { edit, .. } => {
                    out.edit = Some(crate::edit::name(edit));
                    "edit"
                }
                Op::Repair => "repair",
                Op::Clear => "clear",
                Op::Reset { seed } => {
                    out.seed = Some(*seed as f64);
                    "reset"
                }
            };
        }
    }
    out
}

fn info(replay: &trespasser::replay::Replay) -> ReplayInfo {
    let header = replay.header();
    let (complete, lost) = match replay.tail() {
        Tail::Complete => (true, 0),
        Tail::Unfinished { lost } => (false, lost),
    };
    ReplayInfo {
        version: header.version,
        simulation: header.simulation,
        engine: header.engine.clone(),
        tick_rate: header.tick_rate,
        seed: header.seed as f64,
        kill_target: header.kill_target.into(),
        rules: header.rules_name.clone(),
        rules_hash: hex(header.rules),
        map_hash: hex(header.map),
        first_tick: header.first_tick,
        last_tick: replay.last_tick(),
        keyframe_ticks: header.keyframe_ticks,
        keyframes: replay.keyframes().iter().map(|keyframe| keyframe.tick).collect(),
        labels: header.labels.iter().map(ReplayLabel::from).collect(),
        complete,
        lost_bytes: lost as f64,
        bytes: replay.bytes().len() as f64,
    }
}

#[napi(custom_finalize)]
pub struct Replay {
    inner: Held<trespasser::replay::Replay>,
    /// Bytes that the collector has been told of.
    told: Cell<i64>,
}

impl ObjectFinalize for Replay {
    fn finalize(self, env: Env) -> napi::Result<()> {
        external(&env, -self.told.get())
    }
}

#[napi]
impl Replay {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Result<Replay> {
        guard(|| Err(Fail::invalid("Replay", "made by `new`", "made by Replay.open")))
    }

    #[napi(factory, catch_unwind)]
    pub fn open(env: &Env, bytes: Unknown<'_>) -> Result<Replay> {
        guard(|| {
            let bytes: Uint8ArraySlice<'_> = read::typed("bytes", &bytes, "a Uint8Array with a recording")?;
            let inner = trespasser::replay::Replay::open(&bytes[..])?;
            let told = bytes.len() as i64;
            external(env, told)?;
            Ok(Replay { inner: Held::new("Replay", inner), told: Cell::new(told) })
        })
    }

    #[napi(catch_unwind)]
    pub fn dispose(&self, env: &Env) -> Result<()> {
        guard(|| {
            self.inner.release();
            Ok(external(env, -self.told.replace(0))?)
        })
    }

    #[napi(catch_unwind)]
    pub fn info(&self) -> Result<ReplayInfo> {
        guard(|| self.inner.with(|replay| Ok(info(replay))))
    }

    #[napi(catch_unwind)]
    pub fn seconds(&self) -> Result<Vec<ReplaySecond>> {
        let of = |second: &Second| ReplaySecond { tick: second.tick, hash: second.hash.map(hex) };
        guard(|| self.inner.with(|replay| Ok(replay.seconds().iter().map(of).collect())))
    }

    #[napi(catch_unwind)]
    pub fn timeline(&self) -> Result<Vec<ReplayEntry>> {
        guard(|| self.inner.with(|replay| Ok(replay.timeline()?.iter().map(|of| entry(of.tick, &of.what)).collect())))
    }

    #[napi(catch_unwind)]
    pub fn verify(&self, map: Unknown<'_>, options: Unknown<'_>) -> Result<Verified> {
        guard(|| {
            let map: ClassInstance<'_, JsGameMap> = read::instance("map", &map, "a GameMap")?;
            let told = Fields::optional("options", options)?.get("onProgress")?;
            let told = told.map(|call| read::function("onProgress", &call)).transpose()?;
            // A copy, which shares the bytes: the callback may dispose of this one.
            let (replay, map) = (self.inner.with(|replay| Ok(replay.clone()))?, map.shared()?);
            let rules = RuleSet::by_name(&replay.header().rules_name)?;
            let verified = match told {
                None => replay.verify(&rules, &map, |_| {})?,
                Some(told) => {
                    let (send, receive) = mpsc::channel();
                    // JavaScript is called on its own thread while others play.
                    std::thread::scope(|scope| -> Inner<_> {
                        let work = scope.spawn(move || {
                            // Nobody listens any more when the callback has thrown.
                            replay.verify(&rules, &map, |ticks| {
                                let _ = send.send(ticks);
                            })
                        });
                        let mut played = 0;
                        let mut outcome = Ok(());
                        for ticks in receive {
                            played += ticks;
                            outcome = told.call(played).map(drop);
                            if outcome.is_err() {
                                break;
                            }
                        }
                        let verified = work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                        outcome?;
                        Ok(verified?)
                    })?
                }
            };
            let divergence = verified.divergence.map(Divergence::from);
            Ok(Verified { ticks: verified.ticks, hashes: verified.hashes, divergence })
        })
    }

    #[napi(catch_unwind)]
    pub fn begin(&self, world: Unknown<'_>, map: Unknown<'_>) -> Result<Playback> {
        guard(|| {
            let world: ClassInstance<'_, World> = read::instance("world", &world, "a World")?;
            let map: ClassInstance<'_, JsGameMap> = read::instance("map", &map, "a GameMap")?;
            let map = map.shared()?;
            let inner = world.with(|pool| self.inner.with(|replay| Ok(replay.begin(&mut pool.world, &map)?)))?;
            Ok(Playback { inner: Held::new("Playback", inner), world: world.serial() })
        })
    }
}

#[napi]
pub struct Playback {
    inner: Held<trespasser::replay::Playback>,
    /// The world of its match: ids of another mean other matches.
    world: u64,
}

impl Playback {
    fn play<T>(
        &self,
        world: &Unknown<'_>,
        work: impl FnOnce(&mut trespasser::replay::Playback, &mut trespasser::World) -> trespasser::Result<T>,
    ) -> Inner<T> {
        let world: ClassInstance<'_, World> = read::instance("world", world, "a World")?;
        if world.serial() != self.world {
            return Err(Fail::invalid("world", "another", "the one that the playback began in"));
        }
        world.with(|pool| self.inner.with(|playback| Ok(work(playback, &mut pool.world)?)))
    }
}

#[napi]
impl Playback {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Result<Playback> {
        guard(|| Err(Fail::invalid("Playback", "made by `new`", "made by begin() of a Replay")))
    }

    /// The match stays.
    #[napi(catch_unwind)]
    pub fn dispose(&self) -> Result<()> {
        guard(|| {
            self.inner.release();
            Ok(())
        })
    }

    #[napi(getter, js_name = "match", catch_unwind)]
    pub fn game(&self) -> Result<f64> {
        guard(|| self.inner.with(|playback| Ok(playback.game().raw() as f64)))
    }

    #[napi(getter, catch_unwind)]
    pub fn tick(&self) -> Result<u32> {
        guard(|| self.inner.with(|playback| Ok(playback.tick())))
    }

    #[napi(getter, catch_unwind)]
    pub fn divergence(&self) -> Result<Option<Divergence>> {
        guard(|| self.inner.with(|playback| Ok(playback.divergence().map(Divergence::from))))
    }

    #[napi(catch_unwind)]
    pub fn step(&self, world: Unknown<'_>) -> Result<bool> {
        guard(|| self.play(&world, trespasser::replay::Playback::step))
    }

    #[napi(catch_unwind)]
    pub fn feed(&self, world: Unknown<'_>) -> Result<bool> {
        guard(|| self.play(&world, trespasser::replay::Playback::feed))
    }

    #[napi(catch_unwind)]
    pub fn check(&self, world: Unknown<'_>) -> Result<()> {
        guard(|| self.play(&world, |playback, world| playback.check(world)))
    }

    #[napi(catch_unwind)]
    pub fn seek(&self, world: Unknown<'_>, tick: Unknown<'_>) -> Result<()> {
        guard(|| {
            let tick = read::uint32("tick", &tick)?;
            self.play(&world, |playback, world| playback.seek(world, tick))
        })
    }
}
