import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { matchIdSchema } from '../store/index.js';
import { ReplayError, type ReplayBytes, type ReplaySink } from './types.js';

export const EXTENSION = '.tprp';
/** Of recordings that older versions have written: these are read, listed and cleared like the others. */
export const EXTENSIONS = [EXTENSION, '.tpr'] as const;
const HALF = '.half';

/** The match of a file; undefined: it is none of ours. */
export function idOf(name: string): string | undefined {
  const extension = EXTENSIONS.find((each) => name.endsWith(each));
  return extension === undefined ? undefined : name.slice(0, -extension.length);
}

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

export interface FileOptions {
  /** Of one recording; bytes. */
  replayBytes: number;
  /** Of all of them; bytes. */
  totalBytes: number;
  /** What a crash has left half is kept as far as it goes: a recording is read up to its last whole second. Else it is removed. */
  keepsHalves?: boolean;
}

interface Found {
  path: string;
  name: string;
  /** Undefined: a half. */
  id: string | undefined;
  bytes: number;
  changedMs: number;
}

/**
 * Recordings as files, spread over 256 folders so that none grows long. A file gets its name when it is whole and on the
 * disk, or when no more of it comes. Files that lie beside those folders, as an older version wrote them, are read too.
 */
export class ReplayFiles {
  #bytes = 0;
  #count = 0;
  readonly #sinks = new Set<{ abort(): Promise<void> }>();

  private constructor(readonly folder: string, private readonly options: FileOptions) {}

