//! The cells on a straight line, row by row, in whole numbers.

/// Columns are counted in 2^-16 of a column, 10 px.
const ONE: f32 = 65_536.0;
/// By which proposals reach beyond the line to either side: 0.01 px, above the 0.002 px that rounding adds up to over 27
/// rows.
const MARGIN: i32 = 66;
/// The same for rows, px.
const MARGIN_PX: f32 = 0.01;

/// Rows of a grid of `LINES` rows and `LANES` columns that the line between two points of the playfield touches, from the top down, each with a mask of
/// columns, more than the line touches by at most a cell to either side; ends when `visit` is true. The same from either
/// end. With rows and columns, and the coordinates, the other way about: the columns.
///
/// [`crate::vision`]'s walk goes from the first point to the second, for bullets and hints; here no order is asked for.
#[inline(always)]
pub(super) fn walk<const LINES: usize, const LANES: usize>(a: (f32, f32), b: (f32, f32), mut visit: impl FnMut(usize, u64) -> bool) {
    let ((ax, ay), (bx, by)) = if (a.1, a.0) <= (b.1, b.0) { (a, b) } else { (b, a) };
    let row = |y: f32| ((y * 0.1) as i32).clamp(0, LINES as i32 - 1);
    let (first, last) = (row(ay - MARGIN_PX), row(by + MARGIN_PX));
    let (x0, x1) = ((ax * (ONE * 0.1)) as i32, (bx * (ONE * 0.1)) as i32);
    let (low, high) = if x0 < x1 { (x0, x1) } else { (x1, x0) };
    let mask = |from: i32, to: i32| {
        let from = (from - MARGIN).max(low - MARGIN).max(0) >> 16;
        let to = ((to + MARGIN).min(high + MARGIN) >> 16).min(LANES as i32 - 1);
        (2u64 << to).wrapping_sub(1 << from)
    };
    if first == last {
        visit(first as usize, mask(low, high));
        return;
    }
    let slope = (bx - ax) / (by - ay).max(1.0e-3);
    // Columns a row; what is steeper than the field is wide is cut by the ends.
    let step = (slope * ONE).clamp(-64.0 * ONE, 64.0 * ONE) as i32;
    // A line flatter than a margin goes on within it in the rows beside.
    let flat = (slope.abs() * MARGIN_PX * (ONE * 0.1)).min(64.0 * ONE) as i32;
    let edge = (first + 1) as f32 * 10.0;
    let mut enters = x0;
    let mut leaves = (((ax + (edge - ay) * slope) * (ONE * 0.1)).clamp(-64.0 * ONE, 64.0 * ONE)) as i32;
    for row in first..=last {
        if row == last {
            leaves = x1;
        }
        let (from, to) = if enters < leaves { (enters, leaves) } else { (leaves, enters) };
        if visit(row as usize, mask(from - flat, to + flat)) {
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
                for x in 0..COLS {
                    let proposed = row >> x & 1 == 1;
                    prop_assert!(proposed || !touches(0.0, x, y), "({}, {}) of {:?} to {:?}", x, y, a, b);
                    prop_assert!(!proposed || touches(0.1, x, y), "({}, {}) of {:?} to {:?}", x, y, a, b);
                }
            }
        }
    }
}
