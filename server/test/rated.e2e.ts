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

/** Runs in the page before its own scripts: the sockets that it opens can be cut, and the game's be spoken over. */
function keepSockets(): void {
  const all: WebSocket[] = [];
  let game: WebSocket | undefined;
  const Original = WebSocket;
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      all.push(this);
      // Events of Socket.IO's main namespace; those of the matchmaker name theirs.
      this.addEventListener('message', ({ data }) => { if (typeof data === 'string' && data.startsWith('42[')) game = this; });
    }
  };
  Object.assign(window, {
    sayToGame: (event: string) => game?.send(`42${JSON.stringify([event, {}])}`), cutSockets: (part: string) => all.splice(0).forEach((socket) => (socket.url.includes(part) ? socket.close() : all.push(socket))) });
}

test('two browsers queue, meet in a rated match, and one that loses its connection comes back into it', { timeout: 240_000 }, async () => {
  folder = await mkdtemp(join(tmpdir(), 'trespasser-rated-'));
  const server = startProcess({ PORT: '0', MATCHMAKING: 'on', DATA_DIR: folder, REPLAYS: 'directory', DEBUG_COMMANDS: 'on' });
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

  // The rating that both see is the one that the database has, and the recording has their names.
  await bob.evaluate(() => (window as unknown as { sayToGame(event: string): void }).sayToGame('debug:trigger_match_end'));
  const rating = (page: Page): Promise<string> => page.locator('.end .rating').innerText({ timeout: 1000 }).catch(() => '');
  for (const page of [ann, bob]) {
    await until('the rating', async () => /^Rating -?\d+ \u2192 \S+ \([+\u2212\u00b1]\d+\) \u00b7 still being placed, \u00b1\d+$/.test(await rating(page))).catch(async (error: Error) => {
      error.message = `${await rating(page)}: ${error.message}`;
      throw error;
    });
    await page.locator('#watch-replay').waitFor({ timeout: 60_000 });
  }
  const shownRating = await bob.locator('.end .rating b').innerText();
  const changes = await bob.locator('.end tbody tr td:last-child').allInnerTexts();
  assert.equal(changes.length, 2);
  assert(changes.every((change) => /^[+\u2212\u00b1]\d+$/.test(change)), changes.join());
  // The server sends its clients away; the results stay.
  await until('the connection is over', async () => (await state(bob))['connected'] === false);
  assert(await bob.locator('.end').isVisible());
  const replay = await bob.context().newPage();
  replay.on('pageerror', (error) => errors.push(`replay: ${String(error)}`));
  await replay.goto((await bob.locator('#watch-replay').getAttribute('href'))!);
  for (const name of ['Ann', 'Bob']) await replay.locator('.people', { hasText: name }).waitFor({ timeout: 60_000 });
  await replay.close();

  await ann.locator('#next-match').click();
  await ann.locator('#queue-join').waitFor();
  await until('a way that was measured', async () => /^\d+ ms$/.test(await ann.locator('.ping').innerText()));
  await ann.locator('#party-create').click();
  const code = /Party (\S{8})/.exec(await ann.locator('.party', { hasText: /Party \S{8}/ }).innerText())![1]!;
  await bob.locator('#leave-end').click();
  await until('the menu', async () => (await state(bob))['scene'] === 'menu');
  await bob.locator('#open-leaderboard').click();
  await bob.locator('#board-duel').waitFor({ state: 'attached' });
  const own = bob.locator('.own-rank', { hasText: /you are number [12] with/ });
  await own.waitFor({ timeout: 30_000 });
  assert((await own.innerText()).endsWith(` ${shownRating}`));
  await bob.locator('#board-back').click();

  // Into the party by its code, ready, and with it into the queue.
  await bob.locator('#open-queue').click();
  await bob.locator('#party-code').fill(code.toLowerCase());
  await bob.locator('#party-join').click();
  await ann.locator('.party-members', { hasText: 'Bob' }).waitFor();
  assert.match(await ann.locator('#queue-reason').innerText(), /Not ready yet: Bob/);
  await bob.locator('#queue-ready').click();
  await bob.locator('#loadout-confirm').click();
  await ann.locator('#queue-join').click();
  await ann.locator('#loadout-confirm').click();
  for (const page of [ann, bob]) await page.locator('#queue-leave').waitFor();
  await bob.locator('#queue-leave').click();
  await ann.locator('#queue-reason', { hasText: 'Somebody in your party stopped waiting' }).waitFor();
  assert.equal(await bob.evaluate((origin) => localStorage.getItem(`trespasser.device@${origin}`) !== null, new URL(url).origin), true);
  assert.deepEqual(errors, []);
});
