//! What stands under `deploy/`: its checks, offline, and the cost sheet.

use crate::run;
use crate::test::{Machine, all, install, may_install, note};
use crate::{machines, node};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::ExitCode;

/// Debian packages by the program that shows their presence.
const PACKAGES: &[(&str, &str)] = &[
    ("haproxy", "haproxy"),
    ("nginx", "nginx-light"),
    ("promtool", "prometheus"),
    ("amtool", "prometheus-alertmanager"),
    ("redis-server", "redis-server"),
    ("docker-compose", "docker-compose"),
    ("openssl", "openssl"),
    ("python3", "python3 python3-venv"),
];
/// Every version of PostgreSQL has a folder of its own here, off the PATH.
const POSTGRESQL: &str = "/usr/lib/postgresql";
const TESTS: &str = "deploy/test";

/// Manifests against schemas and against each other, rules against cases, the front and the assets' origin as they run.
pub(crate) fn deploy(machine: &Machine, log: &File) -> Result<()> {
    machines::on_linux()?;
    machines::packages(machine, PACKAGES, log)?;
    postgresql(machine, log)?;
    // The backends of the tests speak WebSocket by the server's own library.
    node::install("server", Some(log))?;
    let python = python(log)?;
    let path = with_sbin();
    let mut behaviour = Vec::new();
    for entry in fs::read_dir(crate::root().join(TESTS)).context(TESTS)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            behaviour.push(format!("{TESTS}/{name}"));
        }
    }
    behaviour.sort();
    if behaviour.is_empty() {
        bail!("{TESTS} has no *.test.mjs; the checkout is not whole");
    }
    let static_checks = run::program(python).args(["-m", "unittest", "discover", "--start-directory", TESTS]);
    // One after another: they count what one address may do in ten seconds.
    let running = run::program("node").args(["--test", "--test-concurrency=1"]).args(behaviour);
    all(log, [static_checks.env("PYTHONDONTWRITEBYTECODE", "1").env("PATH", &path), running.env("PATH", &path)])
}

fn postgresql(machine: &Machine, log: &File) -> Result<()> {
    let there = || {
        fs::read_dir(POSTGRESQL).is_ok_and(|versions| versions.flatten().any(|v| v.path().join("bin/initdb").is_file()))
    };
    if !there() && machine.install && may_install() {
        install(POSTGRESQL, "postgresql", log)?;
    }
    if !there() {
        bail!("PostgreSQL is missing: as root on Debian, cargo xtask test --install installs it");
    }
    Ok(())
}

/// The interpreter of a virtual environment with the packages that the static checks need; made anew when their list changes.
fn python(log: &File) -> Result<PathBuf> {
    let environment = crate::target().join("xtask/deploy-python");
    let python = environment.join("bin/python");
    let list = format!("{TESTS}/requirements.txt");
    let wanted = fs::read_to_string(crate::root().join(&list)).context(list.clone())?;
    let marker = environment.join("installed.txt");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    note(log, &format!("installing {list} into {}", environment.display()))?;
    let make = run::program("python3").args(["-m", "venv", "--clear"]).arg(&environment);
    let install = run::program(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    all(log, [make, install.args(["--requirement", &list])])?;
    fs::write(&marker, wanted).with_context(|| format!("writing {}", marker.display()))?;
    Ok(python)
}

/// Debian keeps servers where only root's PATH leads.
fn with_sbin() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/local/sbin:/usr/sbin");
    path
}

/// Servers and dollars a player, from measured capacity and a table of prices.
pub(crate) fn cost(options: Vec<OsString>) -> Result<ExitCode> {
    node::versions()?;
    let script = crate::root().join("deploy/cost.mjs");
    run::program("node").where_the_caller_stands().arg(script).args(options).status_code()
}
