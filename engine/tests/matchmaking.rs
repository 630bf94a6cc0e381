//! Matchmaking: what is promised, beside a model; the order of adding; the log; what is refused.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../fuzz/matchmaking.rs"]
mod driver;

use proptest::prelude::*;
use trespasser::matchmaking::log::replay_with;
use trespasser::matchmaking::{Formed, Member, Mode, Offer, Policy, Queue, QueueDef, Ticket, replay};
use trespasser::rating::{Rating, System};
use trespasser::rng::philox4x32;
#[cfg(feature = "scenes")]
use trespasser::scenes::tickets::Crowd;
use trespasser::{Error, Team};

fn noise(seed: u32, length: u32) -> Vec<u8> {
    (0..length.div_ceil(16)).flat_map(|i| philox4x32([i, seed, 0, 0], [3, 4])).flat_map(u32::to_le_bytes).collect()
}

fn solo(id: u64, value: f64) -> Ticket {
    let member = Member { player: 1000 + id, rating: Rating { value, deviation: 60.0 } };
    Ticket { id, players: vec![member], pings: vec![30], ..Ticket::default() }
}

fn party(id: u64, values: &[f64]) -> Ticket {
    let member = |(n, value): (usize, &f64)| Member {
        player: 1000 + 10 * id + n as u64,
        rating: Rating { value: *value, deviation: 60.0 },
    };
    Ticket { players: values.iter().enumerate().map(member).collect(), ..solo(id, 0.0) }
}

fn queue(least: u8, most: u8) -> Queue {
    let modes = vec![Mode { name: "m".to_owned(), least, most }];
    Queue::new(QueueDef { modes, log_limit: 1 << 20, ..QueueDef::default() }).unwrap()
}

fn waiting(tickets: &[Ticket]) -> Queue {
    let mut queue = queue(2, 8);
    tickets.iter().for_each(|ticket| queue.add(ticket).unwrap());
    queue
}

fn teams(formed: &Formed) -> [Vec<u64>; 2] {
    [Team::Red, Team::Blue]
        .map(|team| formed.seats.iter().filter(|seat| seat.team == team).map(|seat| seat.ticket).collect())
}

/// Conservation, parties, sizes, pings, blocks, fairest deals, nobody starves, the log: see the driver.
#[test]
fn promises_hold_under_any_calls() {
    let seated: usize = (0..600).map(|seed| driver::calls(&noise(seed, 6000))).sum();
    assert!(seated > 20_000, "only {seated} players came into matches");
}

/// The matches of a crowd, known by their hash: in debug and release, on every platform. A change says why in its commit.
#[cfg(feature = "scenes")]
#[test]
fn a_crowd_is_formed_the_same_everywhere() {
    let crowds = [(Crowd { tails: 0.05, ..Crowd::new(7) }, 3000, vec![45_000, 60_000, 75_000], 7, "9f1d0af16b5f9da2")];
    // What the release build of the example `matchmaking_load` says.
    let load = (Crowd::new(1), 10_000, vec![60_000], 38, "95101f06584ddbf3");
    for (crowd, count, times, left, hash) in crowds.into_iter().chain([load]) {
        let mut queue = Queue::new(Crowd::queue_def()).unwrap();
        crowd.tickets(count).iter().for_each(|ticket| queue.add(ticket).unwrap());
        times.into_iter().for_each(|now| drop(queue.form(now).unwrap()));
        assert_eq!((queue.waiting(), format!("{:016x}", queue.hash()).as_str()), (left, hash));
    }
}

