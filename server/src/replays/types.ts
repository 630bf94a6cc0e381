/** Where a match's recording goes while it is played. Calls come one after the other. */
export interface ReplaySink {
  write(bytes: Uint8Array): Promise<void>;
  /** All is written and safe on a disk. */
  close(): Promise<WrittenReplay>;
  /** Leaves nothing behind; harmless after `close`. */
  abort(): Promise<void>;
}

export interface WrittenReplay {
  store: 'directory' | 's3';
  key: string;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
}

export type ReplayBytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Recordings by match. Ids are 1 to 64 of A-Z, a-z, 0-9, - and _; others are a `ReplayError`. */
export interface ReplayStore {
  readonly kind: 'directory' | 's3';
  /** Replaces what is there under the id, once it is closed. */
  sink(matchId: string): Promise<ReplaySink>;
  put(matchId: string, bytes: ReplayBytes): Promise<WrittenReplay>;
  /** Undefined: there is none. */
  get(matchId: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** False: there was none. */
  delete(matchId: string): Promise<boolean>;
  /** Ids, in order, up to `limit` of them after `after`. */
  list(limit: number, after?: string): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * - `invalid`: an id that is none
 * - `too_large`: the recording, or all that waits for the remote store, is over the limit
 * - `unavailable`: the disk or the remote store does not take it; later it may
 */
export type ReplayErrorKind = 'invalid' | 'too_large' | 'unavailable';

export class ReplayError extends Error {
  override readonly name = 'ReplayError';

  constructor(readonly kind: ReplayErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
