import assert from 'node:assert/strict';
import test from 'node:test';
import { duel, engine, openMap } from './helpers.mjs';

const { GameMap, World } = engine;

/** Resident memory that may come and go with the collector and the allocator, bytes. */
const SLACK = 8 << 20;

async function resident() {
  assert.equal(typeof gc, 'function', 'run with node --expose-gc, as `npm test` does');
  for (let i = 0; i < 4; i++) {
    gc();
    // Finalizers run after the collection, from the event loop.
    await new Promise((done) => setImmediate(done));
  }
  return process.memoryUsage.rss();
}

/** Runs `work` until its memory has settled, then `rounds` times; returns the growth in bytes. */
async function growth(rounds, work) {
  for (let i = 0; i < rounds; i++) work(i);
  const before = await resident();
  for (let i = 0; i < rounds; i++) work(i);
  return (await resident()) - before;
}

test('2,000 matches made, played and destroyed leave nothing behind', async () => {
  const world = new World();
  const map = GameMap.builtin('citadel');
  const bytes = world.matchBytes(world.createMatch(map));
  const grown = await growth(2000, (seed) => {
    const match = world.createMatch(map, { seed });
    for (let i = 0; i < 8; i++) world.addBot(match);
    world.thinkBots();
    world.step();
    world.drainEvents(match);
    world.restore(match, world.save(match));
    world.destroyMatch(match);
  });
  assert.equal(world.matchCount, 1);
  assert.ok(2000 * bytes > 2 * SLACK, 'a leak of every match would not be seen');
  assert.ok(grown < SLACK, `grew by ${grown} bytes`);
});

test('2,000 worlds and maps are collected', async () => {
  const grown = await growth(2000, () => {
    const { world, match } = duel({ map: openMap() });
    world.step();
    assert.equal(world.tick(match), 1);
  });
  assert.ok(grown < SLACK, `grew by ${grown} bytes`);
});

test('arrays, events, sounds and errors are collected', async () => {
  const { world, match, red } = duel();
  let sequence = 0;
  const grown = await growth(20_000, () => {
    world.pushInput(match, red, ++sequence, engine.Button.FIRE, 0, 200, 135);
    world.step();
    world.drainEvents(match);
    world.drainSounds(match);
    world.tiles(match, red);
    world.players(match);
    world.sliceHealth(match);
    world.polygon(match, red);
    world.sightMatrix(match);
    world.save(match);
    assert.throws(() => world.player(match, 0));
  });
  assert.ok(grown < SLACK, `grew by ${grown} bytes`);
});

test('snapshots and recordings read are collected, and the collector is told of their memory', async () => {
  const { world, match, map } = duel();
  world.record(match);
  for (let i = 0; i < 120; i++) world.step();
  const file = world.endRecording(match);
  // Objects of a few bytes would not make it collect by themselves: it knows what they hold.
  const before = await resident();
  let peak = 0;
  for (let i = 0; i < 20_000; i++) {
    world.snapshot(match);
    if (i % 100 !== 0) continue;
    await new Promise((done) => setImmediate(done));
    peak = Math.max(peak, process.memoryUsage.rss() - before);
  }
  const all = 20_000 * world.snapshot(match).bytes;
  assert.ok(peak < all * 0.6, `${peak} of ${all} bytes at once`);
  const grown = await growth(10_000, () => {
    world.rollback(match, world.snapshot(match));
    engine.Replay.open(file).info();
  });
  assert.ok(10_000 * world.snapshot(match).bytes > 2 * SLACK, 'a leak of every snapshot would not be seen');
  assert.ok(grown < SLACK, `grew by ${grown} bytes`);

  const plays = await growth(300, () => {
    const playback = engine.Replay.open(file).begin(world, map);
    while (playback.step(world));
    world.destroyMatch(playback.match);
  });
  assert.ok(plays < SLACK, `grew by ${plays} bytes`);
});
