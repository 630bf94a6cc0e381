//! Bytes that both ends of the wire, here and in `client/src/wire`, write and read the same for ever.
//!
//! `UPDATE_GOLDEN=1 cargo test -p trespasser-engine --features scenes golden` rewrites `engine/tests/golden/wire`, where a
//! README says what is in its files.

use super::bits::{Bits, Put, Writer};
use super::entry::{predicted, state_bit, strides};
use super::format::{
    Ack, Before, ClientRules, Message, Motion, NO_ARM, NO_SLOT, NOWHERE, Record, Up, UpInput, Welcome, Wish,
    entry_bits, event, write_header, write_slices,
};
use super::link::inputs_of;
use super::receiver::{Known, Receiver};
use super::{Entry, Farewell, Taken};
use crate::rules::RuleSet;
use crate::world::Buttons;
use crate::world::state::MatchState;
use std::fmt::Write as _;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/wire");

/// A message by its name, its bytes, and what they say.
struct Golden {
    name: &'static str,
    bytes: Vec<u8>,
    json: String,
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().collect();
    if items.is_empty() { "[]".to_owned() } else { format!("[\n    {}\n  ]", items.join(",\n    ")) }
}

fn optional<T: core::fmt::Display>(value: Option<T>) -> String {
    value.map_or("null".to_owned(), |value| value.to_string())
}

fn welcome_json(w: &Welcome) -> String {
    let r = &w.rules;
    let (m, v, s) = (&r.movement, &r.vision, &r.smoke);
    let look = v.look.as_ref().map(|l| {
        format!("{{ \"near\": {}, \"far\": {}, \"distance\": {}, \"cone\": {} }}", l.near, l.far, l.distance, l.cone)
    });
    let mut out = String::new();
    let mut line = |text: String| out += &format!("  {text},\n");
    line("\"kind\": \"welcome\"".to_owned());
    line(format!("\"epoch\": {}", w.epoch));
    line("\"version\": 1".to_owned());
    line(format!("\"map\": \"{:016x}\"", w.map));
    line(format!("\"rules_hash\": \"{:016x}\"", w.rules_hash));
    line(format!("\"frame\": {}", w.frame));
    line(format!("\"tick_rate\": {}", w.tick_rate));
    line(format!("\"step\": {}", w.step));
    line(format!("\"slot\": {}", w.slot));
    line(format!("\"slices\": {}", w.slices));
    line(format!("\"kill_target\": {}", w.kill_target));
    line(format!(
        "\"movement\": {{ \"sneak\": {}, \"walk\": {}, \"run\": {}, \"run_arc\": {}, \"aim_speed\": {}, \"aim_stops_run\": {}, \"stop\": {}, \"idle\": {} }}",
        m.sneak,
        m.walk,
        m.run,
        optional(m.run_arc),
        m.aim_speed,
        m.aim_stops_run,
        m.stop,
        m.idle
    ));
    line(format!("\"inputs_per_second\": {}", r.inputs_per_second));
    line(format!(
        "\"vision\": {{ \"cone\": {}, \"distance\": {}, \"close\": {}, \"look\": {} }}",
        v.cone,
        v.distance,
        v.close,
        optional(look)
    ));
    line(format!(
        "\"smoke\": {{ \"radius\": {}, \"life_ms\": {}, \"expand_ms\": {}, \"fade_ms\": {}, \"density\": {}, \"edge\": {}, \"depth\": {}, \"unit\": {} }}",
        s.radius, s.life_ms, s.expand_ms, s.fade_ms, s.density, s.edge, s.depth, s.unit
    ));
    line(format!("\"flash_ms\": {:?}", r.flash_ms));
    line(format!("\"flash_impair\": {:?}", r.flash_impair));
    line(format!("\"friction\": {}", r.friction));
    format!("{{\n{out}  \"cutoffs\": {:?}\n}}\n", r.cutoffs)
}

