//! Rating systems put to the test on populations of known skill: who predicts results, and how soon.
//!
//! BIAS: no recorded matches of people exist yet, so the truth is made up. Three kinds of it, so that none is a system's
//! own assumption throughout: noise of a logistic kind (what Elo, Glicko-2 and Weng-Lin assume), of a normal kind (what
//! TrueSkill assumes), and a race to 50 kills of single players (what the game is, and what nobody assumes). Three
//! numbers of our Weng-Lin were chosen by this very program, with other seeds. Peers stand there as their authors have
//! them and with one or two numbers chosen the same way; Elo as the plan has it.

mod season;
mod systems;

pub use season::{Forming, Heldout, Mode, Outcome, PATIENCE, Season, Setting, Truth};
pub use systems::{Candidate, Standing};
