/**
 * Says at which frames an input is to be sent: never more than `rate` a second over any long time, at most one a
 * frame. On a display slower than the rate, every frame.
 */
export class Pacer {
  /** Intervals saved up at most: a tab that slept must not flood. */
  saved = 2;
  private credit = 0;
  private readonly interval: number;

  /** @param rate a second */
  constructor(rate: number) {
    this.interval = 1000 / rate;
  }

  /** Share of the time to the next input that has passed at the end of a frame of that length, 0 to 1. */
  share(elapsedMs: number): number {
    return Math.min(1, Math.max(0, (this.credit + elapsedMs) / this.interval));
  }

  /** @param elapsedMs since the last call */
  due(elapsedMs: number): boolean {
    this.credit = Math.min(this.credit + elapsedMs, this.interval * this.saved);
    // Displays at the very rate jitter by a fraction of a ms; without the slack every early frame would be skipped
    // and the next one not made up for. The debt is kept, so the long-time rate holds.
    if (this.credit < this.interval - 1.5) return false;
    this.credit -= this.interval;
    return true;
  }
}
