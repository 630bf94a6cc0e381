import type Phaser from 'phaser';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import type { SmokeSet } from '../model/smoke';
import { DEPTH } from './depths';
import { fieldCanvas, FieldTexture } from './fieldTexture';
import { noise } from './noise';
import type { Region } from './wallPainter';

/** px, a power of two: the noise repeats beyond. */
const TILE = 256;
/** Local ms in which a picture of the clouds is painted, a part of its rows in each frame; then the next one is begun. */
const REPAINT_MS = 55;
/** Clouds painted at most; a match has no more. */
const CLOUDS = 64;
/** px a second that the billows wander. */
const DRIFT = 5;
/** Share of the radius over which the edge is ragged. */
const RAGGED = 0.3;
const ALPHA_STEPS = 7;
const SHADES: readonly (readonly [number, number, number])[] = [
  [112, 118, 128], [136, 142, 152], [158, 164, 173], [178, 183, 191], [196, 200, 207], [212, 215, 221],
];

/**
 * RGBA of each shade at each level of opacity, `shade * (ALPHA_STEPS + 1) + level`, as one word of the picture: whatever
 * order the machine has its bytes in.
 */
const COLOURS = ((): Uint32Array => {
  const bytes = new Uint8ClampedArray(SHADES.length * (ALPHA_STEPS + 1) * 4);
  SHADES.forEach((shade, tone) => {
    for (let level = 0; level <= ALPHA_STEPS; level += 1) {
      bytes.set([...shade, (level / ALPHA_STEPS) * 250], (tone * (ALPHA_STEPS + 1) + level) * 4);
    }
  });
  return new Uint32Array(bytes.buffer);
})();

let tile: Uint8Array | null = null;

/** Billows, 0 to 255, repeating every TILE px both ways. */
function billows(): Uint8Array {
  if (tile) return tile;
  tile = new Uint8Array(TILE * TILE);
  for (let y = 0; y < TILE; y += 1) {
    for (let x = 0; x < TILE; x += 1) {
      const value = octave(x, y, 32, 61) * 0.5 + octave(x, y, 16, 62) * 0.3 + octave(x, y, 8, 63) * 0.2;
      tile[y * TILE + x] = Math.min(255, Math.max(0, (value - 0.2) * 425));
    }
  }
  return tile;
}

function octave(x: number, y: number, cell: number, purpose: number): number {
  const count = TILE / cell;
  const gx = Math.floor(x / cell);
  const gy = Math.floor(y / cell);
  let tx = x / cell - gx;
  let ty = y / cell - gy;
  tx = tx * tx * (3 - 2 * tx);
  ty = ty * ty * (3 - 2 * ty);
  const right = (gx + 1) % count;
  const below = (gy + 1) % count;
  const top = noise(gx, gy, purpose) * (1 - tx) + noise(right, gy, purpose) * tx;
  const bottom = noise(gx, below, purpose) * (1 - tx) + noise(right, below, purpose) * tx;
  return top * (1 - ty) + bottom * ty;
}

/**
 * Clouds over floor and bodies, as dense as the rule book has them, so that what is drawn inside shows through as
 * much as the server lets it be seen. Painted pixel by pixel, as they were when the picture was begun, in so many frames
 * that none of them is late for it; and under the fog's darkness: a cloud out of sight does not glow.
 */
export class SmokeLayer {
  private readonly field: FieldTexture;
  private readonly base = fieldCanvas();
  private readonly density = new Float32Array(FIELD_WIDTH * FIELD_HEIGHT);
  /** Of the whole playfield and kept: pictures of their own, twenty a second, would have the collector at work all the time. */
  private readonly image = this.base.createImageData(FIELD_WIDTH, FIELD_HEIGHT);
  private readonly pixels = new Uint32Array(this.image.data.buffer);
  private shown = false;
  /** Of the picture that is shown. */
  private readonly whole: Region = { x0: 0, y0: 0, x1: 0, y1: 0 };
  /** Of the one that is painted; its rows from `row` on are still to be. */
  private readonly region: Region = { x0: 0, y0: 0, x1: 0, y1: 0 };
  private row = 0;
  private painting = false;
  private beganAt = 0;
  private readonly x = new Float64Array(CLOUDS);
  private readonly y = new Float64Array(CLOUDS);
  private readonly radius = new Float64Array(CLOUDS);
  private readonly thickness = new Float64Array(CLOUDS);
  private readonly seed = new Float64Array(CLOUDS);
  private count = 0;

