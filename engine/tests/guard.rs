//! The anti-cheat, check by check: one case that triggers it and one near miss that does not; and that watching changes
//! nothing.
#![cfg(feature = "scenes")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use trespasser::guard::positions::{Claim, Fault, PositionDef, Positions};
use trespasser::guard::{EVIDENCE_RING, Evidence, Kind, Policy};
use trespasser::rules::Material;
use trespasser::scenes::{Cheat, Scene, Table, TableDef};
use trespasser::world::Gait;
use trespasser::{
    Buttons, Error, GameMap, GuardDef, InputCmd, MatchDef, MatchId, PlayerDef, PlayerId, Spawn, Team, Vec2, Verdict,
    WallDef, World, WorldDef,
};

/// Two players face each other 120 px apart; a wall between them, or not.
struct Duo {
    world: World,
    game: MatchId,
    a: PlayerId,
    b: PlayerId,
    sequence: [u32; 2],
    found: Vec<Evidence>,
}

impl Duo {
    fn new(wall: bool) -> Duo {
        let between = WallDef { x: 230.0, y: 0.0, width: 10.0, height: 270.0, material: Material::Concrete };
        // Out of everybody's way: a map has at least one wall.
        let aside = WallDef { x: 470.0, y: 0.0, width: 10.0, height: 10.0, material: Material::Concrete };
        let spawns = [
            Spawn { at: Vec2::new(180.0, 135.0), team: Team::Red },
            Spawn { at: Vec2::new(300.0, 135.0), team: Team::Blue },
        ];
        let map = GameMap::from_rects(&[if wall { between } else { aside }], &spawns).unwrap();
        let mut world = World::new(WorldDef::default()).unwrap();
        let game = world.create_match(&map, MatchDef { seed: 7, kill_target: None }).unwrap();
        let mut join = |team| world.add_player(game, PlayerDef { team: Some(team), ..PlayerDef::default() }).unwrap();
        let (a, b) = (join(Team::Red), join(Team::Blue));
        world.guard(game, GuardDef::default()).unwrap();
        Duo { world, game, a, b, sequence: [0; 2], found: Vec::new() }
    }

    fn at(&self, id: PlayerId) -> Vec2 {
        self.world.view(self.game).unwrap().player(id).unwrap().position
    }

    fn push(&mut self, who: usize, held: Buttons, taps: Buttons, cursor: Vec2, ack: u32) {
        self.sequence[who] += 1;
        let mut input = InputCmd::new(self.sequence[who], held, taps, cursor).unwrap();
        input.ack_tick = ack;
        let id = [self.a, self.b][who];
        self.world.push_input(self.game, id, input).unwrap();
    }

    fn step(&mut self) {
        self.world.step();
        let (world, found) = (&mut self.world, &mut self.found);
        world.drain_evidence(self.game, |evidence| found.push(*evidence)).unwrap();
        world.drain_events(self.game, |_| {}).unwrap();
    }

    fn tick(&self) -> u32 {
        self.world.view(self.game).unwrap().tick()
    }

    fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.found.iter().map(|evidence| evidence.kind().unwrap()).collect();
        kinds.sort_by_key(|kind| *kind as u8);
        kinds.dedup();
        kinds
    }

    /// Both stand and look at each other's side for so many ticks.
    fn rest(&mut self, ticks: u32) {
        for _ in 0..ticks {
            let (tick, ahead) = (self.tick(), Vec2::new(300.0, 30.0));
            self.push(0, Buttons::NONE, Buttons::NONE, ahead, tick);
            self.push(1, Buttons::NONE, Buttons::NONE, Vec2::new(180.0, 200.0), tick);
            self.step();
        }
    }

    /// B walks up and down, softly or not, for so many ticks; A points at where `aim` says, given where B is.
    fn follow(&mut self, ticks: u32, soft: bool, mut aim: impl FnMut(u32, Vec2) -> Vec2) {
        for n in 0..ticks {
            let (tick, target) = (self.tick(), self.at(self.b));
            let walk = if n / 60 % 2 == 0 { Buttons::UP } else { Buttons::DOWN };
            let walk = if soft { walk | Buttons::SNEAK } else { walk };
            self.push(0, Buttons::NONE, Buttons::NONE, aim(n, target), tick);
            self.push(1, walk, Buttons::NONE, Vec2::new(470.0, 135.0), tick);
            self.step();
        }
    }
}

fn of(kind: Kind, found: &[Evidence]) -> Vec<Evidence> {
    found.iter().filter(|evidence| evidence.kind() == Some(kind)).copied().collect()
}

/// Pushes inputs for so many ticks, as many in each as `count` says; the kinds of evidence that this brings.
fn timed(ticks: u32, mut count: impl FnMut(u32) -> u32) -> Vec<Kind> {
    let mut duo = Duo::new(false);
    for n in 0..ticks {
        for _ in 0..count(n) {
            duo.push(0, Buttons::NONE, Buttons::NONE, Vec2::new(300.0, 135.0), 0);
        }
        duo.step();
    }
    duo.kinds()
}

#[test]
fn more_game_time_than_real_time_is_evidence() {
    // 10% too fast, for half a minute; 0.5% is a clock.
    assert_eq!(timed(1800, |n| 1 + u32::from(n % 10 == 0)), [Kind::Speed]);
    assert_eq!(timed(3600, |n| 1 + u32::from(n % 200 == 0)), []);
}

