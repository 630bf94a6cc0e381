//! x86-64 kernels.

use crate::map::{COLS, ROWS};
use crate::sound::{Column, DIAGONAL, Row, UNIT, Wave};
use core::arch::x86_64::*;

/// See [`super::DamageBlock`]. 16 lanes a round: two subtractions, four compares, two packs.
pub(super) fn damage_block_sse2(health: &mut [u16; 64], damage: &mut [u16; 64], see_through: &[u16; 64]) -> (u64, u64) {
    let (mut gone, mut clear) = (0u64, 0u64);
    for round in 0..4 {
        let at = round * 16;
        // SAFETY: SSE2 is part of x86-64; `at + 16 <= 64` bounds every load and store, which need no alignment.
        unsafe {
            let zero = _mm_setzero_si128();
            let load = |p: &[u16; 64], i: usize| _mm_loadu_si128(p.as_ptr().add(at + i).cast());
            let low = _mm_subs_epu16(load(health, 0), load(damage, 0));
            let high = _mm_subs_epu16(load(health, 8), load(damage, 8));
            _mm_storeu_si128(health.as_mut_ptr().add(at).cast(), low);
            _mm_storeu_si128(health.as_mut_ptr().add(at + 8).cast(), high);
            _mm_storeu_si128(damage.as_mut_ptr().add(at).cast(), zero);
            _mm_storeu_si128(damage.as_mut_ptr().add(at + 8).cast(), zero);
            let mask = |a, b| _mm_movemask_epi8(_mm_packs_epi16(a, b)) as u16;
            let gone16 = mask(_mm_cmpeq_epi16(low, zero), _mm_cmpeq_epi16(high, zero));
            // Unsigned a <= b is "a - b saturates to 0": SSE2 compares signed words only.
            let clear16 = mask(
                _mm_cmpeq_epi16(_mm_subs_epu16(low, load(see_through, 0)), zero),
                _mm_cmpeq_epi16(_mm_subs_epu16(high, load(see_through, 8)), zero),
            );
            gone |= u64::from(gone16) << at;
            clear |= u64::from(clear16) << at;
        }
    }
    (gone, clear)
}

/// See [`super::DamageBlock`]. Must only be reached where AVX2 has been detected.
pub(super) fn damage_block_avx2(health: &mut [u16; 64], damage: &mut [u16; 64], see_through: &[u16; 64]) -> (u64, u64) {
    debug_assert!(std::arch::is_x86_feature_detected!("avx2"));
    // SAFETY: `Kernels::for_level` hands this out only where `Level::detect` found AVX2.
    unsafe { damage_block_avx2_inner(health, damage, see_through) }
}

#[target_feature(enable = "avx2")]
fn damage_block_avx2_inner(health: &mut [u16; 64], damage: &mut [u16; 64], see_through: &[u16; 64]) -> (u64, u64) {
    let zero = _mm256_setzero_si256();
    let (mut gone, mut clear) = (0u64, 0u64);
    for round in 0..2 {
        let at = round * 32;
        // SAFETY: `at + 32 <= 64` bounds every load and store, which need no alignment.
        let (low, high, see_low, see_high) = unsafe {
            let load = |p: &[u16; 64], i: usize| _mm256_loadu_si256(p.as_ptr().add(at + i).cast());
            let low = _mm256_subs_epu16(load(health, 0), load(damage, 0));
            let high = _mm256_subs_epu16(load(health, 16), load(damage, 16));
            _mm256_storeu_si256(health.as_mut_ptr().add(at).cast(), low);
            _mm256_storeu_si256(health.as_mut_ptr().add(at + 16).cast(), high);
            _mm256_storeu_si256(damage.as_mut_ptr().add(at).cast(), zero);
            _mm256_storeu_si256(damage.as_mut_ptr().add(at + 16).cast(), zero);
            (low, high, load(see_through, 0), load(see_through, 16))
        };
        // The pack works within 128-bit halves; the permutation puts the lanes back in order.
        let mask =
            |a, b| _mm256_movemask_epi8(_mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi16(a, b))) as u32;
        gone |= u64::from(mask(_mm256_cmpeq_epi16(low, zero), _mm256_cmpeq_epi16(high, zero))) << at;
        clear |= u64::from(mask(
            _mm256_cmpeq_epi16(_mm256_subs_epu16(low, see_low), zero),
            _mm256_cmpeq_epi16(_mm256_subs_epu16(high, see_high), zero),
        )) << at;
    }
    (gone, clear)
}

