//! What happened, for hosts: a ring per match, drained between steps.

use bytemuck::{Pod, Zeroable};

/// Nobody, nothing, no slice.
pub const NONE: u8 = 0xFF;
/// No slice.
pub const NO_SLICE: u16 = 0xFFFF;

/// Kind of an [`Event`]; the comments name the fields that carry something besides `tick` and `actor`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EventKind {
    /// A player joined.
    Joined = 1,
    /// A player left.
    Left = 2,
    /// x, y; value: tick until which the player is invulnerable.
    Spawned = 3,
    /// value: ticks to wait.
    RespawnDenied = 4,
    /// weapon; x, y: the muzzle; dx, dy; value: rounds left; flag `AIMING`.
    Fired = 5,
    /// weapon; value: ticks until the next shot; aux: rounds left (0: an empty click).
    FireRefused = 6,
    /// weapon, target; x, y: the impact; dx, dy: where the target's centre stood for the shot; aux: pellet;
    /// value: damage, 1/64 points; part: things passed before.
    HitPlayer = 7,
    /// weapon, slice; x, y: the impact; dx, dy; aux: pellet; value: damage, 1/64; part: things passed before;
    /// flag `STOPPED` if the bullet ends here.
    HitWall = 8,
    /// weapon; x, y: the end of the flight; dx, dy; aux: pellet; part: things passed before.
    Miss = 9,
    /// weapon; value: ticks it takes.
    ReloadStarted = 10,
    /// weapon; value: rounds in the magazine; aux: in reserve.
    Reloaded = 11,
    /// weapon: the new one; part: the old one's number.
    Switched = 12,
    /// flag `AIMING`: now on.
    AimToggled = 13,
    /// actor: who did it; target; weapon; x, y: of the target; value: damage, 1/64; aux: health left, points rounded
    /// up; flag `KILLED`.
    PlayerDamaged = 14,
    /// actor: the killer; target; weapon; x, y: of the body; flag `TEAM_KILL`.
    Died = 15,
    /// weapon, slice; x, y: the impact; value: damage dealt, 1/64; aux: health left, 1/64; flag `DESTROYED`.
    WallDamaged = 16,
    /// Instead of `WallDamaged` for the hit that breaks the slice: once for each. Besides, part: mask of the slots that
    /// hear it break.
    SliceDestroyed = 17,
    /// value: 0 red, 1 blue, 2 nobody.
    MatchEnded = 18,
    /// A projectile leaves the hand or the muzzle: weapon; x, y; dx, dy: velocity, px/s; value: its serial number;
    /// aux: level of charge, 0 for launched ones; slice: rounds left.
    Launched = 19,
    /// actor: the owner; weapon; x, y; dx, dy: velocity after it; value: serial number; slice if it was one, target if
    /// it was a body.
    Bounced = 20,
    /// actor: the owner; weapon; x, y; value: serial number; aux: radius of its effect, px.
    Exploded = 21,
    /// actor: the owner; target: who is dazzled; weapon; x, y: of the flash; value: intensity in 1/1000; aux: ticks
    /// blind; slice: ticks until all is over; dx: distance in px; dy: angle off the target's aim, radians; flag
    /// `AIMING`: with a clear line.
    Dazzled = 22,
    /// weapon; value: ticks of silence.
    Overheated = 23,
}

impl EventKind {
    /// The kind with this number, if there is one.
    pub fn from_number(n: u8) -> Option<EventKind> {
        use EventKind::*;
        [
            Joined,
            Left,
            Spawned,
            RespawnDenied,
            Fired,
            FireRefused,
            HitPlayer,
            HitWall,
            Miss,
            ReloadStarted,
            Reloaded,
            Switched,
            AimToggled,
            PlayerDamaged,
            Died,
            WallDamaged,
            SliceDestroyed,
            MatchEnded,
            Launched,
            Bounced,
            Exploded,
            Dazzled,
            Overheated,
        ]
        .get((n as usize).wrapping_sub(1))
        .copied()
    }
}

/// Flags of an event.
pub mod flag {
    /// The shooter aims down sights; aiming is now on.
    pub const AIMING: u8 = 1;
    /// The target died of it.
    pub const KILLED: u8 = 2;
    /// Killer and victim are of one team.
    pub const TEAM_KILL: u8 = 4;
    /// The slice broke.
    pub const DESTROYED: u8 = 8;
    /// The bullet ended here.
    pub const STOPPED: u8 = 16;
}

/// One event, 36 bytes. Players are slots 0 to 7, [`NONE`] for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Event {
    /// Tick in which it happened.
    pub tick: u32,
    /// [`EventKind`] as a number.
    pub kind: u8,
    /// Who did it, slot.
    pub actor: u8,
    /// To whom, slot.
    pub target: u8,
    /// [`crate::Weapon`] as a number, or [`NONE`].
    pub weapon: u8,
    /// px.
    pub x: f32,
    /// px.
    pub y: f32,
    /// Unit direction, or a place in px, by kind.
    pub dx: f32,
    /// Unit direction, or a place in px, by kind.
    pub dy: f32,
    /// By kind.
    pub value: i32,
    /// Slice, or [`NO_SLICE`].
    pub slice: u16,
    /// By kind.
    pub aux: u16,
    /// [`flag`] bits.
    pub flags: u8,
    /// By kind.
    pub part: u8,
    /// Always 0.
    pub reserved: u16,
}

const _: () = assert!(size_of::<Event>() == 36);

impl Event {
    pub(crate) fn new(kind: EventKind, tick: u32, actor: usize) -> Event {
        Event {
            tick,
            kind: kind as u8,
            actor: actor as u8,
            target: NONE,
            weapon: NONE,
            slice: NO_SLICE,
            ..Event::zeroed()
        }
    }

    pub(crate) fn at(mut self, x: f32, y: f32) -> Event {
        (self.x, self.y) = (x, y);
        self
    }

    pub(crate) fn toward(mut self, dx: f32, dy: f32) -> Event {
        (self.dx, self.dy) = (dx, dy);
        self
    }

    pub(crate) fn target(mut self, slot: usize) -> Event {
        self.target = slot as u8;
        self
    }

    pub(crate) fn weapon(mut self, weapon: u8) -> Event {
        self.weapon = weapon;
        self
    }

    pub(crate) fn slice(mut self, slice: u16) -> Event {
        self.slice = slice;
        self
    }

    pub(crate) fn value(mut self, value: i32) -> Event {
        self.value = value;
        self
    }

    pub(crate) fn aux(mut self, aux: u16) -> Event {
        self.aux = aux;
        self
    }

    pub(crate) fn part(mut self, part: u8) -> Event {
        self.part = part;
        self
    }

    pub(crate) fn flag(mut self, flag: u8, on: bool) -> Event {
        if on {
            self.flags |= flag;
        }
        self
    }
}

/// The events of a match.
pub(crate) type EventRing = super::ring::Ring<Event, { super::ring::EVENT_RING }>;
