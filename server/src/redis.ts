import { Redis } from 'ioredis';
import type { Logger } from './logger.js';

/** Milliseconds that a command may take. */
const COMMAND_MS = 1000;
const LAST_RETRY_MS = 1000;

/** A connection that answers or fails within a second, and comes back by itself. */
export function connectRedis(url: string, log: Logger): Redis {
  let isAway = false;
  const redis = new Redis(url, {
    maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS, connectTimeout: COMMAND_MS, enableOfflineQueue: true,
    retryStrategy: (attempt) => Math.min(LAST_RETRY_MS, 50 * attempt),
  });
  redis.on('error', (error: Error) => {
    if (isAway) return;
    isAway = true;
    log.warn({ err: error }, 'Redis is away; what runs goes on');
  });
  redis.on('ready', () => {
    if (isAway) log.info('Redis is back');
    isAway = false;
  });
  return redis;
}
