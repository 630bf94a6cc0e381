//! The wire from end to end: a host's links and clients' receivers over channels that lose, repeat and reorder.
#![cfg(feature = "scenes")]
// Helpers outside the test functions: a failure is a failure there too.
#![allow(clippy::unwrap_used)]

use trespasser::net::{AS_ON_MAP, Happening, Receiver, Seen, SeenMessage, Taken};
use trespasser::rules::Material;
use trespasser::scenes::Scene;
use trespasser::{
    Buttons, Error, GameMap, Loadout, MatchDef, MatchId, NetDef, PlayerDef, PlayerId, Reading, Team, Vec2, WallDef,
    Weapon, World, WorldDef,
};

/// xorshift, seeded.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// One way between host and client: loses, repeats and delays.
struct Channel {
    on_way: Vec<(u32, Vec<u8>)>,
    loss: u64,
    repeats: u64,
    delay: u64,
    /// Delays by anything up to `delay`, so that messages overtake each other.
    jitters: bool,
}

impl Channel {
    fn new(loss: u64, repeats: u64, delay: u64) -> Channel {
        Channel { on_way: Vec::new(), loss, repeats, delay, jitters: true }
    }

    fn send(&mut self, dice: &mut Dice, tick: u32, bytes: &[u8]) {
        for _ in 0..1 + u32::from(dice.percent(self.repeats)) {
            if !dice.percent(self.loss) {
                let late = if self.jitters { dice.below(self.delay + 1) } else { self.delay };
                self.on_way.push((tick + late as u32, bytes.to_vec()));
            }
        }
    }

    fn arrive(&mut self, tick: u32) -> Vec<Vec<u8>> {
        let mut here = Vec::new();
        self.on_way.retain_mut(|(due, bytes)| {
            let late = *due > tick;
            if !late {
                here.push(std::mem::take(bytes));
            }
            late
        });
        here
    }
}

struct Client {
    id: PlayerId,
    receiver: Receiver,
    down: Channel,
    up: Channel,
    /// All messages since it was last emptied.
    messages: Vec<SeenMessage>,
}

/// Connected clients of one match.
struct Table {
    dice: Dice,
    clients: Vec<Client>,
}

impl Table {
    fn new(world: &mut World, game: MatchId, seed: u64, loss: u64, repeats: u64, delay: u64) -> Table {
        let ids: Vec<PlayerId> = world.view(game).unwrap().players().map(|p| p.id).collect();
        let channel = || Channel::new(loss, repeats, delay);
        let client = |id| {
            world.open_link(game, id).unwrap();
            Client { id, receiver: Receiver::new(), down: channel(), up: channel(), messages: Vec::new() }
        };
        Table { dice: Dice(seed | 1), clients: ids.into_iter().map(client).collect() }
    }

    /// After a step: what the host sends goes out, what has arrived is taken, clients answer what they have taken.
    fn exchange(&mut self, world: &mut World, game: MatchId) {
        let tick = world.view(game).unwrap().tick();
        for packet in world.packets().filter(|p| p.game == game) {
            let client = self.clients.iter_mut().find(|c| c.id == packet.player).unwrap();
            client.down.send(&mut self.dice, tick, packet.bytes);
        }
        for client in &mut self.clients {
            for bytes in client.down.arrive(tick) {
                let taken = client.receiver.receive(&bytes).unwrap();
                if taken == Taken::Snapshot {
                    client.messages.extend_from_slice(&client.receiver.seen().unwrap().messages);
                }
                // An answer to each, for the one before may be lost.
                let mut up = Vec::new();
                client.receiver.write(6, &mut up);
                client.up.send(&mut self.dice, tick, &up);
            }
            for bytes in client.up.arrive(tick) {
                world.receive(game, client.id, &bytes).unwrap();
            }
        }
    }

    fn perfect(&mut self) {
        for client in &mut self.clients {
            for channel in [&mut client.down, &mut client.up] {
                (channel.loss, channel.repeats, channel.delay) = (0, 0, 0);
            }
        }
    }

    fn seen(&self, slot: usize) -> &Seen {
        let client = self.clients.iter().find(|c| c.id.slot() == slot).unwrap();
        client.receiver.seen().unwrap()
    }
}

fn level(health: u16, most: u16) -> u8 {
    let share = f64::from(health) / f64::from(most);
    if health == 0 {
        4
    } else if share > 0.75 {
        0
    } else if share > 0.5 {
        1
    } else if share > 0.25 {
        2
    } else {
        3
    }
}

