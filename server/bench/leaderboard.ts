/**
 * How long a page of a leaderboard takes, its first, one in the middle and one at the end, and the rank of one player,
 * on a board of a million; over the store, with its pool, against the embedded PostgreSQL.
 *
 * `npm run build && node dist/bench/leaderboard.js [--players N] [--json]`
 *
 * BIAS: the board fits into memory, nobody else asks, and client and database share a machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../src/logger.js';
import { systemClock } from '../src/clock.js';
import { writeCursor } from '../src/store/leaderboard.js';
import { openStore, startEmbeddedDatabase } from '../src/store/index.js';
import { fillBoard } from '../test/board.js';
import { withClient } from '../test/database.js';

const ROUNDS = 200;

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(name);
  if (at === -1) return fallback;
  const value = Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 20_000 || value > 20_000_000) throw new Error(`${name} takes 20,000 to 20,000,000`);
  return value;
}

const players = option('--players', 1_000_000);
const log = createLogger('silent');
const folder = mkdtempSync(join(tmpdir(), 'trespasser-bench-'));
const database = await startEmbeddedDatabase({ dataDir: folder }, { log });
try {
  const store = await openStore({ databaseUrl: database.url }, { log, clock: systemClock });
  process.stderr.write(`filling a board of ${players} players `);
  await fillBoard(database.url, players);
  process.stderr.write('\r\x1b[K');
  const places = await withClient(database.url, async (client) => {
    const found = [];
    for (const place of [5000, players / 2, players - 100]) {
      const { rows } = await client.query(
        'SELECT player_id AS id, points FROM ratings ORDER BY points DESC, player_id DESC OFFSET $1 LIMIT 1', [Math.trunc(place) - 1],
      );
      found.push({ place: Math.trunc(place), ...rows[0] as { id: string; points: number } });
    }
    return found;
  });
  const [high, middle, low] = places as [typeof places[0], typeof places[0], typeof places[0]];
  const cursor = ({ points, id, place }: typeof high): string => writeCursor([points, id, place, 1]);

  const measure = async (what: string, work: () => Promise<boolean>): Promise<{ what: string; median_ms: number; p99_ms: number; first_ms: number }> => {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      const right = await work();
      times.push(performance.now() - start);
      if (!right) throw new Error(`${what}: wrong result`);
    }
    const first = times[0]!;
    times.sort((a, b) => a - b);
    const round = (ms: number): number => Math.round(ms * 100) / 100;
    return { what, median_ms: round(times[ROUNDS / 2]!), p99_ms: round(times[Math.floor(ROUNDS * 0.99)]!), first_ms: round(first) };
  };
  const page = async (after?: string): Promise<boolean> => (
    (await store.leaderboard({ mode: 'duel', limit: 50, ...(after === undefined ? {} : { after }) })).entries.length === 50
  );
  const rank = async (of: typeof high): Promise<boolean> => (await store.rank(of.id, 'duel'))?.rank === of.place;
  const rows = [
    await measure('first page of 50', () => page()),
    await measure('page in the middle', () => page(cursor(middle))),
    await measure('page at the end', () => page(cursor(low))),
    await measure(`rank ${high.place}`, () => rank(high)),
    await measure(`rank ${middle.place}`, () => rank(middle)),
    await measure(`rank ${low.place}`, () => rank(low)),
  ];
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  console.log(`commit ${commit}, Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}; ${players} players, ${ROUNDS} rounds`);
  console.log('                       median ms     p99 ms   first ms');
  for (const row of rows) {
    console.log(`${row.what.padEnd(20)} ${[row.median_ms, row.p99_ms, row.first_ms].map((ms) => ms.toFixed(2).padStart(10)).join(' ')}`);
  }
  await store.close();
  if (process.argv.includes('--json')) console.log(JSON.stringify({ commit, players, rows }));
} finally {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
}
