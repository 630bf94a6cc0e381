import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { RunningServer } from '../src/server.js';
import { closetArena, dividedArena, openArena } from './arena.js';
import { clientKeeper, Hands, sleep, startTestServer, type Json, type TestClient } from './support.js';

const keys = (object: object): string[] => Object.keys(object).sort();
const SCORE = ['deaths', 'id', 'isAlive', 'kills', 'name', 'team'];

/** Red at (105, 135) and blue at (205, 135), in one waiting lobby, both looking along +x. */
async function pair(connect: () => Promise<TestClient>, support: string[] = []): Promise<{ red: TestClient; blue: TestClient }> {
  const [red, blue] = [await connect(), await connect()];
  await red.ask('find_match', {}, 'lobby_joined');
  await red.spawn('Red', 'red', support);
  await blue.ask('join_lobby', { lobbyId: red.last('lobby_joined').lobbyId }, 'lobby_joined');
  await blue.spawn('Blue', 'blue', support);
  return { red, blue };
}

describe('two people in the open', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);
  const hands: Hands[] = [];
  const handsOf = (client: TestClient): Hands => {
    hands.push(new Hands(client));
    return hands.at(-1)!;
  };

  before(async () => {
    server = await startTestServer({ DEBUG_COMMANDS: 'on', KILL_TARGET: '1', MAP: openArena() });
  });
  afterEach(() => {
    for (const each of hands.splice(0)) each.stop();
    clients.closeAll();
  });
  after(() => server.close());

  test('who looks sees, who looks away does not, and turning round changes it', async () => {
    const { red, blue } = await pair(() => clients.connect());
    const [redHands, blueHands] = [handsOf(red), handsOf(blue)];
    redHands.hold({ mouse: { x: 205, y: 135 } });
    blueHands.hold({ mouse: { x: 300, y: 135 } });
    const seen = (await red.next('game:state', (state) => blue.id in state.visiblePlayers)).players[blue.id];
    assert.deepEqual(seen.position, { x: 205, y: 135 });
    assert.deepEqual(Object.keys(seen.weapons), ['rifle']);
    assert.deepEqual([seen.weapons.rifle.currentAmmo, seen.lastProcessedInput], [30, 0], 'what is in an enemy\'s magazine is not seen');
    const unaware = await blue.next('game:state', (state) => state.players[red.id]?.isAlive === true, blue.received.length);
    assert.deepEqual(keys(unaware.players[red.id]), SCORE);

    blueHands.hold({ mouse: { x: 105, y: 135 } });
    const met = await blue.next('game:state', (state) => red.id in state.visiblePlayers, blue.received.length);
    assert.deepEqual(met.players[red.id].position, { x: 105, y: 135 });
    redHands.hold({ mouse: { x: 10, y: 135 } });
    const lost = await red.next('game:state', (state) => !(blue.id in state.visiblePlayers), red.received.length);
    assert.deepEqual(keys(lost.players[blue.id]), SCORE);
  });

  test('vision is the receiver\'s own outline, with the cone in radians', async () => {
    const { red, blue } = await pair(() => clients.connect());
    const [redHands, blueHands] = [handsOf(red), handsOf(blue)];
    // The cursor 60 px away: the whole cone; 400 px away: mouse look (rule book, section 4).
    redHands.hold({ mouse: { x: 105, y: 195 } });
    blueHands.hold({ mouse: { x: 205 + 235, y: 135 } });
    const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.01;
    const { vision, players } = await red.next('game:state', (state) => near(state.vision.viewDirection, Math.PI / 2));
    assert.deepEqual(keys(vision), ['fogOpacity', 'polygon', 'position', 'type', 'viewAngle', 'viewDirection', 'viewDistance']);
    assert.deepEqual([vision.type, vision.fogOpacity, vision.viewDistance], ['polygon', 0.64, 160]);
    assert(near(vision.viewAngle, (120 * Math.PI) / 180), `${vision.viewAngle}`);
    assert.deepEqual([vision.position, vision.viewDirection], [players[red.id].position, players[red.id].rotation]);
    assert.deepEqual(vision.position, { x: 105, y: 135 });
    checkOutline(vision);

    const far = (await blue.next('game:state', (state) => state.vision.viewDistance > 160)).vision;
    assert.deepEqual([far.viewDistance, far.position, far.viewDirection], [220, { x: 205, y: 135 }, 0]);
    assert(near(far.viewAngle, Math.PI / 2), `${far.viewAngle}`);
    checkOutline(far);
  });

  test('a match that is won by a kill ends once for both', async () => {
    const { red, blue } = await pair(() => clients.connect());
    const { lobbyId } = red.last('lobby_joined');
    red.emit('admin:force_start_match', { lobbyId });
    await blue.next('match_started');
    const redHands = handsOf(red);
    // The newly placed are invulnerable for two seconds, and thirty rounds are gone in three.
    await sleep(2700);
    redHands.hold({ mouse: { x: 205, y: 135, buttons: 1 } });

    const died = await red.next('backend:player:died', (each) => each.playerId === blue.id);
    assert.deepEqual(
      [died.killerId, died.killerTeam, died.victimTeam, died.weaponType, died.isTeamKill, died.damageType],
      [red.id, 'red', 'blue', 'rifle', false, 'bullet'],
    );
    assert.deepEqual(died.position, { x: 205, y: 135 });
    const hurt = blue.all('player:damaged');
    assert.deepEqual(keys(hurt[0]), ['damage', 'damageType', 'isKilled', 'newHealth', 'playerId', 'position', 'sourcePlayerId', 'timestamp']);
    assert.equal(hurt.reduce((sum, each) => sum + each.damage, 0) >= 100, true);
    assert.deepEqual([hurt.at(-1).newHealth, hurt.at(-1).isKilled, hurt.at(-1).damageType], [0, true, 'bullet']);
    assert.equal(hurt[0].sourcePlayerId, null, 'blue looks away and is not told who shoots');
    const hit = red.last('weapon:hit');
    assert.deepEqual([hit.targetType, hit.targetId, hit.penetrationCount], ['player', blue.id, 0]);

    const ended = await blue.next('match_ended');
    assert.deepEqual([ended.winnerTeam, ended.redKills, ended.blueKills, ended.killTarget, ended.lobbyId], ['red', 1, 0, 1, lobbyId]);
    assert(ended.duration >= 2000 && ended.duration < 10_000, `${ended.duration} ms`);
    const redStats = ended.playerStats.find((each: Json) => each.playerId === red.id);
    assert.deepEqual([redStats.kills, redStats.deaths, redStats.damageDealt, redStats.team, redStats.playerName], [1, 0, 100, 'red', 'Red']);
    await sleep(300);
    for (const client of [red, blue]) assert.equal(client.all('match_ended').length, 1);
  });

  test('the dead change weapons, the living do not, and neither changes sides', async () => {
    const { red, blue } = await pair(() => clients.connect());
    const loadout = { primary: 'smg', secondary: 'revolver', support: [], team: 'blue' };
    const alive = await red.ask('player:join', { loadout, playerName: 'Red' }, 'player:join:success');
    assert.equal(alive.team, 'red');
    assert.deepEqual(red.last('weapon:equipped').weapons, ['rifle', 'pistol']);

    await red.ask('debug:kill_player', undefined, 'backend:player:died', (each) => each.playerId === red.id);
    const denied = await red.ask('player:join', { loadout, playerName: 'Turncoat' }, 'backend:respawn:denied');
    assert(denied.remainingTime > 2500 && denied.remainingTime <= 3000);
    assert.equal(red.last('player:join:success').team, 'red', 'its players know where the others are');
    assert.deepEqual(red.last('weapon:equipped').weapons, ['smg', 'revolver']);
    await sleep(denied.remainingTime);
    const respawned = await red.respawn('player_respawn');
    assert.deepEqual([respawned.team, respawned.health, respawned.invulnerableUntil - respawned.timestamp], ['red', 100, 2000]);
    const told = await blue.next('game:state', (each) => each.players[red.id]?.isAlive, blue.received.length);
    assert.deepEqual([told.players[red.id].team, told.players[red.id].name], ['red', 'Turncoat']);
    const state = await red.next('game:state', (each) => each.players[red.id]?.isAlive, red.received.length);
    assert.deepEqual(state.players[red.id].position, respawned.position);
  });
});

