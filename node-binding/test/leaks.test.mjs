import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { folder } from './helpers.mjs';

// Each cycle runs in a Node of its own, so that no other test's memory is measured. `cycle.cjs` says what it does.
const CYCLE = join(folder, 'test', 'cycle.cjs');

/**
 * Bytes that a cycle may leave behind. The allocator and the collector come and go with some hundred kilobytes; over 5,000
 * cycles that is well below this, and a leak of 1 KB a cycle well above.
 */
const LIMIT = 512;
const RUNS = 4;

/** Runs cycles, and measures how heap and resident memory grow from the first half of them to the second. */
function grown(kind, cycles, leak = 0) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath, ['--expose-gc', CYCLE, kind, String(cycles), String(leak)], { encoding: 'utf8' },
  );
  assert.equal(signal ?? status, 0, stderr);
  const { heap, rss } = JSON.parse(stdout);
  return { heap: heap / (cycles / 2), rss: rss / (cycles / 2) };
}

/** {@link grown}, again where it is too much: what the allocator keeps for a moment is not there each time, a leak is. */
function grownAgain(kind, cycles, limit) {
  const least = { heap: Infinity, rss: Infinity };
  for (let run = 0; run < RUNS && !(least.heap < limit && least.rss < limit); run += 1) {
    const { heap, rss } = grown(kind, cycles);
    least.heap = Math.min(least.heap, heap);
    least.rss = Math.min(least.rss, rss);
  }
  return least;
}

for (const [kind, cycles, what] of [
  ['world', 10_000, 'worlds, each with a match that is played and everything that one gives, disposed of'],
  ['collected', 10_000, 'worlds that nobody disposes of'],
  ['match', 10_000, 'matches in one world, with players, links, a recording and a guard'],
  ['handle', 10_000, 'handles of matches and players'],
]) {
  test(`${cycles} cycles of ${what}: heap and resident memory stay flat`, () => {
    const { heap, rss } = grownAgain(kind, cycles, LIMIT);
    assert.ok(heap < LIMIT, `the heap grew by ${heap} bytes a cycle`);
    assert.ok(rss < LIMIT, `resident memory grew by ${rss} bytes a cycle`);
  });
}

// A thread takes some 50 ms to start and end: 10,000 of them would take ten minutes. Over fewer, stacks and isolates that come
// and go weigh more, 1.8 MB from one half to the other however many there are; a world with a match, left behind, takes 20 KB and
// more.
const WORKERS = 600;
const WORKER_LIMIT = 12 << 10;

test(`${WORKERS} worker threads, each with a world of its own: heap and resident memory stay flat`, () => {
  const { heap, rss } = grownAgain('worker', WORKERS, WORKER_LIMIT);
  assert.ok(heap < WORKER_LIMIT, `the heap grew by ${heap} bytes a thread`);
  assert.ok(rss < WORKER_LIMIT, `resident memory grew by ${rss} bytes a thread`);
});

test('a leak of 1 KB a cycle, in either memory, would be seen', () => {
  assert.ok(grown('leak-heap', 10_000, 1024).heap > LIMIT);
  assert.ok(grown('leak-native', 10_000, 1024).rss > LIMIT);
});
