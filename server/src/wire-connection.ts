import type { RawData, WebSocket } from 'ws';
import { EventBudget } from './event-budget.js';
import type { Match } from './match.js';
import { acknowledgedFrame, Flow } from './wire-flow.js';

/** Messages a second that a client may send on the long run: one for each of its 60 inputs, and room for clocks that differ; and how many at once, after a stall of the network. */
const MESSAGES_PER_SECOND = 90;
const BURST = 360;

/** Faults that a connection may add up, and how many it is forgiven a second. */
const FAULTS = 30;
const FORGIVEN_PER_SECOND = 1;
/** In faults. */
const COST = { wire_malformed: 1, wire_false_ack: 1, wire_over_budget: 0.1 } as const;
export type WireFault = keyof typeof COST;

/** Milliseconds without a message after which a connection is dead: a client answers twenty snapshots a second, and four at rest. */
const SILENCE_MS = 15_000;

/** Close codes of the WebSocket. 4000 and up are ours. */
export const CLOSE = {
  going_away: 1001,
  /** A text frame. */
  unsupported: 1003,
  /** Too many faults. */
  policy: 1008,
  failed: 1011,
  /** The member has left the match. */
  left: 4000,
  /** Another connection of the same member has taken over. */
  replaced: 4001,
  /** Nothing has come for a quarter of a minute. */
  silent: 4002,
} as const;

/** One client's WebSocket: a binary frame is a message of the protocol. */
export class WireConnection {
  /** `wire:roster` as it was last said. */
  roster = '';
  isHeld = false;
  readonly #budget: EventBudget;
  readonly #patience: EventBudget;
  readonly #flow: Flow;
  #heardAtMs: number;

  constructor(
    readonly socket: WebSocket,
    readonly memberId: string,
    readonly lobbyId: string,
    readonly match: Match,
    frameMs: number,
    private readonly now: () => number,
  ) {
    this.#budget = new EventBudget(now, MESSAGES_PER_SECOND, BURST);
    this.#patience = new EventBudget(now, FORGIVEN_PER_SECOND, FAULTS);
    this.#flow = new Flow(frameMs);
    this.#heardAtMs = now();
  }

  /** Whether a message may be taken now. */
  spend(): boolean {
    return this.#budget.spend();
  }

  /** Whether the connection is borne with, once more. */
  bears(fault: WireFault): boolean {
    return this.#patience.spend(COST[fault]);
  }

  /** Notes what a message acknowledges. */
  heard(bytes: Uint8Array): void {
    this.#heardAtMs = this.now();
    const frame = acknowledgedFrame(bytes);
    if (frame !== undefined) this.#flow.acknowledged(frame, this.now());
  }

  get isSilent(): boolean {
    return this.now() - this.#heardAtMs > SILENCE_MS;
  }

  /**
   * Whether the client is to get no message now: the last one is still in the socket's buffer, or too many are on
   * their way beyond it. What is held back is not queued: the next snapshot says how things are then.
   */
  get isSlow(): boolean {
    return this.socket.bufferedAmount > 0 || !this.#flow.isOpen(this.now());
  }

  /** The bytes are the connection's from now on. Gives `false` for a client that is too slow for them. */
  send(bytes: Uint8Array): boolean {
    if (this.socket.readyState !== this.socket.OPEN || this.socket.bufferedAmount > 0) return false;
    this.#flow.sent(bytes, this.now());
    this.socket.send(bytes, { binary: true });
    return true;
  }

  end(code: number, reason: string): void {
    this.socket.close(code, reason);
  }
}

/** A message as `ws` hands it over by default. */
export function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
