import { pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

const HIDDEN = '[hidden]';
/** Names under which secrets travel, at the top and one level down. */
const SECRET_FIELDS = [
  'token', 'password', 'secret', 'authorization', 'databaseUrl', 'redisUrl', 'tokenSecret', 'credentials', 'secretAccessKey', 'auth', 'ticket',
];
/** `scheme://user:password@` of any URL, and tokens wherever they stand, such as in the message of an error. */
const PASSWORD_OF_URL = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*:)[^\s@"/?#]+@/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]+/g;

/** Errors of libraries carry whole connections, and settings with passwords; this is what says what happened. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, cause, code } = error as Error & { code?: unknown };
  return {
    type, message, stack,
    ...(code === undefined ? {} : { code: typeof code === 'number' ? code : String(code) }),
    ...(cause === undefined ? {} : { cause: errorFields(cause) }),
  };
}

/** Takes what looks like a secret out of a line. */
export function withoutSecrets(line: string): string {
  return line.replace(PASSWORD_OF_URL, `$1${HIDDEN}@`).replace(JSON_WEB_TOKEN, HIDDEN);
}

/**
 * JSON lines for machines, coloured lines where a person is watching. Parts of the program say who they are by
 * `component`; a match is `match`, a player with an account `playerId`. Secrets stay out, by name and by look.
 *
 * @param to for tests; by default the standard output
 */
export function createLogger(level: string, to?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: HIDDEN },
    serializers: { err: errorFields },
    hooks: { streamWrite: withoutSecrets },
  };
  if (to !== undefined) return pino(options, to);
  if (!process.stdout.isTTY) return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime });
  return pino(options, pretty({ sync: true, translateTime: 'HH:MM:ss.l' }));
}
