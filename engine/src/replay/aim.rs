//! Where the cursor goes, which is most of what a recording has to say. It is predicted in the player's own polar
//! coordinates: a distance, which is that of another player or one of three kept, and a heading that turns towards
//! where the player wants to look, four tenths of the rest an input and no quicker than it ever does. Then one
//! coordinate follows from the other, for the cursor is on a circle.
//!
//! None of this is true of every player, and need not be: what is wrong costs bits.

use super::coder::{Bit, Coder, Numbers, Weights};
use super::priors::Chances;
use super::shadow::{PX, Place};
use super::turn::{angle_approx, direction_approx, wrapped};
use crate::world::PLAYERS;

/// Classes of distance: another player's by slot, three that are kept, and none: the cursor is written freely.
const KEPT: usize = 8;
const FREE: usize = 11;
/// Share of the rest that a heading turns by in an input.
const TURN: f32 = 0.4;
/// What stays of the drift of what is looked at.
const DRIFT: f32 = 0.88;
/// Shares of a small surprise that heading, mark and drift take up.
const TAKES: [f32; 3] = [0.5, 1.2, 0.5];
/// A surprise is small below this, 1/16 px.
const SMALL: f32 = 1.7;
/// A drift is none beyond this, radians an input.
const MOST_DRIFT: f32 = 0.1;
/// Ways in which a jump of the heading may be said: turning at full speed either way, to the memory, to the walk's
/// direction, to the player itself, and without or with drift.
const JUMPS: usize = 7;
/// No way but the expected one.
const EXPECTED: usize = 0;
/// Units of a cursor in those of a place.
const CURSOR: i32 = (PX / 16.0) as i32;

/// What is known of a player's aim.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    /// The cursor, 1/16 px, newest first.
    cursor: [[i16; 2]; 2],
    /// Radians: heading, its last turn, what it turns to, how that drifts, and the quickest turn seen.
    heading: f32,
    turn: f32,
    mark: f32,
    drift: f32,
    quickest: f32,
    /// Running mean of how far off predictions were, 1/16 px.
    off: f32,
    /// Of the ways to expect the mark, without and with a player aimed at: the same, at most 4.
    ways: [[f32; 4]; 2],
    /// Distances kept, 1/16 px, the one used last first.
    kept: [f32; 3],
    /// Where the player aimed at last was then.
    memory: Place,
    /// Where everybody was at the last input.
    then: [Place; PLAYERS],
    class: usize,
    last_class: usize,
    /// Inputs since the class has changed, and since the last surprise.
    class_age: u32,
    surprise_age: u32,
    /// Whether the last inputs were surprises, newest in bit 0, and how the last was said.
    surprises: usize,
    last_jump: usize,
    /// How far off the last two first coordinates and the last second one were, at most 3 and 2.
    misses: [usize; 3],
    /// Of the last two first coordinates, along the turn, and of the last second one: 0 as expected, 1 less, 2 more.
    signs: [usize; 2],
    minor_sign: usize,
    /// Whether the cursor stood still in the last inputs, newest in bit 0.
    still: usize,
    /// Running means of how far off free cursors were, 1/16 of 1/16 px.
    free_off: [u32; 2],
}

impl Aim {
    pub(super) const NEW: Aim = Aim {
        cursor: [[0; 2]; 2],
        heading: 0.0,
        turn: 0.0,
        mark: 0.0,
        drift: 0.0,
        quickest: 0.2,
        off: 1.0,
        ways: [[1.0; 4]; 2],
        kept: [0.0; 3],
        memory: [0; 2],
        then: [[0; 2]; PLAYERS],
        class: KEPT,
        last_class: KEPT,
        class_age: 0,
        surprise_age: 0,
        surprises: 0,
        last_jump: 0,
        misses: [0; 3],
        signs: [0; 2],
        minor_sign: 0,
        still: 0,
        free_off: [0; 2],
    };

    /// Slot of whom the player aims at.
    pub(super) fn target(&self) -> Option<usize> {
        (self.class < KEPT).then_some(self.class)
    }

