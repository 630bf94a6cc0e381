//! A tick of one match. The order of the calls in `step` is the one place where the game's causality is written
//! down; a stage reads and writes the columns that its file names.

mod ahead;
mod blasts;
mod clouds;
mod inputs;
mod life;
mod movement;
mod projectiles;
mod shots;
mod sight;
mod sounds;
mod walls;
mod weapons;

pub(crate) use clouds::{cloud, discs, impairment};
pub(crate) use inputs::enqueue;
pub(crate) use life::{equip, fell, give, join, kill, leave, repair, reset, revive, spawn_now};
pub(crate) use movement::slid;
pub(crate) use projectiles::{by_number, clear as clear_air};
pub(crate) use sight::SightCache;
pub use sounds::Arrival;
pub(crate) use sounds::{arrival, listeners};

use crate::map::MAX_SLICES;
use crate::simd::Kernels;
use crate::sound::{Heard, Wave};
use crate::vision::Crossings;
use crate::world::Columns;
use crate::world::state::{Match, PLAYERS, PROJECTILES};

/// A stage of a tick, for measuring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// Queued inputs become motion.
    Movement = 0,
    /// Switching, reload, heat, triggers.
    Weapons = 1,
    /// Hitscan.
    Shots = 2,
    /// Flight, bounces, fuses.
    Projectiles = 3,
    /// Explosions.
    Blasts = 4,
    /// Damage to slices.
    Walls = 5,
    /// Smoke and flash.
    Clouds = 6,
    /// Damage to bodies, kills, respawns, the end.
    Life = 7,
    /// Who sees whom.
    Sight = 8,
    /// Who hears what.
    Sounds = 9,
    /// What each player may know.
    Knowledge = 10,
    /// In a frame's tick, what is sent.
    Send = 11,
}

impl Stage {
    /// All stages in their order.
    pub const ALL: [Stage; 12] = [
        Stage::Movement,
        Stage::Weapons,
        Stage::Shots,
        Stage::Projectiles,
        Stage::Blasts,
        Stage::Walls,
        Stage::Clouds,
        Stage::Life,
        Stage::Sight,
        Stage::Sounds,
        Stage::Knowledge,
        Stage::Send,
    ];

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        [
            "movement",
            "weapons",
            "shots",
            "projectiles",
            "blasts",
            "walls",
            "clouds",
            "life",
            "sight",
            "sounds",
            "knowledge",
            "send",
        ][self as usize]
    }
}

/// Told when a stage of a match's tick ends. The engine reads no clock; a report's probe may.
pub trait StageProbe {
    /// Before the first stage of a match.
    fn begin(&mut self);
    /// After `stage`.
    fn end(&mut self, stage: Stage);
    /// The match's columns after a stage, each time after [`StageProbe::end`]; with `None` before the first, when they
    /// hold what hosts have done since the last tick. A probe that does not care costs nothing.
    #[inline(always)]
    fn look(&mut self, after: Option<Stage>, columns: &Columns<'_>) {
        let _ = (after, columns);
    }
}

/// Measures nothing, costs nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoProbe;

impl StageProbe for NoProbe {
    #[inline(always)]
    fn begin(&mut self) {}
    #[inline(always)]
    fn end(&mut self, _: Stage) {}
}

/// A pull of the trigger that the weapons stage let through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shot {
    pub(crate) slot: u8,
    pub(crate) weapon: u8,
    /// 0 to 1, in use.
    pub(crate) accuracy: f32,
    /// Level of charge of a throw.
    pub(crate) level: u8,
}

/// A projectile that goes off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blast {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) weapon: u8,
    /// Slot, or `NONE`.
    pub(crate) owner: u8,
    pub(crate) number: u32,
    /// Tick in which it was launched.
    pub(crate) born: u32,
}

/// Attackers of a body: the slots, and whoever has left.
pub(crate) const ATTACKERS: usize = PLAYERS + 1;

/// Damage to a slice, in the order in which it was dealt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WallHit {
    pub(crate) slice: u16,
    pub(crate) slot: u8,
    pub(crate) weapon: u8,
    /// 1/64 points.
    pub(crate) damage: u16,
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// Wall hits of a tick that are told one by one; all are dealt.
const WALL_HITS: usize = 4096;

/// What a tick needs only while it runs: one for each thread, not for each match. Allocated once.
pub(crate) struct Scratch {
    pub(crate) kernels: Kernels,
    pub(crate) shots: Vec<Shot>,
    pub(crate) crossings: Crossings,
    pub(crate) wall_hits: Vec<WallHit>,
    /// 1/64 points by slice, all 0 between ticks; blocks of `damaged` hold some.
    pub(crate) slice_damage: Box<[[u16; 64]]>,
    pub(crate) damaged: [u64; 2],
    /// 1/64 points by slice, of the hits told so far; only slices hit in this tick are current.
    pub(crate) told: Box<[u16]>,
    /// 1/64 points, [victim][attacker].
    pub(crate) body_damage: [[i32; ATTACKERS]; PLAYERS],
    /// Weapon of the attacker's heaviest hit on the victim in this tick.
    pub(crate) body_weapon: [[u8; ATTACKERS]; PLAYERS],
    /// Heaviest single hit behind `body_weapon`.
    pub(crate) body_worst: [[i32; ATTACKERS]; PLAYERS],
    pub(crate) blasts: Vec<Blast>,
    pub(crate) body_hit: u8,
    pub(crate) sounds: Vec<sounds::Sound>,
    /// Slices that broke: number of the event, place of the sound that it makes or is part of.
    pub(crate) breaks: Vec<(u64, usize)>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) wave: Box<Wave>,
    pub(crate) out: crate::net::Outbox,
}

