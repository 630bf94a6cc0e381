import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { killProcesses, startProcess } from './server-process.js';
import { sleep } from './support.js';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

const CHANGES = 100;
const EARLY = 10;
/** From here on the heap is compared: the compiler and Phaser's caches have found most of what they need by then. */
const SETTLED = 40;
/**
 * Bytes that the heap may grow by from there to the end: eight kilobytes a change. It is two to five and falls with every
 * change, while a scene's listeners, views or match kept would add the same each time.
 */
const HEAP_LIMIT = (CHANGES - SETTLED) * 8 * 1024;
/** One for each ten changes would be nine. */
const NODES_LIMIT = 4;

/** What a page holds, in the menu and after a collection. */
interface Held {
  /** Handlers on the socket, and everything that scenes, views and sound hold. */
  subscriptions: number;
  /** Handlers of the game and its scenes, and what is on their lists. */
  game: number;
  /** Added and not removed, by where. */
  onWindow: number;
  onDocument: number;
  onCanvas: number;
  /** Of all listeners, as the browser counts them. */
  listeners: number;
  nodes: number;
  documents: number;
  heap: number;
}

let browser: Browser | undefined;
after(async () => {
  await browser?.close();
  killProcesses();
});

test('100 changes of scene leave as many listeners, nodes and bytes as 10', { timeout: 300_000 }, async () => {
  const server = startProcess({ PORT: '0', BOTS: '3' });
  const url = await server.ready;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 960, height: 540 } });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.addInitScript(countListeners);
  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable');
  await tools.send('HeapProfiler.enable');
  await page.goto(`${url}?renderer=canvas&name=Tester&loadout=rifle,pistol,grenade`);

  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 30_000; !(await holds()); await sleep(10)) {
      assert(Date.now() < end, `${what} did not happen in 30 s; page: ${complaints.join('; ') || 'no errors'}; server: ${server.output()}`);
    }
  };
  const inMenu = (): Promise<boolean> => page.evaluate(() => {
    const { scene, connected } = window.trespasser?.state() ?? {};
    return scene === 'menu' && connected === false && document.getElementById('quick-match') !== null;
  });
  const inMatch = (): Promise<boolean> => page.evaluate(() => {
    const state = window.trespasser?.state();
    return state?.scene === 'match' && state.alive && state.wire && state.states > 2;
  });

  await until('the menu', inMenu);
  let early: Held | undefined;
  let settled: Held | undefined;
  let late: Held | undefined;
  for (let change = 1; change <= CHANGES; change++) {
    if (change % 2 === 1) {
      await page.locator('#quick-match').click();
      await page.getByText('Enter match').click();
      await until('the match', inMatch);
      // Something to draw, to hear and to leave behind.
      await page.mouse.click(480, 270);
    } else {
      // The dead have their own use for keys: Escape is the menu for everybody.
      await page.keyboard.press('Escape');
      await page.locator('#leave').click();
      await until('the menu', inMenu);
    }
    if (change === EARLY) early = await held(page, tools);
    if (change === SETTLED) settled = await held(page, tools);
    if (change === CHANGES) late = await held(page, tools);
  }
  const { heap: heapSettled } = settled!;
  const { heap: heapEarly, nodes: nodesEarly, ...countsEarly } = early!;
  const { heap: heapLate, nodes: nodesLate, ...countsLate } = late!;
  const kib = (bytes: number): number => Math.round(bytes / 1024);
  console.log(`after ${EARLY}, ${SETTLED} and ${CHANGES} changes of scene: heap ${kib(heapEarly)}, ${kib(heapSettled)} and ${kib(heapLate)} KiB, ${nodesEarly} and ${nodesLate} nodes, ${JSON.stringify(countsLate)}`);
  assert.deepEqual(countsLate, countsEarly);
  // The browser's own come and go: an empty text, the inside of a field.
  assert(Math.abs(nodesLate - nodesEarly) <= NODES_LIMIT, `${nodesEarly} nodes, then ${nodesLate}`);
  assert(heapLate - heapSettled < HEAP_LIMIT, `the heap grew by ${kib(heapLate - heapSettled)} KiB`);
  assert.deepEqual(complaints, []);
  await page.close();
  server.child.kill('SIGINT');
  assert.equal(await server.exit, 0);
});

async function held(page: Page, tools: CDPSession): Promise<Held> {
  // What a frame still holds is let go in the next ones.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  for (let pass = 0; pass < 3; pass++) await tools.send('HeapProfiler.collectGarbage');
  const own = await page.evaluate(() => ({
    subscriptions: window.trespasser!.listenerCount(),
    game: window.trespasser!.gameCount(),
    ...window.liveListeners!(),
  }));
  const { metrics } = await tools.send('Performance.getMetrics');
  const metric = (name: string): number => metrics.find((each) => each.name === name)?.value ?? NaN;
  return { ...own, listeners: metric('JSEventListeners'), nodes: metric('Nodes'), documents: metric('Documents'), heap: metric('JSHeapUsedSize') };
}

/** In the page, before its own scripts: keeps count of what is added to the targets that outlive every scene. */
function countListeners(): void {
  const live = new Map<EventTarget, Map<string, Set<unknown>>>();
  const key = (type: string, options: unknown): string => `${type}/${String(typeof options === 'object' ? (options as { capture?: boolean } | null)?.capture === true : options === true)}`;
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const isWatched = (target: EventTarget): boolean => target === window || target === document || target instanceof HTMLCanvasElement;
  EventTarget.prototype.addEventListener = function (this: EventTarget, type, listener, options) {
    const target = this ?? window;
    if (listener !== null && isWatched(target)) {
      const types = live.get(target) ?? new Map<string, Set<unknown>>();
      live.set(target, types);
      const name = key(type, options);
      types.set(name, (types.get(name) ?? new Set()).add(listener));
    }
    return add.call(target, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (this: EventTarget, type, listener, options) {
    const target = this ?? window;
    live.get(target)?.get(key(type, options))?.delete(listener);
    return remove.call(target, type, listener, options);
  };
  const sizeOf = (target: EventTarget): number => [...live.get(target)?.values() ?? []].reduce((sum, set) => sum + set.size, 0);
  window.liveListeners = () => ({
    onWindow: sizeOf(window),
    onDocument: sizeOf(document),
    // Canvases that scenes made and dropped have none, or are counted here.
    onCanvas: [...live.keys()].filter((target) => target instanceof HTMLCanvasElement).reduce((sum, target) => sum + sizeOf(target), 0),
  });
}

declare global {
  interface Window {
    trespasser?: {
      state(): { scene: string; connected: boolean; alive: boolean; wire: boolean; states: number };
      listenerCount(): number;
      gameCount(): number;
    };
    liveListeners?: () => { onWindow: number; onDocument: number; onCanvas: number };
  }
}
