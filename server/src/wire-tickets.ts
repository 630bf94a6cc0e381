import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';

const TICKET_BYTES = 16;
/** Milliseconds within which a ticket must be used. */
const TICKET_MS = 10_000;

/** Tickets that admit their holders once, within ten seconds. A holder has one at most: a new one ends the one before. */
export class Tickets<Grant> {
  readonly #byTicket = new Map<string, { holder: string; grant: Grant; cancel: () => void }>();
  readonly #byHolder = new Map<string, string>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.#byTicket.size;
  }

  issue(holder: string, grant: Grant): string {
    this.revoke(holder);
    const ticket = randomBytes(TICKET_BYTES).toString('hex');
    this.#byTicket.set(ticket, { holder, grant, cancel: this.clock.after(TICKET_MS, () => this.#end(ticket)) });
    this.#byHolder.set(holder, ticket);
    return ticket;
  }

  /** Whom the ticket admits, and to what; undefined: nobody. It is used up then. */
  redeem(ticket: string): { holder: string; grant: Grant } | undefined {
    const entry = this.#byTicket.get(ticket);
    if (entry !== undefined) this.#end(ticket);
    return entry;
  }

  revoke(holder: string): void {
    const ticket = this.#byHolder.get(holder);
    if (ticket !== undefined) this.#end(ticket);
  }

  revokeAll(): void {
    for (const holder of [...this.#byHolder.keys()]) this.revoke(holder);
  }

  #end(ticket: string): void {
    const entry = this.#byTicket.get(ticket);
    if (entry === undefined) return;
    entry.cancel();
    this.#byTicket.delete(ticket);
    this.#byHolder.delete(entry.holder);
  }
}