    /// Inputs since the last surprise, at most 7.
    pub(super) fn surprise_age(&self) -> usize {
        self.surprise_age.min(7) as usize
    }

    /// The cursor stood still in the last input.
    pub(super) fn is_still(&self) -> bool {
        self.still & 1 == 1
    }
}

/// Contexts of a coordinate on the circle.
struct Contexts {
    /// Of whether it is as expected: what is known of the aim, and the last misses.
    zero: usize,
    last: usize,
    /// Of that and of the sign, with the fraction of the prediction in sixteenths.
    fine: usize,
    /// Of the sign, by those before.
    sign: usize,
    /// Of the size: what is known of the aim, and the last misses.
    size: [usize; 2],
    /// Of the size's upper bits, below 4.
    upper: usize,
    /// Of the weights.
    mix: usize,
}

/// Chances of a coordinate on the circle, by [`Contexts`]; threes and sixes are for how near the prediction is to a half,
/// and on which side.
#[derive(Debug, Clone)]
struct Miss<const ZERO: usize, const SIZE: usize, const FINE: usize, const LAST: usize, const SIGN: usize> {
    zero: [[Bit; 3]; ZERO],
    zero_fine: [[Bit; 16]; FINE],
    zero_last: [[Bit; 3]; LAST],
    zero_mix: [Weights<3>; FINE],
    sign_fine: [[Bit; 16]; FINE],
    sign: [[Bit; 6]; SIGN],
    sign_mix: [Weights<2>; FINE],
    size: [[Bit; 16]; SIZE],
    size_last: [[Bit; 16]; SIGN],
    size_mix: [Weights<2>; 16],
    upper: [[[Bit; 4]; 17]; 4],
}

impl<const ZERO: usize, const SIZE: usize, const FINE: usize, const LAST: usize, const SIGN: usize> Chances
    for Miss<ZERO, SIZE, FINE, LAST, SIGN>
{
    fn each(&mut self, f: &mut impl FnMut(&mut Bit)) {
        self.zero.each(f);
        self.zero_fine.each(f);
        self.zero_last.each(f);
        self.sign_fine.each(f);
        self.sign.each(f);
        self.size.each(f);
        self.size_last.each(f);
        self.upper.each(f);
    }
}

impl<const ZERO: usize, const SIZE: usize, const FINE: usize, const LAST: usize, const SIGN: usize>
    Miss<ZERO, SIZE, FINE, LAST, SIGN>
{
    const NEW: Self = Miss {
        zero: [[Bit::EVEN; 3]; ZERO],
        zero_fine: [[Bit::EVEN; 16]; FINE],
        zero_last: [[Bit::EVEN; 3]; LAST],
        zero_mix: [Weights::NEW; FINE],
        sign_fine: [[Bit::EVEN; 16]; FINE],
        sign: [[Bit::EVEN; 6]; SIGN],
        sign_mix: [Weights::NEW; FINE],
        size: [[Bit::EVEN; 16]; SIZE],
        size_last: [[Bit::EVEN; 16]; SIGN],
        size_mix: [Weights::NEW; 16],
        upper: [[[Bit::EVEN; 4]; 17]; 4],
    };

    /// -131071 to 131071. `fraction`: of the prediction, -0.5 to 0.5.
    fn code<C: Coder>(&mut self, coder: &mut C, at: &Contexts, fraction: f32, value: i32) -> i32 {
        let near = fraction.abs();
        let near = if near < 0.17 {
            0
        } else if near < 0.34 {
            1
        } else {
            2
        };
        let fine = (((fraction + 0.5) * 16.0) as usize).min(15);
        let chances =
            [&mut self.zero[at.zero][near], &mut self.zero_fine[at.fine][fine], &mut self.zero_last[at.last][near]];
        if !coder.mixed(chances, &mut self.zero_mix[at.mix], value != 0) {
            return 0;
        }
        let side = near + if fraction > 0.0 { 3 } else { 0 };
        let chances = [&mut self.sign_fine[at.fine][fine], &mut self.sign[at.sign][side]];
        let negative = coder.mixed(chances, &mut self.sign_mix[at.mix], value < 0);
        let bits = if C::WRITES { value.unsigned_abs().ilog2() } else { 0 };
        let mut length = 0;
        while length < 16 {
            let i = length as usize;
            let chances = [&mut self.size[at.size[0]][i], &mut self.size_last[at.size[1]][i]];
            if !coder.mixed(chances, &mut self.size_mix[i], length < bits) {
                break;
            }
            length += 1;
        }
        let upper = &mut self.upper[at.upper];
        let number = Numbers::<1>::rest(coder, length, upper, value.unsigned_abs()) as i32;
        if negative { -number } else { number }
    }
}

