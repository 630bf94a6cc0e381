/**
 * Whether a long match leaves anything behind: a page plays among seven bots on the real server, match after match, and
 * what it holds is counted every minute after a forced collection.
 *
 * `npm run soak -- [--minutes 30] [--renderer canvas|webgl] [--json] [--plot FILE.png]`
 */
import { conditions, describeConditions } from './conditions';
import { GamePage, type Renderer } from './gamePage';
import { GameServer } from './gameServer';
import { judgeHeld, LONG, takeHeld, type Held } from './held';
import { optionsOrExit } from './options';
import { Pilot } from './pilot';
import { drawSvg, writePlot } from './plot';
import { showProgress } from './progress';
import { table } from './table';

const { numbers: { minutes }, choices: { renderer }, json, plot } = optionsOrExit({
  numbers: { minutes: { fallback: 30, least: 2, most: 24 * 60 } },
  choices: { renderer: ['canvas', 'webgl'] },
});
/** Once a minute, and often enough to judge a short run. */
const EVERY_S = Math.min(60, (minutes * 60) / 12);
/** Where the map has room, px. */
const WAYS = [[60, 60], [240, 40], [420, 60], [430, 135], [420, 210], [240, 235], [60, 210], [50, 135], [200, 135], [280, 135]]
  .map(([x, y]) => ({ x: x!, y: y! }));

// As `npm start` has it, matches of fifty kills one after another: their ends and beginnings are part of what may leak.
const server = await GameServer.start({ MAP: 'citadel', BOTS: '7' });
const game = await GamePage.open(renderer as Renderer);
try {
  await game.tools.send('Performance.enable');
  await game.tools.send('HeapProfiler.enable');
  await game.enter(server.url, { ...(renderer === 'canvas' ? { renderer } : {}), name: 'Pilot', loadout: 'rifle,pistol,grenade,smokegrenade' });
  const pilot = new Pilot(game, WAYS);
  pilot.start();
  let matches = 0;
  let over = false;
  let states = 0;
  let statesBefore = 0;
  pilot.onLook = ({ state }) => {
    if (state.matchEnded && !over) matches += 1;
    over = state.matchEnded;
    if (state.states < statesBefore) statesBefore = 0;
    states += state.states - statesBefore;
    statesBefore = state.states;
    pilot.forget();
  };
  const samples: Held[] = [];
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  const head = ['minute', 'heap KiB', 'nodes', 'listeners', 'subscriptions', 'Phaser', 'audio'];
  const row = ({ minute, heap, nodes, listeners, subscriptions, game: objects, audio }: Held): (string | number)[] => (
    [minute.toFixed(1), Math.round(heap / 1024), nodes, listeners, subscriptions, objects, audio]
  );
  for (let due = EVERY_S; due <= minutes * 60 + 0.001; due += EVERY_S) {
    while (passed() < due) {
      showProgress(passed() / (minutes * 60), `${(passed() / 60).toFixed(1)} of ${minutes} minutes, ${samples.length} samples`);
      await new Promise((done) => setTimeout(done, Math.min(1000, Math.max(1, (due - passed()) * 1000))));
    }
    samples.push(await takeHeld(game, passed() / 60));
    if (!process.stderr.isTTY) console.error(row(samples[samples.length - 1]!).join(' '));
  }
  showProgress(1, '');
  await pilot.stop();
  const { heapGrown, heapLimit, more, leaks } = judgeHeld(samples);
  const faults = [...leaks, ...game.complaints];
  if (states < minutes * 60 * 5) faults.push(`${states} states came in ${minutes} minutes: that was no match`);
  console.log(table(head, samples.map(row)));
  console.log();
  console.log(table(['growth', 'measured', 'at most'], [
    ['heap, KiB', Math.round(heapGrown / 1024), Math.round(heapLimit / 1024)],
    ...Object.entries(more).map(([kind, value]) => [kind, value, LONG.more[kind as keyof typeof LONG.more]]),
  ]));
  const measured = conditions(game.version);
  console.log(`\n${minutes} minutes among seven bots, ${matches} matches ended, ${states} states, ${renderer}\n${describeConditions(measured)}`);
  for (const fault of faults) console.error(`FAULT ${fault}`);
  if (plot !== undefined) {
    const line = (name: string, colour: string, of: (sample: Held) => number) => (
      { name, colour, points: samples.map((sample) => [sample.minute, of(sample)] as const) }
    );
    await writePlot(game.page.context().browser()!, plot, drawSvg(`What a page holds over ${minutes} minutes of matches (${describeConditions(measured)})`, [
      { title: 'heap after collection', xName: 'minutes', yName: 'KiB', lines: [line('heap', '#2266bb', ({ heap }) => heap / 1024)] },
      {
        title: 'counts', xName: 'minutes', yName: '', lines: [
          line('DOM nodes', '#22772f', ({ nodes }) => nodes), line('listeners', '#bb6622', ({ listeners }) => listeners),
          line('subscriptions', '#884499', ({ subscriptions }) => subscriptions), line('Phaser', '#2266bb', ({ game: objects }) => objects),
          line('audio nodes', '#999999', ({ audio }) => audio),
        ],
      },
    ]));
    console.log(`plot: ${plot}`);
  }
  if (json) console.log(JSON.stringify({ minutes, renderer, matches, states, heapGrown, heapLimit, more, samples, faults, ...measured }));
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await game.close();
  await server.stop();
}
