//! Against a naive reference that tests every slice for every ray, and against shapes worked out by hand.

use super::*;
use crate::map::picture::{Cell, Picture};
use crate::map::{GameMap, Reading, WallDef};
use crate::rules::Material;
use crate::vision::testing::{Dice, Walls, random_picture, random_rects};
use crate::vision::{Slab, SmokeDisc, slab};
use crate::world::state::derive_walls;
use core::f64::consts::{FRAC_PI_2, PI, TAU};

/// px by which outline and reference may differ.
const TOLERANCE: f64 = 1.0e-2;
/// Radians by which the reference's rays are turned either way where they differ: f32 corners 220 px away are known to
/// 7e-8 of that, and rays that graze a wall make much of little.
const GRAZE: f64 = 2.0e-5;

impl Walls {
    fn polygon(&self, sight: &Sight) -> Vec<Vec2> {
        let mut out = Vec::new();
        polygon(&self.grid(), sight, &mut PolygonScratch::default(), &mut out);
        out
    }

    /// Way to the first slice, to the border or to the end of sight in a direction, px: every slice is tested.
    fn naive(&self, sight: &Sight, angle: f64) -> f64 {
        let g = self.map.geometry();
        let reach = f64::from(sight.distance);
        let (dx, dy) = (libm::cos(angle) * reach, libm::sin(angle) * reach);
        let line = Slab::new(sight.at.x, sight.at.y, dx as f32, dy as f32);
        let border = |at: f32, way: f64, size: f32| match way {
            w if w > 0.0 => f64::from(size - at) / w,
            w if w < 0.0 => f64::from(-at) / w,
            _ => 1.0,
        };
        let nearest = border(sight.at.x, dx, PLAYFIELD.0).min(border(sight.at.y, dy, PLAYFIELD.1)).clamp(0.0, 1.0);
        (0..g.slice_count)
            .filter(|&s| self.blocks[s / 64].clear >> (s % 64) & 1 == 0)
            .filter_map(|s| slab(&line, g.x0[s], g.y0[s], g.x1[s], g.y1[s]))
            .map(f64::from)
            .fold(nearest, f64::min)
            * reach
    }
}

fn angle_of(from: Vec2, to: Vec2) -> f64 {
    libm::atan2(f64::from(to.y) - f64::from(from.y), f64::from(to.x) - f64::from(from.x))
}

/// Ways from the viewer to the outline in a direction, px: the nearest and the farthest crossing.
fn outline_at(polygon: &[Vec2], angle: f64) -> Option<(f64, f64)> {
    let v = polygon[0];
    let (dx, dy) = (libm::cos(angle), libm::sin(angle));
    let mut found: Option<(f64, f64)> = None;
    // The two edges at the viewer are the sides of the cone.
    for pair in polygon[1..].windows(2) {
        let [a, b] = [pair[0], pair[1]].map(|p| (f64::from(p.x) - f64::from(v.x), f64::from(p.y) - f64::from(v.y)));
        let (ca, cb) = (dx * a.1 - dy * a.0, dx * b.1 - dy * b.0);
        if (ca > 0.0) == (cb > 0.0) {
            continue;
        }
        let share = ca / (ca - cb);
        let way = (a.0 + (b.0 - a.0) * share) * dx + (a.1 + (b.1 - a.1) * share) * dy;
        if way > 0.0 {
            let (near, far) = found.unwrap_or((way, way));
            found = Some((near.min(way), far.max(way)));
        }
    }
    found
}

fn half_cone(sight: &Sight) -> f64 {
    libm::acos(f64::from(sight.cone_cos).clamp(-1.0, 1.0))
}

/// Turns an angle into 0 .. 2 pi.
fn turn(angle: f64) -> f64 {
    let turned = libm::fmod(angle, TAU);
    if turned < 0.0 { turned + TAU } else { turned }
}

/// What must hold for every polygon: finite, clockwise, star-shaped, short arcs, no repeats, within sight.
fn check_shape(walls: &Walls, sight: &Sight, polygon: &[Vec2]) {
    assert_eq!(polygon[0], sight.at);
    assert!(polygon.len() >= 3, "{sight:?}: {polygon:?}");
    let reach = f64::from(sight.distance);
    let start = angle_of(Vec2::ZERO, sight.facing) - half_cone(sight);
    let mut before = 0.0;
    for (i, p) in polygon.iter().enumerate().skip(1) {
        assert!(p.is_finite(), "{sight:?}: {p}");
        assert!((0.0..=PLAYFIELD.0).contains(&p.x) && (0.0..=PLAYFIELD.1).contains(&p.y), "{sight:?}: {p}");
        assert!(f64::from(p.distance(sight.at)) <= reach + 1e-3, "{sight:?}: {p}");
        assert_ne!(*p, polygon[i - 1], "{sight:?}");
        if *p == sight.at {
            continue;
        }
        let mut angle = turn(angle_of(sight.at, *p) - start);
        // The sides of the cone, on either side of where angles begin again.
        let slack = 1.0e-4 / f64::from(p.distance(sight.at)).max(1e-3) + 1e-6;
        if angle > TAU - slack && before < PI {
            angle = 0.0;
        }
        if angle < slack && before > PI {
            angle = TAU;
        }
        assert!(angle >= before - slack, "{sight:?}: corner {i} {p} lies {} before the last", before - angle);
        assert!(angle <= 2.0 * half_cone(sight) + slack, "{sight:?}: corner {i} {p} lies outside of the cone");
        before = before.max(angle);
    }
    let on_arc = |p: Vec2| (f64::from(p.distance(sight.at)) - reach).abs() < 1e-3;
    for pair in polygon[1..].windows(2) {
        if on_arc(pair[0]) && on_arc(pair[1]) {
            let step = turn(angle_of(sight.at, pair[1]) - angle_of(sight.at, pair[0]));
            // Or a wall or the border that is a chord of the circle.
            let middle = (pair[0] + pair[1]) * 0.5;
            let inside = middle.cmpgt(Vec2::ZERO).all() && middle.cmplt(Vec2::new(PLAYFIELD.0, PLAYFIELD.1)).all();
            assert!(
                step <= PI / 18.0 + 1e-4 || !inside || !walls.is_free(middle, 1e-3),
                "{sight:?}: an arc goes on for {} degrees",
                step.to_degrees()
            );
        }
    }
}

