import { z } from 'zod';

/**
 * - `unavailable`: the database is away, or busy. Later it works.
 * - `invalid`: what was given can never be stored.
 * - `fault`: neither; a schema that does not fit this program, a full disk, a bug. It takes a person.
 */
export type StoreErrorKind = 'unavailable' | 'invalid' | 'fault';

export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(readonly kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Codes of sockets, names that do not resolve, and of Unix sockets that are gone. */
const AWAY = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN',
  'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EADDRNOTAVAIL', 'EMFILE',
]);

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNAVAILABLE_STATES = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available
  '57014', // query_canceled: the statement took too long
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25006', // read_only_sql_transaction: a standby, before it is promoted
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
]);

/** 08: connection exception. */
const UNAVAILABLE_CLASSES = new Set(['08']);

/** 21: cardinality, 22: data exception, 23: integrity constraint. */
const INVALID_CLASSES = new Set(['21', '22', '23']);

/** Errors that `pg` raises without a code. */
const AWAY_MESSAGES = /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed)/;

const isState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code);

function classify(error: Error & { code?: unknown }): StoreErrorKind {
  const code = typeof error.code === 'string' ? error.code : '';
  if (AWAY.has(code) || UNAVAILABLE_STATES.has(code)) return 'unavailable';
  if (isState(code)) {
    if (UNAVAILABLE_CLASSES.has(code.slice(0, 2))) return 'unavailable';
    return INVALID_CLASSES.has(code.slice(0, 2)) ? 'invalid' : 'fault';
  }
  return AWAY_MESSAGES.test(error.message) ? 'unavailable' : 'fault';
}

/** Whatever a query throws, as an error that says what to do about it. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (!(error instanceof Error)) return new StoreError('fault', String(error));
  const detail = error as Error & { code?: unknown; constraint?: unknown; errors?: unknown };
  // Node tries all addresses of a name and reports them together.
  const first = Array.isArray(detail.errors) && detail.errors[0] instanceof Error ? detail.errors[0] : detail;
  const kind = classify(first);
  const constraint = typeof detail.constraint === 'string' ? ` (constraint ${detail.constraint})` : '';
  const prefix = { unavailable: 'the database is away or busy', invalid: 'the database refuses the data', fault: 'the database failed' }[kind];
  return new StoreError(kind, `${prefix}: ${first.message}${constraint}`, { cause: error });
}

/** Checks what comes from outside; all problems are named in one error. */
export function check<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 5).map((issue) => `${[what, ...issue.path].join('.')}: ${issue.message}`);
  throw new StoreError('invalid', problems.join('; '));
}
