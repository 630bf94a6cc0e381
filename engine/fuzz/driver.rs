//! Turns bytes into a match: the first few choose map, rules and tick rate, the rest are host calls, inputs and ticks.
//! What must hold is checked after every tick. Shared by the fuzz target and a test with fixed bytes.

use trespasser::rules::Material;
use trespasser::{
    Buttons, Edit, Error, GameMap, InputCmd, Loadout, MatchDef, MatchId, PlayerDef, PlayerId, Reading, RuleSet, Team,
    Vec2, WallDef, Weapon, World, WorldDef,
};
use xxhash_rust::xxh3::xxh3_64;

/// Where the checksum of a saved match lies, and what it covers.
pub(crate) const CHECKSUM: core::ops::Range<usize> = 32..40;

pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Bytes<'_> {
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub(crate) fn short(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    pub(crate) fn word(&mut self) -> u32 {
        u32::from(self.short()) | u32::from(self.short()) << 16
    }
}

struct Player {
    id: PlayerId,
    sequence: u32,
}

/// A built-in map or one of rectangles.
pub(crate) fn map(bytes: &mut Bytes<'_>) -> std::sync::Arc<GameMap> {
    let choice = bytes.byte();
    let reading = if choice & 1 == 0 { Reading::Fine } else { Reading::Coarse };
    if let Some((name, _)) = GameMap::BUILTIN.get(usize::from(choice >> 1 & 3)) {
        return GameMap::builtin(name, reading).expect("our own maps are good");
    }
    let mut walls = Vec::new();
    for _ in 0..bytes.byte() % 40 {
        walls.push(WallDef {
            x: f32::from(bytes.short() % 4800) * 0.1,
            y: f32::from(bytes.short() % 2700) * 0.1,
            width: f32::from(bytes.byte()) * 0.5,
            height: f32::from(bytes.byte()) * 0.5,
            material: Material::from_number(bytes.byte() % 5).expect("five materials"),
        });
    }
    GameMap::from_rects(&walls, &[]).unwrap_or_else(|_| GameMap::from_rects(&[], &[]).expect("an empty map is good"))
}

fn loadout(bytes: &mut Bytes<'_>) -> Result<Loadout, Error> {
    let weapon = |n: u8| Weapon::from_number(n % 15).expect("15 weapons");
    let support: Vec<Weapon> = (0..bytes.byte() % 5).map(|_| weapon(bytes.byte())).collect();
    Loadout::new(weapon(bytes.byte()), weapon(bytes.byte()), &support)
}

