/* Every function of the header, every result, every pointer null, every id stale. Prints what was wrong and ends with 1,
 * or prints a count and ends with 0. Goes on in the other conformance_*.c.
 *
 *   build/conformance MAP.png
 */

#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned checks, failures;
const tp_match_id null_match = { 0 };
const tp_player_id null_player = { 0 };

static const struct {
    tp_result result;
    const char *name;
} all_results[] = {
#define ONE(name) { TP_RESULT_##name, #name },
    ALL_RESULTS(ONE)
#undef ONE
};
enum { RESULTS = sizeof all_results / sizeof all_results[0] };
static int provoked[RESULTS];

void record(int good, const char *file, int line, const char *text, const char *note)
{
    checks++;
    if (!good) {
        failures++;
        fprintf(stderr, "%s:%d: %s (%s)\n", file, line, text, note);
    }
}

void record_result(tp_result got, tp_result want, const char *file, int line, const char *text)
{
    char note[512];
    snprintf(note, sizeof note, "gave %u, expected %u; last message: %.400s", (unsigned)got, (unsigned)want,
             tp_last_error_message());
    record(got == want, file, line, text, note);
    if (got != TP_RESULT_OK)
        record(tp_last_error_message()[0] != '\0', file, line, text, "no message");
    for (size_t i = 0; i < RESULTS; i++)
        provoked[i] |= all_results[i].result == got;
}

int is_untouched(const void *object, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((const unsigned char *)object)[i] != 0xA5)
            return 0;
    return 1;
}

static void library(void)
{
    CHECK(tp_last_error_message()[0] == '\0');
    CHECK(tp_version() == TP_VERSION);
    CHECK(TP_VERSION == TP_VERSION_MAJOR * 65536 + TP_VERSION_MINOR * 256 + TP_VERSION_PATCH);
    IS(tp_check_version(TP_VERSION), OK);
    IS(tp_check_version(TP_VERSION + 1), INVALID_ARGUMENT);
    SAYS("header_version");
    IS(tp_check_version(TP_VERSION + 0x100), INVALID_ARGUMENT);
    IS(tp_check_version(TP_VERSION + 0x10000), INVALID_ARGUMENT);

    for (size_t i = 0; i < RESULTS; i++) {
        CHECK(tp_result_message(all_results[i].result)[0] != '\0');
        CHECK(strcmp(tp_result_message(all_results[i].result), tp_result_message(999999)) != 0);
    }

    CHECK(strcmp(tp_weapon_name(TP_WEAPON_ANTI_MATERIAL_RIFLE), "antimaterialrifle") == 0);
    CHECK(tp_weapon_name(15) == NULL && tp_weapon_name(255) == NULL);
    uint8_t weapon;
    for (uint8_t i = 0; i < 15; i++) {
        IS(tp_weapon_from_name(tp_weapon_name(i), &weapon), OK);
        CHECK(weapon == i);
    }
    FILL(weapon);
    IS(tp_weapon_from_name("bfg", &weapon), UNKNOWN_WEAPON);
    SAYS("bfg");
    SAYS("rifle, smg");
    IS(tp_weapon_from_name("\xff\xfe", &weapon), BAD_UTF8);
    IS(tp_weapon_from_name(NULL, &weapon), NULL_POINTER);
    UNTOUCHED(weapon);
    IS(tp_weapon_from_name("rifle", NULL), NULL_POINTER);
    SAYS("out_weapon");

    CHECK(strcmp(tp_material_name(TP_MATERIAL_GLASS), "glass") == 0);
    CHECK(tp_material_name(5) == NULL);
    CHECK(strcmp(tp_sound_kind_name(TP_SOUND_KIND_FOOTSTEP_SNEAK), "footstep_sneak") == 0);
    CHECK(strcmp(tp_sound_kind_name(TP_SOUND_KIND_FIRE_ANTI_MATERIAL_RIFLE), "fire_antimaterialrifle") == 0);
    CHECK(strcmp(tp_sound_kind_name(TP_SOUND_KIND_DEATH), "death") == 0);
    CHECK(tp_sound_kind_name(TP_SOUND_KIND_DEATH + 1) == NULL && tp_sound_kind_name(255) == NULL);
    CHECK(tp_map_builtin_name(0) != NULL && tp_map_builtin_name(SIZE_MAX) == NULL);
    CHECK(tp_scene_name(0) != NULL && tp_scene_name(SIZE_MAX) == NULL);

    IS(tp_test_panic(NULL), PANIC);
    SAYS("tp_test_panic was called");
}

static void look_at_map(const tp_map *map)
{
    tp_map_info info;
    IS(tp_map_get_info(map, &info), OK);
    CHECK(info.hash != 0 && info.wall_count > 0 && info.slice_count == info.wall_count * 5 && info.spawn_count >= 2);

    size_t count;
    tp_wall *walls = malloc(info.wall_count * sizeof *walls);
    IS(tp_map_get_walls(map, walls, info.wall_count, &count), OK);
    CHECK(count == info.wall_count);
    for (size_t i = 0; i < count; i++) {
        CHECK(walls[i].first_slice == i * 5 && walls[i].material <= TP_MATERIAL_BORDER && walls[i].along_x <= 1);
        CHECK(walls[i].x >= 0 && walls[i].x < 480 && walls[i].y >= 0 && walls[i].y < 270);
    }
    FILL(count);
    IS(tp_map_get_walls(map, walls, info.wall_count - 1, &count), SHORT_BUFFER);
    SAYS("out_walls");
    IS(tp_map_get_walls(map, NULL, info.wall_count, &count), NULL_POINTER);
    IS(tp_map_get_walls(map, NULL, 0, &count), SHORT_BUFFER);
    UNTOUCHED(count);
    IS(tp_map_get_walls(map, walls, info.wall_count, NULL), NULL_POINTER);
    IS(tp_map_get_walls(NULL, walls, info.wall_count, &count), NULL_POINTER);
    free(walls);

    tp_spawn spawns[64];
    IS(tp_map_get_spawns(map, spawns, 64, &count), OK);
    CHECK(count == info.spawn_count && spawns[0].team <= TP_TEAM_BLUE);
    FILL(count);
    FILL(spawns);
    IS(tp_map_get_spawns(map, spawns, 1, &count), SHORT_BUFFER);
    IS(tp_map_get_spawns(NULL, spawns, 64, &count), NULL_POINTER);
    UNTOUCHED(spawns);

    tp_point lights[1296];
    IS(tp_map_get_lights(map, lights, 1296, &count), OK);
    CHECK(count == info.light_count);
    IS(tp_map_get_lights(NULL, lights, 1296, &count), NULL_POINTER);

    uint16_t *health = malloc((info.slice_count + 1) * sizeof *health);
    IS(tp_map_get_max_health(map, health, info.slice_count, &count), OK);
    CHECK(count == info.slice_count && health[0] > 0);
    IS(tp_map_get_max_health(map, health, 3, &count), SHORT_BUFFER);
    uint16_t *odd = (uint16_t *)(void *)((char *)health + 1);
    IS(tp_map_get_max_health(map, odd, info.slice_count, &count), INVALID_ARGUMENT);
    SAYS("multiple of 2");
    IS(tp_map_get_max_health(map, health, SIZE_MAX, &count), INVALID_ARGUMENT);
    IS(tp_map_get_max_health(NULL, health, 3, &count), NULL_POINTER);
    free(health);

    for (uint32_t i = 0; i < info.warning_count; i++)
        CHECK(tp_map_warning(map, i)[0] != '\0');
    CHECK(tp_map_warning(map, info.warning_count) == NULL);
    CHECK(tp_map_warning(NULL, 0) == NULL);
    IS(tp_map_get_info(map, NULL), NULL_POINTER);
    FILL(info);
    IS(tp_map_get_info(NULL, &info), NULL_POINTER);
    UNTOUCHED(info);
}

