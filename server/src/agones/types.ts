/** What runs this process as one of many, and wants to know how it does. */
export interface Fleet {
  /** The server is in the pool: it may be given matches. */
  ready(): void;
  /** Matches that are reserved or played here now. */
  matches(count: number): void;
  /** The server has nothing more to do, and may be taken away. Settles when that has been heard, or given up. */
  shutdown(): Promise<void>;
  close(): void;
}

/** Nobody's: started by a person, or as a plain container. */
export const noFleet: Fleet = {
  ready() {},
  matches() {},
  async shutdown() {},
  close() {},
};
