import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeatGauge } from '@trespasser/engine/legacy';
import { botLoadout, planBots } from '../src/bots.js';
import { engine } from '../src/engine.js';
import { ConnectionLimit } from '../src/connection-limit.js';
import { EventBudget } from '../src/event-budget.js';
import { sameSecret } from '../src/lobbies.js';
import { sanitiseName } from '../src/names.js';

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

test('secrets of any length compare', () => {
  assert(sameSecret('abc', 'abc'));
  assert(!sameSecret('abc', 'abcd'));
  assert(!sameSecret('abc', ''));
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
