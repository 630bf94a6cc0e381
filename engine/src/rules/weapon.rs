//! The 15 weapons (rule book, section 5).

use super::short;
use crate::Error;

/// A weapon's number. The order is the rule book's and never changes: saved matches and the wire hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Weapon {
    Rifle = 0,
    Smg = 1,
    Shotgun = 2,
    BattleRifle = 3,
    SniperRifle = 4,
    Pistol = 5,
    Revolver = 6,
    SuppressedPistol = 7,
    MachineGun = 8,
    AntiMaterialRifle = 9,
    GrenadeLauncher = 10,
    Rocket = 11,
    Grenade = 12,
    SmokeGrenade = 13,
    Flashbang = 14,
}

impl Weapon {
    /// Number of weapons.
    pub const COUNT: usize = 15;

    /// All weapons, by number.
    pub const ALL: [Weapon; Self::COUNT] = [
        Weapon::Rifle,
        Weapon::Smg,
        Weapon::Shotgun,
        Weapon::BattleRifle,
        Weapon::SniperRifle,
        Weapon::Pistol,
        Weapon::Revolver,
        Weapon::SuppressedPistol,
        Weapon::MachineGun,
        Weapon::AntiMaterialRifle,
        Weapon::GrenadeLauncher,
        Weapon::Rocket,
        Weapon::Grenade,
        Weapon::SmokeGrenade,
        Weapon::Flashbang,
    ];

    /// Lower-case name, as in the protocol.
    pub fn name(self) -> &'static str {
        [
            "rifle",
            "smg",
            "shotgun",
            "battlerifle",
            "sniperrifle",
            "pistol",
            "revolver",
            "suppressedpistol",
            "machinegun",
            "antimaterialrifle",
            "grenadelauncher",
            "rocket",
            "grenade",
            "smokegrenade",
            "flashbang",
        ][self as usize]
    }

    /// The weapon with this number, if there is one.
    pub fn from_number(n: u8) -> Option<Weapon> {
        Weapon::ALL.get(n as usize).copied()
    }

    /// All names, comma-separated, for messages.
    pub fn names() -> String {
        Weapon::ALL.map(Weapon::name).join(", ")
    }
}

impl core::str::FromStr for Weapon {
    type Err = Error;
    fn from_str(s: &str) -> Result<Self, Error> {
        Weapon::ALL.into_iter().find(|w| w.name() == s).ok_or_else(|| Error::UnknownWeapon { name: short(s) })
    }
}

/// Where in a loadout a weapon goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Exactly one.
    Primary,
    /// Exactly one.
    Secondary,
    /// Takes this many of the three support slots.
    Support(u8),
}

/// How a weapon answers the trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fire {
    /// One shot a press.
    Single,
    /// As long as the trigger is held.
    Automatic,
    /// Let go after charging: the throw's strength is the charge, 1 to 5.
    Thrown,
}

/// What becomes of a projectile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Payload {
    /// Damage to bodies and slices within a radius.
    Blast = 0,
    /// A cloud.
    Smoke = 1,
    /// Blinds.
    Flash = 2,
}

/// How a projectile flies and ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProjectileRule {
    /// px/s at the muzzle; thrown weapons take theirs from [`super::ThrowRule`].
    pub speed: f32,
    /// Share of the speed across a surface that a bounce keeps; `None`: it goes off on contact with anything.
    pub bounce: Option<f32>,
    /// ms; `None`: no fuse.
    pub fuse_ms: Option<u32>,
    /// Goes off at its range; otherwise it comes to rest there and waits for its fuse.
    pub ends_at_range: bool,
    /// What becomes of it.
    pub payload: Payload,
    /// px, of the blast.
    pub blast: f32,
}

