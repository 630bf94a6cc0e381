//! Recordings of matches: made, looked into, verified, sought in and compared. `cargo xtask replay`.

use std::process::ExitCode;

fn main() -> ExitCode {
    trespasser_benches::exit(trespasser_benches::replay::run())
}
