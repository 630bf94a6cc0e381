/** The few numbers of the rule book that drawing needs. Units: playfield pixels (px), radians, ms. */

export const FIELD_WIDTH = 480;
export const FIELD_HEIGHT = 270;
export const PLAYER_RADIUS = 6;
export const SLICES_PER_WALL = 5;
export const MAX_PLAYERS = 8;

/** Inputs a second; the server's time budget for a player is one input a tick of 1/60 s. */
export const INPUT_RATE = 60;
/** Epoch ms between states are 50 at the server's 20 Hz; two of them must have arrived to blend between. */
export const INTERPOLATION_DELAY_MS = 100;
/** Used until the server says another with `vision.fogOpacity`. */
export const DEFAULT_FOG_OPACITY = 0.64;
export const DEFAULT_KILL_TARGET = 50;
/** A server refuses a respawn asked for earlier than this after death. */
export const EARLIEST_RESPAWN_MS = 3000;

export type Team = 'red' | 'blue';
export const TEAMS: readonly Team[] = ['red', 'blue'];

export type Material = 'concrete' | 'metal' | 'wood' | 'glass' | 'border';
export const MATERIALS: readonly Material[] = ['concrete', 'metal', 'wood', 'glass', 'border'];

/** `hand` is how the player's sprite holds it; `range` (px) bounds a tracer whose end the server did not name. */
export interface WeaponLook {
  readonly label: string;
  readonly hand: 'long' | 'short' | 'heavy' | 'thrown';
  readonly range: number;
}

const WEAPONS: Readonly<Record<string, WeaponLook>> = {
  rifle: { label: 'Rifle', hand: 'long', range: 350 },
  smg: { label: 'SMG', hand: 'short', range: 250 },
  shotgun: { label: 'Shotgun', hand: 'long', range: 200 },
  battlerifle: { label: 'Battle rifle', hand: 'long', range: 400 },
  sniperrifle: { label: 'Sniper', hand: 'heavy', range: 600 },
  pistol: { label: 'Pistol', hand: 'short', range: 200 },
  revolver: { label: 'Revolver', hand: 'short', range: 250 },
  suppressedpistol: { label: 'Silenced pistol', hand: 'short', range: 150 },
  machinegun: { label: 'Machine gun', hand: 'heavy', range: 350 },
  antimaterialrifle: { label: 'Anti-materiel', hand: 'heavy', range: 800 },
  grenadelauncher: { label: 'Launcher', hand: 'heavy', range: 300 },
  rocket: { label: 'Rocket', hand: 'heavy', range: 400 },
  grenade: { label: 'Grenade', hand: 'thrown', range: 150 },
  smokegrenade: { label: 'Smoke', hand: 'thrown', range: 150 },
  flashbang: { label: 'Flashbang', hand: 'thrown', range: 150 },
};

export const WEAPON_TYPES: readonly string[] = Object.keys(WEAPONS);

export function weaponLook(type: string): WeaponLook {
  return Object.hasOwn(WEAPONS, type) ? WEAPONS[type]! : { label: type || '-', hand: 'long', range: 300 };
}
