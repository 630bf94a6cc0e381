import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { systemClock, type Clock } from '../src/clock.js';
import { readConfig } from '../src/config.js';
import { createLogger, type Logger } from '../src/logger.js';
import { openReplayDirectory } from '../src/replays/index.js';
import { startServer, type RunningServer, type ServerOptions } from '../src/server.js';

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  #timers: { at: number; action: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Timers run in order, each at its own time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now = next.at;
      next.action();
    }
    this.#now = end;
  }
}

/** Real time that a test may jump ahead in: for servers over real sockets whose waits take minutes. */
export class WarpClock implements Clock {
  #ahead = 0;
  readonly #timers = new Set<{ at: number; action: () => void; timer: NodeJS.Timeout }>();

  now(): number {
    return systemClock.now() + this.#ahead;
  }

  after(ms: number, action: () => void): () => void {
    const entry = { at: this.now() + ms, action, timer: setTimeout(() => this.#fire(entry), ms) };
    entry.timer.unref();
    this.#timers.add(entry);
    return () => this.#forget(entry);
  }

  /** Timers not fired yet. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Jumps `ms` ahead. Timers that come due fire in order, each at its own time; the loop gives up the steps between. */
  warp(ms: number): void {
    const end = this.#ahead + ms;
    for (;;) {
      const left = end - this.#ahead;
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > this.now() + left) break;
      this.#ahead += Math.max(0, next.at - this.now());
      this.#fire(next);
    }
    this.#ahead = end;
  }

  /** Lets `ms` of game time be played, faster than it would be: in jumps that the loop can make up for. */
  async play(ms: number): Promise<void> {
    // With what passes meanwhile, less than the loop's `MAX_CATCH_UP`.
    for (let left = ms; left > 0; left -= 65) {
      this.warp(Math.min(65, left));
      await sleep(15);
    }
  }

  #fire(entry: { action: () => void; timer: NodeJS.Timeout; at: number }): void {
    this.#forget(entry);
    entry.action();
  }

  #forget(entry: { action: () => void; timer: NodeJS.Timeout; at: number }): void {
    clearTimeout(entry.timer);
    this.#timers.delete(entry);
  }
}

/** Picks free ports; logs nothing unless LOG_LEVEL says so. */
export async function startTestServer(
  env: Record<string, string> = {}, options: Omit<ServerOptions, 'onFatal'> & { log?: Logger } = {},
): Promise<RunningServer> {
  const config = readConfig({ HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'silent', MATCHMAKING: 'off', ...env });
  const { log = createLogger(process.env['LOG_LEVEL'] ?? config.logLevel), ...rest } = options;
  if (config.replays !== 'directory') return startServer(config, log, rest);
  const replays = await openReplayDirectory({ folder: join(config.dataDir, 'replays') });
  const server = await startServer(config, log, { ...rest, recordingShelf: replays });
  return {
    ...server,
    async close() {
      await server.close();
      await replays.close();
    },
  };
}

// A test reads answers freely and asserts on what it reads.
export type Json = any;

/** A client that remembers everything it was sent. */
export class TestClient {
  readonly received: { event: string; payload: Json }[] = [];
  /** Remembers only the newest few: for clients that run for long. */
  forget = false;

  private constructor(readonly socket: Socket) {
    socket.onAny((event: string, payload: Json) => {
      this.received.push({ event, payload });
      if (this.forget && this.received.length > 200) this.received.shift();
    });
  }

