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

/// Under valgrind, where there is one: no error, and no block that nothing leads to any more.
fn under_valgrind(program: &Path, arguments: &[&Path]) {
    if !has("valgrind") {
        println!("NOT RUN: {} under valgrind; install the package valgrind", program.display());
        return;
    }
    // Rayon's pool lives as long as the process: its blocks are reachable or possibly lost, never definitely.
    run(Command::new("valgrind")
        .args(["--quiet", "--error-exitcode=9", "--leak-check=full", "--track-origins=yes", "--fair-sched=yes"])
        .args(["--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect"])
        .arg(program)
        .args(arguments)
        .env("RUST_BACKTRACE", "0"));
    println!("{} under valgrind: no error, no leak", program.display());
}

#[test]
fn conformance() {
    let program = build("conformance", "conformance");
    // The proof of the border panics a few times; its backtraces would only be noise.
    let output = run(Command::new(&program).arg(map()).env("RUST_BACKTRACE", "0"));
    println!("{}", String::from_utf8_lossy(&output.stdout).trim());
    under_valgrind(&program, &[&map()]);
}

#[test]
fn the_hosts_memory_is_used_and_comes_back() {
    let program = build("allocator", "allocator");
    let output = run(&mut Command::new(&program));
    println!("{}", String::from_utf8_lossy(&output.stdout).trim());
    under_valgrind(&program, &[]);
}

/// Over real sockets, as fast as the clients answer; each of them must have been sent snapshots, or the server fails.
#[test]
fn the_server_serves() {
    let program = build("server", "server");
    let output = run(Command::new(&program).args(["--clients", "8", "--ticks", "600"]));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("600 ticks") && text.contains(" 0 refused"), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("client ")).count(), 8, "{text}");
    let refused = Command::new(&program).args(["--clients", "9"]).output().expect("the server starts");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--clients is \"9\"; it must be 0 to 8"));
}

#[test]
fn cpp_plays_the_same_match() {
    let cpp = examples().join("../cpp");
    let compilers: Vec<_> = ["g++", "clang++"].into_iter().filter(|compiler| has(compiler)).collect();
    need("g++", "g++");
    for compiler in compilers {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trespasser-cpp-{compiler}"));
        run(Command::new(compiler)
            .args(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1", "-I"])
            .arg(examples().join("../../include"))
            .arg(cpp.join("main.cpp"))
            .arg("-o")
            .arg(&program)
            .arg(library())
            .args(["-lpthread", "-ldl", "-lm"]));
        let output = run(Command::new(&program).args(["skirmish", "200"]));
        let text = String::from_utf8_lossy(&output.stdout);
        let want = trespasser::scenes::run("skirmish", 200).expect("a scene of the engine");
        assert_eq!(text.lines().last(), Some(format!("hash {want:016x}").as_str()), "{compiler}");
    }
}

#[test]
fn the_readmes_program_runs() {
    need("gcc", "gcc");
    let readme = include_str!("../README.md");
    let source = readme.split("```c\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a C program");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join("readme.c"), source).expect("a file in the target folder");
    run(Command::new("gcc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"])
        .arg(examples().join("../../include"))
        .arg(folder.join("readme.c"))
        .arg("-o")
        .arg(folder.join("readme"))
        .arg(library())
        .args(["-lpthread", "-ldl", "-lm"]));
    let output = run(&mut Command::new(folder.join("readme")));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with('(') && text.trim_end().ends_with(')'), "{text}");
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
