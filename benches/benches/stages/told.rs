//! What each player may know, and what is sent: a fight of a scene with a link for everybody, played again with the same
//! inputs and acknowledgements in a match of its own, at every level to the same bytes.

use super::course::Clock;
use serde_json::{Value, json};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use trespasser::net::{Receiver, Seen, Taken};
use trespasser::scenes::Scene;
use trespasser::sim::Stage;
use trespasser::simd::Level;
use trespasser::world::Snapshot;
use trespasser::{GameMap, InputCmd, MatchDef, MatchId, NetDef, PlayerId, World, WorldDef};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

/// Ticks before the fight is taken down: everybody is in it.
const FIRST: u32 = 900;
/// Ticks taken down.
const MANY: u32 = 360;
const FEW: u32 = 60;
/// Frames after which an acknowledgement arrives.
const LATE: u32 = 2;

/// A tick from outside.
#[derive(Default)]
struct Tick {
    inputs: Vec<(PlayerId, InputCmd)>,
    /// Acknowledgements that arrive after it.
    ups: Vec<(PlayerId, Vec<u8>)>,
}

struct Fight {
    map: Arc<GameMap>,
    before: Snapshot,
    players: Vec<PlayerId>,
    ticks: Vec<Tick>,
    /// Every message down, by player's place and in their order.
    down: Vec<(usize, Vec<u8>)>,
    /// What was known after each snapshot.
    seen: Vec<Value>,
}

fn take_down(scene_name: &str, ticks: u32) -> Fight {
    let mut scene = Scene::new(scene_name).expect("the scene is there");
    scene.advance(FIRST);
    let game = scene.game;
    let view = scene.world.view(game).expect("the match is there");
    let map = view.map().clone();
    let players: Vec<PlayerId> = view.players().map(|p| p.id).collect();
    let mut before = Snapshot::new();
    scene.world.snapshot(game, &mut before).expect("the match is there");
    for &player in &players {
        scene.world.open_link(game, player).expect("there is none yet");
    }
    let mut fight = Fight { map, before, players, ticks: Vec::new(), down: Vec::new(), seen: Vec::new() };
    let mut clients: Vec<Receiver> = fight.players.iter().map(|_| Receiver::new()).collect();
    let step = NetDef::default().step(scene.world.tick_rate());
    let mut late: Vec<(usize, PlayerId, Vec<u8>)> = Vec::new();
    for n in 0..ticks as usize {
        scene.advance(1);
        let mut tick = Tick::default();
        let last = |&player: &PlayerId| Some((player, scene.bots.last_input(game, player)?));
        tick.inputs.extend(fight.players.iter().filter_map(last));
        for packet in scene.world.packets() {
            let place = fight.players.iter().position(|id| *id == packet.player).expect("one of them");
            if clients[place].receive(packet.bytes).expect("what the engine wrote") == Taken::Snapshot {
                fight.seen.push(known(clients[place].seen().expect("it has taken one")));
            }
            fight.down.push((place, packet.bytes.to_vec()));
            let mut up = Vec::new();
            clients[place].write(6, &mut up);
            late.push((n + (LATE * step) as usize - 1, packet.player, up));
        }
        let due = late.iter().position(|(at, ..)| *at > n).unwrap_or(late.len());
        for (_, player, up) in late.drain(..due) {
            scene.world.receive(game, player, &up).expect("what a client wrote");
            tick.ups.push((player, up));
        }
        fight.ticks.push(tick);
    }
    fight
}

/// All that a player knows, as an object of named fields, the way a first backend sends it.
fn known(seen: &Seen) -> Value {
    let place = |v: trespasser::Vec2| json!({ "x": v.x, "y": v.y });
    let players = seen.players.iter().enumerate().filter_map(|(slot, player)| {
        let p = player.as_ref()?;
        Some(json!({
            "id": slot, "position": place(p.position), "facing": p.facing, "health": p.health,
            "weapon": p.weapon.map(trespasser::Weapon::name), "movement": p.gait.name(), "aiming": p.aiming,
            "alive": p.alive, "reloading": p.reloading, "protected": p.protected,
        }))
    });
    let projectiles = seen.projectiles.iter().enumerate().filter_map(|(number, projectile)| {
        let p = projectile.as_ref()?;
        Some(json!({ "id": number, "weapon": p.weapon.name(), "position": place(p.position), "velocity": place(p.velocity) }))
    });
    let walls = seen.levels.iter().enumerate().filter(|(_, level)| (1..=4).contains(*level));
    json!({
        "tick": seen.tick, "teamKills": seen.team_kills,
        "players": players.collect::<Vec<_>>(), "projectiles": projectiles.collect::<Vec<_>>(),
        "walls": walls.map(|(slice, level)| json!({ "slice": slice, "level": level })).collect::<Vec<_>>(),
        "events": seen.messages.iter().map(|m| json!({ "tick": m.tick, "what": format!("{:?}", m.what) })).collect::<Vec<_>>(),
    })
}

/// Plays a fight in a match of its own.
struct Host<'a> {
    fight: &'a Fight,
    world: World,
    level: Level,
}

