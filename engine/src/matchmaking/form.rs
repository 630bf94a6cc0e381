//! One form call. What it works on is laid out for it: the tickets sorted by (mode, size, mean rating, id), a column for
//! each thing that is read, and for each region a set of bits over that order of who may still be taken there.

use super::bits::Bits;
use super::chance::{Side, chance, log_odds};
use super::queue::{BACKFILL, PRIORITY, Queue, side, units};
use super::shapes::Shape;
use super::{Formed, Offer, PARTY, REGIONS, Seat, UNIT};
use crate::Team;
use crate::world::PLAYERS;
use core::cmp::Reverse;

/// Running matches that one ticket looks at in a region, unless its patience is over.
const LOOKED_AT: usize = 32;
/// Parties of one size that are of use to another in one match at most: 8 players less the one's.
const NEAR: usize = PLAYERS - 1;

/// Ticket of the order, by what it is sorted by: mode and size and mean in one number, then id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    place: u64,
    id: u64,
    slot: u32,
}

/// Ticket of the order, by when it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    ordinary: bool,
    enqueued: u64,
    id: u64,
    at: u32,
}

/// The nearest parties of one size, nearest first.
#[derive(Debug, Clone, Copy, Default)]
struct Near {
    at: [u32; NEAR],
    /// Distance by rating, in units; ascending.
    apart: [i64; NEAR],
    count: usize,
}

/// Tickets that would play together, places in the order; the one that it is made for first.
#[derive(Debug, Clone, Copy)]
struct Group {
    at: [u32; PLAYERS],
    count: usize,
    players: u8,
    uneven: u8,
    /// How far from the first one's rating the farthest is, units.
    apart: i64,
}

impl Group {
    fn members(&self) -> &[u32] {
        &self.at[..self.count]
    }
}

/// How good a group is, the least the best: uneven, beyond the tolerance, players, distance, place of the region by ping.
type Rank = (u8, bool, Reverse<u8>, i64, usize);

/// Red's parties: a bit for each of the group's members by id.
#[derive(Debug, Clone, Copy)]
struct Deal {
    group: Group,
    red: u8,
}

/// Who a ticket takes: by its waiting.
#[derive(Debug, Clone, Copy)]
struct Wants {
    /// Its patience is over, or it has priority: everybody will do.
    anybody: bool,
    tolerance: i64,
    /// Players at least.
    least: u8,
    /// Players by which teams may differ.
    uneven: u8,
    /// Logarithm of the favourite's odds at most.
    odds: f64,
}

/// Open slots, in an order of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct OpenKey {
    mode: u8,
    mean: i32,
    id: u64,
    region: u8,
}

/// What a form call works with; kept from one to the next so that nothing is allocated anew.
#[derive(Debug, Default)]
pub(super) struct Round {
    keys: Vec<Key>,
    turns: Vec<Turn>,
    slot: Vec<u32>,
    mean: Vec<i32>,
    id: Vec<u64>,
    taken: Vec<bool>,
    blocks: Vec<bool>,
    /// Regions of each by bits, and the sets of who is still to be had in each region.
    mask: Vec<u8>,
    live: [Bits; REGIONS],
    /// Where the tickets of a mode and size begin and end.
    segments: Vec<[(usize, usize); PARTY]>,
    /// Whether any ticket blocks anybody: mostly none does, and nothing is compared.
    any_blocks: bool,
    open: Vec<OpenKey>,
    open_live: [Bits; REGIONS],
}

