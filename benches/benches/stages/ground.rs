//! Walls in the forms that naive versions and peers want.

use crate::walls::Slice;
use trespasser::rules::Material;
use trespasser::world::MatchView;

/// x0, y0, x1, y1, px.
pub(crate) type Rect = [f32; 4];

/// Edge of a cell of the raster that rectangles are merged on, px: slices of the project's maps lie on it.
const STEP: f32 = 2.0;
const COLS: usize = 240;
const ROWS: usize = 135;

/// All slices as the reference has them, broken ones too, in their order.
pub(crate) fn slices(view: &MatchView<'_>) -> Vec<Slice> {
    let g = view.map().geometry();
    (0..g.slice_count)
        .map(|s| {
            let material = Material::from_number(g.material[s]).expect("a material");
            let whole = material == Material::Border;
            let health = if whole { f64::INFINITY } else { f64::from(view.slice_health(s)) / 64.0 };
            let [x0, y0, x1, y1] = [g.x0[s], g.y0[s], g.x1[s], g.y1[s]].map(f64::from);
            Slice { x0, y0, x1, y1, material, wall: g.wall[s].into(), health }
        })
        .collect()
}

/// Rectangles of the slices that stand, with their numbers.
pub(crate) fn standing(view: &MatchView<'_>) -> Vec<(usize, Rect)> {
    let g = view.map().geometry();
    let stands = |&s: &usize| view.blocks()[s / 64].gone >> (s % 64) & 1 == 0;
    (0..g.slice_count).filter(stands).map(|s| (s, [g.x0[s], g.y0[s], g.x1[s], g.y1[s]])).collect()
}

/// The same area in few rectangles.
pub(crate) fn merged(rects: &[(usize, Rect)]) -> Vec<Rect> {
    let mut left = vec![false; COLS * ROWS];
    for (_, rect) in rects {
        let [x0, y0, x1, y1] = rect.map(|v| {
            assert_eq!(v % STEP, 0.0, "a slice off the raster: {rect:?}");
            (v / STEP) as usize
        });
        (y0..y1).for_each(|y| left[y * COLS + x0..y * COLS + x1].fill(true));
    }
    let mut found = Vec::new();
    for y in 0..ROWS {
        for x in 0..COLS {
            if !left[y * COLS + x] {
                continue;
            }
            let width = (x..COLS).take_while(|&i| left[y * COLS + i]).count();
            let whole = |j: usize| left[j * COLS + x..j * COLS + x + width].iter().all(|&cell| cell);
            let height = (y..ROWS).take_while(|&j| whole(j)).count();
            (y..y + height).for_each(|j| left[j * COLS + x..j * COLS + x + width].fill(false));
            found.push([x, y, x + width, y + height].map(|v| v as f32 * STEP));
        }
    }
    found
}

/// The edges of the playfield, as walls outside of it.
pub(crate) const EDGES: [Rect; 4] =
    [[-20.0, -20.0, 500.0, 0.0], [-20.0, 270.0, 500.0, 290.0], [-20.0, 0.0, 0.0, 270.0], [480.0, 0.0, 500.0, 270.0]];
