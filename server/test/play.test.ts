import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { RunningServer } from '../src/server.js';
import { clientKeeper, inputPacket, sleep, startTestServer, type Json } from './support.js';

const FULL_PLAYER = [
  'armor', 'deathTime', 'deaths', 'health', 'id', 'invulnerableUntil', 'isADS', 'isAlive', 'killerId', 'kills', 'lastDamageTime',
  'lastProcessedInput', 'movementState', 'name', 'position', 'respawnTime', 'rotation', 'scale', 'team', 'transform', 'velocity',
  'weaponId', 'weapons',
];
const UNSEEN_PLAYER = ['deaths', 'id', 'isAlive', 'kills', 'name', 'team'];
const WALL = ['destructionMask', 'height', 'id', 'material', 'maxHealth', 'orientation', 'position', 'sliceHealth', 'width'];
const WEAPON = [
  'accuracy', 'currentAmmo', 'damage', 'fireRate', 'id', 'isReloading', 'lastFireTime', 'maxAmmo', 'maxReserve', 'range', 'reloadTime',
  'reserveAmmo', 'type',
];

const keys = (object: object): string[] => Object.keys(object).sort();

describe('playing with bots', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);

  before(async () => {
    server = await startTestServer({ BOTS: '3', DEBUG_COMMANDS: 'on' });
  });
  afterEach(() => clients.closeAll());
  after(() => server.close());

  test('a first client plays at once: joined, started, equipped, placed', async () => {
    const client = await clients.connect();
    const state = await client.play('  Mira\u0007 ', 'red');
    const joined = client.last('lobby_joined');
    assert.deepEqual(keys(joined), ['gameMode', 'isInProgress', 'lobbyId', 'maxPlayers', 'playerCount', 'status']);
    assert.equal(joined.isInProgress, true);
    assert.equal(joined.playerCount, 4);
    const started = client.last('match_started');
    assert.equal(started.isLateJoin, true);
    assert(Math.abs(started.startTime - Date.now()) < 60_000);

    assert.deepEqual(client.last('weapon:equipped'), { weapons: ['rifle', 'pistol'], currentWeapon: 'rifle' });
    const success = client.last('player:join:success');
    assert.deepEqual(keys(success), ['gameStatus', 'isActive', 'playerId', 'team', 'timestamp']);
    assert.deepEqual([success.playerId, success.team, success.gameStatus], [client.id, 'red', 'playing']);
    const order = client.received.map((each) => each.event);
    assert(order.indexOf('weapon:equipped') < order.indexOf('player:join:success'));

    const own = state.players[client.id];
    assert.equal(own.name, 'Mira');
    assert.deepEqual(keys(own), FULL_PLAYER);
    assert.deepEqual(keys(own.weapons), ['pistol', 'rifle']);
    assert.deepEqual(keys(own.weapons.rifle), WEAPON);
    assert.deepEqual([own.weapons.rifle.currentAmmo, own.health, own.team], [30, 100, 'red']);
    assert(own.invulnerableUntil > state.timestamp);
  });

  test('a state shows enemies in full or by score alone, and walls once', async () => {
    const client = await clients.connect();
    const state = await client.play();
    assert.deepEqual(keys(state), ['players', 'projectiles', 'smokeZones', 'tickRate', 'timestamp', 'visiblePlayers', 'vision', 'walls']);
    assert.equal(Object.keys(state.players).length, 4);
    for (const player of Object.values<Json>(state.players)) {
      const isMate = player.team === state.players[client.id].team;
      const shape = keys(player);
      if (isMate) assert.deepEqual(shape, FULL_PLAYER);
      else assert(shape.length === UNSEEN_PLAYER.length || shape.length === FULL_PLAYER.length);
      if (!('position' in player)) assert.deepEqual(shape, UNSEEN_PLAYER);
      assert.equal('position' in player, player.id in state.visiblePlayers);
      if (player.id !== client.id && 'weapons' in player) assert.deepEqual(Object.keys(player.weapons), [player.weaponId]);
    }
    const walls = Object.entries<Json>(state.walls);
    assert.equal(walls[0]?.[0], 'wall_1');
    for (const [id, wall] of walls) {
      assert.deepEqual(keys(wall), WALL);
      assert.equal(wall.id, id);
      assert.equal(wall.sliceHealth.length, 5);
      assert.deepEqual(wall.destructionMask, wall.sliceHealth.map((health: number) => (health <= 0 ? 1 : 0)));
    }
    assert.deepEqual(keys(state.vision), ['fogOpacity', 'polygon', 'position', 'type', 'viewAngle', 'viewDirection', 'viewDistance']);
    assert(state.vision.polygon.length >= 3);
    assert.equal(state.tickRate, 60);
    assert(Math.abs(state.timestamp - Date.now()) < 1000);
  });

  test('twenty states a second', async () => {
    const client = await clients.connect();
    await client.play();
    const mark = client.all('game:state').length;
    await sleep(1500);
    const rate = (client.all('game:state').length - mark) / 1.5;
    assert(rate > 12 && rate < 24, `${rate} states a second`);
  });

  test('a request brings the walls again', async () => {
    const client = await clients.connect();
    await client.play();
    await client.ask('request_game_state', {}, 'game:state', (state) => state.walls !== undefined);
  });

  test('an illegal loadout is refused with the reason and changes nothing', async () => {
    const client = await clients.connect();
    await client.ask('find_match', undefined, 'lobby_joined');
    const watching = await client.next('game:state');
    assert.deepEqual(keys(watching.players[client.id]), UNSEEN_PLAYER, 'who has not joined is nowhere');
    const failed = await client.ask('player:join', { loadout: { primary: 'trebuchet', secondary: 'pistol', support: [] } }, 'player:join:failed');
    assert.deepEqual(keys(failed), ['gameStatus', 'reason', 'timestamp']);
    assert.match(failed.reason, /trebuchet/);
    await client.spawn();
  });

  test('bots make room for people and come back', async () => {
    const people = [];
    for (let index = 0; index < 6; index++) people.push(await clients.connect());
    for (const client of people) await client.ask('find_match', undefined, 'lobby_joined');
    const last = people.at(-1)!;
    await last.next('lobby_state_update', (update) => update.players.length === 8);
    const bots = (update: Json): number => update.players.filter((player: Json) => player.id.startsWith('bot_')).length;
    assert.equal(bots(last.last('lobby_state_update')), 2);
    people[0]!.close();
    people[1]!.close();
    await last.next('lobby_state_update', (update) => update.playerCount === 7 && bots(update) === 3);
  });

  test('a match ends once for everybody', async () => {
    const [a, b] = [await clients.connect(), await clients.connect()];
    await a.play('A');
    await b.play('B');
    a.emit('debug:trigger_match_end');
    a.emit('debug:trigger_match_end');
    const ended = await b.next('match_ended');
    assert.deepEqual(keys(ended), ['blueKills', 'duration', 'killTarget', 'lobbyId', 'playerStats', 'redKills', 'winnerTeam']);
    assert.deepEqual(keys(ended.playerStats[0]), ['damageDealt', 'deaths', 'kills', 'playerId', 'playerName', 'team']);
    const failed = await a.ask('player:join', { loadout: {} }, 'player:join:failed');
    assert.equal(failed.gameStatus, 'finished');
    await sleep(200);
    assert.deepEqual([a.all('match_ended').length, b.all('match_ended').length], [1, 1]);
  });
});

