//! `WireClient`: the reference client of the wire, for bots, load tests and tests of other clients. Its state goes out as
//! JSON, which `index.js` reads: it is asked for in tests alone.

use crate::fail::{Fail, Inner, Result, guard};
use crate::held::Held;
use crate::read;
use core::fmt::Write;
use napi::Env;
use napi::bindgen_prelude::{Uint8ArraySlice, Unknown};
use napi_derive::napi;
use trespasser::net::{AS_ON_MAP, Happening, Receiver, Seen, SeenMessage, Taken, Welcome};
use trespasser::{Buttons, Vec2, Weapon};

/// Ticks between the newest frame and what a player sees at most.
const VIEW_MOST: u64 = 4095;

#[napi]
pub struct WireClient {
    receiver: Held<Receiver>,
}

#[napi]
impl WireClient {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> WireClient {
        WireClient { receiver: Held::new("WireClient", Receiver::new()) }
    }

    #[napi(catch_unwind)]
    pub fn dispose(&self) -> Result<()> {
        guard(|| {
            self.receiver.release();
            Ok(())
        })
    }

    #[napi(catch_unwind)]
    pub fn receive(&self, bytes: Unknown<'_>) -> Result<&'static str> {
        guard(|| {
            let bytes: Uint8ArraySlice<'_> = read::typed("bytes", &bytes, "a Uint8Array with one message")?;
            let taken = self.receiver.with(|receiver| Ok(receiver.receive(&bytes)?))?;
            Ok(match taken {
                Taken::Welcome => "welcome",
                Taken::Snapshot => "snapshot",
                Taken::Farewell(_) => "farewell",
                Taken::Ignored => "ignored",
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn input(
        &self,
        held: Unknown<'_>,
        taps: Unknown<'_>,
        mouse_x: Unknown<'_>,
        mouse_y: Unknown<'_>,
    ) -> Result<u32> {
        guard(|| {
            let (held, taps) = (Buttons(read::uint16("held", &held)?), Buttons(read::uint16("taps", &taps)?));
            let mouse = Vec2::new(read::finite("mouseX", &mouse_x)?, read::finite("mouseY", &mouse_y)?);
            self.receiver.with(|receiver| Ok(receiver.input(held, taps, mouse)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn request_loadout(&self, loadout: Unknown<'_>, team: Unknown<'_>) -> Result<u32> {
        guard(|| {
            let loadout = read::loadout(loadout)?;
            let team = read::given(team)?.map(|team| read::team("team", &team)).transpose()?;
            self.receiver.with(|receiver| Ok(receiver.request_loadout(&loadout, team).into()))
        })
    }

    #[napi(catch_unwind)]
    pub fn request_respawn(&self) -> Result<u32> {
        guard(|| self.receiver.with(|receiver| Ok(receiver.request_respawn().into())))
    }

    #[napi(catch_unwind)]
    pub fn request_exact(&self) -> Result<()> {
        guard(|| {
            self.receiver.with(|receiver| {
                receiver.request_exact();
                Ok(())
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn write<'env>(&self, env: &'env Env, view: Unknown<'_>) -> Result<Uint8ArraySlice<'env>> {
        guard(|| {
            let view = match read::given(view)? {
                Some(view) => read::whole("view", &view, 0, VIEW_MOST)? as u32,
                None => 0,
            };
            let mut bytes = Vec::new();
            self.receiver.with(|receiver| {
                receiver.write(view, &mut bytes);
                Ok(())
            })?;
            Ok(Uint8ArraySlice::copy_from(env, bytes)?)
        })
    }

    /// `null` before the first welcome.
    #[napi(catch_unwind)]
    pub fn state_json(&self) -> Result<String> {
        guard(|| self.receiver.with(|receiver| receiver.seen().map_or_else(|| Ok("null".to_owned()), json)))
    }

    #[napi(getter, catch_unwind)]
    pub fn memory(&self) -> Result<u32> {
        guard(|| self.receiver.with(|receiver| Ok(receiver.memory() as u32)))
    }
}

fn json(seen: &Seen) -> Inner<String> {
    let mut out = String::with_capacity(4096);
    write_state(&mut out, seen).map_err(|error| Fail::panic(error.to_string()))?;
    Ok(out)
}

/// A value or `null`.
fn or_null<T>(value: Option<T>, text: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "null".to_owned(), text)
}

fn list<T>(items: impl IntoIterator<Item = T>, text: impl Fn(T) -> String) -> String {
    format!("[{}]", items.into_iter().map(text).collect::<Vec<_>>().join(","))
}

/// The very number, as JavaScript has it.
fn number(value: f32) -> String {
    f64::from(value).to_string()
}

fn point(at: Vec2) -> String {
    format!(r#""x":{},"y":{}"#, number(at.x), number(at.y))
}

fn name(weapon: Option<Weapon>) -> String {
    or_null(weapon, |weapon| format!(r#""{}""#, weapon.name()))
}

fn slot(slot: Option<u8>) -> String {
    or_null(slot, |slot| slot.to_string())
}

fn write_state(out: &mut String, seen: &Seen) -> core::fmt::Result {
    write!(out, r#"{{"welcome":{},"frame":{},"tick":{}"#, welcome(&seen.welcome), seen.frame, seen.tick)?;
    write!(out, r#","input":{},"ahead":{}"#, seen.input, seen.ahead)?;
    let players = list(&seen.players, |player| {
        or_null(player.as_ref(), |p| {
            format!(
                r#"{{{},"facing":{},"health":{},"weapon":{},"gait":"{}","aiming":{},"alive":{},"reloading":{},"protected":{}}}"#,
                point(p.position),
                p.facing,
                p.health,
                name(p.weapon),
                p.gait.name(),
                p.aiming,
                p.alive,
                p.reloading,
                p.protected
            )
        })
    });
    let levels = seen.levels.iter().enumerate().filter(|(_, level)| **level != AS_ON_MAP);
    write!(out, r#","players":{players},"levels":{}"#, list(levels, |(slice, level)| format!("[{slice},{level}]")))?;
    let scores = list(&seen.scores, |score| {
        or_null(score.as_ref(), |s| {
            let team = s.team.name();
            format!(r#"{{"team":"{team}","alive":{},"kills":{},"deaths":{}}}"#, s.alive, s.kills, s.deaths)
        })
    });
    let [red, blue] = seen.team_kills;
    write!(out, r#","scores":{scores},"teamKills":[{red},{blue}],"winner":{}"#, slot(seen.winner))?;
    let items = list(&seen.items, |item| {
        or_null(item.as_ref(), |i| {
            format!(r#"{{"weapon":{},"rounds":{},"reserve":{}}}"#, name(Some(i.weapon)), i.rounds, i.reserve)
        })
    });
    let h = &seen.hands;
    write!(
        out,
        r#","items":{items},"hands":{{"place":{},"charge":{},"reloadEnd":{},"heat":{},"heatTick":{},"silenceEnd":{}}}"#,
        h.place, h.charge, h.reload_end, h.heat, h.heat_tick, h.silence_end
    )?;
    let respawn = or_null(seen.life.respawn_at, |tick| tick.to_string());
    write!(
        out,
        r#","life":{{"protectedUntil":{},"respawnAt":{respawn},"killer":{}}}"#,
        seen.life.protected_until,
        slot(seen.life.killer)
    )?;
    let flash = or_null(seen.flash, |(tick, power)| format!(r#"{{"tick":{tick},"intensity":{}}}"#, number(power)));
    let flying = seen.projectiles.iter().enumerate().filter_map(|(i, p)| Some((i, p.as_ref()?)));
    let projectiles = list(flying, |(i, p)| {
        format!(
            r#"{{"number":{i},"weapon":{},"ownTeam":{},{},"vx":{},"vy":{},"tick":{}}}"#,
            name(Some(p.weapon)),
            p.own_team,
            point(p.position),
            number(p.velocity.x),
            number(p.velocity.y),
            p.tick
        )
    });
    let risen = seen.clouds.iter().enumerate().filter_map(|(i, c)| Some((i, c.as_ref()?)));
    let clouds = list(risen, |(i, c)| format!(r#"{{"number":{i},{},"born":{}}}"#, point(c.position), c.born));
    write!(out, r#","flash":{flash},"projectiles":{projectiles},"clouds":{clouds}"#)?;
    let answer = or_null(seen.answer, |(number, result)| format!(r#"{{"number":{number},"result":{result}}}"#));
    let exact = or_null(seen.exact, |e| {
        let (vx, vy) = (number(e.velocity.x), number(e.velocity.y));
        format!(r#"{{"tick":{},{},"vx":{vx},"vy":{vy}}}"#, e.tick, point(e.position))
    });
    write!(out, r#","answer":{answer},"exact":{exact},"messages":{}}}"#, list(&seen.messages, message))
}

fn message(message: &SeenMessage) -> String {
    let place = |at: Option<Vec2>| at.map_or_else(|| r#""x":null,"y":null"#.to_owned(), point);
    let text = match message.what {
        Happening::Sound { own, kind, gain, direction, cutoff } => {
            let kind = kind.name();
            format!(r#""sound","own":{own},"kind":"{kind}","gain":{gain},"direction":{direction},"cutoff":{cutoff}"#)
        }
        Happening::Fired { shooter, weapon, at, direction } => {
            format!(r#""fired","who":{shooter},"weapon":{},{},"direction":{direction}"#, name(weapon), point(at))
        }
        Happening::Impact { shooter, weapon, what, at, whose } => {
            let (shooter, whose) = (slot(shooter), slot(whose));
            format!(r#""impact","who":{shooter},"weapon":{},"what":{what},{},"whose":{whose}"#, name(weapon), place(at))
        }
        Happening::Hurt { whose, by, weapon, points } => {
            format!(r#""hurt","who":{whose},"by":{},"weapon":{},"points":{points}"#, slot(by), name(weapon))
        }
        Happening::Died { who, by, weapon, at } => {
            format!(r#""died","who":{who},"by":{},"weapon":{},{}"#, slot(by), name(weapon), place(at))
        }
        Happening::Exploded { weapon, at, thrower } => {
            format!(r#""exploded","who":{},"weapon":{},{}"#, slot(thrower), name(weapon), point(at))
        }
        Happening::Bounced { weapon, at } => format!(r#""bounced","weapon":{},{}"#, name(weapon), point(at)),
        Happening::Thrown { who, weapon } => format!(r#""thrown","who":{who},"weapon":{}"#, name(weapon)),
        Happening::Denied { what } => format!(r#""denied","what":{what}"#),
    };
    format!(r#"{{"tick":{},"type":{text}}}"#, message.tick)
}

fn welcome(w: &Welcome) -> String {
    let (m, v, s) = (&w.rules.movement, &w.rules.vision, &w.rules.smoke);
    let movement = format!(
        r#"{{"sneak":{},"walk":{},"run":{},"runArc":{},"aimSpeed":{},"aimStopsRun":{},"stop":{},"idle":{}}}"#,
        number(m.sneak),
        number(m.walk),
        number(m.run),
        or_null(m.run_arc, number),
        number(m.aim_speed),
        m.aim_stops_run,
        number(m.stop),
        number(m.idle)
    );
    let look = or_null(v.look.as_ref(), |look| {
        let [near, far, distance, cone] = [look.near, look.far, look.distance, look.cone].map(number);
        format!(r#"{{"near":{near},"far":{far},"distance":{distance},"cone":{cone}}}"#)
    });
    let [cone, distance, close] = [v.cone, v.distance, v.close].map(number);
    let [radius, density, edge, depth, unit] = [s.radius, s.density, s.edge, s.depth, s.unit].map(number);
    let (life, expand, fade) = (s.life_ms, s.expand_ms, s.fade_ms);
    let rules = format!(
        concat!(
            r#"{{"movement":{movement},"inputsPerSecond":{inputs},"#,
            r#""vision":{{"cone":{cone},"distance":{distance},"close":{close},"look":{look}}},"#,
            r#""smoke":{{"radius":{radius},"lifeMs":{life},"expandMs":{expand},"fadeMs":{fade},"#,
            r#""density":{density},"edge":{edge},"depth":{depth},"unit":{unit}}},"#,
            r#""flash":{{"phasesMs":{phases},"impair":{impair}}},"throwFriction":{friction},"cutoffHz":{cutoffs}}}"#
        ),
        movement = movement,
        inputs = w.rules.inputs_per_second,
        cone = cone,
        distance = distance,
        close = close,
        look = look,
        radius = radius,
        life = life,
        expand = expand,
        fade = fade,
        density = density,
        edge = edge,
        depth = depth,
        unit = unit,
        phases = list(w.rules.flash_ms, |ms| ms.to_string()),
        impair = list(w.rules.flash_impair, number),
        friction = number(w.rules.friction),
        cutoffs = list(w.rules.cutoffs, number),
    );
    format!(
        concat!(
            r#"{{"epoch":{},"map":"{:016x}","rulesHash":"{:016x}","frame":{},"tickRate":{},"step":{},"slot":{},"#,
            r#""slices":{},"killTarget":{},"rules":{}}}"#
        ),
        w.epoch, w.map, w.rules_hash, w.frame, w.tick_rate, w.step, w.slot, w.slices, w.kill_target, rules
    )
}
