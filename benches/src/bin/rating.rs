//! Which rating system predicts results best, and how soon: Elo, Weng-Lin, Glicko-2 and TrueSkill rate the same made-up
//! populations of known skill, in every mode of the game, and predict matches that they do not rate.

use anyhow::Result;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trespasser::Vec2;
use trespasser::rating::System;
use trespasser_benches::canvas::Canvas;
use trespasser_benches::rating::{Candidate, Forming, Heldout, Mode, Outcome, PATIENCE, Season, Setting, Truth};
use trespasser_benches::{exit, origin};

/// Spreads of skill, points of Elo, one standard deviation: each seed plays all.
const SPREADS: [f64; 3] = [200.0, 300.0, 400.0];
const TRUTHS: [Truth; 3] = [Truth::Logistic, Truth::Normal, Truth::Race];
const FORMINGS: [Forming; 2] = [Forming::Random, Forming::Nearest];
const MODES: [Mode; 6] =
    [Mode::Teams(1), Mode::Teams(2), Mode::Teams(3), Mode::Teams(4), Mode::FreeForAll, Mode::Mixed];

/// Compares rating systems on populations of known skill.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask rating", version)]
struct Options {
    /// One JSON object on the last line besides the table.
    #[arg(long)]
    json: bool,
    /// Populations of each kind.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=1000))]
    seeds: u32,
    /// First seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Players of a population.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(32..=100_000))]
    players: u32,
    /// Rounds of a season: matches of a player who is always there. Newcomers are timed from the 31st on, and if 75 follow.
    #[arg(long, default_value_t = 150, value_parser = clap::value_parser!(u32).range(10..=10_000))]
    rounds: u32,
    /// Compares definitions of Weng-Lin instead: newcomer's deviation / growth / crowd / drift.
    #[arg(long)]
    tune: bool,
    /// Draws log-loss against rounds into this PNG.
    #[arg(long)]
    plot: Option<PathBuf>,
}

/// A figure and half the width of its 95% interval over seeds.
#[derive(Debug, Clone, Copy, Serialize)]
struct Figure {
    mean: f64,
    ci95: f64,
}

#[derive(Debug, Serialize)]
struct Line {
    name: String,
    /// Log-loss by what equal chances lose, mean over all kinds of seasons; less is better.
    log_loss_of_coin: Figure,
    /// The same less Elo's on the same populations.
    against_elo: Figure,
    /// Nats, matches of two teams; 0.693 is a coin's.
    log_loss_two_teams: f64,
    /// Nats, eight single players; 2.079 is a die's.
    log_loss_ffa8: f64,
    brier_two_teams: f64,
    /// Matches until a newcomer's rank is within a tenth of the population of the true one.
    games_to_converge_median: f64,
    games_to_converge_mean: Figure,
    /// Newcomers who were not there after 60.
    never_share: f64,
    spearman: Figure,
    /// Log-loss by what equal chances lose, by kind of season.
    by_truth: BTreeMap<String, f64>,
    by_spread: BTreeMap<String, f64>,
    by_forming: BTreeMap<String, f64>,
    by_mode: BTreeMap<String, f64>,
    /// `logistic 1v1`, and so on.
    by_truth_and_mode: BTreeMap<String, f64>,
    /// Two teams, tenths of the chance: predictions, mean chance, share that came first.
    calibration: Vec<(u32, f64, f64)>,
    /// Mean distance of the two, weighted by predictions.
    calibration_error: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    chosen: String,
    /// Those whose log-loss on matches of two teams is not told from the chosen one's by these seeds.
    tied_with: Vec<String>,
    default_is_chosen: bool,
    chosen_log_loss_of_coin: f64,
    elo_log_loss_of_coin: f64,
    chosen_games_to_converge_median: f64,
    elo_games_to_converge_median: f64,
    systems: Vec<Line>,
    seasons: usize,
    heldout_matches: u64,
    players: u32,
    rounds: u32,
    seeds: u32,
    first_seed: u64,
    commit: String,
    compiler: &'static str,
    cpu: String,
}

struct Played {
    candidate: usize,
    seed: u32,
    setting: Setting,
    outcome: Outcome,
}

fn share(heldout: &Heldout) -> f64 {
    heldout.log_loss / heldout.coin
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count();
    if count == 0 { f64::NAN } else { values.sum::<f64>() / count as f64 }
}

/// By seed first: seeds are what is independent. The t quantile of few seeds is that of 95%, two-sided.
fn figure(by_seed: &[f64]) -> Figure {
    let n = by_seed.len();
    let mean = mean(by_seed.iter().copied());
    let variance = by_seed.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1) as f64;
    const T: [f64; 10] = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];
    let t = T.get(n - 2).copied().unwrap_or(2.0);
    Figure { mean, ci95: t * (variance / n as f64).sqrt() }
}