describe('two people with a wall between', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);
  before(async () => {
    server = await startTestServer({ DEBUG_COMMANDS: 'on', MAP: dividedArena() });
  });
  afterEach(() => clients.closeAll());
  after(() => server.close());

  test('nothing that the unseen one does reaches the other', async () => {
    const { red, blue } = await pair(() => clients.connect(), ['grenade', 'flashbang']);
    const [redHands, blueHands] = [new Hands(red), new Hands(blue)];
    try {
      redHands.hold({ mouse: { x: 205, y: 135 } });
      blueHands.hold({ keys: { d: true }, mouse: { x: 300, y: 200, buttons: 1 } });
      await sleep(300);
      const mark = red.received.length;
      const own = (event: string): Promise<Json> => blue.next(event, (each) => each.playerId === blue.id);
      await own('weapon:fired');
      blueHands.hold({ mouse: { x: 300, y: 200 } });
      blue.emit('weapon:reload');
      await own('weapon:reload');
      await own('weapon:reloaded');
      await blueHands.press('3');
      await own('weapon:switched');
      blue.emit('grenade:throw', { chargeLevel: 1 });
      await own('projectile:created');
      await blueHands.press('4');
      await blue.next('weapon:switched', (each) => each.toWeapon === 'flashbang');
      blue.emit('grenade:throw', { chargeLevel: 1 });
      await blue.next('explosion:created');
      blue.emit('debug:kill_player');
      await own('backend:player:died');
      await sleep(3000);
      await blue.respawn();
      await own('backend:player:respawned');
      await sleep(100);

      const told = red.received.slice(mark);
      const states = told.filter((each) => each.event === 'game:state').map((each) => each.payload);
      assert(states.length > 40);
      for (const state of states) {
        assert.deepEqual(keys(state.players[blue.id]), SCORE);
        assert(!(blue.id in state.visiblePlayers));
        assert.deepEqual(state.projectiles, []);
        const { players, ...rest } = state;
        assert(players[red.id] !== undefined);
        assert(!JSON.stringify(rest).includes(blue.id));
      }
      // Red's own wakes and walks are none: whatever else arrives is about blue.
      const others = told.filter((each) => each.event !== 'game:state' && each.event !== 'match_starting');
      assert.deepEqual(others.map((each) => each.event), ['backend:player:died']);
      assert.equal(others[0]!.payload.position, null);
    } finally {
      redHands.stop();
      blueHands.stop();
    }
  });
});

