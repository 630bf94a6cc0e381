//! People at the far end of a wire: what honest players and cheats look like to a server.
//!
//! A bot decides where to go and what to carry; eyes and hands are a person's, after published figures, and see through
//! the wire alone: what the client was sent, after the network's delay. Reactions to sight take 180 to 350 ms and
//! never under 150; the hand moves by submovements of minimum jerk (Flash and Hogan 1985), planned from what was seen
//! 100 ms before, as long as Fitts' law says (1954) and as far off as a share of the way (Schmidt 1979), with a tremor on
//! top; a trigger is pressed 4 to 9 times a second, unevenly. Cheats are laid over the same people.

use super::{Bots, armed_loadout, loadout};
use crate::guard::GuardDef;
use crate::map::{PLAYFIELD, Reading};
use crate::net::{Happening, Receiver, Taken};
use crate::rules::Fire;
use crate::world::{Buttons, InputCmd, MatchDef, MatchId, MatchView, PLAYERS, PlayerDef, PlayerId, World, WorldDef};
use crate::{Error, GameMap, Result, Team, Vec2};
use core::f32::consts::TAU;
use std::collections::VecDeque;

/// Inputs (1/60 s) after which an enemy out of sight is a new one when it comes back.
const GONE: u32 = 30;
/// Inputs of delay between what is seen and what the hand is planned by.
const VISUOMOTOR: usize = 6;
/// px off the goal that a look is content with, and a shot.
const LOOK_NEAR: f32 = 12.0;
/// Ticks of the past that are kept.
const PAST: usize = 64;
const MOVES: Buttons =
    Buttons(Buttons::UP.0 | Buttons::DOWN.0 | Buttons::LEFT.0 | Buttons::RIGHT.0 | Buttons::RUN.0 | Buttons::SNEAK.0);

/// How a person plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Goes about.
    Plain,
    /// Stands for seconds and holds an angle.
    Camper,
    /// Fires before anybody shows.
    Prefirer,
    /// Shoots through walls at what is heard, and after those who vanish.
    Wallbanger,
    /// Shoots walls for fun.
    Wrecker,
    /// Throws the mouse about.
    Restless,
    /// Is told by team mates where enemies are, and looks there.
    Talker,
    /// Watches where enemies come from.
    Watcher,
}

impl Style {
    /// All of them.
    pub const ALL: [Style; 8] = [
        Style::Plain,
        Style::Camper,
        Style::Prefirer,
        Style::Wallbanger,
        Style::Wrecker,
        Style::Restless,
        Style::Talker,
        Style::Watcher,
    ];
}

/// What a person does besides playing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cheat {
    /// A clock that runs so many times too fast.
    Speed(f32),
    /// The trigger tapped in every input.
    Tap,
    /// The trigger pressed at even intervals of so many inputs, whole or not.
    Even(f32),
    /// The trigger pressed with a person's unevenness, but so many times a second.
    Fast(f32),
    /// Sees through walls and looks at the nearest hidden enemy to the pixel.
    WallLock,
    /// The same by hand: smoothly, late and a little off.
    WallSmooth,
    /// The same by hand, every other two seconds, several degrees off.
    WallSubtle,
    /// Looks at whoever is sent at once, to the pixel, and fires.
    AimSnap,
    /// Turns there within some 150 ms, faster than anybody reacts, and stays on it.
    AimSmooth,
    /// A perfect hand with a person's reaction, and a pixel and a half of noise.
    AimHuman,
    /// Fires as soon as somebody is under the crosshair.
    Triggerbot,
    /// Sends ten inputs for one.
    FloodInputs,
    /// Sends the same message over and over, 600 times a second.
    FloodMessages,
    /// Sends bytes that mean nothing, twice a second.
    Garbage,
}

/// Small, seeded.
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    /// splitmix64 (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to below 1.
    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 * (1.0 / 16_777_216.0)
    }

    fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    fn below(&mut self, n: u32) -> u32 {
        (((self.next() >> 32) * u64::from(n)) >> 32) as u32
    }

    fn chance(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// Normal, mean 0, variance 1: the sum of twelve.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

/// A line to the server, either way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// ms that a message takes up and down.
    pub delay_ms: [f32; 2],
    /// ms that it may take longer, evenly.
    pub jitter_ms: f32,
    /// Share that is lost.
    pub loss: f32,
    /// Stalls a minute, each of up to 2 s, in which nothing arrives and after which everything does.
    pub stalls: f32,
}