/// Chances of all aims. Contexts of a first coordinate that is as expected: 14 levels of `off`, the last for full turns,
/// by whether somebody is aimed at, whether the class has changed, whether a surprise is due, and the last one.
#[derive(Debug, Clone)]
pub(super) struct Aims {
    pub(super) of: [Aim; PLAYERS],
    still: [Bit; 8],
    switched: [Bit; 1024],
    back: [Bit; 2],
    class: [[Bit; 16]; 12],
    jumped: [Bit; 1024],
    jump: [[Bit; 8]; 16],
    major: Miss<448, 28, 56, 576, 72>,
    minor: Miss<24, 4, 32, 36, 12>,
    free: Numbers<16>,
}

impl Chances for Aims {
    fn each(&mut self, f: &mut impl FnMut(&mut Bit)) {
        self.still.each(f);
        self.switched.each(f);
        self.back.each(f);
        self.class.each(f);
        self.jumped.each(f);
        self.jump.each(f);
        self.major.each(f);
        self.minor.each(f);
        self.free.each(f);
    }
}

/// What a class and a turn lead to.
struct Point {
    /// Which coordinate is written first: the one that a turn changes more.
    major: usize,
    /// Its prediction, whole and rest.
    whole: i32,
    fraction: f32,
    /// A turn to the left lessens it.
    flipped: bool,
    /// The circle, 1/16 px, relative to `origin` (whole numbers of 1/16 px): centre, radius and the minor direction.
    centre: [f32; 2],
    radius: f32,
    up: bool,
}

impl Point {
    /// The other coordinate, whole and rest.
    fn minor(&self, major: i32) -> (i32, f32) {
        let expected = self.whole as f32 + self.fraction;
        let at = expected.clamp(major as f32 - 0.5, major as f32 + 0.5) - self.centre[self.major];
        let rest = self.radius * self.radius - at * at;
        let across = if rest > 0.0 { rest.sqrt() } else { 0.0 };
        split(self.centre[1 - self.major] + if self.up { across } else { -across })
    }
}

/// The nearest whole number, and what is left.
fn split(number: f32) -> (i32, f32) {
    let down = number as i32 - i32::from(number < 0.0);
    let rest = number - down as f32;
    if rest >= 0.5 { (down + 1, rest - 1.0) } else { (down, rest) }
}

/// Where a player is, for one input.
struct Here<'a> {
    /// Everybody's shadows.
    now: &'a [Place; PLAYERS],
    slot: usize,
}

impl Here<'_> {
    fn me(&self) -> Place {
        self.now[self.slot]
    }
}

/// From one place to another, 1/16 px.
fn between(from: Place, to: Place) -> [f32; 2] {
    [0, 1].map(|axis| to[axis].wrapping_sub(from[axis]) as f32 * (16.0 / PX))
}

fn bearing(from: Place, to: Place) -> f32 {
    let [x, y] = between(from, to);
    angle_approx(x, y)
}

fn length([x, y]: [f32; 2]) -> f32 {
    (x * x + y * y).sqrt()
}

impl Aim {
    fn radius(&self, here: &Here<'_>, class: usize) -> f32 {
        if class < KEPT { length(between(here.me(), here.now[class])) } else { self.kept[(class - KEPT).min(2)] }
    }

