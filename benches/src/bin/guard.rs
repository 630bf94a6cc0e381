//! How often the guard flags honest players, and how soon it flags cheats: people at the far ends of bad lines, playing
//! through the wire alone, on every map of the project's own.

use anyhow::{Context, Result};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use trespasser::guard::Kind;
use trespasser::scenes::{Cheat, Table, TableDef};
use trespasser::world::PLAYERS;
use trespasser::{GameMap, Vec2, Verdict};
use trespasser_benches::canvas::Canvas;
use trespasser_benches::{exit, origin};

/// Measures false positives over honest matches and detection of scripted cheats.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask guard", version)]
struct Options {
    /// One JSON object on the last line besides the table.
    #[arg(long)]
    json: bool,
    /// Honest matches of eight, over all maps in turn.
    #[arg(long, default_value_t = 1250, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    matches: u32,
    /// Seconds of an honest match.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(5..=3600))]
    seconds: u32,
    /// Matches with one cheat, for each kind of cheat.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    cheats: u32,
    /// Seconds within which a cheat is to be found.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(5..=3600))]
    within: u32,
    /// ms that a message takes either way at most; each line has its own.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=1000))]
    delay: u32,
    /// Of a hundred messages, this many are lost, either way.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=50))]
    loss: u32,
    /// Plays the seeds that thresholds were chosen on, and not those that are reported.
    #[arg(long)]
    tuning: bool,
    /// Plays only cheats whose name or variant holds this; the others are left out of the report.
    #[arg(long)]
    only: Option<String>,
    /// Kinds of evidence against honest players, by how much there is of each.
    #[arg(long)]
    evidence: bool,
    /// Draws the scores of honest players and cheats into this PNG.
    #[arg(long)]
    plot: Option<PathBuf>,
}

/// Of the seeds that are reported; thresholds were chosen on others. New whenever thresholds have changed since a report
/// was read, for seeds that have been seen are tuned on.
const REPORTED: u64 = 0x2D07_6400_0000;
const TUNED_ON: u64 = 0x7E57_0000_0000;

/// A kind of cheat: what it counts as, its name, how it is played, and whether it hides behind human figures so that
/// it is not expected to be found.
struct Variant {
    group: &'static str,
    name: &'static str,
    cheat: Cheat,
    human: bool,
}

const fn variant(group: &'static str, name: &'static str, cheat: Cheat, human: bool) -> Variant {
    Variant { group, name, cheat, human }
}

const VARIANTS: [Variant; 19] = [
    variant("speed_hack", "clock x 1.05", Cheat::Speed(1.05), false),
    variant("speed_hack", "clock x 1.1", Cheat::Speed(1.1), false),
    variant("speed_hack", "clock x 1.25", Cheat::Speed(1.25), false),
    variant("speed_hack", "clock x 1.5", Cheat::Speed(1.5), false),
    variant("speed_hack", "clock x 2", Cheat::Speed(2.0), false),
    variant("rapid_fire", "a tap each input", Cheat::Tap, false),
    variant("rapid_fire", "every 4 inputs", Cheat::Even(4.0), false),
    variant("rapid_fire", "every 7.3 inputs", Cheat::Even(7.3), true),
    variant("rapid_fire", "20 a second, uneven", Cheat::Fast(20.0), false),
    variant("rapid_fire", "11 a second, uneven", Cheat::Fast(11.0), true),
    variant("wall_aim", "to the pixel", Cheat::WallLock, false),
    variant("wall_aim", "by hand", Cheat::WallSmooth, true),
    variant("wall_aim", "by hand, half the time, 8 px off", Cheat::WallSubtle, true),
    variant("aim_bot", "snap", Cheat::AimSnap, false),
    variant("aim_bot", "smooth, 150 ms", Cheat::AimSmooth, false),
    variant("aim_bot", "human reaction and noise", Cheat::AimHuman, true),
    variant("flood", "ten inputs for one", Cheat::FloodInputs, false),
    variant("flood", "600 messages a second", Cheat::FloodMessages, false),
    variant("flood", "garbage", Cheat::Garbage, false),
];

