import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FolderLockedError, lockFolder } from '../src/folder-lock.js';
import { startEmbeddedDatabase, type EmbeddedDatabase } from '../src/store/index.js';
import { log, testFolder, withClient } from './database.js';

const CHILD = fileURLToPath(new URL('./embedded-child.js', import.meta.url));
const IS_ROOT = process.getuid?.() === 0;

describe('embedded database', () => {
  let folder: { path: string; remove(): Promise<void> };
  const children = new Set<ChildProcess>();
  const started = new Set<EmbeddedDatabase>();

  before(async () => { folder = await testFolder(); });
  after(() => folder.remove());
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const database of started) await database.close();
    children.clear();
    started.clear();
  });

  const start = async (options: Partial<Parameters<typeof startEmbeddedDatabase>[0]> = {}): Promise<EmbeddedDatabase> => {
    const database = await startEmbeddedDatabase({ dataDir: folder.path, ...options }, { log });
    started.add(database);
    return database;
  };
  const startChild = async (): Promise<{ child: ChildProcess; pid: number }> => {
    const child = spawn(process.execPath, [CHILD, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.add(child);
    const [line] = await once(child.stdout!, 'data') as [Buffer];
    return { child, ...JSON.parse(line.toString()) as { pid: number } };
  };
  const survivors = (database: EmbeddedDatabase): Promise<number> => withClient(database.url, async (client) => (
    Number((await client.query('SELECT count(*) FROM survivors')).rows[0].count)
  ));

  test('leaves the signals of the process alone, and shuts nobody else in', async () => {
    const listeners = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
    // As if the machine had stopped while the cluster was made: it is made anew.
    await mkdir(join(folder.path, 'postgres.new'));
    await writeFile(join(folder.path, 'postgres.new', 'half'), '');
    const database = await start();
    assert.equal(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT'), listeners);
    await withClient(database.url, async (client) => {
      assert.equal((await client.query('SHOW listen_addresses')).rows[0].listen_addresses, '', 'no port');
      assert.equal((await client.query('SHOW fsync')).rows[0].fsync, 'on');
      assert.equal((await client.query('SHOW synchronous_commit')).rows[0].synchronous_commit, 'on');
    });
    const { uid } = await stat(`/proc/${database.pid}`).catch(() => ({ uid: -1 }));
    if (process.platform === 'linux') assert.equal(uid === 0, false, 'PostgreSQL does not run as root');
    assert.equal((await stat(join(folder.path, 'postgres.password'))).mode & 0o077, 0, 'the password is ours alone');
    await database.close();
    assert.deepEqual((await readdir(folder.path)).sort(), ['postgres', 'postgres.password'], 'no lock and no half cluster are left');
  });

  test('a second server on the folder is told who has it', async () => {
    await start();
    await assert.rejects(start(), (error: unknown) => {
      assert.ok(error instanceof FolderLockedError);
      assert.match(error.message, new RegExp(`is in use by a Trespasser server \\(process ${process.pid}\\); stop that one`));
      return true;
    });
  });

  test('kill -9 of the server: PostgreSQL ends with it, and nothing is lost', async () => {
    const { child, pid } = await startChild();
    child.kill('SIGKILL');
    await gone(pid);
    assert.equal(await survivors(await start()), 1);
  });

  test('kill -9 of both: a stale postmaster.pid is no obstacle', async () => {
    const { child, pid } = await startChild();
    child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await gone(pid);
    await stat(join(folder.path, 'postgres', 'postmaster.pid'));
    assert.equal(await survivors(await start()), 2);
  });

  test('a PostgreSQL that was left behind is stopped first', async () => {
    const { child, pid } = await startChild();
    const helper = await helperOf(join(folder.path, 'postgres'));
    process.kill(helper, 'SIGKILL');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.doesNotThrow(() => process.kill(pid, 0), 'it lives on');
    assert.equal(await survivors(await start()), 3);
    await gone(pid);
  });

  test('listens on loopback where there are no sockets', async () => {
    const database = await start({ listen: 'tcp' });
    assert.match(database.url, /@127\.0\.0\.1:\d+\//);
    assert.equal(await survivors(database), 3);
    const wrong = new URL(database.url);
    wrong.password = 'wrong';
    await assert.rejects(withClient(wrong.href, (client) => client.query('SELECT 1')), /password authentication failed/);
  });

  test('a path too long for a socket is no obstacle, and leaves nothing elsewhere', async () => {
    const deep = join(folder.path, 'x'.repeat(60), 'y'.repeat(60));
    await mkdir(deep, { recursive: true });
    for (const name of ['postgres', 'postgres.password']) await rename(join(folder.path, name), join(deep, name));
    try {
      // As a killed server leaves it.
      const left = await mkdtemp(join(tmpdir(), 'trespasser-pg-'));
      await symlink(left, join(deep, 'postgres.sockets'));
      const database = await start({ dataDir: deep });
      assert.equal(await survivors(database), 3);
      await assert.rejects(stat(left), /ENOENT/);
      const own = await readlink(join(deep, 'postgres.sockets'));
      await database.close();
      await assert.rejects(stat(own), /ENOENT/);
      assert.deepEqual((await readdir(deep)).sort(), ['postgres', 'postgres.password']);
    } finally {
      for (const name of ['postgres', 'postgres.password']) await rename(join(deep, name), join(folder.path, name));
    }
  });

  test('folders that do not fit are refused with what to do', async () => {
    const version = join(folder.path, 'postgres', 'PG_VERSION');
    const own = await readFile(version, 'utf8');
    await writeFile(version, '12\n');
    await assert.rejects(start(), /was made by PostgreSQL 12, and this is \d+; save it with pg_dump/);
    await rename(version, `${version}.away`);
    await assert.rejects(start(), /is no database; move it away/);
    await rename(`${version}.away`, version);
    await writeFile(version, own);

    if (IS_ROOT) {
      const closed = await mkdtemp(join(tmpdir(), 'trespasser-closed-'));
      try {
        await chmod(closed, 0o700);
        await assert.rejects(startEmbeddedDatabase({ dataDir: join(closed, 'data') }, { log }), /the user postgres.* may not enter .*trespasser-closed/);
      } finally {
        await rm(closed, { recursive: true });
      }
    }
  });
});

describe('lock of a folder', () => {
  test('one of many who want it at once gets it, and its end frees it', async () => {
    const folder = await testFolder();
    try {
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder.path, 'a test')));
      const won = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      assert.equal(won.length, 1);
      await won[0]!.release();
      await (await lockFolder(folder.path, 'a test')).release();
      assert.deepEqual(await readdir(folder.path), []);
    } finally {
      await folder.remove();
    }
  });

  test('of many who find a dead one, one gets it, and the others leave it in place', async () => {
    const folder = await testFolder();
    try {
      for (let round = 0; round < 5; round++) {
        const child = spawn(process.execPath, ['-e', `require('node:net').createServer().listen(${JSON.stringify(join(folder.path, 'lock'))}, () => console.log('listening'))`], { stdio: ['ignore', 'pipe', 'inherit'] });
        await once(child.stdout, 'data');
        child.kill('SIGKILL');
        await once(child, 'exit');
        assert.deepEqual(await readdir(folder.path), ['lock']);
        const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder.path, 'a test')));
        const won = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
        assert.equal(won.length, 1);
        assert.deepEqual(await readdir(folder.path), ['lock']);
        await assert.rejects(lockFolder(folder.path, 'a test'), /in use by a test/);
        await won[0]!.release();
        assert.deepEqual(await readdir(folder.path), []);
      }
    } finally {
      await folder.remove();
    }
  });

  test('a killed process holds nothing, however long the path is', async () => {
    const folder = await testFolder();
    try {
      const deep = join(folder.path, 'x'.repeat(100), 'y'.repeat(100));
      const module = new URL('../src/folder-lock.js', import.meta.url).href;
      const child = spawn(process.execPath, ['--input-type=module', '-e', `
        const { lockFolder } = await import(${JSON.stringify(module)});
        await lockFolder(${JSON.stringify(deep)}, 'a child');
        console.log('locked');
        setInterval(() => {}, 1000);
      `], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(child.stdout, 'data');
        await assert.rejects(lockFolder(deep, 'a test'), new RegExp(`in use by a child \\(process ${child.pid}\\)`));
      } finally {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await (await lockFolder(deep, 'a test')).release();
    } finally {
      await folder.remove();
    }
  });
});

async function gone(pid: number): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
  }
  throw new Error(`process ${pid} does not end`);
}

/** The shell that watches over us for PostgreSQL. */
async function helperOf(cluster: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.startsWith('/bin/sh') && command.includes(cluster)) return Number(pid);
  }
  throw new Error('there is no helper');
}
