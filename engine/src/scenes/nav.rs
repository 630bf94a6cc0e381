//! Where bots can walk: a lattice of points, waypoints spread over it, and a flow field to each of them.
//!
//! Computed once for a map, shared by all its matches. It knows the walls as they stand when a match begins: hard
//! ones are never walked through, soft ones at a price, because they must be shot open first. So a room closed by
//! wood is reached where nothing else leads there, and left alone where something does.

use crate::Vec2;
use crate::map::{CELL, CELLS, COLS, GameMap, Geometry, PLAYFIELD, ROWS};
use crate::rules::{Material, Team};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Distance of lattice points, px.
const STEP: f32 = 5.0;
/// Lattice points along x: 0, 5 .. 480 px.
const WIDE: usize = 97;
/// Lattice points along y: 0, 5 .. 270 px.
const HIGH: usize = 55;
const POINTS: usize = WIDE * HIGH;
/// A point is free where a circle of this radius fits, px: the body's 6 and a margin for walking between points.
const ROOM: f32 = 6.5;
/// Waypoints a map may have at most.
pub(super) const WAYPOINTS: usize = 64;
/// Costs are half pixels: a straight step, a diagonal one.
const STRAIGHT: u32 = 10;
const DIAGONAL: u32 = 14;
/// Added for a step onto a point inside a soft wall. A wall 10 px thick has five such points: as far as 500 px.
const SOFT_STEP: u32 = 200;
/// Waypoints are at least this far apart by way, in costs: 28 px.
const APART: u32 = 56;
const FAR: u32 = u32::MAX;
/// Direction byte of a waypoint itself.
const HERE: u8 = 8;
/// Direction byte of a point from which no way leads to the waypoint.
const NOWHERE: u8 = 9;
/// Straight directions first, so that equally long ways prefer them.
const DIRECTIONS: [(isize, isize); 8] = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)];
/// Rings of lattice points that are searched for one to walk from, when the nearest is none.
const SNAP_RINGS: isize = 4;
/// Marks a point with nothing to walk from around it.
const LOST: u16 = u16::MAX;
/// Distance of the samples of [`Nav::shield`], px.
const SAMPLE: f32 = 4.0;

/// What stands on a lattice point or in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ground {
    /// Nothing.
    Free,
    /// Wood or glass, and nothing harder.
    Soft,
    /// Concrete, metal, the border.
    Hard,
}

/// The next step of a way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// The waypoint is reached.
    Arrived,
    /// Towards this place; `Ground::Soft`: through a soft wall, if it still stands.
    Go(Vec2, Ground),
    /// No way leads there.
    None,
}

/// Navigation of one map: 0.35 MB with 64 waypoints.
#[derive(Debug)]
pub(super) struct Nav {
    /// [`GameMap::hash`] of its map.
    pub(super) map: u64,
    ground: Vec<Ground>,
    /// Directions in which steps lead from each point, bit = direction.
    steps: Vec<u8>,
    /// The point to walk from, for the point nearest to a body: itself where it is free.
    snap: Vec<u16>,
    waypoints: Vec<u16>,
    /// Nearest waypoint by way, for each point.
    nearest: Vec<u8>,
    /// Direction byte, `[waypoint * POINTS + point]`.
    flow: Vec<u8>,
    cells: [Ground; CELLS],
    /// A waypoint nearest to each spawn, by team.
    homes: [Vec<u8>; 2],
}

fn place(point: usize) -> Vec2 {
    Vec2::new((point % WIDE) as f32 * STEP, (point / WIDE) as f32 * STEP)
}

/// The lattice point nearest to a place of the playfield.
fn point_at(at: Vec2) -> usize {
    let index = |v: f32, count: usize| ((v / STEP + 0.5).max(0.0) as usize).min(count - 1);
    index(at.y, HIGH) * WIDE + index(at.x, WIDE)
}

fn neighbour(point: usize, (dx, dy): (isize, isize)) -> Option<usize> {
    let (x, y) = ((point % WIDE) as isize + dx, (point / WIDE) as isize + dy);
    ((0..WIDE as isize).contains(&x) && (0..HIGH as isize).contains(&y)).then(|| y as usize * WIDE + x as usize)
}

/// Cells that a square of half width `reach` about a place touches.
pub(super) fn cells_about(at: Vec2, reach: f32) -> impl Iterator<Item = usize> {
    let index = |v: f32, count: usize| ((v / CELL).max(0.0) as usize).min(count - 1);
    let columns = index(at.x - reach, COLS)..=index(at.x + reach, COLS);
    (index(at.y - reach, ROWS)..=index(at.y + reach, ROWS))
        .flat_map(move |row| columns.clone().map(move |column| row * COLS + column))
}

