/**
 * What a frame costs in a full fight: eight players, smoke, and 500 broken slices or more, in headless Chromium, by the
 * browser's own trace.
 *
 * `npm run frame-report -- [--runs 1] [--seconds 60] [--profile 15] [--renderer canvas|webgl] [--json] [--plot FILE.png]`
 *
 * With more runs than one, which follow each other in the same fight, the median of the runs counts; but for pauses the
 * longest of all, for there is to be none over the limit.
 *
 * Script counts by processor time, since a machine shared with others gives the wall's clock no meaning; both are printed.
 *
 * BIAS: without a GPU the canvases are drawn by the processor. Where that happens within a call of the script, in WebGL's
 * case the writing of commands, it counts; where other threads and processes do it, it does not. The trace costs some
 * script time itself, and what looks at the scene once a second counts as script.
 */
import { conditions, describeConditions } from './conditions';
import { Fight, judgeScene } from './fight';
import type { Renderer } from './gamePage';
import { profileMemory, profileTime, traceFor } from './measure';
import { optionsOrExit } from './options';
import { drawSvg, writePlot } from './plot';
import { heapShares, largest, Places, timeShares, type Shares } from './profile';
import { showProgress } from './progress';
import { table } from './table';
import { quantile, type Collection, type Reading } from './trace';

/** ms of script in a frame, and of a pause for collection. */
const LIMITS = { median: 4, p99: 8, pause: 4 } as const;
/** s after the fight is what it is to be, before measuring: the compiler finds its types. */
const SETTLE_S = 20;
const GROUPS = 14;
const SITES = 24;

const { numbers: { runs, seconds, profile }, choices: { renderer }, json, plot } = optionsOrExit({
  numbers: { runs: { fallback: 1, least: 1, most: 9 }, seconds: { fallback: 60, least: 5, most: 300 }, profile: { fallback: 15, least: 0, most: 120 } },
  choices: { renderer: ['canvas', 'webgl'] },
});

