//! The committed header is what the sources say. `UPDATE_HEADER=1 cargo test -p trespasser-ffi --test header` rewrites
//! it.

use std::path::{Path, PathBuf};

/// In the order of the header.
const SOURCES: [&str; 20] = [
    "result",
    "types",
    "library",
    "hooks",
    "map",
    "world",
    "matches",
    "player",
    "edit",
    "knowledge",
    "batch",
    "snapshot",
    "wire",
    "receiver",
    "bots",
    "scene",
    "guard",
    "rating",
    "replay",
    "matchmaking",
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

/// The C sources of the conformance programs, without comments, one behind the other.
fn conformance() -> String {
    let folder = crate_dir().join("../examples/c");
    let sources = [
        "conformance.c",
        "conformance_more.c",
        "conformance_services.c",
        "conformance_queue.c",
        "conformance_threads.c",
        "allocator.c",
    ];
    let text: String = sources.map(|name| std::fs::read_to_string(folder.join(name)).expect(name)).concat();
    let mut bare = String::new();
    for (i, piece) in text.split("/*").enumerate() {
        bare.push_str(if i == 0 { piece } else { piece.split_once("*/").map_or("", |(_, rest)| rest) });
    }
    bare
}

/// Splits what stands between a call's or a declaration's parentheses, from just behind the opening one.
fn arguments(from: &str) -> Vec<String> {
    let (mut depth, mut list) = (0, vec![String::new()]);
    for c in from.chars() {
        match c {
            ')' | ']' | '}' if depth == 0 => break,
            ',' if depth == 0 => {
                list.push(String::new());
                continue;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if let Some(last) = list.last_mut() {
            last.push(c);
        }
    }
    list.iter().map(|argument| argument.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The arguments of every call or declaration of a function in a C source.
fn calls<'a>(source: &'a str, name: &'a str) -> impl Iterator<Item = Vec<String>> + 'a {
    source.match_indices(name).filter_map(move |(at, _)| {
        let boundary = !source[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = source[at + name.len()..].strip_prefix('(')?;
        boundary.then(|| arguments(rest))
    })
}

/// Each function is called; with null for each of its pointers, and with an id that is none for each of its ids.
#[test]
fn conformance_passes_every_null_and_stale_id() {
    let (header, source) = (generated(), conformance());
    let mut missing = Vec::new();
    for name in functions(&header) {
        let made: Vec<_> = calls(&source, &name).collect();
        let declared = header.match_indices(&format!("{name}(")).find(|(at, _)| !in_comment(&header, *at));
        let (at, opening) = declared.expect("functions() found it");
        let parameters = arguments(&header[at + opening.len()..]);
        if made.is_empty() {
            missing.push(format!("a call of {name}"));
            continue;
        }
        for (i, parameter) in parameters.iter().enumerate() {
            let wanted = match parameter {
                p if p.contains('*') => "NULL",
                p if p.contains("tp_match_id") => "null_match",
                p if p.contains("tp_player_id") => "null_player",
                _ => continue,
            };
            if !made.iter().any(|call| call.get(i).is_some_and(|argument| argument == wanted)) {
                missing.push(format!("{name} with {wanted} for {parameter}"));
            }
        }
    }
    assert!(missing.is_empty(), "examples/c/conformance*.c lacks:\n{}", missing.join("\n"));
}

/// The list of results that the conformance program wants to see returned is the header's.
#[test]
fn conformance_knows_every_result() {
    let header = generated();
    let body = header.split("enum tp_result").nth(1).and_then(|rest| rest.split("};").next()).expect("tp_result");
    let declared: Vec<_> = body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("TP_RESULT_")?.split_once(" = "))
        .map(|(name, _)| name.to_owned())
        .collect();
    let shared = std::fs::read_to_string(crate_dir().join("../examples/c/check.h")).expect("check.h");
    let list = shared.split("ALL_RESULTS(X)").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("the list");
    let listed: Vec<_> = list.split("X(").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect();
    assert!(declared.len() >= 18);
    assert_eq!(listed, declared);
}

/// Every struct of the header has its size and each of its fields in layout.c.
#[test]
fn layout_asserts_every_field() {
    let header = generated();
    let layout = std::fs::read_to_string(crate_dir().join("../examples/c/layout.c")).expect("layout.c");
    let mut missing = Vec::new();
    for part in header.split("typedef struct ").skip(1) {
        let Some((name, body)) = part.split_once(" {") else { continue };
        if name.contains(';') {
            continue;
        }
        let body = body.split("\n}").next().unwrap_or(body);
        if !layout.contains(&format!("SIZE({name}, ")) {
            missing.push(format!("SIZE({name}, ..)"));
        }
        for line in body.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            let field = match line.split_once("(*") {
                Some((_, rest)) => rest.split(')').next(),
                None => line.strip_suffix(';').and_then(|line| line.split('[').next()?.rsplit([' ', '*']).next()),
            };
            if let Some(field) = field.filter(|field| !field.is_empty())
                && !layout.contains(&format!("AT({name}, {field}, "))
            {
                missing.push(format!("AT({name}, {field}, ..)"));
            }
        }
    }
    assert!(missing.is_empty(), "examples/c/layout.c lacks:\n{}", missing.join("\n"));
}
