/** Which renderer a page draws with, and that it loads no other. */
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './browser/chromium';
import { FakeServer } from './browser/fakeServer';

const player = { id: 'own', name: 'Robin', team: 'red', x: 240, y: 150, kills: 0, deaths: 0, isAlive: true };
const server = new FakeServer(resolve(process.cwd(), 'dist'), () => ({
  players: {
    own: {
      ...player, position: { x: player.x, y: player.y }, rotation: 0, health: 100, weaponId: 'rifle',
      weapons: { rifle: { id: 'rifle', type: 'rifle', currentAmmo: 30, reserveAmmo: 180, maxAmmo: 30, reloadTime: 2500, isReloading: false } },
    },
  },
  walls: {
    w: {
      id: 'w', position: { x: 200, y: 100 }, width: 80, height: 10, orientation: 'horizontal', material: 'concrete', maxHealth: 100,
      sliceHealth: [100, 60, 40, 20, 0], destructionMask: [0, 0, 0, 0, 1],
    },
  },
  projectiles: [], smokeZones: [], vision: { polygon: [{ x: 90, y: 40 }, { x: 450, y: 40 }, { x: 450, y: 230 }, { x: 90, y: 230 }], fogOpacity: 0.64 },
}));
const CHUNK = '**/assets/WebGLRenderer-*.js';
/** Chromium's own software GL. */
const SOFTWARE_GL = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const NO_GL = ['--disable-gpu', '--disable-3d-apis'];
let url: string;

beforeAll(async () => {
  url = await server.open();
});
afterAll(() => server.close());

interface Drawn {
  readonly renderer: string;
  /** Requests for the WebGL renderer. */
  readonly asked: number;
  readonly complaints: readonly string[];
  /** Of the canvas in a match: how many different colours. */
  readonly colours: number;
}

/** A match, some frames of it. */
async function play(flags: readonly string[], query: string, isChunkLost = false): Promise<Drawn> {
  let browser: Browser | null = null;
  try {
    browser = await launch(flags);
    const page = await browser.newPage({ viewport: { width: 960, height: 540 } });
    const complaints: string[] = [];
    let asked = 0;
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // The driver's own words on its speed are no fault.
      if ((message.type() === 'error' || message.type() === 'warning') && !/GPU stall|swiftshader/i.test(message.text())) complaints.push(message.text());
    });
    await page.route(CHUNK, async (route) => {
      asked += 1;
      await (isChunkLost ? route.abort() : route.continue());
    });
    await page.goto(`${url}?autojoin=1&name=Robin${query}`);
    await page.waitForFunction(() => window.trespasser?.state().scene === 'match' && window.trespasser.state().walls === 1);
    const before = await page.evaluate(() => window.trespasser!.frames());
    await page.waitForFunction((frames) => window.trespasser!.frames() > frames + 30, before);
    const png = (await page.locator('#frame canvas').first().screenshot()).toString('base64');
    const colours = await page.evaluate(async (data) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!;
      context.drawImage(picture, 0, 0);
      return new Set(new Uint32Array(context.getImageData(0, 0, picture.width, picture.height).data.buffer)).size;
    }, png);
    const { renderer } = await page.evaluate(() => window.trespasser!.state());
    return { renderer, asked, complaints, colours };
  } finally {
    await browser?.close();
  }
}

describe('a match is drawn', () => {
  it('with WebGL where there is one', async () => {
    const drawn = await play(SOFTWARE_GL, '');
    expect(drawn).toMatchObject({ renderer: 'webgl', asked: 1, complaints: [] });
    expect(drawn.colours).toBeGreaterThan(30);
  });

  it('with Canvas where that is asked for, without loading the other', async () => {
    const drawn = await play(SOFTWARE_GL, '&renderer=canvas');
    expect(drawn).toMatchObject({ renderer: 'canvas', asked: 0, complaints: [] });
    expect(drawn.colours).toBeGreaterThan(30);
  });

  it('with Canvas where there is no WebGL', async () => {
    expect(await play(NO_GL, '')).toMatchObject({ renderer: 'canvas', asked: 0, complaints: [] });
  });

  it('with Canvas where the WebGL renderer cannot be had, and says so', async () => {
    const drawn = await play(SOFTWARE_GL, '', true);
    expect(drawn.renderer).toBe('canvas');
    expect(drawn.complaints.join()).toContain('the WebGL renderer was not loaded');
  });
});
