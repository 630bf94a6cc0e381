import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import type { RunningServer } from '../../src/server.js';
import { drawMap } from '../arena.js';
import { clientKeeper, Hands, startTestServer, WarpClock, type Json, type TestClient } from '../support.js';
import { conforms, count, either, flag, is, list, number, object, oneOf, orNull, team, text, v2, within, type Fields } from './shape.js';
import { FULL_PLAYER, WEAPON_NAME } from './shapes.js';
import { row } from './suite.js';

/**
 * Red at (105, 135) and blue at (205, 135), both looking along +x, nothing between; behind red, to the left, a pane of
 * glass at 70 and concrete at 40.
 */
const MAP = drawMap([
  { at: [10, 13], cell: 'r' }, { at: [20, 13], cell: 'b' }, { at: [7, 10], cell: 'g', downTo: 16 }, { at: [4, 0], cell: '#', downTo: 26 },
]);

let server: RunningServer;
const clock = new WarpClock();
const clients = clientKeeper(() => server);
const hands: Hands[] = [];

before(async () => { server = await startTestServer({ DEBUG_COMMANDS: 'on', MAP, KILL_TARGET: '10' }, { clock }); });
afterEach(() => {
  for (const each of hands.splice(0)) each.stop();
  clients.closeAll();
});
after(() => server.close());

const handsOf = (client: TestClient): Hands => {
  hands.push(new Hands(client));
  return hands.at(-1)!;
};
const AHEAD = { x: 205, y: 135 };
const BEHIND = { x: 20, y: 135 };

/** Blue looks away from red. */
const pair = async (primary = 'rifle', support: string[] = []): Promise<{ red: TestClient; blue: TestClient; redHands: Hands }> => {
  const [red, blue] = [await clients.connect(), await clients.connect()];
  const { lobbyId } = await red.ask('create_private_lobby', {}, 'lobby_joined');
  await red.spawn('Red', 'red', support, primary);
  await blue.ask('join_lobby', { lobbyId }, 'lobby_joined');
  await blue.spawn('Blue', 'blue');
  // The newly placed are invulnerable for two seconds.
  await clock.play(2200);
  return { red, blue, redHands: handsOf(red) };
};
const alone = async (primary = 'rifle', support: string[] = []): Promise<{ red: TestClient; redHands: Hands }> => {
  const red = await clients.connect();
  await red.ask('create_private_lobby', {}, 'lobby_joined');
  await red.spawn('Red', 'red', support, primary);
  return { red, redHands: handsOf(red) };
};
const take = async (client: TestClient, weapon: string): Promise<void> => {
  await client.ask('weapon:switch', { toWeapon: weapon }, 'weapon:switched', (each) => each.toWeapon === weapon);
};
const aim = async (client: TestClient, by: Hands, at: { x: number; y: number }): Promise<void> => {
  by.hold({ mouse: at });
  await client.next('game:state', (state) => {
    const { position, rotation } = state.players[client.id];
    return Math.cos(rotation - Math.atan2(at.y - position.y, at.x - position.x)) > 0.999;
  }, client.received.length);
};
const toss = async (client: TestClient, weapon: string, chargeLevel = 1): Promise<Json> => {
  await take(client, weapon);
  return client.ask('grenade:throw', { chargeLevel }, 'grenade:thrown');
};

const FIRED: Fields = { playerId: text, weaponType: WEAPON_NAME, position: v2, direction: number, ammoRemaining: count, timestamp: count, isADS: flag };
const HIT: Fields = {
  playerId: text, weaponType: WEAPON_NAME, position: v2, targetType: oneOf('player', 'wall'), targetId: text, penetrationCount: within(0, 3),
};
const MISS: Fields = { playerId: text, weaponType: WEAPON_NAME, position: v2, direction: number };
const WALL_DAMAGE: Fields = {
  wallId: (id) => (/^wall_\d+$/.test(id) ? undefined : `${id} is no wall`), position: v2, damage: number, sliceIndex: within(0, 4),
  newHealth: number, isDestroyed: flag, timestamp: count, weaponType: WEAPON_NAME, material: oneOf('concrete', 'metal', 'wood', 'glass'), playerId: text,
};

