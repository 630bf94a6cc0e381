//! Rule sets: every number of the rule book that a stage reads.

use super::sound::SoundRule;
use super::weapon::{TABLE, Weapon, WeaponRule};
use super::{Material, POINT};
use crate::{Error, Result};

/// Section 2.
#[derive(Debug, Clone, PartialEq)]
pub struct MoveRule {
    /// px.
    pub body_radius: f32,
    /// px/s.
    pub sneak: f32,
    /// px/s.
    pub walk: f32,
    /// px/s.
    pub run: f32,
    /// Running only within this angle of the aim, radians; `None`: any way.
    pub run_arc: Option<f32>,
    /// Factor on the speed while aiming down sights.
    pub aim_speed: f32,
    /// Aiming stops running.
    pub aim_stops_run: bool,
    /// Factor on the velocity for each 1/60 s without input.
    pub stop: f32,
    /// px/s, below which a player counts as idle.
    pub idle: f32,
}

/// Mouse look: how far the cursor stretches the sight (section 4).
#[derive(Debug, Clone, PartialEq)]
pub struct LookRule {
    /// Cursor distance up to which nothing changes, px.
    pub near: f32,
    /// Cursor distance from which the stretch is full, px.
    pub far: f32,
    /// Sight distance at full stretch, px.
    pub distance: f32,
    /// Cone at full stretch, radians.
    pub cone: f32,
}

/// Section 4.
#[derive(Debug, Clone, PartialEq)]
pub struct VisionRule {
    /// Full angle, radians.
    pub cone: f32,
    /// px.
    pub distance: f32,
    /// Seen whatever the facing, px.
    pub close: f32,
    /// Mouse look, if there is any.
    pub look: Option<LookRule>,
}

/// How damage falls with distance (section 5); the shotgun has its own steps.
#[derive(Debug, Clone, PartialEq)]
pub struct FalloffRule {
    /// Share of the range with full damage.
    pub full_to: f32,
    /// Factor at the range's end.
    pub floor: f32,
    /// `(up to px, factor)` of weapons with pellets; the last factor holds beyond.
    pub pellet_steps: [(f32, f32); 3],
}

/// The machine gun's heat.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatRule {
    /// Gained a shot.
    pub per_shot: u16,
    /// Lost a second.
    pub per_second: u16,
    /// Overheats here; `None`: never.
    pub limit: Option<u16>,
    /// Silence, ms.
    pub silence_ms: u32,
    /// Heat after the silence.
    pub after: u16,
}

/// Lives, kills and the match's end (section 1).
#[derive(Debug, Clone, PartialEq)]
pub struct LifeRule {
    /// Points.
    pub health: u16,
    /// Kills that win.
    pub kill_target: u16,
    /// Earliest respawn after death, ms.
    pub respawn_ms: u32,
    /// What clients are shown as the respawn time after death, ms.
    pub respawn_shown_ms: u32,
    /// Invulnerable after a respawn, ms.
    pub invulnerable_ms: u32,
    /// Invulnerable after joining a running match, ms.
    pub late_invulnerable_ms: u32,
}

/// Inputs and time (section 11).
#[derive(Debug, Clone, PartialEq)]
pub struct InputRule {
    /// Inputs a second of one player's time.
    pub per_second: u32,
    /// Inputs' worth of time that can be saved.
    pub saved: u32,
    /// Inputs that may wait; at most 12.
    pub waiting: u32,
    /// Missing inputs that the last held keys stand in for.
    pub repeats: u32,
}

/// Thrown weapons and what flies (section 5).
#[derive(Debug, Clone, PartialEq)]
pub struct ThrowRule {
    /// Speed of a grenade without charge, px/s.
    pub speed: f32,
    /// Speed for each level of charge, px/s.
    pub speed_per_charge: f32,
    /// Share of the range that each level of charge over the first adds.
    pub range_per_charge: f32,
    /// Speed of smoke and flash, px/s.
    pub item_speed: f32,
    /// Levels of charge.
    pub levels: u8,
    /// Holding the trigger this long adds a level, ms.
    pub level_ms: u32,
    /// Radius of every projectile, px.
    pub radius: f32,
    /// Share of the speed that a second of way over the ground leaves to thrown weapons.
    pub friction: f32,
    /// Share of the speed along a surface that a bounce keeps.
    pub tangent: f32,
    /// Thrown weapons go off when slower than this, px/s.
    pub rest: Option<f32>,
}

