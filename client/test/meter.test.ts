import { describe, expect, it } from 'vitest';
import { Meter } from '../src/ui/meter';

/** An element that counts how often it is written on. */
function element(): { writes: number; clip: string; asElement: HTMLElement } {
  const seen = {
    writes: 0, clip: '',
    asElement: {
      style: {
        set clipPath(clip: string) {
          seen.writes += 1;
          seen.clip = clip;
        },
      },
    } as unknown as HTMLElement,
  };
  return seen;
}

describe('a meter', () => {
  it('shows whole px, and writes nothing while they are the same', () => {
    const seen = element();
    const meter = new Meter(seen.asElement, 58, 'left');
    meter.show(0.5);
    expect(seen).toMatchObject({ writes: 1, clip: 'inset(0 50.000% 0 0)' });
    meter.show(0.504);
    expect(seen.writes).toBe(1);
    for (let i = 0; i <= 1000; i += 1) meter.show(i / 1000);
    expect(seen).toMatchObject({ writes: 60, clip: 'inset(0 0.000% 0 0)' });
  });

  it('rises from below, and keeps to the bar whatever it is told', () => {
    const seen = element();
    const meter = new Meter(seen.asElement, 25, 'bottom');
    meter.show(-1);
    expect(seen.clip).toBe('inset(100.000% 0 0)');
    meter.show(0.2);
    expect(seen.clip).toBe('inset(80.000% 0 0)');
    meter.show(7);
    expect(seen.clip).toBe('inset(0.000% 0 0)');
  });
});
