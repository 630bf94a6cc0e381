//! Lines of sight and visibility polygons beside their peers, in one run on the same moments; what the figures mean
//! and how they are taken is in benches/NOTES.md.

mod peers;
mod scenes;

use parry2d::partitioning::Bvh;
use parry2d::shape::Compound;
use peers::{Cells, Doryen, NodeSet, Shadowcast};
use scenes::{Gallery, Line, MOMENTS, RADIUS, Rect, Viewer, area};
use serde_json::json;
use std::hint::black_box;
use trespasser::vision::polygon::{TILE_ROWS, contains, tiles};
use trespasser::world::MatchView;
use trespasser::{Vec2, WorldDef};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

const TO_ENEMIES: &str = "line, player to enemy";
const RANDOM: &str = "line, random";
const CONE: &str = "polygon, cone";
const FULL: &str = "polygon, all around";
/// Questions for grids, and how many cells of the raster make one of theirs. Cells of 10 px are blind to holes.
const TILES: [(&str, usize); 2] = [("tiles seen; peers: 2 px cells", 1), ("tiles seen; peers: 10 px cells", 5)];

/// px by which a line may pass a corner where two contenders differ.
const GRAZING: f32 = 1.0e-3;
/// Share of the lines that may graze so.
const GRAZING_SHARE: f64 = 0.005;
/// Areas are compared within this share of the sight distance: our arcs are cut every 10 degrees, and their chords stay
/// outside it.
const WITHIN: f64 = 0.996;
/// Share by which two areas may differ.
const AREA: f64 = 1.0e-3;
/// ns that ours may take, and times that it is to be faster than the fastest peer.
const LINE_NS: f64 = 30.0;
const POLYGON_NS: f64 = 1500.0;
const GOAL_RATIO: f64 = 5.0;

struct Stage {
    name: &'static str,
    standard: Gallery,
    all_round: Gallery,
}

/// A question with its goals; the README shows it once, after 10 s.
fn question<'a>(name: &'a str, scene: &'a str, unit: &'a str, count: usize, goal: Option<f64>) -> Question<'a> {
    let mut question = Question::new(name, scene, unit, count);
    question.headline = scene == "after 10 s";
    (question.goal_ns, question.goal_ratio) = (goal, goal.map(|_| GOAL_RATIO));
    question
}

fn ours<'a>(work: impl FnMut() + 'a) -> Contender<'a> {
    Contender::new(Kind::Ours, "ours", work)
}

/// Lines that are clear, over all moments; one function each, for callgrind to find.
fn count<T>(over: &[T], lines: &[Vec<Line>], is_clear: impl Fn(&T, Vec2, Vec2) -> bool) -> usize {
    let of = |(walls, lines): (&T, &Vec<Line>)| lines.iter().filter(|(a, b)| is_clear(walls, *a, *b)).count();
    over.iter().zip(lines).map(of).sum()
}

