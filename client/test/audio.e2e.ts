import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutoffHz, OPEN_CUTOFF, type SoundKind } from '../src/core/sounds';
import type { HeardSound } from '../src/net/protocol';
import type { TestState } from '../src/testHook';
import { launch } from './browser/chromium';
import { FakeServer } from './browser/fakeServer';
import type { Flood, Rendering } from './browser/page';

/** npm runs scripts in the package's folder. */
const ROOT = process.cwd();
const SCREENSHOT = resolve(ROOT, '../target/screenshots/captions.png');
const RIGHT = 0;
const DOWN = Math.PI / 2;
const LEFT = Math.PI;
const UP = -Math.PI / 2;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
});

function dB(ratio: number): number {
  return 20 * Math.log10(ratio);
}

function powerdB(ratio: number): number {
  return 10 * Math.log10(ratio);
}

function heard(kind: SoundKind, direction: number, more: Partial<HeardSound> = {}): HeardSound {
  return { kind, direction, gain: 0.3, cutoff: OPEN_CUTOFF, own: false, ...more };
}

describe('the sound of the game, rendered offline', () => {
  let page: Page;
  let render: (sounds: HeardSound[], seconds?: number) => Promise<Rendering>;

  beforeAll(async () => {
    const result = (await build({
      root: ROOT,
      configFile: false,
      logLevel: 'warn',
      build: { write: false, lib: { entry: resolve(ROOT, 'test/browser/page.ts'), formats: ['iife'], name: 'bundle' } },
    })) as Rollup.RollupOutput[];
    const script = result[0]!.output[0].code;
    page = await browser.newPage();
    await page.addScriptTag({ content: script });
    // Chromium lets a page sound once its user has done something.
    await page.mouse.click(5, 5);
    render = (sounds, seconds = 1) => page.evaluate(([s, t]) => window.audioTest.render(s, t), [sounds, seconds] as const);
  });

  it.each(['footstep_walk', 'fire_rifle', 'impact_glass', 'explosion'] as const)('%s from the left is louder in the left ear', async (kind) => {
    const left = await render([heard(kind, LEFT)]);
    const right = await render([heard(kind, RIGHT)]);
    expect(dB(left.left / left.right)).toBeGreaterThan(12);
    expect(dB(right.right / right.left)).toBeGreaterThan(12);
    // Mirrored: the same loudness on the other side, and both ears get something.
    expect(dB(left.left / right.right)).toBeCloseTo(0, 1);
    expect(dB(left.right / right.left)).toBeCloseTo(0, 1);
    expect(left.right).toBeGreaterThan(0);
  });

  it('pans by the share of the way that is sideways', async () => {
    const sides = [LEFT, LEFT + Math.PI / 4, UP, UP + Math.PI / 4, RIGHT];
    const tilts: number[] = [];
    for (const direction of sides) {
      const { left, right } = await render([heard('fire_pistol', direction)]);
      tilts.push(dB(right / left));
    }
    for (let i = 1; i < tilts.length; i += 1) expect(tilts[i]! - tilts[i - 1]!).toBeGreaterThan(3);
  });

  it('plays what comes from straight up or down the screen, and what is one\'s own, in the middle', async () => {
    for (const sound of [heard('fire_rifle', UP), heard('fire_rifle', DOWN), heard('fire_rifle', LEFT, { own: true })]) {
      const { left, right } = await render([sound]);
      expect(left).toBeGreaterThan(0);
      expect(Math.abs(dB(left / right))).toBeLessThan(0.1);
    }
  });

  it.each([
    ['fire_rifle', 20, [4000, 8000, 16_000]],
    ['break_glass', 32, [8000, 16_000]],
    ['explosion', 0, [1000, 2000, 4000, 8000]],
    ['footstep_run', 10, [2000, 4000, 8000]],
  ] as const)('%s muffled at step %i has less energy above its cutoff', async (kind, step, above) => {
    const cutoff = cutoffHz(step);
    const open = await render([heard(kind, RIGHT)]);
    const muffled = await render([heard(kind, RIGHT, { cutoff })]);
    for (const band of above) {
      expect(band / cutoff, `${band} Hz is above ${cutoff} Hz`).toBeGreaterThan(1.5);
      const lost = powerdB(open.bands[band]! / muffled.bands[band]!);
      // 12 dB for each octave above the cutoff, from 3 dB at it; the compressor gives a little back.
      const expected = 12 * Math.log2(band / cutoff);
      expect(lost, `${band} Hz`).toBeGreaterThan(Math.min(expected * 0.7, 30));
    }
    const below = [125, 250].filter((band) => band < cutoff / 2);
    for (const band of below) expect(Math.abs(powerdB(open.bands[band]! / muffled.bands[band]!)), `${band} Hz`).toBeLessThan(2.5);
  });

  it('muffles the more the lower the cutoff', async () => {
    const treble: number[] = [];
    for (const step of [63, 40, 28, 14, 0]) {
      const { bands } = await render([heard('break_metal', UP, { cutoff: cutoffHz(step) })]);
      treble.push(bands[4000]! + bands[8000]! + bands[16_000]!);
    }
    for (let i = 1; i < treble.length; i += 1) expect(powerdB(treble[i]! / treble[i - 1]!)).toBeLessThan(-1);
  });

  it('scales with the gain', async () => {
    // Below the compressor's threshold: as it came.
    const loud = await render([heard('footstep_walk', UP, { gain: 0.2 })]);
    const soft = await render([heard('footstep_walk', UP, { gain: 0.05 })]);
    expect(dB(loud.left / soft.left)).toBeCloseTo(12.04, 1);
    // Above it, louder all the same.
    const full = await render([heard('explosion', UP, { gain: 1 })]);
    const half = await render([heard('explosion', UP, { gain: 0.4 })]);
    expect(dB(full.left / half.left)).toBeGreaterThan(2);
  });

  it('does not clip in a firefight', async () => {
    const kinds: SoundKind[] = ['explosion', 'fire_antimaterialrifle', 'fire_shotgun', 'fire_machinegun', 'break_concrete', 'flash'];
    const { peak } = await render(kinds.flatMap((kind, i) => [0, 1, 2].map((k) => heard(kind, i + k, { gain: 0.8 }))));
    expect(peak).toBeGreaterThan(0.2);
    expect(peak).toBeLessThan(1.6);
  });

  it('sounds at all, for every kind', async () => {
    const kinds = await page.evaluate(() => window.audioTest.kinds);
    expect(kinds.length).toBe(33);
    for (const kind of kinds) expect((await render([heard(kind, UP, { gain: 1 })])).left, kind).toBeGreaterThan(1e-3);
  });

  it('lets go of all nodes after a thousand sounds', async () => {
    const flood: Flood = await page.evaluate(() => window.audioTest.flood(1000));
    expect(flood.played).toBeGreaterThanOrEqual(1000);
    expect(flood.refused).toBeGreaterThan(0);
    expect(flood.stolen).toBeGreaterThan(0);
    // 32, and those that fade to make room.
    expect(flood.mostVoices).toBeLessThanOrEqual(64);
    expect(flood).toMatchObject({ voicesLeft: 0, nodesLeft: 2, nodesClosed: 0 });
  });
});

