//! The pool: matches are created, joined, stepped all at once, looked at, saved and destroyed.

pub mod columns;
mod edit;
pub(crate) mod event;
mod guard;
mod ids;
mod input;
mod net;
pub(crate) mod op;
mod ring;
mod rollback;
pub(crate) mod save;
pub(crate) mod state;
mod view;

pub use columns::Columns;
pub use edit::Edit;
pub use event::{Event, EventKind, NO_SLICE, NONE, flag};
pub use ids::{MatchId, PlayerId};
pub(crate) use input::CURSOR;
pub use input::{Buttons, InputCmd};
pub use net::Received;
pub use op::Op;
pub(crate) use op::next_generation;
pub use ring::{EVENT_RING, HEARD_RING};
pub use rollback::{PastInput, Snapshot};
pub use state::{Block, CLOUDS, Gait, PLAYERS, PROJECTILES, QUEUE};
pub use view::{CloudView, KnownProjectile, Launch, MatchView, PlayerView, PolygonCache, ProjectileView, WeaponView};

use crate::map::GameMap;
use crate::net::Outbox;
use crate::rules::{Loadout, RuleSet, Team, Tuned, Weapon};
use crate::sim::{self, NoProbe, Scratch, SightCache, StageProbe};
use crate::simd::{Kernels, Level};
use crate::sound::Heard;
use crate::vision::SightChanges;
use crate::{Error, Result};
use ring::Ring;
use state::{Match, MatchState};
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};

/// Matches a world may be defined for at most.
pub const MATCHES_CEILING: u32 = 1 << 20;

/// What a world is made with.
#[derive(Debug, Clone)]
pub struct WorldDef {
    /// Ticks a second, 20 to 240.
    pub tick_rate: u32,
    /// The rule book of all its matches.
    pub rules: RuleSet,
    /// Matches it may hold, 1 to 2^20.
    pub max_matches: u32,
    /// Instruction set; `None`: the best there is. Every level gives the same bits.
    pub simd: Option<Level>,
    /// How often and how much is sent to clients.
    pub net: crate::net::NetDef,
}

impl Default for WorldDef {
    /// 60 ticks a second, standard rules, 65,536 matches, 20 snapshots a second.
    fn default() -> Self {
        let net = crate::net::NetDef::default();
        WorldDef { tick_rate: 60, rules: RuleSet::standard(), max_matches: 65_536, simd: None, net }
    }
}

impl WorldDef {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        if !(20..=240).contains(&self.tick_rate) {
            return Err(Error::invalid("tick_rate", self.tick_rate, "20 to 240 ticks a second"));
        }
        if !(1..=MATCHES_CEILING).contains(&self.max_matches) {
            return Err(Error::invalid("max_matches", self.max_matches, format!("1 to {MATCHES_CEILING}")));
        }
        self.net.validate()?;
        self.rules.validate()
    }
}

/// What a match is made with.
#[derive(Debug, Clone, Copy, Default)]
pub struct MatchDef {
    /// Key of all its randomness.
    pub seed: u64,
    /// Kills that win, 1 to 10,000; `None`: the rule set's.
    pub kill_target: Option<u16>,
}

/// What a player joins with.
#[derive(Debug, Clone, Copy)]
pub struct PlayerDef {
    /// `None`: the smaller team, red where they are equal.
    pub team: Option<Team>,
    /// What the player carries.
    pub loadout: Loadout,
    /// Placed at once; otherwise on asking for respawn.
    pub spawn: bool,
}

impl Default for PlayerDef {
    /// The smaller team, rifle and pistol, placed at once.
    fn default() -> Self {
        PlayerDef { team: None, loadout: Loadout::default(), spawn: true }
    }
}

/// Matches that one thread takes at once: they cost a few microseconds each, and so splitting stays below a percent.
const BLOCK: usize = 32;

#[derive(Debug)]
struct Place {
    /// Of the match that is or was here; the next one gets one more.
    generation: u32,
    game: Option<Box<Match>>,
}

/// Matches of one rule set and tick rate. Cheap to make; a match costs about 16 KiB, and 30 to 34 KB with links
/// for eight players.
///
/// Ids are of this world alone. No call blocks; `&mut self` calls must not run at the same time, which the borrow
/// checker sees to.
#[derive(Debug)]
pub struct World {
    places: Vec<Place>,
    /// Places without a match, the last one taken first.
    free: Vec<u32>,
    rules: Arc<Tuned>,
    kernels: Kernels,
    max_matches: u32,
    net: crate::net::NetDef,
    /// What the last step has to send, one for each [`BLOCK`] of places.
    outboxes: Vec<Outbox>,
}

