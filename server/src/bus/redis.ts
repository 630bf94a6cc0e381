import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../logger.js';
import type { Bus } from './types.js';

const BATCH = 1000;
const messageSchema = z.array(z.string().max(128)).max(BATCH);

/** Over Redis' publish and subscribe. `redis` stays the caller's; the connection that listens is the bus' own. */
export class RedisBus implements Bus {
  readonly #listener: Redis;
  readonly #receivers = new Map<string, Set<(items: string[]) => void>>();

  constructor(private readonly redis: Redis, private readonly log: Logger, private readonly prefix = 'trespasser:bus:') {
    // Subscribes again by itself after the connection was lost; what is to be subscribed waits for the connection.
    this.#listener = redis.duplicate({ autoResubscribe: true, maxRetriesPerRequest: null, enableOfflineQueue: true, commandTimeout: undefined as never });
    this.#listener.on('error', (error: Error) => log.debug({ err: error }, 'the bus has no Redis at the moment'));
    this.#listener.on('message', (channel: string, text: string) => this.#receive(channel, text));
  }

  publish(topic: string, items: readonly string[]): void {
    for (let from = 0; from < items.length; from += BATCH) {
      this.redis.publish(this.prefix + topic, JSON.stringify(items.slice(from, from + BATCH)))
        .catch((error: unknown) => this.log.debug({ err: error, topic }, 'a hint was not sent'));
    }
  }

  subscribe(topic: string, receive: (items: string[]) => void): () => void {
    const channel = this.prefix + topic;
    let receivers = this.#receivers.get(channel);
    if (receivers === undefined) {
      this.#receivers.set(channel, receivers = new Set());
      this.#listener.subscribe(channel).catch((error: unknown) => this.log.warn({ err: error, topic }, 'no hints of this topic come'));
    }
    receivers.add(receive);
    return () => {
      receivers.delete(receive);
      if (receivers.size > 0 || this.#receivers.get(channel) !== receivers) return;
      this.#receivers.delete(channel);
      this.#listener.unsubscribe(channel).catch(() => {});
    };
  }

  async close(): Promise<void> {
    this.#receivers.clear();
    this.#listener.disconnect();
  }

  #receive(channel: string, text: string): void {
    let items: string[];
    try {
      items = messageSchema.parse(JSON.parse(text));
    } catch (error) {
      this.log.warn({ err: error, channel }, 'a hint that is none');
      return;
    }
    for (const receive of [...this.#receivers.get(channel) ?? []]) {
      try {
        receive(items);
      } catch (error) {
        this.log.error({ err: error, channel }, 'a receiver of hints failed');
      }
    }
  }
}
