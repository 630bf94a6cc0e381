//! Playing again.

use super::coder::Reader;
use super::read::{Came, Tape};
use super::{Item, Replay, SIMULATION, state};
use crate::rules::RuleSet;
use crate::world::state::{MatchState, restore_walls};
use crate::world::{MatchDef, MatchId, World, WorldDef, save};
use crate::{Error, GameMap, Result};
use rayon::prelude::*;
use std::sync::Arc;

/// Where a recording and what became of it part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Divergence {
    /// Tick of the recording at the end of the first second whose hash differs.
    pub tick: u32,
    /// Tick at which both were last the same.
    pub good: u32,
    /// Hash in the file.
    pub expected: u64,
    /// Hash that was computed.
    pub found: u64,
}

/// A hash of the recording beside the one that playing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Tick of the recording.
    pub tick: u32,
    /// Hash in the file.
    pub expected: u64,
    /// Hash that was computed.
    pub found: u64,
}

/// What [`Replay::verify`] has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Ticks played.
    pub ticks: u32,
    /// Hashes compared, those of keyframes included.
    pub hashes: u32,
    /// The first second that differs.
    pub divergence: Option<Divergence>,
}

/// A recording being played in a match of its own, which the host may look at, guard and link as any other.
#[derive(Debug)]
pub struct Playback {
    tape: Tape,
    game: MatchId,
    /// The hash after the tick that has been fed and not been checked; `None`: none has.
    fed: Option<Option<u64>>,
    /// Tick of the recording at which the last hash was right.
    good: u32,
    hashes: u32,
    divergence: Option<Divergence>,
    /// Since the last feed began.
    compared: Vec<Compared>,
    /// What was done after the last tick has been done.
    trailed: bool,
    /// What it could not do: it goes no further.
    failed: Option<Error>,
}

impl Replay {
    /// Makes a match of the recording's beginning in a world of the same rules and tick rate.
    ///
    /// # Errors
    /// [`Error::BadReplay`] for another map, rule set, tick rate or [`super::SIMULATION`], and for a state that is
    /// damaged; those of [`World::create_match`].
    pub fn begin(&self, world: &mut World, map: &Arc<GameMap>) -> Result<Playback> {
        self.begin_at(world, map, 0)
    }

    /// Why it can't be played by these rules on this map.
    fn fits(&self, rules: &RuleSet, tick_rate: u32, map: &GameMap) -> Result<()> {
        let bad = |field: &'static str, reason: String| Err(Error::BadReplay { field, reason, at: 0, tick: None });
        let header = self.header();
        if header.simulation != SIMULATION {
            return bad(
                "simulation",
                format!(
                    "recorded by simulation {} (engine {}); this engine's is {SIMULATION}, whose matches go otherwise",
                    header.simulation, header.engine
                ),
            );
        }
        if header.tick_rate != tick_rate {
            return bad("tick_rate", format!("recorded at {}, this world has {tick_rate}", header.tick_rate));
        }
        if header.rules != rules.hash() {
            return bad(
                "rules",
                format!(
                    "recorded under {} ({:016x}), not {} ({:016x})",
                    header.rules_name,
                    header.rules,
                    rules.name,
                    rules.hash()
                ),
            );
        }
        if header.map != map.hash() {
            return bad("map", format!("recorded on map {:016x}, not {:016x}", header.map, map.hash()));
        }
        Ok(())
    }

    fn begin_at(&self, world: &mut World, map: &Arc<GameMap>, segment: usize) -> Result<Playback> {
        self.fits(world.rules(), world.tick_rate(), map)?;
        let header = self.header();
        let game = world.create_match(map, MatchDef { seed: header.seed, kill_target: Some(header.kill_target) })?;
        let good = self.keyframes()[segment].tick;
        let playback = Playback {
            tape: Tape::new(self, segment),
            game,
            fed: None,
            good,
            hashes: 0,
            divergence: None,
            compared: Vec::new(),
            trailed: false,
            failed: None,
        };
        if (segment > 0 || self.keyframes()[0].hash.is_some())
            && let Err(error) = playback.install(world)
        {
            // The caller has no name for it.
            world.destroy_match(game)?;
            return Err(error);
        }
        Ok(playback)
    }