thread_local! {
    /// Kept by each thread, so that a step allocates nothing.
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// A panic leaves the thread without its scratch: half a tick's sums never reach another match.
fn with_scratch<R>(kernels: Kernels, work: impl FnOnce(&mut Scratch) -> R) -> R {
    SCRATCH.with(|cell| {
        let mut scratch = cell.take().unwrap_or_else(|| Box::new(Scratch::new(kernels)));
        scratch.kernels = kernels;
        let result = work(&mut scratch);
        cell.set(Some(scratch));
        result
    })
}

/// One tick of the matches of a block; `out` holds what they send afterwards.
fn step_block<P: StageProbe>(
    block: usize,
    places: &mut [Place],
    out: &mut Outbox,
    scratch: &mut Scratch,
    probe: &mut P,
) {
    out.clear();
    core::mem::swap(out, &mut scratch.out);
    for at in 0..places.len() {
        let (this, rest) = places[at..].split_at_mut(1);
        if let Some(game) = this[0].game.as_deref_mut() {
            let next = rest.first().and_then(|place| place.game.as_deref());
            sim::step(game, (block * BLOCK + at) as u32, scratch, probe, next);
        }
    }
    core::mem::swap(out, &mut scratch.out);
}

impl World {
    /// An empty world.
    ///
    /// # Errors
    /// Those of [`WorldDef::validate`].
    pub fn new(def: WorldDef) -> Result<World> {
        def.validate()?;
        Ok(World {
            places: Vec::new(),
            free: Vec::new(),
            rules: Arc::new(Tuned::new(def.rules, def.tick_rate)),
            kernels: Kernels::for_level(def.simd.unwrap_or_else(Level::detect)),
            max_matches: def.max_matches,
            net: def.net,
            outboxes: Vec::new(),
        })
    }

    /// Ticks a second.
    pub fn tick_rate(&self) -> u32 {
        self.rules.tick_rate
    }

    /// The rule book.
    pub fn rules(&self) -> &RuleSet {
        &self.rules.rules
    }

    /// The instruction set in use.
    pub fn simd(&self) -> Level {
        self.kernels.level
    }

    /// Matches there are.
    pub fn match_count(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// The matches, by place.
    pub fn match_ids(&self) -> impl Iterator<Item = MatchId> + '_ {
        self.places
            .iter()
            .enumerate()
            .filter(|(_, place)| place.game.is_some())
            .map(|(index, place)| MatchId::new(index as u32, place.generation))
    }

    /// A new match on a map, with nobody in it.
    ///
    /// # Errors
    /// [`Error::WorldFull`]; [`Error::InvalidArgument`] for a kill target out of range.
    pub fn create_match(&mut self, map: &Arc<GameMap>, def: MatchDef) -> Result<MatchId> {
        let kill_target = def.kill_target.unwrap_or(self.rules.rules.life.kill_target);
        if !(1..=10_000).contains(&kill_target) {
            return Err(Error::invalid("kill_target", kill_target, "1 to 10000"));
        }
        if self.match_count() >= self.max_matches as usize {
            return Err(Error::WorldFull { limit: self.max_matches, ceiling: MATCHES_CEILING });
        }
        let mut state = MatchState::created(def.seed, kill_target);
        let mut blocks = vec![Block::EMPTY; map.geometry().blocks()].into_boxed_slice();
        state::restore_walls(&mut state, &mut blocks, map.geometry());
        let game = Box::new(Match {
            serial: rollback::next_serial(),
            state,
            blocks,
            events: Ring::new(),
            heard: Ring::new(),
            sounded: 0,
            map: Arc::clone(map),
            rules: Arc::clone(&self.rules),
            sight: SightCache::EMPTY,
            changes: SightChanges::new(),
            net: None,
            recorder: None,
            guard: None,
        });
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.places.push(Place { generation: 0, game: None });
                self.places.len() as u32 - 1
            }
        };
        let place = &mut self.places[index as usize];
        place.generation += 1;
        place.game = Some(game);
        Ok(MatchId::new(index, place.generation))
    }

    /// Ends a match at once; its id and its players' ids are stale from now on.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn destroy_match(&mut self, id: MatchId) -> Result<()> {
        self.game(id)?;
        let place = &mut self.places[id.index()];
        place.game = None;
        if let Some(out) = self.outboxes.get_mut(id.index() / BLOCK) {
            out.forget(id.index() as u32);
        }
        if place.generation < ids::LAST_GENERATION {
            self.free.push(id.index() as u32);
        }
        Ok(())
    }

    /// Starts a match anew with the same players: walls restored, scores 0, everybody placed who has been before.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn reset_match(&mut self, id: MatchId, seed: u64) -> Result<()> {
        self.apply(id, &Op::Reset { seed }).map(drop)
    }

    /// Lets a player in. One who first appears after the match's first second is a late joiner.
    ///
    /// # Errors
    /// [`Error::StaleId`], [`Error::MatchFull`] for a ninth.
    pub fn add_player(&mut self, id: MatchId, def: PlayerDef) -> Result<PlayerId> {
        let game = self.game_mut(id)?;
        let state = &game.state;
        let slot = (!state.joined).trailing_zeros() as usize;
        if slot >= PLAYERS {
            return Err(Error::MatchFull { limit: PLAYERS as u32 });
        }
        let blue = (state.joined & state.blue).count_ones();
        let red = state.joined.count_ones() - blue;
        let team = def.team.unwrap_or(if blue < red { Team::Blue } else { Team::Red });
        op::apply(game, &Op::Join { slot: slot as u8, team, loadout: def.loadout, spawn: def.spawn });
        Ok(PlayerId::new(slot, game.state.generation[slot]))
    }

    /// Lets a player go. Kills stay in the team's score.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn remove_player(&mut self, id: MatchId, player: PlayerId) -> Result<()> {
        self.act(id, player, |slot| Op::Leave { slot })
    }

    /// Changes sides, before the first spawn or while dead. Whoever has been on the field knows the new side's players at
    /// once: a host that lets people choose grants it before the first spawn alone, as requests over the wire are.
    ///
    /// # Errors
    /// [`Error::StaleId`], [`Error::NotAllowed`].
    pub fn set_team(&mut self, id: MatchId, player: PlayerId, team: Team) -> Result<()> {
        self.act(id, player, |slot| Op::SetTeam { slot, team })
    }

    /// Changes what a player carries, before the first spawn or while dead.
    ///
    /// # Errors
    /// [`Error::StaleId`], [`Error::NotAllowed`].
    pub fn set_loadout(&mut self, id: MatchId, player: PlayerId, loadout: &Loadout) -> Result<()> {
        self.act(id, player, |slot| Op::SetLoadout { slot, loadout: *loadout })
    }

    /// Restores every slice in the middle of a match. Refused while a living body stands where a slice would.
    ///
    /// # Errors
    /// [`Error::StaleId`], [`Error::NotAllowed`].
    pub fn repair_walls(&mut self, id: MatchId) -> Result<()> {
        self.apply(id, &Op::Repair).map(drop)
    }

    /// Puts a weapon with full magazines into a player's hands, in the place where a loadout would have it: the
    /// primary's, the secondary's or the first free support item's, else the last. For debugging; no loadout rule is
    /// checked, and the next respawn restores the loadout.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::NotAllowed`] if the player is dead.
    pub fn give_weapon(&mut self, id: MatchId, player: PlayerId, weapon: Weapon) -> Result<()> {
        self.act(id, player, |slot| Op::Give { slot, weapon })
    }

    /// Queues an input. False: its sequence number is old or waiting already, and it is ignored and counted.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn push_input(&mut self, id: MatchId, player: PlayerId, input: InputCmd) -> Result<bool> {
        let (game, slot) = self.player_mut(id, player)?;
        Ok(op::apply(game, &Op::Input { slot: slot as u8, input }))
    }

    /// Presses buttons on a player's behalf outside the input stream, for the next tick.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn tap(&mut self, id: MatchId, player: PlayerId, buttons: Buttons) -> Result<()> {
        self.act(id, player, |slot| Op::Tap { slot, buttons })
    }

    /// Throws the thrown weapon in a player's hand in the next tick with a level of charge, 1 to 5, as if the trigger
    /// had been held that long. Nothing happens if something else is in hand.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::InvalidArgument`] for another level.
    pub fn throw(&mut self, id: MatchId, player: PlayerId, level: u8) -> Result<()> {
        self.act(id, player, |slot| Op::Throw { slot, level })
    }

    /// Kills a player at once, credited to nobody. For debugging and for players who ask for it.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::NotAllowed`] if the player is dead.
    pub fn kill_player(&mut self, id: MatchId, player: PlayerId) -> Result<()> {
        self.act(id, player, |slot| Op::Kill { slot })
    }

    /// Does what an operation says, as the call that it names would: for playing recorded ones again. False: an input
    /// was old or waiting already.
    ///
    /// # Errors
    /// [`Error::StaleId`] for the match; [`Error::InvalidArgument`] for a slot that nobody has, or that a player cannot
    /// join in, and a level out of range; [`Error::NotAllowed`].
    pub fn apply(&mut self, id: MatchId, op: &Op) -> Result<bool> {
        let game = self.game_mut(id)?;
        op::check(game, op)?;
        Ok(op::apply(game, op))
    }

    fn act(&mut self, id: MatchId, player: PlayerId, op: impl FnOnce(u8) -> Op) -> Result<()> {
        let (game, slot) = self.player_mut(id, player)?;
        let op = op(slot as u8);
        op::check(game, &op)?;
        op::apply(game, &op);
        Ok(())
    }

    /// One tick of every match, on the calling thread. Allocates nothing after the thread's first step.
    pub fn step(&mut self) {
        self.step_with(&mut NoProbe);
    }

    /// [`World::step`] with a probe that is told when stages end.
    pub fn step_with<P: StageProbe>(&mut self, probe: &mut P) {
        let kernels = self.kernels;
        with_scratch(kernels, |scratch| {
            let (blocks, outboxes) = self.blocks();
            for (block, (places, out)) in blocks.chunks_mut(BLOCK).zip(outboxes).enumerate() {
                step_block(block, places, out, scratch, probe);
            }
        });
    }

    /// One tick of every match, on the calling thread and as many more of the rayon pool in which it is called, or of the
    /// global one, as make up that pool's number. Same bits as [`World::step`].
    ///
    /// The calling thread works too, for one that waits has to be woken, on a processor that it may find taken: best call
    /// it from a thread of the pool (`use_current_thread` of rayon's builder), not through `install` from outside.
    pub fn step_parallel(&mut self) {
        let kernels = self.kernels;
        let (blocks, outboxes) = self.blocks();
        let helpers = rayon::current_num_threads().min(outboxes.len()).saturating_sub(1);
        // One at a time, so that all threads are done at the same time but for a block.
        let blocks = Mutex::new(blocks.chunks_mut(BLOCK).zip(outboxes).enumerate());
        let next = || blocks.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            with_scratch(kernels, |scratch| {
                while let Some((block, (places, out))) = next() {
                    step_block(block, places, out, scratch, &mut NoProbe);
                }
            });
        };
        rayon::in_place_scope(|scope| {
            (0..helpers).for_each(|_| scope.spawn(|_| work()));
            work();
        });
    }

    /// One tick of one match. What it sends replaces what the matches of its block have sent.
    pub(crate) fn step_one(&mut self, id: MatchId) -> Result<()> {
        self.game(id)?;
        let kernels = self.kernels;
        with_scratch(kernels, |scratch| {
            let (places, outboxes) = self.blocks();
            let out = &mut outboxes[id.index() / BLOCK];
            out.clear();
            core::mem::swap(out, &mut scratch.out);
            if let Some(game) = places[id.index()].game.as_deref_mut() {
                sim::step(game, id.index() as u32, scratch, &mut NoProbe, None);
            }
            core::mem::swap(out, &mut scratch.out);
        });
        Ok(())
    }

    /// The places, and an outbox for each [`BLOCK`] of them.
    fn blocks(&mut self) -> (&mut [Place], &mut [Outbox]) {
        self.outboxes.resize_with(self.places.len().div_ceil(BLOCK), Outbox::default);
        (&mut self.places, &mut self.outboxes)
    }

    /// Hands over a match's events since the last drain, oldest first; returns how many were lost because more than
    /// [`EVENT_RING`] waited.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn drain_events(&mut self, id: MatchId, each: impl FnMut(&Event)) -> Result<u64> {
        Ok(self.game_mut(id)?.events.drain(each))
    }

    /// Events that wait to be drained, at most [`EVENT_RING`].
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn pending_events(&self, id: MatchId) -> Result<usize> {
        Ok(self.game(id)?.events.len())
    }

    /// Hands over what the players of a match have heard since the last drain, oldest first; returns how many were
    /// lost because more than [`HEARD_RING`] waited.
    ///
    /// Each entry is for one listener and is all that this listener may be told of the sound. Those of one tick come
    /// listener by listener in an order that says nothing of who made them; what a player who has left would have
    /// heard is gone.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn drain_sounds(&mut self, id: MatchId, mut each: impl FnMut(&Heard)) -> Result<u64> {
        let lost = self.game_mut(id)?.heard.drain(|entry| {
            if entry.listener != NONE {
                each(entry);
            }
        });
        Ok(lost)
    }

    /// Entries that wait for [`World::drain_sounds`], at most [`HEARD_RING`].
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn pending_sounds(&self, id: MatchId) -> Result<usize> {
        Ok(self.game(id)?.heard.len())
    }

    /// Whether the host drains what a player is told: see [`World::drain_told`]. From the first call on, or the opening
    /// of a link, what the player may know is kept; a player who has left is not listened for any more.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn listen(&mut self, id: MatchId, player: PlayerId, on: bool) -> Result<()> {
        let def = self.net;
        let (game, slot) = self.player_mut(id, player)?;
        if on {
            let net = game.net_or_new(def, id.index());
            net.listening |= 1 << slot;
            let mask = net.listening;
            crate::net::watch(game, mask);
        } else if let Some(net) = &mut game.net {
            net.listening &= !(1 << slot);
        }
        Ok(())
    }

    /// Hands over what the players who are listened for have been told since the last drain, oldest first; returns how
    /// many entries were lost because more than [`EVENT_RING`] waited. What a player who has left since would have been
    /// told is gone.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn drain_told(&mut self, id: MatchId, mut each: impl FnMut(&crate::Told)) -> Result<u64> {
        self.drain_told_named(id, |told, _| each(told))
    }

    /// [`World::drain_told`] with the ids of actor and target, whose slots may have other players by now.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn drain_told_named(
        &mut self,
        id: MatchId,
        each: impl FnMut(&crate::Told, [Option<PlayerId>; 2]),
    ) -> Result<u64> {
        Ok(self.game_mut(id)?.net.as_mut().map_or(0, |net| net.drain_told(each)))
    }

    /// Entries that wait for [`World::drain_told`], at most [`EVENT_RING`].
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn pending_told(&self, id: MatchId) -> Result<usize> {
        Ok(self.game(id)?.net.as_ref().map_or(0, |net| net.told.len()))
    }

    /// A match to look at.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn view(&self, id: MatchId) -> Result<MatchView<'_>> {
        Ok(MatchView::new(self.game(id)?))
    }

    /// The columns of a match, by name.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn columns(&self, id: MatchId) -> Result<Columns<'_>> {
        let game = self.game(id)?;
        Ok(Columns::new(&game.state, &game.blocks))
    }

    /// Hash of all that the future of a match depends on: columns, slices, map, rules and tick rate.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn hash(&self, id: MatchId) -> Result<u64> {
        Ok(save::hash(self.game(id)?))
    }

    /// Writes a match into `out`, replacing what is there.
    ///
    /// # Errors
    /// [`Error::StaleId`].
    pub fn save(&self, id: MatchId, out: &mut Vec<u8>) -> Result<()> {
        save::save(self.game(id)?, out);
        Ok(())
    }

    /// Turns a match back into what was saved. Ids of players are those of the saved moment; events that wait stay.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::BadSnapshot`] if the bytes are damaged, of another version, or of another map,
    /// rule set or tick rate.
    pub fn restore(&mut self, id: MatchId, bytes: &[u8]) -> Result<()> {
        save::restore(self.game_mut(id)?, bytes)
    }

    pub(crate) fn game(&self, id: MatchId) -> Result<&Match> {
        self.places
            .get(id.index())
            .filter(|place| u64::from(place.generation) == id.generation())
            .and_then(|place| place.game.as_deref())
            .ok_or(Error::StaleId { what: "match", id: id.raw() })
    }

    pub(crate) fn game_mut(&mut self, id: MatchId) -> Result<&mut Match> {
        self.places
            .get_mut(id.index())
            .filter(|place| u64::from(place.generation) == id.generation())
            .and_then(|place| place.game.as_deref_mut())
            .ok_or(Error::StaleId { what: "match", id: id.raw() })
    }

    fn player_mut(&mut self, id: MatchId, player: PlayerId) -> Result<(&mut Match, usize)> {
        let game = self.game_mut(id)?;
        let slot = slot_of(&game.state, player)?;
        Ok((game, slot))
    }
}

/// The lane of a player who is in the match.
pub(crate) fn slot_of(state: &MatchState, player: PlayerId) -> Result<usize> {
    let slot = player.slot();
    if state.joined >> slot & 1 == 0 || state.generation[slot] != player.generation() {
        return Err(Error::StaleId { what: "player", id: player.raw().into() });
    }
    Ok(slot)
}

impl Block {
    const EMPTY: Block = Block { health: [0; 64], gone: !0, clear: !0 };
}

/// The weapon with this number, for events and views.
pub(crate) fn weapon_of(number: u8) -> Option<Weapon> {
    Weapon::from_number(number)
}
