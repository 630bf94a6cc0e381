//! Moments of the scene `brawl`, who looks in them, and their walls in every form that a contender wants.

use std::collections::BTreeSet;
use trespasser::scenes::Scene;
use trespasser::world::{MatchDef, MatchId, MatchView};
use trespasser::{Vec2, World, WorldDef, rng};

/// Moments of a stage.
pub(crate) const MOMENTS: usize = 8;
/// Random lines of a stage.
const LINES: u32 = 1024;
/// Edge of a cell of [`Raster`], px: the thickness of a slice of a fine map's wall.
const STEP: i32 = 2;
/// Cells of [`Raster`].
pub(crate) const COLS: usize = 240;
pub(crate) const ROWS: usize = 135;
/// Sight distance under [`all_round`], px.
pub(crate) const RADIUS: f32 = 160.0;

/// A rectangle: x0, y0, x1, y1, px.
pub(crate) type Rect = [f32; 4];
/// From, to, px.
pub(crate) type Line = (Vec2, Vec2);

/// First tick of a stage and ticks between its moments.
pub(crate) const STAGES: [(&str, u32, u32); 3] =
    [("undamaged", 20, 10), ("after 10 s", 600, 30), ("after 60 s", 3600, 30)];

/// Standard rules, but everybody looks all around, as far as the standard cone without mouse look.
pub(crate) fn all_round() -> WorldDef {
    let mut def = WorldDef::default();
    def.rules.vision.cone = core::f32::consts::TAU;
    def.rules.vision.distance = RADIUS;
    def.rules.vision.look = None;
    def
}

/// A living player.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer {
    pub(crate) moment: usize,
    pub(crate) slot: usize,
    pub(crate) at: Vec2,
    pub(crate) facing: Vec2,
    /// px.
    pub(crate) sight: f32,
    /// Half the cone, radians; `None`: all around.
    pub(crate) half: Option<f32>,
}

/// Moments of a scene, all kept at once.
pub(crate) struct Gallery {
    world: World,
    games: Vec<MatchId>,
    pub(crate) viewers: Vec<Viewer>,
    pub(crate) rasters: Vec<Raster>,
    /// Slices that stop sight, by moment.
    pub(crate) standing: Vec<Vec<Rect>>,
    /// Share of the slices that sight passes, in the last moment.
    pub(crate) open: f64,
}

impl Gallery {
    pub(crate) fn new(def: WorldDef, from: u32, every: u32) -> Gallery {
        let mut scene = Scene::with_def("brawl", def.clone()).expect("the scene is there");
        let mut world = World::new(def).expect("the scene took it");
        scene.advance(from);
        let mut bytes = Vec::new();
        let mut games = Vec::new();
        for _ in 0..MOMENTS {
            scene.world.save(scene.game, &mut bytes).expect("the match is there");
            let map = scene.world.view(scene.game).expect("the match is there").map();
            let game = world.create_match(map, MatchDef::default()).expect("there is room");
            world.restore(game, &bytes).expect("own bytes");
            games.push(game);
            scene.advance(every);
        }
        let mut gallery =
            Gallery { world, games, viewers: Vec::new(), rasters: Vec::new(), standing: Vec::new(), open: 0.0 };
        for moment in 0..MOMENTS {
            let view = gallery.view(moment);
            let slices = view.map().geometry().slice_count;
            let viewers: Vec<Viewer> = view
                .players()
                .filter(|p| p.alive)
                .map(|p| Viewer {
                    moment,
                    slot: p.id.slot(),
                    at: p.position,
                    facing: p.facing,
                    sight: p.sight,
                    half: (p.cone < core::f32::consts::TAU - 0.01).then_some(p.cone * 0.5),
                })
                .collect();
            let standing: Vec<Rect> = (0..slices).filter(|&s| stops_sight(&view, s)).map(|s| rect(&view, s)).collect();
            let raster = Raster::new(&standing);
            gallery.open = 1.0 - standing.len() as f64 / slices as f64;
            gallery.viewers.extend(viewers);
            gallery.standing.push(standing);
            gallery.rasters.push(raster);
        }
        gallery
    }

    pub(crate) fn view(&self, moment: usize) -> MatchView<'_> {
        self.world.view(self.games[moment]).expect("the match is there")
    }

    /// From every living player to every living enemy, by moment.
    pub(crate) fn lines_to_enemies(&self) -> Vec<Vec<Line>> {
        let of = |moment| {
            let players: Vec<_> = self.view(moment).players().filter(|p| p.alive).collect();
            let pairs = players.iter().flat_map(|a| players.iter().map(move |b| (a, b)));
            pairs.filter(|(a, b)| a.team != b.team).map(|(a, b)| (a.position, b.position)).collect()
        };
        (0..MOMENTS).map(of).collect()
    }
}

