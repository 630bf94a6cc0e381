//! A player as others see one, in the resolution of the wire.

use crate::rules::Tuned;
use crate::world::state::{MatchState, NO_WEAPON, PLAYERS};

/// A player's entry in one word; the fields of PROTOCOL.md, section 2.5, from the lowest bit: x 13, y 13, facing 8,
/// health 7, weapon 4, state 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Entry(pub(crate) u64);

/// Bits of [`Entry::state`].
pub(crate) mod state_bit {
    pub(crate) const AIMING: u8 = 1 << 2;
    pub(crate) const ALIVE: u8 = 1 << 3;
    pub(crate) const RELOADING: u8 = 1 << 4;
    pub(crate) const PROTECTED: u8 = 1 << 5;
}

impl Entry {
    pub(crate) fn new(x: u16, y: u16, facing: u8, health: u8, weapon: u8, state: u8) -> Entry {
        Entry(
            u64::from(x)
                | u64::from(y) << 13
                | u64::from(facing) << 26
                | u64::from(health) << 34
                | u64::from(weapon) << 41
                | u64::from(state) << 45,
        )
    }

    /// All players' lanes as of now.
    pub(crate) fn all(s: &MatchState, rules: &Tuned) -> [Entry; PLAYERS] {
        let mut facing = [0; PLAYERS];
        let mut doubt = 0;
        for (slot, facing) in facing.iter_mut().enumerate() {
            let (turn, off) = near_turn(s.aim_x[slot], s.aim_y[slot]);
            *facing = turn;
            doubt |= (1 - u8::from(off <= SURE)) << slot;
        }
        for slot in MatchState::slots(doubt) {
            facing[slot] = exact_turn(s.aim_x[slot], s.aim_y[slot]);
        }
        core::array::from_fn(|slot| Entry::of(s, rules, slot, facing[slot]))
    }

    #[inline]
    fn of(s: &MatchState, rules: &Tuned, slot: usize, facing: u8) -> Entry {
        let bit = |mask: u8, value: u8| if mask >> slot & 1 == 1 { value } else { 0 };
        let alive = s.alive >> slot & 1 == 1;
        let protected = alive && s.tick < s.invulnerable_until[slot];
        let state = (s.gait[slot] & 3)
            | bit(s.aiming, state_bit::AIMING)
            | bit(s.alive, state_bit::ALIVE)
            | if s.reload[slot] > 0 { state_bit::RELOADING } else { 0 }
            | if protected { state_bit::PROTECTED } else { 0 };
        // Health is at most 500 points of 64, and what is full is at least one of these.
        let full = rules.health.max(1) as u32;
        let health = (s.health[slot].max(0) as u32 * 100).div_ceil(full);
        let in_hand = s.in_hand(slot);
        Entry::new(
            q16(s.x[slot], MOST.0),
            q16(s.y[slot], MOST.1),
            facing,
            health.min(100) as u8,
            if in_hand == NO_WEAPON { 15 } else { in_hand & 15 },
            state,
        )
    }

    pub(crate) fn x(self) -> u16 {
        (self.0 & 0x1FFF) as u16
    }

    pub(crate) fn y(self) -> u16 {
        (self.0 >> 13 & 0x1FFF) as u16
    }

    /// 1/256 turn.
    pub(crate) fn facing(self) -> u8 {
        (self.0 >> 26) as u8
    }

    /// Percent.
    pub(crate) fn health(self) -> u8 {
        (self.0 >> 34 & 0x7F) as u8
    }

    pub(crate) fn weapon(self) -> u8 {
        (self.0 >> 41 & 15) as u8
    }

    pub(crate) fn state(self) -> u8 {
        (self.0 >> 45 & 63) as u8
    }

    pub(crate) fn alive(self) -> bool {
        self.state() & state_bit::ALIVE != 0
    }

    /// The same without the facing, which the own slot's entry does not have.
    pub(crate) fn faceless(self) -> Entry {
        Entry(self.0 & !(0xFF << 26))
    }