#[inline(never)]
fn our_lines(views: &[MatchView<'_>], lines: &[Vec<Line>]) -> usize {
    count(views, lines, |view, a, b| view.line_is_clear(a, b))
}

#[inline(never)]
fn our_polygons(views: &[MatchView<'_>], viewers: &[Viewer], out: &mut Vec<Vec2>) -> usize {
    viewers
        .iter()
        .map(|v| {
            views[v.moment].polygon(black_box(v.slot), out);
            out.len()
        })
        .sum()
}

fn views(gallery: &Gallery) -> Vec<MatchView<'_>> {
    (0..MOMENTS).map(|m| gallery.view(m)).collect()
}

fn lines(suite: &mut Suite, about: &str, stage: &Stage, lines: &[Vec<Line>]) {
    let gallery = &stage.standard;
    let views = views(gallery);
    let standing = &gallery.standing;
    let merged: Vec<Vec<Rect>> = gallery.rasters.iter().map(|r| r.rects()).collect();
    let compounds: Vec<Compound> = merged.iter().map(|r| peers::compound(r)).collect();
    let trees: Vec<Bvh> = standing.iter().map(|r| peers::tree(r)).collect();
    let merged_trees: Vec<Bvh> = merged.iter().map(|r| peers::tree(r)).collect();

    let (mut total, mut clear, mut grazing) = (0, 0, 0);
    for m in 0..MOMENTS {
        for &(a, b) in &lines[m] {
            let ours = views[m].line_is_clear(a, b);
            assert_eq!(ours, peers::naive_line_is_clear(&standing[m], a, b), "{a} to {b}");
            total += 1;
            clear += usize::from(ours);
            let others = [
                ("cuboids", peers::compound_is_clear(&compounds[m], a, b)),
                ("tree of slices", peers::tree_is_clear(&trees[m], a, b)),
                ("tree of rectangles", peers::tree_is_clear(&merged_trees[m], a, b)),
                ("tree with our slabs", peers::tree_and_slab_is_clear(&merged_trees[m], a, b)),
            ];
            if others.iter().any(|&(_, other)| other != ours) {
                assert!(peers::grazes(&standing[m], a, b, GRAZING), "{a} to {b}: ours {ours}, {others:?}");
                grazing += 1;
            }
        }
    }
    assert!(f64::from(grazing) <= GRAZING_SHARE * total as f64, "{grazing} of {total} lines graze");
    let share = clear as f64 / total as f64;
    let name = stage.name;
    suite.check(
        format!("{about}, {name}: {total} lines, {:.0}% clear; contenders differ on {grazing}", share * 100.0),
        json!({ "what": about, "scene": name, "lines": total, "clear": share, "differ": grazing }),
    );

    let mut contenders = vec![ours(|| {
        black_box(our_lines(&views, black_box(lines)));
    })];
    contenders.push(Contender::new(Kind::Peer, "parry2d 0.31.1, rectangles", || {
        black_box(count(&merged_trees, black_box(lines), peers::tree_is_clear));
    }));
    contenders.push(Contender::new(Kind::Beside, "parry2d's tree, our slab", || {
        black_box(count(&merged_trees, black_box(lines), peers::tree_and_slab_is_clear));
    }));
    contenders.push(Contender::new(Kind::Peer, "parry2d 0.31.1, slices", || {
        black_box(count(&trees, black_box(lines), peers::tree_is_clear));
    }));
    contenders.push(Contender::new(Kind::Peer, "parry2d 0.31.1, Compound", || {
        black_box(count(&compounds, black_box(lines), peers::compound_is_clear));
    }));
    contenders.push(Contender::new(Kind::Naive, "naive, every slice", || {
        black_box(count(standing, black_box(lines), |r, a, b| peers::naive_line_is_clear(r, a, b)));
    }));
    suite.compare(&question(about, name, "line", total, Some(LINE_NS)), contenders);
}

fn pairs(polygon: &[Vec2]) -> Vec<(f64, f64)> {
    polygon.iter().map(|p| (f64::from(p.x), f64::from(p.y))).collect()
}

/// Largest share by which another's areas differ from ours.
fn compare<'a>(
    gallery: &Gallery,
    viewers: impl IntoIterator<Item = &'a Viewer>,
    mut other: impl FnMut(usize, &Viewer) -> Vec<(f64, f64)>,
) -> f64 {
    let mut out = Vec::new();
    let mut worst = 0.0_f64;
    for (i, v) in viewers.into_iter().enumerate() {
        gallery.view(v.moment).polygon(v.slot, &mut out);
        let (ours, theirs) = (area(v, WITHIN, &pairs(&out)), area(v, WITHIN, &other(i, v)));
        worst = worst.max((ours - theirs).abs() / ours);
    }
    worst
}

fn polygons(suite: &mut Suite, about: &str, name: &str, gallery: &Gallery) {
    let views = views(gallery);
    let viewers = &gallery.viewers;
    let (mut angles, mut out) = (Vec::new(), Vec::new());
    // One viewer of each moment: all of them take the naive sweep a second.
    let some: Vec<&Viewer> = (0..MOMENTS).filter_map(|m| viewers.iter().filter(|v| v.moment == m).nth(m % 4)).collect();
    let worst = compare(gallery, some.iter().copied(), |_, v| {
        peers::naive_polygon(&gallery.standing[v.moment], v, &mut angles, &mut out);
        pairs(&out)
    });
    assert!(worst < AREA, "{about}, {name}: an area differs from the naive one by {worst}");
    let corners = our_polygons(&views, viewers, &mut out) as f64 / viewers.len() as f64;
    suite.check(
        format!(
            "{about}, {name}: {} viewers, {corners:.0} corners each; areas differ from the naive ones by up to {worst:.1e}",
            viewers.len()
        ),
        json!({ "what": about, "scene": name, "viewers": viewers.len(), "corners": corners, "naive_area": worst }),
    );
    let mut corners_out = Vec::new();
    let contenders = vec![
        ours(|| {
            black_box(our_polygons(&views, black_box(viewers), &mut corners_out));
        }),
        Contender::new(Kind::Naive, "naive, rays at every corner", || {
            for v in &some {
                peers::naive_polygon(&gallery.standing[v.moment], black_box(v), &mut angles, &mut out);
            }
        })
        .of(some.len()),
    ];
    suite.compare(&question(about, name, "polygon", viewers.len(), Some(POLYGON_NS)), contenders);
}

