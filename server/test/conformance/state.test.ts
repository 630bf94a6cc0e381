import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import type { RunningServer } from '../../src/server.js';
import { drawMap } from '../arena.js';
import { clientKeeper, Hands, startTestServer, type Json, type TestClient } from '../support.js';
import { conforms, is } from './shape.js';
import { FULL_PLAYER, PROJECTILE, SMOKE, STATE, STATE_WITH_WALLS, UNSEEN_PLAYER, VISION, WALL, WEAPON } from './shapes.js';
import { row } from './suite.js';

/** Red at (105, 135) before a pane of glass, blue at (205, 135), both looking along +x. */
const MAP = drawMap([{ at: [10, 13], cell: 'r' }, { at: [20, 13], cell: 'b' }, { at: [12, 5], cell: 'g', downTo: 9 }]);

let server: RunningServer;
const clients = clientKeeper(() => server);
const hands: Hands[] = [];

before(async () => { server = await startTestServer({ DEBUG_COMMANDS: 'on', MAP }); });
afterEach(() => {
  for (const each of hands.splice(0)) each.stop();
  clients.closeAll();
});
after(() => server.close());

const handsOf = (client: TestClient): Hands => {
  hands.push(new Hands(client));
  return hands.at(-1)!;
};
const pair = async (support: string[] = []): Promise<{ red: TestClient; blue: TestClient; lobbyId: string }> => {
  const [red, blue] = [await clients.connect(), await clients.connect()];
  const { lobbyId } = await red.ask('create_private_lobby', {}, 'lobby_joined');
  await red.spawn('Red', 'red', support);
  await blue.ask('join_lobby', { lobbyId }, 'lobby_joined');
  await blue.spawn('Blue', 'blue');
  return { red, blue, lobbyId };
};
const mate = async (lobbyId: string, name = 'Mate', team: 'red' | 'blue' = 'red'): Promise<TestClient> => {
  const client = await clients.connect();
  await client.ask('join_lobby', { lobbyId }, 'lobby_joined');
  await client.spawn(name, team);
  return client;
};

row('state', 'game:state, 20 times a second to each player', async () => {
  const { red, blue } = await pair();
  const from = red.all('game:state').length;
  await red.next('game:state', () => red.all('game:state').length >= from + 12);
  for (const client of [red, blue]) {
    const states = client.all('game:state');
    for (const state of states) conforms(state, state.walls === undefined ? STATE : STATE_WITH_WALLS);
    // By the game's own time: three ticks of a sixtieth from one to the next, but for those sent at once on joining.
    const steps = states.slice(-10).map((state, index, all) => (index === 0 ? 50 : state.timestamp - all[index - 1].timestamp));
    assert(steps.every((ms) => Math.abs(ms - 50) <= 1), steps.join(', '));
  }
});

row('state', 'players: everyone in the match, the own player and team mates in full', async () => {
  const { red, blue, lobbyId } = await pair();
  const third = await mate(lobbyId);
  const watcher = await clients.connect();
  await watcher.ask('join_lobby', { lobbyId }, 'lobby_joined');
  const state = await red.next('game:state', (each) => Object.keys(each.players).length === 4);
  assert.deepEqual(Object.keys(state.players).sort(), [red.id, blue.id, third.id, watcher.id].sort());
  conforms(state.players[red.id], { ...FULL_PLAYER, id: is(red.id), name: is('Red'), team: is('red'), isAlive: is(true) });
  conforms(state.players[third.id], { ...FULL_PLAYER, id: is(third.id), name: is('Mate'), team: is('red') });
  // Not a state from before red was on the field.
  const alive = red.received.length;
  await red.ask('debug:kill_player', undefined, 'backend:player:died', (each) => each.playerId === red.id);
  const dead = (await red.next('game:state', (each) => !each.players[red.id].isAlive, alive)).players[red.id];
  conforms(dead, { ...FULL_PLAYER, isAlive: is(false), health: is(0), deaths: is(1) });
  assert.equal(dead.respawnTime - dead.deathTime, 5000);
});

row('state', 'players: the unseen carry id, name, team, kills, deaths, isAlive and nothing else', async () => {
  const { red, blue } = await pair();
  const state = await blue.next('game:state', (each) => each.players[red.id]?.isAlive);
  conforms(state.players[red.id], { ...UNSEEN_PLAYER, id: is(red.id), name: is('Red'), team: is('red'), isAlive: is(true) });
});

row('state', 'weapons by type: all of them for the receiver, of others the weapon in hand', async () => {
  const { red, blue, lobbyId } = await pair(['grenade', 'smokegrenade']);
  const third = await mate(lobbyId);
  handsOf(red).hold({ mouse: { x: 205, y: 135 } });
  const state = await red.next('game:state', (each) => blue.id in each.visiblePlayers && each.players[third.id]?.weapons !== undefined);
  const own = state.players[red.id];
  assert.deepEqual(Object.keys(own.weapons).sort(), ['grenade', 'pistol', 'rifle', 'smokegrenade']);
  for (const [type, weapon] of Object.entries(own.weapons)) assert.equal(WEAPON(type)(weapon), undefined);
  assert.deepEqual(
    [own.weapons.rifle.currentAmmo, own.weapons.rifle.maxAmmo, own.weapons.rifle.damage, own.weapons.rifle.fireRate, own.weapons.rifle.reloadTime],
    [30, 30, 25, 600, 2500],
  );
  for (const id of [third.id, blue.id]) assert.deepEqual(Object.keys(state.players[id].weapons), ['rifle']);
});

