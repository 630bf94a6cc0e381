import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import type { RunningServer } from '../../src/server.js';
import { glassArena } from '../arena.js';
import { clientKeeper, inputPacket, sleep, startTestServer, WarpClock, type Json, type TestClient } from '../support.js';
import { conforms, count, is, list, number, object, orNull, team, text } from './shape.js';
import { COUNT, LOBBY_INFO, LOBBY_JOINED, LOBBY_STATE } from './shapes.js';
import { row } from './suite.js';

let server: RunningServer;
const clock = new WarpClock();
const clients = clientKeeper(() => server);

before(async () => { server = await startTestServer({ DEBUG_COMMANDS: 'on', MAP: glassArena() }, { clock }); });
afterEach(async () => {
  clients.closeAll();
  while (server.lobbies.stats().totalLobbies > 0) await sleep(5);
});
after(() => server.close());

const several = async (number: number): Promise<TestClient[]> => {
  const made: TestClient[] = [];
  for (let index = 0; index < number; index++) made.push(await clients.connect());
  return made;
};
const enter = async (members: TestClient[]): Promise<string> => {
  for (const each of members) await each.ask('find_match', {}, 'lobby_joined');
  return members[0]!.last('lobby_joined').lobbyId;
};
const settled = (client: TestClient): Promise<Json> => client.ask('time:sync', Math.random(), 'time:sync:response');
/** Times are the warped clock's: a number, and here of today. */
const now = (payload: Json, ...names: string[]): Json => {
  for (const name of names) assert(Math.abs(payload[name] - clock.now()) < 600_000, `${name}: ${payload[name]}`);
  return { ...payload, ...Object.fromEntries(names.map((name) => [name, Date.now()])) };
};
/** Two players whose match runs. */
const started = async (): Promise<{ a: TestClient; b: TestClient; lobbyId: string }> => {
  const [a, b] = await several(2) as [TestClient, TestClient];
  const lobbyId = await enter([a, b]);
  await b.next('match_starting');
  clock.warp(10_000);
  await a.next('match_started');
  await b.next('match_started');
  return { a, b, lobbyId };
};

row('lobby', '2 to 7 players: match_starting with countdown 10, restarted by each joiner after match_start_cancelled', async () => {
  const members = await several(7);
  const lobbyId = await enter(members.slice(0, 1));
  await settled(members[0]!);
  assert.equal(members[0]!.all('match_starting').length, 0, 'one waits');
  for (let size = 2; size <= 7; size++) {
    clock.warp(9000);
    const [first, joiner] = [members[0]!, members[size - 1]!];
    const mark = first.received.length;
    await joiner.ask('join_lobby', { lobbyId }, 'lobby_joined');
    conforms(await joiner.next('match_starting'), { lobbyId: is(lobbyId), countdown: is(10) });
    const news = first.received.slice(mark).map((each) => each.event);
    await first.next('match_starting', undefined, mark);
    if (size > 2) {
      conforms(await first.next('match_start_cancelled', undefined, mark), { lobbyId: is(lobbyId), reason: text });
      assert(news.indexOf('match_start_cancelled') < news.indexOf('match_starting') || news.length === 0);
    }
  }
  assert.equal(members[0]!.all('match_started').length, 0, 'six times nine seconds have passed');
  clock.warp(10_000);
  for (const member of members) await member.next('match_started');
});

row('lobby', 'under 2: cancelled', async () => {
  const [a, b] = await several(2) as [TestClient, TestClient];
  const lobbyId = await enter([a, b]);
  await a.next('match_starting');
  await b.ask('leave_lobby', undefined, 'left_lobby');
  conforms(await a.next('match_start_cancelled'), { lobbyId: is(lobbyId), reason: text });
  clock.warp(20_000);
  await settled(a);
  assert.equal(a.all('match_started').length, 0);
});

row('lobby', '8: match_starting with countdown 1', async () => {
  const members = await several(8);
  const lobbyId = await enter(members);
  conforms(await members[7]!.next('match_starting'), { lobbyId: is(lobbyId), countdown: is(1) });
  // In real time, the one wait of the suite that is: a second.
  const from = clock.now();
  for (const member of members) await member.next('match_started');
  assert(clock.now() - from > 500, 'not before the second is over');
});

