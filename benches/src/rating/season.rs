//! A population that plays, and what a system makes of it.

use super::{Candidate, Standing};
use serde::Serialize;
use trespasser::rng::{below, philox4x32};

/// Kills that win; the rule book's.
const KILLS: u32 = 50;
/// Skill by which a kill of the race is e to one, a logit of the other two truths being 1: so that a match of two, 50
/// kills long, is about as uncertain as with them.
const RACE: f64 = 0.118;
/// How much a player's day varies in the race, logits, one standard deviation.
const FORM: f64 = 0.5;
/// Deviation of a single player's normal noise: as steep in the middle as a logistic of 1.
const NORMAL: f64 = 1.128;
/// How far skill drifts with a match, logits, one standard deviation: 5 points of Elo.
const DRIFT: f64 = 0.03;
/// What a newcomer has yet to learn, logits, and how much of it a match teaches.
const LEARNING: (f64, f64) = (0.4, 0.03);
/// Of a round's players this share is replaced by newcomers; of these, this share are good players with a new account.
const ARRIVING: f64 = 0.01;
const SMURFS: f64 = 0.1;
/// Share of the players who always play in twos, and what they gain by it in a team, logits each.
const PARTIES: f64 = 0.25;
const TOGETHER: f64 = 0.1;
/// Share of the players who play in a round.
const ACTIVE: f64 = 0.8;
/// Points of noise in whom a player meets when the nearest are put together: who is online.
const NEARNESS: f64 = 60.0;
/// Points of Elo to a logit.
const POINTS: f64 = 173.717_792_761;
/// Rounds between looks at the held-out matches.
const LOOK: usize = 10;
/// Rounds before newcomers are timed.
const SETTLED: usize = 30;
/// Matches in which a newcomer must have arrived, or counts as this many.
pub const PATIENCE: u32 = 60;
/// A rating has arrived when it ranks the player within this share of the population from the true rank, thrice running.
const NEAR: f64 = 0.1;

fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// How skill becomes a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// A team's sum of skills and Gumbel noise, as the root of its size: two players win by the logistic of their
    /// difference.
    Logistic,
    /// Each player's skill and normal noise, summed.
    Normal,
    /// A race to 50 kills; each kill is a player's in proportion to e^(skill and the day's form).
    Race,
}

/// How players come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Forming {
    /// Anyone with anyone.
    Random,
    /// Those whom the system rates about alike, teams balanced by its ratings.
    Nearest,
}

/// What is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Two teams of this many.
    Teams(usize),
    /// Eight single players.
    FreeForAll,
    /// All of these in turn.
    Mixed,
}

impl Mode {
    /// Teams and their size in this round.
    fn shape(self, round: usize) -> (usize, usize) {
        match self {
            Mode::Teams(size) => (2, size),
            Mode::FreeForAll => (8, 1),
            Mode::Mixed if round % 5 == 4 => (8, 1),
            Mode::Mixed => (2, 1 + round % 5),
        }
    }

    /// `1v1` to `4v4`, `ffa8` or `mixed`.
    pub fn name(self) -> String {
        match self {
            Mode::Teams(size) => format!("{size}v{size}"),
            Mode::FreeForAll => "ffa8".into(),
            Mode::Mixed => "mixed".into(),
        }
    }
}

/// What a season is played by. Everything that happens is a function of it and, where the nearest meet, of the system.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// How skill becomes a result.
    pub truth: Truth,
    /// How players come together.
    pub forming: Forming,
    /// What is played.
    pub mode: Mode,
    /// Players at any time, 32 or more.
    pub players: usize,
    /// Matches of a player who is always there.
    pub rounds: usize,
    /// Spread of skill, points of Elo, one standard deviation.
    pub spread: f64,
    /// Key of all chance.
    pub seed: u64,
}

/// Matches that are predicted and not rated.
#[derive(Debug, Clone, Default)]
pub struct Heldout {
    /// Sum of -ln(chance given to the winner), nats.
    pub log_loss: f64,
    /// Sum of the squared errors over all teams.
    pub brier: f64,
    /// Sum of ln(teams): what equal chances would lose.
    pub coin: f64,
    /// Matches.
    pub matches: u32,
}

