import type { CarriedWeapons } from './carried.js';
import type { TeamName } from './engine.js';
import type { V2 } from './numbers.js';
import { field, named } from './refusals.js';
import type { LegacyPlayer, LegacyWeapon } from './state.js';

/**
 * A player as a room reads and writes: a live view, the same object for as long as the player is in the match. Reading
 * gives what the match has now; writing `name`, `team`, `weaponId`, `weapons`, a position (whole, or `x` and `y`),
 * `isAlive`, `health`, `kills` and `deaths` changes the match. What is written is read back at once and in the match
 * before it is next stepped or asked; what is written together counts together, in whatever order.
 *
 * Everything else can be read only, and what does not fit is refused: nothing changes, and `refusals` of the room's match
 * says why. Once the player is removed, the last values stay and nothing can be written.
 */
export interface LivePlayer extends Omit<LegacyPlayer, 'weapons'> {
  /** By type; see {@link CarriedWeapons}. */
  weapons: Map<string, LegacyWeapon>;
}

/** What a host has written of a player, each value within its limits, until it is in the match. */
export interface Draft {
  name?: string;
  team?: TeamName;
  /** px. */
  x?: number;
  y?: number;
  /** Points. */
  health?: number;
  isAlive?: boolean;
  weaponId?: string;
  kills?: number;
  deaths?: number;
}

/** What a live view is a view of. */
export interface LiveSource {
  /** As the match has it, or had it last. */
  entry(): LegacyPlayer;
  /** The draft to write into; undefined: the player has left. */
  draft(): Draft | undefined;
  /** As far as anything is written. */
  written(): Draft | undefined;
  refuse(field: string, reason: string): void;
  readonly weapons: CarriedWeapons;
  /** Points of a player who has just appeared. */
  readonly fullHealth: number;
}

const READ_ONLY = [
  'rotation', 'scale', 'velocity', 'armor', 'movementState', 'isADS', 'lastDamageTime', 'lastProcessedInput', 'deathTime', 'respawnTime',
  'invulnerableUntil', 'killerId',
] as const;

/** Characters. */
const LONGEST_NAME = 64;

/** Kills and deaths that the engine counts. */
const MOST_SCORE = 0xffff;

/** The view of a player. Its fields are its own and enumerable, so that it can be spread and written as JSON. */
export function livePlayer(id: string, source: LiveSource): LivePlayer {
  const write = <K extends keyof Draft>(name: K, value: unknown, fit: (value: unknown) => Draft[K] | undefined, limit: string): void => {
    const draft = source.draft();
    const fitting = fit(value);
    if (draft === undefined) source.refuse(name, 'the player has left');
    else if (fitting === undefined) source.refuse(name, `${named(value)} does not fit: ${limit}`);
    else draft[name] = fitting;
  };
  const finite = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
  const score = (value: unknown): number | undefined => (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_SCORE ? value : undefined
  );
  const isAlive = (): boolean => source.written()?.isAlive ?? source.entry().isAlive;

  const position = vector(
    (axis) => source.written()?.[axis] ?? source.entry().position[axis],
    (axis, value) => write(axis, value, finite, 'a finite number of pixels'),
  );
  const putAt = (value: unknown): void => {
    const [x, y] = [field(value, 'x'), field(value, 'y')];
    if (finite(x) === undefined || finite(y) === undefined) return source.refuse('position', `${named(value)} does not fit: {x, y}, finite numbers of pixels`);
    position.x = x as number;
    position.y = y as number;
  };
  const readOnly = (name: string): void => source.refuse(name, 'it can be read only');
  const fixed = (name: 'scale' | 'velocity'): V2 => vector((axis) => source.entry()[name][axis], () => readOnly(name));
  const vectors = { scale: fixed('scale'), velocity: fixed('velocity') };

  const transform = {} as LivePlayer['transform'];
  define(transform, {
    position: [() => position, putAt],
    rotation: [() => source.entry().rotation, () => readOnly('transform.rotation')],
    scale: [() => vectors.scale, () => readOnly('transform.scale')],
  });

  const player = {} as LivePlayer;
  define(player, {
    id: [() => id, () => readOnly('id')],
    name: [
      () => source.written()?.name ?? source.entry().name,
      (value) => write('name', value, (it) => (typeof it === 'string' ? it.slice(0, LONGEST_NAME) : undefined), 'a string'),
    ],
    team: [
      () => source.written()?.team ?? source.entry().team,
      (value) => write('team', value, (it) => (it === 'red' || it === 'blue' ? it : undefined), 'red or blue'),
    ],
    kills: [
      () => source.written()?.kills ?? source.entry().kills,
      (value) => write('kills', value, score, `0 to ${MOST_SCORE}`),
    ],
    deaths: [
      () => source.written()?.deaths ?? source.entry().deaths,
      (value) => write('deaths', value, score, `0 to ${MOST_SCORE}`),
    ],
    isAlive: [isAlive, (value) => write('isAlive', value, (it) => (typeof it === 'boolean' ? it : undefined), 'true or false')],
    health: [
      () => source.written()?.health ?? (isAlive() === source.entry().isAlive ? source.entry().health : isAlive() ? source.fullHealth : 0),
      (value) => write('health', value, (it) => {
        const points = finite(it);
        return points === undefined ? undefined : Math.max(0, Math.min(source.fullHealth, points));
      }, 'a finite number of points'),
    ],
    weaponId: [
      () => source.written()?.weaponId ?? source.entry().weaponId,
      (value) => write('weaponId', value, (it) => (typeof it === 'string' ? it.slice(0, LONGEST_NAME) : undefined), 'the name of a weapon that is carried'),
    ],
    weapons: [
      () => source.weapons,
      (value) => {
        if (!(value instanceof Map)) return source.refuse('weapons', `${named(value)} does not fit: a Map of weapons by type`);
        const wanted = [...value as Map<string, LegacyWeapon>];
        source.weapons.clear();
        for (const [type, weapon] of wanted) source.weapons.set(type, weapon);
      },
    ],
    position: [() => position, putAt],
    transform: [
      () => transform,
      (value) => {
        if (typeof value !== 'object' || value === null) return source.refuse('transform', `${named(value)} does not fit: an object with a position`);
        putAt(field(value, 'position'));
      },
    ],
    ...Object.fromEntries(READ_ONLY.map((name) => [
      name, [() => (name === 'scale' || name === 'velocity' ? vectors[name] : source.entry()[name]), () => readOnly(name)] as const,
    ])),
  });
  return player;
}

type Access = Readonly<Record<string, readonly [get: () => unknown, set: (value: unknown) => void]>>;

function define(target: object, fields: Access): void {
  for (const [name, [get, set]] of Object.entries(fields)) {
    Object.defineProperty(target, name, { enumerable: true, configurable: false, get, set });
  }
}

function vector(get: (axis: 'x' | 'y') => number, set: (axis: 'x' | 'y', value: unknown) => void): V2 {
  const it = {} as V2;
  define(it, { x: [() => get('x'), (value) => set('x', value)], y: [() => get('y'), (value) => set('y', value)] });
  return it;
}
