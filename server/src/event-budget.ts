/** Events per second that a client may send on the long run, about three times what an honest one does, and how many at once. */
const EVENTS_PER_SECOND = 240;
const BURST = 480;

/** A token bucket: what one client sends beyond it is dropped before it costs anything. */
export class EventBudget {
  #tokens = BURST;
  #at: number;

  constructor(private readonly now: () => number) {
    this.#at = now();
  }

  spend(): boolean {
    const now = this.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) * EVENTS_PER_SECOND) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
