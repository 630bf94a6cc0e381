//! Waves with AVX-512: a row of cells, or a column's two directions, in one register, and open cells as masks.
//!
//! Of [`super::x86`]'s kernels these differ in three things: bytes move by one lane in one instruction (VBMI), where 256
//! bits take two; closed cells are masked in the instruction that computes them; and no lanes of open cells are made,
//! for the words of the grid are the masks.

use super::x86::{self, lanes16, load32, set_lanes16, sixteen, sixteen_mut, store32, turning};
use crate::map::{COLS, ROWS};
use crate::sound::{Column, DIAGONAL, Layer, Row, UNIT, Wave, Width, Window};
use core::arch::x86_64::*;

/// Whether this processor has all that the kernels use.
pub(super) fn is_there() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx2") && has!("avx512f") && has!("avx512bw") && has!("avx512vl") && has!("avx512vbmi")
}

/// Two lines of 32 lanes, one after the other.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn pair<const N: usize>(a: &[u8; N], b: &[u8; N]) -> __m512i {
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(load32(a)), load32(b))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn store_pair<const N: usize>(a: &mut [u8; N], b: &mut [u8; N], v: __m512i) {
    store32(a, _mm512_castsi512_si256(v));
    store32(b, _mm512_extracti64x4_epi64::<1>(v));
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn load64(from: &Row) -> __m512i {
    // SAFETY: the reference is good for 64 bytes; the load needs no alignment.
    unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn store64(to: &mut Row, v: __m512i) {
    // SAFETY: the reference is good for 64 bytes; the store needs no alignment.
    unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), v) }
}

/// Lanes that have a lane before them in their line, by where lines end, and those that have one after.
#[derive(Clone, Copy)]
struct Ends {
    before: u64,
    after: u64,
}

/// A line of 64 lanes.
const ONE: Ends = Ends { before: !1, after: !(1 << 63) };
/// Two of 32.
const TWO: Ends = Ends { before: !(1 << 32 | 1), after: !(1 << 63 | 1 << 31) };

/// The front of `scalar::front`. Bit i of the masks: the cell in lane i is open.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn front(before: __m512i, open_before: u64, open: u64, reached: __m512i, ends: Ends) -> __m512i {
    let straight = _mm512_max_epu8(_mm512_subs_epu8(before, _mm512_set1_epi8(UNIT as i8)), reached);
    // Saturated to 0, closed cells stay 0 with the diagonal's cost taken off first.
    let beside = _mm512_maskz_subs_epu8(open, before, _mm512_set1_epi8(DIAGONAL as i8));
    let lane = lanes();
    let low = _mm512_sub_epi8(lane, _mm512_set1_epi8(1));
    let high = _mm512_add_epi8(lane, _mm512_set1_epi8(1));
    let low = _mm512_maskz_permutexvar_epi8(open_before & ends.before, low, beside);
    let high = _mm512_maskz_permutexvar_epi8(open_before & ends.after, high, beside);
    _mm512_maskz_max_epu8(open, _mm512_max_epu8(low, high), straight)
}

/// Lane i holds i.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn lanes() -> __m512i {
    const LANES: Row = {
        let mut lanes = [0; 64];
        let mut i = 0;
        while i < 64 {
            lanes[i] = i as u8;
            i += 1;
        }
        lanes
    };
    load64(&LANES)
}

/// `nearer`, or `at` in the lanes where it is above `known` and more.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn note(nearer: __m512i, at: __m512i, known: __m512i) -> __m512i {
    _mm512_mask_max_epu8(nearer, _mm512_cmpgt_epu8_mask(at, known), nearer, at)
}

/// The more of the two halves, by lane.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn fold(v: __m512i) -> __m256i {
    _mm256_max_epu8(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v))
}

/// Does the steps of two loops side by side, for as long as there are: their chains do not wait for each other.
macro_rules! take_turns {
    ($ones:expr, $others:expr, $one:ident, $other:ident) => {{
        let both = $ones.min($others);
        for i in 0..both {
            $one!(i);
            $other!(i);
        }
        for i in both..$ones {
            $one!(i);
        }
        for i in both..$others {
            $other!(i);
        }
    }};
}

