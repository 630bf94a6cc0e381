//! Running other programs: in the checkout's root, without standard input, ending with us.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A check that takes longer hangs; the whole run is meant to take less than twice this.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Process ids of the children that run now, each the leader of a process group of its own.
static CHILDREN: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Whether a signal has asked for the end.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

fn with_children<R>(work: impl FnOnce(&mut Vec<u32>) -> R) -> R {
    // A list of numbers is whole even if a thread panicked while it held the lock.
    work(&mut CHILDREN.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Passes interrupt, terminate and hang-up on to the children, once each: they stand in process groups of their own,
/// so that the terminal's Ctrl-C does not reach them a second time and cut a clean end short.
#[cfg(unix)]
pub(crate) fn forward_signals() -> Result<()> {
    use rustix::process::{Pid, Signal, kill_process_group};
    let mut signals = signal_hook::iterator::Signals::new([
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGHUP,
    ])
    .context("listening for signals")?;
    std::thread::spawn(move || {
        for number in signals.forever() {
            INTERRUPTED.store(true, Ordering::Relaxed);
            let children = with_children(|children| children.clone());
            if children.is_empty() {
                std::process::exit(128 + number);
            }
            for child in children {
                if let (Some(pid), Some(signal)) = (Pid::from_raw(child as i32), Signal::from_named_raw(number)) {
                    // Gone in the meantime: nothing to tell.
                    let _ = kill_process_group(pid, signal);
                }
            }
        }
    });
    Ok(())
}

/// The console of other systems tells the children itself.
#[cfg(not(unix))]
pub(crate) fn forward_signals() -> Result<()> {
    Ok(())
}

/// A command with its name for messages.
#[derive(Debug)]
pub(crate) struct Run {
    command: Command,
    text: String,
}

/// A program, in the root of the checkout.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Run {
    let mut command = Command::new(name.as_ref());
    command.current_dir(crate::root()).stdin(Stdio::null());
    Run { command, text: Path::new(name.as_ref()).file_stem().unwrap_or_default().to_string_lossy().into_owned() }
}

/// The cargo that started us.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Run {
    let name = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What cargo told this program about its own package means nothing to the next.
    let mut run = program(name).args(args);
    for (key, _) in std::env::vars_os() {
        let key_text = key.to_string_lossy();
        if key_text.starts_with("CARGO_PKG_") || key_text.starts_with("CARGO_MANIFEST_") {
            run.command.env_remove(&key);
        }
    }
    run
}