fn record_json(record: &Record) -> String {
    match *record {
        Record::Slice { slice, level } => {
            format!("{{ \"type\": \"slice\", \"slice\": {slice}, \"level\": {level} }}")
        }
        Record::Score { slot, there } => {
            let there = there.map(|(blue, alive, kills, deaths)| {
                format!("{{ \"blue\": {blue}, \"alive\": {alive}, \"kills\": {kills}, \"deaths\": {deaths} }}")
            });
            format!("{{ \"type\": \"score\", \"slot\": {slot}, \"there\": {} }}", optional(there))
        }
        Record::Teams { red, blue, winner } => {
            format!("{{ \"type\": \"teams\", \"red\": {red}, \"blue\": {blue}, \"winner\": {} }}", optional(winner))
        }
        Record::Place { place, item } => {
            let item = item.map(|(weapon, rounds, reserve)| {
                format!("{{ \"weapon\": {weapon}, \"rounds\": {rounds}, \"reserve\": {reserve} }}")
            });
            format!("{{ \"type\": \"place\", \"place\": {place}, \"item\": {} }}", optional(item))
        }
        Record::Rounds { place, rounds } => {
            format!("{{ \"type\": \"rounds\", \"place\": {place}, \"rounds\": {rounds} }}")
        }
        Record::Hands { place, charge, reload, heat, silence } => format!(
            "{{ \"type\": \"hands\", \"place\": {place}, \"charge\": {charge}, \"reload\": {reload}, \"heat\": {heat}, \"silence\": {silence} }}"
        ),
        Record::Life { protected, dead } => {
            let dead = dead.map(|(respawn, killer)| {
                format!("{{ \"respawn\": {respawn}, \"killer\": {} }}", optional((killer < 8).then_some(killer)))
            });
            format!("{{ \"type\": \"life\", \"protected\": {protected}, \"dead\": {} }}", optional(dead))
        }
        Record::Flash { age, intensity } => {
            format!("{{ \"type\": \"flash\", \"age\": {age}, \"intensity\": {intensity} }}")
        }
        Record::Projectile { number, motion } => {
            let there = motion.map(|m| {
                format!(
                    "{{ \"weapon\": {}, \"own_team\": {}, \"x\": {}, \"y\": {}, \"vx\": {}, \"vy\": {} }}",
                    m.weapon, m.own_team, m.at.0, m.at.1, m.velocity.0, m.velocity.1
                )
            });
            format!("{{ \"type\": \"projectile\", \"number\": {number}, \"there\": {} }}", optional(there))
        }
        Record::Cloud { number, at, age } => {
            format!("{{ \"type\": \"cloud\", \"number\": {number}, \"x\": {}, \"y\": {}, \"age\": {age} }}", at.0, at.1)
        }
        Record::Answer { number, result } => {
            format!("{{ \"type\": \"answer\", \"number\": {number}, \"result\": {result} }}")
        }
        Record::Exact { values: [x, y, vx, vy] } => {
            format!("{{ \"type\": \"exact\", \"x\": {x}, \"y\": {y}, \"vx\": {vx}, \"vy\": {vy} }}")
        }
    }
}

