import { z } from 'zod';
import { labelSchema } from './labels.js';

/** Times of the pool, milliseconds. */
export const POOL = {
  /** Between two signs of life of a game server, a front or the leader. */
  beatMs: 1000,
  /** Without a sign of life for so long it is lost. */
  expiryMs: 4000,
  /** From being given a match to having it open. */
  openMs: 5000,
  /** From a match being open to a player having come. Less than a token's 30 s. */
  arrivalMs: 20_000,
  /** How long it is remembered that a server was given up. */
  tombstoneMs: 3_600_000,
  /** Game servers at most. */
  servers: 1024,
  /** Matches of one server at most. */
  capacity: 10_000,
  /** Lost matches that wait for the database at most; those beyond it are not noted: their players' history lacks them. */
  lost: 50_000,
} as const;

/** What a game server says of itself. */
export const announcementSchema = z.object({
  id: labelSchema,
  /** How players reach it. */
  url: z.url().max(256),
  region: z.string().min(1).max(32),
  /** Of the program; matches go to servers whose version the matchmaker accepts. */
  version: z.string().min(1).max(64),
  /** Matches at most. */
  capacity: z.number().int().min(1).max(POOL.capacity),
});

export type Announcement = z.infer<typeof announcementSchema>;

/** A game server. Changed by the leader (matches), and by itself (the rest). */
export interface ServerRecord extends Announcement {
  /** Of this registration: a server that was given up comes back as another. */
  readonly incarnation: string;
  readonly state: 'ready' | 'draining';
  readonly matches: readonly string[];
  /** Counts what concerns the server: its matches, and who may come to them. */
  readonly revision: number;
}

/** A sign of life. Apart from the server's record, so that it disturbs no transaction. */
export interface Beat {
  /** Counts. It is its change that is a sign of life, not a time: clocks differ. */
  readonly n: number;
  readonly incarnation: string;
  /** 0 idle to 1 busy, by the server's own measure. */
  readonly load: number;
}

export type Team = 'red' | 'blue';

/** A player's place in a match. */
export interface Place {
  readonly ticket: string;
  readonly team: Team;
  readonly name: string;
  readonly value: number;
  readonly deviation: number;
  readonly waitedMs: number;
  readonly isPresent: boolean;
  /** By when the player has to come. */
  readonly dueMs: number;
}

/** What is left of a ticket in a match: what it takes to wait again. */
export interface Origin {
  readonly pings: Readonly<Record<string, number>>;
  readonly backfill: boolean;
  readonly enqueuedMs: number;
}

/**
 * - `assigned`: the server has not said yet that it is open. Its players wait on, as far as they know.
 * - `open`: players come.
 * - `running`: it is played.
 */
export type MatchState = 'assigned' | 'open' | 'running';

export interface MatchRecord {
  readonly id: string;
  readonly mode: string;
  readonly region: string;
  readonly serverId: string;
  readonly incarnation: string;
  readonly state: MatchState;
  /** Since when it is in this state, ms. */
  readonly sinceMs: number;
  readonly createdMs: number;
  /** Since when it runs, ms; null: not yet. */
  readonly startedMs: number | null;
  /** Predicted chance of red. */
  readonly chance: number;
  /** Named by the server when it opens. */
  readonly map: string;
  readonly places: Readonly<Record<string, Place>>;
  /** By ticket. */
  readonly origins: Readonly<Record<string, Origin>>;
  /** Players of each team that the server would have; null: takes nobody more. */
  readonly target: { readonly red: number; readonly blue: number } | null;
  /** Counts its changes. */
  readonly version: number;
}

/** A match that is to be noted as lost in the database. */
export interface LostRecord {
  readonly matchId: string;
  readonly mode: string;
  readonly map: string;
  readonly region: string;
  readonly serverId: string;
  readonly startedAt: number;
  readonly lostAt: number;
}

/** Who leads, and how manieth leader that is. What a leader does is void once another has taken over. */
export interface Fence {
  readonly holder: string;
  readonly token: number;
}

export interface Seat {
  readonly ticket: string;
  readonly player: string;
  readonly team: Team;
  readonly waitedMs: number;
}

export type LossReason = 'server_lost' | 'server_restarted' | 'server_silent' | 'players_missing' | 'server_closed';
