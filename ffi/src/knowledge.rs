//! What one player may know, for hosts that tell their clients themselves instead of over the wire.

use crate::pointer::{Out, OutArray};
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{TP_NO_FUSE, tp_cloud, tp_event, tp_match_id, tp_player_id};
use crate::world::tp_world;
use std::cell::Cell;
use trespasser::world::{KnownProjectile, MatchView};

/// Fields of an event that are not told, as bits of tp_told.hidden. A bit says that those who are told could not have been
/// told, never that there was something to hide.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum tp_hidden {
    /// actor is TP_NONE.
    Actor = 1,
    /// target is TP_NONE.
    Target = 2,
    /// x and y are 0.
    Place = 4,
    /// weapon is TP_NONE.
    Weapon = 8,
    /// dx and dy are 0.
    Direction = 16,
    /// Rounds left: slice of launches, value of shots, value and aux of reloads are 0.
    Rounds = 32,
    /// value of a hit is 0.
    Damage = 64,
}

const _: () = {
    use trespasser::net::hidden;
    assert!(tp_hidden::Actor as u8 == hidden::ACTOR && tp_hidden::Target as u8 == hidden::TARGET);
    assert!(tp_hidden::Place as u8 == hidden::PLACE && tp_hidden::Weapon as u8 == hidden::WEAPON);
    assert!(tp_hidden::Direction as u8 == hidden::DIRECTION && tp_hidden::Rounds as u8 == hidden::ROUNDS);
    assert!(tp_hidden::Damage as u8 == hidden::DAMAGE);
};

/// An event with everything taken out that those to whom it is told may not know. 56 bytes.
///
/// `value` of launches, bounces and explosions is what each of those who are told calls the projectile, counted in the
/// order in which they learn of projectiles; reserved of who is dazzled is that number of the flash.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_told {
    /// Who did it, at that time; null if hidden or nobody.
    pub actor_id: tp_player_id,
    /// To whom, at that time; null if hidden or nobody.
    pub target_id: tp_player_id,
    /// What is left of it.
    pub event: tp_event,
    /// Bit s: the player in slot s is told just this.
    pub to: u8,
    /// tp_hidden bits.
    pub hidden: u8,
    /// 0.
    pub reserved: [u8; 2],
}

const _: () = assert!(size_of::<tp_told>() == 56);

/// What a player knows of others. 8 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct tp_knowledge {
    /// Grows with every change of what tp_player_known_health gives, and with nothing else.
    pub slices_version: u32,
    /// Bit s: knows the player in slot s: oneself, the team, once placed, and enemies in sight. What is not in it must not
    /// be told to that player but score, name and whether the other lives.
    pub knows: u8,
    /// The same as of the tick before the last.
    pub knew: u8,
    /// 0.
    pub reserved: [u8; 2],
}

const _: () = assert!(size_of::<tp_knowledge>() == 8);

/// A projectile in flight, as far as one player knows it. 56 bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct tp_known_projectile {
    /// Who threw it, if the player knows that one, and if still in the match; else null.
    pub owner: tp_player_id,
    /// The player's own number for it, as in tp_told.
    pub number: u32,
    /// Tick in which the player learnt of it.
    pub since: u32,
    /// Tick in which it was launched; 0 unless launch_known.
    pub born: u32,
    /// Ticks until its fuse is over, or TP_NO_FUSE; 0 unless launch_known.
    pub fuse_ticks: u32,
    /// Centre, px.
    pub x: f32,
    /// Centre, px.
    pub y: f32,
    /// px/s.
    pub vx: f32,
    /// px/s.
    pub vy: f32,
    /// px flown; 0 unless launch_known.
    pub flown: f32,
    /// px after which it goes off or comes to rest; 0 unless launch_known.
    pub range: f32,
    /// tp_weapon.
    pub weapon: u8,
    /// 1: launched by the player's own team.
    pub own_team: u8,
    /// 1: the player knows how it was launched.
    pub launch_known: u8,
    /// Level of charge it was thrown with; 0: launched, or unless launch_known.
    pub charge: u8,
    /// 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<tp_known_projectile>() == 56);

impl From<&KnownProjectile> for tp_known_projectile {
    fn from(p: &KnownProjectile) -> Self {
        let launch = p.launch.as_ref();
        tp_known_projectile {
            owner: p.owner.map(Into::into).unwrap_or_default(),
            number: p.number,
            since: p.since,
            born: launch.map_or(0, |l| l.born),
            fuse_ticks: launch.map_or(0, |l| l.fuse_ticks.unwrap_or(TP_NO_FUSE)),
            x: p.position.x,
            y: p.position.y,
            vx: p.velocity.x,
            vy: p.velocity.y,
            flown: launch.map_or(0.0, |l| l.flown),
            range: launch.map_or(0.0, |l| l.range),
            weapon: p.weapon as u8,
            own_team: p.own_team.into(),
            launch_known: launch.is_some().into(),
            charge: launch.map_or(0, |l| l.charge),
            reserved: 0,
        }
    }
}

