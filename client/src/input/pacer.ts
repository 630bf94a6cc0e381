/** Intervals saved up where the own movement is predicted: inputs made up for after a slow frame. */
export const PREDICTED_SAVED = 6;
/**
 * ms. Displays at the very rate come early by a fraction of a ms; without the slack every such frame would be skipped and
 * the next one not made up for. The debt is kept, so the long-time rate holds.
 */
const SLACK_MS = 1.5;
/** Share of the way that one frame moves the expected length of frames, and ms at most: an odd frame is no news of the display. */
const FRAME_SHARE = 0.1;
const FRAME_STEP_MS = 0.25;

/**
 * Says at which frames an input is to be sent: never more than `rate` a second over any long time. On a display slower
 * than the rate, every frame. With `ahead`, an input is due as soon as the frame that begins lasts into its time: what is
 * drawn then never waits for an input that is not made yet.
 */
export class Pacer {
  /** Intervals saved up at most: a tab that slept must not flood. */
  saved = 2;
  /** For who predicts. */
  ahead = false;
  /** ms of time that no input stands for yet; below 0 what the newest one has in store. */
  private credit = 0;
  /** Expected length of a frame. */
  private frameMs: number;
  private readonly interval: number;

  /** @param rate a second */
  constructor(rate: number) {
    this.interval = 1000 / rate;
    this.frameMs = this.interval;
  }

  /**
   * Share of the newest input's time that will have passed at the end of this frame: 0 to a little over 1, since up to the
   * slack is gone on for, which at an even speed is where the next input leads.
   */
  get share(): number {
    const share = (this.credit + this.lead) / this.interval;
    return Math.min(1 + SLACK_MS / this.interval, Math.max(0, share));
  }

  /** @param elapsedMs since the last frame; 0 asks for one more in the same frame */
  due(elapsedMs: number): boolean {
    const { interval } = this;
    this.credit = Math.min(this.credit + elapsedMs, interval * this.saved);
    if (elapsedMs > 0) {
      const step = (elapsedMs - this.frameMs) * FRAME_SHARE;
      this.frameMs += Math.min(FRAME_STEP_MS, Math.max(-FRAME_STEP_MS, step));
    }
    const needed = this.ahead ? interval + SLACK_MS - this.lead : interval - SLACK_MS;
    if (this.credit < needed) return false;
    this.credit -= interval;
    return true;
  }

  /** ms of this frame that inputs are made for. */
  private get lead(): number {
    return Math.min(this.frameMs, this.interval);
  }
}
