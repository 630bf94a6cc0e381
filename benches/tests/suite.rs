//! The benches' report: what it writes into the README and what it leaves alone, what it takes from files, and that every
//! stage's contenders agree.

#[path = "../../engine/tests/reference/book.rs"]
#[allow(missing_docs, unreachable_pub, dead_code, clippy::unwrap_used)]
mod book;
#[path = "../../engine/tests/reference/bullet.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod bullet;
#[path = "../../engine/tests/reference/sight.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod sight;
#[path = "../../engine/tests/reference/sound.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod sound;
#[path = "../benches/stages/all.rs"]
#[allow(dead_code)]
mod stages;
#[path = "../../engine/tests/reference/walk.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod walk;
#[path = "../../engine/tests/reference/walls.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod walls;

use std::path::Path;
use trespasser_benches::suite::sheet::FORMAT;
use trespasser_benches::suite::{Answered, Check, Figure, Kind, Sheet, Suite, html, readme};

fn sheet(bench: &str) -> Sheet {
    let figure =
        |name: &str, kind, ns: f64, ratio: f64| Figure { name: name.into(), kind, ns: [ns, ns, ns], ratio: [ratio; 3] };
    let mut sheet = Sheet::new(bench);
    sheet.bias_for.push("Bias <b>".into());
    sheet.checks.push(Check { text: "agreed".into(), data: serde_json::json!({ "what": "all" }) });
    sheet.answered.push(Answered {
        question: "movement".into(),
        scene: "brawl".into(),
        unit: "tick".into(),
        headline: true,
        goal_ns: Some(400.0),
        goal_ratio: Some(5.0),
        figures: vec![
            figure("ours, avx2", Kind::Ours, 321.0, 1.0),
            figure("ours, scalar", Kind::Level, 400.0, 1.25),
            figure("naive, slow", Kind::Naive, 32_100.0, 100.0),
            figure("naive, slower", Kind::Naive, 64_200.0, 200.0),
            figure("peer <script> | 1.0", Kind::Peer, 3_210.0, 10.0),
        ],
    });
    sheet
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("benches/ is in the checkout")
}

#[test]
fn contenders_of_every_stage_agree() {
    let mut suite = Suite::checking("stages");
    stages::run(&mut suite);
    let stages = trespasser::sim::Stage::ALL.map(trespasser::sim::Stage::name);
    for stage in stages {
        assert!(suite.checked(stage), "{stage} is not compared with anything");
    }
}

#[test]
fn the_readme_has_a_place_for_the_table() {
    let text = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let new = readme::replaced(&text, "| a table |").expect("both markers, once each and in their order");
    let (before, rest) = text.split_once(readme::BEGIN).expect("the first marker");
    let (_, after) = rest.split_once(readme::END).expect("the last marker");
    assert_eq!(new, format!("{before}{}\n\n| a table |\n\n{}{after}", readme::BEGIN, readme::END));
}

#[test]
fn only_what_is_between_the_markers_is_written() {
    let folder = tempfile();
    let path = folder.join("README.md");
    let text = format!("# Title\r\n\nbefore{}old{}after, without a line's end", readme::BEGIN, readme::END);
    std::fs::write(&path, &text).expect("a folder of ours");
    readme::write(&path, &[sheet("stages")]).expect("both markers are there");
    let new = std::fs::read_to_string(&path).expect("it was written");
    assert!(new.starts_with(&format!("# Title\r\n\nbefore{}\n", readme::BEGIN)), "{new}");
    assert!(new.ends_with(&format!("\n{}after, without a line's end", readme::END)), "{new}");
    assert!(!new.contains("old"));
    assert!(new.contains("| movement; brawl | 321 ns a tick | 1.25 | 100 | 10.0, peer &lt;script> / 1.0 |"), "{new}");
    // Written again it is the same: nothing grows.
    readme::write(&path, &[sheet("stages")]).expect("both markers are there");
    assert_eq!(std::fs::read_to_string(&path).expect("it was written"), new);
    std::fs::remove_dir_all(folder).expect("a folder of ours");
}

#[test]
fn without_its_markers_a_file_stays_as_it_is() {
    let folder = tempfile();
    let path = folder.join("README.md");
    let (begin, end) = (readme::BEGIN, readme::END);
    for text in ["no marker", &format!("{begin} alone"), &format!("{end}{begin}"), &format!("{begin}{begin}{end}")] {
        std::fs::write(&path, text).expect("a folder of ours");
        let error = readme::write(&path, &[sheet("stages")]).expect_err("a marker is missing");
        assert!(format!("{error:#}").contains("bench:"), "{error:#}");
        assert_eq!(std::fs::read_to_string(&path).expect("it is there"), text);
    }
    std::fs::remove_dir_all(folder).expect("a folder of ours");
}

#[test]
fn a_sheet_comes_back_as_it_was_written_and_another_is_refused() {
    let folder = tempfile();
    let written = sheet("stages");
    let path = written.write(&folder).expect("a folder of ours");
    let read = Sheet::read(&path).expect("what was written");
    assert_eq!(serde_json::to_value(&read).expect("plain"), serde_json::to_value(&written).expect("plain"));
    let refused = |text: &str, why: &str| {
        std::fs::write(&path, text).expect("a folder of ours");
        let error = format!("{:#}", Sheet::read(&path).expect_err("no sheet"));
        assert!(error.contains(why) && error.contains("cargo xtask bench"), "{error}");
    };
    refused("[1, 2]", "not what a bench writes");
    let newer = Sheet { format: FORMAT + 1, ..written };
    refused(&serde_json::to_string(&newer).expect("plain"), "format 2");
    assert!(Sheet::read(&folder.join("none.json")).is_err());
    std::fs::remove_dir_all(folder).expect("a folder of ours");
}

#[test]
fn the_page_holds_every_figure_and_no_foreign_markup() {
    let page = html::page(&[sheet("stages"), sheet("sight")]);
    for text in [
        "movement",
        "321 ns",
        "32.1 us",
        "ours, scalar",
        "Bias",
        "goal 5 times the fastest peer",
        "peer &lt;script&gt;",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("<script"));
    // Nothing is fetched from anywhere.
    assert!(!page.contains("http") && !page.contains("src=") && !page.contains("@import"));
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
}

/// An empty folder for one test.
fn tempfile() -> std::path::PathBuf {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let n = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("suite-{}-{n}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("cargo's folder for tests");
    folder
}