    /// Plays all of it, a piece from keyframe to keyframe at a time, on the threads of the rayon pool in which it is
    /// called, and compares every hash. `progress` is told ticks as they are played, from any thread.
    ///
    /// # Errors
    /// As [`Replay::begin`], and [`Error::BadReplay`] for operations that are damaged.
    pub fn verify(&self, rules: &RuleSet, map: &Arc<GameMap>, progress: impl Fn(u32) + Sync) -> Result<Verified> {
        let tick_rate = self.header().tick_rate;
        self.fits(rules, tick_rate, map)?;
        let def = WorldDef { tick_rate, rules: rules.clone(), max_matches: 1, ..WorldDef::default() };
        def.validate()?;
        let pieces: Vec<Result<Verified>> = (0..self.keyframes().len())
            .into_par_iter()
            .map(|segment| {
                let mut world = World::new(def.clone())?;
                let mut playback = self.begin_at(&mut world, map, segment)?;
                playback.hashes += u32::from(self.keyframes()[segment].hash.is_some());
                let begin = playback.tick();
                let mut told = begin;
                loop {
                    let came = playback.tape.next()?;
                    if !playback.take(&mut world, came)? {
                        break;
                    }
                    if playback.fed.is_some() {
                        world.step_one(playback.game)?;
                        playback.check(&world)?;
                    }
                    if playback.tick() - told >= tick_rate {
                        progress(playback.tick() - told);
                        told = playback.tick();
                    }
                }
                let ended = self.seconds_of(segment).last().map_or(begin, |second| self.seconds()[second].tick);
                progress(ended - told);
                Ok(Verified { ticks: ended - begin, hashes: playback.hashes, divergence: playback.divergence })
            })
            .collect();
        let mut all = Verified { ticks: 0, hashes: 0, divergence: None };
        for piece in pieces {
            let piece = piece?;
            all.ticks += piece.ticks;
            all.hashes += piece.hashes;
            all.divergence = all.divergence.or(piece.divergence);
        }
        Ok(all)
    }
}

impl Playback {
    /// The match that it plays in.
    pub fn game(&self) -> MatchId {
        self.game
    }

    /// What it plays.
    pub fn replay(&self) -> &Replay {
        self.tape.replay()
    }

    /// Tick of the recording that was played, or fed, last.
    pub fn tick(&self) -> u32 {
        self.tape.tick
    }

