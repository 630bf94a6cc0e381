//! Which slot a player has is nobody's business: the same players, let in in another order and doing the same, end in
//! the same match with its lanes in another order, byte for byte.
//!
//! What may depend on the slot, and why:
//!
//! | what | why |
//! | --- | --- |
//! | spread, choice of a spawn, shrapnel | drawn by (seed, tick, slot): no draw shifts another, and a player has no other name that every host knows |
//! | credit for a kill by two equal hits of one tick | somebody has to get it: the lower slot, as the rule book's table says |
//! | which of two bodies at the very same distance a bullet meets first | the lower slot |
//! | which of several hits of one tick is told as the one that breaks a slice, and who broke it | the first in the order of slots; the damage is the sum |
//! | serial numbers and lanes of what is launched in one tick | they are given in the order of slots; what flies meets nothing that flies |
//! | which of several triggers of one tick is refused when 64 things fly, and which of several clouds of one tick goes first when there are 32 | one must; the numbers decide |
//! | order of events and sounds in a tick, ids, masks | slots are what they name |
//! | what bots do | they draw by slot |
//!
//! The first row is taken out here by rules without spread and shrapnel and a map with one spawn a team, the second by
//! weapons none of which hits like another, the third by comparing what flies by who launched it. All else must be equal.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::sync::Arc;
use trespasser::rng::{self, Purpose};
use trespasser::rules::Material;
use trespasser::world::{NONE, PLAYERS};
use trespasser::{
    Buttons, Columns, EventKind, GameMap, InputCmd, Loadout, MatchDef, MatchId, PlayerDef, PlayerId, RuleSet, Spawn,
    Team, Vec2, WallDef, Weapon, World, WorldDef,
};

/// What the slot does to a column's bytes.
#[derive(Clone, Copy, PartialEq)]
enum By {
    /// Nothing.
    None,
    /// A lane a slot, in rows of eight.
    Lane,
    /// A row a slot.
    Row,
    /// A bit a slot.
    Mask,
    /// A lane a slot, and in it a bit a slot.
    MaskLane,
    /// A lane a slot, and in it the number of one.
    SlotLane,
    /// A lane for each thing that flies; in `owner` the number of a slot, in `number` its own.
    Flying,
    /// A bit for each thing that flies.
    FlyingMask,
    /// A lane for each cloud; in `cloud_number` the number of what it rose from.
    Cloud,
    /// A bit for each cloud.
    CloudMask,
}

/// Every column must be named here: a new one is somebody's decision.
fn by(column: &str) -> By {
    match column {
        "seed" | "tick" | "walls_version" | "over" | "winner" | "spare" | "kill_target" | "team_kills" | "spare2"
        | "serial" | "spare5" | "past_tick" | "sight_any" | "sight_full" | "solid_any" | "open" | "open_columns"
        | "spare3" | "walls.health" | "walls.gone" | "walls.clear" => By::None,
        "x" | "y" | "vx" | "vy" | "aim_x" | "aim_y" | "cursor_x" | "cursor_y" | "sight" | "cone_cos" | "health"
        | "credit" | "held" | "pressed" | "host_taps" | "gait" | "hand" | "queue_len" | "repeats" | "debt"
        | "reload" | "silence" | "heat" | "weapon" | "ammo" | "reserve" | "cooldown" | "generation"
        | "last_sequence" | "ack_tick" | "death_tick" | "damage_tick" | "invulnerable_until" | "kills" | "deaths"
        | "damage_dealt" | "dropped" | "ignored" | "charge" | "host_throw" | "spawn_tick" | "flash_tick" | "flash"
        | "stride" | "stride_gait" | "past_x" | "past_y" => By::Lane,
        "loadout" | "queue" => By::Row,
        "joined" | "alive" | "blue" | "aiming" | "placed" | "heard" | "asks" => By::Mask,
        "sees" => By::MaskLane,
        "killer" => By::SlotLane,
        "px" | "py" | "pvx" | "pvy" | "flown" | "reach" | "fuse" | "born" | "number" | "pweapon" | "owner"
        | "pteam" | "level" => By::Flying,
        "flying" | "left_owner" => By::FlyingMask,
        "cloud_x" | "cloud_y" | "cloud_born" | "cloud_number" => By::Cloud,
        "clouds" => By::CloudMask,
        other => panic!("column {other}: say what the slot does to it"),
    }
}

/// One match of the same players, let in in some order.
struct Side {
    world: World,
    game: MatchId,
    /// By player, whatever the slot.
    ids: Vec<PlayerId>,
    /// Number of what a player launched in a tick.
    launched: HashMap<(u32, usize), u32>,
    counts: [u32; 256],
}