/// Between points spread over the playfield, the same ones in every run, dealt out to the moments.
pub(crate) fn random_lines() -> Vec<Vec<Line>> {
    let point = |n: u32| {
        let word = rng::draw(1, n, rng::Purpose::Spread, 0);
        let unit = |w: u32| (w >> 8) as f32 / (1 << 24) as f32;
        Vec2::new(unit(word[0]) * 480.0, unit(word[1]) * 270.0)
    };
    let lines: Vec<Line> = (0..LINES).map(|n| (point(2 * n), point(2 * n + 1))).collect();
    lines.chunks_exact(LINES as usize / MOMENTS).map(<[Line]>::to_vec).collect()
}

fn stops_sight(view: &MatchView<'_>, slice: usize) -> bool {
    view.blocks()[slice / 64].clear >> (slice % 64) & 1 == 0
}

fn rect(view: &MatchView<'_>, slice: usize) -> Rect {
    let g = view.map().geometry();
    [g.x0[slice], g.y0[slice], g.x1[slice], g.y1[slice]]
}

/// A segment: x1, y1, x2, y2, px.
pub(crate) type Segment = [i32; 4];

/// The walls of a moment on a grid of 2 px, which is exact: slices of the scene's map begin and end on it.
pub(crate) struct Raster {
    opaque: Vec<bool>,
}

impl Raster {
    fn new(standing: &[Rect]) -> Raster {
        let mut opaque = vec![false; COLS * ROWS];
        for rect in standing {
            let [x0, y0, x1, y1] = rect.map(|v| {
                assert_eq!(v % STEP as f32, 0.0, "a slice off the grid: {rect:?}");
                v as usize / STEP as usize
            });
            (y0..y1).for_each(|y| opaque[y * COLS + x0..y * COLS + x1].fill(true));
        }
        Raster { opaque }
    }

    /// What lies outside counts as opaque: the border ends sight.
    pub(crate) fn is_opaque(&self, x: i32, y: i32) -> bool {
        let outside = x < 0 || y < 0 || x >= COLS as i32 || y >= ROWS as i32;
        outside || self.opaque[y as usize * COLS + x as usize]
    }

    /// The same area in few rectangles.
    pub(crate) fn rects(&self) -> Vec<Rect> {
        let mut left = self.opaque.clone();
        let mut rects = Vec::new();
        for y in 0..ROWS {
            for x in 0..COLS {
                if !left[y * COLS + x] {
                    continue;
                }
                let width = (x..COLS).take_while(|&i| left[y * COLS + i]).count();
                let whole = |j: usize| left[j * COLS + x..j * COLS + x + width].iter().all(|&o| o);
                let height = (y..ROWS).take_while(|&j| whole(j)).count();
                (y..y + height).for_each(|j| left[j * COLS + x..j * COLS + x + width].fill(false));
                rects.push([x, y, x + width, y + height].map(|v| (v as i32 * STEP) as f32));
            }
        }
        rects
    }

    /// The outline of the opaque area: segments that meet at their ends only, each with the side that is opaque (-1:
    /// above or left, 1: below or right).
    fn outline(&self) -> Vec<(Segment, i32)> {
        let mut found = Vec::new();
        let mut trace =
            |across: i32, along: i32, side: &dyn Fn(i32, i32) -> i32, place: &dyn Fn(i32, i32) -> (i32, i32)| {
                for line in 0..=across {
                    let mut i = 0;
                    while i < along {
                        let here = side(line, i);
                        let end = (i + 1..along).find(|&j| side(line, j) != here).unwrap_or(along);
                        if here != 0 {
                            let ((x1, y1), (x2, y2)) = (place(line, i), place(line, end));
                            found.push(([x1 * STEP, y1 * STEP, x2 * STEP, y2 * STEP], here));
                        }
                        i = end;
                    }
                }
            };
        let step = |before: bool, after: bool| i32::from(after) - i32::from(before);
        let (cols, rows) = (COLS as i32, ROWS as i32);
        trace(rows, cols, &|y, x| step(self.is_opaque(x, y - 1), self.is_opaque(x, y)), &|y, x| (x, y));
        trace(cols, rows, &|x, y| step(self.is_opaque(x - 1, y), self.is_opaque(x, y)), &|x, y| (x, y));
        found
    }

