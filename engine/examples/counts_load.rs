//! What `cargo xtask counts` counts: each stage of a fight's ticks under callgrind, and the allocations of each stage.
//!
//! ```text
//! valgrind --tool=callgrind --instr-atstart=no --collect-atstart=no --callgrind-out-file=FILE counts_load instructions avx2
//! counts_load allocations avx2
//! ```
//!
//! `cargo build --release -p trespasser-engine --features scenes --example counts_load` builds it.
//!
//! A pass counts one stage alone: it plays the same matches from the beginning and has callgrind collect between the ends of
//! the stage before and of the stage itself. Passes are the same work to the instruction, for a match depends on nothing but
//! its seed; bots, clients and draining are never collected. Callgrind writes a file for each pass, with `CASE STAGE` as
//! its trigger; what they are to be divided by is printed.

use std::ffi::CString;
use std::hint::black_box;
use std::sync::atomic::Ordering;
use trespasser::net::Receiver;
use trespasser::scenes::{Bots, armed_loadout, loadout};
use trespasser::sim::{Stage, StageProbe};
use trespasser::simd::Level;
use trespasser::{
    EventKind, GameMap, Loadout, MatchDef, MatchId, Op, PlayerDef, PlayerId, Reading, Snapshot, Vec2, World, WorldDef,
};

#[path = "../tests/support/counting.rs"]
mod counting;

use counting::CALLS;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Players of a match.
const PLAYERS: usize = 8;
/// Of the first bot and the last, as in `cargo xtask capacity`.
const SKILL: [f32; 2] = [0.3, 0.7];
/// Ticks until all matches fight.
const WARMUP: u32 = 360;
/// Ticks between polygons: 20 Hz.
const POLYGON_EVERY: u32 = 3;
/// Matches and ticks of a pass.
const COUNTED: (u64, u32) = (4, 90);
/// The same of allocations, which cost nothing to count.
const ALLOCATING: (u64, u32) = (8, 1800);
/// Times they are played.
const ROUNDS: usize = 4;

/// What bots carry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    /// Every gun that hits at once.
    Guns,
    /// All that is thrown or launched.
    Armed,
}

impl Case {
    const ALL: [Case; 2] = [Case::Guns, Case::Armed];

    fn name(self) -> &'static str {
        match self {
            Case::Guns => "guns",
            Case::Armed => "armed",
        }
    }

    fn loadout(self, n: usize) -> trespasser::Result<Loadout> {
        match self {
            Case::Guns => loadout(n),
            Case::Armed => armed_loadout(n),
        }
    }
}

fn skill(n: usize) -> f32 {
    SKILL[0] + (SKILL[1] - SKILL[0]) * n as f32 / (PLAYERS - 1) as f32
}

/// A match, its seed and the clients of its players.
struct Game {
    id: MatchId,
    seed: u64,
    clients: Vec<(PlayerId, Receiver)>,
}

/// Matches of eight fighting bots with a link for everybody.
struct Load {
    world: World,
    bots: Bots,
    games: Vec<Game>,
    message: Vec<u8>,
    tick: u32,
}

impl Load {
    fn new(case: Case, level: Level, matches: u64) -> Result<Load> {
        let map = GameMap::builtin("citadel", Reading::Fine)?;
        let mut world = World::new(WorldDef { simd: Some(level), ..WorldDef::default() })?;
        if world.simd() != level {
            return Err(format!("this processor does not have {}", level.name()).into());
        }
        let (mut bots, mut games) = (Bots::new(), Vec::new());
        for seed in 1..=matches {
            let id = world.create_match(&map, MatchDef { seed, kill_target: None })?;
            let mut clients = Vec::new();
            for n in 0..PLAYERS {
                let def = PlayerDef { loadout: case.loadout(n)?, ..PlayerDef::default() };
                let player = bots.add(&mut world, id, def, skill(n))?;
                world.open_link(id, player)?;
                clients.push((player, Receiver::new()));
            }
            clients.sort_by_key(|(player, _)| player.slot());
            games.push(Game { id, seed, clients });
        }
        Ok(Load { world, bots, games, message: Vec::new(), tick: 0 })
    }

    /// A tick: bots and clients beside the step.
    fn play(&mut self, step: impl FnOnce(&mut World)) -> Result<()> {
        self.bots.think(&mut self.world);
        self.go_on(step)
    }

