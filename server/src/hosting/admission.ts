import type { Socket } from 'socket.io';
import { z } from 'zod';
import { TokenError, type GameTicket, type GameTickets } from '../accounts/index.js';

/** Longer ones are none of ours. */
const MAXIMUM_TOKEN = 2048;
const authSchema = z.object({ token: z.string().min(1).max(MAXIMUM_TOKEN) });

export interface AdmissionOptions {
  tickets: Pick<GameTickets, 'redeem'>;
  serverId: string;
  /** Whether the match is played here, and waits for the player. */
  admits(ticket: GameTicket): boolean;
  /** Whether clients without a token are let in, to lobbies of this server's own. */
  takesStrangers: boolean;
  refused(code: string): void;
}

/** What a client is told that is not let in: Socket.IO hands `data` to its `connect_error`. */
export class AdmissionError extends Error {
  readonly data: { code: string; message: string };

  constructor(code: string, message: string) {
    super(message);
    this.data = { code, message };
  }
}

/**
 * The way in: with `auth: {token}` to a match of the matchmaker's, without to this server's own lobbies where there are
 * such. A good token is used up by it.
 *
 * @returns the ticket; undefined: a stranger
 * @throws AdmissionError
 */
export async function admit({ handshake }: Socket, { tickets, serverId, admits, takesStrangers, refused }: AdmissionOptions): Promise<GameTicket | undefined> {
  const refuse = (code: string, message: string): never => {
    refused(code);
    throw new AdmissionError(code, message);
  };
  if (handshake.auth['token'] === undefined) {
    return takesStrangers ? undefined : refuse('TOKEN_MISSING', 'This server takes players from the matchmaker only; ask it for a match');
  }
  const auth = authSchema.safeParse(handshake.auth);
  if (!auth.success) return refuse('TOKEN_MALFORMED', 'The token is not one of ours; sign in again');
  try {
    return await tickets.redeem(auth.data.token, { serverId, hasMatch: admits });
  } catch (error) {
    if (error instanceof TokenError) return refuse(error.code, error.message);
    throw error;
  }
}
