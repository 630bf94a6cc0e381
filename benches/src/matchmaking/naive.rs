//! The same policy written as one would first: for each ticket, and each region, all the others are looked through and
//! sorted by distance. O(n^2 log n); the matches must be the engine's, one by one.
//!
//! BIAS: it borrows nothing and copies little, but it looks through the whole queue where an index by mode would do.

use trespasser::Team;
use trespasser::matchmaking::{Formed, Mode, Policy, QueueDef, Seat, Ticket};
use trespasser::rating::Rating;

/// Ratings count in steps of this, points.
const STEP: f64 = 1.0 / 256.0;

struct Waiting<'a> {
    ticket: &'a Ticket,
    mean: i64,
    waited: u64,
    urgent: bool,
    taken: bool,
}

fn steps(member: &Rating) -> i64 {
    (member.value / STEP).round() as i64
}

/// The matches of tickets without open slots or blocks, at a time.
pub fn form(def: &QueueDef, tickets: &[Ticket], now: u64) -> Vec<Formed> {
    let policy = &def.policy;
    let mut all: Vec<Waiting<'_>> = tickets
        .iter()
        .map(|ticket| {
            let sum: i64 = ticket.players.iter().map(|member| steps(&member.rating)).sum();
            let waited = now.saturating_sub(ticket.enqueued_ms);
            let urgent = ticket.priority || waited >= u64::from(policy.patience_ms);
            Waiting { ticket, mean: sum.div_euclid(ticket.players.len() as i64), waited, urgent, taken: false }
        })
        .collect();
    all.sort_by_key(|one| (!one.ticket.priority, one.ticket.enqueued_ms, one.ticket.id));
    let mut formed = Vec::new();
    for n in 0..all.len() {
        if !all[n].taken
            && let Some((members, its)) = gather(def, &all, n)
        {
            members.iter().for_each(|member| all[*member].taken = true);
            formed.push(its);
        }
    }
    formed
}

/// Whether somebody may play in a region: reached, and for a ticket that cannot take anybody near enough for both.
fn may(policy: &Policy, one: &Waiting<'_>, region: usize, anybody: bool) -> bool {
    let pings = &one.ticket.pings;
    let best = pings.iter().copied().filter(|ping| *ping > 0).min().unwrap_or_default();
    pings[region] > 0 && (anybody || u32::from(pings[region]) <= policy.ping_at_most(one.waited, best))
}

/// Sizes of two teams into which parties of these sizes go, differing least.
fn uneven(sizes: &[usize], team_size: usize) -> Option<usize> {
    let all: usize = sizes.iter().sum();
    let reds = |set: u32| (0..sizes.len()).filter(|n| set >> n & 1 == 1).map(|n| sizes[n]).sum::<usize>();
    (1..(1u32 << sizes.len()) - 1)
        .map(reds)
        .filter(|red| *red <= team_size && all - red <= team_size)
        .map(|red| red.abs_diff(all - red))
        .min()
}

/// A way to choose parties: how many of each size, others than the one it is for.
type Shape = ([usize; 4], usize, usize);

fn shapes(mode: &Mode, own: usize) -> Vec<Shape> {
    let (team_size, most) = (usize::from(mode.team_size()), usize::from(mode.most));
    let mut all = Vec::new();
    for fours in 0..=2 {
        for threes in 0..=2 {
            for twos in 0..=4 {
                for ones in 0..=8 {
                    let counts = [ones, twos, threes, fours];
                    let players: usize = own + counts.iter().enumerate().map(|(size, n)| (size + 1) * n).sum::<usize>();
                    if !(usize::from(mode.least)..=most).contains(&players) {
                        continue;
                    }
                    let sizes = core::iter::once(own)
                        .chain((0..4).flat_map(|size| core::iter::repeat_n(size + 1, counts[size])))
                        .collect::<Vec<_>>();
                    if let Some(uneven) = uneven(&sizes, team_size) {
                        all.push((counts, players, uneven));
                    }
                }
            }
        }
    }
    // The engine's order: even first, fullest first, then by the numbers of parties, those of one player first.
    let with_own = |shape: &Shape| core::array::from_fn::<usize, 4, _>(|n| shape.0[n] + usize::from(n + 1 == own));
    all.sort_by_key(|shape| (shape.2, core::cmp::Reverse(shape.1), with_own(shape)));
    all
}

/// Uneven, beyond the tolerance, players, distance, place of the region by ping: the least is best.
type Rank = (usize, bool, core::cmp::Reverse<usize>, i64, usize);

