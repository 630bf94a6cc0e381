//! What players are told and may know, over all scenes, beside a naive account of it: the table of events written out
//! once more, every slice tried against every line, in f64. Where a line grazes something by less than [`GRAZE`], or a
//! place lies on the very rim of what is seen, either answer will do.
#![cfg(feature = "scenes")]
// Helpers outside the test functions: a failure is a failure there too. Slots are what everything is about.
#![allow(clippy::unwrap_used, clippy::needless_range_loop)]

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hasher};
use trespasser::net::hidden;
use trespasser::scenes::{FIGHTS, Scene};
use trespasser::simd::Level;
use trespasser::world::{NO_SLICE, NONE, PLAYERS};
use trespasser::{Event, EventKind, MatchView, PlayerView, Team, Told, Weapon, World, WorldDef};

/// px by which slices are shrunk and grown.
const GRAZE: f64 = 0.02;
/// As in `net/knowledge.rs`.
const OFF: f64 = 1.0 / 32.0;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    Yes,
    No,
    Either,
}
use Verdict::{Either, No, Yes};

fn and(a: Verdict, b: impl FnOnce() -> Verdict) -> Verdict {
    match a {
        No => No,
        Yes => b(),
        Either => {
            if b() == No {
                No
            } else {
                Either
            }
        }
    }
}

fn below(value: f64, limit: f64, slack: f64) -> Verdict {
    if value < limit - slack {
        Yes
    } else if value > limit + slack {
        No
    } else {
        Either
    }
}

/// A tick as the reference sees it.
struct Still<'a> {
    view: MatchView<'a>,
    players: [Option<PlayerView>; PLAYERS],
    /// Slices that stop sight.
    opaque: Vec<[f64; 4]>,
}

