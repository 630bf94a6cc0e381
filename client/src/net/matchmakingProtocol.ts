/** Readers of the matchmaker's messages, to the rules of net/protocol.ts: from anything to a checked value, or null. */

export interface Welcome {
  readonly regions: readonly string[];
  readonly modes: readonly string[];
}

export interface QueueUpdate {
  /** Players in the queue. */
  readonly waiting: number;
  readonly waitedMs: number;
  /** null: not known. */
  readonly estimateMs: number | null;
}

export interface MatchFound {
  readonly matchId: string;
  /** Origin of the game server. */
  readonly url: string;
  readonly token: string;
}

export interface Refused {
  /** What was asked for; may be empty. */
  readonly event: string;
  readonly message: string;
}

const MAX_LIST = 8;
const MAX_WORD = 32;
const MAX_TOKEN = 4096;
const DAY_MS = 86_400_000;

type Raw = Readonly<Record<string, unknown>>;

function record(value: unknown): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

function word(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_WORD && /^[\w-]+$/.test(value);
}

function ms(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= DAY_MS ? value : null;
}

function line(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200).replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '') : '';
}

export function readWelcome(value: unknown): Welcome | null {
  const { regions, modes } = record(value);
  if (!Array.isArray(regions) || !Array.isArray(modes)) return null;
  const names = modes.map((mode) => record(mode)['name']).filter(word).slice(0, MAX_LIST);
  const places = regions.filter(word).slice(0, MAX_LIST);
  return names.length > 0 && places.length > 0 ? { regions: places, modes: names } : null;
}

export function readUpdate(value: unknown): QueueUpdate | null {
  const { waiting, waitedMs, estimateMs } = record(value);
  if (typeof waiting !== 'number' || !Number.isInteger(waiting) || waiting < 0) return null;
  return { waiting, waitedMs: ms(waitedMs) ?? 0, estimateMs: ms(estimateMs) };
}

export function readFound(value: unknown): MatchFound | null {
  const { matchId, server, token } = record(value);
  const address = record(server)['url'];
  if (typeof matchId !== 'string' || matchId === '' || matchId.length > 64) return null;
  if (typeof token !== 'string' || token === '' || token.length > MAX_TOKEN || typeof address !== 'string') return null;
  try {
    const url = new URL(address);
    return url.protocol === 'http:' || url.protocol === 'https:' ? { matchId, url: url.origin, token } : null;
  } catch {
    return null;
  }
}

export function readReason(value: unknown): Refused {
  const { event, message, reason } = record(value);
  return { event: line(event), message: line(message) || line(reason) };
}
