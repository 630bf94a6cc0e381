import { list, origin, record, word } from './reading';

/** A region that one may be matched in. */
export interface Region {
  readonly name: string;
  /** Origins of game servers there that answer `GET /ping`; empty: none is there now. */
  readonly probes: readonly string[];
}

/** What there is at a server's address. */
export interface Service {
  /** Matches to walk into, and private ones. */
  readonly lobbies: boolean;
  readonly rated: boolean;
  readonly leaderboard: boolean;
  /** Of the leaderboard, and to queue for. */
  readonly modes: readonly string[];
  readonly regions: readonly Region[];
}

const MAX_MODES = 8;
const MAX_REGIONS = 8;
const MAX_PROBES = 3;

export function readService(value: unknown): Service | null {
  const { lobbies, rated, leaderboard, modes, regions } = record(value);
  if (typeof lobbies !== 'boolean' || typeof rated !== 'boolean') return null;
  return {
    lobbies,
    rated,
    leaderboard: leaderboard === true,
    modes: list(modes, MAX_MODES).filter(word),
    regions: list(regions, MAX_REGIONS).flatMap((entry) => {
      const { name, probes } = record(entry);
      return word(name) ? [{ name, probes: list(probes, MAX_PROBES).flatMap((probe) => origin(probe) ?? []) }] : [];
    }),
  };
}

/** null: a server that does not say, or is not there; all that the page knows of may be. */
export async function askService(fetch: (path: string, init: RequestInit) => Promise<Response>): Promise<Service | null> {
  try {
    const response = await fetch('/service', { signal: AbortSignal.timeout(5000) });
    return response.ok ? readService(await response.json()) : null;
  } catch {
    return null;
  }
}
