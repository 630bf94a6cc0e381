import Phaser from 'phaser';
import { createTextures } from '../render/textures';

/** Paints what every scene draws with, then hands over. */
export class BootScene extends Phaser.Scene {
  constructor(private readonly next: string) {
    super('boot');
  }

  create(): void {
    createTextures(this.textures);
    this.scene.start(this.next);
  }
}
