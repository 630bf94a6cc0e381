//! Every row of the rule book's tables and every rule of its lists in sections 1 to 8, 11 and 12, with the tests that
//! cover it.
#![allow(missing_docs, clippy::unwrap_used, unreachable_pub)]

use std::collections::BTreeMap;
use std::path::Path;

const RULES: &str = "tests/rules.rs";
const ARMS: &str = "tests/arms.rs";
const ROWS: &str = "tests/rows.rs";
const REFERENCE: &str = "tests/reference.rs";
const PROPERTIES: &str = "tests/properties.rs";
const MAPS: &str = "src/map/tests.rs";
const SOUND: &str = "tests/sound.rs";
const WAVES: &str = "src/sound/round/tests.rs";
const POLYGON: &str = "src/vision/polygon/tests.rs";
const BODY: &str = "src/vision/body/tests.rs";
const SIGHT: &str = "tests/sight.rs";

/// Section, row, and the tests as (file, function).
type Row = (u32, &'static str, &'static [(&'static str, &'static str)]);

const INDEX: &[Row] = &[
    (1, "playfield", &[(ROWS, "s1_players_and_teams"), (RULES, "s2_edges")]),
    (1, "players", &[(ROWS, "s1_players_and_teams"), (RULES, "s1_leaving_and_late_joining")]),
    (
        1,
        "simulation rate",
        &[(PROPERTIES, "bad_calls_are_refused"), (ROWS, "s1_players_and_teams"), (RULES, "s5_rate_of_fire_is_exact")],
    ),
    (1, "win", &[(RULES, "s1_match_end_and_team_kills"), (REFERENCE, "lives_are_kept_as_the_rule_book_says")]),
    (1, "health", &[(RULES, "s1_death_and_respawn"), (ROWS, "numbers_of_the_rule_sets")]),
    (1, "death", &[(RULES, "s1_death_and_respawn"), (REFERENCE, "lives_are_kept_as_the_rule_book_says")]),
    (
        1,
        "respawn",
        &[
            (RULES, "s1_death_and_respawn"),
            (RULES, "s1_leaving_and_late_joining"),
            (REFERENCE, "lives_are_kept_as_the_rule_book_says"),
        ],
    ),
    (1, "fallback spawns", &[(ROWS, "s1_fallback_spawns"), (MAPS, "teams_without_spawns_get_the_fallback")]),
    (2, "body", &[(RULES, "s2_contact_and_slide"), (RULES, "s2_gap")]),
    (2, "sneak / walk / run", &[(RULES, "s2_speeds"), (REFERENCE, "walking_is_sliding_along_x_then_y")]),
    (2, "direction", &[(RULES, "s2_diagonal"), (RULES, "s2_speeds"), (REFERENCE, "walking_is_sliding_along_x_then_y")]),
    (2, "aiming down sights", &[(RULES, "s2_aiming_speed"), (ROWS, "s2_aiming_is_toggled_by_the_press")]),
    (2, "stopping", &[(RULES, "s2_stopping"), (REFERENCE, "walking_is_sliding_along_x_then_y")]),
    (
        2,
        "walls",
        &[
            (RULES, "s2_contact_and_slide"),
            (RULES, "s2_gap"),
            (REFERENCE, "walking_is_sliding_along_x_then_y"),
            (PROPERTIES, "a_match_keeps_its_promises"),
        ],
    ),
    (2, "edges", &[(RULES, "s2_edges")]),
    (2, "facing", &[(ROWS, "s2_facing"), (REFERENCE, "walking_is_sliding_along_x_then_y")]),
    (2, "tunnelling", &[(RULES, "s2_no_tunnelling")]),
    (3, "five slices along the long side", &[(REFERENCE, "slices_lose_what_was_dealt_and_open_when_the_book_says")]),
    (3, "fine-grained", &[(MAPS, "fine_cells_are_cut_across_the_way_their_wall_runs")]),
    (
        3,
        "coarse",
        &[
            (MAPS, "coarse_runs_are_cut_as_the_rule_book_says"),
            (MAPS, "short_coarse_runs_keep_their_length_with_slices_missing"),
        ],
    ),
    (3, "any list of rectangles", &[(MAPS, "rectangles_are_checked_by_index_field_and_limit")]),
    (3, "concrete", &[(ROWS, "s3_material_table"), (RULES, "s5_soft_walls_and_hard")]),
    (3, "metal", &[(ROWS, "s3_material_table"), (RULES, "s4_holes")]),
    (3, "wood", &[(ROWS, "s3_material_table"), (RULES, "s4_holes"), (RULES, "s5_soft_walls_and_hard")]),
    (3, "glass", &[(ROWS, "s3_material_table"), (RULES, "s4_holes"), (RULES, "s3_slice_breaks_once")]),
    (3, "border", &[(ROWS, "s3_material_table"), (RULES, "s5_soft_walls_and_hard"), (RULES, "s4_sight")]),
    (
        3,
        "bodies and projectiles pass destroyed slices only",
        &[
            (REFERENCE, "projectiles_fly_as_the_rule_book_says"),
            (PROPERTIES, "a_match_keeps_its_promises"),
            (ARMS, "s5_bounces_and_holes"),
        ],
    ),
    (4, "cone", &[(RULES, "s4_sight"), (REFERENCE, "who_sees_whom_and_through_how_much_smoke")]),
    (4, "distance", &[(RULES, "s4_sight"), (REFERENCE, "who_sees_whom_and_through_how_much_smoke")]),
    (4, "close by", &[(RULES, "s4_sight"), (REFERENCE, "who_sees_whom_and_through_how_much_smoke")]),
    (4, "what blocks", &[(RULES, "s4_sight"), (REFERENCE, "slices_lose_what_was_dealt_and_open_when_the_book_says")]),
    (
        4,
        "holes",
        &[
            (RULES, "s4_holes"),
            (SIGHT, "a_hole_of_two_pixels_shows_its_wedge"),
            (POLYGON, "a_hole_of_two_pixels_shows_its_wedge"),
            (POLYGON, "lines_at_seams_are_stopped"),
            (REFERENCE, "slices_lose_what_was_dealt_and_open_when_the_book_says"),
        ],
    ),
    (
        4,
        "smoke",
        &[
            (POLYGON, "smoke_by_hand"),
            (POLYGON, "in_smoke_agrees_with_every_slice_and_every_pixel_for_every_ray"),
            (ARMS, "s7_smoke"),
            (REFERENCE, "who_sees_whom_and_through_how_much_smoke"),
        ],
    ),
    (
        4,
        "flash",
        &[(ARMS, "s7_flash"), (ARMS, "s7_flash_fades"), (REFERENCE, "who_sees_whom_and_through_how_much_smoke")],
    ),
    (
        4,
        "a player is seen",
        &[
            (BODY, "sampling_finds_what_lines_miss"),
            (RULES, "s4_sight"),
            (REFERENCE, "who_sees_whom_and_through_how_much_smoke"),
        ],
    ),
    (
        4,
        "outputs: polygon, tiles and matrix",
        &[
            (POLYGON, "tiles_are_the_polygons_by_their_centres"),
            (POLYGON, "a_view_has_tiles_and_a_cache"),
            (POLYGON, "agrees_with_every_slice_for_every_ray"),
            (POLYGON, "an_empty_field_gives_a_clean_sector"),
            (REFERENCE, "who_sees_whom_and_through_how_much_smoke"),
        ],
    ),
    (
        5,
        "the weapon table, 15 rows",
        &[
            (ROWS, "s5_weapon_table"),
            (REFERENCE, "bullets_meet_what_the_rule_book_says"),
            (REFERENCE, "no_window_holds_more_shots_than_the_rate"),
        ],
    ),
    (5, "shotgun", &[(RULES, "s5_shotgun"), (REFERENCE, "bullets_meet_what_the_rule_book_says")]),
    (5, "machinegun", &[(RULES, "s5_heat"), (ROWS, "s5_heat_after_the_silence")]),
    (5, "antimaterialrifle", &[(RULES, "s5_anti_material_rifle"), (REFERENCE, "bullets_meet_what_the_rule_book_says")]),
    (
        5,
        "grenadelauncher",
        &[
            (ROWS, "s12_shells_fly_straight_and_go_off_at_their_range"),
            (REFERENCE, "projectiles_fly_as_the_rule_book_says"),
        ],
    ),
    (
        5,
        "rocket",
        &[
            (ARMS, "s5_rocket"),
            (ROWS, "s12_a_direct_hit_counts_once"),
            (REFERENCE, "projectiles_fly_as_the_rule_book_says"),
        ],
    ),
    (5, "grenade", &[(ARMS, "s5_throw_speeds"), (ARMS, "s5_charge"), (ARMS, "s5_fuse_and_friction")]),
    (5, "smokegrenade", &[(ARMS, "s5_throw_speeds"), (ARMS, "s7_smoke")]),
    (5, "flashbang", &[(ARMS, "s5_throw_speeds"), (ARMS, "s7_flash")]),
    (5, "spread", &[(RULES, "s5_spread_by_stance"), (REFERENCE, "bullets_meet_what_the_rule_book_says")]),
    (5, "loadout", &[(ROWS, "s5_loadouts"), (PROPERTIES, "bad_calls_are_refused")]),
    (5, "accuracy in use", &[(RULES, "s5_spread_by_stance"), (ROWS, "numbers_of_the_rule_sets")]),
    (
        5,
        "falloff",
        &[(RULES, "s5_falloff"), (RULES, "s5_shotgun"), (REFERENCE, "bullets_meet_what_the_rule_book_says")],
    ),
    (
        5,
        "soft walls and hard",
        &[(RULES, "s5_soft_walls_and_hard"), (REFERENCE, "bullets_meet_what_the_rule_book_says")],
    ),
    (5, "heat", &[(RULES, "s5_heat"), (ROWS, "s5_heat_after_the_silence")]),
    (
        5,
        "reloading and the rate of fire",
        &[
            (RULES, "s5_reload"),
            (RULES, "s5_rate_of_fire_is_exact"),
            (RULES, "s5_single_fire"),
            (ROWS, "s5_switching_gains_no_rate"),
            (REFERENCE, "no_window_holds_more_shots_than_the_rate"),
        ],
    ),
    (
        5,
        "thrown",
        &[
            (ARMS, "s5_throw_speeds"),
            (ARMS, "s5_bounces_and_holes"),
            (ARMS, "s5_fuse_and_friction"),
            (ROWS, "s5_thrown_from_the_own_place"),
            (REFERENCE, "projectiles_fly_as_the_rule_book_says"),
        ],
    ),
    (5, "lag compensation", &[(ARMS, "s5_lag_compensation")]),
    (6, "bodies", &[(ARMS, "s6_bodies"), (REFERENCE, "blasts_hurt_bodies_and_slices_as_the_rule_book_says")]),
    (
        6,
        "slices",
        &[
            (ARMS, "s6_slices_and_shrapnel"),
            (REFERENCE, "blasts_hurt_bodies_and_slices_as_the_rule_book_says"),
            (REFERENCE, "shrapnel_hits_first_slices_within_twice_the_radius"),
        ],
    ),
    (
        6,
        "the thrower and the team",
        &[(ARMS, "s6_bodies"), (REFERENCE, "blasts_hurt_bodies_and_slices_as_the_rule_book_says")],
    ),
    (7, "smoke", &[(ARMS, "s7_smoke"), (REFERENCE, "who_sees_whom_and_through_how_much_smoke")]),
    (7, "opacity at a point", &[(REFERENCE, "who_sees_whom_and_through_how_much_smoke")]),
    (7, "flash", &[(ARMS, "s7_flash"), (REFERENCE, "flashes_dazzle_as_the_rule_book_says")]),
    (7, "phases", &[(ARMS, "s7_flash_fades"), (REFERENCE, "flashes_dazzle_as_the_rule_book_says")]),
    (
        7,
        "impairment",
        &[(ARMS, "s7_flash"), (ARMS, "s7_flash_fades"), (REFERENCE, "who_sees_whom_and_through_how_much_smoke")],
    ),
    (
        8,
        "footstep sneak / walk / run",
        &[(SOUND, "s8_footsteps"), (SOUND, "s8_a_stride_is_as_loud_as_its_loudest_gait")],
    ),
    (8, "shots, by weapon", &[(SOUND, "s8_what_makes_a_sound"), (SOUND, "s8_distance")]),
    (8, "reload, switch, empty click, throw", &[(SOUND, "s8_what_makes_a_sound"), (SOUND, "s8_distance")]),
    (8, "bullet impact / slice destroyed", &[(SOUND, "s8_what_makes_a_sound"), (SOUND, "s8_a_blast_is_no_flood")]),
    (8, "bounce / explosion / flash", &[(SOUND, "s8_what_makes_a_sound")]),
    (8, "hurt / death", &[(SOUND, "s8_what_makes_a_sound")]),
    (8, "distance", &[(SOUND, "s8_distance"), (SOUND, "sound_is_the_naive_reference_in_a_fight")]),
    (
        8,
        "straight through",
        &[
            (SOUND, "s8_straight_through"),
            (SOUND, "s8_a_hole_is_heard_through_at_once"),
            (SOUND, "sound_is_the_naive_reference_in_a_fight"),
        ],
    ),
    (
        8,
        "round the corner",
        &[
            (SOUND, "s8_round_the_corner"),
            (SOUND, "s8_half_a_cell_is_open"),
            (WAVES, "waves_are_dijkstras"),
            (SOUND, "sound_is_the_naive_reference_in_a_fight"),
        ],
    ),
    (
        8,
        "the louder of the two, from where it arrives",
        &[(SOUND, "s8_round_the_corner"), (SOUND, "s8_bearings_are_right")],
    ),
    (
        8,
        "delivered per listener; never the place",
        &[
            (SOUND, "s8_a_place_is_told_no_better_than_its_square"),
            (SOUND, "s8_turning_tells_no_more"),
            (SOUND, "s8_a_flash_deafens"),
        ],
    ),
    (
        11,
        "one input is 1/60 s; budget, saving, waiting, repeating",
        &[
            (RULES, "s11_time_is_the_same_for_all"),
            (RULES, "s11_flood_is_dropped_and_counted"),
            (RULES, "s11_missing_inputs_repeat_then_stand"),
            (RULES, "s11_late_inputs_lose_nothing_and_gain_nothing"),
            (REFERENCE, "no_arrival_of_inputs_gains_speed"),
            (REFERENCE, "a_late_network_loses_nothing"),
        ],
    ),
    (11, "presses count once", &[(RULES, "s11_presses_count_once")]),
    (11, "the dead", &[(RULES, "s11_the_dead"), (ROWS, "s12_the_dead_do_nothing")]),
    (
        11,
        "a respawn restores the loadout; a leaver's kills stay",
        &[
            (REFERENCE, "lives_are_kept_as_the_rule_book_says"),
            (ROWS, "s11_leavers_kills_stay"),
            (ROWS, "s12_no_free_refills"),
        ],
    ),
    (12, "inputs dropped by a rate limiter", &[(RULES, "s11_time_is_the_same_for_all")]),
    (12, "rates of fire rounded to packets", &[(RULES, "s5_rate_of_fire_is_exact")]),
    (12, "pellets starting beyond a wall", &[(RULES, "s5_shotgun")]),
    (12, "grenades hurting by contact", &[(ARMS, "s12_throws_bounce_off_bodies")]),
    (12, "smoke or flash vanishing at a body", &[(ROWS, "s12_smoke_and_flash_survive_a_body")]),
    (12, "a direct hit counted twice", &[(ROWS, "s12_a_direct_hit_counts_once"), (ARMS, "s5_rocket")]),
    (
        12,
        "shells falling, shells and rockets vanishing",
        &[(ROWS, "s12_shells_fly_straight_and_go_off_at_their_range"), (ARMS, "s5_rocket")],
    ),
    (12, "a click costing two grenades", &[(ROWS, "s12_a_click_costs_one_grenade")]),
    (12, "blasts choosing slices by x", &[(ROWS, "s12_blasts_on_upright_walls")]),
    (12, "flashes blocked by destroyed slices", &[(ROWS, "s12_flashes_pass_destroyed_slices")]),
    (12, "phantom slices", &[(ROWS, "s12_no_phantom_slices")]),
    (12, "lost damage events", &[(ROWS, "s12_all_damage_is_told")]),
    (
        12,
        "match_ended twice",
        &[(RULES, "s1_match_end_and_team_kills"), (REFERENCE, "lives_are_kept_as_the_rule_book_says")],
    ),
    (12, "aiming toggled by every input", &[(ROWS, "s2_aiming_is_toggled_by_the_press")]),
    (12, "free refills", &[(ROWS, "s12_no_free_refills")]),
    (
        12,
        "dead players firing",
        &[(ROWS, "s12_the_dead_do_nothing"), (REFERENCE, "lives_are_kept_as_the_rule_book_says")],
    ),
    (12, "a thrower naming the origin", &[(ROWS, "s5_thrown_from_the_own_place")]),
    (12, "unknown weapons becoming rifles", &[(ROWS, "s12_unknown_weapons_are_refused")]),
    (
        12,
        "spawn points inside walls",
        &[(ROWS, "s12_spawns_inside_walls_are_refused"), (MAPS, "a_spawn_drawn_inside_a_wall_is_refused_by_its_pixel")],
    ),
    (0, "where legacy differs", &[(ROWS, "legacy_differs_where_the_book_says_so")]),
    (0, "all numbers", &[(ROWS, "numbers_of_the_rule_sets")]),
    (
        0,
        "no order of slots matters",
        &[(REFERENCE, "slots_in_another_order_give_the_same_outcome"), (ARMS, "many_blasts_in_one_tick_in_any_order")],
    ),
];

/// The names of the functions under a `#[test]` in a source.
fn tests_of(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut marked = false;
    for line in source.lines().map(str::trim_start) {
        if line == "#[test]" {
            marked = true;
        } else if let Some(rest) = line.strip_prefix("fn ") {
            if marked {
                names.push(rest.split(['(', '<']).next().unwrap_or_default().to_owned());
            }
            marked = false;
        }
    }
    names
}

#[test]
fn every_row_names_tests_that_exist() {
    let mut known: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (section, row, tests) in INDEX {
        assert!(!tests.is_empty(), "section {section}, {row}: no test");
        for (file, test) in *tests {
            let names = known.entry(file).or_insert_with(|| {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
                tests_of(&std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
            });
            assert!(names.iter().any(|name| name == test), "section {section}, {row}: {file} has no test {test}");
        }
    }
    for section in (1..=7).chain([11, 12]) {
        assert!(INDEX.iter().any(|row| row.0 == section));
    }
    let mut rows: Vec<(u32, &str)> = INDEX.iter().map(|row| (row.0, row.1)).collect();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), INDEX.len(), "a row stands there twice");
}
