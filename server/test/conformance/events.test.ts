import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import type { RunningServer } from '../../src/server.js';
import { openArena } from '../arena.js';
import { clientKeeper, inputPacket, startTestServer, TestClient, WarpClock, type Json } from '../support.js';
import { conforms, count, flag, is, list, number, object, oneOf, orNull, team, text, time, v2, within } from './shape.js';
import { LOBBY_INFO, LOBBY_JOINED, STATE_WITH_WALLS, WEAPON_NAME } from './shapes.js';
import { row } from './suite.js';

let server: RunningServer;
let plain: RunningServer;
const clock = new WarpClock();
const clients = clientKeeper(() => server);
const plainClients = clientKeeper(() => plain);

before(async () => {
  server = await startTestServer({ DEBUG_COMMANDS: 'on', MAP: openArena() }, { clock });
  plain = await startTestServer({ PASSWORD: 'sesame', ADMIN_PASSWORD: 'root', NODE_ENV: 'production', CONNECTIONS_PER_MINUTE: '10' }, { clock });
});
afterEach(() => {
  clients.closeAll();
  plainClients.closeAll();
  // Each test begins a new minute of the connection limit.
  clock.warp(61_000);
});
after(async () => {
  await server.close();
  await plain.close();
});

const gone = (client: TestClient): Promise<void> => new Promise((resolve) => {
  if (client.socket.connected) client.socket.once('disconnect', () => resolve());
  else resolve();
});
/** A pause long enough for anything that was sent before to have been taken. */
const settled = (client: TestClient): Promise<Json> => client.ask('time:sync', Math.random(), 'time:sync:response');

row('events', 'client:ready', async () => {
  const client = await clients.connect();
  conforms(await client.ask('client:ready', { timestamp: Date.now(), userAgent: 'Phaser' }, 'server:ready'), { timestamp: time });
});

row('events', 'authenticate', async () => {
  for (const password of ['sesame', { password: 'sesame' }]) {
    const client = await plainClients.connect();
    client.emit('get_lobby_list', {});
    await settled(client);
    assert.equal(client.last('lobby_list'), undefined, 'nothing before the password');
    await client.ask('authenticate', password, 'authenticated');
    await client.ask('get_lobby_list', {}, 'lobby_list');
  }
  for (const password of ['open', { password: 'open' }]) {
    const client = await plainClients.connect();
    client.emit('authenticate', password);
    await client.next('auth-failed');
    await gone(client);
  }
  const late = await plainClients.connect();
  clock.warp(10_000);
  await late.next('auth-failed');
  await gone(late);

  const open = await clients.connect();
  await open.ask('get_lobby_list', {}, 'lobby_list');
  await open.ask('authenticate', 'anything', 'authenticated');
});

row('events', 'time:sync', async () => {
  const client = await clients.connect();
  const answer = await client.ask('time:sync', 1234.5, 'time:sync:response');
  conforms(answer, { clientTime: is(1234.5), serverTime: count });
  assert(Math.abs(answer.serverTime - clock.now()) < 1000);
});

row('events', 'find_match', async () => {
  const [a, b, c, d] = [await clients.connect(), await clients.connect(), await clients.connect(), await clients.connect()];
  a.emit('find_match');
  const first = await a.next('lobby_joined');
  conforms(first, LOBBY_JOINED);
  assert.deepEqual([first.gameMode, first.status, first.playerCount], ['deathmatch', 'waiting', 1], 'the defaults');
  assert.equal((await b.ask('find_match', { gameMode: 'deathmatch', isPrivate: false }, 'lobby_joined')).lobbyId, first.lobbyId);
  const other = await c.ask('find_match', { gameMode: 'duel' }, 'lobby_joined');
  assert.notEqual(other.lobbyId, first.lobbyId, 'another mode');
  const hidden = await d.ask('find_match', { isPrivate: true }, 'lobby_joined');
  assert.notEqual(hidden.lobbyId, first.lobbyId, 'a private one is new');
  const listed = await a.ask('get_lobby_list', {}, 'lobby_list');
  assert(!listed.lobbies.some((lobby: Json) => lobby.id === hidden.lobbyId));

  const small = await startTestServer({ MAX_MATCHES_PER_SERVER: '1' });
  const [e, f] = [await TestClient.connect(small), await TestClient.connect(small)];
  try {
    const { lobbyId } = await e.ask('find_match', { gameMode: 'duel' }, 'lobby_joined');
    conforms(await f.ask('find_match', { gameMode: 'deathmatch' }, 'matchmaking_failed'), { reason: is('Server capacity reached') });
    await f.ask('join_lobby', { lobbyId }, 'lobby_joined');
    await f.ask('find_match', { gameMode: 'deathmatch' }, 'matchmaking_failed');
    assert.equal(small.lobbies.of(f.id)?.id, lobbyId, 'who is refused stays where they are');
  } finally {
    e.close();
    f.close();
    await small.close();
  }
});

