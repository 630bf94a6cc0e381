//! Rows of numbers for `shapes.js`, which makes objects of them.
//!
//! Tried and slower: `#[napi(object)]` structs, whose properties are set one by one through N-API. Eight players took
//! 117 us against 23, an event 5.1 us against 2.3, one after the other on the same busy machine; `bench/calls.mjs` has
//! the figures of today.

use crate::fail::{Fail, Inner, Result, guard};
use crate::read;
use crate::world::{Pool, World};
use napi::bindgen_prelude::{Float64ArraySlice, Unknown};
use napi_derive::napi;
use trespasser::rules::RuleSet;
use trespasser::world::{EVENT_RING, HEARD_RING, NO_SLICE, NONE, PLAYERS, WeaponView};
use trespasser::{Event, EventKind, Gait, MatchId, MatchView, PlayerId, PlayerView, SoundKind, Team, Weapon};

/// Numbers of a player's row; `shapes.js` reads them by position.
const PLAYER: usize = 38;
/// Numbers of an event's row.
const EVENT: usize = 15;
/// Numbers of a told event's row: an event's, mask of those who are told, what is hidden, number of the flash.
const TOLD: usize = EVENT + 3;
/// Numbers of a weapon's row.
const WEAPON: usize = 12;

/// What `shapes.js` needs to read rows.
#[napi(object, object_from_js = false)]
pub struct RowFormat {
    pub player: u32,
    pub event: u32,
    pub told: u32,
    pub weapon: u32,
    pub max_events: u32,
    pub max_sounds: u32,
    pub teams: Vec<&'static str>,
    pub weapons: Vec<&'static str>,
    pub movements: Vec<&'static str>,
    /// By number, from 1 on.
    pub events: Vec<&'static str>,
    /// By number.
    pub sounds: Vec<&'static str>,
    /// Kinds of evidence by number, from 1 on.
    pub evidence: Vec<&'static str>,
    pub flags: Flags,
    pub hidden: Hidden,
}

/// Bits that say what is hidden of a told event.
#[napi(object, object_from_js = false)]
pub struct Hidden {
    pub actor: u32,
    pub target: u32,
    pub place: u32,
    pub weapon: u32,
    pub direction: u32,
    pub rounds: u32,
    pub damage: u32,
}

/// Bits of an event's flags.
#[napi(object, object_from_js = false)]
pub struct Flags {
    pub aiming: u32,
    pub killed: u32,
    pub team_kill: u32,
    pub stopped: u32,
    /// Of sounds.
    pub own: u32,
}

/// Sizes of rows, and the names that stand behind their numbers.
#[napi(catch_unwind)]
pub fn row_format() -> RowFormat {
    use trespasser::net::hidden;
    use trespasser::world::flag;
    RowFormat {
        player: PLAYER as u32,
        event: EVENT as u32,
        told: TOLD as u32,
        weapon: WEAPON as u32,
        max_events: EVENT_RING as u32,
        max_sounds: HEARD_RING as u32,
        teams: vec![Team::Red.name(), Team::Blue.name()],
        weapons: Weapon::ALL.map(Weapon::name).to_vec(),
        movements: [Gait::Idle, Gait::Sneaking, Gait::Walking, Gait::Running].map(Gait::name).to_vec(),
        events: (1..=u8::MAX).map_while(EventKind::from_number).map(kind_name).collect(),
        sounds: SoundKind::ALL.map(SoundKind::name).to_vec(),
        evidence: trespasser::guard::Kind::ALL.map(trespasser::guard::Kind::name).to_vec(),
        flags: Flags {
            aiming: flag::AIMING.into(),
            killed: flag::KILLED.into(),
            team_kill: flag::TEAM_KILL.into(),
            stopped: flag::STOPPED.into(),
            own: trespasser::sound::own::OWN.into(),
        },
        hidden: Hidden {
            actor: hidden::ACTOR.into(),
            target: hidden::TARGET.into(),
            place: hidden::PLACE.into(),
            weapon: hidden::WEAPON.into(),
            direction: hidden::DIRECTION.into(),
            rounds: hidden::ROUNDS.into(),
            damage: hidden::DAMAGE.into(),
        },
    }
}

