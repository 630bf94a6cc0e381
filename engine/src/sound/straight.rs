//! The straight line: distance and walls.

use super::walk::{fixed, walk};
use crate::map::{COLS, ROWS};
use crate::rules::SoundKindRule;
use crate::vision::{Grid, Slab, slab};
use crate::world::Block;
use wide::f32x8;

/// Slices of several cells that one line is remembered to have crossed.
const REMEMBERED: usize = 32;

/// Gain after `distance` px: reference / distance, fading to 0 at the limit by (1 - (d / limit)^4)^2.
#[inline]
pub fn attenuation(rule: &SoundKindRule, distance: f32) -> f32 {
    if distance >= rule.limit {
        return 0.0;
    }
    let share = distance / rule.limit;
    let quarter = share * share;
    let window = 1.0 - quarter * quarter;
    let near = if distance > rule.reference { distance } else { rule.reference };
    rule.reference / near * (window * window)
}

/// [`attenuation`] of eight at once, to the bit.
#[inline]
pub(crate) fn attenuation_all(rule: &SoundKindRule, distance: f32x8) -> f32x8 {
    let all = f32x8::splat;
    let share = distance / all(rule.limit);
    let quarter = share * share;
    let window = all(1.0) - quarter * quarter;
    let gain = all(rule.reference) / distance.fast_max(all(rule.reference)) * (window * window);
    gain & distance.simd_lt(all(rule.limit))
}

/// Share of a sound that the slices between two points let through, 0 to 1; the same to the bit from either end.
///
/// Each slice that the closed segment touches keeps back its health in 1/64 points x `absorption` of its material's
/// number (the rule's share over the full health), but for `source`, the slice that the sound comes from (`NO_SLICE`: none). `grid.any` must be the rows of standing
/// slices. A share under `enough` is 0: what nobody hears is not followed.
#[inline(never)]
pub fn muffling(
    grid: &Grid<'_>,
    absorption: &[f32; 5],
    from: (f32, f32),
    to: (f32, f32),
    source: u16,
    enough: f32,
) -> f32 {
    // One order of the ends gives one order of roundings.
    let ((ax, ay), (bx, by)) = if from <= to { (from, to) } else { (to, from) };
    let line = Slab::new(ax, ay, bx - ax, by - ay);
    let geometry = grid.geometry;
    let mut left = 1.0f32;
    let mut seen = [0u16; REMEMBERED];
    let mut count = 0;
    walk::<ROWS, COLS>((fixed(ax), fixed(ay)), (fixed(bx), fixed(by)), |row, mask| {
        let mut cells = grid.any[row] & mask;
        while cells != 0 {
            let column = cells.trailing_zeros() as usize;
            cells &= cells - 1;
            for &slice in geometry.cell(row * COLS + column) {
                let s = slice as usize;
                let block: &Block = &grid.blocks[s / 64];
                if block.gone >> (s % 64) & 1 == 1 || slice == source {
                    continue;
                }
                if slab(&line, geometry.x0[s], geometry.y0[s], geometry.x1[s], geometry.y1[s]).is_none() {
                    continue;
                }
                if geometry.in_several[s / 64] >> (s % 64) & 1 == 1 {
                    if seen[..count].contains(&slice) {
                        continue;
                    }
                    if count < REMEMBERED {
                        seen[count] = slice;
                        count += 1;
                    }
                }
                let health = f32::from(block.health[s % 64]);
                left *= 1.0 - health * absorption[geometry.material[s] as usize];
                if left < enough {
                    left = 0.0;
                    return true;
                }
            }
        }
        false
    });
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    /// Also at the reference distance, at the limit, beyond, and where there is no way at all.
    #[test]
    fn eight_attenuations_are_each_as_one() {
        for rule in &RuleSet::standard().sound.kinds {
            let edges = [0.0, rule.reference, rule.limit, f32::INFINITY];
            let lengths = (0..3004).map(|n| n as f32 * 0.217).chain(edges).collect::<Vec<_>>();
            for lengths in lengths.chunks_exact(8) {
                let lengths: [f32; 8] = lengths.try_into().expect("eight");
                let want = lengths.map(|length| attenuation(rule, length).to_bits());
                let got = attenuation_all(rule, lengths.into()).to_array().map(f32::to_bits);
                assert_eq!(got, want, "{lengths:?}");
            }
        }
    }
}
