import { noise } from './noise';

/** px at full force. */
const REACH = 6;
/** Of full force, a second. */
const CALM = 1.7;

/** Whole pixels by which the picture is off. Two hits add up to at most full force. */
export class Shake {
  x = 0;
  y = 0;
  private force = 0;
  private step = 0;

  /** @param force 0 to 1 */
  add(force: number): void {
    this.force = Math.min(1, this.force + Math.max(0, force));
  }

  update(elapsedMs: number): void {
    if (this.force <= 0) {
      this.x = 0;
      this.y = 0;
      return;
    }
    this.step += 1;
    const reach = REACH * this.force * this.force;
    this.x = Math.round((noise(this.step, 0, 91) * 2 - 1) * reach);
    this.y = Math.round((noise(this.step, 1, 91) * 2 - 1) * reach);
    this.force = Math.max(0, this.force - (CALM * elapsedMs) / 1000);
  }
}
