import { createServer as createHttpServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server as SocketServer } from 'socket.io';
import { Admin } from './admin.js';
import { systemClock, type Clock } from './clock.js';
import type { Config } from './config.js';
import { ConnectionLimit } from './connection-limit.js';
import { Counters } from './counters.js';
import { engine, engineErrorCode } from './engine.js';
import { Gateway, type Entrance } from './gateway.js';
import { httpHandler } from './http.js';
import { MAX_MESSAGE_BYTES, PING, SOCKETS_PER_CLIENT } from './limits.js';
import { Lobbies } from './lobbies.js';
import type { LobbyObserver } from './lobby.js';
import type { Logger } from './logger.js';
import type { Match } from './match.js';
import type { Metrics } from './observe/index.js';
import type { Session } from './session.js';
import type { World } from './engine.js';
import { createSchedule, FixedLoop, type LoopStats, type OnStall } from './loop.js';
import { MapShelf } from './maps.js';
import { Recordings, type RecordingShelf } from './replays/index.js';
import { StaticFiles } from './static-files.js';
import { turnAway, Wire, WIRE_PATH } from './wire.js';

/** Milliseconds between two looks for connections that send no request, and log lines about a loop that falls behind. */
const LOOK_MS = 1000;

/** The client's build as seen from dist/src. */
const CLIENT_FOLDER = fileURLToPath(new URL('../../../client/dist', import.meta.url));

