//! What a host makes of one player past the rules: objects as `index.d.ts` has them.

use crate::fail::{Inner, Result, guard};
use crate::read::{self, Fields};
use crate::world::World;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;
use trespasser::rules::POINT;
use trespasser::{Edit, Vec2};

const KINDS: &str = "place, health, revive, fell, score, team, loadout, hold, rounds or spawn";

fn edit(value: Unknown<'_>) -> Inner<Edit> {
    let fields = Fields::required("edit", value)?;
    let kind = fields.need("type", KINDS)?;
    let number = |name: &'static str| read::uint16(format_args!("edit.{name}"), &fields.need(name, "a whole number")?);
    let place =
        || -> Inner<u8> { Ok(read::whole("edit.place", &fields.need("place", "0 to 4")?, 0, u8::MAX.into())? as u8) };
    let finite = |name: &'static str| read::finite(format_args!("edit.{name}"), &fields.need(name, "a number")?);
    Ok(match read::string("edit.type", &kind, KINDS)?.as_str() {
        "place" => Edit::place(Vec2::new(finite("x")?, finite("y")?)),
        // Saturates; the engine knows the limit.
        "health" => Edit::Health { points: (finite("points")? * POINT as f32) as u16 },
        "revive" => Edit::Revive,
        "fell" => Edit::Fell,
        "score" => Edit::Score { kills: number("kills")?, deaths: number("deaths")? },
        "team" => Edit::Team(read::team("edit.team", &fields.need("team", "red or blue")?)?),
        "loadout" => Edit::Loadout(read::loadout(fields.need("loadout", "an object")?)?),
        "hold" => Edit::Hold { place: place()? },
        "rounds" => Edit::Rounds { place: place()?, ammo: number("ammo")?, reserve: number("reserve")? },
        "spawn" => Edit::Spawn,
        _ => return read::refuse("edit.type", &kind, KINDS),
    })
}

pub(crate) fn name(edit: &Edit) -> &'static str {
    match edit {
        Edit::Place { .. } => "place",
        Edit::Health { .. } => "health",
        Edit::Revive => "revive",
        Edit::Fell => "fell",
        Edit::Score { .. } => "score",
        Edit::Team(_) => "team",
        Edit::Loadout(_) => "loadout",
        Edit::Hold { .. } => "hold",
        Edit::Rounds { .. } => "rounds",
        Edit::Spawn => "spawn",
    }
}

#[napi]
impl World {
    #[napi(catch_unwind)]
    pub fn edit_player(&self, game: Unknown<'_>, player: Unknown<'_>, what: Unknown<'_>) -> Result<()> {
        guard(|| {
            let (game, player) = (read::match_id(&game)?, read::player_id("player", &player)?);
            let edit = edit(what)?;
            self.with(|pool| Ok(pool.world.edit_player(game, player, edit)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn clear_projectiles(&self, game: Unknown<'_>) -> Result<()> {
        guard(|| {
            let game = read::match_id(&game)?;
            self.with(|pool| Ok(pool.world.clear_projectiles(game)?))
        })
    }
}
