import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { matchIdSchema } from '../store/index.js';
import { ReplayError, type ReplayBytes, type ReplaySink } from './types.js';

export const EXTENSION = '.tpr';
const HALF = '.half';

/** The only letters that reach a path. */
export function checkedId(matchId: string): string {
  const result = matchIdSchema.safeParse(matchId);
  if (!result.success) throw new ReplayError('invalid', `matchId: ${result.error.issues[0]?.message ?? 'is not valid'}`);
  return result.data;
}

export interface StoredFile {
  bytes: number;
  sha256: string;
}

export interface FileSink extends Omit<ReplaySink, 'close'> {
  close(): Promise<StoredFile>;
}

export interface FileLimits {
  /** Of one recording; bytes. */
  replayBytes: number;
  /** Of all of them; bytes. */
  totalBytes: number;
}

/**
 * Recordings as files, spread over 256 folders so that none grows long. A file gets its name when it is whole and on the
 * disk; what a crash leaves half is removed at the next start.
 */
export class ReplayFiles {
  #bytes = 0;
  readonly #sinks = new Set<{ abort(): Promise<void> }>();

  private constructor(readonly folder: string, private readonly limits: FileLimits) {}

  /** One process at a time: halves of another would be removed. */
  static async open(folder: string, limits: FileLimits): Promise<ReplayFiles> {
    const files = new ReplayFiles(folder, limits);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const { path, name, bytes } of await files.#walk()) {
        if (name.endsWith(HALF)) await rm(path, { force: true });
        else files.#bytes += bytes;
      }
    } catch (error) {
      throw unavailable(folder, error);
    }
    return files;
  }

  /** Of all recordings, and of those that are being written. */
  get bytes(): number {
    return this.#bytes;
  }

  path(matchId: string): string {
    const id = checkedId(matchId);
    return join(this.folder, createHash('sha256').update(id).digest('hex').slice(0, 2), `${id}${EXTENSION}`);
  }

  async sink(matchId: string): Promise<FileSink> {
    const path = this.path(matchId);
    const half = `${path}.${randomBytes(4).toString('hex')}${HALF}`;
    let file: FileHandle;
    try {
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      file = await open(half, 'wx', 0o600);
    } catch (error) {
      throw unavailable(path, error);
    }
    const hash = createHash('sha256');
    let bytes = 0;
    let state: 'open' | 'closed' | 'aborted' = 'open';
    const sink: FileSink = {
      write: async (chunk) => {
        if (state !== 'open') throw new ReplayError('invalid', `the recording of ${matchId} is ${state}`);
        if (bytes + chunk.length > this.limits.replayBytes) {
          await sink.abort();
          throw new ReplayError('too_large', `the recording of ${matchId} has more than ${this.limits.replayBytes} bytes`);
        }
        if (this.#bytes + chunk.length > this.limits.totalBytes) {
          await sink.abort();
          throw new ReplayError('too_large', `${this.folder} has reached its limit of ${this.limits.totalBytes} bytes`);
        }
        bytes += chunk.length;
        this.#bytes += chunk.length;
        hash.update(chunk);
        try {
          for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
        } catch (error) {
          await sink.abort();
          throw unavailable(path, error);
        }
      },
      close: async () => {
        if (state !== 'open') throw new ReplayError('invalid', `the recording of ${matchId} is ${state}`);
        try {
          await file.sync();
          await file.close();
          const replaced = await stat(path).then((found) => found.size, () => 0);
          await rename(half, path);
          await syncFolder(join(path, '..'));
          this.#bytes -= replaced;
          state = 'closed';
          this.#sinks.delete(sink);
        } catch (error) {
          await sink.abort();
          throw unavailable(path, error);
        }
        return { bytes, sha256: hash.digest('hex') };
      },
      abort: async () => {
        if (state !== 'open') return;
        state = 'aborted';
        this.#sinks.delete(sink);
        this.#bytes -= bytes;
        await file.close().catch(() => {});
        await rm(half, { force: true }).catch(() => {});
      },
    };
    this.#sinks.add(sink);
    return sink;
  }

  async put(matchId: string, source: ReplayBytes): Promise<StoredFile> {
    const sink = await this.sink(matchId);
    try {
      for await (const chunk of chunksOf(source)) await sink.write(chunk);
      return await sink.close();
    } catch (error) {
      await sink.abort();
      throw error;
    }
  }

  /** Undefined: there is none. */
  async get(matchId: string): Promise<{ bytes: number; stream: AsyncIterable<Uint8Array> } | undefined> {
    const path = this.path(matchId);
    try {
      const { size } = await stat(path);
      return { bytes: size, stream: createReadStream(path) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw unavailable(path, error);
    }
  }

  async delete(matchId: string): Promise<boolean> {
    const path = this.path(matchId);
    try {
      const { size } = await stat(path);
      await rm(path);
      this.#bytes -= size;
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw unavailable(path, error);
    }
  }

  /** Removes the oldest recordings until at most `bytes` are left. @returns ids of those removed */
  async shrinkTo(bytes: number): Promise<string[]> {
    if (this.#bytes <= bytes) return [];
    const whole = (await this.#walk()).filter(({ name }) => name.endsWith(EXTENSION)).sort((a, b) => a.changedMs - b.changedMs);
    const removed: string[] = [];
    for (const { name } of whole) {
      if (this.#bytes <= bytes) break;
      const id = name.slice(0, -EXTENSION.length);
      if (await this.delete(id)) removed.push(id);
    }
    return removed;
  }

  async list(): Promise<string[]> {
    return (await this.#walk()).filter(({ name }) => name.endsWith(EXTENSION)).map(({ name }) => name.slice(0, -EXTENSION.length)).sort();
  }

  async close(): Promise<void> {
    for (const sink of [...this.#sinks]) await sink.abort();
  }

  async #walk(): Promise<{ path: string; name: string; bytes: number; changedMs: number }[]> {
    const found = [];
    for (const { name: folder } of (await readdir(this.folder, { withFileTypes: true })).filter((each) => each.isDirectory() && /^[0-9a-f]{2}$/.test(each.name))) {
      for (const name of await readdir(join(this.folder, folder))) {
        if (!name.endsWith(EXTENSION) && !name.endsWith(HALF)) continue;
        const path = join(this.folder, folder, name);
        const about = await stat(path).catch(() => undefined);
        if (about !== undefined) found.push({ path, name, bytes: about.size, changedMs: about.mtimeMs });
      }
    }
    return found;
  }
}

function* inPieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
}

function chunksOf(source: ReplayBytes): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return source instanceof Uint8Array ? inPieces(source) : source;
}

function unavailable(path: string, error: unknown): ReplayError {
  return new ReplayError('unavailable', `${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
