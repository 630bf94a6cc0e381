import type { Transaction } from './types.js';

/** A value as it was read, and by what a change is noticed. */
export interface Version {
  token: unknown;
  value: object | undefined;
}

export interface Listing {
  index: string;
  member: string;
  /** Undefined: taken out. */
  value: string | undefined;
  limit: number | undefined;
}

/** What a transaction has read and would write. */
export class Buffer implements Transaction {
  readonly reads = new Map<string, Version>();
  /** Value undefined: removed. */
  readonly writes = new Map<string, { value: object | undefined; ttlMs: number | undefined }>();
  /** By index and member: the last word counts. */
  readonly #listings = new Map<string, Listing>();

  constructor(private readonly fetch: (keys: readonly string[]) => Version[] | Promise<Version[]>) {}

  async get<T>(key: string): Promise<T | undefined> {
    if (!this.reads.has(key)) {
      const versions = this.fetch([key]);
      this.reads.set(key, (versions instanceof Promise ? await versions : versions)[0]!);
    }
    return this.#value(key) as T | undefined;
  }

  async getAll<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    const missing = [...new Set(keys)].filter((key) => !this.reads.has(key));
    if (missing.length > 0) {
      const fetched = this.fetch(missing);
      const versions = fetched instanceof Promise ? await fetched : fetched;
      missing.forEach((key, at) => this.reads.set(key, versions[at]!));
    }
    return keys.map((key) => this.#value(key) as T | undefined);
  }

  put(key: string, value: object, ttlMs?: number): void {
    this.writes.set(key, { value, ttlMs });
  }

  remove(key: string): void {
    this.writes.set(key, { value: undefined, ttlMs: undefined });
  }

  list(index: string, member: string, value: string, limit?: number): void {
    this.#listings.set(`${index} ${member}`, { index, member, value, limit });
  }

  unlist(index: string, member: string): void {
    this.#listings.set(`${index} ${member}`, { index, member, value: undefined, limit: undefined });
  }

  get listings(): Listing[] {
    return [...this.#listings.values()];
  }

  #value(key: string): object | undefined {
    const written = this.writes.get(key);
    return written === undefined ? this.reads.get(key)!.value : written.value;
  }

  get isReadOnly(): boolean {
    return this.writes.size === 0 && this.#listings.size === 0;
  }
}
