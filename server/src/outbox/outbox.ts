import { appendFile, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { FolderLockedError, lockFolder, type FolderLock } from '../folder-lock.js';
import type { Logger } from '../logger.js';
import {
  check, evidenceBatchSchema, lostMatchSchema, matchResultSchema, replayRowSchema, StoreError, type Store,
} from '../store/index.js';
import { MAXIMUM_PAYLOAD } from './frame.js';
import { Journal, JournalError, MAXIMUM_TOTAL } from './journal.js';
import type { Kept, Outbox, OutboxEntry, OutboxEvents } from './types.js';

/** What delivery needs of the store. */
export type OutboxStore = Pick<Store, 'recordMatch' | 'recordLostMatch' | 'addEvidence' | 'addReplay'>;

export interface OutboxOptions extends OutboxEvents {
  /** Below it each server has a folder of its own. */
  folder: string;
  /** 1 to 64 of A-Z, a-z, 0-9, . - and _. */
  serverId: string;
  /** Of the files of this server; beyond, the store has to take entries at once. They are in memory too, twice as big. Default 64 MiB. */
  maximumBytes?: number;
  /** Of one file; default 4 MiB. */
  segmentBytes?: number;
  /** Entries in memory while disk and store both fail; default 1,000. */
  maximumInMemory?: number;
  /** Entries that wait in all; default 100,000. */
  maximumPending?: number;
  /** A disk that takes longer is taken for lost, for this entry; milliseconds, default 10,000. */
  diskTimeoutMs?: number;
}

export interface OutboxDependencies {
  store: OutboxStore;
  log: Logger;
  clock: Clock;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;
const REFUSED_BYTES = 16 << 20;
const REFUSED_ENTRY_BYTES = MAXIMUM_PAYLOAD;

const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('match'), match: matchResultSchema }),
  z.object({ kind: z.literal('lost'), match: lostMatchSchema }),
  z.object({ kind: z.literal('evidence'), evidence: evidenceBatchSchema }),
  z.object({ kind: z.literal('replay'), replay: replayRowSchema }),
]);

interface Pending {
  entry: OutboxEntry;
  /** Undefined: in memory only. */
  number: number | undefined;
}