/// For each slice the level that its player knows, and the level that the client has.
fn levels(world: &World, game: MatchId, slot: usize, seen: &Seen) -> Vec<(u8, u8)> {
    let view = world.view(game).unwrap();
    let geometry = view.map().geometry();
    let mut known = Vec::new();
    view.known_health(slot, &mut known);
    let of = |(slice, &health): (usize, &u16)| {
        let first = if geometry.missing[slice / 64] >> (slice % 64) & 1 == 1 { 4 } else { 0 };
        let has = if seen.levels[slice] == AS_ON_MAP { first } else { seen.levels[slice] };
        (level(health, geometry.max_health[slice]), has)
    };
    known.iter().enumerate().map(of).collect()
}

/// What a client knows is what its player may know, to the resolution of the wire.
fn check_truth(world: &World, game: MatchId, slot: usize, seen: &Seen) {
    let view = world.view(game).unwrap();
    let tick = view.tick();
    let mask = seen.players.iter().enumerate().fold(0u8, |mask, (i, p)| mask | u8::from(p.is_some()) << i);
    assert_eq!(mask, view.knows(slot), "slot {slot}");
    for player in view.players() {
        let at = player.id.slot();
        let score = seen.scores[at].unwrap();
        assert_eq!((score.team, score.alive), (player.team, player.alive), "slot {slot} of {at}");
        assert_eq!((score.kills, score.deaths), (player.kills.into(), player.deaths.into()), "slot {slot} of {at}");
        let Some(known) = seen.players[at] else { continue };
        assert!((known.position - player.position).abs().max_element() <= 1.0 / 32.0, "slot {slot} of {at}");
        let health = player.health.ceil() as u8;
        assert_eq!((known.health, known.alive, known.aiming), (health, player.alive, player.aiming));
        assert_eq!((known.weapon, known.gait), (player.weapon, player.gait), "slot {slot} of {at}");
        assert_eq!(
            (known.reloading, known.protected),
            (player.reload_ticks > 0, tick < player.invulnerable_until && player.alive)
        );
        if at != slot {
            let turn = f32::from(known.facing) / 256.0 * core::f32::consts::TAU;
            let off = player.facing.angle_to(Vec2::from_angle(turn)).abs();
            assert!(off <= core::f32::consts::TAU / 512.0 + 1e-4, "slot {slot} of {at}: {off}");
        }
    }
    let wrong = levels(world, game, slot, seen).into_iter().enumerate().find(|(_, (known, has))| known != has);
    assert_eq!(wrong, None, "slot {slot}");
    let own = view.players().find(|p| p.id.slot() == slot).unwrap();
    let weapons = view.weapons(own.id).unwrap();
    for (place, weapon) in weapons.iter().enumerate() {
        let has = seen.items[place].map(|i| (i.weapon, i.rounds, i.reserve));
        let want = weapon.as_ref().map(|w| (w.weapon, u32::from(w.ammo), u32::from(w.reserve)));
        assert_eq!(has, want, "slot {slot}, place {place}");
    }
    assert_eq!(usize::from(seen.hands.place), own.hand);
    let reload = seen.hands.reload_end.saturating_sub(tick);
    assert_eq!(reload, own.reload_ticks.into(), "slot {slot}");
    let fallen = if seen.hands.silence_end > tick { 0.0 } else { (tick - seen.hands.heat_tick) as f32 / 6.0 };
    let heat = (f32::from(seen.hands.heat) - fallen).max(0.0);
    assert!((heat - own.heat).abs() <= 2.0, "slot {slot}: heat {heat} of {}", own.heat);
    assert_eq!(seen.life.respawn_at.is_some(), !own.alive);
    if own.alive {
        let until = seen.life.protected_until.max(tick);
        assert_eq!(until, own.invulnerable_until.max(tick), "slot {slot}");
    } else if own.placed {
        assert_eq!(seen.life.killer.map(usize::from), own.killer.map(|id| id.slot()));
        assert_eq!(seen.life.respawn_at.unwrap().max(tick), own.respawn_tick.max(tick));
    }
    let mut flights = Vec::new();
    view.known_projectiles(slot, &mut flights);
    let known: Vec<_> = seen.projectiles.iter().flatten().collect();
    assert_eq!(known.len(), flights.len(), "slot {slot}");
    for flight in flights {
        let near = known.iter().any(|p| {
            p.weapon == flight.weapon
                && p.own_team == flight.own_team
                && p.at(tick, &seen.welcome).distance(flight.position) < 0.6
        });
        assert!(near, "slot {slot}: {flight:?} of {known:?}");
    }
    for cloud in view.clouds() {
        let near = seen
            .clouds
            .iter()
            .flatten()
            .any(|c| c.position.distance(Vec2::new(cloud.disc.x, cloud.disc.y)) < 0.1 && c.born == cloud.born);
        assert!(near, "slot {slot}: {cloud:?} of {:?}", seen.clouds);
    }
}

