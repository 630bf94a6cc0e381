import assert from 'node:assert/strict';
import { test } from 'node:test';
import { botLoadout, planBots } from '../src/bots.js';
import { engine } from '../src/engine.js';
import { ConnectionLimit } from '../src/connection-limit.js';
import { EventBudget } from '../src/event-budget.js';
import { FACE_MARGIN, Outline, polygonContains } from '../src/geometry.js';
import { HeatGauge } from '../src/heat-gauge.js';
import { KnownProjectiles } from '../src/known-projectiles.js';
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

test('what bots carry is legal', () => {
  const world = new engine.World();
  const match = world.createMatch(engine.GameMap.builtin(engine.GameMap.builtinNames()[0]!));
  for (let index = 0; index < 8; index++) world.addBot(match, { loadout: botLoadout(index) });
  assert.equal(world.players(match).length, 8);
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
  const seen = new Outline(Float32Array.of(0, 0, 10, 0, 10, 10, 0, 10));
  assert(seen.touches({ x: 10, y: 4, width: 2, height: 2 }, FACE_MARGIN));
  assert(!seen.touches({ x: 12, y: 4, width: 2, height: 2 }, FACE_MARGIN));
  assert(!seen.touches({ x: 10.5, y: 4, width: 2, height: 2 }, 0));
  assert(!new Outline(Float32Array.of()).touches({ x: 0, y: 0, width: 480, height: 270 }, FACE_MARGIN), 'the dead see nothing');
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

test('each receiver counts projectiles for themselves', () => {
  const known = new KnownProjectiles();
  assert.equal(known.meet(41, 10, false).id, 'projectile_1');
  assert.equal(known.meet(17, 12, true).id, 'projectile_2');
  assert.deepEqual(known.meet(41, 99, true), { id: 'projectile_1', sinceTick: 10, sawLaunch: false }, 'as first met');
  known.clear();
  assert.equal(known.meet(17, 1, true).id, 'projectile_1');
});

test('heat is told as it changes and no more', () => {
  const gauge = new HeatGauge();
  assert.equal(gauge.update(0, 1), undefined);
  assert.deepEqual(gauge.update(5, 2), { weaponType: 'machinegun', heatLevel: 5, isOverheated: false });
  assert.equal(gauge.update(4.9, 3), undefined, 'the same in whole steps');
  gauge.overheat(10);
  assert.equal(gauge.update(100, 9)?.isOverheated, true);
  assert.deepEqual(gauge.update(50, 10), { weaponType: 'machinegun', heatLevel: 50, isOverheated: false });
  gauge.overheat(99);
  gauge.cool();
  assert.deepEqual(gauge.update(0, 11), { weaponType: 'machinegun', heatLevel: 0, isOverheated: false });
});
