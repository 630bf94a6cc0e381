/* Matchmaking: tickets, open slots, formed matches, the log. */

#include "check.h"

#include <math.h>

static const tp_queue_mode modes[2] = { { "duel", 2, 2, { 0 } }, { "teams", 2, 8, { 0 } } };
static const char *const regions[2] = { "eu", "us" };

static tp_queue_def definition(void)
{
    tp_queue_def def = tp_queue_default_def();
    def.modes = modes;
    def.mode_count = 2;
    def.regions = regions;
    def.region_count = 2;
    def.log_limit = 1 << 20;
    return def;
}

static tp_ticket solo(uint64_t id, double value)
{
    tp_ticket ticket;
    memset(&ticket, 0, sizeof ticket);
    ticket.id = id;
    ticket.mode = 1;
    ticket.player_count = 1;
    ticket.players[0].player = 100 + id;
    ticket.players[0].rating.value = value;
    ticket.players[0].rating.deviation = 60;
    ticket.pings[0] = 25;
    return ticket;
}

static void definitions(void)
{
    tp_queue *queue;
    tp_queue_def def = tp_queue_default_def();
    CHECK(def.size == sizeof def && def.patience_ms <= 30000 && def.full_ms <= def.small_ms && def.max_tickets > 0);
    IS(tp_queue_create(&def, &queue), OK);
    IS(tp_queue_destroy(queue), OK);
    IS(tp_queue_destroy(NULL), OK);
    FILL(queue);
    IS(tp_queue_create(NULL, &queue), NULL_POINTER);
    IS(tp_queue_create(&def, NULL), NULL_POINTER);
    def.size = 12;
    IS(tp_queue_create(&def, &queue), INVALID_ARGUMENT);
    def = definition();
    def.patience_ms = 30001;
    IS(tp_queue_create(&def, &queue), INVALID_ARGUMENT);
    SAYS("patience_ms");
    def = definition();
    def.favourite = NAN;
    IS(tp_queue_create(&def, &queue), INVALID_ARGUMENT);
    SAYS("favourite");
    def = definition();
    def.rating.beta = 1;
    IS(tp_queue_create(&def, &queue), INVALID_ARGUMENT);
    SAYS("beta");
    def = definition();
    def.rating.size = 8;
    IS(tp_queue_create(&def, &queue), INVALID_ARGUMENT);
    SAYS("def->rating");
    def = definition();
    def.mode_count = TP_QUEUE_MODES + 1;
    IS(tp_queue_create(&def, &queue), INVALID_ARGUMENT);
    SAYS("mode_count");
    def = definition();
    def.region_count = TP_QUEUE_REGIONS + 1;
    IS(tp_queue_create(&def, &queue), INVALID_ARGUMENT);
    SAYS("region_count");
    def = definition();
    def.modes = NULL;
    IS(tp_queue_create(&def, &queue), NULL_POINTER);
    def = definition();
    def.regions = NULL;
    IS(tp_queue_create(&def, &queue), NULL_POINTER);
    def = definition();
    static const char *const bad[2] = { "eu", "\xFF" };
    def.regions = bad;
    IS(tp_queue_create(&def, &queue), BAD_UTF8);
    static const tp_queue_mode odd = { "odd", 2, 3, { 0 } }, nameless = { NULL, 2, 4, { 0 } };
    def = definition();
    def.mode_count = 1;
    def.modes = &odd;
    IS(tp_queue_create(&def, &queue), INVALID_ARGUMENT);
    SAYS("modes.most");
    def.modes = &nameless;
    IS(tp_queue_create(&def, &queue), NULL_POINTER);
    SAYS("modes[0].name");
    UNTOUCHED(queue);
}

