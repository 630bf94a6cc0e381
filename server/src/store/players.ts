import type { Database } from './database.js';
import { check, StoreError } from './errors.js';
import { externalIdentitySchema, nameSchema, playerIdSchema, type ExternalIdentity } from './schemas.js';
import type { Player } from './types.js';

const COLUMNS = 'id, kind, name, created_at AS "createdAt", seen_at AS "seenAt"';

type PlayerRow = Player & Record<string, unknown>;

/** Seen is written at most once in this time: people who come and go write nothing each time. */
const SEEN_STEP_MS = 60_000;

export async function ensureGuest(db: Database, given: { id: string; name: string }, now: number): Promise<Player> {
  const id = check(playerIdSchema, given.id, 'id');
  const name = check(nameSchema, given.name, 'name');
  const made = await db.query<PlayerRow>(
    `INSERT INTO players (id, kind, name, created_at, seen_at) VALUES ($1, 'guest', $2, $3, $3)
     ON CONFLICT (id) DO NOTHING RETURNING ${COLUMNS}`,
    [id, name, new Date(now)],
  );
  return made[0] ?? seen(db, id, now);
}

export async function ensureExternal(
  db: Database, newId: string, given: ExternalIdentity, givenName: string, now: number,
): Promise<Player> {
  const { issuer, subject } = check(externalIdentitySchema, given, 'identity');
  const name = check(nameSchema, givenName, 'name');
  const made = await db.query<PlayerRow>(
    `INSERT INTO players (id, kind, name, external_issuer, external_subject, created_at, seen_at)
     VALUES ($1, 'external', $2, $3, $4, $5, $5)
     ON CONFLICT (external_issuer, external_subject) DO NOTHING RETURNING ${COLUMNS}`,
    [newId, name, issuer, subject, new Date(now)],
  );
  if (made[0] !== undefined) return made[0];
  const found = await db.query<{ id: string }>(
    'SELECT id FROM players WHERE external_issuer = $1 AND external_subject = $2', [issuer, subject],
  );
  if (found[0] === undefined) throw new StoreError('unavailable', 'the player was removed in this moment; try again');
  return seen(db, found[0].id, now);
}

async function seen(db: Database, id: string, now: number): Promise<Player> {
  const updated = await db.query<PlayerRow>(
    `UPDATE players SET seen_at = $2 WHERE id = $1 AND seen_at < $3 RETURNING ${COLUMNS}`,
    [id, new Date(now), new Date(now - SEEN_STEP_MS)],
  );
  const player = updated[0] ?? await findPlayer(db, id);
  if (player === undefined) throw new StoreError('unavailable', 'the player was removed in this moment; try again');
  return player;
}

export async function findPlayer(db: Database, given: string): Promise<Player | undefined> {
  const id = check(playerIdSchema, given, 'id');
  return (await db.query<PlayerRow>(`SELECT ${COLUMNS} FROM players WHERE id = $1`, [id]))[0];
}

export async function renamePlayer(db: Database, given: string, givenName: string): Promise<Player | undefined> {
  const id = check(playerIdSchema, given, 'id');
  const name = check(nameSchema, givenName, 'name');
  return (await db.query<PlayerRow>(`UPDATE players SET name = $2 WHERE id = $1 RETURNING ${COLUMNS}`, [id, name]))[0];
}