/// Whether a circle overlaps a slice's rectangle; touching is no overlap.
pub(super) fn overlaps(geometry: &Geometry, slice: usize, at: Vec2, radius: f32) -> bool {
    let nearest =
        at.clamp(Vec2::new(geometry.x0[slice], geometry.y0[slice]), Vec2::new(geometry.x1[slice], geometry.y1[slice]));
    (at - nearest).length_squared() < radius * radius
}

fn ground_of(geometry: &Geometry, slice: usize) -> Ground {
    match Material::from_number(geometry.material[slice]) {
        Some(material) if material.is_soft() => Ground::Soft,
        _ => Ground::Hard,
    }
}

impl Nav {
    pub(super) fn new(map: &GameMap) -> Nav {
        let geometry = map.geometry();
        let stands = |slice: usize| geometry.missing[slice / 64] >> (slice % 64) & 1 == 0;
        let ground_at = |at: Vec2| {
            let (w, h) = PLAYFIELD;
            if at.x < ROOM || at.y < ROOM || at.x > w - ROOM || at.y > h - ROOM {
                return Ground::Hard;
            }
            cells_about(at, ROOM)
                .flat_map(|cell| geometry.cell(cell))
                .map(|&slice| slice as usize)
                .filter(|&slice| stands(slice) && overlaps(geometry, slice, at, ROOM))
                .map(|slice| ground_of(geometry, slice))
                .max()
                .unwrap_or(Ground::Free)
        };
        let ground: Vec<Ground> = (0..POINTS).map(|point| ground_at(place(point))).collect();
        let steps = (0..POINTS).map(|from| steps_from(&ground, ground_at, from)).collect();
        let cells = core::array::from_fn(|cell| {
            let slices = geometry.cell(cell).iter().map(|&slice| slice as usize);
            slices.filter(|&slice| stands(slice)).map(|slice| ground_of(geometry, slice)).max().unwrap_or(Ground::Free)
        });
        let mut nav = Nav {
            map: map.hash(),
            snap: (0..POINTS).map(|point| snap(&ground, point)).collect(),
            ground,
            steps,
            waypoints: Vec::new(),
            nearest: vec![0; POINTS],
            flow: Vec::new(),
            cells,
            homes: [Vec::new(), Vec::new()],
        };
        nav.spread(map);
        nav
    }

    /// Chooses waypoints, each the point farthest by way from those before, among all that a spawn is connected with.
    fn spread(&mut self, map: &GameMap) {
        let (mut distance, mut heap) = (vec![FAR; POINTS], BinaryHeap::new());
        let spawns: Vec<(usize, Team)> =
            map.spawns().iter().filter_map(|spawn| Some((self.start(spawn.at)?, spawn.team))).collect();
        let points: Vec<usize> = spawns.iter().map(|s| s.0).collect();
        self.measure(&points, &mut distance, &mut heap);
        // Distance of each point from the waypoints so far; points that no spawn is connected with count as covered.
        let mut covered: Vec<u32> =
            (0..POINTS).map(|p| if distance[p] < FAR && self.ground[p] == Ground::Free { FAR } else { 0 }).collect();
        let mut wanted = points.into_iter();
        while self.waypoints.len() < WAYPOINTS {
            // Spawns first, those that stand apart; a map all of wood has no other points at all.
            let next = wanted.find(|&p| covered[p] >= APART || self.waypoints.is_empty()).or_else(|| {
                let farthest = (0..POINTS).max_by_key(|&p| (covered[p], Reverse(p)))?;
                (covered[farthest] >= APART).then_some(farthest)
            });
            let Some(next) = next else { break };
            let number = self.waypoints.len() as u8;
            self.waypoints.push(next as u16);
            self.measure(&[next], &mut distance, &mut heap);
            for point in 0..POINTS {
                if distance[point] < covered[point] {
                    covered[point] = distance[point];
                    self.nearest[point] = number;
                }
                self.flow.push(self.direction(point, &distance));
            }
        }
        // Points that are not free were covered from the beginning: theirs is the waypoint of the point to walk from.
        for point in 0..POINTS {
            if self.ground[point] != Ground::Free && self.snap[point] != LOST {
                self.nearest[point] = self.nearest[self.snap[point] as usize];
            }
        }
        for (point, team) in spawns {
            let home = self.nearest[point];
            let homes = &mut self.homes[team as usize];
            if !homes.contains(&home) {
                homes.push(home);
            }
        }
    }

    /// Where a step leads, and what stands there; `None`: nowhere.
    fn step(&self, from: usize, direction: usize) -> Option<(usize, Ground)> {
        let to = neighbour(from, DIRECTIONS[direction])?;
        (self.steps[from] >> direction & 1 == 1).then_some((to, self.ground[to]))
    }