thread_local! {
    /// Kept by each thread, so that looking allocates nothing once it has been as large.
    static HEALTH: Cell<Vec<u16>> = const { Cell::new(Vec::new()) };
    static PROJECTILES: Cell<Vec<KnownProjectile>> = const { Cell::new(Vec::new()) };
}

fn slot_of(view: &MatchView<'_>, player_id: tp_player_id) -> Outcome<usize> {
    Ok(view.player(player_id.engine()?)?.id.slot())
}

/// Whether the host drains what a player is told (1; 0 ends it): see tp_match_drain_told. From the first such call on, or
/// the opening of a link, what the player may know is kept; a player who has left is not listened for any more.
/// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT if listening is neither.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_listen(
    world: *mut tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    listening: u8,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        if listening > 1 {
            return Err(Fail::invalid("listening", listening, "0 or 1"));
        }
        Ok(world.listen(match_id.engine(), player_id.engine()?, listening == 1)?)
    })
}

/// Room that tp_match_drain_told needs now, at most TP_MAX_EVENTS.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_pending_told(
    world: *const tp_world,
    match_id: tp_match_id,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_count, "out_count")?;
        out.set(world.pending_told(match_id.engine())?);
        Ok(())
    })
}

/// Moves what the players who are listened for have been told since the last drain, oldest first, into the caller's array
/// of `capacity` elements. What a player who has left since would have been told is gone. out_lost: entries lost before
/// these because more than TP_MAX_EVENTS waited.
/// Changes the world: any thread, no other call at the same time. STALE_ID; SHORT_BUFFER if more than `capacity` wait,
/// and they go on waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_drain_told(
    world: *mut tp_world,
    match_id: tp_match_id,
    out_told: *mut tp_told,
    capacity: usize,
    out_count: *mut usize,
    out_lost: *mut u64,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let mut out = OutArray::new(out_told, capacity, out_count, "out_told")?;
        let out_lost = Out::new(out_lost, "out_lost")?;
        out.check(world.pending_told(match_id.engine())?)?;
        let lost = world.drain_told_named(match_id.engine(), |told, [actor, target]| {
            out.push(tp_told {
                actor_id: actor.map(Into::into).unwrap_or_default(),
                target_id: target.map(Into::into).unwrap_or_default(),
                event: tp_event { reserved: told.event.reserved, ..(&told.event).into() },
                to: told.to,
                hidden: told.hidden,
                reserved: [0; 2],
            });
        })?;
        out.finish();
        out_lost.set(lost);
        Ok(())
    })
}

/// Whom a player knows.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_knowledge(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_knowledge: *mut tp_knowledge,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_knowledge, "out_knowledge")?;
        let view = world.view(match_id.engine())?;
        let slot = slot_of(&view, player_id)?;
        out.set(tp_knowledge {
            slices_version: view.known_slices_version(slot),
            knows: view.knows(slot),
            knew: view.knew(slot),
            reserved: [0; 2],
        });
        Ok(())
    })
}

/// Health of each slice as a player knows it, as tp_match_slice_health gives it, into the caller's array of `capacity`
/// elements. One for whom nothing is kept, see tp_player_listen, knows the map as it was at the beginning.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_known_health(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_health: *mut u16,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_health, capacity, out_count, "out_health")?;
        let view = world.view(match_id.engine())?;
        let slot = slot_of(&view, player_id)?;
        out.check(view.map().geometry().slice_count)?;
        let mut health = HEALTH.take();
        view.known_health(slot, &mut health);
        out.push_all(&health);
        HEALTH.set(health);
        out.finish();
        Ok(())
    })
}

/// The projectiles that a player knows, by the player's own numbers: those of the own team, and others whose place is in
/// view; at most TP_MAX_PROJECTILES, into the caller's array of `capacity` elements. None for one for whom nothing is
/// kept, see tp_player_listen.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_known_projectiles(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_projectiles: *mut tp_known_projectile,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = OutArray::new(out_projectiles, capacity, out_count, "out_projectiles")?;
        let view = world.view(match_id.engine())?;
        let slot = slot_of(&view, player_id)?;
        let mut known = PROJECTILES.take();
        view.known_projectiles(slot, &mut known);
        let filled = out.fill(known.iter().map(Into::into));
        PROJECTILES.set(known);
        filled
    })
}

/// The clouds, all of which everybody knows, with the player's own numbers for what they rose from; at most TP_MAX_CLOUDS,
/// into the caller's array of `capacity` elements. None for one for whom nothing is kept, see tp_player_listen.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_player_known_clouds(
    world: *const tp_world,
    match_id: tp_match_id,
    player_id: tp_player_id,
    out_clouds: *mut tp_cloud,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_clouds, capacity, out_count, "out_clouds")?;
        let view = world.view(match_id.engine())?;
        let slot = slot_of(&view, player_id)?;
        out.check(view.known_clouds(slot).count())?;
        view.known_clouds(slot).for_each(|cloud| out.push(cloud.into()));
        out.finish();
        Ok(())
    })
}