row('events', 'cancel_matchmaking, leave_lobby, leave_game', async () => {
  const stays = await clients.connect();
  const { lobbyId } = await stays.ask('find_match', {}, 'lobby_joined');
  for (const event of ['cancel_matchmaking', 'leave_lobby', 'leave_game']) {
    const leaver = await clients.connect();
    await leaver.ask('find_match', {}, 'lobby_joined');
    conforms(await leaver.ask(event, undefined, 'left_lobby'), { lobbyId: is(lobbyId), timestamp: count });
    const told = await stays.next('player_left_lobby', (left) => left.playerId === leaver.id);
    conforms(told, { lobbyId: is(lobbyId), playerCount: is(1), playerId: is(leaver.id), timestamp: count });
    assert.equal(leaver.all('player_left_lobby').length, 0);
    leaver.emit(event);
    await settled(leaver);
    assert.equal(leaver.all('left_lobby').length, 1, 'who is in none leaves none');
  }
});

row('events', 'create_private_lobby', async () => {
  const client = await clients.connect();
  client.emit('create_private_lobby', { gameMode: 'duel', password: 'pst', maxPlayers: 4, mapName: 'arena' });
  const created = await client.next('private_lobby_created');
  conforms(created, { lobbyId: text, inviteCode: text, maxPlayers: is(4) });
  const joined = await client.next('lobby_joined');
  conforms(joined, { ...LOBBY_JOINED, lobbyId: is(created.lobbyId), gameMode: is('duel'), maxPlayers: is(4) });
  const order = client.received.map((each) => each.event);
  assert(order.indexOf('private_lobby_created') < order.indexOf('lobby_joined'));
  for (const [wish, reason] of [[{ maxPlayers: 9 }, /maxPlayers/], [{ maxPlayers: 1 }, /maxPlayers/], [{ mapName: 'atlantis' }, /map/]] as const) {
    const failed = await client.ask('create_private_lobby', wish, 'lobby_creation_failed', (each) => reason.test(each.reason));
    conforms(failed, { reason: text });
  }
  assert.equal(server.lobbies.of(client.id)?.id, created.lobbyId, 'who is refused stays where they are');
});

row('events', 'join_lobby', async () => {
  const [host, guest, third] = [await clients.connect(), await clients.connect(), await clients.connect()];
  const { lobbyId } = await host.ask('create_private_lobby', { password: 'pst', maxPlayers: 2 }, 'private_lobby_created');
  const refused = (client: TestClient, payload: object): Promise<Json> => client.ask('join_lobby', payload, 'lobby_join_failed', undefined);
  conforms(await refused(guest, { lobbyId: 'nowhere' }), { reason: is('Lobby not found') });
  conforms(await refused(guest, { lobbyId }), { reason: is('Invalid password') });
  conforms(await refused(guest, { lobbyId, password: 'PST' }), { reason: is('Invalid password') });
  conforms(await guest.ask('join_lobby', { lobbyId, password: 'pst' }, 'lobby_joined'), { ...LOBBY_JOINED, lobbyId: is(lobbyId), playerCount: is(2) });
  conforms(await refused(third, { lobbyId, password: 'pst' }), { reason: is('Lobby is full') });
});

