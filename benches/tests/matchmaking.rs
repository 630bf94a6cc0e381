//! The matchmaking report, small: the engine's matches are those of the policy written naively, nobody starves, the same
//! seed gives the same run.

use serde_json::Value;
use std::process::Command;
use trespasser::matchmaking::{Policy, Queue, QueueDef};
use trespasser::scenes::tickets::Crowd;
use trespasser_benches::matchmaking::{Arrivals, Setting, naive, run};

#[test]
fn the_engine_forms_what_the_naive_policy_forms() {
    let mut matches = 0;
    for seed in 0..60 {
        let crowd =
            Crowd { tails: 0.02 * (seed % 5) as f64, parties: [0.3, 0.2, 0.1 * (seed % 4) as f64], ..Crowd::new(seed) };
        let def = QueueDef {
            policy: Policy { uneven: (seed % 4) as u8, spread: 40.0 * (seed % 6) as f64, ..Policy::default() },
            ..Crowd::queue_def()
        };
        let mut tickets = crowd.tickets(10 + 9 * seed);
        tickets.iter_mut().step_by(11).for_each(|ticket| ticket.priority = true);
        let mut queue = Queue::new(def.clone()).expect("a good definition");
        tickets.iter().for_each(|ticket| queue.add(ticket).expect("a good ticket"));
        let (ours, theirs) = (queue.form(60_000).expect("a time"), naive::form(&def, &tickets, 60_000));
        assert_eq!(ours.len(), theirs.len(), "seed {seed}");
        for (one, other) in ours.iter().zip(&theirs) {
            assert_eq!((&one.seats, one.region, one.spread), (&other.seats, other.region, other.spread), "seed {seed}");
            assert!((one.chance - other.chance).abs() < 1e-9, "seed {seed}");
        }
        matches += ours.len();
    }
    assert!(matches > 2000, "{matches}");
}

#[test]
fn nobody_starves_and_the_same_seed_is_the_same_run() {
    for arrivals in [Arrivals::Steady(1.0), Arrivals::Steady(0.1), Arrivals::Evening(0.5), Arrivals::Few(5)] {
        let setting = Setting { arrivals, crowd: Crowd { tails: 0.1, ..Crowd::new(3) }, seconds: 1500 };
        let play = || run(setting, || {}).expect("a run");
        let (first, second) = (play(), play());
        assert_eq!(first.hash, second.hash);
        assert!(first.made.len() > 2 && first.tickets as usize == first.waits.len() + first.left as usize);
        assert_eq!(first.starved, 0, "{arrivals:?}");
    }
}

#[test]
fn the_last_line_holds_what_is_promised() {
    let picture = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("matchmaking.png");
    let output = Command::new(env!("CARGO_BIN_EXE_matchmaking"))
        .args(["--json", "--minutes", "3", "--rate", "1", "--tickets", "200", "--repeats", "2", "--plot"])
        .arg(&picture)
        .output()
        .expect("matchmaking runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let report: Value = serde_json::from_str(text.lines().last().expect("a last line")).expect("one JSON object");
    assert_eq!(report["starved"].as_u64(), Some(0));
    assert_eq!(report["scenarios"].as_array().map(Vec::len), Some(6));
    assert!(report["cost"]["ours_ms"].as_f64().is_some() && report["cost"]["matches"].as_u64() > Some(10));
    assert!(picture.is_file());
    let refused = Command::new(env!("CARGO_BIN_EXE_matchmaking")).args(["--rate", "0"]).output().expect("it runs");
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("--rate is 0"));
}
