import { StoreError, type Storage, type Store } from './store/index.js';

/**
 * A store that may be used before it is there: until then every call fails as if the database were away, which outbox,
 * accounts and matchmaker live with. Nothing waits for it, and so nobody who plays does.
 */
export class LaterStore {
  readonly store: Store;
  #storage: Storage | undefined;
  #why = 'the database is still starting';

  constructor() {
    this.store = new Proxy({} as Store, {
      get: (_, name: keyof Store | 'then') => {
        // Else whoever awaits the store would wait for it.
        if (name === 'then') return undefined;
        const storage = this.#storage;
        return storage?.store[name] ?? (async () => { throw new StoreError('unavailable', this.#why); });
      },
    });
  }

  get isOpen(): boolean {
    return this.#storage !== undefined;
  }

  open(storage: Storage): void {
    this.#storage = storage;
  }

  /** It will not be there. */
  give(why: string): void {
    this.#why = why;
  }

  async close(): Promise<void> {
    await this.#storage?.close();
    this.#storage = undefined;
    this.#why = 'the server stops';
  }
}
