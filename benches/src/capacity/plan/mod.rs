//! `cargo xtask capacity --plan`: machines, dollars and the first bottleneck for numbers of players that no machine here holds.
//!
//! The cost of a match-tick comes from [`model`], fitted to what `--measure` wrote into `benches/capacity.json`; servers and
//! dollars from the cost sheet, `deploy/cost.mjs`, and its prices; what gives out first from [`limits`].
//!
//! BIAS: everybody is in a fight, all the time. One machine with two threads was measured: more threads are taken as more
//! of the same, with caches and memory of their own in proportion.

mod draw;
mod limits;
mod model;

pub(super) use limits::Services;
pub(super) use model::Caches;

use super::options::Options;
use super::points::{self, Point};
use super::{TICK_RATE, row};
use crate::origin;
use anyhow::{Context, Result, bail, ensure};
use limits::{Limit, Size, assumed};
use model::Model;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use trespasser::GameMap;
use trespasser::world::PLAYERS;

/// Numbers of matches that `--measure` measures: from what the second level of the caches holds to far more than the third.
const MATCHES: [u32; 6] = [16, 64, 256, 1000, 2000, 5000];
const THREADS: [u32; 2] = [1, 2];

/// `benches/capacity.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    note: String,
    /// Conditions of the points.
    commit: String,
    compiler: String,
    cpu: String,
    load: String,
    runs: u32,
    caches: Caches,
    bytes_per_match: f64,
    points: Vec<Point>,
    /// Bytes a second that one thread reads and writes in memory.
    bandwidth: f64,
    /// Of a thread's processor time, for one snapshot by a TCP socket of the kernel.
    send_ns: f64,
    services: Services,
    /// Which command says each figure of `services`.
    services_from: std::collections::BTreeMap<String, String>,
}

impl Measured {
    fn read(path: &Path) -> Result<Measured> {
        let name = path.display();
        let text = fs::read_to_string(path).with_context(|| format!("reading {name}"))?;
        let measured: Measured = serde_json::from_str(&text).with_context(|| name.to_string())?;
        let Services { tickets, matches, transactions, wait, form_ms, redis, results } = measured.services;
        for (field, value) in [
            ("bytes_per_match", measured.bytes_per_match),
            ("caches.l2", measured.caches.l2),
            ("caches.l3", measured.caches.l3),
            ("bandwidth", measured.bandwidth),
            ("send_ns", measured.send_ns),
            ("services.tickets", tickets),
            ("services.matches", matches),
            ("services.transactions", transactions),
            ("services.wait", wait),
            ("services.form_ms", form_ms),
            ("services.redis", redis),
            ("services.results", results),
        ] {
            ensure!(value.is_finite() && value > 0.0, "{name}: {field} is {value}, and must be over 0");
        }
        for point in &measured.points {
            ensure!(
                point.matches > 0 && point.threads > 0 && point.cpu_ns.is_finite() && point.cpu_ns > 0.0,
                "{name}: a point of {} matches, {} threads and {} ns; all must be over 0",
                point.matches,
                point.threads,
                point.cpu_ns
            );
        }
        Ok(measured)
    }
}

/// A deployment at a size.
#[derive(Debug, Clone, Serialize)]
struct Line {
    host: &'static str,
    players: u64,
    servers: f64,
    nodes: f64,
    dollars_a_month: f64,
    dollars_per_player: f64,
    ns_per_match_tick: f64,
    bottleneck: &'static str,
    limits: Vec<Limit>,
}