/** @throws FolderLockedError if another process is this server; JournalError for a disk that cannot be read */
export async function openOutbox(options: OutboxOptions, dependencies: OutboxDependencies): Promise<Outbox> {
  const serverId = check(z.string().regex(/^[\w-][\w.-]{0,63}$/, 'takes 1 to 64 of A-Z, a-z, 0-9, . - and _'), options.serverId, 'serverId');
  check(z.number().int().min(1).max(MAXIMUM_TOTAL).optional(), options.maximumBytes, 'maximumBytes');
  const folder = join(options.folder, serverId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder, `the game server ${serverId}`);
  try {
    const outbox = await FileOutbox.open(folder, lock, options, dependencies);
    outbox.start();
    return outbox;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

export interface Leftovers {
  /** Servers of which nothing waits any more. */
  emptied: string[];
  /** Servers of which something waits still, or cannot be read. */
  left: string[];
}

/**
 * Delivers what servers have left that are not there any more, and removes their folders; those of servers that live,
 * and of `serverId`, are let be. For the start of a server, or a process of its own beside many (`deliver.ts`).
 * @param timeoutMs for each folder; what is not delivered by then stays
 */
export async function deliverLeftovers(
  options: Omit<OutboxOptions, 'serverId'> & { serverId?: string }, dependencies: OutboxDependencies, timeoutMs: number,
): Promise<Leftovers> {
  const entries = await readdir(options.folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const result: Leftovers = { emptied: [], left: [] };
  for (const { name } of entries.filter((each) => each.isDirectory() && each.name !== options.serverId)) {
    try {
      const outbox = await openOutbox({ ...options, serverId: name }, dependencies);
      try {
        if (outbox.pending > 0) dependencies.log.info({ server: name, entries: outbox.pending }, 'delivering what a server has left');
        (await outbox.flush(timeoutMs) ? result.emptied : result.left).push(name);
      } finally {
        await outbox.close();
      }
      // A folder in which entries lie that the store has refused is for a person, and stays.
      if (result.emptied.includes(name)) await rmdir(join(options.folder, name)).catch(() => {});
    } catch (error) {
      if (error instanceof FolderLockedError) continue;
      dependencies.log.error({ err: error, server: name }, 'what a server has left cannot be read');
      result.left.push(name);
    }
  }
  return result;
}

/**
 * One entry after the other goes to the store, in the order in which they came; those of a match never overtake each
 * other. An entry is confirmed once the store has it. Whatever crashes in between, it is delivered again, and the store
 * takes it once in effect.
 */
class FileOutbox implements Outbox {
  #pending: Pending[] = [];
  #inMemory = 0;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #failures = 0;
  #closed = false;

  private constructor(
    private readonly folder: string,
    private readonly lock: FolderLock,
    private readonly journal: Journal,
    private readonly options: OutboxOptions,
    private readonly dependencies: OutboxDependencies,
  ) {}

  static async open(folder: string, lock: FolderLock, options: OutboxOptions, dependencies: OutboxDependencies): Promise<FileOutbox> {
    const { journal, pending, damaged } = await Journal.open(folder, {
      segmentBytes: options.segmentBytes ?? 4 << 20,
      totalBytes: options.maximumBytes ?? 64 << 20,
    });
    const outbox = new FileOutbox(folder, lock, journal, options, dependencies);
    if (damaged > 0) dependencies.log.warn({ bytes: damaged }, 'the outbox has bytes that are no entries: a write that was cut off, or a damaged disk');
    for (const { number, payload } of pending) {
      const entry = parse(payload);
      if (entry !== undefined) outbox.#pending.push({ entry, number });
      else await outbox.#refuse({ raw: payload.toString('utf8') }, number, new Error('it is not an entry of this version'));
    }
    return outbox;
  }

  start(): void {
    this.options.onPending?.(this.pending);
    this.#running = this.#run();
  }

  get pending(): number {
    return this.#pending.length;
  }

  async append(given: OutboxEntry): Promise<Kept> {
    if (this.#closed) throw new StoreError('unavailable', 'the outbox is closed');
    const entry = check(entrySchema, given, 'entry');
    const payload = Buffer.from(JSON.stringify(entry));
    if (payload.length > MAXIMUM_PAYLOAD) throw new StoreError('invalid', `entry: takes ${MAXIMUM_PAYLOAD} bytes at most`);
    if (this.#pending.length < (this.options.maximumPending ?? 100_000)) {
      const writing = this.journal.append(payload);
      try {
        const number = await this.#inTime(writing);
        this.#add({ entry, number });
        return 'disk';
      } catch (cause) {
        this.#failed('disk', cause as Error);
      }
      const kept = await this.#withoutDisk(entry);
      // One that is written after all is not needed any more; where it is needed, it is delivered twice, which is once.
      if (kept === 'database') writing.then((number) => this.journal.confirm(number)).catch(() => {});
      return kept;
    }
    return this.#withoutDisk(entry);
  }

  async flush(timeoutMs: number): Promise<boolean> {
    const end = this.dependencies.clock.now() + timeoutMs;
    this.#wake?.();
    while (this.#pending.length > 0 && !this.#closed) {
      if (this.dependencies.clock.now() >= end) return false;
      await new Promise((done) => setTimeout(done, 10));
    }
    return this.#pending.length === 0;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake?.();
    await this.#running;
    await this.journal.close();
    if (this.#pending.length === 0) await this.#removeFiles();
    await this.lock.release();
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    const ms = this.options.diskTimeoutMs ?? 10_000;
    return new Promise((done, fail) => {
      const cancel = this.dependencies.clock.after(ms, () => fail(new JournalError(`the disk has not answered for ${ms} ms`)));
      work.finally(cancel).then(done, fail);
    });
  }

  async #withoutDisk(entry: OutboxEntry): Promise<Kept> {
    // Not past what waits of the same match.
    if (!this.#pending.some((each) => overlaps(each.entry, entry))) {
      try {
        await this.#deliver(entry);
        return 'database';
      } catch (cause) {
        if (cause instanceof StoreError && cause.kind === 'invalid') {
          await this.#refuse(entry, undefined, cause);
          throw cause;
        }
        this.#failed('store', cause as Error);
      }
    }
    if (this.#inMemory >= (this.options.maximumInMemory ?? 1000)) {
      throw new JournalError(`disk and store take nothing, and ${this.#inMemory} entries wait in memory already`);
    }
    this.#inMemory++;
    this.#add({ entry, number: undefined });
    this.dependencies.log.error('an entry of the outbox is in memory only: neither disk nor store takes it');
    return 'memory';
  }

  #add(pending: Pending): void {
    this.#pending.push(pending);
    this.options.onPending?.(this.pending);
    if (this.#failures === 0) this.#wake?.();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const isAway = await this.#round();
      if (this.#closed) return;
      this.#failures = isAway ? this.#failures + 1 : 0;
      if (this.#pending.length > 0 && !isAway) continue;
      const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 16));
      await this.#sleep(this.#pending.length === 0 ? undefined : ceiling * (0.5 + Math.random() / 2));
    }
  }

  /** Everything once. True: something could not be delivered, so that the next round takes its time. */
  async #round(): Promise<boolean> {
    const stuck: OutboxEntry[] = [];
    for (const pending of [...this.#pending]) {
      if (this.#closed) return true;
      if (stuck.some((each) => overlaps(each, pending.entry))) continue;
      try {
        await this.#deliver(pending.entry);
        await this.#settle(pending);
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        if (error instanceof StoreError && error.kind === 'invalid') {
          await this.#refuse(pending.entry, pending.number, error);
          this.#forget(pending);
          continue;
        }
        this.#failed('store', error);
        if (error instanceof StoreError && error.kind === 'unavailable') return true;
        // A fault may be this entry's alone; the others are tried, but not what belongs to it.
        stuck.push(pending.entry);
        if (stuck.length >= 100) return true;
      }
    }
    return stuck.length > 0;
  }

  async #deliver(entry: OutboxEntry): Promise<void> {
    const { store } = this.dependencies;
    if (entry.kind === 'match') await store.recordMatch(entry.match);
    else if (entry.kind === 'lost') await store.recordLostMatch(entry.match);
    else if (entry.kind === 'evidence') await store.addEvidence(entry.evidence);
    else await store.addReplay(entry.replay);
  }

  async #settle(pending: Pending): Promise<void> {
    if (pending.number !== undefined) await this.journal.confirm(pending.number);
    this.#forget(pending);
  }

  #forget(pending: Pending): void {
    const at = this.#pending.indexOf(pending);
    if (at === -1) return;
    this.#pending.splice(at, 1);
    if (pending.number === undefined) this.#inMemory--;
    this.options.onPending?.(this.pending);
  }

  /** Lines of JSON, for a person. At the limit the file before the last one goes. */
  async #refuse(entry: OutboxEntry | { raw: string }, number: number | undefined, error: Error): Promise<void> {
    const file = join(this.folder, 'refused.log');
    this.dependencies.log.error({ err: error, entry, file }, 'the store can never take this entry of the outbox');
    try {
      const size = await stat(file).then((found) => found.size, () => 0);
      if (size + REFUSED_ENTRY_BYTES > REFUSED_BYTES) await rename(file, `${file}.old`);
      await appendFile(file, `${JSON.stringify({ at: new Date(this.dependencies.clock.now()).toISOString(), error: error.message, entry })}\n`, { mode: 0o600, flush: true });
    } catch (cause) {
      this.#failed('disk', cause as Error);
    }
    if (number !== undefined) await this.journal.confirm(number);
    if (!('raw' in entry)) this.options.onRefused?.(entry, error);
  }

  #failed(where: 'disk' | 'store', error: Error): void {
    this.dependencies.log.warn({ err: error }, `the outbox's ${where} fails`);
    this.options.onFailure?.(where, error);
  }

  async #removeFiles(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names.filter((each) => /^\d{10}\.log$/.test(each))) await rm(join(this.folder, name), { force: true });
  }

  #sleep(ms: number | undefined): Promise<void> {
    return new Promise((done) => {
      let cancel = (): void => {};
      this.#wake = () => {
        this.#wake = undefined;
        cancel();
        done();
      };
      if (ms !== undefined) cancel = this.dependencies.clock.after(ms, () => this.#wake?.());
    });
  }
}

function parse(payload: Buffer): OutboxEntry | undefined {
  try {
    return entrySchema.parse(JSON.parse(payload.toString('utf8')));
  } catch {
    return undefined;
  }
}

function matchesOf(entry: OutboxEntry): string[] {
  if (entry.kind === 'evidence') return [...new Set(entry.evidence.map((row) => row.matchId))];
  return [entry.kind === 'replay' ? entry.replay.matchId : entry.match.matchId];
}

function overlaps(a: OutboxEntry, b: OutboxEntry): boolean {
  const own = matchesOf(a);
  return matchesOf(b).some((id) => own.includes(id));
}
