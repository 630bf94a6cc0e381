//! How good matchmaking is: fairness, waiting and starvation for steady, peak, thin, uneven and sociable arrivals; and what
//! forming 10,000 tickets costs, beside the same policy written naively.

use anyhow::{Result, ensure};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use trespasser::Vec2;
use trespasser::matchmaking::Queue;
use trespasser::scenes::tickets::Crowd;
use trespasser_benches::canvas::Canvas;
use trespasser_benches::matchmaking::{Arrivals, MATCH_S, Outcome, PERIOD_MS, Setting, naive, run as simulate};
use trespasser_benches::{exit, origin};

/// Populations of `few`: each plays on its own.
const FEW: [u32; 6] = [2, 3, 5, 8, 13, 20];

/// Simulates matchmaking, and measures what it costs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask matchmaking", version)]
struct Options {
    /// One JSON object on the last line besides the table.
    #[arg(long)]
    json: bool,
    /// Simulated minutes of each run.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(2..=1440))]
    minutes: u32,
    /// Tickets a second; the peak has ten times as many.
    #[arg(long, default_value_t = 4.0)]
    rate: f64,
    /// Seed of everybody's numbers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Tickets that are formed at once for the cost.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(10..=16_384))]
    tickets: u32,
    /// How often they are formed; the fastest counts.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: u32,
    /// Draws waiting, fairness and the peak into this PNG.
    #[arg(long)]
    plot: Option<PathBuf>,
}

/// Of a list: the middle, the ninetieth and the ninety-ninth of a hundred, the most.
#[derive(Debug, Clone, Copy, Serialize)]
struct Spread {
    p50: f64,
    p90: f64,
    p99: f64,
    max: f64,
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (values.len() as f64 * share) as usize;
        values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    Spread { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1.0) }
}

#[derive(Debug, Serialize)]
struct Line {
    name: &'static str,
    tickets: u64,
    matches: usize,
    /// Tickets that joined a running match.
    backfills: usize,
    /// Still waiting at the end.
    left: u64,
    /// Players of a new match, mean.
    players_mean: f64,
    /// Share of new matches that are full.
    full_share: f64,
    /// Share of new matches with teams that differ in size.
    uneven_share: f64,
    /// Chance of the likelier team in new matches of even teams.
    favourite: Spread,
    /// Highest less lowest rating of a match, points.
    rating_spread: Spread,
    wait_s: Spread,
    /// Tickets that waited over 30 s, whoever was there.
    over_30_s: u64,
    /// Tickets that waited over 30 s with somebody there who would have done: must be 0.
    starved: u64,
    queue_max: usize,
    form_max_ms: f64,
    hash: String,
}

#[derive(Debug, Serialize)]
struct Cost {
    tickets: u32,
    matches: usize,
    players: usize,
    /// The fastest and the middle of the repeats, ms of processor time.
    ours_ms: f64,
    ours_median_ms: f64,
    /// The same policy written naively, once.
    naive_ms: f64,
    /// The same crowd when nobody has waited, and when everybody's patience is over.
    fresh_ms: f64,
    late_ms: f64,
}

#[derive(Debug, Serialize)]
struct Report {
    scenarios: Vec<Line>,
    starved: u64,
    wait_max_s_with_company: f64,
    cost: Cost,
    minutes: u32,
    rate: f64,
    seed: u64,
    commit: String,
    compiler: &'static str,
    profile: &'static str,
    cpu: String,
}

/// A name and the runs behind it.
struct Scenario {
    name: &'static str,
    settings: Vec<Setting>,
    outcomes: Vec<Outcome>,
}

fn scenarios(options: &Options) -> Vec<Scenario> {
    let crowd = Crowd::new(options.seed);
    let seconds = u64::from(options.minutes) * 60;
    let of = |name, crowd, arrivals: Vec<Arrivals>| Scenario {
        name,
        settings: arrivals.into_iter().map(|arrivals| Setting { arrivals, crowd, seconds }).collect(),
        outcomes: Vec::new(),
    };
    vec![
        of("steady", crowd, vec![Arrivals::Steady(options.rate)]),
        of("peak x10", crowd, vec![Arrivals::Evening(options.rate)]),
        of("thin", crowd, vec![Arrivals::Steady(options.rate / 20.0)]),
        of("few, 2 to 20", crowd, FEW.into_iter().map(Arrivals::Few).collect()),
        of("rating tails", Crowd { tails: 0.1, ..crowd }, vec![Arrivals::Steady(options.rate)]),
        of("parties", Crowd { parties: [0.3, 0.2, 0.2], ..crowd }, vec![Arrivals::Steady(options.rate)]),
    ]
}

