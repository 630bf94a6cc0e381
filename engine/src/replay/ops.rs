//! The operations of a second as bits: one model for both directions.

use super::Label;
use super::aim::Aims;
use super::coder::{Bit, Coder, Numbers, Weights};
use super::priors::{self, Chances};
use super::shadow::{Place, Shadows};
use super::turn::angle_approx;
use crate::rules::{INVENTORY, Loadout, Team, Weapon};
use crate::world::{Buttons, Edit, InputCmd, Op, PLAYERS};
use core::f32::consts::PI;
use std::sync::LazyLock;

/// Operations of a tick at most; a recording to which more come stops.
pub(super) const MOST_OPS: usize = 16_384;
/// Of these, such as are neither inputs nor taps: they can cost as much as many ticks, and stand in timelines.
pub(super) const MOST_RARE: usize = 1024;
/// Inputs and taps for each byte of a second at most; each of the others counts as so many. A writer adds bytes until it
/// is so.
pub(super) const OPS_A_BYTE: usize = 64;

/// What is written of a tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Op(Op),
    Label(Label),
}

/// Numbers of the kinds of items, as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Kind {
    Input,
    Tap,
    Throw,
    Join,
    Leave,
    SetTeam,
    SetLoadout,
    Give,
    Kill,
    Repair,
    Reset,
    Label,
    Edit,
    Clear,
}

const KINDS: [Kind; 14] = [
    Kind::Input,
    Kind::Tap,
    Kind::Throw,
    Kind::Join,
    Kind::Leave,
    Kind::SetTeam,
    Kind::SetLoadout,
    Kind::Give,
    Kind::Kill,
    Kind::Repair,
    Kind::Reset,
    Kind::Label,
    Kind::Edit,
    Kind::Clear,
];

/// Neither an input nor a tap.
pub(super) fn is_rare(item: &Item) -> bool {
    !matches!(item, Item::Op(Op::Input { .. } | Op::Tap { .. }))
}

/// What items count against the bytes of a second, see [`OPS_A_BYTE`].
pub(super) fn weight(items: &[Item]) -> usize {
    items.iter().map(|item| if is_rare(item) { OPS_A_BYTE } else { 1 }).sum()
}

fn kind_of(item: &Item) -> Kind {
    match item {
        Item::Op(op) => match op {
            Op::Input { .. } => Kind::Input,
            Op::Tap { .. } => Kind::Tap,
            Op::Throw { .. } => Kind::Throw,
            Op::Join { .. } => Kind::Join,
            Op::Leave { .. } => Kind::Leave,
            Op::SetTeam { .. } => Kind::SetTeam,
            Op::SetLoadout { .. } => Kind::SetLoadout,
            Op::Give { .. } => Kind::Give,
            Op::Kill { .. } => Kind::Kill,
            Op::Repair => Kind::Repair,
            Op::Reset { .. } => Kind::Reset,
            Op::Edit { .. } => Kind::Edit,
            Op::Clear => Kind::Clear,
        },
        Item::Label(_) => Kind::Label,
    }
}

/// What was found where something else must stand: field, and what it must be.
pub(super) type Bad = (&'static str, &'static str);

/// What is known of a slot's inputs.
#[derive(Debug, Clone, Copy)]
struct Past {
    last: InputCmd,
    before: InputCmd,
    /// Ticks from the last input's acknowledged tick to the tick in which it came.
    lag: u32,
    /// Inputs in the last tick that had no other items.
    count: u32,
    /// Whether movement keys changed in the last inputs, newest in bit 0.
    steps: usize,
    /// Inputs since they changed.
    step_age: u32,
    /// The movement keys before the last change.
    stepped: usize,
    /// Inputs since other keys changed, and since the last presses, which were these.
    held_age: u32,
    taps_age: u32,
    taps: u16,
}

const PAST: Past = Past {
    last: InputCmd { sequence: 0, ack_tick: 0, held: Buttons(0), taps: Buttons(0), cursor_x: 0, cursor_y: 0 },
    before: InputCmd { sequence: 0, ack_tick: 0, held: Buttons(0), taps: Buttons(0), cursor_x: 0, cursor_y: 0 },
    lag: 0,
    count: 0,
    steps: 0,
    step_age: 0,
    stepped: 0,
    held_age: 0,
    taps_age: 0,
    taps: 0,
};

/// Movement keys are the lowest four bits of the buttons.
const STEPS: u16 = 15;
/// Sectors of the bearing to whom a player aims at; one more: nobody.
const SECTORS: usize = 32;
/// No movement keys remembered.
const UNKNOWN: u8 = 16;