impl Heldout {
    fn add(&mut self, other: &Heldout) {
        self.log_loss += other.log_loss;
        self.brier += other.brier;
        self.coin += other.coin;
        self.matches += other.matches;
    }
}

/// What a system made of a season.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// All looks together.
    pub heldout: Heldout,
    /// By look, one every `LOOK` rounds.
    pub looks: Vec<Heldout>,
    /// Spearman's correlation of ratings and skills, mean of the last five looks.
    pub spearman: f64,
    /// Matches until a newcomer's rank was right, one entry a newcomer.
    pub games: Vec<u32>,
    /// Of two teams' predictions by tenths of the chance: how many, the sum of chances, and how many came first.
    pub calibration: [(u32, f64, f64); 10],
}

struct Stream {
    key: [u32; 2],
    counter: [u32; 4],
    words: [u32; 4],
    left: usize,
}

/// What a stream is drawn for, so that none depends on how much another took.
#[repr(u32)]
enum For {
    People = 1,
    Forming = 2,
    Results = 3,
    Heldout = 4,
}

impl Stream {
    fn new(seed: u64, what: For, round: usize) -> Stream {
        let key = [seed as u32, (seed >> 32) as u32];
        Stream { key, counter: [0, what as u32, round as u32, 0x52], words: [0; 4], left: 0 }
    }

    fn word(&mut self) -> u32 {
        if self.left == 0 {
            self.words = philox4x32(self.counter, self.key);
            self.counter[0] += 1;
            self.left = 4;
        }
        self.left -= 1;
        self.words[self.left]
    }

    /// Within (0, 1).
    fn unit(&mut self) -> f64 {
        (f64::from(self.word()) + 0.5) / 4_294_967_296.0
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * ln(self.unit())).sqrt() * libm::cos(core::f64::consts::TAU * self.unit())
    }

    fn gumbel(&mut self) -> f64 {
        -ln(-ln(self.unit()))
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for n in (1..items.len()).rev() {
            items.swap(n, below(self.word(), n as u32 + 1) as usize);
        }
    }
}

#[derive(Debug, Clone)]
struct Person {
    /// Logits.
    skill: f64,
    /// What the skill tends to.
    talent: f64,
    /// Slot of the partner.
    partner: Option<usize>,
    games: u32,
    /// For those who came later: looks in a row with a right rank, and when it became right.
    timing: Option<u32>,
    right: u32,
}

/// A population and a system that rates it.
#[derive(Debug)]
pub struct Season {
    setting: Setting,
    candidate: Candidate,
    people: Vec<Person>,
    standings: Vec<Standing>,
    outcome: Outcome,
    spearman: Vec<f64>,
}

type Teams = Vec<Vec<usize>>;

impl Season {
    /// Everybody is new.
    pub fn new(setting: Setting, candidate: Candidate) -> Season {
        let mut chance = Stream::new(setting.seed, For::People, usize::MAX);
        let spread = setting.spread / POINTS;
        let pairs = (setting.players as f64 * PARTIES / 2.0) as usize;
        let mut people: Vec<Person> = Vec::with_capacity(setting.players);
        for slot in 0..setting.players {
            let mut talent = chance.normal() * spread;
            let partner = (slot < pairs * 2).then_some(slot ^ 1);
            if partner.is_some() && slot % 2 == 1 {
                // Friends are about as good as each other.
                talent = 0.7 * people[slot - 1].talent + 0.7 * talent;
            }
            people.push(Person { skill: talent, talent, partner, games: 0, timing: None, right: 0 });
        }
        let standings = vec![candidate.newcomer(); setting.players];
        Season { setting, candidate, people, standings, outcome: Outcome::default(), spearman: Vec::new() }
    }

    /// Plays it to the end.
    ///
    /// # Errors
    /// What the engine refuses; it does not happen.
    pub fn play(mut self) -> trespasser::Result<Outcome> {
        for round in 0..self.setting.rounds {
            self.live(round);
            self.round(round)?;
            self.time(round);
            if round % LOOK == LOOK - 1 {
                self.look(round)?;
            }
        }
        let last = &self.spearman[self.spearman.len().saturating_sub(5)..];
        self.outcome.spearman = last.iter().sum::<f64>() / last.len().max(1) as f64;
        Ok(self.outcome)
    }