const fight = await Fight.begin(renderer as Renderer);
try {
  const { game, pilot } = fight;
  const total = SETTLE_S + runs * seconds + 2 * profile;
  await fight.untilBroken((broken) => showProgress(0, `the fight begins: ${broken} slices are broken`));
  for (let second = 0; second < SETTLE_S; second += 1) {
    showProgress(second / total, 'it goes on for a while');
    await new Promise((done) => setTimeout(done, 1000));
  }
  pilot.forget();
  const readings: Reading[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begin = SETTLE_S + run * seconds;
    readings.push(await traceFor(game, seconds, (passed) => showProgress((begin + passed) / total, `run ${run + 1} of ${runs}: traced ${passed} of ${seconds} s`)));
  }
  const scene = judgeScene(pilot.looks);
  const measured = conditions(game.version);
  await game.tools.send('Performance.enable');
  const { metrics } = await game.tools.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  showProgress((SETTLE_S + runs * seconds) / total, 'who takes the time');
  const time = profile > 0 ? await profileTime(game, profile) : null;
  showProgress((SETTLE_S + runs * seconds + profile) / total, 'who allocates');
  const memory = profile > 0 ? await profileMemory(game, profile) : null;
  showProgress(1, '');

  const frames = readings.flatMap((reading) => reading.frames);
  const pauses = readings.flatMap((reading) => reading.pauses);
  const sum = (of: (reading: Reading) => number): number => readings.reduce((before, reading) => before + of(reading), 0);
  const row = (name: string, values: readonly number[]): string[] => [
    name, ...[0.5, 0.9, 0.99, 1].map((share) => quantile(values, share).toFixed(2)),
  ];
  const cpu = frames.map(({ scriptCpu }) => scriptCpu);
  const spans = frames.map(({ span }) => span);
  console.log(table(['ms of a frame', 'median', 'p90', 'p99', 'max'], [
    row('script, processor (counts)', cpu),
    row('script, wall', frames.map(({ scriptWall }) => scriptWall)),
    row('style, layout, paint, processor', frames.map(({ browserCpu }) => browserCpu)),
    row('from frame to frame', spans),
  ]));
  const fps = (1000 * frames.length) / spans.reduce((sum, span) => sum + span, 0);
  const kinds: Collection[] = ['scavenge', 'mark-compact', 'marking step', 'DOM'];
  console.log();
  console.log(table(['collections', 'count', 'ms, longest', 'ms, longest by the wall', 'ms, all'], kinds.map((kind) => {
    const own = pauses.filter((pause) => pause.kind === kind);
    return [
      kind, own.length, Math.max(0, ...own.map((pause) => pause.cpu)).toFixed(2), Math.max(0, ...own.map((pause) => pause.wall)).toFixed(2),
      own.reduce((sum, pause) => sum + pause.cpu, 0).toFixed(1),
    ];
  })));
  const kibAFrame = sum(({ allocated }) => allocated) / Math.max(1, sum(({ allocatedFrames }) => allocatedFrames)) / 1024;
  const { shown } = scene;
  console.log(`\n${frames.length} frames in ${runs * seconds} s, ${fps.toFixed(1)} a second; ${kibAFrame.toFixed(1)} KiB allocated in a frame; heap ${(heap / 1024 / 1024).toFixed(1)} MiB`);
  console.log(`scene: ${shown.brokenLeast} broken slices or more, ${shown.cloudsMedian} clouds (smoke in ${(100 * shown.cloudsShare).toFixed(0)} % of ${shown.looks} looks), ${shown.playersMedian} players of whom ${shown.seenMedian} are seen, ${shown.statesASecond.toFixed(1)} states a second`);
  const shares: { time: Record<string, number>; memory: Record<string, number> } = { time: {}, memory: {} };
  if (time && memory) {
    const places = new Places();
    const profiled = profile * 1000;
    const byTime = timeShares(time, places);
    const byMemory = heapShares(memory.head, places);
    const rate = profile * fps;
    const times = (part: Shares, count: number): string[][] => largest(part, count).map(([name, us]) => [name, (us / 1000 / rate).toFixed(3)]);
    const sizes = (part: Shares, count: number): string[][] => (
      largest(part, count).map(([name, bytes]) => [name, (bytes / 1024 / Math.max(1, memory.frames)).toFixed(2)])
    );
    console.log(`\n${table(['time by file, wall', 'ms a frame'], times(byTime.groups, GROUPS))}`);
    console.log(`\n${table(['time by function, wall', 'ms a frame'], times(byTime.sites, SITES))}`);
    console.log(`\n${table(['memory by file', 'KiB a frame'], sizes(byMemory.groups, GROUPS))}`);
    console.log(`\n${table(['memory by function', 'KiB a frame'], sizes(byMemory.sites, SITES))}`);
    console.log(`\nby samples over ${profiled / 1000} s each`);
    shares.time = Object.fromEntries(largest(byTime.groups, GROUPS).map(([name, us]) => [name, us / 1000 / rate]));
    shares.memory = Object.fromEntries(largest(byMemory.groups, GROUPS).map(([name, bytes]) => [name, bytes / Math.max(1, memory.frames)]));
  }
  console.log(`\n${renderer}, ${describeConditions(measured)}`);

  const each = readings.map((reading) => {
    const ms = reading.frames.map(({ scriptCpu }) => scriptCpu);
    return {
      median: quantile(ms, 0.5), p90: quantile(ms, 0.9), p99: quantile(ms, 0.99), max: quantile(ms, 1),
      longestPause: Math.max(0, ...reading.pauses.map((pause) => pause.cpu)), longestPauseWall: Math.max(0, ...reading.pauses.map((pause) => pause.wall)),
      pauses: reading.pauses.length,
    };
  });
  const middle = (of: keyof (typeof each)[number]): number => quantile(each.map((run) => run[of]), 0.5);
  const figures = {
    median: middle('median'), p90: middle('p90'), p99: middle('p99'), max: middle('max'), longestPause: Math.max(...each.map(({ longestPause }) => longestPause)),
    longestPauseWall: Math.max(...each.map((run) => run.longestPauseWall)), pausesOver: pauses.filter((pause) => pause.cpu > LIMITS.pause).length, pauses: middle('pauses'), fps, kibAFrame, heap,
  };
  if (runs > 1) {
    console.log(`\n${table(['run, ms of processor time', 'median', 'p99', 'longest collection'], [
      ...each.map((run, index) => [String(index + 1), run.median.toFixed(2), run.p99.toFixed(2), run.longestPause.toFixed(2)]),
      ['median; longest of all', figures.median.toFixed(2), figures.p99.toFixed(2), figures.longestPause.toFixed(2)],
    ])}`);
  }
  const faults = [...scene.faults, ...game.complaints];
  if (!(figures.median <= LIMITS.median)) faults.push(`median ${figures.median.toFixed(2)} ms of script in a frame; at most ${LIMITS.median}`);
  if (!(figures.p99 <= LIMITS.p99)) faults.push(`p99 ${figures.p99.toFixed(2)} ms of script in a frame; at most ${LIMITS.p99}`);
  if (!(figures.longestPause <= LIMITS.pause)) faults.push(`${figures.pausesOver} pauses for collection over ${LIMITS.pause} ms, the longest ${figures.longestPause.toFixed(2)}`);
  for (const fault of faults) console.error(`FAULT ${fault}`);
  if (plot !== undefined) {
    const shifted = readings.flatMap((reading, run) => reading.frames.map((frame) => ({ ...frame, at: run * seconds * 1000 + frame.at })));
    const WIDTH = 0.25;
    const bins = new Map<number, number>();
    for (const ms of cpu) {
      const bin = Math.min(48, Math.floor(ms / WIDTH)) * WIDTH;
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
    }
    await writePlot(game.page.context().browser()!, plot, drawSvg(`Script in a frame, ${renderer} (${describeConditions(measured)})`, [
      {
        title: 'frames by processor time of their script', xName: 'ms', yName: 'frames', bars: { colour: '#2266bb', width: WIDTH, values: [...bins] },
        limits: [{ name: 'median at most 4', at: LIMITS.median, along: 'x' }, { name: 'p99 at most 8', at: LIMITS.p99, along: 'x' }],
      },
      {
        title: 'script of each frame', xName: 's', yName: 'ms', top: 16,
        lines: [
          { name: 'wall', colour: '#cccccc', points: shifted.map(({ at, scriptWall }) => [at / 1000, scriptWall] as const) },
          { name: 'processor', colour: '#2266bb', points: shifted.map(({ at, scriptCpu }) => [at / 1000, scriptCpu] as const) },
        ],
        limits: [{ name: 'p99 at most 8', at: LIMITS.p99, along: 'y' }],
      },
      {
        title: 'collections, processor time', xName: 's', yName: 'ms', bars: { colour: '#bb6622', width: 0.1, values: readings.flatMap((reading, run) => reading.pauses.map(({ at, cpu: ms }) => [run * seconds + at / 1000, ms] as const)) },
        limits: [{ name: 'at most 4', at: LIMITS.pause, along: 'y' }],
      },
    ]));
    console.log(`plot: ${plot}`);
  }
  if (json) console.log(JSON.stringify({ runs, seconds, renderer, ...figures, each, scene: shown, shares, faults, ...measured }));
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await fight.end();
}