static void maps(const uint8_t *png, size_t length)
{
    tp_map *map;
    FILL(map);
    IS(tp_map_from_png(png, length / 2, TP_READING_FINE, &map), BAD_MAP);
    IS(tp_map_from_png(png, 0, TP_READING_FINE, &map), BAD_MAP);
    IS(tp_map_from_png(NULL, 0, TP_READING_FINE, &map), BAD_MAP);
    uint8_t garbage[4096];
    uint32_t noise = 1;
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof garbage; i++) {
            noise = noise * 1664525u + 1013904223u;
            garbage[i] = (uint8_t)(noise >> 24);
        }
        if (round % 2)
            memcpy(garbage, png, 33 + (size_t)round); /* a good beginning */
        IS(tp_map_from_png(garbage, sizeof garbage, TP_READING_FINE, &map), BAD_MAP);
    }
    IS(tp_map_from_png(png, length, 2, &map), INVALID_ARGUMENT);
    SAYS("reading");
    IS(tp_map_from_png(NULL, length, TP_READING_FINE, &map), NULL_POINTER);
    IS(tp_map_from_builtin("atlantis", TP_READING_FINE, &map), UNKNOWN_NAME);
    SAYS(tp_map_builtin_name(0));
    IS(tp_map_from_builtin("\xc3", TP_READING_FINE, &map), BAD_UTF8);
    IS(tp_map_from_builtin(NULL, TP_READING_FINE, &map), NULL_POINTER);
    IS(tp_map_from_builtin(tp_map_builtin_name(0), 7, &map), INVALID_ARGUMENT);
    UNTOUCHED(map);
    IS(tp_map_from_builtin(tp_map_builtin_name(0), TP_READING_FINE, NULL), NULL_POINTER);
    IS(tp_map_from_png(png, length, TP_READING_FINE, NULL), NULL_POINTER);

    uint64_t hashes[2];
    for (uint32_t reading = 0; reading < 2; reading++) {
        IS(tp_map_from_png(png, length, reading, &map), OK);
        look_at_map(map);
        tp_map_info info;
        IS(tp_map_get_info(map, &info), OK);
        hashes[reading] = info.hash;
        IS(tp_map_destroy(map), OK);
    }
    CHECK(hashes[0] != hashes[1]);
    for (size_t i = 0; tp_map_builtin_name(i) != NULL; i++) {
        IS(tp_map_from_builtin(tp_map_builtin_name(i), TP_READING_FINE, &map), OK);
        look_at_map(map);
        IS(tp_map_destroy(map), OK);
    }
    IS(tp_map_destroy(NULL), OK);

    tp_wall_def walls[2] = {
        { .x = 200, .y = 100, .width = 10, .height = 50, .material = TP_MATERIAL_WOOD },
        { .x = 300, .y = 100, .width = 50, .height = 10, .material = TP_MATERIAL_CONCRETE },
    };
    tp_spawn spawns[1] = { { .x = 100, .y = 100, .team = TP_TEAM_RED } };
    IS(tp_map_from_rects(walls, 2, spawns, 1, &map), OK);
    look_at_map(map);
    tp_wall built[2];
    size_t count;
    IS(tp_map_get_walls(map, built, 2, &count), OK);
    CHECK(built[0].x == 200 && built[0].along_x == 0 && built[1].along_x == 1 && built[1].first_slice == 5);
    IS(tp_map_destroy(map), OK);
    IS(tp_map_from_rects(NULL, 0, NULL, 0, &map), OK); /* an empty field */
    IS(tp_map_destroy(map), OK);

    FILL(map);
    walls[1].material = 5;
    IS(tp_map_from_rects(walls, 2, spawns, 1, &map), INVALID_ARGUMENT);
    SAYS("walls[1].material");
    walls[1].material = TP_MATERIAL_METAL;
    walls[1].width = NAN;
    IS(tp_map_from_rects(walls, 2, spawns, 1, &map), BAD_MAP);
    SAYS("walls[1].width");
    walls[1].width = 50;
    spawns[0].team = TP_TEAM_NONE;
    IS(tp_map_from_rects(walls, 2, spawns, 1, &map), INVALID_ARGUMENT);
    SAYS("spawns[0].team");
    spawns[0].team = TP_TEAM_BLUE;
    spawns[0].x = 205; /* inside the wood */
    spawns[0].y = 125;
    IS(tp_map_from_rects(walls, 2, spawns, 1, &map), BAD_MAP);
    IS(tp_map_from_rects(walls, SIZE_MAX, spawns, 1, &map), BAD_MAP);
    IS(tp_map_from_rects(walls, 2, spawns, 65, &map), BAD_MAP);
    IS(tp_map_from_rects(NULL, 2, NULL, 0, &map), NULL_POINTER);
    IS(tp_map_from_rects(walls, 2, NULL, 1, &map), NULL_POINTER);
    UNTOUCHED(map);
    IS(tp_map_from_rects(walls, 2, NULL, 0, NULL), NULL_POINTER);
}

tp_map *field(void)
{
    /* Red looks along y = 135 at blue, a wooden wall beyond. */
    tp_wall_def wall = { .x = 200, .y = 110, .width = 10, .height = 50, .material = TP_MATERIAL_WOOD };
    tp_spawn spawns[2] = {
        { .x = 100, .y = 135, .team = TP_TEAM_RED },
        { .x = 150, .y = 135, .team = TP_TEAM_BLUE },
    };
    tp_map *map = NULL;
    IS(tp_map_from_rects(&wall, 1, spawns, 2, &map), OK);
    return map;
}

static void worlds(void)
{
    tp_world *world;
    FILL(world);
    tp_world_def def = tp_world_default_def();
    CHECK(def.size == sizeof def && def.tick_rate == 60 && def.rules == TP_RULES_STANDARD && def.simd == TP_SIMD_BEST);
    def.size = 0;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    SAYS("size");
    def.size = sizeof def - 4;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    def.size = sizeof def + 4;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    def = tp_world_default_def();
    def.tick_rate = 19;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    SAYS("tick_rate is 19");
    def = tp_world_default_def();
    def.rules = 2;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    SAYS("rules");
    def = tp_world_default_def();
    def.max_matches = 0;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    SAYS("max_matches");
    def = tp_world_default_def();
    def.simd = TP_SIMD_AVX512 + 1;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    SAYS("simd");
    def = tp_world_default_def();
    CHECK(def.net_rate == 20 && def.net_idle_rate == 4 && def.net_budget == 60);
    def.net_rate = 61;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    SAYS("net.rate");
    def.net_rate = 3;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    SAYS("net.idle_rate");
    def = tp_world_default_def();
    def.net_budget = 19;
    IS(tp_world_create(&def, &world), INVALID_ARGUMENT);
    SAYS("net.budget");
    IS(tp_world_create(NULL, &world), NULL_POINTER);
    UNTOUCHED(world);
    def = tp_world_default_def();
    IS(tp_world_create(&def, NULL), NULL_POINTER);
    IS(tp_world_destroy(NULL), OK);
    /* A definition of the header before the wire: what it does not know has its default. */
    def.size = 20;
    def.net_rate = 0;
    IS(tp_world_create(&def, &world), OK);
    IS(tp_world_destroy(world), OK);
    def = tp_world_default_def();

    def.simd = TP_SIMD_SCALAR;
    def.rules = TP_RULES_LEGACY;
    def.tick_rate = 120;
    def.max_matches = 1;
    IS(tp_world_create(&def, &world), OK);
    tp_world_info info;
    IS(tp_world_get_info(world, &info), OK);
    CHECK(info.tick_rate == 120 && info.simd == TP_SIMD_SCALAR && info.match_count == 0);
    IS(tp_world_get_info(world, NULL), NULL_POINTER);
    FILL(info);
    IS(tp_world_get_info(NULL, &info), NULL_POINTER);
    UNTOUCHED(info);

    tp_map *map = field();
    tp_match_def match_def = tp_match_default_def();
    CHECK(match_def.size == sizeof match_def && match_def.seed == 0 && match_def.kill_target == 0);
    tp_match_id match, second;
    FILL(second);
    match_def.size = 8;
    IS(tp_match_create(world, map, &match_def, &second), INVALID_ARGUMENT);
    match_def = tp_match_default_def();
    match_def.kill_target = 10001;
    IS(tp_match_create(world, map, &match_def, &second), INVALID_ARGUMENT);
    SAYS("kill_target");
    match_def.kill_target = 70000;
    IS(tp_match_create(world, map, &match_def, &second), INVALID_ARGUMENT);
    SAYS("kill_target");
    match_def = tp_match_default_def();
    IS(tp_match_create(NULL, map, &match_def, &second), NULL_POINTER);
    IS(tp_match_create(world, NULL, &match_def, &second), NULL_POINTER);
    IS(tp_match_create(world, map, NULL, &second), NULL_POINTER);
    IS(tp_match_create(world, map, &match_def, NULL), NULL_POINTER);
    IS(tp_match_create(world, map, &match_def, &match), OK);
    IS(tp_match_create(world, map, &match_def, &second), WORLD_FULL);
    SAYS("max_matches");
    UNTOUCHED(second);
    IS(tp_map_destroy(map), OK);

    tp_match_id ids[2];
    size_t count;
    IS(tp_world_get_matches(world, ids, 2, &count), OK);
    CHECK(count == 1 && ids[0].raw == match.raw && match.raw != 0);
    FILL(count);
    IS(tp_world_get_matches(world, ids, 0, &count), SHORT_BUFFER);
    IS(tp_world_get_matches(NULL, ids, 2, &count), NULL_POINTER);
    UNTOUCHED(count);
    IS(tp_world_get_matches(world, ids, 2, NULL), NULL_POINTER);
    IS(tp_world_step(world), OK);
    IS(tp_world_step_parallel(world), OK);
    IS(tp_world_step(NULL), NULL_POINTER);
    IS(tp_world_step_parallel(NULL), NULL_POINTER);

    IS(tp_match_destroy(world, match), OK);
    IS(tp_match_destroy(world, match), STALE_ID);
    SAYS("stale");
    IS(tp_match_destroy(world, null_match), STALE_ID);
    IS(tp_match_destroy(NULL, match), NULL_POINTER);

    /* A panic inside closes the world to everything but its end. */
    IS(tp_test_panic(world), PANIC);
    FILL(info);
    IS(tp_world_get_info(world, &info), PANIC);
    SAYS("destroy");
    UNTOUCHED(info);
    IS(tp_world_step(world), PANIC);
    IS(tp_world_destroy(world), OK);
}

tp_world *arena(tp_match_id *match)
{
    tp_world *world = NULL;
    tp_world_def def = tp_world_default_def();
    IS(tp_world_create(&def, &world), OK);
    tp_map *map = field();
    tp_match_def match_def = tp_match_default_def();
    match_def.seed = 42;
    match_def.kill_target = 3;
    IS(tp_match_create(world, map, &match_def, match), OK);
    IS(tp_map_destroy(map), OK);
    return world;
}

