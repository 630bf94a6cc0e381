import { describe, expect, it } from 'vitest';
import { StillLayer } from '../src/render/stillLayer';

type Frame = Parameters<StillLayer['add']>[0];

const WIDTH = 480;

/** A canvas that has what is put on it, with pictures of one pixel's size and more. */
function surface(): { puts: number[][]; flushes: number; at(x: number, y: number): string; all(): string[]; layer: (size: number) => StillLayer } {
  const shown = new Uint8ClampedArray(WIDTH * 270 * 4);
  const seen = {
    puts: [] as number[][], flushes: 0,
    /** Colour and opacity, or nothing. */
    at: (x: number, y: number): string => {
      const [r, , , alpha] = shown.subarray((y * WIDTH + x) * 4);
      return alpha === 0 ? '' : `${r} ${((alpha ?? 0) / 255).toFixed(2)}`;
    },
    all: () => Array.from({ length: WIDTH * 270 }, (_, i) => seen.at(i % WIDTH, Math.floor(i / WIDTH))).flatMap((what, i) => (
      what === '' ? [] : [`${i % WIDTH},${Math.floor(i / WIDTH)}: ${what}`]
    )),
    layer: (size: number) => new StillLayer(
      target as unknown as ConstructorParameters<typeof StillLayer>[0], size, (of) => of as unknown as ReturnType<NonNullable<ConstructorParameters<typeof StillLayer>[2]>>,
    ),
  };
  let isTouched = false;
  const target = {
    context: {
      createImageData: (width: number, height: number) => ({ data: new Uint8ClampedArray(width * height * 4), width, height }),
      putImageData({ data }: ImageData, ...[, , x0, y0, width, height]: [number, number, number, number, number, number]) {
        seen.puts.push([x0, y0, width, height]);
        for (let y = y0; y < y0 + height; y += 1) {
          for (let i = (y * WIDTH + x0) * 4; i < (y * WIDTH + x0 + width) * 4; i += 1) shown[i] = data[i]!;
        }
      },
    },
    touch: () => {
      isTouched = true;
    },
    flush: () => {
      if (isTouched) seen.flushes += 1;
      isTouched = false;
    },
    destroy: () => {},
  };
  return seen;
}

/** A picture whose middle pixel has that red; the rest is clear. */
const frame = (red: number, size = 3, alpha = 255): Frame => {
  const data = new Uint8ClampedArray(size * size * 4);
  data.set([red, 0, 0, alpha], (Math.floor(size / 2) * size + Math.floor(size / 2)) * 4);
  return { data, width: size, height: size, cutWidth: size, cutHeight: size } as unknown as Frame;
};

describe('what lies still', () => {
  it('is painted once, in its middle, and not again until it fades', () => {
    const seen = surface();
    const layer = seen.layer(8);
    layer.add(frame(10), 10.4, 20.6, 1000, 2000, true);
    layer.add(frame(20, 1), 50, 60, 3000, 4000, false);
    for (let now = 0; now < 1000; now += 16) layer.update(now);
    expect(seen.all()).toEqual(['10,21: 10 1.00', '50,60: 20 1.00']);
    expect(seen).toMatchObject({ puts: [[9, 20, 42, 41]], flushes: 1 });
  });

  it('fades in steps, and goes', () => {
    const seen = surface();
    const layer = seen.layer(8);
    layer.add(frame(10), 10, 10, 1000, 2000, true);
    layer.add(frame(20), 20, 20, 5000, 6000, false);
    layer.update(1250);
    expect(seen.all()).toEqual(['10,10: 10 0.75', '20,20: 20 1.00']);
    layer.update(1300);
    expect(seen.puts.length).toBe(1);
    layer.update(1350);
    expect(seen.at(10, 10)).toBe('10 0.65');
    layer.update(2000);
    expect(seen.all()).toEqual(['20,20: 20 1.00']);
    const puts = seen.puts.length;
    for (let now = 2016; now < 5000; now += 16) layer.update(now);
    expect(seen.puts.length).toBe(puts);
    layer.update(7000);
    expect(seen.all()).toEqual([]);
    // What comes after is as opaque as ever.
    layer.add(frame(10), 1, 1, 8000, 9000, true);
    layer.update(7016);
    expect(seen.all()).toEqual(['1,1: 10 1.00']);
  });

  it('loses marks with the wall that they are on, and the oldest to a new one', () => {
    const seen = surface();
    const layer = seen.layer(3);
    layer.add(frame(10), 10, 10, 1000, 2000, true);
    layer.add(frame(20), 30, 10, 1000, 2000, true);
    layer.add(frame(30), 10, 11, 1000, 2000, false);
    layer.wipe(5, 5, 6, 6);
    layer.update(16);
    expect(seen.all()).toEqual(['30,10: 20 1.00', '10,11: 30 1.00']);
    layer.add(frame(40), 1, 1, 1000, 2000, true);
    layer.add(frame(50), 2, 2, 1000, 2000, true);
    layer.update(32);
    expect(seen.all()).toEqual(['1,1: 40 1.00', '2,2: 50 1.00', '10,11: 30 1.00']);
  });

  it('lies over what was there before as on a canvas, and ends at the playfield\'s edge', () => {
    const seen = surface();
    const layer = seen.layer(8);
    layer.add(frame(200, 1), 5, 5, 1000, 2000, false);
    layer.add(frame(100, 1, 51), 5, 5, 1000, 2000, true);
    layer.add(frame(100, 1, 51), 6, 5, 1000, 2000, true);
    layer.add(frame(90, 3), 0, 269, 1000, 2000, true);
    layer.add(frame(90, 3), 480, 10, 1000, 2000, true);
    layer.add(frame(90, 3), -20, 400, 1000, 2000, true);
    layer.update(16);
    // 0.2 of the one over the other; over nothing, it is as it came.
    expect(seen.all()).toEqual(['5,5: 180 1.00', '6,5: 100 0.20', '0,269: 90 1.00']);
    for (const [x, y, width, height] of seen.puts) {
      expect(Math.min(x!, y!)).toBeGreaterThanOrEqual(0);
      expect([x! + width! <= WIDTH, y! + height! <= 270]).toEqual([true, true]);
    }
  });
});
