//! The visibility polygon: what a viewer sees, exact to the corner.
//!
//! The polygon is the cone's alone. What lies within 12 px behind the viewer is seen too (rule book, section 4), but
//! belongs to who-sees-whom: a renderer that fogs by the polygon shows a cone, not a cone with a hub.
//!
//! # How
//!
//! Each quadrant about the viewer is looked at by itself, in coordinates `u` (along x) and `w` (along y) that grow away
//! from the viewer. A direction is its slope u / w, from 0 (along y) to infinity (along x). Rows of cells are bands of
//! `w`, and a gap is a range of slopes still open:
//!
//! ```text
//! open = [(first band, cone's slopes in this quadrant)]
//! while a gap (band, lo, hi) can be taken off open:
//!     for each band from here on outwards:
//!         for each run of opaque cells that the gap's wedge touches, outwards:
//!             covers = [u0 / far, u1 / near]                      of the run [u0, u1] x [near, far]
//!             if covers begins above lo:                          something is seen past its near side
//!                 put (band, begin, hi) on open; hi = begin; on to the next band
//!             else: lo .. min(end, hi) is seen to end at the run; lo = end
//!     what is left ends at the border
//! ```
//!
//! so that faces come out in order of slope: no sorting, no list of events, and nothing is looked at that is not seen.
//! Afterwards faces are cut by the circle of sight, and what lies beyond becomes arcs.
//!
//! # Why it is exact
//!
//! Coordinates are f32 on a playfield of 480 px; their differences are exact in f64, and a slope is one quotient of two
//! of them. Rounding to nearest never turns two quotients round, and equal ones stay equal: corners in one line of sight
//! give one slope, and rectangles that touch leave nothing between them, with no epsilon. A corner computed back from
//! its slope is off by 1e-13 px and rounds to the very f32 it came from.
//!
//! Deviation from the pseudocode: cells with some slices gone split their row into bands at the slices' edges.
//!
//! Tried and no faster, on the citadel with none or a tenth of its slices gone: following the straight near side of a
//! wall through the rows to come, so that its gap is cut once and not once a row.

use super::{Grid, Smoke};
use crate::map::{CELL, COLS, PLAYFIELD, ROWS, SLICES_PER_WALL};
use glam::Vec2;

#[cfg(test)]
mod tests;
mod veil;

/// Tiles along x of [`tiles`], 8 px each.
pub const TILE_COLS: usize = 60;
/// Tiles along y of [`tiles`], 8 px each; the last row reaches 2 px over the playfield.
pub const TILE_ROWS: usize = 34;
/// Edge of a tile, px.
pub const TILE: f32 = 8.0;

/// px by which proposals of cells reach beyond a wedge; far above the rounding of f64.
const MARGIN: f64 = 1.0e-9;
/// Share of its slope by which an arc's end may miss a cut and stands for it: cones of 120 degrees whose f32 facing lies
/// along an axis end at cuts, but for rounding.
const SAME_CUT: f64 = 1.0e-6;
const CELL_PX: f64 = CELL as f64;

/// Tangents of 10, 20 .. 80 degrees: the slopes at which arcs are cut, whatever the cone. Cutting at fixed directions
/// keeps an arc's corners still while its viewer turns.
const CUTS: [f64; 8] = [
    0.176_326_980_708_464_97,
    0.363_970_234_266_202_36,
    0.577_350_269_189_625_8,
    0.839_099_631_177_28,
    1.191_753_592_594_21,
    1.732_050_807_568_877_2,
    2.747_477_419_454_622,
    5.671_281_819_617_709,
];

/// Who looks: the input of [`polygon`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    /// The viewer, px; moved into the playfield if outside.
    pub at: Vec2,
    /// Middle of the cone; any length but zero.
    pub facing: Vec2,
    /// Sight distance, px.
    pub distance: f32,
    /// Cosine of half the cone's angle: 0.5 for 120 degrees, -1 for a full turn.
    pub cone_cos: f32,
}

