//! Plain objects out. Field by field what `index.d.ts` says; nothing is computed here that the engine knows.

use napi::bindgen_prelude::{Either, Null};
use napi_derive::napi;
use trespasser::rules::RuleSet;
use trespasser::world::{self, NO_SLICE, NONE, flag};
use trespasser::{Event, EventKind, MatchView, PlayerId, PlayerView, Team, Weapon};

/// Health and damage come in 1/64 points.
const POINT: f64 = trespasser::rules::POINT as f64;

/// Index and name of an event's kind.
pub(crate) fn kind_name(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Joined => "player_joined",
        EventKind::Left => "player_left",
        EventKind::Spawned => "spawned",
        EventKind::RespawnDenied => "respawn_denied",
        EventKind::Fired => "fired",
        EventKind::FireRefused => "fire_refused",
        EventKind::HitPlayer => "hit_player",
        EventKind::HitWall => "hit_wall",
        EventKind::Miss => "miss",
        EventKind::ReloadStarted => "reload_started",
        EventKind::Reloaded => "reloaded",
        EventKind::Switched => "switched",
        EventKind::AimToggled => "aim_toggled",
        EventKind::PlayerDamaged => "player_damaged",
        EventKind::Died => "died",
        EventKind::WallDamaged => "wall_damaged",
        EventKind::SliceDestroyed => "slice_destroyed",
        EventKind::MatchEnded => "match_ended",
    }
}

/// Health of a slice in points; the border, which nothing damages, has infinitely many.
pub(crate) fn slice_points(health: u16) -> f64 {
    if health == u16::MAX { f64::INFINITY } else { f64::from(health) / POINT }
}