#[inline]
#[target_feature(enable = "avx2")]
fn load32(from: &[u8; 32]) -> __m256i {
    // SAFETY: the reference is good for 32 bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store32(to: &mut [u8; 32], v: __m256i) {
    // SAFETY: the reference is good for 32 bytes; the store needs no alignment.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), v) }
}

/// A row as two registers.
#[derive(Clone, Copy)]
struct Pair(__m256i, __m256i);

#[inline]
#[target_feature(enable = "avx2")]
fn load64(from: &[u8; 64]) -> Pair {
    // SAFETY: the reference is good for 64 bytes; the loads need no alignment.
    unsafe { Pair(_mm256_loadu_si256(from.as_ptr().cast()), _mm256_loadu_si256(from.as_ptr().add(32).cast())) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store64(to: &mut [u8; 64], v: Pair) {
    // SAFETY: the reference is good for 64 bytes; the stores need no alignment.
    unsafe {
        _mm256_storeu_si256(to.as_mut_ptr().cast(), v.0);
        _mm256_storeu_si256(to.as_mut_ptr().add(32).cast(), v.1);
    }
}

/// 255 in the lanes of the bits that are set.
#[inline]
#[target_feature(enable = "avx2")]
fn spread(bits: u32) -> __m256i {
    let byte_of = _mm256_setr_epi8(
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3,
    );
    let bit_of = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
    let bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(bits as i32), byte_of);
    _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit_of), bit_of)
}

/// See [`super::OpenLanes`]. Must only be reached where AVX2 has been detected.
pub(super) fn open_lanes_avx2(
    rows: &[u64; ROWS],
    columns: &[u32; COLS],
    row_lanes: &mut [Row; ROWS],
    column_lanes: &mut [Column; COLS],
) {
    debug_assert!(std::arch::is_x86_feature_detected!("avx2"));
    // SAFETY: `Kernels::for_level` hands this out only where `Level::detect` found AVX2.
    unsafe { open_lanes_avx2_inner(rows, columns, row_lanes, column_lanes) }
}

#[target_feature(enable = "avx2")]
fn open_lanes_avx2_inner(
    rows: &[u64; ROWS],
    columns: &[u32; COLS],
    row_lanes: &mut [Row; ROWS],
    column_lanes: &mut [Column; COLS],
) {
    for (&word, lanes) in rows.iter().zip(row_lanes) {
        store64(lanes, Pair(spread(word as u32), spread((word >> 32) as u32)));
    }
    for (&word, lanes) in columns.iter().zip(column_lanes) {
        store32(lanes, spread(word));
    }
}

/// The front of `scalar::front` for a column.
#[inline]
#[target_feature(enable = "avx2")]
fn front32(before: __m256i, open_before: __m256i, open: __m256i, reached: __m256i) -> __m256i {
    let beside = _mm256_and_si256(before, open);
    // Lane i gets lane i - 1, and lane i + 1; zeros come in at the ends.
    let low = _mm256_alignr_epi8::<15>(beside, _mm256_permute2x128_si256::<0x08>(beside, beside));
    let high = _mm256_alignr_epi8::<1>(_mm256_permute2x128_si256::<0x81>(beside, beside), beside);
    let diagonal = _mm256_and_si256(_mm256_max_epu8(low, high), open_before);
    let moved = _mm256_max_epu8(
        _mm256_subs_epu8(before, _mm256_set1_epi8(UNIT as i8)),
        _mm256_subs_epu8(diagonal, _mm256_set1_epi8(DIAGONAL as i8)),
    );
    _mm256_and_si256(_mm256_max_epu8(moved, reached), open)
}

