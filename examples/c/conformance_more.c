/* Snapshots, batches over all matches, what players know, the whole receiver; and null and stale ids where the other
 * files have not passed them. */

#include "check.h"

#include <math.h>

enum { MATCHES = 5 };

/* Five matches of two players each, the third without any. */
static tp_world *crowd(tp_match_id matches[MATCHES], tp_player_id players[MATCHES][2])
{
    tp_world *world = NULL;
    tp_world_def def = tp_world_default_def();
    IS(tp_world_create(&def, &world), OK);
    tp_map *map = field();
    for (int m = 0; m < MATCHES; m++) {
        tp_match_def match_def = tp_match_default_def();
        match_def.seed = (uint64_t)m;
        IS(tp_match_create(world, map, &match_def, &matches[m]), OK);
        for (int p = 0; p < 2 && m != 2; p++) {
            tp_player_def player_def = tp_player_default_def();
            IS(tp_player_add(world, matches[m], &player_def, &players[m][p]), OK);
        }
    }
    IS(tp_map_destroy(map), OK);
    return world;
}

static void fire(tp_world *world, tp_match_id match, tp_player_id player, uint32_t sequence)
{
    tp_input shot = input(match, player, sequence, TP_BUTTON_FIRE, 300, 135);
    uint32_t result;
    IS(tp_world_push_inputs(world, &shot, 1, &result), OK);
    CHECK(result == TP_RESULT_OK);
}

