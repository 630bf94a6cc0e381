/**
 * A day of the whole control plane, queue, pool, assignments, results, crashes and deployments, in simulated time: the
 * modules that a server runs, in memory, with players and matches made up. It checks all the time that nobody is lost,
 * nobody is twice, no server has more than it takes, waits are bounded, and every result is there once.
 *
 * `npm run simulate -- [--hours 24] [--players 10000] [--seed 1] [--plot FILE.svg] [--json]`
 *
 * BIAS: records answer at once, where Redis takes a fraction of a millisecond; messages between processes are not lost,
 * but with the processes themselves. The tests with real processes are for that.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { drawDay } from './control-plane/plot.js';
import { Simulation } from './control-plane/simulation.js';

const OPTIONS = {
  hours: { type: 'string', default: '24' },
  players: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  plot: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

function readOptions(): { hours: number; players: number; seed: number; plot: string | undefined; json: boolean } {
  const { values } = parseArgs({ options: OPTIONS });
  const number = (name: 'hours' | 'players' | 'seed', least: number, most: number, isWhole: boolean): number => {
    const value = Number(values[name]);
    if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
    throw new Error(`--${name} ${values[name]}: takes ${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most}`);
  };
  if (values.plot !== undefined && !values.plot.endsWith('.svg')) throw new Error(`--plot ${values.plot}: takes the name of an .svg file`);
  return {
    hours: number('hours', 0.1, 168, false), players: number('players', 20, 100_000, true), seed: number('seed', 0, 2 ** 31, true),
    plot: values.plot, json: values.json,
  };
}

const { plot, json, ...options } = (() => {
  try {
    return readOptions();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
})();
const began = performance.now();
const cell = (value: string | number, width: number): string => String(value).padStart(width);

console.log(`${options.players} players, ${options.hours} hours, seed ${options.seed}`);
console.log('  hour   waiting   playing     waits   p50 s   p99 s   max s  crashes');
const report = await new Simulation({
  ...options,
  onMinute(done, slice) {
    if (process.stderr.isTTY) {
      const width = 40;
      const bar = '#'.repeat(Math.round(width * done)).padEnd(width, '.');
      process.stderr.write(`\r[${bar}] ${(100 * done).toFixed(1)} %  ${((performance.now() - began) / 1000).toFixed(0)} s\x1b[K${done >= 1 ? '\r\x1b[K' : ''}`);
    }
    if (slice === undefined || (slice.hour % 1 !== 0 && options.hours > 4)) return;
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const seconds = (ms: number): string => (ms / 1000).toFixed(1);
    console.log([
      cell(slice.hour.toFixed(2), 6), cell(slice.queue, 9), cell(slice.match, 9), cell(slice.waits, 9), cell(seconds(slice.p50Ms), 7), cell(seconds(slice.p99Ms), 7),
      cell(seconds(slice.maxMs), 7), cell(slice.crashes, 8),
    ].join(' '));
  },
}).run();

const { slices, reasons, faults, ...figures } = report;
console.log('');
for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(20)} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
console.log('');
for (const [name, count] of Object.entries(reasons)) console.log(`${name.padEnd(44)} ${count}`);
if (plot !== undefined) {
  writeFileSync(plot, drawDay(report));
  console.log(`\nplot: ${plot}`);
}
const commit = (() => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
})();
const wallSeconds = Number(((performance.now() - began) / 1000).toFixed(1));
console.log(`\n${wallSeconds} s of computing, commit ${commit}, node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`);
for (const fault of faults) console.error(`FAULT ${fault}`);
if (json) console.log(JSON.stringify({ ...figures, reasons, faults, slices, wallSeconds, commit }));
if (faults.length > 0) process.exitCode = 1;