    /// What the mark moves by because people move: the player aimed at, or the memory of one.
    fn shift(&self, here: &Here<'_>, class: usize) -> f32 {
        let (was, is) = if class < KEPT { (self.then[class], here.now[class]) } else { (self.memory, self.memory) };
        wrapped(bearing(here.me(), is) - bearing(self.then[here.slot], was))
    }

    fn limited(&self, turn: f32) -> f32 {
        turn.clamp(-self.quickest, self.quickest)
    }

    /// Where the mark is expected, in one of four ways: still or drifting, alone or with whom it is on.
    fn marks(&self, shift: f32) -> [f32; 4] {
        let drift = DRIFT * self.drift;
        [self.mark, self.mark + drift, self.mark + shift, self.mark + shift + drift]
    }

    fn turn_to(&self, mark: f32) -> f32 {
        self.limited(TURN * wrapped(wrapped(mark - self.heading)))
    }

    /// The turns that [`JUMPS`] stand for.
    fn jumps(&self, here: &Here<'_>, class: usize, way: Place, marks: &[f32; 4]) -> [f32; JUMPS] {
        let me = here.me();
        let target = if class < KEPT { self.turn_to(bearing(me, here.now[class])) } else { 0.0 };
        [
            self.quickest,
            -self.quickest,
            self.turn_to(bearing(me, self.memory)),
            self.turn_to(bearing([0; 2], way)),
            target,
            self.turn_to(marks[0]),
            self.turn_to(marks[if class < KEPT { 3 } else { 1 }]),
        ]
    }

    /// At full speed, which goes on.
    fn is_full(&self, radius: f32) -> bool {
        (self.turn.abs() - self.quickest).abs() * radius < 3.0
    }

    /// The way to expect the mark that has done best.
    fn best(&self, class: usize) -> usize {
        let offs = &self.ways[usize::from(class < KEPT)];
        let mut best = if class < KEPT { 3 } else { 0 };
        for (way, off) in offs.iter().enumerate() {
            if *off < offs[best] {
                best = way;
            }
        }
        best
    }

    fn point(&self, here: &Here<'_>, radius: f32, turn: f32) -> Point {
        let [x, y] = direction_approx(self.heading + turn);
        let major = usize::from(y.abs() <= x.abs());
        let me = here.me();
        let centre = me.map(|axis| axis as f32 / CURSOR as f32);
        let along = [x, y][major];
        let (whole, fraction) = split(centre[major] + radius * along);
        let grows = if major == 0 { -y } else { x };
        let flipped = (grows < 0.0) != (self.turn < 0.0);
        Point { major, whole, fraction, flipped, centre, radius, up: [x, y][1 - major] >= 0.0 }
    }
}

/// A cursor's coordinates are 16 bits; sums beyond wrap.
fn fixed(number: i32) -> i16 {
    number as i16
}

impl Aims {
    pub(super) const NEW: Aims = Aims {
        of: [Aim::NEW; PLAYERS],
        still: [Bit::EVEN; 8],
        switched: [Bit::EVEN; 1024],
        back: [Bit::EVEN; 2],
        class: [[Bit::EVEN; 16]; 12],
        jumped: [Bit::EVEN; 1024],
        jump: [[Bit::EVEN; 8]; 16],
        major: Miss::NEW,
        minor: Miss::NEW,
        free: Numbers::NEW,
    };

