import type { Bus } from '../bus/index.js';
import type { Records, Transaction } from '../records/index.js';
import {
  dropTicket, isOf, isPresent, movePlayer, newId, playersOf, PLAYERS_TOPIC, putTicket, QUEUE, systemBytes, ticketKey, type Bytes,
  type Note, type NoteEvent, type PlayerRecord, type Ticket,
} from '../tickets/index.js';
import { beatKey, FENCE_KEY, LOST, lostKey, matchKey, OPEN, PENDING, serverKey, SERVERS, serverTopic, tombstoneKey } from './keys.js';
import {
  POOL, type Fence, type LossReason, type LostRecord, type MatchRecord, type Place, type Seat, type ServerRecord, type Team,
} from './types.js';

/** Another leads: whatever this one was about to do is void. */
export class Deposed extends Error {
  override readonly name = 'Deposed';

  constructor() {
    super('Another matchmaker has taken over');
  }
}

export interface Assignment {
  matchId: string;
  mode: string;
  region: string;
  serverId: string;
  chance: number;
  seats: readonly Seat[];
}

export type Assigned =
  | { outcome: 'assigned' }
  /** Full, draining or gone. */
  | { outcome: 'no_server' }
  /** These tickets are gone or their players away; the others still wait. */
  | { outcome: 'stale'; tickets: string[] };

/** How many more of each team a match takes. */
export function freePlaces(match: MatchRecord): { red: number; blue: number } {
  if (match.target === null) return { red: 0, blue: 0 };
  const taken = { red: 0, blue: 0 };
  for (const { team } of Object.values(match.places)) taken[team]++;
  return { red: Math.max(0, match.target.red - taken.red), blue: Math.max(0, match.target.blue - taken.blue) };
}

/**
 * The ways of a match, each one transaction over everything it touches: the players' records, tickets, the match and its
 * server. So there is no moment in which a crash could lose somebody or have somebody twice, and each may be repeated.
 */
export class Matches {
  readonly #bytes: Bytes;
  /** As last counted. */
  #lostWaiting = 0;

  constructor(private readonly records: Records, private readonly bus: Bus, options: { bytes?: Bytes } = {}) {
    this.#bytes = options.bytes ?? systemBytes;
  }

  // The leader's.

  /** Reserves a place on the server, and takes the tickets into the match. */
  async assign(fence: Fence, { matchId, serverId, seats, mode, region, chance }: Assignment): Promise<Assigned> {
    const ids = seats.map(({ player }) => player);
    const assigned = await this.records.transact(async (tx): Promise<Assigned> => {
      await checkFence(tx, fence);
      const [done, server] = await tx.getAll<MatchRecord | ServerRecord>([matchKey(matchId), serverKey(serverId)]) as [MatchRecord?, ServerRecord?];
      if (done !== undefined) return { outcome: 'assigned' };
      if (server?.state !== 'ready' || server.matches.length >= server.capacity) return { outcome: 'no_server' };
      const taken = await takeTickets(tx, seats, this.records.now() + POOL.openMs + POOL.arrivalMs);
      if (Array.isArray(taken)) return { outcome: 'stale', tickets: taken };
      const now = this.records.now();
      putMatch(tx, {
        id: matchId, mode, region, serverId, incarnation: server.incarnation, state: 'assigned', sinceMs: now, createdMs: now, startedMs: null,
        chance, map: 'unknown', places: taken.places, origins: taken.origins, target: null, version: 1,
      });
      putServer(tx, { ...server, matches: [...server.matches, matchId], revision: server.revision + 1 });
      taken.players.forEach((player, at) => movePlayer(tx, ids[at]!, player, { match: matchId }));
      return { outcome: 'assigned' };
    });
    // The players are told once the server has it open.
    if (assigned.outcome === 'assigned') this.bus.publish(serverTopic(serverId), [matchId]);
    return assigned;
  }