/// See [`super::OpenLanes`]. Must only be reached where [`is_there`].
pub(super) fn open_lanes(wave: &mut Wave) {
    // The other windows' open cells are read from the words.
    if wave.window.width == Width::Tiny {
        x86::open_lanes_avx2(wave);
    }
}

/// See [`super::FirstLayer`]. Must only be reached where [`is_there`].
pub(super) fn first_layer(wave: &mut Wave, source: (usize, usize), start: u8) {
    debug_assert!(is_there());
    if wave.window.width == Width::Tiny {
        return x86::first_layer_avx2(wave, source, start);
    }
    // SAFETY: `Kernels::for_level` hands this out only where `Level::detect` found all that is enabled.
    unsafe { first_layer_inner(wave, source, start) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn first_layer_inner(wave: &mut Wave, (x, y): (usize, usize), start: u8) {
    let window = wave.window;
    let Window { x: (x0, x1), y: (y0, y1), base, floor, .. } = window;
    let (rows, columns) = (&wave.rows, &wave.columns);
    let layer = &mut wave.layers[0];
    layer.east[x0..=x].fill([0; 32]);
    layer.east[x][y - floor] = start;
    layer.west[x..=x1].fill([0; 32]);
    layer.west[x] = layer.east[x];
    layer.south[y0..=y].fill([0; 64]);
    layer.south[y][x - base] = start;
    layer.north[y..=y1].fill([0; 64]);
    layer.north[y] = layer.south[y];
    let zero = _mm512_setzero_si512();

    // East and west at once, as long as both go on; what has come to the window's edge goes on among closed cells.
    let open = |x: usize| u64::from(window.column(columns[x]));
    let (mut at, mut open_at) = (pair(&layer.east[x], &layer.west[x]), open(x) | open(x) << 32);
    let (east, west) = (x1 - x, x - x0);
    for step in 1..=east.max(west) {
        let next_east = if step <= east { open(x + step) } else { 0 };
        let next_west = if step <= west { open(x - step) } else { 0 };
        let next = next_east | next_west << 32;
        at = front(at, open_at, next, zero, TWO);
        open_at = next;
        if step <= east {
            store32(&mut layer.east[x + step], _mm512_castsi512_si256(at));
        }
        if step <= west {
            store32(&mut layer.west[x - step], _mm512_extracti64x4_epi64::<1>(at));
        }
    }

    let open = |y: usize| window.row(rows[y]);
    let (first, first_open) = (load64(&layer.south[y]), open(y));
    let (mut at, mut open_at) = (first, first_open);
    for y in y + 1..=y1 {
        let next = open(y);
        at = front(at, open_at, next, zero, ONE);
        open_at = next;
        store64(&mut layer.south[y], at);
    }
    (at, open_at) = (first, first_open);
    for y in (y0..y).rev() {
        let next = open(y);
        at = front(at, open_at, next, zero, ONE);
        open_at = next;
        store64(&mut layer.north[y], at);
    }
}

turning!("avx512f,avx512bw,avx512vl,avx512vbmi");

/// See [`super::NextLayer`]. Must only be reached where [`is_there`].
pub(super) fn next_layer(wave: &mut Wave, number: usize) -> bool {
    debug_assert!(is_there());
    if wave.window.width == Width::Tiny {
        return x86::next_layer_avx2(wave, number);
    }
    // SAFETY: `Kernels::for_level` hands this out only where `Level::detect` found all that is enabled.
    unsafe { next_layer_inner(wave, number) }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi")]
fn next_layer_inner(wave: &mut Wave, number: usize) -> bool {
    let window = wave.window;
    let Window { x: (x0, x1), y: (y0, y1), base, width, .. } = window;
    let (below, above) = wave.layers.split_at_mut(number);
    let (old, new) = (&below[number - 1], &mut above[0]);
    turn_layer(old, &window, &mut wave.turned_columns, &mut wave.turned_rows);
    let zero = _mm512_setzero_si512();

    // East in the lower half, west in the upper.
    let words = &wave.columns[x0..=x1];
    let across = &wave.turned_columns[x0 - base..=x1 - base];
    let (old_east, old_west) = (&old.east[x0..=x1], &old.west[x0..=x1]);
    let (new_east, new_west) = (&mut new.east[x0..=x1], &mut new.west[x0..=x1]);
    let columns = words.len();
    assert!(across.len() == columns && old_east.len() == columns && old_west.len() == columns);
    assert!(new_east.len() == columns && new_west.len() == columns);
    let (mut at, mut open, mut sideways) = (zero, 0, zero);
    macro_rules! column {
        ($up:ident) => {
            let up = $up;
            let down = columns - 1 - up;
            let reached = _mm512_max_epu8(pair(&old_east[up], &old_west[down]), pair(&across[up], &across[down]));
            let next = u64::from(window.column(words[up])) | u64::from(window.column(words[down])) << 32;
            at = front(at, open, next, reached, TWO);
            open = next;
            sideways = note(sideways, at, _mm512_max_epu8(reached, pair(&old_west[up], &old_east[down])));
            store_pair(&mut new_east[up], &mut new_west[down], at);
        };
    }

    // South and north: in halves like that where 32 lanes hold a row, else in two registers.
    let words = &wave.rows[y0..=y1];
    let along = &wave.turned_rows[y0..=y1];
    let (old_south, old_north) = (&old.south[y0..=y1], &old.north[y0..=y1]);
    let (new_south, new_north) = (&mut new.south[y0..=y1], &mut new.north[y0..=y1]);
    let rows = words.len();
    assert!(along.len() == rows && old_south.len() == rows && old_north.len() == rows);
    assert!(new_south.len() == rows && new_north.len() == rows);
    let mut upright = zero;
    // Fronts to the side and upright take turns: those of each wait for themselves alone.
    if width == Width::Narrow {
        let (mut both, mut both_open) = (zero, 0);
        macro_rules! row {
            ($up:ident) => {
                let up = $up;
                let down = rows - 1 - up;
                let reached = _mm512_max_epu8(pair(&old_south[up], &old_north[down]), pair(&along[up], &along[down]));
                let next = window.row(words[up]) | window.row(words[down]) << 32;
                both = front(both, both_open, next, reached, TWO);
                both_open = next;
                upright = note(upright, both, _mm512_max_epu8(reached, pair(&old_north[up], &old_south[down])));
                store_pair(&mut new_south[up], &mut new_north[down], both);
            };
        }
        take_turns!(columns, rows, column, row);
        upright = _mm512_zextsi256_si512(fold(upright));
    } else {
        let (mut south, mut north, mut open_south, mut open_north) = (zero, zero, 0, 0);
        macro_rules! row {
            ($up:ident) => {
                let up = $up;
                let down = rows - 1 - up;
                let reached = _mm512_max_epu8(load64(&old_south[up]), load64(&along[up]));
                let next = window.row(words[up]);
                south = front(south, open_south, next, reached, ONE);
                open_south = next;
                upright = note(upright, south, _mm512_max_epu8(reached, load64(&old_north[up])));
                store64(&mut new_south[up], south);
                let reached = _mm512_max_epu8(load64(&old_north[down]), load64(&along[down]));
                let next = window.row(words[down]);
                north = front(north, open_north, next, reached, ONE);
                open_north = next;
                upright = note(upright, north, _mm512_max_epu8(reached, load64(&old_south[down])));
                store64(&mut new_north[down], north);
            };
        }
        take_turns!(columns, rows, column, row);
    }
    let sideways = fold(sideways);
    store32(&mut wave.nearer_rows, sideways);
    store64(&mut wave.nearer_columns, upright);
    _mm256_testz_si256(sideways, sideways) == 0 || _mm512_test_epi8_mask(upright, upright) != 0
}