/// The JSON object of `--plan`.
#[derive(Debug, Serialize)]
pub(super) struct Plan {
    prices: String,
    model: Model,
    /// Largest and mean error of the fit, and with the point left out: shares of what was measured.
    fit_error_most: f64,
    fit_error_mean: f64,
    left_out_error_most: f64,
    left_out_error_mean: f64,
    /// By the model, one thread of the measured machine with snapshots for all.
    matches_per_core_here: f64,
    lines: Vec<Line>,
    measured_commit: String,
    measured_compiler: String,
    measured_cpu: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What the cost sheet computes for a host.
fn sheet(players: &[u64], prices: &str, cores: f64, matches: f64, places: Option<u32>) -> Result<Value> {
    let list: Vec<String> = players.iter().map(u64::to_string).collect();
    let mut node = Command::new("node");
    node.arg(root().join("deploy/cost.mjs")).args(["--json", "--prices", prices, "--players", &list.join(",")]);
    node.args(["--cores", &format!("{cores:.9}"), "--matches", &format!("{matches:.0}")]);
    if let Some(places) = places {
        node.args(["--places", &places.to_string()]);
    }
    let output = node
        .stderr(Stdio::inherit())
        .output()
        .context("starting node for deploy/cost.mjs; install Node.js 20 or newer")?;
    ensure!(output.status.success(), "deploy/cost.mjs failed; what it says stands above");
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).with_context(|| format!("deploy/cost.mjs ended with {last:?}"))
}

fn number(value: &Value, path: &[&str]) -> Result<f64> {
    let found = path.iter().try_fold(value, |value, name| value.get(name));
    found.and_then(Value::as_f64).with_context(|| format!("{} is no number", path.join(".")))
}

/// What is known of a server of JavaScript and of machines, from `deploy/`.
struct Deployed {
    /// Cores a player of all but the step, in the measured server.
    sockets: f64,
    bytes_a_player: f64,
    threads: f64,
    memory: f64,
}

impl Deployed {
    fn read(prices: &str) -> Result<Deployed> {
        let read = |file: &str| -> Result<Value> {
            let path = root().join("deploy").join(file);
            let text = fs::read_to_string(&path).with_context(|| format!("reading deploy/{file}"))?;
            serde_json::from_str(&text).with_context(|| format!("deploy/{file}"))
        };
        let measured = read("measured.json")?;
        let table = read("prices.json")?;
        let table = table
            .get("tables")
            .and_then(|tables| tables.get(prices))
            .with_context(|| format!("--prices {prices}: deploy/prices.json has no such table"))?;
        let figure = |name: &str| number(&measured, &[name, "value"]).context("deploy/measured.json");
        let step = 1.0 / (figure("matchesPerCore")? * PLAYERS as f64);
        let sockets = figure("coresPerPlayer")? - step;
        ensure!(sockets > 0.0, "deploy/measured.json: a player's cores are no more than the engine's share of them");
        Ok(Deployed {
            sockets,
            bytes_a_player: figure("bytesPerPlayer")?,
            threads: number(table, &["node", "vcpu"])?,
            memory: number(table, &["node", "memoryGiB"])? * 1024.0 * 1024.0 * 1024.0,
        })
    }
}

/// A host at each of the sizes.
struct Host {
    name: &'static str,
    is_node: bool,
    /// Cores a player besides the step.
    sockets: f64,
    /// Matches of a process at most; `None`: the sheet's.
    places: Option<u32>,
}

