//! What a player is told and may know. No rule of the game is here; the engine has decided.

use crate::fail::{Result, guard};
use crate::read;
use crate::rows::told_rows;
use crate::shape::{Cloud, Known, slice_points};
use crate::world::{Pool, World, floats};
use napi::Env;
use napi::bindgen_prelude::{Uint8ArraySlice, Unknown};
use napi_derive::napi;
use trespasser::world::PLAYERS;

#[napi]
impl World {
    #[napi(catch_unwind)]
    pub fn listen(&self, game: Unknown<'_>, player: Unknown<'_>, on: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let on = read::given(on)?.map_or(Ok(true), |on| read::boolean("on", &on))?;
            self.with(|pool| Ok(pool.world.listen(game, player, on)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn told_rows(&self, game: Unknown<'_>, out: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let game = read::match_id(&game)?;
            told_rows(self, game, &out)
        })
    }

    #[napi(catch_unwind)]
    pub fn knows<'env>(&self, env: &'env Env, game: Unknown<'_>) -> Result<Uint8ArraySlice<'env>> {
        guard(|| {
            let game = read::match_id(&game)?;
            let rows = self.with(|pool| {
                let view = pool.world.view(game)?;
                Ok(core::array::from_fn::<u8, PLAYERS, _>(|viewer| view.knows(viewer)))
            })?;
            Ok(Uint8ArraySlice::copy_from(env, rows)?)
        })
    }

    #[napi(catch_unwind)]
    pub fn known_slice_health<'env>(
        &self,
        env: &'env Env,
        game: Unknown<'_>,
        player: Unknown<'_>,
        out: Unknown<'env>,
    ) -> Result<Unknown<'env>> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            floats(env, out, |out| {
                self.with(|Pool { world, slices, .. }| {
                    let view = world.view(game)?;
                    view.known_health(view.player(player)?.id.slot(), slices);
                    out.fill(slices.len(), slices.iter().map(|health| slice_points(*health) as f32))
                })
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn known_slices_version(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| {
                let view = pool.world.view(game)?;
                Ok(view.known_slices_version(view.player(player)?.id.slot()))
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn known_projectiles(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<Vec<Known>> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| {
                let view = pool.world.view(game)?;
                let mut known = Vec::new();
                view.known_projectiles(view.player(player)?.id.slot(), &mut known);
                let damage = |weapon| view.rules().weapons[weapon as usize].damage.into();
                Ok(known.into_iter().map(|p| Known::new(p, damage(p.weapon))).collect())
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn known_clouds(&self, game: Unknown<'_>, player: Unknown<'_>) -> Result<Vec<Cloud>> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            self.with(|pool| {
                let view = pool.world.view(game)?;
                Ok(view.known_clouds(view.player(player)?.id.slot()).map(Cloud::from).collect())
            })
        })
    }
}
