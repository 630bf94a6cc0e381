import type { Records, Transaction } from '../src/records/index.js';

export class ProcessEnded extends Error {
  override readonly name = 'ProcessEnded';
}

/**
 * Records of a process that ends at its `at`-th operation: before that takes effect, or after it, with the answer lost.
 * Every read and every commit is an operation; whatever it asks afterwards fails.
 */
export class FaultyRecords implements Records {
  operations = 0;
  hasEnded = false;

  constructor(private readonly records: Records, private at = Infinity, private when: 'before' | 'after' = 'before', private readonly onEnd = (): void => {}) {}

  /** It ends at the so many-th operation from now. */
  endIn(operations: number, when: 'before' | 'after'): void {
    this.at = this.operations + operations;
    this.when = when;
  }

  now(): number {
    return this.records.now();
  }

  get<T>(key: string): Promise<T | undefined> {
    return this.#do(() => this.records.get<T>(key));
  }

  getAll<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return this.#do(() => this.records.getAll<T>(keys));
  }

  entries(index: string): Promise<Map<string, string>> {
    return this.#do(() => this.records.entries(index));
  }

  async transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.hasEnded) throw new ProcessEnded();
    let isLast = false;
    const result = await this.records.transact(async (tx) => {
      const done = await work({
        get: (key) => this.#do(() => tx.get(key)),
        getAll: (keys) => this.#do(() => tx.getAll(keys)),
        put: (...args) => tx.put(...args),
        remove: (...args) => tx.remove(...args),
        list: (...args) => tx.list(...args),
        unlist: (...args) => tx.unlist(...args),
      });
      isLast = this.#counts();
      if (isLast && this.when === 'before') throw new ProcessEnded();
      return done;
    });
    if (isLast) throw new ProcessEnded();
    return result;
  }

  async close(): Promise<void> {}

  async #do<T>(operation: () => Promise<T>): Promise<T> {
    if (this.hasEnded) throw new ProcessEnded();
    const isLast = this.#counts();
    if (isLast && this.when === 'before') throw new ProcessEnded();
    const result = await operation();
    if (isLast) throw new ProcessEnded();
    return result;
  }

  #counts(): boolean {
    if (++this.operations !== this.at) return false;
    this.hasEnded = true;
    this.onEnd();
    return true;
  }
}
