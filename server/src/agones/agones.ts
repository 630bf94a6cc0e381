import AgonesSDK from '@google-cloud/agones-sdk';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Fleet } from './types.js';

/** Milliseconds between two signs of health; the Fleet's `periodSeconds` is more than twice that. */
export const HEALTH_MS = 2000;
/** Milliseconds until what was not heard is said again. */
const RETRY_MS = 1000;
/** Times that the shutdown is said. */
const SHUTDOWN_TRIES = 3;
/** The Fleet's counter. */
export const COUNTER = 'matches';

export interface AgonesOptions {
  /** Matches at most. */
  capacity: number;
  healthMs?: number;
  retryMs?: number;
}

export interface AgonesDependencies {
  log: Logger;
  clock: Clock;
  /** Whether the server does its work: without it there is no sign of health, and Agones takes it away. */
  isHealthy(): boolean;
  /** Agones wants the server gone: a Fleet that shrinks or is updated. Said once. */
  onShutdown?(): void;
}

interface Wish {
  isReady: boolean;
  matches: number;
}

/**
 * The game server's side of Agones: signs of health, `Ready` and `Allocated`, and the counter `matches` that the
 * autoscaler reads. Allocated servers are never taken away by a Fleet that shrinks: a server is allocated from its first
 * match to the end of its last. What Agones was told last and what it should know are held against each other until they
 * are the same: the counter is set, not moved, so that saying it twice is harmless.
 *
 * @throws an error where the sidecar is not there within 30 s
 */
export async function connectAgones(options: AgonesOptions, dependencies: AgonesDependencies): Promise<Fleet> {
  const sdk = new AgonesSDK();
  try {
    await sdk.connect();
  } catch (error) {
    sdk.close();
    throw new Error('AGONES is on, but the sidecar does not answer: run the server in an Agones Fleet, or set AGONES=off', { cause: error });
  }
  return new AgonesFleet(sdk, options, dependencies);
}

class AgonesFleet implements Fleet {
  #wish: Wish = { isReady: false, matches: 0 };
  #told: { state: 'none' | 'ready' | 'allocated'; matches: number | undefined } = { state: 'none', matches: undefined };
  #hasCapacity = false;
  #isTelling = false;
  /** The last thing was not heard. */
  #isDeaf = false;
  #isClosed = false;
  #isShutDown = false;
  #healthStream: AgonesSDK['healthStream'];
  #cancelHealth = (): void => {};
  #cancelRetry = (): void => {};
  #cancelWatch = (): void => {};

  constructor(private readonly sdk: AgonesSDK, private readonly options: AgonesOptions, private readonly dependencies: AgonesDependencies) {
    this.#beat();
    this.#watch();
  }

  ready(): void {
    this.#wish.isReady = true;
    void this.#tell();
  }

  matches(count: number): void {
    this.#wish.matches = count;
    void this.#tell();
  }

  async shutdown(): Promise<void> {
    this.#isShutDown = true;
    for (let attempt = 1; attempt <= SHUTDOWN_TRIES; attempt++) {
      try {
        await this.sdk.shutdown();
        return;
      } catch (error) {
        this.dependencies.log.warn({ err: error, attempt }, 'Agones was not told that this server ends');
      }
      if (attempt < SHUTDOWN_TRIES) await new Promise<void>((resolve) => { this.dependencies.clock.after(this.#retryMs, resolve); });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelHealth();
    this.#cancelRetry();
    this.#cancelWatch();
    this.sdk.close();
  }

  get #retryMs(): number {
    return this.options.retryMs ?? RETRY_MS;
  }

  #watch(): void {
    const { log, clock, onShutdown } = this.dependencies;
    // The one before has ended.
    this.sdk.streams.length = 0;
    this.sdk.watchGameServer(({ status }) => {
      if (status?.state !== 'Shutdown' || this.#isShutDown || this.#isClosed) return;
      this.#isShutDown = true;
      log.info('Agones wants this server gone');
      onShutdown?.();
    }, (error) => {
      if (this.#isClosed) return;
      log.debug({ err: error }, 'Agones does not say what becomes of this server; asking again');
      this.#cancelWatch = clock.after(this.#retryMs, () => this.#watch());
    });
  }

  #beat(): void {
    if (this.#isClosed) return;
    if (this.dependencies.isHealthy()) {
      try {
        this.sdk.health((error) => this.#healthFailed(error));
        this.#followHealth();
      } catch (error) {
        this.#healthFailed(error);
      }
    }
    this.#cancelHealth = this.dependencies.clock.after(this.options.healthMs ?? HEALTH_MS, () => this.#beat());
  }

  /** Each stream once: the SDK itself looks away when one breaks. */
  #followHealth(): void {
    const stream = this.sdk.healthStream;
    if (stream === this.#healthStream) return;
    this.#healthStream = stream;
    stream?.once('status', ({ details }) => {
      if (this.sdk.healthStream === stream) this.#healthFailed(new Error(`the stream of health has ended: ${details}`));
    });
  }

  #healthFailed(error: unknown): void {
    if (this.#isClosed) return;
    this.dependencies.log.warn({ err: error }, 'Agones did not take a sign of health');
    // The next one opens a stream anew.
    this.sdk.healthStream = undefined;
  }

  /** One thing after the other until Agones knows what it should. */
  async #tell(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#cancelRetry();
    try {
      while (!this.#isClosed && await this.#tellOne());
      this.#isDeaf = false;
    } catch (error) {
      if (!this.#isClosed) {
        if (!this.#isDeaf) this.dependencies.log.warn({ err: error }, 'Agones was not told; it will be');
        this.#isDeaf = true;
        this.#cancelRetry = this.dependencies.clock.after(this.#retryMs, () => { void this.#tell(); });
      }
    } finally {
      this.#isTelling = false;
    }
  }

  /** @returns whether there was anything to tell */
  async #tellOne(): Promise<boolean> {
    const { isReady, matches } = this.#wish;
    if (!this.#hasCapacity) {
      await this.sdk.beta.setCounterCapacity(COUNTER, this.options.capacity);
      this.#hasCapacity = true;
      return true;
    }
    // Before it counts a match it is out of the Fleet's reach.
    const state = isReady && !this.#isShutDown ? (matches > 0 ? 'allocated' : 'ready') : this.#told.state;
    if (state === 'allocated' && this.#told.state !== 'allocated') {
      await this.sdk.allocate();
      this.#told.state = state;
      return true;
    }
    if (matches !== this.#told.matches) {
      await this.sdk.beta.setCounterCount(COUNTER, matches);
      this.#told.matches = matches;
      return true;
    }
    if (state === 'ready' && this.#told.state !== 'ready') {
      await this.sdk.ready();
      this.#told.state = state;
      return true;
    }
    return false;
  }
}
