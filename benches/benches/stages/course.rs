//! Ticks of a scene, each to be played again from just before it, at every level.

use std::time::{Duration, Instant};
use trespasser::scenes::Scene;
use trespasser::sim::{Stage, StageProbe};
use trespasser::simd::Level;
use trespasser::world::{MatchDef, MatchId, MatchView, Snapshot};
use trespasser::{Columns, Event, EventKind, Heard, World, WorldDef};
use trespasser_benches::suite::{Contender, Kind, Suite};

/// Ticks of a scene that are looked through for moments.
const TICKS: u32 = 14_400;
/// Moments where a stage is timed, and where it is only checked.
const MANY: usize = 64;
const FEW: usize = 12;

/// What a tick is chosen by.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tick {
    pub(crate) events: Vec<Event>,
    /// Before it.
    pub(crate) flying: usize,
    pub(crate) clouds: usize,
    pub(crate) moving: usize,
}

impl Tick {
    pub(crate) fn of(&self, kind: EventKind) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.kind == kind as u8)
    }

    pub(crate) fn has(&self, kind: EventKind) -> bool {
        self.of(kind).next().is_some()
    }
}

/// A match just before a tick, its inputs queued, and what happened in it.
pub(crate) struct Moment {
    before: Snapshot,
    hash: u64,
    pub(crate) tick: Tick,
    pub(crate) heard: Vec<Heard>,
}

/// Somebody who plays moments at a level.
pub(crate) struct Player {
    pub(crate) level: Level,
    pub(crate) world: World,
    pub(crate) game: MatchId,
}

impl Player {
    fn turn_back(&mut self, moment: &Moment) {
        self.world.rollback(self.game, &moment.before).expect("a snapshot of the same map and rules");
    }

    /// The match before the tick.
    pub(crate) fn before(&mut self, moment: &Moment) -> MatchView<'_> {
        self.turn_back(moment);
        self.view()
    }

    /// The match after it.
    pub(crate) fn after(&mut self, moment: &Moment) -> MatchView<'_> {
        self.turn_back(moment);
        self.world.step();
        self.view()
    }

    fn view(&self) -> MatchView<'_> {
        self.world.view(self.game).expect("the match is there")
    }

    /// All columns after a stage, or before the first.
    pub(crate) fn columns(&mut self, moment: &Moment, after: Option<Stage>) -> Store {
        self.turn_back(moment);
        let mut look = Look { after, found: None };
        self.world.step_with(&mut look);
        look.found.expect("every stage is run")
    }
}

/// Copies all columns after one stage.
struct Look {
    after: Option<Stage>,
    found: Option<Store>,
}

impl StageProbe for Look {
    fn begin(&mut self) {}
    fn end(&mut self, _: Stage) {}
    fn look(&mut self, after: Option<Stage>, columns: &Columns<'_>) {
        if after == self.after {
            let read = |column| {
                let mut bytes = Vec::new();
                columns.read(column, &mut bytes);
                bytes
            };
            self.found = Some(Store((0..Columns::all().len()).map(read).collect()));
        }
    }
}

/// Columns of a match, as bytes.
pub(crate) struct Store(Vec<Vec<u8>>);

impl Store {
    pub(crate) fn bytes(&self, name: &str) -> &[u8] {
        &self.0[Columns::find(name).expect("a column of that name")]
    }

    fn lanes<const N: usize, T>(&self, name: &str, of: fn([u8; N]) -> T) -> Vec<T> {
        self.bytes(name).chunks_exact(N).map(|lane| of(lane.try_into().expect("as many bytes"))).collect()
    }

    pub(crate) fn f32s(&self, name: &str) -> Vec<f32> {
        self.lanes(name, f32::from_le_bytes)
    }

    pub(crate) fn i32s(&self, name: &str) -> Vec<i32> {
        self.lanes(name, i32::from_le_bytes)
    }

    pub(crate) fn u32s(&self, name: &str) -> Vec<u32> {
        self.lanes(name, u32::from_le_bytes)
    }

    pub(crate) fn u16s(&self, name: &str) -> Vec<u16> {
        self.lanes(name, u16::from_le_bytes)
    }

    pub(crate) fn u64s(&self, name: &str) -> Vec<u64> {
        self.lanes(name, u64::from_le_bytes)
    }
}

/// Moments of a scene.
pub(crate) struct Course {
    /// Scene and number of ticks.
    pub(crate) name: String,
    pub(crate) moments: Vec<Moment>,
    /// The best level first.
    pub(crate) players: Vec<Player>,
}

