/* Trespasser: C interface of the simulation engine. Generated from ffi/src; change it there.
 *
 * Results: every call that can fail returns tp_result; TP_RESULT_OK is 0. A call that fails has changed nothing and
 * written to none of its outputs, which stand last among the arguments. tp_last_error_message() says what was wrong,
 * names the field and its limit.
 * Ids: 8 bytes by value; zero is null; a stale one is TP_RESULT_STALE_ID, never somebody else's match or player.
 * Definitions: take one from its tp_*_default_def(), change fields, pass it; `size` says which version it is.
 * Buffers: the caller owns them all. A count that comes with an array says how many elements it has room for; an
 * array of no elements may be null. Strings are UTF-8 with a zero at the end.
 * Threads: each function says which threads may call it. Two calls that must not meet and do meet give
 * TP_RESULT_BUSY.
 * Units: playfield pixels (480 x 270, x to the right, y down), ticks, 1/64 points of health where it says so.
 */

#ifndef TRESPASSER_H
#define TRESPASSER_H

#include <stddef.h>
#include <stdint.h>

/* Version of this header; compare with tp_check_version(TP_VERSION) at run time. */
#define TP_VERSION_MAJOR 0
#define TP_VERSION_MINOR 1
#define TP_VERSION_PATCH 0
#define TP_VERSION ((TP_VERSION_MAJOR << 16) | (TP_VERSION_MINOR << 8) | TP_VERSION_PATCH)

// Players a match can hold.
#define TP_MAX_PLAYERS 8

// Events a match keeps until they are drained: room for this many is always enough.
#define TP_MAX_EVENTS 4096

// Sounds a match keeps until they are drained: room for this many is always enough.
#define TP_MAX_SOUNDS 1024

// Gains of tp_match_sound_field: 27 rows of 48 cells of 10 x 10 px.
#define TP_SOUND_CELLS 1296

// Highest cutoff of a tp_heard: nothing muffles it.
#define TP_CUTOFF_OPEN 63

// Words of tp_player_tiles.
#define TP_TILE_WORDS 32

// Projectiles of a match in flight.
#define TP_MAX_PROJECTILES 64

// Clouds of smoke of a match.
#define TP_MAX_CLOUDS 32

// Of a projectile without a fuse.
#define TP_NO_FUSE 4294967295

// Weapons a player can carry.
#define TP_MAX_WEAPONS 5

// No player, no weapon, in fields of 8 bits.
#define TP_NONE 255

// No slice.
#define TP_NO_SLICE 65535

// Health of a slice of the border, which nothing damages.
#define TP_INDESTRUCTIBLE 65535

// Points of health are counted in these: 64 are one point.
#define TP_POINT 64

// Bytes of a client's message at most.
#define TP_MAX_CLIENT_MESSAGE 256

// Level of a slice that is as the map has it.
#define TP_AS_ON_MAP 255

// Pieces of evidence that a match keeps until they are drained: tp_match_drain_evidence wants room for this many.
#define TP_MAX_EVIDENCE 64

// Kinds of evidence: elements of tp_guard_def.weight, that of kind k at k - 1.
#define TP_EVIDENCE_KINDS 21

// Regions of a queue at most: elements of a ticket's pings.
#define TP_QUEUE_REGIONS 8

// Modes of a queue at most.
#define TP_QUEUE_MODES 64

// Players of a party at most: elements of a ticket's players.
#define TP_QUEUE_PARTY 4

// Players whom a ticket may block: elements of its blocks.
#define TP_QUEUE_BLOCKS 8

// What a call returns. Numbers are never reused.
enum tp_result
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Done.
  TP_RESULT_OK = 0,
  // An id that was never given out, or whose match or player is gone.
  TP_RESULT_STALE_ID = 1,
  // A ninth player.
  TP_RESULT_MATCH_FULL = 2,
  // More matches than the world was defined for.
  TP_RESULT_WORLD_FULL = 3,
  // A value outside its range, or a definition of an unknown size.
  TP_RESULT_INVALID_ARGUMENT = 4,
  // A name or number that is no weapon.
  TP_RESULT_UNKNOWN_WEAPON = 5,
  // A loadout that breaks the rules.
  TP_RESULT_ILLEGAL_LOADOUT = 6,
  // The state of the player or match does not allow it now.
  TP_RESULT_NOT_ALLOWED = 7,
  // A map that cannot be played.
  TP_RESULT_BAD_MAP = 8,
  // Bytes that are no saved match of this world.
  TP_RESULT_BAD_SNAPSHOT = 9,
  // A name that no scene or built-in map has.
  TP_RESULT_UNKNOWN_NAME = 10,
  // Bytes that are no message of the wire protocol; the message names the field.
  TP_RESULT_BAD_MESSAGE = 11,
  // Bytes that are no recording or no log of a queue, a damaged one, or one of another map, rule set or simulation.
  TP_RESULT_BAD_REPLAY = 12,
  // A ticket's id, or one of its players, that waits already; the message names the other ticket.
  TP_RESULT_ALREADY_QUEUED = 13,
  // More tickets or offers than the queue was defined for.
  TP_RESULT_QUEUE_FULL = 14,
  // A pointer that must not be null is.
  TP_RESULT_NULL_POINTER = 101,
  // The caller's buffer has too little room; the message says how much is needed.
  TP_RESULT_SHORT_BUFFER = 102,
  // A string that is not UTF-8.
  TP_RESULT_BAD_UTF8 = 103,
  // A defect of the engine, caught at the border; the object that was being changed only takes its destroy call.
  TP_RESULT_PANIC = 104,
  // The object is in use by another call, on this or another thread.
  TP_RESULT_BUSY = 105,
  // Of one input: its sequence number is old or waiting already; it is ignored and counted.
  TP_RESULT_IGNORED_INPUT = 106,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_result tp_result;
#else
typedef uint32_t tp_result;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A side.
enum tp_team
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Red.
  TP_TEAM_RED = 0,
  // Blue.
  TP_TEAM_BLUE = 1,
  // Of a player who joins: the smaller team, red where they are equal. Of a winner: nobody.
  TP_TEAM_NONE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_team tp_team;
#else
typedef uint8_t tp_team;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A weapon.
enum tp_weapon
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  TP_WEAPON_RIFLE = 0,
  TP_WEAPON_SMG = 1,
  TP_WEAPON_SHOTGUN = 2,
  TP_WEAPON_BATTLE_RIFLE = 3,
  TP_WEAPON_SNIPER_RIFLE = 4,
  TP_WEAPON_PISTOL = 5,
  TP_WEAPON_REVOLVER = 6,
  TP_WEAPON_SUPPRESSED_PISTOL = 7,
  TP_WEAPON_MACHINE_GUN = 8,
  TP_WEAPON_ANTI_MATERIAL_RIFLE = 9,
  TP_WEAPON_GRENADE_LAUNCHER = 10,
  TP_WEAPON_ROCKET = 11,
  TP_WEAPON_GRENADE = 12,
  TP_WEAPON_SMOKE_GRENADE = 13,
  TP_WEAPON_FLASHBANG = 14,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_weapon tp_weapon;
#else
typedef uint8_t tp_weapon;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a wall is made of.
enum tp_material
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Hard.
  TP_MATERIAL_CONCRETE = 0,
  // Hard.
  TP_MATERIAL_METAL = 1,
  // Soft: bullets go through at a cost, sight passes at half health.
  TP_MATERIAL_WOOD = 2,
  // Soft.
  TP_MATERIAL_GLASS = 3,
  // Indestructible.
  TP_MATERIAL_BORDER = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_material tp_material;
#else
typedef uint8_t tp_material;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Buttons as bits, held or pressed.
enum tp_button
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint16_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  TP_BUTTON_UP = 1,
  TP_BUTTON_LEFT = 2,
  TP_BUTTON_DOWN = 4,
  TP_BUTTON_RIGHT = 8,
  TP_BUTTON_RUN = 16,
  TP_BUTTON_SNEAK = 32,
  TP_BUTTON_FIRE = 64,
  TP_BUTTON_AIM = 128,
  TP_BUTTON_RELOAD = 256,
  TP_BUTTON_THROW = 512,
  TP_BUTTON_SLOT1 = 1024,
  TP_BUTTON_SLOT2 = 2048,
  TP_BUTTON_SLOT3 = 4096,
  TP_BUTTON_SLOT4 = 8192,
  TP_BUTTON_SLOT5 = 16384,
  TP_BUTTON_RESPAWN = 32768,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_button tp_button;
#else
typedef uint16_t tp_button;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How a player moves.
enum tp_gait
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  TP_GAIT_IDLE = 0,
  TP_GAIT_SNEAKING = 1,
  TP_GAIT_WALKING = 2,
  TP_GAIT_RUNNING = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_gait tp_gait;
#else
typedef uint8_t tp_gait;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Kind of a tp_event; the comments name the fields that carry something besides tick and actor.
enum tp_event_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // A player joined.
  TP_EVENT_KIND_JOINED = 1,
  // A player left. x, y.
  TP_EVENT_KIND_LEFT = 2,
  // x, y; value: tick until which the player is invulnerable.
  TP_EVENT_KIND_SPAWNED = 3,
  // value: ticks to wait.
  TP_EVENT_KIND_RESPAWN_DENIED = 4,
  // weapon; x, y: the muzzle; dx, dy; value: rounds left; flag AIMING.
  TP_EVENT_KIND_FIRED = 5,
  // weapon; value: ticks until the next shot; aux: rounds left (0: an empty click).
  TP_EVENT_KIND_FIRE_REFUSED = 6,
  // weapon, target; x, y: the impact; dx, dy: where the target's centre stood for the shot, px; aux: pellet;
  // value: damage, 1/64 points; part: things passed before.
  TP_EVENT_KIND_HIT_PLAYER = 7,
  // weapon, slice; x, y: the impact; dx, dy; aux: pellet; value: damage, 1/64 points; part: things passed before;
  // flag STOPPED if the bullet ends here.
  TP_EVENT_KIND_HIT_WALL = 8,
  // weapon; x, y: the end of the flight; dx, dy; aux: pellet; part: things passed before.
  TP_EVENT_KIND_MISS = 9,
  // weapon; value: ticks it takes.
  TP_EVENT_KIND_RELOAD_STARTED = 10,
  // weapon; value: rounds in the magazine; aux: in reserve.
  TP_EVENT_KIND_RELOADED = 11,
  // weapon: the new one; part: the old one's number.
  TP_EVENT_KIND_SWITCHED = 12,
  // flag AIMING: now on.
  TP_EVENT_KIND_AIM_TOGGLED = 13,
  // actor: who did it; target; weapon; x, y: of the target; value: damage, 1/64 points; aux: health left, points
  // rounded up; flag KILLED.
  TP_EVENT_KIND_PLAYER_DAMAGED = 14,
  // actor: the killer; target; weapon; x, y: of the body; flag TEAM_KILL.
  TP_EVENT_KIND_DIED = 15,
  // weapon, slice; x, y: the impact; value: damage dealt, 1/64 points; aux: health left, 1/64 points; flag
  // DESTROYED.
  TP_EVENT_KIND_WALL_DAMAGED = 16,
  // Instead of WALL_DAMAGED for the hit that breaks the slice: once for each. Besides, part: bit s says that the player
  // in slot s hears it break.
  TP_EVENT_KIND_SLICE_DESTROYED = 17,
  // value: a tp_team, NONE for a draw.
  TP_EVENT_KIND_MATCH_ENDED = 18,
  // A projectile leaves the hand or the muzzle: weapon; x, y; dx, dy: velocity, px/s; value: its serial number;
  // aux: level of charge, 0 for launched ones; slice: rounds left.
  TP_EVENT_KIND_LAUNCHED = 19,
  // actor: the owner; weapon; x, y; dx, dy: velocity after it, px/s; value: serial number; slice if it was one,
  // target if it was a body.
  TP_EVENT_KIND_BOUNCED = 20,
  // actor: the owner; weapon; x, y; value: serial number; aux: radius of its effect, px.
  TP_EVENT_KIND_EXPLODED = 21,
  // actor: the owner; target: who is dazzled; weapon; x, y: of the flash; value: intensity in 1/1000; aux: ticks
  // blind; slice: ticks until all is over; dx: distance, px; dy: angle off the target's aim, radians; flag AIMING:
  // with a clear line.
  TP_EVENT_KIND_DAZZLED = 22,
  // weapon; value: ticks of silence.
  TP_EVENT_KIND_OVERHEATED = 23,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_event_kind tp_event_kind;
#else
typedef uint8_t tp_event_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Flags of an event, as bits.
enum tp_event_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The shooter aims down sights; aiming is now on.
  TP_EVENT_FLAG_AIMING = 1,
  // The target died of it.
  TP_EVENT_FLAG_KILLED = 2,
  // Killer and victim are of one team.
  TP_EVENT_FLAG_TEAM_KILL = 4,
  // The slice broke.
  TP_EVENT_FLAG_DESTROYED = 8,
  // The bullet ended here.
  TP_EVENT_FLAG_STOPPED = 16,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_event_flag tp_event_flag;
#else
typedef uint8_t tp_event_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A kind of sound. Numbers are never reused.
enum tp_sound_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  TP_SOUND_KIND_FOOTSTEP_SNEAK = 0,
  TP_SOUND_KIND_FOOTSTEP_WALK = 1,
  TP_SOUND_KIND_FOOTSTEP_RUN = 2,
  TP_SOUND_KIND_FIRE_RIFLE = 3,
  TP_SOUND_KIND_FIRE_SMG = 4,
  TP_SOUND_KIND_FIRE_SHOTGUN = 5,
  TP_SOUND_KIND_FIRE_BATTLE_RIFLE = 6,
  TP_SOUND_KIND_FIRE_SNIPER_RIFLE = 7,
  TP_SOUND_KIND_FIRE_PISTOL = 8,
  TP_SOUND_KIND_FIRE_REVOLVER = 9,
  TP_SOUND_KIND_FIRE_SUPPRESSED_PISTOL = 10,
  TP_SOUND_KIND_FIRE_MACHINE_GUN = 11,
  TP_SOUND_KIND_FIRE_ANTI_MATERIAL_RIFLE = 12,
  TP_SOUND_KIND_FIRE_GRENADE_LAUNCHER = 13,
  TP_SOUND_KIND_FIRE_ROCKET = 14,
  TP_SOUND_KIND_RELOAD = 15,
  TP_SOUND_KIND_SWITCH = 16,
  // The click of an empty magazine.
  TP_SOUND_KIND_EMPTY = 17,
  TP_SOUND_KIND_THROW = 18,
  TP_SOUND_KIND_IMPACT_CONCRETE = 19,
  TP_SOUND_KIND_IMPACT_METAL = 20,
  TP_SOUND_KIND_IMPACT_WOOD = 21,
  TP_SOUND_KIND_IMPACT_GLASS = 22,
  TP_SOUND_KIND_IMPACT_BORDER = 23,
  TP_SOUND_KIND_BREAK_CONCRETE = 24,
  TP_SOUND_KIND_BREAK_METAL = 25,
  TP_SOUND_KIND_BREAK_WOOD = 26,
  TP_SOUND_KIND_BREAK_GLASS = 27,
  TP_SOUND_KIND_BOUNCE = 28,
  TP_SOUND_KIND_EXPLOSION = 29,
  TP_SOUND_KIND_FLASH = 30,
  TP_SOUND_KIND_HURT = 31,
  TP_SOUND_KIND_DEATH = 32,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_sound_kind tp_sound_kind;
#else
typedef uint8_t tp_sound_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Flags of a tp_heard, as bits.
enum tp_heard_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The listener made the sound.
  TP_HEARD_FLAG_OWN = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_heard_flag tp_heard_flag;
#else
typedef uint8_t tp_heard_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How the cells of a picture become walls.
enum tp_reading
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Every 10 x 10 px cell is a wall of its own with 5 slices 2 px wide.
  TP_READING_FINE = 0,
  // Runs of up to 5 cells make one wall with one slice a cell.
  TP_READING_COARSE = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_reading tp_reading;
#else
typedef uint32_t tp_reading;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A rule set.
enum tp_rules
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The game as designed.
  TP_RULES_STANDARD = 0,
  // The game as today's Node backend plays it.
  TP_RULES_LEGACY = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_rules tp_rules;
#else
typedef uint32_t tp_rules;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// An instruction set; every one gives the same bits.
enum tp_simd
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The best that the processor has.
  TP_SIMD_BEST = 0,
  // Any processor.
  TP_SIMD_SCALAR = 1,
  // Every x86-64.
  TP_SIMD_SSE2 = 2,
  // x86-64 since 2013 or so; without it, the best below.
  TP_SIMD_AVX2 = 3,
  // Servers' x86-64 since 2019 or so: AVX-512 with BW, VL and VBMI; without it, the best below.
  TP_SIMD_AVX512 = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_simd tp_simd;
