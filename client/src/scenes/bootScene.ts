import Phaser from 'phaser';
import { drawImagesLightly } from '../render/canvasImages';
import { createTextures } from '../render/textures';

/** Paints what every scene draws with, then hands over. */
export class BootScene extends Phaser.Scene {
  constructor(private readonly next: string) {
    super('boot');
  }

  create(): void {
    if (this.renderer instanceof Phaser.Renderer.Canvas.CanvasRenderer) drawImagesLightly(this.renderer);
    createTextures(this.textures);
    this.scene.start(this.next);
  }
}