/// Messages under way with the tick in which they arrive.
#[derive(Debug, Default)]
struct Way {
    waiting: VecDeque<(u32, Vec<u8>)>,
    stalled_until: u32,
}

impl Way {
    fn send(&mut self, bytes: Vec<u8>, tick: u32, delay: f32, line: &Line, dice: &mut Dice) {
        if dice.chance(line.loss) {
            return;
        }
        if dice.chance(line.stalls / 60.0 / 20.0) {
            self.stalled_until = tick + dice.below(120);
        }
        let ms = delay + dice.within(0.0, line.jitter_ms);
        let due = (tick + (ms * 0.06) as u32).max(self.stalled_until);
        // Some overtake others, as jitter has it.
        let at = self.waiting.iter().rposition(|(other, _)| *other <= due).map_or(0, |at| at + 1);
        self.waiting.insert(at, (due, bytes));
    }

    fn due(&mut self, tick: u32) -> Option<Vec<u8>> {
        let ready = self.waiting.front().is_some_and(|(due, _)| *due <= tick);
        ready.then(|| self.waiting.pop_front()).flatten().map(|(_, bytes)| bytes)
    }
}

/// A way of the hand from rest to rest.
#[derive(Debug, Clone, Copy)]
struct Move {
    from: Vec2,
    to: Vec2,
    begun: u32,
    takes: u32,
}

/// An enemy as a person remembers it.
#[derive(Debug, Clone, Copy)]
struct Lost {
    at: Vec2,
    velocity: Vec2,
    when: u32,
}

#[derive(Debug)]
struct Person {
    id: PlayerId,
    team: Team,
    receiver: Receiver,
    line: Line,
    up: Way,
    down: Way,
    dice: Dice,
    style: Style,
    /// 0 to 1.
    skill: f32,
    cheat: Option<Cheat>,
    /// Inputs a tick, and what of one is left over.
    clock: f32,
    time: f32,
    /// Ticks of a hitch of the client's own that are left, and whether it catches up afterwards.
    hitch: u32,
    catches_up: bool,

    now: u32,
    cursor: Vec2,
    tremor: Vec2,
    hand: Option<Move>,
    rest_until: u32,
    /// Directions that the bot wants to look in, oldest first.
    wishes: VecDeque<f32>,
    target: Option<usize>,
    react_at: u32,
    last_percept: [u32; PLAYERS],
    /// Places of the target as shown, newest last.
    percepts: VecDeque<Vec2>,
    lost: Option<Lost>,
    spray_until: u32,
    /// Where somebody was heard, called out, or guessed, in px, and until when that is looked at.
    glance: Option<(Vec2, u32, u32)>,
    burst_until: u32,
    stand_until: u32,
    /// Inputs from a press to the next, on average, and how uneven they are.
    click: f32,
    uneven: f32,
    next_click: f32,
    mind_fires: u32,
    clicked: bool,
    garbage: u32,
    /// Where the living were in the newest frame that the client has.
    radar: [Option<Vec2>; PLAYERS],
    /// The decoy in that frame.
    decoy: Option<(usize, Vec2)>,
}

/// What a table is made of.
#[derive(Debug, Clone, Copy)]
pub struct TableDef {
    /// Name of a built-in map, read finely.
    pub map: &'static str,
    /// Of the match and the people.
    pub seed: u64,
    /// Who cheats in slot 0, and how; all others are honest.
    pub cheat: Option<Cheat>,
    /// ms of delay either way at most.
    pub delay_ms: f32,
    /// Share of messages lost.
    pub loss: f32,
    /// `None`: nobody watches.
    pub guard: Option<GuardDef>,
}

impl Default for TableDef {
    /// Citadel, honest, up to 200 ms either way, 5% lost, watched.
    fn default() -> Self {
        TableDef { map: "citadel", seed: 1, cheat: None, delay_ms: 200.0, loss: 0.05, guard: Some(GuardDef::default()) }
    }
}

/// Where the living were, and the decoys of each: the enemy whom one passes for, and where it was.
type Moment = ([Option<Vec2>; PLAYERS], [Option<(usize, Vec2)>; PLAYERS]);

