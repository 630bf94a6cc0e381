import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { addressKey, isLoopback } from './addresses.js';

interface Limit {
  points: number;
  seconds: number;
}

/** All limits of the service. Of addresses for what costs before anyone has signed in, of accounts for the rest. */
export const LIMITS = {
  /** New connections. */
  connection: { address: { points: 60, seconds: 60 } },
  /** New guests; behind one address may be a school. */
  guest: { address: { points: 60, seconds: 3600 } },
  /** Tokens that are looked at, good or bad. */
  signIn: { address: { points: 120, seconds: 60 } },
  /** Asking for a match, or no longer. */
  queue: { account: { points: 30, seconds: 60 } },
  createLobby: { account: { points: 10, seconds: 60 } },
  /** Guesses of a password; each costs 30 ms of a core. */
  lobbyPassword: { address: { points: 30, seconds: 60 }, account: { points: 10, seconds: 60 } },
  /** Leaderboards, histories, ranks. */
  read: { address: { points: 300, seconds: 60 }, account: { points: 60, seconds: 60 } },
  replay: { address: { points: 60, seconds: 60 }, account: { points: 20, seconds: 60 } },
} as const satisfies Record<string, { address?: Limit; account?: Limit }>;

export type LimitName = keyof typeof LIMITS;

export interface RateLimitOptions {
  /** Shared by all processes; without it each counts for itself. The connection stays the caller's. */
  redis?: Redis;
  /** Whether loopback is limited too; default no: development and load tests come from there. */
  limitLoopback?: boolean;
  /** Redis did not answer, and this process counts for itself. */
  onInsurance?: () => void;
  prefix?: string;
  /** Addresses or accounts that one limit remembers in memory; default 100,000. */
  maximumKeys?: number;
}

export type RateVerdict = { allowed: true } | { allowed: false; by: 'address' | 'account'; retryAfterMs: number };

export interface RateLimits {
  take(name: LimitName, who: { address?: string | undefined; account?: string | undefined }): Promise<RateVerdict>;
}

const ALLOWED: RateVerdict = { allowed: true };

export function createRateLimits(options: RateLimitOptions = {}): RateLimits {
  const limiters = new Map<string, RateLimiterAbstract>();
  const make = (name: string, { points, seconds }: Limit): RateLimiterAbstract => {
    const keyPrefix = `${options.prefix ?? 'trespasser:limit:'}${name}`;
    const memory = { keyPrefix, points, duration: seconds };
    if (options.redis === undefined) return new BoundedLimiter(memory, options.maximumKeys);
    return new RateLimiterRedis({
      ...memory,
      storeClient: options.redis,
      rejectIfRedisNotReady: true,
      // Whoever is over the limit costs Redis nothing more.
      inMemoryBlockOnConsumed: points + 1,
      insuranceLimiter: new BoundedLimiter(memory, options.maximumKeys, options.onInsurance),
    });
  };
  for (const [name, limit] of Object.entries(LIMITS) as [string, { address?: Limit; account?: Limit }][]) {
    if (limit.address !== undefined) limiters.set(`${name}:address`, make(`${name}:address`, limit.address));
    if (limit.account !== undefined) limiters.set(`${name}:account`, make(`${name}:account`, limit.account));
  }

  const one = async (name: LimitName, by: 'address' | 'account', key: string): Promise<RateVerdict> => {
    const limiter = limiters.get(`${name}:${by}`);
    if (limiter === undefined) return ALLOWED;
    try {
      await limiter.consume(key);
      return ALLOWED;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return { allowed: false, by, retryAfterMs: Math.max(1, Math.ceil(refused.msBeforeNext)) };
    }
  };

  return {
    async take(name, { address, account }) {
      const isFree = address !== undefined && isLoopback(address) && options.limitLoopback !== true;
      const byAddress = address === undefined || isFree ? ALLOWED : await one(name, 'address', addressKey(address));
      // One who is over the first limit does not use up the second.
      if (!byAddress.allowed || account === undefined) return byAddress;
      return one(name, 'account', account);
    },
  };
}

/**
 * In memory, with a limit: a key lives as long as its window, so the keys that appeared in this window and the one before
 * are at least as many as there are. Beyond the limit keys that are not known share one budget, a hundred times one's
 * own: a flood from many addresses is held back, and others still have a chance.
 */
class BoundedLimiter extends RateLimiterMemory {
  #window = { start: 0, now: 0, before: 0 };
  readonly #overflow: RateLimiterMemory;

  constructor(
    options: { keyPrefix: string; points: number; duration: number },
    private readonly maximumKeys = 100_000,
    private readonly onUse: () => void = () => {},
  ) {
    super(options);
    this.#overflow = new RateLimiterMemory({ ...options, points: 100 * options.points });
  }

  override async consume(key: string | number, points = 1, options: Record<string, unknown> = {}): Promise<RateLimiterRes> {
    this.onUse();
    this.#turn();
    if (this.#window.now + this.#window.before >= this.maximumKeys && await this.get(key) === null) return this.#overflow.consume('all', points);
    const result = await super.consume(key, points, options);
    if (result.isFirstInDuration) this.#window.now++;
    return result;
  }

  #turn(): void {
    const now = performance.now();
    const passed = Math.floor((now - this.#window.start) / this.msDuration);
    if (passed === 0) return;
    this.#window = { start: now, now: 0, before: passed === 1 ? this.#window.now : 0 };
  }
}