  static async connect(server: { url: string }, transports = ['websocket']): Promise<TestClient> {
    const socket = io(server.url.replace('localhost', '127.0.0.1'), { transports, forceNew: true, reconnection: false });
    const client = new TestClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('connect_error', reject);
    });
    return client;
  }

  get id(): string {
    return this.socket.id ?? '';
  }

  emit(event: string, ...payload: unknown[]): void {
    this.socket.emit(event, ...payload);
  }

  all(event: string): Json[] {
    return this.received.filter((each) => each.event === event).map((each) => each.payload);
  }

  /** Asks for respawn until it is granted: three seconds of game time take longer where the server is held up. */
  async respawn(event = 'respawn'): Promise<Json> {
    const mark = this.received.length;
    const granted = (): boolean => this.received.slice(mark).some((each) => (
      each.event === 'backend:player:respawned' && each.payload.playerId === this.id
    ));
    for (let tries = 0; tries < 40 && !granted(); tries++) {
      this.emit(event);
      await sleep(250);
    }
    return this.next('backend:player:respawned', (each) => each.playerId === this.id, mark);
  }

  last(event: string): Json {
    return this.all(event).at(-1);
  }

  /** The first payload of the event that fits, among those received since `mark` (an earlier `received.length`). */
  async next(event: string, fits: (payload: Json) => boolean = () => true, mark = 0, timeoutMs = 5000): Promise<Json> {
    const end = Date.now() + timeoutMs;
    for (let at = mark; ; ) {
      for (; at < this.received.length; at++) {
        const { event: name, payload } = this.received[at]!;
        if (name === event && fits(payload)) return payload;
      }
      if (Date.now() > end) {
        const seen = [...new Set(this.received.slice(mark).map((each) => each.event))].join(', ');
        throw new Error(`no fitting ${event} within ${timeoutMs} ms; received since: ${seen || 'nothing'}`);
      }
      await sleep(5);
    }
  }

  /** Emits, then waits for the answer. */
  async ask(event: string, payload: unknown, answer: string, fits?: (payload: Json) => boolean, timeoutMs?: number): Promise<Json> {
    const mark = this.received.length;
    if (payload === undefined) this.emit(event);
    else this.emit(event, payload);
    return this.next(answer, fits, mark, timeoutMs);
  }

  /** From the menu to a body on the field; the state that shows it. */
  async play(name = 'Tester', team?: 'red' | 'blue'): Promise<Json> {
    await this.ask('find_match', { gameMode: 'deathmatch', isPrivate: false }, 'lobby_joined');
    return this.spawn(name, team);
  }

  async spawn(name = 'Tester', team?: 'red' | 'blue', support: string[] = [], primary = 'rifle'): Promise<Json> {
    return this.ask('player:join', {
      loadout: { primary, secondary: 'pistol', support, ...(team === undefined ? {} : { team }) }, playerName: name, timestamp: Date.now(),
    }, 'game:state', (state) => state.players[this.id]?.isAlive === true && state.walls !== undefined);
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** Closes what a test opened, whatever the outcome. */
export function clientKeeper(serverOf: () => RunningServer) {
  const clients: TestClient[] = [];
  return {
    async connect(transports?: string[]): Promise<TestClient> {
      const client = await TestClient.connect(serverOf(), transports);
      clients.push(client);
      return client;
    },
    closeAll(): void {
      for (const client of clients.splice(0)) client.close();
    },
  };
}

/** Sends inputs as today's client does, sixty a second, until stopped. */
export class Hands {
  #sequence = 0;
  #change: InputChange = {};
  #paused = false;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly client: TestClient) {
    this.#timer = setInterval(() => {
      if (!this.#paused) this.send(this.#change);
    }, 1000 / 60);
  }

  /** No packets but those of `send`. */
  pause(): void {
    this.#paused = true;
  }

  /** From now on. */
  hold(change: InputChange): void {
    this.#change = change;
  }

  /** One packet at once. */
  send(change: InputChange): void {
    this.client.emit('player:input', inputPacket(++this.#sequence, change));
  }

  /** A key for a moment, with the cursor where it is. */
  async press(key: string): Promise<void> {
    const before = this.#change;
    this.hold({ ...before, keys: { ...before.keys, [key]: true } });
    await sleep(60);
    this.hold(before);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export interface InputChange {
  keys?: Record<string, boolean>;
  mouse?: Record<string, number | boolean>;
}

export function inputPacket(sequence: number, change: InputChange = {}): Json {
  return {
    keys: {
      w: false, a: false, s: false, d: false, shift: false, ctrl: false, r: false, g: false, 1: false, 2: false, 3: false, 4: false,
      ...change.keys,
    },
    mouse: {
      x: 240, y: 135, buttons: 0, leftPressed: false, rightPressed: false, leftReleased: false, rightReleased: false, ...change.mouse,
    },
    sequence,
    timestamp: 0,
  };
}
