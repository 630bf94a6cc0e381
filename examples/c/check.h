/* What the conformance programs share: checks that are counted, outputs that must stay untouched, a field to play on. */
#ifndef CHECK_H
#define CHECK_H

#include "trespasser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern unsigned checks, failures;
extern const tp_match_id null_match;
extern const tp_player_id null_player;

/* Of one thread at a time: the counts are plain. */
void record(int good, const char *file, int line, const char *text, const char *note);
void record_result(tp_result got, tp_result want, const char *file, int line, const char *text);

#define IS(call, result) record_result((call), TP_RESULT_##result, __FILE__, __LINE__, #call)
#define CHECK(condition) record((condition), __FILE__, __LINE__, #condition, "is false")
#define SAYS(word)                                                                                                     \
    record(strstr(tp_last_error_message(), word) != NULL, __FILE__, __LINE__, "SAYS(" #word ")", tp_last_error_message())

/* Bytes that no call writes; an output that still holds them is untouched. */
#define FILL(object) memset(&(object), 0xA5, sizeof(object))
int is_untouched(const void *object, size_t size);
#define UNTOUCHED(object) CHECK(is_untouched(&(object), sizeof(object)))

/* Every result of the header; each must be returned by some call. A test compares the two lists. */
#define ALL_RESULTS(X)                                                                                                 \
    X(OK) X(STALE_ID) X(MATCH_FULL) X(WORLD_FULL) X(INVALID_ARGUMENT) X(UNKNOWN_WEAPON) X(ILLEGAL_LOADOUT)             \
    X(NOT_ALLOWED) X(BAD_MAP) X(BAD_SNAPSHOT) X(UNKNOWN_NAME) X(BAD_MESSAGE) X(BAD_REPLAY) X(ALREADY_QUEUED)           \
    X(QUEUE_FULL) X(NULL_POINTER) X(SHORT_BUFFER) X(BAD_UTF8) X(PANIC) X(BUSY) X(IGNORED_INPUT)

/* Red, at (100, 135), looks along y = 135 at blue, at (150, 135), a wooden wall beyond: a map, and a world with a match
 * on it, of seed 42 and 3 kills. */
tp_map *field(void);
tp_world *arena(tp_match_id *match);
tp_input input(tp_match_id match, tp_player_id player, uint32_t sequence, uint16_t held, float x, float y);

/* conformance_more.c */
void batches(void);
void snapshots(void);
void knowledge(void);
void receivers(void);
void decoys(void);
void more_bots(void);
void more_sounds(void);
void edits(void);
void nulls_and_stale_ids(void);

/* conformance_services.c */
void guards(void);
void claims(void);
void ratings(void);
void replays(void);

/* conformance_queue.c */
void queues(void);

/* conformance_threads.c */
void threads(void);
void hooks(void);

#endif
