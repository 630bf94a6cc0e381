import type Phaser from 'phaser';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';
import type { Wall, WallObserver, WallSet } from '../model/walls';
import { DEPTH } from './depths';
import { fieldCanvas, FieldTexture } from './fieldTexture';
import { paintFloor } from './floorPainter';
import { noise } from './noise';
import { css, PALETTE } from './palette';
import { WallPainter, type Region } from './wallPainter';

const WHOLE: Region = { x0: 0, y0: 0, x1: FIELD_WIDTH, y1: FIELD_HEIGHT };
/** Slices changed in one frame beyond which one painting of everything is the cheaper way. */
const REPAINT_ALL = 60;

/** Floor, what lies on it, and walls: painted when they change, a texture otherwise. */
export class TerrainLayer implements WallObserver {
  readonly painter = new WallPainter();
  /** Opaque where a slice stands; the fog lets light fall on wall faces with it. */
  readonly mask: HTMLCanvasElement;
  maskVersion = 0;
  private readonly maskContext: CanvasRenderingContext2D;
  private readonly floor: FieldTexture;
  private readonly decals: FieldTexture;
  private readonly surface: FieldTexture;
  private readonly pending: { wall: Wall; slice: number }[] = [];
  private rebuildPending = true;
  private readonly region: Region = { ...WHOLE };

  constructor(
    scene: Phaser.Scene,
    private readonly walls: WallSet,
  ) {
    this.floor = new FieldTexture(scene, DEPTH.floor);
    const image = this.floor.context.createImageData(FIELD_WIDTH, FIELD_HEIGHT);
    paintFloor(image.data);
    this.floor.context.putImageData(image, 0, 0);
    this.floor.touch();
    this.floor.flush();
    this.decals = new FieldTexture(scene, DEPTH.decals);
    this.maskContext = fieldCanvas();
    this.mask = this.maskContext.canvas;
    this.surface = new FieldTexture(scene, DEPTH.walls);
    walls.observer = this;
  }

  rebuilt(): void {
    this.rebuildPending = true;
  }

  sliceChanged(wall: Wall, slice: number): void {
    this.pending.push({ wall, slice });
  }

  clearDecals(): void {
    this.decals.clear();
  }

  /** A pool of blood; `seed` makes its shape. */
  bleed(x: number, y: number, radius: number, seed: number): void {
    this.splat(x, y, radius, seed, css(PALETTE.blood, 0.75));
  }

  scorch(x: number, y: number, radius: number, seed: number): void {
    this.splat(x, y, radius * 0.6, seed, css(PALETTE.scorch, 0.4));
    this.splat(x, y, radius * 0.35, seed + 1, css(PALETTE.scorch, 0.5));
  }

  /** Once a frame. */
  update(): void {
    if (this.rebuildPending || this.pending.length > REPAINT_ALL) {
      this.rebuildPending = false;
      this.painter.rebuild(this.walls.walls.values());
      this.paint(WHOLE);
    } else {
      for (const { wall, slice } of this.pending) {
        this.paint(this.painter.restamp(wall, slice, this.walls.walls.values(), this.region));
      }
    }
    this.pending.length = 0;
    this.surface.flush();
    this.decals.flush();
  }

  destroy(): void {
    if (this.walls.observer === this) this.walls.observer = null;
    this.floor.destroy();
    this.decals.destroy();
    this.surface.destroy();
  }

  private paint(region: Region): void {
    const width = region.x1 - region.x0;
    const height = region.y1 - region.y0;
    if (width <= 0 || height <= 0) return;
    const image = this.surface.context.createImageData(width, height);
    this.painter.paint(region, image.data);
    this.surface.context.putImageData(image, region.x0, region.y0);
    this.surface.touch();
    this.painter.paintMask(region, image.data);
    this.maskContext.putImageData(image, region.x0, region.y0);
    this.maskVersion += 1;
  }

  private splat(x: number, y: number, radius: number, seed: number, style: string): void {
    const { context } = this.decals;
    context.fillStyle = style;
    const reach = Math.ceil(radius * 1.4);
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) {
        const ragged = radius * (0.7 + noise(Math.floor(Math.atan2(dy, dx) * 2.5), seed, 83) * 0.7);
        const far = Math.hypot(dx, dy);
        if (far < ragged * 0.8 || (far < ragged && noise(dx, dy, seed) < 0.5)) {
          context.fillRect(Math.floor(x) + dx, Math.floor(y) + dy, 1, 1);
        }
      }
    }
    this.decals.touch();
  }
}