/// The front of `scalar::front` for a row.
#[inline]
#[target_feature(enable = "avx2")]
fn front64(before: Pair, open_before: Pair, open: Pair, reached: Pair) -> Pair {
    let a = _mm256_and_si256(before.0, open.0);
    let b = _mm256_and_si256(before.1, open.1);
    let middle = _mm256_permute2x128_si256::<0x21>(a, b);
    let low_a = _mm256_alignr_epi8::<15>(a, _mm256_permute2x128_si256::<0x08>(a, a));
    let low_b = _mm256_alignr_epi8::<15>(b, middle);
    let high_a = _mm256_alignr_epi8::<1>(middle, a);
    let high_b = _mm256_alignr_epi8::<1>(_mm256_permute2x128_si256::<0x81>(b, b), b);
    let (unit, step) = (_mm256_set1_epi8(UNIT as i8), _mm256_set1_epi8(DIAGONAL as i8));
    let diagonal_a = _mm256_and_si256(_mm256_max_epu8(low_a, high_a), open_before.0);
    let diagonal_b = _mm256_and_si256(_mm256_max_epu8(low_b, high_b), open_before.1);
    let moved_a = _mm256_max_epu8(_mm256_subs_epu8(before.0, unit), _mm256_subs_epu8(diagonal_a, step));
    let moved_b = _mm256_max_epu8(_mm256_subs_epu8(before.1, unit), _mm256_subs_epu8(diagonal_b, step));
    Pair(
        _mm256_and_si256(_mm256_max_epu8(moved_a, reached.0), open.0),
        _mm256_and_si256(_mm256_max_epu8(moved_b, reached.1), open.1),
    )
}

/// See [`super::FirstLayer`]. Must only be reached where AVX2 has been detected.
pub(super) fn first_layer_avx2(wave: &mut Wave, source: (usize, usize), start: u8) {
    debug_assert!(std::arch::is_x86_feature_detected!("avx2"));
    // SAFETY: `Kernels::for_level` hands this out only where `Level::detect` found AVX2.
    unsafe { first_layer_avx2_inner(wave, source, start) }
}

#[target_feature(enable = "avx2")]
fn first_layer_avx2_inner(wave: &mut Wave, (x, y): (usize, usize), start: u8) {
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
    let zero = _mm256_setzero_si256();
    // Fronts that have died stay so: what is left is zeros.
    let mut at = load32(&layer.east[x]);
    let mut open = load32(&columns[x]);
    for i in x + 1..COLS {
        let next = load32(&columns[i]);
        at = front32(at, open, next, zero);
        open = next;
        store32(&mut layer.east[i], at);
    }
    let mut at = load32(&layer.west[x]);
    let mut open = load32(&columns[x]);
    for i in (0..x).rev() {
        let next = load32(&columns[i]);
        at = front32(at, open, next, zero);
        open = next;
        store32(&mut layer.west[i], at);
    }
    let zeros = Pair(zero, zero);
    let mut at = load64(&layer.south[y]);
    let mut open = load64(&rows[y]);
    for i in y + 1..ROWS {
        let next = load64(&rows[i]);
        at = front64(at, open, next, zeros);
        open = next;
        store64(&mut layer.south[i], at);
    }
    let mut at = load64(&layer.north[y]);
    let mut open = load64(&rows[y]);
    for i in (0..y).rev() {
        let next = load64(&rows[i]);
        at = front64(at, open, next, zeros);
        open = next;
        store64(&mut layer.north[i], at);
    }
}

/// 16 registers, register i lane j, turned over to register j lane i; in each half of 256 bits by itself.
#[inline]
#[target_feature(enable = "avx2")]
fn turn_over(mut v: [__m256i; 16]) -> [__m256i; 16] {
    // Four perfect shuffles of register i with register i + 8 bring lane j of register i to register j, lane i.
    for _ in 0..4 {
        let mut next = [_mm256_setzero_si256(); 16];
        for i in 0..8 {
            next[2 * i] = _mm256_unpacklo_epi8(v[i], v[i + 8]);
            next[2 * i + 1] = _mm256_unpackhi_epi8(v[i], v[i + 8]);
        }
        v = next;
    }
    v
}

/// See [`super::NextLayer`]. Must only be reached where AVX2 has been detected.
pub(super) fn next_layer_avx2(wave: &mut Wave, number: usize) -> bool {
    debug_assert!(std::arch::is_x86_feature_detected!("avx2"));
    // SAFETY: `Kernels::for_level` hands this out only where `Level::detect` found AVX2.
    unsafe { next_layer_avx2_inner(wave, number) }
}