describe('the game in the browser', () => {
  const own = { x: 240, y: 135, rotation: 0 };
  const player = (id: string, name: string, team: string, x: number, y: number): object => ({
    id, name, team, kills: 0, deaths: 0, isAlive: true, position: { x, y }, rotation: own.rotation, health: 100, weaponId: 'rifle',
    weapons: { rifle: { type: 'rifle', currentAmmo: 30, reserveAmmo: 180, maxAmmo: 30, fireRate: 600, reloadTime: 2500 } },
  });
  const cone = (): object[] => {
    const points = [{ x: own.x, y: own.y }];
    for (let i = -6; i <= 6; i += 1) {
      points.push({ x: own.x + 160 * Math.cos((i * Math.PI) / 18), y: own.y + 160 * Math.sin((i * Math.PI) / 18) });
    }
    return points;
  };
  const walls = (): object =>
    Object.fromEntries(
      [[300, 60, 'wood'], [90, 100, 'concrete'], [330, 180, 'glass'], [150, 200, 'metal'], [60, 40, 'wood'], [400, 120, 'concrete']].map(
        ([x, y, material], i) => [
          `wall_${i}`,
          {
            id: `wall_${i}`, position: { x, y }, width: 50, height: 10, orientation: 'horizontal', material, maxHealth: 80,
            destructionMask: [0, 0, i % 2, 0, 0], sliceHealth: [80, 60, 40, 80, 80],
          },
        ],
      ),
    );
  const server = new FakeServer(resolve(ROOT, 'dist'), () => ({
    players: {
      own: player('own', 'Tester', 'red', own.x, own.y), mate: player('mate', 'Mate', 'red', 200, 200),
      behind: player('behind', 'Behind', 'blue', own.x - 16, own.y),
    },
    walls: walls(), projectiles: [], smokeZones: [],
    vision: { type: 'polygon', polygon: cone(), fogOpacity: 0.64 },
  }));
  const complaints: string[] = [];
  let page: Page;
  let address = '';

  const state = (): Promise<TestState> => page.evaluate(() => window.trespasser!.state());
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 15_000; !(await holds()); ) {
      if (Date.now() > end) throw new Error(`${what} did not happen; page: ${complaints.join('; ') || 'no complaints'}`);
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  const say = (sounds: object[], aim = 0): void =>
    server.say('sounds', { timestamp: Date.now(), aim, sounds: sounds.map((s) => ({ gain: 60, bearing: 0, cutoff: 63, own: false, ...s })) });

  beforeAll(async () => {
    page = await browser.newPage({ viewport: { width: 1440, height: 810 } });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    address = await server.open();
    await page.goto(`${address}?autojoin=1&name=Tester&renderer=canvas&team=red`);
    await until('a match in the page', async () => (await state()).states > 3);
  });
  afterAll(async () => {
    await page?.close();
    await server.close();
  });

  it('asks for sounds', () => {
    expect(server.received[0]).toMatchObject(['client:ready', { sounds: true }]);
  });

  it('is silent until the user does something, then plays, and lets go of what it played', async () => {
    say([{ kind: 'fire_rifle' }]);
    await until('a sound heard', async () => (await state()).heard.length > 0);
    expect((await state()).audio).toEqual({ state: 'none', voices: 0, nodes: 0, played: 0 });
    await page.mouse.click(700, 400);
    await until('an open ear', async () => (await state()).audio.state === 'running');
    say([{ kind: 'fire_rifle', bearing: 20 }, { kind: 'reload', own: true }, { kind: 'yodel' }]);
    await until('two sounds played', async () => (await state()).audio.played === 2);
    await until('nothing left but the master', async () => {
      const { audio } = await state();
      return audio.voices === 0 && audio.nodes === 2;
    });
  });

  it('plays nothing that is a second old, and nothing when muted', async () => {
    const { played } = (await state()).audio;
    server.say('sounds', { timestamp: Date.now() - 5000, aim: 0, sounds: [{ kind: 'bounce', gain: 200, bearing: 0, cutoff: 63, own: false }] });
    await page.keyboard.press('Escape');
    await page.locator('#pause-settings').click();
    await page.locator('label[for=set-sound]').click();
    say([{ kind: 'throw' }]);
    await until('the sound heard', async () => (await state()).heard.includes('Something thrown'));
    expect((await state()).audio.played).toBe(played);
    await page.locator('label[for=set-sound]').click();
    await page.locator('label[for=set-captions]').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => localStorage.getItem('trespasser.settings'))).toContain('"captions":true');
  });

  it('writes what is heard, with arrows, when asked to', async () => {
    await until('an empty list', async () => (await state()).heard.length === 0);
    say([
      { kind: 'footstep_run', bearing: 32, gain: 90 }, { kind: 'fire_rifle', bearing: 4, gain: 25 }, { kind: 'break_wood', bearing: 50, gain: 12 },
      { kind: 'explosion', bearing: 12, gain: 160 }, { kind: 'reload', bearing: 26, gain: 9 }, { kind: 'fire_smg', own: true, gain: 255 },
    ]);
    const captions = page.locator('.captions .heard:not([hidden])');
    await until('five captions', async () => (await captions.count()) === 5);
    const texts = await captions.allInnerTexts();
    expect(new Set(texts)).toEqual(new Set(['Footsteps, running', 'Rifle fire', 'Wood breaks', 'Explosion', 'Reloading']));
    mkdirSync(dirname(SCREENSHOT), { recursive: true });
    await page.screenshot({ path: SCREENSHOT });
    const box = (await page.locator('.captions').boundingBox())!;
    expect(box.x + box.width, 'left of the middle third').toBeLessThan(1440 / 3);
    await until('all of it gone', async () => (await captions.count()) === 0);
  });

  it('lights the vision polygon and nothing beside it', async () => {
    await until('three states more', async () => {
      const { states } = await state();
      return (await page.evaluate(() => (window as { lit?: number }).lit ??= window.trespasser!.state().states)) + 3 < states;
    });
    // On the floor, to both sides of each of the cone's edges and of its arc, which runs 1.5 px inside its circle.
    const pairs: [inside: [number, number], outside: [number, number]][] = [];
    for (let far = 20; far < 120; far += 10) {
      for (const side of [-1, 1]) {
        const at = (angle: number): [number, number] => [own.x + far * Math.cos(angle), own.y + side * far * Math.sin(angle)];
        pairs.push([at(Math.PI / 3 - 2 / far), at(Math.PI / 3 + 2 / far)]);
      }
    }
    for (const angle of [-0.9, -0.3, 0.3, 0.9]) {
      const at = (far: number): [number, number] => [own.x + far * Math.cos(angle), own.y + far * Math.sin(angle)];
      pairs.push([at(156), at(162)]);
    }
    const light = await page.evaluate((places) => {
      const canvas = document.querySelector('canvas')!;
      const { data, width } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return places.map((pair) => pair.map(([x, y]) => data[(Math.floor(y) * width + Math.floor(x)) * 4 + 1]!));
    }, pairs);
    light.forEach(([inside, outside], i) => {
      expect(inside! / outside!, `${pairs[i]}: ${inside} and ${outside}`).toBeGreaterThan(1.7);
    });
  });

  it('releases everything on the way to the menu and back', async () => {
    say([{ kind: 'explosion', gain: 255 }]);
    await until('a bang', async () => (await state()).audio.voices > 0);
    const listeners = await page.evaluate(() => window.trespasser!.listenerCount());
    await page.keyboard.press('Escape');
    await page.locator('#leave').click();
    await until('the menu, silent', async () => {
      const { scene, audio } = await state();
      return scene === 'menu' && audio.nodes === 0 && audio.voices === 0 && audio.state === 'suspended';
    });
    await page.locator('#quick-match').click();
    await page.getByText('Enter match').click();
    await until('the match again', async () => (await state()).states > 3);
    await until('an open ear', async () => (await state()).audio.state === 'running');
    expect(await page.evaluate(() => window.trespasser!.listenerCount())).toBe(listeners);
    say([{ kind: 'bounce' }]);
    await until('a sound', async () => (await state()).audio.played === 1);
    expect((await state()).malformed).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('is a silent game where there is no WebAudio', async () => {
    await page.close();
    page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.addInitScript(() => {
      Object.assign(window, { AudioContext: undefined, webkitAudioContext: undefined });
    });
    await page.goto(`${address}?autojoin=1&name=Tester&renderer=canvas&team=red`);
    await until('a match in the page', async () => (await state()).states > 3);
    await page.mouse.click(300, 300);
    say([{ kind: 'explosion' }]);
    await until('the sound heard', async () => (await state()).heard.includes('Explosion'));
    expect((await state()).audio.state).toBe('none');
    expect(complaints).toEqual([]);
  });
});
