/* Calls on several threads at once: readers that meet, writers that must not, worlds that have nothing to do with each
 * other; and the log, which is told on the thread of the call. */

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 4 };

static atomic_int stop;

/* A thread gives null, or what was wrong. */
static void start(pthread_t *thread, void *(*work)(void *), void *with)
{
    CHECK(pthread_create(thread, NULL, work, with) == 0);
}

static void join(pthread_t thread)
{
    void *wrong = NULL;
    CHECK(pthread_join(thread, &wrong) == 0);
    record(wrong == NULL, __FILE__, __LINE__, "a thread", wrong ? (const char *)wrong : "");
}

struct shared {
    tp_world *world;
    tp_match_id match;
    tp_player_id player;
    uint64_t hash;
    int busy_is_fine;
};

/* Looks at a world in all ways that take a while; what it sees must be whole. */
static void *look(void *with)
{
    const struct shared *shared = with;
    static const int rounds = 40;
    for (int i = 0; i < rounds; i++) {
        uint64_t hash;
        tp_player_view views[TP_MAX_PLAYERS];
        tp_point points[2048];
        uint8_t *saved = NULL;
        size_t count, size;
        tp_result results[4] = {
            tp_match_hash(shared->world, shared->match, &hash),
            tp_match_players(shared->world, shared->match, views, TP_MAX_PLAYERS, &count),
            tp_player_polygon(shared->world, shared->match, shared->player, points, 2048, &count),
            tp_match_save_size(shared->world, shared->match, &size),
        };
        for (int r = 0; r < 4; r++) {
            if (results[r] != TP_RESULT_OK && !(shared->busy_is_fine && results[r] == TP_RESULT_BUSY))
                return "a reader was refused";
            if (results[r] == TP_RESULT_BUSY && strstr(tp_last_error_message(), "world is in use") == NULL)
                return "another thread's message";
        }
        if (shared->hash != 0 && hash != shared->hash)
            return "readers differ";
        if (results[3] == TP_RESULT_OK) {
            saved = malloc(size);
            tp_result result = tp_match_save(shared->world, shared->match, saved, size, &count);
            free(saved);
            if (result != TP_RESULT_OK && !(shared->busy_is_fine && result == TP_RESULT_BUSY))
                return "saving was refused";
        }
    }
    return NULL;
}

static void *step(void *with)
{
    struct shared *shared = with;
    while (!atomic_load(&stop)) {
        tp_result result = tp_world_step(shared->world);
        if (result != TP_RESULT_OK && result != TP_RESULT_BUSY)
            return "a step failed";
    }
    return NULL;
}

static void *advance(void *scene)
{
    while (!atomic_load(&stop)) {
        tp_result result = tp_scene_advance(scene, 20);
        if (result != TP_RESULT_OK && result != TP_RESULT_BUSY)
            return "advance failed";
    }
    return NULL;
}

/* A world of the thread's own from beginning to end, with bots, a link and a client; its hash goes into *with. */
static void *live(void *with)
{
    tp_world *world;
    tp_map *map;
    tp_bots *bots;
    tp_receiver *client;
    tp_match_id match;
    tp_player_id player, bot;
    tp_world_def def = tp_world_default_def();
    tp_match_def match_def = tp_match_default_def();
    tp_player_def player_def = tp_player_default_def();
    tp_bot_def bot_def = tp_bot_default_def();
    if (tp_world_create(&def, &world) || tp_map_from_builtin(tp_map_builtin_name(0), TP_READING_FINE, &map) ||
        tp_match_create(world, map, &match_def, &match) || tp_map_destroy(map) || tp_bots_create(&bots) ||
        tp_receiver_create(&client) || tp_player_add(world, match, &player_def, &player) ||
        tp_world_open_link(world, match, player))
        return "setting up a world failed";
    for (int i = 0; i < 5; i++)
        if (tp_bots_add(bots, world, match, &bot_def, &bot))
            return "adding a bot failed";
    static const int ticks = 120;
    for (int i = 0; i < ticks; i++) {
        uint8_t bytes[8192], taken;
        tp_packet packets[8];
        size_t count, length;
        if (tp_bots_think(bots, world) || (i % 2 ? tp_world_step(world) : tp_world_step_parallel(world)) ||
            tp_world_packets(world, bytes, sizeof bytes, packets, 8, &count, &length) ||
            (count > 0 && tp_receiver_take(client, bytes + packets[0].offset, packets[0].length, &taken)))
            return "playing failed";
    }
    if (tp_match_hash(world, match, with) || tp_bots_destroy(bots) || tp_receiver_destroy(client) ||
        tp_world_destroy(world))
        return "ending a world failed";
    return NULL;
}

