//! What one bot knows, wants and presses.
//!
//! It knows what a player may know: itself, its team, the map, and enemies while it sees them (the sight matrix), as
//! well as what it remembers of them. It is hit without being told from where. Decisions fall every few inputs,
//! staggered by slot; between them only steering and aim.

use super::nav::{Ground, Nav, Step, cell_at, cells_about, overlaps};
use crate::map::BODY_RADIUS;
use crate::rng::{self, Purpose};
use crate::rules::{Fire, INVENTORY, Weapon};
use crate::world::{Buttons, InputCmd, MatchView, PLAYERS, PlayerId, PlayerView, WeaponView};
use crate::{Team, Vec2};
use core::f32::consts::PI;

/// Inputs (1/60 s each) between decisions.
const THOUGHT: u32 = 6;
/// No enemy.
const NOBODY: u8 = 0xFF;
/// No waypoint.
const NOWHERE: u8 = 0xFF;
/// Inputs for which a lost enemy is looked for.
const SEARCH: u32 = 300;
/// Inputs for which steps are soft after an enemy was lost nearby.
const WARY: u32 = 150;
/// px within which they are.
const WARY_NEAR: f32 = 90.0;
/// Inputs after which a bot that should have moved and did not tries elsewhere, and the px that count as moving.
const STUCK: u32 = 60;
const STUCK_NEAR: f32 = 8.0;
/// px to either side of a line of fire that are kept free of team mates.
const FRIEND: f32 = BODY_RADIUS + 3.0;
/// Distance of the cursor, px: close by, and for looking far (mouse look stretches beyond 80 px).
const CURSOR_NEAR: f32 = 70.0;
const CURSOR_FAR: f32 = 200.0;
/// px beyond which sights are used, and within which they are put down.
const SIGHTS_FROM: f32 = 115.0;
const SIGHTS_TO: f32 = 90.0;
/// px within which the secondary is drawn rather than an empty primary reloaded.
const DRAW_WITHIN: f32 = 110.0;
/// px beyond its favourite range from which a bot closes in without dancing.
const CHARGE: f32 = 80.0;
/// Heat at which the machine gun is let cool, and to which.
const HOT: f32 = 85.0;
const COOL: f32 = 30.0;
/// px within which no explosion is wished for: a blast's 50 and some.
const SAFE: f32 = 65.0;
/// Inputs after losing an enemy within which something is thrown.
const THROW_WITHIN: u32 = 120;
/// px a grenade goes for each px/s of its first speed: 3 s at 0.85 a second.
const GRENADE_WAY: f32 = 2.37;
const SLOTS: [Buttons; INVENTORY] = [Buttons::SLOT1, Buttons::SLOT2, Buttons::SLOT3, Buttons::SLOT4, Buttons::SLOT5];
/// px at which wreckers look for walls.
const WRECK_REACH: f32 = 130.0;

/// What all bots of a match look at in one tick.
pub(super) struct Field<'a> {
    pub(super) view: MatchView<'a>,
    pub(super) nav: &'a Nav,
    pub(super) players: [Option<PlayerView>; PLAYERS],
}

/// Why a bot shoots where nobody is to be seen.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reason {
    /// An enemy went behind something soft, or round a corner.
    Suppress,
    /// A soft wall is in the way, or in a wrecker's eye.
    Wall,
    /// A thrown item, by its place, goes to where an enemy was.
    Throw(usize),
}

#[derive(Debug, Clone, Copy)]
struct Order {
    at: Vec2,
    until: u32,
    reason: Reason,
}

#[derive(Debug, Clone, Copy)]
struct Memory {
    at: Vec2,
    when: u32,
}

/// One bot.
#[derive(Debug, Clone)]
pub(super) struct Mind {
    pub(super) id: PlayerId,
    /// 0 to 1.
    skill: f32,
    /// Shoots at walls when it sees nobody.
    wrecks: bool,
    pub(super) last: InputCmd,
    /// Inputs made so far: the bot's clock.
    now: u32,
    next_thought: u32,
    was_alive: bool,
    damage_tick: u32,

    /// Radians, where it looks and where it wants to look.
    heading: f32,
    wanted: f32,
    /// Radians off the mark: now, and where it drifts.
    error: f32,
    error_to: f32,
    /// Until then the wanted heading is kept: looking round a corner, or for who has shot.
    look_until: u32,
    look_far: bool,

    target: u8,
    target_since: u32,
    memory: Option<Memory>,
    /// Where the last fight was, its own death included.
    hot: Option<Vec2>,
    order: Option<Order>,

