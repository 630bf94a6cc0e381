import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer } from 'socket.io';
import { Admin } from './admin.js';
import type { Config } from './config.js';
import type { Counters } from './counters.js';
import { PING, SOCKETS_PER_CLIENT } from './limits.js';
import type { Metrics } from './observe/index.js';
import { connectionsOf, listen } from './server.js';

/** Bytes of one message: questions to the matchmaker are short. */
const MAX_MESSAGE_BYTES = 16 * 1024;

export interface FrontServer {
  readonly io: SocketServer;
  readonly port: number;
  readonly adminPort: number;
  close(): Promise<void>;
}

export interface FrontServerOptions {
  metrics: Metrics;
  counters: Counters;
  http(request: IncomingMessage, response: ServerResponse): boolean;
  /** Beside `status` and `uptime`. */
  health(): object;
  unready(): string | undefined;
}

/** Sockets and HTTP of a process that plays nothing. */
export async function startFrontServer(config: Config, { metrics, counters, http, health, unready }: FrontServerOptions): Promise<FrontServer> {
  const server = createServer({ headersTimeout: config.handshakeSeconds * 1000, requestTimeout: config.handshakeSeconds * 1000, connectionsCheckingInterval: 1000 }, (request, response) => {
    metrics.watchResponse(response);
    if (http(request, response)) return;
    const isHealth = (request.url ?? '/').split('?', 1)[0] === '/health';
    const text = JSON.stringify(isHealth ? { status: 'healthy', uptime: process.uptime() } : { error: 'Not found' });
    response.writeHead(isHealth ? 200 : 404, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store' }).end(text);
  });
  server.maxConnections = SOCKETS_PER_CLIENT * config.maxConnections;
  const io = new SocketServer(server, {
    cors: { origin: true, credentials: true },
    transports: ['polling', 'websocket'],
    perMessageDeflate: false,
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: PING.intervalMs,
    pingTimeout: PING.timeoutMs,
    connectTimeout: config.handshakeSeconds * 1000,
    upgradeTimeout: config.handshakeSeconds * 1000,
    allowRequest: (_, decide) => {
      if (connectionsOf(io) < config.maxConnections) return decide(null, true);
      counters.add('connection_over_capacity');
      return decide('Server is full', false);
    },
  });
  io.use((_, next) => next(Object.assign(new Error('Nothing is played here: the matchmaker is at /matchmaking'), { data: { code: 'NO_LOBBIES' } })));
  metrics.watch({ connections: () => connectionsOf(io) });
  const admin = new Admin({ health, unready });
  admin.add('/metrics', metrics.route());
  await listen(server, config.port, config.host, 'PORT');
  try {
    await listen(admin.http, config.adminPort, config.host, 'ADMIN_PORT');
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    io,
    port: (server.address() as AddressInfo).port,
    adminPort: (admin.http.address() as AddressInfo).port,
    async close() {
      const closed = io.close();
      server.closeAllConnections();
      await closed;
      await admin.close();
    },
  };
}
