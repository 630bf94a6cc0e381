//! Writing to links and taking clients' messages allocates nothing once a fight runs. Alone in its file: the allocator
//! counts for the whole program.
#![cfg(feature = "scenes")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};
use trespasser::PlayerId;
use trespasser::net::Receiver;
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
fn links_allocate_nothing() {
    let mut scene = Scene::new("brawl").unwrap();
    let ids: Vec<PlayerId> = scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect();
    for &id in &ids {
        scene.world.open_link(scene.game, id).unwrap();
    }
    let mut clients: Vec<Receiver> = ids.iter().map(|_| Receiver::new()).collect();
    let mut up = Vec::with_capacity(256);
    let mut memory = 0;
    let mut play = |ticks: u32| {
        let mut calls = 0;
        for _ in 0..ticks {
            let before = CALLS.load(Ordering::Relaxed);
            scene.advance(1);
            scene.world.drain_events(scene.game, |_| {}).unwrap();
            scene.world.drain_sounds(scene.game, |_| {}).unwrap();
            calls += CALLS.load(Ordering::Relaxed) - before;
            for packet in scene.world.packets() {
                clients[packet.player.slot()].receive(packet.bytes).unwrap();
            }
            for (client, &id) in clients.iter_mut().zip(&ids) {
                up.clear();
                client.write(6, &mut up);
                let before = CALLS.load(Ordering::Relaxed);
                if !up.is_empty() {
                    scene.world.receive(scene.game, id, &up).unwrap();
                }
                calls += CALLS.load(Ordering::Relaxed) - before;
                let stats = scene.world.link_stats(scene.game, id).unwrap().unwrap();
                memory = memory.max(stats.memory);
            }
        }
        calls
    };
    let warm = play(2400);
    let calls = play(1200);
    // What a list has grown to stays; a record of a fight may come late.
    assert!(calls <= 24, "{calls} allocations in 1200 ticks of 8 links, {warm} before");
    assert!(warm > 0, "the allocator does not count");
    assert!(memory <= 3 * 1024, "{memory} bytes a link");
}
