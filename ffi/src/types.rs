//! Numbers and plain structs of the ABI. Sizes stand above each struct and are asserted; so is that the numbers are
//! the engine's.

use crate::result::{Fail, Outcome, tp_result};
use std::ffi::c_char;
use trespasser::rules::Material;
use trespasser::scenes::Role;
use trespasser::simd::Level;
use trespasser::world::{CloudView, ProjectileView};
use trespasser::{
    Arrival, Buttons, Event, EventKind, Gait, Heard, InputCmd, Loadout, MatchId, PlayerDef, PlayerId, PlayerView,
    Reading, RuleSet, SoundKind, Team, Weapon,
};

/// Players a match can hold.
pub const TP_MAX_PLAYERS: u32 = 8;
/// Events a match keeps until they are drained: room for this many is always enough.
pub const TP_MAX_EVENTS: u32 = 4096;
/// Sounds a match keeps until they are drained: room for this many is always enough.
pub const TP_MAX_SOUNDS: u32 = 1024;
/// Gains of tp_match_sound_field: 27 rows of 48 cells of 10 x 10 px.
pub const TP_SOUND_CELLS: u32 = 1296;
/// Highest cutoff of a tp_heard: nothing muffles it.
pub const TP_CUTOFF_OPEN: u8 = 63;
/// Words of tp_player_tiles.
pub const TP_TILE_WORDS: u32 = 32;
/// Projectiles of a match in flight.
pub const TP_MAX_PROJECTILES: u32 = 64;
/// Clouds of smoke of a match.
pub const TP_MAX_CLOUDS: u32 = 32;
/// Of a projectile without a fuse.
pub const TP_NO_FUSE: u32 = 4294967295;
/// Weapons a player can carry.
pub const TP_MAX_WEAPONS: u32 = 5;
/// No player, no weapon, in fields of 8 bits.
pub const TP_NONE: u8 = 255;
/// No slice.
pub const TP_NO_SLICE: u16 = 65535;
/// Health of a slice of the border, which nothing damages.
pub const TP_INDESTRUCTIBLE: u16 = 65535;
/// Points of health are counted in these: 64 are one point.
pub const TP_POINT: i32 = 64;

const _: () = assert!(TP_MAX_PLAYERS as usize == trespasser::world::PLAYERS);
const _: () = assert!(TP_MAX_EVENTS as usize == trespasser::world::EVENT_RING);
const _: () = assert!(TP_MAX_SOUNDS as usize == trespasser::world::HEARD_RING);
const _: () = assert!(TP_SOUND_CELLS as usize == trespasser::map::CELLS);
const _: () = assert!(TP_CUTOFF_OPEN as u32 == trespasser::sound::CUTOFFS - 1);
const _: () = assert!(TP_MAX_PROJECTILES as usize == trespasser::world::PROJECTILES);
const _: () = assert!(TP_MAX_CLOUDS as usize == trespasser::world::CLOUDS);
const _: () = assert!(TP_MAX_WEAPONS as usize == trespasser::rules::INVENTORY);
const _: () = assert!(TP_NONE == trespasser::world::NONE && TP_NO_SLICE == trespasser::world::NO_SLICE);
const _: () = assert!(TP_POINT == trespasser::rules::POINT);

/// A match of a world. 8 bytes; zero is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct tp_match_id {
    /// Fits in 52 bits.
    pub raw: u64,
}

/// A player of a match. 8 bytes; zero is null; the low 3 bits are the slot, 0 to 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct tp_player_id {
    /// Fits in 32 bits.
    pub raw: u64,
}

const _: () = assert!(size_of::<tp_match_id>() == 8 && size_of::<tp_player_id>() == 8);

impl tp_match_id {
    pub(crate) fn engine(self) -> MatchId {
        MatchId::from_raw(self.raw)
    }
}

impl From<MatchId> for tp_match_id {
    fn from(id: MatchId) -> Self {
        tp_match_id { raw: id.raw() }
    }
}

impl tp_player_id {
    pub(crate) fn engine(self) -> Outcome<PlayerId> {
        let raw = u32::try_from(self.raw).map_err(|_| trespasser::Error::StaleId { what: "player", id: self.raw })?;
        Ok(PlayerId::from_raw(raw))
    }
}

impl From<PlayerId> for tp_player_id {
    fn from(id: PlayerId) -> Self {
        tp_player_id { raw: id.raw().into() }
    }
}

/// A side.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_team {
    /// Red.
    Red = 0,
    /// Blue.
    Blue = 1,
    /// Of a player who joins: the smaller team, red where they are equal. Of a winner: nobody.
    None = 2,
}

const _: () = assert!(tp_team::Red as u8 == Team::Red as u8 && tp_team::Blue as u8 == Team::Blue as u8);

