import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, rm, stat, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Another process holds the folder. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';

  constructor(readonly folder: string, readonly holder: string) {
    super(`${folder} is in use by ${holder}; stop that one, or choose another folder`);
  }
}

export interface FolderLock {
  release(): Promise<void>;
}

const LOCK_FILE = 'lock';
/** sockaddr_un holds 108 bytes on Linux, 104 on macOS, the zero at the end included. */
const SOCKET_PATH_BYTES = 100;
const ANSWER_MS = 1000;
/** In it, somebody who found a dead lock at the same time as we did has removed it. */
const SETTLE_MS = 50;

/**
 * Keeps other processes out of a folder until it is released or this process ends, however it ends.
 *
 * The lock is a socket in the folder that we listen at: the kernel closes it with the process, so unlike a file with a
 * number of a process it is never stale, and it holds between containers that share a volume of one machine (where all
 * have process number 1). It does not hold between machines that share a network file system.
 * @throws FolderLockedError
 */
export async function lockFolder(folder: string, about: string): Promise<FolderLock> {
  const path = resolve(folder);
  await mkdir(path, { recursive: true });
  return process.platform === 'win32' ? lockPipe(path, about) : lockSocket(path, about);
}

/** Pipes of Windows have names of their own, and go with their process. */
async function lockPipe(folder: string, about: string): Promise<FolderLock> {
  const name = `\\\\.\\pipe\\trespasser-${createHash('sha256').update(folder.toLowerCase()).digest('hex').slice(0, 32)}`;
  const server = await listen(name, about);
  if (server === undefined) throw new FolderLockedError(folder, await ask(name) ?? 'another process');
  return { release: () => close(server) };
}

async function lockSocket(folder: string, about: string): Promise<FolderLock> {
  const file = join(folder, LOCK_FILE);
  // Under a name of its own first: when a listener closes, the name that it was opened with is removed, and the lock's
  // may be another's by then. A link is made by one process only.
  const own = `${LOCK_FILE}.${randomBytes(4).toString('hex')}`;
  const short = await shortPath(folder);
  try {
    const server = await listen(join(short.folder, own), about);
    try {
      if (server === undefined) throw new FolderLockedError(folder, 'other processes that start at the same time');
      const inodeOfOwn = await inode(join(folder, own));
      for (let attempt = 0; attempt < 10; attempt++) {
        const found = await inode(file);
        if (await linked(join(folder, own), file)) {
          await new Promise((done) => setTimeout(done, SETTLE_MS));
          if (await inode(file) !== inodeOfOwn) continue;
          await rm(join(folder, own), { force: true });
          return {
            async release() {
              if (await inode(file) === inodeOfOwn) await rm(file, { force: true });
              await close(server);
            },
          };
        }
        const holder = await ask(join(short.folder, LOCK_FILE));
        if (holder !== undefined) throw new FolderLockedError(folder, holder);
        // Dead. It is removed only if it is still the one that was asked.
        if (found !== undefined && found === await inode(file)) await rm(file, { force: true });
      }
      throw new FolderLockedError(folder, 'other processes that start at the same time');
    } catch (error) {
      if (server !== undefined) await close(server);
      await rm(join(folder, own), { force: true });
      throw error;
    }
  } finally {
    await short.remove();
  }
}

/** False: the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A name of the folder that fits into a socket's address. */
async function shortPath(folder: string): Promise<{ folder: string; remove(): Promise<void> }> {
  if (Buffer.byteLength(folder) + 1 + LOCK_FILE.length + 9 <= SOCKET_PATH_BYTES) return { folder, remove: async () => {} };
  const short = join(tmpdir(), `trespasser-${randomBytes(6).toString('hex')}`);
  await symlink(folder, short);
  return { folder: short, remove: () => rm(short, { force: true }) };
}

/** Undefined: the address is taken. */
async function listen(address: string, about: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(`${about} (process ${process.pid})`);
  });
  try {
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(address, done);
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE' || code === 'EACCES') return undefined;
    throw error;
  }
  // A lock keeps no process alive.
  server.unref();
  return server;
}

/** Who listens; undefined: nobody. */
async function ask(address: string): Promise<string | undefined> {
  return new Promise((done) => {
    const socket = connect(address);
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_MS, () => {
      // Connected, but stopped or busy: it lives.
      done('a process that does not answer');
      socket.destroy();
    });
    socket.on('data', (text: string) => { answer = (answer + text).slice(0, 200); });
    socket.on('end', () => done(answer === '' ? 'another process' : answer));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      done(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? undefined : `another process (${error.code ?? error.message})`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}

async function inode(file: string): Promise<bigint | undefined> {
  try {
    return (await stat(file, { bigint: true })).ino;
  } catch {
    return undefined;
  }
}
