//! How good players are: ratings by results.
//!
//! A rating is a skill and how sure it is. Two systems stand behind one interface, [`System`]:
//!
//! - [`System::Elo`]: the plan's Elo with K = 32, carried over from two players to teams and to places among 2 to 8. What
//!   one side wins the other loses.
//! - [`System::WengLin`], the default: a rating for teams that also knows how sure it is of each player (Weng and Lin,
//!   "A Bayesian approximation method for online ranking", JMLR 12, 2011), from the crate `skillratings`. A newcomer
//!   moves fast and a regular slowly, and in a team the unknown member moves more than the known one.
//!
//! # The choice
//!
//! `cargo xtask rating` plays both, with Glicko-2 and TrueSkill beside them, on populations of known skill: 240 players,
//! 150 rounds, matches of 1 against 1 to 4 against 4 and of eight single players, three kinds of luck, three spreads of
//! skill. Log-loss is of 1.2 million matches that were predicted and not rated, by what equal chances lose; games are until a
//! newcomer's rank is within a tenth of the population of the true one, median. Commit 644d4cb, rustc 1.95.0, AMD EPYC:
//!
//! | system | log-loss | less Elo's, 95% | two teams, nats | games | rank correlation |
//! | --- | --- | --- | --- | --- | --- |
//! | Elo, K = 32 | 0.901 | | 0.630 | 11 | 0.854 |
//! | Weng-Lin, ours | 0.872 | -0.029 +- 0.002 | 0.619 | 7 | 0.883 |
//! | Weng-Lin, the paper's | 0.897 | -0.004 +- 0.008 | 0.622 | 7 | 0.884 |
//! | Glicko-2, tuned as ours | 0.874 | -0.027 +- 0.002 | 0.622 | 6 | 0.868 |
//! | Glicko-2 | 0.881 | -0.021 +- 0.003 | 0.627 | 6 | 0.862 |
//! | TrueSkill, tuned as ours | 0.895 | -0.006 +- 0.005 | 0.627 | 6 | 0.890 |
//!
//! Matches of two teams, which the rule book's are, decided. Glicko-2 is close behind, is ahead in duels and among single
//! players, and better calibrated; it knows no teams and takes a third number. TrueSkill's crate warns of a patent.
//!
//! ```
//! use trespasser::rating::{System, TeamResult, places};
//!
//! let system = System::default();
//! let (mut red, mut blue) = ([system.newcomer(); 2], [system.newcomer(); 2]);
//! let place = places(&[50, 41])?;
//! system.rate(&mut [
//!     TeamResult { place: place[0], members: &mut red },
//!     TeamResult { place: place[1], members: &mut blue },
//! ])?;
//! assert!(system.win_chances(&[&red, &blue])?[0] > 0.5);
//! # Ok::<(), trespasser::Error>(())
//! ```
//!
//! Ratings are no part of a match: nothing in the simulation reads one. Elo takes its powers from `libm` and gives the
//! same bits everywhere; Weng-Lin takes `exp` from the platform through its crate: the same build on the same machine
//! gives the same bits, another platform may differ in the last of them. A host that must agree with others rates in
//! one place.

mod elo;
mod weng_lin;

pub use elo::EloDef;
pub use weng_lin::WengLinDef;

use crate::world::PLAYERS;
use crate::{Error, Result};

/// A rating's value and deviation are within this of 0, in points. A change that would lead out of it ends at it.
pub const LIMIT: f64 = 10_000.0;

/// The least deviation that Weng-Lin keeps, points: below it a rating would stand still for ever.
pub const DEVIATION_MIN: f64 = 1.0;

/// Days of rest that count at most: a hundred years.
pub const REST_MAX: f64 = 36_525.0;

/// What is thought of a player. 16 bytes; keep both numbers as they are.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct Rating {
    /// Skill, points; 400 points are ten wins to one in Elo. Within [`LIMIT`] of 0.
    pub value: f64,
    /// How far the skill may be off, one standard deviation, points, 0 to [`LIMIT`]. Elo knows none and leaves it as it is.
    pub deviation: f64,
}

const _: () = assert!(size_of::<Rating>() == 16);

/// A team, or a single player, and where it came in.
#[derive(Debug)]
pub struct TeamResult<'a> {
    /// 1: the first, to 8. Equal places are a draw between those teams; only the order counts, gaps do not.
    pub place: u8,
    /// 1 to 7 players, who are given their new ratings.
    pub members: &'a mut [Rating],
}

/// A way to rate. Cheap to copy; the same for all players who are to be compared.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum System {
    /// Elo, generalised to teams and places.
    Elo(EloDef),
    /// Weng-Lin with the full Bradley-Terry model.
    WengLin(WengLinDef),
}

impl Default for System {
    /// Weng-Lin with its defaults.
    fn default() -> Self {
        System::WengLin(WengLinDef::default())
    }
}

