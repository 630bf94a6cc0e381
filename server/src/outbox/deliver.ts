import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../clock.js';
import { createLogger } from '../logger.js';
import { openStore } from '../store/index.js';
import { deliverLeftovers } from './outbox.js';

/**
 * Delivers what game servers of this machine have left, without being one: beside servers that come and go, or by hand
 * after a crash. DATABASE_URL and DATA_DIR as for the server; `--watch`: again and again, until it is stopped.
 *
 * `node dist/src/outbox/deliver.js [--watch]`. Ends with 1 if something could not be delivered.
 */
const EVERY_MS = 10_000;
const PATIENCE_MS = 30_000;

async function main(): Promise<void> {
  const databaseUrl = process.env['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') throw new Error('DATABASE_URL is not set: a server with an embedded database delivers by itself when it starts');
  const log = createLogger(process.env['LOG_LEVEL'] ?? 'info');
  const store = await openStore({ databaseUrl, connect: 'later', connections: 2 }, { log, clock: systemClock });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const isWatching = process.argv.includes('--watch');
  try {
    do {
      const { emptied, left } = await deliverLeftovers(
        { folder: join(process.env['DATA_DIR'] ?? '.data', 'outbox') }, { store, log, clock: systemClock }, PATIENCE_MS,
      );
      for (const server of emptied) log.info({ server }, 'all that it had left is delivered');
      for (const server of left) log.warn({ server }, 'something that it had left waits still');
      process.exitCode = left.length > 0 ? 1 : 0;
    } while (isWatching && await pause(EVERY_MS, stop.signal));
  } finally {
    await store.close();
  }
}

/** False: it is time to stop. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    if (signal.aborted) return done(false);
    const timer = setTimeout(() => done(true), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done(false);
    }, { once: true });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
