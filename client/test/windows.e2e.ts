/** Windows, displays and ways of pointing that the game was not drawn for: nothing breaks, nothing is cut. */
import { resolve } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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
  walls: {}, projectiles: [], smokeZones: [], vision: { polygon: [], fogOpacity: 0.64 },
}));
let browser: Browser;
let url: string;

beforeAll(async () => {
  browser = await launch();
  url = await server.open();
});
afterAll(async () => {
  await browser?.close();
  await server.close();
});

async function withPage(options: BrowserContextOptions, query: string, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(`${url}?renderer=canvas${query}`);
    await page.waitForFunction(() => window.trespasser !== undefined && window.trespasser.state().scene !== '' && window.trespasser.state().scene !== 'boot');
    await use(page);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

describe('the playfield', () => {
  it.each([
    [960, 540, 1, 2], [1111, 633, 1, 2], [3840, 2160, 1, 8], [1280, 720, 1.25, 3], [1707, 960, 1.5, 5], [360, 640, 3, 2],
    [400, 300, 1, 400 / 480],
  ])('in a window of %i x %i at %f device pixels a pixel is %f of the display\u2019s', async (width, height, deviceScaleFactor, zoom) => {
    await withPage({ viewport: { width, height }, deviceScaleFactor }, '', async (page) => {
      const box = await page.evaluate(() => {
        const { left, top, right, bottom, width: wide, height: high } = document.querySelector('#frame canvas')!.getBoundingClientRect();
        const { scrollWidth, scrollHeight } = document.documentElement;
        return { left, top, right, bottom, wide, high, scrollWidth, scrollHeight };
      });
      expect((box.wide * deviceScaleFactor) / 480).toBeCloseTo(zoom, 2);
      expect((box.high * deviceScaleFactor) / 270).toBeCloseTo(zoom, 2);
      // On a device pixel, all of it in the window, which has no bars.
      for (const edge of [box.left, box.top]) expect(Math.abs(edge * deviceScaleFactor - Math.round(edge * deviceScaleFactor))).toBeLessThan(0.02);
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.top).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(width + 0.5);
      expect(box.bottom).toBeLessThanOrEqual(height + 0.5);
      expect(box.scrollWidth).toBeLessThanOrEqual(width);
      expect(box.scrollHeight).toBeLessThanOrEqual(height);
    });
  });

  it('follows a window that changes its size', async () => {
    await withPage({ viewport: { width: 960, height: 540 } }, '', async (page) => {
      for (const [width, height, wide] of [[1500, 850, 1440], [700, 400, 480], [1920, 1080, 1920]] as const) {
        await page.setViewportSize({ width, height });
        await page.waitForFunction((wanted) => Math.round(document.querySelector('#frame canvas')!.getBoundingClientRect().width) === wanted, wide);
      }
    });
  });
});

describe('fingers', () => {
  it('break nothing, in the menu and in a match', async () => {
    await withPage({ viewport: { width: 960, height: 540 }, hasTouch: true }, '&autojoin=1&name=Robin', async (page) => {
      await page.waitForFunction(() => window.trespasser!.state().alive);
      for (const [x, y] of [[480, 270], [10, 10], [900, 500]] as const) await page.touchscreen.tap(x, y);
      // Two fingers that draw apart.
      const tools = await page.context().newCDPSession(page);
      for (const type of ['touchStart', 'touchMove', 'touchEnd'] as const) {
        const way = type === 'touchMove' ? 80 : 20;
        const touchPoints = type === 'touchEnd' ? [] : [{ x: 480 - way, y: 270, id: 0 }, { x: 480 + way, y: 270, id: 1 }];
        await tools.send('Input.dispatchTouchEvent', { type, touchPoints });
      }
      await page.touchscreen.tap(480, 270);
      const { alive, malformed } = await page.evaluate(() => window.trespasser!.state());
      expect([alive, malformed]).toEqual([true, 0]);
      await page.keyboard.press('Escape');
      await page.locator('#leave').tap();
      await page.locator('#quick-match').waitFor();
    });
  });
});

describe('who asked for less motion', () => {
  it('gets no shaking, and a backdrop that rests', async () => {
    const looks = async (page: Page): Promise<string[]> => {
      await page.waitForTimeout(400);
      const one = await page.locator('#frame canvas').first().screenshot();
      await page.waitForTimeout(700);
      return [one, await page.locator('#frame canvas').first().screenshot()].map((image) => image.toString('base64'));
    };
    await withPage({ viewport: { width: 480, height: 270 }, reducedMotion: 'reduce' }, '', async (page) => {
      const [before, after] = await looks(page);
      expect(after === before).toBe(true);
      await page.locator('#open-settings').click();
      expect(await page.locator('#set-shake').isChecked()).toBe(false);
    });
    await withPage({ viewport: { width: 480, height: 270 }, reducedMotion: 'no-preference' }, '', async (page) => {
      const [before, after] = await looks(page);
      expect(after === before).toBe(false);
      await page.locator('#open-settings').click();
      expect(await page.locator('#set-shake').isChecked()).toBe(true);
    });
  });
});