fn by<K: Ord>(all: &[&Played], key: impl Fn(&Setting) -> K) -> BTreeMap<K, f64> {
    let mut groups: BTreeMap<K, Vec<f64>> = BTreeMap::new();
    for played in all {
        groups.entry(key(&played.setting)).or_default().push(share(&played.outcome.heldout));
    }
    groups.into_iter().map(|(key, shares)| (key, mean(shares.into_iter()))).collect()
}

fn name_of(key: &impl Serialize) -> String {
    serde_json::to_value(key).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn named<K: Serialize>(groups: BTreeMap<K, f64>) -> BTreeMap<String, f64> {
    groups.iter().map(|(key, value)| (name_of(key), *value)).collect()
}

fn line(options: &Options, name: &str, all: &[&Played], elo: &[&Played]) -> Line {
    let seeds = |of: &dyn Fn(u32) -> f64| -> Vec<f64> { (0..options.seeds).map(of).collect() };
    let seed_share = |all: &[&Played], seed: u32| {
        mean(all.iter().filter(|played| played.seed == seed).map(|played| share(&played.outcome.heldout)))
    };
    let two = |played: &&&Played| matches!(played.setting.mode, Mode::Teams(_));
    let nats = |keep: &dyn Fn(&&&Played) -> bool, of: &dyn Fn(&Heldout) -> f64| {
        mean(
            all.iter()
                .filter(|played| keep(played))
                .map(|played| of(&played.outcome.heldout) / f64::from(played.outcome.heldout.matches)),
        )
    };
    let games = |seed: Option<u32>| -> Vec<u32> {
        let those = all.iter().filter(|played| seed.is_none_or(|seed| played.seed == seed));
        let mut games: Vec<u32> = those.flat_map(|played| played.outcome.games.iter().copied()).collect();
        games.sort_unstable();
        games
    };
    let everyone = games(None);
    let mut calibration = [(0u32, 0.0, 0.0); 10];
    for played in all {
        for (sum, bin) in calibration.iter_mut().zip(played.outcome.calibration) {
            *sum = (sum.0 + bin.0, sum.1 + bin.1, sum.2 + bin.2);
        }
    }
    let predictions: u32 = calibration.iter().map(|bin| bin.0).sum();
    let off: f64 = calibration.iter().map(|bin| (bin.1 - bin.2).abs()).sum();
    let by_mode = by(all, |setting| setting.mode);
    Line {
        name: name.to_owned(),
        log_loss_of_coin: figure(&seeds(&|seed| seed_share(all, seed))),
        against_elo: figure(&seeds(&|seed| seed_share(all, seed) - seed_share(elo, seed))),
        log_loss_two_teams: nats(&two, &|heldout| heldout.log_loss),
        log_loss_ffa8: nats(&|played| played.setting.mode == Mode::FreeForAll, &|heldout| heldout.log_loss),
        brier_two_teams: nats(&two, &|heldout| heldout.brier),
        games_to_converge_median: everyone.get(everyone.len() / 2).copied().map_or(f64::NAN, f64::from),
        games_to_converge_mean: figure(&seeds(&|seed| mean(games(Some(seed)).into_iter().map(f64::from)))),
        never_share: everyone.iter().filter(|games| **games >= PATIENCE).count() as f64 / everyone.len() as f64,
        spearman: figure(&seeds(&|seed| {
            mean(all.iter().filter(|played| played.seed == seed).map(|played| played.outcome.spearman))
        })),
        by_spread: by(all, |setting| setting.spread as u32)
            .into_iter()
            .map(|(spread, value)| (spread.to_string(), value))
            .collect(),
        by_truth: named(by(all, |setting| setting.truth)),
        by_forming: named(by(all, |setting| setting.forming)),
        by_mode: by_mode.into_iter().map(|(mode, value)| (mode.name(), value)).collect(),
        by_truth_and_mode: by(all, |setting| (setting.truth, setting.mode))
            .into_iter()
            .map(|((truth, mode), value)| (format!("{} {}", name_of(&truth), mode.name()), value))
            .collect(),
        calibration: calibration
            .iter()
            .map(|(count, chances, won)| (*count, chances / f64::from(*count), won / f64::from(*count)))
            .collect(),
        calibration_error: off / f64::from(predictions),
    }
}

fn kinds() -> impl Iterator<Item = (f64, Truth, Forming, Mode)> {
    SPREADS.into_iter().flat_map(|spread| {
        TRUTHS.into_iter().flat_map(move |truth| {
            FORMINGS
                .into_iter()
                .flat_map(move |forming| MODES.into_iter().map(move |mode| (spread, truth, forming, mode)))
        })
    })
}

fn run() -> Result<()> {
    let options = Options::parse();
    let candidates = if options.tune { Candidate::grid() } else { Candidate::all() };
    let mut jobs = Vec::new();
    for seed in 0..options.seeds {
        for (spread, truth, forming, mode) in kinds() {
            let setting = Setting {
                truth,
                forming,
                mode,
                players: options.players as usize,
                rounds: options.rounds as usize,
                spread,
                seed: options.seed + u64::from(seed),
            };
            jobs.extend((0..candidates.len()).map(|candidate| (candidate, seed, setting)));
        }
    }
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(jobs.len() as u64) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {eta}")?);
    bar.set_message("seasons");
    let played: Vec<Played> = jobs
        .into_par_iter()
        .map(|(candidate, seed, setting)| {
            let outcome = Season::new(setting, candidates[candidate].clone()).play()?;
            bar.inc(1);
            Ok(Played { candidate, seed, setting, outcome })
        })
        .collect::<trespasser::Result<_>>()?;
    bar.finish_and_clear();
    let of = |n: usize| -> Vec<&Played> { played.iter().filter(|played| played.candidate == n).collect() };
    let elo = of(0);
    let systems: Vec<Line> =
        candidates.iter().enumerate().map(|(n, candidate)| line(&options, candidate.name(), &of(n), &elo)).collect();
    // What the game plays, two teams, decides, among what is free of others' claims.
    let free =
        systems.iter().zip(&candidates).filter(|(_, candidate)| !matches!(candidate, Candidate::TrueSkill { .. }));
    let (best, chosen) = free
        .min_by(|a, b| a.0.log_loss_two_teams.total_cmp(&b.0.log_loss_two_teams))
        .ok_or_else(|| anyhow::anyhow!("no system"))?;
    let two_teams = |candidate: usize, seed: u32| {
        let those = played.iter().filter(|played| {
            played.candidate == candidate && played.seed == seed && matches!(played.setting.mode, Mode::Teams(_))
        });
        mean(those.map(|played| share(&played.outcome.heldout)))
    };
    let index = systems.iter().position(|line| line.name == best.name).unwrap_or_default();
    let tied = (0..systems.len())
        .filter(|other| *other != index)
        .filter(|&other| {
            let apart = (0..options.seeds).map(|seed| two_teams(other, seed) - two_teams(index, seed));
            let apart = figure(&apart.collect::<Vec<_>>());
            apart.mean <= apart.ci95
        })
        .map(|other| systems[other].name.clone())
        .collect();
    let report = Report {
        chosen: best.name.clone(),
        tied_with: tied,
        default_is_chosen: matches!(chosen, Candidate::Ours(_, system) if *system == System::default()),
        chosen_log_loss_of_coin: best.log_loss_of_coin.mean,
        elo_log_loss_of_coin: systems[0].log_loss_of_coin.mean,
        chosen_games_to_converge_median: best.games_to_converge_median,
        elo_games_to_converge_median: systems[0].games_to_converge_median,
        seasons: played.len(),
        heldout_matches: elo.iter().map(|played| u64::from(played.outcome.heldout.matches)).sum(),
        systems,
        players: options.players,
        rounds: options.rounds,
        seeds: options.seeds,
        first_seed: options.seed,
        commit: origin::commit(),
        compiler: origin::compiler(),
        cpu: origin::cpu(),
    };
    print(&report);
    if let Some(file) = &options.plot {
        plot(&candidates, &played, file)?;
    }
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

fn print(report: &Report) {
    println!(
        "{} seasons of {} players and {} rounds; every system predicts the same {} matches that it does not rate\n",
        report.seasons, report.players, report.rounds, report.heldout_matches
    );
    println!(
        "  {:<16} {:>17} {:>17} {:>9} {:>8} {:>8} {:>7} {:>6} {:>9} {:>11}",
        "", "log-loss / coin", "less Elo's", "2 teams", "8 alone", "Brier", "games", "never", "Spearman", "calibration"
    );
    for line in &report.systems {
        println!(
            "  {:<16} {:>8.4} +- {:.4} {:>+9.4} +- {:.4} {:>8.4} {:>8.4} {:>8.4} {:>7.0} {:>5.1}% {:>9.3} {:>11.4}",
            line.name,
            line.log_loss_of_coin.mean,
            line.log_loss_of_coin.ci95,
            line.against_elo.mean,
            line.against_elo.ci95,
            line.log_loss_two_teams,
            line.log_loss_ffa8,
            line.brier_two_teams,
            line.games_to_converge_median,
            line.never_share * 100.0,
            line.spearman.mean,
            line.calibration_error,
        );
    }
    println!("\n  log-loss / coin by truth, spread, forming and mode");
    let groups = |line: &Line| -> Vec<(String, f64)> {
        [&line.by_truth, &line.by_spread, &line.by_forming, &line.by_mode]
            .into_iter()
            .flat_map(|group| group.iter().map(|(name, value)| (name.clone(), *value)))
            .collect()
    };
    if let Some(first) = report.systems.first() {
        print!("  {:<16}", "");
        groups(first).iter().for_each(|(name, _)| print!(" {name:>8}"));
        println!();
    }
    for line in &report.systems {
        print!("  {:<16}", line.name);
        groups(line).iter().for_each(|(_, value)| print!(" {value:>8.4}"));
        println!();
    }
    println!("\n  of predictions in each tenth (two teams), the share that came first");
    for line in &report.systems {
        print!("  {:<16}", line.name);
        line.calibration.iter().for_each(|(_, chance, won)| print!(" {chance:.2}:{won:.2}"));
        println!();
    }
    println!(
        "\n  chosen: {}, by two teams' log-loss; not told from it: {}",
        report.chosen,
        report.tied_with.join(", ")
    );
    println!("  {}, {}, {}", report.commit, report.compiler, report.cpu);
}

const INKS: [[u8; 4]; 7] = [
    [235, 120, 100, 255],
    [120, 150, 220, 255],
    [95, 200, 130, 255],
    [200, 140, 225, 255],
    [235, 200, 90, 255],
    [90, 205, 215, 255],
    [160, 165, 175, 255],
];

/// Log-loss by what equal chances lose, over the rounds, mean over all seasons.
fn plot(candidates: &[Candidate], played: &[Played], file: &Path) -> Result<()> {
    let curves: Vec<Vec<f64>> = (0..candidates.len())
        .map(|n| {
            let own: Vec<_> = played.iter().filter(|played| played.candidate == n).collect();
            let looks = own.first().map_or(0, |played| played.outcome.looks.len());
            (0..looks).map(|look| mean(own.iter().map(|played| share(&played.outcome.looks[look])))).collect()
        })
        .collect();
    let all = || curves.iter().flatten().copied();
    let (low, high) = (all().fold(f64::INFINITY, f64::min) - 0.005, all().fold(0.0, f64::max) + 0.005);
    let looks = curves.iter().map(Vec::len).max().unwrap_or(0);
    let rounds = played.iter().map(|played| played.setting.rounds).max().unwrap_or(0);
    let (left, top, wide, tall) = (44.0, 34.0, 320.0, 180.0);
    let mut canvas =
        Canvas::new(Vec2::new(left + wide + 130.0, top + tall + 32.0), Vec2::ZERO, 2.0, [24, 26, 32, 255])?;
    let (ink, faint) = ([230, 230, 230, 255], [70, 74, 84, 255]);
    canvas.text(Vec2::new(8.0, 8.0), 1.0, ink, "Log-loss of predictions, by equal chances'");
    let x = |look: usize| left + wide * (look + 1) as f32 / looks as f32;
    let y = |value: f64| top + tall * ((high - value) / (high - low)) as f32;
    let step = if high - low > 0.1 { 0.05 } else { 0.01 };
    let mut mark = (low / step).ceil() * step;
    while mark <= high {
        canvas.line(&[Vec2::new(left, y(mark)), Vec2::new(left + wide, y(mark))], 0.5, faint);
        canvas.text(Vec2::new(10.0, y(mark) - 2.0), 0.5, ink, &format!("{mark:.2}"));
        mark += step;
    }
    for n in 0..=5 {
        let at = left + wide * n as f32 / 5.0;
        canvas.line(&[Vec2::new(at, top + tall), Vec2::new(at, top + tall + 4.0)], 0.5, ink);
        canvas.text(Vec2::new(at - 6.0, top + tall + 8.0), 0.5, ink, &format!("{}", rounds * n / 5));
    }
    canvas.text(Vec2::new(left + wide - 74.0, top + tall + 18.0), 0.5, ink, "rounds of the season");
    // Names are kept apart where curves end together.
    let mut ends: Vec<(f32, usize)> =
        curves.iter().enumerate().filter_map(|(n, curve)| Some((y(*curve.last()?), n))).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0f32;
    for (end, n) in ends {
        let points: Vec<Vec2> = curves[n].iter().enumerate().map(|(look, v)| Vec2::new(x(look), y(*v))).collect();
        let ink = INKS[n % INKS.len()];
        canvas.line(&points, 1.0, ink);
        below = end.max(below + 9.0);
        let name = candidates[n].name();
        canvas.text(Vec2::new(left + wide + 6.0, below - 3.0), 0.75, ink, name);
    }
    canvas.save(file)
}

fn main() -> ExitCode {
    exit(run())
}