fn message_json(m: &Message, tick: u32) -> String {
    let slot = |slot: u8| optional((slot != NO_SLOT).then_some(slot));
    let place = if m.at == NOWHERE {
        "\"x\": null, \"y\": null".to_owned()
    } else {
        format!("\"x\": {}, \"y\": {}", m.at.0, m.at.1)
    };
    let (first, second, weapon) = (slot(m.first()), slot(m.second()), m.weapon);
    let rest = match m.kind {
        event::SOUND => format!(
            "\"type\": \"sound\", \"own\": {}, \"sound\": {}, \"gain\": {}, \"direction\": {}, \"cutoff\": {}",
            m.slots == 1,
            m.what,
            m.value,
            optional((m.slots != 1).then_some(m.at.0)),
            m.at.1
        ),
        event::FIRED => {
            format!("\"type\": \"fired\", \"slot\": {first}, \"weapon\": {weapon}, {place}, \"direction\": {}", m.value)
        }
        event::IMPACT => format!(
            "\"type\": \"impact\", \"slot\": {first}, \"weapon\": {weapon}, \"what\": {}, {place}, \"whose\": {second}",
            m.what
        ),
        event::HURT => {
            let weapon = optional((m.second() != NO_SLOT).then_some(weapon));
            format!(
                "\"type\": \"hurt\", \"slot\": {first}, \"by\": {second}, \"weapon\": {weapon}, \"points\": {}",
                m.value
            )
        }
        event::DIED => {
            format!("\"type\": \"died\", \"slot\": {first}, \"by\": {second}, \"weapon\": {weapon}, {place}")
        }
        event::EXPLODED => format!("\"type\": \"exploded\", \"weapon\": {weapon}, {place}, \"slot\": {first}"),
        event::BOUNCED => format!("\"type\": \"bounced\", \"weapon\": {weapon}, {place}"),
        event::THROWN => format!("\"type\": \"thrown\", \"slot\": {first}, \"weapon\": {weapon}"),
        _ => format!("\"type\": \"denied\", \"what\": {}", m.what),
    };
    format!("{{ \"age\": {}, {rest} }}", tick - m.tick)
}

/// What a client has of the newest snapshot it has taken.
fn snapshot_json(client: &Receiver) -> String {
    let seen = client.seen().unwrap();
    let known: Known = client.known(seen.frame).unwrap();
    let players = MatchState::slots(known.mask).map(|slot| {
        let e = known.entries[slot];
        let facing = optional((slot != usize::from(seen.welcome.slot)).then_some(e.facing()));
        format!(
            "{{ \"slot\": {slot}, \"x\": {}, \"y\": {}, \"facing\": {facing}, \"health\": {}, \"weapon\": {}, \"state\": {} }}",
            e.x(),
            e.y(),
            e.health(),
            e.weapon(),
            e.state()
        )
    });
    let (records, messages) = client.newest();
    let mut out = String::from("{\n  \"kind\": \"snapshot\",\n");
    writeln!(out, "  \"epoch\": {},\n  \"frame\": {},\n  \"base\": {},", seen.welcome.epoch, seen.frame, known.base)
        .unwrap();
    writeln!(out, "  \"input\": {},\n  \"ahead\": {},", seen.input, seen.ahead).unwrap();
    writeln!(out, "  \"players\": {},", list(players)).unwrap();
    writeln!(out, "  \"records\": {},", list(records.iter().map(record_json))).unwrap();
    writeln!(out, "  \"messages\": {}\n}}", list(messages.iter().map(|m| message_json(m, seen.tick)))).unwrap();
    out
}

fn up_json(up: &Up) -> String {
    let ack = up.ack.map(|a| format!("{{ \"newest\": {}, \"long\": {}, \"mask\": {} }}", a.newest, a.long, a.mask));
    let request = up.request.map(|(number, wish)| match wish {
        Wish::Respawn => format!("{{ \"number\": {number}, \"type\": \"respawn\" }}"),
        Wish::Loadout { weapons, team } => {
            format!("{{ \"number\": {number}, \"type\": \"loadout\", \"weapons\": {weapons:?}, \"team\": {team} }}")
        }
    });
    let inputs = up.inputs[..up.count].iter().map(|i| {
        format!(
            "{{ \"held\": {}, \"taps\": {}, \"cursor_x\": {}, \"cursor_y\": {} }}",
            i.held.0, i.taps.0, i.cursor.0, i.cursor.1
        )
    });
    let mut out = String::from("{\n  \"kind\": \"up\",\n");
    writeln!(out, "  \"epoch\": {},\n  \"ack\": {},\n  \"exact\": {},", up.epoch, optional(ack), up.exact).unwrap();
    writeln!(out, "  \"request\": {},", optional(request)).unwrap();
    writeln!(out, "  \"sequence\": {},\n  \"view\": {},", up.sequence, up.view).unwrap();
    writeln!(out, "  \"inputs\": {}\n}}", list(inputs)).unwrap();
    out
}

