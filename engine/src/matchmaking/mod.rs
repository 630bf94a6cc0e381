//! Who plays with whom: tickets in, matches of two fair teams out.
//!
//! A [`Queue`] holds tickets (a party of 1 to 4 with ratings, pings and a mode) and offers (open slots of running
//! matches). [`Queue::form`] takes the time from the host and gives the matches that can be made now. What a good match is
//! says the [`Policy`], with the formulas of how it widens.
//!
//! # How matches are formed
//!
//! 1. Tickets come in order: with priority first, then the longest waiting, then the lowest id.
//! 2. One that would fill open slots looks for a running match whose mean rating is within its tolerance, nearest first.
//! 3. Otherwise, in each region that its ping allows, the nearest by rating of each size of party are looked up, and the
//!    fullest shape of two teams that they make is taken, of equally full ones the closest by rating.
//! 4. Parties are dealt by trying all deals: the one whose predicted chance is closest to a half.
//! 5. The match is held where the worst ping is lowest.
//!
//! A form call sorts the tickets by mode, size and rating once; in that order a region is a set of bits (`bits.rs`), and the
//! nearest ticket on either side is found in a few words.
//!
//! # What is promised
//!
//! - The longest wait: once a ticket's patience is over, it is in a match by the end of the next form call, if that call
//!   finds one other ticket that it may play with: of the same mode, reaching one region that it reaches, not blocked by
//!   either, and enough together for the mode's least. (Where the mode's least is more than two parties make, the same
//!   holds for as many as it takes, as long as nobody blocks anybody.)
//! - Parties stay together. No player stands in the queue twice. A ticket is waiting, cancelled or in one match.
//! - The same calls give the same matches, to the bit, on every platform, in whatever order tickets with the same time
//!   were added; [`Queue::hash`] says so, and [`replay`] proves it from the log ([`log`]).
//!
//! ```
//! use trespasser::matchmaking::{Member, Mode, Queue, QueueDef, Ticket};
//! use trespasser::rating::System;
//!
//! let duel = Mode { name: "duel".to_owned(), least: 2, most: 2 };
//! let mut queue = Queue::new(QueueDef { modes: vec![duel], regions: vec!["eu".to_owned()], ..QueueDef::default() })?;
//! for id in [1, 2] {
//!     let member = Member { player: 100 + id, rating: System::default().newcomer() };
//!     queue.add(&Ticket { id, players: vec![member], pings: vec![25], ..Ticket::default() })?;
//! }
//! let matches = queue.form(1_000)?;
//! assert_eq!((matches.len(), matches[0].seats.len(), queue.waiting()), (1, 2, 0));
//! # Ok::<(), trespasser::Error>(())
//! ```

mod bits;
mod chance;
mod form;
pub mod log;
mod policy;
mod queue;
mod shapes;

pub use log::{Drained, Replayed, replay};
pub use policy::{PATIENCE_MAX_MS, Policy};
pub use queue::{Queue, Stats};

use crate::rating::Rating;
use crate::world::PLAYERS;
use crate::{Error, Result, Team};

/// Modes of a queue at most.
pub const MODES: usize = 64;
/// Regions of a queue at most.
pub const REGIONS: usize = 8;
/// Players of a party at most: a team.
pub const PARTY: usize = 4;
/// Players whom a ticket may block, at most.
pub const BLOCKS: usize = 8;
/// Tickets that a queue may be defined for.
pub const TICKETS_MAX: u32 = 65_536;
/// Offers that a queue may be defined for.
pub const OFFERS_MAX: u32 = 16_384;
/// Milliseconds of ping from which on a region counts as out of reach: it is given as 0.
pub const PING_MAX: u16 = 9_999;
/// Bytes of a mode's or region's name at most.
pub const NAME: usize = 32;
/// Times, ms, are at most this, 2^53 - 1: what every host can count to.
pub const TIME_MAX: u64 = (1 << 53) - 1;

/// Ratings are kept in steps of 1/256 point: sums are whole numbers, which no order of players changes.
pub(crate) const UNIT: i32 = 256;

/// A way to play: how many in two teams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mode {
    /// 1 to [`NAME`] bytes, no other mode's.
    pub name: String,
    /// Players of a match at least, 2 to `most`.
    pub least: u8,
    /// Players of a full match: 2, 4, 6 or 8.
    pub most: u8,
}

impl Mode {
    /// Players of a full team.
    pub fn team_size(&self) -> u8 {
        self.most / 2
    }