    goal: u8,
    goal_until: u32,
    rest_until: u32,
    retreat_until: u32,
    /// +1 or -1.
    strafe: f32,
    detour: (f32, u32),
    /// Place and time of the last check for being stuck.
    checked: (Vec2, u32),
    /// Movement keys of the last input.
    keys: Buttons,

    /// Place of the weapon it wants in hand.
    hand: usize,
    hand_at: u32,
    sights_at: u32,
    cooling: bool,
    /// Inputs of firing and of pause, and where in them it is.
    burst: (u32, u32),
    trigger: u32,
    fired: bool,
    respawn_delay: u32,
}

impl Mind {
    pub(super) fn new(id: PlayerId, skill: f32, wrecks: bool) -> Mind {
        Mind {
            id,
            skill,
            wrecks,
            last: InputCmd::default(),
            now: 0,
            next_thought: id.slot() as u32 % THOUGHT,
            was_alive: false,
            damage_tick: 0,
            heading: 0.0,
            wanted: 0.0,
            error: 0.0,
            error_to: 0.0,
            look_until: 0,
            look_far: false,
            target: NOBODY,
            target_since: 0,
            memory: None,
            hot: None,
            order: None,
            goal: NOWHERE,
            goal_until: 0,
            rest_until: 0,
            retreat_until: 0,
            strafe: 1.0,
            detour: (0.0, 0),
            checked: (Vec2::ZERO, 0),
            keys: Buttons::NONE,
            hand: 0,
            hand_at: 0,
            sights_at: 0,
            cooling: false,
            burst: (12, 10),
            trigger: 0,
            fired: false,
            respawn_delay: 0,
        }
    }

    /// The next 1/60 s. `None`: the bot is no longer in the match.
    pub(super) fn input(&mut self, field: &Field) -> Option<InputCmd> {
        let slot = self.id.slot();
        let me = field.players[slot].filter(|p| p.id == self.id)?;
        self.now = self.now.wrapping_add(1);
        let next = self.last.sequence.wrapping_add(1);
        // A restored match may have heard later inputs than this bot has made.
        let sequence =
            if next.wrapping_sub(me.last_sequence) as i32 > 0 { next } else { me.last_sequence.wrapping_add(1) };
        let mut input = if field.view.is_over() {
            InputCmd { held: Buttons::NONE, taps: Buttons::NONE, ..self.last }
        } else if me.alive {
            if !self.was_alive {
                self.begin_life(field, &me);
            }
            self.live(field, &me)
        } else {
            self.dead(field, &me)
        };
        self.was_alive = me.alive;
        input.sequence = sequence;
        input.ack_tick = field.view.tick();
        self.last = input;
        Some(input)
    }

    fn draw(&self, field: &Field, stream: u32) -> [u32; 4] {
        rng::draw(field.view.seed(), self.now, Purpose::Bot, self.id.slot() as u32 + 8 * stream)
    }

    fn dead(&mut self, field: &Field, me: &PlayerView) -> InputCmd {
        if self.was_alive {
            self.hot = Some(me.position);
            self.respawn_delay = rng::below(self.draw(field, 1)[0], 40);
            self.forget();
        }
        let ask = !me.placed || field.view.tick() >= me.respawn_tick.saturating_add(self.respawn_delay);
        // One press in a while: the engine may refuse.
        let taps = if ask && self.now.is_multiple_of(8) { Buttons::RESPAWN } else { Buttons::NONE };
        InputCmd { held: Buttons::NONE, taps, ..self.last }
    }

    fn forget(&mut self) {
        self.target = NOBODY;
        self.memory = None;
        self.order = None;
        self.goal = NOWHERE;
        self.look_until = 0;
        self.rest_until = 0;
        self.retreat_until = 0;
        self.detour.1 = 0;
        self.trigger = 0;
        self.fired = false;
        self.cooling = false;
    }

    fn begin_life(&mut self, field: &Field, me: &PlayerView) {
        self.forget();
        let words = self.draw(field, 2);
        self.heading = libm::atan2f(me.facing.y, me.facing.x);
        self.wanted = self.heading;
        self.damage_tick = me.damage_tick;
        self.checked = (me.position, self.now);
        self.strafe = if words[0] & 1 == 0 { 1.0 } else { -1.0 };
        self.next_thought = self.now;
        // Most lives go with the primary, some with the gun among the support items.
        let weapons = self.weapons(field);
        let heavy = (2..INVENTORY).find(|&i| weapons[i].is_some_and(|w| usable(field, w.weapon)));
        self.hand = match heavy {
            Some(place) if words[1] % 5 < 2 || self.wrecks => place,
            _ => 0,
        };
    }

    fn weapons(&self, field: &Field) -> [Option<WeaponView>; INVENTORY] {
        field.view.weapons(self.id).unwrap_or([None; INVENTORY])
    }

