import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { NAME_LENGTH } from '../names.js';

/** 1 to 2^63 - 1 in decimal digits: numbers of JavaScript end before. */
export const playerIdSchema = z.string().refine(
  (id) => /^[1-9]\d{0,18}$/.test(id) && BigInt(id) < 1n << 63n, 'takes a whole number from 1 to 2^63 - 1, as text',
);

/** Of one call. */
export const idsSchema = z.array(playerIdSchema).max(1000);

/** Of guests whose name has not come yet. */
export const UNKNOWN_NAME = '?';

/** Random, so it can be made while the database is away, and says nothing of anybody. */
export function newPlayerId(): string {
  for (;;) {
    const id = randomBytes(8).readBigUInt64LE() >> 1n;
    if (id > 0n) return String(id);
  }
}

/** Matches' ids are names of files and keys of objects too. */
export const matchIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'takes 1 to 64 of A-Z, a-z, 0-9, - and _');

/** Names of modes, maps, regions and servers. */
export const labelSchema = z.string().regex(/^[\w.:/-]{1,64}$/, 'takes 1 to 64 of A-Z, a-z, 0-9, . : / - and _');

/** Epoch milliseconds, from 2000 to 2200: seconds instead of milliseconds are refused. */
export const timeSchema = z.number().min(946_684_800_000).max(7_258_118_400_000);

export const nameSchema = z.string().refine((name) => {
  const length = [...name].length;
  return length >= 1 && length <= NAME_LENGTH;
}, `takes 1 to ${NAME_LENGTH} characters`);

/** Columns of 4 bytes. */
const countSchema = z.number().int().min(0).max(2_147_483_647);
const tickSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const participantSchema = z.object({
  playerId: playerIdSchema,
  /** As it was in the match: players whom the database has not seen yet, because it was away, are added with it. */
  name: nameSchema,
  /** Players of one team have one number; without teams everybody has an own one. */
  team: z.number().int().min(0).max(7),
  /** Of the team, 1 is the first; equal places are a draw. */
  place: z.number().int().min(1).max(8),
  kills: countSchema,
  deaths: countSchema,
  /** Milliseconds from asking for a match to its start; null: came another way. */
  waitedMs: countSchema.nullable(),
  /** Was away when the match ended. */
  left: z.boolean(),
});

export const matchResultSchema = z.object({
  matchId: matchIdSchema,
  mode: labelSchema,
  map: labelSchema,
  region: labelSchema,
  serverId: labelSchema,
  startedAt: timeSchema,
  endedAt: timeSchema,
  /** Whether it moves ratings; that takes two teams. */
  rated: z.boolean(),
  /** People, no bots. */
  participants: z.array(participantSchema).min(1).max(8),
}).superRefine((result, context) => {
  const complain = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
  if (result.endedAt < result.startedAt) complain('endedAt', 'is before startedAt');
  const players = new Set(result.participants.map((each) => each.playerId));
  if (players.size !== result.participants.length) complain('participants', 'has a player twice');
  const places = new Map<number, number>();
  for (const { team, place } of result.participants) {
    if ((places.get(team) ?? place) !== place) complain('participants', `has two places for team ${team}`);
    places.set(team, place);
  }
  if (result.rated && places.size < 2) complain('rated', 'takes at least two teams');
});

export const lostMatchSchema = z.object({
  matchId: matchIdSchema,
  mode: labelSchema,
  map: labelSchema,
  region: labelSchema,
  serverId: labelSchema,
  startedAt: timeSchema,
  /** When it was noticed. */
  lostAt: timeSchema,
});

export const evidenceSchema = z.object({
  matchId: matchIdSchema,
  /** Number within the match, given by the game server: it makes writing twice harmless. */
  seq: countSchema,
  playerId: playerIdSchema,
  tick: tickSchema,
  /** As the engine calls it: `EVIDENCE_KINDS`. */
  kind: z.string().regex(/^[a-z][a-z ]{0,31}$/, 'takes a kind of evidence, such as "hidden aim"'),
  /** What was measured and the limit it is held against; unit by kind. */
  value: z.number().finite(),
  limit: z.number().finite(),
  /** How much it says, above 0 to 1. */
  grade: z.number().gt(0).max(1),
  foundAt: timeSchema,
});

/** Rows of one insert. */
export const EVIDENCE_BATCH = 1000;
export const evidenceBatchSchema = z.array(evidenceSchema).min(1).max(EVIDENCE_BATCH);

export const replayRowSchema = z.object({
  matchId: matchIdSchema,
  store: z.enum(['directory', 's3']),
  key: z.string().min(1).max(512),
  bytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  /** Hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'takes 64 hexadecimal digits'),
  createdAt: timeSchema,
});

export const sanctionSchema = z.object({
  /** Given by whoever issues it: adding it twice is harmless. */
  id: z.uuid(),
  playerId: playerIdSchema,
  kind: z.enum(['warning', 'mute', 'suspension', 'ban']),
  reason: z.string().min(1).max(500),
  issuedBy: z.string().min(1).max(64),
  /** The match that gave the reason. */
  matchId: matchIdSchema.nullable(),
  startsAt: timeSchema,
  /** Null: for ever. */
  endsAt: timeSchema.nullable(),
}).refine((sanction) => sanction.endsAt === null || sanction.endsAt > sanction.startsAt, {
  path: ['endsAt'], message: 'is not after startsAt',
});

export const externalIdentitySchema = z.object({
  issuer: z.string().min(1).max(255),
  subject: z.string().min(1).max(255),
});

export type MatchResult = z.infer<typeof matchResultSchema>;
export type ParticipantResult = z.infer<typeof participantSchema>;
export type LostMatch = z.infer<typeof lostMatchSchema>;
export type EvidenceRow = z.infer<typeof evidenceSchema>;
export type ReplayRow = z.infer<typeof replayRowSchema>;
export type NewSanction = z.infer<typeof sanctionSchema>;
export type ExternalIdentity = z.infer<typeof externalIdentitySchema>;
