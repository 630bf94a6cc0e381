import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { killProcesses, startProcess } from './server-process.js';
import { sleep, type Json } from './support.js';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const SCREENSHOT = fileURLToPath(new URL('../../../target/screenshots/match.png', import.meta.url));
const PLAYFIELD = { width: 480, height: 270 };
const NAME = 'Tester';

/** Quiet: no updater, no first-run page, nothing that asks the network for anything but the game. */
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

let browser: Browser | undefined;
after(async () => {
  await browser?.close();
  killProcesses();
});

test('a browser joins, walks and shoots a hole into the world', { timeout: 120_000 }, async () => {
  const server = startProcess({ PORT: '0', BOTS: '3', DEBUG_COMMANDS: 'on' });
  const url = await server.ready;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });

  await page.goto(`${url}?autojoin=1&name=${NAME}&renderer=canvas&loadout=rifle,pistol,grenade`);
  const onServer = async (): Promise<Json> => (await fetch(`${url}debug/match/public`)).json();
  const tester = async (): Promise<Json> => (await onServer()).players.find((player: Json) => player.name === NAME);
  const until = async (what: string, holds: () => Promise<boolean>, seconds = 20): Promise<void> => {
    for (const end = Date.now() + seconds * 1000; !(await holds()); await sleep(50)) {
      assert(Date.now() < end, `${what} did not happen in ${seconds} s; page errors: ${complaints.join('; ') || 'none'}; server: ${server.output()}`);
    }
  };

  await until('a living player on the server', async () => (await tester())?.alive === true);
  await until('the match in the page', async () => {
    const state = await stateOf(page);
    return state !== undefined && state.alive && state.walls > 0 && state.states > 3;
  });
  const state = await stateOf(page);
  assert.equal(state?.renderer, 'canvas');
  assert.equal(state?.playerId, (await tester()).id);
  assert.equal(state?.playersKnown, 4);

  await until('the binary protocol', async () => (await stateOf(page))?.wire === true);

  const start = (await tester()).position;
  const moved = (at: { x: number; y: number }): number => Math.hypot(at.x - start.x, at.y - start.y);
  await until('walking', async () => {
    for (const key of ['KeyD', 'KeyS', 'KeyA', 'KeyW']) {
      await page.keyboard.down(key);
      await sleep(300);
      await page.keyboard.up(key);
      if (moved((await tester()).position) > 10) return true;
    }
    return false;
  });
  await until('the page following', async () => {
    const shown = await stateOf(page);
    return shown?.position != null && moved(shown.position) > 5;
  });

  const canvas = await page.locator('canvas').first().boundingBox();
  assert(canvas !== null, 'the page has a canvas');
  // Two grenades a life: whoever is shot first comes back with two.
  await until('a grenade thrown, in the page', async () => {
    if (!(await tester()).alive) {
      await page.keyboard.press('Space');
      return false;
    }
    await page.keyboard.press('Digit3', { delay: 60 });
    await page.mouse.down();
    await sleep(150);
    await page.mouse.up();
    for (let look = 0; look < 20; look++) {
      const shown = await stateOf(page);
      if (shown?.weapon === 'grenade' && shown.ammo < 2 && shown.projectiles.includes('grenade')) return true;
      await sleep(50);
    }
    return false;
  }, 40);
  await page.keyboard.press('Digit1', { delay: 60 });
  // Bots shoot too: only the tester's own hits count. A full turn meets a wall wherever it stands, and Space brings
  // back whoever is shot meanwhile.
  let angle = 0;
  await until('a slice taking damage', async () => {
    const own = await tester();
    if (!own.alive) {
      await page.keyboard.press('Space');
      return false;
    }
    const aim = { x: own.position.x + 60 * Math.cos(angle), y: own.position.y + 60 * Math.sin(angle) };
    angle += Math.PI / 6;
    await page.mouse.move(
      canvas.x + (Math.max(1, Math.min(PLAYFIELD.width - 1, aim.x)) / PLAYFIELD.width) * canvas.width,
      canvas.y + (Math.max(1, Math.min(PLAYFIELD.height - 1, aim.y)) / PLAYFIELD.height) * canvas.height,
    );
    await page.mouse.down();
    await sleep(250);
    await page.mouse.up();
    return (await tester()).slicesHit > 0;
  }, 40);
  assert((await onServer()).destruction.damagedSlices > 0);

  // Own steps and shots have been heard through the page's loudspeakers, and nothing piles up in its graph.
  await until('sounds being played', async () => ((await stateOf(page))?.audio?.played ?? 0) > 5);
  assert(((await stateOf(page))?.audio?.voices ?? 99) <= 32);

  mkdirSync(dirname(SCREENSHOT), { recursive: true });
  await page.screenshot({ path: SCREENSHOT });
  assert.equal((await stateOf(page))?.malformed, 0);
  assert.deepEqual(complaints, []);

  await page.close();
  await until('leaving', async () => (await tester()) === undefined);
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0);
});

interface PageState {
  alive: boolean;
  wire: boolean;
  walls: number;
  states: number;
  renderer: string;
  playerId: string;
  playersKnown: number;
  malformed: number;
  weapon: string;
  ammo: number;
  projectiles: string[];
  audio: { state: string; voices: number; nodes: number; played: number } | null;
  position: { x: number; y: number } | null;
}

function stateOf(page: Page): Promise<PageState | undefined> {
  return page.evaluate(() => (window as unknown as { trespasser?: { state(): PageState } }).trespasser?.state());
}
