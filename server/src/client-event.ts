import type { z } from 'zod';
import type { Session } from './session.js';

/** How one event of a client is checked and answered. */
export interface ClientEvent {
  readonly schema: z.ZodType;
  /** Settles where it takes its time. */
  handle(session: Session, payload: never): void | Promise<void>;
  /** The documented answer where the game refuses. */
  refused?(session: Session, reason: string): void;
  /** Answered before the password is given, too. */
  readonly isPublic?: boolean;
}

export function clientEvent<S extends z.ZodType>(
  schema: S,
  handle: (session: Session, payload: z.output<S>) => void | Promise<void>,
  options: Pick<ClientEvent, 'refused' | 'isPublic'> = {},
): ClientEvent {
  return { schema, handle: handle as ClientEvent['handle'], ...options };
}
