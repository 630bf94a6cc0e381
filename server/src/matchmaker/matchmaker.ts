import type * as Engine from '@trespasser/engine';
import type { Bus } from '../bus/index.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import {
  Deposed, Matches, POOL, Pool, Vitality, type Assigned, type Fence, type LostRecord, type PoolStats,
} from '../pool/index.js';
import { RecordsError, type Records } from '../records/index.js';
import { newId, Parties, QUEUE, systemBytes, Tickets, type Bytes, type QueueMode } from '../tickets/index.js';
import { DecisionLog, type DecisionLogOptions } from './decision-log.js';
import { Estimates } from './estimates.js';
import { Leadership } from './leadership.js';
import { Line } from './line.js';

/** Milliseconds between two rounds. */
export const ROUND_MS = 1000;
/** Fronts to their signs of life. */
export const FRONTS = 'fronts';
/** What fronts tell those who wait. */
export const STATS_KEY = 'stats';
/** Servers that are tried for one match in a round. */
const TRIES = 3;
/** Lost matches noted in a round. */
const LOST_BATCH = 50;
const PARTY_SWEEP_MS = 60_000;
/** A front without a sign of life for so long is forgotten. */
const FORGOTTEN_MS = 60_000;

export interface MatchmakerOptions {
  modes: readonly QueueMode[];
  regions: readonly string[];
  policy?: Engine.QueuePolicy;
  /** Tickets at most; default QUEUE.tickets. */
  tickets?: number;
  /** Versions of game servers that may be given matches; default all. */
  accepts?: (version: string) => boolean;
  /** Where the queue's log is kept; undefined: nowhere. */
  decisions?: DecisionLogOptions;
  bytes?: Bytes;
}

/** What happens, for metrics. Nothing may throw. */
export interface MatchmakerObserver {
  leads?(isLeader: boolean): void;
  /** A new match, or players for a running one, that have a server. */
  formed?(match: { mode: string; chance: number; spread: number; isBackfill: boolean; waitedMs: number[] }): void;
  queue?(tickets: ReadonlyMap<string, number>): void;
  pool?(stats: PoolStats): void;
  serverLost?(serverId: string, matches: number): void;
  /** No server that they reach has a free place: the tickets wait on, in their places. Null: no server at all has. */
  noServer?(mode: string | null, region: string | null): void;
  error?(where: string, error: unknown): void;
  round?(durationMs: number): void;
}

export interface MatchmakerDependencies {
  records: Records;
  bus: Bus;
  clock: Clock;
  log: Logger;
  /** `Store.recordLostMatch`; may fail, and is tried again. */
  noteLost: (lost: LostRecord) => Promise<unknown>;
  observer?: MatchmakerObserver;
}

/** What fronts tell those who wait. */
export interface QueueStatistics {
  readonly modes: Readonly<Record<string, { readonly waiting: number; readonly estimateMs: number | null }>>;
}

/**
 * Forms matches, about once a second, while it leads. All that it knows it reads from the records: it may end at any
 * point, and another goes on.
 */
export class Matchmaker {
  readonly #tickets: Tickets;
  readonly #parties: Parties;
  readonly #matches: Matches;
  readonly #pool: Pool;
  readonly #leadership: Leadership;
  readonly #fronts = new Vitality(POOL.beatMs);
  readonly #decisions: DecisionLog | undefined;
  readonly #bytes: Bytes;
  readonly #modes: ReadonlyMap<string, QueueMode>;
  readonly #estimates = new Estimates();
  #line: Line | undefined;
  /** The fence under which the line was made. */
  #token = 0;
  #isLeader = false;
  #isClosed = false;
  #sweptMs = -Infinity;
  #round: Promise<void> | undefined;
  #cancelTimer = (): void => {};

