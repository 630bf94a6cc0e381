import type Phaser from 'phaser';
import type { Material } from '../core/rules';
import type { ProjectileState, SmokeState } from '../net/protocol';
import { DEPTH } from './depths';

/** Images made once and used in turn; the oldest gives way. Life is in local ms. */
class ImagePool {
  readonly images: Phaser.GameObjects.Image[] = [];
  readonly bornAt: Float64Array;
  readonly diesAt: Float64Array;
  readonly velocityX: Float64Array;
  readonly velocityY: Float64Array;
  private next = 0;

  constructor(scene: Phaser.Scene, size: number, texture: string, depth: number) {
    this.bornAt = new Float64Array(size);
    this.diesAt = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
    this.velocityX = new Float64Array(size);
    this.velocityY = new Float64Array(size);
    for (let i = 0; i < size; i += 1) {
      this.images.push(scene.add.image(0, 0, texture).setDepth(depth).setVisible(false));
    }
  }

  /** The index of an image that is now alive and visible. */
  take(now: number, life: number): number {
    const index = this.next;
    this.next = (index + 1) % this.images.length;
    this.bornAt[index] = now;
    this.diesAt[index] = now + life;
    this.velocityX[index] = 0;
    this.velocityY[index] = 0;
    this.images[index]!.setVisible(true).setAlpha(1);
    return index;
  }

  /** Share of its life that image i has lived; 1 and hidden when over. */
  age(index: number, now: number): number {
    const dies = this.diesAt[index]!;
    if (now < dies) {
      const born = this.bornAt[index]!;
      return Math.max(0, (now - born) / (dies - born));
    }
    this.images[index]!.setVisible(false);
    return 1;
  }

  destroy(): void {
    for (const image of this.images) image.destroy();
  }
}

const TRACER_MS = 90;
/** px of a tracer's drawn tail. */
const TRACER_LENGTH = 46;
const MUZZLE_MS = 55;
const MARK_MS = 6000;

/** All that flashes and is gone. Nothing here is known to the model. */
export class Effects {
  private readonly tracers: ImagePool;
  private readonly tracerLength: Float64Array;
  private readonly tracerX: Float64Array;
  private readonly tracerY: Float64Array;
  private readonly muzzles: ImagePool;
  private readonly glows: ImagePool;
  private readonly sparks: ImagePool;
  private readonly marks: ImagePool;
  private readonly blasts: ImagePool;
  private readonly blastRadius: Float64Array;
  private readonly hitMarker: Phaser.GameObjects.Image;
  private hitMarkerUntil = 0;
  private readonly projectiles: Phaser.GameObjects.Image[] = [];
  private readonly smoke: Phaser.GameObjects.Image[] = [];

  constructor(private readonly scene: Phaser.Scene) {
    this.tracers = new ImagePool(scene, 48, 'tracer', DEPTH.tracers);
    for (const image of this.tracers.images) image.setOrigin(1, 0.5);
    this.tracerLength = new Float64Array(48);
    this.tracerX = new Float64Array(48);
    this.tracerY = new Float64Array(48);
    this.muzzles = new ImagePool(scene, 16, 'muzzle', DEPTH.flashes);
    this.glows = new ImagePool(scene, 16, 'glow', DEPTH.flashes);
    this.sparks = new ImagePool(scene, 160, 'spark', DEPTH.sparks);
    this.marks = new ImagePool(scene, 96, 'bullet-mark', DEPTH.marks);
    this.blasts = new ImagePool(scene, 8, 'blast', DEPTH.flashes);
    this.blastRadius = new Float64Array(8);
    this.hitMarker = scene.add.image(0, 0, 'hit-marker').setDepth(DEPTH.crosshair).setVisible(false);
  }

  muzzle(x: number, y: number, now: number): void {
    const flash = this.muzzles.take(now, MUZZLE_MS);
    this.muzzles.images[flash]!.setPosition(x, y);
    const glow = this.glows.take(now, MUZZLE_MS + 30);
    this.glows.images[glow]!.setPosition(x, y);
  }

  tracer(fromX: number, fromY: number, toX: number, toY: number, now: number): void {
    const length = Math.hypot(toX - fromX, toY - fromY);
    if (length < 4) return;
    const index = this.tracers.take(now, TRACER_MS);
    this.tracerLength[index] = length;
    this.tracerX[index] = fromX;
    this.tracerY[index] = fromY;
    this.tracers.velocityX[index] = (toX - fromX) / length;
    this.tracers.velocityY[index] = (toY - fromY) / length;
    this.tracers.images[index]!.setRotation(Math.atan2(toY - fromY, toX - fromX)).setVisible(false);
  }

  /** Dust or blood thrown back from what was hit. */
  impact(x: number, y: number, awayAngle: number, what: Material | 'blood', now: number): void {
    const texture = `dust-${what}`;
    const count = what === 'blood' ? 7 : 5;
    for (let i = 0; i < count; i += 1) {
      const index = this.sparks.take(now, 160 + Math.random() * 240);
      const angle = awayAngle + (Math.random() - 0.5) * 1.9;
      const speed = 18 + Math.random() * 70;
      this.sparks.velocityX[index] = Math.cos(angle) * speed;
      this.sparks.velocityY[index] = Math.sin(angle) * speed;
      this.sparks.images[index]!.setTexture(texture).setPosition(x, y).setScale(Math.random() < 0.4 ? 1 : 0.5);
    }
    if (what === 'blood') return;
    const mark = this.marks.take(now, MARK_MS);
    this.marks.images[mark]!.setPosition(Math.round(x), Math.round(y));
  }

