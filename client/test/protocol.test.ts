import { describe, expect, it } from 'vitest';
import { READERS, readGameState, readPlayer, readWall, type ServerEventName } from '../src/net/protocol';

const GARBAGE: readonly unknown[] = [
  undefined,
  null,
  true,
  Number.NaN,
  'text',
  [],
  {},
  [[[]]],
  { players: 3 },
  { players: { a: 1, b: { id: 'b', team: 'red', position: { x: Number.NaN, y: 'q' } } } },
  { players: {}, walls: [{ id: 'w', position: { x: 1e9, y: 2 } }], vision: { polygon: [1, {}, { x: 1e300, y: 0 }] } },
  { timestamp: 1, aim: 64, sounds: [] },
  { timestamp: 1, aim: 5, sounds: {} },
  { timestamp: Number.NaN, aim: 5, sounds: [null, 3, { kind: 'constructor', gain: 9, bearing: 0, cutoff: 0 }] },
  { playerId: 7, position: { x: {}, y: [] }, sliceIndex: 1.5, wallId: 'wall_1' },
];

describe('readers', () => {
  it('never throw, and read either nothing or numbers that are finite', () => {
    for (const name of Object.keys(READERS) as ServerEventName[]) {
      for (const value of GARBAGE) {
        const read: unknown = READERS[name](value);
        expect(() => JSON.stringify(read)).not.toThrow();
        expect(allFinite(read), `${name} of ${JSON.stringify(value)}`).toBe(true);
      }
    }
  });

  it('bound what a hostile server can make the page hold', () => {
    const players = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`p${i}`, { id: `p${i}`, team: 'red', name: 'n'.repeat(9999) }]),
    );
    const polygon = Array.from({ length: 100_000 }, () => ({ x: 1, y: 1 }));
    const state = readGameState({ players, vision: { polygon }, timestamp: 1 });
    expect(state?.players.length).toBe(64);
    expect(state?.players[0]?.name.length).toBe(24);
    expect(state?.vision?.polygon.length).toBe(4096);
  });
});

describe('a player', () => {
  it('is unseen without a position', () => {
    const player = readPlayer({ id: 'a', name: 'Ann', team: 'blue', kills: 3, deaths: 1, isAlive: true });
    expect(player).toMatchObject({ id: 'a', name: 'Ann', team: 'blue', kills: 3, isAlive: true, body: null });
  });

  it('may carry the position in its transform', () => {
    const player = readPlayer({ id: 'a', team: 'red', transform: { position: { x: 4, y: 5 }, rotation: 1 } });
    expect(player?.body).toMatchObject({ x: 4, y: 5, rotation: 1 });
  });

  it('cannot smuggle control or direction marks into the page through its name', () => {
    expect(readPlayer({ id: 'a', team: 'red', name: '\u202e\u0007 Eve \u200b' })?.name).toBe('Eve');
  });

  it('of no team is none', () => {
    expect(readPlayer({ id: 'a', team: 'green' })).toBeNull();
  });
});

describe('a wall', () => {
  const base = { id: 'w', position: { x: 10, y: 20 }, width: 50, height: 10, maxHealth: 80, material: 'wood' };

  it('obeys the mask over the healths', () => {
    const wall = readWall({ ...base, orientation: 'horizontal', destructionMask: [0, 1, 0, 0, 0], sliceHealth: [80, 40, 0, 20, 80] });
    expect(wall?.sliceHealth[1]).toBe(0);
    expect(wall?.sliceHealth[2]).toBeGreaterThan(0);
    expect(wall?.cutAlongY).toBe(false);
  });

  it('is cut as its orientation says, and by its shape where it says nothing', () => {
    expect(readWall({ ...base, width: 10, orientation: 'vertical' })?.cutAlongY).toBe(true);
    expect(readWall({ ...base, width: 10, orientation: 'horizontal' })?.cutAlongY).toBe(false);
    expect(readWall({ ...base, width: 10, height: 50 })?.cutAlongY).toBe(true);
  });
});

describe('a state', () => {
  it('tells walls left out from an empty set', () => {
    expect(readGameState({ players: {} })?.walls).toBeNull();
    expect(readGameState({ players: {}, walls: {} })?.walls).toEqual([]);
  });

  it('does not take an unreadable set of walls for an empty map', () => {
    expect(readGameState({ players: {}, walls: { w: { id: 'w' } } })?.walls).toBeNull();
  });
});

describe('sounds', () => {
  const sound = { kind: 'footstep_run', gain: 51, bearing: 16, cutoff: 63, own: false };
  const read = (more: object): unknown => READERS.sounds({ timestamp: 9, aim: 0, sounds: [sound], ...more });

  it('are heard from a direction in the world, whatever the aim was', () => {
    const turn = (aim: number, bearing: number): number | undefined =>
      READERS.sounds({ timestamp: 1, aim, sounds: [{ ...sound, bearing }] })?.sounds[0]?.direction;
    expect(turn(0, 16)).toBeCloseTo(Math.PI / 2, 12);
    expect(turn(40, 40)).toBeCloseTo(Math.PI / 2, 12);
    expect(turn(63, 1)).toBe(0);
    expect(turn(63, 63)).toBeCloseTo((62 / 32) * Math.PI, 12);
  });

  it('carry loudness as a share and the cutoff in Hz', () => {
    expect(READERS.sounds({ timestamp: 1, aim: 0, sounds: [sound, { ...sound, gain: 255, cutoff: 0 }] })?.sounds).toMatchObject([
      { kind: 'footstep_run', gain: 0.2, cutoff: 22_000, own: false },
      { gain: 1, cutoff: 300 },
    ]);
  });

  it('are refused without an aim or a list', () => {
    expect(read({})).not.toBeNull();
    for (const aim of [undefined, -1, 64, 1.5, '3', Number.NaN]) expect(read({ aim })).toBeNull();
    for (const sounds of [undefined, null, {}, 'x']) expect(read({ sounds })).toBeNull();
  });

  it('leave out what cannot be read, and no more than that', () => {
    const bad = [
      { kind: 'yodel' }, { kind: 'toString' }, { kind: 3 }, { gain: 0 }, { gain: 256 }, { gain: 1.5 }, { bearing: 64 }, { bearing: -1 },
      { cutoff: 64 }, { cutoff: null },
    ].map((more) => ({ ...sound, ...more }));
    expect(READERS.sounds({ timestamp: 1, aim: 0, sounds: [...bad, sound, null] })?.sounds.length).toBe(1);
    expect(READERS.sounds({ timestamp: 1, aim: 0, sounds: Array.from({ length: 9999 }, () => sound) })?.sounds.length).toBe(256);
  });
});

function allFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value instanceof Float32Array) return value.every((x) => Number.isFinite(x));
  if (typeof value === 'object' && value !== null) return Object.values(value).every(allFinite);
  return true;
}
