/**
 * What a piece of work reads and would write. Reads are remembered, writes wait: all of them take effect together, and only
 * if nothing that was read has changed meanwhile. Values are JSON, and are never changed in place.
 */
export interface Transaction {
  get<T>(key: string): Promise<T | undefined>;
  /** In one question. */
  getAll<T>(keys: readonly string[]): Promise<(T | undefined)[]>;
  /** @param ttlMs milliseconds after which it is forgotten; undefined: never */
  put(key: string, value: object, ttlMs?: number): void;
  remove(key: string): void;
  /** @param limit members of the index at most; a new one beyond it ends the transaction with `full` */
  list(index: string, member: string, value: string, limit?: number): void;
  unlist(index: string, member: string): void;
}

/**
 * Records that all processes of the service share, in memory or in Redis, and indexes of them. A record is what is true;
 * messages between processes only say that it is worth looking.
 */
export interface Records {
  /** Epoch milliseconds, whole, by the one clock that all processes share. */
  now(): number;
  get<T>(key: string): Promise<T | undefined>;
  getAll<T>(keys: readonly string[]): Promise<(T | undefined)[]>;
  /** Members of an index and their values. */
  entries(index: string): Promise<Map<string, string>>;
  /**
   * Runs `work`, again where something that it read was changed by others meanwhile, until its writes take effect. Where
   * an answer got lost it is run again after it took effect: work that is done already must find so and say so.
   *
   * @throws RecordsError; what `work` throws, if what it read still stands
   */
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * - `unavailable`: the records cannot be had now; later they can.
 * - `busy`: others were faster, again and again.
 * - `full`: the limit of an index is reached; nothing was written.
 */
export type RecordsErrorKind = 'unavailable' | 'busy' | 'full';

export class RecordsError extends Error {
  override readonly name = 'RecordsError';

  constructor(readonly kind: RecordsErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
