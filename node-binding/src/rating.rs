//! `RatingSystem`: ratings by results.

use crate::fail::{Fail, Inner, Result, guard};
use crate::read::{self, Fields};
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;
use trespasser::rating::{EloDef, Rating, System, TeamResult, WengLinDef, places};
use trespasser::world::PLAYERS;

#[napi(object, object_from_js = false, js_name = "Rating")]
pub struct JsRating {
    pub value: f64,
    pub deviation: f64,
}

impl From<Rating> for JsRating {
    fn from(rating: Rating) -> Self {
        JsRating { value: rating.value, deviation: rating.deviation }
    }
}

#[napi]
pub struct RatingSystem {
    system: System,
}

#[napi]
impl RatingSystem {
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Unknown<'_>) -> Result<RatingSystem> {
        guard(|| Ok(RatingSystem { system: system("options", options)? }))
    }

    #[napi(getter, catch_unwind)]
    pub fn name(&self) -> &'static str {
        match self.system {
            System::Elo(_) => "elo",
            _ => "weng-lin",
        }
    }

    #[napi(catch_unwind)]
    pub fn newcomer(&self) -> JsRating {
        self.system.newcomer().into()
    }

    #[napi(catch_unwind)]
    pub fn rate(&self, teams: Unknown<'_>) -> Result<Vec<Vec<JsRating>>> {
        guard(|| {
            let teams = read::elements("teams", &teams, PLAYERS, too_many("teams"))?;
            let mut rated = Vec::with_capacity(teams.len());
            for team in teams {
                let fields = Fields::required("teams[]", team)?;
                let place = read::whole("place", &fields.need("place", "1 to 8")?, 0, u8::MAX.into())? as u8;
                rated.push((place, members(&fields.need("members", "an array of ratings")?)?));
            }
            let mut results: Vec<_> =
                rated.iter_mut().map(|(place, members)| TeamResult { place: *place, members }).collect();
            self.system.rate(&mut results)?;
            Ok(rated.into_iter().map(|(_, members)| members.into_iter().map(JsRating::from).collect()).collect())
        })
    }

    #[napi(catch_unwind)]
    pub fn win_chances(&self, teams: Unknown<'_>) -> Result<Vec<f64>> {
        guard(|| {
            let teams = all_members(&teams)?;
            Ok(self.system.win_chances(&teams.iter().map(Vec::as_slice).collect::<Vec<_>>())?)
        })
    }

    #[napi(catch_unwind)]
    pub fn quality(&self, teams: Unknown<'_>) -> Result<f64> {
        guard(|| {
            let teams = all_members(&teams)?;
            Ok(self.system.quality(&teams.iter().map(Vec::as_slice).collect::<Vec<_>>())?)
        })
    }

    #[napi(catch_unwind)]
    pub fn rest(&self, rating: Unknown<'_>, days: Unknown<'_>) -> Result<JsRating> {
        guard(|| {
            let (rating, days) = (one(rating)?, read::number("days", &days)?);
            Ok(self.system.rest(rating, days)?.into())
        })
    }

    #[napi(catch_unwind)]
    pub fn points(&self, rating: Unknown<'_>) -> Result<f64> {
        guard(|| Ok(self.system.points(one(rating)?)?))
    }

    #[napi(catch_unwind)]
    pub fn places(kills: Unknown<'_>) -> Result<Vec<u32>> {
        guard(|| {
            let kills = read::elements("kills", &kills, PLAYERS, too_many("teams"))?;
            let kills = kills.iter().map(|kills| read::uint32("kills", kills)).collect::<Inner<Vec<_>>>()?;
            Ok(places(&kills)?.into_iter().map(u32::from).collect())
        })
    }
}

/// `RatingOptions`, checked.
pub(crate) fn system(name: &'static str, options: Unknown<'_>) -> Inner<System> {
    let fields = Fields::optional(name, options)?;
    let set = |field: &'static str, place: &mut f64| -> Inner<()> {
        if let Some(value) = fields.get(field)? {
            *place = read::number(field, &value)?;
        }
        Ok(())
    };
    let kind = match fields.get("system")? {
        Some(name) => read::string("system", &name, "weng-lin or elo")?,
        None => "weng-lin".to_owned(),
    };
    let system = match kind.as_str() {
        "weng-lin" => {
            let mut def = WengLinDef::default();
            set("newcomer", &mut def.newcomer)?;
            set("deviation", &mut def.deviation)?;
            set("beta", &mut def.beta)?;
            set("growth", &mut def.growth)?;
            set("crowd", &mut def.crowd)?;
            set("drift", &mut def.drift)?;
            set("rest", &mut def.rest)?;
            System::WengLin(def)
        }
        "elo" => {
            let mut def = EloDef::default();
            set("newcomer", &mut def.newcomer)?;
            set("k", &mut def.k)?;
            System::Elo(def)
        }
        other => return Err(Fail::invalid("system", format_args!("{other:?}"), "weng-lin or elo")),
    };
    system.validate()?;
    Ok(system)
}

fn too_many(field: &'static str) -> impl FnOnce(u32) -> Fail {
    move |length| Fail::invalid(field, length, format_args!("at most {PLAYERS}"))
}

/// `Rating`.
pub(crate) fn one(value: Unknown<'_>) -> Inner<Rating> {
    let fields = Fields::required("rating", value)?;
    let number = |field: &'static str| read::number(field, &fields.need(field, "a number")?);
    Ok(Rating { value: number("value")?, deviation: number("deviation")? })
}

fn members(value: &Unknown<'_>) -> Inner<Vec<Rating>> {
    read::elements("members", value, PLAYERS, too_many("members"))?.into_iter().map(one).collect()
}

fn all_members(value: &Unknown<'_>) -> Inner<Vec<Vec<Rating>>> {
    read::elements("teams", value, PLAYERS, too_many("teams"))?.iter().map(members).collect()
}