/// A snapshot to be written: frames whole, records and messages as they are.
struct Draft {
    name: &'static str,
    frame: u32,
    back: u32,
    input: u8,
    ahead: u8,
    players: Vec<(usize, Entry)>,
    slices: Vec<(u16, u8)>,
    records: Vec<Record>,
    messages: Vec<Message>,
}

const EPOCH: u8 = 2;
const OWN: usize = 5;

fn draft(name: &'static str, frame: u32, players: &[(usize, Entry)]) -> Draft {
    let mut players = players.to_vec();
    players.sort_unstable_by_key(|(slot, _)| *slot);
    Draft {
        name,
        frame,
        back: 0,
        input: 7,
        ahead: 0,
        players,
        slices: Vec::new(),
        records: Vec::new(),
        messages: Vec::new(),
    }
}

fn write_draft(d: &Draft, client: &Receiver) -> Vec<u8> {
    let mut out = Vec::new();
    let mut w = Writer::new(&mut out);
    let base = (d.back > 0).then(|| client.known(d.frame - d.back).unwrap());
    let lived = inputs_of(d.back, 3, 60, 60);
    let expected = base.map(|b| b.input.wrapping_add(lived as u8));
    let mask = d.players.iter().fold(0u8, |mask, (slot, _)| mask | 1 << slot);
    let slots = (mask != base.map_or(0, |b| b.mask)).then_some(mask);
    write_header(&mut w, EPOCH, d.frame, d.back, d.input, expected, d.ahead, slots);
    let strides = strides([50.0, 100.0, 150.0], lived, 60);
    let past = base.filter(|b| b.base > 0).and_then(|b| client.known(b.frame - u32::from(b.base)));
    let past = past.filter(|p| d.frame - p.frame < 32);
    for &(slot, entry) in &d.players {
        let before = base.filter(|b| b.mask >> slot & 1 == 1).map(|b| {
            let was = b.entries[slot];
            let predicted = match past.filter(|p| p.mask >> slot & 1 == 1 && was.alive() && p.entries[slot].alive()) {
                Some(p) => predicted(was, p.entries[slot], d.back, b.base.into()),
                None => (was.x(), was.y()),
            };
            Before { was, predicted }
        });
        w.bits64(entry_bits(slot == OWN, entry, before, &strides));
    }
    let count = usize::from(!d.slices.is_empty()) + d.records.len();
    if w.flag(count > 0) {
        if !d.slices.is_empty() {
            write_slices(&mut w, d.slices.iter().copied());
            w.flag(!d.records.is_empty());
        }
        for (i, record) in d.records.iter().enumerate() {
            record.write(&mut w);
            w.flag(i + 1 < d.records.len());
        }
    }
    if w.flag(!d.messages.is_empty()) {
        let mut before = 0;
        for (i, message) in d.messages.iter().enumerate() {
            let near = |slot: u8| d.players.iter().find(|(s, _)| *s == usize::from(slot)).map(|(_, e)| *e);
            let age = d.frame * 3 - message.tick;
            let mut bits = Bits::default();
            message.write(&mut bits, age, before, near);
            w.bits64(bits);
            before = age;
            w.flag(i + 1 < d.messages.len());
        }
    }
    w.finish();
    out
}

