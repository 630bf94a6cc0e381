//! Named scenes: a map, a seed, and who plays.

use super::Bots;
use crate::map::Reading;
use crate::rules::{Loadout, Team, Weapon};
use crate::world::{MatchDef, MatchId, PlayerDef, World, WorldDef};
use crate::{Error, GameMap, Result};

/// Names of the scenes: a 1v1 on yard, a 2v2 on depot, a 4v4 on citadel with every gun that hits at once, four against
/// four with machine guns and anti-material rifles who take depot's walls apart, and a 4v4 on citadel with all that
/// explodes, smokes and blinds.
pub const SCENES: &[&str] = &["duel", "skirmish", "brawl", "demolition", "arsenal"];

/// No scene ends by itself before a week of play; one that does begins anew.
const KILL_TARGET: u16 = 10_000;

/// A scene being played.
#[derive(Debug)]
pub struct Scene {
    /// Its world, with one match.
    pub world: World,
    /// The match.
    pub game: MatchId,
    /// Who plays it.
    pub bots: Bots,
}

/// Map, seed, skill, walls wrecked for their own sake, loadouts: as many a team, red and blue in turns.
struct Plan {
    map: &'static str,
    seed: u64,
    skill: [f32; 2],
    wrecks: bool,
    loadouts: &'static [(Weapon, Weapon, &'static [Weapon])],
}

fn plan(name: &str) -> Result<Plan> {
    use Weapon::*;
    Ok(match name {
        "duel" => Plan {
            map: "yard",
            seed: 0x0D0E_1001,
            skill: [0.5, 0.7],
            wrecks: false,
            loadouts: &[(Rifle, Pistol, &[]), (Smg, Revolver, &[])],
        },
        "skirmish" => Plan {
            map: "depot",
            seed: 0x5C1A_2002,
            skill: [0.4, 0.6],
            wrecks: false,
            loadouts: &[
                (Rifle, SuppressedPistol, &[]),
                (BattleRifle, Pistol, &[]),
                (Shotgun, Revolver, &[MachineGun]),
                (Smg, Pistol, &[]),
            ],
        },
        "brawl" => Plan { map: "citadel", seed: 0xB4A1_3003, skill: [0.3, 0.7], wrecks: false, loadouts: &ALL_GUNS },
        "arsenal" => Plan { map: "citadel", seed: 0xA45E_5005, skill: [0.3, 0.7], wrecks: false, loadouts: &ALL_ARMS },
        "demolition" => Plan {
            map: "depot",
            seed: 0xDE00_4004,
            skill: [0.0, 0.2],
            wrecks: true,
            loadouts: &[
                (Smg, Pistol, &[MachineGun]),
                (Rifle, Pistol, &[MachineGun]),
                (Rifle, Pistol, &[AntiMaterialRifle]),
                (Smg, Pistol, &[MachineGun]),
                (Smg, Pistol, &[MachineGun]),
                (Rifle, Pistol, &[AntiMaterialRifle]),
                (Smg, Pistol, &[]),
                (Rifle, Pistol, &[]),
            ],
        },
        _ => {
            return Err(Error::UnknownName {
                what: "scene",
                name: crate::rules::short(name),
                known: SCENES.join(", "),
            });
        }
    })
}

/// A bot of a scene.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// Side and loadout.
    pub def: PlayerDef,
    /// 0 to 1.
    pub skill: f32,
    /// Let in by [`Bots::add_wrecker`] instead of [`Bots::add`].
    pub wrecks: bool,
}

/// A scene as data, for hosts that build it through their own interface.
#[derive(Debug, Clone)]
pub struct Script {
    /// Name of a built-in map, which is read finely.
    pub map: &'static str,
    /// Of the match.
    pub seed: u64,
    /// Of the match.
    pub kill_target: u16,
    /// In the order in which they join.
    pub roles: Vec<Role>,
}

/// The script of a scene.
///
/// # Errors
/// [`Error::UnknownName`].
pub fn script(name: &str) -> Result<Script> {
    let plan = plan(name)?;
    let [low, high] = plan.skill;
    let role = |(i, &(primary, secondary, support)): (usize, &(Weapon, Weapon, &[Weapon]))| {
        let def = PlayerDef {
            team: Some(if i % 2 == 0 { Team::Red } else { Team::Blue }),
            loadout: Loadout::new(primary, secondary, support)?,
            spawn: true,
        };
        let skill = low + (high - low) * i as f32 / (plan.loadouts.len() - 1) as f32;
        Ok(Role { def, skill, wrecks: plan.wrecks })
    };
    let roles = plan.loadouts.iter().enumerate().map(role).collect::<Result<Vec<_>>>()?;
    Ok(Script { map: plan.map, seed: plan.seed, kill_target: KILL_TARGET, roles })
}