impl<'a> Host<'a> {
    fn new(fight: &'a Fight, level: Level) -> Host<'a> {
        let world = World::new(WorldDef { simd: Some(level), ..WorldDef::default() }).expect("plain rules");
        Host { fight, world, level }
    }

    fn play(&mut self, clock: &mut Clock, mut down: impl FnMut(PlayerId, &[u8])) {
        let game = self.begin();
        for tick in &self.fight.ticks {
            for &(player, input) in &tick.inputs {
                self.world.push_input(game, player, input).expect("the player is there");
            }
            self.world.step_with(clock);
            for packet in self.world.packets() {
                down(packet.player, packet.bytes);
            }
            for (player, up) in &tick.ups {
                self.world.receive(game, *player, up).expect("what a client wrote");
            }
        }
        self.world.destroy_match(game).expect("the match is there");
    }

    fn begin(&mut self) -> MatchId {
        let game = self.world.create_match(&self.fight.map, MatchDef::default()).expect("there is room");
        self.world.rollback(game, &self.fight.before).expect("of the same map and rules");
        for &player in &self.fight.players {
            self.world.open_link(game, player).expect("there is none yet");
        }
        game
    }
}

fn clock(stage: Stage) -> Clock {
    Clock { stage, last: Instant::now(), spent: Duration::ZERO }
}

pub(crate) fn run(suite: &mut Suite) {
    let ticks = if suite.is_checking() { FEW } else { MANY };
    let fight = take_down("brawl", ticks);
    let levels = || Level::available().iter().rev().map(|&level| Host::new(&fight, level));
    let mut bytes = 0;
    for mut host in levels() {
        let mut sent = fight.down.iter();
        host.play(&mut clock(Stage::Send), |player, packet| {
            let (place, want) = sent.next().expect("no more than were sent");
            assert_eq!(fight.players[*place], player);
            // The epoch's number is a match's own; where it stands the bytes may differ, and nowhere else.
            assert_eq!(want.len(), packet.len(), "at {}", host.level.name());
        });
        assert_eq!(sent.next(), None, "no fewer than were sent");
    }
    // One who takes every message knows the same in the end, whoever wrote it.
    let mut ends: Vec<Vec<Option<Value>>> = Vec::new();
    for mut host in levels() {
        let mut clients: Vec<Receiver> = fight.players.iter().map(|_| Receiver::new()).collect();
        host.play(&mut clock(Stage::Send), |player, packet| {
            let place = fight.players.iter().position(|id| *id == player).expect("one of them");
            clients[place].receive(packet).expect("what the engine wrote");
            bytes += packet.len();
        });
        ends.push(clients.iter().map(|client| client.seen().map(known)).collect());
    }
    assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "all levels tell the same");
    let snapshots = fight.seen.len();
    let written: Vec<Vec<u8>> = fight.seen.iter().map(|seen| serde_json::to_vec(seen).expect("plain values")).collect();
    for (seen, text) in fight.seen.iter().zip(&written) {
        assert_eq!(&serde_json::from_slice::<Value>(text).expect("what was written"), seen, "JSON there and back");
    }
    let bytes = bytes / Level::available().len();
    let text: usize = written.iter().map(Vec::len).sum();
    suite.check(
        format!(
            "knowledge, send: {snapshots} snapshots of {} ticks, {:.1} bytes each at every level, and clients who know the same; as JSON {} bytes each",
            fight.ticks.len(),
            bytes as f64 / snapshots as f64,
            text / snapshots.max(1)
        ),
        json!({ "what": "send", "snapshots": snapshots, "bytes": bytes, "json_bytes": text }),
    );

    let scene = format!("brawl, {} ticks, eight links", fight.ticks.len());
    for (stage, unit, count) in [(Stage::Knowledge, "tick", fight.ticks.len()), (Stage::Send, "snapshot", snapshots)] {
        let mut contenders: Vec<Contender<'_>> = levels()
            .enumerate()
            .map(|(n, mut host)| {
                let kind = if n == 0 { Kind::Ours } else { Kind::Level };
                Contender::timing_itself(kind, format!("ours, {}", host.level.name()), move |rounds| {
                    let mut clock = clock(stage);
                    for _ in 0..rounds {
                        host.play(&mut clock, |_, _| {});
                    }
                    clock.spent
                })
            })
            .collect();
        if stage == Stage::Send {
            contenders.push(Contender::new(Kind::Naive, "naive, all that is known as JSON by serde_json", || {
                for seen in &fight.seen {
                    black_box(serde_json::to_vec(black_box(seen)).expect("plain values"));
                }
            }));
        }
        suite.compare(&Question::new(stage.name(), &scene, unit, count).headline(), contenders);
    }

    let mut contenders = vec![Contender::new(Kind::Ours, "ours", || {
        let mut clients: Vec<Receiver> = fight.players.iter().map(|_| Receiver::new()).collect();
        for (place, packet) in &fight.down {
            black_box(clients[*place].receive(packet).expect("what the engine wrote"));
        }
    })];
    contenders.push(Contender::new(Kind::Naive, "naive, JSON by serde_json", || {
        for text in &written {
            black_box(serde_json::from_slice::<Value>(text).expect("what was written"));
        }
    }));
    suite.compare(&Question::new("a client's reading", &scene, "snapshot", snapshots).headline(), contenders);
}
