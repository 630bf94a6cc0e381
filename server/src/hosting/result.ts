import type { MatchResult } from '../store/index.js';
import type { TeamName } from '../engine.js';
import type { MatchRecord } from '../pool/index.js';

/** What a player has done in a match, over all connections that they had to it. */
export interface Tally {
  readonly name: string;
  readonly team: TeamName;
  readonly waitedMs: number;
  kills: number;
  deaths: number;
  isPresent: boolean;
}

const NUMBER: Record<TeamName, number> = { red: 0, blue: 1 };

/**
 * What goes into the database. Both teams are first in a draw. A match is rated where both teams had somebody: a match
 * that everybody has left is, too, or leaving would be a way out of losing.
 */
export function resultOf(
  { id, mode, region, serverId, map }: Pick<MatchRecord, 'id' | 'mode' | 'region' | 'serverId' | 'map'>,
  { startedAt, endedAt, winner }: { startedAt: number; endedAt: number; winner: TeamName | null },
  tallies: ReadonlyMap<string, Tally>,
): MatchResult {
  const teams = new Set([...tallies.values()].map(({ team }) => team));
  return {
    matchId: id, mode, region, serverId, map, startedAt, endedAt: Math.max(startedAt, endedAt),
    rated: teams.size === 2,
    participants: [...tallies].map(([playerId, { name, team, waitedMs, kills, deaths, isPresent }]) => ({
      playerId, name, team: NUMBER[team], place: winner === null || winner === team ? 1 : 2, kills, deaths,
      waitedMs: Math.round(waitedMs), left: !isPresent,
    })),
  };
}