fn snapshots() -> Vec<Draft> {
    use Record as R;
    let alive = state_bit::ALIVE;
    let own = |x, y| (OWN, Entry::new(x, y, 0, 100, 0, alive));
    let mate = |x, y, facing| (2, Entry::new(x, y, facing, 63, 11, alive | 2));
    let foe = |x, y, facing| (7, Entry::new(x, y, facing, 1, 15, alive | state_bit::AIMING | 3));
    let mut all = vec![
        draft("03_full", 4095, &[own(0, 4320), mate(7680, 0, 255), (3, Entry::new(99, 98, 12, 0, 4, 0))]),
        // The frame's lowest bits begin anew; one is gone, one is new, all ways of a change.
        Draft {
            back: 1,
            input: 255,
            ahead: 15,
            ..draft("04_delta", 4096, &[own(3, 4313), mate(7650, 60, 239), foe(1600, 1700, 128)])
        },
        // Predicted from two frames, and changed by little, by more, by much.
        Draft { back: 1, ..draft("05_predicted", 4097, &[own(6, 4306), mate(7622, 110, 14), foe(1620, 1690, 129)]) },
        // Three frames on from a base whose own base is one frame before it.
        Draft {
            back: 2,
            ..draft(
                "06_far_prediction",
                4098,
                &[
                    (OWN, Entry::new(9, 4299, 0, 31, 2, alive | state_bit::RELOADING | 1)),
                    mate(7590, 180, 240),
                    foe(1600, 1700, 128),
                ],
            )
        },
        Draft {
            back: 1,
            ..draft(
                "07_death",
                4099,
                &[own(12, 4292), mate(7560, 240, 240), (7, Entry::new(1600, 1700, 128, 0, 15, 0))],
            )
        },
        Draft { back: 1, ..draft("08_same_slots", 4100, &[own(12, 4285), mate(7530, 300, 240), foe(9, 9, 9)]) },
        // Strides of keys: walked straight, run and walked aslant, a 16th of a pixel off; the input as expected.
        Draft {
            back: 1,
            input: 10,
            ..draft(
                "09_strides",
                4101,
                &[
                    (OWN, Entry::new(92, 4285, 0, 100, 0, alive | 2)),
                    mate(7530 - 56, 300 + 57, 244),
                    foe(9 + 85, 9 + 84, 5),
                ],
            )
        },
        Draft {
            back: 1,
            input: 13,
            ..draft("10_turns", 4102, &[own(92, 4205), mate(7530 - 112, 300 + 114, 20), foe(95, 94, 250)])
        },
    ];
    let here = [own(2400, 1600), mate(2500, 1700, 3), foe(2600, 1500, 200)];
    let mut frame = 4200;
    let mut add = |name, slices: &[(u16, u8)], records: Vec<Record>, messages: Vec<Message>| {
        frame += 1;
        let base = draft(name, frame, &here);
        let messages = messages.into_iter().map(|m| Message { tick: frame * 3 - m.tick, ..m }).collect();
        all.push(Draft { slices: slices.to_vec(), records, messages, ..base });
    };
    add("20_slices", &[(0, 4), (1, 3), (9, 2), (80, 1), (394, 0)], vec![], vec![]);
    add("21_one_slice", &[(64, 4)], vec![], vec![]);
    let there = Some((true, false, 16, 300));
    add("22_score", &[], vec![R::Score { slot: 6, there }, R::Score { slot: 1, there: None }], vec![]);
    let over = R::Teams { red: 50, blue: 49, winner: Some(0) };
    add("23_teams", &[], vec![R::Teams { red: 3, blue: 33, winner: None }, over], vec![]);
    let item = Some((0, 30, 120));
    add("24_place", &[], vec![R::Place { place: 0, item }, R::Place { place: 4, item: None }], vec![]);
    add("25_rounds", &[], vec![R::Rounds { place: 0, rounds: 29 }, R::Rounds { place: 1, rounds: 0 }], vec![]);
    let hands = R::Hands { place: 2, charge: 0, reload: 150, heat: 0, silence: 0 };
    let hot = R::Hands { place: 3, charge: 5, reload: 0, heat: 100, silence: 180 };
    add("26_hands", &[], vec![hands, hot], vec![]);
    let dead = R::Life { protected: 0, dead: Some((180, 7)) };
    let alone = R::Life { protected: 0, dead: Some((0, 255)) };
    let safe = R::Life { protected: 120, dead: None };
    add("27_life", &[], vec![dead, alone, R::Life { protected: 0, dead: None }, safe], vec![]);
    add("28_flash", &[], vec![R::Flash { age: 9, intensity: 0.75 }], vec![]);
    let motion = Motion { weapon: 12, own_team: true, at: (2400, 1600), velocity: (-1632, 8191) };
    let rocket = Motion { weapon: 11, own_team: false, at: (0, 0), velocity: (-8192, 0) };
    let flights = vec![
        R::Projectile { number: 0, motion: Some(motion) },
        R::Projectile { number: 63, motion: Some(rocket) },
        R::Projectile { number: 5, motion: None },
    ];
    add("29_projectile", &[], flights, vec![]);
    let clouds = vec![R::Cloud { number: 31, at: (7680, 4320), age: 899 }, R::Cloud { number: 0, at: (0, 0), age: 0 }];
    add("30_cloud", &[], clouds, vec![]);
    let answers = (0..3).map(|result| R::Answer { number: 253 + result, result }).collect();
    add("31_answer", &[], answers, vec![]);
    add("32_exact", &[], vec![R::Exact { values: [240.125, 99.987_65, -150.0, 0.333_333_34] }], vec![]);
    // `tick` is the age here.
    let sound = |age, own: bool, what, value, direction, cutoff| Message {
        slots: own.into(),
        at: (direction, cutoff),
        what,
        value,
        ..Message::new(event::SOUND, age)
    };
    let sounds = vec![
        sound(29, false, 0, 1, 63, 0),
        sound(4, true, 2, 255, 0, 63),
        sound(2, false, 3, 100, 32, 62),
        sound(0, true, 32, 7, 0, 30),
        sound(0, false, 29, 8, 0, 63),
    ];
    add("40_sounds", &[], vec![], sounds);
    let happening = |kind, age, first: u8, second: u8, weapon, at| Message {
        slots: first | second << 4,
        weapon,
        at,
        ..Message::new(kind, age)
    };
    let fired = |age, slot, at, value| Message { value, ..happening(event::FIRED, age, slot, NO_SLOT, 0, at) };
    let shots = vec![
        fired(3, 5, (2272, 1727), 255),
        fired(2, 5, (2271, 1600), 0),
        fired(1, 7, (2600, 1500), 128),
        fired(0, 4, (7680, 4320), 1),
    ];
    add("41_fired", &[], vec![], shots);
    let hit = |what, first, second, at| Message { what, ..happening(event::IMPACT, 0, first, second, 5, at) };
    let impacts = vec![
        hit(0, 5, NO_SLOT, (2400, 1700)),
        hit(1, NO_SLOT, NO_SLOT, (2400, 1600)),
        hit(2, 7, 5, (2400, 1600)),
        hit(2, 5, NO_SLOT, (1, 2)),
        hit(3, 5, NO_SLOT, NOWHERE),
    ];
    add("42_impact", &[], vec![], impacts);
    let hurt = |whose, by, weapon, value| Message { value, ..happening(event::HURT, 0, whose, by, weapon, NOWHERE) };
    add("43_hurt", &[], vec![], vec![hurt(5, 7, 9, 34), hurt(5, NO_SLOT, NO_ARM, 200), hurt(7, 5, NO_ARM, 0)]);
    let died = vec![
        happening(event::DIED, 6, 7, 5, 0, (2600, 1500)),
        happening(event::DIED, 5, 0, NO_SLOT, NO_ARM, NOWHERE),
        happening(event::DIED, 0, 1, 1, 12, (100, 200)),
    ];
    add("44_died", &[], vec![], died);
    let exploded = vec![
        happening(event::EXPLODED, 0, 5, NO_SLOT, 12, (2400, 1600)),
        happening(event::EXPLODED, 0, NO_SLOT, NO_SLOT, 14, (7, 9)),
    ];
    add("45_exploded", &[], vec![], exploded);
    add("46_bounced", &[], vec![], vec![happening(event::BOUNCED, 1, NO_SLOT, NO_SLOT, 13, (2400, 1601))]);
    add("47_thrown", &[], vec![], vec![happening(event::THROWN, 0, 2, NO_SLOT, 12, NOWHERE)]);
    let denied = |what| Message { what, ..happening(event::DENIED, 0, NO_SLOT, NO_SLOT, NO_ARM, NOWHERE) };
    add("48_denied", &[], vec![], (0..4).map(denied).collect());
    let all_kinds = vec![sound(2, false, 3, 100, 32, 62), fired(1, 5, (2400, 1600), 3)];
    add("49_both", &[(7, 4)], vec![R::Rounds { place: 0, rounds: 3 }], all_kinds);
    all
}

