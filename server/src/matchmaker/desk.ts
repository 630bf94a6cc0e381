import type { Bus } from '../bus/index.js';
import type { Clock } from '../clock.js';
import { StateGate, type GateRefusal, type MatchmakingIn, type MatchmakingOut, type PlayerState } from '../gate/index.js';
import type { Logger } from '../logger.js';
import { matchKey, POOL, serverKey, type MatchRecord, type ServerRecord } from '../pool/index.js';
import { RecordsError, type Records } from '../records/index.js';
import {
  newId, Parties, partyKey, PLAYERS_TOPIC, QUEUE, QueueRefused, systemBytes, ticketKey, Tickets, type Bytes, type NoteEvent, type Party,
  type PlayerRecord, type QueueMode, type Ticket,
} from '../tickets/index.js';
import { FRONTS, STATS_KEY, type QueueStatistics } from './matchmaker.js';
import type { QueueJoin } from './payloads.js';

/** Milliseconds between two `queue_update` to one player. */
export const UPDATE_MS = 2000;
export const LOOK_MS = 3000;
/** Milliseconds for which a place that has vanished from the records may come back. */
const VANISHED_MS = 10_000;
/** Hints that these players have connected, and where: `player front`. */
const SESSIONS_TOPIC = 'sessions';
/** Players of one question. */
const BATCH = 500;
/** Players who are noted as away at once, as a front ends. */
const AT_ONCE = 50;

export interface DeskOptions {
  modes: readonly QueueMode[];
  regions: readonly string[];
  /** Tickets at most; default QUEUE.tickets. */
  tickets?: number;
  /** Players connected at most; default 20,000. */
  sessions?: number;
  /** Milliseconds after which everybody's record is looked at without a hint; default 3,000. */
  lookMs?: number;
  bytes?: Bytes;
}

export interface DeskDependencies {
  records: Records;
  bus: Bus;
  clock: Clock;
  log: Logger;
  /** `Store.ratings`; where it fails newcomers' ratings stand in. */
  ratings: (playerIds: readonly string[], mode: string) => Promise<ReadonlyMap<string, { value: number; deviation: number }>>;
  newcomer: { value: number; deviation: number };
  /** `GameTickets.issue`. */
  issue: (ticket: { playerId: string; matchId: string; name: string; serverId: string }) => Promise<string>;
  tokenLifeMs: number;
  observer?: DeskObserver;
}

/** For metrics. Nothing may throw. */
export interface DeskObserver {
  refused?(event: string, reason: GateRefusal | string): void;
  error?(where: string, error: unknown): void;
}

/** The way to one client. */
export interface Link {
  send(event: MatchmakingOut, payload: object): void;
  /** The player has connected elsewhere. */
  close(): void;
}

type View =
  | { kind: 'nowhere' }
  | { kind: 'queue'; ticket: Ticket }
  | { kind: 'match'; matchId: string };

/** One connected player. */
export class Session {
  view: View = { kind: 'nowhere' };
  /** The last note that was passed on. */
  note = '';
  /** Of the party as the client knows it; JSON. */
  party = 'null';
  /** Has asked to be out of the party. */
  leavesParty = false;
  updatedMs = -Infinity;
  /** The records that the client was last told of. */
  seen: readonly [PlayerRecord | undefined, object | undefined, object | undefined] = [undefined, undefined, undefined];
  /** Since when the records lack what the client was told; undefined: they do not. */
  vanishedMs: number | undefined;
  isBusy = false;

  constructor(readonly playerId: string, readonly name: string, readonly link: Link) {}
}

/**
 * Where players come in: takes what they ask for to the records, and tells them what has become of it. What a client is
 * told follows from the records alone, so it does not matter which desk a player is at, nor whether a hint was lost.
 */