    /// Health, weapon and state.
    pub(crate) fn rest(self) -> u64 {
        self.0 >> 34
    }
}

/// Highest coordinates, 1/16 px.
pub(crate) const MOST: (u16, u16) = (7680, 4320);

/// Where a player is taken to be in a frame `ahead` frames after `base`, whose own base, `back` frames before it, is
/// `past` (PROTOCOL.md, section 2.5); the caller has seen to it that this is told of the living in three known frames.
pub(crate) fn predicted(base: Entry, past: Entry, ahead: u32, back: u32) -> (u16, u16) {
    let (n, d) = (ahead as i32, back.max(1) as i32);
    let one = |b: u16, p: u16, most: u16| {
        let way = (i32::from(b) - i32::from(p)) * n;
        // As good as always there is nothing to divide by.
        let way = if d == 1 { way } else { (2 * way + d).div_euclid(2 * d) };
        (i32::from(b) + way).clamp(0, most.into()) as u16
    };
    (one(base.x(), past.x(), MOST.0), one(base.y(), past.y(), MOST.1))
}

/// The eight ways that keys move a player, in eighths of a turn clockwise from +x.
const WAYS: [(i32, i32); 8] = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];

/// Place among [`WAYS`] by what x and y do: go back, stay, go forth.
const WAY_OF: [[Option<u32>; 3]; 3] =
    [[Some(5), Some(4), Some(3)], [Some(6), None, Some(2)], [Some(7), Some(0), Some(1)]];
const _: () = {
    let mut i = 0;
    while i < WAYS.len() {
        let (x, y) = WAYS[i];
        assert!(matches!(WAY_OF[(1 + x) as usize][(1 + y) as usize], Some(way) if way as usize == i));
        i += 1;
    }
};

/// How far keys move a player, in 1/16 px: along an axis and along each axis of a diagonal, by gait, in a number of
/// inputs (PROTOCOL.md, section 2.5). `speeds`: sneaking, walking, running, px/s.
pub(crate) fn strides(speeds: [f32; 3], inputs: u32, per_second: u32) -> [(i32, i32); 4] {
    let one = |speed: f32| {
        let way = f64::from(speed) * 16.0 * f64::from(inputs) / f64::from(per_second.max(1));
        let whole = |v: f64| libm::floor(v + 0.5).clamp(0.0, 8191.0) as i32;
        (whole(way), whole(way * core::f64::consts::FRAC_1_SQRT_2))
    };
    [(0, 0), one(speeds[0]), one(speeds[1]), one(speeds[2])]
}

/// Where a stride in one of the eight ways leads from a place.
pub(crate) fn stride(from: Entry, way: u32, (straight, diagonal): (i32, i32)) -> (i32, i32) {
    let (x, y) = WAYS[(way & 7) as usize];
    let by = if x != 0 && y != 0 { diagonal } else { straight };
    (i32::from(from.x()) + x * by, i32::from(from.y()) + y * by)
}

/// The way of a stride that leads to within 1/16 px of a place on both axes, if there is one, and what is left.
pub(crate) fn way_of(from: Entry, to: Entry, stride_of_gait: (i32, i32)) -> Option<(u32, i32, i32)> {
    let dx = i32::from(to.x()) - i32::from(from.x());
    let dy = i32::from(to.y()) - i32::from(from.y());
    // Closer to standing than to half a stride, a way means nothing.
    if stride_of_gait.1 < 4 {
        return None;
    }
    let half = stride_of_gait.1 / 2;
    // 0 back, 1 no way, 2 forth.
    let sign = |d: i32| 1 + usize::from(d > half) - usize::from(d < -half);
    let way = WAY_OF[sign(dx)][sign(dy)]?;
    let (x, y) = stride(from, way, stride_of_gait);
    let (dx, dy) = (i32::from(to.x()) - x, i32::from(to.y()) - y);
    (dx.abs() <= 1 && dy.abs() <= 1).then_some((way, dx, dy))
}

