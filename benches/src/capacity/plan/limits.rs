//! What gives out first: each part of a deployment, what it is asked for at a size, and what it can do.

use serde::{Deserialize, Serialize};

/// What is taken for granted of machines and players, and by what it is known.
pub(super) mod assumed {
    /// Bits a second and packets a second of a node's network, all the time: the base line of c5.2xlarge, and what a virtual
    /// machine's network of that size does; vendors' figures, not measured here.
    pub(in super::super) const NIC_BITS: f64 = 2.5e9;
    pub(in super::super) const NIC_PACKETS: f64 = 1e6;
    /// Packets a second of a player, down and up: snapshots and inputs at 20 Hz each, an acknowledgement by TCP for half.
    pub(in super::super) const PACKETS: f64 = 60.0;
    /// Snapshots a second to a player.
    pub(in super::super) const SNAPSHOTS: f64 = 20.0;
    /// Cache of the second level and share of the third for a thread of a server: EPYC and Xeon of the last years, at the lower end.
    pub(in super::super) const L2: f64 = 1024.0 * 1024.0;
    pub(in super::super) const L3: f64 = 4.0 * 1024.0 * 1024.0;
    /// Times that a match is moved between memory and caches in a tick: read, and written back.
    pub(in super::super) const MOVES: f64 = 2.0;
    /// `POOL` and `QUEUE` of the server: game servers of a region, tickets of its queue.
    pub(in super::super) const POOL: f64 = 1024.0;
    pub(in super::super) const TICKETS: f64 = 16_384.0;
    /// Share of its time that one process, database or core is to be busy at most.
    pub(in super::super) const BUSIEST: f64 = 0.7;
}

/// What was measured of what stands around the engine, with the commands in `benches/capacity.json`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Services {
    /// Of the simulated day of 10,000 players: a second and player.
    pub(in super::super) tickets: f64,
    pub(in super::super) matches: f64,
    pub(in super::super) transactions: f64,
    /// Median wait, seconds.
    pub(in super::super) wait: f64,
    /// Milliseconds to form matches out of 10,000 tickets.
    pub(in super::super) form_ms: f64,
    /// Transactions a second that Redis does at all.
    pub(in super::super) redis: f64,
    /// Results of matches a second that PostgreSQL takes.
    pub(in super::super) results: f64,
}

/// A part of the deployment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Limit {
    pub(super) part: &'static str,
    /// 1: it gives out.
    pub(super) used: f64,
    /// In figures.
    pub(super) how: String,
}

/// What the engine and its host ask of machines, and how many of these there are.
pub(super) struct Size {
    pub(super) players: f64,
    /// Nodes, the spare one not counted, and processes.
    pub(super) nodes: f64,
    pub(super) servers: f64,
    /// Threads of a node that the players' processes may have.
    pub(super) threads: f64,
    pub(super) players_a_match: f64,
    /// Nanoseconds of a match-tick, and ticks a second.
    pub(super) ns: f64,
    pub(super) rate: f64,
    pub(super) bytes_a_match: f64,
    /// Bytes a second that a thread moves.
    pub(super) bandwidth: f64,
    /// Down to a player, bytes a second with all headers.
    pub(super) bytes_a_player: f64,
    /// Cores of JavaScript and sockets for a player, besides the step.
    pub(super) sockets: f64,
    /// Whether a process is one thread of JavaScript.
    pub(super) is_node: bool,
    pub(super) memory: f64,
}

