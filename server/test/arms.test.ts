import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { RunningServer } from '../src/server.js';
import { glassArena, openArena } from './arena.js';
import { clientKeeper, Hands, inputPacket, sleep, startTestServer, TestClient, type Json } from './support.js';

const keys = (object: object): string[] => Object.keys(object).sort();

/** Whoever is alone in a waiting lobby has the field to themselves. */
describe('thrown, launched and burst', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);
  let hands: Hands | undefined;

  before(async () => {
    server = await startTestServer({ DEBUG_COMMANDS: 'on', MAP: openArena() });
  });
  afterEach(() => {
    hands?.stop();
    clients.closeAll();
  });
  after(() => server.close());

  /** Alone at (105, 135), looking along +x, with the first support item in hand. */
  async function armed(support: string[], key = '3', primary = 'rifle'): Promise<TestClient> {
    const client = await clients.connect();
    await client.ask('find_match', {}, 'lobby_joined');
    await client.spawn('Thrower', 'red', support, primary);
    hands = new Hands(client);
    hands.hold({ mouse: { x: 185, y: 135 } });
    if (key !== '') {
      await hands.press(key);
      await client.next('weapon:switched', (each) => each.playerId === client.id);
    }
    return client;
  }

  test('a grenade is thrown, flies, is seen to fly and goes off', async () => {
    const client = await armed(['grenade']);
    const mark = client.received.length;
    const thrown = await client.ask('grenade:throw', { chargeLevel: 3 }, 'grenade:thrown');
    assert.deepEqual(thrown, { playerId: client.id, weaponType: 'grenade', chargeLevel: 3, ammoRemaining: 1 });
    const created = await client.next('projectile:created', undefined, mark);
    assert.deepEqual(keys(created), ['id', 'playerId', 'position', 'timestamp', 'type', 'velocity']);
    assert.deepEqual([created.id, created.type, created.playerId], ['projectile_1', 'grenade', client.id]);
    assert(Math.abs(Math.hypot(created.velocity.x, created.velocity.y) - (12 + 18 * 3)) < 0.1, 'speed of charge 3');

    const state = await client.next('game:state', (each) => each.projectiles.length === 1, mark);
    const [flying] = state.projectiles;
    assert.deepEqual(keys(flying), [
      'chargeLevel', 'damage', 'explosionRadius', 'fuseTime', 'id', 'isExploded', 'ownerId', 'position', 'range', 'timestamp',
      'traveledDistance', 'type', 'velocity',
    ]);
    assert.deepEqual(
      [flying.id, flying.type, flying.ownerId, flying.chargeLevel, flying.fuseTime, flying.damage, flying.explosionRadius, flying.isExploded],
      ['projectile_1', 'grenade', client.id, 3, 3000, 200, 40, false],
    );
    assert.equal(flying.timestamp, created.timestamp);
    assert.equal(flying.range, 300);

    const exploded = await client.next('projectile:exploded', undefined, mark);
    assert.deepEqual(keys(exploded), ['id', 'position', 'radius', 'type']);
    assert.deepEqual([exploded.id, exploded.type, exploded.radius], ['projectile_1', 'explosion', 40]);
    const explosion = await client.next('explosion:created', undefined, mark);
    assert.deepEqual(keys(explosion), ['damage', 'position', 'radius', 'sourcePlayerId', 'timestamp']);
    assert.deepEqual([explosion.damage, explosion.radius, explosion.sourcePlayerId], [200, 40, client.id]);
    assert.deepEqual(explosion.position, exploded.position);
    const flight = explosion.timestamp - created.timestamp;
    assert(Math.abs(flight - 3000) <= 34, `${flight} ms in flight`);
    await client.next('game:state', (each) => each.projectiles.length === 0, client.received.length);
  });

  test('one click is one grenade, whichever of its three reports comes first', async () => {
    const letGo = { mouse: { x: 185, y: 135, buttons: 0, leftReleased: true } };
    const reports: ((client: TestClient) => void)[] = [
      (client) => client.emit('grenade:throw', { chargeLevel: 2 }),
      (client) => client.emit('weapon:fire', { weaponType: 'grenade', chargeLevel: 2 }),
      () => hands!.send(letGo),
    ];
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
      const client = await armed(['grenade']);
      hands!.hold({ mouse: { x: 185, y: 135, buttons: 1 } });
      await sleep(250);
      // Between two packets of the stream: the release is one of the reports.
      hands!.pause();
      for (const report of order) {
        reports[report]!(client);
        // Far enough apart for a tick between them, as on a network.
        await sleep(30);
      }
      const limited = await client.next('weapon:rate_limited');
      assert.deepEqual(keys(limited), ['nextFireTime', 'weaponType']);
      assert.equal(limited.weaponType, 'grenade');
      assert(limited.nextFireTime > Date.now() + 500, 'a second between throws');
      await sleep(100);
      assert.equal(client.all('grenade:thrown').length, 1, `order ${order.join()}`);
      assert.equal(client.last('grenade:thrown').ammoRemaining, 1);
      hands!.stop();
      client.close();
    }
  });

  test('a charge that no hand has is no throw', async () => {
    const client = await armed(['grenade']);
    for (const chargeLevel of [0, 6, 2.5, -1, '3', {}]) client.emit('grenade:throw', { chargeLevel });
    await sleep(200);
    assert.deepEqual(client.all('grenade:thrown'), []);
    await client.ask('grenade:throw', undefined, 'grenade:thrown', (each) => each.chargeLevel === 1);
  });

  test('G throws too, and a rifle in hand throws nothing', async () => {
    const client = await armed(['grenade'], '');
    client.emit('grenade:throw', { chargeLevel: 5 });
    await sleep(150);
    assert.deepEqual(client.all('grenade:thrown'), []);
    await hands!.press('3');
    await client.next('weapon:switched');
    await hands!.press('g');
    assert.equal((await client.next('grenade:thrown')).chargeLevel, 1);
  });

  test('smoke rises, and everybody knows of it', async () => {
    const other = await clients.connect();
    const client = await armed(['smokegrenade']);
    await other.ask('join_lobby', { lobbyId: client.last('lobby_joined').lobbyId }, 'lobby_joined');
    await other.spawn('Away', 'blue');
    client.emit('grenade:throw', { chargeLevel: 1 });
    const exploded = await client.next('projectile:exploded');
    assert.equal(exploded.type, 'smoke');
    for (const each of [client, other]) {
      const state = await each.next('game:state', (it) => it.smokeZones.length === 1);
      const [zone] = state.smokeZones;
      assert.deepEqual(keys(zone), [
        'createdAt', 'density', 'driftPosition', 'duration', 'expansionTime', 'id', 'maxDensity', 'maxRadius', 'position', 'radius', 'type',
        'windDirection', 'windSpeed',
      ]);
      assert.deepEqual([zone.type, zone.maxRadius, zone.duration, zone.expansionTime, zone.maxDensity], ['smoke', 60, 15_000, 1500, 0.95]);
      assert(zone.radius > 0 && zone.radius <= 60 && zone.density >= 0 && zone.density <= 0.95);
      assert.deepEqual(zone.driftPosition, zone.position);
    }
    await client.next('game:state', (it) => it.smokeZones[0]?.radius > 59);
  });

  test('a rocket is a shot that flies', async () => {
    const client = await armed(['rocket']);
    const mark = client.received.length;
    const fired = await client.ask('weapon:fire', { weaponType: 'rocket' }, 'weapon:fired');
    assert.deepEqual([fired.weaponType, fired.ammoRemaining, fired.playerId], ['rocket', 0, client.id]);
    assert(Math.abs(fired.direction) < 0.01);
    const created = await client.next('projectile:created', undefined, mark);
    assert.equal(created.type, 'rocket');
    const { projectiles: [flying] } = await client.next('game:state', (each) => each.projectiles.length === 1, mark);
    assert.deepEqual([flying.chargeLevel, flying.fuseTime, flying.explosionRadius], [0, null, 50]);
    const exploded = await client.next('projectile:exploded', undefined, mark);
    assert.deepEqual([exploded.type, exploded.radius], ['explosion', 50]);
    assert.equal(client.all('grenade:thrown').length, 0);
    const gone = client.all('game:state').filter((each) => each.projectiles.length > 0 && each.timestamp > created.timestamp + 2100);
    assert.deepEqual(gone, []);
  });

  test('a machine gun heats, falls silent and cools', async () => {
    const client = await armed(['machinegun']);
    hands!.hold({ mouse: { x: 185, y: 135, buttons: 1 } });
    const overheated = await client.next('weapon:heat:update', (each) => each.isOverheated);
    assert.deepEqual(overheated, { weaponType: 'machinegun', heatLevel: 100, isOverheated: true });
    hands!.hold({ mouse: { x: 185, y: 135 } });
    const shots = client.all('weapon:fired').length;
    const cool = await client.next('weapon:heat:update', (each) => !each.isOverheated, client.received.length);
    assert(cool.heatLevel <= 50 && cool.heatLevel > 45, `${cool.heatLevel} after the silence`);
    assert(client.all('weapon:fired').length - shots <= 1);
    assert(client.all('weapon:heat:update').length >= 20, 'told as it changes');
  });

  test('each pellet has an end of its own', async () => {
    const client = await armed([], '', 'shotgun');
    client.emit('weapon:fire', { weaponType: 'shotgun' });
    await client.next('weapon:fired');
    await sleep(100);
    const ends = [...client.all('weapon:miss'), ...client.all('weapon:hit')];
    assert.deepEqual(ends.map((each) => each.pelletIndex).sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
    for (const miss of client.all('weapon:miss')) {
      assert.deepEqual(keys(miss), ['direction', 'pelletIndex', 'playerId', 'position', 'weaponType']);
      assert(Math.abs(miss.direction) <= 0.0751);
    }
  });

  test('several inputs in one tick are all applied, repeated and reordered ones once and in order', async () => {
    const client = await armed([], '');
    hands!.stop();
    await sleep(300);
    const start = (await client.next('game:state', undefined, client.received.length)).players[client.id];
    const first = start.lastProcessedInput + 1;
    const east = (sequence: number): Json => inputPacket(sequence, { keys: { d: true }, mouse: { x: 400, y: 135 } });
    for (const offset of [0, 2, 1, 1, 4, 3, 0, 5]) client.emit('player:input', east(first + offset));
    client.emit('player:input', inputPacket(first + 6, { mouse: { x: 400, y: 135 } }));
    const after = (await client.next('game:state', (each) => each.players[client.id].lastProcessedInput === first + 6)).players[client.id];
    await client.next('game:state', (each) => each.players[client.id].movementState === 'idle', client.received.length);
    assert(after.position.x - start.position.x >= 10 - 0.01, `${after.position.x - start.position.x} px in six inputs`);
    const end = client.last('game:state').players[client.id].position.x - start.position.x;
    assert(end < 17, `${end} px with the way to a stop`);
    assert.equal(server.counters.all()['input_repeated'], 2);
  });

  test('the armoury and the mason of the debug commands', async () => {
    const client = await armed([], '');
    const equipped = await client.ask('debug:give_weapon', { weaponType: 'rocket' }, 'weapon:equipped', (each) => each.weapons.includes('rocket'));
    assert.equal(equipped.currentWeapon, 'rocket');
    assert.match((await client.ask('debug:give_weapon', 'trebuchet', 'debug:refused')).reason, /trebuchet/);
  });
});

