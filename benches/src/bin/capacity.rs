//! How many matches a core holds: see [`trespasser_benches::capacity`].

use clap::Parser;
use std::process::ExitCode;
use trespasser_benches::capacity::{Options, run};
use trespasser_benches::exit;

fn main() -> ExitCode {
    exit(run(&Options::parse()))
}
