//! Ratings: Elo against the plan's formula, Weng-Lin against the paper's arithmetic, and what holds of any result.
#![allow(missing_docs, clippy::unwrap_used)]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use trespasser::rating::{DEVIATION_MIN, EloDef, LIMIT, REST_MAX, Rating, System, TeamResult, WengLinDef, places};
use trespasser::{Error, Result};

const SYSTEMS: [fn() -> System; 2] = [|| System::Elo(EloDef::default()), || System::WengLin(WengLinDef::default())];

fn elo(value: f64) -> Rating {
    Rating { value, deviation: 0.0 }
}

fn rate(system: System, teams: &mut [Vec<Rating>], places: &[u8]) -> Result<()> {
    let mut results: Vec<_> =
        teams.iter_mut().zip(places).map(|(members, &place)| TeamResult { place, members }).collect();
    system.rate(&mut results)
}

fn chances(system: System, teams: &[Vec<Rating>]) -> Result<Vec<f64>> {
    system.win_chances(&teams.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// The plan's `calculateMMR`, with the actual score of a duel: 1, 1/2 or 0.
#[expect(clippy::disallowed_methods, reason = "an oracle apart from the code that it checks")]
fn plan(own: f64, other: f64, actual: f64) -> f64 {
    own + 32.0 * (actual - 1.0 / (1.0 + 10f64.powf((other - own) / 400.0)))
}

#[test]
fn elo_of_two_is_the_plans() {
    for (a, b) in [(1500.0, 1500.0), (1600.0, 1400.0), (900.0, 2100.0), (-300.0, 1500.5)] {
        for (places, actual) in [([1, 2], 1.0), ([2, 1], 0.0), ([1, 1], 0.5), ([3, 3], 0.5)] {
            let mut teams = [vec![elo(a)], vec![elo(b)]];
            rate(System::Elo(EloDef::default()), &mut teams, &places).unwrap();
            assert!(near(teams[0][0].value, plan(a, b, actual)), "{a} {b} {actual}");
            assert!(near(teams[1][0].value, plan(b, a, 1.0 - actual)), "{a} {b} {actual}");
        }
    }
    // By hand: equal players exchange half of K; 200 points are 0.7597.
    let mut even = [vec![elo(1500.0)], vec![elo(1500.0)]];
    rate(System::Elo(EloDef::default()), &mut even, &[1, 2]).unwrap();
    assert_eq!((even[0][0].value, even[1][0].value), (1516.0, 1484.0));
    let chance = chances(System::Elo(EloDef::default()), &[vec![elo(1600.0)], vec![elo(1400.0)]]).unwrap();
    assert!((chance[0] - 0.759_746_926_648).abs() < 1e-12);
}

#[test]
fn elo_of_eight_equals_moves_by_place_and_no_more_than_two_would() {
    let mut teams = vec![vec![elo(1500.0)]; 8];
    rate(System::Elo(EloDef::default()), &mut teams, &[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    for (n, team) in teams.iter().enumerate() {
        let won = (7 - n) as f64 / 7.0;
        assert!(near(team[0].value, 1500.0 + 32.0 * (won - 0.5)), "{n}");
    }
}

#[test]
fn elo_teams_are_as_strong_as_their_mean() {
    let (mut teams, places) = ([vec![elo(1400.0), elo(1800.0)], vec![elo(1500.0), elo(1500.0)]], [2, 1]);
    rate(System::Elo(EloDef::default()), &mut teams, &places).unwrap();
    let change = plan(1600.0, 1500.0, 0.0) - 1600.0;
    for (after, before) in teams.iter().flatten().zip([1400.0, 1800.0, 1500.0, 1500.0]) {
        let sign = if before == 1500.0 { -1.0 } else { 1.0 };
        assert!(near(after.value, before + sign * change));
    }
}

/// Two newcomers, by the formulas of the paper's algorithm 1: c^2 = 2 sigma^2 + 2 beta^2, and so on.
#[test]
fn weng_lin_of_two_newcomers_by_hand() {
    let def = WengLinDef { drift: 0.0, ..WengLinDef::default() };
    let mut teams = [vec![System::WengLin(def).newcomer()], vec![System::WengLin(def).newcomer()]];
    rate(System::WengLin(def), &mut teams, &[1, 2]).unwrap();
    let (sigma, beta2) = (def.deviation, def.beta * def.beta);
    let sigma2 = sigma * sigma;
    let c = (2.0 * sigma2 + 2.0 * beta2).sqrt();
    let step = sigma2 / c * 0.5;
    let kept = 1.0 - (sigma / c) * sigma2 / (c * c) * 0.25;
    for (team, sign) in teams.iter().zip([1.0, -1.0]) {
        assert!(near(team[0].value, 1500.0 + sign * step));
        assert!(near(team[0].deviation, (sigma2 * kept).sqrt()));
    }
}

#[test]
fn weng_lin_moves_the_unknown_member_more() {
    let system = System::WengLin(WengLinDef::default());
    let known = Rating { value: 1500.0, deviation: 80.0 };
    let mut teams = [vec![known, system.newcomer()], vec![known, known]];
    rate(system, &mut teams, &[1, 2]).unwrap();
    assert!(teams[0][1].value - 1500.0 > 5.0 * (teams[0][0].value - 1500.0));
    assert!(teams[0][0].value > 1500.0 && teams[0][1].deviation < system.newcomer().deviation);
}

/// What is said before two teams meet is what the crate expects when it rates them.
#[test]
fn weng_lin_of_two_teams_predicts_as_the_crate_does() {
    use skillratings::weng_lin::{WengLinConfig, WengLinRating, expected_score_two_teams};
    let def = WengLinDef::default();
    let red = [Rating { value: 1622.0, deviation: 60.0 }, Rating { value: 1410.0, deviation: 200.0 }];
    let blue = [Rating { value: 1300.0, deviation: 45.0 }, Rating { value: 1580.0, deviation: 90.0 }];
    let theirs = |team: [Rating; 2]| team.map(|r| WengLinRating { rating: r.value, uncertainty: r.deviation });
    let config = WengLinConfig { beta: def.beta * 2f64.sqrt(), ..WengLinConfig::new() };
    let expected = expected_score_two_teams(&theirs(red), &theirs(blue), &config);
    let ours = System::WengLin(def).win_chances(&[&red, &blue]).unwrap();
    assert!(near(ours[0], expected.0) && near(ours[1], expected.1), "{ours:?} {expected:?}");
}

#[test]
fn rest_makes_less_sure_up_to_a_newcomer() {
    let system = System::WengLin(WengLinDef::default());
    let known = Rating { value: 1800.0, deviation: 90.0 };
    assert_eq!(system.rest(known, 0.0).unwrap(), known);
    let month = system.rest(known, 30.0).unwrap();
    let more = system.rest(month, 30.0).unwrap();
    assert!(known.deviation < month.deviation && month.deviation < more.deviation);
    let two = system.rest(known, 60.0).unwrap();
    assert!(near(two.deviation, more.deviation), "rest adds up");
    assert_eq!(system.rest(known, REST_MAX).unwrap(), Rating { value: 1800.0, deviation: system.newcomer().deviation });
    assert_eq!(System::Elo(EloDef::default()).rest(elo(1234.0), 400.0).unwrap(), elo(1234.0));
    for days in [-1.0, f64::NAN, f64::INFINITY, REST_MAX * 1.01] {
        assert!(names(system.rest(known, days), "days"));
    }
}

#[test]
fn points_are_what_the_skill_exceeds() {
    let system = System::WengLin(WengLinDef::default());
    assert_eq!(system.points(system.newcomer()).unwrap(), 900.0);
    assert_eq!(system.points(Rating { value: 1500.0, deviation: 50.0 }).unwrap(), 1350.0);
    assert_eq!(System::Elo(EloDef::default()).points(elo(1500.0)).unwrap(), 1500.0);
}

#[test]
fn quality_is_evenness() {
    for system in SYSTEMS.map(|make| make()) {
        let at = |value| Rating { value, deviation: 60.0 };
        let even = system.quality(&[&[at(1500.0); 4], &[at(1500.0); 4]]).unwrap();
        assert!(near(even, 1.0));
        let uneven = system.quality(&[&[at(1600.0)], &[at(1500.0)]]).unwrap();
        let far = system.quality(&[&[at(2600.0)], &[at(1500.0)]]).unwrap();
        assert!(even > uneven && uneven > far && far > 0.0);
        assert!(system.quality(&[&[at(LIMIT); 4], &[at(-LIMIT); 4]]).unwrap() < 1e-9);
        let eight: Vec<_> = [at(1500.0); 8].iter().map(|rating| [*rating]).collect();
        let eight: Vec<_> = eight.iter().map(|team| team.as_slice()).collect();
        assert!(near(system.quality(&eight).unwrap(), 1.0));
    }
}

#[test]
fn places_by_kills() {
    assert_eq!(places(&[50, 41, 41, 3]).unwrap(), [1, 2, 2, 4]);
    assert_eq!(places(&[0, 0]).unwrap(), [1, 1]);
    assert_eq!(places(&[3, 50]).unwrap(), [2, 1]);
    assert_eq!(places(&[1, 2, 3, 4, 5, 6, 7, u32::MAX]).unwrap(), [8, 7, 6, 5, 4, 3, 2, 1]);
    assert!(names(places(&[1]), "teams") && names(places(&[1; 9]), "teams"));
}

fn names<T>(result: Result<T>, expected: &str) -> bool {
    matches!(result, Err(Error::InvalidArgument { field, .. }) if field == expected)
}

#[test]
fn what_is_out_of_range_is_named_and_changes_nothing() {
    let fine = Rating { value: 1500.0, deviation: 100.0 };
    for system in SYSTEMS.map(|make| make()) {
        let refused = |teams: &[Vec<Rating>], places: &[u8], field: &str| {
            let mut after = teams.to_vec();
            let error = rate(system, &mut after, places);
            assert!(names(error.clone(), field), "{field}: {error:?}");
            // NaN is unequal to itself.
            assert_eq!(format!("{after:?}"), format!("{teams:?}"), "{field}");
        };
        refused(&[vec![fine]], &[1], "teams");
        refused(&vec![vec![fine]; 9], &[1; 9], "teams");
        refused(&[vec![fine], vec![]], &[1, 2], "members");
        refused(&[vec![fine; 4], vec![fine; 5]], &[1, 2], "members");
        refused(&[vec![fine], vec![fine]], &[0, 1], "place");
        refused(&[vec![fine], vec![fine]], &[1, 9], "place");
        for value in [f64::NAN, f64::INFINITY, -f64::INFINITY, LIMIT * 1.001, -LIMIT * 1.001] {
            refused(&[vec![fine], vec![fine, Rating { value, ..fine }]], &[1, 2], "value");
            assert!(names(system.points(Rating { value, ..fine }), "value"));
            assert!(names(system.win_chances(&[&[fine], &[Rating { value, ..fine }]]), "value"));
        }
        for deviation in [f64::NAN, f64::INFINITY, -1.0, LIMIT * 1.001] {
            refused(&[vec![fine], vec![Rating { deviation, ..fine }]], &[1, 2], "deviation");
            assert!(names(system.rest(Rating { deviation, ..fine }, 1.0), "deviation"));
        }
        assert!(names(system.win_chances(&[]), "teams"));
        assert!(names(system.win_chances(&[&[fine], &[]]), "members"));
        assert!(names(system.quality(&[&[fine; 8], &[fine]]), "members"));
    }
}

#[test]
fn every_field_of_a_definition_is_checked() {
    let elo = EloDef::default();
    let weng = WengLinDef::default();
    for bad in [f64::NAN, f64::INFINITY, -f64::INFINITY, 1e6, -1e6] {
        for (system, field) in [
            (System::Elo(EloDef { k: bad, ..elo }), "k"),
            (System::Elo(EloDef { newcomer: bad, ..elo }), "newcomer"),
            (System::WengLin(WengLinDef { newcomer: bad, ..weng }), "newcomer"),
            (System::WengLin(WengLinDef { deviation: bad, ..weng }), "deviation"),
            (System::WengLin(WengLinDef { beta: bad, ..weng }), "beta"),
            (System::WengLin(WengLinDef { growth: bad, ..weng }), "growth"),
            (System::WengLin(WengLinDef { crowd: bad, ..weng }), "crowd"),
            (System::WengLin(WengLinDef { drift: bad, ..weng }), "drift"),
            (System::WengLin(WengLinDef { rest: bad, ..weng }), "rest"),
        ] {
            assert!(names(system.validate(), field), "{field}");
            let two = [&[elo_rating()][..], &[elo_rating()]];
            assert!(names(system.win_chances(&two), field));
            assert!(names(rate(system, &mut [vec![elo_rating()], vec![elo_rating()]], &[1, 2]), field));
        }
    }
    for make in SYSTEMS {
        make().validate().unwrap();
    }
}

fn elo_rating() -> Rating {
    elo(1500.0)
}

fn any_teams() -> impl Strategy<Value = (Vec<Vec<Rating>>, Vec<u8>)> {
    let value = prop_oneof![4 => 0.0..3000.0f64, 1 => -LIMIT..=LIMIT, 1 => Just(LIMIT), 1 => Just(-LIMIT)];
    let deviation = prop_oneof![4 => 20.0..500.0f64, 1 => 0.0..=LIMIT, 1 => Just(0.0), 1 => Just(LIMIT)];
    let rating = (value, deviation).prop_map(|(value, deviation)| Rating { value, deviation });
    // Up to eight teams, cut where the match is full.
    (prop::collection::vec(prop::collection::vec(rating, 1..=7), 2..=8), prop::collection::vec(1u8..=8, 8)).prop_map(
        |(mut teams, places)| {
            let mut room = 8;
            for n in 0..teams.len() {
                let after = teams.len() - n - 1;
                let size = teams[n].len().min(room - after);
                teams[n].truncate(size);
                room -= size;
            }
            let places = places[..teams.len()].to_vec();
            (teams, places)
        },
    )
}

fn any_system() -> impl Strategy<Value = System> {
    let weng = (10.0..5000.0f64, 100.0..5000.0f64, 0.0..=1.0f64, 0.0..=1.0f64, 0.0..500.0f64).prop_map(
        |(deviation, beta, growth, crowd, drift)| {
            System::WengLin(WengLinDef { deviation, beta, growth, crowd, drift, ..WengLinDef::default() })
        },
    );
    let extreme = WengLinDef { beta: 100.0, growth: 0.0, crowd: 0.0, drift: 0.0, ..WengLinDef::default() };
    prop_oneof![
        (1.0..400.0f64).prop_map(|k| System::Elo(EloDef { k, ..EloDef::default() })),
        weng,
        Just(System::WengLin(extreme)),
        Just(System::default()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(50), cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn what_comes_out_can_go_in_again(system in any_system(), (teams, places) in any_teams()) {
        let mut after = teams.clone();
        rate(system, &mut after, &places).unwrap();
        prop_assert_eq!(after.iter().map(Vec::len).collect::<Vec<_>>(), teams.iter().map(Vec::len).collect::<Vec<_>>());
        for rating in after.iter().flatten() {
            prop_assert!(rating.value.abs() <= LIMIT && (0.0..=LIMIT).contains(&rating.deviation), "{rating:?}");
            if matches!(system, System::WengLin(_)) {
                prop_assert!(rating.deviation >= DEVIATION_MIN);
            }
            system.rest(*rating, 100.0).unwrap();
        }
        rate(system, &mut after, &places).unwrap();
        let chances = chances(system, &after).unwrap();
        prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
    }

    #[test]
    fn elo_sums_to_nothing((teams, places) in any_teams(), k in 1.0..400.0f64) {
        // Away from the edge, where values end.
        let teams: Vec<Vec<Rating>> = teams
            .into_iter()
            .map(|team| team.into_iter().map(|r| Rating { value: r.value * 0.5, ..r }).collect())
            .collect();
        let sum = |teams: &[Vec<Rating>]| teams.iter().flatten().map(|rating| rating.value).sum::<f64>();
        let mut after = teams.clone();
        rate(System::Elo(EloDef { k, ..EloDef::default() }), &mut after, &places).unwrap();
        prop_assert!((sum(&after) - sum(&teams)).abs() < 1e-8);
        for (after, before) in after.iter().zip(&teams) {
            let size = teams.iter().map(Vec::len).sum::<usize>() as f64 / teams.len() as f64;
            for (after, before) in after.iter().zip(before) {
                prop_assert!((after.value - before.value).abs() <= k * size + 1e-9);
                prop_assert_eq!(after.deviation, before.deviation);
            }
        }
    }

    /// Teams in another order are given the same: nobody gains by a seat.
    #[test]
    fn order_of_teams_does_not_matter(system in any_system(), (teams, places) in any_teams()) {
        let mut forward = teams.clone();
        rate(system, &mut forward, &places).unwrap();
        let mut backward: Vec<_> = teams.iter().rev().cloned().collect();
        let turned: Vec<_> = places.iter().rev().copied().collect();
        rate(system, &mut backward, &turned).unwrap();
        for (a, b) in forward.iter().zip(backward.iter().rev()) {
            for (a, b) in a.iter().zip(b) {
                prop_assert!((a.value - b.value).abs() < 1e-6 && (a.deviation - b.deviation).abs() < 1e-6);
            }
        }
    }

    /// A better place is never worse for whoever takes it.
    #[test]
    fn winning_beats_losing(system in any_system(), (teams, places) in any_teams()) {
        let with = |place| {
            let (mut teams, mut places) = (teams.clone(), places.clone());
            places[0] = place;
            rate(system, &mut teams, &places).unwrap();
            teams[0][0].value
        };
        prop_assert!(with(1) >= with(8));
    }

    #[test]
    fn the_same_twice_gives_the_same_bits(system in any_system(), (teams, places) in any_teams()) {
        let run = || {
            let mut teams = teams.clone();
            rate(system, &mut teams, &places).unwrap();
            teams.iter().flatten().flat_map(|r| [r.value.to_bits(), r.deviation.to_bits()]).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }
}