/// The JSON object.
#[derive(Debug, Serialize)]
struct Report {
    honest_matches: u32,
    honest_players: usize,
    honest_flagged: usize,
    false_positive_rate: f64,
    /// 95%, exact (Clopper and Pearson).
    false_positive_interval: [f64; 2],
    honest_suspects: usize,
    match_ticks: u64,
    /// By cheat: share of those found in time, over its variants that do not hide behind human figures.
    detection: BTreeMap<&'static str, f64>,
    detection_rate_min: f64,
    variants: Vec<Found>,
    within_s: u32,
    delay_ms_most: u32,
    loss_percent: u32,
    maps: Vec<&'static str>,
    seeds: &'static str,
    commit: String,
    compiler: &'static str,
    cpu: String,
}

#[derive(Debug, Serialize)]
struct Found {
    cheat: &'static str,
    variant: &'static str,
    human: bool,
    played: u32,
    found: u32,
    rate: f64,
    interval: [f64; 2],
    median_s: Option<f64>,
    /// Kind of evidence that weighed most when found, most frequent first.
    by: Vec<&'static str>,
    #[serde(skip)]
    scores: Vec<f32>,
    /// Honest players beside a cheat who were flagged.
    others_flagged: u32,
}

/// Of one player of a match.
struct Outcome {
    /// Greatest score.
    score: f32,
    verdict: Verdict,
    flag_tick: u32,
    worst: Option<Kind>,
}

fn map_of(n: u64) -> &'static str {
    GameMap::BUILTIN[n as usize % GameMap::BUILTIN.len()].0
}

/// Plays one match; `until_flagged`: no longer than until the player in slot 0 is.
fn play(
    options: &Options,
    n: u64,
    stream: u64,
    cheat: Option<Cheat>,
    seconds: u32,
    kinds: &mut BTreeMap<&'static str, (u64, f64)>,
) -> Result<Vec<Outcome>> {
    let base = if options.tuning { TUNED_ON } else { REPORTED };
    let mut table = Table::new(&TableDef {
        map: map_of(n),
        seed: base + stream * 0x1_0000_0000_0000 + n,
        cheat,
        delay_ms: options.delay as f32,
        loss: options.loss as f32 / 100.0,
        ..TableDef::default()
    })?;
    let mut outcomes: Vec<Outcome> =
        (0..PLAYERS).map(|_| Outcome { score: 0.0, verdict: Verdict::Clear, flag_tick: 0, worst: None }).collect();
    let rate = table.world.tick_rate();
    for tick in 1..=seconds * rate {
        table.advance()?;
        if !tick.is_multiple_of(rate / 4) {
            continue;
        }
        let game = table.game;
        table.world.drain_events(game, |_| {})?;
        table.world.drain_sounds(game, |_| {})?;
        table.world.drain_evidence(game, |evidence| {
            let of_whom = if cheat.is_some() { evidence.player().slot() == 0 } else { true };
            if let (Some(kind), true) = (evidence.kind(), of_whom) {
                let sum = kinds.entry(kind.name()).or_default();
                sum.0 += 1;
                sum.1 += f64::from(evidence.grade);
            }
        })?;
        table.world.verdicts(game, |player, standing| {
            let outcome = &mut outcomes[player.slot()];
            outcome.score = outcome.score.max(standing.score);
            if outcome.flag_tick == 0 && standing.flag_tick != 0 {
                (outcome.flag_tick, outcome.worst) = (standing.flag_tick, standing.worst);
            }
            outcome.verdict = standing.verdict;
        })?;
    }
    Ok(outcomes)
}