export class Desk {
  readonly id: string;
  readonly gate: StateGate;
  readonly #tickets: Tickets;
  readonly #parties: Parties;
  readonly #sessions = new Map<string, Session>();
  /** Players who have left while in a party, to what calls off its end. */
  readonly #leaving = new Map<string, () => void>();
  /** Those who are told every now and then how the waiting goes. */
  readonly #waiting = new Set<Session>();
  readonly #dirty = new Set<string>();
  readonly #unsubscribe: (() => void)[] = [];
  #draining: Promise<void> | undefined;
  #beats = 0;
  #lookedMs = -Infinity;
  #statistics: QueueStatistics = { modes: {} };
  #isClosed = false;
  #cancelTimer = (): void => {};

  constructor(private readonly options: DeskOptions, private readonly dependencies: DeskDependencies) {
    const { records, bus } = dependencies;
    const bytes = { bytes: options.bytes ?? systemBytes };
    this.id = newId(bytes.bytes);
    const limit = options.tickets === undefined ? {} : { limit: options.tickets };
    this.#tickets = new Tickets({ modes: options.modes, regions: options.regions, ...limit, ...bytes }, records, bus);
    this.#parties = new Parties(records, bus, bytes);
    this.gate = new StateGate({
      maximum: options.sessions ?? 20_000,
      refused: (event, reason) => dependencies.observer?.refused?.(event, reason),
    });
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** @throws RecordsError where the records are away: a front that starts may try again */
  async start(): Promise<void> {
    await this.#beat();
    this.#unsubscribe.push(
      this.dependencies.bus.subscribe(PLAYERS_TOPIC, (ids) => this.#mark(ids)),
      this.dependencies.bus.subscribe(SESSIONS_TOPIC, (items) => items.forEach((item) => this.#elsewhere(item))),
    );
    this.#schedule();
  }

  /** Players wait on, as ones who are away. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#end();
    await this.#draining;
    try {
      const waiting = [...this.#sessions.values()].filter(({ view }) => view.kind === 'queue');
      while (waiting.length > 0) await Promise.all(waiting.splice(0, AT_ONCE).map(({ playerId }) => this.#tickets.away(playerId, this.id)));
      await this.dependencies.records.transact(async (tx) => { tx.unlist(FRONTS, this.id); });
    } catch (error) {
      this.dependencies.log.debug({ err: error }, 'a front has ended without a word; it will be missed');
    }
    this.#sessions.clear();
  }

  /** As if the process had ended: for simulations and tests. */
  crash(): void {
    this.#end();
    this.#sessions.clear();
  }

  /** @returns undefined: nobody more is let in */
  connect(player: { id: string; name: string }, link: Link): Session | undefined {
    const before = this.#sessions.get(player.id);
    if (before !== undefined) this.#replace(before);
    if (!this.gate.enter(player.id)) return undefined;
    this.#leaving.get(player.id)?.();
    const session = new Session(player.id, player.name, link);
    this.#sessions.set(player.id, session);
    this.dependencies.bus.publish(SESSIONS_TOPIC, [`${player.id} ${this.id}`]);
    this.#send(session, 'welcome', {
      playerId: player.id, name: player.name, regions: this.options.regions,
      modes: this.options.modes.map(({ name, least, most }) => ({ name, least, most })),
    });
    this.#mark([player.id]);
    return session;
  }

  disconnect(session: Session): void {
    if (this.#sessions.get(session.playerId) !== session) return;
    this.#sessions.delete(session.playerId);
    this.gate.leave(session.playerId);
    this.#try('away', this.#tickets.away(session.playerId, this.id));
    if (session.party === 'null') return;
    const cancel = this.dependencies.clock.after(QUEUE.lostGraceMs, () => {
      this.#leaving.delete(session.playerId);
      this.#try('party_leave', this.#parties.leave(session.playerId));
    });
    this.#leaving.get(session.playerId)?.();
    this.#leaving.set(session.playerId, () => {
      cancel();
      this.#leaving.delete(session.playerId);
    });
  }

  /** Whether the player may send this now. */
  receives(session: Session, event: MatchmakingIn | string): boolean {
    return this.gate.receives(session.playerId, event);
  }

