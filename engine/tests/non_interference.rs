//! Non-interference: two worlds that differ only in what an enemy does whom P neither sees nor hears tell P the same, to
//! the byte and to the tick: events, slices, projectiles, clouds, sounds, packets (rule book, section 9).
//!
//! - **Vault**: the enemy plays in a room walled in by border, which neither sound nor bullet nor blast leaves: walks,
//!   shoots, throws, dazzles, reloads, dies by the own grenade. In the other world something else, or nothing, happens
//!   there. Seven others fight outside by the same inputs in both.
//! - **Apart**: any fight, cloned; the enemy stands elsewhere, has other weapons, health, inputs. Compared as long as
//!   the enemy stays unseen, unheard and untouched by what P perceives, in both worlds.
//!
//! What scores may tell is left out: that, by whom and with what the enemy in the vault dies, and that it lives again (the
//! score says who is alive, as today's protocol does); and that a shot of the own team has hit somebody out of sight.
//!
//! That the tests can fail: each of these, tried alone, fails them. `knows[viewer] = state.joined` in `columns`, launches
//! told to all, serial numbers for names, `part` of slices that break not blanked (`net/knowledge.rs`); shrapnel drawn by
//! serial numbers, as it was before this test (`sim/blasts.rs`); projectiles taken by lane, likewise (`by_number`); a decoy
//! that looks where its enemy looks (`net/decoy.rs`).
// Slots are what everything is about.
#![allow(clippy::unwrap_used, clippy::needless_range_loop, missing_docs)]

use std::sync::Arc;
use trespasser::net::Receiver;
use trespasser::rules::Material;
use trespasser::world::PLAYERS;
use trespasser::*;

/// SplitMix64: dice of the tests.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }
}

const NONE: Buttons = Buttons::NONE;
/// Slots: even ones red, odd ones blue; the enemy of whom nothing may be known is the last one.
const ENEMY: usize = 7;

/// Interior of the vault, px from the field's corner.
const VAULT: (f32, f32) = (110.0, 100.0);
/// Border about it: thicker than any blast reaches.
const SHELL: f32 = 60.0;

fn vault(dice: &mut Dice) -> Arc<GameMap> {
    let (w, h) = VAULT;
    let wall = |x, y, width, height, material| WallDef { x, y, width, height, material };
    let mut walls = vec![
        // In two layers: a slice does not muffle the sound of what hits it.
        wall(w, 0.0, 10.0, h + 10.0, Material::Border),
        wall(0.0, h, w, 10.0, Material::Border),
        wall(w + 10.0, 0.0, SHELL - 10.0, h + SHELL, Material::Border),
        wall(0.0, h + 10.0, w + 10.0, SHELL - 10.0, Material::Border),
        // Something to shoot at, inside.
        wall(50.0, 40.0, 10.0, 10.0, Material::Wood),
        wall(60.0, 40.0, 10.0, 10.0, Material::Glass),
        wall(80.0, 70.0, 10.0, 10.0, Material::Concrete),
    ];
    let materials = [Material::Wood, Material::Glass, Material::Concrete, Material::Metal];
    let spawns: Vec<Spawn> = (0..8)
        .map(|i| Spawn {
            at: Vec2::new(215.0 + 60.0 * (i % 4) as f32, 45.0 + 150.0 * (i / 4) as f32 + 20.0 * (i % 2) as f32),
            team: if i % 2 == 0 { Team::Red } else { Team::Blue },
        })
        .collect();
    let far =
        |x: f32, y: f32| spawns.iter().all(|s| (s.at.x - x - 5.0).abs() > 12.0 || (s.at.y - y - 5.0).abs() > 12.0);
    for row in 0..27 {
        for column in 0..48 {
            let (x, y) = (column as f32 * 10.0, row as f32 * 10.0);
            let outside = x >= w + SHELL || y >= h + SHELL;
            if outside && far(x, y) && dice.one_in(6) {
                walls.push(wall(x, y, 10.0, 10.0, materials[dice.below(4) as usize]));
            }
        }
    }
    GameMap::from_rects(&walls, &spawns).unwrap()
}