impl Sight {
    /// A cone of `cone` radians, 0 to 2 pi; more is a full turn.
    pub fn new(at: Vec2, facing: Vec2, distance: f32, cone: f32) -> Sight {
        let half = cone * 0.5;
        let cone_cos = if half >= core::f32::consts::PI { -1.0 } else { libm::cosf(half) };
        Sight { at, facing, distance, cone_cos }
    }

    /// Equal to the bit.
    pub(crate) fn is_same(&self, other: &Sight) -> bool {
        let bits = |s: &Sight| [s.at.x, s.at.y, s.facing.x, s.facing.y, s.distance, s.cone_cos].map(f32::to_bits);
        bits(self) == bits(other)
    }
}

/// A band of a quadrant: a row of cells, or a part of one.
#[derive(Debug, Clone, Copy)]
struct Band {
    /// Edges in w, px; `near` is 0 in the viewer's own row.
    near: f64,
    far: f64,
    /// Half the width of the circle of sight at `near`, px.
    reach: f64,
    /// Bit j: the cell j columns away from the viewer's holds an opaque slice; is opaque everywhere.
    any: u64,
    full: u64,
    row: usize,
}

/// A part of a wall or of the border that is seen, in slopes of its quadrant.
#[derive(Debug, Clone, Copy)]
struct Face {
    lo: f64,
    hi: f64,
    /// u of a side, w of a front, px.
    at: f64,
    /// Runs along w, at a constant u; otherwise along u, at a constant w.
    side: bool,
}

/// Memory of [`polygon`], kept between calls so that none allocates once it has grown.
#[derive(Debug, Default)]
pub struct PolygonScratch {
    bands: Vec<Band>,
    /// Gaps to be looked at: band, slopes.
    open: Vec<(usize, f64, f64)>,
    faces: Vec<Face>,
    /// Opaque parts of a cell in a band, as u0 and u1.
    parts: Vec<(f64, f64)>,
    /// Edges in w within a row.
    edges: Vec<f64>,
    /// Cells of a row that are cut along w: column, first slice, which slices are opaque.
    stacks: Vec<(u32, usize, u32)>,
    veil: veil::Veil,
}

/// A quadrant about a viewer.
#[derive(Debug, Clone, Copy)]
struct Quadrant {
    /// Viewer, px.
    x: f64,
    y: f64,
    /// Sight distance, px, and its square.
    radius: f64,
    radius2: f64,
    /// The viewer's cell.
    column: usize,
    row: usize,
    /// +x and +y, or -x and -y.
    right: bool,
    down: bool,
    /// u from the near edge of the viewer's column to the viewer, px: cell j begins at u = 10 j - inset.
    inset: f64,
    /// u and w of the border, px.
    border_u: f64,
    border_w: f64,
}

impl Quadrant {
    /// Number `n` in clockwise order from +x, +y (down the screen).
    fn new(x: f64, y: f64, radius: f64, n: usize) -> Quadrant {
        let (right, down) = (n == 0 || n == 3, n < 2);
        let column = ((x / CELL_PX) as usize).min(COLS - 1);
        let row = ((y / CELL_PX) as usize).min(ROWS - 1);
        let left_edge = column as f64 * CELL_PX;
        Quadrant {
            x,
            y,
            radius,
            radius2: radius * radius,
            column,
            row,
            right,
            down,
            inset: if right { x - left_edge } else { left_edge + CELL_PX - x },
            border_u: if right { f64::from(PLAYFIELD.0) - x } else { x },
            border_w: if down { f64::from(PLAYFIELD.1) - y } else { y },
        }
    }

    /// Slopes grow with the angle.
    fn rises(&self) -> bool {
        self.right != self.down
    }

    fn u_span(&self, x0: f32, x1: f32) -> (f64, f64) {
        let (a, b) = (f64::from(x0) - self.x, f64::from(x1) - self.x);
        if self.right { (a, b) } else { (-b, -a) }
    }