/// One side, for fields that mean one.
pub(crate) fn side(number: u8, field: &str) -> Outcome<Team> {
    match number {
        0 => Ok(Team::Red),
        1 => Ok(Team::Blue),
        other => Err(Fail::invalid(field, other, "TP_TEAM_RED (0) or TP_TEAM_BLUE (1)")),
    }
}

/// A weapon.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum tp_weapon {
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

macro_rules! same_numbers {
    ($ours:ident, $theirs:ident: $($name:ident),+ $(,)?) => {
        const _: () = { $(assert!($ours::$name as u8 == $theirs::$name as u8);)+ };
    };
}

same_numbers!(tp_weapon, Weapon: Rifle, Smg, Shotgun, BattleRifle, SniperRifle, Pistol, Revolver, SuppressedPistol,
    MachineGun, AntiMaterialRifle, GrenadeLauncher, Rocket, Grenade, SmokeGrenade, Flashbang);
const _: () = assert!(Weapon::COUNT == 15);

/// The weapon with this number.
pub(crate) fn weapon(number: u8) -> Outcome<Weapon> {
    Weapon::from_number(number).ok_or_else(|| trespasser::Error::UnknownWeapon { name: number.to_string() }.into())
}

/// What a wall is made of.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_material {
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

same_numbers!(tp_material, Material: Concrete, Metal, Wood, Glass, Border);
const _: () = assert!(Material::ALL.len() == 5);

/// Buttons as bits, held or pressed.
#[derive(Debug, Clone, Copy)]
#[repr(u16)]
#[allow(missing_docs)]
pub enum tp_button {
    Up = 0x0001,
    Left = 0x0002,
    Down = 0x0004,
    Right = 0x0008,
    Run = 0x0010,
    Sneak = 0x0020,
    Fire = 0x0040,
    Aim = 0x0080,
    Reload = 0x0100,
    Throw = 0x0200,
    Slot1 = 0x0400,
    Slot2 = 0x0800,
    Slot3 = 0x1000,
    Slot4 = 0x2000,
    Slot5 = 0x4000,
    Respawn = 0x8000,
}

const _: () = {
    use tp_button as ours;
    let pairs = [
        (ours::Up, Buttons::UP),
        (ours::Left, Buttons::LEFT),
        (ours::Down, Buttons::DOWN),
        (ours::Right, Buttons::RIGHT),
        (ours::Run, Buttons::RUN),
        (ours::Sneak, Buttons::SNEAK),
        (ours::Fire, Buttons::FIRE),
        (ours::Aim, Buttons::AIM),
        (ours::Reload, Buttons::RELOAD),
        (ours::Throw, Buttons::THROW),
        (ours::Slot1, Buttons::SLOT1),
        (ours::Slot2, Buttons::SLOT2),
        (ours::Slot3, Buttons::SLOT3),
        (ours::Slot4, Buttons::SLOT4),
        (ours::Slot5, Buttons::SLOT5),
        (ours::Respawn, Buttons::RESPAWN),
    ];
    let mut i = 0;
    while i < pairs.len() {
        assert!(pairs[i].0 as u16 == pairs[i].1.0);
        i += 1;
    }
};

/// How a player moves.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum tp_gait {
    Idle = 0,
    Sneaking = 1,
    Walking = 2,
    Running = 3,
}

same_numbers!(tp_gait, Gait: Idle, Sneaking, Walking, Running);

/// Kind of a tp_event; the comments name the fields that carry something besides tick and actor.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_event_kind {
    /// A player joined.
    Joined = 1,
    /// A player left. x, y.
    Left = 2,
    /// x, y; value: tick until which the player is invulnerable.
    Spawned = 3,
    /// value: ticks to wait.
    RespawnDenied = 4,
    /// weapon; x, y: the muzzle; dx, dy; value: rounds left; flag AIMING.
    Fired = 5,
    /// weapon; value: ticks until the next shot; aux: rounds left (0: an empty click).
    FireRefused = 6,
    /// weapon, target; x, y: the impact; dx, dy: where the target's centre stood for the shot, px; aux: pellet;
    /// value: damage, 1/64 points; part: things passed before.
    HitPlayer = 7,
    /// weapon, slice; x, y: the impact; dx, dy; aux: pellet; value: damage, 1/64 points; part: things passed before;
    /// flag STOPPED if the bullet ends here.
    HitWall = 8,
    /// weapon; x, y: the end of the flight; dx, dy; aux: pellet; part: things passed before.
    Miss = 9,
    /// weapon; value: ticks it takes.
    ReloadStarted = 10,
    /// weapon; value: rounds in the magazine; aux: in reserve.
    Reloaded = 11,
    /// weapon: the new one; part: the old one's number.
    Switched = 12,
    /// flag AIMING: now on.
    AimToggled = 13,
    /// actor: who did it; target; weapon; x, y: of the target; value: damage, 1/64 points; aux: health left, points
    /// rounded up; flag KILLED.
    PlayerDamaged = 14,
    /// actor: the killer; target; weapon; x, y: of the body; flag TEAM_KILL.
    Died = 15,
    /// weapon, slice; x, y: the impact; value: damage dealt, 1/64 points; aux: health left, 1/64 points; flag
    /// DESTROYED.
    WallDamaged = 16,
    /// Instead of WALL_DAMAGED for the hit that breaks the slice: once for each. Besides, part: bit s says that the player
    /// in slot s hears it break.
    SliceDestroyed = 17,
    /// value: a tp_team, NONE for a draw.
    MatchEnded = 18,
    /// A projectile leaves the hand or the muzzle: weapon; x, y; dx, dy: velocity, px/s; value: its serial number;
    /// aux: level of charge, 0 for launched ones; slice: rounds left.
    Launched = 19,
    /// actor: the owner; weapon; x, y; dx, dy: velocity after it, px/s; value: serial number; slice if it was one,
    /// target if it was a body.
    Bounced = 20,
    /// actor: the owner; weapon; x, y; value: serial number; aux: radius of its effect, px.
    Exploded = 21,
    /// actor: the owner; target: who is dazzled; weapon; x, y: of the flash; value: intensity in 1/1000; aux: ticks
    /// blind; slice: ticks until all is over; dx: distance, px; dy: angle off the target's aim, radians; flag AIMING:
    /// with a clear line.
    Dazzled = 22,
    /// weapon; value: ticks of silence.
    Overheated = 23,
}

