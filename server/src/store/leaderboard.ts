import { z } from 'zod';
import type { Clock } from '../clock.js';
import type { Database, Queries } from './database.js';
import { check, StoreError } from './errors.js';
import { seasonAt } from './matches.js';
import { labelSchema, playerIdSchema, timeSchema } from './schemas.js';
import type { LeaderboardEntry, LeaderboardPage, Rank, Season } from './types.js';

const PAGE = 50;
const MAXIMUM_PAGE = 100;
/** To here ranks are counted anew for each question; beyond, from a board measured a while ago. */
export const EXACT_RANKS = 10_000;
/** Ranks of every thousandth player are kept; a board of a million has a thousand of them. */
const STEP = 1000;
const MEASURED_MS = 300_000;
const MEASURE_TIMEOUT_MS = 60_000;
/** Boards (mode and season) that are kept measured. */
const BOARDS = 64;

const querySchema = z.object({
  mode: labelSchema,
  season: z.number().int().min(1).max(32_767).optional(),
  limit: z.number().int().min(1).max(MAXIMUM_PAGE).default(PAGE),
  after: z.string().max(200).optional(),
});

/** Where a page ends: points, player and rank. It comes back from clients, so it is checked like anything else. */
const cursorSchema = z.tuple([z.number().finite(), playerIdSchema, z.number().int().min(1).max(1e9), z.number().int().min(1).max(32_767)]);
type Cursor = z.infer<typeof cursorSchema>;

export const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

export function readCursor(text: string): Cursor {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (error) {
    throw new StoreError('invalid', 'after: takes the `next` of another page', { cause: error });
  }
}

/** Ordered by points, equal ones by id, so that a page goes on exactly where the one before has ended. */
export const PAGE_QUERY = `
  SELECT r.player_id AS "playerId", p.name, r.points, r.mean AS value, r.uncertainty AS deviation, r.games
  FROM ratings r JOIN players p ON p.id = r.player_id
  WHERE r.mode = $1 AND r.season = $2 AND (r.points, r.player_id) < ($3::float8, $4::bigint)
  ORDER BY r.points DESC, r.player_id DESC LIMIT $5`;

/** How many are before somebody, counted no further than it stays quick. */
export const COUNT_QUERY = `
  SELECT count(*)::int AS before FROM (
    SELECT 1 FROM ratings
    WHERE mode = $1 AND season = $2 AND (points, player_id) > ($3::float8, $4::bigint) AND (points, player_id) < ($5::float8, $6::bigint)
    LIMIT $7) AS counted`;

const STEPS_QUERY = `
  SELECT points, player_id AS id, n::int AS rank
  FROM (SELECT points, player_id, row_number() OVER (ORDER BY points DESC, player_id DESC) AS n
        FROM ratings WHERE mode = $1 AND season = $2) AS board
  WHERE n % ${STEP} = 0 ORDER BY n`;

export const HIGHEST: [number, string] = [Infinity, '9223372036854775807'];

interface Step { points: number; id: string; rank: number }

/**
 * Pages are walks of one index. A rank is a count of the index from the top; that of somebody far down would take as
 * long as the board is, so it starts from the nearest step above, which was measured at most five minutes ago. One
 * question in five minutes pays for measuring (half a second for a million players), and the others of that time wait.
 */
export class Leaderboards {
  readonly #measured = new Map<string, { at: number; steps: Promise<Step[]> }>();

  constructor(private readonly db: Database, private readonly clock: Clock) {}

  async page(given: z.input<typeof querySchema>): Promise<LeaderboardPage> {
    const query = check(querySchema, given, 'leaderboard');
    const cursor = query.after === undefined ? undefined : readCursor(query.after);
    const season = query.season ?? cursor?.[3] ?? await seasonAt(this.db, this.clock.now());
    if (cursor !== undefined && cursor[3] !== season) throw new StoreError('invalid', 'after: is of another season');
    const [points, id, rank] = cursor ?? [...HIGHEST, 0];
    // One more than asked: it tells whether there is another page.
    const rows = await this.db.query<Omit<LeaderboardEntry, 'rank'> & Record<string, unknown>>(
      PAGE_QUERY, [query.mode, season, points, id, query.limit + 1],
    );
    const entries = rows.slice(0, query.limit).map((row, index) => ({ rank: rank + index + 1, ...row }));
    const last = entries.at(-1);
    const next = rows.length > query.limit && last !== undefined ? writeCursor([last.points, last.playerId, last.rank, season]) : null;
    return { season, entries, next };
  }

