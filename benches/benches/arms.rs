//! The stages of projectiles and of explosions, on ticks of the scene `arsenal` in which something flies or goes off,
//! with the naive version beside them: small steps and every slice, instead of a sweep over the grid.
//!
//! BIAS: both sides are clocked once a tick, which costs some 25 ns; on ticks with one projectile that is a good part
//! of the engine's time and nothing of the naive version's, so the ratio understates. The naive blast leaves out
//! shielding, shrapnel and telling the host, so there too.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::{Duration, Instant};
use trespasser::rules::Payload;
use trespasser::scenes::Scene;
use trespasser::sim::{Stage, StageProbe};
use trespasser::world::{MatchView, ProjectileView};
use trespasser::{Event, EventKind, Vec2, Weapon};

/// Ticks of the scene that are looked through.
const TICKS: u32 = 7200;
/// Moments measured, at most.
const MOMENTS: usize = 200;
const RADIUS: f32 = 2.0;
/// px a naive projectile goes before it looks around.
const PACE: f32 = 0.25;

/// Clocks one stage.
struct StageClock {
    stage: Stage,
    last: Instant,
    spent: Duration,
}

impl StageProbe for StageClock {
    fn begin(&mut self) {
        self.last = Instant::now();
    }

    fn end(&mut self, stage: Stage) {
        let now = Instant::now();
        if stage == self.stage {
            self.spent += now - self.last;
        }
        self.last = now;
    }
}

/// The match before a tick, and what happened in it.
struct Moment {
    before: Vec<u8>,
    flying: Vec<ProjectileView>,
    events: Vec<Event>,
}

fn moments(scene: &mut Scene, wanted: impl Fn(&Moment) -> bool) -> Vec<Moment> {
    let mut found = Vec::new();
    for _ in 0..TICKS {
        let game = scene.game;
        // Inputs are queued before the tick is saved, so that it runs alone just as it ran here.
        let mut before = Vec::new();
        let mut flying = Vec::new();
        scene.advance_with(1, |world| {
            world.save(game, &mut before).expect("the match is there");
            flying.extend(world.view(game).expect("the match is there").projectiles());
            world.step();
        });
        let mut events = Vec::new();
        scene.world.drain_events(game, |e| events.push(*e)).expect("the match is there");
        let moment = Moment { before, flying, events };
        if wanted(&moment) {
            found.push(moment);
        }
        if found.len() == MOMENTS {
            break;
        }
    }
    assert!(found.len() >= 20, "the scene has too few such moments: {}", found.len());
    found
}

fn kind(event: &Event) -> Option<EventKind> {
    EventKind::from_number(event.kind)
}

/// Whether a circle overlaps any standing slice, an edge or a living body but the thrower's.
fn touches(view: &MatchView<'_>, at: Vec2, shot: &ProjectileView) -> bool {
    let g = view.map().geometry();
    let field = at.x < RADIUS || at.y < RADIUS || at.x > 480.0 - RADIUS || at.y > 270.0 - RADIUS;
    let slices = (0..g.slice_count).any(|s| {
        let nearest = Vec2::new(at.x.clamp(g.x0[s], g.x1[s]), at.y.clamp(g.y0[s], g.y1[s]));
        view.slice_health(s) > 0 && nearest.distance_squared(at) < RADIUS * RADIUS
    });
    let bodies = view.players().any(|p| {
        p.alive && Some(p.id) != shot.owner && p.position.distance_squared(at) < (RADIUS + 6.0) * (RADIUS + 6.0)
    });
    field || slices || bodies
}

/// A tick of flight in small steps: where it ends, and whether it met something.
fn naive_flight(view: &MatchView<'_>, shot: &ProjectileView, tick_rate: f32) -> (Vec2, bool) {
    let thrown = shot.charge > 0;
    let slow = if thrown { libm::powf(view.rules().throws.friction, 1.0 / tick_rate) } else { 1.0 };
    let way = shot.velocity * slow / tick_rate;
    let steps = (way.length() / PACE).ceil().max(1.0) as u32;
    for i in 1..=steps {
        let at = shot.position + way * (i as f32 / steps as f32);
        if touches(view, at, shot) {
            return (at, true);
        }
    }
    (shot.position + way, false)
}