same_numbers!(tp_event_kind, EventKind: Joined, Left, Spawned, RespawnDenied, Fired, FireRefused, HitPlayer, HitWall,
    Miss, ReloadStarted, Reloaded, Switched, AimToggled, PlayerDamaged, Died, WallDamaged, SliceDestroyed, MatchEnded,
    Launched, Bounced, Exploded, Dazzled, Overheated);

/// Flags of an event, as bits.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_event_flag {
    /// The shooter aims down sights; aiming is now on.
    Aiming = 1,
    /// The target died of it.
    Killed = 2,
    /// Killer and victim are of one team.
    TeamKill = 4,
    /// The slice broke.
    Destroyed = 8,
    /// The bullet ended here.
    Stopped = 16,
}

const _: () = {
    use trespasser::world::flag;
    assert!(tp_event_flag::Aiming as u8 == flag::AIMING && tp_event_flag::Killed as u8 == flag::KILLED);
    assert!(tp_event_flag::TeamKill as u8 == flag::TEAM_KILL && tp_event_flag::Destroyed as u8 == flag::DESTROYED);
    assert!(tp_event_flag::Stopped as u8 == flag::STOPPED);
};

/// A kind of sound. Numbers are never reused.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum tp_sound_kind {
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

same_numbers!(tp_sound_kind, SoundKind: FootstepSneak, FootstepWalk, FootstepRun, FireRifle, FireSmg, FireShotgun, FireBattleRifle, FireSniperRifle, FirePistol, FireRevolver, FireSuppressedPistol, FireMachineGun, FireAntiMaterialRifle, FireGrenadeLauncher, FireRocket, Reload, Switch, Empty, Throw, ImpactConcrete, ImpactMetal, ImpactWood, ImpactGlass, ImpactBorder, BreakConcrete, BreakMetal, BreakWood, BreakGlass, Bounce, Explosion, Flash, Hurt, Death);
const _: () = assert!(SoundKind::COUNT == 33);

/// The kind of sound with this number.
pub(crate) fn sound_kind(number: u8) -> Outcome<SoundKind> {
    SoundKind::from_number(number)
        .ok_or_else(|| Fail::invalid("kind", number, format!("a tp_sound_kind, 0 to {}", SoundKind::COUNT - 1)))
}

/// Flags of a tp_heard, as bits.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_heard_flag {
    /// The listener made the sound.
    Own = 1,
}

const _: () = assert!(tp_heard_flag::Own as u8 == trespasser::sound::own::OWN);

/// How the cells of a picture become walls.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub enum tp_reading {
    /// Every 10 x 10 px cell is a wall of its own with 5 slices 2 px wide.
    Fine = 0,
    /// Runs of up to 5 cells make one wall with one slice a cell.
    Coarse = 1,
}

pub(crate) fn reading(number: u32) -> Outcome<Reading> {
    match number {
        0 => Ok(Reading::Fine),
        1 => Ok(Reading::Coarse),
        other => Err(Fail::invalid("reading", other, "TP_READING_FINE (0) or TP_READING_COARSE (1)")),
    }
}

/// A rule set.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub enum tp_rules {
    /// The game as designed.
    Standard = 0,
    /// The game as today's Node backend plays it.
    Legacy = 1,
}

