//! A queue simulated in its own time: who comes when, matches that last ten minutes, players who leave them, and what
//! waiting and fairness come to.

pub mod naive;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use trespasser::Team;
use trespasser::matchmaking::{Formed, Member, Offer, Queue, Ticket};
use trespasser::rng::{below, philox4x32, unit};
use trespasser::scenes::tickets::Crowd;

use crate::origin;

/// A match, s.
pub const MATCH_S: u64 = 600;
/// From one form call to the next, ms.
pub const PERIOD_MS: u64 = 1000;
/// What nobody waits beyond, while somebody is there, ms.
pub const BOUND_MS: u64 = 30_000;
/// Share of matches that somebody leaves before their end.
const LEFT: f32 = 0.1;

/// How tickets come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrivals {
    /// So many a second, at random.
    Steady(f64),
    /// So many a second at first and at last, ten times as many in the middle, along a cosine.
    Evening(f64),
    /// So many players in all, who queue again 10 to 60 s after each match.
    Few(u32),
}

/// A run.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// How tickets come.
    pub arrivals: Arrivals,
    /// Who comes.
    pub crowd: Crowd,
    /// Simulated seconds.
    pub seconds: u64,
}

impl Setting {
    /// Tickets a second at a time.
    pub fn rate(&self, second: u64) -> f64 {
        match self.arrivals {
            Arrivals::Steady(rate) => rate,
            Arrivals::Evening(rate) => {
                let part = second as f64 / self.seconds as f64;
                rate * (1.0 + 4.5 * (1.0 - libm::cos(core::f64::consts::TAU * part)))
            }
            Arrivals::Few(_) => 0.0,
        }
    }
}

/// A new match, or players for one that runs.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    /// Second of the form call.
    pub second: u64,
    /// Players seated, the running match's own left out.
    pub players: u8,
    /// Chance of the likelier team.
    pub favourite: f64,
    /// Highest less lowest rating, points.
    pub spread: f64,
    /// Players of a full match of its mode.
    pub most: u8,
    /// By how many players the teams differ.
    pub uneven: u8,
    /// It fills open slots.
    pub joins: bool,
}

/// What a run has come to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Waiting of each ticket that came into a match, ms, with the second of its form call.
    pub waits: Vec<(u64, u64)>,
    /// What was formed.
    pub made: Vec<Made>,
    /// Tickets that came.
    pub tickets: u64,
    /// Tickets still waiting when it ended.
    pub left: u64,
    /// Tickets seen waiting beyond the bound at the end of a form call.
    pub over_bound: u64,
    /// Of them, with somebody there who would have done: must be 0.
    pub starved: u64,
    /// The most processor time of one form call.
    pub form_max: Duration,
    /// Tickets waiting at most.
    pub queue_max: usize,
    /// [`Queue::hash`] at the end.
    pub hash: u64,
}

/// Who plays, and until when.
struct Running {
    mode: u8,
    region: u8,
    teams: [Vec<Member>; 2],
    ends: u64,
    /// When somebody leaves, s, who.
    leaver: Option<(u64, u64)>,
}

/// A run in progress.
struct Run {
    setting: Setting,
    queue: Queue,
    waiting: BTreeMap<u64, Ticket>,
    running: BTreeMap<u64, Running>,
    outcome: Outcome,
    /// Players of a small population who come back, by second, with the ticket number that made them.
    back: BTreeSet<(u64, u64)>,
    next_match: u64,
    over: BTreeSet<u64>,
    starved: BTreeSet<u64>,
}

/// Plays a setting; `tick` is told of each second.
///
/// # Errors
/// A queue that refuses what it must take.
pub fn run(setting: Setting, mut tick: impl FnMut()) -> trespasser::Result<Outcome> {
    let mut run = Run {
        setting,
        queue: Queue::new(Crowd::queue_def())?,
        waiting: BTreeMap::new(),
        running: BTreeMap::new(),
        outcome: Outcome::default(),
        back: BTreeSet::new(),
        next_match: 1,
        over: BTreeSet::new(),
        starved: BTreeSet::new(),
    };
    if let Arrivals::Few(players) = setting.arrivals {
        run.back = (0..u64::from(players)).map(|n| (u64::from(below(run.draw(n, 90)[0], 60)), n)).collect();
    }
    for second in 0..setting.seconds {
        run.arrive(second)?;
        run.play(second)?;
        run.form(second + 1)?;
        tick();
    }
    run.outcome.left = run.waiting.len() as u64;
    run.outcome.over_bound = run.over.len() as u64;
    run.outcome.starved = run.starved.len() as u64;
    run.outcome.hash = run.queue.hash();
    Ok(run.outcome)
}

impl Run {
    fn draw(&self, n: u64, purpose: u32) -> [u32; 4] {
        let seed = self.setting.crowd.seed;
        philox4x32([n as u32, (n >> 32) as u32, purpose, 0x51A1], [seed as u32, (seed >> 32) as u32])
    }

