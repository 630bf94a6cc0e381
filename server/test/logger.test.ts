import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, withoutSecrets } from '../src/logger.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';

function logged(write: (log: ReturnType<typeof createLogger>) => void): { line: string; fields: Record<string, unknown> } {
  let line = '';
  write(createLogger('trace', { write: (text: string) => { line += text; } }));
  return { line, fields: JSON.parse(line) as Record<string, unknown> };
}

test('lines say who speaks, of which match and which player', () => {
  const { fields } = logged((log) => log.child({ component: 'pool' }).info({ match: 'm1', playerId: '42' }, 'arrived'));
  assert.deepEqual([fields['component'], fields['match'], fields['playerId'], fields['msg']], ['pool', 'm1', '42', 'arrived']);
});

test('secrets stay out, under whatever name or in whatever text they come', () => {
  const secret = 'p4ssw0rd-of-the-database';
  const url = `postgres://trespasser:${secret}@db:5432/trespasser`;
  const error = Object.assign(new Error(`connecting to ${url} failed`, { cause: new Error(`redis://:${secret}@redis:6379`) }), {
    code: 'ECONNREFUSED', client: { password: secret, connectionString: url },
  });
  for (const fields of [
    { err: error }, { databaseUrl: url }, { url }, { config: { tokenSecret: secret } }, { password: secret }, { auth: { token: secret } },
    { handshake: { token: TOKEN } }, { authorization: `Bearer ${TOKEN}` }, { path: `/wire?ticket=1&token=${TOKEN}` }, { credentials: { secretAccessKey: secret } },
  ]) {
    const { line } = logged((log) => log.warn(fields, `while ${TOKEN} was looked at`));
    assert(!line.includes(secret), line);
    assert(!line.includes('c2lnbmF0dXJl'), line);
  }
});

test('an error keeps what says what happened', () => {
  const { fields } = logged((log) => log.error({ err: Object.assign(new Error('no room', { cause: new Error('disk full') }), { code: 'ENOSPC' }) }, 'x'));
  const err = fields['err'] as Record<string, unknown>;
  assert.deepEqual([err['type'], err['message'], err['code'], (err['cause'] as Record<string, unknown>)['message']], ['Error', 'no room', 'ENOSPC', 'disk full']);
  assert.match(err['stack'] as string, /logger\.test/);
});

test('what only looks like a URL stays as it is', () => {
  for (const line of ['http://localhost:3000/', 'at file:///a/b.js:3:4', 'a@b', 'https://eu.example.com:8443/x?y=z@w']) assert.equal(withoutSecrets(line), line);
});
