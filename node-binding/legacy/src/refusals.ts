/** What was asked of a room's match and could not be done. */
export interface Refusal {
  /** Method or field. */
  what: string;
  reason: string;
}

/** Counts what was refused and keeps the newest: a host's own room never gets an exception out of its socket handlers. */
export class Refusals {
  #count = 0;
  #last: Refusal | undefined;

  constructor(private readonly heed: ((refusal: Refusal) => void) | undefined) {}

  /** Since the beginning. */
  get count(): number {
    return this.#count;
  }

  /** The newest one; undefined: there was none. */
  get last(): Refusal | undefined {
    return this.#last;
  }

  add(what: string, reason: string): void {
    this.#count++;
    this.#last = { what, reason };
    this.heed?.(this.#last);
  }
}

/** A value as a message names it, whatever it is, in at most 40 characters. */
export function named(value: unknown): string {
  let text: string;
  try {
    text = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value === 'object' && value !== null ? 'an object' : String(value);
  } catch {
    text = typeof value;
  }
  return text.slice(0, 40);
}

/** A field of something of any shape; undefined where there is none to be had. */
export function field(of: unknown, name: string): unknown {
  try {
    return typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;
  } catch {
    // A host's own object with a getter that throws.
    return undefined;
  }
}
