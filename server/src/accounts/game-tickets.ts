import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { check, matchIdSchema, playerIdSchema } from '../store/index.js';
import { TokenError } from './errors.js';
import { signOwn, verifyOwn } from './jwt.js';
import type { TokenKeys } from './keys.js';
import type { GameTickets, TokenUses } from './types.js';

/** From being issued to coming to the game server. */
export const TICKET_LIFE_MS = 30_000;
/** By so much may the clocks of matchmaker and game server differ, either way. */
export const TICKET_TOLERANCE_S = 5;

const claimsSchema = z.object({
  sub: playerIdSchema,
  match: matchIdSchema,
  name: z.string().min(1).max(64),
  jti: z.uuid(),
});

const audienceOf = (serverId: string): string => `game:${serverId}`;

export function createGameTickets(keys: TokenKeys, { uses, clock }: { uses: TokenUses; clock: Clock }): GameTickets {
  return {
    async issue({ playerId, matchId, name, serverId }) {
      const claims = check(claimsSchema, { sub: playerId, match: matchId, name, jti: randomUUID() }, 'ticket');
      return signOwn(keys, audienceOf(serverId), claims, clock.now(), TICKET_LIFE_MS);
    },

    async redeem(token, { serverId, hasMatch }) {
      const payload = await verifyOwn(keys, token, {
        audience: audienceOf(serverId), nowMs: clock.now(), toleranceS: TICKET_TOLERANCE_S, maximumAgeS: TICKET_LIFE_MS / 1000,
      });
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) throw new TokenError('TOKEN_MALFORMED');
      const { sub, match, name, jti } = claims.data;
      const ticket = { playerId: sub, matchId: match, name };
      if (!hasMatch(ticket)) throw new TokenError('TOKEN_MATCH');
      // Last, so that a token which is refused for another reason is not used up. It is remembered for as long as it
      // could be accepted, by a clock that is behind.
      const rememberMs = TICKET_LIFE_MS + 2 * TICKET_TOLERANCE_S * 1000;
      if (!await uses.use(jti, rememberMs)) throw new TokenError('TOKEN_USED');
      return ticket;
    },
  };
}
