//! The wire: clients' links, and what each step has to send. The layouts are in `index.d.ts`, for callers.

use crate::WIRE_COLUMNS;
use crate::fail::{Fail, Inner, Result, guard};
use crate::read::{self, Fields};
use crate::world::{Pool, World};
use core::ops::Range;
use napi::bindgen_prelude::{Uint8ArraySlice, Uint32ArraySlice, Unknown};
use napi_derive::napi;
use trespasser::NetDef;

#[napi(object, object_from_js = false)]
pub struct WireReceived {
    pub inputs: u32,
    pub stale: bool,
    pub false_ack: bool,
}

#[napi(object, object_from_js = false)]
pub struct WireDecoy {
    pub slot: u32,
    pub x: f64,
    pub y: f64,
}

#[napi(object, object_from_js = false)]
pub struct WirePending {
    pub packets: u32,
    pub bytes: u32,
}

#[napi(object, object_from_js = false)]
pub struct WireStats {
    pub frames: f64,
    pub bytes: f64,
    pub acknowledged: f64,
    pub lost: f64,
    pub false_acks: f64,
    pub bad_messages: f64,
    pub stale: f64,
    pub level: i32,
    pub memory: u32,
}

#[napi]
impl World {
    #[napi(getter, catch_unwind)]
    pub fn wire_step(&self) -> Result<u32> {
        guard(|| self.with(|pool| Ok(pool.net.step(pool.world.tick_rate()))))
    }

    #[napi(catch_unwind)]
    pub fn wire_open(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| Ok(pool.world.open_link(game, player)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn wire_close(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| Ok(pool.world.close_link(game, player)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn wire_hold(&self, game: Unknown<'_>, player: Unknown<'_>, held: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let held = read::boolean("held", &held)?;
            self.with(|pool| Ok(pool.world.hold_link(game, player, held)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn wire_bait(&self, game: Unknown<'_>, player: Unknown<'_>, on: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let on = read::boolean("on", &on)?;
            self.with(|pool| Ok(pool.world.bait(game, player, on)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn wire_decoy(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<Option<WireDecoy>> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| {
                let decoy = pool.world.decoy(game, player)?;
                Ok(decoy.map(|(slot, at)| WireDecoy { slot: slot as u32, x: at.x.into(), y: at.y.into() }))
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn wire_receive(&self, game: Unknown<'_>, player: Unknown<'_>, bytes: Unknown<'_>) -> Result<WireReceived> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let bytes: Uint8ArraySlice<'_> = read::typed("bytes", &bytes, "a Uint8Array with one message")?;
            self.with(|pool| {
                let received = pool.world.receive(game, player, &bytes)?;
                Ok(WireReceived { inputs: received.inputs, stale: received.stale, false_ack: received.false_ack })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn wire_stats(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<Option<WireStats>> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| {
                Ok(pool.world.link_stats(game, player)?.map(|stats| WireStats {
                    frames: stats.frames as f64,
                    bytes: stats.bytes as f64,
                    acknowledged: stats.acked as f64,
                    lost: stats.lost as f64,
                    false_acks: stats.false_acks as f64,
                    bad_messages: stats.bad_messages as f64,
                    stale: stats.stale as f64,
                    level: stats.level,
                    memory: stats.memory as u32,
                }))
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn wire_pending(&self) -> Result<WirePending> {
        guard(|| {
            self.with(|pool| {
                let (packets, bytes) = pending(&pool.world);
                Ok(WirePending { packets: packets as u32, bytes: bytes as u32 })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn wire_packets(&self, bytes: Unknown<'_>, index: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let mut bytes: Uint8ArraySlice<'_> = read::typed("bytes", &bytes, "a Uint8Array")?;
            let mut index: Uint32ArraySlice<'_> = read::typed("index", &index, "a Uint32Array")?;
            if overlap(bytes.as_ptr_range(), index.as_ptr_range()) {
                return Err(Fail::invalid("index", "a view of the memory of bytes", "memory of its own"));
            }
            self.with(|Pool { world, .. }| {
                let (packets, length) = pending(world);
                if bytes.len() < length {
                    let limit = format!("at least {length} bytes for the {packets} messages of this step");
                    return Err(Fail::invalid("bytes", format_args!("of {} bytes", bytes.len()), limit));
                }
                let columns = packets * WIRE_COLUMNS as usize;
                if index.len() < columns {
                    let limit = format!("a Uint32Array of at least {columns}, {WIRE_COLUMNS} a message");
                    return Err(Fail::invalid("index", format_args!("of length {}", index.len()), limit));
                }
                // SAFETY: the call holds the only views of the two arrays, they do not overlap, and no JavaScript runs
                // while they are written.
                let (bytes, index) = unsafe { (bytes.as_mut(), index.as_mut()) };
                let mut at = 0;
                for (row, packet) in index.chunks_exact_mut(WIRE_COLUMNS as usize).zip(world.packets()) {
                    let end = at + packet.bytes.len();
                    bytes[at..end].copy_from_slice(packet.bytes);
                    let game = packet.game.raw();
                    row.copy_from_slice(&[
                        game as u32,
                        (game >> 32) as u32,
                        packet.player.raw(),
                        at as u32,
                        (end - at) as u32,
                    ]);
                    at = end;
                }
                Ok(packets as u32)
            })
        })
    }
}

/// Messages of the last step, and their bytes together.
fn pending(world: &trespasser::World) -> (usize, usize) {
    world.packets().fold((0, 0), |(count, bytes), packet| (count + 1, bytes + packet.bytes.len()))
}

fn overlap(a: Range<*const u8>, b: Range<*const u32>) -> bool {
    let b = b.start.cast()..b.end.cast();
    a.start < b.end && b.start < a.end
}

/// `{ rate?, idleRate?, budget? }`; the ranges are the engine's to check.
pub(crate) fn net_def(value: Unknown<'_>) -> Inner<NetDef> {
    let fields = Fields::required("wire", value)?;
    let mut def = NetDef::default();
    if let Some(rate) = fields.get("rate")? {
        def.rate = read::uint32("wire.rate", &rate)?;
    }
    if let Some(rate) = fields.get("idleRate")? {
        def.idle_rate = read::uint32("wire.idleRate", &rate)?;
    }
    if let Some(budget) = fields.get("budget")? {
        def.budget = read::uint32("wire.budget", &budget)?;
    }
    Ok(def)
}