#[test]
fn what_comes_in_a_burst_after_a_stall_was_due() {
    let stalls = |n: u32| match n % 600 {
        400..=519 => 0,
        520 => 121,
        _ => 1,
    };
    assert_eq!(timed(3600, stalls), []);
    // The same burst without a stall is ahead of time.
    assert_eq!(timed(1200, |n| if n == 900 { 150 } else { 1 }), [Kind::Speed]);
}

#[test]
fn numbers_that_are_skipped_are_time_claimed() {
    let skip = |numbers: u32| {
        let mut duo = Duo::new(false);
        duo.rest(600);
        duo.sequence[0] += numbers;
        duo.rest(60);
        duo.kinds()
    };
    assert_eq!((skip(130), skip(20)), (vec![Kind::Jump], vec![]));
}

#[test]
fn a_client_that_lost_time_has_none_in_store() {
    // Half a minute without inputs, two minutes as usual, then a quarter too fast: what was lost is lost.
    let kinds = timed(170 * 60, |n| match n {
        600..2400 => 0,
        9600.. => 1 + u32::from(n % 4 == 0),
        _ => 1,
    });
    assert_eq!(kinds, [Kind::Speed]);
}

#[test]
fn floods_are_evidence_and_repeats_are_not_where_the_host_pushes_them() {
    let flood = |repeats: f32, copies: u32| {
        let mut duo = Duo::new(false);
        let mut def = GuardDef::default();
        def.limits.repeats = repeats;
        duo.world.guard(duo.game, def).unwrap();
        for n in 1..=900 {
            for _ in 0..copies {
                let input = InputCmd::new(n, Buttons::NONE, Buttons::NONE, Vec2::new(10.0, 10.0)).unwrap();
                duo.world.push_input(duo.game, duo.a, input).unwrap();
            }
            duo.step();
        }
        duo.kinds()
    };
    assert_eq!(flood(1.0, 3), [Kind::InputFlood]);
    assert_eq!(flood(3.0, 3), []);
    assert_eq!(flood(1.0, 1), []);
}

#[test]
fn messages_are_counted_and_garbage_is_told() {
    let messages = |a_second: u32, bytes: &[u8]| {
        let mut duo = Duo::new(false);
        duo.world.open_link(duo.game, duo.a).unwrap();
        for n in 0..1200 {
            for _ in 0..(a_second * (n + 1) / 60 - a_second * n / 60) {
                let _ = duo.world.receive(duo.game, duo.a, bytes);
            }
            duo.step();
        }
        duo.kinds()
    };
    assert_eq!(messages(1, &[0xFF; 3]), [Kind::BadMessages]);
    let kinds = messages(300, &[0xFF; 64]);
    assert!(kinds.contains(&Kind::MessageFlood) && kinds.contains(&Kind::ByteFlood), "{kinds:?}");
    // Three that cannot be read are forgiven.
    let mut duo = Duo::new(false);
    duo.world.open_link(duo.game, duo.a).unwrap();
    for n in 0..600 {
        if n < 3 {
            duo.world.receive(duo.game, duo.a, &[0xFF; 3]).unwrap_err();
        }
        duo.step();
    }
    assert_eq!(duo.kinds(), []);
}

#[test]
fn sixty_readable_messages_a_second_are_no_flood() {
    let sent = |a_tick: u32| {
        let mut duo = Duo::new(false);
        duo.world.open_link(duo.game, duo.a).unwrap();
        let mut receiver = trespasser::net::Receiver::new();
        for _ in 0..600 {
            receiver.input(Buttons::NONE, Buttons::NONE, Vec2::new(300.0, 30.0)).unwrap();
            let mut up = Vec::new();
            receiver.write(0, &mut up);
            // Nothing before the welcome.
            for _ in 0..if up.is_empty() { 0 } else { a_tick } {
                duo.world.receive(duo.game, duo.a, &up).unwrap();
            }
            duo.step();
            let packets: Vec<_> = duo.world.packets().map(|packet| packet.bytes.to_vec()).collect();
            for bytes in packets {
                receiver.receive(&bytes).unwrap();
            }
        }
        duo.kinds()
    };
    assert_eq!(sent(1), []);
    assert!(sent(2).contains(&Kind::MessageFlood));
}

#[test]
fn shots_at_the_unseen_are_evidence_and_shots_at_where_they_were_are_not() {
    // B sneaks about behind the wall; A fires once a second, at B or at where B was four seconds before.
    let shots = |late: usize| {
        let mut duo = Duo::new(true);
        duo.rest(400);
        let mut past = std::collections::VecDeque::new();
        for n in 0..1800u32 {
            let (tick, target) = (duo.tick(), duo.at(duo.b));
            past.push_back(target);
            while past.len() > late + 1 {
                past.pop_front();
            }
            let taps = if n % 60 == 30 { Buttons::FIRE } else { Buttons::NONE };
            let walk = if n / 240 % 2 == 0 { Buttons::UP } else { Buttons::DOWN } | Buttons::SNEAK;
            duo.push(0, Buttons::NONE, taps, past[0], tick);
            duo.push(1, walk, Buttons::NONE, Vec2::new(470.0, 135.0), tick);
            duo.step();
        }
        of(Kind::HiddenShot, &duo.found).len()
    };
    assert!(shots(0) >= 1);
    assert_eq!(shots(168), 0);
}