    fn validate(&self) -> Result<()> {
        check_name("modes.name", &self.name)?;
        if !matches!(self.most, 2 | 4 | 6 | 8) {
            return Err(Error::invalid("modes.most", self.most, "2, 4, 6 or 8 players"));
        }
        if !(2..=self.most).contains(&self.least) {
            return Err(Error::invalid("modes.least", self.least, format!("2 to {}, the mode's most", self.most)));
        }
        Ok(())
    }
}

/// What a queue is made with.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueDef {
    /// What a good match is.
    pub policy: Policy,
    /// 1 to [`MODES`]; tickets name them by place.
    pub modes: Vec<Mode>,
    /// Names of the 1 to [`REGIONS`] regions, 1 to [`NAME`] bytes each; pings and matches name them by place.
    pub regions: Vec<String>,
    /// Tickets at most, 1 to [`TICKETS_MAX`].
    pub max_tickets: u32,
    /// Running matches with open slots at most, 0 to [`OFFERS_MAX`].
    pub max_offers: u32,
    /// Bytes of the log that may wait to be drained, at least 4,096; 0: no log. A log that would exceed it stops.
    pub log_limit: u32,
}

impl Default for QueueDef {
    /// One mode `standard` of 2 to 8, one region `local`, 16,384 tickets, 4,096 offers, no log.
    fn default() -> Self {
        QueueDef {
            policy: Policy::default(),
            modes: vec![Mode { name: "standard".to_owned(), least: 2, most: 8 }],
            regions: vec!["local".to_owned()],
            max_tickets: 16_384,
            max_offers: 4_096,
            log_limit: 0,
        }
    }
}

impl QueueDef {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        self.policy.validate()?;
        if !(1..=MODES).contains(&self.modes.len()) {
            return Err(Error::invalid("modes", self.modes.len(), format!("1 to {MODES} modes")));
        }
        self.modes.iter().try_for_each(Mode::validate)?;
        if !(1..=REGIONS).contains(&self.regions.len()) {
            return Err(Error::invalid("regions", self.regions.len(), format!("1 to {REGIONS} regions")));
        }
        self.regions.iter().try_for_each(|name| check_name("regions", name))?;
        unique("modes.name", self.modes.iter().map(|mode| mode.name.as_str()))?;
        unique("regions", self.regions.iter().map(String::as_str))?;
        if !(1..=TICKETS_MAX).contains(&self.max_tickets) {
            return Err(Error::invalid("max_tickets", self.max_tickets, format!("1 to {TICKETS_MAX}")));
        }
        if self.max_offers > OFFERS_MAX {
            return Err(Error::invalid("max_offers", self.max_offers, format!("0 to {OFFERS_MAX}")));
        }
        if (1..4096).contains(&self.log_limit) {
            return Err(Error::invalid("log_limit", self.log_limit, "0, for no log, or at least 4096 bytes"));
        }
        Ok(())
    }
}

fn check_name(field: &'static str, name: &str) -> Result<()> {
    if !(1..=NAME).contains(&name.len()) {
        return Err(Error::invalid(field, format!("{} bytes", name.len()), format!("1 to {NAME} bytes")));
    }
    Ok(())
}

fn unique<'a>(field: &'static str, names: impl Iterator<Item = &'a str> + Clone) -> Result<()> {
    for (n, name) in names.clone().enumerate() {
        if names.clone().take(n).any(|other| other == name) {
            return Err(Error::invalid(field, format!("{name:?} twice"), "a name of its own for each"));
        }
    }
    Ok(())
}

/// A player and what is thought of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// The host's number for the player.
    pub player: u64,
    /// As the queue's rating system has it; the value is kept to 1/256 point.
    pub rating: Rating,
}

/// A party that wants to play.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ticket {
    /// The host's number for it, of no other ticket that waits. Among tickets of the same time the lowest comes first.
    pub id: u64,
    /// Place among the queue's modes.
    pub mode: u8,
    /// For each region the ping of the party's worst off, ms, 1 to [`PING_MAX`]; 0: out of reach. One at least is not.
    pub pings: Vec<u16>,
    /// 1 to 4 players, at most a team of the mode, who play on one team.
    pub players: Vec<Member>,
    /// When it began to wait, ms, by the clock that [`Queue::form`] is given; at most [`TIME_MAX`].
    pub enqueued_ms: u64,
    /// To the front, and in a match by the next form call if anybody is there: for those whose server was lost.
    pub priority: bool,
    /// Would join a match that is running.
    pub backfill: bool,
    /// At most [`BLOCKS`] players with or against whom none of the party plays.
    pub blocks: Vec<u64>,
}

/// Open slots of a running match.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Offer {
    /// The host's number for the match. A second offer of the same match takes the place of the first.
    pub id: u64,
    /// Place among the queue's modes.
    pub mode: u8,
    /// Place among the queue's regions.
    pub region: u8,
    /// Open slots of red and blue; with the players there, at most a team of the mode each; one at least is open.
    pub free: [u8; 2],
    /// Who plays for red and blue; one at least does.
    pub teams: [Vec<Member>; 2],
}