/// Clear cells well within sight that ours sees, a grid field of view sees, and both see.
fn agreement(gallery: &Gallery, cells: &[Cells], mut look: impl FnMut(&Cells, &Viewer) -> Vec<bool>) -> [u32; 3] {
    let mut counts = [0; 3];
    let mut polygon = Vec::new();
    for v in &gallery.viewers {
        gallery.view(v.moment).polygon(v.slot, &mut polygon);
        let cells = &cells[v.moment];
        for (cell, theirs) in look(cells, v).into_iter().enumerate() {
            let (x, y) = (cell % cells.cols, cell / cells.cols);
            let centre = cells.centre(x, y);
            if !cells.is_opaque(x, y) && centre.distance(v.at) < RADIUS - 2.0 * cells.edge {
                let ours = contains(&polygon, centre);
                for (count, seen) in counts.iter_mut().zip([ours, theirs, ours && theirs]) {
                    *count += u32::from(seen);
                }
            }
        }
    }
    counts
}

fn grids(suite: &mut Suite, stage: &Stage, (about, n): (&str, usize)) {
    let gallery = &stage.all_round;
    let (views, viewers) = (views(gallery), &gallery.viewers);
    let name = stage.name;
    let cells: Vec<Cells> = gallery.rasters.iter().map(|r| Cells::new(r, n)).collect();
    let mut shadow = Shadowcast::new(&cells[0]);
    let mut doryen: Vec<Doryen> = cells.iter().map(Doryen::new).collect();
    let every = |cells: &Cells, sees: &dyn Fn(usize, usize) -> bool| {
        (0..cells.cols * cells.rows).map(|cell| sees(cell % cells.cols, cell / cells.cols)).collect()
    };
    let agree = [
        (
            "shadowcast",
            agreement(gallery, &cells, |cells, v| {
                shadow.look(cells, v);
                every(cells, &|x, y| shadow.sees(x, y))
            }),
        ),
        (
            "doryen-fov",
            agreement(gallery, &cells, |cells, v| {
                doryen[v.moment].look(cells, v);
                every(cells, &|x, y| doryen[v.moment].sees(x, y))
            }),
        ),
    ];
    for (peer, [ours, theirs, both]) in agree {
        let shared = f64::from(both) / f64::from(ours + theirs - both);
        let more = f64::from(theirs) / f64::from(ours);
        // Cells that hold a hole and a wall are opaque to a grid.
        let least = if n == 1 { 0.9 } else { 0.5 };
        assert!(shared > least, "{peer} {n} {name}: of the cells seen by either both see {shared}");
        suite.check(
            format!(
                "{about}, {name}: {peer} sees {:.0}% as many cells as ours; of those that either sees, both see {:.0}%",
                more * 100.0,
                shared * 100.0
            ),
            json!({ "what": about, "scene": name, "peer": peer, "cells": more, "shared": shared }),
        );
    }
    let mut out = Vec::new();
    let mut rows = [0; TILE_ROWS];
    let contenders = vec![
        ours(|| {
            for v in viewers {
                views[v.moment].polygon(black_box(v.slot), &mut out);
                tiles(&out, &mut rows);
                black_box(&rows);
            }
        }),
        Contender::new(Kind::Peer, "shadowcast 0.9.0", || {
            for v in viewers {
                shadow.look(&cells[v.moment], black_box(v));
            }
        }),
        Contender::new(Kind::Peer, "doryen-fov 0.1.1", || {
            for v in viewers {
                doryen[v.moment].look(&cells[v.moment], black_box(v));
            }
        }),
    ];
    suite.compare(&question(about, name, "viewer", viewers.len(), None), contenders);
}