#[test]
fn patterns_that_no_client_makes() {
    let one = |held: Buttons, taps: Buttons, ack: fn(u32) -> u32| {
        let mut duo = Duo::new(false);
        duo.rest(200);
        let tick = duo.tick();
        duo.push(0, held, taps, Vec2::new(300.0, 30.0), ack(tick));
        duo.step();
        duo.kinds()
    };
    let keys = Buttons::SLOT1 | Buttons::SLOT2 | Buttons::SLOT3;
    assert_eq!(one(Buttons::NONE, keys | Buttons::SLOT4, |t| t), [Kind::Chord]);
    assert_eq!(one(Buttons::NONE, keys, |t| t), []);
    assert_eq!(one(Buttons::NONE, Buttons::NONE, |t| t + 1), [Kind::FutureAck]);
    assert_eq!(one(Buttons::NONE, Buttons::NONE, |t| t - 70), [Kind::BackwardAck]);
    assert_eq!(one(Buttons::NONE, Buttons::NONE, |t| t - 50), []);
    let cursor = |x: i16| {
        let mut duo = Duo::new(false);
        let input = InputCmd { sequence: 1, cursor_x: x, ..InputCmd::default() };
        duo.world.push_input(duo.game, duo.a, input).unwrap();
        duo.step();
        duo.kinds()
    };
    assert_eq!((cursor(32_001), cursor(-32_000)), (vec![Kind::Cursor], vec![]));
}

#[test]
fn fingers_are_slower_and_less_even_than_macros() {
    // Intervals in inputs, over and over.
    let clicks = |intervals: &[u32]| {
        let mut duo = Duo::new(false);
        let (mut next, mut which) = (0, 0);
        for n in 0..1800 {
            let taps = if n == next { Buttons::FIRE } else { Buttons::NONE };
            if n == next {
                next += intervals[which % intervals.len()];
                which += 1;
            }
            duo.push(0, Buttons::NONE, taps, Vec2::new(180.0, 10.0), 0);
            duo.step();
        }
        duo.kinds()
    };
    assert!(clicks(&[1]).contains(&Kind::ClickRate));
    assert!(clicks(&[4, 3]).contains(&Kind::ClickRate));
    assert_eq!(clicks(&[8]), [Kind::ClickRhythm]);
    assert_eq!(clicks(&[7, 8, 7, 7]), [Kind::ClickRhythm]);
    // Eight a second by hand: deviations add up.
    assert_eq!(clicks(&[7, 8, 6, 7, 9, 8, 8, 6, 7, 9, 7, 6, 8, 9, 7, 10, 6, 7, 8]), []);
}

#[test]
fn aim_that_sticks_to_the_unseen_is_evidence() {
    let walled = |soft: bool, aim: fn(u32, Vec2) -> Vec2| {
        let mut duo = Duo::new(true);
        duo.rest(400);
        duo.follow(600, soft, aim);
        duo
    };
    let duo = walled(true, |_, target| target);
    assert!(!of(Kind::HiddenTrack, &duo.found).is_empty(), "{:?}", duo.kinds());
    let told = of(Kind::HiddenTrack, &duo.found)[0];
    assert!(told.player() == duo.a && told.value >= told.limit && told.grade > 0.0, "{told:?}");
    // Heard or not: steps are no pixels.
    assert!(!of(Kind::HiddenTrack, &walled(false, |_, target| target).found).is_empty());
    // Three px beside it, or at rest while the other comes by: nothing.
    assert!(of(Kind::HiddenTrack, &walled(true, |_, target| target + Vec2::new(0.0, 3.0)).found).is_empty());
    assert_eq!(walled(true, |_, _| Vec2::new(300.0, 110.0)).kinds(), []);
}

#[test]
fn aim_that_stays_on_the_unseen_is_evidence_and_a_glance_is_not() {
    let walled = |aim: fn(u32, Vec2) -> Vec2| {
        let mut duo = Duo::new(true);
        duo.rest(400);
        duo.follow(1200, true, aim);
        duo
    };
    // About it, not to the pixel, all the time.
    let duo = walled(|n, target| target + Vec2::new(0.0, if n / 20 % 2 == 0 { 4.0 } else { -4.0 }));
    assert!(!of(Kind::HiddenAim, &duo.found).is_empty(), "{:?}", duo.kinds());
    let duo = walled(|n, target| if n % 240 < 40 { target + Vec2::new(0.0, 4.0) } else { Vec2::new(180.0, 20.0) });
    assert!(of(Kind::HiddenAim, &duo.found).is_empty(), "{:?}", duo.kinds());
}

#[test]
fn aim_locked_on_the_seen_is_evidence_and_a_late_hand_is_not() {
    let open = |late: usize| {
        let mut duo = Duo::new(false);
        duo.rest(120);
        let mut past = std::collections::VecDeque::new();
        duo.follow(900, false, |_, target| {
            past.push_back(target);
            while past.len() > late + 1 {
                past.pop_front();
            }
            past[0]
        });
        duo
    };
    let duo = open(0);
    assert!(
        of(Kind::Lock, &duo.found).len() >= 3 && duo.found.iter().all(|e| e.player() == duo.a),
        "{:?}",
        duo.kinds()
    );
    assert_eq!(duo.world.standing(duo.game, duo.a).unwrap().verdict, Verdict::Flag);
    assert!(of(Kind::Lock, &open(6).found).is_empty());
}

