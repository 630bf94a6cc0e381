//! `GameMap`: immutable, shared by all matches on it.

use crate::fail::{Fail, Inner, Result, guard};
use crate::held::Held;
use crate::read;
use crate::shape::{SpawnInfo, WallInfo, slice_points};
use napi::bindgen_prelude::{Uint8ArraySlice, Unknown};
use napi_derive::napi;
use std::sync::Arc;
use trespasser::map::{MAX_SPAWNS, MAX_WALLS};
use trespasser::{Error, GameMap, Spawn, Vec2, WallDef};

#[napi(js_name = "GameMap")]
pub struct JsGameMap {
    map: Held<Arc<GameMap>>,
}

impl JsGameMap {
    fn of(map: Arc<GameMap>) -> JsGameMap {
        JsGameMap { map: Held::new("GameMap", map) }
    }

    /// # Errors
    /// `DISPOSED`.
    pub(crate) fn shared(&self) -> Inner<Arc<GameMap>> {
        self.map.with(|map| Ok(Arc::clone(map)))
    }
}

#[napi]
impl JsGameMap {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Result<JsGameMap> {
        guard(|| Err(Fail::invalid("GameMap", "made by `new`", "made by GameMap.fromPng, fromRects or builtin")))
    }

    #[napi(factory, catch_unwind)]
    pub fn from_png(bytes: Unknown<'_>, options: Unknown<'_>) -> Result<JsGameMap> {
        guard(|| {
            let reading = read::reading(options)?;
            let bytes: Uint8ArraySlice<'_> = read::typed("bytes", &bytes, "a Uint8Array with a PNG")?;
            Ok(JsGameMap::of(GameMap::from_png(&bytes, reading)?))
        })
    }

    #[napi(factory, catch_unwind)]
    pub fn from_rects(walls: Unknown<'_>, spawns: Unknown<'_>) -> Result<JsGameMap> {
        guard(|| {
            let too_many = |what: &'static str, most: usize| {
                move |length: u32| -> Fail {
                    Error::BadMap { reason: format!("{length} {what}; a map has at most {most}") }.into()
                }
            };
            let list = read::elements("walls", &walls, MAX_WALLS, too_many("walls", MAX_WALLS))?;
            let walls = list.into_iter().enumerate().map(|(i, v)| wall(i, v)).collect::<Inner<Vec<_>>>()?;
            let list = match read::given(spawns)? {
                Some(array) => read::elements("spawns", &array, MAX_SPAWNS, too_many("spawns", MAX_SPAWNS))?,
                None => Vec::new(),
            };
            let spawns = list.into_iter().enumerate().map(|(i, v)| spawn(i, v)).collect::<Inner<Vec<_>>>()?;
            Ok(JsGameMap::of(GameMap::from_rects(&walls, &spawns)?))
        })
    }

    #[napi(factory, catch_unwind)]
    pub fn builtin(name: Unknown<'_>, options: Unknown<'_>) -> Result<JsGameMap> {
        guard(|| {
            let reading = read::reading(options)?;
            let name = read::string("name", &name, "a built-in map's name")?;
            Ok(JsGameMap::of(GameMap::builtin(&name, reading)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn builtin_names() -> Vec<&'static str> {
        GameMap::BUILTIN.iter().map(|(name, _)| *name).collect()
    }

    /// Matches on the map keep their share of it.
    #[napi(catch_unwind)]
    pub fn dispose(&self) -> Result<()> {
        guard(|| {
            self.map.release();
            Ok(())
        })
    }

    #[napi(getter, catch_unwind)]
    pub fn hash(&self) -> Result<String> {
        guard(|| Ok(format!("{:016x}", self.shared()?.hash())))
    }

    #[napi(getter, catch_unwind)]
    pub fn wall_count(&self) -> Result<u32> {
        guard(|| Ok(self.shared()?.geometry().walls.len() as u32))
    }

    #[napi(getter, catch_unwind)]
    pub fn slice_count(&self) -> Result<u32> {
        guard(|| Ok(self.shared()?.geometry().slice_count as u32))
    }

    #[napi(getter, catch_unwind)]
    pub fn warnings(&self) -> Result<Vec<String>> {
        guard(|| Ok(self.shared()?.warnings().to_vec()))
    }

    #[napi(catch_unwind)]
    pub fn walls(&self) -> Result<Vec<WallInfo>> {
        guard(|| Ok(self.shared()?.geometry().walls.iter().map(WallInfo::from).collect()))
    }

    #[napi(catch_unwind)]
    pub fn spawns(&self) -> Result<Vec<SpawnInfo>> {
        let shape = |s: &Spawn| SpawnInfo { x: s.at.x.into(), y: s.at.y.into(), team: s.team.name() };
        guard(|| Ok(self.shared()?.spawns().iter().map(shape).collect()))
    }

    #[napi(catch_unwind)]
    pub fn missing_slices(&self) -> Result<Vec<u32>> {
        guard(|| {
            let map = self.shared()?;
            let geometry = map.geometry();
            let is_missing = |slice: &usize| geometry.missing[slice / 64] >> (slice % 64) & 1 == 1;
            Ok((0..geometry.slice_count).filter(is_missing).map(|slice| slice as u32).collect())
        })
    }

    #[napi(catch_unwind)]
    pub fn max_health(&self, slice: Unknown<'_>) -> Result<f64> {
        guard(|| {
            let map = self.shared()?;
            let geometry = map.geometry();
            let slice = read::number("slice", &slice)?;
            if !(slice >= 0.0 && slice < geometry.slice_count as f64 && slice == libm::trunc(slice)) {
                let limit = format!("a whole number from 0 to {}, below sliceCount", geometry.slice_count as i64 - 1);
                return Err(Fail::invalid("slice", slice, limit));
            }
            Ok(slice_points(geometry.max_health[slice as usize]))
        })
    }
}

fn wall(index: usize, value: Unknown<'_>) -> Inner<WallDef> {
    let fields = read::Element::new("walls", index, value)?;
    Ok(WallDef {
        x: fields.number("x")?,
        y: fields.number("y")?,
        width: fields.number("width")?,
        height: fields.number("height")?,
        material: fields.material("material")?,
    })
}

fn spawn(index: usize, value: Unknown<'_>) -> Inner<Spawn> {
    let fields = read::Element::new("spawns", index, value)?;
    Ok(Spawn { at: Vec2::new(fields.number("x")?, fields.number("y")?), team: fields.team("team")? })
}
