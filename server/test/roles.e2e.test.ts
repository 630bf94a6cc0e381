import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { io } from 'socket.io-client';
import { CuttingProxy } from './cutting-proxy.js';
import { Cluster, metricsOf, until, type Node, type Player } from './cluster.js';
import { withClient } from './database.js';
import { inputPacket, type Json } from './support.js';

const OVER_AND_BACK = { timeout: 240_000 };
/** All of them. */
const WHOLE = { timeout: 900_000 };

describe('one matchmaker and two game servers', WHOLE, () => {
  let cluster: Cluster;
  let front: Node;
  before(async () => {
    cluster = await Cluster.start();
    front = await cluster.add('match');
    await cluster.add('game');
    await cluster.add('game');
  });
  after(async () => { await cluster?.stop(); });

  /** Everybody queues, is sent to one match, enters it, and sees it begin. */
  async function play(players: readonly Player[], mode = 'standard'): Promise<{ matchId: string; found: Json; node: Node }> {
    const all = await Promise.all(players.map((player) => player.find(mode)));
    const matchId = all[0].matchId as string;
    assert.deepEqual(new Set(all.map((each) => each.matchId)), new Set([matchId]), 'one match for all of them');
    const lines = await Promise.all(players.map((player, at) => player.enter(all[at])));
    await Promise.all(lines.map((line) => line.next('match_started')));
    return { matchId, found: all[0], node: cluster.nodeOf(all[0]) };
  }

  async function matchesOf(playerId: string): Promise<string[]> {
    return (await cluster.store.playedMatches(playerId, 100)).map(({ matchId }) => matchId);
  }

  test('eight players queue, play, and are rated once; then they are back in the lobby', OVER_AND_BACK, async () => {
    const players = await cluster.players(front, 8);
    const { matchId, found, node } = await play(players);
    assert.equal(found.players.length, 8);
    assert.equal(found.players.filter((each: Json) => each.team === 'red').length, 4);
    // They stand on the sides that the matchmaker gave them, whatever they wish.
    const roster = players[0]!.game!.all('lobby_state_update').at(-1);
    assert.equal(roster.players.filter((each: Json) => each.team === 'blue').length, 4);
    assert.equal(roster.status, 'playing');

    // More than time allows: the guard sees it, and it is kept with the player's account.
    let sequence = 1_000_000;
    await until('evidence in the database', async () => {
      for (let i = 0; i < 10; i++) players[7]!.game!.socket.emit('player:input', inputPacket(sequence++, { keys: { w: true } }));
      const [row] = await cluster.store.evidence(players[7]!.id, 1);
      return row?.matchId === matchId;
    });
    players[0]!.game!.socket.emit('debug:trigger_match_end', {});
    for (const player of players) {
      const ended = await player.game!.next('match_ended');
      assert.equal(ended.lobbyId, matchId);
      const returned = await player.game!.next('match:return');
      const { accounts, ...rest } = returned;
      assert.deepEqual(rest, { matchId, reason: 'finished', lobbyUrl: null });
      assert.deepEqual(accounts.map((each: Json) => each.playerId).sort(), players.map(({ id }) => id).sort());
      assert.equal((await player.lobby.next('match_over')).matchId, matchId);
    }
    const played = await until('the result is in the database', () => cluster.store.match(matchId));
    assert.equal(played.state, 'finished');
    assert.equal(played.rated, true);
    assert.equal(played.mode, 'standard');
    const ids = players.map(({ id }) => id);
    const ratings = await cluster.store.ratings(ids, 'standard');
    for (const id of ids) {
      assert.equal(ratings.get(id)?.games, 1);
      assert.deepEqual(await matchesOf(id), [matchId]);
    }
    await withClient(cluster.databaseUrl, async (client) => {
      const { rows } = await client.query('SELECT count(*)::int AS participants FROM participants WHERE match_id = $1', [matchId]);
      assert.equal(rows[0].participants, 8);
    });
    // Told by the matchmaker, which plays nothing, and reads the books.
    const report = await until('the ratings are told', async () => {
      const answer = await fetch(`${front.url}matches/${matchId}`);
      return answer.ok ? await answer.json() as Json : undefined;
    });
    assert.deepEqual(report.players.map((each: Json) => each.id).sort(), [...ids].sort());
    for (const { id, rating } of report.players) assert.equal(Math.round(rating.after.value), Math.round(ratings.get(id)!.value));
    assert.equal(report.replay, null, 'the recording lies on the game server\'s disk, which the matchmaker does not read');
    const service = await (await fetch(`${front.url}service`)).json() as Json;
    assert.deepEqual([service.lobbies, service.rated], [false, true]);
    const [{ name, probes }] = service.regions;
    assert.deepEqual([name, probes.length], ['local', 2], 'both game servers');
    for (const probe of probes) assert((await fetch(`${probe.replace('localhost', '127.0.0.1')}/ping`)).ok);
    assert.deepEqual(await (await fetch(`${node.url}service`)).json(), { lobbies: true, rated: false, leaderboard: false, replays: false, modes: [], regions: [] });
    const replay = await until('the recording is in the books', () => cluster.store.replay(matchId));
    assert(replay.bytes > 100);
    const metrics = await until('the outbox is empty', async () => {
      const values = await metricsOf(node);
      return values.get('trespasser_outbox_entries') === 0 ? values : undefined;
    });
    assert.equal(metrics.get('trespasser_outbox_failures_total'), 0);
    // The clients are sent away, and the place on the server is free again.
    await until('the game server has sent them away', () => players.every(({ game }) => game!.socket.disconnected));
    for (const player of players) {
      player.lobby.socket.emit('menu:enter');
      player.close();
    }
  });

  test('a token is good once, for its player\'s match and server', OVER_AND_BACK, async () => {
    const players = await cluster.players(front, 2);
    const { found, node } = await play(players, 'duel');
    const refusal = (url: string, token: unknown): Promise<Json> => new Promise((resolve, reject) => {
      const socket = io(url, { transports: ['websocket'], auth: { token }, forceNew: true, reconnection: false });
      socket.once('connect', () => {
        socket.disconnect();
        reject(new Error('was let in'));
      });
      socket.once('connect_error', (error) => {
        socket.disconnect();
        resolve((error as Error & { data?: Json }).data);
      });
    });
    assert.equal((await refusal(node.url, found.token)).code, 'TOKEN_USED');
    const other = cluster.nodes.find((each) => each.role === 'game' && each !== node)!;
    assert.equal((await refusal(other.url, found.token)).code, 'TOKEN_AUDIENCE');
    assert.equal((await refusal(node.url, `${found.token.slice(0, -8)}AAAAAAAA`)).code, 'TOKEN_SIGNATURE');
    assert.equal((await refusal(node.url, players[0]!.token)).code, 'TOKEN_AUDIENCE');
    assert.equal((await refusal(node.url, 'nonsense')).code, 'TOKEN_MALFORMED');
    assert.equal((await refusal(node.url, { a: 1 })).code, 'TOKEN_MALFORMED');
    const metrics = await metricsOf(node);
    for (const code of ['TOKEN_USED', 'TOKEN_AUDIENCE', 'TOKEN_SIGNATURE', 'TOKEN_MALFORMED']) {
      assert((metrics.get(`trespasser_refused_events_total{event="connection",reason="${code}"}`) ?? 0) >= 1, code);
    }

    // Who has lost the connection asks for another token, and is back in the same place.
    const [first, second] = players as [Player, Player];
    first.game!.socket.disconnect();
    const { mark } = first.lobby;
    first.lobby.socket.emit('match:token');
    const again = await first.lobby.next('match_found', mark);
    assert.equal(again.matchId, found.matchId);
    await first.enter(again);

    // Who leaves for good is out of it; the result says so.
    second.game!.socket.emit('leave_lobby');
    assert.equal((await second.lobby.next('match_over')).reason, 'left');
    first.game!.socket.emit('debug:trigger_match_end', {});
    await until('the result is in the database', () => cluster.store.match(found.matchId));
    const [row] = await cluster.store.playedMatches(second.id, 1);
    assert.equal(row?.left, true);
    for (const player of players) player.close();
  });

  test('kill -9 of a game server: its match is noted as lost, and its players are first in the queue and play elsewhere', OVER_AND_BACK, async () => {
    const players = await cluster.players(front, 2);
    const { matchId, node } = await play(players, 'duel');
    const marks = players.map(({ lobby }) => lobby.mark);
    const killedAt = Date.now();
    node.process.child.kill('SIGKILL');
    for (const [at, player] of players.entries()) {
      const lost = await player.lobby.next('match_lost', marks[at]);
      assert.equal(lost.matchId, matchId);
      const joined = await player.lobby.next('queue_joined', marks[at]);
      assert.equal(joined.isFirst, true);
    }
    console.log(`# players of a killed game server were told and queued again after ${((Date.now() - killedAt) / 1000).toFixed(1)} s`);
    const all = await Promise.all(players.map(({ lobby }, at) => lobby.next('match_found', marks[at])));
    assert.notEqual(all[0].matchId, matchId);
    assert.notEqual(cluster.nodeOf(all[0]), node);
    await Promise.all(players.map((player, at) => player.enter(all[at])));
    console.log(`# and in another match after ${((Date.now() - killedAt) / 1000).toFixed(1)} s`);
    const lost = await until('the lost match is in the database', () => cluster.store.match(matchId));
    assert.equal(lost.state, 'lost');
    assert.equal((await metricsOf(front)).get('trespasser_matches_lost_total'), 1);
    for (const player of players) assert.deepEqual(await matchesOf(player.id), []);
    players[0]!.game!.socket.emit('debug:trigger_match_end', {});
    await until('the second match counts', () => cluster.store.match(all[0].matchId));
    for (const player of players) player.close();
    await cluster.add('game');
  });

  test('kill -9 of the matchmaker: who waits still waits, at another one', OVER_AND_BACK, async () => {
    const second = await cluster.add('match');
    const waiting = await cluster.player(second);
    waiting.queue('duel');
    await waiting.lobby.next('queue_joined');
    const killedAt = Date.now();
    front.process.child.kill('SIGKILL');
    const other = await cluster.player(second);
    const found = await other.find('duel');
    console.log(`# a match was formed ${((Date.now() - killedAt) / 1000).toFixed(1)} s after the end of the leading matchmaker`);
    assert.equal((await waiting.lobby.next('match_found')).matchId, found.matchId);
    front = second;
    for (const player of [waiting, other]) player.close();
  });

  test('a restart of Redis, which forgets everything: matches go on and count, and those who wait get their match', OVER_AND_BACK, async () => {
    const players = await cluster.players(front, 2);
    const { matchId } = await play(players, 'duel');
    const waiting = await cluster.player(front);
    waiting.queue('duel');
    await waiting.lobby.next('queue_joined');
    await cluster.redis.kill();
    await cluster.redis.resume();
    const resumedAt = Date.now();
    const other = await cluster.player(front);
    const { mark } = other.lobby;
    await until('the queue takes players again', async () => {
      other.queue('duel');
      return Promise.race([other.lobby.next('queue_joined', mark, 2).catch(() => undefined), other.lobby.next('match_found', mark, 2).catch(() => undefined)]);
    });
    const found = await other.lobby.next('match_found', mark);
    console.log(`# a match was formed ${((Date.now() - resumedAt) / 1000).toFixed(1)} s after Redis came back empty`);
    assert.equal((await waiting.lobby.next('match_found')).matchId, found.matchId);
    players[0]!.game!.socket.emit('debug:trigger_match_end', {});
    await players[1]!.game!.next('match:return');
    await until('the result is in the database', () => cluster.store.match(matchId));
    for (const player of [...players, waiting, other]) player.close();
  });

  test('a game server that stands still is given up; when it goes on it sends its clients away and records nothing', OVER_AND_BACK, async () => {
    const players = await cluster.players(front, 2);
    const { matchId, node } = await play(players, 'duel');
    const marks = players.map(({ lobby }) => lobby.mark);
    node.process.child.kill('SIGSTOP');
    for (const [at, player] of players.entries()) assert.equal((await player.lobby.next('match_lost', marks[at])).matchId, matchId);
    const before = players.map(({ game }) => game!);
    const all = await Promise.all(players.map(({ lobby }, at) => lobby.next('match_found', marks[at])));
    await Promise.all(players.map((player, at) => player.enter(all[at])));
    node.process.child.kill('SIGCONT');
    await until('the clients are sent away', () => before.every(({ socket }) => socket.disconnected));
    assert.equal((await cluster.store.match(matchId))?.state, 'lost');
    await until('the server is in the pool again', async () => (await fetch(`${node.adminUrl}/ready`)).ok);
    for (const player of players) player.close();
  });

  test('SIGTERM to a game server: no match more, the running one is played out, its result is kept, and it ends with 0', OVER_AND_BACK, async () => {
    const players = await cluster.players(front, 2);
    const { matchId, node } = await play(players, 'duel');
    node.process.child.kill('SIGTERM');
    await until('it is not ready', async () => (await fetch(`${node.adminUrl}/ready`)).status === 503);
    assert.equal((await fetch(`${node.adminUrl}/health`)).status, 200);
    const later = await cluster.players(front, 2);
    const other = await play(later, 'duel');
    assert.notEqual(other.node, node);
    // Still let in: a match that runs goes on.
    players[0]!.game!.socket.disconnect();
    const { mark } = players[0]!.lobby;
    players[0]!.lobby.socket.emit('match:token');
    await players[0]!.enter(await players[0]!.lobby.next('match_found', mark));
    players[0]!.game!.socket.emit('debug:trigger_match_end', {});
    await players[1]!.game!.next('match:return');
    assert.equal(await node.process.exit, 0, node.process.output());
    assert.equal((await cluster.store.match(matchId))?.state, 'finished');
    later[0]!.game!.socket.emit('debug:trigger_match_end', {});
    await later[1]!.game!.next('match:return');
    for (const player of [...players, ...later]) player.close();
    await cluster.add('game');
  });

  test('a restart of PostgreSQL, and kill -9 of the game server whose result it has not taken: it counts, once', OVER_AND_BACK, async () => {
    const proxy = await CuttingProxy.start(cluster.databaseAddress());
    try {
      const node = await cluster.add('game', { DATABASE_URL: cluster.databaseThrough(proxy.port), REGION: 'cut', DATA_DIR: cluster.path('cut') });
      const own = await cluster.add('match', { REGIONS: 'cut' });
      // Only the matchmaker that leads forms matches, and the one before knows nothing of the region.
      front.process.child.kill('SIGTERM');
      await front.process.exit;
      front = own;
      const players = await Promise.all([0, 1].map(() => cluster.player(own)));
      const all = await Promise.all(players.map((player) => player.find('duel', 'cut')));
      const matchId = all[0].matchId as string;
      assert.equal(cluster.nodeOf(all[0]), node);
      const lines = await Promise.all(players.map((player, at) => player.enter(all[at])));
      await Promise.all(lines.map((line) => line.next('match_started')));
      proxy.cut();
      process.kill(cluster.database.embedded.pid, 'SIGKILL');
      lines[0]!.socket.emit('debug:trigger_match_end', {});
      // The outbox has it, so the match has ended, whatever the database does.
      await lines[1]!.next('match:return');
      assert(((await metricsOf(node)).get('trespasser_outbox_entries') ?? 0) >= 1);
      node.process.child.kill('SIGKILL');
      await node.process.exit;
      await until('PostgreSQL is back', async () => cluster.store.ping().then(() => true, () => false));
      // Killed before the pool heard of the end, it may be noted as lost until the outbox is delivered.
      assert.notEqual((await cluster.store.match(matchId))?.state, 'finished');
      await until('no rating is told yet', async () => {
        const answer = await fetch(`${own.url}matches/${matchId}`);
        return answer.status === 404 || (answer.ok && (await answer.json() as Json).players.length === 0);
      });
      proxy.open();
      const again = await cluster.add('game', { DATA_DIR: cluster.path('cut'), REGION: 'cut' });
      await until('the result is in the database', async () => (await cluster.store.match(matchId))?.state === 'finished');
      const told = await (await fetch(`${own.url}matches/${matchId}`)).json() as Json;
      assert.deepEqual([told.state, told.players.length], ['finished', 2]);
      for (const player of players) {
        assert.deepEqual(await matchesOf(player.id), [matchId]);
        player.close();
      }
      assert((await fetch(`${again.adminUrl}/ready`)).ok);
    } finally {
      await proxy.stop();
    }
  });

  test('a cut between a game server and Redis: the match counts as lost and its players go on elsewhere; mended, it is in the pool again', OVER_AND_BACK, async () => {
    const proxy = await CuttingProxy.start({ host: '127.0.0.1', port: cluster.redis.port });
    try {
      const node = await cluster.add('game', { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, REGION: 'cut' });
      // The others of the region stop, so that this is the one.
      for (const other of cluster.nodes) {
        if (other === node || other.role !== 'game' || other.process.child.exitCode !== null || other.process.child.signalCode !== null) continue;
        other.process.child.kill('SIGTERM');
        await other.process.exit;
      }
      const players = await cluster.players(front, 2);
      const all = await Promise.all(players.map((player) => player.find('duel', 'cut')));
      const lines = await Promise.all(players.map((player, at) => player.enter(all[at])));
      await Promise.all(lines.map((line) => line.next('match_started')));
      const marks = players.map(({ lobby }) => lobby.mark);
      proxy.stall();
      const cutAt = Date.now();
      for (const [at, player] of players.entries()) await player.lobby.next('match_lost', marks[at]);
      console.log(`# players of a game server that was cut off were queued again after ${((Date.now() - cutAt) / 1000).toFixed(1)} s`);
      proxy.open();
      await until('the clients are sent away', () => lines.every(({ socket }) => socket.disconnected));
      await until('the server is in the pool again', async () => (await fetch(`${node.adminUrl}/ready`)).ok);
      const again = await Promise.all(players.map(({ lobby }, at) => lobby.next('match_found', marks[at])));
      await Promise.all(players.map((player, at) => player.enter(again[at])));
      assert.equal((await until('the lost match is noted', () => cluster.store.match(all[0].matchId))).state, 'lost');
      for (const player of players) player.close();
    } finally {
      await proxy.stop();
    }
  });
});

