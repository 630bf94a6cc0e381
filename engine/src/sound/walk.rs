//! The cells on a straight line, row by row, in whole numbers.

/// Places are counted in 2^-16 of a cell, 10 px.
pub(super) const ONE: i32 = 1 << 16;
/// Beyond any grid, in cells.
const FAR: f32 = 64.0 * ONE as f32;
/// By which proposals reach beyond the line to either side: 0.01 px, above the 0.005 px that rounding adds up to over all
/// lines.
const MARGIN: i32 = 66;

/// A coordinate, px to 2^-16 cells.
#[inline]
pub(super) fn fixed(v: f32) -> i32 {
    (v * (ONE as f32 * 0.1)) as i32
}

/// The middle of a cell's side.
#[inline]
pub(super) fn fixed_middle(cell: usize) -> i32 {
    cell as i32 * ONE + ONE / 2
}

/// Whole part of what is cut to [`FAR`].
#[inline]
fn whole(v: f32) -> i32 {
    let v = if v < FAR { v } else { FAR };
    let v = if v > -FAR { v } else { -FAR };
    // SAFETY: within -FAR and FAR, which are whole and far within i32; not a number becomes FAR.
    unsafe { v.to_int_unchecked() }
}

/// Rows of a grid of `LINES` rows and `LANES` columns that the line between two points of the playfield, [`fixed`],
/// touches, from the top down, each with a mask of columns, more than the line touches by at most a cell to either side;
/// ends when `visit` is true. The same from either end. With rows and columns, and the coordinates, the other way about:
/// the columns.
///
/// [`crate::vision`]'s walk goes from the first point to the second, for bullets and hints; here no order is asked for.
#[inline(always)]
pub(super) fn walk<const LINES: usize, const LANES: usize>(
    a: (i32, i32),
    b: (i32, i32),
    mut visit: impl FnMut(usize, u64) -> bool,
) {
    let ((ax, ay), (bx, by)) = if (a.1, a.0) <= (b.1, b.0) { (a, b) } else { (b, a) };
    let first = ((ay - MARGIN) >> 16).max(0) as usize;
    let last = ((by + MARGIN) >> 16) as usize;
    // Margins stop at the ends and at the edges of the grid.
    let (low, high) = if ax < bx { (ax, bx) } else { (bx, ax) };
    let (low, high) = ((low - MARGIN).max(0), (high + MARGIN).min(LANES as i32 * ONE - 1));
    let mask = |from: i32, to: i32| (2u64 << (to.min(high) >> 16)).wrapping_sub(1 << (from.max(low) >> 16));
    if first >= last {
        visit(first.min(LINES - 1), mask(low, high));
        return;
    }
    let last = last.min(LINES - 1);
    let slope = (bx - ax) as f32 / (by - ay).max(1) as f32;
    // Columns a row; what is steeper than the field is wide is cut by the ends.
    let step = whole(slope * ONE as f32);
    // A line flatter than a margin goes on within it in the rows beside.
    let reach = whole(slope.abs() * MARGIN as f32) + MARGIN;
    let mut enters = ax;
    let mut leaves = whole(ax as f32 + ((first as i32 + 1) * ONE - ay) as f32 * slope);
    for row in first..=last {
        if row == last {
            leaves = bx;
        }
        let (from, to) = if enters < leaves { (enters, leaves) } else { (leaves, enters) };
        if visit(row, mask(from - reach, to + reach)) {
            return;
        }
        enters = leaves;
        leaves += step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{COLS, ROWS};
    use proptest::prelude::*;

    fn any_point() -> impl Strategy<Value = (f32, f32)> {
        prop_oneof![
            (0..=48u32, 0..=27u32).prop_map(|(x, y)| (x as f32 * 10.0, y as f32 * 10.0)),
            (0..=1920u32, 0..=1080u32).prop_map(|(x, y)| (x as f32 * 0.25, y as f32 * 0.25)),
            (0.0..=480.0f32, 0.0..=270.0f32),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        /// Every cell that the closed line touches is proposed, and none that lies a cell away.
        #[test]
        fn all_cells_and_not_many_more(a in any_point(), b in any_point()) {
            let mut rows = [0u64; ROWS];
            let (a_px, b_px) = (a, b);
            let (a, b) = ((fixed(a.0), fixed(a.1)), (fixed(b.0), fixed(b.1)));
            walk::<ROWS, COLS>(a, b, |row, mask| {
                rows[row] |= mask;
                false
            });
            let mut back = [0u64; ROWS];
            walk::<ROWS, COLS>(b, a, |row, mask| {
                back[row] |= mask;
                false
            });
            prop_assert_eq!(rows, back);
            let mut columns = [0u64; COLS];
            walk::<COLS, ROWS>((a.1, a.0), (b.1, b.0), |column, mask| {
                columns[column] |= mask;
                false
            });
            let (a, b) = (a_px, b_px);
            let touches = |grow: f64, x: usize, y: usize| {
                let (mut enter, mut leave) = (0.0f64, 1.0f64);
                for (from, to, cell) in [(a.0, b.0, x), (a.1, b.1, y)] {
                    let (from, way) = (f64::from(from), f64::from(to) - f64::from(from));
                    let (low, high) = (cell as f64 * 10.0 - grow, cell as f64 * 10.0 + 10.0 + grow);
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
            };
            for (y, row) in rows.iter().enumerate() {
                for (x, column) in columns.iter().enumerate() {
                    for proposed in [row >> x & 1 == 1, column >> y & 1 == 1] {
                        prop_assert!(proposed || !touches(0.0, x, y), "({}, {}) of {:?} to {:?}", x, y, a, b);
                        prop_assert!(!proposed || touches(0.1, x, y), "({}, {}) of {:?} to {:?}", x, y, a, b);
                    }
                }
            }
        }
    }
}
