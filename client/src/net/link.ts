import type { PlayView } from './wirePlay';
import type { ClientEventName, ClientEvents, ServerEventName, ServerEvents } from './protocol';

export type LinkStatus = 'idle' | 'connecting' | 'up' | 'down' | 'refused';

/**
 * A connection to a game server as the rest of the client knows it. Scenes and the session talk to this and never
 * to a socket, so that another transport can take its place.
 */
export interface GameLink {
  readonly status: LinkStatus;
  /** The id under which the server knows this connection; empty while not connected. */
  readonly id: string;
  /** Messages that arrived and could not be read. */
  readonly malformedCount: number;
  /** What the binary protocol adds for the drawing, while the match comes by it; null while today's stream does. */
  readonly play: PlayView | null;
  /** Idempotent; keeps trying until closed. */
  open(): void;
  close(): void;
  /** Dropped while not connected: an input that arrives a second late is worse than none. */
  send<K extends ClientEventName>(event: K, payload: ClientEvents[K]): void;
  /** Returns the undo. A handler that throws is reported once and does not stop the others. */
  on<K extends ServerEventName>(event: K, handler: (payload: ServerEvents[K]) => void): () => void;
  onStatus(handler: (status: LinkStatus) => void): () => void;
  /** Handlers held, by event and status, and whatever the transport holds beyond them. */
  listenerCount(): number;
}
