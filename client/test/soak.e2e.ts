import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GamePage } from '../bench/gamePage';
import { GameServer } from '../bench/gameServer';
import { judgeHeld, SHORT, takeHeld, type Held } from '../bench/held';
import { buildServer } from './browser/builtServer';

const SAMPLES = 10;
/** Between two samples; and how often the page leaks, ms. */
const EVERY_MS = 800;
const LEAK_MS = 20;

let server: GameServer;
let game: GamePage;

beforeAll(async () => {
  await buildServer();
  server = await GameServer.start({ MAP: 'citadel', BOTS: '7' });
  game = await GamePage.open('canvas');
  await game.tools.send('Performance.enable');
  await game.tools.send('HeapProfiler.enable');
  await game.enter(server.url, { renderer: 'canvas', name: 'Soaked', loadout: 'rifle,pistol,grenade' });
}, 120_000);
afterAll(async () => {
  await game?.close();
  await server?.stop();
});

async function soak(): Promise<Held[]> {
  const samples: Held[] = [];
  const began = performance.now();
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    // The dead come back.
    await game.page.keyboard.press('Space');
    await new Promise((done) => setTimeout(done, EVERY_MS));
    samples.push(await takeHeld(game, (performance.now() - began) / 60_000));
  }
  return samples;
}

/** Short: half an hour is `npm run soak`. */
describe('a page among seven bots', () => {
  it('holds what it held', { timeout: 120_000 }, async () => {
    const before = await game.state();
    expect(judgeHeld(await soak(), SHORT).leaks).toEqual([]);
    const after = await game.state();
    expect([after.playersKnown, after.wire]).toEqual([8, true]);
    expect(after.states).toBeGreaterThan(before.states);
    expect(game.complaints).toEqual([]);
  });

  it('is found out when it does not let go', { timeout: 120_000 }, async () => {
    await game.page.evaluate((ms) => {
      const kept: unknown[] = [];
      Object.assign(window, { kept });
      setInterval(() => {
        const element = document.createElement('p');
        element.addEventListener('click', () => kept.length);
        kept.push(element, new Array(4000).fill(kept.length));
      }, ms);
    }, LEAK_MS);
    const found = judgeHeld(await soak(), SHORT).leaks.map((leak) => /heap|nodes|listeners|subscriptions|game|audio/.exec(leak)?.[0]);
    expect(found).toEqual(['heap', 'nodes', 'listeners']);
  });
});