void threads(void)
{
    pthread_t workers[THREADS];
    tp_match_id match;
    tp_world *world = arena(&match);
    tp_player_def def = tp_player_default_def();
    struct shared shared = { world, match, { 0 }, 0, 0 };
    IS(tp_player_add(world, match, &def, &shared.player), OK);
    IS(tp_world_step(world), OK);

    /* Readers meet. */
    IS(tp_match_hash(world, match, &shared.hash), OK);
    for (int i = 0; i < THREADS; i++)
        start(&workers[i], look, &shared);
    for (int i = 0; i < THREADS; i++)
        join(workers[i]);

    /* Readers meet a writer: each is let in or refused, and what is let in sees whole ticks. */
    shared.hash = 0;
    shared.busy_is_fine = 1;
    atomic_store(&stop, 0);
    start(&workers[0], step, &shared);
    for (int i = 1; i < THREADS; i++)
        start(&workers[i], look, &shared);
    for (int i = 1; i < THREADS; i++)
        join(workers[i]);
    atomic_store(&stop, 1);
    join(workers[0]);
    IS(tp_world_step(world), OK);
    IS(tp_world_destroy(world), OK);

    /* Two calls that must not meet: one of them is refused, and its thread's message is its own. */
    tp_scene *scene;
    uint64_t hash;
    IS(tp_scene_create(tp_scene_name(0), &scene), OK);
    IS(tp_scene_hash(scene, NULL), NULL_POINTER);
    atomic_store(&stop, 0);
    start(&workers[0], advance, scene);
    tp_result met = TP_RESULT_OK;
    for (long i = 0; i < 50000000 && met == TP_RESULT_OK; i++)
        met = tp_scene_hash(scene, &hash);
    IS(met, BUSY);
    SAYS("scene is in use");
    atomic_store(&stop, 1);
    join(workers[0]);
    IS(tp_scene_hash(scene, &hash), OK);
    IS(tp_scene_destroy(scene), OK);

    /* Worlds of their own, all the same. */
    uint64_t hashes[THREADS] = { 0 };
    for (int i = 0; i < THREADS; i++)
        start(&workers[i], live, &hashes[i]);
    for (int i = 0; i < THREADS; i++)
        join(workers[i]);
    for (int i = 0; i < THREADS; i++)
        CHECK(hashes[i] != 0 && hashes[i] == hashes[0]);
}

struct heard {
    unsigned count, errors;
    int reenter;
    tp_result inner;
    pthread_t thread;
    char last[256];
};

static void hear(void *user, uint32_t level, const char *message)
{
    struct heard *heard = user;
    heard->count++;
    heard->errors += level == TP_LOG_LEVEL_ERROR;
    heard->thread = pthread_self();
    snprintf(heard->last, sizeof heard->last, "%.255s", message);
    if (heard->reenter) {
        /* A refused call in here is not told; setting the log is refused. */
        CHECK(tp_check_version(0) == TP_RESULT_INVALID_ARGUMENT);
        heard->inner = tp_set_log(NULL);
    }
}

static void *refuse(void *unused)
{
    (void)unused;
    return tp_world_step(NULL) == TP_RESULT_NULL_POINTER ? NULL : "a null world was stepped";
}

void hooks(void)
{
    struct heard heard = { 0 };
    tp_log log = { sizeof log, TP_LOG_LEVEL_REFUSAL, &heard, hear };
    IS(tp_set_log(&log), OK);
    IS(tp_world_step(NULL), NULL_POINTER);
    CHECK(heard.count == 1 && heard.errors == 0 && strcmp(heard.last, "tp_world_step: world is null; create one first") == 0);
    CHECK(pthread_equal(heard.thread, pthread_self()));
    IS(tp_check_version(TP_VERSION), OK);
    CHECK(heard.count == 1);
    pthread_t other;
    start(&other, refuse, NULL);
    join(other);
    CHECK(heard.count == 2 && pthread_equal(heard.thread, other));

    /* A panic, and the world that it leaves behind. */
    tp_match_id match;
    tp_world *world = arena(&match);
    IS(tp_test_panic(world), PANIC);
    CHECK(heard.count == 4 && heard.errors == 2);
    CHECK(strstr(heard.last, "tp_test_panic: world was left half changed") != NULL);
    IS(tp_world_destroy(world), OK);
    IS(tp_test_panic(NULL), PANIC);
    CHECK(heard.count == 5 && heard.errors == 3 && strstr(heard.last, "tp_test_panic was called") != NULL);

    heard.reenter = 1;
    IS(tp_world_step(NULL), NULL_POINTER);
    CHECK(heard.count == 6 && heard.inner == TP_RESULT_BUSY);
    /* What was refused in there is not what this call says of itself. */
    SAYS("world is null");
    heard.reenter = 0;

    /* Only what is asked for. */
    log.level = TP_LOG_LEVEL_ERROR;
    IS(tp_set_log(&log), OK);
    IS(tp_world_step(NULL), NULL_POINTER);
    CHECK(heard.count == 6);
    IS(tp_test_panic(NULL), PANIC);
    CHECK(heard.count == 7);
    IS(tp_set_log(NULL), OK);
    IS(tp_test_panic(NULL), PANIC);
    CHECK(heard.count == 7);

    log.level = 0;
    IS(tp_set_log(&log), INVALID_ARGUMENT);
    SAYS("log->level is 0");
    log.level = 3;
    IS(tp_set_log(&log), INVALID_ARGUMENT);
    log.level = TP_LOG_LEVEL_ERROR;
    log.size = 20;
    IS(tp_set_log(&log), INVALID_ARGUMENT);
    log.size = sizeof log;
    log.write = NULL;
    IS(tp_set_log(&log), NULL_POINTER);
    SAYS("log->write");

    /* Too late for an allocator of the host's own; examples/c/allocator.c comes in time. */
    tp_allocator allocator = { 0 };
    IS(tp_set_allocator(NULL), NOT_ALLOWED);
    SAYS("allocated memory already");
    IS(tp_set_allocator(&allocator), INVALID_ARGUMENT);
    allocator.size = sizeof allocator;
    IS(tp_set_allocator(&allocator), NULL_POINTER);
    SAYS("allocator->allocate");
}
