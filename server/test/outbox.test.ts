import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open as openFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { systemClock } from '../src/clock.js';
import { decodeFrames, encodeFrame, FrameKind, slowCrc32 } from '../src/outbox/frame.js';
import { deliverLeftovers, openOutbox, type Kept, type Outbox, type OutboxEntry, type OutboxOptions, type OutboxStore } from '../src/outbox/index.js';
import { Journal } from '../src/outbox/journal.js';
import { openStore, StoreError, type EvidenceRow, type LostMatch, type MatchResult, type ReplayRow, type Store } from '../src/store/index.js';
import { duel, log, NOW, TestDatabase, testFolder, withClient } from './database.js';

const CHILD = fileURLToPath(new URL('./outbox-child.js', import.meta.url));
const DELIVER = fileURLToPath(new URL('../src/outbox/deliver.js', import.meta.url));

/** Takes what it is told to take, and remembers it. */
class FakeStore implements OutboxStore {
  readonly taken: string[] = [];
  readonly tried: string[] = [];
  refuse: (what: string) => StoreError | undefined = () => undefined;

  async recordMatch(match: MatchResult) {
    this.#take(`match ${match.matchId}`);
    return { recorded: true, ratings: [] };
  }

  async recordLostMatch(match: LostMatch) {
    return this.#take(`lost ${match.matchId}`);
  }

  async addEvidence(rows: readonly EvidenceRow[]) {
    this.#take(`evidence ${rows[0]?.matchId}`);
    return rows.length;
  }

  async addReplay(row: ReplayRow) {
    return this.#take(`replay ${row.matchId}`);
  }

  #take(what: string): boolean {
    this.tried.push(what);
    const error = this.refuse(what);
    if (error !== undefined) throw error;
    this.taken.push(what);
    return true;
  }
}

const away = (): StoreError => new StoreError('unavailable', 'nobody is there');
const match = (id: string): OutboxEntry => ({ kind: 'match', match: duel(id, '1', '2') });
const replay = (matchId: string): OutboxEntry => (
  { kind: 'replay', replay: { matchId, store: 'directory', key: matchId, bytes: 1, sha256: '00'.repeat(32), createdAt: NOW } }
);

describe('frames', () => {
  const frames = Array.from({ length: 20 }, (_, index) => ({
    kind: index % 3 === 2 ? FrameKind.confirmed : FrameKind.entry,
    number: index + 1 + (index === 7 ? 2 ** 40 : 0),
    payload: Buffer.from('payload '.repeat(index)),
  }));
  const encoded = frames.map(encodeFrame);
  const whole = Buffer.concat(encoded);

  test('come back as they went', () => {
    assert.deepEqual(decodeFrames(whole), { frames, damaged: 0, end: whole.length });
  });

  test('cut off anywhere, all that are whole come back', () => {
    for (let length = 0; length <= whole.length; length++) {
      const read = decodeFrames(whole.subarray(0, length));
      let sum = 0;
      const expected = encoded.findIndex((bytes) => (sum += bytes.length) > length);
      assert.equal(read.frames.length, expected === -1 ? frames.length : expected, `cut at ${length}`);
      assert.equal(read.end + read.damaged, length);
    }
  });

  test('a byte changed anywhere costs the one it is in', () => {
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 0x41;
      let sum = 0;
      const hit = encoded.findIndex((each) => (sum += each.length) > at);
      assert.deepEqual(decodeFrames(bytes).frames, frames.filter((_, index) => index !== hit), `byte ${at}`);
    }
  });

  test('both checksums are CRC-32', () => {
    assert.equal(slowCrc32(Buffer.from('123456789')), 0xcbf43926);
    assert.equal(slowCrc32(whole), crc32(whole));
    assert.equal(slowCrc32(whole.subarray(50), slowCrc32(whole.subarray(0, 50))), crc32(whole));
  });
});

