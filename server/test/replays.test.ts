import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { systemClock } from '../src/clock.js';
import { openReplayDirectory, openS3Replays, ReplayError, type ReplayStore, type S3Options, type S3Replays } from '../src/replays/index.js';
import { log, testFolder } from './database.js';
import { FakeS3 } from './fake-s3.js';

const BYTES = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 251));
const SUM = createHash('sha256').update(BYTES).digest('hex');

const fails = (kind: string, message: RegExp) => (error: unknown): boolean => {
  assert.ok(error instanceof ReplayError, String(error));
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, message);
  return true;
};

async function read(store: ReplayStore, id: string): Promise<Buffer | undefined> {
  const stream = await store.get(id);
  if (stream === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).map((each) => each.name).sort();
}

let folder: { path: string; remove(): Promise<void> };
const open = new Set<ReplayStore>();
beforeEach(async () => { folder = await testFolder(); });
afterEach(async () => {
  for (const store of open) await store.close();
  open.clear();
  await folder.remove();
});

describe('replays in a directory', () => {
  const start = async (wish: { replayBytes?: number } = {}): Promise<ReplayStore> => {
    const store = await openReplayDirectory({ folder: folder.path, ...wish });
    open.add(store);
    return store;
  };

  test('come back as they were written, in pieces or whole', async () => {
    const store = await start();
    const sink = await store.sink('m-1');
    for (let at = 0; at < BYTES.length; at += 70_001) await sink.write(BYTES.subarray(at, at + 70_001));
    assert.equal(await store.get('m-1'), undefined, 'it is not there before it is whole');
    assert.deepEqual(await sink.close(), { store: 'directory', key: 'm-1', bytes: BYTES.length, sha256: SUM });
    assert.ok((await read(store, 'm-1'))?.equals(BYTES));
    assert.equal((await store.put('m-2', BYTES)).sha256, SUM);
    assert.equal((await store.put('m-2', [Buffer.from('new')])).bytes, 3);
    assert.equal((await read(store, 'm-2'))?.toString(), 'new');
    assert.deepEqual(await store.list(10), ['m-1', 'm-2']);
    assert.deepEqual(await store.list(10, 'm-1'), ['m-2']);
    assert.equal(await store.delete('m-1'), true);
    assert.equal(await store.delete('m-1'), false);
    assert.equal(await store.get('m-1'), undefined);
  });

  test('names that lead elsewhere are none', async () => {
    const store = await start();
    for (const id of ['../m', 'a/b', '', '.', 'a\0b', 'x'.repeat(65), 'é']) {
      await assert.rejects(store.put(id, BYTES), fails('invalid', /^matchId: takes 1 to 64/));
      await assert.rejects(store.get(id), fails('invalid', /matchId/));
      await assert.rejects(store.delete(id), fails('invalid', /matchId/));
    }
  });

  test('one that is too long is kept as far as it may go, for it can be read so far; given whole, it is refused', async () => {
    const store = await start({ replayBytes: 1000 });
    await assert.rejects(store.put('m-1', BYTES), fails('too_large', /m-1 has more than 1000 bytes/));
    assert.deepEqual(await store.list(10), []);
    const sink = await store.sink('m-2');
    await sink.write(BYTES.subarray(0, 600));
    await assert.rejects(sink.write(BYTES.subarray(0, 600)), fails('too_large', /m-2 has more than/));
    await assert.rejects(sink.write(BYTES.subarray(0, 1)), fails('invalid', /is failed/));
    assert.equal((await sink.close()).bytes, 600);
    assert.ok((await read(store, 'm-2'))?.equals(BYTES.subarray(0, 600)));
    await assert.rejects(sink.close(), fails('invalid', /is closed/));
    assert.deepEqual(await filesIn(folder.path), ['m-2.tprp']);
  });

  test('nothing written is nothing kept', async () => {
    const store = await start();
    assert.equal((await (await store.sink('m-1')).close()).bytes, 0);
    assert.deepEqual(await store.list(10), []);
  });

  test('what older versions have written, under either name, is read, listed, cleared and replaced', async () => {
    const old = join(folder.path, createHash('sha256').update('m-1').digest('hex').slice(0, 2));
    await mkdir(old, { recursive: true });
    await writeFile(join(old, 'm-1.tpr'), 'spread');
    await writeFile(join(folder.path, '0b7a3f6e-1c55-4a57-9a51-5a3a0a5e6f10.tprp'), 'flat');
    await writeFile(join(folder.path, 'notes.txt'), 'of the operator');
    const store = await start();
    assert.deepEqual(await store.list(10), ['0b7a3f6e-1c55-4a57-9a51-5a3a0a5e6f10', 'm-1']);
    assert.equal((await read(store, 'm-1'))?.toString(), 'spread');
    assert.equal((await read(store, '0b7a3f6e-1c55-4a57-9a51-5a3a0a5e6f10'))?.toString(), 'flat');
    await store.put('m-1', Buffer.from('new'));
    assert.equal((await read(store, 'm-1'))?.toString(), 'new');
    assert.equal(await store.delete('0b7a3f6e-1c55-4a57-9a51-5a3a0a5e6f10'), true);
    assert.deepEqual(await store.list(10), ['m-1']);
    assert.deepEqual(await filesIn(folder.path), ['m-1.tprp', 'notes.txt']);
  });

  test('the oldest make room for new ones by their number, too', async () => {
    const removed: string[] = [];
    const store = await openReplayDirectory({ folder: folder.path, totalCount: 10, onRemoved: (ids) => removed.push(...ids) });
    open.add(store);
    for (let index = 0; index < 10; index++) {
      await store.put(`m-${index}`, BYTES.subarray(0, 10));
      const [path] = (await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith(`m-${index}.tprp`));
      await utimes(join(folder.path, path!), 1000 + index, 1000 + index);
    }
    assert.deepEqual(removed, []);
    await store.put('m-new', BYTES.subarray(0, 10));
    assert.deepEqual(removed, ['m-0', 'm-1'], 'a tenth at a time');
    assert.equal((await store.list(100)).length, 9);
  });

  test('the oldest make room for new ones, and the limit of all holds for those that grow', async () => {
    const removed: string[] = [];
    const store = await openReplayDirectory({ folder: folder.path, replayBytes: 1000, totalBytes: 5000, onRemoved: (ids) => removed.push(...ids) });
    open.add(store);
    for (const [index, id] of ['m-9', 'm-8', 'm-7', 'm-6', 'm-5'].entries()) {
      await store.put(id, BYTES.subarray(0, 900));
      // Ages apart, however fast this machine is.
      const [path] = (await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith(`${id}.tprp`));
      await utimes(join(folder.path, path!), 1000 + index, 1000 + index);
    }
    assert.deepEqual(removed, []);
    await store.put('m-8', BYTES.subarray(0, 500));
    assert.deepEqual(removed, ['m-9', 'm-8'], 'a tenth at a time');
    assert.deepEqual(await store.list(10), ['m-5', 'm-6', 'm-7', 'm-8']);
    const sinks = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => store.sink(id)));
    const outcomes = await Promise.allSettled(sinks.map((sink) => sink.write(BYTES.subarray(0, 1000))));
    assert.ok(outcomes.some((each) => each.status === 'rejected' && fails('too_large', /limit of 5000 bytes/)(each.reason)));
  });

  test('a match that is given up leaves nothing, a crash a half that gets its name at the next start', async () => {
    const store = await start();
    const sink = await store.sink('m-1');
    await sink.write(BYTES);
    await sink.abort();
    await sink.abort();
    await assert.rejects(sink.write(BYTES), fails('invalid', /is aborted/));
    await store.put('m-2', (async function* () {
      yield BYTES;
      throw new Error('the recorder failed');
    })()).then(() => assert.fail(), (error: Error) => assert.equal(error.message, 'the recorder failed'));
    assert.deepEqual(await filesIn(folder.path), []);
    await store.close();
    await mkdir(join(folder.path, 'ab'), { recursive: true });
    const place = join(folder.path, createHash('sha256').update('m-9').digest('hex').slice(0, 2));
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'm-9.tprp.0011.half'), 'half');
    await writeFile(join(place, 'm-9.tprp.0022.half'), '');
    await writeFile(join(folder.path, 'ab', 'm-8.tprp.0011.half'), '');
    const next = await start();
    assert.deepEqual(await next.list(10), ['m-9']);
    assert.equal((await read(next, 'm-9'))?.toString(), 'half');
    assert.deepEqual(await filesIn(folder.path), ['m-9.tprp']);
  });
});

