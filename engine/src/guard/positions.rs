//! Positions that clients claim, for hosts that accept them: today's protocol carries positions beside inputs.
//!
//! Better is not to: the engine moves bodies by inputs and needs no claims. A host that must takes each claim here, and
//! gets back where the body may be taken to stand, and evidence if that is not where the client says.
//!
//! A claim is held against the last good one: within the playfield; no faster than its gait, with 10% of tolerance, over
//! the client's own time, of which there is never more than the server's; and on a way that a body of 6 px can go between
//! the slices that stand now.

use super::{Evidence, Kind};
use crate::map::{BODY_RADIUS, PLAYFIELD};
use crate::world::state::PLAYERS;
use crate::world::{Gait, MatchView, PlayerId};
use crate::{Error, Result, Vec2};

/// How claims are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionDef {
    /// Share by which a way may be longer than its gait allows, 0 to 1. Clients' clocks are coarse, and ways are rounded.
    pub tolerance: f32,
    /// px for rounding besides, 0 to 10.
    pub rounding: f32,
    /// Seconds of the client's time that can be saved up, for claims that wait behind a stall: 0.1 to 10.
    pub saved_s: f32,
}

impl Default for PositionDef {
    /// 10%, half a pixel, 2 seconds.
    fn default() -> Self {
        PositionDef { tolerance: 0.1, rounding: 0.5, saved_s: 2.0 }
    }
}

/// What a client says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// Centre of the body, px.
    pub position: Vec2,
    /// The client's clock, ms, from any moment on; finite.
    pub time_ms: f64,
    /// How it says it moves. [`Gait::Idle`] coasts at the speed of the claim before.
    pub gait: Gait,
}

/// What is wrong with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Fault {
    /// A coordinate that is no number, or outside the playfield.
    Outside = 1,
    /// Farther than its gait allows in the time.
    Speed = 2,
    /// Five times that and more, and 20 px.
    Teleport = 3,
    /// Slices stand in the way.
    Wall = 4,
    /// The dead do not move.
    Dead = 5,
}

/// What a claim is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Checked {
    /// Where the body may be taken to stand: as claimed, or as far towards it as it can have come.
    pub position: Vec2,
    /// `None`: the claim stands.
    pub fault: Option<Fault>,
    /// Of [`Kind::Position`], if there is a fault.
    pub evidence: Option<Evidence>,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    player: PlayerId,
    at: Vec2,
    time_ms: f64,
    gait: Gait,
    /// Seconds of the client's time that may pass, as of `tick`.
    credit: f32,
    tick: u32,
    alive: bool,
}

/// The claims of a match's players so far. The host keeps one for each match whose clients claim positions.
#[derive(Debug, Clone)]
pub struct Positions {
    def: PositionDef,
    last: [Option<Last>; PLAYERS],
}

impl Positions {
    /// Knows of no claim yet.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn new(def: PositionDef) -> Result<Positions> {
        let ranges = [
            ("positions.tolerance", def.tolerance, 0.0, 1.0),
            ("positions.rounding", def.rounding, 0.0, 10.0),
            ("positions.saved_s", def.saved_s, 0.1, 10.0),
        ];
        for (field, value, low, high) in ranges {
            if !(low..=high).contains(&value) {
                return Err(Error::invalid(field, value, format!("{low} to {high}")));
            }
        }
        Ok(Positions { def, last: [None; PLAYERS] })
    }

    /// Judges a claim by the match as of its last tick, and remembers where the body then stands. The first claim of a
    /// player, or of a life, is held against where the engine has the body.
    ///
    /// # Errors
    /// [`Error::StaleId`]; [`Error::InvalidArgument`] for a clock that is not finite.
    pub fn check(&mut self, view: &MatchView, player: PlayerId, claim: &Claim) -> Result<Checked> {
        let now = view.player(player)?;
        if !claim.time_ms.is_finite() {
            return Err(Error::invalid("claim.time_ms", claim.time_ms, "a finite number of ms"));
        }
        let (tick, tick_rate) = (view.tick(), view.tick_rate());
        let fresh = Last {
            player,
            at: now.position,
            time_ms: claim.time_ms,
            gait: Gait::Running,
            // Of the first claim nobody knows how old it is.
            credit: self.def.saved_s,
            tick,
            alive: now.alive,
        };
        let known = self.last[player.slot()].filter(|last| last.player == player && last.alive == now.alive);
        let first = known.is_none();
        let last = known.unwrap_or(fresh);

        let brought = tick.saturating_sub(last.tick) as f32 / tick_rate as f32;
        let credit = (last.credit + brought).min(self.def.saved_s);
        let claimed = ((claim.time_ms - last.time_ms) * 0.001).clamp(0.0, 1.0e6) as f32;
        let seconds = if first { credit } else { claimed.min(credit) };
        let movement = &view.rules().movement;
        let speed = |gait: Gait| match gait {
            Gait::Idle => 0.0,
            Gait::Sneaking => movement.sneak,
            Gait::Walking => movement.walk,
            Gait::Running => movement.run,
        };
        let fastest = speed(last.gait).max(speed(claim.gait));
        let reach = fastest * seconds * (1.0 + self.def.tolerance) + self.def.rounding;

        let (low, high) = (Vec2::splat(BODY_RADIUS), Vec2::new(PLAYFIELD.0, PLAYFIELD.1) - BODY_RADIUS);
        let finite = claim.position.is_finite();
        let wanted = if finite { claim.position } else { last.at };
        let inside = wanted.clamp(low, high);
        let outside = (wanted - inside).length();
        let way = inside - last.at;
        let far = way.length();
        let toward = if far > reach { last.at + way * (reach / far) } else { inside };
        let slid = if now.alive { view.slid(last.at, toward) } else { last.at };
        let short = (slid - toward).length();
        // A straight line between two claims cuts corners that the body went round: as much again as for rounding.
        let corner = 2.0 * self.def.rounding + 0.05 * far;

        let (fault, value) = if !finite {
            (Some(Fault::Outside), f32::MAX)
        } else if !now.alive && far > self.def.rounding {
            (Some(Fault::Dead), far)
        } else if outside > self.def.rounding {
            (Some(Fault::Outside), outside)
        } else if far > reach {
            let teleports = far > 5.0 * reach && far > reach + 20.0;
            (Some(if teleports { Fault::Teleport } else { Fault::Speed }), far - reach)
        } else if short > corner {
            (Some(Fault::Wall), short)
        } else {
            (None, 0.0)
        };
        let position = if fault.is_none() { inside } else { slid };
        // Corners that were cut are no ground to stand on.
        let position = if view.fits(position) { position } else { slid };
        self.last[player.slot()] = Some(Last {
            player,
            at: position,
            time_ms: claim.time_ms.max(last.time_ms),
            gait: claim.gait,
            credit: credit - seconds,
            tick,
            alive: now.alive,
        });
        let evidence = fault.map(|fault| {
            let grade = match fault {
                Fault::Outside | Fault::Teleport | Fault::Dead => 1.0,
                Fault::Wall => 0.5,
                Fault::Speed => (value / reach.max(1.0)).clamp(0.1, 1.0),
            };
            Evidence::new(player, tick, Kind::Position, value, 0.0, grade)
        });
        Ok(Checked { position, fault, evidence })
    }

    /// Forgets a player's claims, as after the host has moved the body: the next is held against where the engine has it.
    pub fn forget(&mut self, player: PlayerId) {
        self.last[player.slot()] = None;
    }
}