#[test]
fn arbitrary_logs_break_nothing() {
    let taken = (0..3000).filter(|seed| driver::log(&noise(*seed, 60 + seed % 400))).count();
    assert!(taken < 3000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// As the driver, and a failure is shrunk.
    #[test]
    fn promises_hold_under_shrinkable_calls(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        driver::calls(&bytes);
    }

    /// Tickets of one moment may be added in any order: ids break ties.
    #[test]
    fn the_order_of_adding_does_not_matter(
        tickets in prop::collection::vec((0u64..4, 1000i32..2000, 1usize..=4, 0u8..8, prop::collection::vec(0u16..90, 3)), 2..60)
            .prop_shuffle(),
        order in any::<prop::sample::Index>(),
    ) {
        let def = QueueDef {
            regions: ["a", "b", "c"].map(str::to_owned).to_vec(),
            ..QueueDef::default()
        };
        let made: Vec<Ticket> = tickets
            .iter()
            .enumerate()
            .map(|(id, (time, value, size, flags, pings))| Ticket {
                pings: if pings.iter().all(|ping| *ping == 0) { vec![1, 0, 0] } else { pings.clone() },
                enqueued_ms: 10_000 * time,
                priority: *flags == 0,
                ..party(id as u64, &vec![f64::from(*value); *size])
            })
            .collect();
        let mut shuffled = made.clone();
        let turn = order.index(made.len());
        shuffled.rotate_left(turn);
        shuffled.reverse();
        let mut queues = [made, shuffled].map(|tickets| {
            let mut queue = Queue::new(def.clone()).unwrap();
            tickets.iter().for_each(|ticket| queue.add(ticket).unwrap());
            queue
        });
        for now in [30_000, 36_000, 50_000, 60_000] {
            let [first, second] = queues.each_mut().map(|queue| queue.form(now).unwrap());
            prop_assert_eq!(first, second);
        }
        prop_assert_eq!(queues[0].hash(), queues[1].hash());
    }
}

#[test]
fn eight_alike_play_at_once_and_seven_wait_for_the_eighth() {
    let alike: Vec<Ticket> = (0..8).map(|id| solo(id, 1500.0)).collect();
    let mut full = waiting(&alike);
    let formed = full.form(0).unwrap();
    assert_eq!((formed.len(), formed[0].seats.len(), formed[0].running), (1, 8, None));
    assert_eq!(formed[0].chance, 0.5);
    let mut seven = waiting(&alike[..7]);
    assert_eq!(seven.form(5_000).unwrap(), []);
    // From 15 s on any number will do; three a side leave one over, who waits for company.
    let formed = seven.form(15_000).unwrap();
    assert_eq!((formed.len(), formed[0].seats.len(), seven.waiting()), (1, 6, 1));
    assert_eq!(seven.form(60_000).unwrap(), []);
}

#[test]
fn the_fairest_deal_keeps_parties_together() {
    // Dealt one by one, 1700 with 1300 against 1600 with 1400 would be even; the party of two is 1700 and 1600.
    let tickets = [party(1, &[1700.0, 1600.0]), solo(2, 1300.0), solo(3, 1400.0)];
    let mut queue = waiting(&tickets);
    let formed = queue.form(25_000).unwrap();
    let mut sides = teams(&formed[0]);
    sides.sort();
    assert_eq!(sides, [vec![1, 1], vec![2, 3]]);
}

#[test]
fn patience_ends_with_whoever_is_there() {
    let mut queue = waiting(&[solo(1, 900.0), solo(2, 2400.0)]);
    assert_eq!(queue.form(24_999).unwrap(), []);
    assert_eq!(queue.form(25_000).unwrap().len(), 1);
    // A party of four and one: uneven, for there is no other way.
    let mut queue = waiting(&[party(1, &[1500.0; 4]), solo(2, 1500.0)]);
    assert_eq!(queue.form(24_999).unwrap(), []);
    assert_eq!(queue.form(25_000).unwrap()[0].seats.len(), 5);
    // But not where the policy says that teams differ by two at most.
    let def = QueueDef { policy: Policy { uneven: 2, ..Policy::default() }, ..QueueDef::default() };
    let mut queue = Queue::new(def).unwrap();
    queue.add(&party(1, &[1500.0; 4])).unwrap();
    queue.add(&solo(2, 1500.0)).unwrap();
    assert_eq!(queue.form(60_000).unwrap(), []);
}

#[test]
fn who_lost_a_server_goes_first() {
    let late = |id| Ticket { enqueued_ms: 20_000, priority: true, ..solo(id, 1500.0) };
    let mut tickets: Vec<Ticket> = (1..=8).map(|id| solo(id, 1500.0)).collect();
    tickets.push(late(100));
    let mut queue = waiting(&tickets);
    let formed = queue.form(20_000).unwrap();
    assert!(formed[0].seats.iter().any(|seat| seat.ticket == 100), "the one with priority is in the first match");
    assert_eq!(formed[0].seats.len(), 8);
    // Two of them alone play at once.
    let mut queue = waiting(&[late(1), late(2)]);
    assert_eq!(queue.form(20_000).unwrap().len(), 1);
}

#[test]
fn regions_by_ping() {
    let regions = vec!["eu".to_owned(), "us".to_owned()];
    let mut queue = Queue::new(QueueDef { regions, ..QueueDef::default() }).unwrap();
    let at = |id, pings: [u16; 2]| Ticket { pings: pings.to_vec(), ..solo(id, 1500.0) };
    // 120 ms are 100 more than the best: for this pair after 14 s of 5 more a second above the first 30.
    queue.add(&at(1, [20, 120])).unwrap();
    queue.add(&at(2, [0, 40])).unwrap();
    assert_eq!(queue.form(15_000 - 1_001).unwrap(), []);
    let formed = queue.form(15_000).unwrap();
    assert_eq!((formed.len(), formed[0].region), (1, 1));
    // No region in common: never.
    queue.add(&at(3, [20, 0])).unwrap();
    queue.add(&at(4, [0, 20])).unwrap();
    assert_eq!(queue.form(1 << 40).unwrap(), []);
    queue.update_pings(3, &[20, 300]).unwrap();
    assert_eq!(queue.form(1 << 40).unwrap().len(), 1);
    // Held where the worst ping is lowest, whoever it was made for.
    queue.add(&at(5, [20, 30])).unwrap();
    queue.add(&at(6, [90, 30])).unwrap();
    assert_eq!(queue.form(25_000).unwrap()[0].region, 1);
}

#[test]
fn open_slots_are_filled_by_who_waits_longest() {
    let mut queue = queue(2, 4);
    let member = |player, value| Member { player, rating: Rating { value, deviation: 60.0 } };
    queue
        .offer(&Offer {
            id: 7,
            free: [1, 0],
            teams: [vec![member(1, 1500.0)], vec![member(2, 1500.0), member(3, 1500.0)]],
            ..Offer::default()
        })
        .unwrap();
    for (id, since) in [(1, 900), (2, 800), (3, 1_000)] {
        queue.add(&Ticket { enqueued_ms: since, backfill: id != 3, ..solo(id, 1510.0) }).unwrap();
    }
    let formed = queue.form(1_000).unwrap();
    assert_eq!((formed.len(), formed[0].running, formed[0].seats[0].ticket), (1, Some(7), 2));
    assert_eq!((formed[0].seats[0].team, queue.free(7), queue.waiting()), (Team::Red, None, 2));
    let want = System::default()
        .win_chances(&[
            &[member(1, 1500.0).rating, solo(2, 1510.0).players[0].rating],
            &[member(2, 1500.0).rating, member(3, 1500.0).rating],
        ])
        .unwrap()[0];
    assert!((formed[0].chance - want).abs() < 1e-12);
    // Out of tolerance: not before patience is over.
    queue.offer(&Offer { id: 8, free: [1, 0], teams: [vec![], vec![member(4, 2900.0)]], ..Offer::default() }).unwrap();
    queue.cancel(3);
    assert_eq!(queue.form(1_000).unwrap(), []);
    assert_eq!(queue.form(900 + 25_000).unwrap()[0].running, Some(8));
    assert!(!queue.withdraw(8));
}

#[test]
fn blocked_players_do_not_meet() {
    let blocks = |id, player| Ticket { blocks: vec![player], ..solo(id, 1500.0) };
    let mut queue = waiting(&[blocks(1, 1002), solo(2, 1500.0)]);
    assert_eq!(queue.form(1 << 30).unwrap(), []);
    queue.add(&solo(3, 1500.0)).unwrap();
    assert_eq!(teams(&queue.form(1 << 30).unwrap()[0]).concat().len(), 2);
}

#[test]
fn damage_to_a_log_is_found_where_it_is() {
    let mut queue = waiting(&(0..20).map(|id| solo(id, 1400.0 + id as f64 * 9.0)).collect::<Vec<_>>());
    queue.cancel(3);
    queue.form(4_000).unwrap();
    queue.form(16_000).unwrap();
    let mut log = Vec::new();
    let drained = queue.drain_log(&mut log);
    assert_eq!((drained.bytes, drained.total, drained.stopped), (log.len(), log.len() as u64, false));
    let mut formed = 0;
    let played = replay_with(&log, |_, _| formed += 1).unwrap();
    assert_eq!((played.queue.hash(), played.calls, played.lost), (queue.hash(), 23, 0));
    assert_eq!(formed, queue.stats().matches);
    for at in 0..log.len() {
        let mut damaged = log.clone();
        damaged[at] ^= 0x10;
        match replay(&damaged) {
            Err(Error::BadReplay { at: found, .. }) => {
                assert!(found <= at as u64 + 2_000, "byte {at} is reported at {found}");
            }
            // A length that leads beyond the end reads like a file whose host died there.
            Ok(played) => assert!(played.lost > 0 && played.lost as usize >= log.len() - at, "byte {at}"),
            Err(error) => panic!("{error}"),
        }
    }
    // Cut anywhere behind its head: what is whole is played.
    let mut calls = Vec::new();
    for end in 0..=log.len() {
        match replay(&log[..end]) {
            Ok(played) => calls.push(played.calls),
            Err(error) => assert!(calls.is_empty() && error.code() == "BAD_REPLAY"),
        }
    }
    assert!(calls.is_sorted() && calls.last() == Some(&23));
}

#[test]
fn a_log_that_nobody_drains_ends_whole() {
    let def = QueueDef { log_limit: 4096, ..QueueDef::default() };
    let mut queue = Queue::new(def).unwrap();
    for id in 0..200 {
        queue.add(&solo(id, 1500.0)).unwrap();
    }
    queue.form(0).unwrap();
    let mut log = Vec::new();
    let drained = queue.drain_log(&mut log);
    assert!(drained.stopped && log.len() <= 4096);
    let played = replay(&log).unwrap();
    assert!(played.lost == 0 && played.queue.waiting() as u64 == played.calls);
    assert_eq!(queue.drain_log(&mut log).bytes, 0);
}

#[test]
fn everything_bad_is_refused_by_name() {
    let mut queue = queue(2, 4);
    queue.add(&solo(1, 1500.0)).unwrap();
    let nan = Rating { value: f64::NAN, deviation: 1.0 };
    let cases: Vec<(&str, Ticket)> = vec![
        ("mode", Ticket { mode: 1, ..solo(2, 1500.0) }),
        ("pings", Ticket { pings: vec![], ..solo(2, 1500.0) }),
        ("pings", Ticket { pings: vec![0], ..solo(2, 1500.0) }),
        ("pings", Ticket { pings: vec![10_000], ..solo(2, 1500.0) }),
        ("players", Ticket { players: vec![], ..solo(2, 1500.0) }),
        ("players", party(2, &[1500.0; 3])),
        ("players", Ticket { players: vec![solo(2, 1.0).players[0]; 2], ..solo(2, 1500.0) }),
        ("value", Ticket { players: vec![Member { player: 9, rating: nan }], ..solo(2, 1500.0) }),
        ("enqueued_ms", Ticket { enqueued_ms: 1 << 53, ..solo(2, 1500.0) }),
        ("blocks", Ticket { blocks: vec![5; 9], ..solo(2, 1500.0) }),
        ("blocks", Ticket { blocks: vec![1002], ..solo(2, 1500.0) }),
    ];
    for (want, ticket) in cases {
        match queue.add(&ticket) {
            Err(Error::InvalidArgument { field, .. }) => assert_eq!(field, want),
            other => panic!("{want}: {other:?}"),
        }
    }
    let same_player = Ticket { players: solo(1, 1500.0).players, ..solo(2, 1500.0) };
    assert_eq!(queue.add(&same_player), Err(Error::AlreadyQueued { what: "player", id: 1001, ticket: 1 }));
    assert_eq!(
        queue.add(&same_player).unwrap_err().to_string(),
        "player 1001 waits already, with ticket 1; cancel that one first, or wait for its match"
    );
    assert_eq!(queue.add(&solo(1, 1.0)), Err(Error::AlreadyQueued { what: "ticket", id: 1, ticket: 1 }));
    assert_eq!(queue.update_pings(9, &[1]), Err(Error::StaleId { what: "ticket", id: 9 }));
    assert_eq!(queue.form(1 << 53).unwrap_err().code(), "INVALID_ARGUMENT");
    let offer = Offer { free: [1, 0], teams: [vec![], party(9, &[1500.0]).players], ..Offer::default() };
    let offers: Vec<(&str, Offer)> = vec![
        ("mode", Offer { mode: 3, ..offer.clone() }),
        ("region", Offer { region: 1, ..offer.clone() }),
        ("free", Offer { free: [0, 0], ..offer.clone() }),
        ("free", Offer { free: [3, 0], ..offer.clone() }),
        ("free", Offer { free: [0, 2], ..offer.clone() }),
        ("teams", Offer { teams: [vec![], vec![]], ..offer.clone() }),
    ];
    for (want, offer) in offers {
        match queue.offer(&offer) {
            Err(Error::InvalidArgument { field, .. }) => assert_eq!(field, want),
            other => panic!("{want}: {other:?}"),
        }
    }
    let mut small = Queue::new(QueueDef { max_tickets: 1, max_offers: 0, ..QueueDef::default() }).unwrap();
    small.add(&solo(1, 1500.0)).unwrap();
    assert_eq!(small.add(&solo(2, 1500.0)), Err(Error::QueueFull { what: "max_tickets", limit: 1 }));
    assert_eq!(small.offer(&offer), Err(Error::QueueFull { what: "max_offers", limit: 0 }));
    assert_eq!((queue.waiting(), queue.stats().offers, small.waiting()), (1, 0, 1), "nothing has changed");
    for (want, def) in [
        ("modes", QueueDef { modes: vec![], ..QueueDef::default() }),
        (
            "modes.most",
            QueueDef { modes: vec![Mode { name: "m".to_owned(), least: 2, most: 5 }], ..QueueDef::default() },
        ),
        (
            "modes.least",
            QueueDef { modes: vec![Mode { name: "m".to_owned(), least: 1, most: 4 }], ..QueueDef::default() },
        ),
        (
            "modes.name",
            QueueDef { modes: vec![Mode { name: String::new(), least: 2, most: 4 }], ..QueueDef::default() },
        ),
        ("regions", QueueDef { regions: vec!["a".to_owned(); 2], ..QueueDef::default() }),
        ("regions", QueueDef { regions: vec![], ..QueueDef::default() }),
        ("max_tickets", QueueDef { max_tickets: 0, ..QueueDef::default() }),
        ("max_offers", QueueDef { max_offers: 16_385, ..QueueDef::default() }),
        ("log_limit", QueueDef { log_limit: 100, ..QueueDef::default() }),
    ] {
        match Queue::new(def) {
            Err(Error::InvalidArgument { field, .. }) => assert_eq!(field, want),
            other => panic!("{want}: {other:?}"),
        }
    }
}
