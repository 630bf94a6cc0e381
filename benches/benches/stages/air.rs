//! What flies, goes off, smokes and dazzles.

use super::course::{Course, levels};
use super::ground;
use crate::sight;
use crate::walls::Slice;
use serde_json::json;
use std::hint::black_box;
use trespasser::rules::Payload;
use trespasser::sim::Stage;
use trespasser::world::{MatchView, ProjectileView};
use trespasser::{Event, EventKind, Vec2, Weapon};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

const RADIUS: f32 = 2.0;
/// px that a naive projectile goes before it looks around.
const PACE: f32 = 0.25;

pub(crate) fn run(suite: &mut Suite) {
    projectiles(suite);
    blasts(suite);
    clouds(suite);
}

/// The match before a tick, for what looks at every slice.
struct Still {
    standing: Vec<(usize, ground::Rect)>,
    bodies: Vec<(usize, Vec2)>,
}

impl Still {
    fn new(view: &MatchView<'_>) -> Still {
        let bodies = view.players().filter(|p| p.alive).map(|p| (p.id.slot(), p.position)).collect();
        Still { standing: ground::standing(view), bodies }
    }

    /// Whether a circle overlaps any slice, an edge or a body but the thrower's.
    fn touches(&self, at: Vec2, thrower: Option<usize>) -> bool {
        let field = at.x < RADIUS || at.y < RADIUS || at.x > 480.0 - RADIUS || at.y > 270.0 - RADIUS;
        let near = |r: &ground::Rect| Vec2::new(at.x.clamp(r[0], r[2]), at.y.clamp(r[1], r[3])).distance_squared(at);
        field
            || self.standing.iter().any(|(_, rect)| near(rect) < RADIUS * RADIUS)
            || self.bodies.iter().any(|(slot, body)| {
                Some(*slot) != thrower && body.distance_squared(at) < (RADIUS + 6.0) * (RADIUS + 6.0)
            })
    }

    /// A tick of flight in small steps: where it ends, and whether it met something.
    fn flight(&self, shot: &ProjectileView, friction: f32) -> (Vec2, bool) {
        let slow = if shot.charge > 0 { libm::powf(friction, 1.0 / 60.0) } else { 1.0 };
        let way = shot.velocity * slow / 60.0;
        let steps = (way.length() / PACE).ceil().max(1.0) as u32;
        for i in 1..=steps {
            let at = shot.position + way * (i as f32 / steps as f32);
            if self.touches(at, shot.owner.map(|id| id.slot())) {
                return (at, true);
            }
        }
        (shot.position + way, false)
    }
}

fn projectiles(suite: &mut Suite) {
    let mut course = Course::new(suite, "arsenal", 7, |tick| tick.flying > 0);
    let player = &mut course.players[0];
    let mut tasks: Vec<(Still, f32, Vec<ProjectileView>)> = Vec::new();
    let (mut met, mut compared) = (0, 0);
    for moment in &course.moments {
        let view = player.before(moment);
        let (still, flying) = (Still::new(&view), view.projectiles().collect::<Vec<_>>());
        let friction = view.rules().throws.friction;
        let view = player.after(moment);
        for shot in &flying {
            let (end, touched) = still.flight(shot, friction);
            met += usize::from(touched);
            let disturbed = [EventKind::Bounced, EventKind::Exploded]
                .iter()
                .any(|kind| moment.tick.of(*kind).any(|e| e.value as u32 == shot.number));
            let now = view.projectiles().find(|p| p.number == shot.number);
            if let Some(now) = now.filter(|_| !disturbed && !touched && shot.flown + 4.0 < shot.range) {
                assert!(now.position.distance(end) < 0.02, "{shot:?} is at {}, not {end}", now.position);
                compared += 1;
            }
        }
        tasks.push((still, friction, flying));
    }
    let flights = tasks.iter().map(|(_, _, flying)| flying.len()).sum();
    suite.check(
        format!("projectiles: {compared} of {flights} fly to where small steps take them; {met} met something"),
        json!({ "what": "projectiles", "flights": flights, "compared": compared, "met": met }),
    );
    let question = Question::new("projectiles", &course.name, "projectile", flights).headline();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Projectiles);
    contenders.push(Contender::new(Kind::Naive, "naive, small steps, every slice", || {
        for (still, friction, flying) in &tasks {
            for shot in flying {
                black_box(still.flight(black_box(shot), *friction));
            }
        }
    }));
    suite.compare(&question, contenders);
}

/// An explosion that deals damage.
struct Blast {
    at: Vec2,
    damage: f32,
    radius: f32,
}

/// Points dealt to bodies and slices, each slice looked at; the slices reached. Shielding, shrapnel and telling are left
/// out.
fn blast(view: &BlastGround, b: &Blast, reached: &mut Vec<usize>) -> f32 {
    let share = |d: f32| b.damage * (1.0 - d / b.radius);
    let mut dealt = 0.0;
    reached.clear();
    for (slice, r) in &view.mortal {
        let d = Vec2::new(b.at.x.clamp(r[0], r[2]), b.at.y.clamp(r[1], r[3])).distance(b.at);
        if d < b.radius && share(d) >= 1.0 / 64.0 {
            dealt += share(d);
            reached.push(*slice);
        }
    }
    dealt + view.bodies.iter().map(|body| share(body.distance(b.at)).max(0.0).floor()).sum::<f32>()
}

struct BlastGround {
    mortal: Vec<(usize, ground::Rect)>,
    bodies: Vec<Vec2>,
    blasts: Vec<Blast>,
}