export interface RunningServer {
  readonly port: number;
  /** Of the operator's endpoints. */
  readonly adminPort: number;
  readonly url: string;
  readonly counters: Counters;
  readonly lobbies: Lobbies;
  readonly wire: Wire;
  readonly io: SocketServer;
  readonly http: HttpServer;
  readonly recordings: Recordings | undefined;
  readonly world: World;
  readonly admin: Admin;
  session(memberId: string): Session | undefined;
  loopStats(): LoopStats;
  /** How much of everything there is that comes and goes with clients. */
  census(): Census;
  /**
   * No new lobbies and no new matches from now on, and `/ready` says so. Settles when the running matches have been played
   * out, or after `DRAIN_SECONDS`.
   */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface Census {
  sessions: number;
  /** Of Engine.IO: those that are no clients yet, too. */
  connections: number;
  lobbies: number;
  members: number;
  /** In the engine. */
  matches: number;
  wireConnections: number;
  wireTickets: number;
  /** Remembered by the limits of connections. */
  addresses: number;
  recordings: number;
}

export interface Companion extends LobbyObserver<Match> {
  advance(step: number): void;
}

export interface ServerOptions {
  clientFolder?: string;
  /** The system's unless a test has its own. */
  clock?: Clock;
  /** Whose connection a request came over; by default the socket's other end, which is the proxy's where there is one. */
  addressOf?: (request: IncomingMessage) => string;
  /** Of connections, for tests that wait for one to go silent. */
  ping?: { intervalMs: number; timeoutMs: number };
  /** Where recordings go; none: nothing is written down. */
  recordingShelf?: RecordingShelf;
  counters?: Counters;
  metrics?: Metrics;
  /** Of players whom the matchmaker sends. */
  entrance?: Entrance;
  /** What plays along: told of matches, and called after each step. Made when the world is there. */
  companions?(world: World): Companion[];
  /** Answers requests over HTTP that are for somebody else in this process; false: they are not. */
  httpFirst?(request: IncomingMessage, response: ServerResponse): boolean;
  /** Why no new matches should come here; undefined: they may. */
  unready?(): string | undefined;
  /** The engine has failed for good: no match goes on, and nothing but a new process helps. */
  onFatal?: (error: unknown) => void;
}

export async function startServer(config: Config, log: Logger, options: ServerOptions = {}): Promise<RunningServer> {
  const { clientFolder = CLIENT_FOLDER, ping = PING, addressOf = otherEnd, onFatal, metrics, counters = new Counters() } = options;
  const clock = guarded(options.clock ?? systemClock, counters, log);
  const maps = new MapShelf(config.map, config.reading);
  for (const warning of maps.standard.map.warnings) log.warn({ map: maps.standard.name }, warning);
  const world = new engine.World({ tickRate: config.tickRate, rules: config.rules, maxMatches: config.maxMatches });
  const schedule = createSchedule(
    config.tickRate, clock, stallReporter(clock, counters, log), metrics === undefined ? undefined : (lateness, spent) => metrics.tick(lateness, spent),
  );
  const { recordingShelf: shelf } = options;
  const recordings = shelf === undefined ? undefined : new Recordings(world, shelf, counters, log);
  const companions = [...(recordings === undefined ? [] : [recordings]), ...(options.companions?.(world) ?? [])];

  // Before Socket.IO attaches: it takes its own requests from the listeners that are there by then, later ones would answer them too.
  const httpServer = createHttpServer({
    headersTimeout: config.handshakeSeconds * 1000,
    requestTimeout: config.handshakeSeconds * 1000,
    connectionsCheckingInterval: LOOK_MS,
  }, (request, response) => {
    metrics?.watchResponse(response);
    if (options.httpFirst?.(request, response) !== true) answer(request, response);
  });
  httpServer.maxConnections = SOCKETS_PER_CLIENT * config.maxConnections;
  httpServer.on('drop', () => counters.add('socket_dropped'));
  const limit = new ConnectionLimit(config.connectionsPerMinute, config.limitLoopback, () => clock.now());
  const refused = new WeakSet<IncomingMessage>();
  const io = new SocketServer(httpServer, {
    cors: { origin: true, credentials: true },
    transports: ['polling', 'websocket'],
    perMessageDeflate: false,
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: ping.intervalMs,
    pingTimeout: ping.timeoutMs,
    connectTimeout: config.handshakeSeconds * 1000,
    upgradeTimeout: config.handshakeSeconds * 1000,
    // Asked for each new session, before anything is made for it.
    allowRequest: (request, decide) => {
      const refuse = (counter: string, reason: string): void => {
        counters.add(counter);
        decide(reason, false);
      };
      if (connectionsOf(io) >= config.maxConnections) return refuse('connection_over_capacity', 'Server is full');
      const admission = limit.admission(addressOf(request));
      if (admission === 'storm') return refuse('connection_storm', 'Too many connection attempts');
      if (admission === 'refused') refused.add(request);
      decide(null, true);
    },
    // Requests for other paths are answered below.
    destroyUpgrade: false,
  });

  closeInTime(io, config.handshakeSeconds * 1000);

  const lobbies: Lobbies = new Lobbies({ killTarget: config.killTarget, bots: config.bots, maxLobbies: config.maxMatches }, maps, {
    world, clock, counters,
    epochOfStep: (step) => schedule.time.epochMs(step),
    emit: (memberId, event, payload, lobbyId) => gateway.emit(memberId, event, payload, lobbyId),
    emitJson: (memberId, event, json, lobbyId) => {
      if (event === 'game:state') metrics?.snapshot(json.length);
      gateway.emitJson(memberId, event, json, lobbyId);
    },
    keepsUp: (memberId) => gateway.keepsUp(memberId),
    wantsSounds: (memberId) => gateway.wantsSounds(memberId),
    wireMoved: (memberId, address) => wire.moved(memberId, address),
  }, counters, log, companions);
  const wireLimit = new ConnectionLimit(config.connectionsPerMinute, config.limitLoopback, () => clock.now());
  const wire: Wire = new Wire({
    isEnabled: config.wire, world, clock, counters, log, lobbies,
    // Its own count: each connection of Socket.IO may bring one of these.
    limit: wireLimit, addressOf,
    session: (memberId) => gateway.session(memberId),
    onSent: metrics === undefined ? undefined : (bytes) => metrics.snapshot(bytes),
  });
  const gateway: Gateway = new Gateway(io, {
    config, clock, counters, log, lobbies, limit, wire, addressOf, isRefused: (request) => refused.has(request),
    entrance: options.entrance, observer: metrics,
  });
  const forgetting = setInterval(() => {
    limit.forgetOld();
    wireLimit.forgetOld();
  }, LOOK_MS).unref();

  const answer = httpHandler({
    lobbies, counters, maps, files: new StaticFiles(clientFolder), debugCommands: config.debugCommands, now: () => clock.now(),
    loopStats: () => schedule.stats(), wireTotals: () => wire.totals(),
  });
  httpServer.on('upgrade', (request, socket, head) => {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === WIRE_PATH) wire.upgrade(request, socket, head);
    else if (path?.startsWith(`${io.path()}/`) !== true) turnAway(socket, '404 Not Found');
  });

  const loop: FixedLoop = new FixedLoop(schedule, (step) => {
    try {
      world.thinkBots();
      world.step();
      wire.deliver(step);
    } catch (error) {
      counters.add('step_failed');
      log.error({ err: error }, 'the engine failed in a step');
      if (engineErrorCode(error) !== 'PANIC') return;
      loop.stop();
      onFatal?.(error);
      return;
    }
    lobbies.advance(step);
    for (const companion of companions) companion.advance(step);
  });