impl Scratch {
    pub(crate) fn new(kernels: Kernels) -> Self {
        Scratch {
            kernels,
            shots: Vec::with_capacity(PLAYERS),
            crossings: Crossings::new(),
            wall_hits: Vec::with_capacity(WALL_HITS),
            slice_damage: vec![[0; 64]; MAX_SLICES / 64].into_boxed_slice(),
            damaged: [0; 2],
            told: vec![0; MAX_SLICES].into_boxed_slice(),
            body_damage: [[0; ATTACKERS]; PLAYERS],
            body_weapon: [[0; ATTACKERS]; PLAYERS],
            body_worst: [[0; ATTACKERS]; PLAYERS],
            blasts: Vec::with_capacity(PROJECTILES),
            body_hit: 0,
            sounds: Vec::with_capacity(sounds::SOUNDS),
            breaks: Vec::with_capacity(sounds::SOUNDS),
            heard: Vec::with_capacity(sounds::SOUNDS),
            wave: Box::new(Wave::new()),
            out: crate::net::Outbox::default(),
        }
    }

    /// Books damage to a slice. Sums saturate far above the health of any slice.
    pub(crate) fn damage_slice(&mut self, hit: WallHit) {
        let slice = hit.slice as usize;
        let sum = &mut self.slice_damage[slice / 64][slice % 64];
        *sum = sum.saturating_add(hit.damage);
        self.damaged[slice / 64 / 64] |= 1 << (slice / 64 % 64);
        if self.wall_hits.len() < WALL_HITS {
            self.wall_hits.push(hit);
        }
    }

    /// Books damage to a body, 1/64 points; an attacker over 7 is nobody.
    pub(crate) fn damage_body(&mut self, victim: usize, attacker: usize, weapon: u8, damage: i32) {
        let attacker = attacker.min(PLAYERS);
        let worst = &mut self.body_worst[victim][attacker];
        // Equal hits by two weapons: the lower number, so that no order matters.
        let named = &mut self.body_weapon[victim][attacker];
        if damage > *worst || (damage == *worst && weapon < *named) {
            (*worst, *named) = (damage, weapon);
        }
        let sum = &mut self.body_damage[victim][attacker];
        *sum = sum.saturating_add(damage);
        self.body_hit |= 1 << victim;
    }
}

/// One tick of one match.
/// `place` is the match's in the world, for what is sent. `next` is the one to be stepped after it, whose memory is asked
/// for beside the stages.
pub(crate) fn step<P: StageProbe>(
    game: &mut Match,
    place: u32,
    scratch: &mut Scratch,
    probe: &mut P,
    next: Option<&Match>,
) {
    next.inspect(|next| ahead::begin(next));
    look(game, probe, None);
    probe.begin();
    game.state.tick += 1;
    inputs::run(game);
    probe.end(Stage::Movement);
    look(game, probe, Some(Stage::Movement));
    next.inspect(|next| ahead::columns(next));
    weapons::run(game, scratch);
    probe.end(Stage::Weapons);
    look(game, probe, Some(Stage::Weapons));
    next.inspect(|next| ahead::inputs(next));
    shots::run(game, scratch);
    probe.end(Stage::Shots);
    look(game, probe, Some(Stage::Shots));
    next.inspect(|next| ahead::rows(next));
    projectiles::run(game, scratch);
    probe.end(Stage::Projectiles);
    look(game, probe, Some(Stage::Projectiles));
    blasts::run(game, scratch);
    probe.end(Stage::Blasts);
    look(game, probe, Some(Stage::Blasts));
    walls::run(game, scratch);
    probe.end(Stage::Walls);
    look(game, probe, Some(Stage::Walls));
    clouds::run(game, scratch);
    probe.end(Stage::Clouds);
    look(game, probe, Some(Stage::Clouds));
    life::run(game, scratch);
    probe.end(Stage::Life);
    look(game, probe, Some(Stage::Life));
    next.inspect(|next| ahead::sight(next));
    sight::run(game, &scratch.kernels);
    probe.end(Stage::Sight);
    look(game, probe, Some(Stage::Sight));
    next.inspect(|next| ahead::slices(next));
    ahead::lists(game);
    sounds::run(game, scratch);
    probe.end(Stage::Sounds);
    look(game, probe, Some(Stage::Sounds));
    next.inspect(|next| ahead::knowledge(next));
    crate::net::run(game, place, &mut scratch.out, probe);
    next.inspect(|next| ahead::links(next));
    watch(game);
}

#[inline(always)]
fn look<P: StageProbe>(game: &Match, probe: &mut P, after: Option<Stage>) {
    probe.look(after, &Columns::new(&game.state, &game.blocks));
}

/// Those who look on, after the tick.
#[inline]
fn watch(game: &mut Match) {
    if let Some(mut guard) = game.guard.take() {
        guard.tick(game);
        game.guard = Some(guard);
    }
    if let Some(mut recorder) = game.recorder.take() {
        recorder.tick(game);
        game.recorder = Some(recorder);
    }
}