fn blasts(suite: &mut Suite) {
    let rules = trespasser::RuleSet::standard();
    let of = |e: &Event| {
        let rule = &rules.weapons[e.weapon as usize];
        let radius = rule.projectile.filter(|p| p.payload == Payload::Blast)?.blast;
        Some(Blast { at: Vec2::new(e.x, e.y), damage: rule.damage.into(), radius })
    };
    let mut course = Course::new(suite, "arsenal", 1, |tick| tick.of(EventKind::Exploded).any(|e| of(e).is_some()));
    let player = &mut course.players[0];
    let mut tasks = Vec::new();
    let mut reached = Vec::new();
    let mut slices = 0;
    for moment in &course.moments {
        let view = player.before(moment);
        let g = view.map().geometry();
        let mut mortal = ground::standing(&view);
        mortal.retain(|(slice, _)| g.max_health[*slice] != u16::MAX);
        let bodies = view.players().filter(|p| p.alive).map(|p| p.position).collect();
        let blasts = moment.tick.of(EventKind::Exploded).filter_map(of).collect();
        let ground = BlastGround { mortal, bodies, blasts };
        for b in &ground.blasts {
            blast(&ground, b, &mut reached);
            for slice in &reached {
                let told = [EventKind::WallDamaged, EventKind::SliceDestroyed]
                    .iter()
                    .any(|kind| moment.tick.of(*kind).any(|e| usize::from(e.slice) == *slice));
                assert!(told, "slice {slice} is within the blast and was not damaged");
            }
            slices += reached.len();
        }
        tasks.push(ground);
    }
    let count = tasks.iter().map(|ground| ground.blasts.len()).sum();
    suite.check(
        format!("blasts: {count} explosions damage all {slices} slices that are near enough"),
        json!({ "what": "blasts", "blasts": count, "slices": slices }),
    );
    let question = Question::new("blasts", &course.name, "explosion", count).headline();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Blasts);
    contenders.push(Contender::new(Kind::Naive, "naive, every slice; no shielding, shrapnel, telling", || {
        for ground in &tasks {
            for b in &ground.blasts {
                black_box(blast(ground, black_box(b), &mut reached));
            }
        }
    }));
    suite.compare(&question, contenders);
}

/// px, or a direction.
type Point = (f64, f64);

/// A flash and whom it may dazzle.
struct Flash {
    slices: Vec<Slice>,
    at: Vec<Point>,
    /// Slot, place, facing.
    bodies: Vec<(usize, Point, Point)>,
}

fn clouds(suite: &mut Suite) {
    let flashes = |tick: &super::course::Tick| {
        tick.of(EventKind::Exploded).any(|e| e.weapon == Weapon::Flashbang as u8)
            // One that is killed in its tick is no good to compare.
            && !tick.has(EventKind::Died)
    };
    let mut course = Course::new(suite, "haze", 1, flashes);
    let player = &mut course.players[0];
    let mut tasks = Vec::new();
    let (mut compared, mut doubtful, mut dazzled) = (0, 0, 0);
    for moment in &course.moments {
        let columns = player.columns(moment, Some(Stage::Blasts));
        let (x, y) = (columns.f32s("x"), columns.f32s("y"));
        let (aim_x, aim_y) = (columns.f32s("aim_x"), columns.f32s("aim_y"));
        let alive = columns.bytes("alive")[0];
        let double = |a: f32, b: f32| (f64::from(a), f64::from(b));
        let bodies = (0..8).filter(|slot| alive >> slot & 1 == 1);
        let bodies: Vec<_> = bodies.map(|s| (s, double(x[s], y[s]), double(aim_x[s], aim_y[s]))).collect();
        let at: Vec<_> = moment
            .tick
            .of(EventKind::Exploded)
            .filter(|e| e.weapon == Weapon::Flashbang as u8)
            .map(|e| double(e.x, e.y))
            .collect();
        let flash = Flash { slices: ground::slices(&player.after(moment)), at, bodies };
        for at in &flash.at {
            for (slot, place, facing) in &flash.bodies {
                let Some(want) = sight::flash(&flash.slices, *at, *place, *facing) else {
                    doubtful += 1;
                    continue;
                };
                let told = moment
                    .tick
                    .of(EventKind::Dazzled)
                    .find(|e| usize::from(e.target) == *slot && double(e.x, e.y) == *at);
                let got = told.map_or(0.0, |e| f64::from(e.value) / 1000.0);
                assert!((got - want).abs() < 0.002, "slot {slot} is dazzled by {got}, not {want}");
                compared += 1;
                dazzled += usize::from(got > 0.0);
            }
        }
        tasks.push(flash);
    }
    assert!(doubtful * 4 < compared && dazzled > 0, "{compared} compared, {doubtful} doubtful, {dazzled} dazzled");
    suite.check(
        format!("clouds: {dazzled} of {compared} players are dazzled as the reference says, {doubtful} in doubt"),
        json!({ "what": "clouds", "players": compared, "dazzled": dazzled, "doubtful": doubtful }),
    );
    let question = Question::new("clouds", &course.name, "tick", tasks.len()).headline();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Clouds);
    contenders.push(Contender::new(Kind::Naive, "naive, every slice in f64; no smoke", || {
        for flash in &tasks {
            for at in &flash.at {
                for (_, place, facing) in &flash.bodies {
                    black_box(sight::flash(&flash.slices, black_box(*at), *place, *facing));
                }
            }
        }
    }));
    suite.compare(&question, contenders);
}
