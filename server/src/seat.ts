import type { HeatGauge, InputTranslator, LegacyWalls } from '@trespasser/engine/legacy';
import type { Loadout, PlayerId, TeamName, WeaponName } from './engine.js';

/** Somebody in a match, person or bot. Engine ids change when a match starts over; the seat stays. */
export interface Seat {
  /** What clients call the player: the socket id, or `bot_N`. */
  readonly memberId: string;
  readonly isBot: boolean;
  name: string;
  player: PlayerId;
  slot: number;
  team: TeamName;
  loadout: Loadout;
  /** The side that the matchmaker gave the player, who has no choice then. */
  readonly assigned: TeamName | undefined;
  /** Has asked to play (player:join): spawns with the match, rather than watching until asked in. */
  joined: boolean;
  /** Has stood in a match before, so that further spawns are respawns to the clients. */
  hasSpawned: boolean;
  /** Tick of the last shot per weapon. */
  readonly lastShot: Map<WeaponName, number>;
  /** Times that this player damaged a slice, for the debug window. */
  slicesHit: number;
}

/** A person's seat: what the server keeps for the client behind it. */
export interface PersonSeat extends Seat {
  readonly isBot: false;
  readonly input: InputTranslator;
  readonly heat: HeatGauge;
  walls: LegacyWalls;
  /** The engine's version of what the player knows of slices, as `walls` has it. */
  wallsVersion: number;
  /** The next state carries the full set of walls. */
  wallsDue: boolean;
  /** The player has learnt of damage since the last full set. */
  wallsChanged: boolean;
  /** Time of the last full set. */
  wallsAtMs: number;
  /** Tick of the last state sent: the newest that the client can have seen. 0: none yet. */
  stateTick: number;
  /** A state is owed before the next network tick: the player has just been placed. */
  stateDue: boolean;
  /** A weapon:fire awaits its shot or refusal: refusals of the held trigger are no news to the client. */
  awaitsShot: boolean;
  /** The client has the match over the wire: the engine tells it, and what today's clients are told stays out. */
  onWire: boolean;
}

export const DEFAULT_LOADOUT: Loadout = { primary: 'rifle', secondary: 'pistol', support: [] };

export function isPerson(seat: Seat): seat is PersonSeat {
  return !seat.isBot;
}

/** The low three bits of an engine player id are its slot. */
export function slotOf(player: PlayerId): number {
  return player % 8;
}
