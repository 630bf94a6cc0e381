//! Writing to links and taking clients' messages allocates nothing once a fight runs. Alone in its file: the allocator
//! counts for the whole program.
#![cfg(feature = "scenes")]

#[path = "support/counting.rs"]
mod counting;

use counting::CALLS;
use std::sync::atomic::Ordering;
use trespasser::PlayerId;
use trespasser::net::Receiver;
use trespasser::scenes::Scene;

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
