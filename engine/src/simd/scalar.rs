//! The reference of every kernel, for processors without a level of their own.

use crate::sound::{Column, DIAGONAL, Row, UNIT, Wave, Window};

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
pub(super) fn open_lanes(wave: &mut Wave) {
    let window = wave.window;
    let lane = |on: bool| if on { 255 } else { 0 };
    for y in window.y.0..=window.y.1 {
        let word = window.row(wave.rows[y]);
        wave.open_rows[y] = core::array::from_fn(|i| lane(word >> i & 1 == 1));
    }
    for x in window.x.0..=window.x.1 {
        let word = window.column(wave.columns[x]);
        wave.open_columns[x] = core::array::from_fn(|i| lane(word >> i & 1 == 1));
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
    let Window { x: (x0, x1), y: (y0, y1), base, floor, .. } = wave.window;
    let (columns, rows) = (&wave.open_columns, &wave.open_rows);
    let layer = &mut wave.layers[0];
    layer.east[x0..x].fill([0; 32]);
    layer.west[x + 1..=x1].fill([0; 32]);
    layer.south[y0..y].fill([0; 64]);
    layer.north[y + 1..=y1].fill([0; 64]);
    layer.east[x] = [0; 32];
    layer.east[x][y - floor] = start;
    layer.west[x] = layer.east[x];
    layer.south[y] = [0; 64];
    layer.south[y][x - base] = start;
    layer.north[y] = layer.south[y];
    for i in x + 1..=x1 {
        layer.east[i] = front(&layer.east[i - 1], &columns[i - 1], &columns[i], &[0; 32]);
    }
    for i in (x0..x).rev() {
        layer.west[i] = front(&layer.west[i + 1], &columns[i + 1], &columns[i], &[0; 32]);
    }
    for i in y + 1..=y1 {
        layer.south[i] = front(&layer.south[i - 1], &rows[i - 1], &rows[i], &[0; 64]);
    }
    for i in (y0..y).rev() {
        layer.north[i] = front(&layer.north[i + 1], &rows[i + 1], &rows[i], &[0; 64]);
    }
}

/// See [`super::NextLayer`].
pub(super) fn next_layer(wave: &mut Wave, number: usize) -> bool {
    let Window { x: (x0, x1), y: (y0, y1), base, floor, .. } = wave.window;
    let (columns, rows) = (&wave.open_columns, &wave.open_rows);
    let (below, above) = wave.layers.split_at_mut(number);
    let (old, new) = (&below[number - 1], &mut above[0]);
    let across = |x: usize, lane: usize| {
        let y = lane + floor;
        if y >= y0 && y <= y1 { old.north[y][x - base].max(old.south[y][x - base]) } else { 0 }
    };
    let along = |y: usize, lane: usize| {
        let x = lane + base;
        if x >= x0 && x <= x1 { old.east[x][y - floor].max(old.west[x][y - floor]) } else { 0 }
    };
    fn note<const N: usize>(nearer: &mut [u8; N], new: &[u8; N], reached: &[u8; N], back: &[u8; N]) {
        for i in 0..N {
            let left = if new[i] > reached[i].max(back[i]) { new[i] } else { 0 };
            nearer[i] = nearer[i].max(left);
        }
    }
    let (mut nearer_rows, mut nearer_columns) = ([0; 32], [0; 64]);
    for x in x0..=x1 {
        let reached: Column = core::array::from_fn(|i| old.east[x][i].max(across(x, i)));
        new.east[x] = if x == x0 { reached } else { front(&new.east[x - 1], &columns[x - 1], &columns[x], &reached) };
        note(&mut nearer_rows, &new.east[x], &reached, &old.west[x]);
    }
    for x in (x0..=x1).rev() {
        let reached: Column = core::array::from_fn(|i| old.west[x][i].max(across(x, i)));
        new.west[x] = if x == x1 { reached } else { front(&new.west[x + 1], &columns[x + 1], &columns[x], &reached) };
        note(&mut nearer_rows, &new.west[x], &reached, &old.east[x]);
    }
    for y in y0..=y1 {
        let reached: Row = core::array::from_fn(|i| old.south[y][i].max(along(y, i)));
        new.south[y] = if y == y0 { reached } else { front(&new.south[y - 1], &rows[y - 1], &rows[y], &reached) };
        note(&mut nearer_columns, &new.south[y], &reached, &old.north[y]);
    }
    for y in (y0..=y1).rev() {
        let reached: Row = core::array::from_fn(|i| old.north[y][i].max(along(y, i)));
        new.north[y] = if y == y1 { reached } else { front(&new.north[y + 1], &rows[y + 1], &rows[y], &reached) };
        note(&mut nearer_columns, &new.north[y], &reached, &old.south[y]);
    }
    (wave.nearer_rows, wave.nearer_columns) = (nearer_rows, nearer_columns);
    nearer_rows.iter().chain(&nearer_columns).any(|&left| left > 0)
}
