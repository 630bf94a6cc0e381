//! What players send: 1/60 s of held keys, presses and the cursor.

use bytemuck::{Pod, Zeroable};

/// Buttons as bits, held or pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Pod, Zeroable)]
#[repr(transparent)]
pub struct Buttons(pub u16);

#[allow(missing_docs)]
impl Buttons {
    pub const NONE: Buttons = Buttons(0);
    pub const UP: Buttons = Buttons(1);
    pub const LEFT: Buttons = Buttons(1 << 1);
    pub const DOWN: Buttons = Buttons(1 << 2);
    pub const RIGHT: Buttons = Buttons(1 << 3);
    pub const RUN: Buttons = Buttons(1 << 4);
    pub const SNEAK: Buttons = Buttons(1 << 5);
    pub const FIRE: Buttons = Buttons(1 << 6);
    pub const AIM: Buttons = Buttons(1 << 7);
    pub const RELOAD: Buttons = Buttons(1 << 8);
    pub const THROW: Buttons = Buttons(1 << 9);
    pub const SLOT1: Buttons = Buttons(1 << 10);
    pub const SLOT2: Buttons = Buttons(1 << 11);
    pub const SLOT3: Buttons = Buttons(1 << 12);
    pub const SLOT4: Buttons = Buttons(1 << 13);
    pub const SLOT5: Buttons = Buttons(1 << 14);
    pub const RESPAWN: Buttons = Buttons(1 << 15);

    /// Whether any of `other`'s buttons is among these.
    #[inline]
    pub const fn has(self, other: Buttons) -> bool {
        self.0 & other.0 != 0
    }

    /// Both sets together.
    #[inline]
    pub const fn with(self, other: Buttons) -> Buttons {
        Buttons(self.0 | other.0)
    }
}

impl core::ops::BitOr for Buttons {
    type Output = Buttons;
    fn bitor(self, other: Buttons) -> Buttons {
        self.with(other)
    }
}

impl core::ops::BitOrAssign for Buttons {
    fn bitor_assign(&mut self, other: Buttons) {
        *self = self.with(other);
    }
}

/// Cursor coordinates are 1/16 px.
pub(crate) const CURSOR: f32 = 16.0;
/// The cursor may be this far outside the playfield's corner, px; farther is clamped.
pub(crate) const CURSOR_LIMIT: f32 = 2000.0;

/// One input, 16 bytes.
///
/// A button that goes down between two inputs counts as one press; `taps` are presses too short to be held at any
/// sampling. Each press counts once, for an input counts once, by its sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Pod, Zeroable)]
#[repr(C)]
pub struct InputCmd {
    /// Grows by one an input; wraps.
    pub sequence: u32,
    /// Newest server tick that the client had when it sampled this; 0: none.
    pub ack_tick: u32,
    /// Held buttons.
    pub held: Buttons,
    /// Presses since the input before.
    pub taps: Buttons,
    /// Cursor, 1/16 px of the playfield.
    pub cursor_x: i16,
    /// Cursor, 1/16 px of the playfield.
    pub cursor_y: i16,
}

const _: () = assert!(size_of::<InputCmd>() == 16);

impl InputCmd {
    /// An input with the cursor in playfield pixels, which is rounded to 1/16 px and clamped to +-2000 px.
    ///
    /// # Errors
    /// [`crate::Error::InvalidArgument`] if a coordinate is NaN or infinite.
    pub fn new(sequence: u32, held: Buttons, taps: Buttons, cursor: glam::Vec2) -> crate::Result<Self> {
        let fixed = |field, v: f32| {
            if !v.is_finite() {
                return Err(crate::Error::invalid(field, v, "a finite number of playfield pixels"));
            }
            Ok(libm::roundf(v.clamp(-CURSOR_LIMIT, CURSOR_LIMIT) * CURSOR) as i16)
        };
        Ok(InputCmd {
            sequence,
            ack_tick: 0,
            held,
            taps,
            cursor_x: fixed("mouse.x", cursor.x)?,
            cursor_y: fixed("mouse.y", cursor.y)?,
        })
    }
}
