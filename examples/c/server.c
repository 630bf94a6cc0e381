/* A small authoritative game server: one UDP socket, one match, a fixed step, clients that are played by bots when there
 * are no others. The server alone decides what happens; a client sends what its player presses and is sent what its
 * player may know.
 *
 *   build/server [--port P] [--clients N] [--ticks T]
 *
 * --clients N: starts N clients of its own on threads of this process, each with a socket, 1 to 8; default 4.
 * --ticks T: plays T ticks as fast as the clients answer and ends; without it, 60 ticks a second until Ctrl-C.
 *
 * A datagram from a client begins with one byte: 'J' asks to join, 'M' carries one message of the wire. What the server
 * sends are messages of the wire alone. A client is known by its address; whoever is silent for 10 s is let go. */

#define _POSIX_C_SOURCE 200809L

#include "trespasser.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RATE = 60, SILENCE = 10 * RATE, DATAGRAM = 1200 };

static atomic_int ended;

static void end(int signal)
{
    (void)signal;
    atomic_store(&ended, 1);
}

static void fail(const char *what)
{
    fprintf(stderr, "server: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void check(tp_result result, const char *what)
{
    if (result != TP_RESULT_OK) {
        fprintf(stderr, "server: %s: %s (%s)\n", what, tp_result_message(result), tp_last_error_message());
        exit(1);
    }
}

static void tell(void *unused, uint32_t level, const char *message)
{
    (void)unused;
    fprintf(stderr, "engine (%s): %s\n", level == TP_LOG_LEVEL_ERROR ? "defect" : "refused", message);
}

/* ---- the server ---- */

struct player {
    int there;
    struct sockaddr_in address;
    tp_player_id id;
    uint32_t last_heard;
};

struct server {
    int socket;
    tp_world *world;
    tp_match_id match;
    uint32_t tick;
    struct player players[TP_MAX_PLAYERS];
    uint64_t received, refused, sent, bytes_sent;
};

static struct player *by_address(struct server *server, const struct sockaddr_in *address)
{
    for (int i = 0; i < TP_MAX_PLAYERS; i++) {
        struct player *player = &server->players[i];
        if (player->there && player->address.sin_port == address->sin_port &&
            player->address.sin_addr.s_addr == address->sin_addr.s_addr)
            return player;
    }
    return NULL;
}

static struct player *by_id(struct server *server, tp_player_id id)
{
    struct player *player = &server->players[id.raw & 7]; /* the low bits are the slot */
    return player->there && player->id.raw == id.raw ? player : NULL;
}

static void join(struct server *server, const struct sockaddr_in *address)
{
    struct player *player = by_address(server, address);
    if (player == NULL) {
        tp_player_def def = tp_player_default_def();
        tp_player_id id;
        if (tp_player_add(server->world, server->match, &def, &id) != TP_RESULT_OK)
            return; /* full: the client goes on asking */
        player = &server->players[id.raw & 7];
        *player = (struct player){ 1, *address, id, server->tick };
    }
    /* Asked again, its welcome was lost: the link begins anew. */
    check(tp_world_open_link(server->world, server->match, player->id), "tp_world_open_link");
}

/* Takes all that has come. Nothing that a client sends is an error of the server's. */
static void receive(struct server *server)
{
    uint8_t datagram[DATAGRAM];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t length;
    while ((length = recvfrom(server->socket, datagram, sizeof datagram, 0, (struct sockaddr *)&from, &size)) >= 0) {
        size = sizeof from;
        server->received++;
        if (length == 1 && datagram[0] == 'J') {
            join(server, &from);
            continue;
        }
        struct player *player = by_address(server, &from);
        tp_received received;
        if (length < 1 || datagram[0] != 'M' || player == NULL ||
            tp_world_receive(server->world, server->match, player->id, datagram + 1, (size_t)length - 1, &received) !=
                TP_RESULT_OK) {
            server->refused++;
            continue;
        }
        player->last_heard = server->tick;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ECONNREFUSED && errno != EINTR)
        fail("recvfrom");
}

/* One tick: whoever has left goes, the match steps, everybody is sent what the step has for them. */
static void step(struct server *server)
{
    for (int i = 0; i < TP_MAX_PLAYERS; i++) {
        struct player *player = &server->players[i];
        if (player->there && server->tick - player->last_heard > SILENCE) {
            check(tp_player_remove(server->world, server->match, player->id), "tp_player_remove");
            player->there = 0;
        }
    }
    check(tp_world_step(server->world), "tp_world_step");
    server->tick++;

    static uint8_t bytes[TP_MAX_PLAYERS * 2048];
    static tp_packet packets[TP_MAX_PLAYERS];
    size_t count, length;
    check(tp_world_packets(server->world, bytes, sizeof bytes, packets, TP_MAX_PLAYERS, &count, &length),
          "tp_world_packets");
    for (size_t i = 0; i < count; i++) {
        const struct player *player = by_id(server, packets[i].player_id);
        if (player == NULL)
            continue;
        sendto(server->socket, bytes + packets[i].offset, packets[i].length, 0,
               (const struct sockaddr *)&player->address, sizeof player->address); /* a lost one is the wire's business */
        server->sent++;
        server->bytes_sent += packets[i].length;
    }
}

/* ---- clients of our own ---- */

struct client {
    struct sockaddr_in server;
    uint32_t number;
    uint32_t snapshots, kills, deaths;
    float walked;
};

/* Joins, walks a square, fires at whom it sees, until the server ends. */
static void *play(void *with)
{
    struct client *client = with;
    int handle = socket(AF_INET, SOCK_DGRAM, 0);
    tp_receiver *receiver;
    if (handle < 0 || connect(handle, (struct sockaddr *)&client->server, sizeof client->server) != 0)
        fail("a client's socket");
    check(tp_receiver_create(&receiver), "tp_receiver_create");
    uint8_t datagram[2048] = { 'J' };
    float x = 0, y = 0;
    int welcomed = 0;
    while (!atomic_load(&ended)) {
        if (!welcomed)
            (void)!send(handle, "J", 1, 0);
        struct pollfd poll_for = { handle, POLLIN, 0 };
        if (poll(&poll_for, 1, 50) <= 0)
            continue;
        ssize_t length = recv(handle, datagram, sizeof datagram, MSG_DONTWAIT);
        uint8_t taken;
        if (length < 0 || tp_receiver_take(receiver, datagram, (size_t)length, &taken) != TP_RESULT_OK)
            continue;
        welcomed |= taken == TP_TAKEN_WELCOME;
        if (taken == TP_TAKEN_FAREWELL)
            break;
        tp_seen seen;
        tp_seen_own own;
        if (tp_receiver_get(receiver, &seen) != TP_RESULT_OK || tp_receiver_get_own(receiver, &own) != TP_RESULT_OK)
            continue;
        const tp_seen_player *self = &seen.players[seen.slot];
        client->snapshots += taken == TP_TAKEN_SNAPSHOT;
        client->walked += client->snapshots > 1 ? (self->x > x ? self->x - x : x - self->x) +
                                                      (self->y > y ? self->y - y : y - self->y)
                                                : 0;
        x = self->x;
        y = self->y;
        client->kills = own.scores[seen.slot].kills;
        client->deaths = own.scores[seen.slot].deaths;

        /* Aim at the first enemy who is known to live, else where one goes. */
        static const uint16_t ways[4] = { TP_BUTTON_UP, TP_BUTTON_RIGHT, TP_BUTTON_DOWN, TP_BUTTON_LEFT };
        uint16_t held = ways[(seen.tick / 90 + client->number) % 4];
        float aim_x = 240, aim_y = 135;
        for (uint8_t s = 0; s < TP_MAX_PLAYERS; s++) {
            const tp_seen_player *other = &seen.players[s];
            if ((seen.known >> s & 1) && (other->flags & TP_SEEN_FLAG_ALIVE) && own.scores[s].there &&
                own.scores[s].team != own.scores[seen.slot].team) {
                held |= seen.tick / 6 % 2 ? TP_BUTTON_FIRE : 0;
                aim_x = other->x;
                aim_y = other->y;
            }
        }
        /* A message for each snapshot carries the inputs of the ticks in between. */
        tp_welcome welcome;
        check(tp_receiver_get_welcome(receiver, &welcome), "tp_receiver_get_welcome");
        uint32_t number;
        for (uint32_t i = 0; i < welcome.step; i++)
            check(tp_receiver_input(receiver, held, own.dead ? TP_BUTTON_RESPAWN : 0, aim_x, aim_y, &number),
                  "tp_receiver_input");
        size_t used;
        datagram[0] = 'M';
        check(tp_receiver_write(receiver, 0, datagram + 1, TP_MAX_CLIENT_MESSAGE, &used), "tp_receiver_write");
        (void)!send(handle, datagram, used + 1, 0);
    }
    check(tp_receiver_destroy(receiver), "tp_receiver_destroy");
    close(handle);
    return NULL;
}

/* ---- both ---- */

static unsigned long number(int argc, char **argv, int *at, unsigned long least, unsigned long most)
{
    const char *name = argv[*at], *text = ++*at < argc ? argv[*at] : "";
    char *rest;
    errno = 0;
    unsigned long value = strtoul(text, &rest, 10);
    if (text[0] < '0' || text[0] > '9' || *rest != '\0' || errno != 0 || value < least || value > most) {
        fprintf(stderr, "server: %s is \"%s\"; it must be %lu to %lu\n", name, text, least, most);
        exit(2);
    }
    return value;
}

int main(int argc, char **argv)
{
    unsigned long port = 0, client_count = 4, ticks = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--port") == 0)
            port = number(argc, argv, &i, 0, 65535);
        else if (strcmp(argv[i], "--clients") == 0)
            client_count = number(argc, argv, &i, 0, TP_MAX_PLAYERS);
        else if (strcmp(argv[i], "--ticks") == 0)
            ticks = number(argc, argv, &i, 1, UINT32_MAX / 2);
        else {
            fprintf(stderr, "usage: server [--port P] [--clients N] [--ticks T]\n");
            return 2;
        }
    }
    signal(SIGINT, end);
    signal(SIGTERM, end);
    check(tp_check_version(TP_VERSION), "tp_check_version");
    tp_log log = { sizeof log, TP_LOG_LEVEL_ERROR, NULL, tell };
    check(tp_set_log(&log), "tp_set_log");

    static struct server server;
    tp_map *map;
    tp_world_def def = tp_world_default_def();
    tp_match_def match_def = tp_match_default_def();
    def.max_matches = 1;
    check(tp_world_create(&def, &server.world), "tp_world_create");
    check(tp_map_from_builtin("yard", TP_READING_FINE, &map), "tp_map_from_builtin");
    check(tp_match_create(server.world, map, &match_def, &server.match), "tp_match_create");
    check(tp_map_destroy(map), "tp_map_destroy");

    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    server.socket = socket(AF_INET, SOCK_DGRAM, 0);
    if (server.socket < 0 || fcntl(server.socket, F_SETFL, O_NONBLOCK) != 0 ||
        bind(server.socket, (struct sockaddr *)&address, size) != 0 ||
        getsockname(server.socket, (struct sockaddr *)&address, &size) != 0)
        fail("the server's socket");
    printf("server: 127.0.0.1:%u\n", ntohs(address.sin_port));
    fflush(stdout);

    static struct client clients[TP_MAX_PLAYERS];
    static pthread_t threads[TP_MAX_PLAYERS];
    for (uint32_t i = 0; i < client_count; i++) {
        clients[i] = (struct client){ .server = address, .number = i };
        if (pthread_create(&threads[i], NULL, play, &clients[i]) != 0)
            fail("pthread_create");
    }

    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t next = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    while (!atomic_load(&ended) && (ticks == 0 || server.tick < ticks)) {
        /* Until the next tick is due, or for a test as soon as somebody has answered, datagrams are taken as they come. */
        next += 1000000000 / RATE;
        for (;;) {
            clock_gettime(CLOCK_MONOTONIC, &now);
            int64_t left = next - (now.tv_sec * INT64_C(1000000000) + now.tv_nsec);
            if (ticks != 0)
                left = left < 2000000 ? left : 2000000;
            struct pollfd poll_for = { server.socket, POLLIN, 0 };
            int ready = left > 0 ? poll(&poll_for, 1, (int)(left / 1000000)) : 0;
            receive(&server);
            if (ready <= 0 || ticks != 0 || atomic_load(&ended))
                break;
        }
        step(&server);
    }
    atomic_store(&ended, 1);
    for (uint32_t i = 0; i < client_count; i++)
        pthread_join(threads[i], NULL);

    tp_match_info info;
    check(tp_match_get_info(server.world, server.match, &info), "tp_match_get_info");
    printf("%" PRIu32 " ticks, %" PRIu64 " datagrams taken, %" PRIu64 " refused, %" PRIu64 " sent of %" PRIu64 " bytes\n",
           info.tick, server.received, server.refused, server.sent, server.bytes_sent);
    int all_played = 1;
    for (uint32_t i = 0; i < client_count; i++) {
        printf("client %" PRIu32 ": %" PRIu32 " snapshots, %.0f px, %" PRIu32 " kills, %" PRIu32 " deaths\n", i,
               clients[i].snapshots, (double)clients[i].walked, clients[i].kills, clients[i].deaths);
        all_played &= clients[i].snapshots > 0;
    }
    check(tp_world_destroy(server.world), "tp_world_destroy");
    close(server.socket);
    return all_played ? 0 : 1;
}
