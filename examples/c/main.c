/* A match of bots, built the way a game server builds its own: a world, a map, a match, players; then think, step and
 * drain events and sounds, tick by tick.
 *
 *   build/trespasser-example [SCENE] [TICKS]
 */

#include "trespasser.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void check(tp_result result, const char *what)
{
    if (result != TP_RESULT_OK) {
        fprintf(stderr, "%s: %s\n", what, tp_last_error_message());
        exit(1);
    }
}

static uint32_t parse_ticks(const char *text)
{
    char *end;
    errno = 0;
    unsigned long long ticks = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || ticks > UINT32_MAX) {
        fprintf(stderr, "TICKS is \"%s\"; it must be 0 to 4294967295\n", text);
        exit(2);
    }
    return (uint32_t)ticks;
}

int main(int argc, char **argv)
{
    static const char *const simd_names[] = { "best", "scalar", "sse2", "avx2", "avx512" };
    const char *scene = argc > 1 ? argv[1] : "brawl";
    uint32_t ticks = argc > 2 ? parse_ticks(argv[2]) : 600;

    check(tp_check_version(TP_VERSION), "tp_check_version");

    /* Who plays where. A host of its own would know. */
    tp_scene_info script;
    check(tp_scene_get_info(scene, &script), "tp_scene_get_info");
    tp_bot_def roles[TP_MAX_PLAYERS];
    size_t role_count;
    check(tp_scene_get_bots(scene, roles, TP_MAX_PLAYERS, &role_count), "tp_scene_get_bots");

    tp_world *world;
    tp_world_def world_def = tp_world_default_def();
    world_def.tick_rate = script.tick_rate;
    world_def.rules = script.rules;
    check(tp_world_create(&world_def, &world), "tp_world_create");
    tp_world_info world_info;
    check(tp_world_get_info(world, &world_info), "tp_world_get_info");

    tp_map *map;
    check(tp_map_from_builtin(script.map, TP_READING_FINE, &map), "tp_map_from_builtin");
    tp_match_def match_def = tp_match_default_def();
    match_def.seed = script.seed;
    match_def.kill_target = script.kill_target;
    tp_match_id match;
    check(tp_match_create(world, map, &match_def, &match), "tp_match_create");
    check(tp_map_destroy(map), "tp_map_destroy"); /* the match keeps what it needs */

    tp_bots *bots;
    check(tp_bots_create(&bots), "tp_bots_create");
    for (size_t i = 0; i < role_count; i++) {
        tp_player_id player;
        check(tp_bots_add(bots, world, match, &roles[i], &player), "tp_bots_add");
    }

    uint64_t counts[256] = { 0 }, heard = 0;
    for (uint32_t tick = 0; tick < ticks; tick++) {
        check(tp_bots_think(bots, world), "tp_bots_think");
        check(tp_world_step(world), "tp_world_step");
        static tp_event events[TP_MAX_EVENTS];
        static tp_heard sounds[TP_MAX_SOUNDS];
        size_t event_count, sound_count;
        uint64_t lost, lost_sounds;
        check(tp_match_drain_events(world, match, events, TP_MAX_EVENTS, &event_count, &lost), "tp_match_drain_events");
        check(tp_match_drain_sounds(world, match, sounds, TP_MAX_SOUNDS, &sound_count, &lost_sounds),
              "tp_match_drain_sounds");
        if (lost != 0 || lost_sounds != 0) {
            fprintf(stderr, "%" PRIu64 " events and sounds were lost; drain after every step\n", lost + lost_sounds);
            return 1;
        }
        for (size_t i = 0; i < event_count; i++)
            counts[events[i].kind]++;
        for (size_t i = 0; i < sound_count; i++)
            heard += !(sounds[i].flags & TP_HEARD_FLAG_OWN);
        /* A match that is over begins anew. */
        tp_match_info now;
        check(tp_match_get_info(world, match, &now), "tp_match_get_info");
        if (now.over)
            check(tp_match_reset(world, match, now.seed + 1), "tp_match_reset");
    }

    printf("scene %s: %zu on %s, %" PRIu32 " ticks, SIMD %s\n", scene, role_count, script.map, ticks,
           simd_names[world_info.simd]);
    printf("shots %" PRIu64 ", hits %" PRIu64 ", deaths %" PRIu64 ", slices destroyed %" PRIu64 "\n",
           counts[TP_EVENT_KIND_FIRED], counts[TP_EVENT_KIND_HIT_PLAYER], counts[TP_EVENT_KIND_DIED],
           counts[TP_EVENT_KIND_SLICE_DESTROYED]);
    printf("sounds of others heard %" PRIu64 "\n", heard);
    tp_match_info info;
    check(tp_match_get_info(world, match, &info), "tp_match_get_info");
    printf("score red %u, blue %u\n", info.red_kills, info.blue_kills);
    tp_player_view players[TP_MAX_PLAYERS];
    size_t player_count;
    check(tp_match_players(world, match, players, TP_MAX_PLAYERS, &player_count), "tp_match_players");
    for (size_t i = 0; i < player_count; i++) {
        const tp_player_view *p = &players[i];
        printf("%-5s %3g points at (%5.1f, %5.1f), %u kills, %u deaths\n", p->team == TP_TEAM_RED ? "red" : "blue",
               (double)p->health, (double)p->x, (double)p->y, p->kills, p->deaths);
    }

    uint64_t hash;
    check(tp_match_hash(world, match, &hash), "tp_match_hash");
    check(tp_bots_destroy(bots), "tp_bots_destroy");
    check(tp_world_destroy(world), "tp_world_destroy");
    printf("hash %016" PRIx64 "\n", hash);
    return 0;
}
