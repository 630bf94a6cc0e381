import type Phaser from 'phaser';
import { DEFAULT_FOG_OPACITY, FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import { DEPTH } from './depths';
import { fieldCanvas, FieldTexture } from './fieldTexture';
import type { FogStyle } from './fogStyles';
import { css, PALETTE } from './palette';

/** Local ms from one polygon to the next: one state at 20 Hz. */
const BLEND_MS = 55;
/**
 * px of a wall's top that light reaches beyond the polygon, which ends at the wall's face. On walls alone: on the
 * floor the polygon's edge is exact, since it says where an enemy would be seen.
 */
const RIM = 7;
/** Local ms for which a copy of the walls is good enough for the rim: each is half a megabyte for the collector. */
const RIM_MS = 500;
/** Share of the fog that the rim is free of. */
const RIM_LIGHT = 0.9;

/** px from one stroke of the hatching to the next, and how much darker a stroke is than what lies between. */
const HATCH = 4;
const STROKE = 0.4;

/** Where walls stand, for {@link FogLayer}. */
export interface WallMask {
  /** Opaque where a wall stands. */
  readonly mask: HTMLCanvasElement;
  /** Grows with every painting of it. */
  readonly maskVersion: number;
}

/**
 * Fog of war: dark everywhere but in the vision polygon. A canvas of its own, since the Canvas renderer cannot
 * invert a geometry mask. Polygons that come 20 times a second cross-fade; one that comes with every frame is cut out
 * as it is, and no more is painted than what it lights or has lit.
 */
export class FogLayer {
  private readonly fog: FieldTexture;
  private readonly light = fieldCanvas();
  private readonly rim = fieldCanvas();
  private previous: Float32Array = new Float32Array(0);
  private current: Float32Array = new Float32Array(0);
  private opacity = DEFAULT_FOG_OPACITY;
  private blendStart = 0;
  private settled = false;
  private style: FogStyle = 'dark';
  private fill: string | CanvasPattern = '';
  /** Of {@link WallMask}: the version that the rim is cut out by, and local ms of when it was taken. */
  private rimVersion = -1;
  private rimAt = Number.NEGATIVE_INFINITY;
  /** px of the canvas that are not plain fog: x0, y0, x1, y1. */
  private readonly lit = new Int32Array(4);
  private readonly box = new Int32Array(4);

  constructor(
    scene: Phaser.Scene,
    private readonly walls: WallMask,
  ) {
    this.fog = new FieldTexture(scene, DEPTH.fog);
    for (const canvas of [this.fog.context, this.rim]) {
      canvas.strokeStyle = '#fff';
      canvas.lineJoin = 'round';
      canvas.lineWidth = RIM * 2;
    }
    this.light.fillStyle = '#fff';
    this.forget();
  }

  /** Dark where nothing is seen, as last painted. */
  get canvas(): HTMLCanvasElement {
    return this.fog.context.canvas;
  }

  /**
   * The polygon is taken by reference, and the one before it kept; one that is the same object changes nothing.
   *
   * @param fades from the last polygon to this one, rather than at once
   */
  update(polygon: Float32Array, opacity: number, localMs: number, style: FogStyle = 'dark', fades = true): void {
    if (style !== this.style || opacity !== this.opacity || this.fill === '') {
      this.style = style;
      this.fill = this.fillOf(style, opacity);
      this.settled = false;
      this.forget();
    }
    if (polygon !== this.current || opacity !== this.opacity) {
      this.previous = this.current;
      this.current = polygon;
      this.opacity = opacity;
      this.blendStart = localMs;
      this.settled = false;
    }
    if (this.settled) return;
    const t = fades ? Math.min(1, (localMs - this.blendStart) / BLEND_MS) : 1;
    this.settled = t >= 1;
    if (this.settled) this.cut(localMs);
    else this.blend(t);
    this.fog.flush();
  }

  destroy(): void {
    this.fog.destroy();
  }

  private fillOf(style: FogStyle, opacity: number): string | CanvasPattern {
    if (style === 'mist') return css(PALETTE.mist, opacity);
    const plain = css(PALETTE.fog, opacity);
    if (style === 'dark') return plain;
    const tile = document.createElement('canvas');
    tile.width = tile.height = HATCH;
    const context = tile.getContext('2d');
    if (!context) return plain;
    // As dark on the whole as the plain fog is.
    const between = Math.max(0, Math.min(opacity, 1 - STROKE + STROKE / HATCH) - STROKE / HATCH);
    for (let y = 0; y < HATCH; y += 1) {
      for (let x = 0; x < HATCH; x += 1) {
        context.fillStyle = css(PALETTE.fog, (x + y) % HATCH === 0 ? between + STROKE : between);
        context.fillRect(x, y, 1, 1);
      }
    }
    return this.fog.context.createPattern(tile, 'repeat') ?? plain;
  }

  /** The current polygon alone. */
  private cut(localMs: number): void {
    const { lit, box, current, walls } = this;
    const { context } = this.fog;
    bounds(current, box);
    const x = Math.min(lit[0]!, box[0]!);
    const y = Math.min(lit[1]!, box[1]!);
    const width = Math.max(lit[2]!, box[2]!) - x;
    const height = Math.max(lit[3]!, box[3]!) - y;
    lit.set(box);
    if (width > 0 && height > 0) {
      context.globalCompositeOperation = 'source-over';
      context.clearRect(x, y, width, height);
      context.fillStyle = this.fill;
      context.fillRect(x, y, width, height);
    }
    if (current.length >= 6) {
      if (this.rimVersion !== walls.maskVersion && localMs - this.rimAt >= RIM_MS) {
        this.rimVersion = walls.maskVersion;
        this.rimAt = localMs;
        context.strokeStyle = context.createPattern(walls.mask, 'no-repeat') ?? 'transparent';
      }
      context.globalCompositeOperation = 'destination-out';
      context.fillStyle = '#fff';
      trace(context, current);
      context.fill();
      context.globalAlpha = RIM_LIGHT;
      context.stroke();
      context.globalAlpha = 1;
    }
    this.fog.touch();
  }

  private blend(t: number): void {
    const { light, rim } = this;
    for (const canvas of [light, rim]) {
      canvas.globalCompositeOperation = 'source-over';
      canvas.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
      // Added up, so that what both polygons light stays fully lit throughout.
      canvas.globalCompositeOperation = 'lighter';
    }
    this.shine(this.previous, 1 - t);
    this.shine(this.current, t);
    rim.globalAlpha = 1;
    rim.globalCompositeOperation = 'destination-in';
    rim.drawImage(this.walls.mask, 0, 0);

    const { context } = this.fog;
    context.globalCompositeOperation = 'source-over';
    context.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    context.fillStyle = this.fill;
    context.fillRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    context.globalCompositeOperation = 'destination-out';
    context.drawImage(light.canvas, 0, 0);
    context.drawImage(rim.canvas, 0, 0);
    this.forget();
    this.fog.touch();
  }

  private shine(polygon: Float32Array, alpha: number): void {
    if (polygon.length < 6 || alpha <= 0) return;
    trace(this.light, polygon);
    this.light.globalAlpha = alpha;
    this.light.fill();
    trace(this.rim, polygon);
    this.rim.globalAlpha = alpha * RIM_LIGHT;
    this.rim.stroke();
  }

  /** All of the canvas is to be painted next. */
  private forget(): void {
    this.lit[0] = 0;
    this.lit[1] = 0;
    this.lit[2] = FIELD_WIDTH;
    this.lit[3] = FIELD_HEIGHT;
  }
}

function trace(canvas: CanvasRenderingContext2D, polygon: Float32Array): void {
  canvas.beginPath();
  canvas.moveTo(polygon[0]!, polygon[1]!);
  for (let i = 2; i < polygon.length; i += 2) canvas.lineTo(polygon[i]!, polygon[i + 1]!);
  canvas.closePath();
}

/** Whole px that a polygon and its rim touch, within the playfield; x0 above x1 where it touches none. */
function bounds(polygon: Float32Array, out: Int32Array): void {
  let x0 = Number.POSITIVE_INFINITY;
  let y0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let y1 = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 1 < polygon.length; i += 2) {
    const x = polygon[i]!;
    const y = polygon[i + 1]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  const margin = RIM + 1;
  out[0] = Math.min(FIELD_WIDTH, Math.max(0, Math.floor(x0) - margin));
  out[1] = Math.min(FIELD_HEIGHT, Math.max(0, Math.floor(y0) - margin));
  out[2] = Math.min(FIELD_WIDTH, Math.max(0, Math.ceil(x1) + margin));
  out[3] = Math.min(FIELD_HEIGHT, Math.max(0, Math.ceil(y1) + margin));
}
