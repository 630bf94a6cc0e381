const WINDOW_MS = 60_000;
/** Addresses remembered at most; past that the oldest are forgotten, so that a flood of addresses costs no memory. */
const MAX_ADDRESSES = 50_000;

/** Times the limit from which on an address is turned away before anything is made for it: told nothing, at no cost. */
const STORM = 3;

export type Admission = 'admitted' | 'refused' | 'storm';

/** Counts new connections per address in windows of a minute. */
export class ConnectionLimit {
  readonly #windows = new Map<string, { since: number; count: number }>();

  /** `perMinute` 0: no limit. */
  constructor(private readonly perMinute: number, private readonly limitLoopback: boolean, private readonly now: () => number) {}

  admits(address: string): boolean {
    return this.admission(address) === 'admitted';
  }

  /** Counts a connection. */
  admission(address: string): Admission {
    if (this.#isFree(address)) return 'admitted';
    const count = this.#count(address, 1);
    if (count <= this.perMinute) return 'admitted';
    return count <= STORM * this.perMinute ? 'refused' : 'storm';
  }

  /** Whoever was expelled does not come back in this window. */
  exhaust(address: string): void {
    if (!this.#isFree(address)) this.#count(address, this.perMinute);
  }

  /** Addresses remembered. Those whose window is over are let go by {@link forgetOld}. */
  get size(): number {
    return this.#windows.size;
  }

  forgetOld(): void {
    const before = this.now() - WINDOW_MS;
    for (const [address, window] of this.#windows) {
      // Ordered by age.
      if (window.since > before) return;
      this.#windows.delete(address);
    }
  }

  #isFree(address: string): boolean {
    return this.perMinute === 0 || (!this.limitLoopback && isLoopback(address));
  }

  #count(address: string, by: number): number {
    const now = this.now();
    const window = this.#windows.get(address);
    if (window !== undefined && now - window.since < WINDOW_MS) return window.count += by;
    // Deleted first, so that the map stays ordered by age.
    this.#windows.delete(address);
    this.#windows.set(address, { since: now, count: by });
    if (this.#windows.size > MAX_ADDRESSES) this.#windows.delete(this.#windows.keys().next().value!);
    return by;
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
