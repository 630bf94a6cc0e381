//! Movement: eight bodies against the walls of the map, beside the reference's tiny steps, the closed formula over every
//! slice, rapier2d and matter-js.

use super::course::{Course, levels};
use super::ground::{self, EDGES, Rect};
use super::matter::{Matter, Scene};
use super::rapier::{self, Ground};
use crate::walk::{self, Keys, Walker};
use crate::walls::Slice;
use serde_json::json;
use std::hint::black_box;
use trespasser::Buttons;
use trespasser::sim::Stage;
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

const BODY: f32 = 6.0;
/// px by which the reference and ours may differ where no corner decides.
const EXACT: f64 = 0.02;
/// px by which shape casts may differ: the skin on either axis, and its square root's share at a corner.
const BY_AXES: f32 = 0.15;
/// px that a peer's body may be in a wall.
const DEEP: f32 = 0.5;

/// A body in a tick.
struct Move {
    walker: Walker,
    keys: Keys,
    facing: (f64, f64),
    aiming: bool,
    at: (f32, f32),
    /// Where it would go in the open, px.
    step: (f32, f32),
    /// Where the engine leaves it.
    end: (f32, f32),
}

struct Task {
    slices: Vec<Slice>,
    standing: Vec<(usize, Rect)>,
    merged: Vec<Rect>,
    moves: Vec<Move>,
}

pub(crate) fn run(suite: &mut Suite) {
    let mut course = Course::new(suite, "brawl", 37, |tick| tick.moving >= 5);
    let tasks = tasks(&mut course);
    let all = || tasks.iter().flat_map(|task| task.moves.iter().map(move |m| (task, m)));
    let bodies = all().count();

    let mut brushed = 0;
    for (task, m) in all() {
        let go = |slack| walk::one_input(&task.slices, m.walker, m.keys, m.facing, m.aiming, false, slack);
        let (want, other) = (go(0.0004), go(0.004));
        // Rounding decides who brushes a corner.
        if (want.x - other.x).abs() + (want.y - other.y).abs() > 0.01 {
            brushed += 1;
            continue;
        }
        let off = (f64::from(m.end.0) - want.x).abs().max((f64::from(m.end.1) - want.y).abs());
        assert!(off < EXACT, "{:?} by {:?} ends at {:?}, by tiny steps at {want:?}", m.walker, m.keys, m.end);
    }
    assert!(brushed * 4 < bodies, "{brushed} of {bodies} bodies brush a corner");
    let mut worst = 0.0_f32;
    for (task, m) in all() {
        worst = worst.max(apart(every_slice(&task.standing, m.at, m.step), m.end));
    }
    assert!(worst < 0.02, "by every slice a body ends {worst} px from ours");
    suite.check(
        format!(
            "movement: {bodies} bodies end within {EXACT} px of where tiny steps take them, but {brushed} that brush a corner; within {worst:.4} px of the formula over every slice"
        ),
        json!({ "what": "movement", "bodies": bodies, "brushed": brushed, "every_slice_px": worst }),
    );

    let grounds: Vec<Ground> = tasks
        .iter()
        .map(|task| Ground::new(&task.merged.iter().chain(&EDGES).map(|r| (0, *r)).collect::<Vec<_>>(), &[]))
        .collect();
    agree(suite, "rapier2d, two shape casts", &tasks, BY_AXES, 0.98, |n, m| grounds[n].by_axes(m.at, m.step));
    agree(suite, "rapier2d, character controller", &tasks, BY_AXES, 0.9, |n, m| grounds[n].by_controller(m.at, m.step));

    // Node is for the bench alone: the tests do without.
    let mut matter = None;
    if !suite.is_checking() {
        match Matter::start(&tasks.iter().map(scene).collect::<Vec<_>>()) {
            Ok(started) => {
                let ends = &started.hello.ends;
                let mut seen: Vec<(usize, usize)> = Vec::new();
                agree(suite, "matter-js", &tasks, 0.5, 0.9, |n, _| {
                    let i = seen.iter().filter(|(task, _)| *task == n).count();
                    seen.push((n, i));
                    (ends[n][i][0], ends[n][i][1])
                });
                suite.note(format!("matter-js {} under Node {}", started.hello.version, started.hello.node));
                matter = Some(started);
            }
            Err(error) => suite.note(format!("matter-js was not measured: {error:#}")),
        }
    }

    let question = Question::new("movement", &course.name, "tick", tasks.len()).headline();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Movement);
    contenders.push(Contender::new(Kind::Naive, "naive, every slice", || {
        for task in &tasks {
            for m in &task.moves {
                black_box(every_slice(&task.standing, black_box(m.at), m.step));
            }
        }
    }));
    contenders.push(Contender::new(Kind::Naive, "naive, tiny steps in f64", || {
        for task in &tasks {
            for m in &task.moves {
                black_box(walk::one_input(
                    &task.slices,
                    black_box(m.walker),
                    m.keys,
                    m.facing,
                    m.aiming,
                    false,
                    0.0004,
                ));
            }
        }
    }));
    contenders.push(Contender::new(Kind::Peer, format!("{}, two shape casts", rapier::NAME), || {
        for (ground, task) in grounds.iter().zip(&tasks) {
            for m in &task.moves {
                black_box(ground.by_axes(black_box(m.at), m.step));
            }
        }
    }));
    contenders.push(Contender::new(Kind::Peer, format!("{}, character controller", rapier::NAME), || {
        for (ground, task) in grounds.iter().zip(&tasks) {
            for m in &task.moves {
                black_box(ground.by_controller(black_box(m.at), m.step));
            }
        }
    }));
    if let Some(matter) = &mut matter {
        let name = format!("matter-js {}", matter.hello.version);
        contenders
            .push(Contender::timing_itself(Kind::Peer, name, |rounds| matter.play(rounds).expect("matter-js plays")));
    }
    suite.compare(&question, contenders);
}