/// Section 6.
#[derive(Debug, Clone, PartialEq)]
pub struct BlastRule {
    /// Standing hard slices between blast and body keep all damage from it.
    pub shielded: bool,
    /// Rays of shrapnel.
    pub rays: u8,
    /// Points a ray deals to the first slice it meets.
    pub ray_damage: u16,
    /// Reach of shrapnel in radii of the blast.
    pub ray_reach: f32,
}

/// Section 7.
#[derive(Debug, Clone, PartialEq)]
pub struct SmokeRule {
    /// px.
    pub radius: f32,
    /// ms.
    pub life_ms: u32,
    /// ms; the radius is eased out cubic, the density in quadratic.
    pub expand_ms: u32,
    /// ms at the end of life.
    pub fade_ms: u32,
    /// Highest density.
    pub density: f32,
    /// Share of the opacity lost at the edge.
    pub edge: f32,
    /// A ray ends at this depth.
    pub depth: f32,
    /// Opacity counts for this much way, px: the step by which today's backend samples it.
    pub unit: f32,
}

/// Section 7.
#[derive(Debug, Clone, PartialEq)]
pub struct FlashRule {
    /// px.
    pub radius: f32,
    /// Exponent of the share of the radius.
    pub power: f32,
    /// Factor without a clear line.
    pub hidden: f32,
    /// Loss of intensity at an angle of pi off the aim.
    pub turn: f32,
    /// Factor beyond a right angle, besides 1 - angle / pi.
    pub behind: f32,
    /// Less intensity than this does nothing.
    pub least: f32,
    /// Blind, disoriented, recovering at full intensity, ms.
    pub phases_ms: [u32; 3],
    /// Impairment of sight, hearing and movement while blind at full intensity.
    pub impair: [f32; 3],
}

/// Health is the same in every rule set and belongs to [`Material`]; a rule set says what a wall does.
#[derive(Debug, Clone, PartialEq)]
pub struct MaterialRule {
    /// Share of a sound that an intact slice keeps back, 0 to 1.
    pub absorption: f32,
}

/// A whole rule book. Start from [`RuleSet::standard`] or [`RuleSet::legacy`] and change fields.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    /// For people and logs.
    pub name: &'static str,
    /// Section 2.
    pub movement: MoveRule,
    /// Section 3, by material number.
    pub materials: [MaterialRule; 5],
    /// Section 4.
    pub vision: VisionRule,
    /// Section 5, by weapon number.
    pub weapons: [WeaponRule; Weapon::COUNT],
    /// Half width of the spread at accuracy 0, radians.
    pub spread: f32,
    /// Half width of the cone of pellets, radians.
    pub pellet_spread: f32,
    /// Pellets start this far ahead of the centre, px.
    pub pellet_start: f32,
    /// Added to the accuracy while aiming.
    pub accuracy_aiming: f32,
    /// Added when not idle.
    pub accuracy_moving: f32,
    /// Added, besides, when running.
    pub accuracy_running: f32,
    /// Range that the accuracy in use is clamped to.
    pub accuracy_range: (f32, f32),
    /// `None`: damage does not fall.
    pub falloff: Option<FalloffRule>,
    /// Points that a soft slice costs a bullet at most.
    pub soft_cost: u16,
    /// Share of the damage lost after 1, 2, 3 penetrations of hard walls or bodies.
    pub penetration_loss: [f32; 3],
    /// Heat.
    pub heat: HeatRule,
    /// Thrown weapons.
    pub throws: ThrowRule,
    /// Explosions.
    pub blast: BlastRule,
    /// Smoke.
    pub smoke: SmokeRule,
    /// Flash.
    pub flash: FlashRule,
    /// Section 8.
    pub sound: SoundRule,
    /// Bodies are rewound to the shooter's acknowledged tick by this much at most, ms; 0: not at all.
    pub rewind_ms: u32,
    /// Section 1.
    pub life: LifeRule,
    /// Section 11.
    pub input: InputRule,
}

const DEGREE: f32 = core::f32::consts::PI / 180.0;

