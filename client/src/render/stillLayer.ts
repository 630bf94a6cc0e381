import type Phaser from 'phaser';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import type { FieldTexture } from './fieldTexture';
import { blend, pixelsOf, type Pixels } from './painting';
import type { Region } from './wallPainter';

/** Local ms between two paintings of what fades. */
const FADE_STEP_MS = 100;

type Frame = Phaser.Textures.Frame;
type Surface = Pick<FieldTexture, 'context' | 'touch' | 'flush' | 'destroy'>;

/**
 * Small things that lie still for seconds, as one picture: bullet marks, and chunks that have come to rest. One is painted
 * when it comes, all of them when one has faded a step or gone; as images of their own they would be drawn in each frame, half
 * of all that there is to draw in a fight.
 *
 * Painted pixel by pixel and put on the canvas in one piece: in a fight something fades in every third frame, and each
 * `drawImage` is an object of the browser's for the collector.
 */
export class StillLayer {
  private readonly frames: (Frame | null)[];
  private readonly x: Int16Array;
  private readonly y: Int16Array;
  private readonly fadesAt: Float64Array;
  private readonly goesAt: Float64Array;
  private readonly isMark: Uint8Array;
  private readonly image: ImageData;
  private readonly words: Uint32Array;
  private readonly pixels = new Map<Frame, Pixels>();
  /** Of the picture: where something is painted, and what is still to be put on the canvas. */
  private readonly painted: Region = { ...NOTHING };
  private readonly dirty: Region = { ...NOTHING };
  private next = 0;
  private paintAt = Number.POSITIVE_INFINITY;

  /** @param size at most so many; the oldest gives way */
  constructor(
    private readonly surface: Surface,
    size: number,
    private readonly read: (frame: Frame) => Pixels = pixelsOf,
  ) {
    this.frames = new Array<Frame | null>(size).fill(null);
    this.x = new Int16Array(size);
    this.y = new Int16Array(size);
    this.fadesAt = new Float64Array(size);
    this.goesAt = new Float64Array(size);
    this.isMark = new Uint8Array(size);
    this.image = surface.context.createImageData(FIELD_WIDTH, FIELD_HEIGHT);
    this.words = new Uint32Array(this.image.data.buffer);
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
    const { surface, dirty } = this;
    const { x0, y0, x1, y1 } = dirty;
    if (x1 > x0 && y1 > y0) {
      surface.context.putImageData(this.image, 0, 0, x0, y0, x1 - x0, y1 - y0);
      Object.assign(dirty, NOTHING);
      surface.touch();
    }
    surface.flush();
  }

  destroy(): void {
    this.surface.destroy();
  }

  private paint(now: number): void {
    const { painted, words } = this;
    for (let y = painted.y0; y < painted.y1; y += 1) words.fill(0, y * FIELD_WIDTH + painted.x0, y * FIELD_WIDTH + painted.x1);
    widen(this.dirty, painted.x0, painted.y0, painted.x1, painted.y1);
    Object.assign(painted, NOTHING);
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
  }

  private draw(index: number, alpha: number): void {
    const frame = this.frames[index]!;
    let pixels = this.pixels.get(frame);
    if (!pixels) {
      pixels = this.read(frame);
      this.pixels.set(frame, pixels);
    }
    const { data, width, height } = pixels;
    const left = this.x[index]!;
    const top = this.y[index]!;
    const x0 = Math.max(0, left);
    const y0 = Math.max(0, top);
    const x1 = Math.min(FIELD_WIDTH, left + width);
    const y1 = Math.min(FIELD_HEIGHT, top + height);
    if (x1 <= x0 || y1 <= y0) return;
    for (let y = y0; y < y1; y += 1) {
      for (let x = x0; x < x1; x += 1) blend(data, (y - top) * width + x - left, alpha, this.image.data, y * FIELD_WIDTH + x);
    }
    widen(this.painted, x0, y0, x1, y1);
    widen(this.dirty, x0, y0, x1, y1);
  }
}

/** px; wider than any region that has something in it. */
const NOTHING: Region = { x0: FIELD_WIDTH, y0: FIELD_HEIGHT, x1: 0, y1: 0 };

function widen(region: Region, x0: number, y0: number, x1: number, y1: number): void {
  region.x0 = Math.min(region.x0, x0);
  region.y0 = Math.min(region.y0, y0);
  region.x1 = Math.max(region.x1, x1);
  region.y1 = Math.max(region.y1, y1);
}
