//! Heat: colours by value, and lines of equal value.

use crate::canvas::{Ink, mixed};
use trespasser::Vec2;

/// Viridis: even steps of lightness, and told apart by the colour-blind. Stéfan van der Walt and Nathaniel Smith, 2015.
const VIRIDIS: [Ink; 9] = [
    [68, 1, 84, 255],
    [71, 44, 122, 255],
    [59, 81, 139, 255],
    [44, 113, 142, 255],
    [33, 144, 141, 255],
    [39, 173, 129, 255],
    [92, 200, 99, 255],
    [170, 220, 50, 255],
    [253, 231, 37, 255],
];

/// A colour of viridis; 0: dark violet, 1: yellow. In 48 steps, which the eye does not see and a PNG packs well.
pub(crate) fn viridis(share: f32) -> Ink {
    let at = (share.clamp(0.0, 1.0) * 48.0).round() / 48.0 * 8.0;
    let low = (at as usize).min(7);
    mixed(VIRIDIS[low], VIRIDIS[low + 1], at - low as f32)
}

/// Values in the middles of squares that cover a part of the playfield, row by row.
pub(crate) struct Field {
    corner: Vec2,
    step: f32,
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

impl Field {
    pub(crate) fn new((corner, size): (Vec2, Vec2), step: f32, value: impl Fn(Vec2) -> f32) -> Field {
        let (columns, rows) = ((size.x / step).ceil() as usize, (size.y / step).ceil() as usize);
        let middle = |n: usize| corner + Vec2::new((n % columns) as f32 + 0.5, (n / columns) as f32 + 0.5) * step;
        Field { corner, step, columns, rows, values: (0..columns * rows).map(|n| value(middle(n))).collect() }
    }

    /// Runs of squares of one ink along a row: left top corner, size, ink.
    pub(crate) fn runs(&self, ink: impl Fn(f32) -> Option<Ink>, mut each: impl FnMut(Vec2, Vec2, Ink)) {
        for row in 0..self.rows {
            let mut column = 0;
            while column < self.columns {
                let of = |column: usize| ink(self.values[row * self.columns + column]);
                let (first, this) = (column, of(column));
                while column < self.columns && of(column) == this {
                    column += 1;
                }
                if let Some(ink) = this {
                    let at = self.corner + Vec2::new(first as f32, row as f32) * self.step;
                    each(at, Vec2::new((column - first) as f32, 1.0) * self.step, ink);
                }
            }
        }
    }

    /// Each value the mean of those around it that lie in places of a kind; what lies elsewhere stays.
    pub(crate) fn calmed(self, counts: impl Fn(Vec2) -> bool) -> Field {
        const AROUND: usize = 3;
        let middle =
            |column: usize, row: usize| self.corner + Vec2::new(column as f32 + 0.5, row as f32 + 0.5) * self.step;
        let places = || (0..self.rows).flat_map(|row| (0..self.columns).map(move |column| (column, row)));
        let counted: Vec<bool> = places().map(|(column, row)| counts(middle(column, row))).collect();
        let mean = |(column, row): (usize, usize)| {
            let (mut sum, mut count) = (0.0, 0.0);
            for y in row.saturating_sub(AROUND)..(row + AROUND + 1).min(self.rows) {
                for x in column.saturating_sub(AROUND)..(column + AROUND + 1).min(self.columns) {
                    let weight = f32::from(u8::from(counted[y * self.columns + x]));
                    sum += weight * self.values[y * self.columns + x];
                    count += weight;
                }
            }
            let here = row * self.columns + column;
            if counted[here] { sum / count } else { self.values[here] }
        };
        let values = places().map(mean).collect();
        Field { values, ..self }
    }

    /// Pieces of the line on which the value is `level`, by marching squares.
    /// It ends where a square has a corner in a place that does not count, and islands of less than `least` squares are left out.
    pub(crate) fn contour(&self, level: f32, least: usize, counts: impl Fn(Vec2) -> bool) -> Vec<[Vec2; 2]> {
        let mut squares: Vec<Vec<[Vec2; 2]>> = vec![Vec::new(); self.columns * self.rows];
        for row in 1..self.rows {
            for column in 1..self.columns {
                let corners = [(column - 1, row - 1), (column, row - 1), (column, row), (column - 1, row)];
                let values = corners.map(|(x, y)| self.values[y * self.columns + x]);
                let points = corners.map(|(x, y)| self.corner + Vec2::new(x as f32 + 0.5, y as f32 + 0.5) * self.step);
                if !points.iter().all(|point| counts(*point)) {
                    continue;
                }
                let mut crossings = [Vec2::ZERO; 4];
                let mut count = 0;
                for (a, b) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
                    if (values[a] >= level) != (values[b] >= level) {
                        crossings[count] = points[a].lerp(points[b], (level - values[a]) / (values[b] - values[a]));
                        count += 1;
                    }
                }
                squares[row * self.columns + column]
                    .extend(crossings[..count].chunks_exact(2).map(|pair| [pair[0], pair[1]]));
            }
        }
        let mut pieces = Vec::new();
        for first in 0..squares.len() {
            let (mut island, mut count, mut open) = (Vec::new(), 0, vec![first]);
            while let Some(square) = open.pop() {
                if squares[square].is_empty() {
                    continue;
                }
                island.append(&mut squares[square]);
                count += 1;
                let (column, row) = (square % self.columns, square / self.columns);
                for y in row.saturating_sub(1)..(row + 2).min(self.rows) {
                    for x in column.saturating_sub(1)..(column + 2).min(self.columns) {
                        open.push(y * self.columns + x);
                    }
                }
            }
            if count >= least {
                pieces.append(&mut island);
            }
        }
        pieces
    }
}

/// The middle of the piece that lies nearest to a direction from a point, for the line's label; nothing if the line
/// lies elsewhere.
pub(crate) fn toward(pieces: &[[Vec2; 2]], from: Vec2, direction: Vec2) -> Option<Vec2> {
    // A sixth of a quarter turn.
    const NEAR: f32 = 0.966;
    let middles = pieces.iter().map(|[a, b]| (*a + *b) * 0.5);
    let along = |at: &Vec2| (*at - from).normalize_or_zero().dot(direction);
    middles.filter(|at| along(at) > NEAR).max_by(|a, b| along(a).total_cmp(&along(b)))
}