/// Chances of everything. Begins anew at each keyframe.
#[derive(Debug, Clone)]
pub(super) struct Model {
    past: [Past; PLAYERS],
    shadows: Shadows,
    aims: Aims,
    mixed: Bit,
    more: [[Bit; 4]; PLAYERS],
    next: Bit,
    kind: [Bit; 16],
    slot: [Bit; 8],
    sequence: [[Bit; 2]; PLAYERS],
    lag: [Bit; PLAYERS],
    lag_jump: Numbers<1>,
    sequence_jump: Numbers<1>,
    /// Movement keys that came next when those keys were held and an enemy stood in that sector.
    followed: [[[u8; 16]; SECTORS + 1]; PLAYERS],
    steps: [Bit; 256],
    steps_aged: [Bit; 512],
    steps_guessed: [Bit; 544],
    steps_mix: [Weights<3>; 8],
    step_guess: [[Bit; 4]; 3],
    step_guess_keys: [[Bit; 256]; 3],
    step_guess_sector: [[Bit; SECTORS + 1]; 3],
    step_guess_mix: [Weights<3>; 3],
    held_gait: [Bit; 64],
    held_aim: [Bit; 64],
    held_mix: [Weights<3>; 2],
    step: [[Bit; 16]; 32],
    held: [Bit; 128],
    fires: [Bit; 4],
    other: [[Bit; 4]; 12],
    tapped: [Bit; 128],
    tap_again: [Bit; 2],
    taps: [[Bit; 2]; 16],
}

impl Model {
    const NEW: Model = Model {
        past: [PAST; PLAYERS],
        shadows: Shadows::NEW,
        aims: Aims::NEW,
        mixed: Bit::EVEN,
        more: [[Bit::EVEN; 4]; PLAYERS],
        next: Bit::EVEN,
        kind: [Bit::EVEN; 16],
        slot: [Bit::EVEN; 8],
        sequence: [[Bit::EVEN; 2]; PLAYERS],
        lag: [Bit::EVEN; PLAYERS],
        lag_jump: Numbers::NEW,
        sequence_jump: Numbers::NEW,
        followed: [[[UNKNOWN; 16]; SECTORS + 1]; PLAYERS],
        steps: [Bit::EVEN; 256],
        steps_aged: [Bit::EVEN; 512],
        steps_guessed: [Bit::EVEN; 544],
        steps_mix: [Weights::NEW; 8],
        step_guess: [[Bit::EVEN; 4]; 3],
        step_guess_keys: [[Bit::EVEN; 256]; 3],
        step_guess_sector: [[Bit::EVEN; SECTORS + 1]; 3],
        step_guess_mix: [Weights::NEW; 3],
        held_gait: [Bit::EVEN; 64],
        held_aim: [Bit::EVEN; 64],
        held_mix: [Weights::NEW; 2],
        step: [[Bit::EVEN; 16]; 32],
        held: [Bit::EVEN; 128],
        fires: [Bit::EVEN; 4],
        other: [[Bit::EVEN; 4]; 12],
        tapped: [Bit::EVEN; 128],
        tap_again: [Bit::EVEN; 2],
        taps: [[Bit::EVEN; 2]; 16],
    };

    /// As it begins.
    pub(super) fn boxed() -> Box<Model> {
        Box::new(Model::fresh().clone())
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) {
        self.clone_from(Model::fresh());
    }

