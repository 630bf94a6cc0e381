//! The committed header is what the sources say. `UPDATE_HEADER=1 cargo test -p trespasser-ffi --test header` rewrites
//! it.

use std::path::{Path, PathBuf};

/// In the order of the header.
const SOURCES: [&str; 15] = [
    "result",
    "types",
    "library",
    "hooks",
    "map",
    "world",
    "matches",
    "player",
    "knowledge",
    "batch",
    "snapshot",
    "wire",
    "receiver",
    "bots",
    "scene",
];

fn crate_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed() -> PathBuf {
    crate_dir().join("../include/trespasser.h")
}

fn generated() -> String {
    let mut config = cbindgen::Config::from_file(crate_dir().join("cbindgen.toml")).expect("ffi/cbindgen.toml");
    let (major, minor, patch) =
        (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH"));
    config.after_includes = Some(format!(
        "\n/* Version of this header; compare with tp_check_version(TP_VERSION) at run time. */\n\
         #define TP_VERSION_MAJOR {major}\n\
         #define TP_VERSION_MINOR {minor}\n\
         #define TP_VERSION_PATCH {patch}\n\
         #define TP_VERSION ((TP_VERSION_MAJOR << 16) | (TP_VERSION_MINOR << 8) | TP_VERSION_PATCH)"
    ));
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(crate_dir().join(format!("src/{source}.rs")));
    }
    let mut text = Vec::new();
    builder.generate().expect("cbindgen reads ffi/src").write(&mut text);
    String::from_utf8(text).expect("a header in UTF-8")
}

/// Names of the functions that a header declares.
fn functions(header: &str) -> Vec<String> {
    let mut names: Vec<String> = header
        .match_indices("tp_")
        .filter(|(at, _)| !header[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .filter_map(|(at, _)| {
            let name: String = header[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let declares = header[at + name.len()..].starts_with('(') && !in_comment(header, at);
            declares.then_some(name)
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn in_comment(header: &str, at: usize) -> bool {
    header[..at].rfind("/*") > header[..at].rfind("*/")
}

#[test]
fn the_committed_header_is_current() {
    let fresh = generated();
    if std::env::var_os("UPDATE_HEADER").is_some() {
        std::fs::write(committed(), &fresh).expect("include/trespasser.h can be written");
    }
    let kept = std::fs::read_to_string(committed()).expect("include/trespasser.h");
    if let Some((line, (want, got))) = fresh.lines().zip(kept.lines()).enumerate().find(|(_, (a, b))| a != b) {
        panic!(
            "include/trespasser.h differs from ffi/src in line {}:\n  sources: {want}\n  header:  {got}\n\
             run UPDATE_HEADER=1 cargo test -p trespasser-ffi --test header",
            line + 1
        );
    }
    assert!(fresh == kept, "include/trespasser.h has more or fewer lines than ffi/src gives");
}

#[test]
fn every_export_is_guarded_and_declared() {
    let declared = functions(&generated());
    let mut exports = Vec::new();
    for source in SOURCES {
        let text = std::fs::read_to_string(crate_dir().join(format!("src/{source}.rs"))).expect(source);
        for part in text.split("#[unsafe(no_mangle)]").skip(1) {
            let name = part.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).expect("a function");
            let body = part.split("\n}\n").next().unwrap_or(part);
            assert!(body.contains("guarded!("), "{name} in {source}.rs lets panics out: wrap it in guarded!");
            exports.push(name.to_owned());
        }
    }
    exports.sort();
    assert!(exports.len() >= 50, "{exports:?}");
    assert_eq!(exports, declared);
}

#[test]
fn conformance_calls_every_function() {
    let source = std::fs::read_to_string(crate_dir().join("../examples/c/conformance.c")).expect("conformance.c");
    let missing: Vec<_> =
        functions(&generated()).into_iter().filter(|name| !source.contains(&format!("{name}("))).collect();
    assert!(missing.is_empty(), "examples/c/conformance.c does not call {missing:?}");
}