/// One row of the weapon table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeaponRule {
    /// Where it goes in a loadout.
    pub slot: Slot,
    /// Trigger.
    pub fire: Fire,
    /// Points a shot, all pellets together; for thrown and launched weapons the blast's at its centre.
    pub damage: u16,
    /// Rounds in a full magazine; for thrown weapons how many are carried.
    pub magazine: u16,
    /// Rounds carried besides.
    pub reserve: u16,
    /// Rounds a minute.
    pub rate: u16,
    /// Milliseconds; 0: cannot be reloaded.
    pub reload_ms: u16,
    /// 0 to 1, standing still and not aiming.
    pub accuracy: f32,
    /// px.
    pub range: f32,
    /// Pellets a shot.
    pub pellets: u8,
    /// Flies as a projectile instead of hitting at once.
    pub projectile: Option<ProjectileRule>,
    /// Hard walls a shot may go through; bodies: one less.
    pub penetrations: u8,
    /// Gains heat (see [`super::HeatRule`]).
    pub heats: bool,
}

const BASE: WeaponRule = WeaponRule {
    slot: Slot::Primary,
    fire: Fire::Single,
    damage: 0,
    magazine: 0,
    reserve: 0,
    rate: 60,
    reload_ms: 0,
    accuracy: 1.0,
    range: 0.0,
    pellets: 1,
    projectile: None,
    penetrations: 0,
    heats: false,
};

#[allow(clippy::too_many_arguments)]
const fn gun(
    slot: Slot,
    damage: u16,
    magazine: u16,
    reserve: u16,
    rate: u16,
    reload_ms: u16,
    accuracy: f32,
    range: f32,
) -> WeaponRule {
    WeaponRule { slot, damage, magazine, reserve, rate, reload_ms, accuracy, range, ..BASE }
}

const fn thrown(damage: u16, payload: Payload, fuse_ms: u32) -> WeaponRule {
    WeaponRule {
        slot: Slot::Support(1),
        fire: Fire::Thrown,
        damage,
        magazine: 2,
        range: 150.0,
        projectile: Some(ProjectileRule {
            speed: 0.0,
            bounce: Some(0.7),
            fuse_ms: Some(fuse_ms),
            ends_at_range: false,
            payload,
            blast: 40.0,
        }),
        ..BASE
    }
}

const SHELL: ProjectileRule = ProjectileRule {
    speed: 150.0,
    bounce: Some(0.4),
    fuse_ms: Some(3000),
    ends_at_range: true,
    payload: Payload::Blast,
    blast: 40.0,
};

const ROCKET: ProjectileRule = ProjectileRule { speed: 200.0, bounce: None, fuse_ms: None, blast: 50.0, ..SHELL };

/// The table of section 5, by weapon number; both rule sets share it.
pub(super) const TABLE: [WeaponRule; Weapon::COUNT] = [
    WeaponRule { fire: Fire::Automatic, ..gun(Slot::Primary, 25, 30, 180, 600, 2500, 0.90, 350.0) },
    WeaponRule { fire: Fire::Automatic, ..gun(Slot::Primary, 20, 35, 210, 900, 2000, 0.75, 250.0) },
    WeaponRule { pellets: 8, ..gun(Slot::Primary, 120, 8, 32, 70, 3500, 0.60, 200.0) },
    gun(Slot::Primary, 35, 20, 120, 450, 2800, 0.95, 400.0),
    gun(Slot::Primary, 90, 5, 30, 40, 3500, 0.98, 600.0),
    gun(Slot::Secondary, 25, 12, 72, 450, 1500, 0.80, 200.0),
    gun(Slot::Secondary, 60, 6, 36, 150, 3000, 0.90, 250.0),
    gun(Slot::Secondary, 20, 15, 90, 450, 1800, 0.85, 150.0),
    WeaponRule { fire: Fire::Automatic, heats: true, ..gun(Slot::Support(3), 10, 200, 600, 1000, 8000, 0.70, 350.0) },
    WeaponRule { penetrations: 3, ..gun(Slot::Support(3), 250, 5, 20, 30, 4500, 0.99, 800.0) },
    WeaponRule { projectile: Some(SHELL), ..gun(Slot::Support(2), 100, 6, 18, 60, 4000, 0.90, 300.0) },
    WeaponRule { projectile: Some(ROCKET), ..gun(Slot::Support(2), 200, 1, 5, 30, 3000, 0.95, 400.0) },
    thrown(200, Payload::Blast, 3000),
    thrown(0, Payload::Smoke, 2000),
    thrown(0, Payload::Flash, 1500),
];