    fn w_span(&self, y0: f32, y1: f32) -> (f64, f64) {
        let (a, b) = (f64::from(y0) - self.y, f64::from(y1) - self.y);
        if self.down { (a, b) } else { (-b, -a) }
    }

    fn cell(&self, row: usize, j: usize) -> usize {
        row * COLS + if self.right { self.column + j } else { self.column - j }
    }

    /// Columns away of the first and last cells that a wedge touches in a band.
    #[inline]
    fn first_cell(&self, lo: f64, near: f64) -> u32 {
        cell_of(lo * near + self.inset - MARGIN)
    }

    #[inline]
    fn last_cell(&self, hi: f64, far: f64) -> u32 {
        cell_of(hi * far + self.inset + MARGIN)
    }

    fn place(&self, u: f64, w: f64) -> Vec2 {
        let x = if self.right { self.x + u } else { self.x - u };
        let y = if self.down { self.y + w } else { self.y - w };
        // Beside zero alone f32 is fine enough to keep the rounding of f64.
        let snap = |v: f64| if v < 1.0e-9 { 0.0 } else { v as f32 };
        Vec2::new(snap(x), snap(y))
    }
}

/// Slices of a cell that stop sight.
#[inline]
fn opaque<'a>(grid: &Grid<'a>, cell: usize) -> impl Iterator<Item = usize> + use<'a> {
    let (geometry, blocks) = (grid.geometry, grid.blocks);
    geometry.cell(cell).iter().map(|&s| s as usize).filter(move |&s| blocks[s / 64].clear >> (s % 64) & 1 == 0)
}

/// Bits below `n`, 0 to 64.
#[inline]
fn below(n: u32) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

/// Bits up to and including `n`, 0 to 63.
#[inline]
fn up_to(n: u32) -> u64 {
    (2u64 << (n & 63)).wrapping_sub(1)
}

/// Bits from `n` on, 0 to 63.
#[inline]
fn since(n: u32) -> u64 {
    u64::MAX << (n & 63)
}

/// Number of the cell in which a u lies, 0 to 63; 62 or 63 if it lies beyond or is no number. A u on the edge of two
/// cells lies in either.
///
/// A sum whose last bit is worth 1 rounds to a whole number, which its last bits are: a cast would do more, saturate.
#[inline]
fn cell_of(u: f64) -> u32 {
    /// 1.5 x 2^52.
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    let scaled = u * (1.0 / CELL_PX);
    let scaled = if scaled < 63.0 { scaled } else { 63.0 };
    let scaled = if scaled > 0.0 { scaled } else { 0.0 };
    (scaled - 0.5 + WHOLE).to_bits() as u32 & 63
}

/// How the opaque slices of a cell lie in it.
enum Shape {
    /// The cell is filled by the five slices of one wall from `first` on, side by side along x; bit i of `mask`: slice
    /// `first + i` is opaque.
    Beside { first: usize, mask: u32 },
    /// The same, one under another along y.
    Stacked { first: usize, mask: u32 },
    /// Anything else.
    Other,
}

impl Shape {
    #[inline]
    fn of(grid: &Grid, cell: usize) -> Shape {
        let Some((first, mask)) = grid.wall_in(cell) else { return Shape::Other };
        if grid.geometry.walls[first / SLICES_PER_WALL].along_x {
            Shape::Beside { first, mask }
        } else {
            Shape::Stacked { first, mask }
        }
    }
}

enum Step {
    /// Nothing more is seen through the gap.
    Closed,
    /// What is left of the gap goes on to the next band.
    Onwards,
}