impl tp_rules {
    /// The set of that name; the standard one where there is none.
    pub(crate) fn named(name: &str) -> tp_rules {
        if name == RuleSet::legacy().name { tp_rules::Legacy } else { tp_rules::Standard }
    }
}

pub(crate) fn rules(number: u32) -> Outcome<RuleSet> {
    match number {
        0 => Ok(RuleSet::standard()),
        1 => Ok(RuleSet::legacy()),
        other => Err(Fail::invalid("def->rules", other, "TP_RULES_STANDARD (0) or TP_RULES_LEGACY (1)")),
    }
}

/// An instruction set; every one gives the same bits.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub enum tp_simd {
    /// The best that the processor has.
    Best = 0,
    /// Any processor.
    Scalar = 1,
    /// Every x86-64.
    Sse2 = 2,
    /// x86-64 since 2013 or so; without it, the best below.
    Avx2 = 3,
    /// Servers' x86-64 since 2019 or so: AVX-512 with BW, VL and VBMI; without it, the best below.
    Avx512 = 4,
}

pub(crate) fn simd(number: u32) -> Outcome<Option<Level>> {
    match number {
        0 => Ok(None),
        1 => Ok(Some(Level::Scalar)),
        2 => Ok(Some(Level::Sse2)),
        3 => Ok(Some(Level::Avx2)),
        4 => Ok(Some(Level::Avx512)),
        other => Err(Fail::invalid("def->simd", other, "a tp_simd, 0 to 4")),
    }
}

pub(crate) fn simd_number(level: Level) -> u32 {
    let ours = match level {
        Level::Scalar => tp_simd::Scalar,
        Level::Sse2 => tp_simd::Sse2,
        Level::Avx2 => tp_simd::Avx2,
        Level::Avx512 => tp_simd::Avx512,
    };
    ours as u32
}

/// A place on the playfield, px. 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_point {
    /// px.
    pub x: f32,
    /// px.
    pub y: f32,
}

const _: () = assert!(size_of::<tp_point>() == 8);

/// A wall to build a map from. 20 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_wall_def {
    /// Left edge, px.
    pub x: f32,
    /// Top edge, px.
    pub y: f32,
    /// px, 1 to 480.
    pub width: f32,
    /// px, 1 to 270.
    pub height: f32,
    /// tp_material.
    pub material: u8,
    /// Unused.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_wall_def>() == 20);

/// A wall of a map. 20 bytes. Its five slices are numbered from first_slice on.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_wall {
    /// Left edge, px.
    pub x: f32,
    /// Top edge, px.
    pub y: f32,
    /// px.
    pub width: f32,
    /// px.
    pub height: f32,
    /// A multiple of 5.
    pub first_slice: u16,
    /// tp_material.
    pub material: u8,
    /// 1: the slices lie side by side along x; 0: one under another along y.
    pub along_x: u8,
}

const _: () = assert!(size_of::<tp_wall>() == 20);

/// A place where a team's players appear. 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_spawn {
    /// Centre of the body, px.
    pub x: f32,
    /// Centre of the body, px.
    pub y: f32,
    /// tp_team.
    pub team: u8,
    /// Unused.
    pub reserved: [u8; 3],
}

const _: () = assert!(size_of::<tp_spawn>() == 12);

/// What a map holds. 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C)]
pub struct tp_map_info {
    /// Of all that a match can tell apart.
    pub hash: u64,
    /// Room that tp_map_get_walls needs.
    pub wall_count: u32,
    /// Room that tp_match_slice_health and tp_map_get_max_health need.
    pub slice_count: u32,
    /// Room that tp_map_get_spawns needs.
    pub spawn_count: u32,
    /// Room that tp_map_get_lights needs.
    pub light_count: u32,
    /// tp_map_warning has this many.
    pub warning_count: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<tp_map_info>() == 32);

/// What a world is made with. 32 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_world_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// Ticks a second, 20 to 240.
    pub tick_rate: u32,
    /// tp_rules.
    pub rules: u32,
    /// Matches it may hold, 1 to 1048576.
    pub max_matches: u32,
    /// tp_simd.
    pub simd: u32,
    /// Of the wire: snapshots a second in action, 1 to 60; a frame is the whole number of ticks nearest to that.
    pub net_rate: u32,
    /// Snapshots a second while nothing changes for a player, 1 to net_rate.
    pub net_idle_rate: u32,
    /// Bytes of payload a snapshot, averaged over a second, 20 to 1000.
    pub net_budget: u32,
}

const _: () = assert!(size_of::<tp_world_def>() == 32);

/// What a world is. 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C)]
pub struct tp_world_info {
    /// Ticks a second.
    pub tick_rate: u32,
    /// The tp_simd in use, never BEST.
    pub simd: u32,
    /// Matches there are: room that tp_world_get_matches needs.
    pub match_count: u32,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<tp_world_info>() == 16);

