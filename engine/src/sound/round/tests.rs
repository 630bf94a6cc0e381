//! Against Dijkstra's algorithm, cell by cell, at every level of SIMD; and what must hold of any way.

use super::*;
use crate::map::CELLS;
use crate::rng::{below, philox4x32};
use crate::simd::Level;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

struct Cells {
    rows: [u64; ROWS],
    columns: [u32; COLS],
}

impl Cells {
    fn new(open: impl Fn(usize, usize) -> bool) -> Cells {
        let mut cells = Cells { rows: [0; ROWS], columns: [0; COLS] };
        for y in 0..ROWS {
            for x in 0..COLS {
                cells.rows[y] |= u64::from(open(x, y)) << x;
                cells.columns[x] |= u32::from(open(x, y)) << y;
            }
        }
        cells
    }

    fn is_open(&self, x: usize, y: usize) -> bool {
        self.rows[y] >> x & 1 == 1
    }

    /// Rooms and corridors: full walls with gaps, and some rubble.
    fn random(seed: u32) -> Cells {
        let word = |n: usize, m: usize| philox4x32([n as u32, m as u32, 0, 0], [seed, 77])[0];
        let rubble = [0, 4, 12, 30][below(word(0, 1), 4) as usize];
        let mut wall = vec![false; CELLS];
        for w in 0..below(word(0, 2), 14) as usize {
            let (x, y) = (below(word(w, 3), 48) as usize, below(word(w, 4), 27) as usize);
            let length = 3 + below(word(w, 5), 30) as usize;
            let gap = below(word(w, 6), length as u32 * 2) as usize;
            for i in (0..length).filter(|&i| i != gap) {
                let (x, y) = if word(w, 7) & 1 == 0 { (x + i, y) } else { (x, y + i) };
                if x < COLS && y < ROWS {
                    wall[y * COLS + x] = true;
                }
            }
        }
        Cells::new(|x, y| !wall[y * COLS + x] && below(word(x + 100, y), 100) >= rubble)
    }
}

/// Units by turns and cell: the least way with at most so many turns; `u32::MAX` where there is none.
///
/// Dijkstra's algorithm over (turns, quarter, cell), written from the rule and not from the wave.
fn naive(cells: &Cells, source: (usize, usize), most: u32) -> Vec<[u32; CELLS]> {
    let state = |turns: usize, quarter: usize, x: usize, y: usize| ((turns * 4 + quarter) * ROWS + y) * COLS + x;
    let mut cost = vec![u32::MAX; state(LAYERS, 0, 0, 0)];
    let mut heap = BinaryHeap::new();
    for quarter in 0..4 {
        cost[state(0, quarter, source.0, source.1)] = 0;
        heap.push(Reverse((0u32, 0usize, quarter, source.0, source.1)));
    }
    let passable = |x: i32, y: i32| {
        x >= 0
            && y >= 0
            && x < COLS as i32
            && y < ROWS as i32
            && (cells.is_open(x as usize, y as usize) || (x as usize, y as usize) == source)
    };
    let mut best = vec![[u32::MAX; CELLS]; LAYERS];
    while let Some(Reverse((way, turns, quarter, x, y))) = heap.pop() {
        if way > cost[state(turns, quarter, x, y)] {
            continue;
        }
        for layer in &mut best[turns..] {
            let at = &mut layer[y * COLS + x];
            *at = way.min(*at);
        }
        // Into a closed cell, but not through it.
        if !passable(x as i32, y as i32) {
            continue;
        }
        let mut offer = |way: u32, turns: usize, quarter: usize, x: usize, y: usize| {
            let at = state(turns, quarter, x, y);
            if way <= most && way < cost[at] {
                cost[at] = way;
                heap.push(Reverse((way, turns, quarter, x, y)));
            }
        };
        if turns + 1 < LAYERS {
            offer(way, turns + 1, (quarter + 1) % 4, x, y);
            offer(way, turns + 1, (quarter + 3) % 4, x, y);
        }
        // East 0, south 1, west 2, north 3: the three neighbours of that side.
        for side in -1i32..=1 {
            let (dx, dy) = match quarter {
                0 => (1, side),
                1 => (side, 1),
                2 => (-1, side),
                _ => (side, -1),
            };
            let (nx, ny) = (x as i32 + dx, y as i32 + dy);
            if nx < 0 || ny < 0 || nx >= COLS as i32 || ny >= ROWS as i32 {
                continue;
            }
            if side == 0 {
                offer(way + 5, turns, quarter, nx as usize, ny as usize);
            } else if passable(nx, y as i32) && passable(x as i32, ny) {
                offer(way + 7, turns, quarter, nx as usize, ny as usize);
            }
        }
    }
    best
}