#else
typedef uint32_t tp_simd;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a host's message turned out to be.
enum tp_taken
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Of another epoch, repeated, overtaken, or against a base that is not there: nothing has changed.
  TP_TAKEN_IGNORED = 0,
  // A new epoch has begun.
  TP_TAKEN_WELCOME = 1,
  // What is known is up to this snapshot.
  TP_TAKEN_SNAPSHOT = 2,
  // The host has ended the link.
  TP_TAKEN_FAREWELL = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_taken tp_taken;
#else
typedef uint8_t tp_taken;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Bits of tp_seen_player.flags.
enum tp_seen_flag
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Aims down sights.
  TP_SEEN_FLAG_AIMING = 1,
  // Lives.
  TP_SEEN_FLAG_ALIVE = 2,
  // Reloads.
  TP_SEEN_FLAG_RELOADING = 4,
  // Cannot be hurt.
  TP_SEEN_FLAG_PROTECTED = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_seen_flag tp_seen_flag;
#else
typedef uint8_t tp_seen_flag;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Kind of a tp_seen_message; the comments name the fields that carry something besides tick.
enum tp_seen_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // aux: a tp_sound_kind; value: gain in 1/255; direction in 1/64 turn, 0 for own ones; cutoff; own.
  TP_SEEN_KIND_SOUND = 1,
  // actor, weapon, x, y, direction in 1/256 turn.
  TP_SEEN_KIND_FIRED = 2,
  // actor, weapon, target: whose body; x, y if placed; aux: 0 nothing, 1 a wall, 2 a body, 3 a body not told.
  TP_SEEN_KIND_IMPACT = 3,
  // target, actor, weapon; value: points.
  TP_SEEN_KIND_HURT = 4,
  // target, actor, weapon; x, y if placed.
  TP_SEEN_KIND_DIED = 5,
  // actor, weapon, x, y.
  TP_SEEN_KIND_EXPLODED = 6,
  // weapon, x, y.
  TP_SEEN_KIND_BOUNCED = 7,
  // actor, weapon.
  TP_SEEN_KIND_THROWN = 8,
  // aux: 0 an empty click, 1 too soon to fire, 2 too soon to respawn, 3 overheated.
  TP_SEEN_KIND_DENIED = 9,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_seen_kind tp_seen_kind;
#else
typedef uint8_t tp_seen_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Why a host ends a link.
enum tp_farewell
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // The match is over for this player.
  TP_FAREWELL_OVER = 0,
  // The client speaks another version.
  TP_FAREWELL_VERSION = 1,
  // Another connection has taken this one's place.
  TP_FAREWELL_REPLACED = 2,
  // The host has removed the player.
  TP_FAREWELL_REMOVED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_farewell tp_farewell;
#else
typedef uint8_t tp_farewell;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Fields of an event that are not told, as bits of tp_told.hidden. A bit says that those who are told could not have been
// told, never that there was something to hide.
enum tp_hidden
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // actor is TP_NONE.
  TP_HIDDEN_ACTOR = 1,
  // target is TP_NONE.
  TP_HIDDEN_TARGET = 2,
  // x and y are 0.
  TP_HIDDEN_PLACE = 4,
  // weapon is TP_NONE.
  TP_HIDDEN_WEAPON = 8,
  // dx and dy are 0.
  TP_HIDDEN_DIRECTION = 16,
  // Rounds left: slice of launches, value of shots, value and aux of reloads are 0.
  TP_HIDDEN_ROUNDS = 32,
  // value of a hit is 0.
  TP_HIDDEN_DAMAGE = 64,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_hidden tp_hidden;
#else
typedef uint8_t tp_hidden;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How much tp_set_log is told of.
enum tp_log_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Defects: a panic caught at the border, an object left half changed by one.
  TP_LOG_LEVEL_ERROR = 1,
  // Besides, every call that is refused, with what tp_last_error_message() says of it.
  TP_LOG_LEVEL_REFUSAL = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_log_level tp_log_level;
#else
typedef uint32_t tp_log_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a piece of evidence is about; tp_evidence.value has this unit. Numbers are never reused.
enum tp_evidence_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // More game time than real time; inputs ahead.
  TP_EVIDENCE_KIND_SPEED = 1,
  // A sequence number that jumps ahead of time; inputs ahead at once.
  TP_EVIDENCE_KIND_JUMP = 2,
  // Inputs beyond the rate.
  TP_EVIDENCE_KIND_INPUT_FLOOD = 3,
  // Messages beyond the rate.
  TP_EVIDENCE_KIND_MESSAGE_FLOOD = 4,
  // Bytes of messages beyond the rate.
  TP_EVIDENCE_KIND_BYTE_FLOOD = 5,
  // Messages that cannot be read, of late.
  TP_EVIDENCE_KIND_BAD_MESSAGES = 6,
  // Acknowledges a tick that has not been played; ticks ahead.
  TP_EVIDENCE_KIND_FUTURE_ACK = 7,
  // A later input acknowledges an earlier tick; ticks back.
  TP_EVIDENCE_KIND_BACKWARD_ACK = 8,
  // A cursor that no client can send; px from the playfield's corner.
  TP_EVIDENCE_KIND_CURSOR = 9,
  // Keys of the inventory within one input.
  TP_EVIDENCE_KIND_CHORD = 10,
  // Presses of the trigger beyond the rate.
  TP_EVIDENCE_KIND_CLICK_RATE = 11,
  // Presses at machine-regular intervals; inputs off even spacing.
  TP_EVIDENCE_KIND_CLICK_RHYTHM = 12,
  // Aim held on enemies of whom the player can know nothing; logarithm of the odds.
  TP_EVIDENCE_KIND_HIDDEN_AIM = 13,
  // Aim that follows such an enemy; px across the line.
  TP_EVIDENCE_KIND_HIDDEN_TRACK = 14,
  // Shots at such enemies; logarithm of the odds.
  TP_EVIDENCE_KIND_HIDDEN_SHOT = 15,
  // Reactions beyond the human; ms.
  TP_EVIDENCE_KIND_REACTION = 16,
  // From an enemy under the crosshair to the trigger; ms.
  TP_EVIDENCE_KIND_TRIGGER = 17,
  // A turn that ends on a body's middle at once; px off.
  TP_EVIDENCE_KIND_SNAP = 18,
  // Aim locked on a moving enemy; px off.
  TP_EVIDENCE_KIND_LOCK = 19,
  // As any of these, at a decoy.
  TP_EVIDENCE_KIND_DECOY = 20,
  // A position that a client claims; px beyond what could be reached.
  TP_EVIDENCE_KIND_POSITION = 21,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_evidence_kind tp_evidence_kind;
#else
typedef uint8_t tp_evidence_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What is advised for a player; acting on it is the host's business.
enum tp_verdict
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Nothing to speak of.
  TP_VERDICT_CLEAR = 0,
  // Worth a decoy.
  TP_VERDICT_SUSPECT = 1,
  // For a person to look at, with the replay.
  TP_VERDICT_FLAG = 2,
  // To be taken out of the match.
  TP_VERDICT_KICK = 3,
  // Not to be let in again.
  TP_VERDICT_BAN = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_verdict tp_verdict;
#else
typedef uint8_t tp_verdict;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What is wrong with a claim.
enum tp_fault
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Nothing: the claim stands.
  TP_FAULT_NONE = 0,
  // A coordinate that is no number, or outside the playfield.
  TP_FAULT_OUTSIDE = 1,
  // Farther than its gait allows in the time.
  TP_FAULT_SPEED = 2,
  // Five times that and more, and 20 px.
  TP_FAULT_TELEPORT = 3,
  // Slices stand in the way.
  TP_FAULT_WALL = 4,
  // The dead do not move.
  TP_FAULT_DEAD = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_fault tp_fault;
#else
typedef uint8_t tp_fault;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A way to rate.
enum tp_rating_system
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // Weng-Lin with the full Bradley-Terry model: for teams, and it knows how sure it is.
  TP_RATING_SYSTEM_WENG_LIN = 0,
  // Elo, generalised to teams and places.
  TP_RATING_SYSTEM_ELO = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_rating_system tp_rating_system;
#else
typedef uint32_t tp_rating_system;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// In which respect a player is edited; the fields of tp_edit that count. Numbers are never reused.
enum tp_edit_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  // x, y: the body is moved to the free spot nearest to there, and stands still.
  TP_EDIT_KIND_PLACE = 1,
  // points: health left, of the living.
  TP_EDIT_KIND_HEALTH = 2,
  // None: lives again where the body lies, in full health, with what is in its hands.
  TP_EDIT_KIND_REVIVE = 3,
  // None: lies down dead; no death is counted, and no event tells of one.
  TP_EDIT_KIND_FELL = 4,
  // kills, deaths: what the score says of the player; the team's kills stay as they are.
  TP_EDIT_KIND_SCORE = 5,
  // team: the side, of the living too.
  TP_EDIT_KIND_TEAM = 6,
  // loadout: what is carried, of the living too: full magazines, the primary weapon in hand.
  TP_EDIT_KIND_LOADOUT = 7,
  // place: the weapon in hand.
  TP_EDIT_KIND_HOLD = 8,
  // place, ammo, reserve: rounds of a weapon.
  TP_EDIT_KIND_ROUNDS = 9,
  // None: placed at a spawn of the own team, as by a respawn that is granted, whether dead or alive.
  TP_EDIT_KIND_SPAWN = 10,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum tp_edit_kind tp_edit_kind;
#else
typedef uint8_t tp_edit_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The bots of one world. Calls that change it must be alone, and get or give BUSY if they are not.
typedef struct tp_bots tp_bots;

// Bytes that the library hands over because nobody could know before how many there would be. Immutable: any number of
// threads may use them at once.
typedef struct tp_bytes tp_bytes;

// A playable map. Immutable: any number of threads may use it at once. Matches keep what they need of it, so that it
// may be destroyed as soon as they are created.
typedef struct tp_map tp_map;

// A recording being played in a match of its own, which the host may look at, guard and link as any other. Calls that
// change it must be alone, and get or give BUSY if they are not.
typedef struct tp_playback tp_playback;

// The positions that a match's clients have claimed so far, for hosts that accept claims; one for each match. Calls that
// change it must be alone, and get or give BUSY if they are not.
typedef struct tp_positions tp_positions;

// Tickets that wait, and open slots that wait for them. It reads no clock: the same calls form the same matches.
typedef struct tp_queue tp_queue;

// The reference client of the wire, for bots, load tests and tests of other clients. About 8 KB, and a byte for each
// slice of the map, whatever comes. Calls that change it must be alone, and get or give BUSY if they are not.
typedef struct tp_receiver tp_receiver;

// A recording that has been read: every part is whole. Immutable: any number of threads may use it at once.
typedef struct tp_replay tp_replay;

// A scene being played: a world with one match of bots. Calls that change it must be alone, and get or give BUSY if
// they are not.
typedef struct tp_scene tp_scene;

// A match as it was between two ticks, to be turned back to. It never leaves the process, unlike what tp_match_save
// writes, and costs two copies of some 9 KB. Used again and again it allocates once for each size of map. Calls that
// change it must be alone, and get or give BUSY if they are not.
typedef struct tp_snapshot tp_snapshot;

// Matches of one rule set and tick rate, with their players. Calls that read it (const) may meet on several threads;
// a call that changes it must be alone, and gets or gives BUSY if it is not.
typedef struct tp_world tp_world;

// Where the library's memory comes from. 40 bytes. All three functions are called on any thread, several at once; they
// must not call the library, and neither throw nor jump out.
typedef struct tp_allocator {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // Unused.
  uint32_t reserved;
  // Handed to each of the functions; stays the caller's, to be kept as long as the process runs.
  void *user;
  // `size` bytes, at least 1, at a multiple of `alignment`, a power of 2; null if there are none, which ends the
  // process.
  void *(*allocate)(void *user, size_t size, size_t alignment);
  // Makes a block of `old_size` bytes one of `new_size`, of the same alignment, with what both have room for; null
  // if there are none, and the old block stays.
  void *(*reallocate)(void *user, void *block, size_t old_size, size_t alignment, size_t new_size);
  // Takes a block back; never null, of the size and alignment that it was asked for with.
  void (*release)(void *user, void *block, size_t size, size_t alignment);
} tp_allocator;

// Where messages go. 24 bytes.
typedef struct tp_log {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // A tp_log_level: this and lower ones are told.
  uint32_t level;
  // Handed to `write`; stays the caller's.
  void *user;
  // Takes one message, without a newline, for the call. On the thread of the call that it is about, after that call
  // has let go of its objects and before it returns; on several threads at once. It may call the library but for
  // tp_set_log; what it does there is not logged. It must neither throw nor jump out.
  void (*write)(void *user, uint32_t level, const char *message);
} tp_log;

// A wall to build a map from. 20 bytes.
typedef struct tp_wall_def {
  // Left edge, px.
  float x;
  // Top edge, px.
  float y;
  // px, 1 to 480.
  float width;
  // px, 1 to 270.
  float height;
  // tp_material.
  uint8_t material;
  // Unused.
  uint8_t reserved[3];
} tp_wall_def;

// A place where a team's players appear. 12 bytes.
typedef struct tp_spawn {
  // Centre of the body, px.
  float x;
  // Centre of the body, px.
  float y;
  // tp_team.
  uint8_t team;
  // Unused.
  uint8_t reserved[3];
} tp_spawn;

// What a map holds. 32 bytes.
typedef struct tp_map_info {
  // Of all that a match can tell apart.
  uint64_t hash;
  // Room that tp_map_get_walls needs.
  uint32_t wall_count;
  // Room that tp_match_slice_health and tp_map_get_max_health need.
  uint32_t slice_count;
  // Room that tp_map_get_spawns needs.
  uint32_t spawn_count;
  // Room that tp_map_get_lights needs.
  uint32_t light_count;
  // tp_map_warning has this many.
  uint32_t warning_count;
  // 0.
  uint32_t reserved;
} tp_map_info;

// A wall of a map. 20 bytes. Its five slices are numbered from first_slice on.
typedef struct tp_wall {
  // Left edge, px.
  float x;
  // Top edge, px.
  float y;
  // px.
  float width;
  // px.
  float height;
  // A multiple of 5.
  uint16_t first_slice;
  // tp_material.
  uint8_t material;
  // 1: the slices lie side by side along x; 0: one under another along y.
  uint8_t along_x;
} tp_wall;

// A place on the playfield, px. 8 bytes.
typedef struct tp_point {
  // px.
  float x;
  // px.
  float y;
} tp_point;

// What a world is made with. 32 bytes.
typedef struct tp_world_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // Ticks a second, 20 to 240.
  uint32_t tick_rate;
  // tp_rules.
  uint32_t rules;
  // Matches it may hold, 1 to 1048576.
  uint32_t max_matches;
  // tp_simd.
  uint32_t simd;
  // Of the wire: snapshots a second in action, 1 to 60; a frame is the whole number of ticks nearest to that.
  uint32_t net_rate;
  // Snapshots a second while nothing changes for a player, 1 to net_rate.
  uint32_t net_idle_rate;
  // Bytes of payload a snapshot, averaged over a second, 20 to 1000.
  uint32_t net_budget;
} tp_world_def;

// What a world is. 16 bytes.
typedef struct tp_world_info {
  // Ticks a second.
  uint32_t tick_rate;
  // The tp_simd in use, never BEST.
  uint32_t simd;
  // Matches there are: room that tp_world_get_matches needs.
  uint32_t match_count;
  // 0.
  uint32_t reserved;
} tp_world_info;

// A match of a world. 8 bytes; zero is null.
typedef struct tp_match_id {
  // Fits in 52 bits.
  uint64_t raw;
} tp_match_id;

// A player of a match. 8 bytes; zero is null; the low 3 bits are the slot, 0 to 7.
typedef struct tp_player_id {
  // Fits in 32 bits.
  uint64_t raw;
} tp_player_id;

// One input of one player: 1/60 s of held keys, presses and the cursor. 40 bytes.
typedef struct tp_input {
  // Whose match.
  struct tp_match_id match_id;
  // Whose input.
  struct tp_player_id player_id;
  // Grows by one an input; wraps. Each is applied once.
  uint32_t sequence;
  // Newest tick that the client had when it sampled this; 0: none.
  uint32_t ack_tick;
  // tp_button bits held.
  uint16_t held;
  // tp_button bits pressed since the input before, for presses too short to be held.
  uint16_t taps;
  // Cursor, px; finite, clamped to +-2000.
  float mouse_x;
  // Cursor, px; finite, clamped to +-2000.
  float mouse_y;
  // Unused.
  uint32_t reserved;
} tp_input;

// What a match is made with. 16 bytes.
typedef struct tp_match_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // Kills that win, 1 to 10000; 0: the rule set's.
  uint32_t kill_target;
  // Key of all its randomness.
  uint64_t seed;
} tp_match_def;