static void players(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    CHECK(def.size == sizeof def && def.team == TP_TEAM_NONE && def.spawn == 1);
    CHECK(def.loadout.primary == TP_WEAPON_RIFLE && def.loadout.secondary == TP_WEAPON_PISTOL);

    tp_player_id refused;
    FILL(refused);
    def.size = 99;
    IS(tp_player_add(world, match, &def, &refused), INVALID_ARGUMENT);
    def = tp_player_default_def();
    def.team = 3;
    IS(tp_player_add(world, match, &def, &refused), INVALID_ARGUMENT);
    SAYS("team");
    def = tp_player_default_def();
    def.spawn = 2;
    IS(tp_player_add(world, match, &def, &refused), INVALID_ARGUMENT);
    SAYS("spawn");
    def = tp_player_default_def();
    def.loadout.primary = 200;
    IS(tp_player_add(world, match, &def, &refused), UNKNOWN_WEAPON);
    SAYS("200");
    def.loadout.primary = TP_WEAPON_PISTOL;
    IS(tp_player_add(world, match, &def, &refused), ILLEGAL_LOADOUT);
    SAYS("primary");
    def = tp_player_default_def();
    def.loadout.support_count = 2;
    def.loadout.support[0] = TP_WEAPON_MACHINE_GUN;
    def.loadout.support[1] = TP_WEAPON_GRENADE;
    IS(tp_player_add(world, match, &def, &refused), ILLEGAL_LOADOUT);
    SAYS("limit is 3");
    def.loadout.support_count = 4;
    IS(tp_player_add(world, match, &def, &refused), ILLEGAL_LOADOUT);
    def = tp_player_default_def();
    IS(tp_player_add(world, null_match, &def, &refused), STALE_ID);
    IS(tp_player_add(NULL, match, &def, &refused), NULL_POINTER);
    IS(tp_player_add(world, match, NULL, &refused), NULL_POINTER);
    IS(tp_player_add(world, match, &def, NULL), NULL_POINTER);

    tp_player_id ids[TP_MAX_PLAYERS];
    for (size_t i = 0; i < TP_MAX_PLAYERS; i++) {
        IS(tp_player_add(world, match, &def, &ids[i]), OK);
        CHECK((ids[i].raw & 7) == i && ids[i].raw > 7);
    }
    uint64_t before, after;
    IS(tp_match_hash(world, match, &before), OK);
    IS(tp_player_add(world, match, &def, &refused), MATCH_FULL);
    SAYS("8 players");
    UNTOUCHED(refused);
    IS(tp_match_hash(world, match, &after), OK);
    CHECK(before == after);

    tp_player_view view, views[TP_MAX_PLAYERS];
    size_t count;
    IS(tp_match_players(world, match, views, TP_MAX_PLAYERS, &count), OK);
    CHECK(count == TP_MAX_PLAYERS);
    for (size_t i = 0; i < count; i++) {
        IS(tp_player_get(world, match, ids[i], &view), OK);
        CHECK(memcmp(&view, &views[i], sizeof view) == 0);
        CHECK(view.id.raw == ids[i].raw && view.slot == i && view.alive == 1 && view.health == 100);
        CHECK(view.team == i % 2 && view.weapon == TP_WEAPON_RIFLE && view.killer.raw == 0);
    }
    FILL(views);
    FILL(count);
    IS(tp_match_players(world, match, views, 7, &count), SHORT_BUFFER);
    SAYS("at least 8");
    IS(tp_match_players(NULL, match, views, 8, &count), NULL_POINTER);
    IS(tp_match_players(world, null_match, views, 8, &count), STALE_ID);
    IS(tp_match_players(world, match, NULL, 8, &count), NULL_POINTER);
    UNTOUCHED(views);
    UNTOUCHED(count);
    IS(tp_match_players(world, match, views, 8, NULL), NULL_POINTER);

    tp_weapon_view weapons[TP_MAX_WEAPONS];
    IS(tp_player_weapons(world, match, ids[0], weapons, TP_MAX_WEAPONS, &count), OK);
    CHECK(count == 2 && weapons[0].weapon == TP_WEAPON_RIFLE && weapons[0].ammo == 30 && weapons[0].reserve == 180);
    CHECK(weapons[1].weapon == TP_WEAPON_PISTOL && weapons[1].place == 1 && weapons[1].reloading == 0);
    FILL(weapons);
    IS(tp_player_weapons(world, match, ids[0], weapons, 1, &count), SHORT_BUFFER);
    IS(tp_player_weapons(world, match, null_player, weapons, 5, &count), STALE_ID);
    IS(tp_player_weapons(NULL, match, ids[0], weapons, 5, &count), NULL_POINTER);
    UNTOUCHED(weapons);
    IS(tp_player_weapons(world, match, ids[0], weapons, 5, NULL), NULL_POINTER);

    FILL(view);
    tp_player_id wide = { UINT64_C(1) << 32 | ids[0].raw };
    IS(tp_player_get(world, match, wide, &view), STALE_ID);
    IS(tp_player_get(world, match, null_player, &view), STALE_ID);
    IS(tp_player_get(world, null_match, ids[0], &view), STALE_ID);
    IS(tp_player_get(NULL, match, ids[0], &view), NULL_POINTER);
    UNTOUCHED(view);
    IS(tp_player_get(world, match, ids[0], NULL), NULL_POINTER);

    tp_loadout loadout = def.loadout;
    loadout.secondary = TP_WEAPON_REVOLVER;
    loadout.support_count = 1;
    loadout.support[0] = TP_WEAPON_MACHINE_GUN;
    IS(tp_player_set_team(world, match, ids[0], TP_TEAM_BLUE), NOT_ALLOWED);
    SAYS("alive");
    IS(tp_player_set_loadout(world, match, ids[0], &loadout), NOT_ALLOWED);
    IS(tp_player_kill(world, match, ids[0]), OK);
    IS(tp_player_kill(world, match, ids[0]), NOT_ALLOWED);
    IS(tp_player_kill(world, match, null_player), STALE_ID);
    IS(tp_player_kill(NULL, match, ids[0]), NULL_POINTER);
    IS(tp_player_set_team(world, match, ids[0], TP_TEAM_BLUE), OK);
    IS(tp_player_set_team(world, match, ids[0], TP_TEAM_NONE), INVALID_ARGUMENT);
    IS(tp_player_set_team(world, match, null_player, TP_TEAM_RED), STALE_ID);
    IS(tp_player_set_team(NULL, match, ids[0], TP_TEAM_RED), NULL_POINTER);
    IS(tp_player_set_loadout(world, match, ids[0], &loadout), OK);
    IS(tp_player_set_loadout(world, match, ids[0], NULL), NULL_POINTER);
    IS(tp_player_set_loadout(world, match, null_player, &loadout), STALE_ID);
    IS(tp_player_set_loadout(NULL, match, ids[0], &loadout), NULL_POINTER);
    loadout.support[0] = 77;
    IS(tp_player_set_loadout(world, match, ids[0], &loadout), UNKNOWN_WEAPON);
    loadout.support[0] = TP_WEAPON_RIFLE;
    IS(tp_player_set_loadout(world, match, ids[0], &loadout), ILLEGAL_LOADOUT);
    IS(tp_player_get(world, match, ids[0], &view), OK);
    CHECK(view.alive == 0 && view.team == TP_TEAM_BLUE && view.deaths == 1 && view.health == 0);
    IS(tp_player_weapons(world, match, ids[0], weapons, TP_MAX_WEAPONS, &count), OK);
    CHECK(count == 3 && weapons[1].weapon == TP_WEAPON_REVOLVER && weapons[2].weapon == TP_WEAPON_MACHINE_GUN);

    tp_player_id slot;
    IS(tp_match_player_in_slot(world, match, 3, &slot), OK);
    CHECK(slot.raw == ids[3].raw);
    IS(tp_player_remove(world, match, ids[3]), OK);
    IS(tp_player_remove(world, match, ids[3]), STALE_ID);
    IS(tp_player_remove(world, null_match, ids[4]), STALE_ID);
    IS(tp_player_remove(NULL, match, ids[4]), NULL_POINTER);
    IS(tp_match_player_in_slot(world, match, 3, &slot), OK);
    CHECK(slot.raw == ids[3].raw); /* for events of the leaver */
    IS(tp_match_player_in_slot(world, match, 8, &slot), OK);
    CHECK(slot.raw == 0);
    IS(tp_match_player_in_slot(world, null_match, 0, &slot), STALE_ID);
    IS(tp_match_player_in_slot(NULL, match, 0, &slot), NULL_POINTER);
    IS(tp_match_player_in_slot(world, match, 0, NULL), NULL_POINTER);
    tp_player_id next;
    IS(tp_player_add(world, match, &def, &next), OK);
    CHECK((next.raw & 7) == 3 && next.raw != ids[3].raw);
    IS(tp_player_get(world, match, ids[3], &view), STALE_ID);

    IS(tp_player_tap(world, match, ids[1], TP_BUTTON_AIM), OK);
    IS(tp_player_tap(world, match, ids[3], TP_BUTTON_AIM), STALE_ID);
    IS(tp_player_tap(NULL, match, ids[1], TP_BUTTON_AIM), NULL_POINTER);
    IS(tp_world_step(world), OK);
    IS(tp_player_get(world, match, ids[1], &view), OK);
    CHECK(view.aiming == 1);
    IS(tp_world_destroy(world), OK);
}

tp_input input(tp_match_id match, tp_player_id player, uint32_t sequence, uint16_t held, float x, float y)
{
    tp_input record = { 0 };
    record.match_id = match;
    record.player_id = player;
    record.sequence = sequence;
    record.held = held;
    record.mouse_x = x;
    record.mouse_y = y;
    return record;
}