/// B walks out of A's sight and back into it, so many times; what A does is a function of the inputs for which B has been
/// on its screen, and of where B is.
fn meetings(rounds: u32, mut act: impl FnMut(Option<u32>, Vec2, Vec2) -> (Buttons, Vec2)) -> Duo {
    let mut duo = Duo::new(false);
    for _ in 0..rounds {
        let mut shown = None;
        for n in 0..400u32 {
            let (tick, me, target) = (duo.tick(), duo.at(duo.a), duo.at(duo.b));
            let sees = duo.world.view(duo.game).unwrap().sees(0) != 0;
            if n > 110 && sees {
                shown = Some(shown.map_or(0, |shown: u32| shown + 1));
            }
            let walk = match n {
                0..40 => Buttons::RIGHT,
                110.. if shown.is_none() => Buttons::LEFT,
                _ => Buttons::NONE,
            };
            let (taps, cursor) = act(shown, me, target);
            duo.push(0, Buttons::NONE, taps, cursor, tick);
            duo.push(1, walk, Buttons::NONE, Vec2::new(470.0, 135.0), tick);
            duo.step();
            if shown == Some(60) {
                break;
            }
        }
        assert_eq!(shown, Some(60), "B has come into sight");
    }
    duo
}

/// A looks aside and turns to B so many inputs after it has come, over so many.
fn turns(after: u32, takes: u32) -> Duo {
    meetings(8, |shown, me, target| {
        let aside = me + Vec2::new(70.0, 80.0);
        let gone = shown.map_or(0, |shown| (shown + 1).saturating_sub(after));
        let share = (gone as f32 / takes as f32).min(1.0);
        (Buttons::NONE, aside + (target - aside) * share)
    })
}

#[test]
fn nobody_turns_within_150_ms_of_seeing() {
    let duo = turns(2, 4);
    assert!(of(Kind::Reaction, &duo.found).len() >= 5, "{:?}", duo.kinds());
    assert!(of(Kind::Reaction, &duo.found).iter().all(|e| e.value <= 150.0 && e.limit == 150.0));
    // 150 ms of reaction and 100 of turning: as good as people get.
    assert!(of(Kind::Reaction, &turns(9, 6).found).is_empty());
}

#[test]
fn no_cursor_jumps_onto_bodies() {
    assert!(!of(Kind::Snap, &turns(12, 1).found).is_empty());
    assert!(of(Kind::Snap, &turns(12, 4).found).is_empty());
}

#[test]
fn the_trigger_is_pulled_after_seeing() {
    // A aims where B will come; three hits leave B alive.
    let pull = |after: u32| {
        let duo = meetings(3, |shown, me, _| {
            let taps = if shown == Some(after) { Buttons::FIRE } else { Buttons::NONE };
            (taps, me + Vec2::new(60.0, 0.0))
        });
        of(Kind::Trigger, &duo.found).len()
    };
    assert_eq!(pull(0), 3);
    assert_eq!(pull(9), 0);
}

#[test]
fn a_decoy_that_is_followed_is_evidence() {
    let baited = |follows: bool| {
        let mut duo = Duo::new(true);
        duo.rest(60);
        for n in 0..400u32 {
            let at = Vec2::new(400.0, 40.0 + n as f32 * 0.5);
            duo.world.set_decoy(duo.game, duo.a, Some(at)).unwrap();
            let tick = duo.tick();
            let cursor = if follows { at } else { Vec2::new(400.0, 135.0) };
            duo.push(0, Buttons::NONE, Buttons::NONE, cursor, tick);
            duo.step();
        }
        of(Kind::Decoy, &duo.found).len()
    };
    assert!(baited(true) >= 3);
    assert_eq!(baited(false), 0);
}

