import type { Bus } from '../bus/index.js';
import { RecordsError, type Records, type Transaction } from '../records/index.js';
import { newId, systemBytes, type Bytes } from './ids.js';
import { dropTicket, isOf, movePlayer, PARTIES, partyKey, playerKey, playersOf, PLAYERS_TOPIC, putPlayer, putTicket, ticketKey, WAITING } from './places.js';
import { QUEUE, QueueRefused, type Party, type PlayerRecord, type QueueMode, type Ticket } from './types.js';

export interface TicketsOptions {
  modes: readonly QueueMode[];
  regions: readonly string[];
  /** Tickets at most; default QUEUE.tickets. */
  limit?: number;
  bytes?: Bytes;
}

export interface NewTicket {
  mode: string;
  /** By region, ms; unknown regions are left out. */
  pings: Readonly<Record<string, number>>;
  /** The one who asks first; the others are the party's. */
  members: readonly { id: string; name: string; value: number; deviation: number }[];
  /** The party that it is for; null: one player alone. */
  party: string | null;
  backfill: boolean;
  /** The asker's front. */
  front: string;
  /** Given where a ticket that got lost is put back, with its first time. */
  again?: { id: string; enqueuedMs: number };
}

/** Who waits. Every change is one transaction over the players' records and the ticket's. */
export class Tickets {
  readonly #modes: ReadonlyMap<string, QueueMode>;
  readonly #bytes: Bytes;

  constructor(private readonly options: TicketsOptions, private readonly records: Records, private readonly bus: Bus) {
    this.#modes = new Map(options.modes.map((mode) => [mode.name, mode]));
    this.#bytes = options.bytes ?? systemBytes;
  }

  get modes(): ReadonlyMap<string, QueueMode> {
    return this.#modes;
  }

