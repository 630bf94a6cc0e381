import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
/** Between the packets of one answer to a poll. */
const SEPARATOR = '\x1e';
const STATE_MS = 50;

/**
 * The built client and just enough of a game server for one player: Engine.IO 4 by long polling alone, and a match in
 * which nothing happens but what a test sends. For what the real server is needed for, see server/test/browser.e2e.ts.
 */
export class FakeServer {
  /** Events that the client sent, in order. */
  readonly received: [event: string, payload: unknown][] = [];
  readonly playerId = 'own';
  /** Hears every event after it was answered. */
  onEvent: (event: string, payload: unknown) => void = () => {};
  /** Of the lobby that is joined. */
  lobby: { lobbyId: string; status: string; isInProgress: boolean } = { lobbyId: 'l', status: 'playing', isInProgress: true };
  private readonly server: Server;
  private outgoing: string[] = [];
  private waiting: ServerResponse | null = null;
  private ticker: NodeJS.Timeout | null = null;

  /** @param state what each `game:state` says, but for its time */
  constructor(
    private readonly folder: string,
    private readonly state: () => object,
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  /** Its address. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    if (this.ticker) clearInterval(this.ticker);
    this.waiting?.end();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  say(event: string, payload: object): void {
    this.packet(`42${JSON.stringify([event, payload])}`);
  }

  private packet(text: string): void {
    this.outgoing.push(text);
    this.flush();
  }

  private flush(): void {
    if (!this.waiting || this.outgoing.length === 0) return;
    this.waiting.writeHead(200, { 'content-type': 'text/plain' }).end(this.outgoing.join(SEPARATOR));
    this.waiting = null;
    this.outgoing = [];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    if (url.pathname !== '/socket.io/') return this.file(url.pathname, response);
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      for (const packet of body.split(SEPARATOR)) this.take(packet);
      response.writeHead(200, { 'content-type': 'text/html' }).end('ok');
    } else if (url.searchParams.has('sid')) {
      this.waiting = response;
      this.flush();
    } else {
      this.outgoing = [];
      const hello = { sid: 'engine', upgrades: [], pingInterval: 600_000, pingTimeout: 600_000, maxPayload: 1_000_000 };
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`0${JSON.stringify(hello)}`);
    }
  }

  private take(packet: string): void {
    if (packet.startsWith('40')) {
      this.packet(`40${JSON.stringify({ sid: this.playerId })}`);
      return;
    }
    if (!packet.startsWith('42')) return;
    const [event, payload] = JSON.parse(packet.slice(2)) as [string, unknown];
    this.received.push([event, payload]);
    if (event === 'find_match' || event === 'create_private_lobby') {
      this.say('lobby_joined', { ...this.lobby, playerCount: 2, maxPlayers: 8 });
    } else if (event === 'player:join') {
      this.say('player:join:success', { playerId: this.playerId, team: 'red' });
      this.ticker ??= setInterval(() => this.say('game:state', { timestamp: Date.now(), ...this.state() }), STATE_MS);
    }
    this.onEvent(event, payload);
  }

  private async file(path: string, response: ServerResponse): Promise<void> {
    const name = normalize(path === '/' ? '/index.html' : path);
    try {
      const content = await readFile(join(this.folder, name));
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  }
}
