//! Plain objects out, field by field what `index.d.ts` says. For those that are asked for many times a second, see
//! `rows`.

use napi_derive::napi;
use trespasser::world::{CloudView, KnownProjectile, ProjectileView};
use trespasser::{PlayerId, Team, Weapon};

/// Health and damage come in 1/64 points.
const POINT: f64 = trespasser::rules::POINT as f64;

/// Health of a slice in points; the border, which nothing damages, has infinitely many.
pub(crate) fn slice_points(health: u16) -> f64 {
    if health == u16::MAX { f64::INFINITY } else { f64::from(health) / POINT }
}

#[napi(object, object_from_js = false)]
pub struct WallInfo {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub material: &'static str,
    pub orientation: &'static str,
    pub first_slice: u32,
}

impl From<&trespasser::map::WallInfo> for WallInfo {
    fn from(wall: &trespasser::map::WallInfo) -> Self {
        WallInfo {
            x: wall.x.into(),
            y: wall.y.into(),
            width: wall.width.into(),
            height: wall.height.into(),
            material: wall.material.name(),
            orientation: if wall.along_x { "horizontal" } else { "vertical" },
            first_slice: wall.first_slice.into(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct SpawnInfo {
    pub x: f64,
    pub y: f64,
    pub team: &'static str,
}

#[napi(object, object_from_js = false)]
pub struct LoadoutShape {
    pub primary: &'static str,
    pub secondary: &'static str,
    pub support: Vec<&'static str>,
}

pub(crate) fn loadout(loadout: &trespasser::Loadout) -> LoadoutShape {
    let [primary, secondary, support @ ..] = loadout.weapons().map(|weapon| weapon.map(Weapon::name));
    LoadoutShape {
        // A loadout has both.
        primary: primary.unwrap_or_default(),
        secondary: secondary.unwrap_or_default(),
        support: support.into_iter().flatten().collect(),
    }
}

#[napi(object, object_from_js = false)]
pub struct Role {
    pub team: Option<&'static str>,
    pub loadout: LoadoutShape,
    pub spawn: bool,
    pub skill: f64,
    pub wrecks: bool,
    pub rough: bool,
}

#[napi(object, object_from_js = false)]
pub struct SceneScript {
    pub map: &'static str,
    pub seed: f64,
    pub kill_target: u32,
    pub tick_rate: u32,
    pub rules: &'static str,
    pub roles: Vec<Role>,
}

impl From<trespasser::scenes::Script> for SceneScript {
    fn from(script: trespasser::scenes::Script) -> Self {
        let role = |role: &trespasser::scenes::Role| Role {
            team: role.def.team.map(Team::name),
            loadout: loadout(&role.def.loadout),
            spawn: role.def.spawn,
            skill: role.skill.into(),
            wrecks: role.wrecks,
            rough: role.rough,
        };
        SceneScript {
            map: script.map,
            seed: script.seed as f64,
            kill_target: script.kill_target.into(),
            tick_rate: script.tick_rate,
            rules: script.rules,
            roles: script.roles.iter().map(role).collect(),
        }
    }
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct Projectile {
    pub number: u32,
    pub weapon: &'static str,
    pub owner: u32,
    pub team: &'static str,
    pub x: f64,
    pub y: f64,
    pub vx: f64,
    pub vy: f64,
    pub flown: f64,
    pub range: f64,
    pub charge: u32,
    pub born_tick: u32,
    pub fuse_ticks: Option<u32>,
}

impl From<ProjectileView> for Projectile {
    fn from(p: ProjectileView) -> Self {
        Projectile {
            number: p.number,
            weapon: p.weapon.name(),
            owner: p.owner.map_or(0, PlayerId::raw),
            team: p.team.name(),
            x: p.position.x.into(),
            y: p.position.y.into(),
            vx: p.velocity.x.into(),
            vy: p.velocity.y.into(),
            flown: p.flown.into(),
            range: p.range.into(),
            charge: p.charge.into(),
            born_tick: p.born,
            fuse_ticks: p.fuse_ticks,
        }
    }
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct Known {
    pub number: u32,
    pub weapon: &'static str,
    pub owner: u32,
    pub own_team: bool,
    pub x: f64,
    pub y: f64,
    pub vx: f64,
    pub vy: f64,
    pub damage: f64,
    pub since_tick: u32,
    pub launch: Option<Launch>,
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct Launch {
    pub born_tick: u32,
    pub flown: f64,
    pub range: f64,
    pub charge: u32,
    pub fuse_ticks: Option<u32>,
}

impl Known {
    /// `damage`: points at the centre of its blast.
    pub(crate) fn new(p: KnownProjectile, damage: f64) -> Self {
        Known {
            number: p.number,
            weapon: p.weapon.name(),
            owner: p.owner.map_or(0, PlayerId::raw),
            own_team: p.own_team,
            x: p.position.x.into(),
            y: p.position.y.into(),
            vx: p.velocity.x.into(),
            vy: p.velocity.y.into(),
            damage,
            since_tick: p.since,
            launch: p.launch.map(|launch| Launch {
                born_tick: launch.born,
                flown: launch.flown.into(),
                range: launch.range.into(),
                charge: launch.charge.into(),
                fuse_ticks: launch.fuse_ticks,
            }),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct Cloud {
    pub number: u32,
    pub x: f64,
    pub y: f64,
    pub radius: f64,
    pub density: f64,
    pub born_tick: u32,
}

impl From<CloudView> for Cloud {
    fn from(c: CloudView) -> Self {
        Cloud {
            number: c.number,
            x: c.disc.x.into(),
            y: c.disc.y.into(),
            radius: c.disc.radius.into(),
            density: c.disc.density.into(),
            born_tick: c.born,
        }
    }
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct Score {
    pub red: u32,
    pub blue: u32,
    pub over: bool,
    pub winner: Option<&'static str>,
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct Arrival {
    pub gain: f64,
    pub cutoff_hz: f64,
    pub x: f64,
    pub y: f64,
    pub through: f64,
    pub way: Option<SoundWay>,
}

#[napi(object, object_from_js = false)]
pub struct SoundWay {
    pub length: f64,
    pub turns: u32,
}

impl From<trespasser::Arrival> for Arrival {
    fn from(a: trespasser::Arrival) -> Self {
        Arrival {
            gain: a.gain.into(),
            cutoff_hz: a.cutoff_hz.into(),
            x: a.from.x.into(),
            y: a.from.y.into(),
            through: a.through.into(),
            way: a.round.map(|(length, turns)| SoundWay { length: length.into(), turns: turns as u32 }),
        }
    }
}
