import type { GameEvent, PlayerId, TeamName } from './engine.js';
import { rounded, v2, type V2 } from './legacy-numbers.js';
import type { WallCatalogue } from './walls.js';

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
  /** The player's entry in the receiver's states. */
  playerEntry(player: PlayerId): unknown;
  spawn(player: PlayerId): { health: number; team: TeamName; isFirst: boolean } | undefined;
}

const EXPLOSIVES: ReadonlySet<string> = new Set(['grenade', 'grenadelauncher', 'rocket']);

/**
 * What today's clients call an engine event, for one receiver. The event has passed the receiver's knowledge, so
 * whatever is missing from it is hidden and becomes null. Null where those clients have no word for it.
 */
export function toLegacy(event: GameEvent, context: EventContext): Packet | null {
  const playerId = idOf(event.player, context);
  const timestamp = context.epochMs(event.tick);
  const position = positionOf(event);
  const weaponType = event.weapon ?? null;
  const pellet = event.pellet === undefined ? {} : { pelletIndex: event.pellet };

  switch (event.type) {
    case 'player_joined':
      return event.player === undefined ? null : packet('player:joined', context.playerEntry(event.player));
    case 'player_left':
      return packet('player:left', { playerId });
    case 'spawned': {
      const spawn = event.player === undefined ? undefined : context.spawn(event.player);
      if (spawn === undefined || spawn.isFirst) return null;
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
      return packet('weapon:miss', { playerId, weaponType, position, direction: directionOf(event), ...pellet });
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
    case 'slice_destroyed':
      return packet('wall:destroyed', wallDamage(event, context));
    case 'aim_toggled':
    case 'match_ended':
      return null;
  }
}

function packet(event: string, payload: unknown): Packet {
  return { event, payload };
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
