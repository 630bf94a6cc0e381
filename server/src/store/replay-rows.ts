import type { Database } from './database.js';
import { check } from './errors.js';
import { matchIdSchema, replayRowSchema, type ReplayRow } from './schemas.js';

export async function addReplay(db: Database, given: ReplayRow): Promise<boolean> {
  const row = check(replayRowSchema, given, 'replay');
  const rows = await db.query(
    `INSERT INTO replays (match_id, store, key, bytes, sha256, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (match_id) DO NOTHING RETURNING match_id`,
    [row.matchId, row.store, row.key, row.bytes, Buffer.from(row.sha256, 'hex'), new Date(row.createdAt)],
  );
  return rows.length === 1;
}

export async function findReplay(db: Database, given: string): Promise<ReplayRow | undefined> {
  const id = check(matchIdSchema, given, 'matchId');
  const rows = await db.query<ReplayRow & Record<string, unknown>>(
    `SELECT match_id AS "matchId", store, key, bytes::float8 AS bytes, encode(sha256, 'hex') AS sha256, created_at AS "createdAt"
     FROM replays WHERE match_id = $1`,
    [id],
  );
  return rows[0];
}

export async function removeReplay(db: Database, given: string): Promise<boolean> {
  const id = check(matchIdSchema, given, 'matchId');
  return (await db.query('DELETE FROM replays WHERE match_id = $1 RETURNING match_id', [id])).length === 1;
}
