//! Many values a call, through buffers that the caller owns. The layouts are in `index.d.ts`, for callers.

use crate::fail::{Fail, Result, guard};
use crate::read;
use crate::rows::angle;
use crate::world::World;
use crate::{INPUT_BYTES, PLAYER_COLUMNS};
use napi::bindgen_prelude::{Float32ArraySlice, Uint8ArraySlice, Unknown};
use napi_derive::napi;
use trespasser::{Buttons, Error, InputCmd, MatchId, MatchView, PlayerId, PlayerView, Team, Vec2};

/// Where the result of a record goes.
const RESULT: usize = 32;

/// What became of a record.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
enum Outcome {
    Accepted = 1,
    Ignored = 2,
    StaleMatch = 3,
    StalePlayer = 4,
    BadMouse = 5,
    BadReserved = 6,
}

#[napi]
impl World {
    #[napi(catch_unwind)]
    pub fn push_inputs(&self, buffer: Unknown<'_>, count: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let count = read::uint32("count", &count)?;
            let mut buffer: Uint8ArraySlice<'_> = read::typed("buffer", &buffer, "a Uint8Array of records")?;
            let need = u64::from(count) * u64::from(INPUT_BYTES);
            if (buffer.len() as u64) < need {
                let limit = format!("at least {need} bytes for a count of {count}");
                return Err(Fail::invalid("buffer", format_args!("of {} bytes", buffer.len()), limit));
            }
            // SAFETY: the call holds the only view of the bytes, and no JavaScript runs while they are written.
            let bytes = unsafe { buffer.as_mut() };
            self.with(|pool| {
                let mut accepted = 0;
                for record in bytes.chunks_exact_mut(INPUT_BYTES as usize).take(count as usize) {
                    let outcome = push(&mut pool.world, record);
                    record[RESULT] = outcome as u8;
                    accepted += u32::from(outcome == Outcome::Accepted);
                }
                Ok(accepted)
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn read_players(&self, game: Unknown<'_>, out: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            let mut out: Float32ArraySlice<'_> = read::typed("out", &out, "a Float32Array")?;
            self.with(|pool| {
                let view = pool.world.view(game)?;
                let rows = view.joined().count_ones();
                let need = (rows * PLAYER_COLUMNS) as usize;
                if out.len() < need {
                    let limit = format!("a Float32Array of at least {need}, {PLAYER_COLUMNS} a player");
                    return Err(Fail::invalid("out", format_args!("of length {}", out.len()), limit));
                }
                // SAFETY: the call holds the only view of the array, and no JavaScript runs while it is written.
                let out = unsafe { out.as_mut() };
                for (row, player) in out.chunks_exact_mut(PLAYER_COLUMNS as usize).zip(view.players()) {
                    row.copy_from_slice(&columns(&view, &player)?);
                }
                Ok(rows)
            })
        })
    }
}

/// `N` bytes from `at` on; records are of a fixed length, so that they are there.
fn bytes<const N: usize>(record: &[u8], at: usize) -> [u8; N] {
    core::array::from_fn(|i| record[at + i])
}

/// The match, player and input of a record; an error for a mouse that is no place.
pub(crate) fn record_of(record: &[u8]) -> (MatchId, PlayerId, trespasser::Result<InputCmd>) {
    let game = MatchId::from_raw(u64::from_le_bytes(bytes(record, 0)));
    let player = PlayerId::from_raw(u32::from_le_bytes(bytes(record, 8)));
    let sequence = u32::from_le_bytes(bytes(record, 12));
    let held = Buttons(u16::from_le_bytes(bytes(record, 16)));
    let taps = Buttons(u16::from_le_bytes(bytes(record, 18)));
    let mouse = Vec2::new(f32::from_le_bytes(bytes(record, 20)), f32::from_le_bytes(bytes(record, 24)));
    let ack_tick = u32::from_le_bytes(bytes(record, 28));
    let input = InputCmd::new(sequence, held, taps, mouse).map(|input| InputCmd { ack_tick, ..input });
    (game, player, input)
}

fn push(world: &mut trespasser::World, record: &[u8]) -> Outcome {
    if record[RESULT + 1..].iter().any(|byte| *byte != 0) {
        return Outcome::BadReserved;
    }
    let (game, player, input) = record_of(record);
    let Ok(input) = input else {
        return Outcome::BadMouse;
    };
    match world.push_input(game, player, input) {
        Ok(true) => Outcome::Accepted,
        Ok(false) => Outcome::Ignored,
        Err(Error::StaleId { what: "match", .. }) => Outcome::StaleMatch,
        Err(_) => Outcome::StalePlayer,
    }
}

fn columns(view: &MatchView<'_>, p: &PlayerView) -> core::result::Result<[f32; PLAYER_COLUMNS as usize], Error> {
    let tick = view.tick();
    let slot = p.id.slot();
    let held = view.weapons(p.id)?.get(p.hand).copied().flatten();
    let flags = [p.alive, p.placed, p.aiming, p.alive && tick < p.invulnerable_until, p.reload_ticks > 0, p.blind];
    let until_respawn = if p.alive { 0 } else { p.respawn_tick.saturating_sub(tick) };
    Ok([
        slot as f32,
        if p.team == Team::Blue { 1.0 } else { 0.0 },
        p.position.x,
        p.position.y,
        p.velocity.x,
        p.velocity.y,
        angle(p.facing),
        p.health,
        flags.iter().rev().fold(0, |mask, flag| mask << 1 | u8::from(*flag)).into(),
        f32::from(p.gait as u8),
        p.weapon.map_or(-1.0, |weapon| f32::from(weapon as u8)),
        p.hand as f32,
        held.map_or(0.0, |weapon| weapon.ammo.into()),
        held.map_or(0.0, |weapon| weapon.reserve.into()),
        p.reload_ticks.into(),
        p.heat,
        p.kills.into(),
        p.deaths.into(),
        p.damage_dealt,
        (p.last_sequence & 0xFF_FFFF) as f32,
        p.sight,
        p.cone,
        view.sees(slot).into(),
        until_respawn as f32,
        p.charge.into(),
        p.impairment[0],
        p.impairment[1],
        p.impairment[2],
    ])
}
