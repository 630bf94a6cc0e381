import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createLogger } from '../src/logger.js';
import { startEmbeddedDatabase, type EmbeddedDatabase, type MatchResult, type ParticipantResult } from '../src/store/index.js';

export const log = createLogger(process.env['LOG_LEVEL'] ?? 'silent');

/** A folder of a test's own, gone after it. */
export async function testFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'trespasser-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** One PostgreSQL for a file of tests; each test may have a database of its own in it. */
export class TestDatabase {
  private constructor(readonly folder: { path: string; remove(): Promise<void> }, readonly embedded: EmbeddedDatabase) {}

  /** `tcp`: for proxies in between. */
  static async start(listen: 'socket' | 'tcp' = 'socket'): Promise<TestDatabase> {
    const folder = await testFolder();
    try {
      return new TestDatabase(folder, await startEmbeddedDatabase({ dataDir: folder.path, listen }, { log }));
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  get url(): string {
    return this.embedded.url;
  }

  /** The address of a new, empty database. */
  async fresh(): Promise<string> {
    const name = `t${randomUUID().replaceAll('-', '')}`;
    await withClient(this.url, (client) => client.query(`CREATE DATABASE ${name}`));
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async stop(): Promise<void> {
    await this.embedded.close();
    await this.folder.remove();
  }
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export const NOW = Date.parse('2026-06-01T12:00:00Z');

export function participant(playerId: string, wish: Partial<ParticipantResult> = {}): ParticipantResult {
  return { playerId, name: 'Ada', team: 0, place: 1, kills: 3, deaths: 2, waitedMs: 1500, left: false, ...wish };
}

/** Two players, the first one wins. */
export function duel(matchId: string, winner: string, loser: string, wish: Partial<MatchResult> = {}): MatchResult {
  return {
    matchId, mode: 'duel', map: 'yard', region: 'local', serverId: 'game-1', startedAt: NOW - 300_000, endedAt: NOW, rated: true,
    participants: [participant(winner), participant(loser, { team: 1, place: 2, name: 'Bob' })],
    ...wish,
  };
}
