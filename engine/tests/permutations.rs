//! Which slot a player has is nobody's business: the same players, let in in another order and doing the same, end in
//! the same match with its lanes in another order, byte for byte.
//!
//! What may depend on the slot, and why:
//!
//! | what | why |
//! | --- | --- |
//! | spread, choice of a spawn, shrapnel | drawn by (seed, tick, slot): no draw shifts another, and a player has no other name that every host knows |
//! | credit for a kill by two equal hits of one tick | somebody has to get it: the lower slot, as the rule book's table says |
//! | serial numbers and lanes of what is launched in one tick | they are given in the order of slots; what flies meets nothing that flies |
//! | which of several triggers of one tick is refused when 64 things fly, and which of several clouds of one tick goes first when there are 32 | one must; the numbers decide |
//! | order of events and sounds in a tick, ids, masks | slots are what they name |
//! | what bots do | they draw by slot |
//!
//! The first row is taken out here by rules without spread and shrapnel and a map with one spawn a team, the second by
//! weapons none of which hits like another, the third by comparing what flies by who launched it. All else must be equal.
#![allow(clippy::unwrap_used)]

use proptest::test_runner::{RngAlgorithm, TestRng};
use rand_like::Dice;
use std::collections::BTreeMap;
use std::sync::Arc;
use trespasser::rules::Material;
use trespasser::world::PLAYERS;
use trespasser::{
    Buttons, Columns, EventKind, GameMap, InputCmd, Loadout, MatchDef, MatchId, PlayerDef, PlayerId, RuleSet, Spawn,
    Team, Vec2, WallDef, Weapon, World, WorldDef,
};

/// Numbers for scripts, the same in every run.
mod rand_like {
    use super::{RngAlgorithm, TestRng};
    use proptest::prelude::RngCore;

    pub struct Dice(TestRng);

    impl Dice {
        pub fn new(seed: u8) -> Dice {
            Dice(TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
        }

        pub fn below(&mut self, n: u32) -> u32 {
            self.0.next_u32() % n
        }
    }
}

fn main() {}