    fn live(&mut self, field: &Field, me: &PlayerView) -> InputCmd {
        self.watch(field, me);
        if self.now >= self.next_thought {
            self.next_thought = self.now + THOUGHT;
            self.think(field, me);
        }
        let target = field.players.get(self.target as usize).copied().flatten();
        let mark = target.map(|t| t.position);
        let (mut held, sneaks, runs) = self.steer(field, me, target.as_ref());
        self.keys = held;
        if sneaks {
            held |= Buttons::SNEAK;
        } else if runs {
            held |= Buttons::RUN;
        }
        self.aim(me, mark);
        let taps = self.hands(field, me, mark, &mut held);
        let (sin, cos) = libm::sincosf(self.heading);
        let reach = match mark {
            Some(at) => (at - me.position).length().clamp(20.0, CURSOR_FAR),
            None if self.look_far => CURSOR_FAR,
            None => CURSOR_NEAR,
        };
        let cursor = me.position + Vec2::new(cos, sin) * reach;
        // Always finite: a position of the field and a bounded reach.
        InputCmd::new(0, held, taps, cursor).unwrap_or_default()
    }

    /// Every input: who is seen, who is lost, who has shot.
    fn watch(&mut self, field: &Field, me: &PlayerView) {
        let seen = |slot: usize| field.view.sees(self.id.slot()) >> slot & 1 == 1;
        let living = |slot: usize| field.players[slot].filter(|p| p.alive && p.team != me.team && seen(slot));
        if self.target != NOBODY && living(self.target as usize).is_none() {
            // Dead in sight: nothing to look for.
            let dead = field.players[self.target as usize].is_none_or(|p| seen(self.target as usize) && !p.alive);
            if dead {
                self.memory = None;
                self.order = None;
            }
            self.target = NOBODY;
            self.next_thought = self.now;
        }
        if field.view.sees(self.id.slot()) != 0 {
            let distance = |p: &PlayerView| {
                let d = (p.position - me.position).length_squared();
                // Those under protection come last; the one in hand is kept unless another is much closer.
                let protected = p.invulnerable_until > field.view.tick();
                let kept = p.id.slot() == self.target as usize;
                d * if kept { 0.5 } else { 1.0 } + if protected { 1.0e6 } else { 0.0 }
            };
            let best = (0..PLAYERS).filter_map(living).min_by(|a, b| distance(a).total_cmp(&distance(b)));
            if let Some(enemy) = best {
                if self.target != enemy.id.slot() as u8 {
                    // Somebody found again at once needs no second start.
                    let fresh = self.memory.is_none_or(|m| self.now - m.when > 20);
                    if fresh {
                        self.target_since = self.now;
                        self.error = self.spread(0) * if self.strafe > 0.0 { 1.0 } else { -1.0 };
                    }
                    self.target = enemy.id.slot() as u8;
                    self.order = None;
                    self.next_thought = self.now;
                }
                self.memory = Some(Memory { at: enemy.position, when: self.now });
                self.hot = Some(enemy.position);
            }
        }
        if me.damage_tick != self.damage_tick {
            self.damage_tick = me.damage_tick;
            self.rest_until = 0;
            if self.target == NOBODY && self.now >= self.look_until {
                // Hit by somebody unseen: where one was last, else round.
                let words = self.draw(field, 3);
                let known = self.memory.filter(|m| self.now - m.when < SEARCH);
                self.wanted = match known {
                    Some(m) => bearing(me.position, m.at),
                    None => self.heading + PI * (0.6 + 0.8 * rng::unit(words[0])),
                };
                self.look_until = self.now + 35;
                self.look_far = false;
            }
        }
    }

    /// Half width of the aiming error, radians, after so many inputs on a target.
    fn spread(&self, on_target: u32) -> f32 {
        let base = 0.98 - 0.85 * self.skill;
        base * (0.5 + 0.5 * 60.0 / (60.0 + on_target as f32))
    }

    fn think(&mut self, field: &Field, me: &PlayerView) {
        let words = self.draw(field, 0);
        let nav = field.nav;
        if nav.waypoints() == 0 {
            return;
        }
        // An error lasts for some thoughts, then it is noticed and becomes another.
        if words[0].is_multiple_of(3) {
            let drift = rng::unit(words[0]) * 2.0 - 1.0;
            self.error_to = drift * self.spread(self.now.saturating_sub(self.target_since));
        }
        if rng::unit(words[1]) < 0.14 {
            self.strafe = -self.strafe;
        }
        self.unstick(me, words[1]);
        if self.memory.is_some_and(|m| self.now - m.when > SEARCH) {
            self.memory = None;
        }
        if self.order.is_some_and(|o| self.now >= o.until) {
            self.order = None;
            self.trigger = 0;
        }

        if self.target != NOBODY {
            let enemy = self.memory.map_or(me.position, |m| m.at);
            if me.health < 35.0 && self.now >= self.retreat_until + 240 && rng::unit(words[2]) < 0.25 {
                self.goal = self.cover(field, me, enemy, words);
                self.retreat_until = self.now + 120;
                self.goal_until = self.retreat_until;
            }
            return;
        }
        self.choose_goal(field, me, words);
        self.choose_look(field, me, words);
        self.choose_order(field, me, words);
    }