/// Whoever lived through exactly one input in each tick.
fn tasks(course: &mut Course) -> Vec<Task> {
    let player = &mut course.players[0];
    let mut tasks = Vec::new();
    for moment in &course.moments {
        let (before, after) = (player.columns(moment, None), player.columns(moment, Some(Stage::Movement)));
        let view = player.before(moment);
        let alive = before.bytes("alive")[0];
        let (x, y, vx, vy) = (before.f32s("x"), before.f32s("y"), before.f32s("vx"), before.f32s("vy"));
        let (end_x, end_y) = (after.f32s("x"), after.f32s("y"));
        let (cursor_x, cursor_y) = (after.f32s("cursor_x"), after.f32s("cursor_y"));
        let (sequence, then) = (before.u32s("last_sequence"), after.u32s("last_sequence"));
        let held = after.u16s("held");
        let lived = (0..8).filter(|&i| alive >> i & 1 == 1 && then[i].wrapping_sub(sequence[i]) == 1);
        let moves = lived.map(|i| {
            let held = Buttons(held[i]);
            let axis = |plus, minus| f64::from(u8::from(held.has(plus))) - f64::from(u8::from(held.has(minus)));
            let keys = Keys {
                right: axis(Buttons::RIGHT, Buttons::LEFT),
                down: axis(Buttons::DOWN, Buttons::UP),
                run: held.has(Buttons::RUN),
                sneak: held.has(Buttons::SNEAK),
            };
            let (ax, ay) = (f64::from(cursor_x[i]) - f64::from(x[i]), f64::from(cursor_y[i]) - f64::from(y[i]));
            let facing = (ax / ax.hypot(ay), ay / ax.hypot(ay));
            let aiming = after.bytes("aiming")[0] >> i & 1 == 1;
            let [wx, wy, wvx, wvy] = [x[i], y[i], vx[i], vy[i]].map(f64::from);
            let walker = Walker { x: wx, y: wy, vx: wvx, vy: wvy };
            // No slice and a step in the open: what the keys ask for.
            let open = walk::one_input(&[], Walker { x: 240.0, y: 135.0, ..walker }, keys, facing, aiming, false, 0.0);
            Move {
                walker,
                keys,
                facing,
                aiming,
                at: (x[i], y[i]),
                step: ((open.x - 240.0) as f32, (open.y - 135.0) as f32),
                end: (end_x[i], end_y[i]),
            }
        });
        let moves = moves.collect();
        let standing = ground::standing(&view);
        let merged = ground::merged(&standing);
        tasks.push(Task { slices: ground::slices(&view), standing, merged, moves });
    }
    tasks
}