    /// The cursor of a player's next input. `now`: everybody's shadows; `way`: of the player's last tick.
    pub(super) fn code<C: Coder>(
        &mut self,
        coder: &mut C,
        slot: usize,
        now: &[Place; PLAYERS],
        way: Place,
        given: [i16; 2],
    ) -> [i16; 2] {
        let mut aim = self.of[slot];
        let here = Here { now, slot };
        let [last, before] = aim.cursor;
        let moves = usize::from(way != [0; 2]);
        let still = !coder.bit(&mut self.still[aim.still & 3 | moves << 2], given != last);
        aim.still = aim.still << 1 | usize::from(still);
        let mut cursor = last;
        let mut used = None;
        if !still {
            let class = self.class(coder, &mut aim, &here, given);
            if class == FREE {
                for axis in 0..2 {
                    let expected = last[axis].wrapping_add(last[axis].wrapping_sub(before[axis]));
                    let mean = (aim.free_off[0] + aim.free_off[1]) / 8;
                    let level = (32 - mean.leading_zeros()).min(15) as usize;
                    let miss = self.free.code(coder, level, given[axis].wrapping_sub(expected).into());
                    cursor[axis] = expected.wrapping_add(miss as i16);
                    aim.free_off[axis] = (aim.free_off[axis] * 3 + miss.unsigned_abs() * 16) / 4;
                }
                let distance = length(relative(here.me(), cursor));
                aim.kept = [distance, aim.kept[0], aim.kept[1]];
                aim.class = FREE;
                aim.surprise_age = aim.surprise_age.saturating_add(1);
            } else {
                (cursor, used) = self.on_circle(coder, &mut aim, &here, class, way, given);
            }
        }
        aim.learn(&here, cursor, used);
        self.of[slot] = aim;
        cursor
    }

    /// The class of distance. A writer takes the one that holds, else the first that fits.
    fn class<C: Coder>(&mut self, coder: &mut C, aim: &mut Aim, here: &Here<'_>, given: [i16; 2]) -> usize {
        let mut pick = FREE;
        if C::WRITES {
            let miss = |class: usize| {
                let radius = aim.radius(here, class);
                let point = aim.point(here, radius, aim.expected(here, class, radius).0);
                let (whole, _) = point.minor(given[point.major].into());
                (i32::from(given[1 - point.major]) - whole).abs()
            };
            if aim.class != FREE && miss(aim.class) <= 1 {
                pick = aim.class;
            } else {
                let mut least = 3;
                for class in (KEPT..FREE).chain(0..KEPT) {
                    if class == here.slot || aim.radius(here, class) <= 0.0 {
                        continue;
                    }
                    let off = miss(class);
                    if off < least {
                        (pick, least) = (class, off);
                    }
                }
            }
        }
        let targets = usize::from(aim.class < KEPT);
        let due = usize::from(aim.surprise_age.is_multiple_of(6)) | usize::from(aim.last_jump != EXPECTED) << 1;
        let context = targets | (aim.class_age.min(31) as usize) << 1 | aim.class.saturating_sub(KEPT) << 6 | due << 8;
        if !coder.bit(&mut self.switched[context], pick != aim.class) {
            aim.class_age = aim.class_age.saturating_add(1);
            return aim.class;
        }
        pick = if coder.bit(&mut self.back[targets], pick == aim.last_class) {
            aim.last_class
        } else {
            // 12 to 15 are never written.
            (coder.tree(&mut self.class[aim.class], 4, pick as u32) as usize).min(FREE)
        };
        aim.last_class = aim.class;
        aim.class_age = 0;
        pick
    }