#[test]
fn claimed_positions_are_held_against_what_is_possible() {
    let duo = Duo::new(true);
    let view = duo.world.view(duo.game).unwrap();
    let start = duo.at(duo.a);
    let claim = |position: Vec2, time_ms: f64, gait| Claim { position, time_ms, gait };
    let begin = || {
        let mut positions = Positions::new(PositionDef { saved_s: 0.5, ..PositionDef::default() }).unwrap();
        let first = positions.check(&view, duo.a, &claim(start, 0.0, Gait::Walking)).unwrap();
        assert_eq!((first.position, first.fault, first.evidence), (start, None, None));
        positions
    };
    // A first claim uses what was saved up; time comes back with the server's ticks, so check in a later view.
    let check = |positions: &mut Positions, to: Vec2, gait| {
        let mut later = Duo::new(true);
        later.rest(60);
        let view = later.world.view(later.game).unwrap();
        positions.check(&view, later.a, &claim(to, 100.0, gait)).unwrap()
    };
    // 100 ms of walking are 10 px, with tolerance and rounding 11.5.
    let up = |px: f32| start - Vec2::new(0.0, px);
    let ok = check(&mut begin(), up(11.4), Gait::Walking);
    assert_eq!((ok.fault, ok.position), (None, up(11.4)));
    let fast = check(&mut begin(), up(12.5), Gait::Walking);
    assert_eq!(fast.fault, Some(Fault::Speed));
    assert!((fast.position - up(11.5)).length() < 0.1, "{}", fast.position);
    let evidence = fast.evidence.unwrap();
    assert_eq!((evidence.kind(), evidence.player()), (Some(Kind::Position), duo.a));
    assert!((evidence.value - 1.0).abs() < 0.1);
    assert_eq!(check(&mut begin(), up(12.5), Gait::Running).fault, None);
    assert_eq!(check(&mut begin(), up(100.0), Gait::Running).fault, Some(Fault::Teleport));
    assert_eq!(check(&mut begin(), Vec2::new(f32::NAN, 0.0), Gait::Running).fault, Some(Fault::Outside));
    assert_eq!(check(&mut begin(), Vec2::new(-30.0, 135.0), Gait::Running).fault, Some(Fault::Outside));
    // Into the wall, a tick at a time: the body stays before it.
    let mut duo = Duo::new(true);
    let mut positions = Positions::new(PositionDef::default()).unwrap();
    let (mut faults, mut at) = (0, start);
    for n in 0..60 {
        duo.rest(1);
        let to = start + Vec2::new(n as f32 * 1.6, 0.0);
        let view = duo.world.view(duo.game).unwrap();
        let time = f64::from(n) * 1000.0 / 60.0;
        let checked = positions.check(&view, duo.a, &claim(to, time, Gait::Walking)).unwrap();
        faults += u32::from(checked.fault == Some(Fault::Wall) || checked.fault == Some(Fault::Speed));
        at = checked.position;
    }
    assert!(faults > 0 && at.x <= 224.0, "{faults} {at}");
    assert!(Positions::new(PositionDef { tolerance: 2.0, ..PositionDef::default() }).is_err());
    let bad = claim(start, f64::NAN, Gait::Walking);
    let view = duo.world.view(duo.game).unwrap();
    assert!(matches!(positions.check(&view, duo.a, &bad), Err(Error::InvalidArgument { field: "claim.time_ms", .. })));
}

#[test]
fn the_dead_claim_no_way() {
    let mut duo = Duo::new(true);
    let mut positions = Positions::new(PositionDef::default()).unwrap();
    let at = duo.at(duo.a);
    duo.world.kill_player(duo.game, duo.a).unwrap();
    duo.step();
    let view = duo.world.view(duo.game).unwrap();
    let claim = Claim { position: at + Vec2::new(0.0, 5.0), time_ms: 0.0, gait: Gait::Walking };
    assert_eq!(positions.check(&view, duo.a, &claim).unwrap().fault, Some(Fault::Dead));
    let claim = Claim { position: at, ..claim };
    assert_eq!(positions.check(&view, duo.a, &claim).unwrap().fault, None);
}

#[test]
fn watching_changes_no_state_and_no_packet() {
    let play = |guarded: bool| {
        let mut scene = Scene::new("brawl").unwrap();
        let ids: Vec<_> = scene.world.view(scene.game).unwrap().players().map(|p| p.id).collect();
        for id in ids {
            scene.world.open_link(scene.game, id).unwrap();
        }
        // Nobody is suspected, so that no decoy is sent.
        let mut def = GuardDef::default();
        (def.policy.suspect, def.policy.flag) = (f32::INFINITY, f32::INFINITY);
        (def.policy.kick, def.policy.ban) = (f32::INFINITY, f32::INFINITY);
        if guarded {
            scene.world.guard(scene.game, def).unwrap();
        }
        let mut packets = Vec::new();
        let mut hashes = Vec::new();
        for _ in 0..1200 {
            scene.advance(1);
            packets.extend(scene.world.packets().map(|p| (p.player, p.bytes.to_vec())));
            hashes.push(scene.hash());
        }
        (hashes, packets)
    };
    assert!(play(false) == play(true));
}

#[test]
fn evidence_is_bounded_and_players_can_be_left_alone() {
    let mut duo = Duo::new(false);
    for n in 0..(40 * EVIDENCE_RING as u32) {
        let input = InputCmd { sequence: n + 1, cursor_x: i16::MIN, ..InputCmd::default() };
        duo.world.push_input(duo.game, duo.a, input).unwrap();
        duo.world.step();
    }
    let mut kept = 0;
    let lost = duo.world.drain_evidence(duo.game, |_| kept += 1).unwrap();
    assert_eq!(kept, EVIDENCE_RING);
    let standing = duo.world.standing(duo.game, duo.a).unwrap();
    assert_eq!(u64::from(standing.evidence), lost + kept as u64);
    assert!(lost > 0 && standing.verdict == Verdict::Ban && standing.worst == Some(Kind::Cursor), "{standing:?}");
    assert_eq!(duo.world.drain_evidence(duo.game, |_| {}).unwrap(), 0);
    // One who leaves takes the score along; the next in the slot begins clear.
    duo.world.remove_player(duo.game, duo.a).unwrap();
    let next = duo.world.add_player(duo.game, PlayerDef::default()).unwrap();
    assert_eq!(next.slot(), 0);
    assert_eq!(duo.world.standing(duo.game, next).unwrap().verdict, Verdict::Clear);
    assert!(matches!(duo.world.standing(duo.game, duo.a), Err(Error::StaleId { .. })));
    duo.world.guard_player(duo.game, next, false).unwrap();
    let pushes = |duo: &mut Duo| {
        let input = InputCmd { sequence: 9, cursor_x: i16::MIN, ..InputCmd::default() };
        duo.world.push_input(duo.game, next, input).unwrap();
        duo.world.step();
        duo.world.standing(duo.game, next).unwrap().evidence
    };
    assert_eq!(pushes(&mut duo), 0);
    let mut count = 0;
    duo.world.verdicts(duo.game, |_, standing| count += u32::from(standing.verdict == Verdict::Clear)).unwrap();
    assert_eq!(count, 2);
    duo.world.unguard(duo.game).unwrap();
    assert!(matches!(duo.world.guard_player(duo.game, next, true), Err(Error::NotAllowed { .. })));
    let bad = GuardDef { policy: Policy { flag: 0.1, ..Policy::default() }, ..GuardDef::default() };
    assert!(matches!(duo.world.guard(duo.game, bad), Err(Error::InvalidArgument { field: "policy.flag", .. })));
    duo.world.guard(duo.game, GuardDef::default()).unwrap();
    let outside = duo.world.set_decoy(duo.game, next, Some(Vec2::new(-1.0, 0.0)));
    assert!(matches!(outside, Err(Error::InvalidArgument { field: "decoy", .. })));
}

