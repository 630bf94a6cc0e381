/* Sizes and offsets of every struct of the header, as the library was built with them, on 64-bit targets. Compiles or
 * does not; a change here breaks hosts that were compiled before. */

#include "trespasser.h"

#define SIZE(type, bytes, alignment)                                                                                   \
    _Static_assert(sizeof(type) == (bytes), "size of " #type);                                                         \
    _Static_assert(_Alignof(type) == (alignment), "alignment of " #type)
#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), "offset of " #type "." #field)

_Static_assert(sizeof(void *) == 8, "these are the 64-bit layouts");
_Static_assert(sizeof(tp_result) == 4, "results are 32 bits");

SIZE(tp_wall_def, 20, 4);
AT(tp_wall_def, x, 0);
AT(tp_wall_def, y, 4);
AT(tp_wall_def, width, 8);
AT(tp_wall_def, height, 12);
AT(tp_wall_def, material, 16);
AT(tp_wall_def, reserved, 17);

SIZE(tp_spawn, 12, 4);
AT(tp_spawn, x, 0);
AT(tp_spawn, y, 4);
AT(tp_spawn, team, 8);
AT(tp_spawn, reserved, 9);

SIZE(tp_map_info, 32, 8);
AT(tp_map_info, hash, 0);
AT(tp_map_info, wall_count, 8);
AT(tp_map_info, slice_count, 12);
AT(tp_map_info, spawn_count, 16);
AT(tp_map_info, light_count, 20);
AT(tp_map_info, warning_count, 24);
AT(tp_map_info, reserved, 28);

SIZE(tp_wall, 20, 4);
AT(tp_wall, x, 0);
AT(tp_wall, y, 4);
AT(tp_wall, width, 8);
AT(tp_wall, height, 12);
AT(tp_wall, first_slice, 16);
AT(tp_wall, material, 18);
AT(tp_wall, along_x, 19);

SIZE(tp_point, 8, 4);
AT(tp_point, x, 0);
AT(tp_point, y, 4);

SIZE(tp_world_def, 32, 4);
AT(tp_world_def, size, 0);
AT(tp_world_def, tick_rate, 4);
AT(tp_world_def, rules, 8);
AT(tp_world_def, max_matches, 12);
AT(tp_world_def, simd, 16);
AT(tp_world_def, net_rate, 20);
AT(tp_world_def, net_idle_rate, 24);
AT(tp_world_def, net_budget, 28);

SIZE(tp_world_info, 16, 4);
AT(tp_world_info, tick_rate, 0);
AT(tp_world_info, simd, 4);
AT(tp_world_info, match_count, 8);
AT(tp_world_info, reserved, 12);

SIZE(tp_match_id, 8, 8);
AT(tp_match_id, raw, 0);

SIZE(tp_player_id, 8, 8);
AT(tp_player_id, raw, 0);

SIZE(tp_input, 40, 8);
AT(tp_input, match_id, 0);
AT(tp_input, player_id, 8);
AT(tp_input, sequence, 16);
AT(tp_input, ack_tick, 20);
AT(tp_input, held, 24);
AT(tp_input, taps, 26);
AT(tp_input, mouse_x, 28);
AT(tp_input, mouse_y, 32);
AT(tp_input, reserved, 36);

SIZE(tp_match_def, 16, 8);
AT(tp_match_def, size, 0);
AT(tp_match_def, kill_target, 4);
AT(tp_match_def, seed, 8);

SIZE(tp_match_info, 48, 8);
AT(tp_match_info, seed, 0);
AT(tp_match_info, bytes, 8);
AT(tp_match_info, tick, 16);
AT(tp_match_info, walls_version, 20);
AT(tp_match_info, slice_count, 24);
AT(tp_match_info, pending_events, 28);
AT(tp_match_info, red_kills, 32);
AT(tp_match_info, blue_kills, 34);
AT(tp_match_info, kill_target, 36);
AT(tp_match_info, over, 38);
AT(tp_match_info, winner, 39);
AT(tp_match_info, joined, 40);
AT(tp_match_info, reserved, 41);

SIZE(tp_player_view, 128, 8);
AT(tp_player_view, id, 0);
AT(tp_player_view, killer, 8);
AT(tp_player_view, x, 16);
AT(tp_player_view, y, 20);
AT(tp_player_view, vx, 24);
AT(tp_player_view, vy, 28);
AT(tp_player_view, facing_x, 32);
AT(tp_player_view, facing_y, 36);
AT(tp_player_view, cursor_x, 40);
AT(tp_player_view, cursor_y, 44);
AT(tp_player_view, health, 48);
AT(tp_player_view, damage_dealt, 52);
AT(tp_player_view, sight, 56);
AT(tp_player_view, cone, 60);
AT(tp_player_view, heat, 64);
AT(tp_player_view, sight_impairment, 68);
AT(tp_player_view, hearing_impairment, 72);
AT(tp_player_view, movement_impairment, 76);
AT(tp_player_view, last_sequence, 80);
AT(tp_player_view, dropped_inputs, 84);
AT(tp_player_view, ignored_inputs, 88);
AT(tp_player_view, damage_tick, 92);
AT(tp_player_view, death_tick, 96);
AT(tp_player_view, respawn_tick, 100);
AT(tp_player_view, respawn_shown_tick, 104);
AT(tp_player_view, invulnerable_until, 108);
AT(tp_player_view, kills, 112);
AT(tp_player_view, deaths, 114);
AT(tp_player_view, reload_ticks, 116);
AT(tp_player_view, slot, 118);
AT(tp_player_view, team, 119);
AT(tp_player_view, alive, 120);
AT(tp_player_view, placed, 121);
AT(tp_player_view, aiming, 122);
AT(tp_player_view, gait, 123);
AT(tp_player_view, weapon, 124);
AT(tp_player_view, hand, 125);
AT(tp_player_view, charge, 126);
AT(tp_player_view, blind, 127);

SIZE(tp_event, 36, 4);
AT(tp_event, tick, 0);
AT(tp_event, kind, 4);
AT(tp_event, actor, 5);
AT(tp_event, target, 6);
AT(tp_event, weapon, 7);
AT(tp_event, x, 8);
AT(tp_event, y, 12);
AT(tp_event, dx, 16);
AT(tp_event, dy, 20);
AT(tp_event, value, 24);
AT(tp_event, slice, 28);
AT(tp_event, aux, 30);
AT(tp_event, flags, 32);
AT(tp_event, part, 33);
AT(tp_event, reserved, 34);

SIZE(tp_packet, 24, 8);
AT(tp_packet, match_id, 0);
AT(tp_packet, player_id, 8);
AT(tp_packet, offset, 16);
AT(tp_packet, length, 20);

SIZE(tp_seen_player, 16, 4);
AT(tp_seen_player, x, 0);
AT(tp_seen_player, y, 4);
AT(tp_seen_player, facing, 8);
AT(tp_seen_player, health, 9);
AT(tp_seen_player, weapon, 10);
AT(tp_seen_player, gait, 11);
AT(tp_seen_player, flags, 12);
AT(tp_seen_player, reserved, 13);

SIZE(tp_seen, 144, 4);
AT(tp_seen, frame, 0);
AT(tp_seen, tick, 4);
AT(tp_seen, epoch, 8);
AT(tp_seen, slot, 9);
AT(tp_seen, known, 10);
AT(tp_seen, input, 11);
AT(tp_seen, step, 12);
AT(tp_seen, players, 16);

SIZE(tp_received, 8, 4);
AT(tp_received, inputs, 0);
AT(tp_received, stale, 4);
AT(tp_received, false_ack, 5);
AT(tp_received, reserved, 6);

SIZE(tp_heard, 12, 4);
AT(tp_heard, tick, 0);
AT(tp_heard, listener, 4);
AT(tp_heard, kind, 5);
AT(tp_heard, gain, 6);
AT(tp_heard, bearing, 7);
AT(tp_heard, cutoff, 8);
AT(tp_heard, aim, 9);
AT(tp_heard, flags, 10);
AT(tp_heard, reserved, 11);

SIZE(tp_arrival, 28, 4);
AT(tp_arrival, gain, 0);
AT(tp_arrival, cutoff_hz, 4);
AT(tp_arrival, from_x, 8);
AT(tp_arrival, from_y, 12);
AT(tp_arrival, through, 16);
AT(tp_arrival, length, 20);
AT(tp_arrival, round, 24);
AT(tp_arrival, turns, 25);
AT(tp_arrival, reserved, 26);

SIZE(tp_projectile, 48, 8);
AT(tp_projectile, owner, 0);
AT(tp_projectile, number, 8);
AT(tp_projectile, born, 12);
AT(tp_projectile, fuse_ticks, 16);
AT(tp_projectile, x, 20);
AT(tp_projectile, y, 24);
AT(tp_projectile, vx, 28);
AT(tp_projectile, vy, 32);
AT(tp_projectile, flown, 36);
AT(tp_projectile, range, 40);
AT(tp_projectile, weapon, 44);
AT(tp_projectile, team, 45);
AT(tp_projectile, charge, 46);
AT(tp_projectile, reserved, 47);

SIZE(tp_cloud, 24, 4);
AT(tp_cloud, number, 0);
AT(tp_cloud, born, 4);
AT(tp_cloud, x, 8);
AT(tp_cloud, y, 12);
AT(tp_cloud, radius, 16);
AT(tp_cloud, density, 20);

SIZE(tp_loadout, 8, 1);
AT(tp_loadout, primary, 0);
AT(tp_loadout, secondary, 1);
AT(tp_loadout, support_count, 2);
AT(tp_loadout, support, 3);
AT(tp_loadout, reserved, 6);

SIZE(tp_player_def, 16, 4);
AT(tp_player_def, size, 0);
AT(tp_player_def, team, 4);
AT(tp_player_def, spawn, 5);
AT(tp_player_def, reserved, 6);
AT(tp_player_def, loadout, 8);

SIZE(tp_weapon_view, 12, 4);
AT(tp_weapon_view, ready_in, 0);
AT(tp_weapon_view, ammo, 4);
AT(tp_weapon_view, reserve, 6);
AT(tp_weapon_view, weapon, 8);
AT(tp_weapon_view, place, 9);
AT(tp_weapon_view, reloading, 10);
AT(tp_weapon_view, reserved, 11);

SIZE(tp_bot_def, 20, 4);
AT(tp_bot_def, size, 0);
AT(tp_bot_def, skill, 4);
AT(tp_bot_def, team, 8);
AT(tp_bot_def, spawn, 9);
AT(tp_bot_def, wrecks, 10);
AT(tp_bot_def, rough, 11);
AT(tp_bot_def, loadout, 12);

SIZE(tp_scene_info, 32, 8);
AT(tp_scene_info, map, 0);
AT(tp_scene_info, seed, 8);
AT(tp_scene_info, kill_target, 16);
AT(tp_scene_info, bot_count, 20);
AT(tp_scene_info, tick_rate, 24);
AT(tp_scene_info, rules, 28);

SIZE(tp_allocator, 40, 8);
AT(tp_allocator, size, 0);
AT(tp_allocator, reserved, 4);
AT(tp_allocator, user, 8);
AT(tp_allocator, allocate, 16);
AT(tp_allocator, reallocate, 24);
AT(tp_allocator, release, 32);

SIZE(tp_log, 24, 8);
AT(tp_log, size, 0);
AT(tp_log, level, 4);
AT(tp_log, user, 8);
AT(tp_log, write, 16);

SIZE(tp_told, 56, 8);
AT(tp_told, actor_id, 0);
AT(tp_told, target_id, 8);
AT(tp_told, event, 16);
AT(tp_told, to, 52);
AT(tp_told, hidden, 53);
AT(tp_told, reserved, 54);

SIZE(tp_knowledge, 8, 4);
AT(tp_knowledge, slices_version, 0);
AT(tp_knowledge, knows, 4);
AT(tp_knowledge, knew, 5);
AT(tp_knowledge, reserved, 6);

SIZE(tp_known_projectile, 56, 8);
AT(tp_known_projectile, owner, 0);
AT(tp_known_projectile, number, 8);
AT(tp_known_projectile, since, 12);
AT(tp_known_projectile, born, 16);
AT(tp_known_projectile, fuse_ticks, 20);
AT(tp_known_projectile, x, 24);
AT(tp_known_projectile, y, 28);
AT(tp_known_projectile, vx, 32);
AT(tp_known_projectile, vy, 36);
AT(tp_known_projectile, flown, 40);
AT(tp_known_projectile, range, 44);
AT(tp_known_projectile, weapon, 48);
AT(tp_known_projectile, own_team, 49);
AT(tp_known_projectile, launch_known, 50);
AT(tp_known_projectile, charge, 51);
AT(tp_known_projectile, reserved, 52);

SIZE(tp_match_span, 32, 8);
AT(tp_match_span, match_id, 0);
AT(tp_match_span, first, 8);
AT(tp_match_span, lost, 16);
AT(tp_match_span, count, 24);
AT(tp_match_span, reserved, 28);

SIZE(tp_snapshot_info, 16, 8);
AT(tp_snapshot_info, bytes, 0);
AT(tp_snapshot_info, tick, 8);
AT(tp_snapshot_info, reserved, 12);

SIZE(tp_past_input, 32, 8);
AT(tp_past_input, player_id, 0);
AT(tp_past_input, tick, 8);
AT(tp_past_input, sequence, 12);
AT(tp_past_input, ack_tick, 16);
AT(tp_past_input, held, 20);
AT(tp_past_input, taps, 22);
AT(tp_past_input, mouse_x, 24);
AT(tp_past_input, mouse_y, 28);

SIZE(tp_link_stats, 48, 8);
AT(tp_link_stats, bytes, 0);
AT(tp_link_stats, memory, 8);
AT(tp_link_stats, frames, 16);
AT(tp_link_stats, acked, 20);
AT(tp_link_stats, lost, 24);
AT(tp_link_stats, false_acks, 28);
AT(tp_link_stats, bad_messages, 32);
AT(tp_link_stats, stale, 36);
AT(tp_link_stats, level, 40);
AT(tp_link_stats, reserved, 44);

SIZE(tp_welcome, 48, 8);
AT(tp_welcome, map_hash, 0);
AT(tp_welcome, rules_hash, 8);
AT(tp_welcome, frame, 16);
AT(tp_welcome, tick_rate, 20);
AT(tp_welcome, step, 24);
AT(tp_welcome, slices, 28);
AT(tp_welcome, kill_target, 32);
AT(tp_welcome, inputs_per_second, 36);
AT(tp_welcome, epoch, 40);
AT(tp_welcome, slot, 41);
AT(tp_welcome, reserved, 42);

SIZE(tp_seen_score, 12, 4);
AT(tp_seen_score, kills, 0);
AT(tp_seen_score, deaths, 4);
AT(tp_seen_score, there, 8);
AT(tp_seen_score, team, 9);
AT(tp_seen_score, alive, 10);
AT(tp_seen_score, reserved, 11);

SIZE(tp_seen_item, 12, 4);
AT(tp_seen_item, rounds, 0);
AT(tp_seen_item, reserve, 4);
AT(tp_seen_item, weapon, 8);
AT(tp_seen_item, reserved, 9);

SIZE(tp_seen_own, 224, 4);
AT(tp_seen_own, scores, 0);
AT(tp_seen_own, items, 96);
AT(tp_seen_own, team_kills, 156);
AT(tp_seen_own, reload_end, 164);
AT(tp_seen_own, heat_tick, 168);
AT(tp_seen_own, silence_end, 172);
AT(tp_seen_own, protected_until, 176);
AT(tp_seen_own, respawn_at, 180);
AT(tp_seen_own, flash_tick, 184);
AT(tp_seen_own, flash, 188);
AT(tp_seen_own, exact_tick, 192);
AT(tp_seen_own, exact_x, 196);
AT(tp_seen_own, exact_y, 200);
AT(tp_seen_own, exact_vx, 204);
AT(tp_seen_own, exact_vy, 208);
AT(tp_seen_own, hand, 212);
AT(tp_seen_own, charge, 213);
AT(tp_seen_own, heat, 214);
AT(tp_seen_own, dead, 215);
AT(tp_seen_own, killer, 216);
AT(tp_seen_own, over, 217);
AT(tp_seen_own, winner, 218);
AT(tp_seen_own, ahead, 219);
AT(tp_seen_own, answered, 220);
AT(tp_seen_own, request, 221);
AT(tp_seen_own, answer, 222);
AT(tp_seen_own, reserved, 223);

SIZE(tp_seen_projectile, 32, 4);
AT(tp_seen_projectile, x, 0);
AT(tp_seen_projectile, y, 4);
AT(tp_seen_projectile, recorded_x, 8);
AT(tp_seen_projectile, recorded_y, 12);
AT(tp_seen_projectile, vx, 16);
AT(tp_seen_projectile, vy, 20);
AT(tp_seen_projectile, tick, 24);
AT(tp_seen_projectile, weapon, 28);
AT(tp_seen_projectile, own_team, 29);
AT(tp_seen_projectile, number, 30);
AT(tp_seen_projectile, reserved, 31);

SIZE(tp_seen_cloud, 16, 4);
AT(tp_seen_cloud, x, 0);
AT(tp_seen_cloud, y, 4);
AT(tp_seen_cloud, born, 8);
AT(tp_seen_cloud, number, 12);
AT(tp_seen_cloud, reserved, 13);

SIZE(tp_seen_message, 24, 4);
AT(tp_seen_message, tick, 0);
AT(tp_seen_message, x, 4);
AT(tp_seen_message, y, 8);
AT(tp_seen_message, value, 12);
AT(tp_seen_message, kind, 14);
AT(tp_seen_message, actor, 15);
AT(tp_seen_message, target, 16);
AT(tp_seen_message, weapon, 17);
AT(tp_seen_message, direction, 18);
AT(tp_seen_message, aux, 19);
AT(tp_seen_message, cutoff, 20);
AT(tp_seen_message, own, 21);
AT(tp_seen_message, placed, 22);
AT(tp_seen_message, reserved, 23);

SIZE(tp_guard_def, 216, 4);
AT(tp_guard_def, size, 0);
AT(tp_guard_def, drift, 4);
AT(tp_guard_def, slack_s, 8);
AT(tp_guard_def, repeats, 12);
AT(tp_guard_def, messages_per_s, 16);
AT(tp_guard_def, bytes_per_s, 20);
AT(tp_guard_def, clicks_per_s, 24);
AT(tp_guard_def, weight, 28);
AT(tp_guard_def, half_life_s, 112);
AT(tp_guard_def, suspect, 196);
AT(tp_guard_def, flag, 200);
AT(tp_guard_def, kick, 204);
AT(tp_guard_def, ban, 208);
AT(tp_guard_def, kick_on_statistics, 212);
AT(tp_guard_def, ban_on_statistics, 213);
AT(tp_guard_def, reserved, 214);

SIZE(tp_evidence, 32, 8);
AT(tp_evidence, player_id, 0);
AT(tp_evidence, tick, 8);
AT(tp_evidence, value, 12);
AT(tp_evidence, limit, 16);
AT(tp_evidence, grade, 20);
AT(tp_evidence, kind, 24);
AT(tp_evidence, statistical, 25);
AT(tp_evidence, reserved, 26);

SIZE(tp_standing, 32, 8);
AT(tp_standing, player_id, 0);
AT(tp_standing, score, 8);
AT(tp_standing, certain, 12);
AT(tp_standing, evidence, 16);
AT(tp_standing, flag_tick, 20);
AT(tp_standing, verdict, 24);
AT(tp_standing, worst, 25);
AT(tp_standing, wants_decoy, 26);
AT(tp_standing, reserved, 27);

SIZE(tp_position_def, 16, 4);
AT(tp_position_def, size, 0);
AT(tp_position_def, tolerance, 4);
AT(tp_position_def, rounding, 8);
AT(tp_position_def, saved_s, 12);

SIZE(tp_claim, 24, 8);
AT(tp_claim, time_ms, 0);
AT(tp_claim, x, 8);
AT(tp_claim, y, 12);
AT(tp_claim, gait, 16);
AT(tp_claim, reserved, 17);

SIZE(tp_checked, 48, 8);
AT(tp_checked, evidence, 0);
AT(tp_checked, x, 32);
AT(tp_checked, y, 36);
AT(tp_checked, fault, 40);
AT(tp_checked, reserved, 41);

SIZE(tp_rating_def, 80, 8);
AT(tp_rating_def, size, 0);
AT(tp_rating_def, system, 4);
AT(tp_rating_def, elo_k, 8);
AT(tp_rating_def, elo_newcomer, 16);
AT(tp_rating_def, newcomer, 24);
AT(tp_rating_def, deviation, 32);
AT(tp_rating_def, beta, 40);
AT(tp_rating_def, growth, 48);
AT(tp_rating_def, crowd, 56);
AT(tp_rating_def, drift, 64);
AT(tp_rating_def, rest, 72);

SIZE(tp_rating, 16, 8);
AT(tp_rating, value, 0);
AT(tp_rating, deviation, 8);

SIZE(tp_label, 24, 8);
AT(tp_label, key, 0);
AT(tp_label, value, 8);
AT(tp_label, slot, 16);
AT(tp_label, reserved, 17);

SIZE(tp_record_def, 24, 8);
AT(tp_record_def, size, 0);
AT(tp_record_def, keyframe_seconds, 4);
AT(tp_record_def, limit, 8);
AT(tp_record_def, label_count, 12);
AT(tp_record_def, labels, 16);

SIZE(tp_record_stats, 48, 8);
AT(tp_record_stats, ops, 0);
AT(tp_record_stats, inputs, 8);
AT(tp_record_stats, total, 16);
AT(tp_record_stats, waiting, 24);
AT(tp_record_stats, memory, 32);
AT(tp_record_stats, ticks, 40);
AT(tp_record_stats, stopped, 44);
AT(tp_record_stats, reserved, 45);

SIZE(tp_drained, 24, 8);
AT(tp_drained, bytes, 0);
AT(tp_drained, total, 8);
AT(tp_drained, stopped, 16);
AT(tp_drained, reserved, 17);

SIZE(tp_replay_info, 80, 8);
AT(tp_replay_info, seed, 0);
AT(tp_replay_info, rules_hash, 8);
AT(tp_replay_info, map_hash, 16);
AT(tp_replay_info, length, 24);
AT(tp_replay_info, lost, 32);
AT(tp_replay_info, version, 40);
AT(tp_replay_info, simulation, 44);
AT(tp_replay_info, tick_rate, 48);
AT(tp_replay_info, first_tick, 52);
AT(tp_replay_info, last_tick, 56);
AT(tp_replay_info, keyframe_ticks, 60);
AT(tp_replay_info, keyframe_count, 64);
AT(tp_replay_info, label_count, 68);
AT(tp_replay_info, kill_target, 72);
AT(tp_replay_info, complete, 74);
AT(tp_replay_info, reserved, 75);

SIZE(tp_verified, 40, 8);
AT(tp_verified, expected, 0);
AT(tp_verified, found, 8);
AT(tp_verified, ticks, 16);
AT(tp_verified, hashes, 20);
AT(tp_verified, tick, 24);
AT(tp_verified, good, 28);
AT(tp_verified, diverged, 32);
AT(tp_verified, reserved, 33);

SIZE(tp_playback_info, 40, 8);
AT(tp_playback_info, match_id, 0);
AT(tp_playback_info, expected, 8);
AT(tp_playback_info, found, 16);
AT(tp_playback_info, tick, 24);
AT(tp_playback_info, diverged_tick, 28);
AT(tp_playback_info, good, 32);
AT(tp_playback_info, diverged, 36);
AT(tp_playback_info, reserved, 37);

SIZE(tp_queue_mode, 16, 8);
AT(tp_queue_mode, name, 0);
AT(tp_queue_mode, least, 8);
AT(tp_queue_mode, most, 9);
AT(tp_queue_mode, reserved, 10);

SIZE(tp_queue_def, 192, 8);
AT(tp_queue_def, size, 0);
AT(tp_queue_def, mode_count, 4);
AT(tp_queue_def, region_count, 8);
AT(tp_queue_def, max_tickets, 12);
AT(tp_queue_def, max_offers, 16);
AT(tp_queue_def, log_limit, 20);
AT(tp_queue_def, modes, 24);
AT(tp_queue_def, regions, 32);
AT(tp_queue_def, rating, 40);
AT(tp_queue_def, spread, 120);
AT(tp_queue_def, spread_per_s, 128);
AT(tp_queue_def, doubt, 136);
AT(tp_queue_def, favourite, 144);
AT(tp_queue_def, favourite_per_s, 152);
AT(tp_queue_def, ping_per_s, 160);
AT(tp_queue_def, ping_ms, 168);
AT(tp_queue_def, full_ms, 172);
AT(tp_queue_def, small_ms, 176);
AT(tp_queue_def, patience_ms, 180);
AT(tp_queue_def, uneven, 184);
AT(tp_queue_def, reserved, 185);

SIZE(tp_queue_member, 24, 8);
AT(tp_queue_member, player, 0);
AT(tp_queue_member, rating, 8);

SIZE(tp_ticket, 200, 8);
AT(tp_ticket, id, 0);
AT(tp_ticket, enqueued_ms, 8);
AT(tp_ticket, players, 16);
AT(tp_ticket, blocks, 112);
AT(tp_ticket, pings, 176);
AT(tp_ticket, mode, 192);
AT(tp_ticket, player_count, 193);
AT(tp_ticket, block_count, 194);
AT(tp_ticket, priority, 195);
AT(tp_ticket, backfill, 196);
AT(tp_ticket, reserved, 197);

SIZE(tp_offer, 208, 8);
AT(tp_offer, id, 0);
AT(tp_offer, players, 8);
AT(tp_offer, mode, 200);
AT(tp_offer, region, 201);
AT(tp_offer, free_red, 202);
AT(tp_offer, free_blue, 203);
AT(tp_offer, red_count, 204);
AT(tp_offer, blue_count, 205);
AT(tp_offer, reserved, 206);

SIZE(tp_formed_seat, 32, 8);
AT(tp_formed_seat, ticket, 0);
AT(tp_formed_seat, player, 8);
AT(tp_formed_seat, waited_ms, 16);
AT(tp_formed_seat, team, 24);
AT(tp_formed_seat, reserved, 25);

SIZE(tp_formed, 288, 8);
AT(tp_formed, running, 0);
AT(tp_formed, chance, 8);
AT(tp_formed, spread, 16);
AT(tp_formed, seats, 24);
AT(tp_formed, mode, 280);
AT(tp_formed, region, 281);
AT(tp_formed, seat_count, 282);
AT(tp_formed, joins, 283);
AT(tp_formed, reserved, 284);

SIZE(tp_queue_stats, 56, 8);
AT(tp_queue_stats, hash, 0);
AT(tp_queue_stats, forms, 8);
AT(tp_queue_stats, matches, 16);
AT(tp_queue_stats, backfills, 24);
AT(tp_queue_stats, log_waiting, 32);
AT(tp_queue_stats, tickets, 40);
AT(tp_queue_stats, players, 44);
AT(tp_queue_stats, offers, 48);
AT(tp_queue_stats, reserved, 52);

SIZE(tp_queue_replayed, 16, 8);
AT(tp_queue_replayed, calls, 0);
AT(tp_queue_replayed, lost, 8);

SIZE(tp_edit, 32, 4);
AT(tp_edit, x, 0);
AT(tp_edit, y, 4);
AT(tp_edit, points, 8);
AT(tp_edit, kills, 10);
AT(tp_edit, deaths, 12);
AT(tp_edit, ammo, 14);
AT(tp_edit, reserve, 16);
AT(tp_edit, loadout, 18);
AT(tp_edit, kind, 26);
AT(tp_edit, team, 27);
AT(tp_edit, place, 28);
AT(tp_edit, reserved, 29);