row('lobby', 'match_started; a late joiner gets it at once with startTime and isLateJoin', async () => {
  const { a, lobbyId } = await started();
  conforms(a.last('match_started'), { lobbyId: is(lobbyId), killTarget: is(50) });
  const startedAt = server.lobbies.get(lobbyId)!.startedAt;
  clock.warp(5000);
  const late = await clients.connect();
  const joined = await late.ask('join_lobby', { lobbyId }, 'lobby_joined');
  conforms(joined, { ...LOBBY_JOINED, status: is('playing'), isInProgress: is(true) });
  conforms(await late.next('match_started'), { lobbyId: is(lobbyId), killTarget: is(50), startTime: is(startedAt), isLateJoin: is(true) });
});

row('lobby', 'every join and leave: player_joined_lobby, player_left_lobby', async () => {
  const [a, b] = await several(2) as [TestClient, TestClient];
  const lobbyId = await enter([a]);
  conforms(now(await a.next('player_joined_lobby'), 'timestamp'), { ...COUNT, lobbyId: is(lobbyId), playerCount: is(1), playerId: is(a.id) });
  await b.ask('join_lobby', { lobbyId }, 'lobby_joined');
  const { id } = b;
  const fits = (each: Json): boolean => each.playerId === id;
  for (const client of [a, b]) {
    conforms(now(await client.next('player_joined_lobby', fits), 'timestamp'), { ...COUNT, lobbyId: is(lobbyId), playerCount: is(2) });
  }
  b.close();
  conforms(now(await a.next('player_left_lobby', fits), 'timestamp'), { ...COUNT, lobbyId: is(lobbyId), playerCount: is(1) });
});

row('lobby', 'every join and leave: lobby_state_update', async () => {
  const [a, b] = await several(2) as [TestClient, TestClient];
  const lobbyId = await enter([a]);
  const alone = await a.next('lobby_state_update');
  conforms(alone, { ...LOBBY_STATE, lobbyId: is(lobbyId), playerCount: is(1), matchStartTime: is(null), status: is('waiting') });
  await b.ask('join_lobby', { lobbyId }, 'lobby_joined');
  for (const client of [a, b]) {
    const both = await client.next('lobby_state_update', (each) => each.playerCount === 2);
    conforms(both, LOBBY_STATE);
    assert.deepEqual(both.players.map((each: Json) => each.id), [a.id, b.id]);
  }
  clock.warp(10_000);
  const running = await a.next('lobby_state_update', (each) => each.status === 'playing');
  conforms(now(running, 'matchStartTime'), LOBBY_STATE);
  const mark = a.received.length;
  await b.ask('leave_game', undefined, 'left_lobby');
  await a.next('lobby_state_update', (each) => each.playerCount === 1, mark);
});

row('lobby', 'lobby_joined', async () => {
  const client = await clients.connect();
  const joined = await client.ask('find_match', { gameMode: 'duel' }, 'lobby_joined');
  conforms(joined, { lobbyId: text, playerCount: is(1), maxPlayers: is(8), gameMode: is('duel'), status: is('waiting'), isInProgress: is(false) });
});

row('lobby', 'match_ended exactly once', async () => {
  const { a, b, lobbyId } = await started();
  await a.spawn('Ann', 'red');
  await b.spawn('Bob', 'blue');
  clock.warp(30_000);
  a.emit('debug:trigger_match_end');
  b.emit('debug:trigger_match_end');
  for (const client of [a, b]) {
    conforms(await client.next('match_ended'), {
      lobbyId: is(lobbyId), winnerTeam: orNull(team), redKills: is(0), blueKills: is(0), duration: count, killTarget: is(50),
      playerStats: list(object({ playerId: text, playerName: text, team, kills: count, deaths: count, damageDealt: number }), 2),
    });
  }
  const { duration } = a.last('match_ended');
  assert(duration >= 30_000 && duration < 60_000, `${duration} ms`);
  clock.warp(9000);
  await settled(a);
  await settled(b);
  assert.deepEqual([a, b].map((client) => client.all('match_ended').length), [1, 1]);
});

