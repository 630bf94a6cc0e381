import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults } from './browser/axe';
import { launch } from './browser/chromium';
import { loadEngine } from './engine';

/** npm runs scripts in the package's folder. */
const DIST = resolve(process.cwd(), 'dist');
const SHOTS = resolve(process.cwd(), '../target/screenshots');
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css', wasm: 'application/wasm' };

/** A match of bots, recorded by the native engine, and its hash at the end. */
function recorded(seconds: number): { bytes: Buffer; hash: string } {
  const native = loadEngine();
  const world = new native.World();
  const match = world.createMatch(native.GameMap.builtin('depot'), { seed: 5 });
  world.record(match, { keyframeSeconds: 5, labels: [{ key: 'map', value: 'depot' }, { slot: 0, key: 'name', value: 'Ada' }] });
  for (let bot = 0; bot < 8; bot += 1) world.addBot(match, { skill: 0.8 });
  const parts: Uint8Array[] = [];
  for (let tick = 0; tick < seconds * 60; tick += 1) {
    world.thinkBots();
    world.step();
    const buffer = new Uint8Array(world.recording(match)!.waiting);
    world.drainReplay(match, buffer);
    parts.push(buffer);
  }
  const hash = world.hash(match);
  parts.push(world.endRecording(match));
  return { bytes: Buffer.concat(parts), hash };
}

const SECONDS = 60;
const recording = recorded(SECONDS);
let server: Server;
let origin: string;
let browser: Browser;
const complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://local').pathname;
    if (path === '/replays/unheard-of') {
      response.setHeader('content-type', 'text/html').end('<!doctype html>');
      return;
    }
    if (path === '/replays/known-1') {
      response.end(recording.bytes);
      return;
    }
    readFile(resolve(DIST, `.${path}`)).then(
      (bytes) => response.setHeader('content-type', TYPES[path.split('.').at(-1)!] ?? 'application/octet-stream').end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await new Promise((closed) => server?.close(closed));
});

