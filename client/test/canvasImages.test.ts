import { describe, expect, it } from 'vitest';
import { drawImagesLightly, fills, isPlain, place, type Placed } from '../src/render/canvasImages';

type Sprite = Parameters<typeof place>[0];
type Frame = Parameters<typeof place>[1];
type Camera = Parameters<typeof place>[2];
/** a, b, c, d, e, f as `setTransform` takes them. */
type Matrix = readonly [number, number, number, number, number, number];

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

const camera = (more: object = {}): Camera => ({
  alpha: 1, roundPixels: true, renderRoundPixels: true, scrollX: 0, scrollY: 0, matrix: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }, ...more,
}) as unknown as Camera;
const sprite = (more: object = {}): Sprite => ({
  x: 0, y: 0, _rotation: 0, _scaleX: 1, _scaleY: 1, flipX: false, flipY: false, _displayOriginX: 0, _displayOriginY: 0, scrollFactorX: 1,
  scrollFactorY: 1, _alpha: 1, blendMode: 0, isCropped: false, mask: null, ...more,
}) as unknown as Sprite;
const frame = (more: object = {}): Frame => ({
  x: 0, y: 0, cutWidth: 16, cutHeight: 10, realWidth: 16, realHeight: 10, customPivot: false, customData: {}, canvasData: { x: 32, y: 48 },
  source: { resolution: 1, scaleMode: 1, image: 'picture' }, ...more,
}) as unknown as Frame;

function placed(...[what, of, by]: [Sprite, Frame, Camera]): Placed {
  const out = { matrix: new Float64Array(6), box: new Float64Array(4) };
  place(what, of, by, out);
  return out;
}