fn loadout(dice: &mut Dice, enemy: bool) -> Loadout {
    use Weapon::*;
    let primaries = [Rifle, Smg, Shotgun, BattleRifle, SniperRifle];
    let secondaries = [Pistol, Revolver, SuppressedPistol];
    let supports: [&[Weapon]; 6] = [
        &[Grenade, Flashbang],
        &[GrenadeLauncher, Grenade],
        &[Rocket, Flashbang],
        &[MachineGun],
        &[AntiMaterialRifle],
        // Smoke is public: the enemy has none.
        &[SmokeGrenade, Grenade],
    ];
    let support = supports[dice.below(if enemy { 5 } else { 6 }) as usize];
    Loadout::new(primaries[dice.below(5) as usize], secondaries[dice.below(3) as usize], support).unwrap()
}

/// A player's hands, moved at random but with a purpose.
#[derive(Clone)]
struct Hands {
    dice: Dice,
    held: Buttons,
    cursor: Vec2,
    left: u64,
}

impl Hands {
    fn new(seed: u64) -> Hands {
        Hands { dice: Dice(seed), held: NONE, cursor: Vec2::new(240.0, 135.0), left: 0 }
    }

    /// `prey`: where an enemy is seen.
    fn input(&mut self, me: &PlayerView, prey: Option<Vec2>, sequence: u32, tick: u32) -> InputCmd {
        let dice = &mut self.dice;
        if self.left == 0 {
            self.left = 10 + dice.below(60);
            let ways = [Buttons::UP, Buttons::DOWN, Buttons::LEFT, Buttons::RIGHT];
            self.held = ways[dice.below(4) as usize] | ways[dice.below(4) as usize];
            match dice.below(6) {
                0 => self.held = NONE,
                1 => self.held |= Buttons::SNEAK,
                2 | 3 => self.held |= Buttons::RUN,
                _ => {}
            }
            if dice.one_in(3) {
                self.held |= Buttons::FIRE;
            }
            self.cursor = Vec2::new(dice.unit() * 480.0, dice.unit() * 270.0);
        }
        self.left -= 1;
        let mut taps = NONE;
        if !me.alive {
            taps |= Buttons::RESPAWN;
        }
        match dice.below(160) {
            0..=4 => taps |= [Buttons::SLOT1, Buttons::SLOT2, Buttons::SLOT3, Buttons::SLOT4][dice.below(4) as usize],
            5 => taps |= Buttons::RELOAD,
            6 => taps |= Buttons::AIM,
            7..=9 => taps |= Buttons::THROW,
            _ => {}
        }
        let mut held = self.held;
        if let Some(at) = prey {
            self.cursor = at;
            if !dice.one_in(4) {
                held |= Buttons::FIRE;
            }
        }
        let mut input = InputCmd::new(sequence, held, taps, self.cursor).unwrap();
        input.ack_tick = tick;
        input
    }
}

/// What one player has been told and may know at the end of a tick.
#[derive(Debug, Clone, PartialEq, Default)]
struct Ken {
    told: Vec<Told>,
    heard: Vec<Heard>,
    packets: Vec<Vec<u8>>,
    knows: u8,
    knew: u8,
    version: u32,
    slices: Vec<u16>,
    projectiles: Vec<KnownProjectile>,
    clouds: Vec<(u32, u32, u32)>,
}

