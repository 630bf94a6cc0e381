const WINDOW_MS = 60_000;
/** Addresses remembered at most; past that the oldest are forgotten, so that a flood of addresses costs no memory. */
const MAX_ADDRESSES = 50_000;

/** Counts new connections per address in windows of a minute. */
export class ConnectionLimit {
  readonly #windows = new Map<string, { since: number; count: number }>();

  /** `perMinute` 0: no limit. */
  constructor(private readonly perMinute: number, private readonly limitLoopback: boolean, private readonly now: () => number) {}

  admits(address: string): boolean {
    if (this.perMinute === 0 || (!this.limitLoopback && isLoopback(address))) return true;
    const now = this.now();
    const window = this.#windows.get(address);
    if (window !== undefined && now - window.since < WINDOW_MS) return ++window.count <= this.perMinute;
    // Deleted first, so that the map stays ordered by age.
    this.#windows.delete(address);
    this.#windows.set(address, { since: now, count: 1 });
    if (this.#windows.size > MAX_ADDRESSES) this.#windows.delete(this.#windows.keys().next().value!);
    return true;
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
