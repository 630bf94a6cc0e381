/** Readers of the matchmaker's messages, to the rules of net/protocol.ts: from anything to a checked value, or null. */
import { id, line, list, number, origin, record, whole, word } from './reading';

export interface Welcome {
  readonly playerId: string;
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

export interface PartyMember {
  readonly id: string;
  readonly name: string;
  readonly isReady: boolean;
}

export interface Party {
  readonly code: string;
  /** Id of who leads. */
  readonly leader: string;
  readonly members: readonly PartyMember[];
}

export interface Refused {
  /** What was asked for; may be empty. */
  readonly event: string;
  readonly message: string;
}

const MAX_LIST = 8;
const MAX_MEMBERS = 4;
const MAX_NAME = 24;
const MAX_TOKEN = 4096;
const DAY_MS = 86_400_000;

export function readWelcome(value: unknown): Welcome | null {
  const { playerId, regions, modes } = record(value);
  const names = list(modes, MAX_LIST).map((mode) => record(mode)['name']).filter(word);
  const places = list(regions, MAX_LIST).filter(word);
  return id(playerId) && names.length > 0 && places.length > 0 ? { playerId, regions: places, modes: names } : null;
}

export function readUpdate(value: unknown): QueueUpdate | null {
  const { waiting, waitedMs, estimateMs } = record(value);
  const players = whole(waiting, 0, 1e9);
  return players === null ? null : { waiting: players, waitedMs: number(waitedMs, 0, DAY_MS) ?? 0, estimateMs: number(estimateMs, 0, DAY_MS) };
}

/** ms */
export function readWaited(value: unknown): number {
  return number(record(value)['waitedMs'], 0, DAY_MS) ?? 0;
}

export function readFound(value: unknown): MatchFound | null {
  const { matchId, server, token } = record(value);
  const url = origin(record(server)['url']);
  if (!id(matchId) || typeof token !== 'string' || token === '' || token.length > MAX_TOKEN) return null;
  return url === null ? null : { matchId, url, token };
}

/** Codes of parties, as they are typed. */
export function partyCodeOf(text: string): string {
  const trimmed = text.trim();
  let code = trimmed;
  try {
    code = new URL(trimmed).searchParams.get('party') ?? '';
  } catch {
    // No link: the code itself.
  }
  return /^[A-Za-z0-9]{8}$/.test(code) ? code.toUpperCase() : '';
}

/** A link into the party; what else the page was called with by way of a server stays. */
export function partyLink(page: string, code: string): string {
  const url = new URL(page);
  const server = url.searchParams.get('server');
  url.search = '';
  url.hash = '';
  if (server) url.searchParams.set('server', server);
  url.searchParams.set('party', code);
  return url.href;
}

export function readParty(value: unknown): Party | null {
  const { code, leader, members } = record(value);
  if (typeof code !== 'string' || partyCodeOf(code) !== code || !id(leader)) return null;
  const known = list(members, MAX_MEMBERS).flatMap((member) => {
    const { id: memberId, name, isReady } = record(member);
    return id(memberId) ? [{ id: memberId, name: line(name, MAX_NAME), isReady: isReady === true }] : [];
  });
  return known.length > 0 ? { code, leader, members: known } : null;
}

export function readReason(value: unknown): Refused {
  const { event, message, reason } = record(value);
  return { event: line(event), message: line(message) || line(reason) };
}
