// Times the npm package `visibility-polygon` on scenes that benches/sight wrote: reads the file named by the first
// argument, prints one JSON object.
//
// In:  { sets: [{ name, broken, scenes: [[[x1, y1, x2, y2], ..], ..], viewers: [[x, y, scene], ..] }, ..] }
// Out: { node, version, sets: [{ name, ns, rounds, segments, polygons: [[x, y, ..], ..] }, ..] }
//
// `ns` are quartiles over rounds of the mean over all viewers, by the clock on the wall or by processor time, whichever
// is less: the one counts other programs' share of the processor, the other the collector's threads. `broken`: segments meet at their ends only; otherwise
// the package's own breakIntersections makes them so, untimed.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
// The ES module build has an extension that Node takes for CommonJS.
const { compute, breakIntersections } = require('visibility-polygon');
const { version } = require('visibility-polygon/package.json');

const WARM_UP_MS = 400;
const MEASURE_MS = 1500;
const MIN_ROUNDS = 5;

const quartiles = (list) => [1, 2, 3].map((n) => list.toSorted((a, b) => a - b)[(list.length * n) >> 2]);

function measure({ name, broken, scenes, viewers }) {
  const segments = scenes.map((scene) => {
    const list = scene.map(([x1, y1, x2, y2]) => [[x1, y1], [x2, y2]]);
    return broken ? list : breakIntersections(list);
  });
  const round = () => viewers.map(([x, y, scene]) => compute([x, y], segments[scene]));
  const polygons = round();
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) {
    round();
  }
  const rounds = [];
  for (const end = performance.now() + MEASURE_MS; performance.now() < end || rounds.length < MIN_ROUNDS; ) {
    const processor = process.cpuUsage();
    const began = performance.now();
    round();
    const wall = performance.now() - began;
    const { user, system } = process.cpuUsage(processor);
    rounds.push(Math.min(wall * 1e6, (user + system) * 1e3) / viewers.length);
  }
  const total = viewers.reduce((sum, [, , scene]) => sum + segments[scene].length, 0);
  return {
    name,
    ns: quartiles(rounds),
    rounds: rounds.length,
    segments: total / viewers.length,
    polygons: polygons.map((polygon) => polygon.flat()),
  };
}

const { sets } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
process.stdout.write(JSON.stringify({ node: process.version, version, sets: sets.map(measure) }));