#[napi]
impl World {
    #[napi(catch_unwind)]
    pub fn player_row(&self, game: Unknown<'_>, player: Unknown<'_>, out: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            write(&out, |out| {
                self.with(|pool| {
                    let row = player_row(&pool.world.view(game)?.player(player)?);
                    put(out, core::iter::once(row)).map(drop)
                })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn player_rows(&self, game: Unknown<'_>, out: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            write(&out, |out| self.with(|pool| put(out, pool.world.view(game)?.players().map(|p| player_row(&p)))))
        })
    }

    #[napi(catch_unwind)]
    pub fn weapon_rows(&self, game: Unknown<'_>, player: Unknown<'_>, out: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            write(&out, |out| {
                self.with(|pool| {
                    let view = pool.world.view(game)?;
                    let weapons = view.weapons(player)?;
                    put(out, weapons.iter().flatten().map(|w| weapon_row(w, view.rules())))
                })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn event_rows(&self, game: Unknown<'_>, out: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            write(&out, |out| {
                self.with(|Pool { world, events, .. }| {
                    events.clear();
                    // Too short an array must not cost the events.
                    room(out, world.pending_events(game)? * EVENT)?;
                    world.drain_events(game, |event| events.push(*event))?;
                    let view = world.view(game)?;
                    let mut actors = Actors::new(&view, events);
                    put(out, events.iter().map(|event| actors.row(event, &view)))
                })
            })
        })
    }
}

/// What waits to be told, in rows.
pub(crate) fn told_rows(world: &World, game: MatchId, out: &Unknown<'_>) -> Inner<u32> {
    write(out, |out| {
        world.with(|Pool { world, .. }| {
            // Too short an array must not cost what is told.
            room(out, world.pending_told(game)? * TOLD)?;
            let mut count = 0;
            world.drain_told_named(game, |told, ids| {
                let [actor, target] = ids.map(|id| id.map_or(0, PlayerId::raw));
                if let Some(row) = out.get_mut(count * TOLD..(count + 1) * TOLD) {
                    row[..EVENT].copy_from_slice(&columns(&told.event, actor, target));
                    row[EVENT] = told.to.into();
                    row[EVENT + 1] = told.hidden.into();
                    row[EVENT + 2] = told.event.reserved.into();
                    count += 1;
                }
            })?;
            // The sides of those who are still in the match.
            let view = world.view(game)?;
            for row in out[..count * TOLD].chunks_exact_mut(TOLD) {
                row[TEAM] = team_of(&view, row[ACTOR] as u32);
            }
            Ok(count as u32)
        })
    })
}

/// Borrows an array of doubles for a call.
fn write<T>(out: &Unknown<'_>, work: impl FnOnce(&mut [f64]) -> Inner<T>) -> Inner<T> {
    let mut array: Float64ArraySlice<'_> = read::typed("out", out, "a Float64Array")?;
    // SAFETY: the call holds the only view of the array, and no JavaScript runs while it is written.
    work(unsafe { array.as_mut() })
}

fn room(out: &[f64], need: usize) -> Inner<()> {
    if out.len() < need {
        return Err(Fail::invalid("out", format_args!("of length {}", out.len()), format!("{need} or longer")));
    }
    Ok(())
}

/// Writes rows one after another; returns how many.
fn put<const N: usize>(out: &mut [f64], rows: impl Iterator<Item = [f64; N]>) -> Inner<u32> {
    let mut count = 0;
    for row in rows {
        let end = (count as usize + 1) * N;
        room(out, end)?;
        out[end - N..end].copy_from_slice(&row);
        count += 1;
    }
    Ok(count)
}

fn bit(value: bool) -> f64 {
    value.into()
}

fn player_row(p: &PlayerView) -> [f64; PLAYER] {
    [
        p.id.raw().into(),
        p.id.slot() as f64,
        f64::from(p.team as u8),
        p.position.x.into(),
        p.position.y.into(),
        p.velocity.x.into(),
        p.velocity.y.into(),
        angle(p.facing).into(),
        p.cursor.x.into(),
        p.cursor.y.into(),
        p.health.into(),
        bit(p.alive),
        bit(p.placed),
        bit(p.aiming),
        f64::from(p.gait as u8),
        p.weapon.map_or(-1.0, |weapon| f64::from(weapon as u8)),
        p.hand as f64,
        p.kills.into(),
        p.deaths.into(),
        p.damage_dealt.into(),
        p.last_sequence.into(),
        p.dropped_inputs.into(),
        p.ignored_inputs.into(),
        p.damage_tick.into(),
        p.death_tick.into(),
        p.respawn_tick.into(),
        p.respawn_shown_tick.into(),
        p.invulnerable_until.into(),
        p.killer.map_or(0, PlayerId::raw).into(),
        p.sight.into(),
        p.cone.into(),
        p.heat.into(),
        p.reload_ticks.into(),
        p.charge.into(),
        bit(p.blind),
        p.impairment[0].into(),
        p.impairment[1].into(),
        p.impairment[2].into(),
    ]
}

