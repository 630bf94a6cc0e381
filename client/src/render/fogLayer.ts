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

/** px from one stroke of the hatching to the next, and how much darker a stroke is than what lies between. */
const HATCH = 4;
const STROKE = 0.4;

/**
 * Fog of war: dark everywhere but in the vision polygon. A canvas of its own, since the Canvas renderer cannot
 * invert a geometry mask. Between two polygons the light cross-fades; they come 20 times a second.
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

  /** @param walls opaque where a wall stands */
  constructor(
    scene: Phaser.Scene,
    private readonly walls: HTMLCanvasElement,
  ) {
    this.fog = new FieldTexture(scene, DEPTH.fog);
    this.light.fillStyle = '#fff';
    this.rim.strokeStyle = '#fff';
    this.rim.lineJoin = 'round';
    this.rim.lineWidth = RIM * 2;
  }

  /** Dark where nothing is seen, as last painted. */
  get canvas(): HTMLCanvasElement {
    return this.fog.context.canvas;
  }

  /** The polygon is taken by reference; one that is the same object changes nothing. */
  update(polygon: Float32Array, opacity: number, localMs: number, style: FogStyle = 'dark'): void {
    if (style !== this.style || opacity !== this.opacity || this.fill === '') {
      this.style = style;
      this.fill = this.fillOf(style, opacity);
      this.settled = false;
    }
    if (polygon !== this.current || opacity !== this.opacity) {
      this.previous = this.current;
      this.current = polygon;
      this.opacity = opacity;
      this.blendStart = localMs;
      this.settled = false;
    }
    if (this.settled) return;
    const t = Math.min(1, (localMs - this.blendStart) / BLEND_MS);
    this.settled = t >= 1;
    this.paint(t);
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

  private paint(t: number): void {
    const { light, rim } = this;
    for (const canvas of [light, rim]) {
      canvas.globalCompositeOperation = 'source-over';
      canvas.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
      // Added up, so that what both polygons light stays fully lit throughout.
      canvas.globalCompositeOperation = 'lighter';
    }
    if (t < 1) this.shine(this.previous, 1 - t);
    this.shine(this.current, t);
    rim.globalAlpha = 1;
    rim.globalCompositeOperation = 'destination-in';
    rim.drawImage(this.walls, 0, 0);

    const { context } = this.fog;
    context.globalCompositeOperation = 'source-over';
    context.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    context.fillStyle = this.fill;
    context.fillRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    context.globalCompositeOperation = 'destination-out';
    context.drawImage(light.canvas, 0, 0);
    context.drawImage(rim.canvas, 0, 0);
    this.fog.touch();
  }

  private shine(polygon: Float32Array, alpha: number): void {
    if (polygon.length < 6 || alpha <= 0) return;
    this.trace(this.light, polygon);
    this.light.globalAlpha = alpha;
    this.light.fill();
    this.trace(this.rim, polygon);
    this.rim.globalAlpha = alpha * 0.9;
    this.rim.stroke();
  }

  private trace(canvas: CanvasRenderingContext2D, polygon: Float32Array): void {
    canvas.beginPath();
    canvas.moveTo(polygon[0]!, polygon[1]!);
    for (let i = 2; i < polygon.length; i += 2) canvas.lineTo(polygon[i]!, polygon[i + 1]!);
    canvas.closePath();
  }
}
