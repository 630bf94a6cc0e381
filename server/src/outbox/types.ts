import type { EvidenceRow, LostMatch, MatchResult, ReplayRow } from '../store/index.js';

/** What a game server has to say to the store, and must not forget. */
export type OutboxEntry =
  | { kind: 'match'; match: MatchResult }
  | { kind: 'lost'; match: LostMatch }
  | { kind: 'evidence'; evidence: EvidenceRow[] }
  | { kind: 'replay'; replay: ReplayRow };

/**
 * Where an entry is when `append` returns.
 * - `disk`: written and synchronised; it is delivered whatever crashes
 * - `database`: the disk failed, and the store has taken it
 * - `memory`: both failed; it is delivered unless this process ends first
 */
export type Kept = 'disk' | 'database' | 'memory';

export interface OutboxEvents {
  /** The disk, or the store, did not take an entry. */
  onFailure?(where: 'disk' | 'store', error: Error): void;
  /** The store can never take this entry; it is in `refused.log` for a person to look at. */
  onRefused?(entry: OutboxEntry, error: Error): void;
  /** Entries that wait, after each change. */
  onPending?(entries: number): void;
}

export interface Outbox {
  /** Resolves once the entry is kept; rejects one that is not valid, or when disk, store and memory all fail. */
  append(entry: OutboxEntry): Promise<Kept>;
  readonly pending: number;
  /** Resolves with whether all was delivered within `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Stops; what waits stays on the disk for the next start. */
  close(): Promise<void>;
}