  /** @throws QueueRefused, RecordsError */
  async enqueue(wish: NewTicket): Promise<Ticket> {
    const mode = this.#modes.get(wish.mode);
    if (mode === undefined) throw new QueueRefused('unknown_mode');
    const pings = Object.fromEntries(Object.entries(wish.pings)
      .filter(([region, ping]) => this.options.regions.includes(region) && ping > 0 && ping <= 9999)
      .map(([region, ping]) => [region, Math.ceil(ping)]));
    if (Object.keys(pings).length === 0) throw new QueueRefused('no_region');
    if (wish.members.length > Math.min(QUEUE.partySize, mode.most / 2)) throw new QueueRefused('party_too_big');
    const id = wish.again?.id ?? newId(this.#bytes);
    const ids = wish.members.map((member) => member.id);
    const now = this.records.now();
    const ticket: Ticket = {
      id, mode: mode.name, pings, enqueuedMs: Math.min(now, wish.again?.enqueuedMs ?? now),
      members: wish.members.map(({ id: player, name, value, deviation }, at) => ({
        id: player, name, value, deviation, front: at === 0 ? wish.front : null, awayMs: at === 0 ? null : now,
      })),
      priority: false, backfill: wish.backfill, graceMs: QUEUE.graceMs, version: 1,
    };
    await this.#transact(async (tx) => {
      const players = await playersOf(tx, ids);
      // An answer that got lost: it waits already.
      if (players.every((player) => isOf(player, id)) && await tx.get(ticketKey(id)) !== undefined) return;
      await this.#checkParty(tx, wish, players);
      for (const { at } of players) if (at !== null) throw new QueueRefused('ticket' in at ? 'already_queued' : 'in_match');
      putTicket(tx, ticket, this.options.limit ?? QUEUE.tickets);
      players.forEach((player, at) => movePlayer(tx, ids[at]!, player, { ticket: id }, null));
    });
    this.bus.publish(PLAYERS_TOPIC, ids);
    return ticket;
  }

  /** Withdraws the ticket of a player, party and all. False: waits not (any more). */
  async cancel(playerId: string, reason: string): Promise<boolean> {
    const ids = await this.records.transact(async (tx) => {
      const player = await tx.get<PlayerRecord>(playerKey(playerId));
      if (player?.at == null || !('ticket' in player.at)) return undefined;
      return this.#withdraw(tx, player.at.ticket, reason, playerId);
    });
    if (ids !== undefined) this.bus.publish(PLAYERS_TOPIC, ids);
    return ids !== undefined;
  }

  /** Withdraws a ticket, whoever's it is. */
  async withdraw(ticketId: string, reason: string): Promise<void> {
    const ids = await this.records.transact(async (tx) => this.#withdraw(tx, ticketId, reason, undefined));
    this.bus.publish(PLAYERS_TOPIC, ids);
  }

  /** Withdraws a ticket whose members have been away for too long. False: somebody is back, or it is gone. */
  async expire(ticketId: string): Promise<boolean> {
    const ids = await this.records.transact(async (tx) => {
      const ticket = await tx.get<Ticket>(ticketKey(ticketId));
      if (ticket === undefined || !isOverdue(ticket, this.records.now())) return undefined;
      return this.#withdraw(tx, ticketId, 'member_away', undefined);
    });
    if (ids !== undefined) this.bus.publish(PLAYERS_TOPIC, ids);
    return ids !== undefined;
  }

  /** The player is connected to this front; their ticket may be matched. */
  attach(playerId: string, front: string): Promise<void> {
    return this.#presence(playerId, (member) => (
      member.front === front && member.awayMs === null ? undefined : { front, awayMs: null }
    ));
  }

  /** The player is no longer connected to this front. */
  away(playerId: string, front: string): Promise<void> {
    return this.#presence(playerId, (member) => (
      member.front === front ? { front: null, awayMs: this.records.now() } : undefined
    ));
  }

  /** Those of the ticket who were connected to a front that is gone are away since now. */
  async frontLost(ticketId: string, isGone: (front: string) => boolean): Promise<void> {
    await this.records.transact(async (tx) => {
      const ticket = await tx.get<Ticket>(ticketKey(ticketId));
      if (ticket === undefined || !ticket.members.some(({ front }) => front !== null && isGone(front))) return;
      const awayMs = this.records.now();
      putTicket(tx, {
        ...ticket,
        version: ticket.version + 1,
        members: ticket.members.map((member) => (member.front !== null && isGone(member.front) ? { ...member, front: null, awayMs } : member)),
      });
    });
  }

  async player(id: string): Promise<PlayerRecord | undefined> {
    return this.records.get<PlayerRecord>(playerKey(id));
  }

  async players(ids: readonly string[]): Promise<(PlayerRecord | undefined)[]> {
    return this.records.getAll<PlayerRecord>(ids.map(playerKey));
  }

  async ticket(id: string): Promise<Ticket | undefined> {
    return this.records.get<Ticket>(ticketKey(id));
  }

  /** All that wait, and the versions of their tickets. */
  waiting(): Promise<Map<string, string>> {
    return this.records.entries(WAITING);
  }

  async tickets(ids: readonly string[]): Promise<(Ticket | undefined)[]> {
    return this.records.getAll<Ticket>(ids.map(ticketKey));
  }

  /** The player has been told. */
  async told(playerId: string, n: string): Promise<void> {
    await this.records.transact(async (tx) => {
      const player = await tx.get<PlayerRecord>(playerKey(playerId));
      if (player?.note?.n === n) putPlayer(tx, playerId, { ...player, note: null });
    });
  }

  async #checkParty(tx: Transaction, { party: code, members }: NewTicket, players: readonly PlayerRecord[]): Promise<void> {
    if (code === null) {
      if (members.length !== 1) throw new QueueRefused('party_changed');
      if (players[0]!.party !== null) throw new QueueRefused('party_changed');
      return;
    }
    const party = await tx.get<Party>(partyKey(code));
    if (party === undefined) throw new QueueRefused('unknown_party');
    if (party.leader !== members[0]?.id) throw new QueueRefused('not_leader');
    const ids = new Set(members.map(({ id }) => id));
    if (party.members.length !== ids.size || party.members.some(({ id }) => !ids.has(id))) throw new QueueRefused('party_changed');
    if (party.members.some(({ id }) => id !== party.leader && party.ready?.includes(id) !== true)) throw new QueueRefused('not_ready');
    const touchedMs = this.records.now();
    tx.put(partyKey(code), { ...party, ready: [], touchedMs });
    tx.list(PARTIES, code, String(touchedMs));
  }

  async #withdraw(tx: Transaction, ticketId: string, reason: string, byWhom: string | undefined): Promise<string[]> {
    const ticket = await tx.get<Ticket>(ticketKey(ticketId));
    const ids = ticket?.members.map(({ id }) => id) ?? (byWhom === undefined ? [] : [byWhom]);
    const players = await playersOf(tx, ids);
    players.forEach((player, at) => {
      if (!isOf(player, ticketId)) return;
      const why = byWhom === undefined || byWhom === ids[at] ? reason : 'member_left';
      movePlayer(tx, ids[at]!, player, null, { n: newId(this.#bytes), event: 'queue_left', reason: why, matchId: null });
    });
    dropTicket(tx, ticketId);
    return ids;
  }

  async #presence(playerId: string, change: (member: Ticket['members'][number]) => { front: string | null; awayMs: number | null } | undefined): Promise<void> {
    await this.records.transact(async (tx) => {
      const player = await tx.get<PlayerRecord>(playerKey(playerId));
      if (player?.at == null || !('ticket' in player.at)) return;
      const ticket = await tx.get<Ticket>(ticketKey(player.at.ticket));
      const member = ticket?.members.find(({ id }) => id === playerId);
      const changed = member === undefined ? undefined : change(member);
      if (ticket === undefined || changed === undefined) return;
      putTicket(tx, {
        ...ticket, version: ticket.version + 1,
        members: ticket.members.map((each) => (each.id === playerId ? { ...each, ...changed } : each)),
      });
    });
  }

  async #transact(work: (tx: Transaction) => Promise<void>): Promise<void> {
    try {
      await this.records.transact(work);
    } catch (error) {
      if (error instanceof RecordsError && error.kind === 'full') throw new QueueRefused('queue_full');
      throw error;
    }
  }
}

/** Whether all are here. */
export const isPresent = (ticket: Ticket): boolean => ticket.members.every(({ awayMs }) => awayMs === null);

/** Whether somebody has been away for too long. */
export const isOverdue = (ticket: Ticket, nowMs: number): boolean => (
  ticket.members.some(({ awayMs }) => awayMs !== null && nowMs - awayMs > ticket.graceMs)
);
