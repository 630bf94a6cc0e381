import type { CloudView, KnownProjectile, PlayerId, PlayerView, TeamName, WeaponName, WeaponView } from './engine.js';
import type { Acquaintance } from './knowledge.js';
import { rounded, v2, type V2 } from './numbers.js';

const FOG_OPACITY = 0.64;

/** What today's clients are told of things beside what the engine shows of them: figures of the rule book, sections 5 to 7. */
const BLAST_RADIUS: Readonly<Partial<Record<WeaponName, number>>> = {
  grenade: 40, grenadelauncher: 40, rocket: 50, smokegrenade: 60, flashbang: 120,
};
const SMOKE = { maxRadius: 60, maxDensity: 0.95, durationMs: 15_000, expansionMs: 1500 } as const;

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

export interface LegacyProjectile {
  id: string;
  position: V2;
  velocity: V2;
  type: string;
  ownerId: string | null;
  damage: number;
  timestamp: number;
  range: number;
  traveledDistance: number;
  isExploded: false;
  explosionRadius: number;
  chargeLevel: number;
  /** Milliseconds from the throw; null: none, or unknown to the receiver. */
  fuseTime: number | null;
}

export interface LegacySmoke {
  id: string;
  position: V2;
  radius: number;
  maxRadius: number;
  createdAt: number;
  duration: number;
  expansionTime: number;
  density: number;
  maxDensity: number;
  windDirection: 0;
  windSpeed: 0;
  driftPosition: V2;
  type: 'smoke';
}

/** What the pages of a state are written from. */
export interface Roll {
  readonly msPerTick: number;
  epochMs(tick: number): number;
  legacyId(player: PlayerId): string | null;
  weapons(player: PlayerId): WeaponView[];
}

/** Who a player is to a host of today's protocol, beside what the engine shows. */
export interface Person {
  /** What clients call the player: a socket's id, or the host's name for a bot. */
  readonly memberId: string;
  readonly name: string;
  /** Tick of the last shot per weapon. */
  readonly lastShot: ReadonlyMap<WeaponName, number>;
}

export interface Presence {
  seat: Person;
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
    // Of enemies it would date what happened out of sight.
    lastDamageTime: acquaintance === 'seen' ? 0 : timeOf(view.lastDamageTick, roll),
    lastProcessedInput: acquaintance === 'own' ? view.lastSequence : 0,
    deathTime: view.alive ? null : roll.epochMs(view.deathTick),
    // Later than the engine would grant it: what clients show is a rule of its own.
    respawnTime: view.alive ? null : roll.epochMs(view.respawnShownTick),
    invulnerableUntil: timeOf(view.invulnerableUntilTick, roll),
    killerId: view.killer === 0 || view.alive ? null : roll.legacyId(view.killer),
    transform: { position, rotation, scale },
  };
}

export function weaponEntries(seat: Person, view: PlayerView, acquaintance: Acquaintance, roll: Roll): Record<string, LegacyWeapon> {
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

/** What one receiver calls a projectile. Each counts for themselves: see {@link KnownProjectile.number}. */
export function projectileName(number: number): string {
  return `projectile_${number}`;
}

/**
 * A projectile as the receiver may know it. Whoever did not see it leave the thrower sees a thing in flight and no more:
 * its age, its charge and the way behind it would tell where an unseen enemy stands.
 */
export function projectileEntry(known: KnownProjectile, tick: number, roll: Roll): LegacyProjectile {
  const { launch } = known;
  return {
    id: projectileName(known.number),
    position: v2(known.x, known.y),
    velocity: v2(known.vx, known.vy),
    type: known.weapon,
    ownerId: known.owner === 0 ? null : roll.legacyId(known.owner),
    damage: known.damage,
    timestamp: roll.epochMs(launch?.bornTick ?? known.sinceTick),
    range: rounded(launch?.range ?? 0),
    traveledDistance: rounded(launch?.flown ?? 0),
    isExploded: false,
    explosionRadius: BLAST_RADIUS[known.weapon] ?? 0,
    chargeLevel: launch?.charge ?? 0,
    fuseTime: launch === null || launch.fuseTicks === null ? null : Math.round((tick - launch.bornTick + launch.fuseTicks) * roll.msPerTick),
  };
}

/** `view.number` is the receiver's own. */
export function smokeEntry(view: CloudView, roll: Roll): LegacySmoke {
  const position = v2(view.x, view.y);
  return {
    id: `smoke_${view.number}`,
    position,
    radius: rounded(view.radius),
    maxRadius: SMOKE.maxRadius,
    createdAt: roll.epochMs(view.bornTick),
    duration: SMOKE.durationMs,
    expansionTime: SMOKE.expansionMs,
    density: rounded(view.density),
    maxDensity: SMOKE.maxDensity,
    windDirection: 0,
    windSpeed: 0,
    driftPosition: position,
    type: 'smoke',
  };
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

/** An entry of `players`, written once for all receivers to whom the player is known in the same way. */
export interface PlayerPage {
  /** `"id":{...}` */
  readonly json: string;
  /** Belongs to `visiblePlayers` too. */
  readonly isVisible: boolean;
}

export function playerPage(presence: Presence, roll: Roll): PlayerPage {
  const entry = playerEntry(presence, roll);
  return { json: `${JSON.stringify(entry.id)}:${JSON.stringify(entry)}`, isVisible: 'position' in entry };
}

/** The parts of a state, each as the receiver may know it. */
export interface StateParts {
  own: PlayerView;
  players: readonly PlayerPage[];
  polygon: Float32Array;
  /** JSON of the full set; undefined where nothing is to be sent of them. */
  walls: string | undefined;
  projectiles: LegacyProjectile[];
  smokeZones: LegacySmoke[];
  tick: number;
  tickRate: number;
}

/**
 * A `game:state` as JSON. Put together from pages that are written once and kept, because most of a state is the same
 * as in the last one or in the next player's.
 */
export function stateJson(parts: StateParts, roll: Roll): string {
  const pages = (players: readonly PlayerPage[]): string => players.map((page) => page.json).join(',');
  const rest = JSON.stringify({
    projectiles: parts.projectiles,
    smokeZones: parts.smokeZones,
    timestamp: roll.epochMs(parts.tick),
    tickRate: parts.tickRate,
    vision: visionEntry(parts.own, parts.polygon),
  });
  return `{"players":{${pages(parts.players)}},"visiblePlayers":{${pages(parts.players.filter((page) => page.isVisible))}},`
    + `${parts.walls === undefined ? '' : `"walls":${parts.walls},`}${rest.slice(1)}`;
}
