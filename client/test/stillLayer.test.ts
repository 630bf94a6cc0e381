import { describe, expect, it } from 'vitest';
import { StillLayer } from '../src/render/stillLayer';

type Frame = Parameters<StillLayer['add']>[0];

/** A canvas that keeps what is painted since it was last cleared. */
function surface(): { painted: string[]; clears: number; flushes: number; layer: (size: number) => StillLayer } {
  const seen = {
    painted: [] as string[], clears: 0, flushes: 0,
    layer: (size: number) => new StillLayer(target as unknown as ConstructorParameters<typeof StillLayer>[0], size),
  };
  let isTouched = false;
  const target = {
    context: {
      globalAlpha: 1,
      clearRect() {
        seen.clears += 1;
        seen.painted.length = 0;
      },
      drawImage(image: string, ...[, , , , x, y]: number[]) {
        seen.painted.push(`${image} ${x},${y} ${this.globalAlpha.toFixed(2)}`);
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

const frame = (name: string, size = 3): Frame => (
  { source: { image: name }, cutX: 0, cutY: 0, cutWidth: size, cutHeight: size }
) as unknown as Frame;

describe('what lies still', () => {
  it('is painted once, in its middle, and not again until it fades', () => {
    const seen = surface();
    const layer = seen.layer(8);
    layer.add(frame('mark'), 10.4, 20.6, 1000, 2000, true);
    layer.add(frame('chunk', 2), 50, 60, 3000, 4000, false);
    for (let now = 0; now < 1000; now += 16) layer.update(now);
    expect(seen).toMatchObject({ painted: ['mark 9,20 1.00', 'chunk 49,59 1.00'], clears: 0, flushes: 1 });
  });

  it('fades in steps, and goes', () => {
    const seen = surface();
    const layer = seen.layer(8);
    layer.add(frame('mark'), 10, 10, 1000, 2000, true);
    layer.add(frame('chunk'), 20, 20, 5000, 6000, false);
    layer.update(1250);
    expect(seen.painted).toEqual(['mark 9,9 0.75', 'chunk 19,19 1.00']);
    layer.update(1300);
    expect(seen.clears).toBe(1);
    layer.update(1350);
    expect(seen.painted[0]).toBe('mark 9,9 0.65');
    layer.update(2000);
    expect(seen.painted).toEqual(['chunk 19,19 1.00']);
    const { clears } = seen;
    for (let now = 2016; now < 5000; now += 16) layer.update(now);
    expect(seen.clears).toBe(clears);
    layer.update(7000);
    expect(seen.painted).toEqual([]);
    // What comes after is as opaque as ever.
    layer.add(frame('mark'), 1, 1, 8000, 9000, true);
    expect(seen.painted).toEqual(['mark 0,0 1.00']);
  });

  it('loses marks with the wall that they are on, and the oldest to a new one', () => {
    const seen = surface();
    const layer = seen.layer(3);
    layer.add(frame('on'), 10, 10, 1000, 2000, true);
    layer.add(frame('off'), 30, 10, 1000, 2000, true);
    layer.add(frame('chunk'), 10, 10, 1000, 2000, false);
    layer.wipe(5, 5, 6, 6);
    layer.update(16);
    expect(seen.painted).toEqual(['off 29,9 1.00', 'chunk 9,9 1.00']);
    layer.add(frame('new'), 1, 1, 1000, 2000, true);
    layer.add(frame('newer'), 2, 2, 1000, 2000, true);
    layer.update(32);
    expect(seen.painted).toEqual(['new 0,0 1.00', 'newer 1,1 1.00', 'chunk 9,9 1.00']);
  });
});
