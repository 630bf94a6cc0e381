//! Commit, compiler and processor, to stand beside every figure.

use std::process::Command;
use std::time::Duration;

/// Short hash of the checked-out commit, `-dirty` when tracked files differ from it; `unknown` outside a checkout.
pub fn commit() -> String {
    Command::new("git")
        .args(["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty", "--exclude", "*"])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".into(), |text| text.trim().to_owned())
}

/// The compiler that built this program.
pub fn compiler() -> &'static str {
    env!("BUILD_COMPILER")
}

/// `release` or `debug`.
pub fn profile() -> &'static str {
    env!("BUILD_PROFILE")
}

/// The processor's own name where the system tells it, else system and architecture.
pub fn cpu() -> String {
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| format!("{} {}", std::env::consts::OS, std::env::consts::ARCH))
}

/// Processor time that all threads of this process have used.
#[cfg(unix)]
pub fn cpu_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// Processor time that the calling thread has used.
#[cfg(unix)]
pub fn thread_time() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs() as u32)
}

/// As [`cpu_time`], where the system has no such clock at hand.
#[cfg(not(unix))]
pub fn thread_time() -> Duration {
    cpu_time()
}

/// Bytes of the caches of the second and third level that the first processor sees, where the system tells.
pub fn caches() -> Option<(u64, u64)> {
    let size = |level: u32| {
        let folder = format!("/sys/devices/system/cpu/cpu0/cache/index{level}/size");
        let text = std::fs::read_to_string(folder).ok()?;
        let kib: u64 = text.trim().strip_suffix('K')?.parse().ok()?;
        Some(kib << 10)
    };
    Some((size(2)?, size(3)?))
}

/// Wall time since the first call, where the system has no such clock at hand.
#[cfg(not(unix))]
pub fn cpu_time() -> Duration {
    static BEGAN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(std::time::Instant::now).elapsed()
}
