//! A crowd of tickets, formed into matches or only added: the difference under callgrind is what a form call costs.
//! `valgrind --tool=callgrind target/release/examples/matchmaking_load 10000 1`
//!
//! `cargo build --release -p trespasser-engine --features scenes --example matchmaking_load` builds it. Arguments: tickets,
//! 1 to form or 0, milliseconds that all have waited (left out: 0 to 40 s).

use trespasser::matchmaking::Queue;
use trespasser::scenes::tickets::Crowd;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(Ok(10_000), |text| text.parse())?;
    let formed = arguments.next().is_none_or(|text| text == "1");
    let waited: Option<u64> = arguments.next().map(|text| text.parse()).transpose()?;
    let mut queue = Queue::new(Crowd::queue_def())?;
    for mut ticket in Crowd::new(1).tickets(count) {
        if let Some(waited) = waited {
            ticket.enqueued_ms = 60_000u64.saturating_sub(waited);
        }
        queue.add(&ticket)?;
    }
    let matches = if formed { queue.form(60_000)?.len() } else { 0 };
    println!("{count} tickets, {matches} matches, {} left, hash {:016x}", queue.waiting(), queue.hash());
    Ok(())
}
