// A scene of bots by way of trespasser.hpp, with one second of it turned back and played anew half way; and what becomes
// of mistakes. Ends with the same hash as the C, Rust and Node examples.
//
//   trespasser-cpp [SCENE] [TICKS]

#include "trespasser.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <type_traits>

static_assert(!std::is_copy_constructible_v<tp::world> && std::is_nothrow_move_constructible_v<tp::world>);
static_assert(!std::is_copy_constructible_v<tp::snapshot> && std::is_nothrow_move_assignable_v<tp::snapshot>);

static void think_and_step(tp::bots &bots, tp::world &world)
{
    bots.think(world);
    world.step();
}

/// A tick into the future and back: the match is where it was.
static void look_ahead(tp::match game, tp::snapshot &before, std::uint32_t ticks)
{
    const std::uint64_t hash = game.hash();
    game.take(before);
    game.resimulate(before, ticks, {});
    if (game.hash() == hash || game.info().tick != before.info().tick + ticks)
        throw std::logic_error("playing ahead changed nothing");
    game.roll_back(before);
    if (game.hash() != hash)
        throw std::logic_error("turned back to something else");
}

static void mistakes(tp::world &world)
{
    try {
        tp::map::builtin("atlantis");
        throw std::logic_error("a map that is not there was made");
    } catch (const tp::error &error) {
        if (error.code() != TP_RESULT_UNKNOWN_NAME || std::string(error.what()).find("yard") == std::string::npos)
            throw;
    }
    try {
        tp::match(world.get(), tp_match_id{ 0 }).hash();
        throw std::logic_error("a null match had a hash");
    } catch (const tp::error &error) {
        if (error.code() != TP_RESULT_STALE_ID)
            throw;
    }
}

static int run(int argc, char **argv)
{
    const char *scene = argc > 1 ? argv[1] : "brawl";
    const long ticks = argc > 2 ? std::strtol(argv[2], nullptr, 10) : 600;
    tp::check_version();

    tp_scene_info script;
    tp::check(tp_scene_get_info(scene, &script)); // no wrapper of its own: the C function will do
    std::array<tp_bot_def, TP_MAX_PLAYERS> roles;
    std::size_t role_count;
    tp::check(tp_scene_get_bots(scene, roles.data(), roles.size(), &role_count));

    tp::world made;
    tp::world world = std::move(made); // moved from, `made` holds nothing
    mistakes(world);
    tp_match_def def = tp_match_default_def();
    def.seed = script.seed;
    def.kill_target = script.kill_target;
    tp::match game = world.create_match(tp::map::builtin(script.map), def); // the map may go, the match keeps it
    tp::bots bots;
    for (const tp_bot_def &role : tp::span<const tp_bot_def>(roles.data(), role_count))
        bots.add(world, game, role);

    tp::snapshot snapshot;
    std::vector<tp_event> events(TP_MAX_EVENTS);
    unsigned long shots = 0;
    for (long tick = 0; tick < ticks; tick++) {
        if (tick == ticks / 2)
            look_ahead(game, snapshot, 60);
        think_and_step(bots, world);
        for (const tp_event &event : game.drain_events(events))
            shots += event.kind == TP_EVENT_KIND_FIRED;
    }

    std::array<tp_player_view, TP_MAX_PLAYERS> players;
    for (const tp_player_view &player : game.players(players))
        std::printf("%s at (%5.1f, %5.1f), %u kills\n", player.team == TP_TEAM_RED ? "red " : "blue",
                    static_cast<double>(player.x), static_cast<double>(player.y), player.kills);
    std::printf("%lu shots\nhash %016" PRIx64 "\n", shots, game.hash());
    return 0;
}

int main(int argc, char **argv)
{
    try {
        return run(argc, argv);
    } catch (const tp::error &error) {
        std::fprintf(stderr, "%s (%s)\n", error.what(), error.meaning());
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    return 1;
}
