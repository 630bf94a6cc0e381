import type { Logger } from '../logger.js';
import type { Bus } from './types.js';

/** For one process. Receivers run after the publisher's own step, as they would elsewhere. */
export class MemoryBus implements Bus {
  readonly #receivers = new Map<string, Set<(items: string[]) => void>>();

  constructor(private readonly log: Logger) {}

  publish(topic: string, items: readonly string[]): void {
    if (items.length === 0) return;
    for (const receive of this.#receivers.get(topic) ?? []) {
      queueMicrotask(() => {
        if (this.#receivers.get(topic)?.has(receive) !== true) return;
        try {
          receive([...items]);
        } catch (error) {
          this.log.error({ err: error, topic }, 'a receiver of hints failed');
        }
      });
    }
  }

  subscribe(topic: string, receive: (items: string[]) => void): () => void {
    let receivers = this.#receivers.get(topic);
    if (receivers === undefined) this.#receivers.set(topic, receivers = new Set());
    receivers.add(receive);
    return () => {
      receivers.delete(receive);
      if (receivers.size === 0 && this.#receivers.get(topic) === receivers) this.#receivers.delete(topic);
    };
  }

  async close(): Promise<void> {
    this.#receivers.clear();
  }
}
