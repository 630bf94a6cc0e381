/** ms; a sample this far off means that the server's clock was set, not that a packet was late. */
const STEP = 2000;
/** Share of the way back that one slow sample moves the estimate, so that drift and a longer route are followed. */
const DECAY = 0.01;

/**
 * The server's clock as read off its timestamps. Latency only ever makes a timestamp look older than it is, so the
 * fastest packets tell the offset best: the estimate jumps to them and leaves them slowly. What remains is the
 * shortest one-way delay, which rendering treats as part of the server's time.
 */
export class ServerClock {
  private offset = Number.NaN;

  get synced(): boolean {
    return !Number.isNaN(this.offset);
  }

  observe(serverMs: number, localMs: number): void {
    const sample = serverMs - localMs;
    if (!Number.isFinite(sample)) return;
    if (Number.isNaN(this.offset) || sample > this.offset || this.offset - sample > STEP) this.offset = sample;
    else this.offset += (sample - this.offset) * DECAY;
  }

  /** Epoch ms of the server at a local time; the local time itself before the first sample. */
  at(localMs: number): number {
    return Number.isNaN(this.offset) ? localMs : localMs + this.offset;
  }
}
