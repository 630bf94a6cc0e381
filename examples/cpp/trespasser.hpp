// Trespasser for C++17: a thin layer over trespasser.h, in one header, to be copied into a project and grown there.
//
// - Objects own: they move, do not copy, and end what they hold. A tp::match is an id with the world it is of; it owns
//   nothing, and may outlive neither.
// - Failures are exceptions: tp::error carries the tp_result and the message. What is judged item by item
//   (tp::world::push_inputs) gives results instead.
// - Buffers are the caller's: a tp::span in, the part that was written out. Nothing is allocated here but by calls that
//   return a std::vector.
// - Threads: as trespasser.h has it. const members may meet, others must be alone with their object.
//
// Not everything has a wrapper: get() gives the object for the C functions, and tp::check takes their results.
#ifndef TRESPASSER_HPP
#define TRESPASSER_HPP

#include "trespasser.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tp {

/// A call that was refused, or a defect caught at the border (TP_RESULT_PANIC).
class error : public std::runtime_error {
public:
    error(tp_result code, const char *message) : std::runtime_error(message), code_(code) {}
    tp_result code() const noexcept { return code_; }
    /// What the code means in general; what() says what was wrong this time.
    const char *meaning() const noexcept { return tp_result_message(code_); }

private:
    tp_result code_;
};

inline void check(tp_result result)
{
    if (result != TP_RESULT_OK)
        throw error(result, tp_last_error_message());
}

/// Refuses a library that the header does not fit. Once, before anything else.
inline void check_version() { check(tp_check_version(TP_VERSION)); }

