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
  readonly budget: EventBudget;

  constructor(readonly socket: Socket, needsPassword: boolean, now: () => number) {
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

  emit(event: string, payload?: unknown): void {
    if (payload === undefined) this.#send(`2["${event}"]`);
    else this.emitJson(event, JSON.stringify(payload));
  }

  /** An event whose payload is JSON already. */
  emitJson(event: string, json: string): void {
    this.#send(`2["${event}",${json}]`);
  }

  /**
   * `2` marks an event. Goes past Socket.IO's encoder, which reads each payload through for binary parts before it
   * writes it; the server has none to send.
   */
  #send(packet: string): void {
    if (this.socket.connected) this.socket.conn.write(packet);
  }
}
