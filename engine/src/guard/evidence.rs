//! What is found, as data.

use crate::world::PlayerId;
use bytemuck::{Pod, Zeroable};

/// Kinds of evidence there are.
pub const KINDS: usize = 21;

/// What a piece of evidence is about: what is measured, its unit, its limit, and why honest players stay below it.
///
/// Numbers are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// More game time than real time. Value: inputs (1/60 s each) by which the client's sequence numbers have run ahead of
    /// the earliest arrivals so far, less [`super::Limits::drift`] of the time gone by. Limit:
    /// [`super::Limits::slack_s`] in inputs. Delay, jitter and loss only make inputs late; what comes in a burst after a
    /// stall was due before. Quartz clocks differ by some 0.01%, and the worst throttled browser timers lose time, they do
    /// not gain it.
    Speed = 1,
    /// A sequence number that jumps ahead of time. Value: inputs ahead at once; limit: two seconds' worth. A client
    /// counts its own inputs by one.
    Jump = 2,
    /// Inputs handed over, repeated ones included. Value: inputs beyond what [`super::Limits::repeats`] and the rate of
    /// inputs allow; limit: three seconds' worth of it.
    InputFlood = 3,
    /// Messages over the wire. Value: messages beyond [`super::Limits::messages_per_s`]; limit: three seconds' worth. Our
    /// client sends one a frame of the network, 20 a second, and never more than 60.
    MessageFlood = 4,
    /// Bytes over the wire. Value: bytes beyond [`super::Limits::bytes_per_s`]; limit: four seconds' worth.
    ByteFlood = 5,
    /// Messages that cannot be read. Value: of late; limit: 3, with one forgiven every 10 s. TCP hands over what was sent or
    /// nothing: an honest client sends none.
    BadMessages = 6,
    /// Acknowledges a tick that has not been played. Value: ticks ahead; limit: 0.
    FutureAck = 7,
    /// A later input acknowledges an earlier tick. Value: ticks back; limit: a second's worth. What a client shows only moves
    /// forward, but for a change of its delay, which is under a second.
    BackwardAck = 8,
    /// A cursor that neither the wire nor [`crate::InputCmd::new`] lets through. Value: px from the playfield's corner;
    /// limit: 2000.
    Cursor = 9,
    /// Keys of the inventory pressed within one input (1/60 s). Value: keys; limit: 3, for fingers roll over two.
    Chord = 10,
    /// Presses of the trigger in the client's own time, each no later after the last than [`super::Limits::clicks_per_s`] says.
    /// Value: presses in a row, less 2.5 for each that is slower; limit: 6. Records of clicking for 10 s lie at 14 a second,
    /// people at 6 to 7.
    ClickRate = 11,
    /// Presses at machine-regular intervals. Value: root mean square, in inputs, by which 8 presses in a row miss even
    /// spacing; told after several such runs; limit: 0.34, little above the 0.29 that sampling at 60 Hz alone makes. A person's intervals differ by 4%
    /// (trained tappers) to 15% of themselves and the deviations add up from press to press.
    ClickRhythm = 12,
    /// Aim held on enemies whom the player can know nothing of, more often than on where they were some seconds before.
    /// Value: logarithm of the odds against chance; limit: where evidence begins. See [`super`].
    HiddenAim = 13,
    /// Aim locked on a moving enemy who had been out of the player's sight for a second and more, as of the tick that the
    /// client had on screen, heard or not. Value: of the inputs in which the enemy moves across the line, the share within
    /// 0.8 px of the body's middle, once it has gone about, to one side or to and fro, with a standard deviation of 4 px;
    /// limit: 0.7. The grade
    /// tells odds, to which lesser shares add too and from which the least take. Who goes so far about within a resting aim moves through its middle seldom. Sounds tell directions to 5.6
    /// degrees, and steps come every 16 px: nobody follows the unseen to the pixel.
    HiddenTrack = 14,
    /// Shots at such enemies rather than at where they were. Value: logarithm of the odds; limit: where evidence begins.
    HiddenShot = 15,
    /// From an enemy's first being on the client's screen, 10 degrees off the aim and more, to a turn's having ended within 3
    /// px of the body's middle, where the aim stays for 4 inputs. Value: ms; limit: 150. Simple reactions to sight take 180 to
    /// 250 ms and hardly ever under 150; in sprints a start under 100 ms is a false start; and the hand's way comes on top.
    /// A turn that was on its way there before does not count. Graded by the odds of all aim in sight: see [`super`].
    Reaction = 16,
    /// From an enemy's first being on the client's screen, under the crosshair, to the trigger. Value: ms; limit: 100. Presses
    /// in the 100 ms before count against it, for who fires by guess is as often too early. Graded by the odds of all
    /// aim in sight: see [`super`].
    Trigger = 17,
    /// A jump of the cursor from rest to rest, 10 px and more in one input, onto a visible body. Value: px off its middle;
    /// limit: 1.5. A hand takes 100 ms and more for such a way and misses by some percent of it.
    Snap = 18,
    /// Aim locked on a moving enemy in sight. Value: of the inputs in which the enemy moves across the line, the share within
    /// 0.8 px of the body's middle, once it has gone about with a standard deviation of 4 px; limit: 0.85. Or within 3.5 px,
    /// once it has with 5 px at 45 px/s and more; limit: 0.85: a program that smooths its aim over some inputs lags by less
    /// than that. A hand that follows is 100 ms late, so by 5 px and more at a walk, or guesses. Graded by the odds of all
    /// aim in sight, so that four and more of these with few misses between flag: see [`super`].
    Lock = 19,
    /// Aim, tracking or shots at a decoy that no honest client shows. Value as of the kind it would be otherwise; limit the
    /// same.
    Decoy = 20,
    /// A position that a client claims: see [`super::positions`]. Value: px beyond what could be reached; limit: 0.
    Position = 21,
}

