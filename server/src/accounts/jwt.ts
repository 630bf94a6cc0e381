import { errors, jwtVerify, SignJWT, type JWTPayload, type JWTVerifyOptions } from 'jose';
import { TokenError, type TokenRefusal } from './errors.js';
import type { TokenKeys } from './keys.js';

export const ISSUER = 'trespasser';
/** Whatever is longer is not looked at. */
export const MAXIMUM_TOKEN = 8192;

/** Signs for one of our own purposes. Times are epoch milliseconds; tokens hold seconds, rounded down. */
export function signOwn(keys: TokenKeys, audience: string, claims: JWTPayload, nowMs: number, lifeMs: number): Promise<string> {
  const { id, secret } = keys.signing;
  const now = Math.floor(nowMs / 1000);
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: id })
    .setIssuer(ISSUER).setAudience(audience).setIssuedAt(now).setExpirationTime(now + Math.floor(lifeMs / 1000)).sign(secret);
}

export interface OwnCheck {
  audience: string;
  nowMs: number;
  /** Clocks of servers may differ by this much, seconds. */
  toleranceS: number;
  /** From being issued; seconds. */
  maximumAgeS: number;
}

/** @throws TokenError */
export function verifyOwn(keys: TokenKeys, token: string, check: OwnCheck): Promise<JWTPayload> {
  return verify(token, (header) => {
    const key = keys.find(header.kid);
    if (key === undefined) throw new TokenError('TOKEN_KEY');
    return key.secret;
  }, {
    algorithms: ['HS256'],
    issuer: ISSUER,
    audience: check.audience,
    clockTolerance: check.toleranceS,
    maxTokenAge: check.maximumAgeS,
    currentDate: new Date(check.nowMs),
    requiredClaims: ['sub', 'exp', 'iat'],
  });
}

type KeyFor = Extract<Parameters<typeof jwtVerify>[1], (...given: never[]) => unknown>;

/** @throws TokenError */
export async function verify(token: string, keyFor: KeyFor, options: JWTVerifyOptions): Promise<JWTPayload> {
  if (typeof token !== 'string' || token.length > MAXIMUM_TOKEN) throw new TokenError('TOKEN_MALFORMED');
  try {
    return (await jwtVerify(token, keyFor, options)).payload;
  } catch (error) {
    if (error instanceof TokenError) throw error;
    throw new TokenError(refusal(error), { cause: error });
  }
}

function refusal(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return 'TOKEN_EXPIRED';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'TOKEN_ISSUER';
    if (error.claim === 'aud') return 'TOKEN_AUDIENCE';
    return (error.claim === 'nbf' || error.claim === 'iat') && error.reason === 'check_failed' ? 'TOKEN_EARLY' : 'TOKEN_MALFORMED';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'TOKEN_SIGNATURE';
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'TOKEN_ALGORITHM';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) return 'TOKEN_KEY';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'TOKEN_MALFORMED';
  // The rest of a remote key set: it does not answer, or not with keys.
  return 'TOKEN_UNVERIFIED';
}