/// A match of eight people, each at the end of a line of their own.
#[derive(Debug)]
pub struct Table {
    /// With one match.
    pub world: World,
    /// The match.
    pub game: MatchId,
    bots: Bots,
    people: Vec<Person>,
    /// Where the living were, newest last: what a client that reads more than it draws could know.
    past: VecDeque<Moment>,
    tick: u32,
    /// Ticks a frame.
    step: u32,
    up: Vec<u8>,
}

impl Table {
    /// Eight people sit down: styles, skills, weapons and lines drawn by the seed.
    ///
    /// # Errors
    /// [`Error::UnknownName`] for the map; [`Error::InvalidArgument`] for a loss or delay out of range.
    pub fn new(def: &TableDef) -> Result<Table> {
        if !(0.0..=0.5).contains(&def.loss) {
            return Err(Error::invalid("loss", def.loss, "0 to 0.5"));
        }
        if !(0.0..=1000.0).contains(&def.delay_ms) {
            return Err(Error::invalid("delay_ms", def.delay_ms, "0 to 1000 ms"));
        }
        let map = GameMap::builtin(def.map, Reading::Fine)?;
        let mut world = World::new(WorldDef::default())?;
        let game = world.create_match(&map, MatchDef { seed: def.seed, kill_target: Some(10_000) })?;
        let mut bots = Bots::new();
        let mut dice = Dice(def.seed ^ 0x7461_626C_6573);
        let mut people = Vec::with_capacity(PLAYERS);
        for slot in 0..PLAYERS {
            let mut own = Dice(dice.next());
            let style = Style::ALL[own.below(8) as usize];
            // One in eight is as good as people get.
            let skill = if own.chance(0.125) { own.within(0.95, 1.0) } else { own.within(0.0, 0.95) };
            let arms =
                if own.chance(0.2) { armed_loadout(own.below(8) as usize)? } else { loadout(own.below(8) as usize)? };
            let team = if slot % 2 == 0 { Team::Red } else { Team::Blue };
            let player = PlayerDef { team: Some(team), loadout: arms, spawn: true };
            let wrecks = style == Style::Wrecker;
            let id = if wrecks {
                bots.add_wrecker(&mut world, game, player, skill)?
            } else {
                bots.add(&mut world, game, player, skill)?
            };
            world.open_link(game, id)?;
            let line = Line {
                delay_ms: [own.within(0.0, def.delay_ms), own.within(0.0, def.delay_ms)],
                jitter_ms: own.within(0.0, 30.0),
                loss: def.loss,
                stalls: if own.chance(0.25) { 1.0 } else { 0.05 },
            };
            let cheat = def.cheat.filter(|_| slot == 0);
            people.push(Person::new(id, team, style, skill, line, cheat, own));
        }
        if let Some(guard) = def.guard {
            world.guard(game, guard)?;
        }
        let step = crate::NetDef::default().step(world.tick_rate());
        Ok(Table {
            world,
            game,
            bots,
            people,
            past: VecDeque::with_capacity(PAST),
            tick: 0,
            step,
            up: Vec::with_capacity(512),
        })
    }

    /// Ticks played.
    pub fn tick(&self) -> u32 {
        self.tick
    }

    /// Who sits in a slot, how and how well (0 to 1) they play.
    pub fn person(&self, slot: usize) -> Option<(PlayerId, Style, f32)> {
        self.people.get(slot).map(|person| (person.id, person.style, person.skill))
    }

