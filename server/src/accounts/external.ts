import { createRemoteJWKSet, customFetch } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import { TokenError } from './errors.js';
import { verify } from './jwt.js';

export interface ExternalOptions {
  /** JWKS_URL. */
  jwksUrl: string;
  /** JWT_ISSUER: the tokens' `iss`, exactly. */
  issuer: string;
  /** JWT_AUDIENCE: must be among the tokens' `aud`. */
  audience: string;
  /** For fetching keys; milliseconds, default 5,000. */
  timeoutMs?: number;
  /** A key that is not known is asked for again after this time; milliseconds, default 30,000. */
  cooldownMs?: number;
}

export interface ExternalClaims {
  issuer: string;
  subject: string;
  /** As they call themselves there; not sanitised. */
  name: string | undefined;
}

/** Public keys only: HS256 would take a public key for a shared secret, and `none` none at all. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** By so much may the issuer's clock differ from ours. */
export const EXTERNAL_TOLERANCE_S = 30;
const KEYS_KEPT_MS = 600_000;
/** Key sets have some hundred bytes a key. */
const MAXIMUM_KEY_SET = 256 * 1024;

const claimsSchema = z.object({ iss: z.string().min(1).max(255), sub: z.string().min(1).max(255) });
const nameOf = (claim: unknown): string | undefined => (typeof claim === 'string' && claim.trim() !== '' ? claim.slice(0, 256) : undefined);

/** Bearer tokens from outside. Keys are fetched when the first token comes, and kept for ten minutes. */
export function createExternalVerifier(options: ExternalOptions, clock: Clock): (token: string) => Promise<ExternalClaims> {
  const keys = createRemoteJWKSet(new URL(options.jwksUrl), {
    timeoutDuration: options.timeoutMs ?? 5000,
    cooldownDuration: options.cooldownMs ?? 30_000,
    cacheMaxAge: KEYS_KEPT_MS,
    [customFetch]: fetchBounded,
  });
  return async (token) => {
    const payload = await verify(token, keys, {
      algorithms: ALGORITHMS,
      issuer: options.issuer,
      audience: options.audience,
      clockTolerance: EXTERNAL_TOLERANCE_S,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'exp'],
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) throw new TokenError('TOKEN_MALFORMED');
    return {
      issuer: claims.data.iss,
      subject: claims.data.sub,
      name: nameOf(payload['name']) ?? nameOf(payload['preferred_username']) ?? nameOf(payload['nickname']),
    };
  };
}

async function fetchBounded(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > MAXIMUM_KEY_SET) throw new Error(`the key set has more than ${MAXIMUM_KEY_SET} bytes`);
    parts.push(part);
  }
  return new Response(Buffer.concat(parts), { status: response.status });
}
