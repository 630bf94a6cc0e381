//! The contenders: how each is set up (untimed) and asked (timed).

use crate::scenes::{COLS, Gallery, ROWS, Raster, Rect, Segment, Viewer};
use anyhow::{Context, Result, ensure};
use coord_2d::{ICoord, UCoord};
use doryen_fov::{FovAlgorithm, FovRecursiveShadowCasting, MapData};
use parry2d::bounding_volume::Aabb;
use parry2d::math::{Pose, Vector};
use parry2d::partitioning::{Bvh, BvhBuildStrategy};
use parry2d::query::{Ray, RayCast};
use parry2d::shape::{Compound, SharedShape};
use serde::{Deserialize, Serialize};
use shadowcast::vision_distance::Circle;
use std::path::Path;
use std::process::Command;
use trespasser::Vec2;
use trespasser::vision::{Slab, slab};

/// Every rectangle, one after another.
pub(crate) fn naive_line_is_clear(rects: &[Rect], from: Vec2, to: Vec2) -> bool {
    let line = Slab::new(from.x, from.y, to.x - from.x, to.y - from.y);
    rects.iter().all(|r| slab(&line, r[0], r[1], r[2], r[3]).is_none())
}

/// Whether the answer turns when every rectangle grows or shrinks by `by` px.
pub(crate) fn grazes(rects: &[Rect], from: Vec2, to: Vec2, by: f32) -> bool {
    let grown = |d: f32| rects.iter().map(|r| [r[0] - d, r[1] - d, r[2] + d, r[3] + d]).collect::<Vec<Rect>>();
    naive_line_is_clear(&grown(-by), from, to) && !naive_line_is_clear(&grown(by), from, to)
}

/// parry's shape of many cuboids, asked for the nearest hit: the way its documentation leads to.
pub(crate) fn compound(rects: &[Rect]) -> Compound {
    let part = |r: &Rect| {
        let cuboid = SharedShape::cuboid((r[2] - r[0]) * 0.5, (r[3] - r[1]) * 0.5);
        (Pose::from_translation(Vector::new((r[0] + r[2]) * 0.5, (r[1] + r[3]) * 0.5)), cuboid)
    };
    Compound::new(rects.iter().map(part).collect())
}

/// parry's tree over the rectangles themselves: its leaves' boxes are the rectangles, so nothing else is to be tested.
pub(crate) fn tree(rects: &[Rect]) -> Bvh {
    let boxes: Vec<Aabb> = rects.iter().map(|r| Aabb::new(Vector::new(r[0], r[1]), Vector::new(r[2], r[3]))).collect();
    Bvh::from_leaves(BvhBuildStrategy::Ploc, &boxes)
}

fn ray(from: Vec2, to: Vec2) -> Ray {
    Ray::new(Vector::new(from.x, from.y), Vector::new(to.x - from.x, to.y - from.y))
}

#[inline]
pub(crate) fn compound_is_clear(compound: &Compound, from: Vec2, to: Vec2) -> bool {
    compound.cast_local_ray(&ray(from, to), 1.0, true).is_none()
}

/// Any hit, with parry's ray cast on each box.
#[inline]
pub(crate) fn tree_is_clear(tree: &Bvh, from: Vec2, to: Vec2) -> bool {
    let ray = ray(from, to);
    tree.leaves(|node| node.cast_ray(&ray, 1.0) <= 1.0).next().is_none()
}

/// Any hit, with our slab test on each box, which divides once a line instead of once a box.
#[inline]
pub(crate) fn tree_and_slab_is_clear(tree: &Bvh, from: Vec2, to: Vec2) -> bool {
    let line = Slab::new(from.x, from.y, to.x - from.x, to.y - from.y);
    let hit = |low: Vector, high: Vector| slab(&line, low.x, low.y, high.x, high.y).is_some();
    tree.leaves(|node| hit(node.mins(), node.maxs())).next().is_none()
}

/// Directions that a naive sweep looks past a corner by, radians.
const EPSILON: f32 = 1.0e-5;