fn ups() -> Vec<(&'static str, Up)> {
    let input = |held, taps, x, y| UpInput { held: Buttons(held), taps: Buttons(taps), cursor: (x, y) };
    let ack = |newest, long, mask| Some(Ack { newest, long, mask });
    let mut inputs = Up::new(EPOCH);
    inputs.ack = ack(4095, false, 0b1011_0111);
    (inputs.count, inputs.sequence, inputs.view) = (5, 65_535, 11);
    inputs.inputs[..5].copy_from_slice(&[
        input(0x0001, 0, -32_000, 32_000),
        input(0x0001, 0, -32_000, 32_000),
        input(0x0041, 0x8000, -31_937, 31_936),
        input(0x0041, 0, -31_873, 31_936),
        input(0xFFFF, 0xFFFF, 32_767, -32_768),
    ]);
    let mut full = Up::new(3);
    full.ack = ack(0, true, 0x7FFF_FFFF);
    full.exact = true;
    full.request = Some((255, Wish::Loadout { weapons: [0, 6, 12, 13, 15], team: 2 }));
    (full.count, full.sequence, full.view) = (12, 3, 0);
    for (i, one) in full.inputs.iter_mut().enumerate() {
        *one = input(0x11 << (i % 3), if i == 7 { 0x40 } else { 0 }, 3840 + 21 * i as i16, 2160);
    }
    let mut respawn = Up::new(0);
    respawn.request = Some((0, Wish::Respawn));
    vec![("60_up_inputs", inputs), ("61_up_full", full), ("62_up_respawn", respawn), ("63_up_nothing", Up::new(1))]
}

