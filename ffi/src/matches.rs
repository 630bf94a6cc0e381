//! Matches of a world: created, looked at, drained, saved.

use crate::map::tp_map;
use crate::pointer::{self, Out, OutArray};
use crate::result::{Fail, Outcome, guarded, tp_result};
use crate::types::{
    sound_kind, tp_arrival, tp_cloud, tp_event, tp_heard, tp_match_def, tp_match_id, tp_match_info, tp_player_id,
    tp_player_view, tp_point, tp_projectile, tp_team,
};
use crate::world::tp_world;
use trespasser::{MatchDef, MatchId, Vec2, World};

/// Seed 0, the rule set's kill target. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn tp_match_default_def() -> tp_match_def {
    let def = tp_match_def { size: size_of::<tp_match_def>() as u32, kill_target: 0, seed: 0 };
    guarded!(or def, { Ok(tp_match_def { seed: MatchDef::default().seed, ..def }) })
}

/// A match on a map, with nobody in it. Borrows map and `def` for the call; the match keeps what it needs.
/// Changes the world: any thread, no other call at the same time. WORLD_FULL; INVALID_ARGUMENT names the field.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_create(
    world: *mut tp_world,
    map: *const tp_map,
    def: *const tp_match_def,
    out_match: *mut tp_match_id,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let map = tp_map::read(map)?;
        let def = pointer::definition(def, tp_match_default_def(), &[16], "def")?;
        let out = Out::new(out_match, "out_match")?;
        let kill_target = match def.kill_target {
            0 => None,
            kills => {
                Some(u16::try_from(kills).map_err(|_| Fail::invalid("def->kill_target", kills, "1 to 10000, or 0"))?)
            }
        };
        out.set(world.create_match(&map.map, MatchDef { seed: def.seed, kill_target })?.into());
        Ok(())
    })
}

/// Ends a match at once; its id and its players' ids are stale from now on.
/// Changes the world: any thread, no other call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_destroy(world: *mut tp_world, match_id: tp_match_id) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.destroy_match(match_id.engine())?) })
}

/// Starts a match anew with the same players: walls restored, scores 0, everybody placed who has been before; ticks go
/// on counting.
/// Changes the world: any thread, no other call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_reset(world: *mut tp_world, match_id: tp_match_id, seed: u64) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.reset_match(match_id.engine(), seed)?) })
}

pub(crate) fn match_info(world: &World, id: MatchId) -> Outcome<tp_match_info> {
    let view = world.view(id)?;
    let [red_kills, blue_kills] = view.score();
    Ok(tp_match_info {
        seed: view.seed(),
        bytes: view.bytes() as u64,
        tick: view.tick(),
        walls_version: view.walls_version(),
        slice_count: view.map().geometry().slice_count as u32,
        pending_events: world.pending_events(id)? as u32,
        red_kills,
        blue_kills,
        kill_target: view.kill_target(),
        over: view.is_over().into(),
        winner: view.winner().map_or(tp_team::None as u8, |team| team as u8),
        joined: view.joined(),
        reserved: [0; 7],
    })
}

/// Restores every slice in the middle of a match.
/// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while a living player stands where
/// a slice would.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_repair_walls(world: *mut tp_world, match_id: tp_match_id) -> tp_result {
    guarded!({ Ok(tp_world::write(world)?.repair_walls(match_id.engine())?) })
}

/// What a match is. Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_get_info(
    world: *const tp_world,
    match_id: tp_match_id,
    out_info: *mut tp_match_info,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_info, "out_info")?;
        out.set(match_info(&world, match_id.engine())?);
        Ok(())
    })
}

/// Hash of all that the future of a match depends on: columns, slices, map, rules and tick rate. Equal on every
/// platform, thread count and instruction set.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_hash(world: *const tp_world, match_id: tp_match_id, out_hash: *mut u64) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_hash, "out_hash")?;
        out.set(world.hash(match_id.engine())?);
        Ok(())
    })
}

/// All players of a match by slot, at most TP_MAX_PLAYERS, into the caller's array of `capacity` elements.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_players(
    world: *const tp_world,
    match_id: tp_match_id,
    out_players: *mut tp_player_view,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_players, capacity, out_count, "out_players")?;
        let view = world.view(match_id.engine())?;
        out.check(view.joined().count_ones() as usize)?;
        view.players().for_each(|player| out.push(player.into()));
        out.finish();
        Ok(())
    })
}

