// Plays ticks of movement by the npm package `matter-js`, for benches/stages: reads the file named by the first argument,
// says where the bodies end, then takes a number of rounds a line on standard input and answers with their time in ns.
//
// In:  [{ walls: [[x0, y0, x1, y1], ..], bodies: [[x, y, stepX, stepY], ..] }, ..], px
// Out: { version, node, ends: [[[x, y], ..], ..] }, then a number a line
//
// A scene has an engine of its own, made untimed. In a round each scene's bodies are put where they were before the tick,
// given their step as velocity, and the engine is updated once. Bodies pass each other, nothing has friction or bounces,
// so that they slide. Time is by the clock on the wall or by processor time, whichever is less: the one counts other
// programs' share of the processor, the other the collector's threads.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Bodies, Body, Composite, Engine } = require('matter-js');
const { version } = require('matter-js/package.json');

const TICK_MS = 1000 / 60;
const WARM_UP_MS = 400;

function make({ walls, bodies }) {
  const engine = Engine.create({ gravity: { x: 0, y: 0, scale: 0 }, enableSleeping: false });
  const smooth = { friction: 0, frictionStatic: 0, frictionAir: 0, restitution: 0 };
  for (const [x0, y0, x1, y1] of walls) {
    Composite.add(engine.world, Bodies.rectangle((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, { isStatic: true, ...smooth }));
  }
  const circles = bodies.map(([x, y]) => Bodies.circle(x, y, 6, {
    ...smooth, inertia: Infinity, slop: 0.01, collisionFilter: { group: -1 },
  }));
  Composite.add(engine.world, circles);
  return { engine, circles, bodies };
}

function play({ engine, circles, bodies }) {
  for (let i = 0; i < circles.length; i += 1) {
    const [x, y, dx, dy] = bodies[i];
    Body.setPosition(circles[i], { x, y });
    Body.setVelocity(circles[i], { x: dx, y: dy });
  }
  Engine.update(engine, TICK_MS);
}

const scenes = JSON.parse(readFileSync(process.argv[2], 'utf8')).map(make);
const round = () => scenes.forEach(play);
round();
const ends = scenes.map(({ circles }) => circles.map(({ position }) => [position.x, position.y]));
for (const end = performance.now() + WARM_UP_MS; performance.now() < end; ) round();
process.stdout.write(`${JSON.stringify({ version, node: process.version, ends })}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const rounds = Number(line);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error(`${line} is not a number of rounds from 1`);
  const processor = process.cpuUsage();
  const began = performance.now();
  for (let i = 0; i < rounds; i += 1) round();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(processor);
  process.stdout.write(`${Math.min(wall * 1e6, (user + system) * 1e3)}\n`);
}
