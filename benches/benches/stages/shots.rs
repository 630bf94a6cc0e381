//! Shots: the flight of every bullet of a tick through walls and bodies, beside the reference and rapier2d's ray casts.

use super::course::{Course, Store, levels};
use super::ground;
use super::rapier::{self, Ground};
use crate::book;
use crate::bullet::{self, Thing};
use crate::walls::Slice;
use serde_json::json;
use std::hint::black_box;
use trespasser::sim::Stage;
use trespasser::{Event, EventKind, Weapon};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

/// Number of the body in slot 0 among the things of a ground.
const BODIES: usize = 100_000;

struct Bullet {
    weapon: Weapon,
    shooter: usize,
    from: (f64, f64),
    way: (f64, f64),
    /// px that it can fly.
    end: f64,
    /// What it met, in the order of its flight, with the damage in points.
    met: Vec<(Thing, f64)>,
}

struct Task {
    slices: Vec<Slice>,
    /// Where the shooter saw the others, by shooter.
    bodies: Vec<Vec<(usize, (f64, f64))>>,
    ground: Ground,
    bullets: Vec<Bullet>,
}

pub(crate) fn run(suite: &mut Suite) {
    let mut course = Course::new(suite, "brawl", 5, |tick| tick.has(EventKind::Fired));
    let tasks: Vec<Task> = tasks(&mut course);
    let all = || tasks.iter().flat_map(|task| task.bullets.iter().map(move |bullet| (task, bullet)));
    let count = all().count();

    let mut doubtful = 0;
    for (task, b) in all() {
        let Some(want) = bullet::fly(&task.slices, &task.bodies[b.shooter], b.from, b.way, b.weapon, false) else {
            doubtful += 1;
            continue;
        };
        let alike = b.met.len() == want.len()
            && b.met.iter().zip(&want).all(|(got, want)| got.0 == want.thing && (got.1 - want.damage).abs() < 0.047);
        assert!(alike, "{:?} from {:?} met {:?}, not {want:?}", b.weapon, b.from, b.met);
    }
    assert!(doubtful * 4 < count, "{doubtful} of {count} bullets brush something");
    let differ = all().filter(|(task, b)| first(task, b) != b.met.first().map(|met| met.0)).count();
    assert!(differ * 50 <= count, "rapier2d: {differ} of {count} bullets meet something else first");
    suite.check(
        format!(
            "shots: {count} bullets meet what the reference says, in its order, for its damage, but {doubtful} that brush something; rapier2d's rays meet something else first for {differ}"
        ),
        json!({ "what": "shots", "bullets": count, "doubtful": doubtful, "rapier_differs": differ }),
    );

    let question = Question::new("shots", &course.name, "bullet", count).headline();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Shots);
    contenders.push(Contender::new(Kind::Naive, "naive, every slice in f64", || {
        for task in &tasks {
            for b in &task.bullets {
                let bodies = &task.bodies[b.shooter];
                black_box(bullet::fly(&task.slices, bodies, black_box(b.from), b.way, b.weapon, false));
            }
        }
    }));
    contenders.push(Contender::new(Kind::Peer, format!("{}, first hit alone", rapier::NAME), || {
        for task in &tasks {
            for b in &task.bullets {
                black_box(first(task, black_box(b)));
            }
        }
    }));
    suite.compare(&question, contenders);
}

/// What a ray of rapier2d meets first.
fn first(task: &Task, b: &Bullet) -> Option<Thing> {
    let small = |(x, y): (f64, f64)| (x as f32, y as f32);
    let hit = task.ground.first(small(b.from), small(b.way), b.end as f32, BODIES + b.shooter);
    hit.map(|(number, _)| number.checked_sub(BODIES).map_or(Thing::Slice(number), Thing::Body))
}

