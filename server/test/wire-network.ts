import WebSocket from 'ws';
import { engine, Button } from '../src/engine.js';
import { sleep, type Json, type TestClient } from './support.js';

/** What happens to messages on their way. */
export interface Conditions {
  /** Milliseconds one way. */
  delayMs: number;
  /** Milliseconds more or less, each message for itself: they overtake one another. */
  jitterMs: number;
  /** Shares, 0 to 1. */
  loss: number;
  repeated: number;
}

export const PERFECT: Conditions = { delayMs: 0, jitterMs: 0, loss: 0, repeated: 0 };
/** A round trip of 150 ms. */
export const BAD: Conditions = { delayMs: 75, jitterMs: 20, loss: 0.05, repeated: 0.02 };

/** A network between the WebSocket and the client behind it, in one direction. It loses the same messages every time. */
export class Network {
  readonly #timers = new Set<NodeJS.Timeout>();
  #seed: number;
  #isDown = false;
  carried = 0;
  lost = 0;

  constructor(private readonly conditions: Conditions, seed: number) {
    this.#seed = seed >>> 0;
  }

  carry(message: Uint8Array, deliver: (message: Uint8Array) => void): void {
    const { loss, repeated } = this.conditions;
    this.carried++;
    if (this.#isDown || this.#random() < loss) {
      this.lost++;
      return;
    }
    this.#later(message, deliver);
    if (this.#random() < repeated) this.#later(message, deliver);
  }

  /** Everything is lost from now on, or no longer. */
  cut(isDown: boolean): void {
    this.#isDown = isDown;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #later(message: Uint8Array, deliver: (message: Uint8Array) => void): void {
    const { delayMs, jitterMs } = this.conditions;
    if (delayMs === 0 && jitterMs === 0) return deliver(message);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      deliver(message);
    }, delayMs + jitterMs * (2 * this.#random() - 1));
    this.#timers.add(timer);
  }

  /** mulberry32 */
  #random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) >>> 0;
    let t = this.#seed;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** The address of the wire with a ticket. */
export function wireUrl(server: { port: number }, ready: { path: string; ticket: string }): string {
  return `ws://127.0.0.1:${server.port}${ready.path}?ticket=${ready.ticket}`;
}

/** A player whose client has the match over the wire: the reference client behind an emulated network. */
export class WirePlayer {
  readonly wire = new engine.WireClient();
  /** Of the WebSocket, before the network. */
  received = 0;
  bytes = 0;
  /** What became of the messages that got through. */
  readonly taken = { welcome: 0, snapshot: 0, farewell: 0, ignored: 0 };
  readonly messages: Json[] = [];
  /** Does not look at what snapshots tell: for clients that run for long. */
  forget = false;
  closed: { code: number; reason: string } | undefined;
  readonly down: Network;
  readonly up: Network;
  #held = 0;
  #taps = 0;
  #mouse = { x: 240, y: 135 };
  #isWelcome = false;
  #inputs = 0;
  readonly #since = performance.now();
  readonly #timer: NodeJS.Timeout;

  private constructor(readonly client: TestClient, readonly socket: WebSocket, conditions: Conditions, seed: number) {
    this.down = new Network(conditions, seed);
    this.up = new Network(conditions, seed + 1);
    socket.on('message', (data: Buffer) => {
      this.received++;
      this.bytes += data.length;
      this.down.carry(new Uint8Array(data), (message) => this.#take(message));
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.stop();
    });
    socket.on('error', () => {});
    this.#timer = setInterval(() => this.#tick(), 10);
  }

  /** Negotiates over Socket.IO and opens the WebSocket; the client is in a lobby already. */
  static async open(server: { port: number }, client: TestClient, conditions: Conditions = PERFECT, seed = 1): Promise<WirePlayer> {
    const ready = await client.ask('wire:open', { version: 1 }, 'wire:ready');
    const socket = new WebSocket(wireUrl(server, ready), { perMessageDeflate: false });
    const player = new WirePlayer(client, socket, conditions, seed);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return player;
  }

  get state(): Json {
    return this.wire.state();
  }

  get slot(): number {
    return this.state.welcome.slot;
  }

  /** From now on. */
  hold(held: number, mouse = this.#mouse): void {
    this.#held = held;
    this.#mouse = mouse;
  }

  tap(buttons: number): void {
    this.#taps |= buttons;
  }

  /** Until the state fits. */
  async until(fits: (state: Json) => boolean, what = 'the state', timeoutMs = 5000): Promise<Json> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const state = this.state;
      if (state !== null && fits(state)) return state;
      if (Date.now() > end) {
        throw new Error(`${what} did not come within ${timeoutMs} ms; ${this.received} messages, ${JSON.stringify(this.taken)}, closed: ${JSON.stringify(this.closed)}`);
      }
      await sleep(5);
    }
  }

  async ended(timeoutMs = 5000): Promise<{ code: number; reason: string }> {
    const end = Date.now() + timeoutMs;
    while (this.closed === undefined) {
      if (Date.now() > end) throw new Error(`the WebSocket is still open after ${timeoutMs} ms`);
      await sleep(5);
    }
    return this.closed;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.down.close();
    this.up.close();
  }

  close(): void {
    this.stop();
    this.socket.close();
  }

  #take(message: Uint8Array): void {
    const taken = this.wire.receive(message);
    this.taken[taken]++;
    if (taken === 'welcome') this.#isWelcome = true;
    if (taken === 'snapshot' && !this.forget) this.messages.push(...this.wire.state()!.messages);
  }

  /** Sixty inputs a second, whatever the timer does. */
  #tick(): void {
    const due = Math.floor(((performance.now() - this.#since) * 60) / 1000);
    for (; this.#inputs < due; this.#inputs++) {
      if (!this.#isWelcome) continue;
      this.wire.input(this.#held, this.#taps, this.#mouse.x, this.#mouse.y);
      this.#taps = 0;
      this.up.carry(this.wire.write(), (message) => {
        if (this.socket.readyState === WebSocket.OPEN) this.socket.send(message);
      });
    }
  }
}

export { Button };
