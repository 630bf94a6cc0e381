//! Weapons: hands, magazines and triggers, beside the same with players as records and rules in a map by name.

use super::course::{Course, Store, levels};
use serde_json::json;
use std::collections::HashMap;
use std::hint::black_box;
use trespasser::rules::Fire;
use trespasser::sim::Stage;
use trespasser::{Buttons, EventKind, RuleSet, Weapon};
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

const SLOTS: [Buttons; 5] = [Buttons::SLOT1, Buttons::SLOT2, Buttons::SLOT3, Buttons::SLOT4, Buttons::SLOT5];
const TICK_RATE: i64 = 60;

#[derive(Debug, Clone, PartialEq)]
struct Gun {
    name: String,
    rounds: u16,
    reserve: u16,
    /// Rounds a minute times ticks, as the engine counts, so that both can be compared.
    wait: i64,
}

#[derive(Debug, Clone, PartialEq)]
struct Hands {
    guns: Vec<Option<Gun>>,
    hand: usize,
    reload: u16,
    silent: bool,
    pressed: Buttons,
    held: Buttons,
    alive: bool,
}

struct Rule {
    rate: i64,
    magazine: u16,
    reload_ticks: u16,
    automatic: bool,
}

fn rules(book: &RuleSet) -> HashMap<String, Rule> {
    let rule = |n: u8| {
        let weapon = Weapon::from_number(n)?;
        let rule = &book.weapons[weapon as usize];
        let reload_ticks = (u32::from(rule.reload_ms) * TICK_RATE as u32).div_ceil(1000) as u16;
        let automatic = rule.fire == Fire::Automatic;
        Some((
            weapon.name().to_owned(),
            Rule { rate: rule.rate.into(), magazine: rule.magazine, reload_ticks, automatic },
        ))
    };
    (0..15).filter_map(rule).collect()
}

fn hands(columns: &Store) -> Vec<Hands> {
    let (weapon, hand, alive) = (columns.bytes("weapon"), columns.bytes("hand"), columns.bytes("alive")[0]);
    let (rounds, reserve, wait) = (columns.u16s("ammo"), columns.u16s("reserve"), columns.i32s("cooldown"));
    let (reload, silence) = (columns.u16s("reload"), columns.u16s("silence"));
    let (pressed, held) = (columns.u16s("pressed"), columns.u16s("held"));
    (0..8)
        .map(|slot| {
            let gun = |place: usize| {
                let lane = place * 8 + slot;
                let name = Weapon::from_number(weapon[lane])?.name().to_owned();
                Some(Gun { name, rounds: rounds[lane], reserve: reserve[lane], wait: wait[lane].into() })
            };
            Hands {
                guns: (0..5).map(gun).collect(),
                hand: hand[slot].into(),
                reload: reload[slot],
                silent: silence[slot] > 0,
                pressed: Buttons(pressed[slot]),
                held: Buttons(held[slot]),
                alive: alive >> slot & 1 == 1,
            }
        })
        .collect()
}

/// One tick; how many fire.
fn tick(all: &mut [Hands], rules: &HashMap<String, Rule>) -> usize {
    let mut fired = 0;
    for hands in all {
        for gun in hands.guns.iter_mut().flatten() {
            gun.wait = if gun.wait > 0 { gun.wait - rules[&gun.name].rate } else { 0 };
        }
        if !hands.alive {
            continue;
        }
        let pressed = std::mem::replace(&mut hands.pressed, Buttons::NONE);
        let wanted = (0..5).find(|&place| pressed.has(SLOTS[place]));
        if let Some(place) = wanted.filter(|&place| place != hands.hand && hands.guns[place].is_some()) {
            (hands.hand, hands.reload) = (place, 0);
        }
        let Some(gun) = &mut hands.guns[hands.hand] else { continue };
        let rule = &rules[&gun.name];
        if hands.reload > 0 {
            hands.reload -= 1;
            if hands.reload == 0 {
                let moved = (rule.magazine - gun.rounds).min(gun.reserve);
                gun.rounds += moved;
                gun.reserve -= moved;
            }
        } else if pressed.has(Buttons::RELOAD) && rule.reload_ticks > 0 && gun.rounds < rule.magazine && gun.reserve > 0
        {
            hands.reload = rule.reload_ticks;
        }
        let pulled = pressed.has(Buttons::FIRE) || (rule.automatic && hands.held.has(Buttons::FIRE));
        if pulled && gun.wait <= 0 && hands.reload == 0 && gun.rounds > 0 && !hands.silent {
            gun.rounds -= 1;
            gun.wait += 60 * TICK_RATE;
            fired += 1;
        }
    }
    fired
}

pub(crate) fn run(suite: &mut Suite) {
    let mut course = Course::new(suite, "brawl", 11, |tick| {
        tick.has(EventKind::Fired) || tick.has(EventKind::Reloaded) || tick.has(EventKind::Switched)
    });
    let player = &mut course.players[0];
    let mut tasks = Vec::new();
    let (mut fired, mut compared) = (0, 0);
    for moment in &course.moments {
        let book = rules(player.before(moment).rules());
        let before = hands(&player.columns(moment, Some(Stage::Movement)));
        let want = hands(&player.columns(moment, Some(Stage::Weapons)));
        let mut got = before.clone();
        let shots = tick(&mut got, &book);
        // Silence after heat is the engine's to count here: it is given.
        for (n, (got, want)) in got.iter_mut().zip(&want).enumerate() {
            got.silent = want.silent;
            if got.alive {
                assert_eq!(got, want, "hands of slot {n}");
                compared += 1;
            }
        }
        assert_eq!(shots, moment.tick.of(EventKind::Fired).count());
        fired += shots;
        tasks.push((before, book));
    }
    suite.check(
        format!("weapons: {compared} pairs of hands after {} ticks as records have them, {fired} shots", tasks.len()),
        json!({ "what": "weapons", "hands": compared, "shots": fired }),
    );
    let question = Question::new("weapons", &course.name, "tick", tasks.len()).headline();
    let mut copies: Vec<Vec<Hands>> = tasks.iter().map(|(before, _)| before.clone()).collect();
    let mut contenders = levels(&mut course.players, &course.moments, Stage::Weapons);
    contenders.push(Contender::timing_itself(Kind::Naive, "naive, records and a map by name", |rounds| {
        let mut spent = std::time::Duration::ZERO;
        for _ in 0..rounds {
            copies.iter_mut().zip(&tasks).for_each(|(copy, (before, _))| copy.clone_from(before));
            let began = std::time::Instant::now();
            for (copy, (_, book)) in copies.iter_mut().zip(&tasks) {
                black_box(tick(copy, book));
            }
            spent += began.elapsed();
        }
        spent
    }));
    suite.compare(&question, contenders);
}
