/** The few numbers of the rule book that drawing needs. Units: playfield pixels (px), radians, ms. */

export const FIELD_WIDTH = 480;
export const FIELD_HEIGHT = 270;
export const PLAYER_RADIUS = 6;
/** px to another's body within which it is seen whatever the facing. The polygon is the cone's alone and leaves it out. */
export const CLOSE_SIGHT = 12;
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

/** Support items share this many slots. */
export const SUPPORT_SLOTS = 3;
export const CHARGE_LEVELS = 5;
/** Of holding the trigger, for each level of a throw. */
export const CHARGE_LEVEL_MS = 250;
/** The machine gun: a full bar silences it, rest cools it. */
export const HEAT_LIMIT = 100;
export const HEAT_LOSS_PER_SECOND = 10;
export const HEAT_SILENCE_MS = 3000;
export const HEAT_AFTER_SILENCE = 50;

export type WeaponSlot = 'primary' | 'secondary' | 'support';

/** For choosing and drawing: what a weapon does is the server's to compute. */
export interface WeaponInfo {
  readonly type: string;
  readonly label: string;
  readonly slot: WeaponSlot;
  /** Of SUPPORT_SLOTS; 0 outside of support. */
  readonly cost: number;
  /** How the player's sprite holds it. */
  readonly hand: 'long' | 'short' | 'heavy' | 'thrown';
  /** A full hit; of a shotgun, all pellets. */
  readonly damage: number;
  /** Rounds a minute. */
  readonly rate: number;
  /** px; bounds a tracer whose end the server did not name. */
  readonly range: number;
  /** 0 to 1, standing still. */
  readonly accuracy: number;
  readonly magazine: number;
  readonly reserve: number;
  /** ms; 0: never. */
  readonly reload: number;
  readonly note: string;
}

type Row = readonly [
  label: string, slot: WeaponSlot, cost: number, hand: WeaponInfo['hand'], damage: number, magazine: number,
  reserve: number, rate: number, reload: number, accuracy: number, range: number, note: string,
];

const TABLE: Readonly<Record<string, Row>> = {
  rifle: ['Rifle', 'primary', 0, 'long', 25, 30, 180, 600, 2500, 0.9, 350, 'Automatic. Good at everything.'],
  smg: ['SMG', 'primary', 0, 'short', 20, 35, 210, 900, 2000, 0.75, 250, 'Automatic. Fast and close.'],
  shotgun: ['Shotgun', 'primary', 0, 'long', 120, 8, 32, 70, 3500, 0.6, 200, '8 pellets. Deadly within arm\u2019s reach.'],
  battlerifle: ['Battle rifle', 'primary', 0, 'long', 35, 20, 120, 450, 2800, 0.95, 400, 'A shot a click. Steady and far.'],
  sniperrifle: ['Sniper rifle', 'primary', 0, 'heavy', 90, 5, 30, 40, 3500, 0.98, 600, 'One good hit is enough, nearly.'],
  pistol: ['Pistol', 'secondary', 0, 'short', 25, 12, 72, 450, 1500, 0.8, 200, 'A shot a click. Quick to reload.'],
  revolver: ['Revolver', 'secondary', 0, 'short', 60, 6, 36, 150, 3000, 0.9, 250, 'Six heavy rounds.'],
  suppressedpistol: ['Silenced pistol', 'secondary', 0, 'short', 20, 15, 90, 450, 1800, 0.85, 150, 'Heard a quarter as far.'],
  machinegun: ['Machine gun', 'support', 3, 'heavy', 10, 200, 600, 1000, 8000, 0.7, 350, 'Automatic. Overheats: fire in bursts.'],
  antimaterialrifle: ['Anti-materiel', 'support', 3, 'heavy', 250, 5, 20, 30, 4500, 0.99, 800, 'Through three walls or two bodies.'],
  grenadelauncher: ['Launcher', 'support', 2, 'heavy', 100, 6, 18, 60, 4000, 0.9, 300, 'Bouncing shells, blast 40 px.'],
  rocket: ['Rocket', 'support', 2, 'heavy', 200, 1, 5, 30, 3000, 0.95, 400, 'Blast 50 px. Opens walls.'],
  grenade: ['Grenade', 'support', 1, 'thrown', 200, 2, 0, 60, 0, 1, 150, 'Hold to throw farther. Blast 40 px after 3 s.'],
  smokegrenade: ['Smoke', 'support', 1, 'thrown', 0, 2, 0, 60, 0, 1, 150, 'Hides 60 px around for 15 s.'],
  flashbang: ['Flashbang', 'support', 1, 'thrown', 0, 2, 0, 60, 0, 1, 150, 'Blinds who looks at it within 120 px.'],
};

export const WEAPONS: readonly WeaponInfo[] = Object.entries(TABLE).map(([type, row]) => {
  const [label, slot, cost, hand, damage, magazine, reserve, rate, reload, accuracy, range, note] = row;
  return { type, label, slot, cost, hand, damage, rate, range, accuracy, magazine, reserve, reload, note };
});

const BY_TYPE: ReadonlyMap<string, WeaponInfo> = new Map(WEAPONS.map((weapon) => [weapon.type, weapon]));

/** Null for a type that the rule book does not have. */
export function weaponInfo(type: string): WeaponInfo | null {
  return BY_TYPE.get(type) ?? null;
}

const UNKNOWN = { hand: 'long', range: 300 } as const;

/** What drawing needs, for any type. */
export function weaponLook(type: string): Pick<WeaponInfo, 'hand' | 'range'> {
  return BY_TYPE.get(type) ?? UNKNOWN;
}

export function weaponLabel(type: string): string {
  return BY_TYPE.get(type)?.label ?? (type || '-');
}
