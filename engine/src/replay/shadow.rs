//! Where the players are, for predicting what they aim at: followed by a law of motion that is part of the format, and
//! put right wherever the match's own positions differ, for walls and wounds are not in it.

use super::coder::{Bit, Coder, Numbers};
use super::priors::Chances;
use crate::world::{Buttons, InputCmd, PLAYERS};

/// A place, 1/65536 px.
pub(super) type Place = [i32; 2];

/// Units of a pixel.
pub(super) const PX: f32 = 65_536.0;
/// A shadow is put right when an axis is off by more, 1/85 px, and then by multiples of [`STEP`].
const OFF: i32 = 768;
const STEP: i32 = 1024;
/// Steps by which a speed is put right, 1/65536 px a tick.
const SPEED_STEP: i32 = 128;
/// A tick's way at 100, 150, 50, 75 and 25 px/s, 60 ticks a second.
const SPEEDS: [i32; 5] = [109_227, 163_840, 54_613, 81_920, 27_307];
/// The class of a speed that is none of these.
const OWN: u32 = 5;
/// Below this way a tick coasting ends, squared: 0.5 px/s.
const REST: i64 = 546 * 546;

/// A place as a number of units, for those who write.
pub(super) fn place(x: f32, y: f32) -> Place {
    [(x * PX) as i32, (y * PX) as i32]
}

/// Movement keys.
const KEYS: u16 = Buttons::UP.0 | Buttons::LEFT.0 | Buttons::DOWN.0 | Buttons::RIGHT.0;

/// Where one player is thought to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shadow {
    pub(super) at: Place,
    /// The last tick's way.
    pub(super) way: Place,
    /// Speed of the last walk: a place in [`SPEEDS`], or [`OWN`].
    class: u32,
    /// That speed if it is an own one, and what it gains a tick.
    speed: i32,
    gain: i32,
    /// Axes that a wall holds.
    held_back: u8,
    /// Whether it was put right in the last ticks, newest in bit 0.
    put_right: u32,
}

impl Shadow {
    const NOWHERE: Shadow = Shadow { at: [0; 2], way: [0; 2], class: 0, speed: 0, gain: 0, held_back: 0, put_right: 0 };

    /// A wall is in the way.
    pub(super) fn is_held_back(&self) -> bool {
        self.held_back != 0
    }

    fn base(&self) -> i32 {
        if self.class == OWN { self.speed } else { SPEEDS[self.class as usize] }
    }
}

/// -1, 0 or 1 along each axis.
fn heading(held: Buttons) -> Place {
    let axis = |plus, minus| i32::from(held.has(plus)) - i32::from(held.has(minus));
    [axis(Buttons::RIGHT, Buttons::LEFT), axis(Buttons::DOWN, Buttons::UP)]
}

/// The way of a tick at a speed: diagonals are as long as the rest.
fn way(heading: Place, speed: i32) -> Place {
    let diagonal = heading[0] != 0 && heading[1] != 0;
    let along = if diagonal { ((i64::from(speed) * 46_341) >> 16) as i32 } else { speed };
    heading.map(|axis| axis * along)
}

fn near(a: i32, b: i32) -> bool {
    a.wrapping_sub(b).unsigned_abs() <= OFF as u32
}

/// All shadows, and the chances of what is written about them.
#[derive(Debug, Clone)]
pub(super) struct Shadows {
    pub(super) of: [Shadow; PLAYERS],
    right: [Bit; 32],
    class: [[Bit; 8]; 32],
    speed: Numbers<1>,
    hit: [Bit; 4],
    stuck: [Bit; 4],
    off: Numbers<2>,
}

impl Shadows {
    pub(super) const NEW: Shadows = Shadows {
        of: [Shadow::NOWHERE; PLAYERS],
        right: [Bit::EVEN; 32],
        class: [[Bit::EVEN; 8]; 32],
        speed: Numbers::NEW,
        hit: [Bit::EVEN; 4],
        stuck: [Bit::EVEN; 4],
        off: Numbers::NEW,
    };

