import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GamePage } from '../bench/gamePage';
import { GameServer } from '../bench/gameServer';
import { judgeHeld, takeHeld, type Held } from '../bench/held';
import { buildServer } from './browser/builtServer';

/** Of the server's clock. */
const SPEED = 60;
/** States that a match sends in a minute, at 20 Hz. */
const MINUTE = 1200;
const SAMPLES = 15;
/** s; a machine that is held up takes longer for the same traffic. */
const PATIENCE = 150;

let server: GameServer;
let game: GamePage;

beforeAll(async () => {
  await buildServer();
  server = await GameServer.start({ MAP: 'citadel', BOTS: '7' }, SPEED);
  game = await GamePage.open('canvas');
  await game.tools.send('Performance.enable');
  await game.tools.send('HeapProfiler.enable');
  await game.enter(server.url, { renderer: 'canvas', name: 'Soaked', loadout: 'rifle,pistol,grenade' });
}, 120_000);
afterAll(async () => {
  await game?.close();
  await server?.stop();
});

/** What the page holds each time that so many minutes' worth of states have come. */
async function soak(minutes: number): Promise<{ samples: Held[]; states: number; matches: number }> {
  const { page } = game;
  const samples: Held[] = [];
  let states = 0;
  let matches = 0;
  let before = 0;
  let wasOver = false;
  const end = performance.now() + PATIENCE * 1000;
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    while (states < (sample * minutes * MINUTE) / SAMPLES) {
      expect(performance.now(), `${states} states came in ${PATIENCE} s; ${game.complaints.join('; ')}; ${server.lastWords}`).toBeLessThan(end);
      // The dead come back, as often as they are let.
      await page.keyboard.press('Space');
      await new Promise((done) => setTimeout(done, 50));
      const state = await game.state();
      // The count begins anew with each match.
      states += state.states < before ? state.states : state.states - before;
      before = state.states;
      if (state.matchEnded && !wasOver) matches += 1;
      wasOver = state.matchEnded;
    }
    samples.push(await takeHeld(game, (sample * minutes) / SAMPLES));
  }
  return { samples, states, matches };
}

describe('a page in match after match', () => {
  it('holds no more after thirty minutes\u2019 worth of traffic', { timeout: 240_000 }, async () => {
    const { samples, states, matches } = await soak(30);
    const verdict = judgeHeld(samples);
    console.log(`${states} states, ${matches} ends of matches seen; ${JSON.stringify({ ...verdict, heap: samples.map(({ heap }) => Math.round(heap / 1024)) })}`);
    expect(verdict.leaks).toEqual([]);
    expect(states).toBeGreaterThanOrEqual(30 * MINUTE);
    expect(matches).toBeGreaterThan(0);
    expect(game.complaints).toEqual([]);
  });

  it('is found out when it does', { timeout: 240_000 }, async () => {
    await game.page.evaluate(() => {
      const kept: unknown[] = [];
      Object.assign(window, { kept });
      // With the traffic, as a handler would that forgets to let go.
      let states = 0;
      setInterval(() => {
        const now = window.trespasser!.state().states;
        if (now !== states) {
          states = now;
          const element = document.createElement('p');
          element.addEventListener('click', () => kept.length);
          kept.push(element, new Array(2000).fill(states));
        }
      }, 20);
    });
    const { samples } = await soak(10);
    const found = judgeHeld(samples).leaks.map((leak) => /heap|nodes|listeners|subscriptions|game|audio/.exec(leak)?.[0]);
    expect(found).toEqual(['heap', 'nodes', 'listeners']);
  });
});