row('events', 'get_lobby_list', async () => {
  const make = async (event: string, payload: object): Promise<{ client: TestClient; id: string }> => {
    const client = await clients.connect();
    return { client, id: (await client.ask(event, payload, 'lobby_joined')).lobbyId };
  };
  const one = await make('find_match', { gameMode: 'alpha' });
  const two = await make('create_private_lobby', { gameMode: 'alpha' });
  const running = await make('find_match', { gameMode: 'alpha2' });
  const over = await make('find_match', { gameMode: 'alpha3' });
  const full = await make('create_private_lobby', { gameMode: 'alpha', maxPlayers: 2 });
  await (await clients.connect()).ask('join_lobby', { lobbyId: full.id }, 'lobby_joined');
  const fuller = await make('find_match', { gameMode: 'beta' });
  await (await clients.connect()).ask('find_match', { gameMode: 'beta' }, 'lobby_joined');
  for (const { client, id } of [running, over]) {
    client.emit('admin:force_start_match', { lobbyId: id });
    await client.next('match_starting');
  }
  clock.warp(3000);
  await over.client.next('match_started');
  await running.client.next('match_started');
  await over.client.ask('debug:trigger_match_end', undefined, 'match_ended');

  const asker = await clients.connect();
  const ids = async (filter?: object): Promise<string[]> => {
    const answer = await asker.ask('get_lobby_list', filter, 'lobby_list');
    conforms(answer, { lobbies: list(LOBBY_INFO_ANY_TIME), totalCount: is(answer.lobbies.length), timestamp: count });
    return answer.lobbies.map((lobby: Json) => lobby.id);
  };
  const byDefault = await ids();
  assert.deepEqual(new Set(byDefault), new Set([one.id, running.id, fuller.id]), 'public, not full, not finished');
  assert.deepEqual([byDefault[0], byDefault.at(-1)], [fuller.id, running.id], 'waiting ones first, fuller first');
  assert.deepEqual(await ids({}), byDefault);
  assert.deepEqual(new Set(await ids({ showPrivate: true })), new Set([one.id, two.id, running.id, fuller.id]));
  assert.deepEqual(new Set(await ids({ showPrivate: true, showFull: true, gameMode: 'alpha' })), new Set([one.id, two.id, full.id]));
  assert.deepEqual(new Set(await ids({ showInProgress: false })), new Set([one.id, fuller.id]));
  assert.deepEqual(await ids({ gameMode: 'beta' }), [fuller.id]);
  assert.deepEqual(await ids({ gameMode: 'omega' }), []);
});

row('events', 'admin:authenticate', async () => {
  const client = await plainClients.connect();
  await client.ask('authenticate', 'sesame', 'authenticated');
  await client.ask('admin:authenticate', 'boss', 'admin:auth-failed');
  const { lobbyId } = await client.ask('find_match', {}, 'lobby_joined');
  conforms(await client.ask('admin:force_start_match', { lobbyId }, 'test_start_failed'), { error: text });
  await client.ask('admin:authenticate', { password: 'root' }, 'admin:authenticated');
  await client.ask('admin:force_start_match', { lobbyId }, 'match_starting');
});

row('events', 'admin:force_start_match', async () => {
  const [member, stranger] = [await clients.connect(), await clients.connect()];
  const { lobbyId } = await member.ask('find_match', {}, 'lobby_joined');
  conforms(await stranger.ask('admin:force_start_match', { lobbyId, reason: 'test' }, 'test_start_failed'), { error: text });
  conforms(await member.ask('admin:force_start_match', { lobbyId: 'nowhere' }, 'test_start_failed'), { error: text });
  conforms(await member.ask('admin:force_start_match', { lobbyId, reason: 'test' }, 'match_starting'), { lobbyId: is(lobbyId), countdown: is(3) });
  clock.warp(2900);
  await settled(member);
  assert.equal(member.last('match_started'), undefined);
  clock.warp(100);
  await member.next('match_started');
  conforms(await member.ask('admin:force_start_match', { lobbyId }, 'test_start_failed', (each) => /playing/.test(each.error)), { error: text });
});

row('events', 'admin:force_create_match', async () => {
  const client = await clients.connect();
  const before = await client.ask('find_match', { gameMode: 'duel' }, 'lobby_joined');
  const joined = await client.ask('admin:force_create_match', { gameMode: 'duel', reason: 'test' }, 'lobby_joined');
  conforms(joined, { ...LOBBY_JOINED, gameMode: is('duel'), playerCount: is(1), forceCreated: is(true) });
  assert.notEqual(joined.lobbyId, before.lobbyId);
  conforms(await client.next('match_starting'), { lobbyId: is(joined.lobbyId), countdown: is(3) });
  clock.warp(3000);
  conforms(await client.next('match_started'), { lobbyId: is(joined.lobbyId), killTarget: is(50) });
});