    /// The same without bots.
    fn go_on(&mut self, step: impl FnOnce(&mut World)) -> Result<()> {
        step(&mut self.world);
        self.tick += 1;
        let mut at = 0;
        let mut answering = [0u8; 1 << 8];
        for packet in self.world.packets() {
            while self.games[at].id != packet.game {
                at += 1;
            }
            self.games[at].clients[packet.player.slot()].1.receive(packet.bytes)?;
            answering[at] |= 1 << packet.player.slot();
        }
        for (game, answering) in self.games.iter_mut().zip(answering) {
            for (slot, (player, client)) in game.clients.iter_mut().enumerate() {
                if answering >> slot & 1 == 1 {
                    self.message.clear();
                    client.write(0, &mut self.message);
                    self.world.receive(game.id, *player, &self.message)?;
                }
            }
            let mut over = false;
            self.world.drain_events(game.id, |event| {
                over |= EventKind::from_number(event.kind) == Some(EventKind::MatchEnded);
            })?;
            self.world.drain_sounds(game.id, |_| {})?;
            if over {
                game.seed += 1000;
                self.world.reset_match(game.id, game.seed)?;
            }
        }
        Ok(())
    }

    /// Polygons of everybody who lives, at 20 Hz, between `begin` and `end`; returns how many.
    fn polygons(&self, out: &mut Vec<Vec2>, begin: impl Fn(), mut end: impl FnMut()) -> Result<u64> {
        let mut made = 0;
        if self.tick.is_multiple_of(POLYGON_EVERY) {
            for game in &self.games {
                let view = self.world.view(game.id)?;
                for player in view.players().filter(|player| player.alive) {
                    begin();
                    view.polygon(player.id.slot(), out);
                    end();
                    made += 1;
                }
            }
        }
        Ok(made)
    }
}