// What a match is, as of the last tick. 48 bytes.
typedef struct tp_match_info {
  // Key of all its randomness.
  uint64_t seed;
  // Bytes of memory that this match keeps for itself.
  uint64_t bytes;
  // Ticks played.
  uint32_t tick;
  // Grows with every change of any slice.
  uint32_t walls_version;
  // Room that tp_match_slice_health needs.
  uint32_t slice_count;
  // Room that tp_match_drain_events needs.
  uint32_t pending_events;
  // Kills of the team; leavers' kills stay.
  uint16_t red_kills;
  // Kills of the team; leavers' kills stay.
  uint16_t blue_kills;
  // Kills that win.
  uint16_t kill_target;
  // 1 when the match is over.
  uint8_t over;
  // tp_team; NONE while the match runs and for a draw.
  uint8_t winner;
  // Bit s: slot s has a player.
  uint8_t joined;
  // 0.
  uint8_t reserved[7];
} tp_match_info;

// One player, as of the last tick. 128 bytes.
typedef struct tp_player_view {
  // Id.
  struct tp_player_id id;
  // Who killed this player last, if still in the match; else null.
  struct tp_player_id killer;
  // Centre of the body, px.
  float x;
  // Centre of the body, px.
  float y;
  // px/s.
  float vx;
  // px/s.
  float vy;
  // Unit vector.
  float facing_x;
  // Unit vector.
  float facing_y;
  // px.
  float cursor_x;
  // px.
  float cursor_y;
  // Points, in steps of 1/64; 0 when dead.
  float health;
  // Points dealt to enemies.
  float damage_dealt;
  // Sight distance, px.
  float sight;
  // Full angle of the cone, radians.
  float cone;
  // Heat of the machine gun, 0 to 100.
  float heat;
  // What a flash takes from sight, 0 to 1.
  float sight_impairment;
  // What a flash takes from hearing, 0 to 1.
  float hearing_impairment;
  // What a flash takes from movement, 0 to 1.
  float movement_impairment;
  // Sequence number of the last input applied.
  uint32_t last_sequence;
  // Inputs thrown away because too many waited.
  uint32_t dropped_inputs;
  // Inputs ignored as old or repeated.
  uint32_t ignored_inputs;
  // Tick of the last damage; 0: none.
  uint32_t damage_tick;
  // Tick of the last death; 0: none.
  uint32_t death_tick;
  // First tick in which a respawn is granted.
  uint32_t respawn_tick;
  // Tick to show to clients as the respawn's.
  uint32_t respawn_shown_tick;
  // First tick in which the player can be hurt.
  uint32_t invulnerable_until;
  // Enemies killed.
  uint16_t kills;
  // Times died.
  uint16_t deaths;
  // Ticks until the magazine is full; 0: not reloading.
  uint16_t reload_ticks;
  // 0 to 7.
  uint8_t slot;
  // tp_team.
  uint8_t team;
  // 1: lives.
  uint8_t alive;
  // 1: has been on the field; 0: waits for the first spawn.
  uint8_t placed;
  // 1: aims down sights.
  uint8_t aiming;
  // tp_gait.
  uint8_t gait;
  // tp_weapon in hand, or TP_NONE.
  uint8_t weapon;
  // Place of the weapon in hand, 0 to 4.
  uint8_t hand;
  // Level of charge of the throw in hand, 1 to 5; 0: the trigger is not held.
  uint8_t charge;
  // 1: blinded by a flash, sees nobody.
  uint8_t blind;
} tp_player_view;

// One event. 36 bytes. Players are slots 0 to 7, TP_NONE for nobody; tp_match_player_in_slot gives their ids.
typedef struct tp_event {
  // Tick in which it happened.
  uint32_t tick;
  // tp_event_kind.
  uint8_t kind;
  // Who did it, slot.
  uint8_t actor;
  // To whom, slot.
  uint8_t target;
  // tp_weapon, or TP_NONE.
  uint8_t weapon;
  // px.
  float x;
  // px.
  float y;
  // Unit direction, or a place in px, by kind.
  float dx;
  // Unit direction, or a place in px, by kind.
  float dy;
  // By kind.
  int32_t value;
  // Slice, or TP_NO_SLICE.
  uint16_t slice;
  // By kind.
  uint16_t aux;
  // tp_event_flag bits.
  uint8_t flags;
  // By kind.
  uint8_t part;
  // 0.
  uint16_t reserved;
} tp_event;

// One sound for one listener. 12 bytes: all that this listener may be told of it, and so neither who made it nor where.
typedef struct tp_heard {
  // Tick in which it is heard.
  uint32_t tick;
  // Who hears it, slot.
  uint8_t listener;
  // tp_sound_kind.
  uint8_t kind;
  // Loudness in 1/255, 1 to 255.
  uint8_t gain;
  // Where it comes from, in 1/64 turns clockwise from `aim`, 0 to 63. 0 for what the own body makes.
  uint8_t bearing;
  // Low-pass cutoff, 0 to TP_CUTOFF_OPEN; tp_sound_cutoff_hz gives it in Hz.
  uint8_t cutoff;
  // The listener's aim in 1/64 turns clockwise from +x, 0 to 63, as of `tick`.
  uint8_t aim;
  // tp_heard_flag bits.
  uint8_t flags;
  // 0.
  uint8_t reserved;
} tp_heard;

// How a sound made at one place arrives at another, exactly. 28 bytes. For hosts; a player may not know it.
typedef struct tp_arrival {
  // Loudness, 0 to 1; 0 beyond what the kind carries.
  float gain;
  // Low-pass cutoff, Hz.
  float cutoff_hz;
  // Where it comes from, px: the source, or where the last leg of the way round begins.
  float from_x;
  // Where it comes from, px.
  float from_y;
  // Share that the walls on the straight line let through, 0 to 1.
  float through;
  // Length of the way round, px; 0 if the straight line is louder.
  float length;
  // 1: the way round is the louder one; 0: the straight line.
  uint8_t round;
  // Quarter turns of the way round.
  uint8_t turns;
  // 0.
  uint8_t reserved[2];
} tp_arrival;

// A projectile in flight. 48 bytes.
typedef struct tp_projectile {
  // Who threw it, if still in the match; else null.
  struct tp_player_id owner;
  // Serial number in the match.
  uint32_t number;
  // Tick in which it was launched.
  uint32_t born;
  // Ticks until its fuse is over, or TP_NO_FUSE.
  uint32_t fuse_ticks;
  // Centre, px.
  float x;
  // Centre, px.
  float y;
  // px/s.
  float vx;
  // px/s.
  float vy;
  // px flown.
  float flown;
  // px after which it goes off or comes to rest.
  float range;
  // tp_weapon.
  uint8_t weapon;
  // tp_team of who threw it.
  uint8_t team;
  // Level of charge it was thrown with; 0: launched.
  uint8_t charge;
  // 0.
  uint8_t reserved;
} tp_projectile;

// A cloud of smoke, as of the last tick. 24 bytes.
typedef struct tp_cloud {
  // Serial number of the projectile it rose from.
  uint32_t number;
  // Tick in which it rose.
  uint32_t born;
  // Centre, px.
  float x;
  // Centre, px.
  float y;
  // px.
  float radius;
  // Opacity at the centre, 0 to 1.
  float density;
} tp_cloud;

// What a player carries: one primary, one secondary, support items of at most three slots in all. 8 bytes.
typedef struct tp_loadout {
  // tp_weapon.
  uint8_t primary;
  // tp_weapon.
  uint8_t secondary;
  // Items in support, 0 to 3.
  uint8_t support_count;
  // tp_weapon; the first support_count count.
  uint8_t support[3];
  // Unused.
  uint8_t reserved[2];
} tp_loadout;

// What a player joins with. 16 bytes.
typedef struct tp_player_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // tp_team; NONE: the smaller one.
  uint8_t team;
  // 1: placed at once; 0: on asking for respawn.
  uint8_t spawn;
  // Unused.
  uint8_t reserved[2];
  // What the player carries.
  struct tp_loadout loadout;
} tp_player_def;

// One weapon of a player. 12 bytes.
typedef struct tp_weapon_view {
  // Ticks until it can fire again, for its rate alone.
  uint32_t ready_in;
  // Rounds in the magazine.
  uint16_t ammo;
  // Rounds besides.
  uint16_t reserve;
  // tp_weapon.
  uint8_t weapon;
  // Place, 0 to 4: primary, secondary, support items.
  uint8_t place;
  // 1: being reloaded.
  uint8_t reloading;
  // 0.
  uint8_t reserved;
} tp_weapon_view;

// A player as the host wants the player to be, in one respect. 32 bytes.
typedef struct tp_edit {
  // px, moved into the field if outside of it.
  float x;
  // px.
  float y;
  // 1/64 points, 1 to full health.
  uint16_t points;
  // Enemies killed.
  uint16_t kills;
  // Times died.
  uint16_t deaths;
  // Rounds in the magazine, at most a full one.
  uint16_t ammo;
  // Rounds besides, at most the rule book's.
  uint16_t reserve;
  // What is carried.
  struct tp_loadout loadout;
  // tp_edit_kind.
  uint8_t kind;
  // tp_team.
  uint8_t team;
  // 0 to 4, one that holds a weapon.
  uint8_t place;
  // Unused.
  uint8_t reserved[3];
} tp_edit;

// An event with everything taken out that those to whom it is told may not know. 56 bytes.
//
// `value` of launches, bounces and explosions is what each of those who are told calls the projectile, counted in the
// order in which they learn of projectiles; reserved of who is dazzled is that number of the flash.
typedef struct tp_told {
  // Who did it, at that time; null if hidden or nobody.
  struct tp_player_id actor_id;
  // To whom, at that time; null if hidden or nobody.
  struct tp_player_id target_id;
  // What is left of it.
  struct tp_event event;
  // Bit s: the player in slot s is told just this.
  uint8_t to;
  // tp_hidden bits.
  uint8_t hidden;
  // 0.
  uint8_t reserved[2];
} tp_told;

// What a player knows of others. 8 bytes.
typedef struct tp_knowledge {
  // Grows with every change of what tp_player_known_health gives, and with nothing else.
  uint32_t slices_version;
  // Bit s: knows the player in slot s: oneself, the team, once placed, and enemies in sight. What is not in it must not
  // be told to that player but score, name and whether the other lives.
  uint8_t knows;
  // The same as of the tick before the last.
  uint8_t knew;
  // 0.
  uint8_t reserved[2];
} tp_knowledge;

// A projectile in flight, as far as one player knows it. 56 bytes.
typedef struct tp_known_projectile {
  // Who threw it, if the player knows that one, and if still in the match; else null.
  struct tp_player_id owner;
  // The player's own number for it, as in tp_told.
  uint32_t number;
  // Tick in which the player learnt of it.
  uint32_t since;
  // Tick in which it was launched; 0 unless launch_known.
  uint32_t born;
  // Ticks until its fuse is over, or TP_NO_FUSE; 0 unless launch_known.
  uint32_t fuse_ticks;
  // Centre, px.
  float x;
  // Centre, px.
  float y;
  // px/s.
  float vx;
  // px/s.
  float vy;
  // px flown; 0 unless launch_known.
  float flown;
  // px after which it goes off or comes to rest; 0 unless launch_known.
  float range;
  // tp_weapon.
  uint8_t weapon;
  // 1: launched by the player's own team.
  uint8_t own_team;
  // 1: the player knows how it was launched.
  uint8_t launch_known;
  // Level of charge it was thrown with; 0: launched, or unless launch_known.
  uint8_t charge;
  // 0.
  uint32_t reserved;
} tp_known_projectile;

// Where the elements of one match lie in an array of many matches' elements. 32 bytes.
typedef struct tp_match_span {
  // Whose they are.
  struct tp_match_id match_id;
  // Index of the first.
  uint64_t first;
  // Elements lost before these because too many waited; 0 of what does not wait.
  uint64_t lost;
  // How many.
  uint32_t count;
  // 0.
  uint32_t reserved;
} tp_match_span;

// One message of tp_world_packets.
// 24 bytes.
typedef struct tp_packet {
  // Whose match.
  struct tp_match_id match_id;
  // To whom.
  struct tp_player_id player_id;
  // Where it begins, bytes.
  uint32_t offset;
  // Bytes.
  uint32_t length;
} tp_packet;

// What a client's message brought.
// 8 bytes.
typedef struct tp_received {
  // Inputs taken that no message had brought before.
  uint32_t inputs;
  // 1: of another epoch, or older than what is known already; it changed nothing.
  uint8_t stale;
  // 1: it acknowledged a frame that was never sent.
  uint8_t false_ack;
  // 0.
  uint8_t reserved[2];
} tp_received;

// What a snapshot is. 16 bytes.
typedef struct tp_snapshot_info {
  // Bytes of memory that it takes.
  uint64_t bytes;
  // Tick of the match it is of; 0 before the first.
  uint32_t tick;
  // 0.
  uint32_t reserved;
} tp_snapshot_info;

// An input of the past, for tp_match_resimulate. 32 bytes.
typedef struct tp_past_input {
  // Whose.
  struct tp_player_id player_id;
  // The first tick that can apply it: one more than the match's tick when it was pushed.
  uint32_t tick;
  // As in tp_input.
  uint32_t sequence;
  // As in tp_input.
  uint32_t ack_tick;
  // tp_button bits held.
  uint16_t held;
  // tp_button bits pressed.
  uint16_t taps;
  // Cursor, px; finite, clamped to +-2000.
  float mouse_x;
  // Cursor, px; finite, clamped to +-2000.
  float mouse_y;
} tp_past_input;

// What a link has done and takes. 48 bytes.
typedef struct tp_link_stats {
  // Bytes sent.
  uint64_t bytes;
  // Bytes that the link takes in memory.
  uint64_t memory;
  // Messages sent.
  uint32_t frames;
  // Of them, acknowledged.
  uint32_t acked;
  // Of them, not taken by the client.
  uint32_t lost;
  // Messages of the client with an acknowledgement of what was never sent.
  uint32_t false_acks;
  // Messages of the client that were none.
  uint32_t bad_messages;
  // Messages from an older epoch, or older than what was known.
  uint32_t stale;
  // Bytes that may be sent at once; below 0 after more was due.
  int32_t level;
  // 0.
  uint32_t reserved;
} tp_link_stats;

// A player as a client knows one. 16 bytes.
typedef struct tp_seen_player {
  // px, exact to 1/16.
  float x;
  // px, exact to 1/16.
  float y;
  // 1/256 turn clockwise from +x; 0 for oneself.
  uint8_t facing;
  // Percent of full health, rounded up.
  uint8_t health;
  // tp_weapon in hand, or TP_NONE.
  uint8_t weapon;
  // tp_gait.
  uint8_t gait;
  // tp_seen_flag bits.
  uint8_t flags;
  // 0.
  uint8_t reserved[3];
} tp_seen_player;

// Where a client is and whom it knows. 144 bytes.
typedef struct tp_seen {
  // Newest frame taken.
  uint32_t frame;
  // The tick of that frame.
  uint32_t tick;
  // 0 to 3.
  uint8_t epoch;
  // The player's own, 0 to 7.
  uint8_t slot;
  // Bit s: the player in slot s is known.
  uint8_t known;
  // Low bits of the number of the last input applied.
  uint8_t input;
  // Ticks a frame.
  uint32_t step;
  // By slot; zeros for those not known.
  struct tp_seen_player players[8];
} tp_seen;

// How a link began. 48 bytes.
typedef struct tp_welcome {
  // tp_map_info.hash of the map.
  uint64_t map_hash;
  // Hash of the rule set.
  uint64_t rules_hash;
  // Frame in which it was sent.
  uint32_t frame;
  // Ticks a second, 20 to 240.
  uint32_t tick_rate;
  // Ticks a frame, 1 to 240.
  uint32_t step;
  // Slices of the map: room that tp_receiver_levels needs.
  uint32_t slices;
  // Kills that win.
  uint32_t kill_target;
  // Inputs a second of one player's time.
  uint32_t inputs_per_second;
  // 0 to 3.
  uint8_t epoch;
  // The player's own, 0 to 7.
  uint8_t slot;
  // 0.
  uint8_t reserved[6];
} tp_welcome;

// A line of the score. 12 bytes.
typedef struct tp_seen_score {
  // Kills of enemies.
  uint32_t kills;
  // Deaths.
  uint32_t deaths;
  // 1: there is a player in this slot; else all is 0.
  uint8_t there;
  // tp_team.
  uint8_t team;
  // 1: lives.
  uint8_t alive;
  // 0.
  uint8_t reserved;
} tp_seen_score;

// A place of the own inventory. 12 bytes.
typedef struct tp_seen_item {
  // In the magazine.
  uint32_t rounds;
  // In reserve.
  uint32_t reserve;
  // tp_weapon, or TP_NONE: an empty place.
  uint8_t weapon;
  // 0.
  uint8_t reserved[3];
} tp_seen_item;

