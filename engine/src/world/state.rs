//! What changes in a match: fixed columns of plain bytes, so that saving is a copy and hashing a pass over bytes.

use super::event::EventRing;
use super::input::{Buttons, InputCmd};
use super::ring::HeardRing;
use crate::map::{COLS, GameMap, Geometry, ROWS};
use crate::rules::{INVENTORY, Tuned};
use crate::sim::SightCache;
use crate::vision::SightChanges;
use bytemuck::{Pod, Zeroable};
use std::sync::Arc;
use wide::f32x8;

/// Players of a match: one group of eight lanes.
pub const PLAYERS: usize = 8;
/// Inputs that can wait for a player.
pub const QUEUE: usize = 12;
/// Projectiles in flight at once; a trigger that would launch one more is refused.
pub const PROJECTILES: usize = 64;
/// Clouds at once; the oldest makes room for one more.
pub const CLOUDS: usize = 32;
/// Past positions kept for lag compensation.
pub(crate) const HISTORY: usize = 16;
/// An empty place in an inventory.
pub(crate) const NO_WEAPON: u8 = 0xFF;
/// No winner.
pub(crate) const NOBODY: u8 = 2;

/// How a player moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Gait {
    /// Slower than the idle limit.
    Idle = 0,
    /// Ctrl.
    Sneaking = 1,
    /// Neither.
    Walking = 2,
    /// Shift.
    Running = 3,
}

impl Gait {
    /// As in the protocol.
    pub fn name(self) -> &'static str {
        ["idle", "sneaking", "walking", "running"][self as usize]
    }

    pub(crate) fn from_number(n: u8) -> Gait {
        [Gait::Idle, Gait::Sneaking, Gait::Walking, Gait::Running][(n & 3) as usize]
    }
}

/// A lane of 32-bit floats for the eight players.
pub(crate) type Lanes = [f32; PLAYERS];

