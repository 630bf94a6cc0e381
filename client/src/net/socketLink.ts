import { io, type Socket } from 'socket.io-client';
import type { GameLink, LinkStatus } from './link';
import { READERS, type ClientEventName, type ClientEvents, type ServerEventName, type ServerEvents } from './protocol';

/** ms */
const KICKED_RETRY_MS = 7000;
/** Said by a matchmaker to who asks it for a lobby. */
const NO_LOBBIES = 'NO_LOBBIES';

/** A game server that is not the page's own, and lets nobody in without a token. */
export interface GameHost {
  /** Origin. */
  readonly url: string;
  /** For each connection anew. */
  credentials(): Promise<string>;
}

/** Socket.IO 4 in JSON, as the legacy protocol has it. */
export class SocketLink implements GameLink {
  status: LinkStatus = 'idle';
  readonly play = null;
  malformedCount = 0;

  private socket: Socket;
  private host: GameHost | null = null;
  private readonly handlers = new Set<readonly [event: string, listener: (value: unknown) => void]>();
  private readonly statusHandlers = new Set<(status: LinkStatus) => void>();
  private readonly reported = new Set<string>();

  constructor(private readonly home: string) {
    this.socket = this.socketTo(home);
  }

  /** Origin of the server that is spoken to. */
  get url(): string {
    return this.host?.url ?? this.home;
  }

  /** From now on speaks to another server; null: to the page's own. Whoever listens hears that one. */
  aim(host: GameHost | null): void {
    if (host === this.host) return;
    this.close();
    this.host = host;
    this.socket.removeAllListeners();
    this.socket = this.socketTo(this.url);
    for (const [event, listener] of this.handlers) this.socket.on(event, listener);
  }

  private socketTo(url: string): Socket {
    const { host } = this;
    const socket = io(url, {
      autoConnect: false,
      forceNew: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 4000,
      timeout: 8000,
      ...(host === null ? {} : {
        auth: (send: (auth: object) => void) => {
          // Without one the server says no, and the next try asks again.
          host.credentials().then((token) => send({ token }), () => send({}));
        },
      }),
    });
    socket.on('connect', () => this.setStatus('up'));
    socket.on('disconnect', (reason) => {
      if (this.status === 'idle' || this.status === 'refused') return;
      this.setStatus('down');
      // Socket.IO does not come back by itself from a disconnect that the server asked for. Not at once, since
      // servers refuse an address that connects more than 10 times a minute.
      if (reason === 'io server disconnect') this.retryLater(socket);
    });
    socket.on('connect_error', (error) => {
      if (this.status === 'idle') return;
      const data: unknown = 'data' in error ? error.data : undefined;
      if (typeof data === 'object' && data !== null && 'code' in data && data.code === NO_LOBBIES) {
        this.tell('matchmaking_failed', { reason: 'This server has rated matches alone' });
        return;
      }
      this.setStatus('down');
      // Nor from a server that said no, as one does to a token that is used up.
      if (!socket.active) this.retryLater(socket);
    });
    socket.on('auth-failed', () => {
      this.setStatus('refused');
      socket.disconnect();
    });
    return socket;
  }

  /** As if the server had said it. */
  private tell(event: ServerEventName, payload: object): void {
    for (const [name, listener] of [...this.handlers]) if (name === event) listener(payload);
  }

  private retryLater(socket: Socket): void {
    setTimeout(() => {
      if (this.status === 'down' && this.socket === socket) socket.connect();
    }, KICKED_RETRY_MS);
  }

  get id(): string {
    return this.socket.id ?? '';
  }

  open(): void {
    if (this.status === 'up' || this.status === 'connecting') return;
    this.setStatus('connecting');
    this.socket.connect();
  }

  close(): void {
    this.setStatus('idle');
    this.socket.disconnect();
  }

  send<K extends ClientEventName>(event: K, payload: ClientEvents[K]): void {
    if (!this.socket.connected) return;
    if (payload === undefined) this.socket.emit(event);
    else this.socket.emit(event, payload);
  }

  on<K extends ServerEventName>(event: K, handler: (payload: ServerEvents[K]) => void): () => void {
    const read = READERS[event] as (value: unknown) => ServerEvents[K] | null;
    const listener = (value: unknown): void => {
      try {
        const payload = read(value);
        if (payload === null) {
          this.malformedCount += 1;
          this.reportOnce(`unreadable ${event}`, value);
          return;
        }
        handler(payload);
      } catch (error) {
        this.reportOnce(`failed on ${event}`, error);
      }
    };
    // The typed emitter can't follow a generic event name; READERS has already tied the name to the payload.
    const entry = [event as string, listener] as const;
    this.handlers.add(entry);
    this.socket.on(event as string, listener);
    return () => {
      this.handlers.delete(entry);
      this.socket.off(event as string, listener);
    };
  }

  onStatus(handler: (status: LinkStatus) => void): () => void {
    this.statusHandlers.add(handler);
    return () => {
      this.statusHandlers.delete(handler);
    };
  }

  listenerCount(): number {
    let count = this.statusHandlers.size;
    for (const name of ['connect', 'disconnect', 'connect_error']) count += this.socket.listeners(name).length;
    for (const name of Object.keys(READERS)) count += this.socket.listeners(name).length;
    return count;
  }

  private setStatus(status: LinkStatus): void {
    if (status === this.status) return;
    this.status = status;
    for (const handler of [...this.statusHandlers]) {
      try {
        handler(status);
      } catch (error) {
        this.reportOnce(`failed on status ${status}`, error);
      }
    }
  }

  private reportOnce(what: string, detail: unknown): void {
    if (this.reported.has(what)) return;
    this.reported.add(what);
    console.warn(`trespasser: ${what} (said once)`, detail);
  }
}
