import type Phaser from 'phaser';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import type { FieldTexture } from './fieldTexture';

/** Local ms between two paintings of what fades. */
const FADE_STEP_MS = 100;

type Frame = Phaser.Textures.Frame;
type Surface = Pick<FieldTexture, 'context' | 'touch' | 'flush' | 'destroy'>;

/**
 * Small things that lie still for seconds, as one picture: bullet marks, and chunks that have come to rest. One is painted
 * when it comes, all of them when one has faded a step or gone; as images of their own they would be drawn in each frame, half
 * of all that there is to draw in a fight.
 */
export class StillLayer {
  private readonly frames: (Frame | null)[];
  private readonly x: Int16Array;
  private readonly y: Int16Array;
  private readonly fadesAt: Float64Array;
  private readonly goesAt: Float64Array;
  private readonly isMark: Uint8Array;
  private next = 0;
  private paintAt = Number.POSITIVE_INFINITY;

  /** @param size at most so many; the oldest gives way */
  constructor(
    private readonly surface: Surface,
    size: number,
  ) {
    this.frames = new Array<Frame | null>(size).fill(null);
    this.x = new Int16Array(size);
    this.y = new Int16Array(size);
    this.fadesAt = new Float64Array(size);
    this.goesAt = new Float64Array(size);
    this.isMark = new Uint8Array(size);
  }

  /** @param x middle of the picture, px @param fadesAt local ms from which on it fades, until `goesAt` */
  add(frame: Frame, x: number, y: number, fadesAt: number, goesAt: number, isMark: boolean): void {
    const index = this.next;
    this.next = (index + 1) % this.frames.length;
    // What stood in its place is still in the picture.
    if (this.frames[index] !== null) this.paintAt = 0;
    this.frames[index] = frame;
    this.x[index] = Math.round(x) - Math.floor(frame.cutWidth / 2);
    this.y[index] = Math.round(y) - Math.floor(frame.cutHeight / 2);
    this.fadesAt[index] = fadesAt;
    this.goesAt[index] = goesAt;
    this.isMark[index] = isMark ? 1 : 0;
    this.paintAt = Math.min(this.paintAt, fadesAt);
    this.draw(index, 1);
    this.surface.touch();
  }

  /** Marks on what is gone are gone with it; px, and one beyond. */
  wipe(x: number, y: number, width: number, height: number): void {
    for (let i = 0; i < this.frames.length; i += 1) {
      const frame = this.frames[i];
      if (!frame || this.isMark[i] === 0) continue;
      const middleX = this.x[i]! + Math.floor(frame.cutWidth / 2);
      const middleY = this.y[i]! + Math.floor(frame.cutHeight / 2);
      if (middleX < x - 1 || middleX > x + width + 1 || middleY < y - 1 || middleY > y + height + 1) continue;
      this.frames[i] = null;
      this.paintAt = 0;
    }
  }

  /** Once a frame. */
  update(now: number): void {
    if (now >= this.paintAt) this.paint(now);
    this.surface.flush();
  }

  destroy(): void {
    this.surface.destroy();
  }

  private paint(now: number): void {
    const { context } = this.surface;
    context.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    this.paintAt = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.frames.length; i += 1) {
      if (this.frames[i] === null) continue;
      const goes = this.goesAt[i]!;
      const fades = this.fadesAt[i]!;
      if (now >= goes) {
        this.frames[i] = null;
        continue;
      }
      this.paintAt = Math.min(this.paintAt, now < fades ? fades : now + FADE_STEP_MS);
      this.draw(i, now < fades ? 1 : (goes - now) / (goes - fades));
    }
    context.globalAlpha = 1;
    this.surface.touch();
  }

  private draw(index: number, alpha: number): void {
    const frame = this.frames[index]!;
    const { context } = this.surface;
    const { cutX, cutY, cutWidth, cutHeight } = frame;
    if (context.globalAlpha !== alpha) context.globalAlpha = alpha;
    context.drawImage(frame.source.image as CanvasImageSource, cutX, cutY, cutWidth, cutHeight, this.x[index]!, this.y[index]!, cutWidth, cutHeight);
  }
}