/// The id that the player in a slot has or last had, for events of somebody who has left since; null if the slot was
/// never taken or is above 7.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_player_in_slot(
    world: *const tp_world,
    match_id: tp_match_id,
    slot: u8,
    out_player: *mut tp_player_id,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_player, "out_player")?;
        out.set(world.view(match_id.engine())?.last_id_of(slot.into()).map(Into::into).unwrap_or_default());
        Ok(())
    })
}

/// Moves the events since the last drain, oldest first, into the caller's array of `capacity` elements. out_lost:
/// events lost before these because more than TP_MAX_EVENTS waited.
/// Changes the world: any thread, no other call at the same time. STALE_ID; SHORT_BUFFER if more than `capacity`
/// wait, and they go on waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_drain_events(
    world: *mut tp_world,
    match_id: tp_match_id,
    out_events: *mut tp_event,
    capacity: usize,
    out_count: *mut usize,
    out_lost: *mut u64,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let mut out = OutArray::new(out_events, capacity, out_count, "out_events")?;
        let out_lost = Out::new(out_lost, "out_lost")?;
        out.check(world.pending_events(match_id.engine())?)?;
        let lost = world.drain_events(match_id.engine(), |event| out.push(event.into()))?;
        out.finish();
        out_lost.set(lost);
        Ok(())
    })
}

/// Moves what the players of a match have heard since the last drain, oldest first, into the caller's array of
/// `capacity` elements. Each is for one listener, named by slot; what a player who has left would have heard is gone.
/// Those of one tick come listener by listener, in an order that says nothing of who made them. out_lost: sounds lost
/// before these because more than TP_MAX_SOUNDS waited.
/// Changes the world: any thread, no other call at the same time. STALE_ID; SHORT_BUFFER if more than `capacity`
/// wait, and they go on waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_drain_sounds(
    world: *mut tp_world,
    match_id: tp_match_id,
    out_sounds: *mut tp_heard,
    capacity: usize,
    out_count: *mut usize,
    out_lost: *mut u64,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let mut out = OutArray::new(out_sounds, capacity, out_count, "out_sounds")?;
        let out_lost = Out::new(out_lost, "out_lost")?;
        out.check(world.pending_sounds(match_id.engine())?)?;
        let lost = world.drain_sounds(match_id.engine(), |heard| out.push(heard.into()))?;
        out.finish();
        out_lost.set(lost);
        Ok(())
    })
}

/// Room that tp_match_drain_sounds needs now, at most TP_MAX_SOUNDS. It may write fewer: what a leaver would have heard
/// counts here.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_pending_sounds(
    world: *const tp_world,
    match_id: tp_match_id,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_count, "out_count")?;
        out.set(world.pending_sounds(match_id.engine())?);
        Ok(())
    })
}

/// How a sound of a tp_sound_kind made at one place arrives at another, px, with the walls as they are now. Places
/// outside of the playfield are moved to its edge. For hosts: no player may know it.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for an unknown kind or a
/// coordinate that is not finite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_sound_between(
    world: *const tp_world,
    match_id: tp_match_id,
    kind: u8,
    from_x: f32,
    from_y: f32,
    to_x: f32,
    to_y: f32,
    out_arrival: *mut tp_arrival,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_arrival, "out_arrival")?;
        let kind = sound_kind(kind)?;
        let (from, to) = line(from_x, from_y, to_x, to_y)?;
        out.set(world.view(match_id.engine())?.sound_between(kind, from, to).into());
        Ok(())
    })
}

/// Gain, 0 to 1, of a sound of a tp_sound_kind made at a place, px, in the middle of every cell of 10 x 10 px, element
/// row * 48 + column, into the caller's array of `capacity` elements, TP_SOUND_CELLS of which are written. A place
/// outside of the playfield is moved to its edge. For pictures and level design: it takes milliseconds.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for an unknown kind or a
/// coordinate that is not finite; SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_sound_field(
    world: *const tp_world,
    match_id: tp_match_id,
    kind: u8,
    from_x: f32,
    from_y: f32,
    out_gains: *mut f32,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = OutArray::new(out_gains, capacity, out_count, "out_gains")?;
        let kind = sound_kind(kind)?;
        let from = point([("from_x", from_x), ("from_y", from_y)])?;
        let view = world.view(match_id.engine())?;
        let mut gains = [0.0; trespasser::map::CELLS];
        out.check(gains.len())?;
        view.sound_field(kind, from, &mut gains);
        out.fill(gains.into_iter())
    })
}

