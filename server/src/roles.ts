import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { Server as SocketServer } from 'socket.io';
import {
  clientAddress, createAccounts, createGameTickets, createRateLimits, loadTokenKeys, MemoryTokenUses, RedisTokenUses, TICKET_LIFE_MS,
  type GameTickets, type TokenKeys,
} from './accounts/index.js';
import { connectAgones, noFleet, type Fleet } from './agones/index.js';
import { MemoryBus, RedisBus, type Bus } from './bus/index.js';
import { systemClock, type Clock } from './clock.js';
import type { Config } from './config.js';
import { Counters } from './counters.js';
import { engine } from './engine.js';
import { frontHttp } from './front-http.js';
import { startFrontServer } from './front-server.js';
import { admit, Guard, Hosting, ReplayShelf } from './hosting/index.js';
import { LaterStore } from './later-store.js';
import type { Logger } from './logger.js';
import { attachFront, Desk, Matchmaker, RegionGuide } from './matchmaker/index.js';
import { Metrics } from './observe/index.js';
import { deliverLeftovers, openOutbox, type Outbox } from './outbox/index.js';
import { ServerAgent } from './pool/index.js';
import { MemoryRecords, RedisRecords, type Records } from './records/index.js';
import { connectRedis } from './redis.js';
import { openReplayDirectory, openS3Replays, type ReplayStore } from './replays/index.js';
import { startServer, type RunningServer } from './server.js';
import { openStorage, openStore } from './store/index.js';

/** What can be played, and by how many. */
export const MODES = [{ name: 'duel', least: 2, most: 2 }, { name: 'standard', least: 2, most: 8 }];

/** Milliseconds until what another service refused is tried again. */
const RETRY_MS = 1000;
/** Milliseconds that a server which ends waits for its results to be delivered. */
const FLUSH_MS = 10_000;
const LEFTOVERS_MS = 30_000;
/** Milliseconds in which a load balancer sees that a matchmaker is not ready any more. */
const LINGER_MS = 5000;

export interface RunningRole {
  readonly url: string;
  readonly adminPort: number;
  /** What plays matches; undefined: the role plays none. */
  readonly server: RunningServer | undefined;
  /** No new players and no new matches. Settles when the running ones have been played out, or after `DRAIN_SECONDS`. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface RoleOptions {
  clock?: Clock;
  /** The process is of no more use. */
  onFatal?: (error: unknown) => void;
  /** Whoever runs this process wants it gone, other than by a signal. */
  onShutdown?: () => void;
}

/**
 * Puts a process together, by its role. Opened in this order, and closed in the other one:
 *
 * 1. what all share: token keys, Redis or this process' memory
 * 2. the store, in the background: nobody who plays waits for a database
 * 3. `game`, `all`: outbox, recordings, the server that plays; then it joins the pool
 * 4. `match`, `all`: accounts, the desk that players come to, the matchmaker
 *
 * Without matchmaking there is the server that plays, and nothing else.
 */
