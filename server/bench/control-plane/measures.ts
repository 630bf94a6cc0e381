import type { Clock } from '../../src/clock.js';

/** What a quarter of an hour was like. */
export interface Slice {
  hour: number;
  queue: number;
  match: number;
  waits: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  crashes: number;
}

/** Figures of a run. */
export class Measures {
  drops = 0;
  replaced = 0;
  readonly states: Record<string, number> = { menu: 0, queue: 0, match: 0, offline: 0 };
  readonly slices: Slice[] = [];
  readonly reasons = new Map<string, number>();
  /** Of all waits, by tenths of a second. */
  readonly #waits = new Uint32Array(3000);
  #recent: number[] = [];
  #maxMs = 0;
  /** Milliseconds from a server's last sign of life to its players being told. */
  recoveries = 0;
  maxRecoveryMs = 0;
  readonly #lastSign = new Map<string, number>();
  #crashes = 0;
  #total = 0;

  constructor(private readonly clock: Clock) {}

  moved(from: string, to: string): void {
    this.states[from]!--;
    this.states[to]!++;
  }

  waited(ms: number): void {
    this.#total++;
    this.#waits[Math.min(this.#waits.length - 1, Math.floor(ms / 100))]!++;
    this.#recent.push(ms);
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  told(event: string, reason: string): void {
    const key = `${event} ${reason}`;
    this.reasons.set(key, (this.reasons.get(key) ?? 0) + 1);
  }

  crashed(): void {
    this.#crashes++;
  }

  /** The matches of a server that has just ended, and when it gave its last sign of life. */
  serverEnded(matches: readonly string[], lastSignMs: number): void {
    for (const id of matches) this.#lastSign.set(id, lastSignMs);
  }

  /**
   * @param onlineMs since when the player is online: who comes back later cannot be told earlier
   * @returns when the server gave its last sign of life, and how long it took to tell; undefined: it is not known
   */
  lossTold(matchId: string, reason: string, onlineMs: number): { sinceMs: number; tookMs: number } | undefined {
    this.told('match_lost', reason);
    const sign = this.#lastSign.get(matchId);
    if (sign === undefined) return undefined;
    this.recoveries++;
    const sinceMs = Math.max(sign, onlineMs);
    const tookMs = this.clock.now() - sinceMs;
    this.maxRecoveryMs = Math.max(this.maxRecoveryMs, tookMs);
    return { sinceMs, tookMs };
  }

  slice(hour: number): Slice {
    const sorted = this.#recent.sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    const slice: Slice = {
      hour, queue: this.states['queue']!, match: this.states['match']!, waits: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), crashes: this.#crashes,
    };
    this.#recent = [];
    this.#crashes = 0;
    this.#lastSign.clear();
    this.slices.push(slice);
    return slice;
  }

  get waits(): { count: number; p50Ms: number; p90Ms: number; p99Ms: number; maxMs: number } {
    const at = (share: number): number => {
      let seen = 0;
      for (const [bin, count] of this.#waits.entries()) {
        seen += count;
        if (seen >= share * this.#total) return bin * 100;
      }
      return this.#maxMs;
    };
    return { count: this.#total, p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: Math.round(this.#maxMs) };
  }
}