/// What a player carries, and the places of it that are used: no two hit alike.
const ARMS: [(Weapon, Weapon, &[Weapon], &[Buttons]); PLAYERS] = {
    use Weapon::*;
    [
        (Rifle, Pistol, &[Grenade], &[Buttons::SLOT1, Buttons::SLOT3]),
        (Smg, Pistol, &[SmokeGrenade, Flashbang], &[Buttons::SLOT1, Buttons::SLOT3, Buttons::SLOT4]),
        (BattleRifle, Pistol, &[GrenadeLauncher], &[Buttons::SLOT1, Buttons::SLOT3]),
        (SniperRifle, SuppressedPistol, &[Flashbang, Flashbang], &[Buttons::SLOT1, Buttons::SLOT2, Buttons::SLOT3]),
        (Shotgun, Pistol, &[Rocket], &[Buttons::SLOT1, Buttons::SLOT3]),
        (Rifle, Pistol, &[SmokeGrenade], &[Buttons::SLOT2, Buttons::SLOT3]),
        (Rifle, Revolver, &[Flashbang], &[Buttons::SLOT2, Buttons::SLOT3]),
        (Rifle, Pistol, &[MachineGun], &[Buttons::SLOT3]),
    ]
};

fn rules() -> RuleSet {
    let mut rules = RuleSet::standard();
    (rules.spread, rules.pellet_spread, rules.blast.rays) = (0.0, 0.0, 0);
    // Rifle and pistol hit alike in the rule book, smg and suppressed pistol too.
    rules.weapons[Weapon::Pistol as usize].damage = 26;
    rules.weapons[Weapon::SuppressedPistol as usize].damage = 22;
    rules
}

fn arena() -> Arc<GameMap> {
    let wall = |x: u32, y: u32, material| WallDef { x: x as f32, y: y as f32, width: 10.0, height: 10.0, material };
    let mut walls = Vec::new();
    for i in 0..7 {
        walls.push(wall(160 + i * 20, 60 + (i * 70) % 150, [Material::Wood, Material::Glass][i as usize % 2]));
        walls.push(wall(170 + i * 20, 90 + (i * 110) % 140, [Material::Concrete, Material::Wood][i as usize % 2]));
    }
    let spawn = |x, team| Spawn { at: Vec2::new(x, 135.0), team };
    GameMap::from_rects(&walls, &[spawn(120.0, Team::Red), spawn(340.0, Team::Blue)]).unwrap()
}

impl Side {
    /// `order[slot]` is the player who joins into it.
    fn new(map: &Arc<GameMap>, order: &[usize]) -> Side {
        let mut world = World::new(WorldDef { rules: rules(), ..WorldDef::default() }).unwrap();
        let game = world.create_match(map, MatchDef { seed: 9, kill_target: Some(10_000) }).unwrap();
        let mut ids = vec![None; order.len()];
        for (slot, &player) in order.iter().enumerate() {
            let (primary, secondary, support, _) = ARMS[player];
            let def = PlayerDef {
                team: Some([Team::Red, Team::Blue][player % 2]),
                loadout: Loadout::new(primary, secondary, support).unwrap(),
                spawn: true,
            };
            let id = world.add_player(game, def).unwrap();
            assert_eq!(id.slot(), slot);
            ids[player] = Some(id);
        }
        let ids = ids.into_iter().map(Option::unwrap).collect();
        Side { world, game, ids, launched: HashMap::new(), counts: [0; 256] }
    }

    /// What player `p` does in a tick: the same whatever the slot. Looks at one enemy after another, walks about, fires.
    fn input(&self, script: u64, tick: u32, p: usize) -> InputCmd {
        let word = |every: u32, stream: u32| rng::draw(script, tick / every, Purpose::Bot, p as u32 + 8 * stream);
        let walk = word(18, 0);
        let mut held = Buttons(walk[0] as u16 & 0b11_1111);
        // Apart first: bodies on one spot are met in the order of slots.
        if tick < 40 {
            held = Buttons([1, 4, 3, 6, 9, 12, 2, 8][p] | 16);
        } else if walk[1] % 8 < 6 && (tick / 5).is_multiple_of(2) {
            held |= Buttons::FIRE;
        }
        let [a, b, c, d] = word(1, 1);
        let mut taps = Buttons::NONE;
        let places = ARMS[p].3;
        if tick % 140 == 41 + p as u32 {
            taps |= places[walk[2] as usize % places.len()];
        }
        for (dice, every, button) in
            [(a, 20, Buttons::RESPAWN), (b, 200, Buttons::RELOAD), (c, 200, Buttons::AIM), (d >> 8, 60, Buttons::THROW)]
        {
            if dice.is_multiple_of(every) {
                taps |= button;
            }
        }
        let enemies = self.ids.len() / 2;
        let enemy = self.ids[(walk[3] as usize % enemies) * 2 + (p + 1) % 2];
        let view = self.world.view(self.game).unwrap();
        let at = view.player(enemy).unwrap().position;
        InputCmd { ack_tick: view.tick().saturating_sub(d % 3), ..InputCmd::new(tick, held, taps, at).unwrap() }
    }