row('play', 'weapon:fired', async () => {
  const { red, redHands } = await alone();
  await aim(red, redHands, { x: 105, y: 250 });
  const fired = await red.ask('weapon:fire', {}, 'weapon:fired');
  conforms(fired, { ...FIRED, playerId: is(red.id), weaponType: is('rifle'), ammoRemaining: is(29), isADS: is(false), position: is({ x: 105, y: 135 }) });
  assert(Math.abs(fired.direction - Math.PI / 2) < 0.2, `${fired.direction}`);
});

row('play', 'weapon:hit', async () => {
  const { red, blue, redHands } = await pair();
  redHands.hold({ mouse: { ...AHEAD, buttons: 1 } });
  conforms(await red.next('weapon:hit', (hit) => hit.targetType === 'player'), { ...HIT, targetId: is(blue.id), playerId: is(red.id), penetrationCount: is(0) });
  redHands.hold({ mouse: { ...BEHIND, buttons: 1 } });
  const pane = await red.next('weapon:hit', (hit) => hit.targetType === 'wall' && hit.penetrationCount === 0);
  conforms(pane, HIT);
  assert.match(pane.targetId, /^wall_\d+$/);
  conforms(await red.next('weapon:hit', (hit) => hit.targetType === 'wall' && hit.penetrationCount === 1), HIT);
});