/// What a match is made with. 16 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_match_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// Kills that win, 1 to 10000; 0: the rule set's.
    pub kill_target: u32,
    /// Key of all its randomness.
    pub seed: u64,
}

const _: () = assert!(size_of::<tp_match_def>() == 16);

/// What a match is, as of the last tick. 48 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C)]
pub struct tp_match_info {
    /// Key of all its randomness.
    pub seed: u64,
    /// Bytes of memory that this match keeps for itself.
    pub bytes: u64,
    /// Ticks played.
    pub tick: u32,
    /// Grows with every change of any slice.
    pub walls_version: u32,
    /// Room that tp_match_slice_health needs.
    pub slice_count: u32,
    /// Room that tp_match_drain_events needs.
    pub pending_events: u32,
    /// Kills of the team; leavers' kills stay.
    pub red_kills: u16,
    /// Kills of the team; leavers' kills stay.
    pub blue_kills: u16,
    /// Kills that win.
    pub kill_target: u16,
    /// 1 when the match is over.
    pub over: u8,
    /// tp_team; NONE while the match runs and for a draw.
    pub winner: u8,
    /// Bit s: slot s has a player.
    pub joined: u8,
    /// 0.
    pub reserved: [u8; 7],
}

const _: () = assert!(size_of::<tp_match_info>() == 48);

/// What a player carries: one primary, one secondary, support items of at most three slots in all. 8 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_loadout {
    /// tp_weapon.
    pub primary: u8,
    /// tp_weapon.
    pub secondary: u8,
    /// Items in support, 0 to 3.
    pub support_count: u8,
    /// tp_weapon; the first support_count count.
    pub support: [u8; 3],
    /// Unused.
    pub reserved: [u8; 2],
}

const _: () = assert!(size_of::<tp_loadout>() == 8);

impl tp_loadout {
    /// Rifle and pistol.
    pub(crate) const DEFAULT: tp_loadout = tp_loadout {
        primary: tp_weapon::Rifle as u8,
        secondary: tp_weapon::Pistol as u8,
        support_count: 0,
        support: [0; 3],
        reserved: [0; 2],
    };

    pub(crate) fn from_engine(loadout: &Loadout) -> tp_loadout {
        let number = |weapon: Option<Weapon>| weapon.map_or(0, |weapon| weapon as u8);
        let [primary, secondary, support @ ..] = loadout.weapons();
        tp_loadout {
            primary: number(primary),
            secondary: number(secondary),
            support_count: support.iter().flatten().count() as u8,
            support: support.map(number),
            reserved: [0; 2],
        }
    }

    pub(crate) fn engine(&self) -> Outcome<Loadout> {
        let count = self.support_count as usize;
        if count > self.support.len() {
            let message = format!("illegal loadout: support_count is {count}; the limit is 3 slots");
            return Err(Fail::new(tp_result::IllegalLoadout, message));
        }
        let mut support = [Weapon::Grenade; 3];
        for (item, number) in support.iter_mut().zip(self.support).take(count) {
            *item = weapon(number)?;
        }
        Ok(Loadout::new(weapon(self.primary)?, weapon(self.secondary)?, &support[..count])?)
    }
}

/// What a player joins with. 16 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_player_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// tp_team; NONE: the smaller one.
    pub team: u8,
    /// 1: placed at once; 0: on asking for respawn.
    pub spawn: u8,
    /// Unused.
    pub reserved: [u8; 2],
    /// What the player carries.
    pub loadout: tp_loadout,
}

const _: () = assert!(size_of::<tp_player_def>() == 16);

impl tp_player_def {
    pub(crate) fn engine(&self) -> Outcome<PlayerDef> {
        joining(self.team, self.spawn, &self.loadout)
    }
}

fn joining(team: u8, spawn: u8, loadout: &tp_loadout) -> Outcome<PlayerDef> {
    let team = match team {
        0 | 1 => Some(side(team, "def->team")?),
        2 => None,
        other => return Err(Fail::invalid("def->team", other, "a tp_team, 0 to 2")),
    };
    Ok(PlayerDef { team, loadout: loadout.engine()?, spawn: flag(spawn, "def->spawn")? })
}

fn flag(number: u8, field: &str) -> Outcome<bool> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        other => Err(Fail::invalid(field, other, "0 or 1")),
    }
}

/// What a bot joins with. 20 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_bot_def {
    /// Bytes of this struct in the caller's header.
    pub size: u32,
    /// 0 (slow and wild) to 1.
    pub skill: f32,
    /// tp_team; NONE: the smaller one.
    pub team: u8,
    /// 1: placed at once; 0: on asking for respawn.
    pub spawn: u8,
    /// 1: shoots at walls whenever it sees nobody.
    pub wrecks: u8,
    /// 1: on a bad line: inputs get lost, come late, twice and in floods; now and then the bot leaves and joins anew.
    pub rough: u8,
    /// What the bot carries.
    pub loadout: tp_loadout,
}

