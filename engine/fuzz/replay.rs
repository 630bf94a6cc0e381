//! Turns bytes into a recording that is opened, decoded and played: the bytes as they are, or a true recording with
//! changes at places that they name and its sums put right, so that what lies behind the sums is reached. Shared by the
//! fuzz target and a test with fixed bytes.

use std::sync::{Arc, OnceLock};
use trespasser::replay::{MAGIC, RecordDef, Replay, VERSION};
use trespasser::rules::Material;
use trespasser::{Buttons, Error, GameMap, InputCmd, MatchDef, PlayerDef, Vec2, WallDef, World, WorldDef};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Ticks that are played at most.
const TICKS: u32 = 400;

fn ground() -> &'static (Arc<GameMap>, Vec<u8>) {
    static GROUND: OnceLock<(Arc<GameMap>, Vec<u8>)> = OnceLock::new();
    GROUND.get_or_init(|| {
        let wall = WallDef { x: 200.0, y: 100.0, width: 10.0, height: 60.0, material: Material::Wood };
        let map = GameMap::from_rects(&[wall], &[]).expect("a good map");
        let mut world = World::new(WorldDef::default()).expect("a good world");
        let game = world.create_match(&map, MatchDef::default()).expect("there is room");
        world.record(game, &RecordDef { keyframe_seconds: 1, ..RecordDef::default() }).expect("a good recording");
        let mut players = Vec::new();
        let mut saved = Vec::new();
        for tick in 0..150u32 {
            match tick {
                0 | 1 => players.push(world.add_player(game, PlayerDef::default()).expect("there is room")),
                30 => world.save(game, &mut saved).expect("the match is there"),
                50 => world.replay_label(game, Some(players[0]), "name", "Ada").expect("a good label"),
                70 => world.kill_player(game, players[1]).expect("the player lives"),
                100 => world.restore(game, &saved).expect("a true save"),
                _ => {}
            }
            for (i, &player) in players.iter().enumerate() {
                let cursor = Vec2::new(240.0 + (tick % 60) as f32, 120.0 + i as f32);
                let held = Buttons((tick / 9 % 16) as u16 | (tick as u16 / 20 % 2) << 6);
                let input = InputCmd::new(tick + 1, held, Buttons::NONE, cursor).expect("a finite cursor");
                world.push_input(game, player, input).expect("the player is there");
            }
            world.step();
        }
        let mut file = Vec::new();
        world.end_recording(game, &mut file).expect("it is recorded");
        (map, file)
    })
}

/// Puts the sums of all parts right, as far as their lengths lead.
fn mend(bytes: &mut [u8]) {
    if bytes.len() < 8 {
        return;
    }
    bytes[..4].copy_from_slice(&MAGIC);
    bytes[4..8].copy_from_slice(&VERSION.to_le_bytes());
    let mut chain = xxh3_64(&bytes[..8]);
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 4) {
        let length = u32::from_le_bytes([head[1], head[2], head[3], 0]) as usize;
        let end = at + 4 + length;
        if end + 4 > bytes.len() {
            return;
        }
        chain = xxh3_64_with_seed(&bytes[at..end], chain);
        bytes[end..end + 4].copy_from_slice(&(chain as u32).to_le_bytes());
        at = end + 4;
    }
}

/// Opens and plays. Panics if something that must hold does not.
pub(crate) fn drive(data: &[u8]) {
    let Some((&mode, data)) = data.split_first() else { return };
    let (map, base) = ground();
    let mut bytes = data.to_vec();
    if mode & 1 == 1 {
        bytes = base.clone();
        // Places beyond the file: it is cut there.
        for change in data.chunks_exact(3) {
            let at = usize::from(u16::from_le_bytes([change[0], change[1]]));
            match bytes.get_mut(at) {
                Some(byte) => *byte = change[2],
                None if change[2] == 0 => bytes.truncate(at % base.len()),
                None => {}
            }
        }
    }
    if mode & 2 == 0 {
        mend(&mut bytes);
    }
    let replay = match Replay::open(bytes) {
        Ok(replay) => replay,
        Err(error) => return assert_eq!(error.code(), "BAD_REPLAY", "{error}"),
    };
    let all = replay.bytes().len() as u64;
    let parts = replay.parts();
    assert_eq!(parts.header + parts.ops + parts.seconds + parts.keyframes + parts.end, all);
    let mut count = 0u64;
    for entry in replay.entries() {
        count += 1;
        match entry {
            Ok(entry) => assert!(entry.tick > replay.header().first_tick && entry.tick <= replay.last_tick() + 1),
            Err(Error::BadReplay { at, .. }) => assert!(at < all),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(count <= all * 64 + all, "{count} entries of {all} bytes");
    let mut world = World::new(WorldDef::default()).expect("a good world");
    let Ok(mut playback) = replay.begin(&mut world, map) else {
        return assert_eq!(world.match_count(), 0);
    };
    for _ in 0..TICKS {
        match playback.step(&mut world) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                assert_eq!(error.code(), "BAD_REPLAY", "{error}");
                break;
            }
        }
    }
    let (first, last) = (replay.header().first_tick, replay.last_tick());
    let target = first + u32::from(mode >> 2) * (last - first).min(TICKS) / 64;
    if playback.seek(&mut world, target).is_ok() {
        assert_eq!(playback.tick(), target);
    }
    world.view(playback.game()).expect("the match is there");
}
