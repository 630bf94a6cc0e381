//! Looking at a match without copying it.

use super::state::{Gait, Match, MatchState, NO_WEAPON, NOBODY, PLAYERS};
use super::{Block, NONE, PlayerId, slot_of, weapon_of};
use crate::map::{COLS, GameMap, ROWS, cell_index};
use crate::net::{Memories, at_first, columns};
use crate::rules::{INVENTORY, POINT, RuleSet, SoundKind, Team, Weapon};
use crate::sim::Arrival;
use crate::simd::{Kernels, Level};
use crate::sound::{Heard, Wave};
use crate::vision::polygon::{TILE_ROWS, pack_tiles, tiles};
use crate::vision::{Grid, PolygonScratch, Sight, SmokeDisc, polygon_in_smoke, regions};
use crate::{Result, Vec2};
use std::cell::RefCell;
use std::sync::Arc;

/// One player, as of the last tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayerView {
    /// Id.
    pub id: PlayerId,
    /// Side.
    pub team: Team,
    /// Centre of the body, px.
    pub position: Vec2,
    /// px/s.
    pub velocity: Vec2,
    /// Unit vector.
    pub facing: Vec2,
    /// Cursor, px.
    pub cursor: Vec2,
    /// Points, in steps of 1/64; 0 when dead.
    pub health: f32,
    /// Lives.
    pub alive: bool,
    /// Has been on the field; else waits for the first spawn.
    pub placed: bool,
    /// Aims down sights.
    pub aiming: bool,
    /// How it moves.
    pub gait: Gait,
    /// In hand.
    pub weapon: Option<Weapon>,
    /// Place of the weapon in hand, 0 to 4.
    pub hand: usize,
    /// Enemies killed.
    pub kills: u16,
    /// Times died.
    pub deaths: u16,
    /// Points dealt to enemies.
    pub damage_dealt: f32,
    /// Sequence number of the last input applied.
    pub last_sequence: u32,
    /// Inputs thrown away because too many waited.
    pub dropped_inputs: u32,
    /// Inputs ignored as old or repeated.
    pub ignored_inputs: u32,
    /// Tick of the last damage; 0: none.
    pub damage_tick: u32,
    /// Tick of the last death; 0: none.
    pub death_tick: u32,
    /// First tick in which a respawn is granted.
    pub respawn_tick: u32,
    /// Tick shown to clients as the respawn's.
    pub respawn_shown_tick: u32,
    /// First tick in which the player can be hurt.
    pub invulnerable_until: u32,
    /// Who killed this player last, if still in the match.
    pub killer: Option<PlayerId>,
    /// Sight distance, px.
    pub sight: f32,
    /// Full angle of the cone, radians.
    pub cone: f32,
    /// Heat of the machine gun, 0 to 100.
    pub heat: f32,
    /// Ticks until the magazine is full; 0: not reloading.
    pub reload_ticks: u16,
    /// Level of charge of the throw in hand, 1 to 5; 0: the trigger is not held.
    pub charge: u8,
    /// Blinded by a flash: sees nobody.
    pub blind: bool,
    /// What a flash takes from sight, hearing and movement, 0 to 1 each.
    pub impairment: [f32; 3],
}

/// A projectile in flight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProjectileView {
    /// Serial number in the match.
    pub number: u32,
    /// What it is.
    pub weapon: Weapon,
    /// Who threw it, if still in the match.
    pub owner: Option<PlayerId>,
    /// Side of who threw it.
    pub team: Team,
    /// Centre, px.
    pub position: Vec2,
    /// px/s.
    pub velocity: Vec2,
    /// px flown.
    pub flown: f32,
    /// px after which it goes off or comes to rest.
    pub range: f32,
    /// Level of charge it was thrown with; 0: launched.
    pub charge: u8,
    /// Tick in which it was launched.
    pub born: u32,
    /// Ticks until its fuse is over; `None`: no fuse.
    pub fuse_ticks: Option<u32>,
}