    fn on_circle<C: Coder>(
        &mut self,
        coder: &mut C,
        aim: &mut Aim,
        here: &Here<'_>,
        class: usize,
        way: Place,
        given: [i16; 2],
    ) -> ([i16; 2], Option<Used>) {
        let radius = aim.radius(here, class);
        let (turn, mark_way, marks) = aim.expected(here, class, radius);
        let targets = usize::from(class < KEPT);
        let switched = usize::from(class != aim.class);
        let miss = |point: &Point| i32::from(given[point.major]) - point.whole;
        let mut point = aim.point(here, radius, turn);
        let mut used = Used { turn, way: mark_way, class, marks };
        let mut jump = EXPECTED;
        if C::WRITES {
            let mut least = miss(&point).abs();
            if least > 4 {
                for (i, turn) in aim.jumps(here, class, way, &marks).into_iter().enumerate() {
                    let off = miss(&aim.point(here, radius, turn)).abs();
                    if off <= 2 && off < least {
                        (jump, least) = (i + 1, off);
                    }
                }
            }
        }
        let due = (aim.surprise_age % 6).min(1) as usize + if aim.surprise_age > 60 { 2 } else { 0 };
        let context = aim.surprises | targets << 3 | switched << 4 | due << 5 | aim.last_jump << 7;
        if coder.bit(&mut self.jumped[context], jump != EXPECTED) {
            let said = coder.tree(&mut self.jump[targets | aim.last_jump << 1], 3, (jump as u32).wrapping_sub(1));
            // 7 is never written.
            jump = (said as usize).min(JUMPS - 1) + 1;
            used.turn = aim.jumps(here, class, way, &marks)[jump - 1];
            used.way = match jump {
                6 => Some(0),
                7 => Some(if targets == 1 { 3 } else { 1 }),
                _ => None,
            };
            point = aim.point(here, radius, used.turn);
        }
        let level = if mark_way.is_none() { 13 } else { level(aim.off) };
        let size = level + targets * 14;
        let zero = level + 14 * (targets | switched << 1 | usize::from(due & 1 == 0) << 2) + 112 * aim.misses[0];
        let sign = if point.flipped { -1 } else { 1 };
        let state = targets | usize::from(due & 1 == 0) << 1;
        let misses = aim.misses[0] + 4 * aim.misses[1];
        let signs = aim.signs[0] + 3 * aim.signs[1];
        let at = Contexts {
            zero,
            last: signs + 9 * (misses + 16 * state),
            fine: level + 14 * state,
            sign: signs + 9 * (aim.misses[0] + 4 * targets),
            size: [size, misses + 16 * state],
            upper: (level / 4).min(3),
            mix: level + 14 * state,
        };
        let major_along = self.major.code(coder, &at, sign as f32 * point.fraction, sign * miss(&point));
        let major = sign * major_along;
        let mut cursor = [0; 2];
        cursor[point.major] = fixed(point.whole + major);
        let (whole, fraction) = point.minor(cursor[point.major].into());
        let off = usize::from(major != 0);
        let size = targets << 1 | usize::from(major.abs() > 2);
        let zero = size + 4 * (aim.misses[2] + 3 * switched);
        // How much the second coordinate changes with the first, which is known to a half: 0 to 7.
        let along = f32::from(cursor[point.major]) - point.centre[point.major];
        let slope = if radius > 1.0 { (((along / radius).abs() * 11.0) as usize).min(7) } else { 7 };
        // A first coordinate that was off is likely to be farther off within its half: which way that takes the second.
        let away = major != 0 && (major < 0) != ((along < 0.0) != point.up);
        let sign = if away { -1 } else { 1 };
        let signs = aim.minor_sign + 3 * (off + 2 * targets);
        let at = Contexts {
            zero,
            last: aim.minor_sign + 3 * (aim.misses[2] + 3 * (off + 2 * targets)),
            fine: slope + 8 * (off + 2 * targets),
            sign: signs,
            size: [size, signs],
            upper: size,
            mix: off,
        };
        let miss = i32::from(given[1 - point.major]) - whole;
        let minor = sign * self.minor.code(coder, &at, sign as f32 * fraction, sign * miss);
        cursor[1 - point.major] = fixed(whole.wrapping_add(minor));

        let side = |miss: i32| usize::from(miss != 0) + usize::from(miss > 0);
        aim.signs = [side(major_along), aim.signs[0]];
        aim.minor_sign = side(minor);
        aim.misses = [major.unsigned_abs().min(3) as usize, aim.misses[0], minor.unsigned_abs().min(2) as usize];
        let surprise = jump != EXPECTED || major.abs() > 4;
        aim.surprises = (aim.surprises << 1 | usize::from(surprise)) & 7;
        if surprise {
            aim.last_jump = jump;
            aim.surprise_age = 0;
        }
        aim.surprise_age = aim.surprise_age.saturating_add(1);
        aim.off = aim.off * 0.7 + 0.3 * (major.abs() as f32);
        let distance = length(relative(here.me(), cursor));
        let turned = wrapped(aim.heading_of(here, cursor) - aim.heading);
        for (off, mark) in aim.ways[targets].iter_mut().zip(marks) {
            // The heading, the mark and the quickest turn are still those before.
            let turn = (TURN * wrapped(wrapped(mark - aim.heading))).clamp(-aim.quickest, aim.quickest);
            let miss = (wrapped(turned - turn) * radius).abs();
            *off = *off * 0.75 + 0.25 * if miss < 4.0 { miss } else { 4.0 };
        }
        aim.class = class;
        if class < KEPT {
            aim.memory = here.now[class];
        } else {
            let kept = class - KEPT;
            aim.kept[kept] += (distance - aim.kept[kept]) * 0.1;
            if kept > 0 {
                aim.kept.swap(0, kept);
                aim.class = KEPT;
            }
        }
        (cursor, Some(used))
    }
}

