import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { engine, type World } from '../src/engine.js';
import { MAX_WAITING_BYTES, openReplayDirectory, Recorder, type RecordingFault, type RecordingShelf, type RecordingSink } from '../src/replays/index.js';
import type { RunningServer } from '../src/server.js';
import { killProcesses, startProcess } from './server-process.js';
import { clientKeeper, Hands, sleep, startTestServer, TestClient, WarpClock } from './support.js';

async function until(what: string, holds: () => boolean, seconds = 20): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !holds(); await sleep(5)) assert(Date.now() < end, `${what} did not happen in ${seconds} s`);
}

let folder: string;
before(() => { folder = mkdtempSync(join(tmpdir(), 'replays-')); });
after(() => rmSync(folder, { recursive: true, force: true }));
afterEach(killProcesses);

/** Paths of the recordings that are whole; `.half`: those that are not. */
const kept = (written: string, extension = '.tprp'): string[] => (
  readdirSync(written, { recursive: true }).map(String).filter((name) => name.endsWith(extension)).map((name) => join(written, name))
);
/** Names in it, in the order of their places. */
const namesIn = (replay: ReturnType<typeof engine.Replay.open>): string[] => {
  const names = new Map<number, string>();
  for (const { type, slot, key, value } of replay.timeline()) if (type === 'label' && slot !== undefined && key === 'name') names.set(slot, value!);
  return [...names].sort(([a], [b]) => a - b).map(([, name]) => name);
};
const read = (path: string): ReturnType<typeof engine.Replay.open> => engine.Replay.open(readFileSync(path));
const MAP = engine.GameMap.builtin(engine.GameMap.builtinNames()[0]!);

describe('matches written to a directory', () => {
  let server: RunningServer;
  const clock = new WarpClock();
  const clients = clientKeeper(() => server);
  let written: string;

  before(async () => {
    written = join(folder, 'data', 'replays');
    server = await startTestServer({ DEBUG_COMMANDS: 'on', REPLAYS: 'directory', DATA_DIR: join(folder, 'data') }, { clock });
  });
  afterEach(() => clients.closeAll());
  after(() => server.close());

  test('each match is a file of its own, complete, and plays back to the same hashes', async () => {
    const [a, b] = [await clients.connect(), await clients.connect()];
    const { lobbyId } = await a.ask('find_match', {}, 'lobby_joined');
    await b.ask('find_match', {}, 'lobby_joined');
    assert.equal(server.recordings!.running, 0, 'the warm-up is no match');
    for (let round = 1; round <= 2; round++) {
      const marks = [a.received.length, b.received.length] as const;
      a.emit('admin:force_start_match', { lobbyId });
      await a.next('match_starting', (each) => each.countdown === 3, marks[0]);
      clock.warp(3000);
      await b.next('match_started', undefined, marks[1]);
      const matchId = server.lobbies.get(lobbyId)!.matchId!;
      await a.spawn('A', 'red');
      await b.spawn('B', 'blue');
      const hands = new Hands(a);
      hands.hold({ keys: { d: true }, mouse: { x: 400, y: 135, buttons: 1 } });
      await clock.play(3000);
      hands.stop();
      a.emit('debug:trigger_match_end');
      await a.next('match_ended', undefined, marks[0]);
      await until('the file\'s end', () => server.recordings!.ending === 0 && server.recordings!.running === 0);

      const paths = kept(written);
      assert.equal(paths.length, round);
      const replay = read(paths.find((path) => basename(path) === `${matchId}.tprp`)!);
      const info = replay.info();
      assert.equal(info.complete, true);
      assert.equal(info.lostBytes, 0);
      assert.deepEqual(info.labels.find((label) => label.key === 'match')?.value, matchId);
      assert.deepEqual(namesIn(replay), ['A', 'B'], 'as they have called themselves after it began');
      assert(info.lastTick - info.firstTick >= 100, `${info.lastTick - info.firstTick} ticks`);
      const verified = replay.verify(MAP);
      assert(verified !== undefined);
      clock.warp(10_000);
      await a.next('lobby_state_update', (each) => each.status === 'waiting', marks[0]);
    }
    assert.equal(server.counters.get('replay_failed'), 0);
    assert(server.counters.get('replay_bytes') > 0);
  });

  test('a match that everybody leaves is kept as far as it went', async () => {
    const before = kept(written).length;
    const client = await clients.connect();
    await client.ask('admin:force_create_match', {}, 'lobby_joined');
    clock.warp(3000);
    await client.next('match_started');
    await clock.play(500);
    client.close();
    await until('the file\'s end', () => kept(written).length === before + 1 && server.recordings!.running + server.recordings!.ending === 0);
  });
});