    /// Costs from every point to the nearest of `goals` (Dijkstra), [`FAR`] where no way leads.
    fn measure(&self, goals: &[usize], distance: &mut [u32], heap: &mut BinaryHeap<Reverse<(u32, usize)>>) {
        distance.fill(FAR);
        for &goal in goals {
            distance[goal] = 0;
            heap.push(Reverse((0, goal)));
        }
        while let Some(Reverse((cost, to))) = heap.pop() {
            if cost > distance[to] {
                continue;
            }
            // Steps are as open backwards; the price is that of the point stepped onto.
            let price = if self.ground[to] == Ground::Soft { SOFT_STEP } else { 0 };
            for direction in 0..8 {
                let Some((from, _)) = self.step(to, direction) else { continue };
                let cost = cost + price + if direction < 4 { STRAIGHT } else { DIAGONAL };
                if cost < distance[from] {
                    distance[from] = cost;
                    heap.push(Reverse((cost, from)));
                }
            }
        }
    }

    fn direction(&self, point: usize, distance: &[u32]) -> u8 {
        match distance[point] {
            0 => return HERE,
            FAR => return NOWHERE,
            _ => {}
        }
        let best = (0..8)
            .filter_map(|direction| {
                let (to, ground) = self.step(point, direction)?;
                let price = if ground == Ground::Soft { SOFT_STEP } else { 0 };
                let cost = distance[to].checked_add(price + if direction < 4 { STRAIGHT } else { DIAGONAL })?;
                Some((cost, direction as u8))
            })
            .min();
        best.map_or(NOWHERE, |(_, direction)| direction)
    }

    /// The point from which a body at `at` walks on.
    fn start(&self, at: Vec2) -> Option<usize> {
        let point = self.snap[point_at(at)];
        (point != LOST).then_some(point as usize)
    }

    /// Number of waypoints, 1 to 64, unless nobody can stand anywhere near a spawn.
    pub(super) fn waypoints(&self) -> usize {
        self.waypoints.len()
    }

    /// Where a waypoint is, px.
    pub(super) fn waypoint(&self, waypoint: u8) -> Vec2 {
        place(self.waypoints[waypoint as usize] as usize)
    }

    /// The waypoint nearest to a place by way.
    pub(super) fn nearest(&self, at: Vec2) -> u8 {
        self.nearest[point_at(at)]
    }

    /// Waypoints at a team's spawns.
    pub(super) fn homes(&self, team: Team) -> &[u8] {
        &self.homes[team as usize]
    }

    /// The next step from `at` to a waypoint.
    pub(super) fn next(&self, waypoint: u8, at: Vec2) -> Step {
        let nearest = point_at(at);
        let Some(start) = self.start(at) else { return Step::None };
        match self.flow[waypoint as usize * POINTS + start] {
            // Somebody pushed between points walks to one first.
            direction if direction < HERE && start == nearest => {
                let (dx, dy) = DIRECTIONS[direction as usize];
                let to = (start as isize + dy * WIDE as isize + dx) as usize;
                Step::Go(place(to), self.ground[to])
            }
            NOWHERE => Step::None,
            HERE if start == nearest => Step::Arrived,
            _ => Step::Go(place(start), self.ground[start]),
        }
    }

    /// The place `steps` steps ahead on the way to a waypoint.
    pub(super) fn ahead(&self, waypoint: u8, at: Vec2, steps: usize) -> Vec2 {
        let Some(mut point) = self.start(at) else { return at };
        for _ in 0..steps {
            let direction = self.flow[waypoint as usize * POINTS + point];
            if direction >= HERE {
                break;
            }
            let (dx, dy) = DIRECTIONS[direction as usize];
            point = (point as isize + dy * WIDE as isize + dx) as usize;
        }
        place(point)
    }

    /// What stands on the lattice point nearest to a place.
    pub(super) fn ground(&self, at: Vec2) -> Ground {
        self.ground[point_at(at)]
    }

    /// The hardest thing that stood between two places when the match began, by samples: for choosing what to shoot
    /// at, never for what is seen.
    pub(super) fn shield(&self, from: Vec2, to: Vec2) -> Ground {
        let way = to - from;
        let samples = (way.length() / SAMPLE) as usize + 1;
        let part = way / samples as f32;
        let mut worst = Ground::Free;
        for i in 1..=samples {
            worst = worst.max(self.cell(from + part * i as f32));
            if worst == Ground::Hard {
                break;
            }
        }
        worst
    }

    /// What stood in the cell at a place when the match began.
    pub(super) fn cell(&self, at: Vec2) -> Ground {
        self.cells[cell_at(at)]
    }
}