/// Plays a scene with everybody connected, then a while in which nobody presses anything and nothing is lost.
fn play(name: &str, ticks: u32, seed: u64, loss: u64, repeats: u64, delay: u64) -> (Scene, Table) {
    let mut scene = Scene::new(name).unwrap();
    let mut table = Table::new(&mut scene.world, scene.game, seed, loss, repeats, delay);
    for _ in 0..ticks {
        scene.advance(1);
        table.exchange(&mut scene.world, scene.game);
    }
    table.perfect();
    for _ in 0..180 {
        scene.world.step();
        table.exchange(&mut scene.world, scene.game);
    }
    (scene, table)
}

/// `WIRE_ROUNDS=100` for a long run with other dice.
#[test]
fn whatever_is_lost_both_ends_agree() {
    let rounds: u64 = std::env::var("WIRE_ROUNDS").map_or(1, |n| n.parse().unwrap());
    for round in 0..rounds {
        for (i, name) in ["brawl", "arsenal", "demolition"].into_iter().enumerate() {
            for (loss, repeats, delay) in [(0, 0, 0), (5, 5, 9), (50, 50, 30)] {
                let ticks = 900 + 100 * i as u32 + 37 * round as u32;
                let (scene, table) = play(name, ticks, 77 + loss + 1000 * round, loss, repeats, delay);
                for slot in 0..8 {
                    let seen = table.seen(slot);
                    let behind = scene.world.view(scene.game).unwrap().tick() - seen.tick;
                    assert!(behind < 18, "{name}, loss {loss}, round {round}: {behind} ticks");
                    check_truth(&scene.world, scene.game, slot, seen);
                }
            }
        }
    }
}

/// Over a perfect channel, after every frame in which something was sent.
#[test]
fn over_a_perfect_channel_a_client_is_never_behind() {
    for name in ["brawl", "arsenal"] {
        let mut scene = Scene::new(name).unwrap();
        let mut table = Table::new(&mut scene.world, scene.game, 3, 0, 0, 0);
        for round in 0..1200 {
            scene.advance(1);
            table.exchange(&mut scene.world, scene.game);
            let tick = scene.world.view(scene.game).unwrap().tick();
            for slot in 0..8 {
                let seen = table.clients[slot].receiver.seen();
                if let Some(seen) = seen.filter(|s| round > 30 && s.tick == tick) {
                    check_truth(&scene.world, scene.game, slot, seen);
                }
            }
        }
    }
}

/// Each message comes once, and in a fight over a perfect channel all of them do.
#[test]
fn messages_come_once() {
    let count = |loss: u64, repeats: u64, delay: u64| {
        let mut scene = Scene::new("brawl").unwrap();
        let mut table = Table::new(&mut scene.world, scene.game, 5, loss, repeats, delay);
        let (mut told, mut heard) = (0u32, 0u32);
        let mut before: Vec<Vec<String>> = vec![Vec::new(); 8];
        for _ in 0..900 {
            scene.advance(1);
            table.exchange(&mut scene.world, scene.game);
            for (client, before) in table.clients.iter_mut().zip(&mut before) {
                for message in client.messages.drain(..) {
                    // Deaths are unlike each other: who, when.
                    if let Happening::Died { who, .. } = message.what {
                        let text = format!("{who} {}", message.tick);
                        assert!(!before.contains(&text), "twice: {text}");
                        before.push(text);
                        told += 1;
                    }
                    heard += u32::from(matches!(message.what, Happening::Sound { .. }));
                }
            }
        }
        (told, heard)
    };
    let (told, heard) = count(0, 0, 0);
    assert!(told >= 8 && heard > 1000, "{told} deaths, {heard} sounds");
    let (lossy, _) = count(5, 30, 2);
    assert!(lossy * 50 >= told * 49, "{lossy} of {told} deaths");
    // Half of all is lost or overtaken.
    let (lossy, _) = count(30, 30, 6);
    assert!(lossy * 2 >= told, "{lossy} of {told} deaths");
}