#[target_feature(enable = "avx2")]
fn next_layer_avx2_inner(wave: &mut Wave, number: usize) -> bool {
    let (columns, rows) = (&wave.open_columns, &wave.open_rows);
    let (below, above) = wave.layers.split_at_mut(number);
    let (old, new) = (&below[number - 1], &mut above[0]);
    let zero = _mm256_setzero_si256();

    // The louder of north and south, by columns. Two blocks of 16 x 16 at once, columns c .. c + 16 with rows 0 .. 16 in
    // the lower half and rows 16 .. 32 in the upper.
    let mut across = [[0u8; 32]; COLS];
    for c in [0, 16, 32] {
        let half = |y: usize| {
            if y >= ROWS {
                return _mm_setzero_si128();
            }
            // SAFETY: c + 16 <= 48 < 64 lanes of a row.
            unsafe {
                _mm_max_epu8(
                    _mm_loadu_si128(old.north[y].as_ptr().add(c).cast()),
                    _mm_loadu_si128(old.south[y].as_ptr().add(c).cast()),
                )
            }
        };
        let v = turn_over(core::array::from_fn(|i| _mm256_set_m128i(half(i + 16), half(i))));
        for i in 0..16 {
            store32(&mut across[c + i], v[i]);
        }
    }
    // The louder of east and west, by rows: columns c .. c + 16 in the lower half, c + 16 .. c + 32 in the upper.
    let mut along = [[0u8; 64]; 32];
    for (c, upper) in [(0, true), (32, false)] {
        for r in [0, 16] {
            let half = |x: usize| {
                // SAFETY: r + 16 <= 32 lanes of a column; x < 48 by the guard of `upper`.
                unsafe {
                    _mm_max_epu8(
                        _mm_loadu_si128(old.east[x].as_ptr().add(r).cast()),
                        _mm_loadu_si128(old.west[x].as_ptr().add(r).cast()),
                    )
                }
            };
            let v = turn_over(core::array::from_fn(|i| {
                let high = if upper { half(c + 16 + i) } else { _mm_setzero_si128() };
                _mm256_set_m128i(high, half(c + i))
            }));
            for i in 0..16 {
                // SAFETY: c + 32 <= 64 lanes of a row.
                unsafe { _mm256_storeu_si256(along[r + i].as_mut_ptr().add(c).cast(), v[i]) };
            }
        }
    }

    let mut changed = zero;
    // East and west, south and north at once: their chains do not wait for each other.
    let (mut east, mut west) = (zero, zero);
    let (mut open_east, mut open_west) = (zero, zero);
    for i in 0..COLS {
        let (e, w) = (i, COLS - 1 - i);
        let (was_east, was_west) = (load32(&old.east[e]), load32(&old.west[w]));
        let (next_east, next_west) = (load32(&columns[e]), load32(&columns[w]));
        east = front32(east, open_east, next_east, _mm256_max_epu8(was_east, load32(&across[e])));
        west = front32(west, open_west, next_west, _mm256_max_epu8(was_west, load32(&across[w])));
        (open_east, open_west) = (next_east, next_west);
        store32(&mut new.east[e], east);
        store32(&mut new.west[w], west);
        changed = _mm256_or_si256(changed, _mm256_xor_si256(was_east, east));
        changed = _mm256_or_si256(changed, _mm256_xor_si256(was_west, west));
    }
    let zeros = Pair(zero, zero);
    let (mut south, mut north) = (zeros, zeros);
    let (mut open_south, mut open_north) = (zeros, zeros);
    for i in 0..ROWS {
        let (s, n) = (i, ROWS - 1 - i);
        let (was_south, was_north) = (load64(&old.south[s]), load64(&old.north[n]));
        let (next_south, next_north) = (load64(&rows[s]), load64(&rows[n]));
        let louder = |a: Pair, b: Pair| Pair(_mm256_max_epu8(a.0, b.0), _mm256_max_epu8(a.1, b.1));
        south = front64(south, open_south, next_south, louder(was_south, load64(&along[s])));
        north = front64(north, open_north, next_north, louder(was_north, load64(&along[n])));
        (open_south, open_north) = (next_south, next_north);
        store64(&mut new.south[s], south);
        store64(&mut new.north[n], north);
        for (was, now) in [(was_south, south), (was_north, north)] {
            changed = _mm256_or_si256(changed, _mm256_xor_si256(was.0, now.0));
            changed = _mm256_or_si256(changed, _mm256_xor_si256(was.1, now.1));
        }
    }
    _mm256_testz_si256(changed, changed) == 0
}
