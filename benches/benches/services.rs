//! What stands beside the simulation: matchmaking, ratings, recording and the guard, each checked before its time counts.

use serde_json::json;
use skillratings::Outcomes;
use skillratings::trueskill::{TrueSkillConfig, TrueSkillRating, trueskill_two_teams};
use skillratings::weng_lin::{WengLinConfig, WengLinRating, weng_lin_two_teams};
use std::hint::black_box;
use std::time::Duration;
use trespasser::matchmaking::{Queue, Ticket};
use trespasser::rating::{Rating, System, TeamResult, WengLinDef};
use trespasser::replay::{RecordDef, Replay};
use trespasser::rng::{self, Purpose};
use trespasser::scenes::Scene;
use trespasser::scenes::tickets::Crowd;
use trespasser::simd::Level;
use trespasser::{GuardDef, MatchId, World};
use trespasser_benches::matchmaking::naive;
use trespasser_benches::origin;
use trespasser_benches::suite::fight::Fight;
use trespasser_benches::suite::{Contender, Kind, Question, Suite};

/// ms at which tickets are formed into matches.
const NOW: u64 = 60_000;
const TICKETS: u64 = 2_000;
const MATCHES: usize = 256;
/// Ticks of a second.
const BLOCK: u32 = 60;

fn queue(suite: &mut Suite) {
    let count = if suite.is_checking() { 300 } else { TICKETS };
    let tickets: Vec<Ticket> = Crowd::new(7).tickets(count);
    let mut queue = Queue::new(Crowd::queue_def()).expect("plain rules");
    let fill = |queue: &mut Queue| tickets.iter().for_each(|ticket| queue.add(ticket).expect("there is room"));
    let empty = |queue: &mut Queue| {
        for ticket in &tickets {
            queue.cancel(ticket.id);
        }
    };
    fill(&mut queue);
    let (ours, theirs) = (queue.form(NOW).expect("a time"), naive::form(&Crowd::queue_def(), &tickets, NOW));
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let alike = ours.seats == theirs.seats && ours.region == theirs.region && ours.spread == theirs.spread;
        assert!(alike && (ours.chance - theirs.chance).abs() < 1e-9, "{ours:?}, naively {theirs:?}");
    }
    empty(&mut queue);
    let matches = ours.len();
    suite.check(
        format!("matchmaking: {count} tickets into the same {matches} matches as by the naive policy"),
        json!({ "what": "matchmaking", "tickets": count, "matches": matches }),
    );
    let scene = format!("{count} tickets that have waited up to 40 s");
    let contenders = vec![
        // What the queue has grown to is kept, as in a host that forms every second.
        Contender::timing_itself(Kind::Ours, "ours", |rounds| {
            let mut spent = Duration::ZERO;
            for _ in 0..rounds {
                fill(&mut queue);
                let began = origin::cpu_time();
                black_box(queue.form(NOW).expect("a time"));
                spent += origin::cpu_time() - began;
                empty(&mut queue);
            }
            spent
        }),
        Contender::new(Kind::Naive, "naive, all looked through for each", || {
            black_box(naive::form(&Crowd::queue_def(), black_box(&tickets), NOW));
        }),
    ];
    suite.compare(&Question::new("forming matches", &scene, "call", 1).headline(), contenders);
}

