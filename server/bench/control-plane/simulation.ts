import { MemoryBus } from '../../src/bus/index.js';
import { createLogger } from '../../src/logger.js';
import { Desk, Matchmaker } from '../../src/matchmaker/index.js';
import { ServerAgent, type MatchRecord, type ServerRecord } from '../../src/pool/index.js';
import { MemoryRecords, type Buffer } from '../../src/records/index.js';
import { newId, type PlayerRecord, type Ticket } from '../../src/tickets/index.js';
import { audit, seeded, seededBytes, type Place } from '../../test/control.js';
import { FaultyRecords } from '../../test/faulty-records.js';
import { SimulatedClock } from './clock.js';
import { SimulatedHost } from './host.js';
import { Measures, type Slice } from './measures.js';
import { SimulatedPlayer, type Town } from './player.js';
import { Results } from './results.js';

export interface SimulationOptions {
  hours: number;
  players: number;
  seed: number;
  /** Matches of one game server at most; default 25, the plan's. */
  capacity?: number;
  /** Mean hours between two crashes of one game server; default 12. */
  serverHours?: number;
  /** The same of one matchmaker with its front; default 4. */
  matchHours?: number;
  /** Hours between two deployments of everything; default 6. */
  deployHours?: number;
  /** After each simulated minute. */
  onMinute?: (done: number, slice: Slice | undefined) => void;
}

export interface SimulationReport {
  hours: number;
  players: number;
  seed: number;
  servers: number;
  simulatedSeconds: number;
  matchesBegun: number;
  matchesFinished: number;
  matchesLost: number;
  waits: { count: number; p50Ms: number; p90Ms: number; p99Ms: number; maxMs: number };
  serverCrashes: number;
  matchmakerCrashes: number;
  deployments: number;
  connectionsLost: number;
  recoveries: number;
  maxRecoveryMs: number;
  audits: number;
  commits: number;
  reasons: Record<string, number>;
  slices: Slice[];
  /** What must not be; empty: nothing of it was. */
  faults: string[];
}

interface Region {
  name: string;
  share: number;
  pings: Record<string, number>;
}

const REGIONS: readonly Region[] = [
  { name: 'eu', share: 0.5, pings: { eu: 25, us: 110, asia: 180 } },
  { name: 'us', share: 0.35, pings: { eu: 110, us: 30, asia: 160 } },
  { name: 'asia', share: 0.15, pings: { eu: 180, us: 160, asia: 35 } },
];
const MODES = [{ name: 'standard', least: 2, most: 8 }];
/** Matchmakers, each with a front. */
const PODS = 3;
const START_MS = Date.UTC(2026, 5, 1);
const MINUTE_MS = 60_000;
/** A wait is the patience of the queue, a round, a new leader's coming into office, and opening a match, at worst twice. */
const MAX_WAIT_MS = 60_000;
/** A server's loss is told within this; with a change of the leader at the same time, within twice of it. */
const MAX_RECOVERY_MS = 10_000;
const AUDIT_MINUTES = 10;
const DRAIN_MS = 15 * MINUTE_MS;

interface Pod {
  records: FaultyRecords;
  desk: Desk;
  matchmaker: Matchmaker;
}

interface GameServer {
  agent: ServerAgent;
  host: SimulatedHost;
  region: string;
  isLeaving: boolean;
}

/** The real control plane in simulated time: everything but the players, the matches and the passing of time is the program itself. */
export class Simulation {
  readonly #clock = new SimulatedClock(START_MS);
  readonly #random: () => number;
  readonly #bytes: ReturnType<typeof seededBytes>;
  readonly #log = createLogger(process.env['LOG_LEVEL'] ?? 'silent');
  readonly #bus = new MemoryBus(this.#log);
  readonly #records: MemoryRecords;
  readonly #place: Pick<Place, 'dump'>;
  readonly #results = new Results();
  readonly #measures = new Measures(this.#clock);
  readonly #pods: Pod[] = [];
  readonly #servers = new Map<string, GameServer>();
  readonly #players: SimulatedPlayer[] = [];
  readonly #ratings = new Map<string, { value: number; deviation: number }>();
  readonly #faults: string[] = [];
  readonly #regionServers: Map<string, number>;
  /** When a leader last ended. */
  #leaderEndedMs = -Infinity;
  #serverCount = 0;
  #version = 1;
  #counts = { serverCrashes: 0, matchmakerCrashes: 0, deployments: 0, audits: 0, commits: 0 };
  #isEnding = false;