impl Ken {
    /// All but what is told and packets; on failure the first difference.
    fn same_but_told(&self, other: &Ken) -> core::result::Result<(), String> {
        fn check<T: PartialEq + std::fmt::Debug>(what: &str, a: &T, b: &T) -> core::result::Result<(), String> {
            if a == b { Ok(()) } else { Err(format!("{what}:\n{a:?}\n{b:?}")) }
        }
        check("heard", &self.heard, &other.heard)?;
        check("knows", &(self.knows, self.knew), &(other.knows, other.knew))?;
        check("version of the slices", &self.version, &other.version)?;
        check("projectiles", &self.projectiles, &other.projectiles)?;
        check("clouds", &self.clouds, &other.clouds)?;
        let differ = self.slices.iter().zip(&other.slices).position(|(a, b)| a != b);
        check("slice", &differ, &None)
    }
}

/// A world with one match of eight, all of whom are listened for and have a link.
struct Side {
    world: World,
    game: MatchId,
    players: Vec<PlayerId>,
    ken: [Ken; PLAYERS],
    events: Vec<Event>,
    /// The other ends of the links, and the dice by which messages are lost, one for each: a link's fate is its own.
    clients: Vec<(Receiver, Dice)>,
    /// Every other situation: with losses bases are acknowledged ones, without they are the frame before.
    loses: bool,
    up: Vec<u8>,
}

impl Side {
    fn new(map: &Arc<GameMap>, rules: &RuleSet, seed: u64, loadouts: &[Loadout]) -> Side {
        let mut world = World::new(WorldDef { rules: rules.clone(), ..WorldDef::default() }).unwrap();
        let def = MatchDef { seed, kill_target: Some(10_000) };
        let game = world.create_match(map, def).unwrap();
        let players: Vec<PlayerId> = (0..PLAYERS)
            .map(|slot| {
                let team = Some(if slot % 2 == 0 { Team::Red } else { Team::Blue });
                world.add_player(game, PlayerDef { team, loadout: loadouts[slot], spawn: true }).unwrap()
            })
            .collect();
        let clients = (0..PLAYERS as u64).map(|slot| (Receiver::new(), Dice(seed ^ slot << 32))).collect();
        let (events, up) = (Vec::new(), Vec::new());
        let mut side =
            Side { world, game, players, ken: Default::default(), events, clients, loses: seed & 1 == 1, up };
        side.watch();
        side
    }

    fn watch(&mut self) {
        for &player in &self.players {
            self.world.listen(self.game, player, true).unwrap();
            self.world.open_link(self.game, player).unwrap();
            // One is sent decoys, which must not tell either.
            self.world.bait(self.game, player, player.slot() == 2).unwrap();
        }
    }

    fn view(&self) -> MatchView<'_> {
        self.world.view(self.game).unwrap()
    }

    fn player(&self, slot: usize) -> PlayerView {
        self.view().player(self.players[slot]).unwrap()
    }

    /// Where the nearest of the enemies is whom a slot sees, but for the enemy of the tests.
    fn prey(&self, slot: usize) -> Option<Vec2> {
        let me = self.player(slot).position;
        let sees = self.view().sees(slot) & !(1 << ENEMY);
        let alive = |other: &usize| sees >> other & 1 == 1 && self.player(*other).alive;
        (0..PLAYERS)
            .filter(alive)
            .map(|o| self.player(o).position)
            .min_by(|a, b| a.distance_squared(me).total_cmp(&b.distance_squared(me)))
    }

    fn step(&mut self, viewers: u8) {
        self.world.step();
        for ken in &mut self.ken {
            ken.told.clear();
            ken.heard.clear();
            ken.packets.clear();
        }
        let Side { world, game, ken, events, clients, loses, up, players } = self;
        events.clear();
        world.drain_events(*game, |event| events.push(*event)).unwrap();
        let lost = world
            .drain_told(*game, |told| {
                for viewer in (0..PLAYERS).filter(|v| told.to >> v & 1 == 1) {
                    ken[viewer].told.push(Told { to: 1, ..*told });
                }
            })
            .unwrap();
        assert_eq!(lost, 0);
        world.drain_sounds(*game, |heard| ken[usize::from(heard.listener)].heard.push(*heard)).unwrap();
        for packet in world.packets() {
            ken[packet.player.slot()].packets.push(packet.bytes.to_vec());
        }
        // A tenth is lost on either way, if any; what arrives is answered at once.
        for (slot, (receiver, dice)) in clients.iter_mut().enumerate() {
            for bytes in &ken[slot].packets {
                if *loses && dice.one_in(10) {
                    continue;
                }
                receiver.receive(bytes).unwrap();
                up.clear();
                receiver.write(6, up);
                if !(*loses && dice.one_in(10)) {
                    world.receive(*game, players[slot], up).unwrap();
                }
            }
        }
        let view = world.view(*game).unwrap();
        for viewer in (0..PLAYERS).filter(|v| viewers >> v & 1 == 1) {
            let ken = &mut ken[viewer];
            (ken.knows, ken.knew) = (view.knows(viewer), view.knew(viewer));
            let version = view.known_slices_version(viewer);
            // The version tells of every change; all slices are compared now and then.
            if ken.version != version || ken.slices.is_empty() || view.tick() % 64 == 0 {
                view.known_health(viewer, &mut ken.slices);
            }
            ken.version = version;
            view.known_projectiles(viewer, &mut ken.projectiles);
            ken.clouds = view.known_clouds(viewer).map(|c| (c.number, c.disc.x.to_bits(), c.born)).collect();
        }
    }
}

