//! The C programs of `examples/c`, built against the static library of this very test run, and run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/c")
}

/// Cargo builds the library in all its forms next to the test's own executable.
fn library() -> PathBuf {
    let exe = std::env::current_exe().expect("the path of this test");
    let library = exe.with_file_name("libtrespasser_ffi.a");
    assert!(library.exists(), "{} is missing; the crate must be built as a staticlib", library.display());
    library
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn need(program: &str, package: &str) {
    assert!(has(program), "{program} is needed to build the C examples: install the package {package}");
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} did not start: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?} ended with {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    output
}

/// Has `examples/c/Makefile` build one of its files, in a folder of the test's own, for tests run at once.
fn build(test: &str, file: &str) -> PathBuf {
    need("gcc", "gcc");
    need("make", "make");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let set = |name: &str, path: &Path| format!("{name}={}", path.display());
    run(Command::new("make")
        .arg("--silent")
        .arg("-C")
        .arg(examples())
        .args([set("LIB", &library()), set("BUILD", &folder)])
        .arg(folder.join(file)));
    folder.join(file)
}

fn map() -> PathBuf {
    examples().join("../../engine/maps/yard.png")
}

#[test]
fn c_and_rust_play_the_same_match() {
    let program = build("hash", "trespasser-example");
    for (scene, ticks) in [("duel", 300), ("skirmish", 200), ("brawl", 600), ("demolition", 200)] {
        let output = run(Command::new(&program).args([scene, &ticks.to_string()]));
        let text = String::from_utf8(output.stdout).expect("ASCII");
        let want = trespasser::scenes::run(scene, ticks).expect("a scene of the engine");
        assert_eq!(text.lines().last(), Some(format!("hash {want:016x}").as_str()), "{scene} after {ticks} ticks");
    }
}

#[test]
fn the_c_example_refuses_bad_arguments() {
    let program = build("arguments", "trespasser-example");
    for (arguments, word) in [(["nowhere", "60"], "brawl"), (["duel", "-1"], "TICKS"), (["duel", "6x"], "TICKS")] {
        let output = Command::new(&program).args(arguments).output().expect("the example starts");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(1 | 2)) && text.contains(word), "{arguments:?}: {text}");
    }
}

#[test]
fn conformance() {
    let program = build("conformance", "conformance");
    // The proof of the border panics twice; its backtraces would only be noise.
    let output = run(Command::new(&program).arg(map()).env("RUST_BACKTRACE", "0"));
    println!("{}", String::from_utf8_lossy(&output.stdout).trim());
    if !has("valgrind") {
        println!("NOT RUN: conformance under valgrind; install the package valgrind");
        return;
    }
    // Rayon's pool lives as long as the process: its blocks are reachable or possibly lost, never definitely.
    run(Command::new("valgrind")
        .args(["--quiet", "--error-exitcode=9", "--leak-check=full", "--track-origins=yes", "--fair-sched=yes"])
        .args(["--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect"])
        .arg(&program)
        .arg(map())
        .env("RUST_BACKTRACE", "0"));
    println!("conformance under valgrind: no error, no leak");
}

#[test]
fn layouts_are_the_asserted_ones() {
    build("layout", "layout.o");
}

#[test]
fn the_header_is_cpp17() {
    need("g++", "g++");
    let unit = Path::new(env!("CARGO_TARGET_TMPDIR")).join("header.cpp");
    std::fs::write(&unit, "#include \"trespasser.h\"\nint main() { return tp_version() == TP_VERSION ? 0 : 1; }\n")
        .expect("a file in the target folder");
    run(Command::new("g++")
        .args(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-I"])
        .arg(examples().join("../../include"))
        .arg(&unit));
}
