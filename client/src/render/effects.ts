import type Phaser from 'phaser';
import type { Material } from '../core/rules';
import { BLAST_FRAMES, blastFrame, blastSheet, CHUNK_KINDS, PUFF_SIZES } from './actionTextures';
import { DEPTH } from './depths';
import { FieldTexture } from './fieldTexture';
import { ImagePool } from './imagePool';
import { shotLook } from './shotLook';
import { StillLayer } from './stillLayer';

const MUZZLE_MS = 55;
const MARK_MS = 9000;
const BLAST_MS = 560;
const CHUNK_MS = 5200;
/** Share of its life from which on a thing that lies about fades. */
const FADE_FROM = 0.8;
/** Things that lie about at most. */
const STILL = 384;
/** Of a chunk's life, for which it flies. */
const CHUNK_FLIGHT = 0.12;
/** Alpha of glows for who asked for dim ones. */
const DIM = 0.25;

/** All that flashes, flies about and is gone. Nothing here is known to the model. */
export class Effects {
  /** Who is sensitive to flashes gets no white frames. */
  dim = false;

  private readonly tracers: ImagePool;
  /** px from muzzle to mark, and of the tail; by tracer. */
  private readonly way: Float64Array;
  private readonly tail: Float64Array;
  private readonly thickness: Float64Array;
  private readonly vapours: ImagePool;
  private readonly muzzles: ImagePool;
  private readonly glows: ImagePool;
  private readonly sparks: ImagePool;
  private readonly chunks: ImagePool;
  private readonly puffs: ImagePool;
  /** Bullet marks, and chunks that have come to rest. */
  private readonly still: StillLayer;
  private readonly mark: Phaser.Textures.Frame;
  private readonly blasts: ImagePool;
  private readonly bursts: ImagePool;
  private readonly hitMarker: Phaser.GameObjects.Image;
  private hitMarkerUntil = 0;

  constructor(scene: Phaser.Scene) {
    this.tracers = new ImagePool(scene, 64, 'tracer', DEPTH.tracers);
    for (const image of this.tracers.images) image.setOrigin(1, 0.5);
    this.way = new Float64Array(64);
    this.tail = new Float64Array(64);
    this.thickness = new Float64Array(64);
    this.vapours = new ImagePool(scene, 12, 'vapour', DEPTH.tracers);
    for (const image of this.vapours.images) image.setOrigin(1, 0.5);
    this.muzzles = new ImagePool(scene, 16, 'muzzle', DEPTH.flashes);
    this.glows = new ImagePool(scene, 20, 'glow', DEPTH.flashes);
    this.sparks = new ImagePool(scene, 200, 'spark', DEPTH.sparks);
    this.chunks = new ImagePool(scene, 180, 'chunk-concrete-0', DEPTH.chunks);
    this.puffs = new ImagePool(scene, 140, 'puff-0', DEPTH.puffs);
    this.still = new StillLayer(new FieldTexture(scene, DEPTH.marks), STILL);
    this.mark = scene.textures.getFrame('bullet-mark');
    this.blasts = new ImagePool(scene, 8, blastSheet(40), DEPTH.flashes);
    this.bursts = new ImagePool(scene, 4, 'burst', DEPTH.flashes);
    this.hitMarker = scene.add.image(0, 0, 'hit-marker').setDepth(DEPTH.crosshair).setScrollFactor(0).setVisible(false);
  }

  /** At the muzzle of a weapon that fires. */
  muzzle(x: number, y: number, direction: number, weapon: string, now: number): void {
    const { muzzle } = shotLook(weapon);
    if (!muzzle) {
      this.puff(x, y, direction, 14, 2, 260, 'puff', now);
      return;
    }
    const flash = this.muzzles.take(now, MUZZLE_MS, x, y);
    this.muzzles.images[flash]!.setTexture(muzzle);
    this.glow(x, y, muzzle === 'muzzle-big' ? 2 : 1, MUZZLE_MS + 30, now);
    if (muzzle === 'muzzle-big') {
      for (let i = 0; i < 4; i += 1) this.puff(x, y, direction + (Math.random() - 0.5) * 0.7, 20 + Math.random() * 40, 1, 500, 'puff', now);
    }
  }

  tracer(fromX: number, fromY: number, toX: number, toY: number, weapon: string, now: number): void {
    const way = Math.hypot(toX - fromX, toY - fromY);
    if (way < 4) return;
    const look = shotLook(weapon);
    const rotation = Math.atan2(toY - fromY, toX - fromX);
    const index = this.tracers.take(now, look.life, fromX, fromY);
    this.way[index] = way;
    this.tail[index] = look.length;
    this.thickness[index] = look.thickness;
    this.tracers.push(index, rotation, 1);
    this.tracers.images[index]!.setTexture(look.tracer).setRotation(rotation).setVisible(false);
    if (look.vapour > 0) {
      const trail = this.vapours.take(now, look.vapour, toX, toY);
      this.vapours.images[trail]!.setRotation(rotation).setDisplaySize(way, look.thickness);
    }
  }

