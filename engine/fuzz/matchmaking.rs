//! Turns bytes into calls on a queue, beside a model that knows what must hold: no ticket is lost or doubled, parties stay
//! together, sizes, pings and blocks are kept, deals are the fairest there are, nobody without patience is left beside
//! somebody who would do, and the log plays the same matches again. Shared by the fuzz targets and tests with fixed bytes.

use std::collections::{BTreeMap, BTreeSet};
use trespasser::matchmaking::log::{MAGIC, VERSION};
use trespasser::matchmaking::{Formed, Member, Mode, Offer, Policy, Queue, QueueDef, Seat, Ticket, replay};
use trespasser::rating::{EloDef, Rating, System};
use trespasser::{Error, Team};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Calls for each input at most.
const CALLS: usize = 4000;

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    fn below(&mut self, n: u8) -> u8 {
        self.byte() % n
    }
}

fn definition(bytes: &mut Bytes<'_>) -> QueueDef {
    let mut policy = Policy::default();
    let kind = bytes.byte();
    if kind & 1 == 1 {
        policy.system = System::Elo(EloDef::default());
    }
    if kind & 2 == 2 {
        policy.uneven = bytes.below(4);
    }
    if kind & 4 == 4 {
        (policy.spread, policy.spread_per_s, policy.doubt) = (f64::from(bytes.byte()), f64::from(bytes.byte()), 0.0);
    }
    if kind & 8 == 8 {
        policy.patience_ms = 1000 * u32::from(bytes.below(31));
        policy.small_ms = policy.patience_ms.min(1000 * u32::from(bytes.below(31)));
        policy.full_ms = policy.small_ms.min(1000 * u32::from(bytes.below(31)));
    }
    if kind & 16 == 16 {
        (policy.ping_ms, policy.ping_per_s) = (u32::from(bytes.byte()), f64::from(bytes.below(8)));
    }
    if kind & 32 == 32 {
        policy.favourite = 0.5 + f64::from(bytes.below(100)) / 200.0;
    }
    let mode = |n: u8| {
        let most = 2 + 2 * (n % 4);
        Mode { name: format!("mode {n}"), least: 2 + (n / 4) % (most - 1), most }
    };
    let modes = 1 + bytes.below(3);
    let modes = (0..modes).map(|n| mode(bytes.below(64) % 64 + n * 64)).collect();
    let regions = (0..1 + bytes.below(8)).map(|n| format!("region {n}")).collect();
    QueueDef { policy, modes, regions, max_tickets: 60, max_offers: 6, log_limit: 1 << 20 }
}

fn member(bytes: &mut Bytes<'_>, player: u64) -> Member {
    let value = match bytes.byte() {
        0 => -10_000.0,
        1 => 10_000.0,
        2 => f64::NAN,
        b => 1000.0 + f64::from(b) * 4.0 + f64::from(bytes.byte()) / 256.0,
    };
    Member { player, rating: Rating { value, deviation: f64::from(bytes.byte()) } }
}

/// The rating as the queue keeps it.
fn kept(member: &Member) -> Rating {
    Rating { value: (member.rating.value * 256.0).round() / 256.0, ..member.rating }
}

struct Model {
    def: QueueDef,
    waiting: BTreeMap<u64, Ticket>,
    offers: BTreeMap<u64, Offer>,
}

/// Calls whose arguments come from bytes. Gives the number of players seated.
pub(crate) fn calls(bytes: &[u8]) -> usize {
    let bytes = &mut Bytes(bytes);
    let def = definition(bytes);
    let mut queue = Queue::new(def.clone()).expect("a definition within its limits");
    let mut model = Model { def, waiting: BTreeMap::new(), offers: BTreeMap::new() };
    let (mut now, mut log, mut seated) = (60_000u64, Vec::new(), 0);
    for _ in 0..CALLS {
        if bytes.0.is_empty() {
            break;
        }
        match bytes.below(16) {
            0..=8 => add(bytes, &mut queue, &mut model, now),
            9 => {
                let id = u64::from(bytes.byte());
                assert_eq!(queue.cancel(id), model.waiting.remove(&id).is_some(), "ticket {id}");
            }
            10 => {
                let id = u64::from(bytes.byte());
                let pings = pings(bytes, model.def.regions.len());
                match queue.update_pings(id, &pings) {
                    Ok(()) => model.waiting.get_mut(&id).expect("one that waits").pings = pings,
                    Err(Error::StaleId { .. }) => assert!(!model.waiting.contains_key(&id)),
                    Err(error) => assert!(matches!(error, Error::InvalidArgument { .. }), "{error}"),
                }
            }
            11 => offer(bytes, &mut queue, &mut model),
            12 => {
                let id = u64::from(bytes.below(12));
                assert_eq!(queue.withdraw(id), model.offers.remove(&id).is_some(), "offer {id}");
            }
            13 => now += 100 * u64::from(bytes.byte()),
            _ => {
                let formed = queue.form(now).expect("a time");
                seated += formed.iter().map(|formed| formed.seats.len()).sum::<usize>();
                model.check(&queue, &formed, now);
                queue.drain_log(&mut log);
            }
        }
    }
    queue.drain_log(&mut log);
    let again = replay(&log).expect("the queue's own log");
    assert_eq!((again.queue.hash(), again.lost), (queue.hash(), 0));
    let stats =
        |queue: &Queue| (queue.stats().tickets, queue.stats().players, queue.stats().offers, queue.stats().forms);
    assert_eq!(stats(&again.queue), stats(&queue));
    seated
}

