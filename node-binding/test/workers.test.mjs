import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { engine, folder } from './helpers.mjs';

const INDEX = JSON.stringify(join(folder, 'index.js'));

/** Plays scenes for ever, on all cores. */
const BUSY = `
  const { World, GameMap } = require(${INDEX});
  const { parentPort } = require('node:worker_threads');
  const world = new World();
  const matches = Array.from({ length: 64 }, (_, seed) => world.createMatch(GameMap.builtin('depot'), { seed }));
  for (const match of matches) for (let i = 0; i < 8; i++) world.addBot(match);
  for (let i = 0; ; i++) {
    world.thinkBots();
    world.stepParallel();
    if (i === 5) parentPort?.postMessage('busy');
  }
`;

function answer(worker) {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

test('two workers at once, each with its own world, and this thread', async () => {
  const script = `
    const { runScene } = require(${INDEX});
    require('node:worker_threads').parentPort.postMessage(runScene('brawl', 300));
  `;
  const workers = [new Worker(script, { eval: true }), new Worker(script, { eval: true })];
  const answers = workers.map(answer);
  const here = engine.runScene('brawl', 300);
  assert.deepEqual(await Promise.all(answers), [here, here]);
  await Promise.all(workers.map((worker) => worker.terminate()));
});

test('workers are ended in the middle of a tick, again and again', async () => {
  for (let i = 0; i < 5; i++) {
    const worker = new Worker(BUSY, { eval: true });
    assert.equal(await answer(worker), 'busy');
    assert.equal(await worker.terminate(), 1);
  }
  assert.match(engine.runScene('duel', 60), /^[0-9a-f]{16}$/);
});

/** Runs a script in a Node of its own; returns its exit code, or the signal that killed it. */
function run(script, args = []) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', script, ...args], { encoding: 'utf8' });
  return { end: signal ?? status, stdout, stderr };
}

test('only workers load the addon, and rayon outlives the last of them', () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    const once = () => new Promise((done, fail) => {
      const worker = new Worker(${JSON.stringify(BUSY)}, { eval: true });
      worker.on('error', fail);
      worker.on('message', () => worker.terminate().then(done));
    });
    (async () => {
      for (let i = 0; i < 3; i++) {
        await once();
        await new Promise((done) => setTimeout(done, 50));
      }
      console.log('done');
    })();
  `;
  const { end, stdout, stderr } = run(script);
  assert.equal(end, 0, stderr);
  assert.equal(stdout, 'done\n');
});

test('the process exits with a worker in the middle of a tick', () => {
  const script = `
    const { Worker } = require('node:worker_threads');
    new Worker(${JSON.stringify(BUSY)}, { eval: true }).on('message', () => process.exit(7));
  `;
  const { end, stderr } = run(script);
  assert.equal(end, 7, stderr);
});

test('the process exits with worlds and matches in use', () => {
  const script = `
    const { World, GameMap } = require(${INDEX});
    globalThis.world = new World();
    const match = world.createMatch(GameMap.builtin('yard'));
    world.addBot(match);
    world.stepParallel();
    setInterval(() => world.stepParallel(), 1);
    setTimeout(() => process.exit(3), 50);
  `;
  assert.equal(run(script).end, 3);
});

/** Something of everything, alive, in `kept`; `file` is a recording of ten seconds. */
const EVERYTHING = `
  const engine = require(${INDEX});
  const { World, GameMap, Match, Replay, WireClient, PositionGuard } = engine;
  const map = GameMap.builtin('yard');
  const world = new World();
  const match = new Match(world, map);
  for (let i = 0; i < 4; i++) match.addBot();
  const player = match.addPlayer();
  player.wireOpen();
  match.record();
  match.guard();
  for (let i = 0; i < 600; i++) {
    world.thinkBots();
    world.stepParallel();
    match.drainReplay(new Uint8Array(1 << 18));
  }
  match.endRecording();
  const again = new Match(world, map);
  for (let i = 0; i < 4; i++) again.addBot();
  again.record();
  for (let i = 0; i < 600; i++) { world.thinkBots(); world.step(); }
  const replay = Replay.open(again.endRecording());
  globalThis.kept = [
    world, match, player, map, match.snapshot(), replay, replay.begin(world, map), new WireClient(), new PositionGuard(),
  ];
`;

for (const [how, script, end] of [
  ['comes to its end', '', 0],
  ['calls process.exit()', 'process.exit(4)', 4],
  ['throws', "throw new Error('on purpose')", 1],
  ['exits from a callback while threads play a recording', 'replay.verify(map, { onProgress() { process.exit(5); } })', 5],
  ['throws from a callback while threads play a recording', "replay.verify(map, { onProgress() { throw new Error('on purpose'); } })", 1],
]) {
  test(`the process ends cleanly with everything alive when it ${how}`, () => {
    const { end: ended, stderr } = run(EVERYTHING + script);
    assert.equal(ended, end, stderr);
    assert.ok(end !== 1 || stderr.includes('on purpose'), stderr);
  });

  test(`a worker that ${how} with everything alive ends cleanly, and the others go on`, () => {
    const { end: ended, stdout, stderr } = run(`
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(${JSON.stringify(EVERYTHING + script)}, { eval: true });
      worker.on('error', () => {});
      worker.on('exit', (code) => console.log(code, require(${INDEX}).runScene('duel', 60)));
    `);
    assert.equal(ended, 0, stderr);
    assert.match(stdout, new RegExp(`^${end} [0-9a-f]{16}\\n$`), stderr);
  });
}

test('a worker is terminated while its threads play a recording', () => {
  const { end, stdout, stderr } = run(`
    const { Worker } = require('node:worker_threads');
    const script = ${JSON.stringify(EVERYTHING)} + \`
      const { parentPort } = require('node:worker_threads');
      for (;;) replay.verify(map, { onProgress() { parentPort.postMessage('busy'); } });
    \`;
    const worker = new Worker(script, { eval: true });
    worker.on('error', (error) => { throw error; });
    worker.once('message', () => worker.terminate().then((code) => console.log(code)));
  `);
  assert.equal(end, 0, stderr);
  assert.equal(stdout, '1\n');
});

test('a world is disposed of while a worker steps one of its own', async () => {
  const worker = new Worker(BUSY, { eval: true });
  assert.equal(await answer(worker), 'busy');
  for (let i = 0; i < 50; i++) {
    const world = new engine.World();
    world.createMatch(engine.GameMap.builtin('yard'));
    world.stepParallel();
    world.dispose();
  }
  assert.equal(await worker.terminate(), 1);
});
