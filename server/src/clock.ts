/** Time as the server sees it. Tests put a hand-driven one in its place. */
export interface Clock {
  /** Epoch milliseconds, fractional, never running backwards. */
  now(): number;
  /** Runs `action` once, `ms` milliseconds from now, unless cancelled by the returned function. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  // Not Date.now(): a correction of the host's clock would make ticks, and with them every timestamp, jump.
  now: () => performance.timeOrigin + performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/**
 * The one conversion from simulation steps to epoch milliseconds.
 * Step n is due at `origin + n * period`; the origin moves only when the loop gives up time it cannot catch up with.
 */
export class StepTime {
  readonly periodMs: number;

  constructor(private originMs: number, readonly stepsPerSecond: number) {
    this.periodMs = 1000 / stepsPerSecond;
  }

  epochMs(step: number): number {
    return this.originMs + step * this.periodMs;
  }

  /** Step 0 is due now: what came before the first step was no time of the match. */
  begin(nowMs: number): void {
    this.originMs = nowMs;
  }

  giveUp(steps: number): void {
    this.originMs += steps * this.periodMs;
  }
}