describe('what bots play among themselves', () => {
  test('is not kept, until a person comes', async () => {
    const clock = new WarpClock();
    const data = join(folder, 'bots');
    const server = await startTestServer({ BOTS: '4', REPLAYS: 'directory', DATA_DIR: data, DEBUG_COMMANDS: 'on' }, { clock });
    try {
      await clock.play(1500);
      server.lobbies.get('public')!.endMatch();
      await until('the file\'s end', () => server.recordings!.running + server.recordings!.ending === 0);
      assert.deepEqual(kept(join(data, 'replays')), []);
      clock.warp(10_000);
      const client = await TestClient.connect(server);
      await client.play();
      await clock.play(1200);
      client.close();
      await until('the leave', () => server.lobbies.get('public')!.members.size === 0);
      server.lobbies.get('public')!.endMatch();
      await until('the file\'s end', () => server.recordings!.running + server.recordings!.ending === 0);
      const [path, ...others] = kept(join(data, 'replays'));
      assert.deepEqual(others, []);
      assert.equal(namesIn(read(path!)).length, 5, 'bots have names as well, and whoever has gone keeps theirs');
    } finally {
      await server.close();
    }
  });
});

describe('a crash', () => {
  test('leaves a file that can be read up to its last second', async () => {
    const data = join(folder, 'crash');
    const server = startProcess({ PORT: '0', BOTS: '3', REPLAYS: 'directory', DATA_DIR: data });
    const client = await TestClient.connect({ url: await server.ready });
    await client.play();
    const from = client.last('game:state').timestamp;
    await client.next('game:state', (state) => state.timestamp - from > 3000);
    server.child.kill('SIGKILL');
    await server.exit;
    client.close();
    assert.deepEqual(kept(join(data, 'replays')), [], 'under its name it would pass for whole');
    assert.equal(kept(join(data, 'replays'), '.half').length, 1);
    const next = await openReplayDirectory({ folder: join(data, 'replays') });
    const [matchId, ...others] = await next.list(10);
    await next.close();
    assert.deepEqual(others, []);
    const [path] = kept(join(data, 'replays'));
    assert.equal(basename(path!), `${matchId}.tprp`);
    const replay = read(path!);
    const info = replay.info();
    assert.equal(info.complete, false);
    // More than three seconds were played, and the last whole one may still have been on its way.
    assert(info.lastTick - info.firstTick >= 60, `${info.lastTick - info.firstTick} ticks`);
    replay.verify(MAP);
  });
});

/** A store as a test wants it. */
class StubShelf implements RecordingShelf {
  readonly sinks: RecordingSink[] = [];
  constructor(private readonly make: () => RecordingSink) {}
  sink(): RecordingSink {
    this.sinks.push(this.make());
    return this.sinks.at(-1)!;
  }
}

const diskFull = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });

describe('a full disk', () => {
  /** A match of one person for `seconds` of game time, on a server that records to the shelf; what it counted. */
  const playOn = async (shelf: RecordingShelf, seconds: number, bots = 3): Promise<RunningServer> => {
    const clock = new WarpClock();
    const server = await startTestServer({ BOTS: `${bots}`, DEBUG_COMMANDS: 'on' }, { clock, recordingShelf: shelf });
    const client = await TestClient.connect(server);
    try {
      await client.play();
      const before = server.loopStats().steps;
      await clock.play(seconds * 1000);
      assert(server.loopStats().steps - before > seconds * 30, 'the match went on');
      const state = await client.next('game:state', undefined, client.received.length);
      assert.equal(typeof state.timestamp, 'number');
      const ended = await client.ask('debug:trigger_match_end', undefined, 'match_ended');
      assert.equal(ended.playerStats.length, bots + 1);
      await until('the sinks\' end', () => server.recordings!.ending === 0);
      for (const failure of ['handler_failed', 'lobby_failed', 'step_failed', 'timer_failed']) assert.equal(server.counters.get(failure), 0, failure);
      return server;
    } finally {
      client.close();
      await server.close();
    }
  };

  test('stops the recording, is counted once a match, and the match goes on', async () => {
    let calls = 0;
    let closed = 0;
    const shelf = new StubShelf(() => ({
      write: () => (++calls > 1 ? Promise.reject(diskFull()) : Promise.resolve()),
      close: () => {
        closed++;
        return Promise.resolve({ bytes: 1 });
      },
      abort: () => Promise.resolve(),
    }));
    const server = await playOn(shelf, 5);
    assert.equal(server.counters.get('replay_failed'), 1);
    assert.equal(server.counters.get('replay_failed_write_failed'), 1);
    assert.equal(calls, 2, 'nothing is tried again');
    assert.equal(closed, 1, 'what there is is kept');
  });

  test('a store that never answers costs a bounded amount of memory', async () => {
    const shelf = new StubShelf(() => ({ write: () => new Promise(() => {}), close: () => Promise.resolve({ bytes: 0 }), abort: () => Promise.resolve() }));
    const world: World = new engine.World();
    const match = world.createMatch(MAP);
    const faults: RecordingFault[] = [];
    const recorder = new Recorder(world, match, shelf.sink(), { wrote: () => {}, failed: (fault) => faults.push(fault) }, [], 20_000);
    for (let bot = 0; bot < 8; bot++) world.addBot(match);
    let most = 0;
    for (let tick = 0; tick < 60 * 200 && recorder.isRecording; tick++) {
      world.thinkBots();
      world.step();
      if (tick % 60 === 0) recorder.drain();
      most = Math.max(most, recorder.waiting);
    }
    assert.deepEqual(faults, ['too_slow']);
    assert(most <= 20_000 && MAX_WAITING_BYTES <= 1024 * 1024);
    assert.equal(world.recording(match), null, 'nothing is written down any more');
  });

  test('a store that cannot open a match, or fails at the last moment, is counted as well', async () => {
    const shelf: RecordingShelf = { sink: () => Promise.reject(diskFull()) };
    assert.equal((await playOn(shelf, 2)).counters.get('replay_failed'), 1);
    const last = new StubShelf(() => ({ write: () => Promise.resolve(), close: () => Promise.reject(diskFull()), abort: () => Promise.resolve() }));
    assert.equal((await playOn(last, 2)).counters.get('replay_failed'), 1);
    const broken: RecordingShelf = { sink: () => { throw diskFull(); } };
    assert.equal((await playOn(broken, 2)).counters.get('replay_failed'), 1);
  });

  test('a real file system that fills up keeps what fitted, readable', async (context) => {
    const mounted = join(folder, 'small');
    mkdirSync(mounted);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', mounted], { stdio: 'pipe' });
    } catch {
      context.diagnostic('NOT RUN: this user may not mount a file system; the failing writer stands for it');
      return;
    }
    try {
      const store = await openReplayDirectory({ folder: join(mounted, 'replays') });
      const server = await playOn(store, 20, 7);
      await store.close();
      assert.equal(server.counters.get('replay_failed_write_failed'), 1, 'a page of 4 KiB is less than the match makes');
      const info = read(kept(join(mounted, 'replays'))[0]!).info();
      assert.equal(info.complete, false);
      assert(info.lastTick > info.firstTick);
    } finally {
      execFileSync('umount', [mounted]);
    }
  });

  test('a folder that may not be written to is an error at the start that says what to do', async () => {
    const server = startProcess({ PORT: '0', REPLAYS: 'directory', DATA_DIR: '/dev/null/data' });
    assert.equal(await server.exit, 1);
    assert.match(server.output(), /Recordings cannot be kept in .*DATA_DIR=folder.*REPLAYS=off/);
    assert.doesNotMatch(server.output(), /\n\s+at /);
  });
});
