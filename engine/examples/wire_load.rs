//! A fight of a scene with a link for everybody, and where the bits go; for callgrind, too:
//! `valgrind --tool=callgrind target/release/examples/wire_load brawl 3600`
//!
//! `cargo build --release -p trespasser-engine --features scenes --example wire_load` builds it. Arguments: scene, ticks,
//! frames after which acknowledgements arrive (2), `quiet` to decode nothing but acknowledgements' sake.

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use trespasser::net::{Receiver, SnapshotParts, Taken};
use trespasser::scenes::Scene;
use trespasser::sim::{Stage, StageProbe};

/// Time of the last stage alone.
struct Publishing {
    at: Instant,
    spent: Duration,
}

impl StageProbe for Publishing {
    fn begin(&mut self) {}
    fn end(&mut self, stage: Stage) {
        match stage {
            Stage::Sounds => self.at = Instant::now(),
            Stage::Publish => self.spent += self.at.elapsed(),
            _ => {}
        }
    }
}

const RECORDS: [&str; 12] = [
    "slices", "score", "teams", "place", "rounds", "hands", "life", "flash", "projectile", "cloud", "answer", "exact",
];
const EVENTS: [&str; 8] = ["fired", "impact", "hurt", "died", "exploded", "bounced", "thrown", "denied"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "brawl".to_owned());
    let ticks: u32 = arguments.next().map_or(Ok(3600), |text| text.parse())?;
    let late: u32 = arguments.next().map_or(Ok(2), |text| text.parse())?;
    let mut scene = Scene::new(&name)?;
    let ids: Vec<_> = scene.world.view(scene.game)?.players().map(|p| p.id).collect();
    for &id in &ids {
        scene.world.open_link(scene.game, id)?;
    }
    let step = trespasser::NetDef::default().step(scene.world.tick_rate());
    let mut clients: Vec<(Receiver, VecDeque<(u32, Vec<u8>)>)> =
        ids.iter().map(|_| (Receiver::new(), VecDeque::new())).collect();
    let mut probe = Publishing { at: Instant::now(), spent: Duration::ZERO };
    let (mut sum, mut snapshots, mut bytes, mut digest) = (SnapshotParts::default(), 0u32, vec![0u64; ids.len()], 0u64);
    let mut worst = 0;
    for tick in 1..=ticks {
        scene.advance_with(1, |world| world.step_with(&mut probe));
        for packet in scene.world.packets() {
            let (client, up) = &mut clients[packet.player.slot()];
            bytes[packet.player.slot()] += packet.bytes.len() as u64;
            for byte in packet.bytes {
                digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
            if client.receive(packet.bytes)? == Taken::Snapshot {
                snapshots += 1;
                worst = worst.max(packet.bytes.len());
                let parts = client.parts();
                sum.header += parts.header;
                sum.players += parts.players;
                sum.sounds += parts.sounds;
                sum.records.iter_mut().zip(parts.records).for_each(|(a, b)| *a += b);
                sum.events.iter_mut().zip(parts.events).for_each(|(a, b)| *a += b);
            }
            let mut message = Vec::new();
            client.write(6, &mut message);
            up.push_back((tick + late * step - 1, message));
        }
        for (&id, (_, up)) in ids.iter().zip(&mut clients) {
            while up.front().is_some_and(|(due, _)| *due <= tick) {
                let Some((_, message)) = up.pop_front() else { break };
                scene.world.receive(scene.game, id, &message)?;
            }
        }
    }
    let seconds = f64::from(ticks) / f64::from(scene.world.tick_rate());
    let mean = |bits: u32| f64::from(bits) / f64::from(snapshots);
    println!("{name}: {snapshots} snapshots, {ticks} ticks, digest {digest:016x}");
    let total: u64 = bytes.iter().sum();
    println!("{:.1} bytes a snapshot, {worst} at most", total as f64 / f64::from(snapshots));
    println!("{:.0} ns a snapshot with the whole stage", probe.spent.as_nanos() as f64 / f64::from(snapshots));
    for (slot, bytes) in bytes.iter().enumerate() {
        let stats = scene.world.link_stats(scene.game, ids[slot])?.ok_or("the link is open")?;
        println!("slot {slot}: {:.0} bytes/s, {:?}", *bytes as f64 / seconds, stats);
    }
    println!("mean {:.0} bytes/s a player; bits a snapshot:", total as f64 / seconds / ids.len() as f64);
    println!("  header {:.1}, players {:.1}, sounds {:.1}", mean(sum.header), mean(sum.players), mean(sum.sounds));
    let list = |names: &[&str], bits: &[u32]| {
        names.iter().zip(bits).map(|(name, bits)| format!("{name} {:.1}", mean(*bits))).collect::<Vec<_>>().join(", ")
    };
    println!("  records: {}", list(&RECORDS, &sum.records));
    println!("  events: {}", list(&EVENTS, &sum.events));
    Ok(())
}
