import type * as Engine from '@trespasser/engine';
import { engine, engineErrorCode } from '../engine.js';
import type { Logger } from '../logger.js';
import { freePlaces, type MatchRecord } from '../pool/index.js';
import { isOverdue, isPresent, type QueueMode, type Ticket } from '../tickets/index.js';

export interface LineOptions {
  modes: readonly QueueMode[];
  regions: readonly string[];
  policy?: Engine.QueuePolicy;
  /** Tickets at most. */
  limit: number;
  /** Bytes of the log that may wait; 0: no log. */
  logLimit: number;
}

interface Waiting {
  ticket: Ticket;
  isQueued: boolean;
}

/** The engine's queue, kept like the tickets' records: it can be thrown away, and made anew from them. */
export class Line {
  readonly #queue: Engine.MatchQueue;
  readonly #waiting = new Map<string, Waiting>();
  /** Running matches with open places. */
  readonly #offers = new Map<string, { match: MatchRecord; isOffered: boolean }>();

  constructor(options: LineOptions, private readonly log: Logger) {
    this.#queue = new engine.MatchQueue({
      modes: options.modes.map(({ name, least, most }) => ({ name, least, most })),
      regions: [...options.regions],
      ...(options.policy === undefined ? {} : { policy: options.policy }),
      // Tickets that come back from matches may exceed the limit of those that come anew.
      maxTickets: Math.min(65_536, 2 * options.limit),
      logLimit: options.logLimit,
    });
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether a running match is offered to those who wait. */
  get hasOffers(): boolean {
    return [...this.#offers.values()].some(({ isOffered }) => isOffered);
  }

  tickets(): IterableIterator<Ticket> {
    return (function* (all: Iterable<Waiting>) { for (const { ticket } of all) yield ticket; })(this.#waiting.values());
  }

  ticket(id: string): Ticket | undefined {
    return this.#waiting.get(id)?.ticket;
  }

  /** Tickets of the records that this does not have as they are now. */
  outdated(versions: ReadonlyMap<string, string>): string[] {
    for (const id of [...this.#waiting.keys()]) if (!versions.has(id)) this.remove(id);
    return [...versions].filter(([id, version]) => String(this.#waiting.get(id)?.ticket.version) !== version).map(([id]) => id);
  }

  put(ticket: Ticket): void {
    this.remove(ticket.id);
    const waiting: Waiting = { ticket, isQueued: false };
    this.#waiting.set(ticket.id, waiting);
    if (isPresent(ticket)) this.#enqueue(waiting);
  }

  remove(id: string): void {
    if (this.#waiting.get(id)?.isQueued === true) this.#queue.cancel(id);
    this.#waiting.delete(id);
  }

  /** Formed, but there was no server: back to where they were. Not as ones of priority, which would be matched with anybody. */
  restore(ids: Iterable<string>): void {
    for (const id of ids) {
      const waiting = this.#waiting.get(id);
      if (waiting !== undefined && !waiting.isQueued) this.#enqueue(waiting);
    }
  }

  /** Formed, and to be read from the records again before it is formed anew. */
  forget(ids: Iterable<string>): void {
    for (const id of ids) this.remove(id);
  }

  /** Whose members have been away for too long. */
  overdue(nowMs: number): string[] {
    return [...this.#waiting.values()].filter(({ ticket }) => isOverdue(ticket, nowMs)).map(({ ticket }) => ticket.id);
  }

  /** Matches with open places that this does not have as they are now. */
  outdatedOffers(versions: ReadonlyMap<string, string>): string[] {
    for (const id of [...this.#offers.keys()]) {
      if (versions.has(id)) continue;
      this.#queue.withdraw(id);
      this.#offers.delete(id);
    }
    return [...versions].filter(([id, version]) => String(this.#offers.get(id)?.match.version) !== version).map(([id]) => id);
  }

  putOffer(match: MatchRecord): void {
    this.#queue.withdraw(match.id);
    this.#offers.set(match.id, { match, isOffered: false });
  }

  /** @param takes whether the server takes players: the open places of others are kept back */
  offer(takes: (serverId: string) => boolean): void {
    for (const offer of this.#offers.values()) {
      const isOffered = takes(offer.match.serverId);
      if (isOffered === offer.isOffered) continue;
      offer.isOffered = isOffered;
      if (isOffered) this.#offer(offer.match);
      else this.#queue.withdraw(offer.match.id);
    }
  }

  #offer(match: MatchRecord): void {
    const members = (team: 'red' | 'blue'): Engine.QueueMember[] => Object.entries(match.places)
      .filter(([, place]) => place.team === team).map(([player, { value, deviation }]) => ({ player, rating: { value, deviation } }));
    try {
      this.#queue.offer({ id: match.id, mode: match.mode, region: match.region, free: freePlaces(match), red: members('red'), blue: members('blue') });
    } catch (error) {
      // Of a mode or region that is no longer there, or one too many: nobody joins it.
      this.log.warn({ err: error, match: match.id }, 'a match takes nobody more');
    }
  }

  /** It has given places away, or should not have: to be offered as it is now. */
  withdraw(matchId: string): void {
    this.#queue.withdraw(matchId);
    this.#offers.delete(matchId);
  }

  /** Tickets of what is formed are in no queue until they are restored. */
  form(nowMs: number): Engine.FormedMatch[] {
    const formed = this.#queue.form(nowMs);
    for (const { seats } of formed) {
      for (const { ticket } of seats) {
        const waiting = this.#waiting.get(ticket);
        if (waiting !== undefined) waiting.isQueued = false;
      }
    }
    return formed;
  }

  drainLog(): Engine.QueueLogPart {
    return this.#queue.drainLog();
  }

  close(): void {
    this.#queue.dispose();
    this.#waiting.clear();
  }

  #enqueue(waiting: Waiting): void {
    const { ticket } = waiting;
    try {
      this.#queue.add({
        id: ticket.id, mode: ticket.mode, pings: { ...ticket.pings }, enqueuedMs: ticket.enqueuedMs, priority: ticket.priority, backfill: ticket.backfill,
        players: ticket.members.map(({ id, value, deviation }) => ({ player: id, rating: { value, deviation } })),
      });
      waiting.isQueued = true;
    } catch (error) {
      if (engineErrorCode(error) === 'QUEUE_FULL') this.#waiting.delete(ticket.id);
      else this.log.error({ err: error, ticket: ticket.id }, 'a ticket that the queue does not take');
    }
  }
}