async function open(path: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1320, height: 800 } });
  complaints.length = 0;
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${origin}${path}`);
  return page;
}

/** Colours of the playfield that are there. */
function colours(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.stage canvas')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

describe('the replay viewer', () => {
  it('plays a match by its id to the hashes of the file, finds its kills, and seeks', async () => {
    const page = await open('/replay.html?match=known-1');
    await page.locator('footer .good', { hasText: `${SECONDS} hashes, all as in the file` }).waitFor();
    const native = loadEngine().Replay.open(recording.bytes);
    expect(native.seconds().at(-1)!.hash).toBe(recording.hash);
    expect(await page.locator('section', { hasText: 'Kills' }).locator('li').count()).toBeGreaterThan(3);
    expect(await page.locator('.people button:visible').count()).toBe(9);
    expect(await colours(page)).toBeGreaterThan(200);
    // To the end by the keyboard: the mark turns green by the native engine's last hash.
    await page.locator('.timeline').press('End');
    await page.locator('.hash b.same').waitFor();
    await page.getByText(`${recording.hash}  second ${SECONDS}: as in the file`).waitFor();
    // Into the middle by a click.
    const box = (await page.locator('.timeline').boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.4, box.y + 20);
    await page.locator('.time', { hasText: /^0:2[3-6]/ }).waitFor();
    await page.screenshot({ path: resolve(SHOTS, 'replay-all.png') });
    expect.soft(await accessibilityFaults(page)).toEqual([]);
    const before = await colours(page);
    await page.getByRole('button', { name: /^Ada/ }).click();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.locator('.heard-list li:visible').first().waitFor();
    await page.screenshot({ path: resolve(SHOTS, 'replay-player.png') });
    expect(await colours(page)).not.toBe(before);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says what is wrong with a match id, a file and a damaged recording, and goes on', async () => {
    const page = await open('/replay.html?match=unheard-of');
    await page.getByText('There is no recording of match unheard-of').waitFor();
    expect.soft(await accessibilityFaults(page)).toEqual([]);
    await page.goto(`${origin}/replay.html?match=gone`);
    await page.getByText('There is no recording of match gone').waitFor();
    await page.goto(`${origin}/replay.html?match=..%2Fsecret`);
    await page.getByText('A match id has 1 to 64 letters').waitFor();
    const damaged = Buffer.from(recording.bytes);
    damaged[Math.floor(damaged.length / 2)]! ^= 255;
    const input = page.locator('input[type=file]').first();
    await input.setInputFiles({ name: 'damaged.tprp', mimeType: 'application/octet-stream', buffer: damaged });
    await page.getByText(/damaged\.tprp: bad replay/).waitFor();
    await input.setInputFiles({ name: 'noise.tprp', mimeType: 'application/octet-stream', buffer: Buffer.from('noise') });
    await page.getByText(/noise\.tprp: bad replay: magic/).waitFor();
    await input.setInputFiles(resolve(process.cwd(), '../engine/tests/golden/replay/v1.tprp'));
    await page.getByText(/load that map.s PNG first/).waitFor();
    await input.setInputFiles({ name: 'good.tprp', mimeType: 'application/octet-stream', buffer: recording.bytes });
    await page.locator('.hash b.same').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('the map editor', () => {
  it('paints, takes back, checks, saves what it showed, and plays it', async () => {
    const page = await open('/editor.html');
    await page.locator('dd', { hasText: /red, \d+ blue/ }).waitFor();
    const stage = (await page.locator('.stage canvas').boundingBox())!;
    const zoom = stage.width / 480;
    const at = (col: number, row: number): [number, number] => [stage.x + (col * 10 + 5) * zoom, stage.y + (row * 10 + 5) * zoom];
    const hash = (): Promise<string | null> => page.locator('.facts dd').first().textContent();
    const original = await hash();
    // A pen around a red spawn: no way out.
    await page.getByRole('button', { name: 'New' }).click();
    await page.getByRole('button', { name: 'red spawn', exact: true }).click();
    await page.mouse.click(...at(10, 10));
    await page.getByRole('button', { name: 'blue spawn', exact: true }).click();
    await page.mouse.click(...at(36, 16));
    await page.getByText(/clear line to the blue spawn/).waitFor();
    await page.getByRole('button', { name: 'wood', exact: true }).click();
    await page.getByRole('button', { name: 'Rectangle' }).click();
    await page.mouse.move(...at(7, 7));
    await page.mouse.down();
    await page.mouse.move(...at(13, 13), { steps: 4 });
    await page.mouse.up();
    await page.getByText(/red spawn at \(105, 105\) has no way/).waitFor();
    const penned = await hash();
    expect(penned).not.toBe(original);
    await page.screenshot({ path: resolve(SHOTS, 'editor-checks.png') });
    expect.soft(await accessibilityFaults(page)).toEqual([]);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save' }).click();
    const png = await readFile((await (await download).path())!);
    expect(loadEngine().GameMap.fromPng(png).hash).toBe(penned);
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('Control+z');
    await page.locator('.facts dd', { hasText: original! }).waitFor();
    // What is saved can be opened.
    await page.locator('input[type=file]').setInputFiles({ name: 'pen.png', mimeType: 'image/png', buffer: png });
    await page.locator('.facts dd', { hasText: penned! }).waitFor();
    await page.locator('input[type=file]').setInputFiles({ name: 'noise.png', mimeType: 'image/png', buffer: Buffer.from('noise') });
    await page.getByText(/noise: bad map/).waitFor();
    await page.getByRole('combobox', { name: 'Open one of' }).selectOption('citadel');
    await page.locator('header .grow', { hasText: 'citadel' }).waitFor();
    await page.getByRole('combobox', { name: 'Show' }).selectOption('sound');
    await page.mouse.move(...at(20, 13));
    await page.waitForTimeout(300);
    await page.screenshot({ path: resolve(SHOTS, 'editor-sound.png') });
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.locator('.heard-list', { hasText: 'health' }).waitFor();
    const before = await colours(page);
    await page.keyboard.down('d');
    await page.waitForTimeout(500);
    await page.keyboard.up('d');
    await page.screenshot({ path: resolve(SHOTS, 'editor-play.png') });
    expect(before).toBeGreaterThan(100);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});
