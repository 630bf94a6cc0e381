import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { startEmbeddedDatabase } from './embedded.js';
import { openStore, type StoreOptions } from './postgres-store.js';
import type { Store } from './types.js';

export interface StorageOptions extends Omit<StoreOptions, 'databaseUrl'> {
  /** DATABASE_URL; undefined: the embedded database in `dataDir`. */
  databaseUrl: string | undefined;
  /** DATA_DIR. */
  dataDir: string;
}

export interface Storage {
  store: Store;
  /** For other processes, and for looking at it with psql. It has the password in it. */
  databaseUrl: string;
  close(): Promise<void>;
}

/** The store, and the database beneath it where that is ours to run. */
export async function openStorage(options: StorageOptions, dependencies: { log: Logger; clock: Clock }): Promise<Storage> {
  const { databaseUrl, dataDir, ...rest } = options;
  const embedded = databaseUrl === undefined ? await startEmbeddedDatabase({ dataDir }, dependencies) : undefined;
  const url = databaseUrl ?? embedded!.url;
  try {
    const store = await openStore({ ...rest, databaseUrl: url }, dependencies);
    return {
      store,
      databaseUrl: url,
      async close() {
        await store.close();
        await embedded?.close();
      },
    };
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}