export async function startRole(config: Config, log: Logger, options: RoleOptions = {}): Promise<RunningRole> {
  const counters = new Counters();
  const metrics = new Metrics({ region: config.region, role: config.role }, counters);
  const { clock = systemClock, onFatal } = options;
  const base: Base = { config, log, clock, counters, metrics, onFatal, onShutdown: options.onShutdown };
  if (!config.matchmaking) return startAlone(base);

  const closing: Closing[] = [];
  const context: Context = { ...base, closing, isClosed: false };
  const close = async (): Promise<void> => {
    if (context.isClosed) return;
    context.isClosed = true;
    for (const end of closing.reverse()) {
      try {
        await end();
      } catch (error) {
        log.error({ err: error }, 'something did not end well');
      }
    }
    metrics.close();
  };
  try {
    const shared = await openShared(context);
    const game = config.role === 'match' ? undefined : await startGame(context, shared);
    const front = config.role === 'game' ? undefined : await startFront(context, shared, game);
    game?.setHttp(front?.http);
    return {
      url: game?.server.url ?? front!.url,
      adminPort: game?.server.adminPort ?? front!.adminPort!,
      server: game?.server,
      async drain() {
        await Promise.all([front?.drain(), game?.drain()]);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Base {
  config: Config;
  log: Logger;
  clock: Clock;
  counters: Counters;
  metrics: Metrics;
  onFatal: ((error: unknown) => void) | undefined;
  onShutdown: (() => void) | undefined;
}

type Closing = () => Promise<void> | void;

interface Context extends Base {
  readonly closing: Closing[];
  isClosed: boolean;
}

interface Shared {
  keys: TokenKeys;
  redis: Redis | undefined;
  records: Promise<Records>;
  bus: Bus;
  later: LaterStore;
  tickets: GameTickets;
}

async function startAlone(base: Base): Promise<RunningRole> {
  const { config, log, clock, counters, metrics, onFatal } = base;
  const replays = await openReplays(base);
  try {
    const server = await startServer(config, log, {
      clock, counters, metrics, addressOf: addressOf(config),
      ...(replays === undefined ? {} : { recordingShelf: replays }),
      companions: (world) => (config.guard ? [watchfulness({ world, log, counters, metrics, clock })] : []),
      ...(onFatal === undefined ? {} : { onFatal }),
    });
    return {
      url: server.url, adminPort: server.adminPort, server, drain: () => server.drain(),
      async close() {
        await server.close();
        await replays?.close();
        metrics.close();
      },
    };
  } catch (error) {
    await replays?.close();
    throw error;
  }
}

async function openShared(context: Context): Promise<Shared> {
  const { config, log, clock, closing } = context;
  const keys = await loadTokenKeys(config.tokenSecret, config.dataDir);
  const redis = config.redisUrl === undefined ? undefined : connectRedis(config.redisUrl, log.child({ component: 'redis' }));
  if (redis !== undefined) closing.push(() => redis.disconnect());
  const busLog = log.child({ component: 'bus' });
  const bus = redis === undefined ? new MemoryBus(busLog) : new RedisBus(redis, busLog);
  closing.push(() => bus.close());
  const records: Promise<Records> = redis === undefined
    ? Promise.resolve(new MemoryRecords(clock))
    : again(context, 'the records in Redis cannot be had yet', () => RedisRecords.open(redis, clock));
  let opened: Records | undefined;
  records.then((found) => { opened = found; }, () => {});
  closing.push(() => opened?.close());
  const uses = redis === undefined ? new MemoryTokenUses(clock) : new RedisTokenUses(redis, clock, {
    onFailure: (error) => log.warn({ component: 'accounts', err: error }, 'a token\'s use is remembered here alone'),
  });
  const later = new LaterStore();
  closing.push(() => later.close());
  openLater(context, later);
  return { keys, redis, records, bus, later, tickets: createGameTickets(keys, { uses, clock }) };
}

/** The database comes up while people play already. */
function openLater(context: Context, later: LaterStore): void {
  const { config, clock } = context;
  const log = context.log.child({ component: 'store' });
  const { databaseUrl, dataDir } = config;
  const open = async (): Promise<void> => {
    // A game server plays without the database, and leaves the schema to the matchmaker.
    if (config.role === 'game' && databaseUrl !== undefined) {
      const store = await openStore({ databaseUrl, connect: 'later' }, { log, clock });
      return later.open({ store, databaseUrl, close: () => store.close() });
    }
    const began = clock.now();
    const storage = await openStorage({ databaseUrl, dataDir }, { log, clock });
    if (context.isClosed) return storage.close();
    later.open(storage);
    log.info({ embedded: databaseUrl === undefined, ms: Math.round(clock.now() - began) }, 'the database is there');
    return undefined;
  };
  const opening = databaseUrl !== undefined ? again(context, 'the database is away', open) : open().catch((error: unknown) => {
    later.give('the embedded database has not started');
    context.counters.add('database_failed');
    log.error(
      { err: error },
      'The embedded PostgreSQL does not start: there are no rankings and no history now. Matches go on, and their results wait in the outbox '
      + `(${join(dataDir, 'outbox')}) until a server with a database starts on this folder. What to do: see the reason above, or set DATABASE_URL to a PostgreSQL of your own`,
    );
  });
  // What is opening as the process ends is closed then.
  context.closing.push(async () => { if (databaseUrl === undefined) await opening; });
  opening.catch(() => {});
}

interface Game {
  server: RunningServer;
  replays: ReplayStore | undefined;
  drain(): Promise<void>;
  setHttp(http: HttpFirst | undefined): void;
}

type HttpFirst = (request: IncomingMessage, response: ServerResponse) => boolean;

async function startGame(context: Context, { records, bus, later, tickets }: Shared): Promise<Game> {
  const { config, log, clock, counters, metrics, closing, onFatal, onShutdown } = context;
  // Stable, so that a process that starts anew finds its outbox, and the pool sees that the old one has ended.
  const serverId = `${hostname().replace(/[^\w.-]/g, '-').slice(0, 48)}-${config.port === 0 ? randomBytes(4).toString('hex') : config.port}`;
  const outbox = await openServersOutbox(context, later, serverId);
  const replays = await openReplays(context, (matchIds) => forgetReplays(context, later, matchIds));
  if (replays !== undefined) closing.push(() => replays.close());
  const hosting: Hosting = new Hosting({
    outbox, log: log.child({ component: 'hosting' }), clock, counters, killTarget: config.killTarget, lobbyUrl: config.lobbyUrl ?? null,
    onMatches: (count) => fleet.matches(count),
  });
  let fleet: Fleet = noFleet;
  let agent: ServerAgent | undefined;
  let http: HttpFirst | undefined;
  const shelf = replays === undefined ? undefined : new ReplayShelf(replays, (matchId, replay) => { void hosting.replayWritten(matchId, replay); });

  const server = await startServer(config, log, {
    clock, counters, metrics,
    addressOf: addressOf(config),
    ...(shelf === undefined ? {} : { recordingShelf: shelf }),
    ...(onFatal === undefined ? {} : { onFatal }),
    httpFirst: (request, response) => http?.(request, response) ?? false,
    unready: () => (agent?.isHeard === true ? undefined : 'not in the pool of game servers'),
    entrance: {
      admit: (socket) => admit(socket, {
        tickets, serverId, takesStrangers: true, admits: (ticket) => agent?.admits(ticket) ?? false,
        refused: (code) => metrics.refused('connection', code),
      }),
      enter: (session, { matchId, playerId }) => hosting.enter(session, matchId, playerId),
    },
    companions: (world) => [hosting, ...(config.guard ? [watchfulness({ world, log, counters, metrics, clock }, hosting, outbox)] : [])],
  });
  closing.push(() => server.close());

  const busy = busyShare(server, clock);
  agent = new ServerAgent({
    id: serverId, url: config.publicUrl ?? `http://${config.host === '0.0.0.0' ? 'localhost' : config.host}:${server.port}`,
    region: config.region, version: engine.version, capacity: config.maxMatches,
  }, hosting, { records: await records, bus, clock, log: log.child({ component: 'pool' }) });
  hosting.attach({ lobbies: server.lobbies, world: server.world, session: (memberId) => server.session(memberId), load: busy }, agent);

  const joining = (async () => {
    if (config.agones) {
      fleet = await connectAgones({ capacity: config.maxMatches }, {
        log: log.child({ component: 'agones' }), clock,
        isHealthy: beatsOf(server),
        ...(onShutdown === undefined ? {} : { onShutdown }),
      });
    }
    await again(context, 'the pool cannot be joined yet', () => agent!.start());
    fleet.ready();
    log.info({ component: 'pool', server: serverId, region: config.region }, 'in the pool of game servers');
  })();
  joining.catch((error: unknown) => { if (!context.isClosed) onFatal?.(error); });
  closing.push(async () => {
    // Matches that still run are given up, and what has ended is on its way first.
    await agent!.close().catch((error: unknown) => log.warn({ component: 'pool', err: error }, 'the pool was not told that this server ends; it will miss it'));
    await outbox.flush(later.isOpen ? FLUSH_MS : 0);
    fleet.close();
  });
  return {
    server, replays,
    async drain() {
      await agent!.drain();
      await server.drain();
      await outbox.flush(FLUSH_MS);
      await fleet.shutdown();
    },
    setHttp(first) { http = first; },
  };
}

async function openServersOutbox(context: Context, later: LaterStore, serverId: string): Promise<Outbox> {
  const { config, clock, metrics, closing } = context;
  const log = context.log.child({ component: 'outbox' });
  const options = { folder: join(config.dataDir, 'outbox'), onFailure: () => metrics.outboxFailed() };
  const dependencies = { store: later.store, log, clock };
  const outbox = await openOutbox({ ...options, serverId }, dependencies);
  closing.push(() => outbox.close());
  metrics.watch({ outboxEntries: () => outbox.pending });
  // When there is a database to deliver to.
  const sweep = async (): Promise<void> => {
    while (!later.isOpen && !context.isClosed) await pause(clock, RETRY_MS);
    if (!context.isClosed) await deliverLeftovers({ ...options, serverId }, dependencies, LEFTOVERS_MS);
  };
  sweep().catch((error: unknown) => log.warn({ err: error }, 'what other servers have left was not looked at'));
  return outbox;
}

/** The oldest recordings have made room for new ones: the books have no row of them any more. */
function forgetReplays({ log }: Base, later: LaterStore, matchIds: readonly string[]): void {
  void (async () => {
    for (const matchId of matchIds) await later.store.removeReplay(matchId);
  })().catch((error: unknown) => log.warn({ component: 'replays', err: error }, 'recordings that were cleared are in the books still'));
}

/** The caller closes it. Undefined: nothing is recorded. */
async function openReplays({ config, clock, counters, ...context }: Base, onRemoved: (matchIds: string[]) => void = () => {}): Promise<ReplayStore | undefined> {
  const log = context.log.child({ component: 'replays' });
  if (config.replays === 'off') return undefined;
  const folder = join(config.dataDir, 'replays');
  const { s3 } = config;
  const directory = { folder, totalBytes: config.replaysMib * 2 ** 20, totalCount: config.replaysCount, onRemoved };
  return s3 === undefined ? openReplayDirectory(directory) : openS3Replays({
    region: s3.region, bucket: s3.bucket, spoolFolder: folder,
    ...(s3.endpoint === undefined ? {} : { endpoint: s3.endpoint }), ...(s3.credentials === undefined ? {} : { credentials: s3.credentials }),
    onFailure: (error) => {
      counters.add('replay_upload_failed');
      log.warn({ err: error }, 'a recording waits for the remote store');
    },
  }, { log, clock });
}

function watchfulness(
  { world, log, counters, metrics, clock }: Pick<Base, 'log' | 'counters' | 'metrics' | 'clock'> & { world: ConstructorParameters<typeof Guard>[0]['world'] },
  hosting?: Hosting, outbox?: Outbox,
): Guard {
  const component = log.child({ component: 'guard' });
  return new Guard({
    world, log: component, counters, now: () => clock.now(), onEvidence: (kind) => metrics.evidence(kind),
    identify: (lobbyId, memberId) => {
      const playerId = hosting?.playerOf(lobbyId, memberId);
      const seq = playerId === undefined ? undefined : hosting!.nextEvidence(lobbyId);
      return playerId === undefined || seq === undefined ? undefined : { playerId, seq };
    },
    keep: (evidence) => {
      outbox?.append({ kind: 'evidence', evidence }).catch((error: unknown) => {
        counters.add('evidence_failed');
        component.error({ err: error }, 'evidence is lost');
      });
    },
  });
}

interface Front {
  http: HttpFirst;
  url: string;
  adminPort: number | undefined;
  drain(): Promise<void>;
}

async function startFront(context: Context, { keys, redis, records: coming, bus, later, tickets }: Shared, game: Game | undefined): Promise<Front> {
  const { config, clock, counters, metrics, closing } = context;
  const log = context.log.child({ component: 'matchmaker' });
  const limits = createRateLimits({ ...(redis === undefined ? {} : { redis }), limitLoopback: config.limitLoopback });
  const { jwks } = config;
  const accounts = createAccounts({
    keys, ...(jwks === undefined ? {} : { external: { jwksUrl: jwks.url, issuer: jwks.issuer, audience: jwks.audience } }),
  }, { store: later.store, limits, log: log.child({ component: 'accounts' }), clock, onWithoutStore: () => counters.add('accounts_without_store') });
  // A folder is the game server's own; what lies in the remote store can be read from here.
  const remote = game !== undefined || config.s3 === undefined ? undefined : await openReplays(context);
  if (remote !== undefined) closing.push(() => remote.close());
  const replays = game === undefined ? remote : game.replays;
  let guide: RegionGuide | undefined;
  const http = frontHttp({
    accounts, limits, store: later.store, replays, trustedProxies: config.trustedProxies, counters, log,
    modes: MODES.map(({ name }) => name), hasLobbies: game !== undefined,
    regions: async () => await guide?.read() ?? config.regions.map((name) => ({ name, probes: [] })),
  });
  const failed = (where: string): void => counters.add(`${where.replace(/[^a-z]+/g, '_')}_failed`);

  let isDraining = false;
  let isOpen = false;
  const own = game !== undefined ? undefined : await startFrontServer(config, {
    metrics, counters, http,
    health: () => ({ counters: counters.all() }),
    unready: () => (isDraining ? 'draining' : isOpen ? undefined : 'the records are away'),
  });
  if (own !== undefined) {
    closing.push(() => own.close());
    log.info({ port: own.port, adminPort: own.adminPort }, 'server started');
  }
  const io: SocketServer = own?.io ?? game!.server.io;

  const records = await coming;
  guide = new RegionGuide(config.regions, { records, clock });
  const desk = new Desk({ modes: MODES, regions: config.regions, sessions: config.maxConnections, tickets: config.maxTickets }, {
    records, bus, clock, log, ratings: (ids, mode) => later.store.ratings(ids, mode), newcomer: new engine.RatingSystem().newcomer(),
    issue: (ticket) => tickets.issue(ticket), tokenLifeMs: TICKET_LIFE_MS,
    observer: { refused: (event, reason) => metrics.refused(event, reason), error: failed },
  });
  const matchmaker = new Matchmaker({ modes: MODES, regions: config.regions, tickets: config.maxTickets }, {
    records, bus, clock, log, noteLost: (lost) => later.store.recordLostMatch(lost),
    observer: {
      leads: (isLeader) => {
        if (isLeader) return;
        // Another one knows now, and both would be added up.
        metrics.queue(new Map(MODES.map(({ name }) => [name, 0])));
        metrics.gameServers({ ready: 0, draining: 0, lost: 0 });
      },
      formed: (match) => metrics.formed(match),
      queue: (waiting) => metrics.queue(waiting),
      pool: ({ ready, draining, lost }) => metrics.gameServers({ ready, draining, lost }),
      serverLost: (_, matches) => metrics.matchesLost(matches),
      noServer: () => counters.add('no_game_server'),
      error: failed,
    },
  });
  closing.push(async () => {
    await matchmaker.close();
    await desk.close();
  });
  await again(context, 'players cannot be taken yet', () => desk.start());
  matchmaker.start();
  const front = attachFront(io, {
    desk, clock, log,
    authenticate: (token) => accounts.authenticate(token),
    take: (name, who) => limits.take(name, who),
    address: ({ request }) => addressOf(config)(request),
    requests: (outcome) => metrics.request(outcome === 'ok'),
  });
  closing.push(() => front.close());
  isOpen = true;
  // Whoever is in a match of this process is counted by what plays it.
  metrics.watch({ players: () => (game === undefined ? desk.gate.counts() : { ...desk.gate.counts(), in_match: 0, post_match: 0 }) });
  log.info({ regions: config.regions, modes: MODES.map(({ name }) => name) }, 'players are taken');
  return {
    http, url: own === undefined ? game!.server.url : `http://localhost:${own.port}/`, adminPort: own?.adminPort,
    async drain() {
      isDraining = true;
      // Those who come in the next seconds are still sent here.
      if (game === undefined) await pause(clock, Math.min(LINGER_MS, config.drainSeconds * 1000));
    },
  };
}

/** Whose request it is, whatever trusted proxies are between. */
function addressOf({ trustedProxies }: Config): (request: IncomingMessage) => string {
  return (request) => clientAddress(request.socket.remoteAddress, request.headers['x-forwarded-for'], trustedProxies);
}

/** Until it works, or the process ends. Only for what may be tried again without harm. */
async function again<T>(context: Context, what: string, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (context.isClosed) throw error;
      // Once, and then once a minute.
      if (tries % 60 === 0) context.log.warn({ err: error }, `${what}; trying again`);
      await pause(context.clock, RETRY_MS);
      if (context.isClosed) throw error;
    }
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => { clock.after(ms, resolve); });
}

/** Share of the time since the last question that went into steps. */
function busyShare(server: RunningServer, clock: Clock): () => number {
  let before = { atMs: clock.now(), stepMs: 0 };
  return () => {
    const { steps, meanStepMs } = server.loopStats();
    const now = { atMs: clock.now(), stepMs: steps * meanStepMs };
    const share = (now.stepMs - before.stepMs) / Math.max(1, now.atMs - before.atMs);
    before = now;
    return Math.min(1, Math.max(0, share));
  };
}

/** Whether the loop has run since the last question. */
function beatsOf(server: RunningServer): () => boolean {
  let before = -1;
  return () => {
    const { steps } = server.loopStats();
    const beats = steps > before;
    before = steps;
    return beats;
  };
}