impl PolygonScratch {
    /// Finds the faces seen between two slopes, in order of slope.
    fn look(&mut self, grid: &Grid, q: &Quadrant, lo: f64, hi: f64) {
        self.bands.clear();
        self.faces.clear();
        self.open.clear();
        let mut rows = 0;
        let limit = hi;
        self.open.push((0, lo, hi));
        'gaps: while let Some((mut k, mut lo, mut hi)) = self.open.pop() {
            while lo < hi {
                if k == self.bands.len() && !self.next_row(grid, q, &mut rows, lo, limit) {
                    break;
                }
                let band = self.bands[k];
                if lo * band.near >= band.reach {
                    break;
                }
                if let Step::Closed = self.scan(grid, q, k, &band, &mut lo, &mut hi) {
                    continue 'gaps;
                }
                k += 1;
            }
            if lo < hi {
                self.end_at_border(q, lo, hi);
            }
        }
    }

    /// Appends the bands of the next row outwards; false: the border or the end of sight is reached.
    ///
    /// `lo` is a slope under which nothing will be asked any more, `hi` one above which nothing will be.
    fn next_row(&mut self, grid: &Grid, q: &Quadrant, rows: &mut usize, lo: f64, hi: f64) -> bool {
        let row = if q.down { q.row + *rows } else { q.row.wrapping_sub(*rows) };
        if row >= ROWS {
            return false;
        }
        let top = row as f64 * CELL_PX;
        let (near, far) = if q.down { (top - q.y, top + CELL_PX - q.y) } else { (q.y - top - CELL_PX, q.y - top) };
        let near = if near > 0.0 { near } else { 0.0 };
        if near >= q.radius {
            return false;
        }
        *rows += 1;
        // A viewer on the line between two rows: the nearer one is all at the other side.
        if far <= 0.0 {
            return self.next_row(grid, q, rows, lo, hi);
        }
        let reach = (q.radius2 - near * near).sqrt();
        // The cells that begin before the circle ends.
        let within = up_to(cell_of(reach + q.inset + MARGIN));
        let outwards =
            |word: u64| within & if q.right { word >> q.column } else { word.reverse_bits() >> (63 - q.column) };
        let (any, full) = (outwards(grid.any[row]), outwards(grid.full[row]));
        let band = Band { near, far, reach, any, full, row };
        let partial = any & !full & since(q.first_cell(lo, near)) & up_to(q.last_cell(hi, far));
        if partial == 0 {
            self.bands.push(band);
        } else {
            self.split(grid, q, band, partial);
        }
        true
    }

    /// Appends a row in bands at whose edges no cell of `partial` changes along w.
    fn split(&mut self, grid: &Grid, q: &Quadrant, row: Band, partial: u64) {
        self.edges.clear();
        self.stacks.clear();
        let mut left = partial;
        while left != 0 {
            let j = left.trailing_zeros() as usize;
            left &= left - 1;
            match Shape::of(grid, q.cell(row.row, j)) {
                Shape::Beside { .. } => {}
                Shape::Stacked { first, mask } => {
                    // Slices alike are one.
                    let changes = mask ^ (mask << 1);
                    (1..SLICES_PER_WALL).filter(|i| changes >> i & 1 == 1).for_each(|i| {
                        let edge = grid.geometry.y0[first + i];
                        self.edges.push(q.w_span(edge, edge).0);
                    });
                    self.stacks.push((j as u32, first, mask));
                }
                Shape::Other => opaque(grid, q.cell(row.row, j)).for_each(|s| {
                    let (w0, w1) = q.w_span(grid.geometry.y0[s], grid.geometry.y1[s]);
                    self.edges.extend([w0, w1]);
                }),
            }
        }
        self.edges.retain(|&w| w > row.near && w < row.far);
        self.edges.sort_unstable_by(f64::total_cmp);
        self.edges.dedup();
        let mut near = row.near;
        for i in 0..=self.edges.len() {
            let far = if i < self.edges.len() { self.edges[i] } else { row.far };
            let mut band = Band { near, far, ..row };
            for &(j, first, mask) in &self.stacks {
                let middle = (near + far) * 0.5;
                let covers = |&i: &usize| {
                    let (w0, w1) = q.w_span(grid.geometry.y0[first + i], grid.geometry.y1[first + i]);
                    mask >> i & 1 == 1 && w0 <= middle && middle <= w1
                };
                if (0..SLICES_PER_WALL).any(|i| covers(&i)) {
                    band.full |= 1 << j;
                } else {
                    band.any &= !(1 << j);
                }
            }
            self.bands.push(band);
            near = far;
        }
    }

    /// One band of one gap.
    #[inline]
    fn scan(&mut self, grid: &Grid, q: &Quadrant, k: usize, band: &Band, lo: &mut f64, hi: &mut f64) -> Step {
        let mut left = band.any & up_to(q.last_cell(*hi, band.far)) & since(q.first_cell(*lo, band.near));
        while left != 0 {
            let j = left.trailing_zeros();
            if band.full >> j & 1 == 1 {
                let run = (!(band.full >> j)).trailing_zeros();
                left &= since(j + run);
                let u0 = f64::from(j) * CELL_PX - q.inset;
                let u1 = f64::from(j + run) * CELL_PX - q.inset;
                match self.meet(k, band, u0, u1, lo, hi) {
                    Some(step) => return step,
                    None => continue,
                }
            }
            left &= left - 1;
            self.cut_up(grid, q, band, j as usize);
            for i in 0..self.parts.len() {
                let (u0, u1) = self.parts[i];
                if let Some(step) = self.meet(k, band, u0, u1, lo, hi) {
                    return step;
                }
            }
        }
        Step::Onwards
    }

    /// Collects the opaque parts of a cell in a band, outwards.
    fn cut_up(&mut self, grid: &Grid, q: &Quadrant, band: &Band, j: usize) {
        let begin = j as f64 * CELL_PX - q.inset;
        let end = begin + CELL_PX;
        let clip = |(u0, u1): (f64, f64)| (if u0 > begin { u0 } else { begin }, if u1 < end { u1 } else { end });
        let g = grid.geometry;
        self.parts.clear();
        if let Shape::Beside { first, mask } = Shape::of(grid, q.cell(band.row, j)) {
            let last = SLICES_PER_WALL - 1;
            // Outwards, neighbours together.
            let mut left = if q.right { mask } else { mask.reverse_bits() >> (31 - last) };
            while left != 0 {
                let a = left.trailing_zeros() as usize;
                let n = (!(left >> a)).trailing_zeros() as usize;
                left &= !(((1 << n) - 1) << a);
                let (s, t) = if q.right { (a, a + n - 1) } else { (last + 1 - a - n, last - a) };
                self.parts.push(clip(q.u_span(g.x0[first + s], g.x1[first + t])));
            }
            return;
        }
        for s in opaque(grid, q.cell(band.row, j)) {
            let (w0, w1) = q.w_span(g.y0[s], g.y1[s]);
            // Bands are cut at every edge: a slice covers a band or misses it.
            if w0 <= band.near && w1 >= band.far {
                self.parts.push(clip(q.u_span(g.x0[s], g.x1[s])));
            }
        }
        // Few, and mostly in order or in reverse.
        self.parts.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    }

    /// A gap meets an opaque part [u0, u1] of a band; `None`: go on in this band.
    #[inline]
    fn meet(&mut self, k: usize, band: &Band, u0: f64, u1: f64, lo: &mut f64, hi: &mut f64) -> Option<Step> {
        let (near, far) = (band.near, band.far);
        if u1 <= 0.0 {
            return None;
        }
        let u0 = if u0 > 0.0 { u0 } else { 0.0 };
        let begin = u0 / far;
        if begin >= *hi {
            return Some(Step::Onwards);
        }
        let end = u1 / near;
        if end <= *lo {
            return None;
        }
        if begin > *lo {
            self.open.push((k, begin, *hi));
            *hi = begin;
            return Some(Step::Onwards);
        }
        // The viewer's side of the part up to its near corner, then its front.
        let corner = if u0 > 0.0 { u0 / near } else { 0.0 };
        if corner > *lo {
            let to = if corner < *hi { corner } else { *hi };
            self.see(*lo, to, u0, true);
            *lo = to;
        }
        let to = if end < *hi { end } else { *hi };
        if to > *lo {
            self.see(*lo, to, near, false);
            *lo = to;
        }
        if *lo < *hi { None } else { Some(Step::Closed) }
    }

    #[inline]
    fn see(&mut self, lo: f64, hi: f64, at: f64, side: bool) {
        if let Some(last) = self.faces.last_mut()
            && last.hi == lo
            && last.at == at
            && last.side == side
        {
            last.hi = hi;
            return;
        }
        self.faces.push(Face { lo, hi, at, side });
    }

    fn end_at_border(&mut self, q: &Quadrant, lo: f64, hi: f64) {
        if q.border_u <= 0.0 || q.border_w <= 0.0 {
            self.see(lo, hi, 0.0, false);
            return;
        }
        let corner = q.border_u / q.border_w;
        if lo < corner {
            self.see(lo, if hi < corner { hi } else { corner }, q.border_w, false);
        }
        if hi > corner {
            self.see(if lo > corner { lo } else { corner }, hi, q.border_u, true);
        }
    }
}

