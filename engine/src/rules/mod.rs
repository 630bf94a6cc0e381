//! The rule book as data. A number of the game stands here once, as a field of a [`RuleSet`], and nowhere else.
//!
//! # Where the rule book is silent
//!
//! | question | what holds |
//! | --- | --- |
//! | falloff and soft walls together | falloff applies to what soft walls have left, so a bullet that goes on never reaches 0 |
//! | the anti-material rifle's walls | all slices of one wall are one penetration; soft walls cost as for any bullet and are none |
//! | several attackers in one tick | all damage is summed first; credit goes from the heaviest down, ties to the lower slot |
//! | both teams reach the target in one tick | the one with more kills wins; equal: nobody |
//! | a missing input | the held keys take its time; when it comes late, it brings view and presses, not its time again |
//! | coasting | is motion and takes time like it |
//! | bounces | `bounce` of the speed across the surface and `tangent` of the speed along it are kept |
//! | a thrown thing at its range | rests there and waits for its fuse; shells and rockets go off |
//! | what is thrown, and bodies | it bounces off bodies, not off the thrower before it has left; what a body walks over stays |
//! | a level of charge | 250 ms of the held trigger; letting go throws, a tap throws at level 1 |
//! | opacity along a ray | counts for 5 px of way, the step by which today's backend samples it |
//! | a second flash | replaces the first where it takes more than that one takes at the time |
//! | a late joiner | who first appears after the match's first second |
//! | two of a kind in a loadout | are carried in two places |
//! | how gain fades to 0 at a sound's limit | by (1 - (d / limit)^4)^2, the window of Karis, "Real shading in Unreal Engine 4" |
//! | which way round counts | the loudest, not the shortest: a hole that opens a short but winding way makes nothing quieter |
//! | turning | counted in quarter turns: a way heads into one of four quarters, 45 degrees to either side of an axis |
//! | a footstep walked in several gaits | sounds like the loudest of them |
//! | what the dead hear | the tick of their death, then nothing until they live again |
//! | smoke that goes off | is silent; a gun's reload is heard when it begins |
//! | sides | who asks for one may have it until the first spawn, and stays on it then; before, one knows of no team |
//! | what scores tell of lives | who is alive, respawns included, as today's protocol does; neither where nor how |
//! | a shot of one's team that hits somebody out of sight | is told as a hit of somebody, not whom, where or how hard |
//! | a wall that one's own team damages | is known to the team, seen or not |

mod book;
mod loadout;
mod sound;
mod tuned;
mod weapon;

pub use book::{
    BlastRule, FalloffRule, FlashRule, HeatRule, InputRule, LifeRule, LookRule, MaterialRule, MoveRule, RuleSet,
    SmokeRule, ThrowRule, VisionRule,
};
pub use loadout::{INVENTORY, Loadout};
pub use sound::{SoundKind, SoundKindRule, SoundRule};
pub(crate) use tuned::Tuned;
pub use weapon::{Fire, Payload, ProjectileRule, Slot, Weapon, WeaponRule};

use crate::Error;

/// Damage and health are whole 1/64 points, so that sums are exact and in any order the same.
pub const POINT: i32 = 64;

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Team {
    /// Red, bit 0 in team masks.
    Red = 0,
    /// Blue.
    Blue = 1,
}

impl Team {
    /// The other side.
    pub fn other(self) -> Team {
        match self {
            Team::Red => Team::Blue,
            Team::Blue => Team::Red,
        }
    }

    /// `red` or `blue`.
    pub fn name(self) -> &'static str {
        match self {
            Team::Red => "red",
            Team::Blue => "blue",
        }
    }
}

impl core::str::FromStr for Team {
    type Err = Error;
    fn from_str(s: &str) -> Result<Self, Error> {
        match s {
            "red" => Ok(Team::Red),
            "blue" => Ok(Team::Blue),
            other => Err(Error::invalid("team", short(other), "red or blue")),
        }
    }
}

/// What a wall is made of (rule book, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Material {
    /// Hard.
    Concrete = 0,
    /// Hard.
    Metal = 1,
    /// Soft: bullets go through at a cost, sight passes at half health.
    Wood = 2,
    /// Soft.
    Glass = 3,
    /// Indestructible.
    Border = 4,
}

impl Material {
    /// All materials, by number.
    pub const ALL: [Material; 5] =
        [Material::Concrete, Material::Metal, Material::Wood, Material::Glass, Material::Border];

    /// Lower-case name, as in the protocol.
    pub fn name(self) -> &'static str {
        match self {
            Material::Concrete => "concrete",
            Material::Metal => "metal",
            Material::Wood => "wood",
            Material::Glass => "glass",
            Material::Border => "border",
        }
    }

    /// Bullets pass at a cost, and sight at half health.
    pub fn is_soft(self) -> bool {
        matches!(self, Material::Wood | Material::Glass)
    }

    /// Health of an intact slice in points; `None` for the border.
    ///
    /// 100 x the material's factor (rule book, section 3). The same in every rule set, for geometry is shared.
    pub fn slice_health(self) -> Option<u16> {
        match self {
            Material::Concrete => Some(675),
            Material::Metal => Some(200),
            Material::Wood => Some(80),
            Material::Glass => Some(30),
            Material::Border => None,
        }
    }

    /// The material with this number, if there is one.
    pub fn from_number(n: u8) -> Option<Material> {
        Material::ALL.get(n as usize).copied()
    }
}

impl core::str::FromStr for Material {
    type Err = Error;
    fn from_str(s: &str) -> Result<Self, Error> {
        Material::ALL
            .into_iter()
            .find(|m| m.name() == s)
            .ok_or_else(|| Error::invalid("material", short(s), "concrete, metal, wood, glass or border"))
    }
}

/// At most 32 characters of a caller's text, for messages.
pub(crate) fn short(s: &str) -> String {
    s.chars().take(32).collect()
}
