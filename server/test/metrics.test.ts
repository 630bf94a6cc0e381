import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readConfig } from '../src/config.js';
import { Counters } from '../src/counters.js';
import { Metrics } from '../src/observe/index.js';
import { startRole, type RunningRole } from '../src/roles.js';
import { metricsOf, Player, until } from './cluster.js';
import { log, testFolder } from './database.js';
import { Hands, inputPacket, TestClient } from './support.js';

interface Contract {
  metrics: Record<string, { type: string; labels?: Record<string, string[]>; buckets?: number[] }>;
  nodeMetrics: string[];
  defaultLabels: string[];
}

const contract = JSON.parse(readFileSync(new URL('../../../deploy/contract.json', import.meta.url), 'utf8')) as Contract;
const UNITS = /_(seconds|bytes|ms|total|matches|players|tickets|entries|connections|chance|servers)$/;

describe('the metrics of the contract', () => {
  const metrics = new Metrics({ region: 'eu', role: 'game' }, new Counters());
  after(() => metrics.close());

  test('are there, of the right type, with a unit, and none beside them', async () => {
    const json = await metrics.registry.getMetricsAsJSON();
    const own = json.filter(({ name }) => name.startsWith('trespasser_'));
    assert.deepEqual(own.map(({ name }) => name).sort(), Object.keys(contract.metrics).sort());
    for (const metric of own) {
      assert.equal(metric.type as unknown, contract.metrics[metric.name]!.type, metric.name);
      assert.match(metric.name, UNITS);
      assert(metric.help.length > 10, metric.name);
    }
    const names = new Set(json.map(({ name }) => name));
    const text = await metrics.text();
    for (const name of contract.nodeMetrics) assert(names.has(name) || text.includes(name), name);
    for (const [name, { buckets }] of Object.entries(contract.metrics)) {
      if (buckets === undefined) continue;
      const found = [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([\\d.]+)"`, 'gm'))].map(([, bound]) => Number(bound));
      assert.deepEqual(found, buckets, name);
    }
  });

  test('carry region and role', async () => {
    for (const line of (await metrics.text()).split('\n').filter((each) => each.startsWith('trespasser_'))) {
      assert.match(line, /region="eu"/);
      assert.match(line, /role="game"/);
    }
  });
});

test('a histogram puts values where they belong, and adds up as Prometheus has it', async () => {
  const metrics = new Metrics({ region: 'eu', role: 'game' }, new Counters());
  for (const ms of [5, 10, 10.5, 49, 501, NaN]) metrics.latency(ms);
  const text = await metrics.text();
  const value = (line: string): number => Number(new RegExp(`^trespasser_player_latency_ms_${line} (\\S+)$`, 'm').exec(text)?.[1]);
  const bucket = (le: string): number => value(`bucket\\{le="${le.replace('+', '\\+')}"[^}]*\\}`);
  assert.deepEqual(['10', '20', '30', '50', '100', '500', '+Inf'].map(bucket), [2, 3, 3, 4, 4, 4, 5]);
  assert.equal(value('count\\{[^}]*\\}'), 5);
  assert.equal(value('sum\\{[^}]*\\}'), 575.5);
  metrics.close();
});

test('what goes wrong moves its metric', async () => {
  const counters = new Counters();
  const metrics = new Metrics({ region: 'eu', role: 'game' }, counters);
  counters.add('timer_failed', 2);
  counters.add('handler_failed');
  counters.add('event_malformed');
  counters.add('replay_failed_write_failed');
  counters.add('loop_steps_skipped', 7);
  counters.add('replay_failed');
  metrics.outboxFailed();
  metrics.matchesLost(3);
  metrics.gameServers({ ready: 4, draining: 1, lost: 2 });
  metrics.formed({ mode: 'duel', chance: 0.4, isBackfill: false, waitedMs: [1500, 2500] });
  metrics.formed({ mode: 'duel', chance: 0.9, isBackfill: true, waitedMs: [500] });
  metrics.request(false);
  const text = await metrics.text();
  for (const [name, value] of [
    ['errors_total{where="timer"', 2], ['errors_total{where="handler"', 1], ['errors_total{where="replay"', 1], ['ticks_skipped_total{', 7],
    ['replay_write_failures_total{', 1], ['outbox_failures_total{', 1], ['matches_lost_total{', 3], ['game_servers{state="lost"', 2],
    ['matches_formed_total{mode="duel"', 1], ['match_win_chance_sum{', 0.6], ['requests_total{outcome="error"', 1],
  ] as const) {
    const line = text.split('\n').find((each) => each.startsWith(`trespasser_${name}`));
    assert.equal(Number(line?.split(' ').at(-1)), value, name);
  }
  assert(!text.includes('where="replay_failed_write"') && !text.includes('where="event'), 'errors are faults of ours, each once');
  metrics.close();
});

test('what is measured each tick allocates nothing', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const metrics = new Metrics({ region: 'eu', role: 'game' }, new Counters());
  const measure = (times: number): void => {
    for (let i = 0; i < times; i++) {
      metrics.tick(i % 17, i % 5);
      metrics.snapshot(i % 4000);
    }
  };
  measure(20_000);
  // Code that is not compiled yet keeps numbers on the heap, and when it is compiled is not ours to say: the least of many.
  let grown = Infinity;
  for (let round = 0; round < 10; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    measure(50_000);
    grown = Math.min(grown, process.memoryUsage().heapUsed - before);
  }
  // Eight bytes a call would be 800 KB.
  assert(grown < 100_000, `${grown} bytes`);
  metrics.close();
});