/// Without what the kill feed tells of the enemy in the vault: that it died, and never where.
fn without_feed(told: &[Told]) -> Vec<Told> {
    let dies = |t: &Told| t.event.kind == EventKind::Died as u8 && usize::from(t.event.target) == ENEMY;
    for t in told.iter().filter(|t| dies(t)) {
        assert_eq!((t.hidden & net::hidden::PLACE, t.event.x, t.event.y), (net::hidden::PLACE, 0.0, 0.0));
    }
    told.iter().filter(|t| !dies(t)).copied().collect()
}

/// Plays a case of the vault; returns the ticks for which packets were compared.
fn vault_case(seed: u64, ticks: u32, rules: &RuleSet, sent: &mut usize) -> u32 {
    let mut dice = Dice(seed);
    let map = vault(&mut dice);
    let mut loadouts: Vec<Loadout> = (0..PLAYERS).map(|slot| loadout(&mut dice, slot == ENEMY)).collect();
    let match_seed = dice.next();
    let mut a = Side::new(&map, rules, match_seed, &loadouts);
    loadouts[ENEMY] = loadout(&mut dice, true);
    let mut b = Side::new(&map, rules, match_seed, &loadouts);
    let mut bytes = Vec::new();
    for side in [&mut a, &mut b] {
        side.world.save(side.game, &mut bytes).unwrap();
        for (column, at) in [(saved::X, 25.0f32), (saved::Y, 25.0)] {
            saved::set(&mut bytes, column, ENEMY, at.to_le_bytes());
        }
        side.world.restore(side.game, &bytes).unwrap();
        assert_eq!(side.player(ENEMY).position, Vec2::new(25.0, 25.0), "the columns have moved");
    }
    let mut hands: Vec<Hands> = (0..PLAYERS as u64).map(|slot| Hands::new(match_seed ^ slot)).collect();
    let mut other = Hands::new(!match_seed);
    let idle = dice.one_in(2);
    let mut bytes_count = true;
    let mut compared = 0;
    for tick in 1..=ticks {
        for slot in 0..PLAYERS {
            let (me, prey) = (a.player(slot), a.prey(slot));
            if slot == ENEMY {
                // Whoever dies in the vault stays dead: a spawn would be drawn outside.
                let mut input = hands[slot].input(&me, None, tick, tick - 1);
                input.taps = Buttons(input.taps.0 & !Buttons::RESPAWN.0);
                a.world.push_input(a.game, a.players[slot], input).unwrap();
                if !idle {
                    let me = b.player(slot);
                    let mut input = other.input(&me, None, tick, tick - 1);
                    input.taps = Buttons(input.taps.0 & !Buttons::RESPAWN.0);
                    b.world.push_input(b.game, b.players[slot], input).unwrap();
                }
                continue;
            }
            let input = hands[slot].input(&me, prey, tick, tick - 1);
            for side in [&mut a, &mut b] {
                side.world.push_input(side.game, side.players[slot], input).unwrap();
            }
        }
        let reds = 0b0101_0101;
        a.step(reds);
        b.step(reds);
        bytes_count &= a.player(ENEMY).deaths == b.player(ENEMY).deaths;
        for viewer in (0..PLAYERS).step_by(2) {
            let (x, y) = (&a.ken[viewer], &b.ken[viewer]);
            if x.told != y.told {
                assert_eq!(without_feed(&x.told), without_feed(&y.told), "seed {seed}, tick {tick}, viewer {viewer}");
            }
            x.same_but_told(y).unwrap_or_else(|what| panic!("{what}; seed {seed}, tick {tick}, viewer {viewer}"));
            assert!(!bytes_count || x.packets == y.packets, "packets: seed {seed}, tick {tick}, viewer {viewer}");
            assert_eq!(x.knows >> ENEMY & 1, 0);
        }
        compared += u32::from(bytes_count);
        *sent += if bytes_count { (0..PLAYERS).step_by(2).map(|v| a.ken[v].packets.len()).sum() } else { 0 };
    }
    compared
}