    fn tick(&mut self, script: u64, tick: u32) {
        let inputs: Vec<_> = (0..self.ids.len()).map(|p| self.input(script, tick, p)).collect();
        for (p, input) in inputs.into_iter().enumerate() {
            self.world.push_input(self.game, self.ids[p], input).unwrap();
        }
        self.world.step();
        let (ids, launched, counts) = (&self.ids, &mut self.launched, &mut self.counts);
        let lost = self.world.drain_events(self.game, |event| {
            counts[usize::from(event.kind)] += 1;
            if event.kind == EventKind::Launched as u8 {
                let player = ids.iter().position(|id| id.slot() == usize::from(event.actor)).unwrap();
                launched.insert((event.tick, player), event.value as u32);
            }
        });
        assert_eq!(lost.unwrap(), 0);
    }

    fn column(&self, name: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.world.columns(self.game).unwrap().read(Columns::find(name).unwrap(), &mut bytes);
        bytes
    }

    fn u32s(&self, name: &str) -> Vec<u32> {
        self.column(name).chunks(4).map(|b| u32::from_le_bytes(b.try_into().unwrap())).collect()
    }
}

/// Lanes of `b` that hold what the lanes of `a` hold, by the number of what is or was launched; unused ones in their order.
fn lanes(a: &[u32], b: &[u32], number: &HashMap<u32, u32>) -> Vec<usize> {
    let mut taken: Vec<bool> = b.iter().map(|&n| n != 0).collect();
    let used: Vec<Option<usize>> =
        a.iter().map(|n| (*n != 0).then(|| b.iter().position(|m| number[n] == *m).unwrap_or(usize::MAX))).collect();
    let mut free = |_| {
        let lane = taken.iter().position(|taken| !taken).unwrap_or(usize::MAX);
        if let Some(taken) = taken.get_mut(lane) {
            *taken = true;
        }
        lane
    };
    used.into_iter().map(|lane| lane.unwrap_or_else(|| free(()))).collect()
}

/// The first column in which `b` is not `a` with its players in other slots; the column's bytes as expected and as found.
fn differs(a: &Side, b: &Side) -> Option<String> {
    // Slot of `b` by slot of `a`; those that nobody has stay where they are.
    let mut slot: [usize; PLAYERS] = core::array::from_fn(|slot| slot);
    a.ids.iter().zip(&b.ids).for_each(|(a, b)| slot[a.slot()] = b.slot());
    let number: HashMap<u32, u32> =
        a.launched.iter().filter_map(|(who, &number)| Some((number, *b.launched.get(who)?))).collect();
    if number.len() != a.launched.len() || number.len() != b.launched.len() {
        return Some("they launched other things".to_owned());
    }
    let flying = lanes(&a.u32s("number"), &b.u32s("number"), &number);
    let clouds = lanes(&a.u32s("cloud_number"), &b.u32s("cloud_number"), &number);
    if flying.iter().chain(&clouds).any(|&lane| lane == usize::MAX) {
        return Some("other things fly".to_owned());
    }
    let mask = |bits: u64, map: &[usize]| {
        map.iter().enumerate().filter(|(from, _)| bits >> from & 1 == 1).fold(0u64, |m, (_, to)| m | 1 << to)
    };
    let set = |bytes: &[u8], map: &[usize]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        mask(u64::from_le_bytes(word), map).to_le_bytes()[..bytes.len()].to_vec()
    };
    let of_slot = |n: u8| if n == NONE { n } else { slot[usize::from(n)] as u8 };
    for column in Columns::all() {
        let (from, found) = (a.column(column.name), b.column(column.name));
        let width = column.kind.bytes();
        let mut want = from.clone();
        let mut put = |chunk: usize, to: &dyn Fn(usize) -> usize| {
            from.chunks(chunk).enumerate().for_each(|(i, lane)| want[to(i) * chunk..][..chunk].copy_from_slice(lane));
        };
        match by(column.name) {
            By::None => {}
            By::Lane => put(width, &|i| i / 8 * 8 + slot[i % 8]),
            By::Row => put(width * usize::from(column.row), &|i| slot[i]),
            By::Mask => want = set(&from, &slot),
            By::MaskLane => {
                put(1, &|i| slot[i]);
                want.iter_mut().for_each(|m| *m = mask((*m).into(), &slot) as u8);
            }
            By::SlotLane => {
                put(1, &|i| slot[i]);
                b.ids.iter().for_each(|id| want[id.slot()] = of_slot(want[id.slot()]));
            }
            By::Flying | By::Cloud => {
                let map = if by(column.name) == By::Flying { &flying } else { &clouds };
                put(width, &|i| map[i]);
                if column.name == "owner" {
                    let lives = set(&a.column("flying"), &flying);
                    let lives = u64::from_le_bytes(lives.try_into().unwrap());
                    want.iter_mut()
                        .enumerate()
                        .filter(|(i, _)| lives >> i & 1 == 1)
                        .for_each(|(_, n)| *n = of_slot(*n));
                } else if column.name.ends_with("number") {
                    for lane in want.chunks_mut(4) {
                        let n = u32::from_le_bytes((&*lane).try_into().unwrap());
                        lane.copy_from_slice(&number.get(&n).copied().unwrap_or(0).to_le_bytes());
                    }
                }
            }
            By::FlyingMask => want = set(&from, &flying),
            By::CloudMask => want = set(&from, &clouds),
        }
        if want != found {
            return Some(format!("column {}: expected {want:?}, found {found:?}", column.name));
        }
    }
    None
}