  constructor(private readonly options: SimulationOptions) {
    this.#random = seeded(options.seed);
    this.#bytes = seededBytes(seeded(options.seed ^ 0x5eed));
    this.#records = new MemoryRecords(this.#clock, { onCommit: (buffer) => this.#check(buffer) });
    const records = this.#records;
    this.#place = {
      dump: async () => ({
        records: new Map([...records.keys()].map((key) => [key, records.peek(key)] as const).filter(([, value]) => value !== undefined)),
        indexes: new Map(['waiting', 'parties', 'servers', 'pending', 'open', 'lost', 'fronts'].map((index) => [index, new Map(records.peekIndex(index))])),
      }),
    };
    const capacity = options.capacity ?? 25;
    // Full matches of all players, and a third more: for smaller matches, and servers that drain or are gone.
    this.#regionServers = new Map(REGIONS.map(({ name, share }) => [name, Math.max(2, Math.ceil((options.players * share * 1.35) / (8 * capacity)))]));
  }

  async run(): Promise<SimulationReport> {
    const { hours, players, onMinute } = this.options;
    for (let i = 0; i < PODS; i++) await this.#startPod();
    for (const [region, count] of this.#regionServers) for (let i = 0; i < count; i++) await this.#startServer(region);
    this.#invite(players);
    this.#planDeployments();
    const endMs = START_MS + hours * 3_600_000;
    let minute = 0;
    await this.#clock.run(endMs, MINUTE_MS, async () => {
      minute++;
      this.#lookAtPlayers();
      if (minute % AUDIT_MINUTES === 0) await this.#audit();
      const slice = minute % 15 === 0 ? this.#measures.slice(minute / 60) : undefined;
      this.#maybeCrash();
      onMinute?.(minute / (hours * 60), slice);
    });
    await this.#wrapUp(endMs);
    return this.#report();
  }

  /** Whatever still runs is lost in the end, with its servers: nothing may be left over. */
  async #wrapUp(endMs: number): Promise<void> {
    this.#isEnding = true;
    for (const server of this.#servers.values()) {
      server.host.die();
      server.agent.crash();
    }
    this.#servers.clear();
    await this.#clock.run(endMs + MINUTE_MS, MINUTE_MS, async () => {});
    await this.#audit();
    this.#faults.push(...this.#results.check());
    const { waits } = this.#measures;
    if (waits.maxMs > MAX_WAIT_MS) this.#fault(`somebody waited ${waits.maxMs} ms, more than ${MAX_WAIT_MS}`);
    for (const pod of this.#pods) {
      pod.desk.crash();
      pod.matchmaker.crash();
    }
  }

  #report(): SimulationReport {
    const { hours, players, seed } = this.options;
    return {
      hours, players, seed, servers: [...this.#regionServers.values()].reduce((sum, count) => sum + count, 0), simulatedSeconds: hours * 3600,
      matchesBegun: this.#results.begun.size, matchesFinished: this.#results.finished.size, matchesLost: this.#results.lost.size,
      waits: this.#measures.waits, ...this.#counts, connectionsLost: this.#measures.drops,
      recoveries: this.#measures.recoveries, maxRecoveryMs: Math.round(this.#measures.maxRecoveryMs),
      reasons: Object.fromEntries([...this.#measures.reasons].sort()), slices: this.#measures.slices, faults: this.#faults,
    };
  }

  async #startPod(): Promise<void> {
    const records = new FaultyRecords(this.#records, Infinity, 'before', () => this.#podEnded(pod));
    const shared = { records, bus: this.#bus, clock: this.#clock, log: this.#log };
    const settings = { modes: MODES, regions: REGIONS.map(({ name }) => name), bytes: this.#bytes };
    const pod: Pod = {
      records,
      desk: new Desk({ ...settings, sessions: 2 * this.options.players, lookMs: 300_000 }, {
        ...shared, newcomer: { value: 1500, deviation: 350 }, tokenLifeMs: 30_000,
        ratings: async (ids) => new Map(ids.map((id) => [id, this.#ratings.get(id)!])),
        issue: async ({ playerId, matchId }) => `${playerId} ${matchId}`,
        observer: { error: (where, error) => { if (!pod.records.hasEnded) this.#fault(`front, ${where}: ${String(error)}`); } },
      }),
      matchmaker: new Matchmaker({ ...settings, accepts: (version) => Number(version) >= this.#version - 1 }, {
        ...shared, noteLost: async (lost) => this.#results.note(lost),
        observer: { error: (where, error) => { if (!pod.records.hasEnded) this.#fault(`${where}: ${String(error)}`); } },
      }),
    };
    await pod.desk.start();
    pod.matchmaker.start();
    this.#pods.push(pod);
  }

  /** In the middle of something; what it was about to write is not written, or written and never answered. */
  #podEnded(pod: Pod): void {
    this.#counts.matchmakerCrashes++;
    this.#measures.crashed();
    if (pod.matchmaker.isLeader) this.#leaderEndedMs = this.#clock.now();
    // Not within what it is doing.
    this.#clock.after(0, () => {
      pod.desk.crash();
      pod.matchmaker.crash();
      this.#removePod(pod);
      this.#clock.after(8000, () => { void this.#startPod(); });
    });
  }

  #removePod(pod: Pod): void {
    const at = this.#pods.indexOf(pod);
    if (at !== -1) this.#pods.splice(at, 1);
    for (const player of this.#players) player.cutOff(pod.desk);
  }

  async #startServer(region: string): Promise<void> {
    const capacity = this.options.capacity ?? 25;
    const id = `${region}-${++this.#serverCount}`;
    const host = new SimulatedHost(this.#clock, this.#random, this.#results, capacity);
    const agent = new ServerAgent({ id, url: `https://${id}.game.test/`, region, version: String(this.#version), capacity }, host, {
      records: this.#records, bus: this.#bus, clock: this.#clock, log: this.#log, bytes: this.#bytes,
    });
    host.agent = agent;
    this.#servers.set(id, { agent, host, region, isLeaving: false });
    await agent.start();
  }

  #crashServer(id: string): void {
    const server = this.#servers.get(id);
    if (server === undefined) return;
    this.#counts.serverCrashes++;
    this.#measures.crashed();
    this.#measures.serverEnded(this.#records.peek<ServerRecord>(`server:${id}`)?.matches ?? [], this.#clock.now());
    server.host.die();
    server.agent.crash();
    this.#servers.delete(id);
    this.#clock.after(20_000, () => { if (!this.#isEnding) void this.#startServer(server.region); });
  }

  #maybeCrash(): void {
    const { serverHours = 12, matchHours = 4 } = this.options;
    for (const [id, { isLeaving }] of [...this.#servers]) {
      if (!isLeaving && this.#random() < 1 / (60 * serverHours)) this.#clock.after(MINUTE_MS * this.#random(), () => this.#crashServer(id));
    }
    if (this.#pods.length < PODS) return;
    for (const pod of this.#pods) {
      if (this.#random() < 1 / (60 * matchHours)) pod.records.endIn(1 + Math.floor(400 * this.#random()), this.#random() < 0.5 ? 'before' : 'after');
    }
  }

  #planDeployments(): void {
    const everyMs = (this.options.deployHours ?? 6) * 3_600_000;
    const deploy = (): void => {
      if (this.#isEnding) return;
      this.#counts.deployments++;
      this.#version++;
      let delay = 0;
      for (const [id, { region }] of this.#servers) {
        this.#clock.after(delay, () => { void this.#replaceServer(id, region); });
        delay += 5000;
      }
      for (const pod of this.#pods) {
        this.#clock.after(delay, () => { void this.#replacePod(pod); });
        delay += 30_000;
      }
      this.#clock.after(everyMs, deploy);
    };
    this.#clock.after(everyMs, deploy);
  }

  /** A new one first; the old one plays on what it has, up to a time. */
  async #replaceServer(id: string, region: string): Promise<void> {
    const server = this.#servers.get(id);
    if (server === undefined || this.#isEnding) return;
    await this.#startServer(region);
    server.isLeaving = true;
    await server.agent.drain();
    const untilMs = this.#clock.now() + DRAIN_MS;
    const look = (): void => {
      if (this.#servers.get(id) !== server) return;
      if (server.agent.matches > 0 && this.#clock.now() < untilMs) return void this.#clock.after(5000, look);
      this.#servers.delete(id);
      void server.agent.close().then(() => server.host.die());
    };
    look();
  }

  async #replacePod(pod: Pod): Promise<void> {
    if (!this.#pods.includes(pod) || pod.records.hasEnded) return;
    await this.#startPod();
    await Promise.all([pod.matchmaker.close(), pod.desk.close()]);
    this.#removePod(pod);
  }

  #invite(count: number): void {
    const town: Town = {
      clock: this.#clock, random: this.#random, measures: this.#measures,
      lossTold: (...loss) => this.#lossTold(...loss),
      desk: () => {
        const up = this.#pods.filter(({ records }) => !records.hasEnded);
        return up[Math.floor(this.#random() * up.length)]?.desk;
      },
      server: (id) => this.#servers.get(id)?.agent,
      // Evenings and nights.
      eagerness: () => 1 + 0.8 * Math.sin((2 * Math.PI * (this.#clock.now() - START_MS)) / 86_400_000),
    };
    while (this.#players.length < count) {
      const region = this.#pickRegion();
      const pings = Object.fromEntries(Object.entries(region.pings).map(([name, ping]) => [name, Math.round(ping * (0.7 + 0.6 * this.#random()))]));
      // A quarter of all has friends to play with.
      const size = this.#random() < 0.1 ? 2 + Math.floor(3 * this.#random()) : 1;
      const group = Array.from({ length: Math.min(size, count - this.#players.length) }, () => new SimulatedPlayer(newId(this.#bytes), pings, town));
      for (const player of group) {
        player.friends = group.filter((other) => other !== player);
        this.#ratings.set(player.id, { value: 1500 + 300 * this.#normal(), deviation: 40 + 160 * this.#random() });
        this.#players.push(player);
        this.#measures.moved('offline', 'offline');
        this.#measures.states['offline']!++;
        this.#clock.after(5 * MINUTE_MS * this.#random(), () => player.connect());
      }
    }
  }

  #pickRegion(): Region {
    let at = this.#random();
    for (const region of REGIONS) if ((at -= region.share) < 0) return region;
    return REGIONS[0]!;
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }

  /** Nobody hangs: neither in the queue nor in a match that is no more. */
  #lookAtPlayers(): void {
    for (const player of this.#players) {
      if (player.state === 'queue' && player.stillMs > 2 * MAX_WAIT_MS) this.#fault(`player ${player.id} has waited for ${player.stillMs} ms`);
      if (player.state === 'match' && player.stillMs > 20 * MINUTE_MS) this.#fault(`player ${player.id} has been in a match for ${player.stillMs} ms`);
      if (player.state === 'match' && player.stillMs > 2 * MINUTE_MS && this.#records.peek<PlayerRecord>(`player:${player.id}`)?.at == null) {
        this.#fault(`player ${player.id} is told to be in a match, and is nowhere`);
      }
    }
  }

  #lossTold(matchId: string, reason: string, onlineMs: number): void {
    const told = this.#measures.lossTold(matchId, reason, onlineMs);
    if (told === undefined) return;
    const limitMs = this.#leaderEndedMs > told.sinceMs - MAX_RECOVERY_MS ? 2 * MAX_RECOVERY_MS : MAX_RECOVERY_MS;
    if (told.tookMs > limitMs) this.#fault(`the loss of match ${matchId} was told after ${told.tookMs} ms`);
  }

  async #audit(): Promise<void> {
    this.#counts.audits++;
    try {
      await audit(this.#place);
    } catch (error) {
      this.#fault((error as Error).message);
    }
  }

  /** Of everything that was just written: nobody twice, nobody lost, nothing over its limit. */
  #check(buffer: Buffer): void {
    this.#counts.commits++;
    for (const [key, { value }] of buffer.writes) {
      if (value === undefined) continue;
      if (key.startsWith('server:')) {
        const server = value as ServerRecord;
        if (server.matches.length > server.capacity) this.#fault(`server ${server.id} has ${server.matches.length} matches of ${server.capacity}`);
      } else if (key.startsWith('match:')) {
        const match = value as MatchRecord;
        for (const id of Object.keys(match.places)) {
          const at = this.#records.peek<PlayerRecord>(`player:${id}`)?.at;
          if (at == null || !('match' in at) || at.match !== match.id) this.#fault(`match ${match.id} has ${id}, who is elsewhere`);
        }
      } else if (key.startsWith('ticket:')) {
        const ticket = value as Ticket;
        for (const { id } of ticket.members) {
          const at = this.#records.peek<PlayerRecord>(`player:${id}`)?.at;
          if (at == null || !('ticket' in at) || at.ticket !== ticket.id) this.#fault(`ticket ${ticket.id} has ${id}, who is elsewhere`);
        }
      } else if (key.startsWith('player:')) {
        const { at } = value as PlayerRecord;
        if (at === null) continue;
        const id = key.slice('player:'.length);
        const isThere = 'ticket' in at
          ? this.#records.peek<Ticket>(`ticket:${at.ticket}`)?.members.some((member) => member.id === id) === true
          : this.#records.peek<MatchRecord>(`match:${at.match}`)?.places[id] !== undefined;
        if (!isThere) this.#fault(`player ${id} is said to be where they are not`);
      }
    }
  }

  #fault(what: string): void {
    if (this.#faults.length < 50) this.#faults.push(`${((this.#clock.now() - START_MS) / 3_600_000).toFixed(3)} h: ${what}`);
  }
}