/// Elements that somebody else owns.
template <typename T> class span {
public:
    constexpr span() noexcept = default;
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <std::size_t N> constexpr span(T (&array)[N]) noexcept : data_(array), size_(N) {}
    /// Of anything with data() and size(): std::vector, std::array, another span.
    template <typename C, typename = decltype(std::declval<T *&>() = std::declval<C &>().data())>
    constexpr span(C &container) noexcept : data_(container.data()), size_(container.size())
    {
    }
    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    constexpr T &operator[](std::size_t i) const noexcept { return data_[i]; }
    constexpr span first(std::size_t count) const noexcept { return span(data_, count); }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// An object of the library, ended with its owner.
template <typename T, tp_result (*Destroy)(T *)> class handle {
public:
    T *get() const noexcept { return object_.get(); }

protected:
    /// From a creator: a call whose last argument is where the object goes.
    template <typename Create> explicit handle(Create &&create)
    {
        T *object = nullptr;
        check(create(&object));
        object_.reset(object);
    }

private:
    struct end {
        // Refused only while a call on another thread is inside: an error of the program, and a leak, not a crash.
        void operator()(T *object) const noexcept { (void)Destroy(object); }
    };
    std::unique_ptr<T, end> object_;
};

class map : public handle<tp_map, tp_map_destroy> {
public:
    static map builtin(const char *name, tp_reading reading = TP_READING_FINE)
    {
        return map([&](tp_map **out) { return tp_map_from_builtin(name, static_cast<std::uint32_t>(reading), out); });
    }
    static map from_png(span<const std::uint8_t> png, tp_reading reading = TP_READING_FINE)
    {
        return map([&](tp_map **out) {
            return tp_map_from_png(png.data(), png.size(), static_cast<std::uint32_t>(reading), out);
        });
    }
    static map from_rects(span<const tp_wall_def> walls, span<const tp_spawn> spawns)
    {
        return map([&](tp_map **out) {
            return tp_map_from_rects(walls.data(), walls.size(), spawns.data(), spawns.size(), out);
        });
    }
    tp_map_info info() const
    {
        tp_map_info info;
        check(tp_map_get_info(get(), &info));
        return info;
    }

private:
    using handle::handle;
};

class snapshot : public handle<tp_snapshot, tp_snapshot_destroy> {
public:
    snapshot() : handle([](tp_snapshot **out) { return tp_snapshot_create(out); }) {}
    tp_snapshot_info info() const
    {
        tp_snapshot_info info;
        check(tp_snapshot_get_info(get(), &info));
        return info;
    }
};

/// A match of a world: its id and where it is. Copies are the same match.
class match {
public:
    match(tp_world *world, tp_match_id id) noexcept : world_(world), id_(id) {}
    tp_match_id id() const noexcept { return id_; }

    tp_player_id add_player(const tp_player_def &def = tp_player_default_def())
    {
        tp_player_id player;
        check(tp_player_add(world_, id_, &def, &player));
        return player;
    }
    void remove_player(tp_player_id player) { check(tp_player_remove(world_, id_, player)); }
    tp_player_view player(tp_player_id player) const
    {
        tp_player_view view;
        check(tp_player_get(world_, id_, player, &view));
        return view;
    }
    span<tp_player_view> players(span<tp_player_view> into) const
    {
        std::size_t count;
        check(tp_match_players(world_, id_, into.data(), into.size(), &count));
        return into.first(count);
    }
    tp_match_info info() const
    {
        tp_match_info info;
        check(tp_match_get_info(world_, id_, &info));
        return info;
    }
    std::uint64_t hash() const
    {
        std::uint64_t hash;
        check(tp_match_hash(world_, id_, &hash));
        return hash;
    }
    /// `lost`: how many went before these because nobody drained them.
    span<tp_event> drain_events(span<tp_event> into, std::uint64_t *lost = nullptr)
    {
        std::size_t count;
        std::uint64_t missed;
        check(tp_match_drain_events(world_, id_, into.data(), into.size(), &count, lost ? lost : &missed));
        return into.first(count);
    }
    std::vector<std::uint8_t> save() const
    {
        std::size_t size;
        check(tp_match_save_size(world_, id_, &size));
        std::vector<std::uint8_t> bytes(size);
        check(tp_match_save(world_, id_, bytes.data(), bytes.size(), &size));
        return bytes;
    }
    void restore(span<const std::uint8_t> bytes) { check(tp_match_restore(world_, id_, bytes.data(), bytes.size())); }
    void take(snapshot &into) const { check(tp_match_snapshot(world_, id_, into.get())); }
    void roll_back(const snapshot &to) { check(tp_match_rollback(world_, id_, to.get())); }
    void resimulate(const snapshot &from, std::uint32_t ticks, span<const tp_past_input> inputs)
    {
        check(tp_match_resimulate(world_, id_, from.get(), ticks, inputs.data(), inputs.size()));
    }
    void open_link(tp_player_id player) { check(tp_world_open_link(world_, id_, player)); }
    tp_received receive(tp_player_id player, span<const std::uint8_t> message)
    {
        tp_received received;
        check(tp_world_receive(world_, id_, player, message.data(), message.size(), &received));
        return received;
    }
    void reset(std::uint64_t seed) { check(tp_match_reset(world_, id_, seed)); }
    void destroy() { check(tp_match_destroy(world_, id_)); }

private:
    tp_world *world_;
    tp_match_id id_;
};

class world : public handle<tp_world, tp_world_destroy> {
public:
    explicit world(const tp_world_def &def = tp_world_default_def())
        : handle([&](tp_world **out) { return tp_world_create(&def, out); })
    {
    }
    match create_match(const map &on, const tp_match_def &def = tp_match_default_def())
    {
        tp_match_id id;
        check(tp_match_create(get(), on.get(), &def, &id));
        return match(get(), id);
    }
    void step() { check(tp_world_step(get())); }
    void step_parallel() { check(tp_world_step_parallel(get())); }
    tp_world_info info() const
    {
        tp_world_info info;
        check(tp_world_get_info(get(), &info));
        return info;
    }
    /// A tp_result for each input goes to its place in `results`, which has as many.
    void push_inputs(span<const tp_input> inputs, span<std::uint32_t> results)
    {
        if (results.size() < inputs.size())
            throw error(TP_RESULT_SHORT_BUFFER, "results has fewer elements than inputs");
        check(tp_world_push_inputs(get(), inputs.data(), inputs.size(), results.data()));
    }
    /// What the last step has to send: whose, and where in `bytes`.
    span<tp_packet> packets(span<std::uint8_t> bytes, span<tp_packet> into) const
    {
        std::size_t count, length;
        check(tp_world_packets(get(), bytes.data(), bytes.size(), into.data(), into.size(), &count, &length));
        return into.first(count);
    }
    /// All players of all matches, and where each match's lie.
    std::pair<span<tp_player_view>, span<tp_match_span>> players(span<tp_player_view> into,
                                                                 span<tp_match_span> spans) const
    {
        std::size_t count, matches;
        check(tp_world_players(get(), into.data(), into.size(), spans.data(), spans.size(), &count, &matches));
        return { into.first(count), spans.first(matches) };
    }
};

class bots : public handle<tp_bots, tp_bots_destroy> {
public:
    bots() : handle([](tp_bots **out) { return tp_bots_create(out); }) {}
    tp_player_id add(world &to, const match &game, const tp_bot_def &def = tp_bot_default_def())
    {
        tp_player_id player;
        check(tp_bots_add(get(), to.get(), game.id(), &def, &player));
        return player;
    }
    void think(world &in) { check(tp_bots_think(get(), in.get())); }
};

class receiver : public handle<tp_receiver, tp_receiver_destroy> {
public:
    receiver() : handle([](tp_receiver **out) { return tp_receiver_create(out); }) {}
    tp_taken take(span<const std::uint8_t> message)
    {
        std::uint8_t taken;
        check(tp_receiver_take(get(), message.data(), message.size(), &taken));
        return static_cast<tp_taken>(taken);
    }
    std::uint32_t input(std::uint16_t held, std::uint16_t taps, float mouse_x, float mouse_y)
    {
        std::uint32_t number;
        check(tp_receiver_input(get(), held, taps, mouse_x, mouse_y, &number));
        return number;
    }
    span<std::uint8_t> write(std::uint32_t view, span<std::uint8_t> into)
    {
        std::size_t length;
        check(tp_receiver_write(get(), view, into.data(), into.size(), &length));
        return into.first(length);
    }
    tp_seen seen() const
    {
        tp_seen seen;
        check(tp_receiver_get(get(), &seen));
        return seen;
    }
};

} // namespace tp

#endif
