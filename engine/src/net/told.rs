//! An event as some players learn of it.

use crate::world::Event;

/// Fields of an event that are not told; they hold no information.
pub mod hidden {
    /// `actor` is [`crate::world::NONE`].
    pub const ACTOR: u8 = 1;
    /// `target` is [`crate::world::NONE`].
    pub const TARGET: u8 = 2;
    /// `x` and `y` are 0.
    pub const PLACE: u8 = 4;
    /// `weapon` is [`crate::world::NONE`].
    pub const WEAPON: u8 = 8;
    /// `dx` and `dy` are 0.
    pub const DIRECTION: u8 = 16;
    /// Rounds left: `value` and `slice` of launches, `value` of shots, `value` and `aux` of reloads are 0.
    pub const ROUNDS: u8 = 32;
    /// `value` of a hit is 0.
    pub const DAMAGE: u8 = 64;
}

/// An event with everything taken out that those to whom it is told may not know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    /// What is left of it.
    pub event: Event,
    /// Mask of the slots that are told just this.
    pub to: u8,
    /// [`hidden`] bits.
    pub hidden: u8,
}