  const census = (): Census => ({
    sessions: gateway.connections,
    connections: connectionsOf(io),
    lobbies: lobbies.stats().totalLobbies,
    members: lobbies.members,
    matches: world.matchCount,
    wireConnections: wire.totals().connections,
    wireTickets: wire.totals().tickets,
    addresses: limit.size + wireLimit.size,
    recordings: recordings === undefined ? 0 : recordings.running + recordings.ending,
  });
  const admin = new Admin({
    health: () => ({ census: census(), stats: lobbies.stats(), loop: schedule.stats(), counters: counters.all() }),
    unready: () => (lobbies.isDraining ? 'draining' : options.unready?.()),
  });
  if (metrics !== undefined) {
    metrics.watch({
      activeMatches: () => lobbies.stats().lobbiesByStatus.playing,
      capacity: () => config.maxMatches,
      connections: () => connectionsOf(io),
      players: () => gateway.states(),
    });
    admin.add('/metrics', metrics.route());
  }
  await listen(httpServer, config.port, config.host, 'PORT');
  try {
    await listen(admin.http, config.adminPort, config.host, 'ADMIN_PORT');
  } catch (error) {
    httpServer.close();
    throw error;
  }
  loop.start();
  const { port } = httpServer.address() as AddressInfo;
  const adminPort = (admin.http.address() as AddressInfo).port;
  log.info({
    port, adminPort, map: maps.standard.name, reading: config.reading, rules: config.rules, bots: config.bots, tickRate: config.tickRate,
    simd: world.simd, engine: engine.version,
  }, 'server started');

  return {
    port,
    adminPort,
    url: `http://localhost:${port}/`,
    counters,
    lobbies,
    wire,
    io,
    http: httpServer,
    recordings,
    world,
    admin,
    session: (memberId) => gateway.session(memberId),
    loopStats: () => schedule.stats(),
    census,
    async drain() {
      log.info({ ...lobbies.stats(), drainSeconds: config.drainSeconds }, 'draining: no new matches');
      let cancel = (): void => {};
      const deadline = new Promise<void>((resolve) => { cancel = clock.after(config.drainSeconds * 1000, resolve); });
      await Promise.race([lobbies.drain(), deadline]);
      cancel();
      const { totalLobbies } = lobbies.stats();
      if (totalLobbies > 0) log.warn({ totalLobbies }, 'matches are cut short: DRAIN_SECONDS are over');
    },
    async close() {
      loop.stop();
      clearInterval(forgetting);
      wire.close();
      lobbies.close();
      await recordings?.close();
      // Closes the HTTP server as well; connections kept alive by browsers would hold it open.
      const closed = io.close();
      httpServer.closeAllConnections();
      await closed;
      await admin.close();
    },
  };
}

function otherEnd(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}

/** A session that polls no more is kept for this long after its close, for it to be told; half a minute by default. */
function closeInTime(server: SocketServer, ms: number): void {
  server.engine.on('connection', ({ transport }: { transport: { closeTimeout?: number } }) => {
    if (transport.closeTimeout !== undefined) transport.closeTimeout = ms;
  });
}

/** Sessions of Engine.IO, those included that are no clients yet. */
export function connectionsOf(server: SocketServer): number {
  return (server.engine as { clientsCount: number }).clientsCount;
}

export function listen(server: HttpServer, port: number, host: string, setting: 'PORT' | 'ADMIN_PORT'): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(explained(error, port, host, setting));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function explained(error: NodeJS.ErrnoException, port: number, host: string, setting: string): Error {
  const hints: Record<string, string> = {
    EADDRINUSE: `Port ${port} is already in use. Stop the program that has it, or choose another port: ${setting}=${port + 1}.`,
    EACCES: `Port ${port} is not allowed for this user. Choose one above 1023: ${setting}=3000.`,
    EADDRNOTAVAIL: `HOST=${host} is not an address of this machine. Use 0.0.0.0 for all of them, 127.0.0.1 for this machine only.`,
    ENOTFOUND: `HOST=${host} is not known. Use 0.0.0.0 for all addresses, 127.0.0.1 for this machine only.`,
  };
  return new StartError(hints[error.code ?? ''] ?? `The server cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
}

/** A loop that falls behind says so, once a second at most, and counts what it gave up. */
function stallReporter(clock: Clock, counters: Counters, log: Logger): OnStall {
  let silentUntil = -Infinity;
  let unsaid = 0;
  return (skippedSteps, lateMs) => {
    counters.add('loop_stalled');
    counters.add('loop_steps_skipped', skippedSteps);
    unsaid += skippedSteps;
    const now = clock.now();
    if (now < silentUntil) return;
    silentUntil = now + LOOK_MS;
    log.warn({ skippedSteps: unsaid, lateMs: Math.round(lateMs) }, 'the loop fell behind: steps are given up');
    unsaid = 0;
  };
}

/** The server cannot start, for a reason that whoever started it can mend. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** A failing timer must not take the process, and every other match with it, down. */
function guarded(clock: Clock, counters: Counters, log: Logger): Clock {
  return {
    now: () => clock.now(),
    after: (ms, action) => clock.after(ms, () => {
      try {
        action();
      } catch (error) {
        counters.add('timer_failed');
        log.error({ err: error }, 'a timer failed');
      }
    }),
  };
}