  async rank(givenId: string, givenMode: string, givenSeason?: number): Promise<Rank | undefined> {
    const id = check(playerIdSchema, givenId, 'playerId');
    const mode = check(labelSchema, givenMode, 'mode');
    const season = check(z.number().int().min(1).max(32_767).optional(), givenSeason, 'season') ?? await seasonAt(this.db, this.clock.now());
    const rows = await this.db.query<{ points: number }>(
      'SELECT points FROM ratings WHERE player_id = $1 AND mode = $2 AND season = $3', [id, mode, season],
    );
    if (rows[0] === undefined) return undefined;
    const { points } = rows[0];
    const counted = await this.#count(mode, season, [points, id], HIGHEST, EXACT_RANKS);
    if (counted < EXACT_RANKS) return { rank: counted + 1, exact: true, points };
    const steps = await this.#steps(mode, season);
    const step = lastBefore(steps, points, id);
    if (step === undefined) return { rank: counted + 1, exact: false, points };
    const since = await this.#count(mode, season, [points, id], [step.points, step.id], EXACT_RANKS);
    return { rank: step.rank + since + 1, exact: false, points };
  }

  async #count(mode: string, season: number, from: [number, string], to: [number, string], limit: number): Promise<number> {
    const rows = await this.db.query<{ before: number }>(COUNT_QUERY, [mode, season, ...from, ...to, limit]);
    return rows[0]?.before ?? 0;
  }

  #steps(mode: string, season: number): Promise<Step[]> {
    const key = JSON.stringify([mode, season]);
    const now = this.clock.now();
    const kept = this.#measured.get(key);
    if (kept !== undefined && now - kept.at < MEASURED_MS) return kept.steps;
    const steps = this.db.slowQuery<Step & Record<string, unknown>>(STEPS_QUERY, [mode, season], MEASURE_TIMEOUT_MS);
    this.#measured.delete(key);
    this.#measured.set(key, { at: now, steps });
    // A failure is not kept for five minutes.
    steps.catch(() => {
      if (this.#measured.get(key)?.steps === steps) this.#measured.delete(key);
    });
    for (const oldest of this.#measured.keys()) {
      if (this.#measured.size <= BOARDS) break;
      this.#measured.delete(oldest);
    }
    return steps;
  }
}

/** The lowest step that is above; steps come in the board's order. */
function lastBefore(steps: readonly Step[], points: number, id: string): Step | undefined {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const step = steps[middle]!;
    if (step.points > points || (step.points === points && BigInt(step.id) > BigInt(id))) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1];
}

const SEASON = 'id, name, starts_at AS "startsAt", ends_at AS "endsAt"';
type SeasonRow = Season & Record<string, unknown>;

export async function currentSeason(db: Database, now: number): Promise<Season> {
  const rows = await db.query<SeasonRow>(
    `SELECT ${SEASON} FROM seasons WHERE tstzrange(starts_at, ends_at) @> $1::timestamptz`, [new Date(now)],
  );
  if (rows[0] === undefined) throw new StoreError('invalid', 'there is no season now; open one');
  return rows[0];
}

export async function openSeason(db: Database, givenName: string, givenStart: number): Promise<Season> {
  const name = check(z.string().min(1).max(64), givenName, 'name');
  const startsAt = new Date(check(timeSchema, givenStart, 'startsAt'));
  return db.transaction(async (queries: Queries) => {
    // Repeated, it finds its own work.
    const done = await queries.query<SeasonRow>(`SELECT ${SEASON} FROM seasons WHERE name = $1 AND starts_at = $2`, [name, startsAt]);
    if (done[0] !== undefined) return done[0];
    await queries.query('UPDATE seasons SET ends_at = $1 WHERE ends_at IS NULL', [startsAt]);
    const rows = await queries.query<SeasonRow>(`INSERT INTO seasons (name, starts_at) VALUES ($1, $2) RETURNING ${SEASON}`, [name, startsAt]);
    return rows[0]!;
  });
}
