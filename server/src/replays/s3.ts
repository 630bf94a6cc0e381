import {
  DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, NoSuchKey, NotFound, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { createReadStream } from 'node:fs';
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.js';
import { lockFolder } from '../folder-lock.js';
import type { Logger } from '../logger.js';
import { checkedId, EXTENSION, EXTENSIONS, idOf, ReplayFiles, type StoredFile } from './files.js';
import { ReplayError, type ReplayStore } from './types.js';

export interface S3Options {
  /** Undefined: Amazon's own, by region. */
  endpoint?: string;
  region: string;
  bucket: string;
  /** Undefined: as the SDK finds them, such as from a role of the machine. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Before the ids of matches; default `replays/`. */
  prefix?: string;
  /** Here recordings lie until the remote store has them. */
  spoolFolder: string;
  /** Of one recording; default 64 MiB. S3 takes up to 5 GiB in one piece. */
  replayBytes?: number;
  /** Of all that wait in the spool; default 2 GiB. */
  spoolBytes?: number;
  /** For one request; milliseconds, default 30,000. */
  requestTimeoutMs?: number;
  /** Tries of one upload before it waits for the next round; default 3. */
  attempts?: number;
  /** First wait between rounds, doubling to five minutes; default 5,000. */
  retryMs?: number;
  /** The remote store does not take a recording now; it waits in the spool. */
  onFailure?(error: Error): void;
}

const LAST_RETRY_MS = 300_000;

/**
 * Recordings in an S3-compatible store. While a match goes on its recording is written to a spool on this machine, and
 * sent whole when it is closed: a match waits for no network, and a store that is away, or a server that crashes, costs
 * nothing but time. What waits in the spool is sent again until the store has it, also by the next server that starts.
 */
export async function openS3Replays(options: S3Options, dependencies: { log: Logger; clock: Clock }): Promise<S3Replays> {
  const lock = await lockFolder(options.spoolFolder, 'a server that sends its replays from there');
  try {
    const files = await ReplayFiles.open(options.spoolFolder, {
      replayBytes: options.replayBytes ?? 64 << 20,
      totalBytes: options.spoolBytes ?? 2 * 2 ** 30,
    });
    const store = new S3Replays(options, files, dependencies, () => lock.release());
    await store.start();
    return store;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

export class S3Replays implements ReplayStore {
  readonly kind = 's3';
  readonly #client: S3Client;
  readonly #prefix: string;
  /** By match, which writing of it: one that is replaced while it is sent is sent again. */
  readonly #waiting = new Map<string, number>();
  readonly #sending = new Map<string, Promise<void>>();
  /** Sinks by match: what one of them is about to replace is not removed. */
  readonly #sinks = new Map<string, number>();
  #cancelRetry: (() => void) | undefined;
  #round: Promise<void> | undefined;
  #failures = 0;
  #closed = false;

  constructor(
    private readonly options: S3Options,
    private readonly files: ReplayFiles,
    private readonly dependencies: { log: Logger; clock: Clock },
    private readonly release: () => Promise<void>,
  ) {
    this.#prefix = options.prefix ?? 'replays/';
    const timeout = options.requestTimeoutMs ?? 30_000;
    this.#client = new S3Client({
      region: options.region,
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
      // Streams are sent once; sending again is our own loop.
      maxAttempts: 1,
      // It warns of every failure on the console; all of them reach us as errors.
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      // Our own checksum of the whole goes along; other stores do not know the SDK's trailing ones.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { requestTimeout: timeout, throwOnRequestTimeout: true, connectionTimeout: 5000, socketTimeout: timeout },
    });
  }

  /** Recordings that the remote store does not have yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  async start(): Promise<void> {
    for (const id of await this.files.list()) this.#waiting.set(id, 0);
    if (this.#waiting.size > 0) this.#startRound();
  }

  async sink(matchId: string) {
    const sink = await this.files.sink(matchId);
    const end = this.#begin(matchId);
    return {
      ...sink,
      close: async () => {
        try {
          return this.#stored(matchId, await sink.close());
        } finally {
          end();
        }
      },
      abort: async () => {
        await sink.abort();
        end();
      },
    };
  }

  async put(matchId: string, bytes: Parameters<ReplayStore['put']>[1]) {
    const end = this.#begin(checkedId(matchId));
    try {
      return this.#stored(matchId, await this.files.put(matchId, bytes));
    } finally {
      end();
    }
  }

  async get(matchId: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const local = await this.files.get(matchId);
    if (local !== undefined) return local.stream;
    for (const extension of EXTENSIONS) {
      try {
        const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.options.bucket, Key: this.#key(matchId, extension) }));
        return Body as unknown as AsyncIterable<Uint8Array> | undefined;
      } catch (error) {
        if (!(error instanceof NoSuchKey || error instanceof NotFound)) throw remote(error);
      }
    }
    return undefined;
  }

  async delete(matchId: string): Promise<boolean> {
    await this.#sending.get(matchId)?.catch(() => {});
    this.#waiting.delete(matchId);
    const wasLocal = await this.files.delete(matchId);
    let wasRemote = false;
    for (const extension of EXTENSIONS) {
      const target = { Bucket: this.options.bucket, Key: this.#key(matchId, extension) };
      try {
        await this.#client.send(new HeadObjectCommand(target));
        await this.#client.send(new DeleteObjectCommand(target));
        wasRemote = true;
      } catch (error) {
        if (!(error instanceof NoSuchKey || error instanceof NotFound)) throw remote(error);
      }
    }
    return wasLocal || wasRemote;
  }

  /** Those of the remote store alone. */
  async list(limit: number, after?: string): Promise<string[]> {
    const ids: string[] = [];
    let token: string | undefined;
    try {
      do {
        const page = await this.#client.send(new ListObjectsV2Command({
          Bucket: this.options.bucket,
          Prefix: this.#prefix,
          MaxKeys: Math.min(1000, limit - ids.length),
          ...(after === undefined || token !== undefined ? {} : { StartAfter: this.#key(after) }),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }));
        for (const { Key } of page.Contents ?? []) {
          const id = Key === undefined ? undefined : idOf(Key.slice(this.#prefix.length));
          // One that an older version has written and this one has replaced is there twice.
          if (id !== undefined && ids.at(-1) !== id) ids.push(id);
        }
        token = page.NextContinuationToken;
      } while (token !== undefined && ids.length < limit);
    } catch (error) {
      throw remote(error);
    }
    return ids;
  }

  /** What waits stays in the spool for the next start. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry?.();
    await Promise.allSettled([this.#round, ...this.#sending.values()]);
    await this.files.close();
    this.#client.destroy();
    await this.release();
  }

  #key(matchId: string, extension: string = EXTENSION): string {
    return `${this.#prefix}${checkedId(matchId)}${extension}`;
  }

  #begin(matchId: string): () => void {
    this.#sinks.set(matchId, (this.#sinks.get(matchId) ?? 0) + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      const left = this.#sinks.get(matchId)! - 1;
      if (left > 0) this.#sinks.set(matchId, left);
      else this.#sinks.delete(matchId);
      if (this.#waiting.has(matchId)) this.#retryLater();
    };
  }

  #stored(matchId: string, stored: StoredFile) {
    this.#waiting.set(matchId, (this.#waiting.get(matchId) ?? 0) + 1);
    this.#send(matchId).catch(() => this.#retryLater());
    return { store: 's3' as const, key: this.#key(matchId), ...stored };
  }

  #send(matchId: string): Promise<void> {
    const running = this.#sending.get(matchId);
    if (running !== undefined) return running;
    const sending = this.#upload(matchId).finally(() => this.#sending.delete(matchId));
    this.#sending.set(matchId, sending);
    return sending;
  }

  async #upload(matchId: string): Promise<void> {
    const attempts = this.options.attempts ?? 3;
    for (let attempt = 1; ; attempt++) {
      const version = this.#waiting.get(matchId);
      const file = await this.files.get(matchId);
      if (file === undefined) {
        this.#waiting.delete(matchId);
        return;
      }
      const sum = createHash('sha256');
      for await (const chunk of file.stream) sum.update(chunk);
      const body = createReadStream(file.path);
      try {
        await this.#client.send(new PutObjectCommand({
          Bucket: this.options.bucket,
          Key: this.#key(matchId),
          Body: body,
          ContentLength: file.bytes,
          ContentType: 'application/octet-stream',
          // The store refuses what has changed on the way.
          ChecksumSHA256: sum.digest('base64'),
        }));
        if (this.#waiting.get(matchId) !== version) continue;
        if (this.#sinks.has(matchId)) return;
        await this.files.delete(matchId);
        this.#waiting.delete(matchId);
        return;
      } catch (cause) {
        const error = remote(cause);
        if (attempt >= attempts || this.#closed) {
          this.dependencies.log.warn({ err: error, match: matchId }, 'a replay is not sent; it waits in the spool');
          this.options.onFailure?.(error);
          throw error;
        }
        await new Promise((done) => setTimeout(done, Math.random() * 100 * 2 ** attempt));
      } finally {
        body.destroy();
      }
    }
  }

  #retryLater(): void {
    if (this.#closed || this.#cancelRetry !== undefined || this.#round !== undefined) return;
    const ceiling = Math.min(LAST_RETRY_MS, (this.options.retryMs ?? 5000) * 2 ** Math.min(this.#failures++, 16));
    this.#cancelRetry = this.dependencies.clock.after(ceiling * (0.5 + Math.random() / 2), () => {
      this.#cancelRetry = undefined;
      this.#startRound();
    });
  }

  /** One after the other; the first failure ends it, for the store is likely away. */
  #startRound(): void {
    this.#round ??= (async () => {
      for (const id of [...this.#waiting.keys()].sort()) {
        if (this.#closed) return;
        await this.#send(id);
      }
      this.#failures = 0;
    })().catch(() => {}).finally(() => {
      this.#round = undefined;
      if (this.#waiting.size > 0) this.#retryLater();
    });
  }
}

function remote(error: unknown): ReplayError {
  if (error instanceof ReplayError) return error;
  const about = error as { name?: string; message?: string; $metadata?: { httpStatusCode?: number } };
  const status = about.$metadata?.httpStatusCode;
  return new ReplayError('unavailable', `the replay store: ${about.name ?? 'Error'}${status === undefined ? '' : ` (${status})`}: ${about.message ?? ''}`, { cause: error });
}
