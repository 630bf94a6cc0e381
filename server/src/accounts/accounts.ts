import { z } from 'zod';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { newPlayerId, playerIdSchema, StoreError, type Player, type Sanction, type Store } from '../store/index.js';
import { TokenError } from './errors.js';
import { createExternalVerifier, type ExternalOptions } from './external.js';
import { ISSUER, MAXIMUM_TOKEN, signOwn, verifyOwn } from './jwt.js';
import type { TokenKeys } from './keys.js';
import type { RateLimits } from './limits.js';
import { displayName, guestName } from './names.js';
import type { AccountRequest, AccountResponse, Accounts, Identity } from './types.js';

const DAY_MS = 86_400_000;
export const DEVICE_LIFE_MS = 365 * DAY_MS;
/** One that is older gets a new one when it is used: who plays once a year keeps the account. */
export const DEVICE_RENEW_MS = 30 * DAY_MS;
const DEVICE_TOLERANCE_S = 60;
const DEVICE_AUDIENCE = 'device';

export interface AccountOptions {
  keys: TokenKeys;
  /** Undefined: guests only. */
  external?: ExternalOptions;
}

export interface AccountDependencies {
  store: Pick<Store, 'ensureGuest' | 'ensureExternal' | 'activeSanctions'>;
  limits: RateLimits;
  log: Logger;
  clock: Clock;
  /** The store did not answer, and somebody was let in without it. */
  onWithoutStore?: () => void;
}

/** May not play now. */
export class SanctionedError extends Error {
  override readonly name = 'SanctionedError';
  readonly code = 'SANCTIONED';

  constructor(readonly sanction: Sanction) {
    super(sanction.endsAt === null ? 'This account is banned' : `This account is suspended until ${new Date(sanction.endsAt).toISOString()}`);
  }
}

const guestSchema = z.object({ name: z.string().max(1000).optional() }).default({});
const deviceSchema = z.object({ sub: playerIdSchema, name: z.string().min(1).max(64), iat: z.number() });

interface Device { playerId: string; name: string; issuedAtMs: number }

/**
 * Guests have a token of their device and nothing else; accounts elsewhere have bearer tokens of theirs. A database that
 * is away keeps no guest out: tokens are good without it, and rows follow with the first match. Sanctions are not known
 * then either, and a banned guest may play until it is back.
 */