/// Clients that acknowledge nothing, lie, replay and send rubbish cost bounded memory, and are still served.
#[test]
fn liars_gain_nothing() {
    let mut scene = Scene::new("brawl").unwrap();
    let mut table = Table::new(&mut scene.world, scene.game, 9, 0, 0, 0);
    let mut dice = Dice(0xF00D);
    let mut old: Vec<Vec<Vec<u8>>> = vec![Vec::new(); 8];
    let mut memory = [0usize; 8];
    for round in 0..1800u32 {
        scene.advance(1);
        let tick = scene.world.view(scene.game).unwrap().tick();
        let sent: Vec<(usize, Vec<u8>)> = scene.world.packets().map(|p| (p.player.slot(), p.bytes.to_vec())).collect();
        for (slot, bytes) in sent {
            let client = &mut table.clients[slot];
            client.receiver.receive(&bytes).unwrap();
            let mut up = Vec::new();
            client.receiver.write(0, &mut up);
            old[slot].push(up);
        }
        for slot in 0..8 {
            let id = table.clients[slot].id;
            let mut say = |bytes: &[u8]| {
                let _ = scene.world.receive(scene.game, id, bytes);
            };
            let history = &old[slot];
            match slot {
                // Nothing at all.
                0 => {}
                // Once, then never again.
                1 if round < 30 => history.iter().for_each(|up| say(up)),
                // Old ones again and again.
                2 => (0..5).for_each(|_| {
                    if !history.is_empty() {
                        say(&history[dice.below(history.len() as u64) as usize]);
                    }
                }),
                // Flipped bits.
                3 | 4 => {
                    if let Some(mut up) = history.last().cloned() {
                        say(&up);
                        for _ in 0..8 {
                            let bit = dice.below(up.len() as u64 * 8) as usize;
                            up[bit / 8] ^= 1 << (bit % 8);
                            say(&up);
                        }
                    }
                }
                // Rubbish.
                5 => {
                    let bytes: Vec<u8> = (0..dice.below(300)).map(|_| dice.roll() as u8).collect();
                    say(&bytes);
                    history.last().iter().for_each(|up| say(up));
                }
                _ => history.last().iter().for_each(|up| say(up)),
            }
            memory[slot] = memory[slot].max(scene.world.link_stats(scene.game, id).unwrap().unwrap().memory);
        }
        let _ = tick;
    }
    for (slot, memory) in memory.into_iter().enumerate() {
        let id = table.clients[slot].id;
        let stats = scene.world.link_stats(scene.game, id).unwrap().unwrap();
        assert!(memory <= 4096, "slot {slot}: {memory} bytes");
        assert!(stats.frames > 400, "slot {slot}: {stats:?}");
        assert!(stats.bytes / u64::from(stats.frames) < 250, "slot {slot}: {stats:?}");
    }
    let stats = |slot: usize| scene.world.link_stats(scene.game, table.clients[slot].id).unwrap().unwrap();
    assert_eq!(stats(0).acked, 0);
    assert!(stats(3).false_acks > 0 && stats(5).bad_messages > 0 && stats(2).stale > 0);
}

/// Nothing visible waits longer than 250 ms, and a second's average keeps to the budget where it can.
#[test]
fn nothing_starves() {
    for name in ["demolition", "arsenal"] {
        let mut scene = Scene::new(name).unwrap();
        storm(name, &mut scene, 1800, |_, _| {});
    }
}

/// Everybody shoots rockets at a forest of glass, at the lowest budget.
#[test]
fn nothing_starves_in_a_storm() {
    let mut walls = Vec::new();
    for row in 0..12u8 {
        for column in 0..14u8 {
            let (x, y) = (40.0 + f32::from(column) * 28.0, 20.0 + f32::from(row) * 20.0);
            walls.push(WallDef { x, y, width: 20.0, height: 4.0, material: Material::Glass });
        }
    }
    let map = GameMap::from_rects(&walls, &[]).unwrap();
    let def = WorldDef { net: NetDef { budget: 20, ..NetDef::default() }, ..WorldDef::default() };
    let mut scene = Scene::with_def("arsenal", def).unwrap();
    scene.world.destroy_match(scene.game).unwrap();
    scene.game = scene.world.create_match(&map, MatchDef { seed: 4, kill_target: Some(10_000) }).unwrap();
    for i in 0..8 {
        let loadout = Loadout::new(Weapon::Rifle, Weapon::Pistol, &[Weapon::Rocket]).unwrap();
        let team = Some(if i % 2 == 0 { Team::Red } else { Team::Blue });
        scene.bots.add(&mut scene.world, scene.game, PlayerDef { team, loadout, spawn: true }, 1.0).unwrap();
    }
    storm("storm", &mut scene, 1500, |scene, tick| {
        if tick % 40 == 0 {
            let ids: Vec<PlayerId> = scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect();
            for id in ids {
                let _ = scene.world.give_weapon(scene.game, id, Weapon::Rocket);
                scene.world.tap(scene.game, id, Buttons::FIRE).unwrap();
            }
        }
    });
}