describe('clocks that differ, and a queue that is full', WHOLE, () => {
  const CLOCK = fileURLToPath(new URL('./clock-jump.js', import.meta.url));
  let cluster: Cluster;
  let front: Node;
  before(async () => {
    cluster = await Cluster.start();
    front = await cluster.add('match', { REGIONS: 'local,near,ahead,behind', MAX_TICKETS: '3' });
  });
  after(async () => { await cluster?.stop(); });

  async function pair(region: string): Promise<{ players: Player[]; found: Json[] }> {
    const players = await cluster.players(front, 2);
    return { players, found: await Promise.all(players.map((player) => player.find('duel', region))) };
  }

  test('a game server whose clock is 3 s off lets players in; one a minute off refuses their tokens, and says that it is the clock', OVER_AND_BACK, async () => {
    await cluster.add('game', { REGION: 'near', SKEW_MS: '3000' }, ['--import', CLOCK]);
    const near = await pair('near');
    const lines = await Promise.all(near.players.map((player, at) => player.enter(near.found[at]!)));
    await Promise.all(lines.map((line) => line.next('match_started')));
    lines[0]!.socket.emit('debug:trigger_match_end', {});
    await until('the result is in the database', () => cluster.store.match(near.found[0]!.matchId));
    for (const player of near.players) player.close();

    for (const [region, skewMs, code] of [['ahead', 60_000, 'TOKEN_EXPIRED'], ['behind', -60_000, 'TOKEN_EARLY']] as const) {
      const node = await cluster.add('game', { REGION: region, SKEW_MS: `${skewMs}` }, ['--import', CLOCK]);
      const { players, found } = await pair(region);
      for (const [at, player] of players.entries()) {
        await assert.rejects(player.enter(found[at]!), (error: Error & { data?: Json }) => error.data?.code === code);
      }
      assert.equal((await metricsOf(node)).get(`trespasser_refused_events_total{event="connection",reason="${code}"}`), 2);
      for (const player of players) player.close();
    }
  });

  test('a full queue refuses with a word; a place that comes free is taken', OVER_AND_BACK, async () => {
    // There is no game server in this region: they wait.
    const waiting = await cluster.players(front, 3);
    for (const player of waiting) {
      player.queue('duel');
      await player.lobby.next('queue_joined');
    }
    const late = await cluster.player(front);
    late.queue('duel');
    const refused = await late.lobby.next('request_refused');
    assert.deepEqual([refused.event, refused.reason], ['queue:join', 'queue_full']);
    waiting[0]!.lobby.socket.emit('queue:leave');
    assert.equal((await waiting[0]!.lobby.next('queue_left')).reason, 'cancelled');
    const { mark } = late.lobby;
    late.queue('duel');
    await late.lobby.next('queue_joined', mark);
    // Two of the three play, whoever; the longest waiting is one of them.
    await cluster.add('game');
    const three = [waiting[1]!, waiting[2]!, late];
    const found = await until('two of three have a match', () => {
      const all = three.flatMap(({ lobby }) => lobby.all('match_found'));
      return all.length === 2 ? all : undefined;
    });
    assert.equal(found[0]!.matchId, found[1]!.matchId);
    assert.equal(waiting[1]!.lobby.all('match_found').length, 1);
    for (const player of [...waiting, late]) player.close();
  });
});
