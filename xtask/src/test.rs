//! `cargo xtask test`: every check there is, stage by stage.

use crate::install::{self, Kind};
use crate::run::{self, Run};
use crate::{check, counts, deploy, hash, machines, node};
use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{self, File};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Runs this stage alone; may be given several times
    #[arg(long, value_name = "STAGE", value_parser = stage_names())]
    only: Vec<String>,
    /// Lists the stages and runs none
    #[arg(long)]
    list: bool,
    /// Stops at the first stage that fails
    #[arg(long)]
    fail_fast: bool,
    /// Installs missing Debian packages when run as root, as in CI
    #[arg(long)]
    install: bool,
}

/// Installs what is missing: asked for, or in CI.
pub(crate) struct Machine {
    pub(crate) install: bool,
}

struct Stage {
    name: &'static str,
    about: &'static str,
    work: fn(&Machine, &File) -> Result<()>,
    /// At the same time as the one before it: both keep one processor busy for most of their time.
    beside: bool,
}

const fn stage(name: &'static str, about: &'static str, work: fn(&Machine, &File) -> Result<()>) -> Stage {
    Stage { name, about, work, beside: false }
}

impl Stage {
    const fn beside(self) -> Self {
        Self { beside: true, ..self }
    }
}

/// Cheap ones first; what others need before them.
const STAGES: &[Stage] = &[
    stage("tools", "Rust, Node.js, C compiler and browsers are there", tools),
    stage("paths", "every path that README.md and ARCHITECTURE.md name exists", check::paths),
    stage("places", "no file names this machine or a registry's host", check::places),
    stage("format", "rustfmt", format),
    stage("lint", "clippy without a warning", lint),
    stage("rust", "tests of all crates, C header and C example among them", rust),
    stage("docs", "documentation without a warning, and its examples", docs),
    stage("golden", "the engine's tests again, optimised", golden),
    stage("asan", "kernels, and the C interface with its C hosts, under AddressSanitizer (nightly)", asan),
    stage("old", "the scenes on an x86-64 without AVX (qemu)", machines::old),
    stage("arm", "the scenes on 64-bit ARM (qemu)", machines::arm).beside(),
    stage("wasm", "the scenes as WebAssembly", machines::wasm).beside(),
    stage("miri", "small matches with every access to memory checked (nightly)", machines::miri),
    stage(
        "counts",
        "instructions of each stage of a tick against benches/counts.toml, and no heap allocation",
        counts::stage,
    )
    .beside(),
    stage("tsan", "the C interface with a C host on many threads, under ThreadSanitizer (nightly, rust-src)", tsan)
        .beside(),
    stage("install", "the installed C library: pkg-config and CMake, static and shared, C and C++", installed),
    stage("addon", "Node addon: build and tests", addon),
    stage(
        "package",
        "the npm package: packed, linted, typed, installed into an empty project, on a processor without AVX",
        package,
    ),
    stage("hash", "every scene through Rust, C and Node: one hash each", one_hash),
    stage("client", "types, unit tests, build", client),
    stage("server", "types and tests", server),
    stage(
        "browser",
        "the page in headless Chromium and Firefox: its screens and sound, and matches against the real server",
        browser,
    ),
    stage(
        "deploy",
        "manifests, rules, dashboards; the public front and the assets' origin as they run",
        deploy::deploy,
    ),
];

/// What a stage needs is neither there nor ours to install; it is no failure, and no success.
#[derive(Debug)]
pub(crate) struct NotHere(pub(crate) &'static str);

impl std::fmt::Display for NotHere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NotHere {}

fn stage_names() -> Vec<&'static str> {
    STAGES.iter().map(|stage| stage.name).collect()
}

enum Outcome {
    Ok,
    /// What it needs is not to be had here; says what.
    NotRun(String),
    Failed(String),
}

