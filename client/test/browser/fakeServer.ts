import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
/** Between the packets of one answer to a poll. */
const SEPARATOR = '\x1e';
const STATE_MS = 50;
const MATCHMAKING = '/matchmaking';

/** One connection of Engine.IO. */
interface Session {
  /** Of Socket.IO; empty: none yet. */
  namespace: string;
  outgoing: string[];
  waiting: ServerResponse | null;
}

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
  /** Answers to requests for JSON, by path; all else is a file, or not there. */
  readonly routes = new Map<string, (url: URL, request: IncomingMessage) => readonly [status: number, body: object]>();
  /** Whether there is a matchmaker, at `/matchmaking`. */
  hasMatchmaking = false;
  /** Whether a connection is let into `/` and joins the hosted match by itself. */
  hosted: { lobbyId: string } | null = null;
  private readonly server: Server;
  private opened = 0;
  private readonly sessions = new Map<string, Session>();
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
    for (const { waiting } of this.sessions.values()) waiting?.end();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** To whoever plays. */
  say(event: string, payload: object): void {
    this.packet('/', `42${JSON.stringify([event, payload])}`);
  }

  /** To whoever is at the matchmaker. */
  sayMatchmaking(event: string, payload: object): void {
    this.packet(MATCHMAKING, `42${MATCHMAKING},${JSON.stringify([event, payload])}`);
  }

  /** Ends the connections of a namespace, as a server does that has no more to say. */
  cut(namespace: string): void {
    this.packet(namespace, namespace === '/' ? '41' : `41${namespace},`);
  }

  private packet(namespace: string, text: string): void {
    // The newest one: who connects anew has left the one before.
    const session = [...this.sessions.values()].filter((each) => each.namespace === namespace).at(-1);
    if (!session) return;
    session.outgoing.push(text);
    this.flush(session);
  }

  private flush(session: Session): void {
    if (!session.waiting || session.outgoing.length === 0) return;
    session.waiting.writeHead(200, { 'content-type': 'text/plain' }).end(session.outgoing.join(SEPARATOR));
    session.waiting = null;
    session.outgoing = [];
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    const route = this.routes.get(url.pathname);
    if (route) {
      const [status, body] = route(url, request);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    // It does not say what there is, and the page takes all of it for there.
    if (url.pathname === '/service') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    if (url.pathname !== '/socket.io/') return this.file(url.pathname, response);
    const sid = url.searchParams.get('sid');
    if (sid === null) {
      const session: Session = { namespace: '', outgoing: [], waiting: null };
      const name = `engine${(this.opened += 1)}`;
      this.sessions.set(name, session);
      const hello = { sid: name, upgrades: [], pingInterval: 600_000, pingTimeout: 600_000, maxPayload: 1_000_000 };
      response.writeHead(200, { 'content-type': 'text/plain' }).end(`0${JSON.stringify(hello)}`);
      return;
    }
    const session = this.sessions.get(sid);
    // One more poll of a connection that has just been closed.
    if (!session) return void response.writeHead(200, { 'content-type': 'text/plain' }).end('6');
    if (request.method === 'POST') {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      for (const packet of body.split(SEPARATOR)) this.take(session, packet);
      response.writeHead(200, { 'content-type': 'text/html' }).end('ok');
    } else {
      session.waiting = response;
      this.flush(session);
    }
  }

  private take(session: Session, packet: string): void {
    if (packet === '1') {
      // Gone: its poll is ended, since a browser has six connections to a server and no more.
      session.outgoing.push('6');
      this.flush(session);
      for (const [name, each] of this.sessions) if (each === session) this.sessions.delete(name);
      return;
    }
    const [, type, namespace = '/', rest = ''] = /^4(\d)(?:(\/[^,]*),)?(.*)$/s.exec(packet) ?? [];
    const reply = (text: string): void => {
      session.outgoing.push(text);
      this.flush(session);
    };
    if (type === '0') {
      if (namespace !== '/' && !this.hasMatchmaking) return reply(`44${namespace},${JSON.stringify({ message: 'Invalid namespace' })}`);
      session.namespace = namespace;
      if (namespace === '/') reply(`40${JSON.stringify({ sid: this.playerId })}`);
      else reply(`40${namespace},${JSON.stringify({ sid: 'matchmaking' })}`);
      if (namespace === '/' && this.hosted) this.say('lobby_joined', { ...this.lobby, ...this.hosted, playerCount: 2, maxPlayers: 8 });
      this.onEvent('connect', namespace);
      return;
    }
    if (type !== '2') return;
    const [event, payload] = JSON.parse(rest) as [string, unknown];
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
