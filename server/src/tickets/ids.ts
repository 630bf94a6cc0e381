import { randomBytes } from 'node:crypto';

/** Random bytes; tests and simulations put seeded ones in their place. */
export type Bytes = (count: number) => Buffer;

export const systemBytes: Bytes = randomBytes;

/** 1 to 2^63 - 1 in decimal digits: what the engine's queue and the database take. */
export function newId(bytes: Bytes): string {
  for (;;) {
    const id = bytes(8).readBigUInt64LE() >> 1n;
    if (id > 0n) return String(id);
  }
}

/** Without letters and digits that look alike. 32 of them: five bits each, without bias. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
export const CODE_LENGTH = 8;
export const CODE = /^[A-HJ-NP-Z2-9]{8}$/;

/** An invitation: 40 random bits, so that guessing through a rate limit finds nobody. */
export function newCode(bytes: Bytes): string {
  return Array.from(bytes(CODE_LENGTH), (byte) => ALPHABET[byte & 31]).join('');
}