impl RuleSet {
    /// The names that [`RuleSet::by_name`] knows.
    pub const NAMES: [&'static str; 2] = ["standard", "legacy"];

    /// The game as designed.
    pub fn standard() -> Self {
        RuleSet {
            name: "standard",
            movement: MoveRule {
                body_radius: crate::map::BODY_RADIUS,
                sneak: 50.0,
                walk: 100.0,
                run: 150.0,
                run_arc: Some(90.0 * DEGREE),
                aim_speed: 0.5,
                aim_stops_run: true,
                stop: 0.8,
                idle: 10.0,
            },
            materials: [0.90, 0.95, 0.60, 0.30, 1.0].map(|absorption| MaterialRule { absorption }),
            vision: VisionRule {
                cone: 120.0 * DEGREE,
                distance: 160.0,
                close: 12.0,
                look: Some(LookRule { near: 80.0, far: 220.0, distance: 220.0, cone: 90.0 * DEGREE }),
            },
            weapons: TABLE,
            spread: 0.1,
            pellet_spread: 0.075,
            pellet_start: 8.0,
            accuracy_aiming: 0.2,
            accuracy_moving: -0.3,
            accuracy_running: -0.2,
            accuracy_range: (0.1, 1.0),
            falloff: Some(FalloffRule {
                full_to: 0.7,
                floor: 0.3,
                pellet_steps: [(10.0, 1.0), (20.0, 0.5), (f32::MAX, 0.25)],
            }),
            soft_cost: 15,
            penetration_loss: [0.2, 0.4, 0.6],
            heat: HeatRule { per_shot: 5, per_second: 10, limit: Some(100), silence_ms: 3000, after: 50 },
            throws: ThrowRule {
                speed: 12.0,
                speed_per_charge: 18.0,
                range_per_charge: 0.5,
                item_speed: 120.0,
                levels: 5,
                level_ms: 250,
                radius: 2.0,
                friction: 0.85,
                tangent: 0.85,
                rest: None,
            },
            blast: BlastRule { shielded: true, rays: 16, ray_damage: 15, ray_reach: 2.0 },
            smoke: SmokeRule {
                radius: 60.0,
                life_ms: 15_000,
                expand_ms: 1500,
                fade_ms: 2000,
                density: 0.95,
                edge: 0.5,
                depth: 0.5,
                unit: 5.0,
            },
            flash: FlashRule {
                radius: 120.0,
                power: 0.8,
                hidden: 0.1,
                turn: 0.9,
                behind: 0.5,
                least: 0.15,
                phases_ms: [1500, 2000, 1000],
                impair: [1.0, 0.8, 0.6],
            },
            sound: SoundRule::standard(),
            rewind_ms: 200,
            life: LifeRule {
                health: 100,
                kill_target: 50,
                respawn_ms: 3000,
                respawn_shown_ms: 5000,
                invulnerable_ms: 2000,
                late_invulnerable_ms: 3000,
            },
            input: InputRule { per_second: 60, saved: 6, waiting: 12, repeats: 15 },
        }
    }

    /// What today's Node backend does, less the defects of section 12.
    pub fn legacy() -> Self {
        let mut rules = RuleSet::standard();
        rules.name = "legacy";
        rules.movement.run_arc = None;
        rules.movement.aim_speed = 1.0;
        rules.movement.aim_stops_run = false;
        rules.vision.look = None;
        rules.falloff = None;
        rules.heat.limit = None;
        rules.throws.item_speed = 20.0;
        rules.throws.rest = Some(10.0);
        rules.blast.shielded = false;
        rules.blast.rays = 0;
        rules.rewind_ms = 0;
        rules
    }

    /// `standard` or `legacy`.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for any other name.
    pub fn by_name(name: &str) -> Result<Self> {
        match name {
            "standard" => Ok(RuleSet::standard()),
            "legacy" => Ok(RuleSet::legacy()),
            other => Err(Error::invalid("rules", super::short(other), "standard or legacy")),
        }
    }

    /// Checks every field against the range in which the simulation is exact.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        fn range(field: &'static str, value: f32, low: f32, high: f32) -> Result<()> {
            if value >= low && value <= high {
                return Ok(());
            }
            Err(Error::invalid(field, value, format!("a number from {low} to {high}")))
        }
        fn whole(field: &'static str, value: u32, low: u32, high: u32) -> Result<()> {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(Error::invalid(field, value, format!("a whole number from {low} to {high}")))
        }
        let full_turn = 360.0 * DEGREE;
        let m = &self.movement;
        if m.body_radius != crate::map::BODY_RADIUS {
            return Err(Error::invalid("movement.body_radius", m.body_radius, "6, for which maps are checked"));
        }
        range("movement.sneak", m.sneak, 0.0, 600.0)?;
        range("movement.walk", m.walk, 0.0, 600.0)?;
        range("movement.run", m.run, 0.0, 600.0)?;
        range("movement.run_arc", m.run_arc.unwrap_or(0.0), 0.0, full_turn / 2.0)?;
        range("movement.aim_speed", m.aim_speed, 0.0, 1.0)?;
        range("movement.stop", m.stop, 0.0, 0.99)?;
        range("movement.idle", m.idle, 0.0, 600.0)?;
        let v = &self.vision;
        range("vision.cone", v.cone, 0.01, full_turn)?;
        range("vision.distance", v.distance, 1.0, 600.0)?;
        range("vision.close", v.close, 0.0, 600.0)?;
        if let Some(look) = &v.look {
            range("vision.look.near", look.near, 0.0, 600.0)?;
            range("vision.look.far", look.far, look.near + 1.0, 700.0)?;
            range("vision.look.distance", look.distance, 1.0, 600.0)?;
            range("vision.look.cone", look.cone, 0.01, full_turn)?;
        }
        for rule in &self.weapons {
            whole("weapons.damage", rule.damage.into(), 0, 500)?;
            whole("weapons.magazine", rule.magazine.into(), 1, 1000)?;
            whole("weapons.reserve", rule.reserve.into(), 0, 10_000)?;
            whole("weapons.rate", rule.rate.into(), 1, 1200)?;
            whole("weapons.pellets", rule.pellets.into(), 1, 8)?;
            whole("weapons.penetrations", rule.penetrations.into(), 0, 3)?;
            range("weapons.accuracy", rule.accuracy, 0.0, 1.0)?;
            range("weapons.range", rule.range, 1.0, 1000.0)?;
            if let Some(flight) = &rule.projectile {
                range("weapons.projectile.speed", flight.speed, 0.0, 1000.0)?;
                range("weapons.projectile.bounce", flight.bounce.unwrap_or(0.0), 0.0, 1.0)?;
                range("weapons.projectile.blast", flight.blast, 1.0, 200.0)?;
                whole("weapons.projectile.fuse_ms", flight.fuse_ms.unwrap_or(0), 0, 60_000)?;
                if flight.fuse_ms.is_none() && !flight.ends_at_range {
                    return Err(Error::invalid(
                        "weapons.projectile.fuse_ms",
                        "none",
                        "given for what does not go off at its range, or it would never end",
                    ));
                }
            }
        }
        for rule in &self.materials {
            range("materials.absorption", rule.absorption, 0.0, 1.0)?;
        }
        range("spread", self.spread, 0.0, 1.0)?;
        range("pellet_spread", self.pellet_spread, 0.0, 1.0)?;
        range("pellet_start", self.pellet_start, 0.0, 12.0)?;
        range("accuracy_aiming", self.accuracy_aiming, -1.0, 1.0)?;
        range("accuracy_moving", self.accuracy_moving, -1.0, 1.0)?;
        range("accuracy_running", self.accuracy_running, -1.0, 1.0)?;
        range("accuracy_range.0", self.accuracy_range.0, 0.0, 1.0)?;
        range("accuracy_range.1", self.accuracy_range.1, self.accuracy_range.0, 1.0)?;
        if let Some(falloff) = &self.falloff {
            range("falloff.full_to", falloff.full_to, 0.0, 0.99)?;
            range("falloff.floor", falloff.floor, 0.0, 1.0)?;
            let mut from = 0.0;
            for (to, factor) in falloff.pellet_steps {
                range("falloff.pellet_steps", to, from, f32::MAX)?;
                range("falloff.pellet_steps", factor, 0.0, 1.0)?;
                from = to;
            }
        }
        whole("soft_cost", self.soft_cost.into(), 0, 500)?;
        for loss in self.penetration_loss {
            range("penetration_loss", loss, 0.0, 1.0)?;
        }
        whole("heat.per_shot", self.heat.per_shot.into(), 0, 1000)?;
        whole("heat.per_second", self.heat.per_second.into(), 0, 1000)?;
        whole("heat.limit", self.heat.limit.unwrap_or(1).into(), 1, 10_000)?;
        whole("heat.after", self.heat.after.into(), 0, self.heat.limit.unwrap_or(10_000).into())?;
        whole("heat.silence_ms", self.heat.silence_ms, 0, 60_000)?;
        let t = &self.throws;
        range("throws.speed", t.speed, 0.0, 1000.0)?;
        range("throws.speed_per_charge", t.speed_per_charge, 0.0, 200.0)?;
        range("throws.range_per_charge", t.range_per_charge, 0.0, 10.0)?;
        range("throws.item_speed", t.item_speed, 0.0, 1000.0)?;
        whole("throws.levels", t.levels.into(), 1, 10)?;
        whole("throws.level_ms", t.level_ms, 1, 10_000)?;
        range("throws.radius", t.radius, 0.5, 5.0)?;
        range("throws.friction", t.friction, 0.0, 1.0)?;
        range("throws.tangent", t.tangent, 0.0, 1.0)?;
        range("throws.rest", t.rest.unwrap_or(0.0), 0.0, 1000.0)?;
        whole("blast.rays", self.blast.rays.into(), 0, 64)?;
        whole("blast.ray_damage", self.blast.ray_damage.into(), 0, 500)?;
        range("blast.ray_reach", self.blast.ray_reach, 0.0, 10.0)?;
        let s = &self.smoke;
        range("smoke.radius", s.radius, 1.0, 300.0)?;
        whole("smoke.life_ms", s.life_ms, 1, 600_000)?;
        whole("smoke.expand_ms", s.expand_ms, 1, s.life_ms)?;
        whole("smoke.fade_ms", s.fade_ms, 1, s.life_ms)?;
        range("smoke.density", s.density, 0.0, 1.0)?;
        range("smoke.edge", s.edge, 0.0, 1.0)?;
        range("smoke.depth", s.depth, 0.01, 100.0)?;
        range("smoke.unit", s.unit, 0.1, 480.0)?;
        let f = &self.flash;
        range("flash.radius", f.radius, 1.0, 600.0)?;
        range("flash.power", f.power, 0.01, 10.0)?;
        for (field, value) in [
            ("flash.hidden", f.hidden),
            ("flash.turn", f.turn),
            ("flash.behind", f.behind),
            ("flash.least", f.least),
            ("flash.impair", f.impair[0]),
            ("flash.impair", f.impair[1]),
            ("flash.impair", f.impair[2]),
        ] {
            range(field, value, 0.0, 1.0)?;
        }
        for phase in f.phases_ms {
            whole("flash.phases_ms", phase, 1, 60_000)?;
        }
        for kind in &self.sound.kinds {
            range("sound.kinds.limit", kind.limit, 1.0, 600.0)?;
            range("sound.kinds.reference", kind.reference, 1.0, kind.limit)?;
        }
        range("sound.step", self.sound.step, 1.0, 1000.0)?;
        range("sound.turn_gain", self.sound.turn_gain, 0.0, 1.0)?;
        range("sound.turn_cutoff", self.sound.turn_cutoff, 0.0, 1.0)?;
        range("sound.open_hz", self.sound.open_hz, 20.0, 96_000.0)?;
        range("sound.least_hz", self.sound.least_hz, 20.0, self.sound.open_hz)?;
        range("sound.least", self.sound.least, 1.0 / 255.0, 1.0)?;
        range("sound.merge", self.sound.merge, 0.0, 600.0)?;
        range("sound.lattice", self.sound.lattice, 0.25, 16.0)?;
        whole("rewind_ms", self.rewind_ms, 0, 200)?;
        let l = &self.life;
        whole("life.health", l.health.into(), 1, 500)?;
        whole("life.kill_target", l.kill_target.into(), 1, 10_000)?;
        whole("life.respawn_ms", l.respawn_ms, 0, 600_000)?;
        whole("life.respawn_shown_ms", l.respawn_shown_ms, 0, 600_000)?;
        whole("life.invulnerable_ms", l.invulnerable_ms, 0, 600_000)?;
        whole("life.late_invulnerable_ms", l.late_invulnerable_ms, 0, 600_000)?;
        if self.input.per_second != 60 {
            return Err(Error::invalid("input.per_second", self.input.per_second, "60, what clients send"));
        }
        whole("input.saved", self.input.saved, 1, 12)?;
        whole("input.waiting", self.input.waiting, 1, crate::world::QUEUE as u32)?;
        whole("input.repeats", self.input.repeats, 0, 120)
    }

    /// Hash of every field, so that a saved match or a replay is refused under other rules.
    pub fn hash(&self) -> u64 {
        xxhash_rust::xxh3::xxh3_64(format!("{self:?}").as_bytes())
    }

    /// Points of an intact slice, in 1/64; `u16::MAX` for the border, which nothing damages.
    pub fn slice_health(material: Material) -> u16 {
        material.slice_health().map_or(u16::MAX, |points| points * POINT as u16)
    }
}
