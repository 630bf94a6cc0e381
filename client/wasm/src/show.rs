//! A recording that is looked at.

use crate::answer::{Answer, Fault, hex};
use crate::arena::Arena;
use crate::ground::{Ground, map_of};
use serde_json::{Value, json};
use std::sync::Arc;
use trespasser::guard::Kind;
use trespasser::replay::{Compared, Playback, Replay, Tail, What};
use trespasser::world::{EventKind, flag};
use trespasser::{GameMap, GuardDef, Op, PlayerId, RuleSet, Weapon, World, WorldDef};

/// Ticks that one call plays at most: a minute at 240 ticks a second, well under a second of a machine's time.
const MOST_TICKS: u32 = 14_400;

pub(crate) fn of(show: &mut Option<Show>) -> Result<&mut Show, Fault> {
    show.as_mut().ok_or_else(|| Fault::not_yet("no recording is open; open one first"))
}

/// The same recording once more, played from end to end under a guard.
struct Scan {
    arena: Arena,
    playback: Playback,
    /// Lives at the moment.
    guarded: bool,
    ended: bool,
}

pub(crate) struct Show {
    pub(crate) arena: Arena,
    playback: Playback,
    replay: Replay,
    rules: RuleSet,
    map: Arc<GameMap>,
    scan: Scan,
}

/// At a keyframe, with nothing remembered from before.
fn begin(
    replay: &Replay,
    rules: &RuleSet,
    map: &Arc<GameMap>,
    tick: u32,
    number: u32,
) -> Result<(Arena, Playback), Fault> {
    let def =
        WorldDef { tick_rate: replay.header().tick_rate, rules: rules.clone(), max_matches: 1, ..WorldDef::default() };
    let mut world = World::new(def)?;
    let mut playback = replay.begin(&mut world, map)?;
    playback.seek(&mut world, tick)?;
    let mut arena = Arena::new(world, playback.game());
    arena.begin(number)?;
    Ok((arena, playback))
}

impl Show {
    pub(crate) fn open(bytes: Vec<u8>, ground: &Ground) -> Result<(Show, Answer), Fault> {
        let replay = Replay::open(bytes)?;
        let header = replay.header();
        let known = RuleSet::NAMES.iter().filter_map(|name| RuleSet::by_name(name).ok());
        let rules = known.into_iter().find(|rules| rules.hash() == header.rules).ok_or_else(|| {
            let text = format!(
                "it was recorded under the rules {:?} ({}), which this engine does not have; it has {}",
                header.rules_name,
                hex(header.rules),
                RuleSet::NAMES.join(", ")
            );
            Fault::replay("rules", text)
        })?;
        let named = header.labels.iter().find(|label| label.slot.is_none() && label.key == "map");
        let map = ground.find(header.map).ok_or_else(|| {
            let name = named.map_or(String::new(), |label| format!(" {:?}", label.value));
            let text = format!(
                "it was recorded on the map{name} ({}), which is none of the engine's own; load that map's PNG first",
                hex(header.map)
            );
            Fault::replay("map", text)
        })?;
        let (arena, playback) = begin(&replay, &rules, &map, header.first_tick, 0)?;
        let (scan_arena, scan_playback) = begin(&replay, &rules, &map, header.first_tick, 0)?;
        let scan = Scan { arena: scan_arena, playback: scan_playback, guarded: false, ended: false };
        let answer = told_of(&replay, &map)?;
        Ok((Show { arena, playback, replay, rules, map, scan }, answer.into()))
    }

    pub(crate) fn step(&mut self, ticks: u32) -> Result<Answer, Fault> {
        if ticks > MOST_TICKS {
            return Err(Fault::argument("ticks", ticks, format!("at most {MOST_TICKS}")));
        }
        let mut checks = Vec::new();
        let mut ended = false;
        for _ in 0..ticks {
            if !self.playback.step(&mut self.arena.world)? {
                // What was done after the last tick.
                checks.extend(self.playback.compared().iter().map(check_of));
                ended = true;
                break;
            }
            self.arena.after_tick(|_| {})?;
            checks.extend(self.playback.compared().iter().map(check_of));
        }
        Ok(json!({ "tick": self.playback.tick(), "ended": ended, "checks": checks }).into())
    }

