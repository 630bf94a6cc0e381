import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { killProcesses, startProcess } from './server-process.js';
import { sleep } from './support.js';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

let browser: Browser | undefined;
let folder: string | undefined;
after(async () => {
  await browser?.close();
  killProcesses();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

/** Runs in the page before its own scripts: the sockets that it opens can be cut. */
function keepSockets(): void {
  const all: WebSocket[] = [];
  const Original = WebSocket;
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      all.push(this);
    }
  };
  Object.assign(window, { cutSockets: (part: string) => all.splice(0).forEach((socket) => (socket.url.includes(part) ? socket.close() : all.push(socket))) });
}

test('two browsers queue, meet in a rated match, and one that loses its connection comes back into it', { timeout: 240_000 }, async () => {
  folder = await mkdtemp(join(tmpdir(), 'trespasser-rated-'));
  const server = startProcess({ PORT: '0', MATCHMAKING: 'on', DATA_DIR: folder });
  const url = await server.ready;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const errors: string[] = [];
  const open = async (name: string): Promise<Page> => {
    const context = await browser!.newContext({ viewport: { width: 960, height: 540 } });
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(`${name}: ${String(error)}`));
    await page.addInitScript(keepSockets);
    await page.goto(`${url}?renderer=canvas&name=${name}`);
    await page.locator('#open-queue').click();
    await page.locator('#queue-join').click({ timeout: 30_000 });
    await page.locator('#loadout-confirm').click();
    return page;
  };
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 60_000; !(await holds()); await sleep(50)) {
      assert(Date.now() < end, `${what} did not happen in 60 s; pages: ${errors.join('; ') || 'no errors'}; server: ${server.output()}`);
    }
  };
  const state = (page: Page): Promise<Record<string, unknown>> => page.evaluate(() => ({ ...window.trespasser!.state() }));
  const inMatch = async (page: Page): Promise<boolean> => {
    const { scene, alive, states, wire } = await state(page) as { scene: string; alive: boolean; states: number; wire: boolean };
    return scene === 'match' && alive && states > 3 && wire;
  };

  const [ann, bob] = [await open('Ann'), await open('Bob')];
  await until('the match of both', async () => (await inMatch(ann)) && (await inMatch(bob)));
  const [first, second] = [await state(ann), await state(bob)];
  assert.notEqual(first['team'], second['team']);
  assert.equal(first['playersKnown'], 2);

  await ann.evaluate(() => (window as unknown as { cutSockets(part: string): void }).cutSockets('/socket.io/'));
  await until('the way back', async () => {
    const { playerId } = await state(ann);
    return playerId !== first['playerId'] && (await inMatch(ann));
  });
  const back = await state(ann);
  assert.equal(back['team'], first['team'], 'on the side that the matchmaker gave');
  assert.equal(back['malformed'], 0);
  await until('two players again', async () => (await state(bob))['playersKnown'] === 2);

  await bob.keyboard.press('Escape');
  await bob.locator('#leave').click();
  await until('the menu', async () => (await state(bob))['scene'] === 'menu');
  assert.equal(await bob.evaluate((origin) => localStorage.getItem(`trespasser.device@${origin}`) !== null, new URL(url).origin), true);
  assert.deepEqual(errors, []);
});
