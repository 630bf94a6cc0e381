//! What players hear, and how sound travels. The layouts are in `index.d.ts`, for callers.

use crate::SOUND_BYTES;
use crate::fail::{Fail, Result, guard};
use crate::read;
use crate::shape::Arrival;
use crate::world::{Pool, World, floats, line};
use napi::Env;
use napi::bindgen_prelude::{Uint8ArraySlice, Unknown};
use napi_derive::napi;
use trespasser::Vec2;
use trespasser::map::CELLS;
use trespasser::sound::{CUTOFFS, Heard, cutoff_hz};

#[napi]
impl World {
    #[napi(catch_unwind)]
    pub fn read_sounds(&self, game: Unknown<'_>, out: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            let mut out: Uint8ArraySlice<'_> = read::typed("out", &out, "a Uint8Array for records")?;
            self.with(|Pool { world, .. }| {
                let count = world.pending_sounds(game)?;
                let need = count * SOUND_BYTES as usize;
                // Too short an array must not cost the sounds.
                if out.len() < need {
                    let limit = format!("at least {need} bytes for the {count} sounds that wait");
                    return Err(Fail::invalid("out", format_args!("of {} bytes", out.len()), limit));
                }
                // SAFETY: the call holds the only view of the bytes, and no JavaScript runs while they are written.
                let mut records = unsafe { out.as_mut() }.chunks_exact_mut(SOUND_BYTES as usize);
                // Fewer than wait: what a leaver would have heard is not handed over.
                let mut written = 0;
                world.drain_sounds(game, |heard| {
                    if let Some(place) = records.next() {
                        place.copy_from_slice(&record(heard));
                        written += 1;
                    }
                })?;
                Ok(written)
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn pending_sounds(&self, game: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.pending_sounds(game)? as u32))
        })
    }

    #[napi(catch_unwind)]
    pub fn sound_between(
        &self,
        game: Unknown<'_>,
        kind: Unknown<'_>,
        x1: Unknown<'_>,
        y1: Unknown<'_>,
        x2: Unknown<'_>,
        y2: Unknown<'_>,
    ) -> Result<Arrival> {
        guard(|| {
            let game = read::match_id(&game)?;
            let kind = read::sound_kind(&kind)?;
            let (from, to) = line(&x1, &y1, &x2, &y2)?;
            self.with(|pool| Ok(pool.world.view(game)?.sound_between(kind, from, to).into()))
        })
    }

    #[napi(catch_unwind)]
    pub fn sound_field<'env>(
        &self,
        env: &'env Env,
        game: Unknown<'_>,
        kind: Unknown<'_>,
        x: Unknown<'_>,
        y: Unknown<'_>,
        out: Unknown<'env>,
    ) -> Result<Unknown<'env>> {
        guard(|| {
            let game = read::match_id(&game)?;
            let kind = read::sound_kind(&kind)?;
            let from = Vec2::new(read::finite("x", &x)?, read::finite("y", &y)?);
            floats(env, out, |out| {
                self.with(|pool| {
                    let mut gains = [0.0; CELLS];
                    pool.world.view(game)?.sound_field(kind, from, &mut gains);
                    out.fill(CELLS, gains.into_iter())
                })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn sound_cutoff_hz(&self, cutoff: Unknown<'_>) -> Result<f64> {
        guard(|| {
            let cutoff = read::whole("cutoff", &cutoff, 0, u64::from(CUTOFFS) - 1)? as u8;
            self.with(|pool| {
                let rule = &pool.world.rules().sound;
                Ok(cutoff_hz(cutoff, rule.least_hz, rule.open_hz).into())
            })
        })
    }
}

/// Little-endian.
fn record(h: &Heard) -> [u8; SOUND_BYTES as usize] {
    let [a, b, c, d] = h.tick.to_le_bytes();
    [a, b, c, d, h.listener, h.kind, h.gain, h.bearing, h.cutoff, h.aim, h.flags, 0]
}