// All else that a client knows of itself and the score. 224 bytes.
typedef struct tp_seen_own {
  // By slot.
  struct tp_seen_score scores[8];
  // By place.
  struct tp_seen_item items[5];
  // Red's, blue's.
  uint32_t team_kills[2];
  // Tick in which the reload ends; 0: none.
  uint32_t reload_end;
  // Tick in which `heat` was so.
  uint32_t heat_tick;
  // Tick in which the silence after overheating ends; 0: none.
  uint32_t silence_end;
  // Tick from which one can be hurt; 0: already.
  uint32_t protected_until;
  // Tick from which on a respawn is granted, while dead.
  uint32_t respawn_at;
  // Tick of the flash that dazzles, or dazzled; 0: none.
  uint32_t flash_tick;
  // Its intensity, 0 to 1.
  float flash;
  // Tick of the own motion to the bit; 0: none has come.
  uint32_t exact_tick;
  // px, to the bit, in exact_tick.
  float exact_x;
  // px, to the bit, in exact_tick.
  float exact_y;
  // px/s, to the bit, in exact_tick.
  float exact_vx;
  // px/s, to the bit, in exact_tick.
  float exact_vy;
  // Place of the weapon in hand, 0 to 4.
  uint8_t hand;
  // Level of charge of the throw in hand; 0: not held.
  uint8_t charge;
  // Percent, in heat_tick.
  uint8_t heat;
  // 1: dead.
  uint8_t dead;
  // Slot of the killer, or TP_NONE.
  uint8_t killer;
  // 1: the match is over.
  uint8_t over;
  // tp_team; NONE while it runs and for a draw.
  uint8_t winner;
  // Inputs that held keys have stood in for.
  uint8_t ahead;
  // 1: a request has been answered.
  uint8_t answered;
  // Number of the last request answered.
  uint8_t request;
  // How: 0 done, 1 not now, 2 not allowed.
  uint8_t answer;
  // 0.
  uint8_t reserved;
} tp_seen_own;

// A projectile that a client knows. 32 bytes.
typedef struct tp_seen_projectile {
  // px, where it is taken to be in the newest frame.
  float x;
  // px.
  float y;
  // px, as recorded in `tick`.
  float recorded_x;
  // px, as recorded in `tick`.
  float recorded_y;
  // px/s, as recorded in `tick`.
  float vx;
  // px/s, as recorded in `tick`.
  float vy;
  // Of the record.
  uint32_t tick;
  // tp_weapon.
  uint8_t weapon;
  // 1: of the own team.
  uint8_t own_team;
  // The link's number for it, 0 to 63.
  uint8_t number;
  // 0.
  uint8_t reserved;
} tp_seen_projectile;

// A cloud that a client knows. 16 bytes.
typedef struct tp_seen_cloud {
  // px.
  float x;
  // px.
  float y;
  // Tick in which it rose.
  uint32_t born;
  // The link's number for it, 0 to 31.
  uint8_t number;
  // 0.
  uint8_t reserved[3];
} tp_seen_cloud;

// Something that has happened, as a client was told. 24 bytes.
typedef struct tp_seen_message {
  // When.
  uint32_t tick;
  // px, if placed; else 0.
  float x;
  // px, if placed; else 0.
  float y;
  // By kind.
  uint16_t value;
  // tp_seen_kind.
  uint8_t kind;
  // Who did it, slot, or TP_NONE.
  uint8_t actor;
  // To whom, slot, or TP_NONE.
  uint8_t target;
  // tp_weapon, or TP_NONE.
  uint8_t weapon;
  // Clockwise from +x, in the unit of the kind.
  uint8_t direction;
  // By kind.
  uint8_t aux;
  // 0 to TP_CUTOFF_OPEN; of sounds.
  uint8_t cutoff;
  // 1: the own body's; of sounds.
  uint8_t own;
  // 1: x and y say where.
  uint8_t placed;
  // 0.
  uint8_t reserved;
} tp_seen_message;

// What a bot joins with. 20 bytes.
typedef struct tp_bot_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // 0 (slow and wild) to 1.
  float skill;
  // tp_team; NONE: the smaller one.
  uint8_t team;
  // 1: placed at once; 0: on asking for respawn.
  uint8_t spawn;
  // 1: shoots at walls whenever it sees nobody.
  uint8_t wrecks;
  // 1: on a bad line: inputs get lost, come late, twice and in floods; now and then the bot leaves and joins anew.
  uint8_t rough;
  // What the bot carries.
  struct tp_loadout loadout;
} tp_bot_def;

// What a scene is played on. 32 bytes.
typedef struct tp_scene_info {
  // For tp_map_from_builtin. Owned by the library, valid forever.
  const char *map;
  // For tp_match_def.
  uint64_t seed;
  // For tp_match_def. Whoever plays on when the match is over begins it anew: tp_match_reset with the seed after the
  // match's own.
  uint32_t kill_target;
  // Room that tp_scene_get_bots needs.
  uint32_t bot_count;
  // For tp_world_def, ticks a second.
  uint32_t tick_rate;
  // For tp_world_def: tp_rules.
  uint32_t rules;
} tp_scene_info;

// What a guard is made with. 216 bytes.
typedef struct tp_guard_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // Share by which an honest client's clock may be fast, 0 to 0.1.
  float drift;
  // Seconds that a client may come to be ahead of the earliest arrivals so far, 0.1 to 10.
  float slack_s;
  // Times that a host pushes each input at most, 1 to 16.
  float repeats;
  // Messages a second, 20 to 1000.
  float messages_per_s;
  // Bytes of messages a second, 100 to 1000000.
  float bytes_per_s;
  // Presses of the trigger a second, 5 to 60.
  float clicks_per_s;
  // By tp_evidence_kind less 1: what a piece of grade 1 adds to the score, 0 to 100.
  float weight[TP_EVIDENCE_KINDS];
  // The same: seconds in which it halves, 1 to 86400.
  float half_life_s[TP_EVIDENCE_KINDS];
  // Score from which on a player is a suspect, of all kinds; above 0. The four ascend; infinite: never.
  float suspect;
  // Score from which on a player is flagged, of all kinds.
  float flag;
  // Score from which on a kick is advised, of the kinds that are not statistical.
  float kick;
  // Score from which on a ban is advised, of the kinds that are not statistical.
  float ban;
  // 1: statistical kinds count for kicks, too.
  uint8_t kick_on_statistics;
  // 1: statistical kinds count for bans, too.
  uint8_t ban_on_statistics;
  // Unused.
  uint8_t reserved[2];
} tp_guard_def;

// A piece of evidence. 32 bytes.
typedef struct tp_evidence {
  // Whom it is about.
  struct tp_player_id player_id;
  // Tick after which, or in which, it was found.
  uint32_t tick;
  // What was measured, in the unit of its kind.
  float value;
  // The limit it is held against, in the same unit.
  float limit;
  // How much it says, above 0 to 1.
  float grade;
  // tp_evidence_kind.
  uint8_t kind;
  // 1: of a kind that says how likely chance would be, not that something impossible was done.
  uint8_t statistical;
  // 0.
  uint8_t reserved[6];
} tp_evidence;

// How a player stands. 32 bytes.
typedef struct tp_standing {
  // Who.
  struct tp_player_id player_id;
  // Score of all kinds, now.
  float score;
  // Score of the kinds that are not statistical, now.
  float certain;
  // Pieces of evidence so far.
  uint32_t evidence;
  // Tick in which the player was first flagged; 0: not yet.
  uint32_t flag_tick;
  // The gravest tp_verdict so far.
  uint8_t verdict;
  // The tp_evidence_kind that weighs most now; 0: none.
  uint8_t worst;
  // 1: a decoy would tell more.
  uint8_t wants_decoy;
  // 0.
  uint8_t reserved[5];
} tp_standing;

// How claims are judged. 16 bytes.
typedef struct tp_position_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // Share by which a way may be longer than its gait allows, 0 to 1.
  float tolerance;
  // px for rounding besides, 0 to 10.
  float rounding;
  // Seconds of the client's time that can be saved up, 0.1 to 10.
  float saved_s;
} tp_position_def;

// What a client says. 24 bytes.
typedef struct tp_claim {
  // The client's clock, ms, from any moment on; finite.
  double time_ms;
  // Centre of the body, px; any number.
  float x;
  // Centre of the body, px; any number.
  float y;
  // tp_gait. IDLE coasts at the speed of the claim before.
  uint8_t gait;
  // Unused.
  uint8_t reserved[7];
} tp_claim;

// What a claim is worth. 48 bytes.
typedef struct tp_checked {
  // Of kind POSITION, if there is a fault; else zeros.
  struct tp_evidence evidence;
  // Where the body may be taken to stand, px: as claimed, or as far towards it as it can have come.
  float x;
  // px.
  float y;
  // tp_fault.
  uint8_t fault;
  // 0.
  uint8_t reserved[7];
} tp_checked;

// How players are rated. 80 bytes.
typedef struct tp_rating_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // tp_rating_system: of the fields below, its own count.
  uint32_t system;
  // Elo: the most that a match moves a player of equal teams, points, 1 to 400.
  double elo_k;
  // Elo: value of a newcomer, points, -5000 to 5000.
  double elo_newcomer;
  // Weng-Lin: value of a newcomer, points, -5000 to 5000.
  double newcomer;
  // Weng-Lin: deviation of a newcomer, points, 10 to 5000.
  double deviation;
  // Weng-Lin: luck in a single player's result, points, 100 to 5000.
  double beta;
  // Weng-Lin: how a team's luck grows with its mean size, 0 to 1.
  double growth;
  // Weng-Lin: what a pair among n teams is worth: (n - 1)^-crowd, 0 to 1.
  double crowd;
  // Weng-Lin: how far skill drifts from one match to the next, points, 0 to 500.
  double drift;
  // Weng-Lin: how far skill drifts in a day without a match, points, 0 to 500.
  double rest;
} tp_rating_def;

// What is thought of a player. 16 bytes; keep both numbers as they are.
typedef struct tp_rating {
  // Skill, points, -10000 to 10000; 400 points are ten wins to one in Elo.
  double value;
  // How far the skill may be off, one standard deviation, points, 0 to 10000. Elo leaves it as it is.
  double deviation;
} tp_rating;

// What the host knows of a match or a player and wants to find in the file again. 24 bytes.
typedef struct tp_label {
  // 1 to 32 bytes.
  const char *key;
  // At most 256 bytes.
  const char *value;
  // Whom it is about, slot, or TP_NONE: the match.
  uint8_t slot;
  // Unused.
  uint8_t reserved[7];
} tp_label;

// What a recording is made with. 24 bytes.
typedef struct tp_record_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // Seconds of match time from one keyframe to the next, 1 to 3600. More often: quicker seeks, a larger file.
  uint32_t keyframe_seconds;
  // Bytes that may wait to be drained, 65536 to 1073741824. A recording that would exceed them stops.
  uint32_t limit;
  // Elements of `labels`, at most 128.
  uint32_t label_count;
  // What the host knows at the beginning; borrowed for the call.
  const struct tp_label *labels;
} tp_record_def;

// What a recording has done and takes. 48 bytes.
typedef struct tp_record_stats {
  // Operations written down, inputs included.
  uint64_t ops;
  // Of them, inputs.
  uint64_t inputs;
  // Bytes of whole parts so far, drained or waiting.
  uint64_t total;
  // Bytes that wait: room that tp_match_drain_replay needs.
  uint64_t waiting;
  // Bytes of memory that it takes, those that wait included.
  uint64_t memory;
  // Ticks written down.
  uint32_t ticks;
  // 1: it has stopped by itself, for more than the limit waited, or for too many operations between two ticks.
  uint8_t stopped;
  // 0.
  uint8_t reserved[3];
} tp_record_stats;

// What has been handed over of a recording. 24 bytes.
typedef struct tp_drained {
  // Bytes handed over now.
  uint64_t bytes;
  // Bytes of the file so far, these included.
  uint64_t total;
  // As in tp_record_stats. What was handed over until now is a file that lacks its end mark.
  uint8_t stopped;
  // 0.
  uint8_t reserved[7];
} tp_drained;

// What a recording is. 80 bytes.
typedef struct tp_replay_info {
  // Seed of the match when the recording began.
  uint64_t seed;
  // Hash of the rule set.
  uint64_t rules_hash;
  // tp_map_info.hash of the map.
  uint64_t map_hash;
  // Bytes of the file.
  uint64_t length;
  // Bytes at its end that are no whole part, for its host died or still writes.
  uint64_t lost;
  // Of the format.
  uint32_t version;
  // Number of the simulation that wrote it; only the same plays it.
  uint32_t simulation;
  // Ticks a second.
  uint32_t tick_rate;
  // The match's tick when it began; its own count on from there.
  uint32_t first_tick;
  // Its tick at the end.
  uint32_t last_tick;
  // Ticks from one keyframe to the next.
  uint32_t keyframe_ticks;
  // Keyframes.
  uint32_t keyframe_count;
  // tp_replay_label has this many.
  uint32_t label_count;
  // Kills that win.
  uint16_t kill_target;
  // 1: it has its end mark.
  uint8_t complete;
  // 0.
  uint8_t reserved[5];
} tp_replay_info;

// What tp_replay_verify has found. 40 bytes.
typedef struct tp_verified {
  // Hash in the file where the two part; 0 unless diverged.
  uint64_t expected;
  // Hash that was computed there; 0 unless diverged.
  uint64_t found;
  // Ticks played.
  uint32_t ticks;
  // Hashes compared.
  uint32_t hashes;
  // Tick at the end of the first second whose hash differs; 0 unless diverged.
  uint32_t tick;
  // Tick at which both were last the same; 0 unless diverged.
  uint32_t good;
  // 1: the recording and what became of it part.
  uint8_t diverged;
  // 0.
  uint8_t reserved[7];
} tp_verified;

// Where a playback is. 40 bytes.
typedef struct tp_playback_info {
  // The match that it plays in.
  struct tp_match_id match_id;
  // As in tp_verified.
  uint64_t expected;
  // As in tp_verified.
  uint64_t found;
  // Tick of the recording that was played last.
  uint32_t tick;
  // As tick in tp_verified.
  uint32_t diverged_tick;
  // As in tp_verified.
  uint32_t good;
  // As in tp_verified, of what has been played.
  uint8_t diverged;
  // 0.
  uint8_t reserved[3];
} tp_playback_info;

// A way to play: how many in two teams. 16 bytes.
typedef struct tp_queue_mode {
  // 1 to 32 bytes, no other mode's.
  const char *name;
  // Players of a match at least, 2 to `most`.
  uint8_t least;
  // Players of a full match: 2, 4, 6 or 8.
  uint8_t most;
  // Unused.
  uint8_t reserved[6];
} tp_queue_mode;

// What a queue is made with. What a match must be like depends on how long the ticket has waited that it is made for; w is
// that in seconds. From patience_ms on, and for a ticket with priority at once, everybody of its mode in any region that
// both reach will do, the nearest by rating first. 192 bytes.
typedef struct tp_queue_def {
  // Bytes of this struct in the caller's header.
  uint32_t size;
  // Elements of `modes`, at most TP_QUEUE_MODES; 0: one mode "standard" of 2 to 8.
  uint32_t mode_count;
  // Elements of `regions`, at most TP_QUEUE_REGIONS; 0: one region "local".
  uint32_t region_count;
  // Tickets at most, 1 to 65536.
  uint32_t max_tickets;
  // Running matches with open slots at most, 0 to 16384.
  uint32_t max_offers;
  // Bytes of the log that may wait to be drained, at least 4096; 0: no log. A log that would exceed it stops.
  uint32_t log_limit;
  // Borrowed for the call; tickets name them by place.
  const struct tp_queue_mode *modes;
  // Names, 1 to 32 bytes each; borrowed for the call; pings and matches name them by place.
  const char *const *regions;
  // How ratings predict results.
  struct tp_rating_def rating;
  // Points that ratings may be apart at once, 0 to 20000: spread + doubt x deviation + spread_per_s x w.
  double spread;
  // Points more for each second of waiting, 0 to 20000.
  double spread_per_s;
  // How many deviations of the ticket's own rating come on top, 0 to 10.
  double doubt;
  // Predicted chance of the likelier team at most, at once, 0.5 to 1: favourite + favourite_per_s x w.
  double favourite;
  // The same for each second of waiting, 0 to 1.
  double favourite_per_s;
  // Milliseconds of ping more for each second of waiting, 0 to 10000.
  double ping_per_s;
  // Milliseconds of ping above the own best region's at once, 0 to 10000: ping_ms + ping_per_s x w.
  uint32_t ping_ms;
  // Milliseconds of waiting until which only a full match will do, 0 to small_ms.
  uint32_t full_ms;
  // Milliseconds of waiting from which on the mode's least will do, to patience_ms.
  uint32_t small_ms;
  // Milliseconds of waiting from which on everybody will do, 0 to 30000.
  uint32_t patience_ms;
  // Players by which teams may differ for who has no patience left, 0 to 3.
  uint8_t uneven;
  // Unused.
  uint8_t reserved[7];
} tp_queue_def;

// A player and what is thought of them; the rating's value is kept to 1/256 point. 24 bytes.
typedef struct tp_queue_member {
  // The host's number for the player.
  uint64_t player;
  // As the queue's rating system has it.
  struct tp_rating rating;
} tp_queue_member;

