//! A fight of a scene with a link for everybody, and where the bits go; for callgrind, too:
//! `valgrind --tool=callgrind target/release/examples/wire_load brawl 3600 2 0`
//!
//! `cargo build --release -p trespasser-engine --features scenes --example wire_load` builds it. Arguments: scene, ticks,
//! frames after which acknowledgements arrive (2), rounds in which time is taken (5; 0 for callgrind).

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use trespasser::NetDef;
use trespasser::net::{LinkStats, Receiver, SnapshotParts, Taken};
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

const RECORDS: [&str; 12] =
    ["slices", "score", "teams", "place", "rounds", "hands", "life", "flash", "projectile", "cloud", "answer", "exact"];
const EVENTS: [&str; 8] = ["fired", "impact", "hurt", "died", "exploded", "bounced", "thrown", "denied"];

/// Messages, and the ticks in which they arrive.
type Late = VecDeque<(u32, Vec<u8>)>;

/// What a fight came to.
#[derive(Default)]
struct Sums {
    snapshots: u32,
    parts: SnapshotParts,
    /// By slot.
    bytes: [u64; 8],
    /// Of the busiest second, by slot.
    busiest: [u64; 8],
    worst: usize,
    digest: u64,
    stats: Vec<LinkStats>,
    spent: Duration,
}

/// `held`: links are silent from the first snapshot on, so that only knowledge is kept.
fn fight(name: &str, ticks: u32, late: u32, held: bool) -> Result<Sums, Box<dyn std::error::Error>> {
    let mut scene = Scene::new(name)?;
    let ids: Vec<_> = scene.world.view(scene.game)?.players().map(|p| p.id).collect();
    for &id in &ids {
        scene.world.open_link(scene.game, id)?;
    }
    let step = NetDef::default().step(scene.world.tick_rate());
    let mut clients: Vec<(Receiver, Late)> = ids.iter().map(|_| (Receiver::new(), Late::new())).collect();
    let mut probe = Publishing { at: Instant::now(), spent: Duration::ZERO };
    let mut sums = Sums::default();
    let mut second = [0; 8];
    for tick in 1..=ticks {
        scene.advance_with(1, |world| world.step_with(&mut probe));
        for packet in scene.world.packets() {
            let slot = packet.player.slot();
            let (client, up) = &mut clients[slot];
            sums.bytes[slot] += packet.bytes.len() as u64;
            second[slot] += packet.bytes.len() as u64;
            for byte in packet.bytes {
                sums.digest = (sums.digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
            if client.receive(packet.bytes)? == Taken::Snapshot {
                sums.snapshots += 1;
                sums.worst = sums.worst.max(packet.bytes.len());
                let (sum, parts) = (&mut sums.parts, client.parts());
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
        for (&id, (client, up)) in ids.iter().zip(&mut clients) {
            while up.front().is_some_and(|(due, _)| *due <= tick) {
                let Some((_, message)) = up.pop_front() else { break };
                scene.world.receive(scene.game, id, &message)?;
            }
            if held && client.seen().is_some() {
                scene.world.hold_link(scene.game, id, true)?;
            }
        }
        if tick % scene.world.tick_rate() == 0 {
            sums.busiest.iter_mut().zip(second).for_each(|(most, bytes)| *most = (*most).max(bytes));
            second = [0; 8];
        }
    }
    for id in ids {
        sums.stats.push(scene.world.link_stats(scene.game, id)?.ok_or("the link is open")?);
    }
    sums.spent = probe.spent;
    Ok(sums)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "brawl".to_owned());
    let ticks: u32 = arguments.next().map_or(Ok(3600), |text| text.parse())?;
    let late: u32 = arguments.next().map_or(Ok(2), |text| text.parse())?;
    let rounds: u32 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let sums = fight(&name, ticks, late, false)?;
    let players = sums.stats.len();
    let mean = |bits: u32| f64::from(bits) / f64::from(sums.snapshots);
    let seconds = f64::from(ticks) / 60.0;
    let total: u64 = sums.bytes.iter().sum();
    println!("{name}: {} snapshots, {ticks} ticks, digest {:016x}", sums.snapshots, sums.digest);
    println!("{:.1} bytes a snapshot, {} at most", total as f64 / f64::from(sums.snapshots), sums.worst);
    for (slot, stats) in sums.stats.iter().enumerate() {
        let (rate, busiest) = (sums.bytes[slot] as f64 / seconds, sums.busiest[slot]);
        println!("slot {slot}: {rate:.0} bytes/s, {busiest} in the busiest second, {stats:?}");
    }
    println!("mean {:.0} bytes/s a player; bits a snapshot:", total as f64 / seconds / players as f64);
    let SnapshotParts { header, players, records, sounds, events } = sums.parts;
    println!("  header {:.1}, players {:.1}, sounds {:.1}", mean(header), mean(players), mean(sounds));
    let list = |names: &[&str], bits: &[u32]| {
        names.iter().zip(bits).map(|(name, bits)| format!("{name} {:.1}", mean(*bits))).collect::<Vec<_>>().join(", ")
    };
    println!("  records: {}", list(&RECORDS, &records));
    println!("  events: {}", list(&EVENTS, &events));
    if rounds == 0 {
        return Ok(());
    }
    // The least of several, for others use the machine, too.
    let (mut all, mut knowing) = (sums.spent, Duration::MAX);
    for _ in 0..rounds {
        all = all.min(fight(&name, ticks, late, false)?.spent);
        knowing = knowing.min(fight(&name, ticks, late, true)?.spent);
    }
    let each = |spent: Duration| spent.as_nanos() as f64 / f64::from(sums.snapshots);
    println!(
        "{:.0} ns a snapshot to write it, {:.0} to know what may be in it",
        each(all) - each(knowing),
        each(knowing)
    );
    Ok(())
}
