//! x86-64 kernels.

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
