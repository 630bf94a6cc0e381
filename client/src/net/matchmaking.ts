import { io } from 'socket.io-client';
import { readFound, readReason, readUpdate, readWelcome, type MatchFound, type QueueUpdate, type Welcome } from './matchmakingProtocol';

/** What of a Socket.IO socket is used. */
export interface LobbySocket {
  connect(): unknown;
  disconnect(): unknown;
  emit(event: string, payload?: unknown): unknown;
  on(event: string, handler: (payload: unknown) => void): unknown;
}

/** What the page lends, so that tests can lend something else. */
export interface MatchmakingMeans {
  fetch(path: string, init: RequestInit): Promise<Response>;
  /** @param auth asked for at each connection */
  connect(auth: (send: (auth: object) => void) => void): LobbySocket;
  /** Of this device's account; empty: none yet. */
  loadToken(): string;
  saveToken(token: string): void;
  /** Monotonic ms. */
  now(): number;
}

export type QueuePhase =
  | 'idle'
  /** Asking for an account, or for the matchmaker. */
  | 'entering'
  /** There is none: the server has lobbies alone. */
  | 'absent'
  /** Modes are known; nothing is waited for. */
  | 'ready'
  | 'waiting'
  | 'found'
  /** `problem` says why; nothing more is tried. */
  | 'failed';

/** ms that a server may take with another token. */
const TOKEN_WAIT = 8000;
/** ms; a ping above it is none to a matchmaker. */
const MAX_PING = 9999;

/**
 * The way to a match that is rated: an account of this device, the matchmaker's queue, and tokens for the game server
 * that it names. Lives from the wish for such a match until its end, since a game server lets a lost connection back in
 * with a new token alone.
 */
export class Matchmaking {
  phase: QueuePhase = 'idle';
  problem = '';
  welcome: Welcome | null = null;
  update: QueueUpdate | null = null;
  found: MatchFound | null = null;
  onChange: () => void = () => {};

  private socket: LobbySocket | null = null;
  private token = '';
  private pingMs = 50;
  /** The token of `found` has not been used. */
  private isFresh = false;
  private wish: ((token: string) => void) | null = null;
  private wishTimer: ReturnType<typeof setTimeout> | null = null;
  /** Counts what was begun, so that a late answer to something given up changes nothing. */
  private round = 0;

  constructor(private readonly means: MatchmakingMeans) {}

  /** Signs in and connects. @param name for a new account */
  async enter(name: string): Promise<void> {
    this.close();
    const round = this.round;
    this.set('entering');
    const answer = await this.signIn(name);
    if (round !== this.round) return;
    if (answer === null) this.set('absent');
    else if ('problem' in answer) this.fail(answer.problem);
    else {
      this.token = answer.token;
      this.connect();
    }
  }

  join(mode: string): void {
    const { welcome } = this;
    if (this.phase !== 'ready' || !welcome || !welcome.modes.includes(mode)) return;
    // No region has an address to measure by: the way to the matchmaker stands for all of them.
    const ping = Math.min(MAX_PING, Math.max(1, Math.round(this.pingMs)));
    this.socket?.emit('queue:join', { mode, pings: Object.fromEntries(welcome.regions.map((region) => [region, ping])), backfill: true });
    this.update = null;
    this.set('waiting');
  }

  leave(): void {
    if (this.phase !== 'waiting') return;
    this.socket?.emit('queue:leave');
    this.set('ready');
  }

  /** For each connection to the game server; tokens are good once. */
  credentials(): Promise<string> {
    const { found } = this;
    if (found && this.isFresh) {
      this.isFresh = false;
      return Promise.resolve(found.token);
    }
    return new Promise((resolve, reject) => {
      this.dropWish();
      this.wish = resolve;
      this.wishTimer = setTimeout(() => {
        this.dropWish();
        reject(new Error('the matchmaker gave no token'));
      }, TOKEN_WAIT);
      this.socket?.emit('match:token');
    });
  }

  /** Back from a match, or given up. */
  close(): void {
    this.round += 1;
    this.dropWish();
    if (this.phase === 'waiting') this.socket?.emit('queue:leave');
    this.socket?.disconnect();
    this.socket = null;
    this.welcome = null;
    this.update = null;
    this.found = null;
    this.isFresh = false;
    this.problem = '';
    this.phase = 'idle';
  }