fn all_layers(cells: &Cells, source: (usize, usize), limit: f32, kernels: &Kernels) -> Vec<Vec<Option<Way>>> {
    let mut wave = Wave::new();
    // What an earlier sound has left behind must not show.
    wave.begin(&[u64::MAX >> 16; ROWS], &[u32::MAX >> 5; COLS], (5, 5), 500.0, Part::ALL);
    wave.first(kernels);
    while wave.turn(kernels, Part::ALL) {}
    wave.begin(&cells.rows, &cells.columns, source, limit, Part::ALL);
    wave.first(kernels);
    let mut layers = Vec::new();
    loop {
        layers.push((0..CELLS).map(|c| wave.way_to((c % COLS, c / COLS))).collect());
        if !wave.turn(kernels, Part::ALL) {
            return layers;
        }
    }
}

#[test]
fn waves_are_dijkstras() {
    for seed in 0..40 {
        let cells = Cells::random(seed);
        let word = philox4x32([seed, 0, 0, 9], [5, 5]);
        let source = (below(word[0], 48) as usize, below(word[1], 27) as usize);
        let limit = [40.0, 80.0, 160.0, 400.0, 600.0][seed as usize % 5];
        let most = if limit > LONGEST { 254 } else { (limit / 2.0) as u32 - 1 };
        let want = naive(&cells, source, most);
        for &level in Level::available() {
            let got = all_layers(&cells, source, limit, &Kernels::for_level(level));
            for (turns, want) in want.iter().enumerate() {
                // A wave that has settled has found all there is.
                let got = &got[turns.min(got.len() - 1)];
                for (cell, &want) in want.iter().enumerate() {
                    let units = got[cell].map_or(u32::MAX, |way| way.units.into());
                    let place = (cell % COLS, cell / COLS);
                    assert_eq!(units, want, "seed {seed} {} {source:?} to {place:?}, {turns} turns", level.name());
                }
            }
        }
    }
}

#[test]
fn ways_are_as_long_from_either_end() {
    let kernels = Kernels::for_level(Level::detect());
    for seed in 0..30 {
        let cells = Cells::random(seed);
        let word = philox4x32([seed, 1, 0, 9], [5, 5]);
        let (a, b) = (
            (below(word[0], 48) as usize, below(word[1], 27) as usize),
            (below(word[2], 48) as usize, below(word[3], 27) as usize),
        );
        let there = all_layers(&cells, a, 600.0, &kernels);
        let back = all_layers(&cells, b, 600.0, &kernels);
        for turns in 0..LAYERS {
            let of = |layers: &[Vec<Option<Way>>], cell: (usize, usize)| {
                layers[turns.min(layers.len() - 1)][cell.1 * COLS + cell.0].map(|way| way.units)
            };
            assert_eq!(of(&there, b), of(&back, a), "seed {seed} {a:?} {b:?} {turns} turns");
        }
    }
}