    fn unstick(&mut self, me: &PlayerView, word: u32) {
        let (place, when) = self.checked;
        if self.now - when < STUCK {
            return;
        }
        let wants = self.keys != Buttons::NONE && self.order.is_none_or(|o| o.reason != Reason::Wall);
        if wants && (me.position - place).length_squared() < STUCK_NEAR * STUCK_NEAR {
            self.detour = (rng::unit(word.rotate_left(8)) * 2.0 * PI, self.now + 20);
            self.goal = NOWHERE;
        }
        self.checked = (me.position, self.now);
    }

    /// One of a few random waypoints: the best by `score`, lower is better.
    fn pick(&self, field: &Field, words: [u32; 4], score: impl Fn(Vec2) -> f32) -> u8 {
        let count = field.nav.waypoints() as u32;
        let more = self.draw(field, 4);
        let candidates = [words[2], words[3], more[0], more[1]].map(|w| rng::below(w, count) as u8);
        let key = |w: &u8| score(field.nav.waypoint(*w));
        candidates.into_iter().min_by(|a, b| key(a).total_cmp(&key(b))).unwrap_or(0)
    }

    /// A waypoint out of an enemy's line, not behind that enemy.
    fn cover(&self, field: &Field, me: &PlayerView, enemy: Vec2, words: [u32; 4]) -> u8 {
        self.pick(field, words, |at| {
            let exposed = if field.nav.shield(enemy, at) == Ground::Hard { 0.0 } else { 150.0 };
            let behind = if (at - me.position).dot(enemy - me.position) > 0.0 { 200.0 } else { 0.0 };
            (at - me.position).length() + exposed + behind
        })
    }

    fn choose_goal(&mut self, field: &Field, me: &PlayerView, words: [u32; 4]) {
        let nav = field.nav;
        let arrived = self.goal != NOWHERE
            && (nav.next(self.goal, me.position) == Step::Arrived
                || (nav.waypoint(self.goal) - me.position).length_squared() < 100.0);
        if self.goal != NOWHERE && !arrived && self.now < self.goal_until {
            return;
        }
        if arrived {
            // Where the enemy was, and nobody is.
            if self.memory.is_some_and(|m| (m.at - me.position).length_squared() < 60.0 * 60.0) {
                self.memory = None;
            }
            if words[0] & 3 != 0 {
                self.rest_until = self.now + 12 + rng::below(words[1], 48);
            }
        }
        self.goal_until = self.now + 600;
        if let Some(memory) = self.memory {
            // Straight after, or round by another way.
            self.goal = if words[0] & 4 == 0 {
                nav.nearest(memory.at)
            } else {
                self.pick(field, words, |at| (at - memory.at).length())
            };
            self.goal_until = self.now + 240;
            return;
        }
        let enemies = if me.team == Team::Red { Team::Blue } else { Team::Red };
        let homes = nav.homes(enemies);
        let (width, height) = crate::map::PLAYFIELD;
        let jitter = rng::unit(words[1].rotate_left(12));
        let draw_to = match rng::below(words[1], 10) {
            0..=3 => self.hot,
            4..=6 if !homes.is_empty() => {
                Some(nav.waypoint(homes[rng::below(words[0].rotate_left(7), homes.len() as u32) as usize]))
            }
            7..=8 => Some(Vec2::new(width * (0.35 + 0.3 * jitter), height * 0.5)),
            _ => None,
        };
        self.goal = match draw_to {
            // Not where one stands already.
            Some(to) => self.pick(field, words, |at| {
                (at - to).length() + if (at - me.position).length_squared() < 40.0 * 40.0 { 200.0 } else { 0.0 }
            }),
            None => rng::below(words[2], nav.waypoints() as u32) as u8,
        };
        self.hot = self.hot.filter(|_| words[3] & 3 != 0);
    }