static void tickets(void)
{
    tp_queue *queue;
    tp_queue_def def = definition();
    def.max_tickets = 2;
    def.max_offers = 1;
    IS(tp_queue_create(&def, &queue), OK);
    tp_ticket ticket = solo(1, 1500), bad;
    IS(tp_queue_add(queue, &ticket), OK);
    IS(tp_queue_add(queue, &ticket), ALREADY_QUEUED);
    bad = ticket;
    bad.id = 2;
    IS(tp_queue_add(queue, &bad), ALREADY_QUEUED);
    SAYS("with ticket 1");
    bad = solo(2, NAN);
    IS(tp_queue_add(queue, &bad), INVALID_ARGUMENT);
    SAYS("value");
    bad = solo(2, 1500);
    bad.mode = 2;
    IS(tp_queue_add(queue, &bad), INVALID_ARGUMENT);
    SAYS("mode");
    bad = solo(2, 1500);
    bad.player_count = 5;
    IS(tp_queue_add(queue, &bad), INVALID_ARGUMENT);
    SAYS("player_count");
    bad = solo(2, 1500);
    bad.block_count = 9;
    IS(tp_queue_add(queue, &bad), INVALID_ARGUMENT);
    SAYS("block_count");
    bad = solo(2, 1500);
    bad.priority = 2;
    IS(tp_queue_add(queue, &bad), INVALID_ARGUMENT);
    SAYS("priority");
    bad = solo(2, 1500);
    bad.pings[2] = 5;
    IS(tp_queue_add(queue, &bad), INVALID_ARGUMENT);
    SAYS("beyond");
    bad = solo(2, 1500);
    bad.pings[0] = 0;
    IS(tp_queue_add(queue, &bad), INVALID_ARGUMENT);
    SAYS("pings");
    IS(tp_queue_add(NULL, &ticket), NULL_POINTER);
    IS(tp_queue_add(queue, NULL), NULL_POINTER);

    uint64_t found;
    uint8_t waits;
    IS(tp_queue_ticket_of(queue, 101, &found, &waits), OK);
    CHECK(found == 1 && waits == 1);
    IS(tp_queue_ticket_of(queue, 102, &found, &waits), OK);
    CHECK(found == 0 && waits == 0);
    FILL(found);
    FILL(waits);
    IS(tp_queue_ticket_of(NULL, 101, &found, &waits), NULL_POINTER);
    IS(tp_queue_ticket_of(queue, 101, NULL, &waits), NULL_POINTER);
    IS(tp_queue_ticket_of(queue, 101, &found, NULL), NULL_POINTER);
    UNTOUCHED(found);
    UNTOUCHED(waits);

    uint16_t pings[2] = { 0, 40 };
    IS(tp_queue_update_pings(queue, 1, pings, 2), OK);
    IS(tp_queue_update_pings(queue, 9, pings, 2), STALE_ID);
    IS(tp_queue_update_pings(queue, 1, pings, 1), INVALID_ARGUMENT);
    IS(tp_queue_update_pings(queue, 1, NULL, 2), NULL_POINTER);
    IS(tp_queue_update_pings(NULL, 1, pings, 2), NULL_POINTER);
    pings[1] = 10000;
    IS(tp_queue_update_pings(queue, 1, pings, 2), INVALID_ARGUMENT);

    ticket = solo(2, 1500);
    IS(tp_queue_add(queue, &ticket), OK);
    ticket = solo(3, 1500);
    IS(tp_queue_add(queue, &ticket), QUEUE_FULL);
    SAYS("max_tickets");
    uint8_t waited;
    IS(tp_queue_cancel(queue, 2, &waited), OK);
    CHECK(waited == 1);
    IS(tp_queue_cancel(queue, 2, &waited), OK);
    CHECK(waited == 0);
    IS(tp_queue_cancel(queue, 1, NULL), NULL_POINTER);
    IS(tp_queue_cancel(NULL, 1, &waited), NULL_POINTER);

    tp_offer offer;
    memset(&offer, 0, sizeof offer);
    offer.id = 77;
    offer.mode = 1;
    offer.region = 1;
    offer.free_red = 1;
    offer.blue_count = 1;
    offer.players[0] = solo(50, 1500).players[0];
    IS(tp_queue_offer(queue, &offer), OK);
    offer.id = 78;
    IS(tp_queue_offer(queue, &offer), QUEUE_FULL);
    offer.id = 77;
    offer.free_red = 0;
    IS(tp_queue_offer(queue, &offer), INVALID_ARGUMENT);
    SAYS("free");
    offer.red_count = 8;
    IS(tp_queue_offer(queue, &offer), INVALID_ARGUMENT);
    SAYS("red_count + blue_count");
    IS(tp_queue_offer(queue, NULL), NULL_POINTER);
    IS(tp_queue_offer(NULL, &offer), NULL_POINTER);
    uint8_t there;
    IS(tp_queue_withdraw(queue, 77, &there), OK);
    CHECK(there == 1);
    IS(tp_queue_withdraw(queue, 77, &there), OK);
    CHECK(there == 0);
    IS(tp_queue_withdraw(queue, 77, NULL), NULL_POINTER);
    IS(tp_queue_withdraw(NULL, 77, &there), NULL_POINTER);
    IS(tp_queue_destroy(queue), OK);
}

