// The fields of today's protocol, as its page lists them; what a value must be beside each.
import assert from 'node:assert/strict';

const number = (value) => typeof value === 'number' && Number.isFinite(value);
const whole = (value) => Number.isInteger(value) && value >= 0;
const text = (value) => typeof value === 'string' && value !== '';
const flag = (value) => typeof value === 'boolean';
const team = (value) => value === 'red' || value === 'blue';
const v2 = (value) => value !== null && typeof value === 'object' && Object.keys(value).sort().join() === 'x,y' && number(value.x) && number(value.y);
const time = (value) => number(value) && value > 1e12;
const or = (...kinds) => (value) => kinds.some((kind) => (typeof kind === 'function' ? kind(value) : kind === value));
const one = (...values) => (value) => values.includes(value);
const many = (kind) => (value) => Array.isArray(value) && value.every(kind);
/** Whoever may not know gets null. */
const known = (kind) => or(kind, null);

export const WEAPON = {
  id: text, type: text, currentAmmo: whole, reserveAmmo: whole, maxAmmo: whole, maxReserve: whole, damage: number, fireRate: number, reloadTime: number,
  isReloading: flag, lastFireTime: or(time, 0), accuracy: number, range: number,
};

export const SCORE = { id: text, name: text, team, kills: whole, deaths: whole, isAlive: flag };

export const PLAYER = {
  ...SCORE, position: v2, rotation: number, scale: v2, velocity: v2, health: number, armor: one(0), weaponId: text,
  weapons: (value) => Object.entries(value).every(([type, weapon]) => type === weapon.type && fits(weapon, WEAPON)),
  movementState: one('idle', 'walking', 'running', 'sneaking'), isADS: flag, lastDamageTime: or(time, 0), lastProcessedInput: whole,
  deathTime: or(time, null), respawnTime: or(time, null), invulnerableUntil: or(time, 0), killerId: or(text, null),
  transform: (value) => fits(value, { position: v2, rotation: number, scale: v2 }),
};

export const WALL = {
  id: text, position: v2, width: number, height: number, orientation: one('horizontal', 'vertical'),
  destructionMask: (value) => value.length === 5 && value.every(or(0, 1)), material: text, maxHealth: number,
  sliceHealth: (value) => value.length === 5 && value.every(number),
};

export const PROJECTILE = {
  id: (value) => /^projectile_\d+$/.test(value), position: v2, velocity: v2, type: text, ownerId: known(text), damage: number, timestamp: time, range: number,
  traveledDistance: number, isExploded: flag, explosionRadius: number, chargeLevel: number, fuseTime: known(number),
};

export const SMOKE = {
  id: text, position: v2, radius: number, maxRadius: number, createdAt: time, duration: number, expansionTime: number, density: number, maxDensity: number,
  windDirection: one(0), windSpeed: one(0), driftPosition: v2, type: one('smoke'),
};

const VISION = {
  type: one('polygon'), polygon: many(v2), viewAngle: number, viewDirection: number, viewDistance: number, position: v2, fogOpacity: one(0.64),
};

const HIT = { playerId: known(text), weaponType: text, position: known(v2), targetType: one('player', 'wall'), targetId: known(text), penetrationCount: whole };
const WALL_DAMAGE = {
  wallId: text, position: v2, damage: number, sliceIndex: one(0, 1, 2, 3, 4), newHealth: number, isDestroyed: flag, timestamp: time, weaponType: known(text),
  material: text, playerId: known(text),
};

