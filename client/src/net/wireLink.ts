import { readMapFile } from '../predict/geometry';
import { VERSION, WireError } from '../wire';
import type { GameLink, LinkStatus } from './link';
import type { ClientEventName, ClientEvents, PlayerInput, ServerEventName, ServerEvents, WireReady } from './protocol';
import { WirePlay, type PlayView } from './wirePlay';

/** What of a WebSocket is used. */
export interface Wire {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
  send(bytes: Uint8Array): void;
  close(): void;
}

/** What the page lends, so that tests can lend something else. */
export interface WireMeans {
  /** @param path with the query, on the game server */
  connect(path: string): Wire;
  /** The JSON at a path of the game server; rejects where there is none. */
  fetchJson(path: string): Promise<unknown>;
  /** Monotonic ms. */
  now(): number;
}

/** ms after which a WebSocket without a first state counts as failed. */
const FIRST_STATE_MS = 5000;
/** ms to the next try after a failure, and how many failures in a row end it. */
const RETRY_MS = [2000, 5000, 15_000];
/** Of a connection's close: the match is left; for the others nothing is to be tried again until the next match. */
const LEFT = 4000;
const AFTER_LEFT_MS = 300;
const REPLACED = 4001;
const POLICY = 1008;
const OPEN = 1;
/** Bytes waiting in the WebSocket from which on it counts as stuck: a second's worth. */
const STUCK_BYTES = 1500;
/** Messages that cannot be read, in a row, after which today's stream is the better one. */
const BAD_MESSAGES = 20;

/** Events that tell of the match: by one of the two protocols at a time. */
const STREAM: ReadonlySet<ServerEventName> = new Set<ServerEventName>([
  'game:state', 'sounds', 'weapon:fired', 'weapon:hit', 'weapon:miss', 'weapon:reload', 'weapon:reloaded', 'wall:damaged', 'wall:destroyed',
  'player:damaged', 'backend:player:died', 'backend:player:respawned', 'backend:respawn:denied', 'weapon:switched', 'weapon:rate_limited',
  'weapon:heat:update', 'grenade:thrown', 'projectile:created', 'projectile:updated', 'projectile:exploded', 'explosion:created',
  'FLASHBANG_EFFECT',
]);

type Handler = (payload: never) => void;

/**
 * A connection that speaks the binary protocol where the server does: today's Socket.IO for lobby and control, a WebSocket
 * for the match. Whoever listens hears the same events either way. Where the server refuses, or the WebSocket fails, today's
 * stream goes on, for the server sends it whenever the WebSocket is not there.
 */
export class WireLink implements GameLink {
  private readonly handlers = new Map<ServerEventName, Set<Handler>>();
  private wire: Wire | null = null;
  private current: WirePlay | null = null;
  /** Content hash of the map under way. */
  private fetching = '';
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isPlaying = false;
  /** Until the next match. */
  private isRefused = false;
  /** For good. */
  private isBroken = false;
  private bad = 0;
  private malformed = 0;
  private readonly reported = new Set<string>();

  constructor(
    private readonly inner: GameLink,
    private readonly means: WireMeans,
  ) {
    inner.onStatus((status) => {
      if (status === 'up') return;
      this.isPlaying = false;
      this.isRefused = false;
      this.drop();
    });
    inner.on('player:join:success', () => {
      this.isPlaying = true;
      this.isRefused = false;
      this.failures = 0;
      this.ask();
    });
    inner.on('left_lobby', () => {
      this.isPlaying = false;
      this.drop();
    });
    inner.on('wire:refused', () => {
      this.isRefused = true;
    });
    inner.on('wire:ready', (ready) => this.connect(ready));
    inner.on('wire:roster', (roster) => this.current?.setRoster(roster));
  }

  get status(): LinkStatus {
    return this.inner.status;
  }

  get id(): string {
    return this.inner.id;
  }

  get malformedCount(): number {
    return this.inner.malformedCount + this.malformed;
  }

  get play(): PlayView | null {
    return this.current?.isLive === true ? this.current : null;
  }

  open(): void {
    this.inner.open();
  }

  close(): void {
    this.isPlaying = false;
    this.drop();
    this.inner.close();
  }

  send<K extends ClientEventName>(event: K, payload: ClientEvents[K]): void {
    const play = this.current?.isLive === true ? this.current : null;
    switch (play ? event : '') {
      case 'player:input':
        play!.input(payload as PlayerInput, this.means.now());
        return;
      case 'player:respawn':
        play!.respawn();
        return;
      case 'weapon:equip':
        play!.equip(payload as ClientEvents['weapon:equip']);
        return;
      case 'weapon:switch':
        play!.switchTo((payload as ClientEvents['weapon:switch']).toWeapon);
        return;
      case 'request_game_state':
        play!.retell();
        return;
      default:
        if (event === 'leave_lobby') {
          this.isPlaying = false;
          this.drop();
        }
        this.inner.send(event, payload);
    }
  }