  /** Takes tickets into open places of a running match. `no_server`: the match takes them no more. */
  async backfill(fence: Fence, matchId: string, seats: readonly Seat[]): Promise<Assigned> {
    const ids = seats.map(({ player }) => player);
    const joined = await this.records.transact(async (tx): Promise<Assigned & { serverId?: string }> => {
      await checkFence(tx, fence);
      const match = await tx.get<MatchRecord>(matchKey(matchId));
      if (match?.state !== 'running') return { outcome: 'no_server' };
      if (ids.every((id) => match.places[id] !== undefined)) return { outcome: 'assigned', serverId: match.serverId };
      const server = await tx.get<ServerRecord>(serverKey(match.serverId));
      const free = freePlaces(match);
      for (const { team } of seats) free[team]--;
      if (server?.state !== 'ready' || free.red < 0 || free.blue < 0) return { outcome: 'no_server' };
      const taken = await takeTickets(tx, seats, this.records.now() + POOL.arrivalMs);
      if (Array.isArray(taken)) return { outcome: 'stale', tickets: taken };
      putMatch(tx, {
        ...match, version: match.version + 1,
        places: { ...match.places, ...taken.places }, origins: { ...match.origins, ...taken.origins },
      });
      putServer(tx, { ...server, revision: server.revision + 1 });
      taken.players.forEach((player, at) => movePlayer(tx, ids[at]!, player, { match: matchId }));
      return { outcome: 'assigned', serverId: match.serverId };
    });
    if (joined.serverId !== undefined) {
      this.bus.publish(serverTopic(joined.serverId), [matchId]);
      this.bus.publish(PLAYERS_TOPIC, ids);
    }
    return joined;
  }

  /**
   * Ends the waiting for a server that does not open a match, and for players who do not come: their places are free again;
   * a match that cannot be played without them is given up, and those who came are first in the queue.
   *
   * @param least players of the mode at least
   */
  async settle(fence: Fence, matchId: string, least: number): Promise<'waiting' | 'settled' | 'given_up'> {
    return this.#change(matchId, fence, async (tx, match) => {
      const now = this.records.now();
      if (match.state === 'assigned') {
        if (now - match.sinceMs <= POOL.openMs) return { result: 'waiting' as const, tell: [] };
        return { result: 'given_up' as const, tell: await this.#giveUp(tx, match, 'server_silent', []) };
      }
      const late = Object.keys(match.places).filter((id) => !match.places[id]!.isPresent && now > match.places[id]!.dueMs);
      // Of an open match the others may have left again: then nobody is late, and there is nobody to play against.
      const isStuck = match.state === 'open' && now > match.sinceMs + POOL.arrivalMs;
      if (late.length === 0 && !isStuck) return { result: 'waiting' as const, tell: [] };
      const rest = omit(match.places, late);
      const isPlayable = ['red', 'blue'].every((team) => Object.values(rest).some((place) => place.team === team))
        && Object.keys(rest).length >= least;
      if (match.state === 'open' && !isPlayable) {
        return { result: 'given_up' as const, tell: await this.#giveUp(tx, match, 'players_missing', late) };
      }
      await this.#drop(tx, match, late, 'match_dropped', 'not_arrived');
      return { result: 'settled' as const, tell: late };
    }, 'settled');
  }