fn tasks(course: &mut Course) -> Vec<Task> {
    let player = &mut course.players[0];
    course
        .moments
        .iter()
        .map(|moment| {
            let columns = player.columns(moment, Some(Stage::Weapons));
            let view = player.before(moment);
            let bodies: Vec<_> = (0..8).map(|shooter| seen_by(&columns, shooter)).collect();
            let fired: Vec<&Event> = moment.tick.of(EventKind::Fired).collect();
            let bullets: Vec<Bullet> = fired.iter().flat_map(|fired| flights(&moment.tick.events, fired)).collect();
            let mut things = ground::standing(&view);
            things.extend(ground::EDGES.iter().enumerate().map(|(n, edge)| (BODIES / 2 + n, *edge)));
            // Bodies stand where they are: what the shooters' lines rewind is a fraction of a step.
            let others: Vec<(usize, (f32, f32))> = bodies[usize::from(fired[0].actor)]
                .iter()
                .map(|(slot, at)| (BODIES + slot, (at.0 as f32, at.1 as f32)))
                .chain([(BODIES + usize::from(fired[0].actor), (fired[0].x, fired[0].y))])
                .collect();
            Task { slices: ground::slices(&view), bodies, ground: Ground::new(&things, &others), bullets }
        })
        .collect()
}

/// The living others as a shooter's line makes them: at the newest tick that the shooter has told of.
fn seen_by(columns: &Store, shooter: usize) -> Vec<(usize, (f64, f64))> {
    let alive = columns.bytes("alive")[0];
    let (x, y) = (columns.f32s("x"), columns.f32s("y"));
    let (past_x, past_y) = (columns.f32s("past_x"), columns.f32s("past_y"));
    let (past, spawned) = (columns.u32s("past_tick"), columns.u32s("spawn_tick"));
    let ack = columns.u32s("ack_tick")[shooter];
    let kept = past.iter().enumerate().filter(|(_, tick)| **tick > 0 && **tick <= ack).max_by_key(|(_, tick)| **tick);
    (0..8)
        .filter(|&slot| slot != shooter && alive >> slot & 1 == 1)
        .map(|slot| match kept {
            Some((place, tick)) if *tick >= spawned[slot] => {
                let lane = place * 8 + slot;
                (slot, (f64::from(past_x[lane]), f64::from(past_y[lane])))
            }
            _ => (slot, (f64::from(x[slot]), f64::from(y[slot]))),
        })
        .collect()
}

/// The bullet or the pellets of a shot, by what is told of them.
fn flights(events: &[Event], fired: &Event) -> Vec<Bullet> {
    let weapon = Weapon::from_number(fired.weapon).expect("a weapon");
    let row = book::row_of(weapon);
    let (pellets, start) = if weapon == Weapon::Shotgun { (8, 8.0) } else { (1, 0.0) };
    let from = (f64::from(fired.x), f64::from(fired.y));
    (0..pellets)
        .filter_map(|pellet| {
            let kinds = [EventKind::HitPlayer, EventKind::HitWall, EventKind::Miss].map(|kind| kind as u8);
            let told: Vec<&Event> = events
                .iter()
                .filter(|e| kinds.contains(&e.kind) && e.actor == fired.actor && e.aux == pellet)
                .collect();
            let way = match told.iter().find(|e| e.kind != EventKind::HitPlayer as u8) {
                Some(e) => (f64::from(e.dx), f64::from(e.dy)),
                None => (f64::from(told[0].x) - from.0, f64::from(told[0].y) - from.1),
            };
            let length = way.0.hypot(way.1);
            // A bullet that ends in a body that the shooter stands in has no direction to be told from.
            if length < 0.01 {
                return None;
            }
            let way = (way.0 / length, way.1 / length);
            let met = told
                .iter()
                .filter(|e| e.kind != EventKind::Miss as u8)
                .map(|e| {
                    let wall = e.kind == EventKind::HitWall as u8;
                    let thing = if wall { Thing::Slice(e.slice.into()) } else { Thing::Body(e.target.into()) };
                    (thing, f64::from(e.value) / 64.0)
                })
                .collect();
            Some(Bullet { weapon, shooter: fired.actor.into(), from, way, end: start + row.range, met })
        })
        .collect()
}