static void inputs_and_events(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id red, blue;
    IS(tp_player_add(world, match, &def, &red), OK);
    IS(tp_player_add(world, match, &def, &blue), OK);

    tp_input batch[7] = {
        input(match, red, 1, TP_BUTTON_UP, 150, 135),   input(match, red, 2, TP_BUTTON_UP, NAN, 135),
        input(match, red, 2, TP_BUTTON_UP, 150, INFINITY), input(match, red, 1, TP_BUTTON_UP, 150, 135),
        input(match, null_player, 1, 0, 0, 0),          input(null_match, red, 1, 0, 0, 0),
        input(match, blue, 1, TP_BUTTON_DOWN, 1e30f, 135),
    };
    uint32_t results[7];
    IS(tp_world_push_inputs(world, batch, 7, results), OK);
    static const uint32_t want[7] = { TP_RESULT_OK, TP_RESULT_INVALID_ARGUMENT, TP_RESULT_INVALID_ARGUMENT,
                                      TP_RESULT_IGNORED_INPUT, TP_RESULT_STALE_ID, TP_RESULT_STALE_ID, TP_RESULT_OK };
    for (int i = 0; i < 7; i++)
        record_result(results[i], want[i], __FILE__, __LINE__, "a place of out_results");
    SAYS("inputs[5]");
    IS(tp_world_push_inputs(world, &batch[1], 1, results), OK);
    SAYS("mouse.x");
    IS(tp_world_push_inputs(world, NULL, 0, NULL), OK);
    FILL(results);
    IS(tp_world_push_inputs(world, NULL, 7, results), NULL_POINTER);
    IS(tp_world_push_inputs(NULL, batch, 7, results), NULL_POINTER);
    UNTOUCHED(results);
    IS(tp_world_push_inputs(world, batch, 7, NULL), NULL_POINTER);
    IS(tp_world_push_inputs(world, batch, SIZE_MAX, results), INVALID_ARGUMENT);
    IS(tp_world_step(world), OK);
    tp_player_view view;
    IS(tp_player_get(world, match, red, &view), OK);
    CHECK(view.y < 135 && view.gait == TP_GAIT_WALKING && view.last_sequence == 1 && view.ignored_inputs == 1);
    CHECK(view.cursor_x == 150 && view.cursor_y == 135);
    IS(tp_player_get(world, match, blue, &view), OK);
    CHECK(view.y > 135 && view.cursor_x == 2000);

    /* Back to the spawns; red shoots blue from the moment that blue can be hurt. */
    IS(tp_match_reset(world, match, 7), OK);
    IS(tp_match_reset(world, null_match, 7), STALE_ID);
    IS(tp_match_reset(NULL, match, 7), NULL_POINTER);
    size_t seen[32] = { 0 };
    uint64_t matrix = 0, all = 0;
    for (uint32_t i = 0; i < 600; i++) {
        batch[0] = input(match, red, 10 + i, TP_BUTTON_FIRE, 150, 135);
        batch[1] = input(match, blue, 10 + i, 0, 100, 135);
        IS(tp_world_push_inputs(world, batch, 2, results), OK);
        IS(i % 2 ? tp_world_step(world) : tp_world_step_parallel(world), OK);
        static tp_event events[TP_MAX_EVENTS];
        size_t count;
        uint64_t lost;
        IS(tp_match_drain_events(world, match, events, TP_MAX_EVENTS, &count, &lost), OK);
        CHECK(lost == 0);
        for (size_t e = 0; e < count; e++) {
            CHECK(events[e].kind >= TP_EVENT_KIND_JOINED && events[e].kind <= TP_EVENT_KIND_OVERHEATED);
            seen[events[e].kind & 31]++;
            if (events[e].kind == TP_EVENT_KIND_DIED) {
                CHECK(events[e].actor == (red.raw & 7) && events[e].target == (blue.raw & 7));
                CHECK(events[e].weapon == TP_WEAPON_RIFLE && !(events[e].flags & TP_EVENT_FLAG_TEAM_KILL));
            }
        }
        IS(tp_match_sight_matrix(world, match, &matrix), OK);
        all |= matrix;
    }
    CHECK(all == ((UINT64_C(1) << 1) | (UINT64_C(1) << 8))); /* 0 sees 1, 1 sees 0 */
    CHECK(seen[TP_EVENT_KIND_FIRED] == 30 && seen[TP_EVENT_KIND_HIT_PLAYER] > 0 && seen[TP_EVENT_KIND_DIED] == 1);
    tp_match_info info;
    IS(tp_match_get_info(world, match, &info), OK);
    CHECK(info.seed == 7 && info.tick == 601 && info.red_kills == 1 && info.blue_kills == 0 && info.over == 0);
    CHECK(info.kill_target == 3 && info.winner == TP_TEAM_NONE && info.joined == 3 && info.slice_count == 5);
    CHECK(info.pending_events == 0 && info.bytes > 1000);
    IS(tp_match_get_info(world, match, NULL), NULL_POINTER);
    FILL(info);
    IS(tp_match_get_info(world, null_match, &info), STALE_ID);
    IS(tp_match_get_info(NULL, match, &info), NULL_POINTER);
    UNTOUCHED(info);

    /* A short buffer loses nothing. */
    IS(tp_player_kill(world, match, red), OK);
    IS(tp_match_get_info(world, match, &info), OK);
    CHECK(info.pending_events > 0);
    static tp_event events[TP_MAX_EVENTS];
    size_t count;
    uint64_t lost;
    FILL(count);
    FILL(lost);
    IS(tp_match_drain_events(world, match, events, info.pending_events - 1, &count, &lost), SHORT_BUFFER);
    IS(tp_match_drain_events(world, null_match, events, TP_MAX_EVENTS, &count, &lost), STALE_ID);
    IS(tp_match_drain_events(NULL, match, events, TP_MAX_EVENTS, &count, &lost), NULL_POINTER);
    IS(tp_match_drain_events(world, match, NULL, TP_MAX_EVENTS, &count, &lost), NULL_POINTER);
    IS(tp_match_drain_events(world, match, events, TP_MAX_EVENTS, NULL, &lost), NULL_POINTER);
    IS(tp_match_drain_events(world, match, events, TP_MAX_EVENTS, &count, NULL), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(lost);
    IS(tp_match_drain_events(world, match, events, info.pending_events, &count, &lost), OK);
    CHECK(count == info.pending_events && lost == 0);
    IS(tp_match_drain_events(world, match, NULL, 0, &count, &lost), OK);
    CHECK(count == 0);

    /* Nobody drains: the oldest go, and are counted. */
    for (uint32_t i = 0; i < TP_MAX_EVENTS / 2; i++) {
        tp_player_id passer;
        IS(tp_player_add(world, match, &def, &passer), OK);
        IS(tp_player_remove(world, match, passer), OK);
    }
    IS(tp_match_drain_events(world, match, events, TP_MAX_EVENTS, &count, &lost), OK);
    CHECK(count == TP_MAX_EVENTS && lost > 0);

    FILL(matrix);
    IS(tp_match_sight_matrix(world, null_match, &matrix), STALE_ID);
    IS(tp_match_sight_matrix(NULL, match, &matrix), NULL_POINTER);
    UNTOUCHED(matrix);
    IS(tp_match_sight_matrix(world, match, NULL), NULL_POINTER);
    IS(tp_world_destroy(world), OK);
}

static void walls_and_saves(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id red;
    def.team = TP_TEAM_RED;
    IS(tp_player_add(world, match, &def, &red), OK);

    uint8_t clear;
    IS(tp_match_line_is_clear(world, match, 100, 50, 300, 50, &clear), OK);
    CHECK(clear == 1);
    IS(tp_match_line_is_clear(world, match, 100, 135, 300, 135, &clear), OK);
    CHECK(clear == 0);
    FILL(clear);
    IS(tp_match_line_is_clear(world, match, NAN, 0, 1, 1, &clear), INVALID_ARGUMENT);
    SAYS("from_x");
    IS(tp_match_line_is_clear(world, match, 0, 0, 1, -INFINITY, &clear), INVALID_ARGUMENT);
    SAYS("to_y");
    IS(tp_match_line_is_clear(world, null_match, 0, 0, 1, 1, &clear), STALE_ID);
    IS(tp_match_line_is_clear(NULL, match, 0, 0, 1, 1, &clear), NULL_POINTER);
    UNTOUCHED(clear);
    IS(tp_match_line_is_clear(world, match, 0, 0, 1, 1, NULL), NULL_POINTER);

    size_t size, written;
    IS(tp_match_save_size(world, match, &size), OK);
    FILL(written);
    IS(tp_match_save_size(world, null_match, &written), STALE_ID);
    IS(tp_match_save_size(NULL, match, &written), NULL_POINTER);
    IS(tp_match_save_size(world, match, NULL), NULL_POINTER);
    uint8_t *saved = malloc(size), *bad = malloc(size);
    IS(tp_match_save(world, match, saved, size - 1, &written), SHORT_BUFFER);
    IS(tp_match_save(world, match, NULL, size, &written), NULL_POINTER);
    IS(tp_match_save(world, null_match, saved, size, &written), STALE_ID);
    IS(tp_match_save(NULL, match, saved, size, &written), NULL_POINTER);
    UNTOUCHED(written);
    IS(tp_match_save(world, match, saved, size, NULL), NULL_POINTER);
    IS(tp_match_save(world, match, saved, size, &written), OK);
    CHECK(written == size);
    uint64_t begin, played, again;
    IS(tp_match_hash(world, match, &begin), OK);

    uint16_t fresh[5], worn[5];
    size_t count;
    IS(tp_match_slice_health(world, match, fresh, 5, &count), OK);
    CHECK(count == 5 && fresh[2] == 80 * TP_POINT);
    uint32_t result;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 1; i <= 200; i++) {
            tp_input shot = input(match, red, i, TP_BUTTON_FIRE, 300, 135);
            IS(tp_world_push_inputs(world, &shot, 1, &result), OK);
            CHECK(result == TP_RESULT_OK);
            IS(tp_world_step(world), OK);
        }
        IS(tp_match_hash(world, match, round == 0 ? &played : &again), OK);
        if (round == 0) {
            IS(tp_match_slice_health(world, match, worn, 5, &count), OK);
            IS(tp_match_restore(world, match, saved, size), OK);
            uint64_t back;
            IS(tp_match_hash(world, match, &back), OK);
            CHECK(back == begin);
        }
    }
    CHECK(played == again && played != begin);
    CHECK(memcmp(fresh, worn, sizeof fresh) != 0);
    FILL(worn);
    FILL(count);
    IS(tp_match_slice_health(world, match, worn, 4, &count), SHORT_BUFFER);
    IS(tp_match_slice_health(world, null_match, worn, 5, &count), STALE_ID);
    IS(tp_match_slice_health(NULL, match, worn, 5, &count), NULL_POINTER);
    IS(tp_match_slice_health(world, match, NULL, 5, &count), NULL_POINTER);
    UNTOUCHED(worn);
    UNTOUCHED(count);
    IS(tp_match_slice_health(world, match, worn, 5, NULL), NULL_POINTER);

    /* Whatever the bytes, a refused restore changes nothing and the match runs on. */
    IS(tp_match_restore(world, match, NULL, 0), BAD_SNAPSHOT);
    IS(tp_match_restore(world, match, saved, size - 1), BAD_SNAPSHOT);
    IS(tp_match_restore(world, match, NULL, size), NULL_POINTER);
    IS(tp_match_restore(world, null_match, saved, size), STALE_ID);
    IS(tp_match_restore(NULL, match, saved, size), NULL_POINTER);
    uint32_t noise = 7;
    for (size_t i = 0; i < size; i += 1 + size / 97) {
        memcpy(bad, saved, size);
        bad[i] ^= 0x41;
        IS(tp_match_restore(world, match, bad, size), BAD_SNAPSHOT);
    }
    for (size_t i = 0; i < size; i++) {
        noise = noise * 1664525u + 1013904223u;
        bad[i] = (uint8_t)(noise >> 24);
    }
    IS(tp_match_restore(world, match, bad, size), BAD_SNAPSHOT);
    memcpy(bad, saved, 40); /* a good header */
    IS(tp_match_restore(world, match, bad, size), BAD_SNAPSHOT);
    SAYS("checksum");
    IS(tp_match_hash(world, match, &again), OK);
    CHECK(again == played);
    IS(tp_world_step(world), OK);

    FILL(again);
    IS(tp_match_hash(world, null_match, &again), STALE_ID);
    IS(tp_match_hash(NULL, match, &again), NULL_POINTER);
    UNTOUCHED(again);
    IS(tp_match_hash(world, match, NULL), NULL_POINTER);
    free(bad);
    free(saved);
    IS(tp_world_destroy(world), OK);
}

