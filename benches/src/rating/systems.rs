//! The systems compared: the engine's two, and peers from the same crate.

use skillratings::glicko2::{Glicko2Config, Glicko2Rating, expected_score as glicko2_expected, glicko2_rating_period};
use skillratings::trueskill::{
    TrueSkillConfig, TrueSkillRating, expected_score_multi_team as trueskill_expected, trueskill_multi_team,
};
use skillratings::{MultiTeamOutcome, Outcomes};
use trespasser::rating::{EloDef, Rating, System, TeamResult, WengLinDef};

/// What a system knows of a player: skill and deviation in Elo-like points, and Glicko-2's volatility.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Skill and how sure it is, points.
    pub rating: Rating,
    volatility: f64,
}

/// A system in the comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Candidate {
    /// One of the engine's, under this name.
    Ours(String, System),
    /// Glicko-2 with a rating period for each match; a team plays one game against each other team's mean rating and
    /// root mean square deviation, for it is defined for two players alone.
    Glicko2 {
        /// For tables.
        name: &'static str,
        /// Of a newcomer, points; 350 by its author.
        deviation: f64,
    },
    /// TrueSkill, but for draws, which are rare here. Not a candidate for the default: the crate warns that it is patented,
    /// and the name is a trademark.
    TrueSkill {
        /// For tables.
        name: &'static str,
        /// Of a newcomer, its own units; 25/3 by its authors.
        deviation: f64,
        /// How far skill drifts with a match; 25/300 by its authors.
        drift: f64,
    },
}

/// Points that are one unit of TrueSkill: of Weng-Lin's scale, so that both may be read beside each other.
const UNIT: f64 = 29.482_5;
/// A newcomer's deviation of TrueSkill and Weng-Lin by themselves, units.
const PRIOR: f64 = 25.0 / 3.0;

impl Candidate {
    /// All that are compared, the plan's Elo first, then the engine's default. Each modern system stands there as its
    /// authors have it, and with what a newcomer's deviation and drift should be by the populations here.
    pub fn all() -> Vec<Candidate> {
        let paper =
            WengLinDef { deviation: PRIOR * UNIT, growth: 0.0, crowd: 0.0, drift: 0.0, ..WengLinDef::default() };
        vec![
            Candidate::Ours("elo-32".into(), System::Elo(EloDef::default())),
            Candidate::Ours("weng-lin".into(), System::default()),
            Candidate::Ours("weng-lin-paper".into(), System::WengLin(paper)),
            Candidate::Glicko2 { name: "glicko-2", deviation: 350.0 },
            Candidate::Glicko2 { name: "glicko-2-tuned", deviation: 250.0 },
            Candidate::TrueSkill { name: "trueskill", deviation: PRIOR, drift: 25.0 / 300.0 },
            Candidate::TrueSkill { name: "trueskill-tuned", deviation: 5.5, drift: 0.13 },
        ]
    }

    /// Elo, and definitions of the others to choose from.
    pub fn grid() -> Vec<Candidate> {
        let mut all = vec![Candidate::Ours("elo-32".into(), System::Elo(EloDef::default()))];
        for deviation in [150.0, 200.0, 250.0] {
            for growth in [0.0, 0.5, 1.0] {
                for crowd in [0.0, 0.25, 0.5] {
                    let def = WengLinDef { deviation, growth, crowd, ..WengLinDef::default() };
                    let name = format!("{deviation}/{growth}/{crowd}");
                    all.push(Candidate::Ours(name, System::WengLin(def)));
                }
            }
        }
        for deviation in [200.0, 250.0, 300.0] {
            all.push(Candidate::Glicko2 { name: "glicko-2-tuned", deviation });
        }
        for deviation in [4.5, 5.5, 6.5] {
            all.push(Candidate::TrueSkill { name: "trueskill-tuned", deviation, drift: 0.13 });
        }
        all
    }

    /// For tables and JSON.
    pub fn name(&self) -> &str {
        match self {
            Candidate::Ours(name, _) => name,
            Candidate::Glicko2 { name, .. } | Candidate::TrueSkill { name, .. } => name,
        }
    }

    /// What a newcomer is given.
    pub fn newcomer(&self) -> Standing {
        let rating = match self {
            Candidate::Ours(_, system) => system.newcomer(),
            Candidate::Glicko2 { deviation, .. } => Rating { value: 1500.0, deviation: *deviation },
            Candidate::TrueSkill { deviation, .. } => Rating { value: 1500.0, deviation: deviation * UNIT },
        };
        Standing { rating, volatility: 0.06 }
    }