/// `rays` random directions and as many points against the reference.
fn check_rays(walls: &Walls, sight: &Sight, rays: usize, dice: &mut Dice) {
    let polygon = walls.polygon(sight);
    check_shape(walls, sight, &polygon);
    let (half, middle) = (half_cone(sight), angle_of(Vec2::ZERO, sight.facing));
    let reach = f64::from(sight.distance);
    for _ in 0..rays {
        let off = f64::from(dice.within(-1.0, 1.0)) * (half - 4.0 * GRAZE);
        let angle = middle + off;
        let Some((near, far)) = outline_at(&polygon, angle) else {
            panic!("{sight:?}: no outline at {angle}: {polygon:?}");
        };
        let naive = [-GRAZE, 0.0, GRAZE].map(|by| walls.naive(sight, angle + by));
        let (low, high) = (naive[0].min(naive[1]).min(naive[2]), naive[0].max(naive[1]).max(naive[2]));
        // Arcs are cut straight: the chord of 10 degrees lies up to cos 5 degrees inside.
        let low = if high >= reach - TOLERANCE { low.min(reach * libm::cos(PI / 36.0)) } else { low };
        assert!(
            near >= low - TOLERANCE && far <= high + TOLERANCE,
            "{sight:?} at {angle}: outline {near} to {far}, reference {low} to {high}"
        );
        let way = reach * f64::from(dice.within(0.01, 1.05));
        let point = sight.at + Vec2::new((libm::cos(angle) * way) as f32, (libm::sin(angle) * way) as f32);
        if way < low - 2.0 * TOLERANCE {
            assert!(contains(&polygon, point), "{sight:?}: {point} is seen");
        } else if way > high + 2.0 * TOLERANCE {
            assert!(!contains(&polygon, point), "{sight:?}: {point} is not seen");
        }
    }
    if half < PI - 0.1 {
        for _ in 0..rays / 10 {
            let angle = middle + PI + f64::from(dice.within(-1.0, 1.0)) * (PI - half - 1e-3);
            let way = reach * f64::from(dice.within(0.01, 1.0));
            let point = sight.at + Vec2::new((libm::cos(angle) * way) as f32, (libm::sin(angle) * way) as f32);
            assert!(!contains(&polygon, point), "{sight:?}: {point} lies behind");
        }
    }
}

fn random_sight(walls: &Walls, dice: &mut Dice) -> Sight {
    let cone = [120.0f32, 90.0, 360.0, 200.0, 300.0, 33.0][dice.below(6) as usize].to_radians();
    let distance = dice.within(60.0, 220.0);
    let facing = match dice.below(4) {
        0 => [Vec2::X, Vec2::Y, -Vec2::X, -Vec2::Y][dice.below(4) as usize],
        _ => {
            let angle = dice.within(0.0, core::f32::consts::TAU);
            Vec2::new(libm::cosf(angle), libm::sinf(angle))
        }
    };
    let mut at = Vec2::new(15.0, 15.0);
    for _ in 0..2000 {
        let p = Vec2::new(dice.within(6.0, 474.0), dice.within(6.0, 264.0));
        // On the lines of the grid and of slices, and flush with walls, as often as anywhere.
        let p = [p, p.round(), (p * 0.1).round() * 10.0][dice.below(3) as usize];
        let p = p.clamp(Vec2::splat(6.0), Vec2::new(474.0, 264.0));
        if walls.is_free(p, 0.5) {
            at = p;
            break;
        }
    }
    Sight::new(at, facing, distance, cone)
}

#[test]
fn agrees_with_every_slice_for_every_ray() {
    let mut dice = Dice::new(1);
    for scene in 0..36 {
        let map = match scene % 3 {
            0 => random_rects(&mut dice),
            1 => random_picture(&mut dice, 0.12),
            _ => GameMap::builtin(["citadel", "depot", "yard"][scene / 3 % 3], Reading::Fine).unwrap(),
        };
        let mut walls = Walls::new(map);
        let damage = [0.0, 0.1, 0.5, 0.9][scene % 4];
        walls.open(|_| dice.within(0.0, 1.0) < damage);
        for _ in 0..3 {
            let sight = random_sight(&walls, &mut dice);
            check_rays(&walls, &sight, 800, &mut dice);
        }
    }
}