/// Probability of at most `k` of `n` at `p` each.
fn binomial(k: u64, n: u64, p: f64) -> f64 {
    let (ln_p, ln_q) = (p.ln(), (-p).ln_1p());
    let (mut ln_choose, mut sum) = (0.0f64, 0.0f64);
    for i in 0..=k {
        if i > 0 {
            ln_choose += ((n - i + 1) as f64).ln() - (i as f64).ln();
        }
        sum += (ln_choose + i as f64 * ln_p + (n - i) as f64 * ln_q).exp();
    }
    sum.min(1.0)
}

/// Clopper and Pearson's interval of 95% by bisection.
fn interval(found: u64, of: u64) -> [f64; 2] {
    let solve = |holds: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = (low + high) * 0.5;
            if holds(middle) { low = middle } else { high = middle }
        }
        (low + high) * 0.5
    };
    let low = if found == 0 { 0.0 } else { solve(&|p| 1.0 - binomial(found - 1, of, p) < 0.025) };
    let high = if found == of { 1.0 } else { solve(&|p| binomial(found, of, p) > 0.025) };
    [low, high]
}

fn bar(length: u64, message: &'static str) -> Result<ProgressBar> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(length) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{msg} {bar:40} {percent}% {eta}")?);
    bar.set_message(message);
    Ok(bar)
}

type Kinds = BTreeMap<&'static str, (u64, f64)>;

fn many(
    options: &Options,
    count: u32,
    stream: u64,
    cheat: Option<Cheat>,
    seconds: u32,
    bar: &ProgressBar,
) -> Result<(Vec<Vec<Outcome>>, Kinds)> {
    let played: Vec<Result<(Vec<Outcome>, Kinds)>> = (0..u64::from(count))
        .into_par_iter()
        .map(|n| {
            let mut kinds = Kinds::new();
            let outcome = play(options, n, stream, cheat, seconds, &mut kinds)?;
            bar.inc(1);
            Ok((outcome, kinds))
        })
        .collect();
    let (mut outcomes, mut all) = (Vec::new(), Kinds::new());
    for match_played in played {
        let (outcome, kinds) = match_played?;
        outcomes.push(outcome);
        for (kind, (count, grades)) in kinds {
            let sum = all.entry(kind).or_default();
            sum.0 += count;
            sum.1 += grades;
        }
    }
    Ok((outcomes, all))
}