/// Levels of how far off predictions are: halves of an octave would cost more chances than they save.
fn level(off: f32) -> usize {
    let mut limit = 0.05;
    let mut level = 0;
    while level < 12 && off >= limit {
        limit *= 2.0;
        level += 1;
    }
    level
}

/// How a cursor on the circle was expected.
struct Used {
    turn: f32,
    /// The way of the mark, if it was one of the four.
    way: Option<usize>,
    class: usize,
    marks: [f32; 4],
}

/// From a place to a cursor, 1/16 px.
fn relative(me: Place, cursor: [i16; 2]) -> [f32; 2] {
    [0, 1].map(|axis| (i32::from(cursor[axis]) * CURSOR).wrapping_sub(me[axis]) as f32 / CURSOR as f32)
}

impl Aim {
    fn heading_of(&self, here: &Here<'_>, cursor: [i16; 2]) -> f32 {
        let [x, y] = relative(here.me(), cursor);
        angle_approx(x, y)
    }

    /// The turn that is expected, by which way of the mark (`None`: at full speed), and all marks.
    fn expected(&self, here: &Here<'_>, class: usize, radius: f32) -> (f32, Option<usize>, [f32; 4]) {
        let marks = self.marks(self.shift(here, class));
        if self.is_full(radius) {
            return (if self.turn < 0.0 { -self.quickest } else { self.quickest }, None, marks);
        }
        let best = self.best(class);
        (self.turn_to(marks[best]), Some(best), marks)
    }

    /// Takes up what the input has shown.
    fn learn(&mut self, here: &Here<'_>, cursor: [i16; 2], used: Option<Used>) {
        let [x, y] = relative(here.me(), cursor);
        let distance = length([x, y]);
        let mut heading = angle_approx(x, y);
        let mut tracked = None;
        if let Some(used) = &used {
            let surprise = wrapped(wrapped(heading - self.heading) - used.turn);
            if (surprise * distance).abs() < SMALL {
                heading = wrapped(wrapped(self.heading + used.turn) + TAKES[0] * surprise);
                if let Some(way) = used.way {
                    let mark = wrapped(wrapped(used.marks[way]) + TAKES[1] * surprise);
                    tracked = Some((mark, DRIFT * self.drift + TAKES[2] * surprise));
                }
            }
        }
        let turn = wrapped(heading - self.heading);
        let least = 1.5 / if distance > 100.0 { distance } else { 100.0 };
        if (turn.abs() - self.turn.abs()).abs() < least && turn.abs() > 0.06 {
            let more = turn.abs() - self.quickest;
            self.quickest += more * if more.abs() < 0.003 { 0.2 } else { 1.0 };
        }
        (self.mark, self.drift) = tracked.unwrap_or_else(|| {
            let mark = wrapped(self.heading + wrapped(turn) / TURN);
            let shift = used.as_ref().map_or(0.0, |used| self.shift(here, used.class));
            let drift = wrapped(wrapped(mark - self.mark) - shift);
            (mark, if drift.abs() < MOST_DRIFT { drift } else { 0.0 })
        });
        self.turn = turn;
        self.heading = heading;
        self.then = *here.now;
        self.cursor = [cursor, self.cursor[0]];
    }
}