  /** A slice gave way. */
  debris(x: number, y: number, material: Material, now: number): void {
    for (let i = 0; i < 10; i += 1) {
      const index = this.sparks.take(now, 250 + Math.random() * 400);
      const angle = Math.random() * 2 * Math.PI;
      const speed = 8 + Math.random() * 55;
      this.sparks.velocityX[index] = Math.cos(angle) * speed;
      this.sparks.velocityY[index] = Math.sin(angle) * speed;
      this.sparks.images[index]!.setTexture(`dust-${material}`).setPosition(x, y).setScale(Math.random() < 0.5 ? 1 : 0.5);
    }
  }

  blast(x: number, y: number, radius: number, now: number): void {
    const index = this.blasts.take(now, 320);
    this.blastRadius[index] = radius;
    this.blasts.images[index]!.setPosition(x, y);
  }

  confirmHit(now: number): void {
    this.hitMarkerUntil = now + 160;
  }

  /** Once a frame. @param elapsedMs since the last */
  update(now: number, elapsedMs: number, crosshairX: number, crosshairY: number): void {
    const seconds = Math.min(0.1, elapsedMs / 1000);
    for (let i = 0; i < this.tracers.images.length; i += 1) {
      if (this.tracers.diesAt[i]! < now - 1000) continue;
      const age = this.tracers.age(i, now);
      if (age >= 1) continue;
      // The head has arrived after 70% of the life; the tail follows it into the mark.
      const length = this.tracerLength[i]!;
      const head = Math.min(length, (age / 0.7) * (length + 12));
      const tail = Math.max(0, (age / 0.7) * (length + 12) - TRACER_LENGTH);
      const image = this.tracers.images[i]!;
      image.setPosition(
        this.tracerX[i]! + this.tracers.velocityX[i]! * head,
        this.tracerY[i]! + this.tracers.velocityY[i]! * head,
      );
      image.setDisplaySize(Math.max(1, head - tail), 1).setVisible(head > tail);
    }
    for (let i = 0; i < this.muzzles.images.length; i += 1) this.muzzles.age(i, now);
    for (let i = 0; i < this.glows.images.length; i += 1) {
      const age = this.glows.age(i, now);
      if (age < 1) this.glows.images[i]!.setAlpha((1 - age) * 0.8);
    }
    for (let i = 0; i < this.sparks.images.length; i += 1) {
      const age = this.sparks.age(i, now);
      if (age >= 1) continue;
      const image = this.sparks.images[i]!;
      const drag = 1 - Math.min(1, seconds * 5);
      this.sparks.velocityX[i]! *= drag;
      this.sparks.velocityY[i]! *= drag;
      image.x += this.sparks.velocityX[i]! * seconds;
      image.y += this.sparks.velocityY[i]! * seconds;
      image.setAlpha(age < 0.6 ? 1 : (1 - age) / 0.4);
    }
    for (let i = 0; i < this.marks.images.length; i += 1) {
      const age = this.marks.age(i, now);
      if (age > 0.7 && age < 1) this.marks.images[i]!.setAlpha((1 - age) / 0.3);
    }
    for (let i = 0; i < this.blasts.images.length; i += 1) {
      const age = this.blasts.age(i, now);
      if (age >= 1) continue;
      const size = this.blastRadius[i]! * 2 * (0.35 + 0.65 * Math.sqrt(age));
      this.blasts.images[i]!.setDisplaySize(size, size).setAlpha(1 - age * age);
    }
    this.hitMarker.setVisible(now < this.hitMarkerUntil).setPosition(Math.round(crosshairX), Math.round(crosshairY));
  }

  showProjectiles(states: readonly ProjectileState[]): void {
    this.fit(this.projectiles, states.length, 'projectile', DEPTH.projectiles);
    for (let i = 0; i < states.length; i += 1) {
      const state = states[i]!;
      this.projectiles[i]!.setTexture(state.type === 'rocket' ? 'rocket' : 'projectile').setPosition(
        Math.round(state.x),
        Math.round(state.y),
      );
    }
  }

  showSmoke(zones: readonly SmokeState[]): void {
    this.fit(this.smoke, zones.length, 'smoke', DEPTH.smoke);
    for (let i = 0; i < zones.length; i += 1) {
      const zone = zones[i]!;
      this.smoke[i]!.setPosition(zone.x, zone.y).setDisplaySize(zone.radius * 2, zone.radius * 2).setAlpha(zone.density);
    }
  }

  destroy(): void {
    for (const pool of [this.tracers, this.muzzles, this.glows, this.sparks, this.marks, this.blasts]) pool.destroy();
    for (const image of [...this.projectiles, ...this.smoke, this.hitMarker]) image.destroy();
  }

  private fit(images: Phaser.GameObjects.Image[], count: number, texture: string, depth: number): void {
    while (images.length < count) images.push(this.scene.add.image(0, 0, texture).setDepth(depth));
    for (let i = 0; i < images.length; i += 1) images[i]!.setVisible(i < count);
  }
}
