import type { GameEvent, PlayerId, TeamName, WeaponName } from './engine.js';
import { rounded, v2, type V2 } from './numbers.js';
import { projectileName } from './state.js';
import type { WallCatalogue } from './catalogue.js';

export interface Packet {
  event: string;
  payload: unknown;
}

/** What the translation looks up. */
export interface EventContext {
  readonly walls: WallCatalogue;
  readonly msPerTick: number;
  epochMs(tick: number): number;
  legacyId(player: PlayerId): string | null;
  teamOf(player: PlayerId): TeamName | null;
  /** Where the receiver knows the player to stand; null: nowhere. */
  placeOf(player: PlayerId): V2 | null;
  /** The player's entry in the receiver's states. */
  playerEntry(player: PlayerId): unknown;
  spawn(player: PlayerId): { health: number; team: TeamName; isFirst: boolean } | undefined;
}

/** Points that a blast deals at its centre (rule book, section 5). */
export const BLAST_DAMAGE: Readonly<Partial<Record<WeaponName, number>>> = { grenade: 200, grenadelauncher: 100, rocket: 200 };

/** The one weapon whose bullets are told apart by `pelletIndex`. */
const PELLETS: WeaponName = 'shotgun';

const EXPLOSIVES: ReadonlySet<string> = new Set(['grenade', 'grenadelauncher', 'rocket']);

/** Shares of a flash's time after blindness: disoriented 2000, recovering 1000 ms (rule book, section 7). */
const DISORIENTED_SHARE = 2 / 3;

/**
 * What today's clients call an engine event, for one receiver: one packet, several, or none where those clients have
 * no word for it. The event is as the engine tells it to that receiver, so whatever is missing from it is hidden and becomes null.
 */
export function toLegacy(event: GameEvent, context: EventContext): Packet[] {
  const playerId = idOf(event.player, context);
  const timestamp = context.epochMs(event.tick);
  const position = positionOf(event);
  const weaponType = event.weapon ?? null;
  const isPellet = event.weapon === PELLETS && event.pellet !== undefined;
  const pellet = isPellet ? { pelletIndex: event.pellet } : {};

  switch (event.type) {
    case 'player_joined':
      return event.player === undefined ? [] : packet('player:joined', context.playerEntry(event.player));
    case 'player_left':
      return packet('player:left', { playerId });
    case 'spawned': {
      const spawn = event.player === undefined ? undefined : context.spawn(event.player);
      if (spawn === undefined || spawn.isFirst) return [];
      return packet('backend:player:respawned', {
        playerId, position, health: spawn.health, team: spawn.team,
        invulnerableUntil: context.epochMs(event.invulnerableUntilTick ?? event.tick), timestamp,
      });
    }
    case 'respawn_denied':
      return packet('backend:respawn:denied', { remainingTime: (event.remainingTicks ?? 0) * context.msPerTick, timestamp });
    case 'fired':
      return packet('weapon:fired', {
        playerId, weaponType, position, direction: directionOf(event), ammoRemaining: event.ammo ?? null, timestamp,
        isADS: event.isAiming ?? false,
      });
    case 'fire_refused':
      return packet('weapon:rate_limited', {
        weaponType, nextFireTime: timestamp + (event.remainingTicks ?? 0) * context.msPerTick,
      });
    case 'hit_player':
      return packet('weapon:hit', {
        playerId, weaponType, position, targetType: 'player', targetId: idOf(event.target, context),
        penetrationCount: event.penetration ?? 0, ...pellet,
      });
    case 'hit_wall':
      return packet('weapon:hit', {
        playerId, weaponType, position, targetType: 'wall', targetId: wallIdOf(event, context),
        penetrationCount: event.penetration ?? 0, ...pellet,
      });
    case 'miss':
      return packet('weapon:miss', {
        playerId, weaponType,
        // Today's clients draw a bullet's way from where the shooter stands, and a pellet's to where it ends.
        position: isPellet || event.player === undefined ? position : context.placeOf(event.player),
        direction: directionOf(event), ...pellet,
      });
    case 'reload_started':
      return packet('weapon:reload', { playerId, weaponType, reloadTime: (event.remainingTicks ?? 0) * context.msPerTick });
    case 'reloaded':
      return packet('weapon:reloaded', {
        playerId, weaponType, currentAmmo: event.ammo ?? null, reserveAmmo: event.reserve ?? null,
      });
    case 'switched':
      return packet('weapon:switched', { playerId, fromWeapon: event.fromWeapon ?? null, toWeapon: weaponType });
    case 'player_damaged':
      return packet('player:damaged', {
        playerId: idOf(event.target, context), damage: event.damage ?? 0, damageType: damageType(event),
        sourcePlayerId: playerId, position, newHealth: event.health ?? 0, isKilled: event.isKilled ?? false, timestamp,
      });
    case 'died':
      return packet('backend:player:died', {
        playerId: idOf(event.target, context), killerId: playerId, killerTeam: teamOf(event.player, context),
        victimTeam: teamOf(event.target, context), weaponType, isTeamKill: event.isTeamKill ?? false, position,
        damageType: damageType(event), timestamp,
      });
    case 'wall_damaged':
      return packet('wall:damaged', wallDamage(event, context));
    case 'slice_destroyed': {
      const payload = wallDamage(event, context);
      return [...packet('wall:damaged', payload), ...packet('wall:destroyed', payload)];
    }
    case 'launched':
      return [...packetOfThrower(event, context), ...packet('projectile:created', {
        id: projectileId(event), type: weaponType, playerId, position, velocity: velocityOf(event), timestamp,
      })];
    case 'bounced':
      return packet('projectile:updated', { id: projectileId(event), position });
    case 'exploded': {
      const radius = event.radius ?? 0;
      const exploded = packet('projectile:exploded', { id: projectileId(event), type: explosionType(event), position, radius });
      if (!EXPLOSIVES.has(event.weapon ?? '')) return exploded;
      const damage = (event.weapon && BLAST_DAMAGE[event.weapon]) ?? 0;
      return [...exploded, ...packet('explosion:created', { position, radius, damage, sourcePlayerId: playerId, timestamp })];
    }
    case 'dazzled':
      return packet('FLASHBANG_EFFECT', flashEffect(event, context));
    case 'overheated':
      // Heat goes out with the states; see HeatGauge.
    case 'aim_toggled':
    case 'match_ended':
      return [];
  }
}