const _: () = assert!(size_of::<tp_bot_def>() == 20);

impl tp_bot_def {
    pub(crate) fn new(role: &Role) -> tp_bot_def {
        let def = &role.def;
        tp_bot_def {
            size: size_of::<tp_bot_def>() as u32,
            skill: role.skill,
            team: def.team.map_or(tp_team::None as u8, |team| team as u8),
            spawn: def.spawn.into(),
            wrecks: role.wrecks.into(),
            rough: role.rough.into(),
            loadout: tp_loadout::from_engine(&def.loadout),
        }
    }

    pub(crate) fn role(&self) -> Outcome<Role> {
        Ok(Role {
            def: joining(self.team, self.spawn, &self.loadout)?,
            skill: self.skill,
            wrecks: flag(self.wrecks, "def->wrecks")?,
            rough: flag(self.rough, "def->rough")?,
        })
    }
}

/// What a scene is played on. 32 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_scene_info {
    /// For tp_map_from_builtin. Owned by the library, valid forever.
    pub map: *const c_char,
    /// For tp_match_def.
    pub seed: u64,
    /// For tp_match_def. Whoever plays on when the match is over begins it anew: tp_match_reset with the seed after the
    /// match's own.
    pub kill_target: u32,
    /// Room that tp_scene_get_bots needs.
    pub bot_count: u32,
    /// For tp_world_def, ticks a second.
    pub tick_rate: u32,
    /// For tp_world_def: tp_rules.
    pub rules: u32,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<tp_scene_info>() == 32);

/// One player, as of the last tick. 128 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C)]
pub struct tp_player_view {
    /// Id.
    pub id: tp_player_id,
    /// Who killed this player last, if still in the match; else null.
    pub killer: tp_player_id,
    /// Centre of the body, px.
    pub x: f32,
    /// Centre of the body, px.
    pub y: f32,
    /// px/s.
    pub vx: f32,
    /// px/s.
    pub vy: f32,
    /// Unit vector.
    pub facing_x: f32,
    /// Unit vector.
    pub facing_y: f32,
    /// px.
    pub cursor_x: f32,
    /// px.
    pub cursor_y: f32,
    /// Points, in steps of 1/64; 0 when dead.
    pub health: f32,
    /// Points dealt to enemies.
    pub damage_dealt: f32,
    /// Sight distance, px.
    pub sight: f32,
    /// Full angle of the cone, radians.
    pub cone: f32,
    /// Heat of the machine gun, 0 to 100.
    pub heat: f32,
    /// What a flash takes from sight, 0 to 1.
    pub sight_impairment: f32,
    /// What a flash takes from hearing, 0 to 1.
    pub hearing_impairment: f32,
    /// What a flash takes from movement, 0 to 1.
    pub movement_impairment: f32,
    /// Sequence number of the last input applied.
    pub last_sequence: u32,
    /// Inputs thrown away because too many waited.
    pub dropped_inputs: u32,
    /// Inputs ignored as old or repeated.
    pub ignored_inputs: u32,
    /// Tick of the last damage; 0: none.
    pub damage_tick: u32,
    /// Tick of the last death; 0: none.
    pub death_tick: u32,
    /// First tick in which a respawn is granted.
    pub respawn_tick: u32,
    /// Tick to show to clients as the respawn's.
    pub respawn_shown_tick: u32,
    /// First tick in which the player can be hurt.
    pub invulnerable_until: u32,
    /// Enemies killed.
    pub kills: u16,
    /// Times died.
    pub deaths: u16,
    /// Ticks until the magazine is full; 0: not reloading.
    pub reload_ticks: u16,
    /// 0 to 7.
    pub slot: u8,
    /// tp_team.
    pub team: u8,
    /// 1: lives.
    pub alive: u8,
    /// 1: has been on the field; 0: waits for the first spawn.
    pub placed: u8,
    /// 1: aims down sights.
    pub aiming: u8,
    /// tp_gait.
    pub gait: u8,
    /// tp_weapon in hand, or TP_NONE.
    pub weapon: u8,
    /// Place of the weapon in hand, 0 to 4.
    pub hand: u8,
    /// Level of charge of the throw in hand, 1 to 5; 0: the trigger is not held.
    pub charge: u8,
    /// 1: blinded by a flash, sees nobody.
    pub blind: u8,
}

const _: () = assert!(size_of::<tp_player_view>() == 128);

