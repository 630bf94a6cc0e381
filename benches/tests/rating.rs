//! The comparison of rating systems, small and with fixed seeds: what the default was chosen for must hold again.

use serde_json::Value;
use std::process::Command;
use trespasser::rating::System;
use trespasser_benches::rating::{Candidate, Forming, Heldout, Mode, Season, Setting, Truth};

/// Log-loss of all predictions of a few seasons, by what equal chances lose.
fn log_loss(candidate: &Candidate) -> f64 {
    let mut sum = Heldout::default();
    for (n, truth) in [Truth::Logistic, Truth::Normal, Truth::Race].into_iter().enumerate() {
        for (forming, mode) in [(Forming::Random, Mode::Mixed), (Forming::Nearest, Mode::Teams(2))] {
            let spread = [400.0, 200.0, 300.0][n];
            let setting = Setting { truth, forming, mode, players: 96, rounds: 60, spread, seed: 7 + n as u64 };
            let heldout = Season::new(setting, candidate.clone()).play().expect("a season is in range").heldout;
            assert!(heldout.matches > 200, "{setting:?}");
            sum.log_loss += heldout.log_loss;
            sum.coin += heldout.coin;
        }
    }
    sum.log_loss / sum.coin
}

#[test]
fn the_default_predicts_better_than_elo() {
    let all = Candidate::all();
    let find = |name: &str| all.iter().find(|candidate| candidate.name() == name).expect("it is compared");
    let (elo, ours) = (log_loss(find("elo-32")), log_loss(find("weng-lin")));
    assert!(matches!(find("weng-lin"), Candidate::Ours(_, system) if *system == System::default()));
    assert!(ours < elo - 0.01, "{ours} against {elo}");
    // Both know more than a coin, and nobody knows the noise.
    assert!(elo < 0.97 && ours > 0.7, "{ours} against {elo}");
}

#[test]
fn the_same_season_twice_is_the_same() {
    let setting = Setting {
        truth: Truth::Race,
        forming: Forming::Nearest,
        mode: Mode::Mixed,
        players: 48,
        rounds: 20,
        spread: 300.0,
        seed: 1,
    };
    for candidate in Candidate::all() {
        let play = || Season::new(setting, candidate.clone()).play().expect("a season is in range");
        let (first, second) = (play(), play());
        assert_eq!(first.heldout.log_loss.to_bits(), second.heldout.log_loss.to_bits(), "{}", candidate.name());
        assert_eq!((first.heldout.matches, &first.games), (second.heldout.matches, &second.games));
    }
}

#[test]
fn the_report_ends_with_its_figures() {
    let picture = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("rating.png");
    let output = Command::new(env!("CARGO_BIN_EXE_rating"))
        .args(["--json", "--seeds", "2", "--players", "32", "--rounds", "20", "--plot"])
        .arg(&picture)
        .output()
        .expect("rating runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let report: Value = serde_json::from_str(text.lines().last().expect("a last line")).expect("JSON");
    let systems = report["systems"].as_array().expect("systems");
    assert_eq!(systems.len(), Candidate::all().len());
    for system in systems {
        let share = system["log_loss_of_coin"]["mean"].as_f64().expect("a figure");
        assert!((0.5..1.2).contains(&share), "{system}");
        assert!(system["by_truth"].as_object().is_some_and(|by| by.len() == 3));
        assert!(system["by_mode"].as_object().is_some_and(|by| by.len() == 6));
    }
    assert_eq!(systems[0]["against_elo"]["mean"].as_f64(), Some(0.0));
    assert!(report["chosen"].is_string() && report["commit"].is_string());
    let bytes = std::fs::read(picture).expect("the picture");
    assert!(bytes.starts_with(b"\x89PNG"));
}