    /// One tick of a player whose last two inputs these are. `to`: where the match has the player, for who writes.
    pub(super) fn follow<C: Coder>(&mut self, coder: &mut C, slot: usize, [last, before]: [&InputCmd; 2], to: Place) {
        let mut shadow = self.of[slot];
        let ahead = heading(last.held);
        let walks = ahead != [0; 2];
        if walks && shadow.class == OWN {
            shadow.speed = clamped(shadow.speed.wrapping_add(shadow.gain));
        }
        let free = if walks {
            way(ahead, shadow.base())
        } else {
            let coasts = shadow.way.map(|axis| (i64::from(axis) * 4 / 5) as i32);
            let [x, y] = coasts.map(i64::from);
            if x * x + y * y < REST { [0; 2] } else { coasts }
        };
        let held_back = |axis: usize| shadow.held_back >> axis & 1 == 1;
        let expected = [if held_back(0) { 0 } else { free[0] }, if held_back(1) { 0 } else { free[1] }];
        let lands = |way: Place| {
            near(shadow.at[0].wrapping_add(way[0]), to[0]) && near(shadow.at[1].wrapping_add(way[1]), to[1])
        };
        let context = (shadow.put_right & 3) as usize
            | usize::from(walks) << 2
            | usize::from((last.held.0 ^ before.held.0) & (KEYS | Buttons::RUN.0 | Buttons::SNEAK.0) != 0) << 3
            | usize::from(shadow.held_back != 0) << 4;
        let wrong = coder.bit(&mut self.right[context], C::WRITES && !lands(expected));
        shadow.put_right = shadow.put_right << 1 | u32::from(wrong);
        shadow.way = expected;
        if wrong {
            let mut free = free;
            if walks {
                let (class, steps) = if C::WRITES { choose(&shadow, ahead, to) } else { (0, 0) };
                let gait = usize::from(last.held.has(Buttons::RUN)) | usize::from(last.held.has(Buttons::SNEAK)) << 1;
                let class = coder.tree(&mut self.class[gait << 3 | shadow.class as usize], 3, class);
                if class == OWN {
                    let base = shadow.base();
                    let steps = self.speed.code(coder, 0, steps);
                    shadow.gain =
                        if shadow.class == OWN { clamped(shadow.gain.wrapping_add(steps * SPEED_STEP)) } else { 0 };
                    shadow.speed = clamped(base.wrapping_add(steps * SPEED_STEP));
                }
                // 6 and 7 are never written.
                shadow.class = class.min(OWN);
                free = way(ahead, shadow.base());
            }
            shadow.held_back = 0;
            for axis in 0..2 {
                let lands = |way: i32| near(shadow.at[axis].wrapping_add(way), to[axis]);
                let moves = usize::from(free[axis] != 0) << 1 | axis;
                shadow.way[axis] = if !coder.bit(&mut self.hit[moves], C::WRITES && !lands(free[axis])) {
                    free[axis]
                } else if coder.bit(&mut self.stuck[moves], C::WRITES && lands(0)) {
                    shadow.held_back |= 1 << axis;
                    0
                } else {
                    let rest = to[axis].wrapping_sub(shadow.at[axis]).wrapping_sub(free[axis]);
                    let steps = if C::WRITES { (rest + STEP / 2).div_euclid(STEP) } else { 0 };
                    free[axis].wrapping_add(self.off.code(coder, axis, steps) * STEP)
                };
            }
        }
        for axis in 0..2 {
            // A liar's numbers stay near the field.
            shadow.at[axis] = shadow.at[axis].wrapping_add(shadow.way[axis]).clamp(-(1 << 26), 1 << 26);
        }
        self.of[slot] = shadow;
    }
}

impl Chances for Shadows {
    fn each(&mut self, f: &mut impl FnMut(&mut Bit)) {
        self.right.each(f);
        self.class.each(f);
        self.speed.each(f);
        self.hit.each(f);
        self.stuck.each(f);
        self.off.each(f);
    }
}

fn clamped(speed: i32) -> i32 {
    speed.clamp(-(1 << 24), 1 << 24)
}

/// The class of speed that explains a way best, and steps of an own one.
fn choose(shadow: &Shadow, ahead: Place, to: Place) -> (u32, i32) {
    let miss = |way: Place| {
        let axis = |axis: usize| {
            let lands = |way: i32| near(shadow.at[axis].wrapping_add(way), to[axis]);
            if lands(way[axis]) {
                0
            } else if lands(0) {
                1
            } else {
                3
            }
        };
        axis(0) + axis(1)
    };
    let (mut best, mut least) = (shadow.class, 2 * miss(way(ahead, shadow.base())));
    for class in 0..OWN {
        let misses = 2 * miss(way(ahead, SPEEDS[class as usize])) + u32::from(class != shadow.class);
        if misses < least {
            (best, least) = (class, misses);
        }
    }
    if least >= 6 {
        // Along the axis that went farther.
        let gone = [0, 1].map(|axis| if ahead[axis] == 0 { 0 } else { (to[axis] - shadow.at[axis]) * ahead[axis] });
        let along = gone[0].max(gone[1]);
        let diagonal = ahead[0] != 0 && ahead[1] != 0;
        let speed = if diagonal { ((i64::from(along) * 92_682) >> 16) as i32 } else { along };
        let steps = (speed - shadow.base() + SPEED_STEP / 2).div_euclid(SPEED_STEP);
        if steps.abs() < 1 << 16 && miss(way(ahead, shadow.base() + steps * SPEED_STEP)) == 0 {
            return (OWN, steps);
        }
    }
    (best, 0)
}
