import { describe, expect, it } from 'vitest';
import { askBoard, readBoard, readOwnRank, type BoardMeans } from '../src/net/leaderboard';

const ENTRY = { rank: 1, playerId: '7', name: 'Ann', points: 1512.4, value: 1800, deviation: 95, games: 12 };
const PAGE = { season: 3, entries: [ENTRY], next: 'cursor' };

const means = (answers: Record<string, () => Response>, asked: [string, string | null][] = [], token = 'device'): BoardMeans => ({
  async fetch(path, init) {
    asked.push([path, new Headers(init.headers).get('authorization')]);
    return answers[path.split('?')[0]!]!();
  },
  loadToken: () => token,
});
const json = (status: number, body: object): (() => Response) => () => new Response(JSON.stringify(body), { status });

describe('the leaderboard', () => {
  it('is read, or refused', () => {
    expect(readBoard(PAGE)).toEqual({ season: 3, entries: [{ rank: 1, playerId: '7', name: 'Ann', points: 1512.4, deviation: 95, games: 12 }], next: 'cursor' });
    expect(readBoard({ ...PAGE, next: 7, entries: [null, { ...ENTRY, rank: 0 }, { ...ENTRY, points: 'many' }, { ...ENTRY, name: '\u202eAnn', deviation: -1, games: 1.5 }] })).toEqual({
      season: 3, entries: [{ rank: 1, playerId: '7', name: 'Ann', points: 1512.4, deviation: 0, games: 0 }], next: null,
    });
    for (const odd of [null, {}, { ...PAGE, season: 0 }, { ...PAGE, entries: {} }]) expect(readBoard(odd)).toBe(null);
    expect(readOwnRank({ playerId: '7', rank: null })).toEqual({ playerId: '7', rank: null });
    expect(readOwnRank({ playerId: '7', rank: { rank: 12_000, exact: false, points: -3 } })?.rank).toEqual({ rank: 12_000, exact: false, points: -3 });
    for (const odd of [{}, { playerId: '', rank: null }, { playerId: '7', rank: { rank: 1.5 } }, { playerId: '7' }]) expect(readOwnRank(odd)).toBe(null);
  });

  it('is asked for with the own rank, which it is worth showing without', async () => {
    const asked: [string, string | null][] = [];
    const own = { playerId: '7', rank: { rank: 1, exact: true, points: 1512 } };
    expect(await askBoard(means({ '/leaderboard': json(200, PAGE), '/leaderboard/own': json(200, own) }, asked), 'duel', 'c')).toEqual({ page: readBoard(PAGE), own });
    expect(asked).toEqual([['/leaderboard?mode=duel&limit=50&after=c', null], ['/leaderboard/own?mode=duel', 'Bearer device']]);
    const without = await askBoard(means({ '/leaderboard': json(200, PAGE), '/leaderboard/own': json(401, {}) }), 'duel', '');
    expect('own' in without && without.own).toBe(null);
    // Whoever has no account has no rank to ask for.
    asked.splice(0);
    await askBoard(means({ '/leaderboard': json(200, PAGE) }, asked, ''), 'duel', '');
    expect(asked.length).toBe(1);
  });

  it('says why there is none', async () => {
    const problem = async (answer: () => Response): Promise<unknown> => askBoard(means({ '/leaderboard': answer }, [], ''), 'duel', '');
    expect(await problem(json(503, { error: 'UNAVAILABLE', message: 'The database is away; try again soon' }))).toEqual({ problem: 'The database is away; try again soon' });
    expect(await problem(json(404, { error: 'Not found' }))).toEqual({ problem: 'This server keeps no ratings' });
    expect(await problem(() => new Response('<html>', { status: 200 }))).toEqual({ problem: 'The server does not say (200)' });
    expect(await problem(() => { throw new TypeError('Failed to fetch'); })).toEqual({ problem: 'The server can\u2019t be reached' });
  });
});