/// A player's place in a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// The ticket that brought the player.
    pub ticket: u64,
    /// Who.
    pub player: u64,
    /// For which side.
    pub team: Team,
    /// How long the ticket waited, ms.
    pub waited_ms: u64,
}

/// A match to be held, or players for one that is being held.
#[derive(Debug, Clone, PartialEq)]
pub struct Formed {
    /// Place among the queue's modes.
    pub mode: u8,
    /// Place among the queue's regions.
    pub region: u8,
    /// The running match whose open slots these players take; `None`: a new one.
    pub running: Option<u64>,
    /// Predicted chance that red wins, 0 to 1, of everybody in the match.
    pub chance: f64,
    /// Highest less lowest rating of everybody in the match, points.
    pub spread: f64,
    /// The new players, in the order of their slots: red's first, parties side by side.
    pub seats: Vec<Seat>,
}

/// What a list of members must be, whoever's they are.
fn check_members(field: &'static str, members: &[Member]) -> Result<()> {
    for (n, member) in members.iter().enumerate() {
        member.rating.check()?;
        if members[..n].iter().any(|other| other.player == member.player) {
            return Err(Error::invalid(field, format!("player {} twice", member.player), "each player once"));
        }
    }
    Ok(())
}

impl Ticket {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    fn check(&self, def: &QueueDef) -> Result<()> {
        let mode = mode(def, self.mode)?;
        check_pings(def, &self.pings)?;
        let most = usize::from(mode.team_size());
        if !(1..=most).contains(&self.players.len()) {
            let limit = format!("1 to {most} players, a team of the mode {:?}", mode.name);
            return Err(Error::invalid("players", self.players.len(), limit));
        }
        check_members("players", &self.players)?;
        check_time("enqueued_ms", self.enqueued_ms)?;
        if self.blocks.len() > BLOCKS {
            return Err(Error::invalid("blocks", self.blocks.len(), format!("at most {BLOCKS} players")));
        }
        if let Some(own) = self.blocks.iter().find(|block| self.players.iter().any(|m| m.player == **block)) {
            return Err(Error::invalid("blocks", format!("player {own} of the party"), "players of no own party"));
        }
        Ok(())
    }
}

impl Offer {
    fn check(&self, def: &QueueDef) -> Result<()> {
        let mode = mode(def, self.mode)?;
        if usize::from(self.region) >= def.regions.len() {
            return Err(Error::invalid("region", self.region, format!("0 to {}", def.regions.len() - 1)));
        }
        for (free, team) in self.free.iter().zip(&self.teams) {
            let most = usize::from(mode.team_size());
            if usize::from(*free) > most || team.len() > most - usize::from(*free) {
                let limit = format!("with the players there at most {most}, a team of the mode {:?}", mode.name);
                return Err(Error::invalid("free", format!("{free} beside {} players", team.len()), limit));
            }
        }
        if self.free == [0, 0] {
            return Err(Error::invalid("free", 0, "at least 1 in one of the teams; withdraw an offer that is filled"));
        }
        if self.teams.iter().all(Vec::is_empty) {
            return Err(Error::invalid("teams", 0, "at least 1 player; let a match without players end"));
        }
        check_members("teams", &self.teams.concat())
    }
}

fn mode(def: &QueueDef, mode: u8) -> Result<&Mode> {
    let limit = || Error::invalid("mode", mode, format!("0 to {}, a mode of the queue", def.modes.len() - 1));
    def.modes.get(usize::from(mode)).ok_or_else(limit)
}

fn check_pings(def: &QueueDef, pings: &[u16]) -> Result<()> {
    if pings.len() != def.regions.len() {
        let limit = format!("{}, one for each region", def.regions.len());
        return Err(Error::invalid("pings", format!("{} numbers", pings.len()), limit));
    }
    if let Some(ping) = pings.iter().find(|ping| **ping > PING_MAX) {
        return Err(Error::invalid("pings", ping, format!("0, for out of reach, to {PING_MAX} ms")));
    }
    if pings.iter().all(|ping| *ping == 0) {
        return Err(Error::invalid("pings", 0, "above 0 for one region at least"));
    }
    Ok(())
}

fn check_time(field: &'static str, time: u64) -> Result<()> {
    if time > TIME_MAX {
        return Err(Error::invalid(field, time, format!("at most {TIME_MAX} ms")));
    }
    Ok(())
}

const _: () = assert!(PLAYERS == 2 * PARTY);