/// A cloud of smoke.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CloudView {
    /// Serial number of the projectile it rose from.
    pub number: u32,
    /// Where it is, how large and how dense now.
    pub disc: SmokeDisc,
    /// Tick in which it rose.
    pub born: u32,
}

/// A projectile in flight, as far as one player knows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnownProjectile {
    /// The player's own number for it, as in [`crate::Told`].
    pub number: u32,
    /// What it is.
    pub weapon: Weapon,
    /// Who threw it, if the player knows that one, and if still in the match.
    pub owner: Option<PlayerId>,
    /// Launched by the player's own team.
    pub own_team: bool,
    /// Centre, px.
    pub position: Vec2,
    /// px/s.
    pub velocity: Vec2,
    /// Tick in which the player learnt of it.
    pub since: u32,
    /// For those alone who know how it was launched: its age and the way behind it would tell where from.
    pub launch: Option<Launch>,
}

/// How a projectile was launched, and what follows from that.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Launch {
    /// Tick in which it was launched.
    pub born: u32,
    /// px flown.
    pub flown: f32,
    /// px after which it goes off or comes to rest.
    pub range: f32,
    /// Level of charge it was thrown with; 0: launched.
    pub charge: u8,
    /// Ticks until its fuse is over; `None`: no fuse.
    pub fuse_ticks: Option<u32>,
}

/// One weapon of a player.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeaponView {
    /// Which.
    pub weapon: Weapon,
    /// Rounds in the magazine.
    pub ammo: u16,
    /// Rounds besides.
    pub reserve: u16,
    /// Being reloaded.
    pub reloading: bool,
    /// Ticks until it can fire again, for its rate alone.
    pub ready_in: u32,
}

/// A polygon that is kept until something changes it: see [`MatchView::polygon_cached`]. The caller owns it, so that
/// a match nobody asks for polygons pays nothing; empty it takes 448 bytes, and 8 more for each corner.
#[derive(Debug, Default)]
pub struct PolygonCache {
    corners: Vec<Vec2>,
    /// What the corners rest on: the match and its walls, who looks, the clouds within sight.
    epoch: u64,
    serial: u32,
    sight: Option<Sight>,
    discs: Vec<SmokeDisc>,
    tiles: Option<[u64; 32]>,
    computed: u64,
}

impl PolygonCache {
    /// Holds nothing yet.
    pub fn new() -> Self {
        PolygonCache::default()
    }

    /// Forgets what it holds; the next polygon is computed. Never needed for a right answer.
    pub fn clear(&mut self) {
        self.corners.clear();
        (self.sight, self.tiles) = (None, None);
    }

    /// Polygons computed for this cache so far, rather than found in it.
    pub fn computed(&self) -> u64 {
        self.computed
    }
}

fn packed_tiles(corners: &[Vec2]) -> [u64; 32] {
    let mut rows = [0; TILE_ROWS];
    tiles(corners, &mut rows);
    pack_tiles(&rows)
}

/// A match, as of the last tick.
#[derive(Debug, Clone, Copy)]
pub struct MatchView<'a> {
    game: &'a Match,
}

impl<'a> MatchView<'a> {
    pub(super) fn new(game: &'a Match) -> Self {
        MatchView { game }
    }

    /// Ticks played.
    pub fn tick(&self) -> u32 {
        self.game.state.tick
    }

    /// The match's seed.
    pub fn seed(&self) -> u64 {
        self.game.state.seed
    }

