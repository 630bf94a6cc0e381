//! Turns bytes into saved matches of a liar: what an honest match saved, with any of it written over and the checksum
//! made to fit. What is taken must be played on by everything that the engine has, as an honest match would be; what
//! is refused must have changed nothing. Shared by the fuzz target and a test with fixed bytes.

use crate::driver::{self, Bytes, CHECKSUM};
use trespasser::net::Receiver;
use trespasser::simd::Level;
use trespasser::world::{PastInput, PolygonCache, Snapshot};
use trespasser::{
    Buttons, Error, InputCmd, MatchDef, MatchId, PlayerDef, PlayerId, RuleSet, SoundKind, Vec2, Weapon, World, WorldDef,
};
use xxhash_rust::xxh3::xxh3_64;

/// Ticks played after a liar's bytes have been taken.
const TICKS: u32 = 200;
/// Values that sit at the edges of what a column may hold.
const EDGES: [u32; 24] = [
    0,
    1,
    2,
    7,
    8,
    12,
    13,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0xFFFF,
    0x7FFF_FFFE,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFE,
    0xFFFF_FFFF,
    0x43F0_0000, // 480.0
    0x4387_0000, // 270.0
    0x3F80_0000, // 1.0
    0x3380_0000, // 2^-24
    0x44FA_0000, // 2000.0
    0x7FC0_0000, // NaN
];

/// One world with the match; two of them must never differ.
struct Side {
    world: World,
    game: MatchId,
}

impl Side {
    fn hash(&self) -> u64 {
        self.world.hash(self.game).expect("the match is there")
    }
}

fn loadout(slot: usize) -> trespasser::Loadout {
    let support: &[Weapon] = match slot % 4 {
        0 => &[Weapon::Grenade, Weapon::SmokeGrenade, Weapon::Flashbang],
        1 => &[Weapon::MachineGun],
        2 => &[Weapon::GrenadeLauncher],
        _ => &[Weapon::Rocket],
    };
    trespasser::Loadout::new(Weapon::Rifle, Weapon::Revolver, support).expect("a legal loadout")
}

/// A match in the middle of a fight, at one of a few hundred moments: what the liar begins with.
fn begin(bytes: &mut Bytes<'_>) -> [Side; 2] {
    let rules = if bytes.byte() & 1 == 0 { RuleSet::standard() } else { RuleSet::legacy() };
    let tick_rate = [60, 20, 240, 77][usize::from(bytes.byte() % 4)];
    let map = driver::map(bytes);
    let many = usize::from(bytes.byte() % 9);
    let ticks = u32::from(bytes.byte() % 64) * 4;
    let seed = u64::from(bytes.byte());
    [None, Some(Level::Scalar)].map(|simd| {
        let def = WorldDef { rules: rules.clone(), tick_rate, simd, ..WorldDef::default() };
        let mut world = World::new(def).expect("the definition is valid");
        let game = world.create_match(&map, MatchDef { seed, kill_target: None }).expect("there is room");
        for slot in 0..many {
            let def = PlayerDef { loadout: loadout(slot), ..PlayerDef::default() };
            world.add_player(game, def).expect("there is room");
        }
        let mut side = Side { world, game };
        for tick in 1..=ticks {
            for (player, input) in fight(&side, tick) {
                side.world.push_input(game, player, input).expect("the player is there");
            }
            side.world.step();
        }
        side
    })
}

/// What everybody does in a tick: run about, fire, throw, reload, switch and ask for respawns, by slot and tick alone.
fn fight(side: &Side, tick: u32) -> Vec<(PlayerId, InputCmd)> {
    let view = side.world.view(side.game).expect("the match is there");
    view.players()
        .map(|p| {
            let (slot, part) = (p.id.slot() as u32, tick / 20);
            let way = [Buttons::UP, Buttons::RIGHT, Buttons::DOWN, Buttons::LEFT][((slot + part) % 4) as usize];
            let slots = [Buttons::SLOT1, Buttons::SLOT2, Buttons::SLOT3, Buttons::SLOT4, Buttons::SLOT5];
            let mut held = way;
            if !(tick / 8).is_multiple_of(3) {
                held |= Buttons::FIRE;
            }
            let taps = match (tick + slot * 7) % 40 {
                0 => slots[((part + slot) % 5) as usize],
                13 => Buttons::RELOAD,
                27 => Buttons::AIM,
                _ => Buttons::RESPAWN,
            };
            let cursor = Vec2::new(((tick * 7 + slot * 61) % 480) as f32, ((tick * 3 + slot * 37) % 270) as f32);
            let mut input =
                InputCmd::new(p.last_sequence.wrapping_add(1), held, taps, cursor).expect("the cursor is finite");
            input.ack_tick = view.tick().saturating_sub(slot * 3);
            (p.id, input)
        })
        .collect()
}

