//! A picture of a match: see [`trespasser_benches::draw`].

use clap::Parser;
use std::process::ExitCode;
use trespasser_benches::draw::{Options, run};
use trespasser_benches::exit;

fn main() -> ExitCode {
    exit(run(&Options::parse()))
}
