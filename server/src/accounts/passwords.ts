import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { Turns } from './turns.js';

/*
 * Passwords of lobbies, by scrypt. N = 2^14, r = 8, p = 1 costs 16 MiB and some 30 ms of one core for each guess: a lobby
 * lives for an hour and its password is chosen to be read out, so this keeps a stolen list from being worth much without
 * letting joins stop a server. Accounts have no passwords here.
 */
const COST = 2 ** 14;
const BLOCK = 8;
const PARALLEL = 1;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
export const MAXIMUM_PASSWORD = 256;

/** Side by side in the threads that also read files, of which Node has four; so many wait, and more are sent away. */
const turns = new Turns(2, 64);

/** `scrypt$16384$8$1$salt$hash`: the costs stand in it, so they may change. @throws RangeError over 256 characters; BusyError */
export async function hashPassword(password: string): Promise<string> {
  if (password.length > MAXIMUM_PASSWORD) throw new RangeError(`password: takes ${MAXIMUM_PASSWORD} characters at most`);
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, { N: COST, r: BLOCK, p: PARALLEL });
  return ['scrypt', COST, BLOCK, PARALLEL, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** In a time that does not depend on where the two differ. @throws Error for a hash that is none, or asks for too much; BusyError */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parts = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{22,128})$/.exec(stored);
  const [N, r, p] = [Number(parts?.[1]), Number(parts?.[2]), Number(parts?.[3])];
  if (parts === null || N < 2 || (N & (N - 1)) !== 0 || r < 1 || p < 1 || p > 4 || 128 * N * r > 128 << 20) throw new Error('stored: is no hash of a password');
  const hash = Buffer.from(parts[5]!, 'base64url');
  // A longer one than can be set: as wrong as any, and no work.
  if (password.length > MAXIMUM_PASSWORD) return false;
  return timingSafeEqual(await derive(password, Buffer.from(parts[4]!, 'base64url'), hash.length, { N, r, p }), hash);
}

function derive(password: string, salt: Buffer, length: number, costs: ScryptOptions): Promise<Buffer> {
  return turns.take(() => new Promise((done, fail) => {
    scrypt(password.normalize('NFC'), salt, length, { ...costs, maxmem: 256 << 20 }, (error, hash) => (error === null ? done(hash) : fail(error)));
  }));
}
