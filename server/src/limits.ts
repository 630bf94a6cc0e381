/**
 * What one client may cost. The table in README.md says the same in words. Limits of the wire are beside it
 * (wire-connection.ts), since the wire counts for itself.
 */

/** Bytes of one message. Far more than any honest one, so that an absurd string is refused as malformed rather than by cutting the line. */
export const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/** Bytes a second that a client may send in the long run, six times what an honest one does, and how many at once. */
export const BYTES = { perSecond: 128 * 1024, burst: 4 * 1024 * 1024 } as const;

/** Events at once, in seconds of what is allowed in the long run (`EVENTS_PER_SECOND`). */
export const BURST_SECONDS = 2;

/** Faults that a client may add up before it is expelled, and how many are forgiven a second. */
export const PATIENCE = { faults: 300, forgivenPerSecond: 5 } as const;

/** In faults. Events that come out of season are none: honest clients send those, too. */
export const FAULT_COST = {
  event_malformed: 1,
  event_over_budget: 0.1,
  event_unknown: 0.2,
  event_unauthenticated: 0.2,
  wrong_password: 20,
} as const;
export type Fault = keyof typeof FAULT_COST;

/**
 * Packets of earlier steps waiting in the connection's buffer from which on a client counts as too slow for another
 * state, and how much may wait in all before it is given up.
 */
export const SLOW_CLIENT_PACKETS = 24;
export const MAX_WAITING = { packets: 512, bytes: 2 * 1024 * 1024 } as const;

/** Sockets at once for each client allowed: polling takes two, an upgrade three for a moment, and pages come over others. */
export const SOCKETS_PER_CLIENT = 4;

/** Milliseconds between two pings of a connection, and how long the answer may take. */
export const PING = { intervalMs: 5000, timeoutMs: 10_000 } as const;

/** What an expelled client is told, in `server:expelled`, and the log. */
export const EXPULSION = {
  faults: 'Too many bad events',
  bytes: 'Too many bytes',
  slow: 'Too slow a reader',
} as const;
export type Expulsion = keyof typeof EXPULSION;
