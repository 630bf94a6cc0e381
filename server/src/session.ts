import type { Socket } from 'socket.io';
import { EventBudget } from './event-budget.js';
import { sanitiseName } from './names.js';
import type { Member } from './lobbies.js';

/** One connected client. */
export class Session implements Member {
  name: string;
  isAuthenticated: boolean;
  isAdmin = false;
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
    if (payload === undefined) this.socket.emit(event);
    else this.socket.emit(event, payload);
  }
}