/// An opened cell makes no way longer and none more winding.
#[test]
fn an_opened_cell_lengthens_no_way() {
    let kernels = Kernels::for_level(Level::detect());
    for seed in 0..30 {
        let mut cells = Cells::random(seed);
        let word = philox4x32([seed, 2, 0, 9], [5, 5]);
        let source = (below(word[0], 48) as usize, below(word[1], 27) as usize);
        let mut before = all_layers(&cells, source, 500.0, &kernels);
        for n in 0..6 {
            let word = philox4x32([seed, 3, n, 9], [5, 5]);
            let (x, y) = (below(word[0], 48) as usize, below(word[1], 27) as usize);
            cells.rows[y] |= 1 << x;
            cells.columns[x] |= 1 << y;
            let after = all_layers(&cells, source, 500.0, &kernels);
            for turns in 0..LAYERS {
                for cell in 0..CELLS {
                    let of = |layers: &[Vec<Option<Way>>]| {
                        layers[turns.min(layers.len() - 1)][cell].map_or(u32::MAX, |way| way.units.into())
                    };
                    assert!(of(&after) <= of(&before), "seed {seed}: {cell} with {turns} turns");
                }
            }
            before = after;
        }
    }
}

/// A traced way is one: from cell to open cell, as long and as winding as said.
#[test]
fn traced_ways_are_ways() {
    let kernels = Kernels::for_level(Level::detect());
    for seed in 0..30 {
        let cells = Cells::random(seed);
        let word = philox4x32([seed, 4, 0, 9], [5, 5]);
        let source = (below(word[0], 48) as usize, below(word[1], 27) as usize);
        let mut wave = Wave::new();
        wave.begin(&cells.rows, &cells.columns, source, 500.0, Part::ALL);
        wave.first(&kernels);
        loop {
            for cell in 0..CELLS {
                let to = (cell % COLS, cell / COLS);
                let Some(way) = wave.way_to(to) else { continue };
                let mut units = 0;
                let mut last = None;
                wave.trace(way, to, |x, y| {
                    if let Some((lx, ly)) = last {
                        let (dx, dy) = (x.abs_diff(lx), y.abs_diff(ly));
                        assert!(dx <= 1 && dy <= 1 && dx + dy > 0);
                        units += if dx + dy == 2 { 7 } else { 5 };
                        assert!(cells.is_open(x, y) || (x, y) == source, "seed {seed}: {x}, {y} is closed");
                    }
                    last = Some((x, y));
                    true
                });
                assert_eq!((units, last), (u32::from(way.units), Some(source)), "seed {seed} to {to:?}");
            }
            if !wave.turn(&kernels, Part::ALL) {
                break;
            }
        }
    }
}

#[test]
fn a_corner_is_a_quarter_turn() {
    // A corridor to the right and then down, and one that turns twice.
    let cells = Cells::new(|x, y| (y == 3 && (3..=20).contains(&x)) || (x == 20 && (3..=13).contains(&y)));
    let kernels = Kernels::for_level(Level::detect());
    let mut wave = Wave::new();
    wave.begin(&cells.rows, &cells.columns, (3, 3), 500.0, Part::ALL);
    wave.first(&kernels);
    assert_eq!(wave.way_to((20, 13)), None);
    assert!(wave.turn(&kernels, Part::ALL));
    let way = wave.way_to((20, 13)).unwrap();
    assert_eq!((way.turns, way.length()), (1, 270.0));
    // The last leg begins at the corner.
    assert_eq!(wave.last_leg(way, (205.0, 135.0)), (205.0, 35.0));
}

