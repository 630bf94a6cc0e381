import { describe, expect, it } from 'vitest';
import { SOUND_KINDS, soundCaption, type SoundKind } from '../src/core/sounds';
import { Hearing, HEARD_GONE_MS, HEARD_MS, strength } from '../src/model/hearing';
import type { HeardSound } from '../src/net/protocol';

function sound(kind: SoundKind, direction: number, gain = 0.5, own = false): HeardSound {
  return { kind, direction, gain, cutoff: 22_000, own };
}

function texts(hearing: Hearing): string[] {
  return hearing.lines.map(({ text }) => text);
}

describe('what was heard', () => {
  it('has words for every kind, short enough for the screen', () => {
    for (const kind of SOUND_KINDS) expect(soundCaption(kind), kind).toMatch(/^[A-Z][\w\s,-]{3,19}$/);
  });

  it('leaves out what the listener did', () => {
    const hearing = new Hearing();
    hearing.hear([sound('fire_rifle', 0, 1, true), sound('footstep_run', 1)], 0);
    expect(texts(hearing)).toEqual(['Footsteps, running']);
  });

  it('keeps one line for what repeats from about there, and follows it', () => {
    const hearing = new Hearing();
    hearing.hear([sound('footstep_walk', 0.1)], 0);
    const { key } = hearing.lines[0]!;
    hearing.hear([sound('footstep_walk', -0.2)], 400);
    hearing.hear([sound('footstep_walk', 2 * Math.PI - 0.4)], 800);
    expect(hearing.lines.length).toBe(1);
    expect(hearing.lines[0]).toMatchObject({ key, at: 800 });
    expect(Math.cos(hearing.lines[0]!.direction - -0.4)).toBeCloseTo(1, 9);
    hearing.hear([sound('footstep_walk', Math.PI)], 800);
    expect(hearing.lines.length).toBe(2);
  });

  it('of eight pellets at once, takes the loudest for the place', () => {
    const hearing = new Hearing();
    hearing.hear([0.1, 0.9, 0.3].map((gain, i) => sound('impact_wood', i * 0.2, gain)), 5);
    expect(hearing.lines).toMatchObject([{ gain: 0.9, direction: 0.2 }]);
  });

  it('stands, fades and goes', () => {
    const hearing = new Hearing();
    hearing.hear([sound('explosion', 0, 1)], 100);
    const line = hearing.lines[0]!;
    expect(strength(line, 100 + HEARD_MS)).toBe(1);
    expect(strength(line, 100 + (HEARD_MS + HEARD_GONE_MS) / 2)).toBeCloseTo(0.5, 9);
    hearing.prune(100 + HEARD_GONE_MS - 1);
    expect(hearing.lines.length).toBe(1);
    hearing.prune(100 + HEARD_GONE_MS);
    expect(hearing.lines.length).toBe(0);
  });

  it('drops the faintest of too many, and nothing for a fainter one', () => {
    const hearing = new Hearing();
    const six: SoundKind[] = ['bounce', 'hurt', 'death', 'reload', 'throw', 'flash'];
    hearing.hear(six.map((kind, i) => sound(kind, 0, 0.3 + i / 10)), 0);
    hearing.hear([sound('empty', 0, 0.1)], 1);
    expect(texts(hearing)).toEqual(six.map(soundCaption));
    hearing.hear([sound('explosion', 0, 0.9)], 1);
    expect(texts(hearing)).toEqual([...six.slice(1).map(soundCaption), 'Explosion']);
  });

  it('stays small whatever is sent', () => {
    const hearing = new Hearing();
    for (let i = 0; i < 5000; i += 1) hearing.hear([sound(SOUND_KINDS[i % SOUND_KINDS.length]!, i, (i % 255) / 255)], i);
    expect(hearing.lines.length).toBeLessThanOrEqual(6);
  });
});