/// Directions in which steps lead from a point. Straight ones may go into soft walls; diagonal ones go where the
/// circle fits all along.
fn steps_from(ground: &[Ground], ground_at: impl Fn(Vec2) -> Ground, from: usize) -> u8 {
    (0..8).fold(0, |mask, direction| {
        let Some(to) = neighbour(from, DIRECTIONS[direction]) else { return mask };
        let worst = ground[from].max(ground[to]);
        let open = if direction < 4 {
            worst != Ground::Hard
        } else {
            let way = place(to) - place(from);
            worst == Ground::Free && [0.25, 0.5, 0.75].iter().all(|&t| ground_at(place(from) + way * t) == Ground::Free)
        };
        mask | u8::from(open) << direction
    })
}

/// The cell of a place, clamped to the field.
pub(super) fn cell_at(at: Vec2) -> usize {
    let index = |v: f32, count: usize| ((v / CELL).max(0.0) as usize).min(count - 1);
    index(at.y, ROWS) * COLS + index(at.x, COLS)
}

/// The point to walk from, for a body nearest to `point`: the closest free one, else the closest in a soft wall.
fn snap(ground: &[Ground], point: usize) -> u16 {
    let mut best = (Ground::Hard, 0, LOST);
    for dy in -SNAP_RINGS..=SNAP_RINGS {
        for dx in -SNAP_RINGS..=SNAP_RINGS {
            let Some(at) = neighbour(point, (dx, dy)) else { continue };
            // A point in a soft wall is where its body stands: the wall has been shot open.
            let own = dx == 0 && dy == 0 && ground[at] == Ground::Soft;
            let ground = if own { Ground::Free } else { ground[at] };
            best = best.min((ground, dx * dx + dy * dy, at as u16));
        }
    }
    if best.0 == Ground::Hard { LOST } else { best.2 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reading;
    use crate::map::BODY_RADIUS;

    #[test]
    fn every_spawn_reaches_every_waypoint_of_our_maps() {
        for (name, _) in GameMap::BUILTIN {
            let map = GameMap::builtin(name, Reading::Fine).unwrap();
            let nav = Nav::new(&map);
            assert!(nav.waypoints() > 20, "{name} has {} waypoints", nav.waypoints());
            for spawn in map.spawns() {
                for waypoint in 0..nav.waypoints() as u8 {
                    let mut at = spawn.at;
                    let mut steps = 0;
                    while let Step::Go(next, ground) = nav.next(waypoint, at) {
                        // Our maps are open: nobody has to shoot a way.
                        assert_eq!(
                            ground,
                            Ground::Free,
                            "{name}: {at} to waypoint {waypoint} at {}",
                            nav.waypoint(waypoint)
                        );
                        at = next;
                        steps += 1;
                        assert!(steps < 1000, "{name}: {} to waypoint {waypoint} goes in circles", spawn.at);
                    }
                    assert_eq!(at, nav.waypoint(waypoint), "{name}: from {}", spawn.at);
                }
            }
        }
    }

    #[test]
    fn free_points_have_room_for_a_body() {
        for (name, _) in GameMap::BUILTIN {
            let map = GameMap::builtin(name, Reading::Fine).unwrap();
            let nav = Nav::new(&map);
            for point in (0..POINTS).filter(|&p| nav.ground[p] == Ground::Free) {
                assert!(map.geometry().is_free(place(point)), "{name}: {}", place(point));
            }
            const { assert!(ROOM > BODY_RADIUS) };
        }
    }

    #[test]
    fn a_room_of_wood_is_reached_through_its_wall() {
        let wall = |x, y, width, height| crate::WallDef { x, y, width, height, material: Material::Wood };
        let walls = [
            wall(200.0, 100.0, 60.0, 10.0),
            wall(200.0, 150.0, 60.0, 10.0),
            wall(200.0, 110.0, 10.0, 40.0),
            wall(250.0, 110.0, 10.0, 40.0),
        ];
        let spawns = [
            crate::Spawn { at: Vec2::new(230.0, 130.0), team: Team::Red },
            crate::Spawn { at: Vec2::new(400.0, 130.0), team: Team::Blue },
        ];
        let nav = Nav::new(&GameMap::from_rects(&walls, &spawns).unwrap());
        let goal = nav.homes(Team::Blue)[0];
        let (mut at, mut soft) = (spawns[0].at, 0);
        while let Step::Go(next, ground) = nav.next(goal, at) {
            at = next;
            soft += u32::from(ground == Ground::Soft);
        }
        assert_eq!(at, nav.waypoint(goal));
        assert!(soft > 0);
    }
}
