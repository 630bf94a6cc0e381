//! Where slices have begun or ceased to stop sight: what tells a result that is kept whether it still holds.
//!
//! No part of a match's state: two matches of equal state may have got there by other ways.

use crate::map::{COLS, ROWS};
use core::sync::atomic::{AtomicU64, Ordering};

/// Cells of a region along x and y: 60 x 40 px, so that a region is one bit of a word.
const COLUMNS: usize = 6;
const LINES: usize = 4;
const ACROSS: usize = COLS.div_ceil(COLUMNS);
const REGIONS: usize = ACROSS * ROWS.div_ceil(LINES);
const _: () = assert!(REGIONS <= 64);

/// 248 bytes.
#[derive(Debug)]
pub(crate) struct SightChanges {
    /// Of this match since all of it last changed; no other match has or had it.
    pub(crate) epoch: u64,
    /// Grows with every tick that changes something.
    pub(crate) serial: u32,
    /// `serial` of each region's last change.
    stamps: [u32; REGIONS],
    /// Regions changed since [`SightChanges::settle`].
    fresh: u64,
}

const _: () = assert!(size_of::<SightChanges>() == 248);

impl SightChanges {
    /// Nothing that was kept about any match holds.
    pub(crate) fn new() -> SightChanges {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // The order between threads does not matter: an epoch is only ever compared with itself.
        let epoch = NEXT.fetch_add(1, Ordering::Relaxed);
        SightChanges { epoch, serial: 0, stamps: [0; REGIONS], fresh: 0 }
    }

    /// What has been marked and not settled yet.
    pub(crate) fn fresh(&self) -> u64 {
        self.fresh
    }

    /// Marks regions, as [`SightChanges::fresh`] has given them.
    pub(crate) fn begin(&mut self, fresh: u64) {
        self.fresh = fresh;
    }

    /// A cell's slices stop sight otherwise than before.
    #[inline]
    pub(crate) fn mark(&mut self, cell: usize) {
        self.fresh |= 1 << region(cell % COLS, cell / COLS);
    }

    /// Dates what has been marked; returns the regions.
    #[inline]
    pub(crate) fn settle(&mut self) -> u64 {
        let fresh = core::mem::take(&mut self.fresh);
        if fresh != 0 {
            self.serial = self.serial.wrapping_add(1);
            for (i, stamp) in self.stamps.iter_mut().enumerate() {
                if fresh >> i & 1 == 1 {
                    *stamp = self.serial;
                }
            }
        }
        fresh
    }

    /// Whether some of these regions have changed since a serial.
    #[inline]
    pub(crate) fn have_changed(&self, regions: u64, since: u32) -> bool {
        let newer = |i: usize| self.stamps[i].wrapping_sub(since) as i32 > 0;
        self.fresh & regions != 0 || (self.serial != since && (0..REGIONS).any(|i| regions >> i & 1 == 1 && newer(i)))
    }
}

#[inline]
fn region(column: usize, row: usize) -> usize {
    row / LINES * ACROSS + column / COLUMNS
}

/// The regions that a rectangle touches, as bits; px, of any size.
pub(crate) fn regions(x0: f32, y0: f32, x1: f32, y1: f32) -> u64 {
    // A line looks at cells a hundredth of a pixel beyond itself.
    let cell = |v: f32, count: usize| (v * 0.1).clamp(0.0, (count - 1) as f32) as usize;
    let (left, right) = (cell(x0 - 1.0, COLS) / COLUMNS, cell(x1 + 1.0, COLS) / COLUMNS);
    let (top, bottom) = (cell(y0 - 1.0, ROWS) / LINES, cell(y1 + 1.0, ROWS) / LINES);
    let line = (u64::MAX >> (63 - (right - left))) << left;
    (top..=bottom).fold(0, |bits, row| bits | line << (row * ACROSS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_cell_is_found_from_wherever_it_is_touched() {
        for cell in 0..crate::map::CELLS {
            let (x, y) = ((cell % COLS) as f32 * 10.0, (cell / COLS) as f32 * 10.0);
            let mut changes = SightChanges::new();
            changes.settle();
            let since = changes.serial;
            assert!(!changes.have_changed(!0, since));
            changes.mark(cell);
            for touching in [(x, y, x, y), (x + 10.0, y + 10.0, 480.0, 270.0), (0.0, 0.0, x, y), (-9.0, y, 999.0, y)] {
                let regions = regions(touching.0, touching.1, touching.2, touching.3);
                assert!(changes.have_changed(regions, since), "cell {cell}, {touching:?}");
            }
            assert_eq!(changes.settle().count_ones(), 1);
            let all_but_far = regions(x, y, x + 10.0, y + 10.0);
            assert!(changes.have_changed(all_but_far, since) && !changes.have_changed(all_but_far, changes.serial));
            let far = regions((x + 240.0) % 480.0, (y + 135.0) % 270.0, (x + 240.0) % 480.0, (y + 135.0) % 270.0);
            assert!(!changes.have_changed(far, since), "cell {cell}");
        }
    }

    #[test]
    fn no_two_matches_share_an_epoch() {
        assert_ne!(SightChanges::new().epoch, SightChanges::new().epoch);
    }
}
