//! Telling eight players what they may know allocates no more than lists that still grow. Alone in its file: the
//! allocator counts for the whole program.
#![cfg(feature = "scenes")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use trespasser::scenes::Scene;

struct Counting;

static CALLS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is handed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`, which is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: `at` came from the system's allocator with this layout.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: `at` came from the system's allocator with this layout; the caller vouches for the size.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Lists of slices remembered otherwise than they are may double, eight of them, twice each; nothing else may.
const MOST: u64 = 16;

#[test]
fn telling_allocates_little() {
    for name in ["brawl", "arsenal"] {
        let mut scene = Scene::new(name).unwrap();
        let ids: Vec<_> = scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect();
        for id in ids {
            scene.world.listen(scene.game, id, true).unwrap();
        }
        let mut told = 0;
        let mut play = |ticks: u32| {
            for _ in 0..ticks {
                scene.advance(1);
                scene.world.drain_events(scene.game, |_| {}).unwrap();
                scene.world.drain_told(scene.game, |_| told += 1).unwrap();
            }
        };
        play(2400);
        let before = CALLS.load(Ordering::Relaxed);
        play(2400);
        let calls = CALLS.load(Ordering::Relaxed) - before;
        assert!(calls <= MOST, "{calls} allocations in 2400 ticks of {name}");
        assert!(before > 0 && told > 2000, "{told} told");
    }
}
