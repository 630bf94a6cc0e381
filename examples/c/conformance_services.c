/* What stands around a match: the guard, positions that clients claim, ratings, recordings. */

#include "check.h"

#include <math.h>

void guards(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def player_def = tp_player_default_def();
    tp_player_id flooder, other;
    IS(tp_player_add(world, match, &player_def, &flooder), OK);
    IS(tp_player_add(world, match, &player_def, &other), OK);
    IS(tp_player_guard(world, match, flooder, 0), NOT_ALLOWED);
    IS(tp_player_set_decoy(world, match, flooder, 1, 240, 135), NOT_ALLOWED);

    tp_guard_def def = tp_guard_default_def();
    CHECK(def.size == sizeof def && def.suspect > 0 && def.suspect < def.flag && def.flag < def.kick);
    for (int kind = 0; kind < TP_EVIDENCE_KINDS; kind++)
        CHECK(def.weight[kind] > 0 && def.weight[kind] <= 100 && def.half_life_s[kind] >= 1);
    def.size = 212;
    IS(tp_match_guard(world, match, &def), INVALID_ARGUMENT);
    def = tp_guard_default_def();
    def.drift = NAN;
    IS(tp_match_guard(world, match, &def), INVALID_ARGUMENT);
    SAYS("limits.drift");
    def = tp_guard_default_def();
    def.kick = 0.5f;
    IS(tp_match_guard(world, match, &def), INVALID_ARGUMENT);
    SAYS("policy.kick");
    def = tp_guard_default_def();
    def.ban_on_statistics = 2;
    IS(tp_match_guard(world, match, &def), INVALID_ARGUMENT);
    SAYS("ban_on_statistics");
    def = tp_guard_default_def();
    IS(tp_match_guard(world, null_match, &def), STALE_ID);
    IS(tp_match_guard(NULL, match, &def), NULL_POINTER);
    IS(tp_match_guard(world, match, NULL), NULL_POINTER);
    IS(tp_match_guard(world, match, &def), OK);
    IS(tp_player_guard(world, match, other, 0), OK);
    IS(tp_player_guard(world, match, other, 2), INVALID_ARGUMENT);
    SAYS("watched");
    IS(tp_player_guard(world, match, null_player, 1), STALE_ID);
    IS(tp_player_guard(world, null_match, flooder, 1), STALE_ID);
    IS(tp_player_guard(NULL, match, flooder, 1), NULL_POINTER);
    IS(tp_player_set_decoy(world, match, flooder, 1, 240, 135), OK);
    IS(tp_player_set_decoy(world, match, flooder, 0, NAN, NAN), OK);
    IS(tp_player_set_decoy(world, match, flooder, 1, NAN, 135), INVALID_ARGUMENT);
    IS(tp_player_set_decoy(world, match, flooder, 2, 1, 1), INVALID_ARGUMENT);
    SAYS("shown");
    IS(tp_player_set_decoy(world, match, null_player, 1, 1, 1), STALE_ID);
    IS(tp_player_set_decoy(world, null_match, flooder, 1, 1, 1), STALE_ID);
    IS(tp_player_set_decoy(NULL, match, flooder, 1, 1, 1), NULL_POINTER);

    /* Both send ten inputs where one is due; the one who is watched is found. */
    tp_evidence evidence[TP_MAX_EVIDENCE];
    size_t count, found = 0;
    uint64_t lost;
    uint32_t sequence = 0;
    for (int tick = 0; tick < 240; tick++) {
        for (int i = 0; i < 10; i++) {
            tp_input batch[2] = { input(match, flooder, ++sequence, TP_BUTTON_UP, 300, 135),
                                  input(match, other, sequence, TP_BUTTON_UP, 300, 135) };
            uint32_t results[2];
            IS(tp_world_push_inputs(world, batch, 2, results), OK);
        }
        IS(tp_world_step(world), OK);
        IS(tp_match_drain_evidence(world, match, evidence, TP_MAX_EVIDENCE, &count, &lost), OK);
        for (size_t e = 0; e < count; e++) {
            CHECK(evidence[e].player_id.raw == flooder.raw && evidence[e].kind >= 1);
            CHECK(evidence[e].kind <= TP_EVIDENCE_KINDS && evidence[e].grade > 0 && evidence[e].grade <= 1);
            CHECK(evidence[e].statistical == 0 && tp_evidence_kind_name(evidence[e].kind) != NULL);
            found++;
        }
    }
    tp_standing standing, standings[TP_MAX_PLAYERS];
    IS(tp_player_standing(world, match, flooder, &standing), OK);
    CHECK(found > 0 && standing.evidence == found && standing.verdict >= TP_VERDICT_FLAG && standing.score > 0);
    CHECK(standing.player_id.raw == flooder.raw && standing.worst >= 1 && standing.flag_tick > 0);
    IS(tp_match_standings(world, match, standings, TP_MAX_PLAYERS, &count), OK);
    CHECK(count == 2 && memcmp(&standings[0], &standing, sizeof standing) == 0);
    CHECK(standings[1].verdict == TP_VERDICT_CLEAR && standings[1].evidence == 0 && standings[1].worst == 0);

    FILL(count);
    FILL(lost);
    FILL(evidence);
    FILL(standing);
    FILL(standings);
    IS(tp_match_drain_evidence(world, match, evidence, TP_MAX_EVIDENCE - 1, &count, &lost), SHORT_BUFFER);
    IS(tp_match_drain_evidence(world, null_match, evidence, TP_MAX_EVIDENCE, &count, &lost), STALE_ID);
    IS(tp_match_drain_evidence(NULL, match, evidence, TP_MAX_EVIDENCE, &count, &lost), NULL_POINTER);
    IS(tp_match_drain_evidence(world, match, NULL, TP_MAX_EVIDENCE, &count, &lost), NULL_POINTER);
    IS(tp_match_drain_evidence(world, match, evidence, TP_MAX_EVIDENCE, NULL, &lost), NULL_POINTER);
    IS(tp_match_drain_evidence(world, match, evidence, TP_MAX_EVIDENCE, &count, NULL), NULL_POINTER);
    IS(tp_player_standing(world, match, null_player, &standing), STALE_ID);
    IS(tp_player_standing(world, null_match, flooder, &standing), STALE_ID);
    IS(tp_player_standing(NULL, match, flooder, &standing), NULL_POINTER);
    IS(tp_player_standing(world, match, flooder, NULL), NULL_POINTER);
    IS(tp_match_standings(world, match, standings, 1, &count), SHORT_BUFFER);
    IS(tp_match_standings(world, null_match, standings, TP_MAX_PLAYERS, &count), STALE_ID);
    IS(tp_match_standings(NULL, match, standings, TP_MAX_PLAYERS, &count), NULL_POINTER);
    IS(tp_match_standings(world, match, NULL, TP_MAX_PLAYERS, &count), NULL_POINTER);
    IS(tp_match_standings(world, match, standings, TP_MAX_PLAYERS, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(lost);
    UNTOUCHED(evidence);
    UNTOUCHED(standing);
    UNTOUCHED(standings);
    IS(tp_match_unguard(world, null_match), STALE_ID);
    IS(tp_match_unguard(NULL, match), NULL_POINTER);
    IS(tp_match_unguard(world, match), OK);
    IS(tp_player_standing(world, match, flooder, &standing), OK);
    CHECK(standing.verdict == TP_VERDICT_CLEAR && standing.evidence == 0);
    IS(tp_world_destroy(world), OK);

    CHECK(strcmp(tp_evidence_kind_name(TP_EVIDENCE_KIND_SPEED), "speed") == 0);
    CHECK(strcmp(tp_evidence_kind_name(TP_EVIDENCE_KIND_POSITION), "position") == 0);
    CHECK(tp_evidence_kind_name(0) == NULL && tp_evidence_kind_name(TP_EVIDENCE_KINDS + 1) == NULL);
    CHECK(strcmp(tp_verdict_name(TP_VERDICT_BAN), "ban") == 0 && tp_verdict_name(5) == NULL);
}

void claims(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def player_def = tp_player_default_def();
    tp_player_id red;
    IS(tp_player_add(world, match, &player_def, &red), OK);
    IS(tp_world_step(world), OK);
    tp_player_view view;
    IS(tp_player_get(world, match, red, &view), OK);

    tp_positions *positions;
    tp_position_def def = tp_position_default_def();
    CHECK(def.size == sizeof def && def.rounding == 0.5f && def.saved_s == 2);
    FILL(positions);
    def.tolerance = 2;
    IS(tp_positions_create(&def, &positions), INVALID_ARGUMENT);
    SAYS("positions.tolerance");
    def = tp_position_default_def();
    def.size = 8;
    IS(tp_positions_create(&def, &positions), INVALID_ARGUMENT);
    def = tp_position_default_def();
    IS(tp_positions_create(NULL, &positions), NULL_POINTER);
    UNTOUCHED(positions);
    IS(tp_positions_create(&def, NULL), NULL_POINTER);
    IS(tp_positions_create(&def, &positions), OK);

    tp_checked checked;
    tp_claim claim = { .time_ms = 1000, .x = view.x, .y = view.y, .gait = TP_GAIT_WALKING };
    IS(tp_positions_check(positions, world, match, red, &claim, &checked), OK);
    CHECK(checked.fault == TP_FAULT_NONE && checked.x == view.x && checked.evidence.kind == 0);
    IS(tp_world_step(world), OK);
    claim.time_ms += 17;
    claim.x += 300;
    IS(tp_positions_check(positions, world, match, red, &claim, &checked), OK);
    CHECK(checked.fault == TP_FAULT_TELEPORT && checked.x < view.x + 20);
    CHECK(checked.evidence.kind == TP_EVIDENCE_KIND_POSITION && checked.evidence.player_id.raw == red.raw);
    CHECK(checked.evidence.value > 200 && checked.evidence.grade == 1);
    claim.x = NAN;
    IS(tp_positions_check(positions, world, match, red, &claim, &checked), OK);
    CHECK(checked.fault == TP_FAULT_OUTSIDE && isfinite(checked.x));

    FILL(checked);
    claim.x = view.x;
    IS(tp_positions_check(NULL, world, match, red, &claim, &checked), NULL_POINTER);
    IS(tp_positions_check(positions, NULL, match, red, &claim, &checked), NULL_POINTER);
    IS(tp_positions_check(positions, world, null_match, red, &claim, &checked), STALE_ID);
    IS(tp_positions_check(positions, world, match, null_player, &claim, &checked), STALE_ID);
    IS(tp_positions_check(positions, world, match, red, NULL, &checked), NULL_POINTER);
    IS(tp_positions_check(positions, world, match, red, &claim, NULL), NULL_POINTER);
    claim.gait = 4;
    IS(tp_positions_check(positions, world, match, red, &claim, &checked), INVALID_ARGUMENT);
    SAYS("gait");
    claim.gait = TP_GAIT_IDLE;
    claim.time_ms = INFINITY;
    IS(tp_positions_check(positions, world, match, red, &claim, &checked), INVALID_ARGUMENT);
    SAYS("time_ms");
    UNTOUCHED(checked);
    IS(tp_positions_forget(positions, red), OK);
    IS(tp_positions_forget(positions, null_player), STALE_ID);
    IS(tp_positions_forget(NULL, red), NULL_POINTER);
    IS(tp_positions_destroy(positions), OK);
    IS(tp_positions_destroy(NULL), OK);
    IS(tp_world_destroy(world), OK);
}

void ratings(void)
{
    tp_rating_def def = tp_rating_default_def(), elo = def;
    CHECK(def.size == sizeof def && def.system == TP_RATING_SYSTEM_WENG_LIN && def.newcomer == 1500);
    CHECK(def.elo_k == 32 && def.elo_newcomer == 1500 && def.deviation == 200);
    elo.system = TP_RATING_SYSTEM_ELO;
    tp_rating newcomer, both[4], after[4];
    IS(tp_rating_newcomer(&elo, &newcomer), OK);
    CHECK(newcomer.value == 1500 && newcomer.deviation == 0);
    IS(tp_rating_newcomer(&def, &newcomer), OK);
    CHECK(newcomer.value == 1500 && newcomer.deviation == 200);

    static const uint8_t sizes[3] = { 2, 1, 1 }, places[3] = { 1, 2, 2 };
    for (int i = 0; i < 4; i++)
        both[i] = newcomer;
    IS(tp_rating_rate(&def, both, sizes, places, 3, after), OK);
    CHECK(after[0].value > 1500 && after[1].value == after[0].value && after[2].value < 1500);
    CHECK(after[2].value == after[3].value && after[0].deviation < 200 && both[0].value == 1500);
    double chances[3], quality, points;
    size_t count;
    IS(tp_rating_win_chances(&def, after, sizes, 3, chances, 3, &count), OK);
    CHECK(count == 3 && fabs(chances[0] + chances[1] + chances[2] - 1) < 1e-9 && chances[0] > chances[1]);
    IS(tp_rating_quality(&def, after, sizes, 3, &quality), OK);
    CHECK(quality > 0 && quality < 1);
    IS(tp_rating_points(&def, &newcomer, &points), OK);
    CHECK(points == 900);
    IS(tp_rating_points(&elo, &newcomer, &points), OK);
    CHECK(points == 1500);
    tp_rating rested;
    IS(tp_rating_rest(&def, &after[0], 90, &rested), OK);
    CHECK(rested.value == after[0].value && rested.deviation > after[0].deviation);
    IS(tp_rating_rate(&elo, both, sizes, places, 2, both), OK); /* in place; the fourth is in no team */
    CHECK(both[0].value == 1500 + 16 * 0.75 || both[0].value > 1500);
    CHECK(both[2].value < 1500 && both[3].value == 1500);
    static const uint32_t kills[4] = { 41, 50, 41, 3 };
    uint8_t came[4];
    IS(tp_rating_places(kills, 4, came, 4, &count), OK);
    CHECK(count == 4 && came[0] == 2 && came[1] == 1 && came[2] == 2 && came[3] == 4);

    FILL(after);
    FILL(chances);
    FILL(quality);
    FILL(points);
    FILL(rested);
    FILL(came);
    FILL(count);
    FILL(newcomer);
    tp_rating good = { 1500, 200 }, bad = { NAN, 200 };
    tp_rating four[4] = { good, good, good, bad };
    static const uint8_t many[3] = { 4, 4, 4 }, empty[3] = { 2, 0, 1 }, no_place[3] = { 1, 2, 9 };
    IS(tp_rating_rate(&def, four, sizes, places, 3, after), INVALID_ARGUMENT);
    SAYS("value");
    four[3] = good;
    IS(tp_rating_rate(&def, four, sizes, places, 1, after), INVALID_ARGUMENT);
    IS(tp_rating_rate(&def, four, sizes, places, SIZE_MAX, after), INVALID_ARGUMENT);
    SAYS("team_count");
    IS(tp_rating_rate(&def, four, many, places, 3, after), INVALID_ARGUMENT);
    SAYS("team_sizes");
    IS(tp_rating_rate(&def, four, empty, places, 3, after), INVALID_ARGUMENT);
    IS(tp_rating_rate(&def, four, sizes, no_place, 3, after), INVALID_ARGUMENT);
    SAYS("place");
    IS(tp_rating_rate(NULL, four, sizes, places, 3, after), NULL_POINTER);
    IS(tp_rating_rate(&def, NULL, sizes, places, 3, after), NULL_POINTER);
    IS(tp_rating_rate(&def, four, NULL, places, 3, after), NULL_POINTER);
    IS(tp_rating_rate(&def, four, sizes, NULL, 3, after), NULL_POINTER);
    IS(tp_rating_rate(&def, four, sizes, places, 3, NULL), NULL_POINTER);
    IS(tp_rating_win_chances(&def, four, sizes, 3, chances, 2, &count), SHORT_BUFFER);
    IS(tp_rating_win_chances(NULL, four, sizes, 3, chances, 3, &count), NULL_POINTER);
    IS(tp_rating_win_chances(&def, NULL, sizes, 3, chances, 3, &count), NULL_POINTER);
    IS(tp_rating_win_chances(&def, four, NULL, 3, chances, 3, &count), NULL_POINTER);
    IS(tp_rating_win_chances(&def, four, sizes, 3, NULL, 3, &count), NULL_POINTER);
    IS(tp_rating_win_chances(&def, four, sizes, 3, chances, 3, NULL), NULL_POINTER);
    IS(tp_rating_quality(NULL, four, sizes, 3, &quality), NULL_POINTER);
    IS(tp_rating_quality(&def, NULL, sizes, 3, &quality), NULL_POINTER);
    IS(tp_rating_quality(&def, four, NULL, 3, &quality), NULL_POINTER);
    IS(tp_rating_quality(&def, four, sizes, 3, NULL), NULL_POINTER);
    IS(tp_rating_points(NULL, &good, &points), NULL_POINTER);
    IS(tp_rating_points(&def, NULL, &points), NULL_POINTER);
    IS(tp_rating_points(&def, &bad, &points), INVALID_ARGUMENT);
    IS(tp_rating_points(&def, &good, NULL), NULL_POINTER);
    IS(tp_rating_rest(NULL, &good, 1, &rested), NULL_POINTER);
    IS(tp_rating_rest(&def, NULL, 1, &rested), NULL_POINTER);
    IS(tp_rating_rest(&def, &good, -1, &rested), INVALID_ARGUMENT);
    SAYS("days");
    IS(tp_rating_rest(&def, &good, 1, NULL), NULL_POINTER);
    IS(tp_rating_places(kills, 9, came, 9, &count), INVALID_ARGUMENT);
    IS(tp_rating_places(kills, 4, came, 3, &count), SHORT_BUFFER);
    IS(tp_rating_places(NULL, 4, came, 4, &count), NULL_POINTER);
    IS(tp_rating_places(kills, 4, NULL, 4, &count), NULL_POINTER);
    IS(tp_rating_places(kills, 4, came, 4, NULL), NULL_POINTER);
    IS(tp_rating_newcomer(NULL, &newcomer), NULL_POINTER);
    IS(tp_rating_newcomer(&def, NULL), NULL_POINTER);
    def.beta = 1;
    IS(tp_rating_newcomer(&def, &newcomer), INVALID_ARGUMENT);
    SAYS("beta");
    def.system = 2;
    IS(tp_rating_newcomer(&def, &newcomer), INVALID_ARGUMENT);
    SAYS("system");
    def.size = 72;
    IS(tp_rating_newcomer(&def, &newcomer), INVALID_ARGUMENT);
    UNTOUCHED(after);
    UNTOUCHED(chances);
    UNTOUCHED(quality);
    UNTOUCHED(points);
    UNTOUCHED(rested);
    UNTOUCHED(came);
    UNTOUCHED(count);
    UNTOUCHED(newcomer);
}

void replays(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def player_def = tp_player_default_def();
    tp_player_id red;

    tp_record_def def = tp_record_default_def();
    CHECK(def.size == sizeof def && def.keyframe_seconds >= 1 && def.limit >= 65536 && def.label_count == 0);
    tp_label labels[2] = { { "map", "field", TP_NONE, { 0 } }, { "name", "Ada", 0, { 0 } } };
    def.labels = labels;
    def.label_count = 2;
    tp_record_stats stats;
    tp_drained drained;
    tp_bytes *rest;
    static uint8_t file[1 << 18];
    size_t length, total = 0;
    FILL(stats);
    FILL(drained);
    FILL(length);
    FILL(rest);
    IS(tp_match_recording(world, match, &stats), NOT_ALLOWED);
    IS(tp_match_replay_label(world, match, null_player, "k", "v"), NOT_ALLOWED);
    IS(tp_match_drain_replay(world, match, file, sizeof file, &length, &drained), NOT_ALLOWED);
    IS(tp_match_end_recording(world, match, &rest, &drained), NOT_ALLOWED);
    IS(tp_match_record(world, null_match, &def), STALE_ID);
    IS(tp_match_record(NULL, match, &def), NULL_POINTER);
    IS(tp_match_record(world, match, NULL), NULL_POINTER);
    def.size = 16;
    IS(tp_match_record(world, match, &def), INVALID_ARGUMENT);
    def.size = sizeof def;
    def.keyframe_seconds = 0;
    IS(tp_match_record(world, match, &def), INVALID_ARGUMENT);
    SAYS("keyframe_seconds");
    def.keyframe_seconds = 2;
    def.label_count = 129;
    IS(tp_match_record(world, match, &def), INVALID_ARGUMENT);
    SAYS("label_count");
    def.label_count = 2;
    def.labels = NULL;
    IS(tp_match_record(world, match, &def), NULL_POINTER);
    def.labels = labels;
    labels[1].value = NULL;
    IS(tp_match_record(world, match, &def), NULL_POINTER);
    SAYS("labels[1].value");
    labels[1].value = "\xff";
    IS(tp_match_record(world, match, &def), BAD_UTF8);
    labels[1].value = "Ada";
    labels[1].slot = 8;
    IS(tp_match_record(world, match, &def), INVALID_ARGUMENT);
    SAYS("label.slot");
    labels[1].slot = 0;
    IS(tp_match_record(world, match, &def), OK);
    IS(tp_match_record(world, match, &def), NOT_ALLOWED);

    /* Five seconds of shooting at the wood, drained as they come. */
    enum { TICKS = 300 };
    uint64_t hashes[TICKS + 1];
    IS(tp_player_add(world, match, &player_def, &red), OK);
    IS(tp_match_replay_label(world, match, red, "rank", "7"), OK);
    IS(tp_match_replay_label(world, match, null_player, "k", "v"), OK);
    IS(tp_match_replay_label(world, match, null_player, "", "v"), INVALID_ARGUMENT);
    SAYS("label.key");
    IS(tp_match_replay_label(world, match, null_player, "\xff", "v"), BAD_UTF8);
    IS(tp_match_replay_label(world, null_match, red, "k", "v"), STALE_ID);
    IS(tp_match_replay_label(NULL, match, red, "k", "v"), NULL_POINTER);
    IS(tp_match_replay_label(world, match, red, NULL, "v"), NULL_POINTER);
    IS(tp_match_replay_label(world, match, red, "k", NULL), NULL_POINTER);
    for (uint32_t i = 1; i <= TICKS; i++) {
        tp_input shot = input(match, red, i, i / 30 % 2 ? TP_BUTTON_FIRE : TP_BUTTON_UP, 300, 135);
        uint32_t result;
        IS(tp_world_push_inputs(world, &shot, 1, &result), OK);
        IS(tp_world_step(world), OK);
        IS(tp_match_hash(world, match, &hashes[i]), OK);
        IS(tp_match_recording(world, match, &stats), OK);
        CHECK(stats.ticks == i && stats.inputs == i && stats.stopped == 0);
        if (stats.waiting > 0) {
            FILL(length);
            FILL(drained);
            IS(tp_match_drain_replay(world, match, file + total, stats.waiting - 1, &length, &drained), SHORT_BUFFER);
            IS(tp_match_drain_replay(world, match, NULL, 1 << 20, &length, &drained), NULL_POINTER);
            UNTOUCHED(length);
            UNTOUCHED(drained);
        }
        IS(tp_match_drain_replay(world, match, file + total, sizeof file - total, &length, &drained), OK);
        CHECK(length == stats.waiting && drained.bytes == length && drained.stopped == 0);
        total += length;
        CHECK(drained.total == total);
    }
    FILL(length);
    FILL(drained);
    FILL(stats);
    IS(tp_match_recording(world, null_match, &stats), STALE_ID);
    IS(tp_match_recording(NULL, match, &stats), NULL_POINTER);
    IS(tp_match_recording(world, match, NULL), NULL_POINTER);
    IS(tp_match_drain_replay(world, null_match, file, sizeof file, &length, &drained), STALE_ID);
    IS(tp_match_drain_replay(NULL, match, file, sizeof file, &length, &drained), NULL_POINTER);
    IS(tp_match_drain_replay(world, match, file + total, sizeof file - total, NULL, &drained), NULL_POINTER);
    IS(tp_match_drain_replay(world, match, file + total, sizeof file - total, &length, NULL), NULL_POINTER);
    IS(tp_match_end_recording(world, null_match, &rest, &drained), STALE_ID);
    IS(tp_match_end_recording(NULL, match, &rest, &drained), NULL_POINTER);
    IS(tp_match_end_recording(world, match, NULL, &drained), NULL_POINTER);
    IS(tp_match_end_recording(world, match, &rest, NULL), NULL_POINTER);
    UNTOUCHED(length);
    UNTOUCHED(drained);
    UNTOUCHED(stats);
    UNTOUCHED(rest);
    tp_snapshot *snapshot;
    IS(tp_snapshot_create(&snapshot), OK);
    IS(tp_match_snapshot(world, match, snapshot), OK);
    IS(tp_match_resimulate(world, match, snapshot, 1, NULL, 0), NOT_ALLOWED);
    SAYS("recorded");
    IS(tp_snapshot_destroy(snapshot), OK);
    IS(tp_match_end_recording(world, match, &rest, &drained), OK);
    size_t left;
    IS(tp_bytes_get_length(rest, &left), OK);
    CHECK(left == drained.bytes && left > 0);
    FILL(length);
    IS(tp_bytes_copy(rest, file + total, left - 1, &length), SHORT_BUFFER);
    IS(tp_bytes_copy(rest, NULL, left, &length), NULL_POINTER);
    IS(tp_bytes_copy(NULL, file + total, left, &length), NULL_POINTER);
    IS(tp_bytes_get_length(NULL, &length), NULL_POINTER);
    UNTOUCHED(length);
    IS(tp_bytes_copy(rest, file + total, left, NULL), NULL_POINTER);
    IS(tp_bytes_get_length(rest, NULL), NULL_POINTER);
    IS(tp_bytes_copy(rest, file + total, sizeof file - total, &length), OK);
    IS(tp_bytes_destroy(rest), OK);
    IS(tp_bytes_destroy(NULL), OK);
    total += length;
    CHECK(drained.total == total);

    /* What is not a whole file is refused, or known to be cut short. */
    tp_replay *replay;
    FILL(replay);
    IS(tp_replay_open(file, 3, &replay), BAD_REPLAY);
    IS(tp_replay_open(NULL, 0, &replay), BAD_REPLAY);
    SAYS("magic");
    file[total / 2] ^= 1;
    IS(tp_replay_open(file, total, &replay), BAD_REPLAY);
    file[total / 2] ^= 1;
    IS(tp_replay_open(NULL, total, &replay), NULL_POINTER);
    UNTOUCHED(replay);
    IS(tp_replay_open(file, total, NULL), NULL_POINTER);
    tp_replay_info info;
    IS(tp_replay_open(file, total - 1, &replay), OK);
    IS(tp_replay_get_info(replay, &info), OK);
    CHECK(info.complete == 0 && info.lost > 0);
    IS(tp_replay_destroy(replay), OK);
    IS(tp_replay_open(file, total, &replay), OK);
    memset(file, 0, total); /* it keeps a copy */
    IS(tp_replay_get_info(replay, &info), OK);
    tp_map *map = field(), *empty;
    tp_map_info map_info;
    IS(tp_map_get_info(map, &map_info), OK);
    CHECK(info.complete == 1 && info.lost == 0 && info.length == total && info.map_hash == map_info.hash);
    CHECK(info.seed == 42 && info.kill_target == 3 && info.tick_rate == 60 && info.first_tick == 0);
    CHECK(info.last_tick == TICKS && info.keyframe_ticks == 120 && info.keyframe_count == 3 && info.label_count == 2);
    CHECK(strcmp(tp_replay_rules_name(replay), "standard") == 0 && tp_replay_engine(replay)[0] != '\0');
    CHECK(tp_replay_rules_name(NULL) == NULL && tp_replay_engine(NULL) == NULL);
    tp_label label;
    IS(tp_replay_label(replay, 1, &label), OK);
    CHECK(strcmp(label.key, "name") == 0 && strcmp(label.value, "Ada") == 0 && label.slot == 0);
    FILL(label);
    FILL(info);
    IS(tp_replay_label(replay, 2, &label), INVALID_ARGUMENT);
    IS(tp_replay_label(NULL, 0, &label), NULL_POINTER);
    IS(tp_replay_get_info(NULL, &info), NULL_POINTER);
    UNTOUCHED(label);
    UNTOUCHED(info);
    IS(tp_replay_label(replay, 0, NULL), NULL_POINTER);
    IS(tp_replay_get_info(replay, NULL), NULL_POINTER);

    tp_verified verified;
    IS(tp_map_from_rects(NULL, 0, NULL, 0, &empty), OK);
    IS(tp_replay_verify(replay, map, TP_RULES_STANDARD, &verified), OK);
    CHECK(verified.ticks == TICKS && verified.hashes >= 5 && verified.diverged == 0);
    FILL(verified);
    IS(tp_replay_verify(replay, empty, TP_RULES_STANDARD, &verified), BAD_REPLAY);
    SAYS("map");
    IS(tp_replay_verify(replay, map, TP_RULES_LEGACY, &verified), BAD_REPLAY);
    SAYS("rules");
    IS(tp_replay_verify(replay, map, 9, &verified), INVALID_ARGUMENT);
    IS(tp_replay_verify(NULL, map, TP_RULES_STANDARD, &verified), NULL_POINTER);
    IS(tp_replay_verify(replay, NULL, TP_RULES_STANDARD, &verified), NULL_POINTER);
    UNTOUCHED(verified);
    IS(tp_replay_verify(replay, map, TP_RULES_STANDARD, NULL), NULL_POINTER);

    /* Played again: the same hash after every tick, whichever way it is come to. */
    tp_playback *playback;
    tp_playback_info at;
    uint8_t going;
    uint64_t hash;
    FILL(playback);
    IS(tp_playback_create(NULL, world, map, &playback), NULL_POINTER);
    IS(tp_playback_create(replay, NULL, map, &playback), NULL_POINTER);
    IS(tp_playback_create(replay, world, NULL, &playback), NULL_POINTER);
    IS(tp_playback_create(replay, world, empty, &playback), BAD_REPLAY);
    UNTOUCHED(playback);
    IS(tp_playback_create(replay, world, map, NULL), NULL_POINTER);
    IS(tp_playback_create(replay, world, map, &playback), OK);
    IS(tp_replay_destroy(replay), OK); /* the playback lives on */
    IS(tp_replay_destroy(NULL), OK);
    for (uint32_t tick = 1; tick <= TICKS; tick++) {
        if (tick % 2) {
            IS(tp_playback_step(playback, world, &going), OK);
        } else {
            IS(tp_playback_feed(playback, world, &going), OK);
            IS(tp_world_step(world), OK);
            IS(tp_playback_check(playback, world), OK);
        }
        IS(tp_playback_get_info(playback, &at), OK);
        CHECK(going == 1 && at.tick == tick && at.diverged == 0);
        IS(tp_match_hash(world, at.match_id, &hash), OK);
        CHECK(hash == hashes[tick]);
    }
    IS(tp_playback_step(playback, world, &going), OK);
    CHECK(going == 0);
    static const uint32_t ways[5] = { 7, 299, 121, 120, 300 };
    for (int i = 0; i < 5; i++) {
        IS(tp_playback_seek(playback, world, ways[i]), OK);
        IS(tp_match_hash(world, at.match_id, &hash), OK);
        CHECK(hash == hashes[ways[i]]);
    }
    FILL(at);
    FILL(going);
    IS(tp_playback_seek(playback, world, TICKS + 1), INVALID_ARGUMENT);
    IS(tp_playback_seek(NULL, world, 1), NULL_POINTER);
    IS(tp_playback_seek(playback, NULL, 1), NULL_POINTER);
    IS(tp_playback_step(NULL, world, &going), NULL_POINTER);
    IS(tp_playback_step(playback, NULL, &going), NULL_POINTER);
    IS(tp_playback_feed(NULL, world, &going), NULL_POINTER);
    IS(tp_playback_feed(playback, NULL, &going), NULL_POINTER);
    IS(tp_playback_check(NULL, world), NULL_POINTER);
    IS(tp_playback_check(playback, NULL), NULL_POINTER);
    IS(tp_playback_get_info(NULL, &at), NULL_POINTER);
    UNTOUCHED(at);
    UNTOUCHED(going);
    IS(tp_playback_step(playback, world, NULL), NULL_POINTER);
    IS(tp_playback_feed(playback, world, NULL), NULL_POINTER);
    IS(tp_playback_get_info(playback, NULL), NULL_POINTER);
    IS(tp_playback_get_info(playback, &at), OK);
    IS(tp_match_destroy(world, at.match_id), OK);
    IS(tp_playback_step(playback, world, &going), STALE_ID);
    IS(tp_playback_destroy(playback), OK);
    IS(tp_playback_destroy(NULL), OK);
    IS(tp_map_destroy(map), OK);
    IS(tp_map_destroy(empty), OK);
    IS(tp_world_destroy(world), OK);
}