  /** Gives up a server: its matches are to be noted as lost, their players are first in the queue. Once per call 16 matches. */
  async loseServer(fence: Fence | undefined, serverId: string, incarnation: string, reason: LossReason): Promise<{ matches: string[]; isDone: boolean }> {
    const lost = await this.records.transact(async (tx) => {
      if (fence !== undefined) await checkFence(tx, fence);
      const server = await tx.get<ServerRecord>(serverKey(serverId));
      if (server === undefined || server.incarnation !== incarnation) return { matches: [], tell: [], isDone: true };
      const ids = server.matches.slice(0, 16);
      const found = await tx.getAll<MatchRecord>(ids.map(matchKey));
      const tell: string[] = [];
      for (const match of found) if (match !== undefined) tell.push(...await this.#requeue(tx, match, reason, []));
      const rest = server.matches.slice(ids.length);
      // From the first part on it is known as given up, and gets no match more.
      tx.put(tombstoneKey(incarnation), { serverId }, POOL.tombstoneMs);
      if (rest.length > 0) putServer(tx, { ...server, state: 'draining', matches: rest, revision: server.revision + 1 });
      else {
        tx.remove(serverKey(serverId));
        tx.remove(beatKey('server', serverId));
        tx.unlist(SERVERS, serverId);
      }
      return { matches: ids, tell, isDone: rest.length === 0 };
    });
    this.bus.publish(PLAYERS_TOPIC, lost.tell);
    return { matches: lost.matches, isDone: lost.isDone };
  }

  // The game server's.

  /** The server has the match, and players may come. @returns the match; undefined: it is no longer the server's */
  async opened(incarnation: string, matchId: string, map: string): Promise<MatchRecord | undefined> {
    return this.#change(matchId, incarnation, async (tx, match) => {
      if (match.state !== 'assigned') return { result: match, tell: [] };
      const now = this.records.now();
      const changed: MatchRecord = {
        ...match, state: 'open', sinceMs: now, map, version: match.version + 1,
        places: mapValues(match.places, (place) => ({ ...place, dueMs: now + POOL.arrivalMs })),
      };
      putMatch(tx, changed);
      return { result: changed, tell: Object.keys(match.places) };
    }, undefined);
  }

  /** A player has come. @returns the match; undefined: there is no place (any more), and the server turns the player away */
  async arrived(incarnation: string, matchId: string, playerId: string): Promise<MatchRecord | undefined> {
    return this.#change(matchId, incarnation, async (tx, match) => {
      const place = match.places[playerId];
      if (place === undefined || match.state === 'assigned') return { result: undefined, tell: [] };
      if (place.isPresent) return { result: match, tell: [] };
      const changed = this.#begun(withPlaces(match, { ...match.places, [playerId]: { ...place, isPresent: true } }));
      putMatch(tx, changed);
      return { result: changed, tell: [] };
    }, undefined);
  }

  /** A player has left for good. */
  async left(incarnation: string, matchId: string, playerId: string): Promise<boolean> {
    return this.#change(matchId, incarnation, async (tx, match) => {
      if (match.places[playerId] === undefined) return { result: true, tell: [] };
      await this.#drop(tx, match, [playerId], 'match_over', 'left');
      return { result: true, tell: [playerId] };
    }, true);
  }

  /** How many players of each team the server would have; null: takes nobody more. */
  async wants(incarnation: string, matchId: string, target: { red: number; blue: number } | null): Promise<boolean> {
    return this.#change(matchId, incarnation, async (tx, match) => {
      if (match.target?.red !== target?.red || match.target?.blue !== target?.blue) putMatch(tx, { ...match, target, version: match.version + 1 });
      return { result: true, tell: [] };
    }, true);
  }

  /** The match is over, and its result on its way: its players are free. */
  async ended(incarnation: string, matchId: string): Promise<boolean> {
    return this.#change(matchId, incarnation, async (tx, match) => {
      const ids = Object.keys(match.places);
      const players = await playersOf(tx, ids);
      ids.forEach((id, at) => {
        if (isIn(players[at]!, matchId)) movePlayer(tx, id, players[at]!, null, this.#note('match_over', 'finished', matchId));
      });
      await dropMatch(tx, match);
      return { result: true, tell: ids };
    }, true);
  }

  /** The server cannot go on with a match: its players are first in the queue. */
  async closed(incarnation: string, matchId: string): Promise<boolean> {
    return this.#change(matchId, incarnation, async (tx, match) => (
      { result: true, tell: await this.#giveUp(tx, match, 'server_closed', []) }
    ), true);
  }

  /** Puts back a match that runs, where the records have lost it. False: its players are somewhere else, or it is too late. */
  async adopt(server: ServerRecord, match: MatchRecord): Promise<boolean> {
    const ids = Object.keys(match.places);
    const adopted = await this.records.transact(async (tx) => {
      const [found, registered] = await tx.getAll<MatchRecord | ServerRecord>([matchKey(match.id), serverKey(server.id)]) as [MatchRecord?, ServerRecord?];
      if (registered === undefined || registered.incarnation !== server.incarnation) return false;
      if (found !== undefined) return found.incarnation === server.incarnation;
      if (registered.matches.length >= registered.capacity) return false;
      const players = await playersOf(tx, ids);
      const places = omit(match.places, ids.filter((_, at) => players[at]!.at !== null));
      if (Object.keys(places).length === 0) return false;
      putMatch(tx, { ...match, places, incarnation: server.incarnation, version: match.version + 1 });
      putServer(tx, { ...registered, matches: [...registered.matches, match.id], revision: registered.revision + 1 });
      ids.forEach((id, at) => { if (places[id] !== undefined) movePlayer(tx, id, players[at]!, { match: match.id }); });
      return true;
    });
    if (adopted) this.bus.publish(PLAYERS_TOPIC, ids);
    return adopted;
  }

  async match(id: string): Promise<MatchRecord | undefined> {
    return this.records.get<MatchRecord>(matchKey(id));
  }

  async matches(ids: readonly string[]): Promise<(MatchRecord | undefined)[]> {
    return this.records.getAll<MatchRecord>(ids.map(matchKey));
  }

  pending(): Promise<Map<string, string>> {
    return this.records.entries(PENDING);
  }

  /** Matches with open places, and their versions. */
  open(): Promise<Map<string, string>> {
    return this.records.entries(OPEN);
  }

  /** @param limit at most so many */
  async lost(limit: number): Promise<LostRecord[]> {
    const all = await this.records.entries(LOST);
    this.#lostWaiting = all.size;
    const ids = [...all.keys()].slice(0, limit);
    return (await this.records.getAll<LostRecord>(ids.map(lostKey))).filter((each) => each !== undefined);
  }

  /** The database has it. */
  async noted(fence: Fence, matchId: string): Promise<void> {
    await this.records.transact(async (tx) => {
      await checkFence(tx, fence);
      tx.remove(lostKey(matchId));
      tx.unlist(LOST, matchId);
    });
  }

  /** Runs once everybody who is expected is there. */
  #begun(match: MatchRecord): MatchRecord {
    const everybody = Object.values(match.places);
    const areThere = everybody.every(({ isPresent: here }) => here) && (['red', 'blue'] as Team[]).every((team) => everybody.some((place) => place.team === team));
    if (match.state !== 'open' || !areThere) return match;
    const now = this.records.now();
    return { ...match, state: 'running', sinceMs: now, startedMs: now };
  }

  async #drop(tx: Transaction, match: MatchRecord, ids: readonly string[], event: NoteEvent, reason: string): Promise<void> {
    const players = await playersOf(tx, ids);
    ids.forEach((id, at) => {
      if (isIn(players[at]!, match.id)) movePlayer(tx, id, players[at]!, null, this.#note(event, reason, match.id));
    });
    const places = omit(match.places, ids);
    if (Object.keys(places).length === 0) {
      // The server has yet to hear that nobody is left, and ends it.
      putMatch(tx, { ...withPlaces(match, places), target: null });
    } else putMatch(tx, this.#begun(withPlaces(match, places)));
    await touchServer(tx, match.serverId);
  }

  async #giveUp(tx: Transaction, match: MatchRecord, reason: LossReason, absent: readonly string[]): Promise<string[]> {
    const tell = await this.#requeue(tx, match, reason, absent);
    await unlistFromServer(tx, match);
    return tell;
  }

  /** @returns whom to tell */
  async #requeue(tx: Transaction, match: MatchRecord, reason: LossReason, absent: readonly string[]): Promise<string[]> {
    const ids = Object.keys(match.places);
    const players = await playersOf(tx, ids);
    const now = this.records.now();
    const parties = new Map<string, string[]>();
    ids.forEach((id, at) => {
      const player = players[at]!;
      if (!isIn(player, match.id)) return;
      if (absent.includes(id)) {
        movePlayer(tx, id, player, null, this.#note('match_dropped', 'not_arrived', match.id));
        return;
      }
      const { ticket } = match.places[id]!;
      movePlayer(tx, id, player, { ticket }, this.#note('match_lost', reason, match.id));
      parties.set(ticket, [...parties.get(ticket) ?? [], id]);
    });
    for (const [ticket, members] of parties) {
      const origin = match.origins[ticket]!;
      putTicket(tx, {
        id: ticket, mode: match.mode, pings: origin.pings, backfill: origin.backfill, priority: true, graceMs: QUEUE.lostGraceMs, version: 1,
        // Who has played waits anew; who has not waits on.
        enqueuedMs: match.state === 'running' ? now : origin.enqueuedMs,
        members: members.map((id) => {
          const { name, value, deviation } = match.places[id]!;
          return { id, name, value, deviation, front: null, awayMs: now };
        }),
      });
    }
    tx.remove(matchKey(match.id));
    tx.unlist(PENDING, match.id);
    tx.unlist(OPEN, match.id);
    if (match.startedMs !== null && this.#lostWaiting < POOL.lost) {
      const lost: LostRecord = {
        matchId: match.id, mode: match.mode, map: match.map, region: match.region, serverId: match.serverId, startedAt: match.startedMs, lostAt: now,
      };
      tx.put(lostKey(match.id), lost);
      tx.list(LOST, match.id, '');
    }
    return ids;
  }

  #note(event: NoteEvent, reason: string, matchId: string): Note {
    return { n: newId(this.#bytes), event, reason, matchId };
  }

  /** @param by who may change it: the leader, or the server as which it was given it */
  async #change<T>(matchId: string, by: Fence | string, change: (tx: Transaction, match: MatchRecord) => Promise<{ result: T; tell: string[] }>, gone: T): Promise<T> {
    let serverId: string | undefined;
    const { result, tell } = await this.records.transact(async (tx) => {
      if (typeof by !== 'string') await checkFence(tx, by);
      const match = await tx.get<MatchRecord>(matchKey(matchId));
      if (match === undefined || (typeof by === 'string' && match.incarnation !== by)) {
        // Whatever has become of it, nobody has to look after it any more.
        if (match === undefined && typeof by !== 'string') {
          tx.unlist(PENDING, matchId);
          tx.unlist(OPEN, matchId);
        }
        return { result: gone, tell: [] };
      }
      serverId = match.serverId;
      return change(tx, match);
    });
    this.bus.publish(PLAYERS_TOPIC, tell);
    if (tell.length > 0 && serverId !== undefined && typeof by !== 'string') this.bus.publish(serverTopic(serverId), [matchId]);
    return result;
  }
}

