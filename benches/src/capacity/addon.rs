//! What the Node addon costs beside the same work in Rust.

use super::options::Options;
use super::{TICK_RATE, progress, row};
use crate::overhead::{self, Overhead};
use anyhow::Result;
use std::sync::Arc;
use trespasser::GameMap;

/// Matches by which the addon is compared with Rust, unless others are asked for.
const NODE_MATCHES: u32 = 1000;

pub(super) fn measure(options: &Options, map: &Arc<GameMap>) -> Result<Overhead> {
    let (warmup, measured) = (options.warmup * TICK_RATE, options.seconds() * TICK_RATE);
    let load = overhead::Load {
        map,
        map_name: &options.map,
        rules: options.rules(),
        tick_rate: TICK_RATE,
        matches: options.matches.unwrap_or(NODE_MATCHES),
        seed: options.seed,
        roles: vec![options.roles(options.seed)?, options.roles(options.seed + 1)?],
    };
    let bar = progress((warmup + measured).into());
    bar.set_message("Rust, Node");
    let overhead = overhead::measure(&load, warmup, measured, |ticks| bar.inc(ticks.into()))?;
    bar.finish_and_clear();
    Ok(overhead)
}

pub(super) fn print(overhead: &Overhead) {
    println!(
        "\n{} matches stepped and all outgoing bytes fetched, {} blocks in turns",
        overhead.node_matches, overhead.node_blocks
    );
    let ns = |ns: f64| format!("{ns:.0} ns a match-tick of the processor's time");
    row("in Rust", ns(overhead.node_rust_ns_per_match_tick));
    row("through the addon", format!("{}, Node {}", ns(overhead.node_ns_per_match_tick), overhead.node_version));
    row(
        "addon over Rust",
        format!("{:.3} (of wall time {:.3})", overhead.node_overhead_ratio, overhead.node_overhead_wall_ratio),
    );
    row(
        "packets, the same on both sides",
        format!("{}, {} bytes, hash {}", overhead.node_packets, overhead.node_packet_bytes, overhead.node_packets_hash),
    );
}