#[test]
fn an_empty_field_gives_a_clean_sector() {
    let walls = Walls::rects(&[]);
    let at = Vec2::new(240.0, 135.0);
    let sight = Sight::new(at, Vec2::X, 100.0, 120f32.to_radians());
    let polygon = walls.polygon(&sight);
    // From -60 to 60 degrees, both included, in steps of 10.
    assert_eq!(polygon.len(), 1 + 13);
    for (i, p) in polygon[1..].iter().enumerate() {
        let angle = (-60.0 + 10.0 * i as f64).to_radians();
        let want = (240.0 + 100.0 * libm::cos(angle), 135.0 + 100.0 * libm::sin(angle));
        assert!((f64::from(p.x) - want.0).abs() < 2e-5 && (f64::from(p.y) - want.1).abs() < 2e-5, "{i}: {p} {want:?}");
    }
    let whole = walls.polygon(&Sight::new(at, Vec2::Y, 100.0, TAU as f32));
    assert_eq!(whole.len(), 1 + 37, "the viewer, 36 steps, and the first point again");
    assert_eq!(whole[1], whole[37]);
    assert_eq!(whole[1], Vec2::new(240.0, 35.0));
    assert_eq!(whole[10], Vec2::new(340.0, 135.0), "clockwise: up the screen, then right");
}

#[test]
fn the_border_ends_sight() {
    let walls = Walls::rects(&[]);
    let sight = Sight::new(Vec2::new(470.0, 6.0), Vec2::X, 160.0, TAU as f32);
    let polygon = walls.polygon(&sight);
    for corner in [Vec2::new(480.0, 0.0), Vec2::new(480.0, 6.0 + (160f32 * 160.0 - 100.0).sqrt())] {
        assert!(polygon.iter().any(|p| p.distance(corner) < 1e-4), "{corner}: {polygon:?}");
    }
    assert!(polygon.contains(&Vec2::new(480.0, 0.0)));
    for (at, facing) in [
        (Vec2::ZERO, Vec2::ONE),
        (Vec2::new(480.0, 270.0), -Vec2::ONE),
        (Vec2::new(480.0, 100.0), -Vec2::X),
        (Vec2::new(100.0, 0.0), Vec2::Y),
    ] {
        let mut dice = Dice::new(5);
        check_rays(&walls, &Sight::new(at, facing, 150.0, 90f32.to_radians()), 300, &mut dice);
    }
    assert_eq!(walls.polygon(&Sight::new(Vec2::new(480.0, 100.0), Vec2::X, 100.0, 1.0)), [Vec2::new(480.0, 100.0)]);
}

/// Corners that the polygon must have, to the bit.
fn assert_corners(polygon: &[Vec2], corners: &[(f32, f32)]) {
    for &(x, y) in corners {
        assert!(polygon.contains(&Vec2::new(x, y)), "({x}, {y}) is no corner of {polygon:?}");
    }
}

#[test]
fn corners_are_the_walls_own() {
    let walls = Walls::rects(&[(203.7, 97.3, 11.9, 8.1)]);
    for at in [(101.3, 100.1), (101.3, 60.7), (207.123, 30.3), (330.1, 101.7), (290.9, 180.3), (150.0, 150.0)] {
        let at = Vec2::new(at.0, at.1);
        let polygon = walls.polygon(&Sight::new(at, Vec2::X, 120.0, TAU as f32));
        let (x0, y0, x1, y1) = (203.7f32, 97.3f32, 203.7f32 + 11.9, 97.3f32 + 8.1);
        let mut silhouette = Vec::new();
        if at.x < x0 {
            silhouette.extend([(x0, y0), (x0, y1)]);
        }
        if at.x > x1 {
            silhouette.extend([(x1, y0), (x1, y1)]);
        }
        if at.y < y0 {
            silhouette.extend([(x0, y0), (x1, y0)]);
        }
        if at.y > y1 {
            silhouette.extend([(x0, y1), (x1, y1)]);
        }
        silhouette.retain(|&(x, y)| Vec2::new(x, y).distance(at) < 119.0);
        assert!(!silhouette.is_empty());
        assert_corners(&polygon, &silhouette);
    }
}

#[test]
fn a_hole_of_two_pixels_shows_its_wedge() {
    // A wall from (200, 40) to (210, 240) in cells cut along y, and one behind it.
    let mut picture = Picture::default();
    for row in 4..24 {
        picture.set(20, row, Cell::Wall(Material::Concrete)).unwrap();
        picture.set(30, row, Cell::Wall(Material::Concrete)).unwrap();
    }
    let mut walls = Walls::new(GameMap::from_picture(&picture, Reading::Fine).unwrap());
    let hole = {
        let g = walls.map.geometry();
        (0..g.slice_count).find(|&s| (g.x0[s], g.y0[s], g.y1[s]) == (200.0, 134.0, 136.0)).unwrap()
    };
    let sight = Sight::new(Vec2::new(150.0, 133.0), Vec2::X, 220.0, 60f32.to_radians());
    let closed = walls.polygon(&sight);
    assert!(closed.iter().all(|p| p.x <= 200.0), "{closed:?}");
    walls.open(|s| s == hole);
    let open = walls.polygon(&sight);
    // Past the upper near corner (200, 134) and under the lower far one (210, 136)'s shadow: the lower near corner is
    // (200, 136) at slope 3/50, the upper edge is seen from (200, 134) at slope 1/50 on.
    assert_corners(&open, &[(200.0, 134.0), (200.0, 136.0), (300.0, 136.0)]);
    // The lower edge of the hole hides what is under (200, 136)..(210, 136): slope 3/60 at its far end.
    let through: Vec<Vec2> = open.iter().copied().filter(|p| p.x > 250.0).collect();
    assert_eq!(through, [Vec2::new(300.0, 136.0), Vec2::new(300.0, 140.5)]);
}

