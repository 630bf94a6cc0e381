import type { Clock } from '../clock.js';
import { Buffer, type Version } from './buffer.js';
import { RecordsError, type Records, type Transaction } from './types.js';

/** Runs of one transaction before it gives up. In one process every second run at the latest is alone. */
const MAX_ATTEMPTS = 100;

interface Entry {
  readonly value: object;
  readonly untilMs: number;
}

export interface MemoryRecordsOptions {
  /** Freezes what is written, so that a change in place throws as it would be without effect in Redis. */
  freeze?: boolean;
  /** Called with what has just taken effect. */
  onCommit?: (buffer: Buffer) => void;
}

/** For one process. The indexes' limits bound it, and those of whoever puts records. */
export class MemoryRecords implements Records {
  readonly #entries = new Map<string, Entry>();
  /** Keys of records that end, in the order in which they were written. */
  readonly #ending = new Map<string, number>();
  readonly #indexes = new Map<string, Map<string, string>>();

  constructor(private readonly clock: Clock, private readonly options: MemoryRecordsOptions = {}) {}

  now(): number {
    return Math.floor(this.clock.now());
  }

  async get<T>(key: string): Promise<T | undefined> {
    return this.#entry(key)?.value as T | undefined;
  }

  async getAll<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return keys.map((key) => this.#entry(key)?.value as T | undefined);
  }

  async entries(index: string): Promise<Map<string, string>> {
    return new Map(this.#indexes.get(index));
  }

  async transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const buffer = new Buffer((keys) => keys.map((key): Version => {
        const entry = this.#entry(key);
        return { token: entry, value: entry?.value };
      }));
      try {
        const result = await work(buffer);
        if (this.#commit(buffer)) return result;
      } catch (error) {
        // A refusal for what was no longer so is none.
        if (error instanceof RecordsError || this.#stands(buffer)) throw error;
      }
    }
    throw new RecordsError('busy', 'The records are changed by others again and again; try again');
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#ending.clear();
    this.#indexes.clear();
  }

  /** Every key, for tests and tools that look at everything. */
  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Without a promise, for tests and tools. */
  peek<T>(key: string): T | undefined {
    return this.#entry(key)?.value as T | undefined;
  }

  peekIndex(index: string): ReadonlyMap<string, string> {
    return this.#indexes.get(index) ?? new Map();
  }

  #entry(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.untilMs === Infinity || entry.untilMs > this.clock.now()) return entry;
    this.#entries.delete(key);
    this.#ending.delete(key);
    return undefined;
  }

  #stands(buffer: Buffer): boolean {
    for (const [key, { token }] of buffer.reads) if (this.#entry(key) !== token) return false;
    return true;
  }

  #commit(buffer: Buffer): boolean {
    if (!this.#stands(buffer)) return false;
    if (buffer.isReadOnly) return true;
    const listings = buffer.listings;
    for (const { index, member, limit } of listings) {
      const members = this.#indexes.get(index);
      if (limit !== undefined && (members?.size ?? 0) >= limit && !members!.has(member)) throw fullError(index, limit);
    }
    for (const [key, { value, ttlMs }] of buffer.writes) {
      this.#ending.delete(key);
      if (value === undefined) {
        this.#entries.delete(key);
        continue;
      }
      const untilMs = ttlMs === undefined ? Infinity : this.clock.now() + ttlMs;
      this.#entries.set(key, { value: this.options.freeze === true ? frozen(value) : value, untilMs });
      if (ttlMs !== undefined) this.#ending.set(key, untilMs);
    }
    for (const { index, member, value } of listings) {
      if (value === undefined) {
        this.#indexes.get(index)?.delete(member);
        continue;
      }
      let members = this.#indexes.get(index);
      if (members === undefined) this.#indexes.set(index, members = new Map());
      members.set(member, value);
    }
    this.#sweep();
    this.options.onCommit?.(buffer);
    return true;
  }

  /** Two at a time, so that what ends goes faster than it comes. */
  #sweep(): void {
    const now = this.clock.now();
    let looked = 0;
    for (const [key, untilMs] of this.#ending) {
      if (looked++ === 2 || untilMs > now) return;
      this.#ending.delete(key);
      this.#entries.delete(key);
    }
  }
}

export function fullError(index: string, limit: number): RecordsError {
  return new RecordsError('full', `The index ${index} holds ${limit} members, which is its limit`);
}

function frozen<T extends object>(value: T): T {
  const copy = JSON.parse(JSON.stringify(value)) as T;
  const freeze = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return;
    Object.freeze(each);
    Object.values(each).forEach(freeze);
  };
  freeze(copy);
  return copy;
}