    /// Skill drifts and is learnt, some go, others come.
    fn live(&mut self, round: usize) {
        let mut chance = Stream::new(self.setting.seed, For::People, round);
        let spread = self.setting.spread / POINTS;
        for slot in 0..self.people.len() {
            let (drift, goes, talent, smurf) = (chance.normal(), chance.unit(), chance.normal(), chance.unit());
            let person = &mut self.people[slot];
            person.talent += DRIFT * drift;
            person.skill += DRIFT * drift + LEARNING.1 * (person.talent - person.skill);
            if goes < ARRIVING && round > 0 {
                let (talent, skill) = if smurf < SMURFS {
                    let talent = spread * (2.0 + 0.3 * talent);
                    (talent, talent)
                } else {
                    (spread * talent, spread * talent - LEARNING.0)
                };
                let timing = (round >= SETTLED && round + PATIENCE as usize * 5 / 4 < self.setting.rounds).then_some(0);
                *person = Person { skill, talent, partner: person.partner, games: 0, timing, right: 0 };
                self.standings[slot] = self.candidate.newcomer();
            }
        }
    }

    fn round(&mut self, round: usize) -> trespasser::Result<()> {
        let mut chance = Stream::new(self.setting.seed, For::Forming, round);
        let values: Vec<f64> = self.standings.iter().map(|standing| standing.rating.value).collect();
        let nearest = (self.setting.forming == Forming::Nearest).then_some(&values[..]);
        let matches = self.form(round, &mut chance, nearest, ACTIVE);
        let mut results = Stream::new(self.setting.seed, For::Results, round);
        for teams in matches {
            let places = self.result(&teams, &mut results);
            let mut standings: Vec<Vec<Standing>> =
                teams.iter().map(|team| team.iter().map(|&slot| self.standings[slot]).collect()).collect();
            self.candidate.rate(&mut standings, &places)?;
            for (&slot, standing) in teams.iter().flatten().zip(standings.iter().flatten()) {
                self.standings[slot] = *standing;
                self.people[slot].games += 1;
            }
        }
        Ok(())
    }

    /// Matches of this round's shape; by values where they are given, otherwise at random. Who finds no match waits.
    fn form(&self, round: usize, chance: &mut Stream, values: Option<&[f64]>, active: f64) -> Vec<Teams> {
        let (count, size) = self.setting.mode.shape(round);
        let mut units: Vec<(f64, Vec<usize>)> = Vec::new();
        for slot in 0..self.people.len() {
            // Drawn for everybody, so that it does not matter who stands where.
            let (plays, noise) = (chance.unit() < active, chance.normal() * NEARNESS);
            let partner = self.people[slot].partner.filter(|_| size > 1);
            if !plays || partner.is_some_and(|partner| partner < slot) {
                continue;
            }
            let members: Vec<usize> = core::iter::once(slot).chain(partner).collect();
            let mean = |values: &[f64]| members.iter().map(|&slot| values[slot]).sum::<f64>() / members.len() as f64;
            units.push((values.map_or(0.0, mean) + noise, members));
        }
        chance.shuffle(&mut units);
        if values.is_some() {
            units.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let mut waiting = std::collections::VecDeque::from(units);
        let mut matches = Vec::new();
        while waiting.iter().map(|(_, members)| members.len()).sum::<usize>() >= count * size {
            let (mut taken, mut left, mut parties) = (Vec::new(), count * size, count * (size / 2));
            waiting.retain(|unit| {
                let fits = unit.1.len() <= left && (unit.1.len() == 1 || parties > 0);
                if fits {
                    left -= unit.1.len();
                    parties -= unit.1.len() - 1;
                    taken.push(unit.clone());
                }
                !fits
            });
            if left > 0 {
                break;
            }
            // Parties first, then the strongest first, each to the weakest team that has room.
            taken.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(b.0.total_cmp(&a.0)));
            if values.is_none() {
                taken.sort_by_key(|unit| core::cmp::Reverse(unit.1.len()));
            }
            let mut teams: Vec<(f64, Vec<usize>)> = vec![(0.0, Vec::new()); count];
            for (value, members) in taken {
                let room = teams.iter_mut().filter(|team| team.1.len() + members.len() <= size);
                let team = if values.is_some() {
                    room.min_by(|a, b| a.1.len().cmp(&b.1.len()).then(a.0.total_cmp(&b.0)))
                } else {
                    room.min_by_key(|team| team.1.len())
                };
                if let Some(team) = team {
                    team.0 += value * members.len() as f64;
                    team.1.extend(members);
                }
            }
            if teams.iter().all(|team| team.1.len() == size) {
                matches.push(teams.into_iter().map(|team| team.1).collect());
            }
        }
        matches
    }