  join(session: Session, { mode, pings, backfill, party: code }: QueueJoin): Promise<void> {
    return this.#asked(session, 'queue:join', async () => {
      const party = await this.#partyOf(session);
      if ((code ?? null) !== (party?.code ?? null)) throw new QueueRefused(party === undefined ? 'not_in_party' : 'party_changed');
      const others = party?.members.filter(({ id }) => id !== session.playerId) ?? [];
      const people = [{ id: session.playerId, name: session.name }, ...others];
      const ratings = await this.#ratings(people.map(({ id }) => id), mode);
      await this.#tickets.enqueue({
        mode, pings, backfill, party: party?.code ?? null, front: this.id,
        members: people.map(({ id, name }) => ({ id, name, ...ratings.get(id) ?? this.dependencies.newcomer })),
      });
    });
  }

  leave(session: Session): Promise<void> {
    return this.#asked(session, 'queue:leave', async () => { await this.#tickets.cancel(session.playerId, 'cancelled'); });
  }

  createParty(session: Session): Promise<void> {
    return this.#asked(session, 'party:create', async () => { await this.#parties.create({ id: session.playerId, name: session.name }); });
  }

  joinParty(session: Session, code: string): Promise<void> {
    return this.#asked(session, 'party:join', async () => { await this.#parties.join({ id: session.playerId, name: session.name }, code); });
  }

  readyInParty(session: Session, isReady: boolean): Promise<void> {
    return this.#asked(session, 'party:ready', () => this.#parties.ready(session.playerId, isReady));
  }

  promoteInParty(session: Session, memberId: string): Promise<void> {
    return this.#asked(session, 'party:promote', () => this.#parties.promote(session.playerId, memberId));
  }

  kickFromParty(session: Session, memberId: string): Promise<void> {
    return this.#asked(session, 'party:kick', () => this.#parties.kick(session.playerId, memberId));
  }

  leaveParty(session: Session): Promise<void> {
    return this.#asked(session, 'party:leave', async () => {
      session.leavesParty = true;
      // Who leaves the party does not wait with it.
      await this.#tickets.cancel(session.playerId, 'left_party');
      await this.#parties.leave(session.playerId);
    });
  }

  /** Another token for the match that the player has a place in. */
  async token(session: Session): Promise<void> {
    await this.#asked(session, 'match:token', async () => {
      const player = await this.#tickets.player(session.playerId);
      if (player?.at == null || !('match' in player.at)) return;
      const match = await this.dependencies.records.get<MatchRecord>(matchKey(player.at.match));
      const server = match === undefined ? undefined : await this.dependencies.records.get<ServerRecord>(serverKey(match.serverId));
      if (match !== undefined && match.state !== 'assigned' && server !== undefined) await this.#found(session, match, server);
    });
  }

  menu(session: Session): void {
    this.gate.move(session.playerId, 'menu');
  }

  /** Everything marked so far has been passed on; for tests and simulations. */
  async settled(): Promise<void> {
    while (this.#draining !== undefined) await this.#draining;
  }

  #end(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    for (const end of this.#unsubscribe.splice(0)) end();
    for (const cancel of [...this.#leaving.values()]) cancel();
    this.#dirty.clear();
  }

  #schedule(): void {
    this.#cancelTimer = this.dependencies.clock.after(POOL.beatMs, () => {
      if (this.#isClosed) return;
      this.#schedule();
      this.#try('beat', this.#tick());
    });
  }

  async #tick(): Promise<void> {
    await this.#beat();
    this.#statistics = await this.dependencies.records.get<QueueStatistics>(STATS_KEY) ?? this.#statistics;
    const now = this.dependencies.clock.now();
    const isLook = now - this.#lookedMs >= (this.options.lookMs ?? LOOK_MS);
    if (isLook) this.#lookedMs = now;
    for (const session of this.#waiting) {
      if (session.view.kind !== 'queue' || this.#sessions.get(session.playerId) !== session) this.#waiting.delete(session);
      else this.#update(session, session.view.ticket, now);
    }
    if (!isLook) return;
    this.#mark([...this.#sessions.values()].filter(({ view, party }) => view.kind !== 'nowhere' || party !== 'null').map(({ playerId }) => playerId));
  }

  async #beat(): Promise<void> {
    const n = String(++this.#beats);
    await this.dependencies.records.transact(async (tx) => { tx.list(FRONTS, this.id, n); });
  }

  #update(session: Session, ticket: Ticket, now: number): void {
    if (now - session.updatedMs < UPDATE_MS) return;
    session.updatedMs = now;
    const { waiting = 1, estimateMs = null } = this.#statistics.modes[ticket.mode] ?? {};
    this.#send(session, 'queue_update', {
      mode: ticket.mode, waiting: Math.max(1, waiting), waitedMs: Math.max(0, this.dependencies.records.now() - ticket.enqueuedMs), estimateMs,
    });
  }

  #mark(ids: readonly string[]): void {
    if (this.#isClosed) return;
    for (const id of ids) if (this.#sessions.has(id)) this.#dirty.add(id);
    if (this.#dirty.size > 0) this.#draining ??= this.#drain();
  }

  /** One look at a time, so that nobody is told something older than what they know. */
  async #drain(): Promise<void> {
    // `#draining` is set before this goes on.
    await undefined;
    while (this.#dirty.size > 0 && !this.#isClosed) {
      const ids = [...this.#dirty].slice(0, BATCH);
      for (const id of ids) this.#dirty.delete(id);
      try {
        await this.#look(ids);
      } catch (error) {
        // The next look without a hint finds them.
        if (!this.#isClosed) this.#failed('look', error);
      }
    }
    // In the same step in which nobody was left: whoever is marked from here on starts anew.
    this.#draining = undefined;
  }

  async #look(ids: readonly string[]): Promise<void> {
    const { records } = this.dependencies;
    const players = await this.#tickets.players(ids);
    const keys = players.flatMap((player) => [
      ...player?.at == null ? [] : ['ticket' in player.at ? ticketKey(player.at.ticket) : matchKey(player.at.match)],
      ...player?.party == null ? [] : [partyKey(player.party)],
    ]);
    const unique = [...new Set(keys)];
    const found = unique.length === 0 ? [] : await records.getAll<object>(unique);
    const values = new Map(found.map((value, at) => [unique[at]!, value]));
    const servers = new Map<string, ServerRecord | undefined>();
    for (const [key, value] of values) if (key.startsWith('match:') && value !== undefined) servers.set((value as MatchRecord).serverId, undefined);
    const serverIds = [...servers.keys()];
    if (serverIds.length > 0) (await records.getAll<ServerRecord>(serverIds.map(serverKey))).forEach((server, at) => servers.set(serverIds[at]!, server));
    for (const [at, id] of ids.entries()) {
      const session = this.#sessions.get(id);
      const player = players[at];
      if (session === undefined) continue;
      const place = player?.at == null ? undefined : values.get('ticket' in player.at ? ticketKey(player.at.ticket) : matchKey(player.at.match));
      const party = player?.party == null ? undefined : values.get(partyKey(player.party));
      // Values are never changed in place: the same ones have nothing new in them. In Redis they are always new ones.
      if (player?.at != null && session.seen[0] === player && session.seen[1] === place && session.seen[2] === party) continue;
      try {
        await this.#tell(session, player, values, servers);
        session.seen = [player, place, party];
      } catch (error) {
        // One player's trouble is no other's; the next look without a hint tries again.
        if (!this.#isClosed) this.#failed('tell', error);
      }
    }
  }

  async #tell(session: Session, player: PlayerRecord | undefined, values: ReadonlyMap<string, object | undefined>, servers: ReadonlyMap<string, ServerRecord | undefined>): Promise<void> {
    const at = player?.at ?? null;
    const note = player?.note ?? null;
    const isNews = note !== null && note.n !== session.note;
    this.#tellParty(session, player?.party == null ? undefined : values.get(partyKey(player.party)) as Party | undefined);
    if (at === null) {
      if (isNews) this.#leftTo(session, note.event);
      else if (session.view.kind !== 'nowhere') await this.#vanished(session);
      if (isNews) this.#tellNote(session, note);
      return;
    }
    session.vanishedMs = undefined;
    if ('ticket' in at) {
      const ticket = values.get(ticketKey(at.ticket)) as Ticket | undefined;
      // Between two reads it has moved on: a hint of that comes.
      if (ticket === undefined) return;
      this.gate.move(session.playerId, 'matchmaking');
      if (isNews) this.#tellNote(session, note);
      const isNew = session.view.kind !== 'queue' || session.view.ticket.id !== ticket.id || isNews;
      session.view = { kind: 'queue', ticket };
      this.#waiting.add(session);
      if (isNew) {
        session.updatedMs = this.dependencies.clock.now();
        this.#send(session, 'queue_joined', {
          mode: ticket.mode, waitedMs: Math.max(0, this.dependencies.records.now() - ticket.enqueuedMs), players: ticket.members.length, isFirst: ticket.priority,
        });
      }
      const member = ticket.members.find(({ id }) => id === session.playerId);
      if (member !== undefined && (member.front !== this.id || member.awayMs !== null)) await this.#tickets.attach(session.playerId, this.id);
      return;
    }
    const match = values.get(matchKey(at.match)) as MatchRecord | undefined;
    const server = match === undefined ? undefined : servers.get(match.serverId);
    // Not open yet: as far as the player knows the waiting goes on.
    if (match === undefined || server === undefined || match.state === 'assigned' || match.places[session.playerId] === undefined) return;
    if (session.view.kind === 'match' && session.view.matchId === match.id) return;
    if (isNews) this.#tellNote(session, note);
    if (session.view.kind === 'match') this.gate.move(session.playerId, 'matchmaking');
    await this.#found(session, match, server);
    session.view = { kind: 'match', matchId: match.id };
    this.#moveThrough(session, 'in_match');
  }

  async #found(session: Session, match: MatchRecord, server: ServerRecord): Promise<void> {
    const { team } = match.places[session.playerId]!;
    const token = await this.dependencies.issue({ playerId: session.playerId, matchId: match.id, name: session.name, serverId: server.id });
    if (this.#sessions.get(session.playerId) !== session) return;
    if (this.gate.state(session.playerId) !== 'in_match') this.#moveThrough(session, 'matchmaking');
    this.#send(session, 'match_found', {
      matchId: match.id, server: { id: server.id, url: server.url, region: server.region }, token,
      expiresAt: this.dependencies.records.now() + this.dependencies.tokenLifeMs, mode: match.mode, team,
      players: Object.entries(match.places).map(([id, place]) => ({ id, name: place.name, team: place.team })),
      isRunning: match.state === 'running',
    });
  }

  /** To the state by the ways that there are. */
  #moveThrough(session: Session, to: PlayerState): void {
    const { playerId } = session;
    const from = this.gate.state(playerId);
    if (from === 'post_match' && to === 'in_match') this.gate.move(playerId, 'matchmaking');
    if (from !== 'in_match' && to === 'post_match') {
      if (from === 'post_match') return;
      this.gate.move(playerId, 'in_match');
    }
    if (from === 'post_match' && to === 'menu') return;
    this.gate.move(playerId, to);
  }

  #leftTo(session: Session, event: NoteEvent): void {
    session.view = { kind: 'nowhere' };
    session.vanishedMs = undefined;
    this.#moveThrough(session, event === 'match_over' ? 'post_match' : 'menu');
  }

  #tellNote(session: Session, note: NonNullable<PlayerRecord['note']>): void {
    session.note = note.n;
    this.#send(session, note.event, { reason: note.reason, ...(note.matchId === null ? {} : { matchId: note.matchId }), id: note.n });
    this.#try('told', this.#tickets.told(session.playerId, note.n));
  }

  #tellParty(session: Session, party: Party | undefined): void {
    const known = party === undefined ? 'null' : JSON.stringify([party.code, party.leader, party.members, party.ready]);
    if (known === session.party) return;
    session.party = known;
    if (party === undefined) {
      this.#send(session, 'party_left', { reason: session.leavesParty ? 'left' : 'removed' });
      session.leavesParty = false;
    } else {
      this.#send(session, 'party_state', {
        code: party.code, leader: party.leader,
        members: party.members.map(({ id, name }) => ({ id, name, isReady: id === party.leader || party.ready?.includes(id) === true })),
      });
    }
  }

  /** The records have neither the player's place nor a word about it: they have lost it. A ticket is put back, with its time. */
  async #vanished(session: Session): Promise<void> {
    const now = this.dependencies.clock.now();
    session.vanishedMs ??= now;
    const { view } = session;
    if (view.kind === 'queue' && view.ticket.members[0]?.id === session.playerId) {
      const { id, enqueuedMs, mode, pings, backfill, members } = view.ticket;
      try {
        const party = members.length === 1 ? undefined : await this.#partyOf(session);
        await this.#tickets.enqueue({ mode, pings, backfill, members, party: party?.code ?? null, front: this.id, again: { id, enqueuedMs } });
        this.dependencies.log.warn({ ticket: id }, 'a ticket that the records had lost is back');
        return;
      } catch (error) {
        if (!(error instanceof QueueRefused)) throw error;
      }
    } else if (now - session.vanishedMs < VANISHED_MS) return;
    this.#leftTo(session, view.kind === 'match' ? 'match_dropped' : 'queue_left');
    if (view.kind === 'match') this.#send(session, 'match_dropped', { reason: 'forgotten', matchId: view.matchId, id: '' });
    else this.#send(session, 'queue_left', { reason: 'forgotten', id: '' });
  }

  async #partyOf(session: Session): Promise<Party | undefined> {
    const player = await this.#tickets.player(session.playerId);
    return player?.party == null ? undefined : this.#parties.party(player.party);
  }

  async #ratings(ids: readonly string[], mode: string): Promise<ReadonlyMap<string, { value: number; deviation: number }>> {
    try {
      return await this.dependencies.ratings(ids, mode);
    } catch (error) {
      // Playing on beats an even match.
      this.#failed('ratings', error);
      return new Map();
    }
  }

  /** One question of a player at a time. */
  async #asked(session: Session, event: MatchmakingIn, work: () => Promise<void>): Promise<void> {
    if (session.isBusy) return this.refuse(session, event, 'busy', 'One thing at a time: wait for the answer');
    session.isBusy = true;
    try {
      await work();
    } catch (error) {
      if (error instanceof QueueRefused) this.refuse(session, event, error.reason, error.message);
      else {
        this.#failed(event, error);
        this.refuse(session, event, 'unavailable', 'The matchmaker cannot do that at the moment; try again soon');
      }
    } finally {
      session.isBusy = false;
    }
    this.#mark([session.playerId]);
  }

  refuse(session: Session, event: string, reason: string, message: string, more: object = {}): void {
    this.dependencies.observer?.refused?.(event, reason);
    this.#send(session, 'request_refused', { event, reason, message, ...more });
  }

  #send(session: Session, event: MatchmakingOut, payload: object): void {
    if (this.#sessions.get(session.playerId) !== session || !this.gate.sends(session.playerId, event)) return;
    try {
      session.link.send(event, payload);
    } catch (error) {
      this.#failed('send', error);
    }
  }

  #elsewhere(item: string): void {
    const [playerId = '', front] = item.split(' ');
    if (front === this.id) return;
    this.#leaving.get(playerId)?.();
    const session = this.#sessions.get(playerId);
    if (session !== undefined) this.#replace(session);
  }

  #replace(session: Session): void {
    this.#send(session, 'session_replaced', {});
    this.#sessions.delete(session.playerId);
    this.gate.leave(session.playerId);
    session.link.close();
  }

  #try(where: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => { if (!this.#isClosed) this.#failed(where, error); });
  }

  #failed(where: string, error: unknown): void {
    this.dependencies.observer?.error?.(where, error);
    this.dependencies.log[error instanceof RecordsError ? 'warn' : 'error']({ err: error, where }, 'a front could not do something; it goes on');
  }
}