    /// The part of the outline that a viewer could see were nothing in between: turned to the viewer, within sight.
    pub(crate) fn segments_for(&self, viewer: &Viewer) -> Vec<Segment> {
        let (x, y) = (f64::from(viewer.at.x), f64::from(viewer.at.y));
        let (fx, fy) = (f64::from(viewer.facing.x), f64::from(viewer.facing.y));
        let near = |&([x1, y1, x2, y2], opaque): &(Segment, i32)| {
            let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(f64::from);
            let before = if y1 == y2 { y < y1 } else { x < x1 };
            let (nx, ny) = (x.clamp(x1, x2) - x, y.clamp(y1, y2) - y);
            let in_reach = nx * nx + ny * ny <= f64::from(viewer.sight * viewer.sight);
            let in_cone = viewer.half.is_none_or(|half| {
                let (sin, cos) = (libm::sin(f64::from(half)), libm::cos(f64::from(half)));
                let beside = |turn: f64| {
                    let inner = |px: f64, py: f64| {
                        let (along, aside) = (px * fx + py * fy, py * fx - px * fy);
                        sin * along - turn * cos * aside >= 0.0
                    };
                    inner(x1 - x, y1 - y) || inner(x2 - x, y2 - y)
                };
                beside(1.0) && beside(-1.0)
            });
            before == (opaque > 0) && in_reach && in_cone
        };
        self.outline().iter().filter(|segment| near(segment)).map(|&(segment, _)| segment).collect()
    }
}

/// Edges of all slices that stand, each once.
pub(crate) fn edges(standing: &[Rect]) -> Vec<Segment> {
    let of = |rect: &Rect| {
        let [x0, y0, x1, y1] = rect.map(|v| v as i32);
        [[x0, y0, x1, y0], [x0, y1, x1, y1], [x0, y0, x0, y1], [x1, y0, x1, y1]]
    };
    standing.iter().flat_map(of).collect::<BTreeSet<Segment>>().into_iter().collect()
}

/// Area of a polygon that is star-shaped about the viewer, of the part within the cone and `share` of the distance;
/// px^2.
pub(crate) fn area(viewer: &Viewer, share: f64, polygon: &[(f64, f64)]) -> f64 {
    let r = f64::from(viewer.sight) * share;
    let (fx, fy) = (f64::from(viewer.facing.x), f64::from(viewer.facing.y));
    let local = |(px, py): (f64, f64)| {
        let (dx, dy) = (px - f64::from(viewer.at.x), py - f64::from(viewer.at.y));
        (dx * fx + dy * fy, dy * fx - dx * fy)
    };
    let points: Vec<(f64, f64)> = polygon.iter().map(|&p| local(p)).collect();
    let next = points.iter().cycle().skip(1);
    let sum: f64 =
        points.iter().zip(next).filter_map(|(&a, &b)| in_cone(viewer, a, b)).map(|(a, b)| wedge(a, b, r)).sum();
    sum.abs()
}

/// The part of an edge within the cone.
fn in_cone(viewer: &Viewer, a: (f64, f64), b: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let Some(half) = viewer.half else { return Some((a, b)) };
    let (sin, cos) = (libm::sin(f64::from(half)), libm::cos(f64::from(half)));
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for turn in [1.0, -1.0] {
        let inner = |p: (f64, f64)| sin * p.0 - turn * cos * p.1;
        let (ia, ib) = (inner(a), inner(b));
        if ia < 0.0 && ib < 0.0 {
            return None;
        }
        let at = ia / (ia - ib);
        if ia < 0.0 {
            from = from.max(at);
        } else if ib < 0.0 {
            to = to.min(at);
        }
    }
    let on = |t: f64| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
    (from < to).then(|| (on(from), on(to)))
}

/// Signed area between the origin and an edge, within a circle.
fn wedge(a: (f64, f64), b: (f64, f64), r: f64) -> f64 {
    let cross = |p: (f64, f64), q: (f64, f64)| p.0 * q.1 - p.1 * q.0;
    let dot = |p: (f64, f64), q: (f64, f64)| p.0 * q.0 + p.1 * q.1;
    let sector = |p, q| r * r * 0.5 * libm::atan2(cross(p, q), dot(p, q));
    let d = (b.0 - a.0, b.1 - a.1);
    let (aa, ab, ac) = (dot(d, d), dot(a, d), dot(a, a) - r * r);
    let root = ab * ab - aa * ac;
    if aa == 0.0 || root <= 0.0 {
        return sector(a, b);
    }
    let (enters, leaves) = ((-ab - root.sqrt()) / aa, (-ab + root.sqrt()) / aa);
    if enters >= 1.0 || leaves <= 0.0 {
        return sector(a, b);
    }
    let on = |t: f64| (a.0 + d.0 * t, a.1 + d.1 * t);
    let (p, q) = (on(enters.max(0.0)), on(leaves.min(1.0)));
    sector(a, p) + cross(p, q) * 0.5 + sector(q, b)
}