/// The columns of a match. 8,256 bytes; a quiet tick reads the first 1.4 KB and the row bitsets.
///
/// Masks are bytes with bit = slot. A dead lane (a slot that nobody has) holds zeros in every column but
/// `generation`, which only grows.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
pub(crate) struct MatchState {
    // Hot: read and written every tick.
    /// Centre of the body, px.
    pub(crate) x: Lanes,
    pub(crate) y: Lanes,
    /// px/s.
    pub(crate) vx: Lanes,
    pub(crate) vy: Lanes,
    /// Facing as a unit vector.
    pub(crate) aim_x: Lanes,
    pub(crate) aim_y: Lanes,
    /// Cursor, px.
    pub(crate) cursor_x: Lanes,
    pub(crate) cursor_y: Lanes,
    /// Sight distance, px, and cosine of half the cone; of the last tick in which the player lived.
    pub(crate) sight: Lanes,
    pub(crate) cone_cos: Lanes,
    /// 1/64 points; 0 when dead.
    pub(crate) health: [i32; PLAYERS],
    /// Time not yet lived, in 1/tick_rate of an input.
    pub(crate) credit: [i16; PLAYERS],
    /// Buttons held in the last input.
    pub(crate) held: [Buttons; PLAYERS],
    /// Presses waiting for the weapons stage.
    pub(crate) pressed: [Buttons; PLAYERS],
    /// Presses by the host since the last tick.
    pub(crate) host_taps: [Buttons; PLAYERS],
    /// [`Gait`].
    pub(crate) gait: [u8; PLAYERS],
    /// Place of the weapon in hand.
    pub(crate) hand: [u8; PLAYERS],
    /// Row v, bit t: v sees the enemy t.
    pub(crate) sees: [u8; PLAYERS],
    pub(crate) queue_len: [u8; PLAYERS],
    /// Ticks in a row that held keys stood in for inputs.
    pub(crate) repeats: [u8; PLAYERS],
    /// Inputs whose time such ticks have used up.
    pub(crate) debt: [u8; PLAYERS],
    /// Slot of the last killer, or `NONE`.
    pub(crate) killer: [u8; PLAYERS],
    pub(crate) seed: u64,
    pub(crate) tick: u32,
    /// Grows with every change of any slice.
    pub(crate) walls_version: u32,
    pub(crate) joined: u8,
    pub(crate) alive: u8,
    /// Team: 0 red, 1 blue.
    pub(crate) blue: u8,
    pub(crate) aiming: u8,
    /// Has been placed once.
    pub(crate) placed: u8,
    /// Has sent an input.
    pub(crate) heard: u8,
    /// Wants to respawn.
    pub(crate) asks: u8,
    /// The match is over.
    pub(crate) over: u8,
    pub(crate) winner: u8,
    pub(crate) spare: [u8; 3],
    pub(crate) kill_target: u16,
    /// Red, blue; leavers' kills stay.
    pub(crate) team_kills: [u16; 2],
    pub(crate) spare2: u16,
    /// Ticks until the magazine is full; 0: not reloading.
    pub(crate) reload: [u16; PLAYERS],
    /// Ticks of silence left after overheating.
    pub(crate) silence: [u16; PLAYERS],
    /// 1/tick_rate of a unit of heat.
    pub(crate) heat: [i32; PLAYERS],
    /// Weapon number or `NO_WEAPON`.
    pub(crate) weapon: [[u8; PLAYERS]; INVENTORY],
    pub(crate) ammo: [[u16; PLAYERS]; INVENTORY],
    pub(crate) reserve: [[u16; PLAYERS]; INVENTORY],
    /// 60 s in ticks a shot, less the rate a tick; the weapon fires at 0 or less.
    pub(crate) cooldown: [[i32; PLAYERS]; INVENTORY],
    // Warm: when something happens.
    pub(crate) generation: [u32; PLAYERS],
    /// Sequence number of the last input applied.
    pub(crate) last_sequence: [u32; PLAYERS],
    /// Newest server tick that the player has told of.
    pub(crate) ack_tick: [u32; PLAYERS],
    pub(crate) death_tick: [u32; PLAYERS],
    pub(crate) damage_tick: [u32; PLAYERS],
    pub(crate) invulnerable_until: [u32; PLAYERS],
    pub(crate) kills: [u16; PLAYERS],
    pub(crate) deaths: [u16; PLAYERS],
    /// 1/64 points, to enemies.
    pub(crate) damage_dealt: [i32; PLAYERS],
    /// Inputs thrown away: too many waiting; old or repeated.
    pub(crate) dropped: [u32; PLAYERS],
    pub(crate) ignored: [u32; PLAYERS],
    /// The loadout to restore, weapon numbers or `NO_WEAPON`.
    pub(crate) loadout: [[u8; INVENTORY]; PLAYERS],
    /// Next serial number of a projectile.
    pub(crate) serial: u32,
    /// Ticks the trigger of a thrown weapon has been held; 0: not held.
    pub(crate) charge: [u16; PLAYERS],
    /// Level of charge that the host throws with in the next tick; 0: none.
    pub(crate) host_throw: [u8; PLAYERS],
    /// First tick of the present life.
    pub(crate) spawn_tick: [u32; PLAYERS],
    /// Tick of the flash that dazzles, and its intensity, 0 to 1; 0: none.
    pub(crate) flash_tick: [u32; PLAYERS],
    pub(crate) flash: Lanes,
    /// px walked since the last footstep, and the loudest gait of it.
    pub(crate) stride: Lanes,
    pub(crate) stride_gait: [u8; PLAYERS],
    // Projectiles: 64 lanes, `flying` says which live; dead lanes hold zeros.
    pub(crate) flying: u64,
    /// Has left the body it was thrown from.
    pub(crate) left_owner: u64,
    pub(crate) px: [f32; PROJECTILES],
    pub(crate) py: [f32; PROJECTILES],
    /// px/s.
    pub(crate) pvx: [f32; PROJECTILES],
    pub(crate) pvy: [f32; PROJECTILES],
    /// px flown, and px after which it ends or rests.
    pub(crate) flown: [f32; PROJECTILES],
    pub(crate) reach: [f32; PROJECTILES],
    /// Tick in which the fuse is over; `u32::MAX`: no fuse.
    pub(crate) fuse: [u32; PROJECTILES],
    pub(crate) born: [u32; PROJECTILES],
    pub(crate) number: [u32; PROJECTILES],
    pub(crate) pweapon: [u8; PROJECTILES],
    /// Slot of the owner, or `NONE` once the owner has left.
    pub(crate) owner: [u8; PROJECTILES],
    /// Team of the owner.
    pub(crate) pteam: [u8; PROJECTILES],
    pub(crate) level: [u8; PROJECTILES],
    // Clouds: a ring, `clouds` says which live.
    pub(crate) cloud_x: [f32; CLOUDS],
    pub(crate) cloud_y: [f32; CLOUDS],
    pub(crate) cloud_born: [u32; CLOUDS],
    pub(crate) cloud_number: [u32; CLOUDS],
    pub(crate) clouds: u32,
    pub(crate) spare5: u32,
    // Positions at the end of past ticks, at place `(tick / stride) % HISTORY`.
    pub(crate) past_x: [Lanes; HISTORY],
    pub(crate) past_y: [Lanes; HISTORY],
    pub(crate) past_tick: [u32; HISTORY],
    // Rows of the 10 px grid, bit = column; functions of the slices.
    /// Cells with a slice that stops sight.
    pub(crate) sight_any: [u64; ROWS],
    /// Cells that stop sight everywhere.
    pub(crate) sight_full: [u64; ROWS],
    /// Cells with a slice that stops bodies.
    pub(crate) solid_any: [u64; ROWS],
    /// Cells that sound goes through: standing slices cover less than half. By row, and the same by column.
    pub(crate) open: [u64; ROWS],
    pub(crate) open_columns: [u32; COLS],
    // Cold: the waiting inputs.
    pub(crate) queue: [[InputCmd; QUEUE]; PLAYERS],
    pub(crate) spare3: [u8; STATE_PAD],
}