impl From<PlayerView> for tp_player_view {
    fn from(p: PlayerView) -> Self {
        tp_player_view {
            id: p.id.into(),
            killer: p.killer.map(Into::into).unwrap_or_default(),
            x: p.position.x,
            y: p.position.y,
            vx: p.velocity.x,
            vy: p.velocity.y,
            facing_x: p.facing.x,
            facing_y: p.facing.y,
            cursor_x: p.cursor.x,
            cursor_y: p.cursor.y,
            health: p.health,
            damage_dealt: p.damage_dealt,
            sight: p.sight,
            cone: p.cone,
            heat: p.heat,
            sight_impairment: p.impairment[0],
            hearing_impairment: p.impairment[1],
            movement_impairment: p.impairment[2],
            last_sequence: p.last_sequence,
            dropped_inputs: p.dropped_inputs,
            ignored_inputs: p.ignored_inputs,
            damage_tick: p.damage_tick,
            death_tick: p.death_tick,
            respawn_tick: p.respawn_tick,
            respawn_shown_tick: p.respawn_shown_tick,
            invulnerable_until: p.invulnerable_until,
            kills: p.kills,
            deaths: p.deaths,
            reload_ticks: p.reload_ticks,
            slot: p.id.slot() as u8,
            team: p.team as u8,
            alive: p.alive.into(),
            placed: p.placed.into(),
            aiming: p.aiming.into(),
            gait: p.gait as u8,
            weapon: p.weapon.map_or(TP_NONE, |w| w as u8),
            hand: p.hand as u8,
            charge: p.charge,
            blind: p.blind.into(),
        }
    }
}

/// A projectile in flight. 48 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_projectile {
    /// Who threw it, if still in the match; else null.
    pub owner: tp_player_id,
    /// Serial number in the match.
    pub number: u32,
    /// Tick in which it was launched.
    pub born: u32,
    /// Ticks until its fuse is over, or TP_NO_FUSE.
    pub fuse_ticks: u32,
    /// Centre, px.
    pub x: f32,
    /// Centre, px.
    pub y: f32,
    /// px/s.
    pub vx: f32,
    /// px/s.
    pub vy: f32,
    /// px flown.
    pub flown: f32,
    /// px after which it goes off or comes to rest.
    pub range: f32,
    /// tp_weapon.
    pub weapon: u8,
    /// tp_team of who threw it.
    pub team: u8,
    /// Level of charge it was thrown with; 0: launched.
    pub charge: u8,
    /// 0.
    pub reserved: u8,
}

const _: () = assert!(size_of::<tp_projectile>() == 48);

impl From<ProjectileView> for tp_projectile {
    fn from(p: ProjectileView) -> Self {
        tp_projectile {
            owner: p.owner.map(Into::into).unwrap_or_default(),
            number: p.number,
            born: p.born,
            fuse_ticks: p.fuse_ticks.unwrap_or(TP_NO_FUSE),
            x: p.position.x,
            y: p.position.y,
            vx: p.velocity.x,
            vy: p.velocity.y,
            flown: p.flown,
            range: p.range,
            weapon: p.weapon as u8,
            team: p.team as u8,
            charge: p.charge,
            reserved: 0,
        }
    }
}

/// A cloud of smoke, as of the last tick. 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_cloud {
    /// Serial number of the projectile it rose from.
    pub number: u32,
    /// Tick in which it rose.
    pub born: u32,
    /// Centre, px.
    pub x: f32,
    /// Centre, px.
    pub y: f32,
    /// px.
    pub radius: f32,
    /// Opacity at the centre, 0 to 1.
    pub density: f32,
}

const _: () = assert!(size_of::<tp_cloud>() == 24);

impl From<CloudView> for tp_cloud {
    fn from(c: CloudView) -> Self {
        let disc = c.disc;
        tp_cloud { number: c.number, born: c.born, x: disc.x, y: disc.y, radius: disc.radius, density: disc.density }
    }
}

/// One weapon of a player. 12 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_weapon_view {
    /// Ticks until it can fire again, for its rate alone.
    pub ready_in: u32,
    /// Rounds in the magazine.
    pub ammo: u16,
    /// Rounds besides.
    pub reserve: u16,
    /// tp_weapon.
    pub weapon: u8,
    /// Place, 0 to 4: primary, secondary, support items.
    pub place: u8,
    /// 1: being reloaded.
    pub reloading: u8,
    /// 0.
    pub reserved: u8,
}

const _: () = assert!(size_of::<tp_weapon_view>() == 12);

/// One input of one player: 1/60 s of held keys, presses and the cursor. 40 bytes.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct tp_input {
    /// Whose match.
    pub match_id: tp_match_id,
    /// Whose input.
    pub player_id: tp_player_id,
    /// Grows by one an input; wraps. Each is applied once.
    pub sequence: u32,
    /// Newest tick that the client had when it sampled this; 0: none.
    pub ack_tick: u32,
    /// tp_button bits held.
    pub held: u16,
    /// tp_button bits pressed since the input before, for presses too short to be held.
    pub taps: u16,
    /// Cursor, px; finite, clamped to +-2000.
    pub mouse_x: f32,
    /// Cursor, px; finite, clamped to +-2000.
    pub mouse_y: f32,
    /// Unused.
    pub reserved: u32,
}

