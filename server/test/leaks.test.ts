import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once, type EventEmitter } from 'node:events';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Census, RunningServer } from '../src/server.js';
import { sleep, startTestServer, WarpClock } from './support.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const PLAYERS = 1000;
const WAVE = 50;
/** Enough that V8 has compiled and pools have grown to what they need. */
const WARM_UP_WAVES = 10;

/**
 * Bytes, of half of the players. A kilobyte kept of each of 500 players would be 500 x 1,024 = 0.5 MB; half of that is the
 * limit, so that a leak of half a kilobyte a player is found. A leak grows in both halves. Pools that are still finding
 * their size do not, so the smaller growth of the two counts.
 */
const LIMIT = (PLAYERS / 2) * 1024 / 2;
/**
 * Bytes. Resident pages are coarser: compiled code and the collectors' free pages move them by a megabyte, so they bound what
 * neither of the two heaps shows (mapped memory, stacks), 4 KB a player.
 */
const RSS_LIMIT = 8 * LIMIT;

interface Held {
  census: Census;
  listeners: Record<string, number>;
  /** Of Node: open sockets, timers that hold the process, and the like. */
  resources: Record<string, number>;
  timers: number;
  /** Of what the engine and Node allocate outside of V8's heap; undefined where the system does not tell. */
  native: number | undefined;
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

/** Of the heap, without machine code: the compiler goes on for as long as anything runs, players or not. */
function dataBytes(): number {
  return getHeapSpaceStatistics().filter(({ space_name }) => !space_name.includes('code')).reduce((sum, space) => sum + space.space_used_size, 0);
}

/** Resident bytes of the C library's heap, from which small blocks come: V8 has pages of its own. Linux tells. */
function nativeBytes(): number | undefined {
  try {
    const rss = /\[heap\]\n(?:.*\n)*?Rss: +(\d+) kB/.exec(readFileSync('/proc/self/smaps', 'latin1'))?.[1];
    return rss === undefined ? undefined : Number(rss) * 1024;
  } catch {
    return undefined;
  }
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
    await sleep(30);
    // What is young becomes old in the second.
    gc();
    gc();
    const { external, rss: resident } = process.memoryUsage();
    heap = Math.min(heap, dataBytes() + external);
    rss = Math.min(rss, resident);
  }
  return {
    census: server.census(),
    listeners: {
      process: listenersOf(process), http: listenersOf(http), io: listenersOf(io.of('/')), engine: listenersOf(io.engine as EventEmitter), sockets: io.of('/').sockets.size,
    },
    native: nativeBytes(), resources: resourcesOf(), timers: clock.pending, heap, rss,
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
  const readings = [before];
  for (let half = 0; half < 2; half++) {
    for (let each = 0; each < PLAYERS / 2 / WAVE; each++) await wave();
    readings.push(await held());
  }
  const now = readings.at(-1)!;
  const series = (name: 'heap' | 'native' | 'rss'): string => readings.map((each) => kib(each[name] ?? NaN)).join(', ');
  console.log(`after ${WARM_UP_WAVES * WAVE} players, ${PLAYERS / 2} and ${PLAYERS / 2} more, KiB: heap ${series('heap')}; C heap ${series('native')}; resident ${series('rss')}; `
    + `${now.timers} timers, listeners ${JSON.stringify(now.listeners)}, ${JSON.stringify(now.resources)}`);
  assert.deepEqual(now.census, before.census);
  assert.deepEqual(now.listeners, before.listeners);
  assert.deepEqual(now.resources, before.resources);
  assert.equal(now.timers, before.timers);
  for (const name of ['heap', 'native', 'rss'] as const) {
    const growth = Math.min(...[1, 2].map((half) => (readings[half]![name] ?? 0) - (readings[half - 1]![name] ?? 0)));
    assert(growth < (name === 'rss' ? RSS_LIMIT : LIMIT), `${name} grew by ${kib(growth)} KiB or more with each ${PLAYERS / 2} players`);
  }
  const counted = server.counters.all();
  for (const failure of ['handler_failed', 'lobby_failed', 'step_failed', 'timer_failed', 'wire_failed']) assert.equal(counted[failure], undefined, failure);
  assert(counted['wire_opened']! > 0, 'some were on the wire');
});

function kib(bytes: number): number {
  return Math.round(bytes / 1024);
}