/// Requests to callgrind. Elsewhere than under valgrind they do nothing.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod callgrind {
    use std::ffi::CStr;

    const TOOL: u64 = (b'C' as u64) << 24 | (b'T' as u64) << 16;

    #[inline(always)]
    fn request(code: u64, argument: u64) -> u64 {
        let request = [code, argument, 0, 0, 0, 0];
        let answer;
        // SAFETY: the sequence that valgrind knows: four rotations by 128 bits in all, which leave rdi as it was, and an
        // exchange of a register with itself. Valgrind reads the six words at rax, which live until the block ends, and
        // answers in rdx.
        unsafe {
            core::arch::asm!(
                "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
                in("rax") request.as_ptr(), inout("rdx") 0u64 => answer, options(nostack),
            );
        }
        answer
    }

    /// `RUNNING_ON_VALGRIND`.
    pub(crate) fn running() -> bool {
        request(0x1001, 0) != 0
    }

    /// `CALLGRIND_TOGGLE_COLLECT`.
    #[inline(always)]
    pub(crate) fn toggle() {
        request(TOOL + 2, 0);
    }

    /// `CALLGRIND_DUMP_STATS_AT`, which begins the next count at zero.
    pub(crate) fn dump(trigger: &CStr) {
        request(TOOL + 3, trigger.as_ptr() as u64);
    }

    /// `CALLGRIND_START_INSTRUMENTATION`.
    pub(crate) fn start() {
        request(TOOL + 4, 0);
    }

    /// `CALLGRIND_STOP_INSTRUMENTATION`.
    pub(crate) fn stop() {
        request(TOOL + 5, 0);
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod callgrind {
    use std::ffi::CStr;

    pub(crate) fn running() -> bool {
        false
    }
    pub(crate) fn toggle() {}
    pub(crate) fn dump(_: &CStr) {}
    pub(crate) fn start() {}
    pub(crate) fn stop() {}
}

/// Collects one stage.
struct Only(u8);

impl StageProbe for Only {
    // Calls of their own: what a probe costs is then the same for each stage, and can be taken off.
    #[inline(never)]
    fn begin(&mut self) {
        if self.0 == 0 {
            callgrind::toggle();
        }
    }

    #[inline(never)]
    fn end(&mut self, stage: Stage) {
        let ended = stage as u8;
        if ended == self.0 || ended + 1 == self.0 {
            callgrind::toggle();
        }
    }
}

fn dump(case: Case, what: &str) -> Result<()> {
    callgrind::dump(&CString::new(format!("{} {what}", case.name()))?);
    Ok(())
}

fn instructions(level: Level) -> Result<()> {
    if !callgrind::running() {
        return Err("instructions are counted by valgrind, on x86-64 with Linux: cargo xtask counts".into());
    }
    let (matches, ticks) = COUNTED;
    let warm = |case| -> Result<Load> {
        let mut load = Load::new(case, level, matches)?;
        for _ in 0..WARMUP {
            load.play(World::step)?;
        }
        callgrind::start();
        Ok(load)
    };
    for case in Case::ALL {
        for stage in Stage::ALL {
            let mut load = warm(case)?;
            let mut probe = Only(stage as u8);
            for _ in 0..ticks {
                load.play(|world| world.step_with(&mut probe))?;
            }
            dump(case, stage.name())?;
            callgrind::stop();
        }
        // All of it, with what stands between matches.
        let mut load = warm(case)?;
        for _ in 0..ticks {
            load.play(|world| {
                callgrind::toggle();
                world.step();
                callgrind::toggle();
            })?;
        }
        dump(case, "step")?;
        callgrind::stop();
        println!("{} match-ticks {}", case.name(), u64::from(ticks) * matches);
    }

    let mut load = warm(Case::Guns)?;
    let (mut out, mut made) = (Vec::new(), 0);
    for _ in 0..ticks {
        load.play(World::step)?;
        made += load.polygons(&mut out, callgrind::toggle, callgrind::toggle)?;
    }
    dump(Case::Guns, "polygon")?;
    println!("guns polygons {made}");

    // A probe with nothing in between.
    let mut probe = Only(Stage::Weapons as u8);
    for _ in 0..1000 {
        let probe = black_box(&mut probe);
        probe.end(Stage::Movement);
        probe.end(Stage::Weapons);
    }
    dump(Case::Guns, "probe")?;
    println!("guns probes 1000");
    Ok(())
}

/// Allocations by stage.
#[derive(Default)]
struct Allocations {
    before: u64,
    by_stage: [u64; Stage::ALL.len()],
}

impl StageProbe for Allocations {
    fn begin(&mut self) {
        self.before = CALLS.load(Ordering::Relaxed);
    }

    fn end(&mut self, stage: Stage) {
        let now = CALLS.load(Ordering::Relaxed);
        self.by_stage[stage as usize] += now - self.before;
        self.before = now;
    }
}

/// Lists grow to what the busiest fight needs. So the same ticks are played again and again, with the same inputs after a
/// rollback: the last time nothing is left to grow.
fn allocations(level: Level) -> Result<()> {
    let (matches, ticks) = ALLOCATING;
    for case in Case::ALL {
        let mut load = Load::new(case, level, matches)?;
        for _ in 0..WARMUP {
            load.play(World::step)?;
        }
        let mut begin = Vec::new();
        for game in &load.games {
            let mut snapshot = Snapshot::new();
            load.world.snapshot(game.id, &mut snapshot)?;
            begin.push((snapshot, game.seed));
        }
        let mut done: Vec<Vec<(MatchId, Op)>> = Vec::new();
        for _ in 0..ticks {
            let mut now = Vec::new();
            load.bots.think_told(&mut load.world, |id, op| now.push((id, *op)));
            load.go_on(World::step)?;
            done.push(now);
        }
        let hashes = |load: &Load| -> Result<Vec<u64>> {
            Ok(load.games.iter().map(|game| load.world.hash(game.id)).collect::<trespasser::Result<_>>()?)
        };
        let was = hashes(&load)?;

        let (mut out, mut rounds) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            for (game, (snapshot, seed)) in load.games.iter_mut().zip(&begin) {
                load.world.rollback(game.id, snapshot)?;
                game.seed = *seed;
            }
            load.tick = 0;
            let (mut probe, mut whole, mut in_polygons) = (Allocations::default(), 0, 0);
            for now in &done {
                for (id, op) in now {
                    load.world.apply(*id, op)?;
                }
                load.go_on(|world| {
                    let before = CALLS.load(Ordering::Relaxed);
                    world.step_with(&mut probe);
                    whole += CALLS.load(Ordering::Relaxed) - before;
                })?;
                let before = CALLS.load(Ordering::Relaxed);
                load.polygons(&mut out, || {}, || {})?;
                in_polygons += CALLS.load(Ordering::Relaxed) - before;
            }
            if hashes(&load)? != was {
                let name = case.name();
                return Err(
                    format!("{name}: the same inputs ended in another hash, so their allocations say nothing").into()
                );
            }
            rounds.push((probe, whole, in_polygons));
        }
        let growing: Vec<u64> = rounds.iter().map(|(_, whole, _)| *whole).collect();
        eprintln!("{}: allocations of the rounds, lists growing: {growing:?}", case.name());
        let Some((probe, whole, in_polygons)) = rounds.pop() else { continue };
        for (stage, calls) in Stage::ALL.iter().zip(probe.by_stage) {
            println!("{} {} {calls}", case.name(), stage.name());
        }
        println!("{} step {whole}", case.name());
        println!("{} polygon {in_polygons}", case.name());
    }
    Ok(())
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, level] = &arguments[..] else {
        return Err("arguments: instructions or allocations, and a level: scalar, sse2, avx2 or avx512".into());
    };
    let level = [Level::Scalar, Level::Sse2, Level::Avx2, Level::Avx512]
        .into_iter()
        .find(|known| known.name() == level)
        .ok_or_else(|| format!("no level is called {level:?}; there are scalar, sse2, avx2 and avx512"))?;
    match what.as_str() {
        "instructions" => instructions(level),
        "allocations" => allocations(level),
        _ => Err(format!("{what:?} is neither instructions nor allocations").into()),
    }
}