    /// Where to look with nobody in sight: along the way, into corners, at where somebody was.
    fn choose_look(&mut self, field: &Field, me: &PlayerView, words: [u32; 4]) {
        if self.now < self.look_until || self.goal == NOWHERE {
            return;
        }
        let recent = self.memory.filter(|m| self.now - m.when < WARY);
        if let Some(memory) = recent {
            self.wanted = bearing(me.position, memory.at);
            self.look_far = (memory.at - me.position).length() > CURSOR_FAR * 0.5;
            return;
        }
        let ahead = field.nav.ahead(self.goal, me.position, 9);
        if (ahead - me.position).length_squared() > 16.0 {
            self.wanted = bearing(me.position, ahead);
        }
        self.look_far = words[3] >> 8 & 7 == 0;
        if rng::unit(words[3]) < 0.10 {
            // A glance aside, within what running allows.
            self.wanted += (rng::unit(words[2]) - 0.5) * 2.2;
            self.look_until = self.now + 18;
        }
    }

    /// Whether to shoot with nobody in sight: at a soft wall in the way, at where somebody went, at walls for fun.
    fn choose_order(&mut self, field: &Field, me: &PlayerView, words: [u32; 4]) {
        let until = |ticks: u32| self.now + ticks;
        if self.goal != NOWHERE
            && let Some(at) = self.in_the_way(field, me)
        {
            self.order = Some(Order { at, until: until(60), reason: Reason::Wall });
            return;
        }
        if self.order.is_some() {
            return;
        }
        if let Some(memory) = self.memory
            && self.now - memory.when < THROW_WITHIN
            && words[1] >> 16 & 3 == 0
            && (memory.at - me.position).length_squared() > SAFE * SAFE
            && let Some(place) = self.item(field, words[0])
        {
            self.order = Some(Order { at: memory.at, until: until(150), reason: Reason::Throw(place) });
            return;
        }
        let chance = rng::unit(words[3]);
        if let Some(memory) = self.memory
            && chance < 0.8
        {
            let just_lost = self.now - memory.when < 12;
            let ticks = match field.nav.shield(me.position, memory.at) {
                Ground::Soft if just_lost || chance < 0.25 => 50 + rng::below(words[0], 70),
                Ground::Free if just_lost => 30 + rng::below(words[0], 80),
                _ => 0,
            };
            if ticks > 0 {
                self.order = Some(Order { at: memory.at, until: until(ticks), reason: Reason::Suppress });
            }
            return;
        }
        if self.wrecks
            && let Some(at) = self.wall_in_reach(field, me, words)
        {
            self.order = Some(Order { at, until: until(90), reason: Reason::Wall });
        }
    }

    /// The place of one of the thrown items that are left.
    fn item(&self, field: &Field, word: u32) -> Option<usize> {
        let weapons = self.weapons(field);
        let left = |i: &usize| {
            weapons[*i]
                .is_some_and(|w| field.view.rules().weapons[w.weapon as usize].fire == Fire::Thrown && w.ammo > 0)
        };
        let count = (0..INVENTORY).filter(left).count() as u32;
        (count > 0).then(|| (0..INVENTORY).filter(left).nth(rng::below(word, count) as usize)).flatten()
    }

    /// Draws an item, charges it for the distance, lets it go.
    fn throw(&mut self, field: &Field, me: &PlayerView, order: Order, place: usize, held: &mut Buttons) -> Buttons {
        let item = self.weapons(field)[place].filter(|w| w.ammo > 0);
        let Some(item) = item else {
            self.order = None;
            return Buttons::NONE;
        };
        if me.hand != place {
            if self.now < self.hand_at {
                return Buttons::NONE;
            }
            self.hand_at = self.now + 12;
            return SLOTS[place];
        }
        let throws = &field.view.rules().throws;
        let distance = (order.at - me.position).length();
        let level = if item.weapon == Weapon::Grenade {
            let level = (distance / GRENADE_WAY - throws.speed) / throws.speed_per_charge;
            level.clamp(1.0, f32::from(throws.levels)) as u8
        } else {
            1
        };
        if me.charge >= level {
            // Let go; the hand must stay on it until it has left.
            self.order = None;
            self.hand_at = self.now + 8;
        } else if item.ready_in <= 1 && (me.charge > 0 || self.may_fire(field, me, order.at)) {
            *held |= Buttons::FIRE;
        }
        Buttons::NONE
    }