/// No later layer finds a shorter way than `least_left` says, at any level and with closed cells at either end.
#[test]
fn nothing_shorter_than_the_least_left_is_found() {
    let (mut bounded, mut found) = (0, 0);
    for seed in 0..60 {
        let cells = Cells::random(seed);
        let word = philox4x32([seed, 5, 0, 9], [5, 5]);
        let source = (below(word[0], 48) as usize, below(word[1], 27) as usize);
        let limit = [60.0, 160.0, 300.0, 600.0][seed as usize % 4];
        // Windows of every width.
        let reach = [7, 14, 48][seed as usize % 3];
        let part = Part {
            x: (source.0.saturating_sub(reach), (source.0 + reach).min(COLS - 1)),
            y: (source.1.saturating_sub(reach), (source.1 + reach).min(ROWS - 1)),
        };
        let mut said: Option<Vec<Vec<Option<f32>>>> = None;
        for &level in Level::available() {
            let kernels = Kernels::for_level(level);
            let mut wave = Wave::new();
            wave.begin(&cells.rows, &cells.columns, source, limit, part);
            wave.first(&kernels);
            let ways = |wave: &Wave| (0..CELLS).map(|c| wave.way_to((c % COLS, c / COLS))).collect::<Vec<_>>();
            let mut before = ways(&wave);
            let mut least: Vec<Vec<Option<f32>>> = Vec::new();
            while wave.turn(&kernels, Part::ALL) {
                let now = ways(&wave);
                if let Some(least) = least.last() {
                    for cell in 0..CELLS {
                        let Some(way) = now[cell] else { continue };
                        if before[cell].is_none_or(|before| way.units < before.units) {
                            let least = least[cell];
                            assert!(
                                least.is_some_and(|least| least <= way.length()),
                                "seed {seed} {} {source:?} to {cell}: {way:?}, not under {least:?}",
                                level.name()
                            );
                            found += 1;
                        }
                    }
                }
                least.push((0..CELLS).map(|c| wave.least_left((c % COLS, c / COLS))).collect());
                bounded += least.last().map_or(0, |least| least.iter().filter(|least| least.is_none()).count());
                before = now;
            }
            assert_eq!(*said.get_or_insert_with(|| least.clone()), least, "seed {seed} {}", level.name());
        }
    }
    assert!(found > 1000 && bounded > 1000, "{found} {bounded}");
}

/// All cells that lie on ways between two cells, no longer than so many units, by whole numbers.
fn between(a: Cell, b: Cell, units: usize) -> Part {
    let beyond = |along: usize, across: usize| {
        let long = units.saturating_sub(2 * across) / 5;
        let most = if long >= across { long } else { units.saturating_sub(5 * across) / 2 };
        most.saturating_sub(along) / 2
    };
    let (dx, dy) = (a.0.abs_diff(b.0), a.1.abs_diff(b.1));
    let span = |p: usize, q: usize, beyond: usize, count: usize| {
        (p.min(q).saturating_sub(beyond), (p.max(q) + beyond).min(count - 1))
    };
    Part { x: span(a.0, b.0, beyond(dx, dy), COLS), y: span(a.1, b.1, beyond(dy, dx), ROWS) }
}

/// The least part that holds both.
fn with(a: Part, b: Part) -> Part {
    let join = |a: (usize, usize), b: (usize, usize)| (a.0.min(b.0), a.1.max(b.1));
    Part { x: join(a.x, b.x), y: join(a.y, b.y) }
}

/// Eight parts at once are the same as one after another.
#[test]
fn a_part_about_eight_is_the_least_that_holds_all_eight() {
    for round in 0..20_000 {
        let mut number = 0;
        let mut next = |limit: u32| {
            number += 1;
            below(philox4x32([round, number, 0, 0], [7, 78])[0], limit) as usize
        };
        let from = (next(COLS as u32), next(ROWS as u32));
        let cells: [Cell; 8] = core::array::from_fn(|_| (next(COLS as u32), next(ROWS as u32)));
        let units: [usize; 8] = core::array::from_fn(|_| next(320));
        let asked = 1 + next(255);
        let want = (0..8)
            .filter(|lane| asked >> lane & 1 == 1)
            .map(|lane| between(from, cells[lane], units[lane]))
            .reduce(with)
            .expect("a lane is asked for");
        let lanes = |of: &dyn Fn(usize) -> i16| i16x8::new(core::array::from_fn(of));
        let places = (lanes(&|lane| cells[lane].0 as i16), lanes(&|lane| cells[lane].1 as i16));
        let mask = lanes(&|lane| -((asked >> lane & 1) as i16));
        assert_eq!(Part::about(from, places, lanes(&|lane| units[lane] as i16), mask), want);
    }
}
