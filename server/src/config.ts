// Not by their index: that loads the engine, and a bad setting is to be told even where there is none.
import { TrustedProxies } from './accounts/addresses.js';
import { TokenKeys } from './accounts/keys.js';

/**
 * - `match`: accounts, queue and matchmaker; plays nothing
 * - `game`: plays the matches that it is given, and lobbies of its own
 * - `all`: both in one process
 */
export const ROLES = ['all', 'match', 'game'] as const;
export type Role = (typeof ROLES)[number];

/** Who signs tokens that are not ours. */
export interface JwksConfig {
  url: string;
  issuer: string;
  audience: string;
}

export interface S3Config {
  /** Undefined: Amazon's own. */
  endpoint: string | undefined;
  bucket: string;
  region: string;
  /** Undefined: as the machine has them. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
}

export interface Config {
  role: Role;
  /** Whether there are accounts, a queue and a database beside the lobbies. */
  matchmaking: boolean;
  /** Where this server stands. */
  region: string;
  /** Regions that players may be matched in, at the matchmaker. */
  regions: string[];
  /** How players reach this game server; undefined: by its host and port. */
  publicUrl: string | undefined;
  /** Where players find the lobby after a match; undefined: where they came from. */
  lobbyUrl: string | undefined;
  /** Undefined: queue and pool are in this process' memory. */
  redisUrl: string | undefined;
  /** Undefined: an embedded database. */
  databaseUrl: string | undefined;
  /** Undefined: one is made and kept in `dataDir`. */
  tokenSecret: string | undefined;
  jwks: JwksConfig | undefined;
  s3: S3Config | undefined;
  /** Whether Agones runs this process. */
  agones: boolean;
  /** Whether the engine watches for what no honest player does. */
  guard: boolean;
  /** Whose X-Forwarded-For counts. */
  trustedProxies: TrustedProxies;
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
  /** Tickets of the matchmaker's queue at most. */
  maxTickets: number;
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
  replays: 'off' | 'directory' | 's3';
  /** MiB of recordings kept on this machine (`directory`); the oldest make room. */
  replaysMib: number;
  /** Recordings kept on this machine, likewise. */
  replaysCount: number;
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

const LABEL = /^[\w.:-]{1,32}$/;

/**
 * What the command line says, as settings of the environment; it has the last word.
 *
 * @throws ConfigError for anything but `--role`
 */
export function readArguments(args: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (let at = 0; at < args.length; at++) {
    const [name, value] = args[at]!.split(/=(.*)/s, 2) as [string, string?];
    if (name !== '--role') throw new ConfigError(`${JSON.stringify(args[at])} is not known: there is --role ${ROLES.join('|')}; all else are environment variables`);
    if ('ROLE' in settings) throw new ConfigError('--role is given twice');
    const role = value ?? args[++at];
    if (role === undefined || role === '') throw new ConfigError(`--role takes one of ${ROLES.join(', ')}`);
    settings['ROLE'] = role;
  }
  return settings;
}

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