    /// The middle of a standing soft slice that the next two steps need out of the way.
    fn in_the_way(&self, field: &Field, me: &PlayerView) -> Option<Vec2> {
        let Step::Go(first, ground) = field.nav.next(self.goal, me.position) else { return None };
        let second = field.nav.ahead(self.goal, me.position, 2);
        if ground != Ground::Soft && field.nav.ground(second) != Ground::Soft {
            return None;
        }
        let geometry = field.view.map().geometry();
        [first, second].into_iter().find_map(|at| {
            let near = cells_about(at, BODY_RADIUS).flat_map(|cell| geometry.cell(cell)).map(|&s| s as usize);
            let standing = near.filter(|&s| field.view.slice_health(s) > 0 && overlaps(geometry, s, at, BODY_RADIUS));
            let middle = |s: usize| Vec2::new(geometry.x0[s] + geometry.x1[s], geometry.y0[s] + geometry.y1[s]) * 0.5;
            let distance = |at: &Vec2| (*at - me.position).length_squared();
            standing.map(middle).min_by(|a, b| distance(a).total_cmp(&distance(b)))
        })
    }

    /// A standing soft slice, or any wall, in one of a few directions.
    fn wall_in_reach(&self, field: &Field, me: &PlayerView, words: [u32; 4]) -> Option<Vec2> {
        let geometry = field.view.map().geometry();
        let mut other = None;
        for i in 0..6 {
            let angle = self.heading + (rng::unit(words[0].rotate_left(5 * i)) - 0.5) * PI;
            let (sin, cos) = libm::sincosf(angle);
            let mut far = BODY_RADIUS;
            while far < WRECK_REACH {
                let at = me.position + Vec2::new(cos, sin) * far;
                let ground = field.nav.cell(at);
                let mut slices = geometry.cell(cell_at(at)).iter();
                if ground != Ground::Free && slices.any(|&s| field.view.slice_health(s as usize) > 0) {
                    if ground == Ground::Soft {
                        return Some(at);
                    }
                    other = other.or(Some(at));
                    break;
                }
                far += 4.0;
            }
        }
        other
    }

    /// Movement keys, whether to sneak, whether to run.
    fn steer(&mut self, field: &Field, me: &PlayerView, target: Option<&PlayerView>) -> (Buttons, bool, bool) {
        let nav = field.nav;
        if self.now < self.detour.1 {
            let (sin, cos) = libm::sincosf(self.detour.0);
            return (keys(Vec2::new(cos, sin)), false, false);
        }
        if let Some(enemy) = target
            && self.now >= self.retreat_until
        {
            let to = enemy.position - me.position;
            let distance = to.length().max(1.0);
            let toward = to / distance;
            let across = Vec2::new(-toward.y, toward.x) * self.strafe;
            let wanted = range_of(me.weapon);
            let press = ((distance - wanted) / 40.0).clamp(-1.0, 1.0) * 0.9;
            if distance < wanted + CHARGE {
                let held = keys(across + toward * press);
                if nav.ground(me.position + along(held) * 9.0) == Ground::Free {
                    return (held, false, false);
                }
                // A wall there: the other way round.
                let held = keys(toward * press - across);
                if nav.ground(me.position + along(held) * 9.0) == Ground::Free {
                    self.strafe = -self.strafe;
                    return (held, false, false);
                }
            }
            // Too far off, or no room beside: along the way to the enemy.
            let held = match nav.next(nav.nearest(enemy.position), me.position) {
                Step::Go(to, _) => walk(to - me.position),
                Step::Arrived | Step::None => keys(toward * press),
            };
            return (held, false, false);
        }
        if self.now < self.rest_until || self.goal == NOWHERE {
            return (Buttons::NONE, false, false);
        }
        if self.order.is_some_and(|o| o.reason == Reason::Wall) && self.in_front(me) {
            return (Buttons::NONE, false, false);
        }
        let near = self.memory.filter(|m| self.now - m.when < WARY);
        let sneaks = target.is_none()
            && near.is_some_and(|m| {
                self.now - m.when > 40 && (m.at - me.position).length_squared() < WARY_NEAR * WARY_NEAR
            });
        match nav.next(self.goal, me.position) {
            Step::Go(to, _) => {
                let runs = near.is_none() && target.is_none();
                (walk(to - me.position), sneaks, runs)
            }
            Step::Arrived => (Buttons::NONE, false, false),
            Step::None => {
                self.goal = NOWHERE;
                (Buttons::NONE, false, false)
            }
        }
    }

    /// A wall to be shot is close ahead: standing is better than pushing against it. Wreckers stand while firing.
    fn in_front(&self, me: &PlayerView) -> bool {
        self.order.is_some_and(|o| (o.at - me.position).length_squared() < 20.0 * 20.0)
            || (self.wrecks && self.now % 240 < 60)
    }