#[test]
fn seams_let_nothing_through() {
    // Walls that touch at whole and at odd coordinates, looked at exactly along and across the seams.
    let odd = 0.1f32 + 0.2;
    let grids =
        [(200.0f32, 100.0f32, 10.0f32, 10.0f32), (200.0 + odd, 100.0 + odd, 7.7, 9.3), (199.99, 99.99, 3.3, 3.3)];
    for (x, y, w, h) in grids {
        // A staircase of touching corners and a solid block: a diagonal that only corners close.
        let mut rects = Vec::new();
        let (mut left, mut top) = (x, y);
        for _ in 0..8 {
            rects.push((left, top, w, h));
            left += w;
            top += h;
        }
        let right = left;
        let walls = Walls::rects(&rects);
        let behind = Vec2::new(right - w * 0.5, y + h * 0.5);
        // Straight at the diagonal, along it, and at each touching corner.
        for &(left, top, ..) in &rects[1..] {
            let corner = Vec2::new(left, top);
            for back in [30.0f32, 44.7, 61.3] {
                let at = corner + Vec2::new(-back, back);
                let polygon = walls.polygon(&Sight::new(at, Vec2::new(1.0, -1.0), 220.0, 100f32.to_radians()));
                assert!(!contains(&polygon, behind), "seen past corner {corner} from {at}");
                let beyond = corner + Vec2::new(1.0, -1.0);
                assert!(!contains(&polygon, beyond), "seen past corner {corner} from {at}");
                assert!(polygon.iter().any(|p| p.distance(corner) < 1e-4), "{corner} is no corner: {polygon:?}");
            }
        }
        // Along the seams of a block two rows and eight columns large.
        let (mut left, mut block) = (x, Vec::new());
        for _ in 0..8 {
            block.extend([(left, y, w, h), (left, y + h, w, h)]);
            left += w;
        }
        let walls = Walls::rects(&block);
        for (at, facing) in [
            (Vec2::new(x - 40.0, y + h), Vec2::X),
            (Vec2::new(left + 40.0, y + h), -Vec2::X),
            (Vec2::new(x + w, y - 40.0), Vec2::Y),
            (Vec2::new(block[4].0, y + h + h + 40.0), -Vec2::Y),
        ] {
            let polygon = walls.polygon(&Sight::new(at, facing, 200.0, 20f32.to_radians()));
            let solid = |p: &Vec2| p.x > x + 1e-3 && p.x < left - 1e-3 && p.y > y + 1e-3 && p.y < y + h + h - 1e-3;
            assert!(!polygon.iter().any(solid), "{at}: {polygon:?}");
            let furthest = polygon.iter().map(|p| (*p - at).dot(facing)).fold(0.0, f32::max);
            assert!(furthest > 39.9, "{at}: the block itself is seen");
            let centre = at + facing * 60.0;
            assert!(!contains(&polygon, centre), "{at}: seen along the seam");
        }
    }
}

#[test]
fn a_straight_wall_is_one_edge() {
    let mut picture = Picture::default();
    for row in 5..20 {
        picture.set(30, row, Cell::Wall(Material::Concrete)).unwrap();
    }
    for col in 10..28 {
        picture.set(col, 4, Cell::Wall(Material::Wood)).unwrap();
    }
    let walls = Walls::new(GameMap::from_picture(&picture, Reading::Fine).unwrap());
    let polygon = walls.polygon(&Sight::new(Vec2::new(263.0, 122.5), Vec2::X, 60.0, TAU as f32));
    let on_wall = polygon.iter().filter(|p| p.x == 300.0).count();
    assert_eq!(on_wall, 2, "{polygon:?}");
    let polygon = walls.polygon(&Sight::new(Vec2::new(183.0, 102.5), -Vec2::Y, 70.0, 3.0));
    let on_wall = polygon.iter().filter(|p| p.y == 50.0).count();
    assert_eq!(on_wall, 2, "{polygon:?}");
}

#[test]
fn see_through_is_not_opaque() {
    let defs = [WallDef { x: 200.0, y: 90.0, width: 10.0, height: 50.0, material: Material::Glass }];
    let mut walls = Walls::new(GameMap::from_rects(&defs, &[]).unwrap());
    let sight = Sight::new(Vec2::new(150.0, 115.0), Vec2::X, 100.0, 0.3);
    assert!(!contains(&walls.polygon(&sight), Vec2::new(230.0, 115.0)));
    for s in 0..5 {
        walls.blocks[0].health[s] = walls.map.geometry().see_through[s];
    }
    derive_walls(&mut walls.state, &mut walls.blocks, walls.map.geometry());
    assert!(contains(&walls.polygon(&sight), Vec2::new(230.0, 115.0)));
}