fn pings(bytes: &mut Bytes<'_>, regions: usize) -> Vec<u16> {
    let count = if bytes.byte() == 0 { usize::from(bytes.below(9)) } else { regions };
    (0..count)
        .map(|_| match bytes.byte() {
            b if b % 3 == 0 => 0,
            1 => 10_000,
            b => u16::from(b),
        })
        .collect()
}

fn add(bytes: &mut Bytes<'_>, queue: &mut Queue, model: &mut Model, now: u64) {
    let id = u64::from(bytes.byte());
    let flags = bytes.byte();
    let size = if flags & 3 == 3 { 1 + bytes.below(5) } else { 1 };
    let players = (0..size).map(|_| {
        let player = u64::from(bytes.byte());
        member(bytes, player)
    });
    let ticket = Ticket {
        id,
        players: players.collect(),
        mode: bytes.below(model.def.modes.len() as u8 + u8::from(flags & 0xF0 == 0xF0)),
        pings: pings(bytes, model.def.regions.len()),
        enqueued_ms: now - 100 * u64::from(bytes.byte()),
        priority: flags & 12 == 12,
        backfill: flags & 16 == 16,
        blocks: if flags & 96 == 96 { (0..bytes.below(10)).map(|_| bytes.byte().into()).collect() } else { Vec::new() },
    };
    let doubled = model.waiting.contains_key(&id)
        || model.waiting.values().flat_map(|t| &t.players).any(|m| ticket.players.iter().any(|n| n.player == m.player));
    match queue.add(&ticket) {
        Ok(()) => {
            assert!(!doubled && model.waiting.len() < 60);
            model.waiting.insert(id, ticket);
        }
        Err(Error::AlreadyQueued { ticket, .. }) => assert!(doubled && model.waiting.contains_key(&ticket)),
        Err(Error::QueueFull { limit, .. }) => assert!(model.waiting.len() == 60 && limit == 60),
        Err(error) => assert!(matches!(error, Error::InvalidArgument { .. }), "{error}"),
    }
}

fn offer(bytes: &mut Bytes<'_>, queue: &mut Queue, model: &mut Model) {
    let mut team =
        |from: u64| -> Vec<Member> { (0..u64::from(bytes.below(5))).map(|n| member(bytes, from + n)).collect() };
    // Players whom tickets can block, and who are no ticket's.
    let teams = [team(1000), team(30)];
    let offer = Offer {
        id: u64::from(bytes.below(12)),
        mode: bytes.below(model.def.modes.len() as u8),
        region: bytes.below(model.def.regions.len() as u8 + 1),
        free: [bytes.below(5), bytes.below(5)],
        teams,
    };
    match queue.offer(&offer) {
        Ok(()) => {
            model.offers.insert(offer.id, offer);
        }
        Err(Error::QueueFull { .. }) => assert_eq!(model.offers.len(), 6),
        Err(error) => assert!(matches!(error, Error::InvalidArgument { .. }), "{error}"),
    }
}

fn blocked(a: &Ticket, players: &[Member]) -> bool {
    a.blocks.iter().any(|block| players.iter().any(|member| member.player == *block))
}

impl Model {
    fn urgent(&self, ticket: &Ticket, now: u64) -> bool {
        ticket.priority || now.saturating_sub(ticket.enqueued_ms) >= u64::from(self.def.policy.patience_ms)
    }