    /// Places by the truth.
    fn result(&self, teams: &Teams, chance: &mut Stream) -> Vec<u8> {
        let skill = |team: &[usize], slot: usize| {
            let person = &self.people[slot];
            person.skill + if person.partner.is_some_and(|partner| team.contains(&partner)) { TOGETHER } else { 0.0 }
        };
        let scores: Vec<f64> = match self.setting.truth {
            Truth::Logistic => teams
                .iter()
                .map(|team| {
                    let sum: f64 = team.iter().map(|&slot| skill(team, slot)).sum();
                    sum + (team.len() as f64).sqrt() * chance.gumbel()
                })
                .collect(),
            Truth::Normal => teams
                .iter()
                .map(|team| team.iter().map(|&slot| skill(team, slot) + NORMAL * chance.normal()).sum())
                .collect(),
            Truth::Race => {
                let weights: Vec<f64> = teams
                    .iter()
                    .map(|team| {
                        team.iter().map(|&slot| libm::exp(RACE * (skill(team, slot) + FORM * chance.normal()))).sum()
                    })
                    .collect();
                let whole: f64 = weights.iter().sum();
                let mut kills = vec![0u32; teams.len()];
                while kills.iter().all(|&kills| kills < KILLS) {
                    let mut at = chance.unit() * whole;
                    let killer = weights.iter().position(|weight| {
                        at -= weight;
                        at < 0.0
                    });
                    kills[killer.unwrap_or(teams.len() - 1)] += 1;
                }
                kills.into_iter().map(f64::from).collect()
            }
        };
        scores.iter().map(|own| 1 + scores.iter().filter(|other| *other > own).count() as u8).collect()
    }

    /// Newcomers whose rank has become right.
    fn time(&mut self, round: usize) {
        let skills: Vec<f64> = self.people.iter().map(|person| person.skill).collect();
        let values: Vec<f64> = self.standings.iter().map(|standing| standing.rating.value).collect();
        let (true_ranks, ranks) = (ranks(&skills), ranks(&values));
        for (slot, person) in self.people.iter_mut().enumerate() {
            let Some(before) = person.timing.filter(|before| *before < person.games) else { continue };
            let error = (true_ranks[slot] - ranks[slot]).abs() / skills.len() as f64;
            person.right = if error < NEAR { person.right + person.games - before } else { 0 };
            person.timing = Some(person.games);
            if person.right >= 3 || person.games >= PATIENCE {
                let games = if person.right >= 3 { person.games + 1 - person.right } else { PATIENCE };
                self.outcome.games.push(games);
                person.timing = None;
            }
        }
        if round % LOOK == LOOK - 1 {
            self.spearman.push(pearson(&true_ranks, &ranks));
        }
    }