/// # Errors
/// Only what keeps the stages from being run at all; their failures are in the exit code.
pub(crate) fn test(options: &Options) -> Result<ExitCode> {
    if options.list {
        for stage in STAGES {
            println!("{:8} {}", stage.name, stage.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let ci = std::env::var("CI").is_ok_and(|ci| !ci.is_empty() && ci != "0" && ci != "false");
    let context = Machine { install: options.install || ci };
    let logs = crate::target().join("xtask/logs");
    fs::create_dir_all(&logs).with_context(|| format!("making {}", logs.display()))?;

    let began = Instant::now();
    let mut results: Vec<(&Stage, f64, Outcome)> = Vec::new();
    let chosen: Vec<_> = STAGES
        .iter()
        .filter(|stage| options.only.is_empty() || options.only.iter().any(|only| only == stage.name))
        .collect();
    for together in chosen.chunk_by(|_, next| next.beside) {
        if run::interrupted() {
            break;
        }
        let ended = at_once(together, &context, &logs);
        let failed = ended.iter().any(|(_, _, outcome)| matches!(outcome, Outcome::Failed(_)));
        for (stage, seconds, outcome) in &ended {
            match outcome {
                Outcome::Ok => println!("{:8} ok     {seconds:7.1} s", stage.name),
                Outcome::NotRun(why) => println!("{:8} NOT RUN           {why}", stage.name),
                Outcome::Failed(why) => {
                    println!("{:8} FAILED {seconds:7.1} s", stage.name);
                    show(&logs.join(format!("{}.log", stage.name)), why);
                }
            }
        }
        results.extend(ended);
        if failed && options.fail_fast {
            break;
        }
    }
    summary(&results, began.elapsed());
    let failed = results.iter().filter(|(_, _, outcome)| matches!(outcome, Outcome::Failed(_))).count();
    let not_run = results.iter().filter(|(_, _, outcome)| matches!(outcome, Outcome::NotRun(_))).count();
    let passed = results.len() - failed - not_run;
    if not_run > 0 {
        println!("{passed} passed, {failed} failed, {not_run} skipped");
    } else {
        println!("{passed} passed, {failed} failed");
    }
    Ok(if failed > 0 || run::interrupted() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn at_once<'a>(stages: &[&'a Stage], context: &Machine, logs: &Path) -> Vec<(&'a Stage, f64, Outcome)> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    let message = stages.iter().map(|stage| format!("{}: {}", stage.name, stage.about));
    bar.set_message(message.collect::<Vec<_>>().join("; "));
    bar.enable_steady_tick(Duration::from_millis(100));
    let ended = std::thread::scope(|scope| {
        let run = |stage: &'a Stage| {
            move || {
                let started = Instant::now();
                let outcome = one(stage, context, logs);
                (stage, started.elapsed().as_secs_f64(), outcome)
            }
        };
        let threads: Vec<_> = stages.iter().map(|&stage| scope.spawn(run(stage))).collect();
        let died = |stage: &'a Stage| (stage, 0.0, Outcome::Failed("the stage's thread panicked".to_owned()));
        threads.into_iter().zip(stages).map(|(thread, &stage)| thread.join().unwrap_or_else(|_| died(stage))).collect()
    });
    bar.finish_and_clear();
    ended
}

fn one(stage: &Stage, context: &Machine, logs: &Path) -> Outcome {
    let result = File::create(logs.join(format!("{}.log", stage.name)))
        .context("making the log")
        .and_then(|log| (stage.work)(context, &log));
    match result {
        Ok(()) => Outcome::Ok,
        Err(error) if error.is::<NotHere>() => Outcome::NotRun(error.to_string()),
        Err(error) => Outcome::Failed(format!("{error:#}")),
    }
}

/// The log of a stage that failed: its end, where errors stand, and where the rest is.
fn show(log: &Path, why: &str) {
    const LINES: usize = 200;
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    let skipped = lines.len().saturating_sub(LINES);
    if skipped > 0 {
        println!("    ({skipped} lines before; all of it is in {})", log.display());
    }
    for line in &lines[skipped..] {
        println!("    {line}");
    }
    println!("    {why}");
}

fn summary(results: &[(&Stage, f64, Outcome)], took: Duration) {
    println!("\n{:8} {:>9}  result", "stage", "seconds");
    for (stage, seconds, outcome) in results {
        let result = match outcome {
            Outcome::Ok => "ok",
            Outcome::NotRun(_) => "NOT RUN",
            Outcome::Failed(_) => "FAILED",
        };
        println!("{:8} {seconds:9.1}  {result}", stage.name);
    }
    println!("{:8} {:9.1}\n", "all", took.as_secs_f64());
}

pub(crate) fn note(mut log: &File, text: &str) -> Result<()> {
    Ok(writeln!(log, "{text}")?)
}

/// Runs one after another, each told into the log.
pub(crate) fn all(log: &File, runs: impl IntoIterator<Item = Run>) -> Result<()> {
    for run in runs {
        note(log, &format!("$ {}", run.text()))?;
        // A backtrace is fifty lines of runtime around the one that the message names anyway.
        run.env("RUST_BACKTRACE", "0").check_into(log)?;
    }
    Ok(())
}

/// Debian's Firefox. Elsewhere it is `firefox`, which will do as well.
const FIREFOX: &str = "firefox-esr";

/// Debian packages by the program that shows their presence.
const PACKAGES: &[(&str, &str)] = &[
    ("gcc", "gcc libc6-dev"),
    ("g++", "g++"),
    ("make", "make"),
    ("cmake", "cmake"),
    ("pkg-config", "pkg-config"),
    ("valgrind", "valgrind"),
    ("chromium", "chromium"),
    (FIREFOX, "firefox-esr"),
    ("redis-server", "redis-server"),
];

/// Installs the Debian packages that a program comes in.
pub(crate) fn install(program: &str, packages: &str, log: &File) -> Result<()> {
    note(log, &format!("{program} is missing: installing {packages}"))?;
    all(log, [run::program("apt-get").arg("update")])?;
    let install = run::program("apt-get").args(["install", "--yes", "--no-install-recommends"]);
    all(log, [install.args(packages.split(' ')).env("DEBIAN_FRONTEND", "noninteractive")])
}

fn tools(context: &Machine, log: &File) -> Result<()> {
    let mut missing = Vec::new();
    for &(program, packages) in PACKAGES {
        let program = if program == FIREFOX && !on_path(FIREFOX) && on_path("firefox") { "firefox" } else { program };
        if !on_path(program) && context.install && may_install() {
            install(program, packages, log)?;
        }
        match run::program(program).arg("--version").output(Some(log)) {
            Ok(version) => note(log, version.lines().next().unwrap_or(program))?,
            Err(_) => missing.push(format!("{program}: {}", run::how_to_get(program))),
        }
    }
    match node::versions() {
        Ok(versions) => note(log, &versions)?,
        Err(error) => missing.push(format!("{error:#}")),
    }
    for component in ["fmt", "clippy"] {
        if let Err(error) = run::cargo([component, "--version"]).check_into(log) {
            missing.push(format!("{error:#}: rustup component add rustfmt clippy"));
        }
    }
    if !missing.is_empty() {
        let hint = "\n(as root on Debian, cargo xtask test --install installs the packages)";
        bail!("missing:\n  {}{hint}", missing.join("\n  "));
    }
    Ok(())
}

pub(crate) fn on_path(program: &str) -> bool {
    // Debian keeps servers in /usr/sbin, where only root's PATH leads.
    let sbin = Path::new("/usr/sbin").join(program);
    let path = std::env::var_os("PATH").unwrap_or_default();
    sbin.is_file() || std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

#[cfg(unix)]
pub(crate) fn may_install() -> bool {
    rustix::process::geteuid().is_root() && on_path("apt-get")
}

#[cfg(not(unix))]
pub(crate) fn may_install() -> bool {
    false
}

fn format(_: &Machine, log: &File) -> Result<()> {
    all(log, [run::cargo(["fmt", "--all", "--check"])])
}

fn lint(_: &Machine, log: &File) -> Result<()> {
    all(log, [run::cargo(["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--", "-Dwarnings"])])
}

fn rust(_: &Machine, log: &File) -> Result<()> {
    // Examples in the documentation belong to the next stage.
    all(
        log,
        [run::cargo([
            "test",
            "--workspace",
            "--all-features",
            "--locked",
            "--no-fail-fast",
            "--lib",
            "--bins",
            "--tests",
        ])],
    )
}

fn docs(_: &Machine, log: &File) -> Result<()> {
    let build = ["doc", "--workspace", "--all-features", "--no-deps", "--locked"];
    all(
        log,
        [
            run::cargo(build).env("RUSTDOCFLAGS", "-Dwarnings"),
            run::cargo(["test", "--workspace", "--all-features", "--locked", "--doc"]),
        ],
    )
}

fn golden(_: &Machine, log: &File) -> Result<()> {
    all(
        log,
        [run::cargo([
            "test",
            "--profile",
            "golden",
            "--locked",
            "-p",
            "trespasser-engine",
            "--features",
            "scenes",
            "--no-fail-fast",
            "--tests",
        ])],
    )
}

/// The target of the nightly toolchain, if it has sanitizers here.
fn nightly() -> Result<String> {
    // The rustup proxy chooses the toolchain; the cargo that runs this program is the stable one.
    if run::program("cargo").args(["+nightly", "--version"]).output(None).is_err() {
        return Err(NotHere("there is no nightly toolchain; `rustup toolchain install nightly`").into());
    }
    let target = run::program("rustc").args(["+nightly", "--print", "host-tuple"]).output(None)?;
    let target = target.trim();
    if !target.ends_with("linux-gnu") {
        return Err(NotHere("sanitizers are set up for Linux with glibc alone").into());
    }
    Ok(target.to_owned())
}

/// A cargo of the nightly toolchain, under a sanitizer, in a target folder of its own.
fn sanitized<const N: usize>(sanitizer: &str, target: &str, args: [&str; N]) -> Run {
    run::program("cargo")
        .arg("+nightly")
        .args(args)
        // Naming the target keeps the sanitizer out of build scripts and macros.
        .args(["--locked", "--target", target, "--target-dir"])
        .arg(format!("target/{sanitizer}"))
        .env("RUSTFLAGS", format!("-Zsanitizer={sanitizer}"))
}

/// Builds the C programs under a sanitizer too, with a sanitized library and rustc's runtime, and runs them.
fn sanitized_hosts(sanitizer: &str, short: &str, target: &str, programs: &[&[&str]], log: &File) -> Result<()> {
    let sysroot = run::program("rustc").args(["+nightly", "--print", "sysroot"]).output(Some(log))?;
    let runtime = Path::new(sysroot.trim()).join(format!("lib/rustlib/{target}/lib/librustc-nightly_rt.{short}.a"));
    if !runtime.is_file() {
        return Err(NotHere("this nightly toolchain comes without sanitizer runtimes").into());
    }
    let folder = crate::root().join(format!("target/{sanitizer}"));
    let library = folder.join(target).join("debug/libtrespasser_ffi.a");
    let build = folder.join("c");
    for program in programs {
        let make = run::program("make").args(["--silent", "-C", "examples/c"]);
        let set = |name: &str, path: &Path| format!("{name}={}", path.display());
        let make = make.arg(format!("SANITIZE={sanitizer}")).arg(set("RUNTIME", &runtime));
        let path = build.join(program[0]);
        let run = run::program(&path).args(&program[1..]);
        let suppressions = crate::root().join("examples/c/tsan.supp");
        all(
            log,
            [
                make.arg(set("LIB", &library)).arg(set("BUILD", &build)).arg(&path),
                run.env("TSAN_OPTIONS", format!("halt_on_error=1:suppressions={}", suppressions.display())),
            ],
        )?;
    }
    Ok(())
}

/// All `unsafe` of the engine stands in its kernels and in one conversion of sound: their tests again, with every access
/// checked. So does most of what C programs do with the C interface.
fn asan(_: &Machine, log: &File) -> Result<()> {
    let target = nightly()?;
    let arguments = ["test", "-p", "trespasser-engine", "--features", "scenes", "--lib"];
    all(log, [sanitized("address", &target, arguments).args(["--", "simd", "sound"])])?;
    all(log, [sanitized("address", &target, ["build", "-p", "trespasser-ffi"])])?;
    let programs: [&[&str]; 3] =
        [&["conformance", "engine/maps/yard.png"], &["allocator"], &["server", "--ticks", "300"]];
    sanitized_hosts("address", "asan", &target, &programs, log)
}

/// The standard library is built along: without it, what its locks order would look like races.
fn tsan(_: &Machine, log: &File) -> Result<()> {
    let target = nightly()?;
    let alone = machines::installing();
    let sysroot = run::program("rustc").args(["+nightly", "--print", "sysroot"]).output(Some(log))?;
    if !Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock").is_file()
        && run::program("rustup")
            .args(["component", "add", "--toolchain", "nightly", "rust-src"])
            .check_into(log)
            .is_err()
    {
        return Err(NotHere(
            "the nightly toolchain has no rust-src; `rustup component add --toolchain nightly rust-src`",
        )
        .into());
    }
    drop(alone);
    all(log, [sanitized("thread", &target, ["build", "-Zbuild-std", "-p", "trespasser-ffi"])])?;
    let programs: [&[&str]; 2] = [&["conformance", "engine/maps/yard.png"], &["server", "--ticks", "300"]];
    sanitized_hosts("thread", "tsan", &target, &programs, log)
}

/// Installs into a folder of the target's, moves that, and builds and runs the examples against it.
fn installed(_: &Machine, log: &File) -> Result<()> {
    let base = crate::target().join("xtask/install");
    if base.exists() {
        fs::remove_dir_all(&base).context("removing the last installation")?;
    }
    let hash = ["skirmish", "200"];
    let want = run::cargo(["run", "--quiet", "--release", "-p", "trespasser-example-rust", "--"]).args(hash);
    let want = want.output(Some(log))?;
    let want = want.lines().last().unwrap_or_default().to_owned();
    let plays = |run: Run| -> Result<()> {
        note(log, &format!("$ {}", run.text()))?;
        let text = run.args(hash).output(Some(log))?;
        note(log, &text)?;
        if text.lines().last() != Some(want.as_str()) {
            bail!("an installed library plays another match: `{want}` was expected");
        }
        Ok(())
    };
    for (name, kind) in [("static", Kind::Static), ("shared", Kind::Shared), ("both", Kind::Both)] {
        let first = base.join(format!("{name}-first"));
        install::install_into(&first, kind, log)?;
        let prefix = base.join(name);
        fs::rename(&first, &prefix)?;
        let library_path = prefix.join("lib");
        if kind != Kind::Static {
            install::check_exports(&library_path.join("libtrespasser.so"), log)?;
        }

        // By hand, as pkg-config says.
        let config = |what: &[&str]| -> Result<Vec<String>> {
            let run = run::program("pkg-config").args(what).arg(concat!("trespasser = ", env!("CARGO_PKG_VERSION")));
            let text = run.env("PKG_CONFIG_PATH", library_path.join("pkgconfig")).output(Some(log))?;
            Ok(text.split_whitespace().map(str::to_owned).collect())
        };
        let flags = config(&["--cflags", "--libs"])?;
        for (compiler, standard, source) in
            [("gcc", "c11", "examples/c/main.c"), ("g++", "c++17", "examples/cpp/main.cpp")]
        {
            let program = prefix.join(format!("by-hand-{compiler}"));
            let compile = run::program(compiler).arg(format!("-std={standard}")).args(["-Wall", "-Wextra", "-Werror"]);
            all(log, [compile.args(["-pedantic", source, "-o"]).arg(&program).args(&flags)])?;
            plays(run::program(&program).env("LD_LIBRARY_PATH", &library_path))?;
        }

        // By CMake; with both libraries there, each in its turn.
        let kinds: &[&str] = if kind == Kind::Both { &["static", "shared", ""] } else { &[""] };
        for chosen in kinds {
            let build = prefix.join(format!("cmake-{chosen}"));
            let configure = run::program("cmake").args(["-S", "examples/cpp", "-B"]).arg(&build);
            let configure = configure.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()));
            let configure = configure.arg(format!("-DTRESPASSER_KIND={chosen}"));
            all(log, [configure, run::program("cmake").arg("--build").arg(&build)])?;
            // CMake writes the way to the shared library into what it builds.
            plays(run::program(build.join("trespasser-cpp")))?;
            all(log, [run::program(build.join("server")).args(["--ticks", "120"])])?;
            let shared = run::program("readelf").arg("--dynamic").arg(build.join("server")).output(Some(log))?;
            let needs = shared.contains("libtrespasser.so.");
            let wanted = *chosen == "shared" || (chosen.is_empty() && kind != Kind::Static);
            if needs != wanted {
                bail!("a program of kind `{name}`, component `{chosen}`, needs the shared library: {needs}");
            }
        }
    }
    Ok(())
}

fn addon(_: &Machine, log: &File) -> Result<()> {
    all(
        log,
        [
            run::program("node").arg("node-binding/scripts/build.mjs"),
            run::program("npm").arg("test").folder("node-binding"),
        ],
    )
}

/// The addon is the one of the stage before, built anew if it is not there, and once more for newer processors.
fn package(machine: &Machine, log: &File) -> Result<()> {
    node::install("node-binding/packaging", Some(log))?;
    all(
        log,
        [
            run::program("node").args(["node-binding/scripts/build.mjs", "--v3"]),
            run::program("npm").arg("test").folder("node-binding/packaging"),
        ],
    )?;
    machines::old_addon(machine, log)
}

fn one_hash(_: &Machine, log: &File) -> Result<()> {
    hash::all_scenes(600, log)
}

fn npm(folder: &str, script: &str) -> Run {
    run::program("npm").args(["run", "--silent", script]).folder(folder)
}

fn client(_: &Machine, log: &File) -> Result<()> {
    node::install("client", Some(log))?;
    crate::viewer::build(Some(log))?;
    all(log, ["typecheck", "test", "build"].map(|script| npm("client", script)))
}

fn server(_: &Machine, log: &File) -> Result<()> {
    node::install("server", Some(log))?;
    all(log, [npm("server", "typecheck")])?;
    in_real_time(log, || npm("server", "test"))
}

/// These tests play over real sockets against the clock on the wall, and a machine that is held up for a moment makes
/// one of them late. A failure counts when it comes twice; the log keeps both runs.
fn in_real_time(log: &File, run: impl Fn() -> Run) -> Result<()> {
    let first = all(log, [run()]);
    if first.is_err() {
        println!("         failed once; tests in real time are run a second time before it counts");
        return all(log, [run()]);
    }
    first
}

fn browser(_: &Machine, log: &File) -> Result<()> {
    node::install("server", Some(log))?;
    node::install("client", Some(log))?;
    crate::viewer::build(Some(log))?;
    in_real_time(log, || npm("client", "test:browser"))?;
    in_real_time(log, || npm("server", "test:browser"))
}
