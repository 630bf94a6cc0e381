import type { PlayerId, PlayerView, TeamName, WeaponView } from './engine.js';
import type { Acquaintance } from './knowledge.js';
import { rounded, v2, type V2 } from './legacy-numbers.js';
import type { LegacyWall } from './legacy-walls.js';
import type { Seat } from './seat.js';

const FOG_OPACITY = 0.64;

export interface LegacyWeapon {
  id: string;
  type: string;
  currentAmmo: number;
  reserveAmmo: number;
  maxAmmo: number;
  maxReserve: number;
  damage: number;
  fireRate: number;
  reloadTime: number;
  isReloading: boolean;
  lastFireTime: number;
  accuracy: number;
  range: number;
}

export interface LegacyScore {
  id: string;
  name: string;
  team: TeamName;
  kills: number;
  deaths: number;
  isAlive: boolean;
}

export interface LegacyPlayer extends LegacyScore {
  position: V2;
  rotation: number;
  scale: V2;
  velocity: V2;
  health: number;
  armor: number;
  weaponId: string;
  weapons: Record<string, LegacyWeapon>;
  movementState: PlayerView['movement'];
  isADS: boolean;
  lastDamageTime: number;
  lastProcessedInput: number;
  deathTime: number | null;
  respawnTime: number | null;
  invulnerableUntil: number;
  killerId: string | null;
  transform: { position: V2; rotation: number; scale: V2 };
}

export interface LegacyVision {
  type: 'polygon';
  polygon: V2[];
  viewAngle: number;
  viewDirection: number;
  viewDistance: number;
  position: V2;
  fogOpacity: number;
}

export interface LegacyState {
  players: Record<string, LegacyPlayer | LegacyScore>;
  visiblePlayers: Record<string, LegacyPlayer>;
  walls?: Record<string, LegacyWall>;
  projectiles: never[];
  smokeZones: never[];
  timestamp: number;
  tickRate: number;
  vision: LegacyVision;
}

/** What the pages of a state are written from. */
export interface Roll {
  epochMs(tick: number): number;
  legacyId(player: PlayerId): string | null;
  weapons(player: PlayerId): WeaponView[];
}

export interface Presence {
  seat: Seat;
  view: PlayerView;
  acquaintance: Acquaintance;
}

export function playerEntry({ seat, view, acquaintance }: Presence, roll: Roll): LegacyPlayer | LegacyScore {
  const score: LegacyScore = {
    id: seat.memberId, name: seat.name, team: view.team, kills: view.kills, deaths: view.deaths, isAlive: view.alive,
  };
  // Who has not been placed yet is nowhere; clients skip whom they have no position of.
  if (acquaintance === 'unseen' || !view.placed) return score;
  const position = v2(view.x, view.y);
  const rotation = rounded(view.facing);
  const scale = { x: 1, y: 1 };
  return {
    ...score,
    position,
    rotation,
    scale,
    velocity: v2(view.vx, view.vy),
    health: view.alive ? rounded(view.health) : 0,
    armor: 0,
    weaponId: view.weapon,
    weapons: weaponEntries(seat, view, acquaintance, roll),
    movementState: view.movement,
    isADS: view.aiming,
    lastDamageTime: timeOf(view.lastDamageTick, roll),
    lastProcessedInput: acquaintance === 'own' ? view.lastSequence : 0,
    deathTime: view.alive ? null : roll.epochMs(view.deathTick),
    // Later than the engine would grant it: what clients show is a rule of its own.
    respawnTime: view.alive ? null : roll.epochMs(view.respawnShownTick),
    invulnerableUntil: timeOf(view.invulnerableUntilTick, roll),
    killerId: view.killer === 0 || view.alive ? null : roll.legacyId(view.killer),
    transform: { position, rotation, scale },
  };
}

function weaponEntries(seat: Seat, view: PlayerView, acquaintance: Acquaintance, roll: Roll): Record<string, LegacyWeapon> {
  const entries: Record<string, LegacyWeapon> = {};
  for (const weapon of roll.weapons(view.id)) {
    if (acquaintance !== 'own' && weapon.weapon !== view.weapon) continue;
    // An enemy's weapon can be seen, what is left in it can't: a full one stands in its place.
    const hidden = acquaintance === 'seen';
    entries[weapon.weapon] = {
      id: weapon.weapon,
      type: weapon.weapon,
      currentAmmo: hidden ? weapon.maxAmmo : weapon.ammo,
      reserveAmmo: hidden ? weapon.maxReserve : weapon.reserve,
      maxAmmo: weapon.maxAmmo,
      maxReserve: weapon.maxReserve,
      damage: weapon.damage,
      fireRate: weapon.rate,
      reloadTime: weapon.reloadMs,
      isReloading: !hidden && weapon.reloading,
      lastFireTime: hidden ? 0 : timeOf(seat.lastShot.get(weapon.weapon) ?? 0, roll),
      accuracy: rounded(weapon.accuracy),
      range: weapon.range,
    };
  }
  return entries;
}

/** Tick 0 stands for never, and so does time 0. */
function timeOf(tick: number, roll: Roll): number {
  return tick > 0 ? roll.epochMs(tick) : 0;
}

export function visionEntry(view: PlayerView, polygon: Float32Array): LegacyVision {
  const points: V2[] = [];
  for (let i = 0; i + 1 < polygon.length; i += 2) points.push(v2(polygon[i]!, polygon[i + 1]!));
  return {
    type: 'polygon',
    polygon: points,
    viewAngle: rounded(view.viewAngle),
    viewDirection: rounded(view.facing),
    viewDistance: rounded(view.viewDistance),
    position: v2(view.x, view.y),
    fogOpacity: FOG_OPACITY,
  };
}

export function stateFor(
  own: PlayerView, presences: readonly Presence[], polygon: Float32Array, walls: Record<string, LegacyWall> | undefined,
  tick: number, tickRate: number, roll: Roll,
): LegacyState {
  const players: LegacyState['players'] = {};
  const visiblePlayers: LegacyState['visiblePlayers'] = {};
  for (const presence of presences) {
    const entry = playerEntry(presence, roll);
    players[entry.id] = entry;
    if ('position' in entry) visiblePlayers[entry.id] = entry;
  }
  return {
    players,
    visiblePlayers,
    ...(walls === undefined ? {} : { walls }),
    projectiles: [],
    smokeZones: [],
    timestamp: roll.epochMs(tick),
    tickRate,
    vision: visionEntry(own, polygon),
  };
}