  constructor(private readonly options: MatchmakerOptions, private readonly dependencies: MatchmakerDependencies) {
    const { records, bus, clock, log } = dependencies;
    this.#bytes = options.bytes ?? systemBytes;
    const bytes = { bytes: this.#bytes };
    this.#tickets = new Tickets({ modes: options.modes, regions: options.regions, ...bytes }, records, bus);
    this.#parties = new Parties(records, bus, bytes);
    this.#matches = new Matches(records, bus, bytes);
    this.#pool = new Pool(records, clock, options.accepts);
    this.#leadership = new Leadership(newId(this.#bytes), records, clock);
    this.#modes = new Map(options.modes.map((mode) => [mode.name, mode]));
    this.#decisions = options.decisions === undefined ? undefined : new DecisionLog(options.decisions, log);
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  start(): void {
    this.#schedule();
  }

  /** Lets another lead at once. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTimer();
    await this.#round;
    try {
      await this.#leadership.resign();
    } catch (error) {
      this.dependencies.log.debug({ err: error }, 'the lead was not given back; it ends by itself');
    }
    await this.#endLine();
  }

  /** As if the process had ended: for simulations and tests. */
  crash(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#line?.close();
    this.#line = undefined;
  }

  /** One round; what the timer does. Never throws. */
  async round(): Promise<void> {
    if (this.#isClosed) return undefined;
    return this.#round ??= this.#guardedRound().finally(() => { this.#round = undefined; });
  }

  #schedule(): void {
    this.#cancelTimer = this.dependencies.clock.after(ROUND_MS, () => {
      if (this.#isClosed) return;
      this.#schedule();
      void this.round();
    });
  }

  async #guardedRound(): Promise<void> {
    const began = this.dependencies.clock.now();
    const observer = this.dependencies.observer;
    try {
      const fence = await this.#leadership.lead();
      await this.#setLeader(fence);
      if (fence === undefined) return;
      await this.#lead(fence);
      observer?.round?.(this.dependencies.clock.now() - began);
    } catch (error) {
      if (this.#isClosed) return;
      if (error instanceof Deposed) {
        await this.#setLeader(undefined);
        return;
      }
      // What the line knows may differ from the records now.
      await this.#endLine();
      observer?.error?.('matchmaker', error);
      this.dependencies.log[error instanceof RecordsError ? 'warn' : 'error']({ err: error }, 'a round of the matchmaker failed; the next one starts afresh');
    }
  }

  async #setLeader(fence: Fence | undefined): Promise<void> {
    const isLeader = fence !== undefined;
    if (isLeader !== this.#isLeader) {
      this.#isLeader = isLeader;
      this.dependencies.log.info({ token: fence?.token }, isLeader ? 'this matchmaker leads' : 'another matchmaker leads');
      this.dependencies.observer?.leads?.(isLeader);
    }
    if (fence?.token === this.#token) return;
    this.#token = fence?.token ?? 0;
    await this.#endLine();
    this.#pool.reset();
    this.#fronts.reset();
  }

  async #lead(fence: Fence): Promise<void> {
    await this.#pool.refresh();
    await this.#loseServers(fence);
    await this.#settle(fence);
    const line = await this.#line_();
    await this.#readTickets(line);
    await this.#checkPresence(line);
    await this.#readOffers(line);
    // Without a place for any match, forming them only to take them apart again is idle work.
    const formed = this.#pool.hasRoom || line.hasOffers ? line.form(this.dependencies.records.now()) : [];
    if (formed.length === 0 && line.size > 1 && !this.#pool.hasRoom) this.dependencies.observer?.noServer?.(null, null);
    for (const match of formed) {
      await this.#leadership.renew();
      await this.#place(fence, line, match);
    }
    await this.#decisions?.append(line.drainLog().bytes);
    await this.#report(line);
    await this.#noteLost(fence);
    await this.#sweep();
  }

  async #line_(): Promise<Line> {
    if (this.#line !== undefined && this.#decisions?.isFull === true) await this.#endLine();
    if (this.#line !== undefined) return this.#line;
    await this.#decisions?.begin(this.dependencies.records.now(), this.#token);
    this.#line = new Line({
      modes: this.options.modes, regions: this.options.regions, limit: this.options.tickets ?? QUEUE.tickets,
      logLimit: this.#decisions?.limit ?? 0, ...(this.options.policy === undefined ? {} : { policy: this.options.policy }),
    }, this.dependencies.log);
    return this.#line;
  }