describe('images of the Canvas renderer', () => {
  it('are where camera, place, turn and scale put them', () => {
    let seed = 7;
    const random = (least: number, most: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return least + ((most - least) * seed) / 2 ** 32;
    };
    for (let i = 0; i < 500; i += 1) {
      const rounds = i % 2 === 0;
      const view: Matrix = [random(0.5, 2), random(-1, 1), random(-1, 1), random(0.5, 2), random(-9, 9), random(-9, 9)];
      const [a, b, c, d, e, f] = view;
      const cam = camera({ roundPixels: rounds, renderRoundPixels: false, scrollX: random(-5, 5), scrollY: random(-5, 5), matrix: { a, b, c, d, e, f } });
      const [rotation, scaleX, scaleY] = [i % 5 === 0 ? 0 : random(-4, 4), random(0.2, 3), random(0.2, 3)];
      const body = sprite({
        x: random(-50, 500), y: random(-50, 300), _rotation: rotation, _scaleX: scaleX, _scaleY: scaleY,
        flipX: i % 3 === 0, flipY: i % 7 === 0, _displayOriginX: 8, _displayOriginY: 5, scrollFactorX: i % 4 === 0 ? 0 : 1, scrollFactorY: i % 4 === 0 ? 0 : 1,
      });
      const { flipX, flipY, scrollFactorX: factor } = body;
      const at = (value: number): number => (rounds ? Math.floor(value) : value);
      const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
      const moved: Matrix = [1, 0, 0, 1, at(body.x) - cam.scrollX * factor, at(body.y) - cam.scrollY * factor];
      const scaled: Matrix = [scaleX * (flipX ? -1 : 1), 0, 0, scaleY * (flipY ? -1 : 1), 0, 0];
      const wanted = times(times(times(view, moved), [cos, sin, -sin, cos, 0, 0]), scaled);
      const { matrix, box } = placed(body, frame(), cam);
      for (let k = 0; k < 6; k += 1) expect(matrix[k]).toBeCloseTo(wanted[k]!, 9);
      // A picture turned about its middle has it there still.
      expect([...box]).toEqual(rounds ? [-8, -5, 16.5, 10.5] : [-8, -5, 16, 10]);
    }
  });

  it('stand on whole px of a camera that wants them there, and keep a trimmed frame’s margin', () => {
    const { matrix, box } = placed(sprite({ x: 10.9, y: 3.2 }), frame({ x: 2, y: 3 }), camera({ matrix: { a: 1, b: 0, c: 0, d: 1, e: 0.6, f: -0.6 } }));
    expect([...matrix]).toEqual([1, 0, 0, 1, 11, 2]);
    expect([...box]).toEqual([2, 3, 16.5, 10.5]);
  });

  it('of one colour are filled where Chromium would put their pixels', () => {
    const covered = (scale: number, x: number, y: number): number[] => {
      const by = { matrix: new Float64Array([scale, 0, 0, scale, x, y]), box: new Float64Array([-1, -1, 2.5, 2.5]) };
      expect(fills(by)).toBe(true);
      return [...by.box];
    };
    // As read back from a canvas of Chromium's that such images were drawn on.
    expect(covered(1, 10, 10)).toEqual([9, 9, 3, 3]);
    expect(covered(0.5, 11, 13)).toEqual([11, 13, 1, 1]);
    const not = [[0.3, 0, 0, 1], [1, 0, 0, 0.3], [-1, 0, 0, 1], [1, 0, 0, -1], [0.8, 0.6, -0.6, 0.8]];
    for (const [a, b, c, d] of not) expect(fills({ matrix: new Float64Array([a!, b!, c!, d!, 5, 5]), box: new Float64Array([-1, -1, 2.5, 2.5]) })).toBe(false);

    const calls: string[] = [];
    const context = {
      globalAlpha: 1, fillStyle: '', imageSmoothingEnabled: false,
      setTransform: (...numbers: number[]) => calls.push(`at ${numbers.join()}`),
      fillRect(...numbers: number[]) {
        calls.push(`${this.fillStyle} ${numbers.join()} at ${this.globalAlpha}`);
      },
      drawImage: (image: string) => calls.push(image),
    };
    const renderer = { currentContext: context, batchSprite: () => {} };
    drawImagesLightly(renderer as unknown as Parameters<typeof drawImagesLightly>[0]);
    const draw = renderer.batchSprite as unknown as (what: Sprite, of: Frame, by: Camera) => void;
    const plain = frame({ cutWidth: 2, cutHeight: 2, realWidth: 2, realHeight: 2, customData: { fill: 'red' } });
    draw(sprite({ x: 5, y: 6, _alpha: 0.5, _displayOriginX: 1, _displayOriginY: 1 }), plain, camera());
    expect(calls).toEqual(['at 1,0,0,1,0,0', 'red 4,5,3,3 at 0.5']);
    expect(context.globalAlpha).toBe(1);
    draw(sprite({ x: 5, y: 6, _rotation: 1 }), plain, camera());
    expect(calls[3]).toBe('picture');
  });

  it('save no state of the canvas, put its opacity back, and leave what is not plain to Phaser', () => {
    const calls: string[] = [];
    const context = {
      globalAlpha: 1, imageSmoothingEnabled: true,
      setTransform: (...numbers: number[]) => calls.push(`at ${numbers.join()}`),
      drawImage(image: string, ...numbers: number[]) {
        calls.push(`${image} ${numbers.join()} at ${this.globalAlpha}, smooth ${this.imageSmoothingEnabled}`);
      },
    };
    const usual: unknown[] = [];
    const renderer = { currentContext: context, batchSprite: (what: unknown) => usual.push(what) };
    drawImagesLightly(renderer as unknown as Parameters<typeof drawImagesLightly>[0]);
    const draw = renderer.batchSprite as unknown as (what: Sprite, of: Frame, by: Camera, parent?: unknown) => void;
    draw(sprite({ x: 5, _alpha: 0.5 }), frame(), camera());
    expect(calls).toEqual(['at 1,0,0,1,5,0', 'picture 32,48,16,10,0,0,16.5,10.5 at 0.5, smooth false']);
    expect(context.globalAlpha).toBe(1);
    draw(sprite({ _alpha: 0 }), frame(), camera());
    draw(sprite(), frame({ cutWidth: 0 }), camera());
    expect(calls.length).toBe(2);
    const others = [sprite({ isCropped: true }), sprite({ mask: {} }), sprite({ blendMode: 1 })];
    for (const other of others) draw(other, frame(), camera());
    draw(sprite(), frame(), camera(), {});
    expect(usual.slice(0, 3)).toEqual(others);
    expect(usual.length).toBe(4);
    expect(calls.length).toBe(2);
    expect(isPlain(sprite(), undefined)).toBe(true);
  });
});
