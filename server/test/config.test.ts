import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { ConfigError, readArguments, readConfig } from '../src/config.js';

test('an empty environment gives the documented defaults', () => {
  const { port, host, bots, rules, reading, tickRate, killTarget, debugCommands, wire, connectionsPerMinute, password } = readConfig({});
  assert.deepEqual(
    { port, host, bots, rules, reading, tickRate, killTarget, debugCommands, wire, connectionsPerMinute, password },
    {
      port: 3000, host: '0.0.0.0', bots: 0, rules: 'standard', reading: 'fine', tickRate: 60, killTarget: 50,
      debugCommands: false, wire: true, connectionsPerMinute: 10, password: undefined,
    },
  );
});

test('the wire can be switched off', () => {
  assert.equal(readConfig({ WIRE: 'off' }).wire, false);
  assert.equal(readConfig({ WIRE: '1' }).wire, true);
});

test('legacy rules read maps coarsely unless told otherwise', () => {
  assert.equal(readConfig({ RULES: 'legacy' }).reading, 'coarse');
  assert.equal(readConfig({ RULES: 'legacy', READING: 'fine' }).reading, 'fine');
});

test('a bad value names the variable, the value and the limit', () => {
  for (const [name, value, limit] of [
    ['PORT', '70000', '65535'], ['PORT', 'http', '65535'], ['BOTS', '8', '7'], ['BOTS', '-1', '7'], ['BOTS', '2.5', '7'],
    ['RULES', 'hardcore', 'legacy'], ['READING', 'medium', 'coarse'], ['TICK_RATE', '10', '20'], ['KILL_TARGET', '0', '1000'],
    ['DEBUG_COMMANDS', 'maybe', 'on'], ['WIRE', 'maybe', 'off'], ['CONNECTIONS_PER_MINUTE', 'many', '1000000'], ['LOG_LEVEL', 'loud', 'debug'],
    ['ADMIN_PORT', '99999', '65535'], ['MAX_MATCHES_PER_SERVER', '0', '1000'], ['MAX_CONNECTIONS', '0', '100000'], ['EVENTS_PER_SECOND', '60', '70'],
    ['HANDSHAKE_SECONDS', '0', '300'], ['DRAIN_SECONDS', '-1', '86400'], ['REPLAYS', 'tape', 'directory'], ['REPLAYS_MIB', '0', '100000000'], ['REPLAYS_COUNT', '1000001', '1000000'],
  ] as const) {
    assert.throws(() => readConfig({ [name]: value }), (error: unknown) => {
      assert(error instanceof ConfigError);
      for (const part of [name, value, limit]) assert(error.message.includes(part), `${error.message} lacks ${part}`);
      return true;
    });
  }
});

test('all bad values are named at once, and a secret never', () => {
  const secret = 's'.repeat(300);
  assert.throws(() => readConfig({ PORT: 'x', BOTS: 'y', PASSWORD: secret }), (error: unknown) => {
    assert(error instanceof ConfigError);
    assert.match(error.message, /PORT.*\n.*BOTS.*\n.*PASSWORD/);
    assert(!error.message.includes(secret));
    return true;
  });
});

const SHARED = { REDIS_URL: 'redis://localhost', DATABASE_URL: 'postgres://localhost/t', TOKEN_SECRET: 'x'.repeat(32) };

function problems(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    assert(error instanceof ConfigError);
    return error.message;
  }
  throw new Error('no problem was found');
}

test('roles that share need what is shared, and say all of it at once', () => {
  for (const role of ['match', 'game'] as const) {
    assert.equal(readConfig({ ROLE: role, ...SHARED }).role, role);
    assert.match(problems({ ROLE: role }), /REDIS_URL, DATABASE_URL, TOKEN_SECRET are missing: ROLE=/);
    assert.match(problems({ ROLE: role, ...SHARED, REDIS_URL: '' }), /^REDIS_URL is missing/);
    assert.match(problems({ ROLE: role, ...SHARED, MATCHMAKING: 'off' }), /MATCHMAKING=off/);
  }
  assert.equal(readConfig({}).role, 'all');
});