fn scene(task: &Task) -> Scene {
    Scene {
        walls: task.merged.iter().chain(&EDGES).copied().collect(),
        bodies: task.moves.iter().map(|m| [m.at.0, m.at.1, m.step.0, m.step.1]).collect(),
    }
}

fn apart(a: (f32, f32), b: (f32, f32)) -> f32 {
    (a.0 - b.0).abs().max((a.1 - b.1).abs())
}

/// A peer's bodies: a share of them at least ends within `near` px of ours, none ends in a wall, and all together go as
/// far as ours within 2%.
fn agree(
    suite: &mut Suite,
    name: &str,
    tasks: &[Task],
    near: f32,
    share: f64,
    mut end: impl FnMut(usize, &Move) -> (f32, f32),
) {
    let (mut alike, mut all, mut deepest) = (0, 0, 0.0_f32);
    let (mut theirs, mut ours) = (0.0_f64, 0.0_f64);
    for (n, task) in tasks.iter().enumerate() {
        for m in &task.moves {
            let end = end(n, m);
            alike += usize::from(apart(end, m.end) <= near);
            all += 1;
            let way = |to: (f32, f32)| f64::from(libm::hypotf(to.0 - m.at.0, to.1 - m.at.1));
            theirs += way(end);
            ours += way(m.end);
            for [x0, y0, x1, y1] in task.merged.iter().chain(&EDGES) {
                let away = libm::hypotf(end.0 - end.0.clamp(*x0, *x1), end.1 - end.1.clamp(*y0, *y1));
                deepest = deepest.max(BODY - away);
            }
        }
    }
    let (agreed, length) = (f64::from(alike as u32) / f64::from(all as u32), theirs / ours);
    assert!(agreed >= share, "{name}: {alike} of {all} bodies end within {near} px of ours");
    assert!(deepest < DEEP, "{name}: a body is {deepest} px in a wall");
    assert!((length - 1.0).abs() < 0.02, "{name}: its bodies go {length} of our way");
    suite.check(
        format!(
            "movement, {name}: {:.1}% of {all} bodies end within {near} px of ours, none deeper than {:.2} px in a wall; together they go {:.2}% of our way",
            agreed * 100.0,
            deepest.max(0.0),
            length * 100.0
        ),
        json!({ "what": "movement", "peer": name, "bodies": all, "near_px": near, "near": agreed, "deepest_px": deepest, "way": length }),
    );
}

/// The engine's formula without its grid: every slice that stands is looked at.
fn every_slice(standing: &[(usize, Rect)], at: (f32, f32), step: (f32, f32)) -> (f32, f32) {
    let x = slide(standing, false, at.0, at.1, step.0);
    let y = slide(standing, true, at.1, x, step.1);
    (x, y)
}

fn slide(standing: &[(usize, Rect)], vertical: bool, along: f32, across: f32, step: f32) -> f32 {
    if step == 0.0 {
        return along;
    }
    let size = if vertical { 270.0 } else { 480.0 };
    let mut end = (along + step).clamp(BODY, size - BODY);
    for &(_, [x0, y0, x1, y1]) in standing {
        let (near, far, side0, side1) = if vertical { (y0, y1, x0, x1) } else { (x0, x1, y0, y1) };
        let off = (side0 - across).max(across - side1).max(0.0);
        if off >= BODY {
            continue;
        }
        let reach = if off == 0.0 { BODY } else { (BODY * BODY - off * off).sqrt() + 1.0 / 1024.0 };
        if step > 0.0 && along <= near - reach + 0.02 {
            end = end.min((near - reach).max(along));
        } else if step < 0.0 && along >= far + reach - 0.02 {
            end = end.max((far + reach).min(along));
        }
    }
    end
}