fn storm(name: &str, scene: &mut Scene, ticks: u32, mut before: impl FnMut(&mut Scene, u32)) {
    let mut table = Table::new(&mut scene.world, scene.game, 11, 0, 0, 3);
    // An acknowledgement is there two frames after its frame.
    table.clients.iter_mut().flat_map(|c| [&mut c.down, &mut c.up]).for_each(|channel| channel.jitters = false);
    let slices = scene.world.view(scene.game).unwrap().map().geometry().slice_count;
    // Tick in which a slice was last known to be of a level.
    let mut last = vec![vec![[u32::MAX; 5]; slices]; 8];
    let mut spent = vec![vec![0usize; ticks as usize + 1]; 8];
    let (mut worst, mut breaks) = (0, 0);
    for round in 0..ticks {
        before(scene, round);
        scene.advance(1);
        for packet in scene.world.packets() {
            spent[packet.player.slot()][round as usize] += packet.bytes.len();
        }
        table.exchange(&mut scene.world, scene.game);
        for slot in 0..8 {
            let Some(seen) = table.clients[slot].receiver.seen() else { continue };
            for (slice, (known, has)) in levels(&scene.world, scene.game, slot, seen).into_iter().enumerate() {
                let last = &mut last[slot][slice];
                last[usize::from(known)] = round;
                breaks += u32::from(known != has);
                if round > 60 {
                    worst = worst.max(round.wrapping_sub(last[usize::from(has)]));
                }
            }
        }
    }
    assert!(breaks > 1000, "{name}: {breaks}");
    // The channel itself takes 3 ticks.
    assert!(worst <= 15 + 3, "{name}: a slice waited {worst} ticks");
    for (slot, spent) in spent.iter().enumerate() {
        let id = table.clients[slot].id;
        let stats = scene.world.link_stats(scene.game, id).unwrap().unwrap();
        let highest = spent.windows(60).skip(60).map(|w| w.iter().sum::<usize>()).max().unwrap_or(0);
        eprintln!("{name}, slot {slot}: worst second {highest} bytes, waited {worst} ticks, {stats:?}");
        if name != "storm" {
            // What was saved up may be spent at once.
            assert!(highest <= 2 * 1200 + 100, "{name}, slot {slot}: {highest} bytes in a second");
            assert!(stats.bytes <= u64::from(ticks / 3) * 60 + 1200, "{name}, slot {slot}: {stats:?}");
        }
    }
}

fn duel(def: WorldDef) -> (World, MatchId, [PlayerId; 2]) {
    let map = GameMap::builtin("yard", Reading::Fine).unwrap();
    let mut world = World::new(def).unwrap();
    let game = world.create_match(&map, MatchDef { seed: 1, kill_target: None }).unwrap();
    let join = |team| PlayerDef { team: Some(team), ..PlayerDef::default() };
    let a = world.add_player(game, join(Team::Red)).unwrap();
    let b = world.add_player(game, join(Team::Blue)).unwrap();
    (world, game, [a, b])
}

/// 20 snapshots a second while something happens to what a player knows, 4 while nothing does, whatever others do.
#[test]
fn the_rate_follows_what_is_known() {
    let (mut world, game, [a, b]) = duel(WorldDef::default());
    let mut table = Table::new(&mut world, game, 1, 0, 0, 0);
    let frames = |world: &mut World, table: &mut Table, ticks: u32, walks: bool| {
        let before = [a, b].map(|id| world.link_stats(game, id).unwrap().unwrap().frames);
        for i in 0..ticks {
            let client = &mut table.clients[0];
            if client.receiver.seen().is_some() {
                let keys = [Buttons::UP, Buttons::DOWN][(i / 20) as usize % 2];
                // Looking about is no news.
                let cursor = Vec2::new(f32::from(i as u16 % 400), 20.0);
                client.receiver.input(if walks { keys } else { Buttons::NONE }, Buttons::NONE, cursor).unwrap();
                let mut up = Vec::new();
                client.receiver.write(0, &mut up);
                world.receive(game, a, &up).unwrap();
            }
            world.step();
            table.exchange(world, game);
        }
        let after = [a, b].map(|id| world.link_stats(game, id).unwrap().unwrap().frames);
        [after[0] - before[0], after[1] - before[1]]
    };
    frames(&mut world, &mut table, 240, false);
    assert_eq!(world.view(game).unwrap().sees(0), 0);
    assert_eq!(frames(&mut world, &mut table, 600, false), [40, 40]);
    let walking = frames(&mut world, &mut table, 600, true);
    assert!(walking[0] >= 190, "{walking:?}");
    // Neither seen nor heard: nothing tells of the walk.
    if world.view(game).unwrap().sees(1) == 0 {
        assert!(walking[1] <= 60, "{walking:?}");
    }
    assert_eq!(frames(&mut world, &mut table, 60, false).len(), 2);
    assert_eq!(frames(&mut world, &mut table, 600, false), [40, 40]);
}