describe('smoke between two people', () => {
  let server: RunningServer;
  const clients = clientKeeper(() => server);
  before(async () => {
    server = await startTestServer({ MAP: openArena() });
  });
  afterEach(() => clients.closeAll());
  after(() => server.close());

  test('hides them from each other, and what flies behind it', async () => {
    const { red, blue } = await pair(() => clients.connect(), ['smokegrenade', 'grenade']);
    const [redHands, blueHands] = [new Hands(red), new Hands(blue)];
    try {
      redHands.hold({ mouse: { x: 205, y: 135 } });
      blueHands.hold({ mouse: { x: 105, y: 135 } });
      await red.next('game:state', (state) => blue.id in state.visiblePlayers);
      await blue.next('game:state', (state) => red.id in state.visiblePlayers);
      await redHands.press('3');
      await red.next('weapon:switched', (each) => each.playerId === red.id);
      red.emit('grenade:throw', { chargeLevel: 1 });
      const thrown = await blue.next('grenade:thrown');
      assert.deepEqual(thrown, { playerId: red.id, weaponType: 'smokegrenade', chargeLevel: 1, ammoRemaining: null });
      for (const [client, other] of [[red, blue], [blue, red]] as const) {
        await client.next('game:state', (state) => state.smokeZones.length > 0 && !(other.id in state.visiblePlayers), client.received.length);
      }
      await sleep(1500);
      const mark = blue.received.length;
      await redHands.press('4');
      await red.next('weapon:switched', (each) => each.toWeapon === 'grenade');
      // Away from blue, so that it stays behind the smoke.
      redHands.hold({ mouse: { x: 20, y: 135 } });
      await red.next('game:state', (state) => Math.abs(state.players[red.id].rotation) > 3, red.received.length);
      red.emit('grenade:throw', { chargeLevel: 2 });
      await red.next('explosion:created');
      const told = blue.received.slice(mark);
      assert.deepEqual([...new Set(told.map((each) => each.event))], ['game:state']);
      for (const { payload } of told) assert.deepEqual(payload.projectiles, []);
    } finally {
      redHands.stop();
      blueHands.stop();
    }
  });
});

