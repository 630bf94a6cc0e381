import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { folder } from './helpers.mjs';

// `cargo xtask hash` runs examples/node/index.mjs.

function example(name, ...args) {
  const path = join(folder, '..', 'examples', 'node', name);
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { encoding: 'utf8' });
  return { end: signal ?? status, stdout, stderr };
}

test('the worker example plays a match in a worker, moved by bytes that come down, told by bytes that go up', () => {
  const { end, stdout, stderr } = example('worker.mjs', '2');
  assert.equal(end, 0, stderr);
  const [, ticks, packets, up, down] = /^(\d+) ticks in a worker; (\d+) packets, (\d+) bytes up, (\d+) bytes down$/m.exec(stdout);
  assert.equal(Number(ticks), 120);
  // A welcome and a snapshot for each of the eight, if nothing else got through in time.
  assert.ok(Number(packets) >= 16 && Number(up) > 16 * 4, stdout);
  assert.ok(Number(down) > 0, stdout);
  assert.match(stdout, /^8 of 8 players were moved by what came down$/m);
  assert.match(stdout, /^hash [0-9a-f]{16}$/m);
});

test('it refuses a time that is none', () => {
  const { end, stderr } = example('worker.mjs', 'soon');
  assert.equal(end, 1);
  assert.match(stderr, /a whole number from 1 to 3600/);
});