impl Face {
    /// u and w where a slope meets the face.
    fn point(&self, slope: f64) -> (f64, f64) {
        if self.at <= 0.0 {
            (0.0, 0.0)
        } else if self.side {
            (self.at, self.at / slope)
        } else {
            (self.at * slope, self.at)
        }
    }
}

/// Writes the corners of a polygon, without repeats and without corners in the middle of a straight wall.
struct Outline<'a> {
    out: &'a mut Vec<Vec2>,
    /// An arc that may go on, in slopes and in the order of the outline.
    arc: Option<(f64, f64)>,
}

impl Outline<'_> {
    fn push(&mut self, p: Vec2) {
        let n = self.out.len();
        let last = self.out[n - 1];
        if last == p {
            return;
        }
        if n > 2 {
            let before = self.out[n - 2];
            if (before.x == last.x && last.x == p.x) || (before.y == last.y && last.y == p.y) {
                self.out[n - 1] = p;
                return;
            }
        }
        self.out.push(p);
    }

    fn add_arc(&mut self, q: &Quadrant, from: f64, to: f64) {
        match &mut self.arc {
            Some((_, end)) if *end == from => *end = to,
            _ => {
                self.end_arc(q);
                self.arc = Some((from, to));
            }
        }
    }

    fn end_arc(&mut self, q: &Quadrant) {
        let Some((from, to)) = self.arc.take() else { return };
        let at = |slope: f64| {
            if slope < 1.0e15 {
                let scale = q.radius / (1.0 + slope * slope).sqrt();
                q.place(slope * scale, scale)
            } else {
                q.place(q.radius, 0.0)
            }
        };
        self.push(at(from));
        let (low, high) = if from < to { (from, to) } else { (to, from) };
        let within = |cut: &&f64| low * (1.0 + SAME_CUT) < **cut && **cut < high * (1.0 - SAME_CUT);
        if from < to {
            CUTS.iter().filter(within).for_each(|&cut| self.push(at(cut)));
        } else {
            CUTS.iter().rev().filter(within).for_each(|&cut| self.push(at(cut)));
        }
        self.push(at(to));
    }

    fn add_line(&mut self, q: &Quadrant, from: (f64, f64), to: (f64, f64)) {
        self.end_arc(q);
        self.push(q.place(from.0, from.1));
        self.push(q.place(to.0, to.1));
    }

    /// A face, cut by the circle of sight.
    fn add(&mut self, q: &Quadrant, face: &Face) {
        let (low, high) = (face.point(face.lo), face.point(face.hi));
        let length2 = |p: (f64, f64)| p.0 * p.0 + p.1 * p.1;
        let (inner, outer) = if face.side { (high, low) } else { (low, high) };
        let rises = q.rises();
        let in_order = |a: f64, b: f64| if rises { (a, b) } else { (b, a) };
        if length2(inner) >= q.radius2 {
            let (from, to) = in_order(face.lo, face.hi);
            self.add_arc(q, from, to);
        } else if length2(outer) <= q.radius2 {
            let (from, to) = if rises { (low, high) } else { (high, low) };
            self.add_line(q, from, to);
        } else {
            let chord = (q.radius2 - face.at * face.at).sqrt();
            let (cut, slope) =
                if face.side { ((face.at, chord), face.at / chord) } else { ((chord, face.at), chord / face.at) };
            let arc = if face.side { in_order(face.lo, slope) } else { in_order(slope, face.hi) };
            // A front is left behind outwards, a side is met inwards.
            if face.side == rises {
                self.add_arc(q, arc.0, arc.1);
                self.add_line(q, cut, inner);
            } else {
                self.add_line(q, inner, cut);
                self.add_arc(q, arc.0, arc.1);
            }
        }
    }
}