const STATE_PAD: usize = 24;
const _: () = assert!(size_of::<MatchState>() == 8256);

/// 64 slices: health in 1/64 points and two bitsets.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C, align(16))]
pub struct Block {
    /// 0: gone. `u16::MAX`: border. Padding lanes hold 0.
    pub health: [u16; 64],
    /// Bodies pass: no health.
    pub gone: u64,
    /// Sight passes.
    pub clear: u64,
}

const _: () = assert!(size_of::<Block>() == 144);

impl Block {
    /// Sets a slice's health and the bits that follow from it; `see_through`: the most health at which sight passes.
    pub(crate) fn set_health(&mut self, lane: usize, health: u16, see_through: u16) {
        let bit = 1u64 << lane;
        let set = |word: u64, on: bool| if on { word | bit } else { word & !bit };
        self.health[lane] = health;
        self.gone = set(self.gone, health == 0);
        self.clear = set(self.clear, health <= see_through);
    }
}

/// A match: its columns, its slices, and what it shares with others.
///
/// In this order, so that what leads elsewhere lies together and can be asked for at once ([`crate::sim`]).
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Match {
    pub(crate) state: MatchState,
    pub(crate) blocks: Box<[Block]>,
    pub(crate) events: EventRing,
    pub(crate) heard: HeardRing,
    /// Events that have made their sounds.
    pub(crate) sounded: u64,
    pub(crate) map: Arc<GameMap>,
    pub(crate) rules: Arc<Tuned>,
    /// What is told to whom; no part of the state. `None`: nobody watches.
    pub(crate) net: Option<Box<crate::net::Net>>,
    /// Writes down what happens; no part of the state. `None`: nobody records.
    pub(crate) recorder: Option<Box<crate::replay::Recorder>>,
    /// Looks for what no honest player does; no part of the state. `None`: nobody asks.
    pub(crate) guard: Option<Box<crate::guard::Guard>>,
    /// No other match of this process has or had it.
    pub(crate) serial: u64,
    /// What the last ticks found out about who sees whom; no part of the state.
    pub(crate) sight: SightCache,
    /// Where slices have begun or ceased to stop sight; no part of the state.
    pub(crate) changes: SightChanges,
}

impl Match {
    /// What is told to whom, begun if nobody has been told anything yet.
    pub(crate) fn net_or_new(&mut self, def: crate::net::NetDef, place: usize) -> &mut crate::net::Net {
        if self.net.is_none() {
            self.net = Some(Box::new(crate::net::Net::new(def, self, place)));
        }
        self.net.as_deref_mut().expect("made above")
    }

    /// Cells that stop sight everywhere, by column, if they are known to be as the rows have them.
    #[inline]
    pub(crate) fn full_columns(&self) -> Option<&[u32; crate::map::COLS]> {
        if self.changes.fresh() == 0 { self.sight.full_columns() } else { None }
    }

    /// Nothing found out about the walls so far holds any more.
    pub(crate) fn forget_sight(&mut self) {
        self.sight = SightCache::EMPTY;
        self.changes = SightChanges::new();
    }
}

