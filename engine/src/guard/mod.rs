//! Anti-cheat: evidence of what no honest player does, weighed into advice for a host.
//!
//! Clients send inputs alone, so speed and place cannot be claimed: what is left to cheats is time, hands and eyes. The
//! guard looks at inputs and messages as they come and at the match after each tick. It changes nothing in either: no
//! state, no packet (`engine/tests/guard.rs`). It is no part of a saved match.
//!
//! | what | kinds | file |
//! | --- | --- | --- |
//! | more game time than real time, floods, patterns that no client makes | [`Kind::Speed`] to [`Kind::Chord`] | `input.rs` |
//! | rates and rhythm of the trigger | [`Kind::ClickRate`], [`Kind::ClickRhythm`] | `input.rs` |
//! | aim and shots at enemies who are neither seen nor heard | [`Kind::HiddenAim`], [`Kind::HiddenTrack`], [`Kind::HiddenShot`] | `hidden.rs` |
//! | reactions and aim beyond the human | [`Kind::Reaction`], [`Kind::Trigger`], [`Kind::Snap`], [`Kind::Lock`] | `aim.rs` |
//! | the honeypot | [`Kind::Decoy`] | `hidden.rs` |
//! | positions, for hosts whose clients claim them | [`Kind::Position`] | [`positions`] |
//!
//! # What counts as hidden
//!
//! The nearest enemy out of sight is *dark* if neither the player nor a team mate has seen that enemy for 2.5 s, if the
//! enemy has lived for 3 s, and if no sound of an enemy's making has come to the player from that direction, give or take
//! 34 degrees, for 3 s. Team mates may talk; where enemies appear everybody knows.
//!
//! In a fight sounds come from everywhere and hardly anybody is dark. Two things tell without: an aim that follows the
//! unseen to the pixel, for sounds tell directions to 5.6 degrees ([`Kind::HiddenTrack`]); and an aim that is on the nearest
//! unseen enemy most of the time, heard or not (the *duty*, under [`Kind::HiddenAim`]), which takes three seconds and more
//! of nothing else to count at all.
//!
//! Players look down corridors, and corridors are where enemies are. So each enemy has *ghosts*, the same enemy 4 and 7
//! seconds before: who plays by what may be known meets the ghosts as often as the enemy, whatever the map; who sees
//! through walls meets the enemy alone. What counts is the odds of the two (a cumulative sum of log likelihoods, Page
//! 1954, so that a quiet past excuses nothing).
//!
//! # In sight
//!
//! Reactions, triggers and pursuits each happen to honest players now and then, and fail often with them; what a program
//! does is that they hardly ever fail. So they share one such sum: quick ones add to it, slow ones and lost pursuits take
//! from it, and a piece's grade says how far the sum has come ([`Kind::Reaction`], [`Kind::Trigger`], [`Kind::Lock`]).
//! Pursuits of the hidden have a sum of their own ([`Kind::HiddenTrack`]).
//!
//! # Time
//!
//! The engine has no clock but its ticks. What waits behind a stalled line comes at once and is no flood: a second and more of
//! silence is allowed for. If the host itself stands still, everybody is ahead of it together: evidence of time and floods
//! waits for half a second, and is dropped if it is of every player of whom inputs come, two at least. A host with one
//! such player in a match that does not play the ticks it has missed should begin the guard anew.
//!
//! # Verdicts
//!
//! Each piece of evidence has a grade; [`Policy`] weighs and adds them, with a half-life, into a score and advises
//! suspicion, a flag, a kick or a ban. Statistics alone neither kick nor ban unless the policy says so. Acting on it is
//! the host's business.

mod aim;
mod evidence;
mod hidden;
mod input;
mod policy;
pub mod positions;
mod watch;

pub use evidence::{Evidence, KINDS, Kind};
pub use policy::{GuardDef, Limits, Policy, Standing, Verdict};
pub(crate) use watch::Guard;

/// Pieces of evidence that a match keeps at most until they are drained; older ones are lost and counted.
pub const EVIDENCE_RING: usize = 64;