describe('a pane of glass', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);
  before(async () => {
    server = await startTestServer({ DEBUG_COMMANDS: 'on', MAP: glassArena() });
  });
  afterEach(() => clients.closeAll());
  after(() => server.close());

  test('cracks, breaks with both events, and is mended on command', async () => {
    const client = await clients.connect();
    await client.play('Glazier', 'red');
    const hands = new Hands(client);
    hands.hold({ mouse: { x: 185, y: 135, buttons: 1 } });
    const destroyed = await client.next('wall:destroyed', (each) => each.material === 'glass');
    hands.hold({ mouse: { x: 185, y: 135 } });
    const WALL_DAMAGE = [
      'damage', 'isDestroyed', 'material', 'newHealth', 'playerId', 'position', 'sliceIndex', 'timestamp', 'wallId', 'weaponType',
    ];
    assert.deepEqual(keys(destroyed), WALL_DAMAGE);
    assert.deepEqual([destroyed.newHealth, destroyed.isDestroyed, destroyed.playerId, destroyed.weaponType], [0, true, client.id, 'rifle']);
    const damaged = client.all('wall:damaged').filter((each) => each.wallId === destroyed.wallId && each.sliceIndex === destroyed.sliceIndex);
    assert.deepEqual(damaged.at(-1), destroyed, 'the breaking hit is damage, too');
    assert.equal(damaged.filter((each) => each.isDestroyed).length, 1);
    assert.equal(damaged[0].newHealth, 15, 'a soft slice takes 15 of a bullet');
    const through = client.all('weapon:hit').find((each) => each.penetrationCount === 1);
    assert.equal(through?.targetType, 'wall');

    const state = await client.next('game:state', (each) => each.walls?.[destroyed.wallId]?.destructionMask[destroyed.sliceIndex] === 1);
    assert.equal(state.walls[destroyed.wallId].sliceHealth[destroyed.sliceIndex], 0);
    await sleep(150);
    const mended = await client.ask('debug:repair_walls', undefined, 'game:state', (each) => each.walls?.[destroyed.wallId].sliceHealth[destroyed.sliceIndex] === 30);
    assert.equal(mended.walls[destroyed.wallId].destructionMask[destroyed.sliceIndex], 0);
    hands.stop();
  });
});