    /// Rates a match.
    ///
    /// # Errors
    /// What the engine refuses; it does not happen with matches of a season.
    pub fn rate(&self, teams: &mut [Vec<Standing>], places: &[u8]) -> trespasser::Result<()> {
        match self {
            Candidate::Ours(_, system) => {
                let mut ratings: Vec<Vec<Rating>> =
                    teams.iter().map(|team| team.iter().map(|player| player.rating).collect()).collect();
                let mut results: Vec<_> =
                    ratings.iter_mut().zip(places).map(|(members, &place)| TeamResult { place, members }).collect();
                system.rate(&mut results)?;
                for (team, ratings) in teams.iter_mut().zip(&ratings) {
                    team.iter_mut().zip(ratings).for_each(|(player, rating)| player.rating = *rating);
                }
            }
            Candidate::Glicko2 { .. } => {
                let config = Glicko2Config::new();
                let composites: Vec<_> = teams.iter().map(|team| composite(team)).collect();
                for (n, team) in teams.iter_mut().enumerate() {
                    let others = composites.iter().zip(places).enumerate().filter(|(other, _)| *other != n);
                    let results: Vec<_> = others
                        .map(|(_, (composite, place))| {
                            let outcome = match places[n].cmp(place) {
                                std::cmp::Ordering::Less => Outcomes::WIN,
                                std::cmp::Ordering::Equal => Outcomes::DRAW,
                                std::cmp::Ordering::Greater => Outcomes::LOSS,
                            };
                            (*composite, outcome)
                        })
                        .collect();
                    for player in team {
                        let after = glicko2_rating_period(&glicko2(player), &results, &config);
                        player.rating = Rating { value: after.rating, deviation: after.deviation };
                        player.volatility = after.volatility;
                    }
                }
            }
            Candidate::TrueSkill { drift, .. } => {
                let units: Vec<Vec<TrueSkillRating>> = teams.iter().map(|team| trueskill(team)).collect();
                let results: Vec<_> = units
                    .iter()
                    .zip(places)
                    .map(|(team, &place)| (team.as_slice(), MultiTeamOutcome::new(place.into())))
                    .collect();
                // Weights are what it refuses, and none are given.
                if let Ok(rated) = trueskill_multi_team(&results, &trueskill_config(*drift), None) {
                    for (player, after) in teams.iter_mut().flatten().zip(rated.iter().flatten()) {
                        player.rating = Rating { value: after.rating * UNIT, deviation: after.uncertainty * UNIT };
                    }
                }
            }
        }
        Ok(())
    }

    /// The chance of each team to be first.
    ///
    /// # Errors
    /// What the engine refuses; it does not happen with matches of a season.
    pub fn chances(&self, teams: &[Vec<Standing>]) -> trespasser::Result<Vec<f64>> {
        Ok(match self {
            Candidate::Ours(_, system) => {
                let ratings: Vec<Vec<Rating>> =
                    teams.iter().map(|team| team.iter().map(|player| player.rating).collect()).collect();
                let slices: Vec<_> = ratings.iter().map(Vec::as_slice).collect();
                system.win_chances(&slices)?
            }
            Candidate::Glicko2 { .. } => {
                let composites: Vec<_> = teams.iter().map(|team| composite(team)).collect();
                // The odds of each pair, multiplied: of two teams it is the system's own, of more the choice that agrees
                // with all pairs.
                let log_odds = |n: usize| {
                    let others = composites.iter().enumerate().filter(|(other, _)| *other != n);
                    let sum: f64 = others
                        .map(|(_, other)| {
                            let (win, loss) = glicko2_expected(&composites[n], other);
                            libm::log(win / loss)
                        })
                        .sum();
                    sum / composites.len() as f64
                };
                normalised((0..composites.len()).map(|n| libm::exp(log_odds(n))).collect())
            }
            Candidate::TrueSkill { drift, .. } => {
                let units: Vec<Vec<TrueSkillRating>> = teams.iter().map(|team| trueskill(team)).collect();
                let slices: Vec<_> = units.iter().map(Vec::as_slice).collect();
                normalised(trueskill_expected(&slices, &trueskill_config(*drift)))
            }
        })
    }
}

fn trueskill_config(drift: f64) -> TrueSkillConfig {
    TrueSkillConfig { draw_probability: 0.01, dynamics_factor: drift, ..TrueSkillConfig::new() }
}

fn normalised(mut chances: Vec<f64>) -> Vec<f64> {
    let sum: f64 = chances.iter().sum();
    chances.iter_mut().for_each(|chance| *chance /= sum);
    chances
}

fn glicko2(player: &Standing) -> Glicko2Rating {
    let Rating { value, deviation } = player.rating;
    Glicko2Rating { rating: value, deviation, volatility: player.volatility }
}

fn composite(team: &[Standing]) -> Glicko2Rating {
    let mean = |of: fn(&Standing) -> f64| team.iter().map(of).sum::<f64>() / team.len() as f64;
    let square = mean(|player| player.rating.deviation * player.rating.deviation);
    Glicko2Rating {
        rating: mean(|player| player.rating.value),
        deviation: square.sqrt(),
        volatility: mean(|player| player.volatility),
    }
}

fn trueskill(team: &[Standing]) -> Vec<TrueSkillRating> {
    let unit = |player: &Standing| TrueSkillRating {
        rating: player.rating.value / UNIT,
        uncertainty: player.rating.deviation / UNIT,
    };
    team.iter().map(unit).collect()
}