    fn fresh() -> &'static Model {
        static FRESH: LazyLock<Box<Model>> = LazyLock::new(|| {
            let mut model = Box::new(Model::NEW);
            priors::load(&mut *model, 0);
            model
        });
        &FRESH
    }

    /// Chances that it has: the next model's begin there in the table.
    pub(super) fn chances() -> usize {
        let mut count = 0;
        Model::fresh().clone().each(&mut |_| count += 1);
        count
    }

    /// The items of one tick of the match, `tick`, which is the first that can see them. A reader appends them.
    /// `places`: where the players are before it, for a writer.
    pub(super) fn tick<C: Coder>(
        &mut self,
        coder: &mut C,
        tick: u32,
        places: &[Place; PLAYERS],
        items: &mut Vec<Item>,
    ) -> Result<(), Bad> {
        for (slot, place) in places.iter().enumerate() {
            let past = &self.past[slot];
            self.shadows.follow(coder, slot, [&past.last, &past.before], *place);
        }
        let mixed = C::WRITES && items.iter().any(|item| kind_of(item) != Kind::Input);
        if coder.bit(&mut self.mixed, mixed) {
            self.in_order(coder, tick, items)
        } else {
            self.by_slot(coder, tick, items)
        }
    }

    /// Inputs alone: those of different slots do not touch each other, and are written slot by slot.
    fn by_slot<C: Coder>(&mut self, coder: &mut C, tick: u32, items: &mut Vec<Item>) -> Result<(), Bad> {
        for slot in 0..PLAYERS {
            let mut from = 0;
            let mut count = 0;
            loop {
                let mut input = InputCmd::default();
                let mut more = false;
                if C::WRITES {
                    let of_slot = |item: &Item| match item {
                        Item::Op(Op::Input { slot: whose, input }) if usize::from(*whose) == slot => Some(*input),
                        _ => None,
                    };
                    if let Some((at, found)) =
                        items[from..].iter().enumerate().find_map(|(i, item)| Some((i, of_slot(item)?)))
                    {
                        (from, input, more) = (from + at + 1, found, true);
                    }
                }
                let seen = self.past[slot].count.min(1) as usize;
                if !coder.bit(&mut self.more[slot][(count.min(1) << 1) as usize | seen], more) {
                    break;
                }
                if !C::WRITES && items.len() >= MOST_OPS {
                    return Err(("operations", "at most 16384 in a tick"));
                }
                let input = self.input(coder, slot, tick, input);
                if !C::WRITES {
                    items.push(Item::Op(Op::Input { slot: slot as u8, input }));
                }
                count += 1;
            }
            self.past[slot].count = count;
        }
        Ok(())
    }

    /// Items in the order in which they came.
    fn in_order<C: Coder>(&mut self, coder: &mut C, tick: u32, items: &mut Vec<Item>) -> Result<(), Bad> {
        let (mut at, mut rare) = (0, 0);
        loop {
            let given = if C::WRITES { items.get(at).cloned() } else { None };
            if !coder.bit(&mut self.next, given.is_some()) {
                return Ok(());
            }
            if !C::WRITES && items.len() >= MOST_OPS {
                return Err(("operations", "at most 16384 in a tick"));
            }
            let item = self.item(coder, tick, given)?;
            if !C::WRITES {
                rare += usize::from(is_rare(&item));
                if rare > MOST_RARE {
                    return Err(("operations", "at most 1024 in a tick that are neither inputs nor taps"));
                }
                items.push(item);
            }
            at += 1;
        }
    }

    fn item<C: Coder>(&mut self, coder: &mut C, tick: u32, given: Option<Item>) -> Result<Item, Bad> {
        let number = coder.tree(&mut self.kind, 4, given.as_ref().map_or(0, |item| kind_of(item) as u32));
        let kind = *KINDS.get(number as usize).ok_or(("operation", "0 to 13"))?;
        if kind == Kind::Label {
            let given = if let Some(Item::Label(label)) = given { Some(label) } else { None };
            return Ok(Item::Label(label(coder, given)?));
        }
        let op = if let Some(Item::Op(op)) = given { op } else { Op::Repair };
        let slot = match kind {
            Kind::Repair => return Ok(Item::Op(Op::Repair)),
            Kind::Clear => return Ok(Item::Op(Op::Clear)),
            Kind::Reset => {
                let seed = if let Op::Reset { seed } = op { seed } else { 0 };
                let high = u64::from(coder.word((seed >> 32) as u32));
                return Ok(Item::Op(Op::Reset { seed: high << 32 | u64::from(coder.word(seed as u32)) }));
            }
            _ => coder.tree(&mut self.slot, 3, op.slot().unwrap_or(0).into()) as u8,
        };
        Ok(Item::Op(match kind {
            Kind::Input => {
                let input = if let Op::Input { input, .. } = op { input } else { InputCmd::default() };
                Op::Input { slot, input: self.input(coder, slot.into(), tick, input) }
            }
            Kind::Tap => {
                let buttons = if let Op::Tap { buttons, .. } = op { buttons.0 } else { 0 };
                Op::Tap { slot, buttons: Buttons(coder.plain(16, buttons.into()) as u16) }
            }
            Kind::Throw => {
                let level = if let Op::Throw { level, .. } = op { level } else { 0 };
                Op::Throw { slot, level: coder.plain(8, level.into()) as u8 }
            }
            Kind::Join => {
                let given =
                    if let Op::Join { team, loadout, spawn, .. } = op { Some((team, loadout, spawn)) } else { None };
                let team = side(coder, given.map(|g| g.0));
                let spawn = coder.plain(1, given.is_some_and(|g| g.2).into()) == 1;
                Op::Join { slot, team, spawn, loadout: loadout(coder, given.map(|g| g.1))? }
            }
            Kind::Leave => Op::Leave { slot },
            Kind::SetTeam => {
                let given = if let Op::SetTeam { team, .. } = op { Some(team) } else { None };
                Op::SetTeam { slot, team: side(coder, given) }
            }
            Kind::SetLoadout => {
                let given = if let Op::SetLoadout { loadout, .. } = op { Some(loadout) } else { None };
                Op::SetLoadout { slot, loadout: loadout(coder, given)? }
            }
            Kind::Give => {
                let number = if let Op::Give { weapon, .. } = op { weapon as u32 } else { 0 };
                let number = coder.plain(4, number) as u8;
                Op::Give { slot, weapon: Weapon::from_number(number).ok_or(("weapon", "0 to 14"))? }
            }
            Kind::Kill => Op::Kill { slot },
            Kind::Edit => {
                let given = if let Op::Edit { edit, .. } = op { edit } else { Edit::Spawn };
                Op::Edit { slot, edit: edit(coder, given)? }
            }
            Kind::Repair | Kind::Clear | Kind::Reset | Kind::Label => Op::Repair,
        }))
    }

    fn input<C: Coder>(&mut self, coder: &mut C, slot: usize, tick: u32, given: InputCmd) -> InputCmd {
        let past = self.past[slot];
        let last = past.last;

        let expected = last.sequence.wrapping_add(1);
        let as_expected = coder.bit(&mut self.sequence[slot][0], given.sequence == expected);
        let sequence = if as_expected {
            expected
        } else {
            let off = given.sequence.wrapping_sub(expected) as i32;
            let near = coder.bit(&mut self.sequence[slot][1], off.unsigned_abs() < 1 << 16);
            if near {
                expected.wrapping_add_signed(self.sequence_jump.code(coder, 0, off))
            } else {
                expected.wrapping_add(coder.word(off as u32))
            }
        };

        let lag = tick.wrapping_sub(given.ack_tick);
        let lag = if coder.bit(&mut self.lag[slot], lag == past.lag) {
            past.lag
        } else {
            let off = lag.wrapping_sub(past.lag) as i32;
            if coder.plain(1, u32::from(off.unsigned_abs() < 1 << 16)) == 1 {
                past.lag.wrapping_add_signed(self.lag_jump.code(coder, 0, off))
            } else {
                past.lag.wrapping_add(coder.word(off as u32))
            }
        };

        let mut past = Past { lag, ..past };
        let held = self.held(coder, slot, &mut past, given.held.0);
        let changed = usize::from(held != last.held.0);
        let aim = &self.aims.of[slot];
        let context = past.taps_age.min(31) as usize | changed << 5 | usize::from(aim.is_still()) << 6;
        let mut taps = 0;
        past.taps_age = past.taps_age.saturating_add(1);
        if coder.bit(&mut self.tapped[context], given.taps.0 != 0) {
            past.taps_age = 0;
            if coder.bit(&mut self.tap_again[usize::from(aim.is_still())], given.taps.0 != past.taps) {
                for i in 0..16 {
                    let context = usize::from(past.taps >> i & 1);
                    taps |= u16::from(coder.bit(&mut self.taps[i][context], given.taps.0 >> i & 1 == 1)) << i;
                }
                past.taps = taps;
            }
            taps = past.taps;
        }

        let now = self.shadows.of.map(|shadow| shadow.at);
        let way = self.shadows.of[slot].way;
        let [cursor_x, cursor_y] = self.aims.code(coder, slot, &now, way, [given.cursor_x, given.cursor_y]);
        let input = InputCmd {
            sequence,
            ack_tick: tick.wrapping_sub(lag),
            held: Buttons(held),
            taps: Buttons(taps),
            cursor_x,
            cursor_y,
        };
        self.past[slot] = Past { last: input, before: last, ..past };
        input
    }

    /// Held buttons: movement keys, then the rest.
    fn held<C: Coder>(&mut self, coder: &mut C, slot: usize, past: &mut Past, given: u16) -> u16 {
        let shadow = &self.shadows.of[slot];
        let target = self.aims.of[slot].target();
        let sector = target.map_or(SECTORS, |target| sector(shadow.at, self.shadows.of[target].at));
        let aims = usize::from(target.is_some());
        let (old, new) = (usize::from(past.last.held.0 & STEPS), usize::from(given & STEPS));
        let guess = &mut self.followed[slot][sector][old];
        let context = (past.steps & 15) << 4
            | usize::from(usize::from(*guess) == old) << 3
            | usize::from(*guess == UNKNOWN) << 2
            | usize::from(shadow.is_held_back()) << 1
            | aims;
        let mut step = old;
        let aged = old | aims << 4 | (past.step_age.min(15) as usize) << 5;
        let guessed = usize::from(*guess) + 17 * (old | (past.steps & 1) << 4);
        let chances = [&mut self.steps[context], &mut self.steps_aged[aged], &mut self.steps_guessed[guessed]];
        let changed = coder.mixed(chances, &mut self.steps_mix[aims | (past.steps & 3) << 1], new != old);
        past.step_age = if changed { 0 } else { past.step_age.saturating_add(1) };
        if changed {
            let guesses = [usize::from(*guess), usize::from(past.before.held.0 & STEPS), past.stepped];
            let mut found = false;
            for (i, &guess) in guesses.iter().enumerate() {
                if guess == old || guess > 15 || guesses[..i].contains(&guess) {
                    continue;
                }
                let context = past.steps & 1 | aims << 1;
                let chances = [
                    &mut self.step_guess[i][context],
                    &mut self.step_guess_keys[i][old << 4 | guess],
                    &mut self.step_guess_sector[i][sector],
                ];
                if !coder.mixed(chances, &mut self.step_guess_mix[i], new != guess) {
                    (step, found) = (guess, true);
                    break;
                }
            }
            if !found {
                step = coder.tree(&mut self.step[old << 1 | aims], 4, new as u32) as usize;
            }
            past.stepped = old;
        }
        *guess = step as u8;
        past.steps = past.steps << 1 | usize::from(changed);

        let others = past.last.held.0 >> 4;
        let change = given >> 4 ^ others;
        let fires = usize::from(past.last.held.has(Buttons::FIRE));
        let context = fires | aims << 1 | (past.held_age.min(15) as usize) << 2 | usize::from(changed) << 6;
        past.held_age = past.held_age.saturating_add(1);
        let young = usize::from(past.held_age < 8);
        let mut flipped = 0u16;
        let gait = usize::from(past.last.held.has(Buttons::RUN))
            | usize::from(past.last.held.has(Buttons::SNEAK)) << 1
            | usize::from(step == 0) << 2
            | usize::from(old == 0) << 3
            | fires << 4
            | aims << 5;
        let surprise = self.aims.of[slot].surprise_age() | fires << 3 | aims << 4 | young << 5;
        let chances = [&mut self.held[context], &mut self.held_gait[gait], &mut self.held_aim[surprise]];
        if coder.mixed(chances, &mut self.held_mix[fires], change != 0) {
            past.held_age = 0;
            const FIRE: u16 = Buttons::FIRE.0 >> 4;
            if !coder.bit(&mut self.fires[fires | aims << 1], change != FIRE) {
                flipped = FIRE;
            } else {
                for i in 0..12 {
                    let context = usize::from(others >> i & 1) | usize::from(flipped != 0) << 1;
                    flipped |= u16::from(coder.bit(&mut self.other[i][context], change >> i & 1 == 1)) << i;
                }
            }
        }
        (others ^ flipped) << 4 | step as u16
    }
}

