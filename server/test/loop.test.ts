import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FixedLoop, MAX_CATCH_UP, createSchedule } from '../src/loop.js';
import { FakeClock, sleep } from './support.js';

test('steps keep to the absolute schedule however unevenly they are asked for', () => {
  const clock = new FakeClock();
  const schedule = createSchedule(60, clock);
  let steps = 0;
  for (let waited = 0; waited < 10_000; waited += 7) {
    clock.advance(7);
    schedule.runDue(() => steps++);
  }
  assert.equal(steps, Math.floor((Math.ceil(10_000 / 7) * 7 * 60) / 1000) + 1);
  assert.equal(schedule.stats().skippedSteps, 0);
});

test('after a long stall a bounded number of steps is made up for, the rest is given up and counted', () => {
  const clock = new FakeClock();
  const schedule = createSchedule(50, clock);
  schedule.runDue(() => {});
  clock.advance(1000);
  let steps = 0;
  schedule.runDue(() => steps++);
  assert.equal(steps, MAX_CATCH_UP);
  assert.equal(schedule.stats().skippedSteps, 50 - MAX_CATCH_UP);
  assert(schedule.untilNext() > 0, 'the next step is in the future again');
  const due = schedule.time.epochMs(MAX_CATCH_UP + 1) - clock.now();
  assert(Math.abs(due - schedule.untilNext()) < 1e-6, 'times of steps moved with what was given up');
});

test('what is given up is told at once, with how late it was', () => {
  const clock = new FakeClock();
  const told: [number, number][] = [];
  const schedule = createSchedule(50, clock, (skipped, lateMs) => told.push([skipped, Math.round(lateMs)]));
  schedule.runDue(() => {});
  clock.advance(20 * MAX_CATCH_UP);
  schedule.runDue(() => {});
  assert.deepEqual(told, [], 'made up for');
  clock.advance(500);
  schedule.runDue(() => {});
  assert.deepEqual(told, [[25 - MAX_CATCH_UP, 480]]);
  assert.equal(schedule.stats().maxLatenessMs, 480, 'the stall stays in the books');
});

test('the worst is kept for ever, the recent worst for a minute or two', () => {
  const clock = new FakeClock();
  const schedule = createSchedule(50, clock);
  schedule.runDue(() => clock.advance(35));
  assert.equal(schedule.stats().recent.stepMs, 35);
  for (let second = 0; second < 150; second++) {
    clock.advance(1000);
    schedule.runDue(() => {});
  }
  assert.equal(schedule.stats().maxStepMs, 35);
  assert.equal(schedule.stats().recent.stepMs, 0);
  assert(schedule.stats().recent.latenessMs <= 1000);
});

test('in real time a second has its sixty steps', async () => {
  const schedule = createSchedule(60);
  let steps = 0;
  const loop = new FixedLoop(schedule, () => steps++);
  loop.start();
  await sleep(1000);
  loop.stop();
  const { skippedSteps } = schedule.stats();
  const stopped = steps;
  assert(Math.abs(steps + skippedSteps - 60) <= 3, `${steps} steps, ${skippedSteps} skipped`);
  await sleep(50);
  assert.equal(steps, stopped, 'a stopped loop stands still');
});
