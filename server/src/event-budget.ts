/** About three times what an honest client sends. */
const EVENTS_PER_SECOND = 240;
const BURST = 480;

/** A token bucket. */
export class EventBudget {
  #tokens: number;
  #at: number;

  constructor(private readonly now: () => number, private readonly perSecond = EVENTS_PER_SECOND, private readonly burst = BURST) {
    this.#tokens = burst;
    this.#at = now();
  }

  /** @param cost in events */
  spend(cost = 1): boolean {
    const now = this.now();
    this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#at) * this.perSecond) / 1000);
    this.#at = now;
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }
}