describe('people among themselves', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);

  before(async () => {
    server = await startTestServer({ DEBUG_COMMANDS: 'on' });
  });
  afterEach(async () => {
    clients.closeAll();
    await sleep(50);
    assert.equal(server.lobbies.stats().totalLobbies, 0, 'empty lobbies go at once');
  });
  after(() => server.close());

  // Alone in a waiting lobby: nobody shoots back.
  test('keys move the player, and processed inputs are acknowledged', async () => {
    const client = await clients.connect();
    const { x, y } = (await client.play()).players[client.id].position;
    let sequence = 0;
    for (const key of ['w', 'a', 's', 'd']) {
      for (let tick = 0; tick < 20; tick++) {
        client.emit('player:input', inputPacket(++sequence, { keys: { [key]: true } }));
        await sleep(16);
      }
      const { position } = client.last('game:state').players[client.id];
      if (Math.hypot(position.x - x, position.y - y) > 10) break;
    }
    const acknowledged = await client.next('game:state', (state) => state.players[client.id].lastProcessedInput >= sequence - 12);
    const { position } = acknowledged.players[client.id];
    assert(Math.hypot(position.x - x, position.y - y) > 10, `from ${x}, ${y} to ${position.x}, ${position.y}`);
  });

  test('shots are told to the shooter, damage shows in the walls', async () => {
    const client = await clients.connect();
    const state = await client.play();
    const wall = nearestWall(state, client.id);
    let sequence = 0;
    const end = Date.now() + 4000;
    while (client.all('wall:damaged').length === 0 && Date.now() < end) {
      client.emit('player:input', inputPacket(++sequence, { mouse: { x: wall.x, y: wall.y, buttons: 1 } }));
      await sleep(16);
    }
    const fired = await client.next('weapon:fired', (shot) => shot.playerId === client.id);
    assert.deepEqual(keys(fired), ['ammoRemaining', 'direction', 'isADS', 'playerId', 'position', 'timestamp', 'weaponType']);
    assert.equal(typeof fired.direction, 'number');
    const damaged = await client.next('wall:damaged', (each) => each.playerId === client.id);
    assert.deepEqual(keys(damaged), [
      'damage', 'isDestroyed', 'material', 'newHealth', 'playerId', 'position', 'sliceIndex', 'timestamp', 'wallId', 'weaponType',
    ]);
    const shown = await client.next('game:state', (each) => (
      each.walls?.[damaged.wallId]?.sliceHealth[damaged.sliceIndex] < each.walls?.[damaged.wallId]?.maxHealth
    ));
    assert(shown);
  });

  test('weapon:fire shoots, and too soon is answered with the time', async () => {
    const client = await clients.connect();
    await client.play();
    client.emit('weapon:fire', { weaponType: 'rifle' });
    await client.next('weapon:fired', (shot) => shot.playerId === client.id);
    const limited = await client.ask('weapon:fire', { weaponType: 'rifle' }, 'weapon:rate_limited');
    assert.deepEqual(keys(limited), ['nextFireTime', 'weaponType']);
  });

  test('switching, reloading', async () => {
    const client = await clients.connect();
    await client.play();
    assert.deepEqual(
      await client.ask('weapon:switch', { toWeapon: 'pistol' }, 'weapon:switched', (each) => each.playerId === client.id),
      { playerId: client.id, fromWeapon: 'rifle', toWeapon: 'pistol' },
    );
    client.emit('weapon:switch', { toWeapon: 'rocket' });
    await sleep(100);
    client.emit('weapon:fire', {});
    await client.next('weapon:fired', (each) => each.playerId === client.id && each.weaponType === 'pistol');
    const reload = await client.ask('weapon:reload', undefined, 'weapon:reload', (each) => each.playerId === client.id);
    assert.deepEqual(reload, { playerId: client.id, weaponType: 'pistol', reloadTime: 1500 });
    const reloaded = await client.next('weapon:reloaded', (each) => each.playerId === client.id);
    assert.deepEqual([reloaded.weaponType, reloaded.currentAmmo], ['pistol', 12]);
  });

  test('death, a respawn asked for too early, and one granted', async () => {
    const client = await clients.connect();
    await client.play();
    const died = await client.ask('debug:kill_player', undefined, 'backend:player:died', (each) => each.playerId === client.id);
    assert.deepEqual(keys(died), [
      'damageType', 'isTeamKill', 'killerId', 'killerTeam', 'playerId', 'position', 'timestamp', 'victimTeam', 'weaponType',
    ]);
    assert.notEqual(died.position, null);
    const dead = await client.next('game:state', (state) => state.players[client.id].isAlive === false, client.received.length);
    const own = dead.players[client.id];
    assert.equal(own.health, 0);
    assert.equal(own.respawnTime - own.deathTime, 5000);

    const denied = await client.ask('player:respawn', undefined, 'backend:respawn:denied');
    assert(denied.remainingTime > 2000 && denied.remainingTime <= 3000, `${denied.remainingTime} ms`);
    await client.ask('weapon:equip', { primary: 'smg', secondary: 'revolver', support: ['grenade'] }, 'weapon:equipped', (each) => (
      each.weapons.join() === 'smg,revolver,grenade'
    ));
    await sleep(3000);
    const respawned = await client.respawn();
    assert.deepEqual(keys(respawned), ['health', 'invulnerableUntil', 'playerId', 'position', 'team', 'timestamp']);
    assert.equal(respawned.health, 100);
  });

  test('enemies who have not met know nothing of each other but the score', async () => {
    const [red, blue] = [await clients.connect(), await clients.connect(['polling'])];
    await red.play('R', 'red');
    await blue.play('B', 'blue');
    const seen = await red.next('game:state', (state) => state.players[blue.id]?.isAlive === true);
    assert.deepEqual(keys(seen.players[blue.id]), UNSEEN_PLAYER);
    assert(!(blue.id in seen.visiblePlayers));

    blue.emit('weapon:fire', {});
    await blue.next('weapon:fired');
    const died = await blue.ask('debug:kill_player', undefined, 'backend:player:died');
    assert.notEqual(died.position, null);
    const heard = await red.next('backend:player:died', (each) => each.playerId === blue.id);
    assert.equal(heard.position, null);
    assert.deepEqual(red.all('weapon:fired'), []);
  });

  test('two count down from ten; events of a left lobby no longer arrive', async () => {
    const [a, b] = [await clients.connect(), await clients.connect()];
    await a.ask('find_match', {}, 'lobby_joined');
    await b.ask('find_match', {}, 'lobby_joined');
    assert.equal((await a.next('match_starting')).countdown, 10);
    await b.ask('leave_lobby', undefined, 'left_lobby');
    assert.equal((await a.next('match_start_cancelled')).reason, 'Not enough players');
    assert.equal((await a.next('player_left_lobby')).playerId, b.id);
    const mark = b.received.length;
    await sleep(200);
    assert.equal(b.received.length, mark);
  });

  test('eight start in a second and know how to count', async () => {
    const eight = [];
    for (let index = 0; index < 8; index++) eight.push(await clients.connect());
    for (const client of eight) await client.ask('find_match', {}, 'lobby_joined');
    for (const client of eight) assert.equal((await client.next('match_started')).killTarget, 50);
    const ninth = await clients.connect();
    const joined = await ninth.ask('find_match', {}, 'lobby_joined');
    assert.notEqual(joined.lobbyId, eight[0]!.last('lobby_joined').lobbyId);
    assert.equal((await ninth.ask('join_lobby', { lobbyId: eight[0]!.last('lobby_joined').lobbyId }, 'lobby_join_failed')).reason, 'Lobby is full');
  });

  test('a private lobby is made, hidden, guarded and joined', async () => {
    const [host, guest] = [await clients.connect(), await clients.connect()];
    const created = await host.ask('create_private_lobby', { gameMode: 'deathmatch', password: 'pst', maxPlayers: 4 }, 'private_lobby_created');
    assert.deepEqual(keys(created), ['inviteCode', 'lobbyId', 'maxPlayers']);
    assert.equal((await host.next('lobby_joined')).lobbyId, created.lobbyId);
    assert.equal((await guest.ask('get_lobby_list', undefined, 'lobby_list')).totalCount, 0);
    const { lobbies } = await guest.ask('get_lobby_list', { showPrivate: true }, 'lobby_list');
    assert.deepEqual(keys(lobbies[0]), [
      'createdAt', 'gameMode', 'id', 'isPrivate', 'lastActivity', 'mapName', 'maxPlayers', 'passwordRequired', 'playerCount', 'status',
    ]);
    const { lobbyId } = created;
    assert.equal((await guest.ask('join_lobby', { lobbyId: 'nowhere' }, 'lobby_join_failed')).reason, 'Lobby not found');
    assert.equal((await guest.ask('join_lobby', { lobbyId, password: 'no' }, 'lobby_join_failed')).reason, 'Invalid password');
    assert.equal((await guest.ask('join_lobby', { lobbyId, password: 'pst' }, 'lobby_joined')).playerCount, 2);
    assert.match((await guest.ask('create_private_lobby', { maxPlayers: 99 }, 'lobby_creation_failed')).reason, /maxPlayers/);
    assert.match((await guest.ask('create_private_lobby', { mapName: '../../etc/passwd' }, 'lobby_creation_failed')).reason, /map/);
  });

  test('a forced start needs a member of the lobby', async () => {
    const [a, b] = [await clients.connect(), await clients.connect()];
    const { lobbyId } = await a.ask('find_match', { gameMode: 'duel' }, 'lobby_joined');
    assert.equal((await b.ask('admin:force_start_match', { lobbyId }, 'test_start_failed')).error, 'Not in this lobby');
    assert.equal((await a.ask('admin:force_start_match', { lobbyId, reason: 'test' }, 'match_starting')).countdown, 3);
    await a.next('match_started');
    assert.equal((await b.ask('admin:force_create_match', { gameMode: 'duel' }, 'lobby_joined')).forceCreated, true);
  });

  test('the clock and the greeting', async () => {
    const client = await clients.connect();
    const sync = await client.ask('time:sync', 12345, 'time:sync:response');
    assert.equal(sync.clientTime, 12345);
    assert(Math.abs(sync.serverTime - Date.now()) < 1000);
    await client.ask('client:ready', { timestamp: 1, userAgent: 'test' }, 'server:ready');
    await client.ask('authenticate', 'anything', 'authenticated');
    await client.ask('admin:authenticate', 'anything', 'admin:auth-failed');
  });
});

