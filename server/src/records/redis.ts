import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import { Buffer, type Version } from './buffer.js';
import { fullError } from './memory.js';
import { RecordsError, type Records, type Transaction } from './types.js';

/** Runs of one transaction before it gives up, with growing pauses. */
const MAX_ATTEMPTS = 60;
const MAX_PAUSE_MS = 40;
/** Keys of one question. */
const BATCH = 1000;

/**
 * KEYS: those read, those put, those removed, then the indexes listed in and unlisted from.
 * ARGV: the five counts, the values read (empty: none), value and ttl of each put, (member, value, limit) of each listing,
 * the member of each unlisting. A limit of 0 is none.
 * Answers 0 where something read has changed, 1 where all has taken effect, or minus the number of the listing that is over
 * its limit.
 */
const COMMIT = `
local reads, puts, removes, lists, unlists = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local a = 5
for k = 1, reads do
  local value = redis.call('GET', KEYS[k])
  if (value or '') ~= ARGV[a + k] then return 0 end
end
local firstList = reads + puts + removes
a = 5 + reads + 2 * puts
for i = 1, lists do
  local limit = tonumber(ARGV[a + 3 * i])
  local index = KEYS[firstList + i]
  if limit > 0 and redis.call('HEXISTS', index, ARGV[a + 3 * i - 2]) == 0 and redis.call('HLEN', index) >= limit then return -i end
end
a = 5 + reads
for i = 1, puts do
  local ttl = tonumber(ARGV[a + 2 * i])
  if ttl > 0 then redis.call('SET', KEYS[reads + i], ARGV[a + 2 * i - 1], 'PX', ttl)
  else redis.call('SET', KEYS[reads + i], ARGV[a + 2 * i - 1]) end
end
for i = 1, removes do redis.call('DEL', KEYS[reads + puts + i]) end
a = 5 + reads + 2 * puts + 3 * lists
for i = 1, unlists do redis.call('HDEL', KEYS[firstList + lists + i], ARGV[a + i]) end
a = 5 + reads + 2 * puts
for i = 1, lists do redis.call('HSET', KEYS[firstList + i], ARGV[a + 3 * i - 2], ARGV[a + 3 * i - 1]) end
return 1
`;

type Committing = Redis & { trespasserCommit(keys: number, ...rest: string[]): Promise<number> };

export interface RedisRecordsOptions {
  /** Before every key. In braces, so that all of them are in one slot of a cluster. Default `{trespasser}:`. */
  prefix?: string;
  /** 0 to 1. */
  random?: () => number;
  /** How often Redis is asked for its time, ms; 0: once. Default 10,000. */
  timeMs?: number;
}

/** In a Redis that processes share. The connection stays the caller's; it must answer or fail in bounded time (`commandTimeout`). */
export class RedisRecords implements Records {
  readonly #prefix: string;
  readonly #random: () => number;
  readonly #timeMs: number;
  #offsetMs = 0;
  #cancelTimer = (): void => {};

  private constructor(private readonly redis: Redis, private readonly clock: Clock, options: RedisRecordsOptions) {
    this.#prefix = options.prefix ?? '{trespasser}:';
    this.#random = options.random ?? Math.random;
    this.#timeMs = options.timeMs ?? 10_000;
    redis.defineCommand('trespasserCommit', { lua: COMMIT });
  }

  /** @throws RecordsError where Redis does not answer */
  static async open(redis: Redis, clock: Clock, options: RedisRecordsOptions = {}): Promise<RedisRecords> {
    const records = new RedisRecords(redis, clock, options);
    await records.#askTime();
    records.#schedule();
    return records;
  }

  now(): number {
    return Math.floor(this.clock.now() + this.#offsetMs);
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.getAll<T>([key]))[0];
  }

  async getAll<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return (await this.#fetch(keys)).map(({ value }) => value as T | undefined);
  }

  async entries(index: string): Promise<Map<string, string>> {
    return new Map(Object.entries(await this.#ask(() => this.redis.hgetall(this.#index(index)))));
  }

  async transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (attempt > 0) await pause(this.#random() * Math.min(MAX_PAUSE_MS, 2 ** attempt));
      const buffer = new Buffer((keys) => this.#fetch(keys));
      let result: T;
      try {
        result = await work(buffer);
      } catch (error) {
        // A refusal for what was no longer so is none.
        if (error instanceof RecordsError || await this.#stands(buffer)) throw error;
        continue;
      }
      if (await this.#commit(buffer)) return result;
    }
    throw new RecordsError('busy', 'The records are changed by others again and again; try again');
  }

  async close(): Promise<void> {
    this.#cancelTimer();
    this.#cancelTimer = () => {};
  }

  async #fetch(keys: readonly string[]): Promise<Version[]> {
    const versions: Version[] = [];
    for (let from = 0; from < keys.length; from += BATCH) {
      const batch = keys.slice(from, from + BATCH).map((key) => this.#prefix + key);
      for (const raw of await this.#ask(() => this.redis.mget(batch))) {
        versions.push({ token: raw ?? '', value: raw === null ? undefined : JSON.parse(raw) as object });
      }
    }
    return versions;
  }

  async #stands(buffer: Buffer): Promise<boolean> {
    const reads = [...buffer.reads];
    const now = await this.#fetch(reads.map(([key]) => key));
    return reads.every(([, { token }], at) => now[at]!.token === token);
  }

  async #commit(buffer: Buffer): Promise<boolean> {
    const reads = [...buffer.reads];
    const puts = [...buffer.writes].filter(([, { value }]) => value !== undefined);
    const removes = [...buffer.writes].filter(([, { value }]) => value === undefined);
    const listings = buffer.listings.filter(({ value }) => value !== undefined);
    const unlistings = buffer.listings.filter(({ value }) => value === undefined);
    const keys = [
      ...reads.map(([key]) => this.#prefix + key), ...puts.map(([key]) => this.#prefix + key), ...removes.map(([key]) => this.#prefix + key),
      ...listings.map(({ index }) => this.#index(index)), ...unlistings.map(({ index }) => this.#index(index)),
    ];
    if (keys.length === 0) return true;
    const values = [
      ...[reads, puts, removes, listings, unlistings].map(({ length }) => String(length)),
      ...reads.map(([, { token }]) => token as string),
      ...puts.flatMap(([, { value, ttlMs }]) => [JSON.stringify(value), String(ttlMs === undefined ? 0 : Math.ceil(ttlMs))]),
      ...listings.flatMap(({ member, value, limit }) => [member, value!, String(limit ?? 0)]),
      ...unlistings.map(({ member }) => member),
    ];
    const answer = await this.#ask(() => (this.redis as Committing).trespasserCommit(keys.length, ...keys, ...values));
    if (answer < 0) {
      const { index, limit } = listings[-answer - 1]!;
      throw fullError(index, limit!);
    }
    return answer === 1;
  }

  #index(name: string): string {
    return `${this.#prefix}index:${name}`;
  }

  async #askTime(): Promise<void> {
    const before = this.clock.now();
    const [seconds, micros] = await this.#ask(() => this.redis.time());
    const middle = (before + this.clock.now()) / 2;
    this.#offsetMs = Number(seconds) * 1000 + Number(micros) / 1000 - middle;
  }

  /** Without an answer the last difference holds for longer. */
  #schedule(): void {
    if (this.#timeMs === 0) return;
    this.#cancelTimer = this.clock.after(this.#timeMs, () => {
      this.#schedule();
      this.#askTime().catch(() => {});
    });
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (cause) {
      throw new RecordsError('unavailable', `Redis does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
