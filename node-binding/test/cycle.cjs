'use strict';

// node --expose-gc cycle.cjs KIND CYCLES LEAK: makes and frees things over and over; prints how much the heap and resident
// memory have grown from the middle to the end, as JSON. LEAK bytes a cycle are kept on purpose by kinds of that name.

const { Worker } = require('node:worker_threads');
const engine = require('../index.js');

const [kind, cyclesText, leakText] = process.argv.slice(2);
const cycles = Number(cyclesText);
const leak = Number(leakText);
const { Button, GameMap, Match, Replay, WireClient, World } = engine;
const map = GameMap.builtin('yard');

/** Everything that a match can hold, once. */
function play(world, match) {
  world.record(match);
  world.guard(match);
  const player = world.addPlayer(match);
  world.addPlayer(match);
  world.listen(match, player);
  world.wireOpen(match, player);
  world.thinkBots();
  world.pushInput(match, player, 1, Button.FIRE, 0, 240, 135);
  world.step();
  world.drainEvents(match);
  world.polygon(match, player);
}

const bytes = new Uint8Array(1 << 16);
const index = new Uint32Array(engine.WIRE_COLUMNS * 64);
const one = new World();
const kept = [];

const CYCLES = {
  world() {
    const world = new World();
    const match = world.createMatch(map);
    play(world, match);
    world.step();
    world.step();
    const client = new WireClient();
    if (world.wirePackets(bytes, index) > 0) client.receive(bytes.subarray(index[3], index[3] + index[4]));
    client.dispose();
    const snapshot = world.snapshot(match);
    world.wireClose(match, world.players(match)[0].id);
    snapshot.dispose();
    const replay = Replay.open(world.endRecording(match));
    const playback = replay.begin(world, map);
    playback.step(world);
    playback.dispose();
    replay.dispose();
    world.dispose();
  },
  collected() {
    const world = new World();
    world.createMatch(map);
    world.step();
  },
  match() {
    const match = one.createMatch(map);
    // In one world alone: a world's first bot looks the map over, which takes milliseconds.
    one.addBot(match);
    play(one, match);
    one.destroyMatch(match);
  },
  handle() {
    const match = new Match(one, map);
    const player = match.addPlayer();
    player.input({ mouseX: 1, mouseY: 1 });
    one.step();
    match.view();
    player.dispose();
    match.dispose();
  },
  worker() {
    const script = `
      const { World, GameMap } = require(${JSON.stringify(require.resolve('../index.js'))});
      const world = new World();
      const match = world.createMatch(GameMap.builtin('yard'));
      world.addBot(match);
      world.thinkBots();
      world.stepParallel();
    `;
    return new Promise((done, fail) => new Worker(script, { eval: true }).on('error', fail).on('exit', done));
  },
  'leak-heap'() {
    kept.push(new Array(leak / 8).fill(0.5));
  },
  'leak-native'() {
    kept.push(Buffer.allocUnsafeSlow(leak).fill(1));
  },
};

async function memory() {
  for (let i = 0; i < 4; i++) {
    gc();
    // Finalizers run after the collection, from the event loop.
    await new Promise((done) => setImmediate(done));
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, rss };
}

(async () => {
  const cycle = CYCLES[kind];
  let middle;
  for (let i = 0; i < cycles; i++) {
    if (i === cycles / 2) middle = await memory();
    await cycle();
    if (i % 100 !== 99) continue;
    // When the collector comes of itself is its own affair: how much lies about then is not what is measured.
    if (kind === 'collected') gc();
    // As in a server, finalizers get their turn.
    await new Promise((done) => setImmediate(done));
  }
  const end = await memory();
  console.log(JSON.stringify({ heap: end.heap - middle.heap, rss: end.rss - middle.rss }));
})();
