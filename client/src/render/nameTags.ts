import type Phaser from 'phaser';
import { ASCENT, DESCENT, eachPixel, textWidth } from './font';
import { css, PALETTE } from './palette';

/** px around the letters for their outline. */
const MARGIN = 1;

/** Names as textures, one for each text and colour, outlined to be read over anything. Freed with the scene. */
export class NameTags {
  private readonly keys = new Set<string>();

  constructor(private readonly textures: Phaser.Textures.TextureManager) {}

  key(text: string, colour: number): string {
    const key = `name:${colour}:${text}`;
    if (!this.keys.has(key)) {
      this.paint(key, text, colour);
      this.keys.add(key);
    }
    return key;
  }

  destroy(): void {
    for (const key of this.keys) this.textures.remove(key);
    this.keys.clear();
  }

  private paint(key: string, text: string, colour: number): void {
    if (this.textures.exists(key)) return;
    const texture = this.textures.createCanvas(
      key,
      Math.max(1, textWidth(text)) + MARGIN * 2,
      ASCENT + DESCENT + MARGIN * 2,
    );
    if (!texture) return;
    const { context } = texture;
    context.fillStyle = css(PALETTE.ink, 0.85);
    eachPixel(text, (x, y) => context.fillRect(x, y, 3, 3));
    context.fillStyle = css(colour);
    eachPixel(text, (x, y) => context.fillRect(x + MARGIN, y + MARGIN, 1, 1));
    texture.refresh();
  }
}
