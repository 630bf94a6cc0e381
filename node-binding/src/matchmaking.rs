//! `MatchQueue`: who plays with whom.

use crate::fail::{Fail, Inner, Result, guard};
use crate::rating;
use crate::read::{self, Fields};
use napi::Env;
use napi::bindgen_prelude::{Uint8ArraySlice, Unknown};
use napi_derive::napi;
use std::cell::RefCell;
use trespasser::Team;
use trespasser::matchmaking::log::replay_with;
use trespasser::matchmaking::{
    BLOCKS, Formed, MODES, Member, Mode, Offer, PARTY, PING_MAX, Policy, Queue, QueueDef, REGIONS, Ticket, replay,
};
use trespasser::world::PLAYERS;

#[napi(object, object_from_js = false)]
pub struct FormedSeat {
    pub ticket: String,
    pub player: String,
    pub team: &'static str,
    pub waited_ms: f64,
}

#[napi(object, object_from_js = false, use_nullable = true)]
pub struct FormedMatch {
    pub mode: String,
    pub region: String,
    pub running: Option<String>,
    pub chance: f64,
    pub spread: f64,
    pub seats: Vec<FormedSeat>,
}

impl FormedMatch {
    fn new(def: &QueueDef, formed: &Formed) -> FormedMatch {
        let seats = formed.seats.iter().map(|seat| FormedSeat {
            ticket: seat.ticket.to_string(),
            player: seat.player.to_string(),
            team: seat.team.name(),
            waited_ms: seat.waited_ms as f64,
        });
        FormedMatch {
            mode: def.modes[usize::from(formed.mode)].name.clone(),
            region: def.regions[usize::from(formed.region)].clone(),
            running: formed.running.map(|running| running.to_string()),
            chance: formed.chance,
            spread: formed.spread,
            seats: seats.collect(),
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct OpenSlots {
    pub red: u32,
    pub blue: u32,
}

#[napi(object, object_from_js = false)]
pub struct QueueStats {
    pub tickets: u32,
    pub players: u32,
    pub offers: u32,
    pub forms: f64,
    pub matches: f64,
    pub backfills: f64,
    pub log_waiting: f64,
}

impl From<trespasser::matchmaking::Stats> for QueueStats {
    fn from(stats: trespasser::matchmaking::Stats) -> Self {
        QueueStats {
            tickets: stats.tickets,
            players: stats.players,
            offers: stats.offers,
            forms: stats.forms as f64,
            matches: stats.matches as f64,
            backfills: stats.backfills as f64,
            log_waiting: stats.log_waiting as f64,
        }
    }
}

#[napi(object, object_from_js = false)]
pub struct QueueLogPart<'env> {
    pub bytes: Uint8ArraySlice<'env>,
    pub total: f64,
    pub stopped: bool,
}

#[napi(object, object_from_js = false)]
pub struct ReplayedMatch {
    pub now_ms: f64,
    #[napi(js_name = "match")]
    pub formed: FormedMatch,
}

#[napi(object, object_from_js = false)]
pub struct QueueReplay {
    pub matches: Vec<ReplayedMatch>,
    pub hash: String,
    pub stats: QueueStats,
    pub calls: f64,
    pub lost: f64,
}

enum State {
    Live(Box<Queue>),
    Disposed,
    /// A call panicked inside. No JavaScript runs while one goes on.
    Broken,
}

#[napi]
pub struct MatchQueue {
    /// Names of modes and regions, by which arguments are read before the queue is touched: no JavaScript runs meanwhile.
    def: QueueDef,
    state: RefCell<State>,
}

impl MatchQueue {
    fn hold(queue: Queue) -> MatchQueue {
        MatchQueue { def: queue.def().clone(), state: RefCell::new(State::Live(Box::new(queue))) }
    }

    /// Works on the queue. It is put back afterwards, so that a panic leaves none behind.
    fn with<T>(&self, work: impl FnOnce(&mut Queue) -> Inner<T>) -> Inner<T> {
        match self.state.replace(State::Broken) {
            State::Live(mut queue) => {
                let outcome = work(&mut queue);
                self.state.replace(State::Live(queue));
                outcome
            }
            State::Disposed => {
                self.state.replace(State::Disposed);
                Err(Fail::disposed("MatchQueue"))
            }
            State::Broken => Err(Fail::panic("the queue was left half changed by a call that panicked".to_owned())),
        }
    }
}

#[napi]
impl MatchQueue {
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Unknown<'_>) -> Result<MatchQueue> {
        guard(|| Ok(MatchQueue::hold(Queue::new(definition(options)?)?)))
    }

    #[napi(factory, catch_unwind)]
    pub fn restore(log: Unknown<'_>) -> Result<MatchQueue> {
        guard(|| {
            let log: Uint8ArraySlice<'_> = read::typed("log", &log, "a Uint8Array with a queue's log")?;
            Ok(MatchQueue::hold(replay(&log)?.queue))
        })
    }

    #[napi(catch_unwind)]
    pub fn replay(log: Unknown<'_>) -> Result<QueueReplay> {
        guard(|| {
            let log: Uint8ArraySlice<'_> = read::typed("log", &log, "a Uint8Array with a queue's log")?;
            let mut formed = Vec::new();
            let played = replay_with(&log, |now, its| formed.push((now, its.clone())))?;
            let def = played.queue.def();
            let shape = |(now, formed): &(u64, Formed)| ReplayedMatch {
                now_ms: *now as f64,
                formed: FormedMatch::new(def, formed),
            };
            Ok(QueueReplay {
                matches: formed.iter().map(shape).collect(),
                hash: format!("{:016x}", played.queue.hash()),
                stats: played.queue.stats().into(),
                calls: played.calls as f64,
                lost: played.lost as f64,
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn add(&self, ticket: Unknown<'_>) -> Result<()> {
        guard(|| {
            let ticket = read_ticket(&self.def, ticket)?;
            self.with(|queue| Ok(queue.add(&ticket)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn cancel(&self, ticket: Unknown<'_>) -> Result<bool> {
        guard(|| {
            let ticket = read::queue_id("ticket", &ticket)?;
            self.with(|queue| Ok(queue.cancel(ticket)))
        })
    }

    #[napi(catch_unwind)]
    pub fn update_pings(&self, ticket: Unknown<'_>, pings: Unknown<'_>) -> Result<()> {
        guard(|| {
            let ticket = read::queue_id("ticket", &ticket)?;
            let pings = read_pings(&self.def, pings)?;
            self.with(|queue| Ok(queue.update_pings(ticket, &pings)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn offer(&self, offer: Unknown<'_>) -> Result<()> {
        guard(|| {
            let offer = read_offer(&self.def, offer)?;
            self.with(|queue| Ok(queue.offer(&offer)?))
        })
    }

    #[napi(catch_unwind)]
    pub fn withdraw(&self, running: Unknown<'_>) -> Result<bool> {
        guard(|| {
            let running = read::queue_id("running", &running)?;
            self.with(|queue| Ok(queue.withdraw(running)))
        })
    }

    #[napi(catch_unwind)]
    pub fn form(&self, now_ms: Unknown<'_>) -> Result<Vec<FormedMatch>> {
        guard(|| {
            let now = read::time("nowMs", &now_ms)?;
            let formed = self.with(|queue| Ok(queue.form(now)?))?;
            Ok(formed.iter().map(|formed| FormedMatch::new(&self.def, formed)).collect())
        })
    }

    #[napi(catch_unwind)]
    pub fn waits(&self, ticket: Unknown<'_>) -> Result<bool> {
        guard(|| {
            let ticket = read::queue_id("ticket", &ticket)?;
            self.with(|queue| Ok(queue.waits(ticket)))
        })
    }

    #[napi(catch_unwind, ts_return_type = "string | null")]
    pub fn ticket_of(&self, player: Unknown<'_>) -> Result<Option<String>> {
        guard(|| {
            let player = read::queue_id("player", &player)?;
            self.with(|queue| Ok(queue.ticket_of(player).map(|ticket| ticket.to_string())))
        })
    }

    #[napi(catch_unwind)]
    pub fn free(&self, running: Unknown<'_>) -> Result<Option<OpenSlots>> {
        guard(|| {
            let running = read::queue_id("running", &running)?;
            self.with(|queue| {
                Ok(queue.free(running).map(|[red, blue]| OpenSlots { red: red.into(), blue: blue.into() }))
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn stats(&self) -> Result<QueueStats> {
        guard(|| self.with(|queue| Ok(queue.stats().into())))
    }

    #[napi(catch_unwind)]
    pub fn hash(&self) -> Result<String> {
        guard(|| self.with(|queue| Ok(format!("{:016x}", queue.hash()))))
    }

    #[napi(catch_unwind)]
    pub fn drain_log<'env>(&self, env: &'env Env) -> Result<QueueLogPart<'env>> {
        guard(|| {
            let mut bytes = Vec::new();
            let drained = self.with(|queue| Ok(queue.drain_log(&mut bytes)))?;
            Ok(QueueLogPart {
                bytes: Uint8ArraySlice::copy_from(env, bytes)?,
                total: drained.total as f64,
                stopped: drained.stopped,
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn dispose(&self) -> Result<()> {
        guard(|| {
            // Also of one that has panicked: nothing of it is left.
            self.state.replace(State::Disposed);
            Ok(())
        })
    }
}

/// `MatchQueueOptions`; the engine checks the ranges.
fn definition(options: Unknown<'_>) -> Inner<QueueDef> {
    let fields = Fields::optional("options", options)?;
    let mut def = QueueDef::default();
    if let Some(policy) = fields.get("policy")? {
        read_policy(policy, &mut def.policy)?;
    }
    if let Some(modes) = fields.get("modes")? {
        let too_many = |length| Fail::invalid("modes", length, format_args!("1 to {MODES} modes"));
        def.modes = read::elements("modes", &modes, MODES, too_many)?.into_iter().map(mode).collect::<Inner<_>>()?;
    }
    if let Some(regions) = fields.get("regions")? {
        let too_many = |length| Fail::invalid("regions", length, format_args!("1 to {REGIONS} regions"));
        def.regions = read::elements("regions", &regions, REGIONS, too_many)?
            .iter()
            .map(|name| read::string("regions[]", name, "a name"))
            .collect::<Inner<_>>()?;
    }
    for (name, place) in
        [("maxTickets", &mut def.max_tickets), ("maxOffers", &mut def.max_offers), ("logLimit", &mut def.log_limit)]
    {
        if let Some(value) = fields.get(name)? {
            *place = read::uint32(name, &value)?;
        }
    }
    Ok(def)
}

fn mode(value: Unknown<'_>) -> Inner<Mode> {
    let fields = Fields::required("modes[]", value)?;
    let mut mode = Mode {
        name: read::string("modes[].name", &fields.need("name", "a string")?, "a string")?,
        least: 2,
        most: PLAYERS as u8,
    };
    for (name, place) in [("least", &mut mode.least), ("most", &mut mode.most)] {
        if let Some(value) = fields.get(name)? {
            *place = read::whole(format_args!("modes[].{name}"), &value, 2, PLAYERS as u64)? as u8;
        }
    }
    Ok(mode)
}

fn read_policy(value: Unknown<'_>, policy: &mut Policy) -> Inner<()> {
    let fields = Fields::required("policy", value)?;
    if let Some(options) = fields.get("rating")? {
        policy.system = rating::system("policy.rating", options)?;
    }
    for (name, place) in [
        ("spread", &mut policy.spread),
        ("spreadPerS", &mut policy.spread_per_s),
        ("doubt", &mut policy.doubt),
        ("favourite", &mut policy.favourite),
        ("favouritePerS", &mut policy.favourite_per_s),
        ("pingPerS", &mut policy.ping_per_s),
    ] {
        if let Some(value) = fields.get(name)? {
            *place = read::number(format_args!("policy.{name}"), &value)?;
        }
    }
    for (name, place) in [
        ("pingMs", &mut policy.ping_ms),
        ("fullMs", &mut policy.full_ms),
        ("smallMs", &mut policy.small_ms),
        ("patienceMs", &mut policy.patience_ms),
    ] {
        if let Some(value) = fields.get(name)? {
            *place = read::uint32(format_args!("policy.{name}"), &value)?;
        }
    }
    if let Some(value) = fields.get("uneven")? {
        policy.uneven = read::whole("policy.uneven", &value, 0, 3)? as u8;
    }
    Ok(())
}

/// A mode by its name; left out: the first.
fn mode_of(def: &QueueDef, name: &'static str, fields: &Fields<'_>) -> Inner<u8> {
    let Some(value) = fields.get("mode")? else { return Ok(0) };
    let known = def.modes.iter().map(|mode| mode.name.as_str());
    Ok(named(format_args!("{name}.mode"), &value, known)? as u8)
}

fn named<'a>(
    field: impl core::fmt::Display,
    value: &Unknown<'_>,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Inner<usize> {
    let limit = || format!("one of {}", known.clone().collect::<Vec<_>>().join(", "));
    let name = read::string(&field, value, limit())?;
    known.clone().position(|known| known == name).ok_or_else(|| {
        let shown: String = name.chars().take(32).collect();
        Fail::invalid(field, format_args!("{shown:?}"), limit())
    })
}

/// By name of region; what is left out is out of reach, and a name that is no region's is refused.
fn read_pings(def: &QueueDef, value: Unknown<'_>) -> Inner<Vec<u16>> {
    let fields = Fields::required("pings", value)?;
    let mut pings = vec![0; def.regions.len()];
    for name in fields.names()? {
        let Some(region) = def.regions.iter().position(|region| *region == name) else {
            let shown: String = name.chars().take(32).collect();
            let known = def.regions.join(", ");
            return Err(Fail::invalid("pings", format_args!("an object with {shown:?}"), format_args!("by {known}")));
        };
        if let Some(value) = fields.get(&name)? {
            let ping = read::number(format_args!("pings[{name:?}]"), &value)?;
            // NaN is in no range.
            if !(0.0..=f64::from(PING_MAX)).contains(&ping) {
                let limit = format_args!("0, for out of reach, to {PING_MAX} ms");
                return Err(Fail::invalid(format_args!("pings[{name:?}]"), ping, limit));
            }
            pings[region] = libm::ceil(ping) as u16;
        }
    }
    Ok(pings)
}

fn read_members(field: &'static str, value: &Unknown<'_>, most: usize) -> Inner<Vec<Member>> {
    let too_many = |length| Fail::invalid(field, length, format_args!("at most {most} players"));
    let member = |value| {
        let fields = Fields::required(field, value)?;
        Ok(Member {
            player: read::queue_id("player", &fields.need("player", "an id")?)?,
            rating: rating::one(fields.need("rating", "a rating")?)?,
        })
    };
    read::elements(field, value, most, too_many)?.into_iter().map(member).collect()
}

fn read_ticket(def: &QueueDef, value: Unknown<'_>) -> Inner<Ticket> {
    let fields = Fields::required("ticket", value)?;
    let flag = |name: &str| -> Inner<bool> {
        Ok(match fields.get(name)? {
            Some(value) => read::boolean(format_args!("ticket.{name}"), &value)?,
            None => false,
        })
    };
    let blocks = match fields.get("blocks")? {
        Some(blocks) => {
            let too_many = |length| Fail::invalid("blocks", length, format_args!("at most {BLOCKS} players"));
            read::elements("blocks", &blocks, BLOCKS, too_many)?
                .iter()
                .map(|block| read::queue_id("blocks[]", block))
                .collect::<Inner<_>>()?
        }
        None => Vec::new(),
    };
    Ok(Ticket {
        id: read::queue_id("ticket.id", &fields.need("id", "an id")?)?,
        mode: mode_of(def, "ticket", &fields)?,
        pings: read_pings(def, fields.need("pings", "an object")?)?,
        players: read_members("players", &fields.need("players", "an array")?, PARTY)?,
        enqueued_ms: read::time("ticket.enqueuedMs", &fields.need("enqueuedMs", "a time in ms")?)?,
        priority: flag("priority")?,
        backfill: flag("backfill")?,
        blocks,
    })
}

fn read_offer(def: &QueueDef, value: Unknown<'_>) -> Inner<Offer> {
    let fields = Fields::required("offer", value)?;
    let free = Fields::required("offer.free", fields.need("free", "{ red, blue }")?)?;
    let open = |team: &'static str| -> Inner<u8> {
        let field = format!("offer.free.{team}");
        Ok(read::whole(&field, &free.need(team, "a number")?, 0, PARTY as u64)? as u8)
    };
    let team = |team: Team| read_members(team.name(), &fields.need(team.name(), "an array")?, PARTY);
    let regions = def.regions.iter().map(String::as_str);
    Ok(Offer {
        id: read::queue_id("offer.id", &fields.need("id", "an id")?)?,
        mode: mode_of(def, "offer", &fields)?,
        region: named("offer.region", &fields.need("region", "a region's name")?, regions)? as u8,
        free: [open("red")?, open("blue")?],
        teams: [team(Team::Red)?, team(Team::Blue)?],
    })
}