    /// One tick: everybody looks, acts and sends, and the match goes on.
    ///
    /// # Errors
    /// None while the match is this table's alone.
    pub fn advance(&mut self) -> Result<()> {
        self.tick += 1;
        let Table { world, game, bots, people, up, .. } = self;
        let mut wishes = [InputCmd::default(); PLAYERS];
        bots.think_with(world, |_, player, input| wishes[player.slot()] = input);
        let view = world.view(*game)?;
        if self.past.len() == PAST {
            self.past.pop_front();
        }
        let (mut places, mut decoys) = ([None; PLAYERS], [None; PLAYERS]);
        for player in view.players() {
            places[player.id.slot()] = player.alive.then_some(player.position);
            decoys[player.id.slot()] = world.decoy(*game, player.id)?;
        }
        self.past.push_back((places, decoys));
        for person in people.iter_mut() {
            let shown = person.receiver.seen().map_or(0, |seen| seen.tick);
            let late = (view.tick().saturating_sub(shown) as usize).min(self.past.len() - 1);
            let (places, decoys) = &self.past[self.past.len() - 1 - late];
            (person.radar, person.decoy) = (*places, decoys[person.id.slot()]);
            person.live(&view, &wishes[person.id.slot()])?;
        }
        for person in people.iter_mut() {
            let slot = person.id.slot();
            if self.tick % self.step == slot as u32 % self.step {
                up.clear();
                person.receiver.write(0, up);
                let copies = if person.cheat == Some(Cheat::FloodMessages) { 30 } else { 1 };
                for _ in 0..copies {
                    if !up.is_empty() {
                        let (delay, line) = (person.line.delay_ms[0], person.line);
                        person.up.send(up.clone(), self.tick, delay, &line, &mut person.dice);
                    }
                }
            }
            while let Some(bytes) = person.up.due(self.tick) {
                // Garbage is refused, which is what it is sent for.
                let taken = world.receive(*game, person.id, &bytes);
                debug_assert!(taken.is_ok() || person.cheat == Some(Cheat::Garbage));
            }
            if person.cheat == Some(Cheat::Garbage) && self.tick.is_multiple_of(30) {
                person.garbage = person.garbage.wrapping_mul(0x9E37_79B9).wrapping_add(7);
                let refused = world.receive(*game, person.id, &[0xFF, 0xFF, person.garbage as u8]);
                debug_assert!(refused.is_err());
            }
        }
        self.world.step();
        for packet in self.world.packets() {
            let person = &mut self.people[packet.player.slot()];
            let (delay, line) = (person.line.delay_ms[1], person.line);
            person.down.send(packet.bytes.to_vec(), self.tick, delay, &line, &mut person.dice);
        }
        for person in &mut self.people {
            while let Some(bytes) = person.down.due(self.tick) {
                if person.receiver.receive(&bytes)? == Taken::Snapshot {
                    person.hear();
                }
            }
        }
        Ok(())
    }
}

impl Person {
    fn new(
        id: PlayerId,
        team: Team,
        style: Style,
        skill: f32,
        line: Line,
        cheat: Option<Cheat>,
        mut dice: Dice,
    ) -> Person {
        let clock = match cheat {
            Some(Cheat::Speed(times)) => times,
            // Quartz, and what browsers make of it.
            _ => 1.0 + dice.within(-0.003, 0.003),
        };
        let rate = dice.within(4.0, 6.0) + 3.0 * skill;
        Person {
            id,
            team,
            receiver: Receiver::new(),
            line,
            up: Way::default(),
            down: Way::default(),
            style,
            skill,
            cheat,
            clock,
            time: 0.0,
            hitch: 0,
            catches_up: false,
            now: 0,
            cursor: Vec2::new(240.0, 135.0),
            tremor: Vec2::ZERO,
            hand: None,
            rest_until: 0,
            wishes: VecDeque::with_capacity(32),
            target: None,
            react_at: 0,
            last_percept: [0; PLAYERS],
            percepts: VecDeque::with_capacity(32),
            lost: None,
            spray_until: 0,
            glance: None,
            burst_until: 0,
            stand_until: 0,
            click: 60.0 / rate,
            uneven: dice.within(0.06, 0.2),
            next_click: 0.0,
            mind_fires: 0,
            clicked: false,
            garbage: 1,
            radar: [None; PLAYERS],
            decoy: None,
            dice,
        }
    }

    /// ms of a reaction as inputs: never under 150.
    fn reaction(&mut self) -> u32 {
        let mean = 330.0 - 150.0 * self.skill;
        let tail = -30.0 * libm::logf(1.0 - self.dice.unit());
        let ms = mean * (0.88 + 0.1 * self.dice.normal()) + tail;
        (ms.max(150.0) * 0.06) as u32
    }

