import type Phaser from 'phaser';
import { CHARGE_LEVELS } from '../core/rules';
import { HURT_MS, type HurtSigns } from '../model/hurt';
import { HURT_DIRECTIONS } from './actionTextures';
import { DEPTH } from './depths';
import { directionFrame } from './textures';

/** px below the crosshair's middle. */
const CHARGE_BELOW = 13;

/** What is drawn for the player's eyes alone: where hits came from, and how far a throw is charged. */
export class SignLayer {
  private readonly arcs: Phaser.GameObjects.Image[] = [];
  private readonly charge: Phaser.GameObjects.Image;

  constructor(private readonly scene: Phaser.Scene) {
    this.charge = scene.add.image(0, 0, 'charge-0').setDepth(DEPTH.crosshair).setScrollFactor(0).setVisible(false);
  }

  /** @param level 0: not charging */
  update(hurt: HurtSigns, x: number, y: number, level: number, mouseX: number, mouseY: number, localMs: number): void {
    let used = 0;
    for (const sign of hurt.signs) {
      const age = (localMs - sign.at) / HURT_MS;
      if (age >= 1 || Number.isNaN(sign.angle)) continue;
      let arc = this.arcs[used];
      if (!arc) {
        arc = this.scene.add.image(0, 0, 'hurt-arc', 0).setDepth(DEPTH.signs);
        this.arcs.push(arc);
      }
      used += 1;
      arc
        .setFrame(directionFrame(sign.angle, HURT_DIRECTIONS), false, false)
        .setPosition(Math.round(x), Math.round(y))
        .setAlpha((0.45 + 0.55 * sign.strength) * (1 - age * age))
        .setVisible(true);
    }
    for (; used < this.arcs.length; used += 1) this.arcs[used]!.setVisible(false);
    this.charge.setVisible(level > 0);
    if (level > 0) {
      this.charge
        .setTexture(`charge-${Math.min(CHARGE_LEVELS, level)}`)
        .setPosition(Math.round(mouseX), Math.round(mouseY) + CHARGE_BELOW);
    }
  }

  destroy(): void {
    for (const arc of this.arcs) arc.destroy();
    this.charge.destroy();
  }
}