// A party that wants to play. 200 bytes.
typedef struct tp_ticket {
  // The host's number for it, of no other ticket that waits. Among tickets of the same time the lowest comes first.
  uint64_t id;
  // When it began to wait, ms, by the clock that tp_queue_form is given; at most 2^53 - 1.
  uint64_t enqueued_ms;
  // The first player_count of them play on one team.
  struct tp_queue_member players[TP_QUEUE_PARTY];
  // The first block_count of them play neither with nor against the party.
  uint64_t blocks[TP_QUEUE_BLOCKS];
  // By region the ping of the party's worst off, ms, 1 to 9999; 0: out of reach. One at least is not; those beyond the
  // queue's regions are 0.
  uint16_t pings[TP_QUEUE_REGIONS];
  // Place among the queue's modes.
  uint8_t mode;
  // 1 to 4, at most a team of the mode.
  uint8_t player_count;
  // 0 to 8.
  uint8_t block_count;
  // 1: to the front, and in a match by the next form call if anybody is there: for those whose server was lost.
  uint8_t priority;
  // 1: would join a match that is running.
  uint8_t backfill;
  // Unused.
  uint8_t reserved[3];
} tp_ticket;

// Open slots of a running match. 208 bytes.
typedef struct tp_offer {
  // The host's number for the match. A second offer of the same match takes the place of the first.
  uint64_t id;
  // Who plays: red_count of red, then blue_count of blue; one at least.
  struct tp_queue_member players[8];
  // Place among the queue's modes.
  uint8_t mode;
  // Place among the queue's regions.
  uint8_t region;
  // Open slots of red; with its players at most a team of the mode.
  uint8_t free_red;
  // Open slots of blue. One slot at least is open.
  uint8_t free_blue;
  // Players of red.
  uint8_t red_count;
  // Players of blue.
  uint8_t blue_count;
  // Unused.
  uint8_t reserved[2];
} tp_offer;

// A player's place in a match. 32 bytes.
typedef struct tp_formed_seat {
  // The ticket that brought the player.
  uint64_t ticket;
  // Who.
  uint64_t player;
  // How long the ticket waited, ms.
  uint64_t waited_ms;
  // tp_team.
  uint8_t team;
  // 0.
  uint8_t reserved[7];
} tp_formed_seat;

// A match to be held, or players for one that is being held. 288 bytes.
typedef struct tp_formed {
  // The running match whose open slots these players take, if `joins` is 1.
  uint64_t running;
  // Predicted chance that red wins, 0 to 1, of everybody in the match.
  double chance;
  // Highest less lowest rating of everybody in the match, points.
  double spread;
  // The new players in the order of their slots, seat_count of them: red's first, parties side by side.
  struct tp_formed_seat seats[8];
  // Place among the queue's modes.
  uint8_t mode;
  // Place among the queue's regions: where the worst ping is lowest.
  uint8_t region;
  // Elements of `seats`.
  uint8_t seat_count;
  // 1: the players join a running match; 0: a new one.
  uint8_t joins;
  // 0.
  uint8_t reserved[4];
} tp_formed;

// How much of a queue is taken, and what it has done since it was made. 56 bytes.
typedef struct tp_queue_stats {
  // Of all matches formed so far, in order: queues with the same hash have formed the same.
  uint64_t hash;
  // Form calls.
  uint64_t forms;
  // New matches.
  uint64_t matches;
  // Tickets that joined a running match.
  uint64_t backfills;
  // Bytes of the log that wait: room that tp_queue_drain_log needs.
  uint64_t log_waiting;
  // Tickets that wait: room that tp_queue_form needs.
  uint32_t tickets;
  // Their players.
  uint32_t players;
  // Offers with an open slot.
  uint32_t offers;
  // 0.
  uint32_t reserved;
} tp_queue_stats;

// What tp_queue_replay has read. 16 bytes.
typedef struct tp_queue_replayed {
  // Calls in the log.
  uint64_t calls;
  // Bytes at its end that are no whole record, for its host died or still writes.
  uint64_t lost;
} tp_queue_replayed;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// What went wrong in the last call of this thread that failed: the field, its limit and what to do. Never null, empty
// if no call has failed. Owned by the library, valid until the next call on this thread that fails. Any thread.
const char *tp_last_error_message(void);

// What a tp_result means in general. Never null, owned by the library, valid forever. Any thread.
const char *tp_result_message(uint32_t code);

// Version of the library at run time: major << 16 | minor << 8 | patch, like TP_VERSION of the header. Any thread.
uint32_t tp_version(void);

// Whether a program compiled with a header of this version can use this library: pass TP_VERSION. The same major
// and, while that is 0, the same minor; the library no older than the header. Any thread.
// INVALID_ARGUMENT names both versions.
tp_result tp_check_version(uint32_t header_version);

// Lower-case name of a tp_weapon, null for other numbers. Owned by the library, valid forever. Any thread.
const char *tp_weapon_name(uint8_t weapon);

// The tp_weapon with this lower-case name. Borrows `name` for the call. Any thread. UNKNOWN_WEAPON lists the names.
tp_result tp_weapon_from_name(const char *name,
                              uint8_t *out_weapon);

// Lower-case name of a tp_material, null for other numbers. Owned by the library, valid forever. Any thread.
const char *tp_material_name(uint8_t material);

// Lower-case name of a tp_sound_kind, null for other numbers. Owned by the library, valid forever. Any thread.
const char *tp_sound_kind_name(uint8_t kind);

// Name of one of the project's own maps, by index from 0; null beyond the last. Owned by the library, valid forever.
// Any thread.
const char *tp_map_builtin_name(size_t index);

// Panics inside, to prove that no panic leaves the library: PANIC. Null, or a world, which is being changed when it
// happens and from then on refuses every call but tp_world_destroy with PANIC. The default panic hook writes a line
// to stderr. No other call on that world at the same time.
tp_result tp_test_panic(struct tp_world *world);

// Has the library take its memory from the host's functions; null: from the system, as without this call. Borrows
// `allocator` for the call; its `user` must live as long as the process. To be called before anything else: only
// tp_version, tp_check_version, tp_set_log and this one may come before, as long as they succeed. Any thread.
// INVALID_ARGUMENT for a struct of an unknown size; NULL_POINTER if one of the functions is missing; NOT_ALLOWED once the
// library has allocated anything, or if it was built without the feature `host-allocator`.
tp_result tp_set_allocator(const struct tp_allocator *allocator);

// Has a host's function told of what goes wrong inside; null: nobody, as without this call. Borrows `log` for the call.
// When it returns, the function before is not being called any more, and will not be. Any thread, any time but from
// within the function itself: BUSY. INVALID_ARGUMENT for a struct of an unknown size or a level that is no tp_log_level;
// NULL_POINTER if log->write is missing.
tp_result tp_set_log(const struct tp_log *log);

// Reads a PNG of 48 x 27 or 480 x 270 pixels in the palette of the rule book. `reading` is a tp_reading.
// The caller owns the map and ends it with tp_map_destroy; `bytes` is borrowed for the call. Any thread.
// BAD_MAP gives the reason and the pixel.
tp_result tp_map_from_png(const uint8_t *bytes, size_t length, uint32_t reading, struct tp_map **out_map);

// One of the project's own maps, by name. `reading` is a tp_reading.
// The caller owns the map and ends it with tp_map_destroy; `name` is borrowed for the call. Any thread.
// UNKNOWN_NAME lists the names.
tp_result tp_map_from_builtin(const char *name, uint32_t reading, struct tp_map **out_map);

// A map of the host's own: at most 1600 walls and 64 spawns; a team without a spawn gets one.
// The caller owns the map and ends it with tp_map_destroy; both arrays are borrowed for the call. Any thread.
// BAD_MAP or INVALID_ARGUMENT names the wall or spawn, the field and the limit.
tp_result tp_map_from_rects(const struct tp_wall_def *walls,
                            size_t wall_count,
                            const struct tp_spawn *spawns,
                            size_t spawn_count,
                            struct tp_map **out_map);

// Ends a map; null is nothing. The caller gives up ownership: no other call on this map at the same time or later.
// Matches on it live on. Any thread.
tp_result tp_map_destroy(struct tp_map *map);

// What a map holds. Borrows the map for the call. Any thread.
tp_result tp_map_get_info(const struct tp_map *map, struct tp_map_info *out_info);

// The walls, in order of their slices, into the caller's array of `capacity` elements. Borrows the map for the call.
// Any thread. SHORT_BUFFER if there are more than `capacity`.
tp_result tp_map_get_walls(const struct tp_map *map,
                           struct tp_wall *out_walls,
                           size_t capacity,
                           size_t *out_count);

// The spawns of both teams into the caller's array of `capacity` elements. Borrows the map for the call. Any thread.
// SHORT_BUFFER if there are more than `capacity`.
tp_result tp_map_get_spawns(const struct tp_map *map,
                            struct tp_spawn *out_spawns,
                            size_t capacity,
                            size_t *out_count);

// Centres of the lamps into the caller's array of `capacity` elements; for renderers, the simulation knows no light.
// Borrows the map for the call. Any thread. SHORT_BUFFER if there are more than `capacity`.
tp_result tp_map_get_lights(const struct tp_map *map,
                            struct tp_point *out_lights,
                            size_t capacity,
                            size_t *out_count);

// Health of each slice when intact, in 1/64 points, TP_INDESTRUCTIBLE for the border, into the caller's array of
// `capacity` elements. Borrows the map for the call. Any thread. SHORT_BUFFER if there are more than `capacity`.
tp_result tp_map_get_max_health(const struct tp_map *map,
                                uint16_t *out_health,
                                size_t capacity,
                                size_t *out_count);

// What was read but probably not meant, such as unknown colours, by index from 0; null beyond the last.
// Owned by the map, valid until it is destroyed. Any thread. A null map gives null.
const char *tp_map_warning(const struct tp_map *map, size_t index);

// 60 ticks a second, standard rules, 65536 matches, the best instruction set, 20 snapshots of 60 bytes a second, 4 at
// rest. Any thread.
struct tp_world_def tp_world_default_def(void);

// An empty world. The caller owns it and ends it with tp_world_destroy; `def` is borrowed for the call. Any thread.
// INVALID_ARGUMENT names the field and its limit.
tp_result tp_world_create(const struct tp_world_def *def,
                          struct tp_world **out_world);

// Ends a world with all its matches; null is nothing. The caller gives up ownership: no other call on this world at
// the same time or later. Any thread. BUSY if a call is inside; then the world lives on.
tp_result tp_world_destroy(struct tp_world *world);

// What a world is. Reads the world: any thread, no changing call at the same time.
tp_result tp_world_get_info(const struct tp_world *world, struct tp_world_info *out_info);

// The ids of all matches into the caller's array of `capacity` elements. Reads the world: any thread, no changing
// call at the same time. SHORT_BUFFER if there are more than `capacity`.
tp_result tp_world_get_matches(const struct tp_world *world,
                               struct tp_match_id *out_ids,
                               size_t capacity,
                               size_t *out_count);

// One tick of every match, on the calling thread. Changes the world: any thread, no other call at the same time.
tp_result tp_world_step(struct tp_world *world);

// One tick of every match, on the calling thread and those of a pool that the first such call of the process starts: as many
// in all as there are cores, or RAYON_NUM_THREADS. The same bits as tp_world_step. Changes the world: any thread, no
// other call at the same time.
tp_result tp_world_step_parallel(struct tp_world *world);

// Hz that the cutoff of a tp_heard stands for, by the rules of the world it is from: 0 the lowest, TP_CUTOFF_OPEN what
// nothing muffles, steps between in equal ratios. Reads the world: any thread, no changing call at the same time.
// INVALID_ARGUMENT for a cutoff above TP_CUTOFF_OPEN.
tp_result tp_sound_cutoff_hz(const struct tp_world *world,
                             uint8_t cutoff,
                             float *out_hz);

// Queues inputs of any players of any matches. Both arrays are the caller's and have `count` elements.
// Changes the world: any thread, no other call at the same time.
//
// Each input is judged for itself. Its place in out_results tells: OK; IGNORED_INPUT, its sequence number is old or
// waiting already; STALE_ID, the match or player is gone; INVALID_ARGUMENT, mouse_x or mouse_y is not finite. The call
// is OK all the same. tp_last_error_message() tells of the last refused one.
tp_result tp_world_push_inputs(struct tp_world *world,
                               const struct tp_input *inputs,
                               size_t count,
                               uint32_t *out_results);

// Seed 0, the rule set's kill target. Any thread.
struct tp_match_def tp_match_default_def(void);

// A match on a map, with nobody in it. Borrows map and `def` for the call; the match keeps what it needs.
// Changes the world: any thread, no other call at the same time. WORLD_FULL; INVALID_ARGUMENT names the field.
tp_result tp_match_create(struct tp_world *world,
                          const struct tp_map *map,
                          const struct tp_match_def *def,
                          struct tp_match_id *out_match);

// Ends a match at once; its id and its players' ids are stale from now on.
// Changes the world: any thread, no other call at the same time. STALE_ID.
tp_result tp_match_destroy(struct tp_world *world, struct tp_match_id match_id);

// Starts a match anew with the same players: walls restored, scores 0, everybody placed who has been before; ticks go
// on counting.
// Changes the world: any thread, no other call at the same time. STALE_ID.
tp_result tp_match_reset(struct tp_world *world,
                         struct tp_match_id match_id,
                         uint64_t seed);

// Restores every slice in the middle of a match.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while a living player stands where
// a slice would.
tp_result tp_match_repair_walls(struct tp_world *world,
                                struct tp_match_id match_id);

// What a match is. Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_match_get_info(const struct tp_world *world,
                            struct tp_match_id match_id,
                            struct tp_match_info *out_info);

// Hash of all that the future of a match depends on: columns, slices, map, rules and tick rate. Equal on every
// platform, thread count and instruction set.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_match_hash(const struct tp_world *world,
                        struct tp_match_id match_id,
                        uint64_t *out_hash);

// All players of a match by slot, at most TP_MAX_PLAYERS, into the caller's array of `capacity` elements.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_match_players(const struct tp_world *world,
                           struct tp_match_id match_id,
                           struct tp_player_view *out_players,
                           size_t capacity,
                           size_t *out_count);

// The id that the player in a slot has or last had, for events of somebody who has left since; null if the slot was
// never taken or is above 7.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_match_player_in_slot(const struct tp_world *world,
                                  struct tp_match_id match_id,
                                  uint8_t slot,
                                  struct tp_player_id *out_player);

// Moves the events since the last drain, oldest first, into the caller's array of `capacity` elements. out_lost:
// events lost before these because more than TP_MAX_EVENTS waited.
// Changes the world: any thread, no other call at the same time. STALE_ID; SHORT_BUFFER if more than `capacity`
// wait, and they go on waiting.
tp_result tp_match_drain_events(struct tp_world *world,
                                struct tp_match_id match_id,
                                struct tp_event *out_events,
                                size_t capacity,
                                size_t *out_count,
                                uint64_t *out_lost);

// Moves what the players of a match have heard since the last drain, oldest first, into the caller's array of
// `capacity` elements. Each is for one listener, named by slot; what a player who has left would have heard is gone.
// Those of one tick come listener by listener, in an order that says nothing of who made them. out_lost: sounds lost
// before these because more than TP_MAX_SOUNDS waited.
// Changes the world: any thread, no other call at the same time. STALE_ID; SHORT_BUFFER if more than `capacity`
// wait, and they go on waiting.
tp_result tp_match_drain_sounds(struct tp_world *world,
                                struct tp_match_id match_id,
                                struct tp_heard *out_sounds,
                                size_t capacity,
                                size_t *out_count,
                                uint64_t *out_lost);

// Room that tp_match_drain_sounds needs now, at most TP_MAX_SOUNDS. It may write fewer: what a leaver would have heard
// counts here.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_match_pending_sounds(const struct tp_world *world,
                                  struct tp_match_id match_id,
                                  size_t *out_count);

// How a sound of a tp_sound_kind made at one place arrives at another, px, with the walls as they are now. Places
// outside of the playfield are moved to its edge. For hosts: no player may know it.
// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for an unknown kind or a
// coordinate that is not finite.
tp_result tp_match_sound_between(const struct tp_world *world,
                                 struct tp_match_id match_id,
                                 uint8_t kind,
                                 float from_x,
                                 float from_y,
                                 float to_x,
                                 float to_y,
                                 struct tp_arrival *out_arrival);

// Gain, 0 to 1, of a sound of a tp_sound_kind made at a place, px, in the middle of every cell of 10 x 10 px, element
// row * 48 + column, into the caller's array of `capacity` elements, TP_SOUND_CELLS of which are written. A place
// outside of the playfield is moved to its edge. For pictures and level design: it takes milliseconds.
// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for an unknown kind or a
// coordinate that is not finite; SHORT_BUFFER.
tp_result tp_match_sound_field(const struct tp_world *world,
                               struct tp_match_id match_id,
                               uint8_t kind,
                               float from_x,
                               float from_y,
                               float *out_gains,
                               size_t capacity,
                               size_t *out_count);