row('play', 'weapon:hit of a shotgun, one a pellet', async () => {
  const { red, blue } = await pair('shotgun');
  red.emit('weapon:fire', { weaponType: 'shotgun', pelletCount: 8 });
  await red.next('weapon:fired');
  await red.next('weapon:hit');
  await clock.play(50);
  const pellets = [...red.all('weapon:hit'), ...red.all('weapon:miss')];
  assert.deepEqual(pellets.map((each) => each.pelletIndex).sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
  for (const hit of red.all('weapon:hit')) conforms(hit, { ...HIT, pelletIndex: within(0, 7), targetId: is(blue.id) });
});

row('play', 'weapon:miss', async () => {
  const { red, redHands } = await alone('shotgun');
  redHands.hold({ mouse: { x: 400, y: 135 } });
  red.emit('weapon:fire', {});
  const miss = await red.next('weapon:miss');
  conforms(miss, { ...MISS, pelletIndex: within(0, 7), playerId: is(red.id) });
  assert(miss.position.x > 105 + 150, 'the end of the flight');
  await take(red, 'pistol');
  red.emit('weapon:fire', {});
  conforms(await red.next('weapon:miss', (each) => each.weaponType === 'pistol'), { ...MISS, position: is({ x: 105, y: 135 }) });
});

row('play', 'weapon:reload, weapon:reloaded, weapon:switched, weapon:heat:update', async () => {
  const { red, redHands } = await alone('rifle', ['machinegun']);
  redHands.hold({ mouse: { x: 400, y: 135 } });
  conforms(await red.ask('weapon:switch', { toWeapon: 'pistol' }, 'weapon:switched'), { playerId: is(red.id), fromWeapon: is('rifle'), toWeapon: is('pistol') });
  await red.ask('weapon:fire', {}, 'weapon:fired');
  conforms(await red.ask('weapon:reload', undefined, 'weapon:reload'), { playerId: is(red.id), weaponType: is('pistol'), reloadTime: is(1500) });
  await clock.play(1600);
  conforms(await red.next('weapon:reloaded'), { playerId: is(red.id), weaponType: is('pistol'), currentAmmo: is(12), reserveAmmo: is(71) });
  await take(red, 'machinegun');
  redHands.hold({ mouse: { x: 400, y: 135, buttons: 1 } });
  const warm = await red.next('weapon:heat:update', (each) => each.heatLevel > 0);
  conforms(warm, { weaponType: is('machinegun'), heatLevel: within(0, 100), isOverheated: flag });
});

row('play', 'wall:damaged', async () => {
  const { red, redHands } = await alone();
  redHands.hold({ mouse: { ...BEHIND, buttons: 1 } });
  const glass = await red.next('wall:damaged', (each) => each.material === 'glass');
  conforms(glass, { ...WALL_DAMAGE, playerId: is(red.id), weaponType: is('rifle'), damage: is(15), newHealth: is(15), isDestroyed: is(false) });
  conforms(await red.next('wall:damaged', (each) => each.material === 'concrete'), WALL_DAMAGE);
});

row('play', 'wall:destroyed', async () => {
  const { red, redHands } = await alone();
  redHands.hold({ mouse: { ...BEHIND, buttons: 1 } });
  const broken = await red.next('wall:destroyed');
  conforms(broken, { ...WALL_DAMAGE, newHealth: is(0), isDestroyed: is(true) });
  const slice = (each: Json): string => `${each.wallId}/${each.sliceIndex}`;
  await red.next('wall:destroyed', (each) => slice(each) !== slice(broken));
  const all = red.all('wall:destroyed').map(slice);
  assert.equal(new Set(all).size, all.length, 'once for each slice that breaks');
  for (const each of red.all('wall:destroyed')) {
    assert(red.all('wall:damaged').some((damaged) => slice(damaged) === slice(each) && damaged.isDestroyed), 'told as damage, too');
  }
});

row('play', 'player:damaged', async () => {
  const { red, blue, redHands } = await pair('rifle', ['grenade']);
  redHands.hold({ mouse: { ...AHEAD, buttons: 1 } });
  const DAMAGED: Fields = {
    playerId: text, damage: number, damageType: oneOf('bullet', 'explosion'), sourcePlayerId: orNull(text), position: v2, newHealth: within(0, 100),
    isKilled: flag, timestamp: count,
  };
  conforms(await red.next('player:damaged'), {
    ...DAMAGED, playerId: is(blue.id), damageType: is('bullet'), sourcePlayerId: is(red.id), newHealth: is(75), isKilled: is(false),
  });
  conforms(await blue.next('player:damaged'), { ...DAMAGED, playerId: is(blue.id) });
  // Comes back from the pane to one's own feet.
  await aim(red, redHands, BEHIND);
  await toss(red, 'grenade');
  await clock.play(3200);
  conforms(await red.next('player:damaged', (each) => each.damageType === 'explosion' && each.playerId === red.id), { ...DAMAGED, sourcePlayerId: is(red.id) });
});

row('play', 'backend:player:died', async () => {
  const { red, blue, redHands } = await pair();
  redHands.hold({ mouse: { ...AHEAD, buttons: 1 } });
  const DIED: Fields = {
    playerId: text, killerId: orNull(text), killerTeam: orNull(team), victimTeam: team, weaponType: orNull(WEAPON_NAME), isTeamKill: flag,
    position: orNull(v2), damageType: oneOf('bullet', 'explosion'), timestamp: count,
  };
  conforms(await red.next('backend:player:died'), {
    ...DIED, playerId: is(blue.id), killerId: is(red.id), killerTeam: is('red'), victimTeam: is('blue'), weaponType: is('rifle'),
    isTeamKill: is(false), position: is(AHEAD), damageType: is('bullet'),
  });
  conforms(await blue.next('backend:player:died'), { ...DIED, playerId: is(blue.id), position: is(AHEAD) });
});

row('play', 'backend:player:respawned', async () => {
  const { red } = await alone();
  await red.ask('debug:kill_player', undefined, 'backend:player:died');
  await clock.play(3100);
  const respawned = await red.ask('respawn', undefined, 'backend:player:respawned');
  conforms(respawned, { playerId: is(red.id), position: is({ x: 105, y: 135 }), health: is(100), team: is('red'), invulnerableUntil: count, timestamp: count });
  assert(Math.abs(respawned.invulnerableUntil - respawned.timestamp - 2000) <= 20);
});

row('play', 'projectile:created', async () => {
  const { red, redHands } = await alone('rifle', ['grenade']);
  redHands.hold({ mouse: { x: 105, y: 250 } });
  await toss(red, 'grenade', 2);
  const created = await red.next('projectile:created');
  conforms(created, { id: is('projectile_1'), type: is('grenade'), playerId: is(red.id), position: v2, velocity: v2, timestamp: count });
  assert(Math.abs(Math.hypot(created.velocity.x, created.velocity.y) - (12 + 18 * 2)) < 2);
});

row('play', 'projectile:updated', async () => {
  const { red, redHands } = await alone('rifle', ['grenade']);
  await aim(red, redHands, BEHIND);
  await toss(red, 'grenade', 5);
  await clock.play(1000);
  conforms(await red.next('projectile:updated'), { id: is('projectile_1'), position: v2 });
});

const EXPLODED: Fields = { id: text, type: oneOf('explosion', 'smoke', 'flash'), position: v2, radius: number };

row('play', 'projectile:exploded', async () => {
  const { red, redHands } = await alone('rifle', ['grenade', 'smokegrenade', 'flashbang']);
  redHands.hold({ mouse: { x: 105, y: 250 } });
  for (const [weapon, type, radius] of [['grenade', 'explosion', 40], ['smokegrenade', 'smoke', 60], ['flashbang', 'flash', 120]] as const) {
    await toss(red, weapon, 5);
    await clock.play(3200);
    conforms(await red.next('projectile:exploded', (each) => each.type === type), { ...EXPLODED, radius: is(radius) });
  }
});

row('play', 'explosion:created', async () => {
  const { red, redHands } = await alone('rifle', ['grenade']);
  redHands.hold({ mouse: { x: 105, y: 250 } });
  await toss(red, 'grenade', 5);
  await clock.play(3200);
  const blast = await red.next('explosion:created');
  conforms(blast, { position: v2, radius: is(40), damage: is(200), sourcePlayerId: is(red.id), timestamp: count });
  assert.deepEqual(blast.position, red.last('projectile:exploded').position);
});

row('play', 'grenade:thrown', async () => {
  const { red } = await alone('rifle', ['grenade']);
  conforms(await toss(red, 'grenade', 4), { playerId: is(red.id), weaponType: is('grenade'), chargeLevel: is(4), ammoRemaining: is(1) });
});

row('play', 'FLASHBANG_EFFECT', async () => {
  const { red, blue, redHands } = await pair('rifle', ['flashbang']);
  const blueHands = handsOf(blue);
  await aim(blue, blueHands, { x: 105, y: 135 });
  // Comes back from blue's body, to between the two, who both look there.
  await aim(red, redHands, AHEAD);
  await toss(red, 'flashbang', 1);
  await clock.play(1700);
  const phases = object({ blindDuration: count, disorientedDuration: count, recoveringDuration: count });
  for (const client of [red, blue]) {
    const effect = await client.next('FLASHBANG_EFFECT');
    conforms(effect, {
      id: either(is(null), text), position: v2, timestamp: count,
      affectedPlayers: list(object({
        playerId: is(client.id), distance: number, lineOfSight: is(true), viewingAngle: within(0, Math.PI), intensity: within(0.15, 1), duration: count,
        phases,
      }), 1),
    });
    const [{ duration, phases: parts }] = effect.affectedPlayers;
    assert.equal(parts.blindDuration + parts.disorientedDuration + parts.recoveringDuration, duration);
  }
});

row('play', 'player:joined, player:left', async () => {
  const { red } = await alone();
  const mate = await clients.connect();
  await mate.ask('join_lobby', { lobbyId: red.last('lobby_joined').lobbyId }, 'lobby_joined');
  const joined = await red.next('player:joined', (each) => each.id === mate.id);
  assert.deepEqual([joined.id, joined.isAlive], [mate.id, false]);
  await mate.spawn('Mate', 'red');
  const state = await red.next('game:state', (each) => each.players[mate.id]?.position !== undefined);
  conforms(state.players[mate.id], FULL_PLAYER);
  const { id } = mate;
  mate.close();
  conforms(await red.next('player:left'), { playerId: is(id) });
});
