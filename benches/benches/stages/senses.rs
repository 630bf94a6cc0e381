//! Who sees whom, and who hears what.

use super::course::{Course, levels};
use super::ground;
use super::rapier::{self, Ground};
use crate::sight::{self, Viewer};
use crate::sound;
use crate::walls::Slice;
use serde_json::json;
use std::hint::black_box;
use trespasser::rules::SoundKind;
use trespasser::sim::Stage;
use trespasser::world::PLAYERS;
use trespasser::{Event, EventKind, PlayerView, Vec2, World};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

/// px across a body that a naive viewer's outer lines go to.
const SIDE: f32 = 5.9;

pub(crate) fn run(suite: &mut Suite) {
    sight(suite);
    sounds(suite);
}

struct Pair {
    /// Number of the moment.
    moment: usize,
    viewer: PlayerView,
    target: Vec2,
    seen: bool,
}

/// Three lines to a body, as one would first: to its middle and to either side, within distance and cone.
fn by_three(ground: &Ground, pair: &Pair) -> bool {
    let (from, to) = (pair.viewer.position, pair.target);
    let way = to - from;
    let far = way.length();
    if far < 12.0 {
        return true;
    }
    let across = Vec2::new(-way.y, way.x) / far * SIDE;
    let half = libm::cosf(pair.viewer.cone * 0.5);
    [to, to + across, to - across].into_iter().any(|point| {
        let way = point - from;
        let d = way.length();
        d <= pair.viewer.sight
            && way.dot(pair.viewer.facing) >= half * d
            && ground.is_clear((from.x, from.y), (point.x, point.y))
    })
}

fn sight(suite: &mut Suite) {
    let mut course = Course::new(suite, "brawl", 29, |tick| tick.moving >= 5);
    let player = &mut course.players[0];
    let (mut pairs, mut grounds, mut slices) = (Vec::new(), Vec::new(), Vec::new());
    for (n, moment) in course.moments.iter().enumerate() {
        let view = player.after(moment);
        let g = view.map().geometry();
        let stops = |s: &usize| view.blocks()[s / 64].clear >> (s % 64) & 1 == 0;
        let opaque: Vec<_> =
            (0..g.slice_count).filter(stops).map(|s| (s, [g.x0[s], g.y0[s], g.x1[s], g.y1[s]])).collect();
        let merged: Vec<_> = ground::merged(&opaque).into_iter().map(|rect| (0, rect)).collect();
        grounds.push(Ground::new(&merged, &[]));
        slices.push(ground::slices(&view));
        let players: Vec<PlayerView> = view.players().collect();
        for viewer in players.iter().filter(|p| p.alive) {
            for target in players.iter().filter(|p| p.placed && p.team != viewer.team) {
                let seen = view.sees(viewer.id.slot()) >> target.id.slot() & 1 == 1;
                pairs.push(Pair { moment: n, viewer: *viewer, target: target.position, seen });
            }
        }
    }
    // A few are enough: the reference tries 600 lines against every slice.
    let some: Vec<&Pair> = (0..course.moments.len())
        .filter_map(|n| {
            let of = || pairs.iter().filter(move |pair| pair.moment == n);
            let near = |pair: &&Pair| pair.viewer.position.distance(pair.target) < 180.0;
            of().filter(near).nth(n % 3).or_else(|| of().next())
        })
        .collect();
    let (mut doubtful, mut seen) = (0, 0);
    for pair in &some {
        match by_reference(&slices[pair.moment], pair) {
            Some(want) => assert_eq!(pair.seen, want, "{:?} sees {}", pair.viewer, pair.target),
            None => doubtful += 1,
        }
        seen += usize::from(pair.seen);
    }
    assert!(doubtful * 4 <= some.len(), "{doubtful} of {} pairs are in doubt", some.len());
    // Three lines find nobody who is not seen, but miss some.
    let (mut missed, mut wrong) = (0, 0);
    for pair in &pairs {
        let three = by_three(&grounds[pair.moment], pair);
        missed += usize::from(pair.seen && !three);
        wrong += usize::from(!pair.seen && three);
    }
    let all_seen = pairs.iter().filter(|pair| pair.seen).count();
    assert!(wrong * 100 <= pairs.len(), "three lines find {wrong} whom nobody sees, of {} pairs", pairs.len());
    suite.check(
        format!(
            "sight: {} pairs as the reference sees them, {seen} seen, {doubtful} in doubt; of {all_seen} seen in {} pairs three lines of rapier2d's miss {missed}, and find {wrong} who merely touch",
            some.len(),
            pairs.len()
        ),
        json!({ "what": "sight", "pairs": pairs.len(), "by_reference": some.len(), "doubtful": doubtful, "seen": all_seen, "missed_by_three": missed, "wrong_by_three": wrong }),
    );
    let question = Question::new("sight", &course.name, "pair of enemies", pairs.len()).headline();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Sight);
    let naive = Contender::new(Kind::Naive, "naive, 600 lines, every slice in f64", || {
        for pair in &some {
            black_box(by_reference(&slices[pair.moment], black_box(pair)));
        }
    });
    contenders.push(naive.of(some.len()));
    contenders.push(Contender::new(Kind::Peer, format!("{}, three lines", rapier::NAME), || {
        for pair in &pairs {
            black_box(by_three(&grounds[pair.moment], black_box(pair)));
        }
    }));
    suite.compare(&question, contenders);
}

