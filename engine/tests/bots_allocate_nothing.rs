//! Bots' thinking allocates nothing once a match runs. Alone in its file: the allocator counts for the whole program.
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

#[test]
fn thinking_and_stepping_allocate_nothing() {
    let mut scene = Scene::new("brawl").unwrap();
    // A host drains events every tick; the ring has grown to a busy tick's worth by then.
    let mut play = |ticks: u32| {
        for _ in 0..ticks {
            scene.advance(1);
            scene.world.drain_events(scene.game, |_| {}).unwrap();
        }
    };
    play(1200);
    let before = CALLS.load(Ordering::Relaxed);
    play(1200);
    let calls = CALLS.load(Ordering::Relaxed) - before;
    assert_eq!(calls, 0, "allocations in 1200 ticks of 8 bots");
    assert!(before > 0, "the allocator does not count");
}