    /// Turns towards the mark, or where it wants to look.
    fn aim(&mut self, me: &PlayerView, mark: Option<Vec2>) {
        self.error += (self.error_to - self.error) * 0.12;
        let reacted = self.now >= self.target_since + self.reaction();
        match (mark, self.order) {
            (Some(at), _) if reacted => self.wanted = bearing(me.position, at) + self.error,
            (None, Some(order)) => {
                let wide = if order.reason == Reason::Suppress { 1.5 } else { 0.3 };
                self.wanted = bearing(me.position, order.at) + self.error * wide;
            }
            _ => {}
        }
        let fastest = 0.09 + 0.10 * self.skill;
        let turn = (wrap(self.wanted - self.heading) * 0.4).clamp(-fastest, fastest);
        self.heading = wrap(self.heading + turn);
    }

    /// Inputs from seeing an enemy to acting on it: 25 to 8.
    fn reaction(&self) -> u32 {
        25 - (17.0 * self.skill) as u32
    }

    /// Trigger, reload, weapons, sights. Returns presses; adds what is held.
    fn hands(&mut self, field: &Field, me: &PlayerView, mark: Option<Vec2>, held: &mut Buttons) -> Buttons {
        let shoot_at = match (mark, self.order) {
            (Some(at), _) => (self.now >= self.target_since + self.reaction()).then_some(at),
            (None, Some(order)) => Some(order.at),
            (None, None) => None,
        };
        if let (None, Some(order @ Order { reason: Reason::Throw(place), .. })) = (mark, self.order) {
            self.fired = false;
            return self.throw(field, me, order, place, held);
        }
        let quiet = self.memory.is_none_or(|m| self.now - m.when > 45);
        // Magazines need no look in every input when nothing is going on.
        if shoot_at.is_none() && !self.now.is_multiple_of(THOUGHT) {
            self.fired = false;
            return Buttons::NONE;
        }
        let weapons = self.weapons(field);
        let Some(gun) = weapons[me.hand] else { return Buttons::NONE };
        let rule = &field.view.rules().weapons[gun.weapon as usize];
        let mut taps = Buttons::NONE;

        let loaded = |i: usize| weapons[i].is_some_and(|w| usable(field, w.weapon) && w.ammo > 0);
        let dry = |i: usize| weapons[i].is_none_or(|w| !usable(field, w.weapon) || (w.ammo == 0 && w.reserve == 0));
        if dry(self.hand) {
            self.hand = (0..INVENTORY).find(|&i| !dry(i)).unwrap_or(self.hand);
        }
        let close = mark.is_some_and(|at| (at - me.position).length_squared() < DRAW_WITHIN * DRAW_WITHIN);
        // Nothing that explodes where it hurts oneself.
        let launches = |i: usize| weapons[i].is_some_and(|w| is_launcher(field, w.weapon));
        let near = shoot_at.is_some_and(|at| (at - me.position).length_squared() < SAFE * SAFE);
        let wanted = match self.hand {
            hand if launches(hand) && near && loaded(0) => 0,
            hand if loaded(hand) || !close || !loaded(1) => hand,
            _ => 1,
        };
        // In the middle of a fight an empty gun is not taken back up.
        let keep = mark.is_some() && gun.ammo > 0 && me.hand == 1;
        if wanted != me.hand && !keep && self.now >= self.hand_at {
            taps |= SLOTS[wanted];
            self.hand_at = self.now + 12;
            self.fired = false;
            return taps;
        }
        let low = quiet && shoot_at.is_none() && u32::from(gun.ammo) * 10 < u32::from(rule.magazine) * 6;
        if !gun.reloading && gun.reserve > 0 && (gun.ammo == 0 || low) {
            self.fired = false;
            return taps | Buttons::RELOAD;
        }

        let limit = if me.aiming { SIGHTS_TO } else { SIGHTS_FROM };
        let sights = rule.pellets == 1 && mark.is_some_and(|at| (at - me.position).length_squared() > limit * limit);
        if sights != me.aiming && self.now >= self.sights_at {
            taps |= Buttons::AIM;
            self.sights_at = self.now + 15;
        }

        self.cooling = rule.heats && (me.heat > HOT || (self.cooling && me.heat > COOL));
        let pull = shoot_at.is_some_and(|at| self.may_fire(field, me, at)) && gun.ammo > 0 && !gun.reloading;
        if !pull || self.cooling || (near && launches(me.hand)) {
            self.fired = false;
            return taps;
        }
        let (on, off) = self.burst;
        self.trigger += 1;
        if self.trigger > on + off {
            let words = self.draw(field, 5);
            self.trigger = 1;
            self.burst = (18 + rng::below(words[0], 40), 4 + rng::below(words[1], 10 - (7.0 * self.skill) as u32));
        }
        if self.trigger > on {
            self.fired = false;
            return taps;
        }
        match rule.fire {
            // Pressed when it will go off, then held.
            Fire::Automatic if self.last.held.has(Buttons::FIRE) || gun.ready_in <= 1 => *held |= Buttons::FIRE,
            // A new press for each shot, and none before the gun is ready.
            Fire::Single if !self.fired && gun.ready_in <= 1 => {
                *held |= Buttons::FIRE;
                self.fired = true;
                return taps;
            }
            Fire::Automatic | Fire::Single | Fire::Thrown => {}
        }
        self.fired = false;
        taps
    }