    /// The inputs of a tick, as many as the client's clock has it.
    fn live(&mut self, view: &MatchView, wish: &InputCmd) -> Result<()> {
        self.time += self.clock;
        if self.hitch > 0 {
            self.hitch -= 1;
            if self.hitch > 0 || !self.catches_up {
                if !self.catches_up {
                    self.time -= libm::floorf(self.time);
                }
                return Ok(());
            }
        } else if self.dice.chance(0.5 / 3600.0) {
            self.hitch = 6 + self.dice.below(90);
            self.catches_up = self.dice.chance(0.5);
        }
        while self.time >= 1.0 {
            self.time -= 1.0;
            let (held, taps, cursor) = self.act(view, wish);
            let copies = if self.cheat == Some(Cheat::FloodInputs) { 10 } else { 1 };
            for _ in 0..copies {
                self.receiver.input(held, taps, cursor)?;
            }
        }
        Ok(())
    }

    /// A snapshot has come: what is to be heard in it.
    fn hear(&mut self) {
        let Some(seen) = self.receiver.seen() else { return };
        let attentive = match self.style {
            Style::Wallbanger | Style::Prefirer => 0.5,
            Style::Restless => 0.1,
            _ => 0.25,
        };
        let mut heard = None;
        for message in &seen.messages {
            if let Happening::Sound { own: false, direction, .. } = message.what {
                heard = Some(f32::from(direction) * (TAU / 64.0));
            }
        }
        if let Some(direction) = heard
            && self.target.is_none()
            && self.glance.is_none_or(|g| self.now > g.2)
            && self.dice.chance(attentive)
        {
            let from = self.now + self.reaction();
            let until = from + 30 + self.dice.below(120);
            let off = direction + self.dice.normal() * 0.06;
            let (sin, cos) = libm::sincosf(off);
            // Places are filled in by where one stands when one looks.
            self.glance = Some((Vec2::new(cos, sin) * self.dice.within(60.0, 120.0), from, until));
            let shoots = match self.style {
                Style::Wallbanger => 0.5,
                Style::Prefirer => 0.35,
                _ => 0.05,
            };
            if self.dice.chance(shoots) {
                self.burst_until = from + 10 + self.dice.below(50);
            }
        }
    }

    /// 1/60 s: what is held, tapped and pointed at.
    fn act(&mut self, view: &MatchView, wish: &InputCmd) -> (Buttons, Buttons, Vec2) {
        self.now += 1;
        let slot = self.id.slot();
        let Ok(me) = view.player(self.id) else { return (Buttons::NONE, Buttons::NONE, self.cursor) };
        let fire = Buttons(wish.held.0 & Buttons::FIRE.0);
        if !me.alive {
            (self.target, self.lost, self.glance, self.hand) = (None, None, None, None);
            self.wishes.clear();
            return (Buttons::NONE, wish.taps | Buttons(wish.held.0 & Buttons::RESPAWN.0), self.cursor);
        }
        let server_sees = view.sees(slot) != 0;
        let wished = Vec2::new(f32::from(wish.cursor_x), f32::from(wish.cursor_y)) / 16.0 - me.position;
        // A bot that sees somebody looks there before its person can.
        if !server_sees {
            self.wishes.push_back(libm::atan2f(wished.y, wished.x));
        } else if let Some(last) = self.wishes.back().copied() {
            self.wishes.push_back(last);
        }
        while self.wishes.len() > 14 {
            self.wishes.pop_front();
        }
        if fire.has(Buttons::FIRE) && !server_sees {
            self.mind_fires = self.now;
        }

        let mut shown = self.shown();
        // A client draws nobody where its player cannot see.
        if let Some((enemy, _)) = self.decoy {
            shown[enemy] = None;
        }
        self.notice(&shown, me.position);
        self.call_out(view, me.position);
        let decoy = self.decoy.map(|decoy| decoy.1);
        let goal = self.goal(view, me.position, &shown, decoy);
        let rule = me.weapon.map(|weapon| &view.rules().weapons[weapon as usize]);
        let thrown = rule.is_some_and(|rule| rule.fire == Fire::Thrown);

        let engaged = self.target.is_some() && self.now >= self.react_at;
        let precise = engaged || matches!(self.cheat, Some(Cheat::WallSmooth | Cheat::WallSubtle));
        self.reach(goal, precise);
        self.cheat_aim(view, me.position, &shown, decoy);

        let mut wants = self.now < self.burst_until && self.glance.is_some_and(|g| self.now >= g.1);
        wants |= self.mind_fires != 0 && self.now - self.mind_fires < 10 && !server_sees;
        wants |= self.now < self.spray_until;
        if let Some(at) = self.target.and_then(|target| shown[target])
            && (engaged || self.acts_at_once())
        {
            wants = self.is_on(me.position, at, if engaged { 9.0 } else { 6.0 });
        }
        if self.cheat == Some(Cheat::Triggerbot) {
            wants |= shown.iter().flatten().any(|at| self.is_on(me.position, *at, 6.0));
        }

        let mut held = Buttons(wish.held.0 & !Buttons::FIRE.0);
        if self.now < self.stand_until && self.target.is_none() {
            held = Buttons(held.0 & !MOVES.0);
        }
        let mut taps = wish.taps;
        if thrown {
            held |= fire;
        } else if let Some(rule) = rule {
            let (h, t) = self.pull(wants, rule.fire == Fire::Automatic);
            held |= h;
            taps |= t;
        }
        self.tremor =
            self.tremor * 0.9 + Vec2::new(self.dice.normal(), self.dice.normal()) * (0.22 - 0.12 * self.skill);
        let steady = matches!(self.cheat, Some(Cheat::AimSnap | Cheat::AimSmooth | Cheat::WallLock));
        let cursor = if steady { self.cursor } else { self.cursor + self.tremor };
        (held, taps, cursor.clamp(Vec2::splat(-40.0), Vec2::new(PLAYFIELD.0, PLAYFIELD.1) + 40.0))
    }