#[test]
fn misuse_neither_panics_nor_lies() {
    let walls = Walls::rects(&[(100.0, 100.0, 50.0, 50.0), (207.3, 11.1, 13.7, 33.3)]);
    let inside = Vec2::new(123.0, 117.0);
    assert_eq!(walls.polygon(&Sight::new(inside, Vec2::X, 160.0, 2.0)), [inside]);
    assert_eq!(walls.polygon(&Sight::new(inside, Vec2::X, 160.0, 7.0)), [inside]);
    // On an edge, half of the view is inside the wall.
    let edge = walls.polygon(&Sight::new(Vec2::new(100.0, 120.0), Vec2::Y, 50.0, TAU as f32));
    assert!(edge.iter().all(|p| p.is_finite() && p.x <= 100.0), "{edge:?}");
    assert!(contains(&edge, Vec2::new(80.0, 121.0)));
    let good = Sight::new(Vec2::new(30.0, 30.0), Vec2::X, 160.0, 2.0);
    let nan = f32::NAN;
    for bad in [
        Sight { at: Vec2::new(nan, 3.0), ..good },
        Sight { facing: Vec2::new(0.0, nan), ..good },
        Sight { facing: Vec2::ZERO, ..good },
        Sight { facing: Vec2::new(f32::INFINITY, 0.0), ..good },
        Sight { distance: nan, ..good },
        Sight { cone_cos: nan, ..good },
    ] {
        assert_eq!(walls.polygon(&bad), [], "{bad:?}");
    }
    assert_eq!(walls.polygon(&Sight { distance: 0.0, ..good }), [good.at]);
    assert_eq!(walls.polygon(&Sight { distance: -1.0, ..good }), [good.at]);
    let outside = walls.polygon(&Sight { at: Vec2::new(-50.0, 1000.0), ..good });
    assert_eq!(outside[0], Vec2::new(0.0, 270.0));
    let mut dice = Dice::new(9);
    for _ in 0..2000 {
        let sight = Sight {
            at: Vec2::new(dice.within(-10.0, 490.0), dice.within(-10.0, 280.0)).round(),
            facing: Vec2::new(dice.within(-1.0, 1.0), dice.within(-1.0, 1.0)),
            distance: dice.within(0.0, 900.0),
            cone_cos: dice.within(-1.5, 1.5),
        };
        let polygon = walls.polygon(&sight);
        assert!(polygon.iter().all(|p| p.is_finite()), "{sight:?}: {polygon:?}");
    }
}

#[test]
fn tiles_are_the_polygons_by_their_centres() {
    let mut dice = Dice::new(3);
    let mut total = 0;
    for scene in 0..20 {
        let mut walls =
            Walls::new(if scene % 2 == 0 { random_rects(&mut dice) } else { random_picture(&mut dice, 0.1) });
        walls.open(|_| dice.within(0.0, 1.0) < 0.2);
        let polygon = walls.polygon(&random_sight(&walls, &mut dice));
        let mut rows = [u64::MAX; TILE_ROWS];
        tiles(&polygon, &mut rows);
        let packed = pack_tiles(&rows);
        let mut seen = 0;
        for (y, row) in rows.iter().enumerate() {
            assert_eq!(row >> TILE_COLS, 0, "row {y}");
            for x in 0..TILE_COLS {
                let centre = Vec2::new((x as f32 + 0.5) * TILE, (y as f32 + 0.5) * TILE);
                let bit = row >> x & 1 == 1;
                assert_eq!(bit, contains(&polygon, centre), "tile {x}, {y}");
                let index = y * TILE_COLS + x;
                assert_eq!(bit, packed[index / 64] >> (index % 64) & 1 == 1, "tile {x}, {y}");
                seen += u32::from(bit);
            }
        }
        total += seen;
        assert_eq!(packed.iter().map(|word| word.count_ones()).sum::<u32>(), seen);
    }
    assert!(total > 500, "only {total} tiles are seen in all scenes");
    let mut rows = [1; TILE_ROWS];
    tiles(&[], &mut rows);
    assert_eq!(rows, [0; TILE_ROWS]);
    assert!(!contains(&[], Vec2::ZERO));
}

/// A viewer deep in nested holes must not use the stack: many bands in one row, all split.
#[test]
fn thousands_of_bands_in_a_row() {
    let defs: Vec<WallDef> = (0..1500)
        .map(|i| WallDef {
            x: 60.0 + (i % 300) as f32 * 1.1,
            y: 100.0 + (i as f32 * 0.0061) % 8.0,
            width: 1.0,
            height: 1.0,
            material: Material::Concrete,
        })
        .collect();
    let walls = Walls::new(GameMap::from_rects(&defs, &[]).unwrap());
    let sight = Sight::new(Vec2::new(40.0, 104.0), Vec2::X, 100.0, 90f32.to_radians());
    check_rays(&walls, &sight, 500, &mut Dice::new(12));
}

