//! x86-64 kernels.

use crate::map::{COLS, ROWS};
use crate::sound::{Column, DIAGONAL, Layer, Row, UNIT, Wave, Width, Window};
use crate::vision::Pairs;
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

// The wave: lines of 16 lanes in SSE2 registers, of 32 and 64 lanes in AVX2 registers.

#[inline]
#[target_feature(enable = "avx2")]
fn load16<const N: usize>(from: &[u8; N]) -> __m128i {
    const { assert!(N >= 16) }
    // SAFETY: the reference is good for N >= 16 bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store16<const N: usize>(to: &mut [u8; N], v: __m128i) {
    const { assert!(N >= 16) }
    // SAFETY: the reference is good for N >= 16 bytes; the store needs no alignment.
    unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), v) }
}

/// Lanes `at .. at + 16`; `at + 16` must be at most N.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn lanes16<const N: usize>(from: &[u8; N], at: usize) -> __m128i {
    debug_assert!(at + 16 <= N);
    // SAFETY: callers pass 0, 16 or 32 for 64 lanes and 0 or 16 for 32.
    unsafe { _mm_loadu_si128(from.as_ptr().add(at).cast()) }
}

/// Sets lanes `at .. at + 16`, of which none is beyond the 64.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn set_lanes16(to: &mut Row, at: usize, v: __m128i) {
    debug_assert!(at + 16 <= 64);
    // SAFETY: callers pass 0, 16 or 32.
    unsafe { _mm_storeu_si128(to.as_mut_ptr().add(at).cast(), v) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load32<const N: usize>(from: &[u8; N]) -> __m256i {
    const { assert!(N >= 32) }
    // SAFETY: the reference is good for N >= 32 bytes; the load needs no alignment.
    unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn store32<const N: usize>(to: &mut [u8; N], v: __m256i) {
    const { assert!(N >= 32) }
    // SAFETY: the reference is good for N >= 32 bytes; the store needs no alignment.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), v) }
}

/// A row as two registers.
#[derive(Clone, Copy)]
struct Pair(__m256i, __m256i);

#[inline]
#[target_feature(enable = "avx2")]
fn load64(from: &Row) -> Pair {
    // SAFETY: the reference is good for 64 bytes; the loads need no alignment.
    unsafe { Pair(_mm256_loadu_si256(from.as_ptr().cast()), _mm256_loadu_si256(from.as_ptr().add(32).cast())) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store64(to: &mut Row, v: Pair) {
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
pub(super) fn open_lanes_avx2(wave: &mut Wave) {
    debug_assert!(std::arch::is_x86_feature_detected!("avx2"));
    // SAFETY: `Kernels::for_level` hands this out only where `Level::detect` found AVX2.
    unsafe { open_lanes_avx2_inner(wave) }
}

#[target_feature(enable = "avx2")]
fn open_lanes_avx2_inner(wave: &mut Wave) {
    let window = wave.window;
    let Window { x, y, .. } = window;
    let lines = wave.rows[y.0..=y.1].iter().zip(&mut wave.open_rows[y.0..=y.1]);
    if window.width == Width::Wide {
        for (&word, lanes) in lines {
            let word = window.row(word);
            store64(lanes, Pair(spread(word as u32), spread((word >> 32) as u32)));
        }
    } else {
        for (&word, lanes) in lines {
            store32(lanes, spread(window.row(word) as u32));
        }
    }
    for (&word, lanes) in wave.columns[x.0..=x.1].iter().zip(&mut wave.open_columns[x.0..=x.1]) {
        store32(lanes, spread(window.column(word)));
    }
}

/// The front of `scalar::front`, 16 lanes.
#[inline]
#[target_feature(enable = "avx2")]
fn front16(before: __m128i, open_before: __m128i, open: __m128i, reached: __m128i) -> __m128i {
    let beside = _mm_and_si128(before, open);
    let (low, high) = (_mm_slli_si128::<1>(beside), _mm_srli_si128::<1>(beside));
    let diagonal = _mm_and_si128(_mm_max_epu8(low, high), open_before);
    let moved = _mm_max_epu8(
        _mm_subs_epu8(before, _mm_set1_epi8(UNIT as i8)),
        _mm_subs_epu8(diagonal, _mm_set1_epi8(DIAGONAL as i8)),
    );
    _mm_and_si128(_mm_max_epu8(moved, reached), open)
}

/// The front of `scalar::front`, 32 lanes.
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

/// The front of `scalar::front`, 64 lanes.
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

/// Runs a front over lines that hold nothing yet.
macro_rules! run_lines {
    ($lines:expr, $at:expr, $open:expr, $zero:expr, $load:ident, $front:ident, $store:ident) => {{
        let (mut at, mut open) = ($at, $open);
        for (lanes, next) in $lines {
            let next = $load(next);
            at = $front(at, open, next, $zero);
            open = next;
            $store(lanes, at);
        }
    }};
}

#[target_feature(enable = "avx2")]
fn first_layer_avx2_inner(wave: &mut Wave, (x, y): (usize, usize), start: u8) {
    let Window { x: (x0, x1), y: (y0, y1), base, floor, width } = wave.window;
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
    let (column, row) = (layer.east[x], layer.south[y]);
    let east = layer.east[x + 1..=x1].iter_mut().zip(&columns[x + 1..=x1]);
    let west = layer.west[x0..x].iter_mut().zip(&columns[x0..x]).rev();
    let south = layer.south[y + 1..=y1].iter_mut().zip(&rows[y + 1..=y1]);
    let north = layer.north[y0..y].iter_mut().zip(&rows[y0..y]).rev();
    if width == Width::Tiny {
        let zero = _mm_setzero_si128();
        let (at, open) = (load16(&column), load16(&columns[x]));
        run_lines!(east, at, open, zero, load16, front16, store16);
        run_lines!(west, at, open, zero, load16, front16, store16);
        let (at, open) = (load16(&row), load16(&rows[y]));
        run_lines!(south, at, open, zero, load16, front16, store16);
        run_lines!(north, at, open, zero, load16, front16, store16);
        return;
    }
    let zero = _mm256_setzero_si256();
    let (at, open) = (load32(&column), load32(&columns[x]));
    run_lines!(east, at, open, zero, load32, front32, store32);
    run_lines!(west, at, open, zero, load32, front32, store32);
    if width == Width::Narrow {
        let (at, open) = (load32(&row), load32(&rows[y]));
        run_lines!(south, at, open, zero, load32, front32, store32);
        run_lines!(north, at, open, zero, load32, front32, store32);
    } else {
        let zeros = Pair(zero, zero);
        let (at, open) = (load64(&row), load64(&rows[y]));
        run_lines!(south, at, open, zeros, load64, front64, store64);
        run_lines!(north, at, open, zeros, load64, front64, store64);
    }
}

/// 16 registers, register i lane j, turned over to register j lane i: four perfect shuffles of register i with
/// register i + 8.
#[inline]
#[target_feature(enable = "avx2")]
fn turn_over16(v: &mut [__m128i; 16]) {
    for _ in 0..4 {
        let w = *v;
        for i in 0..8 {
            v[2 * i] = _mm_unpacklo_epi8(w[i], w[i + 8]);
            v[2 * i + 1] = _mm_unpackhi_epi8(w[i], w[i + 8]);
        }
    }
}

/// Lines `at .. at + 16`; their number is known, so that loops over them are unrolled.
#[inline]
pub(super) fn sixteen<T, const N: usize>(lines: &[T; N], at: usize) -> &[T; 16] {
    lines[at..].first_chunk().expect("a block ends where the grid does")
}

#[inline]
pub(super) fn sixteen_mut<T, const N: usize>(lines: &mut [T; N], at: usize) -> &mut [T; 16] {
    lines[at..].first_chunk_mut().expect("a block ends where the grid does")
}

/// See [`super::NextLayer`]. Must only be reached where AVX2 has been detected.
pub(super) fn next_layer_avx2(wave: &mut Wave, number: usize) -> bool {
    debug_assert!(std::arch::is_x86_feature_detected!("avx2"));
    // SAFETY: `Kernels::for_level` hands this out only where `Level::detect` found AVX2.
    unsafe {
        match wave.window.width {
            Width::Tiny => next_layer_tiny(wave, number),
            _ => next_layer_avx2_inner(wave, number),
        }
    }
}

/// Two fronts towards each other over lines with what was reached before and after a turn: their chains do not wait for
/// each other. Gives, by lane, the most of what is left where they came nearer to a cell than any heading had.
macro_rules! run_both {
    ($old_up:expr, $old_down:expr, $new_up:expr, $new_down:expr, $turned:expr, $lines:expr, $zero:expr,
     $load:ident, $front:ident, $store:ident, $max:ident, $above:ident) => {{
        let (old_up, old_down, new_up, new_down) = ($old_up, $old_down, $new_up, $new_down);
        let (turned, lines) = ($turned, $lines);
        let count = lines.len();
        assert!(old_up.len() == count && old_down.len() == count && turned.len() == count);
        assert!(new_up.len() == count && new_down.len() == count);
        let (mut up, mut down) = ($zero, $zero);
        let (mut open_up, mut open_down) = ($zero, $zero);
        let mut nearer = $zero;
        for u in 0..count {
            let d = count - 1 - u;
            let (next_up, next_down) = ($load(&lines[u]), $load(&lines[d]));
            let reached = $max($load(&old_up[u]), $load(&turned[u]));
            up = $front(up, open_up, next_up, reached);
            nearer = $max(nearer, $above(up, $max(reached, $load(&old_down[u]))));
            let reached = $max($load(&old_down[d]), $load(&turned[d]));
            down = $front(down, open_down, next_down, reached);
            nearer = $max(nearer, $above(down, $max(reached, $load(&old_up[d]))));
            (open_up, open_down) = (next_up, next_down);
            $store(&mut new_up[u], up);
            $store(&mut new_down[d], down);
        }
        nearer
    }};
}

#[target_feature(enable = "avx2")]
#[allow(clippy::needless_range_loop, reason = "counted loops are unrolled, so that `v` stays in registers")]
fn next_layer_tiny(wave: &mut Wave, number: usize) -> bool {
    let Window { x: (x0, x1), y: (y0, y1), base, floor, .. } = wave.window;
    let (columns, rows) = (&wave.open_columns[x0..=x1], &wave.open_rows[y0..=y1]);
    let (below, above) = wave.layers.split_at_mut(number);
    let (old, new) = (&below[number - 1], &mut above[0]);
    let zero = _mm_setzero_si128();
    let (old_east, old_west) = (&old.east[x0..=x1], &old.west[x0..=x1]);
    let (old_south, old_north) = (&old.south[y0..=y1], &old.north[y0..=y1]);
    let (across, along) = (&mut wave.turned_columns, &mut wave.turned_rows);
    let mut v = [zero; 16];
    // Lines beyond the window bring what is masked with the closed cells.
    let (north, south) = (sixteen(&old.north, floor), sixteen(&old.south, floor));
    for i in 0..16 {
        v[i] = _mm_max_epu8(load16(&north[i]), load16(&south[i]));
    }
    turn_over16(&mut v);
    for i in 0..16 {
        store16(&mut across[i], v[i]);
    }
    let (east, west) = (sixteen(&old.east, base), sixteen(&old.west, base));
    for i in 0..16 {
        v[i] = _mm_max_epu8(load16(&east[i]), load16(&west[i]));
    }
    turn_over16(&mut v);
    for i in 0..16 {
        store16(&mut along[i], v[i]);
    }
    let sideways = run_both!(
        old_east,
        old_west,
        &mut new.east[x0..=x1],
        &mut new.west[x0..=x1],
        &across[x0 - base..=x1 - base],
        columns,
        zero,
        load16,
        front16,
        store16,
        _mm_max_epu8,
        above16
    );
    let upright = run_both!(
        old_south,
        old_north,
        &mut new.south[y0..=y1],
        &mut new.north[y0..=y1],
        &along[y0 - floor..=y1 - floor],
        rows,
        zero,
        load16,
        front16,
        store16,
        _mm_max_epu8,
        above16
    );
    (wave.nearer_rows, wave.nearer_columns) = ([0; 32], [0; 64]);
    store16(&mut wave.nearer_rows, sideways);
    store16(&mut wave.nearer_columns, upright);
    let nearer = _mm_or_si128(sideways, upright);
    _mm_testz_si128(nearer, nearer) == 0
}

/// Layers turned over, for an instruction set: with AVX-512 there are 32 registers of 256 bits, which hold what 16 cannot.
macro_rules! turning {
    ($features:literal) => {
        /// [`turn_over16`] in each half of 256 bits by itself.
        #[inline]
        #[target_feature(enable = $features)]
        fn turn_over(v: &mut [__m256i; 16]) {
            for _ in 0..4 {
                let w = *v;
                for i in 0..8 {
                    v[2 * i] = _mm256_unpacklo_epi8(w[i], w[i + 8]);
                    v[2 * i + 1] = _mm256_unpackhi_epi8(w[i], w[i + 8]);
                }
            }
        }

        /// The better of north and south of a layer, by columns, `across`, and of east and west by rows, `along`; for windows that
        /// are not tiny.
        #[inline]
        #[target_feature(enable = $features)]
        #[allow(clippy::needless_range_loop, reason = "counted loops are unrolled, so that `v` stays in registers")]
        pub(in crate::simd) fn turn_layer(
            old: &Layer,
            window: &Window,
            across: &mut [Column; COLS],
            along: &mut [Row; 32],
        ) {
            let Window { x: (x0, x1), base, .. } = *window;
            let zero = _mm256_setzero_si256();
            // The better of north and south, by columns. Two blocks of 16 x 16 at once, lanes c .. c + 16 of rows 0 .. 16 in
            // the lower half and of rows 16 .. 32 in the upper. What lies outside of the window is masked with the closed cells.
            let mut v = [zero; 16];
            for c in [0, 16, 32] {
                if c + base > x1 || c + base + 15 < x0 {
                    continue;
                }
                let lanes = |y: usize| _mm_max_epu8(lanes16(&old.north[y], c), lanes16(&old.south[y], c));
                for i in 0..ROWS - 16 {
                    v[i] = _mm256_set_m128i(lanes(i + 16), lanes(i));
                }
                for i in ROWS - 16..16 {
                    v[i] = _mm256_zextsi128_si256(lanes(i));
                }
                turn_over(&mut v);
                let columns = sixteen_mut(across, c);
                for i in 0..16 {
                    store32(&mut columns[i], v[i]);
                }
            }
            // The better of east and west, by rows: 16 columns at once, rows 0 .. 16 in the lower half and 16 .. 32 in the upper.
            // A narrow window's base is at most 16, a wide one's 0.
            for c in [0, 16, 32] {
                let at = c + base;
                if at > x1 || at + 15 < x0 {
                    continue;
                }
                let (east, west) = (sixteen(&old.east, at), sixteen(&old.west, at));
                for i in 0..16 {
                    v[i] = _mm256_max_epu8(load32(&east[i]), load32(&west[i]));
                }
                turn_over(&mut v);
                for i in 0..16 {
                    set_lanes16(&mut along[i], c, _mm256_castsi256_si128(v[i]));
                    set_lanes16(&mut along[i + 16], c, _mm256_extracti128_si256::<1>(v[i]));
                }
            }
        }
    };
}
pub(super) use turning;

turning!("avx2");

#[target_feature(enable = "avx2")]
fn next_layer_avx2_inner(wave: &mut Wave, number: usize) -> bool {
    let Window { x: (x0, x1), y: (y0, y1), base, width, .. } = wave.window;
    let (columns, rows) = (&wave.open_columns[x0..=x1], &wave.open_rows[y0..=y1]);
    let (below, above) = wave.layers.split_at_mut(number);
    let (old, new) = (&below[number - 1], &mut above[0]);
    let zero = _mm256_setzero_si256();
    let narrow = width == Width::Narrow;

    turn_layer(old, &wave.window, &mut wave.turned_columns, &mut wave.turned_rows);
    let (across, along) = (&wave.turned_columns, &wave.turned_rows);

    let sideways = run_both!(
        &old.east[x0..=x1],
        &old.west[x0..=x1],
        &mut new.east[x0..=x1],
        &mut new.west[x0..=x1],
        &across[x0 - base..=x1 - base],
        columns,
        zero,
        load32,
        front32,
        store32,
        _mm256_max_epu8,
        above32
    );
    let (old_south, old_north) = (&old.south[y0..=y1], &old.north[y0..=y1]);
    let (new_south, new_north) = (&mut new.south[y0..=y1], &mut new.north[y0..=y1]);
    let upright = if narrow {
        let each = run_both!(
            old_south,
            old_north,
            new_south,
            new_north,
            &along[y0..=y1],
            rows,
            zero,
            load32,
            front32,
            store32,
            _mm256_max_epu8,
            above32
        );
        Pair(each, zero)
    } else {
        run_both!(
            old_south,
            old_north,
            new_south,
            new_north,
            &along[y0..=y1],
            rows,
            Pair(zero, zero),
            load64,
            front64,
            store64,
            max64,
            above64
        )
    };
    store32(&mut wave.nearer_rows, sideways);
    store64(&mut wave.nearer_columns, upright);
    let nearer = _mm256_or_si256(sideways, _mm256_or_si256(upright.0, upright.1));
    _mm256_testz_si256(nearer, nearer) == 0
}

#[inline]
#[target_feature(enable = "avx2")]
fn max64(a: Pair, b: Pair) -> Pair {
    Pair(_mm256_max_epu8(a.0, b.0), _mm256_max_epu8(a.1, b.1))
}

/// `a` in the lanes where it is above `b`, 0 elsewhere.
#[inline]
#[target_feature(enable = "avx2")]
fn above16(a: __m128i, b: __m128i) -> __m128i {
    _mm_andnot_si128(_mm_cmpeq_epi8(_mm_max_epu8(a, b), b), a)
}

#[inline]
#[target_feature(enable = "avx2")]
fn above32(a: __m256i, b: __m256i) -> __m256i {
    _mm256_andnot_si256(_mm256_cmpeq_epi8(_mm256_max_epu8(a, b), b), a)
}

#[inline]
#[target_feature(enable = "avx2")]
fn above64(a: Pair, b: Pair) -> Pair {
    Pair(above32(a.0, b.0), above32(a.1, b.1))
}

/// [`Pairs::draw`] in registers of eight lanes.
pub(super) fn draw_avx2(pairs: &mut Pairs) {
    #[target_feature(enable = "avx2")]
    fn inner(pairs: &mut Pairs) {
        pairs.draw();
    }
    debug_assert!(std::arch::is_x86_feature_detected!("avx2"));
    // SAFETY: taken for levels from AVX2 on alone, which `Kernels::for_level` has found this processor to have.
    unsafe { inner(pairs) }
}