    fn acts_at_once(&self) -> bool {
        matches!(self.cheat, Some(Cheat::AimSnap | Cheat::AimSmooth | Cheat::Triggerbot))
    }

    /// Living enemies as the client shows them, px.
    fn shown(&self) -> [Option<Vec2>; PLAYERS] {
        let mut out = [None; PLAYERS];
        if let Some(seen) = self.receiver.seen() {
            for (slot, player) in seen.players.iter().enumerate() {
                let enemy = seen.scores[slot].is_some_and(|score| score.team != self.team);
                out[slot] = player.filter(|player| player.alive && enemy).map(|player| player.position);
            }
        }
        out
    }

    /// Enemies come on screen, and go.
    fn notice(&mut self, shown: &[Option<Vec2>; PLAYERS], me: Vec2) {
        if self.target.is_some_and(|target| shown[target].is_none()) {
            let (at, before) = (self.percepts.back().copied().unwrap_or(me), self.percepts.front().copied());
            let velocity = before.map_or(Vec2::ZERO, |b| (at - b) / self.percepts.len().max(1) as f32);
            self.lost = Some(Lost { at, velocity, when: self.now });
            let after = match self.style {
                Style::Wallbanger => 60,
                Style::Prefirer | Style::Wrecker => 40,
                _ => 15,
            };
            if self.now >= self.react_at && self.dice.chance(0.7) {
                self.spray_until = self.now + self.dice.below(after);
            }
            self.target = None;
        }
        if self.target.is_none() {
            let near = |at: &Vec2| (*at - me).length_squared();
            let best = shown
                .iter()
                .enumerate()
                .filter_map(|(slot, at)| at.map(|at| (slot, at)))
                .min_by(|a, b| near(&a.1).total_cmp(&near(&b.1)));
            if let Some((slot, _)) = best {
                let fresh = self.last_percept[slot] == 0 || self.now - self.last_percept[slot] > GONE;
                self.react_at = self.now + if fresh { self.reaction() } else { self.reaction() / 3 };
                self.target = Some(slot);
                self.percepts.clear();
                (self.glance, self.spray_until) = (None, 0);
            }
        }
        for (slot, _) in shown.iter().enumerate().filter(|(_, at)| at.is_some()) {
            self.last_percept[slot] = self.now;
        }
        if let Some(at) = self.target.and_then(|target| shown[target]) {
            self.percepts.push_back(at);
            while self.percepts.len() > VISUOMOTOR + 6 {
                self.percepts.pop_front();
            }
        }
    }