describe('a server that is played on', { timeout: 180_000 }, () => {
  let role: RunningRole;
  let folder: Awaited<ReturnType<typeof testFolder>>;
  const stops: (() => void)[] = [];
  before(async () => {
    folder = await testFolder();
    role = await startRole(readConfig({
      HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: folder.path, BOTS: '7', REPLAYS: 'directory', DEBUG_COMMANDS: 'on', KILL_TARGET: '5',
    }), log);
  });
  after(async () => {
    for (const stop of stops) stop();
    await role?.close();
    await folder?.remove();
  });

  test('moves every metric that a sound service moves', async () => {
    const url = role.url.replace('localhost', '127.0.0.1');
    const adminUrl = `http://127.0.0.1:${role.adminPort}`;
    const read = (): Promise<Map<string, number>> => metricsOf({ adminUrl });
    assert((await fetch(`${adminUrl}/ready`)).ok);
    assert((await fetch(`${adminUrl}/health`)).ok);
    // Nobody waits for the database to play; here it is to be no reason for an error.
    await until('the database', async () => (await fetch(`${url}leaderboard?mode=duel`)).status === 200);

    const client = await TestClient.connect({ url });
    stops.push(() => client.close());
    await client.play();
    client.emit('no_such_event', {});
    const hands = new Hands(client);
    stops.push(() => hands.stop());
    hands.hold({ mouse: { leftPressed: true } });

    const pair = await Promise.all([Player.signIn(url, 'Ada'), Player.signIn(url, 'Bob')]);
    stops.push(() => pair.forEach((player) => player.close()));
    const found = await Promise.all(pair.map((player) => player.find('duel')));
    await Promise.all(pair.map((player, at) => player.enter(found[at])));
    await Promise.all(pair.map((player) => player.game!.next('match_started')));
    const playing = await read();
    assert.equal(playing.get('trespasser_players{state="in_match"}'), 3);
    assert((playing.get('trespasser_active_matches') ?? 0) >= 2);

    let sequence = 1_000_000;
    const flood = setInterval(() => {
      // Within the budget of events, three times what a player can have pressed.
      for (let i = 0; i < 3; i++) pair[0]!.game!.socket.emit('player:input', inputPacket(sequence++, { keys: { w: true } }));
    }, 16);
    stops.push(() => clearInterval(flood));

    const moved = [
      'trespasser_tick_duration_seconds_count', 'trespasser_tick_lateness_seconds_count', 'trespasser_snapshot_bytes_sum', 'trespasser_player_latency_ms_count',
      'trespasser_wall_destructions_total', 'trespasser_queue_wait_seconds_count{mode="duel"}', 'trespasser_matches_formed_total{mode="duel"}',
      'trespasser_match_win_chance_count', 'trespasser_requests_total{outcome="ok"}', 'trespasser_game_servers{state="ready"}',
      'trespasser_server_capacity_matches', 'trespasser_connections', 'trespasser_refused_events_total{event="unknown",reason="unknown"}',
      'nodejs_eventloop_lag_p99_seconds', 'process_cpu_seconds_total',
    ];
    await until('all of them to move', async () => {
      const values = await read();
      const still = moved.filter((name) => !((values.get(name) ?? 0) > 0));
      const evidence = [...values].some(([name, value]) => name.startsWith('trespasser_evidence_total{kind=') && value > 0);
      return (still.length === 0 && evidence) || undefined;
    }, 100).catch(async (error: unknown) => {
      const values = await read();
      throw new Error(`still: ${moved.filter((name) => !((values.get(name) ?? 0) > 0)).join(', ')}; evidence: ${[...values.keys()].filter((name) => name.includes('evidence')).join()}`, { cause: error });
    });
    clearInterval(flood);

    // The end: a result in the outbox and out of it, a recording, evidence with an account.
    pair[0]!.game!.socket.emit('debug:trigger_match_end', {});
    await pair[1]!.game!.next('match:return');
    await until('the recording', async () => ((await read()).get('trespasser_replay_bytes_total') ?? 0) > 0);
    await until('the outbox is empty', async () => (await read()).get('trespasser_outbox_entries') === 0);
    const lasting = await read();
    for (const [name, value] of lasting) if (name.startsWith('trespasser_errors_total')) assert.equal(value, 0, name);
  });
});