#[test]
fn a_match_turned_back_is_watched_on_without_blame() {
    let mut duo = Duo::new(false);
    duo.rest(900);
    let mut saved = Vec::new();
    duo.world.save(duo.game, &mut saved).unwrap();
    duo.rest(600);
    duo.world.restore(duo.game, &saved).unwrap();
    // The client goes on where it was: its numbers are 600 ahead, and so are the ticks that it tells of.
    for _ in 0..200 {
        let tick = duo.tick() + 600;
        duo.push(0, Buttons::NONE, Buttons::NONE, Vec2::new(300.0, 30.0), tick);
        duo.step();
    }
    assert_eq!(duo.kinds(), []);
}

/// Seconds until the person in slot 0 of each table is flagged, and how many others are.
fn tables(seeds: std::ops::Range<u64>, seconds: u32, cheat: Option<Cheat>) -> (Vec<Option<u32>>, usize) {
    let (mut flags, mut others) = (Vec::new(), 0);
    for seed in seeds {
        let map = GameMap::BUILTIN[seed as usize % 3].0;
        let mut table = Table::new(&TableDef { map, seed, cheat, ..TableDef::default() }).unwrap();
        for _ in 0..seconds * 60 {
            table.advance().unwrap();
            table.world.drain_events(table.game, |_| {}).unwrap();
            table.world.drain_sounds(table.game, |_| {}).unwrap();
        }
        let mut flag = None;
        let game = table.game;
        table
            .world
            .verdicts(game, |player, standing| {
                let flagged = standing.verdict >= Verdict::Flag;
                if player.slot() == 0 {
                    flag = flagged.then_some(standing.flag_tick / 60);
                } else {
                    others += usize::from(flagged);
                }
            })
            .unwrap();
        flags.push(flag);
    }
    (flags, others)
}

#[test]
fn honest_people_are_not_flagged() {
    let (flags, others) = tables(9000..9012, 60, None);
    assert!(flags.iter().all(Option::is_none) && others == 0, "{flags:?} {others}");
}

#[test]
fn cheats_are_flagged_within_a_minute() {
    for cheat in [
        Cheat::Speed(1.1),
        Cheat::Tap,
        Cheat::WallLock,
        Cheat::AimSnap,
        Cheat::FloodInputs,
        Cheat::FloodMessages,
        Cheat::Garbage,
    ] {
        let (flags, _) = tables(9100..9103, 60, Some(cheat));
        // Aim shows only when there is somebody to aim at: two of three are enough here, the report counts hundreds.
        let aims = matches!(cheat, Cheat::WallLock | Cheat::AimSnap);
        let found = flags.iter().flatten().count();
        assert!(found == 3 || (aims && found == 2), "{cheat:?}: {flags:?}");
    }
}

/// A holds an angle for a minute: one cursor, at a wall. B comes and goes behind it as `b` says, given the tick and the way
/// down from where A points.
fn held_angle(b: impl Fn(u32, f32) -> Buttons) -> Duo {
    let mut duo = Duo::new(true);
    duo.rest(120);
    for n in 0..3600 {
        let (tick, down) = (duo.tick(), duo.at(duo.b).y - 135.0);
        duo.push(0, Buttons::NONE, Buttons::NONE, Vec2::new(300.0, 135.0), tick);
        duo.push(1, b(n, down), Buttons::NONE, Vec2::new(470.0, 135.0), tick);
        duo.step();
    }
    duo
}

/// Who steps into a resting line of aim behind a wall and stays there, again and again, does not make whoever holds it look
/// guilty: the one who aims has done nothing.
#[test]
fn who_holds_an_angle_cannot_be_framed_from_behind_the_wall() {
    let duo = held_angle(|n, down| match n % 480 {
        0..360 if down < 40.0 => Buttons::DOWN,
        0..360 => Buttons::NONE,
        _ if down > 2.0 => Buttons::UP,
        _ => Buttons::NONE,
    });
    assert_eq!(duo.world.standing(duo.game, duo.a).unwrap().verdict, Verdict::Clear, "{:?}", duo.found);
}

