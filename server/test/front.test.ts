import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { Server as SocketServer } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { TokenError } from '../src/accounts/errors.js';
import { RedisBus } from '../src/bus/index.js';
import { systemClock } from '../src/clock.js';
import { attachFront, Desk, Matchmaker, NAMESPACE } from '../src/matchmaker/index.js';
import { ServerAgent } from '../src/pool/index.js';
import { RedisRecords, type Records } from '../src/records/index.js';
import { newId, systemBytes } from '../src/tickets/index.js';
import { log, MODES, TestHost } from './control.js';
import { TestRedis } from './redis.js';

/** Real sockets, real time, real Redis; two fronts that share nothing but that. */
let redis: TestRedis;
const ends: (() => Promise<void> | void)[] = [];
const urls: string[] = [];
const refused: string[] = [];
let verdict: { allowed: true } | { allowed: false; retryAfterMs: number } = { allowed: true };
const host = new TestHost();
let agent: ServerAgent;

async function front(): Promise<void> {
  const client = redis.client();
  const records: Records = await RedisRecords.open(client, systemClock);
  const bus = new RedisBus(client, log);
  const shared = { records, bus, clock: systemClock, log };
  const desk = new Desk({ modes: MODES, regions: ['eu'] }, {
    ...shared, ratings: async () => new Map(), newcomer: { value: 1500, deviation: 350 },
    issue: async ({ playerId }) => `token of ${playerId}`, tokenLifeMs: 30_000,
    observer: { refused: (event, reason) => refused.push(`${event} ${reason}`) },
  });
  const matchmaker = new Matchmaker({ modes: MODES, regions: ['eu'] }, { ...shared, noteLost: async () => {} });
  const http = createServer();
  const server = new SocketServer(http);
  const attached = attachFront(server, {
    desk, clock: systemClock, log, address: (socket) => socket.handshake.address,
    async authenticate(token) {
      if (!/^\d+$/.test(token)) throw new TokenError('TOKEN_SIGNATURE');
      return { playerId: token, kind: 'guest', name: `P${token}`, sanctions: [] };
    },
    take: async (name) => (name === 'signIn' ? { allowed: true } : verdict),
  });
  await desk.start();
  matchmaker.start();
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  urls.push(`http://127.0.0.1:${(http.address() as AddressInfo).port}${NAMESPACE}`);
  ends.push(async () => {
    attached.close();
    await matchmaker.close();
    await desk.close();
    await bus.close();
    await records.close();
    await server.close();
  });
}

before(async () => {
  redis = await TestRedis.start();
  ends.push(() => redis.stop());
  await front();
  await front();
  const client = redis.client();
  const records = await RedisRecords.open(client, systemClock);
  const bus = new RedisBus(client, log);
  agent = new ServerAgent({ id: 'game-1', url: 'http://game-1.test/', region: 'eu', version: '1', capacity: 5 }, host, { records, bus, clock: systemClock, log });
  await agent.start();
  ends.push(async () => {
    await agent.close();
    await bus.close();
    await records.close();
  });
});

after(async () => {
  for (const end of ends.reverse()) await end();
});

