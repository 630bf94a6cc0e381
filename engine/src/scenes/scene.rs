//! Named scenes: a map, a seed, and who plays.

use super::Bots;
use crate::map::Reading;
use crate::rules::{Loadout, RuleSet, Team, Weapon};
use crate::simd::Level;
use crate::world::{MatchDef, MatchId, Op, PlayerDef, World, WorldDef};
use crate::{Error, GameMap, Result};

/// Names of the scenes.
///
/// | name | who and where | for |
/// | --- | --- | --- |
/// | `duel` | 1v1 on yard | |
/// | `skirmish` | 2v2 on depot | |
/// | `brawl` | 4v4 on citadel | every gun that hits at once |
/// | `demolition` | 4v4 on depot | machine guns and anti-material rifles that take walls apart |
/// | `arsenal` | 4v4 on citadel | all that explodes, smokes and blinds |
/// | `haze` | 4v4 on yard | smoke and flash, and guns beside them |
/// | `siege` | 4v4 on citadel | rockets, shells and grenades that take hundreds of slices apart |
/// | `rematch` | 2v2 on yard | ends at 3 kills and begins anew, again and again |
/// | `rough` | 4v4 on depot | bad lines: inputs lost, late, twice, in floods; players who leave and join |
/// | `yesterday` | 4v4 on citadel, `legacy` | the other rule set, with all arms |
/// | `slow`, `half`, `fast` | 4v4 at 20, 30 and 128 ticks a second | other tick rates, with all arms, with guns, with all arms |
pub const SCENES: &[&str] = &[
    "duel",
    "skirmish",
    "brawl",
    "demolition",
    "arsenal",
    "haze",
    "siege",
    "rematch",
    "rough",
    "yesterday",
    "slow",
    "half",
    "fast",
];

/// The first five, at 60 ticks a second under `standard` rules: what measurements and naive references rest on.
pub const FIGHTS: &[&str] = &["duel", "skirmish", "brawl", "demolition", "arsenal"];

/// No scene but `rematch` ends by itself before a week of play; one that does begins anew.
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

/// What a scene is made of: as many a team, red and blue in turns.
struct Plan {
    map: &'static str,
    seed: u64,
    rules: &'static str,
    tick_rate: u32,
    kill_target: u16,
    /// Of the first and the last bot.
    skill: [f32; 2],
    /// Walls are wrecked for their own sake.
    wrecks: bool,
    /// Every other bot is on a bad line.
    rough: bool,
    loadouts: &'static [(Weapon, Weapon, &'static [Weapon])],
}

/// What most scenes are.
const PLAIN: Plan = Plan {
    map: "citadel",
    seed: 0,
    rules: "standard",
    tick_rate: 60,
    kill_target: KILL_TARGET,
    skill: [0.3, 0.7],
    wrecks: false,
    rough: false,
    loadouts: &ALL_ARMS,
};