/// A coordinate in 1/16 px, nearest, halves up, 0 to `most`. The sum is exact in 64 bits.
#[inline]
pub(crate) fn q16(v: f32, most: u16) -> u16 {
    ((f64::from(v * 16.0) + 0.5) as i32).clamp(0, most.into()) as u16
}

/// The nearest of 256 directions to a unit vector, clockwise on screen from +x.
#[inline]
pub(crate) fn turn8(x: f32, y: f32) -> u8 {
    let (turn, off) = near_turn(x, y);
    if off <= SURE { turn } else { exact_turn(x, y) }
}

#[cold]
fn exact_turn(x: f32, y: f32) -> u8 {
    (libm::roundf(libm::atan2f(y, x) * (128.0 / core::f32::consts::PI)) as i32 & 255) as u8
}

/// [`near_turn`] is right where it is no farther than this from a direction, in steps of a 256th of a turn: it errs by
/// less than 0.001 of one, and half a step is where the next begins.
const SURE: f32 = 0.48;

/// The nearest of 256 directions, most likely, and how far the vector is from it, in steps; NaN for none.
///
/// The arctangent of 0 to 1 by Abramowitz and Stegun, 4.4.49, with an error of 1e-5 radians.
#[inline]
fn near_turn(x: f32, y: f32) -> (u8, f32) {
    /// 1.5 x 2^23: sums with it are whole.
    const WHOLE: f32 = 12_582_912.0;
    let (along, aside) = (x.abs(), y.abs());
    let steep = aside > along;
    let t = if steep { along / aside } else { aside / along };
    let t2 = t * t;
    let arc = t * (0.999_866 + t2 * (-0.330_299_5 + t2 * (0.180_141 + t2 * (-0.085_133 + t2 * 0.020_835_1))));
    let turn = arc * (128.0 / core::f32::consts::PI);
    let turn = if steep { 64.0 - turn } else { turn };
    let turn = if x < 0.0 { 128.0 - turn } else { turn };
    let turn = if y < 0.0 { 256.0 - turn } else { turn };
    let whole = turn + WHOLE;
    (whole.to_bits() as u8, (turn - (whole - WHOLE)).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_the_nearest_of_256() {
        let nan = (f32::NAN, 1.0);
        let special = [(0.0, 0.0), (-0.0, 0.0), (1.0, 0.0), (1.0, -0.0), (-1.0, -0.0), (0.0, 1.0), (0.0, -1.0), nan];
        // Around each edge between two, too, as close as floats can be.
        let edges = (0..512).flat_map(|half| {
            let angle = f64::from(half) * core::f64::consts::PI / 256.0;
            let (x, y) = (libm::cos(angle) as f32, libm::sin(angle) as f32);
            (-40i32..=40).map(move |ulps| (x, f32::from_bits(y.to_bits().wrapping_add_signed(ulps))))
        });
        let mut word = 1u32;
        let any = (0..200_000).map(|_| {
            word = word.wrapping_mul(0x0019_660D).wrapping_add(0x3C6E_F35F);
            let angle = f64::from(word) * core::f64::consts::TAU / 4_294_967_296.0;
            (libm::cos(angle) as f32, libm::sin(angle) as f32)
        });
        for (x, y) in special.into_iter().chain(edges).chain(any) {
            assert_eq!(turn8(x, y), exact_turn(x, y), "({x}, {y})");
        }
    }

    #[test]
    fn lengths_are_the_nearest_sixteenths_halves_up() {
        for step in -40..20_000 {
            let v = step as f32 / 32.0;
            for v in [v, v + 0.003, f32::from_bits(v.to_bits().wrapping_sub(1)), f32::from_bits(v.to_bits() + 1)] {
                let want = libm::roundf(v * 16.0).clamp(0.0, f32::from(MOST.0)) as u16;
                assert_eq!(q16(v, MOST.0), want, "{v}");
            }
        }
        assert_eq!((q16(f32::NAN, 9), q16(f32::INFINITY, 9), q16(-f32::INFINITY, 9)), (0, 9, 0));
    }
}