/// Radians of a unit vector, -pi to pi, clockwise on screen.
pub(crate) fn angle(direction: trespasser::Vec2) -> f32 {
    libm::atan2f(direction.y, direction.x)
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
pub struct PlayerShape {
    pub id: u32,
    pub slot: u32,
    pub team: &'static str,
    pub x: f64,
    pub y: f64,
    pub vx: f64,
    pub vy: f64,
    pub facing: f64,
    pub mouse_x: f64,
    pub mouse_y: f64,
    pub health: f64,
    pub alive: bool,
    pub placed: bool,
    pub aiming: bool,
    pub movement: &'static str,
    pub weapon: Option<&'static str>,
    pub slot_in_hand: u32,
    pub kills: u32,
    pub deaths: u32,
    pub damage_dealt: f64,
    pub last_sequence: u32,
    pub dropped_inputs: u32,
    pub ignored_inputs: u32,
    pub last_damage_tick: u32,
    pub death_tick: u32,
    pub respawn_tick: u32,
    pub respawn_shown_tick: u32,
    pub invulnerable_until_tick: u32,
    pub killer: u32,
    pub view_distance: f64,
    pub view_angle: f64,
    pub heat: f64,
    pub reload_ticks: u32,
}

impl From<PlayerView> for PlayerShape {
    fn from(p: PlayerView) -> Self {
        PlayerShape {
            id: p.id.raw(),
            slot: p.id.slot() as u32,
            team: p.team.name(),
            x: p.position.x.into(),
            y: p.position.y.into(),
            vx: p.velocity.x.into(),
            vy: p.velocity.y.into(),
            facing: angle(p.facing).into(),
            mouse_x: p.cursor.x.into(),
            mouse_y: p.cursor.y.into(),
            health: p.health.into(),
            alive: p.alive,
            placed: p.placed,
            aiming: p.aiming,
            movement: p.gait.name(),
            weapon: p.weapon.map(Weapon::name),
            slot_in_hand: p.hand as u32,
            kills: p.kills.into(),
            deaths: p.deaths.into(),
            damage_dealt: p.damage_dealt.into(),
            last_sequence: p.last_sequence,
            dropped_inputs: p.dropped_inputs,
            ignored_inputs: p.ignored_inputs,
            last_damage_tick: p.damage_tick,
            death_tick: p.death_tick,
            respawn_tick: p.respawn_tick,
            respawn_shown_tick: p.respawn_shown_tick,
            invulnerable_until_tick: p.invulnerable_until,
            killer: p.killer.map_or(0, PlayerId::raw),
            view_distance: p.sight.into(),
            view_angle: p.cone.into(),
            heat: p.heat.into(),
            reload_ticks: p.reload_ticks.into(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct WeaponShape {
    pub weapon: &'static str,
    pub ammo: u32,
    pub reserve: u32,
    pub max_ammo: u32,
    pub max_reserve: u32,
    pub reloading: bool,
    pub ready_in_ticks: u32,
    pub damage: u32,
    pub rate: u32,
    pub reload_ms: u32,
    pub accuracy: f64,
    pub range: f64,
}

impl WeaponShape {
    pub(crate) fn new(w: &world::WeaponView, rules: &RuleSet) -> Self {
        let rule = &rules.weapons[w.weapon as usize];
        WeaponShape {
            weapon: w.weapon.name(),
            ammo: w.ammo.into(),
            reserve: w.reserve.into(),
            max_ammo: rule.magazine.into(),
            max_reserve: rule.reserve.into(),
            reloading: w.reloading,
            ready_in_ticks: w.ready_in,
            damage: rule.damage.into(),
            rate: rule.rate.into(),
            reload_ms: rule.reload_ms.into(),
            accuracy: rule.accuracy.into(),
            range: rule.range.into(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct LoadoutShape {
    pub primary: &'static str,
    pub secondary: &'static str,
    pub support: Vec<&'static str>,
}

#[napi(object, object_from_js = false)]
pub struct Role {
    pub team: Option<&'static str>,
    pub loadout: LoadoutShape,
    pub spawn: bool,
    pub skill: f64,
    pub wrecks: bool,
}

#[napi(object, object_from_js = false)]
pub struct SceneScript {
    pub map: &'static str,
    pub seed: f64,
    pub kill_target: u32,
    pub roles: Vec<Role>,
}

impl From<trespasser::scenes::Script> for SceneScript {
    fn from(script: trespasser::scenes::Script) -> Self {
        let role = |role: &trespasser::scenes::Role| {
            let [primary, secondary, support @ ..] = role.def.loadout.weapons().map(|w| w.map(Weapon::name));
            Role {
                team: role.def.team.map(Team::name),
                loadout: LoadoutShape {
                    // A loadout has both.
                    primary: primary.unwrap_or_default(),
                    secondary: secondary.unwrap_or_default(),
                    support: support.into_iter().flatten().collect(),
                },
                spawn: role.def.spawn,
                skill: role.skill.into(),
                wrecks: role.wrecks,
            }
        };
        SceneScript {
            map: script.map,
            seed: script.seed as f64,
            kill_target: script.kill_target.into(),
            roles: script.roles.iter().map(role).collect(),
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

/// Fields that do not apply to a kind are absent.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct GameEvent {
    #[napi(js_name = "type")]
    pub kind: &'static str,
    pub tick: u32,
    pub player: Option<u32>,
    pub target: Option<u32>,
    pub weapon: Option<&'static str>,
    pub from_weapon: Option<&'static str>,
    pub x: Option<f64>,
    pub y: Option<f64>,
    pub dx: Option<f64>,
    pub dy: Option<f64>,
    pub target_x: Option<f64>,
    pub target_y: Option<f64>,
    pub slice: Option<u32>,
    pub wall: Option<u32>,
    pub damage: Option<f64>,
    pub health: Option<f64>,
    pub pellet: Option<u32>,
    pub penetration: Option<u32>,
    pub ammo: Option<u32>,
    pub reserve: Option<u32>,
    pub team: Option<&'static str>,
    pub is_team_kill: Option<bool>,
    pub is_aiming: Option<bool>,
    pub is_killed: Option<bool>,
    pub is_stopped: Option<bool>,
    pub remaining_ticks: Option<u32>,
    pub invulnerable_until_tick: Option<u32>,
    pub winner: Option<Either<&'static str, Null>>,
}

/// Ids of the players that a batch of events speaks of by slot.
///
/// A slot may change hands between two events. The engine keeps the newest generation; each `Joined` in the batch
/// stands for one step of it.
pub(crate) struct Actors {
    generation: [u32; world::PLAYERS],
}

/// Bits of a player id that hold the slot.
const SLOT_BITS: u32 = 3;

impl Actors {
    /// `events` are all that wait, oldest first.
    pub(crate) fn new(view: &MatchView<'_>, events: &[Event]) -> Actors {
        let mut generation = core::array::from_fn(|slot| view.last_id_of(slot).map_or(0, |id| id.raw() >> SLOT_BITS));
        for event in events.iter().filter(|event| event.kind == EventKind::Joined as u8) {
            if let Some(generation) = generation.get_mut(event.actor as usize) {
                *generation = generation.saturating_sub(1);
            }
        }
        Actors { generation }
    }

    fn id(&self, slot: u8) -> Option<u32> {
        let generation = *self.generation.get(slot as usize)?;
        (generation > 0).then_some(generation << SLOT_BITS | u32::from(slot))
    }

    /// The event as JavaScript sees it; events must come in order. `None` for a kind that this addon does not know.
    pub(crate) fn shape(&mut self, e: &Event, view: &MatchView<'_>) -> Option<GameEvent> {
        use EventKind::*;
        let kind = EventKind::from_number(e.kind)?;
        if let (Joined, Some(generation)) = (kind, self.generation.get_mut(e.actor as usize)) {
            *generation += 1;
        }
        let name = |number: u8| Weapon::from_number(number).map(Weapon::name);
        let has = |bit: u8| e.flags & bit != 0;
        let count = e.value.max(0) as u32;
        let mut out = GameEvent {
            kind: kind_name(kind),
            tick: e.tick,
            player: if e.actor == NONE { None } else { self.id(e.actor) },
            target: if e.target == NONE { None } else { self.id(e.target) },
            weapon: name(e.weapon),
            ..GameEvent::default()
        };
        if !matches!(
            kind,
            Joined | RespawnDenied | FireRefused | ReloadStarted | Reloaded | Switched | AimToggled | MatchEnded
        ) {
            (out.x, out.y) = (Some(e.x.into()), Some(e.y.into()));
        }
        if matches!(kind, Fired | HitWall | Miss) {
            (out.dx, out.dy) = (Some(e.dx.into()), Some(e.dy.into()));
        }
        if matches!(kind, HitPlayer | HitWall | Miss) {
            (out.pellet, out.penetration) = (Some(e.aux.into()), Some(e.part.into()));
        }
        if matches!(kind, HitPlayer | HitWall | PlayerDamaged | WallDamaged | SliceDestroyed) {
            out.damage = Some(f64::from(e.value) / POINT);
        }
        if e.slice != NO_SLICE {
            out.slice = Some(e.slice.into());
            out.wall = Some(u32::from(e.slice) / trespasser::map::SLICES_PER_WALL as u32);
        }
        match kind {
            Joined => out.team = team_of(view, out.player),
            Spawned => {
                out.team = team_of(view, out.player);
                out.invulnerable_until_tick = Some(count);
            }
            RespawnDenied | ReloadStarted => out.remaining_ticks = Some(count),
            Fired => (out.ammo, out.is_aiming) = (Some(count), Some(has(flag::AIMING))),
            FireRefused => (out.remaining_ticks, out.ammo) = (Some(count), Some(e.aux.into())),
            HitPlayer => (out.target_x, out.target_y) = (Some(e.dx.into()), Some(e.dy.into())),
            HitWall => out.is_stopped = Some(has(flag::STOPPED)),
            Reloaded => (out.ammo, out.reserve) = (Some(count), Some(e.aux.into())),
            Switched => out.from_weapon = name(e.part),
            AimToggled => out.is_aiming = Some(has(flag::AIMING)),
            PlayerDamaged => (out.health, out.is_killed) = (Some(e.aux.into()), Some(has(flag::KILLED))),
            Died => out.is_team_kill = Some(has(flag::TEAM_KILL)),
            WallDamaged | SliceDestroyed => out.health = Some(f64::from(e.aux) / POINT),
            MatchEnded => {
                out.winner = Some(match e.value {
                    0 => Either::A(Team::Red.name()),
                    1 => Either::A(Team::Blue.name()),
                    _ => Either::B(Null),
                });
            }
            Left | Miss => {}
        }
        Some(out)
    }
}

/// The side of somebody who is still in the match.
fn team_of(view: &MatchView<'_>, player: Option<u32>) -> Option<&'static str> {
    Some(view.player(PlayerId::from_raw(player?)).ok()?.team.name())
}
