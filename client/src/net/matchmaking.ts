import { io } from 'socket.io-client';
import { readFound, readParty, readReason, readUpdate, readWaited, readWelcome, type MatchFound, type Party, type QueueUpdate, type Welcome } from './matchmakingProtocol';
import { RegionPings, pingMeans, type PingMeans } from './regionPings';
import { askService, type Service } from './service';

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
  readonly pings: PingMeans;
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
/** Why no longer waiting: reasons of `queue_left` that are not one's own doing. */
const LEFT: Readonly<Record<string, string>> = {
  member_left: 'Somebody in your party stopped waiting',
  member_away: 'Somebody in your party was away for too long',
  left_party: 'Somebody has left your party',
  impossible: 'This mode, or these regions, are there no more',
  forgotten: 'The matchmaker has lost your place: join again',
};

/**
 * The way to a match that is rated: an account of this device, a party, the matchmaker's queue, and tokens for the game
 * server that it names. Lives from the wish for such a match until its end, since a game server lets a lost connection
 * back in with a new token alone; and for as long as one is in a party.
 */
export class Matchmaking {
  phase: QueuePhase = 'idle';
  problem = '';
  welcome: Welcome | null = null;
  update: QueueUpdate | null = null;
  found: MatchFound | null = null;
  party: Party | null = null;
  /** What of the party did not work, or has become of it. */
  partyProblem = '';
  /** What there is at this address; null: not known (yet). */
  service: Service | null = null;
  readonly regions: RegionPings;
  onChange: () => void = () => {};

  private socket: LobbySocket | null = null;
  private token = '';
  private pingMs = 50;
  private waitsSince = 0;
  /** Code of a party that one was asked into. */
  private wantedParty = '';
  /** The token of `found` has not been used. */
  private isFresh = false;
  private wish: ((token: string) => void) | null = null;
  private wishTimer: ReturnType<typeof setTimeout> | null = null;
  /** Counts what was begun, so that a late answer to something given up changes nothing. */
  private round = 0;

  constructor(readonly means: MatchmakingMeans) {
    this.regions = new RegionPings(means.pings);
    this.regions.onChange = () => this.onChange();
  }

  /** Whether one's own word counts: alone, or as the leader of the party. */
  get leads(): boolean {
    return this.party === null || this.party.leader === this.welcome?.playerId;
  }

  /** ms; of who waits. */
  get waitedMs(): number {
    return this.means.now() - this.waitsSince;
  }

  /** Members of the party, oneself left out, who have not said that they are ready. */
  get unready(): readonly string[] {
    return this.party?.members.filter(({ id, isReady }) => id !== this.welcome?.playerId && !isReady).map(({ name }) => name) ?? [];
  }

  /** Learns what there is at this address. */
  async look(): Promise<void> {
    const service = await askService((path, init) => this.means.fetch(path, init));
    if (service === null) return;
    this.service = service;
    this.onChange();
  }

  /** Signs in and connects; who is connected already stays so. @param name for a new account */
  async enter(name: string, partyCode = ''): Promise<void> {
    if (this.socket !== null && this.welcome !== null) {
      this.rest();
      if (partyCode) this.joinParty(partyCode);
      void this.measure();
      return;
    }
    this.close();
    this.wantedParty = partyCode;
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
    if (this.phase !== 'ready' || !welcome || !welcome.modes.includes(mode) || !this.leads) return;
    this.socket?.emit('queue:join', {
      mode, pings: this.regions.forQueue(welcome.regions, this.pingMs), backfill: true, ...(this.party ? { party: this.party.code } : {}),
    });
    this.update = null;
    this.waitsSince = this.means.now();
    this.set('waiting');
  }

  leave(): void {
    if (this.phase !== 'waiting') return;
    this.socket?.emit('queue:leave');
    this.set('ready');
  }

  createParty(): void {
    this.ask('party:create');
  }

  joinParty(code: string): void {
    this.ask('party:join', { code });
  }

  leaveParty(): void {
    this.ask('party:leave');
  }

  setReady(isReady: boolean): void {
    this.ask('party:ready', { isReady });
  }

  promote(memberId: string): void {
    this.ask('party:promote', { id: memberId });
  }

  kick(memberId: string): void {
    this.ask('party:kick', { id: memberId });
  }

  /** Back from a match, be it over or left. What else there is of the connection stays. */
  rest(): void {
    if (this.phase !== 'found') return;
    this.dropWish();
    this.found = null;
    this.isFresh = false;
    this.update = null;
    if (this.socket === null) this.close();
    else {
      this.socket.emit('menu:enter');
      this.set('ready');
    }
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

  /** Given up: queue and party are left. */
  close(): void {
    this.round += 1;
    this.dropWish();
    if (this.party) this.socket?.emit('party:leave');
    else if (this.phase === 'waiting') this.socket?.emit('queue:leave');
    this.party = null;
    this.partyProblem = '';
    this.wantedParty = '';
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
      // What follows says where one is; all else is no more.
      this.party = null;
      if (this.phase === 'entering') this.set('ready');
      else this.onChange();
      if (this.wantedParty) this.joinParty(this.wantedParty);
      this.wantedParty = '';
      void this.measure();
    });
    on('party_state', (payload) => {
      const party = readParty(payload);
      if (!party) return;
      this.party = party;
      this.tell('');
    });
    on('party_left', (payload) => {
      const had = this.party !== null;
      this.party = null;
      this.tell(had && readReason(payload).message === 'removed' ? 'You are in the party no longer' : '');
    });
    on('queue_joined', (payload) => {
      this.waitsSince = this.means.now() - readWaited(payload);
      if (this.phase === 'ready' || this.phase === 'entering' || this.phase === 'found') this.set('waiting');
    });
    on('queue_update', (payload) => {
      this.update = readUpdate(payload);
      if (this.update) this.waitsSince = this.means.now() - this.update.waitedMs;
      this.onChange();
    });
    on('match_found', (payload) => this.take(payload));
    on('queue_left', (payload) => {
      if (this.phase === 'waiting') this.set('ready', LEFT[readReason(payload).message] ?? '');
    });
    on('match_lost', () => {
      // The queue has the player again, in front. What was asked of the lost server's place is void.
      this.dropWish();
      if (this.phase === 'found') this.set('waiting', 'The match was lost with its server: waiting in front of the others');
    });
    on('match_dropped', () => {
      if (this.phase === 'found') this.set('ready', 'The place in the match is gone');
    });
    on('request_refused', (payload) => {
      const reason = readReason(payload);
      if (reason.event === 'queue:join' && this.phase === 'waiting') this.set('ready', reason.message);
      else if (reason.event === 'connection') this.fail(reason.message);
      else if (reason.event.startsWith('party:')) this.tell(reason.message);
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
    const isSame = this.found?.matchId === found.matchId && this.found.url === found.url;
    this.found = found;
    if (wish && isSame) {
      this.dropWish();
      wish(found.token);
      return;
    }
    this.isFresh = true;
    if (this.phase !== 'found') this.set('found');
  }

  private ask(event: string, payload?: object): void {
    if (!this.welcome) return;
    this.socket?.emit(event, payload);
  }

  /** Where the ways to the regions are measured is told anew each time: servers come and go. */
  private async measure(): Promise<void> {
    await this.look();
    const names = this.welcome?.regions ?? [];
    const probes = new Map(this.service?.regions.map((region) => [region.name, region.probes]));
    await this.regions.measure(names.map((name) => ({ name, probes: probes.get(name) ?? [] })));
  }

  private tell(problem: string): void {
    this.partyProblem = problem;
    this.onChange();
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
    pings: pingMeans(origin),
  };
}