    fn check(&mut self, queue: &Queue, formed: &[Formed], now: u64) {
        for formed in formed {
            let ids: BTreeSet<u64> = formed.seats.iter().map(|seat| seat.ticket).collect();
            let mut tickets = Vec::new();
            for id in &ids {
                let ticket = self.waiting.remove(id).unwrap_or_else(|| panic!("ticket {id} did not wait"));
                let seats: Vec<&Seat> = formed.seats.iter().filter(|seat| seat.ticket == *id).collect();
                let (mut seated, mut party): (Vec<u64>, Vec<u64>) =
                    (seats.iter().map(|s| s.player).collect(), ticket.players.iter().map(|m| m.player).collect());
                seated.sort_unstable();
                party.sort_unstable();
                assert_eq!(seated, party, "a party is seated whole");
                assert!(seats.iter().all(|seat| seat.team == seats[0].team), "on one team");
                let waited = now.saturating_sub(ticket.enqueued_ms);
                assert!(seats.iter().all(|seat| seat.waited_ms == waited));
                assert_eq!(ticket.mode, formed.mode);
                assert!(ticket.pings[usize::from(formed.region)] > 0, "it reaches the region");
                tickets.push(ticket);
            }
            match formed.running {
                Some(running) => self.check_joined(formed, &tickets, running),
                None => self.check_new(formed, &tickets, now),
            }
        }
        assert_eq!(queue.waiting(), self.waiting.len());
        assert_eq!(queue.stats().offers as usize, self.offers.len());
        for (id, ticket) in &self.waiting {
            assert!(queue.waits(*id));
            assert!(ticket.players.iter().all(|member| queue.ticket_of(member.player) == Some(*id)));
        }
        let players: usize = self.waiting.values().map(|ticket| ticket.players.len()).sum();
        assert_eq!(queue.stats().players as usize, players);
        for (id, offer) in &self.offers {
            assert_eq!(queue.free(*id), Some(offer.free));
        }
        self.check_nobody_starves(now);
    }

    fn check_joined(&mut self, formed: &Formed, tickets: &[Ticket], running: u64) {
        let [ticket] = tickets else { panic!("one party at a time joins") };
        let offer = self.offers.get_mut(&running).expect("an offer");
        assert!(ticket.backfill && (offer.mode, offer.region) == (formed.mode, formed.region));
        assert!(offer.teams.iter().all(|team| !blocked(ticket, team)));
        let team = usize::from(formed.seats[0].team == Team::Blue);
        offer.free[team] = offer.free[team].checked_sub(ticket.players.len() as u8).expect("room for the party");
        offer.teams[team].extend(&ticket.players);
        let [red, blue] = offer.teams.each_ref().map(|team| team.iter().map(kept).collect::<Vec<_>>());
        let chance =
            if red.is_empty() || blue.is_empty() { f64::from(blue.is_empty() as u8) } else { self.chance(&red, &blue) };
        assert!((chance - formed.chance).abs() < 1e-9, "{chance} {}", formed.chance);
        if self.offers[&running].free == [0, 0] {
            self.offers.remove(&running);
        }
    }

    fn chance(&self, red: &[Rating], blue: &[Rating]) -> f64 {
        self.def.policy.system.win_chances(&[red, blue]).expect("teams")[0]
    }

