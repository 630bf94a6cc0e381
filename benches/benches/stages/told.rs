//! What each player may know, and what is sent: a fight of a scene with a link for everybody, played again with the same
//! inputs and acknowledgements in a match of its own, at every level to the same bytes.

use super::course::Clock;
use serde_json::{Value, json};
use std::hint::black_box;
use std::sync::Arc;
use trespasser::net::{Receiver, Seen, Taken};
use trespasser::scenes::Scene;
use trespasser::sim::Stage;
use trespasser::simd::Level;
use trespasser::world::{PLAYERS, Snapshot};
use trespasser::{Event, EventKind, GameMap, InputCmd, MatchDef, MatchId, NetDef, PlayerId, World, WorldDef};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

/// Ticks before the fight is taken down: everybody is in it.
const FIRST: u32 = 900;
/// Ticks taken down.
const MANY: u32 = 360;
const FEW: u32 = 60;
/// px beside a slice at which it is looked for, as in `net/knowledge.rs`.
const OFF: f64 = 1.0 / 32.0;
/// px by which slices are grown and shrunk to see whether a line merely grazes one.
const GRAZE: f64 = 0.02;
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

/// A tick as somebody sees it who tries every slice against every line.
struct Still {
    /// Slices that stop sight.
    opaque: Vec<[f64; 4]>,
    /// Of whoever lives and is not blind, by slot.
    eyes: [Option<Eye>; PLAYERS],
    hits: Vec<Hit>,
}

#[derive(Clone, Copy)]
struct Eye {
    at: [f64; 2],
    facing: [f64; 2],
    sight: f64,
    /// Half of the cone, radians.
    half: f64,
}

/// A hit on a wall.
struct Hit {
    slice: [f64; 4],
    /// Sight passes the slice now.
    passes: bool,
    /// Who is told without looking, and who was told: masks of slots.
    sure: u8,
    told: u8,
}

impl Still {
    fn is_clear(&self, a: [f64; 2], b: [f64; 2], grown: f64) -> bool {
        self.opaque.iter().all(|rect| {
            let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
            for (from, way, low, high) in [(a[0], b[0] - a[0], rect[0], rect[2]), (a[1], b[1] - a[1], rect[1], rect[3])]
            {
                let (low, high) = (low - grown, high + grown);
                if way.abs() < 1e-12 {
                    if from < low || from > high {
                        return true;
                    }
                    continue;
                }
                let (t, u) = ((low - from) / way, (high - from) / way);
                enter = enter.max(t.min(u));
                leave = leave.min(t.max(u));
            }
            enter > leave
        })
    }

    /// Whether a slice is in view, by the points that the rules of knowledge name. `strict` px: slices are so much larger,
    /// and distance and cone less by a twentieth of it.
    fn shows(&self, viewer: usize, rect: &[f64; 4], passes: bool, strict: f64) -> bool {
        let Some(Eye { at, facing, sight, half }) = self.eyes[viewer] else { return false };
        let [x0, y0, x1, y1] = *rect;
        let shows = |x: f64, y: f64| {
            let (dx, dy) = (x - at[0], y - at[1]);
            let d = dx.hypot(dy);
            let off = ((dx * facing[0] + dy * facing[1]) / d.max(1e-9)).clamp(-1.0, 1.0).acos();
            let slack = strict / 20.0;
            (d < 12.0 - slack || (d < sight - slack && off < half - slack)) && self.is_clear(at, [x, y], strict)
        };
        if (x0..=x1).contains(&at[0]) && (y0..=y1).contains(&at[1]) {
            return true;
        }
        let sides = |share: f64| {
            let (x, y) = (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share);
            (at[0] < x0 && shows(x0 - OFF, y))
                || (at[0] > x1 && shows(x1 + OFF, y))
                || (at[1] < y0 && shows(x, y0 - OFF))
                || (at[1] > y1 && shows(x, y1 + OFF))
        };
        [0.5, 0.125, 0.875].into_iter().any(sides) || (passes && shows((x0 + x1) / 2.0, (y0 + y1) / 2.0))
    }

    /// Whom each hit is told to.
    fn told(&self, strict: f64, mut each: impl FnMut(usize, u8)) {
        for (n, hit) in self.hits.iter().enumerate() {
            let sees =
                |viewer: &usize| hit.sure >> viewer & 1 == 1 || self.shows(*viewer, &hit.slice, hit.passes, strict);
            each(n, (0..PLAYERS).filter(sees).fold(0, |mask, viewer| mask | 1 << viewer));
        }
    }
}