  /** Dust or blood thrown back from what was hit. */
  impact(x: number, y: number, awayAngle: number, what: Material | 'blood', now: number): void {
    const count = what === 'blood' ? 7 : 5;
    this.dust(x, y, awayAngle, what, count, now);
    if (what === 'metal') this.glow(x, y, 0.5, 60, now);
    if (what === 'blood') return;
    this.still.add(this.mark, x, y, now + MARK_MS * FADE_FROM, now + MARK_MS, true);
  }

  /** A bullet came out on the far side. */
  exit(x: number, y: number, direction: number, material: Material, now: number): void {
    this.dust(x, y, direction, material, 4, now);
  }

  /** Something bounced. */
  bounce(x: number, y: number, now: number): void {
    for (let i = 0; i < 5; i += 1) {
      const index = this.sparks.take(now, 120 + Math.random() * 160, x, y);
      this.sparks.push(index, Math.random() * 2 * Math.PI, 20 + Math.random() * 40);
      this.sparks.images[index]!.setTexture('spark').setScale(0.5);
    }
    this.puff(x, y, 0, 0, 2, 220, 'puff', now);
  }

  /** A slice gave way. @param angle radians, the way of what broke it; NaN: all ways */
  debris(x: number, y: number, width: number, height: number, angle: number, material: Material, now: number): void {
    for (let i = 0; i < 6; i += 1) {
      const index = this.chunks.take(now, CHUNK_MS * (0.7 + Math.random() * 0.3), x + Math.random() * width, y + Math.random() * height);
      const way = Number.isNaN(angle) ? Math.random() * 2 * Math.PI : angle + (Math.random() - 0.5) * 2.2;
      this.chunks.push(index, way, 20 + Math.random() * 90);
      this.chunks.images[index]!.setTexture(`chunk-${material}-${Math.floor(Math.random() * CHUNK_KINDS)}`);
    }
    const middleX = x + width / 2;
    const middleY = y + height / 2;
    this.dust(middleX, middleY, Number.isNaN(angle) ? Math.random() * 6 : angle, material, 3, now);
    if (material !== 'glass') this.puff(middleX, middleY, Math.random() * 6, 8, 1, 520, 'puff', now);
    this.still.wipe(x, y, width, height);
  }

  /** An explosion, to the radius at which its damage ends. */
  blast(x: number, y: number, radius: number, now: number): void {
    const index = this.blasts.take(now, BLAST_MS, x, y);
    this.blasts.data[index] = radius;
    this.blasts.images[index]!.setTexture(blastSheet(radius), 0);
    this.glow(x, y, radius / 14, 300, now);
    for (let i = 0; i < 18; i += 1) {
      const spark = this.sparks.take(now, 250 + Math.random() * 450, x, y);
      this.sparks.push(spark, Math.random() * 2 * Math.PI, 60 + Math.random() * 200);
      this.sparks.images[spark]!.setTexture('spark').setScale(Math.random() < 0.4 ? 1 : 0.5);
    }
    for (let i = 0; i < 16; i += 1) {
      const angle = Math.random() * 2 * Math.PI;
      const far = Math.random() * radius * 0.6;
      this.puff(x + Math.cos(angle) * far, y + Math.sin(angle) * far, angle, 6 + Math.random() * 16, 0, 900 + Math.random() * 900, 'soot', now);
    }
  }

  /** A flashbang. */
  burst(x: number, y: number, now: number): void {
    this.bursts.take(now, this.dim ? 160 : 260, x, y);
    this.glow(x, y, 4, 420, now);
    for (let i = 0; i < 8; i += 1) this.puff(x, y, Math.random() * 6.3, 10 + Math.random() * 30, 1, 700, 'puff', now);
  }

  /** A smoke grenade begins. */
  hiss(x: number, y: number, now: number): void {
    for (let i = 0; i < 10; i += 1) this.puff(x, y, Math.random() * 6.3, 20 + Math.random() * 50, 0, 700, 'puff', now);
  }

  /** @param from index of PUFF_SIZES at birth; a puff shrinks as it fades */
  puff(x: number, y: number, angle: number, speed: number, from: number, life: number, what: 'puff' | 'soot', now: number): void {
    const index = this.puffs.take(now, life, x, y);
    this.puffs.push(index, angle, speed);
    this.puffs.data[index] = from + (what === 'soot' ? 8 : 0);
    this.puffs.images[index]!.setTexture(`${what}-${from}`);
  }

  confirmHit(kill: boolean, now: number): void {
    if (!kill && now < this.hitMarkerUntil && this.hitMarker.texture.key === 'kill-marker') return;
    this.hitMarker.setTexture(kill ? 'kill-marker' : 'hit-marker');
    this.hitMarkerUntil = now + (kill ? 420 : 160);
  }

