//! The reference of every kernel, for processors without a level of their own.

use crate::map::{COLS, ROWS};
use crate::sound::{Column, DIAGONAL, Row, UNIT, Wave};

/// See [`super::DamageBlock`].
pub(super) fn damage_block(health: &mut [u16; 64], damage: &mut [u16; 64], see_through: &[u16; 64]) -> (u64, u64) {
    let (mut gone, mut clear) = (0, 0);
    for lane in 0..64 {
        let left = health[lane].saturating_sub(damage[lane]);
        health[lane] = left;
        damage[lane] = 0;
        gone |= u64::from(left == 0) << lane;
        clear |= u64::from(left <= see_through[lane]) << lane;
    }
    (gone, clear)
}

/// See [`super::OpenLanes`].
pub(super) fn open_lanes(
    rows: &[u64; ROWS],
    columns: &[u32; COLS],
    row_lanes: &mut [Row; ROWS],
    column_lanes: &mut [Column; COLS],
) {
    for (word, lanes) in rows.iter().zip(row_lanes) {
        *lanes = core::array::from_fn(|i| if word >> i & 1 == 1 { 255 } else { 0 });
    }
    for (word, lanes) in columns.iter().zip(column_lanes) {
        *lanes = core::array::from_fn(|i| if word >> i & 1 == 1 { 255 } else { 0 });
    }
}

/// A front moves on by one line: what was reached in it, or comes from the line before, straight or diagonally.
#[inline(always)]
fn front<const N: usize>(before: &[u8; N], open_before: &[u8; N], open: &[u8; N], reached: &[u8; N]) -> [u8; N] {
    let mut out = [0; N];
    for i in 0..N {
        // A diagonal step needs both cells beside it.
        let beside = |j: usize| before[j] & open[j];
        let low = if i > 0 { beside(i - 1) } else { 0 };
        let high = if i + 1 < N { beside(i + 1) } else { 0 };
        let diagonal = low.max(high) & open_before[i];
        let moved = before[i].saturating_sub(UNIT).max(diagonal.saturating_sub(DIAGONAL));
        out[i] = reached[i].max(moved) & open[i];
    }
    out
}

/// See [`super::FirstLayer`].
pub(super) fn first_layer(wave: &mut Wave, (x, y): (usize, usize), start: u8) {
    let (columns, rows) = (&wave.open_columns, &wave.open_rows);
    let layer = &mut wave.layers[0];
    layer.east[..x].fill([0; 32]);
    layer.west[x + 1..].fill([0; 32]);
    layer.south[..y].fill([0; 64]);
    layer.north[y + 1..].fill([0; 64]);
    layer.east[x] = [0; 32];
    layer.east[x][y] = start;
    layer.west[x] = layer.east[x];
    layer.south[y] = [0; 64];
    layer.south[y][x] = start;
    layer.north[y] = layer.south[y];
    for i in x + 1..COLS {
        layer.east[i] = front(&layer.east[i - 1], &columns[i - 1], &columns[i], &[0; 32]);
    }
    for i in (0..x).rev() {
        layer.west[i] = front(&layer.west[i + 1], &columns[i + 1], &columns[i], &[0; 32]);
    }
    for i in y + 1..ROWS {
        layer.south[i] = front(&layer.south[i - 1], &rows[i - 1], &rows[i], &[0; 64]);
    }
    for i in (0..y).rev() {
        layer.north[i] = front(&layer.north[i + 1], &rows[i + 1], &rows[i], &[0; 64]);
    }
}

/// See [`super::NextLayer`].
pub(super) fn next_layer(wave: &mut Wave, number: usize) -> bool {
    let (columns, rows) = (&wave.open_columns, &wave.open_rows);
    let (below, above) = wave.layers.split_at_mut(number);
    let (old, new) = (&below[number - 1], &mut above[0]);
    let across = |x: usize| -> Column {
        core::array::from_fn(|y| if y < ROWS { old.north[y][x].max(old.south[y][x]) } else { 0 })
    };
    let along =
        |y: usize| -> Row { core::array::from_fn(|x| if x < COLS { old.east[x][y].max(old.west[x][y]) } else { 0 }) };
    for x in 0..COLS {
        let turned = across(x);
        let reached: Column = core::array::from_fn(|i| old.east[x][i].max(turned[i]));
        new.east[x] = if x == 0 { reached } else { front(&new.east[x - 1], &columns[x - 1], &columns[x], &reached) };
    }
    for x in (0..COLS).rev() {
        let turned = across(x);
        let reached: Column = core::array::from_fn(|i| old.west[x][i].max(turned[i]));
        new.west[x] =
            if x == COLS - 1 { reached } else { front(&new.west[x + 1], &columns[x + 1], &columns[x], &reached) };
    }
    for y in 0..ROWS {
        let turned = along(y);
        let reached: Row = core::array::from_fn(|i| old.south[y][i].max(turned[i]));
        new.south[y] = if y == 0 { reached } else { front(&new.south[y - 1], &rows[y - 1], &rows[y], &reached) };
    }
    for y in (0..ROWS).rev() {
        let turned = along(y);
        let reached: Row = core::array::from_fn(|i| old.north[y][i].max(turned[i]));
        new.north[y] = if y == ROWS - 1 { reached } else { front(&new.north[y + 1], &rows[y + 1], &rows[y], &reached) };
    }
    new.east != old.east || new.west != old.west || new.south != old.south || new.north != old.north
}