    /// Turns the match into the keyframe at which the tape stands.
    fn install(&self, world: &mut World) -> Result<()> {
        let replay = self.tape.replay();
        let keyframe = replay.keyframes()[self.tape.segment()];
        let bad = |field: &'static str, reason: String| Error::BadReplay {
            field,
            reason,
            at: keyframe.at,
            tick: Some(keyframe.tick),
        };
        let game = world.game_mut(self.game)?;
        let map = Arc::clone(&game.map);
        let mut blocks = game.blocks.clone();
        let mut columns = MatchState::created(replay.header().seed, replay.header().kill_target);
        if keyframe.hash.is_some() {
            let mut reader = Reader::new(replay.state_of(&keyframe));
            state::read(&mut reader, map.geometry(), &mut columns, &mut blocks);
        } else {
            restore_walls(&mut columns, &mut blocks, map.geometry());
        }
        let healths = blocks.iter().map(|block| bytemuck::bytes_of(&block.health));
        save::install(game, columns, healths).map_err(|error| match error {
            Error::BadSnapshot { field, reason } => bad(field, reason),
            other => other,
        })?;
        let found = save::hash(game);
        match keyframe.hash {
            Some(expected) if expected != found => {
                Err(bad("keyframe", format!("its hash is {expected:016x}, its state's {found:016x}")))
            }
            _ => Ok(()),
        }
    }

    fn compare(&mut self, world: &World, expected: Option<u64>) -> Result<()> {
        let Some(expected) = expected else { return Ok(()) };
        let found = world.hash(self.game)?;
        self.hashes += 1;
        self.compared.push(Compared { tick: self.tape.tick, expected, found });
        if found == expected {
            if self.divergence.is_none() {
                self.good = self.tape.tick;
            }
        } else if self.divergence.is_none() {
            self.divergence = Some(Divergence { tick: self.tape.tick, good: self.good, expected, found });
        }
        Ok(())
    }

    /// Does what the tape has come to, but for turning the match into the next keyframe. False: that, or the end.
    fn take(&mut self, world: &mut World, came: Came) -> Result<bool> {
        if matches!(came, Came::Keyframe(_) | Came::End) {
            return Ok(false);
        }
        for item in &self.tape.items {
            let Item::Op(op) = item else { continue };
            if let Err(error) = world.apply(self.game, op) {
                if matches!(error, Error::StaleId { what: "match", .. }) {
                    return Err(error);
                }
                let tick = self.tape.tick + u32::from(matches!(came, Came::Trailing { .. }));
                let reason = format!("{op:?} is not to be done: {error}");
                return Err(Error::BadReplay { field: "operation", reason, at: self.tape.place(), tick: Some(tick) });
            }
        }
        match came {
            Came::Tick { hash } => (self.fed, self.trailed) = (Some(hash), false),
            Came::Trailing { hash } => {
                self.trailed = true;
                self.compare(world, hash)?;
            }
            Came::Keyframe(_) | Came::End => {}
        }
        Ok(true)
    }

    /// Does what was done before the next tick; to be followed by a step of the world, and by [`Playback::check`]. For
    /// many recordings in one world: feed all, step once, check all. False: the recording has ended; what was done after
    /// its last tick has been done, too.
    ///
    /// # Errors
    /// [`Error::BadReplay`] for operations that are damaged or not to be done, and for a damaged state that the match was
    /// turned into; [`Error::StaleId`] if the match is gone. After the first it fails in the same way until
    /// [`Playback::seek`].
    pub fn feed(&mut self, world: &mut World) -> Result<bool> {
        world.game(self.game)?;
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.fed = None;
        self.compared.clear();
        let before = self.tape.tick;
        let fed = self.go_on(world);
        if let Err(error) = &fed {
            self.failed = Some(error.clone());
            self.tape.tick = before;
        }
        fed
    }

    fn go_on(&mut self, world: &mut World) -> Result<bool> {
        loop {
            let came = self.tape.next()?;
            match came {
                Came::End => return Ok(false),
                Came::Keyframe(segment) => {
                    self.trailed = false;
                    if self.replay().keyframes()[segment].restored {
                        self.install(world)?;
                    }
                }
                Came::Trailing { .. } => {
                    self.take(world, came)?;
                }
                Came::Tick { .. } => return self.take(world, came),
            }
        }
    }

    /// After the step that follows [`Playback::feed`]: compares the hash where the recording has one.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn check(&mut self, world: &World) -> Result<()> {
        match self.fed.take() {
            Some(hash) => self.compare(world, hash),
            None => Ok(()),
        }
    }

    /// Feeds, plays one tick of this match alone, and checks. False: the recording has ended, as [`Playback::feed`]
    /// says. What the match sends to its links replaces what others in the world have sent in their last step.
    ///
    /// # Errors
    /// Those of [`Playback::feed`].
    pub fn step(&mut self, world: &mut World) -> Result<bool> {
        if !self.feed(world)? {
            return Ok(false);
        }
        world.step_one(self.game)?;
        self.check(world)?;
        Ok(true)
    }

    /// Goes to a tick of the recording, forwards or back: from the last keyframe before it, or from where it is, if that
    /// is nearer. The match is as it was after that tick, or as it was turned into then.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a tick that is not in the recording; those of [`Playback::feed`].
    pub fn seek(&mut self, world: &mut World, tick: u32) -> Result<()> {
        let (first, last) = (self.replay().header().first_tick, self.replay().last_tick());
        if !(first..=last).contains(&tick) {
            return Err(Error::invalid("tick", tick, format!("{first} to {last}")));
        }
        world.game(self.game)?;
        let segment = self.replay().keyframes().partition_point(|keyframe| keyframe.tick <= tick) - 1;
        let past = self.tape.tick > tick || (self.trailed && self.tape.tick == tick);
        if segment != self.tape.segment() || past || self.fed.is_some() || self.failed.is_some() {
            self.tape.begin(segment);
            (self.fed, self.trailed) = (None, false);
            self.compared.clear();
            self.failed = self.install(world).err();
            if let Some(error) = &self.failed {
                return Err(error.clone());
            }
            if self.divergence.is_none() {
                self.good = self.tape.tick;
            }
        }
        while self.tape.tick < tick {
            if !self.step(world)? {
                break;
            }
        }
        Ok(())
    }

    /// The hashes compared in the last [`Playback::step`], or feed and check: one at the end of a second; that of a second
    /// after whose last tick something was done comes with the step after it.
    pub fn compared(&self) -> &[Compared] {
        &self.compared
    }

    /// The first second played whose hash differs.
    pub fn divergence(&self) -> Option<Divergence> {
        self.divergence
    }
}
