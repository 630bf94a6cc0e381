// Rooms come and go, and many live side by side: nothing is left behind, and each is within its limits.
import assert from 'node:assert/strict';
import test from 'node:test';
import { GameStateSystem } from '../legacy/index.mjs';
import { fight } from './legacy-room.mjs';

const MS = 1000 / 60;

/** Bytes that may come and go with the collector and the allocator. */
const SLACK = 12 << 20;

async function settled() {
  assert.equal(typeof gc, 'function', 'run with node --expose-gc, as `npm test` does');
  for (let i = 0; i < 4; i++) {
    gc();
    // Finalizers run after the collection, from the event loop.
    await new Promise((done) => setImmediate(done));
  }
  return process.memoryUsage();
}

/** A room's life in short: players, some play, a match's end. */
async function live(seed, destroy, count = 8) {
  const sim = new GameStateSystem({}, { seed });
  await sim.initialize();
  for (let i = 0; i < count; i++) {
    const player = sim.createPlayer(`p${i}`);
    sim.getEventsFor(`p${i}`);
    player.weapons.set('smg', {});
    player.position = { x: 100, y: 100 };
  }
  for (let tick = 1; tick <= 3; tick++) {
    for (let i = 0; i < count; i++) sim.handlePlayerInput(`p${i}`, { keys: { w: true }, mouse: { x: 1, y: 1, buttons: 1 }, sequence: tick });
    sim.update(MS);
    sim.getFilteredGameState('p1');
  }
  sim.removePlayer('p0');
  await sim.resetAllState();
  if (destroy) sim.destroy();
  return sim;
}

test('2,000 rooms made, played and destroyed leave nothing behind', async () => {
  const rounds = async () => {
    for (let seed = 0; seed < 2000; seed++) await live(seed, true, 2);
  };
  await rounds();
  const before = await settled();
  await rounds();
  const after = await settled();
  assert.ok(after.rss - before.rss < SLACK, `resident: ${after.rss - before.rss} bytes more`);
  assert.ok(after.heapUsed - before.heapUsed < SLACK / 4, `heap: ${after.heapUsed - before.heapUsed} bytes more`);
});

test('rooms that are dropped and not destroyed are collected', async () => {
  const rounds = async () => {
    for (let seed = 0; seed < 500; seed++) await live(seed, false, 4);
  };
  await rounds();
  const before = await settled();
  await rounds();
  const after = await settled();
  const one = (await live(1, false, 4)).matchBytes;
  assert.ok(500 * one > SLACK / 2, 'a leak of every match would not be seen');
  assert.ok(after.rss - before.rss < SLACK, `resident: ${after.rss - before.rss} bytes more`);
});

test('1,000 players who join, play and leave one room leave nothing in it', async () => {
  const sim = new GameStateSystem({}, { seed: 3 });
  const pass = (from) => {
    for (let i = from; i < from + 1000; i++) {
      sim.createPlayer(`p${i}`);
      sim.getEventsFor(`p${i}`);
      sim.handlePlayerInput(`p${i}`, { keys: {}, mouse: { x: 1, y: 1, buttons: 1 }, sequence: 1 });
      sim.update(MS);
      sim.getFilteredGameState(`p${i}`);
      sim.removePlayer(`p${i}`);
      sim.getPendingEvents();
    }
  };
  pass(0);
  const [before, bytes] = [await settled(), sim.matchBytes];
  pass(1000);
  const after = await settled();
  assert.equal(sim.getPlayers().size, 0);
  assert.ok(sim.matchBytes <= bytes + 1024, `${bytes} and then ${sim.matchBytes} bytes of the engine's`);
  assert.ok(after.heapUsed - before.heapUsed < 1 << 20, `heap: ${after.heapUsed - before.heapUsed} bytes more`);
});

test('100 rooms of eight in one process, each a world of its own', async () => {
  const before = await settled();
  const rooms = await Promise.all(Array.from({ length: 100 }, (_, i) => fight({ tellEach: true, system: { seed: i % 50 } })));
  for (const [i, { fighters }] of rooms.entries()) for (const fighter of fighters) fighter.seed += (i % 50) * 7919;
  const hashes = (of) => of.map(({ room }) => JSON.stringify({ ...room.gameState.getFullGameState(), timestamp: 0 }).replace(/"(deathTime|respawnTime|invulnerableUntil|lastDamageTime|lastFireTime)":\d+/g, '"$1":0'));
  for (let tick = 0; tick < 30; tick++) {
    for (const { room, fighters } of rooms) {
      for (const fighter of fighters) fighter.act();
      room.update(MS);
      for (const fighter of fighters) fighter.take();
    }
  }
  const states = hashes(rooms);
  for (let i = 0; i < 50; i++) assert.equal(states[i], states[i + 50], 'the same seed and the same players, whatever the neighbours do');
  assert.equal(new Set(states).size, 50);
  // What came over the sockets is the clients'.
  for (const { fighters } of rooms) {
    for (const fighter of fighters) {
      fighter.take();
      fighter.state = undefined;
    }
  }
  const used = ({ heapUsed, external }) => heapUsed + external;
  const each = (used(await settled()) - used(before)) / 100 + rooms[0].room.gameState.matchBytes;
  // What it replaces takes 375 KiB a match.
  assert.ok(each < 375 << 10, `${each} bytes a room`);
  for (const { room } of rooms) room.gameState.destroy();
});
