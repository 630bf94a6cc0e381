import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { MAX_CATCH_UP } from '../src/loop.js';
import { killProcesses, startProcess, type ServerProcess } from './server-process.js';
import { clientKeeper, sleep, startTestServer, TestClient, WarpClock, type Json } from './support.js';

const CLOCK_JUMP = fileURLToPath(new URL('./clock-jump.js', import.meta.url));

async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !await holds(); await sleep(5)) assert(Date.now() < end, `${what} did not happen in ${seconds} s`);
}

/** Nothing else runs in this process for so long. */
function stall(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

describe('a stall of the event loop', () => {
  test('of half a second is made up for at a bounded rate, counted and said', async () => {
    const lines: Json[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const server = await startTestServer({ BOTS: '3' }, { log });
    const client = await TestClient.connect(server);
    try {
      await client.play();
      const before = server.loopStats();
      const mark = client.received.length;
      stall(500);
      await until('the loop\'s turn', () => server.loopStats().skippedSteps > before.skippedSteps);
      const now = server.loopStats();
      const [made, skipped] = [now.steps - before.steps, now.skippedSteps - before.skippedSteps];
      assert(skipped >= 500 / (1000 / 60) - MAX_CATCH_UP - 1, `${skipped} steps given up`);
      assert(now.maxLatenessMs >= 480);
      assert.equal(server.counters.get('loop_steps_skipped'), now.skippedSteps);
      assert(server.counters.get('loop_stalled') >= 1);
      const said = lines.find((line) => /fell behind/.test(line.msg));
      assert(said !== undefined && said.skippedSteps >= 1 && said.lateMs >= 100, JSON.stringify(lines));
      assert(made <= 4 * MAX_CATCH_UP, `${made} steps made up for`);

      // A second stall within the second is counted, and not said again at once.
      stall(300);
      await until('the loop\'s turn', () => server.loopStats().skippedSteps > now.skippedSteps);
      assert(lines.filter((line) => /fell behind/.test(line.msg)).length <= 2);

      await client.next('game:state', undefined, mark);
      const states = client.all('game:state');
      // The match's time stood still meanwhile: epoch times went on with the clock.
      const gap = states.at(-1).timestamp - states[0].timestamp;
      assert(gap >= 0 && Math.abs(states.at(-1).timestamp - Date.now()) < 2000, `${gap} ms`);
    } finally {
      client.close();
      await server.close();
    }
  });
});

describe('jumps of the host\'s clock', () => {
  afterEach(killProcesses);

  for (const [way, ms] of [['forwards', 3_600_000], ['backwards', -3_600_000]] as const) {
    test(`${way} by an hour: steps, times, countdowns and limits go on as if nothing had happened`, async () => {
      const server = startProcess({
        PORT: '0', DEBUG_COMMANDS: 'on', NODE_ENV: 'production', CONNECTIONS_PER_MINUTE: '10', JUMP_MS: `${ms}`,
      }, ['--import', CLOCK_JUMP]);
      const url = await server.ready;
      const clients: TestClient[] = [];
      const connect = async (): Promise<TestClient> => {
        clients.push(await TestClient.connect({ url }));
        return clients.at(-1)!;
      };
      const health = async (): Promise<Json> => (await fetch(`${url}health`)).json();
      try {
        const [a, b] = [await connect(), await connect()];
        const { lobbyId } = await a.ask('find_match', {}, 'lobby_joined');
        await a.spawn('A');
        await b.ask('find_match', {}, 'lobby_joined');
        await b.next('match_starting');
        await a.ask('admin:force_start_match', { lobbyId }, 'match_starting', (each) => each.countdown === 3);
        const before = await health();
        const { serverTime } = await a.ask('time:sync', 1, 'time:sync:response');
        const state = a.last('game:state').timestamp;

        server.child.kill('SIGUSR2');
        await until('the jump', () => server.output().includes('the clock has jumped'));
        const mark = a.received.length;
        await a.next('game:state', () => a.received.length > mark + 20, mark);
        const on = (await a.ask('time:sync', 2, 'time:sync:response')).serverTime - serverTime;
        assert(on >= 0 && on < 10_000, `the server's time went on by ${on} ms`);
        const states = a.all('game:state').map((each) => each.timestamp).filter((timestamp) => timestamp >= state);
        for (let each = 1; each < states.length; each++) {
          const step = states[each] - states[each - 1];
          assert(step >= 0 && step < 2000, `from one state to the next ${step} ms`);
        }
        await a.next('match_started');
        assert(Math.abs(a.last('game:state').timestamp - serverTime) < 10_000);
        const now = await health();
        assert(now.loop.skippedSteps - before.loop.skippedSteps <= 30, `${now.loop.skippedSteps} steps skipped`);
        assert(now.loop.steps > before.loop.steps);

        const answer = await (await fetch(`${url}debug/lobbies`)).json() as Json;
        assert(answer.timestamp >= answer.lobbies[0].lastActivity && answer.timestamp - answer.lobbies[0].createdAt < 60_000, 'one time for all');
        // The minute of the connection limit is no shorter and no longer.
        for (let each = 2; each < 10; each++) await connect();
        await assert.rejects(connect(), /Too many/);
      } finally {
        for (const client of clients) client.close();
      }
    });
  }
});

describe('SIGTERM', () => {
  afterEach(killProcesses);

  test('while draining: no new lobbies or matches, running ones are played out and shown, then it is done', async () => {
    const clock = new WarpClock();
    const server = await startTestServer({ DEBUG_COMMANDS: 'on', BOTS: '2' }, { clock });
    const clients = clientKeeper(() => server);
    const ready = async (): Promise<[number, Json]> => {
      const answer = await fetch(`http://127.0.0.1:${server.adminPort}/ready`);
      return [answer.status, await answer.json()];
    };
    try {
      const [player, waiting, late] = [await clients.connect(), await clients.connect(), await clients.connect()];
      const { lobbyId } = await player.ask('admin:force_create_match', { gameMode: 'duel' }, 'lobby_joined');
      clock.warp(3000);
      await player.next('match_started');
      await player.spawn('Player');
      await waiting.ask('create_private_lobby', {}, 'lobby_joined');
      assert.deepEqual(await ready(), [200, { ready: true }]);

      let isDrained = false;
      void server.drain().then(() => { isDrained = true; });
      assert.deepEqual(await ready(), [503, { ready: false, reason: 'draining' }]);
      assert.equal((await waiting.next('left_lobby')).reason, 'Server is stopping');
      assert.equal(server.lobbies.get('public'), undefined, 'bots among themselves are nobody to wait for');
      assert.equal((await waiting.ask('find_match', {}, 'matchmaking_failed')).reason, 'Server is stopping');
      assert.equal((await waiting.ask('create_private_lobby', {}, 'lobby_creation_failed')).reason, 'Server is stopping');
      assert.equal((await waiting.ask('admin:force_create_match', {}, 'test_start_failed')).error, 'Server is stopping');
      assert.equal((await player.ask('find_match', { gameMode: 'other' }, 'matchmaking_failed')).reason, 'Server is stopping');
      assert.equal(server.lobbies.of(player.id)?.id, lobbyId, 'and loses nothing by asking');
      await late.ask('join_lobby', { lobbyId }, 'lobby_joined');
      const mark = player.received.length;
      await player.next('game:state', undefined, mark);
      clock.warp(60_000);
      assert(!isDrained);

      await player.ask('debug:trigger_match_end', undefined, 'match_ended');
      assert.equal((await waiting.ask('join_lobby', { lobbyId }, 'lobby_join_failed')).reason, 'Server is stopping');
      clock.warp(9900);
      await late.ask('time:sync', 1, 'time:sync:response');
      assert(!isDrained, 'the results are shown');
      clock.warp(100);
      await until('the end', () => isDrained);
      assert.equal((await player.next('left_lobby')).reason, 'Server is stopping');
      assert.equal(player.all('match_starting').length, 1, 'no next match');
      assert.equal(server.lobbies.stats().totalLobbies, 0);
    } finally {
      clients.closeAll();
      await server.close();
    }
  });

  test('DRAIN_SECONDS bound the wait', async () => {
    const clock = new WarpClock();
    const server = await startTestServer({ BOTS: '2', DRAIN_SECONDS: '30' }, { clock });
    const client = await TestClient.connect(server);
    try {
      await client.play();
      let isDrained = false;
      void server.drain().then(() => { isDrained = true; });
      clock.warp(29_000);
      await client.ask('time:sync', 1, 'time:sync:response');
      assert(!isDrained);
      clock.warp(1000);
      await until('the end', () => isDrained);
      assert.equal(server.lobbies.stats().totalLobbies, 1, 'cut short by closing');
    } finally {
      client.close();
      await server.close();
    }
  });

  /** A server with a person in a match that bots play, and the port of its operator's endpoints. */
  const playing = async (env: Record<string, string>): Promise<{ server: ServerProcess; client: TestClient; admin: string }> => {
    const server = startProcess({ PORT: '0', BOTS: '2', LOG_LEVEL: 'info', ...env });
    const client = await TestClient.connect({ url: await server.ready });
    await client.play();
    const adminPort = /"adminPort":(\d+)/.exec(server.output())?.[1];
    return { server, client, admin: `http://127.0.0.1:${adminPort}` };
  };

  test('the process lets a match go on, says so on /ready, and a second signal ends it at once', async () => {
    const { server, client, admin } = await playing({ DRAIN_SECONDS: '600' });
    assert.equal((await fetch(`${admin}/ready`)).status, 200);
    server.child.kill('SIGTERM');
    await until('not ready', async () => (await fetch(`${admin}/ready`)).status === 503);
    assert.equal((await fetch(`${admin}/health`)).status, 200);
    await client.next('game:state', undefined, client.received.length);
    server.child.kill('SIGTERM');
    assert.equal(await server.exit, 0);
    assert.match(server.output(), /draining: no new matches.*\n[^]*stopping at once/);
    client.close();
  });

  test('the process ends by itself when the time for it is over', async () => {
    const { server, client } = await playing({ DRAIN_SECONDS: '1' });
    server.child.kill('SIGTERM');
    assert.equal(await server.exit, 0);
    assert.match(server.output(), /cut short/);
    client.close();
  });

  test('a signal without anybody in a match ends it at once', async () => {
    const { server, client } = await playing({ DRAIN_SECONDS: '600' });
    await client.ask('leave_lobby', undefined, 'left_lobby');
    server.child.kill('SIGTERM');
    assert.equal(await server.exit, 0);
    client.close();
  });
});