/// Sounds tell directions: who aims where steps come from is no cheat.
#[test]
fn who_aims_by_ear_is_not_flagged() {
    let mut duo = Duo::new(true);
    duo.rest(120);
    let mut cursor = Vec2::new(300.0, 30.0);
    let mut coming = std::collections::VecDeque::from([cursor; 15]);
    for n in 0..7200u32 {
        let tick = duo.tick();
        let mut heard = None;
        let slot = duo.a.slot() as u8;
        duo.world
            .drain_sounds(duo.game, |sound| {
                if sound.listener == slot && sound.flags & trespasser::sound::own::OWN == 0 {
                    heard = Some(sound.aim.wrapping_add(sound.bearing));
                }
            })
            .unwrap();
        let me = duo.at(duo.a);
        let last = *coming.back().unwrap();
        coming.push_back(heard.map_or(last, |direction| {
            let angle = f32::from(direction & 63) * (core::f32::consts::TAU / 64.0);
            me + Vec2::new(libm::cosf(angle), libm::sinf(angle)) * 100.0
        }));
        // A hand is 250 ms late and takes 100 ms.
        let wanted = coming.pop_front().unwrap();
        cursor += (wanted - cursor) * 0.2;
        let walk = if n / 80 % 2 == 0 { Buttons::UP } else { Buttons::DOWN };
        duo.push(0, Buttons::NONE, Buttons::NONE, cursor, tick);
        duo.push(1, walk | Buttons::RUN, Buttons::NONE, Vec2::new(470.0, 135.0), tick);
        duo.step();
    }
    let standing = duo.world.standing(duo.game, duo.a).unwrap();
    assert!(standing.verdict <= Verdict::Suspect, "{standing:?} {:?}", duo.found);
}

/// A hand that follows 100 ms late is close to the middle of one who creeps: that is the creeper's doing.
#[test]
fn who_follows_a_creeper_with_a_late_hand_is_clear() {
    let mut duo = Duo::new(false);
    duo.rest(120);
    let mut past = std::collections::VecDeque::new();
    for n in 0..1800u32 {
        let (tick, target) = (duo.tick(), duo.at(duo.b));
        past.push_back(target);
        if past.len() > 8 {
            past.pop_front();
        }
        let walk = if n / 240 % 2 == 0 { Buttons::UP } else { Buttons::DOWN } | Buttons::SNEAK;
        let aims = if n == 0 { Buttons::AIM } else { Buttons::NONE };
        // A hand trembles by a pixel.
        let tremble = Vec2::new(0.0, libm::sinf(n as f32 * 0.9));
        duo.push(0, Buttons::NONE, Buttons::NONE, past[0] + tremble, tick);
        duo.push(1, walk, aims, Vec2::new(470.0, 135.0), tick);
        duo.step();
    }
    let standing = duo.world.standing(duo.game, duo.a).unwrap();
    assert_eq!(standing.verdict, Verdict::Clear, "{standing:?} {:?}", duo.found);
}

/// What one player has done is not laid at the door of another who is in the slot after the match was turned back.
#[test]
fn a_match_turned_back_to_other_players_has_their_standings() {
    let mut duo = Duo::new(false);
    duo.rest(300);
    let mut saved = Vec::new();
    duo.world.save(duo.game, &mut saved).unwrap();
    let honest = duo.a;
    duo.world.remove_player(duo.game, honest).unwrap();
    duo.a = duo.world.add_player(duo.game, PlayerDef { team: Some(Team::Red), ..PlayerDef::default() }).unwrap();
    assert_eq!(duo.a.slot(), honest.slot());
    for n in 0..600 {
        let input = InputCmd { sequence: n + 1, cursor_x: i16::MIN, ..InputCmd::default() };
        duo.world.push_input(duo.game, duo.a, input).unwrap();
        duo.step();
    }
    assert!(duo.world.standing(duo.game, duo.a).unwrap().verdict >= Verdict::Kick);
    duo.world.restore(duo.game, &saved).unwrap();
    assert_eq!(duo.world.standing(duo.game, honest).unwrap().verdict, Verdict::Clear);
    assert_eq!(duo.world.standing(duo.game, honest).unwrap().evidence, 0);
}

/// A host that predicts and corrects plays the same inputs again and again: none of that is a player's doing.
#[test]
fn ticks_played_anew_are_no_flood() {
    use trespasser::Snapshot;
    use trespasser::world::PastInput;
    let mut duo = Duo::new(false);
    duo.rest(120);
    let mut pushed: std::collections::VecDeque<PastInput> = std::collections::VecDeque::new();
    let mut snapshots: std::collections::VecDeque<Snapshot> = std::collections::VecDeque::new();
    for _ in 0..1200u32 {
        let mut now = Snapshot::new();
        duo.world.snapshot(duo.game, &mut now).unwrap();
        snapshots.push_back(now);
        let tick = duo.tick();
        duo.sequence[0] += 1;
        let input = InputCmd::new(duo.sequence[0], Buttons::NONE, Buttons::NONE, Vec2::new(300.0, 30.0)).unwrap();
        duo.world.push_input(duo.game, duo.a, input).unwrap();
        pushed.push_back(PastInput { tick: tick + 1, player: duo.a, input });
        duo.step();
        if snapshots.len() == 8 {
            let from = snapshots.front().unwrap();
            let again: Vec<PastInput> = pushed.iter().copied().filter(|past| past.tick > from.tick()).collect();
            duo.world.resimulate(duo.game, from, 8, &again).unwrap();
            snapshots.pop_front();
            pushed.retain(|past| past.tick > tick.saturating_sub(8));
        }
    }
    assert_eq!(duo.kinds(), [], "{:?}", duo.world.standing(duo.game, duo.a));
}