/// Inputs over the wire do what inputs pushed by the host do, whatever is repeated; requests are granted and answered.
#[test]
fn inputs_and_requests_arrive() {
    let (mut world, game, [a, _]) = duel(WorldDef::default());
    let (mut twin, game2, [a2, _]) = duel(WorldDef::default());
    let mut table = Table::new(&mut world, game, 21, 0, 50, 0);
    let mut dice = Dice(99);
    for i in 0..300u32 {
        let client = &mut table.clients[0];
        if let Some(frame) = client.receiver.seen().map(|seen| seen.tick) {
            let held = Buttons(dice.roll() as u16 & 0x7F);
            let cursor = Vec2::new(dice.below(480) as f32, dice.below(270) as f32);
            client.receiver.input(held, Buttons::NONE, cursor).unwrap();
            let mut up = Vec::new();
            client.receiver.write(3, &mut up);
            let received = world.receive(game, a, &up).unwrap();
            assert_eq!(received.inputs, 1, "input {i}");
            assert_eq!(world.receive(game, a, &up).unwrap().inputs, 0);
            let mut input = trespasser::InputCmd::new(0, held, Buttons::NONE, cursor).unwrap();
            input.sequence = twin.view(game2).unwrap().player(a2).unwrap().last_sequence + 1;
            input.ack_tick = frame.saturating_sub(3);
            assert!(twin.push_input(game2, a2, input).unwrap());
        }
        world.step();
        twin.step();
        table.exchange(&mut world, game);
        let of = |world: &World, game, id| world.view(game).unwrap().player(id).unwrap().position;
        assert_eq!(of(&world, game, a), of(&twin, game2, a2), "tick {i}");
    }
    assert_eq!(world.hash(game).unwrap(), twin.hash(game2).unwrap());
    assert_eq!(world.view(game).unwrap().player(a).unwrap().ignored_inputs, 0);
    let seen = table.seen(0);
    assert_eq!(seen.input, world.view(game).unwrap().player(a).unwrap().last_sequence as u8);

    let talk = |world: &mut World, table: &mut Table, ticks: u32| {
        for _ in 0..ticks {
            let mut up = Vec::new();
            table.clients[0].receiver.write(0, &mut up);
            world.receive(game, a, &up).unwrap();
            world.step();
            table.exchange(world, game);
        }
    };
    talk(&mut world, &mut table, 60);
    table.clients[0].receiver.request_exact();
    talk(&mut world, &mut table, 9);
    let exact = table.seen(0).exact.unwrap();
    assert!(exact.tick + 9 >= world.view(game).unwrap().tick());
    assert_eq!(exact.position, world.view(game).unwrap().player(a).unwrap().position);
    let other = Loadout::new(Weapon::Smg, Weapon::Revolver, &[Weapon::Grenade]).unwrap();
    let number = table.clients[0].receiver.request_loadout(&other, None);
    talk(&mut world, &mut table, 9);
    assert_eq!(table.seen(0).answer, Some((number, 1)), "not while alive");
    world.kill_player(game, a).unwrap();
    let number = table.clients[0].receiver.request_loadout(&other, Some(Team::Blue));
    talk(&mut world, &mut table, 9);
    assert_eq!(table.seen(0).answer, Some((number, 2)), "nobody changes sides who has been on the field");
    assert_eq!(world.view(game).unwrap().player(a).unwrap().team, Team::Red);
    let number = table.clients[0].receiver.request_loadout(&other, Some(Team::Red));
    talk(&mut world, &mut table, 9);
    assert_eq!(table.seen(0).answer, Some((number, 0)));
    let number = table.clients[0].receiver.request_respawn();
    talk(&mut world, &mut table, 9);
    assert_eq!(table.seen(0).answer, Some((number, 1)), "too soon");
    talk(&mut world, &mut table, 180);
    let number = table.clients[0].receiver.request_respawn();
    talk(&mut world, &mut table, 9);
    assert_eq!(table.seen(0).answer, Some((number, 0)));
    assert!(world.view(game).unwrap().player(a).unwrap().alive);
    assert_eq!(table.seen(0).items[0].unwrap().weapon, Weapon::Smg);
    check_truth(&world, game, 0, table.seen(0));
}