  /** Once a frame. @param elapsedMs since the last */
  update(now: number, elapsedMs: number, crosshairX: number, crosshairY: number): void {
    const seconds = Math.min(0.1, elapsedMs / 1000);
    this.updateTracers(now);
    for (let i = 0; i < this.muzzles.size; i += 1) this.muzzles.age(i, now);
    for (let i = 0; i < this.glows.size; i += 1) {
      const age = this.glows.age(i, now);
      if (age < 1) this.glows.images[i]!.setAlpha((1 - age) * (this.dim ? DIM : 0.8));
    }
    for (let i = 0; i < this.sparks.size; i += 1) {
      const age = this.sparks.age(i, now);
      if (age >= 1) continue;
      this.sparks.move(i, seconds, 5);
      this.sparks.images[i]!.setAlpha(age < 0.6 ? 1 : (1 - age) / 0.4);
    }
    for (let i = 0; i < this.chunks.size; i += 1) {
      const age = this.chunks.age(i, now);
      if (age >= 1) continue;
      if (age < CHUNK_FLIGHT) {
        this.chunks.move(i, seconds, 6);
        continue;
      }
      const born = this.chunks.bornAt[i]!;
      const dies = this.chunks.diesAt[i]!;
      const image = this.chunks.images[i]!;
      this.still.add(image.frame, image.x, image.y, born + (dies - born) * FADE_FROM, dies, false);
      this.chunks.end(i);
    }
    for (let i = 0; i < this.puffs.size; i += 1) {
      const age = this.puffs.age(i, now);
      if (age >= 1) continue;
      this.puffs.move(i, seconds, 3);
      const kind = this.puffs.data[i]!;
      const size = Math.min(PUFF_SIZES.length - 1, (kind & 7) + Math.floor(age * 3));
      const image = this.puffs.images[i]!;
      const key = PUFF_KEYS[(kind & 8) + size]!;
      if (image.texture.key !== key) image.setTexture(key);
      image.setAlpha((1 - age) * 0.75);
    }
    this.still.update(now);
    for (let i = 0; i < this.blasts.size; i += 1) {
      const age = this.blasts.age(i, now);
      if (age >= 1) continue;
      const radius = this.blasts.data[i]!;
      const image = this.blasts.images[i]!;
      image.setFrame(Math.min(BLAST_FRAMES - 1, Math.floor(age * BLAST_FRAMES)), false, false);
      const size = blastFrame(radius);
      image.setScale((radius * 2 + 8) / size).setAlpha(this.dim ? 0.7 : 1);
    }
    for (let i = 0; i < this.bursts.size; i += 1) {
      const age = this.bursts.age(i, now);
      if (age < 1) this.bursts.images[i]!.setAlpha((1 - age) * (this.dim ? DIM : 1));
    }
    this.hitMarker.setVisible(now < this.hitMarkerUntil).setPosition(Math.round(crosshairX), Math.round(crosshairY));
  }

  destroy(): void {
    for (const pool of [
      this.tracers, this.vapours, this.muzzles, this.glows, this.sparks, this.chunks, this.puffs, this.blasts,
      this.bursts,
    ]) {
      pool.destroy();
    }
    this.still.destroy();
    this.hitMarker.destroy();
  }

  private updateTracers(now: number): void {
    const { tracers } = this;
    for (let i = 0; i < tracers.size; i += 1) {
      const age = tracers.age(i, now);
      if (age >= 1) continue;
      // The head has arrived after 70% of the life; the tail follows it into the mark.
      const way = this.way[i]!;
      const flown = (age / 0.7) * (way + 12);
      const head = Math.min(way, flown);
      const tail = Math.max(0, flown - this.tail[i]!);
      tracers.images[i]!
        .setPosition(tracers.x[i]! + tracers.velocityX[i]! * head, tracers.y[i]! + tracers.velocityY[i]! * head)
        .setDisplaySize(Math.max(1, head - tail), this.thickness[i]!)
        .setVisible(head > tail);
    }
    for (let i = 0; i < this.vapours.size; i += 1) {
      const age = this.vapours.age(i, now);
      if (age < 1) this.vapours.images[i]!.setAlpha((1 - age) * 0.55);
    }
  }

  private glow(x: number, y: number, scale: number, life: number, now: number): void {
    const index = this.glows.take(now, life, x, y);
    this.glows.images[index]!.setScale(scale).setAlpha(this.dim ? DIM : 0.8);
  }

  private dust(x: number, y: number, angle: number, what: Material | 'blood', count: number, now: number): void {
    const texture = `dust-${what}`;
    for (let i = 0; i < count; i += 1) {
      const index = this.sparks.take(now, 160 + Math.random() * 240, x, y);
      this.sparks.push(index, angle + (Math.random() - 0.5) * 1.9, 18 + Math.random() * 70);
      this.sparks.images[index]!.setTexture(texture).setScale(Math.random() < 0.4 ? 1 : 0.5);
    }
  }
}

const PUFF_KEYS: readonly string[] = [
  'puff-0', 'puff-1', 'puff-2', 'puff-3', '', '', '', '', 'soot-0', 'soot-1', 'soot-2', 'soot-3',
];