#[test]
fn what_happens_in_a_vault_stays_there() {
    const CASES: u64 = 1000;
    let mut sent = 0;
    let compared: u32 = (0..CASES).map(|seed| vault_case(seed, 360, &RuleSet::standard(), &mut sent)).sum();
    assert!(compared > CASES as u32 * 150, "packets were compared in {compared} ticks only");
    assert!(sent > compared as usize, "{sent} packets in {compared} ticks");
}

/// Hours of play. Nobody dies of what explodes, or the enemy in the vault soon would; walls do break.
#[test]
fn not_in_hours_either() {
    let mut rules = RuleSet::standard();
    for weapon in [Weapon::Grenade, Weapon::GrenadeLauncher, Weapon::Rocket] {
        rules.weapons[weapon as usize].damage = 1;
    }
    let hour = 60 * 60 * 60;
    let mut sent = 0;
    let compared: u32 = (0..HOURS * 12).map(|seed| vault_case(9_000 + seed, hour / 12, &rules, &mut sent)).sum();
    assert_eq!(compared, HOURS as u32 * hour);
    assert!(sent > compared as usize, "{sent} packets in {compared} ticks");
}

/// Simulated in each of two worlds.
const HOURS: u64 = 3;

/// A field of scattered walls with spawns all over it.
fn field(dice: &mut Dice) -> Arc<GameMap> {
    let materials = [Material::Wood, Material::Glass, Material::Concrete, Material::Metal];
    let spawns: Vec<Spawn> = (0..24)
        .map(|i| Spawn {
            at: Vec2::new(25.0 + 75.0 * (i % 6) as f32 + 20.0 * dice.unit(), 25.0 + 65.0 * (i / 6) as f32),
            team: if i % 2 == 0 { Team::Red } else { Team::Blue },
        })
        .collect();
    let far =
        |x: f32, y: f32| spawns.iter().all(|s| (s.at.x - x - 5.0).abs() > 12.0 || (s.at.y - y - 5.0).abs() > 12.0);
    let mut walls = Vec::new();
    // Walls of one to eight cells.
    for _ in 0..60 {
        let (column, row, length) = (dice.below(48), dice.below(27), 1 + dice.below(8));
        let (along_x, material) = (dice.one_in(2), materials[dice.below(4) as usize]);
        for i in 0..length {
            let (c, r) = if along_x { (column + i, row) } else { (column, row + i) };
            let (x, y) = (c as f32 * 10.0, r as f32 * 10.0);
            if c < 48 && r < 27 && far(x, y) {
                walls.push(WallDef { x, y, width: 10.0, height: 10.0, material });
            }
        }
    }
    GameMap::from_rects(&walls, &spawns).unwrap()
}

