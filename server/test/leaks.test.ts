import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once, type EventEmitter } from 'node:events';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Census, RunningServer } from '../src/server.js';
import { sleep, startTestServer, WarpClock } from './support.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const PLAYERS = 1000;
const WAVE = 50;
/** Enough that V8 has compiled and pools have grown to what they need. */
const WARM_UP_WAVES = 6;

/**
 * Bytes. A kilobyte kept of each player would be 1,000 x 1,024 = 1.0 MB: half of that is the limit, so that a leak of half
 * a kilobyte a player is found.
 */
const HEAP_LIMIT = (PLAYERS * 1024) / 2;

/**
 * Bytes. Resident pages come and go with the collector's spaces, by some megabytes: the smallest of several readings is
 * compared, and a kilobyte each of all who played is more than the limit only together with the heap's own bound above.
 */
const RSS_LIMIT = 8 * 1024 * 1024;

interface Held {
  census: Census;
  listeners: Record<string, number>;
  /** Of Node: open sockets, timers that hold the process, and the like. */
  resources: Record<string, number>;
  timers: number;
  heap: number;
  rss: number;
}

let server: RunningServer;
let players: ChildProcess;
let resourcesAtRest: string;
const clock = new WarpClock();

before(async () => {
  server = await startTestServer(
    { NODE_ENV: 'production', CONNECTIONS_PER_MINUTE: '1000000', MAX_CONNECTIONS: '1500', HANDSHAKE_SECONDS: '8' }, { clock, ping: { intervalMs: 1000, timeoutMs: 4000 } },
  );
  players = fork(fileURLToPath(new URL('./leak-players.js', import.meta.url)), [server.url.replace('localhost', '127.0.0.1')]);
});
after(async () => {
  players.kill();
  await server.close();
});

const listenersOf = (emitter: EventEmitter): number => emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);

function resourcesOf(): Record<string, number> {
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    // The loop and the waiting of this test are by the one or the other.
    if (name === 'Immediate') continue;
    resources[name] = (resources[name] ?? 0) + 1;
  }
  // The loop's and this test's own come and go.
  if (resources['Timeout'] !== undefined && resources['Timeout'] <= 2) delete resources['Timeout'];
  return resources;
}

async function held(): Promise<Held> {
  const { io, http } = server;
  // What is remembered of addresses is let go after a minute.
  clock.warp(61_000);
  const idle: Census = {
    sessions: 0, connections: 0, lobbies: 0, members: 0, matches: 0, wireConnections: 0, wireTickets: 0, addresses: 0, recordings: 0,
  };
  const isIdle = (): boolean => JSON.stringify(server.census()) === JSON.stringify(idle) && JSON.stringify(resourcesOf()) === resourcesAtRest;
  const sockets = (): Promise<number> => new Promise((resolve, reject) => http.getConnections((error, count) => (error ? reject(error) : resolve(count))));
  for (const end = Date.now() + 40_000; !isIdle() || await sockets() > 0; await sleep(20)) {
    assert(Date.now() < end, `not idle after 40 s: ${JSON.stringify(server.census())}, ${await sockets()} sockets, ${JSON.stringify(resourcesOf())}`);
  }
  let heap = Infinity;
  let rss = Infinity;
  for (let reading = 0; reading < 6; reading++) {
    gc();
    await sleep(30);
    const { heapUsed, external, rss: resident } = process.memoryUsage();
    heap = Math.min(heap, heapUsed + external);
    rss = Math.min(rss, resident);
  }
  return {
    census: server.census(),
    listeners: {
      process: listenersOf(process), http: listenersOf(http), io: listenersOf(io.of('/')), engine: listenersOf(io.engine as EventEmitter), sockets: io.of('/').sockets.size,
    },
    resources: resourcesOf(), timers: clock.pending, heap, rss,
  };
}

async function wave(): Promise<void> {
  players.send({ players: WAVE });
  const [answer] = await once(players, 'message');
  assert.equal(answer, 'done');
}

test('1,000 players join, play, leave and drop, and nothing of them is left', { timeout: 240_000 }, async () => {
  await once(players, 'message');
  resourcesAtRest = JSON.stringify(resourcesOf());
  for (let each = 0; each < WARM_UP_WAVES; each++) await wave();
  const before = await held();
  for (let each = 0; each < PLAYERS / WAVE; each++) await wave();
  const now = await held();
  console.log(`after ${WARM_UP_WAVES * WAVE} and ${PLAYERS} more: heap ${kib(before.heap)} and ${kib(now.heap)}, resident ${kib(before.rss)} and ${kib(now.rss)} KiB; `
    + `${now.timers} timers, listeners ${JSON.stringify(now.listeners)}, ${JSON.stringify(now.resources)}`);
  assert.deepEqual(now.census, before.census);
  assert.deepEqual(now.listeners, before.listeners);
  assert.deepEqual(now.resources, before.resources);
  assert.equal(now.timers, before.timers);
  assert(now.heap - before.heap < HEAP_LIMIT, `the heap grew by ${kib(now.heap - before.heap)} KiB`);
  assert(now.rss - before.rss < RSS_LIMIT, `resident memory grew by ${kib(now.rss - before.rss)} KiB`);
  const counted = server.counters.all();
  for (const failure of ['handler_failed', 'lobby_failed', 'step_failed', 'timer_failed', 'wire_failed']) assert.equal(counted[failure], undefined, failure);
  assert(counted['wire_opened']! > 0, 'some were on the wire');
});

function kib(bytes: number): number {
  return Math.round(bytes / 1024);
}