const _: () = assert!(size_of::<tp_input>() == 40);

impl tp_input {
    pub(crate) fn new(game: MatchId, player: PlayerId, input: &InputCmd) -> tp_input {
        // Cursors are kept in 1/16 px.
        let px = |v: i16| f32::from(v) / 16.0;
        tp_input {
            match_id: game.into(),
            player_id: player.into(),
            sequence: input.sequence,
            ack_tick: input.ack_tick,
            held: input.held.0,
            taps: input.taps.0,
            mouse_x: px(input.cursor_x),
            mouse_y: px(input.cursor_y),
            reserved: 0,
        }
    }
}

/// One event. 36 bytes. Players are slots 0 to 7, TP_NONE for nobody; tp_match_player_in_slot gives their ids.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_event {
    /// Tick in which it happened.
    pub tick: u32,
    /// tp_event_kind.
    pub kind: u8,
    /// Who did it, slot.
    pub actor: u8,
    /// To whom, slot.
    pub target: u8,
    /// tp_weapon, or TP_NONE.
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
    /// Slice, or TP_NO_SLICE.
    pub slice: u16,
    /// By kind.
    pub aux: u16,
    /// tp_event_flag bits.
    pub flags: u8,
    /// By kind.
    pub part: u8,
    /// 0.
    pub reserved: u16,
}

const _: () = assert!(size_of::<tp_event>() == 36);

impl From<&Event> for tp_event {
    fn from(e: &Event) -> Self {
        tp_event {
            tick: e.tick,
            kind: e.kind,
            actor: e.actor,
            target: e.target,
            weapon: e.weapon,
            x: e.x,
            y: e.y,
            dx: e.dx,
            dy: e.dy,
            value: e.value,
            slice: e.slice,
            aux: e.aux,
            flags: e.flags,
            part: e.part,
            reserved: 0,
        }
    }
}

/// One sound for one listener. 12 bytes: all that this listener may be told of it, and so neither who made it nor where.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_heard {
    /// Tick in which it is heard.
    pub tick: u32,
    /// Who hears it, slot.
    pub listener: u8,
    /// tp_sound_kind.
    pub kind: u8,
    /// Loudness in 1/255, 1 to 255.
    pub gain: u8,
    /// Where it comes from, in 1/64 turns clockwise from `aim`, 0 to 63. 0 for what the own body makes.
    pub bearing: u8,
    /// Low-pass cutoff, 0 to TP_CUTOFF_OPEN; tp_sound_cutoff_hz gives it in Hz.
    pub cutoff: u8,
    /// The listener's aim in 1/64 turns clockwise from +x, 0 to 63, as of `tick`.
    pub aim: u8,
    /// tp_heard_flag bits.
    pub flags: u8,
    /// 0.
    pub reserved: u8,
}

const _: () = assert!(size_of::<tp_heard>() == 12 && size_of::<Heard>() == 12);

impl From<&Heard> for tp_heard {
    fn from(h: &Heard) -> Self {
        tp_heard {
            tick: h.tick,
            listener: h.listener,
            kind: h.kind,
            gain: h.gain,
            bearing: h.bearing,
            cutoff: h.cutoff,
            aim: h.aim,
            flags: h.flags,
            reserved: 0,
        }
    }
}

/// How a sound made at one place arrives at another, exactly. 28 bytes. For hosts; a player may not know it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_arrival {
    /// Loudness, 0 to 1; 0 beyond what the kind carries.
    pub gain: f32,
    /// Low-pass cutoff, Hz.
    pub cutoff_hz: f32,
    /// Where it comes from, px: the source, or where the last leg of the way round begins.
    pub from_x: f32,
    /// Where it comes from, px.
    pub from_y: f32,
    /// Share that the walls on the straight line let through, 0 to 1.
    pub through: f32,
    /// Length of the way round, px; 0 if the straight line is louder.
    pub length: f32,
    /// 1: the way round is the louder one; 0: the straight line.
    pub round: u8,
    /// Quarter turns of the way round.
    pub turns: u8,
    /// 0.
    pub reserved: [u8; 2],
}

const _: () = assert!(size_of::<tp_arrival>() == 28);

impl From<Arrival> for tp_arrival {
    fn from(a: Arrival) -> Self {
        let (length, turns) = a.round.unwrap_or((0.0, 0));
        tp_arrival {
            gain: a.gain,
            cutoff_hz: a.cutoff_hz,
            from_x: a.from.x,
            from_y: a.from.y,
            through: a.through,
            length,
            round: a.round.is_some().into(),
            turns: turns as u8,
            reserved: [0; 2],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_of_event_is_missing() {
        let last = (1..=u8::MAX).take_while(|n| EventKind::from_number(*n).is_some()).last();
        assert_eq!(last, Some(tp_event_kind::Overheated as u8), "add the engine's new kinds to tp_event_kind");
    }
}