impl Run {
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.text.push(' ');
        self.text.push_str(&arg.as_ref().to_string_lossy());
        self.command.arg(arg);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, args: impl IntoIterator<Item = A>) -> Self {
        args.into_iter().fold(self, Run::arg)
    }

    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Runs in a folder of the checkout.
    pub(crate) fn folder(mut self, folder: &str) -> Self {
        self.command.current_dir(crate::root().join(folder));
        self.text = format!("({folder}) {}", self.text);
        self
    }

    /// Runs where the caller stands; cargo is told which workspace is meant.
    pub(crate) fn in_callers_folder(self) -> Self {
        self.arg("--manifest-path").arg(crate::root().join("Cargo.toml")).where_the_caller_stands()
    }

    /// Runs where the caller stands, so that relative paths in options mean what they say.
    pub(crate) fn where_the_caller_stands(mut self) -> Self {
        if let Ok(here) = std::env::current_dir() {
            self.command.current_dir(here);
        }
        self
    }

    /// How a person would write it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn spawn(&mut self) -> Result<Child> {
        if interrupted() {
            bail!("interrupted");
        }
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut self.command, 0);
        end_with_parent(&mut self.command);
        let child = self.command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                let name = Path::new(self.command.get_program()).to_string_lossy().into_owned();
                anyhow::anyhow!("`{name}` is not there: {}", how_to_get(&name))
            }
            _ => anyhow::Error::new(error).context(format!("starting `{}`", self.text)),
        })?;
        with_children(|children| children.push(child.id()));
        Ok(child)
    }

    fn finish(&self, mut child: Child) -> Result<ExitStatus> {
        let status = child.wait();
        with_children(|children| children.retain(|&id| id != child.id()));
        status.with_context(|| format!("waiting for `{}`", self.text))
    }

    /// [`Run::finish`] within [`LIMIT`].
    fn finish_in_time(&self, mut child: Child) -> Result<ExitStatus> {
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            if child.try_wait()?.is_some() {
                return self.finish(child);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        end_group(&mut child);
        self.finish(child)?;
        bail!("`{}` hung: it was ended after {} minutes", self.text, LIMIT.as_secs() / 60)
    }

    /// Runs with our own output, and ends as it ended.
    pub(crate) fn status_code(mut self) -> Result<ExitCode> {
        let child = self.spawn()?;
        let status = self.finish(child)?;
        Ok(ExitCode::from(status.code().map_or(1, |code| code.clamp(0, 255) as u8)))
    }

    /// Runs with our own output; an error unless it succeeds.
    pub(crate) fn check(mut self) -> Result<()> {
        let child = self.spawn()?;
        let status = self.finish(child)?;
        self.demand(status)
    }

    /// Runs with all output into a file; an error unless it succeeds.
    pub(crate) fn check_into(mut self, log: &File) -> Result<()> {
        self.command.stdout(log.try_clone()?).stderr(log.try_clone()?);
        let child = self.spawn()?;
        let status = self.finish_in_time(child)?;
        self.demand(status)
    }

    /// Runs and hands over its standard output; `log` takes its standard error, else ours does.
    pub(crate) fn output(mut self, log: Option<&File>) -> Result<String> {
        self.command.stdout(Stdio::piped());
        if let Some(log) = log {
            self.command.stderr(log.try_clone()?);
        }
        let mut child = self.spawn()?;
        let mut text = String::new();
        if let Some(mut stdout) = child.stdout.take() {
            // Whatever is not text is an error of its own further on.
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut stdout, &mut bytes)?;
            text = String::from_utf8_lossy(&bytes).into_owned();
        }
        let status = self.finish(child)?;
        self.demand(status)?;
        Ok(text)
    }

    /// Runs, passing each line of its standard output to `line`.
    pub(crate) fn lines(mut self, mut line: impl FnMut(&str)) -> Result<ExitStatus> {
        self.command.stdout(Stdio::piped());
        let mut child = self.spawn()?;
        if let Some(stdout) = child.stdout.take() {
            for text in BufReader::new(stdout).lines() {
                line(&text?);
            }
        }
        self.finish(child)
    }

    fn demand(&self, status: ExitStatus) -> Result<()> {
        if interrupted() {
            bail!("interrupted");
        }
        if !status.success() {
            bail!("`{}` failed: {status}", self.text);
        }
        Ok(())
    }
}

/// Ends a child and all that it started.
fn end_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(pid) = rustix::process::Pid::from_raw(child.id() as i32) {
        // Gone in the meantime: nothing to end.
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    // The same.
    let _ = child.kill();
}

/// Linux ends the child when we are killed without a chance to tell it. At once: with our end of its output gone, a
/// clean end could not be told any more.
#[cfg(target_os = "linux")]
fn end_with_parent(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    // SAFETY: between fork and exec the closure makes one system call (prctl) and neither allocates nor locks.
    unsafe {
        command.pre_exec(|| {
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
            Ok(())
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent(_: &mut Command) {}

/// What to install for a program that is missing.
pub(crate) fn how_to_get(name: &str) -> &'static str {
    match name {
        "node" | "npm" => "install Node.js 20 or newer with npm (nodejs.org, or your system's package manager)",
        "gcc" | "cc" | "make" => "install a C compiler and make (Debian: apt-get install gcc libc6-dev make)",
        "g++" | "cmake" | "pkg-config" | "valgrind" => {
            "install it, for the C interface's tests (Debian: apt-get install g++ cmake pkg-config valgrind)"
        }
        "cargo" | "rustc" => "install Rust by rustup (rustup.rs)",
        "chromium" => "install Chromium (Debian: apt-get install chromium)",
        "firefox" | "firefox-esr" => "install Firefox (Debian: apt-get install firefox-esr)",
        "redis-server" => "install Redis, for the server's tests (Debian: apt-get install redis-server)",
        _ => "install it and make sure that it is on the PATH",
    }
}