  /** null: the server has no accounts, and so no matchmaker. */
  private async signIn(name: string): Promise<{ token: string } | { problem: string } | null> {
    const known = this.means.loadToken();
    const start = this.means.now();
    try {
      const ask = (token: string): Promise<Response> => this.means.fetch('/accounts/guest', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify({ name }),
      });
      let response = await ask(known);
      this.pingMs = this.means.now() - start;
      // An account that the server does not know any more makes way for a new one.
      if (response.status === 401 && known) {
        this.means.saveToken('');
        response = await ask('');
      }
      if (response.status === 404 || response.status === 405) return null;
      const body: unknown = await response.json().catch(() => null);
      const raw = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
      if (!response.ok) return { problem: readReason(raw).message || `The server refused an account (${response.status})` };
      const { token } = raw;
      if (typeof token !== 'string' || token === '' || token.length > 8192) return null;
      this.means.saveToken(token);
      return { token };
    } catch {
      return { problem: 'The server can\u2019t be reached' };
    }
  }

  private connect(): void {
    const socket = this.means.connect((send) => send({ token: this.token }));
    this.socket = socket;
    const on = (event: string, handler: (payload: unknown) => void): void => {
      socket.on(event, (payload) => {
        if (this.socket === socket) handler(payload);
      });
    };
    on('welcome', (payload) => {
      const welcome = readWelcome(payload);
      if (!welcome) return;
      this.welcome = welcome;
      if (this.phase === 'entering') this.set('ready');
    });
    on('queue_joined', () => {
      if (this.phase === 'ready' || this.phase === 'entering' || this.phase === 'found') this.set('waiting');
    });
    on('queue_update', (payload) => {
      this.update = readUpdate(payload);
      this.onChange();
    });
    on('match_found', (payload) => this.take(payload));
    on('queue_left', (payload) => {
      if (this.phase === 'waiting') this.set('ready', `No longer waiting: ${readReason(payload).message || 'the queue was left'}`);
    });
    on('match_lost', () => {
      // The queue has the player again, in front.
      if (this.phase === 'found') this.set('waiting', 'The match was lost with its server: waiting in front of the others');
    });
    on('match_dropped', () => {
      if (this.phase === 'found') this.set('ready', 'The place in the match is gone');
    });
    on('request_refused', (payload) => {
      const reason = readReason(payload);
      if (reason.event === 'queue:join' && this.phase === 'waiting') this.set('ready', reason.message);
      else if (reason.event === 'connection') this.fail(reason.message);
    });
    on('session_replaced', () => this.fail('You play in another window'));
    on('connect_error', (error) => {
      // `data` comes from a server that said no; without it the way there is broken, and Socket.IO goes on trying.
      const data: unknown = error instanceof Error && 'data' in error ? error.data : undefined;
      if (typeof data === 'object' && data !== null && this.phase === 'entering') this.fail((error as Error).message);
      else if (error instanceof Error && error.message === 'Invalid namespace' && this.phase === 'entering') {
        this.close();
        this.set('absent');
      }
    });
    socket.connect();
  }

  private take(payload: unknown): void {
    const found = readFound(payload);
    if (!found) return;
    const { wish } = this;
    this.found = found;
    if (wish) {
      this.dropWish();
      wish(found.token);
      return;
    }
    this.isFresh = true;
    if (this.phase !== 'found') this.set('found');
  }

  private dropWish(): void {
    if (this.wishTimer !== null) clearTimeout(this.wishTimer);
    this.wishTimer = null;
    this.wish = null;
  }

  private fail(problem: string): void {
    this.close();
    this.set('failed', problem);
  }

  private set(phase: QueuePhase, problem = ''): void {
    this.phase = phase;
    this.problem = problem;
    this.onChange();
  }
}

const TOKEN_KEY = 'trespasser.device';

/** @param origin of the matchmaker; each has accounts of its own */
export function matchmakingMeans(origin: string): MatchmakingMeans {
  const key = `${TOKEN_KEY}@${origin}`;
  return {
    fetch: (path, init) => fetch(origin + path, init),
    connect: (auth) => io(`${origin}/matchmaking`, { autoConnect: false, forceNew: true, auth, reconnectionDelay: 500, reconnectionDelayMax: 4000, timeout: 8000 }),
    loadToken() {
      try {
        return localStorage.getItem(key) ?? '';
      } catch {
        return '';
      }
    },
    saveToken(token) {
      try {
        if (token) localStorage.setItem(key, token);
        else localStorage.removeItem(key);
      } catch {
        // A guest for as long as the page is open.
      }
    },
    now: () => performance.now(),
  };
}
