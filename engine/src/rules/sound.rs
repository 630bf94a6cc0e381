//! What can be heard, and how far (rule book, section 8).

use super::weapon::TABLE;
use super::{Fire, Material, Payload, Weapon};

/// A sound's number. The order never changes: the wire and clients hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum SoundKind {
    FootstepSneak = 0,
    FootstepWalk = 1,
    FootstepRun = 2,
    FireRifle = 3,
    FireSmg = 4,
    FireShotgun = 5,
    FireBattleRifle = 6,
    FireSniperRifle = 7,
    FirePistol = 8,
    FireRevolver = 9,
    FireSuppressedPistol = 10,
    FireMachineGun = 11,
    FireAntiMaterialRifle = 12,
    FireGrenadeLauncher = 13,
    FireRocket = 14,
    Reload = 15,
    Switch = 16,
    /// The click of an empty magazine.
    Empty = 17,
    Throw = 18,
    ImpactConcrete = 19,
    ImpactMetal = 20,
    ImpactWood = 21,
    ImpactGlass = 22,
    ImpactBorder = 23,
    BreakConcrete = 24,
    BreakMetal = 25,
    BreakWood = 26,
    BreakGlass = 27,
    Bounce = 28,
    Explosion = 29,
    Flash = 30,
    Hurt = 31,
    Death = 32,
}

impl SoundKind {
    /// Number of kinds.
    pub const COUNT: usize = 33;

    /// All kinds, by number.
    pub const ALL: [SoundKind; Self::COUNT] = [
        SoundKind::FootstepSneak,
        SoundKind::FootstepWalk,
        SoundKind::FootstepRun,
        SoundKind::FireRifle,
        SoundKind::FireSmg,
        SoundKind::FireShotgun,
        SoundKind::FireBattleRifle,
        SoundKind::FireSniperRifle,
        SoundKind::FirePistol,
        SoundKind::FireRevolver,
        SoundKind::FireSuppressedPistol,
        SoundKind::FireMachineGun,
        SoundKind::FireAntiMaterialRifle,
        SoundKind::FireGrenadeLauncher,
        SoundKind::FireRocket,
        SoundKind::Reload,
        SoundKind::Switch,
        SoundKind::Empty,
        SoundKind::Throw,
        SoundKind::ImpactConcrete,
        SoundKind::ImpactMetal,
        SoundKind::ImpactWood,
        SoundKind::ImpactGlass,
        SoundKind::ImpactBorder,
        SoundKind::BreakConcrete,
        SoundKind::BreakMetal,
        SoundKind::BreakWood,
        SoundKind::BreakGlass,
        SoundKind::Bounce,
        SoundKind::Explosion,
        SoundKind::Flash,
        SoundKind::Hurt,
        SoundKind::Death,
    ];

    /// Lower-case name, as in the protocol.
    pub fn name(self) -> &'static str {
        [
            "footstep_sneak",
            "footstep_walk",
            "footstep_run",
            "fire_rifle",
            "fire_smg",
            "fire_shotgun",
            "fire_battlerifle",
            "fire_sniperrifle",
            "fire_pistol",
            "fire_revolver",
            "fire_suppressedpistol",
            "fire_machinegun",
            "fire_antimaterialrifle",
            "fire_grenadelauncher",
            "fire_rocket",
            "reload",
            "switch",
            "empty",
            "throw",
            "impact_concrete",
            "impact_metal",
            "impact_wood",
            "impact_glass",
            "impact_border",
            "break_concrete",
            "break_metal",
            "break_wood",
            "break_glass",
            "bounce",
            "explosion",
            "flash",
            "hurt",
            "death",
        ][self as usize]
    }

    /// The kind with this number, if there is one.
    pub fn from_number(n: u8) -> Option<SoundKind> {
        SoundKind::ALL.get(n as usize).copied()
    }

    /// What a weapon sounds like when it goes off in the hands: thrown ones by the throw.
    pub(crate) fn of_weapon(weapon: u8) -> SoundKind {
        match TABLE.get(weapon as usize).map(|rule| rule.fire) {
            Some(Fire::Thrown) | None => SoundKind::Throw,
            // Weapons stand in one order here and there, the thrown ones last.
            Some(_) => SoundKind::ALL[SoundKind::FireRifle as usize + weapon as usize],
        }
    }

    /// A bullet meets a slice.
    pub(crate) fn impact(material: Material) -> SoundKind {
        SoundKind::ALL[SoundKind::ImpactConcrete as usize + material as usize]
    }

    /// A slice goes; the border never does.
    pub(crate) fn of_break(material: Material) -> SoundKind {
        SoundKind::ALL[SoundKind::BreakConcrete as usize + (material as usize).min(3)]
    }

    /// A projectile goes off; smoke does so silently.
    pub(crate) fn of_payload(payload: Payload) -> Option<SoundKind> {
        match payload {
            Payload::Blast => Some(SoundKind::Explosion),
            Payload::Flash => Some(SoundKind::Flash),
            Payload::Smoke => None,
        }
    }
}