    /// What it is played on.
    pub fn map(&self) -> &'a Arc<GameMap> {
        &self.game.map
    }

    /// What it is played by.
    pub fn rules(&self) -> &'a RuleSet {
        &self.game.rules.rules
    }

    /// Kills of red and blue; leavers' kills stay.
    pub fn score(&self) -> [u16; 2] {
        self.game.state.team_kills
    }

    /// Kills that win.
    pub fn kill_target(&self) -> u16 {
        self.game.state.kill_target
    }

    /// The match is over.
    pub fn is_over(&self) -> bool {
        self.game.state.over != 0
    }

    /// Who won; `None` while it runs, and for a draw.
    pub fn winner(&self) -> Option<Team> {
        match self.game.state.winner {
            _ if self.game.state.over == 0 => None,
            0 => Some(Team::Red),
            1 => Some(Team::Blue),
            NOBODY.. => None,
        }
    }

    /// Mask of the slots that have a player, bit = slot.
    pub fn joined(&self) -> u8 {
        self.game.state.joined
    }

    /// The id of the player in a slot, 0 to 7.
    pub fn id_of(&self, slot: usize) -> Option<PlayerId> {
        let state = &self.game.state;
        (slot < 8 && state.joined >> slot & 1 == 1).then(|| PlayerId::new(slot, state.generation[slot]))
    }

    /// The id that the player in a slot has or last had, for events of somebody who has left since.
    pub fn last_id_of(&self, slot: usize) -> Option<PlayerId> {
        let generation = *self.game.state.generation.get(slot)?;
        (generation > 0).then(|| PlayerId::new(slot, generation))
    }

    /// One player.
    ///
    /// # Errors
    /// [`crate::Error::StaleId`].
    pub fn player(&self, id: PlayerId) -> Result<PlayerView> {
        let slot = slot_of(&self.game.state, id)?;
        Ok(self.lane(slot, id))
    }

    /// All players, by slot.
    pub fn players(&self) -> impl Iterator<Item = PlayerView> + '_ {
        MatchState::slots(self.game.state.joined).filter_map(|slot| Some(self.lane(slot, self.id_of(slot)?)))
    }

    fn lane(&self, slot: usize, id: PlayerId) -> PlayerView {
        let (s, rules) = (&self.game.state, &self.game.rules);
        let flash = crate::sim::impairment(s, rules, slot);
        PlayerView {
            id,
            team: if s.blue >> slot & 1 == 1 { Team::Blue } else { Team::Red },
            position: Vec2::new(s.x[slot], s.y[slot]),
            velocity: Vec2::new(s.vx[slot], s.vy[slot]),
            facing: Vec2::new(s.aim_x[slot], s.aim_y[slot]),
            cursor: Vec2::new(s.cursor_x[slot], s.cursor_y[slot]),
            health: s.health[slot] as f32 / POINT as f32,
            alive: s.alive >> slot & 1 == 1,
            placed: s.placed >> slot & 1 == 1,
            aiming: s.aiming >> slot & 1 == 1,
            gait: Gait::from_number(s.gait[slot]),
            weapon: weapon_of(s.in_hand(slot)),
            hand: s.hand[slot] as usize,
            kills: s.kills[slot],
            deaths: s.deaths[slot],
            damage_dealt: s.damage_dealt[slot] as f32 / POINT as f32,
            last_sequence: s.last_sequence[slot],
            dropped_inputs: s.dropped[slot],
            ignored_inputs: s.ignored[slot],
            damage_tick: s.damage_tick[slot],
            death_tick: s.death_tick[slot],
            respawn_tick: s.death_tick[slot] + rules.respawn_ticks,
            respawn_shown_tick: s.death_tick[slot] + rules.respawn_shown_ticks,
            invulnerable_until: s.invulnerable_until[slot],
            killer: (s.killer[slot] != NONE && s.deaths[slot] > 0)
                .then(|| self.id_of(s.killer[slot] as usize))
                .flatten(),
            sight: s.sight[slot],
            cone: 2.0 * libm::acosf(s.cone_cos[slot].clamp(-1.0, 1.0)),
            heat: s.heat[slot] as f32 / rules.tick_rate as f32,
            reload_ticks: s.reload[slot],
            charge: rules.charge_level(s.charge[slot]),
            blind: flash.blind,
            impairment: [flash.visual, flash.audio, flash.movement],
        }
    }

    /// The weapons of a player: primary, secondary, support items.
    ///
    /// # Errors
    /// [`crate::Error::StaleId`].
    pub fn weapons(&self, id: PlayerId) -> Result<[Option<WeaponView>; INVENTORY]> {
        let (s, rules) = (&self.game.state, &self.game.rules);
        let slot = slot_of(s, id)?;
        Ok(core::array::from_fn(|place| {
            let number = s.weapon[place][slot];
            if number == NO_WEAPON {
                return None;
            }
            let left = s.cooldown[place][slot].max(0) as u32;
            Some(WeaponView {
                weapon: weapon_of(number)?,
                ammo: s.ammo[place][slot],
                reserve: s.reserve[place][slot],
                reloading: place == s.hand[slot] as usize && s.reload[slot] > 0,
                ready_in: left.div_ceil(rules.weapons[number as usize].rate as u32),
            })
        }))
    }

    /// Projectiles in flight, by lane.
    pub fn projectiles(&self) -> impl Iterator<Item = ProjectileView> + '_ {
        let s = &self.game.state;
        (0..super::PROJECTILES).filter(|lane| s.flying >> lane & 1 == 1).filter_map(move |lane| {
            Some(ProjectileView {
                number: s.number[lane],
                weapon: weapon_of(s.pweapon[lane])?,
                owner: self.id_of(s.owner[lane] as usize),
                team: if s.pteam[lane] == 1 { Team::Blue } else { Team::Red },
                position: Vec2::new(s.px[lane], s.py[lane]),
                velocity: Vec2::new(s.pvx[lane], s.pvy[lane]),
                flown: s.flown[lane],
                range: s.reach[lane],
                charge: s.level[lane],
                born: s.born[lane],
                fuse_ticks: (s.fuse[lane] != u32::MAX).then(|| s.fuse[lane].saturating_sub(s.tick)),
            })
        })
    }

    /// Clouds of smoke, by lane.
    pub fn clouds(&self) -> impl Iterator<Item = CloudView> + '_ {
        let (s, rules) = (&self.game.state, &self.game.rules);
        (0..super::CLOUDS).filter_map(move |lane| {
            let cloud = crate::sim::cloud(s, rules, lane)?;
            Some(CloudView { number: cloud.number, disc: cloud.disc, born: cloud.born })
        })
    }

    /// Optical depth of the smoke between two points; a line of sight ends where it reaches `smoke.depth` of the
    /// rules.
    pub fn smoke_between(&self, from: Vec2, to: Vec2) -> f32 {
        let rule = &self.rules().smoke;
        let discs: Vec<SmokeDisc> = self.clouds().map(|c| c.disc).collect();
        let (a, b) = (clamp(from), clamp(to));
        crate::vision::smoke_depth(&discs, rule.edge, rule.unit, 0.0, (a.x, a.y), (b.x, b.y))
    }

    /// Row of the who-sees-whom matrix: bit t, slot `viewer` sees the enemy in slot t, dead bodies
    /// included. Team mates' bits are 0: they
    /// are known anyway. 0 for slots over 7.
    pub fn sees(&self, viewer: usize) -> u8 {
        self.game.state.sees.get(viewer).copied().unwrap_or(0)
    }

    /// The whole matrix: byte v, bit t.
    pub fn sight_matrix(&self) -> u64 {
        u64::from_le_bytes(self.game.state.sees)
    }

    /// Whether a straight line between two points of the playfield passes all standing slices that stop sight.
    /// Points outside are moved to the edge.
    pub fn line_is_clear(&self, from: Vec2, to: Vec2) -> bool {
        let (a, b) = (clamp(from), clamp(to));
        self.sight_grid().is_clear(a.into(), b.into())
    }

    /// Replaces `out` by the outline of what the living player in a slot sees now, in px: the player first, then
    /// clockwise on screen; see [`polygon_in_smoke`] for its exactness. Walls and smoke end it. The cone alone: who is
    /// seen close by, whatever the facing, is in [`MatchView::sees`]. Empty for a slot without a living player; a single
    /// point before the player's first tick.
    pub fn polygon(&self, slot: usize, out: &mut Vec<Vec2>) {
        out.clear();
        if let Some(sight) = self.sight_of(slot) {
            let (discs, count) = crate::sim::discs(&self.game.state, &self.game.rules);
            self.draw(&sight, &discs[..count], out);
        }
    }

    /// [`MatchView::polygon`], computed only if something has changed that it depends on: where the player is and how
    /// they look, slices or smoke within sight. The same corners to the bit. Of a still player it takes 270 instructions
    /// instead of 5,700 (`engine/examples/sight_load.rs`).
    ///
    /// A cache serves one viewer best, for each that is asked about overwrites the last; it may be handed to any slot
    /// of any match at any time.
    pub fn polygon_cached<'c>(&self, slot: usize, cache: &'c mut PolygonCache) -> &'c [Vec2] {
        let Some(sight) = self.sight_of(slot) else {
            cache.clear();
            return &[];
        };
        let (at, reach) = (sight.at, sight.distance);
        let clouds;
        let all: &[SmokeDisc] = if self.game.state.clouds == 0 {
            &[]
        } else {
            clouds = crate::sim::discs(&self.game.state, &self.game.rules);
            &clouds.0[..clouds.1]
        };
        let near = |d: &&SmokeDisc| Vec2::new(d.x, d.y).distance(at) < d.radius + reach + 1.0;
        let discs = || all.iter().filter(near);
        let changes = &self.game.changes;
        let around = regions(at.x - reach, at.y - reach, at.x + reach, at.y + reach);
        let holds = cache.epoch == changes.epoch
            && cache.sight.is_some_and(|old| old.is_same(&sight))
            && !changes.have_changed(around, cache.serial)
            && discs().eq(&cache.discs);
        if !holds {
            cache.discs.clear();
            cache.discs.extend(discs());
            self.draw(&sight, &cache.discs, &mut cache.corners);
            (cache.epoch, cache.sight, cache.tiles) = (changes.epoch, Some(sight), None);
            cache.computed += 1;
        }
        // What has changed since lies out of sight.
        cache.serial = changes.serial;
        &cache.corners
    }

    /// The tiles of 8 x 8 px that the living player in a slot sees, by their centres, as the rule book numbers them:
    /// tile (x, y) is bit y * 60 + x, in words of 64 bits from the lowest; the last 8 bits are 0.
    pub fn tiles(&self, slot: usize) -> [u64; 32] {
        thread_local! {
            static CORNERS: RefCell<Vec<Vec2>> = RefCell::default();
        }
        CORNERS.with(|corners| {
            let corners = &mut *corners.borrow_mut();
            self.polygon(slot, corners);
            packed_tiles(corners)
        })
    }

    /// [`MatchView::tiles`] as [`MatchView::polygon_cached`] does it.
    pub fn tiles_cached(&self, slot: usize, cache: &mut PolygonCache) -> [u64; 32] {
        if self.polygon_cached(slot, cache).is_empty() {
            return [0; 32];
        }
        let PolygonCache { tiles, corners, .. } = cache;
        *tiles.get_or_insert_with(|| packed_tiles(corners))
    }

    fn sight_of(&self, slot: usize) -> Option<Sight> {
        let s = &self.game.state;
        (slot < PLAYERS && s.alive >> slot & 1 == 1).then(|| Sight {
            at: Vec2::new(s.x[slot], s.y[slot]),
            facing: Vec2::new(s.aim_x[slot], s.aim_y[slot]),
            distance: s.sight[slot],
            cone_cos: s.cone_cos[slot],
        })
    }

    fn draw(&self, sight: &Sight, discs: &[SmokeDisc], out: &mut Vec<Vec2>) {
        thread_local! {
            static SCRATCH: RefCell<PolygonScratch> = RefCell::default();
        }
        let smoke = self.game.rules.smoke(discs);
        SCRATCH.with(|scratch| polygon_in_smoke(&self.sight_grid(), sight, &smoke, &mut scratch.borrow_mut(), out));
    }

    #[cfg(all(test, feature = "scenes"))]
    pub(crate) fn state(&self) -> &'a MatchState {
        &self.game.state
    }

    /// How a sound of a kind made at one point of the playfield arrives at another, exactly, the same from either end.
    /// Points outside are moved to the edge. What players are told is in [`crate::World::drain_sounds`].
    pub fn sound_between(&self, kind: SoundKind, from: Vec2, to: Vec2) -> Arrival {
        self.arrival(kind, from, to, |_, _| false)
    }

    /// [`MatchView::sound_between`], with the way round from the listener to the source in `out`, px: the middles of
    /// its cells, or nothing if the straight line is the louder way.
    pub fn sound_way(&self, kind: SoundKind, from: Vec2, to: Vec2, out: &mut Vec<Vec2>) -> Arrival {
        out.clear();
        self.arrival(kind, from, to, |x, y| {
            out.push(Vec2::new(x as f32 + 0.5, y as f32 + 0.5) * crate::map::CELL);
            true
        })
    }

    /// Gain of a sound of a kind made at `from` in the middle of every cell of the 10 px grid, `row * 48 + column`.
    pub fn sound_field(&self, kind: SoundKind, from: Vec2, out: &mut [f32; crate::map::CELLS]) {
        for (cell, gain) in out.iter_mut().enumerate() {
            let (x, y) = (cell % crate::map::COLS, cell / crate::map::COLS);
            let to = Vec2::new(x as f32 + 0.5, y as f32 + 0.5) * crate::map::CELL;
            *gain = self.sound_between(kind, from, to).gain;
        }
    }

    /// What each player would hear of a sound made now at a point, by one of them or by nobody: entries as
    /// [`crate::World::drain_sounds`] hands them over, ascending by slot. Changes nothing.
    pub fn listeners(&self, kind: SoundKind, from: Vec2, source: Option<PlayerId>, each: impl FnMut(Heard)) {
        let source = source.filter(|id| slot_of(&self.game.state, *id).is_ok()).map_or(NONE, |id| id.slot() as u8);
        with_wave(|wave, kernels| {
            crate::sim::listeners(self.game, wave, kernels, kind, clamp(from).into(), source, each);
        });
    }

    /// Cells that sound goes through, for which standing slices cover less than half: word = row, bit = column.
    pub fn open_cells(&self) -> &'a [u64; crate::map::ROWS] {
        &self.game.state.open
    }

    fn arrival(&self, kind: SoundKind, from: Vec2, to: Vec2, visit: impl FnMut(usize, usize) -> bool) -> Arrival {
        let (from, to) = (clamp(from), clamp(to));
        with_wave(|wave, kernels| crate::sim::arrival(self.game, wave, kernels, kind, from.into(), to.into(), visit))
    }

    /// Ticks a second.
    pub fn tick_rate(&self) -> u32 {
        self.game.rules.tick_rate
    }

    /// Where a body ends that goes straight from one place towards another and slides along what stands in the way.
    /// Both must be of the playfield, at most its diagonal apart.
    pub(crate) fn slid(&self, from: Vec2, to: Vec2) -> Vec2 {
        let game = self.game;
        crate::sim::slid(&game.state, &game.blocks, game.map.geometry(), from.into(), to.into()).into()
    }

    /// Whether a body has room at a place: no standing slice reaches farther into it than rounding does.
    pub(crate) fn fits(&self, at: Vec2) -> bool {
        let (geometry, radius) = (self.game.map.geometry(), crate::map::BODY_RADIUS - 0.02);
        let columns = cell_index(at.x - radius, COLS)..=cell_index(at.x + radius, COLS);
        let rows = cell_index(at.y - radius, ROWS)..=cell_index(at.y + radius, ROWS);
        rows.flat_map(|row| columns.clone().map(move |column| row * COLS + column)).all(|cell| {
            geometry.cell(cell).iter().map(|&s| s as usize).all(|s| {
                let low = Vec2::new(geometry.x0[s], geometry.y0[s]);
                let near = at.clamp(low, Vec2::new(geometry.x1[s], geometry.y1[s]));
                self.slice_health(s) == 0 || (at - near).length_squared() >= radius * radius
            })
        })
    }

    pub(crate) fn sight_grid(&self) -> Grid<'a> {
        let game = self.game;
        Grid {
            geometry: game.map.geometry(),
            blocks: &game.blocks,
            any: &game.state.sight_any,
            full: &game.state.sight_full,
            columns: None,
        }
    }

    /// Whom the player in a slot knows, bit = slot: oneself, the team, once placed, and enemies in sight. What is not
    /// in it must not be told to that player but score, name and whether the other lives. 0 for empty slots.
    pub fn knows(&self, viewer: usize) -> u8 {
        let net = self.game.net.as_ref();
        net.map_or_else(|| columns(&self.game.state), |net| net.knowledge.knows).get(viewer).copied().unwrap_or(0)
    }

    /// [`MatchView::knows`] as of the tick before the last. The same where nobody is listened for.
    pub fn knew(&self, viewer: usize) -> u8 {
        let net = self.game.net.as_ref();
        net.map_or_else(|| columns(&self.game.state), |net| net.knowledge.knew).get(viewer).copied().unwrap_or(0)
    }

    /// Replaces `out` by the health of all slices as the player in a slot knows it, 1/64 points; `u16::MAX` for the
    /// border. One for whom nothing is kept, see [`crate::World::listen`], knows the map as it was at the beginning.
    pub fn known_health(&self, viewer: usize, out: &mut Vec<u16>) {
        out.clear();
        let geometry = self.game.map.geometry();
        match self.memories(viewer) {
            Some(memories) => {
                out.extend((0..geometry.slice_count).map(|slice| self.slice_health(slice)));
                memories.iter().for_each(|(slice, health)| out[usize::from(slice)] = health);
            }
            None => out.extend((0..geometry.slice_count).map(|slice| at_first(geometry, slice))),
        }
    }

    /// Health of a slice as the player in a slot knows it, as [`MatchView::known_health`] has it; 0 for slices the map
    /// does not have.
    pub fn known_slice_health(&self, viewer: usize, slice: usize) -> u16 {
        let geometry = self.game.map.geometry();
        if slice >= geometry.slice_count {
            return 0;
        }
        let Some(memories) = self.memories(viewer) else { return at_first(geometry, slice) };
        memories.get(slice as u16).unwrap_or_else(|| self.slice_health(slice))
    }

    /// Grows with every change of what the player in a slot knows of slices, and with nothing else.
    pub fn known_slices_version(&self, viewer: usize) -> u32 {
        self.game.net.as_ref().filter(|_| viewer < PLAYERS).map_or(0, |net| net.knowledge.slices_serial(viewer))
    }

    fn memories(&self, viewer: usize) -> Option<&'a Memories> {
        self.game.net.as_ref().filter(|_| viewer < PLAYERS).and_then(|net| net.knowledge.memories(viewer))
    }

    /// Replaces `out` by the projectiles that the player in a slot knows, by the player's own numbers: those of the own
    /// team, and others whose place is in view. Empty for one for whom nothing is kept.
    pub fn known_projectiles(&self, viewer: usize, out: &mut Vec<KnownProjectile>) {
        out.clear();
        let (Some(net), s) = (&self.game.net, &self.game.state) else { return };
        let Some(&flights) = net.knowledge.flights.get(viewer) else { return };
        let known = self.knows(viewer);
        for lane in (0..super::PROJECTILES).filter(|lane| (flights & s.flying) >> lane & 1 == 1) {
            let named = net.knowledge.name_of(viewer, s.number[lane]);
            let (Some((number, since, saw)), Some(weapon)) = (named, weapon_of(s.pweapon[lane])) else { continue };
            let owner = s.owner[lane];
            out.push(KnownProjectile {
                number: number.into(),
                weapon,
                owner: self.id_of(owner.into()).filter(|id| known >> id.slot() & 1 == 1),
                own_team: s.pteam[lane] == s.blue >> viewer & 1,
                position: Vec2::new(s.px[lane], s.py[lane]),
                velocity: Vec2::new(s.pvx[lane], s.pvy[lane]),
                since,
                launch: saw.then(|| Launch {
                    born: s.born[lane],
                    flown: s.flown[lane],
                    range: s.reach[lane],
                    charge: s.level[lane],
                    fuse_ticks: (s.fuse[lane] != u32::MAX).then(|| s.fuse[lane].saturating_sub(s.tick)),
                }),
            });
        }
        // Lanes are taken as they are free, and would tell of others.
        out.sort_unstable_by_key(|p| p.number);
    }

    /// The clouds, all of which everybody knows, with the numbers that the player in a slot has for what they rose
    /// from. None for one for whom nothing is kept.
    pub fn known_clouds(&self, viewer: usize) -> impl Iterator<Item = CloudView> + '_ {
        let net = self.game.net.as_ref().filter(|_| viewer < PLAYERS);
        self.clouds().filter_map(move |cloud| {
            let (number, ..) = net?.knowledge.name_of(viewer, cloud.number)?;
            Some(CloudView { number: number.into(), ..cloud })
        })
    }

    /// Health of a slice in 1/64 points; `u16::MAX` for the border. 0 for slices the map does not have.
    pub fn slice_health(&self, slice: usize) -> u16 {
        self.game.blocks.get(slice / 64).map_or(0, |block| block.health[slice % 64])
    }

    /// The slice columns in blocks of 64.
    pub fn blocks(&self) -> &'a [Block] {
        &self.game.blocks
    }

    /// Grows with every change of any slice.
    pub fn walls_version(&self) -> u32 {
        self.game.state.walls_version
    }

    /// Bytes that this match keeps for itself, on and off the heap of the pool.
    pub fn bytes(&self) -> usize {
        self.bytes_by_part().iter().map(|(_, bytes)| bytes).sum()
    }

    /// The same by what they are for.
    pub fn bytes_by_part(&self) -> [(&'static str, usize); 10] {
        let game = self.game;
        let [knowledge, history, links, waiting] = game.net.as_ref().map_or([0; 4], |net| net.bytes());
        [
            ("columns", size_of::<MatchState>()),
            ("caches and handles", size_of::<Match>() - size_of::<MatchState>()),
            ("slices", size_of_val::<[Block]>(&game.blocks)),
            ("rings of events and sounds", game.events.bytes() + game.heard.bytes()),
            ("knowledge", knowledge),
            ("entries of past frames", history),
            ("links", links),
            ("told and not drained", waiting),
            ("guard", game.guard.as_ref().map_or(0, |guard| guard.bytes())),
            ("recorder", game.recorder.as_ref().map_or(0, |recorder| recorder.bytes())),
        ]
    }
}

fn clamp(v: Vec2) -> Vec2 {
    let (w, h) = crate::map::PLAYFIELD;
    // As bits, negative numbers and those that are none lie beyond all others.
    if v.x.to_bits() <= w.to_bits() && v.y.to_bits() <= h.to_bits() {
        return v;
    }
    let keep = |v: f32, high: f32| if v.is_finite() { v.clamp(0.0, high) } else { 0.0 };
    Vec2::new(keep(v.x, w), keep(v.y, h))
}

fn with_wave<R>(work: impl FnOnce(&mut Wave, &Kernels) -> R) -> R {
    thread_local! {
        static WAVE: RefCell<Box<Wave>> = RefCell::new(Box::new(Wave::new()));
    }
    WAVE.with(|wave| work(&mut wave.borrow_mut(), &Kernels::for_level(Level::detect())))
}