/// Where the saved columns are: `MatchState` begins with lanes of eight 32-bit numbers.
mod saved {
    const HEADER: usize = 40;
    pub(crate) const X: usize = 0;
    pub(crate) const Y: usize = 1;
    pub(crate) const AIM_X: usize = 4;
    pub(crate) const AIM_Y: usize = 5;
    pub(crate) const HEALTH: usize = 10;

    pub(crate) fn set(bytes: &mut [u8], column: usize, slot: usize, value: [u8; 4]) {
        let at = HEADER + column * 32 + slot * 4;
        bytes[at..at + 4].copy_from_slice(&value);
        let sum = xxhash_rust::xxh3::xxh3_64(&bytes[HEADER..]).to_le_bytes();
        bytes[HEADER - 8..HEADER].copy_from_slice(&sum);
    }
}

/// px from a viewer within which what the enemy does in this tick might be heard, generously; `None`: anywhere.
fn earshot(side: &Side, before: Vec2) -> Option<f32> {
    let enemy = side.player(ENEMY);
    // Sounds are made in the middle of a square of a lattice.
    let slack = 10.0;
    // A step is as loud as the loudest of its way: 160 px for one who has run for any part of it.
    let mut reach: f32 = if enemy.position == before { 0.0 } else { 160.0 + slack };
    for event in &side.events {
        if usize::from(event.target) == ENEMY {
            return None;
        }
        if usize::from(event.actor) == ENEMY {
            let quiet = [
                EventKind::Switched,
                EventKind::ReloadStarted,
                EventKind::Reloaded,
                EventKind::FireRefused,
                EventKind::AimToggled,
                EventKind::RespawnDenied,
            ];
            if !quiet.iter().any(|kind| event.kind == *kind as u8) {
                return None;
            }
            reach = reach.max(60.0 + slack);
        }
    }
    Some(reach)
}

/// Ticks, times viewers, that were compared.
fn apart_case(seed: u64, rules: &RuleSet) -> u32 {
    let mut dice = Dice(!seed);
    let map = field(&mut dice);
    let loadouts: Vec<Loadout> = (0..PLAYERS).map(|_| loadout(&mut dice, false)).collect();
    let match_seed = dice.next();
    let [mut a, mut b] = [(); 2].map(|()| Side::new(&map, rules, match_seed, &loadouts));
    let mut hands: Vec<Hands> = (0..PLAYERS as u64).map(|slot| Hands::new(match_seed ^ slot)).collect();
    let (begin, reds) = (60 + dice.below(400) as u32, 0b0101_0101);
    let calm = Buttons(!(Buttons::FIRE | Buttons::THROW).0);
    let mut other = Hands::new(dice.next());
    let mut premise = 0u8;
    let mut compared = 0;
    for tick in 1..=begin + 240 {
        if tick == begin {
            if !a.player(ENEMY).alive {
                return 0;
            }
            premise = (0..PLAYERS).step_by(2).fold(0, |mask, v| {
                let known = a.view().knows(v) | a.view().knew(v);
                mask | u8::from(known >> ENEMY & 1 == 0) << v
            });
            alter(&mut a, &mut b, &map, &mut dice);
        }
        let inputs: Vec<InputCmd> =
            (0..PLAYERS).map(|slot| hands[slot].input(&a.player(slot), a.prey(slot), tick, tick - 1)).collect();
        let others = other.input(&b.player(ENEMY), None, tick, tick - 1);
        for slot in 0..PLAYERS {
            let (mut one, mut two) = (inputs[slot], inputs[slot]);
            if tick >= begin && slot == ENEMY {
                two = others;
                for input in [&mut one, &mut two] {
                    (input.held, input.taps) = (Buttons(input.held.0 & calm.0), Buttons(input.taps.0 & calm.0));
                }
            }
            a.world.push_input(a.game, a.players[slot], one).unwrap();
            b.world.push_input(b.game, b.players[slot], two).unwrap();
        }
        let before = [a.player(ENEMY).position, b.player(ENEMY).position];
        a.step(reds);
        b.step(reds);
        if tick < begin {
            assert_eq!(a.world.hash(a.game).unwrap(), b.world.hash(b.game).unwrap());
            continue;
        }
        for (side, before) in [(&a, before[0]), (&b, before[1])] {
            let at = side.player(ENEMY).position;
            for viewer in (0..PLAYERS).step_by(2) {
                let near = |reach: f32| side.player(viewer).position.distance(at) <= reach;
                let heard = earshot(side, before).is_none_or(|reach| reach > 0.0 && near(reach));
                if heard || side.view().sees(viewer) >> ENEMY & 1 == 1 {
                    premise &= !(1 << viewer);
                }
            }
        }
        if premise == 0 {
            break;
        }
        for viewer in (0..PLAYERS).filter(|v| premise >> v & 1 == 1) {
            let (x, y) = (&a.ken[viewer], &b.ken[viewer]);
            assert_eq!(x.told, y.told, "seed {seed}, tick {tick}, viewer {viewer}");
            x.same_but_told(y).unwrap_or_else(|what| panic!("{what}; seed {seed}, tick {tick}, viewer {viewer}"));
            assert_eq!(x.packets, y.packets, "packets: seed {seed}, tick {tick}, viewer {viewer}");
            compared += 1;
        }
    }
    compared
}

