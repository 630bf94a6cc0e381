//! The anti-cheat: watching matches, evidence, standings, and positions that clients claim.

use crate::fail::{Fail, Inner, Result, guard};
use crate::held::Held;
use crate::read::{self, Fields};
use crate::world::{Pool, World};
use napi::bindgen_prelude::{ClassInstance, Unknown};
use napi_derive::napi;
use trespasser::guard::positions::{Claim, Fault, PositionDef, Positions};
use trespasser::guard::{GuardDef, KINDS, Kind};
use trespasser::{Gait, PlayerId, Standing, Vec2};

#[napi(object, object_from_js = false)]
pub struct Evidence {
    pub player: u32,
    pub tick: u32,
    pub kind: &'static str,
    pub value: f64,
    pub limit: f64,
    pub grade: f64,
}

impl From<&trespasser::Evidence> for Evidence {
    fn from(evidence: &trespasser::Evidence) -> Self {
        Evidence {
            player: evidence.player,
            tick: evidence.tick,
            // Every piece that the engine hands out has a kind.
            kind: evidence.kind().map_or("", Kind::name),
            value: evidence.value.into(),
            limit: evidence.limit.into(),
            grade: evidence.grade.into(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct EvidenceDrain {
    pub evidence: Vec<Evidence>,
    pub lost: f64,
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct PlayerStanding {
    pub player: u32,
    pub verdict: &'static str,
    pub score: f64,
    pub certain: f64,
    pub evidence: u32,
    pub worst: Option<&'static str>,
    pub flag_tick: u32,
    pub wants_decoy: bool,
}

fn standing(player: PlayerId, standing: &Standing) -> PlayerStanding {
    PlayerStanding {
        player: player.raw(),
        verdict: standing.verdict.name(),
        score: standing.score.into(),
        certain: standing.certain.into(),
        evidence: standing.evidence,
        worst: standing.worst.map(Kind::name),
        flag_tick: standing.flag_tick,
        wants_decoy: standing.wants_decoy,
    }
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct CheckedPosition {
    pub x: f64,
    pub y: f64,
    pub fault: Option<&'static str>,
    pub evidence: Option<Evidence>,
}

#[napi]
impl World {
    #[napi(catch_unwind)]
    pub fn guard(&self, game: Unknown<'_>, options: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            let def = guard_def(options)?;
            self.with(|pool| Ok(pool.world.guard(game, def)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn unguard(&self, game: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.unguard(game)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn guard_player(&self, game: Unknown<'_>, player: Unknown<'_>, on: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let on = read::boolean("on", &on)?;
            self.with(|pool| Ok(pool.world.guard_player(game, player, on)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn drain_evidence(&self, game: Unknown<'_>) -> Result<EvidenceDrain> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| {
                let mut evidence = Vec::new();
                let lost = pool.world.drain_evidence(game, |piece| evidence.push(piece.into()))?;
                Ok(EvidenceDrain { evidence, lost: lost as f64 })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn standing(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<PlayerStanding> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| Ok(standing(player, &pool.world.standing(game, player)?)))
        })
    }

    #[napi(catch_unwind)]
    pub fn standings(&self, game: Unknown<'_>) -> Result<Vec<PlayerStanding>> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| {
                let mut all = Vec::new();
                pool.world.verdicts(game, |player, its| all.push(standing(player, &its)))?;
                Ok(all)
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn set_decoy(&self, game: Unknown<'_>, player: Unknown<'_>, x: Unknown<'_>, y: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let at = match read::given(x)? {
                Some(x) => Some(Vec2::new(read::finite("x", &x)?, read::finite("y", &y)?)),
                None => None,
            };
            self.with(|pool| Ok(pool.world.set_decoy(game, player, at)?))
        })
    }
}

/// `{ limits?, policy? }`.
fn guard_def(options: Unknown<'_>) -> Inner<GuardDef> {
    let mut def = GuardDef::default();
    let fields = Fields::optional("options", options)?;
    if let Some(limits) = fields.get("limits")? {
        let fields = Fields::required("limits", limits)?;
        let l = &mut def.limits;
        for (name, place) in [
            ("drift", &mut l.drift),
            ("slackS", &mut l.slack_s),
            ("repeats", &mut l.repeats),
            ("messagesPerS", &mut l.messages_per_s),
            ("bytesPerS", &mut l.bytes_per_s),
            ("clicksPerS", &mut l.clicks_per_s),
        ] {
            if let Some(value) = fields.get(name)? {
                *place = read::number(format_args!("limits.{name}"), &value)? as f32;
            }
        }
    }
    if let Some(policy) = fields.get("policy")? {
        let fields = Fields::required("policy", policy)?;
        let p = &mut def.policy;
        if let Some(weights) = fields.get("weights")? {
            by_kind("policy.weights", weights, &mut p.weight)?;
        }
        if let Some(half_lives) = fields.get("halfLivesS")? {
            by_kind("policy.halfLivesS", half_lives, &mut p.half_life_s)?;
        }
        for (name, place) in
            [("suspect", &mut p.suspect), ("flag", &mut p.flag), ("kick", &mut p.kick), ("ban", &mut p.ban)]
        {
            if let Some(value) = fields.get(name)? {
                *place = read::number(format_args!("policy.{name}"), &value)? as f32;
            }
        }
        for (name, place) in
            [("kickOnStatistics", &mut p.kick_on_statistics), ("banOnStatistics", &mut p.ban_on_statistics)]
        {
            if let Some(value) = fields.get(name)? {
                *place = read::boolean(format_args!("policy.{name}"), &value)?;
            }
        }
    }
    def.validate()?;
    Ok(def)
}

/// Numbers by the names of kinds; a name that is no kind's is refused.
fn by_kind(field: &'static str, value: Unknown<'_>, out: &mut [f32; KINDS]) -> Inner<()> {
    let fields = Fields::required(field, value)?;
    for name in fields.names()? {
        let Some(place) = Kind::ALL.iter().position(|kind| kind.name() == name) else {
            let known = Kind::ALL.map(Kind::name).join(", ");
            return Err(Fail::invalid(field, format_args!("an object with {name:?}"), format_args!("by {known}")));
        };
        if let Some(value) = fields.get(&name)? {
            out[place] = read::number(format_args!("{field}[{name:?}]"), &value)? as f32;
        }
    }
    Ok(())
}

#[napi]
pub struct PositionGuard {
    positions: Held<Positions>,
}

#[napi]
impl PositionGuard {
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Unknown<'_>) -> Result<PositionGuard> {
        guard(|| {
            let fields = Fields::optional("options", options)?;
            let mut def = PositionDef::default();
            for (name, place) in
                [("tolerance", &mut def.tolerance), ("rounding", &mut def.rounding), ("savedS", &mut def.saved_s)]
            {
                if let Some(value) = fields.get(name)? {
                    *place = read::number(name, &value)? as f32;
                }
            }
            Ok(PositionGuard { positions: Held::new("PositionGuard", Positions::new(def)?) })
        })
    }

    #[napi(catch_unwind)]
    pub fn dispose(&self) -> Result<()> {
        guard(|| {
            self.positions.release();
            Ok(())
        })
    }

    #[napi(catch_unwind)]
    pub fn check(
        &self,
        world: Unknown<'_>,
        game: Unknown<'_>,
        player: Unknown<'_>,
        claim: Unknown<'_>,
    ) -> Result<CheckedPosition> {
        guard(|| {
            let world: ClassInstance<'_, World> = read::instance("world", &world, "a World")?;
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let fields = Fields::required("claim", claim)?;
            let number =
                |field: &'static str| read::number(format_args!("claim.{field}"), &fields.need(field, "a number")?);
            // A position that is none is evidence, not a mistake of the host.
            let position = Vec2::new(number("x")? as f32, number("y")? as f32);
            let time_ms = number("timeMs")?;
            let gait = gait(&fields.need("movement", MOVEMENTS)?)?;
            let claim = Claim { position, time_ms, gait };
            world.with(|Pool { world, .. }| {
                let view = world.view(game)?;
                let checked = self.positions.with(|positions| Ok(positions.check(&view, player, &claim)?))?;
                Ok(CheckedPosition {
                    x: checked.position.x.into(),
                    y: checked.position.y.into(),
                    fault: checked.fault.map(fault_name),
                    evidence: checked.evidence.as_ref().map(Evidence::from),
                })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn forget(&self, player: Unknown<'_>) -> Result<()> {
        guard(|| {
            let player = read::player_id("player", &player)?;
            self.positions.with(|positions| {
                positions.forget(player);
                Ok(())
            })
        })
    }
}

const MOVEMENTS: &str = "idle, sneaking, walking or running";

fn gait(value: &Unknown<'_>) -> Inner<Gait> {
    let name = read::string("claim.movement", value, MOVEMENTS)?;
    [Gait::Idle, Gait::Sneaking, Gait::Walking, Gait::Running]
        .into_iter()
        .find(|gait| gait.name() == name)
        .ok_or_else(|| Fail::invalid("claim.movement", format_args!("{name:?}"), MOVEMENTS))
}

fn fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::Outside => "outside",
        Fault::Speed => "speed",
        Fault::Teleport => "teleport",
        Fault::Wall => "wall",
        Fault::Dead => "dead",
    }
}