/// Plays `data`, at most `ticks` ticks. Panics if something that must hold does not.
pub(crate) fn drive(data: &[u8], ticks: u32) {
    let bytes = &mut Bytes(data);
    let rules = if bytes.byte() & 1 == 0 { RuleSet::standard() } else { RuleSet::legacy() };
    let tick_rate = [60, 20, 240, 77][usize::from(bytes.byte() % 4)];
    let map = map(bytes);
    let def = WorldDef { rules, tick_rate, ..WorldDef::default() };
    let mut world = World::new(def).expect("the definition is valid");
    let kill_target = Some(u16::from(bytes.byte() % 50) + 1);
    let game = world.create_match(&map, MatchDef { seed: bytes.word().into(), kill_target }).expect("there is room");
    let mut players: Vec<Player> = Vec::new();
    let mut gone: Vec<PlayerId> = Vec::new();
    let mut saved: Vec<u8> = Vec::new();
    let mut played = 0;
    // A match restored from a liar's bytes may begin with bodies in walls.
    let mut honest = true;
    while !bytes.0.is_empty() && played < ticks {
        let op = bytes.byte();
        let who = bytes.byte();
        let some = players.get(usize::from(who) % players.len().max(1)).map(|p| p.id);
        match op % 16 {
            0..=3 => {
                let many = if op & 0x80 == 0 { u32::from(who % 16) + 1 } else { u32::from(who) };
                for _ in 0..many.min(ticks - played) {
                    world.step();
                    played += 1;
                    check(&mut world, game, honest);
                }
            }
            4 | 5 => {
                if let Some(p) = players.get_mut(usize::from(who) % 8) {
                    p.sequence = p.sequence.wrapping_add(1);
                    let (held, taps) = (Buttons(bytes.short()), Buttons(bytes.short()));
                    let cursor = Vec2::new(f32::from(bytes.short() % 481), f32::from(bytes.short() % 271));
                    let mut input = InputCmd::new(p.sequence, held, taps, cursor).expect("the cursor is finite");
                    input.ack_tick = world.view(game).expect("the match is there").tick().wrapping_sub(who.into());
                    // Half of the time the same input many times over, as a flood does.
                    for _ in 0..if op & 0x40 == 0 { 1 } else { 20 } {
                        let _ = world.push_input(game, p.id, input);
                        input.sequence = input.sequence.wrapping_add(u32::from(op >> 7));
                    }
                }
            }
            6 => {
                let raw = InputCmd {
                    sequence: bytes.word(),
                    ack_tick: bytes.word(),
                    held: Buttons(bytes.short()),
                    taps: Buttons(bytes.short()),
                    cursor_x: bytes.short() as i16,
                    cursor_y: bytes.short() as i16,
                };
                if let Some(p) = players.get_mut(usize::from(who) % 8) {
                    p.sequence = raw.sequence;
                    let _ = world.push_input(game, p.id, raw);
                }
                let cursor = Vec2::new(f32::from_bits(bytes.word()), 0.0);
                let made = InputCmd::new(1, Buttons::NONE, Buttons::NONE, cursor);
                assert_eq!(made.is_ok(), cursor.x.is_finite());
            }
            7 => {
                let team = [None, Some(Team::Red), Some(Team::Blue)][usize::from(who % 3)];
                if let Ok(loadout) = loadout(bytes) {
                    let full = players.len() == 8;
                    match world.add_player(game, PlayerDef { team, loadout, spawn: who & 0x80 == 0 }) {
                        Ok(id) => players.push(Player { id, sequence: 0 }),
                        Err(e) => assert!(full && e.code() == "MATCH_FULL", "{e}"),
                    }
                }
            }
            8 => {
                if let Some(id) = some {
                    world.remove_player(game, id).expect("the player is there");
                    players.retain(|p| p.id != id);
                    gone.push(id);
                }
            }
            9 => {
                if let (Some(id), Ok(loadout)) = (some, loadout(bytes)) {
                    let _ = world.set_loadout(game, id, &loadout);
                }
                if let Some(&id) = gone.get(usize::from(who) % gone.len().max(1))
                    && players.iter().all(|p| p.id != id)
                {
                    assert!(world.tap(game, id, Buttons::FIRE).is_err(), "a stale id is an error");
                }
            }
            10 => {
                if let Some(id) = some {
                    let _ = world.tap(game, id, Buttons(bytes.short()));
                }
            }
            11 => {
                if let Some(id) = some {
                    let _ = world.throw(game, id, bytes.byte() % 8);
                }
            }
            12 => {
                if let Some(id) = some {
                    match bytes.byte() % 8 {
                        0 => drop(world.kill_player(game, id)),
                        1 => {
                            let weapon = Weapon::from_number(bytes.byte() % 15).expect("15 weapons");
                            drop(world.give_weapon(game, id, weapon));
                        }
                        2 => drop(world.repair_walls(game)),
                        3 => drop(world.clear_projectiles(game)),
                        4..=6 => {
                            if let Some(edit) = edit(bytes) {
                                let _ = world.edit_player(game, id, edit);
                            }
                        }
                        _ => drop(world.set_team(game, id, if who & 1 == 0 { Team::Red } else { Team::Blue })),
                    }
                }
            }
            13 => {
                world.save(game, &mut saved).expect("the match is there");
                let hash = world.hash(game).expect("the match is there");
                world.restore(game, &saved).expect("own bytes come back");
                assert_eq!(world.hash(game).expect("the match is there"), hash);
            }
            14 => {
                if saved.len() > CHECKSUM.end {
                    for _ in 0..bytes.byte() % 8 {
                        let at = bytes.word() as usize % saved.len();
                        saved[at] = bytes.byte();
                    }
                    if who & 1 == 0 {
                        let sum = xxh3_64(&saved[CHECKSUM.end..]).to_le_bytes();
                        saved[CHECKSUM].copy_from_slice(&sum);
                    }
                    let before = world.hash(game).expect("the match is there");
                    if world.restore(game, &saved).is_ok() {
                        honest = false;
                        let view = world.view(game).expect("the match is there");
                        players = view.players().map(|p| Player { id: p.id, sequence: p.last_sequence }).collect();
                    } else {
                        assert_eq!(world.hash(game).expect("the match is there"), before, "refused, yet changed");
                    }
                }
            }
            _ => {
                if who == 7 {
                    world.reset_match(game, u64::from(bytes.byte())).expect("the match is there");
                }
            }
        }
    }
}

