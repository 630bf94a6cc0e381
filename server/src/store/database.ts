import pg from 'pg';
import type { Logger } from '../logger.js';
import { StoreError, toStoreError } from './errors.js';

export interface DatabaseOptions {
  databaseUrl: string;
  /** Connections of this process at most; default 10. */
  connections?: number;
  /** Queries that wait for one at most; more are refused at once. Default 500. */
  waiting?: number;
  /** For a connection, out of the pool or new; milliseconds, default 5,000. */
  connectTimeoutMs?: number;
  /** For one statement; milliseconds, default 5,000. */
  statementTimeoutMs?: number;
  /** Tries of a call, the first included; default 5. They take two seconds at most, and what the calls take. */
  attempts?: number;
}

/** Waits between tries, doubling from the first to the last; full jitter, so that many who fail together do not return together. */
const FIRST_WAIT_MS = 40;
const LAST_WAIT_MS = 1000;

// Times go out as epoch milliseconds. bigint stays text, as `pg` has it: ids do not fit into a double; counts are cast.
const TIMESTAMPTZ = 1184;
const types: pg.CustomTypesConfig = {
  getTypeParser(id: number, format?: 'text' | 'binary'): (text: string) => unknown {
    if (id === TIMESTAMPTZ) return (text) => Date.parse(text);
    return pg.types.getTypeParser(id, format as 'text') as (text: string) => unknown;
  },
};

export type Row = Record<string, unknown>;

export interface Queries {
  query<T extends Row>(text: string, values?: unknown[]): Promise<T[]>;
}

/** A bounded pool with timeouts, and tries again where that helps. All calls must be harmless to repeat. */
export class Database {
  readonly #pool: pg.Pool;
  readonly #waiting: number;
  readonly #attempts: number;
  #closed = false;

  constructor(options: DatabaseOptions, log: Logger) {
    const statement = options.statementTimeoutMs ?? 5000;
    this.#waiting = options.waiting ?? 500;
    this.#attempts = options.attempts ?? 5;
    this.#pool = new pg.Pool({
      connectionString: options.databaseUrl,
      types,
      max: options.connections ?? 10,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5000,
      idleTimeoutMillis: 30_000,
      statement_timeout: statement,
      // Our own limit: a host that is gone does not end a statement.
      query_timeout: statement + 1000,
      idle_in_transaction_session_timeout: 2 * statement,
      keepAlive: true,
      application_name: 'trespasser',
    });
    // Of connections that wait in the pool. They are replaced; without a listener the process would end.
    this.#pool.on('error', (error) => {
      if (!this.#closed) log.warn({ err: error }, 'a connection to the database broke');
    });
  }

  /** Connections in use and open, and calls that wait for one. */
  get load(): { open: number; idle: number; waiting: number } {
    return { open: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount };
  }

  query<T extends Row>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.#again(async () => (await this.#pool.query<T>(text, values)).rows);
  }

  /** READ COMMITTED: what must not change in between is locked by the work itself. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#again(() => this.#transact(work));
  }

  /** For a query that may take longer than others. */
  slowQuery<T extends Row>(text: string, values: unknown[], timeoutMs: number): Promise<T[]> {
    return this.#again(() => this.#transact(async (queries) => {
      await queries.query(`SET LOCAL statement_timeout = ${Math.trunc(timeoutMs)}`);
      return queries.query<T>(text, values);
    }, timeoutMs + 1000));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#pool.end();
  }

  async #transact<T>(work: (queries: Queries) => Promise<T>, clientTimeoutMs?: number): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    // In between queries nobody else listens; the next query fails by itself.
    const onError = (error: Error): void => { broken = error; };
    client.on('error', onError);
    try {
      await client.query('BEGIN');
      const result = await work({
        async query<R extends Row>(text: string, values: unknown[] = []) {
          const config = clientTimeoutMs === undefined ? { text, values } : { text, values, query_timeout: clientTimeoutMs };
          return (await client.query<R>(config)).rows;
        },
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // Whether COMMIT arrived is not known when the connection breaks there: that is why all calls bear repetition.
      await client.query('ROLLBACK').catch((failed: Error) => { broken = failed; });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  async #again<T>(action: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (this.#closed) throw new StoreError('unavailable', 'the store is closed');
      if (this.#pool.waitingCount >= this.#waiting) {
        throw new StoreError('unavailable', `the database is busy: ${this.#waiting} calls wait for a connection already; try again later`);
      }
      try {
        return await action();
      } catch (cause) {
        const error = toStoreError(cause);
        if (error.kind !== 'unavailable' || attempt >= this.#attempts) throw error;
        const ceiling = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
        await new Promise((done) => setTimeout(done, Math.random() * ceiling));
      }
    }
  }
}