void batches(void)
{
    tp_match_id matches[MATCHES];
    tp_player_id players[MATCHES][2];
    tp_world *world = crowd(matches, players);

    tp_match_info infos[MATCHES], info;
    uint64_t hashes[MATCHES], hash;
    size_t count, spans_written;
    IS(tp_world_step(world), OK);
    IS(tp_world_get_match_infos(world, infos, MATCHES, &count), OK);
    CHECK(count == MATCHES);
    IS(tp_world_hashes(world, hashes, MATCHES, &count), OK);
    CHECK(count == MATCHES);
    for (int m = 0; m < MATCHES; m++) {
        IS(tp_match_get_info(world, matches[m], &info), OK);
        CHECK(memcmp(&info, &infos[m], sizeof info) == 0 && info.seed == (uint64_t)m);
        IS(tp_match_hash(world, matches[m], &hash), OK);
        CHECK(hash == hashes[m]);
    }
    FILL(count);
    FILL(infos);
    FILL(hashes);
    IS(tp_world_get_match_infos(world, infos, MATCHES - 1, &count), SHORT_BUFFER);
    IS(tp_world_get_match_infos(world, NULL, MATCHES, &count), NULL_POINTER);
    IS(tp_world_get_match_infos(NULL, infos, MATCHES, &count), NULL_POINTER);
    IS(tp_world_get_match_infos(world, infos, MATCHES, NULL), NULL_POINTER);
    IS(tp_world_hashes(world, hashes, MATCHES - 1, &count), SHORT_BUFFER);
    IS(tp_world_hashes(world, NULL, MATCHES, &count), NULL_POINTER);
    IS(tp_world_hashes(NULL, hashes, MATCHES, &count), NULL_POINTER);
    IS(tp_world_hashes(world, hashes, MATCHES, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(infos);
    UNTOUCHED(hashes);

    tp_player_view views[2 * MATCHES], view;
    tp_match_span spans[MATCHES];
    IS(tp_world_players(world, views, 8, spans, MATCHES, &count, &spans_written), OK);
    CHECK(count == 8 && spans_written == MATCHES && spans[2].count == 0);
    for (int m = 0; m < MATCHES; m++) {
        CHECK(spans[m].match_id.raw == matches[m].raw && spans[m].lost == 0 && spans[m].reserved == 0);
        for (uint32_t p = 0; p < spans[m].count; p++) {
            IS(tp_player_get(world, matches[m], players[m][p], &view), OK);
            CHECK(memcmp(&view, &views[spans[m].first + p], sizeof view) == 0);
        }
    }
    FILL(count);
    FILL(spans_written);
    FILL(views);
    FILL(spans);
    IS(tp_world_players(world, views, 7, spans, MATCHES, &count, &spans_written), SHORT_BUFFER);
    SAYS("out_players");
    IS(tp_world_players(world, views, 8, spans, MATCHES - 1, &count, &spans_written), SHORT_BUFFER);
    SAYS("out_spans");
    IS(tp_world_players(NULL, views, 8, spans, MATCHES, &count, &spans_written), NULL_POINTER);
    IS(tp_world_players(world, NULL, 8, spans, MATCHES, &count, &spans_written), NULL_POINTER);
    IS(tp_world_players(world, views, 8, NULL, MATCHES, &count, &spans_written), NULL_POINTER);
    IS(tp_world_players(world, views, 8, spans, MATCHES, NULL, &spans_written), NULL_POINTER);
    IS(tp_world_players(world, views, 8, spans, MATCHES, &count, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(spans_written);
    UNTOUCHED(views);
    UNTOUCHED(spans);

    /* What all matches drained at once is what each would have drained alone: a second world says so. */
    tp_match_id twin_matches[MATCHES];
    tp_player_id twin_players[MATCHES][2];
    tp_world *twin = crowd(twin_matches, twin_players);
    IS(tp_world_step(twin), OK);
    static tp_event events[256], alone[256];
    static tp_heard sounds[256], heard[256];
    size_t event_count, sound_count;
    uint64_t lost;
    for (uint32_t i = 1; i <= 20; i++) {
        fire(world, matches[1], players[1][0], i);
        fire(world, matches[4], players[4][1], i);
        fire(twin, twin_matches[1], twin_players[1][0], i);
        fire(twin, twin_matches[4], twin_players[4][1], i);
        IS(tp_world_step(world), OK);
        IS(tp_world_step(twin), OK);
    }
    IS(tp_world_pending_events(world, &event_count, &spans_written), OK);
    CHECK(event_count >= 8 && spans_written == 4);
    FILL(count);
    FILL(spans);
    size_t none;
    FILL(none);
    IS(tp_world_drain_events(world, events, event_count - 1, spans, MATCHES, &count, &none), SHORT_BUFFER);
    IS(tp_world_drain_events(world, events, 256, spans, 3, &count, &none), SHORT_BUFFER);
    IS(tp_world_drain_events(NULL, events, 256, spans, MATCHES, &count, &none), NULL_POINTER);
    IS(tp_world_drain_events(world, NULL, 256, spans, MATCHES, &count, &none), NULL_POINTER);
    IS(tp_world_drain_events(world, events, 256, NULL, MATCHES, &count, &none), NULL_POINTER);
    IS(tp_world_drain_events(world, events, 256, spans, MATCHES, NULL, &none), NULL_POINTER);
    IS(tp_world_drain_events(world, events, 256, spans, MATCHES, &count, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(spans);
    UNTOUCHED(none);
    IS(tp_world_pending_events(NULL, &count, &none), NULL_POINTER);
    IS(tp_world_pending_events(world, NULL, &none), NULL_POINTER);
    IS(tp_world_pending_events(world, &count, NULL), NULL_POINTER);
    IS(tp_world_drain_events(world, events, event_count, spans, 4, &count, &spans_written), OK);
    CHECK(count == event_count && spans_written == 4);
    for (size_t s = 0; s < spans_written; s++) {
        int m = s < 2 ? (int)s : (int)s + 1;
        CHECK(spans[s].match_id.raw == matches[m].raw && spans[s].lost == 0);
        IS(tp_match_drain_events(twin, twin_matches[m], alone, 256, &count, &lost), OK);
        CHECK(count == spans[s].count && memcmp(alone, events + spans[s].first, count * sizeof alone[0]) == 0);
    }
    IS(tp_world_drain_events(world, NULL, 0, NULL, 0, &count, &spans_written), OK);
    CHECK(count == 0 && spans_written == 0);

    IS(tp_world_pending_sounds(world, &sound_count, &spans_written), OK);
    CHECK(sound_count > 0 && spans_written == 2);
    FILL(count);
    FILL(spans);
    IS(tp_world_drain_sounds(world, sounds, sound_count - 1, spans, MATCHES, &count, &none), SHORT_BUFFER);
    IS(tp_world_drain_sounds(world, sounds, 256, spans, 1, &count, &none), SHORT_BUFFER);
    IS(tp_world_drain_sounds(NULL, sounds, 256, spans, MATCHES, &count, &none), NULL_POINTER);
    IS(tp_world_drain_sounds(world, NULL, 256, spans, MATCHES, &count, &none), NULL_POINTER);
    IS(tp_world_drain_sounds(world, sounds, 256, NULL, MATCHES, &count, &none), NULL_POINTER);
    IS(tp_world_drain_sounds(world, sounds, 256, spans, MATCHES, NULL, &none), NULL_POINTER);
    IS(tp_world_drain_sounds(world, sounds, 256, spans, MATCHES, &count, NULL), NULL_POINTER);
    IS(tp_world_pending_sounds(NULL, &count, &none), NULL_POINTER);
    IS(tp_world_pending_sounds(world, NULL, &none), NULL_POINTER);
    IS(tp_world_pending_sounds(world, &count, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(spans);
    UNTOUCHED(none);
    IS(tp_world_drain_sounds(world, sounds, 256, spans, MATCHES, &count, &spans_written), OK);
    CHECK(count == sound_count && spans_written == 2);
    for (size_t s = 0; s < spans_written; s++) {
        int m = s == 0 ? 1 : 4;
        IS(tp_match_drain_sounds(twin, twin_matches[m], heard, 256, &count, &lost), OK);
        CHECK(count == spans[s].count && memcmp(heard, sounds + spans[s].first, count * sizeof heard[0]) == 0);
    }
    IS(tp_world_destroy(twin), OK);

    /* Messages of many clients in one call, each judged for itself. */
    static const uint8_t bytes[] = { 0, 0, 0xFF, 0xFF, 0xFF, 0xFF };
    IS(tp_world_open_link(world, matches[0], players[0][0]), OK);
    IS(tp_world_open_link(world, matches[4], players[4][1]), OK);
    tp_packet packets[6] = {
        { matches[0], players[0][0], 0, 2 }, { matches[4], players[4][1], 2, 4 },
        { matches[0], players[0][1], 0, 2 }, { matches[0], null_player, 0, 2 },
        { null_match, players[0][0], 0, 2 }, { matches[0], players[0][0], 5, 2 },
    };
    static const tp_result want[6] = { TP_RESULT_OK, TP_RESULT_BAD_MESSAGE, TP_RESULT_NOT_ALLOWED,
                                       TP_RESULT_STALE_ID, TP_RESULT_STALE_ID, TP_RESULT_INVALID_ARGUMENT };
    uint32_t results[6];
    tp_received received[6], nothing = { 0 };
    FILL(received);
    IS(tp_world_receive_all(world, bytes, sizeof bytes, packets, 6, results, received), OK);
    SAYS("packets[5]");
    for (int i = 0; i < 6; i++) {
        record_result(results[i], want[i], __FILE__, __LINE__, "a place of out_results");
        CHECK(memcmp(&received[i], &nothing, sizeof nothing) == 0); /* the good one brought no input either */
    }
    packets[5].offset = UINT32_MAX;
    packets[5].length = UINT32_MAX;
    IS(tp_world_receive_all(world, bytes, sizeof bytes, packets + 5, 1, results, received), OK);
    CHECK(results[0] == TP_RESULT_INVALID_ARGUMENT);
    IS(tp_world_receive_all(world, NULL, 0, NULL, 0, NULL, NULL), OK);
    FILL(results);
    FILL(received);
    IS(tp_world_receive_all(NULL, bytes, sizeof bytes, packets, 6, results, received), NULL_POINTER);
    IS(tp_world_receive_all(world, NULL, sizeof bytes, packets, 6, results, received), NULL_POINTER);
    IS(tp_world_receive_all(world, bytes, sizeof bytes, NULL, 6, results, received), NULL_POINTER);
    IS(tp_world_receive_all(world, bytes, sizeof bytes, packets, 6, NULL, received), NULL_POINTER);
    IS(tp_world_receive_all(world, bytes, sizeof bytes, packets, 6, results, NULL), NULL_POINTER);
    UNTOUCHED(results);
    UNTOUCHED(received);
    IS(tp_world_destroy(world), OK);
}

void snapshots(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id red, late;
    IS(tp_player_add(world, match, &def, &red), OK);
    IS(tp_world_step(world), OK);

    tp_snapshot *snapshot;
    tp_snapshot_info info;
    IS(tp_snapshot_create(NULL), NULL_POINTER);
    IS(tp_snapshot_create(&snapshot), OK);
    IS(tp_match_rollback(world, match, snapshot), BAD_SNAPSHOT);
    SAYS("nothing has been taken yet");
    IS(tp_match_snapshot(world, null_match, snapshot), STALE_ID);
    IS(tp_match_snapshot(NULL, match, snapshot), NULL_POINTER);
    IS(tp_match_snapshot(world, match, NULL), NULL_POINTER);
    IS(tp_match_snapshot(world, match, snapshot), OK);
    IS(tp_snapshot_get_info(snapshot, &info), OK);
    CHECK(info.tick == 1 && info.bytes > 8000 && info.reserved == 0);
    FILL(info);
    IS(tp_snapshot_get_info(NULL, &info), NULL_POINTER);
    UNTOUCHED(info);
    IS(tp_snapshot_get_info(snapshot, NULL), NULL_POINTER);

    /* Played once with inputs as they come, then anew from the snapshot with the same ones as of the past. */
    enum { TICKS = 30 };
    tp_past_input past[TICKS];
    uint64_t begin, once, again;
    IS(tp_match_hash(world, match, &begin), OK);
    for (uint32_t i = 0; i < TICKS; i++) {
        fire(world, match, red, i + 1);
        past[i] = (tp_past_input){ red, i + 2, i + 1, 0, TP_BUTTON_FIRE, 0, 300, 135 };
        IS(tp_world_step(world), OK);
    }
    static tp_event events[TP_MAX_EVENTS], replayed[TP_MAX_EVENTS];
    size_t count, replayed_count;
    uint64_t lost;
    IS(tp_match_hash(world, match, &once), OK);
    IS(tp_match_drain_events(world, match, events, TP_MAX_EVENTS, &count, &lost), OK);
    IS(tp_match_rollback(world, match, snapshot), OK);
    IS(tp_match_hash(world, match, &again), OK);
    CHECK(again == begin && again != once);
    IS(tp_match_resimulate(world, match, snapshot, TICKS, past, TICKS), OK);
    IS(tp_match_hash(world, match, &again), OK);
    CHECK(again == once);
    IS(tp_match_drain_events(world, match, replayed, TP_MAX_EVENTS, &replayed_count, &lost), OK);
    size_t before = count - replayed_count; /* joined and spawned before the snapshot */
    CHECK(replayed_count > 0 && memcmp(events + before, replayed, replayed_count * sizeof events[0]) == 0);
    IS(tp_match_resimulate(world, match, snapshot, TICKS, NULL, 0), OK);
    IS(tp_match_hash(world, match, &again), OK);
    CHECK(again != once);

    /* Refused, and nothing has changed. */
    IS(tp_match_resimulate(world, null_match, snapshot, TICKS, past, TICKS), STALE_ID);
    IS(tp_match_resimulate(NULL, match, snapshot, TICKS, past, TICKS), NULL_POINTER);
    IS(tp_match_resimulate(world, match, NULL, TICKS, past, TICKS), NULL_POINTER);
    IS(tp_match_resimulate(world, match, snapshot, TICKS, NULL, TICKS), NULL_POINTER);
    IS(tp_match_resimulate(world, match, snapshot, TICKS - 1, past, TICKS), INVALID_ARGUMENT);
    SAYS("inputs.tick");
    past[3].tick = 1;
    IS(tp_match_resimulate(world, match, snapshot, TICKS, past, TICKS), INVALID_ARGUMENT);
    past[3].tick = 5;
    past[3].mouse_x = NAN;
    IS(tp_match_resimulate(world, match, snapshot, TICKS, past, TICKS), INVALID_ARGUMENT);
    SAYS("inputs[3]");
    past[3].mouse_x = 300;
    past[3].player_id.raw = UINT64_MAX;
    IS(tp_match_resimulate(world, match, snapshot, TICKS, past, TICKS), STALE_ID);
    past[3].player_id = null_player;
    IS(tp_match_resimulate(world, match, snapshot, TICKS, past, TICKS), STALE_ID);
    past[3].player_id = red;
    IS(tp_player_add(world, match, &def, &late), OK);
    past[3].player_id = late; /* is in the match, and not in the snapshot */
    IS(tp_match_resimulate(world, match, snapshot, TICKS, past, TICKS), STALE_ID);
    past[3].player_id = red;
    IS(tp_world_open_link(world, match, red), OK);
    IS(tp_match_resimulate(world, match, snapshot, TICKS, past, TICKS), NOT_ALLOWED);
    SAYS("linked");
    IS(tp_match_rollback(world, match, snapshot), OK); /* that goes with links */
    IS(tp_match_rollback(world, null_match, snapshot), STALE_ID);
    IS(tp_match_rollback(NULL, match, snapshot), NULL_POINTER);
    IS(tp_match_rollback(world, match, NULL), NULL_POINTER);

    tp_map *empty;
    tp_match_def match_def = tp_match_default_def();
    tp_match_id elsewhere;
    IS(tp_map_from_rects(NULL, 0, NULL, 0, &empty), OK);
    IS(tp_match_create(world, empty, &match_def, &elsewhere), OK);
    IS(tp_map_destroy(empty), OK);
    IS(tp_match_rollback(world, elsewhere, snapshot), BAD_SNAPSHOT);
    SAYS("another map");
    IS(tp_world_destroy(world), OK);
    IS(tp_snapshot_get_info(snapshot, &info), OK); /* outlives its world */
    IS(tp_snapshot_destroy(snapshot), OK);
    IS(tp_snapshot_destroy(NULL), OK);
}

void knowledge(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    def.loadout.support_count = 2;
    def.loadout.support[0] = TP_WEAPON_SMOKE_GRENADE;
    def.loadout.support[1] = TP_WEAPON_GRENADE;
    tp_player_id red, blue;
    IS(tp_player_add(world, match, &def, &red), OK);
    IS(tp_player_add(world, match, &def, &blue), OK);
    IS(tp_player_listen(world, match, red, 1), OK);
    IS(tp_player_listen(world, match, red, 2), INVALID_ARGUMENT);
    SAYS("listening");
    IS(tp_player_listen(world, match, null_player, 1), STALE_ID);
    IS(tp_player_listen(world, null_match, red, 1), STALE_ID);
    IS(tp_player_listen(NULL, match, red, 1), NULL_POINTER);

    /* Red throws smoke, then fires at the wood, out of blue's sight, who looks away. */
    static tp_told told[TP_MAX_EVENTS];
    static tp_known_projectile projectiles[TP_MAX_PROJECTILES];
    static tp_cloud clouds[TP_MAX_CLOUDS];
    size_t count, fired = 0, flew = 0, clouded = 0;
    uint64_t lost;
    tp_knowledge red_knows, blue_knows;
    IS(tp_player_tap(world, match, red, TP_BUTTON_SLOT3), OK);
    for (uint32_t i = 1; i <= 300; i++) {
        tp_input batch[2] = { input(match, red, i, i > 200 ? TP_BUTTON_FIRE : 0, 220, 112),
                              input(match, blue, i, 0, 400, 135) };
        uint32_t results[2];
        IS(tp_world_push_inputs(world, batch, 2, results), OK);
        if (i == 60)
            IS(tp_player_throw(world, match, red, 1), OK);
        if (i == 200)
            IS(tp_player_tap(world, match, red, TP_BUTTON_SLOT1), OK);
        IS(tp_world_step(world), OK);
        IS(tp_player_known_projectiles(world, match, red, projectiles, TP_MAX_PROJECTILES, &count), OK);
        if (count > 0) {
            CHECK(count == 1 && projectiles[0].number == 1 && projectiles[0].own_team == 1);
            CHECK(projectiles[0].launch_known == 1 && projectiles[0].charge == 1 && projectiles[0].owner.raw == red.raw);
            CHECK(projectiles[0].weapon == TP_WEAPON_SMOKE_GRENADE && projectiles[0].fuse_ticks <= 120);
            flew++;
            FILL(count);
            IS(tp_player_known_projectiles(world, match, red, projectiles, 0, &count), SHORT_BUFFER);
            UNTOUCHED(count);
        }
        IS(tp_player_known_clouds(world, match, red, clouds, TP_MAX_CLOUDS, &count), OK);
        if (count > 0) {
            CHECK(count == 1 && clouds[0].number == 1);
            clouded++;
            FILL(count);
            IS(tp_player_known_clouds(world, match, red, clouds, 0, &count), SHORT_BUFFER);
            UNTOUCHED(count);
        }
        size_t pending;
        IS(tp_match_pending_told(world, match, &pending), OK);
        if (pending > 0) {
            FILL(count);
            FILL(lost);
            IS(tp_match_drain_told(world, match, told, pending - 1, &count, &lost), SHORT_BUFFER);
            UNTOUCHED(count);
            UNTOUCHED(lost);
        }
        IS(tp_match_drain_told(world, match, told, TP_MAX_EVENTS, &count, &lost), OK);
        CHECK(count <= pending && lost == 0);
        for (size_t t = 0; t < count; t++) {
            CHECK(told[t].to == 1u << (red.raw & 7) && told[t].reserved[0] == 0);
            if (told[t].event.kind == TP_EVENT_KIND_FIRED && told[t].event.actor == (red.raw & 7)) {
                CHECK(told[t].actor_id.raw == red.raw && told[t].hidden == 0);
                fired++;
            }
        }
    }
    CHECK(fired > 3 && flew > 30 && clouded > 30);
    IS(tp_player_knowledge(world, match, red, &red_knows), OK);
    IS(tp_player_knowledge(world, match, blue, &blue_knows), OK);
    CHECK((red_knows.knows >> (red.raw & 7) & 1) == 1 && blue_knows.knows == 1u << (blue.raw & 7));
    CHECK(red_knows.reserved[0] == 0 && red_knows.slices_version != blue_knows.slices_version);

    uint16_t known[5], real[5], fresh[5];
    IS(tp_player_known_health(world, match, red, known, 5, &count), OK);
    CHECK(count == 5);
    IS(tp_match_slice_health(world, match, real, 5, &count), OK);
    CHECK(memcmp(known, real, sizeof known) == 0); /* sees what it shoots at */
    IS(tp_player_known_health(world, match, blue, fresh, 5, &count), OK);
    CHECK(memcmp(fresh, real, sizeof fresh) != 0 && fresh[0] == 80 * TP_POINT);

    FILL(count);
    FILL(lost);
    FILL(known);
    FILL(red_knows);
    IS(tp_player_known_health(world, match, red, known, 4, &count), SHORT_BUFFER);
    IS(tp_player_known_health(world, match, null_player, known, 5, &count), STALE_ID);
    IS(tp_player_known_health(world, null_match, red, known, 5, &count), STALE_ID);
    IS(tp_player_known_health(NULL, match, red, known, 5, &count), NULL_POINTER);
    IS(tp_player_known_health(world, match, red, NULL, 5, &count), NULL_POINTER);
    IS(tp_player_known_health(world, match, red, known, 5, NULL), NULL_POINTER);
    IS(tp_player_known_projectiles(world, match, null_player, projectiles, 64, &count), STALE_ID);
    IS(tp_player_known_projectiles(world, null_match, red, projectiles, 64, &count), STALE_ID);
    IS(tp_player_known_projectiles(NULL, match, red, projectiles, 64, &count), NULL_POINTER);
    IS(tp_player_known_projectiles(world, match, red, NULL, 64, &count), NULL_POINTER);
    IS(tp_player_known_projectiles(world, match, red, projectiles, 64, NULL), NULL_POINTER);
    IS(tp_player_known_clouds(world, match, null_player, clouds, 32, &count), STALE_ID);
    IS(tp_player_known_clouds(world, null_match, red, clouds, 32, &count), STALE_ID);
    IS(tp_player_known_clouds(NULL, match, red, clouds, 32, &count), NULL_POINTER);
    IS(tp_player_known_clouds(world, match, red, NULL, 32, &count), NULL_POINTER);
    IS(tp_player_known_clouds(world, match, red, clouds, 32, NULL), NULL_POINTER);
    IS(tp_player_knowledge(world, match, null_player, &red_knows), STALE_ID);
    IS(tp_player_knowledge(world, null_match, red, &red_knows), STALE_ID);
    IS(tp_player_knowledge(NULL, match, red, &red_knows), NULL_POINTER);
    IS(tp_player_knowledge(world, match, red, NULL), NULL_POINTER);
    IS(tp_match_pending_told(world, null_match, &count), STALE_ID);
    IS(tp_match_pending_told(NULL, match, &count), NULL_POINTER);
    IS(tp_match_pending_told(world, match, NULL), NULL_POINTER);
    IS(tp_match_drain_told(world, null_match, told, TP_MAX_EVENTS, &count, &lost), STALE_ID);
    IS(tp_match_drain_told(NULL, match, told, TP_MAX_EVENTS, &count, &lost), NULL_POINTER);
    IS(tp_match_drain_told(world, match, NULL, TP_MAX_EVENTS, &count, &lost), NULL_POINTER);
    IS(tp_match_drain_told(world, match, told, TP_MAX_EVENTS, NULL, &lost), NULL_POINTER);
    IS(tp_match_drain_told(world, match, told, TP_MAX_EVENTS, &count, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(lost);
    UNTOUCHED(known);
    UNTOUCHED(red_knows);
    IS(tp_player_listen(world, match, red, 0), OK);
    IS(tp_world_destroy(world), OK);
}

void receivers(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    def.loadout.support_count = 1;
    def.loadout.support[0] = TP_WEAPON_SMOKE_GRENADE;
    tp_player_id red, blue;
    IS(tp_player_add(world, match, &def, &red), OK);
    IS(tp_player_add(world, match, &def, &blue), OK);
    IS(tp_world_open_link(world, match, red), OK);
    tp_receiver *client;
    IS(tp_receiver_create(&client), OK);

    tp_welcome welcome;
    tp_seen_own own;
    static uint8_t levels[64];
    static tp_seen_projectile projectiles[TP_MAX_PROJECTILES];
    static tp_seen_cloud clouds[TP_MAX_CLOUDS];
    static tp_seen_message messages[256];
    size_t count;
    FILL(welcome);
    FILL(own);
    FILL(count);
    FILL(levels);
    IS(tp_receiver_get_welcome(client, &welcome), NOT_ALLOWED);
    IS(tp_receiver_get_own(client, &own), NOT_ALLOWED);
    IS(tp_receiver_levels(client, levels, 64, &count), NOT_ALLOWED);
    IS(tp_receiver_projectiles(client, projectiles, 64, &count), NOT_ALLOWED);
    IS(tp_receiver_clouds(client, clouds, 32, &count), NOT_ALLOWED);
    IS(tp_receiver_messages(client, messages, 256, &count), NOT_ALLOWED);
    UNTOUCHED(welcome);
    UNTOUCHED(own);
    UNTOUCHED(count);
    UNTOUCHED(levels);

    /* Red plays through its link: throws smoke, shoots at the wall, dies, asks for another loadout. */
    static uint8_t bytes[65536], up[TP_MAX_CLIENT_MESSAGE];
    static tp_packet packets[8];
    size_t length, used, flew = 0, clouded = 0, shots = 0, most = 0;
    uint32_t number;
    uint8_t taken, first = 0, request = 0;
    int exact = 0;
    tp_loadout loadout = tp_player_default_def().loadout;
    loadout.primary = TP_WEAPON_SMG;
    for (uint32_t i = 0; i < 700; i++) {
        uint16_t held = i > 350 && i < 450 ? TP_BUTTON_FIRE : 0;
        uint16_t taps = i == 30 ? TP_BUTTON_SLOT3 : i == 340 ? TP_BUTTON_SLOT1 : 0;
        IS(tp_receiver_input(client, held, taps, 220, 112, &number), OK);
        if (i == 90)
            IS(tp_player_throw(world, match, red, 1), OK);
        if (i == 200)
            IS(tp_receiver_request_exact(client), OK);
        if (i == 500) {
            IS(tp_player_kill(world, match, red), OK);
            IS(tp_receiver_request_loadout(client, &loadout, TP_TEAM_NONE, &request), OK);
        }
        IS(tp_receiver_write(client, 0, up, sizeof up, &used), OK);
        if (used > 0) {
            tp_packet from = { match, red, 0, (uint32_t)used };
            tp_received received;
            uint32_t result;
            IS(tp_world_receive_all(world, up, used, &from, 1, &result, &received), OK);
            CHECK(result == TP_RESULT_OK && received.false_ack == 0);
        }
        IS(tp_world_step(world), OK);
        IS(tp_world_packets(world, bytes, sizeof bytes, packets, 8, &count, &length), OK);
        if (count == 0)
            continue;
        first = bytes[packets[0].offset];
        IS(tp_receiver_take(client, bytes + packets[0].offset, packets[0].length, &taken), OK);
        IS(tp_receiver_get_own(client, &own), OK);
        exact |= own.exact_tick > 0;
        IS(tp_receiver_projectiles(client, projectiles, TP_MAX_PROJECTILES, &count), OK);
        flew += count > 0;
        if (count > 0) {
            CHECK(projectiles[0].weapon == TP_WEAPON_SMOKE_GRENADE && projectiles[0].own_team == 1);
            CHECK(projectiles[0].x > 90 && projectiles[0].x < 240 && projectiles[0].tick > 90);
            FILL(count);
            IS(tp_receiver_projectiles(client, projectiles, 0, &count), SHORT_BUFFER);
            UNTOUCHED(count);
        }
        IS(tp_receiver_clouds(client, clouds, TP_MAX_CLOUDS, &count), OK);
        clouded += count > 0;
        if (count > 0) {
            FILL(count);
            IS(tp_receiver_clouds(client, clouds, 0, &count), SHORT_BUFFER);
            UNTOUCHED(count);
        }
        IS(tp_receiver_messages(client, messages, 256, &count), OK);
        most = count > most ? count : most;
        for (size_t m = 0; m < count; m++) {
            CHECK(messages[m].kind >= TP_SEEN_KIND_SOUND && messages[m].kind <= TP_SEEN_KIND_DENIED);
            shots += messages[m].kind == TP_SEEN_KIND_FIRED && messages[m].actor == (red.raw & 7);
        }
        if (count > 0) {
            FILL(count);
            IS(tp_receiver_messages(client, messages, 0, &count), SHORT_BUFFER);
            UNTOUCHED(count);
        }
    }
    CHECK(flew > 5 && clouded > 10 && shots > 3 && most > 0 && exact);
    IS(tp_receiver_get_welcome(client, &welcome), OK);
    CHECK(welcome.slot == (red.raw & 7) && welcome.tick_rate == 60 && welcome.step == 3 && welcome.slices == 5);
    CHECK(welcome.kill_target == 3 && welcome.inputs_per_second == 60 && welcome.epoch == (first >> 2 & 3));
    CHECK(own.dead == 1 && own.killer == TP_NONE && own.answered == 1 && own.request == request && own.answer == 0);
    CHECK(own.scores[red.raw & 7].there == 1 && own.scores[red.raw & 7].deaths == 1 && own.scores[5].there == 0);
    CHECK(own.items[0].weapon == TP_WEAPON_SMG && own.over == 0 && own.winner == TP_TEAM_NONE);
    IS(tp_receiver_levels(client, levels, 64, &count), OK);
    CHECK(count == 5);
    int worn = 0;
    for (size_t s = 0; s < count; s++)
        worn |= levels[s] != TP_AS_ON_MAP && levels[s] > 0;
    CHECK(worn);

    tp_link_stats stats;
    IS(tp_world_link_stats(world, match, red, &stats), OK);
    CHECK(stats.frames > 50 && stats.acked > 50 && stats.bytes > 500 && stats.bad_messages == 0 && stats.memory > 600);
    FILL(stats);
    IS(tp_world_link_stats(world, match, blue, &stats), NOT_ALLOWED);
    IS(tp_world_link_stats(world, match, null_player, &stats), STALE_ID);
    IS(tp_world_link_stats(world, null_match, red, &stats), STALE_ID);
    IS(tp_world_link_stats(NULL, match, red, &stats), NULL_POINTER);
    UNTOUCHED(stats);
    IS(tp_world_link_stats(world, match, red, NULL), NULL_POINTER);

    FILL(welcome);
    FILL(own);
    FILL(count);
    FILL(levels);
    FILL(request);
    IS(tp_receiver_get_welcome(NULL, &welcome), NULL_POINTER);
    IS(tp_receiver_get_welcome(client, NULL), NULL_POINTER);
    IS(tp_receiver_get_own(NULL, &own), NULL_POINTER);
    IS(tp_receiver_get_own(client, NULL), NULL_POINTER);
    IS(tp_receiver_levels(client, levels, 4, &count), SHORT_BUFFER);
    IS(tp_receiver_levels(NULL, levels, 64, &count), NULL_POINTER);
    IS(tp_receiver_levels(client, NULL, 64, &count), NULL_POINTER);
    IS(tp_receiver_levels(client, levels, 64, NULL), NULL_POINTER);
    IS(tp_receiver_projectiles(NULL, projectiles, 64, &count), NULL_POINTER);
    IS(tp_receiver_projectiles(client, NULL, 64, &count), NULL_POINTER);
    IS(tp_receiver_projectiles(client, projectiles, 64, NULL), NULL_POINTER);
    IS(tp_receiver_clouds(NULL, clouds, 32, &count), NULL_POINTER);
    IS(tp_receiver_clouds(client, NULL, 32, &count), NULL_POINTER);
    IS(tp_receiver_clouds(client, clouds, 32, NULL), NULL_POINTER);
    IS(tp_receiver_messages(NULL, messages, 256, &count), NULL_POINTER);
    IS(tp_receiver_messages(client, NULL, 256, &count), NULL_POINTER);
    IS(tp_receiver_messages(client, messages, 256, NULL), NULL_POINTER);
    IS(tp_receiver_request_exact(NULL), NULL_POINTER);
    IS(tp_receiver_request_loadout(NULL, &loadout, TP_TEAM_NONE, &request), NULL_POINTER);
    IS(tp_receiver_request_loadout(client, NULL, TP_TEAM_NONE, &request), NULL_POINTER);
    IS(tp_receiver_request_loadout(client, &loadout, 3, &request), INVALID_ARGUMENT);
    SAYS("team");
    loadout.primary = TP_WEAPON_PISTOL;
    IS(tp_receiver_request_loadout(client, &loadout, TP_TEAM_NONE, &request), ILLEGAL_LOADOUT);
    loadout.primary = 99;
    IS(tp_receiver_request_loadout(client, &loadout, TP_TEAM_NONE, &request), UNKNOWN_WEAPON);
    UNTOUCHED(welcome);
    UNTOUCHED(own);
    UNTOUCHED(count);
    UNTOUCHED(levels);
    UNTOUCHED(request);
    loadout.primary = TP_WEAPON_RIFLE;
    IS(tp_receiver_request_loadout(client, &loadout, TP_TEAM_RED, NULL), NULL_POINTER);
    IS(tp_receiver_request_loadout(client, &loadout, TP_TEAM_RED, &request), OK);

    /* The end of a link, as its client takes it. */
    uint8_t farewell[4];
    FILL(farewell);
    FILL(count);
    IS(tp_write_farewell(4, 0, farewell, 4, &count), INVALID_ARGUMENT);
    IS(tp_write_farewell(TP_FAREWELL_OVER, 4, farewell, 4, &count), INVALID_ARGUMENT);
    SAYS("epoch");
    IS(tp_write_farewell(TP_FAREWELL_OVER, 0, farewell, 0, &count), SHORT_BUFFER);
    IS(tp_write_farewell(TP_FAREWELL_OVER, 0, NULL, 4, &count), NULL_POINTER);
    UNTOUCHED(farewell);
    UNTOUCHED(count);
    IS(tp_write_farewell(TP_FAREWELL_OVER, 0, farewell, 4, NULL), NULL_POINTER);
    uint8_t epoch = first >> 2 & 3;
    IS(tp_write_farewell(TP_FAREWELL_REMOVED, (uint8_t)(epoch ^ 1), farewell, 1, &count), OK);
    IS(tp_receiver_take(client, farewell, count, &taken), OK);
    CHECK(taken == TP_TAKEN_IGNORED);
    IS(tp_write_farewell(TP_FAREWELL_REMOVED, epoch, farewell, 1, &count), OK);
    IS(tp_receiver_take(client, farewell, count, &taken), OK);
    CHECK(count == 1 && taken == TP_TAKEN_FAREWELL);
    IS(tp_receiver_destroy(client), OK);
    IS(tp_world_destroy(world), OK);
}

void decoys(void)
{
    tp_world *world;
    tp_map *map;
    tp_bots *bots;
    tp_receiver *client;
    tp_match_id match;
    tp_player_id baited = { 0 }, other;
    tp_world_def def = tp_world_default_def();
    tp_match_def match_def = tp_match_default_def();
    tp_bot_def bot_def = tp_bot_default_def();
    IS(tp_world_create(&def, &world), OK);
    IS(tp_map_from_builtin(tp_map_builtin_name(0), TP_READING_FINE, &map), OK);
    IS(tp_match_create(world, map, &match_def, &match), OK);
    IS(tp_map_destroy(map), OK);
    IS(tp_bots_create(&bots), OK);
    IS(tp_receiver_create(&client), OK);
    for (int i = 0; i < TP_MAX_PLAYERS; i++)
        IS(tp_bots_add(bots, world, match, &bot_def, i == 0 ? &baited : &other), OK);
    IS(tp_world_open_link(world, match, baited), OK);
    IS(tp_world_bait(world, match, baited, 2), INVALID_ARGUMENT);
    SAYS("bait");
    IS(tp_world_bait(world, match, null_player, 1), STALE_ID);
    IS(tp_world_bait(world, null_match, baited, 1), STALE_ID);
    IS(tp_world_bait(NULL, match, baited, 1), NULL_POINTER);
    IS(tp_world_bait(world, match, baited, 1), OK);

    /* Where one is shown, the client has a player whom the match does not let it know. */
    uint8_t slot;
    tp_point place;
    size_t shown = 0;
    for (int tick = 0; tick < 600; tick++) {
        static uint8_t bytes[65536], up[TP_MAX_CLIENT_MESSAGE];
        static tp_packet packets[8];
        size_t count, length;
        uint8_t taken;
        IS(tp_bots_think(bots, world), OK);
        IS(tp_world_step(world), OK);
        IS(tp_world_packets(world, bytes, sizeof bytes, packets, 8, &count, &length), OK);
        if (count == 0)
            continue;
        tp_received received;
        IS(tp_receiver_take(client, bytes, length, &taken), OK);
        IS(tp_receiver_write(client, 0, up, sizeof up, &length), OK);
        IS(tp_world_receive(world, match, baited, up, length, &received), OK);
        IS(tp_world_decoy(world, match, baited, &slot, &place), OK);
        if (slot != TP_NONE && taken == TP_TAKEN_SNAPSHOT) {
            tp_seen seen;
            tp_knowledge knowledge;
            IS(tp_receiver_get(client, &seen), OK);
            IS(tp_player_knowledge(world, match, baited, &knowledge), OK);
            CHECK((seen.known >> slot & 1) == 1 && (knowledge.knows >> slot & 1) == 0);
            CHECK(fabsf(seen.players[slot].x - place.x) < 0.1f && fabsf(seen.players[slot].y - place.y) < 0.1f);
            shown++;
        }
    }
    CHECK(shown > 0);
    FILL(slot);
    FILL(place);
    IS(tp_world_decoy(world, match, null_player, &slot, &place), STALE_ID);
    IS(tp_world_decoy(world, null_match, baited, &slot, &place), STALE_ID);
    IS(tp_world_decoy(NULL, match, baited, &slot, &place), NULL_POINTER);
    IS(tp_world_decoy(world, match, baited, NULL, &place), NULL_POINTER);
    IS(tp_world_decoy(world, match, baited, &slot, NULL), NULL_POINTER);
    UNTOUCHED(slot);
    UNTOUCHED(place);
    IS(tp_world_decoy(world, match, other, &slot, &place), OK);
    CHECK(slot == TP_NONE && place.x == 0 && place.y == 0);
    IS(tp_receiver_destroy(client), OK);
    IS(tp_bots_destroy(bots), OK);
    IS(tp_world_destroy(world), OK);
}

void more_bots(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id away, here;
    IS(tp_player_add(world, match, &def, &away), OK);
    IS(tp_player_add(world, match, &def, &here), OK);
    tp_bots *bots;
    IS(tp_bots_create(&bots), OK);
    IS(tp_bots_adopt(bots, world, match, away, 1), OK);
    IS(tp_bots_adopt(bots, world, match, away, -1), INVALID_ARGUMENT);
    IS(tp_bots_adopt(bots, world, match, null_player, 1), STALE_ID);
    IS(tp_bots_adopt(bots, world, null_match, away, 1), STALE_ID);
    IS(tp_bots_adopt(NULL, world, match, away, 1), NULL_POINTER);
    IS(tp_bots_adopt(bots, NULL, match, away, 1), NULL_POINTER);
    uint8_t contain;
    IS(tp_bots_contain(bots, match, away, &contain), OK);
    CHECK(contain == 1);
    IS(tp_bots_contain(bots, match, here, &contain), OK);
    CHECK(contain == 0);
    IS(tp_bots_contain(bots, null_match, away, &contain), OK);
    CHECK(contain == 0);
    IS(tp_bots_contain(bots, match, null_player, &contain), OK);
    CHECK(contain == 0);
    FILL(contain);
    IS(tp_bots_contain(NULL, match, away, &contain), NULL_POINTER);
    UNTOUCHED(contain);
    IS(tp_bots_contain(bots, match, away, NULL), NULL_POINTER);

    tp_input inputs[4];
    size_t count, thought = 0;
    FILL(inputs);
    FILL(count);
    IS(tp_bots_think_into(bots, world, inputs, 0, &count), SHORT_BUFFER);
    IS(tp_bots_think_into(NULL, world, inputs, 4, &count), NULL_POINTER);
    IS(tp_bots_think_into(bots, NULL, inputs, 4, &count), NULL_POINTER);
    IS(tp_bots_think_into(bots, world, NULL, 4, &count), NULL_POINTER);
    UNTOUCHED(inputs);
    UNTOUCHED(count);
    IS(tp_bots_think_into(bots, world, inputs, 4, NULL), NULL_POINTER);
    for (int i = 0; i < 60; i++) {
        IS(tp_bots_think_into(bots, world, inputs, 4, &count), OK);
        for (size_t n = 0; n < count; n++)
            CHECK(inputs[n].match_id.raw == match.raw && inputs[n].player_id.raw == away.raw);
        uint32_t results[4];
        IS(tp_world_push_inputs(world, inputs, count, results), OK);
        IS(tp_world_step(world), OK);
        thought += count;
    }
    tp_player_view view;
    IS(tp_player_get(world, match, away, &view), OK);
    CHECK(thought >= 59 && thought <= 61 && view.last_sequence > 50);
    IS(tp_bots_release(bots, match, away), OK);
    IS(tp_bots_release(bots, match, away), STALE_ID);
    IS(tp_bots_release(bots, match, null_player), STALE_ID);
    IS(tp_bots_release(bots, null_match, away), STALE_ID);
    IS(tp_bots_release(NULL, match, away), NULL_POINTER);
    IS(tp_bots_remove(bots, world, match, null_player), STALE_ID);
    IS(tp_bots_remove(bots, world, null_match, here), STALE_ID);
    IS(tp_bots_destroy(bots), OK);
    IS(tp_world_destroy(world), OK);
}

/* What a host makes of a player past the rules. */
void edits(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id red, blue;
    def.team = TP_TEAM_RED;
    IS(tp_player_add(world, match, &def, &red), OK);
    def.spawn = 0;
    def.team = TP_TEAM_BLUE;
    IS(tp_player_add(world, match, &def, &blue), OK);
    IS(tp_world_step(world), OK);

    tp_edit edit;
    tp_player_view view;
    memset(&edit, 0, sizeof edit);
    IS(tp_player_edit(world, match, red, &edit), INVALID_ARGUMENT);
    SAYS("edit->kind");
    edit.kind = TP_EDIT_KIND_SPAWN + 1;
    IS(tp_player_edit(world, match, red, &edit), INVALID_ARGUMENT);
    edit.kind = TP_EDIT_KIND_PLACE;
    edit.x = 300;
    edit.y = 200;
    IS(tp_player_edit(world, match, red, &edit), OK);
    IS(tp_player_get(world, match, red, &view), OK);
    CHECK(view.x == 300 && view.y == 200);
    IS(tp_player_edit(world, match, blue, &edit), NOT_ALLOWED);
    edit.x = NAN;
    IS(tp_player_edit(world, match, red, &edit), INVALID_ARGUMENT);
    edit.kind = TP_EDIT_KIND_HEALTH;
    edit.points = 40 * 64;
    IS(tp_player_edit(world, match, red, &edit), OK);
    edit.points = 101 * 64;
    IS(tp_player_edit(world, match, red, &edit), INVALID_ARGUMENT);
    SAYS("points");
    edit.kind = TP_EDIT_KIND_SCORE;
    edit.kills = 7;
    edit.deaths = 3;
    IS(tp_player_edit(world, match, red, &edit), OK);
    edit.kind = TP_EDIT_KIND_TEAM;
    edit.team = TP_TEAM_BLUE;
    IS(tp_player_edit(world, match, red, &edit), OK);
    IS(tp_player_get(world, match, red, &view), OK);
    CHECK(view.health == 40 && view.kills == 7 && view.deaths == 3 && view.team == TP_TEAM_BLUE);
    edit.team = TP_TEAM_NONE;
    IS(tp_player_edit(world, match, red, &edit), INVALID_ARGUMENT);
    SAYS("edit->team");
    edit.kind = TP_EDIT_KIND_LOADOUT;
    edit.loadout.primary = TP_WEAPON_SMG;
    edit.loadout.secondary = TP_WEAPON_REVOLVER;
    edit.loadout.support_count = 1;
    edit.loadout.support[0] = TP_WEAPON_GRENADE;
    IS(tp_player_edit(world, match, red, &edit), OK);
    edit.kind = TP_EDIT_KIND_HOLD;
    edit.place = 1;
    IS(tp_player_edit(world, match, red, &edit), OK);
    IS(tp_player_get(world, match, red, &view), OK);
    CHECK(view.weapon == TP_WEAPON_REVOLVER && view.hand == 1);
    edit.place = 4;
    IS(tp_player_edit(world, match, red, &edit), INVALID_ARGUMENT);
    SAYS("place");
    edit.kind = TP_EDIT_KIND_ROUNDS;
    edit.place = 1;
    edit.ammo = 2;
    edit.reserve = 5;
    IS(tp_player_edit(world, match, red, &edit), OK);
    edit.ammo = 7;
    IS(tp_player_edit(world, match, red, &edit), INVALID_ARGUMENT);
    SAYS("ammo");
    edit.kind = TP_EDIT_KIND_LOADOUT;
    edit.loadout.primary = TP_WEAPON_PISTOL;
    IS(tp_player_edit(world, match, red, &edit), ILLEGAL_LOADOUT);
    edit.loadout.primary = 200;
    IS(tp_player_edit(world, match, red, &edit), UNKNOWN_WEAPON);
    edit.kind = TP_EDIT_KIND_REVIVE;
    IS(tp_player_edit(world, match, red, &edit), NOT_ALLOWED);
    edit.kind = TP_EDIT_KIND_FELL;
    IS(tp_player_edit(world, match, red, &edit), OK);
    IS(tp_player_edit(world, match, red, &edit), NOT_ALLOWED);
    IS(tp_player_get(world, match, red, &view), OK);
    CHECK(view.alive == 0);
    edit.kind = TP_EDIT_KIND_REVIVE;
    IS(tp_player_edit(world, match, red, &edit), OK);
    edit.kind = TP_EDIT_KIND_SPAWN;
    IS(tp_player_edit(world, match, blue, &edit), OK);
    IS(tp_player_get(world, match, blue, &view), OK);
    CHECK(view.alive == 1 && view.placed == 1);
    IS(tp_player_edit(world, match, null_player, &edit), STALE_ID);
    IS(tp_player_edit(world, null_match, red, &edit), STALE_ID);
    IS(tp_player_edit(NULL, match, red, &edit), NULL_POINTER);
    IS(tp_player_edit(world, match, red, NULL), NULL_POINTER);

    /* A grenade in the air, and none. */
    tp_projectile projectiles[TP_MAX_PROJECTILES];
    size_t count;
    edit.kind = TP_EDIT_KIND_HOLD;
    edit.place = 2;
    IS(tp_player_edit(world, match, red, &edit), OK);
    for (int tick = 0; tick < 120; tick++)
        IS(tp_world_step(world), OK);
    IS(tp_player_throw(world, match, red, 1), OK);
    IS(tp_world_step(world), OK);
    IS(tp_match_projectiles(world, match, projectiles, TP_MAX_PROJECTILES, &count), OK);
    CHECK(count == 1);
    IS(tp_match_clear_projectiles(world, match), OK);
    IS(tp_match_projectiles(world, match, projectiles, TP_MAX_PROJECTILES, &count), OK);
    CHECK(count == 0);
    IS(tp_match_clear_projectiles(world, null_match), STALE_ID);
    IS(tp_match_clear_projectiles(NULL, match), NULL_POINTER);
    IS(tp_world_destroy(world), OK);
}

void more_sounds(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id red, blue;
    IS(tp_player_add(world, match, &def, &red), OK);
    IS(tp_player_add(world, match, &def, &blue), OK);
    IS(tp_world_step(world), OK);

    static tp_point points[TP_SOUND_CELLS];
    tp_arrival arrival, direct;
    size_t count;
    IS(tp_match_sound_way(world, match, TP_SOUND_KIND_FIRE_RIFLE, 195, 135, 215, 135, points, TP_SOUND_CELLS, &count,
                          &arrival),
       OK);
    IS(tp_match_sound_between(world, match, TP_SOUND_KIND_FIRE_RIFLE, 195, 135, 215, 135, &direct), OK);
    CHECK(memcmp(&arrival, &direct, sizeof arrival) == 0 && (arrival.round == 1) == (count > 0));
    FILL(count);
    FILL(arrival);
    IS(tp_match_sound_way(world, match, 99, 0, 0, 1, 1, points, TP_SOUND_CELLS, &count, &arrival), INVALID_ARGUMENT);
    IS(tp_match_sound_way(world, match, 0, NAN, 0, 1, 1, points, TP_SOUND_CELLS, &count, &arrival), INVALID_ARGUMENT);
    IS(tp_match_sound_way(world, null_match, 0, 0, 0, 1, 1, points, TP_SOUND_CELLS, &count, &arrival), STALE_ID);
    IS(tp_match_sound_way(NULL, match, 0, 0, 0, 1, 1, points, TP_SOUND_CELLS, &count, &arrival), NULL_POINTER);
    IS(tp_match_sound_way(world, match, 0, 0, 0, 1, 1, NULL, TP_SOUND_CELLS, &count, &arrival), NULL_POINTER);
    IS(tp_match_sound_way(world, match, 0, 0, 0, 1, 1, points, TP_SOUND_CELLS, NULL, &arrival), NULL_POINTER);
    IS(tp_match_sound_way(world, match, 0, 0, 0, 1, 1, points, TP_SOUND_CELLS, &count, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(arrival);

    tp_heard heard[TP_MAX_PLAYERS];
    IS(tp_match_listeners(world, match, TP_SOUND_KIND_FIRE_RIFLE, 100, 135, red, heard, TP_MAX_PLAYERS, &count), OK);
    CHECK(count == 2 && heard[0].listener != heard[1].listener);
    int own = 0;
    for (size_t i = 0; i < count; i++)
        own += heard[i].flags == TP_HEARD_FLAG_OWN && heard[i].listener == (red.raw & 7);
    CHECK(own == 1);
    IS(tp_match_listeners(world, match, TP_SOUND_KIND_FIRE_RIFLE, 100, 135, null_player, heard, 8, &count), OK);
    CHECK(count == 2 && heard[0].flags == 0 && heard[1].flags == 0);
    FILL(count);
    FILL(heard);
    IS(tp_match_listeners(world, match, TP_SOUND_KIND_FIRE_RIFLE, 100, 135, red, heard, 1, &count), SHORT_BUFFER);
    IS(tp_match_listeners(world, match, 33, 100, 135, red, heard, 8, &count), INVALID_ARGUMENT);
    IS(tp_match_listeners(world, match, 0, 100, INFINITY, red, heard, 8, &count), INVALID_ARGUMENT);
    IS(tp_match_listeners(world, null_match, 0, 100, 135, red, heard, 8, &count), STALE_ID);
    IS(tp_match_listeners(NULL, match, 0, 100, 135, red, heard, 8, &count), NULL_POINTER);
    IS(tp_match_listeners(world, match, 0, 100, 135, red, NULL, 8, &count), NULL_POINTER);
    IS(tp_match_listeners(world, match, 0, 100, 135, red, heard, 8, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(heard);

    uint64_t rows[27];
    IS(tp_match_open_cells(world, match, rows, 27, &count), OK);
    CHECK(count == 27 && (rows[13] >> 20 & 1) == 0 && (rows[13] >> 10 & 1) == 1);
    FILL(count);
    FILL(rows);
    IS(tp_match_open_cells(world, match, rows, 26, &count), SHORT_BUFFER);
    IS(tp_match_open_cells(world, null_match, rows, 27, &count), STALE_ID);
    IS(tp_match_open_cells(NULL, match, rows, 27, &count), NULL_POINTER);
    IS(tp_match_open_cells(world, match, NULL, 27, &count), NULL_POINTER);
    IS(tp_match_open_cells(world, match, rows, 27, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(rows);

    /* Walls shot to pieces stand again. */
    uint16_t fresh[5], health[5];
    IS(tp_match_slice_health(world, match, fresh, 5, &count), OK);
    IS(tp_player_remove(world, match, blue), OK);
    for (uint32_t i = 1; i <= 120; i++) {
        fire(world, match, red, i);
        IS(tp_world_step(world), OK);
    }
    IS(tp_match_slice_health(world, match, health, 5, &count), OK);
    CHECK(memcmp(health, fresh, sizeof health) != 0);
    IS(tp_match_repair_walls(world, null_match), STALE_ID);
    IS(tp_match_repair_walls(NULL, match), NULL_POINTER);
    IS(tp_match_repair_walls(world, match), OK);
    IS(tp_match_slice_health(world, match, health, 5, &count), OK);
    CHECK(memcmp(health, fresh, sizeof health) == 0);
    IS(tp_world_destroy(world), OK);
}

/* Arguments of earlier functions that no check above has passed as null or stale. */
void nulls_and_stale_ids(void)
{
    tp_map *map = field();
    size_t count;
    tp_spawn spawns[2];
    tp_point lights[1];
    uint16_t health[5];
    FILL(count);
    IS(tp_map_get_spawns(map, NULL, 2, &count), NULL_POINTER);
    IS(tp_map_get_spawns(map, spawns, 2, NULL), NULL_POINTER);
    IS(tp_map_get_lights(map, NULL, 1, &count), NULL_POINTER);
    IS(tp_map_get_lights(map, lights, 1, NULL), NULL_POINTER);
    IS(tp_map_get_max_health(map, NULL, 5, &count), NULL_POINTER);
    IS(tp_map_get_max_health(map, health, 5, NULL), NULL_POINTER);
    IS(tp_map_destroy(map), OK);

    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id player;
    tp_projectile projectiles[1];
    tp_weapon_view weapons[TP_MAX_WEAPONS];
    tp_received received;
    static const uint8_t empty[2] = { 0, 0 };
    FILL(received);
    FILL(weapons);
    IS(tp_player_add(world, match, &def, &player), OK);
    IS(tp_world_get_matches(world, NULL, 1, &count), NULL_POINTER);
    IS(tp_match_projectiles(world, match, NULL, 1, &count), NULL_POINTER);
    IS(tp_match_projectiles(world, null_match, projectiles, 1, &count), STALE_ID);
    IS(tp_player_remove(world, match, null_player), STALE_ID);
    IS(tp_player_set_team(world, null_match, player, TP_TEAM_RED), STALE_ID);
    IS(tp_player_set_loadout(world, null_match, player, &def.loadout), STALE_ID);
    IS(tp_player_give_weapon(world, null_match, player, TP_WEAPON_SMG), STALE_ID);
    IS(tp_player_tap(world, null_match, player, 0), STALE_ID);
    IS(tp_player_tap(world, match, null_player, 0), STALE_ID);
    IS(tp_player_throw(world, null_match, player, 1), STALE_ID);
    IS(tp_player_kill(world, null_match, player), STALE_ID);
    IS(tp_player_weapons(world, null_match, player, weapons, TP_MAX_WEAPONS, &count), STALE_ID);
    IS(tp_player_weapons(world, match, player, NULL, TP_MAX_WEAPONS, &count), NULL_POINTER);
    IS(tp_world_close_link(world, null_match, player), STALE_ID);
    IS(tp_world_hold_link(world, null_match, player, 1), STALE_ID);
    IS(tp_world_receive(world, null_match, player, empty, 2, &received), STALE_ID);
    UNTOUCHED(count);
    UNTOUCHED(received);
    UNTOUCHED(weapons);

    /* Ids of a match that is gone name nobody, also once its place is taken again. */
    uint64_t hash;
    IS(tp_match_destroy(world, match), OK);
    map = field();
    tp_match_def match_def = tp_match_default_def();
    tp_match_id next;
    IS(tp_match_create(world, map, &match_def, &next), OK);
    IS(tp_map_destroy(map), OK);
    CHECK(next.raw != match.raw && (uint32_t)next.raw == (uint32_t)match.raw);
    tp_player_view view;
    FILL(view);
    FILL(hash);
    IS(tp_match_hash(world, match, &hash), STALE_ID);
    IS(tp_player_get(world, match, player, &view), STALE_ID);
    IS(tp_player_get(world, next, player, &view), STALE_ID);
    UNTOUCHED(view);
    UNTOUCHED(hash);
    IS(tp_world_destroy(world), OK);
}