fn by_reference(slices: &[Slice], pair: &Pair) -> Option<bool> {
    let double = |v: Vec2| (f64::from(v.x), f64::from(v.y));
    let viewer = Viewer {
        at: double(pair.viewer.position),
        facing: double(pair.viewer.facing),
        cursor: double(pair.viewer.cursor),
        blind: pair.viewer.blind,
        impaired: pair.viewer.impairment[0].into(),
    };
    sight::sees(slices, &[], &viewer, double(pair.target), false)
}

/// The middle of the square that a sound is computed from.
fn square(at: Vec2) -> Vec2 {
    ((at / 4.0).floor() + Vec2::splat(0.5)) * 4.0
}

/// A footstep.
struct Step {
    slot: usize,
    at: Vec2,
    kind: SoundKind,
}

struct Walked<'a> {
    world: &'a World,
    game: trespasser::MatchId,
    open: Vec<bool>,
    ears: Vec<(usize, Vec2)>,
    steps: Vec<Step>,
}

impl Walked<'_> {
    /// Gains at all listeners, in the order of steps and ears.
    fn naive(&self, mut each: impl FnMut(&Step, usize, f64)) {
        let view = self.world.view(self.game).expect("the match is there");
        for step in &self.steps {
            let from = square(step.at);
            let ways =
                sound::Ways::new(&self.open, sound::cell_of(from), sound::cell_of(from), sound::most(&view, step.kind));
            for &(slot, ear) in self.ears.iter().filter(|(slot, _)| *slot != step.slot) {
                each(step, slot, sound::arrival_by(&view, step.kind, from, ear, &self.open, &ways).gain);
            }
        }
    }
}

fn sounds(suite: &mut Suite) {
    // Whatever sounds besides is left to the bench `sound`.
    let quiet = |e: &Event| {
        matches!(
            EventKind::from_number(e.kind),
            Some(
                EventKind::Joined | EventKind::Spawned | EventKind::AimToggled | EventKind::Reloaded | EventKind::Miss
            )
        )
    };
    let mut course = Course::new(suite, "brawl", 3, |tick| tick.moving >= 5 && tick.events.iter().all(quiet));
    course.moments.retain(|moment| !moment.heard.is_empty());
    let map = course.players[0].before(&course.moments[0]).map().clone();
    let mut worlds: Vec<World> = Vec::new();
    let mut found = Vec::new();
    let player = &mut course.players[0];
    for moment in &course.moments {
        let columns = player.columns(moment, Some(Stage::Sight));
        let (x, y, stride) = (columns.f32s("x"), columns.f32s("y"), columns.f32s("stride"));
        let (alive, gait) = (columns.bytes("alive")[0], columns.bytes("stride_gait").to_vec());
        let lives = |slot: &usize| alive >> slot & 1 == 1;
        let view = player.after(moment);
        let far = view.rules().sound.step;
        let steps = (0..PLAYERS).filter(lives).filter(|&slot| stride[slot] >= far).map(|slot| Step {
            slot,
            at: Vec2::new(x[slot], y[slot]),
            kind: [SoundKind::FootstepSneak, SoundKind::FootstepSneak, SoundKind::FootstepWalk, SoundKind::FootstepRun]
                [usize::from(gait[slot])],
        });
        let steps: Vec<Step> = steps.collect();
        let ears: Vec<_> = (0..PLAYERS).filter(lives).map(|slot| (slot, Vec2::new(x[slot], y[slot]))).collect();
        let open = sound::open_cells(&view);
        // The walls as they are, for the naive version to look at while the players play on.
        let mut bytes = Vec::new();
        player.world.save(player.game, &mut bytes).expect("the match is there");
        let mut world = World::new(trespasser::WorldDef::default()).expect("plain rules");
        let game = world.create_match(&map, trespasser::MatchDef::default()).expect("there is room");
        world.restore(game, &bytes).expect("own bytes");
        worlds.push(world);
        found.push((game, open, ears, steps));
    }
    let walked: Vec<Walked<'_>> = worlds
        .iter()
        .zip(found)
        .map(|(world, (game, open, ears, steps))| Walked { world, game, open, ears, steps })
        .collect();
    let (mut compared, mut heard) = (0, 0);
    for (walked, moment) in walked.iter().zip(&course.moments) {
        walked.naive(|step, slot, gain| {
            let told = moment
                .heard
                .iter()
                .filter(|entry| usize::from(entry.listener) == slot && entry.kind == step.kind as u8);
            // Two may step alike in one tick: one of the entries is this one's.
            let off = told.map(|entry| (f64::from(entry.gain) - gain * 255.0).abs()).fold(gain * 255.0, f64::min);
            // A line that grazes a slice may go either way: one factor of glass at the least.
            assert!(off <= 1.5 || off <= gain * 255.0 * 0.4, "slot {slot} hears {:?} off by {off}", step.kind);
            compared += 1;
            heard += usize::from(gain >= 1.0 / 255.0);
        });
    }
    let steps: usize = walked.iter().map(|walked| walked.steps.len()).sum();
    suite.check(
        format!("sounds: {steps} footsteps at {compared} pairs of ears as the reference says, {heard} heard"),
        json!({ "what": "sounds", "steps": steps, "ears": compared, "heard": heard }),
    );
    let name = format!("{} with footsteps", course.name);
    let question = Question::new("sounds", &name, "footstep", steps).headline();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Sounds);
    contenders.push(Contender::new(Kind::Naive, "naive, Dijkstra, every slice in f64", || {
        for walked in &walked {
            walked.naive(|_, _, gain| {
                black_box(gain);
            });
        }
    }));
    suite.compare(&question, contenders);
}