fn line(scenario: &Scenario) -> Line {
    let outcomes = || scenario.outcomes.iter();
    let sum = |of: fn(&Outcome) -> u64| outcomes().map(of).sum::<u64>();
    let new: Vec<_> = outcomes().flat_map(|outcome| &outcome.made).filter(|made| !made.joins).collect();
    let share = |count: usize| count as f64 / new.len().max(1) as f64;
    Line {
        name: scenario.name,
        tickets: sum(|outcome| outcome.tickets),
        matches: new.len(),
        backfills: outcomes().flat_map(|outcome| &outcome.made).filter(|made| made.joins).count(),
        left: sum(|outcome| outcome.left),
        players_mean: new.iter().map(|made| f64::from(made.players)).sum::<f64>() / new.len().max(1) as f64,
        full_share: share(new.iter().filter(|made| made.players == made.most).count()),
        uneven_share: share(new.iter().filter(|made| made.uneven > 0).count()),
        favourite: spread(new.iter().filter(|made| made.uneven == 0).map(|made| made.favourite).collect()),
        rating_spread: spread(new.iter().map(|made| made.spread).collect()),
        wait_s: spread(outcomes().flat_map(|outcome| &outcome.waits).map(|(_, wait)| *wait as f64 / 1000.0).collect()),
        over_30_s: sum(|outcome| outcome.over_bound),
        starved: sum(|outcome| outcome.starved),
        queue_max: outcomes().map(|outcome| outcome.queue_max).max().unwrap_or_default(),
        form_max_ms: outcomes().map(|outcome| ms(outcome.form_max)).fold(0.0, f64::max),
        hash: format!("{:016x}", outcomes().fold(0, |hash, outcome| hash ^ outcome.hash)),
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Forms a crowd once for each repeat, each time in a queue of its own, and once naively; the matches must be the same.
fn cost(options: &Options) -> Result<Cost> {
    const NOW: u64 = 60_000;
    let tickets = Crowd::new(options.seed).tickets(options.tickets.into());
    let time = |waited: Option<u64>, repeats: u32| -> Result<(Vec<Duration>, Vec<_>)> {
        let mut times = Vec::new();
        let mut formed = Vec::new();
        let mut queue = Queue::new(Crowd::queue_def())?;
        for _ in 0..repeats {
            // What a queue has grown to is kept, as in a host that forms every second.
            for ticket in &tickets {
                let mut ticket = ticket.clone();
                if let Some(waited) = waited {
                    ticket.enqueued_ms = NOW - waited;
                }
                queue.add(&ticket)?;
            }
            let before = origin::cpu_time();
            formed = queue.form(NOW)?;
            times.push(origin::cpu_time() - before);
            for ticket in &tickets {
                queue.cancel(ticket.id);
            }
        }
        times.sort();
        Ok((times, formed))
    };
    let (times, formed) = time(None, options.repeats)?;
    let before = origin::cpu_time();
    let same = naive::form(&Crowd::queue_def(), &tickets, NOW);
    let naive = origin::cpu_time() - before;
    for (ours, theirs) in formed.iter().zip(&same) {
        let apart = (ours.chance - theirs.chance).abs();
        let alike = ours.seats == theirs.seats && ours.region == theirs.region && ours.spread == theirs.spread;
        ensure!(alike && apart < 1e-9, "not the naive policy's match, a defect: {ours:?}, naively {theirs:?}");
    }
    ensure!(formed.len() == same.len(), "{} matches, naively {}: a defect", formed.len(), same.len());
    Ok(Cost {
        tickets: options.tickets,
        matches: formed.len(),
        players: formed.iter().map(|formed| formed.seats.len()).sum(),
        ours_ms: ms(times[0]),
        ours_median_ms: ms(times[times.len() / 2]),
        naive_ms: ms(naive),
        fresh_ms: ms(time(Some(0), options.repeats)?.0[0]),
        late_ms: ms(time(Some(40_000), options.repeats)?.0[0]),
    })
}

fn run() -> Result<()> {
    let options = Options::parse();
    ensure!(
        options.rate > 0.0 && options.rate <= 100.0,
        "--rate is {}; it must be above 0, to 100 tickets a second",
        options.rate
    );
    // First, while nothing else of this program runs.
    let cost = cost(&options)?;
    let mut all = scenarios(&options);
    let steps = all.iter().flat_map(|scenario| &scenario.settings).map(|setting| setting.seconds).sum();
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(steps) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} s {eta}")?);
    bar.set_message("simulated");
    // One after the other: the processor time of a form call is the process's.
    for scenario in &mut all {
        for setting in &scenario.settings {
            scenario.outcomes.push(simulate(*setting, || bar.inc(1))?);
        }
    }
    bar.finish_and_clear();
    let lines: Vec<Line> = all.iter().map(line).collect();
    let report = Report {
        starved: lines.iter().map(|line| line.starved).sum(),
        wait_max_s_with_company: lines
            .iter()
            .filter(|line| line.over_30_s == 0)
            .map(|line| line.wait_s.max)
            .fold(0.0, f64::max),
        scenarios: lines,
        cost,
        minutes: options.minutes,
        rate: options.rate,
        seed: options.seed,
        commit: origin::commit(),
        compiler: origin::compiler(),
        profile: origin::profile(),
        cpu: origin::cpu(),
    };
    print(&report);
    if let Some(file) = &options.plot {
        plot(&all, file)?;
    }
    ensure!(report.starved == 0, "{} tickets waited over 30 s beside somebody who would have done", report.starved);
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

fn print(report: &Report) {
    println!(
        "{} simulated minutes each, {} tickets a second, 4 regions, 3 modes, matches of {} min, a form call every {} ms\n",
        report.minutes,
        report.rate,
        MATCH_S / 60,
        PERIOD_MS
    );
    println!(
        "  {:<13} {:>8} {:>8} {:>7} {:>7} {:>6} {:>6} {:>21} {:>15} {:>25} {:>6} {:>7} {:>8}",
        "",
        "tickets",
        "matches",
        "joined",
        "players",
        "full",
        "uneven",
        "favourite 50/90/99%",
        "spread 50/90%",
        "wait s 50/90/99% max",
        "> 30 s",
        "starved",
        "form ms"
    );
    for line in &report.scenarios {
        println!(
            "  {:<13} {:>8} {:>8} {:>7} {:>7.2} {:>5.1}% {:>5.1}% {:>9.3} {:.3} {:.3} {:>9.0} {:>5.0} {:>8.1} {:>5.1} {:>5.1} {:>5.1} {:>6} {:>7} {:>8.2}",
            line.name,
            line.tickets,
            line.matches,
            line.backfills,
            line.players_mean,
            line.full_share * 100.0,
            line.uneven_share * 100.0,
            line.favourite.p50,
            line.favourite.p90,
            line.favourite.p99,
            line.rating_spread.p50,
            line.rating_spread.p90,
            line.wait_s.p50,
            line.wait_s.p90,
            line.wait_s.p99,
            line.wait_s.max,
            line.over_30_s,
            line.starved,
            line.form_max_ms,
        );
    }
    println!("\n  > 30 s: tickets that waited longer, for nobody was there; starved: although somebody was, must be 0");
    let cost = &report.cost;
    println!(
        "\n  {} tickets that have waited 0 to 40 s: {} matches, {} players\n  ours {:.2} ms, median {:.2} ms; naively {:.0} ms, the same matches; nobody has waited {:.2} ms; nobody has patience {:.2} ms",
        cost.tickets,
        cost.matches,
        cost.players,
        cost.ours_ms,
        cost.ours_median_ms,
        cost.naive_ms,
        cost.fresh_ms,
        cost.late_ms
    );
    println!("  {}, {}, {}, {}", report.commit, report.compiler, report.profile, report.cpu);
}

const INKS: [[u8; 4]; 6] = [
    [95, 200, 130, 255],
    [235, 120, 100, 255],
    [120, 150, 220, 255],
    [235, 200, 90, 255],
    [200, 140, 225, 255],
    [90, 205, 215, 255],
];
const INK: [u8; 4] = [230, 230, 230, 255];
const FAINT: [u8; 4] = [70, 74, 84, 255];

/// A frame with axes: where it is, and what its edges stand for.
struct Frame {
    at: Vec2,
    size: Vec2,
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    fn place(&self, x: f64, y: f64) -> Vec2 {
        let share = |value: f64, (low, high): (f64, f64)| ((value - low) / (high - low)).clamp(0.0, 1.0) as f32;
        Vec2::new(self.at.x + self.size.x * share(x, self.x), self.at.y + self.size.y * (1.0 - share(y, self.y)))
    }

    fn axes(&self, canvas: &mut Canvas, title: &str, x: (&[f64], &str), y: (&[f64], usize)) {
        canvas.text(Vec2::new(self.at.x, self.at.y - 18.0), 0.75, INK, title);
        for mark in y.0 {
            let (from, to) = (self.place(self.x.0, *mark), self.place(self.x.1, *mark));
            canvas.line(&[from, to], 0.5, FAINT);
            canvas.text(Vec2::new(from.x - 22.0, from.y - 2.0), 0.5, INK, &format!("{mark:>5.*}", y.1));
        }
        for mark in x.0 {
            let foot = self.place(*mark, self.y.0);
            canvas.line(&[foot, foot + Vec2::new(0.0, 4.0)], 0.5, INK);
            canvas.text(foot + Vec2::new(-6.0, 7.0), 0.5, INK, &format!("{mark}"));
        }
        let foot = self.place(self.x.1, self.y.0);
        let width = canvas.text_width(0.5, x.1);
        canvas.text(Vec2::new(foot.x - width, foot.y + 15.0), 0.5, INK, x.1);
    }

    /// The share of values up to each.
    fn shares(&self, canvas: &mut Canvas, mut values: Vec<f64>, ink: [u8; 4]) {
        values.sort_by(f64::total_cmp);
        let points: Vec<Vec2> = (0..=400)
            .map(|n| {
                let x = self.x.0 + (self.x.1 - self.x.0) * f64::from(n) / 400.0;
                let below = values.partition_point(|value| *value <= x);
                self.place(x, below as f64 / values.len().max(1) as f64)
            })
            .collect();
        canvas.line(&points, 1.0, ink);
    }
}

fn plot(all: &[Scenario], file: &Path) -> Result<()> {
    let size = Vec2::new(190.0, 130.0);
    let mut canvas = Canvas::new(Vec2::new(780.0, 220.0), Vec2::ZERO, 2.0, [24, 26, 32, 255])?;
    let frame = |n: f32, x, y| Frame { at: Vec2::new(36.0 + 250.0 * n, 30.0), size, x, y };
    let quarters = [0.0, 0.25, 0.5, 0.75, 1.0];
    let waits = frame(0.0, (0.0, 35.0), (0.0, 1.0));
    waits.axes(
        &mut canvas,
        "Tickets that waited at most",
        (&[0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0], "seconds"),
        (&quarters, 2),
    );
    let favourites = frame(1.0, (0.5, 0.8), (0.0, 1.0));
    favourites.axes(
        &mut canvas,
        "Matches, favourite at most",
        (&[0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8], "chance, teams of the same size"),
        (&quarters, 2),
    );
    for (scenario, ink) in all.iter().zip(INKS) {
        let outcomes = || scenario.outcomes.iter();
        waits.shares(
            &mut canvas,
            outcomes().flat_map(|o| &o.waits).map(|(_, wait)| *wait as f64 / 1000.0).collect(),
            ink,
        );
        let even = outcomes().flat_map(|o| &o.made).filter(|made| !made.joins && made.uneven == 0);
        favourites.shares(&mut canvas, even.map(|made| made.favourite).collect(), ink);
    }
    let peak = &all[1];
    let (setting, outcome) = (&peak.settings[0], &peak.outcomes[0]);
    let minutes = setting.seconds / 60;
    let most = setting.rate(setting.seconds / 2);
    let top = most.max(30.0);
    let evening = frame(2.0, (0.0, minutes as f64), (0.0, top));
    let tenth = (top / 10.0).ceil();
    evening.axes(
        &mut canvas,
        "Peak x10 by minute",
        (&[0.0, (minutes / 2) as f64, minutes as f64], "minutes"),
        (&[0.0, tenth * 2.5, tenth * 5.0, tenth * 7.5, tenth * 10.0], 0),
    );
    let curve = |of: &dyn Fn(u64) -> f64| -> Vec<Vec2> {
        (0..minutes).map(|minute| evening.place(minute as f64 + 0.5, of(minute))).collect()
    };
    canvas.line(&curve(&|minute| setting.rate(minute * 60 + 30)), 1.0, [160, 165, 175, 255]);
    let wait = |minute: u64, share: f64| {
        let within = |second: u64| second / 60 == minute;
        let mut waits: Vec<u64> =
            outcome.waits.iter().filter(|(second, _)| within(*second)).map(|(_, wait)| *wait).collect();
        waits.sort_unstable();
        let at = (waits.len() as f64 * share) as usize;
        waits.get(at.min(waits.len().saturating_sub(1))).copied().unwrap_or_default() as f64 / 1000.0
    };
    canvas.line(&curve(&|minute| wait(minute, 0.5)), 1.0, INKS[0]);
    canvas.line(&curve(&|minute| wait(minute, 0.9)), 1.0, INKS[1]);
    let foot = 200.0;
    let mut left = 36.0;
    for (scenario, ink) in all.iter().zip(INKS) {
        canvas.text(Vec2::new(left, foot), 0.75, ink, scenario.name);
        left += canvas.text_width(0.75, scenario.name) + 14.0;
    }
    let mut left = 540.0;
    for (name, ink) in [("tickets/s", [160, 165, 175, 255]), ("wait s 50%", INKS[0]), ("90%", INKS[1])] {
        canvas.text(Vec2::new(left, foot), 0.75, ink, name);
        left += canvas.text_width(0.75, name) + 14.0;
    }
    canvas.save(file)
}

fn main() -> ExitCode {
    exit(run())
}
