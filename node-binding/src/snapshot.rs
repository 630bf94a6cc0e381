//! `Snapshot`, and turning matches back to one.

use crate::batch::record_of;
use crate::fail::{Fail, Inner, Result, guard};
use crate::held::Held;
use crate::read;
use crate::world::World;
use crate::{INPUT_BYTES, external};
use napi::Env;
use napi::bindgen_prelude::{ClassInstance, ObjectFinalize, Uint8ArraySlice, Unknown};
use napi_derive::napi;
use std::cell::Cell;
use trespasser::world::PastInput;

/// Where the tick of a past input stands in its record.
const TICK: usize = 36;

#[napi(custom_finalize)]
pub struct Snapshot {
    inner: Held<trespasser::Snapshot>,
    /// Bytes that the collector has been told of.
    told: Cell<i64>,
}

impl ObjectFinalize for Snapshot {
    fn finalize(self, env: Env) -> napi::Result<()> {
        external(&env, -self.told.get())
    }
}

impl Snapshot {
    fn tell(&self, env: &Env) -> Inner<()> {
        let bytes = self.inner.with(|inner| Ok(inner.bytes() as i64))?;
        let before = self.told.replace(bytes);
        Ok(external(env, bytes - before)?)
    }
}

#[napi]
impl Snapshot {
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env) -> Result<Snapshot> {
        guard(|| {
            let snapshot =
                Snapshot { inner: Held::new("Snapshot", trespasser::Snapshot::default()), told: Cell::new(0) };
            snapshot.tell(env)?;
            Ok(snapshot)
        })
    }

    #[napi(catch_unwind)]
    pub fn dispose(&self, env: &Env) -> Result<()> {
        guard(|| {
            self.inner.release();
            Ok(external(env, -self.told.replace(0))?)
        })
    }

    #[napi(getter, catch_unwind)]
    pub fn tick(&self) -> Result<u32> {
        guard(|| self.inner.with(|inner| Ok(inner.tick())))
    }

    #[napi(getter, catch_unwind)]
    pub fn bytes(&self) -> Result<u32> {
        guard(|| self.inner.with(|inner| Ok(inner.bytes() as u32)))
    }
}

#[napi]
impl World {
    /// `snapshot` of `index.js`.
    #[napi(catch_unwind)]
    pub fn snapshot_into(&self, env: &Env, game: Unknown<'_>, into: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            let into: ClassInstance<'_, Snapshot> = read::instance("into", &into, "a Snapshot")?;
            self.with(|pool| into.inner.with(|inner| Ok(pool.world.snapshot(game, inner)?)))?;
            into.tell(env)
        })
    }

    #[napi(catch_unwind)]
    pub fn rollback(&self, game: Unknown<'_>, to: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            let to: ClassInstance<'_, Snapshot> = read::instance("to", &to, "a Snapshot")?;
            self.with(|pool| to.inner.with(|inner| Ok(pool.world.rollback(game, inner)?)))
        })
    }

    #[napi(catch_unwind)]
    pub fn resimulate(
        &self,
        game: Unknown<'_>,
        from: Unknown<'_>,
        ticks: Unknown<'_>,
        inputs: Unknown<'_>,
        count: Unknown<'_>,
    ) -> Result<()> {
        guard(|| {
            let id = read::match_id(&game)?;
            let from: ClassInstance<'_, Snapshot> = read::instance("from", &from, "a Snapshot")?;
            let ticks = read::uint32("ticks", &ticks)?;
            let past = match read::given(inputs)? {
                Some(inputs) => {
                    let count = read::uint32("count", &count)?;
                    let inputs: Uint8ArraySlice<'_> = read::typed("inputs", &inputs, "a Uint8Array of records")?;
                    let need = u64::from(count) * u64::from(INPUT_BYTES);
                    if (inputs.len() as u64) < need {
                        let limit = format!("at least {need} bytes for a count of {count}");
                        return Err(Fail::invalid("inputs", format_args!("of {} bytes", inputs.len()), limit));
                    }
                    past_inputs(id.raw(), &inputs[..need as usize])?
                }
                None => Vec::new(),
            };
            self.with(|pool| from.inner.with(|inner| Ok(pool.world.resimulate(id, inner, ticks, &past)?)))
        })
    }
}

fn past_inputs(game: u64, bytes: &[u8]) -> Inner<Vec<PastInput>> {
    let records = bytes.chunks_exact(INPUT_BYTES as usize).enumerate();
    records
        .map(|(n, record)| {
            let (of, player, input) = record_of(record);
            if of.raw() != game {
                return Err(Fail::invalid(format_args!("inputs[{n}] match"), of.raw(), format_args!("{game}")));
            }
            let tick = u32::from_le_bytes(core::array::from_fn(|i| record[TICK + i]));
            Ok(PastInput { tick, player, input: input.map_err(Fail::from)? })
        })
        .collect()
}
