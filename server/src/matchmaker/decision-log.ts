import { mkdir, open, readdir, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../logger.js';

export interface DecisionLogOptions {
  folder: string;
  /** Bytes of a file at most, roughly; default 64 MiB. */
  fileBytes?: number;
  /** Files that are kept; default 16. */
  files?: number;
}

const NAME = /^queue-\d{13}-\d{1,10}-\d{1,6}\.log$/;

/**
 * What the queue did, in files that `MatchQueue.replay` reads. Each file is one queue from its beginning: where a file is
 * full, the queue is made anew and so is the file. A disk that fails stops the log, never the queue.
 */
export class DecisionLog {
  readonly #fileBytes: number;
  readonly #files: number;
  #file: FileHandle | undefined;
  #bytes = 0;
  #count = 0;
  #hasFailed = false;

  constructor(private readonly options: DecisionLogOptions, private readonly log: Logger) {
    this.#fileBytes = options.fileBytes ?? 64 * 1024 * 1024;
    this.#files = options.files ?? 16;
  }

  /** Bytes that the queue may have waiting. */
  get limit(): number {
    return 16 * 1024 * 1024;
  }

  /** Whether the queue is to be made anew. */
  get isFull(): boolean {
    return this.#bytes >= this.#fileBytes;
  }

  /** For a new queue of this leader. */
  async begin(nowMs: number, token: number): Promise<void> {
    await this.close();
    this.#bytes = 0;
    this.#hasFailed = false;
    await this.#guard(async () => {
      await mkdir(this.options.folder, { recursive: true });
      const old = (await readdir(this.options.folder)).filter((name) => NAME.test(name)).sort();
      for (const name of old.slice(0, Math.max(0, old.length + 1 - this.#files))) await unlink(join(this.options.folder, name));
      const name = `queue-${String(Math.floor(nowMs)).padStart(13, '0')}-${token}-${this.#count++ % 1_000_000}.log`;
      this.#file = await open(join(this.options.folder, name), 'wx', 0o600);
    });
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0 || this.#hasFailed) return;
    this.#bytes += bytes.length;
    await this.#guard(async () => { await this.#file?.appendFile(bytes); });
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }

  async #guard(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      // Half a record would make the rest unreadable.
      this.#hasFailed = true;
      this.log.warn({ err: error, folder: this.options.folder }, 'the log of the queue has ended; the queue goes on');
    }
  }
}