describe('journal', () => {
  const limits = { segmentBytes: 1000, totalBytes: 20_000 };

  test('files whose entries are confirmed go, the others stay, over starts', async () => {
    const folder = await testFolder();
    try {
      let { journal } = await Journal.open(folder.path, limits);
      const numbers: number[] = [];
      for (let index = 0; index < 100; index++) numbers.push(await journal.append(Buffer.alloc(100, index)));
      assert.equal(new Set(numbers).size, 100);
      const before = (await readdir(folder.path)).length;
      assert.ok(before >= 10, `${before} files`);
      // All but one in the middle.
      for (const number of numbers) if (number !== numbers[50]) await journal.confirm(number);
      await journal.close();
      const opened = await Journal.open(folder.path, limits);
      journal = opened.journal;
      assert.deepEqual(opened.pending, [{ number: numbers[50], payload: Buffer.alloc(100, 50) }]);
      assert.equal(opened.damaged, 0);
      assert.ok((await readdir(folder.path)).length < before);
      assert.ok(await journal.append(Buffer.from('x')) > numbers[99]!, 'numbers are not used again');
      await journal.confirm(numbers[50]!);
      await journal.confirm(numbers[99]! + 1);
      await journal.close();
      assert.deepEqual((await Journal.open(folder.path, limits)).pending, []);
      assert.deepEqual(await readdir(folder.path), []);
    } finally {
      await folder.remove();
    }
  });

  test('many at once share what the disk does, and none is lost', async () => {
    const folder = await testFolder();
    try {
      const { journal } = await Journal.open(folder.path, { ...limits, totalBytes: 1_000_000 });
      await Promise.all(Array.from({ length: 500 }, (_, index) => journal.append(Buffer.from(String(index)))));
      await journal.close();
      const { pending } = await Journal.open(folder.path, { ...limits, segmentBytes: 1_000_000 });
      assert.deepEqual(pending.map((each) => each.payload.toString()), Array.from({ length: 500 }, (_, index) => String(index)));
    } finally {
      await folder.remove();
    }
  });

  test('has a limit, and says so', async () => {
    const folder = await testFolder();
    try {
      const { journal } = await Journal.open(folder.path, limits);
      const fill = async (): Promise<void> => { for (;;) await journal.append(Buffer.alloc(500)); };
      await assert.rejects(fill(), /reached its limit of 20000 bytes/);
      assert.ok(journal.bytes <= 20_000);
      await assert.rejects(journal.append(Buffer.alloc((1 << 20) + 1)), /takes 1048576 at most/);
      await journal.close();
    } finally {
      await folder.remove();
    }
  });
});