row('state', 'visiblePlayers', async () => {
  const { red, blue } = await pair();
  handsOf(red).hold({ mouse: { x: 205, y: 135 } });
  const state = await red.next('game:state', (each) => blue.id in each.visiblePlayers);
  assert.deepEqual(Object.keys(state.visiblePlayers).sort(), [red.id, blue.id].sort());
  for (const [id, entry] of Object.entries(state.visiblePlayers)) {
    conforms(entry, FULL_PLAYER);
    assert.deepEqual(entry, state.players[id]);
  }
  handsOf(blue).hold({ mouse: { x: 400, y: 135 } });
  const unaware = await blue.next('game:state', (each) => red.id in each.players && blue.id in each.visiblePlayers);
  assert.deepEqual(Object.keys(unaware.visiblePlayers), [blue.id]);
});

row('state', 'walls', async () => {
  const { red } = await pair();
  const { walls } = await red.ask('request_game_state', {}, 'game:state', (each) => each.walls !== undefined);
  const ids = Object.keys(walls);
  assert.deepEqual(ids, ids.map((_, index) => `wall_${index + 1}`), 'in creation order');
  for (const [id, wall] of Object.entries<Json>(walls)) {
    assert.equal(WALL(id)(wall), undefined);
    assert.deepEqual(wall.destructionMask, wall.sliceHealth.map((health: number) => (health <= 0 ? 1 : 0)));
  }
  const glass = Object.values<Json>(walls).find((wall) => wall.position.x === 120 && wall.position.y === 50);
  assert.deepEqual([glass.material, glass.maxHealth, glass.width, glass.height, glass.orientation], ['glass', 30, 10, 10, 'vertical']);
});

row('state', 'walls left out where nothing changed; the full set where anything did, on joining and on request', async () => {
  const { red, lobbyId } = await pair();
  const all = server.lobbies.get(lobbyId)!.match;
  const mark = red.received.length;
  await red.next('game:state', () => red.received.length > mark + 6);
  assert(red.received.slice(mark).every((each) => each.event !== 'game:state' || each.payload.walls === undefined), 'nothing changed');
  const requested = await red.ask('request_game_state', {}, 'game:state', (each) => each.walls !== undefined);
  const redHands = handsOf(red);
  redHands.hold({ mouse: { x: 125, y: 75, buttons: 1 } });
  const damaged = await red.next('wall:damaged');
  redHands.hold({ mouse: { x: 125, y: 75 } });
  const changed = await red.next('game:state', (each) => each.walls?.[damaged.wallId]?.sliceHealth[damaged.sliceIndex] < 30);
  assert.deepEqual(Object.keys(changed.walls), Object.keys(requested.walls), 'the full set');
  assert(all.inspect().destruction.damagedSlices > 0);
});

row('state', 'projectiles', async () => {
  const { red } = await pair(['grenade', 'smokegrenade']);
  handsOf(red).hold({ mouse: { x: 105, y: 250 } });
  await red.ask('weapon:switch', { toWeapon: 'grenade' }, 'weapon:switched', (each) => each.toWeapon === 'grenade');
  await red.ask('grenade:throw', { chargeLevel: 2 }, 'grenade:thrown');
  const [flying] = (await red.next('game:state', (each) => each.projectiles.length === 1)).projectiles;
  assert.equal(PROJECTILE(flying), undefined);
  assert.deepEqual(
    [flying.type, flying.ownerId, flying.damage, flying.explosionRadius, flying.chargeLevel, flying.fuseTime],
    ['grenade', red.id, 200, 40, 2, 3000],
  );
  assert(Math.hypot(flying.velocity.x, flying.velocity.y) > 20);
});

row('state', 'smokeZones', async () => {
  const { red, blue } = await pair(['smokegrenade']);
  handsOf(red).hold({ mouse: { x: 105, y: 250 } });
  await red.ask('weapon:switch', { toWeapon: 'smokegrenade' }, 'weapon:switched', (each) => each.toWeapon === 'smokegrenade');
  await red.ask('grenade:throw', { chargeLevel: 1 }, 'grenade:thrown');
  for (const client of [red, blue]) {
    const { smokeZones, timestamp } = await client.next('game:state', (each) => each.smokeZones.length === 1);
    assert.equal(SMOKE(smokeZones[0]), undefined);
    assert(smokeZones[0].createdAt <= timestamp);
    assert.deepEqual(smokeZones[0].driftPosition, smokeZones[0].position);
  }
});

row('state', 'vision', async () => {
  const { red } = await pair();
  handsOf(red).hold({ mouse: { x: 105, y: 195 } });
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.01;
  const { vision, players } = await red.next('game:state', (each) => near(each.vision.viewDirection, Math.PI / 2));
  assert.equal(VISION(vision), undefined);
  assert.deepEqual([vision.position, vision.viewDistance], [players[red.id].position, 160]);
  assert(near(vision.viewAngle, (2 * Math.PI) / 3));
  assert(vision.polygon.length >= 4);
  for (const { x, y } of vision.polygon) assert(Math.hypot(x - vision.position.x, y - vision.position.y) <= 160.1);
});
