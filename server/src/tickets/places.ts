import type { Transaction } from '../records/index.js';
import { QUEUE, type Note, type PlayerRecord, type Ticket } from './types.js';

/** Keys and indexes of records; here, so that no two kinds meet. */
export const playerKey = (id: string): string => `player:${id}`;
export const ticketKey = (id: string): string => `ticket:${id}`;
export const partyKey = (code: string): string => `party:${code}`;
/** Ticket to its version. */
export const WAITING = 'waiting';
/** Party to when it last did something, ms. */
export const PARTIES = 'parties';
/** Hints that these players' records have changed. */
export const PLAYERS_TOPIC = 'players';

export const NOWHERE: PlayerRecord = { at: null, party: null, note: null };

export async function playersOf(tx: Transaction, ids: readonly string[]): Promise<PlayerRecord[]> {
  return (await tx.getAll<PlayerRecord>(ids.map(playerKey))).map((each) => each ?? NOWHERE);
}

export function putPlayer(tx: Transaction, id: string, record: PlayerRecord): void {
  if (record.at === null && record.party === null && record.note === null) tx.remove(playerKey(id));
  // A note alone does not keep a record for ever.
  else tx.put(playerKey(id), record, record.at === null && record.party === null ? QUEUE.noteMs : undefined);
}

/** Moves a player, keeping the party. Without a note the last one stays. */
export function movePlayer(tx: Transaction, id: string, before: PlayerRecord, at: PlayerRecord['at'], note: Note | null = before.note): void {
  putPlayer(tx, id, { ...before, at, note });
}

/** @param limit of tickets; without it a ticket that comes back from a match is always taken */
export function putTicket(tx: Transaction, ticket: Ticket, limit?: number): void {
  tx.put(ticketKey(ticket.id), ticket);
  tx.list(WAITING, ticket.id, String(ticket.version), limit);
}

export function dropTicket(tx: Transaction, id: string): void {
  tx.remove(ticketKey(id));
  tx.unlist(WAITING, id);
}

export const isOf = (record: PlayerRecord, ticketId: string): boolean => (
  record.at !== null && 'ticket' in record.at && record.at.ticket === ticketId
);