/// A match that begins anew, is turned back, players who come and go, connections that break: a new epoch each, and
/// nothing of the one before.
#[test]
fn epochs_follow_each_other() {
    let mut scene = Scene::new("brawl").unwrap();
    let mut table = Table::new(&mut scene.world, scene.game, 31, 10, 10, 5);
    let (mut saved, epochs) = (Vec::new(), std::cell::RefCell::new(Vec::new()));
    let game = scene.game;
    let run = |scene: &mut Scene, table: &mut Table, ticks: u32| {
        for _ in 0..ticks {
            scene.advance(1);
            table.exchange(&mut scene.world, game);
        }
        // Until what is late has come, and all has been said.
        for channel in table.clients.iter_mut().flat_map(|c| [&mut c.down, &mut c.up]) {
            channel.loss = 0;
        }
        for _ in 0..30 {
            scene.world.step();
            table.exchange(&mut scene.world, game);
        }
        for channel in table.clients.iter_mut().flat_map(|c| [&mut c.down, &mut c.up]) {
            (channel.loss, channel.delay) = (0, 0);
        }
        for _ in 0..60 {
            scene.world.step();
            table.exchange(&mut scene.world, game);
        }
        for client in &table.clients {
            check_truth(&scene.world, game, client.id.slot(), client.receiver.seen().unwrap());
        }
        for channel in table.clients.iter_mut().flat_map(|c| [&mut c.down, &mut c.up]) {
            (channel.loss, channel.delay) = (10, 5);
        }
        epochs.borrow_mut().push(table.clients[0].receiver.seen().unwrap().welcome.epoch);
    };
    run(&mut scene, &mut table, 400);
    scene.world.save(game, &mut saved).unwrap();
    run(&mut scene, &mut table, 400);
    scene.world.reset_match(game, 5).unwrap();
    run(&mut scene, &mut table, 300);
    scene.world.restore(game, &saved).unwrap();
    run(&mut scene, &mut table, 300);
    scene.world.repair_walls(game).ok();
    run(&mut scene, &mut table, 100);
    let id = table.clients[0].id;
    scene.world.open_link(game, id).unwrap();
    run(&mut scene, &mut table, 100);
    scene.world.close_link(game, id).unwrap();
    for _ in 0..60 {
        scene.advance(1);
        assert!(scene.world.packets().all(|p| p.player != id));
        table.exchange(&mut scene.world, game);
    }
    let refused = scene.world.receive(game, id, &[0]).unwrap_err();
    assert!(matches!(refused, Error::NotAllowed { .. }), "{refused}");
    scene.world.open_link(game, id).unwrap();
    run(&mut scene, &mut table, 100);
    assert_eq!(*epochs.borrow(), [0, 0, 1, 2, 2, 3, 0]);

    // Another player in the slot.
    scene.bots.remove(&mut scene.world, game, id).unwrap();
    assert!(scene.world.receive(game, id, &[0]).is_err());
    table.clients.remove(0);
    run(&mut scene, &mut table, 100);
    let id = scene.bots.add(&mut scene.world, game, PlayerDef::default(), 0.5).unwrap();
    scene.world.open_link(game, id).unwrap();
    let receiver = Receiver::new();
    let (down, up, messages) = (Channel::new(0, 0, 0), Channel::new(0, 0, 0), Vec::new());
    table.clients.insert(0, Client { id, receiver, down, up, messages });
    run(&mut scene, &mut table, 200);
}

/// The same bytes in the same order, stepped by one thread or many.
#[test]
fn threads_change_nothing() {
    let map = GameMap::builtin("yard", Reading::Fine).unwrap();
    let mut sides = [0, 1].map(|_| {
        let mut world = World::new(WorldDef::default()).unwrap();
        let mut bots = trespasser::scenes::Bots::new();
        for seed in 0..70 {
            let game = world.create_match(&map, MatchDef { seed: seed % 9, kill_target: None }).unwrap();
            for i in 0..2 {
                let id = bots.add(&mut world, game, PlayerDef::default(), 0.2 + 0.5 * i as f32).unwrap();
                world.open_link(game, id).unwrap();
            }
        }
        (world, bots)
    });
    let pool = rayon_pool();
    let mut compared = 0;
    let mut clients: Vec<Receiver> = (0..140).map(|_| Receiver::new()).collect();
    for tick in 1..200 {
        let [(one, bots), (many, bots2)] = &mut sides;
        bots.think(one);
        bots2.think(many);
        one.step();
        pool(many);
        let sent: Vec<_> = one.packets().map(|p| (p.game, p.player, p.bytes.to_vec())).collect();
        let other: Vec<_> = many.packets().map(|p| (p.game, p.player, p.bytes.to_vec())).collect();
        assert_eq!(sent, other, "tick {tick}");
        let games: Vec<MatchId> = one.match_ids().collect();
        for (game, player, bytes) in sent {
            let at = games.iter().position(|g| *g == game).unwrap() * 2 + player.slot();
            clients[at].receive(&bytes).unwrap();
            let mut up = Vec::new();
            clients[at].write(0, &mut up);
            one.receive(game, player, &up).unwrap();
            many.receive(game, player, &up).unwrap();
            compared += 1;
        }
    }
    assert!(compared > 2000, "{compared}");
    let game = sides[0].0.match_ids().next().unwrap();
    sides[0].0.destroy_match(game).unwrap();
    assert!(sides[0].0.packets().all(|p| p.game != game));
}

/// A step in rayon's global pool.
fn rayon_pool() -> impl Fn(&mut World) {
    |world: &mut World| world.step_parallel()
}

