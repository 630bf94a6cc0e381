import type Phaser from 'phaser';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import type { Cloud, SmokeSet } from '../model/smoke';
import { DEPTH } from './depths';
import { fieldCanvas, FieldTexture } from './fieldTexture';
import { noise } from './noise';

/** px, a power of two: the noise repeats beyond. */
const TILE = 256;
/** Local ms between two paintings of the same clouds. */
const REPAINT_MS = 55;
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
 * much as the server lets it be seen. Painted pixel by pixel at a few frames a second, and under the fog's darkness:
 * a cloud out of sight does not glow.
 */
export class SmokeLayer {
  private readonly field: FieldTexture;
  private readonly base = fieldCanvas();
  private readonly density = new Float32Array(FIELD_WIDTH * FIELD_HEIGHT);
  /** Of the whole playfield and kept: pictures of their own, twenty a second, would have the collector at work all the time. */
  private readonly image = this.base.createImageData(FIELD_WIDTH, FIELD_HEIGHT);
  private readonly pixels = new Uint32Array(this.image.data.buffer);
  private paintedAt = Number.NEGATIVE_INFINITY;
  private shown = false;
  private x0 = 0;
  private y0 = 0;
  private x1 = 0;
  private y1 = 0;

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
    this.shown = true;
    if (localMs - this.paintedAt >= REPAINT_MS) {
      this.paintedAt = localMs;
      this.paint(smoke, localMs / 1000);
    }
    const { context } = this.field;
    const width = this.x1 - this.x0;
    const height = this.y1 - this.y0;
    context.globalCompositeOperation = 'source-over';
    context.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    if (width > 0 && height > 0) {
      context.drawImage(this.base.canvas, this.x0, this.y0, width, height, this.x0, this.y0, width, height);
      context.globalCompositeOperation = 'source-atop';
      context.globalAlpha = 0.8;
      context.drawImage(fog, this.x0, this.y0, width, height, this.x0, this.y0, width, height);
      context.globalAlpha = 1;
    }
    this.field.touch();
    this.field.flush();
  }

  destroy(): void {
    this.field.destroy();
  }

  private paint(smoke: SmokeSet, seconds: number): void {
    this.x0 = FIELD_WIDTH;
    this.y0 = FIELD_HEIGHT;
    this.x1 = 0;
    this.y1 = 0;
    for (const cloud of smoke.clouds.values()) {
      this.x0 = Math.min(this.x0, Math.max(0, Math.floor(cloud.x - cloud.radius)));
      this.y0 = Math.min(this.y0, Math.max(0, Math.floor(cloud.y - cloud.radius)));
      this.x1 = Math.max(this.x1, Math.min(FIELD_WIDTH, Math.ceil(cloud.x + cloud.radius)));
      this.y1 = Math.max(this.y1, Math.min(FIELD_HEIGHT, Math.ceil(cloud.y + cloud.radius)));
    }
    const width = this.x1 - this.x0;
    const height = this.y1 - this.y0;
    if (width <= 0 || height <= 0) return;
    for (let y = this.y0; y < this.y1; y += 1) this.density.fill(0, y * FIELD_WIDTH + this.x0, y * FIELD_WIDTH + this.x1);
    for (const cloud of smoke.clouds.values()) this.add(cloud, seconds);

    const noiseTile = billows();
    const { pixels, density } = this;
    const driftX = Math.floor(seconds * DRIFT);
    const driftY = Math.floor(seconds * DRIFT * 0.4);
    for (let y = this.y0; y < this.y1; y += 1) {
      const v = y + driftY;
      const row = (v & (TILE - 1)) * TILE;
      const below = ((v + 2) & (TILE - 1)) * TILE;
      const above = ((v - 2) & (TILE - 1)) * TILE;
      for (let x = this.x0, i = y * FIELD_WIDTH + x; x < this.x1; x += 1, i += 1) {
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
    // What of the last picture lies outside is not drawn by `update`.
    this.base.putImageData(this.image, 0, 0, this.x0, this.y0, width, height);
  }

  private add(cloud: Cloud, seconds: number): void {
    const { radius, density } = cloud;
    if (radius < 1) return;
    const noiseTile = billows();
    const turn = cloud.seed & (TILE - 1);
    const driftX = turn + Math.floor(seconds * DRIFT * 0.6);
    const driftY = (cloud.seed >> 8) - Math.floor(seconds * DRIFT * 0.3);
    const x0 = Math.max(0, Math.floor(cloud.x - radius));
    const x1 = Math.min(FIELD_WIDTH, Math.ceil(cloud.x + radius));
    const y0 = Math.max(0, Math.floor(cloud.y - radius));
    const y1 = Math.min(FIELD_HEIGHT, Math.ceil(cloud.y + radius));
    for (let y = y0; y < y1; y += 1) {
      const dy = y + 0.5 - cloud.y;
      // The row's chord, and a pixel more at either end: whether it is inside is said below.
      const half = Math.sqrt(Math.max(0, radius * radius - dy * dy));
      const from = Math.max(x0, Math.floor(cloud.x - half) - 1);
      const to = Math.min(x1, Math.ceil(cloud.x + half) + 1);
      for (let x = from; x < to; x += 1) {
        const dx = x + 0.5 - cloud.x;
        const share = Math.sqrt(dx * dx + dy * dy) / radius;
        if (share >= 1) continue;
        const rag = noiseTile[((y + driftY) & (TILE - 1)) * TILE + ((x + driftX) & (TILE - 1))]! / 255;
        const edge = (1 - share) / (RAGGED * (0.25 + rag * 0.75));
        const solid = density * (1 - 0.5 * share) * (0.9 + rag * 0.2);
        this.density[y * FIELD_WIDTH + x]! += edge >= 1 ? solid : solid * edge * edge;
      }
    }
  }
}