// tp_match_sound_between, with the way round from the listener to the source, px: the middles of its cells, or nothing if
// the straight line is the louder way, into the caller's array of `capacity` elements; TP_SOUND_CELLS are always enough.
// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for an unknown kind or a
// coordinate that is not finite; SHORT_BUFFER if there are more than `capacity`.
tp_result tp_match_sound_way(const struct tp_world *world,
                             struct tp_match_id match_id,
                             uint8_t kind,
                             float from_x,
                             float from_y,
                             float to_x,
                             float to_y,
                             struct tp_point *out_points,
                             size_t capacity,
                             size_t *out_count,
                             struct tp_arrival *out_arrival);

// What each player would hear of a sound of a tp_sound_kind made now at a place, px, by one of them or, null, by nobody:
// at most TP_MAX_PLAYERS, ascending by slot, into the caller's array of `capacity` elements. Nothing changes. A stale
// source is nobody. Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for an
// unknown kind or a coordinate that is not finite; SHORT_BUFFER if there are more than `capacity`.
tp_result tp_match_listeners(const struct tp_world *world,
                             struct tp_match_id match_id,
                             uint8_t kind,
                             float from_x,
                             float from_y,
                             struct tp_player_id source_id,
                             struct tp_heard *out_sounds,
                             size_t capacity,
                             size_t *out_count);

// Cells of 10 x 10 px that sound goes through, for which standing slices cover less than half: bit = column of the word
// of each of the 27 rows, into the caller's array of `capacity` elements.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER.
tp_result tp_match_open_cells(const struct tp_world *world,
                              struct tp_match_id match_id,
                              uint64_t *out_rows,
                              size_t capacity,
                              size_t *out_count);

// Projectiles in flight, at most TP_MAX_PROJECTILES, into the caller's array of `capacity` elements.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_match_projectiles(const struct tp_world *world,
                               struct tp_match_id match_id,
                               struct tp_projectile *out_projectiles,
                               size_t capacity,
                               size_t *out_count);

// Clouds of smoke, at most TP_MAX_CLOUDS, into the caller's array of `capacity` elements.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_match_clouds(const struct tp_world *world,
                          struct tp_match_id match_id,
                          struct tp_cloud *out_clouds,
                          size_t capacity,
                          size_t *out_count);

// Who sees whom: byte v, bit t: the player in slot v sees the enemy in slot t. Team mates' bits are 0.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_match_sight_matrix(const struct tp_world *world,
                                struct tp_match_id match_id,
                                uint64_t *out_matrix);

// Whether a straight line between two places, px, passes all standing slices that stop sight: 1 or 0. Places outside
// of the playfield are moved to its edge.
// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for a coordinate that is
// not finite.
tp_result tp_match_line_is_clear(const struct tp_world *world,
                                 struct tp_match_id match_id,
                                 float from_x,
                                 float from_y,
                                 float to_x,
                                 float to_y,
                                 uint8_t *out_clear);

// Optical depth of the smoke between two places, px, at least 0; the rules say where it ends a line of sight. Places
// outside of the playfield are moved to its edge.
// Reads the world: any thread, no changing call at the same time. STALE_ID; INVALID_ARGUMENT for a coordinate that is
// not finite.
tp_result tp_match_smoke_between(const struct tp_world *world,
                                 struct tp_match_id match_id,
                                 float from_x,
                                 float from_y,
                                 float to_x,
                                 float to_y,
                                 float *out_depth);

// Health of each slice, in 1/64 points, 0 when destroyed, TP_INDESTRUCTIBLE for the border, into the caller's array
// of `capacity` elements. It changes only when tp_match_info.walls_version does.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_match_slice_health(const struct tp_world *world,
                                struct tp_match_id match_id,
                                uint16_t *out_health,
                                size_t capacity,
                                size_t *out_count);

// Bytes that tp_match_save needs for a match; the same for all its life.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_match_save_size(const struct tp_world *world, struct tp_match_id match_id, size_t *out_size);

// Writes a match into the caller's `capacity` bytes.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if it needs more than
// `capacity`.
tp_result tp_match_save(const struct tp_world *world,
                        struct tp_match_id match_id,
                        uint8_t *out_bytes,
                        size_t capacity,
                        size_t *out_length);

// Turns a match back into what was saved. Ids of players are those of the saved moment; events that wait stay.
// Borrows `bytes` for the call. Changes the world: any thread, no other call at the same time. STALE_ID;
// BAD_SNAPSHOT if the bytes are damaged, of another version, or of another map, rule set or tick rate.
tp_result tp_match_restore(struct tp_world *world,
                           struct tp_match_id match_id,
                           const uint8_t *bytes,
                           size_t length);

// The smaller team, rifle and pistol, placed at once. Any thread.
struct tp_player_def tp_player_default_def(void);

// Lets a player in. One who first appears after the first second is a late joiner. Borrows `def` for the call.
// Changes the world: any thread, no other call at the same time. STALE_ID; MATCH_FULL for a ninth; UNKNOWN_WEAPON or
// ILLEGAL_LOADOUT with the reason.
tp_result tp_player_add(struct tp_world *world,
                        struct tp_match_id match_id,
                        const struct tp_player_def *def,
                        struct tp_player_id *out_player);

// Lets a player go. Kills stay in the team's score.
// Changes the world: any thread, no other call at the same time. STALE_ID.
tp_result tp_player_remove(struct tp_world *world,
                           struct tp_match_id match_id,
                           struct tp_player_id player_id);

// Changes sides, before the first spawn or while dead. `team` is TP_TEAM_RED or TP_TEAM_BLUE.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while alive.
tp_result tp_player_set_team(struct tp_world *world,
                             struct tp_match_id match_id,
                             struct tp_player_id player_id,
                             uint8_t team);

// Changes what a player carries, before the first spawn or while dead. Borrows `loadout` for the call.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while alive; UNKNOWN_WEAPON or
// ILLEGAL_LOADOUT with the reason.
tp_result tp_player_set_loadout(struct tp_world *world,
                                struct tp_match_id match_id,
                                struct tp_player_id player_id,
                                const struct tp_loadout *loadout);

// Puts a tp_weapon with full magazines into a living player's hands, in the place where a loadout would have it. For
// debugging: no loadout rule is checked, and the next respawn restores the loadout.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while dead; UNKNOWN_WEAPON.
tp_result tp_player_give_weapon(struct tp_world *world,
                                struct tp_match_id match_id,
                                struct tp_player_id player_id,
                                uint8_t weapon);

// Presses buttons (tp_button bits) on a player's behalf outside of the input stream, for the next tick.
// Changes the world: any thread, no other call at the same time. STALE_ID.
tp_result tp_player_tap(struct tp_world *world,
                        struct tp_match_id match_id,
                        struct tp_player_id player_id,
                        uint16_t buttons);

// Throws the thrown weapon in a player's hand in the next tick with a level of charge, 1 to 5, as if the trigger had
// been held that long. Nothing happens if something else is in hand.
// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT for another level.
tp_result tp_player_throw(struct tp_world *world,
                          struct tp_match_id match_id,
                          struct tp_player_id player_id,
                          uint8_t level);

// Kills a player at once, credited to nobody.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED while dead.
tp_result tp_player_kill(struct tp_world *world, struct tp_match_id match_id, struct tp_player_id player_id);

// One player. Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_player_get(const struct tp_world *world,
                        struct tp_match_id match_id,
                        struct tp_player_id player_id,
                        struct tp_player_view *out_player);

// The weapons of a player, at most TP_MAX_WEAPONS, into the caller's array of `capacity` elements.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_player_weapons(const struct tp_world *world,
                            struct tp_match_id match_id,
                            struct tp_player_id player_id,
                            struct tp_weapon_view *out_weapons,
                            size_t capacity,
                            size_t *out_count);

// The outline of what a living player sees, px, into the caller's array of `capacity` elements: the player first, then
// clockwise on screen, arcs cut every 10 degrees at most. No points for the dead; one before the player's first tick.
// There is no most: fields full of rubble and smoke have several times the hundred that play on the built-in maps has.
// Begin with 512, and on SHORT_BUFFER ask again with twice the room.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`, and the message says how many.
tp_result tp_player_polygon(const struct tp_world *world,
                            struct tp_match_id match_id,
                            struct tp_player_id player_id,
                            struct tp_point *out_points,
                            size_t capacity,
                            size_t *out_count);

// The tiles of 8 x 8 px whose centres a living player sees, bit y * 60 + x of 60 columns and 34 rows, bit 0 the lowest
// of word 0, into the caller's array of `capacity` elements, TP_TILE_WORDS of which are written. No bits for the dead.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER.
tp_result tp_player_tiles(const struct tp_world *world,
                          struct tp_match_id match_id,
                          struct tp_player_id player_id,
                          uint64_t *out_words,
                          size_t capacity,
                          size_t *out_count);

// Makes a player what the host wants, past the rules of the game. Borrows `edit` for the call.
// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT names the field and its limit;
// UNKNOWN_WEAPON and ILLEGAL_LOADOUT for a loadout; NOT_ALLOWED where the player has no body yet, does not live, or lives
// already.
tp_result tp_player_edit(struct tp_world *world,
                         struct tp_match_id match_id,
                         struct tp_player_id player_id,
                         const struct tp_edit *edit);

// Takes everything out of the air, without a bang.
// Changes the world: any thread, no other call at the same time. STALE_ID.
tp_result tp_match_clear_projectiles(struct tp_world *world, struct tp_match_id match_id);

// Whether the host drains what a player is told (1; 0 ends it): see tp_match_drain_told. From the first such call on, or
// the opening of a link, what the player may know is kept; a player who has left is not listened for any more.
// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT if listening is neither.
tp_result tp_player_listen(struct tp_world *world,
                           struct tp_match_id match_id,
                           struct tp_player_id player_id,
                           uint8_t listening);

// Room that tp_match_drain_told needs now, at most TP_MAX_EVENTS.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_match_pending_told(const struct tp_world *world, struct tp_match_id match_id, size_t *out_count);

// Moves what the players who are listened for have been told since the last drain, oldest first, into the caller's array
// of `capacity` elements. What a player who has left since would have been told is gone. out_lost: entries lost before
// these because more than TP_MAX_EVENTS waited.
// Changes the world: any thread, no other call at the same time. STALE_ID; SHORT_BUFFER if more than `capacity` wait,
// and they go on waiting.
tp_result tp_match_drain_told(struct tp_world *world,
                              struct tp_match_id match_id,
                              struct tp_told *out_told,
                              size_t capacity,
                              size_t *out_count,
                              uint64_t *out_lost);

// Whom a player knows.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_player_knowledge(const struct tp_world *world,
                              struct tp_match_id match_id,
                              struct tp_player_id player_id,
                              struct tp_knowledge *out_knowledge);

// Health of each slice as a player knows it, as tp_match_slice_health gives it, into the caller's array of `capacity`
// elements. One for whom nothing is kept, see tp_player_listen, knows the map as it was at the beginning.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_player_known_health(const struct tp_world *world,
                                 struct tp_match_id match_id,
                                 struct tp_player_id player_id,
                                 uint16_t *out_health,
                                 size_t capacity,
                                 size_t *out_count);

// The projectiles that a player knows, by the player's own numbers: those of the own team, and others whose place is in
// view; at most TP_MAX_PROJECTILES, into the caller's array of `capacity` elements. None for one for whom nothing is
// kept, see tp_player_listen.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_player_known_projectiles(const struct tp_world *world,
                                      struct tp_match_id match_id,
                                      struct tp_player_id player_id,
                                      struct tp_known_projectile *out_projectiles,
                                      size_t capacity,
                                      size_t *out_count);

// The clouds, all of which everybody knows, with the player's own numbers for what they rose from; at most TP_MAX_CLOUDS,
// into the caller's array of `capacity` elements. None for one for whom nothing is kept, see tp_player_listen.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_player_known_clouds(const struct tp_world *world,
                                 struct tp_match_id match_id,
                                 struct tp_player_id player_id,
                                 struct tp_cloud *out_clouds,
                                 size_t capacity,
                                 size_t *out_count);

// What all matches are, in the order of tp_world_get_matches, into the caller's array of `capacity` elements.
// Reads the world: any thread, no changing call at the same time. SHORT_BUFFER if there are more than `capacity`.
tp_result tp_world_get_match_infos(const struct tp_world *world,
                                   struct tp_match_info *out_infos,
                                   size_t capacity,
                                   size_t *out_count);

// tp_match_hash of all matches, in the order of tp_world_get_matches, into the caller's array of `capacity` elements.
// Reads the world: any thread, no changing call at the same time. SHORT_BUFFER if there are more than `capacity`.
tp_result tp_world_hashes(const struct tp_world *world,
                          uint64_t *out_hashes,
                          size_t capacity,
                          size_t *out_count);

// All players of all matches, match by match and slot by slot, into the caller's array of `capacity` elements, and a
// span for each match, also for those without players, in the order of tp_world_get_matches, into out_spans of
// `span_capacity` elements. TP_MAX_PLAYERS for each match are always enough. The two must not overlap.
// Reads the world: any thread, no changing call at the same time. SHORT_BUFFER if either is too small.
tp_result tp_world_players(const struct tp_world *world,
                           struct tp_player_view *out_players,
                           size_t capacity,
                           struct tp_match_span *out_spans,
                           size_t span_capacity,
                           size_t *out_count,
                           size_t *out_span_count);

// Room that tp_world_drain_events needs now: events, and spans of matches that have any.
// Reads the world: any thread, no changing call at the same time.
tp_result tp_world_pending_events(const struct tp_world *world, size_t *out_count, size_t *out_span_count);

// tp_match_drain_events of all matches: their events one match behind the other into the caller's array of `capacity`
// elements, and a span for each match that has any into out_spans of `span_capacity` elements. The two must not overlap.
// Changes the world: any thread, no other call at the same time. SHORT_BUFFER if either is too small, and all go on
// waiting.
tp_result tp_world_drain_events(struct tp_world *world,
                                struct tp_event *out_events,
                                size_t capacity,
                                struct tp_match_span *out_spans,
                                size_t span_capacity,
                                size_t *out_count,
                                size_t *out_span_count);

// Room that tp_world_drain_sounds needs now: sounds, and spans of matches that have any. It may write fewer sounds: what
// a leaver would have heard counts here.
// Reads the world: any thread, no changing call at the same time.
tp_result tp_world_pending_sounds(const struct tp_world *world,
                                  size_t *out_count,
                                  size_t *out_span_count);

// tp_match_drain_sounds of all matches: their sounds one match behind the other into the caller's array of `capacity`
// elements, and a span for each match that has any into out_spans of `span_capacity` elements. The two must not overlap.
// Changes the world: any thread, no other call at the same time. SHORT_BUFFER if either is too small, and all go on
// waiting.
tp_result tp_world_drain_sounds(struct tp_world *world,
                                struct tp_heard *out_sounds,
                                size_t capacity,
                                struct tp_match_span *out_spans,
                                size_t span_capacity,
                                size_t *out_count,
                                size_t *out_span_count);

// tp_world_receive for many messages of any players of any matches, the counterpart of tp_world_packets: `packets`, of
// `count` elements, say whose they are and where they lie in `bytes`, of `length` bytes. Borrows both for the call. Both
// outputs are the caller's and have `count` elements; they and the inputs must not overlap.
// Changes the world: any thread, no other call at the same time.
//
// Each message is judged for itself. Its place in out_results tells: OK, and out_received at that place what it brought;
// or what tp_world_receive returns; INVALID_ARGUMENT also for one that does not lie in `bytes`. The place in out_received
// is zeros then. The call is OK all the same. tp_last_error_message() tells of the last refused one.
tp_result tp_world_receive_all(struct tp_world *world,
                               const uint8_t *bytes,
                               size_t length,
                               const struct tp_packet *packets,
                               size_t count,
                               uint32_t *out_results,
                               struct tp_received *out_received);

// A snapshot of nothing yet, to be filled by tp_match_snapshot. The caller owns it and ends it with
// tp_snapshot_destroy. Any thread.
tp_result tp_snapshot_create(struct tp_snapshot **out_snapshot);

// Ends a snapshot; null is nothing. The caller gives up ownership: no other call on it at the same time or later. Any
// thread. BUSY if a call is inside; then it lives on.
tp_result tp_snapshot_destroy(struct tp_snapshot *snapshot);

// What a snapshot is. Reads the snapshot: any thread, no changing call on it at the same time.
tp_result tp_snapshot_get_info(const struct tp_snapshot *snapshot, struct tp_snapshot_info *out_info);

// Takes a snapshot of a match, in place of what the snapshot holds.
// Reads the world and changes the snapshot: any thread, no changing call on the world and no other call on the snapshot
// at the same time. STALE_ID.
tp_result tp_match_snapshot(const struct tp_world *world,
                            struct tp_match_id match_id,
                            struct tp_snapshot *snapshot);