export function createAccounts(options: AccountOptions, dependencies: AccountDependencies): Accounts {
  const { store, limits, clock, log } = dependencies;
  const { keys } = options;
  const verifyExternal = options.external === undefined ? undefined : createExternalVerifier(options.external, clock);

  const device = async (token: string): Promise<Device> => {
    const payload = await verifyOwn(keys, token, {
      audience: DEVICE_AUDIENCE, nowMs: clock.now(), toleranceS: DEVICE_TOLERANCE_S, maximumAgeS: DEVICE_LIFE_MS / 1000,
    });
    const claims = deviceSchema.safeParse(payload);
    if (!claims.success) throw new TokenError('TOKEN_MALFORMED');
    return { playerId: claims.data.sub, name: claims.data.name, issuedAtMs: claims.data.iat * 1000 };
  };

  /** What the store says, or what is left to say where it is away. */
  const orWithout = async <T>(ask: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await ask;
    } catch (error) {
      if (!(error instanceof StoreError) || error.kind === 'invalid') throw error;
      log.warn({ err: error }, 'accounts go on without the store');
      dependencies.onWithoutStore?.();
      return otherwise;
    }
  };

  const asGuest = async (playerId: string, name: string): Promise<Pick<Player, 'id' | 'name'>> => (
    orWithout<Pick<Player, 'id' | 'name'>>(store.ensureGuest({ id: playerId, name }), { id: playerId, name })
  );

  const sanctionsOf = async (playerId: string): Promise<Sanction[]> => {
    const found = await orWithout(store.activeSanctions([playerId]), new Map<string, Sanction[]>());
    const sanctions = found.get(playerId) ?? [];
    const grave = sanctions.filter((each) => each.kind === 'ban' || each.kind === 'suspension')
      .sort((a, b) => (b.endsAt ?? Infinity) - (a.endsAt ?? Infinity))[0];
    if (grave !== undefined) throw new SanctionedError(grave);
    return sanctions;
  };

  const guest = async (request: AccountRequest): Promise<AccountResponse> => {
    const verdict = await limits.take('signIn', request);
    if (!verdict.allowed) return tooMany(verdict.retryAfterMs);
    const body = guestSchema.safeParse(request.body ?? undefined);
    if (!body.success) return refuse(400, 'INVALID_BODY', 'The body takes {"name": text}, or nothing');
    const token = bearerOf(request.authorization);
    if (token === undefined && request.authorization !== undefined) return refuse(401, 'TOKEN_MALFORMED', 'Authorization takes "Bearer" and a token');

    let known: Device | undefined;
    if (token === undefined) {
      const fresh = await limits.take('guest', request);
      if (!fresh.allowed) return tooMany(fresh.retryAfterMs);
    } else {
      known = await device(token);
      await sanctionsOf(known.playerId);
    }
    const wish = displayName(body.data.name, known?.name ?? guestName());
    const player = await asGuest(known?.playerId ?? newPlayerId(), known?.name ?? wish);
    const now = clock.now();
    const isYoung = known !== undefined && now - known.issuedAtMs < DEVICE_RENEW_MS && player.name === known.name;
    const issuedAt = isYoung ? known!.issuedAtMs : Math.floor(now / 1000) * 1000;
    return {
      status: known === undefined ? 201 : 200,
      headers: { 'cache-control': 'no-store' },
      body: {
        playerId: player.id,
        name: player.name,
        token: isYoung ? token : await signOwn(keys, DEVICE_AUDIENCE, { sub: player.id, name: player.name }, now, DEVICE_LIFE_MS),
        expiresAt: issuedAt + DEVICE_LIFE_MS,
      },
    };
  };

  return {
    async guest(request) {
      try {
        return await guest(request);
      } catch (error) {
        if (error instanceof TokenError) return refuse(401, error.code, error.message);
        if (error instanceof SanctionedError) return refuse(403, error.code, error.message, { until: error.sanction.endsAt, reason: error.sanction.reason });
        throw error;
      }
    },

    async authenticate(token): Promise<Identity> {
      if (issuerOf(token) === ISSUER) {
        const { playerId, name } = await device(token);
        const sanctions = await sanctionsOf(playerId);
        const player = await asGuest(playerId, name);
        return { playerId, kind: 'guest', name: player.name, sanctions };
      }
      if (verifyExternal === undefined) throw new TokenError('TOKEN_ISSUER');
      const { issuer, subject, name } = await verifyExternal(token);
      const player = await store.ensureExternal({ issuer, subject }, displayName(name, 'Player'));
      return { playerId: player.id, kind: 'external', name: player.name, sanctions: await sanctionsOf(player.id) };
    },

    async close() {},
  };
}

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined || header.length > MAXIMUM_TOKEN + 16 ? undefined : /^Bearer +([\w.~+/=-]+)$/i.exec(header)?.[1];
}

/** Unverified: only says who shall verify it. @throws TokenError */
function issuerOf(token: string): unknown {
  if (typeof token !== 'string' || token.length > MAXIMUM_TOKEN) throw new TokenError('TOKEN_MALFORMED');
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return (claims as { iss?: unknown } | null)?.iss;
  } catch (error) {
    throw new TokenError('TOKEN_MALFORMED', { cause: error });
  }
}

function refuse(status: number, code: string, message: string, more: object = {}): AccountResponse {
  return { status, headers: { 'cache-control': 'no-store' }, body: { error: code, message, ...more } };
}

function tooMany(retryAfterMs: number): AccountResponse {
  const seconds = Math.ceil(retryAfterMs / 1000);
  const response = refuse(429, 'TOO_MANY_REQUESTS', `Too many requests; try again in ${seconds} s`);
  return { ...response, headers: { ...response.headers, 'retry-after': String(seconds) } };
}
