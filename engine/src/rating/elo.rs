//! Elo for teams and places.
//!
//! Two players: `value + K * (actual - expected)` with `expected = 1 / (1 + 10^((other - value) / 400))`, as in the plan.
//! The plan's `actual`, place by number of players, would give the last one the most and does not sum to a constant; it
//! is read as what it means: 1 for a win, 0 for a loss, 1/2 for a draw, and among n teams the mean of these over the
//! n - 1 others, so that a match among eight moves nobody more than K either.

use super::{LIMIT, Rating, TeamResult, check_field};
use crate::Result;
use crate::world::PLAYERS;

/// What Elo is defined by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EloDef {
    /// The most that a match moves a player of equal teams, points, 1 to 400.
    pub k: f64,
    /// Value of a newcomer, points, -5,000 to 5,000.
    pub newcomer: f64,
}

impl Default for EloDef {
    /// K = 32 as in the plan; a newcomer has 1,500.
    fn default() -> Self {
        EloDef { k: 32.0, newcomer: 1500.0 }
    }
}

/// Points that are ten to one.
const SCALE: f64 = 400.0;

impl EloDef {
    /// # Errors
    /// [`crate::Error::InvalidArgument`] naming the first field at fault and its limit.
    pub fn validate(&self) -> Result<()> {
        check_field("k", self.k, 1.0..=400.0)?;
        check_field("newcomer", self.newcomer, -LIMIT / 2.0..=LIMIT / 2.0)
    }

    /// Every pair of teams exchanges K / (n - 1) x (actual - expected); a team's strength is the mean of its members, as
    /// the plan takes the mean of the opponents. Where teams differ in size, a member's change is scaled by the mean
    /// size over the own: the sum over all players stays 0.
    pub(super) fn rate(&self, teams: &mut [TeamResult<'_>]) {
        let count = teams.len();
        let mut means = [0.0; PLAYERS];
        for (mean, team) in means.iter_mut().zip(&*teams) {
            *mean = strength(team.members);
        }
        let mut changes = [0.0; PLAYERS];
        for i in 0..count {
            for j in i + 1..count {
                let actual = match teams[i].place.cmp(&teams[j].place) {
                    core::cmp::Ordering::Less => 1.0,
                    core::cmp::Ordering::Equal => 0.5,
                    core::cmp::Ordering::Greater => 0.0,
                };
                let change = self.k / (count - 1) as f64 * (actual - expected(means[i], means[j]));
                changes[i] += change;
                changes[j] -= change;
            }
        }
        let size = teams.iter().map(|team| team.members.len()).sum::<usize>() as f64 / count as f64;
        for (team, change) in teams.iter_mut().zip(changes) {
            let change = change * size / team.members.len() as f64;
            for rating in team.members.iter_mut() {
                rating.value = (rating.value + change).clamp(-LIMIT, LIMIT);
            }
        }
    }

    /// In proportion to 10^(strength / 400): for two teams what `rate` expects, for more the Bradley-Terry-Luce choice.
    pub(super) fn win_chances(&self, teams: &[&[Rating]]) -> Vec<f64> {
        let best = teams.iter().map(|team| strength(team)).fold(f64::NEG_INFINITY, f64::max);
        teams.iter().map(|team| libm::pow(10.0, (strength(team) - best) / SCALE)).collect()
    }
}

fn strength(members: &[Rating]) -> f64 {
    members.iter().map(|rating| rating.value).sum::<f64>() / members.len() as f64
}

fn expected(own: f64, other: f64) -> f64 {
    1.0 / (1.0 + libm::pow(10.0, (other - own) / SCALE))
}
