import type Phaser from 'phaser';
import type { Projectile, ProjectileSet } from '../model/projectiles';
import type { Pose } from '../model/track';
import { projectileSheet, ROCKET_DIRECTIONS, TUMBLE_FRAMES } from './actionTextures';
import { DEPTH } from './depths';
import type { Effects } from './effects';
import { directionFrame } from './textures';

/** px of way between two puffs of a trail. */
const ROCKET_PUFF = 3;
const SHELL_PUFF = 7;
/** Radians of tumbling for each px of way. */
const TUMBLE = 0.16;
/** Local ms before the fuse's end in which a light blinks. */
const WARNING = 900;

class Flyer {
  readonly body: Phaser.GameObjects.Image;
  readonly shadow: Phaser.GameObjects.Image;
  readonly light: Phaser.GameObjects.Image;
  sheet = '';
  /** px flown as drawn, for tumbling. */
  way = 0;
  owner: Projectile | null = null;

  constructor(scene: Phaser.Scene) {
    this.shadow = scene.add.image(0, 0, 'fly-shadow').setDepth(DEPTH.shadows);
    this.body = scene.add.image(0, 0, 'fly-shell', 0).setDepth(DEPTH.projectiles);
    this.light = scene.add.image(0, 0, 'fuse-light').setDepth(DEPTH.projectiles);
  }

  show(shown: boolean): void {
    this.body.setVisible(shown);
    this.shadow.setVisible(shown);
    this.light.setVisible(false);
  }

  destroy(): void {
    this.body.destroy();
    this.shadow.destroy();
    this.light.destroy();
  }
}

/** What flies, with its trails; sprites are kept and used again. */
export class ProjectileLayer {
  private readonly flyers: Flyer[] = [];
  private readonly byId = new Map<string, Flyer>();
  private readonly pose: Pose = { x: 0, y: 0, rotation: 0 };

  constructor(
    private readonly scene: Phaser.Scene,
    private readonly effects: Effects,
  ) {}

  /** @param drawnMs server epoch ms that is shown */
  update(set: ProjectileSet, drawnMs: number, serverMs: number, localMs: number): void {
    for (const [id, flyer] of this.byId) {
      if (set.flying.get(id) === flyer.owner) continue;
      flyer.owner = null;
      flyer.show(false);
      this.byId.delete(id);
    }
    for (const thing of set.flying.values()) this.draw(thing, drawnMs, serverMs, localMs);
  }

  destroy(): void {
    for (const flyer of this.flyers) flyer.destroy();
  }

  private draw(thing: Projectile, drawnMs: number, serverMs: number, localMs: number): void {
    const { pose } = this;
    if (!thing.at(drawnMs, pose)) return;
    let flyer = this.byId.get(thing.id);
    if (!flyer) {
      flyer = this.flyers.find((free) => free.owner === null);
      if (!flyer) {
        flyer = new Flyer(this.scene);
        this.flyers.push(flyer);
      }
      flyer.owner = thing;
      flyer.way = 0;
      flyer.sheet = '';
      flyer.show(true);
      this.byId.set(thing.id, flyer);
    }
    const step = Number.isNaN(thing.drawnX) ? 0 : Math.hypot(pose.x - thing.drawnX, pose.y - thing.drawnY);
    const isRocket = thing.type.startsWith('rocket');
    const gap = isRocket ? ROCKET_PUFF : thing.type === 'grenadelauncher' ? SHELL_PUFF : Number.POSITIVE_INFINITY;
    thing.trail += step;
    for (let back = 0; thing.trail >= gap && back < 12; back += 1) {
      thing.trail -= gap;
      const share = step > 0 ? Math.min(1, thing.trail / step) : 0;
      const x = pose.x + (thing.drawnX - pose.x) * share - Math.cos(pose.rotation) * 6;
      const y = pose.y + (thing.drawnY - pose.y) * share - Math.sin(pose.rotation) * 6;
      const aside = pose.rotation + Math.PI + (Math.random() - 0.5);
      this.effects.puff(x, y, aside, 6 + Math.random() * 14, isRocket ? 1 : 2, isRocket ? 620 : 320, 'puff', localMs);
    }
    flyer.way += step;
    thing.drawnX = pose.x;
    thing.drawnY = pose.y;

    const sheet = projectileSheet(thing.type);
    const frame = isRocket
      ? directionFrame(pose.rotation, ROCKET_DIRECTIONS)
      : directionFrame(pose.rotation + flyer.way * TUMBLE, TUMBLE_FRAMES);
    const x = Math.round(pose.x);
    const y = Math.round(pose.y);
    if (flyer.sheet !== sheet) {
      flyer.sheet = sheet;
      flyer.body.setTexture(sheet, frame);
    } else flyer.body.setFrame(frame, false, false);
    flyer.body.setPosition(x, y);
    flyer.shadow.setPosition(x + 1, y + 3);
    const left = thing.fuseAt > 0 ? thing.fuseAt - serverMs : Number.POSITIVE_INFINITY;
    const blink = left < WARNING && Math.floor(localMs / (left < WARNING / 3 ? 60 : 120)) % 2 === 0;
    flyer.light.setVisible(blink && !isRocket).setPosition(x, y);
  }
}
