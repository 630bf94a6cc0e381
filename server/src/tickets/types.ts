/** Limits and times of the queue. Times in milliseconds. */
export const QUEUE = {
  /** How long a waiting player may be away before the ticket is withdrawn. */
  graceMs: 15_000,
  /** The same for those whose match was lost: their clients have to find the way back first. */
  lostGraceMs: 45_000,
  /** How long a note waits for a player who is away. */
  noteMs: 3_600_000,
  partySize: 4,
  /** Parties at most. */
  parties: 20_000,
  /** Milliseconds after which a party that does nothing is disbanded. */
  partyIdleMs: 4 * 3_600_000,
  /** Tickets at most; the engine's queue takes 65,536. */
  tickets: 16_384,
} as const;

/** A member of a ticket. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly deviation: number;
  /** The front that the player is connected to; null: none that is known. */
  readonly front: string | null;
  /** Since when the player is away, ms; null: is here. */
  readonly awayMs: number | null;
}

/** One to four players who want to play. Exists from being asked for until its players have a place in a match. */
export interface Ticket {
  readonly id: string;
  readonly mode: string;
  /** By region, ms, of the one who asked. */
  readonly pings: Readonly<Record<string, number>>;
  readonly members: readonly Member[];
  readonly enqueuedMs: number;
  /** To the front: its match was lost, or never began. */
  readonly priority: boolean;
  /** Would join a match that is running. */
  readonly backfill: boolean;
  /** How long a member may be away, ms. */
  readonly graceMs: number;
  /** Counts its changes. */
  readonly version: number;
}

export type NoteEvent = 'queue_left' | 'match_lost' | 'match_dropped' | 'match_over';

/** What a player is to be told, be they here or not. The newest one stands for all. */
export interface Note {
  readonly n: string;
  readonly event: NoteEvent;
  readonly reason: string;
  readonly matchId: string | null;
}

/** Where a player is. There is no record of one who is nowhere. One record, so nobody can be in two places. */
export interface PlayerRecord {
  readonly at: { readonly ticket: string } | { readonly match: string } | null;
  /** Code of the party. */
  readonly party: string | null;
  readonly note: Note | null;
}

export interface Party {
  readonly code: string;
  readonly leader: string;
  readonly members: readonly { readonly id: string; readonly name: string }[];
  /** Who would play now, beside the leader, who says so by asking for a match. For one search: joining the queue empties it. Absent: nobody. */
  readonly ready?: readonly string[];
  readonly touchedMs: number;
}

export type QueueRefusal =
  | 'already_queued'
  | 'in_match'
  | 'queue_full'
  | 'unknown_mode'
  | 'no_region'
  | 'party_too_big'
  | 'not_leader'
  | 'unknown_party'
  | 'party_full'
  | 'party_changed'
  | 'already_in_party'
  | 'not_in_party'
  | 'party_queued'
  | 'not_ready'
  | 'unknown_member'
  | 'too_many_parties';

const MESSAGES: Record<QueueRefusal, string> = {
  already_queued: 'A player of the party waits already; leave the queue first',
  in_match: 'A player of the party is in a match; leave it first',
  queue_full: 'The queue is full; try again in a minute',
  unknown_mode: 'There is no such mode',
  no_region: 'No known region is within reach: send a ping of 1 to 9999 ms for one at least',
  party_too_big: 'The party is larger than a team of this mode',
  not_leader: 'Only the leader of the party may do that',
  unknown_party: 'There is no party with this code',
  party_full: 'The party has four members, which is its limit',
  party_changed: 'The party has changed meanwhile; try again',
  already_in_party: 'Leave the party you are in first',
  not_in_party: 'You are in no party',
  party_queued: 'The party waits or plays; try again after that',
  not_ready: 'Somebody in the party is not ready',
  unknown_member: 'There is no such player in the party',
  too_many_parties: 'No more parties can be made now; try again in a few minutes',
};

/** The queue says no, and why. Nothing was changed. */
export class QueueRefused extends Error {
  override readonly name = 'QueueRefused';

  constructor(readonly reason: QueueRefusal) {
    super(MESSAGES[reason]);
  }
}

export interface QueueMode {
  name: string;
  least: number;
  most: number;
}