// Turns a match back, or on, to a snapshot of it or of another match on the same map. Events and sounds that wait and
// are of later ticks are taken back; those that were drained are the host's to take back. Open links begin a new epoch.
// Changes the world and reads the snapshot: any thread, no other call on the world and no changing call on the snapshot
// at the same time. STALE_ID; BAD_SNAPSHOT for a snapshot of nothing, of other rules, tick rate or map.
tp_result tp_match_rollback(struct tp_world *world,
                            struct tp_match_id match_id,
                            const struct tp_snapshot *snapshot);

// Turns a match back to a snapshot and plays `ticks` ticks anew, with these inputs, in the order in which they were
// pushed: ticks ascending, each after the snapshot's and at most `ticks` later. Other matches of the world stay where
// they are. Events and sounds of the new ticks wait to be drained. Borrows `inputs`, of `count` elements, for the call.
// Changes the world and reads the snapshot: any thread, no other call on the world and no changing call on the snapshot
// at the same time. STALE_ID for the match, or a player who is not in the snapshot; BAD_SNAPSHOT as tp_match_rollback;
// NOT_ALLOWED while clients are linked to the match or it is recorded; INVALID_ARGUMENT naming the first input that is
// out of order, out of range or not finite.
tp_result tp_match_resimulate(struct tp_world *world,
                              struct tp_match_id match_id,
                              const struct tp_snapshot *snapshot,
                              uint32_t ticks,
                              const struct tp_past_input *inputs,
                              size_t count);

// Opens a player's link: from the next frame on, tp_world_packets has what this player's client is to get. One that is
// open is opened anew, with the next epoch.
// Changes the world: any thread, no other call at the same time. STALE_ID.
tp_result tp_world_open_link(struct tp_world *world,
                             struct tp_match_id match_id,
                             struct tp_player_id player_id);

// Closes a player's link; nothing happens if none is open.
// Changes the world: any thread, no other call at the same time. STALE_ID.
tp_result tp_world_close_link(struct tp_world *world,
                              struct tp_match_id match_id,
                              struct tp_player_id player_id);

// While a link is held (1; 0 lets it go) nothing is written for it: for a client that has not taken the last message
// yet. Nothing queues up; the next snapshot says how things are then.
// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT if held is neither.
tp_result tp_world_hold_link(struct tp_world *world,
                             struct tp_match_id match_id,
                             struct tp_player_id player_id,
                             uint8_t held);

// Whether a player's client is sent decoys (1; 0 ends it): enemies who are not there, where the player cannot see them,
// whom an honest client never draws. For players under suspicion. Nothing happens if no link is open; it ends with the
// player's leaving.
// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT if bait is neither.
tp_result tp_world_bait(struct tp_world *world,
                        struct tp_match_id match_id,
                        struct tp_player_id player_id,
                        uint8_t bait);

// The decoy that a player's client is shown in the newest frame: out_slot is the slot of the enemy whom it passes for, or
// TP_NONE if there is none, and out_place where it is, px, or zeros.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_world_decoy(const struct tp_world *world,
                         struct tp_match_id match_id,
                         struct tp_player_id player_id,
                         uint8_t *out_slot,
                         struct tp_point *out_place);

// What a player's link has done and takes.
// Reads the world: any thread, no changing call at the same time. STALE_ID; NOT_ALLOWED if no link is open.
tp_result tp_world_link_stats(const struct tp_world *world,
                              struct tp_match_id match_id,
                              struct tp_player_id player_id,
                              struct tp_link_stats *out_stats);

// Takes one message of a player's client. Borrows `bytes` for the call.
// Changes the world: any thread, no other call at the same time. STALE_ID; BAD_MESSAGE naming the field, for bytes
// that are no message; NOT_ALLOWED if no link is open.
tp_result tp_world_receive(struct tp_world *world,
                           struct tp_match_id match_id,
                           struct tp_player_id player_id,
                           const uint8_t *bytes,
                           size_t length,
                           struct tp_received *out_received);

// Room that tp_world_packets needs after the last step: messages, and their bytes together.
// Reads the world: any thread, no changing call at the same time.
tp_result tp_world_pending_packets(const struct tp_world *world, size_t *out_count, size_t *out_length);

// All that the last step has to send, of all matches, for all clients: match by match, slot by slot; until the next
// step. The messages go one behind the other into the caller's out_bytes, of `bytes_capacity` bytes, and what is whose
// into out_packets, of `packets_capacity` elements. The two must not overlap.
// Reads the world: any thread, no changing call at the same time. SHORT_BUFFER if either is too small; nothing is lost
// then.
tp_result tp_world_packets(const struct tp_world *world,
                           uint8_t *out_bytes,
                           size_t bytes_capacity,
                           struct tp_packet *out_packets,
                           size_t packets_capacity,
                           size_t *out_count,
                           size_t *out_length);

// A client that knows nothing yet. The caller owns it and ends it with tp_receiver_destroy. Any thread.
tp_result tp_receiver_create(struct tp_receiver **out_receiver);

// Ends a client; null is nothing. The caller gives up ownership: no other call on it at the same time or later. Any
// thread. BUSY if a call is inside; then it lives on.
tp_result tp_receiver_destroy(struct tp_receiver *receiver);

// Takes one message of the host; out_taken is a tp_taken. Borrows `bytes` for the call.
// Changes the receiver: any thread, no other call at the same time. BAD_MESSAGE naming the field.
tp_result tp_receiver_take(struct tp_receiver *receiver,
                           const uint8_t *bytes,
                           size_t length,
                           uint8_t *out_taken);

// Makes an input of tp_button bits and a cursor, px; out_number: its number, from 1 in every epoch.
// Changes the receiver: any thread, no other call at the same time. INVALID_ARGUMENT if the cursor is not finite.
tp_result tp_receiver_input(struct tp_receiver *receiver,
                            uint16_t held,
                            uint16_t taps,
                            float mouse_x,
                            float mouse_y,
                            uint32_t *out_number);

// Asks for a respawn until an answer comes.
// Changes the receiver: any thread, no other call at the same time.
tp_result tp_receiver_request_respawn(struct tp_receiver *receiver);

// Writes the message that is to be sent now into the caller's `capacity` bytes, TP_MAX_CLIENT_MESSAGE at least; none
// before the first welcome. `view`: ticks between the newest frame and what the player saw at the last input.
// Changes the receiver: any thread, no other call at the same time. SHORT_BUFFER.
tp_result tp_receiver_write(struct tp_receiver *receiver,
                            uint32_t view,
                            uint8_t *out_bytes,
                            size_t capacity,
                            size_t *out_length);

// Where a client is and whom it knows.
// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome.
tp_result tp_receiver_get(const struct tp_receiver *receiver, struct tp_seen *out_seen);

// How the link began, of the present epoch.
// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome.
tp_result tp_receiver_get_welcome(const struct tp_receiver *receiver, struct tp_welcome *out_welcome);

// What a client knows of itself and the score.
// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome.
tp_result tp_receiver_get_own(const struct tp_receiver *receiver, struct tp_seen_own *out_own);

// How each slice is, as far as the client knows: 0 whole, 1 light, 2 medium, 3 heavy damage, 4 gone, or TP_AS_ON_MAP; into
// the caller's array of `capacity` elements.
// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome; SHORT_BUFFER
// if there are more than `capacity`.
tp_result tp_receiver_levels(const struct tp_receiver *receiver,
                             uint8_t *out_levels,
                             size_t capacity,
                             size_t *out_count);

// The projectiles that a client knows, at most TP_MAX_PROJECTILES, into the caller's array of `capacity` elements.
// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome; SHORT_BUFFER
// if there are more than `capacity`.
tp_result tp_receiver_projectiles(const struct tp_receiver *receiver,
                                  struct tp_seen_projectile *out_projectiles,
                                  size_t capacity,
                                  size_t *out_count);

// The clouds that a client knows, at most TP_MAX_CLOUDS, into the caller's array of `capacity` elements.
// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome; SHORT_BUFFER
// if there are more than `capacity`.
tp_result tp_receiver_clouds(const struct tp_receiver *receiver,
                             struct tp_seen_cloud *out_clouds,
                             size_t capacity,
                             size_t *out_count);

// What the newest snapshot told of, oldest first, into the caller's array of `capacity` elements.
// Reads the receiver: any thread, no changing call at the same time. NOT_ALLOWED before the first welcome; SHORT_BUFFER
// if there are more than `capacity`, and the message says how many.
tp_result tp_receiver_messages(const struct tp_receiver *receiver,
                               struct tp_seen_message *out_messages,
                               size_t capacity,
                               size_t *out_count);

// Asks for a loadout, and a team (tp_team; NONE: the present one), until an answer comes, which tp_seen_own tells of;
// out_request: the number of the request. Borrows `loadout` for the call.
// Changes the receiver: any thread, no other call at the same time. UNKNOWN_WEAPON or ILLEGAL_LOADOUT with the reason;
// INVALID_ARGUMENT for another team.
tp_result tp_receiver_request_loadout(struct tp_receiver *receiver,
                                      const struct tp_loadout *loadout,
                                      uint8_t team,
                                      uint8_t *out_request);

// Asks for the own motion to the bit until it comes, in tp_seen_own: for a client that predicts and has gone astray.
// Changes the receiver: any thread, no other call at the same time.
tp_result tp_receiver_request_exact(struct tp_receiver *receiver);

// Writes the message with which a host ends a link, for a tp_farewell, into the caller's `capacity` bytes; one byte is
// enough. `epoch`, 0 to 3, is that of the link: bits 2 and 3 of the first byte of any message that tp_world_packets had
// for it.
// Any thread. INVALID_ARGUMENT for another reason or epoch; SHORT_BUFFER.
tp_result tp_write_farewell(uint8_t reason,
                            uint8_t epoch,
                            uint8_t *out_bytes,
                            size_t capacity,
                            size_t *out_length);

// Skill 0.5, the smaller team, rifle and pistol, placed at once. Any thread.
struct tp_bot_def tp_bot_default_def(void);

// No bots yet, for one world. The caller owns them and ends them with tp_bots_destroy. Any thread.
tp_result tp_bots_create(struct tp_bots **out_bots);

// Ends bots; null is nothing. Their players stay where they are, and stand. The caller gives up ownership: no other
// call on these bots at the same time or later. Any thread. BUSY if a call is inside; then they live on.
tp_result tp_bots_destroy(struct tp_bots *bots);

// Lets a bot into a match. Borrows `def` for the call. Changes bots and world: any thread, no other call on either at
// the same time. STALE_ID, MATCH_FULL, UNKNOWN_WEAPON, ILLEGAL_LOADOUT as tp_player_add; INVALID_ARGUMENT for a skill
// outside 0 to 1.
tp_result tp_bots_add(struct tp_bots *bots,
                      struct tp_world *world,
                      struct tp_match_id match_id,
                      const struct tp_bot_def *def,
                      struct tp_player_id *out_player);

// Takes a bot out of its match. Changes bots and world: any thread, no other call on either at the same time.
// STALE_ID if there is no such match or player, or if the player is no bot of these.
tp_result tp_bots_remove(struct tp_bots *bots,
                         struct tp_world *world,
                         struct tp_match_id match_id,
                         struct tp_player_id player_id);

// Once before each step: pushes the inputs of every bot for one tick. Bots whose match or player is gone are
// forgotten. Changes bots and world: any thread, no other call on either at the same time.
tp_result tp_bots_think(struct tp_bots *bots, struct tp_world *world);

// Bots in a match; 0 for a match that these bots do not know. Reads the bots: any thread, no changing call on them at
// the same time.
tp_result tp_bots_count(const struct tp_bots *bots,
                        struct tp_match_id match_id,
                        size_t *out_count);

// Drives a player who is in the match already, with a skill of 0 to 1, until tp_bots_remove takes the player out or
// tp_bots_release lets go: for somebody who is away.
// Changes the bots and reads the world: any thread, no other call on the bots and no changing call on the world at the
// same time. STALE_ID; INVALID_ARGUMENT for another skill.
tp_result tp_bots_adopt(struct tp_bots *bots,
                        const struct tp_world *world,
                        struct tp_match_id match_id,
                        struct tp_player_id player_id,
                        float skill);

// Lets go of a player, who stays in the match.
// Changes the bots: any thread, no other call on them at the same time. STALE_ID if the player is no bot of these.
tp_result tp_bots_release(struct tp_bots *bots,
                          struct tp_match_id match_id,
                          struct tp_player_id player_id);

// Whether these bots drive a player: 1 or 0.
// Reads the bots: any thread, no changing call on them at the same time.
tp_result tp_bots_contain(const struct tp_bots *bots,
                          struct tp_match_id match_id,
                          struct tp_player_id player_id,
                          uint8_t *out_contain);

// tp_bots_think with the inputs handed to the caller, into an array of `capacity` elements, instead of pushed: for bots
// at the other end of a wire. Room for 3 inputs of each bot is always enough.
// Changes the bots and reads the world: any thread, no other call on the bots and no changing call on the world at the
// same time. SHORT_BUFFER if there might be more than `capacity`; then nobody has thought.
tp_result tp_bots_think_into(struct tp_bots *bots,
                             const struct tp_world *world,
                             struct tp_input *out_inputs,
                             size_t capacity,
                             size_t *out_count);

// Name of a scene, by index from 0; null beyond the last. Owned by the library, valid forever. Any thread.
const char *tp_scene_name(size_t index);

// What a scene is played on and by how many, for hosts that build it themselves: a world of tp_world_default_def()
// with tick rate and rules of the scene, the map read fine, the match, then the bots of tp_scene_get_bots in their order.
// Borrows `name` for the call. Any thread. UNKNOWN_NAME lists the names.
tp_result tp_scene_get_info(const char *name,
                            struct tp_scene_info *out_info);

// The bots of a scene in the order in which they join, into the caller's array of `capacity` elements.
// Borrows `name` for the call. Any thread. UNKNOWN_NAME lists the names; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_scene_get_bots(const char *name,
                            struct tp_bot_def *out_bots,
                            size_t capacity,
                            size_t *out_count);

// A scene at its beginning. The caller owns it and ends it with tp_scene_destroy; `name` is borrowed for the call.
// Any thread. UNKNOWN_NAME lists the names.
tp_result tp_scene_create(const char *name,
                          struct tp_scene **out_scene);

// Ends a scene; null is nothing. The caller gives up ownership: no other call on this scene at the same time or
// later. Any thread. BUSY if a call is inside; then the scene lives on.
tp_result tp_scene_destroy(struct tp_scene *scene);

// Plays on: bots think, the world steps, `ticks` times. Changes the scene: any thread, no other call at the same
// time.
tp_result tp_scene_advance(struct tp_scene *scene,
                           uint32_t ticks);

// tp_match_hash of the scene's match. Reads the scene: any thread, no changing call at the same time.
tp_result tp_scene_hash(const struct tp_scene *scene, uint64_t *out_hash);

// Lower-case name of a tp_evidence_kind, null for other numbers. Owned by the library, valid forever. Any thread.
const char *tp_evidence_kind_name(uint8_t kind);

// Lower-case name of a tp_verdict, null for other numbers. Owned by the library, valid forever. Any thread.
const char *tp_verdict_name(uint8_t verdict);

// The limits and the policy of the engine; statistics alone neither kick nor ban. Any thread.
struct tp_guard_def tp_guard_default_def(void);

// Watches a match's players from now on, or anew with another definition: what was found before is forgotten. Nothing
// changes in the simulation; suspects are sent decoys. Borrows `def` for the call.
// Changes the world: any thread, no other call at the same time. STALE_ID; INVALID_ARGUMENT names the field and its limit.
tp_result tp_match_guard(struct tp_world *world,
                         struct tp_match_id match_id,
                         const struct tp_guard_def *def);

// Watches a match no more; evidence that waits is gone.
// Changes the world: any thread, no other call at the same time. STALE_ID.
tp_result tp_match_unguard(struct tp_world *world, struct tp_match_id match_id);

// Leaves one player unwatched (0) or watches again (1), until the player leaves: for bots and for those whom a host
// drives.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not guarded;
// INVALID_ARGUMENT if watched is neither.
tp_result tp_player_guard(struct tp_world *world,
                          struct tp_match_id match_id,
                          struct tp_player_id player_id,
                          uint8_t watched);

// Moves a match's evidence since the last drain, oldest first, into the caller's array of `capacity` elements,
// TP_MAX_EVIDENCE at least. None for a match that is not guarded. out_lost: pieces lost before these because more waited;
// those still count in the standing.
// Changes the world: any thread, no other call at the same time. STALE_ID; SHORT_BUFFER.
tp_result tp_match_drain_evidence(struct tp_world *world,
                                  struct tp_match_id match_id,
                                  struct tp_evidence *out_evidence,
                                  size_t capacity,
                                  size_t *out_count,
                                  uint64_t *out_lost);

// How a player stands. Clear in a match that is not guarded.
// Reads the world: any thread, no changing call at the same time. STALE_ID.
tp_result tp_player_standing(const struct tp_world *world,
                             struct tp_match_id match_id,
                             struct tp_player_id player_id,
                             struct tp_standing *out_standing);

