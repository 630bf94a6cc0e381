import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { answer, servers } from '../autoscaler/policy.mjs';
import { DEPLOY, program, until } from './support.mjs';

const BOUNDS = { min: 2, max: 60 };
const fleet = (servers, used, each = 32) => ({ servers, used, places: servers * each });

test('over 80% a fifth more, under 30% a fifth fewer, else no change', () => {
  assert.equal(servers(fleet(10, 256), BOUNDS), 10, '80% is not over it');
  assert.equal(servers(fleet(10, 257), BOUNDS), 12);
  assert.equal(servers(fleet(10, 160), BOUNDS), 10);
  assert.equal(servers(fleet(10, 96), BOUNDS), 10, '30% is not under it');
  assert.equal(servers(fleet(10, 95), BOUNDS), 8);
  assert.equal(servers(fleet(50, 1250), BOUNDS), 50, 'the plan\'s 10,000 players on its 50 servers');
  assert.equal(servers(fleet(2, 0), BOUNDS), 2);
  assert.equal(servers(fleet(60, 1920), BOUNDS), 60);
  assert.equal(servers(fleet(70, 0), BOUNDS), 56, 'over the bound: it comes down as well');
  assert.equal(servers(fleet(70, 2200), BOUNDS), 60);
  assert.equal(servers({ servers: 0, used: 0, places: 0 }, BOUNDS), 2);
  assert.equal(servers({ servers: 5, used: 0, places: 0 }, BOUNDS), 5, 'servers that have not reported are not taken away');
});

test('no answer is ever answered with the opposite', () => {
  for (let now = 2; now <= 60; now++) {
    for (let used = 0; used <= now * 32; used++) {
      const next = servers(fleet(now, used), BOUNDS);
      assert.ok(next >= BOUNDS.min && next <= BOUNDS.max);
      // Shrinking takes nobody's place away, and does not make the next question one for more.
      if (next < now) assert.ok(servers(fleet(next, used), BOUNDS) <= next, `${now} with ${used}: ${next}`);
      if (next > now) assert.ok(servers(fleet(next, used), BOUNDS) >= next, `${now} with ${used}: ${next}`);
      if (next < BOUNDS.max) assert.ok(used <= next * 32, 'everybody has room');
    }
  }
});

test('a day of players: always room, few changes, back to the least', () => {
  // Matches over 24 h in questions of 30 s: two peaks of 1,250 and a quiet night, with a wave within five minutes.
  let now = 2;
  let changes = 0;
  let most = 0;
  let short = 0;
  for (let at = 0; at < 2880; at++) {
    const day = Math.max(0, Math.sin((at / 2880) * Math.PI * 2 - 1));
    const used = Math.min(now * 32, Math.round(900 * day + (at > 2000 && at < 2400 ? 350 * Math.min(1, (at - 2000) / 10) : 0)));
    if (used === now * 32) short++;
    const next = servers(fleet(now, used), BOUNDS);
    if (next !== now) changes++;
    now = next;
    most = Math.max(most, now);
  }
  assert.ok(changes < 60, `${changes} changes`);
  assert.ok(short <= 6, `full for ${short} questions`);
  assert.ok(most <= 50, `${most} servers at most`);
  assert.equal(now, 2);
});

test('the review is checked', () => {
  const settings = { counter: 'matches', ...BOUNDS };
  const review = (status, uid = 'u') => ({ request: { uid, name: 'game', namespace: 'trespasser', status } });
  const good = answer(review({ replicas: 10, counters: { matches: { count: 300, capacity: 320, allocatedCount: 300, allocatedCapacity: 320 } } }), settings);
  assert.deepEqual(good.response, { uid: 'u', scale: true, replicas: 12 });
  assert.deepEqual(answer(review({ replicas: 0 }), settings).response, { uid: 'u', scale: true, replicas: 2 });
  for (const [bad, message] of [
    [undefined, /uid/], [{}, /uid/], [review({ replicas: 1 }, ''), /uid/], [review({ replicas: -1 }), /replicas/], [review({ replicas: '3' }), /replicas/],
    [review({ replicas: 3 }), /has no "matches"/], [review({ replicas: 3, counters: { matches: { count: 1.5, capacity: 3 } } }), /count/],
    [review({ replicas: 3, counters: { matches: { count: 1, capacity: 1e12 } } }), /capacity/],
  ]) assert.throws(() => answer(bad, settings), message);
});

test('the program answers, refuses and ends', async (t) => {
  const env = { ...process.env, AUTOSCALER_PORT: '0', MIN_SERVERS: '2', MAX_SERVERS: '10' };
  const main = join(DEPLOY, 'autoscaler/main.mjs');
  const autoscaler = program(t, process.execPath, [main], { env });
  const line = await until('it listens', () => /"port":(\d+)/.exec(autoscaler.output()));
  const base = `http://127.0.0.1:${line[1]}`;
  const post = (body) => fetch(`${base}/scale`, { method: 'POST', body });
  const review = { request: { uid: 'a', name: 'game', status: { replicas: 4, counters: { matches: { count: 127, capacity: 128 } } } } };
  assert.deepEqual((await (await post(JSON.stringify(review))).json()).response, { uid: 'a', scale: true, replicas: 5 });
  assert.equal((await post('{')).status, 400);
  assert.equal((await post('{}')).status, 400);
  await assert.rejects(post('x'.repeat(1 << 20)));
  assert.equal((await fetch(`${base}/healthz`)).status, 200);
  assert.equal((await fetch(`${base}/other`)).status, 404);
  autoscaler.child.kill('SIGTERM');
  assert.equal(await autoscaler.exit, 0);

  const wrong = program(t, process.execPath, [main], { env: { ...env, MAX_SERVERS: '1' } });
  assert.equal(await wrong.exit, 1);
  assert.match(wrong.output(), /MAX_SERVERS="1" is not valid: it takes a whole number from 2 to/);
});
