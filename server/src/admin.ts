import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Milliseconds for a request to arrive. */
const REQUEST_MS = 5000;
const MAX_SOCKETS = 64;

export interface AdminServices {
  /** Beside `status` and `uptime`. */
  health(): object;
  /** Why no new matches should come here; undefined: they may. */
  unready(): string | undefined;
}

export type AdminRoute = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** The operator's endpoints, on a port of their own that players are not shown: `/health`, `/ready`, and what is added. */
export class Admin {
  readonly http: Server;
  readonly #routes = new Map<string, AdminRoute>();

  constructor(services: AdminServices) {
    this.add('/health', (_, response) => sendJson(response, 200, { status: 'healthy', uptime: process.uptime(), ...services.health() }));
    this.add('/ready', (_, response) => {
      const reason = services.unready();
      sendJson(response, reason === undefined ? 200 : 503, reason === undefined ? { ready: true } : { ready: false, reason });
    });
    this.http = createServer({ headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS }, (request, response) => {
      this.#answer(request, response).catch(() => {
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { error: 'Internal server error' });
      });
    });
    this.http.maxConnections = MAX_SOCKETS;
  }

  /** @param path exact, without the query */
  add(path: string, route: AdminRoute): void {
    this.#routes.set(path, route);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.http.close(() => resolve());
      this.http.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return sendJson(response, 405, { error: 'Method not allowed' });
    }
    const route = this.#routes.get((request.url ?? '/').split('?', 1)[0]!);
    if (route === undefined) return sendJson(response, 404, { error: `Not found: there are ${[...this.#routes.keys()].join(', ')}` });
    await route(request, response);
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store',
  });
  response.end(text);
}
