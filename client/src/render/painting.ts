import type Phaser from 'phaser';

/** Painting a texture by a function of the pixel. */

/** Colour at a place in the sprite's own frame (u ahead, v to the right, px), or -1 for nothing. `light` is -1 to 1. */
export type Shape = (u: number, v: number, light: number) => number;

/** Distance of a point to a line from a to b. */
export function segment(u: number, v: number, au: number, av: number, bu: number, bv: number): number {
  const du = bu - au;
  const dv = bv - av;
  const t = Math.min(1, Math.max(0, ((u - au) * du + (v - av) * dv) / (du * du + dv * dv)));
  return Math.hypot(u - au - du * t, v - av - dv * t);
}

export function mix(a: number, b: number, t: number): number {
  let out = 0;
  for (const shift of [16, 8, 0]) {
    const from = (a >> shift) & 255;
    out |= Math.round(from + (((b >> shift) & 255) - from) * t) << shift;
  }
  return out;
}

/** 0xrrggbb and alpha into 0xaabbggrr of an ImageData read as little-endian words. */
export function rgba(colour: number, alpha: number): number {
  return (
    ((Math.min(255, Math.floor(alpha)) << 24) |
      ((colour & 255) << 16) |
      (colour & 0xff00) |
      ((colour >> 16) & 255)) >>>
    0
  );
}

/** What a frame says of itself to who draws it. */
export interface FrameHints {
  /** CSS colour, where all of it is of that one and opaque. */
  readonly fill?: string;
}

/** RGBA of a picture, as an ImageData has it. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** What a frame of a painted texture shows. */
export function pixelsOf({ texture, cutX, cutY, cutWidth, cutHeight }: Phaser.Textures.Frame): Pixels {
  return (texture as Phaser.Textures.CanvasTexture).context.getImageData(cutX, cutY, cutWidth, cutHeight);
}

/** Puts a pixel over another, both given by their index, as a canvas would. @param alpha 0 to 1 */
export function blend(from: Uint8ClampedArray, source: number, alpha: number, to: Uint8ClampedArray, target: number): void {
  const s = source * 4;
  const t = target * 4;
  const over = (from[s + 3]! / 255) * alpha;
  if (over === 0) return;
  const under = (to[t + 3]! / 255) * (1 - over);
  const whole = over + under;
  for (let i = 0; i < 3; i += 1) to[t + i] = (from[s + i]! * over + to[t + i]! * under) / whole;
  to[t + 3] = whole * 255;
}

/** The texture of that name, made if need be; one that is painted over keeps its size and its frames. */
function canvasTexture(textures: Phaser.Textures.TextureManager, key: string, width: number, height: number): Phaser.Textures.CanvasTexture | null {
  return textures.exists(key) ? (textures.get(key) as Phaser.Textures.CanvasTexture) : textures.createCanvas(key, width, height);
}

export function still(
  textures: Phaser.Textures.TextureManager,
  key: string,
  width: number,
  height: number,
  pixel: (x: number, y: number) => number,
): void {
  const texture = canvasTexture(textures, key, width, height);
  if (!texture) return;
  const image = texture.context.createImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (let y = 0; y < height; y += 1) {
    // Pixel centres.
    for (let x = 0; x < width; x += 1) words[y * width + x] = pixel(x + 0.5, y + 0.5);
  }
  texture.context.putImageData(image, 0, 0);
  const isPlain = words[0]! >>> 24 === 255 && words.every((word) => word === words[0]);
  texture.get().customData = isPlain ? { fill: `rgb(${image.data.slice(0, 3).join()})` } : {};
  texture.refresh();
}

export function sheet(
  textures: Phaser.Textures.TextureManager,
  key: string,
  size: number,
  directions: number,
  shape: Shape,
): void {
  const columns = 8;
  const rows = directions / columns;
  const texture = canvasTexture(textures, key, columns * size, rows * size);
  if (!texture) return;
  const image = texture.context.createImageData(columns * size, rows * size);
  const words = new Uint32Array(image.data.buffer);
  for (let direction = 0; direction < directions; direction += 1) {
    const left = (direction % columns) * size;
    const top = Math.floor(direction / columns) * size;
    const angle = (direction / directions) * 2 * Math.PI;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    for (let y = 0; y < size; y += 1) {
      for (let x = 0; x < size; x += 1) {
        const sx = x + 0.5 - size / 2;
        const sy = y + 0.5 - size / 2;
        const colour = shape(sx * cos + sy * sin, sy * cos - sx * sin, -(sx + sy) / 6);
        if (colour >= 0) words[(top + y) * columns * size + left + x] = rgba(colour, 255);
      }
    }
    if (!texture.has(String(direction))) texture.add(direction, 0, left, top, size, size);
  }
  texture.context.putImageData(image, 0, 0);
  texture.refresh();
}