test('settings that come together, and URLs, are checked; secrets stay out of what is said', () => {
  assert.match(problems({ REPLAYS: 's3' }), /S3_BUCKET, S3_REGION are missing/);
  assert.match(problems({ REPLAYS: 's3', S3_BUCKET: 'b', S3_REGION: 'r', S3_ACCESS_KEY: 'k' }), /S3_ACCESS_KEY and S3_SECRET_KEY come together/);
  assert.match(problems({ JWKS_URL: 'https://a.example/keys' }), /JWT_ISSUER, JWT_AUDIENCE are missing/);
  assert.match(problems({ PUBLIC_URL: 'game.example.com' }), /PUBLIC_URL is not valid.*https:\/\//);
  assert.match(problems({ REGION: 'a b' }), /REGION="a b".*1 to 32/);
  assert.match(problems({ REGIONS: 'eu,eu' }), /REGIONS="eu,eu".*1 to 8 different/);
  assert.match(problems({ TRUSTED_PROXIES: '10.0.0.0/40' }), /TRUSTED_PROXIES.*10\.0\.0\.0\/40/);
  for (const name of ['REDIS_URL', 'DATABASE_URL']) {
    const message = problems({ [name]: 'mysql://u:hidden-word@host' });
    assert.match(message, new RegExp(`${name} is not valid: it takes a URL`));
    assert(!message.includes('hidden-word'));
  }
  const short = problems({ TOKEN_SECRET: 'hidden-word' });
  assert.match(short, /TOKEN_SECRET takes secrets of at least 32 bytes/);
  assert(!short.includes('hidden-word'));
  assert.deepEqual(readConfig({ REGION: 'eu', REGIONS: 'eu, us' }).regions, ['eu', 'us']);
});

test('the command line takes a role, and nothing else', () => {
  assert.deepEqual(readArguments([]), {});
  assert.deepEqual(readArguments(['--role', 'game']), { ROLE: 'game' });
  assert.deepEqual(readArguments(['--role=match']), { ROLE: 'match' });
  for (const [args, says] of [
    [['--port', '1'], /"--port" is not known/], [['game'], /"game" is not known/], [['--role'], /--role takes one of all, match, game/],
    [['--role='], /--role takes one of/], [['--role', 'game', '--role', 'all'], /given twice/],
  ] as const) assert.throws(() => readArguments(args), (error: unknown) => error instanceof ConfigError && says.test(error.message));
  assert.match(problems(readArguments(['--role', 'lobby'])), /ROLE="lobby".*one of all, match, game/);
});

test('README.md has each setting that is read, and no other, with its default', () => {
  const source = readFileSync(new URL('../../src/config.ts', import.meta.url), 'utf8');
  const read = new Set([...source.matchAll(/(?:\b(?:text|integer|choice|flag|secret|url|label)\(|env\[)'([A-Z][A-Z0-9_]+)'/g)].map(([, name]) => name!));
  read.delete('NODE_ENV');
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const table = readme.slice(readme.indexOf('## Settings'), readme.indexOf('\n## ', readme.indexOf('## Settings') + 5));
  const rows = [...table.matchAll(/^\| (`[A-Z][^|]*) \| ([^|]*) \|/gm)];
  const defaults = new Map(rows.flatMap(([, names, values]) => {
    const all = [...names!.matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name!);
    const each = values!.split(', ');
    return all.map((name, at) => [name, (each.length === all.length ? each[at] : values)!.replaceAll('`', '')] as const);
  }));
  assert.deepEqual([...defaults.keys()].sort(), [...read].sort());
  const config = readConfig({}) as unknown as Record<string, unknown>;
  const field = (name: string): string => ({ MAX_MATCHES_PER_SERVER: 'maxMatches' } as Record<string, string>)[name]
    ?? name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  let compared = 0;
  for (const [name, said] of defaults) {
    const value = config[field(name)];
    const is = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
    if (!/^(\d+|on|off|[a-z.]+|\d+\.\d+\.\d+\.\d+)$/.test(said) || said === 'none') continue;
    assert.equal(said, is, name);
    compared++;
  }
  assert(compared >= 20, `${compared} defaults`);
});
