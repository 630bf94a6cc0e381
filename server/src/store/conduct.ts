import { z } from 'zod';
import type { Database } from './database.js';
import { check } from './errors.js';
import { evidenceBatchSchema, idsSchema, playerIdSchema, sanctionSchema, UNKNOWN_NAME, type EvidenceRow, type NewSanction } from './schemas.js';
import type { Sanction } from './types.js';

/** Players whom the database has not seen are guests who came while it was away; their name comes with their match. */
export async function addEvidence(db: Database, given: readonly EvidenceRow[]): Promise<number> {
  const rows = check(evidenceBatchSchema, given, 'evidence');
  const column = <K extends keyof EvidenceRow>(key: K): EvidenceRow[K][] => rows.map((row) => row[key]);
  return db.transaction(async (queries) => {
    await queries.query(
      `INSERT INTO players (id, kind, name, created_at, seen_at)
       SELECT DISTINCT ON (id) id, 'guest', $3, found_at, found_at FROM unnest($1::bigint[], $2::timestamptz[]) AS given (id, found_at)
       ORDER BY id, found_at ON CONFLICT (id) DO NOTHING`,
      [column('playerId'), rows.map((row) => new Date(row.foundAt)), UNKNOWN_NAME],
    );
    const inserted = await queries.query(
      `INSERT INTO evidence (match_id, seq, player_id, tick, kind, value, limit_value, grade, found_at)
       SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[], $6::float8[], $7::float8[],
         $8::real[], $9::timestamptz[])
       ON CONFLICT (match_id, seq) DO NOTHING RETURNING seq`,
      [column('matchId'), column('seq'), column('playerId'), column('tick'), column('kind'), column('value'),
        column('limit'), column('grade'), rows.map((row) => new Date(row.foundAt))],
    );
    return inserted.length;
  });
}

export async function evidenceOf(db: Database, givenId: string, givenLimit: number): Promise<EvidenceRow[]> {
  const id = check(playerIdSchema, givenId, 'playerId');
  const limit = check(z.number().int().min(1).max(1000), givenLimit, 'limit');
  return db.query<EvidenceRow & Record<string, unknown>>(
    `SELECT match_id AS "matchId", seq, player_id AS "playerId", tick::float8 AS tick, kind, value, limit_value AS "limit", grade,
       found_at AS "foundAt"
     FROM evidence WHERE player_id = $1 ORDER BY found_at DESC, match_id, seq DESC LIMIT $2`,
    [id, limit],
  );
}

export async function addSanction(db: Database, given: NewSanction): Promise<boolean> {
  const sanction = check(sanctionSchema, given, 'sanction');
  const rows = await db.query(
    `INSERT INTO sanctions (id, player_id, kind, reason, issued_by, match_id, starts_at, ends_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING RETURNING id`,
    [sanction.id, sanction.playerId, sanction.kind, sanction.reason, sanction.issuedBy, sanction.matchId,
      new Date(sanction.startsAt), sanction.endsAt === null ? null : new Date(sanction.endsAt)],
  );
  return rows.length === 1;
}

/** Nothing has to expire them: time does. */
export async function activeSanctions(db: Database, given: readonly string[], now: number): Promise<Map<string, Sanction[]>> {
  const ids = check(idsSchema, given, 'playerIds');
  const rows = await db.query<Sanction & Record<string, unknown>>(
    `SELECT id, player_id AS "playerId", kind, reason, issued_by AS "issuedBy", match_id AS "matchId",
       starts_at AS "startsAt", ends_at AS "endsAt", lifted_at AS "liftedAt", lifted_by AS "liftedBy"
     FROM sanctions
     WHERE player_id = ANY ($1::bigint[]) AND lifted_at IS NULL AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2)
     ORDER BY starts_at, id`,
    [ids, new Date(now)],
  );
  const found = new Map<string, Sanction[]>(ids.map((id) => [id, []]));
  for (const row of rows) found.get(row.playerId)?.push(row);
  return found;
}

export async function liftSanction(db: Database, givenId: string, givenBy: string, now: number): Promise<boolean> {
  const id = check(z.uuid(), givenId, 'id');
  const by = check(z.string().min(1).max(64), givenBy, 'by');
  const rows = await db.query(
    'UPDATE sanctions SET lifted_at = $2, lifted_by = $3 WHERE id = $1 AND lifted_at IS NULL RETURNING id',
    [id, new Date(now), by],
  );
  return rows.length === 1;
}
