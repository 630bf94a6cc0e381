//! Sound from the rule book's section 8, in f64: every slice on the straight line, Dijkstra's algorithm over cells for
//! the way round. Shared with the benches, where it is the naive version.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use trespasser::Vec2;
use trespasser::map::{COLS, ROWS};
use trespasser::rules::{Material, SoundKind};
use trespasser::world::MatchView;

/// Quarter turns that a way may take.
const TURNS: usize = 6;
/// Units of 2 px that the engine follows a way for.
const LONGEST: usize = 254;

/// How a sound arrives.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub gain: f64,
    pub cutoff_hz: f64,
    /// Where it seems to come from, px: the source, or where on the way the straight line to the listener ends. A way that
    /// winds in and out of sight has several such places.
    pub from: Vec<(f64, f64)>,
    /// px and quarter turns, if it came round.
    pub round: Option<(f64, usize)>,
}

/// Gain at a distance or length of way.
pub fn attenuation(view: &MatchView<'_>, kind: SoundKind, distance: f64) -> f64 {
    let rule = view.rules().sound.kinds[kind as usize];
    let (limit, reference) = (f64::from(rule.limit), f64::from(rule.reference));
    if distance >= limit {
        return 0.0;
    }
    let fade = 1.0 - (distance / limit).powi(4);
    reference / distance.max(reference) * fade * fade
}

fn stands(view: &MatchView<'_>, slice: usize) -> bool {
    view.slice_health(slice) > 0
}

/// Whether a closed segment touches a closed rectangle: Liang and Barsky.
fn touches(a: (f64, f64), b: (f64, f64), rect: [f64; 4]) -> bool {
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (from, way, low, high) in [(a.0, b.0 - a.0, rect[0], rect[2]), (a.1, b.1 - a.1, rect[1], rect[3])] {
        if way == 0.0 {
            if from < low || from > high {
                return false;
            }
            continue;
        }
        let (one, other) = ((low - from) / way, (high - from) / way);
        enter = enter.max(one.min(other));
        leave = leave.min(one.max(other));
    }
    enter <= leave
}

fn rect(view: &MatchView<'_>, s: usize) -> [f64; 4] {
    let g = view.map().geometry();
    [g.x0[s], g.y0[s], g.x1[s], g.y1[s]].map(f64::from)
}

/// Share that the slices on the straight line let through.
pub fn through(view: &MatchView<'_>, a: (f64, f64), b: (f64, f64)) -> f64 {
    let g = view.map().geometry();
    (0..g.slice_count)
        .filter(|&s| stands(view, s) && touches(a, b, rect(view, s)))
        .map(|s| {
            let absorption = f64::from(view.rules().materials[g.material[s] as usize].absorption);
            let share = match Material::from_number(g.material[s]).and_then(Material::slice_health) {
                Some(points) => f64::from(view.slice_health(s)) / 64.0 / f64::from(points),
                None => 1.0,
            };
            1.0 - absorption * share
        })
        .product()
}

/// The cells of which standing slices cover less than half.
pub fn open_cells(view: &MatchView<'_>) -> Vec<bool> {
    let g = view.map().geometry();
    (0..COLS * ROWS)
        .map(|cell| {
            let (left, top) = ((cell % COLS) as f64 * 10.0, (cell / COLS) as f64 * 10.0);
            let covered: f64 = (0..g.slice_count)
                .filter(|&s| stands(view, s))
                .map(|s| {
                    let [x0, y0, x1, y1] = rect(view, s);
                    let along = (x1.min(left + 10.0) - x0.max(left)).max(0.0);
                    along * (y1.min(top + 10.0) - y0.max(top)).max(0.0)
                })
                .sum();
            covered < 50.0 - 1e-3
        })
        .collect()
}

/// Ways from one cell: least units by (turns, cell), with where each came from.
pub struct Ways {
    cost: Vec<u32>,
    before: Vec<u32>,
    source: usize,
}

fn state(turns: usize, quarter: usize, cell: usize) -> usize {
    (turns * 4 + quarter) * COLS * ROWS + cell
}

