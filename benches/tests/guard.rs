//! The report of the anti-cheat, short: what it promises to print. What the guard finds is tested beside the engine.

use serde_json::Value;
use std::process::Command;

#[test]
fn the_last_line_holds_what_is_promised() {
    let arguments = ["--matches", "2", "--seconds", "5", "--cheats", "1", "--within", "10", "--json", "--tuning"];
    let output = Command::new(env!("CARGO_BIN_EXE_guard")).args(arguments).output().expect("guard runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let last = text.lines().last().expect("a last line");
    let report: Value = serde_json::from_str(last).expect("the last line is one JSON object");
    assert_eq!((report["honest_players"].as_u64(), report["honest_flagged"].as_u64()), (Some(16), Some(0)));
    assert_eq!(report["false_positive_rate"].as_f64(), Some(0.0));
    let detection = report["detection"].as_object().expect("a rate for each cheat");
    let names: Vec<_> = detection.keys().map(String::as_str).collect();
    assert_eq!(names, ["aim_bot", "flood", "rapid_fire", "speed_hack", "wall_aim"]);
    assert_eq!(detection["flood"].as_f64(), Some(1.0), "floods are found within seconds");
    let least = detection.values().filter_map(Value::as_f64).fold(1.0, f64::min);
    assert_eq!(report["detection_rate_min"].as_f64(), Some(least));
    for variant in report["variants"].as_array().expect("variants") {
        let interval = variant["interval"].as_array().expect("an interval");
        assert!(interval[0].as_f64() <= variant["rate"].as_f64() && variant["rate"].as_f64() <= interval[1].as_f64());
    }
}