/// `visibility-polygon` under Node, on the same viewers.
fn node(suite: &mut Suite, stages: &[Stage]) {
    const SETS: [(&str, &str); 3] = [
        (CONE, "visibility-polygon, culled"),
        (FULL, "visibility-polygon, culled"),
        (FULL, "visibility-polygon, all edges"),
    ];
    let mut keys = Vec::new();
    let mut sets = Vec::new();
    for stage in stages {
        for (about, contender) in SETS {
            let gallery = if about == CONE { &stage.standard } else { &stage.all_round };
            let name = format!("{about}/{}/{contender}", stage.name);
            keys.push((about, stage.name, contender, gallery));
            let culled = contender.ends_with("culled");
            sets.push(if culled { NodeSet::culled(name, gallery) } else { NodeSet::whole(name, gallery) });
        }
    }
    let answer = match peers::ask_node(&sets) {
        Ok(answer) => answer,
        Err(error) => return suite.note(format!("visibility-polygon was not measured: {error:#}")),
    };
    for ((about, stage, contender, gallery), set) in keys.into_iter().zip(&answer.sets) {
        let worst =
            compare(gallery, &gallery.viewers, |i, _| set.polygons[i].chunks_exact(2).map(|p| (p[0], p[1])).collect());
        assert!(worst < AREA, "{}: an area differs from ours by {worst}", set.name);
        suite.check(
            format!("{}: {:.0} segments; areas differ from ours by up to {worst:.1e}", set.name, set.segments),
            json!({ "what": about, "scene": stage, "peer": contender, "segments": set.segments, "area": worst }),
        );
        let name = contender.replace(",", &format!(" {},", answer.version));
        suite.add(about, stage, Kind::Peer, &name, set.ns);
    }
    suite.note(format!("visibility-polygon {} under Node {}", answer.version, answer.node));
}

fn main() {
    let mut suite = Suite::from_args("sight");
    suite.bias(
        &[
            "the walls are axis-aligned slices on a 10 px grid, which our grid is made for and the peers' trees, heaps and segments are not",
            "parry finds the nearest hit of any shape where asked for it; visibility-polygon runs in Node and allocates all it returns",
            "the peers' structures are built untimed, but were a wall to change they would have to be built again; ours is kept by the game either way",
            "everything is warm in the cache",
        ],
        &[
            "parry gets the walls merged into few rectangles and, in one column, our own slab test",
            "visibility-polygon gets the outline of all walls, culled for each viewer untimed, and need not cut by the circle of sight",
            "grid fields of view see by whole cells, from the middle of the viewer's",
            "lines to enemies are asked without the hint of what blocked last and without the distance and cone that the game asks first",
        ],
    );
    let stages = scenes::STAGES.map(|(name, from, every)| Stage {
        name,
        standard: Gallery::new(WorldDef::default(), from, every),
        all_round: Gallery::new(scenes::all_round(), from, every),
    });
    for stage in &stages {
        let (a, b) = (stage.standard.open, stage.all_round.open);
        assert_eq!(stage.name == "undamaged", a == 0.0 && b == 0.0, "{}: {a} and {b} of the slices open", stage.name);
        suite.note(format!(
            "{}: sight passes {:.1}% of the slices, all around {:.1}%",
            stage.name,
            a * 100.0,
            b * 100.0
        ));
    }
    let random = scenes::random_lines();
    for stage in &stages {
        lines(&mut suite, TO_ENEMIES, stage, &stage.standard.lines_to_enemies());
    }
    for stage in &stages {
        lines(&mut suite, RANDOM, stage, &random);
    }
    for stage in &stages {
        polygons(&mut suite, CONE, stage.name, &stage.standard);
    }
    for stage in &stages {
        polygons(&mut suite, FULL, stage.name, &stage.all_round);
    }
    for question in TILES {
        for stage in &stages {
            grids(&mut suite, stage, question);
        }
    }
    if suite.has(CONE) || suite.has(FULL) {
        node(&mut suite, &stages);
    }
    suite.finish();
}
