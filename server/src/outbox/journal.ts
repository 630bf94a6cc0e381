import { open, readdir, readFile, rm, stat, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFrames, encodeFrame, FrameKind, MAXIMUM_PAYLOAD } from './frame.js';

/** What `totalBytes` may be: files are read whole. */
export const MAXIMUM_TOTAL = 512 << 20;

const SEGMENT = /^(\d{10})\.log$/;

export interface JournalLimits {
  /** A file that has grown beyond is followed by another; bytes. */
  segmentBytes: number;
  /** Of all files; bytes. */
  totalBytes: number;
}

export interface JournalEntry {
  number: number;
  payload: Buffer;
}

/** The disk does not take an entry: full, gone, or at the limit. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

interface Segment {
  id: number;
  bytes: number;
  /** Entries in it that are not confirmed. */
  open: Set<number>;
}

interface Write { bytes: Buffer; done(): void; fail(error: Error): void; number: number; kind: FrameKind }

/**
 * Entries in append-only files, and which of them are confirmed. An entry counts as kept when its file is synchronised;
 * those that come while the disk is busy share the next synchronisation. A confirmation is written but not waited for:
 * lost in a crash, it costs a second delivery. Files whose entries are all confirmed are removed, the oldest first, so a
 * confirmation never goes before its entry.
 */
export class Journal {
  readonly #segments: Segment[] = [];
  readonly #segmentOf = new Map<number, Segment>();
  #queue: Write[] = [];
  #writing: Promise<void> | undefined;
  #file: FileHandle | undefined;
  #next = 1;
  #closed = false;

  private constructor(private readonly folder: string, private readonly limits: JournalLimits) {}

  /** The folder is there, and nobody else writes into it. */
  static async open(folder: string, limits: JournalLimits): Promise<{ journal: Journal; pending: JournalEntry[]; damaged: number }> {
    const journal = new Journal(folder, limits);
    const names = (await readdir(folder)).filter((name) => SEGMENT.test(name)).sort();
    const pending = new Map<number, JournalEntry>();
    let damaged = 0;
    for (const name of names) {
      const path = join(folder, name);
      const { size } = await stat(path);
      if (size > 2 * MAXIMUM_TOTAL) throw new JournalError(`${path} has ${size} bytes, more than this program writes; move it away`);
      const content = await readFile(path);
      const read = decodeFrames(content);
      damaged += read.damaged;
      const segment: Segment = { id: Number(SEGMENT.exec(name)![1]), bytes: content.length, open: new Set() };
      journal.#segments.push(segment);
      for (const { kind, number, payload } of read.frames) {
        journal.#next = Math.max(journal.#next, number + 1);
        if (kind === FrameKind.entry) {
          // Copied: a small entry must not keep a whole file in memory.
          pending.set(number, { number, payload: Buffer.from(payload) });
          segment.open.add(number);
          journal.#segmentOf.set(number, segment);
        } else {
          pending.delete(number);
          journal.#settle(number);
        }
      }
    }
    await journal.#removeDone();
    return { journal, pending: [...pending.values()].sort((a, b) => a.number - b.number), damaged };
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Resolves with its number once it is on the disk. */
  async append(payload: Buffer): Promise<number> {
    if (this.#closed) throw new JournalError('the outbox is closed');
    if (payload.length > MAXIMUM_PAYLOAD) throw new JournalError(`an entry has ${payload.length} bytes; it takes ${MAXIMUM_PAYLOAD} at most`);
    const waiting = this.#queue.reduce((sum, write) => sum + write.bytes.length, 0);
    if (this.bytes + waiting + payload.length > this.limits.totalBytes) {
      throw new JournalError(`the outbox has reached its limit of ${this.limits.totalBytes} bytes`);
    }
    const number = this.#next++;
    await this.#write(FrameKind.entry, number, payload);
    return number;
  }

  /** Never fails: a confirmation that is not written costs a second delivery after the next start. */
  async confirm(number: number): Promise<void> {
    if (!this.#segmentOf.has(number)) return;
    try {
      await this.#write(FrameKind.confirmed, number, Buffer.alloc(0));
    } catch {
      this.#settle(number);
    }
    await this.#removeDone();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#file?.close().catch(() => {});
    this.#file = undefined;
  }

  #write(kind: FrameKind, number: number, payload: Buffer): Promise<void> {
    return new Promise((done, fail) => {
      this.#queue.push({ bytes: encodeFrame({ kind, number, payload }), done, fail, number, kind });
      this.#writing ??= this.#drain().finally(() => { this.#writing = undefined; });
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        const segment = await this.#segmentToWrite();
        const bytes = Buffer.concat(batch.map((write) => write.bytes));
        await writeAll(this.#file!, bytes, segment.bytes);
        // Confirmations alone need no waiting for the disk.
        if (batch.some((write) => write.kind === FrameKind.entry)) await this.#file!.datasync();
        segment.bytes += bytes.length;
        for (const write of batch) {
          if (write.kind === FrameKind.entry) {
            segment.open.add(write.number);
            this.#segmentOf.set(write.number, segment);
          } else {
            this.#settle(write.number);
          }
          write.done();
        }
      } catch (error) {
        await this.#abandon();
        const failure = new JournalError(`the outbox's disk does not take it: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        for (const write of batch) write.fail(failure);
      }
    }
  }

  async #segmentToWrite(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (last !== undefined && this.#file !== undefined && last.bytes < this.limits.segmentBytes) return last;
    await this.#file?.close();
    this.#file = undefined;
    // Always a new file, also after a start: behind the end of an old one lies what a crash has left.
    const segment: Segment = { id: (last?.id ?? 0) + 1, bytes: 0, open: new Set() };
    this.#file = await open(join(this.folder, `${String(segment.id).padStart(10, '0')}.log`), 'wx', 0o600);
    this.#segments.push(segment);
    // The file's name is on the disk too.
    await syncFolder(this.folder);
    return segment;
  }

  /**
   * After an error nobody knows what is on the disk, and synchronising again would say that all is well. So nothing more
   * goes into this file; what the batch has left in it is cut off, for it is told as not kept.
   */
  async #abandon(): Promise<void> {
    const segment = this.#segments.at(-1);
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined || segment === undefined) return;
    await file.truncate(segment.bytes).catch(() => truncate(this.#path(segment), segment.bytes)).catch(() => {});
    await file.close().catch(() => {});
  }

  #settle(number: number): void {
    this.#segmentOf.get(number)?.open.delete(number);
    this.#segmentOf.delete(number);
  }

  async #removeDone(): Promise<void> {
    while (this.#segments.length > 0) {
      const oldest = this.#segments[0]!;
      const isWritten = this.#segments.length === 1 && this.#file !== undefined && !this.#closed;
      if (oldest.open.size > 0 || (isWritten && oldest.bytes < this.limits.segmentBytes)) return;
      if (this.#segments.length === 1 && this.#file !== undefined) {
        // Full and done; the next entry opens another.
        if (this.#writing !== undefined) return;
        const file = this.#file;
        this.#file = undefined;
        await file.close().catch(() => {});
        if (this.#segments[0] !== oldest) continue;
      }
      this.#segments.shift();
      await rm(this.#path(oldest), { force: true }).catch(() => {});
    }
  }

  #path(segment: Segment): string {
    return join(this.folder, `${String(segment.id).padStart(10, '0')}.log`);
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    if (bytesWritten === 0) throw new Error('nothing was written');
    at += bytesWritten;
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