impl System {
    /// # Errors
    /// [`Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        match self {
            System::Elo(def) => def.validate(),
            System::WengLin(def) => def.validate(),
        }
    }

    /// The rating of a player who has not played.
    pub fn newcomer(&self) -> Rating {
        match self {
            System::Elo(def) => Rating { value: def.newcomer, deviation: 0.0 },
            System::WengLin(def) => Rating { value: def.newcomer, deviation: def.deviation },
        }
    }

    /// Rates a finished match: 2 to 8 teams of at least one, 8 players at most in all, as a match holds. Teams may differ
    /// in size. That no player stands in it twice is the caller's to see to.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a system or a rating out of its range, NaN among them, for too few or too many
    /// teams or players, an empty team, or a place outside 1 to 8. Then no rating has changed.
    pub fn rate(&self, teams: &mut [TeamResult<'_>]) -> Result<()> {
        self.validate()?;
        check_sizes(teams.iter().map(|team| team.members.len()))?;
        for team in &*teams {
            if !(1..=PLAYERS).contains(&usize::from(team.place)) {
                return Err(Error::invalid("place", team.place, format!("1 to {PLAYERS}")));
            }
            team.members.iter().try_for_each(|rating| rating.check())?;
        }
        match self {
            System::Elo(def) => def.rate(teams),
            System::WengLin(def) => def.rate(teams),
        }
        Ok(())
    }

    /// The chance of each team to come in first; they sum to 1. A draw counts as a part of a win for each who share it.
    ///
    /// # Errors
    /// As [`System::rate`].
    pub fn win_chances(&self, teams: &[&[Rating]]) -> Result<Vec<f64>> {
        self.validate()?;
        check_sizes(teams.iter().map(|team| team.len()))?;
        teams.iter().flat_map(|team| team.iter()).try_for_each(Rating::check)?;
        let mut chances = match self {
            System::Elo(def) => def.win_chances(teams),
            System::WengLin(def) => def.win_chances(teams),
        };
        let sum: f64 = chances.iter().sum();
        chances.iter_mut().for_each(|chance| *chance /= sum);
        Ok(chances)
    }

    /// How even a match would be, 0: decided before it begins, to 1: every team as likely to win as the next. It is the
    /// entropy of [`System::win_chances`] by that of equal chances. For two teams, 0.97 is 60 to 40, 0.81 is 75 to 25,
    /// 0.47 is 90 to 10.
    ///
    /// # Errors
    /// As [`System::rate`].
    pub fn quality(&self, teams: &[&[Rating]]) -> Result<f64> {
        let chances = self.win_chances(teams)?;
        let entropy: f64 = chances.iter().filter(|chance| **chance > 0.0).map(|p| -p * libm::log(*p)).sum();
        Ok((entropy / libm::log(chances.len() as f64)).clamp(0.0, 1.0))
    }

    /// The rating after days without a match: Weng-Lin grows less sure, up to a newcomer's deviation, and Elo stays.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a system or rating out of range, or days outside 0 to [`REST_MAX`].
    pub fn rest(&self, rating: Rating, days: f64) -> Result<Rating> {
        self.validate()?;
        rating.check()?;
        // Written so that NaN is refused.
        if !(0.0..=REST_MAX).contains(&days) {
            return Err(Error::invalid("days", days, format!("0 to {REST_MAX}")));
        }
        Ok(match self {
            System::Elo(_) => rating,
            System::WengLin(def) => def.rest(rating, days),
        })
    }

    /// What to show and to rank by, points: Elo's value; for Weng-Lin the value less three deviations, which the skill
    /// exceeds almost for certain. There a newcomer begins low (900 by default) and climbs with every match that makes the
    /// rating surer.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a rating out of range.
    pub fn points(&self, rating: Rating) -> Result<f64> {
        rating.check()?;
        Ok(match self {
            System::Elo(_) => rating.value,
            System::WengLin(_) => rating.value - 3.0 * rating.deviation,
        })
    }
}

impl Rating {
    pub(crate) fn check(&self) -> Result<()> {
        // Written so that NaN is refused.
        if !(-LIMIT..=LIMIT).contains(&self.value) {
            return Err(Error::invalid("value", self.value, format!("a number from -{LIMIT} to {LIMIT}")));
        }
        if !(0.0..=LIMIT).contains(&self.deviation) {
            return Err(Error::invalid("deviation", self.deviation, format!("a number from 0 to {LIMIT}")));
        }
        Ok(())
    }
}

/// The places of teams by their kills, or whatever counts: the most is first, equals share a place and leave the next
/// ones out (50, 41, 41, 3: 1, 2, 2, 4).
///
/// # Errors
/// [`Error::InvalidArgument`] for fewer than 2 or more than 8.
pub fn places(kills: &[u32]) -> Result<Vec<u8>> {
    check_teams(kills.len())?;
    Ok(kills.iter().map(|own| 1 + kills.iter().filter(|other| *other > own).count() as u8).collect())
}

fn check_teams(count: usize) -> Result<()> {
    if !(2..=PLAYERS).contains(&count) {
        return Err(Error::invalid("teams", count, format!("2 to {PLAYERS} teams")));
    }
    Ok(())
}

fn check_sizes(sizes: impl ExactSizeIterator<Item = usize> + Clone) -> Result<()> {
    check_teams(sizes.len())?;
    if sizes.clone().any(|size| size == 0) {
        return Err(Error::invalid("members", 0, "at least 1 in every team"));
    }
    // Each is bounded before they are summed.
    let players = sizes.fold(0usize, |sum, size| sum.saturating_add(size));
    if players > PLAYERS {
        return Err(Error::invalid("members", players, format!("at most {PLAYERS} in all teams together")));
    }
    Ok(())
}

/// A field of a definition that must be a finite number of a range.
fn check_field(field: &'static str, value: f64, range: core::ops::RangeInclusive<f64>) -> Result<()> {
    // NaN is in no range.
    if range.contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(field, value, format!("{} to {}", range.start(), range.end())))
}
