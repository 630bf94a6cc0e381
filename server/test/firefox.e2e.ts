import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { engine } from '../src/engine.js';
import { testFolder } from './database.js';
import { killProcesses, startProcess } from './server-process.js';
import { sleep, TestClient, type Json } from './support.js';

/** A stock Firefox, driven by WebDriver BiDi: Debian's, or whatever FIREFOX or the PATH leads to. */
const FIREFOX = process.env['FIREFOX'] ?? onPath('firefox-esr') ?? onPath('firefox') ?? 'firefox-esr';
const SHOTS = fileURLToPath(new URL('../../../target/screenshots/', import.meta.url));
const FIELD = { width: 480, height: 270 };
const NAME = 'Vixen';

function onPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, program)).find((path) => existsSync(path));
}

let browser: Browser | undefined;
let folder: Awaited<ReturnType<typeof testFolder>> | undefined;
const clients: TestClient[] = [];
after(async () => {
  for (const client of clients) client.close();
  await browser?.close();
  killProcesses();
  await folder?.remove();
});

interface PageState {
  scene: string;
  alive: boolean;
  wire: boolean;
  walls: number;
  states: number;
  playersKnown: number;
  playersSeen: number;
  malformed: number;
  ammo: number;
  heard: string[];
  shotsShown: number;
  shotsUnanswered: number;
  audio: { state: string; played: number } | null;
  matchEnded: boolean;
  drawn: { x: number; y: number } | null;
}