  on<K extends ServerEventName>(event: K, handler: (payload: ServerEvents[K]) => void): () => void {
    if (!STREAM.has(event)) return this.inner.on(event, handler);
    let handlers = this.handlers.get(event);
    if (!handlers) this.handlers.set(event, (handlers = new Set()));
    handlers.add(handler as Handler);
    const undo = this.inner.on(event, (payload) => {
      // What was under way when the WebSocket took over.
      if (this.play === null) handler(payload);
    });
    return () => {
      handlers.delete(handler as Handler);
      undo();
    };
  }

  onStatus(handler: (status: LinkStatus) => void): () => void {
    return this.inner.onStatus(handler);
  }

  listenerCount(): number {
    return this.inner.listenerCount();
  }

  private ask(): void {
    if (!this.isPlaying || this.isRefused || this.isBroken || this.wire) return;
    this.inner.send('wire:open', { version: VERSION });
  }

  private connect({ path, ticket, version, map }: WireReady): void {
    if (!this.isPlaying || version !== VERSION) return;
    this.drop();
    const play = new WirePlay(() => this.inner.id, this.emit);
    let wire: Wire;
    try {
      wire = this.means.connect(`${path}?ticket=${encodeURIComponent(ticket)}`);
    } catch {
      this.failed();
      return;
    }
    this.wire = wire;
    this.current = play;
    this.bad = 0;
    wire.binaryType = 'arraybuffer';
    wire.onmessage = ({ data }) => {
      if (this.wire !== wire || !(data instanceof ArrayBuffer)) return;
      this.take(play, new Uint8Array(data));
    };
    wire.onclose = ({ code }) => {
      if (this.wire !== wire) return;
      this.drop();
      if (code === REPLACED || code === POLICY) return;
      // Into the next match: its `player:join:success` may have come before.
      if (code === LEFT) this.timer = setTimeout(() => this.ask(), AFTER_LEFT_MS);
      else this.failed();
    };
    wire.onerror = () => {};
    play.onMessage = (bytes) => {
      // On a connection that is stuck the next message has the same inputs, and newer ones.
      if (this.wire === wire && wire.readyState === OPEN && wire.bufferedAmount < STUCK_BYTES) wire.send(bytes);
    };
    play.onMapWanted = (hash) => this.fetchMap(wire, play, hash);
    this.timer = setTimeout(() => {
      if (this.wire !== wire || play.isLive) return;
      this.drop();
      this.failed();
    }, FIRST_STATE_MS);
    this.fetchMap(wire, play, map);
  }

  /** Asked for by `wire:ready`, and again where a welcome names another. */
  private fetchMap(wire: Wire, play: WirePlay, hash: string): void {
    if (this.fetching === hash) return;
    this.fetching = hash;
    this.means.fetchJson(`/maps/${hash}.json`).then(
      (value) => {
        if (this.wire !== wire || this.fetching !== hash) return;
        this.fetching = '';
        const file = readMapFile(value);
        if (file && file.hash === hash) play.setMap(file);
        else this.fallBack('the map is not readable', value);
      },
      (error: unknown) => {
        if (this.wire === wire) this.fallBack('the map did not come', error);
      },
    );
  }

  private take(play: WirePlay, bytes: Uint8Array): void {
    try {
      play.take(bytes, this.means.now());
      this.bad = 0;
      if (play.isLive) this.failures = 0;
      const { farewell } = play.receiver;
      if (farewell === '') return;
      // Until the WebSocket ends the server would send neither stream.
      this.isRefused = true;
      this.drop();
    } catch (error) {
      if (!(error instanceof WireError)) {
        this.fallBack('failed on a snapshot', error);
        return;
      }
      this.malformed += 1;
      this.bad += 1;
      if (this.bad >= BAD_MESSAGES) this.fallBack('unreadable messages', error);
    }
  }

  /** For good: what failed would fail again. */
  private fallBack(what: string, detail: unknown): void {
    if (!this.reported.has(what)) {
      this.reported.add(what);
      console.warn(`trespasser: ${what}; today's protocol goes on (said once)`, detail);
    }
    this.isBroken = true;
    this.drop();
  }

  private failed(): void {
    const wait = RETRY_MS[this.failures];
    this.failures += 1;
    if (wait === undefined || !this.isPlaying) return;
    this.timer = setTimeout(() => this.ask(), wait);
  }

  private drop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const { wire } = this;
    this.wire = null;
    this.current = null;
    this.fetching = '';
    if (!wire) return;
    wire.onopen = null;
    wire.onmessage = null;
    wire.onclose = null;
    wire.close();
  }

  private readonly emit = <K extends ServerEventName>(event: K, payload: ServerEvents[K]): void => {
    for (const handler of [...(this.handlers.get(event) ?? [])]) {
      try {
        (handler as (payload: ServerEvents[K]) => void)(payload);
      } catch (error) {
        const what = `failed on ${event}`;
        if (this.reported.has(what)) continue;
        this.reported.add(what);
        console.warn(`trespasser: ${what} (said once)`, error);
      }
    }
  };
}

/** Means of a page. @param origin of the game server, `http:` or `https:` */
/** @param origin of the server that is spoken to just now */
export function pageMeans(origin: () => string): WireMeans {
  return {
    connect: (path) => new WebSocket(origin().replace(/^http/, 'ws') + path) as unknown as Wire,
    async fetchJson(path) {
      const response = await fetch(origin() + path);
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.json();
    },
    now: () => performance.now(),
  };
}
