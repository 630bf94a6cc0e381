import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { engine, folder, refused } from './helpers.mjs';

const { GameMap, World, runScene, sceneNames, sceneScript } = engine;

/** Lines of the engine's own golden file: scene, tick, hash. */
const golden = readFileSync(join(folder, '..', 'engine', 'tests', 'golden', 'scenes.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '));

/** Plays a scene by the public calls. */
function play(name, ticks, step = (world) => world.step()) {
  const script = sceneScript(name);
  const world = new World({ tickRate: script.tickRate, rules: script.rules });
  let { seed } = script;
  const match = world.createMatch(GameMap.builtin(script.map), { seed, killTarget: script.killTarget });
  for (const role of script.roles) world.addBot(match, role);
  const hashes = [];
  for (let tick = 1; tick <= ticks; tick++) {
    world.thinkBots();
    step(world);
    if (world.score(match).over) world.resetMatch(match, ++seed);
    if (tick % 60 === 0) hashes.push(world.hash(match));
  }
  return hashes;
}

test('the golden file has every scene', () => {
  assert.deepEqual([...new Set(golden.map(([name]) => name))].sort(), [...sceneNames()].sort());
});

for (const name of sceneNames()) {
  const lines = golden.filter(([scene]) => scene === name);

  test(`scene ${name} ends as in Rust`, () => {
    const [, ticks, hash] = lines.at(-1);
    assert.equal(runScene(name, Number(ticks)), hash);
  });

  test(`scene ${name} built by calls goes the same way, tick by tick`, () => {
    const ticks = Number(lines.at(-1)[1]);
    const expected = lines.map(([, tick, hash]) => `${tick} ${hash}`);
    const tell = (hashes) => hashes.map((hash, i) => `${(i + 1) * 60} ${hash}`);
    assert.deepEqual(tell(play(name, ticks)), expected);
    assert.deepEqual(tell(play(name, ticks, (world) => world.stepParallel())), expected);
  });
}

test('scenes are named and counted right', () => {
  refused(() => runScene('picnic', 1), 'UNKNOWN_NAME', /picnic.*brawl/);
  refused(() => sceneScript('picnic'), 'UNKNOWN_NAME', /picnic.*brawl/);
  for (const ticks of [-1, 1.5, NaN, 2 ** 32, '60', undefined]) {
    refused(() => runScene('duel', ticks), 'INVALID_ARGUMENT', /ticks is/);
  }
  refused(() => runScene(1, 1), 'INVALID_ARGUMENT', /name is 1/);
  assert.equal(runScene('duel', 0), runScene('duel', 0));
});

test('the example prints the hash on its last line', () => {
  const example = join(folder, '..', 'examples', 'node', 'index.mjs');
  const run = (...args) => spawnSync(process.execPath, [example, ...args], { encoding: 'utf8' });
  assert.equal(run().stdout.trim().split('\n').at(-1), `hash ${runScene('brawl', 600)}`);
  assert.equal(run('duel', '90').stdout.trim().split('\n').at(-1), `hash ${runScene('duel', 90)}`);
  for (const args of [['picnic'], ['duel', '-1'], ['duel', 'many']]) {
    const { status, stderr } = run(...args);
    assert.equal(status, 1);
    assert.match(stderr, /UNKNOWN_NAME|TICKS is/);
  }
});