/// Which quadrant a direction begins or lies in, and its slope there.
fn quadrant_of(x: f64, y: f64) -> (usize, f64) {
    let slope = x.abs() / y.abs();
    let n = if x > 0.0 && y >= 0.0 {
        0
    } else if x <= 0.0 && y > 0.0 {
        1
    } else if x < 0.0 {
        2
    } else {
        3
    };
    (n, slope)
}

/// Replaces `out` by the polygon of what is seen: the viewer first, then clockwise on screen (y down), px.
///
/// Walls' corners are exact; arcs of the circle of sight are cut at every multiple of 10 degrees. The polygon is
/// star-shaped about the viewer; a full turn begins and ends at the same point. The border ends sight. Fewer than three
/// points: nothing is seen, because the viewer stands in an opaque slice or the cone or distance is empty. A number that
/// is not finite, or a facing of length zero, gives no point at all.
///
/// Deterministic to the bit: f64 `+ - * / sqrt` alone.
pub fn polygon(grid: &Grid, sight: &Sight, scratch: &mut PolygonScratch, out: &mut Vec<Vec2>) {
    out.clear();
    let (fx, fy) = (f64::from(sight.facing.x), f64::from(sight.facing.y));
    let length = (fx * fx + fy * fy).sqrt();
    let finite = sight.at.is_finite() && length.is_finite() && sight.distance.is_finite() && sight.cone_cos.is_finite();
    if !finite || length <= 0.0 {
        return;
    }
    let (fx, fy) = (fx / length, fy / length);
    let x = f64::from(sight.at.x.clamp(0.0, PLAYFIELD.0));
    let y = f64::from(sight.at.y.clamp(0.0, PLAYFIELD.1));
    out.push(Vec2::new(x as f32, y as f32));
    if sight.distance <= 0.0 {
        return;
    }
    let cos = f64::from(sight.cone_cos).clamp(-1.0, 1.0);
    let sin = (1.0 - cos * cos).sqrt();
    let (start, from) = quadrant_of(fx * cos + fy * sin, fy * cos - fx * sin);
    let (end, to) = quadrant_of(fx * cos - fy * sin, fy * cos + fx * sin);
    // Quadrants passed; a wide cone that ends in the quadrant of its start has been all the way round.
    let turns = if start == end && cos < 0.0 { 4 } else { (end + 4 - start) % 4 };
    let mut outline = Outline { out, arc: None };
    for i in 0..=turns {
        let q = Quadrant::new(x, y, f64::from(sight.distance), (start + i) % 4);
        let (mut lo, mut hi) = (0.0, f64::INFINITY);
        if i == 0 {
            *(if q.rises() { &mut lo } else { &mut hi }) = from;
        }
        if i == turns {
            *(if q.rises() { &mut hi } else { &mut lo }) = to;
        }
        scratch.look(grid, &q, lo, hi);
        if q.rises() {
            scratch.faces.iter().for_each(|face| outline.add(&q, face));
        } else {
            scratch.faces.iter().rev().for_each(|face| outline.add(&q, face));
        }
        outline.end_arc(&q);
    }
}

