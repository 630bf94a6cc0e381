import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import { TokenError } from './errors.js';
import type { TokenUses } from './types.js';

const MAXIMUM_USES = 200_000;

/** Only ids of tokens with a good signature come here, so it is ourselves who fill it. */
export class MemoryTokenUses implements TokenUses {
  /** Until when, in the order of use; all are remembered equally long, so the first ones end first. */
  readonly #until = new Map<string, number>();

  constructor(private readonly clock: Clock, private readonly maximum = MAXIMUM_USES) {}

  async use(id: string, ms: number): Promise<boolean> {
    const now = this.clock.now();
    for (const [old, until] of this.#until) {
      if (until > now) break;
      this.#until.delete(old);
    }
    if (this.#until.has(id)) return false;
    if (this.#until.size >= this.maximum) throw new TokenError('TOKEN_UNVERIFIED');
    this.#until.set(id, now + ms);
    return true;
  }

  async close(): Promise<void> {
    this.#until.clear();
  }
}

export interface RedisTokenUsesOptions {
  /** Milliseconds to wait for Redis; default 500. */
  timeoutMs?: number;
  prefix?: string;
  onFailure?: (error: Error) => void;
}

/**
 * In Redis, for a game server that starts anew under its old name. Tokens are for one server, so while Redis is away its
 * own memory is enough to refuse a second use, and players are let in; only a token that was used less than 40 seconds
 * before a restart could be used again in that time.
 */
export class RedisTokenUses implements TokenUses {
  readonly #memory: MemoryTokenUses;

  constructor(private readonly redis: Redis, clock: Clock, private readonly options: RedisTokenUsesOptions = {}) {
    this.#memory = new MemoryTokenUses(clock);
  }

  async use(id: string, ms: number): Promise<boolean> {
    if (!await this.#memory.use(id, ms)) return false;
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, fail) => {
        timer = setTimeout(() => fail(new Error('Redis does not answer')), this.options.timeoutMs ?? 500);
      });
      const set = this.redis.set(`${this.options.prefix ?? 'trespasser:token:'}${id}`, '1', 'PX', Math.ceil(ms), 'NX');
      set.catch(() => {});
      return await Promise.race([set, late]) === 'OK';
    } catch (error) {
      this.options.onFailure?.(error instanceof Error ? error : new Error(String(error)));
      return true;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The connection is the caller's. */
  close(): Promise<void> {
    return this.#memory.close();
  }
}
