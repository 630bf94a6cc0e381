import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server as SocketServer } from 'socket.io';
import { systemClock, type Clock } from './clock.js';
import type { Config } from './config.js';
import { ConnectionLimit } from './connection-limit.js';
import { Counters } from './counters.js';
import { engine, engineErrorCode } from './engine.js';
import { Gateway } from './gateway.js';
import { httpHandler } from './http.js';
import { Lobbies } from './lobbies.js';
import type { Logger } from './logger.js';
import { createSchedule, FixedLoop } from './loop.js';
import { MapShelf } from './maps.js';
import { StaticFiles } from './static-files.js';
import { turnAway, Wire, WIRE_PATH } from './wire.js';

const MAX_LOBBIES = 100;

/** Bytes of one message. Far more than any honest one, so that an absurd string is refused as malformed rather than by cutting the line. */
const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/** The client's build as seen from dist/src. */
const CLIENT_FOLDER = fileURLToPath(new URL('../../../client/dist', import.meta.url));

export interface RunningServer {
  readonly port: number;
  readonly url: string;
  readonly counters: Counters;
  readonly lobbies: Lobbies;
  readonly wire: Wire;
  close(): Promise<void>;
}

export interface ServerOptions {
  clientFolder?: string;
  /** The engine has failed for good: no match goes on, and nothing but a new process helps. */
  onFatal?: (error: unknown) => void;
}

export async function startServer(config: Config, log: Logger, options: ServerOptions = {}): Promise<RunningServer> {
  const { clientFolder = CLIENT_FOLDER, onFatal } = options;
  const counters = new Counters();
  const clock = guarded(systemClock, counters, log);
  const maps = new MapShelf(config.map, config.reading);
  for (const warning of maps.standard.map.warnings) log.warn({ map: maps.standard.name }, warning);
  const world = new engine.World({ tickRate: config.tickRate, rules: config.rules, maxMatches: MAX_LOBBIES });
  const schedule = createSchedule(config.tickRate, clock);

  // Before Socket.IO attaches: it takes its own requests from the listeners that are there by then, later ones would answer them too.
  const httpServer = createHttpServer((request, response) => answer(request, response));
  const io = new SocketServer(httpServer, {
    cors: { origin: true, credentials: true },
    transports: ['polling', 'websocket'],
    perMessageDeflate: false,
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: 5000,
    pingTimeout: 10_000,
    // Requests for other paths are answered below.
    destroyUpgrade: false,
  });

  const lobbies: Lobbies = new Lobbies({ killTarget: config.killTarget, bots: config.bots, maxLobbies: MAX_LOBBIES }, maps, {
    world, clock, counters,
    epochOfStep: (step) => schedule.time.epochMs(step),
    emit: (memberId, event, payload, lobbyId) => gateway.emit(memberId, event, payload, lobbyId),
    emitJson: (memberId, event, json, lobbyId) => gateway.emitJson(memberId, event, json, lobbyId),
    keepsUp: (memberId) => gateway.keepsUp(memberId),
    wantsSounds: (memberId) => gateway.wantsSounds(memberId),
    wireMoved: (memberId, address) => wire.moved(memberId, address),
  }, counters, log);
  const limit = new ConnectionLimit(config.connectionsPerMinute, config.limitLoopback, () => clock.now());
  const wire: Wire = new Wire({
    isEnabled: config.wire, world, clock, counters, log, lobbies,
    // Its own count: each connection of Socket.IO may bring one of these.
    limit: new ConnectionLimit(config.connectionsPerMinute, config.limitLoopback, () => clock.now()),
    session: (memberId) => gateway.session(memberId),
  });
  const gateway: Gateway = new Gateway(io, { config, clock, counters, log, lobbies, limit, wire });

  const answer = httpHandler({
    lobbies, counters, maps, files: new StaticFiles(clientFolder), debugCommands: config.debugCommands,
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
  });

  await listen(httpServer, config);
  loop.start();
  const { port } = httpServer.address() as AddressInfo;
  log.info({
    port, map: maps.standard.name, reading: config.reading, rules: config.rules, bots: config.bots, tickRate: config.tickRate,
    simd: world.simd, engine: engine.version,
  }, 'server started');

  return {
    port,
    url: `http://localhost:${port}/`,
    counters,
    lobbies,
    wire,
    async close() {
      loop.stop();
      wire.close();
      lobbies.close();
      // Closes the HTTP server as well; connections kept alive by browsers would hold it open.
      const closed = io.close();
      httpServer.closeAllConnections();
      await closed;
    },
  };
}

function listen(server: HttpServer, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port, host)));
    server.listen(port, host, () => resolve());
  });
}

function explained(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const hints: Record<string, string> = {
    EADDRINUSE: `Port ${port} is already in use. Stop the program that has it, or choose another port: PORT=${port + 1}.`,
    EACCES: `Port ${port} is not allowed for this user. Choose one above 1023: PORT=3000.`,
    EADDRNOTAVAIL: `HOST=${host} is not an address of this machine. Use 0.0.0.0 for all of them, 127.0.0.1 for this machine only.`,
    ENOTFOUND: `HOST=${host} is not known. Use 0.0.0.0 for all addresses, 127.0.0.1 for this machine only.`,
  };
  return new StartError(hints[error.code ?? ''] ?? `The server cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
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
