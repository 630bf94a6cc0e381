import type Phaser from 'phaser';

/** Images made once and used in turn; the oldest gives way. Life is in local ms, velocity in px/s. */
export class ImagePool {
  readonly images: Phaser.GameObjects.Image[] = [];
  readonly bornAt: Float64Array;
  readonly diesAt: Float64Array;
  readonly velocityX: Float64Array;
  readonly velocityY: Float64Array;
  /** Where it is, between whole pixels. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** The owner's own. */
  readonly data: Float64Array;
  private next = 0;

  constructor(scene: Phaser.Scene, size: number, texture: string, depth: number) {
    this.bornAt = new Float64Array(size);
    this.diesAt = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.velocityX = new Float64Array(size);
    this.velocityY = new Float64Array(size);
    this.x = new Float64Array(size);
    this.y = new Float64Array(size);
    this.data = new Float64Array(size);
    for (let i = 0; i < size; i += 1) {
      this.images.push(scene.add.image(0, 0, texture).setDepth(depth).setVisible(false));
    }
  }

  get size(): number {
    return this.images.length;
  }

  /** The index of an image that is now alive, visible and at rest. */
  take(now: number, life: number, x: number, y: number): number {
    const index = this.next;
    this.next = (index + 1) % this.images.length;
    this.bornAt[index] = now;
    this.diesAt[index] = now + life;
    this.velocityX[index] = 0;
    this.velocityY[index] = 0;
    this.x[index] = x;
    this.y[index] = y;
    this.data[index] = 0;
    this.images[index]!.setVisible(true).setAlpha(1).setPosition(Math.round(x), Math.round(y));
    return index;
  }

  push(index: number, angle: number, speed: number): void {
    this.velocityX[index] = Math.cos(angle) * speed;
    this.velocityY[index] = Math.sin(angle) * speed;
  }

  /** Share of its life that image i has lived; 1 and hidden when over. */
  age(index: number, now: number): number {
    const dies = this.diesAt[index]!;
    if (now < dies) {
      const born = this.bornAt[index]!;
      return Math.max(0, (now - born) / (dies - born));
    }
    const image = this.images[index]!;
    if (image.visible) image.setVisible(false);
    return 1;
  }

  /** Moves image i by its velocity, which it loses at `drag` a second. */
  move(index: number, seconds: number, drag: number): void {
    const keep = Math.max(0, 1 - drag * seconds);
    this.velocityX[index]! *= keep;
    this.velocityY[index]! *= keep;
    this.x[index]! += this.velocityX[index]! * seconds;
    this.y[index]! += this.velocityY[index]! * seconds;
    this.images[index]!.setPosition(Math.round(this.x[index]!), Math.round(this.y[index]!));
  }

  end(index: number): void {
    this.diesAt[index] = Number.NEGATIVE_INFINITY;
    this.images[index]!.setVisible(false);
  }

  destroy(): void {
    for (const image of this.images) image.destroy();
  }
}