fn weapon_row(w: &WeaponView, rules: &RuleSet) -> [f64; WEAPON] {
    let rule = &rules.weapons[w.weapon as usize];
    [
        f64::from(w.weapon as u8),
        w.ammo.into(),
        w.reserve.into(),
        rule.magazine.into(),
        rule.reserve.into(),
        bit(w.reloading),
        w.ready_in.into(),
        rule.damage.into(),
        rule.rate.into(),
        rule.reload_ms.into(),
        decimal(rule.accuracy),
        decimal(rule.range),
    ]
}

/// The double that a constant of the rule book is written as: 0.9, not 0.8999999761581421.
fn decimal(value: f32) -> f64 {
    libm::round(f64::from(value) * 1e6) / 1e6
}

fn kind_name(kind: EventKind) -> &'static str {
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
        EventKind::Launched => "launched",
        EventKind::Bounced => "bounced",
        EventKind::Exploded => "exploded",
        EventKind::Dazzled => "dazzled",
        EventKind::Overheated => "overheated",
    }
}

/// Radians of a unit vector, -pi to pi, clockwise on screen.
pub(crate) fn angle(direction: trespasser::Vec2) -> f32 {
    libm::atan2f(direction.y, direction.x)
}

/// Ids of the players that a batch of events speaks of by slot.
///
/// A slot may change hands between two events. The engine keeps the newest generation; each `Joined` in the batch
/// stands for one step of it.
struct Actors {
    generation: [u32; PLAYERS],
}

/// Bits of a player id that hold the slot.
const SLOT_BITS: u32 = 3;

impl Actors {
    /// `events` are all that wait, oldest first.
    fn new(view: &MatchView<'_>, events: &[Event]) -> Actors {
        let mut generation = core::array::from_fn(|slot| view.last_id_of(slot).map_or(0, |id| id.raw() >> SLOT_BITS));
        for event in events.iter().filter(|event| event.kind == EventKind::Joined as u8) {
            if let Some(generation) = generation.get_mut(event.actor as usize) {
                *generation = generation.saturating_sub(1);
            }
        }
        Actors { generation }
    }

    /// The id of whoever has the slot now; 0 for nobody.
    fn id(&self, slot: u8) -> u32 {
        match self.generation.get(slot as usize) {
            Some(0) | None => 0,
            Some(generation) => generation << SLOT_BITS | u32::from(slot),
        }
    }

    /// Events must come in order.
    fn row(&mut self, e: &Event, view: &MatchView<'_>) -> [f64; EVENT] {
        if let (true, Some(generation)) = (e.kind == EventKind::Joined as u8, self.generation.get_mut(e.actor as usize))
        {
            *generation += 1;
        }
        let actor = self.id(e.actor);
        let mut row = columns(e, actor, self.id(e.target));
        row[TEAM] = team_of(view, actor);
        row
    }
}

/// Place of the actor's id in an event's row.
const ACTOR: usize = 2;
/// Place of the actor's team.
const TEAM: usize = 14;

/// The side of somebody who is still in the match, or -1.
fn team_of(view: &MatchView<'_>, id: u32) -> f64 {
    view.player(PlayerId::from_raw(id)).map_or(-1.0, |player| f64::from(player.team as u8))
}

/// An event's row, all but the team.
fn columns(e: &Event, actor: u32, target: u32) -> [f64; EVENT] {
    [
        e.kind.into(),
        e.tick.into(),
        actor.into(),
        target.into(),
        if e.weapon == NONE { -1.0 } else { e.weapon.into() },
        e.x.into(),
        e.y.into(),
        e.dx.into(),
        e.dy.into(),
        e.value.into(),
        if e.slice == NO_SLICE { -1.0 } else { e.slice.into() },
        e.aux.into(),
        e.flags.into(),
        e.part.into(),
        -1.0,
    ]
}