/** By event; a key with `?` may be missing. */
export const EVENTS = {
  'weapon:fired': { playerId: known(text), weaponType: text, position: known(v2), direction: known(number), ammoRemaining: known(whole), timestamp: time, isADS: flag },
  'weapon:hit': { ...HIT, 'pelletIndex?': whole },
  'weapon:miss': { playerId: known(text), weaponType: text, position: known(v2), direction: known(number), 'pelletIndex?': whole },
  'weapon:reload': { playerId: text, weaponType: text, reloadTime: number },
  'weapon:reloaded': { playerId: text, weaponType: text, currentAmmo: known(whole), reserveAmmo: known(whole) },
  'weapon:switched': { playerId: text, fromWeapon: known(text), toWeapon: text },
  'weapon:heat:update': { weaponType: text, heatLevel: whole, isOverheated: flag },
  'weapon:rate_limited': { weaponType: text, nextFireTime: time },
  'wall:damaged': WALL_DAMAGE,
  'wall:destroyed': WALL_DAMAGE,
  'player:damaged': {
    playerId: text, damage: number, damageType: one('bullet', 'explosion'), sourcePlayerId: known(text), position: known(v2), newHealth: number,
    isKilled: flag, timestamp: time,
  },
  'backend:player:died': {
    playerId: text, killerId: known(text), killerTeam: known(team), victimTeam: known(team), weaponType: known(text), isTeamKill: flag, position: known(v2),
    damageType: one('bullet', 'explosion'), timestamp: time,
  },
  'backend:player:respawned': { playerId: text, position: v2, health: number, team, invulnerableUntil: time, timestamp: time },
  'backend:respawn:denied': { remainingTime: number, timestamp: time },
  'projectile:created': { id: text, type: text, playerId: known(text), position: known(v2), velocity: v2, timestamp: time },
  'projectile:updated': { id: text, position: v2 },
  'projectile:exploded': { id: known(text), type: one('explosion', 'smoke', 'flash'), position: v2, radius: number },
  'explosion:created': { position: v2, radius: number, damage: number, sourcePlayerId: known(text), timestamp: time },
  'grenade:thrown': { playerId: known(text), weaponType: text, chargeLevel: one(1, 2, 3, 4, 5), ammoRemaining: known(whole) },
  FLASHBANG_EFFECT: {
    id: known(text), position: v2, timestamp: time,
    affectedPlayers: many((value) => fits(value, {
      playerId: text, distance: number, lineOfSight: flag, viewingAngle: number, intensity: number, duration: number,
      phases: (phases) => fits(phases, { blindDuration: number, disorientedDuration: number, recoveringDuration: number }),
    })),
  },
  'player:joined': (value) => 'position' in value ? PLAYER : SCORE,
  'player:left': { playerId: text },
};

/** Asserts that an object has just these fields, each as it must be; for use within `every`. */
export function fits(value, table, name = 'value') {
  const wanted = typeof table === 'function' ? table(value) : table;
  assert.ok(value !== null && typeof value === 'object', `${name} is no object`);
  const fields = new Map(Object.entries(wanted).map(([key, kind]) => [key.replace('?', ''), { kind, isOptional: key.endsWith('?') }]));
  for (const key of Object.keys(value)) assert.ok(fields.has(key), `${name} has ${key}, which the page does not list`);
  for (const [key, { kind, isOptional }] of fields) {
    if (isOptional && !(key in value)) continue;
    assert.ok(key in value, `${name} lacks ${key}`);
    assert.ok(kind(value[key]), `${name}.${key} is ${JSON.stringify(value[key])}`);
  }
  return true;
}

export function checkEvent(type, data) {
  assert.ok(type in EVENTS, `${type} is no event of the page`);
  fits(data, EVENTS[type], type);
}

/** A state as a player gets it. */
export function checkState(state, id) {
  const keys = ['players', 'projectiles', 'smokeZones', 'tickRate', 'timestamp', 'vision', 'visiblePlayers', ...('walls' in state ? ['walls'] : [])].sort();
  assert.deepEqual(Object.keys(state).sort(), keys);
  for (const [key, player] of Object.entries(state.players)) {
    assert.equal(key, player.id);
    fits(player, 'position' in player ? PLAYER : SCORE, `players.${key}`);
    assert.equal('position' in player, Object.hasOwn(state.visiblePlayers, key), 'visible are those whose position is told');
    if (Object.hasOwn(state.visiblePlayers, key)) assert.deepEqual(state.visiblePlayers[key], player);
    if (key !== id && 'weapons' in player) assert.deepEqual(Object.keys(player.weapons), [player.weaponId], 'of others the weapon in hand alone');
  }
  for (const [key, wall] of Object.entries(state.walls ?? {})) {
    assert.equal(key, wall.id);
    fits(wall, WALL, key);
  }
  for (const projectile of state.projectiles) fits(projectile, PROJECTILE, 'projectile');
  for (const smoke of state.smokeZones) fits(smoke, SMOKE, 'smoke');
  fits(state.vision, VISION, 'vision');
  assert.equal(state.tickRate, 60);
  assert.ok(time(state.timestamp));
}
