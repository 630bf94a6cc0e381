import assert from 'node:assert/strict';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { openStore, type Store } from '../src/store/index.js';
import { systemClock } from '../src/clock.js';
import { log, TestDatabase, testFolder } from './database.js';
import { TestRedis } from './redis.js';
import { killProcesses, startProcess, type ServerProcess } from './server-process.js';
import { sleep, type Json } from './support.js';

const SECRET = 'for-tests-only-for-tests-only-32-bytes';

/** Waits for something that other processes do, and says what was not done. */
export async function until<T>(what: string, look: () => T | undefined | false | Promise<T | undefined | false>, seconds = 60): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(50)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    assert(Date.now() < end, `${what}: not within ${seconds} s`);
  }
}

export interface Node {
  readonly role: 'match' | 'game';
  readonly process: ServerProcess;
  readonly url: string;
  readonly adminUrl: string;
}

/** The service as it is deployed, on this machine: a real Redis, a real PostgreSQL, and a process for each server. */
export class Cluster {
  readonly nodes: Node[] = [];
  #players = 0;
  readonly #clients: Player[] = [];

  private constructor(
    readonly redis: TestRedis, readonly database: TestDatabase, readonly databaseUrl: string, readonly store: Store,
    private readonly folder: { path: string; remove(): Promise<void> },
  ) {}

  static async start(): Promise<Cluster> {
    const redis = await TestRedis.start();
    const database = await TestDatabase.start('tcp');
    const databaseUrl = await database.fresh();
    const store = await openStore({ databaseUrl }, { log, clock: systemClock });
    return new Cluster(redis, database, databaseUrl, store, await testFolder());
  }

  async add(role: Node['role'], env: Record<string, string> = {}, nodeOptions: readonly string[] = []): Promise<Node> {
    const process = startProcess({
      MATCHMAKING: 'on', ROLE: role, PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'info', REDIS_URL: this.redis.url, DATABASE_URL: this.databaseUrl,
      TOKEN_SECRET: SECRET, DATA_DIR: join(this.folder.path, `${role}-${this.nodes.length}`), DEBUG_COMMANDS: 'on',
      REPLAYS: 'directory', ...env,
    }, nodeOptions);
    const url = await process.ready;
    const adminUrl = await until('the port of the operator\'s endpoints', () => {
      const port = /"adminPort":(\d+)/.exec(process.output())?.[1];
      return port === undefined ? undefined : `http://127.0.0.1:${port}`;
    });
    const node = { role, process, url, adminUrl };
    this.nodes.push(node);
    await until(`${role} is ready`, async () => (await fetch(`${adminUrl}/ready`)).ok);
    return node;
  }

  /** A new guest who has come to the matchmaker. */
  async player(front: Node): Promise<Player> {
    const player = await Player.signIn(front.url, `Player ${++this.#players}`);
    this.#clients.push(player);
    return player;
  }

  async players(front: Node, count: number): Promise<Player[]> {
    return Promise.all(Array.from({ length: count }, () => this.player(front)));
  }

  /** A folder of a server's own. */
  path(name: string): string {
    return join(this.folder.path, name);
  }

  databaseAddress(): { host: string; port: number } {
    const { hostname, port } = new URL(this.databaseUrl);
    return { host: hostname, port: Number(port) };
  }

  databaseThrough(port: number): string {
    const url = new URL(this.databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(port);
    return url.href;
  }

  /** The game server that a player was sent to. */
  nodeOf(found: Json): Node {
    const port = new URL(found.server.url).port;
    const node = this.nodes.find(({ url }) => new URL(url).port === port);
    assert(node !== undefined, `nobody listens at ${found.server.url}`);
    return node;
  }

  async stop(): Promise<void> {
    for (const player of this.#clients) player.close();
    killProcesses();
    await Promise.all(this.nodes.map(({ process }) => process.exit));
    await this.store.close();
    await this.database.stop();
    await this.redis.stop();
    await this.folder.remove();
  }
}

/** Something that remembers what it was sent. */
export class Line {
  readonly received: { event: string; payload: Json }[] = [];

  constructor(readonly socket: Socket) {
    socket.onAny((event: string, payload: Json) => {
      // States are many, and none of these tests reads them.
      if (event !== 'game:state') this.received.push({ event, payload });
    });
  }

  get mark(): number {
    return this.received.length;
  }

  next(event: string, mark = 0, seconds = 60): Promise<Json> {
    return until(`${event} (received: ${[...new Set(this.received.slice(mark).map((each) => each.event))].join(', ')})`, () => {
      const found = this.received.slice(mark).find((each) => each.event === event);
      return found === undefined ? undefined : { payload: found.payload };
    }, seconds).then(({ payload }) => payload);
  }

  all(event: string): Json[] {
    return this.received.filter((each) => each.event === event).map((each) => each.payload);
  }
}

/** A guest with a line to the matchmaker, and at times one to a game server. */
export class Player {
  game: Line | undefined;

  private constructor(readonly id: string, readonly token: string, readonly name: string, readonly lobby: Line) {}

  static async signIn(url: string, name: string): Promise<Player> {
    const response = await fetch(`${url}accounts/guest`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) });
    assert.equal(response.status, 201, await response.clone().text());
    const { playerId, token } = await response.json() as { playerId: string; token: string };
    const lobby = new Line(io(`${url}matchmaking`, { transports: ['websocket'], auth: { token }, forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 500 }));
    const player = new Player(playerId, token, name, lobby);
    await lobby.next('welcome');
    return player;
  }

  queue(mode: string, region = 'local'): void {
    this.lobby.socket.emit('queue:join', { mode, pings: { [region]: 20 }, backfill: false });
  }

  /** Queues, and waits for the place. */
  async find(mode: string, region = 'local'): Promise<Json> {
    const { mark } = this.lobby;
    this.queue(mode, region);
    return this.lobby.next('match_found', mark);
  }

  /** To the game server, with the token, and onto the field. */
  async enter(found: Json): Promise<Line> {
    const socket = io(found.server.url.replace('localhost', '127.0.0.1'), { transports: ['websocket'], auth: { token: found.token }, forceNew: true, reconnection: false });
    const game = this.game = new Line(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('connect_error', reject);
    });
    await game.next('lobby_joined');
    socket.emit('player:join', { loadout: { primary: 'rifle', secondary: 'pistol', support: [] }, playerName: this.name, timestamp: Date.now() });
    await game.next('player:join:success');
    return game;
  }

  close(): void {
    this.game?.socket.disconnect();
    this.lobby.socket.disconnect();
  }
}

/** What a server says of itself: values by name and labels, without those that all have. */
export async function metricsOf({ adminUrl }: Pick<Node, 'adminUrl'>): Promise<Map<string, number>> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const own = labels.split(',').filter((label) => !/^(region|role)=/.test(label)).join(',');
    values.set(own === '' ? name : `${name}{${own}}`, Number(value));
  }
  return values;
}