    pub(crate) fn seek(&mut self, tick: u32, most: u32) -> Result<Answer, Fault> {
        let (first, last) = (self.replay.header().first_tick, self.replay.last_tick());
        if !(first..=last).contains(&tick) {
            return Err(Fault::argument("tick", tick, format!("{first} to {last}")));
        }
        if !(1..=MOST_TICKS).contains(&most) {
            return Err(Fault::argument("most", most, format!("1 to {MOST_TICKS}")));
        }
        let now = self.playback.tick();
        let keyframes = self.replay.keyframes();
        let nearest = keyframes[keyframes.partition_point(|keyframe| keyframe.tick <= tick).saturating_sub(1)].tick;
        let from = if now > tick || now < nearest { nearest } else { now };
        if now > tick || now < nearest {
            // In a world of its own: in the old one players would remember what has not happened yet.
            let number = self.arena.number().wrapping_add(1);
            (self.arena, self.playback) = begin(&self.replay, &self.rules, &self.map, nearest, number)?;
        }
        let until = tick.min(from.saturating_add(most));
        while self.playback.tick() < until && self.playback.step(&mut self.arena.world)? {
            self.arena.after_tick(|_| {})?;
        }
        self.arena.forget()?;
        let tick_now = self.playback.tick();
        let found = self.arena.world.hash(self.arena.game)?;
        let keyframe = self.replay.keyframes().iter().rfind(|keyframe| keyframe.tick == tick_now);
        let compared = self.playback.compared().last().filter(|compared| compared.tick == tick_now);
        let expected =
            compared.map(|compared| compared.expected).or_else(|| keyframe.and_then(|keyframe| keyframe.hash));
        Ok(json!({
            "tick": tick_now, "from": from, "done": tick_now == tick, "found": hex(found),
            "expected": expected.map(hex),
        })
        .into())
    }

    pub(crate) fn frame(&mut self, viewer: i32) -> Result<Answer, Fault> {
        let mut frame = self.arena.frame(viewer)?;
        frame["tape"] = json!(self.playback.tick());
        frame["hash"] = json!(hex(self.arena.world.hash(self.arena.game)?));
        Ok(frame.into())
    }

    pub(crate) fn scan(&mut self, ticks: u32) -> Result<Answer, Fault> {
        if !(1..=MOST_TICKS).contains(&ticks) {
            return Err(Fault::argument("ticks", ticks, format!("1 to {MOST_TICKS}")));
        }
        let Scan { arena, playback, guarded, ended } = &mut self.scan;
        let (mut kills, mut evidence, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        let mut lost = 0;
        if !*guarded {
            arena.world.guard(arena.game, GuardDef::default())?;
            *guarded = true;
        }
        for _ in 0..ticks {
            if *ended {
                break;
            }
            *ended = !playback.step(&mut arena.world)?;
            checks.extend(playback.compared().iter().map(check_of));
            if *ended {
                break;
            }
            let tick = playback.tick();
            arena.after_tick(|event| {
                if event.kind == EventKind::Died as u8 {
                    let weapon = Weapon::from_number(event.weapon).map(Weapon::name);
                    let own = event.flags & flag::TEAM_KILL != 0;
                    kills.push(json!({ "tick": tick, "killer": event.actor, "victim": event.target, "weapon": weapon,
                        "teamKill": own, "x": event.x, "y": event.y }));
                }
            })?;
            lost += arena.world.drain_evidence(arena.game, |piece| {
                evidence.push(json!({
                    "tick": tick, "slot": PlayerId::from_raw(piece.player).slot(), "kind": piece.kind().map(Kind::name),
                    "statistical": piece.kind().is_some_and(Kind::is_statistical),
                    "value": piece.value, "limit": piece.limit, "grade": piece.grade,
                }));
            })?;
        }
        let mut standings = Vec::new();
        arena.world.verdicts(arena.game, |player, standing| {
            standings
                .push(json!({ "slot": player.slot(), "verdict": standing.verdict.name(), "score": standing.score }));
        })?;
        Ok(json!({ "tick": playback.tick(), "ended": *ended, "kills": kills, "evidence": evidence, "lost": lost,
            "checks": checks, "verdicts": standings })
        .into())
    }
}

fn check_of(compared: &Compared) -> Value {
    json!({ "tick": compared.tick, "expected": hex(compared.expected), "found": hex(compared.found) })
}

fn told_of(replay: &Replay, map: &GameMap) -> Result<Value, Fault> {
    let header = replay.header();
    let label =
        |label: &trespasser::replay::Label| json!({ "slot": label.slot, "key": label.key, "value": label.value });
    let mut marks = Vec::new();
    for entry in replay.timeline()? {
        let tick = entry.tick;
        marks.push(match entry.what {
            What::Op(Op::Join { slot, team, .. }) => {
                json!({ "tick": tick, "what": "join", "slot": slot, "team": team.name() })
            }
            What::Op(Op::Leave { slot }) => json!({ "tick": tick, "what": "leave", "slot": slot }),
            What::Op(Op::SetTeam { slot, team }) => {
                json!({ "tick": tick, "what": "team", "slot": slot, "team": team.name() })
            }
            What::Op(_) => continue,
            What::Label(it) => {
                json!({ "tick": tick, "what": "label", "slot": it.slot, "key": it.key, "value": it.value })
            }
            What::Restored => json!({ "tick": tick, "what": "restored" }),
        });
    }
    Ok(json!({
        "engine": header.engine,
        "simulation": header.simulation,
        "tickRate": header.tick_rate,
        "rules": header.rules_name,
        "killTarget": header.kill_target,
        "seed": header.seed.to_string(),
        "firstTick": header.first_tick,
        "lastTick": replay.last_tick(),
        "complete": replay.tail() == Tail::Complete,
        "keyframes": replay.keyframes().iter().map(|keyframe| keyframe.tick).collect::<Vec<_>>(),
        "labels": header.labels.iter().map(label).collect::<Vec<_>>(),
        "marks": marks,
        "map": map_of(map, &[]),
    }))
}