describe('a grenade that comes back', () => {
  let server: RunningServer;
  let redHands: Hands | undefined;
  const clients = clientKeeper(() => server);
  before(async () => {
    server = await startTestServer({ MAP: closetArena() });
  });
  afterEach(() => {
    redHands?.stop();
    clients.closeAll();
  });
  after(() => server.close());

  test('a grenade at one\'s feet is an explosion\'s death, and a team mate\'s no kill', async () => {
    const { red, blue } = await pair(() => clients.connect(), ['grenade']);
    const third = await clients.connect();
    await third.ask('join_lobby', { lobbyId: red.last('lobby_joined').lobbyId }, 'lobby_joined');
    await third.spawn('Mate', 'red');
    redHands = new Hands(red);
    redHands.hold({ mouse: { x: 185, y: 135 } });
    await redHands.press('3');
    await red.next('weapon:switched');
    red.emit('grenade:throw', { chargeLevel: 1 });
    const died = await third.next('backend:player:died', (each) => each.playerId === red.id || each.playerId === third.id, 0, 8000);
    assert.equal(died.damageType, 'explosion');
    assert.equal(died.weaponType, 'grenade');
    assert.equal(died.killerId, red.id);
    const mateDied = await third.next('backend:player:died', (each) => each.playerId === third.id);
    assert.equal(mateDied.isTeamKill, true);
    const damaged = third.all('player:damaged').find((each) => each.playerId === third.id);
    assert.equal(damaged.damageType, 'explosion');
    assert.equal(third.last('game:state').players[red.id].kills, 0);
    assert.equal(blue.last('game:state').players[red.id].kills, 0);
  });
});

/** The viewer first, then clockwise on screen, within the cone and the distance that the vision itself names. */
function checkOutline({ polygon, position, viewAngle, viewDirection, viewDistance }: Json): void {
  assert.deepEqual(polygon[0], position);
  assert(polygon.length > 5);
  let before = -Infinity;
  for (const point of polygon.slice(1)) {
    assert.deepEqual(keys(point), ['x', 'y']);
    const [dx, dy] = [point.x - position.x, point.y - position.y];
    assert(Math.hypot(dx, dy) <= viewDistance + 0.01);
    const off = Math.atan2(dy, dx) - viewDirection;
    const angle = Math.atan2(Math.sin(off), Math.cos(off));
    assert(Math.abs(angle) <= viewAngle / 2 + 0.01, `${angle}`);
    assert(angle >= before - 0.01, 'clockwise');
    before = angle;
  }
  assert(before > viewAngle / 2 - 0.01, 'up to the end of the cone');
}