row('events', 'player:join', async () => {
  const client = await clients.connect();
  const failed = (payload: object): Promise<Json> => client.ask('player:join', payload, 'player:join:failed');
  const FAILED = { reason: text, gameStatus: oneOf('waiting', 'playing', 'finished'), timestamp: count };
  conforms(await failed({ loadout: {} }), FAILED);
  await client.ask('find_match', {}, 'lobby_joined');
  for (const loadout of [
    { primary: 'pistol', secondary: 'pistol', support: [] }, { primary: 'rifle', secondary: 'rifle', support: [] },
    { primary: 'rifle', secondary: 'pistol', support: ['machinegun', 'rocket'] }, { primary: '__proto__', secondary: 'pistol', support: [] },
  ]) {
    conforms(await failed({ loadout, playerName: 'X', timestamp: 1 }), FAILED);
  }
  const mark = client.received.length;
  client.emit('player:join', {
    loadout: { primary: 'smg', secondary: 'revolver', support: ['grenade', 'smokegrenade'], team: 'blue' }, playerName: 'Mira', timestamp: Date.now(),
  });
  conforms(await client.next('player:join:success', undefined, mark), {
    playerId: is(client.id), team: is('blue'), isActive: is(true), gameStatus: is('waiting'), timestamp: count,
  });
  conforms(client.last('weapon:equipped'), { weapons: is(['smg', 'revolver', 'grenade', 'smokegrenade']), currentWeapon: is('smg') });
  const state = await client.next('game:state', (each) => each.players[client.id]?.isAlive === true, mark);
  const own = state.players[client.id];
  assert.deepEqual([own.name, own.team, own.position, own.health], ['Mira', 'blue', { x: 205, y: 135 }, 100], 'at a spawn of the side');
  const order = client.received.slice(mark).map((each) => each.event);
  assert(order.indexOf('weapon:equipped') < order.indexOf('player:join:success'));
});

row('events', 'weapon:equip', async () => {
  const client = await clients.connect();
  await client.ask('find_match', {}, 'lobby_joined');
  const wish = { primary: 'shotgun', secondary: 'revolver', support: ['flashbang'] };
  conforms(await client.ask('weapon:equip', wish, 'weapon:equipped'), { weapons: is(['shotgun', 'revolver', 'flashbang']), currentWeapon: is('shotgun') });
  await client.spawn('Alive');
  const mark = client.received.length;
  client.emit('weapon:equip', wish);
  await settled(client);
  assert(!client.received.slice(mark).some((each) => each.event === 'weapon:equipped'), 'not during play');
  assert.equal(client.last('game:state').players[client.id].weaponId, 'rifle');
  await client.ask('debug:kill_player', undefined, 'backend:player:died');
  assert.deepEqual((await client.ask('weapon:equip', wish, 'weapon:equipped')).weapons, ['shotgun', 'revolver', 'flashbang']);
});

row('events', 'request_game_state', async () => {
  const client = await clients.connect();
  await client.play();
  const state = await client.ask('request_game_state', {}, 'game:state', (each) => each.walls !== undefined);
  conforms({ ...state, timestamp: Date.now() }, { ...STATE_WITH_WALLS, players: (it) => (client.id in it ? undefined : 'lacks the own'), visiblePlayers: () => undefined });
});

