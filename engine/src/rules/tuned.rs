//! A rule set turned into the units of a tick, once for a world.

use super::{Fire, HeatRule, InputRule, Material, ProjectileRule, RuleSet, Weapon};
use crate::rules::POINT;
use crate::sound::LAYERS;
use crate::vision::{Smoke, SmokeDisc};
use crate::world::state::HISTORY;

/// One weapon in tick units.
#[derive(Debug, Clone)]
pub(crate) struct TunedWeapon {
    pub(crate) fire: Fire,
    pub(crate) projectile: Option<ProjectileRule>,
    /// Ticks; 0: no fuse.
    pub(crate) fuse: u32,
    /// 1/64 points, all pellets together.
    pub(crate) damage: f32,
    pub(crate) heats: bool,
    pub(crate) pellets: u8,
    pub(crate) penetrations: u8,
    pub(crate) magazine: u16,
    pub(crate) reserve: u16,
    /// Rounds a minute: what one tick takes off a cooldown.
    pub(crate) rate: i32,
    pub(crate) reload_ticks: u16,
    /// 1/64 points a pellet.
    pub(crate) pellet_damage: f32,
    pub(crate) accuracy: f32,
    pub(crate) range: f32,
}

/// A [`RuleSet`] in tick units, immutable, shared by all matches of a world.
#[derive(Debug)]
pub(crate) struct Tuned {
    pub(crate) rules: RuleSet,
    pub(crate) hash: u64,
    pub(crate) tick_rate: u32,
    pub(crate) weapons: [TunedWeapon; Weapon::COUNT],
    /// A shot adds this to a cooldown: 60 s in ticks, so that `rate` shots fill exactly a minute of ticks.
    pub(crate) cooldown: i32,
    /// px per input of 1/60 s: sneak, walk, run.
    pub(crate) step: [f32; 3],
    /// Squared cosine test for running is `dot >= run_cos * |v|`; below -1: any way.
    pub(crate) run_cos: f32,
    /// Heat is counted in units of 1/tick_rate.
    pub(crate) heat_per_shot: i32,
    pub(crate) heat_per_tick: i32,
    pub(crate) heat_limit: i32,
    pub(crate) heat_after: i32,
    pub(crate) heat_silence: u16,
    pub(crate) soft_cost: i32,
    pub(crate) health: i32,
    pub(crate) respawn_ticks: u32,
    pub(crate) respawn_shown_ticks: u32,
    pub(crate) invulnerable_ticks: u32,
    pub(crate) late_invulnerable_ticks: u32,
    /// A level of charge, ticks.
    pub(crate) charge_ticks: u32,
    /// Factor of friction a tick.
    pub(crate) friction: f32,
    pub(crate) smoke_life: u32,
    /// Blind, disoriented, recovering at full intensity, ticks.
    pub(crate) flash_phases: [f32; 3],
    /// Ticks a body can be rewound, and ticks between the positions kept.
    pub(crate) rewind: u32,
    pub(crate) rewind_stride: u32,
    /// Cosine of half the cone, nearest and at full stretch.
    pub(crate) cone_cos: f32,
    /// By material: share of a sound kept back by each 1/64 point of a slice's health.
    pub(crate) absorption: [f32; 5],
    /// Gain after 0, 1, 2 .. quarter turns, and share of the cutoff.
    pub(crate) turn_gain: [f32; LAYERS],
    pub(crate) turn_cutoff: [f32; LAYERS],
    /// Middles between neighbouring cutoffs, Hz.
    pub(crate) cutoff_edges: [f32; 63],
}

/// `factor` to the power of 0, 1, 2 ..
fn powers(factor: f32) -> [f32; LAYERS] {
    let mut out = [1.0; LAYERS];
    for i in 1..LAYERS {
        out[i] = out[i - 1] * factor;
    }
    out
}

