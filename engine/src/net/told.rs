//! An event as some players learn of it.

use crate::world::Event;

/// Fields of an event that are not told; they hold no information.
///
/// A bit says that those who are told could not have been told, never that there was something to hide: an explosion
/// whose thrower has left and one whose thrower is out of sight carry the same bits.
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
    /// Rounds left: `slice` of launches, `value` of shots, `value` and `aux` of reloads are 0.
    pub const ROUNDS: u8 = 32;
    /// `value` of a hit is 0.
    pub const DAMAGE: u8 = 64;
}

/// An event with everything taken out that those to whom it is told may not know.
///
/// Three fields are never those of the engine's own event. `value` of launches, bounces and explosions is what those who
/// are told call the projectile: each player counts for themselves, in the order in which they learn of projectiles,
/// from 1, because serial numbers would tell how much is thrown elsewhere. `reserved` of who is dazzled is that number of the
/// flash; 0 elsewhere. `part` of a slice that breaks is 0: who
/// else heard it is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    /// What is left of it.
    pub event: Event,
    /// Mask of the slots that are told just this.
    pub to: u8,
    /// [`hidden`] bits.
    pub hidden: u8,
}