#[test]
fn a_held_link_is_silent_and_queues_nothing() {
    let mut scene = Scene::new("brawl").unwrap();
    let mut table = Table::new(&mut scene.world, scene.game, 41, 0, 0, 0);
    for _ in 0..120 {
        scene.advance(1);
        table.exchange(&mut scene.world, scene.game);
    }
    let id = table.clients[3].id;
    scene.world.hold_link(scene.game, id, true).unwrap();
    for _ in 0..600 {
        scene.advance(1);
        assert!(scene.world.packets().all(|p| p.player != id));
        table.exchange(&mut scene.world, scene.game);
    }
    scene.world.hold_link(scene.game, id, false).unwrap();
    for _ in 0..60 {
        scene.world.step();
        table.exchange(&mut scene.world, scene.game);
    }
    check_truth(&scene.world, scene.game, 3, table.seen(3));
}

#[test]
fn definitions_are_checked() {
    let bad = |net| World::new(WorldDef { net, ..WorldDef::default() }).unwrap_err().to_string();
    let def = NetDef::default();
    assert!(bad(NetDef { rate: 0, ..def }).contains("net.rate"));
    assert!(bad(NetDef { rate: 61, ..def }).contains("net.rate"));
    assert!(bad(NetDef { idle_rate: 21, ..def }).contains("net.idle_rate"));
    assert!(bad(NetDef { budget: 19, ..def }).contains("net.budget"));
    for (tick_rate, rate) in [(20, 60), (240, 1), (60, 20), (77, 13)] {
        let net = NetDef { rate, idle_rate: 1, budget: 1000 };
        let (mut world, game, [a, _]) = duel(WorldDef { tick_rate, net, ..WorldDef::default() });
        let mut table = Table::new(&mut world, game, 1, 0, 0, 0);
        for _ in 0..tick_rate * 6 {
            world.step();
            table.exchange(&mut world, game);
        }
        assert!(world.link_stats(game, a).unwrap().unwrap().frames >= 4, "{tick_rate} {rate}");
        assert_eq!(table.seen(0).welcome.step, net.step(tick_rate));
        check_truth(&world, game, 0, table.seen(0));
    }
}

/// Matches that begin together do not all send in one tick, and what is sent is of the tick in which it is.
#[test]
fn matches_send_in_turns() {
    let map = GameMap::builtin("yard", Reading::Fine).unwrap();
    let mut world = World::new(WorldDef::default()).unwrap();
    let mut tables = Vec::new();
    for seed in 0..4 {
        let game = world.create_match(&map, MatchDef { seed, kill_target: None }).unwrap();
        for team in [Team::Red, Team::Blue] {
            world.add_player(game, PlayerDef { team: Some(team), ..PlayerDef::default() }).unwrap();
        }
        tables.push((game, Table::new(&mut world, game, 1, 0, 0, 0)));
    }
    let ack_ticks = trespasser::Columns::find("ack_tick").unwrap();
    let (mut sent, mut before, mut saved, mut acknowledged) = ([[0; 3]; 4], [0; 4], Vec::new(), 0);
    for tick in 1..=120u32 {
        world.step();
        for (place, (game, table)) in tables.iter_mut().enumerate() {
            let packets = world.packets().filter(|packet| packet.game == *game);
            let slots: Vec<usize> = packets.map(|packet| packet.player.slot()).collect();
            sent[place][(tick % 3) as usize] += slots.len();
            if slots.is_empty() {
                continue;
            }
            for client in &mut table.clients {
                let cursor = Vec2::new(240.0, (tick * 2) as f32);
                client.receiver.input(Buttons::RIGHT, Buttons::NONE, cursor).unwrap();
            }
            table.exchange(&mut world, *game);
            for &slot in &slots {
                let seen = table.seen(slot);
                // The wire's clock is late by the match's turn, and by nothing else.
                assert_eq!(tick - seen.tick, place as u32 % 3);
                if let Some(own) = seen.players[slot] {
                    let at = world.view(*game).unwrap().players().nth(slot).unwrap().position;
                    assert!((own.position - at).abs().max_element() <= 1.0 / 32.0, "match {place}, tick {tick}");
                }
            }
            if !slots.contains(&0) {
                continue;
            }
            // What the client answered to the packet before has been applied by now: seen six ticks before that packet's.
            world.save(*game, &mut saved).unwrap();
            let columns = trespasser::Columns::place_in_save(ack_ticks).unwrap();
            let seen = u32::from_le_bytes(saved[columns][..4].try_into().unwrap());
            if seen > 0 {
                assert_eq!(seen + 6, before[place], "match {place}, tick {tick}");
                acknowledged += 1;
            }
            before[place] = tick;
        }
    }
    for (place, sent) in sent.iter().enumerate() {
        let turn = place % 3;
        assert!((0..3).all(|tick| (sent[tick] > 0) == (tick == turn)), "match {place}: {sent:?}");
    }
    assert!(acknowledged > 24, "{acknowledged}");
}