  async #endLine(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    if (line === undefined) return;
    if (this.#decisions !== undefined) {
      await this.#decisions.append(line.drainLog().bytes);
      await this.#decisions.close();
    }
    line.close();
  }

  async #loseServers(fence: Fence): Promise<void> {
    let hasLost = false;
    for (const server of this.#pool.servers()) {
      if (!server.isLost) continue;
      hasLost = true;
      let matches = 0;
      for (;;) {
        const lost = await this.#matches.loseServer(fence, server.id, server.incarnation, 'server_lost');
        matches += lost.matches.length;
        if (lost.isDone) break;
        await this.#leadership.renew();
      }
      this.dependencies.log.warn({ server: server.id, matches }, 'a game server is lost; its players are queued again');
      this.dependencies.observer?.serverLost?.(server.id, matches);
    }
    this.dependencies.observer?.pool?.(this.#pool.stats());
    if (hasLost) await this.#pool.refresh();
  }

  async #settle(fence: Fence): Promise<void> {
    const pending = [...(await this.#matches.pending()).keys()];
    const found = await this.#matches.matches(pending);
    const now = this.dependencies.records.now();
    for (const [at, id] of pending.entries()) {
      const match = found[at];
      const isDue = match === undefined
        || (match.state === 'assigned' && now - match.sinceMs > POOL.openMs)
        || (match.state === 'open' && now - match.sinceMs > POOL.arrivalMs)
        || Object.values(match.places).some(({ isPresent, dueMs }) => !isPresent && now > dueMs);
      if (!isDue) continue;
      await this.#leadership.renew();
      const outcome = await this.#matches.settle(fence, id, this.#modes.get(match?.mode ?? '')?.least ?? 2);
      if (outcome === 'given_up') this.dependencies.log.info({ match: id, state: match?.state, server: match?.serverId }, 'a match did not come about');
    }
  }

  async #readTickets(line: Line): Promise<void> {
    const ids = line.outdated(await this.#tickets.waiting());
    if (ids.length === 0) return;
    const found = await this.#tickets.tickets(ids);
    for (const ticket of found) if (ticket !== undefined) line.put(ticket);
  }

  async #checkPresence(line: Line): Promise<void> {
    const { records, clock } = this.dependencies;
    const fronts = await records.entries(FRONTS);
    this.#fronts.look(fronts, clock.now());
    for (const front of fronts.keys()) {
      if (this.#fronts.silentMs(front) > FORGOTTEN_MS) await records.transact(async (tx) => { tx.unlist(FRONTS, front); });
    }
    const isGone = (front: string): boolean => !this.#fronts.has(front) || this.#fronts.silentMs(front) > POOL.expiryMs;
    for (const { id, members } of [...line.tickets()]) {
      if (!members.some(({ front }) => front !== null && isGone(front))) continue;
      await this.#leadership.renew();
      await this.#tickets.frontLost(id, isGone);
      // As it is now it is read in the next round; nobody who is away is matched.
      line.remove(id);
    }
    for (const id of line.overdue(records.now())) {
      await this.#leadership.renew();
      if (await this.#tickets.expire(id)) line.remove(id);
    }
  }

  async #readOffers(line: Line): Promise<void> {
    const ids = line.outdatedOffers(await this.#matches.open());
    if (ids.length > 0) for (const match of await this.#matches.matches(ids)) if (match !== undefined) line.putOffer(match);
    line.offer((serverId) => this.#pool.takesPlayers(serverId));
  }

  async #place(fence: Fence, line: Line, formed: Engine.FormedMatch): Promise<void> {
    const ids = [...new Set(formed.seats.map(({ ticket }) => ticket))];
    const outcome = formed.running === null ? await this.#assign(fence, line, formed) : await this.#matches.backfill(fence, formed.running, formed.seats);
    if (formed.running !== null) line.withdraw(formed.running);
    if (outcome.outcome === 'assigned') {
      const waitedMs = ids.map((id) => formed.seats.find(({ ticket }) => ticket === id)!.waitedMs);
      this.#estimates.add(formed.mode, waitedMs);
      this.dependencies.observer?.formed?.({
        mode: formed.mode, chance: formed.chance, spread: formed.spread, isBackfill: formed.running !== null,
        waitedMs: formed.seats.map((seat) => seat.waitedMs),
      });
      for (const id of ids) line.remove(id);
      return;
    }
    if (outcome.outcome === 'stale') {
      // As they are now they are read in the next round.
      line.forget(outcome.tickets);
    } else if (formed.running === null) this.dependencies.observer?.noServer?.(formed.mode, formed.region);
    // In their own place of the line, which is before all that came later.
    line.restore(ids);
  }

  async #assign(fence: Fence, line: Line, formed: Engine.FormedMatch): Promise<Assigned> {
    const regions = this.#regionsFor(line, formed);
    const tried = new Set<string>();
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const server = this.#pool.choose(regions, tried);
      if (server === undefined) break;
      const assigned = await this.#matches.assign(fence, {
        matchId: newId(this.#bytes), mode: formed.mode, region: server.region, serverId: server.id, chance: formed.chance, seats: formed.seats,
      });
      if (assigned.outcome !== 'no_server') {
        if (assigned.outcome === 'assigned') this.#pool.took(server.id);
        return assigned;
      }
      tried.add(server.id);
    }
    return { outcome: 'no_server' };
  }

  /** The region it was formed for, then the others that everybody reaches, by the worst ping. */
  #regionsFor(line: Line, formed: Engine.FormedMatch): string[] {
    const worst = new Map<string, number>();
    const tickets = [...new Set(formed.seats.map(({ ticket }) => ticket))].map((id) => line.ticket(id));
    for (const region of this.options.regions) {
      const pings = tickets.map((ticket) => ticket?.pings[region] ?? 0);
      if (pings.every((ping) => ping > 0)) worst.set(region, Math.max(...pings));
    }
    worst.set(formed.region, 0);
    return [...worst.keys()].sort((a, b) => worst.get(a)! - worst.get(b)!);
  }

  async #report(line: Line): Promise<void> {
    const counts = new Map<string, number>(this.options.modes.map(({ name }) => [name, 0]));
    const players = new Map<string, number>();
    for (const { mode, members } of line.tickets()) {
      counts.set(mode, (counts.get(mode) ?? 0) + 1);
      players.set(mode, (players.get(mode) ?? 0) + members.length);
    }
    this.dependencies.observer?.queue?.(counts);
    const statistics: QueueStatistics = {
      modes: Object.fromEntries(this.options.modes.map(({ name }) => [name, { waiting: players.get(name) ?? 0, estimateMs: this.#estimates.of(name) }])),
    };
    await this.dependencies.records.transact(async (tx) => { tx.put(STATS_KEY, statistics); });
  }

  async #noteLost(fence: Fence): Promise<void> {
    for (const lost of await this.#matches.lost(LOST_BATCH)) {
      try {
        await this.dependencies.noteLost(lost);
      } catch (error) {
        this.dependencies.observer?.error?.('note_lost', error);
        // The database is away: in the next round again.
        if ((error as { kind?: unknown }).kind !== 'invalid') return;
        // It will never take this one, and others wait behind it.
        this.dependencies.log.error({ err: error, lost }, 'a lost match that cannot be noted');
      }
      await this.#leadership.renew();
      await this.#matches.noted(fence, lost.matchId);
    }
  }

  async #sweep(): Promise<void> {
    const now = this.dependencies.clock.now();
    if (now - this.#sweptMs < PARTY_SWEEP_MS) return;
    this.#sweptMs = now;
    await this.#parties.sweep();
  }
}