/// Rays at every corner within sight and a little to both sides, at the cone's edges, at the multiples of 10 degrees,
/// and where edges cross the circle of sight; each against every rectangle.
pub(crate) fn naive_polygon(rects: &[Rect], viewer: &Viewer, angles: &mut Vec<f32>, out: &mut Vec<Vec2>) {
    let (at, r) = (viewer.at, viewer.sight);
    let half = viewer.half.unwrap_or(core::f32::consts::PI);
    let middle = if viewer.half.is_some() { viewer.facing } else { Vec2::new(1.0, 0.0) };
    angles.clear();
    let mut look = |d: Vec2, aside: f32| {
        let angle = libm::atan2f(middle.perp_dot(d), middle.dot(d));
        angles.extend([angle - aside, angle, angle + aside].into_iter().filter(|a| a.abs() <= half));
    };
    for rect in rects {
        for x in [rect[0], rect[2]] {
            let dx = x - at.x;
            for y in [rect[1], rect[3]] {
                let d = Vec2::new(dx, y - at.y);
                if d.length_squared() <= r * r {
                    look(d, EPSILON);
                }
            }
            let chord = (r * r - dx * dx).max(0.0).sqrt();
            for y in [at.y - chord, at.y + chord] {
                if chord > 0.0 && rect[1] < y && y < rect[3] {
                    look(Vec2::new(dx, y - at.y), 0.0);
                }
            }
        }
        for y in [rect[1], rect[3]] {
            let dy = y - at.y;
            let chord = (r * r - dy * dy).max(0.0).sqrt();
            for x in [at.x - chord, at.x + chord] {
                if chord > 0.0 && rect[0] < x && x < rect[2] {
                    look(Vec2::new(x - at.x, dy), 0.0);
                }
            }
        }
    }
    for i in 0..36 {
        let (sin, cos) = libm::sincosf((i * 10) as f32 * (core::f32::consts::PI / 180.0));
        look(Vec2::new(cos, sin), 0.0);
    }
    angles.extend([-half, half]);
    angles.sort_unstable_by(f32::total_cmp);
    angles.dedup();
    out.clear();
    if viewer.half.is_some() {
        out.push(at);
    }
    for &angle in &*angles {
        let (sin, cos) = libm::sincosf(angle);
        let way = Vec2::new(middle.x * cos - middle.y * sin, middle.x * sin + middle.y * cos) * r;
        let line = Slab::new(at.x, at.y, way.x, way.y);
        let share = rects.iter().filter_map(|x| slab(&line, x[0], x[1], x[2], x[3])).fold(1.0, f32::min);
        out.push(at + way * share);
    }
}

/// Cells of a grid field of view, each `edge` px; opaque where any slice in it is.
pub(crate) struct Cells {
    pub(crate) cols: usize,
    pub(crate) rows: usize,
    pub(crate) edge: f32,
    /// u8::MAX: opaque; 0: clear.
    opacity: Vec<u8>,
}

impl Cells {
    /// Cells of `n` by `n` cells of a raster.
    pub(crate) fn new(raster: &Raster, n: usize) -> Cells {
        let (cols, rows) = (COLS.div_ceil(n), ROWS.div_ceil(n));
        let opaque = |cell: usize| {
            let (x, y) = (cell % cols * n, cell / cols * n);
            (0..n * n).any(|i| raster.is_opaque((x + i % n) as i32, (y + i / n) as i32))
        };
        let opacity = (0..cols * rows).map(|cell| if opaque(cell) { u8::MAX } else { 0 }).collect();
        Cells { cols, rows, edge: (2 * n) as f32, opacity }
    }

    pub(crate) fn is_opaque(&self, x: usize, y: usize) -> bool {
        self.opacity[y * self.cols + x] != 0
    }

    pub(crate) fn of(&self, at: Vec2) -> (usize, usize) {
        let index = |v: f32, count: usize| ((v / self.edge) as usize).min(count - 1);
        (index(at.x, self.cols), index(at.y, self.rows))
    }

    pub(crate) fn centre(&self, x: usize, y: usize) -> Vec2 {
        Vec2::new(x as f32 + 0.5, y as f32 + 0.5) * self.edge
    }

    fn radius(&self, sight: f32) -> u32 {
        (sight / self.edge) as u32
    }
}

/// How `shadowcast` reads [`Cells`].
struct Reader;

impl shadowcast::InputGrid for Reader {
    type Grid = Cells;
    type Opacity = u8;

    fn size(&self, grid: &Cells) -> UCoord {
        UCoord::new(grid.cols as u32, grid.rows as u32)
    }

    fn get_opacity(&self, grid: &Cells, coord: ICoord) -> u8 {
        grid.opacity[coord.y as usize * grid.cols + coord.x as usize]
    }
}

/// The crate `shadowcast`, its answer in one bit a cell.
pub(crate) struct Shadowcast {
    context: shadowcast::Context<u8>,
    words: usize,
    seen: Vec<u64>,
}

