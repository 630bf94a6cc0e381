import { io, type Socket } from 'socket.io-client';
import type { GameLink, LinkStatus } from './link';
import { READERS, type ClientEventName, type ClientEvents, type ServerEventName, type ServerEvents } from './protocol';

/** ms */
const KICKED_RETRY_MS = 7000;

/** Socket.IO 4 in JSON, as the legacy protocol has it. */
export class SocketLink implements GameLink {
  status: LinkStatus = 'idle';
  readonly play = null;
  malformedCount = 0;

  private readonly socket: Socket;
  private readonly statusHandlers = new Set<(status: LinkStatus) => void>();
  private readonly reported = new Set<string>();

  constructor(url: string) {
    this.socket = io(url, {
      autoConnect: false,
      reconnectionDelay: 500,
      reconnectionDelayMax: 4000,
      timeout: 8000,
    });
    this.socket.on('connect', () => this.setStatus('up'));
    this.socket.on('disconnect', (reason) => {
      if (this.status === 'idle' || this.status === 'refused') return;
      this.setStatus('down');
      // Socket.IO does not come back by itself from a disconnect that the server asked for. Not at once, since
      // servers refuse an address that connects more than 10 times a minute.
      if (reason === 'io server disconnect') {
        setTimeout(() => {
          if (this.status === 'down') this.socket.connect();
        }, KICKED_RETRY_MS);
      }
    });
    this.socket.on('connect_error', () => {
      if (this.status !== 'idle') this.setStatus('down');
    });
    this.socket.on('auth-failed', () => {
      this.setStatus('refused');
      this.socket.disconnect();
    });
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
    this.socket.on(event as string, listener);
    return () => {
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