impl Ways {
    /// Dijkstra's algorithm. Cells of `source` and `listener` count as open.
    pub fn new(open: &[bool], source: usize, listener: usize, most: usize) -> Ways {
        let size = state(TURNS, 0, 0);
        let mut ways = Ways { cost: vec![u32::MAX; size], before: vec![u32::MAX; size], source };
        let is_open = |x: i32, y: i32, ends: bool| {
            let inside = x >= 0 && y >= 0 && x < COLS as i32 && y < ROWS as i32;
            let cell = y * COLS as i32 + x;
            inside && (open[cell as usize] || cell as usize == source || (ends && cell as usize == listener))
        };
        let mut heap = BinaryHeap::new();
        for quarter in 0..4 {
            ways.cost[state(0, quarter, source)] = 0;
            heap.push(Reverse((0u32, state(0, quarter, source))));
        }
        while let Some(Reverse((way, at))) = heap.pop() {
            if way > ways.cost[at] {
                continue;
            }
            let (turns, quarter, cell) = (at / (4 * COLS * ROWS), at / (COLS * ROWS) % 4, at % (COLS * ROWS));
            let (x, y) = ((cell % COLS) as i32, (cell / COLS) as i32);
            let mut offer = |next: u32, to: usize| {
                if next as usize <= most && next < ways.cost[to] {
                    (ways.cost[to], ways.before[to]) = (next, at as u32);
                    heap.push(Reverse((next, to)));
                }
            };
            if !is_open(x, y, false) {
                continue;
            }
            if turns + 1 < TURNS {
                offer(way, state(turns + 1, (quarter + 1) % 4, cell));
                offer(way, state(turns + 1, (quarter + 3) % 4, cell));
            }
            for side in -1i32..=1 {
                let (dx, dy) = [(1, side), (side, 1), (-1, side), (side, -1)][quarter];
                let (nx, ny) = (x + dx, y + dy);
                let clear = side == 0 || (is_open(nx, y, false) && is_open(x, ny, false));
                if is_open(nx, ny, true) && clear {
                    let cost = if side == 0 { 5 } else { 7 };
                    offer(way + cost, state(turns, quarter, (ny as usize) * COLS + nx as usize));
                }
            }
        }
        ways
    }

    /// Units of the least way with exactly so many changes of quarter, and its last state.
    fn best(&self, turns: usize, cell: usize) -> Option<(u32, usize)> {
        let (cost, at) = (0..4)
            .map(|quarter| state(turns, quarter, cell))
            .map(|at| (self.cost[at], at))
            .min_by_key(|best| best.0)?;
        (cost != u32::MAX).then_some((cost, at))
    }

    /// Cells from the listener's back to the source's. Of ways as good, the one that comes straight before diagonally, and
    /// by a step before by a turn: `before` is whatever Dijkstra's algorithm met first, and no rule.
    fn cells(&self, open: &[bool], mut at: usize) -> Vec<usize> {
        let mut cells = vec![at % (COLS * ROWS)];
        let is_open = |x: i32, y: i32| {
            let inside = x >= 0 && y >= 0 && x < COLS as i32 && y < ROWS as i32;
            inside && (open[(y * COLS as i32 + x) as usize] || (y * COLS as i32 + x) as usize == self.source)
        };
        while at % (COLS * ROWS) != self.source || self.cost[at] > 0 {
            let (turns, quarter, cell) = (at / (4 * COLS * ROWS), at / (COLS * ROWS) % 4, at % (COLS * ROWS));
            let (x, y) = ((cell % COLS) as i32, (cell / COLS) as i32);
            let step = [0, -1, 1].iter().find_map(|&side| {
                let (dx, dy) = [(1, side), (side, 1), (-1, side), (side, -1)][quarter];
                let (px, py) = (x - dx, y - dy);
                let clear = side == 0 || (is_open(px, y) && is_open(x, py));
                if !is_open(px, py) || !clear {
                    return None;
                }
                let from = state(turns, quarter, (py * COLS as i32 + px) as usize);
                let cost = if side == 0 { 5 } else { 7 };
                (self.least(from).is_some_and(|least| least + cost == self.cost_of(at))).then_some(from)
            });
            let turn = || {
                let turns = turns.checked_sub(1)?;
                [quarter, (quarter + 1) % 4, (quarter + 3) % 4]
                    .iter()
                    .map(|&quarter| state(turns, quarter, cell))
                    .find(|&from| self.least(from) == Some(self.cost_of(at)))
            };
            match step.or_else(turn) {
                Some(from) => at = from,
                None => at = self.before[at] as usize,
            }
            let cell = at % (COLS * ROWS);
            if cells.last() != Some(&cell) {
                cells.push(cell);
            }
        }
        cells
    }