    /// Tickets of a second: as many as a Poisson process brings, or those who come back.
    fn arrive(&mut self, second: u64) -> trespasser::Result<()> {
        let millisecond = |run: &Run, id: u64| 1000 * second + u64::from(below(run.draw(id, 91)[1], 1000));
        while let Some(&(at, who)) = self.back.first().filter(|(at, _)| *at <= second) {
            self.back.remove(&(at, who));
            let ticket = self.setting.crowd.ticket(who, millisecond(self, who ^ second << 20));
            self.add(ticket)?;
        }
        let limit = libm::exp(-self.setting.rate(second));
        let (mut product, mut n) = (1.0, 0);
        loop {
            product *= f64::from(unit(self.draw(second << 16 | n, 92)[0])).max(1e-9);
            if product < limit || limit >= 1.0 {
                return Ok(());
            }
            n += 1;
            let id = self.outcome.tickets;
            let ticket = self.setting.crowd.ticket(id, millisecond(self, id));
            self.add(ticket)?;
        }
    }

    fn add(&mut self, ticket: Ticket) -> trespasser::Result<()> {
        self.queue.add(&ticket)?;
        self.outcome.tickets += 1;
        self.waiting.insert(ticket.id, ticket);
        Ok(())
    }

    /// Ends matches whose time is up, and has players leave others.
    fn play(&mut self, second: u64) -> trespasser::Result<()> {
        let over: Vec<u64> = self.running.iter().filter(|(_, its)| its.ends <= second).map(|(id, _)| *id).collect();
        for id in over {
            self.queue.withdraw(id);
            let Some(its) = self.running.remove(&id) else { continue };
            if let Arrivals::Few(_) = self.setting.arrivals {
                let who: BTreeSet<u64> = its.teams.iter().flatten().map(|member| member.player / 8).collect();
                for who in who {
                    let pause = 10 + u64::from(below(self.draw(who ^ second << 20, 93)[0], 50));
                    self.back.insert((second + pause, who));
                }
            }
        }
        for (id, its) in &mut self.running {
            let Some((at, who)) = its.leaver else { continue };
            if at <= second {
                its.leaver = None;
                its.teams.iter_mut().for_each(|team| team.retain(|member| member.player != who));
                let teams = its.teams.clone();
                let most = self.queue.def().modes[usize::from(its.mode)].team_size();
                let open = |team: usize| u8::from(teams[team].len() < teams[1 - team].len()).min(most);
                let free = [open(0), open(1)];
                if free != [0, 0] {
                    self.queue.offer(&Offer { id: *id, mode: its.mode, region: its.region, free, teams })?;
                }
            }
        }
        Ok(())
    }

    fn form(&mut self, second: u64) -> trespasser::Result<()> {
        let now = PERIOD_MS * second;
        self.outcome.queue_max = self.outcome.queue_max.max(self.queue.waiting());
        let before = origin::cpu_time();
        let formed = self.queue.form(now)?;
        self.outcome.form_max = self.outcome.form_max.max(origin::cpu_time() - before);
        for formed in &formed {
            self.seat(formed, second);
        }
        let late = |ticket: &Ticket| now.saturating_sub(ticket.enqueued_ms) > BOUND_MS;
        for (id, ticket) in self.waiting.iter().filter(|(_, ticket)| late(ticket)) {
            self.over.insert(*id);
            let would_do = |(other, its): (&u64, &Ticket)| {
                other != id
                    && its.mode == ticket.mode
                    && its.pings.iter().zip(&ticket.pings).any(|(a, b)| *a > 0 && *b > 0)
            };
            if self.waiting.iter().any(would_do) {
                self.starved.insert(*id);
            }
        }
        Ok(())
    }

    fn seat(&mut self, formed: &Formed, second: u64) {
        let mut members = [Vec::new(), Vec::new()];
        let mut seen = BTreeSet::new();
        for seat in &formed.seats {
            if seen.insert(seat.ticket) {
                self.outcome.waits.push((second, seat.waited_ms));
            }
            let member = self.waiting[&seat.ticket].players.iter().find(|member| member.player == seat.player);
            members[usize::from(seat.team == Team::Blue)].extend(member);
        }
        seen.iter().for_each(|ticket| drop(self.waiting.remove(ticket)));
        let players = formed.seats.len() as u8;
        if let Some(running) = formed.running.and_then(|id| self.running.get_mut(&id)) {
            running.teams.iter_mut().zip(members).for_each(|(team, new)| team.extend(new));
        } else {
            let id = self.next_match;
            self.next_match += 1;
            let [a, b, c, _] = self.draw(id, 94);
            // Somebody who came alone leaves for good, 1 to 8 minutes in.
            let alone: Vec<u64> = formed
                .seats
                .iter()
                .filter(|seat| formed.seats.iter().filter(|other| other.ticket == seat.ticket).count() == 1)
                .map(|seat| seat.player)
                .collect();
            let leaves = unit(a) < LEFT && players > 2 && !matches!(self.setting.arrivals, Arrivals::Few(_));
            let leaver = (leaves && !alone.is_empty())
                .then(|| (second + 60 + u64::from(below(b, 420)), alone[below(c, alone.len() as u32) as usize]));
            let (mode, region) = (formed.mode, formed.region);
            self.running.insert(id, Running { mode, region, teams: members.clone(), ends: second + MATCH_S, leaver });
        }
        let count = |team: Team| formed.seats.iter().filter(|seat| seat.team == team).count();
        self.outcome.made.push(Made {
            second,
            players,
            favourite: formed.chance.max(1.0 - formed.chance),
            spread: formed.spread,
            most: self.queue.def().modes[usize::from(formed.mode)].most,
            uneven: if formed.running.is_some() { 0 } else { count(Team::Red).abs_diff(count(Team::Blue)) as u8 },
            joins: formed.running.is_some(),
        });
    }
}
