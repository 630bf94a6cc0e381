/** Numbers of the wire and what they stand for; the same as in the engine's `trespasser.h`. */
import { SOUND_KINDS } from '../core/sounds';

/** PROTOCOL.md's version that this package speaks. */
export const VERSION = 1;
/** Players of a match, and slots. */
export const SLOTS = 8;
/** Largest `x`, `y`, in 1/16 px: 480 and 270 px. */
export const X_MOST = 7680;
export const Y_MOST = 4320;
/** Fractions of a px on the wire. */
export const PER_PX = 16;
/** Number of no weapon. */
export const NO_WEAPON = 15;
/** Nobody's slot. */
export const NOBODY = -1;
/** Places of an inventory: primary, secondary, support. */
export const PLACES = 5;
export const PROJECTILES = 64;
export const CLOUDS = 32;
/** Bytes of a message up, at most. */
export const UP_MOST = 256;
/** Inputs in a message, at most and (once so many were made) at least. */
export const INPUTS_MOST = 12;
export const INPUTS_LEAST = 3;
/** Bytes of a message down, at most. */
export const DOWN_MOST = 2048;

/** Weapons by number. */
export const WEAPON_NAMES = [
  'rifle', 'smg', 'shotgun', 'battlerifle', 'sniperrifle', 'pistol', 'revolver', 'suppressedpistol', 'machinegun',
  'antimaterialrifle', 'grenadelauncher', 'rocket', 'grenade', 'smokegrenade', 'flashbang',
] as const;

/** The number of a weapon's name; {@link NO_WEAPON} for any other string. */
export function weaponNumber(name: string): number {
  const index = (WEAPON_NAMES as readonly string[]).indexOf(name);
  return index < 0 ? NO_WEAPON : index;
}

/** The name of a weapon's number; empty for none. */
export function weaponName(number: number): string {
  return WEAPON_NAMES[number] ?? '';
}

/** Kinds of sound there are: numbers 0 to 32. */
export const SOUND_COUNT = SOUND_KINDS.length;

/** Buttons as bits of an input. */
export const Button = {
  UP: 1,
  LEFT: 1 << 1,
  DOWN: 1 << 2,
  RIGHT: 1 << 3,
  RUN: 1 << 4,
  SNEAK: 1 << 5,
  FIRE: 1 << 6,
  AIM: 1 << 7,
  RELOAD: 1 << 8,
  THROW: 1 << 9,
  SLOT1: 1 << 10,
  SLOT2: 1 << 11,
  SLOT3: 1 << 12,
  SLOT4: 1 << 13,
  SLOT5: 1 << 14,
  RESPAWN: 1 << 15,
} as const;

/** Bits of a player entry's state (section 2.5); the two lowest are the {@link Gait}. */
export const StateBit = { AIMING: 1 << 2, ALIVE: 1 << 3, RELOADING: 1 << 4, PROTECTED: 1 << 5 } as const;

export const Gait = { IDLE: 0, SNEAKING: 1, WALKING: 2, RUNNING: 3 } as const;

/** Types of records (section 2.6). */
export const RecordType = {
  SLICES: 0,
  SCORE: 1,
  TEAMS: 2,
  PLACE: 3,
  ROUNDS: 4,
  HANDS: 5,
  LIFE: 6,
  FLASH: 7,
  PROJECTILE: 8,
  CLOUD: 9,
  ANSWER: 10,
  EXACT: 11,
} as const;

/** Types of events (section 2.7). */
export const EventType = {
  FIRED: 0,
  IMPACT: 1,
  HURT: 2,
  DIED: 3,
  EXPLODED: 4,
  BOUNCED: 5,
  THROWN: 6,
  DENIED: 7,
} as const;
