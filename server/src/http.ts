import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counters } from './counters.js';
import type { Lobbies } from './lobbies.js';
import type { LoopStats } from './loop.js';
import type { MapShelf } from './maps.js';
import type { StaticFiles } from './static-files.js';
import type { WireTotals } from './wire.js';

export interface HttpServices {
  readonly lobbies: Lobbies;
  readonly counters: Counters;
  readonly files: StaticFiles;
  readonly maps: MapShelf;
  readonly debugCommands: boolean;
  /** Epoch milliseconds, as everywhere on this server; see clock.ts. */
  now(): number;
  loopStats(): LoopStats;
  wireTotals(): WireTotals;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const MAP_DRAWING = /^\/maps\/([0-9a-f]{16})\.json$/;
const MATCH_WINDOW = /^\/debug\/match\/([\w-]{1,64})$/;

/** Everything on the port that is not Socket.IO: health, the debug windows, the client's page. */
export function httpHandler(services: HttpServices): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(services, request, response).catch(() => {
      services.counters.add('http_failed');
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: 'Internal server error' });
    });
  };
}

async function answer(services: HttpServices, request: IncomingMessage, response: ServerResponse): Promise<void> {
  allowAnyOrigin(request, response);
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { 'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS', 'Access-Control-Allow-Headers': 'Content-Type' }).end();
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD, OPTIONS');
    return sendJson(response, 405, { error: 'Method not allowed' });
  }
  const path = (request.url ?? '/').split('?', 1)[0]!;
  const drawing = services.maps.drawing(MAP_DRAWING.exec(path)?.[1] ?? '');
  // Named by its content: it never changes.
  if (drawing !== undefined) return send(response, 200, JSON_TYPE, drawing, 'public, max-age=31536000, immutable');
  const report = reportOf(services, request, path);
  if (report !== undefined) return sendJson(response, 200, report);
  if (await services.files.serve(request, response, path === '/' ? '/index.html' : path)) return;
  if (path === '/') return sendText(response, 503, 'The client is not built yet: run `cargo xtask start`, or `npm install && npm run build` in client/.\n');
  return sendJson(response, 404, { error: 'Not found' });
}

function reportOf({ lobbies, counters, debugCommands, now, loopStats, wireTotals }: HttpServices, request: IncomingMessage, path: string): unknown {
  if (path === '/health') {
    return {
      status: 'healthy', uptime: process.uptime(), stats: lobbies.stats(), cpuSeconds: cpuSeconds(), loop: loopStats(), wire: wireTotals(),
      counters: counters.all(),
    };
  }
  // To be measured by, and what there is at this address: where there is a matchmaker too, that one answers both.
  if (path === '/ping') return {};
  if (path === '/service') return { lobbies: true, rated: false, leaderboard: false, replays: false, modes: [], regions: [] };
  if (path === '/debug/lobbies') return { lobbies: lobbies.all(), stats: lobbies.stats(), timestamp: Math.round(now()) };
  if (path === '/' && !wantsPage(request)) {
    return { status: 'online', service: 'Trespasser game server', timestamp: new Date(now()).toISOString(), stats: lobbies.stats() };
  }
  const lobbyId = debugCommands ? MATCH_WINDOW.exec(path)?.[1] : undefined;
  const lobby = lobbyId === undefined ? undefined : lobbies.get(lobbyId);
  return lobby === undefined ? undefined : { lobby: lobby.info(), ...lobby.match.inspect() };
}

/** Processor time of this process so far, all threads. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Browsers name text/html; programs ask for JSON, for anything, or for nothing in particular. */
function wantsPage(request: IncomingMessage): boolean {
  return (request.headers.accept ?? '').includes('text/html');
}

/** An answer to credentials must name the origin: browsers refuse the wildcard there. */
function allowAnyOrigin(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  response.setHeader('Access-Control-Allow-Origin', origin ?? '*');
  response.setHeader('Vary', 'Origin');
  if (origin !== undefined) response.setHeader('Access-Control-Allow-Credentials', 'true');
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, JSON_TYPE, JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, body: string): void {
  send(response, status, 'text/plain; charset=utf-8', body);
}

function send(response: ServerResponse, status: number, type: string, body: string, caching = 'no-store'): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), 'Cache-Control': caching });
  // Node leaves the body of an answer to HEAD out by itself.
  response.end(body);
}