describe('under the legacy rules', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);
  before(async () => {
    server = await startTestServer({ RULES: 'legacy', MAP: openArena() });
  });
  afterEach(() => clients.closeAll());
  after(() => server.close());

  test('a flash dazzles whoever it dazzles, and tells each of them alone', async () => {
    const thrower = await clients.connect();
    await thrower.ask('find_match', {}, 'lobby_joined');
    await thrower.spawn('Thrower', 'red', ['flashbang']);
    const other = await clients.connect();
    await other.ask('join_lobby', { lobbyId: thrower.last('lobby_joined').lobbyId }, 'lobby_joined');
    await other.spawn('Other', 'blue');
    const [hands, otherHands] = [new Hands(thrower), new Hands(other)];
    hands.hold({ mouse: { x: 185, y: 135 } });
    otherHands.hold({ mouse: { x: 105, y: 135 } });
    await hands.press('3');
    await thrower.next('weapon:switched');
    thrower.emit('grenade:throw', { chargeLevel: 1 });
    const exploded = await thrower.next('projectile:exploded', (each) => each.type === 'flash');
    for (const client of [thrower, other]) {
      const effect = await client.next('FLASHBANG_EFFECT');
      assert.deepEqual(keys(effect), ['affectedPlayers', 'id', 'position', 'timestamp']);
      assert.deepEqual(effect.position, exploded.position);
      assert.equal(effect.id, 'projectile_1');
      assert.equal(effect.affectedPlayers.length, 1);
      const [own] = effect.affectedPlayers;
      assert.deepEqual(keys(own), ['distance', 'duration', 'intensity', 'lineOfSight', 'phases', 'playerId', 'viewingAngle']);
      assert.equal(own.playerId, client.id);
      assert.equal(own.lineOfSight, true);
      const intensity = 1 - (own.distance / 120) ** 0.8;
      assert(Math.abs(own.intensity - intensity * (1 - 0.9 * (own.viewingAngle / Math.PI))) < 0.01, `${own.intensity} at ${own.distance} px`);
      const { blindDuration, disorientedDuration, recoveringDuration } = own.phases;
      for (const [phase, full] of [[blindDuration, 1500], [disorientedDuration, 2000], [recoveringDuration, 1000]]) {
        assert(Math.abs(phase - full * own.intensity) < 40, `${phase} of ${full} ms at ${own.intensity}`);
      }
      assert.equal(own.duration, blindDuration + disorientedDuration + recoveringDuration);
    }
    hands.stop();
    otherHands.stop();
  });

  test('walls are read as runs, and running is free in any direction', async () => {
    const yard = await startTestServer({ RULES: 'legacy', TICK_RATE: '20' });
    try {
      const client = await TestClient.connect(yard);
      const state = await client.play();
      const lengths = new Set(Object.values<Json>(state.walls).map((wall) => Math.max(wall.width, wall.height)));
      assert.deepEqual([...lengths], [50]);
      client.close();
    } finally {
      await yard.close();
    }
  });
});

for (const rate of ['20', '240']) {
  test(`at ${rate} steps a second a grenade still takes three seconds and a state comes every fifty milliseconds`, async () => {
    const server = await startTestServer({ TICK_RATE: rate, MAP: openArena() });
    const client = await TestClient.connect(server);
    const hands = new Hands(client);
    try {
      await client.ask('find_match', {}, 'lobby_joined');
      const start = await client.spawn('Thrower', 'red', ['grenade']);
      assert.equal(start.tickRate, Number(rate));
      hands.hold({ mouse: { x: 185, y: 135 } });
      await hands.press('3');
      await client.next('weapon:switched');
      client.emit('grenade:throw', { chargeLevel: 1 });
      const created = await client.next('projectile:created');
      const mark = client.all('game:state').length;
      const explosion = await client.next('explosion:created');
      assert(Math.abs(explosion.timestamp - created.timestamp - 3000) <= 100, `${explosion.timestamp - created.timestamp} ms`);
      const states = client.all('game:state').length - mark;
      assert(states > 45 && states < 66, `${states} states in three seconds`);
    } finally {
      hands.stop();
      client.close();
      await server.close();
    }
  });
}
