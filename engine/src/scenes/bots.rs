//! The driver of a world's bots.

use super::line::{Away, Line};
use super::mind::{Field, Mind};
use super::nav::Nav;
use super::scene::Role;
use crate::world::{InputCmd, MatchId, Op, PLAYERS, PlayerDef, PlayerId, World};
use crate::{Error, GameMap, Result};
use std::sync::Arc;

/// Drives bots of a world. It is no part of the simulation: it looks at matches and pushes inputs, as a client would.
///
/// The same calls on the same world give the same inputs on every host; a match's bots depend on that match alone.
#[derive(Debug, Default)]
pub struct Bots {
    /// Ascending by id.
    groups: Vec<Group>,
    navs: Vec<Arc<Nav>>,
}

#[derive(Debug)]
struct Group {
    game: MatchId,
    nav: Arc<Nav>,
    minds: [Option<Mind>; PLAYERS],
    /// Of those minds that are on a bad one.
    lines: [Option<Line>; PLAYERS],
    /// Whose line has broken, in the order in which they left.
    away: Vec<Away>,
    /// Time for inputs that is left over, in 1/tick_rate of an input.
    time: u32,
    /// Inputs of the match's time so far.
    now: u64,
}

impl Bots {
    /// No bots yet.
    pub fn new() -> Self {
        Bots::default()
    }

    /// Lets a bot into a match. `skill` is 0 (slow and wild) to 1.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for the skill, and those of [`World::add_player`].
    pub fn add(&mut self, world: &mut World, game: MatchId, def: PlayerDef, skill: f32) -> Result<PlayerId> {
        self.add_mind(world, game, def, skill, false)
    }

    /// A bot that shoots at walls whenever it sees nobody.
    ///
    /// # Errors
    /// As [`Bots::add`].
    pub fn add_wrecker(&mut self, world: &mut World, game: MatchId, def: PlayerDef, skill: f32) -> Result<PlayerId> {
        self.add_mind(world, game, def, skill, true)
    }

    /// A bot as a scene has it.
    ///
    /// # Errors
    /// As [`Bots::add`].
    pub fn add_role(&mut self, world: &mut World, game: MatchId, role: &Role) -> Result<PlayerId> {
        let player = self.add_mind(world, game, role.def, role.skill, role.wrecks)?;
        if role.rough {
            let seed = world.view(game)?.seed();
            let at = self.find(game);
            if let Ok(at) = at {
                let line = Line::new(role.def, role.skill, role.wrecks, seed, player.slot());
                self.groups[at].lines[player.slot()] = Some(line);
            }
        }
        Ok(player)
    }

    fn add_mind(
        &mut self,
        world: &mut World,
        game: MatchId,
        def: PlayerDef,
        skill: f32,
        wrecks: bool,
    ) -> Result<PlayerId> {
        check(skill)?;
        let player = world.add_player(game, def)?;
        self.take(world, game, player, skill, wrecks)?;
        Ok(player)
    }

    /// Drives a player who is in the match already, until [`Bots::remove`] takes the player out or [`Bots::release`] lets
    /// go: for somebody who is away, and for measuring what people are sent.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for the skill; [`Error::StaleId`].
    pub fn adopt(&mut self, world: &World, game: MatchId, player: PlayerId, skill: f32) -> Result<()> {
        check(skill)?;
        world.view(game)?.player(player)?;
        self.take(world, game, player, skill, false)
    }

    /// Lets go of a player, who stays in the match. False: it was no bot.
    pub fn release(&mut self, game: MatchId, player: PlayerId) -> bool {
        let is_bot = self.is_bot(game, player);
        if let (true, Ok(at)) = (is_bot, self.find(game)) {
            (self.groups[at].minds[player.slot()], self.groups[at].lines[player.slot()]) = (None, None);
        }
        is_bot
    }

    fn take(&mut self, world: &World, game: MatchId, player: PlayerId, skill: f32, wrecks: bool) -> Result<()> {
        let map = Arc::clone(world.view(game)?.map());
        let at = match self.find(game) {
            Ok(at) => at,
            Err(at) => {
                let nav = self.nav(&map);
                self.groups.insert(at, Group::new(game, nav));
                at
            }
        };
        let group = &mut self.groups[at];
        group.minds[player.slot()] = Some(Mind::new(player, skill, wrecks));
        group.lines[player.slot()] = None;
        Ok(())
    }

    fn find(&self, game: MatchId) -> core::result::Result<usize, usize> {
        self.groups.binary_search_by_key(&game, |group| group.game)
    }

    /// The map's navigation; that of maps nobody plays any more is let go.
    fn nav(&mut self, map: &GameMap) -> Arc<Nav> {
        if let Some(nav) = self.navs.iter().find(|nav| nav.map == map.hash()) {
            return Arc::clone(nav);
        }
        self.navs.retain(|nav| Arc::strong_count(nav) > 1);
        let nav = Arc::new(Nav::new(map));
        self.navs.push(Arc::clone(&nav));
        nav
    }

    /// Takes a bot out of its match.
    ///
    /// # Errors
    /// [`Error::StaleId`] if there is no such match or player, or if the player is no bot.
    pub fn remove(&mut self, world: &mut World, game: MatchId, player: PlayerId) -> Result<()> {
        if !self.is_bot(game, player) {
            world.view(game)?;
            return Err(Error::StaleId { what: "player", id: player.raw().into() });
        }
        world.remove_player(game, player)?;
        if let Ok(at) = self.find(game) {
            (self.groups[at].minds[player.slot()], self.groups[at].lines[player.slot()]) = (None, None);
        }
        Ok(())
    }

    fn mind(&self, game: MatchId, player: PlayerId) -> Option<&Mind> {
        let group = &self.groups[self.find(game).ok()?];
        group.minds[player.slot()].as_ref().filter(|mind| mind.id == player)
    }

