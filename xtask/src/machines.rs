//! Stages that run the engine's scenes on other machines than this one: other instruction sets, a virtual one, and one
//! that checks every access to memory.

use crate::run::{self, Run};
use crate::test::{Machine, NotHere, all, install, may_install, note, on_path};
use anyhow::{Result, bail};
use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Golden hashes, rollback in both ways and levels of all scenes; then the first of the ten minutes.
const SCENES: [&str; 4] = ["scenes_end", "rolled_back", "snapshots_turn", "the_levels"];

/// Debian packages by the program that shows their presence.
const ARM_PACKAGES: &[(&str, &str)] =
    &[("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"), (QEMU_ARM, QEMU)];
const OLD_PACKAGES: &[(&str, &str)] = &[(QEMU_X86, QEMU)];
const QEMU: &str = "qemu-user-static";
const QEMU_ARM: &str = "qemu-aarch64-static";
const QEMU_X86: &str = "qemu-x86_64-static";

pub(crate) fn on_linux() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Err(NotHere("this stage is for Linux alone").into());
    }
    Ok(())
}

/// Stages that run at the same time install one after the other: apt and rustup keep locks of their own, and give up.
static INSTALLING: Mutex<()> = Mutex::new(());

pub(crate) fn installing() -> MutexGuard<'static, ()> {
    INSTALLING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs what is missing, if that is ours to do; otherwise says how.
pub(crate) fn packages(machine: &Machine, list: &[(&str, &str)], log: &File) -> Result<()> {
    let _alone = installing();
    let mut missing = Vec::new();
    for (program, packages) in list {
        if !on_path(program) && machine.install && may_install() {
            install(program, packages, log)?;
        }
        if !on_path(program) {
            missing.push(format!("{program} (Debian: apt-get install {packages})"));
        }
    }
    if !missing.is_empty() {
        bail!("missing: {}; as root on Debian, cargo xtask test --install installs it", missing.join(", "));
    }
    Ok(())
}

/// Adds a target to the toolchain where rustup keeps it.
fn target(machine: &Machine, target: &str, log: &File) -> Result<()> {
    let _alone = installing();
    let list = run::program("rustup").args(["target", "list", "--installed"]).output(Some(log))?;
    if list.lines().any(|line| line == target) {
        return Ok(());
    }
    if !machine.install {
        bail!("Rust's target {target} is missing: rustup target add {target} (cargo xtask test --install does it)");
    }
    all(log, [run::program("rustup").args(["target", "add", target])])
}

fn scenes(built_for: Option<&str>) -> [Run; 2] {
    let begin = || {
        let cargo =
            run::cargo(["test", "--profile", "golden", "--locked", "-p", "trespasser-engine", "--features", "scenes"]);
        match built_for {
            Some(target) => cargo.args(["--target", target]),
            None => cargo,
        }
    };
    [
        begin().args(["--test", "scenes", "--"]).args(SCENES),
        begin().args(["--test", "long_scenes", "--", "the_first_minute"]),
    ]
}

/// The scenes on 64-bit ARM, as far as qemu is one.
pub(crate) fn arm(machine: &Machine, log: &File) -> Result<()> {
    on_linux()?;
    packages(machine, ARM_PACKAGES, log)?;
    target(machine, "aarch64-unknown-linux-gnu", log)?;
    let runner = format!("{QEMU_ARM} -L /usr/aarch64-linux-gnu");
    all(
        log,
        scenes(Some("aarch64-unknown-linux-gnu")).map(|run| {
            run.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc")
                .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", &runner)
                .env("EXPECT_LEVELS", "scalar")
        }),
    )
}

/// The scenes on a processor of 2008, which has no AVX: the very program that the golden stage has run.
pub(crate) fn old(machine: &Machine, log: &File) -> Result<()> {
    on_linux()?;
    if !cfg!(target_arch = "x86_64") {
        return Err(NotHere("the program for x86-64 is built on x86-64 alone").into());
    }
    packages(machine, OLD_PACKAGES, log)?;
    let runner = format!("{QEMU_X86} -cpu Nehalem");
    all(
        log,
        scenes(None).map(|run| {
            run.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", &runner).env("EXPECT_LEVELS", "scalar,sse2")
        }),
    )
}

/// The addon that is published, loaded on an x86-64 without AVX, must play what it plays here. Other machines than x86-64
/// with Linux have no such choice to make at run time.
pub(crate) fn old_addon(machine: &Machine, log: &File) -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(());
    }
    packages(machine, OLD_PACKAGES, log)?;
    let node = run::program("node").args(["-p", "process.execPath"]).output(Some(log))?;
    let played = |run: Run| -> Result<String> {
        note(log, &format!("$ {}", run.text()))?;
        run.arg("node-binding/packaging/level.cjs").output(Some(log))
    };
    let here = played(run::program("node"))?;
    let old = played(run::program(QEMU_X86).args(["-cpu", "Nehalem", node.trim()]))?;
    note(log, &format!("here: {here}without AVX: {old}"))?;
    let (Some((_, here)), Some((level, old))) = (here.trim().split_once(' '), old.trim().split_once(' ')) else {
        bail!("node-binding/packaging/level.cjs prints a level and a hash; it printed {here:?} and {old:?}");
    };
    if level != "sse2" || here != old {
        bail!("without AVX the addon runs at level {level} and ends in {old}; it must be sse2 and {here}");
    }
    Ok(())
}

/// Every golden hash again, the ten minutes among them, from the engine as a WebAssembly module.
pub(crate) fn wasm(machine: &Machine, log: &File) -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    target(machine, TARGET, log)?;
    all(log, [run::cargo(["build", "--release", "--locked", "--target", TARGET, "-p", "trespasser-example-wasm"])])?;
    let module = crate::target().join(TARGET).join("release/trespasser_example_wasm.wasm");
    let golden = |file: &str| {
        let file = format!("engine/tests/golden/{file}.txt");
        run::program("node").arg("examples/wasm/index.mjs").arg(&module).arg("--golden").arg(file)
    };
    all(log, [golden("scenes"), golden("long_scenes")])
}

/// Small matches with every access to memory checked.
pub(crate) fn miri(machine: &Machine, log: &File) -> Result<()> {
    // The rustup proxy chooses the toolchain; the cargo that runs this program is the stable one.
    if run::program("cargo").args(["+nightly", "--version"]).output(None).is_err() {
        return Err(NotHere("there is no nightly toolchain; `rustup toolchain install nightly`").into());
    }
    let alone = installing();
    if run::program("cargo").args(["+nightly", "miri", "--version"]).output(None).is_err() {
        if !machine.install {
            bail!(
                "Miri is missing: rustup component add --toolchain nightly miri rust-src (cargo xtask test --install does it)"
            );
        }
        all(log, [run::program("rustup").args(["component", "add", "--toolchain", "nightly", "miri", "rust-src"])])?;
    }
    drop(alone);
    let miri = |arguments: &[&str]| {
        run::program("cargo")
            .args(["+nightly", "miri", "test", "--locked", "--target-dir", "target/miri"])
            .args(arguments)
            // rayon's threads outlive the tests, and its queues are sound under tree borrows alone.
            .env("MIRIFLAGS", "-Zmiri-tree-borrows -Zmiri-ignore-leaks")
    };
    // libm takes square roots in assembly, which Miri does not read; in software they are the same.
    all(log, [miri(&["-p", "trespasser-engine", "--features", "libm/force-soft-floats", "--test", "small"])])
}