/// Right angles tell quadrants apart: cones that begin or end on an axis.
#[test]
fn cones_along_the_axes() {
    let mut dice = Dice::new(77);
    let mut walls = Walls::new(GameMap::builtin("citadel", Reading::Fine).unwrap());
    walls.open(|s| s % 7 == 0);
    for cone in [FRAC_PI_2, PI, 3.0 * FRAC_PI_2, TAU] {
        for facing in
            [(1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)]
        {
            let sight = Sight::new(Vec2::new(245.0, 95.0), Vec2::new(facing.0, facing.1), 160.0, cone as f32);
            check_rays(&walls, &sight, 200, &mut dice);
        }
    }
}

/// The same bits wherever and however this is built. A changed map or polygon says so here; why belongs into the
/// commit that changes the numbers.
#[test]
fn golden_polygons() {
    let mut got = Vec::new();
    for (name, _) in GameMap::BUILTIN {
        let mut dice = Dice::new(2026);
        let mut walls = Walls::new(GameMap::builtin(name, Reading::Fine).unwrap());
        let mut bytes = Vec::new();
        let mut count = 0;
        for i in 0..67 {
            if i == 30 {
                walls.open(|_| dice.below(5) == 0);
            }
            let polygon = walls.polygon(&random_sight(&walls, &mut dice));
            count += polygon.len();
            bytes.extend_from_slice(bytemuck::cast_slice::<f32, u8>(
                &polygon.iter().flat_map(|p| [p.x, p.y]).collect::<Vec<_>>(),
            ));
        }
        got.push((*name, walls.map.hash(), count, xxhash_rust::xxh3::xxh3_64(&bytes)));
    }
    let want = [
        ("yard", 13145465516946421806, 2202, 16308437435496242036),
        ("depot", 16812178280322637356, 2542, 9855191253740212237),
        ("citadel", 6980711433722245035, 2123, 8674561923561400071),
    ];
    assert_eq!(got, want, "(map, its hash, corners, hash of the polygons)");
}

/// Memory is kept between calls, and results don't depend on what was asked before.
#[test]
fn scratch_carries_nothing_over() {
    let mut dice = Dice::new(4);
    let mut walls = Walls::new(random_rects(&mut dice));
    walls.open(|_| dice.below(4) == 0);
    let (mut scratch, mut out) = (PolygonScratch::default(), Vec::new());
    for _ in 0..50 {
        let sight = random_sight(&walls, &mut dice);
        polygon(&walls.grid(), &sight, &mut scratch, &mut out);
        assert_eq!(out, walls.polygon(&sight));
    }
}

#[test]
fn a_view_shows_its_living_players() {
    use crate::{MatchDef, PlayerDef, World, WorldDef};
    let map = GameMap::builtin("citadel", Reading::Fine).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let game = world.create_match(&map, MatchDef::default()).unwrap();
    let player = world.add_player(game, PlayerDef::default()).unwrap();
    world.step();
    let view = world.view(game).unwrap();
    let seen = view.player(player).unwrap();
    let mut out = vec![Vec2::ZERO; 3];
    view.polygon(player.slot(), &mut out);
    assert_eq!(out, Walls::new(map).polygon(&Sight::new(seen.position, seen.facing, seen.sight, seen.cone)));
    assert!(out.len() > 3);
    for slot in [1, 7, 8, usize::MAX] {
        view.polygon(slot, &mut out);
        assert_eq!(out, [], "slot {slot}");
    }
    world.kill_player(game, player).unwrap();
    world.view(game).unwrap().polygon(player.slot(), &mut out);
    assert_eq!(out, []);
}

/// px by which the outline in smoke may be off: half of it by its corners, the rest by the reference's steps.
const SMOKE_TOLERANCE: f64 = 0.1;

fn smoke(discs: &[SmokeDisc]) -> Smoke<'_> {
    Smoke { discs, edge: 0.5, unit: 5.0, enough: 0.5 }
}

fn random_discs(dice: &mut Dice, near: Vec2) -> Vec<SmokeDisc> {
    (0..1 + dice.below(4))
        .map(|_| SmokeDisc {
            x: (near.x + dice.within(-150.0, 150.0)).clamp(0.0, 480.0),
            y: (near.y + dice.within(-150.0, 150.0)).clamp(0.0, 270.0),
            radius: [60.0, 60.0, dice.within(3.0, 60.0)][dice.below(3) as usize],
            density: [0.95, 0.95, dice.within(0.01, 0.95)][dice.below(3) as usize],
        })
        .collect()
}

impl Walls {
    fn smoky(&self, sight: &Sight, discs: &[SmokeDisc]) -> Vec<Vec2> {
        let mut out = Vec::new();
        polygon_in_smoke(&self.grid(), sight, &smoke(discs), &mut PolygonScratch::default(), &mut out);
        out
    }

