import type { Clock } from '../../src/clock.js';

interface Timer {
  at: number;
  order: number;
  action: (() => void) | undefined;
}

/** Milliseconds to which timers are rounded up: what is due together is done in one go. */
const GRAIN_MS = 50;

/** Simulated time: it passes as soon as nothing more can happen at the present moment. */
export class SimulatedClock implements Clock {
  #now: number;
  #order = 0;
  readonly #heap: Timer[] = [];

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const timer: Timer = { at: Math.ceil((this.#now + Math.max(0, ms)) / GRAIN_MS) * GRAIN_MS, order: this.#order++, action };
    this.#push(timer);
    return () => { timer.action = undefined; };
  }

  /** @param everyMs simulated milliseconds after which `look` is called */
  async run(untilMs: number, everyMs: number, look: () => Promise<void>): Promise<void> {
    let next = this.#now + everyMs;
    while (this.#heap.length > 0 && this.#heap[0]!.at <= untilMs) {
      const at = this.#heap[0]!.at;
      while (next <= at) {
        this.#now = next;
        next += everyMs;
        await look();
      }
      this.#now = at;
      while (this.#heap.length > 0 && this.#heap[0]!.at === at) this.#pop().action?.();
      // All that follows is promises: they come to their end before this does.
      await new Promise((done) => setImmediate(done));
    }
    this.#now = untilMs;
  }

  #before(a: Timer, b: Timer): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): Timer {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