    /// Predicts matches that are not rated, the same for every system: half of them at random, half of players about as
    /// good as each other in truth.
    fn look(&mut self, round: usize) -> trespasser::Result<()> {
        let mut chance = Stream::new(self.setting.seed, For::Heldout, round);
        let skills: Vec<f64> = self.people.iter().map(|person| person.skill * POINTS).collect();
        let mut look = Heldout::default();
        // Of the mixed mode, each kind of match.
        let kinds = if self.setting.mode == Mode::Mixed { 5 } else { 1 };
        for kind in 0..kinds {
            for values in [None, Some(&skills[..])] {
                for teams in self.form(kind, &mut chance, values, 1.0) {
                    let places = self.result(&teams, &mut chance);
                    let standings: Vec<Vec<Standing>> =
                        teams.iter().map(|team| team.iter().map(|&slot| self.standings[slot]).collect()).collect();
                    let chances = self.candidate.chances(&standings)?;
                    let first = places.iter().filter(|place| **place == 1).count() as f64;
                    for (&p, &place) in chances.iter().zip(&places) {
                        let won = if place == 1 { 1.0 / first } else { 0.0 };
                        look.log_loss -= won * ln(p.max(1e-12));
                        look.brier += (p - won) * (p - won);
                        if teams.len() == 2 {
                            let bin = &mut self.outcome.calibration[((p * 10.0) as usize).min(9)];
                            *bin = (bin.0 + 1, bin.1 + p, bin.2 + won);
                        }
                    }
                    look.coin += ln(teams.len() as f64);
                    look.matches += 1;
                }
            }
        }
        self.outcome.heldout.add(&look);
        self.outcome.looks.push(look);
        Ok(())
    }
}

/// Rank of each, 0 the lowest; equals share the middle of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let equal = order[from..].iter().take_while(|&&n| values[n] == values[order[from]]).count();
        let middle = from as f64 + (equal - 1) as f64 / 2.0;
        order[from..from + equal].iter().for_each(|&n| ranks[n] = middle);
        from += equal;
    }
    ranks
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| f(a - ma, b - mb)).sum::<f64>();
    let spread = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    if spread > 0.0 { sum(&|a, b| a * b) / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_share_their_middle() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [2.5, 0.0, 2.5, 1.0]);
        assert_eq!(pearson(&[0.0, 1.0, 2.0], &[5.0, 7.0, 9.0]), 1.0);
        assert_eq!(pearson(&[0.0, 1.0, 2.0], &[1.0, 1.0, 1.0]), 0.0);
    }

    /// Two players a logit apart: 73.1% by each truth, within the sampling error, the race about as much.
    #[test]
    fn truths_agree_on_two_players() {
        for (truth, low, high) in
            [(Truth::Logistic, 0.721, 0.741), (Truth::Normal, 0.724, 0.746), (Truth::Race, 0.66, 0.72)]
        {
            let setting = Setting {
                truth,
                forming: Forming::Random,
                mode: Mode::Teams(1),
                players: 32,
                rounds: 0,
                spread: 0.0,
                seed: 3,
            };
            let mut season = Season::new(setting, Candidate::all()[0].clone());
            season.people[0].skill = 1.0;
            season.people[31].skill = 0.0;
            let mut chance = Stream::new(9, For::Results, 0);
            let won = (0..20_000).filter(|_| season.result(&vec![vec![0], vec![31]], &mut chance)[0] == 1).count();
            let share = won as f64 / 20_000.0;
            assert!((low..high).contains(&share), "{truth:?}: {share}");
        }
    }

    /// Every match has its shape, nobody twice, and partners in one team.
    #[test]
    fn matches_are_whole() {
        for forming in [Forming::Random, Forming::Nearest] {
            for mode in [Mode::Teams(1), Mode::Teams(2), Mode::Teams(3), Mode::Teams(4), Mode::FreeForAll] {
                let setting =
                    Setting { truth: Truth::Normal, forming, mode, players: 64, rounds: 0, spread: 300.0, seed: 5 };
                let season = Season::new(setting, Candidate::all()[0].clone());
                let skills: Vec<f64> = season.people.iter().map(|person| person.skill * POINTS).collect();
                let values = (forming == Forming::Nearest).then_some(&skills[..]);
                let matches = season.form(0, &mut Stream::new(5, For::Forming, 0), values, 1.0);
                let (count, size) = mode.shape(0);
                assert!(matches.len() * count * size > 40, "{mode:?}: {}", matches.len());
                let mut seen = std::collections::BTreeSet::new();
                for teams in &matches {
                    assert!(teams.len() == count && teams.iter().all(|team| team.len() == size));
                    for team in teams {
                        for slot in team {
                            assert!(seen.insert(*slot));
                            let partner = season.people[*slot].partner.filter(|_| size > 1);
                            assert!(partner.is_none_or(|partner| team.contains(&partner)));
                        }
                    }
                }
            }
        }
    }
}