/// The enemy of `b` is otherwise than that of `a`: stands, looks, feels and holds otherwise.
fn alter(a: &mut Side, b: &mut Side, map: &GameMap, dice: &mut Dice) {
    if dice.one_in(2) {
        b.world.give_weapon(b.game, b.players[ENEMY], Weapon::ALL[dice.below(13) as usize]).unwrap();
    }
    let mut bytes = Vec::new();
    // Both are restored, for that forgets what was kept about sight.
    a.world.save(a.game, &mut bytes).unwrap();
    a.world.restore(a.game, &bytes).unwrap();
    b.world.save(b.game, &mut bytes).unwrap();
    let at = b.player(ENEMY).position;
    let to = at + Vec2::new(dice.unit() * 30.0 - 15.0, dice.unit() * 30.0 - 15.0);
    let inside = to.x > 6.0 && to.x < 474.0 && to.y > 6.0 && to.y < 264.0;
    if inside && map.geometry().is_free(to) {
        saved::set(&mut bytes, saved::X, ENEMY, to.x.to_le_bytes());
        saved::set(&mut bytes, saved::Y, ENEMY, to.y.to_le_bytes());
    }
    let (sin, cos) = libm::sincosf(dice.unit() * core::f32::consts::TAU);
    saved::set(&mut bytes, saved::AIM_X, ENEMY, cos.to_le_bytes());
    saved::set(&mut bytes, saved::AIM_Y, ENEMY, sin.to_le_bytes());
    let health = 1 + dice.below(100 * 64) as i32;
    saved::set(&mut bytes, saved::HEALTH, ENEMY, health.to_le_bytes());
    b.world.restore(b.game, &bytes).unwrap();
    let altered = b.player(ENEMY);
    assert_eq!((altered.health, altered.facing), (health as f32 / 64.0, Vec2::new(cos, sin)), "the columns have moved");
}

#[test]
fn an_enemy_unseen_and_unheard_makes_no_difference() {
    const CASES: u64 = 1500;
    let (mut kept, mut compared) = (0, 0);
    for seed in 0..CASES {
        let ticks = apart_case(seed, &RuleSet::standard());
        kept += u32::from(ticks > 0);
        compared += ticks;
    }
    println!("{kept} cases of {CASES}, {compared} ticks");
    assert!(kept > 500 && compared > 50_000, "{kept} cases, {compared} ticks");
}
