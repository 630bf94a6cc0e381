import { id, line, list, number, record, whole } from './reading';

export interface BoardEntry {
  readonly rank: number;
  readonly playerId: string;
  readonly name: string;
  readonly points: number;
  readonly deviation: number;
  readonly games: number;
}

export interface BoardPage {
  readonly season: number;
  readonly entries: readonly BoardEntry[];
  /** For the next page; null: this was the last. */
  readonly next: string | null;
}

export interface OwnRank {
  readonly playerId: string;
  /** null: has not played the mode. */
  readonly rank: { readonly rank: number; readonly exact: boolean; readonly points: number } | null;
}

export const BOARD_PAGE = 50;
const MOST_RANK = 1e9;
const FAR = 100_000;

export function readBoard(value: unknown): BoardPage | null {
  const { season, entries, next } = record(value);
  const seasonId = whole(season, 1, 32_767);
  if (seasonId === null || !Array.isArray(entries)) return null;
  return {
    season: seasonId,
    entries: list(entries, 100).flatMap((entry) => {
      const { rank, playerId, name, points, deviation, games } = record(entry);
      const place = whole(rank, 1, MOST_RANK);
      const shown = number(points, -FAR, FAR);
      if (place === null || shown === null || !id(playerId)) return [];
      return [{ rank: place, playerId, name: line(name, 24), points: shown, deviation: number(deviation, 0, FAR) ?? 0, games: whole(games, 0, 1e9) ?? 0 }];
    }),
    next: typeof next === 'string' && next.length <= 256 && next !== '' ? next : null,
  };
}

export function readOwnRank(value: unknown): OwnRank | null {
  const { playerId, rank } = record(value);
  if (!id(playerId)) return null;
  if (rank === null) return { playerId, rank: null };
  const own = record(rank);
  const place = whole(own['rank'], 1, MOST_RANK);
  const points = number(own['points'], -FAR, FAR);
  return place === null || points === null ? null : { playerId, rank: { rank: place, exact: own['exact'] === true, points } };
}

export interface BoardMeans {
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** Of this device's account; empty: none yet. */
  loadToken(): string;
}

export type BoardAnswer = { readonly page: BoardPage; readonly own: OwnRank | null } | { readonly problem: string };

/** A page of a mode's board, and where oneself stands. @param after `next` of the page before; empty: from the top */
export async function askBoard(means: BoardMeans, mode: string, after: string): Promise<BoardAnswer> {
  const query = new URLSearchParams({ mode, limit: String(BOARD_PAGE), ...(after === '' ? {} : { after }) });
  const token = means.loadToken();
  try {
    const [response, own] = await Promise.all([
      means.fetch(`/leaderboard?${query}`, { signal: AbortSignal.timeout(10_000) }),
      token === '' ? null : askOwn(means, mode, token),
    ]);
    const body: unknown = await response.json().catch(() => null);
    const page = response.ok ? readBoard(body) : null;
    if (page) return { page, own };
    if (response.status === 404) return { problem: 'This server keeps no ratings' };
    return { problem: line(record(body)['message']) || `The server does not say (${response.status})` };
  } catch {
    return { problem: 'The server can\u2019t be reached' };
  }
}

/** The board is worth showing without it. */
async function askOwn({ fetch }: BoardMeans, mode: string, token: string): Promise<OwnRank | null> {
  try {
    const response = await fetch(`/leaderboard/own?${new URLSearchParams({ mode })}`, {
      headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000),
    });
    return response.ok ? readOwnRank(await response.json()) : null;
  } catch {
    return null;
  }
}