/// Plays `ticks` in every order; returns what happened in the first of them.
fn orders(orders: &[Vec<usize>], script: u64, ticks: u32) -> [u32; 256] {
    let map = arena();
    let mut first = Side::new(&map, &orders[0]);
    let mut others: Vec<Side> = orders[1..].iter().map(|order| Side::new(&map, order)).collect();
    for tick in 1..=ticks {
        first.tick(script, tick);
        for (side, order) in others.iter_mut().zip(&orders[1..]) {
            side.tick(script, tick);
            if (tick.is_multiple_of(20) || tick == ticks)
                && let Some(text) = differs(&first, side)
            {
                panic!("script {script}, order {order:?}, after tick {tick}: {text}");
            }
        }
    }
    first.counts
}

/// All orders of so many, the natural one first.
fn all_orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for order in all_orders(n - 1) {
        for at in (0..n).rev() {
            let mut order = order.clone();
            order.insert(at, n - 1);
            all.push(order);
        }
    }
    all
}

#[test]
fn every_order_of_two_and_of_four() {
    let died = |script| orders(&all_orders(2), script, 900)[EventKind::Died as usize];
    let died: Vec<u32> = (0..8).map(died).collect();
    assert!(died.iter().filter(|died| **died > 0).count() >= 4, "{died:?} deaths");
    let four = all_orders(4);
    assert_eq!(four.len(), 24);
    let died: u32 = (10..13).map(|script| orders(&four, script, 900)[EventKind::Died as usize]).sum();
    assert!(died >= 4, "{died} deaths");
}

#[test]
fn two_hundred_orders_of_eight() {
    for script in [20, 21] {
        let mut some = vec![(0..8).collect::<Vec<usize>>()];
        for nth in 0..200 {
            let mut order: Vec<usize> = (0..8).collect();
            for i in (1..8u32).rev() {
                let word = rng::draw(script, nth, Purpose::Bot, i)[0];
                order.swap(i as usize, rng::below(word, i + 1) as usize);
            }
            some.push(order);
        }
        let counts = orders(&some, script, 1200);
        for kind in [
            EventKind::Died,
            EventKind::Spawned,
            EventKind::SliceDestroyed,
            EventKind::Bounced,
            EventKind::Exploded,
            EventKind::Dazzled,
            EventKind::Reloaded,
        ] {
            assert!(counts[kind as usize] > 2, "{kind:?} happens {} times", counts[kind as usize]);
        }
    }
}

/// The comparison would see it: a match in which one player did something else in one tick.
#[test]
fn another_input_is_another_match() {
    let map = arena();
    let (mut a, mut b) = (Side::new(&map, &[0, 1, 2, 3]), Side::new(&map, &[3, 0, 2, 1]));
    for tick in 1..=100 {
        a.tick(30, tick);
        b.tick(30, tick);
    }
    assert_eq!(differs(&a, &b), None);
    let press = InputCmd::new(101, Buttons::LEFT, Buttons::NONE, Vec2::ZERO).unwrap();
    b.world.push_input(b.game, b.ids[2], press).unwrap();
    for tick in 101..=102 {
        a.tick(30, tick);
        b.tick(30, tick);
    }
    assert!(differs(&a, &b).is_some());
}