/// [`polygon`] where smoke ends sight too: every ray ends where the optical depth reaches `smoke.enough`.
///
/// Corners that smoke does not hide are those of [`polygon`] to the bit; without a cloud within sight all are. In smoke
/// the outline is off by at most a tenth of a pixel between its corners. It is star-shaped about the viewer as well.
pub fn polygon_in_smoke(grid: &Grid, sight: &Sight, smoke: &Smoke, scratch: &mut PolygonScratch, out: &mut Vec<Vec2>) {
    polygon(grid, sight, scratch, out);
    if !smoke.discs.is_empty() {
        scratch.veil.draw(smoke, sight.distance, out);
    }
}

/// x at which an edge crosses the horizontal through `y`, if it does; half-open, so that a corner counts once.
#[inline]
fn crossing(a: Vec2, b: Vec2, y: f32) -> Option<f64> {
    if (a.y > y) == (b.y > y) {
        return None;
    }
    let (ax, ay, bx, by) = (f64::from(a.x), f64::from(a.y), f64::from(b.x), f64::from(b.y));
    Some(ax + (f64::from(y) - ay) * (bx - ax) / (by - ay))
}

fn edges(polygon: &[Vec2]) -> impl Iterator<Item = (Vec2, Vec2)> + '_ {
    polygon.iter().zip(polygon.iter().cycle().skip(1)).map(|(&a, &b)| (a, b))
}