row('lobby', '10 s later the lobby waits again, with the map restored', async () => {
  const { a, b, lobbyId } = await started();
  await a.spawn('Ann', 'red');
  // The pane of glass before the spawn.
  let sequence = 0;
  while (a.all('wall:damaged').length === 0) {
    a.emit('player:input', inputPacket(++sequence, { mouse: { x: 135, y: 135, buttons: 1, leftPressed: sequence === 1 } }));
    await sleep(15);
  }
  a.emit('player:input', inputPacket(++sequence, { mouse: { x: 135, y: 135, leftReleased: true } }));
  await a.next('game:state', (state) => state.players[a.id].lastProcessedInput === sequence);
  assert.notEqual(server.lobbies.get(lobbyId)!.match.inspect().destruction.damagedSlices, 0);
  await a.ask('debug:trigger_match_end', undefined, 'match_ended');
  clock.warp(9900);
  await settled(a);
  assert.equal(server.lobbies.get(lobbyId)!.status, 'finished');
  const [mark, markOfB] = [a.received.length, b.received.length];
  clock.warp(100);
  await a.next('lobby_state_update', (each) => each.status === 'waiting', mark);
  assert.equal(server.lobbies.get(lobbyId)!.match.inspect().destruction.damagedSlices, 0);
  const isWhole = (wall: Json): boolean => wall.sliceHealth.every((health: number) => health === wall.maxHealth);
  await a.next('game:state', (state) => state.walls !== undefined && Object.values<Json>(state.walls).every(isWhole), mark);
  assert.equal((await b.next('match_starting', undefined, markOfB)).countdown, 10, 'and counts down again');
});

row('lobby', 'empty lobbies go at once', async () => {
  const [a, b] = await several(2) as [TestClient, TestClient];
  const lobbyId = await enter([a, b]);
  await a.ask('leave_lobby', undefined, 'left_lobby');
  assert.notEqual(server.lobbies.get(lobbyId), undefined);
  await b.ask('leave_lobby', undefined, 'left_lobby');
  assert.equal(server.lobbies.get(lobbyId), undefined);
  const dropped = await clients.connect();
  await enter([dropped]);
  dropped.close();
  while (server.lobbies.stats().totalLobbies > 0) await sleep(5);
});

row('lobby', 'idle lobbies go after 5 minutes', async () => {
  const client = await clients.connect();
  const lobbyId = await enter([client]);
  clock.warp(4 * 60_000 + 59_000);
  await settled(client);
  assert.notEqual(server.lobbies.get(lobbyId), undefined);
  // They are looked for every quarter of a minute.
  clock.warp(16_000);
  const left = await client.next('left_lobby');
  conforms(left, { lobbyId: is(lobbyId), timestamp: count, reason: is('idle') });
  assert.equal(server.lobbies.get(lobbyId), undefined);
});

row('lobby', 'a lobby in a list', async () => {
  const [a, b] = await several(2) as [TestClient, TestClient];
  const { lobbyId } = await a.ask('create_private_lobby', { gameMode: 'duel', password: 'pst', maxPlayers: 3 }, 'lobby_joined');
  const { lobbies } = await b.ask('get_lobby_list', { showPrivate: true }, 'lobby_list');
  const info = lobbies.find((each: Json) => each.id === lobbyId);
  assert.equal(LOBBY_INFO(now(info, 'createdAt', 'lastActivity')), undefined);
  assert.deepEqual(
    [info.playerCount, info.maxPlayers, info.gameMode, info.mapName, info.isPrivate, info.passwordRequired, info.status],
    [1, 3, 'duel', 'arena', true, true, 'waiting'],
  );
});

row('lobby', 'all of it reaches the lobby\'s members alone', async () => {
  const [a, outsider, neighbour] = await several(3) as [TestClient, TestClient, TestClient];
  await neighbour.ask('find_match', { gameMode: 'duel' }, 'lobby_joined');
  await neighbour.next('game:state');
  const marks = [outsider.received.length, neighbour.received.length];
  const lobbyId = await enter([a]);
  const b = await clients.connect();
  await b.ask('join_lobby', { lobbyId }, 'lobby_joined');
  clock.warp(10_000);
  await b.next('match_started');
  await a.ask('debug:trigger_match_end', undefined, 'match_ended');
  await b.ask('leave_lobby', undefined, 'left_lobby');
  const mark = b.received.length;
  clock.warp(10_000);
  for (const client of [a, b, outsider, neighbour]) await settled(client);
  const heard = (client: TestClient, from: number): string[] => [...new Set(client.received.slice(from).map((each) => each.event))];
  assert.deepEqual(heard(outsider, marks[0]!), ['time:sync:response']);
  assert.deepEqual(heard(neighbour, marks[1]!).filter((event) => event !== 'game:state'), ['time:sync:response']);
  assert.deepEqual(heard(b, mark), ['time:sync:response'], 'nor who has left');
});
