import { randomInt } from 'node:crypto';
import { sanitiseName } from '../names.js';

/** Letters to Unicode that show as nothing, or as an empty box. */
const INVISIBLE = /[\u115F\u1160\u2800\u3164\uFFA0\uFFFC\uFFFD]/gu;
/** Marks on one letter; more pile up over the neighbouring lines. */
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu;

/**
 * A name for others to read: 1 to 24 characters, composed (NFC), without controls, directions, invisible letters and
 * piles of marks. Nothing makes it unique, or tells a Cyrillic a from a Latin one: players are known by their ids.
 */
export function displayName(wish: string | undefined, fallback: string): string {
  const text = (wish ?? '').slice(0, 256).normalize('NFC').replace(INVISIBLE, '').replace(PILED_MARKS, '$1').replace(/^\p{M}+/u, '');
  return sanitiseName(text, fallback);
}

export const guestName = (): string => `Guest-${randomInt(1000, 10_000)}`;