impl Course {
    /// Ticks of a scene that are wanted, at least `apart` from each other; at every level each must end as it did.
    pub(crate) fn new(suite: &Suite, scene: &str, apart: u32, wanted: impl Fn(&Tick) -> bool) -> Course {
        let most = if suite.is_checking() { FEW } else { MANY };
        let name = scene;
        let mut scene = Scene::new(name).expect("the scene is there");
        let game = scene.game;
        let mut moments = Vec::new();
        let mut since = 0;
        let mut before = Snapshot::new();
        for _ in 0..TICKS {
            let mut tick = Tick::default();
            scene.advance_with(1, |world| {
                world.snapshot(game, &mut before).expect("the match is there");
                let view = world.view(game).expect("the match is there");
                tick.flying = view.projectiles().count();
                tick.clouds = view.clouds().count();
                tick.moving = view.players().filter(|p| p.alive && p.velocity.length_squared() > 0.0).count();
                world.step();
            });
            scene.world.drain_events(game, |event| tick.events.push(*event)).expect("the match is there");
            let mut heard = Vec::new();
            scene.world.drain_sounds(game, |entry| heard.push(*entry)).expect("the match is there");
            since += 1;
            if since >= apart && wanted(&tick) {
                since = 0;
                moments.push(Moment { before: before.clone(), hash: scene.hash(), tick, heard });
                if moments.len() == most {
                    break;
                }
            }
        }
        assert!(moments.len() >= FEW, "{name} has too few such ticks: {}", moments.len());
        let map = scene.world.view(game).expect("the match is there").map().clone();
        let player = |&level: &Level| {
            let mut world = World::new(WorldDef { simd: Some(level), ..WorldDef::default() }).expect("plain rules");
            let game = world.create_match(&map, MatchDef::default()).expect("there is room");
            Player { level, world, game }
        };
        let mut players: Vec<Player> = Level::available().iter().rev().map(player).collect();
        for player in &mut players {
            for moment in &moments {
                player.after(moment);
                let hash = player.world.hash(player.game).expect("the match is there");
                assert_eq!(hash, moment.hash, "{name} at {}", player.level.name());
                let mut heard = Vec::new();
                player.world.drain_sounds(player.game, |entry| heard.push(*entry)).expect("the match is there");
                assert_eq!(heard, moment.heard, "{name} at {}", player.level.name());
            }
        }
        Course { name: format!("{name}, {} ticks", moments.len()), moments, players }
    }
}

/// The stage at every level, the best one first.
pub(crate) fn levels<'a>(players: &'a mut [Player], moments: &'a [Moment], stage: Stage) -> Vec<Contender<'a>> {
    players
        .iter_mut()
        .enumerate()
        .map(|(n, player)| {
            let kind = if n == 0 { Kind::Ours } else { Kind::Level };
            let name = format!("ours, {}", player.level.name());
            Contender::timing_itself(kind, name, move |rounds| {
                let mut clock = Clock::new(stage);
                for _ in 0..rounds {
                    for moment in moments {
                        player.turn_back(moment);
                        player.world.step_with(&mut clock);
                    }
                }
                clock.total()
            })
        })
        .collect()
}

/// A stage that seems to take longer was interrupted: the longest takes a quarter of that.
const INTERRUPTED: Duration = Duration::from_micros(250);

/// Time within one stage.
pub(crate) struct Clock {
    stage: Stage,
    last: Instant,
    spent: Duration,
    whole: u32,
    interrupted: u32,
}

impl Clock {
    pub(crate) fn new(stage: Stage) -> Clock {
        Clock { stage, last: Instant::now(), spent: Duration::ZERO, whole: 0, interrupted: 0 }
    }

    /// All ticks together; for one in which somebody else got the processor stands the mean of the others.
    pub(crate) fn total(&self) -> Duration {
        self.spent + self.spent / self.whole.max(1) * self.interrupted
    }
}

impl StageProbe for Clock {
    #[inline]
    fn begin(&mut self) {
        if self.stage as u8 == 0 {
            self.last = Instant::now();
        }
    }

    #[inline]
    fn end(&mut self, stage: Stage) {
        // The clock is read on either side of the stage and nowhere else.
        if stage as u8 + 1 == self.stage as u8 {
            self.last = Instant::now();
        } else if stage == self.stage {
            let took = self.last.elapsed();
            if took < INTERRUPTED {
                self.spent += took;
                self.whole += 1;
            } else {
                self.interrupted += 1;
            }
        }
    }
}