    /// On the mark, within reach, and no team mate in the line.
    fn may_fire(&self, field: &Field, me: &PlayerView, at: Vec2) -> bool {
        let to = at - me.position;
        let distance = to.length().max(1.0);
        if wrap(self.wanted - self.heading).abs() > (9.0 / distance).clamp(0.05, 0.5) {
            return false;
        }
        let (sin, cos) = libm::sincosf(self.heading);
        let aim = Vec2::new(cos, sin);
        !field.players.iter().flatten().any(|p| {
            if p.team != me.team || !p.alive || p.id == self.id {
                return false;
            }
            let to = p.position - me.position;
            let along = to.dot(aim);
            along > 0.0 && along < distance + 30.0 && to.perp_dot(aim).abs() < FRIEND + along * 0.04
        })
    }
}

/// Whether a weapon is one to go with: all but what is thrown.
fn usable(field: &Field, weapon: Weapon) -> bool {
    field.view.rules().weapons[weapon as usize].fire != Fire::Thrown
}

/// Whether a weapon sends projectiles that explode.
fn is_launcher(field: &Field, weapon: Weapon) -> bool {
    let rule = &field.view.rules().weapons[weapon as usize];
    rule.projectile.is_some() && rule.fire != Fire::Thrown
}

/// Distance at which a bot likes to fight with a weapon, px.
fn range_of(weapon: Option<Weapon>) -> f32 {
    match weapon {
        Some(Weapon::Shotgun) => 25.0,
        Some(Weapon::Smg | Weapon::SuppressedPistol) => 65.0,
        Some(Weapon::SniperRifle | Weapon::AntiMaterialRifle) => 150.0,
        Some(Weapon::Pistol | Weapon::Revolver) => 80.0,
        _ => 100.0,
    }
}

fn bearing(from: Vec2, to: Vec2) -> f32 {
    libm::atan2f(to.y - from.y, to.x - from.x)
}

/// An angle between -pi and pi, up to rounding.
fn wrap(angle: f32) -> f32 {
    angle - libm::floorf((angle + PI) / (2.0 * PI)) * (2.0 * PI)
}

/// The movement keys nearest to a direction, of eight.
fn keys(direction: Vec2) -> Buttons {
    // tan(22.5 degrees) between the axes: sin of it against the length.
    let limit = direction.length() * 0.382_683_43;
    let mut held = Buttons::NONE;
    if direction.x.abs() > limit {
        held |= if direction.x > 0.0 { Buttons::RIGHT } else { Buttons::LEFT };
    }
    if direction.y.abs() > limit {
        held |= if direction.y > 0.0 { Buttons::DOWN } else { Buttons::UP };
    }
    held
}

/// The movement keys for a lattice point close by, each axis for itself, within what one input covers.
fn walk(to: Vec2) -> Buttons {
    let press = |v: f32| if v.abs() > 0.9 { v.signum() } else { 0.0 };
    keys(Vec2::new(press(to.x), press(to.y)))
}

/// Unit direction of movement keys; zero for none.
fn along(held: Buttons) -> Vec2 {
    let axis = |plus, minus| f32::from(u8::from(held.has(plus))) - f32::from(u8::from(held.has(minus)));
    Vec2::new(axis(Buttons::RIGHT, Buttons::LEFT), axis(Buttons::DOWN, Buttons::UP)).normalize_or_zero()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_wrap() {
        for turns in -3..=3 {
            assert!((wrap(0.5 + turns as f32 * 2.0 * PI) - 0.5).abs() < 1e-5);
        }
        // Up to rounding.
        assert!(wrap(3.0 * PI).abs() < PI + 1e-5);
    }

    #[test]
    fn keys_are_the_nearest_of_eight() {
        for i in 0..8 {
            let (sin, cos) = libm::sincosf(i as f32 * PI / 4.0 + 0.35);
            let (sin0, cos0) = libm::sincosf(i as f32 * PI / 4.0);
            let got = along(keys(Vec2::new(cos, sin)));
            assert!((got - Vec2::new(cos0, sin0)).length() < 1e-5, "octant {i}: {got}");
        }
        assert_eq!(keys(Vec2::ZERO), Buttons::NONE);
    }
}
