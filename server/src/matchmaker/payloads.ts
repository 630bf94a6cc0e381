import { z } from 'zod';
import { CODE } from '../tickets/index.js';

/** What clients of the matchmaker send. Unknown fields are dropped, unfit values refuse the whole message. */

export const queueJoin = z.object({
  mode: z.string().regex(/^[\w-]{1,32}$/, 'takes 1 to 32 of A-Z, a-z, 0-9, _ and -'),
  /** By region, milliseconds. */
  pings: z.record(z.string().min(1).max(32), z.number().gt(0).max(9999))
    .refine((pings) => Object.keys(pings).length >= 1 && Object.keys(pings).length <= 8, 'takes 1 to 8 regions'),
  /** Would join a match that is running. */
  backfill: z.boolean().default(true),
  /** With the whole party; its code, so that both mean the same one. */
  party: z.string().regex(CODE, 'takes the code of a party').nullish(),
});

export const partyJoin = z.object({
  code: z.string().max(16).transform((code) => code.trim().toUpperCase()).refine((code) => CODE.test(code), 'takes the eight characters of a party\'s code'),
});

export const partyReady = z.object({ isReady: z.boolean() });

/** The leader's word about another one. */
export const partyMember = z.object({ id: z.string().regex(/^\d{1,19}$/, 'takes the id of a player') });

export const nothing = z.unknown();

export type QueueJoin = z.infer<typeof queueJoin>;