fn all() -> Vec<Golden> {
    let mut all = Vec::new();
    let mut client = Receiver::new();
    let mut hello = |name, rules: &RuleSet, epoch, slices, client: &mut Receiver| {
        let welcome = Welcome {
            epoch,
            map: 0x0123_4567_89AB_CDEF,
            rules_hash: 0xFEDC_BA98_7654_3210,
            frame: 4094,
            tick_rate: 60,
            step: 3,
            slot: OWN as u8,
            slices,
            kill_target: 50,
            rules: ClientRules::of(rules),
        };
        let mut bytes = Vec::new();
        let mut w = Writer::new(&mut bytes);
        welcome.write(&mut w);
        w.finish();
        assert_eq!(client.receive(&bytes).unwrap(), Taken::Welcome);
        assert_eq!(client.seen().unwrap().welcome, welcome);
        all.push(Golden { name, bytes, json: welcome_json(&welcome) });
    };
    hello("01_welcome_legacy", &RuleSet::legacy(), 1, 8192, &mut client);
    hello("02_welcome", &RuleSet::standard(), EPOCH, 395, &mut client);
    for draft in snapshots() {
        let bytes = write_draft(&draft, &client);
        assert_eq!(client.receive(&bytes).unwrap(), Taken::Snapshot, "{}", draft.name);
        let known = client.known(draft.frame).unwrap();
        for (slot, entry) in &draft.players {
            assert_eq!(known.entries[*slot], *entry, "{}", draft.name);
        }
        let (records, messages) = client.newest();
        let slices = draft.slices.iter().map(|&(slice, level)| Record::Slice { slice, level });
        assert_eq!(records, slices.chain(draft.records.iter().copied()).collect::<Vec<_>>(), "{}", draft.name);
        assert_eq!(messages, draft.messages, "{}", draft.name);
        all.push(Golden { name: draft.name, json: snapshot_json(&client), bytes });
    }
    for (name, up) in ups() {
        let mut bytes = Vec::new();
        up.write(&mut bytes);
        assert_eq!(Up::read(&bytes).unwrap(), up, "{name}");
        all.push(Golden { name, bytes, json: up_json(&up) });
    }
    let bye = Farewell::Replaced.bytes(EPOCH);
    assert_eq!(client.receive(&bye).unwrap(), Taken::Farewell(Farewell::Replaced));
    let json = format!("{{\n  \"kind\": \"farewell\",\n  \"epoch\": {EPOCH},\n  \"reason\": 2\n}}\n");
    all.push(Golden { name: "70_farewell", bytes: bye, json });
    all
}