describe('replays in S3', () => {
  let s3: FakeS3;
  let failures: number;
  beforeEach(async () => {
    failures = 0;
    s3 = await FakeS3.start('KEY');
  });
  afterEach(() => s3.stop());

  const start = async (wish: Partial<S3Options> = {}): Promise<S3Replays> => {
    const store = await openS3Replays({
      endpoint: s3.endpoint, region: 'eu-1', bucket: 'games', credentials: { accessKeyId: 'KEY', secretAccessKey: 'secret' },
      spoolFolder: folder.path, requestTimeoutMs: 500, retryMs: 50, onFailure: () => { failures++; }, ...wish,
    }, { log, clock: systemClock });
    open.add(store);
    return store;
  };

  test('are sent when they are closed, with a checksum, and the spool is empty then', async () => {
    const store = await start();
    const sink = await store.sink('m-1');
    await sink.write(BYTES.subarray(0, 1_000_000));
    await sink.write(BYTES.subarray(1_000_000));
    assert.deepEqual(await sink.close(), { store: 's3', key: 'replays/m-1.tprp', bytes: BYTES.length, sha256: SUM });
    assert.ok((await read(store, 'm-1'))?.equals(BYTES), 'it can be had while it is sent');
    await until(() => store.waiting === 0);
    assert.ok(s3.objects.get('/games/replays/m-1.tprp')?.equals(BYTES));
    assert.ok((await read(store, 'm-1'))?.equals(BYTES));
    assert.deepEqual(await filesIn(folder.path), []);
    assert.equal(await store.get('m-2'), undefined);
    assert.equal(await store.delete('m-2'), false);
    assert.equal(await store.delete('m-1'), true);
    assert.equal(s3.objects.size, 0);
  });

  test('a half of a crash is not sent: the match was lost with its server; what an older version has sent is there still', async () => {
    await mkdir(join(folder.path, 'ab'), { recursive: true });
    await writeFile(join(folder.path, 'ab', 'm-9.tprp.0011.half'), 'half');
    s3.objects.set('/games/replays/m-5.tpr', Buffer.from('old'));
    const store = await start();
    assert.deepEqual(await filesIn(folder.path), []);
    assert.equal((await read(store, 'm-5'))?.toString(), 'old');
    assert.deepEqual(await store.list(10), ['m-5']);
    await store.put('m-5', Buffer.from('new'));
    await until(() => store.waiting === 0);
    assert.deepEqual(await store.list(10), ['m-5']);
    assert.equal(await store.delete('m-5'), true);
    assert.equal(s3.objects.size, 0);
  });

  test('pages of a list are joined', async () => {
    const store = await start();
    for (let index = 0; index < 5; index++) await store.put(`m-${index}`, BYTES.subarray(0, 100 + index));
    await until(() => store.waiting === 0);
    assert.deepEqual(await store.list(100), ['m-0', 'm-1', 'm-2', 'm-3', 'm-4']);
    assert.deepEqual(await store.list(3), ['m-0', 'm-1', 'm-2']);
    assert.deepEqual(await store.list(2, 'm-2'), ['m-3', 'm-4']);
  });

  for (const trouble of ['fail', 'cut', 'hang', 'corrupt'] as const) {
    test(`a store that ${{ fail: 'fails', cut: 'breaks off', hang: 'hangs', corrupt: 'gets other bytes' }[trouble]} gets it later`, async () => {
      const store = await start({ attempts: 1 });
      let troubles = 2;
      s3.behaviour = () => (troubles-- > 0 ? trouble : 'work');
      await store.put('m-1', BYTES);
      await until(() => store.waiting === 0);
      assert.ok(s3.objects.get('/games/replays/m-1.tprp')?.equals(BYTES));
      assert.equal(failures, 2);
    });
  }

  test('what waits is sent by the next start', async () => {
    s3.behaviour = () => 'fail';
    const first = await start({ attempts: 1, retryMs: 100_000 });
    await first.put('m-1', BYTES);
    await first.put('m-2', BYTES);
    await until(() => failures > 0);
    await first.close();
    assert.deepEqual(await filesIn(folder.path), ['m-1.tprp', 'm-2.tprp']);
    s3.behaviour = () => 'work';
    const second = await start();
    await until(() => second.waiting === 0);
    assert.equal(s3.objects.size, 2);
  });

  test('the spool has a limit; wrong keys and a store that is away are told', async () => {
    const store = await start({ spoolBytes: 1000, credentials: { accessKeyId: 'OTHER', secretAccessKey: 'x' } });
    await assert.rejects(store.put('m-1', BYTES), fails('too_large', /limit of 1000 bytes/));
    await assert.rejects(store.get('m-1'), fails('unavailable', /AccessDenied \(403\)/));
    await s3.stop();
    await assert.rejects(store.get('m-1'), fails('unavailable', /ECONNREFUSED|ECONNRESET|socket/));
    s3 = await FakeS3.start('KEY');
  });

  test('one that is replaced while it is sent arrives as the later one', async () => {
    const store = await start();
    let isFirst = true;
    s3.behaviour = (request) => {
      if (isFirst && request.startsWith('PUT')) {
        isFirst = false;
        // While the first is on its way.
        void store.put('m-1', Buffer.from('later'));
      }
      return 'work';
    };
    await store.put('m-1', BYTES);
    await until(() => store.waiting === 0);
    assert.equal(s3.objects.get('/games/replays/m-1.tprp')?.toString('utf8', 0, 20), 'later');
    assert.deepEqual(await filesIn(folder.path), []);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !condition();) {
    if (Date.now() > end) throw new Error('it does not come');
    await new Promise((done) => setTimeout(done, 5));
  }
}
