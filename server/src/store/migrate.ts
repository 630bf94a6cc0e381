import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from '../logger.js';
import { StoreError, toStoreError } from './errors.js';

/** The folder `migrations` of the package; the compiled program lies in dist/src/store. */
export const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** How long to wait for another process that is migrating. */
const WAIT_MS = 120_000;

/**
 * Brings the schema up to this program. An advisory lock lets one process at a time do it: the others wait, and then
 * find nothing to do. All pending migrations run in one transaction. A database that is ahead, because a newer program
 * has been there, stays as it is: migrations are written so that the program before them can go on.
 * @returns names of the migrations that ran
 */
export async function migrate(databaseUrl: string, log: Logger, folder = MIGRATIONS): Promise<string[]> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: 'trespasser-migrate',
    keepAlive: true,
    lock_timeout: WAIT_MS,
  });
  client.on('error', (error) => log.warn({ err: error }, 'the connection for migrations broke'));
  try {
    await client.connect();
    const ran = await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable: 'migrations',
      advisoryLockMode: 'wait',
      checkOrder: true,
      singleTransaction: true,
      logger: {
        info: (message) => log.debug(message),
        warn: (message) => log.warn(message),
        error: (message) => log.error(message),
      },
    });
    const names = ran.map((each) => each.name);
    if (names.length > 0) log.info({ migrations: names }, 'the database is migrated');
    return names;
  } catch (error) {
    const cause = toStoreError(error);
    throw new StoreError(cause.kind, `migrations did not run: ${cause.message}`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}