row('events', 'player:input', async () => {
  const client = await clients.connect();
  const { x, y } = (await client.play('Walker', 'red')).players[client.id].position;
  // Sixty packets with Date-less times, several to a tick: each is a sixtieth of a second of walking at 100 px/s.
  for (let sequence = 1; sequence <= 12; sequence++) {
    client.emit('player:input', { ...inputPacket(sequence, { keys: { d: true }, mouse: { x: 400, y: 135 } }), timestamp: Date.now() });
  }
  const walked = await client.next('game:state', (state) => state.players[client.id].lastProcessedInput === 12);
  const own = walked.players[client.id];
  assert(Math.abs(own.position.x - (x + 20)) < 8 && Math.abs(own.position.y - y) < 1, `walked from ${x}, ${y} to ${own.position.x}, ${own.position.y}`);
  assert(Math.abs(own.rotation) < 0.05, 'facing the mouse');
  // 1 and 2 switch, r reloads, the right button's press aims, the left one fires.
  let sequence = 12;
  const press = (change: Json): void => client.emit('player:input', inputPacket(++sequence, change));
  press({ keys: { 2: true } });
  assert.equal((await client.next('weapon:switched')).toWeapon, 'pistol');
  press({ keys: { 1: true } });
  assert.equal((await client.next('weapon:switched', (each) => each.fromWeapon === 'pistol')).toWeapon, 'rifle');
  press({ mouse: { buttons: 2, rightPressed: true } });
  await client.next('game:state', (state) => state.players[client.id].isADS);
  press({ mouse: { buttons: 1, leftPressed: true, x: 400, y: 135 } });
  await client.next('weapon:fired');
  press({ keys: { r: true } });
  await client.next('weapon:reload');
});

row('events', 'weapon:fire', async () => {
  const client = await clients.connect();
  const state = await client.play('Shooter', 'red');
  const shot = {
    weaponType: 'rifle', position: { x: 1, y: 1 }, direction: 3, isADS: false, timestamp: Date.now(), sequence: 1, chargeLevel: 0, pelletCount: 1,
  };
  const fired = await client.ask('weapon:fire', shot, 'weapon:fired');
  assert.deepEqual(fired.position, state.players[client.id].position, 'from where the server has the shooter');
  const limited = await client.ask('weapon:fire', shot, 'weapon:rate_limited');
  conforms(limited, { weaponType: is('rifle'), nextFireTime: number });
  assert(limited.nextFireTime > clock.now() - 5000 && limited.nextFireTime < clock.now() + 1000);
});

row('events', 'weapon:reload, weapon:switch, grenade:throw, ads:toggle', async () => {
  const client = await clients.connect();
  await client.ask('find_match', {}, 'lobby_joined');
  await client.spawn('Hands', 'red', ['grenade', 'smokegrenade']);
  await client.ask('weapon:fire', {}, 'weapon:fired');
  await client.ask('weapon:reload', undefined, 'weapon:reload');
  await client.ask('weapon:switch', { toWeapon: 'grenade' }, 'weapon:switched', (each) => each.toWeapon === 'grenade');
  const thrown = await client.ask('grenade:throw', { chargeLevel: 3 }, 'grenade:thrown');
  assert.deepEqual([thrown.weaponType, thrown.chargeLevel, thrown.ammoRemaining], ['grenade', 3, 1]);
  await client.ask('weapon:switch', { toWeapon: 'rifle' }, 'weapon:switched', (each) => each.toWeapon === 'rifle');
  await client.ask('ads:toggle', undefined, 'game:state', (state) => state.players[client.id].isADS);
  await clock.play(200);
  await client.ask('ads:toggle', undefined, 'game:state', (state) => !state.players[client.id].isADS);
});

row('events', 'player:respawn (also respawn, player_respawn)', async () => {
  const client = await clients.connect();
  await client.play('Phoenix', 'red');
  for (const event of ['player:respawn', 'respawn', 'player_respawn']) {
    const mark = client.received.length;
    client.emit('debug:kill_player');
    await client.next('backend:player:died', undefined, mark);
    const denied = await client.ask(event, undefined, 'backend:respawn:denied');
    conforms(denied, { remainingTime: within(1, 3000), timestamp: number });
    await clock.play(3200);
    const respawned = await client.ask(event, undefined, 'backend:player:respawned');
    conforms(respawned, { playerId: is(client.id), position: v2, health: is(100), team: is('red'), invulnerableUntil: number, timestamp: number });
  }
});

