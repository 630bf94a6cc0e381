import type { Socket } from 'socket.io';
import { EventBudget } from './event-budget.js';
import { BURST_SECONDS, BYTES, FAULT_COST, MAX_WAITING, PATIENCE, SLOW_CLIENT_PACKETS, type Expulsion, type Fault } from './limits.js';
import { sanitiseName } from './names.js';
import type { Member } from './lobbies.js';

export interface SessionServices {
  readonly needsPassword: boolean;
  /** In the long run. */
  readonly eventsPerSecond: number;
  now(): number;
  /** Whether an event may go out to this client; see `player-state.ts`. */
  admits(session: Session, event: string, speaker: string | undefined): boolean;
  /** Tells the client why, and ends the connection. */
  expel(session: Session, expulsion: Expulsion): void;
}

/** One connected client. */
export class Session implements Member {
  name: string;
  isAuthenticated: boolean;
  isAdmin = false;
  /** The client has a use for what its player hears. Today's clients have none. */
  wantsSounds = false;
  /** Has the match over the wire, and so none of today's stream. */
  onWire = false;
  /** Events are dropped beyond it. */
  readonly budget: EventBudget;
  readonly #bytes: EventBudget;
  readonly #patience: EventBudget;
  #isExpelled = false;

  constructor(readonly socket: Socket, private readonly services: SessionServices) {
    const { eventsPerSecond, needsPassword, now } = services;
    this.name = `Player ${this.id.slice(0, 8)}`;
    this.isAuthenticated = !needsPassword;
    this.budget = new EventBudget(now, eventsPerSecond, BURST_SECONDS * eventsPerSecond);
    this.#bytes = new EventBudget(now, BYTES.perSecond, BYTES.burst);
    this.#patience = new EventBudget(now, PATIENCE.forgivenPerSecond, PATIENCE.faults);
  }

  /** Bytes have come in. */
  took(bytes: number): void {
    if (!this.#bytes.spend(bytes)) this.#expel('bytes');
  }

  /** The client has done what no honest one does, or does not often. */
  fault(fault: Fault): void {
    if (!this.#patience.spend(FAULT_COST[fault])) this.#expel('faults');
  }

  /** Whether the client takes what it is sent; one that does not skips states. */
  get keepsUp(): boolean {
    return this.#waiting.length < SLOW_CLIENT_PACKETS;
  }

  get id(): string {
    return this.socket.id;
  }

  rename(wish: string | undefined): string {
    this.name = sanitiseName(wish, this.name);
    return this.name;
  }

  /** @param speaker the lobby whose message it is; undefined: the server answers the client itself */
  emit(event: string, payload?: unknown, speaker?: string): void {
    if (!this.services.admits(this, event, speaker)) return;
    this.#send(payload === undefined ? `2["${event}"]` : `2["${event}",${JSON.stringify(payload)}]`);
  }

  /** An event whose payload is JSON already. */
  emitJson(event: string, json: string, speaker?: string): void {
    if (this.services.admits(this, event, speaker)) this.#send(`2["${event}",${json}]`);
  }

  #send(packet: string): void {
    if (this.#isExpelled) return;
    this.#write(packet);
    // Weighed when it is many: almost always it is none.
    const waiting = this.#waiting;
    if (waiting.length >= SLOW_CLIENT_PACKETS && (waiting.length > MAX_WAITING.packets || sizeOf(waiting) > MAX_WAITING.bytes)) this.#expel('slow');
  }

  /**
   * The one way out to a client. `2` marks an event. Goes past Socket.IO's encoder, which reads each payload through for binary parts before it
   * writes it; the server has none to send.
   */
  #write(packet: string): void {
    if (this.socket.connected) this.socket.conn.write(packet);
  }

  /** Once. Nothing more goes either way. */
  #expel(expulsion: Expulsion): void {
    if (this.#isExpelled) return;
    this.#isExpelled = true;
    this.services.expel(this, expulsion);
  }

  /** The last words to an expelled client. */
  farewell(reason: string, timestamp: number): void {
    if (this.services.admits(this, 'server:expelled', undefined)) {
      this.#write(`2["server:expelled",${JSON.stringify({ reason, timestamp })}]`);
    }
    this.socket.disconnect(true);
  }

  /** Without a word, and at once: what waits would never be taken. */
  cut(): void {
    const { conn } = this.socket;
    // The WebSocket itself would wait for the other end's goodbye, with all that is in its buffer.
    const { socket } = conn.transport as unknown as { socket?: { terminate?: () => void } };
    conn.close(true);
    socket?.terminate?.();
  }

  get isExpelled(): boolean {
    return this.#isExpelled;
  }

  /** What Engine.IO keeps until the transport takes it. */
  get #waiting(): readonly Waiting[] {
    return (this.socket.conn as unknown as { writeBuffer?: Waiting[] }).writeBuffer ?? [];
  }
}

interface Waiting {
  readonly data?: string | Uint8Array;
}

function sizeOf(waiting: readonly Waiting[]): number {
  let bytes = 0;
  for (const { data } of waiting) bytes += data?.length ?? 0;
  return bytes;
}
