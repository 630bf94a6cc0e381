//! All damage to slices of the tick at once (rule book, section 3). A tick without a hit touches nothing.

use super::Scratch;
use crate::world::event::flag;
use crate::world::state::{Match, derive_cell};
use crate::world::{Event, EventKind};

pub(super) fn run(game: &mut Match, scratch: &mut Scratch) {
    if scratch.wall_hits.is_empty() {
        return;
    }
    crate::net::expect(game, scratch.wall_hits.len());
    tell(game, scratch);
    scratch.wall_hits.clear();
    let Match { state, blocks, map, changes, .. } = game;
    let geometry = map.geometry();
    for word in 0..scratch.damaged.len() {
        let mut left = core::mem::take(&mut scratch.damaged[word]);
        while left != 0 {
            let b = word * 64 + left.trailing_zeros() as usize;
            left &= left - 1;
            let block = &mut blocks[b];
            let Ok(see_through) = (&geometry.see_through[b * 64..b * 64 + 64]).try_into() else { continue };
            let (gone, clear) =
                (scratch.kernels.damage_block)(&mut block.health, &mut scratch.slice_damage[b], see_through);
            let sight = clear ^ block.clear;
            let mut changed = (gone ^ block.gone) | sight;
            (block.gone, block.clear) = (gone, clear);
            while changed != 0 {
                let lane = changed.trailing_zeros();
                changed &= changed - 1;
                for &cell in geometry.cells_of(b * 64 + lane as usize) {
                    derive_cell(state, blocks, geometry, cell as usize);
                    if sight >> lane & 1 == 1 {
                        changes.mark(cell as usize);
                    }
                }
            }
        }
    }
    state.walls_version = state.walls_version.wrapping_add(1);
}

/// One event a hit, [`EventKind::SliceDestroyed`] instead of [`EventKind::WallDamaged`] if the slice breaks, with the health it leaves; the hit that takes the last of it breaks the slice. Hits on what an
/// earlier hit of the tick has broken are told as nothing, for they dealt nothing.
fn tell(game: &mut Match, scratch: &mut Scratch) {
    let Match { state, blocks, events, .. } = game;
    // Damage told so far, by slice; `slice_damage` is kept for the kernel.
    for hit in &scratch.wall_hits {
        scratch.told[hit.slice as usize] = 0;
    }
    for hit in &scratch.wall_hits {
        let s = hit.slice as usize;
        let told = scratch.told[s];
        scratch.told[s] = told.saturating_add(hit.damage);
        let before = blocks[s / 64].health[s % 64].saturating_sub(told);
        if before == 0 {
            continue;
        }
        let left = before.saturating_sub(hit.damage);
        let event = |kind| {
            Event::new(kind, state.tick, hit.slot as usize)
                .weapon(hit.weapon)
                .slice(hit.slice)
                .at(hit.x, hit.y)
                .value((before - left).into())
                .aux(left)
                .flag(flag::DESTROYED, left == 0)
        };
        events.push(event(if left == 0 { EventKind::SliceDestroyed } else { EventKind::WallDamaged }));
    }
}
