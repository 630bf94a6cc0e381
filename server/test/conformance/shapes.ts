import type { Json } from '../support.js';
import {
  byId, count, flag, is, list, number, object, oneOf, orNull, team, text, time, timeOrNever, v2, within, type Check, type Fields,
} from './shape.js';

/** Shapes that more than one row names. */

export const STATUS = oneOf('waiting', 'playing', 'finished');

export const LOBBY_INFO = object({
  id: text, playerCount: count, maxPlayers: within(2, 8), gameMode: text, mapName: text, isPrivate: flag, passwordRequired: flag,
  status: STATUS, createdAt: time, lastActivity: time,
});

export const LOBBY_JOINED: Fields = {
  lobbyId: text, playerCount: count, maxPlayers: within(2, 8), gameMode: text, status: STATUS, isInProgress: flag,
};

export const LOBBY_STATE: Fields = {
  lobbyId: text, playerCount: count, maxPlayers: within(2, 8),
  players: list(object({ id: text, health: within(0, 100), team, kills: count, deaths: count, isAlive: flag })),
  status: STATUS, minimumPlayers: is(2), gameMode: text, mapName: text, matchStartTime: orNull(time),
};

export const COUNT: Fields = { lobbyId: text, playerCount: count, playerId: text, timestamp: time };

const WEAPON_TYPE = oneOf(
  'rifle', 'smg', 'shotgun', 'battlerifle', 'sniperrifle', 'pistol', 'revolver', 'suppressedpistol', 'machinegun', 'antimaterialrifle',
  'grenadelauncher', 'rocket', 'grenade', 'smokegrenade', 'flashbang',
);

export const WEAPON = (type: string): Check => object({
  id: text, type: is(type), currentAmmo: count, reserveAmmo: count, maxAmmo: count, maxReserve: count, damage: number, fireRate: number,
  reloadTime: number, isReloading: flag, lastFireTime: timeOrNever, accuracy: within(0, 1), range: number,
});

const SCALE = is({ x: 1, y: 1 });

export const FULL_PLAYER: Fields = {
  id: text, name: text, position: v2, rotation: number, scale: SCALE, velocity: v2, health: within(0, 100), armor: is(0), team,
  weaponId: WEAPON_TYPE, weapons: byId(WEAPON), isAlive: flag, movementState: oneOf('idle', 'walking', 'running', 'sneaking'), isADS: flag,
  lastDamageTime: timeOrNever, kills: count, deaths: count, lastProcessedInput: count, deathTime: orNull(time), respawnTime: orNull(time),
  invulnerableUntil: timeOrNever, killerId: orNull(text), transform: object({ position: v2, rotation: number, scale: SCALE }),
};

export const UNSEEN_PLAYER: Fields = { id: text, name: text, team, kills: count, deaths: count, isAlive: flag };

const slices = (check: Check): Check => list(check, 5);

export const WALL = (id: string): Check => object({
  id: is(id), position: v2, width: number, height: number, orientation: oneOf('horizontal', 'vertical'),
  destructionMask: slices(oneOf(0, 1)), material: oneOf('concrete', 'metal', 'wood', 'glass', 'border'), maxHealth: number,
  sliceHealth: slices(number),
});

export const PROJECTILE: Check = object({
  id: (value) => (/^projectile_\d+$/.test(value) ? undefined : `${value} is no projectile`), position: v2, velocity: v2, type: WEAPON_TYPE,
  ownerId: orNull(text), damage: number, timestamp: time, range: number, traveledDistance: number, isExploded: is(false),
  explosionRadius: number, chargeLevel: within(0, 5), fuseTime: orNull(number),
});

export const SMOKE: Check = object({
  id: text, position: v2, radius: within(0, 60), maxRadius: is(60), createdAt: time, duration: is(15_000), expansionTime: is(1500),
  density: within(0, 0.95), maxDensity: is(0.95), windDirection: is(0), windSpeed: is(0), driftPosition: v2, type: is('smoke'),
});

export const VISION: Check = object({
  type: is('polygon'), polygon: list(v2), viewAngle: number, viewDirection: number, viewDistance: number, position: v2, fogOpacity: is(0.64),
});

export const STATE: Fields = {
  players: byId((id) => (player: Json) => object('position' in player ? { ...FULL_PLAYER, id: is(id) } : { ...UNSEEN_PLAYER, id: is(id) })(player)),
  visiblePlayers: byId((id) => object({ ...FULL_PLAYER, id: is(id) })),
  projectiles: list(PROJECTILE),
  smokeZones: list(SMOKE),
  timestamp: time,
  tickRate: is(60),
  vision: VISION,
};

export const STATE_WITH_WALLS: Fields = { ...STATE, walls: byId(WALL) };

export const WEAPON_NAME = WEAPON_TYPE;
