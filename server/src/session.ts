import type { Socket } from 'socket.io';
import { EventBudget } from './event-budget.js';
import { sanitiseName } from './names.js';
import type { Member } from './lobbies.js';

/** One connected client. */
export class Session implements Member {
  name: string;
  isAuthenticated: boolean;
  isAdmin = false;
  /** The client has a use for what its player hears. Today's clients have none. */
  wantsSounds = false;
  /** Has the match over the wire, and so none of today's stream. */
  onWire = false;
  readonly budget: EventBudget;

  /** @param admits whether an event may go out to this client; see `player-state.ts` */
  constructor(
    readonly socket: Socket,
    needsPassword: boolean,
    now: () => number,
    private readonly admits: (session: Session, event: string, speaker: string | undefined) => boolean,
  ) {
    this.name = `Player ${this.id.slice(0, 8)}`;
    this.isAuthenticated = !needsPassword;
    this.budget = new EventBudget(now);
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
    if (!this.admits(this, event, speaker)) return;
    this.#send(payload === undefined ? `2["${event}"]` : `2["${event}",${JSON.stringify(payload)}]`);
  }

  /** An event whose payload is JSON already. */
  emitJson(event: string, json: string, speaker?: string): void {
    if (this.admits(this, event, speaker)) this.#send(`2["${event}",${json}]`);
  }

  /**
   * The one way out to a client. `2` marks an event. Goes past Socket.IO's encoder, which reads each payload through for binary parts before it
   * writes it; the server has none to send.
   */
  #send(packet: string): void {
    if (this.socket.connected) this.socket.conn.write(packet);
  }
}
