import type { IncomingMessage, ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Counters } from '../counters.js';
import type { PlayerState } from '../player-state.js';
import { PlainHistogram } from './plain-histogram.js';

/** Of the players' round trips, milliseconds. */
const LATENCY_BUCKETS = [10, 20, 30, 50, 100, 200, 500];
/** Seconds; a period of 60 steps a second is 16.7 ms. */
const TICK_BUCKETS = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.25, 0.5, 1];
/** Bytes of one state to one player. */
const SNAPSHOT_BUCKETS = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 65_536];
const WAIT_BUCKETS = [1, 2, 5, 10, 15, 20, 25, 30, 45, 60, 120];
const CHANCE_BUCKETS = [0.5, 0.525, 0.55, 0.575, 0.6, 0.65, 0.7, 0.8, 0.9, 1];

export type ServerState = 'ready' | 'draining' | 'lost';
export type GaugeState = 'menu' | 'matchmaking' | 'in_match' | 'post_match';

/** What is read when somebody asks for the metrics. All are optional: a role has what it has. */
export interface MetricSources {
  activeMatches?(): number;
  /** Matches at most. */
  capacity?(): number;
  connections?(): number;
  players?(): Readonly<Record<GaugeState, number>>;
  outboxEntries?(): number;
}

const STATES: readonly GaugeState[] = ['menu', 'matchmaking', 'in_match', 'post_match'];
/** Of the state table, to the metrics' own. */
export const GAUGE_STATE: Record<PlayerState, GaugeState> = {
  menu: 'menu', matchmaking: 'matchmaking', in_match: 'in_match', after_match: 'post_match',
};

