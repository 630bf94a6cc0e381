import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { io } from 'socket.io-client';
import { readConfig } from '../src/config.js';
import { engine } from '../src/engine.js';
import { createLogger } from '../src/logger.js';
import { startRole, type RunningRole } from '../src/roles.js';
import { metricsOf, Player, until } from './cluster.js';
import { testFolder } from './database.js';
import { TestClient, type Json } from './support.js';

describe('everything in one process', { timeout: 180_000 }, () => {
  let folder: Awaited<ReturnType<typeof testFolder>>;
  let role: RunningRole | undefined;
  let lines: string[];
  const players: Player[] = [];
  beforeEach(async () => {
    folder = await testFolder();
    lines = [];
  });
  afterEach(async () => {
    for (const player of players.splice(0)) player.close();
    await role?.close();
    role = undefined;
    await folder.remove();
  });

  async function start(env: Record<string, string> = {}): Promise<{ url: string; adminUrl: string }> {
    const log = createLogger('info', { write: (line: string) => { lines.push(line); } });
    role = await startRole(readConfig({ HOST: '127.0.0.1', PORT: '0', ADMIN_PORT: '0', DATA_DIR: folder.path, DEBUG_COMMANDS: 'on', ...env }), log);
    return { url: role.url.replace('localhost', '127.0.0.1'), adminUrl: `http://127.0.0.1:${role.adminPort}` };
  }

  async function duel(url: string): Promise<{ pair: Player[]; matchId: string }> {
    const pair = await Promise.all([Player.signIn(url, 'Ada'), Player.signIn(url, 'Bob')]);
    players.push(...pair);
    const found = await Promise.all(pair.map((player) => player.find('duel')));
    await Promise.all(pair.map((player, at) => player.enter(found[at])));
    await Promise.all(pair.map((player) => player.game!.next('match_started')));
    return { pair, matchId: found[0].matchId as string };
  }

  test('is played in before its database is there, and where it cannot start: it says so, and keeps the results for a server that has one', async () => {
    // A cluster that is none.
    await mkdir(join(folder.path, 'postgres'));
    await writeFile(join(folder.path, 'postgres', 'PG_VERSION'), 'nonsense\n');
    const { url, adminUrl } = await start();
    const client = await TestClient.connect({ url });
    await client.play();
    client.close();
    assert((await fetch(`${adminUrl}/ready`)).ok);
    assert.equal((await fetch(`${url}leaderboard?mode=duel`)).status, 503);
    const said = await until('it is said', () => lines.find((line) => line.includes('The embedded PostgreSQL does not start')));
    assert.match(said, /results wait in the outbox/);
    assert.match(said, /DATABASE_URL/);
    const { pair, matchId } = await duel(url);
    pair[0]!.game!.socket.emit('debug:trigger_match_end', {});
    assert.equal((await pair[1]!.game!.next('match:return')).matchId, matchId);
    assert.equal((await metricsOf({ adminUrl })).get('trespasser_outbox_entries'), 1);
    const away = await fetch(`${url}matches/${matchId}`);
    assert.deepEqual([away.status, ((await away.json()) as Json).error], [503, 'UNAVAILABLE'], 'the rating follows');
    await role!.close();
    role = undefined;

    // The next one can, and delivers what the first one has left.
    await rm(join(folder.path, 'postgres'), { recursive: true });
    const next = await start();
    const board = await until('the result is on the leaderboard', async () => {
      const answer = await fetch(`${next.url}leaderboard?mode=duel`);
      if (answer.status !== 200) return undefined;
      const page = await answer.json() as Json;
      return page.entries.length === 2 ? page : undefined;
    });
    assert.deepEqual(board.entries.map((entry: Json) => entry.playerId).sort(), pair.map(({ id }) => id).sort());
    const report = await (await fetch(`${next.url}matches/${matchId}`)).json() as Json;
    assert.equal(report.players.every((player: Json) => player.rating !== null), true);
  });

  test('takes players of its own and of the matchmaker side by side, and no stranger into a match of the matchmaker\'s', async () => {
    const { url } = await start();
    const stranger = await TestClient.connect({ url });
    try {
      await stranger.play();
      const { pair, matchId } = await duel(url);
      const list = await stranger.ask('get_lobby_list', { showPrivate: true, showFull: true, showInProgress: true }, 'lobby_list');
      assert(list.lobbies.every((lobby: Json) => lobby.id !== matchId), 'not listed');
      assert.equal((await stranger.ask('join_lobby', { lobbyId: matchId }, 'lobby_join_failed')).reason, 'Lobby not found');
      const socket = io(url, { transports: ['websocket'], auth: { token: 'nonsense' }, forceNew: true, reconnection: false });
      const error = await new Promise<Json>((resolve) => { socket.once('connect_error', resolve); });
      socket.disconnect();
      assert.equal(error.data.code, 'TOKEN_MALFORMED');
      // Everybody has left, so it is over.
      for (const player of pair) player.game!.socket.emit('leave_game');
      await Promise.all(pair.map((player) => player.lobby.next('match_over')));
      await until('the place is free again', () => role!.server!.lobbies.get(matchId) === undefined);
    } finally {
      stranger.close();
    }
  });

  test('the recording of a match can be had once it has ended, and by its id alone', async () => {
    const { url } = await start({ REPLAYS: 'directory' });
    const { pair, matchId } = await duel(url);
    const ask = (id: string): Promise<Response> => fetch(`${url}replays/${id}`);
    assert.equal((await ask(matchId)).status, 404, 'it runs still: the recording would tell of both sides');
    pair[0]!.game!.socket.emit('debug:trigger_match_end', {});
    const answer = await until('the recording is there', async () => {
      const response = await ask(matchId);
      return response.status === 200 ? response : undefined;
    });
    assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
    const replay = engine.Replay.open(new Uint8Array(await answer.arrayBuffer()));
    assert(replay.info().lastTick > replay.info().firstTick);
    for (const [id, status] of [['nothing', 404], ['..%2f..%2fetc%2fpasswd', 404], ['x'.repeat(65), 404]] as const) assert.equal((await ask(id)).status, status, id);
    assert.equal((await fetch(`${url}replays/${matchId}`, { method: 'POST' })).status, 405);
  });

  test('what became of each rating can be asked for by the match\'s id, and one\'s own rank with one\'s token', async () => {
    const { url, adminUrl } = await start({ REPLAYS: 'directory', REGIONS: 'local,far' });
    await until('the database is there', async () => (await fetch(`${url}leaderboard?mode=duel`)).status === 200);
    const service = await (await fetch(`${url}service`)).json() as Json;
    assert.deepEqual([service.lobbies, service.rated, service.replays, service.modes], [true, true, true, ['duel', 'standard']]);
    assert.deepEqual(service.regions.map(({ name, probes }: Json) => [name, probes.length]), [['local', 1], ['far', 0]], 'where nobody plays nothing can be measured');
    const ping = await fetch(`${service.regions[0].probes[0].replace('localhost', '127.0.0.1')}/ping`, { headers: { origin: 'https://play.example.com' } });
    assert.deepEqual([ping.status, ping.headers.get('access-control-allow-origin'), ping.headers.get('cache-control')], [200, 'https://play.example.com', 'no-store']);

    const { pair, matchId } = await duel(url);
    const rank = (query: string, token?: string): Promise<Response> => (
      fetch(`${url}leaderboard/own?${query}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
    );
    assert.deepEqual(await (await rank('mode=duel', pair[0]!.token)).json(), { playerId: pair[0]!.id, rank: null });
    for (const [answer, status, code] of [
      [await rank('mode=duel'), 401, 'TOKEN_MISSING'], [await rank('mode=duel', 'x'), 401, 'TOKEN_MALFORMED'], [await rank('', pair[0]!.token), 400, 'INVALID_QUERY'],
      [await fetch(`${url}matches/${matchId}`), 404, 'NOT_FOUND'], [await fetch(`${url}matches/${'x'.repeat(65)}`), 404, undefined],
    ] as const) {
      assert.equal(answer.status, status);
      if (code !== undefined) assert.equal(((await answer.json()) as Json).error, code);
    }

    pair[0]!.game!.socket.emit('debug:trigger_match_end', {});
    const ended = await pair[0]!.game!.next('match_ended');
    const returned = await pair[0]!.game!.next('match:return');
    assert.deepEqual(returned.accounts.map(({ playerId }: Json) => playerId).sort(), pair.map(({ id }) => id).sort());
    const names = new Map(ended.playerStats.map((row: Json) => [row.playerId, row.playerName]));
    for (const { memberId, playerId } of returned.accounts) assert.equal(names.get(memberId), pair.find(({ id }) => id === playerId)!.name);
    const report = await until('the report, with the recording', async () => {
      const answer = await fetch(`${url}matches/${matchId}`);
      const body = await answer.json() as Json;
      return answer.status === 200 && body.replay === true ? body : undefined;
    });
    assert.deepEqual([report.matchId, report.state, report.mode, report.rated], [matchId, 'finished', 'duel', true]);
    assert.deepEqual(report.players.map(({ name }: Json) => name).sort(), ['Ada', 'Bob']);
    assert.deepEqual(new Set(report.players.map(({ team }: Json) => team)), new Set(['red', 'blue']));
    const board = await (await fetch(`${url}leaderboard?mode=duel`)).json() as Json;
    for (const { id, rating } of report.players) {
      const entry = board.entries.find((each: Json) => each.playerId === id);
      assert(Math.abs(entry.points - rating.after.points) < 1e-9, 'what is told is what the leaderboard has');
      assert.notEqual(rating.after.points, rating.before.points);
      assert(rating.after.deviation < rating.before.deviation);
      const own = await (await rank('mode=duel', pair.find((player) => player.id === id)!.token)).json() as Json;
      assert.deepEqual([own.rank.rank, own.rank.exact], [entry.rank, true]);
    }
    const metrics = await metricsOf({ adminUrl });
    assert.equal(metrics.get('trespasser_requests_total{outcome="error"}') ?? 0, 0);
  });

  test('HTTP of accounts refuses what is none, and says what would be', async () => {
    const { url } = await start();
    const post = (body: string, headers: Record<string, string> = {}): Promise<Response> => (
      fetch(`${url}accounts/guest`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
    );
    for (const [answer, status, says] of [
      [await post('{'), 400, /takes JSON/], [await post('[1]'), 400, /\{"name": text\}/], [await post(`"${'x'.repeat(5000)}"`), 413, /4096 bytes/],
      [await post('{}', { authorization: 'Basic x' }), 401, /Bearer/], [await fetch(`${url}accounts/guest`), 405, /POST/],
      [await fetch(`${url}leaderboard`), 400, /mode/], [await fetch(`${url}leaderboard?mode=duel&limit=1000`), 400, /limit/],
    ] as const) {
      assert.equal(answer.status, status);
      assert.match(((await answer.json()) as Json).message, says);
    }
    const preflight = await fetch(`${url}accounts/guest`, { method: 'OPTIONS', headers: { origin: 'https://play.example.com' } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://play.example.com');
    assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /Authorization/);
    const guest = await (await post('{"name":"Ada"}')).json() as Json;
    const again = await post('{}', { authorization: `Bearer ${guest.token}` });
    assert.equal(again.status, 200);
    assert.equal(((await again.json()) as Json).playerId, guest.playerId);
  });
});