  constructor(scene: Phaser.Scene) {
    this.field = new FieldTexture(scene, DEPTH.smoke);
  }

  /** Once a frame. @param fog as it was painted for this frame */
  update(smoke: SmokeSet, fog: HTMLCanvasElement, localMs: number): void {
    if (smoke.clouds.size === 0) {
      if (this.shown) {
        this.shown = false;
        this.field.clear();
        this.field.flush();
      }
      return;
    }
    if (!this.shown) {
      // The first picture at once.
      this.shown = true;
      this.begin(smoke, localMs);
      this.paint(this.region.y1);
    } else {
      const { y0, y1 } = this.region;
      this.paint(y0 + Math.ceil(Math.min(1, (localMs - this.beganAt) / REPAINT_MS) * (y1 - y0)));
    }
    if (this.painting && this.row >= this.region.y1) this.finish();
    if (localMs - this.beganAt >= REPAINT_MS) this.begin(smoke, localMs);
    const { context } = this.field;
    const { x0, y0, x1, y1 } = this.whole;
    const width = x1 - x0;
    const height = y1 - y0;
    context.globalCompositeOperation = 'source-over';
    context.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    if (width > 0 && height > 0) {
      context.drawImage(this.base.canvas, x0, y0, width, height, x0, y0, width, height);
      context.globalCompositeOperation = 'source-atop';
      context.globalAlpha = 0.8;
      context.drawImage(fog, x0, y0, width, height, x0, y0, width, height);
      context.globalAlpha = 1;
    }
    this.field.touch();
    this.field.flush();
  }

  destroy(): void {
    this.field.destroy();
  }

  private begin(smoke: SmokeSet, localMs: number): void {
    const { region } = this;
    this.beganAt = localMs;
    this.count = 0;
    region.x0 = FIELD_WIDTH;
    region.y0 = FIELD_HEIGHT;
    region.x1 = 0;
    region.y1 = 0;
    for (const { x, y, radius, density, seed } of smoke.clouds.values()) {
      if (this.count === CLOUDS) break;
      this.x[this.count] = x;
      this.y[this.count] = y;
      this.radius[this.count] = radius;
      this.thickness[this.count] = density;
      this.seed[this.count] = seed;
      this.count += 1;
      region.x0 = Math.min(region.x0, Math.max(0, Math.floor(x - radius)));
      region.y0 = Math.min(region.y0, Math.max(0, Math.floor(y - radius)));
      region.x1 = Math.max(region.x1, Math.min(FIELD_WIDTH, Math.ceil(x + radius)));
      region.y1 = Math.max(region.y1, Math.min(FIELD_HEIGHT, Math.ceil(y + radius)));
    }
    this.row = region.y0;
    this.painting = true;
  }