/// A line that stalls for so many seconds brings all that waited in it at once; that is no flood, however long it was.
#[test]
fn what_waited_in_a_stalled_line_is_no_flood() {
    for seconds in [2, 4, 6, 10, 20, 60u32] {
        let kinds = timed(60 * 90, |n| {
            let (from, to) = (600, 600 + seconds * 60);
            if (from..to).contains(&n) {
                0
            } else if n == to {
                seconds * 60 + 1
            } else {
                1
            }
        });
        assert_eq!(kinds, [], "{seconds} s");
    }
}

/// The same over the wire, a message for each input.
#[test]
fn messages_that_waited_in_a_stalled_line_are_no_flood() {
    for seconds in [2, 4, 6, 10, 20, 60u32] {
        let mut duo = Duo::new(false);
        duo.world.open_link(duo.game, duo.a).unwrap();
        let mut client = trespasser::net::Receiver::new();
        let mut waiting = Vec::new();
        for n in 0..60 * 90u32 {
            duo.step();
            for packet in duo.world.packets() {
                client.receive(packet.bytes).unwrap();
            }
            let mut bytes = Vec::new();
            let cursor = Vec2::new(300.0, 30.0 + (n % 7) as f32 * 20.0);
            if client.input(Buttons::NONE, Buttons::NONE, cursor).is_ok() {
                client.write(0, &mut bytes);
                waiting.extend(Some(bytes).filter(|bytes| !bytes.is_empty()));
            }
            if !(600..600 + seconds * 60).contains(&n) {
                // Not all in one tick.
                for bytes in waiting.drain(..waiting.len().min(400)) {
                    duo.world.receive(duo.game, duo.a, &bytes).unwrap();
                }
            }
        }
        assert_eq!(duo.kinds(), [], "{seconds} s: {:?}", duo.world.standing(duo.game, duo.a).unwrap().verdict);
    }
}

/// A host that stood still for some seconds finds what everybody has sent meanwhile: nobody has been too fast.
#[test]
fn a_host_that_stood_still_blames_nobody() {
    for seconds in [2, 5, 20u32] {
        let mut duo = Duo::new(false);
        duo.rest(900);
        for who in [0, 1] {
            for _ in 0..seconds * 60 {
                duo.push(who, Buttons::NONE, Buttons::NONE, Vec2::new(300.0, 30.0), 0);
            }
        }
        duo.rest(300);
        let verdict = |id| duo.world.standing(duo.game, id).unwrap().verdict;
        assert_eq!(duo.kinds(), [], "{seconds} s: {:?} {:?}", verdict(duo.a), verdict(duo.b));
    }
}

/// Who draws 30 frames a second and sends an input with each has hands as slow as everybody's: what counts is the time that
/// has passed, not the inputs.
#[test]
fn half_the_inputs_are_not_twice_as_quick() {
    // 250 ms from coming into sight to being aimed at, eight times; and the trigger at 170 ms.
    let mut duo = Duo::new(false);
    let mut n = 0u32;
    for _ in 0..8 {
        let (mut shown, mut cursor) = (None, Vec2::ZERO);
        for t in 0..400u32 {
            n += 1;
            let (tick, me, target) = (duo.tick(), duo.at(duo.a), duo.at(duo.b));
            if t > 110 && duo.world.view(duo.game).unwrap().sees(0) != 0 {
                shown = Some(shown.map_or(0, |shown: u32| shown + 1));
            }
            let walk = match t {
                0..40 => Buttons::RIGHT,
                110.. if shown.is_none() => Buttons::LEFT,
                _ => Buttons::NONE,
            };
            if n.is_multiple_of(2) {
                let share = (shown.unwrap_or(0).saturating_sub(8) as f32 / 8.0).min(1.0);
                let aside = me + Vec2::new(70.0, 80.0);
                cursor = aside + (target - aside) * share;
                duo.push(0, Buttons::NONE, Buttons::NONE, cursor, tick);
            }
            duo.push(1, walk, Buttons::NONE, Vec2::new(470.0, 135.0), tick);
            duo.step();
            if shown == Some(60) {
                break;
            }
        }
        assert!(cursor != Vec2::ZERO);
    }
    assert_eq!(of(Kind::Reaction, &duo.found), []);
    // Eight presses a second.
    let mut duo = Duo::new(false);
    for n in 0..1800u32 {
        if n.is_multiple_of(2) {
            let uneven = [0, 2, 0, 0, 2, 0, 2][n as usize / 8 % 7];
            let taps = if n % 8 == uneven { Buttons::FIRE } else { Buttons::NONE };
            duo.push(0, Buttons::NONE, taps, Vec2::new(300.0, 30.0), 0);
        }
        duo.step();
    }
    assert_eq!(duo.kinds(), []);
}