/// The same ticks as those of the fight, looked at from outside.
fn stills(scene_name: &str, ticks: u32) -> Vec<Still> {
    let mut scene = Scene::new(scene_name).expect("the scene is there");
    scene.advance(FIRST);
    let game = scene.game;
    let ids: Vec<PlayerId> = scene.world.view(game).expect("the match is there").players().map(|p| p.id).collect();
    for id in ids {
        scene.world.listen(game, id, true).expect("the player is there");
    }
    scene.world.drain_events(game, |_| {}).expect("the match is there");
    (0..ticks)
        .map(|_| {
            scene.advance(1);
            let on_wall =
                |e: &Event| e.kind == EventKind::WallDamaged as u8 || e.kind == EventKind::SliceDestroyed as u8;
            let (mut events, mut told) = (Vec::new(), Vec::new());
            scene.world.drain_events(game, |e| events.push(*e)).expect("the match is there");
            scene.world.drain_told(game, |entry| told.push(*entry)).expect("the match is there");
            let view = scene.world.view(game).expect("the match is there");
            let g = view.map().geometry();
            let rect = |s: usize| [g.x0[s], g.y0[s], g.x1[s], g.y1[s]].map(f64::from);
            let passes = |s: usize| view.blocks()[s / 64].clear >> (s % 64) & 1 == 1;
            let mut eyes = [None; PLAYERS];
            let players: Vec<_> = view.players().collect();
            for p in players.iter().filter(|p| p.alive && !p.blind) {
                let double = |v: trespasser::Vec2| [f64::from(v.x), f64::from(v.y)];
                let (at, facing) = (double(p.position), double(p.facing));
                eyes[p.id.slot()] = Some(Eye { at, facing, sight: p.sight.into(), half: f64::from(p.cone) / 2.0 });
            }
            let team = |slot: u8| players.iter().find(|p| p.id.slot() == usize::from(slot)).map(|p| p.team);
            let hits = events.iter().filter(|e| on_wall(e)).map(|e| {
                let friends = players.iter().filter(|p| team(e.actor) == Some(p.team));
                let sure = friends.fold(0, |mask, p| mask | 1u8 << p.id.slot());
                // Several hits of one slice in a tick are told apart by what they leave.
                let same = |t: &&trespasser::Told| {
                    t.event.kind == e.kind
                        && t.event.slice == e.slice
                        && t.event.value == e.value
                        && t.event.aux == e.aux
                };
                let got = told.iter().filter(same).fold(0, |mask, entry| mask | entry.to);
                Hit { slice: rect(e.slice.into()), passes: passes(e.slice.into()), sure, told: got }
            });
            let hits: Vec<_> = hits.collect();
            let opaque = if hits.is_empty() {
                Vec::new()
            } else {
                (0..g.slice_count).filter(|&s| !passes(s)).map(rect).collect()
            };
            Still { opaque, eyes, hits }
        })
        .collect()
}

pub(crate) fn run(suite: &mut Suite) {
    let ticks = if suite.is_checking() { FEW } else { MANY };
    let fight = take_down("brawl", ticks);
    let levels = || Level::available().iter().rev().map(|&level| Host::new(&fight, level));
    let mut bytes = 0;
    for mut host in levels() {
        let (mut sent, level) = (fight.down.iter(), host.level.name());
        host.play(&mut Clock::new(Stage::Send), |player, packet| {
            let (place, want) = sent.next().expect("no more than were sent");
            assert_eq!(fight.players[*place], player);
            // The epoch's number is a match's own; where it stands the bytes may differ, and nowhere else.
            assert_eq!(want.len(), packet.len(), "at {level}");
        });
        assert_eq!(sent.next(), None, "no fewer than were sent");
    }
    // One who takes every message knows the same in the end, whoever wrote it.
    let mut ends: Vec<Vec<Option<Value>>> = Vec::new();
    for mut host in levels() {
        let mut clients: Vec<Receiver> = fight.players.iter().map(|_| Receiver::new()).collect();
        host.play(&mut Clock::new(Stage::Send), |player, packet| {
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

    let stills = stills("brawl", ticks);
    let (mut hits, mut doubtful) = (0, 0);
    for still in &stills {
        let (mut surely, mut maybe) = (Vec::new(), Vec::new());
        still.told(GRAZE, |_, mask| surely.push(mask));
        still.told(-GRAZE, |_, mask| maybe.push(mask));
        for (hit, (surely, maybe)) in still.hits.iter().zip(surely.iter().zip(&maybe)) {
            let got = hit.told;
            assert!(
                got & surely == *surely && got & !maybe == 0,
                "told to {got:08b}, by every slice {surely:08b} to {maybe:08b}"
            );
            hits += 1;
            doubtful += usize::from(surely != maybe);
        }
    }
    assert!(hits > 0 && doubtful * 4 <= hits, "{doubtful} of {hits} hits on walls are in doubt");
    suite.check(
        format!("knowledge: {hits} hits on walls are told to whom every slice lets see them, {doubtful} in doubt"),
        json!({ "what": "knowledge", "hits": hits, "doubtful": doubtful }),
    );

    let scene = format!("brawl, {} ticks, eight links", fight.ticks.len());
    for (stage, unit, count) in [(Stage::Knowledge, "tick", fight.ticks.len()), (Stage::Send, "snapshot", snapshots)] {
        let mut contenders: Vec<Contender<'_>> = levels()
            .enumerate()
            .map(|(n, mut host)| {
                let kind = if n == 0 { Kind::Ours } else { Kind::Level };
                Contender::timing_itself(kind, format!("ours, {}", host.level.name()), move |rounds| {
                    let mut clock = Clock::new(stage);
                    for _ in 0..rounds {
                        host.play(&mut clock, |_, _| {});
                    }
                    clock.total()
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
        if stage == Stage::Knowledge {
            contenders.push(Contender::new(Kind::Naive, "naive, every slice in f64; hits on walls alone", || {
                for still in &stills {
                    still.told(0.0, |_, mask| {
                        black_box(mask);
                    });
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
