//! A match that is looked at: what is drawn of it and heard in it.

use crate::answer::{Answer, Fault, point};
use serde_json::{Value, json};
use trespasser::map::CELLS;
use trespasser::world::EventKind;
use trespasser::{Event, Heard, MatchId, MatchView, PlayerView, PolygonCache, SoundKind, Vec2, Weapon, World};

/// Events and sounds kept for the next frame at most; of more, the oldest are dropped: who plays fast looks seldom.
const KEPT: usize = 512;

pub(crate) struct Arena {
    pub(crate) world: World,
    pub(crate) game: MatchId,
    cache: PolygonCache,
    events: Vec<Event>,
    sounds: Vec<Heard>,
    dropped: u64,
    /// Ids of those who are listened for, by slot.
    listened: [Option<trespasser::PlayerId>; 8],
    /// Health of all slices when this began: what players know of those that they have not learnt of since.
    baseline: Vec<u16>,
    /// Number of this among those that stood in one place, so that versions of walls never mean two things.
    number: u32,
}

impl Arena {
    pub(crate) fn new(world: World, game: MatchId) -> Arena {
        Arena {
            world,
            game,
            cache: PolygonCache::new(),
            events: Vec::new(),
            sounds: Vec::new(),
            dropped: 0,
            listened: [None; 8],
            baseline: Vec::new(),
            number: 0,
        }
    }

    /// From here on things are told and remembered. `number` differs from that of the arena before.
    pub(crate) fn begin(&mut self, number: u32) -> Result<(), Fault> {
        self.number = number;
        self.baseline = truth(&self.view()?);
        self.forget()?;
        self.listen()
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn view(&self) -> Result<MatchView<'_>, Fault> {
        Ok(self.world.view(self.game)?)
    }

    /// After each tick: takes in what happened, and `each` sees the events.
    pub(crate) fn after_tick(&mut self, mut each: impl FnMut(&Event)) -> Result<(), Fault> {
        let Arena { world, game, events, sounds, .. } = self;
        world.drain_events(*game, |event| {
            each(event);
            events.push(*event);
        })?;
        world.drain_sounds(*game, |heard| sounds.push(*heard))?;
        // Memories of walls are wanted, the messages that go with them are not.
        world.drain_told(*game, |_| {})?;
        self.dropped += trim(&mut self.events) + trim(&mut self.sounds);
        self.listen()
    }

    /// Keeps what every player knows of walls and projectiles, from now on for those who are new.
    pub(crate) fn listen(&mut self) -> Result<(), Fault> {
        for slot in 0..8 {
            let id = self.view()?.id_of(slot);
            if id == self.listened[slot] {
                continue;
            }
            self.listened[slot] = id;
            if let Some(id) = id {
                self.world.listen(self.game, id, true)?;
            }
        }
        Ok(())
    }

    /// What has happened so far is told to nobody.
    pub(crate) fn forget(&mut self) -> Result<(), Fault> {
        let Arena { world, game, .. } = self;
        world.drain_events(*game, |_| {})?;
        world.drain_sounds(*game, |_| {})?;
        self.events.clear();
        self.sounds.clear();
        Ok(())
    }

    /// -1: nobody's view. Otherwise a slot.
    fn viewer(viewer: i32) -> Result<Option<usize>, Fault> {
        match viewer {
            -1 => Ok(None),
            0..=7 => Ok(Some(viewer as usize)),
            other => Err(Fault::argument("viewer", other, "-1 for all, or a slot, 0 to 7")),
        }
    }

    pub(crate) fn frame(&mut self, viewer: i32) -> Result<Value, Fault> {
        let viewer = Self::viewer(viewer)?;
        let events: Vec<Value> = self.events.drain(..).map(|event| event_of(&event)).collect();
        let sounds: Vec<Value> = self
            .sounds
            .drain(..)
            .filter(|heard| viewer.is_some_and(|slot| usize::from(heard.listener) == slot))
            .map(|heard| {
                json!([
                    SoundKind::from_number(heard.kind).map_or("", SoundKind::name),
                    heard.gain,
                    heard.bearing,
                    heard.cutoff,
                    heard.aim,
                    heard.flags
                ])
            })
            .collect();
        let dropped = std::mem::take(&mut self.dropped);
        let view = self.view()?;
        let known = viewer.map_or(0xFF, |slot| view.knows(slot));
        let players: Vec<Value> =
            view.players().map(|player| player_of(&view, &player, known >> player.id.slot() & 1 == 1)).collect();
        let projectiles: Vec<Value> = match viewer {
            None => view.projectiles().map(|p| flight(p.weapon.name(), p.position, p.velocity)).collect(),
            Some(slot) => {
                let mut flights = Vec::new();
                view.known_projectiles(slot, &mut flights);
                flights.iter().map(|p| flight(p.weapon.name(), p.position, p.velocity)).collect()
            }
        };
        let version = viewer.map_or_else(|| view.walls_version(), |slot| view.known_slices_version(slot));
        let clouds: Vec<Value> = view
            .clouds()
            .map(|cloud| json!([cloud.disc.x, cloud.disc.y, cloud.disc.radius, cloud.disc.density]))
            .collect();
        Ok(json!({
            "tick": view.tick(),
            "score": view.score(),
            "killTarget": view.kill_target(),
            "over": view.is_over(),
            "winner": view.winner().map(|team| team.name()),
            "walls": format!("{}.{version}", self.number),
            "known": known,
            "sees": (0..8).map(|slot| view.sees(slot)).collect::<Vec<u8>>(),
            "players": players,
            "projectiles": projectiles,
            "clouds": clouds,
            "events": events,
            "sounds": sounds,
            "dropped": dropped,
        }))
    }