  const url = (name: string, protocols: readonly string[]): string | undefined => {
    const value = secret(name);
    if (value === undefined) return undefined;
    const protocol = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : '';
    // It may have a password in it.
    if (!protocols.includes(protocol)) problems.push(`${name} is not valid: it takes a URL that begins with ${protocols.map((each) => `${each}://`).join(' or ')}`);
    return value;
  };
  const label = (name: string, fallback: string): string => {
    const value = text(name) ?? fallback;
    if (!LABEL.test(value)) refuse(name, value, 'it takes 1 to 32 of A-Z, a-z, 0-9, _, ., : and -');
    return value;
  };
  const need = (names: readonly string[], why: string): void => {
    const missing = names.filter((name) => text(name) === undefined);
    if (missing.length > 0) problems.push(`${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: ${why}`);
  };
  const sane = <T>(read: () => T, fallback: T): T => {
    try {
      return read();
    } catch (error) {
      problems.push((error as Error).message);
      return fallback;
    }
  };

  const role = choice('ROLE', 'all', ROLES);
  const matchmaking = flag('MATCHMAKING', 'on');
  if (role !== 'all') {
    if (!matchmaking) problems.push(`MATCHMAKING=off is not valid: ROLE=${role} is there for it; ROLE=all plays without`);
    need(['REDIS_URL', 'DATABASE_URL', 'TOKEN_SECRET'], `ROLE=${role} shares queue, pool and accounts with other processes; ROLE=all needs none of them`);
  }
  const replays = choice('REPLAYS', 'off', ['off', 'directory', 's3'] as const);
  if (replays === 's3') need(['S3_BUCKET', 'S3_REGION'], 'REPLAYS=s3 keeps recordings there');
  const keys = [text('S3_ACCESS_KEY'), secret('S3_SECRET_KEY')] as const;
  if ((keys[0] === undefined) !== (keys[1] === undefined)) problems.push('S3_ACCESS_KEY and S3_SECRET_KEY come together: set both or none');
  const jwksUrl = url('JWKS_URL', ['https', 'http']);
  if (jwksUrl !== undefined) need(['JWT_ISSUER', 'JWT_AUDIENCE'], 'JWKS_URL takes tokens of that issuer, for that audience');
  const tokenSecret = env['TOKEN_SECRET']?.trim() || undefined;
  if (tokenSecret !== undefined) sane(() => void new TokenKeys(tokenSecret.split(',').map((each) => each.trim()).filter((each) => each !== '')), undefined);
  const region = label('REGION', 'local');
  const regions = (text('REGIONS') ?? region).split(',').map((each) => each.trim());
  if (regions.some((each) => !LABEL.test(each)) || new Set(regions).size !== regions.length || regions.length > 8) {
    refuse('REGIONS', regions.join(','), 'it takes 1 to 8 different names of regions, separated by commas');
  }

  const rules = choice('RULES', 'standard', ['standard', 'legacy'] as const);
  const config: Config = {
    role,
    matchmaking,
    region,
    regions,
    publicUrl: url('PUBLIC_URL', ['https', 'http']),
    lobbyUrl: url('LOBBY_URL', ['https', 'http']),
    redisUrl: url('REDIS_URL', ['redis', 'rediss']),
    databaseUrl: url('DATABASE_URL', ['postgres', 'postgresql']),
    tokenSecret,
    jwks: jwksUrl === undefined ? undefined : { url: jwksUrl, issuer: text('JWT_ISSUER') ?? '', audience: text('JWT_AUDIENCE') ?? '' },
    s3: replays !== 's3' ? undefined : {
      endpoint: url('S3_ENDPOINT', ['https', 'http']), bucket: text('S3_BUCKET') ?? '', region: text('S3_REGION') ?? '',
      credentials: keys[0] === undefined || keys[1] === undefined ? undefined : { accessKeyId: keys[0], secretAccessKey: keys[1] },
    },
    agones: flag('AGONES', 'off'),
    guard: flag('GUARD', 'on'),
    trustedProxies: sane(() => new TrustedProxies(text('TRUSTED_PROXIES') ?? ''), new TrustedProxies('')),
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
    maxTickets: integer('MAX_TICKETS', 16_384, 1, 65_536),
    eventsPerSecond: integer('EVENTS_PER_SECOND', 240, 70, 100_000),
    handshakeSeconds: integer('HANDSHAKE_SECONDS', 10, 1, 300),
    adminPort: integer('ADMIN_PORT', 9090, 0, 65535),
    drainSeconds: integer('DRAIN_SECONDS', 900, 0, 86_400),
    dataDir: text('DATA_DIR') ?? '.data',
    replays,
    replaysMib: integer('REPLAYS_MIB', 10_240, 1, 100_000_000),
    replaysCount: integer('REPLAYS_COUNT', 20_000, 1, 1_000_000),
    password: secret('PASSWORD'),
    adminPassword: secret('ADMIN_PASSWORD'),
    logLevel: choice('LOG_LEVEL', 'info', LOG_LEVELS),
  };
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return config;
}