/// How far a kind carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoundKindRule {
    /// Heard up to this, px.
    pub limit: f32,
    /// Full loudness up to this, px.
    pub reference: f32,
}

/// Section 8.
#[derive(Debug, Clone, PartialEq)]
pub struct SoundRule {
    /// By kind number.
    pub kinds: [SoundKindRule; SoundKind::COUNT],
    /// px of way between footsteps.
    pub step: f32,
    /// Gain kept for every 90 degrees of turning on the way round.
    pub turn_gain: f32,
    /// Share of the cutoff kept for every 90 degrees of turning.
    pub turn_cutoff: f32,
    /// Low-pass cutoff of what nothing muffles, Hz.
    pub open_hz: f32,
    /// Lowest cutoff, Hz.
    pub least_hz: f32,
    /// Under this gain nothing is heard.
    pub least: f32,
    /// Sounds of one kind and source in one tick, this near to each other, are one sound, px.
    pub merge: f32,
    /// Places of sounds are rounded to the middle of squares of this size before anything is computed from them, px:
    /// no number of sounds, turns and steps of a listener tells a place better.
    pub lattice: f32,
}

impl SoundRule {
    /// The rule book's table.
    pub(super) fn standard() -> SoundRule {
        let row = |limit: f32, reference: f32| SoundKindRule { limit, reference };
        let kinds = SoundKind::ALL.map(|kind| {
            use SoundKind::*;
            match kind {
                FootstepSneak => row(40.0, 4.0),
                FootstepWalk => row(80.0, 8.0),
                FootstepRun => row(160.0, 16.0),
                FireRifle | FireBattleRifle | FireMachineGun | FireShotgun => row(400.0, 20.0),
                FireSmg | FirePistol | FireRevolver => row(300.0, 20.0),
                FireSniperRifle | FireAntiMaterialRifle | FireRocket | FireGrenadeLauncher => row(500.0, 25.0),
                FireSuppressedPistol => row(100.0, 8.0),
                Reload | Switch | Empty | Throw => row(60.0, 6.0),
                ImpactConcrete | ImpactMetal | ImpactWood | ImpactGlass | ImpactBorder => row(150.0, 10.0),
                BreakConcrete | BreakMetal | BreakWood | BreakGlass => row(250.0, 15.0),
                Bounce => row(120.0, 8.0),
                Explosion => row(600.0, 30.0),
                Flash => row(500.0, 30.0),
                Hurt => row(150.0, 10.0),
                Death => row(200.0, 12.0),
            }
        });
        SoundRule {
            kinds,
            step: 16.0,
            turn_gain: 0.7,
            turn_cutoff: 0.5,
            open_hz: 22_000.0,
            least_hz: 300.0,
            least: 1.0 / 255.0,
            merge: 24.0,
            lattice: 4.0,
        }
    }
}

// The kinds of fire are the weapons that fire, in their order.
const _: () = assert!(SoundKind::FireRocket as u8 - SoundKind::FireRifle as u8 == Weapon::Rocket as u8);