/// tp_match_sound_between, with the way round from the listener to the source, px: the middles of its cells, or nothing if
/// the straight line is the louder way, into the caller's array of `capacity` elements; TP_SOUND_CELLS are always enough.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for an unknown kind or a
/// coordinate that is not finite; SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_sound_way(
    world: *const tp_world,
    match_id: tp_match_id,
    kind: u8,
    from_x: f32,
    from_y: f32,
    to_x: f32,
    to_y: f32,
    out_points: *mut tp_point,
    capacity: usize,
    out_count: *mut usize,
    out_arrival: *mut tp_arrival,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = OutArray::new(out_points, capacity, out_count, "out_points")?;
        let out_arrival = Out::new(out_arrival, "out_arrival")?;
        let kind = sound_kind(kind)?;
        let (from, to) = line(from_x, from_y, to_x, to_y)?;
        let mut way = Vec::new();
        let arrival = world.view(match_id.engine())?.sound_way(kind, from, to, &mut way);
        out.fill(way.iter().map(|at| tp_point { x: at.x, y: at.y }))?;
        out_arrival.set(arrival.into());
        Ok(())
    })
}

/// What each player would hear of a sound of a tp_sound_kind made now at a place, px, by one of them or, null, by nobody:
/// at most TP_MAX_PLAYERS, ascending by slot, into the caller's array of `capacity` elements. Nothing changes. A stale
/// source is nobody. Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for an
/// unknown kind or a coordinate that is not finite; SHORT_BUFFER if there are more than `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_listeners(
    world: *const tp_world,
    match_id: tp_match_id,
    kind: u8,
    from_x: f32,
    from_y: f32,
    source_id: tp_player_id,
    out_sounds: *mut tp_heard,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_sounds, capacity, out_count, "out_sounds")?;
        let kind = sound_kind(kind)?;
        let from = point([("from_x", from_x), ("from_y", from_y)])?;
        let view = world.view(match_id.engine())?;
        let mut heard = [None; trespasser::world::PLAYERS];
        let mut count = 0;
        view.listeners(kind, from, source_id.engine().ok(), |one| {
            heard[count] = Some(one);
            count += 1;
        });
        out.check(count)?;
        heard.iter().flatten().for_each(|one| out.push(one.into()));
        out.finish();
        Ok(())
    })
}

/// Cells of 10 x 10 px that sound goes through, for which standing slices cover less than half: bit = column of the word
/// of each of the 27 rows, into the caller's array of `capacity` elements.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_open_cells(
    world: *const tp_world,
    match_id: tp_match_id,
    out_rows: *mut u64,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = OutArray::new(out_rows, capacity, out_count, "out_rows")?;
        out.fill(world.view(match_id.engine())?.open_cells().iter().copied())
    })
}

/// Projectiles in flight, at most TP_MAX_PROJECTILES, into the caller's array of `capacity` elements.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_projectiles(
    world: *const tp_world,
    match_id: tp_match_id,
    out_projectiles: *mut tp_projectile,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_projectiles, capacity, out_count, "out_projectiles")?;
        let view = world.view(match_id.engine())?;
        out.check(view.projectiles().count())?;
        view.projectiles().for_each(|projectile| out.push(projectile.into()));
        out.finish();
        Ok(())
    })
}

/// Clouds of smoke, at most TP_MAX_CLOUDS, into the caller's array of `capacity` elements.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_clouds(
    world: *const tp_world,
    match_id: tp_match_id,
    out_clouds: *mut tp_cloud,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let mut out = OutArray::new(out_clouds, capacity, out_count, "out_clouds")?;
        let view = world.view(match_id.engine())?;
        out.check(view.clouds().count())?;
        view.clouds().for_each(|cloud| out.push(cloud.into()));
        out.finish();
        Ok(())
    })
}

/// Who sees whom: byte v, bit t: the player in slot v sees the enemy in slot t. Team mates' bits are 0.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_sight_matrix(
    world: *const tp_world,
    match_id: tp_match_id,
    out_matrix: *mut u64,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_matrix, "out_matrix")?;
        out.set(world.view(match_id.engine())?.sight_matrix());
        Ok(())
    })
}