    pub(crate) fn walls(&self, viewer: i32) -> Result<Answer, Fault> {
        let viewer = Self::viewer(viewer)?;
        let view = self.view()?;
        let mut health = truth(&view);
        if let Some(slot) = viewer {
            let mut known = Vec::new();
            view.known_health(slot, &mut known);
            let geometry = view.map().geometry();
            for (slice, health) in health.iter_mut().enumerate() {
                let missing = geometry.missing[slice / 64] >> (slice % 64) & 1 == 1;
                let at_first = if missing { 0 } else { geometry.max_health[slice] };
                // The engine has players begin with the whole map; what had become of it when this began, they are taken to
                // have seen.
                *health = match (known[slice], *health) {
                    (known, truth) if known == at_first && truth != at_first => self.baseline[slice],
                    (known, _) => known,
                };
            }
        }
        Ok(Answer::Bytes(health.into_iter().flat_map(u16::to_le_bytes).collect()))
    }

    pub(crate) fn polygon(&mut self, slot: u32) -> Result<Answer, Fault> {
        if slot > 7 {
            return Err(Fault::argument("slot", slot, "0 to 7"));
        }
        let Arena { world, game, cache, .. } = self;
        let corners = world.view(*game)?;
        Ok(Answer::floats(corners.polygon_cached(slot as usize, cache).iter().flat_map(|at| [at.x, at.y])))
    }

    pub(crate) fn sound(&self, kind: u32, x: f32, y: f32) -> Result<Answer, Fault> {
        sound_field(&self.view()?, kind, x, y)
    }
}

fn truth(view: &MatchView<'_>) -> Vec<u16> {
    (0..view.map().geometry().slice_count).map(|slice| view.slice_health(slice)).collect()
}

pub(crate) fn sound_field(view: &MatchView<'_>, kind: u32, x: f32, y: f32) -> Result<Answer, Fault> {
    let at = point(x, y)?;
    let known = u8::try_from(kind).ok().and_then(SoundKind::from_number);
    let kind = known.ok_or_else(|| Fault::argument("kind", kind, format!("0 to {}", SoundKind::COUNT - 1)))?;
    let mut gains = [0.0; CELLS];
    view.sound_field(kind, at, &mut gains);
    Ok(Answer::floats(gains))
}

fn trim<T>(list: &mut Vec<T>) -> u64 {
    let over = list.len().saturating_sub(KEPT);
    list.drain(..over);
    over as u64
}

fn flight(weapon: &str, at: Vec2, velocity: Vec2) -> Value {
    json!([weapon, at.x, at.y, velocity.x, velocity.y])
}

fn player_of(view: &MatchView<'_>, player: &PlayerView, known: bool) -> Value {
    let common = json!({
        "slot": player.id.slot(), "team": player.team.name(), "kills": player.kills, "deaths": player.deaths,
        "alive": player.alive, "placed": player.placed, "known": known,
    });
    let (Value::Object(mut all), true) = (common.clone(), known) else { return common };
    let hand = view.weapons(player.id).ok().and_then(|weapons| weapons.get(player.hand).copied().flatten());
    let more = json!({
        "x": player.position.x, "y": player.position.y,
        "vx": player.velocity.x, "vy": player.velocity.y,
        "fx": player.facing.x, "fy": player.facing.y,
        "cx": player.cursor.x, "cy": player.cursor.y,
        "health": player.health,
        "aiming": player.aiming,
        "gait": format!("{:?}", player.gait).to_lowercase(),
        "weapon": player.weapon.map(|weapon| weapon.name()),
        "rounds": hand.map(|weapon| weapon.ammo),
        "reserve": hand.map(|weapon| weapon.reserve),
        "reload": player.reload_ticks,
        "sight": player.sight, "cone": player.cone,
        "blind": player.blind,
        "respawn": player.respawn_shown_tick,
        "hurt": player.damage_tick,
    });
    if let Value::Object(more) = more {
        all.extend(more);
    }
    Value::Object(all)
}

/// Name, tick, actor, target, weapon, x, y, dx, dy, value, slice, flags, aux.
fn event_of(event: &Event) -> Value {
    let name = EventKind::from_number(event.kind).map(|kind| format!("{kind:?}"));
    let weapon = Weapon::from_number(event.weapon).map(Weapon::name);
    json!([
        name,
        event.tick,
        event.actor,
        event.target,
        weapon,
        event.x,
        event.y,
        event.dx,
        event.dy,
        event.value,
        event.slice,
        event.flags,
        event.aux,
    ])
}