impl Kind {
    /// All, by number.
    pub const ALL: [Kind; KINDS] = [
        Kind::Speed,
        Kind::Jump,
        Kind::InputFlood,
        Kind::MessageFlood,
        Kind::ByteFlood,
        Kind::BadMessages,
        Kind::FutureAck,
        Kind::BackwardAck,
        Kind::Cursor,
        Kind::Chord,
        Kind::ClickRate,
        Kind::ClickRhythm,
        Kind::HiddenAim,
        Kind::HiddenTrack,
        Kind::HiddenShot,
        Kind::Reaction,
        Kind::Trigger,
        Kind::Snap,
        Kind::Lock,
        Kind::Decoy,
        Kind::Position,
    ];

    /// The kind with this number, if there is one.
    pub fn from_number(n: u8) -> Option<Kind> {
        Kind::ALL.get(usize::from(n).wrapping_sub(1)).copied()
    }

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        [
            "speed",
            "jump",
            "input flood",
            "message flood",
            "byte flood",
            "bad messages",
            "future ack",
            "backward ack",
            "cursor",
            "chord",
            "click rate",
            "click rhythm",
            "hidden aim",
            "hidden track",
            "hidden shot",
            "reaction",
            "trigger",
            "snap",
            "lock",
            "decoy",
            "position",
        ][self.at()]
    }

    /// It says how likely chance would be, not that something impossible was done: [`super::Policy`] kicks and bans for
    /// none of these unless told to.
    pub fn is_statistical(self) -> bool {
        (Kind::ClickRhythm as u8..=Kind::Decoy as u8).contains(&(self as u8))
    }

    /// Place in arrays of [`KINDS`].
    pub(crate) fn at(self) -> usize {
        self as usize - 1
    }
}

/// A piece of evidence, 24 bytes, plain.
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Evidence {
    /// [`PlayerId::raw`] of whom it is about: slot and generation.
    pub player: u32,
    /// Tick after which, or in which, it was found.
    pub tick: u32,
    /// What was measured; unit by [`Kind`].
    pub value: f32,
    /// The limit it is held against; same unit.
    pub limit: f32,
    /// How much it says, above 0 to 1.
    pub grade: f32,
    /// [`Kind`] as a number.
    pub kind: u8,
    /// Always 0.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<Evidence>() == 24);

impl Evidence {
    /// Of a player, found at a tick; the grade is kept within 0 to 1.
    pub(crate) fn new(player: PlayerId, tick: u32, kind: Kind, value: f32, limit: f32, grade: f32) -> Evidence {
        let grade = if grade > 0.0 { grade.min(1.0) } else { 0.0 };
        Evidence { player: player.raw(), tick, value, limit, grade, kind: kind as u8, reserved: [0; 3] }
    }

    /// Whom it is about.
    pub fn player(&self) -> PlayerId {
        PlayerId::from_raw(self.player)
    }

    /// What it is about; every piece that the engine hands out has one.
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_number(self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_numbers() {
        for (i, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!((kind as usize, kind.at(), Kind::from_number(kind as u8)), (i + 1, i, Some(kind)));
            assert!(!kind.name().is_empty());
        }
        assert_eq!((Kind::from_number(0), Kind::from_number(KINDS as u8 + 1)), (None, None));
        let certain: Vec<_> = Kind::ALL.into_iter().filter(|k| !k.is_statistical()).map(|k| k as u8).collect();
        assert_eq!(certain, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 21]);
    }

    #[test]
    fn grades_stay_within_0_and_1() {
        let grade = |g| Evidence::new(PlayerId::from_raw(9), 1, Kind::Speed, 0.0, 0.0, g).grade;
        assert_eq!([grade(0.5), grade(7.0), grade(-1.0), grade(f32::NAN)], [0.5, 1.0, 0.0, 0.0]);
    }
}
