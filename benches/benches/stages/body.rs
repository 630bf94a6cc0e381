//! Damage: to slices, and to bodies.

use super::course::{Course, levels};
use serde_json::json;
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use trespasser::sim::Stage;
use trespasser::{Event, EventKind, GameMap};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

const ROWS: usize = 27;
const COLS: usize = 48;

pub(crate) fn run(suite: &mut Suite) {
    walls(suite);
    life(suite);
}

/// Walls as lists of numbers, and what follows from them.
#[derive(Clone, PartialEq, Debug)]
struct Walls {
    /// 1/64 points.
    health: Vec<u16>,
    gone: Vec<bool>,
    clear: Vec<bool>,
    solid: Vec<u64>,
    opaque: Vec<u64>,
}

impl Walls {
    /// All of it anew after each hit's damage.
    fn hit(&mut self, map: &GameMap, hits: &[(usize, u16)]) {
        let g = map.geometry();
        for &(slice, damage) in hits {
            self.health[slice] = self.health[slice].saturating_sub(damage);
        }
        self.solid.fill(0);
        self.opaque.fill(0);
        for s in 0..g.slice_count {
            self.gone[s] = self.health[s] == 0;
            self.clear[s] = self.health[s] <= g.see_through[s];
            for &cell in g.cells_of(s) {
                let (row, bit) = (usize::from(cell) / COLS, 1 << (usize::from(cell) % COLS));
                self.solid[row] |= if self.gone[s] { 0 } else { bit };
                self.opaque[row] |= if self.clear[s] { 0 } else { bit };
            }
        }
    }
}

fn of_walls(columns: &super::course::Store, slices: usize) -> Walls {
    let bits = |name: &str| {
        let words = columns.u64s(name);
        (0..slices).map(|s| words[s / 64] >> (s % 64) & 1 == 1).collect()
    };
    let mut health = columns.u16s("walls.health");
    health.truncate(slices);
    Walls {
        health,
        gone: bits("walls.gone"),
        clear: bits("walls.clear"),
        solid: columns.u64s("solid_any"),
        opaque: columns.u64s("sight_any"),
    }
}

struct Task {
    map: Arc<GameMap>,
    before: Walls,
    hits: Vec<(usize, u16)>,
}

fn walls(suite: &mut Suite) {
    let mut course = Course::new(suite, "demolition", 5, |tick| tick.has(EventKind::WallDamaged));
    let player = &mut course.players[0];
    let mut tasks = Vec::new();
    let (mut hits, mut broken) = (0, 0);
    for moment in &course.moments {
        let map = player.before(moment).map().clone();
        let slices = map.geometry().slice_count;
        let before = of_walls(&player.columns(moment, Some(Stage::Blasts)), slices);
        let want = of_walls(&player.columns(moment, Some(Stage::Walls)), slices);
        let dealt = |e: &Event| (usize::from(e.slice), e.value as u16);
        let breaks = moment.tick.of(EventKind::SliceDestroyed).map(dealt);
        let task =
            Task { map, before, hits: moment.tick.of(EventKind::WallDamaged).map(dealt).chain(breaks).collect() };
        let mut got = task.before.clone();
        got.hit(&task.map, &task.hits);
        assert_eq!(got.solid.len(), ROWS);
        assert!(got == want, "walls after {:?}", task.hits);
        hits += task.hits.len();
        broken += moment.tick.of(EventKind::SliceDestroyed).count();
        tasks.push(task);
    }
    suite.check(
        format!("walls: health, bits and rows after {hits} hits, {broken} of which break a slice, as worked out anew"),
        json!({ "what": "walls", "hits": hits, "broken": broken }),
    );
    let question = Question::new("walls", &course.name, "tick", tasks.len()).headline();
    let mut copies: Vec<Walls> = tasks.iter().map(|task| task.before.clone()).collect();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Walls);
    contenders.push(Contender::timing_itself(Kind::Naive, "naive, every slice anew", |rounds| {
        let mut spent = Duration::ZERO;
        for _ in 0..rounds {
            copies.iter_mut().zip(&tasks).for_each(|(copy, task)| copy.clone_from(&task.before));
            let began = Instant::now();
            for (copy, task) in copies.iter_mut().zip(&tasks) {
                copy.hit(&task.map, black_box(&task.hits));
            }
            spent += began.elapsed();
        }
        spent
    }));
    suite.compare(&question, contenders);
}