const isIn = (player: PlayerRecord, matchId: string): boolean => player.at !== null && 'match' in player.at && player.at.match === matchId;

const withPlaces = (match: MatchRecord, places: MatchRecord['places']): MatchRecord => {
  const used = new Set(Object.values(places).map(({ ticket }) => ticket));
  const origins = Object.fromEntries(Object.entries(match.origins).filter(([ticket]) => used.has(ticket)));
  return { ...match, places, origins, version: match.version + 1 };
};

const omit = <T>(all: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> => (
  Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)))
);

const mapValues = <T>(all: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> => (
  Object.fromEntries(Object.entries(all).map(([key, value]) => [key, change(value)]))
);

export async function checkFence(tx: Transaction, fence: Fence): Promise<void> {
  const now = await tx.get<Fence>(FENCE_KEY);
  if (now === undefined || now.token !== fence.token || now.holder !== fence.holder) throw new Deposed();
}

/** The one place that writes a match, so that the indexes follow from it. */
function putMatch(tx: Transaction, match: MatchRecord): void {
  tx.put(matchKey(match.id), match);
  const isPending = match.state !== 'running' || Object.values(match.places).some(({ isPresent: here }) => !here);
  if (isPending) tx.list(PENDING, match.id, String(match.version));
  else tx.unlist(PENDING, match.id);
  const free = freePlaces(match);
  if (match.state === 'running' && free.red + free.blue > 0 && Object.keys(match.places).length > 0) tx.list(OPEN, match.id, String(match.version));
  else tx.unlist(OPEN, match.id);
}

function putServer(tx: Transaction, server: ServerRecord): void {
  tx.put(serverKey(server.id), server);
}

async function touchServer(tx: Transaction, serverId: string): Promise<void> {
  const server = await tx.get<ServerRecord>(serverKey(serverId));
  if (server !== undefined) putServer(tx, { ...server, revision: server.revision + 1 });
}

async function unlistFromServer(tx: Transaction, match: MatchRecord): Promise<void> {
  const server = await tx.get<ServerRecord>(serverKey(match.serverId));
  if (server === undefined || server.incarnation !== match.incarnation) return;
  putServer(tx, { ...server, matches: server.matches.filter((id) => id !== match.id), revision: server.revision + 1 });
}

async function dropMatch(tx: Transaction, match: MatchRecord): Promise<void> {
  tx.remove(matchKey(match.id));
  tx.unlist(PENDING, match.id);
  tx.unlist(OPEN, match.id);
  await unlistFromServer(tx, match);
}

/** Takes tickets out of the queue. @returns those that are not to be had, if any */
async function takeTickets(tx: Transaction, seats: readonly Seat[], dueMs: number): Promise<string[] | {
  places: Record<string, Place>; origins: MatchRecord['origins']; players: PlayerRecord[];
}> {
  const ids = [...new Set(seats.map(({ ticket }) => ticket))];
  const [tickets, players] = [await tx.getAll<Ticket>(ids.map(ticketKey)), await playersOf(tx, seats.map(({ player }) => player))];
  const stale = new Set(ids.filter((_, at) => tickets[at] === undefined || !isPresent(tickets[at])));
  const members = new Map(tickets.flatMap((ticket) => ticket?.members.map((member) => [`${ticket.id} ${member.id}`, member] as const) ?? []));
  seats.forEach(({ ticket, player }, at) => {
    if (!members.has(`${ticket} ${player}`) || !isOf(players[at]!, ticket)) stale.add(ticket);
  });
  if (members.size !== seats.length) for (const id of ids) if (tickets[ids.indexOf(id)]?.members.length !== seats.filter(({ ticket }) => ticket === id).length) stale.add(id);
  if (stale.size > 0) return [...stale];
  for (const id of ids) dropTicket(tx, id);
  return {
    players,
    places: Object.fromEntries(seats.map(({ ticket, player, team, waitedMs }) => {
      const { name, value, deviation } = members.get(`${ticket} ${player}`)!;
      return [player, { ticket, team, name, value, deviation, waitedMs, isPresent: false, dueMs }];
    })),
    origins: Object.fromEntries(tickets.map((ticket) => [ticket!.id, { pings: ticket!.pings, backfill: ticket!.backfill, enqueuedMs: ticket!.enqueuedMs }])),
  };
}