fn ratings(suite: &mut Suite) {
    // Drift of skill from match to match is the engine's own; without it the crate says the same.
    let def = WengLinDef { drift: 0.0, ..WengLinDef::default() };
    let system = System::WengLin(def);
    let player = |n: u32| {
        let word = rng::draw(3, n, Purpose::Spread, 0);
        Rating { value: 1000.0 + f64::from(word[0] % 1000), deviation: 60.0 + f64::from(word[1] % 140) }
    };
    let teams: Vec<[[Rating; 4]; 2]> = (0..MATCHES as u32)
        .map(|n| [0, 4].map(|first| core::array::from_fn(|i| player(n * 8 + first + i as u32))))
        .collect();
    let rate = |teams: &[[Rating; 4]; 2]| {
        let [mut red, mut blue] = *teams;
        let mut both = [TeamResult { place: 1, members: &mut red }, TeamResult { place: 2, members: &mut blue }];
        system.rate(&mut both).expect("ratings within their range");
        [red, blue]
    };
    let config = WengLinConfig { beta: def.beta * 2.0, ..WengLinConfig::new() };
    let of_crate = |team: &[Rating; 4]| team.map(|r| WengLinRating { rating: r.value, uncertainty: r.deviation });
    let theirs: Vec<[[WengLinRating; 4]; 2]> =
        teams.iter().map(|both| [of_crate(&both[0]), of_crate(&both[1])]).collect();
    let mut worst = 0.0_f64;
    for (ours, theirs) in teams.iter().map(rate).zip(&theirs) {
        let (red, blue) = weng_lin_two_teams(&theirs[0], &theirs[1], &Outcomes::WIN, &config);
        for (ours, theirs) in ours.iter().flatten().zip(red.iter().chain(&blue)) {
            worst = worst.max((ours.value - theirs.rating).abs()).max((ours.deviation - theirs.uncertainty).abs());
        }
    }
    assert!(worst < 1e-6, "a rating is {worst} points from the crate's");
    suite.check(
        format!("ratings: {MATCHES} matches of 4v4 rated as by skillratings, within {worst:.1e} points"),
        json!({ "what": "ratings", "matches": MATCHES, "points": worst }),
    );
    let skilled =
        |team: &[Rating; 4]| team.map(|r| TrueSkillRating { rating: r.value / 60.0, uncertainty: r.deviation / 24.0 });
    let trueskill: Vec<[[TrueSkillRating; 4]; 2]> =
        teams.iter().map(|both| [skilled(&both[0]), skilled(&both[1])]).collect();
    let contenders = vec![
        Contender::new(Kind::Ours, "ours, Weng-Lin, all checked", || {
            for both in &teams {
                black_box(rate(black_box(both)));
            }
        }),
        Contender::new(Kind::Peer, "skillratings 0.29.2, weng_lin_two_teams", || {
            for [red, blue] in &theirs {
                black_box(weng_lin_two_teams(black_box(red), blue, &Outcomes::WIN, &config));
            }
        }),
        Contender::new(Kind::Peer, "skillratings 0.29.2, trueskill_two_teams", || {
            for [red, blue] in &trueskill {
                black_box(trueskill_two_teams(black_box(red), blue, &Outcomes::WIN, &TrueSkillConfig::new()));
            }
        }),
    ];
    suite.compare(&Question::new("rating a match", "4v4", "match", MATCHES).headline(), contenders);
}

/// A fight played plainly and with something more.
struct Pair<'a> {
    fight: &'a Fight,
    world: World,
}

impl Pair<'_> {
    /// Time that the fight takes beyond what it takes plainly.
    fn beyond(&mut self, begin: impl FnOnce(&mut World, MatchId), end: impl FnOnce(&mut World, MatchId)) -> Duration {
        let with = self.fight.play(&mut self.world, begin, end);
        // Where the machine is disturbed the difference may come out below nothing.
        with.saturating_sub(self.fight.play(&mut self.world, |_, _| {}, |_, _| {}))
    }
}