    /// What team mates say, what is guessed, and what is done about boredom.
    fn call_out(&mut self, view: &MatchView, me: Vec2) {
        if self.target.is_some() || self.glance.is_some_and(|g| self.now <= g.2) {
            return;
        }
        self.glance = None;
        match self.style {
            Style::Talker if self.dice.chance(0.02) => {
                // A mate sees somebody now and says so: a second later one looks.
                let told = view.players().filter(|p| p.team == self.team && p.id != self.id).find_map(|mate| {
                    view.players().find(|p| view.sees(mate.id.slot()) >> p.id.slot() & 1 == 1 && p.alive)
                });
                if let Some(enemy) = told {
                    let off = Vec2::new(self.dice.normal(), self.dice.normal()) * 12.0;
                    let from = self.now + 40 + self.dice.below(60);
                    self.glance = Some((enemy.position + off - me, from, from + 60 + self.dice.below(90)));
                }
            }
            Style::Watcher if self.dice.chance(0.01) => {
                let x =
                    if self.team == Team::Red { self.dice.within(300.0, 460.0) } else { self.dice.within(20.0, 180.0) };
                let at = Vec2::new(x, self.dice.within(20.0, 250.0));
                self.glance = Some((at - me, self.now, self.now + 90 + self.dice.below(180)));
            }
            Style::Restless if self.dice.chance(0.03) => {
                let (sin, cos) = libm::sincosf(self.dice.within(0.0, TAU));
                self.glance = Some((Vec2::new(cos, sin) * 90.0, self.now, self.now + 10 + self.dice.below(50)));
            }
            Style::Camper if self.dice.chance(0.006) => {
                let wish = self.wishes.back().copied().unwrap_or(0.0) + self.dice.normal() * 0.3;
                let (sin, cos) = libm::sincosf(wish);
                let until = self.now + 120 + self.dice.below(400);
                self.glance = Some((Vec2::new(cos, sin) * 100.0, self.now, until));
                self.stand_until = until;
            }
            Style::Prefirer if self.dice.chance(0.004) => self.burst_until = self.now + 6 + self.dice.below(30),
            _ => {}
        }
    }

    /// Where the cursor should be, px.
    fn goal(&mut self, view: &MatchView, me: Vec2, shown: &[Option<Vec2>; PLAYERS], decoy: Option<Vec2>) -> Vec2 {
        if self.target.is_some() && self.now >= self.react_at {
            // As seen a while ago, and guessed on from there.
            let count = self.percepts.len();
            let at = self.percepts[count.saturating_sub(VISUOMOTOR + 1)];
            let oldest = self.percepts.front().copied().unwrap_or(at);
            let per_input =
                if count > 1 { (self.percepts[count - 1] - oldest) / (count - 1) as f32 } else { Vec2::ZERO };
            let guess = (VISUOMOTOR as f32 + 6.0) * (0.4 + 0.5 * self.skill);
            return at + per_input * guess;
        }
        if let Some(goal) = self.cheat_goal(view, me, shown, decoy) {
            return goal;
        }
        if let Some(lost) = self.lost {
            let gone = self.now - lost.when;
            if gone < 90 {
                // Half of them go on in mind.
                let on = if self.dice.0 & 1 == 0 { gone.min(40) as f32 } else { 0.0 };
                return lost.at + lost.velocity * on;
            }
            self.lost = None;
        }
        if let Some((way, from, until)) = self.glance
            && self.now >= from
            && self.now <= until
        {
            return me + way;
        }
        let wish = self.wishes.front().copied().unwrap_or(0.0);
        let (sin, cos) = libm::sincosf(wish);
        me + Vec2::new(cos, sin) * 80.0
    }

    /// The hand goes on, or begins another way.
    fn reach(&mut self, goal: Vec2, engaged: bool) {
        if let Some(way) = self.hand {
            let gone = self.now - way.begun;
            if gone < way.takes {
                let t = gone as f32 / way.takes as f32;
                let s = t * t * t * (10.0 - 15.0 * t + 6.0 * t * t);
                self.cursor = way.from + (way.to - way.from) * s;
                return;
            }
            self.cursor = way.to;
            self.hand = None;
            self.rest_until = self.now + if engaged { 2 + self.dice.below(4) } else { 4 + self.dice.below(12) };
        }
        let way = goal - self.cursor;
        let far = way.length();
        let near = if engaged { 3.5 - 1.5 * self.skill } else { LOOK_NEAR };
        if self.now < self.rest_until || far < near {
            return;
        }
        let fitts = 5.0 + 3.3 * libm::log2f(1.0 + far / 8.0);
        let takes = (fitts * (1.15 - 0.4 * self.skill) * (1.0 + 0.1 * self.dice.normal())).max(6.0) as u32;
        let off = far * (0.08 - 0.045 * self.skill);
        let gain = 0.95 + 0.04 * self.dice.normal();
        let to = self.cursor + way * gain + Vec2::new(self.dice.normal(), self.dice.normal()) * off;
        self.hand = Some(Move { from: self.cursor, to, begun: self.now, takes });
    }