/**
 * All metrics of a process, of every role: a role leaves at 0 what it has nothing of, so that rules and dashboards find
 * each of them everywhere. Names end in their unit. What is counted in each tick goes into plain numbers
 * (`PlainHistogram`, `Counters`) and is put into words only when somebody asks.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #sources: MetricSources[] = [];
  readonly #tickDuration: PlainHistogram;
  readonly #tickLateness: PlainHistogram;
  readonly #snapshotBytes: PlainHistogram;
  readonly #latency: PlainHistogram;
  readonly #winChance: PlainHistogram;
  readonly #refused: Counter<'event' | 'reason'>;
  readonly #evidence: Counter<'kind'>;
  readonly #queueTickets: Gauge<'mode'>;
  readonly #queueWait: Histogram<'mode'>;
  readonly #formed: Counter<'mode'>;
  readonly #gameServers: Gauge<'state'>;
  readonly #outboxFailures: Counter;
  readonly #matchesLost: Counter;
  #requestsOk = 0;
  #requestsFailed = 0;

  /** @param counters the process' own counts, of which some are metrics: all that end in `_failed` are errors */
  constructor(labels: { region: string; role: string }, counters: Counters) {
    const { registry } = this;
    registry.setDefaultLabels(labels);
    collectDefaultMetrics({ register: registry });
    const registers = [registry];
    const sources = this.#sources;
    const sum = (of: (source: MetricSources) => number | undefined): number => sources.reduce((total, each) => total + (of(each) ?? 0), 0);
    const gauge = (name: string, help: string, of: (source: MetricSources) => number | undefined): void => {
      new Gauge({ name, help, registers, collect() { this.set(sum(of)); } });
    };
    const counted = (name: string, help: string, counter: string): void => {
      new Counter({
        name, help, registers,
        collect() {
          this.reset();
          this.inc(counters.get(counter));
        },
      });
    };
    const plain = (name: string, help: string, buckets: number[]): PlainHistogram => new PlainHistogram({ name, help, buckets, registry });

    gauge('trespasser_active_matches', 'Matches being played here', (source) => source.activeMatches?.());
    gauge('trespasser_server_capacity_matches', 'Matches that this server takes at most', (source) => source.capacity?.());
    gauge('trespasser_connections', 'Clients connected', (source) => source.connections?.());
    gauge('trespasser_outbox_entries', 'Results, evidence and replays that the database has not taken yet', (source) => source.outboxEntries?.());
    new Gauge({
      name: 'trespasser_players', help: 'Clients, by where they are', labelNames: ['state'], registers,
      collect() {
        for (const state of STATES) this.set({ state }, sum((source) => source.players?.()[state]));
      },
    });
    this.#tickDuration = plain('trespasser_tick_duration_seconds', 'What a step of all matches took', TICK_BUCKETS);
    this.#tickLateness = plain('trespasser_tick_lateness_seconds', 'From when a step was due to its begin', TICK_BUCKETS);
    counted('trespasser_ticks_skipped_total', 'Steps given up because the process was too far behind', 'loop_steps_skipped');
    this.#snapshotBytes = plain('trespasser_snapshot_bytes', 'Of one state to one player, over the wire or as JSON', SNAPSHOT_BUCKETS);
    this.#latency = plain('trespasser_player_latency_ms', 'Round trips to players, measured by the connection\'s own ping', LATENCY_BUCKETS);
    counted('trespasser_wall_destructions_total', 'Slices of walls shot away', 'slice_destroyed');
    this.#queueTickets = new Gauge({ name: 'trespasser_queue_tickets', help: 'Tickets that wait', labelNames: ['mode'], registers });
    this.#queueWait = new Histogram({
      name: 'trespasser_queue_wait_seconds', help: 'From asking for a match to having a place in one', labelNames: ['mode'], buckets: WAIT_BUCKETS, registers,
    });
    this.#formed = new Counter({ name: 'trespasser_matches_formed_total', help: 'Matches formed', labelNames: ['mode'], registers });
    this.#winChance = plain('trespasser_match_win_chance', 'Predicted chance of the favourite of a match', CHANCE_BUCKETS);
    this.#evidence = new Counter({ name: 'trespasser_evidence_total', help: 'Pieces of evidence against players', labelNames: ['kind'], registers });
    this.#refused = new Counter({
      name: 'trespasser_refused_events_total', help: 'What clients asked for and did not get', labelNames: ['event', 'reason'], registers,
    });
    new Counter({
      name: 'trespasser_errors_total', help: 'Faults of ours', labelNames: ['where'], registers,
      collect() {
        this.reset();
        for (const [name, count] of Object.entries(counters.all())) {
          const where = /^([a-z_]+?)_failed$/.exec(name)?.[1];
          if (where !== undefined && !where.includes('_failed')) this.inc({ where }, count);
        }
      },
    });
    const requests = { ok: () => this.#requestsOk, error: () => this.#requestsFailed };
    new Counter({
      name: 'trespasser_requests_total', help: 'Requests over HTTP and events other than inputs, by outcome', labelNames: ['outcome'], registers,
      collect() {
        this.reset();
        this.inc({ outcome: 'ok' }, requests.ok());
        this.inc({ outcome: 'error' }, requests.error());
      },
    });
    this.#gameServers = new Gauge({ name: 'trespasser_game_servers', help: 'Game servers, as the leading matchmaker sees them', labelNames: ['state'], registers });
    this.#outboxFailures = new Counter({ name: 'trespasser_outbox_failures_total', help: 'Attempts of disk or database to take an entry that failed', registers });
    counted('trespasser_replay_write_failures_total', 'Recordings that ended early', 'replay_failed');
    counted('trespasser_replay_bytes_total', 'Bytes of recordings written', 'replay_bytes');
    this.#matchesLost = new Counter({ name: 'trespasser_matches_lost_total', help: 'Matches whose server was lost', registers });
    for (const state of ['ready', 'draining', 'lost'] as const) this.#gameServers.set({ state }, 0);
  }

  /** Adds what a part of the process has to tell. Sources of the same kind add up. */
  watch(sources: MetricSources): void {
    this.#sources.push(sources);
  }

  tick(latenessMs: number, durationMs: number): void {
    this.#tickLateness.record(latenessMs / 1000);
    this.#tickDuration.record(durationMs / 1000);
  }

  snapshot(bytes: number): void {
    this.#snapshotBytes.record(bytes);
  }

  latency(roundTripMs: number): void {
    this.#latency.record(roundTripMs);
  }

  request(isOk: boolean): void {
    if (isOk) this.#requestsOk++;
    else this.#requestsFailed++;
  }

  /** @param event of the protocol; names that clients make up are `unknown` */
  refused(event: string, reason: string): void {
    this.#refused.inc({ event, reason });
  }

  evidence(kind: string): void {
    this.#evidence.inc({ kind });
  }

  queue(tickets: ReadonlyMap<string, number>): void {
    for (const [mode, count] of tickets) this.#queueTickets.set({ mode }, count);
  }

  /** @param chance predicted, of either team; @param waitedMs of each player */
  formed({ mode, chance, isBackfill, waitedMs }: { mode: string; chance: number; isBackfill: boolean; waitedMs: readonly number[] }): void {
    for (const ms of waitedMs) this.#queueWait.observe({ mode }, ms / 1000);
    if (isBackfill) return;
    this.#formed.inc({ mode });
    this.#winChance.record(Math.max(chance, 1 - chance));
  }

  gameServers(counts: Readonly<Record<ServerState, number>>): void {
    for (const state of ['ready', 'draining', 'lost'] as const) this.#gameServers.set({ state }, counts[state]);
  }

  matchesLost(count: number): void {
    this.#matchesLost.inc(count);
  }

  outboxFailed(): void {
    this.#outboxFailures.inc();
  }

  /** Counts a response once it has ended: 5xx are ours, but for 503, which says that somebody should ask elsewhere. */
  watchResponse(response: ServerResponse): void {
    response.once('finish', () => this.request(response.statusCode < 500 || response.statusCode === 503));
  }

  /** Answers `/metrics`. */
  route(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
    return async (_, response) => {
      const text = await this.text();
      response.writeHead(200, { 'Content-Type': this.registry.contentType, 'Cache-Control': 'no-store' }).end(text);
    };
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Ends what measures by itself. */
  close(): void {
    this.registry.clear();
  }
}
