import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from '../src/config.js';

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
    ['HANDSHAKE_SECONDS', '0', '300'], ['DRAIN_SECONDS', '-1', '86400'], ['REPLAYS', 'tape', 'directory'],
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