impl Chances for Model {
    fn each(&mut self, f: &mut impl FnMut(&mut Bit)) {
        self.shadows.each(f);
        self.aims.each(f);
        self.mixed.each(f);
        self.more.each(f);
        self.next.each(f);
        self.kind.each(f);
        self.slot.each(f);
        self.sequence.each(f);
        self.lag.each(f);
        self.lag_jump.each(f);
        self.sequence_jump.each(f);
        self.steps.each(f);
        self.steps_aged.each(f);
        self.steps_guessed.each(f);
        self.step_guess.each(f);
        self.step_guess_keys.each(f);
        self.step_guess_sector.each(f);
        self.held_gait.each(f);
        self.held_aim.each(f);
        self.step.each(f);
        self.held.each(f);
        self.fires.each(f);
        self.other.each(f);
        self.tapped.each(f);
        self.tap_again.each(f);
        self.taps.each(f);
    }
}

/// Of the bearing from one place to another, from 0.
fn sector(from: Place, to: Place) -> usize {
    let [x, y] = [0, 1].map(|axis| to[axis].wrapping_sub(from[axis]) as f32);
    let turns = (angle_approx(x, y) + PI) * (SECTORS as f32 / (2.0 * PI));
    (turns as usize).min(SECTORS - 1)
}