impl Round {
    /// Slots of the tickets that the last call has put in matches.
    pub(super) fn taken(&self) -> impl Iterator<Item = usize> + '_ {
        let all = self.slot.iter().zip(&self.taken);
        all.filter(|(_, taken)| **taken).map(|(slot, _)| *slot as usize)
    }

    pub(super) fn form(&mut self, queue: &mut Queue, now: u64) -> Vec<Formed> {
        let mut formed = Vec::new();
        self.lay_out(queue);
        self.lay_out_offers(queue);
        // Those who take anybody come first, and choose among all who reach a region; the others among those whom
        // patience with a ping leaves there.
        let patience = u64::from(queue.def.policy.patience_ms);
        let turns = core::mem::take(&mut self.turns);
        let urgent = turns.partition_point(|turn| !turn.ordinary || now.saturating_sub(turn.enqueued) >= patience);
        for (these, anybody) in [(&turns[..urgent], true), (&turns[urgent..], false)] {
            if these.is_empty() {
                continue;
            }
            self.fill_regions(queue, now, anybody);
            for turn in these {
                let at = turn.at as usize;
                if self.taken[at] {
                    continue;
                }
                let wants = self.wants(queue, at, now, anybody);
                if let Some(joined) = self.join(queue, at, &wants, now).or_else(|| self.gather(queue, at, &wants, now))
                {
                    formed.push(joined);
                }
            }
        }
        self.turns = turns;
        formed
    }

    fn lay_out(&mut self, queue: &Queue) {
        let tickets = &queue.tickets;
        self.keys.clear();
        for slot in 0..tickets.id.len() {
            let size = tickets.size[slot];
            if size == 0 {
                continue;
            }
            let mean = u64::from((tickets.mean[slot] as u32) ^ 1 << 31);
            let place = u64::from(tickets.mode[slot]) << 40 | u64::from(size) << 32 | mean;
            self.keys.push(Key { place, id: tickets.id[slot], slot: slot as u32 });
        }
        self.keys.sort_unstable();
        self.slot.clear();
        self.mean.clear();
        self.id.clear();
        self.blocks.clear();
        self.turns.clear();
        self.segments.clear();
        self.segments.resize(queue.def.modes.len(), [(0, 0); PARTY]);
        for (at, key) in self.keys.iter().enumerate() {
            let slot = key.slot as usize;
            self.slot.push(key.slot);
            self.mean.push(tickets.mean[slot]);
            self.id.push(key.id);
            self.blocks.push(!tickets.cold[slot].blocks.is_empty());
            self.turns.push(Turn {
                ordinary: tickets.flags[slot] & PRIORITY == 0,
                enqueued: tickets.enqueued[slot],
                id: key.id,
                at: at as u32,
            });
            let segment = &mut self.segments[usize::from(tickets.mode[slot])][usize::from(tickets.size[slot]) - 1];
            if segment.1 == 0 {
                segment.0 = at;
            }
            segment.1 = at + 1;
        }
        self.any_blocks = self.blocks.contains(&true);
        self.turns.sort_unstable();
        self.taken.clear();
        self.taken.resize(self.keys.len(), false);
    }

    fn lay_out_offers(&mut self, queue: &Queue) {
        self.open.clear();
        self.open.extend(queue.offers.values().map(|offer| OpenKey {
            mode: offer.mode,
            mean: offer_mean(offer),
            id: offer.id,
            region: offer.region,
        }));
        self.open.sort_unstable();
        for bits in &mut self.open_live {
            bits.reset(self.open.len());
        }
        for (at, open) in self.open.iter().enumerate() {
            self.open_live[usize::from(open.region)].insert(at);
        }
    }

    /// Who is to be had where: with all whom a region reaches, or those whose ping their patience allows there.
    fn fill_regions(&mut self, queue: &Queue, now: u64, reached: bool) {
        let (policy, tickets) = (&queue.def.policy, &queue.tickets);
        self.mask.clear();
        self.mask.resize(self.slot.len(), 0);
        for bits in &mut self.live {
            bits.reset(self.slot.len());
        }
        for at in 0..self.slot.len() {
            if self.taken[at] {
                continue;
            }
            let slot = self.slot[at] as usize;
            let pings = &tickets.pings[slot];
            let most = if reached {
                u32::MAX
            } else {
                let best = pings.iter().copied().filter(|ping| *ping > 0).min().unwrap_or(0);
                policy.ping_at_most(now.saturating_sub(tickets.enqueued[slot]), best)
            };
            for (region, ping) in pings.iter().enumerate() {
                if *ping > 0 && u32::from(*ping) <= most {
                    self.mask[at] |= 1 << region;
                    self.live[region].insert(at);
                }
            }
        }
    }

    fn wants(&self, queue: &Queue, at: usize, now: u64, anybody: bool) -> Wants {
        let (policy, slot) = (&queue.def.policy, self.slot[at] as usize);
        let tickets = &queue.tickets;
        let waited = now.saturating_sub(tickets.enqueued[slot]);
        let mode = &queue.def.modes[usize::from(tickets.mode[slot])];
        let deviation = (tickets.variance[slot] / f64::from(tickets.size[slot])).sqrt();
        let points = policy.tolerance(waited, deviation);
        Wants {
            anybody,
            tolerance: (points * f64::from(UNIT)) as i64,
            least: if anybody { mode.least } else { policy.players_at_least(waited, mode) },
            uneven: if anybody { policy.uneven } else { 0 },
            odds: if anybody { f64::INFINITY } else { log_odds(policy.favourite_at_most(waited)) },
        }
    }

    /// The regions that a ticket may play in, its best ping first.
    fn regions(&self, queue: &Queue, at: usize) -> impl Iterator<Item = usize> + use<> {
        let pings = &queue.tickets.pings[self.slot[at] as usize];
        let mut order: [(u16, u8); REGIONS] = core::array::from_fn(|region| {
            if self.mask[at] >> region & 1 == 1 { (pings[region], region as u8) } else { (u16::MAX, region as u8) }
        });
        order.sort_unstable();
        order.into_iter().take_while(|(ping, _)| *ping != u16::MAX).map(|(_, region)| usize::from(region))
    }

    fn take(&mut self, at: usize) {
        self.taken[at] = true;
        for (region, bits) in self.live.iter_mut().enumerate() {
            if self.mask[at] >> region & 1 == 1 {
                bits.remove(at);
            }
        }
    }

    /// Whether two tickets may play together, as far as they know each other.
    fn blocked(&self, queue: &Queue, a: usize, b: usize) -> bool {
        let one_way = |from: usize, to: usize| {
            let blocks = &queue.tickets.cold[self.slot[from] as usize].blocks;
            let members = queue.tickets.members(self.slot[to] as usize);
            blocks.iter().any(|block| members.iter().any(|member| member.player == *block))
        };
        self.blocks[a] && one_way(a, b) || self.blocks[b] && one_way(b, a)
    }

    /// A running match for a ticket: the nearest by rating that has room on one team for the whole party and that it does
    /// not make lopsided.
    fn join(&mut self, queue: &mut Queue, at: usize, wants: &Wants, now: u64) -> Option<Formed> {
        let slot = self.slot[at] as usize;
        if self.open.is_empty() || queue.tickets.flags[slot] & BACKFILL == 0 {
            return None;
        }
        let (mode, mean) = (queue.tickets.mode[slot], self.mean[at]);
        let start = self.open.partition_point(|open| open.mode < mode);
        let end = self.open.partition_point(|open| open.mode <= mode);
        let middle = self.open.partition_point(|open| (open.mode, open.mean) < (mode, mean));
        let mut best: Option<(i64, usize, usize, usize)> = None;
        for (order, region) in self.regions(queue, at).enumerate() {
            let bits = &self.open_live[region];
            let (mut left, mut right) = (bits.previous(middle, start), bits.next(middle, end));
            let mut looked_at = 0;
            while wants.anybody || looked_at < LOOKED_AT {
                looked_at += 1;
                let apart = |at: usize| i64::from(self.open[at].mean).abs_diff(i64::from(mean)) as i64;
                let (found, distance) = match (left, right) {
                    (Some(l), r) if r.is_none_or(|r| apart(l) <= apart(r)) => {
                        left = bits.previous(l, start);
                        (l, apart(l))
                    }
                    (_, Some(r)) => {
                        right = bits.next(r + 1, end);
                        (r, apart(r))
                    }
                    (_, None) => break,
                };
                if !wants.anybody && distance > wants.tolerance {
                    break;
                }
                let offer = &queue.offers[&self.open[found].id];
                if let Some(team) = self.seat(queue, at, offer, wants) {
                    // Nearer regions go first; with patience over, the nearest by rating wherever it is.
                    let rank = if wants.anybody { distance } else { order as i64 };
                    if best.is_none_or(|(least, ..)| rank < least) {
                        best = Some((rank, found, team, region));
                    }
                    break;
                }
            }
        }
        let (_, found, team, region) = best?;
        let id = self.open[found].id;
        let offer = queue.offers.get_mut(&id)?;
        let members = queue.tickets.members(slot);
        offer.free[team] -= members.len() as u8;
        offer.teams[team].extend_from_slice(members);
        if offer.free == [0, 0] {
            self.open_live[region].remove(found);
        }
        let everybody = || offer.teams.iter().flatten().map(|member| units(member.rating.value));
        let spread = everybody().max()? - everybody().min()?;
        let log = queue.odds.log(side(&offer.teams[0]), side(&offer.teams[1]));
        let waited_ms = now.saturating_sub(queue.tickets.enqueued[slot]);
        let team = [Team::Red, Team::Blue][team];
        let seats =
            members.iter().map(|member| Seat { ticket: self.id[at], player: member.player, team, waited_ms }).collect();
        self.take(at);
        Some(Formed {
            mode,
            region: region as u8,
            running: Some(id),
            chance: chance(log),
            spread: f64::from(spread) / f64::from(UNIT),
            seats,
        })
    }

    /// The team of a running match that a ticket would join: the smaller one where the party fits, of equal ones the one
    /// that makes the match fairer. `None`: it fits nowhere, is blocked, or makes the match too lopsided.
    fn seat(&self, queue: &Queue, at: usize, offer: &Offer, wants: &Wants) -> Option<usize> {
        let slot = self.slot[at] as usize;
        let party = queue.tickets.side(slot);
        if offer.free.iter().all(|free| *free < party.players) {
            return None;
        }
        if self.blocks[at] {
            let blocks = &queue.tickets.cold[slot].blocks;
            if offer.teams.iter().flatten().any(|member| blocks.contains(&member.player)) {
                return None;
            }
        }
        let teams = offer.teams.each_ref().map(|team| side(team));
        let skew = |teams: [Side; 2]| queue.odds.log(teams[0], teams[1]).abs();
        let with = |team: usize| {
            let mut with = teams;
            with[team] = with[team].with(party);
            with
        };
        let best = (0..2)
            .filter(|team| offer.free[*team] >= party.players)
            .map(|team| (with(team)[0].players.abs_diff(with(team)[1].players), skew(with(team)), team))
            .min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)))?;
        (best.1 <= wants.odds || best.1 < skew(teams)).then_some(best.2)
    }

    /// A new match for a ticket, of those who are still to be had.
    fn gather(&mut self, queue: &Queue, at: usize, wants: &Wants, now: u64) -> Option<Formed> {
        let mode = queue.tickets.mode[self.slot[at] as usize];
        let team_size = queue.def.modes[usize::from(mode)].team_size();
        let most = 2 * team_size;
        // In each segment, where this ticket stands or would stand.
        let middles: [usize; PARTY] = core::array::from_fn(|size| {
            let (start, end) = self.segments[usize::from(mode)][size];
            self.place(start, end, at)
        });
        let found = self.best_group(queue, at, mode, &middles, most, wants, usize::from(most));
        // Two whom the first may take can block each other; whom they kept away from it may do alone.
        let retry = found.is_none() && wants.anybody && self.any_blocks;
        let deal = if retry { self.best_group(queue, at, mode, &middles, most, wants, 2)? } else { found? };
        let formed = self.write_down(queue, &deal, mode, now);
        for member in deal.group.members() {
            self.take(*member as usize);
        }
        Some(formed)
    }

    /// The best group of at most so many parties, in whichever region.
    #[expect(clippy::too_many_arguments, reason = "two calls hand in what they share")]
    fn best_group(
        &self,
        queue: &Queue,
        at: usize,
        mode: u8,
        middles: &[usize; PARTY],
        most: u8,
        wants: &Wants,
        parties: usize,
    ) -> Option<Deal> {
        let (team_size, own) = (most / 2, queue.tickets.size[self.slot[at] as usize]);
        let mut best: Option<(Rank, Deal)> = None;
        for (order, region) in self.regions(queue, at).enumerate() {
            let near = self.near(queue, at, region, mode, middles, most - own, wants, parties);
            let Some(group) = choose(&queue.shapes[usize::from(mode)], (at, own), &near, wants, parties) else {
                continue;
            };
            let far = group.apart > wants.tolerance;
            // A farther region is worth an even match, one within the tolerance, more players; then the best ping counts, or,
            // beyond the tolerance, skill.
            let rank = (group.uneven, far, Reverse(group.players), if far { group.apart } else { 0 }, order);
            if best.as_ref().is_some_and(|(least, _)| rank >= *least) {
                continue;
            }
            if let Some(deal) = self.deal(queue, group, team_size, wants) {
                best = Some((rank, deal));
                if !far && group.uneven == 0 && group.players == most {
                    break;
                }
            }
        }
        best.map(|(_, deal)| deal)
    }

    /// Where a ticket stands, or would stand, among those from `start` to `end`.
    fn place(&self, start: usize, end: usize, at: usize) -> usize {
        let own = (self.mean[at], self.id[at]);
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low + (high - low) / 2;
            if (self.mean[middle], self.id[middle]) < own {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The nearest of each size in a region, on both sides of a ticket, as many as could be of use to it: with `room` for
    /// so many players beside its own.
    #[expect(clippy::too_many_arguments, reason = "the loop over regions hands in what they share")]
    fn near(
        &self,
        queue: &Queue,
        at: usize,
        region: usize,
        mode: u8,
        middles: &[usize; PARTY],
        room: u8,
        wants: &Wants,
        parties: usize,
    ) -> [Near; PARTY] {
        let (bits, mean) = (&self.live[region], i64::from(self.mean[at]));
        let mut all = [Near::default(); PARTY];
        for size in 0..PARTY {
            let (start, end) = self.segments[usize::from(mode)][size];
            let own = start <= at && at < end;
            let (mut left, mut right) =
                (bits.previous(middles[size], start), bits.next(middles[size] + usize::from(own), end));
            while all[size].count < (usize::from(room) / (size + 1)).min(parties - 1) {
                let apart = |at: usize| i64::from(self.mean[at]).abs_diff(mean) as i64;
                let (found, distance) = match (left, right) {
                    (Some(l), r) if r.is_none_or(|r| apart(l) <= apart(r)) => {
                        left = bits.previous(l, start);
                        (l, apart(l))
                    }
                    (_, Some(r)) => {
                        right = bits.next(r + 1, end);
                        (r, apart(r))
                    }
                    (_, None) => break,
                };
                if !wants.anybody && distance > wants.tolerance {
                    break;
                }
                if self.any_blocks {
                    // With one other party alone, only the two of them matter.
                    let mut known = all.iter().flat_map(|near| &near.at[..near.count]);
                    let apart = parties > 2 && known.any(|known| self.blocked(queue, *known as usize, found));
                    if apart || self.blocked(queue, at, found) {
                        continue;
                    }
                }
                let near = &mut all[size];
                near.at[near.count] = found as u32;
                near.apart[near.count] = distance;
                near.count += 1;
            }
        }
        all
    }

    /// The fairest deal of a group, if it is fair enough.
    fn deal(&self, queue: &Queue, mut group: Group, team_size: u8, wants: &Wants) -> Option<Deal> {
        let count = group.count;
        group.at[..count].sort_unstable_by_key(|at| self.id[*at as usize]);
        let mut parties = [Side::default(); PLAYERS];
        for (party, at) in parties.iter_mut().zip(group.members()) {
            *party = queue.tickets.side(self.slot[*at as usize] as usize);
        }
        let parties = &parties[..count];
        let red = queue.odds.split(parties, team_size, group.uneven)?;
        let team = |color: u8| {
            let of = |n: &usize| (red >> n & 1) == color;
            (0..count).filter(of).fold(Side::default(), |side, n| side.with(parties[n]))
        };
        (queue.odds.log(team(1), team(0)).abs() <= wants.odds).then_some(Deal { group, red })
    }

    fn write_down(&self, queue: &Queue, deal: &Deal, mode: u8, now: u64) -> Formed {
        let tickets = &queue.tickets;
        let members = deal.group.members();
        // The party with the lowest id would always be red: a bit of all ids says whether the sides change places.
        let swap = (members.iter().fold(0, |bits, at| bits ^ self.id[*at as usize]).count_ones() & 1) as u8;
        let all = 0xFFu8 >> (8 - members.len());
        let red = if swap == 1 { !deal.red & all } else { deal.red };
        let mut seats = Vec::with_capacity(usize::from(deal.group.players));
        let mut sides = [Side::default(); 2];
        let (mut low, mut high) = (i32::MAX, i32::MIN);
        for (color, team) in [(1, Team::Red), (0, Team::Blue)] {
            let of_color = members.iter().enumerate().filter(|(n, _)| red >> n & 1 == color);
            for at in of_color.map(|(_, at)| at) {
                let slot = self.slot[*at as usize] as usize;
                sides[1 - usize::from(color)] = sides[1 - usize::from(color)].with(tickets.side(slot));
                for member in tickets.members(slot) {
                    low = low.min(units(member.rating.value));
                    high = high.max(units(member.rating.value));
                    seats.push(Seat {
                        ticket: tickets.id[slot],
                        player: member.player,
                        team,
                        waited_ms: now.saturating_sub(tickets.enqueued[slot]),
                    });
                }
            }
        }
        let common = members.iter().fold(0xFF, |mask, at| mask & self.mask[*at as usize]);
        let worst = |region: usize| {
            let pings = members.iter().map(|at| u32::from(tickets.pings[self.slot[*at as usize] as usize][region]));
            (pings.clone().max(), pings.sum::<u32>())
        };
        let region = (0..REGIONS).filter(|region| common >> region & 1 == 1).min_by_key(|region| worst(*region));
        Formed {
            mode,
            // The region in which the group was found is common to all.
            region: region.unwrap_or_default() as u8,
            running: None,
            chance: chance(queue.odds.log(sides[0], sides[1])),
            spread: f64::from(high - low) / f64::from(UNIT),
            seats,
        }
    }
}

/// The fullest shape that a ticket and those near it make, of equally full ones the closest by rating; even teams before
/// uneven ones, which only those take who take anybody.
fn choose(
    shapes: &[Shape],
    (at, own): (usize, u8),
    near: &[Near; PARTY],
    wants: &Wants,
    parties: usize,
) -> Option<Group> {
    // Of a shape's parties one is the ticket itself.
    let others = |shape: &Shape, size: usize| {
        let count = usize::from(shape.parties[size]);
        if size + 1 == usize::from(own) { count.checked_sub(1) } else { Some(count) }
    };
    let apart = |shape: &Shape| {
        if shape.parties.iter().map(|count| usize::from(*count)).sum::<usize>() > parties {
            return None;
        }
        let mut farthest = 0;
        for (size, near) in near.iter().enumerate() {
            let count = others(shape, size)?;
            if count > near.count {
                return None;
            }
            if count > 0 {
                farthest = farthest.max(near.apart[count - 1]);
            }
        }
        Some(farthest)
    };
    for shapes in shapes.chunk_by(|a, b| a.uneven == b.uneven) {
        if shapes[0].uneven > wants.uneven {
            break;
        }
        // What the nearest legal match needs, where everybody will do.
        let nearest = if wants.anybody { shapes.iter().filter_map(apart).min() } else { Some(0) };
        let Some(nearest) = nearest else { continue };
        let mut best: Option<(i64, &Shape)> = None;
        for shape in shapes.iter().take_while(|shape| shape.players >= wants.least) {
            if best.is_some_and(|(_, best)| best.players > shape.players) {
                break;
            }
            let Some(apart) = apart(shape).filter(|apart| *apart <= nearest + wants.tolerance) else { continue };
            if best.is_none_or(|(least, _)| apart < least) {
                best = Some((apart, shape));
            }
        }
        if let Some((apart, shape)) = best {
            let mut group =
                Group { at: [at as u32; PLAYERS], count: 1, players: shape.players, uneven: shape.uneven, apart };
            for (size, near) in near.iter().enumerate() {
                let count = others(shape, size)?;
                group.at[group.count..group.count + count].copy_from_slice(&near.at[..count]);
                group.count += count;
            }
            return Some(group);
        }
    }
    None
}

/// Mean rating of the players of a running match, units.
fn offer_mean(offer: &Offer) -> i32 {
    let [red, blue] = offer.teams.each_ref().map(|team| side(team));
    (red.sum + blue.sum).div_euclid(i32::from(red.players + blue.players))
}