    /// Least units to a cell heading to a quarter, with at most the turns of a state.
    fn least(&self, at: usize) -> Option<u32> {
        let (turns, rest) = (at / (4 * COLS * ROWS), at % (4 * COLS * ROWS));
        (0..=turns).map(|t| self.cost[t * 4 * COLS * ROWS + rest]).min().filter(|cost| *cost != u32::MAX)
    }

    fn cost_of(&self, at: usize) -> u32 {
        self.least(at).unwrap_or(u32::MAX)
    }
}

fn middle(cell: usize) -> (f64, f64) {
    ((cell % COLS) as f64 * 10.0 + 5.0, (cell / COLS) as f64 * 10.0 + 5.0)
}

/// How a sound of a kind made at one place arrives at another.
pub fn arrival(view: &MatchView<'_>, kind: SoundKind, from: Vec2, to: Vec2) -> Arrival {
    let open = open_cells(view);
    let ways = Ways::new(&open, cell_of(from), cell_of(to), most(view, kind));
    arrival_by(view, kind, from, to, &open, &ways)
}

/// Units that a way of a kind may take.
pub fn most(view: &MatchView<'_>, kind: SoundKind) -> usize {
    ((f64::from(view.rules().sound.kinds[kind as usize].limit) / 2.0).ceil() as usize - 1).min(LONGEST)
}

/// Number of the cell of a place.
pub fn cell_of(at: Vec2) -> usize {
    cell((f64::from(at.x), f64::from(at.y)))
}

fn cell(p: (f64, f64)) -> usize {
    let index = |v: f64, count: usize| ((v / 10.0).floor() as usize).min(count - 1);
    index(p.1, ROWS) * COLS + index(p.0, COLS)
}

/// [`arrival`] with the open cells and the ways from the source's at hand; those to a closed cell must have been asked
/// for.
pub fn arrival_by(view: &MatchView<'_>, kind: SoundKind, from: Vec2, to: Vec2, open: &[bool], ways: &Ways) -> Arrival {
    let (a, b) = ((f64::from(from.x), f64::from(from.y)), (f64::from(to.x), f64::from(to.y)));
    let book = &view.rules().sound;
    let distance = ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt();
    let through = through(view, a, b);
    let hz = |share: f64| (f64::from(book.open_hz) * share).max(f64::from(book.least_hz));
    let straight = attenuation(view, kind, distance) * through;
    let mut best = Arrival { gain: straight, cutoff_hz: hz(through), from: vec![a], round: None };
    let (source, listener) = (cell(a), cell(b));
    for turns in 0..TURNS {
        let Some((units, at)) = ways.best(turns, listener) else { continue };
        let length = f64::from(units) * 2.0;
        let gain = attenuation(view, kind, length.max(distance)) * f64::from(book.turn_gain).powi(turns as i32);
        if gain > best.gain * (1.0 + 1e-6) {
            // The farthest cell of the way that is reached in a straight line, without a gap.
            let clear = |to: (f64, f64), margin: f64| {
                let steps = 400;
                (0..=steps).all(|i| {
                    let t = f64::from(i) / f64::from(steps);
                    [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)].iter().all(|off| {
                        let (dx, dy) = (off.0 * margin, off.1 * margin);
                        let at = cell((b.0 + (to.0 - b.0) * t + dx, b.1 + (to.1 - b.1) * t + dy));
                        open[at] || at == source || at == listener
                    })
                })
            };
            let cells = ways.cells(open, at);
            // Lines between middles go through corners: with those that touch a closed cell stopped, and not.
            let mut from = Vec::new();
            for margin in [0.0, 0.1, 0.3] {
                let seen: Vec<bool> =
                    cells.iter().enumerate().map(|(i, &cell)| i < 2 || clear(middle(cell), margin)).collect();
                let ends = (0..cells.len()).filter(|&i| seen[i] && seen.get(i + 1) != Some(&true));
                from.extend(ends.map(|i| middle(cells[i])));
            }
            let cutoff_hz = hz(f64::from(book.turn_cutoff).powi(turns as i32));
            best = Arrival { gain, cutoff_hz, from, round: Some((length, turns)) };
        }
    }
    best
}
