import type { Sanction } from '../store/index.js';

/** Who has signed in. */
export interface Identity {
  playerId: string;
  kind: 'guest' | 'external';
  name: string;
  /** Mutes and warnings in force; suspended and banned players do not get this far. */
  sanctions: Sanction[];
}

/** What a game server is told of a player who comes. */
export interface GameTicket {
  playerId: string;
  matchId: string;
  name: string;
}

export interface GameTickets {
  /** JWT, HS256, for one player, match and server; good for 30 seconds, and once. */
  issue(ticket: GameTicket & { serverId: string }): Promise<string>;
  /**
   * Takes a token that a player came with, and uses it up.
   * @param expected `hasMatch`: whether the match is played here, and waits for the player
   * @throws `TokenError`
   */
  redeem(token: string, expected: { serverId: string; hasMatch(ticket: GameTicket): boolean }): Promise<GameTicket>;
}

/** Tokens' ids that have been used. */
export interface TokenUses {
  /** False: it has been before. Remembers for `ms`. */
  use(id: string, ms: number): Promise<boolean>;
  close(): Promise<void>;
}

/** A request, free of any framework. */
export interface AccountRequest {
  /** As `clientAddress` finds it. */
  address: string;
  /** The header; undefined: none. */
  authorization: string | undefined;
  /** Parsed JSON; undefined: none. */
  body: unknown;
}

export interface AccountResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export interface Accounts {
  /** `POST /accounts/guest`: a new guest, or a new device token for the one whose token comes with it. */
  guest(request: AccountRequest): Promise<AccountResponse>;
  /**
   * Of a device token, or of a bearer token from outside. Addresses are limited by the caller: `signIn`.
   * @throws `TokenError`; `SanctionedError` for players who may not play
   */
  authenticate(token: string): Promise<Identity>;
  close(): Promise<void>;
}
