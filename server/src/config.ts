export interface Config {
  /** 0 lets the system choose. */
  port: number;
  host: string;
  /** Name of a built-in map, or path of a PNG; undefined: the first built-in one. */
  map: string | undefined;
  bots: number;
  rules: 'standard' | 'legacy';
  reading: 'fine' | 'coarse';
  /** Steps per second. */
  tickRate: number;
  killTarget: number;
  debugCommands: boolean;
  /** Whether clients may ask for the binary protocol. */
  wire: boolean;
  /** New connections per address and minute; 0: no limit. */
  connectionsPerMinute: number;
  /** Development lets loopback connect without limit; a container behind a proxy on the same host must not. */
  limitLoopback: boolean;
  /** Clients connected at once. */
  maxConnections: number;
  /** Lobbies, and so matches, at once. */
  maxMatches: number;
  /** Events a second that one client may send in the long run. */
  eventsPerSecond: number;
  /** Seconds that a connection has to become a client: to send a request, to open a session, to give the password. */
  handshakeSeconds: number;
  /** Of the operator's endpoints; 0 lets the system choose. */
  adminPort: number;
  /** Seconds that running matches may go on after SIGTERM. */
  drainSeconds: number;
  /** Where what outlives the process is kept. */
  dataDir: string;
  /** Where matches are written down. */
  replays: 'off' | 'directory';
  password: string | undefined;
  adminPassword: string | undefined;
  logLevel: LogLevel;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks every setting, and names all the bad ones at once. An empty variable counts as unset. */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const text = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  const refuse = (name: string, value: string, limit: string): void => {
    problems.push(`${name}=${JSON.stringify(value)} is not valid: ${limit}`);
  };
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const value = text(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    refuse(name, value, `it takes a whole number from ${min} to ${max}`);
    return fallback;
  };
  const choice = <T extends string>(name: string, fallback: T, choices: readonly T[]): T => {
    const value = text(name);
    if (value === undefined) return fallback;
    const found = choices.find((each) => each === value.toLowerCase());
    if (found === undefined) refuse(name, value, `it takes one of ${choices.join(', ')}`);
    return found ?? fallback;
  };
  const flag = (name: string, fallback: 'on' | 'off'): boolean => (
    ['1', 'true', 'on'].includes(choice(name, fallback, ['0', '1', 'false', 'true', 'off', 'on']))
  );
  const secret = (name: string): string | undefined => {
    const value = env[name];
    if (value === undefined || value === '') return undefined;
    // The value itself stays out of the message: messages end up in logs.
    if (value.length > 256) problems.push(`${name} is not valid: it takes at most 256 characters`);
    return value;
  };

  const rules = choice('RULES', 'standard', ['standard', 'legacy'] as const);
  const config: Config = {
    port: integer('PORT', 3000, 0, 65535),
    host: text('HOST') ?? '0.0.0.0',
    map: text('MAP'),
    bots: integer('BOTS', 0, 0, 7),
    rules,
    reading: choice('READING', rules === 'legacy' ? 'coarse' : 'fine', ['fine', 'coarse'] as const),
    tickRate: integer('TICK_RATE', 60, 20, 240),
    killTarget: integer('KILL_TARGET', 50, 1, 1000),
    debugCommands: flag('DEBUG_COMMANDS', 'off'),
    wire: flag('WIRE', 'on'),
    connectionsPerMinute: integer('CONNECTIONS_PER_MINUTE', 10, 0, 1_000_000),
    limitLoopback: env['NODE_ENV'] === 'production',
    maxConnections: integer('MAX_CONNECTIONS', 2000, 1, 100_000),
    maxMatches: integer('MAX_MATCHES_PER_SERVER', 100, 1, 1000),
    eventsPerSecond: integer('EVENTS_PER_SECOND', 240, 70, 100_000),
    handshakeSeconds: integer('HANDSHAKE_SECONDS', 10, 1, 300),
    adminPort: integer('ADMIN_PORT', 9090, 0, 65535),
    drainSeconds: integer('DRAIN_SECONDS', 900, 0, 86_400),
    dataDir: text('DATA_DIR') ?? '.data',
    replays: choice('REPLAYS', 'off', ['off', 'directory'] as const),
    password: secret('PASSWORD'),
    adminPassword: secret('ADMIN_PASSWORD'),
    logLevel: choice('LOG_LEVEL', 'info', LOG_LEVELS),
  };
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config;
}
