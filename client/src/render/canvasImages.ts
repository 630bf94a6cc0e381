import type Phaser from 'phaser';
import type { FrameHints } from './painting';

type Camera = Phaser.Cameras.Scene2D.Camera;
type Sprite = Phaser.GameObjects.Image;

/** What a picture is drawn by; see {@link place}. */
export interface Placed {
  /** Of the canvas, as `setTransform` takes it. */
  readonly matrix: Float64Array;
  /** Of the corner within it, and the size drawn. px */
  readonly box: Float64Array;
}

/** The parts of Phaser's renderer that are not in its types. */
interface Renderer {
  currentContext: CanvasRenderingContext2D;
  batchSprite(sprite: Sprite, frame: Phaser.Textures.Frame, camera: Camera, parent?: unknown): void;
}

/** What an image's accessors read: each call of one hands out a fraction in a box of its own, a hundred thousand a second. */
interface Insides {
  readonly _alpha: number;
  readonly _rotation: number;
  readonly _scaleX: number;
  readonly _scaleY: number;
  readonly _displayOriginX: number;
  readonly _displayOriginY: number;
}

function insides(sprite: Sprite): Insides {
  return sprite as unknown as Insides;
}

/** Whether an image is one of the plain ones that this game draws; the others stay Phaser's. */
export function isPlain(sprite: Pick<Sprite, 'isCropped' | 'mask' | 'blendMode'>, parent: unknown): boolean {
  return !sprite.isCropped && !sprite.mask && sprite.blendMode === 0 && !parent;
}

/** Where Phaser would draw it, to the pixel: camera * translation * rotation * scale, each half rounded as it does. */
export function place(sprite: Sprite, frame: Phaser.Textures.Frame, camera: Camera, { matrix, box }: Placed): void {
  const { flipX, flipY } = sprite;
  const { _displayOriginX: originX, _displayOriginY: originY, _rotation: rotation } = insides(sprite);
  let { _scaleX: scaleX, _scaleY: scaleY } = insides(sprite);
  let left = frame.x - originX;
  let top = frame.y - originY;
  if (flipX) {
    if (!frame.customPivot) left += 2 * originX - frame.realWidth;
    scaleX = -scaleX;
  }
  if (flipY) {
    if (!frame.customPivot) top += 2 * originY - frame.realHeight;
    scaleY = -scaleY;
  }
  let { x, y } = sprite;
  if (camera.roundPixels) {
    x = Math.floor(x);
    y = Math.floor(y);
  }
  x -= camera.scrollX * sprite.scrollFactorX;
  y -= camera.scrollY * sprite.scrollFactorY;
  const cos = rotation === 0 ? 1 : Math.cos(rotation);
  const sin = rotation === 0 ? 0 : Math.sin(rotation);
  const { a, b, c, d, e, f } = (camera as unknown as { matrix: Phaser.GameObjects.Components.TransformMatrix }).matrix;
  matrix[0] = (a * cos + c * sin) * scaleX;
  matrix[1] = (b * cos + d * sin) * scaleX;
  matrix[2] = (c * cos - a * sin) * scaleY;
  matrix[3] = (d * cos - b * sin) * scaleY;
  const along = a * x + c * y + e;
  const down = b * x + d * y + f;
  const whole = (camera as unknown as { renderRoundPixels: boolean }).renderRoundPixels;
  matrix[4] = whole ? Math.floor(along + 0.5) : along;
  matrix[5] = whole ? Math.floor(down + 0.5) : down;
  const width = frame.cutWidth / frame.source.resolution;
  const height = frame.cutHeight / frame.source.resolution;
  box[0] = camera.roundPixels ? Math.floor(left + 0.5) : left;
  box[1] = camera.roundPixels ? Math.floor(top + 0.5) : top;
  box[2] = camera.roundPixels ? width + 0.5 : width;
  box[3] = camera.roundPixels ? height + 0.5 : height;
}

/**
 * Turns `box` into the canvas's px that the picture covers, those whose middles it has, as Chromium draws one that is not
 * smoothed; false where it is turned, mirrored or less than a px, which that has other rules for.
 */
export function fills({ matrix, box }: Placed): boolean {
  const [scaleX, scaleY] = [matrix[0]!, matrix[3]!];
  if (matrix[1] !== 0 || matrix[2] !== 0 || box[2]! * scaleX < 1 || box[3]! * scaleY < 1) return false;
  const left = box[0]! * scaleX + matrix[4]!;
  const top = box[1]! * scaleY + matrix[5]!;
  const x = Math.floor(left + 0.5);
  const y = Math.floor(top + 0.5);
  box[2] = Math.floor(left + box[2]! * scaleX + 0.5) - x;
  box[3] = Math.floor(top + box[3]! * scaleY + 0.5) - y;
  box[0] = x;
  box[1] = y;
  return true;
}

/**
 * Has Phaser's Canvas renderer draw plain images without saving and restoring the canvas's whole state around each.
 * Chromium keeps a saved state as an object of some 700 bytes: with 280 images in a frame that is 12 MB a second, for which
 * the collector would go through everything there is every three seconds, 4 to 5 ms at a time.
 *
 * What is of one colour is filled instead: sparks and dust, four of ten images in a fight, and each `drawImage` is an object
 * of Chromium's own.
 *
 * Between two images the state is the camera's, but for transform and fill: whatever draws sets its own.
 */
export function drawImagesLightly(renderer: Phaser.Renderer.Canvas.CanvasRenderer): void {
  const own = renderer as unknown as Renderer;
  const usual = own.batchSprite;
  const placed: Placed = { matrix: new Float64Array(6), box: new Float64Array(4) };
  const { matrix, box } = placed;
  own.batchSprite = (sprite, frame, camera, parent): void => {
    if (!isPlain(sprite, parent)) {
      usual.call(renderer, sprite, frame, camera, parent);
      return;
    }
    const alpha = camera.alpha * insides(sprite)._alpha;
    const { cutWidth, cutHeight, source } = frame;
    if (alpha === 0 || cutWidth <= 0 || cutHeight <= 0) return;
    place(sprite, frame, camera, placed);
    const context = own.currentContext;
    const { fill } = frame.customData as FrameHints;
    if (fill !== undefined && fills(placed)) {
      context.setTransform(1, 0, 0, 1, 0, 0);
      if (alpha !== camera.alpha) context.globalAlpha = alpha;
      context.fillStyle = fill;
      context.fillRect(box[0]!, box[1]!, box[2]!, box[3]!);
      if (alpha !== camera.alpha) context.globalAlpha = camera.alpha;
      return;
    }
    const smooth = !source.scaleMode;
    if (context.imageSmoothingEnabled !== smooth) context.imageSmoothingEnabled = smooth;
    context.setTransform(matrix[0]!, matrix[1]!, matrix[2]!, matrix[3]!, matrix[4]!, matrix[5]!);
    if (alpha !== camera.alpha) context.globalAlpha = alpha;
    const { x, y } = frame.canvasData as { x: number; y: number };
    context.drawImage(source.image as CanvasImageSource, x, y, cutWidth, cutHeight, box[0]!, box[1]!, box[2]!, box[3]!);
    if (alpha !== camera.alpha) context.globalAlpha = camera.alpha;
  };
}