describe('a server with a password', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);

  before(async () => {
    server = await startTestServer({ PASSWORD: 'sesame', ADMIN_PASSWORD: 'root' });
  });
  afterEach(() => clients.closeAll());
  after(() => server.close());

  test('ignores whoever has not given it', async () => {
    const client = await clients.connect();
    client.emit('find_match', {});
    await client.ask('time:sync', 1, 'time:sync:response');
    assert.equal(client.last('lobby_joined'), undefined);
    await client.ask('authenticate', { password: 'sesame' }, 'authenticated');
    const { lobbyId } = await client.ask('find_match', {}, 'lobby_joined');
    assert.match((await client.ask('admin:force_start_match', { lobbyId }, 'test_start_failed')).error, /Admin/);
    await client.ask('admin:authenticate', 'root', 'admin:authenticated');
    await client.ask('admin:force_start_match', { lobbyId }, 'match_starting');
  });

  test('shows a wrong one the door', async () => {
    const client = await clients.connect();
    await client.ask('authenticate', 'open', 'auth-failed');
    await new Promise<void>((resolve) => {
      if (client.socket.connected) client.socket.once('disconnect', () => resolve());
      else resolve();
    });
  });
});

function nearestWall(state: Json, id: string): { x: number; y: number } {
  const { position } = state.players[id];
  const distance = (at: { x: number; y: number }): number => Math.hypot(at.x - position.x, at.y - position.y);
  return Object.values<Json>(state.walls)
    .filter((wall) => wall.sliceHealth.some((health: number) => health > 0))
    .map((wall) => ({ x: wall.position.x + wall.width / 2, y: wall.position.y + wall.height / 2 }))
    .sort((a, b) => distance(a) - distance(b))[0]!;
}
