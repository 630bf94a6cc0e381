//! What a sound costs with everybody who could hear it, the way round included, beside the naive version.
//!
//! Sounds are made where players of a fight stand, in moments of the bots' scenes: dense ones, with seven others alive,
//! and typical ones, spread evenly over a match, with whoever lives. Each is checked against the naive version before its
//! time counts.

#[path = "../../engine/tests/reference/sound.rs"]
#[allow(missing_docs, unreachable_pub, dead_code)]
mod naive;

use serde_json::json;
use std::hint::black_box;
use trespasser::rules::SoundKind;
use trespasser::scenes::Scene;
use trespasser::world::{MatchView, PLAYERS};
use trespasser::{Heard, PlayerId, Vec2};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

/// Moments of a scene, and ticks between them.
const MOMENTS: usize = 12;
const APART: u32 = 211;
/// Typical moments, and ticks between them: two minutes of a match.
const TYPICAL: u32 = 40;
const EVERY: u32 = 180;
/// One moment in so many is enough for the naive version.
const FEW: usize = 6;
/// Kinds, and the goal for one in ns.
const KINDS: [(SoundKind, f64); 3] =
    [(SoundKind::FootstepWalk, 400.0), (SoundKind::FootstepRun, 400.0), (SoundKind::FireRifle, 1500.0)];

struct Moment {
    scene: Scene,
    /// For the naive version, which need not find them for each sound.
    open: Vec<bool>,
    players: Vec<(PlayerId, Vec2)>,
}

impl Moment {
    fn view(&self) -> MatchView<'_> {
        self.scene.world.view(self.scene.game).expect("the match is there")
    }
}

/// Moments of `brawl` spread evenly, with whoever lives.
fn typical() -> Vec<Moment> {
    (1..=TYPICAL)
        .map(|n| {
            let mut scene = Scene::new("brawl").expect("the scene is there");
            scene.advance(n * EVERY);
            let view = scene.world.view(scene.game).expect("the match is there");
            let players = view.players().filter(|p| p.alive).map(|p| (p.id, p.position)).collect();
            let open = naive::open_cells(&view);
            Moment { scene, open, players }
        })
        .collect()
}

/// Moments with all eight alive.
fn dense() -> Vec<Moment> {
    let mut all = Vec::new();
    for (name, first) in [("brawl", 600), ("demolition", 1200)] {
        let (mut tick, enough) = (first, all.len() + MOMENTS);
        while all.len() < enough {
            let mut scene = Scene::new(name).expect("the scene is there");
            scene.advance(tick);
            tick += APART;
            let view = scene.world.view(scene.game).expect("the match is there");
            let players: Vec<(PlayerId, Vec2)> =
                view.players().filter(|p| p.alive).map(|p| (p.id, p.position)).collect();
            if players.len() == PLAYERS {
                let open = naive::open_cells(&view);
                all.push(Moment { scene, open, players });
            }
        }
    }
    all
}

/// Every sound of a kind that the players of all moments could make; returns how many were heard.
fn ours(moments: &[Moment], kind: SoundKind) -> usize {
    let mut heard = 0;
    for moment in moments {
        let view = moment.view();
        for &(id, at) in &moment.players {
            view.listeners(kind, black_box(at), Some(id), |entry| {
                black_box(entry);
                heard += 1;
            });
        }
    }
    heard
}

/// The place that a sound is computed from.
fn square(at: Vec2) -> Vec2 {
    ((at / 4.0).floor() + Vec2::splat(0.5)) * 4.0
}

/// The same by the naive version.
fn by_hand<'a>(moments: impl Iterator<Item = &'a Moment>, kind: SoundKind) -> usize {
    let mut heard = 0;
    for moment in moments {
        let view = moment.view();
        for &(id, at) in &moment.players {
            // One search serves all listeners; players stand in open cells.
            let from = square(at);
            let most = naive::most(&view, kind);
            let ways = naive::Ways::new(&moment.open, naive::cell_of(from), naive::cell_of(from), most);
            for &(other, ear) in &moment.players {
                let from = if other == id { ear } else { from };
                let arrival = naive::arrival_by(&view, kind, from, ear, &moment.open, &ways);
                heard += usize::from(arrival.gain >= 1.0 / 255.0);
            }
        }
    }
    heard
}

/// Gain for gain: what is told is what the naive version says, rounded.
fn check(moments: &[Moment], kind: SoundKind) -> (usize, usize) {
    let (mut ways, mut all) = (0, 0);
    for moment in moments {
        let view = moment.view();
        for &(id, at) in &moment.players {
            let mut told: Vec<Heard> = Vec::new();
            view.listeners(kind, at, Some(id), |entry| told.push(entry));
            for &(other, ear) in moment.players.iter().filter(|player| player.0 != id) {
                let want = naive::arrival(&view, kind, square(at), ear);
                let deaf = view.player(other).map_or(0.0, |p| p.impairment[1]);
                let want_gain = want.gain * f64::from(1.0 - deaf) * 255.0;
                let got = told.iter().find(|entry| entry.listener as usize == other.slot());
                let got = got.map_or(0.0, |entry| f64::from(entry.gain));
                // Lines that graze a slice may go either way: one factor of glass at the least.
                let off = (got - want_gain).abs() <= 1.0 || (got == 0.0 && want_gain < 1.5);
                assert!(off || want_gain * 0.6 <= got + 1.0, "{} {at} to {ear}: {got}, not {want_gain}", kind.name());
                ways += usize::from(want.round.is_some() && got > 0.0);
                all += usize::from(got > 0.0);
            }
        }
    }
    (all, ways)
}

fn main() {
    let mut suite = Suite::from_args("sound");
    suite.bias(
        &["the naive version allocates, works in f64 and looks for all ways to everywhere"],
        &[
            "the naive version gets the open cells for nothing",
            "in dense moments bots stand where they fight, so that most listeners are in range and behind walls, where sounds in the open or out of range cost less",
        ],
    );
    for (name, moments) in [("dense", dense()), ("typical", typical())] {
        let each = moments.iter().map(|moment| moment.players.len()).sum::<usize>();
        let others = moments.iter().map(|moment| moment.players.len() * (moment.players.len() - 1)).sum::<usize>();
        let scene = format!("{name}, {} moments, {:.1} other listeners", moments.len(), others as f64 / each as f64);
        for (kind, goal) in KINDS {
            let (heard, ways) = check(&moments, kind);
            let per = |count: usize| count as f64 / each as f64;
            suite.check(
                format!(
                    "{}, {scene}: gains as by the naive version; heard by {:.2}, of whom {:.2} round corners",
                    kind.name(),
                    per(heard),
                    per(ways)
                ),
                json!({ "what": kind.name(), "moments": name, "heard_by": per(heard), "came_round": per(ways) }),
            );
            let mut question = Question::new(kind.name(), &scene, "sound", each);
            question.goal_ns = Some(goal);
            question.headline = name == "dense";
            let contenders = vec![
                Contender::new(Kind::Ours, "ours", || {
                    black_box(ours(&moments, kind));
                }),
                Contender::new(Kind::Naive, "naive, Dijkstra, every slice in f64", || {
                    black_box(by_hand(moments.iter().step_by(FEW), kind));
                })
                .of(moments.iter().step_by(FEW).map(|moment| moment.players.len()).sum()),
            ];
            suite.compare(&question, contenders);
        }
    }
    suite.finish();
}