impl Tuned {
    /// `rules` must be valid, `tick_rate` 20 to 240.
    pub(crate) fn new(rules: RuleSet, tick_rate: u32) -> Self {
        let ticks = |ms: u32| (u64::from(ms) * u64::from(tick_rate)).div_ceil(1000) as u32;
        let weapons = rules.weapons.map(|w| TunedWeapon {
            fire: w.fire,
            projectile: w.projectile,
            fuse: w.projectile.and_then(|p| p.fuse_ms).map_or(0, ticks),
            damage: f32::from(w.damage) * POINT as f32,
            heats: w.heats,
            pellets: w.pellets,
            penetrations: w.penetrations,
            magazine: w.magazine,
            reserve: w.reserve,
            rate: w.rate.into(),
            reload_ticks: ticks(w.reload_ms.into()) as u16,
            pellet_damage: f32::from(w.damage) * POINT as f32 / f32::from(w.pellets),
            accuracy: w.accuracy,
            range: w.range,
        });
        let HeatRule { per_shot, per_second, limit, silence_ms, after } = rules.heat;
        let InputRule { per_second: inputs, .. } = rules.input;
        let m = &rules.movement;
        Tuned {
            hash: rules.hash(),
            tick_rate,
            weapons,
            cooldown: 60 * tick_rate as i32,
            step: [m.sneak, m.walk, m.run].map(|v| v / inputs as f32),
            run_cos: m.run_arc.map_or(-2.0, |arc| libm::cosf(arc) - 1e-6),
            heat_per_shot: i32::from(per_shot) * tick_rate as i32,
            heat_per_tick: per_second.into(),
            heat_limit: limit.map_or(i32::MAX, |l| i32::from(l) * tick_rate as i32),
            heat_after: i32::from(after) * tick_rate as i32,
            heat_silence: ticks(silence_ms) as u16,
            soft_cost: i32::from(rules.soft_cost) * POINT,
            health: i32::from(rules.life.health) * POINT,
            respawn_ticks: ticks(rules.life.respawn_ms),
            respawn_shown_ticks: ticks(rules.life.respawn_shown_ms),
            invulnerable_ticks: ticks(rules.life.invulnerable_ms),
            late_invulnerable_ticks: ticks(rules.life.late_invulnerable_ms),
            charge_ticks: ticks(rules.throws.level_ms).max(1),
            friction: libm::powf(rules.throws.friction, 1.0 / tick_rate as f32),
            smoke_life: ticks(rules.smoke.life_ms),
            flash_phases: rules.flash.phases_ms.map(|ms| ms as f32 * tick_rate as f32 / 1000.0),
            rewind: rules.rewind_ms * tick_rate / 1000,
            rewind_stride: (rules.rewind_ms * tick_rate / 1000).div_ceil(HISTORY as u32 - 2).max(1),
            cone_cos: libm::cosf(rules.vision.cone * 0.5),
            absorption: Material::ALL
                .map(|m| rules.materials[m as usize].absorption / f32::from(RuleSet::slice_health(m))),
            turn_gain: powers(rules.sound.turn_gain),
            turn_cutoff: powers(rules.sound.turn_cutoff),
            cutoff_edges: crate::sound::cutoff_edges(rules.sound.least_hz, rules.sound.open_hz),
            rules,
        }
    }

    /// Clouds that hide as these rules say.
    pub(crate) fn smoke<'a>(&self, discs: &'a [SmokeDisc]) -> Smoke<'a> {
        let rule = &self.rules.smoke;
        Smoke { discs, edge: rule.edge, unit: rule.unit, enough: rule.depth }
    }

    /// Level of charge of a trigger held for so many ticks; 0: not held.
    pub(crate) fn charge_level(&self, ticks: u16) -> u8 {
        let Some(full) = ticks.checked_sub(1) else { return 0 };
        (1 + u32::from(full) / self.charge_ticks).min(self.rules.throws.levels.into()) as u8
    }
}