describe('outbox', () => {
  let folder: { path: string; remove(): Promise<void> };
  let store: FakeStore;
  let failures: string[];
  const open = new Set<Outbox>();

  beforeEach(async () => {
    folder = await testFolder();
    store = new FakeStore();
    failures = [];
  });
  afterEach(async () => {
    for (const outbox of open) await outbox.close();
    open.clear();
    await folder.remove();
  });

  const start = async (wish: Partial<OutboxOptions> = {}): Promise<Outbox> => {
    const outbox = await openOutbox(
      { folder: folder.path, serverId: 'game-1', onFailure: (where) => failures.push(where), ...wish }, { store, log, clock: systemClock },
    );
    open.add(outbox);
    return outbox;
  };

  test('delivers in order, and leaves nothing behind', async () => {
    const outbox = await start();
    for (let index = 0; index < 10; index++) assert.equal(await outbox.append(match(`m${index}`)), 'disk');
    await outbox.append(replay('m3'));
    assert.equal(await outbox.flush(10_000), true);
    assert.deepEqual(store.taken, [...Array.from({ length: 10 }, (_, index) => `match m${index}`), 'replay m3']);
    await outbox.close();
    assert.deepEqual(await readdir(join(folder.path, 'game-1')), []);
  });

  test('keeps what the store does not take now, over a start', async () => {
    store.refuse = away;
    const first = await start();
    await first.append(match('m1'));
    await first.append(match('m2'));
    assert.equal(await first.flush(50), false);
    await first.close();
    store.refuse = () => undefined;
    const second = await start();
    assert.equal(await second.flush(10_000), true);
    assert.deepEqual(store.taken, ['match m1', 'match m2']);
  });

  test('an entry that is no entry is refused at once', async () => {
    const outbox = await start();
    await assert.rejects(outbox.append({ kind: 'match', match: { ...duel('m1', '1', '2'), mode: '' } }), /entry\.match\.mode/);
    await assert.rejects(outbox.append({ kind: 'what' } as unknown as OutboxEntry), /entry\.kind/);
    await assert.rejects(start({ serverId: '../x' }), /serverId: takes/);
    assert.equal(outbox.pending, 0);
  });

  test('what the store can never take goes aside, and holds nobody up', async () => {
    const refused: string[] = [];
    store.refuse = (what) => (what === 'match bad' ? new StoreError('invalid', 'no season') : undefined);
    const outbox = await start({ onRefused: (entry) => refused.push(entry.kind) });
    await outbox.append(match('bad'));
    await outbox.append(match('good'));
    assert.equal(await outbox.flush(10_000), true);
    assert.deepEqual(store.taken, ['match good']);
    assert.deepEqual(refused, ['match']);
    const line = JSON.parse(await readFile(join(folder.path, 'game-1', 'refused.log'), 'utf8'));
    assert.equal(line.error, 'no season');
    assert.equal(line.entry.match.matchId, 'bad');
    await outbox.close();
    assert.equal((await start()).pending, 0, 'it does not come again');
  });

  test('a fault with one match holds up that match alone, in order', async () => {
    let isBroken = true;
    store.refuse = (what) => (isBroken && what === 'match m1' ? new StoreError('fault', 'a bug') : undefined);
    const outbox = await start();
    await outbox.append(match('m1'));
    await outbox.append(replay('m1'));
    await outbox.append(match('m2'));
    await until(() => store.taken.includes('match m2'));
    assert.deepEqual(store.taken, ['match m2']);
    assert.ok(!store.tried.includes('replay m1'), 'it waits for its match');
    isBroken = false;
    assert.equal(await outbox.flush(10_000), true);
    assert.deepEqual(store.taken, ['match m2', 'match m1', 'replay m1']);
  });

  test('without a disk it goes to the store at once, without both into memory, and no further', async () => {
    const outbox = await start({ maximumInMemory: 2 });
    // A folder where the file should be.
    const obstacle = join(folder.path, 'game-1', '0000000001.log');
    await mkdir(obstacle);
    assert.equal(await outbox.append(match('m1')), 'database');
    assert.deepEqual(failures, ['disk']);
    store.refuse = away;
    assert.equal(await outbox.append(match('m2')), 'memory');
    assert.equal(await outbox.append(match('m3')), 'memory');
    await assert.rejects(outbox.append(match('m4')), /2 entries wait in memory already/);
    assert.equal(await outbox.append(match('m2')).catch(() => 'memory is full'), 'memory is full');
    await rm(obstacle, { recursive: true });
    assert.equal(await outbox.append(match('m5')), 'disk', 'a disk that is back is used');
    store.refuse = () => undefined;
    assert.equal(await outbox.flush(10_000), true);
    assert.deepEqual(store.taken, ['match m1', 'match m2', 'match m3', 'match m5']);
  });

  test('a disk that hangs is not waited for', async () => {
    const handle = await openFile(join(folder.path, 'any'), 'w');
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const outbox = await start({ diskTimeoutMs: 50 });
    let release = (): void => {};
    // A server has sockets that keep it alive; the outbox's own timers do not.
    const alive = setInterval(() => {}, 1000);
    const hanging = mock.method(prototype, 'datasync', () => new Promise<void>((done) => { release = done; }));
    try {
      assert.equal(await outbox.append(match('m1')), 'database');
      store.refuse = away;
      const [second, third] = [outbox.append(match('m2')), outbox.append(match('m3'))];
      assert.deepEqual([await second, await third], ['memory', 'memory']);
      assert.ok(failures.includes('disk'));
    } finally {
      hanging.mock.restore();
      release();
      clearInterval(alive);
    }
    store.refuse = () => undefined;
    assert.equal(await outbox.append(match('m4')), 'disk', 'it is used again when it answers');
    assert.equal(await outbox.flush(10_000), true);
    assert.deepEqual(store.taken, ['match m1', 'match m2', 'match m3', 'match m4']);
  });

  test('at the limit of its files it goes on with the store', async () => {
    store.refuse = (what) => (what === 'match m0' ? away() : undefined);
    const outbox = await start({ maximumBytes: 2000, segmentBytes: 1000 });
    const kept: Kept[] = [];
    for (let index = 0; index < 8; index++) kept.push(await outbox.append(match(`m${index}`)));
    assert.ok(kept.includes('disk') && kept.at(-1) === 'database', kept.join());
    store.refuse = () => undefined;
    assert.equal(await outbox.flush(10_000), true);
    assert.equal(new Set(store.taken).size, 8);
  });

  test('one process at a time is a server', async () => {
    await start();
    await assert.rejects(start(), /in use by the game server game-1 \(process \d+\)/);
  });

  test('a damaged file costs what is damaged', async () => {
    store.refuse = away;
    const first = await start();
    for (let index = 0; index < 5; index++) await first.append(match(`m${index}`));
    await first.close();
    const file = join(folder.path, 'game-1', '0000000001.log');
    const bytes = await readFile(file);
    bytes[bytes.indexOf('"m2"') + 1]! ^= 1;
    await writeFile(file, Buffer.concat([bytes, bytes.subarray(0, 50)]));
    store.refuse = () => undefined;
    const second = await start();
    assert.equal(await second.flush(10_000), true);
    assert.deepEqual(store.taken, ['match m0', 'match m1', 'match m3', 'match m4']);
  });

  test('what servers have left is delivered by another, not what a living one has', async () => {
    store.refuse = away;
    for (const serverId of ['gone-1', 'gone-2', 'alive']) {
      const outbox = await start({ serverId });
      await outbox.append(match(`of-${serverId}`));
      if (serverId !== 'alive') await outbox.close();
    }
    store.refuse = (what) => (what === 'match of-alive' ? away() : undefined);
    const dependencies = { store, log, clock: systemClock };
    const { emptied, left } = await deliverLeftovers({ folder: folder.path, serverId: 'game-1' }, dependencies, 10_000);
    assert.deepEqual([emptied.sort(), left], [['gone-1', 'gone-2'], []]);
    assert.deepEqual(store.taken.sort(), ['match of-gone-1', 'match of-gone-2']);
    assert.deepEqual(await readdir(folder.path), ['alive']);
    await [...open].at(-1)!.close();
    assert.deepEqual(await deliverLeftovers({ folder: folder.path }, dependencies, 50), { emptied: [], left: ['alive'] });
  });
});