  /** One process at a time: halves of another would be taken for those of a crash. */
  static async open(folder: string, options: FileOptions): Promise<ReplayFiles> {
    const files = new ReplayFiles(folder, options);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const { path, name, bytes } of (await files.#walk()).filter(({ id }) => id === undefined)) {
        const whole = path.replace(/\.[0-9a-f]+\.half$/, '');
        const isKept = options.keepsHalves === true && bytes > 0 && idOf(name.replace(/\.[0-9a-f]+\.half$/, '')) !== undefined
          && await stat(whole).then(() => false, () => true);
        if (isKept) await rename(path, whole);
        else await rm(path, { force: true });
      }
      for (const { bytes } of await files.#walk()) {
        files.#bytes += bytes;
        files.#count++;
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

  /** Recordings, those that are being written included. */
  get count(): number {
    return this.#count;
  }

  async sink(matchId: string): Promise<FileSink> {
    const path = this.#path(matchId, EXTENSION);
    const half = `${path}.${randomBytes(4).toString('hex')}${HALF}`;
    let file: FileHandle;
    try {
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      file = await open(half, 'wx', 0o600);
    } catch (error) {
      throw unavailable(path, error);
    }
    this.#count++;
    const hash = createHash('sha256');
    let bytes = 0;
    let state: 'open' | 'failed' | 'closed' | 'aborted' = 'open';
    const sink: FileSink = {
      write: async (chunk) => {
        if (state !== 'open') throw new ReplayError('invalid', `the recording of ${matchId} is ${state}`);
        const refuse = (message: string): never => {
          state = 'failed';
          throw new ReplayError('too_large', message);
        };
        if (bytes + chunk.length > this.options.replayBytes) refuse(`the recording of ${matchId} has more than ${this.options.replayBytes} bytes`);
        if (this.#bytes + chunk.length > this.options.totalBytes) refuse(`${this.folder} has reached its limit of ${this.options.totalBytes} bytes`);
        // Before it is written: others that write meanwhile count with it.
        this.#bytes += chunk.length;
        let at = 0;
        try {
          while (at < chunk.length) at += (await file.write(chunk, at, chunk.length - at)).bytesWritten;
        } catch (error) {
          state = 'failed';
          throw unavailable(path, error);
        } finally {
          // A disk that fills up takes a part first.
          this.#bytes -= chunk.length - at;
          bytes += at;
          hash.update(chunk.subarray(0, at));
        }
      },
      close: async () => {
        if (state === 'closed' || state === 'aborted') throw new ReplayError('invalid', `the recording of ${matchId} is ${state}`);
        if (bytes === 0) await sink.abort();
        else {
          try {
            await file.sync();
            await file.close();
            const replaced = await stat(path).then((found) => found.size, () => undefined);
            await rename(half, path);
            state = 'closed';
            if (replaced !== undefined) this.#forget(replaced);
            await this.#remove(matchId, true);
            await syncFolder(join(path, '..'));
            this.#sinks.delete(sink);
          } catch (error) {
            await sink.abort();
            throw unavailable(path, error);
          }
        }
        return { bytes, sha256: hash.digest('hex') };
      },
      abort: async () => {
        if (state === 'closed' || state === 'aborted') return;
        state = 'aborted';
        this.#sinks.delete(sink);
        this.#bytes -= bytes;
        this.#count--;
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
  async get(matchId: string): Promise<{ path: string; bytes: number; stream: AsyncIterable<Uint8Array> } | undefined> {
    const found = await this.#find(matchId);
    return found === undefined ? undefined : { ...found, stream: createReadStream(found.path) };
  }

  async delete(matchId: string): Promise<boolean> {
    try {
      return await this.#remove(matchId);
    } catch (error) {
      throw error instanceof ReplayError ? error : unavailable(matchId, error);
    }
  }

  /** Removes the oldest recordings until at most so many, of so many bytes, are left. @returns ids of those removed */
  async shrinkTo(bytes: number, count: number): Promise<string[]> {
    const isOver = (): boolean => this.#bytes > bytes || this.#count > count;
    if (!isOver()) return [];
    const whole = (await this.#walk()).filter(({ id }) => id !== undefined).sort((a, b) => a.changedMs - b.changedMs);
    const removed: string[] = [];
    for (const { id } of whole) {
      if (!isOver()) break;
      if (await this.delete(id!)) removed.push(id!);
    }
    return removed;
  }

  async list(): Promise<string[]> {
    return [...new Set((await this.#walk()).flatMap(({ id }) => id ?? []))].sort();
  }

  async close(): Promise<void> {
    for (const sink of [...this.#sinks]) await sink.abort();
  }

  #path(matchId: string, extension: string): string {
    const id = checkedId(matchId);
    return join(this.folder, createHash('sha256').update(id).digest('hex').slice(0, 2), `${id}${extension}`);
  }

  async #find(matchId: string, isOld = false): Promise<{ path: string; bytes: number } | undefined> {
    const paths = [...EXTENSIONS.map((extension) => this.#path(matchId, extension)), join(this.folder, `${matchId}${EXTENSION}`)];
    for (const path of isOld ? paths.slice(1) : paths) {
      try {
        return { path, bytes: (await stat(path)).size };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unavailable(path, error);
      }
    }
    return undefined;
  }

  /** Whatever there is of a match. @param isOld only what has the names of an older version */
  async #remove(matchId: string, isOld = false): Promise<boolean> {
    for (let wasThere = false; ;) {
      const found = await this.#find(matchId, isOld);
      if (found === undefined) return wasThere;
      await rm(found.path);
      this.#forget(found.bytes);
      wasThere = true;
    }
  }

  #forget(bytes: number): void {
    this.#bytes -= bytes;
    this.#count--;
  }

  async #walk(): Promise<Found[]> {
    const found: Found[] = [];
    const look = async (folder: string, name: string): Promise<void> => {
      const isHalf = name.endsWith(HALF);
      const id = isHalf ? undefined : idOf(name);
      if (!isHalf && (id === undefined || !matchIdSchema.safeParse(id).success)) return;
      const path = join(folder, name);
      const about = await stat(path).catch(() => undefined);
      if (about?.isFile() === true) found.push({ path, name, id, bytes: about.size, changedMs: about.mtimeMs });
    };
    for (const entry of await readdir(this.folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) {
        if (entry.name.endsWith(EXTENSION)) await look(this.folder, entry.name);
      } else if (/^[0-9a-f]{2}$/.test(entry.name)) {
        for (const name of await readdir(join(this.folder, entry.name))) await look(join(this.folder, entry.name), name);
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