#[test]
fn golden_bytes_stay() {
    for Golden { name, bytes, json } in all() {
        keep(name, &bytes, &json);
    }
}

/// Three seconds of a fight as one player got it.
#[cfg(feature = "scenes")]
fn session() -> (Vec<u8>, String) {
    let mut scene = crate::scenes::Scene::new("arsenal").unwrap();
    scene.advance(400);
    let id = scene.world.view(scene.game).unwrap().players().nth(1).unwrap().id;
    scene.world.open_link(scene.game, id).unwrap();
    let (mut bytes, mut texts, mut client) = (Vec::new(), Vec::new(), Receiver::new());
    let mut late = std::collections::VecDeque::new();
    for tick in 0..180 {
        scene.advance(1);
        let packets: Vec<Vec<u8>> = scene.world.packets().map(|p| p.bytes.to_vec()).collect();
        for packet in packets {
            bytes.extend_from_slice(&(packet.len() as u16).to_le_bytes());
            bytes.extend_from_slice(&packet);
            texts.push(match client.receive(&packet).unwrap() {
                Taken::Welcome => welcome_json(&client.seen().unwrap().welcome),
                Taken::Snapshot => snapshot_json(&client),
                _ => "null\n".to_owned(),
            });
            let mut up = Vec::new();
            client.write(0, &mut up);
            late.push_back((tick + 4, up));
        }
        // One in eight is lost.
        while late.front().is_some_and(|(due, _)| *due <= tick) {
            let (due, up) = late.pop_front().unwrap();
            if due % 8 != 0 {
                scene.world.receive(scene.game, id, &up).unwrap();
            }
        }
    }
    (bytes, format!("[\n{}]\n", texts.join(",\n")))
}

#[cfg(feature = "scenes")]
#[test]
fn a_golden_session_stays() {
    let (bytes, json) = session();
    keep("session", &bytes, &json);
}

fn keep(name: &str, bytes: &[u8], json: &str) {
    for (suffix, now) in [("bin", bytes), ("json", json.as_bytes())] {
        let path = format!("{FOLDER}/{name}.{suffix}");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(FOLDER).unwrap();
            std::fs::write(&path, now).unwrap();
            continue;
        }
        let then = std::fs::read(&path).unwrap();
        assert!(then == now, "{path} differs; if that was meant: UPDATE_GOLDEN=1, and say why in the commit");
    }
}

/// Every prefix and every flipped bit of every golden message is taken or refused, and what is refused changes nothing.
#[test]
fn damaged_bytes_change_nothing() {
    let mut client = Receiver::new();
    for Golden { name, bytes, .. } in all() {
        let mut variants: Vec<Vec<u8>> = (0..bytes.len()).map(|len| bytes[..len].to_vec()).collect();
        variants.push([&bytes[..], &[0]].concat());
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            variants.push(flipped);
        }
        for bytes in variants {
            let _ = Up::read(&bytes);
            let before = client.seen().cloned();
            let mut other = client.clone();
            if other.receive(&bytes).is_err() {
                assert_eq!(other.seen(), before.as_ref(), "{name}");
            }
        }
        let _ = client.receive(&bytes);
    }
}