fn recording(suite: &mut Suite) {
    // Ten seconds of every input, 17 bytes each, as one would write them down.
    let mut scene = Scene::new("brawl").expect("the scene is there");
    let mut written = Vec::new();
    let mut file = Vec::new();
    scene.world.record(scene.game, &RecordDef::default()).expect("nothing is recorded yet");
    for _ in 0..10 * BLOCK {
        scene.advance(1);
        let view = scene.world.view(scene.game).expect("the match is there");
        for id in view.players().map(|p| p.id) {
            if let Some(input) = scene.bots.last_input(scene.game, id) {
                written.push(id.slot() as u8);
                for word in [input.sequence, input.ack_tick] {
                    written.extend(word.to_le_bytes());
                }
                written.extend(input.held.0.to_le_bytes());
                written.extend(input.taps.0.to_le_bytes());
                written.extend(input.cursor_x.to_le_bytes());
                written.extend(input.cursor_y.to_le_bytes());
            }
        }
        scene.world.drain_replay(scene.game, &mut file).expect("it is recorded");
    }
    scene.world.end_recording(scene.game, &mut file).expect("it is recorded");
    let bytes = file.len();
    let (rules, map) = (scene.world.rules().clone(), scene.world.view(scene.game).expect("it is there").map().clone());
    let replay = Replay::open(file).expect("what was recorded");
    replay.verify(&rules, &map, |_| {}).expect("it plays as it was");
    let mut plain = Scene::new("brawl").expect("the scene is there");
    plain.advance(10 * BLOCK);
    assert_eq!(plain.hash(), scene.hash(), "recording changes nothing");
    let packed = zstd::bulk::compress(&written, 3).expect("it fits").len();
    suite.check(
        format!(
            "recording: 10 s of eight bots, {bytes} bytes, verified; its inputs are {} bytes, {packed} by zstd 3",
            written.len()
        ),
        json!({ "what": "recording", "bytes": bytes, "inputs": written.len(), "zstd": packed }),
    );
    let fight = Fight::of("brawl", 2 * BLOCK, 4 * BLOCK);
    let mut pair = Pair { fight: &fight, world: fight.world(Level::detect()) };
    let second = &written[written.len() - written.len() / 10..];
    let mut out = Vec::new();
    let contenders = vec![
        Contender::timing_itself(Kind::Ours, "ours, less a plain tick", |rounds| {
            let begin = |world: &mut World, game| {
                world.record(game, &RecordDef::default()).expect("nothing is recorded yet");
            };
            (0..rounds)
                .map(|_| {
                    out.clear();
                    pair.beyond(begin, |world, game| {
                        world.end_recording(game, &mut out).expect("it is recorded");
                    })
                })
                .sum()
        }),
        Contender::new(Kind::Peer, "zstd 1.5 at 3, a second's inputs alone", || {
            black_box(zstd::bulk::compress(black_box(second), 3).expect("it fits"));
        })
        .of(BLOCK as usize),
        Contender::new(Kind::Peer, "zstd 1.5 at 19, the same", || {
            black_box(zstd::bulk::compress(black_box(second), 19).expect("it fits"));
        })
        .of(BLOCK as usize),
    ];
    suite.compare(
        &Question::new("recording", "brawl, 240 ticks of eight bots", "tick", fight.ticks()).headline(),
        contenders,
    );
}

fn guard(suite: &mut Suite) {
    let fight = Fight::of("brawl", 2 * BLOCK, 4 * BLOCK);
    let mut pair = Pair { fight: &fight, world: fight.world(Level::detect()) };
    let watch = |world: &mut World, game| world.guard(game, GuardDef::default()).expect("plain limits");
    let mut hash = None;
    pair.beyond(watch, |world, game| hash = world.hash(game).ok());
    assert_eq!(hash, Some(fight.hash), "watching changes nothing");
    suite.check("guard: a match that is watched plays the same", json!({ "what": "guard" }));
    let mut plain = fight.world(Level::detect());
    let contenders = vec![
        Contender::timing_itself(Kind::Ours, "ours, less a plain tick", |rounds| {
            let drain = |world: &mut World, game| {
                world.drain_evidence(game, |_| {}).expect("the match is there");
            };
            (0..rounds).map(|_| pair.beyond(watch, drain)).sum()
        }),
        Contender::timing_itself(Kind::Beside, "a plain tick", |rounds| {
            (0..rounds).map(|_| fight.play(&mut plain, |_, _| {}, |_, _| {})).sum()
        }),
    ];
    let scene = "brawl, 240 ticks of eight bots";
    suite.compare(&Question::new("the guard", scene, "tick", fight.ticks()).headline(), contenders);
}

fn main() {
    let mut suite = Suite::from_args("services");
    suite.bias(
        &[
            "the naive matchmaker looks through the whole queue where an index by mode would do",
            "a peer of recording finds its inputs in one piece, a second at a time",
        ],
        &[
            "ours checks every rating and its place before it changes any; skillratings does not",
            "recording and guard are differences of two matches' steps: what they push out of the cache counts as theirs",
            "a recording holds hashes, the other operations and, at times, keyframes; the peers' inputs alone",
        ],
    );
    queue(&mut suite);
    ratings(&mut suite);
    recording(&mut suite);
    guard(&mut suite);
    suite.finish();
}