    /// Whether a player is driven by this.
    pub fn is_bot(&self, game: MatchId, player: PlayerId) -> bool {
        self.mind(game, player).is_some()
    }

    /// Bots in a match.
    pub fn count(&self, game: MatchId) -> usize {
        self.find(game).map_or(0, |at| self.groups[at].minds.iter().flatten().count())
    }

    /// The last input of a bot.
    pub fn last_input(&self, game: MatchId, player: PlayerId) -> Option<InputCmd> {
        self.mind(game, player).map(|mind| mind.last)
    }

    /// Once before each step: pushes the inputs of every bot for one tick, one for each 1/60 s; lets those go whose line
    /// has broken, and in again who are back. Bots whose match or player is gone are forgotten.
    pub fn think(&mut self, world: &mut World) {
        self.think_told(world, |_, _| {});
    }

    /// [`Bots::think`], telling what is done to matches, in its order: [`World::apply`] does the same again.
    pub fn think_told(&mut self, world: &mut World, mut each: impl FnMut(MatchId, &Op)) {
        let (rate, per_second) = (world.tick_rate(), world.rules().input.per_second);
        self.groups.retain_mut(|group| {
            group.come_and_go(world, &mut each);
            group.think(world, rate, per_second, |world, game, player, input| {
                // The ids were good in the view just now.
                let pushed = world.push_input(game, player, input);
                debug_assert!(pushed.is_ok());
                each(game, &Op::Input { slot: player.slot() as u8, input });
            })
        });
    }

    /// [`Bots::think`] with the inputs handed over instead of pushed: for bots at the other end of a wire. Nobody leaves or
    /// comes back.
    pub fn think_with(&mut self, world: &World, mut each: impl FnMut(MatchId, PlayerId, InputCmd)) {
        let (rate, per_second) = (world.tick_rate(), world.rules().input.per_second);
        let mut world = world;
        self.groups.retain_mut(|group| {
            group.think(&mut world, rate, per_second, |_, game, player, input| each(game, player, input))
        });
    }
}

fn check(skill: f32) -> Result<()> {
    if !(0.0..=1.0).contains(&skill) {
        return Err(Error::InvalidArgument { field: "skill", value: skill.to_string(), limit: "0 to 1".to_owned() });
    }
    Ok(())
}

impl Group {
    fn new(game: MatchId, nav: Arc<Nav>) -> Group {
        let (minds, lines) = ([const { None }; PLAYERS], [const { None }; PLAYERS]);
        Group { game, nav, minds, lines, away: Vec::new(), time: 0, now: 0 }
    }

    /// Lets those go whose line has broken, and in again who are back.
    fn come_and_go(&mut self, world: &mut World, each: &mut impl FnMut(MatchId, &Op)) {
        if self.away.is_empty() && self.lines.iter().all(Option::is_none) {
            return;
        }
        let game = self.game;
        let Ok(seed) = world.view(game).map(|view| view.seed()) else { return };
        for slot in 0..PLAYERS {
            let (Some(mind), Some(line)) = (&self.minds[slot], &self.lines[slot]) else { continue };
            let Some(inputs) = line.broken(seed, slot) else { continue };
            // Whom the host has let go in the meantime does not come back.
            if world.remove_player(game, mind.id).is_ok() {
                each(game, &Op::Leave { slot: slot as u8 });
                let until = self.now + u64::from(inputs);
                self.away.extend(self.lines[slot].take().map(|line| Away { line, until }));
            }
            (self.minds[slot], self.lines[slot]) = (None, None);
        }
        while let Some(at) = self.away.iter().position(|away| away.until <= self.now) {
            let line = self.away.remove(at).line.again();
            // No room: somebody else has the place now.
            let Ok(player) = world.add_player(game, line.def) else { continue };
            let slot = player.slot();
            if let Ok(team) = world.view(game).and_then(|view| Ok(view.player(player)?.team)) {
                each(game, &Op::Join { slot: slot as u8, team, loadout: line.def.loadout, spawn: line.def.spawn });
            }
            self.minds[slot] = Some(Mind::new(player, line.skill, line.wrecks));
            self.lines[slot] = Some(line);
        }
    }

    /// False: the match is gone.
    fn think<W: core::borrow::Borrow<World>>(
        &mut self,
        world: &mut W,
        rate: u32,
        per_second: u32,
        mut push: impl FnMut(&mut W, MatchId, PlayerId, InputCmd),
    ) -> bool {
        self.time += per_second;
        while self.time >= rate {
            self.time -= rate;
            self.now += 1;
            let Ok(view) = (*world).borrow().view(self.game) else { return false };
            let mut players = [None; PLAYERS];
            for player in view.players() {
                players[player.id.slot()] = Some(player);
            }
            let field = Field { view, nav: &self.nav, players };
            let mut inputs = [None; PLAYERS];
            for (mind, input) in self.minds.iter_mut().zip(&mut inputs) {
                let Some(bot) = mind else { continue };
                *input = bot.input(&field).map(|input| (bot.id, input));
                if input.is_none() {
                    *mind = None;
                }
            }
            let (seed, alive) = (field.view.seed(), field.players.map(|player| player.is_some_and(|p| p.alive)));
            for (player, input) in inputs.into_iter().flatten() {
                let slot = player.slot();
                match (&mut self.lines[slot], &mut self.minds[slot]) {
                    (Some(line), Some(mind)) => {
                        mind.last.sequence =
                            line.send(seed, slot, alive[slot], input, |input| push(world, self.game, player, input));
                    }
                    _ => push(world, self.game, player, input),
                }
            }
        }
        (*world).borrow().view(self.game).is_ok()
    }
}