/// A hit on a body: victim, attacker, 1/64 points.
type Hit = (u8, u8, i32);

/// Health after the hits of a tick, by slot, and who is credited with what: attackers from the heaviest down, ties by
/// slot.
fn hurt(health: &mut HashMap<u8, i32>, safe: &[bool; 8], hits: &[Hit]) -> Vec<Hit> {
    let mut by_victim: HashMap<u8, HashMap<u8, i32>> = HashMap::new();
    for &(victim, attacker, damage) in hits {
        *by_victim.entry(victim).or_default().entry(attacker).or_default() += damage;
    }
    let mut credits = Vec::new();
    for (victim, attackers) in by_victim {
        let Some(left) = health.get_mut(&victim).filter(|_| !safe[usize::from(victim)]) else { continue };
        let mut attackers: Vec<(u8, i32)> = attackers.into_iter().collect();
        attackers.sort_by_key(|&(attacker, damage)| (-damage, attacker));
        for (attacker, damage) in attackers {
            let dealt = damage.min(*left);
            if dealt > 0 {
                *left -= dealt;
                credits.push((victim, attacker, dealt));
            }
        }
    }
    credits
}

fn life(suite: &mut Suite) {
    let mut course = Course::new(suite, "brawl", 3, |tick| tick.has(EventKind::PlayerDamaged));
    let player = &mut course.players[0];
    let mut tasks = Vec::new();
    let (mut hits, mut deaths) = (0, 0);
    for moment in &course.moments {
        let columns = player.columns(moment, Some(Stage::Clouds));
        let alive = columns.bytes("alive")[0];
        let points = columns.i32s("health");
        let health: HashMap<u8, i32> =
            (0..8u8).filter(|s| alive >> s & 1 == 1).map(|s| (s, points[usize::from(s)])).collect();
        let until = columns.u32s("invulnerable_until");
        let now = columns.u32s("tick")[0];
        let safe: [bool; 8] = core::array::from_fn(|slot| now < until[slot]);
        let hit = |e: &Event| (e.target, e.actor, e.value);
        let all: Vec<Hit> = moment.tick.of(EventKind::HitPlayer).map(hit).filter(|hit| hit.2 > 0).collect();
        let mut after = health.clone();
        let mut credits = hurt(&mut after, &safe, &all);
        let mut want: Vec<Hit> = moment.tick.of(EventKind::PlayerDamaged).map(hit).collect();
        credits.sort_unstable();
        want.sort_unstable();
        assert_eq!(credits, want, "who is credited with what");
        let points = player.columns(moment, Some(Stage::Life)).i32s("health");
        for (victim, ..) in &want {
            assert_eq!(points[usize::from(*victim)], after[victim], "health of slot {victim}");
        }
        hits += want.len();
        deaths += moment.tick.of(EventKind::Died).count();
        tasks.push((health, safe, all));
    }
    suite.check(
        format!("life: {hits} hits, {deaths} deaths, health and credits as counted by records"),
        json!({ "what": "life", "hits": hits, "deaths": deaths }),
    );
    let question = Question::new("life", &course.name, "tick", tasks.len()).headline();
    let mut copies: Vec<HashMap<u8, i32>> = tasks.iter().map(|task| task.0.clone()).collect();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Life);
    contenders.push(Contender::timing_itself(Kind::Naive, "naive, maps; no respawns, no telling", |rounds| {
        let mut spent = Duration::ZERO;
        for _ in 0..rounds {
            copies.iter_mut().zip(&tasks).for_each(|(copy, task)| copy.clone_from(&task.0));
            let began = Instant::now();
            for (copy, (_, safe, all)) in copies.iter_mut().zip(&tasks) {
                black_box(hurt(copy, safe, black_box(all)));
            }
            spent += began.elapsed();
        }
        spent
    }));
    suite.compare(&question, contenders);
}