function packet(event: string, payload: unknown): [Packet] {
  return [{ event, payload }];
}

/** Thrown things leave a hand, launched ones a muzzle: only the latter are shots. */
function packetOfThrower(event: GameEvent, context: EventContext): Packet[] {
  const playerId = idOf(event.player, context);
  const ammoRemaining = event.ammo ?? null;
  const weaponType = event.weapon ?? null;
  const chargeLevel = event.charge ?? 0;
  if (chargeLevel > 0) return packet('grenade:thrown', { playerId, weaponType, chargeLevel, ammoRemaining });
  return packet('weapon:fired', {
    playerId, weaponType, position: positionOf(event), direction: rounded(Math.atan2(event.vy ?? 0, event.vx ?? 0)), ammoRemaining,
    timestamp: context.epochMs(event.tick), isADS: event.isAiming ?? false,
  });
}

function explosionType(event: GameEvent): 'explosion' | 'smoke' | 'flash' {
  if (event.weapon === 'smokegrenade') return 'smoke';
  return event.weapon === 'flashbang' ? 'flash' : 'explosion';
}

function flashEffect(event: GameEvent, context: EventContext): unknown {
  const ms = (ticks: number | undefined): number => Math.round((ticks ?? 0) * context.msPerTick);
  const duration = ms(event.totalTicks);
  const blindDuration = ms(event.blindTicks);
  const disorientedDuration = Math.round((duration - blindDuration) * DISORIENTED_SHARE);
  return {
    id: projectileId(event),
    position: positionOf(event),
    affectedPlayers: [{
      playerId: idOf(event.target, context),
      distance: rounded(event.distance ?? 0),
      lineOfSight: event.isClear ?? false,
      viewingAngle: rounded(event.angle ?? 0),
      intensity: event.intensity ?? 0,
      duration,
      phases: { blindDuration, disorientedDuration, recoveringDuration: duration - blindDuration - disorientedDuration },
    }],
    timestamp: context.epochMs(event.tick),
  };
}

function projectileId(event: GameEvent): string | null {
  return event.projectile === undefined || event.projectile === 0 ? null : projectileName(event.projectile);
}

function velocityOf(event: GameEvent): V2 {
  return v2(event.vx ?? 0, event.vy ?? 0);
}

function wallDamage(event: GameEvent, context: EventContext): unknown {
  const slice = event.slice ?? 0;
  const wall = context.walls.wallOf(slice);
  const rect = context.walls.sliceRect(slice);
  return {
    wallId: context.walls.ids[wall],
    position: positionOf(event) ?? v2(rect.x + rect.width / 2, rect.y + rect.height / 2),
    damage: event.damage ?? 0,
    sliceIndex: slice % 5,
    newHealth: event.health ?? 0,
    isDestroyed: (event.health ?? 0) <= 0,
    timestamp: context.epochMs(event.tick),
    weaponType: event.weapon ?? null,
    material: context.walls.walls[wall]?.material ?? null,
    playerId: idOf(event.player, context),
  };
}

function wallIdOf(event: GameEvent, context: EventContext): string | null {
  const wall = event.wall ?? (event.slice === undefined ? undefined : context.walls.wallOf(event.slice));
  return wall === undefined ? null : context.walls.ids[wall] ?? null;
}

function positionOf(event: GameEvent): V2 | null {
  return event.x === undefined || event.y === undefined ? null : v2(event.x, event.y);
}

/** Radians, as clients have it everywhere else. */
function directionOf(event: GameEvent): number | null {
  return event.dx === undefined || event.dy === undefined ? null : rounded(Math.atan2(event.dy, event.dx));
}

function damageType(event: GameEvent): 'bullet' | 'explosion' {
  return EXPLOSIVES.has(event.weapon ?? '') ? 'explosion' : 'bullet';
}

function idOf(player: PlayerId | undefined, context: EventContext): string | null {
  return player === undefined || player === 0 ? null : context.legacyId(player);
}

function teamOf(player: PlayerId | undefined, context: EventContext): TeamName | null {
  return player === undefined || player === 0 ? null : context.teamOf(player);
}
