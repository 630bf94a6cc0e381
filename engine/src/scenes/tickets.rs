//! Tickets as a busy evening brings them: load for tests, benches and the matchmaking report.

use crate::matchmaking::{Member, Mode, QueueDef, Ticket};
use crate::rating::Rating;
use crate::rng::{below, philox4x32, unit};

/// Ping between regions, ms, before what each player's own line adds.
const PINGS: [[u16; 4]; 4] = [[15, 90, 145, 230], [90, 15, 65, 205], [145, 65, 15, 130], [230, 205, 130, 20]];
/// What a line adds at most, ms.
const LINE: u32 = 40;
/// From here on a region is of no use, ms.
const REACH: u16 = 250;

/// Who comes.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Key of everybody's numbers.
    pub seed: u64,
    /// Skill, one standard deviation, points.
    pub spread: f64,
    /// Share of players 800 to 1,600 points off the middle, half of them each way.
    pub tails: f64,
    /// Shares of tickets with 2, 3 and 4 players; the rest come alone.
    pub parties: [f64; 3],
    /// Share of tickets for the first mode; the rest is divided between the two others.
    pub first_mode: f64,
}

impl Crowd {
    /// 300 points, no tails, a fifth in parties, seven in ten for `standard`.
    pub fn new(seed: u64) -> Crowd {
        Crowd { seed, spread: 300.0, tails: 0.0, parties: [0.12, 0.05, 0.03], first_mode: 0.7 }
    }

    /// Three modes (`standard` 2 to 8, `pairs` 2 to 4, `duel` 2), four regions.
    pub fn queue_def() -> QueueDef {
        let mode = |name: &str, most| Mode { name: name.to_owned(), least: 2, most };
        QueueDef {
            modes: vec![mode("standard", 8), mode("pairs", 4), mode("duel", 2)],
            regions: ["eu", "us-east", "us-west", "asia"].map(str::to_owned).to_vec(),
            ..QueueDef::default()
        }
    }

    /// Four words for ticket `id` and a purpose.
    fn draw(&self, id: u64, purpose: u32) -> [u32; 4] {
        philox4x32([id as u32, (id >> 32) as u32, purpose, 0x71C3], [self.seed as u32, (self.seed >> 32) as u32])
    }

    /// The ticket with this number. Players are numbered 8 x id and on; half of the tickets would join a running match.
    pub fn ticket(&self, id: u64, enqueued_ms: u64) -> Ticket {
        let [kind, size, home, flags] = self.draw(id, 0);
        let share = f64::from(unit(kind));
        let mode = if share < self.first_mode { 0 } else { 1 + (kind & 1) as u8 };
        let [two, three, four] = self.parties;
        let size = match f64::from(unit(size)) {
            s if s < four => 4,
            s if s < four + three => 3,
            s if s < four + three + two => 2,
            _ => 1,
        };
        let size = [size, size.min(2), 1][usize::from(mode)];
        // A party's members are alike: friends find each other by skill, too.
        let middle = self.skill(self.draw(id, 1));
        let players = (0..size).map(|n| {
            let [a, b, deviation, _] = self.draw(id, 2 + n as u32);
            let own = if size == 1 { 0.0 } else { 200.0 * f64::from(unit(a) - unit(b)) };
            let deviation = 50.0 + 150.0 * f64::from(unit(deviation)) * f64::from(unit(deviation));
            Member { player: 8 * id + n as u64, rating: Rating { value: (middle + own).clamp(0.0, 4000.0), deviation } }
        });
        // Regions are not alike in size: half are of the first.
        let home = [0, 0, 0, 1, 1, 2, 3, 0][below(home, 8) as usize];
        let line = below(self.draw(id, 7)[0], LINE) as u16;
        let pings = PINGS[home].iter().map(|ping| ping + line).map(|ping| if ping < REACH { ping } else { 0 });
        Ticket {
            id,
            mode,
            pings: pings.collect(),
            players: players.collect(),
            enqueued_ms,
            priority: false,
            backfill: flags & 1 == 1,
            blocks: Vec::new(),
        }
    }

    fn skill(&self, [a, b, c, d]: [u32; 4]) -> f64 {
        if f64::from(unit(d)) < self.tails {
            let off = 800.0 + 800.0 * f64::from(unit(a));
            return if b & 1 == 1 { 1500.0 + off } else { 1500.0 - off };
        }
        // The sum of three has a variance of a quarter.
        1500.0 + self.spread * 2.0 * f64::from(unit(a) + unit(b) + unit(c) - 1.5)
    }

    /// So many tickets that have waited 0 to 40 s at 60,000 ms, as after a stall of the host.
    pub fn tickets(&self, count: u64) -> Vec<Ticket> {
        (0..count).map(|id| self.ticket(id, 20_000 + u64::from(below(self.draw(id, 8)[0], 40_000)))).collect()
    }
}