void queues(void)
{
    definitions();
    tickets();

    tp_queue *queue;
    tp_queue_def def = definition();
    IS(tp_queue_create(&def, &queue), OK);
    for (uint64_t id = 1; id <= 9; id++) {
        tp_ticket ticket = solo(id, 1500 + (double)id);
        ticket.backfill = id == 9;
        ticket.enqueued_ms = id == 9 ? 1000 : 0;
        IS(tp_queue_add(queue, &ticket), OK);
    }
    tp_formed formed[9];
    size_t count;
    FILL(formed);
    FILL(count);
    IS(tp_queue_form(queue, 1000, formed, 8, &count), SHORT_BUFFER);
    SAYS("at least 9");
    IS(tp_queue_form(queue, UINT64_MAX, formed, 9, &count), INVALID_ARGUMENT);
    IS(tp_queue_form(NULL, 1000, formed, 9, &count), NULL_POINTER);
    IS(tp_queue_form(queue, 1000, NULL, 9, &count), NULL_POINTER);
    IS(tp_queue_form(queue, 1000, formed, 9, NULL), NULL_POINTER);
    UNTOUCHED(formed);
    UNTOUCHED(count);
    IS(tp_queue_form(queue, 1000, formed, 9, &count), OK);
    CHECK(count == 1 && formed[0].seat_count == 8 && formed[0].joins == 0 && formed[0].mode == 1);
    CHECK(formed[0].region == 0 && fabs(formed[0].chance - 0.5) < 0.05 && formed[0].spread == 7);
    for (int n = 0; n < 8; n++) {
        const tp_formed_seat *seat = &formed[0].seats[n];
        CHECK(seat->team == (n < 4 ? TP_TEAM_RED : TP_TEAM_BLUE) && seat->waited_ms == 1000);
        CHECK(seat->ticket >= 1 && seat->ticket <= 8 && seat->player == 100 + seat->ticket);
    }
    tp_offer offer;
    memset(&offer, 0, sizeof offer);
    offer.id = 5;
    offer.mode = 1;
    offer.free_blue = 1;
    offer.red_count = 1;
    offer.players[0] = solo(50, 1500).players[0];
    IS(tp_queue_offer(queue, &offer), OK);
    IS(tp_queue_form(queue, 2000, formed, 9, &count), OK);
    CHECK(count == 1 && formed[0].joins == 1 && formed[0].running == 5 && formed[0].seats[0].team == TP_TEAM_BLUE);

    tp_queue_stats stats, again;
    IS(tp_queue_get_stats(queue, &stats), OK);
    CHECK(stats.tickets == 0 && stats.players == 0 && stats.offers == 0 && stats.forms == 2);
    CHECK(stats.matches == 1 && stats.backfills == 1 && stats.log_waiting > 100 && stats.hash != 0);
    FILL(again);
    IS(tp_queue_get_stats(NULL, &again), NULL_POINTER);
    UNTOUCHED(again);
    IS(tp_queue_get_stats(queue, NULL), NULL_POINTER);

    static uint8_t log[1 << 16];
    size_t length;
    tp_drained drained;
    FILL(length);
    FILL(drained);
    IS(tp_queue_drain_log(queue, log, 10, &length, &drained), SHORT_BUFFER);
    IS(tp_queue_drain_log(NULL, log, sizeof log, &length, &drained), NULL_POINTER);
    IS(tp_queue_drain_log(queue, NULL, sizeof log, &length, &drained), NULL_POINTER);
    IS(tp_queue_drain_log(queue, log, sizeof log, NULL, &drained), NULL_POINTER);
    IS(tp_queue_drain_log(queue, log, sizeof log, &length, NULL), NULL_POINTER);
    UNTOUCHED(length);
    UNTOUCHED(drained);
    IS(tp_queue_drain_log(queue, log, sizeof log, &length, &drained), OK);
    CHECK(length == stats.log_waiting && drained.bytes == length && drained.total == length && drained.stopped == 0);

    tp_queue *replayed;
    tp_queue_replayed read;
    IS(tp_queue_replay(log, length, &replayed, &read), OK);
    CHECK(read.calls == 12 && read.lost == 0);
    IS(tp_queue_get_stats(replayed, &again), OK);
    CHECK(again.hash == stats.hash && again.forms == 2 && again.log_waiting == 0);
    IS(tp_queue_destroy(replayed), OK);
    FILL(replayed);
    FILL(read);
    log[length - 1] ^= 1;
    IS(tp_queue_replay(log, length, &replayed, &read), BAD_REPLAY);
    SAYS("byte");
    IS(tp_queue_replay(log, 3, &replayed, &read), BAD_REPLAY);
    IS(tp_queue_replay(NULL, 3, &replayed, &read), NULL_POINTER);
    UNTOUCHED(replayed);
    UNTOUCHED(read);
    IS(tp_queue_replay(log, length, NULL, &read), NULL_POINTER);
    IS(tp_queue_replay(log, length, &replayed, NULL), NULL_POINTER);
    IS(tp_queue_destroy(queue), OK);
}