    /// The crosshair is on a place, within so many px.
    fn is_on(&self, me: Vec2, at: Vec2, px: f32) -> bool {
        let (to, aim) = (at - me, (self.cursor - me).normalize_or_zero());
        to.dot(aim) > 0.0 && to.perp_dot(aim).abs() < px
    }

    /// The trigger finger.
    fn pull(&mut self, wants: bool, automatic: bool) -> (Buttons, Buttons) {
        if !wants {
            self.clicked = false;
            return (Buttons::NONE, Buttons::NONE);
        }
        let (every, uneven) = match self.cheat {
            Some(Cheat::Tap) => return (Buttons::NONE, Buttons::FIRE),
            Some(Cheat::Even(every)) => (every, 0.0),
            Some(Cheat::Fast(rate)) => (60.0 / rate, self.uneven),
            _ if automatic => return (Buttons::FIRE, Buttons::NONE),
            _ => (self.click, self.uneven),
        };
        let now = self.now as f32;
        if now < self.next_click {
            return (Buttons::NONE, Buttons::NONE);
        }
        // A macro keeps its beat; a finger takes each interval from the last press.
        let from = if uneven == 0.0 && now - self.next_click < 30.0 { self.next_click } else { now };
        self.next_click = from + (every * (1.0 + uneven * self.dice.normal())).max(every * 0.5);
        (Buttons::NONE, Buttons::FIRE)
    }

    /// The nearest enemy whom one should know nothing of, a decoy among them.
    fn behind_walls(
        &self,
        view: &MatchView,
        me: Vec2,
        shown: &[Option<Vec2>; PLAYERS],
        decoy: Option<Vec2>,
    ) -> Option<Vec2> {
        let hidden = view.players().filter(|p| p.team != self.team && p.alive && shown[p.id.slot()].is_none());
        let near = |at: &Vec2| (*at - me).length_squared();
        let all = hidden.filter_map(|p| self.radar[p.id.slot()]).chain(decoy);
        all.filter(|at| near(at) < 300.0 * 300.0).min_by(|a, b| near(a).total_cmp(&near(b)))
    }

    /// Where somebody who sees through walls moves the hand.
    fn cheat_goal(
        &mut self,
        view: &MatchView,
        me: Vec2,
        shown: &[Option<Vec2>; PLAYERS],
        decoy: Option<Vec2>,
    ) -> Option<Vec2> {
        let off = match self.cheat? {
            Cheat::WallSmooth => 2.0,
            Cheat::WallSubtle if (self.now / 120).is_multiple_of(2) => 8.0,
            _ => return None,
        };
        let at = self.behind_walls(view, me, shown, decoy)?;
        Some(at + Vec2::new(self.dice.normal(), self.dice.normal()) * off)
    }

    /// What moves the cursor by itself.
    fn cheat_aim(&mut self, view: &MatchView, me: Vec2, shown: &[Option<Vec2>; PLAYERS], decoy: Option<Vec2>) {
        let target = self.target.and_then(|target| shown[target]);
        let to = match self.cheat {
            Some(Cheat::WallLock) if target.is_none() => self.behind_walls(view, me, shown, decoy),
            Some(Cheat::AimSnap) => target,
            Some(Cheat::AimSmooth) => target.map(|at| self.cursor + (at - self.cursor) * 0.4),
            Some(Cheat::AimHuman) if self.now >= self.react_at => target.map(|at| {
                let off = Vec2::new(self.dice.normal(), self.dice.normal()) * 1.5;
                self.cursor + (at + off - self.cursor) * 0.25
            }),
            _ => None,
        };
        if let Some(to) = to {
            self.cursor = to;
            self.hand = None;
        }
    }
}