impl MatchState {
    /// Of a new match with nobody in it, its walls not yet set.
    pub(crate) fn created(seed: u64, kill_target: u16) -> MatchState {
        let mut state = MatchState::zeroed();
        (state.seed, state.kill_target, state.winner) = (seed, kill_target, NOBODY);
        state.weapon = [[NO_WEAPON; PLAYERS]; INVENTORY];
        state.loadout = [[NO_WEAPON; INVENTORY]; PLAYERS];
        state
    }

    /// Slots of a mask, ascending.
    #[inline]
    pub(crate) fn slots(mask: u8) -> impl Iterator<Item = usize> {
        let mut left = mask;
        core::iter::from_fn(move || {
            if left == 0 {
                return None;
            }
            let slot = left.trailing_zeros() as usize;
            left &= left - 1;
            Some(slot)
        })
    }

    /// All bits of the lanes of a mask's slots.
    #[inline]
    pub(crate) fn lanes(mask: u8) -> f32x8 {
        let lanes: [u32; PLAYERS] = core::array::from_fn(|slot| u32::from(mask >> slot & 1).wrapping_neg());
        f32x8::from(lanes.map(f32::from_bits))
    }

    /// Mask of the slots whose lane is not 0.
    #[inline]
    pub(crate) fn mask(lanes: &[u32; PLAYERS]) -> u8 {
        (0..PLAYERS).fold(0, |mask, slot| mask | u8::from(lanes[slot] != 0) << slot)
    }

    /// Takes over the rows, which are functions of the slices.
    pub(crate) fn take_rows(&mut self, of: &MatchState) {
        (self.sight_any, self.sight_full, self.solid_any) = (of.sight_any, of.sight_full, of.solid_any);
        (self.open, self.open_columns) = (of.open, of.open_columns);
    }

    /// Mask of the players on the other side of `slot`, dead or alive.
    #[inline]
    pub(crate) fn enemies(&self, slot: usize) -> u8 {
        self.joined & if self.blue >> slot & 1 == 1 { !self.blue } else { self.blue }
    }

    /// Weapon number in hand.
    #[inline]
    pub(crate) fn in_hand(&self, slot: usize) -> u8 {
        self.weapon[self.hand[slot] as usize][slot]
    }
}

/// Sets health, bitsets and rows to the map's beginning.
pub(crate) fn restore_walls(state: &mut MatchState, blocks: &mut [Block], geometry: &Geometry) {
    for (b, block) in blocks.iter_mut().enumerate() {
        block.health.copy_from_slice(&geometry.max_health[b * 64..b * 64 + 64]);
        for lane in 0..64 {
            if geometry.missing[b] >> lane & 1 == 1 {
                block.health[lane] = 0;
            }
        }
    }
    derive_walls(state, blocks, geometry);
}

/// Computes bitsets and rows from the health column.
pub(crate) fn derive_walls(state: &mut MatchState, blocks: &mut [Block], geometry: &Geometry) {
    for (b, block) in blocks.iter_mut().enumerate() {
        for lane in 0..64 {
            block.set_health(lane, block.health[lane], geometry.see_through[b * 64 + lane]);
        }
    }
    for cell in 0..crate::map::CELLS {
        derive_cell(state, blocks, geometry, cell);
    }
}

/// Computes a cell's bits in the rows from its slices.
pub(crate) fn derive_cell(state: &mut MatchState, blocks: &[Block], geometry: &Geometry, cell: usize) {
    let (row, bit) = (cell / crate::map::COLS, 1u64 << (cell % crate::map::COLS));
    let (mut opaque, mut solid, mut all) = (false, false, true);
    let mut covered = 0;
    for (&slice, &share) in geometry.cell(cell).iter().zip(geometry.shares(cell)) {
        let (block, lane) = (&blocks[slice as usize / 64], slice % 64);
        let stops_sight = block.clear >> lane & 1 == 0;
        opaque |= stops_sight;
        all &= stops_sight;
        let stands = block.gone >> lane & 1 == 0;
        solid |= stands;
        covered += if stands { u32::from(share) } else { 0 };
    }
    let set = |word: &mut u64, on: bool| *word = if on { *word | bit } else { *word & !bit };
    set(&mut state.sight_any[row], opaque);
    set(&mut state.sight_full[row], opaque && all && geometry.tiled[row] & bit != 0);
    set(&mut state.solid_any[row], solid);
    let open = covered < crate::map::HALF_CELL;
    set(&mut state.open[row], open);
    let (column, bit) = (&mut state.open_columns[cell % crate::map::COLS], 1u32 << row);
    *column = if open { *column | bit } else { *column & !bit };
}