fn plan(name: &str) -> Result<Plan> {
    use Weapon::*;
    Ok(match name {
        "duel" => Plan {
            map: "yard",
            seed: 0x0D0E_1001,
            skill: [0.5, 0.7],
            loadouts: &[(Rifle, Pistol, &[]), (Smg, Revolver, &[])],
            ..PLAIN
        },
        "skirmish" => Plan {
            map: "depot",
            seed: 0x5C1A_2002,
            skill: [0.4, 0.6],
            loadouts: &[
                (Rifle, SuppressedPistol, &[]),
                (BattleRifle, Pistol, &[]),
                (Shotgun, Revolver, &[MachineGun]),
                (Smg, Pistol, &[]),
            ],
            ..PLAIN
        },
        "brawl" => Plan { seed: 0xB4A1_3003, loadouts: &ALL_GUNS, ..PLAIN },
        "arsenal" => Plan { seed: 0xA45E_5005, ..PLAIN },
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
            ..PLAIN
        },
        "haze" => Plan { map: "yard", seed: 0x4A2E_6006, loadouts: &ALL_CLOUDS, ..PLAIN },
        "siege" => Plan {
            map: "citadel",
            seed: 0x51E6_7007,
            skill: [0.0, 0.3],
            wrecks: true,
            loadouts: &[
                (Smg, Pistol, &[Rocket, Grenade]),
                (Smg, Pistol, &[GrenadeLauncher, Grenade]),
                (Smg, Pistol, &[GrenadeLauncher]),
                (Smg, Pistol, &[Rocket]),
                (Smg, Pistol, &[MachineGun]),
                (Smg, Pistol, &[MachineGun]),
                (Smg, Pistol, &[GrenadeLauncher]),
                (Smg, Pistol, &[AntiMaterialRifle]),
            ],
            ..PLAIN
        },
        "rematch" => Plan {
            map: "yard",
            seed: 0x4E3A_8008,
            kill_target: 3,
            skill: [0.9, 1.0],
            loadouts: &[(Rifle, Pistol, &[]), (BattleRifle, Pistol, &[]), (Smg, Pistol, &[]), (Shotgun, Pistol, &[])],
            ..PLAIN
        },
        "rough" => Plan {
            map: "depot",
            seed: 0x40C6_9009,
            wrecks: true,
            rough: true,
            loadouts: &[
                (Rifle, Pistol, &[Grenade, SmokeGrenade, Flashbang]),
                (Rifle, Pistol, &[MachineGun]),
                (BattleRifle, Revolver, &[Rocket, Flashbang]),
                (Smg, Pistol, &[MachineGun]),
                (Shotgun, Pistol, &[Rocket, Grenade]),
                (SniperRifle, Pistol, &[Flashbang, SmokeGrenade, Grenade]),
                (Smg, Revolver, &[GrenadeLauncher, SmokeGrenade]),
                (Rifle, SuppressedPistol, &[MachineGun]),
            ],
            ..PLAIN
        },
        "yesterday" => Plan { seed: 0x1E6A_A00A, rules: "legacy", ..PLAIN },
        "slow" => Plan { map: "depot", seed: 0x510B_B00B, tick_rate: 20, ..PLAIN },
        "half" => Plan { map: "yard", seed: 0x4A1F_C00C, tick_rate: 30, loadouts: &ALL_GUNS, ..PLAIN },
        "fast" => Plan { seed: 0xFA57_D00D, tick_rate: 128, ..PLAIN },
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
    /// Shoots at walls whenever it sees nobody, as by [`Bots::add_wrecker`].
    pub wrecks: bool,
    /// On a bad line: inputs get lost, come late, twice and in floods; now and then it breaks, and the bot leaves and
    /// joins anew. [`Bots::add_role`] sees to it.
    pub rough: bool,
}

/// A scene as data, for hosts that build it through their own interface.
#[derive(Debug, Clone)]
pub struct Script {
    /// Name of a built-in map, which is read finely.
    pub map: &'static str,
    /// Of the match.
    pub seed: u64,
    /// Of the match. Whoever plays a scene on when it is over begins it anew, by [`World::reset_match`] with the seed
    /// after the match's own.
    pub kill_target: u16,
    /// Of the world, ticks a second.
    pub tick_rate: u32,
    /// Of the world: name of a rule set.
    pub rules: &'static str,
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
        Ok(Role { def, skill, wrecks: plan.wrecks, rough: plan.rough && i % 2 == 1 })
    };
    let roles = plan.loadouts.iter().enumerate().map(role).collect::<Result<Vec<_>>>()?;
    let Plan { map, seed, kill_target, tick_rate, rules, .. } = plan;
    Ok(Script { map, seed, kill_target, tick_rate, rules, roles })
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

/// Loadouts with all the smoke and flash that can be carried.
const ALL_CLOUDS: [(Weapon, Weapon, &[Weapon]); 8] = {
    use Weapon::*;
    [
        (Rifle, Pistol, &[SmokeGrenade, SmokeGrenade, Flashbang]),
        (Smg, Pistol, &[Flashbang, Flashbang, SmokeGrenade]),
        (BattleRifle, Revolver, &[SmokeGrenade, Flashbang]),
        (Rifle, SuppressedPistol, &[Flashbang, SmokeGrenade, Flashbang]),
        (Shotgun, Pistol, &[SmokeGrenade, SmokeGrenade, SmokeGrenade]),
        (SniperRifle, Pistol, &[Flashbang, Flashbang, Flashbang]),
        (Smg, Revolver, &[SmokeGrenade, Flashbang, SmokeGrenade]),
        (Rifle, Pistol, &[Flashbang, SmokeGrenade]),
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
    /// A scene at its beginning, in a world as its script wants it.
    ///
    /// # Errors
    /// [`Error::UnknownName`].
    pub fn new(name: &str) -> Result<Scene> {
        Scene::at_level(name, None)
    }

    /// [`Scene::new`] with a SIMD level; `None`: the best there is.
    ///
    /// # Errors
    /// [`Error::UnknownName`].
    pub fn at_level(name: &str, simd: Option<Level>) -> Result<Scene> {
        let Script { rules, tick_rate, .. } = script(name)?;
        Scene::with_def(name, WorldDef { rules: RuleSet::by_name(rules)?, tick_rate, simd, ..WorldDef::default() })
    }

    /// The same in a world of one's own definition, whatever the script says of rules and tick rate.
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
            bots.add_role(&mut world, game, role)?;
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
            self.tick(|_| {}, &mut step);
        }
    }

    /// One tick, telling what is done to the match before it and, where the match is over and begins anew, after it:
    /// [`Op::Reset`] is always the last. [`World::apply`] does the same again.
    pub fn tick(&mut self, mut told: impl FnMut(&Op), step: impl FnOnce(&mut World)) {
        self.bots.think_told(&mut self.world, |_, op| told(op));
        step(&mut self.world);
        let Ok(view) = self.world.view(self.game) else { return };
        if view.is_over() {
            let seed = view.seed().wrapping_add(1);
            let reset = self.world.reset_match(self.game, seed);
            debug_assert!(reset.is_ok());
            told(&Op::Reset { seed });
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