    /// [`Walls::naive`], or the way to where smoke sampled every fiftieth of a pixel reaches the depth.
    fn naive_in_smoke(&self, sight: &Sight, discs: &[SmokeDisc], angle: f64) -> f64 {
        let (way, step, rule) = (self.naive(sight, angle), 0.02, smoke(discs));
        let (dx, dy) = (libm::cos(angle), libm::sin(angle));
        let (mut at, mut depth) = (step * 0.5, 0.0);
        while at < way {
            let (x, y) = (f64::from(sight.at.x) + dx * at, f64::from(sight.at.y) + dy * at);
            let sum: f32 = discs.iter().map(|d| d.opacity(rule.edge, x as f32, y as f32)).sum();
            depth += f64::from(sum.min(1.0)) * step / f64::from(rule.unit);
            if depth >= f64::from(rule.enough) {
                return at;
            }
            at += step;
        }
        way
    }
}

#[test]
fn in_smoke_agrees_with_every_slice_and_every_pixel_for_every_ray() {
    let mut dice = Dice::new(0x50E);
    let (mut rays, mut off, mut shortened, mut corners) = (0, 0, 0, 0);
    for scene in 0..30 {
        let map = match scene % 3 {
            0 => random_rects(&mut dice),
            1 => random_picture(&mut dice, 0.08),
            _ => GameMap::builtin(["citadel", "depot", "yard"][scene / 3 % 3], Reading::Fine).unwrap(),
        };
        let mut walls = Walls::new(map);
        walls.open(|_| dice.within(0.0, 1.0) < [0.0, 0.2, 0.6][scene % 3]);
        for _ in 0..3 {
            let sight = random_sight(&walls, &mut dice);
            let discs = random_discs(&mut dice, sight.at);
            let (clear, polygon) = (walls.polygon(&sight), walls.smoky(&sight, &discs));
            check_shape(&walls, &sight, &polygon);
            corners += polygon.len();
            let (half, middle) = (half_cone(&sight), angle_of(Vec2::ZERO, sight.facing));
            for _ in 0..150 {
                let angle = middle + f64::from(dice.within(-1.0, 1.0)) * (half - 4.0 * GRAZE);
                let (near, far) = outline_at(&polygon, angle).expect("an outline in every direction");
                let open = outline_at(&clear, angle).expect("an outline in every direction");
                assert!(far <= open.1 + 2e-3, "{sight:?} {discs:?} at {angle}: beyond the clear polygon");
                let naive = [-GRAZE, 0.0, GRAZE].map(|by| walls.naive_in_smoke(&sight, &discs, angle + by));
                let (low, high) = (naive[0].min(naive[1]).min(naive[2]), naive[0].max(naive[1]).max(naive[2]));
                // Arcs of the clear outline are cut straight.
                let low = low.min(open.0);
                rays += 1;
                shortened += u32::from(high < open.0 - 1.0);
                off += u32::from(near < low - SMOKE_TOLERANCE || far > high + SMOKE_TOLERANCE);
            }
        }
    }
    println!("{rays} rays, {shortened} end in smoke, {off} are off; {corners} corners in 90 polygons");
    assert!(shortened * 5 > rays, "{shortened} of {rays} rays end in smoke");
    assert!(off * 1000 <= rays, "{off} of {rays} rays are off");
}

/// A cloud before a wall: what is left of the wall is the wall's own, and the cloud's edge is where the sum says.
#[test]
fn smoke_by_hand() {
    let walls = Walls::rects(&[(300.0, 35.0, 10.0, 200.0)]);
    let sight = Sight::new(Vec2::new(150.0, 135.0), Vec2::X, 220.0, 120f32.to_radians());
    let disc = SmokeDisc { x: 240.0, y: 135.0, radius: 30.0, density: 0.9 };
    let (clear, polygon) = (walls.polygon(&sight), walls.smoky(&sight, &[disc]));
    // Straight ahead: 2.5 px at an opacity from 0.45 up by 0.015 a px: 0.45 s + 0.0075 s^2 = 2.5.
    let inside = (-0.45 + (0.45f64 * 0.45 + 4.0 * 0.0075 * 2.5).sqrt()) / 0.015;
    let (way, _) = outline_at(&polygon, 0.0).unwrap();
    assert!((way - (60.0 + inside)).abs() < 1e-3, "{way}");
    // The wall shows above and below the cloud; its ends stay.
    assert_corners(&polygon, &[(300.0, 35.0), (300.0, 235.0)]);
    let on_wall: Vec<&Vec2> = polygon.iter().filter(|p| p.x == 300.0).collect();
    assert_eq!(on_wall.len(), 4, "{polygon:?}");
    let half_height = 150.0 * libm::tan(libm::asin(30.0 / 90.0));
    for p in [on_wall[1], on_wall[2]] {
        let off = f64::from((p.y - 135.0).abs());
        assert!(off < half_height && off > half_height - 1.5, "{p}");
    }
    // Beyond sight, and behind the wall, a cloud changes no bit; behind the viewer neither.
    for away in [(450.0, 135.0, 60.0), (150.0 - 31.0, 135.0, 30.0), (150.0, 135.0 - 221.0, 0.5)] {
        let disc = SmokeDisc { x: away.0, y: away.1, radius: away.2, density: 0.95 };
        assert_eq!(walls.smoky(&sight, &[disc]), clear, "{away:?}");
    }
    // In the middle of it the viewer sees a circle.
    let around = SmokeDisc { x: 150.0, y: 135.0, ..disc };
    for p in &walls.smoky(&Sight { cone_cos: -1.0, ..sight }, &[around])[1..] {
        // 0.9 s - 0.0075 s^2 = 2.5.
        let want = (0.9 - (0.9f64 * 0.9 - 4.0 * 0.0075 * 2.5).sqrt()) / 0.015;
        assert!((f64::from(p.distance(sight.at)) - want).abs() < 1e-3, "{p}");
    }
}