fn gather(def: &QueueDef, all: &[Waiting<'_>], n: usize) -> Option<(Vec<usize>, Formed)> {
    let (policy, one) = (&def.policy, &all[n]);
    let mode = &def.modes[usize::from(one.ticket.mode)];
    let own = one.ticket.players.len();
    let squares: f64 = one.ticket.players.iter().map(|m| m.rating.deviation * m.rating.deviation).sum();
    let tolerance = (policy.tolerance(one.waited, (squares / own as f64).sqrt()) / STEP) as i64;
    let mut regions: Vec<usize> =
        (0..def.regions.len()).filter(|region| may(policy, one, *region, one.urgent)).collect();
    regions.sort_by_key(|region| (one.ticket.pings[*region], *region));
    let shapes = shapes(mode, own);
    let mut best: Option<(Rank, Vec<usize>, u32, f64)> = None;
    for (order, region) in regions.into_iter().enumerate() {
        let mut near: Vec<usize> = (0..all.len())
            .filter(|other| {
                let its = &all[*other];
                *other != n && !its.taken && its.ticket.mode == one.ticket.mode && may(policy, its, region, one.urgent)
            })
            .collect();
        // Of two as near the one below goes first, and below the one with the higher id.
        near.sort_by_key(|other| {
            let its = &all[*other];
            let above = (its.mean, its.ticket.id) > (one.mean, one.ticket.id);
            let tie = if above { its.ticket.id as i64 } else { -(its.ticket.id as i64) };
            ((its.mean - one.mean).abs(), above, tie)
        });
        let of_size = |size: usize| near.iter().copied().filter(move |other| all[*other].ticket.players.len() == size);
        let apart = |shape: &Shape| -> Option<i64> {
            let mut farthest = 0;
            for (n, count) in shape.0.iter().enumerate().filter(|(_, count)| **count > 0) {
                farthest = farthest.max((all[of_size(n + 1).nth(count - 1)?].mean - one.mean).abs());
            }
            (one.urgent || farthest <= tolerance).then_some(farthest)
        };
        let least = if one.urgent { mode.least } else { policy.players_at_least(one.waited, mode) };
        let mut found: Option<(usize, i64, &Shape)> = None;
        for uneven in 0..=if one.urgent { usize::from(policy.uneven) } else { 0 } {
            let these = || shapes.iter().filter(|shape| shape.2 == uneven);
            let nearest = if one.urgent { these().filter_map(apart).min() } else { Some(0) };
            let Some(nearest) = nearest else { continue };
            for shape in these().filter(|shape| shape.1 >= usize::from(least)) {
                let Some(apart) = apart(shape).filter(|apart| *apart <= nearest + tolerance) else { continue };
                if found.is_none_or(|(players, least, _)| shape.1 > players || shape.1 == players && apart < least) {
                    found = Some((shape.1, apart, shape));
                }
            }
            if found.is_some() {
                break;
            }
        }
        let Some((players, apart, shape)) = found else { continue };
        let rank =
            (shape.2, apart > tolerance, core::cmp::Reverse(players), if apart > tolerance { apart } else { 0 }, order);
        if best.as_ref().is_some_and(|(known, ..)| rank >= *known) {
            continue;
        }
        let mut members: Vec<usize> =
            core::iter::once(n).chain((0..4).flat_map(|size| of_size(size + 1).take(shape.0[size]))).collect();
        members.sort_by_key(|member| all[*member].ticket.id);
        let Some((red, chance)) = deal(def, all, &members, shape.2) else { continue };
        let limit = if one.urgent { 1.0 } else { policy.favourite_at_most(one.waited) };
        if chance.max(1.0 - chance) <= limit {
            best = Some((rank, members, red, chance));
        }
    }
    let (_, members, red, chance) = best?;
    let formed = write_down(def, all, &members, red, chance, one.urgent);
    Some((members, formed))
}

/// The fairest deal: red's members by bits, and red's chance.
fn deal(def: &QueueDef, all: &[Waiting<'_>], members: &[usize], uneven: usize) -> Option<(u32, f64)> {
    let team_size = usize::from(def.modes[usize::from(all[members[0]].ticket.mode)].team_size());
    let ratings = |set: u32, color: u32| -> Vec<Rating> {
        (0..members.len())
            .filter(|n| set >> n & 1 == color)
            .flat_map(|n| all[members[n]].ticket.players.iter())
            .map(|member| Rating { value: steps(&member.rating) as f64 * STEP, ..member.rating })
            .collect()
    };
    let sum = |team: &[Rating]| team.iter().map(steps).sum::<i64>();
    let mut best: Option<(i64, u32)> = None;
    for set in (1..(1u32 << members.len()) - 1).step_by(2) {
        let (red, blue) = (ratings(set, 1), ratings(set, 0));
        if red.len().abs_diff(blue.len()) == uneven && red.len().max(blue.len()) <= team_size {
            let skew = (sum(&red) - sum(&blue)).abs();
            if best.is_none_or(|(least, _)| skew < least) {
                best = Some((skew, set));
            }
        }
    }
    let (_, set) = best?;
    let chances = def.policy.system.win_chances(&[&ratings(set, 1), &ratings(set, 0)]).ok()?;
    Some((set, chances[0]))
}

fn write_down(def: &QueueDef, all: &[Waiting<'_>], members: &[usize], red: u32, chance: f64, anybody: bool) -> Formed {
    let ids = members.iter().fold(0, |bits, member| bits ^ all[*member].ticket.id);
    let (red, chance) = if ids.count_ones() % 2 == 1 { (!red, 1.0 - chance) } else { (red, chance) };
    let seats = [(Team::Red, 1), (Team::Blue, 0)].into_iter().flat_map(|(team, color)| {
        let of_color = members.iter().enumerate().filter(move |(n, _)| red >> n & 1 == color);
        of_color.flat_map(move |(_, member)| {
            let its = &all[*member];
            let seat = |m: &trespasser::matchmaking::Member| Seat {
                ticket: its.ticket.id,
                player: m.player,
                team,
                waited_ms: its.waited,
            };
            its.ticket.players.iter().map(seat).collect::<Vec<_>>()
        })
    });
    let worst = |region: &usize| {
        let pings = members.iter().map(|member| u32::from(all[*member].ticket.pings[*region]));
        (pings.clone().max(), pings.sum::<u32>())
    };
    let region = (0..def.regions.len())
        .filter(|region| members.iter().all(|member| may(&def.policy, &all[*member], *region, anybody)))
        .min_by_key(worst);
    let ratings = || members.iter().flat_map(|member| &all[*member].ticket.players).map(|m| steps(&m.rating));
    let apart = ratings().max().unwrap_or_default() - ratings().min().unwrap_or_default();
    Formed {
        mode: all[members[0]].ticket.mode,
        region: region.unwrap_or_default() as u8,
        running: None,
        chance,
        spread: apart as f64 * STEP,
        seats: seats.collect(),
    }
}
