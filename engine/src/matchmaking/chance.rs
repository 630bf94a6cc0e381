//! Who would win, and the fairest way to deal parties into two teams.

use super::UNIT;
use crate::rating::System;

/// What a prediction needs of a team.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Side {
    pub(super) players: u8,
    /// Sum of the members' ratings, in [`UNIT`]s of a point.
    pub(super) sum: i32,
    /// Sum of the members' squared deviations, points squared.
    pub(super) variance: f64,
}

impl Side {
    pub(super) fn with(self, other: Side) -> Side {
        Side {
            players: self.players + other.players,
            sum: self.sum + other.sum,
            variance: self.variance + other.variance,
        }
    }
}

/// A rating system's prediction for two teams, ready for every number of players.
#[derive(Debug, Clone)]
pub(super) struct Odds {
    system: System,
    /// Twice the squared luck of teams, by the number of players in both; Weng-Lin.
    luck: [f64; 9],
}

impl Odds {
    pub(super) fn new(system: System) -> Odds {
        let luck = core::array::from_fn(|players| match system {
            System::WengLin(def) => {
                let beta = def.beta * libm::pow(players as f64 / 2.0, def.growth);
                2.0 * beta * beta
            }
            System::Elo(_) => 0.0,
        });
        Odds { system, luck }
    }

    /// Logarithm of the odds that red wins, as [`System::win_chances`] has them. Infinite where a team has nobody.
    pub(super) fn log(&self, red: Side, blue: Side) -> f64 {
        if red.players == 0 || blue.players == 0 {
            return if red.players == 0 { f64::NEG_INFINITY } else { f64::INFINITY };
        }
        match self.system {
            System::WengLin(_) => {
                let apart = f64::from(red.sum - blue.sum) / f64::from(UNIT);
                apart / (self.luck[usize::from(red.players + blue.players)] + red.variance + blue.variance).sqrt()
            }
            System::Elo(_) => {
                let mean = |side: Side| f64::from(side.sum) / (f64::from(UNIT) * f64::from(side.players));
                (mean(red) - mean(blue)) * core::f64::consts::LN_10 / 400.0
            }
        }
    }

    /// What grows with the distance of the chance from a half, for teams of the same two sizes and the same players.
    fn skew(&self, red: (u8, i32), blue: (u8, i32)) -> i64 {
        let [red_size, red_sum, blue_size, blue_sum] =
            [i64::from(red.0), i64::from(red.1), i64::from(blue.0), i64::from(blue.1)];
        match self.system {
            System::WengLin(_) => (red_sum - blue_sum).abs(),
            System::Elo(_) => (red_sum * blue_size - blue_sum * red_size).abs(),
        }
    }

    /// The fairest deal of 2 to 8 parties into teams that differ by `uneven` players: a bit for each party, the first
    /// one's set. All deals are tried; of equally fair ones the lowest number wins. `None`: there is none.
    pub(super) fn split(&self, parties: &[Side], team_size: u8, uneven: u8) -> Option<u8> {
        // Players and sums of every set of parties: of the set without its lowest member, and that one.
        let mut players = [0u8; 256];
        let mut sums = [0i32; 256];
        let all = (1usize << parties.len()) - 1;
        for set in 1..=all {
            let (rest, lowest) = (set & (set - 1), set.trailing_zeros() as usize);
            players[set] = players[rest] + parties[lowest].players;
            sums[set] = sums[rest] + parties[lowest].sum;
        }
        let mut best: Option<(i64, usize)> = None;
        for red in (1..all).step_by(2) {
            let blue = all & !red;
            if players[red].abs_diff(players[blue]) != uneven || players[red].max(players[blue]) > team_size {
                continue;
            }
            let skew = self.skew((players[red], sums[red]), (players[blue], sums[blue]));
            if best.is_none_or(|(least, _)| skew < least) {
                best = Some((skew, red));
            }
        }
        best.map(|(_, red)| red as u8)
    }
}

/// The chance behind a logarithm of odds.
pub(super) fn chance(log: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-log))
}

/// The logarithm of odds behind a chance.
pub(super) fn log_odds(chance: f64) -> f64 {
    if chance >= 1.0 { f64::INFINITY } else { libm::log(chance / (1.0 - chance)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rating::{EloDef, Rating, WengLinDef};
    use crate::rng::philox4x32;

    #[test]
    fn predicts_what_the_rating_system_predicts() {
        for system in [System::WengLin(WengLinDef::default()), System::Elo(EloDef::default())] {
            let odds = Odds::new(system);
            for i in 0..500 {
                let random = philox4x32([i, 0, 0, 0], [1, 2]);
                let (reds, blues) = (1 + random[0] as usize % 4, 1 + random[1] as usize % 4);
                let member = |n: usize| {
                    let [a, b, ..] = philox4x32([i, 1 + n as u32, 0, 0], [1, 2]);
                    Rating { value: f64::from(a % (2000 * 256)) / 256.0, deviation: f64::from(b % 400) }
                };
                let all: Vec<Rating> = (0..reds + blues).map(member).collect();
                let (red, blue) = all.split_at(reds);
                let side = |team: &[Rating]| Side {
                    players: team.len() as u8,
                    sum: team.iter().map(|r| (r.value * f64::from(UNIT)) as i32).sum(),
                    variance: team.iter().map(|r| r.deviation * r.deviation).sum(),
                };
                let ours = chance(odds.log(side(red), side(blue)));
                let theirs = system.win_chances(&[red, blue]).unwrap()[0];
                assert!((ours - theirs).abs() < 1e-12, "{ours} {theirs}");
            }
        }
    }
}