describe('outbox, killed', () => {
  let database: TestDatabase;
  let url: string;
  let store: Store;
  let folder: { path: string; remove(): Promise<void> };
  const children = new Set<ChildProcess>();

  before(async () => { database = await TestDatabase.start(); });
  after(() => database?.stop());
  beforeEach(async () => {
    folder = await testFolder();
    url = await database.fresh();
    store = await openStore({ databaseUrl: url }, { log, clock: systemClock });
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    await store.close();
    await folder.remove();
  });

  /** Runs until `stopAfter` entries are kept, then kills it in whatever it does. */
  async function runAndKill(stopAfter: number, databaseUrl: string, first: number, shell?: string): Promise<Map<string, Kept>> {
    const args = [CHILD, folder.path, databaseUrl, '100000', String(first)];
    const child = shell === undefined
      ? spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn('/bin/sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    const kept = new Map<string, Kept>();
    for await (const line of createInterface({ input: child.stdout! })) {
      const said = JSON.parse(line) as { id?: string; kept?: Kept };
      if (said.id !== undefined) kept.set(said.id, said.kept!);
      if (kept.size === stopAfter) child.kill('SIGKILL');
    }
    await once(child, 'exit').catch(() => {});
    return kept;
  }

  const rows = <T>(sql: string): Promise<T[]> => withClient(url, async (client) => (await client.query(sql)).rows as T[]);

  async function checkOnce(kept: Iterable<string>): Promise<number> {
    const found = new Set((await rows<{ id: string }>('SELECT id FROM matches')).map((row) => row.id));
    for (const id of kept) assert.ok(found.has(id), `${id} is lost`);
    const games = await rows<{ games: number }>('SELECT games FROM ratings');
    assert.deepEqual(games.map((row) => row.games), [found.size, found.size], 'each match counts once');
    return found.size;
  }

  test('all that belongs to a match arrives, evidence that comes before it too', async () => {
    const outbox = await openOutbox({ folder: folder.path, serverId: 'game-1' }, { store, log, clock: systemClock });
    const evidence = { matchId: 'm1', seq: 0, playerId: '2', tick: 60, kind: 'snap', value: 2, limit: 1, grade: 0.5, foundAt: NOW };
    const { participants: _, rated: __, endedAt: ___, ...about } = duel('m2', '1', '2');
    const entries: OutboxEntry[] = [
      { kind: 'evidence', evidence: [evidence] }, match('m1'), replay('m1'), match('m1'), { kind: 'lost', match: { ...about, lostAt: NOW } },
    ];
    for (const entry of entries) assert.equal(await outbox.append(entry), 'disk');
    assert.equal(await outbox.flush(30_000), true);
    await outbox.close();
    assert.deepEqual(await store.evidence('2', 10), [evidence]);
    assert.equal((await store.player('2'))?.name, 'Bob', 'the match has brought the name');
    assert.deepEqual([(await store.match('m1'))?.state, (await store.match('m2'))?.state], ['finished', 'lost']);
    assert.equal((await store.replay('m1'))?.bytes, 1);
    assert.equal((await store.ratings(['1'], 'duel')).get('1')?.games, 1);
    await assert.rejects(readFile(join(folder.path, 'game-1', 'refused.log')), /ENOENT/);
  });

  test('kill -9 between writing and delivery: what was kept is delivered at the next start', async () => {
    const kept = await runAndKill(150, 'away', 0);
    assert.ok([...kept.values()].every((each) => each === 'disk'));
    const outbox = await openOutbox({ folder: folder.path, serverId: 'game-1' }, { store, log, clock: systemClock });
    assert.ok(outbox.pending >= 150);
    assert.equal(await outbox.flush(60_000), true);
    await outbox.close();
    await checkOnce(kept.keys());
  });

  test('what a killed server has left is delivered by a process beside it', async () => {
    // The program looks below DATA_DIR/outbox.
    const root = folder;
    folder = { ...root, path: join(root.path, 'outbox') };
    await mkdir(folder.path);
    const kept = await runAndKill(20, 'away', 0);
    const deliver = async (databaseUrl: string): Promise<{ code: number | null; output: string }> => {
      const child = spawn(process.execPath, [DELIVER], { env: { ...process.env, DATABASE_URL: databaseUrl, DATA_DIR: root.path, LOG_LEVEL: 'info' } });
      children.add(child);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString(); });
      const [code] = await once(child, 'close') as [number | null];
      return { code, output };
    };
    assert.match((await deliver('')).output, /^DATABASE_URL is not set/);
    const { code, output } = await deliver(url);
    assert.equal(code, 0, output);
    assert.match(output, /all that it had left is delivered/);
    await checkOnce(kept.keys());
    assert.deepEqual(await readdir(folder.path), []);
    folder = root;
  });

  test('kill -9 in the midst of delivery, three times: each result counts once', async () => {
    const kept = new Set<string>();
    for (let round = 0; round < 3; round++) {
      for (const id of (await runAndKill(40 + 13 * round, url, round * 1000)).keys()) kept.add(id);
    }
    const outbox = await openOutbox({ folder: folder.path, serverId: 'game-1' }, { store, log, clock: systemClock });
    assert.equal(await outbox.flush(60_000), true);
    await outbox.close();
    await checkOnce(kept);
  });

  test('a disk that takes half a write: it is cut off, and what follows is kept', async () => {
    // Files may have 2 KB (4 blocks of 512 bytes); beyond, writes stop in the middle.
    const kept = await runAndKill(30, 'away', 0, "trap '' XFSZ; ulimit -f 4");
    const onDisk = [...kept].filter(([, where]) => where === 'disk').map(([id]) => id);
    assert.ok(onDisk.length >= 20 && onDisk.length < 30, `${onDisk.length} of 30 are on the disk`);
    const outbox = await openOutbox({ folder: folder.path, serverId: 'game-1' }, { store, log, clock: systemClock });
    assert.equal(await outbox.flush(60_000), true);
    await outbox.close();
    await checkOnce(onDisk);
  });

  test('PostgreSQL killed and stopped in the midst of delivery: each result counts once', async () => {
    const outbox = await openOutbox({ folder: folder.path, serverId: 'game-1' }, { store, log, clock: systemClock });
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      for (let index = 0; index < 60; index++) {
        assert.equal(await outbox.append(match(`m-${signal}-${index}`)), 'disk');
        if (index === 20) process.kill(database.embedded.pid, signal);
      }
      assert.equal(await outbox.flush(60_000), true);
    }
    await outbox.close();
    assert.equal(await checkOnce([]), 120);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !condition();) {
    if (Date.now() > end) throw new Error('it does not come');
    await new Promise((done) => setTimeout(done, 5));
  }
}