impl Shadowcast {
    pub(crate) fn new(cells: &Cells) -> Shadowcast {
        let words = cells.cols.div_ceil(64);
        Shadowcast { context: shadowcast::Context::default(), words, seen: vec![0; words * cells.rows] }
    }

    pub(crate) fn look(&mut self, cells: &Cells, viewer: &Viewer) {
        let (x, y) = cells.of(viewer.at);
        let (words, seen) = (self.words, &mut self.seen);
        seen.fill(0);
        let mark = |at: ICoord, _, _| seen[at.y as usize * words + at.x as usize / 64] |= 1 << (at.x % 64);
        let reach = Circle::new(cells.radius(viewer.sight));
        self.context.for_each_visible(ICoord::new(x as i32, y as i32), &Reader, cells, reach, u8::MAX, mark);
    }

    pub(crate) fn sees(&self, x: usize, y: usize) -> bool {
        self.seen[y * self.words + x / 64] >> (x % 64) & 1 == 1
    }
}

/// The crate `doryen-fov`, recursive shadow casting.
pub(crate) struct Doryen {
    map: MapData,
}

impl Doryen {
    pub(crate) fn new(cells: &Cells) -> Doryen {
        let mut map = MapData::new(cells.cols, cells.rows);
        for (clear, &opacity) in map.transparent.iter_mut().zip(&cells.opacity) {
            *clear = opacity == 0;
        }
        Doryen { map }
    }

    pub(crate) fn look(&mut self, cells: &Cells, viewer: &Viewer) {
        let (x, y) = cells.of(viewer.at);
        self.map.clear_fov();
        let radius = cells.radius(viewer.sight) as usize;
        FovRecursiveShadowCasting::new().compute_fov(&mut self.map, x, y, radius, false);
    }

    pub(crate) fn sees(&self, x: usize, y: usize) -> bool {
        self.map.is_in_fov(x, y)
    }
}

/// What peers/visibility-polygon.mjs reads.
#[derive(Serialize)]
pub(crate) struct NodeSet {
    pub(crate) name: String,
    broken: bool,
    scenes: Vec<Vec<Segment>>,
    viewers: Vec<(f32, f32, usize)>,
}

impl NodeSet {
    /// Every edge of every slice, as a user would hand them over.
    pub(crate) fn whole(name: String, gallery: &Gallery) -> NodeSet {
        let scenes = gallery.standing.iter().map(|standing| crate::scenes::edges(standing)).collect();
        let viewers = gallery.viewers.iter().map(|v| (v.at.x, v.at.y, v.moment)).collect();
        NodeSet { name, broken: false, scenes, viewers }
    }

    /// For each viewer the outline of all walls, of which only what is turned to the viewer and within sight.
    pub(crate) fn culled(name: String, gallery: &Gallery) -> NodeSet {
        // The package closes the polygon by the box about all segments: two specks keep that at the border.
        let specks = [[-1, -1, 0, -1], [480, 271, 481, 271]];
        let of = |v: &Viewer| [gallery.rasters[v.moment].segments_for(v).as_slice(), &specks].concat();
        let scenes = gallery.viewers.iter().map(of).collect();
        let viewers = gallery.viewers.iter().enumerate().map(|(i, v)| (v.at.x, v.at.y, i)).collect();
        NodeSet { name, broken: true, scenes, viewers }
    }
}

/// What it prints.
#[derive(Deserialize)]
pub(crate) struct NodeAnswer {
    pub(crate) node: String,
    pub(crate) version: String,
    pub(crate) sets: Vec<NodeTimes>,
}

#[derive(Deserialize)]
pub(crate) struct NodeTimes {
    pub(crate) name: String,
    /// Quartiles over rounds.
    pub(crate) ns: [f64; 3],
    pub(crate) segments: f64,
    pub(crate) polygons: Vec<Vec<f64>>,
}

pub(crate) fn ask_node(sets: &[NodeSet]) -> Result<NodeAnswer> {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    ensure!(peers.join("node_modules").exists(), "not installed; `cargo xtask bench` does it");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sight-scenes.json");
    std::fs::write(&file, serde_json::to_vec(&serde_json::json!({ "sets": sets }))?)?;
    let output = Command::new("node").arg(peers.join("visibility-polygon.mjs")).arg(&file).output().context("node")?;
    ensure!(output.status.success(), "node: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