/// Writes over what was saved, as the bytes say.
fn forge(saved: &mut Vec<u8>, bytes: &mut Bytes<'_>) {
    let how = bytes.byte();
    if how & 0xF0 == 0xF0 {
        // All of it is the liar's, behind an honest header.
        let columns = saved.len().min(CHECKSUM.end)..saved.len();
        for byte in &mut saved[columns] {
            *byte = bytes.byte();
        }
    } else if how & 0xF0 == 0xE0 {
        saved.clear();
        saved.extend((0..usize::from(bytes.byte())).map(|_| bytes.byte()));
    }
    for _ in 0..bytes.byte() % 32 {
        if saved.is_empty() {
            break;
        }
        let at = usize::from(bytes.short()) % saved.len();
        let kind = bytes.byte();
        let value = if kind & 4 == 0 { EDGES[usize::from(bytes.byte()) % EDGES.len()] } else { bytes.word() };
        // A whole column of eight at once, or one value; at its own alignment or anywhere.
        let width = [1, 2, 4, 4][usize::from(kind & 3)];
        let at = if kind & 8 == 0 { at / width * width } else { at };
        let many = if kind & 16 == 0 { 1 } else { 8 };
        for place in 0..many {
            let from = at + place * width;
            if let Some(room) = saved.get_mut(from..from + width) {
                room.copy_from_slice(&value.to_le_bytes()[..width]);
            }
        }
    }
    if how & 1 == 0 && saved.len() >= CHECKSUM.end {
        let sum = xxh3_64(&saved[CHECKSUM.end..]).to_le_bytes();
        saved[CHECKSUM].copy_from_slice(&sum);
    }
}

/// Restores what `data` makes of a saved match and plays it; whether it was taken. Panics if something that must hold
/// does not.
pub(crate) fn restore(data: &[u8]) -> bool {
    let bytes = &mut Bytes(data);
    let mut sides = begin(bytes);
    let mut saved = Vec::new();
    sides[0].world.save(sides[0].game, &mut saved).expect("the match is there");
    let before = sides[0].hash();
    assert_eq!(before, sides[1].hash(), "instruction sets differ before anything was forged");
    forge(&mut saved, bytes);
    let [taken, again] = sides.each_mut().map(|side| side.world.restore(side.game, &saved));
    assert_eq!(taken, again, "one world takes what the other refuses");
    if let Err(error) = taken {
        assert!(matches!(error, Error::BadSnapshot { .. }), "{error}");
        assert!(sides.iter().all(|side| side.hash() == before), "refused, yet changed");
        return false;
    }
    play(&mut sides, bytes.byte());
    true
}

/// Plays on in both worlds, in one of them with all that only looks and listens.
fn play(sides: &mut [Side; 2], watched: u8) {
    let [busy, quiet] = sides;
    let (game, ids): (_, Vec<PlayerId>) = {
        let view = busy.world.view(busy.game).expect("the match is there");
        (busy.game, view.players().map(|p| p.id).collect())
    };
    let mut clients: Vec<(PlayerId, Receiver)> = Vec::new();
    for &id in &ids {
        if watched >> id.slot() & 1 == 1 {
            busy.world.open_link(game, id).expect("the player is there");
            clients.push((id, Receiver::new()));
        } else {
            busy.world.listen(game, id, true).expect("the player is there");
        }
    }
    let mut cache = PolygonCache::new();
    let mut past = Vec::new();
    let mut snapshot = Snapshot::new();
    let from = TICKS - 40;
    for tick in 1..=TICKS {
        if tick == from + 1 {
            quiet.world.snapshot(game, &mut snapshot).expect("the match is there");
        }
        for (player, input) in fight(busy, tick) {
            busy.world.push_input(game, player, input).expect("the player is there");
            quiet.world.push_input(game, player, input).expect("the player is there");
            if tick > from {
                let tick = quiet.world.view(game).expect("the match is there").tick() + 1;
                past.push(PastInput { tick, player, input });
            }
        }
        busy.world.step();
        quiet.world.step();
        driver::check(&mut busy.world, game, false);
        for (id, client) in &mut clients {
            let packet = busy.world.packets().find(|packet| packet.player == *id).map(|packet| packet.bytes.to_vec());
            if let Some(packet) = packet {
                client.receive(&packet).expect("a host's own messages are good");
            }
        }
        if tick.is_multiple_of(16) {
            look(busy, &mut cache);
            assert_eq!(busy.hash(), quiet.hash(), "looking on, or the instruction set, changed the match at {tick}");
        }
    }
    let end = quiet.hash();
    quiet.world.resimulate(game, &snapshot, TICKS - from, &past).expect("its own past");
    assert_eq!(quiet.hash(), end, "the same ticks once more differ");
    let mut own = Vec::new();
    quiet.world.save(game, &mut own).expect("the match is there");
    quiet.world.restore(game, &own).expect("own bytes come back");
    assert_eq!(quiet.hash(), end, "own bytes come back as something else");
    busy.world.reset_match(game, 1).expect("the match is there");
    for _ in 0..3 {
        busy.world.step();
    }
}

/// All that only looks.
fn look(side: &mut Side, cache: &mut PolygonCache) {
    side.world.drain_sounds(side.game, |_| {}).expect("the match is there");
    side.world.drain_told(side.game, |_| {}).expect("the match is there");
    let view = side.world.view(side.game).expect("the match is there");
    for p in view.players() {
        let slot = p.id.slot();
        for point in view.polygon_cached(slot, cache) {
            assert!(point.is_finite(), "{point} in the outline of {p:?}");
        }
        let arrival = view.sound_between(SoundKind::FireRifle, p.position, Vec2::new(240.0, 135.0));
        assert!((0.0..=1.0).contains(&arrival.gain), "{arrival:?}");
        assert!(view.smoke_between(p.position, Vec2::new(240.0, 135.0)) >= 0.0, "{p:?}");
        let (mut known, mut health) = (Vec::new(), Vec::new());
        view.known_projectiles(slot, &mut known);
        view.known_health(slot, &mut health);
        assert!(view.known_clouds(slot).count() <= 32);
    }
}