  /** The picture's rows up to one, not included. */
  private paint(until: number): void {
    const { region, pixels, density, row: first } = this;
    const { x0, x1 } = region;
    if (until <= first) return;
    this.row = until;
    if (x1 <= x0) return;
    const seconds = this.beganAt / 1000;
    for (let y = first; y < until; y += 1) density.fill(0, y * FIELD_WIDTH + x0, y * FIELD_WIDTH + x1);
    for (let cloud = 0; cloud < this.count; cloud += 1) this.add(cloud, seconds, first, until);

    const noiseTile = billows();
    const driftX = Math.floor(seconds * DRIFT);
    const driftY = Math.floor(seconds * DRIFT * 0.4);
    for (let y = first; y < until; y += 1) {
      const v = y + driftY;
      const row = (v & (TILE - 1)) * TILE;
      const below = ((v + 2) & (TILE - 1)) * TILE;
      const above = ((v - 2) & (TILE - 1)) * TILE;
      for (let x = x0, i = y * FIELD_WIDTH + x; x < x1; x += 1, i += 1) {
        const opacity = Math.min(1, density[i]!);
        if (opacity < 0.04) {
          pixels[i] = 0;
          continue;
        }
        const u = x - driftX;
        const height = noiseTile[row + (u & (TILE - 1))]!;
        // Lit from the upper left, as walls are: what rises away from there faces the light.
        const slope = noiseTile[below + ((u + 2) & (TILE - 1))]! - noiseTile[above + ((u - 2) & (TILE - 1))]!;
        // The grain of the steps follows the billows, so that they wander and don't lie there as rings.
        const level = Math.min(ALPHA_STEPS, Math.floor(opacity * ALPHA_STEPS + height / 320));
        const tone = Math.min(SHADES.length - 1, Math.max(0, Math.floor(1.4 + slope / 26 + height / 110)));
        pixels[i] = COLOURS[tone * (ALPHA_STEPS + 1) + level]!;
      }
    }
  }

  /** The picture is whole: it is shown from now on. */
  private finish(): void {
    const { region, whole } = this;
    whole.x0 = region.x0;
    whole.y0 = region.y0;
    whole.x1 = region.x1;
    whole.y1 = region.y1;
    // What of the last picture lies outside is not drawn by `update`.
    if (whole.x1 > whole.x0 && whole.y1 > whole.y0) {
      this.base.putImageData(this.image, 0, 0, whole.x0, whole.y0, whole.x1 - whole.x0, whole.y1 - whole.y0);
    }
    this.painting = false;
  }

  /** A cloud's part of some rows. */
  private add(cloud: number, seconds: number, first: number, until: number): void {
    const radius = this.radius[cloud]!;
    if (radius < 1) return;
    const { density } = this;
    const middleX = this.x[cloud]!;
    const middleY = this.y[cloud]!;
    const thickness = this.thickness[cloud]!;
    const seed = this.seed[cloud]!;
    const noiseTile = billows();
    const turn = seed & (TILE - 1);
    const driftX = turn + Math.floor(seconds * DRIFT * 0.6);
    const driftY = (seed >> 8) - Math.floor(seconds * DRIFT * 0.3);
    const x0 = Math.max(0, Math.floor(middleX - radius));
    const x1 = Math.min(FIELD_WIDTH, Math.ceil(middleX + radius));
    const y0 = Math.max(first, Math.floor(middleY - radius));
    const y1 = Math.min(until, Math.ceil(middleY + radius));
    for (let y = y0; y < y1; y += 1) {
      const dy = y + 0.5 - middleY;
      // The row's chord, and a pixel more at either end: whether it is inside is said below.
      const half = Math.sqrt(Math.max(0, radius * radius - dy * dy));
      const from = Math.max(x0, Math.floor(middleX - half) - 1);
      const to = Math.min(x1, Math.ceil(middleX + half) + 1);
      const row = ((y + driftY) & (TILE - 1)) * TILE;
      for (let x = from; x < to; x += 1) {
        const dx = x + 0.5 - middleX;
        const share = Math.sqrt(dx * dx + dy * dy) / radius;
        if (share >= 1) continue;
        const rag = noiseTile[row + ((x + driftX) & (TILE - 1))]! / 255;
        const edge = (1 - share) / (RAGGED * (0.25 + rag * 0.75));
        const solid = thickness * (1 - 0.5 * share) * (0.9 + rag * 0.2);
        density[y * FIELD_WIDTH + x]! += edge >= 1 ? solid : solid * edge * edge;
      }
    }
  }
}
