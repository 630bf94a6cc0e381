/**
 * Who is alive, by signs of life that change. What is measured is the observer's own time between two changes, so no two
 * clocks are compared; and time in which the observer did not look, because it was halted or cut off itself, does not count.
 */
export class Vitality {
  readonly #seen = new Map<string, { sign: string; atMs: number }>();
  #lookedMs: number | undefined;

  /** @param beatMs looks are expected about so often */
  constructor(private readonly beatMs: number) {}

  /**
   * @param signs of everybody who there is; others are forgotten. Undefined: has given none yet
   * @param nowMs the observer's clock
   */
  look(signs: ReadonlyMap<string, string | undefined>, nowMs: number): void {
    const gap = this.#lookedMs === undefined ? 0 : nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    const blindMs = gap > 2 * this.beatMs ? gap - this.beatMs : 0;
    for (const id of this.#seen.keys()) if (!signs.has(id)) this.#seen.delete(id);
    for (const [id, sign = ''] of signs) {
      const seen = this.#seen.get(id);
      if (seen === undefined || seen.sign !== sign) this.#seen.set(id, { sign, atMs: nowMs });
      else seen.atMs += blindMs;
    }
  }

  /** Milliseconds since the last new sign; 0 for one who is not known. */
  silentMs(id: string): number {
    const seen = this.#seen.get(id);
    return seen === undefined || this.#lookedMs === undefined ? 0 : this.#lookedMs - seen.atMs;
  }

  has(id: string): boolean {
    return this.#seen.has(id);
  }

  /** Starts to look anew. */
  reset(): void {
    this.#seen.clear();
    this.#lookedMs = undefined;
  }
}