test('Firefox: menu, settings, a match against bots, its results, its recording in the viewer, and the map editor', { timeout: 180_000 }, async (t) => {
  folder = await testFolder();
  const data = folder.path;
  const downloads = join(data, 'downloads');
  mkdirSync(downloads);
  mkdirSync(dirname(join(SHOTS, 'x')), { recursive: true });
  const server = startProcess({ PORT: '0', BOTS: '5', DEBUG_COMMANDS: 'on', REPLAYS: 'directory', DATA_DIR: data });
  const url = await server.ready;
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: {
      'browser.download.folderList': 2, 'browser.download.dir': downloads, 'browser.download.useDownloadDir': true,
      'browser.helperApps.neverAsk.saveToDisk': 'image/png', 'browser.download.always_ask_before_handling_new_types': false,
      'media.autoplay.default': 0,
    },
  });
  t.diagnostic(await browser.version());
  const complaints: string[] = [];
  const open = async (path: string): Promise<Page> => {
    const page = await browser!.newPage();
    await page.setViewport({ width: 1280, height: 720 });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') complaints.push(`${message.type()}: ${message.text()}`);
    });
    await page.goto(`${url}${path}`);
    return page;
  };
  const until = async (what: string, holds: () => Promise<boolean> | boolean, seconds = 30, more: () => string = () => ''): Promise<void> => {
    for (const end = Date.now() + seconds * 1000; !(await holds()); await sleep(40)) {
      assert(Date.now() < end, `${what} did not happen in ${seconds} s; page: ${complaints.join('; ') || 'no errors'}; server: ${server.output() || 'silent'} ${more()}`);
    }
  };
  const shot = async (page: Page, name: string): Promise<void> => void (await page.screenshot({ path: join(SHOTS, `firefox-${name}.png`) as `${string}.png` }));

  // The menu, by keyboard alone.
  const page = await open('');
  const state = (): Promise<PageState> => page.evaluate(() => (window as unknown as { trespasser: { state(): unknown } }).trespasser.state() as PageState);
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? '');
  const shown = (selector: string): Promise<boolean> => page.evaluate((wanted) => {
    const element = document.querySelector<HTMLElement>(wanted);
    return element !== null && element.getClientRects().length > 0;
  }, selector);
  const tabTo = async (id: string): Promise<void> => {
    for (let i = 0; i < 60 && (await focused()) !== id; i++) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const control = document.activeElement as HTMLInputElement;
        const seen = control.classList.contains('sr') ? control.labels?.[0] : control;
        return control === document.body || control === document.documentElement || seen === undefined || seen === null ? 'page' : getComputedStyle(seen).outlineStyle;
      });
      assert.notEqual(outline, 'none', `#${await focused()} has the focus and does not show it`);
    }
    assert.equal(await focused(), id);
  };
  await until('the menu', async () => (await shown('#quick-match')) && (await focused()) === 'player-name');
  await page.keyboard.type(NAME);
  await tabTo('open-settings');
  await page.keyboard.press('Enter');
  await until('the settings', () => shown('.settings-screen'));
  await tabTo('set-captions');
  if (!(await page.evaluate(() => (document.activeElement as HTMLInputElement).checked))) await page.keyboard.press(' ');
  await tabTo('set-palette-standard');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--c-red')), 'rgb(232 116 28)');
  await page.keyboard.press('ArrowLeft');
  await shot(page, 'settings');
  await page.keyboard.press('Escape');
  await until('the menu again', () => shown('#quick-match'));
  assert.equal(await focused(), 'open-settings');
  await shot(page, 'menu');

  // A match.
  await page.evaluate(() => document.getElementById('player-name')!.focus());
  await tabTo('quick-match');
  await page.keyboard.press('Enter');
  await until('the loadout', () => shown('#loadout-confirm'));
  await tabTo('loadout-confirm');
  await page.keyboard.press('Enter');
  await until('a body in the match', async () => {
    const { alive, walls, states, wire, playersKnown } = await state();
    return alive && walls > 0 && states > 3 && wire && playersKnown === 6;
  });
  const tester = async (): Promise<Json> => (await (await fetch(`${url}debug/match/public`)).json()).players.find((player: Json) => player.name === NAME);
  const box = await page.evaluate(() => {
    const { left, top, width, height } = document.querySelector('canvas')!.getBoundingClientRect();
    return { left, top, width, height };
  });
  assert.equal((box.width / FIELD.width) % 1, 0, 'the playfield is scaled by a whole number');
  const start = (await tester()).position as { x: number; y: number };
  let angle = 0;
  let now: PageState | undefined;
  let [moved, drawnMoved, fewest, heard, seen] = [0, 0, Infinity, 0, 0];
  const keys = ['d', 's', 'a', 'w'] as const;
  await until('walking, shooting at walls, seeing others, and captions', async () => {
    const own = await tester();
    if (!own.alive) {
      await page.keyboard.press(' ');
      return false;
    }
    angle += Math.PI / 5;
    const key = keys[Math.floor(angle) % 4]!;
    const to = (at: number, most: number): number => Math.max(1, Math.min(most - 1, at));
    const aim = { x: to(own.position.x + 60 * Math.cos(angle), FIELD.width), y: to(own.position.y + 60 * Math.sin(angle), FIELD.height) };
    await page.keyboard.down(key);
    await page.mouse.move(box.left + (aim.x / FIELD.width) * box.width, box.top + (aim.y / FIELD.height) * box.height);
    await page.mouse.down();
    await sleep(200);
    await page.mouse.up();
    await page.keyboard.up(key);
    now = await state();
    moved = Math.max(moved, Math.hypot(own.position.x - start.x, own.position.y - start.y));
    if (now.drawn) drawnMoved = Math.max(drawnMoved, Math.hypot(now.drawn.x - start.x, now.drawn.y - start.y));
    fewest = Math.min(fewest, now.ammo);
    heard = Math.max(heard, await page.evaluate(() => document.querySelectorAll('.captions li').length), now.heard.length);
    seen = Math.max(seen, now.playersSeen);
    // Without a sound device Firefox never lets an AudioContext run, while Chromium plays into nothing.
    const sounds = now.audio?.state === 'suspended' || (now.audio?.state === 'running' && now.audio.played > 5);
    return sounds && moved > 10 && drawnMoved > 10 && fewest < 28 && heard > 0 && seen > 1 && own.slicesHit > 0;
  }, 60, () => JSON.stringify({ moved, drawnMoved, fewest, heard, seen, now }));
  await shot(page, 'match');
  // Own shots were shown at the trigger, and the server fired nearly all of them.
  const { shotsShown, shotsUnanswered } = await state();
  assert(shotsShown > 2 && shotsUnanswered <= shotsShown / 4, `${shotsUnanswered} of ${shotsShown} shots were shown in vain`);
  // Its end, by the hand of someone who only looks on.
  const host = await TestClient.connect({ url });
  clients.push(host);
  await host.ask('find_match', { gameMode: 'deathmatch', isPrivate: false }, 'lobby_joined');
  host.emit('debug:trigger_match_end');
  await until('the results', async () => (await state()).matchEnded && (await shown('#leave-end')));
  await shot(page, 'results');
  assert((await page.evaluate(() => document.querySelector('.end')!.textContent ?? '')).includes(NAME), 'the own row is in the results');
  assert.equal((await state()).malformed, 0);
  await tabTo('leave-end');
  await page.keyboard.press('Enter');
  await until('the menu after the match', async () => (await state()).scene === 'menu');
  await page.close();

  // The recording of that match, in the viewer.
  const replays = join(data, 'replays');
  let file = '';
  await until('the recording', async () => {
    const bytes = async (name: string): Promise<Buffer> => readFile(join(replays, name));
    for (const name of await readdir(replays, { recursive: true }).catch(() => [])) {
      if (!name.endsWith('.tprp')) continue;
      const recording = await bytes(name);
      if (recording.length > 0 && engine.Replay.open(recording).info().complete) file = join(replays, name);
    }
    return file !== '';
  });
  const seconds = engine.Replay.open(await readFile(file)).seconds();
  const viewer = await open('replay.html');
  await viewer.waitForSelector('.stage');
  const picker = await viewer.$('header input[type=file]');
  await picker!.uploadFile(file);
  const text = (on: Page, selector: string): Promise<string> => on.evaluate((wanted) => [...document.querySelectorAll(wanted)].map((each) => each.textContent).join('\n'), selector);
  await until('the hashes of the file', async () => (await text(viewer, 'footer')).includes(`${seconds.length} hashes, all as in the file`));
  await viewer.focus('.timeline');
  await viewer.keyboard.press('End');
  const last = seconds.at(-1)!.hash;
  assert(last !== null, 'the last second has a hash');
  await until('the engine\'s own last hash', async () => (await text(viewer, '.hash')).includes(last));
  assert.equal(await viewer.evaluate(() => document.querySelector('.hash b.same') !== null), true, 'and it is marked as the file\'s');
  await shot(viewer, 'replay');
  await viewer.close();

  // The editor.
  const editor = await open('editor.html');
  await until('the map', async () => /red, \d+ blue/.test(await text(editor, 'dd')));
  const hash = (): Promise<string> => editor.evaluate(() => document.querySelector('.facts dd')?.textContent ?? '');
  const before = await hash();
  const press = (label: string): Promise<void> => editor.evaluate((wanted) => {
    const found = [...document.querySelectorAll('button')].find((each) => each.textContent === wanted);
    if (!found) throw new Error(`there is no button ${wanted}`);
    found.click();
  }, label);
  await press('wood');
  const stage = await editor.evaluate(() => {
    const { left, top, width } = document.querySelector('.stage canvas')!.getBoundingClientRect();
    return { left, top, zoom: width / 480 };
  });
  await editor.mouse.move(stage.left + 200 * stage.zoom, stage.top + 135 * stage.zoom);
  await editor.mouse.down();
  await editor.mouse.move(stage.left + 260 * stage.zoom, stage.top + 135 * stage.zoom, { steps: 6 });
  await editor.mouse.up();
  await until('the painted cells in the map', async () => (await hash()) !== before);
  await until('the checks', async () => (await text(editor, 'dt')).includes('First there'));
  const painted = await hash();
  await press('Save');
  let png = '';
  await until('the saved file', async () => {
    const [name] = (await readdir(downloads)).filter((each) => each.endsWith('.png'));
    png = name ?? '';
    return png !== '' && (await readFile(join(downloads, png))).length > 0;
  });
  assert.equal(engine.GameMap.fromPng(await readFile(join(downloads, png))).hash, painted, 'what is saved is what was shown');
  await shot(editor, 'editor');
  await editor.close();
  assert.deepEqual(complaints, []);

  host.close();
  server.child.kill('SIGTERM');
  assert.equal(await server.exit, 0);
});