/// All parts, the one that is fullest first.
pub(super) fn limits(size: &Size, services: &Services) -> Vec<Limit> {
    use assumed::*;
    let Size { players, nodes, servers, threads, rate, .. } = *size;
    let on_node = players / nodes;
    let matches = on_node / size.players_a_match;
    let step = matches * size.ns * rate / 1e9;
    let sockets = on_node * size.sockets;
    let moved = matches * size.bytes_a_match * MOVES * rate;
    let bits = on_node * size.bytes_a_player * 8.0;
    let tickets = players * services.tickets * services.wait;
    let form = tickets / 10_000.0 * services.form_ms / 1e3;
    let transactions = players * services.transactions;
    let results = players * services.matches;
    let mut limits = vec![
        Limit {
            part: "steps",
            used: step / (threads * BUSIEST),
            how: format!("{step:.2} of a node's {threads:.1} cores, of which 70%"),
        },
        Limit {
            part: "memory bandwidth",
            used: moved / (size.bandwidth * threads),
            how: format!(
                "{:.2} of {:.0} GB/s of a node, if all of a match moved",
                moved / 1e9,
                size.bandwidth * threads / 1e9
            ),
        },
        Limit {
            part: "network, bytes",
            used: bits / NIC_BITS,
            how: format!("{:.2} of {:.1} Gbit/s of a node", bits / 1e9, NIC_BITS / 1e9),
        },
        Limit {
            part: "network, packets",
            used: on_node * PACKETS / NIC_PACKETS,
            how: format!("{:.0} of {:.0} thousand a second of a node", on_node * PACKETS / 1e3, NIC_PACKETS / 1e3),
        },
        Limit {
            part: "memory",
            used: matches * size.bytes_a_match / size.memory,
            how: format!(
                "{:.2} of {:.1} GB of a node for matches",
                matches * size.bytes_a_match / 1e9,
                size.memory / 1e9
            ),
        },
        Limit {
            part: "matchmaker",
            used: form / BUSIEST,
            how: format!("{:.1} ms of each second's round for {tickets:.0} tickets", form * 1e3),
        },
        Limit {
            part: "queue",
            used: tickets / TICKETS,
            how: format!("{tickets:.0} of {TICKETS:.0} tickets of a region"),
        },
        Limit {
            part: "Redis",
            used: transactions / (services.redis * BUSIEST),
            how: format!("{transactions:.0} transactions a second of {:.0}, of which 70%", services.redis),
        },
        Limit {
            part: "PostgreSQL",
            used: results / (services.results * BUSIEST),
            how: format!("{results:.1} results a second of {:.0}, of which 70%", services.results),
        },
    ];
    if size.is_node {
        let each = players / servers * (size.sockets + size.ns * rate / 1e9 / size.players_a_match);
        limits.push(Limit {
            part: "sockets in Node",
            used: each / BUSIEST,
            how: format!(
                "{:.0}% of the one core of a process, of which 70%; {:.0}% of that is the step",
                each * 100.0,
                step / (step + sockets) * 100.0
            ),
        });
        limits.push(Limit {
            part: "pool",
            used: servers / POOL,
            how: format!("{servers:.0} of {POOL:.0} game servers of a region"),
        });
    } else {
        limits.push(Limit {
            part: "sends by the kernel",
            used: (step + sockets) / (threads * BUSIEST),
            how: format!("{sockets:.2} cores beside {step:.2} of steps, of a node's {threads:.1}, of which 70%"),
        });
    }
    limits.sort_by(|a, b| b.used.total_cmp(&a.used));
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVICES: Services = Services {
        tickets: 0.002,
        matches: 0.000_25,
        transactions: 0.018,
        wait: 1.4,
        form_ms: 5.0,
        redis: 50_000.0,
        results: 170.0,
    };

    fn size(players: f64) -> Size {
        Size {
            players,
            nodes: players / 1600.0,
            servers: players / 205.0,
            threads: 7.2,
            players_a_match: 8.0,
            ns: 8000.0,
            rate: 60.0,
            bytes_a_match: 40_000.0,
            bandwidth: 1e10,
            bytes_a_player: 2000.0,
            sockets: 0.0022,
            is_node: true,
            memory: 14e9,
        }
    }

    #[test]
    fn the_fullest_comes_first_and_the_common_parts_fill_with_players() {
        let small = limits(&size(10_000.0), &SERVICES);
        assert_eq!(small[0].part, "sockets in Node");
        let large = limits(&size(1e6), &SERVICES);
        assert_eq!(large[0].part, "pool");
        assert!(large[0].used > 4.0 && large.is_sorted_by(|a, b| a.used >= b.used));
        let of = |limits: &[Limit], part| limits.iter().find(|l| l.part == part).unwrap().used;
        // A node has the same players whatever the size; what all share has a hundred times as many.
        assert!((of(&small, "steps") - of(&large, "steps")).abs() < 1e-9);
        assert!((of(&small, "Redis") * 100.0 - of(&large, "Redis")).abs() < 1e-9);
    }

    #[test]
    fn a_host_without_javascript_has_no_pool_of_processes() {
        let limits = limits(&Size { is_node: false, ..size(1e5) }, &SERVICES);
        assert!(limits.iter().all(|l| l.part != "pool" && l.part != "sockets in Node"));
        assert!(limits.iter().any(|l| l.part == "sends by the kernel"));
    }
}