impl<'a> Still<'a> {
    fn new(view: MatchView<'a>) -> Still<'a> {
        let mut players = [None; PLAYERS];
        view.players().for_each(|p| players[p.id.slot()] = Some(p));
        let g = view.map().geometry();
        let opaque = (0..g.slice_count)
            .filter(|&s| view.slice_health(s) > g.see_through[s])
            .map(|s| [g.x0[s], g.y0[s], g.x1[s], g.y1[s]].map(f64::from))
            .collect();
        Still { view, players, opaque }
    }

    fn touches(a: (f64, f64), b: (f64, f64), rect: &[f64; 4], grown: f64) -> bool {
        let (mut enter, mut leave) = (0.0f64, 1.0f64);
        for (from, way, low, high) in [(a.0, b.0 - a.0, rect[0], rect[2]), (a.1, b.1 - a.1, rect[1], rect[3])] {
            let (low, high) = (low - grown, high + grown);
            if way.abs() < 1e-12 {
                if from < low || from > high {
                    return false;
                }
                continue;
            }
            let (t, u) = ((low - from) / way, (high - from) / way);
            enter = enter.max(t.min(u));
            leave = leave.min(t.max(u));
        }
        enter <= leave
    }

    fn clear(&self, a: (f64, f64), b: (f64, f64)) -> Verdict {
        if self.opaque.iter().any(|rect| Self::touches(a, b, rect, -GRAZE)) {
            No
        } else if self.opaque.iter().any(|rect| Self::touches(a, b, rect, GRAZE)) {
            Either
        } else {
            Yes
        }
    }

    fn eye(&self, viewer: usize) -> Option<&PlayerView> {
        self.players[viewer].as_ref().filter(|p| p.alive && !p.blind)
    }

    /// Whether a place is in view.
    fn shows(&self, viewer: usize, x: f64, y: f64) -> Verdict {
        let Some(eye) = self.eye(viewer) else { return No };
        let from = (f64::from(eye.position.x), f64::from(eye.position.y));
        let (dx, dy) = (x - from.0, y - from.1);
        let distance = dx.hypot(dy);
        let close = below(distance, self.view.rules().vision.close.into(), 1e-3);
        let along = (dx * f64::from(eye.facing.x) + dy * f64::from(eye.facing.y)) / distance.max(1e-9);
        let off = along.clamp(-1.0, 1.0).acos();
        let in_cone = and(below(distance, eye.sight.into(), 1e-3), || below(off, f64::from(eye.cone) / 2.0, 1e-3));
        let within = match (close, in_cone) {
            (Yes, _) | (_, Yes) => Yes,
            (No, No) => No,
            _ => Either,
        };
        and(within, || {
            and(self.clear(from, (x, y)), || {
                let there = trespasser::Vec2::new(x as f32, y as f32);
                below(self.view.smoke_between(eye.position, there).into(), self.view.rules().smoke.depth.into(), 1e-3)
            })
        })
    }

    /// Whether a slice is in view, by the points that `net/knowledge.rs` names.
    fn shows_slice(&self, viewer: usize, s: usize) -> Verdict {
        let Some(eye) = self.eye(viewer) else { return No };
        let g = self.view.map().geometry();
        let [x0, y0, x1, y1] = [g.x0[s], g.y0[s], g.x1[s], g.y1[s]].map(f64::from);
        let (ex, ey) = (f64::from(eye.position.x), f64::from(eye.position.y));
        let mut points = Vec::new();
        for share in [0.5, 0.125, 0.875] {
            let (x, y) = (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share);
            if ex < x0 {
                points.push((x0 - OFF, y));
            }
            if ex > x1 {
                points.push((x1 + OFF, y));
            }
            if ey < y0 {
                points.push((x, y0 - OFF));
            }
            if ey > y1 {
                points.push((x, y1 + OFF));
            }
        }
        if points.is_empty() {
            return Yes;
        }
        if self.view.slice_health(s) <= g.see_through[s] {
            points.push(((x0 + x1) / 2.0, (y0 + y1) / 2.0));
        }
        let mut all = No;
        for (x, y) in points {
            match self.shows(viewer, x, y) {
                Yes => return Yes,
                Either => all = Either,
                No => {}
            }
        }
        all
    }

    fn mates(&self, a: usize, b: usize) -> bool {
        matches!((&self.players[a], &self.players[b]), (Some(a), Some(b)) if a.team == b.team)
    }

    fn is_friend(&self, viewer: usize, slot: u8) -> bool {
        slot != NONE && self.mates(viewer, slot.into())
    }

    fn knows(&self, viewer: usize, slot: u8) -> bool {
        self.is_friend(viewer, slot) || (slot != NONE && self.view.sees(viewer) >> slot & 1 == 1)
    }
}

/// How a viewer should be told of an event, if at all.
fn row(still: &Still<'_>, saw: u8, teams: &[(u32, Team)], e: &Event, viewer: usize) -> (Verdict, u8) {
    use EventKind::*;
    let (friend, actor, target) =
        (still.is_friend(viewer, e.actor), still.knows(viewer, e.actor), still.knows(viewer, e.target));
    let yes = |told: bool| if told { Yes } else { No };
    let hide = |known: bool, bits: u8| if known { 0 } else { bits };
    match EventKind::from_number(e.kind).unwrap() {
        Joined | MatchEnded => (Yes, 0),
        Left => (Yes, hide(actor, hidden::PLACE)),
        RespawnDenied | FireRefused | AimToggled | Overheated => (yes(usize::from(e.actor) == viewer), 0),
        Spawned | Miss | ReloadStarted | Switched => (yes(actor), 0),
        Fired | Reloaded => (yes(actor), hide(friend, hidden::ROUNDS)),
        HitWall => (yes(actor), hide(friend, hidden::DAMAGE)),
        HitPlayer if target => (yes(actor), 0),
        HitPlayer => (yes(friend), hidden::TARGET | hidden::PLACE | hidden::DIRECTION | hidden::DAMAGE),
        PlayerDamaged => (yes(target), hide(actor, hidden::ACTOR | hidden::WEAPON)),
        Died => (Yes, hide(target || saw >> e.target & 1 == 1, hidden::PLACE)),
        Dazzled => (yes(usize::from(e.target) == viewer), hide(actor, hidden::ACTOR)),
        WallDamaged | SliceDestroyed => {
            let seen = if friend { Yes } else { still.shows_slice(viewer, e.slice.into()) };
            (seen, hide(actor, hidden::ACTOR | hidden::WEAPON))
        }
        Launched => (yes(actor), hide(friend, hidden::ROUNDS)),
        Bounced | Exploded => {
            let bounced = e.kind == Bounced as u8;
            let team = teams.iter().rev().find(|(serial, _)| *serial == e.value as u32).map(|(_, team)| *team);
            let own = team.is_some() && team == still.players[viewer].map(|p| p.team);
            let smoke = !bounced && e.weapon == Weapon::SmokeGrenade as u8;
            let seen = if own || smoke { Yes } else { still.shows(viewer, e.x.into(), e.y.into()) };
            (seen, hide(actor, hidden::ACTOR) | hide(target || !bounced, hidden::TARGET))
        }
    }
}

/// The event with what is hidden taken out, and without what is each viewer's own.
fn strip(mut e: Event, hide: u8) -> Event {
    let kind = EventKind::from_number(e.kind).unwrap();
    if hide & hidden::ACTOR != 0 {
        e.actor = NONE;
    }
    if hide & hidden::TARGET != 0 {
        e.target = NONE;
    }
    if hide & hidden::PLACE != 0 {
        (e.x, e.y) = (0.0, 0.0);
    }
    if hide & hidden::WEAPON != 0 {
        e.weapon = NONE;
    }
    if hide & hidden::DIRECTION != 0 {
        (e.dx, e.dy) = (0.0, 0.0);
    }
    if hide & hidden::DAMAGE != 0 || (hide & hidden::ROUNDS != 0 && kind != EventKind::Launched) {
        e.value = 0;
    }
    if hide & hidden::ROUNDS != 0 {
        match kind {
            EventKind::Launched => e.slice = 0,
            EventKind::Reloaded => e.aux = 0,
            _ => {}
        }
    }
    if kind == EventKind::SliceDestroyed {
        e.part = 0;
    }
    if matches!(kind, EventKind::Launched | EventKind::Bounced | EventKind::Exploded) {
        e.value = 0;
    }
    e.reserved = 0;
    e
}

fn listen(scene: &mut Scene) {
    let ids: Vec<_> = scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect();
    for id in ids {
        scene.world.listen(scene.game, id, true).unwrap();
    }
}

#[derive(Default, Debug)]
struct Tally {
    told: u32,
    either: u32,
    flights: u32,
    learnt: u32,
    looked: u32,
}

fn check(name: &str, ticks: u32, tally: &mut Tally) {
    let mut scene = Scene::new(name).unwrap();
    listen(&mut scene);
    let mut known: Vec<Vec<u16>> = vec![Vec::new(); PLAYERS];
    for viewer in 0..PLAYERS {
        scene.world.view(scene.game).unwrap().known_health(viewer, &mut known[viewer]);
    }
    let mut saw = [0u8; PLAYERS];
    let mut teams: Vec<(u32, Team)> = Vec::new();
    let (mut events, mut slices, mut projectiles) = (Vec::new(), Vec::new(), Vec::new());
    for tick in 1..=ticks {
        scene.advance(1);
        let mut queues: [VecDeque<Told>; PLAYERS] = Default::default();
        events.clear();
        scene.world.drain_events(scene.game, |e| events.push(*e)).unwrap();
        let lost = scene
            .world
            .drain_told(scene.game, |told| {
                (0..PLAYERS).filter(|v| told.to >> v & 1 == 1).for_each(|v| queues[v].push_back(*told));
            })
            .unwrap();
        assert_eq!(lost, 0);
        let still = Still::new(scene.world.view(scene.game).unwrap());
        let at = |viewer: usize| format!("{name}, tick {tick}, viewer {viewer}");
        for e in &events {
            if e.kind == EventKind::Launched as u8 {
                teams.push((e.value as u32, still.players[usize::from(e.actor)].unwrap().team));
            }
        }
        for viewer in (0..PLAYERS).filter(|v| still.players[*v].is_some()) {
            let mates = |t: &usize| still.mates(viewer, *t) && still.players[*t].is_some_and(|p| p.placed);
            let mut knows = (0..PLAYERS).filter(mates).fold(1u8 << viewer, |mask, t| mask | 1 << t);
            knows |= still.view.sees(viewer);
            assert_eq!(still.view.knows(viewer), knows, "{}", at(viewer));
            for e in &events {
                let (verdict, hide) = row(&still, saw[viewer], &teams, e, viewer);
                let want = strip(*e, hide);
                let next = queues[viewer].front().is_some_and(|t| t.hidden == hide && strip(t.event, hide) == want);
                assert!(verdict != Yes || next, "{}: not told {e:?}, but {:?}", at(viewer), queues[viewer].front());
                let told = verdict != No && next;
                if told {
                    queues[viewer].pop_front();
                    tally.told += 1;
                }
                tally.either += u32::from(verdict == Either);
                if e.slice != NO_SLICE
                    && (e.kind == EventKind::WallDamaged as u8 || e.kind == EventKind::SliceDestroyed as u8)
                {
                    let heard = e.kind == EventKind::SliceDestroyed as u8 && e.part >> viewer & 1 == 1;
                    if told || heard {
                        known[viewer][usize::from(e.slice)] = e.aux;
                    }
                }
            }
            assert_eq!(queues[viewer].front(), None, "{}: told too much", at(viewer));

            still.view.known_health(viewer, &mut slices);
            for s in (0..slices.len()).filter(|&s| slices[s] != known[viewer][s]) {
                assert_eq!(slices[s], still.view.slice_health(s), "{}, slice {s}", at(viewer));
                assert_ne!(still.shows_slice(viewer, s), No, "{}, slice {s}", at(viewer));
                tally.learnt += 1;
            }
            known[viewer].copy_from_slice(&slices);
            // In the tick of a glance nothing in view is remembered otherwise than it is.
            if tick % 60 == 3 * (viewer as u32 % 2) {
                for s in (0..slices.len()).filter(|&s| slices[s] != still.view.slice_health(s)) {
                    assert_ne!(still.shows_slice(viewer, s), Yes, "{}, slice {s}", at(viewer));
                    tally.looked += 1;
                }
            }

            still.view.known_projectiles(viewer, &mut projectiles);
            let own = still.players[viewer].unwrap().team;
            for p in still.view.projectiles() {
                let verdict =
                    if p.team == own { Yes } else { still.shows(viewer, p.position.x.into(), p.position.y.into()) };
                let found = projectiles.iter().position(|k| k.position == p.position && k.velocity == p.velocity);
                assert!(verdict == Either || (verdict == Yes) == found.is_some(), "{}: {p:?}", at(viewer));
                if let Some(place) = found {
                    projectiles.remove(place);
                    tally.flights += 1;
                }
            }
            assert_eq!(projectiles, [], "{}", at(viewer));
            saw[viewer] = still.view.sees(viewer);
        }
    }
}

#[test]
fn scenes_are_told_as_the_table_says() {
    let mut tally = Tally::default();
    for name in FIGHTS {
        check(name, if *name == "arsenal" { 2400 } else { 1200 }, &mut tally);
    }
    println!("{tally:?}");
    assert!(tally.told > 10_000 && tally.flights > 1000 && tally.learnt > 200 && tally.looked > 1000, "{tally:?}");
    assert!(tally.either * 50 < tally.told, "{tally:?}");
}

/// Hash of all that is told, and of what is known at the end.
fn told_hash(level: Level, step: fn(&mut World)) -> u64 {
    let mut scene = Scene::with_def("arsenal", WorldDef { simd: Some(level), ..WorldDef::default() }).unwrap();
    listen(&mut scene);
    let mut hasher = DefaultHasher::new();
    for _ in 0..900 {
        scene.advance_with(1, step);
        scene.world.drain_told(scene.game, |told| hasher.write(format!("{told:?}").as_bytes())).unwrap();
    }
    let view = scene.world.view(scene.game).unwrap();
    let mut slices = Vec::new();
    for viewer in 0..PLAYERS {
        view.known_health(viewer, &mut slices);
        slices.iter().for_each(|health| hasher.write_u16(*health));
        hasher.write_u32(view.known_slices_version(viewer));
    }
    hasher.finish()
}

#[test]
fn every_level_and_any_number_of_threads_tell_the_same() {
    let want = told_hash(Level::detect(), World::step);
    for &level in Level::available() {
        assert_eq!(told_hash(level, World::step), want, "{}", level.name());
        assert_eq!(told_hash(level, World::step_parallel), want, "{}, in parallel", level.name());
    }
}