/// Lines aimed to the bit at where slices, cells and walls meet, from all sides.
#[test]
fn lines_at_seams_are_stopped() {
    let mut picture = Picture::default();
    for (col, row) in [(20, 10), (21, 10), (22, 10), (22, 11), (22, 12), (30, 12), (31, 13), (32, 14)] {
        picture.set(col, row, Cell::Wall(Material::Concrete)).unwrap();
    }
    let fine = Walls::new(GameMap::from_picture(&picture, Reading::Fine).unwrap());
    let coarse = Walls::new(GameMap::from_picture(&picture, Reading::Coarse).unwrap());
    let odd =
        Walls::rects(&[(200.3, 100.1, 33.3, 7.7), (200.3 + 33.3, 100.1, 13.1, 7.7), (200.3, 100.1 + 7.7, 5.0, 50.0)]);
    let mut dice = Dice::new(0x5EA);
    let mut lines = 0;
    for (walls, whole) in [(&fine, true), (&coarse, true), (&odd, false)] {
        let (g, grid) = (walls.map.geometry(), walls.grid());
        let mut check = |from: Vec2, to: Vec2| {
            assert!(grid.sight_stop(from.x, from.y, to.x, to.y).is_some(), "from {from} to {to}");
            lines += 1;
        };
        let standing = |&s: &usize| walls.blocks[s / 64].clear >> (s % 64) & 1 == 0;
        for a in (0..g.slice_count).filter(standing) {
            for b in (0..g.slice_count).filter(standing) {
                let (left, right) = (g.x0[a].max(g.x0[b]), g.x1[a].min(g.x1[b]));
                let (top, bottom) = (g.y0[a].max(g.y0[b]), g.y1[a].min(g.y1[b]));
                let upright = g.x1[a] == g.x0[b] && top < bottom;
                let level = g.y1[a] == g.y0[b] && left < right;
                if upright || level {
                    let middle = Vec2::new((left + right) * 0.5, (top + bottom) * 0.5);
                    // Along the seam from end to end, and across it.
                    let along = if upright { Vec2::new(0.0, 50.0) } else { Vec2::new(50.0, 0.0) };
                    check(middle - along, middle + along);
                    check(middle + along, middle - along);
                    for _ in 0..20 {
                        let off = Vec2::new(dice.within(-90.0, 90.0), dice.within(-90.0, 90.0));
                        check(middle - off, middle + off);
                    }
                }
                // Corner to corner: the one line that touches nothing else.
                if whole && g.x1[a] == g.x0[b] && g.y1[a] == g.y0[b] {
                    let corner = Vec2::new(g.x0[b], g.y0[b]);
                    check(corner + Vec2::new(-30.0, 30.0), corner + Vec2::new(30.0, -30.0));
                }
            }
        }
    }
    assert!(lines > 1_000, "{lines} lines");
}

#[test]
fn a_view_has_tiles_and_a_cache() {
    use crate::world::PolygonCache;
    use crate::{MatchDef, PlayerDef, World, WorldDef};
    let map = GameMap::builtin("citadel", Reading::Fine).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let games = [1, 1].map(|seed| world.create_match(&map, MatchDef { seed, kill_target: None }).unwrap());
    let players = games.map(|game| world.add_player(game, PlayerDef::default()).unwrap());
    world.step();
    let mut cache = PolygonCache::new();
    let mut out = Vec::new();
    let mut check = |world: &World, which: usize, computed: u64| {
        let view = world.view(games[which]).unwrap();
        view.polygon(players[which].slot(), &mut out);
        assert_eq!(view.polygon_cached(players[which].slot(), &mut cache), out);
        assert_eq!(view.tiles_cached(players[which].slot(), &mut cache), view.tiles(players[which].slot()));
        let mut rows = [0; TILE_ROWS];
        tiles(&out, &mut rows);
        assert_eq!(view.tiles(players[which].slot()), pack_tiles(&rows));
        assert_eq!(cache.computed(), computed);
    };
    check(&world, 0, 1);
    check(&world, 0, 1);
    world.step();
    check(&world, 0, 1);
    // The same moment of another match: equal, but nobody can know.
    check(&world, 1, 2);
    check(&world, 0, 3);
    world.repair_walls(games[0]).unwrap();
    check(&world, 0, 4);
    world.step();
    check(&world, 0, 4);
    let mut saved = Vec::new();
    world.save(games[0], &mut saved).unwrap();
    check(&world, 0, 4);
    world.restore(games[0], &saved).unwrap();
    check(&world, 0, 5);
    world.reset_match(games[0], 9).unwrap();
    check(&world, 0, 6);
    world.kill_player(games[0], players[0]).unwrap();
    check(&world, 0, 6);
    assert_eq!(world.view(games[0]).unwrap().tiles(99), [0; 32]);
    assert!(size_of::<PolygonCache>() <= 448);
}
