//! The straight line: distance and walls.

use super::walk::{fixed, walk};
use crate::map::{COLS, ROWS};
use crate::rules::SoundKindRule;
use crate::vision::{Grid, Slab, slab};
use crate::world::Block;

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
                if geometry.cells_of(s).len() > 1 {
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
