import type Phaser from 'phaser';
import { DEFAULT_FOG_OPACITY, FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import { DEPTH } from './depths';
import { FieldTexture } from './fieldTexture';
import { css, PALETTE } from './palette';

/** Local ms from one polygon to the next: one state at 20 Hz. */
const BLEND_MS = 55;
/** px by which light creeps over the polygon's edge, so that the face of the wall that ends the view is seen. */
const CREEP = 3;

/**
 * Fog of war: dark everywhere but in the vision polygon. A canvas of its own, since the Canvas renderer cannot
 * invert a geometry mask. Between two polygons the light cross-fades; they come 20 times a second.
 */
export class FogLayer {
  private readonly fog: FieldTexture;
  private readonly light: CanvasRenderingContext2D;
  private previous: Float32Array = new Float32Array(0);
  private current: Float32Array = new Float32Array(0);
  private opacity = DEFAULT_FOG_OPACITY;
  private blendStart = 0;
  private settled = false;

  constructor(scene: Phaser.Scene) {
    this.fog = new FieldTexture(scene, DEPTH.fog);
    const canvas = document.createElement('canvas');
    canvas.width = FIELD_WIDTH;
    canvas.height = FIELD_HEIGHT;
    const light = canvas.getContext('2d');
    if (!light) throw new Error('no canvas for the fog');
    this.light = light;
    light.lineJoin = 'round';
    light.lineWidth = CREEP * 2;
  }

  /** The polygon is taken by reference; one that is the same object changes nothing. */
  update(polygon: Float32Array, opacity: number, localMs: number): void {
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

  private paint(t: number): void {
    const { light } = this;
    light.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    // Added up, so that what both polygons light stays fully lit throughout.
    light.globalCompositeOperation = 'lighter';
    if (t < 1) this.fill(this.previous, 1 - t);
    this.fill(this.current, t);
    const { context } = this.fog;
    context.globalCompositeOperation = 'source-over';
    context.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    context.fillStyle = css(PALETTE.fog, this.opacity);
    context.fillRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    context.globalCompositeOperation = 'destination-out';
    context.drawImage(light.canvas, 0, 0);
    this.fog.touch();
  }

  private fill(polygon: Float32Array, alpha: number): void {
    if (polygon.length < 6 || alpha <= 0) return;
    const { light } = this;
    light.globalAlpha = alpha;
    light.fillStyle = '#fff';
    light.beginPath();
    light.moveTo(polygon[0]!, polygon[1]!);
    for (let i = 2; i < polygon.length; i += 2) light.lineTo(polygon[i]!, polygon[i + 1]!);
    light.closePath();
    light.fill();
    light.globalAlpha = alpha * 0.75;
    light.strokeStyle = '#fff';
    light.stroke();
  }
}