impl Host {
    fn lines(&self, options: &Options, measured: &Measured, model: Model, deployed: &Deployed) -> Result<Vec<Line>> {
        let players = options.plan.as_deref().unwrap_or_default();
        let rate = f64::from(TICK_RATE);
        let caches = Caches { l2: assumed::L2, l3: assumed::L3 * deployed.threads };
        let ns_at = |matches: f64| model.ns(caches, measured.bytes_per_match, matches, deployed.threads);
        // How many matches a node has depends on what they cost, and the other way round.
        let mut ns = ns_at(1000.0);
        let mut sheet_of = Value::Null;
        for _ in 0..4 {
            let step = ns * rate / 1e9;
            sheet_of = sheet(players, &options.prices, self.sockets + step / PLAYERS as f64, 1.0 / step, self.places)?;
            let last = sheet_of.get("lines").and_then(Value::as_array).and_then(|lines| lines.last());
            let last = last.context("deploy/cost.mjs told of no line")?;
            ns = ns_at(number(last, &["players"])? / PLAYERS as f64 / number(last, &["nodes"])?);
        }
        let system = number(&sheet_of, &["assumed", "system"])?;
        let spare = number(&sheet_of, &["assumed", "spareNodes"])?;
        let tls = number(&sheet_of, &["assumed", "tlsBytes"])?;
        let system_memory = number(&sheet_of, &["assumed", "systemGiB"])? * 1024.0 * 1024.0 * 1024.0;
        let mut lines = Vec::new();
        for line in sheet_of.get("lines").and_then(Value::as_array).into_iter().flatten() {
            let players = number(line, &["players"])?;
            let nodes = number(line, &["nodes"])?;
            let servers = number(line, &["servers"])?;
            let size = Size {
                players,
                nodes: (nodes - spare).max(1.0),
                servers,
                threads: deployed.threads * (1.0 - system),
                players_a_match: PLAYERS as f64,
                ns,
                rate,
                bytes_a_match: measured.bytes_per_match,
                bandwidth: measured.bandwidth,
                bytes_a_player: deployed.bytes_a_player + tls,
                sockets: self.sockets,
                is_node: self.is_node,
                memory: deployed.memory - system_memory,
            };
            let limits = limits::limits(&size, &measured.services);
            lines.push(Line {
                host: self.name,
                players: players as u64,
                servers,
                nodes,
                dollars_a_month: number(line, &["dollars", "total"])?.round(),
                dollars_per_player: (number(line, &["perPlayer"])? * 1e4).round() / 1e4,
                ns_per_match_tick: ns.round(),
                bottleneck: limits[0].part,
                limits,
            });
        }
        Ok(lines)
    }
}

/// # Errors
/// No measurements or ones that are none, Node missing, a table of prices that there is not.
pub(super) fn plan(options: &Options, map: &Arc<GameMap>) -> Result<Plan> {
    let path = root().join("benches/capacity.json");
    let mut measured = Measured::read(&path)?;
    if options.measure {
        measured = measure(options, map, measured)?;
        let text = serde_json::to_string_pretty(&measured)? + "\n";
        fs::write(&path, text).context("writing benches/capacity.json")?;
        println!("written into benches/capacity.json\n");
    }
    let Measured { caches, bytes_per_match, .. } = measured;
    let model = model::fit(&measured.points, caches, bytes_per_match)?;
    let errors = model::residuals(&measured.points, caches, bytes_per_match)?;
    print_model(&measured, &model, &errors);
    let deployed = Deployed::read(&options.prices)?;
    let hosts = [
        Host { name: "Node", is_node: true, sockets: deployed.sockets, places: None },
        // Processes of one thread each, that the kernel sends for.
        Host {
            name: "Rust",
            is_node: false,
            sockets: measured.send_ns * assumed::SNAPSHOTS / 1e9,
            places: Some(10_000),
        },
    ];
    let mut lines = Vec::new();
    for host in &hosts {
        lines.extend(host.lines(options, &measured, model, &deployed)?);
    }
    let share = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let most = errors.iter().map(|e| of(e).abs()).fold(0.0, f64::max);
        let mean = errors.iter().map(|e| of(e).abs()).sum::<f64>() / errors.len() as f64;
        ((most * 1e4).round() / 1e4, (mean * 1e4).round() / 1e4)
    };
    let (fitted, left_out) = (share(&|e| e.0), share(&|e| e.1));
    let plan = Plan {
        prices: options.prices.clone(),
        model,
        fit_error_most: fitted.0,
        fit_error_mean: fitted.1,
        left_out_error_most: left_out.0,
        left_out_error_mean: left_out.1,
        matches_per_core_here: model.matches(caches, bytes_per_match, 1.0, TICK_RATE.into(), 1.0),
        lines,
        measured_commit: measured.commit,
        measured_compiler: measured.compiler,
        measured_cpu: measured.cpu,
    };
    print(&plan);
    if let Some(file) = &options.plot {
        if file.extension().is_none_or(|ending| ending != "png") {
            bail!("--plot takes a name that ends in .png, not {}", file.display());
        }
        draw::draw(&plan, file)?;
        println!("\n{}", file.display());
    }
    Ok(plan)
}