row('events', 'debug:*', async () => {
  const client = await clients.connect();
  await client.play('Tinkerer', 'red');
  conforms(await client.ask('debug:destruction_stats', undefined, 'debug:destruction_stats'), {
    totalWalls: count, destroyedWalls: count, totalSlices: count, destroyedSlices: count, overallDestructionPercentage: within(0, 100),
  });
  await client.ask('debug:give_weapon', 'grenade', 'weapon:equipped');
  await client.ask('debug:throw_grenade', { chargeLevel: 2 }, 'grenade:thrown');
  await client.next('game:state', (state) => state.projectiles.length === 1);
  await client.ask('debug:clear_projectiles', undefined, 'game:state', (state) => state.projectiles.length === 0);
  assert.equal(client.all('projectile:exploded').length, 0, 'taken away, not gone off');
  conforms(await client.ask('debug:give_weapon', { weaponType: 'machinegun' }, 'weapon:equipped'), { weapons: list(WEAPON_NAME), currentWeapon: WEAPON_NAME });
  conforms(await client.ask('debug:verify_team', undefined, 'debug:team_data'), { playerId: is(client.id), team, position: v2, isAlive: flag });
  conforms(await client.ask('debug:request_match_state', undefined, 'debug:match_state'), {
    lobbyId: text, status: is('waiting'), playerCount: is(1), redKills: is(0), blueKills: is(0), killTarget: is(50), matchStartTime: orNull(count),
    currentTime: count, players: list(object({ playerId: text, playerName: text, team, kills: count, deaths: count, damageDealt: number })),
  });
  await client.ask('debug:repair_walls', undefined, 'game:state', (state) => state.walls !== undefined);
  await client.ask('debug:kill_player', undefined, 'backend:player:died');
  conforms(await client.ask('debug:trigger_match_end', undefined, 'debug:match_end_failed'), { reason: text });
  await client.ask('admin:force_start_match', { lobbyId: client.last('lobby_joined').lobbyId }, 'match_starting');
  clock.warp(3000);
  await client.next('match_started');
  conforms(await client.ask('debug:trigger_match_end', undefined, 'debug:match_end_triggered'), { redKills: is(0), blueKills: is(0), reason: text });
});

row('events', 'debug:* only where the server runs with debug commands on', async () => {
  const client = await plainClients.connect();
  await client.ask('authenticate', 'sesame', 'authenticated');
  await client.play();
  const mark = client.received.length;
  for (const command of [
    'repair_walls', 'destruction_stats', 'clear_projectiles', 'give_weapon', 'throw_grenade', 'kill_player', 'verify_team', 'trigger_match_end',
    'request_match_state',
  ]) client.emit(`debug:${command}`, 'smg');
  await settled(client);
  const answers = client.received.slice(mark).map((each) => each.event).filter((event) => event.startsWith('debug') || event === 'weapon:equipped');
  assert.deepEqual(answers, []);
  assert.equal(client.last('game:state').players[client.id].isAlive, true);
});

row('events', 'more than 10 connections a minute from one address are refused', async () => {
  clock.warp(61_000);
  for (let index = 0; index < 10; index++) await plainClients.connect();
  await assert.rejects(plainClients.connect(), /Too many connection attempts/);
  clock.warp(60_000);
  await plainClients.connect();
});

row('events', 'malformed payloads of any event are ignored and counted', async () => {
  const client = await clients.connect();
  const before = server.counters.get('event_malformed');
  client.emit('join_lobby', 5);
  client.emit('find_match', { gameMode: 7 });
  client.emit('player:join', 'all');
  client.emit('time:sync', 'noon');
  await settled(client);
  assert.equal(server.counters.get('event_malformed') - before, 3, 'player:join is refused in the menu already');
  assert.deepEqual(client.received.map((each) => each.event), ['player:join:failed', 'time:sync:response']);
});

row('events', 'unknown events are ignored and counted', async () => {
  const client = await clients.connect();
  const before = server.counters.get('event_unknown');
  for (const event of ['request_spawn_position', 'request_rematch', 'no:such:event']) client.emit(event, {});
  await settled(client);
  assert.equal(server.counters.get('event_unknown') - before, 3);
  assert.deepEqual(client.received.map((each) => each.event), ['time:sync:response']);
});

/** Times of lobbies are the warped clock's. */
const LOBBY_INFO_ANY_TIME = (lobby: Json): string | undefined => LOBBY_INFO({ ...lobby, createdAt: Date.now(), lastActivity: Date.now() });
