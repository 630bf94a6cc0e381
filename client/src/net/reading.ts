/** What readers of JSON that came from elsewhere have in common: from anything to a checked value, or null. */

export type Raw = Readonly<Record<string, unknown>>;

export function record(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

/** At most `limit` of a list; of anything else none. */
export function list(value: unknown, limit: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, limit) : [];
}

/** Names of modes and regions. */
export function word(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,32}$/.test(value);
}

/** Ids of players and matches. */
export function id(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
}

/** Control and bidirectional characters would let one name rewrite the line that it stands in. */
export function line(value: unknown, limit = 200): string {
  return typeof value === 'string' ? value.slice(0, limit).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '') : '';
}

/** Whole, within the limits; null: is none. */
export function whole(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : null;
}

/** Finite, within the limits; null: is none. */
export function number(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}

/** Origin of an address that a page may ask; null: is none. */
export function origin(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 256) return null;
  try {
    const url = new URL(value);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.origin : null;
  } catch {
    return null;
  }
}