/// Whatever a host may want of a player, and some that it may not.
fn edit(bytes: &mut Bytes<'_>) -> Option<Edit> {
    Some(match bytes.byte() % 11 {
        0 => Edit::Place { x: bytes.word(), y: bytes.word() },
        1 | 2 => Edit::place(Vec2::new(f32::from(bytes.short()) / 120.0, f32::from(bytes.short()) / 220.0)),
        3 => Edit::Health { points: bytes.short() % 6500 },
        4 => Edit::Revive,
        5 => Edit::Fell,
        6 => Edit::Score { kills: bytes.short(), deaths: bytes.short() },
        7 => Edit::Team(if bytes.byte() & 1 == 0 { Team::Red } else { Team::Blue }),
        8 => Edit::Loadout(loadout(bytes).ok()?),
        9 => match bytes.byte() {
            place @ 0..128 => Edit::Hold { place: place % 6 },
            place => Edit::Rounds { place: place % 6, ammo: bytes.short() % 40, reserve: bytes.short() % 220 },
        },
        _ => Edit::Spawn,
    })
}

/// What must hold after every tick; `honest`: no liar's bytes have been taken.
pub(crate) fn check(world: &mut World, game: MatchId, honest: bool) {
    world.drain_events(game, |_| {}).expect("the match is there");
    let view = world.view(game).expect("the match is there");
    let geometry = view.map().geometry();
    for p in view.players() {
        assert!(p.position.is_finite() && p.velocity.is_finite() && p.facing.is_finite(), "{p:?}");
        assert!((0.0..=480.0).contains(&p.position.x) && (0.0..=270.0).contains(&p.position.y), "{p:?}");
        assert!(p.impairment.iter().all(|i| (0.0..=1.0).contains(i)) && p.sight >= 0.0 && p.cone.is_finite(), "{p:?}");
        if !honest {
            continue;
        }
        assert_eq!(p.alive, p.health > 0.0, "{p:?}");
        if p.alive {
            let reach = 6.0 + 0.5;
            let cells = |v: f32, most: f32| ((v.clamp(0.0, most)) / 10.0) as usize;
            for row in cells(p.position.y - reach, 269.9)..=cells(p.position.y + reach, 269.9) {
                for col in cells(p.position.x - reach, 479.9)..=cells(p.position.x + reach, 479.9) {
                    for &slice in geometry.cell(row * 48 + col) {
                        let s = usize::from(slice);
                        if view.slice_health(s) == 0 {
                            continue;
                        }
                        let x = p.position.x.clamp(geometry.x0[s], geometry.x1[s]);
                        let y = p.position.y.clamp(geometry.y0[s], geometry.y1[s]);
                        let depth = 6.0 - p.position.distance(Vec2::new(x, y));
                        assert!(depth < 0.01, "{depth} px inside slice {s}: {p:?}");
                    }
                }
            }
        }
        let weapons = view.weapons(p.id).expect("the player is there");
        for weapon in weapons.into_iter().flatten() {
            let rule = &view.rules().weapons[weapon.weapon as usize];
            assert!(weapon.ammo <= rule.magazine && weapon.reserve <= rule.reserve, "{weapon:?}");
        }
    }
    for p in view.projectiles() {
        assert!(p.position.is_finite() && p.velocity.is_finite(), "{p:?}");
    }
    for cloud in view.clouds() {
        assert!((0.0..=1.0).contains(&cloud.disc.density) && cloud.disc.radius > 0.0, "{cloud:?}");
    }
}