static void throws_and_sight(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    def.loadout.support_count = 1;
    def.loadout.support[0] = TP_WEAPON_SMOKE_GRENADE;
    tp_player_id red;
    IS(tp_player_add(world, match, &def, &red), OK);
    IS(tp_player_throw(world, match, red, 0), INVALID_ARGUMENT);
    SAYS("1 to 5");
    IS(tp_player_throw(world, match, null_player, 1), STALE_ID);
    IS(tp_player_throw(NULL, match, red, 1), NULL_POINTER);

    static tp_projectile projectiles[TP_MAX_PROJECTILES];
    static tp_cloud clouds[TP_MAX_CLOUDS];
    tp_point points[512];
    size_t count, flew = 0;
    float depth;
    IS(tp_player_tap(world, match, red, TP_BUTTON_SLOT3), OK);
    IS(tp_match_smoke_between(world, match, 0, 135, 480, 135, &depth), OK);
    CHECK(depth == 0);
    for (uint32_t i = 1; i <= 240; i++) {
        tp_input look = input(match, red, i, 0, 300, 135);
        uint32_t result;
        IS(tp_world_push_inputs(world, &look, 1, &result), OK);
        if (i == 90)
            IS(tp_player_throw(world, match, red, 1), OK);
        IS(tp_world_step(world), OK);
        IS(tp_match_projectiles(world, match, projectiles, TP_MAX_PROJECTILES, &count), OK);
        if (count > 0) {
            CHECK(count == 1 && projectiles[0].weapon == TP_WEAPON_SMOKE_GRENADE && projectiles[0].charge == 1);
            CHECK(projectiles[0].owner.raw == red.raw && projectiles[0].fuse_ticks <= 120 && projectiles[0].x > 100);
            FILL(count);
            IS(tp_match_projectiles(world, match, projectiles, 0, &count), SHORT_BUFFER);
            UNTOUCHED(count);
            flew++;
        }
    }
    CHECK(flew > 60);
    IS(tp_match_clouds(world, match, clouds, TP_MAX_CLOUDS, &count), OK);
    CHECK(count == 1 && clouds[0].radius > 0 && clouds[0].density > 0 && clouds[0].x > 100);
    IS(tp_match_smoke_between(world, match, 0, clouds[0].y, 480, clouds[0].y, &depth), OK);
    CHECK(depth > 0);
    FILL(count);
    FILL(depth);
    IS(tp_match_clouds(world, match, clouds, 0, &count), SHORT_BUFFER);
    IS(tp_match_clouds(world, null_match, clouds, TP_MAX_CLOUDS, &count), STALE_ID);
    IS(tp_match_clouds(NULL, match, clouds, TP_MAX_CLOUDS, &count), NULL_POINTER);
    IS(tp_match_clouds(world, match, NULL, TP_MAX_CLOUDS, &count), NULL_POINTER);
    IS(tp_match_projectiles(world, null_match, projectiles, TP_MAX_PROJECTILES, &count), STALE_ID);
    IS(tp_match_projectiles(NULL, match, projectiles, TP_MAX_PROJECTILES, &count), NULL_POINTER);
    IS(tp_match_smoke_between(world, match, 0, 0, 1, NAN, &depth), INVALID_ARGUMENT);
    SAYS("to_y");
    IS(tp_match_smoke_between(world, null_match, 0, 0, 1, 1, &depth), STALE_ID);
    IS(tp_match_smoke_between(NULL, match, 0, 0, 1, 1, &depth), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(depth);
    IS(tp_match_clouds(world, match, clouds, TP_MAX_CLOUDS, NULL), NULL_POINTER);
    IS(tp_match_projectiles(world, match, projectiles, TP_MAX_PROJECTILES, NULL), NULL_POINTER);
    IS(tp_match_smoke_between(world, match, 0, 0, 1, 1, NULL), NULL_POINTER);

    tp_player_view view;
    IS(tp_player_get(world, match, red, &view), OK);
    IS(tp_player_polygon(world, match, red, points, 512, &count), OK);
    CHECK(count >= 5 && points[0].x == view.x && points[0].y == view.y);
    for (size_t i = 0; i < count; i++) {
        float dx = points[i].x - view.x, dy = points[i].y - view.y;
        CHECK(dx * dx + dy * dy <= (view.sight + 1) * (view.sight + 1));
    }
    FILL(count);
    IS(tp_player_polygon(world, match, red, points, 3, &count), SHORT_BUFFER);
    IS(tp_player_polygon(world, match, null_player, points, 512, &count), STALE_ID);
    IS(tp_player_polygon(world, null_match, red, points, 512, &count), STALE_ID);
    IS(tp_player_polygon(NULL, match, red, points, 512, &count), NULL_POINTER);
    IS(tp_player_polygon(world, match, red, NULL, 512, &count), NULL_POINTER);
    UNTOUCHED(count);
    IS(tp_player_polygon(world, match, red, points, 512, NULL), NULL_POINTER);
    IS(tp_player_give_weapon(world, match, red, TP_WEAPON_ROCKET), OK);
    tp_weapon_view weapons[TP_MAX_WEAPONS];
    IS(tp_player_weapons(world, match, red, weapons, TP_MAX_WEAPONS, &count), OK);
    CHECK(weapons[count - 1].weapon == TP_WEAPON_ROCKET && weapons[count - 1].ammo == 1);
    IS(tp_player_give_weapon(world, match, red, 15), UNKNOWN_WEAPON);
    IS(tp_player_give_weapon(world, match, null_player, TP_WEAPON_ROCKET), STALE_ID);
    IS(tp_player_give_weapon(NULL, match, red, TP_WEAPON_ROCKET), NULL_POINTER);
    IS(tp_player_kill(world, match, red), OK);
    IS(tp_player_give_weapon(world, match, red, TP_WEAPON_ROCKET), NOT_ALLOWED);
    IS(tp_player_polygon(world, match, red, NULL, 0, &count), OK);
    CHECK(count == 0);
    IS(tp_world_destroy(world), OK);
}

static int has_tile(const uint64_t *words, float x, float y)
{
    unsigned bit = (unsigned)(y / 8) * 60 + (unsigned)(x / 8);
    return (int)(words[bit / 64] >> (bit % 64) & 1);
}

static void tiles(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id red;
    IS(tp_player_add(world, match, &def, &red), OK);
    tp_input look = input(match, red, 1, 0, 300, 135);
    uint32_t result;
    IS(tp_world_push_inputs(world, &look, 1, &result), OK);
    IS(tp_world_step(world), OK);

    uint64_t words[TP_TILE_WORDS + 1];
    size_t count;
    words[TP_TILE_WORDS] = 7;
    IS(tp_player_tiles(world, match, red, words, TP_TILE_WORDS + 1, &count), OK);
    CHECK(count == TP_TILE_WORDS && words[TP_TILE_WORDS] == 7);
    CHECK(words[31] >> (2040 - 31 * 64) == 0);
    CHECK(has_tile(words, 150, 135) && !has_tile(words, 50, 135)); /* before, behind */
    CHECK(!has_tile(words, 230, 135) && !has_tile(words, 100, 20)); /* beyond the wood, beside */
    FILL(words);
    FILL(count);
    IS(tp_player_tiles(world, match, red, words, TP_TILE_WORDS - 1, &count), SHORT_BUFFER);
    SAYS("at least 32");
    IS(tp_player_tiles(world, match, red, NULL, 0, &count), SHORT_BUFFER);
    IS(tp_player_tiles(world, match, null_player, words, TP_TILE_WORDS, &count), STALE_ID);
    IS(tp_player_tiles(world, null_match, red, words, TP_TILE_WORDS, &count), STALE_ID);
    IS(tp_player_tiles(NULL, match, red, words, TP_TILE_WORDS, &count), NULL_POINTER);
    IS(tp_player_tiles(world, match, red, NULL, TP_TILE_WORDS, &count), NULL_POINTER);
    UNTOUCHED(words);
    UNTOUCHED(count);
    IS(tp_player_tiles(world, match, red, words, TP_TILE_WORDS, NULL), NULL_POINTER);
    IS(tp_player_kill(world, match, red), OK);
    IS(tp_player_tiles(world, match, red, words, TP_TILE_WORDS, &count), OK);
    for (size_t i = 0; i < count; i++)
        CHECK(words[i] == 0);
    IS(tp_world_destroy(world), OK);
}

static void sounds(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    tp_player_id red, blue;
    IS(tp_player_add(world, match, &def, &red), OK);
    IS(tp_player_add(world, match, &def, &blue), OK);

    /* Red, at (100, 135), looks along +x and fires twice; blue, 50 px to the east, looks back. */
    static tp_heard heard[TP_MAX_SOUNDS];
    size_t count, own = 0, others = 0;
    uint64_t lost;
    for (uint32_t i = 1; i <= 12; i++) {
        tp_input batch[2] = { input(match, red, i, TP_BUTTON_FIRE, 300, 135), input(match, blue, i, 0, 100, 135) };
        uint32_t results[2];
        IS(tp_world_push_inputs(world, batch, 2, results), OK);
        IS(tp_world_step(world), OK);
        IS(tp_match_pending_sounds(world, match, &count), OK);
        size_t pending = count;
        IS(tp_match_drain_sounds(world, match, heard, TP_MAX_SOUNDS, &count, &lost), OK);
        CHECK(count == pending && lost == 0);
        for (size_t s = 0; s < count; s++) {
            CHECK(heard[s].tick == i && heard[s].kind <= TP_SOUND_KIND_DEATH && heard[s].gain > 0);
            CHECK(heard[s].bearing < 64 && heard[s].aim < 64 && heard[s].cutoff <= TP_CUTOFF_OPEN);
            CHECK(heard[s].reserved == 0);
            if (heard[s].kind != TP_SOUND_KIND_FIRE_RIFLE)
                continue;
            if (heard[s].listener == (red.raw & 7)) {
                own++;
                CHECK(heard[s].flags == TP_HEARD_FLAG_OWN && heard[s].gain == 255 && heard[s].bearing == 0);
                CHECK(heard[s].aim == 0);
            } else {
                others++;
                CHECK(heard[s].flags == 0 && heard[s].gain < 255 && heard[s].aim == 32);
                CHECK((heard[s].aim + heard[s].bearing) % 64 == 32); /* from the west */
            }
            CHECK(heard[s].cutoff == TP_CUTOFF_OPEN); /* nothing in between */
        }
    }
    CHECK(own == 2 && others == 2);

    /* A short buffer loses nothing. */
    for (uint32_t i = 13; i <= 24; i++) {
        tp_input shot = input(match, red, i, TP_BUTTON_FIRE, 300, 135);
        uint32_t result;
        IS(tp_world_push_inputs(world, &shot, 1, &result), OK);
        IS(tp_world_step(world), OK);
    }
    size_t pending;
    IS(tp_match_pending_sounds(world, match, &pending), OK);
    CHECK(pending >= 2);
    FILL(count);
    FILL(lost);
    FILL(heard);
    IS(tp_match_drain_sounds(world, match, heard, pending - 1, &count, &lost), SHORT_BUFFER);
    SAYS("out_sounds");
    IS(tp_match_drain_sounds(world, match, NULL, 0, &count, &lost), SHORT_BUFFER);
    IS(tp_match_drain_sounds(world, null_match, heard, TP_MAX_SOUNDS, &count, &lost), STALE_ID);
    IS(tp_match_drain_sounds(NULL, match, heard, TP_MAX_SOUNDS, &count, &lost), NULL_POINTER);
    IS(tp_match_drain_sounds(world, match, NULL, TP_MAX_SOUNDS, &count, &lost), NULL_POINTER);
    IS(tp_match_drain_sounds(world, match, heard, TP_MAX_SOUNDS, NULL, &lost), NULL_POINTER);
    IS(tp_match_drain_sounds(world, match, heard, TP_MAX_SOUNDS, &count, NULL), NULL_POINTER);
    IS(tp_match_pending_sounds(world, null_match, &count), STALE_ID);
    IS(tp_match_pending_sounds(NULL, match, &count), NULL_POINTER);
    UNTOUCHED(count);
    UNTOUCHED(lost);
    UNTOUCHED(heard);
    IS(tp_match_pending_sounds(world, match, NULL), NULL_POINTER);
    IS(tp_match_drain_sounds(world, match, heard, pending, &count, &lost), OK);
    CHECK(count == pending && lost == 0);
    IS(tp_match_drain_sounds(world, match, NULL, 0, &count, &lost), OK);
    CHECK(count == 0 && lost == 0);

    /* Nobody drains: the oldest go, and are counted. */
    uint32_t tick = 25;
    for (uint32_t i = 0; i < 3000; i++, tick++) {
        tp_input walk[2] = { input(match, red, tick, TP_BUTTON_RUN | (i & 32 ? TP_BUTTON_UP : TP_BUTTON_DOWN), 300, 135),
                             input(match, blue, tick, TP_BUTTON_RUN | (i & 32 ? TP_BUTTON_UP : TP_BUTTON_DOWN), 0, 135) };
        uint32_t results[2];
        IS(tp_world_push_inputs(world, walk, 2, results), OK);
        IS(tp_world_step(world), OK);
    }
    IS(tp_match_pending_sounds(world, match, &pending), OK);
    CHECK(pending == TP_MAX_SOUNDS);
    IS(tp_match_drain_sounds(world, match, heard, TP_MAX_SOUNDS, &count, &lost), OK);
    CHECK(count == TP_MAX_SOUNDS && lost > 0 && heard[count - 1].tick > heard[0].tick);

    /* What a leaver would have heard is gone. */
    for (uint32_t i = 0; i < 60; i++, tick++) {
        tp_input run[2] = { input(match, red, tick, TP_BUTTON_RUN | TP_BUTTON_UP, 300, 135),
                            input(match, blue, tick, TP_BUTTON_RUN | TP_BUTTON_DOWN, 0, 135) };
        uint32_t results[2];
        IS(tp_world_push_inputs(world, run, 2, results), OK);
        IS(tp_world_step(world), OK);
    }
    IS(tp_player_remove(world, match, blue), OK);
    IS(tp_match_pending_sounds(world, match, &pending), OK);
    IS(tp_match_drain_sounds(world, match, heard, TP_MAX_SOUNDS, &count, &lost), OK);
    CHECK(count > 0 && count <= pending && lost == 0);
    for (size_t s = 0; s < count; s++)
        CHECK(heard[s].listener == (red.raw & 7));
    IS(tp_player_add(world, match, &def, &blue), OK);

    /* Over the open field and through the wood, from either end. */
    tp_arrival open, wood, back;
    IS(tp_match_sound_between(world, match, TP_SOUND_KIND_FIRE_RIFLE, 50, 50, 150, 50, &open), OK);
    CHECK(open.through == 1 && open.round == 0 && open.length == 0 && open.turns == 0);
    CHECK(open.from_x == 50 && open.from_y == 50 && open.cutoff_hz == 22000 && open.gain > 0.19f && open.gain < 0.2f);
    IS(tp_match_sound_between(world, match, TP_SOUND_KIND_FIRE_RIFLE, 195, 135, 225, 135, &wood), OK);
    IS(tp_match_sound_between(world, match, TP_SOUND_KIND_FIRE_RIFLE, 225, 135, 195, 135, &back), OK);
    CHECK(wood.gain == back.gain && wood.cutoff_hz == back.cutoff_hz && wood.through == back.through);
    CHECK(wood.through > 0.39f && wood.through < 0.41f && wood.cutoff_hz < open.cutoff_hz);
    CHECK(wood.reserved[0] == 0 && wood.reserved[1] == 0);
    IS(tp_match_sound_between(world, match, TP_SOUND_KIND_FOOTSTEP_SNEAK, 50, 50, 150, 50, &open), OK);
    CHECK(open.gain == 0);
    IS(tp_match_sound_between(world, match, TP_SOUND_KIND_FIRE_RIFLE, -1e30f, 50, 100, 50, &open), OK);
    CHECK(open.from_x == 0); /* moved to the edge */
    FILL(open);
    IS(tp_match_sound_between(world, match, TP_SOUND_KIND_DEATH + 1, 0, 0, 1, 1, &open), INVALID_ARGUMENT);
    SAYS("kind is 33; it must be a tp_sound_kind, 0 to 32");
    IS(tp_match_sound_between(world, match, 255, 0, 0, 1, 1, &open), INVALID_ARGUMENT);
    IS(tp_match_sound_between(world, match, 0, NAN, 0, 1, 1, &open), INVALID_ARGUMENT);
    SAYS("from_x");
    IS(tp_match_sound_between(world, match, 0, 0, 0, 1, INFINITY, &open), INVALID_ARGUMENT);
    SAYS("to_y");
    IS(tp_match_sound_between(world, null_match, 0, 0, 0, 1, 1, &open), STALE_ID);
    IS(tp_match_sound_between(NULL, match, 0, 0, 0, 1, 1, &open), NULL_POINTER);
    UNTOUCHED(open);
    IS(tp_match_sound_between(world, match, 0, 0, 0, 1, 1, NULL), NULL_POINTER);

    static float field[TP_SOUND_CELLS + 1];
    field[TP_SOUND_CELLS] = -1;
    IS(tp_match_sound_field(world, match, TP_SOUND_KIND_FOOTSTEP_RUN, 105, 135, field, TP_SOUND_CELLS + 1, &count), OK);
    CHECK(count == TP_SOUND_CELLS && field[TP_SOUND_CELLS] == -1);
    CHECK(field[13 * 48 + 10] == 1 && field[13 * 48 + 15] > 0 && field[13 * 48 + 15] < 1 && field[13 * 48 + 40] == 0);
    IS(tp_match_sound_between(world, match, TP_SOUND_KIND_FOOTSTEP_RUN, 105, 135, 225, 135, &wood), OK);
    CHECK(field[13 * 48 + 22] == wood.gain);
    FILL(field);
    FILL(count);
    IS(tp_match_sound_field(world, match, 0, 1, 1, field, TP_SOUND_CELLS - 1, &count), SHORT_BUFFER);
    SAYS("at least 1296");
    IS(tp_match_sound_field(world, match, 0, 1, 1, NULL, 0, &count), SHORT_BUFFER);
    IS(tp_match_sound_field(world, match, 33, 1, 1, field, TP_SOUND_CELLS, &count), INVALID_ARGUMENT);
    SAYS("kind");
    IS(tp_match_sound_field(world, match, 0, 1, NAN, field, TP_SOUND_CELLS, &count), INVALID_ARGUMENT);
    SAYS("from_y");
    IS(tp_match_sound_field(world, null_match, 0, 1, 1, field, TP_SOUND_CELLS, &count), STALE_ID);
    IS(tp_match_sound_field(NULL, match, 0, 1, 1, field, TP_SOUND_CELLS, &count), NULL_POINTER);
    IS(tp_match_sound_field(world, match, 0, 1, 1, NULL, TP_SOUND_CELLS, &count), NULL_POINTER);
    UNTOUCHED(field);
    UNTOUCHED(count);
    IS(tp_match_sound_field(world, match, 0, 1, 1, field, TP_SOUND_CELLS, NULL), NULL_POINTER);

    float hz, before = 0;
    for (uint8_t cutoff = 0; cutoff <= TP_CUTOFF_OPEN; cutoff++) {
        IS(tp_sound_cutoff_hz(world, cutoff, &hz), OK);
        CHECK(hz > before);
        CHECK(cutoff != 0 || (hz > 299 && hz < 301));
        before = hz;
    }
    CHECK(hz > 21999 && hz < 22001);
    FILL(hz);
    IS(tp_sound_cutoff_hz(world, TP_CUTOFF_OPEN + 1, &hz), INVALID_ARGUMENT);
    SAYS("cutoff is 64; it must be 0 to 63");
    IS(tp_sound_cutoff_hz(NULL, 0, &hz), NULL_POINTER);
    UNTOUCHED(hz);
    IS(tp_sound_cutoff_hz(world, 0, NULL), NULL_POINTER);
    IS(tp_world_destroy(world), OK);
}

static void bots(void)
{
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_bots *drivers;
    IS(tp_bots_create(NULL), NULL_POINTER);
    IS(tp_bots_create(&drivers), OK);
    tp_bot_def def = tp_bot_default_def();
    CHECK(def.size == sizeof def && def.skill == 0.5f && def.team == TP_TEAM_NONE && def.wrecks == 0 &&
          def.rough == 0);

    tp_player_id id, refused;
    FILL(refused);
    def.size = 24;
    IS(tp_bots_add(drivers, world, match, &def, &refused), INVALID_ARGUMENT);
    def = tp_bot_default_def();
    def.skill = 1.5f;
    IS(tp_bots_add(drivers, world, match, &def, &refused), INVALID_ARGUMENT);
    SAYS("skill");
    def.skill = NAN;
    IS(tp_bots_add(drivers, world, match, &def, &refused), INVALID_ARGUMENT);
    def = tp_bot_default_def();
    def.wrecks = 2;
    IS(tp_bots_add(drivers, world, match, &def, &refused), INVALID_ARGUMENT);
    SAYS("wrecks");
    def = tp_bot_default_def();
    def.rough = 2;
    IS(tp_bots_add(drivers, world, match, &def, &refused), INVALID_ARGUMENT);
    SAYS("rough");
    def = tp_bot_default_def();
    def.loadout.secondary = TP_WEAPON_RIFLE;
    IS(tp_bots_add(drivers, world, match, &def, &refused), ILLEGAL_LOADOUT);
    def = tp_bot_default_def();
    IS(tp_bots_add(drivers, world, null_match, &def, &refused), STALE_ID);
    IS(tp_bots_add(NULL, world, match, &def, &refused), NULL_POINTER);
    IS(tp_bots_add(drivers, NULL, match, &def, &refused), NULL_POINTER);
    IS(tp_bots_add(drivers, world, match, NULL, &refused), NULL_POINTER);
    IS(tp_bots_add(drivers, world, match, &def, NULL), NULL_POINTER);
    tp_match_info info;
    IS(tp_match_get_info(world, match, &info), OK);
    CHECK(info.joined == 0);

    for (int i = 0; i < 8; i++) {
        def.wrecks = i % 2;
        IS(tp_bots_add(drivers, world, match, &def, &id), OK);
    }
    IS(tp_bots_add(drivers, world, match, &def, &refused), MATCH_FULL);
    UNTOUCHED(refused);
    size_t count;
    IS(tp_bots_count(drivers, match, &count), OK);
    CHECK(count == 8);
    IS(tp_bots_remove(drivers, world, match, id), OK);
    IS(tp_bots_remove(drivers, world, match, id), STALE_ID);
    IS(tp_bots_remove(NULL, world, match, id), NULL_POINTER);
    IS(tp_bots_remove(drivers, NULL, match, id), NULL_POINTER);
    tp_player_def human = tp_player_default_def();
    IS(tp_player_add(world, match, &human, &id), OK);
    IS(tp_bots_remove(drivers, world, match, id), STALE_ID); /* no bot */
    IS(tp_bots_count(drivers, match, &count), OK);
    CHECK(count == 7);
    IS(tp_bots_count(drivers, null_match, &count), OK);
    CHECK(count == 0);
    IS(tp_bots_count(NULL, match, &count), NULL_POINTER);
    IS(tp_bots_count(drivers, match, NULL), NULL_POINTER);
    for (int i = 0; i < 60; i++) {
        IS(tp_bots_think(drivers, world), OK);
        IS(tp_world_step(world), OK);
    }
    tp_player_view views[TP_MAX_PLAYERS];
    IS(tp_match_players(world, match, views, TP_MAX_PLAYERS, &count), OK);
    CHECK(views[0].last_sequence > 0 && views[7].last_sequence == 0);
    IS(tp_bots_think(NULL, world), NULL_POINTER);
    IS(tp_bots_think(drivers, NULL), NULL_POINTER);
    IS(tp_match_destroy(world, match), OK);
    IS(tp_bots_think(drivers, world), OK); /* the match is gone: they are forgotten */
    IS(tp_bots_count(drivers, match, &count), OK);
    CHECK(count == 0);
    IS(tp_bots_destroy(drivers), OK);
    IS(tp_bots_destroy(NULL), OK);
    IS(tp_world_destroy(world), OK);
}

static void scenes(void)
{
    tp_scene *scene;
    uint64_t hash, again;
    FILL(scene);
    IS(tp_scene_create("nowhere", &scene), UNKNOWN_NAME);
    SAYS(tp_scene_name(0));
    IS(tp_scene_create("\xff", &scene), BAD_UTF8);
    IS(tp_scene_create(NULL, &scene), NULL_POINTER);
    UNTOUCHED(scene);
    IS(tp_scene_create(tp_scene_name(0), NULL), NULL_POINTER);
    IS(tp_scene_destroy(NULL), OK);

    tp_scene_info info;
    tp_bot_def roles[TP_MAX_PLAYERS];
    size_t count;
    for (size_t i = 0; tp_scene_name(i) != NULL; i++) {
        const char *name = tp_scene_name(i);
        IS(tp_scene_get_info(name, &info), OK);
        IS(tp_scene_get_bots(name, roles, TP_MAX_PLAYERS, &count), OK);
        CHECK(count == info.bot_count && count >= 2 && roles[0].size == sizeof roles[0]);
        CHECK(info.tick_rate >= 20 && info.tick_rate <= 240 && info.rules <= TP_RULES_LEGACY);
        FILL(count);
        IS(tp_scene_get_bots(name, roles, 1, &count), SHORT_BUFFER);
        UNTOUCHED(count);
        hash = 0;
        for (int round = 0; round < 2; round++) {
            IS(tp_scene_create(name, &scene), OK);
            IS(tp_scene_advance(scene, 60), OK);
            IS(tp_scene_hash(scene, round == 0 ? &hash : &again), OK);
            IS(tp_scene_destroy(scene), OK);
        }
        CHECK(hash == again && hash != 0);
    }
    FILL(info);
    FILL(count);
    IS(tp_scene_get_info("nowhere", &info), UNKNOWN_NAME);
    IS(tp_scene_get_info(NULL, &info), NULL_POINTER);
    IS(tp_scene_get_bots("nowhere", roles, TP_MAX_PLAYERS, &count), UNKNOWN_NAME);
    IS(tp_scene_get_bots(NULL, roles, TP_MAX_PLAYERS, &count), NULL_POINTER);
    IS(tp_scene_get_bots(tp_scene_name(0), NULL, TP_MAX_PLAYERS, &count), NULL_POINTER);
    UNTOUCHED(info);
    UNTOUCHED(count);
    IS(tp_scene_get_info(tp_scene_name(0), NULL), NULL_POINTER);
    IS(tp_scene_get_bots(tp_scene_name(0), roles, TP_MAX_PLAYERS, NULL), NULL_POINTER);
    IS(tp_scene_advance(NULL, 1), NULL_POINTER);
    FILL(hash);
    IS(tp_scene_hash(NULL, &hash), NULL_POINTER);
    UNTOUCHED(hash);
}

static void wire(void)
{
    tp_map *map;
    IS(tp_map_from_rects(NULL, 0, NULL, 0, &map), OK);
    tp_world_def def = tp_world_default_def();
    tp_world *world;
    IS(tp_world_create(&def, &world), OK);
    tp_match_def match_def = tp_match_default_def();
    tp_match_id match;
    IS(tp_match_create(world, map, &match_def, &match), OK);
    tp_player_def player_def = tp_player_default_def();
    tp_player_id red, blue;
    IS(tp_player_add(world, match, &player_def, &red), OK);
    IS(tp_player_add(world, match, &player_def, &blue), OK);
    IS(tp_map_destroy(map), OK);

    static uint8_t bytes[65536];
    static tp_packet packets[64];
    size_t count, length;
    IS(tp_world_open_link(world, match, red), OK);
    IS(tp_world_open_link(world, null_match, red), STALE_ID);
    IS(tp_world_open_link(world, match, null_player), STALE_ID);
    IS(tp_world_open_link(NULL, match, red), NULL_POINTER);

    /* A welcome comes in the first frame, to whoever has a link and to nobody else. */
    for (int tick = 0; tick < 60; tick++) {
        IS(tp_world_step(world), OK);
        IS(tp_world_pending_packets(world, &count, &length), OK);
        if (count > 0)
            break;
    }
    CHECK(count == 1 && length > 0);
    size_t written, used;
    FILL(written);
    FILL(used);
    FILL(packets[0]);
    IS(tp_world_packets(world, bytes, length - 1, packets, 64, &written, &used), SHORT_BUFFER);
    SAYS("out_bytes");
    IS(tp_world_packets(world, bytes, length, packets, 0, &written, &used), SHORT_BUFFER);
    SAYS("out_packets");
    IS(tp_world_packets(world, NULL, length, packets, 64, &written, &used), NULL_POINTER);
    IS(tp_world_packets(world, bytes, length, NULL, 64, &written, &used), NULL_POINTER);
    IS(tp_world_packets(NULL, bytes, length, packets, 64, &written, &used), NULL_POINTER);
    UNTOUCHED(written);
    UNTOUCHED(used);
    UNTOUCHED(packets[0]);
    IS(tp_world_packets(world, bytes, length, packets, 64, NULL, &used), NULL_POINTER);
    IS(tp_world_packets(world, bytes, length, packets, 64, &written, NULL), NULL_POINTER);
    IS(tp_world_packets(world, bytes, length, packets, 1, &written, &used), OK);
    CHECK(written == 1 && used == length);
    CHECK(packets[0].match_id.raw == match.raw && packets[0].player_id.raw == red.raw);
    CHECK(packets[0].offset == 0 && packets[0].length == length);
    IS(tp_world_pending_packets(NULL, &count, &length), NULL_POINTER);
    IS(tp_world_pending_packets(world, NULL, &length), NULL_POINTER);
    IS(tp_world_pending_packets(world, &count, NULL), NULL_POINTER);

    /* Bytes that are no message change nothing. */
    tp_received received;
    FILL(received);
    static const uint8_t damaged[4] = { 0xFF, 0xFF, 0xFF, 0xFF };
    IS(tp_world_receive(world, match, red, damaged, sizeof damaged, &received), BAD_MESSAGE);
    IS(tp_world_receive(world, match, red, NULL, 0, &received), BAD_MESSAGE);
    IS(tp_world_receive(world, match, red, NULL, 1, &received), NULL_POINTER);
    IS(tp_world_receive(world, match, blue, damaged, sizeof damaged, &received), NOT_ALLOWED);
    IS(tp_world_receive(world, match, null_player, damaged, sizeof damaged, &received), STALE_ID);
    IS(tp_world_receive(NULL, match, red, damaged, sizeof damaged, &received), NULL_POINTER);
    UNTOUCHED(received);
    IS(tp_world_receive(world, match, red, damaged, sizeof damaged, NULL), NULL_POINTER);
    /* Kind 0, epoch 0, nothing acknowledged, asked for or pressed: 11 bits. */
    static const uint8_t empty[2] = { 0, 0 };
    IS(tp_world_receive(world, match, red, empty, sizeof empty, &received), OK);
    CHECK(received.inputs == 0 && received.false_ack == 0);

    /* The other end: what the host sends is taken, and what it makes of that walks. */
    tp_receiver *client;
    IS(tp_receiver_create(NULL), NULL_POINTER);
    IS(tp_receiver_create(&client), OK);
    tp_seen seen;
    uint8_t taken;
    FILL(seen);
    FILL(taken);
    IS(tp_receiver_get(client, &seen), NOT_ALLOWED);
    IS(tp_receiver_get(NULL, &seen), NULL_POINTER);
    IS(tp_receiver_take(client, damaged, sizeof damaged, &taken), BAD_MESSAGE);
    IS(tp_receiver_take(client, NULL, 1, &taken), NULL_POINTER);
    IS(tp_receiver_take(NULL, bytes, length, &taken), NULL_POINTER);
    UNTOUCHED(seen);
    UNTOUCHED(taken);
    IS(tp_receiver_take(client, bytes, length, NULL), NULL_POINTER);
    uint8_t up[TP_MAX_CLIENT_MESSAGE];
    IS(tp_receiver_write(client, 0, up, sizeof up, &used), OK);
    CHECK(used == 0);
    IS(tp_receiver_take(client, bytes, length, &taken), OK);
    CHECK(taken == TP_TAKEN_WELCOME);
    IS(tp_receiver_take(client, bytes, length, &taken), OK);
    CHECK(taken == TP_TAKEN_IGNORED);
    uint32_t number;
    FILL(number);
    FILL(used);
    IS(tp_receiver_input(client, 0, 0, NAN, 0, &number), INVALID_ARGUMENT);
    IS(tp_receiver_input(NULL, 0, 0, 0, 0, &number), NULL_POINTER);
    IS(tp_receiver_write(client, 0, up, sizeof up - 1, &used), SHORT_BUFFER);
    IS(tp_receiver_write(client, 0, NULL, sizeof up, &used), NULL_POINTER);
    IS(tp_receiver_write(NULL, 0, up, sizeof up, &used), NULL_POINTER);
    UNTOUCHED(number);
    UNTOUCHED(used);
    IS(tp_receiver_write(client, 0, up, sizeof up, NULL), NULL_POINTER);
    IS(tp_receiver_input(client, 0, 0, 0, 0, NULL), NULL_POINTER);
    IS(tp_receiver_request_respawn(NULL), NULL_POINTER);
    IS(tp_receiver_request_respawn(client), OK);
    tp_player_view at_first, view;
    IS(tp_player_get(world, match, red, &at_first), OK);
    for (int tick = 0; tick < 60; tick++) {
        IS(tp_receiver_input(client, TP_BUTTON_DOWN, 0, 240, 270, &number), OK);
        IS(tp_receiver_write(client, 0, up, sizeof up, &used), OK);
        IS(tp_world_receive(world, match, red, up, used, &received), OK);
        CHECK(received.false_ack == 0 && received.inputs <= 12);
        IS(tp_world_step(world), OK);
        IS(tp_world_packets(world, bytes, sizeof bytes, packets, 64, &count, &length), OK);
        for (size_t i = 0; i < count; i++)
            IS(tp_receiver_take(client, bytes + packets[i].offset, packets[i].length, &taken), OK);
    }
    CHECK(number >= 60);
    IS(tp_player_get(world, match, red, &view), OK);
    IS(tp_receiver_get(client, &seen), OK);
    CHECK(taken == TP_TAKEN_SNAPSHOT && seen.slot == (red.raw & 7) && (seen.known >> seen.slot & 1) == 1);
    CHECK(view.y > at_first.y + 30);
    CHECK(fabsf(seen.players[seen.slot].x - view.x) < 4 && fabsf(seen.players[seen.slot].y - view.y) < 8);
    CHECK((seen.players[seen.slot].flags & TP_SEEN_FLAG_ALIVE) != 0 && seen.players[seen.slot].health == 100);
    IS(tp_receiver_get(client, NULL), NULL_POINTER);
    IS(tp_receiver_destroy(client), OK);
    IS(tp_receiver_destroy(NULL), OK);

    /* Held and closed links write nothing. */
    IS(tp_world_hold_link(world, match, red, 2), INVALID_ARGUMENT);
    IS(tp_world_hold_link(world, match, null_player, 1), STALE_ID);
    IS(tp_world_hold_link(NULL, match, red, 1), NULL_POINTER);
    for (int closed = 0; closed < 2; closed++) {
        if (closed)
            IS(tp_world_close_link(world, match, red), OK);
        IS(tp_world_hold_link(world, match, red, (uint8_t)!closed), OK);
        for (int tick = 0; tick < 60; tick++) {
            IS(tp_world_step(world), OK);
            IS(tp_world_pending_packets(world, &count, &length), OK);
            CHECK(count == 0 && length == 0);
        }
    }
    IS(tp_world_packets(world, NULL, 0, NULL, 0, &count, &length), OK);
    CHECK(count == 0 && length == 0);
    IS(tp_world_close_link(world, match, red), OK);
    IS(tp_world_close_link(world, match, null_player), STALE_ID);
    IS(tp_world_close_link(NULL, match, red), NULL_POINTER);
    IS(tp_world_destroy(world), OK);
}

int main(int argc, char **argv)
{
    static uint8_t png[1 << 20];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    size_t length = file ? fread(png, 1, sizeof png, file) : 0;
    if (length == 0) {
        fprintf(stderr, "usage: conformance MAP.png, one of engine/maps\n");
        return 2;
    }
    fclose(file);

    library();
    maps(png, length);
    worlds();
    players();
    inputs_and_events();
    walls_and_saves();
    throws_and_sight();
    tiles();
    sounds();
    wire();
    bots();
    scenes();
    batches();
    snapshots();
    knowledge();
    receivers();
    decoys();
    more_bots();
    more_sounds();
    edits();
    nulls_and_stale_ids();
    guards();
    claims();
    ratings();
    queues();
    replays();
    threads();
    hooks();
    for (size_t i = 0; i < RESULTS; i++)
        record(provoked[i], __FILE__, __LINE__, all_results[i].name, "no call has returned it");
    printf("%u checks, %u failures\n", checks, failures);
    return failures == 0 ? 0 : 1;
}