/// Points, bandwidth and the cost of a send on this machine; what stands around the engine stays as it was.
fn measure(options: &Options, map: &Arc<GameMap>, before: Measured) -> Result<Measured> {
    let (points, bytes) = points::measure(options, map, &MATCHES, &THREADS)?;
    let (l2, l3) = origin::caches().context("this system does not tell how large its caches are")?;
    Ok(Measured {
        commit: origin::commit(),
        compiler: origin::compiler().to_owned(),
        cpu: origin::cpu(),
        load: format!(
            "cargo xtask capacity --plan --measure --snapshots --runs {}: {} s of play a run, after {} s",
            options.runs,
            options.seconds(),
            options.warmup
        ),
        runs: options.runs,
        caches: Caches { l2: l2 as f64, l3: l3 as f64 },
        bytes_per_match: bytes as f64,
        points,
        bandwidth: points::bandwidth().round(),
        send_ns: points::send_ns()?,
        ..before
    })
}

fn print_model(measured: &Measured, model: &Model, errors: &[(f64, f64)]) {
    println!("Measured: {} on {}, {}", measured.commit, measured.cpu, measured.compiler);
    println!(
        "{:.0} bytes a match, caches {:.0} KiB and {:.0} MiB, {:.1} GB/s of memory a thread, {:.0} ns a send by the kernel\n",
        measured.bytes_per_match,
        measured.caches.l2 / 1024.0,
        measured.caches.l3 / 1048576.0,
        measured.bandwidth / 1e9,
        measured.send_ns
    );
    println!(
        "t(n, k) = {:.0} + {:.0} (1 - min(1, k L2 / w)) + {:.0} (1 - min(1, L3 / w))",
        model.compute, model.beyond_l2, model.beyond_l3
    );
    println!(
        "        + [k > 1] ({:.0} + {:.0} (1 - min(1, L3 / w))) ns, w = n x bytes of a match\n",
        model.neighbour, model.neighbour_memory
    );
    println!(
        "{:>8} {:>8} {:>12} {:>12} {:>8} {:>14}",
        "matches", "threads", "measured ns", "model ns", "off", "when left out"
    );
    for (p, (fitted, left_out)) in measured.points.iter().zip(errors) {
        println!(
            "{:>8} {:>8} {:>12.0} {:>12.0} {:>7.1}% {:>13.1}%",
            p.matches,
            p.threads,
            p.cpu_ns,
            p.cpu_ns * (1.0 + fitted),
            fitted * 100.0,
            left_out * 100.0
        );
    }
}

fn print(plan: &Plan) {
    row("\nmatches a core here, by the model", format!("{:.0}", plan.matches_per_core_here));
    println!("\nprices: {}\n", plan.prices);
    println!(
        "{:6} {:>10} {:>8} {:>7} {:>12} {:>10}  first bottleneck",
        "host", "players", "servers", "nodes", "$ a month", "$ a player"
    );
    for line in &plan.lines {
        println!(
            "{:6} {:>10} {:>8.0} {:>7.0} {:>12.0} {:>10.3}  {} ({:.0}%)",
            line.host,
            line.players,
            line.servers,
            line.nodes,
            line.dollars_a_month,
            line.dollars_per_player,
            line.bottleneck,
            line.limits[0].used * 100.0
        );
    }
    for line in &plan.lines {
        println!("\n{} players, {} host: what is how full", line.players, line.host);
        for limit in &line.limits {
            println!("  {:22} {:>7.1}%  {}", limit.part, limit.used * 100.0, limit.how);
        }
    }
}