fn projectiles(c: &mut Criterion) {
    let mut scene = Scene::new("arsenal").expect("the scene is there");
    let found = moments(&mut scene, |m| !m.flying.is_empty());
    let game = scene.game;
    let mut met = 0;
    for moment in &found {
        scene.world.restore(game, &moment.before).expect("own bytes");
        let view = scene.world.view(game).expect("the match is there");
        let naive: Vec<(Vec2, bool)> = moment.flying.iter().map(|p| naive_flight(&view, p, 60.0)).collect();
        scene.world.step();
        let view = scene.world.view(game).expect("the match is there");
        for (shot, (end, touched)) in moment.flying.iter().zip(naive) {
            met += u32::from(touched);
            let disturbed = moment.events.iter().any(|e| {
                matches!(kind(e), Some(EventKind::Bounced | EventKind::Exploded)) && e.value as u32 == shot.number
            });
            if let Some(now) = view.projectiles().find(|p| p.number == shot.number)
                && !disturbed
                && !touched
                && shot.flown + 4.0 < shot.range
            {
                assert!(now.position.distance(end) < 0.02, "{shot:?} is at {}, not {end}", now.position);
            }
        }
    }
    assert!(met > 0, "nothing ever bounced");
    let flights: usize = found.iter().map(|m| m.flying.len()).sum();
    let mut group = c.benchmark_group("projectiles of a tick");
    group.sample_size(20);
    group.throughput(Throughput::Elements(flights as u64));
    group.bench_function("stage", |b| {
        b.iter_custom(|rounds| {
            let mut clock = StageClock { stage: Stage::Projectiles, last: Instant::now(), spent: Duration::ZERO };
            for _ in 0..rounds {
                for moment in &found {
                    scene.world.restore(game, &moment.before).expect("own bytes");
                    scene.world.step_with(&mut clock);
                }
            }
            clock.spent
        });
    });
    group.bench_function("naive", |b| {
        b.iter_custom(|rounds| {
            let mut spent = Duration::ZERO;
            for _ in 0..rounds {
                for moment in &found {
                    scene.world.restore(game, &moment.before).expect("own bytes");
                    let view = scene.world.view(game).expect("the match is there");
                    let start = Instant::now();
                    for shot in &moment.flying {
                        black_box(naive_flight(&view, shot, 60.0));
                    }
                    spent += start.elapsed();
                }
            }
            spent
        });
    });
    group.finish();
}

/// Points dealt to bodies and slices by one blast, every slice of the map looked at; the slices it reaches.
fn naive_blast(view: &MatchView<'_>, at: Vec2, weapon: Weapon, reached: &mut Vec<u16>) -> f32 {
    let rule = &view.rules().weapons[weapon as usize];
    let radius = rule.projectile.map_or(1.0, |p| p.blast);
    let share = |d: f32| f32::from(rule.damage) * (1.0 - d / radius);
    let g = view.map().geometry();
    let mut dealt = 0.0;
    reached.clear();
    for s in 0..g.slice_count {
        let nearest = Vec2::new(at.x.clamp(g.x0[s], g.x1[s]), at.y.clamp(g.y0[s], g.y1[s]));
        let d = nearest.distance(at);
        if view.slice_health(s) > 0 && g.max_health[s] != u16::MAX && d < radius && share(d) >= 1.0 / 64.0 {
            dealt += share(d);
            reached.push(s as u16);
        }
    }
    for player in view.players().filter(|p| p.alive) {
        dealt += share(player.position.distance(at)).max(0.0).floor();
    }
    dealt
}

fn blasts(c: &mut Criterion) {
    let mut scene = Scene::new("arsenal").expect("the scene is there");
    let is_blast = |scene: &Scene, e: &Event| {
        let rules = scene.world.rules();
        kind(e) == Some(EventKind::Exploded)
            && rules.weapons[e.weapon as usize].projectile.is_some_and(|p| p.payload == Payload::Blast)
    };
    let mut found = moments(&mut scene, |m| m.events.iter().any(|e| kind(e) == Some(EventKind::Exploded)));
    found.retain(|m| m.events.iter().any(|e| is_blast(&scene, e)));
    let game = scene.game;
    let mut reached = Vec::with_capacity(8192);
    for moment in &found {
        scene.world.restore(game, &moment.before).expect("own bytes");
        let view = scene.world.view(game).expect("the match is there");
        for e in moment.events.iter().filter(|e| is_blast(&scene, e)) {
            let weapon = Weapon::from_number(e.weapon).expect("a weapon");
            naive_blast(&view, Vec2::new(e.x, e.y), weapon, &mut reached);
            for slice in &reached {
                let told = moment.events.iter().any(|w| {
                    matches!(kind(w), Some(EventKind::WallDamaged | EventKind::SliceDestroyed)) && w.slice == *slice
                });
                assert!(told, "slice {slice} is within the blast and was not damaged");
            }
        }
    }
    let count: usize = found.iter().map(|m| m.events.iter().filter(|e| is_blast(&scene, e)).count()).sum();
    let places: Vec<Vec<(Vec2, Weapon)>> = found
        .iter()
        .map(|m| {
            let blasts = m.events.iter().filter(|e| is_blast(&scene, e));
            blasts.filter_map(|e| Some((Vec2::new(e.x, e.y), Weapon::from_number(e.weapon)?))).collect()
        })
        .collect();
    let mut group = c.benchmark_group("explosions of a tick");
    group.sample_size(20);
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function("stage", |b| {
        b.iter_custom(|rounds| {
            let mut clock = StageClock { stage: Stage::Blasts, last: Instant::now(), spent: Duration::ZERO };
            for _ in 0..rounds {
                for moment in &found {
                    scene.world.restore(game, &moment.before).expect("own bytes");
                    scene.world.step_with(&mut clock);
                }
            }
            clock.spent
        });
    });
    group.bench_function("naive", |b| {
        b.iter_custom(|rounds| {
            let mut spent = Duration::ZERO;
            for _ in 0..rounds {
                for (moment, places) in found.iter().zip(&places) {
                    scene.world.restore(game, &moment.before).expect("own bytes");
                    let view = scene.world.view(game).expect("the match is there");
                    let start = Instant::now();
                    for &(at, weapon) in places {
                        black_box(naive_blast(&view, at, weapon, &mut reached));
                    }
                    spent += start.elapsed();
                }
            }
            spent
        });
    });
    group.finish();
}

criterion_group!(arms, projectiles, blasts);
criterion_main!(arms);