/// Whether a straight line between two places, px, passes all standing slices that stop sight: 1 or 0. Places outside
/// of the playfield are moved to its edge.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for a coordinate that is
/// not finite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_line_is_clear(
    world: *const tp_world,
    match_id: tp_match_id,
    from_x: f32,
    from_y: f32,
    to_x: f32,
    to_y: f32,
    out_clear: *mut u8,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_clear, "out_clear")?;
        let (from, to) = line(from_x, from_y, to_x, to_y)?;
        out.set(world.view(match_id.engine())?.line_is_clear(from, to).into());
        Ok(())
    })
}

/// Optical depth of the smoke between two places, px, at least 0; the rules say where it ends a line of sight. Places
/// outside of the playfield are moved to its edge.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for a coordinate that is
/// not finite.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_smoke_between(
    world: *const tp_world,
    match_id: tp_match_id,
    from_x: f32,
    from_y: f32,
    to_x: f32,
    to_y: f32,
    out_depth: *mut f32,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_depth, "out_depth")?;
        let (from, to) = line(from_x, from_y, to_x, to_y)?;
        out.set(world.view(match_id.engine())?.smoke_between(from, to));
        Ok(())
    })
}

/// Both ends of a line, finite.
fn line(from_x: f32, from_y: f32, to_x: f32, to_y: f32) -> Outcome<(Vec2, Vec2)> {
    Ok((point([("from_x", from_x), ("from_y", from_y)])?, point([("to_x", to_x), ("to_y", to_y)])?))
}

/// A place, finite, by its named coordinates.
fn point(coordinates: [(&str, f32); 2]) -> Outcome<Vec2> {
    for (name, value) in coordinates {
        if !value.is_finite() {
            return Err(Fail::invalid(name, value, "a finite number of playfield pixels"));
        }
    }
    Ok(coordinates.map(|(_, value)| value).into())
}

/// Health of each slice, in 1/64 points, 0 when destroyed, TP_INDESTRUCTIBLE for the border, into the caller's array
/// of `capacity` elements. It changes only when tp_match_info.walls_version does.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_slice_health(
    world: *const tp_world,
    match_id: tp_match_id,
    out_health: *mut u16,
    capacity: usize,
    out_count: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = OutArray::new(out_health, capacity, out_count, "out_health")?;
        let view = world.view(match_id.engine())?;
        out.fill((0..view.map().geometry().slice_count).map(|slice| view.slice_health(slice)))
    })
}

/// Bytes that tp_match_save needs for a match; the same for all its life.
/// Reads the world: any thread, no changing call at the same time. STALE_ID.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_save_size(
    world: *const tp_world,
    match_id: tp_match_id,
    out_size: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = Out::new(out_size, "out_size")?;
        let mut bytes = Vec::new();
        world.save(match_id.engine(), &mut bytes)?;
        out.set(bytes.len());
        Ok(())
    })
}

/// Writes a match into the caller's `capacity` bytes.
/// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if it needs more than
/// `capacity`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_save(
    world: *const tp_world,
    match_id: tp_match_id,
    out_bytes: *mut u8,
    capacity: usize,
    out_length: *mut usize,
) -> tp_result {
    guarded!({
        let world = tp_world::read(world)?;
        let out = OutArray::new(out_bytes, capacity, out_length, "out_bytes")?;
        let mut bytes = Vec::new();
        world.save(match_id.engine(), &mut bytes)?;
        out.fill(bytes.into_iter())
    })
}

/// Turns a match back into what was saved. Ids of players are those of the saved moment; events that wait stay.
/// Borrows `bytes` for the call. Changes the world: any thread, no other call at the same time. STALE_ID;
/// BAD_SNAPSHOT if the bytes are damaged, of another version, or of another map, rule set or tick rate.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tp_match_restore(
    world: *mut tp_world,
    match_id: tp_match_id,
    bytes: *const u8,
    length: usize,
) -> tp_result {
    guarded!({
        let mut world = tp_world::write(world)?;
        let bytes = pointer::array(bytes, length, "bytes")?;
        Ok(world.restore(match_id.engine(), bytes)?)
    })
}