/// Whether a point lies in a polygon, by the even-odd rule; on its outline it may be either.
pub fn contains(polygon: &[Vec2], p: Vec2) -> bool {
    edges(polygon).filter(|&(a, b)| crossing(a, b, p.y).is_some_and(|x| f64::from(p.x) < x)).count() % 2 == 1
}

/// The tiles of 8 x 8 px whose centres lie in a polygon: word = row from the top, bit = column from the left.
///
/// Says of each centre what [`contains`] says.
pub fn tiles(polygon: &[Vec2], out: &mut [u64; TILE_ROWS]) {
    *out = [0; TILE_ROWS];
    // Number of the first centre at or beyond a coordinate.
    let from = |v: f64, limit: usize| {
        let scaled = (v - f64::from(TILE * 0.5)) / f64::from(TILE);
        let whole = scaled.clamp(0.0, limit as f64) as usize;
        if (whole as f64) < scaled && whole < limit { whole + 1 } else { whole }
    };
    for (a, b) in edges(polygon) {
        let (top, bottom) = if a.y < b.y { (a.y, b.y) } else { (b.y, a.y) };
        for (row, bits) in out.iter_mut().enumerate().skip(from(f64::from(top), TILE_ROWS)) {
            let y = (row as f32 + 0.5) * TILE;
            if y >= bottom {
                break;
            }
            if let Some(x) = crossing(a, b, y) {
                *bits ^= below(from(x, TILE_COLS) as u32);
            }
        }
    }
}

/// The tiles as the rule book numbers them: bit y * 60 + x, 2,040 of them, the rest of the last word 0.
pub fn pack_tiles(rows: &[u64; TILE_ROWS]) -> [u64; 32] {
    let mut packed = [0; 32];
    for (y, &row) in rows.iter().enumerate() {
        let (word, shift) = (y * TILE_COLS / 64, y * TILE_COLS % 64);
        packed[word] |= row << shift;
        if shift > 64 - TILE_COLS {
            packed[word + 1] |= row >> (64 - shift);
        }
    }
    packed
}
