//! The report of what is sent, short: what it promises to print, and that a fight stays within the goals for sizes. Those
//! are the same bytes on every machine; times are nobody's business here.

use serde_json::Value;
use std::process::Command;

fn report(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_bandwidth")).args(arguments).output().expect("bandwidth runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    serde_json::from_str(text.lines().last().expect("a last line")).expect("the last line is one JSON object")
}

fn number(report: &Value, key: &str) -> f64 {
    report[key].as_f64().unwrap_or_else(|| panic!("{key} in {report}"))
}

#[test]
fn a_fight_stays_within_the_goals() {
    for (scene, loss) in [("brawl", "0"), ("brawl", "5"), ("arsenal", "0"), ("demolition", "0")] {
        let report = report(&["--ours", "--json", "--seconds", "30", "--scene", scene, "--loss", loss]);
        let (mean, busiest) =
            (number(&report, "payload_bytes_per_s_mean"), number(&report, "payload_bytes_per_s_p99_player"));
        assert!((100.0..=750.0).contains(&mean), "{scene}, {loss}% lost: {mean} bytes/s");
        assert!(busiest >= mean && busiest <= 1500.0, "{scene}, {loss}% lost: {busiest} bytes/s");
        let wire = number(&report, "wire_bytes_per_s_mean");
        assert!(wire > mean && wire <= 2000.0, "{scene}, {loss}% lost: {wire} bytes/s with headers");
        let snapshots = number(&report, "snapshots_per_s_mean");
        assert!((10.0..=20.5).contains(&snapshots), "{scene}, {loss}% lost: {snapshots} snapshots/s");
        assert!((number(&report, "snapshot_bytes_mean") * snapshots - mean).abs() < 1.0);
        // The bits of the parts are those of the whole, but for the rest of each last byte.
        let bits: f64 = report["bits"].as_object().expect("bits").values().filter_map(Value::as_f64).sum();
        let whole = number(&report, "snapshot_bytes_mean") * 8.0;
        assert!((0.0..8.0).contains(&(whole - bits)), "{scene}: {bits} bits of {whole}");
        assert!(number(&report, "input_bytes_per_s") > 100.0 && number(&report, "encode_ns_per_snapshot") > 0.0);
    }
}

#[test]
fn a_scene_of_another_size_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_bandwidth")).args(["--scene", "duel"]).output().expect("runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("--scene duel: 2 play in it, not 8"));
}
