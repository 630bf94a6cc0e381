//! Weng-Lin for teams and places, from the crate `skillratings`, on Elo-like points.
//!
//! The crate's own scale (25, 25/3 and 25/6) would be 1500, 246 and 123: the method does not mind the unit, and so 400
//! points are ten to one as in Elo. Around the crate's update stands what it leaves to its caller: the drift of skill,
//! rest, how a team's luck grows with its members, and what one result among many is worth.

use super::{DEVIATION_MIN, LIMIT, Rating, TeamResult, check_field};
use crate::Result;
use skillratings::MultiTeamOutcome;
use skillratings::weng_lin::{WengLinConfig, WengLinRating, weng_lin_multi_team};

/// What Weng-Lin is defined by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WengLinDef {
    /// Value of a newcomer, points, -5,000 to 5,000.
    pub newcomer: f64,
    /// Deviation of a newcomer, points, 10 to 5,000: how far skills spread.
    pub deviation: f64,
    /// Luck in a single player's result, points, 100 to 5,000: players apart by it times the root of 2 win 73 to 27.
    pub beta: f64,
    /// How a team's luck grows with its mean size: beta x size^growth, 0 to 1. 0: a team is as lucky as a single player,
    /// and the sum of its skills tells; 1/2: members' luck is their own; 1: the mean of its skills tells.
    pub growth: f64,
    /// What a pair among n teams is worth: (n - 1)^-crowd, 0 to 1. 0: as if each pair had played a match of its own, as
    /// the paper has it; 1: a match is worth a match, however many play.
    pub crowd: f64,
    /// How far skill drifts from one match to the next, one standard deviation, points, 0 to 500.
    pub drift: f64,
    /// How far skill drifts in a day without a match, one standard deviation, points, 0 to 500.
    pub rest: f64,
}

impl Default for WengLinDef {
    /// A newcomer has 1,500 and may be 200 off; beta makes 400 points ten to one. Deviation, growth and crowd predicted best
    /// among 27 (`cargo xtask rating --tune`), drift among three. How rest blurs a skill is an estimate: 90 days, 95 points.
    fn default() -> Self {
        let beta = 400.0 / (core::f64::consts::LN_10 * core::f64::consts::SQRT_2);
        WengLinDef { newcomer: 1500.0, deviation: 200.0, beta, growth: 0.5, crowd: 0.5, drift: 5.0, rest: 10.0 }
    }
}

impl WengLinDef {
    /// # Errors
    /// [`crate::Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        check_field("newcomer", self.newcomer, -LIMIT / 2.0..=LIMIT / 2.0)?;
        check_field("deviation", self.deviation, 10.0..=LIMIT / 2.0)?;
        // With at least 100, no two teams of a match of eight within the limit are more than 566 units of luck apart, and
        // the crate's exponentials, taken from the middle, neither overflow nor vanish.
        check_field("beta", self.beta, 100.0..=LIMIT / 2.0)?;
        check_field("growth", self.growth, 0.0..=1.0)?;
        check_field("crowd", self.crowd, 0.0..=1.0)?;
        check_field("drift", self.drift, 0.0..=500.0)?;
        check_field("rest", self.rest, 0.0..=500.0)
    }

    fn config(&self, teams: usize, players: usize) -> WengLinConfig {
        let beta = self.beta * libm::pow(players as f64 / teams as f64, self.growth);
        WengLinConfig { beta, ..WengLinConfig::new() }
    }

    /// The deviation after a drift: variances add, and nobody grows less sure than a newcomer is.
    fn drifted(&self, deviation: f64, drift_squared: f64) -> f64 {
        let grown = (deviation * deviation + drift_squared).sqrt();
        // Somebody who came in less sure than a newcomer stays so.
        grown.min(self.deviation.max(deviation)).max(DEVIATION_MIN)
    }

    pub(super) fn rest(&self, rating: Rating, days: f64) -> Rating {
        Rating { deviation: self.drifted(rating.deviation, self.rest * self.rest * days), ..rating }
    }

    pub(super) fn rate(&self, teams: &mut [TeamResult<'_>]) {
        let drift = self.drift * self.drift;
        for rating in teams.iter_mut().flat_map(|team| team.members.iter_mut()) {
            rating.deviation = self.drifted(rating.deviation, drift);
        }
        let shifted = shifted(teams.len(), |team| &*teams[team].members);
        let config = self.config(teams.len(), shifted.iter().map(Vec::len).sum());
        let results: Vec<_> = shifted
            .iter()
            .zip(&*teams)
            .map(|(members, team)| (members.as_slice(), MultiTeamOutcome::new(team.place.into())))
            .collect();
        let rated = weng_lin_multi_team(&results, &config);
        // Value and variance change by sums over the other teams: a weight on each pair is a weight on the change.
        let weight = libm::pow((teams.len() - 1) as f64, -self.crowd);
        for ((team, before), after) in teams.iter_mut().zip(&shifted).zip(&rated) {
            for ((rating, before), after) in team.members.iter_mut().zip(before).zip(after) {
                let variance = before.uncertainty * before.uncertainty;
                let change = after.uncertainty * after.uncertainty - variance;
                rating.value = (rating.value + weight * (after.rating - before.rating)).clamp(-LIMIT, LIMIT);
                rating.deviation = (variance + weight * change).sqrt().clamp(DEVIATION_MIN, LIMIT);
            }
        }
    }

    /// For each pair the log-odds of the paper, difference of sums over c; of more than two teams each one's mean against
    /// all. The crate's own for many teams puts the doubt about all of them into every pair and comes out too flat.
    pub(super) fn win_chances(&self, teams: &[&[Rating]]) -> Vec<f64> {
        let beta = self.config(teams.len(), teams.iter().map(|team| team.len()).sum()).beta;
        let value = |team: &[Rating]| team.iter().map(|rating| rating.value).sum::<f64>();
        let variance = |team: &[Rating]| team.iter().map(|rating| rating.deviation * rating.deviation).sum::<f64>();
        let log_odds = |own: &[Rating], other: &[Rating]| {
            (value(own) - value(other)) / (2.0 * beta * beta + variance(own) + variance(other)).sqrt()
        };
        let sum = |own: &[Rating]| teams.iter().map(|other| log_odds(own, other)).sum::<f64>();
        let logs: Vec<f64> = teams.iter().map(|own| sum(own) / teams.len() as f64).collect();
        let best = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        logs.iter().map(|log| libm::exp(log - best)).collect()
    }
}

/// The crate's ratings, with the middle between the strongest and the weakest team at 0: it takes exponentials of whole
/// sums, which overflow from 700 on; only differences count.
fn shifted<'a>(count: usize, team: impl Fn(usize) -> &'a [Rating]) -> Vec<Vec<WengLinRating>> {
    let sum = |n: usize| team(n).iter().map(|rating| rating.value).sum::<f64>();
    let (low, high) =
        (0..count).map(sum).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), sum| (low.min(sum), high.max(sum)));
    let middle = (low + high) / 2.0;
    let member = |rating: &Rating, share: f64| WengLinRating {
        rating: rating.value - share,
        uncertainty: rating.deviation.max(DEVIATION_MIN),
    };
    (0..count)
        .map(|n| {
            let share = middle / team(n).len() as f64;
            team(n).iter().map(|rating| member(rating, share)).collect()
        })
        .collect()
}