fn side<C: Coder>(coder: &mut C, given: Option<Team>) -> Team {
    if coder.plain(1, u32::from(given == Some(Team::Blue))) == 1 { Team::Blue } else { Team::Red }
}

/// Five weapons of 4 bits, 15 for none.
fn loadout<C: Coder>(coder: &mut C, given: Option<Loadout>) -> Result<Loadout, Bad> {
    let given = given.map_or([None; INVENTORY], |loadout| loadout.weapons());
    let numbers = given.map(|weapon| coder.plain(4, weapon.map_or(15, |weapon| weapon as u32)) as u8);
    let bad = ("loadout", "a legal one: primary, secondary, support items of three slots in all");
    let weapon = |number: u8| Weapon::from_number(number).ok_or(bad);
    let mut support = [Weapon::Grenade; 3];
    let mut count = 0;
    for (i, &number) in numbers[2..].iter().enumerate() {
        if number == 15 {
            continue;
        }
        if i != count {
            return Err(bad);
        }
        support[count] = weapon(number)?;
        count += 1;
    }
    Loadout::new(weapon(numbers[0])?, weapon(numbers[1])?, &support[..count]).map_err(|_| bad)
}

/// A kind of 4 bits, then its fields, all plain. `given` says nothing to a reader.
fn edit<C: Coder>(coder: &mut C, given: Edit) -> Result<Edit, Bad> {
    let (kind, a, b, c) = match given {
        Edit::Place { x, y } => (0, x, y, 0),
        Edit::Health { points } => (1, points.into(), 0, 0),
        Edit::Revive => (2, 0, 0, 0),
        Edit::Fell => (3, 0, 0, 0),
        Edit::Score { kills, deaths } => (4, kills.into(), deaths.into(), 0),
        Edit::Team(_) => (5, 0, 0, 0),
        Edit::Loadout(_) => (6, 0, 0, 0),
        Edit::Hold { place } => (7, place.into(), 0, 0),
        Edit::Rounds { place, ammo, reserve } => (8, place.into(), ammo.into(), reserve.into()),
        Edit::Spawn => (9, 0, 0, 0),
    };
    Ok(match coder.plain(4, kind) {
        0 => Edit::Place { x: coder.word(a), y: coder.word(b) },
        1 => Edit::Health { points: coder.plain(16, a) as u16 },
        2 => Edit::Revive,
        3 => Edit::Fell,
        4 => Edit::Score { kills: coder.plain(16, a) as u16, deaths: coder.plain(16, b) as u16 },
        5 => Edit::Team(side(coder, if let Edit::Team(team) = given { Some(team) } else { None })),
        6 => Edit::Loadout(loadout(coder, if let Edit::Loadout(carried) = given { Some(carried) } else { None })?),
        7 => Edit::Hold { place: coder.plain(3, a) as u8 },
        8 => Edit::Rounds {
            place: coder.plain(3, a) as u8,
            ammo: coder.plain(16, b) as u16,
            reserve: coder.plain(16, c) as u16,
        },
        9 => Edit::Spawn,
        _ => return Err(("edit", "0 to 9")),
    })
}

fn label<C: Coder>(coder: &mut C, given: Option<Label>) -> Result<Label, Bad> {
    let slot = coder.plain(4, given.as_ref().and_then(|label| label.slot).unwrap_or(8).into());
    let slot = if slot < 8 { Some(slot as u8) } else { None };
    let key = text(coder, given.as_ref().map(|label| label.key.as_str()))?;
    let value = text(coder, given.as_ref().map(|label| label.value.as_str()))?;
    let label = Label { slot, key, value };
    match label.check() {
        Ok(()) => Ok(label),
        Err(_) => Err(("label", "a key of 1 to 32 bytes, a value of at most 256")),
    }
}

/// A length of 9 bits, then bytes.
fn text<C: Coder>(coder: &mut C, given: Option<&str>) -> Result<String, Bad> {
    let given = given.unwrap_or("").as_bytes();
    let length = coder.plain(9, given.len() as u32);
    let bytes = (0..length as usize).map(|i| coder.plain(8, given.get(i).copied().unwrap_or(0).into()) as u8).collect();
    String::from_utf8(bytes).map_err(|_| ("label", "UTF-8"))
}
