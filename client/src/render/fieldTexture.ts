import type Phaser from 'phaser';
import { FIELD_HEIGHT, FIELD_WIDTH } from '../core/rules';

let serial = 0;

/** An off-screen canvas of the playfield's size. */
export function fieldCanvas(): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = FIELD_WIDTH;
  canvas.height = FIELD_HEIGHT;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D canvas');
  return context;
}

/** A canvas of the playfield's size, shown over all of it. Gone with `destroy`. */
export class FieldTexture {
  readonly context: CanvasRenderingContext2D;
  private readonly texture: Phaser.Textures.CanvasTexture;
  private readonly image: Phaser.GameObjects.Image;
  private dirty = false;

  constructor(
    private readonly scene: Phaser.Scene,
    depth: number,
  ) {
    // Numbered, since a scene that restarts makes the new one before the old texture has left every cache.
    const texture = scene.textures.createCanvas(`field-${(serial += 1)}`, FIELD_WIDTH, FIELD_HEIGHT);
    if (!texture) throw new Error('no canvas for a playfield layer');
    this.texture = texture;
    this.context = texture.context;
    this.image = scene.add.image(0, 0, texture.key).setOrigin(0, 0).setDepth(depth);
  }

  /** The canvas was painted on; shown with the next flush. */
  touch(): void {
    this.dirty = true;
  }

  /** Once a frame: WebGL uploads the whole canvas however often it was painted. */
  flush(): void {
    if (!this.dirty) return;
    this.dirty = false;
    this.texture.refresh();
  }

  clear(): void {
    this.context.clearRect(0, 0, FIELD_WIDTH, FIELD_HEIGHT);
    this.dirty = true;
  }

  destroy(): void {
    this.image.destroy();
    this.scene.textures.remove(this.texture.key);
  }
}