/// Eight loadouts in which every gun that hits at once is carried by somebody.
const ALL_GUNS: [(Weapon, Weapon, &[Weapon]); 8] = {
    use Weapon::*;
    [
        (Rifle, Pistol, &[]),
        (Smg, Pistol, &[]),
        (Smg, SuppressedPistol, &[MachineGun]),
        (Rifle, Revolver, &[MachineGun]),
        (BattleRifle, Pistol, &[]),
        (Shotgun, Revolver, &[]),
        (SniperRifle, SuppressedPistol, &[]),
        (Rifle, Pistol, &[AntiMaterialRifle]),
    ]
};

/// Loadouts with everything that explodes, smokes and blinds.
const ALL_ARMS: [(Weapon, Weapon, &[Weapon]); 8] = {
    use Weapon::*;
    [
        (Rifle, Pistol, &[Grenade, SmokeGrenade, Flashbang]),
        (Smg, Pistol, &[GrenadeLauncher, Grenade]),
        (BattleRifle, Revolver, &[Rocket, Flashbang]),
        (Rifle, SuppressedPistol, &[Grenade, Grenade, SmokeGrenade]),
        (Shotgun, Pistol, &[Rocket, Grenade]),
        (SniperRifle, Pistol, &[Flashbang, SmokeGrenade, Grenade]),
        (Smg, Revolver, &[GrenadeLauncher, SmokeGrenade]),
        (Rifle, Pistol, &[Grenade, Flashbang, Flashbang]),
    ]
};

/// Loadout of the `n`th bot (counted round) of a full match in which every gun that hits at once is carried.
///
/// # Errors
/// None with the rule book's limits.
pub fn loadout(n: usize) -> Result<Loadout> {
    let (primary, secondary, support) = ALL_GUNS[n % ALL_GUNS.len()];
    Loadout::new(primary, secondary, support)
}

/// The same for a match in which everything is carried that is thrown or launched; [`loadout`] has the guns.
///
/// # Errors
/// None with the rule book's limits.
pub fn armed_loadout(n: usize) -> Result<Loadout> {
    let (primary, secondary, support) = ALL_ARMS[n % ALL_ARMS.len()];
    Loadout::new(primary, secondary, support)
}

impl Scene {
    /// A scene at its beginning, standard rules, 60 ticks a second.
    ///
    /// # Errors
    /// [`Error::UnknownName`].
    pub fn new(name: &str) -> Result<Scene> {
        Scene::with_def(name, WorldDef::default())
    }

    /// The same in a world of one's own definition.
    ///
    /// # Errors
    /// [`Error::UnknownName`]; those of [`World::new`].
    pub fn with_def(name: &str, def: WorldDef) -> Result<Scene> {
        let script = script(name)?;
        let map = GameMap::builtin(script.map, Reading::Fine)?;
        let mut world = World::new(def)?;
        let rules = MatchDef { seed: script.seed, kill_target: Some(script.kill_target) };
        let game = world.create_match(&map, rules)?;
        let mut bots = Bots::new();
        for role in &script.roles {
            if role.wrecks {
                bots.add_wrecker(&mut world, game, role.def, role.skill)?;
            } else {
                bots.add(&mut world, game, role.def, role.skill)?;
            }
        }
        Ok(Scene { world, game, bots })
    }

    /// Plays on, on the calling thread.
    pub fn advance(&mut self, ticks: u32) {
        self.advance_with(ticks, World::step);
    }

    /// Plays on, stepping the world with `step`, which must step it once.
    pub fn advance_with(&mut self, ticks: u32, mut step: impl FnMut(&mut World)) {
        for _ in 0..ticks {
            self.bots.think(&mut self.world);
            step(&mut self.world);
            let over = self.world.view(self.game).is_ok_and(|view| view.is_over());
            if over {
                self.begin_anew();
            }
        }
    }

    fn begin_anew(&mut self) {
        if let Ok(seed) = self.world.view(self.game).map(|view| view.seed()) {
            let reset = self.world.reset_match(self.game, seed.wrapping_add(1));
            debug_assert!(reset.is_ok());
        }
    }

    /// Hash of the match.
    pub fn hash(&self) -> u64 {
        // The match lives as long as nobody takes it out of the world; then there is nothing to hash.
        self.world.hash(self.game).unwrap_or(0)
    }
}

/// Hash after `ticks` of a scene: what every host prints for the same numbers.
///
/// # Errors
/// [`Error::UnknownName`].
pub fn run(name: &str, ticks: u32) -> Result<u64> {
    let mut scene = Scene::new(name)?;
    scene.advance(ticks);
    Ok(scene.hash())
}