fn run() -> Result<()> {
    let options = Options::parse();
    let progress = bar(options.matches.into(), "honest")?;
    let (honest, kinds) = many(&options, options.matches, 0, None, options.seconds, &progress)?;
    progress.finish_and_clear();
    let progress = bar(u64::from(options.cheats) * VARIANTS.len() as u64, "cheats")?;
    let mut variants = Vec::new();
    let wanted = |variant: &Variant| {
        options.only.as_ref().is_none_or(|only| variant.group.contains(only) || variant.name.contains(only))
    };
    for (i, variant) in VARIANTS.iter().enumerate().filter(|(_, variant)| wanted(variant)) {
        let (played, cheat_kinds) =
            many(&options, options.cheats, i as u64 + 1, Some(variant.cheat), options.within, &progress)?;
        variants.push(found(variant, &played));
        if options.evidence {
            println!("{} {}: {cheat_kinds:?}", variant.group, variant.name);
            let mut missed: Vec<f32> =
                played.iter().map(|match_| &match_[0]).filter(|o| o.flag_tick == 0).map(|o| o.score).collect();
            missed.sort_by(f32::total_cmp);
            println!("  scores of those not found: {missed:.2?}");
        }
    }
    progress.finish_and_clear();

    let players: Vec<&Outcome> = honest.iter().flatten().collect();
    let flagged = players.iter().filter(|outcome| outcome.verdict >= Verdict::Flag).count();
    if options.evidence {
        println!("honest: {kinds:?}");
        let mut most: Vec<f32> = players.iter().map(|outcome| outcome.score).collect();
        most.sort_by(|a, b| b.total_cmp(a));
        println!("  greatest scores: {:.2?}", &most[..most.len().min(20)]);
        for outcome in players.iter().filter(|outcome| outcome.verdict >= Verdict::Flag) {
            println!(
                "  flagged by {:?} at {:.1} s, score {:.2}",
                outcome.worst,
                f64::from(outcome.flag_tick) / 60.0,
                outcome.score
            );
        }
    }
    let mut detection = BTreeMap::new();
    for group in VARIANTS.iter().filter(|variant| wanted(variant)).map(|variant| variant.group) {
        let of = variants.iter().filter(|v| v.cheat == group && !v.human);
        let (found, played) = of.fold((0, 0), |sum, v| (sum.0 + v.found, sum.1 + v.played));
        detection.insert(group, f64::from(found) / f64::from(played.max(1)));
    }
    let scores: Vec<f32> = players.iter().map(|outcome| outcome.score).collect();
    let report = Report {
        honest_matches: options.matches,
        honest_players: players.len(),
        honest_flagged: flagged,
        false_positive_rate: flagged as f64 / players.len() as f64,
        false_positive_interval: interval(flagged as u64, players.len() as u64),
        honest_suspects: players.iter().filter(|outcome| outcome.verdict == Verdict::Suspect).count(),
        match_ticks: u64::from(options.matches) * u64::from(options.seconds) * 60,
        detection_rate_min: detection.values().copied().fold(1.0, f64::min),
        detection,
        variants,
        within_s: options.within,
        delay_ms_most: options.delay,
        loss_percent: options.loss,
        maps: GameMap::BUILTIN.iter().map(|(name, _)| *name).collect(),
        seeds: if options.tuning {
            "those that thresholds were chosen on"
        } else {
            "not those that thresholds were chosen on"
        },
        commit: origin::commit(),
        compiler: origin::compiler(),
        cpu: origin::cpu(),
    };
    print(&options, &report);
    if let Some(file) = &options.plot {
        plot(&scores, &report, file)?;
    }
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

fn found(variant: &Variant, played: &[Vec<Outcome>]) -> Found {
    let cheats: Vec<&Outcome> = played.iter().map(|outcomes| &outcomes[0]).collect();
    let mut seconds: Vec<f64> =
        cheats.iter().filter(|o| o.flag_tick > 0).map(|o| f64::from(o.flag_tick) / 60.0).collect();
    seconds.sort_by(f64::total_cmp);
    let mut by: BTreeMap<&'static str, u32> = BTreeMap::new();
    for kind in cheats.iter().filter_map(|o| o.worst) {
        *by.entry(kind.name()).or_default() += 1;
    }
    let mut by: Vec<_> = by.into_iter().collect();
    by.sort_by_key(|(_, count)| core::cmp::Reverse(*count));
    let (n, k) = (cheats.len() as u64, seconds.len() as u64);
    let others = played.iter().flat_map(|outcomes| &outcomes[1..]);
    Found {
        cheat: variant.group,
        variant: variant.name,
        human: variant.human,
        played: n as u32,
        found: k as u32,
        rate: k as f64 / n as f64,
        interval: interval(k, n),
        median_s: (!seconds.is_empty()).then(|| seconds[seconds.len() / 2]),
        by: by.into_iter().take(2).map(|(name, _)| name).collect(),
        scores: cheats.iter().map(|o| o.score).collect(),
        others_flagged: others.filter(|o| o.verdict >= Verdict::Flag).count() as u32,
    }
}

fn print(options: &Options, report: &Report) {
    let percent = |share: f64| share * 100.0;
    println!(
        "{} honest matches of {} s, {} players, 0 to {} ms either way, {}% lost, seeds: {}",
        report.honest_matches, options.seconds, report.honest_players, options.delay, options.loss, report.seeds
    );
    let [low, high] = report.false_positive_interval;
    println!(
        "  flagged {} ({:.4}%, 95% within {:.4}% and {:.4}%), suspected {}\n",
        report.honest_flagged,
        percent(report.false_positive_rate),
        percent(low),
        percent(high),
        report.honest_suspects
    );
    println!("  {:<12} {:<34} {:>6} {:>15} {:>8}  by", "cheat", "variant", "found", "95% within", "median");
    for v in &report.variants {
        println!(
            "  {:<12} {:<34} {:>5.0}% {:>6.1}% {:>6.1}% {:>8}  {}{}",
            v.cheat,
            v.variant,
            percent(v.rate),
            percent(v.interval[0]),
            percent(v.interval[1]),
            v.median_s.map_or_else(|| "-".into(), |s| format!("{s:.1} s")),
            v.by.join(", "),
            if v.human { " (as people are: not counted)" } else { "" }
        );
    }
    println!();
    for (cheat, rate) in &report.detection {
        println!("  {cheat:<12} found within {} s: {:.1}%", report.within_s, percent(*rate));
    }
    println!("\n  {}, {}, {}", report.commit, report.compiler, report.cpu);
}

/// Shares of players by greatest score, honest ones above cheats.
fn plot(honest: &[f32], report: &Report, file: &Path) -> Result<()> {
    const BINS: usize = 40;
    const MOST: f32 = 4.0;
    let (left, width, row) = (170.0, 290.0, 20.0);
    let rows = report.variants.len() + 1;
    let size = Vec2::new(480.0, 40.0 + row * rows as f32 + 24.0);
    let mut canvas = Canvas::new(size, Vec2::ZERO, 2.0, [24, 26, 32, 255])?;
    let (ink, faint) = ([230, 230, 230, 255], [110, 115, 125, 255]);
    canvas.text(Vec2::new(8.0, 8.0), 1.0, ink, "Greatest score: honest players and cheats");
    let place = |score: f32| left + width * score.min(MOST) / MOST;
    let bottom = 40.0 + row * rows as f32;
    for (score, name) in [(0.4, "suspect"), (1.0, "flag"), (3.0, "kick")] {
        canvas.line(&[Vec2::new(place(score), 30.0), Vec2::new(place(score), bottom)], 0.5, faint);
        canvas.text(Vec2::new(place(score) - 8.0, bottom + 6.0), 0.5, faint, name);
    }
    let mut draw = |at: usize, name: &str, scores: &[f32], bar: [u8; 4]| {
        let y = 38.0 + row * at as f32;
        canvas.text(Vec2::new(8.0, y + 8.0), 0.5, ink, name);
        let mut bins = [0u32; BINS];
        for score in scores {
            bins[((score / MOST * BINS as f32) as usize).min(BINS - 1)] += 1;
        }
        for (i, count) in bins.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            // A tenth of the height for each factor of ten below all, so that single players show.
            let share = (count as f32 / scores.len() as f32).log10();
            let tall = (1.0 + share / 5.0).max(0.08) * (row - 4.0);
            let step = width / BINS as f32;
            canvas.rect(Vec2::new(left + step * i as f32, y + row - 4.0 - tall), Vec2::new(step - 0.5, tall), bar);
        }
    };
    draw(0, "honest", honest, [95, 200, 130, 255]);
    for (i, variant) in report.variants.iter().enumerate() {
        let bar = if variant.human { [200, 170, 90, 255] } else { [220, 100, 90, 255] };
        draw(i + 1, &format!("{}: {}", variant.cheat, variant.variant), &variant.scores, bar);
    }
    canvas.save(file).with_context(|| format!("--plot {}", file.display()))
}

fn main() -> ExitCode {
    exit(run())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_clopper_and_pearsons() {
        // Known values: 0 of 10,000 leaves up to 3.69e-4; 95 of 100 lies within 88.72% and 98.36%.
        let [low, high] = interval(0, 10_000);
        assert!(low == 0.0 && (high - 3.688e-4).abs() < 1e-6, "{high}");
        let [low, high] = interval(95, 100);
        assert!((low - 0.8872).abs() < 1e-4 && (high - 0.9836).abs() < 1e-4, "{low} {high}");
        assert_eq!(interval(7, 7)[1], 1.0);
    }
}
