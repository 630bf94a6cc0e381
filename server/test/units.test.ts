import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planBots } from '../src/bots.js';
import { ConnectionLimit } from '../src/connection-limit.js';
import { EventBudget } from '../src/event-budget.js';
import { polygonContains, polygonTouches } from '../src/geometry.js';
import { sameSecret } from '../src/lobbies.js';
import { sanitiseName } from '../src/names.js';
import { WallMemory } from '../src/wall-memory.js';

test('names keep what is readable, 1 to 24 characters of it', () => {
  assert.equal(sanitiseName('  Mira\u0000\u0007\u202e  of   Kell\n', 'x'), 'Mira of Kell');
  assert.equal(sanitiseName('\u0000\u200b \n', 'Player 1'), 'Player 1');
  assert.equal(sanitiseName(undefined, 'Player 1'), 'Player 1');
  assert.equal([...sanitiseName('🦊'.repeat(100), 'x')].length, 24);
  assert.equal(sanitiseName('a'.repeat(2_000_000), 'x').length, 24);
});

test('bots even the teams out and leave an odd one where it is', () => {
  assert.deepEqual(planBots({ red: 0, blue: 0 }, { red: 0, blue: 0 }, 7), { red: 3, blue: 4 });
  assert.deepEqual(planBots({ red: 0, blue: 0 }, { red: 4, blue: 3 }, 7), { red: 4, blue: 3 });
  assert.deepEqual(planBots({ red: 1, blue: 0 }, { red: 3, blue: 4 }, 7), { red: 3, blue: 4 });
  assert.deepEqual(planBots({ red: 4, blue: 0 }, { red: 2, blue: 2 }, 4), { red: 0, blue: 4 });
  assert.deepEqual(planBots({ red: 3, blue: 0 }, { red: 0, blue: 1 }, 1), { red: 0, blue: 1 });
  assert.deepEqual(planBots({ red: 4, blue: 4 }, { red: 0, blue: 0 }, 0), { red: 0, blue: 0 });
});

test('the eleventh connection of an address in a minute is refused, the next minute starts over', () => {
  let now = 0;
  const limit = new ConnectionLimit(10, false, () => now);
  const tries = Array.from({ length: 11 }, () => limit.admits('203.0.113.7'));
  assert.deepEqual(tries, [...Array(10).fill(true), false]);
  assert(limit.admits('203.0.113.8'), 'another address');
  now = 60_000;
  assert(limit.admits('203.0.113.7'));
});

test('loopback is free in development only, and 0 means no limit', () => {
  const busy = (limit: ConnectionLimit, address: string): boolean => Array.from({ length: 20 }, () => limit.admits(address)).every(Boolean);
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    assert(busy(new ConnectionLimit(1, false, () => 0), address));
    assert(!busy(new ConnectionLimit(1, true, () => 0), address));
  }
  assert(busy(new ConnectionLimit(0, true, () => 0), '203.0.113.7'));
});

test('a flood runs out of budget and an honest client never does', () => {
  let now = 0;
  const honest = new EventBudget(() => now);
  for (let packet = 0; packet < 10_000; packet++) {
    now += 1000 / 80;
    assert(honest.spend());
  }
  const flood = new EventBudget(() => now);
  const passed = Array.from({ length: 10_000 }, () => flood.spend()).filter(Boolean).length;
  assert(passed < 500, `${passed} passed`);
});

test('points in and out of a polygon', () => {
  const square = Float32Array.of(0, 0, 10, 0, 10, 10, 0, 10);
  assert(polygonContains(square, 5, 5));
  assert(!polygonContains(square, 15, 5));
  assert(!polygonContains(square, 5, -1));
  assert(!polygonContains(Float32Array.of(), 0, 0));
});

test('a wall that bounds what is seen is touched, one behind it is not', () => {
  const seen = Float32Array.of(0, 0, 10, 0, 10, 10, 0, 10);
  assert(polygonTouches(seen, { x: 10, y: 4, width: 2, height: 2 }));
  assert(!polygonTouches(seen, { x: 12, y: 4, width: 2, height: 2 }));
});

test('wall damage is remembered as last seen, and looked at again', () => {
  const pristine = Float32Array.of(80, 80, 80, 80, 80, 0, 30, 30, 30, 30);
  const actual = Float32Array.from(pristine);
  actual[6] = 10;
  const memory = new WallMemory(pristine, actual);
  assert.equal(memory.known[6], 30, 'a late joiner does not know what broke before');
  assert.deepEqual(memory.takeChangedWalls(), []);

  actual[1] = 55;
  memory.miss(1);
  memory.lookAgain(actual, (slice) => slice === 6);
  assert.deepEqual(memory.takeChangedWalls(), [1]);
  assert.deepEqual([memory.known[1], memory.known[6]], [80, 10]);

  memory.lookAgain(actual, () => true);
  assert.deepEqual(memory.takeChangedWalls(), [0]);
  assert(!memory.hasStale);
});

test('secrets of any length compare', () => {
  assert(sameSecret('abc', 'abc'));
  assert(!sameSecret('abc', 'abcd'));
  assert(!sameSecret('abc', ''));
});