// How all players of a match stand, by slot, at most TP_MAX_PLAYERS, into the caller's array of `capacity` elements.
// Reads the world: any thread, no changing call at the same time. STALE_ID; SHORT_BUFFER if there are more than
// `capacity`.
tp_result tp_match_standings(const struct tp_world *world,
                             struct tp_match_id match_id,
                             struct tp_standing *out_standings,
                             size_t capacity,
                             size_t *out_count);

// Says where the decoy stands that a player's client alone is shown in this tick (1), px, or that there is none (0): for
// hosts that make their own. The wire does it by itself.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not guarded;
// INVALID_ARGUMENT if shown is neither, or for a place that is none of the playfield.
tp_result tp_player_set_decoy(struct tp_world *world,
                              struct tp_match_id match_id,
                              struct tp_player_id player_id,
                              uint8_t shown,
                              float x,
                              float y);

// 10%, half a pixel, 2 seconds. Any thread.
struct tp_position_def tp_position_default_def(void);

// No claim yet. The caller owns it and ends it with tp_positions_destroy; `def` is borrowed for the call. Any thread.
// INVALID_ARGUMENT names the field and its limit.
tp_result tp_positions_create(const struct tp_position_def *def,
                              struct tp_positions **out_positions);

// Ends a match's claims; null is nothing. The caller gives up ownership: no other call on them at the same time or later.
// Any thread. BUSY if a call is inside; then they live on.
tp_result tp_positions_destroy(struct tp_positions *positions);

// Judges a claim by the match as of its last tick, and remembers where the body then stands. The first claim of a player,
// or of a life, is held against where the engine has the body. Borrows `claim` for the call.
// Changes the positions and reads the world: any thread, no other call on the positions and no changing call on the world
// at the same time. STALE_ID; INVALID_ARGUMENT for a clock that is not finite or a gait that is no tp_gait.
tp_result tp_positions_check(struct tp_positions *positions,
                             const struct tp_world *world,
                             struct tp_match_id match_id,
                             struct tp_player_id player_id,
                             const struct tp_claim *claim,
                             struct tp_checked *out_checked);

// Forgets a player's claims, as after the host has moved the body: the next is held against where the engine has it.
// Changes the positions: any thread, no other call on them at the same time. STALE_ID for an id that no player has had.
tp_result tp_positions_forget(struct tp_positions *positions,
                              struct tp_player_id player_id);

// Weng-Lin with its defaults; those of Elo stand beside them. Any thread.
struct tp_rating_def tp_rating_default_def(void);

// The rating of a player who has not played. Borrows `def` for the call. Any thread. INVALID_ARGUMENT names the field.
tp_result tp_rating_newcomer(const struct tp_rating_def *def,
                             struct tp_rating *out_rating);

// Rates a finished match: 2 to 8 teams, `team_count` of them, of at least one player each and 8 in all. `ratings` has the
// players' ratings, one team behind the other, as many of each as team_sizes says; `places` where each team came in, 1 to
// 8, equal ones for a draw. The new ratings go into out_ratings, of the same length, which may be `ratings` itself.
// Borrows all but the last for the call. Any thread, as long as nobody else writes out_ratings. INVALID_ARGUMENT for a
// definition, a rating, a size or a place out of its range.
tp_result tp_rating_rate(const struct tp_rating_def *def,
                         const struct tp_rating *ratings,
                         const uint8_t *team_sizes,
                         const uint8_t *places,
                         size_t team_count,
                         struct tp_rating *out_ratings);

// The chance of each team to come in first, of teams as in tp_rating_rate; they sum to 1. Into the caller's array of
// `capacity` elements, team_count at least. Borrows the inputs for the call. Any thread. INVALID_ARGUMENT as
// tp_rating_rate; SHORT_BUFFER.
tp_result tp_rating_win_chances(const struct tp_rating_def *def,
                                const struct tp_rating *ratings,
                                const uint8_t *team_sizes,
                                size_t team_count,
                                double *out_chances,
                                size_t capacity,
                                size_t *out_count);

// How even a match of teams as in tp_rating_rate would be, 0: decided before it begins, to 1: every team as likely to win
// as the next. Borrows the inputs for the call. Any thread. INVALID_ARGUMENT as tp_rating_rate.
tp_result tp_rating_quality(const struct tp_rating_def *def,
                            const struct tp_rating *ratings,
                            const uint8_t *team_sizes,
                            size_t team_count,
                            double *out_quality);

// The rating after days without a match, 0 to 36525: Weng-Lin grows less sure, Elo stays. Borrows `def` and `rating` for
// the call. Any thread. INVALID_ARGUMENT for a definition, a rating or days out of range.
tp_result tp_rating_rest(const struct tp_rating_def *def,
                         const struct tp_rating *rating,
                         double days,
                         struct tp_rating *out_rating);

// What to show and to rank by, points: Elo's value; for Weng-Lin the value less three deviations. Borrows `def` and
// `rating` for the call. Any thread. INVALID_ARGUMENT for a definition or a rating out of range.
tp_result tp_rating_points(const struct tp_rating_def *def,
                           const struct tp_rating *rating,
                           double *out_points);

// The places of 2 to 8 teams by their kills, or whatever counts, `count` of them: the most is first, equals share a place
// and leave the next ones out. Into the caller's array of `capacity` elements. Borrows `kills` for the call. Any thread.
// INVALID_ARGUMENT for another number of teams; SHORT_BUFFER.
tp_result tp_rating_places(const uint32_t *kills,
                           size_t count,
                           uint8_t *out_places,
                           size_t capacity,
                           size_t *out_count);

// How many bytes there are. Any thread.
tp_result tp_bytes_get_length(const struct tp_bytes *bytes, size_t *out_length);

// All of them, into the caller's `capacity` bytes. Any thread. SHORT_BUFFER.
tp_result tp_bytes_copy(const struct tp_bytes *bytes,
                        uint8_t *out_bytes,
                        size_t capacity,
                        size_t *out_length);

// Ends them; null is nothing. The caller gives up ownership: no other call on them at the same time or later. Any thread.
tp_result tp_bytes_destroy(struct tp_bytes *bytes);

// The keyframes and the limit of the engine, no labels. Any thread.
struct tp_record_def tp_record_default_def(void);

// Begins to write a match down: everything that is done to it from now on, so that it can be played again to the bit. A
// recording that begins before the first tick takes less. Borrows `def` and its labels for the call.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is being recorded;
// INVALID_ARGUMENT names the field and its limit; NULL_POINTER and BAD_UTF8 also for the texts of labels.
tp_result tp_match_record(struct tp_world *world,
                          struct tp_match_id match_id,
                          const struct tp_record_def *def);

// What the recording of a match has done so far.
// Reads the world: any thread, no changing call at the same time. STALE_ID; NOT_ALLOWED if the match is not being
// recorded.
tp_result tp_match_recording(const struct tp_world *world,
                             struct tp_match_id match_id,
                             struct tp_record_stats *out_stats);

// Writes down what the host knows of a match (null player) or of a player, with the present tick: a key of 1 to 32 bytes
// and a value of at most 256. Borrows both for the call.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not being recorded;
// INVALID_ARGUMENT for a text that is too long or empty, and for the 257th label.
tp_result tp_match_replay_label(struct tp_world *world,
                                struct tp_match_id match_id,
                                struct tp_player_id player_id,
                                const char *key,
                                const char *value);

// Moves what has been finished of a recording since the last drain into the caller's `capacity` bytes: whole parts of the
// file, a second of match time each. All that is drained, in this order, and what tp_match_end_recording hands over, is
// the file. tp_record_stats.waiting says how much room it needs.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not being recorded;
// SHORT_BUFFER, and all goes on waiting.
tp_result tp_match_drain_replay(struct tp_world *world,
                                struct tp_match_id match_id,
                                uint8_t *out_bytes,
                                size_t capacity,
                                size_t *out_length,
                                struct tp_drained *out_drained);

// Ends the recording of a match: out_rest is the rest of the file, with its end mark. The caller owns it and ends it with
// tp_bytes_destroy.
// Changes the world: any thread, no other call at the same time. STALE_ID; NOT_ALLOWED if the match is not being recorded.
tp_result tp_match_end_recording(struct tp_world *world,
                                 struct tp_match_id match_id,
                                 struct tp_bytes **out_rest,
                                 struct tp_drained *out_drained);

// Finds all parts of a recording and checks their sums; operations and states are looked into as they are played. Copies
// `bytes`, which the caller may free. The caller owns the replay and ends it with tp_replay_destroy. Any thread.
// BAD_REPLAY names part, place and tick. A file that ends in the middle of a part is not damaged but incomplete.
tp_result tp_replay_open(const uint8_t *bytes,
                         size_t length,
                         struct tp_replay **out_replay);

// Ends a recording that has been read; null is nothing. The caller gives up ownership: no other call on it at the same
// time or later. Playbacks of it live on. Any thread.
tp_result tp_replay_destroy(struct tp_replay *replay);

// What a recording is. Any thread.
tp_result tp_replay_get_info(const struct tp_replay *replay, struct tp_replay_info *out_info);

// Version of the engine that wrote a recording. Owned by the replay, valid until it is destroyed. Any thread. A null
// replay gives null.
const char *tp_replay_engine(const struct tp_replay *replay);

// Name of the rule set of a recording. Owned by the replay, valid until it is destroyed. Any thread. A null replay gives
// null.
const char *tp_replay_rules_name(const struct tp_replay *replay);

// A label that was given at the beginning, by index from 0. Its texts are owned by the replay, valid until it is
// destroyed. Any thread. INVALID_ARGUMENT beyond the last.
tp_result tp_replay_label(const struct tp_replay *replay,
                          size_t index,
                          struct tp_label *out_label);

// Plays all of a recording on a map under a tp_rules, a piece from keyframe to keyframe at a time, on the threads of the
// pool of tp_world_step_parallel, and compares every hash. That hashes differ is OK, and told. Borrows the map for the
// call. Any thread. INVALID_ARGUMENT for unknown rules; BAD_REPLAY for another map, rule set or simulation, and for
// operations that are damaged.
tp_result tp_replay_verify(const struct tp_replay *replay,
                           const struct tp_map *map,
                           uint32_t rules,
                           struct tp_verified *out_verified);

// Makes a match of a recording's beginning in a world of the same rules and tick rate. The caller owns the playback and
// ends it with tp_playback_destroy; the match goes on living until it is destroyed itself. Borrows the map for the call.
// Changes the world: any thread, no other call at the same time. BAD_REPLAY for another map, rule set, tick rate or
// simulation, and for a state that is damaged; WORLD_FULL.
tp_result tp_playback_create(const struct tp_replay *replay,
                             struct tp_world *world,
                             const struct tp_map *map,
                             struct tp_playback **out_playback);

// Ends a playback, not its match; null is nothing. The caller gives up ownership: no other call on it at the same time or
// later. Any thread. BUSY if a call is inside; then it lives on.
tp_result tp_playback_destroy(struct tp_playback *playback);

// Where a playback is. Reads the playback: any thread, no changing call on it at the same time.
tp_result tp_playback_get_info(const struct tp_playback *playback, struct tp_playback_info *out_info);

// Plays one tick of this match alone; out_going: 1, or 0 if the recording has ended. What the match sends to its links
// replaces what others in the world have sent in their last step.
// Changes playback and world: any thread, no other call on either at the same time. BAD_REPLAY for operations that are
// damaged or not to be done; STALE_ID if the match is gone.
tp_result tp_playback_step(struct tp_playback *playback,
                           struct tp_world *world,
                           uint8_t *out_going);

// Does what was done before the next tick, to be followed by a step of the world and by tp_playback_check: for many
// recordings in one world, feed all, step once, check all. out_going as of tp_playback_step.
// Changes playback and world: any thread, no other call on either at the same time. As tp_playback_step.
tp_result tp_playback_feed(struct tp_playback *playback,
                           struct tp_world *world,
                           uint8_t *out_going);

// After the step that follows tp_playback_feed: compares the hash where the recording has one.
// Changes the playback and reads the world: any thread, no other call on the playback and no changing call on the world
// at the same time. STALE_ID.
tp_result tp_playback_check(struct tp_playback *playback,
                            const struct tp_world *world);

// Goes to a tick of the recording, forwards or back. The match is as it was after that tick, or as it was turned into
// then.
// Changes playback and world: any thread, no other call on either at the same time. INVALID_ARGUMENT for a tick that is
// not in the recording; else as tp_playback_step.
tp_result tp_playback_seek(struct tp_playback *playback,
                           struct tp_world *world,
                           uint32_t tick);

// One mode of 2 to 8, one region, and the policy of the engine; no log. Any thread.
struct tp_queue_def tp_queue_default_def(void);

// Makes an empty queue. Borrows `def`, its modes, regions and names for the call. The caller owns the queue and ends it with
// tp_queue_destroy. Any thread. INVALID_ARGUMENT names the field and its limit; NULL_POINTER and BAD_UTF8 also for names.
tp_result tp_queue_create(const struct tp_queue_def *def,
                          struct tp_queue **out_queue);

// Ends a queue; null is nothing. The caller gives up ownership: no other call on it at the same time or later. Any thread.
tp_result tp_queue_destroy(struct tp_queue *queue);

// A ticket begins to wait. Borrows `ticket` for the call.
// Changes the queue: any thread, no other call on it at the same time. INVALID_ARGUMENT names the field and its limit;
// ALREADY_QUEUED if its id or one of its players waits, and the message names the other ticket; QUEUE_FULL.
tp_result tp_queue_add(struct tp_queue *queue,
                       const struct tp_ticket *ticket);

// A ticket waits no more. out_waited: 0, it did not wait, or is in a match already.
// Changes the queue: any thread, no other call on it at the same time.
tp_result tp_queue_cancel(struct tp_queue *queue, uint64_t ticket, uint8_t *out_waited);

// New pings of a ticket: `count` of them, one for each region. Borrows `pings` for the call.
// Changes the queue: any thread, no other call on it at the same time. STALE_ID for a ticket that does not wait;
// INVALID_ARGUMENT as tp_queue_add.
tp_result tp_queue_update_pings(struct tp_queue *queue,
                                uint64_t ticket,
                                const uint16_t *pings,
                                size_t count);

// Open slots of a running match, or what has become of them: say so again whenever somebody leaves or has joined. Slots that
// form calls have given away are no longer in it. Borrows `offer` for the call.
// Changes the queue: any thread, no other call on it at the same time. INVALID_ARGUMENT names the field and its limit;
// QUEUE_FULL.
tp_result tp_queue_offer(struct tp_queue *queue,
                         const struct tp_offer *offer);

// No more open slots of this match. out_there: 0, there was no offer, or it has been filled.
// Changes the queue: any thread, no other call on it at the same time.
tp_result tp_queue_withdraw(struct tp_queue *queue, uint64_t running, uint8_t *out_there);

// The matches that can be made now, the longest waiting first, into the caller's array of `capacity` elements: as many as
// tickets wait (tp_queue_stats.tickets) always do. Their tickets wait no more. now_ms is the host's clock, by which tickets
// were enqueued.
// Changes the queue: any thread, no other call on it at the same time. SHORT_BUFFER, and nothing is formed;
// INVALID_ARGUMENT for a time beyond 2^53 - 1.
tp_result tp_queue_form(struct tp_queue *queue,
                        uint64_t now_ms,
                        struct tp_formed *out_formed,
                        size_t capacity,
                        size_t *out_count);

// The ticket with which a player waits. out_waits: 0, with none, and out_ticket is 0.
// Reads the queue: any thread, no changing call on it at the same time.
tp_result tp_queue_ticket_of(const struct tp_queue *queue,
                             uint64_t player,
                             uint64_t *out_ticket,
                             uint8_t *out_waits);

// How much is taken, and what has been done.
// Reads the queue: any thread, no changing call on it at the same time.
tp_result tp_queue_get_stats(const struct tp_queue *queue, struct tp_queue_stats *out_stats);

// Moves what has been written of the log since the last drain into the caller's `capacity` bytes. All that is drained, one
// after the other, is the log. tp_queue_stats.log_waiting says how much room it needs.
// Changes the queue: any thread, no other call on it at the same time. SHORT_BUFFER, and all goes on waiting.
tp_result tp_queue_drain_log(struct tp_queue *queue,
                             uint8_t *out_bytes,
                             size_t capacity,
                             size_t *out_length,
                             struct tp_drained *out_drained);

// Plays a log again and compares every form call. out_queue is the queue as it was after the last call; it keeps no log, and
// the caller owns it and ends it with tp_queue_destroy. Borrows `bytes` for the call. Any thread. BAD_REPLAY names part and
// byte: no log, another version, damage, or matches that are not those of the log.
tp_result tp_queue_replay(const uint8_t *bytes,
                          size_t length,
                          struct tp_queue **out_queue,
                          struct tp_queue_replayed *out_replayed);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* TRESPASSER_H */
