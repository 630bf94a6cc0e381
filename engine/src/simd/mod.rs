//! Everything that is written for one instruction set. The level is chosen once, when a world is made; every level
//! gives the same bits.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::sound::{Wave, Width};
use crate::vision::Pairs;

/// An instruction set that kernels are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Any processor.
    Scalar,
    /// Every x86-64.
    Sse2,
    /// x86-64 since 2013 or so.
    Avx2,
    /// x86-64 since 2019 or so, in servers: AVX-512 with BW, VL and VBMI.
    Avx512,
}

impl Level {
    /// The best that this processor has.
    pub fn detect() -> Level {
        *Level::available().last().unwrap_or(&Level::Scalar)
    }

    /// All that this processor has, slowest first.
    pub fn available() -> &'static [Level] {
        #[cfg(target_arch = "x86_64")]
        {
            if avx512::is_there() {
                return &[Level::Scalar, Level::Sse2, Level::Avx2, Level::Avx512];
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                return &[Level::Scalar, Level::Sse2, Level::Avx2];
            }
            &[Level::Scalar, Level::Sse2]
        }
        #[cfg(not(target_arch = "x86_64"))]
        &[Level::Scalar]
    }

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Level::Scalar => "scalar",
            Level::Sse2 => "sse2",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }
}

/// Takes damage off 64 slices: `health = max(health - damage, 0)`, `damage = 0`; returns the masks of lanes with no
/// health and of lanes with health at most `see_through`.
pub type DamageBlock = fn(health: &mut [u16; 64], damage: &mut [u16; 64], see_through: &[u16; 64]) -> (u64, u64);

/// Spreads the open cells of the sound grid to lanes: 255 where open, 0 elsewhere.
///
/// Only what lies in the wave's window.
pub type OpenLanes = fn(wave: &mut Wave);

/// Layer 0 of a wave, what is reached from the source's cell without a turn; see [`crate::sound::Wave`].
pub type FirstLayer = fn(wave: &mut Wave, source: (usize, usize), start: u8);

/// Layer `number` of a wave, 1 to 5, from the one before; false: it comes nearer to no cell.
pub type NextLayer = fn(wave: &mut Wave, number: usize) -> bool;

/// The kernels of one level.
#[derive(Debug, Clone, Copy)]
pub struct Kernels {
    /// Whose they are.
    pub level: Level,
    /// See [`DamageBlock`].
    pub damage_block: DamageBlock,
    /// See [`OpenLanes`].
    pub open_lanes: OpenLanes,
    /// See [`FirstLayer`].
    pub first_layer: FirstLayer,
    /// See [`NextLayer`].
    pub next_layer: NextLayer,
    /// [`Pairs::draw`].
    pub(crate) draw: fn(&mut Pairs),
}

impl Kernels {
    const SCALAR: Kernels = Kernels {
        level: Level::Scalar,
        damage_block: scalar::damage_block,
        open_lanes: scalar::open_lanes,
        first_layer: scalar::first_layer,
        next_layer: scalar::next_layer,
        draw: Pairs::draw,
    };

    /// Whether waves are computed from open cells spread to lanes, and not from the words of the grid.
    #[inline]
    pub(crate) fn reads_lanes(&self, width: Width) -> bool {
        self.level < Level::Avx512 || width == Width::Tiny
    }

    /// The kernels of `level`, or of the best level below it that this processor has.
    pub fn for_level(level: Level) -> Kernels {
        let level = level.min(Level::detect());
        match level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => Kernels {
                level,
                damage_block: x86::damage_block_avx2,
                open_lanes: x86::open_lanes_avx2,
                first_layer: x86::first_layer_avx2,
                next_layer: x86::next_layer_avx2,
                draw: x86::draw_avx2,
            },
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => Kernels {
                level,
                damage_block: x86::damage_block_avx2,
                open_lanes: avx512::open_lanes,
                first_layer: avx512::first_layer,
                next_layer: avx512::next_layer,
                draw: x86::draw_avx2,
            },
            // The wave's loops over bytes are turned into SSE2 by the compiler.
            #[cfg(target_arch = "x86_64")]
            Level::Sse2 => Kernels { level, damage_block: x86::damage_block_sse2, ..Kernels::SCALAR },
            _ => Kernels::SCALAR,
        }
    }
}

/// Asks for the lines of cache that hold some bytes of a value, without waiting for them; nothing where no instruction does.
#[inline(always)]
pub(crate) fn ask<T>(of: &T, bytes: core::ops::Range<usize>) {
    /// Bytes of a line.
    const LINE: usize = 64;
    let from = (&raw const *of).cast::<u8>().wrapping_add(bytes.start);
    // What begins within a line may end in one more.
    let before = from.addr() % LINE;
    for at in (0..bytes.len() + before).step_by(LINE) {
        ask_at(from.wrapping_add(at).wrapping_sub(before));
    }
}

/// Asks for the line that an address is in, whatever it leads to.
///
/// To the second level of the cache: the first is too small for one match and much of the next, and as long as it waits for
/// many lines nothing else comes to it (a tenth to a fifth of a match-tick, `benches/NOTES.md`).
#[inline(always)]
pub(crate) fn ask_at<T>(at: *const T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: a prefetch reads nothing that a program could see and faults at no address.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(at.cast());
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = at;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every level against the definition, lane by lane.
        #[test]
        fn damage_block_is_the_definition(
            health in proptest::array::uniform32(any::<u16>()),
            more in proptest::array::uniform32(any::<u16>()),
            damage in proptest::array::uniform32(0u16..4000),
            edge in proptest::array::uniform32(any::<u16>()),
        ) {
            let join = |a: [u16; 32], b: [u16; 32]| core::array::from_fn::<u16, 64, _>(|i| if i < 32 { a[i] } else { b[i - 32] });
            let health = join(health, more.map(|h| h % 200));
            // Equal values and whole overkill must be among the cases.
            let see = join(edge, more.map(|h| (h % 200) / 2));
            let damage = join(damage, more.map(|h| h % 200));
            for &level in Level::available() {
                let (mut h, mut d) = (health, damage);
                let (gone, clear) = (Kernels::for_level(level).damage_block)(&mut h, &mut d, &see);
                for i in 0..64 {
                    let want = health[i].saturating_sub(damage[i]);
                    prop_assert_eq!(h[i], want, "{} lane {}", level.name(), i);
                    prop_assert_eq!(gone >> i & 1 == 1, want == 0, "{} lane {}", level.name(), i);
                    prop_assert_eq!(clear >> i & 1 == 1, want <= see[i], "{} lane {}", level.name(), i);
                }
                prop_assert_eq!(d, [0; 64]);
            }
        }
    }
}