class Client {
  readonly received: { event: string; payload: any }[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(readonly socket: Socket) {
    socket.onAny((event: string, payload: unknown) => {
      this.received.push({ event, payload });
      for (const wake of this.#waiting) wake();
    });
  }

  static async connect(token: string, at = 0): Promise<Client> {
    const socket = io(urls[at], { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
    ends.push(() => { socket.disconnect(); });
    const client = new Client(socket);
    await new Promise<void>((done, fail) => {
      socket.once('connect', done);
      socket.once('connect_error', fail);
    });
    await client.next('welcome');
    return client;
  }

  /** The first of an event that has not been taken yet. */
  async next(event: string): Promise<any> {
    for (;;) {
      const at = this.received.findIndex((each) => each.event === event);
      if (at !== -1) return this.received.splice(at, 1)[0]!.payload;
      await new Promise<void>((done, fail) => {
        const timer = setTimeout(() => fail(new Error(`no ${event}; there is ${JSON.stringify(this.received)}`)), 30_000);
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          done();
        };
        this.#waiting.add(wake);
      });
    }
  }
}

const wish = { mode: 'duel', pings: { eu: 20 } };

test('who cannot sign in is told why', async () => {
  for (const [token, code] of [['x', 'TOKEN_SIGNATURE'], [undefined, 'TOKEN_MALFORMED'], ['1'.repeat(9000), 'TOKEN_MALFORMED']] as const) {
    const socket = io(urls[0], { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
    const error = await new Promise<Error & { data?: { code?: string } }>((done) => socket.once('connect_error', done));
    assert.equal(error.data?.code, code);
    socket.disconnect();
  }
});

test('from two fronts into one match, through it, and into the next', async () => {
  const [ada, bob] = [await Client.connect('101', 0), await Client.connect('102', 1)];
  ada.socket.emit('queue:join', wish);
  assert.equal((await ada.next('queue_joined')).mode, 'duel');
  bob.socket.emit('queue:join', wish);
  const [one, other] = [await ada.next('match_found'), await bob.next('match_found')];
  assert.equal(one.matchId, other.matchId);
  assert.equal(one.token, 'token of 101');
  assert.equal(one.players.length, 2);
  assert.ok(agent.admits({ matchId: one.matchId, playerId: '101' }));
  ada.socket.emit('queue:join', wish);
  assert.equal((await ada.next('request_refused')).reason, 'state');
  ada.socket.emit('match:token');
  assert.equal((await ada.next('match_found')).token, 'token of 101');
  agent.arrived(one.matchId, '101');
  agent.arrived(one.matchId, '102');
  await agent.beat();
  host.matches.delete(one.matchId);
  agent.ended(one.matchId);
  assert.equal((await ada.next('match_over')).reason, 'finished');
  await bob.next('match_over');
  ada.socket.emit('queue:join', wish);
  await ada.next('queue_joined');
  ada.socket.emit('queue:leave');
  assert.equal((await ada.next('queue_left')).reason, 'cancelled');
});

test('parties over two fronts: code in any case, together into the queue and out of it', async () => {
  const [ada, bob] = [await Client.connect('201', 0), await Client.connect('202', 1)];
  ada.socket.emit('party:create');
  const { code } = await ada.next('party_state');
  bob.socket.emit('party:join', { code: ` ${String(code).toLowerCase()} ` });
  assert.equal((await bob.next('party_state')).members.length, 2);
  assert.equal((await ada.next('party_state')).members.length, 2);
  bob.socket.emit('queue:join', { mode: 'standard', pings: { eu: 20 }, party: code });
  assert.equal((await bob.next('request_refused')).reason, 'not_leader');
  ada.socket.emit('queue:join', { mode: 'standard', pings: { eu: 20 }, party: code });
  assert.equal((await ada.next('request_refused')).reason, 'not_ready');
  bob.socket.emit('party:ready', { isReady: true });
  assert.deepEqual((await ada.next('party_state')).members, [{ id: '201', name: 'P201', isReady: true }, { id: '202', name: 'P202', isReady: true }]);
  ada.socket.emit('queue:join', { mode: 'standard', pings: { eu: 20 }, party: code });
  assert.equal((await bob.next('queue_joined')).players, 2);
  bob.socket.emit('queue:leave');
  assert.equal((await ada.next('queue_left')).reason, 'member_left');
  bob.socket.emit('party:leave');
  assert.equal((await bob.next('party_left')).reason, 'left');
  for (;;) if ((await ada.next('party_state')).members.length === 1) break;
});

test('a leader hands the lead on, and removes who is not wanted; nobody else does', async () => {
  const [ada, bob] = [await Client.connect('211', 0), await Client.connect('212', 1)];
  ada.socket.emit('party:create');
  const { code } = await ada.next('party_state');
  bob.socket.emit('party:join', { code });
  await bob.next('party_state');
  for (const [event, payload, reason] of [
    ['party:kick', { id: '211' }, 'not_leader'], ['party:promote', { id: '212' }, 'not_leader'], ['party:kick', { id: 'x' }, 'malformed'],
    ['party:ready', { isReady: 'yes' }, 'malformed'],
  ] as const) {
    bob.socket.emit(event, payload);
    assert.equal((await bob.next('request_refused')).reason, reason, event);
  }
  for (const [event, id] of [['party:promote', '999'], ['party:kick', '999'], ['party:kick', '211']] as const) {
    ada.socket.emit(event, { id });
    assert.equal((await ada.next('request_refused')).reason, 'unknown_member', `${event} ${id}`);
  }
  ada.socket.emit('party:promote', { id: '212' });
  for (;;) if ((await bob.next('party_state')).leader === '212') break;
  bob.socket.emit('party:kick', { id: '211' });
  assert.equal((await ada.next('party_left')).reason, 'removed');
  for (;;) if ((await bob.next('party_state')).members.length === 1) break;
  ada.socket.emit('party:ready', { isReady: true });
  assert.equal((await ada.next('request_refused')).reason, 'not_in_party');
});

test('garbage is refused with the field, made-up events are counted, and neither goes further', async () => {
  const ada = await Client.connect('301');
  for (const [payload, field] of [[undefined, ''], [{}, 'mode'], [{ mode: 'duel', pings: {} }, 'pings'], [{ mode: 'duel', pings: { eu: -1 } }, 'pings.eu'], [{ ...wish, party: 'x' }, 'party']] as const) {
    ada.socket.emit('queue:join', payload);
    const { reason, message } = await ada.next('request_refused');
    assert.equal(reason, 'malformed');
    assert.ok(String(message).includes(field), message);
  }
  ada.socket.emit('party:join', { code: 'ABC' });
  assert.equal((await ada.next('request_refused')).reason, 'malformed');
  ada.socket.emit('no_such_thing', { a: 1 });
  ada.socket.emit('queue:leave');
  assert.equal((await ada.next('request_refused')).reason, 'state');
  assert.ok(refused.includes('unknown unknown'));
});

test('too often is refused with the time to wait', async () => {
  const ada = await Client.connect('401');
  verdict = { allowed: false, retryAfterMs: 1234 };
  try {
    ada.socket.emit('queue:join', wish);
    const answer = await ada.next('request_refused');
    assert.deepEqual([answer.reason, answer.retryAfterMs], ['rate_limited', 1234]);
  } finally {
    verdict = { allowed: true };
  }
});

test('a flood is cut off', async () => {
  const ada = await Client.connect('501');
  const gone = new Promise((done) => ada.socket.once('disconnect', done));
  for (let i = 0; i < 400; i++) ada.socket.emit('queue:leave');
  await gone;
});

test('a second connection takes the place of the first, at whatever front', async () => {
  const first = await Client.connect('601', 0);
  const gone = new Promise((done) => first.socket.once('disconnect', done));
  await Client.connect('601', 1);
  await first.next('session_replaced');
  await gone;
});

test('Redis away for a moment: who asks is told, who waits waits on', async () => {
  const ada = await Client.connect(newId(systemBytes));
  ada.socket.emit('queue:join', { ...wish, mode: 'standard' });
  await ada.next('queue_joined');
  const bob = await Client.connect(newId(systemBytes), 1);
  await redis.kill();
  bob.socket.emit('queue:join', wish);
  assert.equal((await bob.next('request_refused')).reason, 'unavailable');
  // Without its data: what has vanished is put back by those who know it.
  await redis.resume();
  const client = redis.client();
  for (;;) {
    if (await client.hlen('{trespasser}:index:waiting').catch(() => 0) === 1) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  await ada.next('queue_update');
  assert.equal(ada.received.some(({ event }) => event === 'queue_left'), false);
  bob.socket.emit('queue:join', wish);
  await bob.next('queue_joined');
});
