/** How much a new ticket counts against what was thought before. */
const WEIGHT = 0.1;

/** How long tickets have waited lately, by mode: a moving mean, which is what the next one is told to expect. */
export class Estimates {
  readonly #means = new Map<string, number>();

  /** @param waitedMs of each ticket of a match */
  add(mode: string, waitedMs: readonly number[]): void {
    for (const waited of waitedMs) {
      const mean = this.#means.get(mode);
      this.#means.set(mode, mean === undefined ? waited : mean + WEIGHT * (waited - mean));
    }
  }

  /** Milliseconds, whole; null: there was no match yet. */
  of(mode: string): number | null {
    const mean = this.#means.get(mode);
    return mean === undefined ? null : Math.round(mean);
  }
}