    fn check_new(&self, formed: &Formed, tickets: &[Ticket], now: u64) {
        let mode = &self.def.modes[usize::from(formed.mode)];
        let count = |team: Team| formed.seats.iter().filter(|seat| seat.team == team).count();
        let (reds, blues) = (count(Team::Red), count(Team::Blue));
        assert!((usize::from(mode.least)..=usize::from(mode.most)).contains(&(reds + blues)));
        assert!(reds.min(blues) >= 1 && reds.max(blues) <= usize::from(mode.team_size()));
        assert!(formed.seats[..reds].iter().all(|seat| seat.team == Team::Red), "red's seats first");
        for (n, a) in tickets.iter().enumerate() {
            for b in &tickets[..n] {
                assert!(!blocked(a, &b.players) && !blocked(b, &a.players));
            }
        }
        let urgent = tickets.iter().any(|ticket| self.urgent(ticket, now));
        let uneven = reds.abs_diff(blues);
        assert!(uneven <= if urgent { usize::from(self.def.policy.uneven) } else { 0 });
        // Of all ways to deal these parties, evenly as this one, none is fairer.
        let rating = |ticket: &Ticket| ticket.players.iter().map(kept).collect::<Vec<_>>();
        let parties: Vec<Vec<Rating>> = tickets.iter().map(rating).collect();
        let mut best = f64::INFINITY;
        for set in 1..(1u32 << parties.len()) - 1 {
            let team = |color: u32| -> Vec<Rating> {
                (0..parties.len()).filter(|n| set >> n & 1 == color).flat_map(|n| parties[n].clone()).collect()
            };
            let (red, blue) = (team(1), team(0));
            if red.len().abs_diff(blue.len()) <= uneven && red.len().max(blue.len()) <= usize::from(mode.team_size()) {
                best = best.min((self.chance(&red, &blue) - 0.5).abs());
            }
        }
        let ours = (formed.chance - 0.5).abs();
        assert!(ours <= best + 1e-9, "the deal is {ours} off a half, and one is {best}");
        if urgent {
            return;
        }
        // It was made for one of them, by the waiting of that one; who waited longer has found nobody before.
        let policy = &self.def.policy;
        let mean = |ticket: &Ticket| {
            rating(ticket).iter().map(|rating| rating.value).sum::<f64>() / ticket.players.len() as f64
        };
        let made_for = |one: &&Ticket| {
            let waited = now.saturating_sub(one.enqueued_ms);
            let squares: f64 = one.players.iter().map(|m| m.rating.deviation * m.rating.deviation).sum();
            let tolerance = policy.tolerance(waited, (squares / one.players.len() as f64).sqrt());
            reds + blues >= usize::from(policy.players_at_least(waited, mode))
                && formed.chance.max(1.0 - formed.chance) <= policy.favourite_at_most(waited) + 1e-9
                && tickets.iter().all(|ticket| (mean(ticket) - mean(one)).abs() <= tolerance + 0.02)
        };
        assert!(tickets.iter().any(|one| made_for(&one)), "nobody's wishes are met");
        for ticket in tickets {
            let best = ticket.pings.iter().copied().filter(|ping| *ping > 0).min().expect("a region");
            let most = policy.ping_at_most(now.saturating_sub(ticket.enqueued_ms), best);
            assert!(u32::from(ticket.pings[usize::from(formed.region)]) <= most);
        }
    }

    /// Who has no patience left is there only if nobody would do, and no open slot either.
    fn check_nobody_starves(&self, now: u64) {
        let would_do = |a: &Ticket, b: &Ticket| {
            let mode = &self.def.modes[usize::from(a.mode)];
            let sizes = (a.players.len(), b.players.len());
            a.mode == b.mode
                && a.pings.iter().zip(&b.pings).any(|(a, b)| *a > 0 && *b > 0)
                && !blocked(a, &b.players)
                && !blocked(b, &a.players)
                && sizes.0 + sizes.1 >= usize::from(mode.least)
                && sizes.0.abs_diff(sizes.1) <= usize::from(self.def.policy.uneven)
        };
        for (id, ticket) in self.waiting.iter().filter(|(_, ticket)| self.urgent(ticket, now)) {
            for (other, its) in &self.waiting {
                assert!(id == other || !would_do(ticket, its), "{id} waits on beside {other}");
            }
            for (running, offer) in &self.offers {
                let fits = ticket.backfill
                    && offer.mode == ticket.mode
                    && ticket.pings[usize::from(offer.region)] > 0
                    && offer.free.iter().any(|free| usize::from(*free) >= ticket.players.len())
                    && offer.teams.iter().all(|team| !blocked(ticket, team));
                assert!(!fits, "{id} waits on beside the open slots of {running}");
            }
        }
    }
}

/// Bytes as a log: as they are, or cut into records whose sums are right.
pub(crate) fn log(bytes: &[u8]) -> bool {
    let Some((first, rest)) = bytes.split_first() else { return false };
    if first & 1 == 0 {
        return replay(rest).is_ok();
    }
    let def = QueueDef { log_limit: 1 << 20, ..definition(&mut Bytes(rest)) };
    let mut file = Vec::new();
    Queue::new(def).expect("a definition within its limits").drain_log(&mut file);
    assert!(file.starts_with(&MAGIC) && file[4..8] == VERSION.to_le_bytes());
    let mut sum = u32::from_le_bytes(file[file.len() - 4..].try_into().expect("four bytes"));
    let mut rest = &rest[rest.len().min(16)..];
    while let Some((length, more)) = rest.split_first() {
        let record = &more[..usize::from(*length).min(more.len())];
        rest = &more[record.len()..];
        sum = xxh3_64_with_seed(record, sum.into()) as u32;
        file.extend((record.len() as u16).to_le_bytes());
        file.extend(record);
        file.extend(sum.to_le_bytes());
    }
    replay(&file).is_ok()
}
